//! Where the store lies: its files, who may read them, and whether the file system can share memory between processes.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

/// What the names of damaged databases begin with.
const ASIDE: &str = "store.db.damaged-";

/// The files of one store.
#[derive(Debug, Clone)]
pub(super) struct Place {
    directory: PathBuf,
}

/// How SQLite keeps a transaction whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Journal {
    /// A write-ahead log: readers and a writer side by side, through memory that processes of one machine share.
    Wal,
    /// A rollback journal: needs no shared memory.
    Delete,
}

impl Journal {
    /// Returns the word for it in `PRAGMA journal_mode`.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Wal => "wal",
            Self::Delete => "delete",
        }
    }
}

/// What tells one file from another that later has the same name: device and number.
pub(super) type FileIdentity = Option<(u64, u64)>;

impl Place {
    pub(super) fn new(directory: &Path) -> Self {
        Self {
            directory: directory.to_path_buf(),
        }
    }

    /// Returns the path of the database.
    pub(super) fn database(&self) -> PathBuf {
        self.directory.join("store.db")
    }

    /// Returns the path of the file that writers lock.
    pub(super) fn lock(&self) -> PathBuf {
        self.directory.join("store.lock")
    }

    /// Returns the path of the write-ahead log.
    pub(super) fn log(&self) -> PathBuf {
        self.directory.join("store.db-wal")
    }

    /// Returns the path of the memory shared by processes.
    pub(super) fn shared(&self) -> PathBuf {
        self.directory.join("store.db-shm")
    }

    /// Returns the path of the file that asks the next process to check the database.
    pub(super) fn suspect(&self) -> PathBuf {
        self.directory.join("store.suspect")
    }

    /// Returns the path of a damaged database that is set aside, which ends with `stamp`.
    pub(super) fn aside(&self, stamp: &str) -> PathBuf {
        self.directory.join(format!("{ASIDE}{stamp}"))
    }

    /// Returns the damaged databases that are set aside, without their logs, in the order of their names.
    pub(super) fn damaged(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(&self.directory)
            .into_iter()
            .flatten()
            .flatten();
        let mut found: Vec<PathBuf> = entries
            .filter(|entry| {
                let name = entry.file_name();
                let name = name.to_string_lossy();
                name.starts_with(ASIDE) && !name.ends_with("-wal") && !name.ends_with("-shm")
            })
            .map(|entry| entry.path())
            .collect();
        found.sort();
        found
    }

    /// Makes the directory and an empty database if they are missing, for the user alone.
    ///
    /// The database is never opened here once it exists: closing a second handle would drop the locks that SQLite holds for this
    /// process (<https://sqlite.org/howtocorrupt.html>, 2.2).
    pub(super) fn prepare(&self) -> io::Result<()> {
        let mut directories = DirBuilder::new();
        directories.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut directories, 0o700);
        directories.create(&self.directory)?;
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        match options.open(self.database()) {
            Ok(_) => Ok(()),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => self.close_to_others(),
            Err(error) => Err(error),
        }
    }

    /// Takes the permissions of others from a database that has some, for example one that was copied here.
    #[cfg(unix)]
    fn close_to_others(&self) -> io::Result<()> {
        use std::os::unix::fs::PermissionsExt as _;
        let mut permissions = fs::metadata(self.database())?.permissions();
        if permissions.mode() & 0o077 != 0 {
            permissions.set_mode(permissions.mode() & 0o700);
            // A file of another user stays as it is; SQLite will say whether it can be used.
            drop(fs::set_permissions(self.database(), permissions));
        }
        Ok(())
    }

    #[cfg(not(unix))]
    #[expect(
        clippy::unused_self,
        clippy::unnecessary_wraps,
        reason = "permissions here are inherited from the profile"
    )]
    fn close_to_others(&self) -> io::Result<()> {
        Ok(())
    }

    /// Returns the identity of the file that has the database's name now.
    #[cfg(unix)]
    pub(super) fn identity(&self) -> FileIdentity {
        use std::os::unix::fs::MetadataExt as _;
        let metadata = fs::metadata(self.database()).ok()?;
        Some((metadata.dev(), metadata.ino()))
    }

    /// An open file cannot be renamed here, so its name is identity enough.
    #[cfg(not(unix))]
    pub(super) fn identity(&self) -> FileIdentity {
        fs::metadata(self.database()).ok().map(|_| (0, 0))
    }

    /// Returns the journal that the file system allows.
    pub(super) fn journal(&self) -> Journal {
        #[cfg(target_os = "linux")]
        if let Ok(found) = rustix::fs::statfs(&self.directory) {
            return journal_on(u64::try_from(found.f_type).unwrap_or(0));
        }
        Journal::Wal
    }
}

/// Returns the journal for a file system by its number in `statfs(2)`: shared memory does not reach other machines.
fn journal_on(file_system: u64) -> Journal {
    // The kernel's `linux/magic.h`: NFS, SMB, CIFS, SMB2, AFS, Coda, Ceph, 9P.
    const NETWORK: [u32; 8] = [
        0x6969,
        0x517B,
        0xFF53_4D42,
        0xFE53_4D42,
        0x5346_414F,
        0x7375_7245,
        0x00C3_6400,
        0x0102_1997,
    ];
    // Some machines give the number as a signed word, so only its low half is compared.
    let low = u32::try_from(file_system & 0xFFFF_FFFF).unwrap_or(0);
    if NETWORK.contains(&low) {
        Journal::Delete
    } else {
        Journal::Wal
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_file_system_gets_a_rollback_journal() {
        assert_eq!(journal_on(0x6969), Journal::Delete);
        assert_eq!(journal_on(0xFFFF_FFFF_FE53_4D42), Journal::Delete);
        assert_eq!(journal_on(0xEF53), Journal::Wal);
        assert_eq!(journal_on(0x0102_1994), Journal::Wal);
    }

    #[cfg(unix)]
    #[test]
    fn the_store_is_for_its_user_alone() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let place = Place::new(&folder.path().join("a/b"));
        place.prepare().unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(
            (mode(&folder.path().join("a/b")), mode(&place.database())),
            (0o700, 0o600)
        );
        fs::set_permissions(place.database(), fs::Permissions::from_mode(0o644)).unwrap();
        place.prepare().unwrap();
        assert_eq!(mode(&place.database()), 0o600);
    }
}
