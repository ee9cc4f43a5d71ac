//! How pages are cut: the outline and the sections of a page, packed together.
//!
//! Whoever needs one section of a page needs its text as well, so both are unpacked page by page, and of a cut only that is
//! written which the text does not say ([`coded`]): rows of their own took forty times the room.

mod coded;
mod columns;
mod expected;
pub(super) mod json;

use rusqlite::{Transaction, params};

use self::columns::Damaged;
use super::documents::{NewPage, SectionRow};
use super::outline::HeadingRow;
use super::packing;

/// Bytes of the largest cut that is unpacked: that of a file of 16 MiB in which every line is a heading.
const CUT_BYTES_MAX: usize = 128 << 20;

/// How a page is cut.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cut {
    /// Its headings, in order.
    pub outline: Vec<HeadingRow>,
    /// Its sections, in order.
    pub sections: Vec<SectionRow>,
}

/// Packs how `page` is cut.
pub(super) fn packed(page: &NewPage) -> Vec<u8> {
    let said = (page.title.as_str(), page.text.as_str());
    packing::packed(&coded::encoded(said, &page.outline, &page.sections))
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

/// Returns how the page with this title and text is cut, from what was packed of it.
pub(super) fn unpacked(title: &str, text: &str, packed: &[u8]) -> Result<Cut, Damaged> {
    let bytes = packing::unpacked_bytes(CUT_BYTES_MAX, packed);
    coded::decoded(
        (title, text),
        &bytes.ok_or_else(|| Damaged::wrong("its frame"))?,
    )
}

#[cfg(test)]
mod tests {
    use super::super::documents::FileStamp;
    use super::super::{Store, StoreError};
    use super::*;

    fn heading(title: &str, byte: usize) -> HeadingRow {
        HeadingRow {
            level: 1,
            title: title.to_owned(),
            anchor: title.to_lowercase(),
            byte,
            line: 3,
            tokens: 5,
        }
    }

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

    /// A store with one page, and its number.
    fn kept() -> (Store, Cut, i64) {
        let store = Store::in_memory().unwrap();
        let source = store.keep_source("s", "").unwrap();
        let cut = Cut {
            outline: vec![heading("\"Ä\"", 0), heading("C", 8)],
            sections: vec![row("\"Ä\"", 0), row("B", 4), row("C", 8)],
        };
        let page = NewPage {
            path: "p".to_owned(),
            title: "Page".to_owned(),
            kind: "guide".to_owned(),
            stamp: FileStamp {
                bytes: 12,
                modified: 0,
                hash: [0; 32],
            },
            outline: cut.outline.clone(),
            text: "one two four".to_owned(),
            sections: cut.sections.clone(),
            url: None,
            file_lines: None,
            skipped: Vec::new(),
        };
        store.keep_pages(source, &[page]).unwrap();
        assert_eq!(store.source_size(source).unwrap().sections, 3);
        let id = store.pages_at(None, "p").unwrap().first().unwrap().id;
        (store, cut, id)
    }

    #[test]
    fn sections_and_outline_come_back_as_they_were() {
        let (store, cut, id) = kept();
        assert_eq!(store.cut(id).unwrap(), cut);
        assert_eq!(store.cut(id + 1).unwrap(), Cut::default());
    }

    #[test]
    fn a_damaged_cut_is_an_error_that_names_the_page() {
        let (store, _, id) = kept();
        for damaged in [b"no frame".to_vec(), packing::packed(&[9, 9])] {
            store
                .write(|transaction| {
                    transaction.execute("UPDATE cuts SET packed = ?1", params![damaged])
                })
                .unwrap();
            let error = store.page_with_cut(id).unwrap_err();
            assert!(matches!(error, StoreError::PageDamaged { .. }), "{error}");
            assert!(error.to_string().contains("page `p`"), "{error}");
            assert_eq!(store.sound_page(id).unwrap(), None);
            assert_eq!(store.page(id).unwrap().unwrap().1, "one two four");
        }
    }
}
