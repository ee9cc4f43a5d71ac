//! Words that are adjacent in the question and stand together in a section.

use tantivy::DocId;
use tantivy::postings::{Postings as _, SegmentPostings};

use super::candidates::{Found, by_segment};
use super::evidence::{Candidate, Fact};
use super::fields::{BODY, TITLE, lossy};
use super::lists::Lists;
use super::question::{Role, Term};
use crate::lookup::index::reaches;
use crate::lookup::index::words::has_places;

/// Places of the fields that are looked at.
pub(super) const PLACES: [usize; 2] = [BODY, TITLE];
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
    terms: &[Term],
    facts: &[Fact],
    lists: &Lists,
    found: &[Found],
    candidates: &mut [Candidate],
) {
    let found = found.get(..found.len().min(LOOKED_AT)).unwrap_or(found);
    let segments = by_segment(found, lists.segments());
    for (one, other, rarity) in rarest(terms, facts) {
        for (segment, places) in segments.iter().enumerate() {
            for field in PLACES {
                let lists = (
                    lists.of(segment, one, field),
                    lists.of(segment, other, field),
                );
                let (Some(first), Some(second)) = lists else {
                    continue;
                };
                for (number, times) in times_at(first, second, places) {
                    if let Some(candidate) = candidates.get_mut(number) {
                        candidate.together += rarity * times * (1.0 + HALF) / (times + HALF);
                    }
                }
            }
        }
    }
}

/// Tells of each of `terms` whether it may be looked for together with another.
pub(super) fn paired(terms: &[Term]) -> Vec<bool> {
    let mut paired = vec![false; terms.len()];
    for place in pairs(terms).flat_map(|(one, other)| [one, other]) {
        if let Some(paired) = paired.get_mut(place) {
            *paired = true;
        }
    }
    paired
}

/// Returns the words that are adjacent in the question, two by two, by their places among `terms`.
fn pairs(terms: &[Term]) -> impl Iterator<Item = (usize, usize)> {
    let whole = |(_, term): &(usize, &Term)| matches!(term.role, Role::Word | Role::Common);
    let firsts = terms.iter().enumerate().filter(whole);
    let seconds = terms.iter().enumerate().filter(whole).skip(1);
    firsts
        .zip(seconds)
        .filter(|((_, one), (_, other))| are_adjacent(one, other))
        .map(|((one, _), (other, _))| (one, other))
}

/// Returns the pairs that are looked for, each with how rare both are; of many the rarest.
fn rarest(terms: &[Term], facts: &[Fact]) -> Vec<(usize, usize, f32)> {
    let rarity = |place: usize| facts.get(place).map_or(0.0, |fact| fact.rarity);
    let mut pairs: Vec<(usize, usize, f32)> = pairs(terms)
        .map(|(one, other)| (one, other, rarity(one) + rarity(other)))
        .collect();
    if pairs.len() > PAIRS_MAX {
        pairs.sort_by(|(.., one), (.., other)| other.total_cmp(one));
        pairs.truncate(PAIRS_MAX);
    }
    pairs
}

/// Counts how often what `first` and `second` list stands together in the sections at `places`: those that have both, by their
/// number.
fn times_at(
    mut first: SegmentPostings,
    mut second: SegmentPostings,
    places: &[(DocId, usize)],
) -> Vec<(usize, f32)> {
    let mut all = Vec::new();
    let (mut before, mut after) = (Vec::new(), Vec::new());
    for (doc, number) in places {
        if reaches(&mut first, *doc) && reaches(&mut second, *doc) {
            first.positions(&mut before);
            second.positions(&mut after);
            all.push((*number, lossy(times_together(&before, &after))));
        }
    }
    all
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
