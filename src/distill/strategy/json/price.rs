//! What texts cost, each counted once.

use std::cell::RefCell;
use std::collections::HashMap;

/// Bytes: longer texts are seldom met twice, and keeping them would hold a second copy of the document.
const REMEMBERED_BYTES_MAX: usize = 200;

/// Token counts by text.
pub(super) struct Prices<'a> {
    cost: &'a dyn Fn(&str) -> usize,
    known: RefCell<HashMap<String, usize>>,
}

impl<'a> Prices<'a> {
    /// Starts with nothing counted.
    pub(super) fn new(cost: &'a dyn Fn(&str) -> usize) -> Self {
        Self {
            cost,
            known: RefCell::default(),
        }
    }

    /// Returns the number of tokens of `text`.
    pub(super) fn of(&self, text: &str) -> usize {
        if text.len() > REMEMBERED_BYTES_MAX {
            return (self.cost)(text);
        }
        if let Some(known) = self.known.borrow().get(text) {
            return *known;
        }
        let price = (self.cost)(text);
        self.known.borrow_mut().insert(text.to_owned(), price);
        price
    }
}
