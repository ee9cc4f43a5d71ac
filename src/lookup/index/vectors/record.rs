//! How pages and sections lie in the vector files: records of one size, little-endian, found by counting.

use crate::lookup::embedding::{DIMENSIONS, Embedding};

/// Bytes of the record of a page.
pub(in crate::lookup::index) const PAGE_BYTES: usize = 28;
/// Bytes of the cells of a section without their signs, two to a byte: the first half of them in the low four bits, the other
/// half in the high ones.
pub(super) const CELLS_BYTES: usize = DIMENSIONS / 2;
/// Bytes of the record of a section: what stands before its cells, and the cells.
pub(super) const ROW_BYTES: usize = 8 + CELLS_BYTES;
/// Bytes of the code of a section: one bit a cell, set where the cell is negative.
pub(super) const CODE_BYTES: usize = DIMENSIONS / 8;

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

/// Puts the cells of a section together: of each, its row has how large it is and its code the sign.
#[expect(
    clippy::inline_always,
    reason = "built anew for the processor it runs on, inside `Arch::dispatch`"
)]
#[inline(always)]
pub(super) fn cells(packed: &[u8; CELLS_BYTES], code: &[u8; CODE_BYTES]) -> [i8; DIMENSIONS] {
    let mut cells = [0; DIMENSIONS];
    let (low, high) = cells.split_at_mut(CELLS_BYTES);
    let (low, high) = (low.as_chunks_mut().0, high.as_chunks_mut().0);
    let planes = low.iter_mut().zip(high).zip(packed.as_chunks().0);
    for (((low, high), packed), plane) in planes.zip(0u32..) {
        let low: &mut [i8; CODE_BYTES] = low;
        let high: &mut [i8; CODE_BYTES] = high;
        let packed: &[u8; CODE_BYTES] = packed;
        for (((low, high), packed), signs) in low.iter_mut().zip(high).zip(packed).zip(code) {
            *low = cell(packed & 15, signs >> plane);
            *high = cell(packed >> 4, signs >> (plane + 4));
        }
    }
    cells
}

/// The cell of which four bits say how large it is, and the last of `signs` whether it is negative: an odd number from −31
/// to 31.
#[expect(
    clippy::inline_always,
    reason = "built anew for the processor it runs on, inside `Arch::dispatch`"
)]
#[inline(always)]
fn cell(size: u8, signs: u8) -> i8 {
    let negative = -((signs & 1).cast_signed());
    ((2 * size + 1).cast_signed() ^ negative) - negative
}

/// The four bits that say how large `cell` is.
fn size(cell: i8) -> u8 {
    (cell.unsigned_abs() / 2).min(15)
}

impl Row {
    pub(super) fn to_bytes(self) -> [u8; ROW_BYTES] {
        let mut bytes = [0; ROW_BYTES];
        let head = self
            .embedding
            .unit
            .to_le_bytes()
            .into_iter()
            .chain(self.part.to_le_bytes())
            .chain(self.tokens.to_le_bytes());
        let (low, high) = self.embedding.cells.split_at(CELLS_BYTES);
        let cells = low
            .iter()
            .zip(high)
            .map(|(low, high)| size(*low) | size(*high) << 4);
        for (byte, value) in bytes.iter_mut().zip(head.chain(cells)) {
            *byte = value;
        }
        bytes
    }

    pub(super) fn of(bytes: &[u8; ROW_BYTES], code: &[u8; CODE_BYTES]) -> Option<Self> {
        let (unit, rest) = bytes.split_first_chunk()?;
        let (part, rest) = rest.split_first_chunk()?;
        let (tokens, rest) = rest.split_first_chunk()?;
        let packed: &[u8; CELLS_BYTES] = rest.try_into().ok()?;
        Some(Self {
            part: u16::from_le_bytes(*part),
            tokens: u16::from_le_bytes(*tokens),
            embedding: Embedding {
                cells: cells(packed, code),
                unit: finite(f32::from_le_bytes(*unit)),
            },
        })
    }

    /// Returns the signs of the cells: bit `p` of byte `b` is that of cell 32 `p` + `b`, so that wide instructions put them
    /// to their cells.
    pub(super) fn code(self) -> [u8; CODE_BYTES] {
        let mut code = [0; CODE_BYTES];
        let (planes, _) = self.embedding.cells.as_chunks::<CODE_BYTES>();
        for (plane, cells) in planes.iter().enumerate() {
            for (byte, cell) in code.iter_mut().zip(cells) {
                *byte |= u8::from(*cell < 0) << plane;
            }
        }
        code
    }
}

/// A number read from a file that somebody else may have written to.
pub(super) fn finite(number: f32) -> f32 {
    if number.is_finite() { number } else { 0.0 }
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
    }
}
