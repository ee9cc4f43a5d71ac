//! The files in a zip archive, as many and as large as a document needs: what formats made of several files are kept in.
//!
//! Reads what such formats use, files stored or deflated, and finds them where the list at the end of the archive says.

use std::collections::HashMap;
use std::io::Read as _;

use flate2::Crc;
use flate2::read::DeflateDecoder;

use super::Unread;
use super::sheet::short;

/// Bytes of the largest file unpacked: more than any chapter has, whatever its archive says of it.
const FILE_BYTES_MAX: u64 = 16 << 20;
/// Bytes of all files unpacked: an archive can hold a thousand times its length.
const ALL_BYTES_MAX: u64 = 64 << 20;
/// Letters of a file's name that are told.
const NAME_LETTERS_MAX: usize = 100;

/// What the end of an archive begins with, then its length without the comment, which has two bytes for its own.
const END: (&[u8], usize) = (b"PK\x05\x06", 22);
/// What an entry of the list begins with, and the length of its fixed part.
const ENTRY: (&[u8], usize) = (b"PK\x01\x02", 46);
/// What a file begins with, and the length of its fixed part.
const FILE: (&[u8], usize) = (b"PK\x03\x04", 30);

/// An opened archive.
pub(super) struct Archive<'a> {
    bytes: &'a [u8],
    entries: HashMap<String, Entry>,
    left: u64,
}

/// Where a file is, and how it is packed.
#[derive(Debug, Clone, Copy)]
struct Entry {
    flags: u16,
    method: u16,
    crc: u32,
    packed: usize,
    at: usize,
}

impl<'a> Archive<'a> {
    /// Opens the archive that `bytes` are.
    pub(super) fn open(bytes: &'a [u8]) -> Result<Self, Unread> {
        let broken = || Unread::Broken("is no zip archive, or its end is missing".to_owned());
        // The comment behind the end is at most 64 KiB long.
        let tail = bytes.len().saturating_sub(END.1 + usize::from(u16::MAX));
        let last = bytes.get(tail..).unwrap_or_default();
        let end = last
            .windows(END.0.len())
            .rposition(|window| window == END.0);
        let end = tail + end.ok_or_else(broken)?;
        let list = number(bytes, end + 16, 4).ok_or_else(broken)?;
        let mut archive = Self {
            bytes,
            entries: HashMap::new(),
            left: ALL_BYTES_MAX,
        };
        let mut at = list;
        while let Some((name, entry, next)) = listed(bytes, at) {
            archive.entries.insert(name, entry);
            at = next;
        }
        Ok(archive)
    }

    /// Returns the text of the file called `name`; an error says why there is none.
    pub(super) fn text(&mut self, name: &str) -> Result<String, String> {
        let shown = short(name, NAME_LETTERS_MAX);
        let entry = self
            .entries
            .get(name)
            .ok_or_else(|| format!("`{shown}` is missing"))?;
        let packed = entry
            .packed_in(self.bytes)
            .ok_or_else(|| format!("`{shown}` is cut off"))?;
        let limit = FILE_BYTES_MAX.min(self.left);
        let mut bytes = Vec::new();
        let read = match (entry.flags & 1, entry.method) {
            (0, 0) => packed.take(limit + 1).read_to_end(&mut bytes),
            (0, 8) => DeflateDecoder::new(packed)
                .take(limit + 1)
                .read_to_end(&mut bytes),
            (0, method) => return Err(format!("`{shown}` is packed by method {method}")),
            _ => return Err(format!("`{shown}` is encrypted")),
        };
        read.map_err(|error| format!("`{shown}` is damaged: {error}"))?;
        let length = bytes.len() as u64;
        if length > limit {
            return Err(format!(
                "`{shown}` unpacks to more than {} MiB",
                limit >> 20
            ));
        }
        self.left -= length;
        let mut crc = Crc::new();
        crc.update(&bytes);
        if crc.sum() != entry.crc {
            return Err(format!("`{shown}` is damaged"));
        }
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }
}

impl Entry {
    /// Returns the packed bytes of the file.
    fn packed_in<'a>(&self, archive: &'a [u8]) -> Option<&'a [u8]> {
        if !archive.get(self.at..)?.starts_with(FILE.0) {
            return None;
        }
        let start = self.at
            + FILE.1
            + number(archive, self.at + 26, 2)?
            + number(archive, self.at + 28, 2)?;
        archive.get(start..start.checked_add(self.packed)?)
    }
}

/// Returns the entry of the list at byte `at`, with its name and where the next one begins.
fn listed(bytes: &[u8], at: usize) -> Option<(String, Entry, usize)> {
    if !bytes.get(at..)?.starts_with(ENTRY.0) {
        return None;
    }
    let field = |offset: usize, length: usize| number(bytes, at + offset, length);
    let name_end = at + ENTRY.1 + field(28, 2)?;
    let name = bytes.get(at + ENTRY.1..name_end)?;
    let entry = Entry {
        flags: u16::try_from(field(8, 2)?).ok()?,
        method: u16::try_from(field(10, 2)?).ok()?,
        crc: u32::try_from(field(16, 4)?).ok()?,
        packed: field(20, 4)?,
        at: field(42, 4)?,
    };
    let next = name_end + field(30, 2)? + field(32, 2)?;
    Some((String::from_utf8_lossy(name).into_owned(), entry, next))
}

/// Returns the number in `length` bytes at byte `at`, the lowest first.
fn number(bytes: &[u8], at: usize, length: usize) -> Option<usize> {
    let digits = bytes.get(at..at.checked_add(length)?)?;
    Some(
        digits
            .iter()
            .rev()
            .fold(0, |number, digit| number << 8 | usize::from(*digit)),
    )
}

#[cfg(test)]
pub(super) mod tests {
    use std::io::Write as _;

    use flate2::Compression;
    use flate2::write::DeflateEncoder;
    use proptest::prelude::*;

    use super::*;

    /// Returns an archive of `files`: name and content.
    pub(in crate::lookup::format) fn packed(files: &[(&str, &str)]) -> Vec<u8> {
        let (mut archive, mut list) = (Vec::new(), Vec::new());
        let two = |number: usize| u16::try_from(number).unwrap().to_le_bytes();
        let four = |number: usize| u32::try_from(number).unwrap().to_le_bytes();
        for (name, text) in files {
            let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
            encoder.write_all(text.as_bytes()).unwrap();
            let packed = encoder.finish().unwrap();
            let mut crc = Crc::new();
            crc.update(text.as_bytes());
            let at = archive.len();
            let facts = [
                two(20).as_slice(),
                &two(0),
                &two(8),
                &four(0),
                &crc.sum().to_le_bytes(),
                &four(packed.len()),
                &four(text.len()),
                &two(name.len()),
                &two(0),
            ]
            .concat();
            archive.extend([FILE.0, &facts, name.as_bytes(), &packed].concat());
            let rest = [two(0).as_slice(), &two(0), &two(0), &four(0), &four(at)].concat();
            list.extend([ENTRY.0, &two(20), &facts, &rest, name.as_bytes()].concat());
        }
        let at = archive.len();
        archive.extend_from_slice(&list);
        let counts = [two(0), two(0), two(files.len()), two(files.len())].concat();
        archive.extend([END.0, &counts, &four(list.len()), &four(at), &two(0)].concat());
        archive
    }

    #[test]
    fn files_are_found_by_name_and_bombs_are_not_unpacked() {
        let bomb = "x".repeat(usize::try_from(FILE_BYTES_MAX).unwrap() + 1);
        let bytes = packed(&[("a/b.txt", "words"), ("bomb", &bomb)]);
        assert!(bytes.len() < 100_000);
        let mut archive = Archive::open(&bytes).ok().unwrap();
        assert_eq!(archive.text("a/b.txt").as_deref(), Ok("words"));
        assert_eq!(
            archive.text("bomb"),
            Err("`bomb` unpacks to more than 16 MiB".to_owned())
        );
        assert_eq!(archive.text("c"), Err("`c` is missing".to_owned()));
    }

    #[test]
    fn damage_is_told() {
        let mut bytes = packed(&[("a", "words of a file")]);
        bytes[FILE.1 + 4] ^= 0x55;
        let told = Archive::open(&bytes).ok().unwrap().text("a").unwrap_err();
        assert!(told.starts_with("`a` is damaged"), "{told}");
        bytes.truncate(40);
        assert!(matches!(Archive::open(&bytes), Err(Unread::Broken(_))));
    }

    proptest! {
        #[test]
        fn any_bytes_are_an_archive_or_refused(at in 0usize..300, new in prop::collection::vec(any::<u8>(), 0..12)) {
            let mut bytes = packed(&[("a", "words of a file"), ("b", "more")]);
            let at = at.min(bytes.len());
            let end = (at + new.len()).min(bytes.len());
            bytes.splice(at..end, new);
            if let Ok(mut archive) = Archive::open(&bytes) {
                drop(archive.text("a"));
                drop(archive.text("b"));
            }
        }
    }
}
