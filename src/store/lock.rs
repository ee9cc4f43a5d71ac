//! The lock beside the store: one writer at a time among all processes, served in turn.
//!
//! SQLite's own waiting is not fair: with many writers that sync each commit, some starve past any time limit. The operating system
//! queues those that wait for a file lock, so each gets its turn; SQLite's lock is then free.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use super::StoreError;

/// Seconds to wait for the lock: longer than any queue of writers (16 of them take 0.2 s), shorter than a client's patience.
pub(super) const WAIT: Duration = Duration::from_secs(10);

/// The lock, held until it is dropped or the process ends, however it ends.
#[derive(Debug)]
pub(super) struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the lock on the file at `path`, making the file if it is missing, and waits for at most `wait`.
    ///
    /// # Errors
    /// [`StoreError::Busy`] if another holds it for all that time; [`StoreError::Disk`] if the file cannot be opened or locked.
    pub(super) fn take(path: &Path, wait: Duration) -> Result<Self, StoreError> {
        let failed = |error: &std::io::Error| StoreError::Disk {
            path: path.to_path_buf(),
            why: error.to_string(),
        };
        // A handle of its own each time: two threads with one handle would both hold the lock.
        let file = open(path).map_err(|error| failed(&error))?;
        match file.try_lock() {
            Ok(()) => return Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => {}
            Err(TryLockError::Error(error)) => return Err(failed(&error)),
        }
        // The system has no lock call with a time limit. A thread waits instead; if nobody wants the lock any more when it comes, the
        // file goes away with the message, and the lock with the file.
        let (sender, receiver) = mpsc::channel();
        thread::Builder::new()
            .name("store lock".to_owned())
            .spawn(move || {
                let locked = file.lock().map(|()| file);
                drop(sender.send(locked));
            })
            .map_err(|error| failed(&error))?;
        match receiver.recv_timeout(wait) {
            Ok(Ok(file)) => Ok(Self { _file: file }),
            Ok(Err(error)) => Err(failed(&error)),
            Err(_) => Err(StoreError::Busy {
                path: path.to_path_buf(),
                seconds: wait.as_secs(),
            }),
        }
    }
}

fn open(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_taker_waits_no_longer_than_it_said() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lock");
        let first = Lock::take(&path, WAIT).unwrap();
        let second = Lock::take(&path, Duration::from_millis(20));
        assert!(matches!(second, Err(StoreError::Busy { .. })), "{second:?}");
        drop(first);
        // The thread of the second taker may hold the lock for a moment.
        assert!(Lock::take(&path, WAIT).is_ok());
    }

    #[test]
    fn a_second_taker_gets_the_lock_when_the_first_gives_it_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lock");
        let first = Lock::take(&path, WAIT).unwrap();
        thread::scope(|scope| {
            let second = scope.spawn(|| Lock::take(&path, WAIT).is_ok());
            thread::sleep(Duration::from_millis(20));
            drop(first);
            assert!(second.join().unwrap());
        });
    }

    #[test]
    fn a_place_that_cannot_be_written_is_named() {
        let error = Lock::take(Path::new("/dev/null/lock"), WAIT).unwrap_err();
        assert!(error.to_string().contains("/dev/null/lock"), "{error}");
    }
}
