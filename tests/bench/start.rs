//! What a client waits for when it starts the server, what an idle server costs, and how fast it is gone.
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a bench prints, stops when something is amiss, and knows its own samples"
)]

mod program;

use std::time::{Duration, Instant};

use program::{INITIALIZE, LIST, Program, times};

/// Starts for each figure.
const STARTS: usize = 200;

/// Pings for the time of one round trip.
const PINGS: usize = 5_000;

const DISCOVER: &str = r#"{"jsonrpc":"2.0","id":1,"method":"server/discover","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientInfo":{"name":"bench","version":"0"},"io.modelcontextprotocol/clientCapabilities":{}}}}"#;
const PING: &str = r#"{"jsonrpc":"2.0","id":3,"method":"ping"}"#;

fn main() {
    let home = tempfile::tempdir().unwrap();
    for (name, opener) in [("initialize", INITIALIZE), ("server/discover", DISCOVER)] {
        let mut answered = Vec::new();
        let mut gone = Vec::new();
        for _ in 0..STARTS {
            let start = Instant::now();
            let mut program = Program::start(home.path());
            program.ask(opener);
            answered.push(start.elapsed());
            let start = Instant::now();
            drop(program.stdin.take());
            program.child.wait().unwrap();
            gone.push(start.elapsed());
        }
        println!("start to the answer of {name}: {}", spread(&mut answered));
        println!("end of stdin to the exit: {}", spread(&mut gone));
    }

    let mut unread = Vec::new();
    for _ in 0..STARTS {
        let mut program = Program::start(home.path());
        program.ask(INITIALIZE);
        let start = Instant::now();
        drop(program.stdout.take());
        program.child.wait().unwrap();
        unread.push(start.elapsed());
    }
    println!("end of stdout to the exit: {}", spread(&mut unread));

    let mut program = Program::start(home.path());
    program.ask(INITIALIZE);
    program.ask(LIST);
    println!("memory of an idle server: {}", program.memory());
    println!("ping: {}", spread(&mut times(PINGS, || program.ask(PING))));
}

fn spread(samples: &mut [Duration]) -> String {
    samples.sort();
    let at = |percent: usize| samples[samples.len() * percent / 100];
    format!("p50 {:?}, p99 {:?}, n {}", at(50), at(99), samples.len())
}
