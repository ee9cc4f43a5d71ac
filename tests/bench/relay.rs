//! What the relay adds to a vendor's call, and what a vendor that is away costs the start.
//!
//! A vendor of a few blocking lines answers on loopback. The same call goes to it directly and through the program, in turns,
//! so that a busy machine slows both.
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a bench prints, stops when something is amiss, and knows its own samples"
)]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

/// Turns, and calls in each.
const ROUNDS: usize = 7;
const CALLS: usize = 1_000;

/// Starts of the program.
const STARTS: usize = 40;

const TOOL: &str = r#"{"name":"echo","inputSchema":{"type":"object"}}"#;
const MESSAGE: &str = "0123456789012345678901234567890123456789012345678901234567890123";

fn main() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            std::thread::spawn(move || serve(stream));
        }
    });
    let home = tempfile::tempdir().unwrap();
    let settings = home.path().join(".config/mrconductor/config.toml");
    std::fs::create_dir_all(settings.parent().unwrap()).unwrap();
    let set_port = |port: u16| {
        let text =
            format!("[upstream.acme]\nurl = \"http://127.0.0.1:{port}/mcp\"\ntools = [\"*\"]\n");
        std::fs::write(&settings, text).unwrap();
    };

    set_port(port);
    let mut program = Program::start(home.path());
    program.initialize();
    program.call(); // opens the session and fetches the list
    let mut direct = TcpStream::connect(("127.0.0.1", port)).unwrap();
    direct.set_nodelay(true).unwrap();
    let mut added = Vec::new();
    let mut through_all = Vec::new();
    for _ in 0..ROUNDS {
        let mut directly = times(CALLS, || call_directly(&mut direct));
        let mut through = times(CALLS, || program.call());
        directly.sort();
        through.sort();
        let at = |samples: &[Duration], percent: usize| samples[samples.len() * percent / 100];
        let difference = |percent| at(&through, percent).saturating_sub(at(&directly, percent));
        added.push((difference(50), difference(99)));
        through_all.push((at(&directly, 50), at(&through, 50)));
    }
    added.sort();
    through_all.sort();
    let (p50, p99) = added[ROUNDS / 2];
    let (directly, through) = through_all[ROUNDS / 2];
    println!(
        "proxied call, {ROUNDS} x {CALLS}: directly p50 {directly:?}, through p50 {through:?}; adds p50 {p50:?}, p99 {p99:?} (medians of the rounds)"
    );
    println!(
        "resident with one vendor after {} calls: {} KiB",
        ROUNDS * CALLS,
        program.resident_kib()
    );
    drop(program);

    // Nothing listens on this port any more, and the kept list is another address's: both are the worst case.
    let closed = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    for (what, port) in [("vendor there", port), ("vendor away", closed)] {
        set_port(port);
        let mut samples = times(STARTS, || {
            let mut program = Program::start(home.path());
            program.initialize();
            program.request(r#"{"jsonrpc":"2.0","id":2,"method":"tools/list"}"#);
        });
        samples.sort();
        println!(
            "process start to tools/list, {what}: p50 {:?}, worst of {STARTS} {:?}",
            samples[STARTS / 2],
            samples[STARTS - 1]
        );
    }
}

fn times(count: usize, mut work: impl FnMut()) -> Vec<Duration> {
    (0..count)
        .map(|_| {
            let start = Instant::now();
            work();
            start.elapsed()
        })
        .collect()
}

/// The served program.
struct Program {
    child: Child,
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
}

impl Program {
    fn start(home: &Path) -> Self {
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
            stdin: child.stdin.take().unwrap(),
            stdout: BufReader::new(child.stdout.take().unwrap()),
            child,
        }
    }

    fn initialize(&mut self) {
        self.request(r#"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"bench","version":"0"}}}"#);
        self.stdin
            .write_all(b"{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}\n")
            .unwrap();
    }

    fn call(&mut self) {
        self.request(&format!(
            r#"{{"jsonrpc":"2.0","id":3,"method":"tools/call","params":{{"name":"acme__echo","arguments":{{"message":"{MESSAGE}"}}}}}}"#
        ));
    }

    /// Sends a line and reads until its answer; news in between are passed over.
    fn request(&mut self, line: &str) {
        self.stdin
            .write_all(format!("{line}\n").as_bytes())
            .unwrap();
        loop {
            let mut answer = String::new();
            assert!(self.stdout.read_line(&mut answer).unwrap() > 0);
            if answer.contains("\"id\":") {
                assert!(answer.contains("\"result\":"), "{answer}");
                return;
            }
        }
    }

    fn resident_kib(&self) -> String {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()));
        status
            .ok()
            .and_then(|text| {
                let line = text.lines().find(|line| line.starts_with("VmRSS:"))?;
                Some(line.split_whitespace().nth(1)?.to_owned())
            })
            .unwrap_or_else(|| "unknown".to_owned())
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn call_directly(stream: &mut TcpStream) {
    let body = format!(
        r#"{{"jsonrpc":"2.0","id":3,"method":"tools/call","params":{{"name":"echo","arguments":{{"message":"{MESSAGE}"}}}}}}"#
    );
    let head = format!(
        "POST /mcp HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\naccept: application/json, text/event-stream\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all((head + &body).as_bytes()).unwrap();
    let mut answer = [0; 4096];
    assert!(stream.read(&mut answer).unwrap() > 0);
}

/// The vendor: one thread a connection, one read and one write a message.
fn serve(mut stream: TcpStream) {
    stream.set_nodelay(true).unwrap();
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    loop {
        let mut length = 0;
        let mut line = String::new();
        loop {
            line.clear();
            if reader.read_line(&mut line).unwrap_or(0) == 0 {
                return;
            }
            let lower = line.to_ascii_lowercase();
            if let Some(value) = lower.strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
            if line.trim().is_empty() {
                break;
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).unwrap();
        let message: serde_json::Value = serde_json::from_slice(&body).unwrap();
        let id = &message["id"];
        let result = match message["method"].as_str().unwrap() {
            "server/discover" => {
                r#"{"resultType":"complete","supportedVersions":["2026-07-28"],"capabilities":{}}"#
                    .to_owned()
            }
            "tools/list" => format!(r#"{{"tools":[{TOOL}]}}"#),
            _ => format!(r#"{{"content":[{{"type":"text","text":"{MESSAGE}"}}]}}"#),
        };
        let body = format!(r#"{{"jsonrpc":"2.0","id":{id},"result":{result}}}"#);
        let head = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        if stream.write_all((head + &body).as_bytes()).is_err() {
            return;
        }
    }
}
