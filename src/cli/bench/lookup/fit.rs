//! What other weights would do: fitted on half of the questions, tried on the other half.
//!
//! The evidence of every question is gathered once. Then each weight in turn takes the value that is best with all others as
//! they are, until nothing changes. What counts is nDCG@10, its mean over the questions of a set and then over sets, so
//! that a large set does not decide for the others.

use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::json;

use super::quality::Quality;
use super::set::{Query, Set};
use crate::cli::out::{self, say};
use crate::cli::{Failure, Global};
use crate::lookup::rank::Weight;
use crate::lookup::{Evidence, Weights, weigh};

/// Rounds over all weights: more than it ever takes.
const ROUNDS_MAX: usize = 6;
/// Steps over the range of a weight in the first round; each later round looks at half the distance around what it has.
const STEPS: u8 = 6;
/// What a change must gain to be made: less is noise.
const GAIN_MIN: f64 = 0.000_2;

/// A question with its evidence.
struct Asked<'a> {
    set: &'a Set,
    number: usize,
    query: &'a Query,
    evidence: Evidence,
}

pub(super) fn run(
    sets: &[Set],
    halves: usize,
    names: &[String],
    global: &Global,
) -> anyhow::Result<ExitCode> {
    let free: Vec<&Weight> = Weights::ALL
        .iter()
        .filter(|weight| names.is_empty() || names.iter().any(|name| name == weight.name))
        .collect();
    if let Some(unknown) = names
        .iter()
        .find(|name| Weights::ALL.iter().all(|weight| weight.name != **name))
    {
        let known: Vec<&str> = Weights::ALL.iter().map(|weight| weight.name).collect();
        let hint = format!("the weights are {}", known.join(", "));
        return Err(Failure::new(format!("no weight is called `{unknown}`"), hint).into());
    }
    let mut asked = Vec::new();
    for (number, set) in sets.iter().enumerate() {
        for query in &set.queries {
            let evidence = set.evidence(query)?;
            asked.push(Asked {
                set,
                number,
                query,
                evidence,
            });
        }
    }
    let mut found = Vec::new();
    for seed in 0..halves {
        let (train, held): (Vec<&Asked<'_>>, Vec<&Asked<'_>>) = asked
            .iter()
            .partition(|asked| is_in_first_half(asked, seed));
        let (weights, trained) = fitted(&train, &free);
        let before = mean(&held, &Weights::IN_USE);
        let after = mean(&held, &weights);
        if global.json {
            found.push(json!({
                "half": seed, "train": {"before": mean(&train, &Weights::IN_USE), "after": trained},
                "held_out": {"before": before, "after": after}, "weights": values(&weights, &free),
            }));
        } else {
            say!(
                "half {seed}: fitted {:.4} → {trained:.4}, the other half {before:.4} → {after:.4} | {}",
                mean(&train, &Weights::IN_USE),
                shown(&weights, &free)
            )?;
        }
    }
    let all: Vec<&Asked<'_>> = asked.iter().collect();
    let (weights, trained) = fitted(&all, &free);
    let before = mean(&all, &Weights::IN_USE);
    if global.json {
        let all = json!({"before": before, "after": trained, "weights": values(&weights, &free)});
        out::write_json(&json!({"halves": found, "all": all}))?;
        return Ok(ExitCode::SUCCESS);
    }
    say!(
        "all: {before:.4} → {trained:.4} | {}",
        shown(&weights, &free)
    )?;
    say!("set by set, as it is → as fitted on all:")?;
    let (now, then) = (by_set(&all, &Weights::IN_USE), by_set(&all, &weights));
    for (set, (now, then)) in sets.iter().zip(now.iter().zip(&then)) {
        say!(
            "{:<20} nDCG@10 {:.3} → {:.3}  MRR {:.3} → {:.3}  R@5 {:.3} → {:.3}  MAP {:.3} → {:.3}",
            set.name,
            now.ndcg_10,
            then.ndcg_10,
            now.reciprocal,
            then.reciprocal,
            now.recall_5,
            then.recall_5,
            now.precision,
            then.precision
        )?;
    }
    Ok(ExitCode::SUCCESS)
}

fn values(weights: &Weights, free: &[&Weight]) -> serde_json::Value {
    let mut weights = *weights;
    free.iter()
        .map(|weight| (weight.name.to_owned(), json!(*(weight.of)(&mut weights))))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

fn shown(weights: &Weights, free: &[&Weight]) -> String {
    let mut weights = *weights;
    let all = free
        .iter()
        .map(|weight| format!("{} {:.2}", weight.name, (weight.of)(&mut weights)));
    all.collect::<Vec<_>>().join(" ")
}

/// Deals a question to one of two halves: by its text, so that the same question of another set is on the same side.
fn is_in_first_half(asked: &Asked<'_>, seed: usize) -> bool {
    let hash = blake3::hash(format!("{seed}\0{}", asked.query.text).as_bytes());
    hash.as_bytes().first().is_some_and(|byte| byte & 1 == 0)
}

/// Returns the weights that are best for `asked`, beginning with those in use, and how good they are.
fn fitted(asked: &[&Asked<'_>], free: &[&Weight]) -> (Weights, f64) {
    let mut best = Weights::IN_USE;
    let mut most = mean(asked, &best);
    let mut width = 1.0;
    for _ in 0..ROUNDS_MAX {
        let before = most;
        for weight in free {
            let held = *(weight.of)(&mut best);
            let reach = weight.most * width;
            let tried = (0..=STEPS).map(|step| {
                let share = f32::from(step) / f32::from(STEPS);
                (held + reach * (share - 0.5)).clamp(0.0, weight.most)
            });
            for value in tried {
                let mut other = best;
                *(weight.of)(&mut other) = value;
                let mean = mean(asked, &other);
                if mean > most + GAIN_MIN {
                    (best, most) = (other, mean);
                }
            }
        }
        if most - before < GAIN_MIN && width < 0.2 {
            break;
        }
        width *= 0.5;
    }
    (best, most)
}

/// Mean over sets of the mean nDCG@10 over their questions.
fn mean(asked: &[&Asked<'_>], weights: &Weights) -> f64 {
    let sets: Vec<f64> = by_set(asked, weights)
        .iter()
        .map(|quality| quality.ndcg_10)
        .filter(|mean| mean.is_finite())
        .collect();
    sets.iter().sum::<f64>() / f64::from(u32::try_from(sets.len().max(1)).unwrap_or(1))
}

/// Figures of each set, in order.
fn by_set(asked: &[&Asked<'_>], weights: &Weights) -> Vec<Quality> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let next = AtomicUsize::new(0);
    let work = || {
        let mut found = Vec::new();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(asked) = asked.get(at) else { break };
            let hits = weigh(&asked.evidence, weights);
            let pages = hits.iter().map(|hit| hit.page);
            let ranked = asked.set.documents(asked.query, pages);
            found.push((
                at,
                asked.number,
                Quality::of(&ranked, &asked.query.relevant),
            ));
        }
        found
    };
    let mut found: Vec<(usize, usize, Quality)> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        let done = workers.into_iter().filter_map(|worker| worker.join().ok());
        done.flatten().collect()
    });
    // In their order, so that sums come out the same each time.
    found.sort_unstable_by_key(|(at, ..)| *at);
    let sets = found.iter().map(|(_, set, _)| set + 1).max().unwrap_or(0);
    let mut by_set: Vec<Vec<Quality>> = vec![Vec::new(); sets];
    for (_, set, quality) in found {
        if let Some(set) = by_set.get_mut(set) {
            set.push(quality);
        }
    }
    by_set.iter().map(|all| Quality::mean(all)).collect()
}
