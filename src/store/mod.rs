//! The store: one SQLite file under the data directory, shared by every process. The only SQL.
//!
//! This file is what the rest of the program sees; [`open`] holds the rules of opening, [`lock`] the lock that writers queue for, and a
//! file per subject its tables and its statements.

mod changes;
mod condition;
mod contents;
pub mod crawls;
pub mod cuts;
pub mod docset;
pub mod documents;
pub mod editions;
mod error;
pub mod identities;
mod limits;
mod lock;
mod migrations;
mod open;
pub mod originals;
mod origins;
pub mod outline;
mod packing;
mod place;
mod readable;
pub mod readers;
pub mod readings;
mod removal;
mod room;
pub mod savings;
pub mod sessions;
mod skipped;
#[cfg(test)]
mod tests;
pub mod told;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, Transaction, TransactionBehavior};

pub use self::condition::Condition;
pub use self::error::StoreError;
use self::lock::{Lock, WAIT};
use self::open::{LOG_BYTES_MAX, Opened};
use self::place::Place;
use self::readable::Still;

/// An open store; calls block, so asynchronous callers cross to a blocking thread first.
pub struct Store {
    place: Option<Place>,
    /// Held for one transaction at a time, never across a wait for another process.
    opened: Mutex<Opened>,
}

impl Store {
    /// Opens the store in `data_dir`, making it if it is missing; [`Store::condition`] says what came of it.
    ///
    /// # Errors
    /// [`StoreError::Busy`] if another process holds the lock for too long. A directory that cannot be written is no error: the store
    /// is then in memory.
    pub fn open(data_dir: &Path) -> Result<Self, StoreError> {
        let place = Place::new(data_dir);
        let opened = open::open(&place, None)?;
        Ok(Self {
            place: Some(place),
            opened: Mutex::new(opened),
        })
    }

    /// Opens the store that is in `data_dir` and cannot be written because of `why`, to read what is there.
    ///
    /// # Errors
    /// If there is none, or it cannot be read either.
    pub fn open_to_read(data_dir: &Path, why: String) -> Result<Self, StoreError> {
        let place = Place::new(data_dir);
        let opened = readable::open(&place, why)?;
        Ok(Self {
            place: Some(place),
            opened: Mutex::new(opened),
        })
    }

    /// Opens a store that lives and ends with the process.
    pub fn in_memory() -> Result<Self, StoreError> {
        Self::in_memory_because("no directory is known to keep it in")
    }

    /// The same, for a reason that its notice names.
    pub fn in_memory_because(why: &str) -> Result<Self, StoreError> {
        Ok(Self {
            place: None,
            opened: Mutex::new(open::in_memory(why.to_owned())?),
        })
    }

    /// Returns whether what is kept lasts.
    pub fn condition(&self) -> Condition {
        self.opened().condition.clone()
    }

    /// Returns where this process put a damaged store, if it found one.
    pub fn set_aside(&self) -> Option<PathBuf> {
        self.opened().set_aside.clone()
    }

    /// Returns what every result must say about the store; none if all is well.
    pub fn notice(&self) -> Option<String> {
        let opened = self.opened();
        let set_aside = opened.set_aside.as_ref().map(|path| {
            format!(
                "store: the old one was damaged and is kept as `{}`; a new one was begun",
                path.display()
            )
        });
        let sentences: Vec<_> = set_aside
            .into_iter()
            .chain(opened.condition.notice())
            .collect();
        (!sentences.is_empty()).then(|| sentences.join("\n"))
    }

    /// Returns the version of the SQLite inside this program.
    pub fn sqlite_version() -> &'static str {
        rusqlite::version()
    }

    /// Returns whether `data_dir` holds a store; makes none.
    pub fn is_in(data_dir: &Path) -> bool {
        Place::new(data_dir).database().exists()
    }

    /// Returns the damaged stores that were set aside in `data_dir`, the oldest first.
    pub fn damaged_in(data_dir: &Path) -> Vec<PathBuf> {
        Place::new(data_dir).damaged()
    }

    /// Checks the whole database.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] if it is inconsistent.
    pub fn check(&self) -> Result<(), StoreError> {
        match &self.place {
            Some(place) => open::check(&self.opened().connection, place),
            None => Ok(()),
        }
    }

    /// Runs `work`, which asks several statements, on a consistent view of the store.
    fn read<T>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        let opened = self.current()?;
        // One transaction for all of `work`. Nothing is written, so it needs no commit.
        opened
            .connection
            .unchecked_transaction()
            .and_then(|transaction| work(&transaction))
            .map_err(|error| self.failed(error))
    }

    /// Runs `work`, which asks one statement: that sees one state of the store by itself, and beginning and ending a transaction
    /// takes longer than most statements do.
    fn ask<T>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        let opened = self.current()?;
        work(&opened.connection).map_err(|error| self.failed(error))
    }

    /// Runs `work` in one write transaction: all of it lasts, or none, also when the power fails.
    fn write<T>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        self.transact("FULL", work)
    }

    /// The same without waiting for the disk: it outlasts the process, but may be lost with the power.
    fn write_lightly<T>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        self.transact("NORMAL", work)
    }

    fn transact<T>(
        &self,
        synchronous: &str,
        work: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        let place = match self.condition() {
            Condition::Durable => self.place.as_ref(),
            Condition::Memory { .. } => None,
            Condition::ReadOnly { why } => {
                return Err(StoreError::ReadOnly {
                    path: self.database(),
                    why,
                });
            }
        };
        // The lock is waited for before the connection is taken, so that reads of this process go on meanwhile.
        let lock = match place {
            Some(place) => Some(Lock::take(&place.lock(), WAIT)?),
            None => None,
        };
        let mut opened = self.opened();
        if let Some(place) = place.filter(|place| place.identity() != opened.identity) {
            // Another process set the file aside, or a person removed it: what is written to it now would be lost.
            *opened = open::open(place, lock.as_ref())?;
        }
        let value = commit(&mut opened.connection, synchronous, work)
            .map_err(|error| self.failed(error))?;
        if let Some(place) = place {
            bound_log(&opened.connection, place);
        }
        Ok(value)
    }

    /// Writes the log back and cuts it, as far as nobody reads it: it takes room.
    fn empty_log(&self) {
        cut_log(&self.opened().connection);
    }

    /// Returns what is open, opened again if it is read as a file that does not change and did.
    fn current(&self) -> Result<MutexGuard<'_, Opened>, StoreError> {
        let mut opened = self.opened();
        if let (Some(still), Some(place)) = (&opened.still, &self.place)
            && *still != Still::of(place)
            && let Condition::ReadOnly { why } = opened.condition.clone()
        {
            *opened = readable::open(place, why)?;
        }
        Ok(opened)
    }

    fn opened(&self) -> MutexGuard<'_, Opened> {
        self.opened.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn database(&self) -> PathBuf {
        self.place.as_ref().map(Place::database).unwrap_or_default()
    }

    /// Names the cause of `error`; a damaged database is marked, so that the next process to open it checks all of it.
    fn failed(&self, error: rusqlite::Error) -> StoreError {
        let error = StoreError::of(error, &self.database());
        if let (StoreError::Damaged { .. }, Some(place)) = (&error, &self.place) {
            drop(fs::write(place.suspect(), "")); // the mark is a help; without it the damage shows again by itself
        }
        error
    }
}

fn commit<T>(
    connection: &mut Connection,
    synchronous: &str,
    work: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>,
) -> rusqlite::Result<T> {
    connection.pragma_update(None, "synchronous", synchronous)?;
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let value = work(&transaction)?;
    transaction.commit()?;
    Ok(value)
}

/// Writes the log back and cuts it when it has grown; a reader that needs it is not waited for, a later write tries again.
fn bound_log(connection: &Connection, place: &Place) {
    let bytes = fs::metadata(place.log()).map_or(0, |log| log.len());
    if bytes <= LOG_BYTES_MAX {
        return;
    }
    cut_log(connection);
}

fn cut_log(connection: &Connection) {
    // What was committed is safe whatever comes of this, so its failures are no failures of a write.
    drop(connection.busy_timeout(Duration::ZERO));
    drop(connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())));
    drop(connection.busy_timeout(WAIT));
}
