//! `--offline`: nothing is connected to, and the kernel is asked whether that is true.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};

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

/// Runs the program under `strace` in a network namespace without routes, and ends its input once it has answered each of
/// `requests`; returns the answers and what was traced, or `None`, said on stderr, if this machine cannot.
fn traced(home: &Path, args: &[&str], requests: &[String]) -> Option<(Vec<String>, String)> {
    let trace = home.join("trace");
    let started = Command::new("unshare")
        .args(["-rn", "strace", "-f", "-o"])
        .arg(&trace)
        .args(["-e", "trace=socket,connect,sendto,sendmsg"])
        .arg(env!("CARGO_BIN_EXE_mrconductor"))
        .args(args)
        .env_clear()
        .env("HOME", home)
        .env("PATH", std::env::var_os("PATH").unwrap())
        .current_dir(home)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let mut child = match started {
        Ok(child) => child,
        Err(error) => {
            eprintln!("skipped: no `unshare` ({error})");
            return None;
        }
    };
    let mut stdin = child.stdin.take().unwrap();
    for request in requests {
        // Where the namespace is refused, nobody reads; that is found out below.
        let _ = writeln!(stdin, "{request}");
    }
    let mut stdout = BufReader::new(child.stdout.take().unwrap()).lines();
    let expected = requests
        .iter()
        .filter(|request| request.contains("\"id\""))
        .count();
    let answers: Vec<String> = stdout
        .by_ref()
        .map_while(Result::ok)
        .take(expected)
        .collect();
    drop(stdin);
    let rest = stdout.count();
    let output = child.wait_with_output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    let trace = match fs::read_to_string(&trace) {
        Ok(trace) if !told.contains("unshare: ") => trace,
        _ => {
            eprintln!("skipped: no network namespace, or no strace ({told})");
            return None;
        }
    };
    assert!(output.status.success(), "{told}");
    assert!(expected == 0 || rest == 0, "{answers:?} and {rest} more");
    Some((answers, trace))
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
    let lines: Vec<String> = lines.iter().map(ToString::to_string).collect();
    for (args, requests) in [
        (vec!["docs", "add", "manual"], &[][..]),
        (vec!["serve", "--offline"], &lines[..]),
    ] {
        let Some((answers, trace)) = traced(home, &args, requests) else {
            return;
        };
        assert_eq!(answers.len(), requests.len().saturating_sub(1));
        assert!(
            answers.iter().all(|answer| answer.contains("\"result\"")),
            "{answers:?}"
        );
        let asked: Vec<&str> = trace
            .lines()
            .filter(|line| line.contains("AF_INET"))
            .collect();
        assert!(asked.is_empty(), "{args:?}: {asked:?}");
    }
}
