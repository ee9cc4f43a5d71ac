//! [`Words`] as tantivy reads them.

use std::collections::VecDeque;

use tantivy::tokenizer::{
    Language, LowerCaser, Stemmer, TextAnalyzer, Token, TokenStream, Tokenizer,
};

use super::words::{WORD_BYTES_MAX, Words, is_name, parts};

/// Name of the analyzer for prose: whole words and their parts, stemmed.
pub(super) const PROSE: &str = "prose";
/// Name of the analyzer for forms: whole words, as they are written save for case.
pub(super) const FORMS: &str = "forms";
/// Name of the analyzer for spellings: whole words, as they are written.
pub(super) const SPELLINGS: &str = "spellings";
/// Name of the analyzer for names: whole names only, as they are written save for case.
pub(super) const NAMES: &str = "names";

/// Returns the analyzer called `name`.
pub(super) fn analyzer(name: &str) -> TextAnalyzer {
    let spelled = |taken| TextAnalyzer::builder(WordTokenizer { taken });
    let written = |taken| spelled(taken).filter(LowerCaser);
    match name {
        NAMES => written(Taken::Names).build(),
        SPELLINGS => spelled(Taken::Words).build(),
        FORMS => written(Taken::Words).build(),
        _ => written(Taken::WordsAndParts)
            .filter(Stemmer::new(Language::English))
            .build(),
    }
}

/// What is taken of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Taken {
    Words,
    WordsAndParts,
    Names,
}

#[derive(Clone)]
pub(super) struct WordTokenizer {
    taken: Taken,
}

/// The tokens of one text. A word and its parts have the same position, so that a phrase matches either way.
pub(super) struct WordStream<'a> {
    words: Words<'a>,
    taken: Taken,
    parts: VecDeque<&'a str>,
    token: Token,
}

impl Tokenizer for WordTokenizer {
    type TokenStream<'a> = WordStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> WordStream<'a> {
        WordStream {
            words: Words::of(text),
            taken: self.taken,
            parts: VecDeque::new(),
            token: Token {
                position: usize::MAX,
                ..Token::default()
            },
        }
    }
}

impl WordStream<'_> {
    fn show(&mut self, text: &str) {
        self.token.text.clear();
        self.token.text.push_str(text);
    }
}

impl TokenStream for WordStream<'_> {
    fn advance(&mut self) -> bool {
        if let Some(part) = self.parts.pop_front() {
            self.show(part);
            return true;
        }
        loop {
            let Some((start, word)) = self.words.next() else {
                return false;
            };
            if self.taken == Taken::Names && !is_name(word) {
                continue;
            }
            self.token.position = self.token.position.wrapping_add(1);
            self.token.offset_from = start;
            self.token.offset_to = start + word.len();
            if self.taken == Taken::WordsAndParts {
                let queue = &mut self.parts;
                parts(word, |part| {
                    if part.len() <= WORD_BYTES_MAX {
                        queue.push_back(part);
                    }
                });
            }
            if word.len() <= WORD_BYTES_MAX {
                self.show(word);
                return true;
            }
            if let Some(part) = self.parts.pop_front() {
                self.show(part);
                return true;
            }
        }
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}
