//! Remembers the token counts of pieces that had to be merged: a log says the same words again and again.

use super::layout::long_hash;

/// Entries: 96 KiB a thread, which stays in the second-level cache.
const ENTRIES: usize = 1 << 12;

/// Bytes of the longest piece that is remembered; longer ones are rare and seldom come back.
const PIECE_BYTES_MAX: usize = 22;

/// A table in which each piece has one place, and the last piece there wins. It takes no memory before the first piece.
#[derive(Default)]
pub(super) struct Memo {
    entries: Vec<Entry>,
}

#[derive(Clone, Copy)]
struct Entry {
    piece: [u8; PIECE_BYTES_MAX],
    length: u8,
    tokens: u8,
}

impl Entry {
    const EMPTY: Self = Self {
        piece: [0; PIECE_BYTES_MAX],
        length: 0,
        tokens: 0,
    };
}

impl Memo {
    /// Returns the number of tokens of `piece`, which `count` counts if it is not remembered.
    pub(super) fn tokens(&mut self, piece: &[u8], count: impl FnOnce() -> usize) -> usize {
        let mut wanted = Entry::EMPTY;
        let (Some(spelling), Ok(length)) = (
            wanted.piece.get_mut(..piece.len()),
            u8::try_from(piece.len()),
        ) else {
            return count();
        };
        spelling.copy_from_slice(piece);
        wanted.length = length;
        if self.entries.is_empty() {
            self.entries = vec![Entry::EMPTY; ENTRIES];
        }
        let place = usize::try_from(long_hash(piece) >> 40).unwrap_or(0) % ENTRIES;
        let Some(entry) = self.entries.get_mut(place) else {
            return count();
        };
        if entry.length != wanted.length || entry.piece != wanted.piece {
            wanted.tokens = u8::try_from(count()).unwrap_or(u8::MAX); // a piece has no more tokens than bytes
            *entry = wanted;
        }
        usize::from(entry.tokens)
    }
}
