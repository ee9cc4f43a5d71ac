//! A store that cannot be written, opened to be read.
//!
//! SQLite reads a file with a write-ahead log only beside memory that processes share. Where that cannot be made (a directory that cannot
//! be written, a full disk) and no log is left, nothing is in the log and nobody writes: the file is then read as one that does not change,
//! until it is seen to have changed.

use std::fs;
use std::time::SystemTime;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::open::{self, Opened};
use super::place::Place;
use super::{Condition, StoreError, migrations};

/// What shows that a file, read as one that does not change, has changed: its length, its time, and whether it has a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Still {
    bytes: u64,
    modified: Option<SystemTime>,
    has_log: bool,
}

impl Still {
    /// Looks at the file that has the database's name now.
    pub(super) fn of(place: &Place) -> Self {
        let facts = fs::metadata(place.database()).ok();
        Self {
            bytes: facts.as_ref().map_or(0, fs::Metadata::len),
            modified: facts.and_then(|facts| facts.modified().ok()),
            has_log: has_log(place),
        }
    }
}

/// Opens the file at `place` for reading alone, since it cannot be written because of `why`.
///
/// # Errors
/// If it cannot be read either, or is not of this program's schema or a newer one.
pub(super) fn open(place: &Place, why: String) -> Result<Opened, StoreError> {
    let named = |error| StoreError::of(error, &place.database());
    let identity = place.identity();
    let shared = connect(place, false).and_then(versioned);
    let (opened, still) = match shared {
        Ok(opened) => (opened, None),
        Err(error) if has_log(place) || is_shared(place) => return Err(named(error)),
        Err(_) => {
            let still = Still::of(place);
            let opened = connect(place, true).and_then(versioned).map_err(named)?;
            (opened, Some(still))
        }
    };
    let (connection, version) = opened;
    if version < migrations::NEWEST {
        return Err(StoreError::ReadOnly {
            path: place.database(),
            why: format!(
                "it is of schema {version}, this program reads {} and cannot change it",
                migrations::NEWEST
            ),
        });
    }
    Ok(Opened {
        connection,
        condition: Condition::ReadOnly { why },
        set_aside: None,
        identity,
        still,
    })
}

fn versioned(connection: Connection) -> rusqlite::Result<(Connection, usize)> {
    let version = migrations::version(&connection)?;
    Ok((connection, version))
}

fn connect(place: &Place, is_still: bool) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = if is_still {
        let flags = flags | OpenFlags::SQLITE_OPEN_URI;
        Connection::open_with_flags(unchanging(place), flags)?
    } else {
        Connection::open_with_flags(place.database(), flags)?
    };
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    open::configure(&connection)?;
    Ok(connection)
}

/// Returns the address of the database for SQLite, which says that it does not change: <https://sqlite.org/uri.html>.
fn unchanging(place: &Place) -> String {
    let database = place.database();
    let path = database.to_string_lossy();
    // Of Windows: the drive stands where a host would.
    let path = if cfg!(windows) {
        format!("/{}", path.replace('\\', "/"))
    } else {
        path.into_owned()
    };
    let mut address = "file:".to_owned();
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'.' | b'-' | b'_' | b':') {
            address.push(char::from(byte));
        } else {
            address.extend(format!("%{byte:02X}").chars());
        }
    }
    address + "?mode=ro&immutable=1"
}

/// Whether a log with something in it lies beside the database.
fn has_log(place: &Place) -> bool {
    fs::metadata(place.log()).is_ok_and(|log| log.len() > 0)
}

/// Bytes of the shortest memory that processes share: <https://sqlite.org/walformat.html#the_wal_index_file_format>.
const SHARED_BYTES_MIN: u64 = 32 << 10;

/// Whether memory that processes share lies beside the database. A shorter file is what is left of an attempt to make it on a full disk.
fn is_shared(place: &Place) -> bool {
    fs::metadata(place.shared()).is_ok_and(|shared| shared.len() >= SHARED_BYTES_MIN)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store;

    /// A store with one original, closed again, in a folder whose name has letters that addresses give a meaning.
    fn filled() -> (tempfile::TempDir, Place) {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("a b?c#d%20é");
        let store = Store::open(&data).unwrap();
        store.keep_original(b"kept before").unwrap();
        drop(store);
        let place = Place::new(&data);
        (folder, place)
    }

    fn originals(connection: &Connection) -> i64 {
        connection
            .query_row("SELECT count(*) FROM originals", [], |row| row.get(0))
            .unwrap()
    }

    #[test]
    fn a_file_that_does_not_change_is_read_with_nothing_beside_it() {
        let (_folder, place) = filled();
        let connection = connect(&place, true).unwrap();
        assert_eq!(originals(&connection), 1);
        assert!(!place.shared().exists() && !place.log().exists());
        let refused = connection.execute("DELETE FROM originals", []);
        assert!(refused.is_err());
    }

    #[test]
    fn a_file_that_changes_after_all_does_not_look_as_before() {
        let (folder, place) = filled();
        let still = Still::of(&place);
        assert_eq!(Still::of(&place), still);
        let store = Store::open(&folder.path().join("a b?c#d%20é")).unwrap();
        store.keep_original(b"more").unwrap();
        assert_ne!(Still::of(&place), still);
    }

    #[test]
    fn an_older_schema_is_not_read_as_if_it_were_this_one() {
        let (folder, place) = filled();
        let store = Store::open(&folder.path().join("a b?c#d%20é")).unwrap();
        store
            .write(|transaction| transaction.pragma_update(None, "user_version", 1))
            .unwrap();
        drop(store);
        let refused = open(&place, String::new()).map(|_| ()).unwrap_err();
        assert!(refused.to_string().contains("schema 1"), "{refused}");
    }

    /// The super user may write everywhere, so for that one there is nothing to see.
    #[cfg(unix)]
    #[test]
    fn a_store_that_became_read_only_is_read_and_says_so() {
        use std::os::unix::fs::PermissionsExt as _;
        let (folder, place) = filled();
        let data = folder.path().join("a b?c#d%20é");
        let allow = |mode| {
            let allowed = fs::Permissions::from_mode(mode);
            fs::set_permissions(&data, allowed).unwrap();
        };
        for entry in fs::read_dir(&data).unwrap() {
            let closed = fs::Permissions::from_mode(0o400);
            fs::set_permissions(entry.unwrap().path(), closed).unwrap();
        }
        allow(0o500);
        let is_closed = fs::write(data.join("probe"), "").is_err();
        let memory = Store::open(&data).unwrap().condition();
        let store = Store::open_to_read(&data, "closed".to_owned()).unwrap();
        let (read, kept) = (store.original(1), store.keep_original(b"new"));
        let notice = store.notice();
        allow(0o700);
        assert_eq!(read.unwrap(), Some(b"kept before".to_vec()));
        if is_closed {
            assert!(matches!(memory, Condition::Memory { .. }));
            assert!(!place.shared().exists());
        }
        assert!(matches!(kept, Err(StoreError::ReadOnly { .. })));
        assert!(notice.unwrap().starts_with("store: read-only"));
    }

    #[test]
    fn memory_that_was_begun_on_a_full_disk_is_shared_by_nobody() {
        let (_folder, place) = filled();
        fs::write(place.shared(), "\0\0\0").unwrap();
        assert!(!is_shared(&place));
        let store = Store::open(place.database().parent().unwrap()).unwrap();
        assert!(is_shared(&place));
        drop(store);
    }
}
