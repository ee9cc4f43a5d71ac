//! The index of a docset, which is a SQLite database of a stranger: opened alone, only read, and bounded.

use std::fmt::Write as _;
use std::path::Path;

use rusqlite::limits::Limit;
use rusqlite::{Connection, OpenFlags};

/// Names of one docset: ten times those of the largest.
const NAMES_MAX: usize = 1_000_000;
/// Bytes of one value: names and paths take hundreds.
const VALUE_BYTES_MAX: i32 = 1 << 20;

/// The two forms of an index: the table that must be there, and what is asked of it.
const FORMS: &[(&str, &str)] = &[
    (
        "searchIndex",
        "SELECT name, path, '' FROM main.searchIndex LIMIT ?1",
    ),
    // What Xcode makes by Core Data.
    (
        "ZTOKEN",
        "SELECT ZTOKENNAME, ZPATH, coalesce(ZANCHOR, '') FROM main.ZTOKEN
         JOIN main.ZTOKENMETAINFORMATION AS facts ON ZMETAINFORMATION = facts.Z_PK
         JOIN main.ZFILEPATH AS files ON facts.ZFILE = files.Z_PK LIMIT ?1",
    ),
];

/// A name, and where it leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Indexed {
    /// What is defined there.
    pub name: String,
    /// Path of the page, with `#` and an anchor or without.
    pub path: String,
    /// The anchor, where it stands by itself.
    pub anchor: String,
}

/// Returns the names in the index at `file`, which nothing else writes; an error says why there are none.
pub fn names(file: &Path) -> Result<Vec<Indexed>, String> {
    read(file).map_err(|error| error.to_string())?
}

fn read(file: &Path) -> rusqlite::Result<Result<Vec<Indexed>, String>> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
        | OpenFlags::SQLITE_OPEN_URI
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(address(file), flags)?;
    connection.set_limit(Limit::SQLITE_LIMIT_LENGTH, VALUE_BYTES_MAX)?;
    connection.set_limit(Limit::SQLITE_LIMIT_ATTACHED, 0)?;
    connection.pragma_update(None, "trusted_schema", false)?;
    connection.pragma_update(None, "query_only", true)?;
    for (table, query) in FORMS {
        // A view, or a table with columns that are computed, could take for ever.
        let is_table: bool = connection.query_row(
            "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = ?1 AND type = 'table'
             AND sql LIKE 'CREATE TABLE%' AND sql NOT LIKE '% AS (%')",
            [table],
            |row| row.get(0),
        )?;
        if !is_table {
            continue;
        }
        let mut statement = connection.prepare(query)?;
        let mut rows = statement.query([NAMES_MAX])?;
        let mut names = Vec::new();
        while let Some(row) = rows.next()? {
            let text = |column: usize| row.get_ref(column).ok()?.as_str().ok().map(str::to_owned);
            if let (Some(name), Some(path), Some(anchor)) = (text(0), text(1), text(2)) {
                names.push(Indexed { name, path, anchor });
            }
        }
        return Ok(Ok(names));
    }
    Ok(Err("it has no table `searchIndex` or `ZTOKEN`".to_owned()))
}

/// Returns the address under which SQLite opens `file` and looks for no log or lock beside it.
fn address(file: &Path) -> String {
    let path = file.to_string_lossy().replace('\\', "/");
    let mut address = "file:".to_owned();
    if !path.starts_with('/') {
        address.push('/');
    }
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"/:._-".contains(&byte) {
            address.push(char::from(byte));
        } else {
            // A `String` takes what is written.
            let _ = write!(address, "%{byte:02X}");
        }
    }
    address + "?immutable=1"
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Makes an index at `file` with one name.
    pub(crate) fn database(file: &Path, name: &str) {
        let connection = Connection::open_with_flags(file, OpenFlags::default()).unwrap();
        connection
            .execute_batch(&format!(
                "CREATE TABLE searchIndex(id INTEGER PRIMARY KEY, name TEXT, type TEXT, path TEXT);
                 INSERT INTO searchIndex(name, type, path) VALUES ('{name}', 'Function', 'a.html')"
            ))
            .unwrap();
    }

    fn of(schema: &str) -> Result<Vec<Indexed>, String> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a b#c?d%.dsidx");
        let connection = Connection::open_with_flags(&file, OpenFlags::default()).unwrap();
        connection.execute_batch(schema).unwrap();
        drop(connection);
        names(&file)
    }

    #[test]
    fn both_forms_of_an_index_are_read_and_odd_rows_left() {
        let index = of("CREATE TABLE searchIndex(id INTEGER PRIMARY KEY, name TEXT, type TEXT, path TEXT);
             INSERT INTO searchIndex(name, type, path) VALUES ('ring', 'Function', 'a.html#ring'), (x'ff', 'Class', 'b'), (NULL, '', 'c')");
        let expected = Indexed {
            name: "ring".to_owned(),
            path: "a.html#ring".to_owned(),
            anchor: String::new(),
        };
        assert_eq!(index, Ok(vec![expected.clone()]));
        let tokens = of("CREATE TABLE ZTOKEN(Z_PK INTEGER PRIMARY KEY, ZTOKENNAME, ZMETAINFORMATION, ZTOKENTYPE);
             CREATE TABLE ZTOKENMETAINFORMATION(Z_PK INTEGER PRIMARY KEY, ZFILE, ZANCHOR);
             CREATE TABLE ZFILEPATH(Z_PK INTEGER PRIMARY KEY, ZPATH);
             INSERT INTO ZTOKEN VALUES (1, 'ring', 2, 3);
             INSERT INTO ZTOKENMETAINFORMATION VALUES (2, 4, 'ring');
             INSERT INTO ZFILEPATH VALUES (4, 'a.html')");
        let expected = Indexed {
            path: "a.html".to_owned(),
            anchor: "ring".to_owned(),
            ..expected
        };
        assert_eq!(tokens, Ok(vec![expected]));
    }

    #[test]
    fn what_could_take_for_ever_is_no_index() {
        for schema in [
            "CREATE TABLE other(x)",
            "CREATE VIEW searchIndex AS WITH RECURSIVE n(name, path) AS (SELECT 'a', 'b' UNION ALL SELECT name, path FROM n) SELECT * FROM n",
            "CREATE TABLE searchIndex(name, path, more AS (zeroblob(1000000000)))",
        ] {
            let why = of(schema).unwrap_err();
            assert!(why.contains("no table"), "{schema}: {why}");
        }
    }

    #[test]
    fn what_is_no_database_is_said() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("x");
        std::fs::write(&file, vec![7; 4096]).unwrap();
        assert!(names(&file).unwrap_err().contains("not a database"));
        assert!(names(&folder.path().join("none")).is_err());
    }
}
