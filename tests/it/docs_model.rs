//! A person's own sentence model, through the real program: set, read, changed, broken, taken away.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::harness::{Conductor, mrconductor, text};
use crate::tiny_model;

const PAGES: &[(&str, &str)] = &[
    (
        "harbour.md",
        "# Harbour\n\nShips remain at the quay until the tide of the evening.\n",
    ),
    (
        "folders.md",
        "# Folders\n\nTo delete a folder and everything in its path, call `rmtree`.\n",
    ),
    (
        "music.md",
        "# Music\n\nThe violin is tuned in fifths; players stand at the door.\n",
    ),
    (
        "weather.md",
        "# Weather\n\nRain is likely in the evening, and colder wind from the north.\n",
    ),
];

/// A home with documentation and two models.
fn home() -> TempDir {
    let home = TempDir::new().unwrap();
    fs::create_dir(home.path().join("docs")).unwrap();
    for (path, text) in PAGES {
        fs::write(home.path().join("docs").join(path), text).unwrap();
    }
    tiny_model::write(&home.path().join("one"), 7);
    tiny_model::write(&home.path().join("other"), 8);
    home
}

fn set(home: &Path, model: Option<&str>) {
    let folder = home.join(".config/mrconductor");
    fs::create_dir_all(&folder).unwrap();
    let settings = model.map_or_else(String::new, |model| {
        format!("[lookup]\nmodel_dir = \"~/{model}\"\n")
    });
    fs::write(folder.join("config.toml"), settings).unwrap();
}

/// What a command prints, on stdout and on stderr.
fn run(home: &Path, args: &[&str]) -> (String, String) {
    let output = mrconductor(home, args, b"");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    assert!(output.status.success(), "{args:?}: {out}{err}");
    (out, err)
}

/// Paths of the pages that answer `query`, and the answer as a person reads it.
fn found(home: &Path, query: &str) -> (Vec<String>, String) {
    let (json, _) = run(home, &["--json", "docs", "search", query]);
    let found: Value = serde_json::from_str(&json).unwrap();
    let results = found["results"].as_array().unwrap();
    let paths = results
        .iter()
        .map(|result| result["path"].as_str().unwrap().to_owned());
    (paths.collect(), run(home, &["docs", "search", query]).0)
}

/// Only the weather has the rain; what `blorps` are only the model knows: ships.
const QUESTION: &str = "blorps rain";

#[test]
fn a_model_finds_what_no_word_finds_and_is_left_out_when_it_is_changed_broken_or_taken_away() {
    let home = home();
    let home = home.path();
    run(home, &["docs", "add", "docs"]);
    assert_eq!(found(home, QUESTION).0, ["weather.md"]);

    // Set after the documentation was read: nothing waits for it, and the answer says what to do.
    set(home, Some("one"));
    let (paths, answer) = found(home, QUESTION);
    assert_eq!(paths, ["weather.md"]);
    assert!(
        answer.contains("has not read all documentation; the built-in table is used\nhint: run `mrconductor docs refresh`"),
        "{answer}"
    );
    run(home, &["docs", "refresh"]);
    let (paths, answer) = found(home, QUESTION);
    assert!(paths.contains(&"harbour.md".to_owned()), "{paths:?}");
    assert!(!answer.contains("model"), "{answer}");
    // Of pages that changed, only those are read again; and it holds for what is added.
    fs::write(
        home.join("docs/new.md"),
        "# New\n\nVessels with a violin.\n",
    )
    .unwrap();
    run(home, &["docs", "add", "docs"]);
    assert!(found(home, QUESTION).0.contains(&"new.md".to_owned()));

    set(home, Some("other"));
    assert!(
        found(home, QUESTION)
            .1
            .contains("has not read all documentation")
    );
    run(home, &["docs", "refresh"]);
    assert!(!found(home, QUESTION).1.contains("model"));

    let numbers = home.join("other/model.safetensors");
    let whole = fs::read(&numbers).unwrap();
    fs::write(&numbers, whole.get(..whole.len() / 2).unwrap()).unwrap();
    let (paths, answer) = found(home, QUESTION);
    assert_eq!(paths, ["weather.md"]);
    assert!(
        answer.contains("cannot be used: `model.safetensors`: "),
        "{answer}"
    );
    assert!(
        answer.contains("hint: give `lookup.model_dir` a folder"),
        "{answer}"
    );
    let (_, notes) = run(home, &["docs", "add", "docs"]);
    assert!(notes.contains("note: the sentence model in"), "{notes}");
    let (doctor, code) = doctor(home);
    assert!(
        doctor.contains("! model") && doctor.contains("cannot be used"),
        "{doctor}"
    );
    assert_eq!(code, Some(1));

    fs::remove_dir_all(home.join("other")).unwrap();
    assert!(found(home, QUESTION).1.contains("there is no such folder"));
    set(home, None);
    let (paths, answer) = found(home, QUESTION);
    assert_eq!(paths, ["weather.md"]);
    assert!(!answer.contains("model"), "{answer}");
}

fn doctor(home: &Path) -> (String, Option<i32>) {
    let output = mrconductor(home, &["doctor"], b"");
    (
        String::from_utf8_lossy(&output.stdout).into_owned(),
        output.status.code(),
    )
}

#[test]
fn an_agent_is_told_that_the_model_cannot_be_used_and_gets_its_answer() {
    let mut conductor = Conductor::start_with(|_, home| {
        set(home, Some("none"));
        fs::create_dir(home.join("docs")).unwrap();
        for (path, text) in PAGES {
            fs::write(home.join("docs").join(path), text).unwrap();
        }
        run(home, &["docs", "add", "docs"]);
    });
    conductor.initialize("2025-11-25");
    let reply = conductor.call("docs_search", json!({"query": "tide of the evening"}));
    let answer = text(&reply);
    assert!(answer.contains("Ships remain"), "{answer}");
    assert!(
        answer.contains("cannot be used: there is no such folder") && answer.contains("hint: "),
        "{answer}"
    );
}

#[test]
fn a_project_cannot_name_a_model() {
    let home = home();
    let settings = home.path().join("docs/.mrconductor.toml");
    fs::write(settings, "[lookup]\nmodel_dir = \"/one\"\n").unwrap();
    let output = mrconductor(home.path(), &["--project", "docs", "docs", "list"], b"");
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        error.contains("a project's file cannot set `lookup.model_dir`"),
        "{error}"
    );
}

/// Where `MRCONDUCTOR_TEST_MODEL` names the folder of all-MiniLM-L6-v2.
#[cfg(unix)]
#[test]
fn a_real_model_finds_ships_where_vessels_are_asked_for() {
    let Some(folder) = std::env::var_os("MRCONDUCTOR_TEST_MODEL") else {
        return;
    };
    let home = home();
    let home = home.path();
    run(home, &["docs", "add", "docs"]);
    assert_eq!(found(home, "vessels north").0, ["weather.md"]);
    // A link, so that the settings can name it from the home.
    std::os::unix::fs::symlink(fs::canonicalize(folder).unwrap(), home.join("real")).unwrap();
    set(home, Some("real"));
    run(home, &["docs", "refresh"]);
    assert_eq!(found(home, "vessels north").0, ["weather.md", "harbour.md"]);
    assert!(
        doctor(home)
            .0
            .contains("runs: 6 layers, 384 numbers a text")
    );
}
