//! Docsets of Dash and Zeal, and documentations of DevDocs, through the real program.

use std::fs;
use std::path::Path;

use rusqlite::{Connection, OpenFlags};
use serde_json::json;

use crate::archives::{counts, refs, write_tgz};
use crate::harness::{json_of, run};

/// Sections that are long enough to stand by themselves.
const RIGGING: &str = r#"<html><head><title>Rigging</title></head><body><h1>Rigging</h1><p>All about ropes and what holds them. A ship has
standing rigging, which stays where it is and holds the masts, and running rigging, which is hauled and let go all day. Both wear out: look at
them every morning, feel for broken strands with a gloved hand, and write down what you have found in the book of the boatswain.</p>
<a name="//apple_ref/cpp/Function/belay" class="dashAnchor"></a><h3 id="fn-belay">Making fast</h3><p>Winds the rope round the cleat: once around
the base, then crosswise over both horns, and under itself at the end. Never stand in the bight while there is load on the rope, and keep your
fingers away from the horns. Take a turn first, then haul, then make it fast. A rope that was made fast in a hurry is let go in a hurry.</p>
<p id="slack">Before any load comes on, some rope is let go. Hold the end, take off the crosswise turns one after the other, and leave one turn round
the base so that the cleat still bears the load. Then ease the rope hand over hand until it hangs in a curve, not more than a fathom long, and
tell the mate that it does. Whoever lets go everything at once loses the rope, and with some luck no more than that.</p>
<table><tr id="row"><td>knot</td><td>use</td></tr></table></body></html>"#;
const SAILS: &str = "<html><body><h1>Sails</h1><p>When belay and reef_sail are used: belay belay belay reef_sail.</p></body></html>";

/// Names and where they lead.
const NAMES: &[(&str, &str, &str)] = &[
    (
        "Rope::belay",
        "Method",
        "<dash_entry_name=belay>deck/rigging.html#//apple_ref/cpp/Function/belay",
    ),
    ("let_slack", "Function", "deck/rigging.html#slack"),
    ("KnotTable", "Class", "deck/rigging.html#row"),
    ("SailLoft", "Module", "sails.html"),
];

fn index(path: &Path, names: &[(&str, &str, &str)]) {
    let _ = fs::remove_file(path);
    let connection = Connection::open_with_flags(path, OpenFlags::default()).unwrap();
    connection
        .execute_batch(
            "CREATE TABLE searchIndex(id INTEGER PRIMARY KEY, name TEXT, type TEXT, path TEXT);
             CREATE UNIQUE INDEX anchor ON searchIndex (name, type, path);",
        )
        .unwrap();
    for name in names {
        connection
            .execute(
                "INSERT INTO searchIndex(name, type, path) VALUES (?1, ?2, ?3)",
                *name,
            )
            .unwrap();
    }
}

fn write_docset(home: &Path) {
    let resources = home.join("Ship.docset/Contents/Resources");
    fs::create_dir_all(resources.join("Documents/deck")).unwrap();
    fs::write(home.join("Ship.docset/Contents/Info.plist"), "<plist/>").unwrap();
    fs::write(resources.join("Documents/deck/rigging.html"), RIGGING).unwrap();
    fs::write(resources.join("Documents/sails.html"), SAILS).unwrap();
    index(&resources.join("docSet.dsidx"), NAMES);
}

/// Every name of the index leads to its page, before a page that only speaks of it, and its section can be read.
fn assert_found(home: &Path) {
    for (query, expected) in [
        ("Rope::belay", "ship:deck/rigging.html#"),
        ("let_slack", "ship:deck/rigging.html#"),
        ("KnotTable", "ship:deck/rigging.html#"),
        ("SailLoft", "ship:sails.html"),
    ] {
        let found = refs(home, query);
        assert!(
            found.first().unwrap().starts_with(expected),
            "{query}: {found:?}"
        );
    }
    let args = ["docs", "read", "ship:deck/rigging.html#fn-belay"];
    let (page, _, _) = run(home, &args);
    assert!(
        page.contains("Winds the rope") && !page.contains("All about ropes"),
        "{page}"
    );
}

#[test]
fn the_names_of_a_docset_lead_to_their_sections() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    write_docset(home);
    let report = json_of(home, &["docs", "add", "Ship.docset"]);
    assert_eq!(
        (&report["name"], counts(&report)),
        (&json!("ship"), [2, 0, 0, 0])
    );
    assert_found(home);
    let (page, _, _) = run(home, &["docs", "read", "ship:deck/rigging.html#slack"]);
    assert!(page.contains("some rope is let go"), "{page}");

    let dsidx = home.join("Ship.docset/Contents/Resources/docSet.dsidx");
    index(
        &dsidx,
        &[&NAMES[..3], &[("MainSail", "Module", "sails.html")]].concat(),
    );
    let again = json_of(home, &["docs", "refresh", "ship"]);
    assert_eq!(counts(&again["sources"][0]), [0, 1, 1, 0]);
    assert_eq!(refs(home, "MainSail"), ["ship:sails.html"]);
}

#[test]
fn a_docset_is_read_from_its_archive() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    write_docset(home);
    let resources = home.join("Ship.docset/Contents/Resources");
    let dsidx = fs::read(resources.join("docSet.dsidx")).unwrap();
    let files = [
        ("Ship.docset/Contents/Info.plist", b"<plist/>".as_slice()),
        (
            "Ship.docset/Contents/Resources/Documents/deck/rigging.html",
            RIGGING.as_bytes(),
        ),
        (
            "Ship.docset/Contents/Resources/Documents/sails.html",
            SAILS.as_bytes(),
        ),
        ("Ship.docset/Contents/Resources/docSet.dsidx", &dsidx),
    ];
    write_tgz(&home.join("Ship.tgz"), &files);
    assert_eq!(
        counts(&json_of(home, &["docs", "add", "Ship.tgz"])),
        [2, 0, 0, 0]
    );
    assert_found(home);
}

#[test]
fn a_docset_without_a_readable_index_is_read_all_the_same() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    write_docset(home);
    let dsidx = home.join("Ship.docset/Contents/Resources/docSet.dsidx");
    let whole = fs::read(&dsidx).unwrap();
    for broken in [
        b"no database at all".as_slice(),
        &whole[..whole.len() / 2],
        b"",
    ] {
        fs::write(&dsidx, broken).unwrap();
        let report = json_of(home, &["docs", "add", "Ship.docset"]);
        assert_eq!(report["pages"], 2);
        let failures = report["failures"].to_string();
        assert!(
            failures.contains("pages are read without its names"),
            "{failures}"
        );
    }
    fs::write(&dsidx, &whole).unwrap();
    json_of(home, &["docs", "refresh"]);
    assert_found(home);
}

#[test]
fn a_documentation_of_devdocs_is_read_by_its_pages_and_names() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    let folder = home.join("ship");
    fs::create_dir(&folder).unwrap();
    let pages = json!({"deck/rigging": RIGGING, "sails": SAILS, "../out": "<p>Elsewhere.</p>"});
    fs::write(folder.join("db.json"), pages.to_string()).unwrap();
    let entries: Vec<_> = [
        ("Rope::belay", "deck/rigging#fn-belay"),
        ("let_slack", "deck/rigging#slack"),
        ("KnotTable", "deck/rigging#row"),
        ("SailLoft", "sails"),
    ]
    .map(|(name, path)| json!({"name": name, "path": path, "type": "Deck"}))
    .to_vec();
    let names = json!({"entries": entries, "types": []});
    fs::write(folder.join("index.json"), names.to_string()).unwrap();
    fs::write(
        folder.join("meta.json"),
        r#"{"name": "Ship", "release": "3.1"}"#,
    )
    .unwrap();
    let report = json_of(home, &["docs", "add", "ship"]);
    assert_eq!(counts(&report), [2, 0, 0, 0]);
    assert_eq!(report["failures"][0]["path"], "../out");
    assert_found(home);
    assert_eq!(
        json_of(home, &["docs", "list"])["sources"][0]["version"],
        "3.1"
    );

    let pages = json!({"deck/rigging": RIGGING, "sails": SAILS.replace("When", "If")});
    fs::write(folder.join("db.json"), pages.to_string()).unwrap();
    let again = json_of(home, &["docs", "refresh"]);
    assert_eq!(counts(&again["sources"][0]), [0, 1, 1, 0]);

    // What is broken takes nothing away.
    fs::write(folder.join("db.json"), "{\"deck").unwrap();
    let again = json_of(home, &["docs", "refresh"]);
    assert_eq!(counts(&again["sources"][0]), [0, 0, 0, 0]);
    assert!(
        again["sources"][0]["failures"]
            .to_string()
            .contains("db.json: EOF"),
        "{again}"
    );
    assert_found(home);
}
