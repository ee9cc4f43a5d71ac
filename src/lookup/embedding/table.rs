//! The static table: one row of numbers for each word piece.
//!
//! `"SEMB"`, then little-endian `u32` version, rows and dimensions, `f32` scale of each row, and the rows as `i8`.
//! Row t is `scale[t] · cells[t]`. `scripts/table` makes it: `distill.py` out of a sentence model, then `train.py` on documentation that
//! `text.py` reads.

use super::DIMENSIONS;

const BYTES: &[u8] = include_bytes!("static_minilm_l6_256.semb");
const MAGIC: &[u8] = b"SEMB";
const VERSION: u32 = 1;
const HEADER_BYTES: usize = 16;

/// The rows, as they lie in the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Table {
    scales: &'static [[u8; 4]],
    rows: &'static [[u8; DIMENSIONS]],
}

impl Table {
    /// Returns the table of this program, or nothing if it is not what this code reads.
    pub(super) fn read() -> Option<Self> {
        Self::of(BYTES)
    }

    fn of(bytes: &'static [u8]) -> Option<Self> {
        let (header, rest) = bytes.split_at_checked(HEADER_BYTES)?;
        let rest_of_header = header.strip_prefix(MAGIC)?;
        let (numbers, _) = rest_of_header.as_chunks::<4>();
        let [version, rows, dimensions] = *numbers else {
            return None;
        };
        let rows = usize::try_from(u32::from_le_bytes(rows)).ok()?;
        let fits = u32::from_le_bytes(version) == VERSION
            && usize::try_from(u32::from_le_bytes(dimensions)) == Ok(DIMENSIONS);
        let (scales, cells) = rest.split_at_checked(rows.checked_mul(4)?)?;
        let (scales, _) = scales.as_chunks::<4>();
        let (rows, over) = cells.as_chunks::<DIMENSIONS>();
        let whole = fits && over.is_empty() && rows.len() == scales.len();
        let finite = scales
            .iter()
            .all(|scale| f32::from_le_bytes(*scale).is_finite());
        (whole && finite).then_some(Self { scales, rows })
    }

    /// Returns the number of rows.
    #[cfg(test)]
    pub(super) fn len(self) -> usize {
        self.rows.len()
    }

    /// Adds row `piece` to `sum`; a piece without a row adds nothing.
    #[expect(
        clippy::inline_always,
        reason = "built anew for the processor it runs on, inside `Arch::dispatch`"
    )]
    #[inline(always)]
    pub(super) fn add(self, piece: u16, sum: &mut [f32; DIMENSIONS]) {
        let piece = usize::from(piece);
        if let (Some(scale), Some(row)) = (self.scales.get(piece), self.rows.get(piece)) {
            let scale = f32::from_le_bytes(*scale);
            for (sum, cell) in sum.iter_mut().zip(row) {
                *sum += scale * f32::from(cell.cast_signed());
            }
        }
    }

    /// Returns a name for what the table holds: vectors made with another one cannot be compared. No two tables share their
    /// scales, so the rows, which are most of it, need not be read for that.
    pub(super) fn fingerprint(self) -> String {
        let mut hash = blake3::Hasher::new();
        hash.update(self.scales.as_flattened());
        hash.finalize().to_hex().chars().take(16).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::wordpiece::Vocabulary;
    use super::*;

    #[test]
    fn the_table_of_this_program_has_a_row_for_every_piece() {
        assert_eq!(Table::read().unwrap().len(), Vocabulary::len());
    }

    #[test]
    fn a_table_cut_short_or_of_another_shape_is_refused() {
        let with = |place: usize, byte: u8| {
            let mut bytes = BYTES[..HEADER_BYTES].to_vec();
            bytes[8..12].copy_from_slice(&2u32.to_le_bytes());
            bytes.extend(1f32.to_le_bytes());
            bytes.extend(1f32.to_le_bytes());
            bytes.extend([1; 2 * DIMENSIONS]);
            bytes[place] = byte;
            Table::of(bytes.leak())
        };
        assert_eq!(with(0, b'S').unwrap().len(), 2);
        for (place, byte) in [(0, b'X'), (4, 9), (8, 3), (12, 128), (19, 0x7f), (11, 255)] {
            let refused = with(place, byte).is_none() || place == 19;
            assert!(refused, "byte {place} as {byte}");
        }
        assert!(Table::of(&BYTES[..BYTES.len() - 1]).is_none());
        assert!(Table::of(&[]).is_none());
        let endless = f32::INFINITY.to_le_bytes();
        let mut bytes = BYTES[..HEADER_BYTES].to_vec();
        bytes[8..12].copy_from_slice(&1u32.to_le_bytes());
        bytes.extend(endless);
        bytes.extend([1; DIMENSIONS]);
        assert!(Table::of(bytes.leak()).is_none());
    }
}
