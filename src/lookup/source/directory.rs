//! Finds the files of a source: a directory, walked without following its ignored and hidden parts, or one file.

use std::fs::{File, Metadata};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use ignore::WalkBuilder;

use super::{Choice, FILE_BYTES_MAX, Found, Holding, Listing, LookupError, Source, Take, within};
use crate::lookup::format;

/// Directories below the source that are entered: deeper ones come from loops or from machines.
const DEPTH_MAX: usize = 64;

/// A directory or a file, as it lies on the disk.
pub(super) struct Directory;

impl Source for Directory {
    fn open(&self, location: &Path, _: &Choice) -> Result<Option<Box<dyn Holding>>, LookupError> {
        Ok(Some(Box::new(Files {
            location: location.to_owned(),
            found: Vec::new(),
        })))
    }
}

struct Files {
    location: PathBuf,
    found: Vec<PathBuf>,
}

impl Files {
    /// Returns the folder that paths are relative to.
    fn folder(&self) -> &Path {
        folder_of(&self.location)
    }
}

/// Returns the folder of the files that lie at `location`, which is one itself or a file in it.
fn folder_of(location: &Path) -> &Path {
    if location.is_file() {
        location.parent().unwrap_or(location)
    } else {
        location
    }
}

impl Holding for Files {
    fn version(&self) -> Option<String> {
        let name = self.location.file_name()?.to_string_lossy();
        if !self.location.is_file() {
            return None;
        }
        let head = head_of(&self.location);
        format::of_file(&name, || head.clone())?.version(&head)
    }

    fn list(&mut self) -> Result<Listing, LookupError> {
        self.found.clear();
        Ok(walk(&self.location, &mut self.found))
    }

    fn found(&mut self, path: &str) -> Option<Found> {
        let file = self.folder().join(path);
        let facts = std::fs::metadata(&file).ok().filter(Metadata::is_file)?;
        self.found.push(file);
        Some(Found {
            path: path.to_owned(),
            place: self.found.len() - 1,
            bytes: facts.len(),
            modified: Some(modified(&facts)),
            alone: false,
        })
    }

    fn file(&mut self, path: &str, bytes_max: u64) -> Result<Vec<u8>, String> {
        let mut bytes = Vec::new();
        File::open(self.folder().join(path))
            .and_then(|file| file.take(bytes_max + 1).read_to_end(&mut bytes))
            .map_err(|error| error.to_string())?;
        within(bytes, bytes_max)
    }

    fn read(&mut self, wanted: Vec<Found>, take: &mut Take<'_>) -> Result<(), String> {
        for found in wanted {
            let Some(file) = self.found.get(found.place) else {
                continue;
            };
            let content = match std::fs::read(file) {
                Ok(bytes) if bytes.len() as u64 > FILE_BYTES_MAX => {
                    Err("grew too large while it was read".to_owned())
                }
                Ok(bytes) => Ok(bytes.into()),
                Err(error) => Err(error.to_string()),
            };
            if !take(found, content) {
                break;
            }
        }
        Ok(())
    }
}

/// Lists the documentation files of `location`, by path, and puts where they are into `places`.
fn walk(location: &Path, places: &mut Vec<PathBuf>) -> Listing {
    let mut walk = Listing::default();
    let single = location.is_file();
    let root = folder_of(location);
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
        let found = Found {
            path,
            place: places.len(),
            bytes: facts.len(),
            modified: Some(modified(&facts)),
            alone: single,
        };
        places.push(entry.into_path());
        if !walk.add(found) {
            break;
        }
    }
    walk.files.sort_by(|one, other| one.path.cmp(&other.path));
    walk
}

/// Returns when a file was changed last, in nanoseconds since 1970.
fn modified(facts: &Metadata) -> i64 {
    let time = facts.modified().ok();
    time.and_then(|time| time.duration_since(UNIX_EPOCH).ok())
        .and_then(|age| i64::try_from(age.as_nanos()).ok())
        .unwrap_or_default()
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
