//! AES in chains of blocks (CBC), as files since 2005 are encrypted with it.

use aes::{Aes128, Aes256};
use cbc::cipher::{Array, BlockModeDecrypt, BlockModeEncrypt as _, KeyIvInit, array::sizes::U16};
use cbc::{Decryptor, Encryptor};

/// Bytes of a block, and of what a chain begins with.
pub(super) const BLOCK_BYTES: usize = 16;

/// Decrypts `data`, which begins with what its chain begins with and ends with what fills its last block up. Half a block
/// at the end is none, and there is nothing in what has no block: what is damaged ends where the damage is.
pub(super) fn decrypted(key: &[u8], data: &[u8]) -> Vec<u8> {
    let Some((start, body)) = data.split_at_checked(BLOCK_BYTES) else {
        return Vec::new();
    };
    let mut plain = blocks_decrypted(key, start, body);
    // ISO 32000-1, 7.6.2: each of the bytes that fill up says how many there are.
    let filled = plain.last().copied().map_or(0, usize::from);
    if (1..=BLOCK_BYTES).contains(&filled) {
        plain.truncate(plain.len() - filled);
    }
    plain
}

/// Decrypts the whole blocks of `data`, with a key of 16 or 32 bytes; with any other there is nothing in them.
pub(super) fn blocks_decrypted(key: &[u8], start: &[u8], data: &[u8]) -> Vec<u8> {
    let mut plain = data.to_vec();
    plain.truncate(data.len() / BLOCK_BYTES * BLOCK_BYTES);
    let is_done = if key.len() == BLOCK_BYTES {
        decrypt::<Decryptor<Aes128>>(key, start, &mut plain)
    } else {
        decrypt::<Decryptor<Aes256>>(key, start, &mut plain)
    };
    if is_done.is_none() {
        plain.clear();
    }
    plain
}

fn decrypt<C>(key: &[u8], start: &[u8], data: &mut [u8]) -> Option<()>
where
    C: KeyIvInit + BlockModeDecrypt<BlockSize = U16>,
{
    let (blocks, _) = Array::slice_as_chunks_mut(data);
    C::new_from_slices(key, start).ok()?.decrypt_blocks(blocks);
    Some(())
}

/// Encrypts whole blocks in place, with a key of 16 bytes.
pub(super) fn encrypt_blocks(key: &[u8], start: &[u8], data: &mut [u8]) {
    if let Ok(mut chain) = Encryptor::<Aes128>::new_from_slices(key, start) {
        let (blocks, _) = Array::slice_as_chunks_mut(data);
        chain.encrypt_blocks(blocks);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// NIST SP 800-38A, F.2.1 and F.2.5.
    const PLAIN: [u8; 16] = *b"\x6b\xc1\xbe\xe2\x2e\x40\x9f\x96\xe9\x3d\x7e\x11\x73\x93\x17\x2a";
    const KEY: [u8; 16] = *b"\x2b\x7e\x15\x16\x28\xae\xd2\xa6\xab\xf7\x15\x88\x09\xcf\x4f\x3c";
    const PACKED: [u8; 16] = *b"\x76\x49\xab\xac\x81\x19\xb2\x46\xce\xe9\x8e\x9b\x12\xe9\x19\x7d";
    const LONG_KEY: [u8; 32] = *b"\x60\x3d\xeb\x10\x15\xca\x71\xbe\x2b\x73\xae\xf0\x85\x7d\x77\x81\
        \x1f\x35\x2c\x07\x3b\x61\x08\xd7\x2d\x98\x10\xa3\x09\x14\xdf\xf4";
    const LONG_PACKED: [u8; 16] =
        *b"\xf5\x8c\x4c\x04\xd6\xe5\xf1\xba\x77\x9e\xab\xfb\x5f\x7b\xfb\xd6";

    fn start() -> Vec<u8> {
        (0..16).collect()
    }

    #[test]
    fn the_examples_of_the_standard_come_out() {
        assert_eq!(blocks_decrypted(&KEY, &start(), &PACKED), PLAIN);
        assert_eq!(blocks_decrypted(&LONG_KEY, &start(), &LONG_PACKED), PLAIN);
        let mut data = PLAIN;
        encrypt_blocks(&KEY, &start(), &mut data);
        assert_eq!(data, PACKED);
    }

    #[test]
    fn what_fills_a_block_up_is_taken_off_and_half_a_block_is_none() {
        let mut data = *b"boats\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b";
        encrypt_blocks(&KEY, &start(), &mut data);
        let mut stored = [start(), data.to_vec()].concat();
        assert_eq!(decrypted(&KEY, &stored), b"boats");
        stored.extend(b"\r\n");
        assert_eq!(decrypted(&KEY, &stored), b"boats");
        assert_eq!(decrypted(&KEY, &stored[..20]), b"");
        assert_eq!(decrypted(&KEY, b"short"), b"");
        assert_eq!(decrypted(b"no key", &stored), b"");
    }
}
