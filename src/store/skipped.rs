//! What of a file could not be read, though the rest of it was: kept until the file changes.

use super::{Store, StoreError};

pub(super) const SCHEMA: &str = "
ALTER TABLE pages ADD COLUMN skipped TEXT; -- JSON: what of the file was left out, for people
";

/// Returns `skipped` as it is stored.
pub(super) fn listed(skipped: &[String]) -> Option<String> {
    let any = !skipped.is_empty();
    any.then(|| serde_json::to_string(skipped).unwrap_or_default())
}

impl Store {
    /// Returns what was left out of the files of the source numbered `id`: path and what, by path.
    pub fn skipped(&self, id: i64) -> Result<Vec<(String, String)>, StoreError> {
        let rows: Vec<(String, String)> = self.read(|connection| {
            connection
                .prepare_cached(
                    "SELECT path, skipped FROM pages WHERE source = ?1 AND skipped IS NOT NULL ORDER BY path",
                )?
                .query_map([id], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect()
        })?;
        let all = rows.into_iter().flat_map(|(path, list)| {
            let list: Vec<String> = serde_json::from_str(&list).unwrap_or_default();
            list.into_iter().map(move |what| (path.clone(), what))
        });
        Ok(all.collect())
    }
}
