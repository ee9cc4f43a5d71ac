//! Originals of distilled text: content-addressed by BLAKE3, zstd-compressed, without expiry.

use rusqlite::{OptionalExtension as _, params};

use super::{Store, StoreError};

pub(super) const SCHEMA: &str = "
CREATE TABLE originals (
    id    INTEGER PRIMARY KEY AUTOINCREMENT, -- the handle: h1, h2, …
    hash  BLOB NOT NULL UNIQUE,              -- BLAKE3-256 of the bytes
    bytes INTEGER NOT NULL,                  -- length before compression
    body  BLOB NOT NULL                      -- zstd frame
) STRICT;
";

/// Level of zstd: 3 compresses text to about a quarter at some 300 MB/s.
const ZSTD_LEVEL: i32 = 3;

impl Store {
    /// Keeps `body` and returns its number; the same bytes always have the same number.
    pub fn keep_original(&self, body: &[u8]) -> Result<i64, StoreError> {
        let hash = blake3::hash(body);
        let known = self.read(|connection| {
            connection
                .query_row(
                    "SELECT id FROM originals WHERE hash = ?1",
                    [hash.as_bytes().as_slice()],
                    |row| row.get(0),
                )
                .optional()
        })?;
        if let Some(id) = known {
            return Ok(id);
        }
        let packed = zstd::bulk::compress(body, ZSTD_LEVEL).unwrap_or_default();
        self.write(|transaction| {
            transaction.execute(
                "INSERT OR IGNORE INTO originals (hash, bytes, body) VALUES (?1, ?2, ?3)",
                params![hash.as_bytes().as_slice(), body.len(), packed],
            )?;
            transaction.query_row(
                "SELECT id FROM originals WHERE hash = ?1",
                [hash.as_bytes().as_slice()],
                |row| row.get(0),
            )
        })
    }

    /// Returns the bytes kept as number `id`, or `None` if there is no such number.
    pub fn original(&self, id: i64) -> Result<Option<Vec<u8>>, StoreError> {
        let row = self.read(|connection| {
            connection
                .query_row(
                    "SELECT bytes, body FROM originals WHERE id = ?1",
                    [id],
                    |row| Ok((row.get::<_, usize>(0)?, row.get::<_, Vec<u8>>(1)?)),
                )
                .optional()
        })?;
        Ok(row.and_then(|(bytes, packed)| zstd::bulk::decompress(&packed, bytes).ok()))
    }
}
