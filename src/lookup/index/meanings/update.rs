//! Bringing the directions up to date with the store.

use std::collections::{BTreeSet, HashMap};

use super::rows::{self, Key, Rows, key_of};
use super::sections::{Section, Sections, State};
use super::{Meanings, name_of};
use crate::lookup::action::Action;
use crate::lookup::error::LookupError;
use crate::lookup::index::output::{GONE_SHARE, Place, failed};
use crate::lookup::index::vectors::Page;
use crate::lookup::model::Model;
use crate::store::Store;
use crate::store::documents::{Generation, SectionRow};

/// Texts that are embedded before anything is written: a killed process loses at most these.
const BLOCK: usize = 64;

impl Meanings {
    /// Returns what `model` makes of the sections of `store` as it is now, of which `old` has a part; `progress` gets new
    /// pages done and all.
    pub(in crate::lookup::index) fn updated(
        place: Place<'_>,
        old: Option<&Self>,
        model: &Model,
        store: &Store,
        progress: &dyn Fn(u64, u64),
    ) -> Result<Self, LookupError> {
        let until = store.document_generation()?;
        let pages = store.pages_between(0, until.number)?;
        let rows = Rows::resume(
            place,
            old.map(|old| old.sections.state.rows),
            old.map(|old| &old.rows),
            model,
        )?;
        let mut work = Work {
            model,
            rows,
            waiting: Vec::new(),
            place,
            pages: Vec::with_capacity(pages.len()),
            sections: Vec::new(),
        };
        // Pages of another lineage have the same numbers and are others; their texts may be the same.
        let old = old.filter(|old| old.sections.state.lineage == until.lineage);
        let known: HashMap<i64, &Page> = old
            .iter()
            .flat_map(|old| &old.sections.pages)
            .map(|page| (page.id, page))
            .collect();
        let all = pages
            .iter()
            .filter(|page| !known.contains_key(page))
            .count() as u64;
        let mut done = 0;
        for page in pages {
            if let (Some(old), Some(page)) = (old, known.get(&page)) {
                work.add(**page, old.of_page(page).iter().copied());
                continue;
            }
            if let Some((row, text, cut)) = store.sound_page(page)? {
                let page = Page::of_row(&row, Action::of_page(&row, &cut.outline));
                work.read(page, &text, &cut.sections)?;
            }
            done += 1;
            progress(done, all);
        }
        work.embed()?;
        work.end(&until)
    }
}

/// The directions while they are made.
struct Work<'a> {
    model: &'a Model,
    rows: Rows,
    /// Texts whose rows are the next ones.
    waiting: Vec<(Key, String)>,
    place: Place<'a>,
    pages: Vec<Page>,
    sections: Vec<Section>,
}

impl Work<'_> {
    fn add(&mut self, page: Page, sections: impl ExactSizeIterator<Item = Section>) {
        let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        self.pages.push(Page {
            first: count(self.sections.len()),
            rows: count(sections.len()),
            ..page
        });
        self.sections.extend(sections);
    }

    /// Takes over a page whose sections may be new.
    fn read(&mut self, page: Page, text: &str, rows: &[SectionRow]) -> Result<(), LookupError> {
        let mut sections = Vec::with_capacity(rows.len());
        for row in rows {
            let body = row.text(text);
            let text = format!("{}\n{body}", row.breadcrumb);
            let key = key_of(&text);
            let (number, is_new) = self.rows.row_of(key);
            if is_new {
                self.waiting.push((key, text));
            }
            sections.push(Section {
                row: number,
                part: u16::try_from(row.part).unwrap_or(u16::MAX),
                tokens: u16::try_from(row.tokens).unwrap_or(u16::MAX),
            });
            if self.waiting.len() >= BLOCK {
                self.embed()?;
            }
        }
        self.add(page, sections.into_iter());
        Ok(())
    }

    /// Embeds the texts that wait.
    fn embed(&mut self) -> Result<(), LookupError> {
        let (keys, texts): (Vec<Key>, Vec<String>) = self.waiting.drain(..).unzip();
        let directions = self.model.embed(&texts).map_err(LookupError::Model)?;
        let rows: Vec<_> = keys.into_iter().zip(directions).collect();
        let written = self.rows.write(&rows);
        written.map_err(|source| failed(self.place, source))
    }

    /// Makes what was written count.
    fn end(mut self, until: &Generation) -> Result<Meanings, LookupError> {
        let used: BTreeSet<u32> = self.sections.iter().map(|section| section.row).collect();
        let place = self.place;
        let (count, model) = (self.rows.count(), self.model);
        let failed = |source| failed(place, source);
        let mut number = self.rows.number;
        let mut bytes = self.rows.end(place).map_err(failed)?;
        if (count - used.len().min(count)) * GONE_SHARE > count {
            let rows = Rows::only(&bytes, &used, place, model)?;
            number = rows.number;
            bytes = rows.end(place).map_err(failed)?;
            let moved: HashMap<u32, u32> = used.iter().copied().zip(0..).collect();
            for section in &mut self.sections {
                section.row = moved.get(&section.row).copied().unwrap_or_default();
            }
        }
        let state = State::new(name_of(model), until, number);
        let sections = Sections::new(state, self.pages, self.sections);
        if let Some(place) = place {
            sections.write(place)?;
            rows::remove_others(place, number);
        }
        Meanings::of(sections, bytes, model)
            .ok_or_else(|| failed(std::io::ErrorKind::InvalidData.into()))
    }
}
