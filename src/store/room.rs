//! The bytes of what was removed, given back to the disk.
//!
//! `SQLite` keeps the pages of what is removed and fills them again, which is best where something comes in their place. Where most of
//! the file is such pages, what is left is written anew behind one another (`VACUUM`): a transaction like others, so whoever reads goes
//! on reading, and a kill in the middle leaves the file as it was.

use std::fs;

use rusqlite::Connection;
use rusqlite::limits::Limit;

use super::lock::{Lock, WAIT};
use super::{Condition, Store, StoreError, cut_log, open};

/// Bytes of free pages that are kept for what comes next: a source of a thousand pages fits.
const FREE_BYTES_MAX: u64 = 4 << 20;
/// Bytes in use that are written anew at most: they are held in memory, and others that want to write wait meanwhile, two seconds
/// of the ten that they are patient for.
const USED_BYTES_MAX: u64 = 128 << 20;

impl Store {
    /// Gives the bytes of free pages back, where they are most of the file and many, and returns how much smaller it is: less while
    /// others read the file as it was. What is left must have room on the disk a second time while it is written.
    ///
    /// # Errors
    /// Whatever keeps it from being written anew; the store is then as before.
    pub fn give_back(&self) -> Result<u64, StoreError> {
        let Some(place) = &self.place else {
            return Ok(0);
        };
        if self.condition() != Condition::Durable || !is_sparse(&self.opened().connection) {
            return Ok(0);
        }
        let lock = Lock::take(&place.lock(), WAIT)?;
        let mut opened = self.opened();
        if place.identity() != opened.identity {
            *opened = open::open(place, Some(&lock))?;
        }
        cut_log(&opened.connection);
        let bytes = || fs::metadata(place.database()).map_or(0, |file| file.len());
        let before = bytes();
        let written = write_anew(&opened.connection);
        cut_log(&opened.connection);
        written.map_err(|error| self.failed(error))?;
        Ok(before.saturating_sub(bytes()))
    }
}

/// Tells whether most of the file is free, and much, and the rest not too much.
fn is_sparse(connection: &Connection) -> bool {
    let count = |name| connection.pragma_query_value(None, name, |row| row.get::<_, u64>(0));
    let bytes = |name| Ok::<_, rusqlite::Error>(count(name)?.saturating_mul(count("page_size")?));
    let (Ok(all), Ok(free)) = (bytes("page_count"), bytes("freelist_count")) else {
        return false;
    };
    let used = all.saturating_sub(free);
    free > FREE_BYTES_MAX && free > used && used <= USED_BYTES_MAX
}

fn write_anew(connection: &Connection) -> rusqlite::Result<()> {
    // What is written meanwhile is a second database to `SQLite`. It is not to lie in a folder that others share.
    let most = connection.set_limit(Limit::SQLITE_LIMIT_ATTACHED, 1)?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    let written = connection.execute_batch("VACUUM");
    connection.pragma_update(None, "temp_store", "DEFAULT")?;
    connection.set_limit(Limit::SQLITE_LIMIT_ATTACHED, most)?;
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Puts `mib` MiB into the store and takes them out again.
    fn fill_and_empty(store: &Store, mib: u64) {
        store
            .write(|transaction| {
                transaction.execute_batch("CREATE TABLE IF NOT EXISTS filler (bytes)")?;
                for _ in 0..mib {
                    transaction.execute("INSERT INTO filler VALUES (zeroblob(1048576))", [])?;
                }
                Ok(())
            })
            .unwrap();
        store
            .write(|transaction| transaction.execute("DELETE FROM filler", []))
            .unwrap();
    }

    #[test]
    fn free_pages_are_given_back_where_they_are_many_while_others_have_the_store_open() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        store.keep_source("kept", "/kept").unwrap();
        fill_and_empty(&store, 1);
        assert_eq!(store.give_back().unwrap(), 0);
        fill_and_empty(&store, 6);
        let other = Store::open(folder.path()).unwrap();
        assert_eq!(other.sources().unwrap().len(), 1);
        let given = store.give_back().unwrap();
        assert!(given > FREE_BYTES_MAX, "{given}");
        assert_eq!(store.give_back().unwrap(), 0);
        other.keep_source("new", "/new").unwrap();
        for store in [&store, &other] {
            assert_eq!(store.sources().unwrap().len(), 2);
            store.check().unwrap();
        }
    }

    #[test]
    fn a_reader_goes_on_with_what_it_began_to_read() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        store.keep_source("kept", "/kept").unwrap();
        fill_and_empty(&store, 6);
        let other = Store::open(folder.path()).unwrap();
        let counted = "SELECT count(*) FROM sources";
        let read = other.read(|connection| {
            let before: u64 = connection.query_row(counted, [], |row| row.get(0))?;
            // The file stays as long as it is read.
            assert_eq!(store.give_back().unwrap(), 0);
            store.keep_source("new", "/new").unwrap();
            let after = connection.query_row(counted, [], |row| row.get(0))?;
            Ok((before, after))
        });
        assert_eq!(read.unwrap(), (1, 1));
        assert_eq!(other.sources().unwrap().len(), 2);
    }

    #[test]
    fn a_store_in_memory_gives_nothing_back() {
        let store = Store::in_memory().unwrap();
        assert_eq!(store.give_back().unwrap(), 0);
    }
}
