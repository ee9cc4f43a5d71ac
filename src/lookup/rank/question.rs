//! A question as terms: what is looked for, in which forms, and how much each is worth.
//!
//! A question is data: its words become terms one by one, and nothing in it can be a query language.

use std::collections::{HashMap, HashSet};

use super::about::{self, Documentation};
use super::frames::apart;
use super::lacking::Lacking;
use super::named::{Named, is_called, is_defined, named};
use super::rarity::Rarity;
use crate::lookup::document::{Kind, looks_like_code};
use crate::lookup::error::LookupError;
use crate::lookup::index::View;
use crate::lookup::index::spelled::spelled;
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
    /// Words of the text that the documentation lacks.
    pub(crate) lacking: &'a [Lacking],
    /// What there is that it may name.
    pub(crate) documentations: &'a [Documentation],
}

impl Question<'_> {
    /// Tells whether pages of `source` that are of `kind`, by its number, are searched.
    pub(super) fn admits(&self, source: i64, kind: u64) -> bool {
        let is_wanted = |wanted: Kind| {
            let mut parts = wanted.with_parts().iter();
            parts.any(|part| *part as u64 == kind)
        };
        self.sources.is_none_or(|sources| sources.contains(&source))
            && self.kind.is_none_or(is_wanted)
    }
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
    /// The same as names that are defined are held.
    pub(super) spelled: String,
    /// Which word of the question it is a form of.
    pub(super) word: usize,
    /// What it is to the question.
    pub(super) role: Role,
    /// Times that the question has the word.
    pub(super) times: u16,
    /// What it counts against a word of the question, 0 to 1: less if it was only most likely meant.
    pub(super) share: f32,
}

/// What a term is to the question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// A word that says something.
    Word,
    /// The last part of a name: `resolve` of `Registry.resolve`. It is looked for nearly as the name is, which may begin with
    /// what the asker calls a variable.
    Member,
    /// What stands before that.
    Owner,
    /// A part of a word: `use` of `useEffect`.
    Part,
    /// A word that most questions share: `how`, `the`.
    Common,
    /// A word that names the documentation with this number.
    About(usize),
}

/// Words of a question that are looked for, the rarest: further ones only cost time.
const WORDS_MAX: usize = 48;
/// What a word counts that only the frames of a stack trace have: as a rule it is a name or a path of whoever asks.
const FRAMED: f32 = 0.3;
/// What a word counts that was most likely meant.
const MEANT: f32 = 0.8;

impl Term {
    /// What saying it again counts: a word said four times is worth two.
    pub(super) fn emphasis(&self) -> f32 {
        f32::from(self.times).sqrt()
    }
}

/// English words that say nothing about the subject of a question.
const COMMON_WORDS: &[&str] = &[
    "a", "about", "all", "am", "an", "and", "any", "are", "as", "at", "be", "been", "between",
    "but", "by", "can", "could", "did", "do", "does", "doing", "for", "from", "get", "had", "has",
    "have", "how", "i", "if", "in", "into", "is", "it", "its", "me", "my", "of", "on", "or", "our",
    "should", "so", "some", "than", "that", "the", "their", "them", "then", "there", "these",
    "they", "this", "to", "us", "use", "used", "using", "versus", "vs", "was", "we", "were",
    "what", "when", "where", "which", "while", "who", "why", "will", "with", "would", "you",
    "your",
];

/// Returns the terms of `question`, in order.
pub(super) fn terms(view: &View, question: &Question<'_>) -> Result<Vec<Term>, LookupError> {
    let (told, framed) = apart(question.text);
    let mut asked = Asked {
        view,
        question,
        text: &told,
        terms: Vec::new(),
        known: HashMap::new(),
        words: 0,
    };
    asked.read();
    if !framed.is_empty() {
        let told = asked.terms.clone();
        asked.text = &framed;
        asked.read();
        let of_frames = asked.terms.split_off(told.len());
        asked.terms = told;
        asked.terms.extend(of_frames.into_iter().map(|mut term| {
            term.share *= FRAMED;
            term
        }));
    }
    let mut terms = asked.rarest();
    if terms.iter().all(|term| term.role != Role::Word) {
        for term in terms.iter_mut().filter(|term| term.role == Role::Common) {
            term.role = Role::Word;
        }
    }
    about::mark(view, question, &mut terms)?;
    Ok(terms)
}

/// A question of which some words were read.
struct Asked<'a> {
    view: &'a View,
    question: &'a Question<'a>,
    /// What of it is read.
    text: &'a str,
    terms: Vec<Term>,
    /// The words in lower case, each with its number.
    known: HashMap<String, usize>,
    /// How many there are.
    words: usize,
}

impl Asked<'_> {
    /// Adds the words of the text.
    fn read(&mut self) {
        let text = self.text;
        let mut whole = named(self.view, text).into_iter().peekable();
        let mut within: Option<(Named, usize)> = None;
        for (start, written) in Words::of(text) {
            within.take_if(|(named, _)| named.bytes.end <= start);
            if let Some(named) = whole.next_if(|named| named.bytes.contains(&start)) {
                let word = self.whole(&named);
                within = Some((named, word));
            }
            match &within {
                Some((named, word)) => self.within(named, *word, start, written),
                None => self.word(start, written),
            }
        }
    }

    /// Returns the terms of the words that are looked for.
    fn rarest(self) -> Vec<Term> {
        if self.words <= WORDS_MAX {
            return self.terms;
        }
        let mut worth: Vec<(f32, usize)> = (0..self.words).map(|word| (0.0, word)).collect();
        for term in &self.terms {
            if let Some((worth, _)) = worth.get_mut(term.word) {
                *worth = worth.max(term.share * term.emphasis() * self.rarity(term));
            }
        }
        worth.sort_by(|(one, _), (other, _)| other.total_cmp(one));
        let kept: HashSet<usize> = worth
            .iter()
            .take(WORDS_MAX)
            .map(|(_, word)| *word)
            .collect();
        let terms = self.terms.into_iter();
        terms.filter(|term| kept.contains(&term.word)).collect()
    }

    /// Returns how rare `term` is in the documentation; 0 if it is nowhere, or in every question.
    fn rarity(&self, term: &Term) -> f32 {
        let found = tantivy::Term::from_field_text(self.view.fields.body, &term.stem);
        // An index that cannot be read says so when candidates are looked for.
        let is_there = self
            .view
            .searcher
            .doc_freq(&found)
            .is_ok_and(|count| count > 0)
            || term.name.is_some() && is_defined(self.view, &term.spelled);
        if term.role == Role::Common || !is_there {
            return 0.0;
        }
        Rarity(self.view).of(&term.stem).unwrap_or_default()
    }

    /// Tells whether `form` was there before, and counts it once more.
    fn is_again(&mut self, form: &str) -> bool {
        let Some(word) = self.known.get(form) else {
            return false;
        };
        for term in self.terms.iter_mut().filter(|term| term.word == *word) {
            term.times = term.times.saturating_add(1);
        }
        true
    }

    /// Returns the number of the word `form`, which is new.
    fn new_word(&mut self, form: &str) -> usize {
        self.known.insert(form.to_owned(), self.words);
        self.words += 1;
        self.words - 1
    }

    /// Adds the forms of `written`, which is the word `word` or a piece of it; `role` is that of the first, the others are its parts.
    fn add(&mut self, written: &str, word: usize, mut role: Role) {
        let form = written.to_lowercase();
        let is_named = is_name(written) || is_called(self.view, self.text, written);
        self.view.prose.each(written, |_, stem| {
            let is_whole = role != Role::Part;
            self.terms.push(Term {
                stem: stem.to_owned(),
                written: if is_whole {
                    written.to_owned()
                } else {
                    String::new()
                },
                form: form.clone(),
                name: (is_whole && is_named).then(|| form.clone()),
                spelled: spelled(written),
                word,
                role,
                times: 1,
                share: 1.0,
            });
            role = Role::Part;
        });
    }

    /// Gives the part `written` of the word whose terms begin at `first` a role of its own.
    fn mark(&mut self, first: usize, word: usize, written: &str, role: Role) {
        let mut stem = None;
        self.view.prose.each(written, |_, form| {
            stem.get_or_insert_with(|| form.to_owned());
        });
        let Some(stem) = stem else {
            return;
        };
        let form = written.to_lowercase();
        let marked = Term {
            stem,
            written: String::new(),
            name: Some(form.clone()),
            form,
            spelled: spelled(written),
            word,
            role,
            times: 1,
            share: 1.0,
        };
        let mut own = self.terms.iter_mut().skip(first);
        match own.find(|term| term.role == Role::Part && term.stem == marked.stem) {
            Some(part) => *part = marked,
            None => self.terms.push(marked),
        }
    }

    /// Reads the word `written`, which begins at `start`.
    fn word(&mut self, start: usize, written: &str) {
        let form = written.to_lowercase();
        if self.is_again(&form) {
            return;
        }
        let word = self.new_word(&form);
        if let Some(meant) = self.question.meant_by(written) {
            self.slip(written, word, meant);
            return;
        }
        let text = self.text;
        let is_common = COMMON_WORDS.contains(&form.as_str()) && !is_capitals(written, text);
        let role = if is_common { Role::Common } else { Role::Word };
        let first = self.terms.len();
        self.add(written, word, role);
        let behind = text.get(start + written.len()..).unwrap_or_default();
        if let Some((owner, member)) = member_of(written)
            && self.is_meant(written, owner, member, behind)
        {
            self.mark(first, word, owner, Role::Owner);
            self.mark(first, word, member, Role::Member);
        }
    }

    /// Reads `written`, the word `word`, by which `meant` was most likely meant: nothing has it whole, but its parts may be somewhere.
    fn slip(&mut self, written: &str, word: usize, meant: &str) {
        self.known.entry(meant.to_lowercase()).or_insert(word);
        let first = self.terms.len();
        self.add(meant, word, Role::Word);
        let of_meant = self.terms.len();
        self.add(written, word, Role::Word);
        for (at, mut term) in self.terms.split_off(first).into_iter().enumerate() {
            if first + at < of_meant {
                term.share = MEANT;
            }
            let is_new = self.terms.iter().all(|known| known.stem != term.stem);
            if is_new && first + at != of_meant {
                self.terms.push(term);
            }
        }
    }

    /// Tells whether `member` of `owner` is asked for by `written`, with `behind` behind it: `config.toml` is no member.
    fn is_meant(&self, written: &str, owner: &str, member: &str, behind: &str) -> bool {
        let is_unknown = || {
            let mut whole = self.terms.iter().rev();
            let whole = whole.find(|term| term.role == Role::Word);
            let body = |stem: &str| tantivy::Term::from_field_text(self.view.fields.body, stem);
            let count = whole.map(|term| self.view.searcher.doc_freq(&body(&term.stem)));
            !is_defined(self.view, &spelled(written)) && matches!(count, Some(Ok(0)))
        };
        looks_like_code(member)
            || behind.starts_with('(')
            || (is_defined(self.view, &spelled(owner)) || is_defined(self.view, member))
                && is_unknown()
    }

    /// Reads a name of several words that is defined, and returns its number.
    fn whole(&mut self, named: &Named) -> usize {
        let form = named.spelled.to_lowercase();
        if self.is_again(&form) {
            return self.known.get(&form).copied().unwrap_or_default();
        }
        let word = self.new_word(&form);
        self.terms.push(Term {
            stem: form.clone(),
            written: named.spelled.clone(),
            spelled: named.spelled.clone(),
            name: Some(form.clone()),
            form,
            word,
            role: Role::Word,
            times: 1,
            share: 1.0,
        });
        word
    }

    /// Reads the word `written` of such a name, which is the word `word`.
    fn within(&mut self, named: &Named, word: usize, start: usize, written: &str) {
        let form = written.to_lowercase();
        if self.known.contains_key(&form) {
            return;
        }
        self.known.insert(form, word);
        let first = self.terms.len();
        self.add(written, word, Role::Part);
        let end = start + written.len();
        if named.is_request() || end > named.words_end {
            return;
        }
        match member_of(written).filter(|_| end == named.words_end) {
            Some((owner, member)) => {
                self.mark(first, word, owner, Role::Owner);
                self.mark(first, word, member, Role::Member);
            }
            None if end == named.words_end => self.mark(first, word, written, Role::Member),
            None => self.mark(first, word, written, Role::Owner),
        }
    }
}

/// Returns what `name` is a member of, and the member: `Registry` and `resolve` of `Registry.resolve`.
fn member_of(name: &str) -> Option<(&str, &str)> {
    let at = name.rfind(['.', ':'])?;
    let (owner, member) = (name.get(..at)?, name.get(at + 1..)?);
    let owner = owner.trim_end_matches(':');
    let begins =
        |part: &str| part.starts_with(|letter: char| letter.is_alphabetic() || letter == '_');
    (begins(owner) && begins(member) && member.chars().count() > 1).then_some((owner, member))
}

/// Tells whether `word` is in capitals and the rest of the question is not: `GET` and `IN` are keywords, not `get` and `in`.
fn is_capitals(word: &str, text: &str) -> bool {
    word.len() > 1 && word.chars().all(char::is_uppercase) && text.chars().any(char::is_lowercase)
}

/// Tells whether nothing but names is asked for: then what is written decides, not what it means.
pub(super) fn is_identifier(terms: &[Term]) -> bool {
    let mut whole = terms
        .iter()
        .filter(|term| !matches!(term.role, Role::Part | Role::About(_)))
        .peekable();
    whole.peek().is_some() && whole.all(|term| term.name.is_some())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lookup::library;

    fn asked(text: &str) -> Vec<Term> {
        let (store, index) = library::in_memory("s", [("a.md", "# A\n\nText.\n")]).unwrap();
        let question = Question {
            text,
            ..Question::default()
        };
        terms(&index.view(&store).unwrap(), &question).unwrap()
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
    fn the_number_of_a_name_is_neither_its_member_nor_what_it_belongs_to() {
        let page = "# lists\n\n## keyfind/3\n\nText.\n";
        let (store, index) = library::in_memory("s", [("a.md", page)]).unwrap();
        let question = Question {
            text: "List.keyfind/3",
            ..Question::default()
        };
        let found = terms(&index.view(&store).unwrap(), &question).unwrap();
        let roles: Vec<(&str, Role)> = found
            .iter()
            .map(|term| (term.stem.as_str(), term.role))
            .collect();
        assert_eq!(
            roles,
            [
                ("keyfind/3", Role::Word),
                ("list.keyfind", Role::Part),
                ("list", Role::Owner),
                ("keyfind", Role::Member),
                ("3", Role::Part),
            ]
        );
        assert!(is_identifier(&found));
    }

    #[test]
    fn what_was_most_likely_meant_is_looked_for_in_place_of_a_slip_and_counts_less() {
        let (store, index) = library::in_memory("s", [("a.md", "# A\n\nText.\n")]).unwrap();
        let lacking =
            [("max_conections", Some("max_connections")), ("plugh", None)].map(|(asked, meant)| {
                Lacking {
                    asked: asked.to_owned(),
                    meant: meant.map(str::to_owned),
                    is_elsewhere: false,
                }
            });
        let question = Question {
            text: "raise pg.max_conections of plugh, not max_connections",
            lacking: &lacking,
            ..Question::default()
        };
        let found = terms(&index.view(&store).unwrap(), &question).unwrap();
        let said: Vec<(&str, Role, f32, u16)> = found
            .iter()
            .map(|term| (term.stem.as_str(), term.role, term.share, term.times))
            .collect();
        assert_eq!(
            said,
            [
                ("rais", Role::Word, 1.0, 1),
                ("max_connect", Role::Word, 0.8, 2),
                ("max", Role::Part, 0.8, 2),
                ("connect", Role::Part, 0.8, 2),
                ("max_conect", Role::Part, 1.0, 2),
                ("pg", Role::Part, 1.0, 2),
                ("conect", Role::Part, 1.0, 2),
                ("of", Role::Common, 1.0, 1),
                ("plugh", Role::Word, 1.0, 1),
                ("not", Role::Word, 1.0, 1),
            ]
        );
        assert_eq!(
            question.meaning(),
            "raise max_connections of plugh, not max_connections"
        );
    }

    #[test]
    fn of_a_long_text_the_rarest_words_that_are_there_are_looked_for() {
        let page = "# A\n\nThe quokka sleeps. Word of words, word.\n\n# B\n\nAnother word.\n";
        let (store, index) = library::in_memory("s", [("a.md", page)]).unwrap();
        let noise: Vec<String> = (0..200).map(|at| format!("0x7f1{at} word")).collect();
        let text = format!("{} why does the quokka fail", noise.join(" "));
        let question = Question {
            text: &text,
            ..Question::default()
        };
        let found = terms(&index.view(&store).unwrap(), &question).unwrap();
        let words: HashSet<usize> = found.iter().map(|term| term.word).collect();
        assert_eq!(words.len(), WORDS_MAX);
        let has = |stem: &str| found.iter().any(|term| term.stem == stem);
        assert!(has("quokka") && has("word") && has("0x7f10"));
        assert!(!has("0x7f1199") && !has("fail"));
    }

    #[test]
    fn what_only_frames_of_a_stack_trace_have_counts_less() {
        let found = asked(
            "ValueError in run\n  File \"mail.py\", line 2, in run\n  File \"mail.py\", line 9, in flush\n",
        );
        let share = |stem: &str| {
            let found = found.iter().find(|term| term.stem == stem);
            found.map(|term| (term.share, term.times))
        };
        assert_eq!(share("valueerror"), Some((1.0, 1)));
        assert_eq!(share("run"), Some((1.0, 1)));
        assert_eq!(share("mail.pi"), Some((FRAMED, 2)));
        assert_eq!(share("flush"), Some((FRAMED, 1)));
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

    #[test]
    fn the_last_part_of_a_name_is_a_member_and_the_end_of_a_file_is_none() {
        let role = |text: &str, stem: &str| {
            let found = asked(text).into_iter().find(|term| term.stem == stem);
            found.map(|term| (term.role, term.name.is_some()))
        };
        let member = Some((Role::Member, true));
        assert_eq!(role("sched.add_late_job", "add_late_job"), member);
        assert_eq!(role("reply.hijack()", "hijack"), member);
        assert_eq!(
            role("a::Reply::hijack()", "a::repli"),
            Some((Role::Owner, true))
        );
        assert_eq!(role("Cargo.toml", "toml"), Some((Role::Part, false)));
        assert_eq!(role("version 3.11", "11"), Some((Role::Part, false)));
    }
}
