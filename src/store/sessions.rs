//! Sessions: what a handshake agreed, under a handle that any process can look up.

use rusqlite::{OptionalExtension as _, params};

use super::{Store, StoreError};

pub(super) const SCHEMA: &str = "
CREATE TABLE sessions (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    handle   TEXT NOT NULL UNIQUE,
    encoding TEXT NOT NULL,   -- name of the agreed tokenizer, for example o200k_base
    features TEXT NOT NULL,   -- JSON object: version of each feature, null where it is off
    created  INTEGER NOT NULL -- Unix time, seconds
) STRICT;
";

/// Sessions: at 0.4 KiB each the newest take 2 MiB at most. A forgotten one costs its client a new handshake, nothing else.
const SESSIONS_MAX: u32 = 4096;

/// What was agreed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// The handle: it names the session and authenticates nobody.
    pub handle: String,
    /// Name of the agreed tokenizer.
    pub encoding: String,
    /// JSON object: the version of each feature, `null` where it is off.
    pub features: String,
    /// Unix time in seconds.
    pub created: i64,
}

impl Store {
    /// Keeps a new session, and forgets the oldest beyond the newest 4,096. Waits for no disk: a session lost with the power
    /// costs a new handshake.
    pub fn keep_session(&self, session: &Session) -> Result<(), StoreError> {
        self.write_lightly(|transaction| {
            transaction.execute(
                "INSERT INTO sessions (handle, encoding, features, created) VALUES (?1, ?2, ?3, ?4)",
                params![session.handle, session.encoding, session.features, session.created],
            )?;
            let forgotten = transaction.execute(
                "DELETE FROM sessions WHERE id <= (SELECT max(id) FROM sessions) - ?1",
                [SESSIONS_MAX],
            )?;
            if forgotten > 0 {
                transaction.execute_batch(
                    "DELETE FROM told WHERE session NOT IN (SELECT handle FROM sessions);
                     DELETE FROM identifiers WHERE session NOT IN (SELECT handle FROM sessions);",
                )?;
            }
            Ok(())
        })
    }

    /// Returns the session that `handle` names.
    pub fn session(&self, handle: &str) -> Result<Option<Session>, StoreError> {
        self.read(|connection| {
            connection
                .query_row(
                    "SELECT handle, encoding, features, created FROM sessions WHERE handle = ?1",
                    [handle],
                    |row| {
                        Ok(Session {
                            handle: row.get(0)?,
                            encoding: row.get(1)?,
                            features: row.get(2)?,
                            created: row.get(3)?,
                        })
                    },
                )
                .optional()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session(handle: &str) -> Session {
        Session {
            handle: handle.to_owned(),
            encoding: "o200k_base".to_owned(),
            features: "{}".to_owned(),
            created: 1,
        }
    }

    #[test]
    fn a_session_is_found_by_its_handle_and_the_oldest_is_forgotten_first() {
        let store = Store::in_memory().unwrap();
        for number in 0..=SESSIONS_MAX {
            store.keep_session(&session(&format!("s{number}"))).unwrap();
        }
        assert_eq!(store.session("s0").unwrap(), None);
        assert_eq!(store.session("s1").unwrap(), Some(session("s1")));
        assert_eq!(store.session("S1").unwrap(), None);
        assert!(store.keep_session(&session("s1")).is_err());
    }
}
