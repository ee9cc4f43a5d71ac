//! The schema as an append-only list: entry `n` takes a store from `user_version` n to n + 1.

use rusqlite::Connection;

use super::{documents, identities, originals, savings};

/// Never change or remove an entry that a release carried; append.
const MIGRATIONS: &[&str] = &[
    originals::SCHEMA,
    savings::SCHEMA,
    documents::SCHEMA,
    identities::SCHEMA,
];

/// Brings `connection` to the newest schema in one transaction.
pub(super) fn migrate(connection: &mut Connection) -> rusqlite::Result<()> {
    let done: usize = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    if done >= MIGRATIONS.len() {
        return Ok(());
    }
    let transaction =
        connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    let done: usize = transaction.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    for migration in MIGRATIONS.iter().skip(done) {
        transaction.execute_batch(migration)?;
    }
    transaction.pragma_update(None, "user_version", MIGRATIONS.len())?;
    transaction.commit()
}
