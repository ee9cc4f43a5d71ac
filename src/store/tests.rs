//! The rules of opening: sound, new, newer, damaged, and nowhere to write.

use std::io::{Seek as _, SeekFrom, Write as _};

use tempfile::TempDir;

use super::*;

fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

/// A store with one original, closed again.
fn filled(folder: &TempDir) {
    let store = Store::open(folder.path()).unwrap();
    assert_eq!(store.keep_original(b"kept before").unwrap(), 1);
}

fn pragma(store: &Store, name: &str) -> String {
    let value: rusqlite::types::Value = store
        .read(|connection| connection.query_row(&format!("PRAGMA {name}"), [], |row| row.get(0)))
        .unwrap();
    match value {
        rusqlite::types::Value::Integer(number) => number.to_string(),
        rusqlite::types::Value::Text(text) => text,
        other => format!("{other:?}"),
    }
}

fn names(folder: &TempDir) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn the_bundled_sqlite_is_new_enough() {
    assert!(
        rusqlite::version_number() >= 3_053_000,
        "{}",
        rusqlite::version()
    );
}

#[test]
fn a_new_store_has_the_settings_that_keep_it_whole() {
    let folder = folder();
    let store = Store::open(folder.path()).unwrap();
    assert_eq!(
        (store.condition(), store.notice()),
        (Condition::Durable, None)
    );
    let version = migrations::NEWEST.to_string();
    for (name, value) in [
        ("journal_mode", "wal"),
        ("user_version", version.as_str()),
        ("synchronous", "2"),
        ("trusted_schema", "0"),
        ("cell_size_check", "1"),
        ("secure_delete", "1"),
        ("foreign_keys", "1"),
        ("journal_size_limit", "16777216"),
    ] {
        assert_eq!(pragma(&store, name), value, "{name}");
    }
    let attached = store.read(|connection| connection.execute_batch("ATTACH ':memory:' AS other"));
    assert!(attached.is_err());
}

#[test]
fn what_was_kept_is_there_after_the_next_start() {
    let folder = folder();
    filled(&folder);
    let store = Store::open(folder.path()).unwrap();
    assert_eq!(store.original(1).unwrap(), Some(b"kept before".to_vec()));
}

#[test]
fn opening_a_sound_store_takes_no_lock() {
    let folder = folder();
    filled(&folder);
    let _writer = Lock::take(&Place::new(folder.path()).lock(), WAIT).unwrap();
    let store = Store::open(folder.path()).unwrap();
    assert_eq!(store.original(1).unwrap(), Some(b"kept before".to_vec()));
}

#[test]
fn reads_go_on_while_a_write_waits_for_another_process() {
    let folder = folder();
    filled(&folder);
    let store = Store::open(folder.path()).unwrap();
    let other = Lock::take(&Place::new(folder.path()).lock(), WAIT).unwrap();
    std::thread::scope(|scope| {
        let write = scope.spawn(|| store.keep_original(b"waits"));
        std::thread::sleep(Duration::from_millis(50));
        assert_eq!(store.original(1).unwrap(), Some(b"kept before".to_vec()));
        drop(other);
        assert_eq!(write.join().unwrap().unwrap(), 2);
    });
}

#[test]
fn two_stores_on_one_file_in_one_process_see_each_other() {
    let folder = folder();
    let (first, second) = (
        Store::open(folder.path()).unwrap(),
        Store::open(folder.path()).unwrap(),
    );
    for number in 0..20 {
        let body = format!("body {number}");
        let id = first.keep_original(body.as_bytes()).unwrap();
        assert_eq!(second.keep_original(body.as_bytes()).unwrap(), id);
        drop(Store::open(folder.path()).unwrap()); // closing a third must not unlock the others
    }
    first.check().unwrap();
}

#[test]
fn a_newer_store_is_read_and_never_written() {
    let folder = folder();
    filled(&folder);
    let store = Store::open(folder.path()).unwrap();
    store
        .write(|transaction| transaction.pragma_update(None, "user_version", 99))
        .unwrap();
    drop(store);
    let store = Store::open(folder.path()).unwrap();
    assert_eq!(store.original(1).unwrap(), Some(b"kept before".to_vec()));
    let error = store.keep_original(b"new").unwrap_err();
    assert!(matches!(error, StoreError::ReadOnly { .. }), "{error}");
    assert!(
        store.notice().unwrap().contains("schema 99"),
        "{:?}",
        store.notice()
    );
    assert_eq!(pragma(&store, "user_version"), "99");
}

#[test]
fn an_empty_file_becomes_a_store() {
    let folder = folder();
    fs::write(folder.path().join("store.db"), "").unwrap();
    let store = Store::open(folder.path()).unwrap();
    assert_eq!(
        (store.condition(), store.set_aside()),
        (Condition::Durable, None)
    );
    assert_eq!(store.keep_original(b"one").unwrap(), 1);
}

#[test]
fn a_file_that_is_no_database_is_set_aside_whole() {
    for name in ["header", "half", "text", "first page"] {
        let folder = folder();
        filled(&folder);
        let path = folder.path().join("store.db");
        let mut bytes = fs::read(&path).unwrap();
        match name {
            "header" => bytes[..100].fill(0xA5),
            "half" => bytes.truncate(bytes.len() / 2),
            "text" => bytes = b"my shopping list\n".repeat(200),
            _ => bytes[100..4_096].fill(0xFF),
        }
        fs::write(&path, &bytes).unwrap();
        fs::write(
            folder.path().join("store.db-wal"),
            "the log of the damaged one",
        )
        .unwrap();

        let store = Store::open(folder.path()).unwrap();
        let set_aside = store
            .set_aside()
            .unwrap_or_else(|| panic!("{name}: not set aside"));
        assert_eq!(fs::read(&set_aside).unwrap(), bytes, "{name}");
        let log = PathBuf::from(format!("{}-wal", set_aside.display()));
        let log = fs::read(log).unwrap_or_default();
        assert_eq!(log, b"the log of the damaged one", "{name}");
        let notice = store.notice().unwrap();
        assert!(
            notice.contains(&set_aside.display().to_string()),
            "{name}: {notice}"
        );
        assert_eq!(
            (store.condition(), store.original(1).unwrap()),
            (Condition::Durable, None)
        );
        assert_eq!(store.keep_original(b"new").unwrap(), 1);
        drop(store);
        // The next process finds a sound store and has nothing to say.
        assert_eq!(Store::open(folder.path()).unwrap().notice(), None);
    }
}

#[test]
fn damage_that_shows_later_is_marked_and_set_aside_at_the_next_start() {
    let folder = folder();
    let store = Store::open(folder.path()).unwrap();
    for number in 0..400_u32 {
        // Bodies that do not compress, so that they fill pages of their own.
        let mut body = vec![0; 3_000];
        let mut noise = blake3::Hasher::new();
        noise
            .update(&number.to_le_bytes())
            .finalize_xof()
            .fill(&mut body);
        store
            .write_lightly(|transaction| {
                transaction.execute(
                    "INSERT INTO originals (hash, bytes, body) VALUES (?1, 1, ?2)",
                    rusqlite::params![blake3::hash(&body).as_bytes(), body],
                )
            })
            .unwrap();
    }
    drop(store);
    let path = folder.path().join("store.db");
    let length = fs::metadata(&path).unwrap().len();
    let mut file = fs::OpenOptions::new().write(true).open(&path).unwrap();
    file.seek(SeekFrom::Start(length / 4)).unwrap();
    file.write_all(&vec![0xEE; usize::try_from(length / 2).unwrap()])
        .unwrap();
    drop(file);

    let store = Store::open(folder.path()).unwrap();
    assert_eq!(store.set_aside(), None, "the first pages are sound");
    let shown = (1..=400).find_map(|id| {
        store
            .original(id)
            .err()
            .filter(|error| matches!(error, StoreError::Damaged { .. }))
    });
    assert!(shown.is_some(), "the damage did not show");
    drop(store);
    assert!(names(&folder).contains(&"store.suspect".to_owned()));
    let store = Store::open(folder.path()).unwrap();
    assert!(store.set_aside().is_some());
    assert!(!names(&folder).contains(&"store.suspect".to_owned()));
}

#[test]
fn a_sound_store_under_suspicion_is_kept() {
    let folder = folder();
    filled(&folder);
    fs::write(folder.path().join("store.suspect"), "").unwrap();
    let store = Store::open(folder.path()).unwrap();
    assert_eq!(
        (store.notice(), store.original(1).unwrap()),
        (None, Some(b"kept before".to_vec()))
    );
    assert!(!names(&folder).contains(&"store.suspect".to_owned()));
}

#[test]
fn a_place_that_cannot_be_written_gives_a_store_in_memory_that_says_so() {
    let folder = folder();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let store = Store::open(&file.join("data")).unwrap();
    let notice = store.notice().unwrap();
    assert!(
        notice.starts_with("store: in memory") && notice.contains("file/data"),
        "{notice}"
    );
    assert_eq!(store.keep_original(b"one").unwrap(), 1);
    assert_eq!(store.original(1).unwrap(), Some(b"one".to_vec()));
}

#[test]
fn a_directory_in_place_of_the_database_gives_a_store_in_memory() {
    let folder = folder();
    fs::create_dir(folder.path().join("store.db")).unwrap();
    let store = Store::open(folder.path()).unwrap();
    assert!(matches!(store.condition(), Condition::Memory { .. }));
    assert!(folder.path().join("store.db").is_dir());
}

#[cfg(unix)]
#[test]
fn a_write_goes_to_the_file_that_has_the_name_now() {
    let folder = folder();
    let first = Store::open(folder.path()).unwrap();
    first.keep_original(b"old").unwrap();
    for name in ["store.db-wal", "store.db-shm", "store.db"] {
        fs::rename(
            folder.path().join(name),
            folder.path().join(format!("aside-{name}")),
        )
        .unwrap();
    }
    let second = Store::open(folder.path()).unwrap();
    let id = first.keep_original(b"new").unwrap();
    assert_eq!(second.original(id).unwrap(), Some(b"new".to_vec()));
}

#[test]
fn the_log_is_cut_when_it_has_grown() {
    let folder = folder();
    let store = Store::open(folder.path()).unwrap();
    let mut body = vec![0; 30 << 20];
    blake3::Hasher::new()
        .update(b"noise")
        .finalize_xof()
        .fill(&mut body);
    store.keep_original(&body).unwrap();
    let log = fs::metadata(folder.path().join("store.db-wal"))
        .unwrap()
        .len();
    assert!(log <= LOG_BYTES_MAX, "{log}");
}

#[test]
fn a_failed_write_leaves_nothing_behind() {
    let store = Store::in_memory().unwrap();
    let failed: Result<(), _> = store.write(|transaction| {
        transaction.execute(
            "INSERT INTO originals (hash, bytes, body) VALUES (x'00', 1, x'00')",
            [],
        )?;
        Err(rusqlite::Error::QueryReturnedNoRows)
    });
    assert!(failed.is_err());
    assert_eq!(store.keep_original(b"first").unwrap(), 1);
}
