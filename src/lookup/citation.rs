//! How what is quoted is cited: where to read it again, and what a person needs to look it up.

use super::editions::{Editions, Pinned};
use super::format;
use super::reference::Reference;
use crate::store::documents::PageRow;
use crate::store::{Store, StoreError};

/// What is known of a page beside its text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Provenance {
    /// Version of what it documents, and which other one the project has.
    pub(super) version: Option<String>,
    /// Day on which a page of a site was read. That of a file is not said: the file is at hand, and `docs list` says it.
    pub(super) read_on: Option<String>,
}

impl Provenance {
    pub(super) fn of(
        store: &Store,
        editions: &Editions,
        pinned: &Pinned,
        page: &PageRow,
    ) -> Result<Self, StoreError> {
        let fetched = if editions.is_fetched(page.source) {
            store.fetched_at(page.source, &page.path)?
        } else {
            None
        };
        Ok(Self {
            version: editions.cited(page.source, pinned),
            read_on: fetched.and_then(day),
        })
    }
}

/// Returns the day, in UTC, of a time in seconds since 1970.
fn day(seconds: i64) -> Option<String> {
    let time = time::OffsetDateTime::from_unix_timestamp(seconds).ok()?;
    Some(time.date().to_string())
}

/// A stretch of a page as it is cited.
pub(super) struct Citation<'a> {
    pub(super) reference: &'a Reference,
    pub(super) title: &'a str,
    pub(super) lines: (u32, u32),
    /// Tokens shown, and of how many, where that is not all.
    pub(super) shown: Option<(usize, usize)>,
    pub(super) kind: &'a str,
    pub(super) version: Option<&'a str>,
    /// Day on which a page of a site was read.
    pub(super) read_on: Option<&'a str>,
    /// Where the page says it is published.
    pub(super) url: Option<&'a str>,
}

impl Citation<'_> {
    /// Returns the two lines above what is quoted.
    pub(super) fn text(&self) -> String {
        let (first, last) = self.lines;
        let shown = self
            .shown
            .map(|(shown, all)| format!("{shown} of {all} tokens"));
        let facts = [
            Some(place(&self.reference.path, first, last)),
            shown,
            Some(self.kind.to_owned()),
            self.version.map(|version| format!("version {version}")),
            self.url.map(|url| address(url, &self.reference.anchor)),
            self.read_on.map(|day| format!("read {day}")),
        ];
        let facts: Vec<String> = facts.into_iter().flatten().collect();
        format!(
            "## {}\n{} · {}\n",
            self.reference,
            self.title,
            facts.join(" · ")
        )
    }
}

/// Where in a file a stretch of it is: its lines, or its pages where that is what people count.
pub(super) fn place(path: &str, first: u32, last: u32) -> String {
    match format::counted_in(path) {
        "pages" if first == last => format!("page {first}"),
        counted => format!("{counted} {first}-{last}"),
    }
}

/// The address of a section: that of its page, with its anchor.
fn address(url: &str, anchor: &str) -> String {
    if anchor.is_empty() || url.contains('#') {
        url.to_owned()
    } else {
        format!("{url}#{anchor}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_citation_says_all_that_is_known_in_two_lines() {
        let read_on = day(1_795_000_000);
        let citation = Citation {
            reference: &Reference::parse("s:p.md#a"),
            title: "P › A",
            lines: (1, 9),
            shown: Some((80, 300)),
            kind: "guide",
            version: Some("2.1 (project: 2.3)"),
            read_on: read_on.as_deref(),
            url: Some("https://h.example/p"),
        };
        assert_eq!(
            citation.text(),
            "## s:p.md#a\nP › A · lines 1-9 · 80 of 300 tokens · guide · version 2.1 (project: 2.3) · \
             https://h.example/p#a · read 2026-11-18\n"
        );
        assert_eq!(day(i64::MAX), None);
    }
}
