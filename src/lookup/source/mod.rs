//! Where documents come from: files in folders, wherever they are kept and whatever they are together ([`SOURCES`] and
//! [`SHAPES`], the registries), or a site on the web ([`crawl`]).

mod archive;
mod aside;
mod asking;
pub(crate) mod crawl;
mod devdocs;
mod directory;
mod docset;
mod git;
mod globs;
mod links;
mod members;
mod others;
mod page;
mod robots;
mod scope;
mod sitemap;
mod twice;
mod twin;
pub mod web;

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

pub(crate) use self::archive::stem as archive_stem;
pub(crate) use self::git::is_bare as is_bare_repository;
pub(crate) use self::globs::Globs;
use self::others::Others;
pub(crate) use self::scope::tidy as site_address;
pub use self::scope::{Reach, Site};
use super::clean;
use super::error::LookupError;
use super::format::Beside;
pub(crate) use super::format::FILE_BYTES_MAX;

/// Files of the largest source: a guard against adding a whole disk by mistake.
const FILES_MAX: usize = 500_000;

/// Which of the files a person wants; kept with the source, for it is read the same way again.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Choice {
    /// The revision of a git repository.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
    /// Only paths that match one of these globs, if there are any.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub include: Vec<String>,
    /// No paths that match one of these.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub exclude: Vec<String>,
    /// Resolved folder that no link may lead out of: that of the project which names the source, for it may be a stranger's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inside: Option<PathBuf>,
}

/// A way to keep files.
pub(crate) trait Source: Sync {
    /// Opens what lies at `location`; `None` if it is not kept this way.
    fn open(
        &self,
        location: &Path,
        choice: &Choice,
    ) -> Result<Option<Box<dyn Holding>>, LookupError>;
}

/// Every way to keep files; the first that knows a place opens it.
pub(crate) const SOURCES: &[&dyn Source] = &[&git::Git, &archive::Archive, &directory::Directory];

/// Files in folders, wherever they are kept.
pub(crate) trait Holding: Send {
    /// Tells in few words whether anything changed since the last reading, where one look says it of all files.
    fn stamp(&self) -> Option<String> {
        None
    }

    /// Returns the version of what is documented, where that is known.
    fn version(&self) -> Option<String> {
        None
    }

    /// Lists the files that may be documentation, by path.
    ///
    /// # Errors
    /// If nothing of it can be used; what is wrong with parts of it stands in the listing.
    fn list(&mut self) -> Result<Listing, LookupError>;

    /// Returns the file at `path`, listed or not, if there is one. Listed first, whatever holds the files.
    fn found(&mut self, path: &str) -> Option<Found>;

    /// Returns the bytes of the file at `path`, listed or not; an error says why there are none.
    fn file(&mut self, path: &str, bytes_max: u64) -> Result<Vec<u8>, String>;

    /// Gives each of `wanted` to `take`, in the order that is cheapest, until that returns false.
    ///
    /// # Errors
    /// Says why not all of them could be given.
    fn read(&mut self, wanted: Vec<Found>, take: &mut Take<'_>) -> Result<(), String>;
}

/// What takes the content of a file, or the reason why there is none; false when it wants no more.
pub(crate) type Take<'a> = dyn FnMut(Found, Result<Content, String>) -> bool + 'a;

/// What a file holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Content {
    pub(crate) bytes: Vec<u8>,
    pub(crate) beside: Beside,
}

impl From<Vec<u8>> for Content {
    fn from(bytes: Vec<u8>) -> Self {
        Self {
            bytes,
            ..Self::default()
        }
    }
}

/// What files can be together, wherever they are kept.
pub(crate) trait Shape: Sync {
    /// The files that tell it.
    fn marks(&self) -> &'static [&'static str];

    /// Tells whether they really do; asked where all marks are there.
    fn fits(&self, files: &mut dyn Holding) -> bool {
        let _ = files;
        true
    }

    /// Makes of the files what they are together.
    fn over(
        &self,
        files: Box<dyn Holding>,
        listing: Listing,
    ) -> Result<(Box<dyn Holding>, Listing), LookupError>;
}

/// Every shape; the first that fits files takes them over.
pub(crate) const SHAPES: &[&dyn Shape] = &[&docset::Docset, &devdocs::DevDocs];

/// Lists `files`, as what they are together.
pub(crate) fn shaped(
    mut files: Box<dyn Holding>,
) -> Result<(Box<dyn Holding>, Listing), LookupError> {
    let listing = files.list()?;
    for shape in SHAPES {
        let mut marks = shape.marks().iter();
        if marks.all(|mark| files.found(mark).is_some()) && shape.fits(files.as_mut()) {
            return shape.over(files, listing);
        }
    }
    Ok((files, listing))
}

/// A file of a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    /// Its path relative to the source, with `/`.
    pub(crate) path: String,
    /// Where its source finds it.
    pub(crate) place: usize,
    /// Its length.
    pub(crate) bytes: u64,
    /// Nanoseconds since 1970; `None` where only the content tells whether it changed.
    pub(crate) modified: Option<i64>,
    /// Whether it is the whole source: a person named it.
    pub(crate) alone: bool,
}

/// What a source holds, and what it had to leave out: path and reason. What fails at `""` may concern every file.
#[derive(Debug, Default)]
pub(crate) struct Listing {
    pub(crate) files: Vec<Found>,
    pub(crate) failures: Vec<(String, String)>,
    /// Of files that are reached through links, where they really are: their own path in the source, or one outside.
    pub(crate) links: HashMap<String, String>,
    /// Files that no format knows.
    pub(crate) others: Others,
}

impl Listing {
    /// Says why what lies at `path` is left out.
    fn fail(&mut self, path: String, why: impl Into<String>) {
        self.failures.push((told(path), why.into()));
    }

    /// Leaves out all files but the first `most`, by path, and says so.
    pub(crate) fn keep_first(&mut self, most: usize) {
        let beyond = self.files.len().saturating_sub(most);
        let left_out = self.files.drain(most.min(self.files.len())..).next();
        if let Some(first) = left_out {
            let why = format!("is the first of {beyond} beyond the {most} files to read");
            self.fail(first.path, why);
        }
    }

    /// Adds `file`, unless it is too large or there are too many; tells whether there is room for more.
    fn add(&mut self, file: Found) -> bool {
        self.add_within(file, FILE_BYTES_MAX)
    }

    /// Adds `file`, unless it is larger than its format may be or there are too many; tells whether there is room for more.
    fn add_within(&mut self, file: Found, bytes_max: u64) -> bool {
        if clean::is_hidden_name(&file.path) {
            let why = "has a line end or a letter that is not shown in its name; rename it";
            self.fail(file.path, why);
        } else if file.bytes > bytes_max {
            self.fail(file.path, too_large(bytes_max));
        } else if self.files.len() >= FILES_MAX {
            let why = format!("is beyond the limit of {FILES_MAX} files");
            self.fail(file.path, why);
            return false;
        } else {
            self.files.push(file);
        }
        true
    }
}

/// Returns `path` as a message tells it: without letters that are not shown, of which no page has any in its path.
fn told(path: String) -> String {
    if clean::is_hidden_name(&path) {
        clean::shown_name(&path)
    } else {
        path
    }
}

/// Tells whether `path` leads to something in `folder`, which is resolved, once all links are followed.
fn leads_into(path: &Path, folder: &Path) -> bool {
    path.canonicalize()
        .is_ok_and(|resolved| resolved.starts_with(folder))
}

/// Returns `bytes`, unless there are too many.
fn within(bytes: Vec<u8>, bytes_max: u64) -> Result<Vec<u8>, String> {
    if bytes.len() as u64 > bytes_max {
        return Err(too_large(bytes_max));
    }
    Ok(bytes)
}

/// Says that a file has more than `bytes_max` bytes.
pub(crate) fn too_large(bytes_max: u64) -> String {
    format!("is larger than {} MiB", bytes_max >> 20)
}

/// Opens what lies at `location`.
pub(crate) fn open(location: &Path, choice: &Choice) -> Result<Box<dyn Holding>, LookupError> {
    if let Some(folder) = &choice.inside
        && !leads_into(location, folder)
    {
        return Err(LookupError::Outside {
            path: location.to_owned(),
            folder: folder.clone(),
        });
    }
    for source in SOURCES {
        if let Some(holding) = source.open(location, choice)? {
            return Ok(holding);
        }
    }
    Err(LookupError::Nothing {
        path: location.to_owned(),
    })
}
