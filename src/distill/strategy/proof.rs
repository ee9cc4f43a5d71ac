//! What holds for every codec, checked by the tests of each.

use super::Strategy;
use crate::tokens::{Encoding, count};

/// Tokens of `text`, as the codecs are told them.
pub(super) fn cost(text: &str) -> usize {
    count(Encoding::O200k, text)
}

/// Returns what `strategy` packs `text` to, which must come back as it was and be shorter; `None` if it does not pack it.
pub(super) fn packed(strategy: &dyn Strategy, text: &str) -> Option<String> {
    let packed = strategy.encode(text, &cost)?;
    assert_eq!(
        strategy.decode(&packed, text.len()).as_deref(),
        Some(text),
        "packed:\n{packed}"
    );
    assert!(cost(&packed) < cost(text), "longer:\n{packed}");
    Some(packed)
}
