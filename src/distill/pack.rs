//! Chooses among the exact strategies: each encodes, is decoded again and compared, and the fewest tokens win.

use super::strategy::STRATEGIES;
use crate::tokens::{self, Encoding};

/// Text that decodes to the original.
pub(super) struct Packed {
    pub(super) text: String,
    pub(super) codecs: Vec<&'static str>,
    pub(super) tokens: usize,
}

/// Returns the shortest exact spelling of `text`, and how many strategies failed to give `text` back.
pub(super) fn pack(text: &str, encoding: Encoding) -> (Option<Packed>, usize) {
    let cost = |text: &str| tokens::count(encoding, text);
    let mut best: Option<Packed> = None;
    let mut faults = 0;
    for strategy in STRATEGIES {
        let Some(packed) = strategy.encode(text, &cost) else {
            continue;
        };
        let tokens = cost(&packed);
        if best.as_ref().is_some_and(|best| best.tokens <= tokens) {
            continue;
        }
        if strategy.decode(&packed, text.len()).as_deref() == Some(text) {
            best = Some(Packed {
                text: packed,
                codecs: vec![strategy.name()],
                tokens,
            });
        } else {
            faults += 1;
        }
    }
    (best, faults)
}

/// Returns the text that `packed` was made from, or `None` if it is not packed text or is longer than `bytes_max`.
pub fn unpack(packed: &str, bytes_max: usize) -> Option<String> {
    STRATEGIES
        .iter()
        .find_map(|strategy| strategy.decode(packed, bytes_max))
}
