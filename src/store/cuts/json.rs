//! The forms that cuts had before: sections as rows and outlines as a column, then both as JSON. Stores of then are brought to
//! the form of now when they are opened.

use rusqlite::{Row, Transaction, params};

use super::{coded, insert};
use crate::store::documents::SectionRow;
use crate::store::outline::HeadingRow;
use crate::store::packing;

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

/// A section as JSON: what [`SectionRow`] has, in its order.
type Section<S> = (S, S, S, u32, S, S, (u32, u32), (usize, usize), S, S, u32);

/// Brings a store whose sections are rows to JSON.
pub(in crate::store) fn move_in(transaction: &Transaction<'_>) -> rusqlite::Result<()> {
    transaction.execute_batch(SCHEMA)?;
    for page in pages(transaction)? {
        let outline: String = transaction
            .prepare_cached("SELECT outline FROM pages WHERE id = ?1")?
            .query_row([page], |row| row.get(0))?;
        let sections: Vec<SectionRow> = transaction
            .prepare_cached(
                "SELECT title, breadcrumb, anchor, part, headings, symbols, first_line, last_line,
                 first_byte, end_byte, before, after, tokens FROM sections WHERE page = ?1 ORDER BY ordinal",
            )?
            .query_map([page], row)?
            .collect::<Result<_, _>>()?;
        insert(
            transaction,
            page,
            sections.len(),
            &packed(&outline, &sections),
        )?;
    }
    transaction.execute_batch(DROPPED)
}

/// Brings a store whose cuts are JSON to the form of now.
pub(in crate::store) fn recode(transaction: &Transaction<'_>) -> rusqlite::Result<()> {
    for page in pages(transaction)? {
        let (title, length, text, cut): (String, usize, Vec<u8>, Vec<u8>) = transaction
            .prepare_cached(
                "SELECT title, text_bytes, text, coalesce(packed, x'') FROM pages LEFT JOIN cuts ON page = id WHERE id = ?1",
            )?
            .query_row([page], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
            })?;
        let text = packing::unpacked(length, &text);
        let (outline, sections) = unpacked(&cut);
        let bytes = coded::encoded((&title, &text), &outline, &sections);
        transaction
            .prepare_cached("UPDATE cuts SET packed = ?2 WHERE page = ?1")?
            .execute(params![page, packing::packed(&bytes)])?;
    }
    Ok(())
}

fn pages(transaction: &Transaction<'_>) -> rusqlite::Result<Vec<i64>> {
    transaction
        .prepare("SELECT id FROM pages")?
        .query_map([], |row| row.get(0))?
        .collect()
}

fn row(row: &Row<'_>) -> rusqlite::Result<SectionRow> {
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

fn packed(outline: &str, sections: &[SectionRow]) -> Vec<u8> {
    let rows: Vec<Section<&str>> = sections
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

/// Returns what was packed; nothing where it is damaged.
fn unpacked(packed: &[u8]) -> (Vec<HeadingRow>, Vec<SectionRow>) {
    let json = packing::unpacked(CUT_BYTES_MAX, packed);
    let (rows, outline) = json.split_once('\n').unwrap_or_default();
    let rows: Vec<Section<String>> = serde_json::from_str(rows).unwrap_or_default();
    let outline = serde_json::from_str(outline).unwrap_or_default();
    (outline, rows.into_iter().map(section).collect())
}

fn section(json: Section<String>) -> SectionRow {
    let (title, breadcrumb, anchor, part, headings, symbols, lines, bytes, before, after, tokens) =
        json;
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
