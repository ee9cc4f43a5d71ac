//! What changed in the documentation since a generation: what an index that stands there lacks.

use rusqlite::params;

use super::{Store, StoreError};

impl Store {
    /// Returns the numbers of pages written after `since` and not after `until`, in order.
    pub fn pages_between(&self, since: i64, until: i64) -> Result<Vec<i64>, StoreError> {
        self.read(|connection| {
            connection
                .prepare_cached(
                    "SELECT id FROM pages WHERE generation > ?1 AND generation <= ?2 ORDER BY id",
                )?
                .query_map([since, until], |row| row.get(0))?
                .collect()
        })
    }

    /// Tells whether the pages written after `since` and not after `until` have more than `most` sections. However many they are, it
    /// looks at no more pages than that.
    pub fn has_sections_between(
        &self,
        since: i64,
        until: i64,
        most: u64,
    ) -> Result<bool, StoreError> {
        self.ask(|connection| {
            connection
                .prepare_cached(
                    "SELECT coalesce(sum(sections), 0) > ?3 FROM (
                         SELECT max(sections, 1) AS sections FROM pages JOIN cuts ON page = pages.id
                         WHERE generation > ?1 AND generation <= ?2 LIMIT ?3 + 1)",
                )?
                .query_row(params![since, until, most], |row| row.get(0))
        })
    }

    /// Returns the numbers of pages that went away after `since` and not after `until`.
    pub fn vanished_between(&self, since: i64, until: i64) -> Result<Vec<i64>, StoreError> {
        self.read(|connection| {
            connection
                .prepare_cached(
                    "SELECT page FROM vanished_pages WHERE generation > ?1 AND generation <= ?2",
                )?
                .query_map([since, until], |row| row.get(0))?
                .collect()
        })
    }
}
