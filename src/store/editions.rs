//! Which edition of its documentation a source holds: what a person chose of it, its version, and what tells whether it is
//! still the same.

use rusqlite::{OptionalExtension as _, params};

use super::{Store, StoreError};

pub(super) const SCHEMA: &str = "
ALTER TABLE sources ADD COLUMN choice TEXT;  -- JSON, see lookup::Choice; NULL where nobody chose
ALTER TABLE sources ADD COLUMN version TEXT; -- of what is documented, where it is known
ALTER TABLE sources ADD COLUMN stamp TEXT;   -- what one look said of all files when they were read; NULL: look at each
";

/// What a source was read from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Edition {
    /// What a person chose of it, as JSON.
    pub choice: Option<String>,
    /// Version of what is documented.
    pub version: Option<String>,
    /// What one look said of all files.
    pub stamp: Option<String>,
}

impl Store {
    /// Returns which edition the source numbered `id` holds.
    pub fn edition(&self, id: i64) -> Result<Edition, StoreError> {
        let found = self.read(|connection| {
            connection
                .prepare_cached("SELECT choice, version, stamp FROM sources WHERE id = ?1")?
                .query_row([id], |row| {
                    Ok(Edition {
                        choice: row.get(0)?,
                        version: row.get(1)?,
                        stamp: row.get(2)?,
                    })
                })
                .optional()
        })?;
        Ok(found.unwrap_or_default())
    }

    /// Returns the version of each source that has one, by the number of the source.
    pub fn source_versions(&self) -> Result<Vec<(i64, String)>, StoreError> {
        self.ask(|connection| {
            connection
                .prepare_cached("SELECT id, version FROM sources WHERE version IS NOT NULL")?
                .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect()
        })
    }

    /// Notes which edition the source numbered `id` holds.
    pub fn keep_edition(&self, id: i64, edition: &Edition) -> Result<(), StoreError> {
        self.write(|transaction| {
            transaction
                .execute(
                    "UPDATE sources SET choice = ?2, version = ?3, stamp = ?4 WHERE id = ?1",
                    params![id, edition.choice, edition.version, edition.stamp],
                )
                .map(drop)
        })
    }
}
