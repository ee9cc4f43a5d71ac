//! Reading a source in, where every process can see how far it is.

use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use super::site;
use crate::cli::Failure;
use crate::config::clock::unix_seconds;
use crate::lookup::Site;
use crate::lookup::library::{self, Place, Progress, Reading};
use crate::store::Store;
use crate::store::readings::ReadingState;
use crate::tools::Engines;

/// Milliseconds between two notes of how far a reading is: often enough to be watched, too seldom to cost the store anything.
const BEAT_MS: u64 = 1_000;

/// Reads `place` in, a site as `settings` say or as the last time; `progress` hears how far it is, and so does the store.
pub(super) fn read(
    engines: &Engines,
    place: &Place,
    settings: Option<Site>,
    progress: &(dyn Fn(Progress) + Sync),
) -> anyhow::Result<Reading> {
    let location = place.location.display().to_string();
    seen(engines.store()?, &place.name, &location, |seen| {
        let progress = |at| {
            seen(at);
            progress(at);
        };
        let now = unix_seconds();
        match site::address(&place.location)? {
            Some(start) => site::read(engines, place, &start, settings, now, &progress),
            None => library::add(engines.store()?, &engines.index, place, now, &progress)
                .map_err(|error| Failure::from(error).into()),
        }
    })
}

/// Does `work` as a reading of the source called `name`, which every process sees until it ends.
///
/// A reading goes on unseen where that cannot be written.
pub(super) fn seen<T>(
    store: &Store,
    name: &str,
    location: &str,
    work: impl FnOnce(&(dyn Fn(Progress) + Sync)) -> T,
) -> T {
    let reading = match store.begin_reading(name, location, unix_seconds()) {
        Ok(reading) => reading,
        Err(error) => {
            tracing::debug!("the reading of {name} is not seen: {error}");
            return work(&|_| {});
        }
    };
    let last = Mutex::new(ReadingState::default());
    let note = |progress| {
        let mut last = last.lock().unwrap_or_else(PoisonError::into_inner);
        *last = state(progress, &last);
    };
    let value = thread::scope(|scope| {
        // When it goes away, also in a panic, the beats end.
        let (_working, ended) = mpsc::channel::<()>();
        let last = &last;
        scope.spawn(move || beat(store, reading, last, &ended));
        work(&note)
    });
    drop(store.end_reading(reading)); // one that stays is told as gone after a while
    value
}

fn beat(store: &Store, reading: i64, last: &Mutex<ReadingState>, ended: &mpsc::Receiver<()>) {
    while ended.recv_timeout(Duration::from_millis(BEAT_MS)) == Err(RecvTimeoutError::Timeout) {
        let state = last.lock().unwrap_or_else(PoisonError::into_inner).clone();
        drop(store.beat_reading(reading, unix_seconds(), &state)); // the next beat tries again
    }
}

/// Returns how far a reading is that was as far as `before`.
fn state(progress: Progress, before: &ReadingState) -> ReadingState {
    let (stage, done, known) = match progress {
        Progress::Reading(done, known) => ("reading", done, known),
        Progress::Indexing(done, known) => ("indexing", done, known),
        Progress::Embedding(done, known) => ("embedding", done, known),
        Progress::Waiting => ("waiting", before.done, before.known),
    };
    ReadingState {
        stage: stage.to_owned(),
        done,
        known,
    }
}
