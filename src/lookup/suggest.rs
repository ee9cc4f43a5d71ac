//! What else to ask: words spelled as the documentation spells them, and sources that do have answers.

use std::collections::BTreeMap;

use tantivy::Term;

use super::error::LookupError;
use super::index::View;
use super::index::words::Words;
use super::rank::{Question, rank};

/// Terms compared with one unknown word, in each part of the index: those that begin with its letter.
const TERMS_COMPARED_MAX: usize = 50_000;
/// Likeness (Jaro-Winkler, 0 to 1) from which a term is offered as the word that was meant.
const LIKENESS_MIN: f64 = 0.88;
/// Letters below which a word is like too many others.
const LETTERS_MIN: usize = 4;
/// Unknown words of a question that are looked up.
const WORDS_MAX: usize = 4;

/// Returns the words of `text` that the documentation lacks, each with the name it was most likely meant to be.
pub(super) fn spelling(view: &View, text: &str) -> Result<Vec<(String, String)>, LookupError> {
    let mut meant = Vec::new();
    let long = Words::of(text).filter(|(_, word)| word.chars().count() >= LETTERS_MIN);
    for (_, word) in long {
        if meant.len() >= WORDS_MAX {
            break;
        }
        let word = word.to_lowercase();
        if is_known(view, &word)? {
            continue;
        }
        if let Some(name) = nearest(view, &word)? {
            meant.push((word, name));
        }
    }
    Ok(meant)
}

fn is_known(view: &View, word: &str) -> Result<bool, LookupError> {
    let mut analyzer = view
        .searcher
        .index()
        .tokenizer_for_field(view.fields.body)?;
    let mut stream = analyzer.token_stream(word);
    while let Some(token) = stream.next() {
        for field in [view.fields.body, view.fields.title, view.fields.path] {
            if view
                .searcher
                .doc_freq(&Term::from_field_text(field, &token.text))?
                > 0
            {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

/// The name in the index that is most like `word` and begins as it does.
fn nearest(view: &View, word: &str) -> Result<Option<String>, LookupError> {
    let mut best: Option<(f64, String)> = None;
    let Some(first) = word.chars().next() else {
        return Ok(None);
    };
    let mut buffer = [0; 4];
    let first: &str = first.encode_utf8(&mut buffer);
    for segment in view.searcher.segment_readers() {
        for field in [view.fields.code, view.fields.symbol, view.fields.title] {
            let index = segment.inverted_index(field)?;
            let mut terms = index
                .terms()
                .range()
                .ge(first)
                .into_stream()
                .map_err(tantivy::TantivyError::from)?;
            let mut compared = 0;
            while compared < TERMS_COMPARED_MAX && terms.advance() {
                compared += 1;
                let Ok(term) = std::str::from_utf8(terms.key()) else {
                    continue;
                };
                if !term.starts_with(first) {
                    break;
                }
                let likeness = strsim::jaro_winkler(word, term);
                if likeness >= LIKENESS_MIN
                    && best.as_ref().is_none_or(|(most, _)| likeness > *most)
                {
                    best = Some((likeness, term.to_owned()));
                }
            }
        }
    }
    Ok(best.map(|(_, term)| term))
}

/// Returns the sources that answer `question` when it is not limited to one, with the sections found in each.
pub(super) fn elsewhere(
    view: &View,
    question: &Question<'_>,
    source_of: &dyn Fn(i64) -> Result<Option<String>, LookupError>,
) -> Result<BTreeMap<String, usize>, LookupError> {
    let mut found = BTreeMap::new();
    let anywhere = Question {
        text: question.text,
        ..Question::default()
    };
    for hit in rank(view, &anywhere)? {
        if let Some(source) = source_of(hit.page)? {
            *found.entry(source).or_default() += 1;
        }
    }
    Ok(found)
}
