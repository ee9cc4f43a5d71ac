//! JSON and YAML as one tree whose every node knows its line: what descriptions of interfaces are written in.
//!
//! Read leniently: comments and trailing commas are no error, and of YAML that breaks off what came before is kept.

mod json;
mod yaml;

use std::borrow::Cow;

/// A value with the line where it begins, from 1.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Node<'a> {
    pub(super) line: u32,
    pub(super) value: Value<'a>,
}

/// A value. Numbers are as they are written.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value<'a> {
    Null,
    Bool(bool),
    Number(Cow<'a, str>),
    Text(Cow<'a, str>),
    List(Vec<Node<'a>>),
    Map(Vec<(Cow<'a, str>, Node<'a>)>),
}

/// A file as a tree.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Tree<'a> {
    pub(super) root: Node<'a>,
    /// Why the end of the file is missing, if it is.
    pub(super) cut: Option<String>,
}

/// Levels of the deepest nesting read: beyond that a file is made to exhaust its readers.
const DEPTH_MAX: usize = 256;

/// Reads JSON if `text` begins like it, else YAML; an error says what is wrong and where.
pub(super) fn read(text: &str) -> Result<Tree<'_>, String> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.trim_start().starts_with(['{', '[']) {
        json::read(text)
    } else {
        yaml::read(text)
    }
}

/// Returns `text` with what YAML forbids and most files do all the same put right; its lines stay.
pub(super) fn mended(text: &str) -> Cow<'_, str> {
    if text.trim_start().starts_with(['{', '[']) {
        text.into()
    } else {
        yaml::mended(text)
    }
}

/// Tells whether the first key of a file that begins with `head` is one of `keys`, or an extension (`x-…`).
pub(super) fn begins_with(head: &str, keys: &[&str]) -> bool {
    top_keys(head)
        .first()
        .is_some_and(|key| keys.contains(key) || key.starts_with("x-"))
}

/// Returns the first key of each file that begins with `head`, JSON or YAML, and the others that stand at the margin.
pub(super) fn top_keys(head: &str) -> Vec<&str> {
    let head = head.trim_start_matches('\u{feff}').trim_start();
    if let Some(inside) = head.strip_prefix('{') {
        let key = inside.trim_start().strip_prefix('"');
        return key
            .and_then(|rest| rest.split('"').next())
            .into_iter()
            .collect();
    }
    head.lines()
        .filter(|line| {
            line.starts_with(|letter: char| letter.is_alphabetic() || "\"'".contains(letter))
        })
        .filter_map(|line| line.split_once(':'))
        .map(|(key, _)| key.trim().trim_matches(['"', '\'']))
        .collect()
}

impl<'a> Node<'a> {
    /// Returns the member called `key`.
    pub(super) fn get(&self, key: &str) -> Option<&Node<'a>> {
        self.entries()
            .iter()
            .find(|(name, _)| name == key)
            .map(|(_, node)| node)
    }

    /// Returns the members of a map, in order; none for anything else.
    pub(super) fn entries(&self) -> &[(Cow<'a, str>, Node<'a>)] {
        match &self.value {
            Value::Map(entries) => entries,
            _ => &[],
        }
    }

    /// Returns the elements of a list; none for anything else.
    pub(super) fn items(&self) -> &[Node<'a>] {
        match &self.value {
            Value::List(items) => items,
            _ => &[],
        }
    }

    /// Returns the words of a scalar.
    pub(super) fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) | Value::Number(text) => Some(text),
            Value::Bool(true) => Some("true"),
            Value::Bool(false) => Some("false"),
            Value::Null | Value::List(_) | Value::Map(_) => None,
        }
    }

    /// Returns the words of the member called `key`, unless they are blank.
    pub(super) fn text_of(&self, key: &str) -> Option<&str> {
        self.get(key)?
            .text()
            .map(str::trim)
            .filter(|text| !text.is_empty())
    }

    /// Tells whether the member called `key` is true.
    pub(super) fn is(&self, key: &str) -> bool {
        matches!(
            self.get(key),
            Some(Node {
                value: Value::Bool(true),
                ..
            })
        )
    }

    /// Returns the elements of the member called `key`.
    pub(super) fn list_of(&self, key: &str) -> &[Node<'a>] {
        self.get(key).map(Node::items).unwrap_or_default()
    }

    /// Returns the members of the member called `key`.
    pub(super) fn map_of(&self, key: &str) -> &[(Cow<'a, str>, Node<'a>)] {
        self.get(key).map(Node::entries).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn json_and_yaml_are_the_same_tree() {
        let json = read("{\n  \"a\": [1, true, null, \"x\"], // note\n  \"b\": {\"c\": \"d\"},\n}")
            .unwrap();
        let yaml = read("a: [1, true, ~, x] # note\nb:\n  c: d\n").unwrap();
        let of = |tree: &Tree<'_>| {
            let list: Vec<Option<String>> = tree
                .root
                .list_of("a")
                .iter()
                .map(|node| node.text().map(str::to_owned))
                .collect();
            (
                list,
                tree.root.get("b").unwrap().text_of("c").map(str::to_owned),
            )
        };
        assert_eq!(of(&json), of(&yaml));
        assert_eq!(json.root.get("b").unwrap().line, 3);
        assert_eq!(yaml.root.get("b").unwrap().line, 3, "{yaml:?}");
    }

    #[test]
    fn of_yaml_that_breaks_off_the_beginning_stays() {
        let tree = read("a: 1\nb:\n  c: [x, y\nd: }").unwrap();
        assert_eq!(tree.root.text_of("a"), Some("1"));
        assert!(tree.cut.unwrap().contains("line 4"));
    }

    #[test]
    fn aliases_and_merged_maps_are_what_they_stand_for() {
        let tree = read("base: &base\n  a: 1\n  b: 2\nuser:\n  <<: *base\n  b: 3\n").unwrap();
        let user = tree.root.get("user").unwrap();
        assert_eq!(
            (user.text_of("a"), user.text_of("b")),
            (Some("1"), Some("3"))
        );
    }

    #[test]
    fn brackets_that_close_below_their_key_are_read_all_the_same() {
        let text = "a:\n  b: {\n    \"x\": {},\n    \"y\": {}\n  }\n  c: [\n    2\n  ]\nd: 3\n";
        assert!(read(text).unwrap().cut.is_some());
        let mended = mended(text);
        let tree = read(&mended).unwrap();
        assert_eq!(
            (tree.cut.as_deref(), tree.root.text_of("d")),
            (None, Some("3"))
        );
        assert_eq!(tree.root.get("a").unwrap().map_of("b").len(), 2);
    }

    #[test]
    fn brackets_of_quoted_keys_are_put_right_and_a_text_in_lines_stays() {
        let text = "a:\n  \"b\": {\n    \"x\": {}\n  }\n  c: |\n    \"d\": {\n      \"e\": 1\n    }\nf: 3\n";
        let mended = mended(text);
        let tree = read(&mended).unwrap();
        assert_eq!(
            (tree.cut.as_deref(), tree.root.text_of("f")),
            (None, Some("3"))
        );
        let a = tree.root.get("a").unwrap();
        assert_eq!(a.text_of("c"), Some("\"d\": {\n  \"e\": 1\n}"));
        assert_eq!(a.map_of("b").len(), 1);
    }

    #[test]
    fn aliases_that_multiply_are_bounded() {
        let mut bomb = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n".to_owned();
        for level in 1..12 {
            let inside = vec![format!("*a{}", level - 1); 10].join(",");
            writeln!(bomb, "a{level}: &a{level} [{inside}]").unwrap();
        }
        let tree = read(&bomb).unwrap();
        assert!(tree.cut.unwrap().contains("aliases"));
    }

    #[test]
    fn a_long_text_under_many_names_is_bounded() {
        let long = "x".repeat(100_000);
        let text = format!("a: &a \"{long}\"\nmany: [{}]\n", "*a,".repeat(400));
        let tree = read(&text).unwrap();
        assert!(
            tree.cut
                .unwrap()
                .contains("aliases stand for more than 16 MiB")
        );
        let kept = tree.root.list_of("many").iter().filter_map(Node::text);
        assert!(kept.map(str::len).sum::<usize>() < 17 << 20);
    }

    #[test]
    fn deep_nesting_is_an_end_and_no_overflow() {
        for open in ["[", "{\"a\":", "- ", "a: {"] {
            drop(read(&open.repeat(100_000)));
        }
        let mut steps = String::new();
        for depth in 0..2_000 {
            writeln!(steps, "{}a:", " ".repeat(depth)).unwrap();
        }
        assert!(read(&steps).unwrap().cut.unwrap().contains("deeper"));
    }

    #[test]
    fn top_keys_are_seen_without_reading_the_file() {
        assert_eq!(top_keys("\u{feff}{\n \"openapi\": \"3.0"), ["openapi"]);
        assert_eq!(
            top_keys("# x\nopenapi: 3.1.0\ninfo:\n  title: A\npaths:"),
            ["openapi", "info", "paths"]
        );
        assert_eq!(top_keys("just words"), Vec::<&str>::new());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]

        #[test]
        fn any_text_is_read_or_refused(text in "[ -~\n\t{}\\[\\]:,&*\"'|>#\u{e9}\\-]{0,200}") {
            drop(read(&text));
            top_keys(&text);
        }
    }
}
