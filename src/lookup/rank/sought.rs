//! The words of a question, to be found in a text: which sentences of a section speak of what is asked.

use super::question::{Question, Role, terms};
use super::rarity::Rarity;
use crate::lookup::arity;
use crate::lookup::error::LookupError;
use crate::lookup::index::words::is_plain_prose;
use crate::lookup::index::{Prose, View};

/// Words that are told apart: one bit each.
const WORDS_MAX: usize = 64;
/// What a part of a word is worth, of what the word is: `effect` of `useEffect`.
const PART: f32 = 0.3;

/// The words that are looked for, with what each is worth.
pub(crate) struct Sought {
    prose: Prose,
    /// So few that looking at each takes less than a table would.
    stems: Vec<String>,
    beginnings: Beginnings,
    worth: Vec<f32>,
    /// Names with a number, as the index holds them.
    counted: Vec<String>,
    /// Options of one letter, `-P`, each with its place among the words: `-p` is another.
    options: Vec<(String, usize)>,
}

/// Words of a question that were found in a text: a bit for each.
pub(crate) type Words = u64;

impl Sought {
    /// Reads the words of `question`.
    pub(crate) fn of(view: &View, question: &Question<'_>) -> Result<Self, LookupError> {
        let rarity = Rarity(view);
        let (mut stems, mut worth) = (Vec::new(), Vec::new());
        let (mut counted, mut options) = (Vec::new(), Vec::new());
        for term in terms(view, question)? {
            if term.role == Role::Word && arity::name_of(&term.spelled).is_some() {
                counted.push(term.spelled.clone());
            }
            let share = match term.role {
                Role::Word | Role::Member => 1.0,
                Role::Owner | Role::Part => PART,
                Role::Common | Role::About(_) => continue,
            };
            if worth.len() >= WORDS_MAX || stems.contains(&term.stem) {
                continue;
            }
            let worth_of_it = share * term.share * rarity.of(&term.stem)?;
            let option = (term.written.len() == 1).then(|| format!("-{}", term.written));
            if let Some(option) = option.filter(|option| has_option(question.text, option))
                && worth.len() + 1 < WORDS_MAX
            {
                options.push((option, worth.len()));
                worth.push(worth_of_it);
                // The place is no stem's.
                stems.push(String::new());
            }
            worth.push(worth_of_it);
            stems.push(term.stem);
        }
        Ok(Self {
            prose: view.prose.clone(),
            beginnings: Beginnings::of(&stems),
            stems,
            worth,
            counted,
            options,
        })
    }

    /// Tells whether `name`, one with a number, is asked for, with or without what it belongs to.
    pub(crate) fn is_counted(&self, name: &str) -> bool {
        let name = arity::held(name);
        let mut counted = self.counted.iter();
        counted.any(|wanted| {
            let before = wanted.strip_suffix(name.as_str());
            before.is_some_and(|before| before.is_empty() || before.ends_with('.'))
        })
    }

    /// Returns which of the words `text` has.
    pub(crate) fn found_in(&self, text: &str) -> Words {
        let mut found = 0;
        let wanted = |word: &str| self.beginnings.may_be_of(word);
        self.prose.each_wanted(text, wanted, |_, form| {
            if let Some(place) = self.stems.iter().position(|stem| stem == form) {
                found |= 1 << place;
            }
        });
        for (option, place) in &self.options {
            found |= u64::from(has_option(text, option)) << place;
        }
        found
    }

    /// Returns what `words` are worth together.
    pub(crate) fn worth(&self, words: Words) -> f32 {
        let (mut left, mut sum) = (words, 0.0);
        while left != 0 {
            let place = usize::try_from(left.trailing_zeros()).unwrap_or_default();
            sum += self.worth.get(place).copied().unwrap_or_default();
            left &= left - 1;
        }
        sum
    }
}

/// Tells whether `text` has `option` by itself: `-P`, but not `--P`, `-Path` and `x-P`.
fn has_option(text: &str, option: &str) -> bool {
    let is_in_word = |letter: char| letter.is_alphanumeric() || "-_".contains(letter);
    text.match_indices(option).any(|(at, _)| {
        let (before, behind) = (text.get(..at), text.get(at + option.len()..));
        !before.is_some_and(|before| before.ends_with(is_in_word))
            && !behind.is_some_and(|behind| behind.starts_with(is_in_word))
    })
}

/// The first two letters of some stems. A plain word has no parts, and its stem begins as it does, save that `dying` is held as
/// `die`: so nearly all words of a text are seen not to be meant before what they are held as is looked up.
struct Beginnings {
    /// For each first letter a bit for each second one, the last bit for none.
    seconds: [u32; LETTERS],
}

/// Letters from a to z.
const LETTERS: usize = 26;

impl Beginnings {
    fn of(stems: &[String]) -> Self {
        let mut seconds = [0; LETTERS];
        for stem in stems {
            let mut letters = stem.bytes().map(letter);
            if let Some(first) = letters.next().and_then(|first| seconds.get_mut(first)) {
                // Of a letter by itself what was behind it may be gone.
                *first |= letters.next().map_or(u32::MAX, |second| 1 << second);
            }
        }
        Self { seconds }
    }

    /// Tells whether one of the stems may be of `word`.
    fn may_be_of(&self, word: &str) -> bool {
        if !is_plain_prose(word) {
            return true;
        }
        let mut letters = word.bytes().map(letter);
        let first = letters.next().and_then(|first| self.seconds.get(first));
        let second = letters.next().unwrap_or(LETTERS);
        first.is_some_and(|seconds| seconds & (1 << second) != 0)
    }
}

/// The place of a letter in the alphabet; `y` is one with `i`, and what is no letter comes behind all.
fn letter(byte: u8) -> usize {
    match byte.to_ascii_lowercase() {
        b'y' => usize::from(b'i' - b'a'),
        letter @ b'a'..=b'z' => usize::from(letter - b'a'),
        _ => LETTERS,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::lookup::library;

    /// Asserts that each of `words` may be of what it is held as.
    fn are_begun_by_their_stems<'w>(words: impl IntoIterator<Item = &'w str>) {
        let (store, index) = library::in_memory("s", [("a.md", "# A\n\nB.\n")]).unwrap();
        let prose = index.view(&store).unwrap().prose.clone();
        for word in words {
            prose.each(word, |_, stem| {
                let beginnings = Beginnings::of(&[stem.to_owned()]);
                assert!(beginnings.may_be_of(word), "{word} of {stem}");
            });
        }
    }

    #[test]
    fn words_that_are_held_as_something_shorter_begin_as_it_does() {
        let words = "dying lying tying vying skies skis ties tied dies eyed eyes yes is as us a I bed sing gas early only use \
                     Flying flies agreed hopping useEffect a_b é";
        are_begun_by_their_stems(words.split(' '));
    }

    #[test]
    fn most_words_are_seen_to_be_others_by_their_first_two_letters() {
        let beginnings = Beginnings::of(&["anchor".to_owned(), "die".to_owned(), "_x".to_owned()]);
        for word in ["weather", "Afternoon", "a", "do"] {
            assert!(!beginnings.may_be_of(word), "{word}");
        }
        for word in ["Anchors", "dying", "another", "_x", "b_c", "é"] {
            assert!(beginnings.may_be_of(word), "{word}");
        }
    }

    #[test]
    fn an_option_of_one_letter_is_found_as_it_is_written() {
        let (store, index) = library::in_memory("s", [("a.md", "# A\n\n-P and -p.\n")]).unwrap();
        let question = Question {
            text: "what does print -P mean",
            ..Question::default()
        };
        let sought = Sought::of(&index.view(&store).unwrap(), &question).unwrap();
        let worth = |text: &str| sought.worth(sought.found_in(text));
        assert!(worth("`-P`: all") > worth("`-p`: all"));
        for other in ["--P", "-Path", "x-P", "P"] {
            assert!(worth("-P") > worth(other), "{other}");
        }
    }

    proptest! {
        #[test]
        fn no_word_begins_otherwise_than_its_stem(
            words in prop::collection::vec("[A-Za-z][a-z]{0,7}(s|es|ies|ying|ing|ed|ied|y|ly|ation|eed)?", 30),
        ) {
            are_begun_by_their_stems(words.iter().map(String::as_str));
        }
    }
}
