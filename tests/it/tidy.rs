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
    ("reqwest", &["src/upstream", "src/fetch"]),
    ("axum", &["src/cli/docs/web"]),
    ("hyper", &["src/cli/docs/web"]),
    ("hyper_util", &["src/cli/docs/web"]),
    ("candle_core", &["src/lookup/model"]),
    ("candle_nn", &["src/lookup/model"]),
    ("clap", &["src/cli"]),
    ("tree_sitter", &["src/distill/digest/code"]),
    (
        "html5ever",
        &[
            "src/cli/bench/lookup/identifiers", // a rule of its own beside what it measures
            "src/distill/digest/html",
            "src/lookup/format",
            "src/lookup/source",
            "src/markup",
        ],
    ),
    ("tar", &["src/lookup/source/archive"]),
    ("lzma_rust2", &["src/lookup/packing"]),
    ("bzip2", &["src/lookup/packing"]),
    ("flate2", &["src/cli/bench", "src/fetch", "src/lookup"]),
    ("saphyr_parser", &["src/lookup/format/tree"]),
    ("encoding_rs", &["src/lookup/format/charset"]),
    ("aes", &["src/lookup/format/pdf/crypt"]),
    ("cbc", &["src/lookup/format/pdf/crypt"]),
    ("md5", &["src/lookup/format/pdf/crypt"]),
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

/// Registries: the folder, the trait of what it holds, and the file with the list.
const REGISTRIES: &[(&str, &str, &str)] = &[
    ("src/tools/", "Tool", "src/tools/mod.rs"),
    (
        "src/distill/strategy/",
        "Strategy",
        "src/distill/strategy/mod.rs",
    ),
    ("src/lookup/format/", "Format", "src/lookup/format/mod.rs"),
    ("src/lookup/source/", "Source", "src/lookup/source/mod.rs"),
    ("src/lookup/source/", "Shape", "src/lookup/source/mod.rs"),
    ("src/cli/clients/", "Client", "src/cli/clients/mod.rs"),
    ("src/cli/bench/", "Column", "src/cli/bench/column.rs"),
];

#[test]
fn everything_that_can_be_registered_is() {
    let sources = all_sources();
    let mut forgotten = Vec::new();
    for (folder, kind, registry) in REGISTRIES {
        let (_, list) = sources.iter().find(|(path, _)| path == registry).unwrap();
        let list = list
            .split(&format!("&[&dyn {kind}] = &["))
            .nth(1)
            .unwrap()
            .split(']')
            .next()
            .unwrap();
        let mut members = 0;
        for (path, text) in sources
            .iter()
            .filter(|(path, _)| path.starts_with(folder) && path != registry)
        {
            for line in text.lines() {
                let Some(name) = line.strip_prefix(&format!("impl {kind} for ")) else {
                    continue;
                };
                let name = name.trim_end_matches(" {");
                members += 1;
                if !list.contains(&format!("::{name}")) && !list.contains(&format!("&{name}")) {
                    forgotten.push(format!("{path}: {name} is not in {registry}"));
                }
            }
        }
        assert!(members > 0, "{folder} holds no {kind}");
    }
    assert_eq!(forgotten, Vec::<String>::new());
}

#[test]
fn no_dependency_needs_a_newer_rust_than_stated() {
    // Those of other platforms are not on this disk.
    let toolchain = std::process::Command::new("rustc")
        .arg("-vV")
        .output()
        .unwrap();
    let toolchain = String::from_utf8(toolchain.stdout).unwrap();
    let platform = toolchain
        .lines()
        .find_map(|line| line.strip_prefix("host: "))
        .unwrap();
    let output = std::process::Command::new(env!("CARGO"))
        .args(["metadata", "--locked", "--offline", "--format-version", "1"])
        .args(["--filter-platform", platform])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let stated = packages
        .iter()
        .find(|package| package["name"] == "mrconductor")
        .unwrap();
    let stated = rust_version(stated).unwrap();
    let newer: Vec<_> = packages
        .iter()
        .filter(|package| rust_version(package).is_some_and(|needed| needed > stated))
        .map(|package| {
            format!(
                "{} {}: {}",
                package["name"], package["version"], package["rust_version"]
            )
        })
        .collect();
    assert_eq!(newer, Vec::<String>::new());
}

fn rust_version(package: &serde_json::Value) -> Option<Vec<u32>> {
    let mut parts: Vec<u32> = package["rust_version"]
        .as_str()?
        .split('.')
        .map(|part| part.parse().unwrap())
        .collect();
    parts.resize(3, 0);
    Some(parts)
}

#[test]
fn the_changelog_has_a_place_for_this_version() {
    let changelog =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("CHANGELOG.md")).unwrap();
    let version = concat!("## [", env!("CARGO_PKG_VERSION"), "]");
    assert!(changelog.contains("## [Unreleased]") || changelog.contains(version));
    let doubled: Vec<_> = changelog
        .lines()
        .filter(|line| {
            line.starts_with("- ") && changelog.lines().filter(|other| other == line).count() > 1
        })
        .collect();
    assert_eq!(doubled, Vec::<&str>::new());
}

#[test]
fn the_top_level_holds_what_the_architecture_names_and_nothing_else() {
    const KEPT: &[&str] = &[
        "CHANGELOG.md",
        "Cargo.lock",
        "Cargo.toml",
        "LICENSE",
        "NOTICE",
        "README.md",
        "docs",
        "ide-configs",
        "scripts",
        "src",
        "tests",
    ];
    let strays: Vec<_> = fs::read_dir(env!("CARGO_MANIFEST_DIR"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| !name.starts_with('.') && name != "target" && !KEPT.contains(&name.as_str()))
        .collect();
    assert_eq!(strays, Vec::<String>::new());
}
