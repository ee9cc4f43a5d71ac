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

/// Bytes of the longest original: it is in memory whole, beside its compressed form, and a row of SQLite ends at 1 GB.
pub const ORIGINAL_BYTES_MAX: usize = 256 << 20;

impl Store {
    /// Keeps `body` and returns its number; the same bytes always have the same number.
    ///
    /// # Errors
    /// [`StoreError::TooLarge`] beyond [`ORIGINAL_BYTES_MAX`].
    pub fn keep_original(&self, body: &[u8]) -> Result<i64, StoreError> {
        if body.len() > ORIGINAL_BYTES_MAX {
            return Err(StoreError::TooLarge {
                bytes: body.len(),
                bytes_max: ORIGINAL_BYTES_MAX,
            });
        }
        let hash = blake3::hash(body);
        let known: Option<i64> = self.read(|connection| {
            connection
                .query_row(
                    "SELECT id FROM originals WHERE hash = ?1",
                    [hash.as_bytes()],
                    |row| row.get(0),
                )
                .optional()
        })?;
        // A row that can no longer be read is written again: its bytes are here now.
        if let Some(id) = known
            && let Ok(Some(_)) = self.original(id)
        {
            return Ok(id);
        }
        let packed = zstd::stream::encode_all(body, ZSTD_LEVEL).map_err(|error| {
            StoreError::Compression {
                bytes: body.len(),
                why: error.to_string(),
            }
        })?;
        self.write(|transaction| {
            transaction.query_row(
                "INSERT INTO originals (hash, bytes, body) VALUES (?1, ?2, ?3)
                 ON CONFLICT (hash) DO UPDATE SET bytes = excluded.bytes, body = excluded.body
                 RETURNING id",
                params![hash.as_bytes(), body.len(), packed],
                |row| row.get(0),
            )
        })
    }

    /// Returns the bytes kept as number `id`, or `None` if there is no such number.
    ///
    /// # Errors
    /// [`StoreError::BodyDamaged`] if what lies there is not what was kept: wrong bytes are never returned.
    pub fn original(&self, id: i64) -> Result<Option<Vec<u8>>, StoreError> {
        let row = self.read(|connection| {
            connection
                .query_row(
                    "SELECT hash, bytes, body FROM originals WHERE id = ?1",
                    [id],
                    |row| {
                        Ok((
                            row.get::<_, [u8; 32]>(0)?,
                            row.get::<_, usize>(1)?,
                            row.get::<_, Vec<u8>>(2)?,
                        ))
                    },
                )
                .optional()
        })?;
        let Some((hash, bytes, packed)) = row else {
            return Ok(None);
        };
        let damaged = |why: String| StoreError::BodyDamaged { id, why };
        if bytes > ORIGINAL_BYTES_MAX {
            return Err(damaged(format!(
                "{bytes} bytes are more than an original has"
            )));
        }
        let body =
            zstd::bulk::decompress(&packed, bytes).map_err(|error| damaged(error.to_string()))?;
        if blake3::hash(&body) != hash {
            return Err(damaged("its bytes do not have its hash".to_owned()));
        }
        Ok(Some(body))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_bytes_have_the_same_number() {
        let store = Store::in_memory().unwrap();
        let first = store.keep_original(b"one").unwrap();
        let second = store.keep_original(b"two").unwrap();
        assert_eq!(
            (first, second, store.keep_original(b"one").unwrap()),
            (1, 2, 1)
        );
        assert_eq!(store.original(2).unwrap(), Some(b"two".to_vec()));
        assert_eq!(store.original(3).unwrap(), None);
    }

    #[test]
    fn empty_and_binary_bodies_come_back() {
        let store = Store::in_memory().unwrap();
        for body in [Vec::new(), vec![0; 1 << 20], (0..=255).collect()] {
            let id = store.keep_original(&body).unwrap();
            assert_eq!(store.original(id).unwrap(), Some(body));
        }
    }

    #[test]
    fn a_damaged_row_is_an_error_and_heals_when_its_bytes_come_again() {
        let store = Store::in_memory().unwrap();
        let id = store.keep_original(b"the right bytes").unwrap();
        let wrong = zstd::stream::encode_all(&b"the wrong bytes"[..], ZSTD_LEVEL).unwrap();
        for body in [wrong, b"no frame".to_vec(), Vec::new()] {
            store
                .write(|transaction| transaction.execute("UPDATE originals SET body = ?1", [&body]))
                .unwrap();
            assert!(matches!(
                store.original(id),
                Err(StoreError::BodyDamaged { .. })
            ));
        }
        assert_eq!(store.keep_original(b"the right bytes").unwrap(), id);
        assert_eq!(
            store.original(id).unwrap(),
            Some(b"the right bytes".to_vec())
        );
    }

    #[test]
    fn a_length_that_no_original_has_is_not_believed() {
        let store = Store::in_memory().unwrap();
        let id = store.keep_original(b"body").unwrap();
        store
            .write(|transaction| transaction.execute("UPDATE originals SET bytes = 1 << 60", []))
            .unwrap();
        assert!(matches!(
            store.original(id),
            Err(StoreError::BodyDamaged { .. })
        ));
    }

    #[test]
    fn a_body_beyond_the_limit_is_refused() {
        let store = Store::in_memory().unwrap();
        let error = store
            .keep_original(&vec![0; ORIGINAL_BYTES_MAX + 1])
            .unwrap_err();
        assert!(matches!(error, StoreError::TooLarge { .. }), "{error}");
    }
}
