//! `docs list`: the sources, and what a person should know of each.

use std::process::ExitCode;

use serde_json::{Value, json};

use super::{faults, site};
use crate::cli::Failure;
use crate::cli::number::age;
use crate::cli::out::{self, say};
use crate::config::clock::unix_seconds;
use crate::lookup::library;
use crate::store::documents::{SourceRow, SourceSize};
use crate::tools::Engines;

pub(super) fn list(engines: &Engines, json: bool) -> anyhow::Result<ExitCode> {
    let sources = library::list(engines.library()?).map_err(Failure::from)?;
    if json {
        let rows = sources
            .iter()
            .map(|(row, size)| listed(engines, row, *size));
        let rows: Vec<Value> = rows.collect::<Result<_, _>>()?;
        out::write_json(&json!({"sources": rows}))?;
        return Ok(ExitCode::SUCCESS);
    }
    if sources.is_empty() {
        eprintln!("no documentation yet; add some with: mrconductor docs add PATH");
        return Ok(ExitCode::SUCCESS);
    }
    let now = unix_seconds();
    let mut table = comfy_table::Table::new();
    table.load_style(comfy_table::presets::NOTHING);
    table.set_header([
        "NAME", "VERSION", "PAGES", "SECTIONS", "TOKENS", "READ", "FAILED", "PATH",
    ]);
    for (row, size) in &sources {
        let version = library::version(engines.library()?, row.id).map_err(Failure::from)?;
        table.add_row([
            row.name.clone(),
            version.unwrap_or_else(|| "-".to_owned()),
            size.pages.to_string(),
            size.sections.to_string(),
            size.tokens.to_string(),
            last_read(row, now),
            row.failures.len().to_string(),
            row.location.clone(),
        ]);
    }
    say!("{table}")?;
    for (row, _) in &sources {
        tell(engines, row)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Says on stderr what was not read of a source, and what its next reading does.
fn tell(engines: &Engines, row: &SourceRow) -> anyhow::Result<()> {
    let name = &row.name;
    for line in faults::lines(&row.failures) {
        eprintln!("{name}: not read: {line}");
    }
    let skipped = library::skipped(engines.library()?, row.id).map_err(Failure::from)?;
    for line in faults::lines(&skipped) {
        eprintln!("{name}: read in part: {line}");
    }
    if library::is_read_otherwise(engines.library()?, row).map_err(Failure::from)? {
        eprintln!(
            "{name}: another version of mrconductor read it; `mrconductor docs refresh {name}` reads it anew"
        );
    }
    if site::was_cut_short(engines, row.id)? {
        eprintln!("{name}: was cut short; it goes on with `mrconductor docs refresh {name}`");
    }
    Ok(())
}

/// Returns all that is told of a source to programs.
fn listed(engines: &Engines, row: &SourceRow, size: SourceSize) -> anyhow::Result<Value> {
    let store = engines.library()?;
    let version = library::version(store, row.id).map_err(Failure::from)?;
    let skipped = library::skipped(store, row.id).map_err(Failure::from)?;
    let mut object = source(row, size);
    if let Some(object) = object.as_object_mut() {
        object.insert("version".to_owned(), version.into());
        object.insert("skipped".to_owned(), paths_with_reasons(&skipped).into());
    }
    Ok(object)
}

/// Returns a source for programs.
pub(super) fn source(row: &SourceRow, size: SourceSize) -> Value {
    json!({
        "name": row.name,
        "path": row.location,
        "pages": size.pages,
        "sections": size.sections,
        "tokens": size.tokens,
        "refreshed_at": row.refreshed_at,
        "failures": paths_with_reasons(&row.failures),
    })
}

/// Returns files with what is wrong with them for programs.
pub(super) fn paths_with_reasons(files: &[(String, String)]) -> Vec<Value> {
    files
        .iter()
        .map(|(path, why)| json!({"path": path, "why": why}))
        .collect()
}

/// Returns when a source was read last, as people say it.
pub(super) fn last_read(source: &SourceRow, now: i64) -> String {
    match source.refreshed_at {
        0 => "not yet".to_owned(),
        at => age(now - at),
    }
}
