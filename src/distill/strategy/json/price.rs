//! What texts cost, each counted once.

use std::cell::RefCell;
use std::hash::BuildHasher as _;

use foldhash::fast::FixedState;

use crate::distill::map::Map;

/// Token counts by text.
pub(super) struct Prices<'a> {
    cost: &'a dyn Fn(&str) -> usize,
    /// By hash, so that no text is kept: two texts with one hash would cost tokens, not exactness. The seed is fixed, so
    /// that the same text is packed the same way wherever that is.
    known: RefCell<Map<u64, usize>>,
    hashing: FixedState,
}

impl<'a> Prices<'a> {
    /// Starts with nothing counted.
    pub(super) fn new(cost: &'a dyn Fn(&str) -> usize) -> Self {
        Self {
            cost,
            known: RefCell::default(),
            hashing: FixedState::default(),
        }
    }

    /// Returns the number of tokens of `text`.
    pub(super) fn of(&self, text: &str) -> usize {
        let hash = self.hashing.hash_one(text);
        let known = self.known.borrow().get(&hash).copied();
        known.unwrap_or_else(|| {
            let price = (self.cost)(text);
            self.known.borrow_mut().insert(hash, price);
            price
        })
    }
}
