//! The longest beginning of a text that fits a number of tokens.

use super::merge::Merger;
use super::{Encoding, count, pieces};

/// Bytes of a piece from which trying every end would take too long: each try counts the piece again.
const LONG_PIECE_BYTES: usize = 256;

/// Returns the longest beginning of `text`, in whole characters, that has at most `tokens_max` tokens.
///
/// The beginning is counted as a text of its own, as its reader will count it: a cut word may need more tokens than the whole one.
/// In and beside a piece of more than 256 bytes (one word, one run of spaces) the cut stands between two tokens of the whole text, even
/// if a few bytes more would fit.
pub fn truncate(encoding: Encoding, text: &str, tokens_max: usize) -> &str {
    let end = longest_end(encoding, text, tokens_max);
    text.get(..end).unwrap_or_default()
}

fn longest_end(encoding: Encoding, text: &str, tokens_max: usize) -> usize {
    let mut walk = pieces(encoding, text);
    let (mut start, mut used) = (0, 0);
    let (mut length_before, mut tokens_before) = (0, 0);
    while let Some((piece, tokens)) = walk.next() {
        if used + tokens > tokens_max {
            if piece.len() > LONG_PIECE_BYTES {
                return start + token_end(encoding, piece, tokens_max - used);
            }
            if length_before > LONG_PIECE_BYTES {
                return start;
            }
            // A cut changes the piece it stands in and, where spaces meet a word, the piece before. So it may also make room after
            // the piece that is too much, but no further than in the next one.
            let next = walk.next().map_or(0, |(next, _)| next.len());
            let next = if next > LONG_PIECE_BYTES { 0 } else { next };
            let from = start - length_before;
            return (start..=start + piece.len() + next)
                .rev()
                .filter(|end| text.is_char_boundary(*end))
                .find(|end| {
                    let beginning = text.get(from..*end).unwrap_or_default();
                    used - tokens_before + count(encoding, beginning) <= tokens_max
                })
                .unwrap_or(start);
        }
        start += piece.len();
        used += tokens;
        (length_before, tokens_before) = (piece.len(), tokens);
    }
    text.len()
}

/// Returns the last place in `piece` that lies between two tokens and between two characters, after at most `tokens_max` tokens.
fn token_end(encoding: Encoding, piece: &str, tokens_max: usize) -> usize {
    let ends = Merger::new(encoding.vocabulary()).ends(piece.as_bytes(), 0, piece.len());
    ends.into_iter()
        .take(tokens_max)
        .rfind(|end| piece.is_char_boundary(*end))
        .unwrap_or(0)
}
