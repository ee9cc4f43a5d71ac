//! The sections worth weighing: those that the words of a question find, without looking at every one.

use tantivy::DocId;
use tantivy::query::{BooleanQuery, BoostQuery, EnableScoring, Occur, Query, TermQuery};
use tantivy::schema::{Field, IndexRecordOption};

use super::about::About;
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
    terms: &[Term],
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
    // A union of nothing but terms lets the index skip what cannot be among the best; so filters are applied to what is offered.
    let query = BooleanQuery::new(clauses);
    let rarity = Rarity(view);
    let scoring = EnableScoring::enabled_from_statistics_provider(&rarity, &view.searcher);
    let weight = query.weight(scoring)?;
    let mut best = Best::new(BY_WORDS);
    // What a section may gain, which the index knows nothing of.
    let gain = OF_SOURCE * about.most();
    for (segment, (reader, columns)) in view.segments().enumerate() {
        let alive = reader.alive_bitset();
        let threshold = best.least() - gain;
        let mut offer = |doc: DocId, score: f32| {
            let is_there = alive.is_none_or(|alive| alive.is_alive(doc));
            let source = columns.source(doc);
            if is_there && question.admits(source, columns.kind(doc)) {
                let gained = OF_SOURCE * about.worth(source);
                best.offer(score + gained, (segment, doc));
            }
            best.least() - gain
        };
        if reader.max_doc() <= SCORED_WHOLE {
            let mut least = threshold;
            weight.for_each(reader, &mut |doc, score| {
                if score > least {
                    least = offer(doc, score);
                }
            })?;
        } else {
            weight.for_each_pruning(threshold, reader, &mut offer)?;
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

type Clauses = Vec<(Occur, Box<dyn Query>)>;

/// What becomes of words that most questions share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Common {
    LeftOut,
    Counted,
}

fn clauses(view: &View, terms: &[Term], common: Common) -> Clauses {
    let fields = view.fields;
    let mut clauses: Clauses = Vec::new();
    let mut add = |field: Field, text: &str, weight: f32| {
        let term = tantivy::Term::from_field_text(field, text);
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
