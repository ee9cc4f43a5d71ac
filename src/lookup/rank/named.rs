//! Names in a question that are more than one word: a request (`GET /users/42`), a member behind a mark (`A::B#c`, `a->b`), and a
//! name with the number of what it takes (`findall/3`).
//!
//! A question is searched as words whatever is found here. So only what the documentation defines is taken for such a name: the path
//! of a file is none.

use std::ops::Range;

use tantivy::Term;

use crate::lookup::arity;
use crate::lookup::embedding::Embedder;
use crate::lookup::index::View;
use crate::lookup::index::spelled::{PARAMETER, request, spelled, steps};
use crate::lookup::index::words::Words;

/// Names that are found in a question: further ones only cost time.
const NAMES_MAX: usize = 8;
/// Paths of a question that are looked up: a pasted text may have hundreds, of files.
const PATHS_MAX: usize = 16;
/// Steps of a path any of which may be a value, such as `42`: twice as many paths are looked up for each.
const STEPS_MAX: usize = 6;
/// Steps before those of a path that an address may have: `/api/v2`.
const STEPS_BEFORE_MAX: usize = 2;
/// Methods of requests, for whoever writes them small.
const METHODS: &[&str] = &[
    "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE",
];
/// Words of a question in which a capital or a hyphen makes a name: in longer ones products and people have them as well.
const CALLED_WORDS_MAX: usize = 6;
/// Bytes of the shortest name that is known by its capitals.
const CALLED_BYTES_MIN: usize = 3;
/// What joins a member to what it is a member of, where it does not within a word.
const JOINTS: &[&str] = &["#", "->", "().", "()->", "()#", "?."];

/// A name that the documentation defines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Named {
    /// Where it stands in the question.
    pub(super) bytes: Range<usize>,
    /// As the index holds it.
    pub(super) spelled: String,
    /// Where its last word ends, but for a number.
    pub(super) words_end: usize,
}

impl Named {
    /// Tells whether it is a request rather than a member.
    pub(super) fn is_request(&self) -> bool {
        is_request(&self.spelled)
    }
}

/// Tells whether `name`, as the index holds it, is a request.
pub(super) fn is_request(name: &str) -> bool {
    name.starts_with('/') || name.contains(" /")
}

/// Returns the names of more than one word in `text`, in order.
pub(super) fn named(view: &View, text: &str) -> Vec<Named> {
    let mut found = Vec::new();
    if text.contains('/') {
        requests(view, text, &mut found);
        counted(view, text, &mut found);
    }
    if JOINTS.iter().any(|joint| text.contains(joint)) {
        members(view, text, &mut found);
    }
    found.sort_by_key(|named| named.bytes.start);
    let mut end = 0;
    found.retain(|named| {
        let is_apart = named.bytes.start >= end;
        if is_apart {
            end = named.bytes.end;
        }
        is_apart
    });
    found
}

/// Tells whether a section defines `name`, which is as the index holds it.
pub(super) fn is_defined(view: &View, name: &str) -> bool {
    let term = Term::from_field_text(view.fields.symbol_spellings, name);
    // An index that cannot be read says so when candidates are looked for.
    view.searcher.doc_freq(&term).is_ok_and(|count| count > 0)
}

/// Tells whether `word` of `text` is a name though prose may have it, for a section defines it as it is written: it has hyphens or is in
/// capitals (`publish-safety`, `SAVEHIST`), its capital begins nothing (`Repository`), or it is all that is asked for and no word of the
/// language (`setopt`).
pub(super) fn is_called(view: &View, text: &str, word: &str) -> bool {
    if text.split_whitespace().nth(CALLED_WORDS_MAX).is_some() {
        return false;
    }
    let Some((before, behind)) = text.split_once(word) else {
        return false;
    };
    let before = before.trim_end();
    let is_alone = ![before, behind]
        .iter()
        .any(|text| text.contains(char::is_alphanumeric));
    let begins = before.is_empty() || before.ends_with(['.', '!', '?', ':']);
    let is_long = word.len() >= CALLED_BYTES_MIN;
    let mut letters = word.chars();
    let may_be = match letters.next().map(char::is_uppercase) {
        _ if word.contains('-') => true,
        Some(true) if letters.clone().all(char::is_lowercase) => is_long && (is_alone || !begins),
        Some(true) if letters.all(char::is_uppercase) => {
            is_long && (is_alone || text.contains(char::is_lowercase))
        }
        // A word of the language may be the subject.
        _ => is_alone && !Embedder::new().knows(word),
    };
    may_be && is_defined(view, &spelled(word))
}

/// Finds the requests of `text`.
fn requests(view: &View, text: &str, found: &mut Vec<Named>) {
    let mut before: Option<(usize, String)> = None;
    let mut looked_up = 0;
    for (start, word) in spaced(text).filter(|(_, word)| !word.is_empty()) {
        if found.len() >= NAMES_MAX || looked_up >= PATHS_MAX {
            return;
        }
        let method = before.take();
        let known = word.to_uppercase();
        before = METHODS.contains(&known.as_str()).then_some((start, known));
        let Some(path) = path_of(word, method.is_some()) else {
            continue;
        };
        let Some(steps) = steps(path) else {
            continue;
        };
        looked_up += 1;
        let end = start + word.len();
        let of_method = method.and_then(|(start, method)| {
            let spelled = (0..=STEPS_BEFORE_MAX).find_map(|skipped| {
                let steps = steps.get(skipped..).filter(|steps| !steps.is_empty())?;
                defined_path(view, Some(&method), steps)
            })?;
            Some((start, spelled))
        });
        let by_path = || Some((start, defined_path(view, None, &steps)?));
        if let Some((start, spelled)) = of_method.or_else(by_path) {
            found.push(Named {
                bytes: start..end,
                spelled,
                words_end: end,
            });
        }
    }
}

/// Finds the names of `text` that have a number: as they are written, or without what they are said to belong to.
fn counted(view: &View, text: &str, found: &mut Vec<Named>) {
    let names = spaced(text).filter_map(|(start, word)| Some((start, word, arity::name_of(word)?)));
    for (start, word, name) in names.take(PATHS_MAX) {
        if found.len() >= NAMES_MAX {
            return;
        }
        let ways = [Some(word), arity::member_of(word)];
        let mut ways = ways.into_iter().flatten().map(arity::held);
        if let Some(spelled) = ways.find(|name| is_defined(view, name)) {
            let words = name.trim_end_matches(|letter: char| !letter.is_alphanumeric());
            found.push(Named {
                bytes: start..start + word.len(),
                spelled,
                words_end: start + words.len(),
            });
        }
    }
}

/// The stretches of `text` between spaces, without quotes and stops around them, each with where it begins.
fn spaced(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let is_around = |letter: char| "`'\"“”‘’()[],;.?!*".contains(letter);
    let mut at = 0;
    text.split_inclusive(char::is_whitespace).map(move |piece| {
        let start = at;
        at += piece.len();
        let word = piece.trim_end().trim_end_matches(is_around);
        let inner = word.trim_start_matches(is_around);
        (start + word.len() - inner.len(), inner)
    })
}

/// Returns the path that `word` is; behind a method it may be a whole address.
fn path_of(word: &str, is_requested: bool) -> Option<&str> {
    let path = if word.starts_with('/') {
        word
    } else {
        let (_, rest) = word.split_once("://").filter(|_| is_requested)?;
        rest.get(rest.find('/')?..)?
    };
    path.split(['?', '#']).next()
}

/// Returns the path that is defined, with or without `method`, of which `steps` are a case: as they are, or with values in place of
/// parameters, as few as may be.
fn defined_path(view: &View, method: Option<&str>, steps: &[String]) -> Option<String> {
    if steps.len() > STEPS_MAX {
        let path = request(method, steps);
        return is_defined(view, &path).then_some(path);
    }
    // A bit for each step that is a value. One step at least is none.
    let all = (1_u32 << steps.len()) - 1;
    let mut cases: Vec<u32> = (0..all.max(1)).collect();
    // Ids stand behind what they are of.
    cases.sort_by_key(|case| (case.count_ones(), u32::MAX - case));
    cases.into_iter().find_map(|case| {
        let as_case: Vec<&str> = steps
            .iter()
            .enumerate()
            .map(|(at, step)| if case >> at & 1 == 1 { PARAMETER } else { step })
            .collect();
        let path = request(method, &as_case);
        is_defined(view, &path).then_some(path)
    })
}

/// Finds the members of `text`.
fn members(view: &View, text: &str, found: &mut Vec<Named>) {
    let mut joined: Option<(Range<usize>, String)> = None;
    for (start, word) in Words::of(text) {
        if found.len() >= NAMES_MAX {
            return;
        }
        let name = spelled(word);
        let end = start + word.len();
        joined = Some(match joined.take() {
            Some((bytes, before))
                if text
                    .get(bytes.end..start)
                    .is_some_and(|between| JOINTS.contains(&between)) =>
            {
                let name = format!("{before}.{name}");
                let bytes = bytes.start..end;
                if is_defined(view, &name) {
                    // What goes on takes the place of what it goes on from.
                    found.retain(|named| named.bytes.start != bytes.start);
                    found.push(Named {
                        bytes: bytes.clone(),
                        spelled: name.clone(),
                        words_end: end,
                    });
                }
                (bytes, name)
            }
            _ => (start..end, name),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lookup::library;

    const PAGES: [(&str, &str); 4] = [
        (
            "lists.md",
            "# lists\n\n## keyfind/3\n\nOne.\n\n## `empty?/1`\n\nTwo.\n\n## `=@=/2`\n\nThree.\n",
        ),
        (
            "users.md",
            "# `GET /users/{id}`\n\nOne.\n\n# `GET /users/me`\n\nYou.\n\n# `POST /users/:id/posts/:post`\n\nIt.\n",
        ),
        ("registry.md", "# Module: A::B\n\n## #load(x)\n\nLoads.\n"),
        ("etc.md", "# Files\n\nSee /etc/passwd and src/lib.rs.\n"),
    ];

    fn found(text: &str) -> Vec<String> {
        let (store, index) = library::in_memory("s", PAGES).unwrap();
        let view = index.view(&store).unwrap();
        let found = named(&view, text).into_iter();
        found
            .map(|named| format!("{}={}", &text[named.bytes], named.spelled))
            .collect()
    }

    #[test]
    fn a_request_is_known_by_its_path_whatever_its_values_are() {
        for (text, name) in [
            (
                "what does `GET /users/me` do",
                "GET /users/me=GET /users/me",
            ),
            ("get /users/{name}", "get /users/{name}=GET /users/{}"),
            ("GET /users/42?x=1", "GET /users/42?x=1=GET /users/{}"),
            (
                "curl -X POST https://x.org/api/v2/users/42/posts/7",
                "POST https://x.org/api/v2/users/42/posts/7=POST /users/{}/posts/{}",
            ),
            ("is (/users/<id>) there?", "/users/<id>=/users/{}"),
        ] {
            assert_eq!(found(text), [name], "{text}");
        }
    }

    #[test]
    fn a_word_with_a_capital_is_a_name_if_it_is_defined_so_and_begins_nothing() {
        let schema =
            "type Query { berth: Berth }\ntype Berth { id: ID!, \"How deep.\" depth: Int }\n";
        let (store, index) = library::in_memory("s", [("s.graphql", schema)]).unwrap();
        let view = index.view(&store).unwrap();
        for (text, word, is_name) in [
            ("Berth", "Berth", true),
            ("`Berth`?", "Berth", true),
            ("fields of Berth type", "Berth", true),
            ("Berth of a ship", "Berth", false),
            ("It is moored. Berth of a ship", "Berth", false),
            ("a Harbour", "Harbour", false),
            ("fields of berth", "berth", false),
        ] {
            assert_eq!(is_called(&view, text, word), is_name, "{text}");
        }
    }

    #[test]
    fn a_word_with_hyphens_in_capitals_or_by_itself_is_a_name_if_it_is_defined_so() {
        let page = "# Settings\n\n## `publish-safety`\n\nHow long.\n\n## `SAVEHIST`\n\nHow many.\n\n## `setopt`\n\nSets one.\n\n\
            ## `harbour`\n\nWhere.\n";
        let (store, index) = library::in_memory("s", [("s.md", page)]).unwrap();
        let view = index.view(&store).unwrap();
        for (text, word, is_name) in [
            ("named.conf publish-safety", "publish-safety", true),
            ("what is retire-safety", "retire-safety", false),
            ("default of SAVEHIST", "SAVEHIST", true),
            ("SAVEHIST", "SAVEHIST", true),
            ("WHAT IS SAVEHIST", "SAVEHIST", false),
            ("`setopt`?", "setopt", true),
            ("what setopt does", "setopt", false),
            ("harbour", "harbour", false),
        ] {
            assert_eq!(is_called(&view, text, word), is_name, "{text}");
        }
    }

    #[test]
    fn the_path_of_a_file_and_an_address_are_no_requests() {
        for text in [
            "where is /etc/passwd",
            "https://x.org/users/42",
            "src/users/42 and/or this",
            "DELETE /nothing",
            "/",
        ] {
            assert_eq!(found(text), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn a_name_with_the_number_of_what_it_takes_is_one_if_it_is_defined() {
        for (text, name) in [
            ("what is keyfind/3?", "keyfind/3=keyfind/3"),
            ("lists:keyfind/3", "lists:keyfind/3=lists.keyfind/3"),
            ("List.keyfind/3", "List.keyfind/3=keyfind/3"),
            ("(`empty?/1`)", "empty?/1=empty?/1"),
            ("a =@=/2 b", "=@=/2==@=/2"),
        ] {
            assert_eq!(found(text), [name], "{text}");
        }
        for text in ["keyfind/4", "src/keyfind/3", "GET /keyfind/3", "a/3"] {
            assert_eq!(found(text), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn a_member_behind_a_mark_is_one_name_with_what_it_is_of() {
        assert_eq!(found("what does A::B#load take"), ["A::B#load=A.B.load"]);
        assert_eq!(found("B->load"), ["B->load=B.load"]);
        assert_eq!(found("A::B #load, C#load"), Vec::<String>::new());
    }
}
