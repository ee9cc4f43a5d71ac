//! Documentation that cannot be read, and readings that are cut short, through the real program.

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use mrconductor::store::Store;
use serde_json::Value;

use crate::docs::home_with_manual;
use crate::harness::{mrconductor, program};

/// Pages of a source that takes several transactions to read.
const MANY: usize = 400;

fn json(home: &Path, args: &[&str]) -> Value {
    let output = mrconductor(home, &[&["--json"], args].concat(), b"");
    let (out, err) = (output.stdout, output.stderr);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&err));
    serde_json::from_slice(&out).unwrap()
}

fn paths(home: &Path, query: &str) -> Vec<String> {
    let found = json(home, &["docs", "search", query]);
    let results = found["results"].as_array().unwrap();
    results
        .iter()
        .map(|result| result["path"].as_str().unwrap().to_owned())
        .collect()
}

/// Why the reading reported that it left `path` out.
fn why(report: &Value, path: &str) -> String {
    let failures = report["failures"].as_array().unwrap();
    let found = failures.iter().find(|failure| failure["path"] == path);
    let Some(failure) = found else {
        panic!("{path} was not reported: {report}");
    };
    failure["why"].as_str().unwrap().to_owned()
}

fn write_many(folder: &Path) {
    fs::create_dir_all(folder).unwrap();
    for number in 0..MANY {
        let text = format!(
            "# Knot {number}\n\nTie the bight{number} round the bollard.\n\n## Use\n\nHeave, then belay.\n"
        );
        fs::write(folder.join(format!("knot{number}.md")), text).unwrap();
    }
}

fn start_adding(home: &Path, folder: &str) -> Child {
    program(home)
        .args(["docs", "add", folder])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

#[test]
fn what_is_no_documentation_is_named_and_the_rest_is_read() {
    let home = home_with_manual();
    let home = home.path();
    let manual = home.join("manual");
    // Sparse: it is refused for its length, before a byte is read.
    let huge = File::create(manual.join("huge.txt")).unwrap();
    huge.set_len(200 << 20).unwrap();
    fs::write(manual.join("binary.md"), b"# Title\n\n\x7fELF\0\0\0").unwrap();
    let added = json(home, &["docs", "add", "manual"]);
    assert_eq!(added["pages"], 2, "{added}");
    assert_eq!(why(&added, "huge.txt"), "is larger than 16 MiB");
    assert_eq!(why(&added, "binary.md"), "is binary");
    assert_eq!(paths(home, "propeller shaft"), ["reference/anchor_drop.md"]);
    let list = mrconductor(home, &["docs", "list"], b"");
    let told = String::from_utf8(list.stderr).unwrap();
    assert!(
        told.contains("manual: not read: huge.txt: is larger than 16 MiB\n"),
        "{told}"
    );
}

#[cfg(unix)]
#[test]
fn links_that_lead_round_or_nowhere_are_named_and_left() {
    use std::os::unix::fs::symlink;
    let home = home_with_manual();
    let home = home.path();
    let manual = home.join("manual");
    symlink(&manual, manual.join("reference/round")).unwrap();
    symlink(home.join("nowhere"), manual.join("lost.md")).unwrap();
    let added = json(home, &["docs", "add", "manual"]);
    assert_eq!(added["pages"], 2, "{added}");
    assert_eq!(
        why(&added, "reference/round"),
        "is a link to a directory that holds it"
    );
    assert_eq!(why(&added, "lost.md"), "is a link that leads nowhere");
}

#[cfg(unix)]
#[test]
fn many_files_with_the_same_fault_are_told_in_one_line() {
    use std::os::unix::fs::symlink;
    let home = home_with_manual();
    let home = home.path();
    for page in 10..22 {
        symlink(
            home.join("nowhere"),
            home.join(format!("manual/p{page}.md")),
        )
        .unwrap();
    }
    let told = "not read: p10.md and 11 more: is a link that leads nowhere\n";
    let told_by = |args: &[&str]| {
        let output = mrconductor(home, args, b"");
        assert!(output.status.success());
        String::from_utf8(output.stderr).unwrap()
    };
    let added = told_by(&["docs", "add", "manual"]);
    assert!(added.contains(told) && !added.contains("p11.md"), "{added}");
    let listed = told_by(&["docs", "list"]);
    assert_eq!(listed, format!("manual: {told}"));
}

#[cfg(unix)]
#[test]
fn links_to_nothing_that_would_not_be_read_are_no_failure_and_a_file_is_read_once() {
    use std::os::unix::fs::symlink;
    let home = home_with_manual();
    let home = home.path();
    let manual = home.join("manual");
    symlink(home.join("nowhere"), manual.join("jquery.js")).unwrap();
    symlink(home.join("nowhere"), manual.join("folder")).unwrap();
    symlink("reference", manual.join("again")).unwrap();
    symlink("install.md", manual.join("first.md")).unwrap();
    let added = json(home, &["docs", "add", "manual"]);
    assert_eq!(added["pages"], 2, "{added}");
    assert_eq!(added["failures"].as_array().unwrap().len(), 1, "{added}");
    assert_eq!(why(&added, "folder"), "is a link that leads nowhere");
    // Who wants it under the path of the link has it there.
    let again = ["docs", "add", "manual", "--include", "again/**"];
    assert_eq!(json(home, &again)["pages"], 1);
}

#[cfg(unix)]
#[test]
fn a_page_whose_file_cannot_be_read_any_more_stays_as_it_was() {
    use std::os::unix::fs::symlink;
    let home = home_with_manual();
    let home = home.path();
    json(home, &["docs", "add", "manual"]);
    let page = home.join("manual/install.md");
    fs::remove_file(&page).unwrap();
    symlink(home.join("nowhere"), &page).unwrap();
    let again = json(home, &["docs", "refresh"]);
    assert_eq!(again["sources"][0]["removed"], 0, "{again}");
    assert_eq!(paths(home, "ships network stick"), ["install.md"]);
}

#[test]
fn a_killed_reading_loses_nothing_that_was_searchable_and_the_next_completes() {
    let home = home_with_manual();
    let home = home.path();
    json(home, &["docs", "add", "manual"]);
    write_many(&home.join("manual/knots"));
    for wait_ms in [10, 40, 80, 160, 320] {
        let mut adding = start_adding(home, "manual");
        std::thread::sleep(Duration::from_millis(wait_ms));
        adding.kill().unwrap();
        adding.wait().unwrap();
        let found = paths(home, "propeller shaft");
        assert_eq!(found, ["reference/anchor_drop.md"], "after {wait_ms} ms");
    }
    let whole = json(home, &["docs", "add", "manual"]);
    assert_eq!(whole["pages"], MANY + 2, "{whole}");
    for number in [0, MANY / 2, MANY - 1] {
        let query = format!("bight{number}");
        let page = format!("knots/knot{number}.md");
        assert_eq!(paths(home, &query).first(), Some(&page));
    }
}

#[test]
fn two_processes_may_add_at_once() {
    let home = home_with_manual();
    let home = home.path();
    write_many(&home.join("knots"));
    let adding = ["manual", "knots", "knots"].map(|folder| start_adding(home, folder));
    for mut child in adding {
        assert!(child.wait().unwrap().success());
    }
    let list = json(home, &["docs", "list"]);
    let pages: Vec<_> = list["sources"]
        .as_array()
        .unwrap()
        .iter()
        .map(|source| (source["name"].as_str().unwrap(), source["pages"].as_u64()))
        .collect();
    assert_eq!(pages, [("knots", Some(MANY as u64)), ("manual", Some(2))]);
    assert_eq!(paths(home, "propeller shaft"), ["reference/anchor_drop.md"]);
    assert_eq!(
        paths(home, "bight7").first().map(String::as_str),
        Some("knot7.md")
    );
}

#[test]
fn a_store_that_may_only_be_read_is_searched_and_refuses_more() {
    let home = home_with_manual();
    let home = home.path();
    let data = home.join("data");
    let data_dir = ["--data-dir", data.to_str().unwrap()];
    json(home, &[&data_dir[..], &["docs", "add", "manual"]].concat());
    // The schema's number, at byte 60 (https://sqlite.org/fileformat2.html#user_version_number): a newer program wrote it.
    let database = data.join("store.db");
    let mut bytes = fs::read(&database).unwrap();
    bytes[60..64].copy_from_slice(&99u32.to_be_bytes());
    fs::write(&database, bytes).unwrap();
    let found = json(
        home,
        &[&data_dir[..], &["docs", "search", "propeller"]].concat(),
    );
    assert_eq!(
        found["results"][0]["path"], "reference/anchor_drop.md",
        "{found}"
    );
    let args = [&data_dir[..], &["docs", "add", "manual", "--name", "again"]].concat();
    let refused = mrconductor(home, &args, b"");
    let told = String::from_utf8(refused.stderr).unwrap();
    assert!(!refused.status.success(), "{told}");
    assert!(told.contains("hint: "), "{told}");
}

#[test]
fn what_would_not_be_kept_is_an_error_and_reading_says_that_there_is_no_store() {
    let home = home_with_manual();
    let home = home.path();
    // No directory can be made below a file, whoever asks.
    let data = home.join("manual/install.md/data");
    let data_dir = ["--data-dir", data.to_str().unwrap()];
    fs::write(
        home.join("sources.json"),
        r#"{"documentation_sources": [{"type": "directory", "path": "manual"}]}"#,
    )
    .unwrap();
    for keeping in [
        &["docs", "add", "manual"][..],
        &["docs", "refresh"],
        &["docs", "remove", "manual"],
        &["docs", "sync", "--from", "sources.json"],
        &["docs", "import", "manual.bundle", "--unsigned"],
    ] {
        let refused = mrconductor(home, &[&data_dir[..], keeping].concat(), b"");
        let told = String::from_utf8(refused.stderr).unwrap();
        assert_eq!(refused.status.code(), Some(1), "{keeping:?}: {told}");
        assert!(
            told.contains("error: nothing would be kept: cannot write store `"),
            "{told}"
        );
        assert!(
            told.contains("or give another with `--data-dir DIR`"),
            "{told}"
        );
    }
    for reading in [&["docs", "list"][..], &["docs", "search", "anchor"]] {
        let read = mrconductor(home, &[&data_dir[..], reading].concat(), b"");
        let told = String::from_utf8(read.stderr).unwrap();
        assert!(told.contains("note: store: in memory"), "{told}");
    }
}

#[test]
fn a_store_that_is_set_aside_is_told_by_the_verb_that_does_it_and_then_by_the_doctor() {
    let home = home_with_manual();
    let home = home.path();
    let data = home.join("data");
    let data_dir = ["--data-dir", data.to_str().unwrap()];
    json(home, &[&data_dir[..], &["docs", "add", "manual"]].concat());
    let database = data.join("store.db");
    let mut bytes = fs::read(&database).unwrap();
    bytes[..100].fill(0);
    fs::write(&database, bytes).unwrap();
    let told = |args: &[&str]| {
        let output = mrconductor(home, &[&data_dir[..], args].concat(), b"");
        String::from_utf8([output.stderr, output.stdout].concat()).unwrap()
    };
    let first = told(&["docs", "search", "propeller"]);
    assert!(
        first.contains("note: store: the old one was damaged and is kept as `"),
        "{first}"
    );
    let next = told(&["docs", "list"]);
    assert!(!next.contains("damaged"), "{next}");
    let examined = told(&["doctor"]);
    assert!(
        examined.contains("a store was damaged and is kept as `"),
        "{examined}"
    );
}

#[test]
fn who_waits_for_another_process_says_so_and_what_that_reads() {
    let home = home_with_manual();
    let home = home.path();
    json(home, &["docs", "add", "manual"]);
    let data = home.join(".local/share/mrconductor");
    let lock = File::options().write(true).open(data.join("index/lock"));
    let lock = lock.unwrap();
    for args in [
        &["docs", "add", "manual", "--name", "again"][..],
        &["docs", "remove", "again"],
    ] {
        lock.lock().unwrap();
        let store = Store::open(&data).unwrap();
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        let soon = now.as_secs().cast_signed() + 60;
        let other = store.begin_reading("other", "/other", soon);
        let mut waiting = program(home)
            .args(args)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut told = BufReader::new(waiting.stderr.take().unwrap()).lines();
        assert_eq!(
            told.next().unwrap().unwrap(),
            "note: waiting for another process that writes the search index; `other` is read in elsewhere"
        );
        lock.unlock().unwrap();
        store.end_reading(other.unwrap()).unwrap();
        assert!(waiting.wait().unwrap().success());
    }
    let left = json(home, &["docs", "list"]);
    assert_eq!(left["sources"].as_array().unwrap().len(), 1);
}

#[test]
fn documentation_is_read_also_on_a_full_disk() {
    let home = home_with_manual();
    let home = home.path();
    json(home, &["docs", "add", "manual"]);
    let data = home.join(".local/share/mrconductor");
    assert!(!data.join("store.db-wal").exists());
    // No file may grow: the system refuses the write as a full disk does.
    let full = |args: &[&str]| {
        let inner = program(home);
        let shell = Command::new("sh")
            .args(["-c", "trap '' XFSZ; ulimit -f 0; exec \"$0\" \"$@\""])
            .arg(inner.get_program())
            .args(args)
            .env_clear()
            .envs(
                inner
                    .get_envs()
                    .filter_map(|(name, value)| Some((name, value?))),
            )
            .current_dir(home)
            .output()
            .unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (text(shell.stdout), text(shell.stderr), shell.status.code())
    };
    for _ in 0..2 {
        let (out, err, code) = full(&["docs", "list"]);
        assert!(code == Some(0) && out.contains("manual"), "{out}{err}");
        assert!(
            err.contains("note: store: read-only") && err.contains("see whether the disk has room"),
            "{err}"
        );
        let (out, err, code) = full(&["docs", "search", "anchor_drop"]);
        assert!(
            code == Some(0)
                && out.contains("anchor_drop.md")
                && out.contains("see whether the disk has room"),
            "{out}{err}"
        );
        for keeping in ["add", "remove"] {
            let (_, err, code) = full(&["docs", keeping, "manual"]);
            assert!(
                code == Some(1) && err.contains("nothing would be kept"),
                "{err}"
            );
            assert!(err.contains("hint: if the disk is full, free"), "{err}");
        }
    }
    let after = json(home, &["docs", "list"]);
    assert_eq!(after["sources"][0]["pages"], 2);
    // As the hint says.
    fs::remove_dir_all(data.join("index")).unwrap();
    let found = json(home, &["docs", "search", "anchor_drop"]);
    assert_ne!(found["results"], serde_json::json!([]));
    json(home, &["docs", "remove", "manual"]);
}

#[cfg(target_os = "linux")]
#[test]
fn a_path_that_is_not_utf_8_is_refused_before_anything_is_kept() {
    use std::os::unix::ffi::OsStrExt as _;
    let home = home_with_manual();
    let home = home.path();
    let folder = home.join(std::ffi::OsStr::from_bytes(b"d\xe9p"));
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("x.md"), "# X\n\nwalrus\n").unwrap();
    let told = |args: &[&str]| {
        let output = program(home).args(args).arg(&folder).output().unwrap();
        let err = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!err.contains("panicked"), "{err}");
        (err, output.status.code())
    };
    let (err, code) = told(&["docs", "add", "--name", "nu", "--json"]);
    assert!(
        code == Some(5) && err.contains("a path that is not UTF-8") && err.contains("\"hint\":"),
        "{err}"
    );
    let listed = json(home, &["docs", "list"]);
    assert_eq!(listed["sources"].as_array().unwrap().len(), 0);
    let (_, code) = told(&["config", "path", "--json", "--project"]);
    assert_eq!(code, Some(0));
    let (_, code) = told(&["config", "show", "--json", "--project"]);
    assert_eq!(code, Some(0));
}
