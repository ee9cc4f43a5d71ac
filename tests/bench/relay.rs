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

mod program;

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

use program::{INITIALIZE, LIST, Program, times};

/// Turns, and calls in each.
const ROUNDS: usize = 7;
const CALLS: usize = 1_000;

/// Starts of the program.
const STARTS: usize = 40;

const INITIALIZED: &str = r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#;
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
    program.ask(INITIALIZE);
    program.tell(INITIALIZED);
    call(&mut program); // opens the session and fetches the list
    let mut direct = TcpStream::connect(("127.0.0.1", port)).unwrap();
    direct.set_nodelay(true).unwrap();
    let mut added = Vec::new();
    let mut through_all = Vec::new();
    for _ in 0..ROUNDS {
        let mut directly = times(CALLS, || call_directly(&mut direct));
        let mut through = times(CALLS, || call(&mut program));
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
        "resident with one vendor after {} calls: {}",
        ROUNDS * CALLS,
        program.memory()
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
            program.ask(INITIALIZE);
            program.ask(LIST);
        });
        samples.sort();
        println!(
            "process start to tools/list, {what}: p50 {:?}, worst of {STARTS} {:?}",
            samples[STARTS / 2],
            samples[STARTS - 1]
        );
    }
}

fn call(program: &mut Program) {
    program.ask(&format!(
        r#"{{"jsonrpc":"2.0","id":3,"method":"tools/call","params":{{"name":"acme__echo","arguments":{{"message":"{MESSAGE}"}}}}}}"#
    ));
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
