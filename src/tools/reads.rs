//! Which files this process has distilled, so that the name of an original is known when it is asked for by its handle.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// Files remembered: more than a session reads; beyond, all are forgotten, which costs only what is said again.
const FILES_MAX: usize = 10_000;

/// Handles and the paths of the files that had their bytes.
#[derive(Debug, Default)]
pub(super) struct Reads(Mutex<HashMap<String, String>>);

impl Reads {
    /// Remembers that the file at `path` has the bytes behind `handle`.
    pub(super) fn remember(&self, handle: &str, path: &str) {
        let mut paths = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if paths.len() >= FILES_MAX {
            paths.clear();
        }
        paths.insert(handle.to_owned(), path.to_owned());
    }

    /// The path of the file that had the bytes behind `handle`.
    pub(super) fn path_of(&self, handle: &str) -> Option<String> {
        let paths = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        paths.get(handle).cloned()
    }
}
