//! Opening the store: what is sound is used, what is damaged is set aside, and where nothing can be written memory serves; what is there can
//! then be read ([`super::readable`]).
//!
//! The file is read first and written only if its journal or its schema asks for it, so that opening takes no lock in the usual case
//! and many processes can start while one writes.

use std::fs;
use std::io;
use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::limits::Limit;
use rusqlite::{Connection, ErrorCode, MAIN_DB, OpenFlags};

use super::lock::{Lock, WAIT};
use super::place::{FileIdentity, Journal, Place};
use super::readable::Still;
use super::{Condition, StoreError, migrations};

/// Bytes to which the write-ahead log is cut when it has been written back: as much as a large source of documentation needs.
pub(super) const LOG_BYTES_MAX: u64 = 16 << 20;

/// Bytes of a page of a new file: pages of documentation, packed, are a few thousand bytes long, and of pages twice as large a
/// ninth would stay empty.
const PAGE_BYTES: u32 = 2_048;

/// Pause between two attempts to change the journal: longer than another process reads one page.
const JOURNAL_PAUSE: Duration = Duration::from_millis(5);

/// Attempts to change the journal: 10 s of them.
const JOURNAL_TRIES_MAX: u32 = 2_000;

// SQLite before 3.51.3 could damage a database when the write-ahead log began anew; the bundled one is newer than 3.53.
const _: () = assert!(rusqlite::ffi::SQLITE_VERSION_NUMBER >= 3_053_000);

/// An open database and what is to be said about it.
pub(super) struct Opened {
    pub(super) connection: Connection,
    pub(super) condition: Condition,
    pub(super) set_aside: Option<PathBuf>,
    pub(super) identity: FileIdentity,
    /// How the file looked that is read as one that does not change; `None` if it is read as one that does.
    pub(super) still: Option<Still>,
}

/// Opens the store at `place`, or one in memory where that cannot be used. `held` is the lock, if the caller holds it already.
///
/// # Errors
/// [`StoreError::Busy`] if another process holds the lock for too long; [`StoreError::Sqlite`] if SQLite fails for another reason than
/// the disk or a damaged file.
pub(super) fn open(place: &Place, held: Option<&Lock>) -> Result<Opened, StoreError> {
    match open_or_wait(place, held) {
        Ok(opened) => {
            // It is sound: the last process to close it may tidy its log up.
            let tidy = DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE;
            opened.connection.set_db_config(tidy, false)?;
            Ok(opened)
        }
        Err(StoreError::Disk { path, why } | StoreError::ReadOnly { path, why }) => {
            in_memory(StoreError::Disk { path, why }.to_string())
        }
        Err(error) => Err(error),
    }
}

/// Opens a store in memory, which is what there is because of `why`.
pub(super) fn in_memory(why: String) -> Result<Opened, StoreError> {
    let mut connection = Connection::open_in_memory()?;
    configure(&connection)?;
    migrations::migrate(&mut connection)?;
    Ok(Opened {
        connection,
        condition: Condition::Memory { why },
        set_aside: None,
        identity: None,
        still: None,
    })
}

/// Opens the file; where it is not to be had, once more under the lock: while another process sets a damaged file aside, its name is
/// free for a moment, and a store in memory would lose what is kept in it.
fn open_or_wait(place: &Place, held: Option<&Lock>) -> Result<Opened, StoreError> {
    match open_or_recover(place, held) {
        Err(error @ (StoreError::Disk { .. } | StoreError::ReadOnly { .. })) if held.is_none() => {
            match Lock::take(&place.lock(), WAIT) {
                Ok(lock) => open_or_recover(place, Some(&lock)),
                Err(_) => Err(error),
            }
        }
        other => other,
    }
}

fn open_or_recover(place: &Place, held: Option<&Lock>) -> Result<Opened, StoreError> {
    prepare(place)?;
    if place.suspect().exists() {
        return recover(place, held);
    }
    match open_file(place, held) {
        Err(StoreError::Damaged { .. }) => recover(place, held),
        other => other,
    }
}

/// Opens the file as it is, and brings its journal and its schema up to date.
fn open_file(place: &Place, held: Option<&Lock>) -> Result<Opened, StoreError> {
    let named = |error| StoreError::of(error, &place.database());
    let identity = place.identity();
    let mut connection = connect(place).map_err(named)?;
    let journal: String = connection
        .pragma_query_value(None, "journal_mode", |row| row.get(0))
        .map_err(named)?;
    let version = migrations::version(&connection).map_err(named)?;
    let mut condition = Condition::Durable;
    if version > migrations::NEWEST {
        connection
            .pragma_update(None, "query_only", true)
            .map_err(named)?;
        let why = format!(
            "a newer mrconductor made it (schema {version}, this one knows {})",
            migrations::NEWEST
        );
        condition = Condition::ReadOnly { why };
    } else if connection.is_readonly(MAIN_DB).map_err(named)? {
        return Err(StoreError::ReadOnly {
            path: place.database(),
            why: "its file cannot be written".to_owned(),
        });
    } else if version < migrations::NEWEST || journal != place.journal().word() {
        let _lock = match held {
            Some(_) => None,
            None => Some(Lock::take(&place.lock(), WAIT)?),
        };
        set_journal(&connection, place.journal())
            .and_then(|()| migrations::migrate(&mut connection))
            .map_err(named)?;
    }
    if place.identity() != identity {
        // The log is found by its name, so what was read may be half of this file and half of the one that has its name now.
        return Err(StoreError::Disk {
            path: place.database(),
            why: "it was exchanged while it was opened".to_owned(),
        });
    }
    Ok(Opened {
        connection,
        condition,
        set_aside: None,
        identity,
        still: None,
    })
}

/// Changes the journal, which needs the file for itself while others may be reading its first page.
///
/// SQLite does not wait here, whatever its waiting time: it reads first and then wants more, and two that did so would wait for each
/// other. The caller holds the lock, so all that is in the way are such short reads.
fn set_journal(connection: &Connection, journal: Journal) -> rusqlite::Result<()> {
    for _ in 0..JOURNAL_TRIES_MAX {
        match connection.pragma_update(None, "journal_mode", journal.word()) {
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) => {
                thread::sleep(JOURNAL_PAUSE);
            }
            other => return other,
        }
    }
    connection.pragma_update(None, "journal_mode", journal.word())
}

fn connect(place: &Place) -> rusqlite::Result<Connection> {
    // Not CREATE: the file is there, with the right permissions. One thread at a time uses a connection, so SQLite need not lock it.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(place.database(), flags)?;
    // Until the file is known to be sound, closing it must not write its log back nor remove it: both may be set aside.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    configure(&connection)?;
    Ok(connection)
}

/// Settings of every connection, the waiting time first: everything after it may have to wait.
pub(super) fn configure(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(WAIT)?;
    // A file may be a stranger's: its schema is not trusted, it cannot reach other files, and its cells are checked.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    connection.set_limit(Limit::SQLITE_LIMIT_ATTACHED, 0)?;
    // A file that has a schema keeps the size it has.
    connection.pragma_update(None, "page_size", PAGE_BYTES)?;
    connection.pragma_update(None, "cell_size_check", true)?;
    // Sealed keys lie here: what is deleted is overwritten.
    connection.pragma_update(None, "secure_delete", true)?;
    // What is acknowledged lasts through a loss of power, on macOS as well.
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "fullfsync", true)?;
    connection.pragma_update(None, "journal_size_limit", LOG_BYTES_MAX)
}

/// Checks a file that seems to be damaged and, if it is, sets it aside and begins a new one. All under the lock: of several processes
/// that see the damage at once, the first does this and the others find its new file.
fn recover(place: &Place, held: Option<&Lock>) -> Result<Opened, StoreError> {
    let taken = match held {
        Some(_) => None,
        None => Some(Lock::take(&place.lock(), WAIT)?),
    };
    let held = held.or(taken.as_ref());
    prepare(place)?;
    let checked = open_file(place, held).and_then(|opened| {
        check(&opened.connection, place)?;
        Ok(opened)
    });
    let opened = match checked {
        Err(StoreError::Damaged { .. }) => {
            let set_aside = set_aside(place)?;
            prepare(place)?;
            let fresh = open_file(place, held)?;
            Opened {
                set_aside: Some(set_aside),
                ..fresh
            }
        }
        other => other?,
    };
    match fs::remove_file(place.suspect()) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(disk(place.suspect(), &error)),
        _ => Ok(opened),
    }
}

/// Fails with [`StoreError::Damaged`] if SQLite finds the database at `place` inconsistent.
pub(super) fn check(connection: &Connection, place: &Place) -> Result<(), StoreError> {
    let found: String = connection
        .query_row("PRAGMA quick_check(1)", [], |row| row.get(0))
        .map_err(|error| StoreError::of(error, &place.database()))?;
    if found == "ok" {
        return Ok(());
    }
    Err(StoreError::Damaged {
        path: place.database(),
        why: found,
    })
}

/// Renames the database and what belongs to it, and returns its new path.
///
/// The log goes first: left behind alone, it would be read into the new database.
fn set_aside(place: &Place) -> Result<PathBuf, StoreError> {
    let stamp: String = Connection::open_in_memory()?.query_row(
        "SELECT strftime('%Y%m%dT%H%M%SZ', 'now')",
        [],
        |row| row.get(0),
    )?;
    let named = |number: u32, suffix: &str| {
        let number = if number == 1 {
            String::new()
        } else {
            format!("-{number}")
        };
        place.aside(&format!("{stamp}{number}{suffix}"))
    };
    // Two in one second: the second has a number.
    let number = (1..=u32::MAX)
        .find(|number| !named(*number, "").exists())
        .unwrap_or(1);
    for (from, suffix) in [
        (place.log(), "-wal"),
        (place.shared(), "-shm"),
        (place.database(), ""),
    ] {
        match fs::rename(&from, named(number, suffix)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(disk(from, &error));
            }
            _ => {}
        }
    }
    Ok(named(number, ""))
}

fn prepare(place: &Place) -> Result<(), StoreError> {
    place
        .prepare()
        .map_err(|error| disk(place.database(), &error))
}

fn disk(path: PathBuf, error: &io::Error) -> StoreError {
    StoreError::Disk {
        path,
        why: error.to_string(),
    }
}
