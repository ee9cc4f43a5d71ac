//! How pages and sections lie in the vector files: records of one size, little-endian, found by counting.

use crate::lookup::embedding::{DIMENSIONS, Embedding};

/// Bytes of the record of a page.
pub(in crate::lookup::index) const PAGE_BYTES: usize = 28;
/// Bytes of a bit of every cell of a section: bit `p` of byte `b` is that of cell 32 `p` + `b`, so that wide instructions put them to
/// their cells.
const PLANE_BYTES: usize = DIMENSIONS / 8;
/// Cells of a section.
const CELLS: u32 = 256;
const _: () = assert!(CELLS as usize == DIMENSIONS);
/// Bytes of the code of a section: the signs, set where a cell is negative.
pub(super) const CODE_BYTES: usize = PLANE_BYTES;
/// Bytes of how large the cells of a section are, two bits each: one half of the bits, then the other.
const SIZES_BYTES: usize = 2 * PLANE_BYTES;
/// Bytes of the record of a section: which part it is, its tokens, and how large its cells are.
pub(super) const ROW_BYTES: usize = 4 + SIZES_BYTES;

/// A page and the rows of its sections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Page {
    /// Number of the page in the store; larger than that of every page before it.
    pub(crate) id: i64,
    /// Number of its source.
    pub(crate) source: i64,
    /// Kind of the page.
    pub(crate) kind: u16,
    /// What the operation does that it tells of; 0 for nothing that is known.
    pub(crate) action: u16,
    /// Row of its first section.
    pub(crate) first: u32,
    /// Number of its sections.
    pub(crate) rows: u32,
}

impl Page {
    pub(in crate::lookup::index) fn to_bytes(self) -> [u8; PAGE_BYTES] {
        let mut bytes = [0; PAGE_BYTES];
        let fields = self
            .id
            .to_le_bytes()
            .into_iter()
            .chain(self.source.to_le_bytes())
            .chain(self.kind.to_le_bytes())
            .chain(self.action.to_le_bytes())
            .chain(self.first.to_le_bytes())
            .chain(self.rows.to_le_bytes());
        for (byte, value) in bytes.iter_mut().zip(fields) {
            *byte = value;
        }
        bytes
    }

    pub(in crate::lookup::index) fn of(bytes: &[u8; PAGE_BYTES]) -> Option<Self> {
        let (id, rest) = bytes.split_first_chunk()?;
        let (source, rest) = rest.split_first_chunk()?;
        let (kind, rest) = rest.split_first_chunk()?;
        let (action, rest) = rest.split_first_chunk()?;
        let (first, rest) = rest.split_first_chunk()?;
        let (rows, _) = rest.split_first_chunk()?;
        Some(Self {
            id: i64::from_le_bytes(*id),
            source: i64::from_le_bytes(*source),
            kind: u16::from_le_bytes(*kind),
            action: u16::from_le_bytes(*action),
            first: u32::from_le_bytes(*first),
            rows: u32::from_le_bytes(*rows),
        })
    }
}

/// A section's vector and what ranking must know of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Row {
    /// Which part it is of the text under its heading, from 1.
    pub(crate) part: u16,
    /// Its tokens.
    pub(crate) tokens: u16,
    /// Its direction, as [`Embedding::coarse`] leaves it.
    pub(crate) embedding: Embedding,
}

/// Puts the direction of a section together: of each cell its code has the sign, and its row how large it is. One of which all cells are
/// as small as may be has none, for in every direction some cell is as large as the mean.
#[expect(
    clippy::inline_always,
    reason = "built anew for the processor it runs on, inside `Arch::dispatch`"
)]
#[inline(always)]
pub(super) fn direction(sizes: &[u8; SIZES_BYTES], code: &[u8; CODE_BYTES]) -> Embedding {
    let mut cells = [0; DIMENSIONS];
    let mut squares = 0;
    if let ([low, high], _) = sizes.as_chunks::<PLANE_BYTES>() {
        let (planes, _) = cells.as_chunks_mut::<PLANE_BYTES>();
        let mut bit = 1;
        for cells in planes {
            let bits = low.iter().zip(high).zip(code);
            for (cell, ((low, high), signs)) in cells.iter_mut().zip(bits) {
                *cell = odd(low & bit, high & bit, signs & bit);
            }
            bit <<= 1;
        }
        squares = squares_of(low, high);
    }
    Embedding::of_coarse(cells, squares)
}

/// The cell of which two bits say how large it is, and one whether it is negative: an odd number from −7 to 7.
#[expect(
    clippy::inline_always,
    reason = "built anew for the processor it runs on, inside `Arch::dispatch`"
)]
#[inline(always)]
fn odd(low: u8, high: u8, sign: u8) -> i8 {
    let size = i8::from(low != 0) * 2 + i8::from(high != 0) * 4 + 1;
    let negative = -i8::from(sign != 0);
    (size ^ negative) - negative
}

/// The sum of the squares of cells of these sizes, which are 1, 9, 25 and 49; 0 where all are 1.
#[expect(
    clippy::inline_always,
    reason = "built anew for the processor it runs on, inside `Arch::dispatch`"
)]
#[inline(always)]
fn squares_of(low: &[u8; PLANE_BYTES], high: &[u8; PLANE_BYTES]) -> u32 {
    let (low, _) = low.as_chunks::<8>();
    let (high, _) = high.as_chunks::<8>();
    let mut more = 0;
    for (low, high) in low.iter().zip(high) {
        let (low, high) = (u64::from_le_bytes(*low), u64::from_le_bytes(*high));
        more += 8 * low.count_ones() + 24 * high.count_ones() + 16 * (low & high).count_ones();
    }
    if more > 0 { CELLS + more } else { 0 }
}

/// Returns the bit of every cell that `is_set` tells.
fn plane(cells: &[i8; DIMENSIONS], is_set: impl Fn(i8) -> bool) -> [u8; PLANE_BYTES] {
    let mut bits = [0; PLANE_BYTES];
    let (planes, _) = cells.as_chunks::<PLANE_BYTES>();
    for (plane, cells) in planes.iter().enumerate() {
        for (byte, cell) in bits.iter_mut().zip(cells) {
            *byte |= u8::from(is_set(*cell)) << plane;
        }
    }
    bits
}

impl Row {
    pub(super) fn to_bytes(self) -> [u8; ROW_BYTES] {
        let mut bytes = [0; ROW_BYTES];
        let head = self
            .part
            .to_le_bytes()
            .into_iter()
            .chain(self.tokens.to_le_bytes());
        let half = |bit: u8| {
            plane(&self.embedding.cells, move |cell| {
                (cell.unsigned_abs() / 2) & bit > 0
            })
        };
        for (byte, value) in bytes.iter_mut().zip(head.chain(half(1)).chain(half(2))) {
            *byte = value;
        }
        bytes
    }

    pub(super) fn of(bytes: &[u8; ROW_BYTES], code: &[u8; CODE_BYTES]) -> Option<Self> {
        let (part, rest) = bytes.split_first_chunk()?;
        let (tokens, rest) = rest.split_first_chunk()?;
        Some(Self {
            part: u16::from_le_bytes(*part),
            tokens: u16::from_le_bytes(*tokens),
            embedding: direction(rest.try_into().ok()?, code),
        })
    }

    /// Returns the signs of the cells.
    pub(super) fn code(self) -> [u8; CODE_BYTES] {
        plane(&self.embedding.cells, i8::is_negative)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_read_as_it_was_written() {
        let page = Page {
            id: 1 << 40,
            source: 7,
            kind: 3,
            action: 2,
            first: 12,
            rows: 34,
        };
        assert_eq!(Page::of(&page.to_bytes()), Some(page));
        let mut sum = [0.25; DIMENSIONS];
        sum[3] = -1.0;
        let row = Row {
            part: 2,
            tokens: 450,
            embedding: Embedding::of(&sum).coarse(),
        };
        let code = row.code();
        assert_eq!(Row::of(&row.to_bytes(), &code), Some(row));
        let signs: Vec<u8> = (0..32).map(|byte| u8::from(byte == 3)).collect();
        assert_eq!(code.as_slice(), signs);
        let nothing = Row {
            embedding: Embedding::of(&[0.0; DIMENSIONS]).coarse(),
            ..row
        };
        assert_eq!(Row::of(&nothing.to_bytes(), &nothing.code()), Some(nothing));
    }

    #[test]
    fn of_every_direction_some_cell_is_larger_than_the_smallest() {
        for even in [1.0, -0.3, 7.0e-3] {
            let row = Row {
                part: 1,
                tokens: 1,
                embedding: Embedding::of(&[even; DIMENSIONS]).coarse(),
            };
            assert_eq!(Row::of(&row.to_bytes(), &row.code()), Some(row));
        }
    }
}
