//! A reference → that page or section, within a budget; an outline first where it does not fit.

mod cut;
mod outline;
mod stretch;

use std::collections::BTreeSet;

use self::stretch::Stretch;
use super::citation::{Citation, Provenance};
use super::editions::{Editions, Pinned};
use super::error::LookupError;
use super::fill::shown_before;
use super::find::find;
use super::format;
use super::orders::warning;
use super::passage::{Budget, QUOTED, Spacing, count, fenced};
use super::reference::Reference;
use super::shelf::key_of_section;
use crate::store::Store;
use crate::store::documents::{PageRow, SectionRow};
use crate::store::outline::HeadingRow;

/// What is to be read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Read {
    /// A citation; the source may be left out where the path says enough.
    pub reference: String,
    /// A heading of the page, by anchor or by words.
    pub section: Option<String>,
    /// Lines of the file, for example `120-200`.
    pub lines: Option<String>,
    /// Versions that the project of whoever asks has.
    pub pinned: Pinned,
    /// Keys of what the reader was shown before.
    pub known: BTreeSet<String>,
}

/// What was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// The answer as the model and a person read it.
    pub text: String,
    /// The full reference of what was read.
    pub reference: Reference,
    /// First and last line in the file, from 1.
    pub lines: (u32, u32),
    /// Tokens of the answer.
    pub used_tokens: usize,
    /// Whether all of it is there.
    pub whole: bool,
    /// Keys of the sections that the reader is shown now.
    pub told: Vec<String>,
}

/// Tokens of the longest answer: some thirty pages of a book, after which whoever reads names what they want.
pub const READ_TOKENS_MAX: usize = 20_000;

/// Reads what `read` names, within `budget`.
pub fn read(store: &Store, read: &Read, budget: Budget) -> Result<Given, LookupError> {
    let (reference, page) = find(store, &read.reference, &read.pinned)?;
    let Some((page, text, cut)) = store.page_with_cut(page.id)? else {
        return Err(LookupError::unknown_reference(&reference, Vec::new()));
    };
    let file_lines = store.file_lines(page.id)?;
    let editions = Editions::of(store)?;
    let provenance = Provenance::of(store, &editions, &read.pinned, &page)?;
    let book = Book {
        reference,
        provenance,
        page,
        text,
        outline: cut.outline,
        sections: cut.sections,
        file_lines,
    };
    let stretch = book.stretch(read)?;
    Ok(book.given(&stretch, &read.known, budget))
}

/// A page opened for reading.
struct Book {
    reference: Reference,
    provenance: Provenance,
    page: PageRow,
    text: String,
    outline: Vec<HeadingRow>,
    sections: Vec<SectionRow>,
    /// Where the text was rewritten: the line of the file that each of its lines came from.
    file_lines: Option<Vec<u32>>,
}

/// What is quoted of a stretch, line by line.
struct Body {
    /// Each line, with the line of the text, from 0, that it stands for.
    lines: Vec<(String, usize)>,
    /// Whether a line of the page itself is among them.
    has_text: bool,
}

impl Body {
    fn text(&self) -> String {
        let lines: Vec<&str> = self.lines.iter().map(|(line, _)| line.as_str()).collect();
        lines.join("\n")
    }

    /// Takes off the blank lines at both ends and those that are too many in a row, and the blanks behind the last line.
    fn trim(&mut self) {
        let mut spacing = Spacing::default();
        self.lines.retain(|(line, _)| spacing.shows(line));
        let is_said = |line: &(String, usize)| !line.0.trim().is_empty();
        let end = self.lines.iter().rposition(is_said);
        self.lines.truncate(end.map_or(0, |last| last + 1));
        let start = self.lines.iter().position(is_said).unwrap_or_default();
        self.lines.drain(..start);
        if let Some((last, _)) = self.lines.last_mut() {
            last.truncate(last.trim_end().len());
        }
    }
}

impl Book {
    fn given(&self, stretch: &Stretch, known: &BTreeSet<String>, budget: Budget) -> Given {
        let body = self.body(stretch, known);
        if !body.has_text && !body.lines.is_empty() {
            let (first, last) = stretch.lines;
            let counted = format::counted_in(&self.page.path);
            let named = shown_before(&stretch.reference.to_string());
            let text = format!(
                "{} ({counted} {first}-{last}); again: docs_read without session\n",
                named.trim_end()
            );
            return Given {
                used_tokens: count(&text),
                text,
                reference: stretch.reference.clone(),
                lines: stretch.lines,
                whole: true,
                told: Vec::new(),
            };
        }
        let text = body.text();
        let citation = Citation {
            reference: &stretch.reference,
            anchor: &stretch.reference.anchor,
            title: &stretch.title,
            endpoint: None,
            lines: stretch.lines,
            shown: None,
            kind: &self.page.kind,
            version: self.provenance.version.as_deref(),
            read_on: self.provenance.read_on.as_deref(),
            url: self.page.url.as_deref(),
        };
        let head = format!("{QUOTED}{}{}", citation.text(), warning(&text));
        let all = format!("{head}{}\n", fenced(&text));
        if budget.fits(&all) {
            return Given {
                used_tokens: count(&all),
                text: all,
                reference: stretch.reference.clone(),
                lines: stretch.lines,
                whole: true,
                told: self.keys_within(stretch.bytes),
            };
        }
        self.cut(stretch, &head, &body, budget)
    }

    /// The lines of a stretch; a section that the reader was shown before is one line that says so.
    fn body(&self, stretch: &Stretch, known: &BTreeSet<String>) -> Body {
        let (start, end) = stretch.bytes;
        let known = |section: &&SectionRow| {
            section.bytes.0 < section.bytes.1 && known.contains(&self.key(section))
        };
        let hidden: Vec<&SectionRow> = self.sections_within(stretch.bytes).filter(known).collect();
        let above = self.text.get(..start).unwrap_or_default();
        let first = above.matches('\n').count();
        let before = stretch.before.lines().map(|line| (line.to_owned(), first));
        let mut lines: Vec<(String, usize)> = before.collect();
        let mut has_text = false;
        let (mut at, mut number) = (start, first);
        let text = self.text.get(start..end).unwrap_or_default();
        for line in text.split_inclusive('\n') {
            let section = hidden
                .iter()
                .find(|section| (section.bytes.0..section.bytes.1).contains(&at));
            match section {
                Some(section) if section.bytes.0 == at => {
                    let named = self.to_section(&section.anchor, section.part);
                    let named = shown_before(&named.to_string());
                    lines.push((format!("… {}", named.trim_end()), number));
                }
                Some(_) => {}
                None => {
                    has_text |= !line.trim().is_empty();
                    lines.push((line.trim_end_matches(['\n', '\r']).to_owned(), number));
                }
            }
            at += line.len();
            number += 1;
        }
        let last = number.saturating_sub(1).max(first);
        lines.extend(stretch.after.lines().map(|line| (line.to_owned(), last)));
        let mut body = Body { lines, has_text };
        body.trim();
        body
    }

    fn sections_within(&self, (start, end): (usize, usize)) -> impl Iterator<Item = &SectionRow> {
        let sections = self.sections.iter();
        sections.filter(move |section| section.bytes.0 >= start && section.bytes.1 <= end)
    }

    /// The keys of the sections that lie between two bytes of the text.
    fn keys_within(&self, bytes: (usize, usize)) -> Vec<String> {
        self.sections_within(bytes)
            .map(|section| self.key(section))
            .collect()
    }

    fn key(&self, section: &SectionRow) -> String {
        key_of_section(self.source(), &self.page.path, section, &self.text)
    }

    fn source(&self) -> &str {
        self.reference.source.as_deref().unwrap_or_default()
    }

    /// The reference of a section of the page.
    fn to_section(&self, anchor: &str, part: u32) -> Reference {
        Reference::to_section(self.source(), &self.page.path, anchor, part)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lookup::library;

    /// What is answered to whoever reads the page at `path`, which says `text`.
    pub(super) fn given(
        path: &str,
        text: &str,
        section: Option<&str>,
        lines: Option<&str>,
        tokens: usize,
    ) -> String {
        let (store, _) = library::in_memory("s", [(path, text)]).unwrap();
        let wanted = Read {
            reference: format!("s:{path}"),
            section: section.map(str::to_owned),
            lines: lines.map(str::to_owned),
            ..Read::default()
        };
        match read(&store, &wanted, Budget::page(tokens)) {
            Ok(given) => given.text,
            Err(error) => error.to_string(),
        }
    }
}
