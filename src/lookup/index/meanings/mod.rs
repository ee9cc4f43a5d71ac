//! What a sentence model makes of the sections, in files of their own: they took long to make, so they outlive the index.
//!
//! ```text
//! meanings/sections     what counts: model, generation, which section has which row; put in place in one step
//! meanings/rows-1       the rows, each under the content it is of; only appended to
//! ```
//!
//! Rows that no section has any more stay until they are a quarter of all; then the others move to a file of the next
//! number. Of another model nothing is used.

mod rows;
mod sections;
#[cfg(test)]
mod tests;
mod update;

use std::path::Path;

use tantivy::directory::OwnedBytes;

use self::rows::{HEADER_BYTES, RECORD_HEAD_BYTES, record_bytes};
use self::sections::{Section, Sections};
use super::vectors::Page;
use crate::lookup::best::Best;
use crate::lookup::model::{Direction, Model};
use crate::store::documents::Generation;

/// The directions of all sections, mapped.
pub(crate) struct Meanings {
    sections: Sections,
    rows: OwnedBytes,
    width: usize,
}

/// A section near a question, by what a model makes of both.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct NearMeaning {
    /// The page it is in.
    pub(crate) page: Page,
    /// Its place in the page.
    pub(crate) ordinal: u32,
    /// Which part it is of the text under its heading, from 1.
    pub(crate) part: u16,
    /// Its tokens.
    pub(crate) tokens: u16,
    /// How near: 1 is the same direction.
    pub(crate) cosine: f32,
}

impl Meanings {
    /// Opens what `model` made in `place`; nothing if there is none, or it is not whole.
    pub(super) fn open(place: &Path, model: &Model) -> Option<Self> {
        let sections = Sections::read(place)?;
        if sections.state.model != name_of(model) {
            return None;
        }
        let rows = rows::mapped(place, sections.state.rows)?;
        Self::of(sections, rows, model)
    }

    fn of(sections: Sections, rows: OwnedBytes, model: &Model) -> Option<Self> {
        let width = model.width();
        if !rows::begins_as(&rows, &model.fingerprint(), width) {
            return None;
        }
        let count = rows.len().saturating_sub(HEADER_BYTES) / record_bytes(width);
        let last = sections.all.iter().map(|section| section.row).max();
        last.is_none_or(|last| (last as usize) < count)
            .then_some(Self {
                sections,
                rows,
                width,
            })
    }

    /// Returns the state of the store that they mirror.
    pub(super) fn generation(&self) -> Generation {
        Generation {
            lineage: self.sections.state.lineage.clone(),
            number: self.sections.state.generation,
        }
    }

    /// Returns the sections nearest to `wanted`, of pages that `counts` lets pass, nearest first.
    pub(crate) fn nearest(
        &self,
        wanted: &Direction,
        most: usize,
        counts: Option<&dyn Fn(&Page) -> bool>,
    ) -> Vec<NearMeaning> {
        let pages = &self.sections.pages;
        let mut best = Best::new(most);
        pulp::Arch::new().dispatch(|| {
            for (at, page) in pages.iter().enumerate() {
                if counts.is_none_or(|counts| counts(page)) {
                    for (ordinal, section) in (0u32..).zip(self.of_page(page)) {
                        best.offer(self.cosine(wanted, *section), (at, ordinal));
                    }
                }
            }
        });
        best.sorted()
            .filter_map(|(cosine, (at, ordinal))| {
                let page = *pages.get(at)?;
                let section = self.of_page(&page).get(ordinal as usize)?;
                Some(NearMeaning {
                    page,
                    ordinal,
                    part: section.part,
                    tokens: section.tokens,
                    cosine,
                })
            })
            .collect()
    }

    /// Returns the direction of a section.
    pub(crate) fn direction(&self, page: i64, ordinal: usize) -> Option<Direction> {
        let pages = &self.sections.pages;
        let at = pages.binary_search_by_key(&page, |page| page.id).ok()?;
        let section = self.of_page(pages.get(at)?).get(ordinal)?;
        let (unit, cells) = self.row(*section)?;
        Some(Direction {
            cells: cells.iter().map(|cell| cell.cast_signed()).collect(),
            unit,
        })
    }

    fn of_page(&self, page: &Page) -> &[Section] {
        let first = page.first as usize;
        let sections = self.sections.all.get(first..first + page.rows as usize);
        sections.unwrap_or_default()
    }

    #[expect(
        clippy::inline_always,
        reason = "built anew for the processor it runs on, inside `Arch::dispatch`"
    )]
    #[inline(always)]
    fn cosine(&self, wanted: &Direction, section: Section) -> f32 {
        self.row(section)
            .map_or(0.0, |(unit, cells)| wanted.cosine(cells, unit))
    }

    /// One over the length, and the cells.
    #[expect(
        clippy::inline_always,
        reason = "built anew for the processor it runs on, inside `Arch::dispatch`"
    )]
    #[inline(always)]
    fn row(&self, section: Section) -> Option<(f32, &[u8])> {
        let size = record_bytes(self.width);
        let first = HEADER_BYTES + section.row as usize * size;
        let (head, cells) = self
            .rows
            .get(first..first + size)?
            .split_at_checked(RECORD_HEAD_BYTES)?;
        Some((f32::from_le_bytes(*head.last_chunk()?), cells))
    }
}

/// The name of a model as the files have it.
fn name_of(model: &Model) -> String {
    blake3::Hash::from_bytes(model.fingerprint())
        .to_hex()
        .to_string()
}
