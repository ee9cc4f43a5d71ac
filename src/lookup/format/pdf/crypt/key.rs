//! The key of a file that opens without a password: ISO 32000-1, 7.6.3, and ISO 32000-2, 7.6.4.

use md5::{Digest as _, Md5};
use sha2::{Sha256, Sha384, Sha512};

use super::{aes, rc4};

/// What a password is filled up to 32 bytes with: all of one that is empty.
const FILLING: &[u8; 32] = b"\x28\xbf\x4e\x5e\x4e\x75\x8a\x41\x64\x00\x4e\x56\xff\xfa\x01\x08\
    \x2e\x2e\x00\xb6\xd0\x68\x3e\x80\x2f\x0c\xa9\xfe\x64\x53\x69\x7a";
/// Rounds of the hash of revision 6: from the 64th on one in which a byte is not above the rounds before the last 32 is
/// the last, so that there are never more.
const ROUNDS_MAX: u16 = 64 + 256;

/// What a file says of its key.
#[derive(Debug, Default)]
pub(super) struct Facts {
    pub(super) revision: u32,
    /// Bytes of the key, up to revision 4.
    pub(super) key_bytes: usize,
    /// What the owner's password (`O`) and the reader's (`U`, `UE`) were made to.
    pub(super) owner: Vec<u8>,
    pub(super) user: Vec<u8>,
    pub(super) user_key: Vec<u8>,
    /// What readers may do (`P`).
    pub(super) permissions: u32,
    /// The first part of the `ID` of the file.
    pub(super) id: Vec<u8>,
    pub(super) encrypts_metadata: bool,
}

impl Facts {
    /// Returns the key if the password is empty.
    pub(super) fn key(&self) -> Option<Vec<u8>> {
        if self.revision >= 5 {
            self.key_of_aes_256()
        } else {
            self.key_of_md5()
        }
    }

    /// Algorithms 2, 4 and 5 of ISO 32000-1.
    fn key_of_md5(&self) -> Option<Vec<u8>> {
        let mut hash = Md5::new_with_prefix(FILLING);
        hash.update(self.owner.get(..32)?);
        hash.update(self.permissions.to_le_bytes());
        hash.update(&self.id);
        if self.revision >= 4 && !self.encrypts_metadata {
            hash.update([0xff; 4]);
        }
        let mut key = hash.finalize().to_vec();
        key.truncate(self.key_bytes);
        if self.revision == 2 {
            let mut proof = *FILLING;
            rc4::apply(&key, &mut proof);
            return (self.user.get(..32)? == proof).then_some(key);
        }
        for _ in 0..50 {
            key = Md5::digest(&key).to_vec();
            key.truncate(self.key_bytes);
        }
        let mut proof = Md5::new_with_prefix(FILLING)
            .chain_update(&self.id)
            .finalize();
        for round in 0..20 {
            let turned: Vec<u8> = key.iter().map(|byte| byte ^ round).collect();
            rc4::apply(&turned, &mut proof);
        }
        // The rest of `U` is arbitrary.
        (self.user.get(..16)? == &proof[..]).then_some(key)
    }

    /// Algorithm 2.A of ISO 32000-2: `U` is a hash, and what is hashed with the password for it and for the key.
    fn key_of_aes_256(&self) -> Option<Vec<u8>> {
        let hash = |salt: &[u8]| match self.revision {
            5 => Sha256::digest(salt).to_vec(),
            _ => hardened(salt),
        };
        if self.user.get(..32)? != hash(self.user.get(32..40)?) {
            return None;
        }
        let outer = hash(self.user.get(40..48)?);
        let start = [0; aes::BLOCK_BYTES];
        let key = aes::blocks_decrypted(&outer, &start, self.user_key.get(..32)?);
        Some(key)
    }
}

/// Algorithm 2.B of ISO 32000-2, of an empty password.
fn hardened(salt: &[u8]) -> Vec<u8> {
    let mut hash = Sha256::digest(salt).to_vec();
    for round in 0..ROUNDS_MAX {
        let mut data = hash.repeat(64);
        let (Some(key), Some(start)) = (hash.get(..16), hash.get(16..32)) else {
            break;
        };
        aes::encrypt_blocks(key, start, &mut data);
        // The number that the first 16 bytes are modulo 3 is their sum modulo 3, for 256 is 1.
        let sum: u32 = data.iter().take(16).copied().map(u32::from).sum();
        hash = match sum % 3 {
            0 => Sha256::digest(&data).to_vec(),
            1 => Sha384::digest(&data).to_vec(),
            _ => Sha512::digest(&data).to_vec(),
        };
        let last = data.last().copied().map_or(0, u16::from);
        if round >= 63 && last + 32 <= round + 1 {
            break;
        }
    }
    hash.truncate(32);
    hash
}
