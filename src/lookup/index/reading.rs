//! The directory of an index as it is searched.
//!
//! Which sections a word is in, and where in them, is most of an index, and a question wants a few runs of it. Were those files
//! mapped like the others, all that questions touched would count as memory of the process, with its neighbours: they are read
//! instead, run by run, out of the memory that the system keeps of files anyway. A file that got shorter meanwhile is an error then.
//! The index is written through another directory, which maps all: whoever merges parts of it wants every run.

use std::fs::File;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tantivy::HasLen;
use tantivy::directory::error::{
    DeleteError, LockError, OpenDirectoryError, OpenReadError, OpenWriteError,
};
use tantivy::directory::{
    Directory, DirectoryLock, FileHandle, Lock, MmapDirectory, OwnedBytes, WatchCallback,
    WatchHandle, WritePtr,
};

/// Ends of the names of files that are read: which sections words are in, and where in them.
const READ: &[&str] = &["idx", "pos"];

/// Whether files may be made beside the index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    /// A reader of the index takes a lock while it opens its files, so that nobody removes them meanwhile.
    Shared,
    /// The lock is a file, and none can be made. Files that vanish meanwhile make the index one that does not open.
    Still,
}

/// A directory with an index to search.
#[derive(Debug, Clone)]
pub(super) struct Reading {
    path: PathBuf,
    mapped: MmapDirectory,
    access: Access,
}

impl Reading {
    /// Names the directory at `path`, which is there.
    pub(super) fn at(path: &Path, access: Access) -> Result<Self, OpenDirectoryError> {
        Ok(Self {
            path: path.to_owned(),
            mapped: MmapDirectory::open(path)?,
            access,
        })
    }

    fn is_read(path: &Path) -> bool {
        let end = path.extension().and_then(|end| end.to_str());
        cfg!(unix) && end.is_some_and(|end| READ.contains(&end))
    }
}

impl Directory for Reading {
    fn get_file_handle(&self, path: &Path) -> Result<Arc<dyn FileHandle>, OpenReadError> {
        if !Self::is_read(path) {
            return self.mapped.get_file_handle(path);
        }
        let opened = Runs::open(&self.path.join(path));
        let runs = opened.map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => OpenReadError::FileDoesNotExist(path.to_owned()),
            _ => OpenReadError::wrap_io_error(error, path.to_owned()),
        })?;
        Ok(Arc::new(runs))
    }

    fn delete(&self, path: &Path) -> Result<(), DeleteError> {
        self.mapped.delete(path)
    }

    fn exists(&self, path: &Path) -> Result<bool, OpenReadError> {
        self.mapped.exists(path)
    }

    fn open_write(&self, path: &Path) -> Result<WritePtr, OpenWriteError> {
        self.mapped.open_write(path)
    }

    fn atomic_read(&self, path: &Path) -> Result<Vec<u8>, OpenReadError> {
        self.mapped.atomic_read(path)
    }

    fn atomic_write(&self, path: &Path, data: &[u8]) -> io::Result<()> {
        self.mapped.atomic_write(path, data)
    }

    fn sync_directory(&self) -> io::Result<()> {
        self.mapped.sync_directory()
    }

    fn acquire_lock(&self, lock: &Lock) -> Result<DirectoryLock, LockError> {
        match self.access {
            Access::Shared => self.mapped.acquire_lock(lock),
            Access::Still => Ok(DirectoryLock::from(Box::new(()))),
        }
    }

    fn watch(&self, callback: WatchCallback) -> tantivy::Result<WatchHandle> {
        self.mapped.watch(callback)
    }
}

/// A file of which runs are read.
#[derive(Debug)]
struct Runs {
    file: File,
    /// Bytes that it had when it was opened: it is never written again.
    length: usize,
}

impl Runs {
    fn open(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        let length = usize::try_from(file.metadata()?.len()).map_err(io::Error::other)?;
        Ok(Self { file, length })
    }
}

impl HasLen for Runs {
    fn len(&self) -> usize {
        self.length
    }
}

impl FileHandle for Runs {
    #[cfg(unix)]
    fn read_bytes(&self, range: Range<usize>) -> io::Result<OwnedBytes> {
        use std::os::unix::fs::FileExt as _;

        if range.end > self.length {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let mut run = vec![0; range.len()];
        self.file.read_exact_at(&mut run, range.start as u64)?;
        Ok(OwnedBytes::new(run))
    }

    #[cfg(not(unix))]
    fn read_bytes(&self, _: Range<usize>) -> io::Result<OwnedBytes> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn runs_of_a_file_are_read_and_what_is_not_there_is_an_error() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("a.idx");
        std::fs::write(&path, b"0123456789").unwrap();
        let runs = Runs::open(&path).unwrap();
        assert_eq!(runs.len(), 10);
        assert_eq!(runs.read_bytes(2..5).unwrap().as_slice(), b"234");
        assert!(runs.read_bytes(10..10).unwrap().is_empty());
        let kind = |range| runs.read_bytes(range).unwrap_err().kind();
        assert_eq!(kind(8..11), io::ErrorKind::UnexpectedEof);
        // It got shorter: what is mapped would end the process.
        let file = File::options().write(true).open(&path).unwrap();
        file.set_len(4).unwrap();
        assert_eq!(kind(2..5), io::ErrorKind::UnexpectedEof);
    }

    #[test]
    fn postings_are_read_and_all_else_is_mapped() {
        for (name, is_read) in [("a.idx", true), ("a.pos", true), ("a.term", false)] {
            assert_eq!(Reading::is_read(Path::new(name)), is_read, "{name}");
        }
    }
}
