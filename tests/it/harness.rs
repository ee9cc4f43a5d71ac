//! Starts the real program: once for a command line ([`mrconductor`]), or as an MCP server ([`Conductor`]).

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Output, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;

/// Longest wait for one reply: far above any real one, so that only a hang fails.
const REPLY_WAIT: Duration = Duration::from_secs(60);

/// Returns the program with an empty environment save PATH and a home of its own.
pub fn program(home: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mrconductor"));
    command
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", home)
        .current_dir(home);
    command
}

/// Runs `mrconductor ARGS` in `home` with `stdin` and returns what came of it.
pub fn mrconductor(home: &Path, args: &[&str], stdin: &[u8]) -> Output {
    let mut child = program(home)
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut pipe = child.stdin.take().unwrap();
    let stdin = stdin.to_vec();
    let writer = std::thread::spawn(move || {
        let _ = pipe.write_all(&stdin);
    });
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    output
}

/// Runs `mrconductor ARGS` in `home` with nothing on stdin; returns stdout, stderr and the exit code.
pub fn run(home: &Path, args: &[&str]) -> (String, String, Option<i32>) {
    let output = mrconductor(home, args, b"");
    (
        String::from_utf8(output.stdout).unwrap(),
        String::from_utf8(output.stderr).unwrap(),
        output.status.code(),
    )
}

/// Returns the JSON that `mrconductor --json ARGS` prints in `home`; it must end well.
pub fn json_of(home: &Path, args: &[&str]) -> Value {
    let (out, err, code) = run(home, &[&["--json"], args].concat());
    assert_eq!(code, Some(0), "{err}");
    serde_json::from_str(&out).unwrap_or_else(|error| panic!("{error}: {out}"))
}

/// A served program and the lines it writes.
pub struct Conductor {
    pub child: Child,
    stdin: Option<ChildStdin>,
    lines: Receiver<String>,
    waiting: Vec<Value>,
    next_id: i64,
    pub home: TempDir,
}

impl Conductor {
    /// Starts `mrconductor serve` in a home of its own; says nothing to it yet.
    pub fn start() -> Self {
        Self::start_with(|_, _| {})
    }

    /// The same, after `prepare` changed the command or filled the home.
    pub fn start_with(prepare: impl FnOnce(&mut Command, &Path)) -> Self {
        let home = TempDir::new().unwrap();
        let mut command = program(home.path());
        command
            .arg("serve")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        prepare(&mut command, home.path());
        let mut child = command.spawn().unwrap();
        let stdin = child.stdin.take();
        let stdout = child.stdout.take().unwrap();
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        Self {
            child,
            stdin,
            lines,
            waiting: Vec::new(),
            next_id: 1,
            home,
        }
    }

    /// Starts a server and opens a 2025-11-25 session as VS Code does.
    pub fn ready() -> Self {
        let mut conductor = Self::start();
        conductor.initialize("2025-11-25");
        conductor
    }

    pub fn initialize(&mut self, version: &str) -> Value {
        let reply = self.request(
            "initialize",
            json!({"protocolVersion": version, "capabilities": {}, "clientInfo": {"name": "it", "version": "0"}}),
        );
        self.send(&json!({"jsonrpc": "2.0", "method": "notifications/initialized"}));
        reply
    }

    /// Writes raw bytes to the server's stdin.
    pub fn write(&mut self, bytes: &[u8]) {
        let stdin = self.stdin.as_mut().unwrap();
        stdin.write_all(bytes).unwrap();
        stdin.flush().unwrap();
    }

    pub fn send(&mut self, message: &Value) {
        self.write(format!("{message}\n").as_bytes());
    }

    /// Sends a request and returns its whole reply; other messages are kept for [`Self::next`].
    pub fn request(&mut self, method: &str, params: Value) -> Value {
        let id = self.next_id;
        self.next_id += 1;
        self.send(&json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}));
        self.reply(&json!(id))
    }

    /// Waits for the reply to `id`.
    pub fn reply(&mut self, id: &Value) -> Value {
        let is_reply =
            |message: &Value| message.get("id") == Some(id) && message.get("method").is_none();
        if let Some(at) = self.waiting.iter().position(is_reply) {
            return self.waiting.remove(at);
        }
        loop {
            let message = self
                .receive(REPLY_WAIT)
                .unwrap_or_else(|| panic!("no reply to {id}"));
            if is_reply(&message) {
                return message;
            }
            self.waiting.push(message);
        }
    }

    /// Returns the next message kept or received, or `None` after `wait` or at the end of stdout.
    pub fn next(&mut self, wait: Duration) -> Option<Value> {
        if self.waiting.is_empty() {
            self.receive(wait)
        } else {
            Some(self.waiting.remove(0))
        }
    }

    fn receive(&mut self, wait: Duration) -> Option<Value> {
        match self.lines.recv_timeout(wait) {
            Ok(line) => Some(
                serde_json::from_str(&line)
                    .unwrap_or_else(|error| panic!("stdout is not JSON-RPC: {error}: {line}")),
            ),
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => None,
        }
    }

    /// Calls a tool and returns the `result` object.
    pub fn call(&mut self, tool: &str, arguments: Value) -> Value {
        let reply = self.request("tools/call", json!({"name": tool, "arguments": arguments}));
        reply
            .get("result")
            .unwrap_or_else(|| panic!("no result: {reply}"))
            .clone()
    }

    /// Closes stdin, as a client that goes away does.
    pub fn hang_up(&mut self) {
        self.stdin = None;
    }
}

impl Drop for Conductor {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Returns the text of a tool result's only content block.
pub fn text(result: &Value) -> &str {
    result["content"][0]["text"]
        .as_str()
        .unwrap_or_else(|| panic!("no text: {result}"))
}
