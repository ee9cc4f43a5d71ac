//! What else to ask: words spelled as the documentation spells them, and sources that do have answers.

use std::collections::BTreeMap;

use tantivy::schema::IndexRecordOption;
use tantivy::{DocSet as _, Term};

use super::error::LookupError;
use super::index::View;
use super::index::words::Words;
use super::rank::{Question, rank};
use crate::store::Store;

/// Terms compared with one unknown word: those that begin with its two first letters, in a few milliseconds.
const TERMS_COMPARED_MAX: usize = 20_000;
/// Letters that two words of such likeness differ in length at most.
const LENGTHS_APART_MAX: usize = 4;
/// Likeness (Jaro-Winkler, 0 to 1) from which a term is offered as the word that was meant.
const LIKENESS_MIN: f64 = 0.88;
/// Letters below which a word is like too many others.
const LETTERS_MIN: usize = 4;
/// Unknown words of a question that are looked up.
const WORDS_MAX: usize = 4;

/// Returns the words of `text` that the documentation lacks, each with the word it was most likely meant to be.
pub(super) fn spelling(
    view: &View,
    store: &Store,
    text: &str,
) -> Result<Vec<(String, String)>, LookupError> {
    let mut meant = Vec::new();
    let long = Words::of(text).filter(|(_, word)| word.chars().count() >= LETTERS_MIN);
    for (_, word) in long {
        if meant.len() >= WORDS_MAX {
            break;
        }
        let word = word.to_lowercase();
        let stems = stems(view, &word);
        if is_known(view, &stems)? {
            continue;
        }
        let stem = stems.first().map_or(word.as_str(), String::as_str);
        if let Some(term) = nearest(view, &word, stem)? {
            let name = spelled(view, store, &term)?.unwrap_or(term);
            meant.push((word, name));
        }
    }
    Ok(meant)
}

/// Returns `word` and its parts as the index holds prose.
fn stems(view: &View, word: &str) -> Vec<String> {
    let mut stems = Vec::new();
    view.prose.each(word, |_, form| stems.push(form.to_owned()));
    stems
}

fn is_known(view: &View, stems: &[String]) -> Result<bool, LookupError> {
    for stem in stems {
        for field in [view.fields.body, view.fields.title, view.fields.path] {
            let term = Term::from_field_text(field, stem);
            if view.searcher.doc_freq(&term)? > 0 {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

/// The term in the index that is most like `word`, or like its `stem`, for the index holds stems, and begins with the same
/// two letters: slips of the first ones are rare.
fn nearest(view: &View, word: &str, stem: &str) -> Result<Option<String>, LookupError> {
    let mut best: Option<(f64, String)> = None;
    let first: String = word.chars().take(2).collect();
    let first = first.as_str();
    let mut forms = vec![word, stem];
    forms.dedup();
    let mut compared = 0;
    for segment in view.searcher.segment_readers() {
        let index = segment.inverted_index(view.fields.body)?;
        let mut terms = index
            .terms()
            .range()
            .ge(first)
            .into_stream()
            .map_err(tantivy::TantivyError::from)?;
        while compared < TERMS_COMPARED_MAX && terms.advance() {
            compared += 1;
            let Ok(term) = std::str::from_utf8(terms.key()) else {
                continue;
            };
            if !term.starts_with(first) {
                break;
            }
            for wanted in &forms {
                if term.len().abs_diff(wanted.len()) > LENGTHS_APART_MAX {
                    continue;
                }
                let likeness = strsim::jaro_winkler(wanted, term);
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

/// Returns a word as the documentation spells it that the index holds as `term`: `install`, where that is `instal`.
fn spelled(view: &View, store: &Store, term: &str) -> Result<Option<String>, LookupError> {
    let wanted = Term::from_field_text(view.fields.body, term);
    for segment in view.searcher.segment_readers() {
        let postings = segment
            .inverted_index(view.fields.body)?
            .read_postings(&wanted, IndexRecordOption::Basic)
            .map_err(tantivy::TantivyError::from)?;
        let Some(found) = postings.map(|postings| postings.doc()) else {
            continue;
        };
        let page = segment.fast_fields().u64("page")?.first(found);
        let page = page.and_then(|page| i64::try_from(page).ok());
        let Some((_, text)) = page.map(|page| store.page(page)).transpose()?.flatten() else {
            continue;
        };
        let mut word: Option<String> = None;
        view.prose.each(&text, |written, form| {
            if word.is_none() && form == term {
                word = Some(written.to_lowercase());
            }
        });
        if word.is_some() {
            return Ok(word);
        }
    }
    Ok(None)
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
    for hit in rank(view, &anywhere)?.hits {
        if let Some(source) = source_of(hit.page)? {
            *found.entry(source).or_default() += 1;
        }
    }
    Ok(found)
}
