//! How good an order of documents is: the figures of the textbook.

use std::collections::HashMap;

use serde_json::{Value, json};

/// Documents looked at for MRR.
const DEPTH: usize = 10;

/// The figures of one question, or their means over many.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Quality {
    pub(super) reciprocal: f64,
    pub(super) recall_5: f64,
    pub(super) ndcg_5: f64,
    pub(super) ndcg_10: f64,
    pub(super) hit_1: f64,
    pub(super) hit_3: f64,
    pub(super) hit_5: f64,
    pub(super) precision: f64,
}

impl Quality {
    /// Returns the figures of `ranked`, given the grades of what is relevant.
    pub(super) fn of(ranked: &[&str], relevant: &HashMap<String, u32>) -> Self {
        let grade = |document: &&str| relevant.get(*document).copied().unwrap_or_default();
        let all = relevant.values().filter(|grade| **grade > 0).count().max(1);
        let hits = |depth: usize| {
            let shown = ranked.iter().take(depth);
            shown.filter(|document| grade(document) > 0).count()
        };
        let reciprocal = ranked
            .iter()
            .take(DEPTH)
            .position(|document| grade(document) > 0)
            .map_or(0.0, |at| ratio(1, at + 1));
        let mut ideal: Vec<u32> = relevant.values().copied().collect();
        ideal.sort_unstable_by(|one, other| other.cmp(one));
        let ndcg = |depth: usize| {
            let best = gain(ideal.iter().copied().take(depth));
            if best > 0.0 {
                gain(ranked.iter().take(depth).map(grade)) / best
            } else {
                0.0
            }
        };
        let hit = |depth: usize| f64::from(u8::from(hits(depth) > 0));
        let mut found = 0;
        let mut precisions = 0.0;
        for (at, document) in ranked.iter().enumerate() {
            if grade(document) > 0 {
                found += 1;
                precisions += ratio(found, at + 1);
            }
        }
        Self {
            reciprocal,
            recall_5: ratio(hits(5), all),
            ndcg_5: ndcg(5),
            ndcg_10: ndcg(10),
            hit_1: hit(1),
            hit_3: hit(3),
            hit_5: hit(5),
            precision: precisions / ratio(all, 1),
        }
    }

    /// Returns the means of `many`.
    pub(super) fn mean(many: &[Self]) -> Self {
        let mean =
            |of: fn(&Self) -> f64| many.iter().map(of).sum::<f64>() / ratio(many.len().max(1), 1);
        Self {
            reciprocal: mean(|one| one.reciprocal),
            recall_5: mean(|one| one.recall_5),
            ndcg_5: mean(|one| one.ndcg_5),
            ndcg_10: mean(|one| one.ndcg_10),
            hit_1: mean(|one| one.hit_1),
            hit_3: mean(|one| one.hit_3),
            hit_5: mean(|one| one.hit_5),
            precision: mean(|one| one.precision),
        }
    }

    pub(super) fn json(&self) -> Value {
        json!({
            "mrr": self.reciprocal,
            "recall_5": self.recall_5,
            "ndcg_5": self.ndcg_5,
            "ndcg_10": self.ndcg_10,
            "hit_1": self.hit_1,
            "hit_3": self.hit_3,
            "hit_5": self.hit_5,
            "map": self.precision,
        })
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of documents are small")]
fn ratio(part: usize, whole: usize) -> f64 {
    part as f64 / whole as f64
}

/// Discounted cumulative gain with gain 2^grade − 1.
fn gain(grades: impl Iterator<Item = u32>) -> f64 {
    grades
        .zip(2u32..)
        .map(|(grade, rank)| (2f64.powf(f64::from(grade)) - 1.0) / f64::from(rank).log2())
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_figures_are_those_of_the_textbook() {
        let relevant = HashMap::from([("a".to_owned(), 3), ("b".to_owned(), 1)]);
        let found = Quality::of(&["x", "b", "a"], &relevant);
        let close = |one: f64, other: f64| (one - other).abs() < 1e-9;
        assert!(close(found.reciprocal, 0.5) && close(found.recall_5, 1.0));
        assert!(close(found.hit_1, 0.0) && close(found.hit_3, 1.0) && close(found.hit_5, 1.0));
        let dcg = 1.0 / 3f64.log2() + 7.0 / 2.0;
        let best = 7.0 + 1.0 / 3f64.log2();
        assert!(close(found.ndcg_5, dcg / best), "{found:?}");
        assert!(
            close(found.precision, f64::midpoint(1.0 / 2.0, 2.0 / 3.0)),
            "{found:?}"
        );
        let none = Quality::of(&[], &relevant);
        assert!(close(Quality::mean(&[found, none]).recall_5, 0.5));
    }
}
