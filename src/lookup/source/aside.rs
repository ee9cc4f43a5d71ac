//! What lies among documentation and is none: what installers note of a package, and what a server shows where there is no page.

use std::collections::{HashMap, HashSet};

use super::Listing;

/// How folders end in which installers of Python note what belongs to a package.
const NOTES: [&str; 2] = [".egg-info", ".dist-info"];
/// The page that servers of files show where there is none.
const MISSING: &str = "404.html";
/// Pages that a server shows instead of others: where there are more, somebody wrote them to be read.
const ERRORS_MAX: usize = 6;

impl Listing {
    /// Leaves out what nobody wrote to be read in its place.
    pub(crate) fn leave_aside(&mut self) {
        self.files.retain(|file| !is_note(&file.path));
        let mut folders: HashMap<&str, Folder<'_>> = HashMap::new();
        for file in &self.files {
            let (folder, name) = split(&file.path);
            folders.entry(folder).or_default().add(name);
        }
        let over: HashSet<&str> = folders.keys().flat_map(|folder| above(folder)).collect();
        let is_site = |folder: &str| folders.get(folder).is_some_and(|found| found.is_built);
        // Where there is nothing else, or a site around it, several of them are what is written about.
        let of_server = |folder: &str, found: &Folder<'_>| {
            found.errors == [MISSING]
                || found.errors.len() <= ERRORS_MAX
                    && (found.others > 0 || over.contains(folder))
                    && !above(folder).any(&is_site)
        };
        let of_servers: HashSet<String> = folders
            .iter()
            .filter(|(folder, found)| {
                found.is_built && !found.is_about_numbers && of_server(folder, found)
            })
            .map(|(folder, _)| (*folder).to_owned())
            .collect();
        self.files.retain(|file| {
            let (folder, name) = split(&file.path);
            !is_error(name) || !of_servers.contains(folder)
        });
    }
}

/// What lies in a folder.
#[derive(Default)]
struct Folder<'a> {
    /// Whether it has the page that servers of files show of it.
    is_built: bool,
    /// Whether pages are called by numbers that are not those of errors.
    is_about_numbers: bool,
    /// Pages that are called by the number of an error.
    errors: Vec<&'a str>,
    others: usize,
}

impl<'a> Folder<'a> {
    fn add(&mut self, name: &'a str) {
        if name == "index.html" {
            self.is_built = true;
        } else if is_error(name) {
            self.errors.push(name);
        } else {
            self.is_about_numbers |= is_numbered(name);
            self.others += 1;
        }
    }
}

/// The folders above the one at `path`, the nearest first; above the outermost there is none.
fn above(path: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(path), |path| match path.rsplit_once('/') {
        Some((above, _)) => Some(above),
        None => Some("").filter(|above| above != path),
    })
    .skip(1)
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

/// Tells whether `name` is that of a page called by an error of HTTP, or by several: `404.html`, `50x.html`.
fn is_error(name: &str) -> bool {
    let Some(number) = name.strip_suffix(".html") else {
        return false;
    };
    let is_digit = |byte: u8| byte.is_ascii_digit() || byte == b'x';
    matches!(number.as_bytes(), [b'4' | b'5', tens, ones] if is_digit(*tens) && is_digit(*ones))
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
        let rest = ["index.html", "guide/a.html"];
        let of_server = ["404.html", "500.html", "50x.html"];
        assert_eq!(kept(&[&rest[..], &of_server].concat()), rest);
        // Whoever has nothing else, or other numbers, or many, writes of them.
        let errors = [&rest[..1], &of_server].concat();
        assert_eq!(kept(&errors), errors);
        let statuses = ["404.html", "500.html", "200.html", "index.html", "a.html"];
        assert_eq!(kept(&statuses), statuses);
        let many = "400 401 403 404 405 410 500".split(' ');
        let many: Vec<String> = many.map(|number| format!("{number}.html")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).chain(rest).collect();
        assert_eq!(kept(&many), many);
    }
}
