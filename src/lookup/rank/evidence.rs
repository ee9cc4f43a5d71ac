//! What speaks for each candidate, before anything is weighed.
//!
//! Gathering needs the index and costs time; weighing is arithmetic. So the same evidence can be weighed a thousand times,
//! which is how weights are fitted.

use super::about::About;
use super::candidates::{self, Found};
use super::fields::{self, BODY, FIELDS};
use super::lists::Lists;
use super::meaning::Meaning;
use super::nearness::{self, Nearest, Nearness};
use super::question::{Question, Role, Term, is_identifier, terms};
use super::rarity::{rarity, sections};
use super::requested;
use super::together;
use crate::lookup::action::Action;
use crate::lookup::error::LookupError;
use crate::lookup::index::vectors::Vectors;
use crate::lookup::index::{Entry, View};

/// Sections from which on their vectors are looked at while words are looked for: of fewer, that takes hardly longer than a
/// thread does to begin.
const AT_ONCE_SECTIONS: usize = 5_000;

/// Everything known about the sections that may answer a question.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Evidence {
    /// Whether nothing but names is asked for.
    pub(super) is_identifier: bool,
    /// Share of what is asked that the vocabulary of vectors has words of its own for, 0 to 1.
    pub(super) known: f32,
    /// Share of what is asked that the candidate with most of it has, 0 to 1.
    pub(super) met: f32,
    /// What is looked for.
    pub(super) asked: Vec<Term>,
    /// The same, as far as weighing needs it.
    pub(super) terms: Vec<Fact>,
    /// Documentation that the question names.
    pub(super) about: About,
    /// What is to be done, if the question says so.
    pub(super) action: Option<Action>,
    /// The sections: those that words found, best first, then those that only their vectors brought.
    pub(super) candidates: Vec<Candidate>,
    /// Whether words found more than are here.
    pub(super) is_cut: bool,
    /// Cosine below which sections were not looked at.
    pub(super) cosine_floor: f32,
    /// Whether a sentence model has read the question and the sections.
    pub(super) is_modelled: bool,
    /// Cosine below which the model looked at no section.
    pub(super) model_floor: f32,
}

/// A term of the question.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Fact {
    pub(super) role: Role,
    pub(super) word: usize,
    pub(super) rarity: f32,
    /// What saying it more than once counts, from 1.
    pub(super) emphasis: f32,
}

/// A section that may answer.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Candidate {
    pub(super) page: i64,
    pub(super) source: i64,
    pub(super) ordinal: usize,
    /// Which part it is of the text under its heading, from 1.
    pub(super) part: usize,
    pub(super) tokens: u32,
    pub(super) kind: u64,
    /// What the operation does that it tells of.
    pub(super) action: Option<Action>,
    /// How much each term stands in each field; empty if words did not find it.
    pub(super) counts: Vec<[f32; FIELDS]>,
    /// Whether its page defines a request that is asked for.
    pub(super) is_requested: bool,
    /// Terms in its title.
    pub(super) title_terms: u32,
    /// What adjacent words of the question are worth that stand together here.
    pub(super) together: f32,
    /// By the built-in table.
    pub(super) near: Nearness,
    /// By a sentence model, where there is one.
    pub(super) meant: Nearness,
}

impl Evidence {
    /// Gathers what is known about the sections that may answer `question`.
    pub(crate) fn of(view: &View, question: &Question<'_>) -> Result<Self, LookupError> {
        let asked = terms(view, question)?;
        if asked.is_empty() {
            return Ok(Self::default());
        }
        if is_identifier(&asked) {
            let words = Self::of_words(view, question, &asked)?;
            let (evidence, _) = words.unwrap_or_default();
            return Ok(Self { asked, ..evidence });
        }
        let (words, nearest) = at_once(
            view.vectors.as_ref().map_or(0, Vectors::sections),
            || Self::of_words(view, question, &asked),
            || Nearest::of(view, question),
        );
        let Some((mut evidence, found)) = words? else {
            return Ok(Self::default());
        };
        let meaning = Meaning::of(view, question);
        if let Some(meaning) = &meaning {
            meaning.bring(question, &mut evidence);
        }
        if let Some(nearest) = &nearest {
            nearness::measure(nearest, &asked, &found, &mut evidence);
        }
        if let Some(meaning) = &meaning {
            meaning.measure(&found, &mut evidence);
        }
        Ok(Self { asked, ..evidence })
    }

    /// Gathers what the words of a question say of the sections that have some of them; nothing where none has.
    fn of_words(
        view: &View,
        question: &Question<'_>,
        asked: &[Term],
    ) -> Result<Option<(Self, Vec<Found>)>, LookupError> {
        let lists = Lists::read(view, asked)?;
        let about = About::of(view, question, asked)?;
        let found = candidates::by_words(view, question, asked, &lists, &about)?;
        if found.is_empty() {
            return Ok(None);
        }
        let mut evidence = Self {
            is_identifier: is_identifier(asked),
            known: 1.0,
            met: 1.0,
            terms: facts(view, asked, &lists),
            about,
            action: Action::of_question(&question.meaning()),
            candidates: Vec::with_capacity(found.len() * 2),
            is_cut: found.len() >= candidates::BY_WORDS,
            ..Self::default()
        };
        for found in &found {
            if let Some((_, columns)) = view.segments().nth(found.segment) {
                let entry = columns.entry(found.doc);
                evidence.candidates.push(candidate(entry, asked.len()));
            }
        }
        fields::count(view, asked, &lists, &found, &mut evidence.candidates)?;
        requested::spread(asked, &mut evidence.candidates);
        evidence.met = evidence.met();
        together::find(
            asked,
            &evidence.terms,
            &lists,
            &found,
            &mut evidence.candidates,
        );
        Ok(Some((evidence, found)))
    }

    /// Returns how near the nearest section is by its vector; nothing if no vectors were compared.
    pub(crate) fn nearest_cosine(&self) -> Option<f32> {
        let all = self
            .candidates
            .iter()
            .map(|candidate| candidate.near.question);
        all.reduce(f32::max).filter(|_| !self.is_identifier)
    }

    /// Tells whether the section is among the candidates.
    pub(super) fn has(&self, page: i64, ordinal: u32) -> bool {
        let mut candidates = self.candidates.iter();
        candidates.any(|candidate| candidate.page == page && candidate.ordinal == ordinal as usize)
    }

    /// Returns the share of what is asked that the candidate with most of it has.
    fn met(&self) -> f32 {
        let words = || self.terms.iter().filter(|term| term.role == Role::Word);
        let all: f32 = words().map(|term| term.rarity).sum();
        let of = |candidate: &Candidate| -> f32 {
            let there = self.terms.iter().zip(&candidate.counts);
            there
                .filter(|(term, counts)| {
                    term.role == Role::Word && counts.iter().any(|count| *count > 0.0)
                })
                .map(|(term, _)| term.rarity)
                .sum()
        };
        let most = self.candidates.iter().map(of).fold(0.0, f32::max);
        if all > 0.0 { most / all } else { 1.0 }
    }
}

/// Runs both, `other` on a thread of its own where there are so many `sections` that this is faster.
fn at_once<One, Other: Send>(
    sections: usize,
    one: impl FnOnce() -> One,
    other: impl FnOnce() -> Other + Send + Copy,
) -> (One, Other) {
    if sections < AT_ONCE_SECTIONS {
        return (one(), other());
    }
    std::thread::scope(|scope| {
        let beside = std::thread::Builder::new().spawn_scoped(scope, other);
        let one = one();
        // Where the system has no more threads, or the other one failed, there is time for it now.
        let found = beside.ok().and_then(|beside| beside.join().ok());
        (one, found.unwrap_or_else(other))
    })
}

fn facts(view: &View, terms: &[Term], lists: &Lists) -> Vec<Fact> {
    let all = sections(view);
    let facts = terms.iter().enumerate().map(|(at, term)| Fact {
        role: term.role,
        word: term.word,
        rarity: rarity(lists.sections(at, BODY), all) * term.share,
        emphasis: term.emphasis(),
    });
    facts.collect()
}

/// A section that words found, before anything is counted of `terms` terms.
fn candidate(entry: Entry, terms: usize) -> Candidate {
    Candidate {
        page: entry.page,
        source: entry.source,
        ordinal: entry.ordinal,
        part: entry.part,
        tokens: entry.tokens,
        kind: entry.kind,
        action: entry.action,
        counts: vec![[0.0; FIELDS]; terms],
        ..Candidate::default()
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    #[test]
    fn many_sections_are_looked_at_on_a_thread_of_their_own_and_few_are_not() {
        let here = thread::current().id();
        for (sections, is_here) in [(AT_ONCE_SECTIONS - 1, true), (AT_ONCE_SECTIONS, false)] {
            let (one, other) = at_once(
                sections,
                || thread::current().id(),
                || thread::current().id(),
            );
            assert_eq!((one == here, other == here), (true, is_here));
        }
    }
}
