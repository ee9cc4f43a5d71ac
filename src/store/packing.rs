//! Texts of documentation as zstd frames. What packs and unpacks is kept for each thread: making one takes longer than
//! unpacking a page.

use std::cell::RefCell;

use zstd::bulk::{Compressor, Decompressor};

/// Level of zstd: a twentieth less than at level 3 for a twentieth of the time in which documentation is read in. Higher ones take
/// twice the time for the last hundredth.
const ZSTD_LEVEL: i32 = 6;

thread_local! {
    static COMPRESSOR: RefCell<Option<Compressor<'static>>> =
        RefCell::new(Compressor::new(ZSTD_LEVEL).ok());
    static DECOMPRESSOR: RefCell<Option<Decompressor<'static>>> =
        RefCell::new(Decompressor::new().ok());
}

/// Packs `bytes`.
pub(super) fn packed(bytes: &[u8]) -> Vec<u8> {
    COMPRESSOR.with_borrow_mut(|compressor| {
        let packed = compressor
            .as_mut()
            .map(|compressor| compressor.compress(bytes));
        packed.and_then(Result::ok).unwrap_or_default()
    })
}

/// Returns what is in `packed`, of `bytes_max` bytes at most; nothing where it is damaged.
pub(super) fn unpacked_bytes(bytes_max: usize, packed: &[u8]) -> Option<Vec<u8>> {
    DECOMPRESSOR.with_borrow_mut(|decompressor| {
        let bytes = decompressor.as_mut()?.decompress(packed, bytes_max);
        bytes.ok()
    })
}

/// Returns the text in `packed`, of `bytes_max` bytes at most; an empty one where it is damaged.
pub(super) fn unpacked(bytes_max: usize, packed: &[u8]) -> String {
    let bytes = unpacked_bytes(bytes_max, packed).unwrap_or_default();
    String::from_utf8(bytes)
        .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_comes_back_and_damage_is_nothing() {
        let text = "Sails, ropes and knots. ".repeat(50);
        let frame = packed(text.as_bytes());
        assert!(frame.len() < text.len() / 5);
        assert_eq!(unpacked(text.len(), &frame), text);
        assert_eq!(unpacked(text.len() - 1, &frame), "");
        assert_eq!(unpacked(99, b"no frame"), "");
        assert_eq!(unpacked(text.len(), &frame), text);
        assert_eq!(unpacked(9, &packed(b"a\xffb")), "a\u{fffd}b");
    }
}
