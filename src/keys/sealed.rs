//! An identity at rest: the seed encrypted together with the name and key it belongs to.
//!
//! ```text
//! KEK     = Argon2id(passphrase, salt; 64 MiB, 3 passes, 1 lane)   or the 32 bytes of a key file
//! key     = HKDF-SHA256(KEK, fingerprint)
//! sealed  = XChaCha20-Poly1305(key, random nonce, "mrc-key-v1" | name | fingerprint | generation, seed)
//! ```

use std::path::PathBuf;

use super::aead::{NONCE_BYTES, decrypt, encrypt};
use super::kek::{Kek, SALT_BYTES};
use super::{IdentityName, KeyError, KeyFile, Seed, SigningKey, Unlock, VerifyingKey, random};
use crate::store::identities::IdentityRow;

/// First part of the context that is authenticated with every seed.
const CONTEXT: &str = "mrc-key-v1";
/// Spellings of [`Custody`] in the store.
const PASSPHRASE: &str = "argon2id-v1";
const KEY_FILE: &str = "file-v1";

/// What opens an identity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Custody {
    /// A passphrase.
    Passphrase,
    /// The key file at this path.
    KeyFile(PathBuf),
}

/// A seed that only its passphrase or key file opens, and what may be shown of it.
pub(super) struct SealedSeed {
    pub(super) name: IdentityName,
    pub(super) verifying_key: VerifyingKey,
    pub(super) custody: Custody,
    pub(super) created: i64,
    generation: u32,
    salt: [u8; SALT_BYTES],
    nonce: [u8; NONCE_BYTES],
    sealed: Vec<u8>,
}

impl SealedSeed {
    /// Seals `seed` as the first key of `name`, and opens it once to be sure that it will.
    pub(super) fn seal(
        name: IdentityName,
        seed: &Seed,
        unlock: &Unlock<'_>,
        created: i64,
    ) -> Result<Self, KeyError> {
        let verifying_key = SigningKey::from_seed(seed).verifying_key();
        let mut row = Self {
            custody: match unlock {
                Unlock::Passphrase(_) => Custody::Passphrase,
                Unlock::KeyFile(file) => Custody::KeyFile(file.path().to_owned()),
            },
            name,
            verifying_key,
            created,
            generation: 1,
            salt: match unlock {
                Unlock::Passphrase(_) => random()?,
                Unlock::KeyFile(_) => [0; SALT_BYTES],
            },
            nonce: random()?,
            sealed: Vec::new(),
        };
        let kek = row.kek(unlock)?;
        let key = kek.key_for(&row.verifying_key.fingerprint())?;
        row.sealed = encrypt(&key, &row.nonce, &row.context(), seed.as_bytes())?;
        match row.open_with(&kek)? {
            Some(opened) if opened.verifying_key() == row.verifying_key => Ok(row),
            _ => Err(KeyError::Primitive("opening what was just sealed")),
        }
    }

    /// Opens the seed.
    pub(super) fn open(&self, unlock: &Unlock<'_>) -> Result<SigningKey, KeyError> {
        let kek = self.kek(unlock)?;
        self.open_with(&kek)?.ok_or_else(|| match unlock {
            Unlock::Passphrase(_) => KeyError::WrongPassphrase(self.name.to_string()),
            Unlock::KeyFile(file) => KeyError::WrongKeyFile {
                name: self.name.to_string(),
                path: file.path().to_owned(),
            },
        })
    }

    fn open_with(&self, kek: &Kek) -> Result<Option<SigningKey>, KeyError> {
        let key = kek.key_for(&self.verifying_key.fingerprint())?;
        let seed = decrypt(&key, &self.nonce, &self.context(), &self.sealed)
            .and_then(|seed| Seed::from_slice(&seed));
        Ok(seed
            .map(|seed| SigningKey::from_seed(&seed))
            .filter(|key| key.verifying_key() == self.verifying_key))
    }

    fn kek(&self, unlock: &Unlock<'_>) -> Result<Kek, KeyError> {
        match (unlock, &self.custody) {
            (Unlock::Passphrase(passphrase), Custody::Passphrase) => {
                Kek::from_passphrase(passphrase, &self.salt)
            }
            (Unlock::KeyFile(file), Custody::KeyFile(_)) => Ok(Kek::from_key_file(file.read()?)),
            (_, Custody::Passphrase) => Err(KeyError::OtherCustody(
                self.name.to_string(),
                "a passphrase",
            )),
            (_, Custody::KeyFile(_)) => {
                Err(KeyError::OtherCustody(self.name.to_string(), "a key file"))
            }
        }
    }

    /// Returns what the encryption binds the seed to; each part with its length, so that no two rows share one spelling.
    fn context(&self) -> Vec<u8> {
        let generation = self.generation.to_string();
        let parts = [
            CONTEXT,
            self.name.as_str(),
            &self.verifying_key.fingerprint(),
            &generation,
        ];
        parts
            .iter()
            .flat_map(|part| [format!("{}:", part.len()), (*part).to_owned()])
            .collect::<String>()
            .into_bytes()
    }

    /// Spells the identity for the store.
    pub(super) fn to_row(&self) -> Result<IdentityRow, KeyError> {
        let (custody, salt, key_file) = match &self.custody {
            Custody::Passphrase => (PASSPHRASE, self.salt.to_vec(), None),
            Custody::KeyFile(path) => {
                let text = path.to_str().ok_or_else(|| KeyError::KeyFileUnsafe {
                    path: path.clone(),
                    why: "its path is not UTF-8",
                })?;
                (KEY_FILE, Vec::new(), Some(text.to_owned()))
            }
        };
        Ok(IdentityRow {
            name: self.name.to_string(),
            public_key: self.verifying_key.as_bytes().to_vec(),
            fingerprint: self.verifying_key.fingerprint(),
            generation: self.generation.into(),
            custody: custody.to_owned(),
            salt,
            key_file,
            nonce: self.nonce.to_vec(),
            sealed: self.sealed.clone(),
            created: self.created,
        })
    }

    /// Reads what [`Self::to_row`] spelled.
    ///
    /// # Errors
    /// [`KeyError::Damaged`] if the row cannot have been written so. Finer damage shows when it is opened.
    pub(super) fn from_row(row: IdentityRow) -> Result<Self, KeyError> {
        let damaged = |what| KeyError::Damaged(row.name.clone(), what);
        let name = row.name.parse().map_err(|_| damaged("its name"))?;
        let verifying_key =
            VerifyingKey::from_slice(&row.public_key).map_err(|_| damaged("its public key"))?;
        if verifying_key.fingerprint() != row.fingerprint {
            return Err(damaged("its fingerprint is not that of its public key"));
        }
        let (custody, salt) = match (row.custody.as_str(), &row.key_file) {
            (PASSPHRASE, None) => {
                let salt = row.salt.as_slice().try_into();
                (Custody::Passphrase, salt.map_err(|_| damaged("its salt"))?)
            }
            (KEY_FILE, Some(path)) => (Custody::KeyFile(path.into()), [0; SALT_BYTES]),
            _ => return Err(damaged("what opens it")),
        };
        Ok(Self {
            generation: u32::try_from(row.generation).map_err(|_| damaged("its generation"))?,
            nonce: row
                .nonce
                .as_slice()
                .try_into()
                .map_err(|_| damaged("its nonce"))?,
            name,
            verifying_key,
            custody,
            created: row.created,
            salt,
            sealed: row.sealed,
        })
    }

    /// Returns the key file that the row names.
    pub(super) fn key_file(&self) -> Option<KeyFile> {
        match &self.custody {
            Custody::Passphrase => None,
            Custody::KeyFile(path) => Some(KeyFile::known(path.clone())),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use zeroize::Zeroizing;

    use super::*;

    fn passphrase(text: &str) -> crate::keys::Passphrase {
        crate::keys::Passphrase::new(Zeroizing::new(text.to_owned())).unwrap()
    }

    fn sealed_with_file(name: &str, file: &KeyFile) -> IdentityRow {
        let seed = Seed::generate().unwrap();
        SealedSeed::seal(name.parse().unwrap(), &seed, &Unlock::KeyFile(file), 1)
            .unwrap()
            .to_row()
            .unwrap()
    }

    fn opens(row: IdentityRow, file: &KeyFile) -> bool {
        SealedSeed::from_row(row).is_ok_and(|sealed| sealed.open(&Unlock::KeyFile(file)).is_ok())
    }

    fn key_file(home: &Path, name: &str) -> KeyFile {
        let file = KeyFile::outside(&home.join(name), None).unwrap();
        file.create().unwrap();
        file
    }

    #[test]
    fn a_passphrase_opens_what_it_sealed_and_another_does_not() {
        let seed = Seed::generate().unwrap();
        let right = passphrase("correct horse");
        let sealed =
            SealedSeed::seal("a".parse().unwrap(), &seed, &Unlock::Passphrase(&right), 1).unwrap();
        let row = sealed.to_row().unwrap();
        let again = SealedSeed::from_row(row.clone()).unwrap();
        let opened = again.open(&Unlock::Passphrase(&right)).unwrap();
        assert_eq!(opened.verifying_key(), sealed.verifying_key);
        let wrong = passphrase("correct h0rse");
        let refused = again.open(&Unlock::Passphrase(&wrong));
        assert!(matches!(refused, Err(KeyError::WrongPassphrase(_))));
        let mut salted = row;
        salted.salt[0] ^= 1;
        let salted = SealedSeed::from_row(salted).unwrap();
        assert!(salted.open(&Unlock::Passphrase(&right)).is_err());
    }

    #[test]
    fn every_single_bit_flip_of_a_row_is_refused() {
        let home = tempfile::tempdir().unwrap();
        let file = key_file(home.path(), "a.key");
        let row = sealed_with_file("release", &file);
        assert!(opens(row.clone(), &file));
        let fields: [fn(&mut IdentityRow) -> &mut Vec<u8>; 3] = [
            |row| &mut row.public_key,
            |row| &mut row.nonce,
            |row| &mut row.sealed,
        ];
        for (field, bytes) in fields.iter().enumerate() {
            for bit in 0..bytes(&mut row.clone()).len() * 8 {
                let mut flipped = row.clone();
                bytes(&mut flipped)[bit / 8] ^= 1 << (bit % 8);
                assert!(!opens(flipped, &file), "field {field} bit {bit}");
            }
        }
        for at in 0..row.fingerprint.len() {
            let mut flipped = row.clone();
            flipped.fingerprint.replace_range(at..=at, "~");
            assert!(!opens(flipped, &file), "fingerprint character {at}");
        }
        for (what, change) in [
            (
                "name",
                (|row| row.name = "releasf".to_owned()) as fn(&mut IdentityRow),
            ),
            ("generation", |row| row.generation = 2),
            ("custody", |row| row.custody = PASSPHRASE.to_owned()),
            ("path", |row| row.key_file = None),
            ("truncation", |row| row.sealed.truncate(47)),
        ] {
            let mut changed = row.clone();
            change(&mut changed);
            assert!(!opens(changed, &file), "{what}");
        }
    }

    #[test]
    fn parts_swapped_between_two_rows_are_refused() {
        let home = tempfile::tempdir().unwrap();
        let file = key_file(home.path(), "a.key");
        let (a, b) = (sealed_with_file("a", &file), sealed_with_file("b", &file));
        let renamed = IdentityRow {
            name: b.name.clone(),
            ..a.clone()
        };
        let resealed = IdentityRow {
            sealed: b.sealed.clone(),
            nonce: b.nonce.clone(),
            ..a.clone()
        };
        let rekeyed = IdentityRow {
            public_key: b.public_key.clone(),
            fingerprint: b.fingerprint.clone(),
            ..a.clone()
        };
        for row in [renamed, resealed, rekeyed] {
            assert!(!opens(row, &file));
        }
        assert!(opens(a, &file) && opens(b, &file));
    }

    #[test]
    fn another_key_file_does_not_open_an_identity() {
        let home = tempfile::tempdir().unwrap();
        let (file, other) = (
            key_file(home.path(), "a.key"),
            key_file(home.path(), "b.key"),
        );
        let sealed = SealedSeed::from_row(sealed_with_file("a", &file)).unwrap();
        let refused = sealed.open(&Unlock::KeyFile(&other));
        assert!(matches!(refused, Err(KeyError::WrongKeyFile { .. })));
    }
}
