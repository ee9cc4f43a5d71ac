//! From a question to ranked sections.
//!
//! ```text
//! question → terms → candidates → evidence → weights → hits
//! ```
//!
//! [`question`] reads the words: [`frames`] of a stack trace apart, [`named`] what is a name though it looks like none, [`lacking`]
//! what was meant by a slip, [`about`] what names documentation. What the index has of them is read once, as [`lists`].
//! [`candidates`] finds the sections worth a look, [`evidence`] gathers what speaks for each ([`fields`], [`together`],
//! [`nearness`], [`meaning`]: one file a kind), and [`mod@weigh`] puts them in order by [`rarity`] and the [`weights`].
//! [`requested`] looks after the page of a request. Whoever asks is told by [`reasons`] what each score is made of, and by
//! [`unmet`] what no section has; [`sought`] finds the same words in a text.

mod about;
mod candidates;
mod evidence;
mod fields;
mod frames;
mod lacking;
mod lists;
mod meaning;
mod named;
mod nearness;
mod question;
mod rarity;
mod reasons;
mod requested;
mod sought;
mod together;
mod unmet;
mod weigh;
mod weights;

pub(crate) use self::about::Documentation;
pub(crate) use self::evidence::Evidence;
pub(crate) use self::fields::lossy;
pub(crate) use self::frames::apart;
pub(crate) use self::lacking::{Lacking, last_part};
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

    #[test]
    fn a_request_is_found_at_the_operation_that_answers_it() {
        let operation = |path: &str, id: &str, title: &str| {
            format!(
                "  {path}:\n    get: {{summary: {title}, operationId: {id}, responses: {{}}}}\n"
            )
        };
        let api = [
            "openapi: 3.0.0\ninfo: {title: P, version: '1'}\npaths:\n".to_owned(),
            operation("/users", "getUsers", "List users"),
            operation("/users/me", "getMe", "Retrieve the current user"),
            operation("/users/{id}", "getUser", "Retrieve a user"),
        ];
        let pages = [
            ("api.yaml", api.concat()),
            (
                "notes.md",
                "# Users\n\nGET users, GET me, and GET an id of users.\n".to_owned(),
            ),
        ];
        for (question, page) in [
            ("GET /users", "api.yaml/getUsers"),
            ("GET /users/me", "api.yaml/getMe"),
            ("GET /users/{user}", "api.yaml/getUser"),
            ("what does `GET /users/42` give", "api.yaml/getUser"),
        ] {
            let first = paths(&pages, question).into_iter().next();
            assert_eq!(first.as_deref(), Some(page), "{question}");
        }
    }

    #[test]
    fn a_member_is_found_where_it_is_defined_whatever_joins_it_to_its_owner() {
        let pages = [
            (
                "resolver",
                "# Class: A::Resolver\n\nA resolver for A::Registry. A registry resolves, a resolver of A.\n".to_owned(),
            ),
            (
                "registry",
                "# Module: A::Registry\n\nThe store.\n\n## .resolve(path)\n\nFinds one.\n".to_owned(),
            ),
            (
                "reply",
                "# Reply\n\nWhat is sent.\n\n## .hijack()\n\nStops the rest.\n".to_owned(),
            ),
            (
                "guide",
                "# Hijacking\n\nA reply may be hijacked: hijack the reply, then the reply is yours.\n".to_owned(),
            ),
        ];
        for (question, page) in [
            ("A::Registry.resolve", "registry"),
            ("A::Registry#resolve", "registry"),
            ("A::Registry::resolve", "registry"),
            ("what does Registry->resolve take", "registry"),
            ("reply.hijack()", "reply"),
        ] {
            let first = paths(&pages, question).into_iter().next();
            assert_eq!(first.as_deref(), Some(page), "{question}");
        }
    }

    #[test]
    fn a_field_is_found_on_the_page_of_its_type() {
        let schema = "type Query { pr: PullRequest }\ntype Mutation { \"Close a pull request.\" closePullRequest(id: ID!): PullRequest }\n\
                      \"A pull request.\" type PullRequest { id: ID! \"Whether it can be merged.\" mergeable: MergeableState! }\n\
                      \"State of a merge.\" enum MergeableState { MERGEABLE CONFLICTING }\n";
        let pages = [("s.graphql", schema.to_owned())];
        let first = paths(&pages, "PullRequest.mergeable").into_iter().next();
        assert_eq!(first.as_deref(), Some("s.graphql/types/PullRequest"));
    }

    #[test]
    fn a_type_is_found_by_its_name_before_others_that_have_it_in_theirs() {
        let members: Vec<String> = (0..200)
            .map(|at| format!("\"What it has of number {at}.\" part{at}: Int\n"))
            .collect();
        let schema = format!(
            "type Query {{ \"Look up a berth.\" berth(id: ID!): Berth }}\ntype Mutation {{ \"Create a berth.\" createBerth(id: ID!): Berth }}\n\
             \"Ways to sort berths.\" enum BerthOrderField {{ NAME DEPTH }}\n\"A berth holds a ship.\" type Berth {{ {} }}\n",
            members.concat()
        );
        let pages = [("s.graphql", schema)];
        let first = paths(&pages, "Berth").into_iter().next();
        assert_eq!(first.as_deref(), Some("s.graphql/types/Berth"));
    }

    #[test]
    fn a_title_of_the_question_and_nothing_else_comes_before_a_longer_one() {
        let operation = |path: &str, title: &str, text: &str| {
            format!(
                "  {path}:\n    put: {{summary: {title}, description: {text}, responses: {{}}}}\n"
            )
        };
        let api = [
            "openapi: 3.0.0\ninfo: {title: P, version: '1'}\npaths:\n".to_owned(),
            operation(
                "/berth-requests/{id}/keep",
                "Keep a berth request",
                "Keeps it here.",
            ),
            operation(
                "/berth-requests/{id}/keep-async",
                "Keep a berth request later",
                "Keep a berth request. A berth request is kept. Keep a berth request when there is time.",
            ),
        ];
        let pages = [("api.yaml", api.concat())];
        let first = paths(&pages, "keep a berth request").into_iter().next();
        assert_eq!(
            first.as_deref(),
            Some("api.yaml/put/berth-requests/id/keep")
        );
    }

    #[test]
    fn a_function_is_found_where_the_code_at_the_head_declares_it() {
        let pages = [
            (
                "told",
                "# Errors\n\n`db_prepare` fails, and db_prepare again. `db_prepare`!\n".to_owned(),
            ),
            (
                "declared",
                "# Compiling\n\n```\nint db_prepare(\n  db *one\n);\n```\n\nMany other words stand below, and more of them.\n".to_owned(),
            ),
        ];
        let first = paths(&pages, "db_prepare").into_iter().next();
        assert_eq!(first.as_deref(), Some("declared"));
    }

    #[test]
    fn the_last_part_of_a_name_is_looked_for_nearly_as_the_name_is() {
        let pages = [
            (
                "late",
                "# Late jobs\n\nJobs may be added late; add a late job when late.\n".to_owned(),
            ),
            (
                "call",
                "# Scheduling\n\nCall `sched.add_late_job(x)` for what may wait.\n".to_owned(),
            ),
        ];
        let first = paths(&pages, "mine.add_late_job(x)").into_iter().next();
        assert_eq!(first.as_deref(), Some("call"));
    }
}
