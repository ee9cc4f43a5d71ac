//! A bundle: one source in a file, to be carried to a machine that cannot read the source itself.
//!
//! ```text
//! mrconductor-bundle 1
//! {"source":"react", … "blake3":"…"}       the manifest, one line of JSON
//! -----BEGIN SSH SIGNATURE----- …          over the two lines above (PROTOCOL.sshsig); absent if nobody signed
//!                                          an empty line
//! a zstd frame                             the pages, as JSON, one a line
//! ```
//!
//! What is signed holds the hash of the pages, so the signature covers them. Sections travel as they were cut; the index is
//! made anew where they arrive.

mod page;
mod read;
mod write;

use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

pub use self::read::{Bundle, import, open};
pub use self::write::{Sign, Signer, export};
use super::LookupError;
use crate::store::StoreError;

/// The use that a signature of a bundle is for.
pub const NAMESPACE: &str = "bundle.v1@mrconductor";

/// The first line.
const MAGIC: &str = "mrconductor-bundle 1\n";

/// Bytes of the lines before the pages: the manifest takes some 500, a signature 300.
const HEAD_BYTES_MAX: usize = 64 << 10;

/// Bytes of one page as JSON: the largest file that is read in takes 16 MiB, its sections and escapes as much again.
const PAGE_BYTES_MAX: u64 = 64 << 20;

/// Bytes of all pages as JSON: more than the documentation of any product, less than a disk.
const BODY_BYTES_MAX: u64 = 32 << 30;

/// What a location begins with whose source came in a bundle.
const LOCATION: &str = "bundle:";

/// Tells whether a source with this `location` came in a bundle: there is nothing here that it could be read from again.
pub fn is_imported(location: &str) -> bool {
    location.starts_with(LOCATION)
}

/// What a bundle holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Name of the source.
    pub source: String,
    /// Where it was read from, on the machine that made the bundle.
    pub location: String,
    /// When it was read there: seconds since 1970.
    pub refreshed_at: i64,
    /// When the bundle was made.
    pub made: i64,
    /// Number of pages.
    pub pages: u64,
    /// Bytes of the pages, unpacked.
    pub bytes: u64,
    /// BLAKE3-256 of those bytes, in hexadecimal digits.
    pub blake3: String,
    /// Version of what is documented, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// Number of the readers that made the pages, see [`READERS`](super::format::READERS); 0 where it is not known.
    #[serde(default)]
    pub readers: u32,
    /// The key that signed it, as a line of OpenSSH; `None` if nobody did.
    pub signer: Option<String>,
}

/// Why a bundle could not be made or read.
#[derive(Debug, thiserror::Error)]
pub enum BundleError {
    /// The file could not be read or written.
    #[error("cannot use `{}`: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Something that is not to be replaced has the name.
    #[error("`{}` {what}: it is left as it is", path.display())]
    Taken {
        /// The file.
        path: PathBuf,
        /// What it is.
        what: &'static str,
    },
    /// It is no bundle, or a damaged one.
    #[error("`{}` is no whole bundle: {why}", path.display())]
    Broken {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// A page with all that is known of it is more than who reads the bundle takes.
    #[error("the page `{path}` with its sections takes more than {most} MiB")]
    TooLarge {
        /// The page.
        path: String,
        /// MiB that it may take.
        most: u64,
    },
    /// It could not be signed.
    #[error("cannot sign the bundle: {0}")]
    Unsigned(String),
    /// The library failed.
    #[error(transparent)]
    Lookup(#[from] LookupError),
}

impl From<StoreError> for BundleError {
    fn from(error: StoreError) -> Self {
        Self::Lookup(error.into())
    }
}

impl BundleError {
    fn file(path: &Path, source: io::Error) -> Self {
        Self::File {
            path: path.to_owned(),
            source,
        }
    }

    fn broken(path: &Path, why: impl Into<String>) -> Self {
        Self::Broken {
            path: path.to_owned(),
            why: why.into(),
        }
    }

    /// Returns what to do next.
    pub fn hint(&self) -> String {
        match self {
            Self::File { .. } => "check that the path exists and that there is room".to_owned(),
            Self::Taken { .. } => {
                "give another name with `--to FILE`; only an older bundle is replaced".to_owned()
            }
            Self::Broken { .. } => {
                "copy it again, or have it made again with `mrconductor docs export`".to_owned()
            }
            Self::TooLarge { .. } => {
                "its title or its headings are very long, and every section repeats them: shorten them, or leave the file out"
                    .to_owned()
            }
            Self::Unsigned(_) => "`mrconductor keys list` shows the identities".to_owned(),
            Self::Lookup(error) => error.hint(),
        }
    }
}

#[cfg(test)]
mod tests;
