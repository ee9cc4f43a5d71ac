//! Reading a source again because a person pressed the button: one at a time.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::super::{add, job};
use super::desk::Web;
use crate::cli::Failure;
use crate::lookup::{bundle, library};

/// Readings whose end is told on the page.
const ENDED_MAX: usize = 10;

/// The readings that this server began.
#[derive(Debug, Default)]
pub(super) struct Refresh(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// The source that is read in now.
    busy: Option<String>,
    ended: Vec<Ended>,
}

/// A reading that came to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Ended {
    /// Name of the source.
    pub(super) source: String,
    /// What changed, or why it failed.
    pub(super) outcome: Result<String, String>,
}

impl Refresh {
    /// Tells whether a source is read in now.
    pub(super) fn is_busy(&self) -> bool {
        self.state().busy.is_some()
    }

    /// Returns the readings that ended, the newest first.
    pub(super) fn ended(&self) -> Vec<Ended> {
        self.state().ended.iter().rev().cloned().collect()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Begins to read the source called `name` again, on a thread of its own.
///
/// # Errors
/// If there is no such source, it came in a bundle, or another is read in.
pub(super) fn begin(web: &Arc<Web>, name: &str) -> Result<(), Failure> {
    let store = web.engines.store()?;
    if let Some(notice) = store.notice() {
        return Err(Failure::new(
            notice,
            "`mrconductor doctor` says what to do about it",
        ));
    }
    let source = library::named(store, name)?;
    if bundle::is_imported(&source.location) {
        return Err(Failure::new(
            format!("`{name}` came in a bundle: there is nothing here to read it from"),
            "bring a newer bundle: mrconductor docs import FILE",
        ));
    }
    {
        let mut state = web.refresh.state();
        if let Some(busy) = &state.busy {
            return Err(Failure::new(
                format!("`{busy}` is being read in"),
                "wait until that is done; the page of jobs shows how far it is",
            ));
        }
        state.busy = Some(source.name.clone());
    }
    let web = Arc::clone(web);
    std::thread::spawn(move || {
        // The place is taken until this goes away, also in a panic.
        let busy = Busy(&web);
        let name = source.name.clone();
        let reading = job::read(&web.engines, &add::as_before(source), None, &|_| {});
        let outcome = match reading {
            Ok(reading) => Ok(add::changes(&reading)),
            Err(error) => Err(format!("{error:#}")),
        };
        busy.ended(Ended {
            source: name,
            outcome,
        });
    });
    Ok(())
}

/// The place of the one reading.
struct Busy<'a>(&'a Web);

impl Busy<'_> {
    fn ended(&self, ended: Ended) {
        let mut state = self.0.refresh.state();
        let too_many = (state.ended.len() + 1).saturating_sub(ENDED_MAX);
        state.ended.drain(..too_many);
        state.ended.push(ended);
    }
}

impl Drop for Busy<'_> {
    fn drop(&mut self) {
        self.0.refresh.state().busy = None;
        // Who waits for the end has as long to look as who asked just now.
        self.0.was_asked();
    }
}
