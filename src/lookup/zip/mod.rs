//! The files in a zip archive, as many and as large as whoever opens it wants to have.
//!
//! Reads what documents and documentation use, files stored or deflated, and finds them where the list at the end of the
//! archive says. Numbers of eight bytes (Zip64, APPNOTE 4.3.14 and 4.5.3) are read where those of four do not say it: programs
//! that write into a pipe use them for small archives too.

mod heads;

use std::collections::BTreeMap;
use std::io::{self, Read, Seek, SeekFrom};

use flate2::Crc;
use flate2::read::DeflateDecoder;

/// Bytes of the largest file unpacked: more than any chapter has, whatever its archive says of it.
const FILE_BYTES_MAX: u64 = 16 << 20;
/// Bytes of the list of files: a million of them, and their names.
const LIST_BYTES_MAX: u64 = 128 << 20;
/// Letters of a file's name that are told.
const NAME_LETTERS_MAX: usize = 100;

/// What the end of an archive begins with, then its length without the comment, which has two bytes for its own.
const END: (&[u8], usize) = (b"PK\x05\x06", 22);
/// What stands before the end where numbers have eight bytes, and its length: it says where the longer end is.
const LOCATOR: (&[u8], usize) = (b"PK\x06\x07", 20);
/// What the longer end begins with, and the length of its fixed part.
const LONG_END: (&[u8], usize) = (b"PK\x06\x06", 56);
/// What an extra field begins with that has the longer numbers of a file.
const LONG_NUMBERS: u64 = 1;
/// A number of four bytes that stands for one of eight elsewhere.
const ELSEWHERE: u64 = u32::MAX as u64;
/// What an entry of the list begins with, and the length of its fixed part.
const ENTRY: (&[u8], usize) = (b"PK\x01\x02", 46);
/// What a file begins with, and the length of its fixed part.
const FILE: (&[u8], usize) = (b"PK\x03\x04", 30);

/// An opened archive.
#[derive(Debug)]
pub(super) struct Archive<R> {
    reader: R,
    entries: BTreeMap<Vec<u8>, Entry>,
    left: u64,
}

/// What an archive lacks that has no list.
#[derive(Debug)]
pub(super) struct Lack {
    /// Name of the file in which it ends.
    pub(super) torn: Option<Vec<u8>>,
    /// Whether all files are there, and only their list is not.
    pub(super) are_all: bool,
}

/// Where a file is, and how it is packed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entry {
    flags: u16,
    method: u16,
    crc: u32,
    packed: u64,
    at: u64,
    /// Its length, as the list says.
    pub(super) bytes: u64,
    /// Whether it only names another file.
    pub(super) is_link: bool,
}

impl<R: Read + Seek> Archive<R> {
    /// Opens the archive that `reader` holds, to unpack at most `all_bytes_max` bytes; an error says what is wrong with it.
    pub(super) fn open(mut reader: R, all_bytes_max: u64) -> Result<Self, String> {
        let broken = || "is no zip archive, or its end is missing".to_owned();
        let failed = |error: io::Error| error.to_string();
        let length = reader.seek(SeekFrom::End(0)).map_err(failed)?;
        // The comment behind the end is at most 64 KiB long.
        let tail = length.saturating_sub(END.1 as u64 + u64::from(u16::MAX));
        let last = region(&mut reader, tail, length - tail).map_err(failed)?;
        let end = last
            .windows(END.0.len())
            .rposition(|window| window == END.0)
            .ok_or_else(broken)?;
        let list_at = number(&last, end + 16, 4).ok_or_else(broken)?;
        let (list_at, list_end) = if list_at == ELSEWHERE {
            long_end(&mut reader, &last, end).ok_or_else(broken)?
        } else {
            (list_at, tail + end as u64)
        };
        let list_bytes = list_end.checked_sub(list_at).ok_or_else(broken)?;
        if list_bytes > LIST_BYTES_MAX {
            let most = LIST_BYTES_MAX >> 20;
            return Err(format!("has a list of files of more than {most} MiB"));
        }
        let list = region(&mut reader, list_at, list_bytes).map_err(failed)?;
        let mut entries = BTreeMap::new();
        let mut at = 0;
        while let Some((name, entry, next)) = listed(&list, at) {
            entries.insert(name, entry);
            at = next;
        }
        Ok(Self {
            reader,
            entries,
            left: all_bytes_max,
        })
    }

    /// Opens an archive whose list is missing, by the heads of its files; says what it lacks.
    pub(super) fn without_list(mut reader: R, all_bytes_max: u64) -> io::Result<(Self, Lack)> {
        let heads::Heads {
            files,
            torn,
            are_all,
        } = heads::walk(&mut reader, all_bytes_max)?;
        let archive = Self {
            reader,
            entries: files.into_iter().collect(),
            left: all_bytes_max,
        };
        Ok((archive, Lack { torn, are_all }))
    }

    /// Returns the files that the list names.
    pub(super) fn entries(&self) -> impl Iterator<Item = (&[u8], Entry)> {
        let entries = self.entries.iter();
        entries.map(|(name, entry)| (name.as_slice(), *entry))
    }

    /// Returns the bytes of the file called `name`, at most `bytes_max`; an error says why there are none.
    pub(super) fn bytes(&mut self, name: &[u8], bytes_max: u64) -> Result<Vec<u8>, String> {
        let entry = *self.entries.get(name).ok_or("is missing")?;
        if entry.flags & 1 != 0 {
            return Err("is encrypted".to_owned());
        }
        let start = entry.start(&mut self.reader).ok_or("is cut off")?;
        let limit = bytes_max.min(self.left);
        let damaged = |error: io::Error| format!("is damaged: {error}");
        self.reader.seek(SeekFrom::Start(start)).map_err(damaged)?;
        let packed = (&mut self.reader).take(entry.packed);
        let mut bytes = Vec::new();
        match entry.method {
            0 => packed.take(limit + 1).read_to_end(&mut bytes),
            8 => DeflateDecoder::new(packed)
                .take(limit + 1)
                .read_to_end(&mut bytes),
            method => return Err(format!("is packed by method {method}")),
        }
        .map_err(damaged)?;
        let length = bytes.len() as u64;
        if length > limit {
            return Err(format!("unpacks to more than {} MiB", limit >> 20));
        }
        self.left -= length;
        let mut crc = Crc::new();
        crc.update(&bytes);
        if crc.sum() != entry.crc {
            return Err("is damaged".to_owned());
        }
        Ok(bytes)
    }

    /// Returns the text of the file called `name`; an error names it and says why there is none.
    pub(super) fn text(&mut self, name: &str) -> Result<String, String> {
        let shown: String = name.chars().take(NAME_LETTERS_MAX).collect();
        let bytes = self
            .bytes(name.as_bytes(), FILE_BYTES_MAX)
            .map_err(|why| format!("`{shown}` {why}"))?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }
}

impl Entry {
    /// Returns where the packed bytes of the file begin.
    fn start(&self, reader: &mut (impl Read + Seek)) -> Option<u64> {
        let head = region(reader, self.at, FILE.1 as u64).ok()?;
        if !head.starts_with(FILE.0) {
            return None;
        }
        let beside = number(&head, 26, 2)? + number(&head, 28, 2)?;
        Some(self.at + FILE.1 as u64 + beside)
    }
}

/// Returns where the list begins and ends by the longer end of an archive, whose end is at byte `end` of its `last` bytes.
fn long_end(reader: &mut (impl Read + Seek), last: &[u8], end: usize) -> Option<(u64, u64)> {
    let locator = last.get(end.checked_sub(LOCATOR.1)?..end)?;
    if !locator.starts_with(LOCATOR.0) {
        return None;
    }
    let at = number(locator, 8, 8)?;
    let long = region(reader, at, LONG_END.1 as u64).ok()?;
    if !long.starts_with(LONG_END.0) {
        return None;
    }
    Some((number(&long, 48, 8)?, at))
}

/// Puts the longer numbers of the extra fields `extra` in place of those in `numbers` that only say that there are such, in
/// their order.
fn lengthen(numbers: &mut [u64], extra: &[u8]) -> Option<()> {
    if !numbers.contains(&ELSEWHERE) {
        return Some(());
    }
    let mut at = 0;
    loop {
        let (kind, length) = (number(extra, at, 2)?, number(extra, at + 2, 2)?);
        at += 4;
        if kind == LONG_NUMBERS {
            break;
        }
        at += usize::try_from(length).ok()?;
    }
    let short = numbers.iter_mut().filter(|number| **number == ELSEWHERE);
    for (place, short) in short.enumerate() {
        *short = number(extra, at + place * 8, 8)?;
    }
    Some(())
}

/// Returns `length` bytes from `at`, or as many as there are.
fn region(reader: &mut (impl Read + Seek), at: u64, length: u64) -> io::Result<Vec<u8>> {
    reader.seek(SeekFrom::Start(at))?;
    let mut bytes = Vec::new();
    reader.take(length).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Returns the entry of the list at byte `at`, with its name and where the next one begins.
fn listed(bytes: &[u8], at: usize) -> Option<(Vec<u8>, Entry, usize)> {
    if !bytes.get(at..)?.starts_with(ENTRY.0) {
        return None;
    }
    let field = |offset: usize, length: usize| number(bytes, at + offset, length);
    let length = |offset: usize| field(offset, 2).and_then(|number| usize::try_from(number).ok());
    let name_end = at + ENTRY.1 + length(28)?;
    let name = bytes.get(at + ENTRY.1..name_end)?;
    // The high half of the attributes is the mode of a file where a program of Unix wrote it.
    let is_link = field(5, 1)? == 3 && field(40, 2)? & 0o170_000 == 0o120_000;
    let extra_end = name_end + length(30)?;
    // In the order in which their longer forms follow each other.
    let mut numbers = [field(24, 4)?, field(20, 4)?, field(42, 4)?];
    lengthen(&mut numbers, bytes.get(name_end..extra_end)?)?;
    let [unpacked, packed, file_at] = numbers;
    let entry = Entry {
        flags: u16::try_from(field(8, 2)?).ok()?,
        method: u16::try_from(field(10, 2)?).ok()?,
        crc: u32::try_from(field(16, 4)?).ok()?,
        packed,
        at: file_at,
        bytes: unpacked,
        is_link,
    };
    let next = extra_end + length(32)?;
    Some((name.to_vec(), entry, next))
}

/// Returns the number in `length` bytes at byte `at`, the lowest first.
fn number(bytes: &[u8], at: usize, length: usize) -> Option<u64> {
    let digits = bytes.get(at..at.checked_add(length)?)?;
    let add = |number: u64, digit: &u8| number << 8 | u64::from(*digit);
    Some(digits.iter().rev().fold(0, add))
}

#[cfg(test)]
pub(super) mod tests {
    use std::io::{Cursor, Write as _};

    use flate2::Compression;
    use flate2::write::DeflateEncoder;
    use proptest::prelude::*;

    use super::*;

    const ALL: u64 = 64 << 20;

    /// Returns an archive of `files`: name and content.
    pub(in crate::lookup) fn packed(files: &[(&str, &str)]) -> Vec<u8> {
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
        let mut archive = Archive::open(Cursor::new(&bytes), ALL).ok().unwrap();
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
        let told = Archive::open(Cursor::new(&bytes), ALL)
            .ok()
            .unwrap()
            .text("a")
            .unwrap_err();
        assert!(told.starts_with("`a` is damaged"), "{told}");
        bytes.truncate(40);
        assert!(Archive::open(Cursor::new(&bytes), ALL).is_err());
    }

    /// Returns `bytes`, an archive of one file, with numbers of eight bytes in its list and at its end.
    fn lengthened(bytes: &[u8]) -> Vec<u8> {
        let end = bytes.len() - END.1;
        let list_at = usize::try_from(number(bytes, end + 16, 4).unwrap()).unwrap();
        let entry = &bytes[list_at..end];
        let eight = |offset: usize| number(entry, offset, 4).unwrap().to_le_bytes();
        let (unpacked, packed, file_at) = (eight(24), eight(20), eight(42));
        let mut long = entry.to_vec();
        for offset in [20, 24, 42] {
            long[offset..offset + 4].fill(0xff);
        }
        let other: &[u8] = &[0x55, 0x54, 1, 0, 7];
        let extra = [other, &[1, 0, 24, 0], &unpacked, &packed, &file_at].concat();
        long[30] = u8::try_from(extra.len()).unwrap();
        let list = [long, extra].concat();
        let long_end_at = (list_at + list.len()) as u64;
        let mut long_end = [LONG_END.0, &[0; 44], &(list_at as u64).to_le_bytes()].concat();
        long_end[4] = 44;
        let locator = [
            LOCATOR.0,
            &[0; 4],
            &long_end_at.to_le_bytes(),
            &[1, 0, 0, 0],
        ]
        .concat();
        let mut short_end = bytes[end..].to_vec();
        short_end[8..20].fill(0xff);
        [&bytes[..list_at], &list, &long_end, &locator, &short_end].concat()
    }

    #[test]
    fn numbers_of_eight_bytes_are_read_and_their_damage_is_no_panic() {
        let bytes = lengthened(&packed(&[("a", "words of a file")]));
        let mut archive = Archive::open(Cursor::new(&bytes), ALL).unwrap();
        assert_eq!(archive.text("a").as_deref(), Ok("words of a file"));
        for at in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[at] ^= 0xff;
            if let Ok(mut archive) = Archive::open(Cursor::new(&damaged), ALL) {
                drop(archive.text("a"));
            }
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_an_archive_or_refused(at in 0usize..300, new in prop::collection::vec(any::<u8>(), 0..12)) {
            let mut bytes = packed(&[("a", "words of a file"), ("b", "more")]);
            let at = at.min(bytes.len());
            let end = (at + new.len()).min(bytes.len());
            bytes.splice(at..end, new);
            if let Ok(mut archive) = Archive::open(Cursor::new(&bytes), ALL) {
                drop(archive.text("a"));
                drop(archive.text("b"));
            }
        }
    }
}
