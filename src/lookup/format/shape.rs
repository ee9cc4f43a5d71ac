//! Types with members, as the small languages of interfaces declare them, told in lists.

use std::collections::HashMap;

use super::interface::names::PagePaths;
use super::sheet::{Headings, Sheet, one_line, short};
use crate::lookup::document::{Document, Kind};

/// A type with members: an object, an input, a message, an enumeration.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Shape {
    /// What its language calls it: `input`, `message`, `enum`.
    pub(super) kind: &'static str,
    pub(super) name: String,
    pub(super) about: String,
    pub(super) members: Vec<Member>,
    pub(super) line: u32,
}

/// A member of a type, or what an operation takes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Member {
    pub(super) name: String,
    /// Its type as it is written, with what else is to be known; blank for a value of an enumeration.
    pub(super) words: String,
    /// The name of its type alone.
    pub(super) base: String,
    pub(super) about: String,
    pub(super) line: u32,
}

/// Letters of the description of a member.
const TEXT_LETTERS_MAX: usize = 240;
/// Members that make a type worth a page.
const MEMBERS_MIN: usize = 2;
/// Members told on the page of a type.
const MEMBERS_MAX: usize = 300;

/// The types of a file by name.
pub(super) type Shapes<'s> = HashMap<&'s str, &'s Shape>;

/// Returns the types by their names; the first of two that share one.
pub(super) fn by_name(all: &[Shape]) -> Shapes<'_> {
    let mut shapes = Shapes::new();
    for shape in all {
        shapes.entry(&shape.name).or_insert(shape);
    }
    shapes
}

/// Lists `members` and what is in them, down to `depth`, `count` in all.
pub(super) fn list(
    sheet: &mut Sheet,
    shapes: &Shapes<'_>,
    members: &[Member],
    (depth, count): (usize, usize),
) {
    let told = |depth| {
        let mut flat = Flat {
            shapes,
            count,
            lines: Vec::new(),
            left_out: 0,
        };
        flat.members(members, "", depth, &mut Vec::new());
        flat
    };
    let deepest = (2..=depth).rev().map(told).find(|flat| flat.left_out == 0);
    let flat = deepest.unwrap_or_else(|| told(1));
    for line in flat.lines {
        sheet.prose_indented("- ", &line);
    }
    if flat.left_out > 0 {
        sheet.prose_indented("- ", &format!("… and {} more", flat.left_out));
    }
}

struct Flat<'s> {
    shapes: &'s Shapes<'s>,
    count: usize,
    lines: Vec<String>,
    left_out: usize,
}

impl<'s> Flat<'s> {
    fn members(
        &mut self,
        members: &'s [Member],
        path: &str,
        depth: usize,
        above: &mut Vec<&'s str>,
    ) {
        for member in members {
            if self.lines.len() >= self.count {
                self.left_out += 1;
                continue;
            }
            let dot = if path.is_empty() { "" } else { "." };
            let path = format!("{path}{dot}{}", member.name);
            let words = if member.words.is_empty() {
                String::new()
            } else {
                format!(": {}", member.words)
            };
            let text = if member.about.trim().is_empty() {
                String::new()
            } else {
                format!(" – {}", short(&member.about, TEXT_LETTERS_MAX))
            };
            self.lines.push(format!("`{path}`{words}{text}"));
            let Some(inside) = self.shapes.get(member.base.as_str()) else {
                continue;
            };
            if depth > 1 && inside.kind != "enum" && !above.contains(&inside.name.as_str()) {
                above.push(&inside.name);
                self.members(&inside.members, &path, depth - 1, above);
                above.pop();
            }
        }
    }
}

/// Returns the pages of the types worth one, under `folder`.
pub(super) fn pages(
    all: &[Shape],
    title: &str,
    folder: &str,
    paths: &mut PagePaths,
) -> Vec<(String, Document)> {
    let shapes = by_name(all);
    all.iter()
        .filter(|shape| shape.members.len() >= MEMBERS_MIN)
        .map(|shape| {
            let path = paths.give(&format!("{folder}/{}", shape.name));
            (path, page(shape, &shapes, title, folder))
        })
        .collect()
}

fn page(shape: &Shape, shapes: &Shapes<'_>, title: &str, folder: &str) -> Document {
    let mut sheet = Sheet::default();
    sheet.at(shape.line);
    let last = shape.name.rsplit('.').next().unwrap_or_default();
    let code = vec![shape.name.clone(), last.to_owned()];
    sheet.heading(1, &shape.name, shape.kind, code);
    sheet.prose(&format!("`{} {}`", shape.kind, one_line(&shape.name)));
    sheet.markdown(&shape.about, Headings::Plain);
    list(&mut sheet, shapes, &shape.members, (1, MEMBERS_MAX));
    sheet.at(shape
        .members
        .last()
        .map_or(shape.line, |member| member.line));
    sheet.finish(&format!("{title} › {folder}"), Kind::Data, None)
}
