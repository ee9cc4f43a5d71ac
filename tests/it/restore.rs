//! `restore` through the program: exact bytes, and the part that was asked for.

use serde_json::json;
use tempfile::TempDir;

use crate::harness::{Conductor, mrconductor, text};

fn log() -> String {
    (1..=300)
        .map(|number| match number {
            150 => "WARN the disk is full\n".to_owned(),
            _ => format!("job {number} done in {} ms\n", number * 7 % 100),
        })
        .collect()
}

#[test]
fn the_command_line_gives_back_the_part_that_was_asked_for() {
    let home = TempDir::new().unwrap();
    let home = home.path();
    mrconductor(home, &["distill"], log().as_bytes());
    mrconductor(
        home,
        &["distill"],
        br#"{"items": [{"name": "a", "size": 1.50}, {"name": "b"}]}"#,
    );
    for (args, expected) in [
        (&["h1", "--lines", "2"][..], "job 2 done in 14 ms\n"),
        (
            &["h1", "--lines", "149-150"],
            "job 149 done in 43 ms\nWARN the disk is full\n",
        ),
        (
            &["h1", "--grep", "WARN|job 300 "],
            "150:WARN the disk is full\n300:job 300 done in 0 ms\n",
        ),
        (&["h2", "--path", "items[0].size"], "1.50"),
        (&["h2", "--path", "/items/1"], r#"{"name": "b"}"#),
    ] {
        let output = mrconductor(home, &[&["restore"], args].concat(), b"");
        assert_eq!(
            String::from_utf8(output.stdout).unwrap(),
            expected,
            "{args:?}"
        );
    }
    let template = mrconductor(home, &["restore", "h1", "--template", "1"], b"");
    let template = String::from_utf8(template.stdout).unwrap();
    assert!(
        template.starts_with("1:job 1 done in 7 ms\n2:job 2 "),
        "{template}"
    );
    assert_eq!(template.lines().count(), 299);
}

#[test]
fn what_cannot_be_restored_is_an_error_with_a_hint() {
    let home = TempDir::new().unwrap();
    mrconductor(home.path(), &["distill"], b"one\ntwo\n");
    for (args, what) in [
        (&["h9"][..], "there is no original `h9`"),
        (&["seven"], "there is no original `seven`"),
        (
            &["h1", "--lines", "9"],
            "line 9 is past the end: there are 2 lines in `h1`",
        ),
        (&["h1", "--lines", "b"], "`b` is no range of lines"),
        (&["h1", "--grep", "three"], "no line matches `three`"),
        (&["h1", "--path", "a"], "not one JSON document"),
        (&["h1", "--template", "77"], "no template 77"),
        (&["h1", "--lines", "1", "--grep", "o"], "more than one part"),
    ] {
        let output = mrconductor(home.path(), &[&["restore"], args].concat(), b"");
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(5), "{error}");
        assert!(
            error.contains(what) && error.contains("\nhint: "),
            "{error}"
        );
    }
}

#[test]
fn bytes_that_are_no_text_come_back_on_the_command_line() {
    let home = TempDir::new().unwrap();
    let bytes = b"PK\x03\x04\0\xff\r\n";
    let refused = mrconductor(home.path(), &["distill"], bytes);
    assert!(String::from_utf8_lossy(&refused.stderr).contains("`mrconductor restore h1`"));
    assert_eq!(
        mrconductor(home.path(), &["restore", "h1"], b"").stdout,
        bytes
    );
}

#[test]
fn pages_of_an_original_are_the_original() {
    let mut conductor = Conductor::ready();
    let original = log().repeat(5);
    conductor.call("distill", json!({"text": original}));
    let mut whole = String::new();
    let mut cursor = String::from("0");
    loop {
        let result = conductor.call("restore", json!({"handle": "h1", "cursor": cursor}));
        let Some(next) = result["_meta"]["mrconductor/facts"]["next_cursor"].as_str() else {
            whole += text(&result);
            break;
        };
        // The last line of a page that is not the last points to the next one.
        let page = text(&result).strip_suffix('\n').unwrap();
        let (page, pointer) = page.rsplit_once("\n[").unwrap();
        assert!(pointer.contains(&format!("cursor={next}")), "{pointer}");
        whole += page;
        cursor = next.to_owned();
    }
    assert!(whole == original);
}
