//! The files of a tree that lies in no folder: those of an archive, or of a revision.
//!
//! Whoever made it chose the names in it, so they are cleaned: no path leads out of the source.

use std::collections::BTreeMap;

use super::{Found, Listing, told};
use crate::lookup::{clean, format};

/// Bytes of the longest path: that of file systems.
const PATH_BYTES_MAX: usize = 4096;
/// Folders above a file: as many as are entered on disk.
const DEPTH_MAX: usize = 64;

/// The files of a tree by their cleaned paths.
#[derive(Debug, Default)]
pub(super) struct Members {
    files: BTreeMap<String, Member>,
    failures: Vec<(String, String)>,
}

/// One file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Member {
    /// Where its tree finds it.
    pub(super) place: usize,
    /// Its length.
    pub(super) bytes: u64,
}

impl Members {
    /// Adds the file called `name`; a later one of the same name takes its place.
    pub(super) fn add(&mut self, name: &[u8], member: Member) {
        let name = String::from_utf8_lossy(name);
        match cleaned(&name) {
            Ok(path) => {
                self.files.insert(path, member);
            }
            Err(why) => self.fail(clean::shown_name(&name), why),
        }
    }

    /// Notes why the file at `path` is not read; `""` is all that is not there.
    pub(super) fn fail(&mut self, path: impl Into<String>, why: impl Into<String>) {
        self.failures.push((told(path.into()), why.into()));
    }

    /// Takes the top folder off every path, if all files lie in one.
    pub(super) fn strip_top(&mut self) {
        let mut tops = self.files.keys().map(|path| path.split_once('/'));
        let Some(Some((top, _))) = tops.next() else {
            return;
        };
        let top = format!("{top}/");
        if self.files.keys().all(|path| path.starts_with(&top)) {
            let files = std::mem::take(&mut self.files).into_iter();
            let below = |path: &str| path.get(top.len()..).unwrap_or_default().to_owned();
            self.files = files.map(|(path, member)| (below(&path), member)).collect();
        }
    }

    /// Returns the file at `path`, if there is one.
    pub(super) fn at(&self, path: &str) -> Option<Member> {
        self.files.get(path).copied()
    }

    /// Returns the file at `path`, listed or not.
    pub(super) fn found(&self, path: &str) -> Option<Found> {
        let member = self.at(path)?;
        Some(Found {
            path: path.to_owned(),
            place: member.place,
            bytes: member.bytes,
            modified: None,
            alone: false,
        })
    }

    /// Returns the number of files.
    pub(super) fn len(&self) -> usize {
        self.files.len()
    }

    /// Lists the files that may be documentation: hidden ones are not, as on disk.
    pub(super) fn listing(&self) -> Listing {
        let mut listing = Listing {
            failures: self.failures.clone(),
            ..Listing::default()
        };
        for path in self.files.keys().filter(|path| is_shown(path)) {
            if !format::claims(path) {
                listing.others.add(path);
                continue;
            }
            if let Some(found) = self.found(path)
                && !listing.add(found)
            {
                break;
            }
        }
        listing
    }
}

/// Returns `name` as a path relative to the source, or why it is none.
pub(super) fn cleaned(name: &str) -> Result<String, &'static str> {
    const ELSEWHERE: &str = "has a path that leads elsewhere";
    if name.len() > PATH_BYTES_MAX {
        return Err("has a path that is too long");
    }
    if name.contains(char::is_control) {
        return Err("has a line end or another control character in its name");
    }
    let mut parts: Vec<&str> = Vec::new();
    // Programs of Windows write `\` between folders.
    for part in name.split(['/', '\\']) {
        match part {
            "" | "." => {}
            ".." => return Err(ELSEWHERE),
            part if parts.is_empty() && is_drive(part) => return Err(ELSEWHERE),
            part => parts.push(part),
        }
    }
    match parts.len() {
        0 => Err("has no name"),
        1..=DEPTH_MAX => Ok(parts.join("/")),
        _ => Err("lies in too many folders"),
    }
}

fn is_drive(part: &str) -> bool {
    let mut letters = part.chars();
    letters
        .next()
        .is_some_and(|drive| drive.is_ascii_alphabetic())
        && letters.next() == Some(':')
}

/// Tells whether no part of `path` is hidden, or what macOS puts beside the files.
fn is_shown(path: &str) -> bool {
    path.split('/')
        .all(|part| !part.starts_with('.') && part != "__MACOSX")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn members(names: &[&str]) -> Members {
        let mut members = Members::default();
        for (place, name) in names.iter().enumerate() {
            members.add(name.as_bytes(), Member { place, bytes: 1 });
        }
        members
    }

    fn paths(members: &Members) -> Vec<String> {
        let listing = members.listing();
        listing.files.into_iter().map(|file| file.path).collect()
    }

    #[test]
    fn no_path_leads_out_of_the_source() {
        for name in [
            "../a.md",
            "a/../../b.md",
            "C:\\a.md",
            "c:/a.md",
            "a\u{7}.md",
            "",
            "/",
            "./",
        ] {
            let members = members(&[name]);
            assert_eq!(paths(&members), Vec::<String>::new(), "{name}");
            assert_eq!(members.failures.len(), 1, "{name}");
        }
        let members = members(&["/etc/a.md", "./b//c.md", "d\\e.md"]);
        assert_eq!(paths(&members), ["b/c.md", "d/e.md", "etc/a.md"]);
    }

    #[test]
    fn why_a_name_is_no_path_is_told() {
        for (name, word) in [
            ("new\nline.md", "line end"),
            ("../a.md", "elsewhere"),
            (&"a/".repeat(70), "too many folders"),
            (&"a".repeat(5_000), "too long"),
            ("./", "no name"),
        ] {
            let why = cleaned(name).unwrap_err();
            assert!(why.contains(word), "{name}: {why}");
        }
    }

    #[test]
    fn hidden_files_and_what_is_no_documentation_stay_out() {
        let members = members(&[".git/a.md", "__MACOSX/a.md", "a/.b.md", "c.png", "d.md"]);
        assert_eq!(paths(&members), ["d.md"]);
    }

    #[test]
    fn a_top_folder_that_holds_everything_goes() {
        let mut one = members(&["m-1.2/a.md", "m-1.2/x/b.md", "m-1.2/logo.png"]);
        one.strip_top();
        assert_eq!(paths(&one), ["a.md", "x/b.md"]);
        let mut two = members(&["m/a.md", "n/b.md"]);
        two.strip_top();
        assert_eq!(paths(&two), ["m/a.md", "n/b.md"]);
        let mut file = members(&["a.md"]);
        file.strip_top();
        assert_eq!(paths(&file), ["a.md"]);
    }

    #[test]
    fn of_files_with_one_name_the_last_counts() {
        let members = members(&["a.md", "a.md"]);
        let listing = members.listing();
        assert_eq!((listing.files.len(), listing.files[0].place), (1, 1));
    }
}
