//! How real clients begin: each opener as it was logged, replayed against the real program.

use serde_json::{Value, json};

use crate::harness::Conductor;

/// `_meta` of a request that describes itself, as 2026-07-28 wants it.
pub fn modern_meta() -> Value {
    json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientInfo": {"name": "it", "version": "0"},
        "io.modelcontextprotocol/clientCapabilities": {},
    })
}

fn names(list: &Value) -> Vec<String> {
    list["result"]["tools"]
        .as_array()
        .unwrap_or_else(|| panic!("no tools: {list}"))
        .iter()
        .map(|tool| tool["name"].as_str().unwrap().to_owned())
        .collect()
}

fn own_names() -> Vec<String> {
    mrconductor::tools::TOOLS
        .iter()
        .map(|tool| tool.name().to_owned())
        .collect()
}

/// Opens a session as `client` does and returns the answer to `initialize`.
fn open(conductor: &mut Conductor, version: &str, client: Value, capabilities: Value) -> Value {
    let reply = conductor.request(
        "initialize",
        json!({"protocolVersion": version, "capabilities": capabilities, "clientInfo": client}),
    );
    conductor.send(&json!({"jsonrpc": "2.0", "method": "notifications/initialized"}));
    reply["result"].clone()
}

#[test]
fn claude_code_discovers_and_goes_on_without_a_session() {
    let mut conductor = Conductor::start();
    let found = conductor.request("server/discover", json!({"_meta": modern_meta()}));
    let result = &found["result"];
    assert_eq!(result["resultType"], "complete", "{found}");
    assert!(
        result["supportedVersions"]
            .as_array()
            .unwrap()
            .contains(&json!("2026-07-28"))
    );
    assert_eq!(
        result["_meta"]["io.modelcontextprotocol/serverInfo"]["name"],
        "mrconductor"
    );
    assert!(
        result["ttlMs"].is_u64() && result["cacheScope"].is_string(),
        "{found}"
    );
    let list = conductor.request("tools/list", json!({"_meta": modern_meta()}));
    assert_eq!(list["result"]["resultType"], "complete", "{list}");
    assert!(
        list["result"]["ttlMs"].is_u64() && list["result"]["cacheScope"].is_string(),
        "{list}"
    );
    assert_eq!(
        list["result"]["_meta"]["io.modelcontextprotocol/serverInfo"]["name"],
        "mrconductor"
    );
    assert_eq!(names(&list), own_names());
}

#[test]
fn claude_code_may_fall_back_to_initialize_after_its_probe_and_back_again() {
    let mut conductor = Conductor::start();
    conductor.request("server/discover", json!({"_meta": modern_meta()}));
    let modern = conductor.request("tools/list", json!({"_meta": modern_meta()}));
    let capabilities = json!({"roots": {}, "elicitation": {}});
    let client = json!({"name": "claude-code", "title": "Claude Code", "version": "2.1.328"});
    let opened = open(&mut conductor, "2025-11-25", client, capabilities);
    assert_eq!(opened["protocolVersion"], "2025-11-25");
    let session = conductor.request("tools/list", json!({}));
    assert_eq!(names(&session), own_names());
    assert_eq!(session["result"].get("resultType"), None, "{session}");
    assert_eq!(conductor.request("ping", json!({}))["result"], json!({}));
    // Each request is of the era that it names itself.
    let again = conductor.request("tools/list", json!({"_meta": modern_meta()}));
    assert_eq!(again["result"], modern["result"]);
    assert_eq!(
        conductor.request("ping", json!({"_meta": modern_meta()}))["error"]["code"],
        -32601
    );
}

#[test]
fn codex_and_gemini_open_2025_06_18() {
    for (client, capabilities) in [
        (
            json!({"name": "codex-mcp-client", "title": "Codex", "version": "0.169.0"}),
            json!({"elicitation": {}}),
        ),
        (
            json!({"name": "gemini-cli-mcp-client", "version": "0.61.0"}),
            json!({"roots": {"listChanged": true}}),
        ),
    ] {
        let mut conductor = Conductor::start();
        let opened = open(&mut conductor, "2025-06-18", client, capabilities);
        assert_eq!(opened["protocolVersion"], "2025-06-18");
        assert_eq!(opened["serverInfo"]["name"], "mrconductor");
        assert_eq!(opened["serverInfo"]["version"], env!("CARGO_PKG_VERSION"));
        assert_eq!(opened["capabilities"], json!({"tools": {}}));
        let list = conductor.request("tools/list", json!({"_meta": {"progressToken": 0}}));
        assert_eq!(names(&list), own_names());
    }
}

#[test]
fn vs_code_and_cursor_open_2025_11_25() {
    for (client, capabilities) in [
        (
            json!({"name": "Visual Studio Code", "version": "1.140.0"}),
            json!({
                "roots": {"listChanged": true},
                "sampling": {"tools": {}, "context": {}},
                "elicitation": {"form": {}, "url": {}},
                "tasks": {"list": {}, "cancel": {}, "requests": {"sampling": {"createMessage": {}}}},
                "extensions": {"io.modelcontextprotocol/ui": {"mimeTypes": ["text/html;profile=mcp-app"]}},
            }),
        ),
        (
            json!({"name": "cursor-vscode", "version": "1.0.0"}),
            json!({"tools": true, "prompts": true, "resources": true, "logging": false,
                "elicitation": {}, "roots": {"listChanged": false}}),
        ),
    ] {
        let mut conductor = Conductor::start();
        let opened = open(&mut conductor, "2025-11-25", client, capabilities);
        assert_eq!(opened["protocolVersion"], "2025-11-25");
        assert_eq!(
            names(&conductor.request("tools/list", json!({}))),
            own_names()
        );
        // Cursor asks for these whatever the server says it has; an error would be shown to its user.
        assert_eq!(
            conductor.request("prompts/list", json!({}))["result"]["prompts"],
            json!([])
        );
        assert_eq!(
            conductor.request("resources/list", json!({}))["result"]["resources"],
            json!([])
        );
    }
}

#[test]
fn the_python_client_sends_its_requests_without_waiting() {
    let mut conductor = Conductor::start();
    // String ids, all lines in one write, as its reader and writer are tasks of their own.
    let mut lines = String::new();
    for (id, method) in [
        ("a", "server/discover"),
        ("b", "tools/list"),
        ("c", "tools/list"),
    ] {
        let request = json!({"jsonrpc": "2.0", "id": id, "method": method, "params": {"_meta": modern_meta()}});
        lines.push_str(&request.to_string());
        lines.push('\n');
    }
    conductor.write(lines.as_bytes());
    for id in ["c", "a", "b"] {
        let reply = conductor.reply(&json!(id));
        assert_eq!(reply["result"]["resultType"], "complete", "{reply}");
    }
}

#[test]
fn every_version_with_a_session_is_kept_and_any_other_gets_the_newest() {
    for (asked, given) in [
        ("2024-11-05", "2024-11-05"),
        ("2025-03-26", "2025-03-26"),
        ("2025-06-18", "2025-06-18"),
        ("2025-11-25", "2025-11-25"),
        ("2026-07-28", "2025-11-25"),
        ("1999-01-01", "2025-11-25"),
    ] {
        let mut conductor = Conductor::start();
        assert_eq!(
            conductor.initialize(asked)["result"]["protocolVersion"],
            given,
            "{asked}"
        );
        assert_eq!(
            names(&conductor.request("tools/list", json!({}))),
            own_names()
        );
    }
}

#[test]
fn a_second_initialize_opens_a_fresh_session() {
    let mut conductor = Conductor::ready();
    let reply = conductor.initialize("2025-06-18");
    assert_eq!(reply["result"]["protocolVersion"], "2025-06-18");
    assert_eq!(
        names(&conductor.request("tools/list", json!({}))),
        own_names()
    );
}

#[test]
fn a_request_of_no_era_is_told_what_is_missing_and_a_ping_is_answered() {
    let mut conductor = Conductor::start();
    let reply = conductor.request("tools/list", json!({}));
    assert_eq!(reply["error"]["code"], -32602);
    assert!(
        reply["error"]["message"]
            .as_str()
            .unwrap()
            .contains("hint: send `initialize` first")
    );
    assert_eq!(conductor.request("ping", json!({}))["result"], json!({}));
    conductor.send(&json!({"jsonrpc": "2.0", "method": "notifications/initialized"}));
    assert_eq!(
        conductor.initialize("2025-11-25")["result"]["protocolVersion"],
        "2025-11-25"
    );
}

#[test]
fn a_version_of_the_future_is_refused_with_those_that_are_spoken() {
    let mut conductor = Conductor::start();
    let mut meta = modern_meta();
    meta["io.modelcontextprotocol/protocolVersion"] = json!("2031-01-01");
    let reply = conductor.request("tools/list", json!({"_meta": meta}));
    assert_eq!(reply["error"]["code"], -32022, "{reply}");
    assert!(
        reply["error"]["data"]["supported"]
            .as_array()
            .unwrap()
            .contains(&json!("2026-07-28"))
    );
    let reply = conductor.request(
        "tools/list",
        json!({"_meta": {"io.modelcontextprotocol/protocolVersion": "2026-07-28"}}),
    );
    assert_eq!(reply["error"]["code"], -32602, "{reply}");
}

#[test]
fn unknown_methods_tools_and_parameters_are_protocol_errors() {
    let mut conductor = Conductor::ready();
    assert_eq!(
        conductor.request("no/such", json!({}))["error"]["code"],
        -32601
    );
    let reply = conductor.request("tools/call", json!({"name": "distil", "arguments": {}}));
    assert_eq!(reply["error"]["code"], -32602);
    assert_eq!(
        reply["error"]["message"],
        "unknown tool `distil`\nhint: did you mean `distill`?"
    );
    for params in [
        json!({"name": 3}),
        json!({"name": "distill", "arguments": [1]}),
        json!({}),
    ] {
        let reply = conductor.request("tools/call", params);
        assert_eq!(reply["error"]["code"], -32602, "{reply}");
    }
    let reply = conductor.request("initialize", json!({"protocolVersion": 5}));
    assert_eq!(reply["error"]["code"], -32602, "{reply}");
}
