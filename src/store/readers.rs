//! Which readers made the pages of a source: what other readers made of files that did not change is made anew.

use rusqlite::params;

use super::{Store, StoreError};

/// Pages stored before this column were made by readers of many kinds.
pub(super) const SCHEMA: &str = "
ALTER TABLE sources ADD COLUMN readers INTEGER NOT NULL DEFAULT 0; -- see lookup::READERS
";

impl Store {
    /// Notes that the readers numbered `readers` read the source numbered `id` from now on. Tells whether it has pages that
    /// others made: of these it is forgotten which files they are of, so that the next reading makes them anew. Until then
    /// they stay as they are.
    pub fn read_with(&self, id: i64, readers: u32) -> Result<bool, StoreError> {
        if self.readers(id)? == Some(readers) {
            return Ok(false);
        }
        self.write(|transaction| {
            let changed = transaction.execute(
                "UPDATE sources SET readers = ?2, stamp = NULL WHERE id = ?1 AND readers <> ?2",
                params![id, readers],
            )?;
            if changed == 0 {
                return Ok(false);
            }
            // No file is as old as that, nor any empty hash one of a file.
            let pages = transaction.execute(
                "UPDATE pages SET modified = -1, hash = zeroblob(32) WHERE source = ?1",
                [id],
            )?;
            transaction.execute(
                "UPDATE fetches SET etag = NULL, last_modified = NULL, job = 0 WHERE source = ?1",
                [id],
            )?;
            Ok(pages > 0)
        })
    }

    /// Returns the number of the readers of the source numbered `id`, if there is one.
    pub fn readers(&self, id: i64) -> Result<Option<u32>, StoreError> {
        self.read(|connection| {
            let mut found =
                connection.prepare_cached("SELECT readers FROM sources WHERE id = ?1")?;
            let mut rows = found.query([id])?;
            rows.next()?.map(|row| row.get(0)).transpose()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lookup::library;
    use crate::store::crawls::FetchRow;

    #[test]
    fn pages_of_other_readers_stay_and_are_of_no_file() {
        let store = Store::in_memory().unwrap();
        let source = store.keep_source("a", "/a").unwrap();
        assert!(!store.read_with(source, 1).unwrap(), "it has no pages");
        let page = library::page_of_text("a.md", "# A\n");
        store
            .keep_pages(source, std::slice::from_ref(&page))
            .unwrap();
        let row = FetchRow {
            url: "https://h.example/a".to_owned(),
            etag: Some("x".to_owned()),
            job: 3,
            ..FetchRow::default()
        };
        store
            .keep_fetches(source, std::slice::from_ref(&row))
            .unwrap();
        assert!(!store.read_with(source, 1).unwrap());
        assert_eq!(store.page_stamps(source).unwrap()[0].1, page.stamp);
        assert!(store.read_with(source, 2).unwrap());
        assert_eq!(store.readers(source).unwrap(), Some(2));
        assert_eq!(store.page_stamps(source).unwrap()[0].1.hash, [0; 32]);
        let fetch = store.fetches(source).unwrap().remove(0);
        assert_eq!((fetch.etag, fetch.job), (None, 0));
        assert!(!store.read_with(source, 2).unwrap());
    }

    #[test]
    fn a_source_that_is_not_there_has_no_readers() {
        let store = Store::in_memory().unwrap();
        assert_eq!(store.readers(7).unwrap(), None);
        assert!(!store.read_with(7, 1).unwrap());
    }
}
