//! The readings that go on, of all processes: who reads a source in says how far it is, again and again, so that a person
//! who looks from elsewhere sees it.

use rusqlite::params;

use super::{Store, StoreError};

pub(super) const SCHEMA: &str = "
CREATE TABLE readings (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    source   TEXT NOT NULL,    -- name that the source has, or will have
    location TEXT NOT NULL,
    begun_at INTEGER NOT NULL, -- seconds since 1970
    beat_at  INTEGER NOT NULL, -- seconds since 1970 when its process was there last
    stage    TEXT NOT NULL,    -- '' before it began, 'reading', 'indexing' or 'embedding'
    done     INTEGER NOT NULL, -- files, addresses or pages
    known    INTEGER NOT NULL  -- how many there are, as far as is known
) STRICT;
";

/// Seconds without a sign of its process after which a reading is taken for ended: ten beats.
pub const SILENT_SECONDS_MAX: i64 = 10;
/// Seconds for which a reading that ended without a word is told: until a person looks the next day.
const TOLD_SECONDS_MAX: i64 = 86_400;

/// A reading that goes on, or whose process went away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadingRow {
    /// Name of the source.
    pub source: String,
    /// Where it is read from.
    pub location: String,
    /// Seconds since 1970.
    pub begun_at: i64,
    /// Seconds since 1970 when its process was there last.
    pub beat_at: i64,
    /// How far it is.
    pub state: ReadingState,
}

/// How far a reading is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReadingState {
    /// What it does: `reading`, `indexing`, `embedding`, `waiting` for another process, or nothing yet.
    pub stage: String,
    /// Files, addresses or pages that are done.
    pub done: u64,
    /// How many there are, as far as is known.
    pub known: u64,
}

impl ReadingRow {
    /// Tells whether its process is there at `now`.
    pub fn goes_on(&self, now: i64) -> bool {
        now.saturating_sub(self.beat_at) <= SILENT_SECONDS_MAX
    }
}

impl Store {
    /// Notes that the source called `source` is read in from `location` from `now` on, and returns the number of the reading.
    /// What is left of a reading of it that went away is forgotten.
    pub fn begin_reading(&self, source: &str, location: &str, now: i64) -> Result<i64, StoreError> {
        self.write_lightly(|transaction| {
            transaction.execute(
                "DELETE FROM readings WHERE beat_at < ?2 AND source = ?1 OR beat_at < ?3",
                params![source, now - SILENT_SECONDS_MAX, now - TOLD_SECONDS_MAX],
            )?;
            transaction.execute(
                "INSERT INTO readings (source, location, begun_at, beat_at, stage, done, known) VALUES (?1, ?2, ?3, ?3, '', 0, 0)",
                params![source, location, now],
            )?;
            Ok(transaction.last_insert_rowid())
        })
    }

    /// Notes that the process of the reading numbered `id` is there at `now`, and how far it is.
    pub fn beat_reading(&self, id: i64, now: i64, state: &ReadingState) -> Result<(), StoreError> {
        self.write_lightly(|transaction| {
            transaction
                .execute(
                    "UPDATE readings SET beat_at = ?2, stage = ?3, done = ?4, known = ?5 WHERE id = ?1",
                    params![id, now, state.stage, state.done, state.known],
                )
                .map(drop)
        })
    }

    /// Notes that the reading numbered `id` ended.
    pub fn end_reading(&self, id: i64) -> Result<(), StoreError> {
        self.write_lightly(|transaction| {
            transaction
                .execute("DELETE FROM readings WHERE id = ?1", [id])
                .map(drop)
        })
    }

    /// Returns every reading that goes on or whose process went away, the oldest first.
    pub fn readings(&self) -> Result<Vec<ReadingRow>, StoreError> {
        self.read(|connection| {
            connection
                .prepare_cached(
                    "SELECT source, location, begun_at, beat_at, stage, done, known FROM readings ORDER BY id",
                )?
                .query_map([], |row| {
                    Ok(ReadingRow {
                        source: row.get(0)?,
                        location: row.get(1)?,
                        begun_at: row.get(2)?,
                        beat_at: row.get(3)?,
                        state: ReadingState {
                            stage: row.get(4)?,
                            done: row.get(5)?,
                            known: row.get(6)?,
                        },
                    })
                })?
                .collect()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reading_is_seen_from_its_beginning_to_its_end() {
        let store = Store::in_memory().unwrap();
        let id = store.begin_reading("a", "/a", 100).unwrap();
        let state = ReadingState {
            stage: "reading".to_owned(),
            done: 3,
            known: 9,
        };
        store.beat_reading(id, 130, &state).unwrap();
        let seen = store.readings().unwrap();
        let expected = ReadingRow {
            source: "a".to_owned(),
            location: "/a".to_owned(),
            begun_at: 100,
            beat_at: 130,
            state,
        };
        assert_eq!(seen, [expected]);
        store.end_reading(id).unwrap();
        assert_eq!(store.readings().unwrap(), []);
    }

    #[test]
    fn a_reading_whose_process_went_away_is_told_until_the_source_is_read_again() {
        let store = Store::in_memory().unwrap();
        store.begin_reading("a", "/a", 100).unwrap();
        let later = 100 + SILENT_SECONDS_MAX + 1;
        store.begin_reading("b", "/b", later).unwrap();
        let seen = store.readings().unwrap();
        let goes_on: Vec<bool> = seen.iter().map(|reading| reading.goes_on(later)).collect();
        assert_eq!(goes_on, [false, true]);
        store.begin_reading("a", "/a", later).unwrap();
        let names: Vec<String> = store
            .readings()
            .unwrap()
            .into_iter()
            .map(|row| row.source)
            .collect();
        assert_eq!(names, ["b", "a"]);
        store
            .begin_reading("c", "/c", later + TOLD_SECONDS_MAX + 1)
            .unwrap();
        assert_eq!(store.readings().unwrap().len(), 1);
    }
}
