//! What is known of the sites that were read: how they were asked for, and of each address what came back.

use rusqlite::{OptionalExtension as _, Transaction, params};

use super::{Store, StoreError};

pub(super) const SCHEMA: &str = "
CREATE TABLE crawls (
    source   INTEGER PRIMARY KEY REFERENCES sources (id),
    settings TEXT NOT NULL,    -- JSON, see lookup::Site
    job      INTEGER NOT NULL, -- 1, 2, … number of the reading that goes on, or was the last
    is_done  INTEGER NOT NULL  -- 0: the reading was cut short and goes on with the next
) STRICT;
CREATE TABLE fetches (
    source        INTEGER NOT NULL REFERENCES sources (id),
    url           TEXT NOT NULL,    -- address of the page
    answered      TEXT NOT NULL,    -- address that sent its text: the page's own, or its Markdown twin's
    path          TEXT,             -- of the page in the source; null where there is none
    etag          TEXT,
    last_modified TEXT,
    status        INTEGER NOT NULL, -- of HTTP, 0 where there was no answer
    links         TEXT NOT NULL,    -- JSON: addresses that were seen here first
    depth         INTEGER NOT NULL, -- links from the first page
    fetched_at    INTEGER NOT NULL, -- seconds since 1970
    job           INTEGER NOT NULL, -- reading that asked for it last; 0: ask again
    PRIMARY KEY (source, url)
) STRICT, WITHOUT ROWID;
";

pub(super) const BY_PATH_SCHEMA: &str = "
CREATE INDEX fetches_by_path ON fetches (source, path); -- for the day that a citation says
";

/// A reading of a site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CrawlRow {
    /// How the site is read, as JSON.
    pub settings: String,
    /// Number of the reading.
    pub job: i64,
    /// Whether it came to its end.
    pub is_done: bool,
}

/// What is known of one address.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FetchRow {
    /// Address of the page.
    pub url: String,
    /// Address that sent its text.
    pub answered: String,
    /// Path of the page in the source; none where there is no page.
    pub path: Option<String>,
    /// `ETag` of the text.
    pub etag: Option<String>,
    /// `Last-Modified` of the text.
    pub last_modified: Option<String>,
    /// Status of HTTP; 0 where there was no answer.
    pub status: u16,
    /// Addresses that were seen here first.
    pub links: Vec<String>,
    /// Links from the first page.
    pub depth: u32,
    /// Seconds since 1970.
    pub fetched_at: i64,
    /// Reading that asked for it last; 0 if it is to be asked for again.
    pub job: i64,
}

impl Store {
    /// Returns how the source numbered `source` is read, if it is a site.
    pub fn crawl(&self, source: i64) -> Result<Option<CrawlRow>, StoreError> {
        self.read(|connection| {
            connection
                .prepare_cached("SELECT settings, job, is_done FROM crawls WHERE source = ?1")?
                .query_row([source], |row| {
                    Ok(CrawlRow {
                        settings: row.get(0)?,
                        job: row.get(1)?,
                        is_done: row.get(2)?,
                    })
                })
                .optional()
        })
    }

    /// Begins a reading of the source numbered `source`, or goes on with one that was cut short, and returns its number.
    /// Other settings begin anew.
    pub fn begin_crawl(&self, source: i64, settings: &str) -> Result<i64, StoreError> {
        self.write(|transaction| {
            transaction.execute(
                "INSERT INTO crawls (source, settings, job, is_done) VALUES (?1, ?2, 1, 0)
                 ON CONFLICT (source) DO UPDATE SET
                     job = job + (is_done OR settings <> excluded.settings), settings = excluded.settings, is_done = 0",
                params![source, settings],
            )?;
            transaction.query_row("SELECT job FROM crawls WHERE source = ?1", [source], |row| row.get(0))
        })
    }

    /// Notes that the reading of the source numbered `source` came to its end.
    pub fn end_crawl(&self, source: i64) -> Result<(), StoreError> {
        self.write(|transaction| {
            transaction
                .execute("UPDATE crawls SET is_done = 1 WHERE source = ?1", [source])
                .map(drop)
        })
    }

    /// Notes why the source numbered `source` could not be read; its pages are as old as they were.
    pub fn source_failed(
        &self,
        source: i64,
        failures: &[(String, String)],
    ) -> Result<(), StoreError> {
        let failures = serde_json::to_string(failures).unwrap_or_default();
        self.write(|transaction| {
            transaction
                .execute(
                    "UPDATE sources SET failures = ?2 WHERE id = ?1",
                    params![source, failures],
                )
                .map(drop)
        })
    }

    /// Returns what is known of every address of the source numbered `source`, the nearest to its first page first.
    pub fn fetches(&self, source: i64) -> Result<Vec<FetchRow>, StoreError> {
        self.read(|connection| {
            connection
                .prepare_cached(
                    "SELECT url, answered, path, etag, last_modified, status, links, depth, fetched_at, job
                     FROM fetches WHERE source = ?1 ORDER BY depth, url",
                )?
                .query_map([source], |row| {
                    let links: String = row.get(6)?;
                    Ok(FetchRow {
                        url: row.get(0)?,
                        answered: row.get(1)?,
                        path: row.get(2)?,
                        etag: row.get(3)?,
                        last_modified: row.get(4)?,
                        status: row.get(5)?,
                        links: serde_json::from_str(&links).unwrap_or_default(),
                        depth: row.get(7)?,
                        fetched_at: row.get(8)?,
                        job: row.get(9)?,
                    })
                })?
                .collect()
        })
    }

    /// Returns when the page at `path` of the source numbered `source` was last asked for, in seconds since 1970, if it is
    /// a page of a site.
    pub fn fetched_at(&self, source: i64, path: &str) -> Result<Option<i64>, StoreError> {
        self.ask(|connection| {
            connection
                .prepare_cached(
                    "SELECT max(fetched_at) FROM fetches WHERE source = ?1 AND path = ?2",
                )?
                .query_row(params![source, path], |row| row.get(0))
        })
    }

    /// Returns the numbers of the sources of which pages were fetched.
    pub fn fetched_sources(&self) -> Result<Vec<i64>, StoreError> {
        self.ask(|connection| {
            connection
                .prepare_cached(
                    "SELECT id FROM sources WHERE EXISTS (SELECT 1 FROM fetches WHERE source = sources.id)",
                )?
                .query_map([], |row| row.get(0))?
                .collect()
        })
    }

    /// Keeps what is now known of these addresses of the source numbered `source`.
    pub fn keep_fetches(&self, source: i64, rows: &[FetchRow]) -> Result<(), StoreError> {
        self.write(|transaction| {
            let mut insert = transaction.prepare_cached(
                "INSERT OR REPLACE INTO fetches
                     (source, url, answered, path, etag, last_modified, status, links, depth, fetched_at, job)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
            )?;
            for row in rows {
                insert.execute(params![
                    source,
                    row.url,
                    row.answered,
                    row.path,
                    row.etag,
                    row.last_modified,
                    row.status,
                    serde_json::to_string(&row.links).unwrap_or_default(),
                    row.depth,
                    row.fetched_at,
                    row.job
                ])?;
            }
            Ok(())
        })
    }
}

/// Removes what is known of the site of the source numbered `source`.
pub(super) fn forget(transaction: &Transaction<'_>, source: i64) -> rusqlite::Result<()> {
    transaction.execute("DELETE FROM fetches WHERE source = ?1", [source])?;
    transaction
        .execute("DELETE FROM crawls WHERE source = ?1", [source])
        .map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reading_that_was_cut_short_has_its_number_until_it_is_done_or_asked_for_otherwise() {
        let store = Store::in_memory().unwrap();
        let source = store.keep_source("a", "https://h.example/").unwrap();
        assert_eq!(store.begin_crawl(source, "{}").unwrap(), 1);
        assert_eq!(store.begin_crawl(source, "{}").unwrap(), 1);
        store.end_crawl(source).unwrap();
        assert!(store.crawl(source).unwrap().unwrap().is_done);
        assert_eq!(store.begin_crawl(source, "{}").unwrap(), 2);
        assert_eq!(store.begin_crawl(source, "{\"depth\":1}").unwrap(), 3);
        assert!(!store.crawl(source).unwrap().unwrap().is_done);
    }

    #[test]
    fn a_source_that_is_removed_takes_with_it_what_is_known_of_its_site() {
        let store = Store::in_memory().unwrap();
        let source = store.keep_source("a", "https://h.example/").unwrap();
        store.begin_crawl(source, "{}").unwrap();
        let row = FetchRow {
            url: "https://h.example/".to_owned(),
            links: vec!["https://h.example/b".to_owned()],
            ..FetchRow::default()
        };
        store
            .keep_fetches(source, std::slice::from_ref(&row))
            .unwrap();
        assert_eq!(store.fetches(source).unwrap(), [row]);
        store.remove_source(source).unwrap();
        assert!(
            store.fetches(source).unwrap().is_empty() && store.crawl(source).unwrap().is_none()
        );
    }
}
