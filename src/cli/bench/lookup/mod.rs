//! `mrconductor bench lookup DIR`: how well and how fast questions are answered.
//!
//! DIR is a set, or a folder of sets: `queries.jsonl` with `text`, `relevant` (document → grade) and optionally `source`,
//! beside `corpus.jsonl` (`id`, `title`, `text`; sections of one page share `parent`) or one folder of files per source.
//! `--identifiers` and `--operations` make the questions themselves, from pages and descriptions that are no set.

mod answers;
mod fit;
mod identifiers;
mod lot;
mod operations;
mod other_words;
mod quality;
mod scale;
mod set;
mod strangers;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use self::identifiers::Identifiers;
use self::other_words::Otherwise;
use self::quality::Quality;
use self::set::{Modelled, Set};
use crate::cli::Global;
use crate::cli::out::{self, say};
use crate::config::Settings;
use crate::lookup::{Budget, Search, Weights, search, weigh};

/// Measures retrieval on sets of graded questions.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A set, or a folder of sets
    dir: PathBuf,
    /// Print the questions whose first answer is not a right one
    #[arg(long)]
    misses: bool,
    /// Fit the weights of the ranking on random halves of the questions, and try them on the other halves
    #[arg(long, value_name = "HALVES", num_args = 0..=1, default_missing_value = "4")]
    fit: Option<usize>,
    /// The only weights to fit
    #[arg(long, value_name = "NAME,…", value_delimiter = ',', requires = "fit")]
    weights: Vec<String>,
    /// Measure so many sections instead, made from the words of the folder
    #[arg(
        long,
        value_name = "SECTIONS,…",
        value_delimiter = ',',
        conflicts_with = "fit"
    )]
    scale: Vec<usize>,
    /// Let the sentence model in this folder help
    #[arg(long, value_name = "FOLDER", conflicts_with = "scale")]
    model: Option<PathBuf>,
    /// Keep the vectors of the sentence model here between runs
    #[arg(long, value_name = "FOLDER", requires = "model")]
    vectors: Option<PathBuf>,
    /// Ask the questions of a folder that `--scale` made
    #[arg(long, value_name = "FOLDER", hide = true)]
    ask: Option<PathBuf>,
    /// Ask for so many names instead, drawn by lot from the anchors of definitions in a folder of HTML pages
    #[arg(long, value_name = "NAMES", conflicts_with_all = ["fit", "scale", "strangers"])]
    identifiers: Option<usize>,
    /// Ask which operation does it instead: so many questions, made from the summaries of descriptions of interfaces by other words for what is done, and so many by other words for the thing too
    #[arg(long, value_name = "QUESTIONS", conflicts_with_all = ["identifiers", "fit", "scale", "strangers"])]
    operations: Option<usize>,
    /// The lot that `--identifiers` and `--operations` draw by
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    seed: u64,
    /// Put the questions of each set to the others, where nothing answers them, and print how near the nearest section is
    #[arg(long)]
    strangers: bool,
}

pub(crate) fn run(args: &Args, global: &Global) -> anyhow::Result<ExitCode> {
    if let Some(folder) = &args.ask {
        return scale::ask(folder);
    }
    if !args.scale.is_empty() {
        return scale::run(&args.dir, &args.scale, global);
    }
    if let Some(count) = args.identifiers {
        let drawn = Identifiers::draw(&args.dir, count, args.seed)?;
        return identified(&drawn, args.misses, global);
    }
    if let Some(count) = args.operations {
        let asked = |otherwise| operations::set(&args.dir, otherwise, count, args.seed);
        let sets = [asked(Otherwise::Verb)?, asked(Otherwise::VerbAndThing)?];
        return measured(&sets, &arms(false), args.misses, global);
    }
    let model = args.model.clone().map(|folder| Modelled {
        folder,
        vectors: args.vectors.clone(),
    });
    let mut sets = Vec::new();
    for folder in set::folders(&args.dir)? {
        sets.extend(set::read(&folder, model.as_ref())?);
    }
    if let Some(halves) = args.fit {
        return fit::run(&sets, halves, &args.weights, global);
    }
    if args.strangers {
        return strangers::run(&sets, global);
    }
    measured(&sets, &arms(model.is_some()), args.misses, global)
}

const HEAD: &str = "set                  queries by         MRR    R@5  nDCG@5 nDCG@10  Hit@1  Hit@3  Hit@5    MAP   p50 ms  p99 ms";

/// Measures `sets`, one after the other.
fn measured(sets: &[Set], arms: &Arms, misses: bool, global: &Global) -> anyhow::Result<ExitCode> {
    if !global.json {
        say!("{HEAD}")?;
    }
    let mut rows = Vec::new();
    for set in sets {
        let row = measure(set, arms, misses)?;
        if !global.json {
            print(&row, arms)?;
        }
        rows.push(row);
    }
    if global.json {
        out::write_json(&json!({"sets": rows, "answers": answers::together(&rows)}))?;
    } else {
        answers::print(&rows)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Measures the names that were drawn: their pages as any set, and whether the section is the one.
fn identified(drawn: &Identifiers, misses: bool, global: &Global) -> anyhow::Result<ExitCode> {
    if !global.json {
        say!("{HEAD}")?;
    }
    let arms = arms(false);
    let mut row = measure(&drawn.set, &arms, misses)?;
    let [first, among_three] = drawn.in_sections()?;
    if global.json {
        if let Some(row) = row.as_object_mut() {
            let section = json!({"hit_1": first, "hit_3": among_three});
            row.extend([
                ("names".to_owned(), json!(drawn.all)),
                ("section".to_owned(), section),
            ]);
        }
        out::write_json(&json!({"sets": [row]}))?;
    } else {
        print(&row, &arms)?;
        say!(
            "the section that has the definition: Hit@1 {first:.3}, Hit@3 {among_three:.3}; drawn from {} names",
            drawn.all
        )?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Ways to rank that are compared.
type Arms = [(&'static str, Weights); 3];

/// Words alone, vectors alone (those of the sentence model, if one helps), and all as they are used.
fn arms(is_modelled: bool) -> Arms {
    let used = Weights::IN_USE;
    let words = Weights {
        vector: 0.0,
        unmet: 0.0,
        model: 0.0,
        ..used
    };
    let beside = if is_modelled { 0.0 } else { 1.0 };
    let vectors = Weights {
        vector: 1.0,
        long: f32::INFINITY,
        known: 0.0,
        exact: 0.0,
        model: 1.0,
        beside,
        ..used
    };
    [("words", words), ("vectors", vectors), ("both", used)]
}

fn print(row: &Value, arms: &Arms) -> anyhow::Result<()> {
    let figure =
        |arm: &Value, name: &str| arm.get(name).and_then(Value::as_f64).unwrap_or_default();
    for (at, (arm, _)) in arms.iter().enumerate() {
        let Some(figures) = row.get(*arm) else {
            continue;
        };
        let name = if at == 0 {
            row.get("set").and_then(Value::as_str).unwrap_or_default()
        } else {
            ""
        };
        let quality = format!(
            "{name:<20} {:>7} {arm:<7} {:>6.3} {:>6.3} {:>7.3} {:>7.3} {:>6.3} {:>6.3} {:>6.3} {:>6.3}",
            figure(row, "queries"),
            figure(figures, "mrr"),
            figure(figures, "recall_5"),
            figure(figures, "ndcg_5"),
            figure(figures, "ndcg_10"),
            figure(figures, "hit_1"),
            figure(figures, "hit_3"),
            figure(figures, "hit_5"),
            figure(figures, "map"),
        );
        let times = if *arm == "both" {
            format!(
                " {:>8.2} {:>7.2}",
                figure(row, "p50_ms"),
                figure(row, "p99_ms")
            )
        } else {
            String::new()
        };
        say!("{quality}{times}")?;
    }
    Ok(())
}

fn measure(set: &Set, arms: &Arms, misses: bool) -> anyhow::Result<Value> {
    let defaults = Settings::default().docs;
    let mut figures: Vec<Vec<Quality>> = vec![Vec::new(); arms.len()];
    let mut times: Vec<Duration> = Vec::new();
    for query in &set.queries {
        // The answer that an agent gets when it names no limits.
        let asked = Search {
            query: query.text.clone(),
            source: set.source(query).map(str::to_owned),
            limit: defaults.limit,
            ..Search::default()
        };
        let started = Instant::now();
        search(
            &set.store,
            &set.index,
            &asked,
            Budget::page(defaults.search_tokens),
        )?;
        times.push(started.elapsed());
        let evidence = set.evidence(query)?;
        for ((arm, weights), figures) in arms.iter().zip(&mut figures) {
            let hits = weigh(&evidence, weights);
            let ranked = set.documents(query, hits.iter().map(|hit| hit.page));
            let one = Quality::of(&ranked, &query.relevant);
            if misses && *arm == "both" && one.reciprocal < 1.0 {
                let shown: Vec<&str> = ranked.iter().take(4).copied().collect();
                say!(
                    "  {:.2} {} | {} | {shown:?} | want {:?}",
                    one.ndcg_5,
                    query.id,
                    query.text,
                    query.relevant
                )?;
            }
            figures.push(one);
        }
    }
    times.sort();
    let mut row = json!({
        "set": set.name,
        "queries": times.len(),
        "p50_ms": percentile(&times, 50),
        "p99_ms": percentile(&times, 99),
        "answers": answers::measure(set)?,
    });
    if let Some(row) = row.as_object_mut() {
        for ((arm, _), figures) in arms.iter().zip(&figures) {
            row.insert((*arm).to_owned(), Quality::mean(figures).json());
        }
    }
    Ok(row)
}

/// Milliseconds that `percent` of `times`, which are sorted, do not exceed.
fn percentile(times: &[Duration], percent: usize) -> f64 {
    let at = (times.len() * percent / 100).min(times.len().saturating_sub(1));
    times.get(at).map_or(0.0, Duration::as_secs_f64) * 1000.0
}
