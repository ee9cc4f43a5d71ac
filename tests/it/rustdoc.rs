//! The JSON of rustdoc, through the real program.

use std::fs;

use crate::archives::refs;
use crate::harness::{json_of, run};

#[test]
fn a_crate_is_found_by_its_names_and_read() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    let harbour = include_str!("../fixtures/lookup/harbour.rustdoc.json");
    fs::create_dir(home.join("doc")).unwrap();
    fs::write(home.join("doc/harbour.json"), harbour).unwrap();
    let report = json_of(home, &["docs", "add", "doc/harbour.json"]);
    assert_eq!(
        (&report["name"], &report["pages"]),
        (&"harbour".into(), &9.into())
    );
    let listed = json_of(home, &["docs", "list"]);
    assert_eq!(listed["sources"][0]["version"], "2.3.0");
    for (query, page) in [
        ("ring_bell", "harbour:harbour.json/fn.ring_bell"),
        ("Berth::moor", "harbour:harbour.json/berth/struct.Berth"),
        (
            "harbour::berth::Refusal",
            "harbour:harbour.json/berth/enum.Refusal",
        ),
        ("Refusal::Deep", "harbour:harbour.json/berth/enum.Refusal"),
    ] {
        let first = refs(home, query).into_iter().next().unwrap();
        assert!(first.starts_with(page), "{query}: {first}");
    }
    let (text, _, _) = run(
        home,
        &["docs", "read", "harbour:harbour.json/berth/struct.Berth"],
    );
    assert!(
        text.contains("Moors the ship called `name` with ropes."),
        "{text}"
    );
    // Beside other files of a folder it is read too.
    fs::write(home.join("doc/other.json"), "{\"root\": 1}").unwrap();
    assert_eq!(json_of(home, &["docs", "add", "doc"])["pages"], 9);
    // It may be longer than other files.
    let room = " ".repeat(17 << 20);
    fs::write(home.join("doc/harbour.json"), harbour.to_owned() + &room).unwrap();
    fs::write(
        home.join("doc/other.json"),
        "{\"root\": 1}".to_owned() + &room,
    )
    .unwrap();
    fs::write(home.join("doc/guide.md"), "# Guide".to_owned() + &room).unwrap();
    let report = json_of(home, &["docs", "add", "doc"]);
    assert_eq!(report["pages"], 9, "{report}");
    assert_eq!(
        report["failures"],
        serde_json::json!([{"path": "guide.md", "why": "is larger than 16 MiB"}])
    );
    // What is cut off is said.
    fs::write(home.join("doc/harbour.json"), &harbour[..6000]).unwrap();
    let report = json_of(home, &["docs", "refresh", "harbour"]);
    assert!(
        report["sources"][0]["failures"].to_string().contains("EOF"),
        "{report}"
    );
    assert!(
        refs(home, "ring_bell")
            .iter()
            .any(|found| found.starts_with("harbour:"))
    );
}
