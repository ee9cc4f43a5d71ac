//! Local and vendor tools together, through the real program: what an IDE with a hybrid entry sees.

use std::fs;
use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};

use crate::harness::{Conductor, mrconductor, text};
use crate::vendor::{
    FakeVendor, answer_as_legacy, answer_as_modern, end_events, free_port, respond_json,
    send_event, start_events,
};

/// Longest wait for a message: far above any real one.
const WAIT: Duration = Duration::from_secs(30);

const TOOLS: &str = r#"[{"name":"find","description":"Finds it","inputSchema":{"type":"object"},"annotations":{"readOnlyHint":true},"x-new":1.0}]"#;

fn write_settings(home: &Path, url: &str) {
    let folder = home.join(".config/mrconductor");
    fs::create_dir_all(&folder).unwrap();
    let text = format!(
        "[upstream.acme]\nurl = \"{url}\"\nheaders = {{ Authorization = \"Bearer ${{ACME_KEY}}\" }}\ntools = [\"*\"]\n"
    );
    fs::write(folder.join("config.toml"), text).unwrap();
}

/// Starts a server whose settings name the vendor at `url`.
pub fn hybrid(url: &str) -> Conductor {
    Conductor::start_with(|command, home| {
        write_settings(home, url);
        command.env("ACME_KEY", "hunter2").args(["--log", "trace"]);
    })
}

fn names(conductor: &mut Conductor) -> Vec<String> {
    let reply = conductor.request("tools/list", json!({}));
    let tools = reply["result"]["tools"].as_array().unwrap();
    tools
        .iter()
        .map(|tool| tool["name"].as_str().unwrap().to_owned())
        .collect()
}

/// Waits for the news that the list changed, then returns it.
pub fn names_after_change(conductor: &mut Conductor) -> Vec<String> {
    loop {
        let message = conductor.next(WAIT).expect("the list never changed");
        if message["method"] == "notifications/tools/list_changed" {
            return names(conductor);
        }
    }
}

#[test]
fn local_and_vendor_tools_stand_in_one_list_and_calls_go_where_they_belong() {
    let fake = FakeVendor::start(|seen, stream| {
        if !answer_as_legacy(seen, stream, TOOLS, "s1") {
            let id = &seen.body["id"];
            start_events(stream);
            for step in 0..50 {
                send_event(stream, &json!({"jsonrpc": "2.0", "method": "notifications/progress", "params": {"progressToken": "t", "progress": step}}).to_string());
            }
            send_event(
                stream,
                &format!(
                    r#"{{"jsonrpc":"2.0","id":{id},"result":{{"content":[{{"type":"hologram"}}],"n":1.0}}}}"#
                ),
            );
            end_events(stream);
        }
    });
    let mut conductor = hybrid(&fake.url());
    conductor.initialize("2025-11-25");
    let names = names_after_change(&mut conductor);
    assert!(
        names.len() > 1 && names.contains(&"acme__find".to_owned()),
        "{names:?}"
    );

    conductor.send(&json!({"jsonrpc": "2.0", "id": "v", "method": "tools/call", "params": {"name": "acme__find", "arguments": {}, "_meta": {"progressToken": "t"}}}));
    for step in 0..50 {
        let message = conductor.next(WAIT).unwrap();
        assert_eq!(message["method"], "notifications/progress", "{message}");
        assert_eq!(
            message["params"],
            json!({"progressToken": "t", "progress": step})
        );
    }
    assert_eq!(
        conductor.next(WAIT).unwrap(),
        json!({"jsonrpc": "2.0", "id": "v", "result": {"content": [{"type": "hologram"}], "n": 1.0}})
    );
    let local = names.iter().find(|name| !name.contains("__")).unwrap();
    let reply = conductor.request(
        "tools/call",
        json!({"name": local, "arguments": {"no such argument": 1}}),
    );
    assert!(!reply.to_string().contains("acme"), "{reply}");
    assert_eq!(fake.seen_of("tools/call").len(), 1);
    assert_eq!(
        fake.seen_of("tools/call")[0].header("authorization"),
        Some("Bearer hunter2")
    );
}

#[test]
fn a_vendor_is_asked_for_the_identifier_whose_name_the_client_was_told() {
    let fake = FakeVendor::start(|seen, stream| {
        if !answer_as_legacy(seen, stream, TOOLS, "s1") {
            let id = &seen.body["id"];
            let reply = format!(r#"{{"jsonrpc":"2.0","id":{id},"result":{{"content":[]}}}}"#);
            respond_json(stream, "", &reply);
        }
    });
    let mut conductor = hybrid(&fake.url());
    conductor.initialize("2025-11-25");
    names_after_change(&mut conductor);
    let ask = |conductor: &mut Conductor| {
        let arguments = json!({"query": "what became of \"~~2\"?", "not": "~~2~~ ~~3"});
        conductor.call("acme__find", arguments);
    };
    ask(&mut conductor);
    let opened = conductor.call("handshake", json!({}));
    let session = &opened["_meta"]["mrconductor/facts"]["session"];
    let log = "order f47ac10b-58cc-4372-a567-0e02b2c3d479 of 7d444840-9dc0-11d1-b245-5ffdce74fad2 is late\n".repeat(9);
    let arguments = json!({"text": log, "level": "aliased", "session": session});
    let shown = conductor.call("distill", arguments);
    assert!(text(&shown).contains("order ~~1 of ~~2 is late"), "{shown}");
    ask(&mut conductor);
    let asked: Vec<Value> = fake
        .seen_of("tools/call")
        .iter()
        .map(|seen| seen.body["params"]["arguments"].clone())
        .collect();
    assert_eq!(
        asked,
        [
            json!({"query": "what became of \"~~2\"?", "not": "~~2~~ ~~3"}),
            json!({"query": "what became of \"7d444840-9dc0-11d1-b245-5ffdce74fad2\"?", "not": "~~2~~ ~~3"}),
        ]
    );
}

#[test]
fn a_modern_client_gets_the_type_of_a_result_that_a_legacy_vendor_left_out() {
    let fake = FakeVendor::start(|seen, stream| {
        if !answer_as_legacy(seen, stream, TOOLS, "s1") {
            respond_json(
                stream,
                "",
                &json!({"jsonrpc": "2.0", "id": seen.body["id"], "result": {"content": []}})
                    .to_string(),
            );
        }
    });
    let mut conductor = hybrid(&fake.url());
    let meta = json!({"io.modelcontextprotocol/protocolVersion": "2026-07-28", "io.modelcontextprotocol/clientCapabilities": {}});
    let reply = conductor.request(
        "tools/call",
        json!({"name": "acme__find", "arguments": {}, "_meta": meta}),
    );
    assert_eq!(reply["result"]["resultType"], "complete", "{reply}");
    assert_eq!(reply["result"]["content"], json!([]));
    assert_eq!(
        fake.seen_of("tools/call")[0].body["params"].get("_meta"),
        None
    );
}

#[test]
fn a_legacy_client_reaches_a_modern_vendor() {
    let fake = FakeVendor::start(|seen, stream| {
        if !answer_as_modern(seen, stream, TOOLS) {
            respond_json(stream, "", &json!({"jsonrpc": "2.0", "id": seen.body["id"], "result": {"resultType": "complete", "content": []}}).to_string());
        }
    });
    let mut conductor = hybrid(&fake.url());
    conductor.initialize("2025-06-18");
    let result = conductor.call("acme__find", json!({}));
    assert_eq!(result["content"], json!([]));
    let seen = &fake.seen_of("tools/call")[0];
    assert_eq!(
        seen.body["params"]["_meta"]["io.modelcontextprotocol/protocolVersion"],
        "2026-07-28"
    );
    assert_eq!(seen.header("mcp-name"), Some("find"));
}

#[test]
fn a_cancelled_call_reaches_the_vendor_and_stays_unanswered() {
    let fake = FakeVendor::start(|seen, stream| {
        if !answer_as_legacy(seen, stream, TOOLS, "s1") {
            start_events(stream);
            let mut byte = [0];
            let _ = std::io::Read::read(stream, &mut byte);
        }
    });
    let mut conductor = hybrid(&fake.url());
    conductor.initialize("2025-11-25");
    conductor.send(&json!({"jsonrpc": "2.0", "id": 77, "method": "tools/call", "params": {"name": "acme__find"}}));
    let called = fake.wait_for("tools/call", 1);
    conductor.send(&json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 77}}));
    let told = fake.wait_for("notifications/cancelled", 1);
    assert_eq!(told[0].body["params"]["requestId"], called[0].body["id"]);
    conductor.request("tools/list", json!({}));
    while let Some(message) = conductor.next(Duration::from_millis(300)) {
        assert_ne!(message["id"], json!(77), "{message}");
    }
}

#[test]
fn with_the_vendor_away_everything_else_is_as_ever() {
    let port = free_port();
    let url = format!("http://127.0.0.1:{port}/mcp");
    let fake = FakeVendor::start_on(port, |seen, stream| {
        answer_as_legacy(seen, stream, TOOLS, "s1");
    });
    let first_list = {
        let mut conductor = hybrid(&url);
        conductor.initialize("2025-11-25");
        let list = names_after_change(&mut conductor);
        drop(fake);
        // The same home again, now with the vendor away: its tools are still there, at the first question.
        let home = conductor.home.path().to_owned();
        let mut second = Conductor::start_with(|command, _| {
            command.env("ACME_KEY", "hunter2").env("HOME", &home);
        });
        second.initialize("2025-11-25");
        assert_eq!(names(&mut second), list);
        let result = second.call("acme__find", json!({}));
        assert_eq!(result["isError"], json!(true), "{result}");
        assert!(
            text(&result).starts_with("vendor `acme` cannot be reached: "),
            "{result}"
        );
        assert!(
            text(&result).contains("\nhint: the local tools work on"),
            "{result}"
        );
        list
    };
    assert!(first_list.contains(&"acme__find".to_owned()));
}

#[test]
fn a_fault_of_the_settings_costs_the_vendors_only() {
    let fake = FakeVendor::start(|seen, stream| {
        answer_as_legacy(seen, stream, TOOLS, "s1");
    });
    let mut conductor = Conductor::start_with(|command, home| {
        write_settings(home, &fake.url());
        let file = home.join(".config/mrconductor/config.toml");
        let text = fs::read_to_string(&file).unwrap();
        fs::write(file, format!("lgo = 'info'\n{text}")).unwrap();
        command.env("ACME_KEY", "hunter2");
    });
    conductor.initialize("2025-11-25");
    assert!(!names(&mut conductor).is_empty());
    let result = conductor.call("acme__find", json!({}));
    assert!(text(&result).contains("unknown key `lgo`"), "{result}");
    assert!(text(&result).contains("did you mean `log`?"), "{result}");
    assert_eq!(fake.seen().len(), 0);
}

#[test]
fn an_unset_variable_turns_the_vendor_off_and_a_call_says_which() {
    let mut conductor = Conductor::start_with(|_, home| {
        write_settings(home, "http://127.0.0.1:1/mcp");
    });
    conductor.initialize("2025-11-25");
    let result = conductor.call("acme__find", json!({}));
    assert_eq!(result["isError"], json!(true));
    assert!(
        text(&result).contains("needs the variable `ACME_KEY`"),
        "{result}"
    );
}

fn files_below(folder: &Path, found: &mut Vec<std::path::PathBuf>) {
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        if entry.path().is_dir() {
            files_below(&entry.path(), found);
        } else {
            found.push(entry.path());
        }
    }
}

#[test]
fn no_file_that_we_write_holds_a_header_or_what_was_said() {
    let fake = FakeVendor::start(|seen, stream| {
        if !answer_as_legacy(seen, stream, TOOLS, "s1") {
            respond_json(stream, "", &json!({"jsonrpc": "2.0", "id": seen.body["id"], "result": {"content": [], "said": "swordfish"}}).to_string());
        }
    });
    let mut conductor = hybrid(&format!("{}?key=hunter2", fake.url()));
    conductor.initialize("2025-11-25");
    let result = conductor.call("acme__find", json!({"q": "swordfish"}));
    assert_eq!(result["said"], "swordfish");
    conductor.hang_up();
    let _ = conductor.child.wait();
    let mut files = Vec::new();
    files_below(conductor.home.path(), &mut files);
    files.retain(|file| !file.ends_with("config.toml"));
    assert!(
        files
            .iter()
            .any(|file| file.ends_with("upstream/acme.json")),
        "{files:?}"
    );
    for file in files {
        let bytes = fs::read(&file).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        for secret in ["hunter2", "swordfish"] {
            assert!(!text.contains(secret), "{secret} in {}", file.display());
        }
    }
}

#[test]
fn upstream_list_and_test_say_what_is_there_and_end_with_the_code_that_fits() {
    let home = tempfile::tempdir().unwrap();
    let run = |args: &[&str]| {
        let output = mrconductor(home.path(), args, b"");
        (
            output.status.code().unwrap(),
            String::from_utf8(output.stdout).unwrap(),
            String::from_utf8(output.stderr).unwrap(),
        )
    };
    let (code, out, _) = run(&["upstream", "list"]);
    assert!(
        code == 0 && out.starts_with("no vendor is configured\nhint: add `[upstream.NAME]`"),
        "{out}"
    );

    let fake = FakeVendor::start(|seen, stream| {
        if seen.header("authorization") == Some("Bearer wrong") {
            crate::vendor::respond(stream, "403 Forbidden", "", "");
        } else {
            answer_as_legacy(seen, stream, TOOLS, "s1");
        }
    });
    let url = fake.url();
    let settings = home.path().join(".config/mrconductor/config.toml");
    fs::create_dir_all(settings.parent().unwrap()).unwrap();
    fs::write(
        &settings,
        format!(
            "[upstream.good]\nurl = '{url}'\ntools = ['find']\n[upstream.locked]\nurl = '{url}'\nheaders = {{ authorization = 'Bearer wrong' }}\n[upstream.away]\nurl = 'http://127.0.0.1:{}/'\n[upstream.off]\nurl = '{url}'\nenabled = false\n",
            free_port()
        ),
    )
    .unwrap();
    let (code, out, _) = run(&["upstream", "test", "good"]);
    assert_eq!(code, 0);
    assert!(
        out.starts_with("✔ good speaks MCP 2025-06-18 (legacy)\n"),
        "{out}"
    );
    assert!(out.ends_with("  ✔ find  offered as good__find\n"), "{out}");
    let (_, out, _) = run(&["upstream", "test", "good", "--json"]);
    let report: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(
        report["selected"],
        json!([{"tool": "find", "name": "good__find"}])
    );
    let (_, out, _) = run(&["upstream", "list", "--json"]);
    let list: Value = serde_json::from_str(&out).unwrap();
    let states: Vec<_> = list["upstreams"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            (
                row["name"].as_str().unwrap(),
                row["state"].as_str().unwrap(),
                &row["tools"],
            )
        })
        .collect();
    assert_eq!(
        states,
        [
            ("away", "on", &Value::Null),
            ("good", "on", &json!(["good__find"])),
            ("locked", "on", &Value::Null),
            ("off", "off", &Value::Null),
        ]
    );
    let cases = [
        (
            "locked",
            3,
            "error: vendor `locked` refused the request with HTTP 403\nhint: ",
        ),
        ("away", 4, "error: vendor `away` cannot be reached: "),
        (
            "off",
            5,
            "error: vendor `off` is off: it is switched off\nhint: set `upstream.off.enabled = true`",
        ),
        (
            "nobody",
            1,
            "error: no vendor `nobody` in the settings\nhint: the settings have `away`, `good`, `locked`, `off`",
        ),
    ];
    for (name, expected, message) in cases {
        let (code, _, error) = run(&["upstream", "test", name]);
        assert_eq!(code, expected, "{error}");
        assert!(error.starts_with(message), "{error}");
    }
}
