//! Finds the files of a source: a directory, walked without following its ignored and hidden parts, or one file.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use ignore::WalkBuilder;

use crate::lookup::format;

/// Bytes of the largest file read as documentation: beyond that it is data.
pub(crate) const FILE_BYTES_MAX: u64 = 16 << 20;
/// Files of the largest source: a guard against adding a whole disk by mistake.
const FILES_MAX: usize = 500_000;
/// Directories below the source that are entered: deeper ones come from loops or from machines.
const DEPTH_MAX: usize = 64;

/// A file of a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    /// Where it is.
    pub(crate) file: PathBuf,
    /// Its path relative to the source, with `/`.
    pub(crate) path: String,
    /// Its length.
    pub(crate) bytes: u64,
    /// Nanoseconds since 1970.
    pub(crate) modified: i64,
    /// Whether it is the whole source: a person named it.
    pub(crate) alone: bool,
}

/// What a walk found, and what it had to leave out: path and reason.
#[derive(Debug, Default)]
pub(crate) struct Walk {
    pub(crate) files: Vec<Found>,
    pub(crate) failures: Vec<(String, String)>,
}

impl Walk {
    /// Leaves out all files but the first `most`, by path, and says so.
    pub(crate) fn keep_first(&mut self, most: usize) {
        let beyond = self.files.len().saturating_sub(most);
        let left_out = self.files.drain(most.min(self.files.len())..).next();
        if let Some(first) = left_out {
            let why = format!("is the first of {beyond} beyond the {most} files to read");
            self.failures.push((first.path, why));
        }
    }
}

/// Lists the documentation files of `location`, by path.
pub(crate) fn walk(location: &Path) -> Walk {
    let mut walk = Walk::default();
    let single = location.is_file();
    let root = if single {
        location.parent().unwrap_or(location)
    } else {
        location
    };
    let relative = |path: &Path| {
        let below = path.strip_prefix(root).unwrap_or(path);
        let parts: Vec<_> = below
            .components()
            .map(|part| part.as_os_str().to_string_lossy())
            .collect();
        parts.join("/")
    };
    let entries = WalkBuilder::new(location)
        .follow_links(true) // The walker notices loops and reports them.
        .max_depth(Some(DEPTH_MAX))
        .require_git(false)
        .git_global(false)
        .git_exclude(false)
        .parents(false)
        .build();
    for entry in entries {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                let path = failed_path(&error).map_or_else(String::new, relative);
                walk.failures.push((path, reason(&error)));
                continue;
            }
        };
        if !entry.file_type().is_some_and(|kind| kind.is_file()) {
            continue;
        }
        let path = relative(entry.path());
        if !single && format::of_file(&path, || head_of(entry.path())).is_none() {
            continue;
        }
        let Ok(facts) = entry.metadata() else {
            walk.failures.push((path, "cannot be examined".to_owned()));
            continue;
        };
        if facts.len() > FILE_BYTES_MAX {
            let why = format!("is larger than {} MiB", FILE_BYTES_MAX >> 20);
            walk.failures.push((path, why));
            continue;
        }
        if walk.files.len() >= FILES_MAX {
            walk.failures
                .push((path, format!("is beyond the limit of {FILES_MAX} files")));
            break;
        }
        let modified = facts
            .modified()
            .ok()
            .and_then(|time| time.duration_since(UNIX_EPOCH).ok())
            .and_then(|age| i64::try_from(age.as_nanos()).ok())
            .unwrap_or_default();
        walk.files.push(Found {
            file: entry.path().to_owned(),
            path,
            bytes: facts.len(),
            modified,
            alone: single,
        });
    }
    walk.files.sort_by(|one, other| one.path.cmp(&other.path));
    walk
}

/// Returns the beginning of a file; of one that cannot be read, nothing: then it is no documentation.
fn head_of(path: &Path) -> String {
    let mut head = Vec::new();
    let limit = u64::try_from(format::HEAD_BYTES).unwrap_or(u64::MAX);
    match File::open(path).and_then(|file| file.take(limit).read_to_end(&mut head)) {
        Ok(_) => format::head_of(&head),
        Err(_) => String::new(),
    }
}

/// Returns the file that a walk failed on.
fn failed_path(error: &ignore::Error) -> Option<&Path> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path),
        ignore::Error::Loop { child, .. } => Some(child),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => {
            failed_path(err)
        }
        _ => None,
    }
}

/// Says why a walk failed, without the path, which is told beside it.
fn reason(error: &ignore::Error) -> String {
    match error {
        ignore::Error::Loop { .. } => "is a link to a directory that holds it".to_owned(),
        ignore::Error::WithPath { err, .. } | ignore::Error::WithDepth { err, .. } => reason(err),
        ignore::Error::Io(source) => source.to_string(),
        other => other.to_string(),
    }
}
