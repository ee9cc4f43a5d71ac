//! The signing key: signs, and tells its public half.

use ed25519_dalek::Signer as _;

use super::{KeyError, Seed, VerifyingKey};

/// An unlocked Ed25519 key in memory; wiped when dropped.
pub struct SigningKey(ed25519_dalek::SigningKey);

impl SigningKey {
    /// Makes a fresh key that was never anywhere else.
    pub fn generate() -> Result<Self, KeyError> {
        Ok(Self::from_seed(&Seed::generate()?))
    }

    /// Expands a seed into the key it stands for.
    pub fn from_seed(seed: &Seed) -> Self {
        Self(ed25519_dalek::SigningKey::from_bytes(seed.as_bytes()))
    }

    /// Returns the public half, computed from the secret one.
    pub fn verifying_key(&self) -> VerifyingKey {
        VerifyingKey::of(self.0.verifying_key())
    }

    /// Returns the 64-byte signature of `message` (RFC 8032 §5.1.6).
    pub(super) fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.0.sign(message).to_bytes()
    }
}
