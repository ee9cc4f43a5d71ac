//! Names with the number of what they take, as Prolog, Erlang and Elixir write them: `findall/3`, `String.split/3`,
//! `lists:keyfind/3`, and `phrase//2` in a grammar. Names that differ in nothing but the number are different things.

use std::borrow::Cow;

use super::document::signature_head;
use super::index::spelled::spelled;

/// Digits of the largest number: a longer one is that of something else.
const DIGITS_MAX: usize = 3;

/// Returns the name of `text`, if it is one with a number.
pub(crate) fn name_of(text: &str) -> Option<&str> {
    let (name, _) = apart(text, '/')?;
    let name = name.strip_suffix('/').unwrap_or(name);
    let is_one = !name.contains(|letter: char| letter.is_whitespace() || letter == '/');
    let has = |is_such: fn(char) -> bool| name.contains(is_such);
    // `24/7` is no name, `=@=/2` is one.
    let is_name = has(char::is_alphabetic) || !has(char::is_numeric);
    (is_one && is_name && !name.is_empty()).then_some(name)
}

/// Returns `text`, a name with a number, without what the name belongs to; nothing if it belongs to nothing.
pub(crate) fn member_of(text: &str) -> Option<&str> {
    let name = name_of(text)?;
    let at = name.rfind(['.', ':', '#'])? + 1;
    let begins = |letter: char| letter.is_alphabetic() || letter == '_';
    text.get(at..).filter(|member| member.starts_with(begins))
}

/// Returns the name with a number that the heading called `title` defines at `anchor`: as the title has it, or the anchor.
pub(crate) fn of_heading<'t>(title: &'t str, anchor: &str) -> Option<Cow<'t, str>> {
    if name_of(title).is_some() {
        return Some(Cow::Borrowed(title));
    }
    of_anchor(anchor, title).map(Cow::Owned)
}

/// Returns the name that `title` begins with, with the number that `anchor` has: `map/2` and `c:map/2` on pages of Elixir, and
/// `map-2` on those of Erlang, where the name is called (`map(F, L)`): else that is the second anchor of its name.
pub(crate) fn of_anchor(anchor: &str, title: &str) -> Option<String> {
    let name = signature_head(title);
    let is_called = title.get(name.len()..)?.starts_with('(');
    let by_edoc = || apart(anchor, '-').filter(|_| is_called);
    let (own, number) = apart(anchor, '/').or_else(by_edoc)?;
    let before = own.strip_suffix(name)?;
    let is_own = before.is_empty() || before.ends_with(['.', ':']);
    (is_own && !name.is_empty()).then(|| format!("{name}/{number}"))
}

/// Returns `text`, a name with a number, as the index holds it: `lists.keyfind/3`.
pub(crate) fn held(text: &str) -> String {
    spelled(text).replace(':', ".")
}

fn apart(text: &str, mark: char) -> Option<(&str, &str)> {
    let (name, number) = text.rsplit_once(mark)?;
    let is_number = (1..=DIGITS_MAX).contains(&number.len())
        && number.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then_some((name, number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_a_number_is_told_from_a_path_and_a_fraction() {
        for (text, name) in [
            ("findall/3", "findall"),
            ("String.split/3", "String.split"),
            ("lists:keyfind/3", "lists:keyfind"),
            ("phrase//2", "phrase"),
            ("empty?/1", "empty?"),
            ("=@=/2", "=@="),
        ] {
            assert_eq!(name_of(text), Some(name), "{text}");
        }
        for text in [
            "24/7", "src/a/3", "/a/3", "a/b", "a/2024", "Part 1/2", "/3", "3",
        ] {
            assert_eq!(name_of(text), None, "{text}");
        }
    }

    #[test]
    fn a_member_with_a_number_is_found_behind_what_it_belongs_to() {
        assert_eq!(member_of("String.split/3"), Some("split/3"));
        assert_eq!(member_of("lists:keyfind/3"), Some("keyfind/3"));
        for text in ["findall/3", "=../2", ":-/2", "a.b"] {
            assert_eq!(member_of(text), None, "{text}");
        }
    }

    #[test]
    fn an_anchor_has_the_number_of_the_name_that_its_heading_begins_with() {
        for (anchor, title, counted) in [
            ("map/2", "map(list, fun)", Some("map/2")),
            ("c:init/1", "init(state)", Some("init/1")),
            ("map-2", "map(F, L) -> list()", Some("map/2")),
            ("map-2", "map", None),
            ("bitmap/2", "map(list)", None),
            ("map", "map(list)", None),
            ("top", "map/2", Some("map/2")),
        ] {
            let found = of_heading(title, anchor);
            assert_eq!(found.as_deref(), counted, "{anchor}");
        }
    }
}
