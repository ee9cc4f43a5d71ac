//! The vectors of all sections, in files beside the full-text index: derived from the store as it is, and as easily rebuilt.
//!
//! ```text
//! vectors.json          what counts: generation, how many records, pages that went away; put in place in one step
//! vectors-1.pages       a record a page, in the order of their numbers
//! vectors-1.codes       a code a section: the signs of its cells
//! vectors-1.rows        a record a section: how large its cells are
//! ```
//!
//! A page never changes: one that is read again gets a new, larger number. So files are only appended to, what is
//! unchanged keeps its vectors, and whatever a killed process left behind the counted records is overwritten. When too
//! much of a file is of pages that went away, the rest moves to files of the next number.

mod record;
mod scan;
#[cfg(test)]
mod tests;
mod writer;

use std::collections::BTreeSet;
use std::ops::Range;
use std::path::Path;

use serde::{Deserialize, Serialize};
use tantivy::directory::{Directory as _, MmapDirectory, OwnedBytes};

pub(super) use self::record::PAGE_BYTES;
use self::record::{CODE_BYTES, ROW_BYTES};
pub(crate) use self::record::{Page, Row};
use self::scan::Field;
use super::super::action::Action;
use super::super::document::Kind;
use super::super::embedding::{self, Embedding};
use crate::store::documents::{Generation, PageRow};

/// Name of the file that says what counts.
const STATE: &str = "vectors.json";
/// Raised whenever records change, or what of a section is embedded.
const FORMAT: u32 = 6;

/// The vectors of one generation, mapped.
#[derive(Clone)]
pub(crate) struct Vectors {
    state: State,
    pages: OwnedBytes,
    codes: OwnedBytes,
    rows: OwnedBytes,
}

/// What the files hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct State {
    format: u32,
    /// Name of the table that the vectors were made with.
    table: String,
    lineage: String,
    generation: i64,
    /// Number in the names of the files.
    files: u32,
    pages: usize,
    rows: usize,
    /// Pages in the files that are gone from the store.
    gone: BTreeSet<i64>,
}

/// A section near a question, by its vector.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct NearSection {
    /// The page it is in.
    pub(crate) page: Page,
    /// Its place in the page.
    pub(crate) ordinal: u32,
    /// What is known of it.
    pub(crate) row: Row,
    /// How near: 1 is the same direction.
    pub(crate) cosine: f32,
}

impl State {
    fn new(lineage: &str) -> Self {
        Self {
            format: FORMAT,
            table: embedding::fingerprint().to_owned(),
            lineage: lineage.to_owned(),
            generation: 0,
            files: 1,
            pages: 0,
            rows: 0,
            gone: BTreeSet::new(),
        }
    }

    fn is_of_this_program(&self) -> bool {
        self.format == FORMAT && self.table == embedding::fingerprint()
    }

    /// Names of the files with pages, codes and rows.
    fn names(&self) -> [String; 3] {
        ["pages", "codes", "rows"].map(|what| format!("vectors-{}.{what}", self.files))
    }

    /// Bytes that count in each.
    fn lengths(&self) -> Option<[usize; 3]> {
        Some([
            self.pages.checked_mul(PAGE_BYTES)?,
            self.rows.checked_mul(CODE_BYTES)?,
            self.rows.checked_mul(ROW_BYTES)?,
        ])
    }
}

impl Vectors {
    /// Maps the vectors in `directory`; nothing if there are none, not whole, or made by another program.
    pub(super) fn open(directory: &Path) -> Option<Self> {
        let state: State =
            serde_json::from_slice(&std::fs::read(directory.join(STATE)).ok()?).ok()?;
        if !state.is_of_this_program() {
            return None;
        }
        // A new directory each time: one remembers the lengths that files had when they were first mapped.
        let place = MmapDirectory::open(directory).ok()?;
        let mut mapped = Vec::with_capacity(3);
        for (name, length) in state.names().iter().zip(state.lengths()?) {
            let bytes = if length == 0 {
                OwnedBytes::empty()
            } else {
                let file = place.open_read(Path::new(name)).ok()?;
                (file.num_bytes().get_bytes() >= length as u64).then_some(())?;
                file.slice_to(length).read_bytes().ok()?
            };
            mapped.push(bytes);
        }
        let [pages, codes, rows] = mapped.try_into().ok()?;
        Some(Self {
            state,
            pages,
            codes,
            rows,
        })
    }

    /// Returns the state of the store that the vectors mirror.
    pub(super) fn generation(&self) -> Generation {
        Generation {
            lineage: self.state.lineage.clone(),
            number: self.state.generation,
        }
    }

    /// Returns how many sections have vectors, those of pages that went away among them.
    pub(crate) fn sections(&self) -> usize {
        self.state.rows
    }

    /// Returns the sections nearest to `wanted`, of pages that `counts` lets pass, nearest first.
    pub(crate) fn nearest(
        &self,
        wanted: &Embedding,
        most: usize,
        counts: Option<&dyn Fn(&Page) -> bool>,
    ) -> Vec<NearSection> {
        let (codes, _) = self.codes.as_chunks();
        let (rows, _) = self.rows.as_chunks();
        let field = Field { codes, rows };
        let mut ranges = self.ranges(counts);
        for range in &mut ranges {
            range.end = range.end.min(rows.len()).min(codes.len());
            range.start = range.start.min(range.end);
        }
        let near = scan::nearest(field, &ranges, wanted, most);
        near.into_iter()
            .filter_map(|near| {
                let (page, ordinal) = self.page_of_row(near.row)?;
                Some(NearSection {
                    page,
                    ordinal,
                    row: self.row(near.row)?,
                    cosine: near.cosine,
                })
            })
            .collect()
    }

    /// Returns the direction of a section.
    pub(crate) fn of(&self, page: i64, ordinal: usize) -> Option<Embedding> {
        let at = self.all_pages().binary_search_by(|bytes| {
            let id = Page::of(bytes).map_or(i64::MAX, |page| page.id);
            id.cmp(&page)
        });
        let page = self.page(at.ok()?)?;
        let ordinal = u32::try_from(ordinal)
            .ok()
            .filter(|ordinal| *ordinal < page.rows)?;
        Some(self.row(page.first.checked_add(ordinal)?)?.embedding)
    }

    fn all_pages(&self) -> &[[u8; PAGE_BYTES]] {
        self.pages.as_chunks().0
    }

    fn page(&self, at: usize) -> Option<Page> {
        self.all_pages().get(at).and_then(Page::of)
    }

    fn row(&self, number: u32) -> Option<Row> {
        let (rows, _) = self.rows.as_chunks::<ROW_BYTES>();
        let number = usize::try_from(number).ok()?;
        let (codes, _) = self.codes.as_chunks();
        Row::of(rows.get(number)?, codes.get(number)?)
    }

    /// The page that a row is of, and its place in it.
    fn page_of_row(&self, row: u32) -> Option<(Page, u32)> {
        let after = self
            .all_pages()
            .partition_point(|bytes| Page::of(bytes).is_some_and(|page| page.first <= row));
        let page = self.page(after.checked_sub(1)?)?;
        let ordinal = row.checked_sub(page.first)?;
        (ordinal < page.rows).then_some((page, ordinal))
    }

    /// Rows of the pages that are still there and that `counts` lets pass, neighbours together.
    fn ranges(&self, counts: Option<&dyn Fn(&Page) -> bool>) -> Vec<Range<usize>> {
        if counts.is_none() && self.state.gone.is_empty() {
            let all = 0..self.state.rows;
            return vec![all];
        }
        let mut ranges: Vec<Range<usize>> = Vec::new();
        for page in self
            .live()
            .filter(|page| counts.is_none_or(|counts| counts(page)))
        {
            let rows = page.rows_range();
            match ranges.last_mut() {
                Some(last) if last.end == rows.start => last.end = rows.end,
                _ => ranges.push(rows),
            }
        }
        ranges
    }

    /// The pages that are still there.
    fn live(&self) -> impl Iterator<Item = Page> {
        let pages = self.all_pages().iter().filter_map(Page::of);
        pages.filter(|page| !self.state.gone.contains(&page.id))
    }
}

impl Page {
    /// Begins the record of `page`, without its rows.
    pub(super) fn of_row(page: &PageRow, action: Option<Action>) -> Self {
        let kind = Kind::named(&page.kind);
        Self {
            id: page.id,
            source: page.source,
            kind: kind.map_or(0, |kind| kind as u16),
            action: action.map_or(0, |action| action as u16),
            first: 0,
            rows: 0,
        }
    }

    fn rows_range(&self) -> Range<usize> {
        let first = self.first as usize;
        first..first + self.rows as usize
    }
}
