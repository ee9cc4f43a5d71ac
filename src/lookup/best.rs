//! The best of many by score, kept while they go by.

use std::cmp::{Ordering, Reverse};

/// As many as asked for. Of two with the same score, the smaller one is better.
///
/// Twice as many are kept before the better half of them is told from the other: each then costs a few comparisons, where a heap
/// takes as many as it has levels.
pub(super) struct Best<T> {
    most: usize,
    kept: Vec<(Score, Reverse<T>)>,
    least: f32,
}

/// A score as something that can be sorted.
#[derive(Debug, Clone, Copy)]
struct Score(f32);

impl PartialEq for Score {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Score {}

impl PartialOrd for Score {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Score {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.total_cmp(&other.0)
    }
}

impl<T: Ord + Copy> Best<T> {
    pub(super) fn new(most: usize) -> Self {
        Self {
            most,
            kept: Vec::with_capacity(2 * most),
            least: if most == 0 { f32::INFINITY } else { f32::MIN },
        }
    }

    /// Returns a score that the next one must exceed.
    pub(super) fn least(&self) -> f32 {
        self.least
    }

    /// Keeps `what` if its score may be among the best.
    #[expect(
        clippy::inline_always,
        reason = "built anew for the processor it runs on, inside `Arch::dispatch`"
    )]
    #[inline(always)]
    pub(super) fn offer(&mut self, score: f32, what: T) {
        if score > self.least {
            self.keep(score, what);
        }
    }

    fn keep(&mut self, score: f32, what: T) {
        self.kept.push((Score(score), Reverse(what)));
        if self.kept.len() >= 2 * self.most {
            let (_, worst, _) = self
                .kept
                .select_nth_unstable_by(self.most - 1, |one, other| other.cmp(one));
            self.least = worst.0.0;
            self.kept.truncate(self.most);
        }
    }

    /// Returns the best, in their order.
    pub(super) fn sorted(mut self) -> impl Iterator<Item = (f32, T)> {
        self.kept.sort_unstable_by(|one, other| other.cmp(one));
        let best = self.kept.into_iter().take(self.most);
        best.map(|(score, what)| (score.0, what.0))
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_best_are_kept_in_order_and_the_first_of_equals_is_better() {
        let mut best = Best::new(3);
        for (score, what) in [(1.0, 1), (3.0, 2), (2.0, 5), (2.0, 4), (3.0, 6), (0.5, 7)] {
            best.offer(score, what);
        }
        assert!((best.least() - 2.0).abs() < f32::EPSILON);
        assert_eq!(
            best.sorted().collect::<Vec<_>>(),
            [(3.0, 2), (3.0, 6), (2.0, 4)]
        );
        let mut none = Best::new(0);
        none.offer(9.0, 1);
        assert_eq!(none.sorted().count(), 0);
    }

    proptest! {
        #[test]
        fn what_goes_by_is_kept_as_if_all_were_sorted(scores in vec(0_u8..9, 0..60), most in 0_usize..9) {
            let mut best = Best::new(most);
            for (what, score) in scores.iter().enumerate() {
                best.offer(f32::from(*score), what);
            }
            let mut all: Vec<(Reverse<u8>, usize)> = scores.into_iter().map(Reverse).zip(0..).collect();
            all.sort_unstable();
            let expected = all.into_iter().take(most).map(|(score, what)| (f32::from(score.0), what));
            prop_assert_eq!(best.sorted().collect::<Vec<_>>(), expected.collect::<Vec<_>>());
        }
    }
}
