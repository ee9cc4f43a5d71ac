//! What a section defines beside the names that its headings have by themselves: members of what its page is about, and what the
//! code at its head declares.
//!
//! `.resolve(path)` on the page *Module: `YARD::Registry`* is `YARD::Registry.resolve`, and `int sqlite3_open(…)` at the head of
//! *Opening a connection* is `sqlite3_open`.

use crate::lookup::arity;
use crate::lookup::document::looks_like_code;

/// Names that the code at the head of a section declares at most: more are a listing.
const DECLARED_MAX: usize = 32;
/// Parts of what a page is about that its members are found by: `B.c` and `C.c` of `A::B`, not of every namespace around.
const OWNER_PARTS_MAX: usize = 3;
/// Words of a type at most: `static inline unsigned long int`.
const TYPE_WORDS_MAX: usize = 6;

/// What pages that are about one thing call it.
const THINGS: &str = "class enum enumeration exception interface mixin module namespace object protocol record \
    struct structure trait type union";
/// What stands between a name and such a word, or behind it: *Foo Class Reference*.
const BEHIND_THING: &[&str] = &["reference", "template"];
/// Words before a call that declare nothing.
const NO_TYPES: &[&str] = &[
    "and", "assert", "await", "case", "delete", "echo", "else", "goto", "if", "in", "new", "not",
    "or", "print", "raise", "return", "sizeof", "throw", "using", "while", "yield",
];

/// Names that a section defines, one a line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Defined {
    /// Names by themselves.
    pub(super) own: String,
    /// Members with what they are members of.
    pub(super) joined: String,
}

/// Returns what a section defines beside `symbols`, the names of its `headings`, on the page called `title`.
pub(super) fn defined(title: &str, headings: &str, symbols: &str, body: &str) -> Defined {
    let owner = owner(title);
    let members = headings.lines().filter_map(member);
    let mut own: Vec<&str> = members
        .filter(|(_, is_marked)| *is_marked || owner.is_some())
        .map(|(name, _)| name)
        .collect();
    if own.is_empty() && symbols.is_empty() {
        own = declared(body);
    }
    let mut joined = Vec::new();
    if let Some(owner) = owner {
        let simple = symbols
            .lines()
            .filter(|name| is_simple(name) || is_counted(name));
        let mut members: Vec<&str> = own.iter().copied().chain(simple).collect();
        members.sort_unstable();
        members.dedup();
        let parts: Vec<&str> = parts_of(&owner).collect();
        let first = parts.len().saturating_sub(OWNER_PARTS_MAX);
        // A page about a function is no owner of it.
        let own = parts.last().copied();
        for member in members.into_iter().filter(|member| own != Some(*member)) {
            for from in first..parts.len() {
                let owner = parts.get(from..).unwrap_or_default().join(".");
                joined.push(format!("{owner}.{member}"));
            }
        }
    }
    own.retain(|name| !symbols.lines().any(|known| known == *name));
    Defined {
        own: own.join("\n"),
        joined: joined.join("\n"),
    }
}

fn in_name(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

fn begins_name(letter: char) -> bool {
    letter.is_alphabetic() || letter == '_'
}

fn is_simple(name: &str) -> bool {
    name.starts_with(begins_name) && name.chars().all(in_name)
}

/// Tells whether `name` is a simple one with the number of what it takes: `split/3`, `empty?/1`.
fn is_counted(name: &str) -> bool {
    let name = arity::name_of(name);
    name.is_some_and(|name| is_simple(name.trim_end_matches(['?', '!'])))
}

fn parts_of(name: &str) -> impl Iterator<Item = &str> {
    name.split(['.', ':']).filter(|part| !part.is_empty())
}

/// Returns the member that `heading` names, and whether a mark says that it is one: `resolve` of `.resolve(path)` and
/// `#resolve`, `prepare` of `◆ prepare() [1/2]`. Without a mark it is one if the page is about a thing that has members.
fn member(heading: &str) -> Option<(&str, bool)> {
    let name = heading.trim_start_matches(|letter| !in_name(letter));
    let marks = heading.get(..heading.len() - name.len())?;
    let end = name.find(|letter| !in_name(letter)).unwrap_or(name.len());
    let (name, rest) = name.split_at(end);
    let is_marked = [".", "#", "::"].contains(&marks)
        && (rest.is_empty() || rest.starts_with(['(', ' ', '!', '?', '=']));
    let is_plain = |mark: char| !mark.is_ascii() || mark == ' ';
    let is_called = marks.chars().all(is_plain) && rest.starts_with('(');
    let is_member = name.starts_with(begins_name) && (is_marked || is_called);
    is_member.then_some((name, is_marked))
}

/// Returns what the page called `title` is about, if that is one thing with a name.
fn owner(title: &str) -> Option<String> {
    let plain = without_generics(title);
    let words: Vec<&str> = plain
        .split_whitespace()
        .map(|word| word.trim_matches(|letter| !in_name(letter)))
        .filter(|word| !word.is_empty())
        .collect();
    let is_owner = |word: &&str| {
        word.starts_with(begins_name) && parts_of(word).all(is_simple) && !is_thing(word)
    };
    if let [word] = words.as_slice() {
        return Some(*word).filter(is_owner).map(str::to_owned);
    }
    let thing = words.iter().position(|word| is_thing(word))?;
    let word_at = |at: usize| words.get(at).copied();
    let is_behind =
        word_at(thing + 1).is_some_and(|next| BEHIND_THING.contains(&next.to_lowercase().as_str()));
    let word = if is_behind {
        word_at(thing.checked_sub(1)?)
    } else {
        word_at(thing + 1)
    };
    word.filter(is_owner)
        .filter(|word| looks_like_code(word) || word.starts_with(char::is_uppercase))
        .map(str::to_owned)
}

/// Returns `title` without what stands between `<` and `>`.
fn without_generics(title: &str) -> String {
    let mut depth = 0_usize;
    let mut plain = String::with_capacity(title.len());
    for letter in title.chars() {
        match letter {
            '<' => depth += 1,
            '>' => depth = depth.saturating_sub(1),
            _ if depth == 0 => plain.push(letter),
            _ => {}
        }
    }
    plain
}

fn is_thing(word: &str) -> bool {
    let word = word.to_lowercase();
    THINGS.split_ascii_whitespace().any(|thing| thing == word)
}

/// Returns the names that the code declares with which `body` begins below its headings.
fn declared(body: &str) -> Vec<&str> {
    // Most sections have no code, which is seen faster than where their lines end.
    if !body.contains("```") {
        return Vec::new();
    }
    let mut lines = body.lines();
    let mut before = "";
    let fence = loop {
        let Some(line) = lines.next() else {
            return Vec::new();
        };
        if line.starts_with("```") {
            break line.trim_end_matches(|letter| letter != '`');
        }
        if !line.trim().is_empty() {
            before = line;
        }
    };
    if !before.is_empty() && !before.starts_with('#') {
        return Vec::new();
    }
    let mut names = Vec::new();
    let mut depth = 0_i32;
    for line in lines.take_while(|line| !line.starts_with(fence)) {
        if depth == 0 && names.len() < DECLARED_MAX {
            names.extend(declared_by(line));
        }
        for letter in line.chars() {
            match letter {
                '(' | '{' => depth = depth.saturating_add(1),
                ')' | '}' => depth = depth.saturating_sub(1).max(0),
                _ => {}
            }
        }
    }
    names
}

/// Returns the name that `line` of code declares: one before a parenthesis, behind a type.
fn declared_by(line: &str) -> Option<&str> {
    let (head, _) = line.split_once('(')?;
    let head = head.trim_end();
    let kind = head.trim_end_matches(|letter| in_name(letter) || letter == ':');
    let name = head.get(kind.len()..)?;
    let is_type = |letter: char| in_name(letter) || " *&:<>,".contains(letter);
    let mut words = kind.split_whitespace();
    let is_declared = kind.starts_with(begins_name)
        && kind.ends_with([' ', '*', '&'])
        && kind.chars().all(is_type)
        && words.clone().count() <= TYPE_WORDS_MAX
        && !words.any(|word| NO_TYPES.contains(&word));
    (is_declared && name.starts_with(begins_name) && looks_like_code(name)).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_heading_that_begins_with_a_mark_names_a_member() {
        for (heading, name, is_marked) in [
            (".resolve(path)", "resolve", true),
            ("#hijack", "hijack", true),
            ("::new(x)", "new", true),
            ("#load! ⇒ Boolean", "load", true),
            ("◆ prepare() [1/2]", "prepare", false),
            ("prepare(name)", "prepare", false),
        ] {
            assert_eq!(member(heading), Some((name, is_marked)), "{heading}");
        }
        for heading in [
            "Prepare it (at once)",
            "#1 of all",
            "... and more",
            "- x(y)",
            "",
        ] {
            assert_eq!(member(heading), None, "{heading}");
        }
    }

    #[test]
    fn a_page_is_about_what_its_title_names() {
        for (title, name) in [
            ("Module: YARD::Registry", "YARD::Registry"),
            ("Reply", "Reply"),
            (
                "libpqxx: pqxx::connection_base Class Reference",
                "pqxx::connection_base",
            ),
            (
                "pqxx::basic< POLICY > Class Template Reference",
                "pqxx::basic",
            ),
            ("Class Vec<T>", "Vec"),
            ("Interface Map", "Map"),
        ] {
            assert_eq!(owner(title).as_deref(), Some(name), "{title}");
        }
        for title in [
            "How to write a module",
            "Type conversion",
            "Getting started",
            "Class",
            "",
        ] {
            assert_eq!(owner(title), None, "{title}");
        }
    }

    #[test]
    fn members_are_defined_with_what_they_are_members_of() {
        let found = defined(
            "Class: pqxx::connection_base",
            "Details\n◆ prepare() [1/2]",
            "",
            "",
        );
        assert_eq!(found.own, "prepare");
        assert_eq!(
            found.joined,
            "pqxx.connection_base.prepare\nconnection_base.prepare"
        );
        let found = defined("Module: Registry", "resolve", "resolve", "");
        assert_eq!(
            (found.own.as_str(), found.joined.as_str()),
            ("", "Registry.resolve")
        );
        let itself = defined("numpy.sort", "numpy.sort(a)", "numpy.sort\nsort", "");
        assert_eq!(itself.joined, "");
        // A plural is no call.
        assert_eq!(
            defined("Getting started", "Argument(s)", "", ""),
            Defined::default()
        );
    }

    #[test]
    fn code_below_a_heading_defines_what_it_declares_where_nothing_else_does() {
        let body = "# Compile\n\n```\nint db_prepare(\n  db_t *db, size_t size_of(x)\n);\nconst char *db_name(void);\nSQLITE_API db_x(int);\n```\n";
        let found = defined("Compile", "Compile", "", body);
        assert_eq!(found.own, "db_prepare\ndb_name\ndb_x");
        assert_eq!(defined("Compile", "x", "x", body).own, "");
        let told = "# Compile\n\nSo it is called:\n\n```\nint db_prepare(int);\n```\n";
        assert_eq!(defined("Compile", "Compile", "", told).own, "");
        let called = "```js\nawait db_run(x)\nreturn db_end(x)\n  int db_in(x)\nconst a = db_b(c)\nint open(x)\n```\n";
        assert_eq!(defined("a", "", "", called).own, "");
    }
}
