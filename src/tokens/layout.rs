//! What the build script writes and the program reads: the encodings' names and patterns, and the layout of the tables.
//!
//! `scripts/token_tables.rs` includes this file as well, so the two sides cannot differ. It depends on nothing but `core`.
#![expect(
    clippy::cast_possible_truncation,
    reason = "short lengths are at most 7, slots have fewer than 32 bits, and a tag is the low bits on purpose"
)]

/// The published name of the encoding that newer models use.
pub(super) const O200K_NAME: &str = "o200k_base";

/// The published name of the encoding before it.
pub(super) const CL100K_NAME: &str = "cl100k_base";

/// The published pattern that cuts text into pieces before `o200k_base` merges bytes.
#[allow(dead_code, reason = "the build script hashes it, the scanner obeys it")]
pub(super) const O200K_PATTERN: &str = concat!(
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?",
    r"|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?",
    r"|\p{N}{1,3}",
    r"| ?[^\s\p{L}\p{N}]+[\r\n/]*",
    r"|\s*[\r\n]+",
    r"|\s+(?!\S)",
    r"|\s+",
);

/// The published pattern that cuts text into pieces before `cl100k_base` merges bytes.
#[allow(dead_code, reason = "the build script hashes it, the scanner obeys it")]
pub(super) const CL100K_PATTERN: &str = concat!(
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)",
    r"|[^\r\n\p{L}\p{N}]?\p{L}+",
    r"|\p{N}{1,3}",
    r"| ?[^\s\p{L}\p{N}]+[\r\n]*",
    r"|\s*[\r\n]+",
    r"|\s+(?!\S)",
    r"|\s+",
);

/// Bits of a character's class: which of the patterns' sets it belongs to. No bit: punctuation, symbols, controls.
pub(super) mod class {
    /// `[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]`, the set that may open a word of `o200k_base`.
    pub(in super::super) const HEAD: u8 = 1;
    /// `[\p{Ll}\p{Lm}\p{Lo}\p{M}]`, the set that may close one.
    pub(in super::super) const TAIL: u8 = 2;
    /// `\p{L}`.
    pub(in super::super) const LETTER: u8 = 4;
    /// `\p{N}`.
    pub(in super::super) const NUMBER: u8 = 8;
    /// `\s`.
    pub(in super::super) const SPACE: u8 = 16;
    /// `[\r\n]`, which are spaces as well.
    pub(in super::super) const LINE: u8 = 32;
}

/// Characters in one block of the class table; the first level of the table names a block for each such run.
pub(super) const BLOCK_CHARS: usize = 256;

/// Bytes in the longest token that is kept in the short table: with its length it fills a `u64`.
pub(super) const SHORT_BYTES_MAX: usize = 7;

/// Odd multiplier of the hashes: 2⁶⁴ divided by the golden ratio, which spreads neighbouring keys evenly.
const SPREAD: u64 = 0x9E37_79B9_7F4A_7C15;

/// Returns the key of `bytes[..length]`, given as the little-endian `word` of at least those bytes.
///
/// The length stands in the highest byte, so no two tokens share a key and no token has key 0, the empty slot.
pub(super) const fn short_key(word: u64, length: usize) -> u64 {
    let bits = 8 * length as u32;
    (word & ((1 << bits) - 1)) | (length as u64) << 56
}

/// Returns the slot where the search for `key` starts in a short table of `1 << bits` slots.
pub(super) const fn short_slot(key: u64, bits: u32) -> usize {
    ((key ^ (key >> 29)).wrapping_mul(SPREAD) >> (64 - bits)) as usize
}

/// Returns the hash of a token longer than [`SHORT_BYTES_MAX`].
pub(super) fn long_hash(bytes: &[u8]) -> u64 {
    let (words, rest) = bytes.as_chunks::<8>();
    let mut last = [0; 8];
    for (to, from) in last.iter_mut().zip(rest) {
        *to = *from;
    }
    words
        .iter()
        .chain([&last])
        .fold(bytes.len() as u64, |hash, word| {
            let mixed = (hash ^ u64::from_le_bytes(*word)).wrapping_mul(SPREAD);
            mixed ^ (mixed >> 31)
        })
}

/// Bits of a long slot that name the entry; the others are a tag of the hash, so most misses end at the slot.
pub(super) const ENTRY_BITS: u32 = 18;

/// Returns the slot where the search for `hash` starts in a long table of `1 << bits` slots, and the slot's tag.
pub(super) const fn long_slot(hash: u64, bits: u32) -> (usize, u32) {
    ((hash >> (64 - bits)) as usize, (hash as u32) << ENTRY_BITS)
}
