//! What a source is called: a name that references can be written with, made of its place unless a person gives one.

use std::ffi::OsStr;
use std::path::Path;

use url::Url;

use super::error::LookupError;
use super::{packing, source};
use crate::store::Store;
use crate::store::documents::SourceRow;

/// Endings of folders that say how documentation is kept there, and belong to no name.
const FOLDER_ENDINGS: &[&str] = &[".docset", ".git"];
/// Folders of a path that a suggested name has.
const FOLDERS_IN_NAME: usize = 2;
/// Letters of the longest name of a source: it stands in every reference.
const NAME_LETTERS_MAX: usize = 60;

/// Returns the name that `location` suggests: its last component, of a file without its ending, in the letters a reference can
/// carry.
pub fn suggested(location: &Path) -> String {
    if !location.is_dir() {
        return name_by_stem(location);
    }
    let name = location.file_name().unwrap_or_default().to_string_lossy();
    // What stands behind a point of a folder is no ending: `falcon-2.0.0`.
    let mut endings = FOLDER_ENDINGS.iter();
    of_words(
        endings
            .find_map(|ending| name.strip_suffix(ending))
            .unwrap_or(&name),
    )
}

/// Returns the name of a file without its ending.
fn name_by_stem(location: &Path) -> String {
    let of = |name: Option<&OsStr>| name.map(|name| name.to_string_lossy().into_owned());
    let file = of(location.file_name()).unwrap_or_default();
    let archive = source::archive_stem(&file);
    let page = Path::new(packing::inner_name(&file).unwrap_or(&file));
    let stem = of(page.file_stem()).unwrap_or_default();
    of_words(archive.unwrap_or(&stem))
}

/// Returns the name that `location` suggests to `store`: one that was added when folders were called without what looks like an
/// ending goes on under that name.
pub fn of_place(store: &Store, location: &Path) -> Result<String, LookupError> {
    let (suggested, before) = (suggested(location), name_by_stem(location));
    let place = location.to_str();
    let is_here = |name: &str| {
        let here = |source: &SourceRow| source.name == name && Some(&*source.location) == place;
        Ok::<_, LookupError>(store.sources()?.iter().any(here))
    };
    Ok(
        if suggested != before && !is_here(&suggested)? && is_here(&before)? {
            before
        } else {
            suggested
        },
    )
}

/// Returns the name that the site at `url` suggests: its host, and the first folders of its path.
pub fn of_address(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    let host = host.strip_prefix("www.").unwrap_or(host);
    let folders = url
        .path_segments()
        .into_iter()
        .flatten()
        .filter(|segment| !segment.is_empty() && !segment.contains(".htm"))
        .take(FOLDERS_IN_NAME);
    let words: Vec<&str> = std::iter::once(host).chain(folders).collect();
    of_words(&words.join("-"))
}

/// Returns `words` in the letters of a name.
fn of_words(words: &str) -> String {
    let name: String = words
        .to_lowercase()
        .chars()
        .map(|letter| if is_name_letter(letter) { letter } else { '-' })
        .take(NAME_LETTERS_MAX)
        .collect();
    let name = name.trim_matches('-');
    if name.is_empty() {
        "docs".to_owned()
    } else {
        name.to_owned()
    }
}

/// Checks that a source read from `location` may be called `name`.
pub(super) fn check(store: &Store, name: &str, location: &str) -> Result<(), LookupError> {
    let letters = name.chars().count();
    let is_path = matches!(name, "." | "..");
    if letters == 0 || letters > NAME_LETTERS_MAX || is_path || !name.chars().all(is_name_letter) {
        return Err(LookupError::BadName {
            name: name.to_owned(),
        });
    }
    let mut known = store.sources()?.into_iter();
    match known.find(|source| source.name == name && source.location != location) {
        Some(known) => Err(LookupError::NameTaken {
            name: known.name,
            location: known.location,
        }),
        None => Ok(()),
    }
}

/// Returns the number of the source called `name`, making it at `location` if it is new. Between [`check`] and this another process may
/// have given the name to another place, whose pages must stay its own.
pub(super) fn taken(store: &Store, name: &str, location: &str) -> Result<i64, LookupError> {
    let source = store.keep_source(name, location)?;
    check(store, name, location)?;
    Ok(source)
}

fn is_name_letter(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.' | '@')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_called_by_its_whole_name_and_one_that_was_called_otherwise_goes_on_so() {
        let home = tempfile::tempdir().unwrap();
        let folder = |name: &str| {
            let folder = home.path().join(name);
            std::fs::create_dir(&folder).unwrap();
            folder
        };
        let pino = folder("pino-9.3.2");
        assert_eq!(suggested(&pino), "pino-9.3.2");
        assert_eq!(suggested(&folder("React.docset")), "react");
        assert_eq!(suggested(&folder("repo.git")), "repo");
        let file = home.path().join("falcon-2.0.0.tar.gz");
        assert_eq!(suggested(&file), "falcon-2.0.0");
        let store = Store::in_memory().unwrap();
        assert_eq!(of_place(&store, &pino).unwrap(), "pino-9.3.2");
        store.keep_source("pino-9.3", "/elsewhere").unwrap();
        assert_eq!(of_place(&store, &pino).unwrap(), "pino-9.3.2");
        store.remove_source(1).unwrap();
        store
            .keep_source("pino-9.3", pino.to_str().unwrap())
            .unwrap();
        assert_eq!(of_place(&store, &pino).unwrap(), "pino-9.3");
    }

    #[test]
    fn a_name_that_another_took_in_the_meantime_is_not_given_again() {
        let store = Store::in_memory().unwrap();
        let first = taken(&store, "pino", "/here").unwrap();
        assert_eq!(taken(&store, "pino", "/here").unwrap(), first);
        let second = taken(&store, "pino", "/there");
        assert!(
            matches!(second, Err(LookupError::NameTaken { location, .. }) if location == "/here")
        );
    }

    #[test]
    fn a_site_is_called_by_its_host_and_the_first_folders() {
        for (text, name) in [
            ("https://www.h.example/", "h.example"),
            ("https://h.example/en/stable/guide/", "h.example-en-stable"),
            ("https://h.example/guide/index.html", "h.example-guide"),
            ("http://127.0.0.1:8080/x%20y", "127.0.0.1-x-20y"),
        ] {
            let url = Url::parse(text).unwrap();
            assert_eq!(of_address(&url), name);
        }
    }
}
