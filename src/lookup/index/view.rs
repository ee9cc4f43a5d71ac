//! What one question sees of the index.

use std::sync::Arc;

use tantivy::postings::SegmentPostings;
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocId, DocSet as _, Searcher, SegmentReader, TantivyError, Term};

use super::vectors::Vectors;
use super::{Columns, Fields, Modelled, Prose};
use crate::lookup::error::LookupError;

/// A consistent view of the index.
pub(crate) struct View {
    pub(crate) searcher: Searcher,
    pub(crate) fields: Fields,
    /// How the fields of prose take a text apart.
    pub(crate) prose: Prose,
    /// Of each segment, in their order.
    pub(super) columns: Arc<[Columns]>,
    pub(crate) vectors: Option<Vectors>,
    /// A sentence model with what it makes of the sections, where one is set and has read them all.
    pub(crate) modelled: Option<Modelled>,
    /// Why a sentence model that is set is not used, or why the view is an older one.
    pub(crate) notice: Option<String>,
}

impl View {
    /// Returns the segments in their order, each with its columns.
    pub(crate) fn segments(&self) -> impl Iterator<Item = (&SegmentReader, &Columns)> {
        self.searcher.segment_readers().iter().zip(&*self.columns)
    }

    /// Tells whether the path of some page has one of `words`, which are short and in small letters.
    pub(crate) fn has_in_paths(&self, words: &[&str]) -> Result<bool, LookupError> {
        for segment in self.searcher.segment_readers() {
            let index = segment.inverted_index(self.fields.path)?;
            for word in words {
                let term = Term::from_field_text(self.fields.path, word);
                if index
                    .get_term_info(&term)
                    .map_err(TantivyError::from)?
                    .is_some()
                {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }
}

/// Returns the sections of a segment that have `text` in `field`, with as much as `record` says; nothing if none has it.
pub(crate) fn postings(
    segment: &SegmentReader,
    field: Field,
    text: &str,
    record: IndexRecordOption,
) -> Result<Option<SegmentPostings>, LookupError> {
    let term = Term::from_field_text(field, text);
    let read = segment.inverted_index(field)?.read_postings(&term, record);
    Ok(read.map_err(TantivyError::from)?)
}

/// Tells whether `section` is among `postings`, and moves on to it: sections are asked for in their order.
pub(crate) fn reaches(postings: &mut SegmentPostings, section: DocId) -> bool {
    if postings.doc() < section {
        postings.seek(section);
    }
    postings.doc() == section
}
