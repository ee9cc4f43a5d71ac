//! The files in an archive: a zip file, or a tar file as it is or packed. They are read where they are; nothing is unpacked
//! to the disk, and archives inside are not opened.

mod tar;
mod zip;

use std::fs::File;
use std::io::{BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use super::{Choice, Holding, LookupError, Source};
use crate::lookup::format;
use crate::lookup::packing::Packing;

/// Bytes that all files unpack to: several times the largest documentation, and minutes of work.
const UNPACKED_BYTES_MAX: u64 = 4 << 30;
/// How many times its own length an archive may unpack to: generated pages reach 50, made-up ones a thousand and more.
const RATIO_MAX: u64 = 200;
/// Bytes that even the smallest archive may unpack to: one page that repeats itself is no bomb.
const UNPACKED_BYTES_FREE: u64 = 64 << 20;
/// Entries of an archive, files or not: as many as can be told apart in seconds.
const ENTRIES_MAX: usize = 1_000_000;
/// Bytes of the head that tells what an archive is: the mark of tar is the last, at byte 257.
const HEAD_BYTES: u64 = 512;
/// What archives are called.
const ENDINGS: &[&str] = &[
    ".zip", ".tar", ".tar.gz", ".tgz", ".tar.zst", ".tzst", ".tar.xz", ".txz", ".tar.bz2", ".tbz2",
    ".tbz",
];

/// Archives, known by how they begin.
pub(super) struct Archive;

/// What an archive is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    Zip,
    /// Packed as a whole or as it is.
    Tar(Option<Packing>),
}

impl Source for Archive {
    fn open(&self, location: &Path, _: &Choice) -> Result<Option<Box<dyn Holding>>, LookupError> {
        let name = location
            .file_name()
            .map(|name| name.to_string_lossy().to_lowercase())
            .unwrap_or_default();
        // Word documents and books are archives too, but pages of their own.
        if !location.is_file() || format::claims(&name) {
            return Ok(None);
        }
        let failed = |error| LookupError::file(location, error);
        let mut head = Vec::new();
        let file = File::open(location).map_err(failed)?;
        let facts = file.metadata().map_err(failed)?;
        file.take(HEAD_BYTES)
            .read_to_end(&mut head)
            .map_err(failed)?;
        let is_named = stem(&name).is_some();
        let Some(shape) = shape(&head) else {
            if is_named {
                return Err(unreadable(
                    location,
                    "is no archive, though it is called so",
                ));
            }
            return Ok(None);
        };
        if let Shape::Tar(Some(packing)) = shape
            && !is_named
            && !holds_tar(location, packing).map_err(failed)?
        {
            return Ok(None);
        }
        let modified = facts.modified().ok();
        let modified = modified.and_then(|time| time.duration_since(UNIX_EPOCH).ok());
        let stamp = modified.map(|age| format!("{} bytes at {}", facts.len(), age.as_nanos()));
        let limit = facts.len().saturating_mul(RATIO_MAX);
        let limit = limit.clamp(UNPACKED_BYTES_FREE, UNPACKED_BYTES_MAX);
        let packed = Packed {
            location: location.to_owned(),
            stamp,
            limit,
        };
        Ok(Some(match shape {
            Shape::Zip => Box::new(zip::Zip::new(packed)),
            Shape::Tar(packing) => Box::new(tar::Tar::new(packed, packing)),
        }))
    }
}

/// Returns the name of a file without the ending that says it is an archive.
pub(crate) fn stem(file: &str) -> Option<&str> {
    let lower = file.to_ascii_lowercase();
    let endings = ENDINGS.iter().filter(|ending| lower.ends_with(*ending));
    let length = endings.map(|ending| ending.len()).max()?;
    file.get(..file.len().checked_sub(length)?)
}

/// Tells by its beginning what an archive is; what is packed may be one.
fn shape(head: &[u8]) -> Option<Shape> {
    let begins = |mark: &[u8]| head.starts_with(mark);
    if begins(b"PK\x03\x04") || begins(b"PK\x05\x06") {
        Some(Shape::Zip)
    } else if is_tar(head) {
        Some(Shape::Tar(None))
    } else {
        Packing::of(head).map(|packing| Shape::Tar(Some(packing)))
    }
}

fn is_tar(head: &[u8]) -> bool {
    head.get(257..262) == Some(b"ustar".as_slice())
}

/// Tells whether the file at `location` holds an archive, and is not a page that is packed by itself.
fn holds_tar(location: &Path, packing: Packing) -> std::io::Result<bool> {
    let file = BufReader::new(File::open(location)?);
    let mut head = Vec::new();
    // What is damaged has no mark either.
    drop(
        packing
            .unpack(file)
            .and_then(|stream| stream.take(HEAD_BYTES).read_to_end(&mut head)),
    );
    Ok(is_tar(&head))
}

/// An archive, where it is and how much it may hold.
struct Packed {
    location: PathBuf,
    stamp: Option<String>,
    /// Bytes that all its files may unpack to.
    limit: u64,
}

impl Packed {
    fn bomb(&self) -> String {
        format!(
            "unpacks to more than {} MiB: at most {RATIO_MAX} times its own length and {} GiB are read",
            self.limit >> 20,
            UNPACKED_BYTES_MAX >> 30
        )
    }

    fn unreadable(&self, why: impl Into<String>) -> LookupError {
        unreadable(&self.location, why)
    }
}

fn unreadable(location: &Path, why: impl Into<String>) -> LookupError {
    LookupError::Unreadable {
        path: location.to_owned(),
        why: why.into(),
        hint: "unpack it and add the folder; zip and tar (as it is, or packed by gzip, zstd, xz or bzip2) are read".to_owned(),
    }
}

#[cfg(test)]
mod tests;
