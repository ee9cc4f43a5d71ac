//! What a source holds twice, once of which is enough: files that links lead to a second time, and what pages were made of.

use std::collections::HashSet;

use super::Listing;
use crate::lookup::packing::inner_name;

/// The folder in which Sphinx keeps what it made pages of.
const SPHINX: &str = "_sources/";
/// How pages end that were made.
const PAGES: [&str; 4] = [".html", "/index.html", ".htm", ".xhtml"];

impl Listing {
    /// Leaves out what is there a second time: of a file its paths but the first, and of those through links all if there is
    /// one without; of a page what it was made of, and of a file the packed copy beside it.
    pub(crate) fn keep_once(&mut self) {
        if !self.links.is_empty() {
            let links = &self.links;
            let is_direct = |path: &&String| !links.contains_key(*path);
            let paths = self.files.iter().map(|file| &file.path);
            let mut read: HashSet<String> = paths.filter(is_direct).cloned().collect();
            self.files.retain(|file| {
                let target = links.get(&file.path);
                target.is_none_or(|target| read.insert(target.clone()))
            });
        }
        if self
            .files
            .iter()
            .any(|file| inner_name(&file.path).is_some())
        {
            let paths: HashSet<String> = self.files.iter().map(|file| file.path.clone()).collect();
            self.files
                .retain(|file| inner_name(&file.path).is_none_or(|name| !paths.contains(name)));
        }
        let has_sources = self.files.iter().any(|file| made(&file.path).is_some());
        if !has_sources {
            return;
        }
        let paths: HashSet<String> = self.files.iter().map(|file| file.path.clone()).collect();
        self.files.retain(|file| {
            !made(&file.path).is_some_and(|pages| pages.iter().any(|page| paths.contains(page)))
        });
    }
}

/// Returns where the page would be that was made of the file at `path`: `a/_sources/b.rst.txt` became `a/b.html`.
pub(super) fn made(path: &str) -> Option<Vec<String>> {
    let (folder, name) = if let Some(name) = path.strip_prefix(SPHINX) {
        ("", name)
    } else {
        let at = path.find("/_sources/")? + 1;
        (path.get(..at)?, path.get(at + SPHINX.len()..)?)
    };
    let name = name.strip_suffix(".txt").unwrap_or(name);
    let (stem, _) = name.rsplit_once('.').unwrap_or((name, ""));
    let pages = PAGES.iter();
    Some(
        pages
            .map(|ending| format!("{folder}{stem}{ending}"))
            .collect(),
    )
}

#[cfg(test)]
mod tests {
    use super::super::Found;
    use super::*;

    fn listing(paths: &[&str], links: &[(&str, &str)]) -> Listing {
        let found = |path: &&str| Found {
            path: (*path).to_owned(),
            place: 0,
            bytes: 1,
            modified: None,
            alone: false,
        };
        let links = links.iter();
        Listing {
            files: paths.iter().map(found).collect(),
            links: links
                .map(|(path, target)| ((*path).to_owned(), (*target).to_owned()))
                .collect(),
            ..Listing::default()
        }
    }

    fn kept(mut listing: Listing) -> Vec<String> {
        listing.keep_once();
        listing.files.into_iter().map(|file| file.path).collect()
    }

    #[test]
    fn a_file_is_read_under_its_own_path_or_the_first_link() {
        let links = [
            ("alias/p.md", "real/p.md"),
            ("out/a.md", "/elsewhere/a.md"),
            ("over/a.md", "/elsewhere/a.md"),
        ];
        let paths = ["alias/p.md", "out/a.md", "over/a.md", "real/p.md"];
        assert_eq!(kept(listing(&paths, &links)), ["out/a.md", "real/p.md"]);
        // What was left out does not stand for it.
        assert_eq!(kept(listing(&paths[..1], &links)), ["alias/p.md"]);
    }

    #[test]
    fn a_packed_copy_is_left_out_where_the_file_is() {
        let paths = ["a.txt", "a.txt.gz", "b.pdf.xz", "d/a.txt.gz"];
        let expected = ["a.txt", "b.pdf.xz", "d/a.txt.gz"];
        assert_eq!(kept(listing(&paths, &[])), expected);
    }

    #[test]
    fn what_a_page_was_made_of_is_left_out_where_the_page_is() {
        let paths = [
            "_sources/index.rst.txt",
            "index.html",
            "d/_sources/a/b.md.txt",
            "d/a/b/index.html",
            "d/_sources/c.rst",
            "d/c.html",
            "d/_sources/lost.rst.txt",
            "d/plain.txt",
            "d/plain.html",
        ];
        let expected = [
            "index.html",
            "d/a/b/index.html",
            "d/c.html",
            "d/_sources/lost.rst.txt",
            "d/plain.txt",
            "d/plain.html",
        ];
        assert_eq!(kept(listing(&paths, &[])), expected);
    }
}
