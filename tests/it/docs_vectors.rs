//! Answers that use other words than the question, through the real program.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use tempfile::TempDir;

use crate::harness::mrconductor;

const PAGES: &[(&str, &str)] = &[
    (
        "folders.md",
        "# Folders\n\nTo delete a folder and everything in it, call `rmtree` with its path.\n",
    ),
    (
        "harbour.md",
        "# Harbour\n\nShips remain at the quay until the tide of the evening.\n",
    ),
    (
        "music.md",
        "# Music\n\nThe violin is tuned in fifths; the directory of players is at the door.\n",
    ),
    (
        "weather.md",
        "# Weather\n\nRain is likely in the evening, and colder wind from the north.\n",
    ),
];

fn home() -> TempDir {
    let home = TempDir::new().unwrap();
    fs::create_dir(home.path().join("docs")).unwrap();
    for (path, text) in PAGES {
        fs::write(home.path().join("docs").join(path), text).unwrap();
    }
    let output = mrconductor(
        home.path(),
        &["--data-dir", "data", "docs", "add", "docs"],
        b"",
    );
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    home
}

fn found(home: &Path, query: &str) -> Vec<String> {
    let args = ["--data-dir", "data", "--json", "docs", "search", query];
    let output = mrconductor(home, &args, b"");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let found: Value = serde_json::from_slice(&output.stdout).unwrap();
    let results = found["results"].as_array().unwrap();
    results
        .iter()
        .map(|result| result["path"].as_str().unwrap().to_owned())
        .collect()
}

/// The file of vectors in the data folder whose name ends so.
fn vector_file(home: &Path, end: &str) -> PathBuf {
    let indexes = fs::read_dir(home.join("data/index")).unwrap().flatten();
    let folders = indexes.filter(|entry| entry.path().is_dir());
    let files = folders.flat_map(|folder| fs::read_dir(folder.path()).unwrap().flatten());
    let mut found = files.map(|file| file.path()).filter(|path| {
        let name = path.file_name().unwrap().to_str().unwrap();
        name.starts_with("vectors") && name.ends_with(end)
    });
    found.next().unwrap()
}

#[test]
fn a_section_that_says_it_in_other_words_is_found_beside_one_that_has_a_word_by_chance() {
    let home = home();
    // Only the music page has the word `directory`.
    let mut found = found(home.path(), "remove a directory");
    found.sort();
    assert_eq!(found, ["folders.md", "music.md"]);
}

#[test]
fn a_question_without_a_known_word_finds_nothing_however_near_something_is() {
    let home = home();
    assert_eq!(found(home.path(), "vessels"), Vec::<String>::new());
    assert_eq!(found(home.path(), "zqxjk vbnmw"), Vec::<String>::new());
}

#[test]
fn vectors_that_are_lost_or_torn_are_made_again() {
    let home = home();
    let before = found(home.path(), "remove a directory");
    for end in ["json", "pages", "codes", "rows"] {
        let lost = vector_file(home.path(), end);
        fs::remove_file(&lost).unwrap();
        assert_eq!(
            found(home.path(), "remove a directory"),
            before,
            "without {end}"
        );
        let torn = vector_file(home.path(), end);
        let bytes = fs::read(&torn).unwrap();
        fs::write(&torn, bytes.get(..bytes.len() / 2).unwrap()).unwrap();
        assert_eq!(
            found(home.path(), "remove a directory"),
            before,
            "half of {end}"
        );
    }
}
