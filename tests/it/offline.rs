//! `--offline`: nothing is connected to, and the kernel is asked whether that is true.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::json;

use crate::docs::home_with_manual;
use crate::harness::{Conductor, mrconductor, text};

const SETTINGS: &str = "[upstream.acme]\nurl = \"http://127.0.0.1:9/mcp\"\ntools = [\"*\"]\n";

fn write_settings(home: &Path) {
    let folder = home.join(".config/mrconductor");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("config.toml"), SETTINGS).unwrap();
}

#[test]
fn vendors_are_off_and_say_why() {
    let mut conductor = Conductor::start_with(|command, home| {
        write_settings(home);
        command.arg("--offline");
    });
    conductor.initialize("2025-11-25");
    let reply = conductor.call("acme__find", json!({}));
    assert!(
        text(&reply).contains("nothing is connected to: `offline` is set"),
        "{reply}"
    );
    let home = conductor.home.path().to_owned();
    let listed = mrconductor(&home, &["upstream", "list", "--offline"], b"");
    assert!(
        String::from_utf8_lossy(&listed.stdout).contains("`offline` is set"),
        "{listed:?}"
    );
    let tested = mrconductor(&home, &["upstream", "test", "acme", "--offline"], b"");
    assert!(!tested.status.success());
}

/// Runs the program under `strace` in a network namespace without routes; `None`, said on stderr, if this machine cannot.
fn traced(home: &Path, args: &[&str], stdin: &str) -> Option<(Output, String)> {
    let input = home.join("stdin");
    fs::write(&input, stdin).unwrap();
    let trace = home.join("trace");
    let output = Command::new("unshare")
        .args([
            "-rn",
            "strace",
            "-f",
            "-e",
            "trace=socket,connect,sendto,sendmsg",
            "-o",
        ])
        .arg(&trace)
        .arg(env!("CARGO_BIN_EXE_mrconductor"))
        .args(args)
        .env_clear()
        .env("HOME", home)
        .env("PATH", std::env::var_os("PATH").unwrap())
        .current_dir(home)
        .stdin(fs::File::open(&input).unwrap())
        .output();
    let missing = match output {
        Ok(output) if !String::from_utf8_lossy(&output.stderr).contains("unshare: ") => {
            match fs::read_to_string(&trace) {
                Ok(trace) => return Some((output, trace)),
                Err(error) => error.to_string(),
            }
        }
        Ok(output) => String::from_utf8_lossy(&output.stderr).into_owned(),
        Err(error) => error.to_string(),
    };
    eprintln!("skipped: no network namespace, or no strace ({missing})");
    None
}

#[test]
fn without_a_vendor_that_is_called_nothing_asks_for_a_network() {
    let home = home_with_manual();
    let home = home.path();
    write_settings(home);
    let calls = [
        ("handshake", json!({})),
        (
            "distill",
            json!({"text": "a line\n".repeat(200), "level": "digest"}),
        ),
        ("restore", json!({"handle": "h1"})),
        ("docs_search", json!({"query": "anchor"})),
        ("docs_read", json!({"ref": "manual:install.md"})),
    ];
    let mut lines = vec![
        json!({"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "it", "version": "1"}}}),
        json!({"jsonrpc": "2.0", "method": "notifications/initialized"}),
    ];
    for (id, (name, arguments)) in calls.into_iter().enumerate() {
        lines.push(json!({"jsonrpc": "2.0", "id": id + 1, "method": "tools/call", "params": {"name": name, "arguments": arguments}}));
    }
    let lines: Vec<String> = lines.iter().map(|line| format!("{line}\n")).collect();
    for (args, stdin) in [
        (vec!["docs", "add", "manual"], String::new()),
        (vec!["serve", "--offline"], lines.concat()),
    ] {
        let Some((output, trace)) = traced(home, &args, &stdin) else {
            return;
        };
        assert!(output.status.success(), "{output:?}");
        let answers = String::from_utf8_lossy(&output.stdout)
            .matches("\"result\"")
            .count();
        assert!(stdin.is_empty() || answers == lines.len() - 1, "{output:?}");
        let asked: Vec<&str> = trace
            .lines()
            .filter(|line| line.contains("AF_INET"))
            .collect();
        assert!(asked.is_empty(), "{args:?}: {asked:?}");
    }
}
