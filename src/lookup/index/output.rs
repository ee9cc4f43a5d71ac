//! Files that are written behind what counts of them, or kept with the process where there is no place for them.

use std::fs::File;
use std::io::{self, BufWriter, Write as _};
use std::path::Path;

use crate::lookup::error::LookupError;

/// Where files are kept: in a directory, or with the process.
pub(super) type Place<'a> = Option<&'a Path>;

/// Of all rows, one in so many may be of nothing that is left before a file is written anew.
pub(super) const GONE_SHARE: usize = 4;

/// A file while it is written.
pub(super) enum Output {
    Disk(BufWriter<File>),
    Memory(Vec<u8>),
}

impl Output {
    /// Goes on where `file` stands.
    pub(super) fn to(file: File) -> Self {
        Self::Disk(BufWriter::new(file))
    }

    /// Adds `bytes`; on disk they may wait in memory.
    pub(super) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self {
            Self::Disk(file) => file.write_all(bytes),
            Self::Memory(all) => {
                all.extend_from_slice(bytes);
                Ok(())
            }
        }
    }

    /// Writes what waits.
    pub(super) fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Disk(file) => file.flush(),
            Self::Memory(_) => Ok(()),
        }
    }

    /// Makes what was written last; returns it if it is in memory.
    pub(super) fn end(self) -> io::Result<Option<Vec<u8>>> {
        match self {
            Self::Disk(file) => {
                file.into_inner()?.sync_all()?;
                Ok(None)
            }
            Self::Memory(bytes) => Ok(Some(bytes)),
        }
    }
}

/// Puts a file in place in one step.
pub(super) fn replace(directory: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    let mut new = tempfile::NamedTempFile::new_in(directory)?;
    new.write_all(bytes)?;
    new.as_file().sync_all()?;
    new.persist(directory.join(name))?;
    Ok(())
}

/// Says that what is kept in `place` could not be used.
pub(super) fn failed(place: Place<'_>, source: io::Error) -> LookupError {
    LookupError::file(place.unwrap_or(Path::new("memory")), source)
}
