//! What the index has of the terms of a question: which sections each stands in, field by field.
//!
//! The same lists find sections, count in them, and tell which words stand together in them. So each is read once, before anything
//! else, and who needs it goes through a copy of its own from the beginning.

use tantivy::postings::SegmentPostings;
use tantivy::schema::{Field, IndexRecordOption};

use super::fields::{
    BODY, CODE, FIELDS, HEADINGS, PATH, SYMBOL, SYMBOL_SPELLINGS, TITLE, TITLE_FORMS,
};
use super::question::{Role, Term};
use super::together;
use crate::lookup::error::LookupError;
use crate::lookup::index::{Fields, View, postings};

/// The lists of a question.
pub(super) struct Lists {
    /// Of each segment of the index, of each term, of each field that is counted.
    segments: Vec<Vec<[Option<Box<SegmentPostings>>; FIELDS]>>,
}

impl Lists {
    /// Reads what the index has of `terms`: with places where it is asked which of them stand together.
    pub(super) fn read(view: &View, terms: &[Term]) -> Result<Self, LookupError> {
        let paired = together::paired(terms);
        let mut segments = Vec::new();
        for (reader, _) in view.segments() {
            let mut of_segment = Vec::with_capacity(terms.len());
            for (term, is_paired) in terms.iter().zip(&paired) {
                let mut lists = [const { None }; FIELDS];
                for (place, list) in lists.iter_mut().enumerate() {
                    let Some((field, text)) = form(view.fields, term, place) else {
                        continue;
                    };
                    let record = if *is_paired && together::PLACES.contains(&place) {
                        IndexRecordOption::WithFreqsAndPositions
                    } else {
                        IndexRecordOption::WithFreqs
                    };
                    // Names are counted in the body once more.
                    if place != CODE {
                        *list = postings(reader, field, text, record)?.map(Box::new);
                    }
                }
                of_segment.push(lists);
            }
            segments.push(of_segment);
        }
        Ok(Self { segments })
    }

    /// Returns the sections of a segment that have a term in a field, from the first on; nothing if none has it.
    pub(super) fn of(&self, segment: usize, term: usize, place: usize) -> Option<SegmentPostings> {
        self.list(segment, term, place).cloned()
    }

    /// Returns how many segments the index has.
    pub(super) fn segments(&self) -> usize {
        self.segments.len()
    }

    /// Returns how many sections have a term in a field, those that went away among them.
    pub(super) fn sections(&self, term: usize, place: usize) -> u64 {
        let segments = 0..self.segments.len();
        let lists = segments.filter_map(|segment| self.list(segment, term, place));
        lists.map(|list| u64::from(list.doc_freq())).sum()
    }

    fn list(&self, segment: usize, term: usize, place: usize) -> Option<&SegmentPostings> {
        let held = if place == CODE { BODY } else { place };
        let lists = self.segments.get(segment)?.get(term)?;
        lists.get(held)?.as_deref()
    }
}

/// What of `term` is looked for in the field at `place`; nothing where it is not.
pub(super) fn form(fields: Fields, term: &Term, place: usize) -> Option<(Field, &str)> {
    let stem = term.stem.as_str();
    let says_something = !matches!(term.role, Role::Common | Role::About(_));
    let is_name = term.name.is_some();
    let has_form = matches!(term.role, Role::Word | Role::Owner | Role::Common);
    match place {
        BODY => Some((fields.body, stem)),
        TITLE => says_something.then_some((fields.title, stem)),
        HEADINGS => says_something.then_some((fields.headings, stem)),
        PATH => says_something.then_some((fields.path, stem)),
        CODE => is_name.then_some((fields.body, stem)),
        SYMBOL => is_name.then_some((fields.symbol, stem)),
        TITLE_FORMS => has_form.then_some((fields.title_forms, term.form.as_str())),
        SYMBOL_SPELLINGS => is_name.then_some((fields.symbol_spellings, term.spelled.as_str())),
        _ => None,
    }
}
