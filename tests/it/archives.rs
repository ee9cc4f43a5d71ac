//! Documentation in archives, through the real program.

use std::fs;
use std::io::Write as _;
use std::path::Path;

use serde_json::{Value, json};

use crate::harness::{Conductor, json_of, run};

const PUMPS: &str = "# Pumps\n\nHow to start one.\n\n## Priming\n\nFill the casing with `prime_pump()` before you start it.\n";
const VALVES: &str =
    "# Valves\n\nOpen `valve_main` slowly, or the water hammer breaks the joints.\n";

/// New, changed, unchanged and removed files of a reading.
pub fn counts(report: &Value) -> [u64; 4] {
    ["added", "changed", "unchanged", "removed"].map(|key| report[key].as_u64().unwrap())
}

/// The references that answer `query`, best first.
pub fn refs(home: &Path, query: &str) -> Vec<String> {
    let found = json_of(home, &["docs", "search", query]);
    let results = found["results"].as_array().unwrap();
    results
        .iter()
        .map(|result| result["ref"].as_str().unwrap().to_owned())
        .collect()
}

/// Writes a packed tar archive of `files` to `path`.
pub fn write_tgz(path: &Path, files: &[(&str, &[u8])]) {
    let packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    let mut builder = tar::Builder::new(packer);
    for (name, content) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        builder.append_data(&mut header, name, *content).unwrap();
    }
    let bytes = builder.into_inner().unwrap().finish().unwrap();
    fs::write(path, bytes).unwrap();
}

fn manual(home: &Path, pumps: &str) {
    let files = [
        ("manual-7/pumps.md", pumps.as_bytes()),
        ("manual-7/parts/valves.md", VALVES.as_bytes()),
        ("manual-7/drawing.bin", b"\0\0".as_slice()),
    ];
    write_tgz(&home.join("manual.tar.gz"), &files);
}

#[test]
fn an_archive_is_added_searched_read_and_refreshed() {
    let conductor_home = {
        let mut conductor = Conductor::start_with(|_, home| {
            manual(home, PUMPS);
            let report = json_of(home, &["docs", "add", "manual.tar.gz"]);
            assert_eq!(report["name"], "manual");
            assert_eq!(counts(&report), [2, 0, 0, 0]);
        });
        conductor.initialize("2025-11-25");
        let call = json!({"name": "docs_search", "arguments": {"query": "prime_pump"}});
        let answer = conductor.request("tools/call", call);
        let text = answer["result"]["content"][0]["text"].as_str().unwrap();
        assert!(text.contains("## manual:pumps.md"), "{text}");
        let call = json!({"name": "docs_read", "arguments": {"ref": "manual:parts/valves.md"}});
        let answer = conductor.request("tools/call", call);
        let text = answer["result"]["content"][0]["text"].as_str().unwrap();
        assert!(text.contains("water hammer"), "{text}");
        conductor.home.path().to_owned()
    };
    assert!(!conductor_home.exists());

    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    manual(home, PUMPS);
    json_of(home, &["docs", "add", "manual.tar.gz"]);
    let again = json_of(home, &["docs", "refresh", "manual"]);
    assert_eq!(counts(&again["sources"][0]), [0, 0, 2, 0]);
    manual(home, &PUMPS.replace("Fill", "Never fill"));
    let changed = json_of(home, &["docs", "refresh", "manual"]);
    assert_eq!(counts(&changed["sources"][0]), [0, 1, 1, 0]);
    let (page, _, _) = run(home, &["docs", "read", "manual:pumps.md"]);
    assert!(page.contains("Never fill the casing"), "{page}");

    let (_, err, code) = run(home, &["docs", "export", "manual"]);
    assert_eq!(code, Some(0), "{err}");
    let other = tempfile::tempdir().unwrap();
    fs::copy(
        home.join("manual.bundle"),
        other.path().join("manual.bundle"),
    )
    .unwrap();
    let args = ["docs", "import", "manual.bundle", "--unsigned"];
    assert_eq!(counts(&json_of(other.path(), &args)), [2, 0, 0, 0]);
    assert_eq!(refs(other.path(), "valve_main"), ["manual:parts/valves.md"]);
}

#[test]
fn a_damaged_archive_takes_nothing_away_and_the_list_says_so() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    manual(home, PUMPS);
    json_of(home, &["docs", "add", "manual.tar.gz"]);
    let file = home.join("manual.tar.gz");
    let whole = fs::read(&file).unwrap();
    fs::write(&file, &whole[..whole.len() - 40]).unwrap();
    let report = json_of(home, &["docs", "refresh", "manual"]);
    assert_eq!(report["sources"][0]["removed"], 0, "{report}");
    let (_, err, _) = run(home, &["docs", "list"]);
    assert!(
        err.contains("manual: not read: the rest: ends in the middle"),
        "{err}"
    );
    assert_eq!(refs(home, "valve_main").len(), 1);

    fs::write(&file, "<html>404").unwrap();
    let (_, err, code) = run(home, &["docs", "refresh", "manual"]);
    assert_eq!(code, Some(5), "{err}");
    assert!(
        err.contains("it is no archive, though it is called so") && err.contains("hint: "),
        "{err}"
    );
    let (_, err, _) = run(home, &["docs", "list"]);
    assert!(err.contains("what was searchable stays"), "{err}");
    assert_eq!(refs(home, "valve_main").len(), 1);

    fs::write(&file, &whole).unwrap();
    let report = json_of(home, &["docs", "refresh", "manual"]);
    assert_eq!(counts(&report["sources"][0]), [0, 0, 2, 0]);
    let (_, err, _) = run(home, &["docs", "list"]);
    assert_eq!(err, "");
}

#[test]
fn a_choice_of_paths_is_kept_until_another_is_made() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    manual(home, PUMPS);
    let args = ["docs", "add", "manual.tar.gz", "--include", "parts/**"];
    assert_eq!(counts(&json_of(home, &args)), [1, 0, 0, 0]);
    manual(home, &PUMPS.replace("Fill", "Never fill"));
    let report = json_of(home, &["docs", "refresh"]);
    assert_eq!(counts(&report["sources"][0]), [0, 0, 1, 0]);
    let args = ["docs", "add", "manual.tar.gz", "--exclude", "parts/*"];
    assert_eq!(counts(&json_of(home, &args)), [1, 0, 0, 1]);
    let (_, err, code) = run(home, &["docs", "add", "manual.tar.gz", "--include", "a{"]);
    assert_eq!(code, Some(5));
    assert!(err.contains("cannot read the glob `a{`"), "{err}");
}

#[test]
fn a_bomb_is_refused_with_a_line() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    let zeros = vec![b'0'; 70 << 20];
    write_tgz(
        &home.join("bomb.tgz"),
        &[("a.md", b"# A\n"), ("b.md", &zeros)],
    );
    let (_, err, code) = run(home, &["docs", "add", "bomb.tgz"]);
    assert_eq!(code, Some(5));
    assert!(err.contains("it unpacks to more than 64 MiB"), "{err}");
    assert_eq!(json_of(home, &["docs", "list"])["sources"], json!([]));
}

#[test]
fn an_archive_is_named_in_the_file_of_a_team() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    manual(home, PUMPS);
    let mut file = fs::File::create(home.join("team.json")).unwrap();
    let listing = json!({"documentation_sources": [{"type": "archive", "path": "manual.tar.gz"}]});
    write!(file, "{listing}").unwrap();
    let report = json_of(home, &["docs", "sync", "--from", "team.json"]);
    assert_eq!(report["sources"][0]["pages"], 2, "{report}");
}

/// Writes `bytes` packed to `path`.
fn write_gz(path: &Path, bytes: &[u8]) {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packer.write_all(bytes).unwrap();
    fs::write(path, packer.finish().unwrap()).unwrap();
}

#[test]
fn pages_that_are_packed_by_themselves_are_read_and_refreshed_as_if_they_were_not() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    fs::create_dir(home.join("doc")).unwrap();
    let packed = home.join("doc/pumps.md.gz");
    write_gz(&packed, PUMPS.as_bytes());
    fs::write(home.join("doc/valves.md"), VALVES).unwrap();
    write_gz(&home.join("doc/valves.md.gz"), VALVES.as_bytes());
    write_gz(&home.join("doc/drawing.png.gz"), b"\0\0");
    let report = json_of(home, &["docs", "add", "doc"]);
    assert_eq!(counts(&report), [2, 0, 0, 0]);
    let refresh = || json_of(home, &["docs", "refresh", "doc"])["sources"][0].take();
    assert_eq!(refs(home, "prime_pump"), ["doc:pumps.md.gz#priming"]);
    assert_eq!(refs(home, "valve_main"), ["doc:valves.md"]);
    let (page, _, _) = run(home, &["docs", "read", "doc:pumps.md"]);
    assert!(page.contains("Fill the casing"), "{}", page);

    let report = refresh();
    assert_eq!(counts(&report), [0, 0, 2, 0]);
    write_gz(
        &packed,
        format!("{PUMPS}\nStop it with `stop_pump()`.\n").as_bytes(),
    );
    let report = refresh();
    assert_eq!(counts(&report), [0, 1, 1, 0]);
    assert_eq!(refs(home, "stop_pump"), ["doc:pumps.md.gz"]);

    // A page that is cut off stays as it was.
    let whole = fs::read(&packed).unwrap();
    fs::write(&packed, &whole[..whole.len() - 9]).unwrap();
    let report = refresh();
    assert_eq!(counts(&report), [0, 0, 1, 0]);
    assert!(
        report.to_string().contains("is packed, and cut off"),
        "{report}"
    );
    assert_eq!(refs(home, "stop_pump"), ["doc:pumps.md.gz"]);

    fs::rename(home.join("doc/valves.md.gz"), home.join("valves.gz")).unwrap();
    let report = json_of(home, &["docs", "add", "valves.gz"]);
    assert_eq!(
        (&report["name"], counts(&report)),
        (&json!("valves"), [1, 0, 0, 0])
    );
}
