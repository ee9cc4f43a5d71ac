//! Pages that another version of the program made are made anew, through the real program.

use std::fs;
use std::path::Path;

use rusqlite::Connection;

use crate::bundle::{closed, connected, fingerprint};
use crate::docs::home_with_manual;
use crate::harness::{json_of, run};
use crate::sites;

/// Makes of the pages in the store of `home` what readers numbered `readers` may have made of the same files.
fn as_others_read(home: &Path, readers: u32) {
    let database = home.join(".local/share/mrconductor/store.db");
    let connection = Connection::open(database).unwrap();
    let sources = connection.execute("UPDATE sources SET readers = ?1", [readers]);
    assert_eq!(sources, Ok(1));
    let pages = connection.execute("UPDATE pages SET title = 'As others read it'", []);
    assert!(pages.unwrap() > 1);
}

#[test]
fn a_folder_that_did_not_change_is_read_anew_once() {
    let home = home_with_manual();
    let home = home.path();
    json_of(home, &["docs", "add", "manual"]);
    let told = "manual: another version of mrconductor read it; `mrconductor docs refresh manual`";
    assert!(!run(home, &["docs", "list"]).1.contains(told));
    as_others_read(home, 0);
    let (_, err, _) = run(home, &["docs", "list"]);
    assert!(err.contains(told), "{err}");
    let (_, err, code) = run(home, &["docs", "refresh"]);
    assert_eq!(code, Some(0), "{err}");
    assert!(
        err.contains("2 changed") && err.contains("note: another version of mrconductor"),
        "{err}"
    );
    let (found, _, _) = run(home, &["docs", "search", "anchor_drop", "caveats"]);
    assert!(!found.contains("As others read it"), "{found}");
    let (_, err, _) = run(home, &["docs", "refresh"]);
    assert!(
        err.contains("2 unchanged") && !err.contains("note:"),
        "{err}"
    );
}

#[test]
fn a_folder_that_is_gone_keeps_what_others_read() {
    let home = home_with_manual();
    let home = home.path();
    json_of(home, &["docs", "add", "manual"]);
    as_others_read(home, 0);
    fs::rename(home.join("manual"), home.join("away")).unwrap();
    let (_, err, code) = run(home, &["docs", "refresh"]);
    assert_ne!(code, Some(0), "{err}");
    assert!(
        run(home, &["docs", "search", "anchor_drop"])
            .0
            .contains("As others read it")
    );
    fs::rename(home.join("away"), home.join("manual")).unwrap();
    let (_, err, _) = run(home, &["docs", "refresh"]);
    assert!(err.contains("2 changed"), "{err}");
}

#[test]
fn pages_of_a_site_that_did_not_change_are_asked_for_whole() {
    let (home, refreshed) = sites::read_by_others(|home| as_others_read(home, 0));
    assert_eq!(sites::counts(&refreshed), [0, 3, 0, 0], "{refreshed}");
    assert!(
        refreshed["notes"][0]
            .as_str()
            .unwrap()
            .contains("read anew"),
        "{refreshed}"
    );
    let (found, _, _) = run(home.path(), &["docs", "search", "propeller turns"]);
    assert!(!found.contains("As others read it"), "{found}");
}

#[test]
fn a_bundle_of_other_readers_takes_the_place_of_one() {
    let there = connected();
    let here = closed(&there);
    let signer = fingerprint(there.path());
    let args = ["docs", "import", "manual.bundle", "--signer", &signer];
    assert_eq!(run(here.path(), &args).2, Some(0));
    as_others_read(here.path(), 0);
    let (_, err, _) = run(here.path(), &args);
    assert!(err.contains("2 changed"), "{err}");
    let (_, err, _) = run(here.path(), &args);
    assert!(err.contains("2 unchanged"), "{err}");
}
