//! A description as a tree, and what its references lead to.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap, HashSet};

use super::joined;
use crate::lookup::clean::beginning;
use crate::lookup::format::sheet::{Sheet, short, short_in_items};
use crate::lookup::format::tree::Node;

/// References followed one after another: a longer chain is a circle.
const CHAIN_MAX: usize = 16;
/// Members of a map from which they are looked up in an index: references to each of many take time with their square else.
const INDEXED_MEMBERS_MIN: usize = 64;
/// Letters of a reference that is named: the first of those that lead nowhere.
const NAMED_LETTERS_MAX: usize = 100;

/// Letters of one text of a description: beyond that it is a manual, which belongs elsewhere.
pub(in crate::lookup::format) const TEXT_LETTERS_MAX: usize = 4_000;

/// A description and what was noticed while it was read.
pub(in crate::lookup::format) struct Spec<'a> {
    pub(in crate::lookup::format) root: &'a Node<'a>,
    followed: RefCell<HashMap<String, Option<&'a Node<'a>>>>,
    indexes: RefCell<HashMap<*const Node<'a>, HashMap<&'a str, &'a Node<'a>>>>,
    elsewhere: RefCell<Vec<String>>,
    nowhere: RefCell<Vec<String>>,
    /// Texts that were cut, by where they lie: pages tell one text more than once.
    cut: RefCell<HashSet<*const u8>>,
    /// How many of what kind no page has.
    beyond: RefCell<BTreeMap<&'static str, usize>>,
    owed: RefCell<Owed<'a>>,
}

/// Schemas of which some page left something out, which their own has to tell.
#[derive(Default)]
struct Owed<'a> {
    known: HashSet<*const Node<'a>>,
    schemas: Vec<Named<'a>>,
}

/// A schema that is told by its name where it is used.
#[derive(Debug, Clone)]
pub(in crate::lookup::format) struct Named<'a> {
    pub(in crate::lookup::format) name: String,
    pub(in crate::lookup::format) target: &'a Node<'a>,
}

impl<'a> Spec<'a> {
    pub(in crate::lookup::format) fn new(root: &'a Node<'a>) -> Self {
        Self {
            root,
            followed: RefCell::default(),
            indexes: RefCell::default(),
            elsewhere: RefCell::default(),
            nowhere: RefCell::default(),
            cut: RefCell::default(),
            beyond: RefCell::default(),
            owed: RefCell::default(),
        }
    }

    /// Returns the schema that `node` refers to by name.
    pub(in crate::lookup::format) fn named(&self, node: &'a Node<'a>) -> Option<Named<'a>> {
        let name = referred_name(node)?;
        let target = self.resolved(node);
        (!std::ptr::eq(node, target)).then_some(Named { name, target })
    }

    /// Notes that what a page left out of `named` must stand on a page of its own.
    pub(in crate::lookup::format) fn owe(&self, named: Named<'a>) {
        let mut owed = self.owed.borrow_mut();
        if owed.known.insert(std::ptr::from_ref(named.target)) {
            owed.schemas.push(named);
        }
    }

    /// Tells whether some page left something out of `schema`.
    pub(in crate::lookup::format) fn is_owed(&self, schema: &'a Node<'a>) -> bool {
        let owed = self.owed.borrow();
        owed.known.contains(&std::ptr::from_ref(schema))
    }

    /// Returns the schemas of which some page left something out, those after the first `from`.
    pub(in crate::lookup::format) fn owed(&self, from: usize) -> Vec<Named<'a>> {
        let owed = self.owed.borrow();
        owed.schemas.get(from..).unwrap_or_default().to_vec()
    }

    /// Notes that no page has `count` members.
    pub(in crate::lookup::format) fn leave_out(&self, count: usize) {
        self.leave_out_of("member", count);
    }

    fn leave_out_of(&self, kind: &'static str, count: usize) {
        if count > 0 {
            *self.beyond.borrow_mut().entry(kind).or_default() += count;
        }
    }

    /// Says in the page that it leaves out the last `count` of `kind`, and notes that no page has them.
    pub(in crate::lookup::format) fn tell_more(
        &self,
        sheet: &mut Sheet,
        mark: &str,
        kind: &'static str,
        count: usize,
    ) {
        if count > 0 {
            sheet.prose_indented(mark, &format!("… and {count} more {}", plural(kind, count)));
            self.leave_out_of(kind, count);
        }
    }

    /// Returns `text` as one line, whole unless it is a manual; the items of a list in it have lines of their own.
    pub(in crate::lookup::format) fn text(&self, text: &str) -> String {
        if text.chars().nth(TEXT_LETTERS_MAX).is_some()
            && beginning(text, TEXT_LETTERS_MAX + 1)
                .chars()
                .nth(TEXT_LETTERS_MAX)
                .is_some()
        {
            self.cut(text);
        }
        short_in_items(text, TEXT_LETTERS_MAX)
    }

    /// Notes that the end of `text` is on no page.
    pub(in crate::lookup::format) fn cut(&self, text: &str) {
        self.cut.borrow_mut().insert(text.as_ptr());
    }

    /// Returns the description of `node` as it stands behind what it describes, or nothing.
    pub(in crate::lookup::format) fn behind(&self, node: &Node<'_>) -> String {
        let text = node
            .text_of("description")
            .or_else(|| node.text_of("summary"));
        self.dashed(text)
    }

    /// Returns `text` behind a dash, or nothing.
    pub(in crate::lookup::format) fn dashed(&self, text: Option<&str>) -> String {
        text.map_or_else(String::new, |text| format!(" – {}", self.text(text)))
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
                _ => self.member(node, &step)?,
            };
        }
        Some(node)
    }

    /// Returns the member of `node` called `name`; those of large maps are looked up in an index, which is made once.
    fn member(&self, node: &'a Node<'a>, name: &str) -> Option<&'a Node<'a>> {
        if node.entries().len() < INDEXED_MEMBERS_MIN {
            return node.get(name);
        }
        let mut indexes = self.indexes.borrow_mut();
        let index = indexes.entry(std::ptr::from_ref(node)).or_insert_with(|| {
            // The first of those that share a name, as everywhere.
            let members = node.entries().iter().rev();
            members
                .map(|(name, member)| (name.as_ref(), member))
                .collect()
        });
        index.get(name).copied()
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
        let cut = Some(self.cut.borrow().len()).filter(|count| *count > 0);
        let cut = cut.map(|count| {
            let texts = counted(count, "text");
            format!("the end of {texts} beyond the limit of letters")
        });
        let beyond = self.beyond.borrow();
        let beyond = beyond.iter().map(|(kind, count)| match *kind {
            "member" => format!("{} of schemas too large", counted(*count, kind)),
            kind => format!("{} beyond what a page tells", counted(*count, kind)),
        });
        [
            told(
                &self.elsewhere.borrow(),
                "to another file, which is not there",
            ),
            told(&self.nowhere.borrow(), "to what the file does not have"),
            cut,
        ]
        .into_iter()
        .flatten()
        .chain(beyond)
        .collect()
    }
}

/// Returns where `node` refers to.
pub(in crate::lookup::format) fn reference<'n>(node: &'n Node<'_>) -> Option<&'n str> {
    node.get("$ref")?.text()
}

/// Returns the name of what `node` refers to: the last step of its reference; a number is a place in a list, and the whole file has
/// none.
pub(in crate::lookup::format) fn referred_name(node: &Node<'_>) -> Option<String> {
    let last = unescaped(reference(node)?.rsplit('/').next()?);
    let name = joined::stem(&last).map_or(last.clone(), str::to_owned);
    let is_place = name.bytes().all(|byte| byte.is_ascii_digit());
    Some(name).filter(|name| !is_place && name != "#")
}

/// Returns `count` with `word` in the number that it asks for.
pub(in crate::lookup::format) fn counted(count: usize, word: &str) -> String {
    format!("{count} {}", plural(word, count))
}

/// Returns `word` as it stands for `count` things.
fn plural(word: &str, count: usize) -> String {
    let ending = if count == 1 { "" } else { "s" };
    format!("{word}{ending}")
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
            "c": {"$ref": "#/d"}, "d": {"$ref": "#/c"}, "e": {"$ref": "other.yaml#/E"}, "f": {"$ref": "#/none"},
            "g": {"$ref": "#/b/oneOf/0"}}"##;
        let tree = tree::read(text).unwrap();
        let spec = Spec::new(&tree.root);
        let of = |key: &str| spec.resolved(tree.root.get(key).unwrap());
        assert_eq!(of("a").text_of("v"), Some("1"));
        assert!(reference(of("c")).is_some());
        assert_eq!(
            referred_name(tree.root.get("e").unwrap()).as_deref(),
            Some("E")
        );
        assert_eq!(referred_name(tree.root.get("g").unwrap()), None);
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

    #[test]
    fn members_of_large_maps_are_indexed_once_and_the_first_of_a_name_counts() {
        let members: Vec<String> = (0..200).map(|at| format!("\"m{at}\": {at},")).collect();
        let members = members.concat();
        let text = format!("{{\"a\": {{{members} \"m7\": \"again\"}}}}");
        let tree = tree::read(&text).unwrap();
        let spec = Spec::new(&tree.root);
        let of = |at: usize| spec.pointed(&format!("/a/m{at}")).and_then(Node::text);
        for at in 0..200 {
            assert_eq!(of(at), Some(at.to_string().as_str()));
        }
        assert_eq!(of(200), None);
        assert_eq!(spec.indexes.borrow().len(), 1);
    }
}
