//! The best of many by score, kept while they go by.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

/// As many as asked for, the worst of them at hand. Of two with the same score, the smaller one is better.
pub(super) struct Best<T> {
    most: usize,
    heap: BinaryHeap<Reverse<(Score, Reverse<T>)>>,
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
            heap: BinaryHeap::with_capacity(most + 1),
            least: if most == 0 { f32::INFINITY } else { f32::MIN },
        }
    }

    /// Returns the score that the next one must exceed.
    pub(super) fn least(&self) -> f32 {
        self.least
    }

    /// Keeps `what` if its score is among the best so far.
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
        self.heap.push(Reverse((Score(score), Reverse(what))));
        if self.heap.len() > self.most {
            self.heap.pop();
        }
        if self.heap.len() == self.most {
            let worst = self.heap.peek();
            self.least = worst.map_or(f32::INFINITY, |worst| worst.0.0.0);
        }
    }

    /// Returns what was kept, best first.
    pub(super) fn sorted(self) -> impl Iterator<Item = (f32, T)> {
        let from_best = self.heap.into_sorted_vec().into_iter();
        from_best.map(|Reverse((score, what))| (score.0, what.0))
    }
}

#[cfg(test)]
mod tests {
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
}
