//! The tokens of an encoding and their ranks, in tables that the build script made and the program never has to prepare.

use super::layout;

/// The tables of one encoding. Tokens of at most seven bytes lie whole in `short`; the others are found through `long`.
pub(super) struct Vocabulary {
    /// Hash table: key of the token, then its rank.
    short: &'static [[u8; 12]],
    /// Hash table: entry + 1 in the low bits, a tag of the hash in the others; 0 is an empty slot.
    long: &'static [[u8; 4]],
    /// Rank, and the place in `bytes` where the token ends; it starts where the one before it ends.
    entries: &'static [[u8; 8]],
    bytes: &'static [u8],
    /// Names the vocabulary: `sha256:` and hexadecimal digits.
    pub(super) fingerprint: &'static str,
}

macro_rules! vocabulary {
    ($name:literal) => {
        Vocabulary {
            short: include_bytes!(concat!(env!("OUT_DIR"), "/", $name, ".short"))
                .as_chunks()
                .0,
            long: include_bytes!(concat!(env!("OUT_DIR"), "/", $name, ".long"))
                .as_chunks()
                .0,
            entries: include_bytes!(concat!(env!("OUT_DIR"), "/", $name, ".entries"))
                .as_chunks()
                .0,
            bytes: include_bytes!(concat!(env!("OUT_DIR"), "/", $name, ".bytes")),
            fingerprint: include_str!(concat!(env!("OUT_DIR"), "/", $name, ".fingerprint")),
        }
    };
}

pub(super) static O200K: Vocabulary = vocabulary!("o200k_base");
pub(super) static CL100K: Vocabulary = vocabulary!("cl100k_base");

impl Vocabulary {
    /// Returns the rank of the token that spells `text[start..end]`, or `None` if there is no such token.
    #[inline]
    pub(super) fn rank(&self, text: &[u8], start: usize, end: usize) -> Option<u32> {
        let length = end - start;
        if length <= layout::SHORT_BYTES_MAX {
            self.short_rank(layout::short_key(word_at(text, start), length))
        } else {
            self.long_rank(text.get(start..end)?)
        }
    }

    #[inline]
    fn short_rank(&self, key: u64) -> Option<u32> {
        let mut slot = layout::short_slot(key, self.short.len().ilog2());
        loop {
            let (found, rank) = self.short.get(slot)?.split_first_chunk()?;
            let found = u64::from_le_bytes(*found);
            if found == key {
                return Some(u32::from_le_bytes(*rank.first_chunk()?));
            }
            if found == 0 {
                return None;
            }
            slot = (slot + 1) & (self.short.len() - 1);
        }
    }

    fn long_rank(&self, token: &[u8]) -> Option<u32> {
        let bits = self.long.len().ilog2();
        let (mut slot, tag) = layout::long_slot(layout::long_hash(token), bits);
        loop {
            let found = u32::from_le_bytes(*self.long.get(slot)?);
            if found == 0 {
                return None;
            }
            let entry = found & ((1 << layout::ENTRY_BITS) - 1);
            if found - entry == tag {
                let (rank, spelling) = self.entry(entry as usize - 1)?;
                if spelling == token {
                    return Some(rank);
                }
            }
            slot = (slot + 1) & (self.long.len() - 1);
        }
    }

    fn entry(&self, entry: usize) -> Option<(u32, &'static [u8])> {
        let read = |entry: usize| {
            let (rank, end) = self.entries.get(entry)?.split_first_chunk()?;
            Some((
                u32::from_le_bytes(*rank),
                u32::from_le_bytes(*end.first_chunk()?),
            ))
        };
        let (rank, end) = read(entry)?;
        let start = match entry {
            0 => 0,
            _ => read(entry - 1)?.1,
        };
        Some((rank, self.bytes.get(start as usize..end as usize)?))
    }
}

/// Returns the bytes from `at` as a little-endian number; those after the end of `text` are 0.
#[inline]
fn word_at(text: &[u8], at: usize) -> u64 {
    let rest = text.get(at..).unwrap_or_default();
    match rest.first_chunk() {
        Some(word) => u64::from_le_bytes(*word),
        None => rest
            .iter()
            .rev()
            .fold(0, |word, byte| word << 8 | u64::from(*byte)),
    }
}
