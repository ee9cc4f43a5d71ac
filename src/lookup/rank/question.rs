//! A question as terms: what is looked for, in which forms, and how much each is worth.
//!
//! A question is data: its words become terms one by one, and nothing in it can be a query language.

use crate::lookup::document::Kind;
use crate::lookup::index::View;
use crate::lookup::index::words::{Words, is_name};

/// What is looked for, and where.
#[derive(Debug, Clone, Default)]
pub(crate) struct Question<'a> {
    /// The words.
    pub(crate) text: &'a str,
    /// Numbers of the only sources to search.
    pub(crate) sources: Option<&'a [i64]>,
    /// The only kind of page to search.
    pub(crate) kind: Option<Kind>,
}

/// A form in which a word is looked for.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Term {
    /// As the prose fields hold it.
    pub(super) stem: String,
    /// As written; empty for a part.
    pub(super) written: String,
    /// As written, in lower case.
    pub(super) form: String,
    /// As written, in lower case, if it looks like a name: only such a word asks for what is defined.
    /// `take` in a sentence is not `Series.take`.
    pub(super) name: Option<String>,
    /// Which word of the question it is a form of.
    pub(super) word: usize,
    /// What it is to the question.
    pub(super) role: Role,
    /// Times that the question has the word.
    pub(super) times: u16,
}

/// What a term is to the question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// A word that says something.
    Word,
    /// A part of a word: `use` of `useEffect`.
    Part,
    /// A word that most questions share: `how`, `the`.
    Common,
}

/// Words of a question that are looked for: further ones only cost time.
const WORDS_MAX: usize = 48;

impl Term {
    /// What saying it again counts: a word said four times is worth two.
    pub(super) fn emphasis(&self) -> f32 {
        f32::from(self.times).sqrt()
    }
}

/// English words that say nothing about the subject of a question.
const COMMON_WORDS: &[&str] = &[
    "a", "about", "all", "am", "an", "and", "any", "are", "as", "at", "be", "been", "but", "by",
    "can", "could", "did", "do", "does", "doing", "for", "from", "get", "had", "has", "have",
    "how", "i", "if", "in", "into", "is", "it", "its", "me", "my", "of", "on", "or", "our",
    "should", "so", "some", "than", "that", "the", "their", "them", "then", "there", "these",
    "they", "this", "to", "us", "use", "used", "using", "was", "we", "were", "what", "when",
    "where", "which", "while", "who", "why", "will", "with", "would", "you", "your",
];

/// Returns the terms of `text`, in order.
pub(super) fn terms(view: &View, text: &str) -> Vec<Term> {
    let mut terms: Vec<Term> = Vec::new();
    let mut names: Vec<String> = Vec::new();
    for (_, written) in Words::of(text) {
        let name = written.to_lowercase();
        if names.len() >= WORDS_MAX {
            break;
        }
        if let Some(word) = names.iter().position(|known| *known == name) {
            for term in terms.iter_mut().filter(|term| term.word == word) {
                term.times = term.times.saturating_add(1);
            }
            continue;
        }
        let mut role = if COMMON_WORDS.contains(&name.as_str()) && !is_capitals(written, text) {
            Role::Common
        } else {
            Role::Word
        };
        view.prose.each(written, |_, form| {
            terms.push(Term {
                stem: form.to_owned(),
                written: if role == Role::Part {
                    String::new()
                } else {
                    written.to_owned()
                },
                form: name.clone(),
                name: (role != Role::Part && is_name(written)).then(|| name.clone()),
                word: names.len(),
                role,
                times: 1,
            });
            role = Role::Part;
        });
        names.push(name);
    }
    if terms.iter().all(|term| term.role != Role::Word) {
        for term in terms.iter_mut().filter(|term| term.role == Role::Common) {
            term.role = Role::Word;
        }
    }
    terms
}

/// Tells whether `word` is in capitals and the rest of the question is not: `GET` and `IN` are keywords, not `get` and `in`.
fn is_capitals(word: &str, text: &str) -> bool {
    word.len() > 1 && word.chars().all(char::is_uppercase) && text.chars().any(char::is_lowercase)
}

/// Tells whether nothing but names is asked for: then what is written decides, not what it means.
pub(super) fn is_identifier(terms: &[Term]) -> bool {
    let mut whole = terms
        .iter()
        .filter(|term| term.role != Role::Part)
        .peekable();
    whole.peek().is_some() && whole.all(|term| term.name.is_some())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lookup::library;

    fn asked(text: &str) -> Vec<Term> {
        let (store, index) = library::in_memory("s", [("a.md", "# A\n\nText.\n")]).unwrap();
        terms(&index.view(&store).unwrap(), text)
    }

    #[test]
    fn a_name_is_looked_for_whole_and_in_parts() {
        let found = asked("how does useEffect work");
        let roles: Vec<(&str, Role, bool)> = found
            .iter()
            .map(|term| (term.stem.as_str(), term.role, term.name.is_some()))
            .collect();
        assert_eq!(
            roles,
            [
                ("how", Role::Common, false),
                ("doe", Role::Common, false),
                ("useeffect", Role::Word, true),
                ("use", Role::Part, false),
                ("effect", Role::Part, false),
                ("work", Role::Word, false),
            ]
        );
    }

    #[test]
    fn a_question_of_common_words_only_is_about_them() {
        assert!(
            asked("what is it")
                .iter()
                .all(|term| term.role == Role::Word)
        );
    }

    #[test]
    fn a_word_that_is_said_again_counts_for_more_but_not_twice() {
        let found = asked("locks of pages, and what a lock or the locks of a page hold");
        let of = |stem: &str| found.iter().find(|term| term.stem == stem).unwrap();
        assert_eq!((of("lock").times, of("hold").times), (2, 1));
        assert!(of("lock").emphasis() > 1.4 && of("lock").emphasis() < 1.5);
        assert_eq!(found.iter().filter(|term| term.form == "locks").count(), 1);
    }

    #[test]
    fn a_keyword_in_capitals_is_no_common_word() {
        let roles = |text: &str| asked(text).iter().map(|term| term.role).collect::<Vec<_>>();
        assert_eq!(roles("GET pets"), [Role::Word, Role::Word]);
        assert_eq!(roles("get pets"), [Role::Common, Role::Word]);
        assert_eq!(roles("GET PETS"), [Role::Common, Role::Word]);
    }

    #[test]
    fn names_alone_are_an_identifier_and_a_sentence_with_one_is_not() {
        for text in ["useEffect", "std::fs::read", "--no-cache E0308"] {
            assert!(is_identifier(&asked(text)), "{text}");
        }
        for text in ["when does useEffect run", "retry", ""] {
            assert!(!is_identifier(&asked(text)), "{text}");
        }
    }
}
