//! A description in several files, made one tree: what a reference to another file leads to is put below its root.
//!
//! Every file that is referred to gets a place under [`FILES`], and references are turned to lead there, so that whoever
//! follows them knows one tree and JSON pointers into it.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::spec::unescaped;
use crate::lookup::format::Beside;
use crate::lookup::format::tree::{self, Node, Value};

/// Member of the root below which the files lie; as an extension, no description says anything else with it.
const FILES: &str = "x-files";

/// Returns the files that the text in `bytes` refers to (`$ref: ../schemas/user.yaml#/User`), by their path from its folder.
pub(in crate::lookup::format) fn references(bytes: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(bytes);
    let found = text.split("$ref").skip(1).filter_map(|rest| {
        let rest = rest.trim_start_matches(['"', '\'']).trim_start();
        let value = rest.strip_prefix(':')?.trim_start();
        let value = match value.chars().next()? {
            quote @ ('"' | '\'') => value.get(1..)?.split(quote).next()?,
            _ => value.split([',', '}', '\n']).next()?.trim_end(),
        };
        path_of(value).map(|(path, _)| path)
    });
    let found: BTreeSet<String> = found.collect();
    found.into_iter().collect()
}

/// Takes a reference to another file apart: its path as it is written, and the pointer into it.
fn path_of(reference: &str) -> Option<(String, &str)> {
    let (path, pointer) = reference.split_once('#').unwrap_or((reference, ""));
    let is_here = path.is_empty();
    let is_remote = path.contains("://") || path.starts_with('/');
    (!is_here && !is_remote).then(|| (unescaped(path), pointer))
}

/// The texts of the files beside a description.
pub(in crate::lookup::format) struct Texts<'b>(Vec<(&'b str, String)>);

impl<'b> Texts<'b> {
    pub(in crate::lookup::format) fn of(beside: &'b Beside) -> Self {
        let files = beside.files.iter().map(|(path, bytes)| {
            let text = String::from_utf8_lossy(bytes);
            (path.as_str(), tree::mended(&text).into_owned())
        });
        Self(files.collect())
    }

    /// Puts the files that `root` refers to below it; also returns what cannot be read of them, for people.
    pub(in crate::lookup::format) fn joined<'a>(
        &'a self,
        root: Node<'a>,
    ) -> (Node<'a>, Vec<String>) {
        let mut files = BTreeMap::new();
        let mut unread = Vec::new();
        for (path, text) in &self.0 {
            match tree::read(text) {
                Ok(tree) => {
                    unread.extend(tree.cut.map(|cut| format!("of `{path}`: {cut}")));
                    files.insert(*path, tree.root);
                }
                Err(why) => unread.push(format!("`{path}`: {why}")),
            }
        }
        (join(root, files), unread)
    }
}

fn join<'a>(mut root: Node<'a>, mut files: BTreeMap<&str, Node<'a>>) -> Node<'a> {
    let mut turning = Turning {
        known: files.keys().map(|path| (*path).to_owned()).collect(),
        waiting: VecDeque::new(),
    };
    turning.turn(&mut root, None);
    let mut below = Vec::new();
    while let Some((path, line)) = turning.waiting.pop_front() {
        if let Some(mut file) = files.remove(path.as_str()) {
            turning.turn(&mut file, Some((&path, line)));
            below.push((path.into(), file));
        }
    }
    if let Value::Map(members) = &mut root.value
        && !below.is_empty()
    {
        let files = Node {
            line: 1,
            value: Value::Map(below),
        };
        members.push((FILES.into(), files));
    }
    root
}

/// Turns references to files to where these will lie.
struct Turning {
    known: BTreeSet<String>,
    /// Files that are referred to and were not yet looked at, with the line of the description that led there.
    waiting: VecDeque<(String, u32)>,
}

impl Turning {
    /// Turns the references in `node`, of the description itself or of `file`, whose nodes are cited with the line that led
    /// there. Trees have a limit of depth, so this recursion has it too.
    fn turn(&mut self, node: &mut Node<'_>, file: Option<(&str, u32)>) {
        if let Some((_, line)) = file {
            node.line = line;
        }
        let line = node.line;
        match &mut node.value {
            Value::List(items) => {
                for item in items {
                    self.turn(item, file);
                }
            }
            Value::Map(members) => {
                for (key, member) in members {
                    match &mut member.value {
                        Value::Text(text) if key == "$ref" => {
                            if let Some(turned) = self.turned(text, file, line) {
                                *text = turned.into();
                            }
                        }
                        _ => self.turn(member, file),
                    }
                }
            }
            _ => {}
        }
    }

    fn turned(&mut self, reference: &str, file: Option<(&str, u32)>, line: u32) -> Option<String> {
        let own = file.map_or("", |(path, _)| path);
        let (path, pointer) = match path_of(reference) {
            Some((path, pointer)) => (beside(own, &path)?, pointer),
            None if own.is_empty() => return None,
            None => (own.to_owned(), reference.strip_prefix('#')?),
        };
        if !self.known.contains(&path) {
            return None;
        }
        self.waiting.push_back((path.clone(), line));
        let step = path
            .replace('%', "%25")
            .replace('~', "~0")
            .replace('/', "~1");
        Some(format!("#/{FILES}/{step}{pointer}"))
    }
}

/// Returns the path that `path` has in the folder of the file at `own`; `..` stays where it leads above all folders.
pub(in crate::lookup) fn beside(own: &str, path: &str) -> Option<String> {
    let mut steps: Vec<&str> = own.split('/').collect();
    steps.pop();
    for step in path.split('/') {
        match step {
            "" | "." => {}
            ".." if steps.last().is_some_and(|last| *last != "..") => {
                steps.pop();
            }
            step => steps.push(step),
        }
    }
    (!steps.is_empty()).then(|| steps.join("/"))
}

/// Returns the name of what lies whole in the file that `step` of a turned reference names; nothing of other steps.
pub(super) fn stem(step: &str) -> Option<&str> {
    let file = step.rsplit('/').next()?;
    let (stem, ending) = file.rsplit_once('.')?;
    ["yaml", "yml", "json"]
        .iter()
        .any(|known| ending.eq_ignore_ascii_case(known))
        .then_some(stem)
}

#[cfg(test)]
mod tests {
    use super::super::spec::{Spec, referred_name};
    use super::*;

    fn joined<'a>(root: &'a str, texts: &'a Texts<'a>) -> (Node<'a>, Vec<String>) {
        texts.joined(tree::read(root).unwrap().root)
    }

    fn beside_of(files: &[(&str, &str)]) -> Beside {
        let files = files.iter();
        Beside {
            files: files
                .map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec()))
                .collect(),
            ..Beside::default()
        }
    }

    #[test]
    fn files_are_found_in_references_of_json_and_yaml() {
        let text = "a: {$ref: 'a.yaml#/A'}\nb:\n  $ref: ../b.yaml\nc: {\"$ref\": \"c%20d.json#/x\"}\nd: {$ref: '#/here'}\ne: {$ref: \
                    https://example.com/e.yaml}\nf: {$ref: /etc/passwd}\ng: {$ref: a.yaml#/B, more: 1}\n$ref";
        assert_eq!(
            references(text.as_bytes()),
            ["../b.yaml", "a.yaml", "c d.json"]
        );
    }

    #[test]
    fn references_lead_through_files_and_back() {
        let beside = beside_of(&[
            (
                "parts/user.yaml",
                "type: object\nproperties:\n  pet: {$ref: '../pet.json#/Pet'}\n  self: {$ref: '#/properties/pet'}\n",
            ),
            ("pet.json", "{\"Pet\": {\"title\": \"a pet\"}}"),
            ("unused.yaml", "a: 1"),
        ]);
        let texts = Texts::of(&beside);
        let root = "x:\n  y:\n    $ref: parts/user.yaml\nz: {$ref: 'parts/user.yaml#/properties/pet'}\nn: {$ref: none.yaml}\n";
        let (root, unread) = joined(root, &texts);
        assert_eq!(unread, Vec::<String>::new());
        let spec = Spec::new(&root);
        let reference = root.get("x").unwrap().get("y").unwrap();
        assert_eq!(referred_name(reference).as_deref(), Some("user"));
        let user = spec.resolved(reference);
        assert_eq!((user.text_of("type"), user.line), (Some("object"), 3));
        let properties = user.get("properties").unwrap();
        for node in [
            properties.get("pet").unwrap(),
            properties.get("self").unwrap(),
            root.get("z").unwrap(),
        ] {
            assert_eq!(spec.resolved(node).text_of("title"), Some("a pet"));
        }
        assert_eq!(root.get(FILES).unwrap().entries().len(), 2);
        spec.resolved(root.get("n").unwrap());
        assert!(spec.skipped()[0].contains("`none.yaml`"));
    }

    #[test]
    fn a_file_that_cannot_be_read_is_named_and_leaves_the_rest() {
        let beside = beside_of(&[("bad.json", "{"), ("good.yaml", "title: good")]);
        let texts = Texts::of(&beside);
        let root = "a: {$ref: bad.json}\nb: {$ref: good.yaml}\n";
        let (root, unread) = joined(root, &texts);
        assert!(unread[0].starts_with("`bad.json`: "), "{unread:?}");
        let spec = Spec::new(&root);
        let good = spec.resolved(root.get("b").unwrap());
        assert_eq!(good.text_of("title"), Some("good"));
    }

    #[test]
    fn paths_are_of_the_folder_that_names_them() {
        assert_eq!(beside("a/b.yaml", "../c.yaml").as_deref(), Some("c.yaml"));
        assert_eq!(
            beside("a/b.yaml", "./d/c.yaml").as_deref(),
            Some("a/d/c.yaml")
        );
        assert_eq!(
            beside("b.yaml", "../../c.yaml").as_deref(),
            Some("../../c.yaml")
        );
        assert_eq!(
            beside("../b.yaml", "../c.yaml").as_deref(),
            Some("../../c.yaml")
        );
        assert_eq!(beside("b.yaml", "."), None);
    }
}
