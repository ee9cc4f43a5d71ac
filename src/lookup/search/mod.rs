//! A question → the passages that answer it, as many as fit.

mod advice;
mod cursor;
mod found;
mod others;
mod translations;

use std::collections::BTreeSet;

use self::advice::{Asked, Outcome, advice};
use self::cursor::{cursor_at, start_of};
pub use self::found::Found;
use self::translations::in_one_language;
use super::clean;
use super::document::Kind;
use super::editions::{Editions, Pinned};
use super::error::LookupError;
use super::fill::{Filled, WHOLE_TOKENS, fill};
use super::index::{Index, View};
use super::passage::{Budget, count, letter_start};
use super::rank::{Lacking, Question, Ranking, Sought, rank};
use super::shelf::{PASSAGES_MAX, Shelf, joined_runs, single_runs};
use super::spelling::spelling;
use crate::store::Store;

/// Bytes of the longest question read: a stack trace fits, at whose end the message may be.
pub const QUERY_BYTES_MAX: usize = 16_000;

/// How much of each hit an answer holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Detail {
    /// Where it is, on one line.
    Outline,
    /// What of it speaks of the question; the best hits whole.
    #[default]
    Snippet,
    /// Its page or section, whole.
    Full,
}

/// What is searched for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Search {
    /// The question, or an identifier.
    pub query: String,
    /// The only source to search, or the documentation that several sources are editions of.
    pub source: Option<String>,
    /// Version of the documentation: `1.2`, `^1`, `latest`.
    pub version: Option<String>,
    /// The only kind of page to search.
    pub kind: Option<Kind>,
    /// How much of each hit to show.
    pub detail: Detail,
    /// Passages at most.
    pub limit: usize,
    /// Where an earlier answer stopped.
    pub cursor: Option<String>,
    /// Whether each passage says why it is there.
    pub reasons: bool,
    /// Versions that the project of whoever asks has.
    pub pinned: Pinned,
    /// Keys of what the reader was shown before.
    pub known: BTreeSet<String>,
}

/// Answers `search` within `budget`.
pub fn search(
    store: &Store,
    index: &Index,
    search: &Search,
    budget: Budget,
) -> Result<Found, LookupError> {
    search_without(store, index, search, budget, &|_| false)
}

/// Answers `search` within `budget` from the pages that are not `left_out`.
pub(crate) fn search_without(
    store: &Store,
    index: &Index,
    search: &Search,
    budget: Budget,
    left_out: &dyn Fn(i64) -> bool,
) -> Result<Found, LookupError> {
    let text = text_of(search)?;
    let editions = Editions::of(store)?;
    if editions.is_empty() {
        return Err(LookupError::NoSources);
    }
    let source = search.source.as_deref();
    let version = search.version.as_deref();
    let chosen = editions.choose(source, version, &search.pinned)?;
    let documentations = editions.documentations();
    let start = match &search.cursor {
        Some(cursor) => start_of(cursor, search)?,
        None => 0,
    };
    let question = Question {
        text: &text,
        sources: chosen.sources.as_deref(),
        kind: search.kind,
        lacking: &[],
        documentations: &documentations,
    };
    let (view, lacking, mut ranking) = ranked(store, index, &question)?;
    let question = Question {
        lacking: &lacking,
        ..question
    };
    ranking.hits.retain(|hit| !left_out(hit.page));
    in_one_language(store, &view, &text, &mut ranking.hits)?;
    let runs = match search.detail {
        Detail::Outline => single_runs(&ranking.hits),
        Detail::Snippet | Detail::Full => joined_runs(&ranking.hits, WHOLE_TOKENS),
    };
    let asked = Asked {
        search,
        question,
        editions: &editions,
        chosen: &chosen,
    };
    let outcome = Outcome::of(&ranking, &lacking);
    let frame = Found {
        advice: advice(&view, store, &asked, &outcome)?,
        doubt: outcome.doubt(),
        detail: search.detail,
        total: runs.len(),
        ..Found::default()
    };
    if start >= runs.len() {
        return Ok(ended(frame));
    }
    let left = budget.less(&frame_text(&frame, search));
    let sought = Sought::of(&view, &asked.question)?;
    let explained = search.reasons.then_some(&ranking);
    let mut shelf = Shelf::new(store, &editions, search, &sought, explained);
    let filled = fill(&runs, start, left, &mut shelf)?;
    Ok(finished(frame, filled, search))
}

/// Returns the question as it is read: its beginning, as a person sees it.
fn text_of(search: &Search) -> Result<String, LookupError> {
    let text = clean::asked(&search.query);
    let text = text.trim();
    if text.is_empty() {
        return Err(LookupError::Argument {
            what: "`query` is empty".to_owned(),
            hint: "ask a question, or give an identifier".to_owned(),
        });
    }
    let end = letter_start(text, QUERY_BYTES_MAX);
    Ok(text.get(..end).unwrap_or(text).to_owned())
}

/// What stands around the passages of an answer at most, for the room that it takes.
fn frame_text(frame: &Found, search: &Search) -> String {
    let frame = Found {
        next_cursor: Some(cursor_at(PASSAGES_MAX, search)),
        ..frame.clone()
    };
    // Numbers of passages shown and found have two digits at most, whatever stands here.
    format!("{}\n{}[60 of 60 passages]\n", frame.label(), frame.tail())
}

/// Makes the answer where there is nothing to show, or nothing more.
fn ended(mut found: Found) -> Found {
    if found.total > 0 {
        found.advice = Some(format!(
            "there is nothing more: the cursor stands behind all {} passages",
            found.total
        ));
    }
    found.used_tokens = count(&found.text());
    found
}

/// Makes the answer of what was filled in.
fn finished(frame: Found, filled: Filled, search: &Search) -> Found {
    let is_more = filled.end < frame.total && filled.end > 0;
    let is_something = !filled.passages.is_empty() || !filled.before.is_empty();
    let mut found = Found {
        next_cursor: (is_more && is_something).then(|| cursor_at(filled.end, search)),
        passages: filled.passages,
        before: filled.before,
        same: filled.same,
        told: filled.told,
        ..frame
    };
    found.used_tokens = match search.detail {
        Detail::Outline => count(&found.text()),
        // Blocks begin and end where no token goes on, and are counted already.
        Detail::Snippet | Detail::Full => {
            count(&found.head()) + filled.tokens + count(&found.tail())
        }
    };
    found
}

/// Ranks, building the index anew if it opens but cannot be searched.
fn ranked(
    store: &Store,
    index: &Index,
    question: &Question<'_>,
) -> Result<(View, Vec<Lacking>, Ranking), LookupError> {
    let of_view = |view: View| {
        let lacking = spelling(&view, store, question.text, question.sources)?;
        let question = Question {
            lacking: &lacking,
            ..question.clone()
        };
        let ranking = rank(&view, &question)?;
        Ok((view, lacking, ranking))
    };
    match of_view(index.view(store)?) {
        Err(LookupError::Index(_)) => {
            index.rebuild(store)?;
            of_view(index.view(store)?)
        }
        other => other,
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A search for `query` that takes as many passages as fit.
    pub(in crate::lookup) fn asked(query: &str, detail: Detail) -> Search {
        Search {
            query: query.to_owned(),
            limit: 12,
            detail,
            ..Search::default()
        }
    }

    /// What a library answers within `tokens` tokens.
    pub(in crate::lookup) fn found(
        (store, index): &(Store, Index),
        asked: &Search,
        tokens: usize,
    ) -> Result<Found, LookupError> {
        search(store, index, asked, Budget::page(tokens))
    }
}
