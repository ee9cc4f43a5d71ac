//! What all values at one path have in common, and the outline that tells it: a line for each key.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;

use super::super::super::strategy::json::{Document, Kind as Node, NodeId, is_name};
use super::super::statistics::{Detail, Scalar, Statistics};
use super::super::summary::LAST;

/// Members from which objects of one kind under keys that look like data are a list and not a record.
pub(super) const MAP_MIN: usize = 12;

/// Keys that are worth a reference to where they stand.
const SHAPE_MIN: usize = 4;

/// Writes the lines of an outline, each with its depth.
pub(super) fn outline(schema: &Schema<'_>, detail: Detail) -> Vec<(usize, String)> {
    let mut outline = Outline {
        detail,
        lines: Vec::new(),
        shapes: HashMap::new(),
    };
    outline.value(schema, "", "", 0, 1);
    outline.lines
}

/// What the values at one path have in common.
#[derive(Default)]
pub(super) struct Schema<'t> {
    scalars: Statistics<'t>,
    objects: usize,
    /// Objects whose keys are data.
    maps: usize,
    arrays: usize,
    /// Members of arrays and maps.
    items: usize,
    /// Fewest and most members of one.
    sizes: Option<(usize, usize)>,
    members: Vec<(&'t str, Schema<'t>)>,
    places: HashMap<&'t str, usize>,
    keys: Vec<&'t str>,
    known: HashSet<&'t str>,
    item: Option<Box<Schema<'t>>>,
}

impl<'t> Schema<'t> {
    /// Takes in a value and all that is inside.
    pub(super) fn add(&mut self, document: &'t Document, id: NodeId) {
        let edges = document.edges(id);
        let lexeme = document.lexeme(id);
        match document.node(id).kind {
            Node::Bare => {
                let kind = match lexeme {
                    "null" => Scalar::Null,
                    "true" | "false" => Scalar::Bool,
                    _ => Scalar::Number,
                };
                self.scalars.add(kind, lexeme);
            }
            Node::Text => self.scalars.add(Scalar::Text, lexeme),
            Node::Object if !is_map(document, id) => {
                self.objects += 1;
                for edge in edges {
                    let key = document.str(edge.key);
                    let place = *self.places.entry(key).or_insert_with(|| {
                        self.members.push((key, Self::default()));
                        self.members.len() - 1
                    });
                    if let Some((_, member)) = self.members.get_mut(place) {
                        member.add(document, edge.node);
                    }
                }
            }
            kind => {
                if kind == Node::Object {
                    self.maps += 1;
                    for edge in edges {
                        let key = document.str(edge.key);
                        if self.known.insert(key) {
                            self.keys.push(key);
                        }
                    }
                } else {
                    self.arrays += 1;
                }
                let size = edges.len();
                self.items += size;
                let (fewest, most) = self.sizes.unwrap_or((size, size));
                self.sizes = Some((fewest.min(size), most.max(size)));
                let item = self.item.get_or_insert_default();
                for edge in edges {
                    item.add(document, edge.node);
                }
            }
        }
    }

    fn count(&self) -> usize {
        self.scalars.total() + self.objects + self.maps + self.arrays
    }

    /// Tells whether there are scalars only.
    fn is_flat(&self) -> bool {
        self.scalars.total() == self.count()
    }

    fn describe(&self, detail: Detail, out: &mut String) {
        let start = out.len();
        let separate = |out: &mut String| {
            if !out.trim().is_empty() {
                out.push_str(if out.len() > start { " | " } else { " " });
            }
        };
        if self.scalars.total() > 0 {
            let text = self.scalars.describe(detail);
            if !text.starts_with(':') {
                separate(out);
            }
            out.push_str(&text);
        }
        if self.objects > 0 && (self.members.is_empty() || self.objects < self.count()) {
            separate(out);
            out.push_str("{}");
        }
        for (count, open, close) in [(self.arrays, '[', ']'), (self.maps, '{', '}')] {
            let (Some((fewest, most)), true) = (self.sizes, count > 0) else {
                continue;
            };
            separate(out);
            if fewest == most {
                _ = write!(out, "{open}{most}{close}");
            } else {
                _ = write!(out, "{open}{fewest}-{most}{close}");
            }
            if count > 1 && detail.has_values {
                _ = write!(out, ", {} items", self.items);
            }
            if let Some(item) = &self.item
                && item.is_flat()
                && item.count() > 0
            {
                let text = item.scalars.describe(detail);
                out.push_str(if text.starts_with(':') { "" } else { " " });
                out.push_str(&text);
            }
        }
    }
}

/// The lines of an outline as they are written.
struct Outline<'t> {
    detail: Detail,
    /// Each with its depth.
    lines: Vec<(usize, String)>,
    /// Where these keys stand already.
    shapes: HashMap<Vec<&'t str>, String>,
}

impl<'t> Outline<'t> {
    /// Writes a line for a key and the lines of what is inside; `of` tells how many values there could be.
    fn value(&mut self, schema: &Schema<'t>, name: &str, path: &str, depth: usize, of: usize) {
        let mut line = String::new();
        if is_name(name) || name == "[]" {
            line.push_str(name);
        } else if !name.is_empty() {
            // Writing to a string cannot fail.
            _ = write!(line, "\"{name}\"");
        }
        schema.describe(self.detail, &mut line);
        if schema.count() < of && !name.is_empty() {
            _ = write!(line, " in {} of {of}", schema.count());
        }
        let path = match (path.is_empty(), name) {
            (_, "[]" | "") => path.to_owned(),
            (true, _) => name.to_owned(),
            (false, _) => format!("{path}.{name}"),
        };
        let known = self.known(schema, &path);
        if let Some(known) = &known {
            _ = write!(line, " like {known}");
        }
        if !line.is_empty() {
            self.push(depth, line.trim_start());
        }
        let inside = depth + usize::from(!name.is_empty());
        if known.is_some() {
            return;
        }
        self.members(schema, &path, inside);
        if schema.maps > 0 {
            // All keys of a map are much to read: the last thing to be shown.
            let keys = "  ".repeat(inside) + "keys: " + &schema.keys.join(", ") + "\n";
            self.lines.push((LAST, keys));
        }
        if let Some(item) = schema.item.as_deref().filter(|item| !item.is_flat()) {
            if item.objects == item.count() {
                self.members(item, &path, inside);
            } else {
                self.value(item, "[]", &path, inside, schema.items);
            }
        }
    }

    fn members(&mut self, schema: &Schema<'t>, path: &str, depth: usize) {
        for (key, member) in &schema.members {
            self.value(member, key, path, depth, schema.objects);
        }
    }

    fn push(&mut self, depth: usize, line: &str) {
        let line = format!("{}{line}\n", "  ".repeat(depth));
        self.lines.push((depth, line));
    }

    /// Returns where the keys of these objects stand already.
    fn known(&mut self, schema: &Schema<'t>, path: &str) -> Option<String> {
        let objects = match &schema.item {
            Some(item) if schema.objects == 0 => item.as_ref(),
            _ => schema,
        };
        if !self.detail.refers || objects.members.len() < SHAPE_MIN {
            return None;
        }
        let keys = objects.members.iter().map(|(key, _)| *key).collect();
        match self.shapes.entry(keys) {
            Entry::Occupied(place) => Some(place.get().clone()),
            Entry::Vacant(place) => {
                place.insert(path.to_owned());
                None
            }
        }
    }
}

/// Tells whether the keys of an object are data: many, and what stands under them is all alike.
pub(super) fn is_map(document: &Document, id: NodeId) -> bool {
    let edges = document.edges(id);
    if edges.len() < MAP_MIN {
        return false;
    }
    let first = edges.first().map(|edge| document.node(edge.node).kind);
    let is_alike = edges
        .iter()
        .all(|edge| Some(document.node(edge.node).kind) == first);
    let is_counted = edges.iter().all(|edge| {
        let key = document.str(edge.key);
        key.starts_with(|first: char| first.is_ascii_digit())
    });
    is_alike && (is_counted || matches!(first, Some(Node::Object | Node::Array)))
}
