#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "helpers of tests fail as tests do"
)]

use std::fs;

use proptest::prelude::*;
use tempfile::TempDir;

use super::*;
use crate::lookup::packing::tests::{bzipped, gzipped};
use crate::lookup::source::Listing;
use crate::lookup::zip::tests::packed as zipped;

const PAGES: &[(&str, &str)] = &[
    ("manual-1.2/index.md", "# Manual\n\nSee pumps.\n"),
    (
        "manual-1.2/guide/pumps.md",
        "# Pumps\n\nPrime them first.\n",
    ),
    ("manual-1.2/logo.png", "no page"),
    ("manual-1.2/old.zip", "PK not opened"),
];

fn tarred(files: &[(&str, &str)]) -> Vec<u8> {
    let mut builder = ::tar::Builder::new(Vec::new());
    for (path, text) in files {
        let mut header = ::tar::Header::new_gnu();
        header.set_size(text.len() as u64);
        header.set_mode(0o644);
        header.set_cksum();
        builder
            .append_data(&mut header, path, text.as_bytes())
            .unwrap();
    }
    builder.into_inner().unwrap()
}

/// The pages as every kind of archive.
fn archives() -> Vec<(&'static str, Vec<u8>)> {
    let tar = tarred(PAGES);
    vec![
        ("a.zip", zipped(PAGES)),
        ("a.tgz", gzipped(&tar)),
        ("a.tar.bz2", bzipped(&tar)),
        ("a.tar.zst", zstd::encode_all(tar.as_slice(), 3).unwrap()),
        (
            "a.tar.xz",
            include_bytes!("../../../../tests/fixtures/lookup/manual.tar.xz").to_vec(),
        ),
        ("a.tar", tar),
    ]
}

struct Bench {
    folder: TempDir,
}

/// What is listed, then what of it could be read: path and text or why not, and what went wrong in the end.
type Outcome = (
    Listing,
    Vec<(String, Result<String, String>)>,
    Result<(), String>,
);

impl Bench {
    fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    fn open(&self, name: &str, bytes: &[u8]) -> Result<Option<Box<dyn Holding>>, LookupError> {
        let path = self.folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        Archive.open(&path, &Choice::default())
    }

    fn read(&self, name: &str, bytes: &[u8]) -> Result<Outcome, LookupError> {
        let mut holding = self.open(name, bytes)?.unwrap();
        let listing = holding.list()?;
        let mut read = Vec::new();
        let end = holding.read(listing.files.clone(), &mut |found, content| {
            let text = content.map(|content| String::from_utf8_lossy(&content.bytes).into_owned());
            read.push((found.path, text));
            true
        });
        read.sort();
        Ok((listing, read, end))
    }

    fn why_not(&self, name: &str, bytes: &[u8]) -> String {
        self.read(name, bytes).unwrap_err().to_string()
    }
}

fn whole() -> Vec<(String, Result<String, String>)> {
    let page = |path: &str, text: &str| (path.to_owned(), Ok(text.to_owned()));
    vec![
        page("guide/pumps.md", "# Pumps\n\nPrime them first.\n"),
        page("index.md", "# Manual\n\nSee pumps.\n"),
    ]
}

#[test]
fn every_kind_of_archive_gives_its_pages_below_the_folder_that_holds_them_all() {
    let bench = Bench::new();
    for (name, bytes) in archives() {
        let (listing, read, end) = bench.read(name, &bytes).unwrap();
        assert_eq!((read, end), (whole(), Ok(())), "{name}");
        assert!(listing.failures.is_empty(), "{name}: {listing:?}");
        // Its name does not matter.
        assert_eq!(bench.read("manual", &bytes).unwrap().1, whole(), "{name}");
    }
}

#[test]
fn an_archive_cut_off_at_any_byte_gives_what_is_whole_and_says_so() {
    let bench = Bench::new();
    for (name, bytes) in archives() {
        for end in 0..bytes.len() {
            let cut = bytes.get(..end).unwrap();
            let Ok((listing, read, ended)) = bench.read(name, cut) else {
                continue;
            };
            for page in read.iter().filter(|(_, text)| text.is_ok()) {
                assert!(whole().contains(page), "{name} at {end}: {page:?}");
            }
            let is_told = !listing.failures.is_empty() || ended.is_err();
            let is_whole = read == whole();
            assert!(is_told || is_whole, "{name} at {end}: {read:?}");
        }
    }
}

#[test]
fn an_archive_that_unpacks_to_too_much_is_refused() {
    let bench = Bench::new();
    let bomb = "0".repeat(usize::try_from(UNPACKED_BYTES_FREE).unwrap() + 1);
    let files = [("a.md", "# A\n"), ("b.md", bomb.as_str())];
    for (name, bytes) in [
        ("a.zip", zipped(&files)),
        ("a.tgz", gzipped(&tarred(&files))),
        (
            "a.tar.zst",
            zstd::encode_all(tarred(&files).as_slice(), 1).unwrap(),
        ),
    ] {
        assert!(bytes.len() < 300_000, "{name}");
        let why = bench.why_not(name, &bytes);
        assert!(why.contains("it unpacks to more than 64 MiB"), "{why}");
    }
}

#[test]
fn a_file_that_is_too_large_is_told_and_the_rest_is_read() {
    let bench = Bench::new();
    let large = "x".repeat((16 << 20) + 1);
    let files = [("a.md", "# A\n"), ("b.md", large.as_str())];
    for (name, bytes) in [("a.zip", zipped(&files)), ("a.tar", tarred(&files))] {
        let (listing, read, _) = bench.read(name, &bytes).unwrap();
        assert_eq!(read.len(), 1, "{name}");
        let told = ("b.md".to_owned(), "is larger than 16 MiB".to_owned());
        assert_eq!(listing.failures, [told], "{name}");
    }
}

#[test]
fn links_are_not_followed_and_long_names_are_whole() {
    let bench = Bench::new();
    let long = format!("{}/page.md", "folder".repeat(30));
    let mut builder = ::tar::Builder::new(Vec::new());
    for kind in [::tar::EntryType::Symlink, ::tar::EntryType::Link] {
        let mut header = ::tar::Header::new_gnu();
        header.set_entry_type(kind);
        header.set_size(0);
        builder
            .append_link(&mut header, "link.md", "/etc/passwd")
            .unwrap();
    }
    let fields = [("path", b"named-by-pax.md".as_slice())];
    builder.append_pax_extensions(fields).unwrap();
    for path in ["short.md", &long] {
        let mut header = ::tar::Header::new_gnu();
        header.set_size(4);
        builder
            .append_data(&mut header, path, b"# A\n".as_slice())
            .unwrap();
    }
    let (listing, read, _) = bench.read("a.tar", &builder.into_inner().unwrap()).unwrap();
    let paths: Vec<_> = read.iter().map(|(path, _)| path.as_str()).collect();
    assert_eq!(paths, [long.as_str(), "named-by-pax.md"]);
    assert!(listing.failures.is_empty(), "{listing:?}");
}

#[test]
fn what_is_no_archive_is_another_source_or_refused_by_its_name() {
    let bench = Bench::new();
    for name in ["notes.txt", "notes"] {
        assert!(bench.open(name, b"Notes.\n").unwrap().is_none(), "{name}");
    }
    // A document that is packed as a zip file is a document.
    let book = zipped(&[("mimetype", "application/epub+zip")]);
    assert!(bench.open("book.epub", &book).unwrap().is_none());
    let why = bench.open("a.zip", b"Notes.\n").err().unwrap().to_string();
    assert!(
        why.contains("is no archive, though it is called so"),
        "{why}"
    );
    // So is one that is packed by itself, whatever it is called.
    let page = gzipped(b"# A page that is no archive of pages\n");
    for name in ["a.md.gz", "notes.gz", "notes"] {
        assert!(bench.open(name, &page).unwrap().is_none(), "{name}");
    }
    assert!(
        bench
            .why_not("a.tar.gz", &page)
            .contains("holds no tar archive")
    );
    let page = gzipped(&b"%PDF-1.5\n\x93\xfa\0\x01".repeat(200));
    let why = bench.why_not("a.tgz", &page);
    let told = why.lines().next().unwrap_or_default();
    assert!(told.ends_with("did not have utf-8 text"), "{why:?}");
    assert!(
        bench
            .why_not("a.zip", b"PK\x03\x04")
            .contains("is no zip archive")
    );
}

#[test]
fn a_hundred_thousand_entries_are_listed() {
    let bench = Bench::new();
    let names: Vec<String> = (0..100_000).map(|number| format!("{number}.md")).collect();
    let files: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "")).collect();
    let mut holding = bench.open("a.tgz", &gzipped(&tarred(&files))).unwrap();
    let listing = holding.as_mut().unwrap().list().unwrap();
    assert_eq!(listing.files.len(), 100_000);
}

proptest! {
    #[test]
    fn any_bytes_in_an_archive_are_read_or_refused(
        kind in 0usize..6,
        at in 0usize..3000,
        new in prop::collection::vec(any::<u8>(), 0..40),
    ) {
        let (name, mut bytes) = archives().swap_remove(kind);
        let at = at.min(bytes.len());
        let end = (at + new.len()).min(bytes.len());
        bytes.splice(at..end, new);
        let bench = Bench::new();
        if let Ok((_, read, _)) = bench.read(name, &bytes) {
            prop_assert!(read.iter().all(|(path, _)| !path.contains("..")));
        }
    }
}
