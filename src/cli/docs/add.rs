//! `docs add` and `docs refresh`: reading in, with a bar where a person watches.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Value, json};

use super::took;
use crate::cli::Failure;
use crate::config::clock::unix_seconds;
use crate::lookup::LookupError;
use crate::lookup::library::{self, Place, Progress, Reading};
use crate::tools::Engines;

/// Files that are named when they could not be read; the others are counted.
const FAILURES_SHOWN: usize = 10;

/// Reads `path` in as the source called `name`.
pub(super) fn add(
    engines: &Engines,
    path: &Path,
    name: Option<&str>,
    json: bool,
) -> anyhow::Result<ExitCode> {
    let location = std::fs::canonicalize(path).map_err(|error| {
        Failure::new(
            format!("cannot read `{}`: {error}", path.display()),
            "give an existing directory or file",
        )
        .code(5)
    })?;
    let name = name.map_or_else(|| library::suggested_name(&location), str::to_owned);
    let report = read(engines, &Place { name, location })?;
    if json {
        println!("{report}");
    }
    Ok(ExitCode::SUCCESS)
}

/// Reads again what changed in the source called `name`, or in all.
pub(super) fn refresh(
    engines: &Engines,
    name: Option<&str>,
    json: bool,
) -> anyhow::Result<ExitCode> {
    let sources = library::list(engines.store()?).map_err(Failure::from)?;
    let known: Vec<String> = sources.iter().map(|(row, _)| row.name.clone()).collect();
    let chosen: Vec<_> = sources
        .into_iter()
        .filter(|(row, _)| name.is_none_or(|name| row.name == name))
        .collect();
    if chosen.is_empty() {
        let error = match name {
            Some(name) => LookupError::UnknownSource {
                name: name.to_owned(),
                known,
            },
            None => LookupError::NoSources,
        };
        return Err(Failure::from(error).into());
    }
    let mut reports = Vec::new();
    let mut failure = None;
    for (row, _) in chosen {
        let place = Place {
            name: row.name,
            location: PathBuf::from(row.location),
        };
        match read(engines, &place) {
            Ok(report) => reports.push(report),
            Err(error) if failure.is_none() => failure = Some(error),
            Err(error) => eprintln!("error: {error:#}"),
        }
    }
    if json {
        println!("{}", json!({"sources": reports}));
    }
    failure.map_or(Ok(ExitCode::SUCCESS), Err)
}

fn read(engines: &Engines, place: &Place) -> anyhow::Result<Value> {
    let started = Instant::now();
    let bar = ProgressBar::new(0).with_style(
        ProgressStyle::with_template("{msg:9} {wide_bar} {pos}/{len} {elapsed}")
            .unwrap_or_else(|_| ProgressStyle::default_bar()),
    );
    let progress = |progress: Progress| {
        let (what, done, all) = match progress {
            Progress::Reading(done, all) => ("reading", done, all),
            Progress::Indexing(done, all) => ("indexing", done, all),
        };
        if bar.length() != Some(all) {
            bar.set_length(all);
        }
        if bar.message() != what {
            bar.set_message(what);
        }
        bar.set_position(done);
    };
    let reading = library::add(
        engines.store()?,
        &engines.index,
        place,
        unix_seconds(),
        &progress,
    );
    bar.finish_and_clear();
    let reading = reading.map_err(Failure::from)?;
    let size = library::list(engines.store()?)
        .map_err(Failure::from)?
        .into_iter()
        .find(|(row, _)| row.name == place.name)
        .map(|(_, size)| size)
        .unwrap_or_default();
    eprintln!(
        "{}: {} pages, {} sections, {} tokens; {} in {}",
        place.name,
        size.pages,
        size.sections,
        size.tokens,
        changes(&reading),
        took(started.elapsed())
    );
    for (path, why) in reading.failures.iter().take(FAILURES_SHOWN) {
        eprintln!("not read: {path}: {why}");
    }
    let unnamed = reading.failures.len().saturating_sub(FAILURES_SHOWN);
    if unnamed > 0 {
        eprintln!("not read: {unnamed} more; see `mrconductor docs list`");
    }
    let failures: Vec<Value> = reading
        .failures
        .iter()
        .map(|(path, why)| json!({"path": path, "why": why}))
        .collect();
    Ok(json!({
        "name": place.name,
        "path": place.location,
        "pages": size.pages,
        "sections": size.sections,
        "tokens": size.tokens,
        "added": reading.added,
        "changed": reading.changed,
        "unchanged": reading.unchanged,
        "removed": reading.removed,
        "bytes": reading.bytes,
        "failures": failures,
        "seconds": started.elapsed().as_secs_f64(),
    }))
}

fn changes(reading: &Reading) -> String {
    let counts = [
        (reading.added, "new"),
        (reading.changed, "changed"),
        (reading.unchanged, "unchanged"),
        (reading.removed, "removed"),
        (reading.failures.len() as u64, "not read"),
    ];
    let told: Vec<String> = counts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{count} {what}"))
        .collect();
    told.join(", ")
}
