//! The served program, as a client of a bench sees it.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

/// The first line of a client of 2025-11-25.
pub(crate) const INITIALIZE: &str = r#"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"bench","version":"0"}}}"#;

/// The question for the tools.
pub(crate) const LIST: &str = r#"{"jsonrpc":"2.0","id":2,"method":"tools/list"}"#;

/// A running server. Dropping it kills it.
pub(crate) struct Program {
    /// The process.
    pub(crate) child: Child,
    /// Its stdin, until it is closed.
    pub(crate) stdin: Option<ChildStdin>,
    /// Its stdout, until it is closed.
    pub(crate) stdout: Option<BufReader<ChildStdout>>,
}

impl Program {
    /// Starts `mrconductor serve` with `home` for everything it reads and writes.
    pub(crate) fn start(home: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_mrconductor"))
            .arg("serve")
            .env_clear()
            .env("HOME", home)
            .current_dir(home)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        Self {
            stdin: child.stdin.take(),
            stdout: child.stdout.take().map(BufReader::new),
            child,
        }
    }

    /// Sends one line that has no answer.
    pub(crate) fn tell(&mut self, line: &str) {
        let stdin = self.stdin.as_mut().unwrap();
        stdin.write_all(format!("{line}\n").as_bytes()).unwrap();
    }

    /// Sends one line and reads until its answer, which has to be a result; news in between are passed over.
    pub(crate) fn ask(&mut self, line: &str) {
        self.tell(line);
        loop {
            let mut answer = String::new();
            let stdout = self.stdout.as_mut().unwrap();
            assert!(stdout.read_line(&mut answer).unwrap() > 0);
            if answer.contains("\"id\":") {
                assert!(answer.contains("\"result\":"), "{answer}");
                return;
            }
        }
    }

    /// Returns the resident memory, as the system counts it.
    pub(crate) fn memory(&self) -> String {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()));
        let status = status.unwrap_or_default();
        let line = status.lines().find(|line| line.starts_with("VmRSS:"));
        line.map_or("not known on this system".to_owned(), |line| {
            line.split_whitespace()
                .skip(1)
                .collect::<Vec<_>>()
                .join(" ")
        })
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Times `count` turns of `work`.
pub(crate) fn times(count: usize, mut work: impl FnMut()) -> Vec<Duration> {
    (0..count)
        .map(|_| {
            let start = Instant::now();
            work();
            start.elapsed()
        })
        .collect()
}
