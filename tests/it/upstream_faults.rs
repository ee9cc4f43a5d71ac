//! Vendors at fault: the right word within the time, the next call works, and nothing is ever sent twice.

use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use mrconductor::config::{Off, Vendor};
use mrconductor::upstream::{Upstreams, Vendors as _};
use serde_json::{Value, json};

use crate::calls::{OK, PLAIN, TOOLS, call, legacy, ok, upstreams, vendor};
use crate::vendor::{
    FakeVendor, Seen, answer_as_legacy, break_off, end_events, free_port, respond, respond_json,
    send_event, send_part, start_events,
};

#[tokio::test]
async fn a_vendor_that_is_away_is_said_so_at_once_and_asked_again_at_the_next_call() {
    let port = free_port();
    let upstreams = Upstreams::new(&[vendor(format!("http://127.0.0.1:{port}/mcp"))], None);
    for _ in 0..2 {
        let text = call(&upstreams, PLAIN).await;
        assert!(
            text[0].starts_with("error vendor `acme` cannot be reached: "),
            "{text:?}"
        );
        assert!(
            text[0].ends_with("\nhint: the local tools work on; the next call tries `acme` anew; `mrconductor upstream test acme` shows more"),
            "{text:?}"
        );
    }
    let answer = |seen: &Seen, stream: &mut TcpStream| {
        if !answer_as_legacy(seen, stream, TOOLS, "s1") {
            respond_json(stream, "", &ok(&seen.body["id"]));
        }
    };
    let fake = FakeVendor::start_on(port, answer);
    assert_eq!(call(&upstreams, PLAIN).await, [OK]);
    drop(fake);
    let gone = call(&upstreams, PLAIN).await;
    assert!(gone[0].starts_with("error vendor `acme` "), "{gone:?}");
    let _back = FakeVendor::start_on(port, answer);
    assert_eq!(call(&upstreams, PLAIN).await, [OK]);
}

#[tokio::test]
async fn a_silent_vendor_costs_its_time_limit_and_nothing_else() {
    let silent = std::net::TcpListener::bind(("127.0.0.1", free_port())).unwrap();
    let url = format!("http://{}/mcp", silent.local_addr().unwrap());
    let slow = Vendor {
        connect_timeout: Duration::from_millis(200),
        ..vendor(url)
    };
    let upstreams = Upstreams::new(&[slow], None);
    let texts = futures_util::future::join_all((0..5).map(|_| call(&upstreams, PLAIN))).await;
    for text in texts {
        assert!(
            text[0].starts_with("error vendor `acme` did not answer within 200 ms\nhint: "),
            "{text:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_goes_silent_is_given_up_and_cancelled_and_progress_keeps_it_alive() {
    let fake = legacy(|seen, stream| {
        let id = &seen.body["id"];
        start_events(stream);
        for step in 0..6 {
            std::thread::sleep(Duration::from_millis(100));
            send_event(stream, &json!({"jsonrpc": "2.0", "method": "notifications/progress", "params": {"progressToken": 1, "progress": step}}).to_string());
        }
        if seen.body["params"]["arguments"]["hang"] == json!(true) {
            let mut byte = [0];
            let _ = std::io::Read::read(stream, &mut byte);
            return;
        }
        send_event(stream, &ok(id));
        end_events(stream);
    });
    let short = Vendor {
        call_timeout: Duration::from_millis(400),
        ..vendor(fake.url())
    };
    let upstreams = Upstreams::new(&[short], None);
    let asked = r#"{"name":"acme__find","_meta":{"progressToken":1}}"#;
    assert_eq!(call(&upstreams, asked).await.len(), 7);
    let hangs = r#"{"name":"acme__find","arguments":{"hang":true}}"#;
    let text = call(&upstreams, hangs).await;
    assert!(
        text[0].starts_with("error vendor `acme` did not answer within 400 ms"),
        "{text:?}"
    );
    fake.wait_for("notifications/cancelled", 1);
}

#[tokio::test]
async fn a_forgotten_session_is_opened_again_and_the_call_repeated_once() {
    for (status, body) in [
        ("404 Not Found", ""),
        (
            "400 Bad Request",
            r#"{"jsonrpc":"2.0","error":{"code":-32000,"message":"Bad Request: No valid session ID provided"},"id":null}"#,
        ),
    ] {
        let opened = Arc::new(AtomicUsize::new(0));
        let fake = FakeVendor::start({
            let opened = opened.clone();
            move |seen, stream| {
                if seen.method() == "initialize" {
                    opened.fetch_add(1, Ordering::SeqCst);
                }
                let session = format!("s{}", opened.load(Ordering::SeqCst));
                if answer_as_legacy(seen, stream, TOOLS, &session) {
                } else if seen.header("mcp-session-id") == Some("s1") {
                    respond(stream, status, "Content-Type: application/json\r\n", body);
                } else {
                    respond_json(stream, "", &ok(&seen.body["id"]));
                }
            }
        });
        assert_eq!(call(&upstreams(&fake), PLAIN).await, [OK], "{status}");
        assert_eq!(opened.load(Ordering::SeqCst), 2);
        let sessions: Vec<_> = fake
            .seen_of("tools/call")
            .iter()
            .map(|seen| seen.header("mcp-session-id").unwrap().to_owned())
            .collect();
        assert_eq!(sessions, ["s1", "s2"]);
    }
}

#[tokio::test]
async fn a_vendor_that_forgets_every_session_is_not_asked_for_ever() {
    let fake = legacy(|_, stream| respond(stream, "404 Not Found", "", ""));
    let text = call(&upstreams(&fake), PLAIN).await;
    assert!(
        text[0].starts_with("error vendor `acme` forgot the session\nhint: "),
        "{text:?}"
    );
    assert_eq!(fake.seen_of("tools/call").len(), 2);
}

/// What a fault does to one call, and that the call was sent once and the next one works.
async fn fault(expected: &str, answer: impl Fn(&Seen, &mut TcpStream) + Send + Sync + 'static) {
    let calls = AtomicUsize::new(0);
    let fake = legacy(move |seen, stream| {
        if calls.fetch_add(1, Ordering::SeqCst) == 0 {
            answer(seen, stream);
        } else {
            respond_json(stream, "", &ok(&seen.body["id"]));
        }
    });
    let upstreams = upstreams(&fake);
    let text = call(&upstreams, PLAIN).await;
    assert_eq!(text.len(), 1, "{text:?}");
    assert!(text[0].starts_with(expected), "{text:?}\n{expected}");
    assert_eq!(fake.seen_of("tools/call").len(), 1, "{expected}");
    assert_eq!(call(&upstreams, PLAIN).await, [OK], "{expected}");
    for text in text {
        assert!(!text.contains("hunter2"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fault_is_said_as_what_it_is_and_nothing_is_sent_twice() {
    fault("error vendor `acme` broke off its answer: ", |_, stream| {
        break_off(stream);
    })
    .await;
    fault("error vendor `acme` broke off its answer: ", |_, stream| {
        start_events(stream);
        send_part(stream, "event: message\ndata: {\"jsonrpc\":\"2.0\",\"id\"");
        break_off(stream);
    })
    .await;
    fault(
        "error vendor `acme` broke off its answer: it ended without an answer\nhint: the call may have been carried out",
        |_, stream| {
            start_events(stream);
            send_event(stream, &ok(&json!(99_999)));
            send_event(stream, &ok(&json!("1")));
            end_events(stream);
        },
    )
    .await;
    fault(
        "error vendor `acme` does not speak MCP at this address: its message is not JSON-RPC: ",
        |_, stream| respond_json(stream, "", "{\"jsonrpc\":\"2.0\",\"id\":"),
    )
    .await;
    fault(
        "error vendor `acme` does not speak MCP at this address: its answer is of type `text/html`\nhint: ask the person to check `upstream.acme.url`",
        |_, stream| respond(stream, "200 OK", "Content-Type: text/html\r\n", "<html>"),
    )
    .await;
    fault(
        "error vendor `acme` refused the request with HTTP 401\nhint: ask the person to check `upstream.acme.headers`",
        |_, stream| respond(stream, "401 Unauthorized", "", ""),
    )
    .await;
    fault(
        "error vendor `acme` answered HTTP 503, try again after 7 s\nhint: ",
        |_, stream| respond(stream, "503 Service Unavailable", "Retry-After: 7\r\n", ""),
    )
    .await;
    fault(
        "error vendor `acme` answered HTTP 500\nhint: ",
        |_, stream| {
            respond(stream, "500 Internal Server Error", "", "{");
        },
    )
    .await;
    fault("protocol -32602 no such thing {\"x\":1}", |seen, stream| {
        let body = json!({"jsonrpc": "2.0", "id": seen.body["id"], "error": {"code": -32602, "message": "no such thing", "data": {"x": 1}}});
        respond_json(stream, "", &body.to_string());
    })
    .await;
    fault(
        "error vendor `acme` does not speak MCP at this address: it gave no answer",
        |_, stream| {
            respond(stream, "202 Accepted", "", "");
        },
    )
    .await;
}

#[tokio::test]
async fn an_answer_to_somebody_else_is_passed_over() {
    let fake = legacy(|seen, stream| {
        start_events(stream);
        send_event(
            stream,
            r#"{"jsonrpc":"2.0","id":424242,"result":{"content":["wrong"]}}"#,
        );
        send_event(stream, &ok(&seen.body["id"]));
        end_events(stream);
    });
    assert_eq!(call(&upstreams(&fake), PLAIN).await, [OK]);
}

#[tokio::test]
async fn seventeen_mebibytes_pass_and_more_than_the_bound_is_an_error() {
    let fake = legacy(|seen, stream| {
        let id = &seen.body["id"];
        let mebibytes =
            usize::try_from(seen.body["params"]["arguments"]["n"].as_u64().unwrap()).unwrap();
        let text = "x".repeat(mebibytes << 20);
        let body = format!(r#"{{"jsonrpc":"2.0","id":{id},"result":{{"t":"{text}"}}}}"#);
        if seen.body["params"]["arguments"]["sse"] == json!(true) {
            start_events(stream);
            send_event(stream, &body);
            end_events(stream);
        } else {
            respond_json(stream, "", &body);
        }
    });
    let upstreams = upstreams(&fake);
    for sse in [false, true] {
        let params =
            |n: usize| json!({"name": "acme__find", "arguments": {"n": n, "sse": sse}}).to_string();
        let text = call(&upstreams, &params(17)).await;
        assert_eq!(text[0].len(), (17 << 20) + "result {\"t\":\"\"}".len());
        let text = call(&upstreams, &params(65)).await;
        assert_eq!(
            text,
            ["error vendor `acme` sent a message larger than 64 MiB\nhint: ask for less at once"]
        );
    }
    assert_eq!(
        call(&upstreams, r#"{"name":"acme__find","arguments":{"n":0}}"#).await,
        [r#"result {"t":""}"#]
    );
}

#[tokio::test]
async fn a_stream_that_a_legacy_vendor_lets_go_of_is_taken_up_where_it_was() {
    let called = Arc::new(std::sync::Mutex::new(Value::Null));
    let fake = FakeVendor::start(move |seen, stream| {
        if seen.http_method == "GET" {
            assert_eq!(seen.header("last-event-id"), Some("e7"));
            start_events(stream);
            send_event(stream, &ok(&called.lock().unwrap()));
            end_events(stream);
        } else if !answer_as_legacy(seen, stream, TOOLS, "s1") {
            *called.lock().unwrap() = seen.body["id"].clone();
            start_events(stream);
            send_part(stream, "id: e7\nretry: 10\ndata:\n\n");
            end_events(stream);
        }
    });
    assert_eq!(call(&upstreams(&fake), PLAIN).await, [OK]);
    assert_eq!(fake.seen_of("tools/call").len(), 1);
}

#[tokio::test]
async fn a_redirect_to_another_origin_is_not_followed() {
    let other = legacy(|seen, stream| respond_json(stream, "", &ok(&seen.body["id"])));
    let location = other.url();
    let fake = FakeVendor::start(move |_, stream| {
        respond(
            stream,
            "307 Temporary Redirect",
            &format!("Location: {location}\r\n"),
            "",
        );
    });
    let text = call(&upstreams(&fake), PLAIN).await;
    assert!(
        text[0].contains("it redirects elsewhere, which is not followed"),
        "{text:?}"
    );
    assert_eq!(other.seen().len(), 0);
}

#[tokio::test]
async fn a_vendor_that_is_off_says_why() {
    let fake = legacy(|_, _| {});
    let off = Vendor {
        off: Some(Off {
            why: "header `authorization` needs the variable `KEY`".to_owned(),
            hint: "set it".to_owned(),
        }),
        ..vendor(fake.url())
    };
    let upstreams = Upstreams::new(&[off], None);
    upstreams.start_fetching();
    assert!(
        upstreams.owns("acme__find") && !upstreams.owns("other__find") && !upstreams.owns("find")
    );
    assert_eq!(
        call(&upstreams, PLAIN).await,
        [
            "error vendor `acme` is off: header `authorization` needs the variable `KEY`\nhint: set it"
        ]
    );
    assert_eq!(fake.seen().len(), 0);
}
