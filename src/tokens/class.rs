//! Classes of characters, read from a table of all of Unicode.

use super::layout::BLOCK_CHARS;
pub(super) use super::layout::class::{HEAD, LETTER, LINE, NUMBER, SPACE, TAIL};

/// The class of the place after the last character: no set contains it, and no complement either.
pub(super) const END: u8 = 64;

/// Names a block for each run of [`BLOCK_CHARS`] characters.
static INDEX: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/class.index"));
/// The different blocks, that of the first characters first.
static BLOCKS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/class.blocks"));

/// Returns the class of the character that starts at `at` in `text`, a UTF-8 string, and its length in bytes.
#[inline]
pub(super) fn of(text: &[u8], at: usize) -> (u8, usize) {
    match text.get(at) {
        None => (END, 0),
        Some(&byte @ 0..0x80) => (ascii(byte), 1),
        Some(&lead) => beyond_ascii(text, at, lead),
    }
}

#[inline]
fn ascii(byte: u8) -> u8 {
    BLOCKS.get(usize::from(byte)).copied().unwrap_or(0)
}

fn beyond_ascii(text: &[u8], at: usize, lead: u8) -> (u8, usize) {
    let (length, bits) = match lead {
        0..0xE0 => (2, lead & 0x1F),
        0xE0..0xF0 => (3, lead & 0x0F),
        _ => (4, lead & 0x07),
    };
    let code = text
        .iter()
        .skip(at + 1)
        .take(length - 1)
        .fold(usize::from(bits), |code, byte| {
            code << 6 | usize::from(byte & 0x3F)
        });
    let block = INDEX
        .get(code / BLOCK_CHARS)
        .copied()
        .map_or(0, usize::from);
    let class = BLOCKS.get(block * BLOCK_CHARS + code % BLOCK_CHARS);
    (class.copied().unwrap_or(0), length)
}
