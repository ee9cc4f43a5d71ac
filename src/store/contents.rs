//! What a source holds, as a person pages through it.

use rusqlite::params;

use super::documents::{PAGE_COLUMNS, PageRow, page_row};
use super::{Store, StoreError};

impl Store {
    /// Returns at most `limit` pages of the source numbered `source`, by path, those after the path `after`.
    pub fn pages_after(
        &self,
        source: i64,
        after: &str,
        limit: usize,
    ) -> Result<Vec<PageRow>, StoreError> {
        self.read(|connection| {
            connection
                .prepare_cached(&format!(
                    "SELECT {PAGE_COLUMNS} FROM pages WHERE source = ?1 AND path > ?2 ORDER BY path LIMIT ?3"
                ))?
                .query_map(params![source, after, limit], page_row)?
                .collect()
        })
    }

    /// Returns how many addresses of the site that the source numbered `source` was read from were asked in the reading
    /// numbered `job`, and how many wait to be asked in it.
    pub fn visits(&self, source: i64, job: i64) -> Result<(u64, u64), StoreError> {
        self.read(|connection| {
            connection.query_row(
                "SELECT count(*), count(*) FILTER (WHERE job = ?2) FROM fetches WHERE source = ?1",
                params![source, job],
                |row| {
                    let (known, asked): (u64, u64) = (row.get(0)?, row.get(1)?);
                    Ok((asked, known - asked))
                },
            )
        })
    }
}
