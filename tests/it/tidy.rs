//! The house keeps its own rules: owners of crates, length of files, dependencies that fit the stated Rust version.

use std::fs;
use std::path::{Path, PathBuf};

/// A crate that only some folders may name.
const OWNERS: &[(&str, &[&str])] = &[
    ("rmcp", &["src/server", "src/tools", "src/upstream"]),
    ("rusqlite", &["src/store"]),
    ("ed25519_dalek", &["src/keys"]),
    ("ssh_key", &["src/keys"]),
    ("tantivy", &["src/lookup"]),
    ("reqwest", &["src/upstream"]),
    ("clap", &["src/cli"]),
    ("std::env::var", &["src/config"]),
];

/// Lines: what can be read in one sitting.
const LINES_MAX: usize = 600;

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = entry.path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

fn all_sources() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    sources(&root.join("src"), &mut found);
    sources(&root.join("tests"), &mut found);
    found.sort();
    found
        .into_iter()
        .map(|path| {
            (
                path.strip_prefix(root).unwrap().display().to_string(),
                fs::read_to_string(&path).unwrap(),
            )
        })
        .collect()
}

#[test]
fn each_foreign_crate_is_named_in_the_folder_that_owns_it_only() {
    let mut strays = Vec::new();
    for (path, text) in all_sources()
        .iter()
        .filter(|(path, _)| path.starts_with("src/"))
    {
        for (number, line) in text.lines().enumerate() {
            let code = line.trim_start();
            if code.starts_with("//") {
                continue;
            }
            for (name, owners) in OWNERS {
                let used = code.contains(&format!("{name}::"))
                    || code.contains(&format!("use {name};"))
                    || (name.contains("::") && code.contains(name));
                if used && !owners.iter().any(|owner| path.starts_with(owner)) {
                    strays.push(format!(
                        "{path}:{}: {name} belongs to {owners:?}",
                        number + 1
                    ));
                }
            }
        }
    }
    assert_eq!(strays, Vec::<String>::new());
}

#[test]
fn no_file_is_longer_than_one_sitting() {
    let long: Vec<_> = all_sources()
        .into_iter()
        .map(|(path, text)| (path, text.lines().count()))
        .filter(|(_, lines)| *lines > LINES_MAX)
        .collect();
    assert_eq!(long, Vec::new());
}

#[test]
fn every_test_file_is_part_of_the_binary() {
    let main =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/main.rs")).unwrap();
    let forgotten: Vec<_> = all_sources()
        .into_iter()
        .filter_map(|(path, _)| {
            path.strip_prefix("tests/it/")?
                .strip_suffix(".rs")
                .map(str::to_owned)
        })
        .filter(|name| {
            name != "main" && !name.contains('/') && !main.contains(&format!("mod {name};"))
        })
        .collect();
    assert_eq!(forgotten, Vec::<String>::new());
}
