//! Ed25519 identities and session keys: made, sealed, unlocked, used to sign and verify; never shown.
//!
//! Two kinds of signing key exist. A *session key* is made for one process, lives in its memory and dies with it. An
//! *identity* is opt-in, has a name and lasts: its [`Seed`] lies in the store under XChaCha20-Poly1305, and the key to that
//! comes from a passphrase or from a key file of its own ([`Custody`]). Both sign in the format of OpenSSH ([`sshsig`]), so
//! that anyone can check a signature with `ssh-keygen`.
//!
//! Secrets are types without `Clone`, `Debug` or `Serialize`, wiped when dropped. Public keys are derived from the seed,
//! never believed from a row, and every signature passes the strict check of RFC 8032 with small-order keys refused.

mod aead;
mod error;
mod identity;
mod kek;
mod key_file;
mod name;
mod openssh;
mod sealed;
mod secret;
mod signing;
pub mod sshsig;
#[cfg(test)]
mod vectors;
mod verifying;

pub use self::error::KeyError;
pub use self::identity::{Identity, Unlock, add, allowed_signers, find, list, remove, unlock};
pub use self::key_file::KeyFile;
pub use self::name::IdentityName;
pub use self::openssh::{ImportedKey, PRIVATE_KEY_BYTES_MAX};
pub use self::sealed::Custody;
pub use self::secret::{PASSPHRASE_BYTES_MAX, Passphrase, Seed, random};
pub use self::signing::SigningKey;
pub use self::verifying::VerifyingKey;
