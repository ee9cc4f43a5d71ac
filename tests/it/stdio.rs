//! The process as its client sees it: stdout is the protocol, every call is answered once, and it ends with its client.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};

use crate::harness::{Conductor, program, text};

/// Longest wait for an exit: far above any real one, so that only a process that stays is a failure.
const EXIT_WAIT: Duration = Duration::from_secs(60);

/// A call that every version of the tools can answer, well or badly.
fn any_call() -> Value {
    json!({"name": "restore", "arguments": {"handle": "h1"}})
}

fn faulty(fault: &'static str) -> Conductor {
    let mut conductor = Conductor::start_with(|command, _| {
        command.env("MRC_FAULT", fault);
        command.env("MRCONDUCTOR_LOG", "trace");
    });
    conductor.initialize("2025-11-25");
    conductor
}

/// Waits until the process has ended, and says how long that took.
fn exit_of(child: &mut Child, what: &str) -> i32 {
    let start = Instant::now();
    while start.elapsed() < EXIT_WAIT {
        if let Some(status) = child.try_wait().unwrap() {
            eprintln!("{what}: ended after {:?}", start.elapsed());
            return status.code().unwrap_or(-1);
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    panic!("{what}: did not end");
}

#[test]
fn a_tool_that_panics_is_answered_and_the_next_call_too() {
    let mut conductor = faulty("panic");
    for _ in 0..3 {
        let reply = conductor.request("tools/call", any_call());
        assert_eq!(reply["result"]["isError"], true, "{reply}");
        assert!(text(&reply["result"]).contains("\nhint: "), "{reply}");
    }
    assert_eq!(conductor.request("ping", json!({}))["result"], json!({}));
}

#[test]
fn whatever_prints_to_stdout_the_client_reads_json_rpc_only() {
    // The harness parses every line it reads, at the loudest level of the log.
    let mut conductor = faulty("noise");
    for _ in 0..3 {
        let reply = conductor.request("tools/call", any_call());
        assert!(reply.get("result").is_some(), "{reply}");
    }
    conductor.hang_up();
    while let Some(message) = conductor.next(Duration::from_secs(60)) {
        assert_eq!(message["jsonrpc"], "2.0");
    }
}

#[test]
fn noise_and_panics_go_to_stderr() {
    for (fault, expected) in [("noise", "noise from C"), ("panic", "a fault on demand")] {
        let home = tempfile::tempdir().unwrap();
        let mut child = program(home.path())
            .arg("serve")
            .env("MRC_FAULT", fault)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let meta = crate::openers::modern_meta();
        let mut params = any_call();
        params["_meta"] = meta;
        let request = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params});
        writeln!(stdin, "{request}").unwrap();
        let mut reply = String::new();
        BufReader::new(child.stdout.as_mut().unwrap())
            .read_line(&mut reply)
            .unwrap();
        drop(stdin);
        let output = child.wait_with_output().unwrap();
        assert_eq!(serde_json::from_str::<Value>(&reply).unwrap()["id"], 1);
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(stderr.contains(expected), "{stderr}");
        assert!(!reply.contains("noise from"), "{reply}");
    }
}

#[test]
fn a_duplicate_id_is_refused_and_the_first_request_answered() {
    let mut conductor = faulty("slow");
    let request =
        json!({"jsonrpc": "2.0", "id": "twice", "method": "tools/call", "params": any_call()});
    conductor.send(&request);
    conductor.send(&request);
    let first = conductor.reply(&json!("twice"));
    assert_eq!(first["error"]["code"], -32600, "{first}");
    let second = conductor.reply(&json!("twice"));
    assert!(second.get("result").is_some(), "{second}");
}

#[test]
fn nothing_is_written_for_a_cancelled_request() {
    let mut conductor = faulty("slow");
    conductor.send(
        &json!({"jsonrpc": "2.0", "id": "gone", "method": "tools/call", "params": any_call()}),
    );
    conductor.send(&json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": "gone"}}));
    // The same work, begun later, ends later: by then the cancelled one would have answered.
    conductor.request("tools/call", any_call());
    conductor.request("tools/call", any_call());
    while let Some(message) = conductor.next(Duration::from_millis(100)) {
        assert_ne!(message["id"], "gone", "{message}");
    }
}

#[test]
fn other_requests_are_answered_while_a_tool_works() {
    let mut conductor = faulty("slow");
    conductor.send(
        &json!({"jsonrpc": "2.0", "id": "slow", "method": "tools/call", "params": any_call()}),
    );
    assert_eq!(conductor.request("ping", json!({}))["result"], json!({}));
    let unheard = conductor.next(Duration::ZERO);
    assert!(unheard.is_none(), "{unheard:?}");
    assert!(conductor.reply(&json!("slow")).get("result").is_some());
}

#[test]
fn a_call_with_wrong_arguments_is_a_result_that_the_model_can_act_on() {
    let mut conductor = Conductor::ready();
    let result = conductor.call("restore", json!({"handel": "h1"}));
    assert_eq!(result["isError"], true);
    assert_eq!(
        text(&result),
        "unknown argument `handel`\nhint: did you mean `handle`?"
    );
    assert_eq!(result.get("structuredContent"), None);
}

#[test]
fn the_end_of_stdin_ends_the_process_after_the_last_answers() {
    let home = tempfile::tempdir().unwrap();
    let requests = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}\n{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"ping\"}";
    let output = crate::harness::mrconductor(home.path(), &["serve"], requests.as_bytes());
    assert!(output.status.success());
    assert_eq!(String::from_utf8(output.stdout).unwrap().lines().count(), 2);

    let mut conductor = Conductor::ready();
    conductor.hang_up();
    assert_eq!(exit_of(&mut conductor.child, "end of stdin"), 0);
}

#[test]
fn work_in_flight_does_not_hold_the_exit() {
    let mut conductor = faulty("stuck");
    conductor
        .send(&json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": any_call()}));
    assert_eq!(conductor.request("ping", json!({}))["result"], json!({}));
    conductor.hang_up();
    assert_eq!(
        exit_of(&mut conductor.child, "end of stdin with a stuck tool"),
        0
    );
}

#[test]
fn a_client_that_stops_reading_ends_the_process() {
    let home = tempfile::tempdir().unwrap();
    let mut child = serving(&mut program(home.path()));
    let stdin = child.stdin.take().unwrap();
    drop(child.stdout.take());
    exit_of(&mut child, "stdout gone");
    drop(stdin);
}

#[test]
fn signals_end_the_process_cleanly() {
    for signal in [Signal::TERM, Signal::INT, Signal::HUP] {
        let mut conductor = Conductor::ready();
        let pid = Pid::from_child(&conductor.child);
        kill_process(pid, signal).unwrap();
        assert_eq!(exit_of(&mut conductor.child, &format!("{signal:?}")), 0);
    }
}

#[test]
fn the_death_of_the_parent_ends_the_process_though_its_pipes_are_held_open() {
    let home = tempfile::tempdir().unwrap();
    let binary = env!("CARGO_BIN_EXE_mrconductor");
    // The shell is the client; this test holds the other ends of its pipes and never closes them.
    let mut shell = Command::new("/bin/sh");
    shell
        .args(["-c", "exec 3<&0; \"$0\" serve <&3 & wait", binary])
        .env_clear()
        .env("HOME", home.path());
    let mut client = serving(&mut shell);
    let _stdin = client.stdin.take().unwrap();
    let mut stdout = client.stdout.take().unwrap();
    client.kill().unwrap();
    client.wait().unwrap();
    let start = Instant::now();
    // The end of stdout is the end of the orphan: nobody else has it any more.
    let (sender, ended) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let mut rest = Vec::new();
        let read = stdout.read_to_end(&mut rest);
        sender.send(read.map(|_| rest)).unwrap();
    });
    let rest = ended
        .recv_timeout(EXIT_WAIT)
        .expect("the orphan lives")
        .unwrap();
    eprintln!("parent gone: ended after {:?}", start.elapsed());
    assert_eq!(rest, b"");
}

#[test]
fn a_client_that_lives_on_keeps_its_server() {
    let mut conductor = Conductor::ready();
    std::thread::sleep(Duration::from_millis(1500));
    assert_eq!(conductor.request("ping", json!({}))["result"], json!({}));
}

#[test]
fn the_first_answers_need_no_disk() {
    let mut conductor = Conductor::start();
    let client = json!({"name": "it", "version": "0"});
    let params = json!({"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": client});
    conductor.request("initialize", params);
    conductor.request("tools/list", json!({}));
    let written: Vec<_> = walk(conductor.home.path());
    assert_eq!(written, Vec::<std::path::PathBuf>::new());
}

#[test]
fn a_home_that_is_missing_or_not_a_folder_is_no_reason_not_to_answer() {
    let folder = tempfile::tempdir().unwrap();
    for home in [folder.path().join("missing"), "/dev/null".into()] {
        let mut conductor = Conductor::start_with(|command, _| {
            command.env("HOME", home);
        });
        let reply = conductor.initialize("2025-11-25");
        assert_eq!(
            reply["result"]["serverInfo"]["name"], "mrconductor",
            "{reply}"
        );
        let list = conductor.request("tools/list", json!({}));
        assert!(list["result"]["tools"].is_array(), "{list}");
    }
}

#[test]
fn settings_that_cannot_be_read_are_no_reason_not_to_serve() {
    let mut conductor = Conductor::start_with(|command, home| {
        let file = home.join("broken.toml");
        std::fs::write(&file, "this is = not [toml").unwrap();
        command.env("MRCONDUCTOR_CONFIG", file);
    });
    conductor.initialize("2025-11-25");
    let result = conductor.call("distill", json!({"text": "one\none\none\n"}));
    assert_eq!(result["isError"], false, "{result}");
}

#[test]
fn a_flood_of_calls_that_are_cancelled_leaves_nothing_to_wait_for() {
    let mut conductor = faulty("slow");
    for round in 0..50 {
        for call in 0..20 {
            let id = format!("{round}-{call}");
            conductor.send(
                &json!({"jsonrpc": "2.0", "id": id, "method": "tools/call", "params": any_call()}),
            );
            conductor.send(&json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": id}}));
        }
    }
    // 1,000 calls of 300 ms, eight at once, would take 37 s; those that never began take nothing.
    assert!(
        conductor
            .request("tools/call", any_call())
            .get("result")
            .is_some()
    );
    assert!(conductor.next(Duration::ZERO).is_none());
}

#[test]
fn a_flood_of_calls_is_refused_beyond_its_limit_and_each_is_answered() {
    let mut conductor = faulty("slow");
    let ids: Vec<Value> = (0..600).map(|number| json!(format!("c{number}"))).collect();
    for id in &ids {
        conductor.send(
            &json!({"jsonrpc": "2.0", "id": id, "method": "tools/call", "params": any_call()}),
        );
    }
    let last = ids.last().unwrap();
    let refused = conductor.reply(last);
    assert_eq!(refused["error"]["code"], -32603, "{refused}");
    assert!(
        refused["error"]["message"]
            .as_str()
            .unwrap()
            .contains("\nhint: ")
    );
    // A client that asks whether the server lives is told so, flood or not.
    assert_eq!(conductor.request("ping", json!({}))["result"], json!({}));
}

fn walk(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
    {
        if entry.is_dir() {
            found.extend(walk(&entry));
        } else {
            found.push(entry);
        }
    }
    found
}

/// Starts `command` (or `command serve`, for the program itself) and sees its first answer.
fn serving(command: &mut Command) -> Child {
    if command.get_program() != "/bin/sh" {
        command.arg("serve");
    }
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let stdin = child.stdin.as_mut().unwrap();
    stdin
        .write_all(b"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}\n")
        .unwrap();
    let mut byte = [0; 1];
    let mut reply = Vec::new();
    let stdout = child.stdout.as_mut().unwrap();
    while stdout.read(&mut byte).unwrap() == 1 && byte[0] != b'\n' {
        reply.push(byte[0]);
    }
    assert_eq!(reply, b"{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}");
    child
}
