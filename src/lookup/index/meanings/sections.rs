//! Which section has which row: small, and written anew each time, in one step.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::lookup::error::LookupError;
use crate::lookup::index::output::replace;
use crate::lookup::index::vectors::{PAGE_BYTES, Page};
use crate::store::documents::Generation;

/// Name of the file: a line of JSON, the records of pages, the records of sections.
const NAME: &str = "sections";
/// Bytes of the record of a section.
const SECTION_BYTES: usize = 8;

/// What the file says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct State {
    /// Name of the model that made the rows.
    pub(super) model: String,
    pub(super) lineage: String,
    pub(super) generation: i64,
    /// Number of the file with the rows.
    pub(super) rows: u32,
    pages: usize,
    sections: usize,
}

/// A section and its row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Section {
    pub(super) row: u32,
    /// Which part it is of the text under its heading, from 1.
    pub(super) part: u16,
    /// Its tokens.
    pub(super) tokens: u16,
}

/// All sections, page by page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sections {
    pub(super) state: State,
    /// In the order of their numbers; `first` and `rows` count sections.
    pub(super) pages: Vec<Page>,
    pub(super) all: Vec<Section>,
}

impl Sections {
    pub(super) fn new(state: State, pages: Vec<Page>, all: Vec<Section>) -> Self {
        let state = State {
            pages: pages.len(),
            sections: all.len(),
            ..state
        };
        Self { state, pages, all }
    }

    /// Reads the file in `place`; nothing if there is none, or it is not whole.
    pub(super) fn read(place: &Path) -> Option<Self> {
        let bytes = std::fs::read(place.join(NAME)).ok()?;
        let end = bytes.iter().position(|byte| *byte == b'\n')?;
        let (line, rest) = bytes.split_at_checked(end)?;
        let state: State = serde_json::from_slice(line).ok()?;
        let (pages, sections) = rest
            .get(1..)?
            .split_at_checked(state.pages.checked_mul(PAGE_BYTES)?)?;
        if state.sections.checked_mul(SECTION_BYTES) != Some(sections.len()) {
            return None;
        }
        let pages: Vec<Page> = pages.as_chunks().0.iter().filter_map(Page::of).collect();
        let all: Vec<Section> = sections
            .as_chunks()
            .0
            .iter()
            .filter_map(|bytes| Section::of(*bytes))
            .collect();
        let last = pages.iter().try_fold(0u32, |first, page| {
            (page.first == first).then(|| first.checked_add(page.rows))?
        })?;
        (last as usize == all.len() && pages.is_sorted_by_key(|page| page.id)).then_some(Self {
            state,
            pages,
            all,
        })
    }

    /// Puts the file in place, in one step.
    pub(super) fn write(&self, place: &Path) -> Result<(), LookupError> {
        let failed = |source| LookupError::file(&place.join(NAME), source);
        let mut bytes = serde_json::to_vec(&self.state).map_err(|error| failed(error.into()))?;
        bytes.push(b'\n');
        for page in &self.pages {
            bytes.extend(page.to_bytes());
        }
        for section in &self.all {
            bytes.extend(section.to_bytes());
        }
        replace(place, NAME, &bytes).map_err(failed)
    }
}

impl State {
    pub(super) fn new(model: String, mirrored: &Generation, rows: u32) -> Self {
        Self {
            model,
            lineage: mirrored.lineage.clone(),
            generation: mirrored.number,
            rows,
            pages: 0,
            sections: 0,
        }
    }
}

impl Section {
    fn to_bytes(self) -> [u8; SECTION_BYTES] {
        let mut bytes = [0; SECTION_BYTES];
        let fields = self
            .row
            .to_le_bytes()
            .into_iter()
            .chain(self.part.to_le_bytes())
            .chain(self.tokens.to_le_bytes());
        for (byte, value) in bytes.iter_mut().zip(fields) {
            *byte = value;
        }
        bytes
    }

    fn of(bytes: [u8; SECTION_BYTES]) -> Option<Self> {
        let (row, rest) = bytes.split_first_chunk()?;
        let (part, tokens) = rest.split_first_chunk()?;
        Some(Self {
            row: u32::from_le_bytes(*row),
            part: u16::from_le_bytes(*part),
            tokens: u16::from_le_bytes(*tokens.first_chunk()?),
        })
    }
}
