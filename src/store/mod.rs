//! The store: one SQLite file under the data directory, shared by every process. The only SQL.
//!
//! This file opens the database; a file per subject holds its tables and its statements.

pub mod documents;
pub mod identities;
mod migrations;
pub mod originals;
pub mod savings;

use std::path::Path;
use std::sync::{Mutex, PoisonError};

use rusqlite::{Connection, Transaction, TransactionBehavior};

/// Why the store could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// SQLite refused a statement.
    #[error("the store failed: {0}")]
    Sqlite(#[from] rusqlite::Error),
}

/// An open store; calls block, so asynchronous callers cross to a blocking thread first.
pub struct Store {
    connection: Mutex<Connection>,
}

impl Store {
    /// Opens the store in `data_dir`, making it if it is missing.
    pub fn open(data_dir: &Path) -> Result<Self, StoreError> {
        // TEMPORARY: replaced by the real opening rules.
        drop(std::fs::create_dir_all(data_dir));
        #[expect(clippy::disallowed_methods, reason = "this is the one place")]
        let connection = Connection::open(data_dir.join("store.db"))?;
        Self::prepared(connection)
    }

    /// Opens a store that lives and dies with the process.
    pub fn in_memory() -> Result<Self, StoreError> {
        Self::prepared(Connection::open_in_memory()?)
    }

    fn prepared(mut connection: Connection) -> Result<Self, StoreError> {
        migrations::migrate(&mut connection)?;
        Ok(Self {
            connection: Mutex::new(connection),
        })
    }

    /// Runs `work` on a consistent view of the store.
    fn read<T>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        let connection = self
            .connection
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        Ok(work(&connection)?)
    }

    /// Runs `work` in one write transaction: all of it lasts, or none.
    fn write<T>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        let mut connection = self
            .connection
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let value = work(&transaction)?;
        transaction.commit()?;
        Ok(value)
    }
}
