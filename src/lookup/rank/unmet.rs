//! Whether what was found answers at all: a question always finds something, for some section has some of its words.

use super::Ranking;
use super::evidence::{Candidate, Evidence};
use super::question::{Role, Term};

/// Hits, the best, of which one must have most of what is asked.
const LOOKED_AT: usize = 10;
/// Share of what is asked, by rarity, that the hit with most of it has where something answers.
const MET_MIN: f32 = 0.55;
/// Cosine from which on the first hit may say it in other words.
const NEAR_MIN: f32 = 0.5;
/// Words of a question from which on no section has to have them all: it tells of what happened.
const WORDS_MAX: usize = 10;

impl Ranking {
    /// Returns the rarest words of the question of which no candidate has all, if what was found may not answer for that; else
    /// nothing.
    pub(crate) fn unmet(&self) -> Vec<&str> {
        let evidence = &self.evidence;
        let mut words = Word::all(evidence);
        if words.is_empty() || words.len() > WORDS_MAX {
            return Vec::new();
        }
        let candidates = &evidence.candidates;
        let looked_at = self.hits.iter().take(LOOKED_AT);
        let best: Vec<&Candidate> = looked_at
            .filter_map(|hit| candidates.get(hit.candidate))
            .collect();
        let all: f32 = words.iter().map(|word| word.rarity).sum();
        let met = |candidate: &&Candidate| -> f32 {
            let there = words.iter().filter(|word| word.is_in(candidate));
            there.map(|word| word.rarity).sum()
        };
        let most = best.iter().map(met).fold(0.0, f32::max);
        let near = best.first().map_or(0.0, |first| first.near.question);
        // Who asks for names alone is answered where one of them is.
        let is_answered = evidence.is_identifier && most > 0.0;
        if is_answered || most >= MET_MIN * all || near >= NEAR_MIN {
            return Vec::new();
        }
        words.sort_by(|one, other| other.rarity.total_cmp(&one.rarity));
        let is_in_none = |words: &[Word<'_>]| {
            let mut candidates = candidates.iter();
            !candidates.any(|candidate| words.iter().all(|word| word.is_in(candidate)))
        };
        let unmet = (1..=words.len())
            .filter_map(|count| words.get(..count))
            .find(|words| is_in_none(words));
        let unmet = unmet.unwrap_or_default().iter();
        unmet.map(|word| word.written).collect()
    }
}

/// A word of a question that says something, with all forms in which it is looked for.
struct Word<'e> {
    written: &'e str,
    rarity: f32,
    /// The forms, each with its place among the terms.
    forms: Vec<(usize, Role)>,
}

impl<'e> Word<'e> {
    fn all(evidence: &'e Evidence) -> Vec<Self> {
        let mut words: Vec<(usize, Self)> = Vec::new();
        let terms = evidence.asked.iter().zip(&evidence.terms);
        for (at, (term, fact)) in terms.enumerate() {
            let known = words.iter_mut().find(|(number, _)| *number == term.word);
            match known {
                Some((_, word)) => word.forms.push((at, term.role)),
                None if says_something(term) => words.push((
                    term.word,
                    Self {
                        written: &term.written,
                        rarity: fact.rarity,
                        forms: vec![(at, term.role)],
                    },
                )),
                None => {}
            }
        }
        words.into_iter().map(|(_, word)| word).collect()
    }

    /// Tells whether `candidate` has the word, its last part, or all of its parts.
    fn is_in(&self, candidate: &Candidate) -> bool {
        let is_there = |at: &usize| {
            let counts = candidate.counts.get(*at);
            counts.is_some_and(|counts| counts.iter().any(|count| *count > 0.0))
        };
        let of = |wanted: fn(Role) -> bool| {
            let forms = self.forms.iter().filter(move |(_, role)| wanted(*role));
            forms.map(|(at, _)| at)
        };
        let parts: Vec<bool> = of(|role| role == Role::Part).map(is_there).collect();
        let has_parts = parts.len() > 1 && parts.iter().all(|is_there| *is_there);
        has_parts || of(|role| matches!(role, Role::Word | Role::Member)).any(is_there)
    }
}

/// Tells whether a section that answers has the word: a number may be one of whoever asks, and so may a word in letters that
/// the documentation is not written in.
fn says_something(term: &Term) -> bool {
    let written = &term.written;
    term.role == Role::Word
        && written.len() > 1
        && written.is_ascii()
        && written.bytes().any(|letter| letter.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::super::{Lacking, Question, rank};
    use crate::lookup::library;

    const PAGES: [(&str, &str); 4] = [
        (
            "hooks.md",
            "# Hooks\n\nA hook is called before the server answers. `Server.addHook(name, call)` sets one.\n",
        ),
        (
            "limits.md",
            "# Limits\n\nThe server takes bodies of one megabyte. Set `bodyLimit` for more.\n",
        ),
        (
            "groups.md",
            "# Groups\n\nRoutes in a group share their hooks. A group has a prefix.\n",
        ),
        (
            "brokers.md",
            "# Neighbours\n\nOther people send what they have to say through Kafka, or write a letter.\n",
        ),
    ];

    fn unmet(asked: &str, lacking: &[Lacking]) -> Vec<String> {
        let (store, index) = library::in_memory("s", PAGES).unwrap();
        let question = Question {
            text: asked,
            lacking,
            ..Question::default()
        };
        let ranking = rank(&index.view(&store).unwrap(), &question).unwrap();
        ranking.unmet().into_iter().map(str::to_owned).collect()
    }

    #[test]
    fn words_that_no_section_has_together_are_told_the_rarest_of_them_alone() {
        let asked = "how do I configure Kafka consumer group rebalancing?";
        assert_eq!(unmet(asked, &[]), ["configure"]);
        assert_eq!(unmet("quarterly Kafka megabyte prefix", &[]), ["quarterly"]);
        assert_eq!(unmet("Kafka megabyte prefix", &[]), ["Kafka", "megabyte"]);
    }

    #[test]
    fn a_section_that_has_most_of_a_question_answers_it() {
        for asked in [
            "how large may a body be that the server takes?",
            "prefix of a group of routes",
            "bodyLimit",
            "mine.addHook missing_name",
        ] {
            assert!(unmet(asked, &[]).is_empty(), "{asked}");
        }
    }

    #[test]
    fn numbers_and_words_in_other_letters_and_whole_stories_need_not_be_in_a_section() {
        let story = "we moved thirteen elderly machines last winter, then somebody pressed every red button, \
                     nobody noticed until breakfast";
        for asked in ["hooks 4711 0815 1234", "hooks を 設定する 方法", story] {
            assert!(unmet(asked, &[]).is_empty(), "{asked}");
        }
    }
}
