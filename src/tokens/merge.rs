//! Byte-pair merging of a piece that is not a token by itself.
//!
//! Merging joins the two neighbours whose joint token has the lowest rank, the first of equals, until no two neighbours are a token
//! together. That takes quadratic time, so a long piece is merged in windows. This is exact by the property that marks a merge result:
//! a row of tokens is the result for its text if and only if every two neighbours are the result for the text of the two. So a window's
//! tokens are kept up to a cut, the next window starts there, and the two tokens at the cut are merged together to see that they stay
//! as they are. If they do not, the windows were too short to see what decides, and are doubled.

use super::memo::Memo;
use super::vocabulary::Vocabulary;

/// Bytes of the first window: longer than all but few tokens, and so short that quadratic time does not matter.
pub(super) const WINDOW_BYTES: usize = 64;

/// The rank of two neighbours that are no token together.
const NO_RANK: u32 = u32::MAX;

/// Merges pieces in one vocabulary; keeps its buffers and remembers counts from piece to piece.
pub(super) struct Merger {
    vocabulary: &'static Vocabulary,
    memo: Memo,
    window: Window,
    next: Window,
    pair: Window,
}

/// A stretch of text while it is merged.
#[derive(Default)]
struct Window {
    /// Where each token starts, and last where the stretch ends.
    bounds: Vec<usize>,
    /// For each token the rank of what it would be together with the next one.
    ranks: Vec<u32>,
}

impl Merger {
    pub(super) fn new(vocabulary: &'static Vocabulary) -> Self {
        Self {
            vocabulary,
            memo: Memo::default(),
            window: Window::default(),
            next: Window::default(),
            pair: Window::default(),
        }
    }

    /// Returns the number of tokens of the piece `text[start..end]`, which is not a token itself.
    pub(super) fn count(&mut self, text: &[u8], start: usize, end: usize) -> usize {
        if end - start <= WINDOW_BYTES {
            let piece = text.get(start..end).unwrap_or_default();
            return self.memo.tokens(piece, || {
                self.window.merge(self.vocabulary, text, start, end);
                self.window.ranks.len()
            });
        }
        let mut window_bytes = WINDOW_BYTES;
        loop {
            let mut tokens = 0;
            if self.merge_in_windows(text, start, end, window_bytes, |_| tokens += 1) {
                return tokens;
            }
            window_bytes *= 2;
        }
    }

    /// Returns the ends of the tokens of the piece `text[start..end]`.
    pub(super) fn ends(&mut self, text: &[u8], start: usize, end: usize) -> Vec<usize> {
        if self.vocabulary.rank(text, start, end).is_some() {
            return vec![end];
        }
        let mut window_bytes = WINDOW_BYTES;
        loop {
            let mut ends = Vec::new();
            if self.merge_in_windows(text, start, end, window_bytes, |at| ends.push(at)) {
                return ends;
            }
            window_bytes *= 2;
        }
    }

    /// Calls `token_end` with the end of each token of `text[start..end]`, or returns `false` if the windows are too short for it.
    pub(super) fn merge_in_windows(
        &mut self,
        text: &[u8],
        start: usize,
        end: usize,
        window_bytes: usize,
        mut token_end: impl FnMut(usize),
    ) -> bool {
        let mut at = start;
        let window_end = |at: usize| end.min(at + window_bytes);
        self.window.merge(self.vocabulary, text, at, window_end(at));
        while window_end(at) < end {
            // The second half of the window is there to decide the first.
            let kept = self.window.tokens_up_to(at + window_bytes / 2);
            let Some(&[before, cut]) = self
                .window
                .bounds
                .get(kept.wrapping_sub(1)..=kept)
                .and_then(|two| two.first_chunk())
            else {
                return false;
            };
            self.next.merge(self.vocabulary, text, cut, window_end(cut));
            let Some(&after) = self.next.bounds.get(1) else {
                return false;
            };
            self.pair.merge(self.vocabulary, text, before, after);
            if self.pair.bounds != [before, cut, after] {
                return false;
            }
            self.window
                .bounds
                .iter()
                .skip(1)
                .take(kept)
                .for_each(|end| token_end(*end));
            std::mem::swap(&mut self.window, &mut self.next);
            at = cut;
        }
        self.window
            .bounds
            .iter()
            .skip(1)
            .for_each(|end| token_end(*end));
        true
    }
}

impl Window {
    /// Merges `text[start..end]`, which is not empty.
    fn merge(&mut self, vocabulary: &Vocabulary, text: &[u8], start: usize, end: usize) {
        self.bounds.clear();
        self.bounds.extend(start..=end);
        self.ranks.clear();
        self.ranks.extend((start + 1..end).map(|second| {
            vocabulary
                .rank(text, second - 1, second + 1)
                .unwrap_or(NO_RANK)
        }));
        self.ranks.push(NO_RANK);
        while let Some((rank, mut place)) = self.lowest() {
            // The same pair further on comes next, unless this one made a pair of lower rank.
            while self.join(vocabulary, text, place) > rank {
                match self.find(rank, place + 1) {
                    Some(next) => place = next,
                    None => break,
                }
            }
        }
    }

    /// Makes one token of `token` and the next; returns the lower rank of the two pairs that it now is a part of.
    fn join(&mut self, vocabulary: &Vocabulary, text: &[u8], token: usize) -> u32 {
        self.bounds.remove(token + 1);
        self.ranks.remove(token);
        let rank = self.rank_again(vocabulary, text, token);
        match token.checked_sub(1) {
            Some(before) => rank.min(self.rank_again(vocabulary, text, before)),
            None => rank,
        }
    }

    /// Returns the lowest rank and the first token that has it, if any two neighbours are a token together.
    fn lowest(&self) -> Option<(u32, usize)> {
        let lowest = *self.ranks.iter().min().filter(|rank| **rank != NO_RANK)?;
        Some((lowest, self.find(lowest, 0)?))
    }

    /// Returns the first token, not before token `from`, whose pair has `rank`.
    fn find(&self, rank: u32, from: usize) -> Option<usize> {
        let after = self.ranks.get(from..)?;
        Some(from + after.iter().position(|found| *found == rank)?)
    }

    fn rank_again(&mut self, vocabulary: &Vocabulary, text: &[u8], token: usize) -> u32 {
        let joint = match (self.bounds.get(token), self.bounds.get(token + 2)) {
            (Some(start), Some(end)) => vocabulary.rank(text, *start, *end),
            _ => None,
        };
        let joint = joint.unwrap_or(NO_RANK);
        if let Some(rank) = self.ranks.get_mut(token) {
            *rank = joint;
        }
        joint
    }

    /// Returns how many tokens end at `limit` or before.
    fn tokens_up_to(&self, limit: usize) -> usize {
        self.bounds
            .partition_point(|bound| *bound <= limit)
            .saturating_sub(1)
    }
}
