//! The directions of a model over their life: made, added to, moved, torn, of another model.

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use super::*;
use crate::lookup::library;
use crate::lookup::model::tests::tiny_model;
use crate::store::Store;

fn model(seed: u64) -> (TempDir, Model) {
    let folder = tempfile::tempdir().unwrap();
    tiny_model::write(folder.path(), seed);
    let model = Model::read(folder.path()).unwrap();
    (folder, model)
}

/// A store with a page for each of `texts`, called after its first word.
fn keep(store: &Store, texts: &[&str]) {
    let source = store.keep_source("s", "").unwrap();
    let page = |text: &&str| {
        let name = text.split(' ').next().unwrap();
        library::page_of_text(&format!("{name}.md"), &format!("# {name}\n\n{text}\n"))
    };
    let pages: Vec<_> = texts.iter().map(page).collect();
    store.keep_pages(source, &pages).unwrap();
}

fn updated(place: Option<&Path>, old: Option<&Meanings>, model: &Model, store: &Store) -> Meanings {
    Meanings::updated(place, old, model, store, &|_, _| {}).unwrap()
}

/// Path of the page nearest to `question`.
fn nearest(meanings: &Meanings, model: &Model, store: &Store, question: &str) -> String {
    let wanted = model.embed(&[question]).unwrap();
    let near = meanings.nearest(&wanted[0], 1, None);
    store.page(near[0].page.id).unwrap().unwrap().0.path
}

const TEXTS: &[&str] = &[
    "ships at the quay",
    "violin players",
    "rain in the north",
    "folder of everything",
];

#[test]
fn what_is_added_is_embedded_and_what_is_there_keeps_its_rows() {
    let ((_folder, model), place) = (model(7), tempfile::tempdir().unwrap());
    let store = Store::in_memory().unwrap();
    keep(&store, TEXTS);
    let first = updated(Some(place.path()), None, &model, &store);
    assert_eq!(nearest(&first, &model, &store, "vessels"), "ships.md");
    let before = first.rows.as_slice().to_vec();
    keep(&store, &["wind from the north", "ships at the quay"]);
    let second = updated(Some(place.path()), Some(&first), &model, &store);
    // One text is new; the other one has a row, though its page is another one now.
    assert_eq!(
        second.rows.len(),
        before.len() + record_bytes(model.width())
    );
    assert!(second.rows.as_slice().starts_with(&before));
    assert_eq!(nearest(&second, &model, &store, "vessels"), "ships.md");
    let opened = Meanings::open(place.path(), &model).unwrap();
    assert_eq!(opened.sections, second.sections);
    assert_eq!(opened.generation(), store.document_generation().unwrap());
    let page = opened.sections.pages[0].id;
    assert!(opened.direction(page, 0).is_some() && opened.direction(page, 9).is_none());
}

#[test]
fn a_killed_process_leaves_rows_that_the_next_one_goes_on_with() {
    let ((_folder, model), place) = (model(7), tempfile::tempdir().unwrap());
    let store = Store::in_memory().unwrap();
    keep(&store, TEXTS);
    let whole = updated(Some(place.path()), None, &model, &store);
    let bytes = whole.rows.as_slice().to_vec();
    drop(whole);
    fs::remove_file(place.path().join("sections")).unwrap();
    let record = record_bytes(model.width());
    let marked = [&bytes[..HEADER_BYTES + 2 * record - 1], &[77], &bytes[..9]].concat();
    fs::write(place.path().join("rows-1"), marked).unwrap();
    let again = updated(Some(place.path()), None, &model, &store);
    assert_eq!(again.rows.len(), bytes.len());
    // The last cell of the second row is as it was found: it was not made again.
    assert_eq!(again.rows[HEADER_BYTES + 2 * record - 1], 77);
    assert_eq!(
        again.rows[HEADER_BYTES + 2 * record..],
        bytes[HEADER_BYTES + 2 * record..]
    );
}

#[test]
fn rows_that_no_section_has_go_when_they_are_many() {
    let ((_folder, model), place) = (model(7), tempfile::tempdir().unwrap());
    let store = Store::in_memory().unwrap();
    keep(&store, TEXTS);
    let first = updated(Some(place.path()), None, &model, &store);
    let source = store.keep_source("s", "").unwrap();
    store
        .remove_pages(source, &["violin.md".to_owned(), "rain.md".to_owned()])
        .unwrap();
    for place in [Some(place.path()), None] {
        let old = if place.is_some() { Some(&first) } else { None };
        let second = updated(place, old, &model, &store);
        assert_eq!(
            second.rows.len(),
            HEADER_BYTES + 2 * record_bytes(model.width())
        );
        assert_eq!(nearest(&second, &model, &store, "directory"), "folder.md");
        assert_eq!(nearest(&second, &model, &store, "vessels"), "ships.md");
    }
    assert!(place.path().join("rows-2").exists() && !place.path().join("rows-1").exists());
    // Whoever still maps the earlier state reads it as it was.
    assert!(first.direction(first.sections.pages[1].id, 0).is_some());
}

#[test]
fn what_another_model_made_is_not_opened_and_is_made_again() {
    let ((_one, one), (_other, other)) = (model(7), model(8));
    let place = tempfile::tempdir().unwrap();
    let store = Store::in_memory().unwrap();
    keep(&store, TEXTS);
    updated(Some(place.path()), None, &one, &store);
    assert!(Meanings::open(place.path(), &other).is_none());
    let second = updated(Some(place.path()), None, &other, &store);
    assert_eq!(nearest(&second, &other, &store, "directory"), "folder.md");
    assert!(Meanings::open(place.path(), &one).is_none());
    assert!(!place.path().join("rows-1").exists());
}

/// What a file holds → what is there instead.
type Break = fn(Vec<u8>) -> Vec<u8>;

#[test]
fn torn_or_foreign_files_are_not_opened_and_are_made_again() {
    let ((_folder, model), store) = (model(7), Store::in_memory().unwrap());
    keep(&store, TEXTS);
    let breaks: [(&str, Break); 6] = [
        ("rows-1", |bytes| bytes[..60].to_vec()),
        ("rows-1", |bytes| bytes[..9].to_vec()),
        ("rows-1", |_| b"something else".repeat(99)),
        ("sections", |bytes| bytes[..bytes.len() - 1].to_vec()),
        ("sections", |bytes| {
            [&bytes[..bytes.len() - 8], &[0xff; 8]].concat()
        }),
        ("sections", |_| {
            b"{\"pages\":18446744073709551615}\n".to_vec()
        }),
    ];
    for (name, torn) in breaks {
        let place = tempfile::tempdir().unwrap();
        drop(updated(Some(place.path()), None, &model, &store));
        let path = place.path().join(name);
        fs::write(&path, torn(fs::read(&path).unwrap())).unwrap();
        assert!(Meanings::open(place.path(), &model).is_none(), "{name}");
        let again = updated(Some(place.path()), None, &model, &store);
        assert_eq!(nearest(&again, &model, &store, "vessels"), "ships.md");
        assert!(Meanings::open(place.path(), &model).is_some());
    }
}

#[test]
fn pages_that_do_not_count_are_not_looked_at() {
    let ((_folder, model), store) = (model(7), Store::in_memory().unwrap());
    keep(&store, TEXTS);
    let meanings = updated(None, None, &model, &store);
    let wanted = model.embed(&["vessels"]).unwrap();
    assert_eq!(meanings.nearest(&wanted[0], 9, None).len(), TEXTS.len());
    assert!(
        meanings
            .nearest(&wanted[0], 9, Some(&|page| page.source == -1))
            .is_empty()
    );
}
