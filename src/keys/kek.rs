//! The key-encryption key: from a passphrase by Argon2id, or from a key file as it is.

use argon2::{Algorithm, Argon2, Params, Version};
use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::Zeroizing;

use super::secret::KEY_BYTES;
use super::{KeyError, Passphrase};

/// Bytes of the salt of a passphrase (RFC 9106 §3.1 recommends 16).
pub(super) const SALT_BYTES: usize = 16;

/// KiB: 64 MiB, the second recommendation of RFC 9106 §4; about 0.1 s on the machines of 2026.
const ARGON2_MEMORY_KIB: u32 = 64 * 1024;
/// Passes over that memory.
const ARGON2_PASSES: u32 = 3;
/// Lanes: one, as nothing here runs them side by side.
const ARGON2_LANES: u32 = 1;

/// The key from which the key of each sealed seed is derived.
pub(super) struct Kek(Box<Zeroizing<[u8; KEY_BYTES]>>);

impl Kek {
    /// Derives the key from a passphrase. The costs are part of the format, so that a changed row cannot ask for others.
    pub(super) fn from_passphrase(
        passphrase: &Passphrase,
        salt: &[u8; SALT_BYTES],
    ) -> Result<Self, KeyError> {
        let failed = |_| KeyError::Primitive("the derivation of the passphrase");
        let costs = Params::new(
            ARGON2_MEMORY_KIB,
            ARGON2_PASSES,
            ARGON2_LANES,
            Some(KEY_BYTES),
        )
        .map_err(failed)?;
        let mut key = Box::new(Zeroizing::new([0; KEY_BYTES]));
        Argon2::new(Algorithm::Argon2id, Version::V0x13, costs)
            .hash_password_into(passphrase.as_bytes(), salt, key.as_mut_slice())
            .map_err(failed)?;
        Ok(Self(key))
    }

    /// Takes the content of a key file.
    pub(super) fn from_key_file(content: Box<Zeroizing<[u8; KEY_BYTES]>>) -> Self {
        Self(content)
    }

    /// Derives the key that seals the seed with this fingerprint, and no other.
    pub(super) fn key_for(
        &self,
        fingerprint: &str,
    ) -> Result<Zeroizing<[u8; KEY_BYTES]>, KeyError> {
        let mut key = Zeroizing::new([0; KEY_BYTES]);
        Hkdf::<Sha256>::new(None, self.0.as_slice())
            .expand(fingerprint.as_bytes(), key.as_mut_slice())
            .map_err(|_| KeyError::Primitive("the derivation of the sealing key"))?;
        Ok(key)
    }
}
