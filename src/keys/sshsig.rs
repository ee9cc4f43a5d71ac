//! Signatures in the format of `ssh-keygen -Y sign` (PROTOCOL.sshsig in the sources of OpenSSH).
//!
//! The crate `ssh-key` reads and writes the format; what it would check with a lenient verify is checked here with the
//! strict one. Only SHA-512 is written and accepted, so that there is one way to sign a text.

use ssh_key::{Algorithm, HashAlg, LineEnding, Signature, SshSig};

use super::{KeyError, SigningKey, VerifyingKey};

/// Bytes of an armoured signature: one by Ed25519 takes about 300.
const ARMOUR_BYTES_MAX: usize = 4096;

/// Signs `message` for the use that `namespace` names and returns the armoured signature.
///
/// # Errors
/// [`KeyError::Primitive`] if `namespace` is empty.
pub fn sign(key: &SigningKey, namespace: &str, message: &[u8]) -> Result<String, KeyError> {
    let written = || -> Result<String, ssh_key::Error> {
        let signed = SshSig::signed_data(namespace, HashAlg::Sha512, message)?;
        let signature = Signature::new(Algorithm::Ed25519, key.sign(&signed).to_vec())?;
        let public = key.verifying_key().to_key_data();
        SshSig::new(public, namespace, HashAlg::Sha512, signature)?.to_pem(LineEnding::LF)
    };
    written().map_err(|_| KeyError::Primitive("writing the signature"))
}

/// Checks that `armour` is a signature by `key` over `message` for the use that `namespace` names.
///
/// # Errors
/// [`KeyError::Signature`] with the first thing that is wrong.
pub fn verify(
    key: &VerifyingKey,
    namespace: &str,
    message: &[u8],
    armour: &str,
) -> Result<(), KeyError> {
    if armour.len() > ARMOUR_BYTES_MAX {
        return Err(KeyError::Signature("it is longer than 4,096 bytes"));
    }
    let signature = SshSig::from_pem(armour)
        .map_err(|_| KeyError::Signature("it is not armoured as an SSH signature"))?;
    if !is_canonical(&signature, armour) {
        return Err(KeyError::Signature("its armour was changed"));
    }
    if signature.namespace() != namespace {
        return Err(KeyError::Signature("it was made for another use"));
    }
    if signature.version() != SshSig::VERSION
        || signature.hash_alg() != HashAlg::Sha512
        || !signature.reserved().is_empty()
        || signature.algorithm() != Algorithm::Ed25519
    {
        return Err(KeyError::Signature(
            "it is of a form that is not in use here",
        ));
    }
    if VerifyingKey::from_key_data(signature.public_key())? != *key {
        return Err(KeyError::Signature("it was made with another key"));
    }
    let signed = SshSig::signed_data(namespace, HashAlg::Sha512, message)
        .map_err(|_| KeyError::Signature("it was made for another use"))?;
    key.verify(&signed, signature.signature_bytes())
}

/// Returns whether `armour` is the one spelling of `signature`, save line ends and the last one: a signature that can be
/// respelled could be counted twice.
fn is_canonical(signature: &SshSig, armour: &str) -> bool {
    signature.to_pem(LineEnding::LF).is_ok_and(|canonical| {
        canonical.trim_end_matches('\n') == armour.replace("\r\n", "\n").trim_end_matches('\n')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const USE: &str = "letter.v1@mrconductor";

    #[test]
    fn a_signature_holds_for_its_key_use_and_text_only() {
        let key = SigningKey::generate().unwrap();
        let armour = sign(&key, USE, b"text").unwrap();
        let public = key.verifying_key();
        verify(&public, USE, b"text", &armour).unwrap();
        verify(&public, USE, b"text", &armour.replace('\n', "\r\n")).unwrap();
        assert!(verify(&public, USE, b"texT", &armour).is_err());
        assert!(verify(&public, "letter.v2@mrconductor", b"text", &armour).is_err());
        let other = SigningKey::generate().unwrap().verifying_key();
        assert!(verify(&other, USE, b"text", &armour).is_err());
    }

    #[test]
    fn every_single_bit_flip_of_a_signature_is_refused() {
        let key = SigningKey::generate().unwrap();
        let armour = sign(&key, USE, b"text").unwrap();
        for at in 0..armour.trim_end().len() {
            for bit in 0..8 {
                let mut flipped = armour.clone().into_bytes();
                flipped[at] ^= 1 << bit;
                let Ok(flipped) = String::from_utf8(flipped) else {
                    continue;
                };
                assert!(
                    verify(&key.verifying_key(), USE, b"text", &flipped).is_err(),
                    "byte {at} bit {bit}"
                );
            }
        }
    }

    #[test]
    fn the_signature_that_holds_for_every_message_is_refused() {
        // Public key and R are the identity point, S is zero: the equation S·B = R + k·A holds whatever the message.
        let mut identity_point = [0; 32];
        identity_point[0] = 1;
        let mut forged = [0; 64];
        forged[0] = 1;
        let data =
            ssh_key::public::KeyData::Ed25519(ssh_key::public::Ed25519PublicKey(identity_point));
        let armour = SshSig::new(
            data,
            USE,
            HashAlg::Sha512,
            Signature::new(Algorithm::Ed25519, forged.to_vec()).unwrap(),
        )
        .unwrap()
        .to_pem(LineEnding::LF)
        .unwrap();
        let unchecked = ed25519_dalek::VerifyingKey::from_bytes(&identity_point).unwrap();
        let refused = verify(&VerifyingKey::of(unchecked), USE, b"anything", &armour);
        assert!(
            matches!(refused, Err(KeyError::PublicKey(_))),
            "{refused:?}"
        );
        // Even past the check of the key, the strict check of the signature refuses it.
        assert!(
            VerifyingKey::of(unchecked)
                .verify(b"anything", &forged)
                .is_err()
        );
    }
}
