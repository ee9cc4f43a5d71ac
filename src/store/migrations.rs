//! The schema as an append-only list: entry `n` takes a store from `user_version` n to n + 1.

use rusqlite::{Connection, Transaction, TransactionBehavior};

use self::Migration::{Rows, Sql};
use super::{
    crawls, cuts, documents, editions, identities, limits, originals, origins, readers, readings,
    savings, sessions, skipped, told,
};

/// One step of the schema.
enum Migration {
    Sql(&'static str),
    /// What rows become that SQL alone cannot make.
    Rows(fn(&Transaction<'_>) -> rusqlite::Result<()>),
}

/// Never change or remove an entry that a release carried; append.
const MIGRATIONS: &[Migration] = &[
    Sql(originals::SCHEMA),
    Sql(savings::SCHEMA),
    Sql(documents::SCHEMA),
    Sql(identities::SCHEMA),
    Sql(sessions::SCHEMA),
    Sql(origins::SCHEMA),
    Sql(told::SCHEMA),
    Sql(told::IDENTIFIERS_SCHEMA),
    Sql(limits::SCHEMA),
    Sql(skipped::SCHEMA),
    Sql(crawls::SCHEMA),
    Sql(editions::SCHEMA),
    Rows(cuts::json::move_in),
    Sql(readings::SCHEMA),
    Sql(crawls::BY_PATH_SCHEMA),
    Rows(cuts::json::recode),
    Sql(readers::SCHEMA),
];

/// The schema that this program knows.
pub(super) const NEWEST: usize = MIGRATIONS.len();

/// Returns the schema of the store behind `connection`.
pub(super) fn version(connection: &Connection) -> rusqlite::Result<usize> {
    connection.query_row("PRAGMA user_version", [], |row| row.get(0))
}

/// Brings `connection` to the newest schema in one transaction, from whatever schema it finds once it may write.
pub(super) fn migrate(connection: &mut Connection) -> rusqlite::Result<()> {
    migrate_to(connection, NEWEST)
}

fn migrate_to(connection: &mut Connection, newest: usize) -> rusqlite::Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let done = version(&transaction)?;
    for migration in MIGRATIONS.iter().take(newest).skip(done) {
        match migration {
            Sql(text) => transaction.execute_batch(text)?,
            Rows(change) => change(&transaction)?,
        }
    }
    if done < newest {
        transaction.pragma_update(None, "user_version", newest)?;
    }
    transaction.commit()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::cuts;
    use crate::store::outline::HeadingRow;

    /// The schema with sections as rows.
    const WITH_ROWS: usize = 12;

    #[test]
    fn sections_of_an_older_store_are_there_after_the_change_of_its_schema() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate_to(&mut connection, WITH_ROWS).unwrap();
        connection
            .execute_batch(
                r#"INSERT INTO sources VALUES (1, 's', '/s', 0, '[]', NULL, NULL, NULL, NULL);
                 INSERT INTO pages (id, source, path, title, kind, file_bytes, modified, hash, tokens, outline, text_bytes, text, generation)
                 VALUES (7, 1, 'p', 'P', 'guide', 1, 1, x'00', 1,
                 '[{"level":1,"title":"A","anchor":"x","byte":0,"line":1,"tokens":5}]', 0, x'', 1);
                 INSERT INTO sections VALUES (7, 1, 'B', 'P › B', 'b', 1, 'B', '', 3, 4, 5, 9, '', '', 2);
                 INSERT INTO sections VALUES (7, 0, 'A', 'P › A', 'a', 1, 'A', 'x', 1, 2, 0, 5, '', '', 2);"#,
            )
            .unwrap();
        migrate(&mut connection).unwrap();
        assert_eq!(version(&connection).unwrap(), NEWEST);
        let packed: Vec<u8> = connection
            .query_row("SELECT packed FROM cuts WHERE page = 7", [], |row| {
                row.get(0)
            })
            .unwrap();
        let cut = cuts::unpacked("P", "", &packed).unwrap();
        let heading = HeadingRow {
            level: 1,
            title: "A".to_owned(),
            anchor: "x".to_owned(),
            byte: 0,
            line: 1,
            tokens: 5,
        };
        assert_eq!(cut.outline, [heading]);
        let sections = cut.sections;
        let read = sections.iter().map(|section| {
            let (title, symbols) = (section.title.as_str(), section.symbols.as_str());
            (title, symbols, section.lines, section.bytes)
        });
        let kept = [("A", "x", (1, 2), (0, 5)), ("B", "", (3, 4), (5, 9))];
        assert!(read.eq(kept), "{sections:?}");
    }
}
