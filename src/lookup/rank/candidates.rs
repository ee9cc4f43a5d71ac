//! The sections worth weighing: those that the words of a question find, without looking at every one.

use tantivy::query::{BooleanQuery, BoostQuery, EnableScoring, Occur, Query, TermQuery};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocId, Term};

use super::about::About;
use super::question::{Question, Role, Term as Wanted};
use super::rarity::Rarity;
use crate::lookup::best::Best;
use crate::lookup::document::Kind;
use crate::lookup::error::LookupError;
use crate::lookup::index::{Columns, View};

/// Sections that words find: enough for the coherence of twenty pages.
pub(super) const BY_WORDS: usize = 200;

/// What a field counts when sections are found; how they are weighed is decided later, on those found.
const TITLE: f32 = 1.0;
const PATH: f32 = 0.5;
const CODE: f32 = 0.5;
const MEMBER: f32 = 0.9;
const PART: f32 = 0.4;
const COMMON: f32 = 0.1;

/// What a word counts in the text that names documentation, and what it counts to be of that.
const ABOUT: f32 = 0.33;
const OF_SOURCE: f32 = 1.5;

/// A section that words found, and where it is in the index.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Found {
    pub(super) segment: usize,
    pub(super) doc: DocId,
    /// How well, by which the found are sorted.
    pub(super) score: f32,
}

/// Returns the sections that the terms of a question find, best first.
pub(super) fn by_words(
    view: &View,
    question: &Question<'_>,
    terms: &[Wanted],
) -> Result<Vec<Found>, LookupError> {
    // Nearly every section has common words: reading who does costs most, and brings nothing where others bring enough.
    let about = About::of(view, question, terms)?;
    let found = having(
        view,
        question,
        &about,
        clauses(view, terms, Common::LeftOut),
    )?;
    let has_common = terms.iter().any(|term| term.role == Role::Common);
    if found.len() < BY_WORDS && has_common {
        return having(
            view,
            question,
            &about,
            clauses(view, terms, Common::Counted),
        );
    }
    Ok(found)
}

/// Returns the sections that have some of `clauses`, best first.
fn having(
    view: &View,
    question: &Question<'_>,
    about: &About,
    clauses: Clauses,
) -> Result<Vec<Found>, LookupError> {
    // A union of nothing but terms lets the index skip what cannot be among the best; so filters are applied to what it offers.
    let query = BooleanQuery::new(clauses);
    let rarity = Rarity(view);
    let scoring = EnableScoring::enabled_from_statistics_provider(&rarity, &view.searcher);
    let weight = query.weight(scoring)?;
    let mut best = Best::new(BY_WORDS);
    let filters = Filters::of(question);
    // What a section may gain, which the index knows nothing of.
    let gain = OF_SOURCE * about.most();
    let segments = view.searcher.segment_readers().iter().zip(&*view.columns);
    for (segment, (reader, columns)) in segments.enumerate() {
        let alive = reader.alive_bitset();
        let threshold = best.least() - gain;
        let mut offer = |doc: DocId, score: f32| {
            let is_there = alive.is_none_or(|alive| alive.is_alive(doc));
            if is_there && filters.pass(columns, doc) {
                let gained = match columns.source(doc) {
                    Some(source) if gain > 0.0 => {
                        let source = i64::try_from(source).unwrap_or_default();
                        OF_SOURCE * about.worth(source)
                    }
                    _ => 0.0,
                };
                best.offer(score + gained, (segment, doc));
            }
            best.least() - gain
        };
        weight.for_each_pruning(threshold, reader, &mut offer)?;
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

/// What a section must have.
struct Filters {
    sources: Option<Vec<u64>>,
    kinds: Option<Vec<u64>>,
}

impl Filters {
    fn of(question: &Question<'_>) -> Self {
        let sources = question.sources.map(|sources| {
            let numbers = sources.iter().map(|source| u64::try_from(*source));
            numbers.map(|number| number.unwrap_or(u64::MAX)).collect()
        });
        let kinds = question.kind.map(Kind::with_parts);
        Self {
            sources,
            kinds: kinds.map(|kinds| kinds.iter().map(|kind| *kind as u64).collect()),
        }
    }

    fn pass(&self, columns: &Columns, doc: DocId) -> bool {
        let is_one = |wanted: &Option<Vec<u64>>, value: Option<u64>| {
            let wanted = wanted.as_ref();
            wanted.is_none_or(|wanted| value.is_some_and(|value| wanted.contains(&value)))
        };
        is_one(&self.sources, columns.source(doc)) && is_one(&self.kinds, columns.kind(doc))
    }
}

type Clauses = Vec<(Occur, Box<dyn Query>)>;

/// What becomes of words that most questions share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Common {
    LeftOut,
    Counted,
}

fn clauses(view: &View, terms: &[Wanted], common: Common) -> Clauses {
    let fields = view.fields;
    let mut clauses: Clauses = Vec::new();
    let mut add = |field: Field, text: &str, weight: f32| {
        let term = Term::from_field_text(field, text);
        let query = TermQuery::new(term, IndexRecordOption::WithFreqs);
        clauses.push((
            Occur::Should,
            Box::new(BoostQuery::new(Box::new(query), weight)),
        ));
    };
    for term in terms {
        let share = match term.role {
            Role::Word => 1.0,
            Role::Member => MEMBER,
            Role::Owner | Role::Part => PART,
            Role::Common if common == Common::LeftOut => continue,
            Role::Common => COMMON,
            Role::About(_) => ABOUT,
        };
        let weight = share * term.share * term.emphasis();
        add(fields.body, &term.stem, weight);
        if !matches!(term.role, Role::Common | Role::About(_)) {
            add(fields.title, &term.stem, weight * TITLE);
            add(fields.path, &term.stem, weight * PATH);
        }
        if term.name.is_some() {
            add(fields.body, &term.stem, weight * CODE);
            add(fields.symbol, &term.stem, weight * CODE);
            add(fields.symbol_spellings, &term.spelled, weight * TITLE);
        }
    }
    clauses
}
