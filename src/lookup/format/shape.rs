//! Types with members, as the small languages of interfaces declare them, told in lists.

use std::collections::HashMap;

use super::interface::below::Below;
use super::interface::names::PagePaths;
use super::sheet::{Sheet, one_line, short};
use crate::lookup::document::{Document, Kind};

/// A type with members: an object, an input, a message, an enumeration.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Shape {
    /// What its language calls it: `input`, `message`, `enum`.
    pub(super) kind: &'static str,
    pub(super) name: String,
    pub(super) about: String,
    /// What else its declaration says, a line each.
    pub(super) facts: Vec<String>,
    /// The names of the types that it is one of.
    pub(super) parents: Vec<String>,
    pub(super) members: Vec<Member>,
    /// Where it is extended elsewhere in the file, in order.
    pub(super) extensions: Vec<Extension>,
    pub(super) line: u32,
    /// Line where its declaration ends.
    pub(super) end: u32,
}

/// What an extension adds to a type; its members are among those of the type.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Extension {
    about: String,
    facts: Vec<String>,
    /// The first of its members among those of the type.
    from: usize,
    line: u32,
    end: u32,
}

/// A member of a type, or what an operation takes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Member {
    pub(super) name: String,
    /// Its type as it is written, with what else is to be known; blank for a value of an enumeration.
    pub(super) words: String,
    /// What else is said of it: that it is deprecated, and why.
    pub(super) notes: Vec<String>,
    /// The name of its type alone.
    pub(super) base: String,
    pub(super) about: String,
    pub(super) arguments: Vec<Member>,
    pub(super) line: u32,
    /// Line where its declaration ends.
    pub(super) end: u32,
}

impl Shape {
    /// Returns what is said of it, and of what extends it.
    pub(super) fn all_facts(&self) -> impl Iterator<Item = &String> {
        let others = self.extensions.iter();
        let others = others.flat_map(|extension| &extension.facts);
        self.facts.iter().chain(others)
    }

    /// Takes what `other` declares as an extension of this type.
    pub(super) fn extend(&mut self, other: Shape) {
        self.extensions.push(Extension {
            about: other.about,
            facts: other.facts,
            from: self.members.len(),
            line: other.line,
            end: other.end,
        });
        self.parents.extend(other.parents);
        self.members.extend(other.members);
    }

    /// Tells whether it is worth a page: one member that nothing is said of fits in a line elsewhere.
    fn has_page(&self) -> bool {
        self.members.len() >= MEMBERS_MIN
            || !self.about.trim().is_empty()
            || !self.facts.is_empty()
            || !self.extensions.is_empty()
            || self.members.iter().any(Member::is_told)
    }
}

impl Member {
    fn is_told(&self) -> bool {
        !self.about.trim().is_empty() || !self.notes.is_empty() || !self.arguments.is_empty()
    }

    /// Returns what is said of it behind its name; of a longer description `letters` letters.
    fn told(&self, letters: usize) -> String {
        let words = std::iter::once(&self.words).filter(|words| !words.is_empty());
        let mut told: Vec<String> = words
            .chain(&self.notes)
            .map(|part| one_line(part))
            .collect();
        told.retain(|part| !part.is_empty());
        let mut told = told.join(", ");
        if !told.is_empty() {
            told.insert_str(0, ": ");
        }
        if !self.about.trim().is_empty() {
            told.extend([" – ", &short(&self.about, letters)]);
        }
        told
    }
}

/// How much is told of members and what is in them.
#[derive(Clone, Copy)]
pub(super) struct Limits {
    /// Levels of members.
    pub(super) depth: usize,
    /// Members in all.
    pub(super) members: usize,
}

/// What is told of what is sent: all of it, for it has to be written.
pub(super) const SENT: Limits = Limits {
    depth: 3,
    members: 120,
};
/// What is told of what comes back: its type has a page.
pub(super) const RETURNED: Limits = Limits {
    depth: 2,
    members: 40,
};
/// What is told of a type on its page: what has more members is data.
const WHOLE: Limits = Limits {
    depth: 1,
    members: 10_000,
};
/// Letters of the description of a member where another page has all of it.
const TEXT_LETTERS_MAX: usize = 240;
/// Letters of the description of a member on the page of its own: as long as the longest line.
const WHOLE_LETTERS_MAX: usize = 20_000;
/// Members that make a type worth a page.
const MEMBERS_MIN: usize = 2;

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

/// Lists `members` and what is in them; their own pages tell more.
pub(super) fn list(sheet: &mut Sheet, shapes: &Shapes<'_>, members: &[Member], limits: Limits) {
    let flat = Flat::of(shapes, members, limits);
    for line in &flat.lines {
        sheet.prose_indented("- ", &line.told(TEXT_LETTERS_MAX));
    }
    flat.end(sheet);
}

/// Lists `members` as [`list`] does, where it is the only place that tells them: with all that is said of them.
pub(super) fn list_whole(
    sheet: &mut Sheet,
    shapes: &Shapes<'_>,
    members: &[Member],
    limits: Limits,
) {
    let flat = Flat::of(shapes, members, limits);
    for line in &flat.lines {
        if line.is_inner {
            sheet.prose_indented("- ", &line.told(TEXT_LETTERS_MAX));
            continue;
        }
        sheet.at(line.member.line);
        sheet.prose_indented("- ", &line.told(WHOLE_LETTERS_MAX));
        for argument in &line.member.arguments {
            sheet.at(argument.line);
            let name = one_line(&argument.name);
            let told = argument.told(WHOLE_LETTERS_MAX);
            sheet.prose_indented("  - ", &format!("argument `{name}`{told}"));
        }
    }
    flat.end(sheet);
}

/// Members in one list.
struct Flat<'s> {
    shapes: &'s Shapes<'s>,
    count: usize,
    lines: Vec<Line<'s>>,
    left_out: usize,
}

struct Line<'s> {
    path: String,
    member: &'s Member,
    /// Whether it is a member of a member.
    is_inner: bool,
}

impl Line<'_> {
    fn told(&self, letters: usize) -> String {
        format!("`{}`{}", self.path, self.member.told(letters))
    }
}

impl<'s> Flat<'s> {
    /// Takes the members down to the deepest level at which all of them fit.
    fn of(shapes: &'s Shapes<'s>, members: &'s [Member], limits: Limits) -> Self {
        let told = |depth| {
            let mut flat = Flat {
                shapes,
                count: limits.members,
                lines: Vec::new(),
                left_out: 0,
            };
            flat.members(members, "", depth, &mut Vec::new());
            flat
        };
        let deepest = (2..=limits.depth)
            .rev()
            .map(told)
            .find(|flat| flat.left_out == 0);
        deepest.unwrap_or_else(|| told(1))
    }

    fn end(&self, sheet: &mut Sheet) {
        if self.left_out > 0 {
            sheet.prose_indented("- ", &format!("… and {} more", self.left_out));
        }
    }

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
            let inner = format!("{path}{dot}{}", member.name);
            self.lines.push(Line {
                path: inner.clone(),
                member,
                is_inner: !path.is_empty(),
            });
            let Some(inside) = self.shapes.get(member.base.as_str()) else {
                continue;
            };
            if depth > 1 && inside.kind != "enum" && !above.contains(&inside.name.as_str()) {
                above.push(&inside.name);
                self.members(&inside.members, &inner, depth - 1, above);
                above.pop();
            }
        }
    }
}

/// Lists the types that have no page, with their member.
pub(super) fn rest(sheet: &mut Sheet, all: &[Shape]) {
    let mut bare = all.iter().filter(|shape| !shape.has_page()).peekable();
    if bare.peek().is_some() {
        sheet.heading(2, "Types without a page", "", Vec::new());
    }
    for shape in bare {
        let member = shape.members.first().map_or_else(String::new, |member| {
            format!(" – `{}`{}", member.name, member.told(0))
        });
        sheet.at(shape.line);
        let name = one_line(&shape.name);
        sheet.prose_indented("- ", &format!("`{} {name}`{member}", shape.kind));
    }
}

/// Adds the pages of the types worth one to `below`, under `folder`.
pub(super) fn pages(
    all: &[Shape],
    title: &str,
    folder: &str,
    paths: &mut PagePaths,
    below: &mut Below,
) {
    let shapes = by_name(all);
    for shape in all.iter().filter(|shape| shape.has_page()) {
        let path = paths.give(&format!("{folder}/{}", shape.name));
        below.put(path, || page(shape, &shapes, title, folder));
    }
}

fn page(shape: &Shape, shapes: &Shapes<'_>, title: &str, folder: &str) -> Document {
    let mut sheet = Sheet::default();
    sheet.at(shape.line);
    let last = shape.name.rsplit('.').next().unwrap_or_default();
    let code = vec![shape.name.clone(), last.to_owned()];
    sheet.heading(1, &shape.name, shape.kind, code);
    sheet.prose(&format!("`{} {}`", shape.kind, one_line(&shape.name)));
    sheet.comment(&shape.about);
    for fact in &shape.facts {
        sheet.prose(fact);
    }
    if !shape.facts.is_empty() {
        sheet.gap();
    }
    let ends = shape.extensions.iter().map(|extension| extension.from);
    let mut ends = ends.chain([shape.members.len()]);
    let own = ends.next().unwrap_or_default();
    let own = shape.members.get(..own).unwrap_or_default();
    list_whole(&mut sheet, shapes, own, WHOLE);
    sheet.end_at(shape.end);
    for (extension, end) in shape.extensions.iter().zip(ends) {
        let lines = if extension.line == extension.end {
            format!("line {}", extension.line)
        } else {
            format!("lines {} to {}", extension.line, extension.end)
        };
        sheet.at(extension.line);
        let heading = format!("Extended in {lines}");
        sheet.heading(2, &heading, "", Vec::new());
        sheet.comment(&extension.about);
        for fact in &extension.facts {
            sheet.prose(fact);
        }
        let added = shape.members.get(extension.from..end).unwrap_or_default();
        list_whole(&mut sheet, shapes, added, WHOLE);
        sheet.end_at(extension.end);
    }
    sheet.finish(&format!("{title} › {folder}"), Kind::Data, None)
}
