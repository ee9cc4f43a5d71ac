//! JSON's tokens as byte ranges: nothing is converted, so nothing can be lost.

use super::tree::{Kind, Span};

/// A token of JSON, as RFC 8259 defines it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token {
    /// `[` or `{`.
    Open(Kind),
    /// `]` or `}`.
    Close(Kind),
    /// `,`.
    Comma,
    /// `:`.
    Colon,
    /// A string; what stands between the quotes.
    Text(Span),
    /// A number, `true`, `false` or `null`.
    Bare(Span),
}

/// Reads tokens and remembers the white space before the last one.
#[derive(Debug)]
pub(super) struct Tokens<'a> {
    text: &'a str,
    gap: Span,
    at: usize,
}

impl<'a> Tokens<'a> {
    /// Starts at the beginning of `text`.
    pub(super) fn new(text: &'a str) -> Self {
        Self {
            text,
            gap: Span::default(),
            at: 0,
        }
    }

    /// Returns the white space before the last token.
    pub(super) fn gap(&self) -> &'a str {
        self.text.get(self.gap.start..self.gap.end).unwrap_or("")
    }

    /// Returns where the last token ends.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// Returns the next token, `Some(None)` at the end, `None` where the text is not JSON.
    #[expect(
        clippy::option_option,
        reason = "the outer one is the failure, as everywhere in this codec"
    )]
    pub(super) fn next_token(&mut self) -> Option<Option<Token>> {
        let rest = self.text.get(self.at..)?;
        let blank = rest
            .bytes()
            .take_while(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r'))
            .count();
        self.gap = Span {
            start: self.at,
            end: self.at + blank,
        };
        self.at += blank;
        let rest = rest.get(blank..)?;
        let Some(first) = rest.bytes().next() else {
            return Some(None);
        };
        let start = self.at;
        let (length, token) = match first {
            b'[' => (1, Token::Open(Kind::Array)),
            b']' => (1, Token::Close(Kind::Array)),
            b'{' => (1, Token::Open(Kind::Object)),
            b'}' => (1, Token::Close(Kind::Object)),
            b',' => (1, Token::Comma),
            b':' => (1, Token::Colon),
            b'"' => {
                let length = text_length(rest.get(1..)?)?;
                let span = Span {
                    start: start + 1,
                    end: start + 1 + length,
                };
                (length + 2, Token::Text(span))
            }
            _ => {
                let length = bare_length(rest)?;
                let span = Span {
                    start,
                    end: start + length,
                };
                (length, Token::Bare(span))
            }
        };
        self.at += length;
        Some(Some(token))
    }
}

/// Returns the length of the string content that `rest` begins with: up to a quote or to the end.
pub(super) fn text_length(rest: &str) -> Option<usize> {
    let bytes = rest.as_bytes();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => break,
            b'\\' => match bytes.get(at + 1)? {
                b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => at += 2,
                b'u' => {
                    let digits = bytes.get(at + 2..at + 6)?;
                    digits.iter().all(u8::is_ascii_hexdigit).then_some(())?;
                    at += 6;
                }
                _ => return None,
            },
            0..=0x1F => return None,
            _ => at += 1,
        }
    }
    Some(at)
}

/// Returns the length of the number or word that `rest` begins with.
pub(super) fn bare_length(rest: &str) -> Option<usize> {
    for word in ["true", "false", "null"] {
        if rest.starts_with(word) {
            return Some(word.len());
        }
    }
    let bytes = rest.as_bytes();
    let digits = |from: usize| {
        bytes
            .get(from..)
            .unwrap_or_default()
            .iter()
            .take_while(|byte| byte.is_ascii_digit())
            .count()
    };
    let mut at = usize::from(bytes.first() == Some(&b'-'));
    let whole = digits(at);
    let leading_zero = bytes.get(at) == Some(&b'0');
    (whole == 1 || (whole > 1 && !leading_zero)).then_some(())?;
    at += whole;
    if bytes.get(at) == Some(&b'.') {
        let fraction = digits(at + 1);
        (fraction > 0).then_some(())?;
        at += 1 + fraction;
    }
    if matches!(bytes.get(at), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(at + 1), Some(b'+' | b'-')));
        let exponent = digits(at + 1 + sign);
        (exponent > 0).then_some(())?;
        at += 1 + sign + exponent;
    }
    Some(at)
}

/// Tells whether `text` is a number, `true`, `false` or `null` from end to end.
pub(in crate::distill) fn is_bare(text: &str) -> bool {
    bare_length(text) == Some(text.len())
}

/// Tells whether `text` could stand between quotes.
pub(super) fn is_text(text: &str) -> bool {
    text_length(text) == Some(text.len())
}
