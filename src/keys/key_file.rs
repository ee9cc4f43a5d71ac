//! The key file: 32 random bytes that open an identity instead of a passphrase.
//!
//! It protects a copied database, not a stolen home. So it may not lie beside the database, and a file that others could
//! read or exchange is refused.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::KeyError;
use super::secret::KEY_BYTES;

/// The place of a key file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyFile(PathBuf);

impl KeyFile {
    /// Names the key file at `path`, which must lie outside `data_dir`: who copies the database must not get its key.
    pub fn outside(path: &Path, data_dir: Option<&Path>) -> Result<Self, KeyError> {
        let cannot = |source| KeyError::KeyFileIo {
            action: "find the folder of",
            path: path.to_owned(),
            source,
        };
        let name = path
            .file_name()
            .ok_or_else(|| cannot(io::ErrorKind::InvalidInput.into()))?;
        let folder = match path.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        let folder = folder.canonicalize().map_err(cannot)?;
        // A data directory that does not exist yet holds nothing.
        if data_dir
            .and_then(|data_dir| data_dir.canonicalize().ok())
            .is_some_and(|data_dir| folder.starts_with(data_dir))
        {
            return Err(KeyError::KeyFileUnsafe {
                path: path.to_owned(),
                why: "it lies in the data directory, beside what it protects",
            });
        }
        Ok(Self(folder.join(name)))
    }

    pub(super) fn known(path: PathBuf) -> Self {
        Self(path)
    }

    /// Returns the absolute path.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Returns whether something is there already.
    pub fn exists(&self) -> bool {
        self.0.symlink_metadata().is_ok()
    }

    /// Writes 32 new random bytes: complete and on disk, or not at all, and never over another file.
    pub fn create(&self) -> Result<(), KeyError> {
        let mut content = Zeroizing::new([0; KEY_BYTES]);
        getrandom::fill(content.as_mut_slice()).map_err(KeyError::Randomness)?;
        self.write_new(content.as_slice())
            .map_err(|source| KeyError::KeyFileIo {
                action: "write",
                path: self.0.clone(),
                source,
            })
    }

    fn write_new(&self, content: &[u8]) -> io::Result<()> {
        let folder = self.0.parent().unwrap_or(Path::new("."));
        // Made new (O_EXCL) with mode 0600 under a name of its own, then linked to the name asked for unless that is taken.
        let mut file = tempfile::Builder::new()
            .prefix(".mrconductor-key-")
            .tempfile_in(folder)?;
        file.write_all(content)?;
        file.as_file().sync_all()?;
        file.persist_noclobber(&self.0)?;
        sync_folder(folder)
    }

    /// Reads the key, after checking that nobody else can.
    pub(super) fn read(&self) -> Result<Box<Zeroizing<[u8; KEY_BYTES]>>, KeyError> {
        let refused = |why| KeyError::KeyFileUnsafe {
            path: self.0.clone(),
            why,
        };
        let cannot = |source: io::Error| KeyError::KeyFileIo {
            action: "read",
            path: self.0.clone(),
            source,
        };
        if self.0.symlink_metadata().map_err(cannot)?.is_symlink() {
            return Err(refused("it is a symbolic link"));
        }
        let mut file = open(&self.0).map_err(cannot)?;
        // Asked of the open file, so that what is checked is what is read.
        let facts = file.metadata().map_err(cannot)?;
        if !facts.is_file() {
            return Err(refused("it is not a regular file"));
        }
        if facts.len() != KEY_BYTES as u64 {
            return Err(refused("it is not 32 bytes long"));
        }
        check_owner(&facts).map_err(refused)?;
        let mut content = Box::new(Zeroizing::new([0; KEY_BYTES]));
        file.read_exact(content.as_mut_slice()).map_err(cannot)?;
        Ok(content)
    }
}

#[cfg(unix)]
fn open(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt as _;

    use rustix::fs::OFlags;

    // Neither through a link nor waiting for the writer of a pipe.
    let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC).bits();
    OpenOptions::new()
        .read(true)
        .custom_flags(flags.cast_signed())
        .open(path)
}

#[cfg(not(unix))]
fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).open(path)
}

#[cfg(unix)]
fn check_owner(facts: &std::fs::Metadata) -> Result<(), &'static str> {
    use std::os::unix::fs::MetadataExt as _;

    if facts.uid() != rustix::process::geteuid().as_raw() {
        Err("it belongs to another user")
    } else if facts.mode() & 0o077 != 0 {
        Err("group or others have access to it")
    } else {
        Ok(())
    }
}

/// Elsewhere the access list of the person's own folder decides.
#[cfg(not(unix))]
fn check_owner(_facts: &std::fs::Metadata) -> Result<(), &'static str> {
    Ok(())
}

#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
fn sync_folder(_folder: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use super::*;

    #[test]
    fn a_new_key_file_is_private_random_and_never_written_twice() {
        let home = tempfile::tempdir().unwrap();
        let file = KeyFile::outside(&home.path().join("a.key"), None).unwrap();
        file.create().unwrap();
        let first = file.read().unwrap();
        assert_eq!(
            std::fs::metadata(file.path()).unwrap().permissions().mode() & 0o777,
            0o600
        );
        assert!(file.create().is_err());
        assert!(file.read().unwrap() == first);
        let other = KeyFile::outside(&home.path().join("b.key"), None).unwrap();
        other.create().unwrap();
        assert!(other.read().unwrap() != first);
        assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), 2);
    }

    #[test]
    fn a_key_file_that_others_could_read_or_exchange_is_refused() {
        let home = tempfile::tempdir().unwrap();
        let file = KeyFile::outside(&home.path().join("a.key"), None).unwrap();
        file.create().unwrap();
        for mode in [0o640, 0o604, 0o620, 0o602, 0o610, 0o601] {
            std::fs::set_permissions(file.path(), std::fs::Permissions::from_mode(mode)).unwrap();
            assert!(
                matches!(file.read(), Err(KeyError::KeyFileUnsafe { .. })),
                "{mode:o}"
            );
        }
        std::fs::set_permissions(file.path(), std::fs::Permissions::from_mode(0o600)).unwrap();
        let link = KeyFile::outside(&home.path().join("link"), None).unwrap();
        symlink(file.path(), link.path()).unwrap();
        assert!(matches!(link.read(), Err(KeyError::KeyFileUnsafe { .. })));
        std::fs::write(file.path(), [7; 33]).unwrap();
        assert!(matches!(file.read(), Err(KeyError::KeyFileUnsafe { .. })));
        let missing = KeyFile::outside(&home.path().join("none"), None).unwrap();
        assert!(matches!(missing.read(), Err(KeyError::KeyFileIo { .. })));
    }

    #[test]
    fn a_key_file_beside_the_database_is_refused_by_whatever_path() {
        let home = tempfile::tempdir().unwrap();
        let data_dir = home.path().join("data");
        std::fs::create_dir_all(data_dir.join("deep")).unwrap();
        symlink(&data_dir, home.path().join("alias")).unwrap();
        for path in [
            "data/a.key",
            "data/deep/a.key",
            "alias/a.key",
            "data/deep/../a.key",
        ] {
            let refused = KeyFile::outside(&home.path().join(path), Some(&data_dir));
            assert!(
                matches!(refused, Err(KeyError::KeyFileUnsafe { .. })),
                "{path}"
            );
        }
        assert!(KeyFile::outside(&home.path().join("data-2.key"), Some(&data_dir)).is_ok());
    }
}
