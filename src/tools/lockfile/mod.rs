//! Which versions a project uses, as its lock files say: what documentation is read at, unless a call says otherwise.
//!
//! One file a form, and [`LOCKFILES`], the registry. A lock file is read leniently: a line that is not understood says nothing.

mod composer;
mod gemfile;
mod go;
mod npm;
mod packages;
mod pnpm;
mod requirements;
mod yarn;

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Read as _;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use crate::lookup::format::text_of;
use crate::lookup::{Pinned, pinned_name};

/// Bytes of a lock file: the largest of big projects have ten million.
const FILE_BYTES_MAX: u64 = 32 << 20;
/// Names that are taken from one lock file: a hundred times as many as a large project uses.
const NAMES_MAX: usize = 50_000;

/// Says what it uses: calls back with a name and a version.
type Reader = fn(&str, &mut dyn FnMut(&str, &str));

/// Every lock file that is read, by the name it has in the folder of a project, in the order in which they are believed.
const LOCKFILES: &[(&str, Reader)] = &[
    ("Cargo.lock", packages::read),
    ("package-lock.json", npm::read),
    ("pnpm-lock.yaml", pnpm::read),
    ("yarn.lock", yarn::read),
    ("uv.lock", packages::read),
    ("poetry.lock", packages::read),
    ("requirements.txt", requirements::read),
    ("go.mod", go::read),
    ("composer.lock", composer::read),
    ("Gemfile.lock", gemfile::read),
];

/// What tells whether a file changed: its place in the registry, its bytes, and when it was written.
type Stamp = (usize, u64, Option<SystemTime>);

/// The lock files of a project, read again when they change.
#[derive(Debug, Default)]
pub(super) struct Lockfiles(Mutex<(Vec<Stamp>, Pinned)>);

impl Lockfiles {
    /// Returns the versions that the lock files in the folder `project` name.
    pub(super) fn pinned(&self, project: &Path) -> Pinned {
        let stamps: Vec<Stamp> = LOCKFILES
            .iter()
            .enumerate()
            .filter_map(|(at, (name, _))| {
                let metadata = fs::metadata(project.join(name)).ok()?;
                let is_read = metadata.is_file() && metadata.len() <= FILE_BYTES_MAX;
                is_read.then(|| (at, metadata.len(), metadata.modified().ok()))
            })
            .collect();
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.0 != stamps {
            *kept = (stamps.clone(), read_all(project, &stamps));
        }
        kept.1.clone()
    }
}

fn read_all(project: &Path, stamps: &[Stamp]) -> Pinned {
    let mut pinned = BTreeMap::new();
    for (at, ..) in stamps {
        let Some((name, read)) = LOCKFILES.get(*at) else {
            continue;
        };
        let mut bytes = Vec::new();
        let opened = File::open(project.join(name));
        let whole = opened.and_then(|file| file.take(FILE_BYTES_MAX).read_to_end(&mut bytes));
        if whole.is_ok() {
            for (name, version) in versions(*read, &text_of(&bytes)) {
                pinned.entry(name).or_insert(version);
            }
        }
    }
    Pinned::new(pinned)
}

/// Returns what a lock file says; of a package with several versions the last, which is the newest where they are in order.
fn versions(read: Reader, text: &str) -> BTreeMap<String, String> {
    let mut versions = BTreeMap::new();
    read(text, &mut |name, version| {
        if versions.len() < NAMES_MAX {
            versions.insert(pinned_name(name), version.to_owned());
        }
    });
    versions
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns what `text` says as the lock file called `name`.
    pub(super) fn said(name: &str, text: &str) -> String {
        let (_, read) = LOCKFILES.iter().find(|(known, _)| *known == name).unwrap();
        let said = versions(*read, text).into_iter();
        said.map(|(name, version)| format!("{name} {version}"))
            .collect::<Vec<_>>()
            .join(", ")
    }

    #[test]
    fn a_changed_lock_file_is_read_again_and_the_first_one_is_believed() {
        let project = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| fs::write(project.path().join(name), text).unwrap();
        let lockfiles = Lockfiles::default();
        assert!(lockfiles.pinned(project.path()).is_empty());
        write("requirements.txt", "Django==4.2.7\nredis==5.0\n");
        write("go.mod", "require example.org/redis v9.0.1\n");
        let pinned = lockfiles.pinned(project.path());
        assert_eq!(pinned.get("django").map(String::as_str), Some("4.2.7"));
        assert_eq!(pinned.get("redis").map(String::as_str), Some("5.0"));
        write("requirements.txt", "Django==5.0.10\n");
        let pinned = lockfiles.pinned(project.path());
        assert_eq!(pinned.get("django").map(String::as_str), Some("5.0.10"));
        assert_eq!(pinned.get("redis").map(String::as_str), Some("v9.0.1"));
    }

    #[test]
    fn a_mark_says_how_a_lock_file_is_written() {
        let text = "Django==4.2.7\n";
        let wide: Vec<u8> = "\u{feff}Django==4.2.7\n"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        assert_eq!(text_of(&wide), text);
        assert_eq!(text_of("\u{feff}Django==4.2.7\n".as_bytes()), text);
        assert_eq!(text_of(text.as_bytes()), text);
    }

    #[test]
    fn every_lock_file_that_is_read_marks_a_project() {
        let names: Vec<&str> = LOCKFILES.iter().map(|(name, _)| *name).collect();
        assert_eq!(names, crate::config::LOCKFILES);
    }

    proptest::proptest! {
        #[test]
        fn no_text_panics(text in "[ -~\né]{0,200}", lines in proptest::collection::vec("(\\[\\[package\\]\\]|name = \"a|version|  /?a@|=|\\{\"packages\":|    a \\(|require|\"\"|@@|é)", 0..12)) {
            for (_, read) in LOCKFILES {
                proptest::prop_assert!(versions(*read, &text).len() <= NAMES_MAX);
                proptest::prop_assert!(versions(*read, &lines.join("\n")).len() <= NAMES_MAX);
            }
        }
    }
}
