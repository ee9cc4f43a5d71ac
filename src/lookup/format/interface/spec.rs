//! A description as a tree, and what its references lead to.

use std::cell::RefCell;
use std::collections::HashMap;

use super::joined;
use crate::lookup::format::sheet::short;
use crate::lookup::format::tree::Node;

/// References followed one after another: a longer chain is a circle.
const CHAIN_MAX: usize = 16;
/// Letters of a reference that is named: the first of those that lead nowhere.
const NAMED_LETTERS_MAX: usize = 100;

/// A description and what was noticed while it was read.
pub(in crate::lookup::format) struct Spec<'a> {
    pub(in crate::lookup::format) root: &'a Node<'a>,
    followed: RefCell<HashMap<String, Option<&'a Node<'a>>>>,
    elsewhere: RefCell<Vec<String>>,
    nowhere: RefCell<Vec<String>>,
}

impl<'a> Spec<'a> {
    pub(in crate::lookup::format) fn new(root: &'a Node<'a>) -> Self {
        Self {
            root,
            followed: RefCell::default(),
            elsewhere: RefCell::default(),
            nowhere: RefCell::default(),
        }
    }

    /// Returns what `node` stands for: the end of its references, or itself where they lead nowhere.
    pub(in crate::lookup::format) fn resolved(&self, node: &'a Node<'a>) -> &'a Node<'a> {
        let mut node = node;
        for _ in 0..CHAIN_MAX {
            let Some(next) = reference(node).and_then(|reference| self.follow(reference)) else {
                return node;
            };
            node = next;
        }
        node
    }

    fn follow(&self, reference: &str) -> Option<&'a Node<'a>> {
        if let Some(known) = self.followed.borrow().get(reference) {
            return *known;
        }
        let found = if let Some(pointer) = reference.strip_prefix('#') {
            let found = self.pointed(pointer);
            if found.is_none() {
                self.nowhere.borrow_mut().push(reference.to_owned());
            }
            found
        } else {
            self.elsewhere.borrow_mut().push(reference.to_owned());
            None
        };
        self.followed
            .borrow_mut()
            .insert(reference.to_owned(), found);
        found
    }

    /// Follows a JSON pointer, RFC 6901, as a fragment of a URI.
    fn pointed(&self, pointer: &str) -> Option<&'a Node<'a>> {
        let mut node = self.root;
        for step in pointer.split('/').skip(1) {
            let step = unescaped(step);
            node = match step.parse::<usize>() {
                Ok(at) if !node.items().is_empty() => node.items().get(at)?,
                _ => node.get(&step)?,
            };
        }
        Some(node)
    }

    /// Says what references could not be followed.
    pub(in crate::lookup::format) fn skipped(&self) -> Vec<String> {
        let told = |references: &[String], what: &str| {
            let first = references.first()?;
            let first = short(first, NAMED_LETTERS_MAX);
            Some(format!(
                "{} {what}, the first is `{first}`",
                counted(references.len(), "reference")
            ))
        };
        [
            told(
                &self.elsewhere.borrow(),
                "to another file, which is not there",
            ),
            told(&self.nowhere.borrow(), "to what the file does not have"),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

/// Returns where `node` refers to.
fn reference<'n>(node: &'n Node<'_>) -> Option<&'n str> {
    node.get("$ref")?.text()
}

/// Returns the name of what `node` refers to: the last step of its reference.
pub(in crate::lookup::format) fn referred_name(node: &Node<'_>) -> Option<String> {
    let last = unescaped(reference(node)?.rsplit('/').next()?);
    let name = joined::stem(&last).map_or(last.clone(), str::to_owned);
    Some(name).filter(|name| !name.is_empty())
}

/// Returns `count` with `word` in the number that it asks for.
pub(in crate::lookup::format) fn counted(count: usize, word: &str) -> String {
    let ending = if count == 1 { "" } else { "s" };
    format!("{count} {word}{ending}")
}

/// Returns `step` of a reference without the escapes of URIs and JSON pointers.
pub(in crate::lookup::format) fn unescaped(step: &str) -> String {
    let mut bytes = Vec::with_capacity(step.len());
    let mut rest = step.bytes();
    while let Some(byte) = rest.next() {
        let hex = |digit: Option<u8>| digit.and_then(|digit| char::from(digit).to_digit(16));
        let mut ahead = rest.clone();
        match (byte, hex(ahead.next()), hex(ahead.next())) {
            (b'%', Some(high), Some(low)) => {
                bytes.extend(u8::try_from(high * 16 + low));
                rest = ahead;
            }
            _ => bytes.push(byte),
        }
    }
    String::from_utf8_lossy(&bytes)
        .replace("~1", "/")
        .replace("~0", "~")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lookup::format::tree;

    #[test]
    fn references_are_followed_through_escapes_and_circles_end() {
        let text = r##"{"a": {"$ref": "#/b/x~1y%7Bz%7D"}, "b": {"x/y{z}": {"v": 1}},
            "c": {"$ref": "#/d"}, "d": {"$ref": "#/c"}, "e": {"$ref": "other.yaml#/E"}, "f": {"$ref": "#/none"}}"##;
        let tree = tree::read(text).unwrap();
        let spec = Spec::new(&tree.root);
        let of = |key: &str| spec.resolved(tree.root.get(key).unwrap());
        assert_eq!(of("a").text_of("v"), Some("1"));
        assert!(reference(of("c")).is_some());
        assert_eq!(
            referred_name(tree.root.get("e").unwrap()).as_deref(),
            Some("E")
        );
        for key in ["e", "f", "f"] {
            of(key);
        }
        assert_eq!(
            spec.skipped(),
            [
                "1 reference to another file, which is not there, the first is `other.yaml#/E`",
                "1 reference to what the file does not have, the first is `#/none`"
            ]
        );
    }
}
