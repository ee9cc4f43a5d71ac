//! XChaCha20-Poly1305: encrypts a secret together with what it belongs to.

use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use zeroize::Zeroizing;

use super::KeyError;
use super::secret::KEY_BYTES;

/// Bytes of a nonce: long enough to be drawn at random for every encryption.
pub(super) const NONCE_BYTES: usize = 24;

/// Encrypts `plain`; what comes back opens with the same key, nonce and context only.
pub(super) fn encrypt(
    key: &[u8; KEY_BYTES],
    nonce: &[u8; NONCE_BYTES],
    context: &[u8],
    plain: &[u8],
) -> Result<Vec<u8>, KeyError> {
    let payload = Payload {
        msg: plain,
        aad: context,
    };
    XChaCha20Poly1305::new(key.into())
        .encrypt(&XNonce::from(*nonce), payload)
        .map_err(|_| KeyError::Primitive("encryption"))
}

/// Decrypts what [`encrypt`] made; `None` if a bit of it, of the nonce, the context or the key differs.
pub(super) fn decrypt(
    key: &[u8; KEY_BYTES],
    nonce: &[u8; NONCE_BYTES],
    context: &[u8],
    sealed: &[u8],
) -> Option<Zeroizing<Vec<u8>>> {
    let payload = Payload {
        msg: sealed,
        aad: context,
    };
    XChaCha20Poly1305::new(key.into())
        .decrypt(&XNonce::from(*nonce), payload)
        .ok()
        .map(Zeroizing::new)
}
