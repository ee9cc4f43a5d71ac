//! Exact token counts in the vocabularies that clients use.
//!
//! Counts are per named encoding and claimed for no other: a model whose tokenizer is not public may need more.
//!
//! Text is cut into pieces as the encoding's pattern says ([`split`]); a piece that is a token counts 1, any other is merged from its
//! bytes ([`merge`]). The vocabularies are static tables made at build time, so the first count is as fast as any other.

mod class;
mod layout;
mod memo;
mod merge;
mod split;
#[cfg(test)]
mod tests;
mod truncate;
mod vocabulary;

use std::cell::RefCell;

use self::merge::Merger;
pub use self::truncate::truncate;
use self::vocabulary::Vocabulary;

/// A byte-pair vocabulary with its pre-tokenizer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Encoding {
    /// `o200k_base`.
    O200k,
    /// `cl100k_base`.
    Cl100k,
}

impl Encoding {
    /// Every encoding this program counts in, the default first.
    pub const ALL: [Self; 2] = [Self::O200k, Self::Cl100k];

    /// Returns the encoding's published name, for example `o200k_base`.
    pub fn name(self) -> &'static str {
        match self {
            Self::O200k => layout::O200K_NAME,
            Self::Cl100k => layout::CL100K_NAME,
        }
    }

    fn vocabulary(self) -> &'static Vocabulary {
        match self {
            Self::O200k => &vocabulary::O200K,
            Self::Cl100k => &vocabulary::CL100K,
        }
    }

    /// Returns the number of tokens of the piece `text[start..end]`.
    fn piece_tokens(self, text: &[u8], start: usize, end: usize) -> usize {
        thread_local! {
            static O200K: RefCell<Merger> = RefCell::new(Merger::new(&vocabulary::O200K));
            static CL100K: RefCell<Merger> = RefCell::new(Merger::new(&vocabulary::CL100K));
        }
        if self.vocabulary().rank(text, start, end).is_some() {
            return 1;
        }
        let merger = match self {
            Self::O200k => &O200K,
            Self::Cl100k => &CL100K,
        };
        merger.with_borrow_mut(|merger| merger.count(text, start, end))
    }

    /// Returns the end of the piece that starts at `at`, a place before the end of `text`.
    fn piece_end(self, text: &[u8], at: usize) -> usize {
        match self {
            Self::O200k => split::o200k_end(text, at),
            Self::Cl100k => split::cl100k_end(text, at),
        }
    }
}

/// Returns the number of tokens of `text`; text that spells a special token counts as ordinary text.
pub fn count(encoding: Encoding, text: &str) -> usize {
    pieces(encoding, text).map(|(_, tokens)| tokens).sum()
}

/// Returns the pieces that `encoding` cuts `text` into, each with its number of tokens. No token crosses from one piece to the next.
pub fn pieces(encoding: Encoding, text: &str) -> Pieces<'_> {
    Pieces {
        encoding,
        text,
        at: 0,
    }
}

/// The pieces of a text with their numbers of tokens; made by [`pieces`].
pub struct Pieces<'a> {
    encoding: Encoding,
    text: &'a str,
    at: usize,
}

impl<'a> Iterator for Pieces<'a> {
    type Item = (&'a str, usize);

    fn next(&mut self) -> Option<Self::Item> {
        let (start, text) = (self.at, self.text.as_bytes());
        if start >= text.len() {
            return None;
        }
        self.at = self.encoding.piece_end(text, start);
        let piece = self.text.get(start..self.at)?;
        Some((piece, self.encoding.piece_tokens(text, start, self.at)))
    }
}

/// Returns the fingerprint of `encoding`, `sha256:` and hexadecimal digits: what two parties compare to know that they count alike.
///
/// It covers the name, all tokens in the order of their ranks, the special tokens and the pattern; `scripts/token_tables.rs` says in what form.
pub fn fingerprint(encoding: Encoding) -> &'static str {
    encoding.vocabulary().fingerprint
}
