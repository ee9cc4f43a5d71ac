//! Shows all of the pages, or the sections, that were found.

use super::Filling;
use super::same::Text;
use crate::lookup::error::LookupError;
use crate::lookup::passage::Passage;
use crate::lookup::shelf::{Quoted, Run, Shelf};

/// Bytes of a token of prose, about: what an answer may have in bytes bounds its tokens too.
const TOKEN_BYTES: usize = 4;

impl Filling {
    /// Shows as many pages of `runs` as are asked for; of one that does not fit the section that was found, or its beginning.
    pub(super) fn whole(&mut self, runs: &[Run], shelf: &mut Shelf<'_>) -> Result<(), LookupError> {
        for run in runs.iter().skip(self.filled.end) {
            if self.filled.passages.len() >= shelf.search.limit {
                break;
            }
            // A page may take half of what is left, so that the next passage has a place too.
            let room = self.left.tokens.min(self.left.bytes / TOKEN_BYTES) / 2;
            let quoted = shelf.quoted_whole(run, room)?;
            if let Some(page) = self.take(quoted) {
                // What does not fit whole may do as the section that was found.
                let section = shelf.quoted(run)?;
                if self.take(section).is_some() {
                    if self.filled.passages.is_empty() {
                        self.cut(&page);
                    }
                    break;
                }
            }
            self.filled.end += 1;
        }
        Ok(())
    }

    /// Shows all of `quoted`, names what was shown before, and returns what does not fit.
    fn take(&mut self, quoted: Quoted) -> Option<Box<Passage>> {
        match quoted {
            // Part of what an earlier hit brought.
            Quoted::New(_, keys) if keys.iter().any(|key| self.filled.told.contains(key)) => {}
            Quoted::New(passage, keys) => {
                let text = Text::of(&passage);
                if self.said.has(&text) {
                    self.name_same(&passage.reference.to_string());
                    self.filled.told.extend(keys);
                    return None;
                }
                if !self.shows(&passage) {
                    return Some(passage);
                }
                self.said.add(text);
                self.filled.told.extend(keys);
            }
            Quoted::Known(reference) => self.name(&reference.to_string()),
            Quoted::Gone => {}
        }
        None
    }
}
