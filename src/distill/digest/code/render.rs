//! Writes an outline: which items are shown is decided elsewhere.

use std::collections::HashSet;
use std::fmt::Write as _;

use super::Source;
use super::rank::Item;
use super::signature::{first_sentence, on_one_line, trim_end};
use super::walk::{Class, Entry};

/// Bytes of an attribute or of a statement: enough to tell which it is.
const ATTRIBUTE_BYTES_MAX: usize = 100;

/// Bytes of a signature. Longer ones are tables that a program wrote.
const SIGNATURE_BYTES_MAX: usize = 2_000;

/// Bytes of the members of one entry, and of the imports of a text.
const MEMBERS_BYTES_MAX: usize = 600;

impl Source<'_> {
    /// Writes `items`; gaps name `handle`.
    pub(super) fn render(&self, items: &[Item], handle: &str) -> String {
        let shown: HashSet<Item> = items.iter().copied().collect();
        let lines = self.text.lines().count();
        let mut out = format!(
            "#outline of {lines} lines of {}: ~a-b = lines a-b, restore {handle} gives them\n",
            self.grammar.name
        );
        for item in [Item::About, Item::Imports] {
            if shown.contains(&item) {
                out.push_str(&self.spelled(item));
            }
        }
        // Entries that are left out, one after the other: their lines and their number.
        let mut gap: Option<(usize, usize, usize, usize)> = None;
        let mut whole = 0;
        for (number, entry) in self.entries().iter().enumerate() {
            if entry.bytes.start < whole {
                continue;
            }
            if !shown.contains(&Item::Entry(number)) {
                // Those inside of a function are part of its lines.
                if !entry.is_local {
                    let (first, last) = entry.lines;
                    gap = Some(match gap {
                        Some((depth, from, to, count)) => {
                            (depth.min(entry.depth), from, to.max(last), count + 1)
                        }
                        None => (entry.depth, first, last, 1),
                    });
                }
                continue;
            }
            write_gap(&mut gap, &mut out);
            if shown.contains(&Item::Body(number)) {
                out.push_str(&self.spelled(Item::Body(number)));
                whole = entry.bytes.end;
                continue;
            }
            self.write_entry(number, entry, &shown, &mut out);
        }
        write_gap(&mut gap, &mut out);
        out
    }

    fn write_entry(&self, number: usize, entry: &Entry, shown: &HashSet<Item>, out: &mut String) {
        indent(entry.depth, out);
        out.push_str(self.signature(number));
        if shown.contains(&Item::Members(number)) {
            out.push_str(&self.spelled(Item::Members(number)));
        }
        out.push_str(&span(entry.lines.0, entry.lines.1));
        if shown.contains(&Item::Doc(number)) {
            out.push_str(&self.spelled(Item::Doc(number)));
        }
        out.push('\n');
    }

    /// The text that `item` adds to an outline.
    pub(super) fn spelled(&self, item: Item) -> String {
        let mut out = String::new();
        match item {
            Item::Entry(number) => {
                if let Some(entry) = self.entry(number) {
                    self.write_entry(number, entry, &HashSet::new(), &mut out);
                }
            }
            Item::Body(number) => {
                if let Some(entry) = self.entry(number) {
                    let (first, last) = entry.lines;
                    let _ = writeln!(out, "{first}-{last}:");
                    for line in self.text.lines().take(last).skip(first - 1) {
                        out.push_str(line);
                        out.push('\n');
                    }
                }
            }
            Item::About => {
                let doc = self.walked.doc.clone().and_then(|doc| self.text.get(doc));
                let sentence = first_sentence(doc.unwrap_or_default());
                if !sentence.is_empty() {
                    let _ = writeln!(out, "{} {sentence}", self.grammar.comment);
                }
            }
            Item::Imports => out = self.imports(),
            Item::Members(number) => {
                let members = self
                    .entry(number)
                    .map_or(&[][..], |entry| entry.members.as_slice());
                out.push_str(" { ");
                self.list(members, ", ", &mut out);
                out.push_str(" }");
            }
            Item::Doc(number) => {
                if let Some(doc) = self.entry(number).and_then(|entry| entry.doc.clone()) {
                    let sentence = first_sentence(self.text.get(doc).unwrap_or_default());
                    if !sentence.is_empty() {
                        let _ = write!(out, " {} {sentence}", self.grammar.comment);
                    }
                }
            }
        }
        out
    }

    /// The signature of `entry` on one line, with its attributes.
    pub(super) fn spell(&self, entry: &Entry) -> String {
        let comments = &self.walked.comments;
        let mut out = String::new();
        for attribute in &entry.attributes {
            let wanted = self.grammar.attributes;
            let text = self.text.get(attribute.clone()).unwrap_or_default();
            if wanted.is_empty() || wanted.iter().any(|start| text.starts_with(start)) {
                let start = out.len();
                on_one_line(self.text, attribute.clone(), comments, &mut out);
                clip(&mut out, start, ATTRIBUTE_BYTES_MAX);
                out.push(' ');
            }
        }
        if let Some(keyword) = &entry.keyword {
            on_one_line(self.text, keyword.clone(), comments, &mut out);
            out.push(' ');
        }
        let start = out.len();
        on_one_line(self.text, entry.signature.clone(), comments, &mut out);
        clip(
            &mut out,
            start,
            if entry.class == Class::Statements {
                ATTRIBUTE_BYTES_MAX
            } else {
                SIGNATURE_BYTES_MAX
            },
        );
        if entry.class != Class::Statements {
            trim_end(&mut out, start);
        }
        if entry.class == Class::Function && out.ends_with(" =") {
            // Ruby's `def empty? = …`.
            out.truncate(out.len() - 2);
        }
        if let Some(tail) = &entry.tail {
            out.push_str(" {…}");
            on_one_line(self.text, tail.clone(), comments, &mut out);
            trim_end(&mut out, start);
        }
        out
    }

    /// What is imported: the word that starts an import is said once where the next one has the same.
    fn imports(&self) -> String {
        let Some((first, last)) = self.walked.import_lines else {
            return String::new();
        };
        let mut out = String::new();
        let mut word_before = String::new();
        for (number, range) in self.walked.imports.iter().enumerate() {
            let mut import = String::new();
            on_one_line(self.text, range.clone(), &self.walked.comments, &mut import);
            trim_end(&mut import, 0);
            if number > 0 {
                out.push_str("; ");
            }
            if out.len() + import.len() > MEMBERS_BYTES_MAX {
                out.push('…');
                break;
            }
            match import.split_once(' ') {
                Some((word, rest)) if word == word_before => out.push_str(rest),
                Some((word, _)) => {
                    word.clone_into(&mut word_before);
                    out.push_str(&import);
                }
                None => out.push_str(&import),
            }
        }
        out.push_str(&span(first, last));
        out.push('\n');
        out
    }

    fn list(&self, ranges: &[std::ops::Range<usize>], between: &str, out: &mut String) {
        let start = out.len();
        for (number, range) in ranges.iter().enumerate() {
            if number > 0 {
                out.push_str(between);
            }
            if out.len() - start > MEMBERS_BYTES_MAX {
                let _ = write!(out, "… {} more", ranges.len() - number);
                return;
            }
            let at = out.len();
            on_one_line(self.text, range.clone(), &self.walked.comments, out);
            clip(out, at, ATTRIBUTE_BYTES_MAX);
            trim_end(out, at);
        }
    }
}

/// Names lines.
fn span(first: usize, last: usize) -> String {
    if first == last {
        format!(" ~{first}")
    } else {
        format!(" ~{first}-{last}")
    }
}

fn indent(depth: usize, out: &mut String) {
    /// Levels: deeper ones look alike.
    const DEPTH_MAX: usize = 16;
    for _ in 0..depth.min(DEPTH_MAX) {
        out.push_str("  ");
    }
}

fn write_gap(gap: &mut Option<(usize, usize, usize, usize)>, out: &mut String) {
    if let Some((depth, first, last, count)) = gap.take() {
        indent(depth, out);
        let _ = writeln!(out, "~{first}-{last} {count} more");
    }
}

/// Cuts what was written since `start` to `bytes_max`.
fn clip(out: &mut String, start: usize, bytes_max: usize) {
    let text = out.get(start..).unwrap_or_default();
    let length = super::super::clip(text, bytes_max).len();
    if length < text.len() {
        out.truncate(start + length);
        out.push('…');
    }
}
