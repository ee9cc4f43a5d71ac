//! Names what was found and shows nothing of it.

use super::Filling;
use crate::lookup::error::LookupError;
use crate::lookup::passage::Extent;
use crate::lookup::shelf::{Quoted, Run, Shelf};

impl Filling {
    /// Names as many of `runs` as are asked for.
    pub(super) fn outline(
        &mut self,
        runs: &[Run],
        shelf: &mut Shelf<'_>,
    ) -> Result<(), LookupError> {
        for run in runs.iter().skip(self.filled.end) {
            if self.filled.passages.len() >= shelf.search.limit {
                break;
            }
            match shelf.quoted(run)? {
                Quoted::New(mut passage, _) => {
                    passage.extent = Extent::Named;
                    passage.text.clear();
                    let Some(left) = self.left.without(&passage.row()) else {
                        break;
                    };
                    self.left = left;
                    self.filled.passages.push(*passage);
                }
                Quoted::Known(reference) => self.name(&reference.to_string()),
                Quoted::Gone => {}
            }
            self.filled.end += 1;
        }
        Ok(())
    }
}
