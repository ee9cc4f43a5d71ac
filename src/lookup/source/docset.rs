//! A docset of Dash or Zeal: HTML pages, and an index of what they define.
//! The names of the index lead to the sections: <https://kapeli.com/docsets>.

use std::collections::HashMap;
use std::io::Write as _;

use super::{Found, Holding, Listing, LookupError, Shape, Take};
use crate::lookup::escape::decoded;
use crate::lookup::format::Name;
use crate::store::docset::{Indexed, names};

/// The index of a docset.
const INDEX: &str = "Contents/Resources/docSet.dsidx";
/// Where its pages lie.
const PAGES: &str = "Contents/Resources/Documents/";
/// Bytes of the largest index: a million names.
const INDEX_BYTES_MAX: u64 = 512 << 20;
/// What stands before some paths, for Dash alone.
const ENTRY_TAG: &str = "<dash_entry_";

/// Docsets, known by their index.
pub(super) struct Docset;

impl Shape for Docset {
    fn marks(&self) -> &'static [&'static str] {
        &[INDEX]
    }

    fn over(
        &self,
        mut files: Box<dyn Holding>,
        listing: Listing,
    ) -> Result<(Box<dyn Holding>, Listing), LookupError> {
        let mut shaped = Listing {
            failures: listing.failures,
            ..Listing::default()
        };
        let (names, mark) = match index(files.as_mut()) {
            Ok(read) => read,
            Err(why) => {
                let told = format!("{why}: pages are read without its names");
                shaped.failures.push((INDEX.to_owned(), told));
                (HashMap::new(), 0)
            }
        };
        let below = |found: Found| {
            let path = found.path.strip_prefix(PAGES)?.to_owned();
            Some(Found {
                path,
                // A page whose names change, changes: with another index no page has the time that it had.
                modified: found.modified.map(|time| time.wrapping_add(mark)),
                ..found
            })
        };
        shaped.files = listing.files.into_iter().filter_map(below).collect();
        Ok((Box::new(Pages { files, names }), shaped))
    }
}

/// Returns the names of the index by their page, and a number that another index does not have.
fn index(files: &mut dyn Holding) -> Result<(HashMap<String, Vec<Name>>, i64), String> {
    let bytes = files.file(INDEX, INDEX_BYTES_MAX)?;
    let mark = blake3::hash(&bytes);
    let mark = mark.as_bytes().first_chunk().copied();
    let mark = i64::from_le_bytes(mark.unwrap_or_default());
    // SQLite opens files; this one is a copy that nobody else writes.
    let copied = |error: std::io::Error| format!("cannot be copied: {error}");
    let mut copy = tempfile::NamedTempFile::new().map_err(copied)?;
    copy.write_all(&bytes).map_err(copied)?;
    drop(bytes);
    let mut by_page: HashMap<String, Vec<Name>> = HashMap::new();
    for indexed in names(copy.path())? {
        let (page, name) = place(indexed);
        by_page.entry(page).or_default().push(name);
    }
    Ok((by_page, mark))
}

/// Returns the page that an entry of the index leads to, and the name with its anchor there.
fn place(indexed: Indexed) -> (String, Name) {
    let mut path = indexed.path.as_str();
    while path.starts_with(ENTRY_TAG) {
        path = path.split_once('>').map_or("", |(_, rest)| rest);
    }
    let (page, fragment) = path.split_once('#').unwrap_or((path, &indexed.anchor));
    let name = Name {
        fragment: fragment.to_owned(),
        name: indexed.name,
    };
    let page = decoded(page.as_bytes(), b'%');
    (String::from_utf8_lossy(&page).into_owned(), name)
}

struct Pages {
    files: Box<dyn Holding>,
    names: HashMap<String, Vec<Name>>,
}

impl Holding for Pages {
    fn version(&self) -> Option<String> {
        self.files.version()
    }

    fn list(&mut self) -> Result<Listing, LookupError> {
        self.files.list()
    }

    fn file(&mut self, path: &str, bytes_max: u64) -> Result<Vec<u8>, String> {
        self.files.file(path, bytes_max)
    }

    fn found(&mut self, path: &str) -> Option<Found> {
        self.files.found(path)
    }

    fn read(&mut self, wanted: Vec<Found>, take: &mut Take<'_>) -> Result<(), String> {
        let names = &mut self.names;
        self.files.read(wanted, &mut |found, content| {
            let named = names.remove(&found.path).unwrap_or_default();
            let content = content.map(|mut content| {
                content.beside.names = named;
                content
            });
            take(found, content)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn placed(path: &str, anchor: &str) -> (String, String) {
        let indexed = Indexed {
            name: "x".to_owned(),
            path: path.to_owned(),
            anchor: anchor.to_owned(),
        };
        let (page, name) = place(indexed);
        (page, name.fragment)
    }

    /// The time of the page of a docset whose index has these bytes.
    fn time(folder: &std::path::Path, index: &[u8]) -> Option<i64> {
        std::fs::write(folder.join(INDEX), index).unwrap();
        let mut files = super::super::open(folder, &super::super::Choice::default()).unwrap();
        let listing = files.list().unwrap();
        let (_, listing) = Docset.over(files, listing).unwrap();
        listing.files.first().unwrap().modified
    }

    #[test]
    fn a_page_need_not_be_read_while_neither_it_nor_the_index_changes() {
        let folder = tempfile::tempdir().unwrap();
        let pages = folder.path().join(PAGES);
        std::fs::create_dir_all(&pages).unwrap();
        std::fs::write(pages.join("a.html"), "<h1>A</h1>").unwrap();
        let database = |table: &str| {
            let file = folder.path().join("made");
            drop(std::fs::remove_file(&file));
            crate::store::docset::tests::database(&file, table);
            std::fs::read(file).unwrap()
        };
        let (one, other) = (database("a"), database("b"));
        let first = time(folder.path(), &one);
        assert!(first.is_some());
        assert_eq!(first, time(folder.path(), &one));
        assert_ne!(first, time(folder.path(), &other));
    }

    #[test]
    fn an_entry_leads_to_a_page_and_an_anchor() {
        for (path, anchor, expected) in [
            ("a.html", "", ("a.html", "")),
            ("a.html", "x", ("a.html", "x")),
            ("my%20page.html#a%20b", "", ("my page.html", "a%20b")),
            (
                "<dash_entry_name=x><dash_entry_menuDescription=y>a/b.html#//apple_ref/cpp/Function/x",
                "",
                ("a/b.html", "//apple_ref/cpp/Function/x"),
            ),
            ("<dash_entry_name=x", "", ("", "")),
            ("100%.html%2", "", ("100%.html%2", "")),
        ] {
            let expected = (expected.0.to_owned(), expected.1.to_owned());
            assert_eq!(placed(path, anchor), expected, "{path}");
        }
    }
}
