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
            row.insert(within(*size), share(held, found).into());
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

/// Returns what was measured of all sets together, each question counted once.
pub(super) fn together(rows: &[Value]) -> Value {
    let sum = |of: &dyn Fn(&Value) -> f64| rows.iter().map(of).sum::<f64>();
    let found = sum(&|row| figure(answers_of(row), "found"));
    let mut all = json!({"queries": sum(&|row| figure(row, "queries")), "found": found});
    if let Some(all) = all.as_object_mut() {
        for (size, _) in SIZES {
            let name = within(size);
            let held = sum(&|row| {
                let answers = answers_of(row);
                figure(answers, &name) * figure(answers, "found")
            });
            all.insert(name, (held / found.max(1.0)).into());
        }
    }
    all
}

/// Prints what was measured of every set and of all together, below the goals.
pub(super) fn print(rows: &[Value]) -> anyhow::Result<()> {
    let sizes = SIZES.map(|(size, _)| format!("{size:>7}")).concat();
    let goals = SIZES.map(|(_, goal)| format!("{goal:>7.2}")).concat();
    say!("\nanswers              queries   found{sizes}  median tokens")?;
    say!("goal                                {goals}           1200")?;
    for row in rows {
        let answers = answers_of(row);
        let name = row.get("set").and_then(Value::as_str).unwrap_or_default();
        let line = line(name, figure(row, "queries"), answers);
        say!("{line} {:>14}", figure(answers, "median_tokens"))?;
    }
    if rows.len() > 1 {
        let all = together(rows);
        say!("{}", line("all", figure(&all, "queries"), &all))?;
    }
    Ok(())
}

/// Returns the line of `answers` to so many `queries`, up to the shares.
fn line(name: &str, queries: f64, answers: &Value) -> String {
    let shares = SIZES.map(|(size, _)| format!("{:>7.3}", figure(answers, &within(size))));
    let found = figure(answers, "found");
    format!("{name:<20} {queries:>7} {found:>7}{}", shares.concat())
}

fn answers_of(row: &Value) -> &Value {
    row.get("answers").unwrap_or(&Value::Null)
}

/// Name of the share of questions that an answer of `size` tokens holds.
fn within(size: usize) -> String {
    format!("within_{size}")
}

fn figure(of: &Value, name: &str) -> f64 {
    of.get(name).and_then(Value::as_f64).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_all_sets_together_each_question_found_counts_once() {
        let row = |queries, found, within: f64| json!({"queries": queries, "answers": {"found": found, "within_500": within}});
        let all = together(&[row(10, 6, 0.5), row(4, 2, 1.0)]);
        let figures = ["queries", "found", "within_500", "within_1000"];
        let figures = figures.map(|name| figure(&all, name));
        assert!(
            figures
                .iter()
                .zip([14.0, 8.0, 0.625, 0.0])
                .all(|(one, other)| (one - other).abs() < 1e-9),
            "{figures:?}"
        );
    }
}
