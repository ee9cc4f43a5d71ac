//! `doctor` through the real program: what is well, and each thing that can be wrong.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::harness::program;

/// A home with a copy of the program in it, as if installed, and an entry in Cursor.
struct Home {
    folder: TempDir,
    program: PathBuf,
}

impl Home {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let installed = folder.path().join("bin/mrconductor");
        fs::create_dir_all(installed.parent().unwrap()).unwrap();
        let built = env!("CARGO_BIN_EXE_mrconductor");
        if fs::hard_link(built, &installed).is_err() {
            fs::copy(built, &installed).unwrap();
        }
        let home = Self {
            program: installed.canonicalize().unwrap(),
            folder,
        };
        home.cursor(json!({"command": home.program, "args": ["serve"]}));
        home
    }

    fn path(&self, name: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        path
    }

    /// Gives Cursor this entry.
    fn cursor(&self, entry: Value) {
        let document = json!({"mcpServers": {"mrconductor": entry}});
        fs::write(self.path(".cursor/mcp.json"), document.to_string()).unwrap();
    }

    fn run(&self, args: &[&str], variables: &[(&str, &Path)]) -> (i32, String) {
        let bare = program(self.folder.path());
        let mut command = std::process::Command::new(&self.program);
        command.current_dir(self.folder.path()).env_clear();
        for (name, value) in bare.get_envs() {
            command.env(name, value.unwrap());
        }
        for (name, value) in variables {
            command.env(name, value);
        }
        let output = command.arg("doctor").args(args).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        (output.status.code().unwrap(), text)
    }

    /// Returns the status of one check with its findings as text, and the exit code.
    fn check(&self, id: &str, args: &[&str], variables: &[(&str, &Path)]) -> (String, String, i32) {
        let args: Vec<_> = args.iter().copied().chain(["--json"]).collect();
        let (code, text) = self.run(&args, variables);
        let report: Value = serde_json::from_str(&text).unwrap_or_else(|_| panic!("{text}"));
        let checks = report["checks"].as_array().unwrap();
        let check = checks.iter().find(|check| check["id"] == id).unwrap();
        let findings = check["findings"].as_array().unwrap();
        for finding in findings {
            assert_eq!(
                finding["fix"].is_null(),
                finding["status"] == "pass",
                "{finding}"
            );
        }
        let status = check["status"].as_str().unwrap().to_owned();
        (status, check["findings"].to_string(), code)
    }
}

#[test]
fn a_healthy_set_up_passes_every_check() {
    let home = Home::new();
    // The server that set-up tried may have ended before it had anything to log.
    fs::create_dir_all(home.folder.path().join(".local/state/mrconductor/logs")).unwrap();
    let (code, text) = home.run(&[], &[]);
    let folder = home.folder.path().canonicalize().unwrap();
    let text = text.replace(folder.to_str().unwrap(), "HOME");
    let text = text.replace(home.folder.path().to_str().unwrap(), "HOME");
    let numbers =
        regex::Regex::new(r"\d+ tools, \d+ tokens, first answer \d+ ms|\d+ MiB|SQLite [\d.]+")
            .unwrap();
    let text = numbers.replace_all(&text, "N");
    let keygen = regex::Regex::new(r"(?m)^. ssh-keygen .*\n( +fix: .*\n)?").unwrap();
    let has_keygen = text.contains("✔ ssh-keygen");
    let text = keygen.replace(&text, "");
    let counts = regex::Regex::new(r"\d+ pass, \d+ warn").unwrap();
    insta::assert_snapshot!("doctor_healthy", counts.replace(&text, "N pass, N warn"));
    assert_eq!(code, i32::from(!has_keygen));
}

#[test]
fn every_check_has_its_section_in_the_papers_and_no_section_is_left_over() {
    let home = Home::new();
    let report: Value = serde_json::from_str(&home.run(&["--json"], &[]).1).unwrap();
    let ids: BTreeSet<_> = report["checks"]
        .as_array()
        .unwrap()
        .iter()
        .map(|check| check["id"].as_str().unwrap().to_owned())
        .collect();
    assert!(ids.len() >= 12);
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let paper = fs::read_to_string(root.join("docs/troubleshooting.md")).unwrap();
    let sections: BTreeSet<_> = paper
        .lines()
        .filter_map(|line| line.strip_prefix("## "))
        .map(str::to_owned)
        .collect();
    assert_eq!(ids, sections);
    for link in paper.split("](#").skip(1) {
        let id = link.split(')').next().unwrap();
        assert!(ids.contains(id), "{id}");
    }
}

#[test]
fn a_broken_client_file_fails_with_its_place() {
    let home = Home::new();
    fs::write(home.path(".cursor/mcp.json"), "{\n  \"mcpServers\": [\n}\n").unwrap();
    let (status, findings, code) = home.check("client-files", &[], &[]);
    assert_eq!((status.as_str(), code), ("fail", 2));
    assert!(findings.contains("mcp.json:3:1: "), "{findings}");
}

#[test]
fn an_entry_whose_program_moved_fails() {
    let home = Home::new();
    home.cursor(json!({"command": "/nowhere/mrconductor", "args": ["serve"]}));
    let (status, findings, code) = home.check("entry-starts", &[], &[]);
    assert_eq!((status.as_str(), code), ("fail", 2));
    assert!(
        findings.contains("cannot start `/nowhere/mrconductor`"),
        "{findings}"
    );
}

#[cfg(unix)]
#[test]
fn a_script_that_prints_before_the_server_fails() {
    use std::os::unix::fs::PermissionsExt as _;
    let home = Home::new();
    let script = home.path("bin/wrapper");
    let text = format!(
        "#!/bin/sh\necho welcome\nexec {} \"$@\"\n",
        home.program.display()
    );
    fs::write(&script, text).unwrap();
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
    home.cursor(json!({"command": script, "args": ["serve"]}));
    let (status, findings, _) = home.check("stdout", &[], &[]);
    assert_eq!(status, "fail");
    assert!(findings.contains("is not JSON-RPC: welcome"), "{findings}");
}

#[test]
fn two_data_directories_are_noticed_and_setup_joins_them() {
    let home = Home::new();
    let elsewhere = home.path("elsewhere/data");
    let variables: &[(&str, &Path)] = &[("MRCONDUCTOR_DATA_DIR", &elsewhere)];
    let (status, findings, _) = home.check("same-data", &[], variables);
    assert_eq!(status, "warn", "{findings}");
    home.cursor(json!({"command": home.program, "args": ["serve", "--data-dir", elsewhere]}));
    assert_eq!(home.check("same-data", &[], variables).0, "pass");
    home.cursor(json!({
        "command": home.program, "args": ["serve"], "env": {"MRCONDUCTOR_DATA_DIR": elsewhere},
    }));
    assert_eq!(home.check("same-data", &[], variables).0, "pass");
}

#[test]
fn a_secret_in_a_shared_file_is_named_by_its_line_and_not_repeated() {
    let home = Home::new();
    let file = home.path("app/.vscode/mcp.json");
    fs::write(home.path("app/package.json"), "{}").unwrap();
    fs::write(
        file,
        "{\n  \"servers\": {\n    \"x\": {\"env\": {\"X_API_KEY\": \"sk-very-secret\"}}\n  }\n}\n",
    )
    .unwrap();
    let project = home.path("app");
    let (code, text) = home.run(&["--json", "--project", project.to_str().unwrap()], &[]);
    assert_eq!(code, 1, "{text}");
    assert!(
        text.contains("mcp.json:3 holds what looks like a secret"),
        "{text}"
    );
    assert!(!text.contains("sk-very-secret"));
}

#[test]
fn a_project_entry_with_a_bare_name_is_warned_of() {
    let home = Home::new();
    fs::write(home.path("app/package.json"), "{}").unwrap();
    let document =
        json!({"mcpServers": {"mrconductor": {"command": "mrconductor", "args": ["serve"]}}});
    fs::write(home.path("app/.mcp.json"), document.to_string()).unwrap();
    if Path::new("/usr/local/bin/mrconductor").exists()
        || Path::new("/usr/bin/mrconductor").exists()
    {
        println!("not checked: mrconductor is installed on this machine");
        return;
    }
    let project = home.path("app");
    let (status, findings, _) = home.check("path", &["--project", project.to_str().unwrap()], &[]);
    assert_eq!(status, "warn", "{findings}");
}

#[test]
fn broken_settings_fail_and_the_other_checks_still_run() {
    let home = Home::new();
    fs::write(
        home.path(".config/mrconductor/config.toml"),
        "data_dri = \"x\"\n",
    )
    .unwrap();
    let (status, findings, code) = home.check("settings", &[], &[]);
    assert_eq!((status.as_str(), code), ("fail", 2));
    assert!(findings.contains("data_dri"), "{findings}");
    assert_eq!(home.check("entry-starts", &[], &[]).0, "pass");
}

#[test]
fn a_data_directory_that_cannot_be_made_fails() {
    let home = Home::new();
    let file = home.path("in-the-way");
    fs::write(&file, "").unwrap();
    let below = file.join("data");
    let (status, findings, code) = home.check("data-dir", &[], &[("MRCONDUCTOR_DATA_DIR", &below)]);
    assert_eq!((status.as_str(), code), ("fail", 2), "{findings}");
}

#[test]
fn a_damaged_store_is_set_aside_and_said() {
    let home = Home::new();
    let store = home.path(".local/share/mrconductor/store.db");
    fs::write(&store, "this is no database".repeat(1_000)).unwrap();
    let (status, findings, _) = home.check("store", &[], &[]);
    assert_eq!(status, "warn", "{findings}");
    assert!(findings.contains("is kept as"), "{findings}");
    assert_eq!(home.check("integrity", &[], &[]).0, "pass");
}

#[test]
fn a_vendor_without_its_key_is_warned_of() {
    let home = Home::new();
    fs::write(
        home.path(".config/mrconductor/config.toml"),
        "[upstream.vendor]\nurl = \"http://127.0.0.1:9/mcp\"\nheaders = { Authorization = \"Bearer ${VENDOR_KEY}\" }\ntools = [\"*\"]\n",
    )
    .unwrap();
    let (status, findings, _) = home.check("vendors", &[], &[]);
    assert_eq!(status, "warn", "{findings}");
    assert!(findings.contains("VENDOR_KEY"), "{findings}");
    let key: &[(&str, &Path)] = &[("VENDOR_KEY", Path::new("k"))];
    assert_eq!(home.check("vendors", &[], key).0, "pass");
    assert_eq!(
        home.check("vendors", &["--online"], key).0,
        "fail",
        "nobody listens on port 9"
    );
}
