//! The schema as an append-only list: entry `n` takes a store from `user_version` n to n + 1.

use rusqlite::{Connection, TransactionBehavior};

use super::{
    crawls, documents, editions, identities, limits, originals, origins, savings, sessions,
    skipped, told,
};

/// Never change or remove an entry that a release carried; append.
const MIGRATIONS: &[&str] = &[
    originals::SCHEMA,
    savings::SCHEMA,
    documents::SCHEMA,
    identities::SCHEMA,
    sessions::SCHEMA,
    origins::SCHEMA,
    told::SCHEMA,
    told::IDENTIFIERS_SCHEMA,
    limits::SCHEMA,
    skipped::SCHEMA,
    crawls::SCHEMA,
    editions::SCHEMA,
];

/// The schema that this program knows.
pub(super) const NEWEST: usize = MIGRATIONS.len();

/// Returns the schema of the store behind `connection`.
pub(super) fn version(connection: &Connection) -> rusqlite::Result<usize> {
    connection.query_row("PRAGMA user_version", [], |row| row.get(0))
}

/// Brings `connection` to the newest schema in one transaction, from whatever schema it finds once it may write.
pub(super) fn migrate(connection: &mut Connection) -> rusqlite::Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let done = version(&transaction)?;
    for migration in MIGRATIONS.iter().skip(done) {
        transaction.execute_batch(migration)?;
    }
    if done < NEWEST {
        transaction.pragma_update(None, "user_version", NEWEST)?;
    }
    transaction.commit()
}
