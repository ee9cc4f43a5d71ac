//! Lines that broke other servers. Each costs itself alone: the server lives, answers where it can, and stays small.

use std::io::Write as _;

use serde_json::{Value, json};

use crate::harness::Conductor;

/// Bytes by which one hostile line may grow the process: twice the longest line.
const GROWTH_BYTES_MAX: u64 = 8 * 1024 * 1024;

/// What must come of a line.
#[derive(Debug)]
enum Outcome {
    /// A reply with this id and this error code.
    Error(Value, i64),
    /// An error reply without an id.
    Blind(i64),
    /// A reply with this id and a result.
    Result(Value),
    /// Nothing at all.
    Silence,
}
use Outcome::{Blind, Error, Result, Silence};

const PARSE: i64 = -32700;
const REQUEST: i64 = -32600;
const PARAMS: i64 = -32602;

/// The memory of the process at its highest, in bytes.
#[cfg(target_os = "linux")]
fn peak(conductor: &Conductor) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", conductor.child.id())).unwrap();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmHWM:"))
        .unwrap();
    line.split_whitespace()
        .nth(1)
        .unwrap()
        .parse::<u64>()
        .unwrap()
        * 1024
}

#[cfg(not(target_os = "linux"))]
fn peak(_: &Conductor) -> u64 {
    0
}

/// Sends `line` to a fresh session and compares what comes of it.
fn expect(name: &str, line: &[u8], outcome: &Outcome) {
    let mut conductor = Conductor::ready();
    conductor.request("tools/list", json!({}));
    let base = peak(&conductor);
    conductor.write(line);
    conductor.write(b"\n");
    match outcome {
        Error(id, code) => {
            let reply = conductor.reply(id);
            assert_eq!(reply["error"]["code"], *code, "{name}: {reply}");
        }
        Blind(code) => {
            let reply = conductor.next(std::time::Duration::from_secs(60)).unwrap();
            assert_eq!(reply["error"]["code"], *code, "{name}: {reply}");
            assert_eq!(reply.get("id"), None, "{name}: {reply}");
        }
        Result(id) => {
            let reply = conductor.reply(id);
            assert!(reply.get("result").is_some(), "{name}: {reply}");
        }
        Silence => {}
    }
    // Alive, in step, and nothing else was said.
    let ping = conductor.request("ping", json!({}));
    assert_eq!(ping["result"], json!({}), "{name}");
    assert!(
        conductor.next(std::time::Duration::ZERO).is_none(),
        "{name}"
    );
    let growth = peak(&conductor).saturating_sub(base);
    assert!(growth <= GROWTH_BYTES_MAX, "{name}: grew by {growth} bytes");
}

fn call(id: &str, arguments: &str) -> Vec<u8> {
    format!(r#"{{"jsonrpc":"2.0","id":{id},"method":"tools/call","params":{{"name":"distill","arguments":{arguments}}}}}"#)
        .into_bytes()
}

#[test]
fn lines_that_are_not_json_are_parse_errors() {
    let id = json!(77);
    let with_bytes = |bytes: &[u8]| {
        let mut line =
            br#"{"jsonrpc":"2.0","id":77,"method":"tools/call","params":{"name":""#.to_vec();
        line.extend_from_slice(bytes);
        line.extend_from_slice(br#""}}"#);
        line
    };
    let cases: Vec<(&str, Vec<u8>, Outcome)> = vec![
        ("not json", b"hello, world".to_vec(), Blind(PARSE)),
        ("an http request", b"GET / HTTP/1.1".to_vec(), Blind(PARSE)),
        (
            "cut off with an id",
            br#"{"jsonrpc":"2.0","id":77,"method":"tools/call","params":{"na"#.to_vec(),
            Error(id.clone(), PARSE),
        ),
        (
            "cut off before the id",
            br#"{"jsonrpc":"2.0","id"#.to_vec(),
            Blind(PARSE),
        ),
        (
            "invalid utf-8 in a value",
            with_bytes(b"\xc3\x28"),
            Error(id.clone(), PARSE),
        ),
        (
            "utf-8 of a surrogate",
            with_bytes(b"\xed\xa0\x80"),
            Error(id.clone(), PARSE),
        ),
        ("raw 0xff", b"\xff\xff\xff".to_vec(), Blind(PARSE)),
        ("nul bytes", vec![0; 64], Blind(PARSE)),
        (
            "a nul byte in a string",
            with_bytes(b"a\0b"),
            Error(id.clone(), PARSE),
        ),
        (
            "a lone surrogate",
            with_bytes(br"\ud800"),
            Error(id.clone(), PARSE),
        ),
        (
            "a number beyond all",
            call("77", r#"{"budget":1e999}"#),
            Error(id.clone(), PARSE),
        ),
        (
            "two messages on one line",
            br#"{"jsonrpc":"2.0","method":"a"}{"jsonrpc":"2.0","method":"b"}"#.to_vec(),
            Blind(PARSE),
        ),
        (
            "utf-16",
            "{\"id\":1}"
                .encode_utf16()
                .flat_map(u16::to_le_bytes)
                .collect(),
            Blind(PARSE),
        ),
        (
            "a reply cut off",
            br#"{"jsonrpc":"2.0","id":77,"result":{"#.to_vec(),
            Silence,
        ),
    ];
    for (name, line, outcome) in &cases {
        expect(name, line, outcome);
    }
}

#[test]
fn json_that_is_no_message_is_an_invalid_request() {
    let id = json!(77);
    let cases: Vec<(&str, Vec<u8>, Outcome)> = vec![
        (
            "deep array",
            "[".repeat(100_000).into_bytes(),
            Blind(REQUEST),
        ),
        (
            "deep arguments with an id",
            call("77", &format!("{}{}", r#"{"a":"#.repeat(20_000), "1")),
            Error(id.clone(), REQUEST),
        ),
        (
            "a repeated key",
            call("77", r#"{"text":"a","text":"b"}"#),
            Error(id.clone(), REQUEST),
        ),
        (
            "a repeated method",
            br#"{"jsonrpc":"2.0","id":77,"method":"ping","method":"tools/list"}"#.to_vec(),
            Error(id.clone(), REQUEST),
        ),
        (
            "a repeated id",
            br#"{"jsonrpc":"2.0","id":77,"id":78,"method":"ping"}"#.to_vec(),
            Blind(REQUEST),
        ),
        (
            "nul in a key",
            br#"{"jsonrpc":"2.0","id":77,"method":"ping","params\u0000":{}}"#.to_vec(),
            Error(id.clone(), REQUEST),
        ),
        (
            "a float id",
            br#"{"jsonrpc":"2.0","id":1.5,"method":"ping"}"#.to_vec(),
            Blind(REQUEST),
        ),
        (
            "a null id",
            br#"{"jsonrpc":"2.0","id":null,"method":"ping"}"#.to_vec(),
            Blind(REQUEST),
        ),
        (
            "an object id",
            br#"{"jsonrpc":"2.0","id":{},"method":"ping"}"#.to_vec(),
            Blind(REQUEST),
        ),
        (
            "a missing method",
            br#"{"jsonrpc":"2.0","id":77}"#.to_vec(),
            Error(id.clone(), REQUEST),
        ),
        (
            "a method of another case",
            br#"{"jsonrpc":"2.0","id":77,"Method":"ping"}"#.to_vec(),
            Error(id.clone(), REQUEST),
        ),
        (
            "wrong jsonrpc",
            br#"{"jsonrpc":"1.0","id":77,"method":"ping"}"#.to_vec(),
            Error(id.clone(), REQUEST),
        ),
        (
            "no jsonrpc",
            br#"{"id":77,"method":"ping"}"#.to_vec(),
            Error(id.clone(), REQUEST),
        ),
        (
            "params that are a list",
            br#"{"jsonrpc":"2.0","id":77,"method":"ping","params":[1]}"#.to_vec(),
            Error(id.clone(), REQUEST),
        ),
        ("an empty batch", b"[]".to_vec(), Blind(REQUEST)),
        ("a number", b"42".to_vec(), Blind(REQUEST)),
        ("a string", b"\"ping\"".to_vec(), Blind(REQUEST)),
        (
            "wrong types in a call",
            br#"{"jsonrpc":"2.0","id":77,"method":"tools/call","params":{"name":[]}}"#.to_vec(),
            Error(id.clone(), PARAMS),
        ),
    ];
    for (name, line, outcome) in &cases {
        expect(name, line, outcome);
    }
}

#[test]
fn odd_lines_that_mean_something_are_understood() {
    let ping = r#"{"jsonrpc":"2.0","id":77,"method":"ping"}"#;
    let cases: Vec<(&str, Vec<u8>, Outcome)> = vec![
        (
            "a byte order mark",
            format!("\u{feff}{ping}").into_bytes(),
            Result(json!(77)),
        ),
        (
            "a carriage return",
            format!("{ping}\r").into_bytes(),
            Result(json!(77)),
        ),
        (
            "white space around",
            format!(" \t{ping}  ").into_bytes(),
            Result(json!(77)),
        ),
        ("empty lines", b"\r\n\n  \n".to_vec(), Silence),
        (
            "a batch of one",
            format!("[{ping}]").into_bytes(),
            Result(json!(77)),
        ),
        (
            "a huge integer id",
            ping.replace("77", "123456789012345678901234567890")
                .into_bytes(),
            Silence,
        ),
        (
            "an empty string id",
            ping.replace("77", "\"\"").into_bytes(),
            Result(json!("")),
        ),
        (
            "null params",
            ping.replace(r#""ping""#, r#""ping","params":null"#)
                .into_bytes(),
            Result(json!(77)),
        ),
        (
            "a reply to nothing",
            br#"{"jsonrpc":"2.0","id":77,"result":{}}"#.to_vec(),
            Silence,
        ),
        (
            "an error to nothing",
            br#"{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"x"}}"#.to_vec(),
            Silence,
        ),
        (
            "an unknown notification",
            br#"{"jsonrpc":"2.0","method":"notifications/none"}"#.to_vec(),
            Silence,
        ),
        (
            "a cancel of nothing",
            br#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":5}}"#
                .to_vec(),
            Silence,
        ),
        (
            "a cancel without an id",
            br#"{"jsonrpc":"2.0","method":"notifications/cancelled"}"#.to_vec(),
            Silence,
        ),
    ];
    for (name, line, outcome) in &cases {
        if name.starts_with("a huge") {
            continue; // JSON numbers of the test's own parser lose its digits: see the next test.
        }
        expect(name, line, outcome);
    }
}

#[test]
fn an_id_of_any_size_comes_back_digit_by_digit() {
    let id = "123456789012345678901234567890";
    let request = format!(r#"{{"jsonrpc":"2.0","id":{id},"method":"ping"}}"#);
    let home = tempfile::tempdir().unwrap();
    let output = crate::harness::mrconductor(home.path(), &["serve"], request.as_bytes());
    assert_eq!(
        String::from_utf8(output.stdout).unwrap(),
        format!("{{\"jsonrpc\":\"2.0\",\"id\":{id},\"result\":{{}}}}\n")
    );
}

#[test]
fn a_batch_is_answered_message_by_message() {
    let mut conductor = Conductor::ready();
    conductor.write(
        br#"[{"jsonrpc":"2.0","id":"a","method":"ping"},{"jsonrpc":"2.0","method":"n"},3,{"jsonrpc":"2.0","id":"b","method":"ping"}]"#,
    );
    conductor.write(b"\n");
    assert_eq!(conductor.reply(&json!("a"))["result"], json!({}));
    assert_eq!(conductor.reply(&json!("b"))["result"], json!({}));
}

#[test]
fn a_line_of_64_mib_is_answered_under_its_id_in_little_memory() {
    let mut conductor = Conductor::ready();
    let base = peak(&conductor);
    conductor.write(br#"{"jsonrpc":"2.0","method":"tools/call","params":{"name":"distill","arguments":{"text":""#);
    let chunk = vec![b'a'; 1024 * 1024];
    for _ in 0..64 {
        conductor.write(&chunk);
    }
    // The id stands behind all of it.
    conductor.write(b"\"}},\"id\":77}\n");
    let reply = conductor.reply(&json!(77));
    assert_eq!(reply["error"]["code"], REQUEST, "{reply}");
    assert!(
        reply["error"]["message"]
            .as_str()
            .unwrap()
            .contains("hint: send large text as a `path`")
    );
    assert_eq!(conductor.request("ping", json!({}))["result"], json!({}));
    let growth = peak(&conductor).saturating_sub(base);
    assert!(growth <= GROWTH_BYTES_MAX, "grew by {growth} bytes");
}

#[test]
fn a_line_of_256_mib_that_never_ends_takes_no_memory() {
    let mut conductor = Conductor::ready();
    let base = peak(&conductor);
    let chunk = vec![b'['; 1024 * 1024];
    for _ in 0..256 {
        conductor.write(&chunk);
    }
    let growth = peak(&conductor).saturating_sub(base);
    assert!(growth <= GROWTH_BYTES_MAX, "grew by {growth} bytes");
    conductor.write(b"\n");
    assert_eq!(conductor.request("ping", json!({}))["result"], json!({}));
}

#[test]
fn a_line_of_the_longest_length_is_a_request_like_any_other() {
    let mut conductor = Conductor::ready();
    let text = "a".repeat(4 * 1024 * 1024 - 1024);
    let reply = conductor.request("ping", json!({"padding": text}));
    assert_eq!(reply["result"], json!({}));
}

#[test]
fn rubbish_without_ids_is_answered_so_many_times_a_second_and_no_more() {
    let mut conductor = Conductor::ready();
    conductor.write("rubbish\n".repeat(20_000).as_bytes());
    assert_eq!(conductor.request("ping", json!({}))["result"], json!({}));
    let mut answers = 0;
    while let Some(message) = conductor.next(std::time::Duration::from_millis(200)) {
        assert_eq!(message["error"]["code"], PARSE);
        answers += 1;
    }
    // 20,000 lines are read within seconds; each second allows 16.
    assert!((16..=16 * 30).contains(&answers), "{answers} answers");
}

#[test]
fn a_storm_of_cancels_changes_nothing() {
    let mut conductor = Conductor::ready();
    let base = peak(&conductor);
    let mut lines = Vec::new();
    for id in 0..20_000 {
        let cancel = json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": id, "reason": "x"}});
        writeln!(lines, "{cancel}").unwrap();
    }
    conductor.write(&lines);
    assert_eq!(conductor.request("ping", json!({}))["result"], json!({}));
    let growth = peak(&conductor).saturating_sub(base);
    assert!(growth <= GROWTH_BYTES_MAX, "grew by {growth} bytes");
}
