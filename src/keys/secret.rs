//! The secrets themselves: wiped when dropped, and impossible to print, copy or serialize.

use zeroize::Zeroizing;

use super::KeyError;

/// Bytes of an Ed25519 seed (RFC 8032 §5.1.5) and of a key that seals one.
pub(super) const KEY_BYTES: usize = 32;

/// Bytes: shorter ones fall to guessing whatever the derivation costs.
const PASSPHRASE_BYTES_MIN: usize = 8;

/// Bytes: far above what a person types, far below what costs memory.
pub const PASSPHRASE_BYTES_MAX: usize = 1024;

/// Fills an array from the system's generator.
pub fn random<const N: usize>() -> Result<[u8; N], KeyError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(KeyError::Randomness)?;
    Ok(bytes)
}

/// The secret half of an Ed25519 key. On the heap, so that moving it leaves no copy behind.
pub struct Seed(Box<Zeroizing<[u8; KEY_BYTES]>>);

impl Seed {
    /// Makes a new seed from the system's generator.
    pub fn generate() -> Result<Self, KeyError> {
        let mut seed = Box::new(Zeroizing::new([0; KEY_BYTES]));
        getrandom::fill(seed.as_mut_slice()).map_err(KeyError::Randomness)?;
        Ok(Self(seed))
    }

    /// Copies a seed; `None` unless `bytes` are 32.
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        let bytes: &[u8; KEY_BYTES] = bytes.try_into().ok()?;
        Some(Self(Box::new(Zeroizing::new(*bytes))))
    }

    pub(super) fn as_bytes(&self) -> &[u8; KEY_BYTES] {
        &self.0
    }
}

/// What a person types to open an identity: one line of UTF-8.
pub struct Passphrase(Zeroizing<String>);

impl Passphrase {
    /// Takes a passphrase that is to protect a new identity.
    ///
    /// # Errors
    /// [`KeyError::Passphrase`] if it is too short to protect anything, too long, or more than a line.
    pub fn new(typed: Zeroizing<String>) -> Result<Self, KeyError> {
        if typed.len() < PASSPHRASE_BYTES_MIN {
            return Err(KeyError::Passphrase("shorter than 8 bytes"));
        }
        Self::given(typed)
    }

    /// Takes a passphrase that was chosen elsewhere, of whatever length.
    ///
    /// # Errors
    /// [`KeyError::Passphrase`] if it is empty, too long, or more than a line.
    pub fn given(typed: Zeroizing<String>) -> Result<Self, KeyError> {
        if typed.is_empty() {
            Err(KeyError::Passphrase("empty"))
        } else if typed.len() > PASSPHRASE_BYTES_MAX {
            Err(KeyError::Passphrase("longer than 1,024 bytes"))
        } else if typed.contains(['\n', '\r', '\0']) {
            Err(KeyError::Passphrase("more than one line"))
        } else {
            Ok(Self(typed))
        }
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}
