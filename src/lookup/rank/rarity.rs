//! How rare a word is, counted once for all fields.
//!
//! BM25 pays a word by its rarity, and tantivy counts that field by field. A word of everyday prose that hardly ever
//! stands in a title would then decide a ranking by the one title that has it. What a word is worth depends on the
//! documentation, not on the field it is found in, so every field takes the count of the text as a whole.

use tantivy::Term;
use tantivy::query::Bm25StatisticsProvider;
use tantivy::schema::Field;

use crate::lookup::index::View;

/// The statistics of a view, with one rarity for each word.
pub(super) struct Rarity<'a>(pub(super) &'a View);

impl Rarity<'_> {
    /// Returns what finding the word that is held as `stem` is worth.
    pub(super) fn of(&self, stem: &str) -> tantivy::Result<f32> {
        let all = self.total_num_docs()?;
        let term = Term::from_field_text(self.0.fields.body, stem);
        Ok(rarity(self.doc_freq(&term)?, all))
    }
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

impl Bm25StatisticsProvider for Rarity<'_> {
    fn total_num_tokens(&self, field: Field) -> tantivy::Result<u64> {
        Bm25StatisticsProvider::total_num_tokens(&self.0.searcher, field)
    }

    fn total_num_docs(&self) -> tantivy::Result<u64> {
        Bm25StatisticsProvider::total_num_docs(&self.0.searcher)
    }

    fn doc_freq(&self, term: &Term) -> tantivy::Result<u64> {
        let own = self.0.searcher.doc_freq(term)?;
        let body = self.0.fields.body;
        let value = term.value();
        match value.as_str() {
            Some(word) if term.field() != body => {
                let in_text = self
                    .0
                    .searcher
                    .doc_freq(&Term::from_field_text(body, word))?;
                Ok(own.max(in_text))
            }
            _ => Ok(own),
        }
    }
}
