//! What the index holds of every section beside its words. Opening a column takes longer than reading from it, so a view has
//! them open.

use std::sync::Arc;

use tantivy::columnar::Column;
use tantivy::{DocId, Searcher, SegmentReader};

use crate::lookup::error::LookupError;

/// The columns of one segment.
pub(crate) struct Columns {
    page: Column<u64>,
    ordinal: Column<u64>,
    part: Column<u64>,
    tokens: Column<u64>,
    source: Column<u64>,
    kind: Column<u64>,
    action: Column<u64>,
}

/// A section, as its columns say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) page: u64,
    pub(crate) ordinal: u64,
    pub(crate) part: u64,
    pub(crate) tokens: u64,
    pub(crate) kind: u64,
    pub(crate) action: u64,
}

impl Columns {
    /// Opens the columns of every segment, in the order of the segments.
    pub(super) fn of_all(searcher: &Searcher) -> Result<Arc<[Self]>, LookupError> {
        searcher.segment_readers().iter().map(Self::of).collect()
    }

    fn of(reader: &SegmentReader) -> Result<Self, LookupError> {
        let columns = reader.fast_fields();
        Ok(Self {
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
        let of = |column: &Column<u64>| column.first(doc).unwrap_or_default();
        Entry {
            page: of(&self.page),
            ordinal: of(&self.ordinal),
            part: of(&self.part),
            tokens: of(&self.tokens),
            kind: of(&self.kind),
            action: of(&self.action),
        }
    }

    /// Returns the number of the source that the section numbered `doc` is of.
    pub(crate) fn source(&self, doc: DocId) -> Option<u64> {
        self.source.first(doc)
    }

    /// Returns the kind of the page that the section numbered `doc` is of.
    pub(crate) fn kind(&self, doc: DocId) -> Option<u64> {
        self.kind.first(doc)
    }
}
