//! [`Words`] as tantivy reads them.
//!
//! Documentation says most things with few words, again and again. So what a word is held as (its parts, small letters,
//! stems) is worked out when it is first met, and then remembered, for all fields that hold words in the same way.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use foldhash::fast::RandomState;
use tantivy::tokenizer::{
    AsciiFoldingFilter, Language, LowerCaser, RawTokenizer, Stemmer, TextAnalyzer, Token,
    TokenStream, Tokenizer,
};

use super::british::american;
use super::spelled::NameTokenizer;
use super::words::{WORD_BYTES_MAX, Words, has_places, parts};

/// Name of the analyzer for prose: whole words and their parts, without accents, in one spelling, stemmed.
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
/// Bytes that a remembered text takes beside its letters.
const ENTRY_BYTES: usize = 24;

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
        // Not everybody can type the accents of a language.
        let plain = small.filter(AsciiFoldingFilter);
        let stems = plain.filter(Stemmer::new(Language::English));
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
            for number in forms.of(word) {
                found(word, forms.form(number));
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
    /// Which of `ends` are of the forms of a word, for short words and for long ones.
    short: HashMap<u128, Range<usize>, RandomState>,
    long: HashMap<Box<str>, Range<usize>, RandomState>,
    /// The letters of all forms, one behind the other, and where each ends.
    letters: String,
    ends: Vec<usize>,
    /// Whether the index keeps where each stands.
    have_places: Vec<bool>,
    /// What is remembered takes so many, and may take so many.
    bytes: usize,
    bytes_max: usize,
}

impl Forms {
    fn new(taken: Taken, held_as: TextAnalyzer, bytes_max: usize) -> Self {
        Self {
            taken,
            held_as,
            short: HashMap::default(),
            long: HashMap::default(),
            letters: String::new(),
            ends: Vec::new(),
            have_places: Vec::new(),
            bytes: 0,
            bytes_max,
        }
    }

    /// Returns the form with this number.
    fn form(&self, number: usize) -> &str {
        self.letters.get(self.range(number)).unwrap_or_default()
    }

    /// Returns which of the letters are those of the form with this number.
    fn range(&self, number: usize) -> Range<usize> {
        let end = self.ends.get(number).copied().unwrap_or_default();
        let before = number
            .checked_sub(1)
            .and_then(|before| self.ends.get(before));
        before.copied().unwrap_or_default()..end
    }

    /// Tells whether the index keeps where the form with this number stands.
    fn has_places(&self, number: usize) -> bool {
        self.have_places.get(number).copied().unwrap_or(true)
    }

    /// Returns the numbers of the forms of `word`, until the next word is asked for.
    fn of(&mut self, word: &str) -> Range<usize> {
        self.known(word).unwrap_or_else(|| {
            if self.bytes > self.bytes_max {
                self.short.clear();
                self.long.clear();
                self.letters.clear();
                self.ends.clear();
                self.have_places.clear();
                self.bytes = 0;
            }
            self.learn(word)
        })
    }

    fn known(&self, word: &str) -> Option<Range<usize>> {
        let known = match packed(word) {
            Some(packed) => self.short.get(&packed),
            None => self.long.get(word),
        };
        known.cloned()
    }

    fn learn(&mut self, word: &str) -> Range<usize> {
        let mut of_parts = Vec::new();
        if self.taken == Taken::WordsAndParts {
            // Many words have the same parts. Each is held as it would be as a word.
            parts(word, |part| {
                if part.len() <= WORD_BYTES_MAX {
                    of_parts.push(self.known(part).unwrap_or_else(|| self.learn(part)).start);
                }
            });
        }
        let (first, before) = (self.ends.len(), self.letters.len());
        if word.len() <= WORD_BYTES_MAX {
            let spelled = match self.taken {
                Taken::WordsAndParts => american(&word.to_lowercase()),
                Taken::Words => None,
            };
            let mut held = self
                .held_as
                .token_stream(spelled.as_deref().unwrap_or(word));
            while let Some(token) = held.next() {
                self.letters.push_str(&token.text);
                self.ends.push(self.letters.len());
                self.have_places.push(has_places(&token.text));
            }
        }
        for part in of_parts {
            let form = self.range(part);
            self.letters.extend_from_within(form);
            self.ends.push(self.letters.len());
            self.have_places.push(self.has_places(part));
        }
        let forms = first..self.ends.len();
        self.bytes += word.len() + self.letters.len() - before + ENTRY_BYTES * (1 + forms.len());
        match packed(word) {
            Some(packed) => self.short.insert(packed, forms.clone()),
            None => self.long.insert(word.into(), forms.clone()),
        };
        forms
    }
}

/// A word of up to fifteen bytes, nearly any, as one number: compared at once, with nothing to follow to where its letters are.
fn packed(word: &str) -> Option<u128> {
    let mut packed = [0; 16];
    let (length, letters) = packed.split_last_mut()?;
    letters
        .get_mut(..word.len())?
        .copy_from_slice(word.as_bytes());
    *length = u8::try_from(word.len()).ok()?;
    Some(u128::from_le_bytes(packed))
}

/// Takes texts apart, for one field at a time.
#[derive(Clone)]
pub(super) struct WordTokenizer(Arc<Mutex<Forms>>);

/// The tokens of one text. A word and its parts have the same position, so that a phrase matches either way.
pub(super) struct WordStream<'a> {
    words: Words<'a>,
    forms: MutexGuard<'a, Forms>,
    /// Forms of the word at hand that are still to come.
    left: Range<usize>,
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
            left: 0..0,
            place: usize::MAX,
            token: Token::default(),
        }
    }
}

impl TokenStream for WordStream<'_> {
    fn advance(&mut self) -> bool {
        loop {
            if let Some(number) = self.left.next() {
                self.token.text.clear();
                self.token.text.push_str(self.forms.form(number));
                // Places that are all the same take no room.
                let is_kept = self.forms.has_places(number);
                self.token.position = if is_kept { self.place } else { 0 };
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
    fn accents_and_the_dictionary_of_a_writer_make_no_difference() {
        for (one, other) in [
            ("désactivée", "desactivee"),
            ("Größe", "grosse"),
            ("Ｗｏｒｋｅｒ", "worker"),
            ("Serialised organisations", "serialized organizations"),
            ("defaultColour", "default color"),
        ] {
            let forms = texts(PROSE, one);
            for form in texts(PROSE, other) {
                assert!(forms.contains(&form), "{form}: {forms:?}");
            }
        }
        assert_eq!(texts(FORMS, "Größe colour"), ["größe", "colour"]);
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
            let range = forms.of(&word);
            assert_eq!(forms.form(range.start), word);
            assert!(forms.bytes < (1 << 20) + 200);
            forgot += usize::from(forms.bytes < before);
        }
        assert!(forgot > 0);
    }
}
