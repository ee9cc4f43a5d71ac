//! `ide-configs/`: what `print-config` prints, strict in every byte, and each entry starts the real program.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read as _;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::harness::{Conductor, mrconductor};

/// What the person typed for the vendor's key.
const KEY: &str = "a-key-of-the-test";

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

/// Fills in the variables that our files use, as each client documents them.
fn filled(text: &str, home: &Path, project: &Path) -> String {
    let project = project.to_str().unwrap();
    let text = text
        .replace("${userHome}", home.to_str().unwrap())
        .replace("${workspaceFolder}", project)
        .replace("${CLAUDE_PROJECT_DIR:-.}", project);
    [
        "${env:VENDOR_KEY}",
        "${input:mrconductor-vendor-key}",
        "${VENDOR_KEY:-}",
        "${VENDOR_KEY}",
        "{env:VENDOR_KEY}",
    ]
    .iter()
    .fold(text, |text, variable| text.replace(variable, KEY))
}

/// Starts the entry from `/` with HOME, PATH and what the entry says, and nothing else.
fn start(name: &str, text: &str, prepare_home: impl FnOnce(&Path)) -> Conductor {
    let bin = Path::new(env!("CARGO_BIN_EXE_mrconductor"))
        .parent()
        .unwrap();
    Conductor::start_with(|command, home| {
        prepare_home(home);
        let project = home.join("project");
        fs::create_dir_all(&project).unwrap();
        let text = filled(text, home, &project);
        assert!(
            !text.contains("${") && !text.contains("{env:"),
            "{name}: {text}"
        );
        let entry = entry(name, &text);
        let mut words: Vec<String> = match &entry["command"] {
            Value::Array(words) => words
                .iter()
                .map(|word| word.as_str().unwrap().to_owned())
                .collect(),
            word => vec![word.as_str().unwrap().to_owned()],
        };
        let args = entry
            .get("args")
            .and_then(Value::as_array)
            .into_iter()
            .flatten();
        words.extend(args.map(|word| word.as_str().unwrap().to_owned()));
        assert_eq!(words[0], "mrconductor", "{name}");
        *command = Command::new(&words[0]);
        command
            .args(&words[1..])
            .current_dir("/")
            .env_clear()
            .env("HOME", home)
            .env("PATH", format!("{}:/usr/bin:/bin", bin.display()))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let environment = entry.get("env").or_else(|| entry.get("environment"));
        for (variable, value) in environment.and_then(Value::as_object).into_iter().flatten() {
            command.env(variable, value.as_str().unwrap());
        }
        for variable in entry
            .get("env_vars")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
        {
            command.env(variable.as_str().unwrap(), KEY);
        }
    })
}

#[cfg(unix)]
#[test]
fn every_entry_starts_the_program_and_gets_its_tools() {
    for (name, text) in configurations() {
        let mut conductor = start(&name, &text, |_| {});
        let welcome = conductor.initialize("2025-11-25");
        assert_eq!(
            welcome["result"]["serverInfo"]["name"], "mrconductor",
            "{name}"
        );
        let tools = conductor.request("tools/list", json!({}));
        assert!(
            !tools["result"]["tools"].as_array().unwrap().is_empty(),
            "{name}"
        );
    }
}

#[cfg(unix)]
#[test]
fn every_hybrid_entry_takes_the_key_to_the_vendor_of_the_settings() {
    for (name, text) in configurations()
        .into_iter()
        .filter(|(name, _)| name.contains("hybrid"))
    {
        let vendor = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = vendor.local_addr().unwrap().port();
        let mut conductor = start(&name, &text, |home| {
            let folder = home.join(".config/mrconductor");
            fs::create_dir_all(&folder).unwrap();
            let settings = format!(
                "[upstream.vendor]\nurl = \"http://127.0.0.1:{port}/mcp\"\nheaders = {{ Authorization = \"Bearer ${{VENDOR_KEY}}\" }}\ntools = [\"*\"]\n"
            );
            fs::write(folder.join("config.toml"), settings).unwrap();
        });
        conductor.initialize("2025-11-25");
        let request = first_request(&vendor).to_lowercase();
        assert!(
            request.contains(&format!("authorization: bearer {KEY}")),
            "{name}: {request}"
        );
    }
}

/// Returns the head of the first request that reaches `listener`.
fn first_request(listener: &TcpListener) -> String {
    listener.set_nonblocking(true).unwrap();
    let deadline = Instant::now() + Duration::from_secs(30);
    let mut stream = loop {
        match listener.accept() {
            Ok((stream, _)) => break stream,
            Err(_) if Instant::now() < deadline => std::thread::sleep(Duration::from_millis(10)),
            Err(error) => panic!("the vendor was not contacted: {error}"),
        }
    };
    stream.set_nonblocking(false).unwrap();
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).unwrap() == 1 {
        head.push(byte[0]);
    }
    String::from_utf8(head).unwrap()
}
