//! How pages and sections lie in the vector files: records of one size, little-endian, found by counting.

use crate::lookup::embedding::{DIMENSIONS, Embedding};

/// Bytes of the record of a page.
pub(in crate::lookup::index) const PAGE_BYTES: usize = 28;
/// Bytes of the cells of a section, two to a byte: the first half of them in the low four bits, the other half in the high ones.
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

/// The cell that the low four bits of `bits` stand for: an odd number from −15 to 15.
#[expect(
    clippy::inline_always,
    reason = "built anew for the processor it runs on, inside `Arch::dispatch`"
)]
#[inline(always)]
pub(super) fn cell(bits: u8) -> i8 {
    2 * (bits & 15).cast_signed() - 15
}

/// The four bits that stand for `cell`.
fn bits(cell: i8) -> u8 {
    (cell.saturating_add(15) >> 1).cast_unsigned() & 15
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
            .map(|(low, high)| bits(*low) | bits(*high) << 4);
        for (byte, value) in bytes.iter_mut().zip(head.chain(cells)) {
            *byte = value;
        }
        bytes
    }

    pub(super) fn of(bytes: &[u8; ROW_BYTES]) -> Option<Self> {
        let (unit, rest) = bytes.split_first_chunk()?;
        let (part, rest) = rest.split_first_chunk()?;
        let (tokens, rest) = rest.split_first_chunk()?;
        let packed: &[u8; CELLS_BYTES] = rest.try_into().ok()?;
        let low = packed.iter().map(|byte| cell(*byte));
        let high = packed.iter().map(|byte| cell(byte >> 4));
        let mut cells = [0; DIMENSIONS];
        for (place, cell) in cells.iter_mut().zip(low.chain(high)) {
            *place = cell;
        }
        Some(Self {
            part: u16::from_le_bytes(*part),
            tokens: u16::from_le_bytes(*tokens),
            embedding: Embedding {
                cells,
                unit: finite(f32::from_le_bytes(*unit)),
            },
        })
    }

    pub(super) fn code(self) -> [u8; CODE_BYTES] {
        let mut code = [0; CODE_BYTES];
        let (eights, _) = self.embedding.cells.as_chunks::<8>();
        for (byte, eight) in code.iter_mut().zip(eights) {
            *byte = eight
                .iter()
                .fold(0, |bits, cell| bits << 1 | u8::from(*cell < 0));
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
        assert_eq!(Row::of(&row.to_bytes()), Some(row));
        let code = row.code();
        assert_eq!(
            (code[0], &code[1..]),
            (0b0001_0000, [0; CODE_BYTES - 1].as_slice())
        );
    }
}
