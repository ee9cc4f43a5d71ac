//! What packs one file: gzip, zstd, xz and bzip2. An archive is files in one that is packed; a page can be packed by itself, and
//! is then read as if it were not.

use std::io::{self, BufRead, Read};

use bzip2::read::MultiBzDecoder;
use flate2::read::MultiGzDecoder;
use lzma_rust2::XzReader;

/// KiB of memory that unpacking xz may take: its strongest usual level takes half of it.
const XZ_MEMORY_KIB_MAX: u32 = 128 << 10;
/// Base-2 logarithm of the bytes of memory that unpacking zstd may take: what its own program allows.
const ZSTD_WINDOW_LOG_MAX: u32 = 27;
/// What bzip2 begins with behind its name and size: a block, or its end.
const BZIP2_BLOCKS: [&[u8]; 2] = [b"1AY&SY", b"\x17\x72\x45\x38\x50\x90"];
/// What is added to the name of a file that is packed.
const ENDINGS: [&str; 4] = [".gz", ".zst", ".xz", ".bz2"];

/// How a file is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Packing {
    Gzip,
    Zstd,
    Xz,
    Bzip2,
}

impl Packing {
    /// Tells by its beginning how a file is packed, if it is.
    pub(super) fn of(head: &[u8]) -> Option<Self> {
        let begins = |mark: &[u8]| head.starts_with(mark);
        let block = head.get(4..10);
        if begins(b"\x1f\x8b") {
            Some(Self::Gzip)
        } else if begins(b"\x28\xb5\x2f\xfd") {
            Some(Self::Zstd)
        } else if begins(b"\xfd7zXZ\0") {
            Some(Self::Xz)
        } else if begins(b"BZh") && block.is_some_and(|block| BZIP2_BLOCKS.contains(&block)) {
            Some(Self::Bzip2)
        } else {
            None
        }
    }

    /// Returns what `packed` holds.
    pub(super) fn unpack<'a>(self, packed: impl BufRead + 'a) -> io::Result<Box<dyn Read + 'a>> {
        Ok(match self {
            Self::Gzip => Box::new(MultiGzDecoder::new(packed)),
            Self::Bzip2 => Box::new(MultiBzDecoder::new(packed)),
            Self::Xz => Box::new(XzReader::new_mem_limit(packed, true, XZ_MEMORY_KIB_MAX)),
            Self::Zstd => {
                let mut stream = zstd::Decoder::with_buffer(packed)?;
                stream.window_log_max(ZSTD_WINDOW_LOG_MAX)?;
                Box::new(stream)
            }
        })
    }
}

/// Returns the name that a file has when it is no longer packed: `a/manual.pdf` of `a/manual.pdf.gz`.
pub(super) fn inner_name(path: &str) -> Option<&str> {
    let ending = |ending: &&str| {
        let at = path.len().checked_sub(ending.len())?;
        let (name, last) = path.split_at_checked(at)?;
        last.eq_ignore_ascii_case(ending).then_some(name)
    };
    ENDINGS.iter().find_map(ending)
}

/// Returns the first `bytes_max` bytes of what the file holds that begins with `head`, as far as they can be told from that.
pub(super) fn beginning(head: &[u8], bytes_max: usize) -> Vec<u8> {
    let mut begins = Vec::new();
    match Packing::of(head).map(|packing| packing.unpack(head)) {
        // The end is missing where only the beginning of a file is looked at.
        Some(Ok(stream)) => drop(stream.take(bytes_max as u64).read_to_end(&mut begins)),
        Some(Err(_)) => {}
        None => begins.extend(head.iter().take(bytes_max)),
    }
    begins
}

/// How much packed files may still unpack to.
#[derive(Debug)]
pub(super) struct Room {
    left: u64,
}

impl Default for Room {
    fn default() -> Self {
        Self {
            left: ROOM_BYTES_MAX,
        }
    }
}

/// Bytes that all packed files of a source unpack to: as many as those of an archive.
const ROOM_BYTES_MAX: u64 = 4 << 30;

impl Room {
    /// Returns the `bytes` of a file, unpacked if they are packed.
    ///
    /// # Errors
    /// Says why they cannot be, or that they are more than `bytes_max`.
    pub(super) fn unpacked(&mut self, bytes: Vec<u8>, bytes_max: u64) -> Result<Vec<u8>, String> {
        let Some(packing) = Packing::of(&bytes) else {
            return Ok(bytes);
        };
        let mut file = Vec::new();
        let most = bytes_max.min(self.left);
        let stream = packing.unpack(bytes.as_slice());
        let read = stream.and_then(|stream| stream.take(most + 1).read_to_end(&mut file));
        let count = file.len() as u64;
        self.left = self.left.saturating_sub(count);
        match read {
            _ if count > bytes_max => Err(format!(
                "unpacks to more than {} MiB; unpack it",
                bytes_max >> 20
            )),
            _ if count > most => Err(format!(
                "is beyond the {} GiB that the packed files of a source may unpack to",
                ROOM_BYTES_MAX >> 30
            )),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                Err("is packed, and cut off".to_owned())
            }
            Err(error) => Err(format!("cannot be unpacked: {error}")),
            Ok(_) => Ok(file),
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    #![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

    use std::io::Write as _;

    use super::*;

    pub(in crate::lookup) fn gzipped(bytes: &[u8]) -> Vec<u8> {
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        packer.write_all(bytes).unwrap();
        packer.finish().unwrap()
    }

    pub(in crate::lookup) fn bzipped(bytes: &[u8]) -> Vec<u8> {
        let mut packer = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
        packer.write_all(bytes).unwrap();
        packer.finish().unwrap()
    }

    #[test]
    fn what_is_packed_is_unpacked_and_what_is_not_stays() {
        let text = b"Prime the pump first.\n";
        let packed = [
            gzipped(text),
            bzipped(text),
            zstd::encode_all(text.as_slice(), 3).unwrap(),
            text.to_vec(),
        ];
        for bytes in packed {
            assert_eq!(beginning(&bytes, 5), b"Prime");
            assert_eq!(Room::default().unpacked(bytes, 100).unwrap(), text);
        }
        let text = b"BZh9 is how bzip2 begins".to_vec();
        assert_eq!(Room::default().unpacked(text.clone(), 9).unwrap(), text);
        assert_eq!(Room::default().unpacked(bzipped(b""), 9).unwrap(), b"");
    }

    #[test]
    fn what_unpacks_to_too_much_or_is_cut_off_is_told() {
        let bytes = gzipped(&vec![b' '; 3 << 20]);
        let why_not = |room: &mut Room, bytes: &[u8], bytes_max: u64| {
            room.unpacked(bytes.to_vec(), bytes_max).unwrap_err()
        };
        let mut room = Room { left: 5 << 20 };
        let why = why_not(&mut room, &bytes, 2 << 20);
        assert_eq!(why, "unpacks to more than 2 MiB; unpack it");
        let why = why_not(&mut room, &bytes, 8 << 20);
        assert!(why.starts_with("is beyond the 4 GiB"), "{why}");
        for end in 2..bytes.len() {
            let cut = bytes.get(..end).unwrap();
            let why = why_not(&mut Room::default(), cut, 8 << 20);
            assert_eq!(why, "is packed, and cut off", "{end}");
        }
    }

    #[test]
    fn a_packed_file_has_the_name_of_what_it_holds() {
        assert_eq!(inner_name("a/manual.pdf.gz"), Some("a/manual.pdf"));
        assert_eq!(inner_name("README.GZ"), Some("README"));
        assert_eq!(inner_name("é.xz"), Some("é"));
        assert_eq!(inner_name("gz"), None);
        assert_eq!(inner_name("manual.pdf"), None);
    }
}
