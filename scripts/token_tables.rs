//! Makes the static tables of `src/tokens` from the vocabularies of the build-dependency `tiktoken`.
//!
//! For each encoding: the tokens of at most seven bytes in one hash table that holds them whole, the longer ones in another that points
//! to their bytes, and the fingerprint. For both: the classes of all characters. No network, no vocabulary file.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "a build that cannot make its tables must stop, and cargo listens to its stdout"
)]

use std::collections::HashMap;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use regex_syntax::hir::{Class, HirKind};
use sha2::{Digest as _, Sha256};

#[allow(
    unreachable_pub,
    reason = "this is a file of the library, read from outside"
)]
#[path = "../src/tokens/layout.rs"]
mod layout;

/// Ids after the vocabulary in which special tokens are looked for.
const SPECIAL_IDS_MAX: u32 = 1 << 12;

fn main() {
    println!("cargo::rerun-if-changed=scripts/token_tables.rs");
    println!("cargo::rerun-if-changed=src/tokens/layout.rs");
    #[expect(
        clippy::disallowed_methods,
        reason = "this is how cargo says where a build script writes"
    )]
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    write_classes(&out);
    write_vocabulary(&out, layout::O200K_NAME, layout::O200K_PATTERN);
    write_vocabulary(&out, layout::CL100K_NAME, layout::CL100K_PATTERN);
}

/// Writes the classes of all characters as blocks, equal blocks once, and the number of each run's block.
fn write_classes(out: &Path) {
    let mut classes = vec![0_u8; 0x11_0000];
    for (bit, set) in [
        (layout::class::HEAD, r"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]"),
        (layout::class::TAIL, r"[\p{Ll}\p{Lm}\p{Lo}\p{M}]"),
        (layout::class::LETTER, r"\p{L}"),
        (layout::class::NUMBER, r"\p{N}"),
        (layout::class::SPACE, r"\s"),
        (layout::class::LINE, r"[\r\n]"),
    ] {
        let parsed = regex_syntax::parse(set).expect("the set is valid");
        let HirKind::Class(Class::Unicode(set)) = parsed.kind() else {
            panic!("{set} is not a set of characters");
        };
        for range in set.ranges() {
            for class in &mut classes[range.start() as usize..=range.end() as usize] {
                *class |= bit;
            }
        }
    }
    let mut numbers = HashMap::new();
    let mut blocks = Vec::new();
    let mut index = Vec::new();
    for block in classes.chunks(layout::BLOCK_CHARS) {
        let next = numbers.len();
        let number = *numbers.entry(block).or_insert_with(|| {
            blocks.extend_from_slice(block);
            next
        });
        index.push(u8::try_from(number).expect("at most 256 different blocks"));
    }
    fs::write(out.join("class.index"), index).unwrap();
    fs::write(out.join("class.blocks"), blocks).unwrap();
}

/// Writes the tables and the fingerprint of one encoding.
fn write_vocabulary(out: &Path, name: &str, pattern: &str) {
    let source = tiktoken::get_encoding(name).expect("the encoding is known");
    let size = u32::try_from(source.vocab_size()).unwrap();
    let tokens: Vec<Vec<u8>> = (0..size).map(|id| source.decode(&[id])).collect();
    assert!(
        tokens.iter().all(|token| !token.is_empty()),
        "{name}: a rank has no token"
    );
    let specials: Vec<(u32, Vec<u8>)> = (size..size + SPECIAL_IDS_MAX)
        .map(|id| (id, source.decode(&[id])))
        .filter(|(_, token)| !token.is_empty())
        .collect();
    assert_eq!(specials.len(), source.num_special_tokens(), "{name}");

    let (short, long): (Vec<_>, Vec<_>) = (0_u32..)
        .zip(&tokens)
        .partition(|(_, token)| token.len() <= layout::SHORT_BYTES_MAX);
    fs::write(out.join(format!("{name}.short")), short_table(&short)).unwrap();
    let (slots, entries, bytes) = long_table(&long);
    fs::write(out.join(format!("{name}.long")), slots).unwrap();
    fs::write(out.join(format!("{name}.entries")), entries).unwrap();
    fs::write(out.join(format!("{name}.bytes")), bytes).unwrap();
    fs::write(
        out.join(format!("{name}.fingerprint")),
        fingerprint(name, &tokens, &specials, pattern),
    )
    .unwrap();
}

/// Slots of 12 bytes: key, then rank. At most three quarters full.
fn short_table(tokens: &[(u32, &Vec<u8>)]) -> Vec<u8> {
    let bits = (tokens.len() * 4 / 3).next_power_of_two().ilog2();
    let mut slots = vec![(0_u64, 0_u32); 1 << bits];
    for (rank, token) in tokens {
        let mut word = [0; 8];
        word[..token.len()].copy_from_slice(token);
        let key = layout::short_key(u64::from_le_bytes(word), token.len());
        let mut slot = layout::short_slot(key, bits);
        while slots[slot].0 != 0 {
            slot = (slot + 1) & (slots.len() - 1);
        }
        slots[slot] = (key, *rank);
    }
    slots
        .into_iter()
        .flat_map(|(key, rank)| key.to_le_bytes().into_iter().chain(rank.to_le_bytes()))
        .collect()
}

/// Slots of 4 bytes (entry + 1 and tag), entries of 8 bytes (rank and where its bytes end), and the bytes.
fn long_table(tokens: &[(u32, &Vec<u8>)]) -> (Vec<u8>, Vec<u8>, Vec<u8>) {
    assert!(tokens.len() < 1 << layout::ENTRY_BITS);
    let bits = (tokens.len() * 4 / 3).next_power_of_two().ilog2();
    let mut slots = vec![0_u32; 1 << bits];
    let mut entries = Vec::new();
    let mut bytes = Vec::new();
    for ((rank, token), entry) in tokens.iter().zip(1_u32..) {
        let (mut slot, tag) = layout::long_slot(layout::long_hash(token), bits);
        while slots[slot] != 0 {
            slot = (slot + 1) & (slots.len() - 1);
        }
        slots[slot] = tag | entry;
        bytes.extend_from_slice(token);
        entries.extend(rank.to_le_bytes());
        entries.extend(u32::try_from(bytes.len()).unwrap().to_le_bytes());
    }
    let slots = slots.into_iter().flat_map(u32::to_le_bytes).collect();
    (slots, entries, bytes)
}

/// SHA-256 over the name, the tokens in the order of their ranks, the special tokens with their ids, and the pattern; every string
/// and every list is preceded by its length (`u32`, little-endian).
fn fingerprint(
    name: &str,
    tokens: &[Vec<u8>],
    specials: &[(u32, Vec<u8>)],
    pattern: &str,
) -> String {
    fn length(hash: &mut Sha256, length: usize) {
        hash.update(u32::try_from(length).unwrap().to_le_bytes());
    }
    fn string(hash: &mut Sha256, bytes: &[u8]) {
        length(hash, bytes.len());
        hash.update(bytes);
    }
    let mut hash = Sha256::new();
    string(&mut hash, name.as_bytes());
    length(&mut hash, tokens.len());
    for token in tokens {
        string(&mut hash, token);
    }
    length(&mut hash, specials.len());
    for (id, token) in specials {
        hash.update(id.to_le_bytes());
        string(&mut hash, token);
    }
    string(&mut hash, pattern.as_bytes());
    let digest = hash.finalize();
    digest
        .iter()
        .fold("sha256:".to_owned(), |hex, byte| format!("{hex}{byte:02x}"))
}
