//! Words that are adjacent in the question and stand together in a section.

use tantivy::postings::Postings as _;
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocId, SegmentReader};

use super::candidates::{Found, by_segment};
use super::evidence::{Candidate, Fact};
use super::fields::lossy;
use super::question::{Role, Term};
use crate::lookup::error::LookupError;
use crate::lookup::index::words::has_places;
use crate::lookup::index::{View, postings, reaches};

/// Candidates that are looked at: the best by words. Reading positions costs more than reading counts.
const LOOKED_AT: usize = 100;
/// Words that may stand between two that count as together.
const BETWEEN_MAX: u32 = 1;
/// Pairs of a question that are looked for, the rarest.
const PAIRS_MAX: usize = 24;
/// Times that count half as much again as all.
const HALF: f32 = 1.2;

/// Fills in what pairs of words are worth that stand together in `candidates`, which are the found ones in the same order.
pub(super) fn find(
    view: &View,
    terms: &[Term],
    facts: &[Fact],
    found: &[Found],
    candidates: &mut [Candidate],
) -> Result<(), LookupError> {
    let found = found.get(..found.len().min(LOOKED_AT)).unwrap_or(found);
    let readers = view.searcher.segment_readers();
    let places = by_segment(found, readers.len());
    for (one, other, rarity) in pairs(terms, facts) {
        for (reader, places) in readers.iter().zip(&places) {
            for field in [view.fields.body, view.fields.title] {
                for (number, times) in times_at(reader, field, (one, other), places)? {
                    if let Some(candidate) = candidates.get_mut(number) {
                        candidate.together += rarity * times * (1.0 + HALF) / (times + HALF);
                    }
                }
            }
        }
    }
    Ok(())
}

/// Returns the words that are adjacent in the question, two by two, with how rare both are; of many pairs the rarest.
fn pairs<'t>(terms: &'t [Term], facts: &[Fact]) -> Vec<(&'t str, &'t str, f32)> {
    let whole: Vec<(&Term, &Fact)> = terms
        .iter()
        .zip(facts)
        .filter(|(term, _)| matches!(term.role, Role::Word | Role::Common))
        .collect();
    let pairs = whole.windows(2).filter_map(|pair| match pair {
        [(one, first), (other, second)] if are_adjacent(one, other) => Some((
            one.stem.as_str(),
            other.stem.as_str(),
            first.rarity + second.rarity,
        )),
        _ => None,
    });
    let mut pairs: Vec<(&str, &str, f32)> = pairs.collect();
    if pairs.len() > PAIRS_MAX {
        pairs.sort_by(|(.., one), (.., other)| other.total_cmp(one));
        pairs.truncate(PAIRS_MAX);
    }
    pairs
}

/// Counts how often two stems stand together in `field` of the sections at `places`: those that have both, by their number.
fn times_at(
    reader: &SegmentReader,
    field: Field,
    (one, other): (&str, &str),
    places: &[(DocId, usize)],
) -> Result<Vec<(usize, f32)>, LookupError> {
    const RECORD: IndexRecordOption = IndexRecordOption::WithFreqsAndPositions;
    let mut all = Vec::new();
    let (Some(mut first), Some(mut second)) = (
        postings(reader, field, one, RECORD)?,
        postings(reader, field, other, RECORD)?,
    ) else {
        return Ok(all);
    };
    let (mut before, mut after) = (Vec::new(), Vec::new());
    for (doc, number) in places {
        if reaches(&mut first, *doc) && reaches(&mut second, *doc) {
            first.positions(&mut before);
            second.positions(&mut after);
            all.push((*number, lossy(times_together(&before, &after))));
        }
    }
    Ok(all)
}

/// Tells whether nothing is between the two in the question, and the index knows where they stand.
fn are_adjacent(one: &Term, other: &Term) -> bool {
    other.word == one.word + 1 && is_placed(one) && is_placed(other)
}

fn is_placed(term: &Term) -> bool {
    term.role == Role::Word && has_places(&term.stem)
}

/// Counts the places of `before`, in order, that one of `after` follows closely.
fn times_together(before: &[u32], after: &[u32]) -> u32 {
    let mut after = after.iter().peekable();
    let mut times = 0;
    for place in before {
        while after.next_if(|next| *next <= place).is_some() {}
        if after
            .peek()
            .is_some_and(|next| *next - place <= BETWEEN_MAX + 1)
        {
            times += 1;
        }
    }
    times
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_together_in_their_order_with_at_most_one_between() {
        assert_eq!(times_together(&[1, 10, 20, 30], &[2, 12, 23, 29]), 2);
        assert_eq!(times_together(&[5], &[]), 0);
        assert_eq!(times_together(&[1, 2, 3], &[4]), 2);
    }
}
