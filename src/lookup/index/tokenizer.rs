//! [`Words`] as tantivy reads them.
//!
//! Documentation says most things with few words, again and again. So what a word is held as (its parts, small letters,
//! stems) is worked out when it is first met, and then remembered, for all fields that hold words in the same way.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use foldhash::fast::RandomState;
use tantivy::tokenizer::{
    Language, LowerCaser, RawTokenizer, Stemmer, TextAnalyzer, Token, TokenStream, Tokenizer,
};

use super::spelled::NameTokenizer;
use super::words::{WORD_BYTES_MAX, Words, has_places, parts};

/// Name of the analyzer for prose: whole words and their parts, stemmed.
pub(super) const PROSE: &str = "prose";
/// Name of the analyzer for forms: whole words, as they are written save for case.
pub(super) const FORMS: &str = "forms";
/// Name of the analyzer for spellings: names, as they are written.
pub(super) const SPELLINGS: &str = "spellings";

/// Bytes of remembered words and what they are held as, while documentation is read in; when there are more, all are forgotten.
/// Some 250,000 words: as many as a gigabyte of manuals has.
const READING_BYTES_MAX: usize = 16 << 20;
/// The same for answers, which meet fewer. A server keeps them as long as it runs.
const ANSWERING_BYTES_MAX: usize = 4 << 20;
/// Bytes that a remembered word takes beside its letters and its forms.
const ENTRY_BYTES: usize = 32;

/// Returns the analyzer called `name`.
pub(super) fn analyzer(name: &str) -> TextAnalyzer {
    if name == SPELLINGS {
        return TextAnalyzer::from(NameTokenizer);
    }
    let forms = forms(name, READING_BYTES_MAX);
    TextAnalyzer::from(WordTokenizer(Arc::new(Mutex::new(forms))))
}

/// Returns what the analyzer called `name` holds words as, remembering at most `bytes_max`.
fn forms(name: &str, bytes_max: usize) -> Forms {
    let raw = TextAnalyzer::builder(RawTokenizer::default());
    let small = raw.filter(LowerCaser);
    let (taken, held_as) = if name == FORMS {
        (Taken::Words, small.build())
    } else {
        let stems = small.filter(Stemmer::new(Language::English));
        (Taken::WordsAndParts, stems.build())
    };
    Forms::new(taken, held_as, bytes_max)
}

/// How fields of prose take a text apart, for answers: what one question made it remember of words serves the next.
#[derive(Clone)]
pub(crate) struct Prose(Arc<Mutex<Forms>>);

impl Prose {
    pub(super) fn new() -> Self {
        Self(Arc::new(Mutex::new(forms(PROSE, ANSWERING_BYTES_MAX))))
    }

    /// Calls `found` with each word of `text`, in order, and each form that it is held in: itself, then its parts.
    pub(crate) fn each(&self, text: &str, found: impl FnMut(&str, &str)) {
        self.each_wanted(text, |_| true, found);
    }

    /// Does the same for words that are `wanted` alone: telling which costs less than looking up what all are held as.
    pub(crate) fn each_wanted(
        &self,
        text: &str,
        wanted: impl Fn(&str) -> bool,
        mut found: impl FnMut(&str, &str),
    ) {
        let mut forms = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (_, word) in Words::of(text).filter(|(_, word)| wanted(word)) {
            let mut held = forms.of(word);
            while let Some((form, _)) = forms.next(&mut held) {
                found(word, form);
            }
        }
    }
}

/// What is taken of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Taken {
    Words,
    WordsAndParts,
}

/// What words are held as.
#[derive(Clone)]
struct Forms {
    taken: Taken,
    /// From a word or a part, as written, to what the index holds.
    held_as: TextAnalyzer,
    /// The forms of each word, for short words and for long ones.
    short: HashMap<(u64, u64), Held, RandomState>,
    long: HashMap<Box<str>, Held, RandomState>,
    /// All forms, one behind the other, each behind a letter that says how long it is and one that says whether the index keeps
    /// where it stands: what is asked of a word lies together.
    all: String,
    /// What is remembered takes so many, and may take so many.
    bytes: usize,
    bytes_max: usize,
}

/// Forms that follow each other: the byte at which the first is, and how many there are.
#[derive(Debug, Clone, Copy, Default)]
struct Held {
    at: u32,
    forms: u32,
}

/// Bytes before each form.
const BEFORE: usize = 2;
/// Says of a form that the index keeps where it stands; anything else says that it does not.
const PLACED: u8 = b'p';
const UNPLACED: u8 = b'-';

impl Forms {
    fn new(taken: Taken, held_as: TextAnalyzer, bytes_max: usize) -> Self {
        Self {
            taken,
            held_as,
            short: HashMap::default(),
            long: HashMap::default(),
            all: String::new(),
            bytes: 0,
            bytes_max,
        }
    }

    /// Takes the next of the forms that are left of `held`: it, and whether the index keeps where it stands.
    fn next(&self, held: &mut Held) -> Option<(&str, bool)> {
        held.forms = held.forms.checked_sub(1)?;
        let from = held.at as usize;
        let (length, placed) = match self.all.as_bytes().get(from..)? {
            [length, placed, ..] => (usize::from(*length), *placed == PLACED),
            _ => return None,
        };
        let to = from + BEFORE + length;
        held.at = u32::try_from(to).ok()?;
        Some((self.all.get(from + BEFORE..to)?, placed))
    }

    /// Returns the forms of `word`, until the next word is asked for.
    fn of(&mut self, word: &str) -> Held {
        self.known(word).unwrap_or_else(|| {
            if self.bytes > self.bytes_max {
                self.short.clear();
                self.long.clear();
                self.all.clear();
                self.bytes = 0;
            }
            self.learn(word)
        })
    }

    fn known(&self, word: &str) -> Option<Held> {
        let known = match packed(word) {
            Some(packed) => self.short.get(&packed),
            None => self.long.get(word),
        };
        known.copied()
    }

    fn learn(&mut self, word: &str) -> Held {
        let mut of_parts = Vec::new();
        if self.taken == Taken::WordsAndParts {
            // Many words have the same parts. Each is held as it would be as a word.
            parts(word, |part| {
                if part.len() <= WORD_BYTES_MAX {
                    of_parts.push(self.known(part).unwrap_or_else(|| self.learn(part)));
                }
            });
        }
        let first = self.all.len();
        let mut forms = 0;
        if word.len() <= WORD_BYTES_MAX {
            let mut held = self.held_as.token_stream(word);
            while let Some(token) = held.next() {
                forms += add(&mut self.all, &token.text, has_places(&token.text));
            }
        }
        for mut part in of_parts {
            if let Some((form, is_placed)) = self.next(&mut part) {
                let form = form.to_owned();
                forms += add(&mut self.all, &form, is_placed);
            }
        }
        let added = self.all.len() - first;
        self.bytes += word.len() + added + ENTRY_BYTES;
        let held = Held {
            at: u32::try_from(first).unwrap_or(u32::MAX),
            forms,
        };
        match packed(word) {
            Some(packed) => self.short.insert(packed, held),
            None => self.long.insert(word.into(), held),
        };
        held
    }
}

/// Adds `form` to `all`, and returns how many that makes: one that is longer than a word can be in small letters is none.
fn add(all: &mut String, form: &str, is_placed: bool) -> u32 {
    let Some(length) = u8::try_from(form.len()).ok().filter(u8::is_ascii) else {
        return 0;
    };
    all.push(char::from(length));
    all.push(char::from(if is_placed { PLACED } else { UNPLACED }));
    all.push_str(form);
    1
}

/// A word of up to fifteen bytes, nearly any, as two numbers: compared at once, with nothing to follow to where its letters are.
fn packed(word: &str) -> Option<(u64, u64)> {
    let mut packed = [0; 16];
    let (length, letters) = packed.split_last_mut()?;
    letters
        .get_mut(..word.len())?
        .copy_from_slice(word.as_bytes());
    *length = u8::try_from(word.len()).ok()?;
    let (first, rest) = packed.split_first_chunk()?;
    let second = rest.first_chunk()?;
    Some((u64::from_le_bytes(*first), u64::from_le_bytes(*second)))
}

/// Takes texts apart, for one field at a time.
#[derive(Clone)]
pub(super) struct WordTokenizer(Arc<Mutex<Forms>>);

/// The tokens of one text. A word and its parts have the same position, so that a phrase matches either way.
pub(super) struct WordStream<'a> {
    words: Words<'a>,
    forms: MutexGuard<'a, Forms>,
    /// Forms of the word at hand that are still to come.
    left: Held,
    /// Where the word at hand stands.
    place: usize,
    token: Token,
}

impl Tokenizer for WordTokenizer {
    type TokenStream<'a> = WordStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> WordStream<'a> {
        WordStream {
            words: Words::of(text),
            forms: self.0.lock().unwrap_or_else(PoisonError::into_inner),
            left: Held::default(),
            place: usize::MAX,
            token: Token::default(),
        }
    }
}

impl TokenStream for WordStream<'_> {
    fn advance(&mut self) -> bool {
        loop {
            if let Some((form, is_placed)) = self.forms.next(&mut self.left) {
                self.token.text.clear();
                self.token.text.push_str(form);
                // Places that are all the same take no room.
                self.token.position = if is_placed { self.place } else { 0 };
                return true;
            }
            let Some((start, word)) = self.words.next() else {
                return false;
            };
            self.left = self.forms.of(word);
            self.place = self.place.wrapping_add(1);
            self.token.offset_from = start;
            self.token.offset_to = start + word.len();
        }
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}

#[cfg(test)]
mod tests {
    use super::super::words::PLACELESS;
    use super::*;

    fn tokens(analyzer: &mut TextAnalyzer, text: &str) -> Vec<(usize, String)> {
        let mut stream = analyzer.token_stream(text);
        let mut tokens = Vec::new();
        while let Some(token) = stream.next() {
            tokens.push((token.position, token.text.clone()));
        }
        tokens
    }

    fn texts(name: &str, text: &str) -> Vec<String> {
        let tokens = tokens(&mut analyzer(name), text);
        tokens.into_iter().map(|(_, text)| text).collect()
    }

    #[test]
    fn each_analyzer_holds_words_in_its_own_form() {
        let text = "Retries of useEffect, again useEffect";
        assert_eq!(
            texts(PROSE, text),
            [
                "retri",
                "of",
                "useeffect",
                "use",
                "effect",
                "again",
                "useeffect",
                "use",
                "effect"
            ]
        );
        assert_eq!(texts(FORMS, text).first().unwrap(), "retries");
        assert_eq!(texts(SPELLINGS, text).last().unwrap(), "useEffect");
    }

    #[test]
    fn parts_stand_where_their_word_stands_and_words_that_are_too_long_leave_a_gap() {
        let text = format!("a_b {} c", "x".repeat(WORD_BYTES_MAX + 1));
        let found = tokens(&mut analyzer(PROSE), &text);
        let found: Vec<(usize, &str)> = found
            .iter()
            .map(|(at, text)| (*at, text.as_str()))
            .collect();
        assert_eq!(found, [(0, "a_b"), (0, "a"), (0, "b"), (2, "c")]);
    }

    #[test]
    fn words_of_every_sentence_have_no_places_and_the_others_keep_theirs() {
        let found = tokens(&mut analyzer(PROSE), "Why the rope is in a locker");
        let found: Vec<(usize, &str)> = found
            .iter()
            .map(|(at, text)| (*at, text.as_str()))
            .collect();
        let placed = [(2, "rope"), (6, "locker")];
        assert!(
            placed.iter().all(|placed| found.contains(placed)),
            "{found:?}"
        );
        let mut rest = found.iter().filter(|found| !placed.contains(found));
        assert!(rest.all(|(at, _)| *at == 0), "{found:?}");
        assert!(PLACELESS.is_sorted());
        for form in PLACELESS {
            assert_eq!(texts(PROSE, form), [*form]);
        }
    }

    #[test]
    fn what_one_field_learned_of_a_word_the_others_know() {
        let forms = Arc::new(Mutex::new(forms(PROSE, READING_BYTES_MAX)));
        let known_after = |text: &str| {
            let mut field = TextAnalyzer::from(WordTokenizer(Arc::clone(&forms)));
            let tokens = tokens(&mut field, text).len();
            (tokens, forms.lock().unwrap().short.len())
        };
        assert_eq!(known_after("useEffect"), (3, 3));
        assert_eq!(known_after("Effect of use"), (3, 4));
    }

    #[test]
    fn words_that_differ_in_capitals_alone_are_held_as_each_would_be_by_itself() {
        let text = "Reading READING reading ΑΣ ας Ας É é İx ix ǅ ǆ STRASSE straße a_B A_b";
        let each: Vec<String> = text
            .split(' ')
            .flat_map(|word| texts(PROSE, word))
            .collect();
        assert_eq!(texts(PROSE, text), each);
    }

    #[test]
    fn what_is_remembered_is_bounded_and_changes_nothing() {
        let raw = TextAnalyzer::builder(RawTokenizer::default()).build();
        let mut forms = Forms::new(Taken::Words, raw, 1 << 20);
        let mut forgot = 0;
        for number in 0..100_000 {
            let (word, before) = (
                format!("{}{number}", "word".repeat(number % 4)),
                forms.bytes,
            );
            let mut held = forms.of(&word);
            assert_eq!(forms.next(&mut held), Some((word.as_str(), true)));
            assert_eq!(forms.next(&mut held), None);
            assert!(forms.bytes < (1 << 20) + 200);
            forgot += usize::from(forms.bytes < before);
        }
        assert!(forgot > 0);
    }
}
