//! `hook`: events as clients send them, through the real program.

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::harness::mrconductor;

fn log() -> String {
    let line = |step: u32| {
        format!(
            "2026-11-20 10:00:{:02} INFO worker {step} finished",
            step % 60
        )
    };
    (0..200).map(line).collect::<Vec<_>>().join("\n")
}

/// Gives the event to the hook and returns what the client reads.
fn hook(home: &Path, event: &Value) -> Value {
    let output = mrconductor(home, &["hook"], event.to_string().as_bytes());
    assert!(output.status.success(), "{output:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}

fn shell(stdout: &str) -> Value {
    json!({
        "session_id": "s", "hook_event_name": "PostToolUse", "tool_name": "Bash", "tool_input": {"command": "cat log"},
        "tool_response": {"stdout": stdout, "stderr": "warned", "interrupted": false, "isImage": false},
    })
}

#[test]
fn a_shell_s_output_is_replaced_in_its_own_shape_and_nothing_is_lost() {
    let home = tempfile::tempdir().unwrap();
    let answer = hook(home.path(), &shell(&log()));
    let output = &answer["hookSpecificOutput"]["updatedToolOutput"];
    assert_eq!(answer["hookSpecificOutput"]["hookEventName"], "PostToolUse");
    assert_eq!(output["stderr"], "warned");
    assert_eq!(output["interrupted"], false);
    let text = output["stdout"].as_str().unwrap();
    assert!(text.len() * 2 < log().len(), "{text}");
    assert!(text.ends_with("original: restore h1]\n"), "{text}");
    let original = mrconductor(home.path(), &["restore", "h1"], b"");
    assert_eq!(String::from_utf8(original.stdout).unwrap(), log());

    let gain = mrconductor(home.path(), &["gain", "--json"], b"");
    let gain: Value = serde_json::from_slice(&gain.stdout).unwrap();
    assert_eq!(gain["total"]["calls"], 1);
    assert_eq!(gain["sessions"]["times"], 0);
}

#[test]
fn cursor_s_mcp_tools_are_answered_in_cursor_s_words() {
    let home = tempfile::tempdir().unwrap();
    let output =
        json!({"content": [{"type": "text", "text": log()}, {"type": "text", "text": "short"}]});
    let event = json!({
        "hook_event_name": "postToolUse", "tool_name": "MCP:logs", "tool_input": "{}", "tool_output": output.to_string(),
        "cursor_version": "3.1", "workspace_roots": ["/p"],
    });
    let answer = hook(home.path(), &event);
    let blocks = &answer["updated_mcp_tool_output"]["content"];
    assert!(blocks[0]["text"].as_str().unwrap().contains("restore h1]"));
    assert_eq!(blocks[1], json!({"type": "text", "text": "short"}));
}

#[test]
fn whatever_should_stay_or_cannot_be_read_stays() {
    let home = tempfile::tempdir().unwrap();
    let code = include_str!("hook.rs");
    for event in [
        shell("short"),
        shell(code),
        shell(&"\0".repeat(5_000)),
        json!({"hook_event_name": "PostToolUse", "tool_name": "Read", "tool_response": {"file": {"content": log()}}}),
        json!({"hook_event_name": "PostToolUse", "tool_name": "mcp__mrconductor__distill", "tool_response": log()}),
        json!({"hook_event_name": "PostToolUse"}),
        json!({}),
        json!([]),
    ] {
        assert_eq!(hook(home.path(), &event), json!({}), "{event}");
    }
    for broken in [&b""[..], b"{", b"\xff\xff", b"null\nnull"] {
        let output = mrconductor(home.path(), &["hook"], broken);
        assert!(output.status.success());
        assert_eq!(output.stdout, b"{}\n");
    }
}

#[test]
fn a_home_that_cannot_keep_the_original_leaves_the_output_alone() {
    let home = tempfile::tempdir().unwrap();
    std::fs::write(home.path().join(".local"), "no folder").unwrap();
    assert_eq!(hook(home.path(), &shell(&log())), json!({}));
}

#[test]
fn at_the_end_of_a_pipe_the_exit_code_stays_and_so_does_what_is_no_text() {
    let home = tempfile::tempdir().unwrap();
    let program = env!("CARGO_BIN_EXE_mrconductor");
    let run = |script: &str| {
        Command::new("bash")
            .args(["-c", script, program])
            .env_clear()
            .env("HOME", home.path())
            .env("PATH", "/usr/bin:/bin")
            .output()
            .unwrap()
    };
    let output =
        run("set -o pipefail; (seq -f 'line %g of the log' 500; exit 7) | \"$0\" distill -");
    assert_eq!(output.status.code(), Some(7));
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("restore h1]"), "{text}");

    let output = run("printf 'a\\0b' | \"$0\" distill -");
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(output.stdout, b"a\0b");
    let remark = String::from_utf8(output.stderr).unwrap();
    assert!(
        remark.starts_with("not distilled: the input is binary"),
        "{remark}"
    );

    let output = run("head -c 70000000 /dev/zero | \"$0\" distill - | wc -c");
    assert_eq!(String::from_utf8(output.stdout).unwrap().trim(), "70000000");
}
