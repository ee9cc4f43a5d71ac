//! What the reader of a session was told, in order: what it was shown of which file, and the names it has learned.
//!
//! A session has epochs: a reader whose memory was cut short knows nothing of what it was told before, so a new epoch
//! begins and the names of the old one are given anew.

use rusqlite::{OptionalExtension as _, Transaction, params};

use super::{Store, StoreError};

pub(super) const SCHEMA: &str = "
CREATE TABLE told (
    session TEXT NOT NULL,    -- its handle
    seq     INTEGER NOT NULL, -- 1, 2, … in each session
    epoch   INTEGER NOT NULL, -- 1, 2, … in each session
    tokens  INTEGER NOT NULL, -- that the answer had
    body    TEXT NOT NULL,    -- JSON: what the reader knows since
    PRIMARY KEY (session, seq)
) STRICT, WITHOUT ROWID;
";

pub(super) const IDENTIFIERS_SCHEMA: &str = "
CREATE TABLE identifiers (
    session    TEXT NOT NULL,    -- its handle
    number     INTEGER NOT NULL, -- 1, 2, … in each session
    identifier TEXT NOT NULL,
    PRIMARY KEY (session, number)
) STRICT, WITHOUT ROWID;
";

/// What one answer told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// Its number in the session, from 1.
    pub seq: i64,
    /// The epoch it belongs to, from 1.
    pub epoch: i64,
    /// Tokens that the answer had.
    pub tokens: usize,
    /// JSON: what the reader knows since.
    pub body: String,
}

impl Store {
    /// Returns what `session` was told in its last epoch, in order.
    pub fn told(&self, session: &str) -> Result<Vec<Told>, StoreError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT seq, epoch, tokens, body FROM told
                 WHERE session = ?1 AND epoch = (SELECT max(epoch) FROM told WHERE session = ?1) ORDER BY seq",
            )?;
            let rows = statement.query_map([session], |row| {
                Ok(Told {
                    seq: row.get(0)?,
                    epoch: row.get(1)?,
                    tokens: row.get(2)?,
                    body: row.get(3)?,
                })
            })?;
            rows.collect()
        })
    }

    /// Returns the identifiers that were named in `session`, in the order of their numbers, over all epochs.
    pub fn identifiers(&self, session: &str) -> Result<Vec<String>, StoreError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT identifier FROM identifiers WHERE session = ?1 ORDER BY number",
            )?;
            let rows = statement.query_map([session], |row| row.get(0))?;
            rows.collect()
        })
    }

    /// Returns the identifier with `number`, counted from 1, of those named in `session`.
    pub fn identifier(&self, session: &str, number: usize) -> Result<Option<String>, StoreError> {
        let number = i64::try_from(number).unwrap_or(i64::MAX);
        self.read(|connection| {
            connection
                .prepare_cached(
                    "SELECT identifier FROM identifiers WHERE session = ?1 AND number = ?2",
                )?
                .query_row(params![session, number], |row| row.get(0))
                .optional()
        })
    }

    /// Adds `told` to what `session` knows, and `identifiers` to those it has named, and returns true, unless another answer
    /// has taken its number. Waits for no disk: what is lost with the power is told once more.
    pub fn tell(
        &self,
        session: &str,
        told: &Told,
        identifiers: &[String],
    ) -> Result<bool, StoreError> {
        self.write_lightly(|transaction| {
            let last: Option<i64> = transaction
                .query_row(
                    "SELECT max(seq) FROM told WHERE session = ?1",
                    [session],
                    |row| row.get(0),
                )
                .optional()?
                .flatten();
            if last.unwrap_or(0) + 1 != told.seq {
                return Ok(false);
            }
            insert(transaction, session, told)?;
            let mut name = transaction.prepare_cached(
                "INSERT INTO identifiers (session, number, identifier)
                 SELECT ?1, coalesce(max(number), 0) + 1, ?2 FROM identifiers WHERE session = ?1",
            )?;
            for identifier in identifiers {
                name.execute([session, identifier])?;
            }
            transaction.execute(
                "DELETE FROM told WHERE session = ?1 AND epoch < ?2",
                params![session, told.epoch],
            )?;
            Ok(true)
        })
    }

    /// Begins a new epoch in every session: a reader has forgotten what it was told, and nobody knows which. The others are
    /// told a little twice.
    pub fn begin_epochs(&self) -> Result<(), StoreError> {
        self.write_lightly(|transaction| {
            transaction.execute(
                "INSERT INTO told (session, seq, epoch, tokens, body)
                 SELECT session, max(seq) + 1, max(epoch) + 1, 0, '{}' FROM told GROUP BY session",
                [],
            )?;
            Ok(())
        })
    }
}

fn insert(transaction: &Transaction<'_>, session: &str, told: &Told) -> rusqlite::Result<()> {
    transaction.execute(
        "INSERT INTO told (session, seq, epoch, tokens, body) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![session, told.seq, told.epoch, told.tokens, told.body],
    )?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(seq: i64, epoch: i64) -> Told {
        Told {
            seq,
            epoch,
            tokens: 10,
            body: format!("{{\"n\":{seq}}}"),
        }
    }

    #[test]
    fn a_session_is_told_things_in_order_and_each_number_once() {
        let store = Store::in_memory().unwrap();
        assert!(store.told("s1").unwrap().is_empty());
        assert!(store.tell("s1", &told(1, 1), &[]).unwrap());
        assert!(!store.tell("s1", &told(1, 1), &[]).unwrap());
        assert!(!store.tell("s1", &told(3, 1), &[]).unwrap());
        assert!(store.tell("s1", &told(2, 1), &[]).unwrap());
        assert!(store.tell("s2", &told(1, 1), &[]).unwrap());
        assert_eq!(store.told("s1").unwrap(), [told(1, 1), told(2, 1)]);
    }

    #[test]
    fn identifiers_are_numbered_over_all_epochs() {
        let store = Store::in_memory().unwrap();
        let ids = |names: &[&str]| {
            names
                .iter()
                .map(|name| (*name).to_owned())
                .collect::<Vec<_>>()
        };
        store.tell("s1", &told(1, 1), &ids(&["a", "b"])).unwrap();
        assert!(!store.tell("s1", &told(1, 1), &ids(&["x"])).unwrap());
        store.tell("s2", &told(1, 1), &ids(&["z"])).unwrap();
        store.tell("s1", &told(2, 2), &ids(&["c"])).unwrap();
        assert_eq!(store.identifiers("s1").unwrap(), ["a", "b", "c"]);
        assert_eq!(store.identifier("s1", 3).unwrap().as_deref(), Some("c"));
        assert_eq!(store.identifier("s1", 4).unwrap(), None);
        assert_eq!(store.identifier("s2", 1).unwrap().as_deref(), Some("z"));
    }

    #[test]
    fn a_new_epoch_hides_the_old_one() {
        let store = Store::in_memory().unwrap();
        store.tell("s1", &told(1, 1), &[]).unwrap();
        store.begin_epochs().unwrap();
        let marker = store.told("s1").unwrap();
        assert_eq!(
            marker
                .iter()
                .map(|told| (told.seq, told.epoch, told.body.as_str()))
                .collect::<Vec<_>>(),
            [(2, 2, "{}")]
        );
        store.tell("s1", &told(3, 2), &[]).unwrap();
        assert_eq!(store.told("s1").unwrap().len(), 2);
        store.tell("s1", &told(4, 3), &[]).unwrap();
        assert_eq!(store.told("s1").unwrap(), [told(4, 3)]);
    }
}
