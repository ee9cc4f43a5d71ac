//! Finds the files of a source: a directory, walked without following its ignored and hidden parts, or one file.

use std::fs::{File, Metadata};
use std::io::{ErrorKind, Read as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::UNIX_EPOCH;

use ignore::WalkBuilder;

use super::{
    Choice, FILE_BYTES_MAX, Found, Holding, Listing, LookupError, Source, Take, leads_into, within,
};
use crate::lookup::format;

/// Directories below the source that are entered: deeper ones come from loops or from machines.
const DEPTH_MAX: usize = 64;

/// A directory or a file, as it lies on the disk.
pub(super) struct Directory;

impl Source for Directory {
    fn open(
        &self,
        location: &Path,
        choice: &Choice,
    ) -> Result<Option<Box<dyn Holding>>, LookupError> {
        Ok(Some(Box::new(Files {
            location: location.to_owned(),
            inside: choice.inside.clone(),
            found: Vec::new(),
        })))
    }
}

struct Files {
    location: PathBuf,
    /// Folder that no link may lead out of.
    inside: Option<PathBuf>,
    found: Vec<PathBuf>,
}

impl Files {
    /// Returns the folder that paths are relative to.
    fn folder(&self) -> &Path {
        folder_of(&self.location)
    }

    /// Returns the file at `path`, if it may be read.
    fn at(&self, path: &str) -> Result<PathBuf, String> {
        let file = self.folder().join(path);
        match &self.inside {
            Some(folder) if !leads_into(&file, folder) => Err(OUTSIDE.to_owned()),
            _ => Ok(file),
        }
    }
}

/// Why a link is not followed.
const OUTSIDE: &str = "is a link that leads out of the project";

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
        Ok(walk(
            &self.location,
            self.inside.as_deref(),
            &mut self.found,
        ))
    }

    fn found(&mut self, path: &str) -> Option<Found> {
        let file = self.at(path).ok()?;
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
        File::open(self.at(path)?)
            .and_then(|file| file.take(bytes_max + 1).read_to_end(&mut bytes))
            .map_err(|error| error.to_string())?;
        within(bytes, bytes_max)
    }

    fn read(&mut self, wanted: Vec<Found>, take: &mut Take<'_>) -> Result<(), String> {
        for found in wanted {
            let Some(file) = self.found.get(found.place) else {
                continue;
            };
            // How long it may be was asked when it was listed.
            let bytes_max = found.bytes.max(FILE_BYTES_MAX);
            let content = match std::fs::read(file) {
                Ok(bytes) if bytes.len() as u64 > bytes_max => {
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

/// Lists the documentation files of `location`, by path, and puts where they are into `places`; of links only those are
/// followed that lead to something in `inside`, if that is given.
fn walk(location: &Path, inside: Option<&Path>, places: &mut Vec<PathBuf>) -> Listing {
    let mut listing = Listing::default();
    let single = location.is_file();
    let root = folder_of(location);
    let refused: Refused = Arc::default();
    // Folders that links lead to, one inside the other, of where the walk is.
    let mut linked: Vec<PathBuf> = Vec::new();
    let resolved_root = root.canonicalize().unwrap_or_else(|_| root.to_owned());
    for entry in walker(location, inside, &refused) {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                if single || !leads_to_no_document(&error) {
                    let failed = failed_path(&error);
                    let path = failed.map_or_else(String::new, |path| path_below(root, path));
                    listing.fail(path, reason(&error));
                }
                continue;
            }
        };
        let is_linked = entry.path_is_symlink();
        while linked
            .pop_if(|folder| !entry.path().starts_with(folder))
            .is_some()
        {}
        if is_linked && entry.file_type().is_some_and(|kind| kind.is_dir()) {
            linked.push(entry.path().to_owned());
        }
        if !entry.file_type().is_some_and(|kind| kind.is_file()) {
            continue;
        }
        let path = path_below(root, entry.path());
        let format = format::of_file(&path, || head_of(entry.path()));
        if !single && format.is_none() {
            listing.others.add(&path);
            continue;
        }
        let Ok(facts) = entry.metadata() else {
            listing.fail(path, "cannot be examined");
            continue;
        };
        if is_linked || !linked.is_empty() {
            let target = entry.path().canonicalize();
            let target = target.map(|target| path_below(&resolved_root, &target));
            let links = &mut listing.links;
            links.extend(target.ok().map(|target| (path.clone(), target)));
        }
        let found = Found {
            path,
            place: places.len(),
            bytes: facts.len(),
            modified: Some(modified(&facts)),
            alone: single,
        };
        places.push(entry.into_path());
        let bytes_max = format.unwrap_or(format::FALLBACK).bytes_max();
        if !listing.add_within(found, bytes_max) {
            break;
        }
    }
    let mut refused = refused.lock().unwrap_or_else(PoisonError::into_inner);
    for path in refused.drain(..) {
        listing.fail(path_below(root, &path), OUTSIDE);
    }
    listing
        .files
        .sort_by(|one, other| one.path.cmp(&other.path));
    listing
}

/// Links that a walk does not follow.
type Refused = Arc<Mutex<Vec<PathBuf>>>;

/// Walks over all that lies at `location` and is neither hidden nor ignored; links that lead out of `inside` are `refused`.
fn walker(location: &Path, inside: Option<&Path>, refused: &Refused) -> ignore::Walk {
    let mut builder = WalkBuilder::new(location);
    if let Some(folder) = inside.map(Path::to_owned) {
        let refused = Arc::clone(refused);
        builder.filter_entry(move |entry| {
            let is_inside = !entry.path_is_symlink() || leads_into(entry.path(), &folder);
            if !is_inside {
                let mut refused = refused.lock().unwrap_or_else(PoisonError::into_inner);
                refused.push(entry.path().to_owned());
            }
            is_inside
        });
    }
    builder
        .follow_links(true) // The walker notices loops and reports them.
        .max_depth(Some(DEPTH_MAX))
        .require_git(false)
        .git_global(false)
        .git_exclude(false)
        .parents(false)
        .build()
}

/// Returns `path` from `root`, with `/`; one outside as it is.
fn path_below(root: &Path, path: &Path) -> String {
    let below = path.strip_prefix(root).unwrap_or(path);
    let parts: Vec<_> = below
        .components()
        .map(|part| part.as_os_str().to_string_lossy())
        .collect();
    parts.join("/")
}

/// Tells whether a walk failed on a link to nothing that is named like what is never read: the scripts and fonts of pages.
fn leads_to_no_document(error: &ignore::Error) -> bool {
    let name = failed_path(error).and_then(Path::file_name);
    let name = name.unwrap_or_default().to_string_lossy();
    leads_nowhere(error) && name.contains('.') && !format::claims(&name)
}

/// Tells whether a walk failed because it came to a link to nothing.
fn leads_nowhere(error: &ignore::Error) -> bool {
    let is_gone = error
        .io_error()
        .is_some_and(|error| error.kind() == ErrorKind::NotFound);
    is_gone && failed_path(error).is_some_and(Path::is_symlink)
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
        _ if leads_nowhere(error) => "is a link that leads nowhere".to_owned(),
        ignore::Error::Loop { .. } => "is a link to a directory that holds it".to_owned(),
        ignore::Error::WithPath { err, .. } | ignore::Error::WithDepth { err, .. } => reason(err),
        ignore::Error::Io(source) => source.to_string(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_what_cannot_be_examined_are_told_without_hidden_letters() {
        let folder = tempfile::tempdir().unwrap();
        let inside = folder.path().join("docs");
        std::fs::create_dir(&inside).unwrap();
        std::fs::write(folder.path().join("out.md"), "Out.\n").unwrap();
        let link = |to: &Path, name: &str| std::os::unix::fs::symlink(to, inside.join(name));
        link(&folder.path().join("none"), "gone\u{1b}[2J\n.md").unwrap();
        link(&folder.path().join("out.md"), "out\u{202e}.md").unwrap();
        let failed = |within: Option<&Path>| {
            let mut failures = walk(&inside, within, &mut Vec::new()).failures;
            failures.sort();
            failures
                .into_iter()
                .map(|(path, _)| path)
                .collect::<Vec<_>>()
        };
        assert_eq!(failed(None), ["gone?[2J?.md", "out?.md"]);
        let resolved = inside.canonicalize().unwrap();
        assert_eq!(failed(Some(&resolved)), ["gone?[2J?.md", "out?.md"]);
    }
}
