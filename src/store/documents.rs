//! Documentation sources, their pages and sections. The search index is derived from these rows.
//!
//! Every change of a page takes the next *generation*; a page keeps the generation it was written in, and a page that
//! went away leaves a tombstone. An index that stands at generation `g` is brought up to date from what is newer.

use rusqlite::{OptionalExtension as _, Row, Transaction, params};

use serde::{Deserialize, Serialize};

use super::cuts::{self, Cut};
use super::origins::packed_lines;
use super::outline::{self, HeadingRow};
use super::skipped::listed;
use super::{Store, StoreError, packing};

pub(super) const SCHEMA: &str = "
CREATE TABLE sources (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    name         TEXT NOT NULL UNIQUE,
    location     TEXT NOT NULL,              -- absolute path of the directory or file
    refreshed_at INTEGER NOT NULL,           -- seconds since 1970
    failures     TEXT NOT NULL DEFAULT '[]'  -- JSON: [[path, why], …] of the last reading
) STRICT;
CREATE TABLE pages (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    source     INTEGER NOT NULL REFERENCES sources (id),
    path       TEXT NOT NULL,                -- relative to the source, with /
    title      TEXT NOT NULL,
    kind       TEXT NOT NULL,
    file_bytes INTEGER NOT NULL,
    modified   INTEGER NOT NULL,             -- nanoseconds since 1970
    hash       BLOB NOT NULL,                -- BLAKE3-256 of the file
    tokens     INTEGER NOT NULL,
    outline    TEXT NOT NULL,                -- JSON, see lookup::Outline
    text_bytes INTEGER NOT NULL,
    text       BLOB NOT NULL,                -- zstd frame of what is quoted
    generation INTEGER NOT NULL,
    UNIQUE (source, path)
) STRICT;
CREATE INDEX pages_by_generation ON pages (generation);
CREATE TABLE sections (
    page       INTEGER NOT NULL REFERENCES pages (id),
    ordinal    INTEGER NOT NULL,             -- 0, 1, … within the page
    title      TEXT NOT NULL,
    breadcrumb TEXT NOT NULL,
    anchor     TEXT NOT NULL,                -- '' before the first heading
    part       INTEGER NOT NULL,             -- 1, 2, … of the sections under one anchor
    headings   TEXT NOT NULL,                -- all headings inside, one a line
    symbols    TEXT NOT NULL,                -- what the section defines, one a line
    first_line INTEGER NOT NULL,             -- in the file, from 1
    last_line  INTEGER NOT NULL,
    first_byte INTEGER NOT NULL,             -- in the page's text
    end_byte   INTEGER NOT NULL,
    before     TEXT NOT NULL,                -- repeated table head or reopened fence
    after      TEXT NOT NULL,
    tokens     INTEGER NOT NULL,
    PRIMARY KEY (page, ordinal)
) STRICT, WITHOUT ROWID;
CREATE TABLE vanished_pages (
    page       INTEGER PRIMARY KEY,
    generation INTEGER NOT NULL
) STRICT;
CREATE INDEX vanished_pages_by_generation ON vanished_pages (generation);
CREATE TABLE document_generation (
    id      INTEGER PRIMARY KEY CHECK (id = 1),
    current INTEGER NOT NULL,
    lineage TEXT NOT NULL                    -- random: tells this store from one that took its place
) STRICT;
INSERT INTO document_generation VALUES (1, 0, hex(randomblob(8)));
";

/// A documentation source as it was last read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceRow {
    /// Number of the source.
    pub id: i64,
    /// What people call it; unique.
    pub name: String,
    /// Absolute path of its directory or file.
    pub location: String,
    /// Seconds since 1970 of the last reading.
    pub refreshed_at: i64,
    /// Files that could not be read: path and reason.
    pub failures: Vec<(String, String)>,
}

/// How much a source holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SourceSize {
    /// Number of pages.
    pub pages: u64,
    /// Number of sections.
    pub sections: u64,
    /// Tokens of all sections.
    pub tokens: u64,
}

/// What tells whether a file changed since it was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileStamp {
    /// Length of the file in bytes.
    pub bytes: u64,
    /// Nanoseconds since 1970, as the file system says.
    pub modified: i64,
    /// BLAKE3-256 of the file.
    pub hash: [u8; 32],
}

/// A state of the documents: what an index mirrors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Generation {
    /// Names the store: one that took the place of another counts anew.
    pub lineage: String,
    /// Grows with every change.
    pub number: i64,
}

/// A page to be stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewPage {
    /// Path relative to the source, with `/`.
    pub path: String,
    /// Title of the page.
    pub title: String,
    /// What the page is: see `lookup::Kind`.
    pub kind: String,
    /// The file it was read from.
    pub stamp: FileStamp,
    /// Its headings, in order; JSON in a text where a page travels.
    #[serde(with = "outline::as_text")]
    pub outline: Vec<HeadingRow>,
    /// What is quoted.
    pub text: String,
    /// The page cut into sections, in order.
    pub sections: Vec<SectionRow>,
    /// Where the page says it is published.
    pub url: Option<String>,
    /// Where the text was rewritten: the line of the file, from 1, that each of its lines came from.
    pub file_lines: Option<Vec<u32>>,
    /// What of its file could not be read, for people; told on the page at the path of the file.
    #[serde(default)]
    pub skipped: Vec<String>,
}

/// A section of a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SectionRow {
    /// Its nearest heading, or the page's title.
    pub title: String,
    /// The headings above it, from the page's title down.
    pub breadcrumb: String,
    /// Where its heading is reached: `""` before the first heading.
    pub anchor: String,
    /// 1, 2, … of the sections under one anchor.
    pub part: u32,
    /// All headings inside, one a line.
    pub headings: String,
    /// What the section defines, one a line.
    pub symbols: String,
    /// First and last line in the file, from 1.
    pub lines: (u32, u32),
    /// First byte and end byte in the page's text.
    pub bytes: (usize, usize),
    /// What to quote before the text: a repeated table head, a reopened fence.
    pub before: String,
    /// What to quote after the text.
    pub after: String,
    /// Tokens of the section.
    pub tokens: u32,
}

impl SectionRow {
    /// Returns what `page`, the text of its page, says in it.
    pub fn text<'t>(&self, page: &'t str) -> &'t str {
        page.get(self.bytes.0..self.bytes.1).unwrap_or_default()
    }
}

/// A page as stored, without its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageRow {
    /// Number of the page.
    pub id: i64,
    /// Number of its source.
    pub source: i64,
    /// Path relative to the source, with `/`.
    pub path: String,
    /// Title of the page.
    pub title: String,
    /// What the page is.
    pub kind: String,
    /// Tokens of all its sections.
    pub tokens: u64,
    /// Where the page says it is published.
    pub url: Option<String>,
}

pub(super) const PAGE_COLUMNS: &str = "id, source, path, title, kind, tokens, url";

pub(super) fn page_row(row: &Row<'_>) -> rusqlite::Result<PageRow> {
    Ok(PageRow {
        id: row.get(0)?,
        source: row.get(1)?,
        path: row.get(2)?,
        title: row.get(3)?,
        kind: row.get(4)?,
        tokens: row.get(5)?,
        url: row.get(6)?,
    })
}

fn source_row(row: &Row<'_>) -> rusqlite::Result<SourceRow> {
    Ok(SourceRow {
        id: row.get(0)?,
        name: row.get(1)?,
        location: row.get(2)?,
        refreshed_at: row.get(3)?,
        failures: serde_json::from_str(&row.get::<_, String>(4)?).unwrap_or_default(),
    })
}

/// Takes the next generation.
pub(super) fn next_generation(transaction: &Transaction<'_>) -> rusqlite::Result<i64> {
    transaction.query_row(
        "UPDATE document_generation SET current = current + 1 RETURNING current",
        [],
        |row| row.get(0),
    )
}

pub(super) fn remove_page_rows(
    transaction: &Transaction<'_>,
    page: i64,
    generation: i64,
) -> rusqlite::Result<()> {
    cuts::remove(transaction, page)?;
    transaction
        .prepare_cached("DELETE FROM pages WHERE id = ?1")?
        .execute([page])?;
    transaction
        .prepare_cached("INSERT INTO vanished_pages (page, generation) VALUES (?1, ?2)")?
        .execute([page, generation])?;
    Ok(())
}

/// What of a page is packed before the store is locked.
struct PackedPage {
    text: Vec<u8>,
    cut: Vec<u8>,
}

impl PackedPage {
    fn of(page: &NewPage) -> Self {
        Self {
            text: packing::packed(page.text.as_bytes()),
            cut: cuts::packed(page),
        }
    }
}

fn insert_page(
    transaction: &Transaction<'_>,
    source: i64,
    page: &NewPage,
    packed: &PackedPage,
    generation: i64,
) -> rusqlite::Result<()> {
    let tokens: u64 = page
        .sections
        .iter()
        .map(|section| u64::from(section.tokens))
        .sum();
    transaction
        .prepare_cached(
            "INSERT INTO pages (source, path, title, kind, file_bytes, modified, hash, tokens, text_bytes, text, generation, url,
             file_lines, skipped) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
        )?
        .execute(params![
            source,
            page.path,
            page.title,
            page.kind,
            page.stamp.bytes,
            page.stamp.modified,
            page.stamp.hash.as_slice(),
            tokens,
            page.text.len(),
            packed.text,
            generation,
            page.url,
            page.file_lines.as_deref().map(packed_lines),
            listed(&page.skipped)
        ])?;
    let id = transaction.last_insert_rowid();
    cuts::insert(transaction, id, page.sections.len(), &packed.cut)
}

fn page_with_text(row: &Row<'_>) -> rusqlite::Result<(PageRow, String)> {
    let text = packing::unpacked(row.get(7)?, row.get_ref(8)?.as_blob()?);
    Ok((page_row(row)?, text))
}

impl Store {
    /// Returns every source, by name.
    pub fn sources(&self) -> Result<Vec<SourceRow>, StoreError> {
        self.ask(|connection| {
            connection
                .prepare_cached(
                    "SELECT id, name, location, refreshed_at, failures FROM sources ORDER BY name",
                )?
                .query_map([], source_row)?
                .collect()
        })
    }

    /// Returns how much the source numbered `id` holds.
    pub fn source_size(&self, id: i64) -> Result<SourceSize, StoreError> {
        self.read(|connection| {
            connection.query_row(
                "SELECT count(*), coalesce(sum(tokens), 0),
                        (SELECT coalesce(sum(sections), 0) FROM cuts JOIN pages ON page = pages.id WHERE source = ?1)
                 FROM pages WHERE source = ?1",
                [id],
                |row| {
                    Ok(SourceSize {
                        pages: row.get(0)?,
                        tokens: row.get(1)?,
                        sections: row.get(2)?,
                    })
                },
            )
        })
    }

    /// Returns the number of the source called `name`, making it at `location` if it is new.
    pub fn keep_source(&self, name: &str, location: &str) -> Result<i64, StoreError> {
        self.write(|transaction| {
            transaction.execute(
                "INSERT INTO sources (name, location, refreshed_at) VALUES (?1, ?2, 0) ON CONFLICT (name) DO NOTHING",
                params![name, location],
            )?;
            transaction.query_row("SELECT id FROM sources WHERE name = ?1", [name], |row| {
                row.get(0)
            })
        })
    }

    /// Notes that the source numbered `id` was read at `now`, and what could not be read.
    pub fn source_was_read(
        &self,
        id: i64,
        now: i64,
        failures: &[(String, String)],
    ) -> Result<(), StoreError> {
        let failures = serde_json::to_string(failures).unwrap_or_default();
        self.write(|transaction| {
            transaction
                .execute(
                    "UPDATE sources SET refreshed_at = ?2, failures = ?3 WHERE id = ?1",
                    params![id, now, failures],
                )
                .map(drop)
        })
    }

    /// Returns the path and stamp of every page of the source numbered `id`.
    pub fn page_stamps(&self, id: i64) -> Result<Vec<(String, FileStamp)>, StoreError> {
        self.read(|connection| {
            connection
                .prepare("SELECT path, file_bytes, modified, hash FROM pages WHERE source = ?1")?
                .query_map([id], |row| {
                    let stamp = FileStamp {
                        bytes: row.get(1)?,
                        modified: row.get(2)?,
                        hash: row.get(3)?,
                    };
                    Ok((row.get(0)?, stamp))
                })?
                .collect()
        })
    }

    /// Stores `pages` of the source numbered `id`, each in place of the page that has its path, in one transaction.
    pub fn keep_pages(&self, id: i64, pages: &[NewPage]) -> Result<(), StoreError> {
        let packed: Vec<PackedPage> = pages.iter().map(PackedPage::of).collect();
        self.write(|transaction| {
            let generation = next_generation(transaction)?;
            for (page, packed) in pages.iter().zip(&packed) {
                let old: Option<i64> = transaction
                    .prepare_cached("SELECT id FROM pages WHERE source = ?1 AND path = ?2")?
                    .query_row(params![id, page.path], |row| row.get(0))
                    .optional()?;
                if let Some(old) = old {
                    remove_page_rows(transaction, old, generation)?;
                }
                insert_page(transaction, id, page, packed, generation)?;
            }
            Ok(())
        })
    }

    /// Notes a new modification time of files whose content is the same.
    pub fn touch_pages(&self, id: i64, touched: &[(String, i64)]) -> Result<(), StoreError> {
        self.write(|transaction| {
            let mut update = transaction
                .prepare("UPDATE pages SET modified = ?3 WHERE source = ?1 AND path = ?2")?;
            for (path, modified) in touched {
                update.execute(params![id, path, modified])?;
            }
            Ok(())
        })
    }

    /// Removes the pages of the source numbered `id` that have these paths.
    pub fn remove_pages(&self, id: i64, paths: &[String]) -> Result<(), StoreError> {
        self.write(|transaction| {
            let generation = next_generation(transaction)?;
            for path in paths {
                let page: Option<i64> = transaction
                    .query_row(
                        "SELECT id FROM pages WHERE source = ?1 AND path = ?2",
                        params![id, path],
                        |row| row.get(0),
                    )
                    .optional()?;
                if let Some(page) = page {
                    remove_page_rows(transaction, page, generation)?;
                }
            }
            Ok(())
        })
    }

    /// Returns the generation that the documents stand at, and in which store.
    pub fn document_generation(&self) -> Result<Generation, StoreError> {
        self.ask(|connection| {
            connection
                .prepare_cached("SELECT lineage, current FROM document_generation")?
                .query_row([], |row| {
                    Ok(Generation {
                        lineage: row.get(0)?,
                        number: row.get(1)?,
                    })
                })
        })
    }

    /// Returns the page numbered `id` with its text.
    pub fn page(&self, id: i64) -> Result<Option<(PageRow, String)>, StoreError> {
        self.ask(|connection| {
            connection
                .prepare_cached(&format!(
                    "SELECT {PAGE_COLUMNS}, text_bytes, text FROM pages WHERE id = ?1"
                ))?
                .query_row([id], page_with_text)
                .optional()
        })
    }

    /// Returns the page numbered `id` with its text and how it is cut.
    pub fn page_with_cut(&self, id: i64) -> Result<Option<(PageRow, String, Cut)>, StoreError> {
        let found = self.ask(|connection| {
            connection
                // No join: SQLite would plan that anew for each page.
                .prepare_cached(&format!(
                    "SELECT {PAGE_COLUMNS}, text_bytes, text, (SELECT packed FROM cuts WHERE page = pages.id)
                     FROM pages WHERE id = ?1"
                ))?
                .query_row([id], |row| {
                    let (page, text) = page_with_text(row)?;
                    Ok((page, text, row.get::<_, Option<Vec<u8>>>(9)?))
                })
                .optional()
        })?;
        let Some((page, text, Some(cut))) = found else {
            return Ok(None);
        };
        let cut = cuts::unpacked(&page.title, &text, &cut).map_err(|damaged| {
            StoreError::PageDamaged {
                path: page.path.clone(),
                why: damaged.to_string(),
            }
        })?;
        Ok(Some((page, text, cut)))
    }

    /// Returns the same for whoever goes through many pages: nothing for a damaged one, of which whoever reads it is told, so that
    /// the others are found and listed all the same.
    pub fn sound_page(&self, id: i64) -> Result<Option<(PageRow, String, Cut)>, StoreError> {
        match self.page_with_cut(id) {
            Err(StoreError::PageDamaged { .. }) => Ok(None),
            other => other,
        }
    }

    /// Returns how the page numbered `id` is cut; as nothing where there is no such page.
    pub fn cut(&self, id: i64) -> Result<Cut, StoreError> {
        let page = self.page_with_cut(id)?;
        Ok(page.map(|(_, _, cut)| cut).unwrap_or_default())
    }

    /// Returns the number of the source that the page numbered `page` is from.
    pub fn source_of_page(&self, page: i64) -> Result<Option<i64>, StoreError> {
        self.ask(|connection| {
            connection
                .prepare_cached("SELECT source FROM pages WHERE id = ?1")?
                .query_row([page], |row| row.get(0))
                .optional()
        })
    }

    /// Returns the number, the source and the path of each of `pages` that is there.
    pub fn places_of_pages(&self, pages: &[i64]) -> Result<Vec<(i64, i64, String)>, StoreError> {
        let pages = serde_json::to_string(pages).unwrap_or_default();
        self.ask(|connection| {
            connection
                .prepare_cached(
                    "SELECT id, source, path FROM pages WHERE id IN (SELECT value FROM json_each(?1))",
                )?
                .query_map([pages], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
                .collect()
        })
    }

    /// Returns the pages whose path is `path`, of one source or of all.
    pub fn pages_at(&self, source: Option<i64>, path: &str) -> Result<Vec<PageRow>, StoreError> {
        self.read(|connection| {
            connection
                .prepare_cached(&format!(
                    "SELECT {PAGE_COLUMNS} FROM pages WHERE path = ?1 AND (?2 IS NULL OR source = ?2) ORDER BY id LIMIT 20"
                ))?
                .query_map(params![path, source], page_row)?
                .collect()
        })
    }

    /// Returns the pages that say they are published at `address`.
    pub fn pages_published_at(&self, address: &str) -> Result<Vec<PageRow>, StoreError> {
        self.read(|connection| {
            connection
                .prepare_cached(&format!(
                    "SELECT {PAGE_COLUMNS} FROM pages WHERE url = ?1 ORDER BY id LIMIT 20"
                ))?
                .query_map([address], page_row)?
                .collect()
        })
    }

    /// Returns the paths of all pages, of one source or of all, with the number of their source; at most `limit`.
    pub fn page_paths(
        &self,
        source: Option<i64>,
        limit: usize,
    ) -> Result<Vec<(i64, String)>, StoreError> {
        self.read(|connection| {
            connection
                .prepare(
                    "SELECT source, path FROM pages WHERE ?1 IS NULL OR source = ?1 ORDER BY id LIMIT ?2",
                )?
                .query_map(params![source, limit], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect()
        })
    }
}
