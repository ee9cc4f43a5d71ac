use std::fs;
use std::path::PathBuf;

use proptest::prelude::*;

use super::*;
use crate::lookup::index::Index;
use crate::lookup::library;
use crate::store::Store;

const MANUAL: &str = "# Pumps\n\nHow to start one.\n\n## Priming\n\nFill it with `prime()` first.\n\n## Limits\n\n| what | bar |\n|---|---|\n| pressure | 6 |\n";

struct Bench {
    folder: tempfile::TempDir,
    bundle: PathBuf,
}

/// A source in a bundle that nobody signed.
fn bench() -> Bench {
    let folder = tempfile::tempdir().unwrap();
    let pages = [
        ("guide/pumps.md", MANUAL),
        ("index.md", "# Manual\n\nSee pumps.\n"),
    ];
    let (store, _) = library::in_memory("manual", pages).unwrap();
    let bundle = folder.path().join("manual.bundle");
    let manifest = export(&store, "manual", 7, None, &bundle).unwrap();
    assert_eq!((manifest.pages, manifest.made), (2, 7));
    Bench { folder, bundle }
}

fn imported(bench: &Bench, store: &Store) -> Result<library::Reading, BundleError> {
    let bundle = open(&bench.bundle)?;
    import(store, &Index::in_memory(), &bundle, "manual", &|_| {})
}

#[test]
fn a_source_arrives_as_it_was() {
    let bench = bench();
    let store = Store::in_memory().unwrap();
    let reading = imported(&bench, &store).unwrap();
    assert_eq!((reading.added, reading.unchanged), (2, 0));
    let source = store.sources().unwrap().remove(0);
    assert_eq!(
        (source.name.as_str(), source.location.as_str()),
        ("manual", "bundle:")
    );
    let row = store
        .pages_at(Some(source.id), "guide/pumps.md")
        .unwrap()
        .remove(0);
    assert_eq!(store.page(row.id).unwrap().unwrap().1, MANUAL);
    let titles: Vec<String> = store
        .cut(row.id)
        .unwrap()
        .sections
        .into_iter()
        .map(|section| section.title)
        .collect();
    assert!(!titles.is_empty());

    let again = imported(&bench, &store).unwrap();
    assert_eq!(
        (again.added, again.changed, again.unchanged, again.removed),
        (0, 0, 2, 0)
    );
    // And out again, the same bytes but for where the source is from.
    let copy = bench.folder.path().join("copy.bundle");
    let manifest = export(&store, "manual", 7, None, &copy).unwrap();
    assert_eq!(
        manifest.blake3,
        open(&bench.bundle).unwrap().manifest.blake3
    );
}

#[test]
fn a_newer_bundle_takes_away_what_it_lacks() {
    let bench = bench();
    let store = Store::in_memory().unwrap();
    imported(&bench, &store).unwrap();
    let (newer, _) =
        library::in_memory("manual", [("index.md", "# Manual\n\nNo pumps.\n")]).unwrap();
    export(&newer, "manual", 8, None, &bench.bundle).unwrap();
    let reading = imported(&bench, &store).unwrap();
    assert_eq!((reading.changed, reading.removed), (1, 1));
}

#[test]
fn a_name_that_a_source_of_this_machine_has_is_not_taken_over() {
    let bench = bench();
    let (store, _) = library::in_memory("manual", [("a.md", "# A\n\nMine.\n")]).unwrap();
    store.keep_source("manual", "/home/me/manual").unwrap();
    store.keep_source("other", "bundle:/elsewhere").unwrap();
    // The library of `in_memory` stands nowhere; one with a place is another source.
    let bundle = open(&bench.bundle).unwrap();
    let error = import(&store, &Index::in_memory(), &bundle, "other", &|_| {}).unwrap_err();
    assert!(error.to_string().contains("is taken by"), "{error}");
}

#[test]
fn a_changed_page_is_found_before_anything_changes() {
    let bench = bench();
    let mut bytes = fs::read(&bench.bundle).unwrap();
    let middle = bytes.len() - 40;
    bytes[middle] ^= 1;
    fs::write(&bench.bundle, bytes).unwrap();
    let store = Store::in_memory().unwrap();
    let error = imported(&bench, &store).unwrap_err();
    assert!(matches!(error, BundleError::Broken { .. }), "{error}");
    assert!(store.sources().unwrap().is_empty());
}

#[test]
fn a_page_that_leads_outside_or_hides_text_is_refused() {
    let page = |path: &str, text: &str| {
        let stamp = crate::store::documents::FileStamp {
            bytes: 0,
            modified: 0,
            hash: [0; 32],
        };
        let document = crate::lookup::format::read_text("a.md", text)
            .unwrap()
            .first;
        library::page(path, stamp, document)
    };
    let fault = |path: &str, text: &str| super::page::checked(page(path, text)).unwrap_err();
    for path in [
        "",
        "/etc/passwd",
        "../x.md",
        "a/../../x.md",
        "a\nb.md",
        "a\u{202e}b.md",
        "a\u{200b}.md",
    ] {
        assert!(fault(path, "# A\n").contains("no relative path"), "{path}");
    }
    let mut hidden = page("a.md", "# A\n\nbc\n");
    hidden.text.push('\u{202e}');
    let error = super::page::checked(hidden).unwrap_err();
    assert!(error.contains("hidden text"), "{error}");
    for (line, byte) in [(0, 0), (1, 90)] {
        let mut outside = page("a.md", "# A\n\nbc\n");
        outside.outline[0].line = line;
        outside.outline[0].byte = byte;
        let error = super::page::checked(outside).unwrap_err();
        assert!(error.contains("a heading outside"), "{error}");
    }
    let mut outside = page("a.md", "# A\n\nbc\n");
    outside.text.clear();
    let error = super::page::checked(outside).unwrap_err();
    assert!(error.contains("outside of its text"), "{error}");
}

proptest! {
    // Each case makes a library and a bundle of it.
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn no_bytes_are_a_bundle_by_chance(at in 0..900_usize, byte: u8, cut in 0..900_usize) {
        let bench = bench();
        let whole = fs::read(&bench.bundle).unwrap();
        let mut bytes = whole.clone();
        let length = bytes.len();
        bytes[at % length] = byte;
        bytes.truncate(length - cut % 3);
        fs::write(&bench.bundle, &bytes).unwrap();
        let store = Store::in_memory().unwrap();
        let result = imported(&bench, &store);
        // What lies outside of the pages and their hash may change in words that say the same.
        if bytes != whole && result.is_ok() {
            let manifest = open(&bench.bundle).unwrap().manifest;
            prop_assert_eq!(manifest.pages, 2);
        }
    }
}
