//! Text → word pieces, as rows are numbered: BERT's uncased vocabulary, longest piece first.
//!
//! A word is a run of letters and digits; every punctuation mark and every ideograph is a word by itself. Words are
//! lower-cased and lose their accents. A word that the vocabulary cannot spell is left out of the table's sums; a sentence
//! model has a piece for it.

use std::borrow::Cow;

use foldhash::fast::RandomState;
use serde::Deserialize;
use tantivy::tokenizer::{AsciiFoldingFilter, RawTokenizer, TextAnalyzer};

/// The vocabulary: line n is piece n.
const VOCABULARY: &str = include_str!("static_minilm_l6_256.vocab.txt");
/// Characters of the longest word that is spelled; longer ones are data. The source model has the same limit.
const WORD_CHARS_MAX: usize = 100;
/// Spelled words remembered between texts, about 3 MB: documentation says most things with fewer.
const REMEMBERED_WORDS_MAX: usize = 50_000;

/// A map whose hash takes a few instructions: every word of every text is looked up.
type HashMap<K, V> = std::collections::HashMap<K, V, RandomState>;

/// The pieces of the vocabulary, by their text.
pub(crate) struct Vocabulary {
    /// Pieces that begin a word.
    first: HashMap<Cow<'static, str>, u16>,
    /// Pieces that continue one, without their `##`.
    later: HashMap<Cow<'static, str>, u16>,
    /// Bytes of the longest piece.
    piece_bytes_max: usize,
    /// What a sentence model wants besides; the table has no rows for it.
    marks: Option<Marks>,
}

/// The pieces of a sentence that stand for no text.
#[derive(Debug, Clone, Copy)]
struct Marks {
    /// Stands before the sentence.
    begin: u16,
    /// Stands behind it.
    end: u16,
    /// Stands for a word that cannot be spelled.
    unknown: u16,
}

/// What of a `tokenizer.json` is read.
#[derive(Deserialize)]
struct Tokenizer {
    normalizer: Option<Normalizer>,
    model: WordPiece,
}

#[derive(Deserialize)]
struct Normalizer {
    #[serde(default)]
    lowercase: bool,
}

#[derive(Deserialize)]
struct WordPiece {
    /// Files of earlier times do not say it.
    #[serde(rename = "type", default = "word_piece")]
    kind: String,
    unk_token: String,
    continuing_subword_prefix: String,
    vocab: HashMap<String, u32>,
}

fn word_piece() -> String {
    "WordPiece".to_owned()
}

/// A tokenizer with the words it has spelled before.
pub(crate) struct Speller<'v> {
    vocabulary: &'v Vocabulary,
    known: HashMap<String, Box<[u16]>>,
    fold: TextAnalyzer,
    lower: String,
}

impl Vocabulary {
    pub(super) fn read() -> Self {
        let lines = VOCABULARY.lines().map(Cow::Borrowed);
        Self::of((0u16..).zip(lines), None)
    }

    /// Reads the vocabulary of a sentence model with `size` pieces from its `tokenizer.json`, or says why it is not one of ours.
    pub(crate) fn of_tokenizer(json: &[u8], size: usize) -> Result<Self, String> {
        let tokenizer: Tokenizer =
            serde_json::from_slice(json).map_err(|error| error.to_string())?;
        let WordPiece {
            kind,
            unk_token,
            continuing_subword_prefix,
            vocab,
        } = tokenizer.model;
        let lowers = tokenizer
            .normalizer
            .is_some_and(|normalizer| normalizer.lowercase);
        if kind != "WordPiece" || continuing_subword_prefix != "##" || !lowers {
            return Err("only WordPiece in small letters with `##` is read".to_owned());
        }
        let number = |piece: &str| {
            let id = vocab.get(piece).copied();
            id.and_then(|id| u16::try_from(id).ok())
                .filter(|id| usize::from(*id) < size)
                .ok_or_else(|| format!("there is no piece `{piece}`"))
        };
        let marks = Marks {
            begin: number("[CLS]")?,
            end: number("[SEP]")?,
            unknown: number(&unk_token)?,
        };
        let mut pieces = Vec::with_capacity(vocab.len());
        for (piece, id) in vocab {
            match u16::try_from(id) {
                Ok(id) if usize::from(id) < size => pieces.push((id, Cow::Owned(piece))),
                _ => return Err(format!("a piece has the number {id}; there are {size}")),
            }
        }
        Ok(Self::of(pieces.into_iter(), Some(marks)))
    }

    fn of(pieces: impl Iterator<Item = (u16, Cow<'static, str>)>, marks: Option<Marks>) -> Self {
        let mut first = HashMap::with_capacity_and_hasher(1 << 15, RandomState::default());
        let mut later = HashMap::with_capacity_and_hasher(1 << 13, RandomState::default());
        for (id, piece) in pieces {
            let is_special = piece.starts_with('[') && piece.len() > 1;
            let rest = match &piece {
                Cow::Borrowed(piece) => piece.strip_prefix("##").map(Cow::Borrowed),
                Cow::Owned(piece) => piece
                    .strip_prefix("##")
                    .map(|rest| Cow::Owned(rest.to_owned())),
            };
            match rest {
                Some(rest) if !rest.is_empty() => _ = later.insert(rest, id),
                _ if is_special => {}
                _ => _ = first.insert(piece, id),
            }
        }
        let piece_bytes_max = first
            .keys()
            .chain(later.keys())
            .map(|piece| piece.len())
            .max();
        Self {
            first,
            later,
            piece_bytes_max: piece_bytes_max.unwrap_or(0),
            marks,
        }
    }

    /// Returns the number of pieces, special ones included.
    #[cfg(test)]
    pub(super) fn len() -> usize {
        VOCABULARY.lines().count()
    }

    /// Spells `word`, which is lower-case: the longest piece that fits, again and again. If it cannot be spelled, the piece
    /// that says so, where there is one.
    fn spell(&self, word: &str) -> Vec<u16> {
        let unknown = || self.marks.iter().map(|marks| marks.unknown).collect();
        let mut pieces = Vec::new();
        if word.chars().count() > WORD_CHARS_MAX {
            return unknown();
        }
        let mut rest = word;
        while !rest.is_empty() {
            let known = if pieces.is_empty() {
                &self.first
            } else {
                &self.later
            };
            let longest = (1..=rest.len().min(self.piece_bytes_max))
                .rev()
                .find_map(|end| Some((*known.get(rest.get(..end)?)?, end)));
            let Some((piece, end)) = longest else {
                return unknown();
            };
            pieces.push(piece);
            rest = rest.get(end..).unwrap_or_default();
        }
        pieces
    }
}

impl<'v> Speller<'v> {
    pub(crate) fn new(vocabulary: &'v Vocabulary) -> Self {
        Self {
            vocabulary,
            known: HashMap::default(),
            fold: TextAnalyzer::builder(RawTokenizer::default())
                .filter(AsciiFoldingFilter)
                .build(),
            lower: String::new(),
        }
    }

    /// Calls `found` with each piece of `text`, in order.
    pub(super) fn pieces(&mut self, text: &str, mut found: impl FnMut(u16)) {
        for word in Split::of(text) {
            if let Some(pieces) = self.known.get(word) {
                pieces.iter().copied().for_each(&mut found);
                continue;
            }
            let pieces = self.spell(word);
            pieces.iter().copied().for_each(&mut found);
            if self.known.len() < REMEMBERED_WORDS_MAX && word.len() <= WORD_CHARS_MAX {
                self.known.insert(word.to_owned(), pieces.into());
            }
        }
    }

    /// Returns at most `most` pieces of `text` as a sentence, between its marks.
    pub(crate) fn sentence(&mut self, text: &str, most: usize) -> Vec<u32> {
        let mut pieces = Vec::new();
        let marks = self.vocabulary.marks;
        pieces.extend(marks.map(|marks| u32::from(marks.begin)));
        self.pieces(text, |piece| pieces.push(u32::from(piece)));
        pieces.truncate(most.saturating_sub(1));
        pieces.extend(marks.map(|marks| u32::from(marks.end)));
        pieces
    }

    fn spell(&mut self, word: &str) -> Vec<u16> {
        self.lower.clear();
        // A sentence model has pieces of its own for marks such as `“` and `…`.
        let is_mark = self.vocabulary.marks.is_some() && !word.contains(char::is_alphanumeric);
        if is_mark {
            self.lower.push_str(word);
        } else if word.is_ascii() {
            self.lower
                .extend(word.chars().map(|letter| letter.to_ascii_lowercase()));
        } else {
            let mut folded = self.fold.token_stream(word);
            while let Some(token) = folded.next() {
                let letters = token.text.chars().flat_map(char::to_lowercase);
                self.lower
                    .extend(letters.filter(|letter| !is_accent(*letter)));
            }
        }
        self.vocabulary.spell(&self.lower)
    }
}

/// Tells whether `letter` is an accent that stands behind the letter it belongs to.
fn is_accent(letter: char) -> bool {
    matches!(letter, '\u{300}'..='\u{36f}')
}

/// Tells whether `letter` is a word by itself: an ideograph.
fn stands_alone(letter: char) -> bool {
    matches!(letter, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{2fa1f}')
}

/// The words and marks of a text.
struct Split<'a> {
    rest: &'a str,
}

impl<'a> Split<'a> {
    fn of(text: &'a str) -> Self {
        Self { rest: text }
    }
}

impl<'a> Iterator for Split<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        let is_gap = |letter: char| letter.is_whitespace() || letter.is_control();
        self.rest = self.rest.trim_start_matches(is_gap);
        let bytes = self.rest.as_bytes();
        let plain = bytes
            .iter()
            .take_while(|byte| byte.is_ascii_alphanumeric())
            .count();
        let end = if bytes.get(plain).is_none_or(u8::is_ascii) && plain > 0 {
            plain
        } else {
            let in_word = |letter: char| {
                (letter.is_alphanumeric() || is_accent(letter)) && !stands_alone(letter)
            };
            let word = self
                .rest
                .find(|letter| !in_word(letter))
                .unwrap_or(self.rest.len());
            let first = self.rest.chars().next()?;
            if word == 0 { first.len_utf8() } else { word }
        };
        let (word, rest) = self.rest.split_at_checked(end)?;
        self.rest = rest;
        Some(word)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use proptest::prelude::*;

    use super::*;

    static PIECES: LazyLock<Vocabulary> = LazyLock::new(Vocabulary::read);

    fn spelled(text: &str) -> Vec<&'static str> {
        let mut ids = Vec::new();
        Speller::new(&PIECES).pieces(text, |id| ids.push(id));
        ids.iter()
            .map(|id| VOCABULARY.lines().nth(usize::from(*id)).unwrap())
            .collect()
    }

    #[test]
    fn words_are_spelled_with_the_longest_pieces() {
        assert_eq!(
            spelled("Tokenizers re-index useEffect()"),
            [
                "token", "##izer", "##s", "re", "-", "index", "use", "##ef", "##fect", "(", ")"
            ]
        );
    }

    #[test]
    fn case_and_accents_do_not_matter_and_ideographs_are_words() {
        assert_eq!(spelled("CAFÉ cafe\u{301} café"), ["cafe", "cafe", "cafe"]);
        assert_eq!(spelled("日本\u{7}語"), ["日", "本", "語"]);
    }

    #[test]
    fn a_word_that_is_data_has_no_pieces() {
        assert_eq!(spelled(&"a".repeat(101)), Vec::<&str>::new());
        assert!(!spelled(&"a".repeat(100)).is_empty());
        assert_eq!(spelled("[CLS] [unused1]").first(), Some(&"["));
    }

    proptest! {
        #[test]
        fn any_text_is_spelled_the_same_whether_its_words_are_known_or_not(text in any::<String>()) {
            let mut speller = Speller::new(&PIECES);
            let (mut once, mut again) = (Vec::new(), Vec::new());
            speller.pieces(&text, |id| once.push(id));
            speller.pieces(&text, |id| again.push(id));
            prop_assert!(once.iter().all(|id| usize::from(*id) < Vocabulary::len()));
            prop_assert_eq!(once, again);
        }
    }
}
