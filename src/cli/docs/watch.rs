//! `docs refresh --watch`: what changes in sources is read again, as long as the command runs.
//!
//! Files are looked at, not subscribed to: that works on every file system and for every kind of source, and a look at
//! fifty thousand files takes seconds.

use std::collections::HashMap;
use std::process::ExitCode;
use std::thread;
use std::time::{Duration, Instant};

use super::add::{self, Chosen};
use crate::cli::number::counted;
use crate::cli::out;
use crate::lookup::library::Reading;
use crate::tools::Engines;

/// Between two looks at a source of files: shorter than it takes to ask about what was just written.
const REST_MIN: Duration = Duration::from_secs(2);
/// How many times as long as a look takes nothing is done: a twentieth of one core at most.
const REST_FACTOR: u32 = 20;
/// Between two looks at a site: its server is somebody else's.
const SITE_REST: Duration = Duration::from_secs(3600);

/// Reads again what changes in the source called `name`, or in all there are, until the command is stopped.
pub(super) fn watch(engines: &Engines, name: Option<&str>, json: bool) -> anyhow::Result<ExitCode> {
    let chosen = add::chosen(engines, name)?;
    let count = counted(chosen.len() as u64, "source");
    eprintln!("watching {count}; Ctrl-C ends it");
    let now = Instant::now();
    let mut watched: Vec<Watched> = chosen
        .into_iter()
        .map(|source| Watched::new(source, now))
        .collect();
    loop {
        follow(engines, &mut watched, name.is_none())?;
        if watched.is_empty() && name.is_some() {
            return Ok(ExitCode::SUCCESS);
        }
        for source in &mut watched {
            if source.next <= Instant::now()
                && add::is_there(engines, &source.source)?
                && let Some(report) = source.look(engines)?
                && json
            {
                out::write_json(&report)?;
            }
        }
        // A source that is added meanwhile does not wait for the next look at a site.
        let next = Instant::now() + REST_MIN;
        let next = watched
            .iter()
            .map(|source| source.next)
            .fold(next, Ord::min);
        thread::sleep(next.saturating_duration_since(Instant::now()));
    }
}

/// Lets go of sources that were removed, and takes in those that were added where all are watched.
fn follow(
    engines: &Engines,
    watched: &mut Vec<Watched>,
    are_all_watched: bool,
) -> anyhow::Result<()> {
    let rows = engines.store()?.sources()?;
    watched.retain(|Watched { source, .. }| {
        let is_there = rows.iter().any(|row| row.id == source.source);
        if !is_there {
            eprintln!(
                "{}: was removed; it is no longer watched",
                source.place.name
            );
        }
        is_there
    });
    if !are_all_watched {
        return Ok(());
    }
    for row in rows {
        let is_new = !watched
            .iter()
            .any(|watched| watched.source.source == row.id);
        // Until its first reading ends, whoever added it reads it.
        if !is_new || row.refreshed_at == 0 {
            continue;
        }
        if let Some(added) = add::again(row)? {
            eprintln!("{}: was added; it is watched too", added.place.name);
            let next = Instant::now() + rest(&added, Duration::ZERO);
            watched.push(Watched::new(added, next));
        }
    }
    Ok(())
}

/// A source, and what was last said of it.
struct Watched {
    source: Chosen,
    next: Instant,
    /// What could not be read: told once, and again when it changes.
    failures: HashMap<String, String>,
}

impl Watched {
    fn new(source: Chosen, next: Instant) -> Self {
        Self {
            source,
            next,
            failures: HashMap::new(),
        }
    }

    /// Looks for changes, reads them and tells them; returns the report for programs if there were any.
    fn look(&mut self, engines: &Engines) -> anyhow::Result<Option<serde_json::Value>> {
        let started = Instant::now();
        let read = add::silently(engines, &self.source.place);
        let took = started.elapsed();
        self.next = Instant::now() + rest(&self.source, took);
        let place = &self.source.place;
        match read {
            Ok(reading) => {
                let failures: HashMap<String, String> = reading.failures.iter().cloned().collect();
                let is_news = changes_anything(&reading) || failures != self.failures;
                self.failures = failures;
                if is_news {
                    add::report(engines, &place.name, &place.location, &reading, took).map(Some)
                } else {
                    Ok(None)
                }
            }
            // It failed because it was removed while it was looked at.
            Err(_) if !add::is_there(engines, &self.source)? => Ok(None),
            Err(error) => {
                let why = HashMap::from([(String::new(), error.to_string())]);
                if why != self.failures {
                    eprintln!("{}: {error:#}", place.name);
                    self.failures = why;
                }
                Ok(None)
            }
        }
    }
}

/// Returns how long nothing is done after a look at `source` that took so long.
fn rest(source: &Chosen, took: Duration) -> Duration {
    if source.is_site {
        SITE_REST
    } else {
        REST_MIN.max(took.saturating_mul(REST_FACTOR))
    }
}

fn changes_anything(reading: &Reading) -> bool {
    reading.added + reading.changed + reading.removed > 0
}
