//! The README keeps its promises: its demonstration is the real one, its table of tools is the real list.

use std::fs;
use std::path::Path;
use std::time::Duration;

use regex::Regex;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::harness::{Conductor, mrconductor};

fn readme() -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap()
}

/// Times differ from run to run, and each handshake has a handle of its own; nothing else may differ.
fn without_times(text: &str) -> String {
    let time = Regex::new(r"\d+(\.\d+)? (ms|s)\b").unwrap();
    time.replace_all(text.trim(), "<time>").into_owned()
}

#[test]
fn the_demonstration_in_the_readme_is_the_one_that_runs() {
    let home = TempDir::new().unwrap();
    let output = mrconductor(home.path(), &["demo"], b"");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let text = readme();
    let shown = text
        .split("~~~text demo\n")
        .nth(1)
        .unwrap()
        .split("~~~")
        .next()
        .unwrap();
    assert_eq!(
        without_times(&String::from_utf8(output.stdout).unwrap()),
        without_times(shown)
    );
}

#[test]
fn the_demonstration_leaves_nothing_behind() {
    let home = TempDir::new().unwrap();
    let scratch = home.path().join("tmp");
    fs::create_dir(&scratch).unwrap();
    let output = crate::harness::program(home.path())
        .arg("demo")
        .env("TMPDIR", &scratch)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert_eq!(fs::read_dir(&scratch).unwrap().count(), 0);
    let left: Vec<_> = fs::read_dir(home.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(left, ["tmp"]);
}

#[test]
fn the_table_of_tools_is_the_list_of_tools() {
    let mut conductor = Conductor::ready();
    let listed = conductor.request("tools/list", json!({}));
    let rows: Vec<_> = listed["result"]["tools"]
        .as_array()
        .unwrap()
        .iter()
        .map(row)
        .collect();
    let text = readme();
    let table: Vec<_> = text
        .lines()
        .skip_while(|line| *line != "| tool | arguments | does |")
        .skip(2)
        .take_while(|line| line.starts_with('|'))
        .collect();
    assert_eq!(table, rows);
    assert!(conductor.next(Duration::from_millis(1)).is_none());
}

/// A tool as the README shows it; an argument that may be left out has a question mark.
fn row(tool: &Value) -> String {
    let required = tool["inputSchema"]["required"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let arguments: Vec<_> = tool["inputSchema"]["properties"]
        .as_object()
        .unwrap()
        .keys()
        .map(|name| {
            format!(
                "`{name}{}`",
                if required.contains(&json!(name)) {
                    ""
                } else {
                    "?"
                }
            )
        })
        .collect();
    format!(
        "| `{}` | {} | {} |",
        tool["name"].as_str().unwrap(),
        arguments.join(" "),
        tool["description"].as_str().unwrap()
    )
}
