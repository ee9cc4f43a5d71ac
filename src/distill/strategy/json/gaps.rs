//! White space that no rule of a layout explains: a few empty lines, an object that somebody indented by hand.

use std::fmt::Write as _;

use super::lexer::Tokens;

/// Gaps of one document: where there are more, the text has no layout.
const GAPS_MAX: usize = 200;

/// White space characters in a gap; more is no layout either.
const GAP_BYTES_MAX: usize = 1000;

/// Gaps that differ from what the layout writes: how many tokens after the one before, and what stands there.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Gaps(Vec<(usize, String)>);

/// White space characters and their letters in a header.
const LETTERS: [(char, char); 4] = [('\n', 'n'), (' ', 's'), ('\t', 't'), ('\r', 'r')];

impl Gaps {
    /// Finds the gaps of `text` where `written`, the same tokens, has others.
    pub(super) fn between(written: &str, text: &str) -> Option<Self> {
        let (mut ours, mut theirs) = (Tokens::new(written), Tokens::new(text));
        let mut gaps = Vec::new();
        let mut since = 0;
        loop {
            let (one, other) = (ours.next_token()?, theirs.next_token()?);
            (one.is_none() == other.is_none()).then_some(())?;
            if ours.gap() != theirs.gap() {
                let gap = theirs.gap();
                (gaps.len() < GAPS_MAX && gap.len() <= GAP_BYTES_MAX).then_some(())?;
                gaps.push((since, gap.to_owned()));
                since = 0;
            }
            if one.is_none() {
                return Some(Self(gaps));
            }
            since += 1;
        }
    }

    /// Puts the gaps where they belong.
    pub(super) fn apply(&self, written: String, bytes_max: usize) -> Option<String> {
        if self.0.is_empty() {
            return Some(written);
        }
        let mut tokens = Tokens::new(&written);
        let mut gaps = self.0.iter().peekable();
        let mut out = String::with_capacity(written.len());
        let mut since = 0;
        let mut end = 0;
        loop {
            let token = tokens.next_token()?;
            let gap = tokens.gap();
            match gaps.next_if(|(distance, _)| *distance == since) {
                Some((_, gap)) => {
                    out.push_str(gap);
                    since = 0;
                }
                None => out.push_str(gap),
            }
            let start = end + gap.len();
            end = tokens.at();
            out.push_str(written.get(start..end)?);
            (out.len() <= bytes_max).then_some(())?;
            if token.is_none() {
                return gaps.peek().is_none().then_some(out);
            }
            since += 1;
        }
    }

    /// Names the gaps: `17:n4s` is a line end and four spaces, 17 tokens after the gap before.
    pub(super) fn header(&self) -> String {
        let mut words = String::new();
        for (index, (distance, gap)) in self.0.iter().enumerate() {
            words.push_str(if index == 0 { " gaps " } else { "," });
            // Writing to a string cannot fail.
            _ = write!(words, "{distance}:");
            let mut rest = gap.as_str();
            while let Some(first) = rest.chars().next() {
                let after = rest.trim_start_matches(first);
                let letter = LETTERS.iter().find(|(character, _)| *character == first);
                let count = rest.len() - after.len();
                if count > 1 {
                    _ = write!(words, "{count}");
                }
                words.extend(letter.map(|(_, letter)| letter));
                rest = after;
            }
        }
        words
    }

    /// Reads what [`Self::header`] wrote after `gaps `.
    pub(super) fn from_header(list: &str) -> Option<Self> {
        let mut gaps = Vec::new();
        for piece in list.split(',') {
            let (distance, spelled) = piece.split_once(':')?;
            let mut gap = String::new();
            let mut digits = String::new();
            for letter in spelled.chars() {
                if letter.is_ascii_digit() {
                    digits.push(letter);
                    continue;
                }
                let (character, _) = LETTERS.iter().find(|(_, other)| *other == letter)?;
                let count: usize = if digits.is_empty() {
                    1
                } else {
                    digits.parse().ok()?
                };
                (gap.len().checked_add(count)? <= GAP_BYTES_MAX).then_some(())?;
                gap.extend(std::iter::repeat_n(character, count));
                digits.clear();
            }
            (digits.is_empty() && gaps.len() < GAPS_MAX).then_some(())?;
            gaps.push((distance.parse().ok()?, gap));
        }
        Some(Self(gaps))
    }
}
