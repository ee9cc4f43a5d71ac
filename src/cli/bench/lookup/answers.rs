//! What fits: whether the answers of a size hold what is asked for, and how long an answer is that names no size.
//!
//! A question counts at a size if one of its best documents is quoted there, in full or in part; what counts is the share of
//! those that are quoted in an answer of 32,000 tokens, so the ranking is not measured again. Tokens alone bound these answers; a
//! page of the usual size ends one at some 2,300, see `page.bytes` of the settings.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::set::{Query, Set};
use crate::cli::out::say;
use crate::config::Settings;
use crate::lookup::{Budget, Search, search_without};

/// Tokens of answers, and the share of questions that they should hold.
const SIZES: [(usize, f64); 4] = [(500, 0.70), (1_000, 0.85), (2_000, 0.93), (4_000, 0.97)];
/// Tokens in which all that is found is quoted.
const WHOLE_TOKENS: usize = 32_000;
/// Passages that the measured answers may have: as many as are found.
const LIMIT: usize = 60;

/// Asks the questions of `set` at each size.
pub(super) fn measure(set: &Set) -> anyhow::Result<Value> {
    let mut held = [0usize; SIZES.len()];
    let mut found = 0usize;
    let mut lengths = Vec::new();
    let defaults = Settings::default().docs;
    for query in &set.queries {
        let usual = Budget::page(defaults.search_tokens);
        lengths.push(answer(set, query, usual, defaults.limit)?.0);
        if !answer(set, query, Budget::tokens_only(WHOLE_TOKENS), LIMIT)?.1 {
            continue;
        }
        found += 1;
        for ((size, _), held) in SIZES.iter().zip(&mut held) {
            let is_held = answer(set, query, Budget::tokens_only(*size), LIMIT)?.1;
            *held += usize::from(is_held);
        }
    }
    lengths.sort_unstable();
    let median = lengths.get(lengths.len() / 2).copied().unwrap_or_default();
    let mut row = json!({"found": found, "median_tokens": median});
    if let Some(row) = row.as_object_mut() {
        for ((size, _), held) in SIZES.iter().zip(held) {
            row.insert(format!("within_{size}"), share(held, found).into());
        }
    }
    Ok(row)
}

/// Returns the tokens of the answer to `query`, and whether it quotes what is asked for.
fn answer(set: &Set, query: &Query, budget: Budget, limit: usize) -> anyhow::Result<(usize, bool)> {
    let asked = Search {
        query: query.text.clone(),
        source: set.source(query).map(str::to_owned),
        limit,
        ..Search::default()
    };
    let left_out = |page: i64| set.is_excluded(query, page);
    let found = search_without(&set.store, &set.index, &asked, budget, &left_out)?;
    let best = query.relevant.values().max();
    let wanted: HashSet<&str> = query
        .relevant
        .iter()
        .filter(|(_, grade)| Some(*grade) == best)
        .map(|(document, _)| document.as_str())
        .collect();
    let mut quoted = found.passages.iter();
    let is_held = quoted.any(|passage| {
        let document = set.document_at(&passage.source, &passage.path);
        wanted.contains(document.as_str())
    });
    Ok((found.used_tokens, is_held))
}

#[expect(clippy::cast_precision_loss, reason = "counts of questions")]
fn share(part: usize, whole: usize) -> f64 {
    part as f64 / whole.max(1) as f64
}

/// Prints what was measured of every set, below its goals.
pub(super) fn print(rows: &[Value]) -> anyhow::Result<()> {
    let sizes = SIZES.map(|(size, _)| format!("{size:>7}")).concat();
    let goals = SIZES.map(|(_, goal)| format!("{goal:>7.2}")).concat();
    say!("\nanswers              queries   found{sizes}  median tokens")?;
    say!("goal                                {goals}           1200")?;
    for row in rows {
        let answers = row.get("answers").unwrap_or(&Value::Null);
        let figure =
            |of: &Value, name: &str| of.get(name).and_then(Value::as_f64).unwrap_or_default();
        let shares =
            SIZES.map(|(size, _)| format!("{:>7.3}", figure(answers, &format!("within_{size}"))));
        say!(
            "{:<20} {:>7} {:>7}{} {:>14}",
            row.get("set").and_then(Value::as_str).unwrap_or_default(),
            figure(row, "queries"),
            figure(answers, "found"),
            shares.concat(),
            figure(answers, "median_tokens")
        )?;
    }
    Ok(())
}
