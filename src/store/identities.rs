//! Identities: sealed signing keys and what may be shown of them. Holds no secret in the clear.

use rusqlite::{OptionalExtension as _, Row, params};

use super::{Store, StoreError};

pub(super) const SCHEMA: &str = "
CREATE TABLE identities (
    name        TEXT PRIMARY KEY,
    public_key  BLOB NOT NULL,        -- Ed25519, 32 bytes
    fingerprint TEXT NOT NULL UNIQUE, -- SHA256:… of the public key, as OpenSSH writes it
    generation  INTEGER NOT NULL,     -- counts the keys that this name has had, from 1
    custody     TEXT NOT NULL,        -- argon2id-v1: a passphrase; file-v1: a key file
    salt        BLOB NOT NULL,        -- of the passphrase; empty with a key file
    key_file    TEXT,                 -- absolute path; NULL with a passphrase
    nonce       BLOB NOT NULL,        -- 24 random bytes
    sealed      BLOB NOT NULL,        -- the seed under XChaCha20-Poly1305
    created     INTEGER NOT NULL      -- Unix time, seconds
) STRICT;
";

/// One identity as it lies in the store. `keys` says what each part means and whether it is believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdentityRow {
    /// The name that a person gave it.
    pub name: String,
    /// The public key.
    pub public_key: Vec<u8>,
    /// The fingerprint of the public key.
    pub fingerprint: String,
    /// Counts the keys that this name has had.
    pub generation: i64,
    /// What opens it.
    pub custody: String,
    /// The salt of its passphrase.
    pub salt: Vec<u8>,
    /// The path of its key file.
    pub key_file: Option<String>,
    /// The nonce of its encryption.
    pub nonce: Vec<u8>,
    /// The encrypted seed.
    pub sealed: Vec<u8>,
    /// Unix time in seconds.
    pub created: i64,
}

/// What became of a new row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Addition {
    /// It lies in the store.
    Added,
    /// A row with this name is there and was left as it is.
    NameTaken,
    /// The key is there under this other name, which was left as it is.
    KeyTaken(String),
}

const COLUMNS: &str =
    "name, public_key, fingerprint, generation, custody, salt, key_file, nonce, sealed, created";

impl Store {
    /// Adds an identity, unless its name or its key is there already.
    pub fn add_identity(&self, row: &IdentityRow) -> Result<Addition, StoreError> {
        self.write(|transaction| {
            let holder: Option<String> = transaction
                .query_row(
                    "SELECT name FROM identities WHERE name = ?1 OR fingerprint = ?2
                     ORDER BY name = ?1 DESC LIMIT 1",
                    params![row.name, row.fingerprint],
                    |found| found.get(0),
                )
                .optional()?;
            match holder {
                Some(name) if name == row.name => return Ok(Addition::NameTaken),
                Some(name) => return Ok(Addition::KeyTaken(name)),
                None => {}
            }
            transaction.execute(
                &format!("INSERT INTO identities ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)"),
                params![
                    row.name,
                    row.public_key,
                    row.fingerprint,
                    row.generation,
                    row.custody,
                    row.salt,
                    row.key_file,
                    row.nonce,
                    row.sealed,
                    row.created,
                ],
            )?;
            Ok(Addition::Added)
        })
    }

    /// Returns the identity called `name`.
    pub fn identity(&self, name: &str) -> Result<Option<IdentityRow>, StoreError> {
        self.read(|connection| {
            connection
                .query_row(
                    &format!("SELECT {COLUMNS} FROM identities WHERE name = ?1"),
                    [name],
                    row_of,
                )
                .optional()
        })
    }

    /// Returns every identity, by name.
    pub fn identities(&self) -> Result<Vec<IdentityRow>, StoreError> {
        self.read(|connection| {
            connection
                .prepare(&format!("SELECT {COLUMNS} FROM identities ORDER BY name"))?
                .query_map([], row_of)?
                .collect()
        })
    }

    /// Removes the identity called `name` and returns whether there was one.
    pub fn remove_identity(&self, name: &str) -> Result<bool, StoreError> {
        self.write(|transaction| {
            Ok(transaction.execute("DELETE FROM identities WHERE name = ?1", [name])? > 0)
        })
    }
}

fn row_of(row: &Row<'_>) -> rusqlite::Result<IdentityRow> {
    Ok(IdentityRow {
        name: row.get(0)?,
        public_key: row.get(1)?,
        fingerprint: row.get(2)?,
        generation: row.get(3)?,
        custody: row.get(4)?,
        salt: row.get(5)?,
        key_file: row.get(6)?,
        nonce: row.get(7)?,
        sealed: row.get(8)?,
        created: row.get(9)?,
    })
}
