//! The sections worth weighing: those that the words of a question find.

use tantivy::postings::Postings as _;
use tantivy::query::Bm25Weight;
use tantivy::schema::Field;
use tantivy::{DocId, DocSet as _, Score, SegmentReader, TERMINATED};

use super::about::About;
use super::fields::{BODY, CODE, PATH, SYMBOL, SYMBOL_SPELLINGS, TITLE, mean_length};
use super::lists::{Lists, form};
use super::question::{Question, Role, Term};
use super::rarity::sections;
use crate::lookup::best::Best;
use crate::lookup::error::LookupError;
use crate::lookup::index::View;

/// Sections that words find: enough for the coherence of twenty pages.
pub(super) const BY_WORDS: usize = 200;

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
    // What a section is of costs more to look up than all else.
    let admits_all = question.sources.is_none() && question.kind.is_none();
    // What a section may gain by its source.
    let most = OF_SOURCE * about.most();
    for (segment, (reader, columns)) in view.segments().enumerate() {
        let alive = reader.alive_bitset();
        // What has none of them is worth nothing.
        let mut least = (best.least() - most).max(0.0);
        for (doc, score) in (0..).zip(scores(reader, segment, lists, clauses)?) {
            if score <= least {
                continue;
            }
            let is_there = alive.is_none_or(|alive| alive.is_alive(doc));
            let is_admitted = || question.admits(columns.source(doc), columns.kind(doc));
            if is_there && (admits_all || is_admitted()) {
                let gained = if most > 0.0 {
                    OF_SOURCE * about.worth(columns.source(doc))
                } else {
                    0.0
                };
                best.offer(score + gained, (segment, doc));
                least = (best.least() - most).max(0.0);
            }
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
    /// The field, as the index knows it.
    field: Field,
    /// What the term counts in it, by how rare it is and how long fields are in the mean.
    weight: Bm25Weight,
}

/// Returns what of those of `terms` that are `wanted` finds sections.
fn clauses(
    view: &View,
    terms: &[Term],
    lists: &Lists,
    wanted: impl Fn(&Term) -> bool,
) -> Result<Vec<Clause>, LookupError> {
    let all = sections(view);
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
            let Some((field, _)) = form(view.fields, term, *place) else {
                continue;
            };
            // A word of everyday prose that hardly ever stands in a title is no rare one there.
            let having = lists.sections(at, *place).max(lists.sections(at, BODY));
            let mean = mean_length(view, field)?;
            let weight = Bm25Weight::for_one_term_without_explain(having.min(all), all, mean);
            clauses.push(Clause {
                term: at,
                place: *place,
                field,
                weight: weight.boost_by(share * of_field),
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
        let lengths = reader.get_fieldnorms_reader(clause.field)?;
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

    use tantivy::query::{
        Bm25StatisticsProvider, BooleanQuery, BoostQuery, EnableScoring, Occur, Query, TermQuery,
    };
    use tantivy::schema::IndexRecordOption;

    use super::super::question;
    use super::*;
    use crate::lookup::library;

    /// The statistics of a view, where a word is as rare in each field as in the text as a whole.
    struct AsAWhole<'a>(&'a View);

    impl Bm25StatisticsProvider for AsAWhole<'_> {
        fn total_num_tokens(&self, field: Field) -> tantivy::Result<u64> {
            self.0.searcher.total_num_tokens(field)
        }

        fn total_num_docs(&self) -> tantivy::Result<u64> {
            self.0.searcher.total_num_docs()
        }

        fn doc_freq(&self, term: &tantivy::Term) -> tantivy::Result<u64> {
            let word = term.value().as_str().unwrap().to_owned();
            let in_text = tantivy::Term::from_field_text(self.0.fields.body, &word);
            let searcher = &self.0.searcher;
            Ok(searcher.doc_freq(term)?.max(searcher.doc_freq(&in_text)?))
        }
    }

    #[test]
    fn sections_score_as_a_union_of_the_terms_does_in_the_index() {
        let pages = (0..300).map(|number| {
            let more = "The anchor holds `drop_anchor` in the bay. ".repeat(number % 7);
            let text = format!("# Port {number}\n\n{more}\n\n## Anchor\n\nDrop it. {more}\n");
            (format!("anchor/{number}.md"), text)
        });
        let (store, index) = library::in_memory("s", pages).unwrap();
        let view = index.view(&store).unwrap();
        let question = Question {
            text: "drop the anchor in port 42",
            ..Question::default()
        };
        let terms = question::terms(&view, &question).unwrap();
        let lists = Lists::read(&view, &terms).unwrap();
        let wanted = |term: &Term| term.role == Role::Word;
        let clauses = clauses(&view, &terms, &lists, wanted).unwrap();
        let union = terms.iter().filter(|term| wanted(term)).flat_map(|term| {
            OF_WORD.iter().map(|(place, share)| {
                let (field, text) = form(view.fields, term, *place).unwrap();
                let text = tantivy::Term::from_field_text(field, text);
                let query = TermQuery::new(text, IndexRecordOption::WithFreqs);
                let query: Box<dyn Query> = Box::new(BoostQuery::new(Box::new(query), *share));
                (Occur::Should, query)
            })
        });
        let statistics = AsAWhole(&view);
        let scoring = EnableScoring::enabled_from_statistics_provider(&statistics, &view.searcher);
        let weight = BooleanQuery::new(union.collect()).weight(scoring).unwrap();
        for (segment, (reader, _)) in view.segments().enumerate() {
            let mut expected = HashMap::new();
            let mut add = |doc, score| {
                expected.insert(doc, score);
            };
            weight.for_each(reader, &mut add).unwrap();
            let scores = scores(reader, segment, &lists, &clauses).unwrap();
            assert_eq!(scores.len(), reader.max_doc() as usize);
            for (doc, score) in (0..).zip(scores) {
                let expected = expected.get(&doc).copied().unwrap_or_default();
                assert!((score - expected).abs() < 1e-4, "{doc}: {score} {expected}");
            }
        }
    }
}
