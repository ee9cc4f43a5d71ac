//! The summary of an operation said in other words: the question of somebody who has not read it.
//!
//! The tables are of the measure alone; the ranking knows nothing of them.

use super::lot::Lot;

/// Verbs that summaries begin with, and what people say for them.
const VERBS: &[(&[&str], &[&str])] = &[
    (
        &["list"],
        &[
            "which are the",
            "what are all the",
            "overview of",
            "enumerate",
        ],
    ),
    (
        &[
            "get", "retrieve", "show", "return", "returns", "read", "inspect",
        ],
        &["look up", "find out about", "where do I see"],
    ),
    (
        &["create", "add", "generate"],
        &["make", "set up", "I need a new"],
    ),
    (
        &["update", "edit", "modify", "set", "replace"],
        &["change", "alter", "adjust"],
    ),
    (
        &["delete", "remove"],
        &["get rid of", "throw away", "erase"],
    ),
    (&["check"], &["find out whether", "is there"]),
    (&["enable"], &["switch on", "activate"]),
    (&["disable"], &["switch off", "deactivate"]),
    (&["search"], &["look for"]),
    (&["cancel"], &["abort", "stop"]),
    (&["start"], &["launch", "kick off"]),
    (&["stop"], &["halt", "end"]),
    (&["lock"], &["freeze"]),
    (&["unlock"], &["release"]),
    (&["upload"], &["send", "put up"]),
    (&["download"], &["save a copy of"]),
    (&["rename"], &["give another name to"]),
    (&["restore"], &["bring back"]),
    (&["transfer"], &["hand over"]),
    (&["configure"], &["set up", "adjust"]),
    (&["assign"], &["give"]),
    (&["merge"], &["combine"]),
    (&["import"], &["load"]),
    (&["export"], &["dump"]),
    (&["invite"], &["bring in"]),
];

/// Things that operations are about, in the singular, and what people call them.
const THINGS: &[(&str, &[&str])] = &[
    ("account", &["customer", "login"]),
    ("alert", &["warning", "finding"]),
    ("artifact", &["build output"]),
    ("asset", &["file", "attachment"]),
    ("branch", &["line of development"]),
    ("build", &["compilation"]),
    ("collaborator", &["contributor", "participant"]),
    ("collection", &["table"]),
    ("comment", &["remark", "note"]),
    ("commit", &["revision", "change"]),
    ("configuration", &["settings", "setup"]),
    ("container", &["box"]),
    ("deploy", &["publication", "rollout"]),
    ("deployment", &["rollout", "release"]),
    ("environment", &["stage"]),
    ("event", &["happening", "incident"]),
    ("field", &["column", "attribute"]),
    ("file", &["document"]),
    ("folder", &["directory"]),
    ("gist", &["snippet"]),
    ("hook", &["callback", "notification"]),
    ("image", &["picture", "snapshot"]),
    ("invitation", &["request to join"]),
    ("issue", &["ticket", "bug report"]),
    ("item", &["record", "row"]),
    ("key", &["credential"]),
    ("label", &["tag"]),
    ("license", &["terms of use"]),
    ("member", &["person", "participant"]),
    ("metric", &["figure", "statistic"]),
    ("notification", &["message", "alert"]),
    ("organization", &["company"]),
    ("package", &["library"]),
    ("permission", &["right", "access"]),
    ("policy", &["rule"]),
    ("project", &["board"]),
    ("release", &["published version"]),
    ("repository", &["code base", "project"]),
    ("reviewer", &["approver"]),
    ("role", &["job"]),
    ("ruleset", &["set of restrictions"]),
    ("run", &["execution"]),
    ("runner", &["build machine"]),
    ("secret", &["hidden value", "password"]),
    ("setting", &["option", "preference"]),
    ("site", &["website", "homepage"]),
    ("snapshot", &["backup"]),
    ("submission", &["entry"]),
    ("subscription", &["following"]),
    ("tag", &["label"]),
    ("team", &["group"]),
    ("token", &["credential"]),
    ("topic", &["keyword"]),
    ("user", &["person", "account"]),
    ("variable", &["value", "parameter"]),
    ("version", &["edition"]),
    ("webhook", &["callback"]),
    ("workflow", &["pipeline", "automation"]),
];

/// What of a summary is said in other words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Otherwise {
    /// What is done; things keep the names that the description gives them.
    Verb,
    /// What is done, and the first thing that it is done to.
    VerbAndThing,
}

/// Returns `summary` as a question in other words; `None` where the tables have no word for what is to be replaced.
pub(super) fn said(otherwise: Otherwise, summary: &str, lot: &mut Lot) -> Option<String> {
    let mut words = words(&plain(summary)).into_iter();
    let verb = words.next()?;
    let (_, others) = VERBS
        .iter()
        .find(|(verbs, _)| verbs.contains(&verb.as_str()))?;
    let mut question = (*lot.one_of(others)?).to_owned();
    let mut is_replaced = otherwise == Otherwise::Verb;
    for word in words {
        question.push(' ');
        let other = if is_replaced { None } else { thing(&word, lot) };
        is_replaced |= other.is_some();
        question.push_str(&other.unwrap_or(word));
    }
    is_replaced.then_some(question)
}

/// Returns `summary` without what is not part of what is done: a note in parentheses, a warning before a dash.
pub(super) fn plain(summary: &str) -> String {
    let summary = summary.split(" (").next().unwrap_or_default();
    let summary = summary.rsplit(" - ").next().unwrap_or_default();
    summary.trim().trim_end_matches('.').to_owned()
}

/// Returns another word for `word`, in the number it has.
fn thing(word: &str, lot: &mut Lot) -> Option<String> {
    let named = |singular: &str| {
        THINGS
            .iter()
            .find(|(thing, _)| *thing == singular)
            .map(|(_, others)| *others)
    };
    if let Some(others) = named(word) {
        return lot.one_of(others).map(|other| (*other).to_owned());
    }
    let singular = match word.strip_suffix("ies") {
        Some(stem) => format!("{stem}y"),
        None => word
            .strip_suffix("es")
            .filter(|stem| stem.ends_with("ch"))
            .or(word.strip_suffix('s'))?
            .to_owned(),
    };
    let other = lot.one_of(named(&singular)?)?;
    Some(plural(other))
}

/// Returns the plural of `thing`; of `line of development` that of its first word.
fn plural(thing: &str) -> String {
    let (head, rest) = match thing.find(" of ").or(thing.find(" to ")) {
        Some(at) => thing.split_at(at),
        None => (thing, ""),
    };
    match head
        .strip_suffix('y')
        .filter(|stem| !stem.ends_with(['a', 'e', 'o']))
    {
        Some(stem) => format!("{stem}ies{rest}"),
        None if head.ends_with('s') => thing.to_owned(),
        None => format!("{head}s{rest}"),
    }
}

/// The words of a summary in lower case; `listSiteForms` has three.
fn words(summary: &str) -> Vec<String> {
    let mut spaced = String::new();
    let is_name = !summary.contains(' ');
    let mut was_small = false;
    for letter in summary.chars() {
        if is_name && was_small && letter.is_uppercase() {
            spaced.push(' ');
        }
        was_small = letter.is_lowercase();
        spaced.extend(letter.to_lowercase());
    }
    spaced.split_whitespace().map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every question that some lot makes of `summary`.
    fn all(summary: &str) -> Vec<String> {
        all_with(Otherwise::VerbAndThing, summary)
    }

    fn all_with(otherwise: Otherwise, summary: &str) -> Vec<String> {
        let mut all: Vec<String> = (0..200)
            .filter_map(|seed| said(otherwise, summary, &mut Lot(seed)))
            .collect();
        all.sort();
        all.dedup();
        all
    }

    #[test]
    fn verb_and_first_thing_are_said_in_other_words_and_the_rest_stays() {
        assert_eq!(
            all("Remove team repositories (Legacy)"),
            [
                "erase group repositories",
                "get rid of group repositories",
                "throw away group repositories"
            ]
        );
        assert_eq!(
            all("Closing down - Unlock a branch"),
            ["release a line of development"]
        );
        assert_eq!(all("cancelSiteDeploy").len(), 4);
        assert!(all("Download repositories.").contains(&"save a copy of code bases".to_owned()));
        assert!(all("Stop branches").contains(&"halt lines of development".to_owned()));
    }

    #[test]
    fn where_the_verb_alone_is_replaced_things_keep_their_names() {
        assert_eq!(
            all_with(Otherwise::Verb, "Enable an emoji"),
            ["activate an emoji", "switch on an emoji"]
        );
    }

    #[test]
    fn what_the_tables_have_no_word_for_is_no_question() {
        for summary in ["Ping", "List emojis", "Frobnicate a team", ""] {
            assert_eq!(all(summary), [""; 0], "{summary}");
        }
    }

    #[test]
    fn no_word_stands_for_itself() {
        for (verbs, others) in VERBS {
            for other in *others {
                let first = other.split(' ').next().unwrap_or_default();
                assert!(!verbs.contains(&first), "{other}");
            }
        }
        for (thing, others) in THINGS {
            assert!(
                others
                    .iter()
                    .all(|other| !other.split(' ').any(|word| word == *thing)),
                "{thing}"
            );
        }
    }
}
