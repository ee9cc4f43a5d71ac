//! The sections worth weighing: those that the words of a question find.

use tantivy::postings::Postings as _;
use tantivy::query::{
    Bm25StatisticsProvider as _, Bm25Weight, BooleanQuery, BoostQuery, EnableScoring, Occur, Query,
    TermQuery, Weight,
};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocId, DocSet as _, Score, SegmentReader, TERMINATED};

use super::about::About;
use super::fields::{BODY, CODE, PATH, SYMBOL, SYMBOL_SPELLINGS, TITLE, lossy};
use super::lists::{Lists, form};
use super::question::{Question, Role, Term};
use super::rarity::Rarity;
use crate::lookup::best::Best;
use crate::lookup::error::LookupError;
use crate::lookup::index::View;

/// Sections that words find: enough for the coherence of twenty pages.
pub(super) const BY_WORDS: usize = 200;

/// Sections of a segment up to which all that have a word are scored: of so few a good part may be among the best, and to tell
/// which are not takes longer than to score them.
const SCORED_WHOLE: DocId = 100_000;

/// What fields count when sections are found, each with its place; how they are weighed is decided later, on those found.
const OF_WORD: &[(usize, Score)] = &[(BODY, 1.0), (TITLE, 1.0), (PATH, 0.5)];
const OF_NAME: &[(usize, Score)] = &[(CODE, 0.5), (SYMBOL, 0.5), (SYMBOL_SPELLINGS, 1.0)];
const OF_COMMON: &[(usize, Score)] = &[(BODY, 1.0)];

/// What a term counts there, by its role.
const MEMBER: Score = 0.9;
const PART: Score = 0.4;
const COMMON: Score = 0.1;
const ABOUT: Score = 0.33;

/// What it counts to be of documentation that the question names, against finding its name.
const OF_SOURCE: Score = 1.5;

/// A section that words found, and where it is in the index.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Found {
    pub(super) segment: usize,
    pub(super) doc: DocId,
    /// How well, by which the found are sorted.
    pub(super) score: Score,
}

/// Returns the sections that the terms of a question find, best first.
pub(super) fn by_words(
    view: &View,
    question: &Question<'_>,
    terms: &[Term],
    lists: &Lists,
    about: &About,
) -> Result<Vec<Found>, LookupError> {
    // Nearly every section has common words: scoring who does costs most, and brings nothing where others bring enough.
    let telling = clauses(view, terms, lists, |term| term.role != Role::Common)?;
    let found = having(view, question, lists, about, &telling)?;
    let has_common = terms.iter().any(|term| term.role == Role::Common);
    if found.len() < BY_WORDS && has_common {
        let all = clauses(view, terms, lists, |_| true)?;
        return having(view, question, lists, about, &all);
    }
    Ok(found)
}

/// Returns the sections that have some of `clauses`, best first.
fn having(
    view: &View,
    question: &Question<'_>,
    lists: &Lists,
    about: &About,
    clauses: &[Clause],
) -> Result<Vec<Found>, LookupError> {
    let mut best = Best::new(BY_WORDS);
    // What a section may gain, which the index knows nothing of.
    let gain = OF_SOURCE * about.most();
    for (segment, (reader, columns)) in view.segments().enumerate() {
        let alive = reader.alive_bitset();
        let least = best.least() - gain;
        // Returns the score that the next one must exceed.
        let mut offer = |doc: DocId, score: Score| {
            let is_there = alive.is_none_or(|alive| alive.is_alive(doc));
            let is_admitted = || question.admits(columns.source(doc), columns.kind(doc));
            if is_there && (question.admits_all() || is_admitted()) {
                let gained = if gain > 0.0 {
                    OF_SOURCE * about.worth(columns.source(doc))
                } else {
                    0.0
                };
                best.offer(score + gained, (segment, doc));
            }
            best.least() - gain
        };
        if reader.max_doc() <= SCORED_WHOLE {
            // What has nothing of them scores 0.
            let mut least = least.max(0.0);
            for (doc, score) in (0..).zip(scores(reader, segment, lists, clauses)?) {
                if score > least {
                    least = offer(doc, score).max(0.0);
                }
            }
        } else {
            query(view, clauses)?.for_each_pruning(least, reader, &mut offer)?;
        }
    }
    let found = best.sorted();
    Ok(found
        .map(|(score, (segment, doc))| Found {
            segment,
            doc,
            score,
        })
        .collect())
}

/// A term in a field.
struct Clause {
    /// Place of the term among those of the question.
    term: usize,
    /// Place of the field among those that are counted.
    place: usize,
    /// Both, as the index knows them.
    sought: tantivy::Term,
    /// What it counts.
    share: Score,
    /// The same with how rare it is, as BM25 has it.
    weight: Bm25Weight,
}

/// Returns what of those of `terms` that are `wanted` finds sections.
fn clauses(
    view: &View,
    terms: &[Term],
    lists: &Lists,
    wanted: impl Fn(&Term) -> bool,
) -> Result<Vec<Clause>, LookupError> {
    let all = Rarity(view).total_num_docs()?;
    let mut clauses = Vec::new();
    for (at, term) in terms.iter().enumerate().filter(|(_, term)| wanted(term)) {
        let (share, of_role) = match term.role {
            Role::Word => (1.0, OF_WORD),
            Role::Member => (MEMBER, OF_WORD),
            Role::Owner | Role::Part => (PART, OF_WORD),
            Role::Common => (COMMON, OF_COMMON),
            Role::About(_) => (ABOUT, OF_COMMON),
        };
        let share = share * term.share * term.emphasis();
        let of_name = OF_NAME.iter().filter(|_| term.name.is_some());
        for (place, of_field) in of_role.iter().chain(of_name) {
            let Some((field, text)) = form(view.fields, term, *place) else {
                continue;
            };
            let share = share * of_field;
            let having = lists.sections(at, *place).max(lists.sections(at, BODY));
            let mean = lossy(Rarity(view).total_num_tokens(field)?) / lossy(all);
            let weight = Bm25Weight::for_one_term_without_explain(having.min(all), all, mean);
            clauses.push(Clause {
                term: at,
                place: *place,
                sought: tantivy::Term::from_field_text(field, text),
                share,
                weight: weight.boost_by(share),
            });
        }
    }
    Ok(clauses)
}

/// Scores every section of a segment by `clauses`: one that has none of them is worth nothing.
fn scores(
    reader: &SegmentReader,
    segment: usize,
    lists: &Lists,
    clauses: &[Clause],
) -> Result<Vec<Score>, LookupError> {
    let mut scores = vec![0.0; reader.max_doc() as usize];
    for clause in clauses {
        let Some(mut list) = lists.of(segment, clause.term, clause.place) else {
            continue;
        };
        let lengths = reader.get_fieldnorms_reader(clause.sought.field())?;
        let mut doc = list.doc();
        while doc != TERMINATED {
            if let Some(score) = scores.get_mut(doc as usize) {
                *score += clause
                    .weight
                    .score(lengths.fieldnorm_id(doc), list.term_freq());
            }
            doc = list.advance();
        }
    }
    Ok(scores)
}

/// Returns `clauses` as a query of the index: a union of nothing but terms, which lets it skip what cannot be among the best.
fn query(view: &View, clauses: &[Clause]) -> Result<Box<dyn Weight>, LookupError> {
    let all = clauses.iter().map(|clause| -> (Occur, Box<dyn Query>) {
        let term = TermQuery::new(clause.sought.clone(), IndexRecordOption::WithFreqs);
        let query = BoostQuery::new(Box::new(term), clause.share);
        (Occur::Should, Box::new(query))
    });
    let rarity = Rarity(view);
    let scoring = EnableScoring::enabled_from_statistics_provider(&rarity, &view.searcher);
    Ok(BooleanQuery::new(all.collect()).weight(scoring)?)
}

/// The places of the found sections of each segment, in the order of the index, with their number among all found.
pub(super) fn by_segment(found: &[Found], segments: usize) -> Vec<Vec<(DocId, usize)>> {
    let mut places = vec![Vec::new(); segments];
    for (number, found) in found.iter().enumerate() {
        if let Some(places) = places.get_mut(found.segment) {
            places.push((found.doc, number));
        }
    }
    for places in &mut places {
        places.sort_unstable();
    }
    places
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::super::question;
    use super::*;
    use crate::lookup::library;

    #[test]
    fn sections_score_the_same_whether_all_are_scored_or_the_index_skips() {
        let pages = (0..300).map(|number| {
            let more = "The anchor holds `drop_anchor` in the bay. ".repeat(number % 7);
            let text = format!("# Port {number}\n\n{more}\n\n## Anchor\n\nDrop it. {more}\n");
            (format!("anchor/{number}.md"), text)
        });
        let (store, index) = library::in_memory("s", pages).unwrap();
        let view = index.view(&store).unwrap();
        let question = Question {
            text: "how does `drop_anchor` drop the anchor in port 42",
            ..Question::default()
        };
        let terms = question::terms(&view, &question).unwrap();
        let lists = Lists::read(&view, &terms).unwrap();
        let clauses = clauses(&view, &terms, &lists, |_| true).unwrap();
        let weight = query(&view, &clauses).unwrap();
        for (segment, (reader, _)) in view.segments().enumerate() {
            let mut skipping = HashMap::new();
            weight
                .for_each(reader, &mut |doc, score| drop(skipping.insert(doc, score)))
                .unwrap();
            let all = scores(reader, segment, &lists, &clauses).unwrap();
            assert_eq!(all.len(), reader.max_doc() as usize);
            for (doc, score) in (0..).zip(all) {
                let expected = skipping.get(&doc).copied().unwrap_or_default();
                assert!((score - expected).abs() < 1e-4, "{doc}: {score} {expected}");
            }
        }
    }
}
