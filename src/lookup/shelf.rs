//! Hits → passages: neighbouring sections joined, and fetched with what a citation says.

use std::collections::HashMap;

use super::citation::Provenance;
use super::document::DEFINITION;
use super::editions::Editions;
use super::endpoint;
use super::error::LookupError;
use super::name_only;
use super::narrow::narrowed;
use super::passage::{Extent, Passage, blank_lines_above, squeezed, trimmed};
use super::rank::{Hit, Ranking, Sought};
use super::reference::Reference;
use super::search::Search;
use crate::store::Store;
use crate::store::cuts::Cut;
use crate::store::documents::{PageRow, SectionRow};

/// Passages behind one question, over all pages of the answer.
pub(super) const PASSAGES_MAX: usize = 60;

/// Neighbouring sections of one page, quoted together.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Run {
    pub(super) page: i64,
    pub(super) first: usize,
    pub(super) last: usize,
    pub(super) tokens: u32,
    /// The hit that it was begun with.
    pub(super) best: Hit,
}

impl Run {
    fn of(hit: &Hit) -> Self {
        Self {
            page: hit.page,
            first: hit.ordinal,
            last: hit.ordinal,
            tokens: hit.tokens,
            best: *hit,
        }
    }

    /// Tells whether all of `other` is part of it.
    pub(super) fn has(&self, other: &Self) -> bool {
        self.page == other.page && self.first <= other.first && other.last <= self.last
    }
}

/// Joins neighbouring hits that have at most `tokens_max` together: as many as are shown whole, for an excerpt would have lines of
/// one section under the name of another.
pub(super) fn joined_runs(hits: &[Hit], tokens_max: usize) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for hit in hits {
        let neighbour = runs.iter_mut().find(|run| {
            run.page == hit.page
                && (hit.ordinal + 1 == run.first || hit.ordinal == run.last + 1)
                && run.tokens.saturating_add(hit.tokens) as usize <= tokens_max
        });
        if let Some(run) = neighbour {
            run.first = run.first.min(hit.ordinal);
            run.last = run.last.max(hit.ordinal);
            run.tokens += hit.tokens;
        } else if runs.len() < PASSAGES_MAX {
            runs.push(Run::of(hit));
        } else {
            break;
        }
    }
    runs
}

/// Returns each hit by itself.
pub(super) fn single_runs(hits: &[Hit]) -> Vec<Run> {
    hits.iter().take(PASSAGES_MAX).map(Run::of).collect()
}

/// What a run quotes.
pub(super) enum Quoted {
    /// This, which the reader was not shown before; the keys are those of its sections.
    New(Box<Passage>, Vec<String>),
    /// What the reader was shown before.
    Known(Reference),
    /// Nothing: the page changed since it was indexed.
    Gone,
}

/// Pages and sections fetched for one answer.
pub(super) struct Shelf<'a> {
    store: &'a Store,
    editions: &'a Editions,
    /// What is asked for.
    pub(super) search: &'a Search,
    /// Its words, to be found in a text.
    pub(super) sought: &'a Sought,
    /// What says why a passage is there, if that was asked.
    explained: Option<&'a Ranking>,
    pages: HashMap<i64, Option<(PageRow, String, Cut)>>,
}

impl<'a> Shelf<'a> {
    pub(super) fn new(
        store: &'a Store,
        editions: &'a Editions,
        search: &'a Search,
        sought: &'a Sought,
        explained: Option<&'a Ranking>,
    ) -> Self {
        Self {
            store,
            editions,
            search,
            sought,
            explained,
            pages: HashMap::new(),
        }
    }

    /// Tells whether the reader was shown what has this key.
    pub(super) fn is_known(&self, key: &str) -> bool {
        self.search.known.contains(key)
    }

    /// Returns what `run` quotes.
    pub(super) fn quoted(&mut self, run: &Run) -> Result<Quoted, LookupError> {
        self.fetch(run.page)?;
        let Some((page, text, cut)) = self.page(run.page) else {
            return Ok(Quoted::Gone);
        };
        let last = run.last.min(cut.sections.len().saturating_sub(1));
        let sections = cut.sections.get(run.first..=last).unwrap_or_default();
        if let [section] = sections
            && !self.is_told(page, section, text)
            && let Some(part) = narrowed(section, (&page.title, text), cut, self.sought)
            && !name_only::is_one(&part, text)
        {
            return self.passage(run, (page, text), &[part], 0);
        }
        // It may begin with a neighbour, but is called after the section that was found.
        let found = run.best.ordinal.saturating_sub(run.first);
        self.passage(run, (page, text), sections, found)
    }

    /// Tells whether `run` only says what its page is called and the section behind it, which stands below that, goes on with it.
    pub(super) fn goes_on(&mut self, run: &Run) -> Result<bool, LookupError> {
        if run.first != run.last {
            return Ok(false);
        }
        self.fetch(run.page)?;
        Ok(self.page(run.page).is_some_and(|(_, text, cut)| {
            let next = cut.sections.get(run.last + 1);
            let both = cut.sections.get(run.last).zip(next);
            both.is_some_and(|(section, next)| name_only::goes_on(section, next, text))
        }))
    }

    /// Returns `run`, if it is one section under one heading, with the sections behind it that stand below that heading, before the one
    /// numbered `end` and as far as all have at most `tokens_max` tokens.
    pub(super) fn with_below(
        &mut self,
        run: Run,
        end: usize,
        tokens_max: usize,
    ) -> Result<Run, LookupError> {
        if run.first != run.last {
            return Ok(run);
        }
        self.fetch(run.page)?;
        let Some((_, _, cut)) = self.page(run.page) else {
            return Ok(run);
        };
        let mut reached = run;
        let mut sections = cut.sections.iter().skip(run.last);
        let Some(own) = sections
            .next()
            .filter(|own| own.headings.lines().count() == 1)
        else {
            return Ok(run);
        };
        for below in sections.take_while(|below| name_only::is_below(own, below)) {
            let tokens = reached.tokens.saturating_add(below.tokens);
            if tokens as usize > tokens_max || reached.last + 1 >= end {
                break;
            }
            reached.tokens = tokens;
            reached.last += 1;
        }
        Ok(reached)
    }

    /// Returns all of the page that `run` is of, if it has at most `tokens`, else all under the headings of the run.
    pub(super) fn quoted_whole(&mut self, run: &Run, tokens: usize) -> Result<Quoted, LookupError> {
        self.fetch(run.page)?;
        let Some((page, text, cut)) = self.page(run.page) else {
            return Ok(Quoted::Gone);
        };
        let sections = &cut.sections;
        let all: usize = sections.iter().map(|section| section.tokens as usize).sum();
        let place = |ordinal: usize| sections.get(ordinal).map(|section| section.anchor.as_str());
        let (mut first, mut last) = (run.first, run.last);
        if all <= tokens {
            (first, last) = (0, sections.len().saturating_sub(1));
        }
        while first > 0 && place(first - 1) == place(first) {
            first -= 1;
        }
        while last + 1 < sections.len() && place(last + 1) == place(last) {
            last += 1;
        }
        let quoted = sections.get(first..=last).unwrap_or_default();
        self.passage(run, (page, text), quoted, 0)
    }

    /// Fetches the page numbered `page` unless it was before.
    fn fetch(&mut self, page: i64) -> Result<(), LookupError> {
        if !self.pages.contains_key(&page) {
            let fetched = self.store.sound_page(page)?;
            self.pages.insert(page, fetched);
        }
        Ok(())
    }

    fn page(&self, page: i64) -> Option<&(PageRow, String, Cut)> {
        self.pages.get(&page)?.as_ref()
    }

    /// Tells whether the reader was shown all of `section`.
    fn is_told(&self, page: &PageRow, section: &SectionRow, text: &str) -> bool {
        !self.search.known.is_empty()
            && self.editions.name(page.source).is_some_and(|source| {
                self.is_known(&key_of_section(source, &page.path, section, text))
            })
    }

    /// Makes the passage that quotes `sections`, called after the one at `cited` among them, or after the first that is new.
    fn passage(
        &self,
        run: &Run,
        (page, text): (&PageRow, &str),
        sections: &[SectionRow],
        cited: usize,
    ) -> Result<Quoted, LookupError> {
        let Some(source) = self.editions.name(page.source) else {
            return Ok(Quoted::Gone);
        };
        let keyed: Vec<(&SectionRow, String)> = sections
            .iter()
            .map(|section| (section, key_of_section(source, &page.path, section, text)))
            .collect();
        let new: Vec<&(&SectionRow, String)> = keyed
            .iter()
            .filter(|(_, key)| !self.is_known(key))
            .collect();
        let (Some((first, _)), Some((last, _))) = (new.first(), new.last()) else {
            let shown = sections
                .first()
                .map(|section| self.cited(run.page, source, &page.path, section));
            return Ok(shown.map_or(Quoted::Gone, Quoted::Known));
        };
        let cited = keyed
            .get(cited)
            .filter(|(_, key)| !self.is_known(key))
            .map_or(*first, |(section, _)| *section);
        let cut = self.page(run.page).map(|(.., cut)| cut);
        let endpoint = endpoint::of_page(&page.kind, text).map(str::to_owned);
        let (text, definitions) = joined(&new, text, cut);
        let provenance = Provenance::of(self.store, self.editions, &self.search.pinned, page)?;
        let passage = Passage {
            reference: self.cited(run.page, source, &page.path, cited),
            anchor: cited.anchor.clone(),
            source: source.to_owned(),
            path: page.path.clone(),
            url: page.url.clone(),
            kind: page.kind.clone(),
            lines: (first.lines.0, last.lines.1),
            title: cited.title.clone(),
            breadcrumb: cited.breadcrumb.clone(),
            endpoint,
            score: run.best.score,
            reasons: self
                .explained
                .map_or_else(Vec::new, |ranking| ranking.reasons(&run.best)),
            version: provenance.version,
            read_on: provenance.read_on,
            tokens_in_all: new.iter().map(|(section, _)| section.tokens as usize).sum(),
            extent: Extent::Whole,
            text,
            definitions,
        };
        let keys = new.iter().map(|(_, key)| key.clone()).collect();
        Ok(Quoted::New(Box::new(passage), keys))
    }

    /// Returns what `section` of the page numbered `page` is cited as: on a page with one heading its anchor says nothing.
    fn cited(&self, page: i64, source: &str, path: &str, section: &SectionRow) -> Reference {
        let sections = self.page(page).map_or(&[][..], |(.., cut)| &cut.sections);
        let is_of_them = sections.iter().any(|own| own.bytes == section.bytes);
        if is_of_them && is_under_one_anchor(sections) {
            Reference::to_section(source, path, "", section.part)
        } else {
            named(source, path, section)
        }
    }
}

/// Tells whether the sections of a page are parts of one.
pub(super) fn is_under_one_anchor(sections: &[SectionRow]) -> bool {
    let mut anchors = sections.iter().map(|section| &section.anchor);
    let first = anchors.next();
    anchors.all(|anchor| Some(anchor) == first)
}

fn named(source: &str, path: &str, section: &SectionRow) -> Reference {
    Reference::to_section(source, path, &section.anchor, section.part)
}

/// Returns the text of sections, with a mark where one between them is left out, and the bytes at which definitions begin in it.
fn joined(
    sections: &[&(&SectionRow, String)],
    text: &str,
    cut: Option<&Cut>,
) -> (String, Vec<usize>) {
    let (Some((first, _)), Some((last, _))) = (sections.first(), sections.last()) else {
        return Default::default();
    };
    let outline = cut.map_or(&[][..], |cut| &cut.outline);
    let mut definitions = Vec::new();
    let mut joined = first.before.clone();
    let mut end = first.bytes.0;
    for (section, _) in sections {
        let (from, to) = section.bytes;
        if from > end {
            joined.push_str("\n…\n");
        }
        let inside = outline.partition_point(|entry| entry.byte < from);
        let inside = outline.iter().skip(inside);
        let inside = inside.take_while(|entry| entry.byte < to);
        let heads = inside.filter(|entry| entry.level == DEFINITION);
        definitions.extend(heads.map(|entry| joined.len() + entry.byte - from));
        joined.push_str(text.get(from..to).unwrap_or_default());
        end = to;
    }
    let joined = joined + &last.after;
    let above = blank_lines_above(&joined);
    let shown = trimmed(&joined);
    for byte in &mut definitions {
        *byte = byte.saturating_sub(above);
    }
    (squeezed(shown, &mut definitions), definitions)
}

/// Returns the key under which a section is remembered: where it is and what it says, so that it is shown again once it changed.
pub(super) fn key_of_section(source: &str, path: &str, section: &SectionRow, text: &str) -> String {
    key(&named(source, path, section), section.text(text))
}

/// Returns the key under which `text` from `reference` is remembered.
pub(super) fn key(reference: &Reference, text: &str) -> String {
    let hash = blake3::hash(format!("{reference}\0{text}").as_bytes());
    hash.to_hex().chars().take(KEY_LETTERS).collect()
}

/// Letters of a key: 64 bits tell apart whatever one session is shown.
const KEY_LETTERS: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lookup::library;
    use crate::lookup::passage::Budget;
    use crate::lookup::read::{Read, read};
    use crate::lookup::search::search;

    #[test]
    fn on_a_page_with_one_heading_the_page_is_cited_and_its_parts_are_read_by_number() {
        let long = "The anchor lies in the bay, and the ship lies at the anchor. ".repeat(120);
        let pages = [
            ("one.md", "# A winch\n\nTurns.\n".to_owned()),
            (
                "long.md",
                format!("# An anchor\n\n{long}\n\n{long}\n\nAt the end a capstan.\n"),
            ),
            (
                "two.md",
                format!("# A pump\n\n{long}\n\n# A hose\n\n{long}\n"),
            ),
        ];
        let pages = pages.iter().map(|(path, text)| (*path, text.as_str()));
        let (store, index) = library::in_memory("s", pages).unwrap();
        let cited = |query: &str| {
            let asked = Search {
                query: query.to_owned(),
                limit: 1,
                ..Search::default()
            };
            let found = search(&store, &index, &asked, Budget::page(400)).unwrap();
            found.passages[0].reference.to_string()
        };
        assert_eq!(cited("winch"), "s:one.md");
        assert_eq!(cited("pump"), "s:two.md#a-pump");
        let end = cited("capstan");
        assert!(end.starts_with("s:long.md#~"), "{end}");
        let again = Read {
            reference: end,
            ..Read::default()
        };
        let given = read(&store, &again, Budget::page(4_000)).unwrap();
        assert!(
            given.text.contains("At the end a capstan."),
            "{}",
            given.text
        );
    }
}
