//! Calls of a vendor's tool through the library, as the server makes them.

use std::net::TcpStream;
use std::time::Duration;

use mrconductor::config::Vendor;
use mrconductor::upstream::{Upstreams, VendorCall, VendorEvent, Vendors as _};
use secrecy::SecretString;
use serde_json::Value;
use serde_json::value::RawValue;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::vendor::{FakeVendor, Seen, answer_as_legacy};

pub const TOOLS: &str =
    r#"[{"name":"find","description":"Finds it","inputSchema":{"type":"object"}}]"#;

pub fn vendor(url: String) -> Vendor {
    Vendor {
        name: "acme".to_owned(),
        url,
        headers: vec![(
            "authorization".to_owned(),
            SecretString::from("Bearer hunter2".to_owned()),
        )],
        tools: vec!["*".to_owned()],
        connect_timeout: Duration::from_secs(20),
        call_timeout: Duration::from_secs(20),
        enabled: true,
        off: None,
    }
}

pub fn upstreams(fake: &FakeVendor) -> Upstreams {
    Upstreams::new(&[vendor(fake.url())], None)
}

/// A legacy server with one tool, whose calls `call` answers.
pub fn legacy(call: impl Fn(&Seen, &mut TcpStream) + Send + Sync + 'static) -> FakeVendor {
    FakeVendor::start(move |seen, stream| {
        if !answer_as_legacy(seen, stream, TOOLS, "s1") {
            call(seen, stream);
        }
    })
}

pub fn raw(json: &str) -> Box<RawValue> {
    RawValue::from_string(json.to_owned()).unwrap()
}

/// Starts a call of `acme__find` with these params.
pub fn start(
    upstreams: &Upstreams,
    params: &str,
    cancelled: &CancellationToken,
) -> (mpsc::Receiver<VendorEvent>, tokio::task::JoinHandle<()>) {
    let (sender, receiver) = mpsc::channel(16);
    let params: Value = serde_json::from_str(params).unwrap();
    let token = params["_meta"]
        .get("progressToken")
        .map(|token| raw(&token.to_string()));
    let call = VendorCall {
        tool: "acme__find".to_owned(),
        params: raw(&params.to_string()),
        progress_token: token,
    };
    let running = tokio::spawn(upstreams.call(call, sender, cancelled.clone()));
    (receiver, running)
}

/// Makes a call and returns all its events, each as one line.
pub async fn call(upstreams: &Upstreams, params: &str) -> Vec<String> {
    let (mut receiver, running) = start(upstreams, params, &CancellationToken::new());
    let mut events = Vec::new();
    while let Some(event) = receiver.recv().await {
        events.push(spoken(event));
    }
    running.await.unwrap();
    events
}

pub fn spoken(event: VendorEvent) -> String {
    match event {
        VendorEvent::Notification(params) => format!("progress {params}"),
        VendorEvent::Result(result) => format!("result {result}"),
        VendorEvent::ToolError(text) => format!("error {text}"),
        VendorEvent::Protocol {
            code,
            message,
            data,
        } => format!("protocol {code} {message} {}", data.unwrap_or_default()),
    }
}

pub const PLAIN: &str = r#"{"name":"acme__find","arguments":{}}"#;

pub fn ok(id: &Value) -> String {
    format!(r#"{{"jsonrpc":"2.0","id":{id},"result":{{"content":[]}}}}"#)
}

pub const OK: &str = r#"result {"content":[]}"#;
