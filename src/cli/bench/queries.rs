//! Questions to the documents of a folder: how often a digest shows the passage that answers, and how short it is.
//!
//! `queries.jsonl` in the folder has a question a line: `{"file": "guide.md", "query": "which port", "gold": "port 8080"}`.
//! `gold` is a passage of the file, word for word.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

use anyhow::Context as _;
use serde::Deserialize;
use serde_json::{Value, json};

use super::super::Failure;
use crate::cli::out::say;
use crate::distill::Level;
use crate::tokens::Encoding;
use crate::tools::Engines;
use crate::tools::distill::{Options, Source, distill, options};
use crate::tools::input::read_file;
use crate::tools::page::Delivery;

/// Name of the file with questions.
pub(super) const QUERIES: &str = "queries.jsonl";

#[derive(Debug, Deserialize)]
struct Query {
    file: String,
    #[serde(rename = "query")]
    words: String,
    gold: String,
}

/// What the digests of one file, or of several, showed.
#[derive(Debug, Clone, Default)]
pub(super) struct Answers {
    asked: usize,
    kept: usize,
    tokens_in: usize,
    tokens_out: usize,
    /// Questions whose passage was not shown.
    missed: Vec<String>,
}

impl Answers {
    fn plus(&self, other: &Self) -> Self {
        Self {
            asked: self.asked + other.asked,
            kept: self.kept + other.kept,
            tokens_in: self.tokens_in + other.tokens_in,
            tokens_out: self.tokens_out + other.tokens_out,
            missed: [self.missed.as_slice(), &other.missed].concat(),
        }
    }

    /// Percent saved, one place after the point, rounded down.
    fn saved(&self) -> String {
        let saved = self.tokens_in.saturating_sub(self.tokens_out) * 1000;
        let thousandths = saved.checked_div(self.tokens_in).unwrap_or(0);
        format!("-{}.{}", thousandths / 10, thousandths % 10)
    }
}

/// Asks every question of `folder`; nothing if it has none.
pub(super) fn ask(
    engines: &Engines,
    folder: &Path,
) -> anyhow::Result<Option<BTreeMap<String, Answers>>> {
    let path = folder.join(QUERIES);
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => {
            return Err(error).with_context(|| format!("cannot read `{}`", path.display()));
        }
    };
    let mut files: BTreeMap<String, Answers> = BTreeMap::new();
    for (number, line) in text.lines().enumerate() {
        let place = || format!("line {} of `{}`", number + 1, path.display());
        let broken = |what: String| {
            let hint =
                "a line is {\"file\": …, \"query\": …, \"gold\": …}, and `gold` stands in the file";
            Failure::new(what, hint)
        };
        let query: Query = serde_json::from_str(line)
            .map_err(|error| broken(format!("{} is no question: {error}", place())))?;
        let file = folder.join(&query.file);
        let bytes = read_file(&file).map_err(Failure::from)?;
        if !String::from_utf8_lossy(&bytes).contains(&query.gold) {
            return Err(broken(format!("the passage of {} is not in its file", place())).into());
        }
        let options = Options {
            level: Level::Digest,
            query: Some(query.words.clone()),
            encoding: Encoding::O200k,
            ..options(engines, None).map_err(Failure::from)?
        };
        let path = file.display().to_string();
        let source = Source::File { path, bytes };
        let answer = distill(engines, source, &options, Delivery::Whole).map_err(Failure::from)?;
        let number_of = |name: &str| {
            let number = answer.facts.get(name).and_then(Value::as_u64);
            number
                .and_then(|number| usize::try_from(number).ok())
                .unwrap_or(0)
        };
        let is_kept = answer.text.contains(&query.gold);
        let row = files.entry(query.file.clone()).or_default();
        *row = row.plus(&Answers {
            asked: 1,
            kept: usize::from(is_kept),
            tokens_in: number_of("tokens_in"),
            tokens_out: number_of("tokens_out"),
            missed: if is_kept {
                Vec::new()
            } else {
                vec![query.words]
            },
        });
    }
    Ok(Some(files))
}

/// Prints a row for each file and one for all, and what was missed.
pub(super) fn print(files: &BTreeMap<String, Answers>) -> anyhow::Result<()> {
    say!("\nquestions: passages that the digest for a question shows word for word")?;
    let total = files
        .values()
        .fold(Answers::default(), |sum, row| sum.plus(row));
    let rows = files.iter().map(|(name, row)| (name.as_str(), row));
    for (name, row) in rows.chain([("= all", &total)]) {
        let (kept, asked) = (row.kept, row.asked);
        say!(
            "{name:<40}kept {kept:>4} of {asked:<5} % {:>6}",
            row.saved()
        )?;
    }
    for (name, row) in files {
        for query in &row.missed {
            say!("missed in {name}: {query}")?;
        }
    }
    Ok(())
}

/// The same as JSON.
pub(super) fn json(files: &BTreeMap<String, Answers>) -> Value {
    let object = |row: &Answers| {
        json!({
            "asked": row.asked, "kept": row.kept, "missed": row.missed,
            "o200k": {"before": row.tokens_in, "after": row.tokens_out},
        })
    };
    let total = files
        .values()
        .fold(Answers::default(), |sum, row| sum.plus(row));
    let rows: serde_json::Map<String, Value> = files
        .iter()
        .map(|(name, row)| (name.clone(), object(row)))
        .collect();
    json!({"files": rows, "total": object(&total)})
}
