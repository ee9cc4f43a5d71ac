//! A source goes, with its pages.

use super::documents::{next_generation, remove_page_rows};
use super::{Store, StoreError, crawls};

/// Pages removed in one transaction where the disk is full: their log takes some hundred KiB.
const PAGES_PER_STEP: i64 = 8;

impl Store {
    /// Removes the source numbered `id` with all its pages.
    ///
    /// All at once, as far as the disk has room for the log of it; where it has not, page by page, so that a little room is enough:
    /// what is removed then stays removed if even that ends.
    pub fn remove_source(&self, id: i64) -> Result<(), StoreError> {
        match self.remove_source_at_once(id) {
            Err(StoreError::Disk { .. }) => self.remove_source_in_steps(id),
            done => done,
        }
    }

    fn remove_source_in_steps(&self, id: i64) -> Result<(), StoreError> {
        loop {
            self.empty_log();
            let removed = self.write(|transaction| {
                let generation = next_generation(transaction)?;
                let pages: Vec<i64> = transaction
                    .prepare("SELECT id FROM pages WHERE source = ?1 LIMIT ?2")?
                    .query_map((id, PAGES_PER_STEP), |row| row.get(0))?
                    .collect::<Result<_, _>>()?;
                for page in &pages {
                    remove_page_rows(transaction, *page, generation)?;
                }
                Ok(pages.len())
            })?;
            if removed == 0 {
                return self.remove_source_at_once(id);
            }
        }
    }

    fn remove_source_at_once(&self, id: i64) -> Result<(), StoreError> {
        self.write(|transaction| {
            let generation = next_generation(transaction)?;
            let pages: Vec<i64> = transaction
                .prepare("SELECT id FROM pages WHERE source = ?1")?
                .query_map([id], |row| row.get(0))?
                .collect::<Result<_, _>>()?;
            for page in pages {
                remove_page_rows(transaction, page, generation)?;
            }
            crawls::forget(transaction, id)?;
            transaction
                .execute("DELETE FROM sources WHERE id = ?1", [id])
                .map(drop)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::documents::{FileStamp, NewPage};

    fn page(path: String) -> NewPage {
        NewPage {
            title: path.clone(),
            path,
            kind: "guide".to_owned(),
            stamp: FileStamp {
                bytes: 5,
                modified: 0,
                hash: [0; 32],
            },
            outline: Vec::new(),
            text: "words".to_owned(),
            sections: Vec::new(),
            url: None,
            file_lines: None,
            skipped: Vec::new(),
        }
    }

    #[test]
    fn a_source_removed_in_steps_is_gone_and_no_other_is() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        let kept = store.keep_source("kept", "/kept").unwrap();
        let gone = store.keep_source("gone", "/gone").unwrap();
        let pages: Vec<NewPage> = (0..=PAGES_PER_STEP * 2)
            .map(|number| page(format!("p{number}")))
            .collect();
        store.keep_pages(kept, &pages).unwrap();
        store.keep_pages(gone, &pages).unwrap();
        store.remove_source_in_steps(gone).unwrap();
        let sources = store.sources().unwrap();
        assert_eq!(sources.len(), 1);
        assert_eq!(store.source_size(kept).unwrap().pages, pages.len() as u64);
        assert_eq!(store.source_size(gone).unwrap().pages, 0);
    }
}
