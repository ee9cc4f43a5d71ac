//! The tokens of a page, counted once: what a stretch of it has is a difference.

use crate::tokens::{self, Encoding};

/// A text whose tokens are counted.
pub(super) struct Counted<'a> {
    text: &'a str,
    /// Where the pieces end that no token crosses, of those that end a line, and the tokens up to there: stretches are asked for
    /// in whole lines, and a line has many pieces.
    ends: Vec<(u32, u32)>,
}

impl<'a> Counted<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        let (mut end, mut all) = (0, 0);
        let mut ends = vec![(0, 0)];
        for (piece, tokens) in tokens::pieces(Encoding::O200k, text) {
            (end, all) = (end + piece.len(), all + tokens);
            if (piece.as_bytes().last() == Some(&b'\n') || end == text.len())
                && let (Ok(end), Ok(all)) = (u32::try_from(end), u32::try_from(all))
            {
                ends.push((end, all));
            }
        }
        Self { text, ends }
    }

    /// Returns the tokens of the lines between two bytes, as if they were all there is. Lines nearly always begin where
    /// pieces do; where they do not, those are counted by themselves.
    pub(super) fn between(&self, start: usize, end: usize) -> usize {
        if let (Some(before), Some(all)) = (self.up_to(start), self.up_to(end)) {
            return all.saturating_sub(before);
        }
        let lines = self.text.get(start..end).unwrap_or_default();
        tokens::count(Encoding::O200k, lines)
    }

    fn up_to(&self, byte: usize) -> Option<usize> {
        let byte = u32::try_from(byte).ok()?;
        let at = self
            .ends
            .binary_search_by_key(&byte, |(end, _)| *end)
            .ok()?;
        let (_, tokens) = self.ends.get(at)?;
        usize::try_from(*tokens).ok()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn lines_have_the_tokens_that_they_have_alone(text in "([a-zA-Z'é日 \t.,;#|`\r\n/-]|\n\n|    |it's){0,120}", from in 0usize..12, count in 0usize..12) {
            let starts: Vec<usize> = std::iter::once(0)
                .chain(text.match_indices('\n').map(|(at, _)| at + 1))
                .chain([text.len()])
                .collect();
            let first = starts[from.min(starts.len() - 1)];
            let end = starts[(from + count).min(starts.len() - 1)];
            let alone = tokens::count(Encoding::O200k, &text[first..end]);
            prop_assert_eq!(Counted::of(&text).between(first, end), alone);
        }
    }
}
