//! The files of an archive without its list, found by their heads from the first on: the list stands at the end, so an archive that
//! was cut off has none.

use std::io::{self, Read, Seek, SeekFrom};

use flate2::read::DeflateDecoder;

use super::{ENTRY, Entry, FILE, LIST_BYTES_MAX, lengthen, number, region};

/// What stands behind a file whose head does not say how long it is.
const BEHIND: &[u8] = b"PK\x07\x08";
/// Bit of the flags by which a file is such a one.
const IS_SAID_BEHIND: u64 = 1 << 3;

/// What is found by the heads.
#[derive(Debug, Default)]
pub(super) struct Heads {
    pub(super) files: Vec<(Vec<u8>, Entry)>,
    /// The file in which the archive ends.
    pub(super) torn: Option<Vec<u8>>,
    /// Whether the list, or what is left of it, follows: then no file is missing.
    pub(super) are_all: bool,
}

/// Walks over the files that `reader` holds; to find where one ends it unpacks at most `all_bytes_max` bytes of all.
pub(super) fn walk(reader: &mut (impl Read + Seek), all_bytes_max: u64) -> io::Result<Heads> {
    let length = reader.seek(SeekFrom::End(0))?;
    let mut heads = Heads::default();
    let (mut at, mut list_bytes, mut left) = (0, 0, all_bytes_max);
    while list_bytes < LIST_BYTES_MAX {
        let head = region(reader, at, FILE.1 as u64)?;
        if head.starts_with(ENTRY.0) {
            heads.are_all = true;
            break;
        }
        let Some((name_bytes, extra_bytes)) = lengths(&head) else {
            break;
        };
        let beside = region(reader, at + FILE.1 as u64, name_bytes + extra_bytes)?;
        let start = at + FILE.1 as u64 + name_bytes + extra_bytes;
        let Some((name, extra)) = usize::try_from(name_bytes)
            .ok()
            .and_then(|end| beside.split_at_checked(end))
        else {
            break;
        };
        let Some(mut entry) = entry(&head, extra, at) else {
            break;
        };
        let end = if u64::from(entry.flags) & IS_SAID_BEHIND == 0 {
            start.checked_add(entry.packed).filter(|end| *end <= length)
        } else {
            measured(reader, start, &mut entry, &mut left)?
        };
        let Some(end) = end.filter(|_| start <= length) else {
            heads.torn = Some(name.to_vec());
            break;
        };
        list_bytes += ENTRY.1 as u64 + name_bytes;
        heads.files.push((name.to_vec(), entry));
        at = end;
    }
    Ok(heads)
}

/// Returns the lengths of the name and of the extra fields behind `head`.
fn lengths(head: &[u8]) -> Option<(u64, u64)> {
    if !head.starts_with(FILE.0) {
        return None;
    }
    Some((number(head, 26, 2)?, number(head, 28, 2)?))
}

fn entry(head: &[u8], extra: &[u8], at: u64) -> Option<Entry> {
    let mut numbers = [number(head, 22, 4)?, number(head, 18, 4)?];
    lengthen(&mut numbers, extra)?;
    let [bytes, packed] = numbers;
    Some(Entry {
        flags: u16::try_from(number(head, 6, 2)?).ok()?,
        method: u16::try_from(number(head, 8, 2)?).ok()?,
        crc: u32::try_from(number(head, 14, 4)?).ok()?,
        packed,
        at,
        bytes,
        // Only the list says so; what a link leads to is then a page of a few words.
        is_link: false,
    })
}

/// Finds the length of a file from byte `start` by unpacking it, and where the next begins; nothing if it has no end.
fn measured(
    reader: &mut (impl Read + Seek),
    start: u64,
    entry: &mut Entry,
    left: &mut u64,
) -> io::Result<Option<u64>> {
    if entry.method != 8 {
        return Ok(None);
    }
    reader.seek(SeekFrom::Start(start))?;
    let mut decoder = DeflateDecoder::new(&mut *reader);
    let unpacked = io::copy(&mut (&mut decoder).take(*left + 1), &mut io::sink());
    let packed = decoder.total_in();
    let Some(bytes) = unpacked.ok().filter(|bytes| bytes <= left) else {
        return Ok(None);
    };
    *left -= bytes;
    let behind = region(reader, start + packed, 28)?;
    let mark = if behind.starts_with(BEHIND) { 4 } else { 0 };
    // The lengths have four bytes each, or eight.
    let ends = [12, 20].map(|length| mark + length);
    let end = ends.into_iter().find(|end| {
        let next = behind.get(*end..).unwrap_or_default();
        next.starts_with(FILE.0) || next.starts_with(ENTRY.0)
    });
    let end = end.or_else(|| ends.into_iter().find(|end| *end == behind.len()));
    let (Some(end), Some(crc)) = (end, number(&behind, mark, 4)) else {
        return Ok(None);
    };
    (entry.packed, entry.bytes) = (packed, bytes);
    entry.crc = u32::try_from(crc).unwrap_or_default();
    Ok(Some(start + packed + end as u64))
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::super::Archive;
    use super::super::tests::packed;

    const ALL: u64 = 64 << 20;
    const FILES: &[(&str, &str)] = &[("a/b.txt", "words of a file"), ("c.txt", "more words")];

    /// `bytes`, an archive of [`FILES`], as programs write it that do not know lengths when they begin a file.
    fn lengths_behind() -> Vec<u8> {
        let mut bytes = packed(&FILES[..1]);
        let list = bytes
            .windows(4)
            .position(|four| four == b"PK\x01\x02")
            .unwrap();
        let facts = bytes[14..26].to_vec();
        bytes.truncate(list);
        bytes[6] |= 8;
        bytes[14..26].fill(0);
        [bytes, b"PK\x07\x08".to_vec(), facts].concat()
    }

    #[test]
    fn files_before_the_cut_are_read_and_the_torn_one_is_named() {
        let bytes = packed(FILES);
        let second = bytes
            .windows(4)
            .rposition(|four| four == b"PK\x03\x04")
            .unwrap();
        for end in second + 35..second + 40 {
            let cut = Cursor::new(&bytes[..end]);
            let (mut archive, lack) = Archive::without_list(cut, ALL).unwrap();
            assert_eq!(archive.text("a/b.txt").as_deref(), Ok("words of a file"));
            assert_eq!(archive.entries().count(), 1);
            assert_eq!(lack.torn.as_deref(), Some(b"c.txt".as_slice()));
            assert!(!lack.are_all);
        }
        let list = bytes
            .windows(4)
            .position(|four| four == b"PK\x01\x02")
            .unwrap();
        let (archive, lack) = Archive::without_list(Cursor::new(&bytes[..list + 9]), ALL).unwrap();
        assert_eq!((archive.entries().count(), lack.are_all), (2, true));
    }

    #[test]
    fn files_whose_length_stands_behind_them_are_measured() {
        let first = lengths_behind();
        let bytes = [first.as_slice(), &packed(&FILES[1..])].concat();
        let (mut archive, lack) = Archive::without_list(Cursor::new(&bytes), ALL).unwrap();
        assert_eq!(archive.text("a/b.txt").as_deref(), Ok("words of a file"));
        assert_eq!(archive.text("c.txt").as_deref(), Ok("more words"));
        assert!(lack.are_all);
        let (_, lack) = Archive::without_list(Cursor::new(&first[..first.len() - 9]), ALL).unwrap();
        assert_eq!(lack.torn.as_deref(), Some(b"a/b.txt".as_slice()));
    }

    #[test]
    fn no_damage_is_a_panic() {
        let bytes = [lengths_behind(), packed(FILES)].concat();
        for at in 0..bytes.len() {
            for value in [0, 0xff] {
                let mut damaged = bytes.clone();
                damaged[at] = value;
                if let Ok((mut archive, _)) = Archive::without_list(Cursor::new(&damaged), ALL) {
                    drop(archive.text("a/b.txt"));
                }
            }
            drop(Archive::without_list(Cursor::new(&bytes[..at]), ALL));
        }
    }
}
