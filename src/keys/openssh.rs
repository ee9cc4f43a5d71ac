//! Reads a private key that `ssh-keygen` wrote.

use ssh_key::{Algorithm, Kdf, PrivateKey};

use super::{KeyError, Passphrase, Seed};

/// Bytes: an Ed25519 private key takes about 450; the rest is room for a long comment.
pub const PRIVATE_KEY_BYTES_MAX: usize = 16 * 1024;

/// Rounds of bcrypt: OpenSSH writes 16 or 24, and 1,024 take some ten seconds. The file names the number, so a hostile one
/// could ask for a year.
const BCRYPT_ROUNDS_MAX: u32 = 1024;

/// A parsed private key file, perhaps still encrypted.
pub struct ImportedKey(PrivateKey);

impl ImportedKey {
    /// Parses the content of a private key file; decrypts nothing yet.
    ///
    /// # Errors
    /// [`KeyError::Import`] if it is no OpenSSH private key of type `ssh-ed25519`, or asks for too much work.
    pub fn parse(content: &[u8]) -> Result<Self, KeyError> {
        let refused = |why: &str| KeyError::Import(why.to_owned());
        if content.len() > PRIVATE_KEY_BYTES_MAX {
            return Err(refused("it is longer than 16 KiB"));
        }
        let key = PrivateKey::from_openssh(content)
            .map_err(|error| KeyError::Import(error.to_string()))?;
        if key.algorithm() != Algorithm::Ed25519 {
            return Err(KeyError::Import(format!(
                "it is of type `{}`, and only ssh-ed25519 is taken",
                key.algorithm()
            )));
        }
        if matches!(key.kdf(), Kdf::Bcrypt { rounds, .. } if *rounds > BCRYPT_ROUNDS_MAX) {
            return Err(refused("it asks for more than 1,024 rounds of bcrypt"));
        }
        Ok(Self(key))
    }

    /// Returns whether [`Self::seed`] needs a passphrase.
    pub fn is_encrypted(&self) -> bool {
        self.0.is_encrypted()
    }

    /// Returns the secret half.
    ///
    /// # Errors
    /// [`KeyError::ImportPassphrase`] if the key is encrypted and `passphrase` is missing or wrong.
    pub fn seed(&self, passphrase: Option<&Passphrase>) -> Result<Seed, KeyError> {
        let decrypted;
        let key = if self.is_encrypted() {
            let passphrase =
                passphrase.ok_or(KeyError::ImportPassphrase("no passphrase was given"))?;
            decrypted = self
                .0
                .decrypt(passphrase.as_bytes())
                .map_err(|_| KeyError::ImportPassphrase("this passphrase does not open it"))?;
            &decrypted
        } else {
            &self.0
        };
        key.key_data()
            .ed25519()
            .and_then(|pair| Seed::from_slice(pair.private.as_ref()))
            .ok_or_else(|| KeyError::Import("it holds no Ed25519 key".to_owned()))
    }
}
