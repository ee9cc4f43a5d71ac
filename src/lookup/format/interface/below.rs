//! What the pages of one description may come to, whatever its kind.
//!
//! References make pages larger than their file, so neither the file nor the number of its operations bounds them.

use super::spec::counted;
use crate::lookup::document::Document;

/// Operations of the largest description.
const OPERATIONS_MAX: usize = 20_000;
/// Pages of one description: those of as many operations, with the types that they name.
const PAGES_MAX: usize = 50_000;
/// Bytes of the texts of all its pages.
const PAGES_BYTES_MAX: usize = 32 << 20;

/// The pages below the first of a description, up to the limits. What is beyond is not made.
#[derive(Default)]
pub(in crate::lookup::format) struct Below {
    pages: Vec<(String, Document)>,
    bytes: usize,
    operations: usize,
    is_cut: bool,
}

impl Below {
    /// Counts one more operation, and tells whether it is within the limit.
    pub(in crate::lookup::format) fn takes_operation(&mut self) -> bool {
        self.operations += 1;
        self.operations <= OPERATIONS_MAX
    }

    /// Keeps of `operations` what is within the limit.
    pub(in crate::lookup::format) fn take_operations<T>(&mut self, operations: &mut Vec<T>) {
        operations.retain(|_| self.takes_operation());
    }

    /// Adds the page that `make` makes, if there is room.
    pub(in crate::lookup::format) fn put(&mut self, path: String, make: impl FnOnce() -> Document) {
        self.put_if(|| Some((path, make())));
    }

    /// Adds the page that `make` makes, if it makes one and there is room.
    pub(in crate::lookup::format) fn put_if(
        &mut self,
        make: impl FnOnce() -> Option<(String, Document)>,
    ) {
        if self.bytes >= PAGES_BYTES_MAX || self.pages.len() >= PAGES_MAX {
            self.is_cut = true;
            return;
        }
        if let Some((path, page)) = make() {
            self.bytes += page.text.len();
            self.pages.push((path, page));
        }
    }

    /// Returns the pages, and says what was left out.
    pub(in crate::lookup::format) fn done(self) -> (Vec<(String, Document)>, Vec<String>) {
        let more = self.operations.saturating_sub(OPERATIONS_MAX);
        let more = Some(more).filter(|more| *more > 0).map(|more| {
            let more = counted(more, "operation");
            format!("{more} beyond the limit of {OPERATIONS_MAX}")
        });
        let cut = self.is_cut.then(|| {
            let mib = PAGES_BYTES_MAX >> 20;
            format!("what is beyond {mib} MiB of pages, or {PAGES_MAX} of them")
        });
        (self.pages, more.into_iter().chain(cut).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operations_beyond_the_limit_are_told() {
        let mut below = Below::default();
        let mut operations = vec![(); OPERATIONS_MAX + 1];
        below.take_operations(&mut operations);
        assert_eq!(operations.len(), OPERATIONS_MAX);
        let told = ["1 operation beyond the limit of 20000".to_owned()];
        assert_eq!(below.done(), (Vec::new(), told.to_vec()));
    }

    #[test]
    fn pages_beyond_the_limit_are_not_made_and_told() {
        let told = "what is beyond 32 MiB of pages, or 50000 of them";
        for (bytes, expected) in [(1 << 20, 32), (0, PAGES_MAX)] {
            let mut below = Below::default();
            let mut made = 0;
            for _ in 0..=PAGES_MAX {
                below.put("page".to_owned(), || {
                    made += 1;
                    Document {
                        text: "x".repeat(bytes),
                        ..Document::default()
                    }
                });
            }
            let (pages, skipped) = below.done();
            assert_eq!((pages.len(), made), (expected, expected));
            assert_eq!(skipped, [told]);
        }
    }
}
