//! What lies among documentation and is none: what installers note of a package, and what a server shows where there is no page.

use std::collections::HashSet;

use super::Listing;

/// How folders end in which installers of Python note what belongs to a package.
const NOTES: [&str; 2] = [".egg-info", ".dist-info"];
/// The page that servers of files show where there is none.
const MISSING: &str = "404.html";

impl Listing {
    /// Leaves out what nobody wrote to be read in its place.
    pub(crate) fn leave_aside(&mut self) {
        self.files.retain(|file| !is_note(&file.path));
        let is_missing = |path: &str| split(path).1 == MISSING;
        if !self.files.iter().any(|file| is_missing(&file.path)) {
            return;
        }
        let paths = self.files.iter().map(|file| split(&file.path));
        // Where other numbers have pages too, the pages are about numbers.
        let numbered: HashSet<String> = paths
            .clone()
            .filter(|(_, name)| *name != MISSING && is_numbered(name))
            .map(|(folder, _)| folder.to_owned())
            .collect();
        let built: HashSet<String> = paths
            .filter(|(_, name)| *name == "index.html")
            .map(|(folder, _)| folder.to_owned())
            .collect();
        self.files.retain(|file| {
            let (folder, name) = split(&file.path);
            name != MISSING || !built.contains(folder) || numbered.contains(folder)
        });
    }
}

fn is_note(path: &str) -> bool {
    let (folder, _) = split(path);
    folder
        .split('/')
        .any(|name| NOTES.iter().any(|ending| name.ends_with(ending)))
}

/// Returns the folder and the name of the file at `path`.
fn split(path: &str) -> (&str, &str) {
    path.rsplit_once('/').unwrap_or(("", path))
}

fn is_numbered(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default();
    stem.len() == 3 && stem.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::super::Found;
    use super::*;

    fn kept(paths: &[&str]) -> Vec<String> {
        let found = |path: &&str| Found {
            path: (*path).to_owned(),
            place: 0,
            bytes: 1,
            modified: None,
            alone: false,
        };
        let mut listing = Listing {
            files: paths.iter().map(found).collect(),
            ..Listing::default()
        };
        listing.leave_aside();
        listing.files.into_iter().map(|file| file.path).collect()
    }

    #[test]
    fn what_installers_note_of_a_package_is_left_out() {
        let paths = [
            "a-1.0/a.egg-info/SOURCES.txt",
            "a-1.0/egg-info.md",
            "a-1.0.dist-info/licenses/LICENSE.md",
            "SOURCES.txt",
        ];
        assert_eq!(kept(&paths), ["a-1.0/egg-info.md", "SOURCES.txt"]);
    }

    #[test]
    fn the_page_of_a_site_for_missing_pages_is_left_out_and_pages_about_numbers_are_not() {
        let paths = [
            "404.html",
            "index.html",
            "docs/404.html",
            "errors/404.html",
            "errors/500.html",
            "errors/index.html",
        ];
        assert_eq!(kept(&paths), &paths[1..]);
    }
}
