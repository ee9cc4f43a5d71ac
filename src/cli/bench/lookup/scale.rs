//! What many sections cost: made from the words of a folder and a seed, so that no two are the same.
//!
//! Each size is built in a folder of its own that is removed afterwards, and asked by a process of its own, whose memory is then
//! that of a server that has searched.

use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use serde_json::{Value, json};

use super::lot::Lot;
use super::percentile;
use crate::cli::out::{self, say};
use crate::cli::{Failure, Global};
use crate::config::Settings;
use crate::lookup::library;
use crate::lookup::{Budget, Index, Search, Vectors, search};
use crate::store::Store;

/// Bytes of material: words enough for any size.
const MATERIAL_BYTES_MAX: usize = 16 << 20;
/// Bytes of a section.
const SECTION_BYTES: usize = 1_900;
/// Sections of a page.
const SECTIONS: usize = 5;
/// Pages stored at once.
const PAGES: usize = 128;
/// Questions asked, each once to warm up and once on the clock.
const QUESTIONS: usize = 300;
/// The file with the questions, in the folder of the store.
const QUESTIONS_FILE: &str = "questions.json";

/// Builds and asks each of `sizes`.
pub(super) fn run(dir: &Path, sizes: &[usize], global: &Global) -> anyhow::Result<ExitCode> {
    let material = Material::read(dir)?;
    let mut rows = Vec::new();
    for sections in sizes {
        let folder = tempfile::tempdir().context("cannot make a folder for the index")?;
        let mut row = build(&material, *sections, folder.path())?;
        let asked = Command::new(std::env::current_exe()?)
            .args(["bench", "lookup", "--ask"])
            .arg(folder.path())
            .arg(dir)
            .output()?;
        let asked: Value = serde_json::from_slice(&asked.stdout).with_context(|| {
            format!(
                "the asking process said `{}`",
                String::from_utf8_lossy(&asked.stderr)
            )
        })?;
        if let (Some(row), Some(asked)) = (row.as_object_mut(), asked.as_object()) {
            row.extend(asked.clone());
        }
        if global.json {
            rows.push(row);
        } else {
            print(&row)?;
        }
    }
    if global.json {
        out::write_json(&json!({"sizes": rows}))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn print(row: &Value) -> anyhow::Result<()> {
    let figure = |name: &str| row.get(name).and_then(Value::as_f64).unwrap_or_default();
    say!(
        "{} sections, {:.1} MB: stored in {:.1} s, indexed in {:.1} s ({:.1} MB/s of processor time; vectors alone {:.1}, words alone {:.1})\n  \
         on disk {:.2} MB per MB: store {:.2}, words {:.2}, vectors {:.2}\n  \
         first answer {:.1} ms; warm p50 {:.2} ms, p99 {:.2} ms; memory {:.0} MB ({:.0} MB of its own)",
        figure("sections"),
        figure("mb"),
        figure("stored_s"),
        figure("indexed_s"),
        figure("index_mb_s"),
        figure("vectors_mb_s"),
        figure("words_mb_s"),
        figure("disk_share"),
        figure("store_share"),
        figure("words_share"),
        figure("vectors_share"),
        figure("first_ms"),
        figure("p50_ms"),
        figure("p99_ms"),
        figure("memory_mb"),
        figure("own_memory_mb"),
    )
}

/// Words to make sections of.
struct Material {
    text: String,
    /// First byte of each word.
    words: Vec<usize>,
}

impl Material {
    fn read(dir: &Path) -> anyhow::Result<Self> {
        let mut text = String::new();
        let mut folders = vec![dir.to_owned()];
        while let Some(folder) = folders.pop() {
            let mut entries: Vec<_> = std::fs::read_dir(&folder)
                .with_context(|| format!("cannot read `{}`", folder.display()))?
                .flatten()
                .map(|entry| entry.path())
                .collect();
            entries.sort();
            for path in entries {
                if path.is_dir() {
                    folders.push(path);
                } else if text.len() < MATERIAL_BYTES_MAX
                    && let Ok(read) = std::fs::read_to_string(&path)
                {
                    add(&path, &read, &mut text);
                }
            }
        }
        let words: Vec<usize> = text
            .split_ascii_whitespace()
            .map(|word| word.as_ptr().addr() - text.as_ptr().addr())
            .collect();
        if words.len() < 1_000 {
            let what = format!("found {} words in `{}`", words.len(), dir.display());
            return Err(Failure::new(what, "give a folder with documentation in it").into());
        }
        Ok(Self { text, words })
    }

    /// Returns `count` words that follow each other, from a place that `random` chooses.
    fn run(&self, random: &mut Lot, count: usize) -> &str {
        let first = random.below(self.words.len() - count);
        let from = self.words.get(first).copied().unwrap_or_default();
        let to = self
            .words
            .get(first + count)
            .copied()
            .unwrap_or(self.text.len());
        self.text.get(from..to).unwrap_or_default().trim()
    }

    /// Makes the page with this number.
    fn page(&self, number: usize) -> String {
        let mut random = Lot(number as u64);
        let mut page = format!("# {}\n\n", plain(self.run(&mut random, 3)));
        for _ in 0..SECTIONS {
            page.push_str("## ");
            page.push_str(&plain(self.run(&mut random, 4)));
            page.push_str("\n\n");
            let end = page.len() + SECTION_BYTES;
            while page.len() < end {
                let count = 3 + random.below(7);
                page.push_str(self.run(&mut random, count));
                page.push_str(if random.below(12) == 0 { "\n\n" } else { " " });
            }
            page.push_str("\n\n");
        }
        page
    }
}

/// Adds what `path` says in words: the texts of JSON lines, all of any other file.
fn add(path: &Path, read: &str, text: &mut String) {
    if path
        .extension()
        .is_none_or(|extension| extension != "jsonl")
    {
        text.push_str(read);
        text.push('\n');
        return;
    }
    for line in read.lines() {
        let line: Option<Value> = serde_json::from_str(line).ok();
        let said = line.as_ref().and_then(|line| line.get("text")?.as_str());
        text.extend(said.into_iter().flat_map(|said| [said, "\n"]));
    }
}

/// Returns the words of `text` without what could be markup, on one line.
fn plain(text: &str) -> String {
    let words = text.split_whitespace();
    let words = words.map(|word| word.trim_matches(|letter: char| !letter.is_alphanumeric()));
    words.collect::<Vec<_>>().join(" ")
}

fn build(material: &Material, wanted: usize, folder: &Path) -> anyhow::Result<Value> {
    let store = Store::open(folder)?;
    let source = store.keep_source("made", "")?;
    let started = Instant::now();
    let (mut sections, mut bytes, mut number) = (0, 0, 0);
    while sections < wanted {
        let mut pages = Vec::with_capacity(PAGES);
        while pages.len() < PAGES && sections < wanted {
            let path = format!("p{}/{number}.md", number / 1_000);
            let text = material.page(number);
            let page = library::page_of_text(&path, &text);
            sections += page.sections.len();
            bytes += text.len();
            number += 1;
            pages.push(page);
        }
        store.keep_pages(source, &pages)?;
    }
    let stored = started.elapsed();
    let index = Index::at(folder);
    let (started, before) = (Instant::now(), processor_time());
    index.update(&store, &|_| {})?;
    let (indexed, processor) = (started.elapsed(), processor_time().saturating_sub(before));
    // Vectors alone read the same pages once more, as they do beside the words.
    let before = processor_time();
    drop(Vectors::mirrored(None, None, &store)?);
    let vectors = processor_time().saturating_sub(before);
    let mut random = Lot(u64::MAX);
    let mut questions: Vec<String> = Vec::with_capacity(QUESTIONS);
    // A run of nothing but marks asks nothing; among so many words there are others.
    for _ in 0..QUESTIONS * 10 {
        let count = 3 + random.below(6);
        let question = plain(material.run(&mut random, count));
        if questions.len() < QUESTIONS && question.chars().any(char::is_alphanumeric) {
            questions.push(question);
        }
    }
    std::fs::write(folder.join(QUESTIONS_FILE), serde_json::to_vec(&questions)?)?;
    drop(store);
    let megabytes = mb(bytes as u64);
    let share = |is_counted: fn(&str) -> bool| mb(size(folder, is_counted)) / megabytes;
    let speed = |seconds: f64| {
        if seconds > 0.0 {
            megabytes / seconds
        } else {
            0.0
        }
    };
    Ok(json!({
        "sections": sections,
        "mb": megabytes,
        "stored_s": stored.as_secs_f64(),
        "indexed_s": indexed.as_secs_f64(),
        "index_mb_s": speed(processor.as_secs_f64()),
        "vectors_mb_s": speed(vectors.as_secs_f64()),
        // What is left of the time when that of the vectors is taken away.
        "words_mb_s": speed(processor.saturating_sub(vectors).as_secs_f64()),
        "disk_share": share(|_| true),
        "store_share": share(|name| name.starts_with("store.")),
        "vectors_share": share(|name| name.starts_with("vectors")),
        "words_share": share(|name| !name.starts_with("vectors") && !name.starts_with("store.")),
    }))
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a figure to be printed with two digits"
)]
fn mb(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

/// Bytes of the files below `folder` whose names count.
fn size(folder: &Path, is_counted: fn(&str) -> bool) -> u64 {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .map(|entry| match entry.metadata() {
            Ok(of) if of.is_dir() => size(&entry.path(), is_counted),
            Ok(of) if entry.file_name().to_str().is_some_and(is_counted) => of.len(),
            _ => 0,
        })
        .sum()
}

/// Asks the questions of `folder` and prints what it took: what the process of its own does.
pub(super) fn ask(folder: &Path) -> anyhow::Result<ExitCode> {
    let questions: Vec<String> =
        serde_json::from_slice(&std::fs::read(folder.join(QUESTIONS_FILE))?)?;
    let started = Instant::now();
    let (store, index) = (Store::open(folder)?, Index::at(folder));
    let mut first = Duration::ZERO;
    let mut times = Vec::new();
    let defaults = Settings::default().docs;
    for is_warm in [false, true] {
        for (at, question) in questions.iter().enumerate() {
            let asked = Search {
                query: question.clone(),
                limit: defaults.limit,
                ..Search::default()
            };
            let from = Instant::now();
            search(&store, &index, &asked, Budget::page(defaults.search_tokens))?;
            if is_warm {
                times.push(from.elapsed());
            } else if at == 0 {
                first = started.elapsed();
            }
        }
    }
    times.sort();
    out::write_json(&json!({
        "first_ms": first.as_secs_f64() * 1000.0,
        "p50_ms": percentile(&times, 50),
        "p99_ms": percentile(&times, 99),
        "memory_mb": memory("VmRSS:"),
        "own_memory_mb": memory("RssAnon:"),
    }))?;
    Ok(ExitCode::SUCCESS)
}

/// MB that the system counts under `name`; 0 where it does not tell.
fn memory(name: &str) -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    mb(kilobytes.unwrap_or_default() * 1024)
}

/// Processor time of this process so far, all its threads together; nothing where the system does not tell.
fn processor_time() -> Duration {
    const TICK: Duration = Duration::from_millis(10);
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let ticks = after_name.split_whitespace().skip(11).take(2);
    let ticks: u32 = ticks.filter_map(|ticks| ticks.parse::<u32>().ok()).sum();
    TICK * ticks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn made_pages_are_all_different_and_the_same_each_time() {
        let folder = tempfile::tempdir().unwrap();
        let words: Vec<String> = (0..2_000).map(|number| format!("word{number}")).collect();
        std::fs::write(folder.path().join("a.md"), words.join(" ")).unwrap();
        let material = Material::read(folder.path()).unwrap();
        assert_eq!(material.page(7), material.page(7));
        assert_ne!(material.page(7), material.page(8));
        assert!(material.page(7).len() > SECTIONS * SECTION_BYTES);
    }
}
