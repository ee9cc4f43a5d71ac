//! The verifying key: checks signatures strictly, and is written as OpenSSH writes it.

use ssh_key::HashAlg;
use ssh_key::public::{Ed25519PublicKey, KeyData};

use super::KeyError;

/// A public Ed25519 key that is not of small order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifyingKey(ed25519_dalek::VerifyingKey);

impl VerifyingKey {
    /// Takes a public key.
    ///
    /// # Errors
    /// [`KeyError::PublicKey`] if `bytes` are no 32-byte encoding of a point, or of one of small order: under such a key a
    /// single signature holds for every message, and OpenSSH itself accepts it.
    pub fn from_slice(bytes: &[u8]) -> Result<Self, KeyError> {
        let bytes: &[u8; 32] = bytes
            .try_into()
            .map_err(|_| KeyError::PublicKey("it is not 32 bytes long"))?;
        let key = ed25519_dalek::VerifyingKey::from_bytes(bytes)
            .map_err(|_| KeyError::PublicKey("it is not a point of the curve"))?;
        if key.is_weak() {
            return Err(KeyError::PublicKey(
                "it has small order, so that anyone can sign for it",
            ));
        }
        Ok(Self(key))
    }

    /// Reads a line such as `ssh-ed25519 AAAA… comment`.
    pub fn from_openssh(line: &str) -> Result<Self, KeyError> {
        let key = ssh_key::PublicKey::from_openssh(line)
            .map_err(|_| KeyError::PublicKey("it is not a line of OpenSSH's form"))?;
        Self::from_key_data(key.key_data())
    }

    /// Returns the line that OpenSSH reads, with `comment` at its end.
    pub fn to_openssh(&self, comment: &str) -> Result<String, KeyError> {
        ssh_key::PublicKey::new(self.to_key_data(), comment)
            .to_openssh()
            .map_err(|_| KeyError::Primitive("writing the public key"))
    }

    /// Returns the fingerprint as `ssh-keygen -l` shows it: `SHA256:` and 43 characters.
    pub fn fingerprint(&self) -> String {
        self.to_key_data().fingerprint(HashAlg::Sha256).to_string()
    }

    /// Returns the 32 bytes of the key.
    pub fn as_bytes(&self) -> &[u8; 32] {
        self.0.as_bytes()
    }

    /// Checks `signature` over `message`: canonical encodings only, no small-order parts.
    pub(super) fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), KeyError> {
        let signature = ed25519_dalek::Signature::from_slice(signature)
            .map_err(|_| KeyError::Signature("it is not 64 bytes long"))?;
        self.0
            .verify_strict(message, &signature)
            .map_err(|_| KeyError::Signature("it does not belong to this text and this key"))
    }

    pub(super) fn of(key: ed25519_dalek::VerifyingKey) -> Self {
        Self(key)
    }

    pub(super) fn from_key_data(data: &KeyData) -> Result<Self, KeyError> {
        let key = data
            .ed25519()
            .ok_or(KeyError::PublicKey("it is not of type ssh-ed25519"))?;
        Self::from_slice(&key.0)
    }

    pub(super) fn to_key_data(&self) -> KeyData {
        KeyData::Ed25519(Ed25519PublicKey(*self.as_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The fourteen encodings of points of small order: eight points, with the non-canonical and the sign-bit spellings.
    const SMALL_ORDER: [&str; 14] = [
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000080",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000080",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    ];

    #[test]
    fn every_encoding_of_a_small_order_point_is_refused() {
        for hex in SMALL_ORDER {
            let bytes: Vec<u8> = (0..64)
                .step_by(2)
                .map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap())
                .collect();
            assert!(VerifyingKey::from_slice(&bytes).is_err(), "{hex}");
        }
    }

    #[test]
    fn an_openssh_line_comes_back_as_it_was() {
        let key = crate::keys::SigningKey::generate().unwrap().verifying_key();
        let line = key.to_openssh("someone").unwrap();
        assert!(
            line.starts_with("ssh-ed25519 ") && line.ends_with(" someone"),
            "{line}"
        );
        assert_eq!(VerifyingKey::from_openssh(&line).unwrap(), key);
    }
}
