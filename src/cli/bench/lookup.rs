//! `mrconductor bench lookup DIR`: how well and how fast questions are answered.
//!
//! DIR is a set, or a folder of sets: `queries.jsonl` with `text`, `relevant` (document → grade) and optionally `source`,
//! beside `corpus.jsonl` (`id`, `title`, `text`; sections of one page share `parent`) or one folder of files per source.
#![expect(
    clippy::print_stdout,
    reason = "stdout is where the command line answers"
)]

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use serde::Deserialize;
use serde_json::{Value, json};

use crate::cli::{Failure, Global};
use crate::lookup::library::{self, Place};
use crate::lookup::{Budget, Index, Record, Search, search};
use crate::store::Store;

/// Measures retrieval on sets of graded questions.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A set, or a folder of sets
    dir: PathBuf,
    /// Print the questions whose first answer is not a right one
    #[arg(long)]
    misses: bool,
}

#[derive(Debug, Deserialize)]
struct Query {
    id: String,
    text: String,
    source: Option<String>,
    relevant: HashMap<String, u32>,
}

#[derive(Debug, Deserialize)]
struct Line {
    id: String,
    parent: Option<String>,
    #[serde(default)]
    title: String,
    text: String,
}

/// Means over the questions of a set.
#[derive(Debug, Default, Clone, Copy)]
struct Quality {
    reciprocal: f64,
    recall_5: f64,
    ndcg_5: f64,
    ndcg_10: f64,
    hit_5: f64,
}

/// Answers looked at, in documents.
const DEPTH: usize = 10;

pub(crate) fn run(args: &Args, global: &Global) -> anyhow::Result<ExitCode> {
    let sets = sets(&args.dir)?;
    if !global.json {
        println!(
            "set                  queries    MRR    R@5  nDCG@5 nDCG@10  Hit@5   p50 ms  p99 ms"
        );
    }
    let mut rows = Vec::new();
    for set in sets {
        let name = set
            .file_name()
            .map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        for variant in variants(&set)? {
            let row = measure(
                &set,
                &format!("{name}{}", variant.label),
                &variant,
                args.misses,
            )?;
            if global.json {
                rows.push(row);
            } else {
                print_row(&row);
            }
        }
    }
    if global.json {
        println!("{}", json!({"sets": rows}));
    }
    Ok(ExitCode::SUCCESS)
}

fn print_row(row: &Value) {
    let figure = |name: &str| row.get(name).and_then(Value::as_f64).unwrap_or_default();
    println!(
        "{:<20} {:>7} {:>6.3} {:>6.3} {:>7.3} {:>7.3} {:>6.3} {:>8.2} {:>7.2}",
        row.get("set").and_then(Value::as_str).unwrap_or_default(),
        figure("queries"),
        figure("mrr"),
        figure("recall_5"),
        figure("ndcg_5"),
        figure("ndcg_10"),
        figure("hit_5"),
        figure("p50_ms"),
        figure("p99_ms"),
    );
}

fn sets(dir: &Path) -> anyhow::Result<Vec<PathBuf>> {
    if dir.join("queries.jsonl").is_file() {
        return Ok(vec![dir.to_owned()]);
    }
    let mut found: Vec<PathBuf> = std::fs::read_dir(dir)
        .map_err(|error| {
            Failure::new(
                format!("cannot read `{}`: {error}", dir.display()),
                "give a folder of sets",
            )
        })?
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.join("queries.jsonl").is_file())
        .collect();
    found.sort();
    if found.is_empty() {
        return Err(Failure::new(
            format!(
                "found no `queries.jsonl` in `{}` or one level below",
                dir.display()
            ),
            "give a set, or a folder of sets",
        )
        .into());
    }
    Ok(found)
}

/// A way to measure one set.
struct Variant {
    label: &'static str,
    titles: bool,
    /// The only questions that count.
    only: Option<HashSet<String>>,
    /// Pages left out of the ranking of a question.
    excluded: HashMap<String, HashSet<String>>,
}

/// Sets of links are measured twice: without titles, for the title is often the question, and with titles on the rest.
fn variants(set: &Path) -> anyhow::Result<Vec<Variant>> {
    let exclusions = set.join("exclude_pages.json");
    if !exclusions.is_file() {
        return Ok(vec![Variant {
            label: "",
            titles: true,
            only: None,
            excluded: HashMap::new(),
        }]);
    }
    let excluded: HashMap<String, HashSet<String>> = serde_json::from_str(&read(&exclusions)?)?;
    let only: HashSet<String> = serde_json::from_str(&read(&set.join("paraphrase_ids.json"))?)?;
    Ok(vec![
        Variant {
            label: "",
            titles: false,
            only: None,
            excluded: excluded.clone(),
        },
        Variant {
            label: "+titles",
            titles: true,
            only: Some(only),
            excluded,
        },
    ])
}

fn read(path: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(path).map_err(|error| {
        Failure::new(
            format!("cannot read `{}`: {error}", path.display()),
            "compare the folder with `mrconductor bench lookup --help`",
        )
        .into()
    })
}

fn lines<T: for<'de> Deserialize<'de>>(path: &Path) -> anyhow::Result<Vec<T>> {
    read(path)?
        .lines()
        .filter(|line| !line.trim().is_empty())
        .map(|line| Ok(serde_json::from_str(line)?))
        .collect()
}

/// A set in memory. Documents of a corpus are stored by number, lest their names give the answer away.
struct Shelf {
    store: Store,
    index: Index,
    names: Vec<String>,
}

/// Returns the path of the document with this number: one word that no question has, for paths are searched as well.
fn path_of(number: usize) -> String {
    format!("d{number}")
}

fn number_of(path: &str) -> usize {
    path.strip_prefix('d')
        .and_then(|number| number.parse().ok())
        .unwrap_or(usize::MAX)
}

fn library_of(set: &Path, variant: &Variant) -> anyhow::Result<Shelf> {
    let corpus = set.join("corpus.jsonl");
    if corpus.is_file() {
        let mut names: Vec<String> = Vec::new();
        let mut numbers: HashMap<String, usize> = HashMap::new();
        let mut records = Vec::new();
        for line in lines::<Line>(&corpus)? {
            let name = line.parent.unwrap_or(line.id);
            let number = *numbers.entry(name.clone()).or_insert_with(|| {
                names.push(name);
                names.len() - 1
            });
            records.push(Record {
                page: path_of(number),
                title: if variant.titles {
                    line.title
                } else {
                    String::new()
                },
                text: line.text,
            });
        }
        let (store, index) = library::from_records("set", records)?;
        return Ok(Shelf {
            store,
            index,
            names,
        });
    }
    let store = Store::in_memory()?;
    let index = Index::in_memory();
    let mut sources: Vec<PathBuf> = std::fs::read_dir(set)?
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.is_dir())
        .collect();
    sources.sort();
    for location in sources {
        let name = library::suggested_name(&location);
        library::add(
            &store,
            &index,
            &Place {
                name,
                location,
                max_documents: None,
            },
            0,
            &|_| {},
        )?;
    }
    Ok(Shelf {
        store,
        index,
        names: Vec::new(),
    })
}

fn measure(set: &Path, name: &str, variant: &Variant, misses: bool) -> anyhow::Result<Value> {
    let queries: Vec<Query> = lines(&set.join("queries.jsonl"))?;
    let files = !set.join("corpus.jsonl").is_file();
    let shelf = library_of(set, variant)?;
    let mut sum = Quality::default();
    let mut times: Vec<Duration> = Vec::new();
    for query in &queries {
        if variant
            .only
            .as_ref()
            .is_some_and(|only| !only.contains(&query.id))
        {
            continue;
        }
        let wanted = Search {
            query: query.text.clone(),
            source: query.source.clone().filter(|_| files),
            limit: 60,
            ..Search::default()
        };
        // Quality is read off a long list, time off the answer that an agent gets when it names no limits.
        let asked = Search {
            limit: 6,
            ..wanted.clone()
        };
        let started = Instant::now();
        search(&shelf.store, &shelf.index, &asked, Budget::page(3_000))?;
        times.push(started.elapsed());
        let found = search(
            &shelf.store,
            &shelf.index,
            &wanted,
            Budget::tokens_only(usize::MAX),
        )?;
        let excluded = variant.excluded.get(&query.id);
        let mut ranked: Vec<String> = Vec::new();
        for passage in found.passages {
            let document = if files {
                format!("{}/{}", passage.source, passage.path)
            } else {
                let number: usize = number_of(&passage.path);
                shelf.names.get(number).cloned().unwrap_or_default()
            };
            let page = document.split('#').next().unwrap_or_default();
            let left_out = excluded.is_some_and(|pages| pages.contains(page));
            if !left_out && !ranked.contains(&document) {
                ranked.push(document);
            }
        }
        let one = quality(&ranked, &query.relevant);
        if misses && one.reciprocal < 1.0 {
            let shown: Vec<&String> = ranked.iter().take(4).collect();
            println!(
                "  {:.2} {} | {} | {shown:?} | want {:?}",
                one.ndcg_5, query.id, query.text, query.relevant
            );
        }
        sum.reciprocal += one.reciprocal;
        sum.recall_5 += one.recall_5;
        sum.ndcg_5 += one.ndcg_5;
        sum.ndcg_10 += one.ndcg_10;
        sum.hit_5 += one.hit_5;
    }
    times.sort();
    let count = times.len().max(1);
    let percentile = |percent: usize| {
        let at = (times.len() * percent / 100).min(times.len().saturating_sub(1));
        times.get(at).map_or(0.0, Duration::as_secs_f64) * 1000.0
    };
    #[expect(
        clippy::cast_precision_loss,
        reason = "a set has far fewer than 2^52 questions"
    )]
    let mean = |sum: f64| sum / count as f64;
    Ok(json!({
        "set": name,
        "queries": times.len(),
        "mrr": mean(sum.reciprocal),
        "recall_5": mean(sum.recall_5),
        "ndcg_5": mean(sum.ndcg_5),
        "ndcg_10": mean(sum.ndcg_10),
        "hit_5": mean(sum.hit_5),
        "p50_ms": percentile(50),
        "p99_ms": percentile(99),
    }))
}

fn quality(ranked: &[String], relevant: &HashMap<String, u32>) -> Quality {
    let grade = |document: &String| relevant.get(document).copied().unwrap_or_default();
    let hits_5 = ranked
        .iter()
        .take(5)
        .filter(|document| grade(document) > 0)
        .count();
    let all = relevant.values().filter(|grade| **grade > 0).count().max(1);
    #[expect(clippy::cast_precision_loss, reason = "ranks are small")]
    let reciprocal = ranked
        .iter()
        .take(DEPTH)
        .position(|document| grade(document) > 0)
        .map_or(0.0, |at| 1.0 / (at + 1) as f64);
    let mut ideal: Vec<u32> = relevant.values().copied().collect();
    ideal.sort_unstable_by(|one, other| other.cmp(one));
    let ndcg = |depth: usize| {
        let best = gain(ideal.iter().copied().take(depth));
        if best > 0.0 {
            gain(ranked.iter().take(depth).map(grade)) / best
        } else {
            0.0
        }
    };
    #[expect(clippy::cast_precision_loss, reason = "grades are few")]
    let recall_5 = hits_5 as f64 / all as f64;
    Quality {
        reciprocal,
        recall_5,
        ndcg_5: ndcg(5),
        ndcg_10: ndcg(10),
        hit_5: f64::from(u8::from(hits_5 > 0)),
    }
}

/// Discounted cumulative gain with gain 2^grade − 1.
fn gain(grades: impl Iterator<Item = u32>) -> f64 {
    grades
        .zip(2u32..)
        .map(|(grade, rank)| (2f64.powf(f64::from(grade)) - 1.0) / f64::from(rank).log2())
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_figures_are_those_of_the_textbook() {
        let ranked = ["x", "b", "a"].map(str::to_owned);
        let relevant = HashMap::from([("a".to_owned(), 3), ("b".to_owned(), 1)]);
        let found = quality(&ranked, &relevant);
        let close = |one: f64, other: f64| (one - other).abs() < 1e-9;
        assert!(
            close(found.reciprocal, 0.5) && close(found.recall_5, 1.0) && close(found.hit_5, 1.0)
        );
        let dcg = 1.0 / 3f64.log2() + 7.0 / 2.0;
        let best = 7.0 + 1.0 / 3f64.log2();
        assert!(close(found.ndcg_5, dcg / best), "{found:?}");
    }
}
