//! `ide-configs/`: what `print-config` prints, strict in every byte, and each entry starts the real program.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use tempfile::TempDir;

use crate::harness::mrconductor;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("ide-configs")
}

fn files(root: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            if entry.path().is_dir() {
                folders.push(entry.path());
            } else {
                let path = entry.path();
                let name = path
                    .strip_prefix(root)
                    .unwrap()
                    .to_str()
                    .unwrap()
                    .to_owned();
                found.insert(name, fs::read_to_string(&path).unwrap());
            }
        }
    }
    found
}

/// The files that hold an entry.
fn configurations() -> Vec<(String, String)> {
    let found: Vec<_> = files(&folder())
        .into_iter()
        .filter(|(name, _)| name != "README.md")
        .collect();
    assert!(found.len() >= 14, "{found:?}");
    found
}

fn is_toml(name: &str) -> bool {
    Path::new(name)
        .extension()
        .is_some_and(|ending| ending == "toml")
}

fn parsed(name: &str, text: &str) -> Value {
    if is_toml(name) {
        serde_json::to_value(text.parse::<toml::Table>().unwrap()).unwrap()
    } else {
        serde_json::from_str(text).unwrap_or_else(|error| panic!("{name}: {error}"))
    }
}

/// Our entry, under whichever key the client holds its servers.
fn entry(name: &str, text: &str) -> Value {
    let document = parsed(name, text);
    let entries: Vec<_> = [
        "mcpServers",
        "servers",
        "context_servers",
        "mcp_servers",
        "mcp",
    ]
    .iter()
    .filter_map(|section| document.get(section)?.get("mrconductor").cloned())
    .collect();
    assert_eq!(entries.len(), 1, "{name}: {text}");
    entries[0].clone()
}

#[test]
fn the_folder_is_what_print_config_writes() {
    let home = TempDir::new().unwrap();
    let written = home.path().join("out");
    let output = mrconductor(
        home.path(),
        &["print-config", "--dir", written.to_str().unwrap()],
        b"",
    );
    assert!(output.status.success());
    let hint = "run `cargo run --locked -- print-config --dir ide-configs`";
    assert_eq!(files(&folder()), files(&written), "{hint}");
}

#[test]
fn print_config_prints_the_bytes_of_the_file() {
    let home = TempDir::new().unwrap();
    for (name, text) in configurations() {
        let client = name.split('/').next().unwrap();
        let variant = ["hybrid", "sandbox"]
            .into_iter()
            .find(|variant| name.contains(variant));
        let args = [
            "print-config",
            client,
            "--variant",
            variant.unwrap_or("plain"),
        ];
        let output = mrconductor(home.path(), &args, b"");
        assert_eq!(String::from_utf8(output.stdout).unwrap(), text, "{name}");
    }
}

#[test]
fn every_file_is_strict_and_holds_no_secret() {
    for (name, text) in configurations() {
        assert!(text.is_ascii() && !text.contains(['\t', '\r']), "{name}");
        assert!(text.ends_with("}\n") || is_toml(&name), "{name}");
        let entry = entry(&name, &text);
        let environment = entry.get("env").or_else(|| entry.get("environment"));
        for (variable, value) in environment.and_then(Value::as_object).into_iter().flatten() {
            let value = value.as_str().unwrap();
            assert!(
                value.contains('{'),
                "{name}: {variable} is written out: {value}"
            );
        }
        let words = text.split(|c: char| !c.is_ascii_alphanumeric());
        let long: Vec<_> = words.filter(|word| word.len() > 24).collect();
        assert_eq!(long, Vec::<&str>::new(), "{name}: this looks like a key");
    }
}

#[test]
fn a_variant_that_a_client_cannot_express_is_refused() {
    let home = TempDir::new().unwrap();
    let output = mrconductor(
        home.path(),
        &["print-config", "zed", "--variant", "hybrid"],
        b"",
    );
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(
        String::from_utf8(output.stderr).unwrap(),
        "error: Zed has no `hybrid` variant\nhint: use one of: plain\n"
    );
}
