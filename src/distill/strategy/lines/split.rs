//! Cuts lines into tokens: fields, and the delimiters between them. Each distinct token gets a number.

use std::ops::Range;

use super::stamp::{self, Stamp};
use crate::distill::map::Map;

/// Number of a distinct token; equal text has an equal number.
pub(in crate::distill) type WordId = u32;

/// What a token is made of decides whether it can be a hole of a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::distill) enum Kind {
    /// White space, or one character that separates fields.
    Delimiter,
    /// A field without a digit: a word of the template.
    Plain,
    /// A field with a digit: a value that may differ from line to line.
    Varying,
}

/// The lines of a text, each as an optional time stamp and the tokens after it.
pub(in crate::distill) struct Parsed<'t> {
    words: Vec<(&'t str, Kind)>,
    tokens: Vec<WordId>,
    lines: Vec<Line<'t>>,
}

/// One line.
pub(in crate::distill) struct Line<'t> {
    /// The whole line, without its end.
    pub(in crate::distill) text: &'t str,
    /// The time stamp at its start.
    pub(in crate::distill) stamp: Option<Stamp<'t>>,
    tokens: Range<usize>,
}

impl<'t> Line<'t> {
    /// What follows the stamp.
    pub(in crate::distill) fn rest(&self) -> &'t str {
        self.stamp.map_or(self.text, |stamp| stamp.rest)
    }
}

impl<'t> Parsed<'t> {
    /// Parses each of `lines`.
    pub(in crate::distill) fn new(lines: impl Iterator<Item = &'t str>) -> Self {
        let mut parsed = Self {
            words: Vec::new(),
            tokens: Vec::new(),
            lines: Vec::new(),
        };
        let mut known: Map<&'t str, WordId> = Map::default();
        // Half of all tokens are one sign: those need no hash.
        let mut signs = [None; 1 << 8];
        for text in lines {
            let stamp = stamp::find(text);
            let rest = stamp.map_or(text, |stamp| stamp.rest);
            let from = parsed.tokens.len();
            for (token, kind) in tokens(rest) {
                let words = &mut parsed.words;
                let add = || {
                    words.push((token, kind));
                    u32::try_from(words.len() - 1).unwrap_or(u32::MAX)
                };
                let sign = match token.as_bytes() {
                    [sign] => signs.get_mut(usize::from(*sign)),
                    _ => None,
                };
                let id = match sign {
                    Some(id) => *id.get_or_insert_with(add),
                    None => *known.entry(token).or_insert_with(add),
                };
                parsed.tokens.push(id);
            }
            parsed.lines.push(Line {
                text,
                stamp,
                tokens: from..parsed.tokens.len(),
            });
        }
        parsed
    }

    /// Every line, in order.
    pub(in crate::distill) fn lines(&self) -> &[Line<'t>] {
        &self.lines
    }

    /// The tokens of `line` after its stamp.
    pub(in crate::distill) fn tokens(&self, line: &Line<'_>) -> &[WordId] {
        self.tokens.get(line.tokens.clone()).unwrap_or_default()
    }

    /// Every distinct token with its kind, in the order of their numbers.
    pub(in crate::distill) fn words(&self) -> impl Iterator<Item = (&'t str, Kind)> {
        self.words.iter().copied()
    }

    /// The text of token `id`.
    pub(in crate::distill) fn word(&self, id: WordId) -> &'t str {
        self.words.get(id as usize).map_or("", |word| word.0)
    }

    /// The kind of token `id`.
    pub(in crate::distill) fn kind(&self, id: WordId) -> Kind {
        self.words
            .get(id as usize)
            .map_or(Kind::Delimiter, |word| word.1)
    }
}

/// Fields from the start of a line among which a time stamp makes it a line of a log.
const STAMP_FIELDS: usize = 6;

/// Whether a time stamp stands near the start of `line`: after a priority, a host, the dashes of an access log, or as
/// a value: `ts=2026-…`, `"time":"2026-…"`.
pub(in crate::distill) fn has_stamp(line: &str) -> bool {
    let starts = line
        .match_indices([' ', '\t', '=', ':'])
        .filter_map(|(at, mark)| {
            let rest = line.get(at + 1..)?;
            match mark {
                "=" => Some((rest.strip_prefix('"').unwrap_or(rest), true)),
                // Without the quote, `:` may stand within a stamp.
                ":" => Some((rest.trim_start().strip_prefix('"')?, true)),
                _ => Some((rest, false)),
            }
        });
    std::iter::once((line, false))
        .chain(starts)
        .take(STAMP_FIELDS)
        .any(|(rest, is_value)| {
            // Any number of ten digits may be a value: a date needs its separators.
            let is_number = rest.bytes().take(10).all(|byte| byte.is_ascii_digit());
            !(is_value && is_number) && stamp::find(rest).is_some()
        })
}

/// Cuts `text` into tokens; together they are `text`.
fn tokens(text: &str) -> impl Iterator<Item = (&str, Kind)> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let first = *rest.as_bytes().first()?;
        let (length, kind) = if is_space(first) {
            (run(rest, is_space), Kind::Delimiter)
        } else if is_mark(first) {
            (1, Kind::Delimiter)
        } else {
            let length = run(rest, |byte| !is_space(byte) && !is_mark(byte));
            let field = rest.get(..length)?;
            let kind = if field.bytes().any(|byte| byte.is_ascii_digit()) {
                Kind::Varying
            } else {
                Kind::Plain
            };
            (length, kind)
        };
        let (token, after) = rest.split_at_checked(length)?;
        rest = after;
        Some((token, kind))
    })
}

fn run(text: &str, belongs: impl Fn(u8) -> bool) -> usize {
    text.bytes().take_while(|byte| belongs(*byte)).count()
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r')
}

/// The notation relies on it that no field holds a quote.
fn is_mark(byte: u8) -> bool {
    matches!(
        byte,
        b'=' | b','
            | b';'
            | b'('
            | b')'
            | b'['
            | b']'
            | b'{'
            | b'}'
            | b'"'
            | b'\''
            | b'<'
            | b'>'
            | b'|'
            | b'&'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_of_a_line_are_the_line() {
        for line in ["", " ", "a=1, b='x y'\t[3]", "é|ü 7", "\r", "{}<>"] {
            assert_eq!(tokens(line).map(|token| token.0).collect::<String>(), line);
        }
    }

    #[test]
    fn equal_tokens_share_a_number() {
        let parsed = Parsed::new(["a 1", "a 2"].into_iter());
        let ids: Vec<_> = parsed
            .lines()
            .iter()
            .map(|line| parsed.tokens(line).to_vec())
            .collect();
        assert_eq!(ids, [vec![0, 1, 2], vec![0, 1, 3]]);
        assert_eq!(parsed.kind(2), Kind::Varying);
    }
}
