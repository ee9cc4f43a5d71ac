//! How much of a source a person wants to have read.

use rusqlite::{OptionalExtension as _, params};

use super::{Store, StoreError};

pub(super) const SCHEMA: &str = "
ALTER TABLE sources ADD COLUMN max_documents INTEGER; -- most files to read; NULL where nobody said
";

impl Store {
    /// Notes that `most` files of the source numbered `id` are to be read.
    pub fn limit_source(&self, id: i64, most: usize) -> Result<(), StoreError> {
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        self.write(|transaction| {
            transaction
                .execute(
                    "UPDATE sources SET max_documents = ?2 WHERE id = ?1",
                    params![id, most],
                )
                .map(drop)
        })
    }

    /// Returns how many files of the source numbered `id` are to be read, if somebody said.
    pub fn source_limit(&self, id: i64) -> Result<Option<usize>, StoreError> {
        let limit: Option<Option<i64>> = self.read(|connection| {
            connection
                .prepare_cached("SELECT max_documents FROM sources WHERE id = ?1")?
                .query_row([id], |row| row.get(0))
                .optional()
        })?;
        Ok(limit.flatten().and_then(|most| usize::try_from(most).ok()))
    }
}
