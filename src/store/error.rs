//! What can go wrong with the store, and what to do then.

use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;

/// Why the store could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another process held the lock for too long.
    #[error("store `{}` stayed locked by another process, waited up to {seconds} s", path.display())]
    Busy {
        /// The file that is locked.
        path: PathBuf,
        /// The longest wait in seconds.
        seconds: u64,
    },
    /// The store can be read, not written.
    #[error("store `{}` is read-only: {why}", path.display())]
    ReadOnly {
        /// The database.
        path: PathBuf,
        /// Why.
        why: String,
    },
    /// The disk is full, or it failed.
    #[error("cannot write store `{}`: {why}", path.display())]
    Disk {
        /// The file.
        path: PathBuf,
        /// What the system said.
        why: String,
    },
    /// The database is damaged.
    #[error("store `{}` is damaged: {why}", path.display())]
    Damaged {
        /// The database.
        path: PathBuf,
        /// What was found.
        why: String,
    },
    /// An original is not what was kept.
    #[error("original h{id} is damaged: {why}")]
    BodyDamaged {
        /// Its number.
        id: i64,
        /// What was found.
        why: String,
    },
    /// A page of documentation is not what was kept.
    #[error("page `{path}` is damaged in the store: {why}")]
    PageDamaged {
        /// Its path in its source.
        path: String,
        /// What was found.
        why: String,
    },
    /// A body is larger than the store takes.
    #[error("{bytes} bytes are too many for the store: the limit is {bytes_max} bytes")]
    TooLarge {
        /// Its length.
        bytes: usize,
        /// The longest allowed.
        bytes_max: usize,
    },
    /// A body could not be compressed.
    #[error("cannot compress {bytes} bytes: {why}")]
    Compression {
        /// Their number.
        bytes: usize,
        /// What the compressor said.
        why: String,
    },
    /// SQLite refused a statement.
    #[error("the store failed: {0}")]
    Sqlite(#[from] rusqlite::Error),
}

impl StoreError {
    /// Returns what to do next.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Busy { .. } => {
                "try again; `mrconductor doctor` shows whether the store can be opened"
            }
            Self::ReadOnly { .. } => {
                "make its file and its directory writable, or update this program if a newer one made it, or set `MRCONDUCTOR_DATA_DIR` to another directory"
            }
            Self::Disk { .. } => {
                "free some space, a few MiB even to remove a source: the folder `index` beside the store may be deleted, for it is made anew; or set `MRCONDUCTOR_DATA_DIR` to a directory that can be written"
            }
            Self::Damaged { .. } => {
                "start again: the store is then checked, and set aside if it is damaged; nothing is deleted"
            }
            Self::BodyDamaged { .. } => {
                "distill the original again: it is then kept anew under the same handle"
            }
            Self::PageDamaged { .. } => {
                "remove its source with `mrconductor docs remove` and add it again"
            }
            Self::TooLarge { .. } => "pass a part of it",
            Self::Compression { .. } => "try again with more free memory",
            Self::Sqlite(_) => "see `mrconductor doctor`",
        }
    }

    /// Names the cause of `error`, which came from the database at `path`.
    pub(super) fn of(error: rusqlite::Error, path: &Path) -> Self {
        let path = path.to_path_buf();
        let why = match error.sqlite_error_code() {
            // So SQLite calls a full disk too, where it makes what lies beside the database.
            Some(ErrorCode::SystemIoFailure) => format!("{error}; see whether the disk has room"),
            _ => error.to_string(),
        };
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
                Self::Damaged { path, why }
            }
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy {
                path,
                seconds: super::lock::WAIT.as_secs(),
            },
            Some(ErrorCode::ReadOnly) => Self::ReadOnly { path, why },
            Some(
                ErrorCode::DiskFull
                | ErrorCode::SystemIoFailure
                | ErrorCode::CannotOpen
                | ErrorCode::PermissionDenied,
            ) => Self::Disk { path, why },
            _ => Self::Sqlite(error),
        }
    }
}
