//! What the score of a hit is made of, for people who ask why it is there: the evidence that it was weighed by, again, in parts
//! that add up to the score.

use super::evidence::{Candidate, Evidence};
use super::fields::{BODY, CODE, HEADINGS, PATH, SYMBOL, TITLE};
use super::weigh::{Scales, action, defines, exact, fields, prior, words, worth};
use super::weights::Weights;
use super::{Hit, Ranking};

/// What speaks for a hit, or against it, and how much of its score that is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reason {
    /// One of [`Reason::ALL`].
    pub name: &'static str,
    /// Its part of the score.
    pub score: f32,
}

/// Parts of a score that are no more than this are not worth a word.
const SCORE_MIN: f32 = 0.000_5;

const FIELD_NAMES: [(usize, &str); 6] = [
    (BODY, "body"),
    (TITLE, "title"),
    (HEADINGS, "headings"),
    (PATH, "path"),
    (CODE, "names"),
    (SYMBOL, "symbol"),
];

impl Reason {
    /// Every reason by its name, and what it says.
    pub const ALL: [(&'static str, &'static str); 14] = [
        ("body", "words of the question stand in the text"),
        ("title", "words of the question stand in the heading"),
        (
            "headings",
            "words of the question stand in other headings of the section or in the title of its page",
        ),
        ("path", "words of the question stand in the path"),
        (
            "names",
            "names stand in the text as the question writes them",
        ),
        ("symbol", "the section defines a name of the question"),
        (
            "together",
            "neighbouring words of the question stand together",
        ),
        ("meaning", "the text says something near to the question"),
        (
            "model",
            "a sentence model finds the text near to the question",
        ),
        ("exact", "the heading is the question, or nearly"),
        (
            "defines",
            "the section defines the name exactly as it is written",
        ),
        (
            "action",
            "the operation does what is asked for, or something else",
        ),
        ("source", "the question names the documentation"),
        ("page", "other sections of the page answer as well"),
    ];

    /// Returns what the reason says.
    pub fn sentence(&self) -> &'static str {
        let known = Self::ALL.iter().find(|(name, _)| *name == self.name);
        known.map_or("", |(_, sentence)| sentence)
    }
}

impl Ranking {
    /// Returns what speaks for `hit`, the most important first: parts that add up to its score.
    pub(crate) fn reasons(&self, hit: &Hit) -> Vec<Reason> {
        let (evidence, weights) = (&self.evidence, &Weights::IN_USE);
        let all: Vec<f32> = evidence
            .candidates
            .iter()
            .map(|candidate| words(evidence, candidate, weights))
            .collect();
        let scales = Scales::new(evidence, &all, weights);
        let Some(candidate) = evidence.candidates.get(hit.candidate) else {
            return Vec::new();
        };
        let of_words = all.get(hit.candidate).copied().unwrap_or_default();
        let scale = prior(candidate.kind, defines(evidence, candidate)) * hit.kept;
        let mut reasons = of_candidate(evidence, candidate, (of_words, &scales), weights);
        for reason in &mut reasons {
            reason.score *= scale;
        }
        reasons.push(Reason {
            name: "page",
            score: hit.gain * hit.kept,
        });
        reasons.retain(|reason| reason.score.abs() > SCORE_MIN);
        reasons.sort_by(|one, other| other.score.total_cmp(&one.score));
        reasons
    }
}

/// Returns what speaks for a candidate by itself.
fn of_candidate(
    evidence: &Evidence,
    candidate: &Candidate,
    (of_words, scales): (f32, &Scales),
    weights: &Weights,
) -> Vec<Reason> {
    // Words are scaled all together: each field has its share of that.
    let scaled = scales.words(of_words);
    let per_word = if of_words > 0.0 {
        scaled / of_words
    } else {
        0.0
    };
    let counted = fields(weights);
    let in_field = |place: usize| -> f32 {
        let terms = evidence.terms.iter().zip(&candidate.counts);
        let worths = terms.map(|(term, counts)| {
            worth(term, weights) * counts.get(place).copied().unwrap_or_default()
        });
        counted.get(place).copied().unwrap_or_default() * worths.sum::<f32>()
    };
    let mut parts: Vec<(&'static str, f32)> = FIELD_NAMES
        .iter()
        .map(|(place, name)| (*name, per_word * in_field(*place)))
        .collect();
    parts.extend([
        ("source", scales.source(evidence, candidate, weights)),
        ("together", per_word * weights.together * candidate.together),
        ("meaning", scales.near(candidate, weights)),
        ("model", scales.meant(candidate, weights)),
        ("exact", weights.exact * exact(evidence, candidate, weights)),
        ("defines", weights.defines * defines(evidence, candidate)),
        ("action", weights.action * action(evidence, candidate)),
    ]);
    let reasons = parts.into_iter();
    reasons
        .map(|(name, score)| Reason { name, score })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::{Question, rank};
    use super::*;
    use crate::lookup::library;

    const PAGES: [(&str, &str); 4] = [
        // Long enough under each heading to be a section of its own.
        (
            "retry.md",
            "# Retry policy\n\nHow often a call is tried again, and how long it waits. A call that fails waits for a second, then for two, \
             then for four, and so on until a minute has gone by; after that it is given up, the person who made it is told, and nobody tries \
             again until that person comes back and says so. A call that was answered is never tried again, whatever the answer was.\n\n\
             ## Retry budget\n\nNo more than `MAX_RETRIES` calls a minute are tried again under the policy. Whoever needs more asks the people who \
             run the server, who look at what the calls are for, how many others there are at that time of the day, and whether the disk and the \
             network bear it; then they raise the budget for a week, for one project, and write down who asked for it and when.\n\n\
             ## `MAX_RETRIES`\n\nThe retry policy never tries more often than this. It is a number between one and a hundred, read when the server \
             starts, from the file of settings in the folder of the project; a number that is out of bounds is refused with a word on the console, \
             and the server does not start until somebody has mended the file or taken the line out of it.\n",
        ),
        (
            "CHANGELOG.md",
            "# Changes\n\nThe retry policy is new, MAX_RETRIES too.\n",
        ),
        (
            "calls.md",
            "# Calls\n\nA call that fails may be tried again by hand.\n",
        ),
        (
            "api.yaml",
            "openapi: 3.0.0\ninfo: {title: Calls, version: '1'}\npaths:\n  /calls:\n    get: {summary: List the calls, responses: {}}\n    \
             post: {summary: Create a call, responses: {}}\n",
        ),
    ];

    fn explained(question: &str) -> Vec<(Hit, Vec<Reason>)> {
        let (store, index) = library::in_memory("s", PAGES).unwrap();
        let question = Question {
            text: question,
            ..Question::default()
        };
        let ranking = rank(&index.view(&store).unwrap(), &question).unwrap();
        let hits = ranking.hits.iter();
        hits.map(|hit| (*hit, ranking.reasons(hit))).collect()
    }

    #[test]
    fn the_reasons_add_up_to_the_score() {
        let mut hits = 0;
        for question in [
            "retry policy",
            "MAX_RETRIES",
            "how often is a failed request repeated",
            "which calls are there",
            "create a call",
        ] {
            for (hit, reasons) in explained(question) {
                let sum: f32 = reasons.iter().map(|reason| reason.score).sum();
                let off = (sum - hit.score).abs();
                assert!(off < 0.005, "{question}: {hit:?} is not {reasons:?}");
                hits += 1;
            }
        }
        assert!(hits > 12, "{hits}");
    }

    #[test]
    fn a_reason_is_given_where_it_holds_and_nowhere_else() {
        let names = |question: &str| -> Vec<&str> {
            let (_, reasons) = explained(question).into_iter().next().unwrap();
            reasons.iter().map(|reason| reason.name).collect()
        };
        let policy = names("retry policy");
        assert!(
            ["exact", "title", "body", "together", "meaning", "page"]
                .iter()
                .all(|name| policy.contains(name)),
            "{policy:?}"
        );
        assert!(!policy.contains(&"defines"), "{policy:?}");
        let name = names("MAX_RETRIES");
        assert!(
            name.contains(&"defines") && !name.contains(&"meaning"),
            "{name:?}"
        );
    }

    #[test]
    fn the_manual_lists_every_reason() {
        let manual = include_str!("../../../docs/configuration.md");
        let table = manual
            .split("| reason | what it says |\n|---|---|\n")
            .nth(1)
            .unwrap();
        let rows: Vec<&str> = table
            .lines()
            .take_while(|line| line.starts_with('|'))
            .collect();
        let expected: Vec<String> = Reason::ALL
            .iter()
            .map(|(name, sentence)| format!("| `{name}` | {sentence} |"))
            .collect();
        assert_eq!(rows, expected);
    }

    #[test]
    fn every_reason_that_is_given_is_told_in_words() {
        for question in ["retry policy", "MAX_RETRIES", "create a call"] {
            for (_, reasons) in explained(question) {
                assert!(reasons.iter().all(|reason| !reason.sentence().is_empty()));
            }
        }
    }
}
