//! How much each passage of a text says about what is asked for, and about what the text is about.

use std::collections::{HashMap, HashSet};

use super::words;

/// How fast a word that is repeated stops to say more: the `k1` of Okapi BM25 (Robertson and Zaragoza 2009, §3.4).
const SATURATION: f64 = 1.2;

/// How much a long passage has to say more than a short one, the `b` there. Passages here are paragraphs, and a short
/// one is no better than a long one.
const LENGTH: f64 = 0.4;

/// Texts of one passage, each with the weight of its words.
pub(super) type Fields<'t> = Vec<(&'t str, f64)>;

/// Returns for each passage how well it answers `query`, by Okapi BM25 with weighted fields; 0 if it shares no word.
pub(super) fn scores(query: &str, passages: &[Fields<'_>]) -> Vec<f64> {
    let asked = words::asked(query);
    let number_of: HashMap<&str, usize> = asked
        .iter()
        .enumerate()
        .map(|(number, word)| (word.as_str(), number))
        .collect();
    let mut with = vec![0_usize; asked.len()];
    let mut read: Vec<(Vec<f64>, f64)> = Vec::with_capacity(passages.len());
    for fields in passages {
        let mut found = vec![0.0; asked.len()];
        let mut length = 0.0;
        for (text, weight) in fields {
            words::each(text, |word| {
                length += weight;
                if let Some(found) = number_of.get(word).and_then(|at| found.get_mut(*at)) {
                    *found += weight;
                }
            });
        }
        for (with, found) in with.iter_mut().zip(&found) {
            *with += usize::from(*found > 0.0);
        }
        read.push((found, length));
    }
    let all = real(passages.len());
    let mean = read.iter().map(|(_, length)| length).sum::<f64>() / all.max(1.0);
    read.iter()
        .map(|(found, length)| {
            let long = 1.0 - LENGTH + LENGTH * length / mean.max(1.0);
            let words = found.iter().zip(&with).filter(|(found, _)| **found > 0.0);
            words
                .map(|(found, with)| {
                    let with = real(*with);
                    let rarity = (1.0 + (all - with + 0.5) / (with + 0.5)).ln();
                    rarity * found * (SATURATION + 1.0) / (found + SATURATION * long)
                })
                .sum()
        })
        .collect()
}

/// Returns the passages in the order in which they tell what the text is about, the most telling first: those with the
/// words that the text uses again and again, less each time such a word was said already.
pub(super) fn central(passages: &[&str], worth: impl Fn(usize) -> f64) -> Vec<usize> {
    let mut ids: HashMap<String, usize> = HashMap::new();
    let mut with: Vec<usize> = Vec::new();
    let mut read: Vec<Vec<usize>> = Vec::with_capacity(passages.len());
    for passage in passages {
        let mut own = HashSet::new();
        words::each(passage, |word| {
            if words::is_filler(word) {
                return;
            }
            let next = ids.len();
            let id = *ids.entry(word.to_owned()).or_insert(next);
            if id == next {
                with.push(0);
            }
            own.insert(id);
        });
        let mut own: Vec<usize> = own.into_iter().collect();
        own.sort_unstable();
        for id in &own {
            if let Some(with) = with.get_mut(*id) {
                *with += 1;
            }
        }
        read.push(own);
    }
    // A word that is said once tells nothing about the whole, and so does one that is said everywhere.
    let all = real(passages.len()) + 1.0;
    let mut weights: Vec<f64> = with
        .iter()
        .map(|with| real(with.saturating_sub(1)).sqrt() * (all / real(*with).max(1.0)).ln())
        .collect();
    let score = |number: usize, weights: &[f64]| -> f64 {
        let own = read.get(number).map_or(&[][..], Vec::as_slice);
        let sum: f64 = own.iter().filter_map(|id| weights.get(*id)).sum();
        // Between the sum, which favours the longest, and the mean, which favours the shortest.
        worth(number) * sum / (real(own.len()) + WORDS_USUAL).sqrt()
    };
    let mut order: Vec<usize> = (0..passages.len()).collect();
    let mut heap: std::collections::BinaryHeap<Candidate> = order
        .iter()
        .map(|number| Candidate(score(*number, &weights), *number))
        .collect();
    order.clear();
    let mut rescores = passages.len().saturating_mul(RESCORES_MAX);
    while let Some(Candidate(before, number)) = heap.pop() {
        // Weights only fall, so a score that is still above the next one's old score is the best there is.
        let now = score(number, &weights);
        if rescores > 0 && now < before && heap.peek().is_some_and(|next| next.0 > now) {
            rescores -= 1;
            heap.push(Candidate(now, number));
            continue;
        }
        order.push(number);
        for id in read.get(number).into_iter().flatten() {
            if let Some(weight) = weights.get_mut(*id) {
                *weight *= SAID;
            }
        }
    }
    order
}

/// Words that a sentence has anyhow: below, being short is no merit.
const WORDS_USUAL: f64 = 8.0;

/// Times that a passage is weighed again, on average: a text of one sentence a thousand times ends too.
const RESCORES_MAX: usize = 32;

/// What is left of the weight of a word after it was said.
const SAID: f64 = 0.4;

/// A passage and its score, ordered by the score and then by the place, the first first.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Candidate(f64, usize);

impl Eq for Candidate {}

impl PartialOrd for Candidate {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Candidate {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.total_cmp(&other.0).then(other.1.cmp(&self.1))
    }
}

/// A count as a number to compute with; counts beyond four thousand million are all as many.
pub(super) fn real(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rare_words_and_heavy_fields_count_more() {
        let passages: Vec<Fields<'_>> = vec![
            vec![("The cache is a folder.", 1.0)],
            vec![("The cache expires.", 1.0)],
            vec![("A folder.", 1.0), ("Expiry of caches", 2.0)],
            vec![("Nothing of it.", 1.0)],
        ];
        let found = scores("how does the cache expire", &passages);
        assert!(found[1] > found[2] && found[2] > found[0], "{found:?}");
        assert!(found[3].abs() < f64::EPSILON, "{found:?}");
        assert_eq!(scores("", &passages), [0.0; 4]);
        assert_eq!(scores("x", &[]), [0.0; 0]);
    }

    #[test]
    fn what_a_text_is_about_comes_first_and_is_not_said_twice() {
        let passages = [
            "Weather is nice.",
            "The store keeps a file under a lock.",
            "The store keeps each file under its own lock.",
            "A backup copies the index once.",
            "Then the index follows a backup.",
            "Birds sing.",
        ];
        let order = central(&passages, |_| 1.0);
        assert_eq!(order.len(), 6);
        assert_eq!(&order[..2], [1, 4], "{order:?}");
        let order = central(&passages, |passage| if passage == 4 { 9.0 } else { 1.0 });
        assert_eq!(&order[..2], [4, 1], "{order:?}");
    }
}
