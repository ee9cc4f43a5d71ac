//! The shell in one process, with a vendor made for the test: what the front takes in, and what the client reads.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use proptest::prelude::*;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

use super::front::Front;
use super::handler::Handler;
use super::line::Line;
use super::link::{Exchange, Worker};
use super::output::Output;
use super::pending::Pending;
use crate::config::Config;
use crate::tools::Engines;
use crate::upstream::{VendorCall, VendorEvent, Vendors};

/// Longest wait for one line: far above any real one, so that only a hang fails.
const WAIT: Duration = Duration::from_secs(60);

fn raw(json: &str) -> Box<RawValue> {
    RawValue::from_string(json.to_owned()).unwrap()
}

/// A vendor whose tools do what their names say.
struct Acme(watch::Sender<u64>);

impl Vendors for Acme {
    fn tools(&self) -> Vec<Box<RawValue>> {
        vec![
            raw(r#"{"name":"acme__z", "x":1.0}"#),
            raw("{\n\"name\":\"acme__a\",\n\"big\":123456789012345678901}"),
        ]
    }

    fn owns(&self, tool: &str) -> bool {
        tool.starts_with("acme__")
    }

    fn call(
        &self,
        call: VendorCall,
        events: mpsc::Sender<VendorEvent>,
        cancelled: CancellationToken,
    ) -> BoxFuture<'static, ()> {
        async move {
            let progress = |step: u32| {
                let token = call
                    .progress_token
                    .as_ref()
                    .map_or("null", |token| token.get());
                VendorEvent::Notification(raw(&format!(
                    r#"{{"progressToken":{token},"progress":{step}}}"#
                )))
            };
            match call.tool.as_str() {
                "acme__progress" => {
                    for step in 0..50 {
                        events.send(progress(step)).await.unwrap();
                    }
                    events
                        .send(VendorEvent::Result(raw(r#"{"content":[],"f":1.0}"#)))
                        .await
                        .unwrap();
                }
                "acme__echo" => {
                    let result = format!(r#"{{"params":{}}}"#, call.params);
                    events
                        .send(VendorEvent::Result(raw(&result)))
                        .await
                        .unwrap();
                }
                "acme__slow" => {
                    events.send(progress(1)).await.unwrap();
                    cancelled.cancelled().await;
                    // A vendor that does not hear the cancel in time.
                    drop(events.send(progress(2)).await);
                    drop(events.send(VendorEvent::Result(raw("{}"))).await);
                }
                "acme__away" => {
                    let text = "`acme` is away\nhint: try later".to_owned();
                    events.send(VendorEvent::ToolError(text)).await.unwrap();
                }
                _ => {}
            }
        }
        .boxed()
    }

    fn on_change(&self) -> watch::Receiver<u64> {
        self.0.subscribe()
    }
}

/// A client of the shell.
struct Trial {
    front: Front,
    lines: Receiver<String>,
    changes: watch::Sender<u64>,
    _runtime: tokio::runtime::Runtime,
}

impl Trial {
    fn start() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let (read, write) = rustix::pipe::pipe().unwrap();
        let output = Output::start(write, || {}).unwrap();
        let (changes, _) = watch::channel(0);
        let vendors: Option<Arc<dyn Vendors>> = Some(Arc::new(Acme(changes.clone())));
        let exchange = Exchange {
            output,
            pending: Pending::<Worker>::new(),
            vendors: vendors.clone(),
        };
        let handler = Handler {
            engines: Arc::new(Engines::new(Config::default())),
            vendors,
            fault: None,
            turns: Arc::new(tokio::sync::Semaphore::new(1)),
        };
        let front = Front::new(runtime.handle().clone(), handler, exchange);
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            for line in BufReader::new(File::from(read))
                .lines()
                .map_while(Result::ok)
            {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        Self {
            front,
            lines,
            changes,
            _runtime: runtime,
        }
    }

    fn say(&mut self, message: &Value) {
        self.front
            .take(Line::Whole(message.to_string().into_bytes()));
    }

    fn request(&mut self, id: &str, method: &str, params: &Value) {
        self.say(&json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}));
    }

    fn modern(&mut self, id: &str, method: &str, mut params: Value) {
        params["_meta"]["io.modelcontextprotocol/protocolVersion"] = json!("2026-07-28");
        params["_meta"]["io.modelcontextprotocol/clientInfo"] =
            json!({"name": "t", "version": "0"});
        params["_meta"]["io.modelcontextprotocol/clientCapabilities"] = json!({});
        self.request(id, method, &params);
    }

    fn open_session(&mut self) {
        let client = json!({"name": "t", "version": "0"});
        let params =
            json!({"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": client});
        self.request("open", "initialize", &params);
        self.read();
        self.say(&json!({"jsonrpc": "2.0", "method": "notifications/initialized"}));
    }

    fn line(&self) -> String {
        self.lines.recv_timeout(WAIT).expect("nothing was said")
    }

    fn read(&self) -> Value {
        serde_json::from_str(&self.line()).unwrap()
    }
}

#[test]
fn vendors_tools_follow_ours_as_their_vendor_wrote_them() {
    let mut trial = Trial::start();
    trial.open_session();
    trial.request("l", "tools/list", &json!({}));
    let line = trial.line();
    let tail = r#"{ "name":"acme__a", "big":123456789012345678901},{"name":"acme__z", "x":1.0}]}}"#;
    assert!(line.ends_with(tail), "{line}");
    assert!(line.contains(r#""name":"distill""#), "{line}");
}

#[test]
fn progress_comes_in_order_and_before_the_result() {
    let mut trial = Trial::start();
    trial.open_session();
    let params = json!({"name": "acme__progress", "_meta": {"progressToken": "p"}});
    trial.request("c", "tools/call", &params);
    for step in 0..50 {
        let progress = trial.read();
        assert_eq!(progress["method"], "notifications/progress");
        assert_eq!(
            progress["params"],
            json!({"progressToken": "p", "progress": step})
        );
    }
    assert_eq!(
        trial.line(),
        r#"{"jsonrpc":"2.0","id":"c","result":{"content":[],"f":1.0}}"#
    );
}

#[test]
fn parameters_and_results_are_relayed_byte_for_byte_in_both_eras() {
    let mut trial = Trial::start();
    trial.open_session();
    let line = r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"acme__echo","arguments":{"a":1.0,"n":123456789012345678901}}}"#;
    trial.front.take(Line::Whole(line.as_bytes().to_vec()));
    assert_eq!(
        trial.line(),
        r#"{"jsonrpc":"2.0","id":1,"result":{"params":{"name":"acme__echo","arguments":{"a":1.0,"n":123456789012345678901}}}}"#
    );
    trial.modern("m", "tools/call", json!({"name": "acme__echo"}));
    let modern = trial.read();
    assert_eq!(modern["result"]["resultType"], "complete");
    assert_eq!(modern["result"]["params"]["name"], "acme__echo");
}

#[test]
fn a_cancelled_vendor_call_says_nothing_more() {
    let mut trial = Trial::start();
    trial.open_session();
    trial.request(
        "c",
        "tools/call",
        &json!({"name": "acme__slow", "_meta": {"progressToken": 7}}),
    );
    assert_eq!(trial.read()["params"]["progress"], 1);
    trial.say(&json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": "c"}}));
    // The id is free again, and what is said under it belongs to the new request.
    trial.request("c", "ping", &json!({}));
    assert_eq!(
        trial.read(),
        json!({"jsonrpc": "2.0", "id": "c", "result": {}})
    );
    assert!(
        trial
            .lines
            .recv_timeout(Duration::from_millis(100))
            .is_err()
    );
}

#[test]
fn a_vendor_that_is_away_or_says_nothing_is_a_tool_error_and_local_tools_go_on() {
    let mut trial = Trial::start();
    trial.modern("a", "tools/call", json!({"name": "acme__away"}));
    let away = trial.read();
    assert_eq!(away["result"]["isError"], true);
    assert_eq!(away["result"]["resultType"], "complete");
    assert_eq!(
        away["result"]["content"][0]["text"],
        "`acme` is away\nhint: try later"
    );
    trial.modern("b", "tools/call", json!({"name": "acme__nothing"}));
    assert_eq!(trial.read()["result"]["isError"], true);
    trial.modern("d", "tools/list", json!({}));
    assert_eq!(trial.read()["id"], "d");
}

#[test]
fn a_change_of_the_list_is_told_in_both_eras() {
    let mut trial = Trial::start();
    trial.open_session();
    trial.modern(
        "s",
        "subscriptions/listen",
        json!({"notifications": {"toolsListChanged": true}}),
    );
    let accepted = trial.read();
    assert_eq!(
        accepted["method"],
        "notifications/subscriptions/acknowledged"
    );
    assert_eq!(
        accepted["params"]["_meta"]["io.modelcontextprotocol/subscriptionId"],
        "s"
    );
    // Both listeners are tasks of their own and may not wait yet; a change that nobody waits for is no news to them.
    while trial.changes.receiver_count() < 2 {
        std::thread::yield_now();
    }
    trial.changes.send_modify(|generation| *generation += 1);
    let mut told = [trial.read(), trial.read()];
    told.sort_by_key(|message| message["params"].is_object());
    assert!(
        told.iter()
            .all(|message| message["method"] == "notifications/tools/list_changed")
    );
    assert_eq!(
        told[1]["params"]["_meta"]["io.modelcontextprotocol/subscriptionId"],
        "s"
    );
    // A subscription ends with its cancel.
    trial.say(&json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": "s"}}));
    trial.changes.send_modify(|generation| *generation += 1);
    assert_eq!(trial.read().get("params"), None);
    assert!(
        trial
            .lines
            .recv_timeout(Duration::from_millis(100))
            .is_err()
    );
}

#[test]
fn no_change_of_a_line_takes_the_shell_down() {
    let mut trial = Trial::start();
    trial.open_session();
    let seeds = [
        json!({"jsonrpc": "2.0", "id": 5, "method": "tools/call", "params": {"name": "restore", "arguments": {"handle": "h1"}}}),
        json!({"jsonrpc": "2.0", "id": "a", "method": "tools/call", "params": {"name": "acme__echo", "_meta": {"progressToken": 1}}}),
        json!({"jsonrpc": "2.0", "id": 6, "method": "initialize", "params": {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "x", "version": "1"}}}),
        json!([{"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 5}}, {"jsonrpc": "2.0", "id": 8, "method": "ping"}]),
    ]
    .map(|seed| seed.to_string().into_bytes());
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig {
        cases: 3000,
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    // Each change puts a byte, or one that JSON cares about, somewhere, or cuts the line.
    let byte = prop_oneof![
        any::<u8>(),
        prop::sample::select(b"{}[]\",:\\0-.eu".to_vec())
    ];
    let change = (any::<prop::sample::Index>(), byte, 0..4_u8);
    let changes = (0..seeds.len(), prop::collection::vec(change, 1..6));
    let front = std::cell::RefCell::new(&mut trial.front);
    runner
        .run(&changes, |(seed, changes)| {
            let mut line = seeds[seed].clone();
            for (place, byte, what) in changes {
                if line.is_empty() {
                    break;
                }
                let at = place.index(line.len());
                match what {
                    0 => line[at] = byte,
                    1 => line.insert(at, byte),
                    2 => {
                        line.remove(at);
                    }
                    _ => line.truncate(at),
                }
            }
            front.borrow_mut().take(Line::Whole(line));
            while let Ok(said) = trial.lines.try_recv() {
                let said: Value = serde_json::from_str(&said).unwrap();
                prop_assert_eq!(&said["jsonrpc"], "2.0");
            }
            Ok(())
        })
        .unwrap();
    trial.request("last", "ping", &json!({}));
    while trial.read()["id"] != "last" {}
}
