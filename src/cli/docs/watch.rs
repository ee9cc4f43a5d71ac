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

/// Reads again what changes in `chosen`, until the command is stopped.
pub(super) fn watch(
    engines: &Engines,
    chosen: Vec<Chosen>,
    json: bool,
) -> anyhow::Result<ExitCode> {
    let count = counted(chosen.len() as u64, "source");
    eprintln!("watching {count}; Ctrl-C ends it");
    let mut watched: Vec<Watched> = chosen.into_iter().map(Watched::new).collect();
    loop {
        for source in &mut watched {
            if source.next <= Instant::now()
                && let Some(report) = source.look(engines)?
                && json
            {
                out::write_json(&report)?;
            }
        }
        let next = watched.iter().map(|source| source.next).min();
        let Some(next) = next else {
            return Ok(ExitCode::SUCCESS);
        };
        thread::sleep(next.saturating_duration_since(Instant::now()));
    }
}

/// A source, and what was last said of it.
struct Watched {
    source: Chosen,
    next: Instant,
    /// What could not be read: told once, and again when it changes.
    failures: HashMap<String, String>,
}

impl Watched {
    fn new(source: Chosen) -> Self {
        Self {
            source,
            next: Instant::now(),
            failures: HashMap::new(),
        }
    }

    /// Looks for changes, reads them and tells them; returns the report for programs if there were any.
    fn look(&mut self, engines: &Engines) -> anyhow::Result<Option<serde_json::Value>> {
        let started = Instant::now();
        let read = add::silently(engines, &self.source.place);
        let took = started.elapsed();
        let rest = if self.source.is_site {
            SITE_REST
        } else {
            REST_MIN.max(took.saturating_mul(REST_FACTOR))
        };
        self.next = Instant::now() + rest;
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

fn changes_anything(reading: &Reading) -> bool {
    reading.added + reading.changed + reading.removed > 0
}
