//! How the pages of a source are kept where it was read from, as far as one look tells.

use std::path::Path;

use super::bundle;
use super::error::LookupError;
use super::site;
use super::source::{Choice, archive_stem};
use crate::store::Store;
use crate::store::documents::SourceRow;

/// How pages are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kept {
    /// On the web.
    Site,
    /// In a bundle that was imported.
    Bundle,
    /// In the objects of a git repository, at this revision.
    Revision(String),
    /// In an archive.
    Archive,
    /// In a folder.
    Directory,
    /// In one file.
    File,
    /// Where it was read from there is nothing now.
    Gone,
}

impl Kept {
    /// Returns what people call it.
    pub fn name(&self) -> String {
        match self {
            Self::Site => "site".to_owned(),
            Self::Bundle => "bundle".to_owned(),
            Self::Revision(revision) => format!("git at {revision}"),
            Self::Archive => "archive".to_owned(),
            Self::Directory => "directory".to_owned(),
            Self::File => "file".to_owned(),
            Self::Gone => "no longer there".to_owned(),
        }
    }
}

/// Tells how the pages of `source` are kept.
pub fn kept_as(store: &Store, source: &SourceRow) -> Result<Kept, LookupError> {
    let location = source.location.as_str();
    if bundle::is_imported(location) {
        return Ok(Kept::Bundle);
    }
    if site::address(location).is_ok_and(|address| address.is_some()) {
        return Ok(Kept::Site);
    }
    let choice = store.edition(source.id)?.choice;
    let choice: Choice = choice
        .and_then(|choice| serde_json::from_str(&choice).ok())
        .unwrap_or_default();
    let path = Path::new(location);
    let Ok(facts) = std::fs::metadata(path) else {
        return Ok(Kept::Gone);
    };
    Ok(match (choice.at, facts.is_dir()) {
        (Some(revision), _) => Kept::Revision(revision),
        (None, true) => Kept::Directory,
        (None, false) => {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            if archive_stem(&name).is_some() {
                Kept::Archive
            } else {
                Kept::File
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_told_by_one_look() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name).display().to_string();
        for name in ["a.md", "a.tar.gz"] {
            std::fs::write(folder.path().join(name), "x").unwrap();
        }
        let store = Store::in_memory().unwrap();
        for (number, (location, expected)) in [
            ("https://h.example/docs/".to_owned(), Kept::Site),
            ("bundle:alice".to_owned(), Kept::Bundle),
            (at("a.md"), Kept::File),
            (at("a.tar.gz"), Kept::Archive),
            (at(""), Kept::Directory),
            (at("nowhere"), Kept::Gone),
        ]
        .into_iter()
        .enumerate()
        {
            let name = number.to_string();
            store.keep_source(&name, &location).unwrap();
            let source = super::super::library::named(&store, &name).unwrap();
            assert_eq!(kept_as(&store, &source).unwrap(), expected, "{location}");
        }
    }
}
