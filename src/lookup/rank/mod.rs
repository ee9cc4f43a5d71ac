//! From a question to ranked sections.
//!
//! ```text
//! question → terms → candidates → evidence → weights → hits
//! ```
//!
//! [`question`] reads the words ([`named`] what is more than one), [`candidates`] finds the sections worth a look, [`evidence`] gathers what speaks for each
//! ([`fields`], [`together`], [`nearness`], [`meaning`]: one file a kind), and [`mod@weigh`] puts them in order by the [`weights`].
//! Whoever asks is told by [`reasons`] what each score is made of.

mod candidates;
mod evidence;
mod fields;
mod meaning;
mod named;
mod nearness;
mod question;
mod rarity;
mod reasons;
mod sought;
mod together;
mod weigh;
mod weights;

pub(crate) use self::evidence::Evidence;
pub(crate) use self::question::Question;
pub use self::reasons::Reason;
pub(crate) use self::sought::{Sought, Words};
pub(crate) use self::weigh::weigh;
pub(crate) use self::weights::{Weight, Weights};
use super::error::LookupError;
use super::index::View;

/// A section that answers, and how well.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Hit {
    pub(crate) page: i64,
    pub(crate) ordinal: usize,
    /// Tokens of the section.
    pub(crate) tokens: u32,
    pub(crate) score: f32,
    /// Its place among the candidates of the evidence.
    candidate: usize,
    /// What other headings of its page add to its score.
    gain: f32,
    /// What is left of the score, for better sections of its page come before it.
    kept: f32,
}

/// The sections that answer a question, best first, and what spoke for them.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Ranking {
    pub(crate) hits: Vec<Hit>,
    evidence: Evidence,
}

/// Ranks the sections that answer `question`.
pub(crate) fn rank(view: &View, question: &Question<'_>) -> Result<Ranking, LookupError> {
    let evidence = Evidence::of(view, question)?;
    let hits = weigh(&evidence, &Weights::IN_USE);
    Ok(Ranking { hits, evidence })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lookup::library;

    fn paths(pages: &[(&str, String)], question: &str) -> Vec<String> {
        let all = pages.iter().map(|(path, text)| (*path, text.as_str()));
        let (store, index) = library::in_memory("s", all).unwrap();
        let question = Question {
            text: question,
            ..Question::default()
        };
        let ranking = rank(&index.view(&store).unwrap(), &question).unwrap();
        let hits = ranking.hits.iter();
        hits.map(|hit| store.page(hit.page).unwrap().unwrap().0.path)
            .collect()
    }

    #[test]
    fn a_name_is_found_where_it_is_defined_as_it_is_written() {
        let pages = [
            (
                "told",
                "# Sessions\n\n`MAX_AGE`, and again `MAX_AGE`: how long. `MAX_AGE` is a setting.\n"
                    .to_owned(),
            ),
            (
                "other",
                "# `max_age`\n\nMAX_AGE of the request.\n".to_owned(),
            ),
            (
                "parts",
                "# Max age\n\nThe age of the max, and the max of the age.\n".to_owned(),
            ),
            (
                "defined",
                "# Settings\n\nMany words stand here before.\n\n## `MAX_AGE`\n\nIn seconds.\n"
                    .to_owned(),
            ),
        ];
        assert_eq!(
            paths(&pages, "MAX_AGE").first().map(String::as_str),
            Some("defined")
        );
        assert_eq!(
            paths(&pages, "max_age").first().map(String::as_str),
            Some("other")
        );
    }

    #[test]
    fn a_title_in_the_form_of_the_question_comes_before_one_of_the_same_stem() {
        let pages = [
            ("book", "# Book a berth\n\nKeeps one.\n".to_owned()),
            (
                "bookings",
                "# Bookings of a berth\n\nAll of them.\n".to_owned(),
            ),
        ];
        let first = |question| paths(&pages, question).first().cloned();
        assert_eq!(first("berth bookings").as_deref(), Some("bookings"));
        assert_eq!(first("book berth").as_deref(), Some("book"));
    }

    #[test]
    fn a_word_of_every_page_decides_nothing_by_standing_in_one_title() {
        const NAMES: [&str; 12] = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"];
        let mut pages: Vec<(&str, String)> = NAMES
            .iter()
            .map(|name| {
                let text =
                    format!("# Page\n\nHere you take the {name}-rope and pull, then rest.\n");
                (*name, text)
            })
            .collect();
        pages.push((
            "one",
            "# Take\n\nHow to take a rope, and pull.\n".to_owned(),
        ));
        pages.push((
            "two",
            "# Page\n\nHere you take the quokka by the rope and pull, then rest.\n".to_owned(),
        ));
        assert_eq!(
            paths(&pages, "take quokka").first().map(String::as_str),
            Some("two")
        );
    }
}
