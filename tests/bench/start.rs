//! What a client waits for when it starts the server, what an idle server costs, and how fast it is gone.
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a bench prints, stops when something is amiss, and knows its own samples"
)]

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Starts for each figure.
const STARTS: usize = 200;

/// Pings for the time of one round trip.
const PINGS: usize = 5_000;

const INITIALIZE: &str = r#"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"bench","version":"0"}}}"#;
const DISCOVER: &str = r#"{"jsonrpc":"2.0","id":1,"method":"server/discover","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientInfo":{"name":"bench","version":"0"},"io.modelcontextprotocol/clientCapabilities":{}}}}"#;
const LIST: &str = r#"{"jsonrpc":"2.0","id":2,"method":"tools/list"}"#;
const PING: &str = r#"{"jsonrpc":"2.0","id":3,"method":"ping"}"#;

fn main() {
    let home = tempfile::tempdir().unwrap();
    for (name, opener) in [("initialize", INITIALIZE), ("server/discover", DISCOVER)] {
        let mut answered = Vec::new();
        let mut gone = Vec::new();
        for _ in 0..STARTS {
            let start = Instant::now();
            let mut child = start_in(home.path());
            ask(&mut child, opener);
            answered.push(start.elapsed());
            let start = Instant::now();
            drop(child.stdin.take());
            child.wait().unwrap();
            gone.push(start.elapsed());
        }
        println!("start to the answer of {name}: {}", spread(&mut answered));
        println!("end of stdin to the exit: {}", spread(&mut gone));
    }

    let mut unread = Vec::new();
    for _ in 0..STARTS {
        let mut child = start_in(home.path());
        ask(&mut child, INITIALIZE);
        let start = Instant::now();
        drop(child.stdout.take());
        child.wait().unwrap();
        unread.push(start.elapsed());
    }
    println!("end of stdout to the exit: {}", spread(&mut unread));

    let mut child = start_in(home.path());
    ask(&mut child, INITIALIZE);
    ask(&mut child, LIST);
    println!("memory of an idle server: {}", memory(&child));
    let mut pings: Vec<_> = (0..PINGS)
        .map(|_| {
            let start = Instant::now();
            ask(&mut child, PING);
            start.elapsed()
        })
        .collect();
    println!("ping: {}", spread(&mut pings));
    drop(child.stdin.take());
    child.wait().unwrap();
}

fn start_in(home: &Path) -> Child {
    Command::new(env!("CARGO_BIN_EXE_mrconductor"))
        .arg("serve")
        .env_clear()
        .env("HOME", home)
        .current_dir(home)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Sends one line and reads one.
fn ask(child: &mut Child, request: &str) {
    let stdin = child.stdin.as_mut().unwrap();
    stdin.write_all(format!("{request}\n").as_bytes()).unwrap();
    let mut line = String::new();
    // A reader of its own each time is right only because the server says nothing that was not asked for.
    BufReader::new(child.stdout.as_mut().unwrap())
        .read_line(&mut line)
        .unwrap();
    assert!(line.contains("\"result\""), "{line}");
}

fn spread(samples: &mut [Duration]) -> String {
    samples.sort();
    let at = |percent: usize| samples[samples.len() * percent / 100];
    format!("p50 {:?}, p99 {:?}, n {}", at(50), at(99), samples.len())
}

/// Returns the resident memory, as the system counts it.
fn memory(child: &Child) -> String {
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id()));
    let status = status.unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    line.map_or("not known on this system".to_owned(), |line| {
        line.split_whitespace()
            .skip(1)
            .collect::<Vec<_>>()
            .join(" ")
    })
}
