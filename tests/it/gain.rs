//! `gain`: what a session saved, in each form, through the real program.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::harness::{Conductor, mrconductor};

/// A log that packs well.
fn log() -> String {
    let line = |step: u32| {
        format!(
            "2026-11-20 10:00:{:02} INFO worker {step} finished",
            step % 60
        )
    };
    (0..200).map(line).collect::<Vec<_>>().join("\n")
}

/// Runs `gain` in a home where a client had one log distilled and restored.
fn gain(home: &Path, args: &[&str]) -> String {
    let output = mrconductor(home, &[&["gain"], args].concat(), b"");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn every_form_of_the_ledger_says_the_same() {
    let mut conductor = Conductor::ready();
    conductor.call("distill", json!({"text": log()}));
    conductor.call("restore", json!({"handle": "h1", "lines": "1-2"}));
    let home = conductor.home.path();

    let object: Value = serde_json::from_str(&gain(home, &["--json"])).unwrap();
    assert_eq!(object["total"]["calls"], 1, "{object}");
    assert_eq!(object["restores"]["times"], 1);
    assert_eq!(object["sessions"]["times"], 1);
    let net = object["net"].as_i64().unwrap();
    let tokens = |of: &Value| of.as_i64().unwrap();
    let costs = tokens(&object["restores"]["tokens"]) + tokens(&object["sessions"]["tokens"]);
    assert!(costs > 0);
    assert_eq!(net, tokens(&object["total"]["saved"]) - costs);

    let digits = |text: &str| text.replace(',', "");
    let table = gain(home, &[]);
    assert!(
        digits(&table).contains(&format!("Net: {net} of ")),
        "{table}"
    );

    let file = home.join("gain.html");
    gain(home, &["--html", file.to_str().unwrap()]);
    let page = fs::read_to_string(&file).unwrap();
    assert!(digits(&page).contains(&format!(">{net}<")), "{page}");
    assert!(!page.contains("http"), "{page}");

    let line = gain(home, &["--statusline"]);
    assert!(
        digits(&line).starts_with(&format!("mrconductor: {net} tokens saved (")),
        "{line}"
    );
    assert_eq!(line.lines().count(), 1);
}

#[test]
fn a_status_line_is_empty_where_nothing_can_be_said() {
    let home = tempfile::tempdir().unwrap();
    assert_eq!(gain(home.path(), &["--statusline"]), "");
    fs::create_dir_all(home.path().join(".config/mrconductor")).unwrap();
    fs::write(home.path().join(".config/mrconductor/config.toml"), "=").unwrap();
    assert_eq!(gain(home.path(), &["--statusline"]), "");
}

#[test]
fn a_page_that_cannot_be_written_is_an_error_that_names_the_file() {
    let home = tempfile::tempdir().unwrap();
    let output = mrconductor(home.path(), &["gain", "--html", "/dev/null/gain.html"], b"");
    assert!(!output.status.success());
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(
        error.contains("cannot write `/dev/null/gain.html`"),
        "{error}"
    );
    assert!(error.contains("hint: "), "{error}");
}
