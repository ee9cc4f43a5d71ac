//! The vector files over their life: written, added to, moved, torn, lost.

use std::fs;
use std::path::Path;

use super::*;
use crate::lookup::embedding::Embedder;
use crate::lookup::library;
use crate::store::Store;

/// A store with a page for each of `topics`, called after it.
fn keep(store: &Store, topics: &[&str]) {
    let source = store.keep_source("s", "").unwrap();
    let pages: Vec<_> = topics
        .iter()
        .map(|topic| {
            let text = format!("# {topic}\n\nEverything about the {topic}.\n");
            library::page_of_text(&format!("{topic}.md"), &text)
        })
        .collect();
    store.keep_pages(source, &pages).unwrap();
}

fn remove(store: &Store, topic: &str) {
    let source = store.keep_source("s", "").unwrap();
    store
        .remove_pages(source, &[format!("{topic}.md")])
        .unwrap();
}

fn mirrored(place: Option<&Path>, old: Option<Vectors>, store: &Store) -> Vectors {
    Vectors::mirrored(place, old, store).unwrap()
}

/// Paths of the pages nearest to `question`.
fn nearest(vectors: &Vectors, store: &Store, question: &str, most: usize) -> Vec<String> {
    let wanted = Embedder::new().embed(&[question]);
    let near = vectors.nearest(&wanted, most, None);
    near.iter()
        .map(|near| store.page(near.page.id).unwrap().unwrap().0.path)
        .collect()
}

const TOPICS: &[&str] = &["harbour", "violin", "volcano", "library", "compiler"];

#[test]
fn what_is_added_and_removed_is_followed_without_making_the_rest_anew() {
    let (store, folder) = (Store::in_memory().unwrap(), tempfile::tempdir().unwrap());
    keep(&store, TOPICS);
    let first = mirrored(Some(folder.path()), None, &store);
    assert_eq!(
        nearest(&first, &store, "ships and quays", 1),
        ["harbour.md"]
    );
    let before = first.rows.as_slice().to_vec();
    keep(&store, &["database"]);
    remove(&store, "harbour");
    let second = mirrored(Some(folder.path()), Some(first.clone()), &store);
    assert!(second.rows.as_slice().starts_with(&before));
    assert_eq!(second.generation(), store.document_generation().unwrap());
    assert_eq!(
        nearest(&second, &store, "tables and queries", 1),
        ["database.md"]
    );
    assert_eq!(
        nearest(&second, &store, "ships and quays", 9).len(),
        TOPICS.len()
    );
    // Whoever still maps the earlier state reads it as it was.
    assert_eq!(first.rows.as_slice(), before);
    let opened = Vectors::open(folder.path()).unwrap();
    assert_eq!(opened.state, second.state);
    let in_memory = mirrored(None, Some(mirrored(None, None, &store)), &store);
    assert_eq!(
        nearest(&in_memory, &store, "fire from a mountain", 1),
        ["volcano.md"]
    );
}

#[test]
fn files_with_too_much_that_is_gone_are_written_anew_under_the_next_number() {
    let (store, folder) = (Store::in_memory().unwrap(), tempfile::tempdir().unwrap());
    keep(&store, TOPICS);
    let first = mirrored(Some(folder.path()), None, &store);
    for topic in ["harbour", "violin", "volcano"] {
        remove(&store, topic);
    }
    let second = mirrored(Some(folder.path()), Some(first), &store);
    assert_eq!((second.state.files, second.state.rows), (2, 2));
    assert_eq!(
        nearest(&second, &store, "books on shelves", 9),
        ["library.md", "compiler.md"]
    );
    assert!(!folder.path().join("vectors-1.rows").exists());
}

#[test]
fn sections_of_other_sources_and_kinds_are_not_looked_at() {
    let store = Store::in_memory().unwrap();
    keep(&store, &["harbour", "changelog"]);
    let vectors = mirrored(None, None, &store);
    let wanted = Embedder::new().embed(&["ships and quays"]);
    let changes = crate::lookup::document::Kind::Changelog as u16;
    let near = vectors.nearest(&wanted, 9, Some(&|page| page.kind == changes));
    assert_eq!(near.len(), 1);
    assert_eq!(
        store.page(near[0].page.id).unwrap().unwrap().0.path,
        "changelog.md"
    );
}

#[test]
fn what_a_killed_process_left_behind_does_not_count() {
    let (store, folder) = (Store::in_memory().unwrap(), tempfile::tempdir().unwrap());
    keep(&store, TOPICS);
    let first = mirrored(Some(folder.path()), None, &store);
    let rows = folder.path().join("vectors-1.rows");
    let whole = fs::read(&rows).unwrap();
    fs::write(&rows, [whole.as_slice(), b"half a record"].concat()).unwrap();
    let opened = Vectors::open(folder.path()).unwrap();
    assert_eq!(opened.rows.as_slice(), whole);
    keep(&store, &["database"]);
    let second = mirrored(Some(folder.path()), Some(opened), &store);
    assert_eq!(second.state.rows, first.state.rows + 1);
    assert_eq!(
        nearest(&second, &store, "tables and queries", 1),
        ["database.md"]
    );
}

/// What a file holds → what is there instead.
type Break = dyn Fn(&[u8]) -> Vec<u8>;

fn replaced(bytes: &[u8], what: &str, by: &str) -> Vec<u8> {
    let text = str::from_utf8(bytes).unwrap();
    assert!(text.contains(what), "{text}");
    text.replace(what, by).into_bytes()
}

#[test]
fn torn_or_foreign_files_are_not_opened_and_are_made_again() {
    let (store, folder) = (Store::in_memory().unwrap(), tempfile::tempdir().unwrap());
    keep(&store, TOPICS);
    let breaks: [(&str, &Break); 4] = [
        ("vectors-1.rows", &|bytes| bytes[..9].to_vec()),
        (STATE, &|bytes| bytes[..9].to_vec()),
        (STATE, &|bytes| {
            replaced(bytes, embedding::fingerprint(), "another")
        }),
        (STATE, &|bytes| {
            replaced(bytes, "\"rows\":5", "\"rows\":18446744073709551615")
        }),
    ];
    for (file, broken) in breaks {
        fs::remove_dir_all(folder.path()).unwrap();
        fs::create_dir(folder.path()).unwrap();
        mirrored(Some(folder.path()), None, &store);
        let file = folder.path().join(file);
        fs::write(&file, broken(&fs::read(&file).unwrap())).unwrap();
        assert!(Vectors::open(folder.path()).is_none());
        let again = mirrored(Some(folder.path()), None, &store);
        assert_eq!(
            nearest(&again, &store, "ships and quays", 1),
            ["harbour.md"]
        );
        assert!(Vectors::open(folder.path()).is_some());
    }
}

#[test]
fn numbers_that_lead_nowhere_find_nothing() {
    let store = Store::in_memory().unwrap();
    keep(&store, TOPICS);
    let mut vectors = mirrored(None, None, &store);
    assert_eq!(vectors.of(i64::MAX, 0), None);
    let first = vectors.page(0).unwrap().id;
    assert!(vectors.of(first, 0).is_some() && vectors.of(first, 1).is_none());
    vectors.state.rows = usize::MAX;
    vectors.pages = OwnedBytes::new(vec![0xff; 3 * PAGE_BYTES + 1]);
    let wanted = Embedder::new().embed(&["anything"]);
    assert!(vectors.nearest(&wanted, 5, None).is_empty());
    assert!(vectors.nearest(&wanted, 5, Some(&|_| true)).is_empty());
}
