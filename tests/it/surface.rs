//! What clients and people see: the list of tools, the identity, the help. A changed snapshot is a changed contract.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::Stdio;

use mrconductor::tools::TOOLS;
use serde_json::{Value, json};

use crate::harness::{Conductor, mrconductor, program};

/// Tokens (o200k) that the five tools may cost in every conversation.
const LIST_TOKENS_MAX: usize = 800;

fn listed() -> Value {
    Conductor::ready().request("tools/list", json!({}))["result"].clone()
}

#[test]
fn the_list_of_tools_is_what_it_was() {
    insta::assert_json_snapshot!("tools-list", listed());
}

#[test]
fn the_identity_is_what_it_was() {
    let mut result = Conductor::start().initialize("2025-11-25")["result"].clone();
    result["serverInfo"]["version"] = json!("[version]");
    insta::assert_json_snapshot!("initialize", result);
}

#[test]
fn the_help_is_what_it_was() {
    let home = tempfile::tempdir().unwrap();
    let output = mrconductor(home.path(), &["--help"], b"");
    assert!(output.status.success());
    insta::assert_snapshot!("help", String::from_utf8(output.stdout).unwrap());
}

#[test]
fn the_list_of_tools_is_the_same_bytes_at_every_start() {
    let seen: BTreeSet<String> = (0..100).map(|_| list_of_a_new_start()).collect();
    assert_eq!(seen.len(), 1, "{} different lists", seen.len());
}

/// Starts the program and returns the line of its answer to `tools/list`, byte for byte.
fn list_of_a_new_start() -> String {
    let home = tempfile::tempdir().unwrap();
    let mut child = program(home.path())
        .arg("serve")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let params = json!({"_meta": crate::openers::modern_meta()});
    let request = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": params});
    writeln!(stdin, "{request}").unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.as_mut().unwrap())
        .read_line(&mut line)
        .unwrap();
    drop(stdin);
    child.wait().unwrap();
    assert!(line.contains("\"tools\":["), "{line}");
    line
}

#[test]
fn schemas_are_flat_and_every_tool_says_what_it_does() {
    let list = listed();
    let tools = list["tools"].as_array().unwrap();
    assert_eq!(tools.len(), TOOLS.len());
    for tool in tools {
        let name = tool["name"].as_str().unwrap();
        assert!((1..=20).contains(&name.len()), "{name}");
        assert!(
            name.bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte == b'_'),
            "{name}"
        );
        let description = tool["description"].as_str().unwrap();
        assert!(
            !description.is_empty() && description.chars().count() <= 300,
            "{name}: {description}"
        );
        let schema = tool["inputSchema"].to_string();
        for word in ["$schema", "$ref", "$defs", "title", "format", "\"null\""] {
            assert!(!schema.contains(word), "{name}: {word} in {schema}");
        }
        assert_eq!(tool["inputSchema"]["type"], "object", "{name}");
        assert_eq!(tool["inputSchema"].get("anyOf"), None, "{name}");
        for hint in [
            "readOnlyHint",
            "idempotentHint",
            "openWorldHint",
            "destructiveHint",
        ] {
            assert!(tool["annotations"][hint].is_boolean(), "{name}: {hint}");
        }
        assert_eq!(tool["annotations"]["openWorldHint"], false, "{name}");
        assert_eq!(tool.get("outputSchema"), None, "{name}");
    }
}

#[test]
fn the_list_of_tools_is_cheap() {
    let list = listed()["tools"].to_string();
    let tokens = mrconductor::tokens::count(mrconductor::tokens::Encoding::O200k, &list);
    eprintln!("tools/list: {tokens} tokens");
    assert!(tokens <= LIST_TOKENS_MAX, "{tokens} tokens");
}
