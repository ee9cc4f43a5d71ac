//! Vendors: what is relayed, in which protocol, and which tools are offered.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use mrconductor::config::Vendor;
use mrconductor::upstream::{Upstreams, VendorCall, VendorEvent, Vendors as _};
use proptest::prelude::{ProptestConfig, Strategy, prop, prop_assert_eq, prop_oneof, proptest};
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::calls::{OK, PLAIN, call, legacy, ok, raw, spoken, start, upstreams, vendor};
use crate::vendor::{
    FakeVendor, answer_as_legacy, answer_as_modern, end_events, respond_json, send_event,
    send_part, start_events,
};

#[tokio::test]
async fn a_call_is_spliced_both_ways_and_every_byte_survives() {
    let result = r#"{"content":[{"type":"hologram","x":1.0}],"n":123456789012345678901234567890,"e":1e400,"esc":"\u00e9\/","resultType":"odd","deep":[[[[{"a":null}]]]],"structuredContent":{"z":1,"a":2}}"#;
    let fake = legacy(move |seen, stream| {
        let id = &seen.body["id"];
        respond_json(
            stream,
            "",
            &format!(r#"{{"result":{result},"id":{id},"jsonrpc":"2.0","extra":true}}"#),
        );
    });
    let upstreams = upstreams(&fake);
    let (sender, mut receiver) = mpsc::channel(16);
    let params = r#"{"arguments":{"big": 123456789012345678901234567890,"f":1.0,"s":"\u00e9"},"name":"acme__find","new":{"x":[]},"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","traceparent":"00-1"}}"#;
    let call = VendorCall {
        tool: "acme__find".to_owned(),
        params: raw(params),
        progress_token: None,
    };
    upstreams.call(call, sender, CancellationToken::new()).await;
    assert_eq!(
        spoken(receiver.recv().await.unwrap()),
        format!("result {result}")
    );
    assert!(receiver.recv().await.is_none());
    let seen = &fake.seen_of("tools/call")[0];
    let id = &seen.body["id"];
    assert_eq!(
        seen.text,
        format!(
            r#"{{"jsonrpc":"2.0","id":{id},"method":"tools/call","params":{{"arguments":{{"big": 123456789012345678901234567890,"f":1.0,"s":"\u00e9"}},"name":"find","new":{{"x":[]}},"_meta":{{"traceparent":"00-1"}}}}}}"#
        )
    );
    assert_eq!(seen.header("authorization"), Some("Bearer hunter2"));
    assert_eq!(seen.header("mcp-session-id"), Some("s1"));
    assert_eq!(seen.header("mcp-protocol-version"), Some("2025-06-18"));
    assert_eq!(
        seen.header("accept"),
        Some("application/json, text/event-stream")
    );
}

#[tokio::test]
async fn a_result_that_spans_lines_comes_as_one_line() {
    let fake = legacy(|seen, stream| {
        let id = &seen.body["id"];
        start_events(stream);
        send_part(
            stream,
            &format!(
                "data: {{\"jsonrpc\":\"2.0\",\r\ndata: \"id\":{id},\rdata: \"result\":{{\ndata:   \"a\":1}}}}\n\n"
            ),
        );
        end_events(stream);
    });
    assert_eq!(
        call(&upstreams(&fake), PLAIN).await,
        [r#"result {   "a":1}"#]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn progress_comes_in_order_before_the_result_and_only_where_it_was_asked_for() {
    let fake = legacy(|seen, stream| {
        let id = &seen.body["id"];
        start_events(stream);
        for step in 0..50 {
            let token = json!("t1");
            send_event(
                stream,
                &format!(
                    r#"{{"jsonrpc":"2.0","method":"notifications/progress","params":{{"progressToken":{token},"progress":{step},"x":1.0}}}}"#
                ),
            );
            send_event(stream, &json!({"jsonrpc": "2.0", "method": "notifications/progress", "params": {"progressToken": "other", "progress": step}}).to_string());
            send_event(stream, &json!({"jsonrpc": "2.0", "method": "notifications/message", "params": {"level": "info", "data": "x"}}).to_string());
        }
        send_event(stream, &ok(id));
        end_events(stream);
    });
    let upstreams = upstreams(&fake);
    let mut expected: Vec<_> = (0..50)
        .map(|step| format!(r#"progress {{"progressToken":"t1","progress":{step},"x":1.0}}"#))
        .collect();
    expected.push(OK.to_owned());
    let asked = r#"{"name":"acme__find","_meta":{"progressToken":"t1"}}"#;
    for _ in 0..10 {
        assert_eq!(call(&upstreams, asked).await, expected);
    }
    assert_eq!(call(&upstreams, PLAIN).await, [OK]);
    assert_eq!(
        fake.seen_of("tools/call")[0].body["params"]["_meta"],
        json!({"progressToken": "t1"})
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_call_is_cancelled_at_the_vendor_and_says_nothing_more() {
    let closed = Arc::new(AtomicUsize::new(0));
    let fake = legacy({
        let closed = closed.clone();
        move |seen, stream| {
            start_events(stream);
            send_event(
                stream,
                r#"{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":1,"progress":0}}"#,
            );
            // Reads until the client closes its end.
            let mut byte = [0];
            assert_eq!(std::io::Read::read(stream, &mut byte).unwrap_or(0), 0);
            closed.fetch_add(1, Ordering::SeqCst);
            send_event(stream, &ok(&seen.body["id"]));
        }
    });
    let upstreams = upstreams(&fake);
    let cancelled = CancellationToken::new();
    let params = r#"{"name":"acme__find","_meta":{"progressToken":1}}"#;
    let (mut receiver, running) = start(&upstreams, params, &cancelled);
    assert!(matches!(
        receiver.recv().await,
        Some(VendorEvent::Notification(_))
    ));
    cancelled.cancel();
    assert!(receiver.recv().await.is_none());
    running.await.unwrap();
    let told = fake.wait_for("notifications/cancelled", 1);
    let call = &fake.seen_of("tools/call")[0];
    assert_eq!(told[0].body["params"]["requestId"], call.body["id"]);
    assert_eq!(told[0].header("mcp-session-id"), Some("s1"));
    while closed.load(Ordering::SeqCst) == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn many_calls_at_once_share_one_session() {
    let fake = legacy(|seen, stream| {
        let n = &seen.body["params"]["arguments"]["n"];
        respond_json(
            stream,
            "",
            &format!(
                r#"{{"jsonrpc":"2.0","id":{},"result":{{"n":{n}}}}}"#,
                seen.body["id"]
            ),
        );
    });
    let upstreams = upstreams(&fake);
    let calls = (0..40).map(|n| {
        let upstreams = &upstreams;
        async move {
            let params = json!({"name": "acme__find", "arguments": {"n": n}}).to_string();
            assert_eq!(
                call(upstreams, &params).await,
                [format!("result {{\"n\":{n}}}")]
            );
        }
    });
    futures_util::future::join_all(calls).await;
    assert_eq!(fake.seen_of("initialize").len(), 1);
    assert_eq!(fake.seen_of("tools/call").len(), 40);
}

#[tokio::test]
async fn a_vendor_that_asks_something_itself_is_answered_and_the_call_goes_on() {
    let fake = legacy(|seen, stream| {
        start_events(stream);
        send_event(stream, r#"{"jsonrpc":"2.0","id":"p","method":"ping"}"#);
        send_event(
            stream,
            r#"{"jsonrpc":"2.0","id":7,"method":"sampling/createMessage","params":{}}"#,
        );
        send_event(stream, &ok(&seen.body["id"]));
        end_events(stream);
    });
    assert_eq!(call(&upstreams(&fake), PLAIN).await, [OK]);
    let answers: Vec<_> = fake
        .wait_for("", 2)
        .into_iter()
        .map(|seen| seen.body)
        .collect();
    assert_eq!(
        answers,
        [
            json!({"jsonrpc": "2.0", "id": "p", "result": {}}),
            json!({"jsonrpc": "2.0", "id": 7, "error": {"code": -32601, "message": "this client has no such method"}}),
        ]
    );
}

#[tokio::test]
async fn a_vendor_that_changes_its_protocol_is_found_again() {
    let data = tempfile::tempdir().unwrap();
    let port = crate::vendor::free_port();
    let vendor = vendor(format!("http://127.0.0.1:{port}/mcp"));
    let versions = async || {
        // A new process each time, that knows from the kept list what was spoken last.
        let upstreams = Upstreams::new(std::slice::from_ref(&vendor), Some(data.path()));
        let report = upstreams.ask("acme").await.unwrap().unwrap();
        report.version
    };
    let legacy = || {
        FakeVendor::start_on(port, |seen, stream| {
            answer_as_legacy(seen, stream, "[]", "s1");
        })
    };
    let modern = || {
        FakeVendor::start_on(port, |seen, stream| {
            answer_as_modern(seen, stream, "[]");
        })
    };
    let fake = legacy();
    assert_eq!(versions().await, "2025-06-18");
    drop(fake);
    let fake = modern();
    assert_eq!(versions().await, "2026-07-28");
    drop(fake);
    let fake = legacy();
    assert_eq!(versions().await, "2025-06-18");
    assert_eq!(versions().await, "2025-06-18");
    // Once known to be legacy, it is not asked again whether it is modern.
    assert_eq!(fake.seen_of("server/discover").len(), 1);
}

/// Writes JSON in odd but valid ways: spaces between tokens, numbers no type holds, escapes nobody needs.
fn any_json() -> impl Strategy<Value = String> {
    let space = prop::sample::select(vec!["", " ", "\t", "  "]);
    let text = prop::string::string_regex(
        r#""([ -!#-\[\]-~é文]|\\["\\/bfnrt]|\\u00[0-9a-fA-F]{2}|\\ud83d\\ude00){0,8}""#,
    )
    .unwrap()
    .boxed();
    let number =
        prop::string::string_regex(r"-?(0|[1-9][0-9]{0,30})(\.[0-9]{1,20})?([eE][+-]?[0-9]{1,4})?")
            .unwrap();
    let word = prop::sample::select(vec!["null", "true", "false"]).prop_map(str::to_owned);
    let leaf = prop_oneof![text.clone(), number, word];
    leaf.prop_recursive(5, 40, 5, move |inner| {
        let item = (space.clone(), inner, space.clone())
            .prop_map(|(before, json, after)| format!("{before}{json}{after}"))
            .boxed();
        let member = (text.clone(), item.clone()).prop_map(|(name, json)| format!("{name}:{json}"));
        prop_oneof![
            prop::collection::vec(item, 0..5).prop_map(|items| format!("[{}]", items.join(","))),
            prop::collection::vec(member, 0..5)
                .prop_map(|members| format!("{{{}}}", members.join(","))),
        ]
    })
}

#[test]
fn whatever_json_is_asked_and_answered_comes_through_byte_for_byte() {
    // Answers with the very bytes that stood in the arguments.
    let fake = legacy(|seen, stream| {
        let (_, rest) = seen.text.split_once("\"arguments\":").unwrap();
        let (arguments, _) = rest.rsplit_once(",\"end\":0").unwrap();
        let id = &seen.body["id"];
        respond_json(
            stream,
            "",
            &format!(r#"{{"jsonrpc":"2.0","id":{id},"result":{arguments}}}"#),
        );
    });
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let upstreams = upstreams(&fake);
    let config = ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::with_cases(500)
    };
    proptest!(config, |(json in any_json())| {
        let (sender, mut receiver) = mpsc::channel(16);
        let call = VendorCall {
            tool: "acme__find".to_owned(),
            params: raw(&format!(r#"{{"name":"acme__find","arguments":{json},"end":0}}"#)),
            progress_token: None,
        };
        let event = runtime.block_on(async {
            upstreams.call(call, sender, CancellationToken::new()).await;
            receiver.recv().await.unwrap()
        });
        prop_assert_eq!(spoken(event), format!("result {}", json.trim()));
    });
}

#[tokio::test]
async fn a_modern_vendor_is_spoken_to_in_its_own_way() {
    let tools = r#"[{"name":"find it","inputSchema":{"type":"object","properties":{"where":{"type":"string","x-mcp-header":"Where"}}}}]"#;
    let fake = FakeVendor::start(move |seen, stream| {
        if !answer_as_modern(seen, stream, tools) {
            respond_json(stream, "", &ok(&seen.body["id"]));
        }
    });
    let upstreams = upstreams(&fake);
    let report = upstreams.ask("acme").await.unwrap().unwrap();
    let (remote, local) = report.selected[0].clone();
    assert_eq!(remote, "find it");
    let (sender, mut receiver) = mpsc::channel(16);
    let call = VendorCall {
        tool: local,
        params: raw(
            r#"{"name":"x","arguments":{"where":"Zürich"},"_meta":{"progressToken":3,"io.modelcontextprotocol/protocolVersion":"2025-01-01","io.modelcontextprotocol/clientCapabilities":{"elicitation":{}}}}"#,
        ),
        progress_token: Some(raw("3")),
    };
    upstreams.call(call, sender, CancellationToken::new()).await;
    assert_eq!(spoken(receiver.recv().await.unwrap()), OK);
    assert_eq!(fake.seen_of("initialize").len(), 0);
    let seen = &fake.seen_of("tools/call")[0];
    assert_eq!(seen.header("mcp-session-id"), None);
    assert_eq!(seen.header("mcp-protocol-version"), Some("2026-07-28"));
    assert_eq!(seen.header("mcp-method"), Some("tools/call"));
    assert_eq!(seen.header("mcp-name"), Some("find it"));
    assert_eq!(
        seen.header("mcp-param-where"),
        Some("=?base64?WsO8cmljaA==?=")
    );
    let meta = &seen.body["params"]["_meta"];
    assert_eq!(
        meta["io.modelcontextprotocol/protocolVersion"],
        "2026-07-28"
    );
    assert_eq!(
        meta["io.modelcontextprotocol/clientCapabilities"],
        json!({"elicitation": {}})
    );
    assert_eq!(meta["progressToken"], 3);
}

#[tokio::test]
async fn only_selected_tools_can_be_called() {
    let fake = legacy(|seen, stream| respond_json(stream, "", &ok(&seen.body["id"])));
    let other = Vendor {
        tools: vec!["other".to_owned()],
        ..vendor(fake.url())
    };
    let upstreams = Upstreams::new(&[other], None);
    let text = call(&upstreams, PLAIN).await;
    assert!(
        text[0].contains("no selected tool `acme__find`"),
        "{text:?}"
    );
    assert_eq!(fake.seen_of("tools/call").len(), 0);
}

fn names(upstreams: &Upstreams) -> Vec<String> {
    let tools = upstreams.tools();
    tools
        .iter()
        .map(|tool| {
            let tool: Value = serde_json::from_str(tool.get()).unwrap();
            tool["name"].as_str().unwrap().to_owned()
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_is_fetched_behind_the_scenes_kept_and_there_at_once_when_the_vendor_is_away() {
    let data = tempfile::tempdir().unwrap();
    let fake = FakeVendor::start(|seen, stream| {
        let id = &seen.body["id"];
        if seen.method() != "tools/list" {
            answer_as_legacy(seen, stream, "[]", "s1");
            return;
        }
        // Three pages, and a cursor that would never end.
        let page = |name: &str, next: &str| {
            format!(
                r#"{{"jsonrpc":"2.0","id":{id},"result":{{"tools":[{{"name":"{name}","inputSchema":{{"type":"object"}}}}],"nextCursor":{next}}}}}"#
            )
        };
        let body = match seen.body["params"]["cursor"].as_str() {
            None => page("c", "\"1\""),
            Some("1") => page("a", "\"2\""),
            Some(_) => page("b", "\"2\""),
        };
        respond_json(stream, "", &body);
    });
    let vendor = vendor(fake.url());
    let first = Upstreams::new(std::slice::from_ref(&vendor), Some(data.path()));
    let mut changed = first.on_change();
    assert_eq!(names(&first), Vec::<String>::new());
    first.start_fetching();
    changed.changed().await.unwrap();
    let expected = ["acme__a", "acme__b", "acme__c"];
    assert_eq!(names(&first), expected);
    drop(fake);
    let second = Upstreams::new(&[vendor], Some(data.path()));
    assert_eq!(names(&second), expected);
    let kept = std::fs::read_to_string(data.path().join("upstream/acme.json")).unwrap();
    assert!(
        !kept.contains("hunter2") && !kept.contains("127.0.0.1"),
        "{kept}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_a_vendor_changes_is_fetched_again() {
    let version = Arc::new(AtomicUsize::new(1));
    let fake = FakeVendor::start({
        let version = version.clone();
        move |seen, stream| {
            let tools = format!(
                r#"[{{"name":"find","inputSchema":{{"type":"object"}},"v":{}}}]"#,
                version.load(Ordering::SeqCst)
            );
            if !answer_as_legacy(seen, stream, &tools, "s1") {
                version.store(2, Ordering::SeqCst);
                start_events(stream);
                send_event(
                    stream,
                    r#"{"jsonrpc":"2.0","method":"notifications/tools/list_changed"}"#,
                );
                send_event(stream, &ok(&seen.body["id"]));
                end_events(stream);
            }
        }
    });
    let upstreams = upstreams(&fake);
    upstreams.ask("acme").await.unwrap().unwrap();
    let mut changed = upstreams.on_change();
    assert_eq!(call(&upstreams, PLAIN).await, [OK]);
    changed.changed().await.unwrap();
    assert!(upstreams.tools()[0].get().contains(r#""v":2"#));
}
