//! What the index holds of every section beside its words. Opening a column takes longer than reading from it, so a view has
//! them open.

use std::sync::Arc;

use tantivy::columnar::Column;
use tantivy::{DocId, Searcher, SegmentReader};

use crate::lookup::action::Action;
use crate::lookup::error::LookupError;

/// Sections of a segment of which names are counted to know the mean: a sample, spread evenly.
const SAMPLED: u32 = 1_000;

/// The columns of one segment.
pub(crate) struct Columns {
    page: Column<u64>,
    ordinal: Column<u64>,
    part: Column<u64>,
    tokens: Column<u64>,
    source: Column<u64>,
    kind: Column<u64>,
    action: Column<u64>,
    names: Column<u64>,
    /// Names in a section of the segment, in the mean.
    names_mean: f32,
}

/// A section, as its columns say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) page: i64,
    pub(crate) source: i64,
    pub(crate) ordinal: usize,
    pub(crate) part: usize,
    pub(crate) tokens: u32,
    pub(crate) kind: u64,
    pub(crate) action: Option<Action>,
}

impl Columns {
    /// Opens the columns of every segment, in the order of the segments.
    pub(super) fn of_all(searcher: &Searcher) -> Result<Arc<[Self]>, LookupError> {
        searcher.segment_readers().iter().map(Self::of).collect()
    }

    fn of(reader: &SegmentReader) -> Result<Self, LookupError> {
        let columns = reader.fast_fields();
        let names = columns.u64("names")?;
        Ok(Self {
            names_mean: mean(&names, reader.max_doc()),
            names,
            page: columns.u64("page")?,
            ordinal: columns.u64("ordinal")?,
            part: columns.u64("part")?,
            tokens: columns.u64("tokens")?,
            source: columns.u64("source")?,
            kind: columns.u64("kind")?,
            action: columns.u64("action")?,
        })
    }

    /// Returns what is known of the section numbered `doc`.
    pub(crate) fn entry(&self, doc: DocId) -> Entry {
        Entry {
            page: value(&self.page, doc),
            source: self.source(doc),
            ordinal: value(&self.ordinal, doc),
            part: value(&self.part, doc),
            tokens: value(&self.tokens, doc),
            kind: self.kind(doc),
            action: Action::numbered(value(&self.action, doc)),
        }
    }

    /// Returns how many names the section numbered `doc` has.
    pub(crate) fn names(&self, doc: DocId) -> u32 {
        value(&self.names, doc)
    }

    /// Returns how many names a section has in the mean.
    pub(crate) fn names_mean(&self) -> f32 {
        self.names_mean
    }

    /// Returns the number of the source that the section numbered `doc` is of.
    pub(crate) fn source(&self, doc: DocId) -> i64 {
        value(&self.source, doc)
    }

    /// Returns the kind of the page that the section numbered `doc` is of.
    pub(crate) fn kind(&self, doc: DocId) -> u64 {
        value(&self.kind, doc)
    }
}

/// What `column` says of the section numbered `doc`; every section has a value, as large as it was written.
fn value<T: TryFrom<u64> + Default>(column: &Column<u64>, doc: DocId) -> T {
    let value = column.first(doc).unwrap_or_default();
    T::try_from(value).unwrap_or_default()
}

/// Mean of `column`, about, over the sections up to `end`.
fn mean(column: &Column<u64>, end: DocId) -> f32 {
    let step = usize::try_from(end.div_ceil(SAMPLED).max(1)).unwrap_or(1);
    let sampled = (0..end).step_by(step).filter_map(|doc| column.first(doc));
    let (sum, count) = sampled.fold((0u64, 0u64), |(sum, count), value| (sum + value, count + 1));
    #[expect(clippy::cast_precision_loss, reason = "a mean of a thousand counts")]
    let mean = sum as f32 / count.max(1) as f32;
    mean
}
