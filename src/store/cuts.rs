//! How pages are cut: the outline and the sections of a page, packed together.
//!
//! Whoever needs one section of a page needs its text as well, so both are unpacked page by page. Titles, anchors and
//! breadcrumbs repeat each other: rows of their own took four times the room.

use rusqlite::{Connection, OptionalExtension as _, Row, Transaction, params};
use serde_json::value::RawValue;

use super::documents::SectionRow;
use super::{Store, StoreError, packing};

/// Sections had a table of their own before, and outlines a column of the pages; [`move_in`] packs what is there.
const SCHEMA: &str = "
CREATE TABLE cuts (
    page     INTEGER PRIMARY KEY REFERENCES pages (id),
    sections INTEGER NOT NULL, -- how many
    packed   BLOB NOT NULL     -- zstd frame: JSON of the sections, a line end, JSON of the outline (see lookup::Outline)
) STRICT;
";
const DROPPED: &str = "
DROP TABLE sections;
ALTER TABLE pages DROP COLUMN outline;
";

/// Bytes of the largest cut that is unpacked: that of a file of 16 MiB in which every line is a heading.
const CUT_BYTES_MAX: usize = 256 << 20;

/// A section as it is packed: what [`SectionRow`] has, in its order.
type Packed<S> = (S, S, S, u32, S, S, (u32, u32), (usize, usize), S, S, u32);

/// Brings a store whose sections are rows to this form.
pub(super) fn move_in(transaction: &Transaction<'_>) -> rusqlite::Result<()> {
    transaction.execute_batch(SCHEMA)?;
    let pages: Vec<i64> = transaction
        .prepare("SELECT id FROM pages")?
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    for page in pages {
        let outline: String = transaction
            .prepare_cached("SELECT outline FROM pages WHERE id = ?1")?
            .query_row([page], |row| row.get(0))?;
        let sections: Vec<SectionRow> = transaction
            .prepare_cached(
                "SELECT title, breadcrumb, anchor, part, headings, symbols, first_line, last_line,
                 first_byte, end_byte, before, after, tokens FROM sections WHERE page = ?1 ORDER BY ordinal",
            )?
            .query_map([page], old_section)?
            .collect::<Result<_, _>>()?;
        let packed = packed(&outline, &sections);
        insert(transaction, page, sections.len(), &packed)?;
    }
    transaction.execute_batch(DROPPED)
}

fn old_section(row: &Row<'_>) -> rusqlite::Result<SectionRow> {
    Ok(SectionRow {
        title: row.get(0)?,
        breadcrumb: row.get(1)?,
        anchor: row.get(2)?,
        part: row.get(3)?,
        headings: row.get(4)?,
        symbols: row.get(5)?,
        lines: (row.get(6)?, row.get(7)?),
        bytes: (row.get(8)?, row.get(9)?),
        before: row.get(10)?,
        after: row.get(11)?,
        tokens: row.get(12)?,
    })
}

/// Packs the sections and the outline of a page.
pub(super) fn packed(outline: &str, sections: &[SectionRow]) -> Vec<u8> {
    let rows: Vec<Packed<&str>> = sections
        .iter()
        .map(|section| {
            (
                section.title.as_str(),
                section.breadcrumb.as_str(),
                section.anchor.as_str(),
                section.part,
                section.headings.as_str(),
                section.symbols.as_str(),
                section.lines,
                section.bytes,
                section.before.as_str(),
                section.after.as_str(),
                section.tokens,
            )
        })
        .collect();
    // Numbers and texts: nothing that JSON cannot say.
    let mut bytes = serde_json::to_vec(&rows).unwrap_or_default();
    bytes.push(b'\n');
    bytes.extend_from_slice(outline.as_bytes());
    packing::packed(&bytes)
}

/// Keeps the packed cut of `page`.
pub(super) fn insert(
    transaction: &Transaction<'_>,
    page: i64,
    sections: usize,
    packed: &[u8],
) -> rusqlite::Result<()> {
    transaction
        .prepare_cached("INSERT INTO cuts (page, sections, packed) VALUES (?1, ?2, ?3)")?
        .execute(params![page, sections, packed])
        .map(drop)
}

/// Forgets how `page` is cut.
pub(super) fn remove(transaction: &Transaction<'_>, page: i64) -> rusqlite::Result<()> {
    transaction
        .prepare_cached("DELETE FROM cuts WHERE page = ?1")?
        .execute([page])
        .map(drop)
}

/// How a page is cut, unpacked; its sections are read when they are asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cut(String);

impl Cut {
    /// Returns how `page` is cut; as nothing where there is no such page.
    pub(super) fn of(connection: &Connection, page: i64) -> rusqlite::Result<Self> {
        let found: Option<Vec<u8>> = connection
            .prepare_cached("SELECT packed FROM cuts WHERE page = ?1")?
            .query_row([page], |row| row.get(0))
            .optional()?;
        let packed = found.unwrap_or_default();
        Ok(Self::unpacked(&packed))
    }

    /// Unpacks what [`packed`] made; as nothing where it is damaged.
    pub(super) fn unpacked(packed: &[u8]) -> Self {
        Self(packing::unpacked(CUT_BYTES_MAX, packed))
    }

    /// Returns the sections `first` to `last`, counted from 0, in order.
    pub fn sections(&self, first: usize, last: usize) -> Vec<SectionRow> {
        // Those that are not asked for are only stepped over.
        let rows: Vec<&RawValue> = serde_json::from_str(self.rows()).unwrap_or_default();
        let asked = rows.iter().take(last.saturating_add(1)).skip(first);
        asked
            .filter_map(|row| serde_json::from_str(row.get()).ok())
            .map(section)
            .collect()
    }

    /// Returns all sections, in order.
    pub fn all_sections(&self) -> Vec<SectionRow> {
        let rows: Vec<Packed<String>> = serde_json::from_str(self.rows()).unwrap_or_default();
        rows.into_iter().map(section).collect()
    }

    fn rows(&self) -> &str {
        self.0.split_once('\n').map_or("", |(rows, _)| rows)
    }

    /// Returns the headings, as JSON.
    pub fn outline(&self) -> &str {
        self.0.split_once('\n').map_or("", |(_, outline)| outline)
    }
}

impl Store {
    /// Returns the headings of the page numbered `page`, as JSON.
    pub fn outline(&self, page: i64) -> Result<String, StoreError> {
        let cut = self.read(|connection| Cut::of(connection, page))?;
        Ok(cut.outline().to_owned())
    }

    /// Returns the sections of the page numbered `page`, in order.
    pub fn sections(&self, page: i64) -> Result<Vec<SectionRow>, StoreError> {
        let cut = self.read(|connection| Cut::of(connection, page))?;
        Ok(cut.all_sections())
    }

    /// Returns the sections `first` to `last`, counted from 0, of the page numbered `page`, in order.
    pub fn sections_between(
        &self,
        page: i64,
        first: usize,
        last: usize,
    ) -> Result<Vec<SectionRow>, StoreError> {
        let cut = self.read(|connection| Cut::of(connection, page))?;
        Ok(cut.sections(first, last))
    }
}

fn section(packed: Packed<String>) -> SectionRow {
    let (title, breadcrumb, anchor, part, headings, symbols, lines, bytes, before, after, tokens) =
        packed;
    SectionRow {
        title,
        breadcrumb,
        anchor,
        part,
        headings,
        symbols,
        lines,
        bytes,
        before,
        after,
        tokens,
    }
}

#[cfg(test)]
mod tests {
    use super::super::Store;
    use super::super::documents::{FileStamp, NewPage};
    use super::*;

    fn row(title: &str, first: usize) -> SectionRow {
        SectionRow {
            title: title.to_owned(),
            breadcrumb: format!("Page › {title}"),
            anchor: title.to_lowercase(),
            part: 1,
            headings: format!("{title}\nMore"),
            symbols: "one\ntwo".to_owned(),
            lines: (3, 9),
            bytes: (first, first + 4),
            before: "```sh\n".to_owned(),
            after: "```\n".to_owned(),
            tokens: 7,
        }
    }

    #[test]
    fn sections_and_outline_come_back_as_they_were() {
        let store = Store::in_memory().unwrap();
        let source = store.keep_source("s", "").unwrap();
        let sections = vec![row("\"Ä\"", 0), row("B", 4), row("C", 8)];
        let page = NewPage {
            path: "p".to_owned(),
            title: "Page".to_owned(),
            kind: "guide".to_owned(),
            stamp: FileStamp {
                bytes: 12,
                modified: 0,
                hash: [0; 32],
            },
            outline: "[\n1]".to_owned(),
            text: "one two four".to_owned(),
            sections: sections.clone(),
            url: None,
            file_lines: None,
            skipped: Vec::new(),
        };
        store.keep_pages(source, &[page]).unwrap();
        let id = store.pages_at(None, "p").unwrap().first().unwrap().id;
        assert_eq!(store.sections(id).unwrap(), sections);
        assert_eq!(store.sections_between(id, 1, 1).unwrap(), sections[1..2]);
        assert_eq!(store.outline(id).unwrap(), "[\n1]");
        let (found, text, cut) = store.page_with_cut(id).unwrap().unwrap();
        assert_eq!((found.id, text.as_str()), (id, "one two four"));
        assert_eq!((cut.all_sections(), cut.outline()), (sections, "[\n1]"));
        assert_eq!(store.source_size(source).unwrap().sections, 3);
        assert_eq!(store.sections(id + 1).unwrap(), []);
    }
}
