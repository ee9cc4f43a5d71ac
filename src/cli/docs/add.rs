//! `docs add` and `docs refresh`: reading in, with a bar where a person watches.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Value, json};

use super::list::paths_with_reasons;
use super::{faults, job, site};
use crate::cli::Failure;
use crate::cli::failure::hint_of;
use crate::cli::number::{self, counted};
use crate::cli::out;
use crate::config::clock::unix_seconds;
use crate::lookup::library::{self, Place, Progress, Reading};
use crate::lookup::{Choice, LookupError, Site, bundle, naming};
use crate::store::Store;
use crate::store::documents::SourceRow;
use crate::store::readings::ReadingRow;
use crate::tools::Engines;

/// Lines about files that could not be read; the others are counted.
const FAILURES_SHOWN: usize = 10;

/// How a person wants a source.
#[derive(Debug, Default)]
pub(super) struct Asked {
    /// What to call it; as its place is called if left out.
    pub(super) name: Option<String>,
    /// Most files or pages.
    pub(super) max_documents: Option<usize>,
    /// Which of the files.
    pub(super) choice: Choice,
    /// How a site is read; `None` as the last time.
    pub(super) site: Option<Site>,
}

/// Reads in what lies at `path`.
pub(super) fn add(
    engines: &Engines,
    path: &Path,
    asked: Asked,
    json: bool,
) -> anyhow::Result<ExitCode> {
    let report = read_in(engines, path, asked)?;
    if json {
        out::write_json(&report)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Reads in what lies at `path`, as it is asked for.
pub(super) fn read_in(engines: &Engines, path: &Path, asked: Asked) -> anyhow::Result<Value> {
    let Asked {
        name,
        max_documents,
        choice,
        site,
    } = asked;
    if let Some(start) = site::address(path)? {
        let place = Place {
            name: name.unwrap_or_else(|| naming::of_address(&start)),
            location: PathBuf::from(start.as_str()),
            max_documents,
            choice: None,
        };
        return read(engines, &place, site);
    }
    let location = std::fs::canonicalize(path).map_err(|error| {
        Failure::new(
            format!("cannot read `{}`: {error}", path.display()),
            "give an existing directory, file or archive, or an address that begins with `https://`",
        )
        .code(5)
    })?;
    let name = match name {
        Some(name) => name,
        None => naming::of_place(engines.store()?, &location).map_err(Failure::from)?,
    };
    let place = Place {
        name,
        location,
        max_documents,
        choice: Some(choice),
    };
    read(engines, &place, None)
}

/// Reads again what changed in `chosen`.
pub(super) fn refresh(
    engines: &Engines,
    chosen: Vec<Chosen>,
    json: bool,
) -> anyhow::Result<ExitCode> {
    let mut reports = Vec::new();
    let mut failure = None;
    for chosen in chosen {
        // Others were read before it: it may be gone.
        if !is_there(engines, &chosen)? {
            eprintln!("{}: was removed meanwhile", chosen.place.name);
            continue;
        }
        match read(engines, &chosen.place, None) {
            Ok(report) => reports.push(report),
            Err(error) if failure.is_none() => failure = Some(error),
            Err(error) => eprintln!("error: {error:#}\nhint: {}", hint_of(&error)),
        }
    }
    catch_up(engines)?;
    if json {
        out::write_json(&json!({"sources": reports}))?;
    }
    failure.map_or(Ok(ExitCode::SUCCESS), Err)
}

/// A source that is read again as the last time.
#[derive(Debug, Clone)]
pub(super) struct Chosen {
    /// Number of the source: one that is removed and added again has another.
    pub(super) source: i64,
    pub(super) place: Place,
    pub(super) is_site: bool,
}

/// Returns the source called `name`, in any case, or all; those that came in a bundle cannot be read again, which is said.
pub(super) fn chosen(engines: &Engines, name: Option<&str>) -> anyhow::Result<Vec<Chosen>> {
    let store = engines.store()?;
    let wanted = match name {
        Some(name) => vec![library::named(store, name).map_err(Failure::from)?],
        None => store.sources()?,
    };
    if wanted.is_empty() {
        return Err(Failure::from(LookupError::NoSources).into());
    }
    let mut chosen = Vec::new();
    for row in wanted {
        let name = row.name.clone();
        match again(row)? {
            Some(source) => chosen.push(source),
            None => eprintln!(
                "{name}: came in a bundle; a newer one brings changes: mrconductor docs import FILE"
            ),
        }
    }
    Ok(chosen)
}

/// Returns what reads `source` again; nothing if it came in a bundle.
pub(super) fn again(source: SourceRow) -> anyhow::Result<Option<Chosen>> {
    if bundle::is_imported(&source.location) {
        return Ok(None);
    }
    let (number, place) = (source.id, as_before(source));
    Ok(Some(Chosen {
        source: number,
        is_site: site::address(&place.location)?.is_some(),
        place,
    }))
}

/// Tells whether `chosen` is still a source: to read one that was removed would bring it back.
pub(super) fn is_there(engines: &Engines, chosen: &Chosen) -> anyhow::Result<bool> {
    let sources = engines.store()?.sources()?;
    Ok(sources.iter().any(|row| row.id == chosen.source))
}

/// Returns what reads `source` again as it was read before.
pub(super) fn as_before(source: SourceRow) -> Place {
    Place {
        name: source.name,
        location: PathBuf::from(source.location),
        max_documents: None,
        choice: None,
    }
}

/// Lets a sentence model read what it has not, though no source changed: it may be set since, or another.
fn catch_up(engines: &Engines) -> anyhow::Result<()> {
    let store = engines.store()?;
    let bar = Bar::start(store, "");
    let note = engines.index.follow(store, &|progress| bar.show(progress));
    bar.finish();
    if let Some(note) = note.map_err(Failure::from)? {
        eprintln!("note: {note}");
    }
    Ok(())
}

fn read(engines: &Engines, place: &Place, settings: Option<Site>) -> anyhow::Result<Value> {
    let bar = Bar::start(engines.store()?, &place.name);
    let reading = job::read(engines, place, settings, &|progress| bar.show(progress));
    let took = bar.finish();
    let reading = reading?;
    report(engines, &place.name, &place.location, &reading, took)
}

/// Reads `place` again as the last time, and shows nothing meanwhile.
pub(super) fn silently(engines: &Engines, place: &Place) -> anyhow::Result<Reading> {
    job::read(engines, place, None, &|_| {})
}

/// How far a reading is, where a person watches.
pub(super) struct Bar<'a> {
    store: &'a Store,
    /// Name of the source.
    source: &'a str,
    started: Instant,
    drawn: ProgressBar,
}

impl<'a> Bar<'a> {
    pub(super) fn start(store: &'a Store, source: &'a str) -> Self {
        let style = ProgressStyle::with_template("{msg:9} {wide_bar} {pos}/{len} {elapsed}");
        let style = style.unwrap_or_else(|_| ProgressStyle::default_bar());
        Self {
            store,
            source,
            started: Instant::now(),
            drawn: ProgressBar::new(0).with_style(style),
        }
    }

    pub(super) fn show(&self, progress: Progress) {
        let (what, done, all) = match progress {
            Progress::Reading(done, all) => ("reading", done, all),
            Progress::Indexing(done, all) => ("indexing", done, all),
            Progress::Embedding(done, all) => ("embedding", done, all),
            Progress::Waiting => {
                self.drawn.set_message("waiting");
                let readings = self.store.readings().unwrap_or_default();
                let note = waiting(&readings, self.source, unix_seconds());
                self.drawn.suspend(|| eprintln!("note: {note}"));
                return;
            }
        };
        if self.drawn.length() != Some(all) {
            self.drawn.set_length(all);
        }
        if self.drawn.message() != what {
            self.drawn.set_message(what);
        }
        self.drawn.set_position(done);
    }

    /// Takes the bar away and returns how long it stood.
    pub(super) fn finish(self) -> Duration {
        self.drawn.finish_and_clear();
        self.started.elapsed()
    }
}

/// Says what the reading of the source called `own` waits for, of all `readings`.
fn waiting(readings: &[ReadingRow], own: &str, now: i64) -> String {
    let others: Vec<String> = readings
        .iter()
        .filter(|reading| reading.source != own && reading.goes_on(now))
        .map(|reading| format!("`{}`", reading.source))
        .collect();
    let read = if others.is_empty() {
        String::new()
    } else {
        format!("; {} is read in elsewhere", others.join(", "))
    };
    format!("waiting for another process that writes the search index{read}")
}

/// Tells the person what was read into the source called `name`, and returns the same for programs.
pub(super) fn report(
    engines: &Engines,
    name: &str,
    location: &Path,
    reading: &Reading,
    took: Duration,
) -> anyhow::Result<Value> {
    let store = engines.store()?;
    let (source, size) = library::list(store)
        .map_err(Failure::from)?
        .into_iter()
        .find(|(row, _)| row.name == name)
        .map(|(row, size)| (row.id, size))
        .unwrap_or_default();
    let skipped = library::skipped(store, source).map_err(Failure::from)?;
    eprintln!(
        "{}: {}, {}, {}; {} in {}",
        name,
        counted(size.pages, "page"),
        counted(size.sections, "section"),
        counted(size.tokens, "token"),
        changes(reading),
        number::took(took)
    );
    tell("not read", &reading.failures);
    tell("read in part", &skipped);
    if !reading.left_out.is_empty() {
        let left: Vec<String> = reading
            .left_out
            .iter()
            .map(|(why, count)| format!("{count} {why}"))
            .collect();
        eprintln!("left out: {}", left.join(", "));
    }
    for note in &reading.notes {
        eprintln!("note: {note}");
    }
    Ok(json!({
        "name": name,
        "path": out::path(location),
        "pages": size.pages,
        "sections": size.sections,
        "tokens": size.tokens,
        "added": reading.added,
        "changed": reading.changed,
        "unchanged": reading.unchanged,
        "removed": reading.removed,
        "bytes": reading.bytes,
        "failures": paths_with_reasons(&reading.failures),
        "skipped": paths_with_reasons(&skipped),
        "left_out": reading.left_out,
        "notes": reading.notes,
        "seconds": took.as_secs_f64(),
    }))
}

/// Names files with what is wrong with them, on stderr; only so many.
fn tell(what: &str, files: &[(String, String)]) {
    let lines = faults::lines(files);
    for line in lines.iter().take(FAILURES_SHOWN) {
        eprintln!("{what}: {line}");
    }
    let unnamed = lines.len().saturating_sub(FAILURES_SHOWN);
    if unnamed > 0 {
        eprintln!("{what}: {unnamed} more; see `mrconductor docs list`");
    }
}

pub(super) fn changes(reading: &Reading) -> String {
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
