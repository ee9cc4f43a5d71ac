//! `mrconductor bench distill DIR`: distills every file as a tool call would, with a store of its own, and checks that each
//! comes back byte for byte.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read as _;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use anyhow::Context as _;
use flate2::read::GzDecoder;
use serde_json::{Value, json};

use super::super::{Failure, Global};
use super::article::{self, Gold, Overlap};
use super::column::{COLUMNS, Found, Sample, Shares};
use super::{chunks, queries, templates};
use crate::cli::out::{self, say};
use crate::distill::{Legend, Level, unpack};
use crate::tokens::{Encoding, count};
use crate::tools::distill::{Options, Source, distill, options};
use crate::tools::input::{INPUT_BYTES_MAX, read_file};
use crate::tools::page::Delivery;
use crate::tools::restore::{Part, restore};
use crate::tools::{Engines, JsonObject};

/// Width of the column of names.
const NAME_COLUMNS: usize = 21;

/// Measures distill on every file of a folder.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Folder with files to distill
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// Level: exact, aliased, digest or auto
    #[arg(long, default_value = "exact", value_parser = super::super::distill::word::<Level>)]
    level: Level,
    /// Keep the links of HTML pages
    #[arg(long)]
    links: bool,
    /// Cut each file into chunks of so many lines, told one after another in one session; the first is not counted
    #[arg(long, value_name = "COUNT")]
    lines: Option<NonZeroUsize>,
}

/// One file, or several summed up.
#[derive(Debug, Clone, Default)]
pub(super) struct Row {
    pub(super) name: String,
    pub(super) bytes: usize,
    pub(super) o200k: (usize, usize),
    pub(super) cl100k: (usize, usize),
    pub(super) level: String,
    pub(super) kind: String,
    pub(super) is_exact: bool,
    pub(super) is_longer: bool,
    pub(super) cpu_ms: f64,
    /// How well a digest agrees with the article of a page.
    pub(super) article: Option<Overlap>,
    /// What the columns found.
    pub(super) found: Found,
}

/// Prints a row for each file, each folder and all of them; fails if a file is not given back or got longer.
pub(crate) fn run(args: &Args, global: &Global) -> anyhow::Result<ExitCode> {
    let mut files = Vec::new();
    walk(&args.folder, &mut files)?;
    files.retain(|file| *file != args.folder.join(queries::QUERIES) && !templates::is_table(file));
    if files.is_empty() {
        let what = format!("there is no file in `{}`", args.folder.display());
        return Err(Failure::new(what, "give a folder with text files").into());
    }
    let home = tempfile::tempdir().context("cannot make a folder for the store of this bench")?;
    let mut config = global.config()?;
    config.data_dir = Some(home.path().to_owned());
    let engines = Engines::new(config);
    let mut folders: BTreeMap<String, Vec<Row>> = BTreeMap::new();
    let mut golds: BTreeMap<PathBuf, Gold> = BTreeMap::new();
    let mut skipped = Vec::new();
    for file in files {
        let parent = file.parent().unwrap_or(Path::new(""));
        let gold = golds
            .entry(parent.to_owned())
            .or_insert_with(|| Gold::of(parent));
        let name = file.strip_prefix(&args.folder).unwrap_or(&file);
        let folder = name.parent().unwrap_or(Path::new("")).display().to_string();
        let measured = match args.lines {
            None => measure(&engines, &file, gold, args),
            Some(lines) => chunks::measure(&engines, &file, args.level, lines),
        };
        match measured {
            Ok(row) => folders.entry(folder).or_default().push(Row {
                name: file_name(name),
                ..row
            }),
            Err(why) => skipped.push(format!("{}: {why}", name.display())),
        }
    }
    let all: Vec<&Row> = folders.values().flatten().collect();
    let is_good = all.iter().all(|row| row.is_exact && !row.is_longer);
    let answers = queries::ask(&engines, &args.folder)?;
    if global.json {
        print_json(&folders, &all, &skipped, answers.as_ref())?;
    } else {
        print_table(&folders, &all, &skipped, args.level)?;
        if let Some(answers) = &answers {
            queries::print(answers)?;
        }
    }
    Ok(if is_good {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(5)
    })
}

pub(super) fn walk(folder: &Path, files: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    let entries =
        fs::read_dir(folder).with_context(|| format!("cannot read `{}`", folder.display()))?;
    let mut paths: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            walk(&path, files)?;
        } else if path.file_name().is_none_or(|name| name != article::GOLD) {
            files.push(path);
        }
    }
    Ok(())
}

fn file_name(path: &Path) -> String {
    path.file_name()
        .unwrap_or(path.as_os_str())
        .to_string_lossy()
        .into_owned()
}

fn measure(engines: &Engines, file: &Path, gold: &Gold, args: &Args) -> Result<Row, String> {
    let what = |error: crate::tools::ToolError| error.what;
    let bytes = unpacked(read_file(file).map_err(what)?, file)?;
    let Ok(text) = String::from_utf8(bytes.clone()) else {
        return Err("skipped, not UTF-8 text".to_owned());
    };
    let options = Options {
        level: args.level,
        links: args.links,
        encoding: Encoding::O200k,
        ..options(engines, None).map_err(what)?
    };
    let start = cpu_ms();
    let answer = distill(
        engines,
        Source::File {
            path: file.display().to_string(),
            bytes: bytes.clone(),
        },
        &options,
        Delivery::Whole,
    )
    .map_err(what)?;
    let cpu_ms = cpu_ms() - start;
    let fact = |name: &str| word(&answer.facts, name);
    let restored = restore(engines, &fact("handle"), &Part::All).map_err(what)?;
    let o200k = (
        count(Encoding::O200k, &text),
        count(Encoding::O200k, &answer.text),
    );
    let article = (fact("level") == "digest")
        .then(|| gold.overlap(file, &answer.text))
        .flatten();
    let sample = Sample {
        file,
        kind: &fact("kind"),
        text: &text,
        shown: &answer.text,
    };
    let found = Found::of(&sample, fact("level") == "exact");
    Ok(Row {
        name: String::new(),
        bytes: bytes.len(),
        o200k,
        cl100k: (
            count(Encoding::Cl100k, &text),
            count(Encoding::Cl100k, &answer.text),
        ),
        level: fact("level"),
        kind: fact("kind"),
        is_exact: restored == bytes
            && (fact("level") != "exact" || decodes(&answer.text, &Legend::default(), &text)),
        is_longer: o200k.1 > o200k.0,
        cpu_ms,
        article,
        found,
    })
}

/// Returns what a `.gz` file holds, up to the bytes that distill takes; another file as it is.
fn unpacked(bytes: Vec<u8>, file: &Path) -> Result<Vec<u8>, String> {
    if file.extension().is_none_or(|extension| extension != "gz") {
        return Ok(bytes);
    }
    let mut unpacked = Vec::new();
    GzDecoder::new(bytes.as_slice())
        .take(INPUT_BYTES_MAX as u64)
        .read_to_end(&mut unpacked)
        .map_err(|error| format!("skipped, not gzip: {error}"))?;
    Ok(unpacked)
}

pub(super) fn word(facts: &JsonObject, name: &str) -> String {
    facts
        .get(name)
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned()
}

/// Whether `shown` alone, without its line of facts, gives `text` to a reader who knows `legend`.
pub(super) fn decodes(shown: &str, legend: &Legend, text: &str) -> bool {
    let packed = shown
        .strip_suffix('\n')
        .and_then(|shown| shown.rsplit_once('\n'));
    shown == text
        || packed
            .is_some_and(|(packed, _)| unpack(packed, legend, text.len()).as_deref() == Some(text))
}

/// Milliseconds that this thread has computed, where the system tells; else that have passed.
pub(super) fn cpu_ms() -> f64 {
    thread_local! {
        static START: Instant = Instant::now();
    }
    let nanoseconds = fs::read_to_string("/proc/thread-self/schedstat")
        .ok()
        .and_then(|text| text.split(' ').next()?.parse::<f64>().ok());
    nanoseconds.map_or_else(
        || START.with(|start| start.elapsed().as_secs_f64() * 1e3),
        |nanoseconds| nanoseconds / 1e6,
    )
}

pub(super) fn sum(name: String, rows: &[&Row]) -> Row {
    let mut total = Row {
        name,
        is_exact: true,
        ..Row::default()
    };
    for row in rows {
        total.bytes += row.bytes;
        total.o200k.0 += row.o200k.0;
        total.o200k.1 += row.o200k.1;
        total.cl100k.0 += row.cl100k.0;
        total.cl100k.1 += row.cl100k.1;
        total.cpu_ms += row.cpu_ms;
        total.is_exact &= row.is_exact;
        total.is_longer |= row.is_longer;
        total.found.add(&row.found);
        if let Some(article) = row.article {
            total.article = Some(total.article.unwrap_or_default().plus(article));
        }
    }
    total
}

/// Percent saved, one place after the point.
pub(super) fn saved((before, after): (usize, usize)) -> String {
    if before == 0 {
        return "0".to_owned();
    }
    // In thousandths and with integers: exact, and no cast can lose anything.
    let thousandths = before.abs_diff(after) * 1000 / before;
    let sign = if after > before { "+" } else { "-" };
    format!("{sign}{}.{}", thousandths / 10, thousandths % 10)
}

fn print_table(
    folders: &BTreeMap<String, Vec<Row>>,
    all: &[&Row],
    skipped: &[String],
    level: Level,
) -> anyhow::Result<()> {
    say!(
        "distill --level {}: tokens before, after, % saved; facts line counted",
        level.name()
    )?;
    say!(
        "{:<NAME_COLUMNS$}{:>8}{:>8}{:>7}{:>6}{:>8}{:>7}{:>6} {:<8}{:<9}{:<5}{:>6}",
        "file",
        "bytes",
        "o200k",
        "after",
        "%",
        "cl100k",
        "after",
        "%",
        "level",
        "kind",
        "exact",
        "ms"
    )?;
    for (folder, rows) in folders {
        for row in rows {
            print_row(row)?;
        }
        print_row(&sum(
            format!("= {folder}/"),
            &rows.iter().collect::<Vec<_>>(),
        ))?;
        say!()?;
    }
    let total = sum("= all".to_owned(), all);
    print_row(&total)?;
    for column in COLUMNS {
        if total.found.get(*column).is_none() {
            continue;
        }
        say!("\n{}", column.title())?;
        for row in all.iter().copied().chain([&total]) {
            if let Some(shares) = row.found.get(*column) {
                let shares = shares.to_string();
                say!("{:<NAME_COLUMNS$}{}", short(&row.name), shares.trim_end())?;
            }
        }
    }
    if total.article.is_some() {
        say!(
            "\nHTML: how much of what is shown is of the article (precision), and the reverse (recall)"
        )?;
        for row in all.iter().copied().chain([&total]) {
            if let Some(article) = row.article {
                let (precision, recall, f1) = article.means();
                say!(
                    "{:<NAME_COLUMNS$}precision {precision:.3}  recall {recall:.3}  F1 {f1:.3}",
                    short(&row.name)
                )?;
            }
        }
    }
    if let Some(first) = skipped.first() {
        say!("\n{} not measured, the first: {first}", skipped.len())?;
    }
    Ok(())
}

/// A name that fits its column.
fn short(name: &str) -> String {
    if name.chars().count() < NAME_COLUMNS {
        return name.to_owned();
    }
    name.chars().take(NAME_COLUMNS - 2).chain(['…']).collect()
}

fn print_row(row: &Row) -> anyhow::Result<()> {
    let name = short(&row.name);
    let exact = if row.is_exact { "yes" } else { "NO" };
    say!(
        "{name:<NAME_COLUMNS$}{:>8}{:>8}{:>7}{:>6}{:>8}{:>7}{:>6} {:<8}{:<9}{exact:<5}{:>6.1}",
        row.bytes,
        row.o200k.0,
        row.o200k.1,
        saved(row.o200k),
        row.cl100k.0,
        row.cl100k.1,
        saved(row.cl100k),
        row.level,
        row.kind,
        row.cpu_ms
    )
}

fn print_json(
    folders: &BTreeMap<String, Vec<Row>>,
    all: &[&Row],
    skipped: &[String],
    answers: Option<&BTreeMap<String, queries::Answers>>,
) -> anyhow::Result<()> {
    let object = |row: &Row| {
        let article = row.article.map(|article| {
            let (precision, recall, f1) = article.means();
            json!({"pages": article.pages, "precision": precision, "recall": recall, "f1": f1})
        });
        let mut object = json!({
            "name": row.name, "bytes": row.bytes, "level": row.level, "kind": row.kind,
            "o200k": {"before": row.o200k.0, "after": row.o200k.1},
            "cl100k": {"before": row.cl100k.0, "after": row.cl100k.1},
            "exact": row.is_exact, "longer": row.is_longer, "cpu_ms": row.cpu_ms,
            "article": article,
        });
        if let Value::Object(members) = &mut object {
            for column in COLUMNS {
                let shares = row.found.get(*column).map(Shares::json);
                members.insert(column.name().to_owned(), shares.into());
            }
        }
        object
    };
    let folders: JsonObject = folders
        .iter()
        .map(|(folder, rows)| {
            let files: Vec<Value> = rows.iter().map(object).collect();
            let total = sum(folder.clone(), &rows.iter().collect::<Vec<_>>());
            (
                folder.clone(),
                json!({"files": files, "total": object(&total)}),
            )
        })
        .collect();
    let total = object(&sum("all".to_owned(), all));
    out::write_json(&json!({
        "folders": folders, "total": total, "skipped": skipped,
        "questions": answers.map(queries::json),
    }))
}
