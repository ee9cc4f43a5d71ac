//! How rare a word is, counted once for all fields.
//!
//! BM25 pays a word by its rarity, and indexes count that field by field. A word of everyday prose that hardly ever
//! stands in a title would then decide a ranking by the one title that has it. What a word is worth depends on the
//! documentation, not on the field it is found in, so every field takes the count of the text as a whole.

use tantivy::Term;

use crate::lookup::index::View;

/// How rare words are in a view.
pub(super) struct Rarity<'a>(pub(super) &'a View);

impl Rarity<'_> {
    /// Returns what finding the word that is held as `stem` is worth.
    pub(super) fn of(&self, stem: &str) -> tantivy::Result<f32> {
        let term = Term::from_field_text(self.0.fields.body, stem);
        Ok(rarity(self.0.searcher.doc_freq(&term)?, sections(self.0)))
    }
}

/// Returns how many sections the index has, those that went away among them.
pub(super) fn sections(view: &View) -> u64 {
    let segments = view.searcher.segment_readers().iter();
    segments.map(|segment| u64::from(segment.max_doc())).sum()
}

/// Returns what finding a word is worth that `having` of `all` sections have.
pub(super) fn rarity(having: u64, all: u64) -> f32 {
    let having = having.min(all);
    #[expect(
        clippy::cast_precision_loss,
        reason = "a ratio of counts below 2^24, or nearly one"
    )]
    let odds = ((all - having) as f32 + 0.5) / (having as f32 + 0.5);
    (1.0 + odds).ln()
}
