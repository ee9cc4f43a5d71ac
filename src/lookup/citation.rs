//! How what is quoted is cited: where to read it again, and what a person needs to look it up.
//!
//! An answer has a dozen citations, so each says what tells sections apart and nothing that goes without saying.

use std::borrow::Cow;

use super::document::Kind;
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
    /// Where on the page it begins.
    pub(super) anchor: &'a str,
    pub(super) title: &'a str,
    /// How the operation is called that it is of, if it does not say that itself.
    pub(super) endpoint: Option<&'a str>,
    pub(super) lines: (u32, u32),
    /// Tokens shown, and of how many, where that is not all.
    pub(super) shown: Option<(usize, usize)>,
    /// What the page is for; that it is a guide goes without saying.
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
            self.endpoint.map(|endpoint| format!("`{endpoint}`")),
            Some(place(&self.reference.path, first, last)),
            shown,
            Some(self.kind.to_owned()).filter(|kind| kind != Kind::Guide.name()),
            self.version.map(|version| format!("version {version}")),
            self.url.map(|url| address(url, self.anchor)),
            self.read_on.map(|day| format!("read {day}")),
        ];
        let facts: Vec<String> = facts.into_iter().flatten().collect();
        format!(
            "## {}\n{} · {}\n",
            self.reference,
            abridged(self.title),
            facts.join(" · ")
        )
    }
}

/// Letters that the headings above a section may have in a citation: three or four of them, or some twenty tokens.
const HEADINGS_LETTERS_MAX: usize = 90;
/// What stands between two headings.
pub(super) const BELOW: &str = " › ";
/// What stands between two headings where some are left out.
const LEFT_OUT: &str = " › … › ";

/// Returns the headings of `breadcrumb`; of a long one the title of the page and of the others the nearest, at least one.
pub(super) fn abridged(breadcrumb: &str) -> Cow<'_, str> {
    let letters = |text: &str| text.chars().count();
    let Some((page, below)) = breadcrumb
        .split_once(BELOW)
        .filter(|_| letters(breadcrumb) > HEADINGS_LETTERS_MAX)
    else {
        return breadcrumb.into();
    };
    let room = HEADINGS_LETTERS_MAX.saturating_sub(letters(page) + letters(LEFT_OUT));
    let beginnings = below.match_indices(BELOW).map(|(at, _)| at + BELOW.len());
    let nearest = beginnings.filter_map(|at| below.get(at..));
    let last = nearest.clone().last();
    let fitting = nearest.clone().find(|nearest| letters(nearest) <= room);
    match fitting.or(last) {
        Some(nearest) => format!("{page}{LEFT_OUT}{nearest}").into(),
        None => breadcrumb.into(),
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
    fn of_many_headings_the_title_of_the_page_and_the_nearest_are_said() {
        let long = "Handler › new Handler(options, handlers, [more options]) › Parameter: options › Retries › Timeouts";
        let abridged_to = "Handler › … › Parameter: options › Retries › Timeouts";
        for (headings, said) in [
            (long, abridged_to.to_owned()),
            ("Page › Section › Part", "Page › Section › Part".to_owned()),
            (
                &format!("Page › {}", "x".repeat(99)),
                format!("Page › {}", "x".repeat(99)),
            ),
            (
                &format!("Page › A › {}", "é".repeat(99)),
                format!("Page › … › {}", "é".repeat(99)),
            ),
        ] {
            assert_eq!(abridged(headings), said);
        }
    }

    #[test]
    fn a_citation_says_all_that_is_known_in_two_lines() {
        let read_on = day(1_795_000_000);
        let citation = Citation {
            reference: &Reference::parse("s:p.md#a"),
            anchor: "a",
            title: "P › A",
            endpoint: Some("GET /a"),
            lines: (1, 9),
            shown: Some((80, 300)),
            kind: "guide",
            version: Some("2.1 (project: 2.3)"),
            read_on: read_on.as_deref(),
            url: Some("https://h.example/p"),
        };
        assert_eq!(
            citation.text(),
            "## s:p.md#a\nP › A · `GET /a` · lines 1-9 · 80 of 300 tokens · version 2.1 (project: 2.3) · \
             https://h.example/p#a · read 2026-11-18\n"
        );
        assert_eq!(day(i64::MAX), None);
    }
}
