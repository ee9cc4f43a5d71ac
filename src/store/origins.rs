//! Where pages come from: the URL that a page states for itself, and the lines of the file behind a rewritten text.

use rusqlite::OptionalExtension as _;

use super::{Store, StoreError, packing};

/// Pages stored before these columns are read again at the next refresh.
pub(super) const SCHEMA: &str = "
ALTER TABLE pages ADD COLUMN url TEXT;        -- where the page says it is published
ALTER TABLE pages ADD COLUMN file_lines BLOB; -- zstd frame of u32, little-endian: line of the file for each line of text
UPDATE pages SET modified = 0, hash = zeroblob(32);
";

/// Packs the numbers of lines.
pub(super) fn packed_lines(lines: &[u32]) -> Vec<u8> {
    let bytes: Vec<u8> = lines.iter().flat_map(|line| line.to_le_bytes()).collect();
    packing::packed(&bytes)
}

/// Returns the numbers of `lines` lines at most.
fn unpacked_lines(lines: usize, packed: &[u8]) -> Vec<u32> {
    let bytes = zstd::bulk::decompress(packed, lines.saturating_mul(4)).unwrap_or_default();
    let (numbers, _) = bytes.as_chunks::<4>();
    numbers
        .iter()
        .map(|line| u32::from_le_bytes(*line))
        .collect()
}

impl Store {
    /// Returns the line of the file for each line of the text of the page numbered `id`; `None` where they are the same.
    pub fn file_lines(&self, id: i64) -> Result<Option<Vec<u32>>, StoreError> {
        let found: Option<(usize, Option<Vec<u8>>)> = self.read(|connection| {
            connection
                .prepare_cached("SELECT text_bytes, file_lines FROM pages WHERE id = ?1")?
                .query_row([id], |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()
        })?;
        // A line has one byte at least, its end.
        Ok(found.and_then(|(bytes, packed)| Some(unpacked_lines(bytes + 1, &packed?))))
    }
}
