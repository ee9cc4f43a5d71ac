//! The right to write an index: one process at a time has it, for as long as that takes. And the word of a process that reads
//! documentation in that it will use that right itself.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use crate::lookup::error::LookupError;

/// Pause between two attempts to take the lock.
const PAUSE: Duration = Duration::from_millis(50);
/// Attempts before a person is told of the wait: a second of them, for small changes are made in less.
const TRIES_MAX: u32 = 20;

/// The right to write the index, until dropped: an index in memory needs no file for it.
#[derive(Debug)]
pub(super) struct WriteLock {
    _file: Option<File>,
}

impl WriteLock {
    /// Takes the lock that one writer holds, and waits while another process has it; where that takes longer than a moment, `waiting` is
    /// told once.
    pub(super) fn take(directory: Option<&Path>, waiting: &dyn Fn()) -> Result<Self, LookupError> {
        for _ in 0..TRIES_MAX {
            if let Some(lock) = Self::take_if_free(directory)? {
                return Ok(lock);
            }
            thread::sleep(PAUSE);
        }
        waiting();
        let Some(directory) = directory else {
            return Ok(Self { _file: None });
        };
        let (path, file) = opened(directory, WRITING)?;
        file.lock()
            .map_err(|source| LookupError::file(&path, source))?;
        Ok(Self { _file: Some(file) })
    }

    /// Takes the lock, unless another process has it.
    pub(super) fn take_if_free(directory: Option<&Path>) -> Result<Option<Self>, LookupError> {
        let Some(directory) = directory else {
            return Ok(Some(Self { _file: None }));
        };
        let (path, file) = opened(directory, WRITING)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self { _file: Some(file) })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(source)) => Err(LookupError::file(&path, source)),
        }
    }
}

/// The word of a process that it brings the index up to date with what it reads in, until dropped; the end of the process drops it,
/// too. Who searches meanwhile need not.
#[derive(Debug)]
pub(crate) struct Promise {
    _file: Option<File>,
}

impl Promise {
    /// Gives that word for the index in `directory`. Where no file can be locked nobody relies on it.
    pub(super) fn given(directory: Option<&Path>) -> Self {
        let file = directory.and_then(|directory| Some(opened(directory, PROMISED).ok()?.1));
        Self {
            _file: file.filter(|file| file.lock_shared().is_ok()),
        }
    }

    /// Tells whether somebody has given it.
    pub(super) fn is_given(directory: Option<&Path>) -> bool {
        let file = directory.and_then(|directory| File::open(directory.join(PROMISED)).ok());
        file.is_some_and(|file| matches!(file.try_lock(), Err(TryLockError::WouldBlock)))
    }
}

/// Names of the files that are locked.
const WRITING: &str = "lock";
const PROMISED: &str = "promised";

/// Opens the file called `name` in `directory`, making both if they are missing.
fn opened(directory: &Path, name: &str) -> Result<(PathBuf, File), LookupError> {
    let path = directory.join(name);
    let failed = |source| LookupError::file(&path, source);
    fs::create_dir_all(directory).map_err(failed)?;
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .map_err(failed)?;
    Ok((path, file))
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    #[test]
    fn a_promise_is_given_until_the_last_who_gave_it_is_gone() {
        let folder = tempfile::tempdir().unwrap();
        let place = Some(folder.path());
        assert!(!Promise::is_given(place));
        let (one, other) = (Promise::given(place), Promise::given(place));
        assert!(Promise::is_given(place));
        drop(one);
        assert!(Promise::is_given(place));
        drop(other);
        assert!(!Promise::is_given(place));
        drop(Promise::given(None));
        assert!(!Promise::is_given(None));
    }

    #[test]
    fn who_waits_for_the_lock_says_so_once_and_gets_it() {
        let folder = tempfile::tempdir().unwrap();
        let place = Some(folder.path());
        let first = Mutex::new(WriteLock::take_if_free(place).unwrap());
        assert!(WriteLock::take_if_free(place).unwrap().is_none());
        let told = Mutex::new(0);
        WriteLock::take(place, &|| {
            *told.lock().unwrap() += 1;
            drop(first.lock().unwrap().take());
        })
        .unwrap();
        assert_eq!(*told.lock().unwrap(), 1);
        // Who need not wait says nothing.
        WriteLock::take(place, &|| *told.lock().unwrap() += 1).unwrap();
        WriteLock::take(None, &|| *told.lock().unwrap() += 1).unwrap();
        assert_eq!(*told.lock().unwrap(), 1);
    }
}
