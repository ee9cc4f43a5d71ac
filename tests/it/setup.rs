//! `setup` and `remove` through the real program, on files as people have them, in homes of their own.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use serde_json::Value;
use tempfile::TempDir;

use crate::harness::mrconductor;

/// Where each client keeps the file of a person, below a home without XDG variables.
const USER_FILES: &[(&str, &str)] = &[
    ("cursor", ".cursor/mcp.json"),
    ("vscode", ".config/Code/User/mcp.json"),
    ("claude-code", ".claude.json"),
    ("codex", ".codex/config.toml"),
    ("gemini", ".gemini/settings.json"),
    ("zed", ".config/zed/settings.json"),
    ("opencode", ".config/opencode/opencode.json"),
];

struct Home {
    folder: TempDir,
}

impl Home {
    fn new() -> Self {
        Self {
            folder: TempDir::new().unwrap(),
        }
    }

    fn run(&self, args: &[&str]) -> Output {
        mrconductor(self.folder.path(), args, b"")
    }

    /// Runs a command that has to end well and returns its stdout, with the changing parts named.
    fn done(&self, args: &[&str]) -> String {
        let output = self.run(args);
        let stdout = self.named(&output.stdout);
        assert!(
            output.status.success(),
            "{args:?}\n{stdout}\n{}",
            self.named(&output.stderr)
        );
        stdout
    }

    fn named(&self, bytes: &[u8]) -> String {
        let home = self.folder.path().canonicalize().unwrap();
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        let text = text.replace(home.to_str().unwrap(), "HOME");
        let text = text.replace(env!("CARGO_BIN_EXE_mrconductor"), "PROGRAM");
        named_numbers(&text)
    }

    fn file(&self, client: &str) -> PathBuf {
        let (_, path) = USER_FILES.iter().find(|(name, _)| *name == client).unwrap();
        self.folder.path().join(path)
    }

    /// Every file below the home, without those of the program itself.
    fn files(&self) -> Vec<String> {
        let mut found = Vec::new();
        let mut folders = vec![self.folder.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
                let path = entry.path();
                let name = path
                    .strip_prefix(self.folder.path())
                    .unwrap()
                    .display()
                    .to_string();
                if path.is_dir() {
                    folders.push(path);
                } else if !name.contains("/mrconductor/") {
                    found.push(name);
                }
            }
        }
        found.sort();
        found
    }
}

fn write(path: &Path, bytes: &[u8]) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}

/// Names what differs from run to run: times, token counts, stamps.
fn named_numbers(text: &str) -> String {
    let stamp = regex::Regex::new(r"\d{8}T\d{6}\.\d{3}Z").unwrap();
    let answer = regex::Regex::new(r"\d+ tools, \d+ tokens, first answer \d+ ms").unwrap();
    let text = stamp.replace_all(text, "STAMP");
    answer
        .replace_all(&text, "N tools, N tokens, first answer N ms")
        .into_owned()
}

fn fixtures(folder: &str) -> Vec<(String, PathBuf)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures/clients")
        .join(folder);
    let mut found: Vec<_> = fs::read_dir(root)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.file_name().unwrap().to_str().unwrap().to_owned(), path))
        .collect();
    found.sort();
    assert!(found.len() >= 10);
    found
}

#[test]
fn every_valid_file_gets_the_entry_once_and_its_own_bytes_back() {
    for (name, path) in fixtures("valid") {
        let client = name.split("__").next().unwrap();
        let home = Home::new();
        let file = home.file(client);
        let before = fs::read(path).unwrap();
        write(&file, &before);

        home.done(&["setup", client, "--yes", "--no-try"]);
        let with = fs::read(&file).unwrap();
        assert!(
            String::from_utf8_lossy(&with).contains("mrconductor"),
            "{name}"
        );
        let again = home.done(&["setup", client, "--yes", "--no-try"]);
        assert!(again.ends_with(": nothing to do\n"), "{name}: {again}");
        assert_eq!(fs::read(&file).unwrap(), with, "{name}: twice is once");

        home.done(&["setup", client, "--undo", "--yes"]);
        assert_eq!(fs::read(&file).unwrap(), before, "{name}: undone");

        home.done(&["setup", client, "--yes", "--no-try"]);
        home.done(&["remove", client, "--yes"]);
        assert_eq!(fs::read(&file).unwrap(), before, "{name}: removed");
        assert_eq!(home.files().len(), 1, "{name}: {:?}", home.files());
    }
}

#[test]
fn an_invalid_file_is_named_with_its_place_and_left_alone() {
    for (name, path) in fixtures("invalid") {
        let parts: Vec<_> = name.split("__").collect();
        let home = Home::new();
        let file = home.file(parts[0]);
        let before = fs::read(path).unwrap();
        write(&file, &before);
        let output = home.run(&["setup", parts[0], "--yes", "--no-try"]);
        assert_eq!(output.status.code(), Some(1), "{name}");
        let stdout = home.named(&output.stdout);
        let place = format!(
            "{}:{}:",
            file.strip_prefix(home.folder.path()).unwrap().display(),
            parts[1].replace('_', ":")
        );
        assert!(
            stdout.contains(&place) && stdout.contains("hint: "),
            "{name}: {place} in {stdout}"
        );
        assert_eq!(fs::read(&file).unwrap(), before, "{name}");
        assert_eq!(
            home.files().len(),
            1,
            "{name}: no backup of nothing: {:?}",
            home.files()
        );
    }
}

#[test]
fn a_missing_file_is_made_and_is_gone_after_the_undo() {
    for (client, _) in USER_FILES {
        let home = Home::new();
        home.done(&["setup", client, "--yes", "--no-try"]);
        assert!(home.file(client).exists(), "{client}");
        home.done(&["setup", client, "--undo", "--yes"]);
        assert_eq!(home.files(), Vec::<String>::new(), "{client}");
    }
}

#[test]
fn setup_finds_the_clients_shows_the_change_tries_the_entry_and_says_what_is_left_to_do() {
    let home = Home::new();
    write(
        &home.file("cursor"),
        b"{\n  \"mcpServers\": {\n    \"db\": { \"env\": { \"DB_TOKEN\": \"s3cret\" } }\n  }\n}\n",
    );
    fs::create_dir_all(home.folder.path().join(".config/Code")).unwrap();
    insta::assert_snapshot!("setup_two_clients", home.done(&["setup", "--yes"]));
    insta::assert_snapshot!("setup_nothing_to_do", home.done(&["setup", "--yes"]));
    insta::assert_snapshot!("remove_all", home.done(&["remove", "--all", "--yes"]));
}

#[test]
fn a_dry_run_writes_nothing() {
    let home = Home::new();
    let shown = home.done(&["setup", "cursor", "--dry-run"]);
    assert!(shown.contains("+    \"mrconductor\": {"), "{shown}");
    assert_eq!(home.files(), Vec::<String>::new());
}

#[test]
fn without_a_terminal_and_without_yes_nothing_is_written() {
    let home = Home::new();
    let output = home.run(&["setup", "cursor"]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(
        String::from_utf8(output.stderr).unwrap(),
        "error: nothing was written: there is no terminal to ask on\nhint: add `--yes` to write, or `--dry-run` to look only\n"
    );
    assert_eq!(home.files(), Vec::<String>::new());
}

#[test]
fn without_a_client_in_sight_setup_names_those_it_knows() {
    let home = Home::new();
    let output = home.run(&["setup", "--yes"]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(
        String::from_utf8(output.stderr).unwrap(),
        "error: no client was found\nhint: name one: `mrconductor setup cursor|vscode|claude-code|codex|gemini|zed|opencode`\n"
    );
}

#[test]
fn a_project_file_names_the_program_only() {
    let home = Home::new();
    let project = home.folder.path().join("app");
    fs::create_dir_all(&project).unwrap();
    let project = project.to_str().unwrap();
    home.done(&[
        "setup",
        "cursor",
        "vscode",
        "claude-code",
        "--project",
        project,
        "--yes",
    ]);
    for (file, args) in [
        (
            ".cursor/mcp.json",
            "\"args\": [\"serve\", \"--project\", \"${workspaceFolder}\"]",
        ),
        (
            ".vscode/mcp.json",
            "\"args\": [\"serve\", \"--project\", \"${workspaceFolder}\"]",
        ),
        (
            ".mcp.json",
            "\"args\": [\"serve\", \"--project\", \"${CLAUDE_PROJECT_DIR:-.}\"]",
        ),
    ] {
        let text = fs::read_to_string(Path::new(project).join(file)).unwrap();
        assert!(
            text.contains("\"command\": \"mrconductor\"") && text.contains(args),
            "{text}"
        );
    }
    assert_eq!(
        home.files()
            .iter()
            .filter(|name| !name.starts_with("app/"))
            .count(),
        0
    );
}

#[test]
fn data_that_a_shell_moved_is_named_in_the_entry_and_found_by_the_trial() {
    let home = Home::new();
    let data = home.folder.path().join("my data");
    let mut command = crate::harness::program(home.folder.path());
    let output = command
        .env("MRCONDUCTOR_DATA_DIR", &data)
        .args(["setup", "cursor", "--yes", "--json"])
        .output()
        .unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(
        report["files"][0]["trial"]["tools"].as_u64() > Some(0),
        "{report}"
    );
    let text = fs::read_to_string(home.file("cursor")).unwrap();
    let entry: Value = serde_json::from_str(&text).unwrap();
    let args = &entry["mcpServers"]["mrconductor"]["args"];
    assert_eq!(args[3], "--data-dir");
    assert_eq!(args[4], data.to_str().unwrap());
}

#[test]
fn an_undo_that_would_lose_later_changes_is_refused() {
    let home = Home::new();
    let file = home.file("cursor");
    write(&file, b"{\"mcpServers\": {\"a\": {}}}");
    home.done(&["setup", "cursor", "--yes", "--no-try"]);
    let later = fs::read_to_string(&file)
        .unwrap()
        .replace("\"a\": {}", "\"a\": {}, \"b\": {}");
    fs::write(&file, &later).unwrap();
    let output = home.run(&["setup", "cursor", "--undo", "--yes"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        home.named(&output.stdout)
            .contains("has other changes since")
    );
    assert_eq!(fs::read_to_string(&file).unwrap(), later);

    home.done(&["remove", "cursor", "--yes"]);
    assert_eq!(
        fs::read_to_string(&file).unwrap(),
        "{\"mcpServers\": {\"a\": {}, \"b\": {}}}"
    );
}

#[test]
fn json_output_is_one_object() {
    let home = Home::new();
    let output = home.run(&["setup", "cursor", "codex", "--yes", "--json"]);
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let files = report["files"].as_array().unwrap();
    assert_eq!(files.len(), 2);
    for file in files {
        assert_eq!(file["change"], "created");
        assert_eq!(file["written"], true);
        assert!(file["trial"]["tools"].as_u64() > Some(0), "{file}");
    }
}

#[cfg(unix)]
#[test]
fn a_link_in_a_home_of_dotfiles_is_followed() {
    let home = Home::new();
    let target = home.folder.path().join("dotfiles/cursor.json");
    write(&target, b"{}\n");
    fs::create_dir_all(home.folder.path().join(".cursor")).unwrap();
    std::os::unix::fs::symlink(&target, home.file("cursor")).unwrap();
    home.done(&["setup", "cursor", "--yes", "--no-try"]);
    assert!(home.file("cursor").is_symlink());
    assert!(fs::read_to_string(&target).unwrap().contains("mrconductor"));
}
