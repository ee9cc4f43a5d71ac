//! The official `server-everything` from npm as a vendor, killed and restarted under our hands.

use std::net::TcpStream;
use std::path::Path;
use std::time::Duration;

use mrconductor::upstream::{Upstreams, VendorCall, Vendors as _};
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::calls::{raw, spoken, vendor};
use crate::harness::text;
use crate::hybrid::{hybrid, names_after_change};
use crate::vendor::free_port;

/// Finds the real server installed by `scripts/test-tools`; without it, skips with a word, but never under CI.
fn everything() -> Option<std::path::PathBuf> {
    let installed = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/npm");
    let folder = std::env::var_os("MRCONDUCTOR_TEST_EVERYTHING").map_or(installed, Into::into);
    let script = folder.join("node_modules/@modelcontextprotocol/server-everything/dist/index.js");
    if script.is_file() {
        return Some(script);
    }
    assert!(
        std::env::var_os("CI").is_none(),
        "{} is missing: run scripts/test-tools",
        script.display()
    );
    eprintln!(
        "skipped: {} is missing: run scripts/test-tools",
        script.display()
    );
    None
}

/// The real server from npm, on `port`. Dropping it kills it.
struct Everything(std::process::Child);

impl Everything {
    fn start(script: &Path, port: u16) -> Self {
        let child = std::process::Command::new("node")
            .arg(script)
            .arg("streamableHttp")
            .env("PORT", port.to_string())
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .spawn()
            .unwrap();
        let server = Self(child);
        let start = std::time::Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(
                start.elapsed() < Duration::from_secs(60),
                "the server does not listen"
            );
            std::thread::sleep(Duration::from_millis(20));
        }
        server
    }
}

impl Drop for Everything {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_real_server_everything_is_relayed_killed_and_found_again() {
    let Some(script) = everything() else { return };
    let port = free_port();
    let real = Everything::start(&script, port);
    let upstreams = Upstreams::new(&[vendor(format!("http://127.0.0.1:{port}/mcp"))], None);
    let report = upstreams.ask("acme").await.unwrap().unwrap();
    assert_eq!(report.version, "2025-11-25");
    assert!(
        report.offered.iter().any(|tool| tool == "get-sum"),
        "{report:?}"
    );
    assert_eq!(report.refused, []);

    let one = async |tool: &str, params: Value| {
        let (sender, mut receiver) = mpsc::channel(16);
        let call = VendorCall {
            tool: tool.to_owned(),
            progress_token: params["_meta"]
                .get("progressToken")
                .map(|token| raw(&token.to_string())),
            params: raw(&params.to_string()),
        };
        let running = tokio::spawn(upstreams.call(call, sender, CancellationToken::new()));
        let mut events = Vec::new();
        while let Some(event) = receiver.recv().await {
            events.push(spoken(event));
        }
        running.await.unwrap();
        events
    };
    let sum = json!({"name": "acme__get-sum", "arguments": {"a": 2, "b": 40}});
    let answered = one("acme__get-sum", sum.clone()).await;
    assert!(answered[0].contains("42"), "{answered:?}");
    let long = |seconds: u32| json!({"name": "acme__trigger-long-running-operation", "arguments": {"duration": seconds, "steps": 4}, "_meta": {"progressToken": "t"}});
    let events = one("acme__trigger-long-running-operation", long(1)).await;
    let progress: Vec<_> = events
        .iter()
        .filter(|event| event.starts_with("progress"))
        .collect();
    assert_eq!(progress.len(), 4, "{events:?}");
    assert!(events.last().unwrap().starts_with("result"), "{events:?}");

    // Killed under a running call: that call ends with an error, the next one too, and after the restart all is well.
    let running = async {
        let events = one("acme__trigger-long-running-operation", long(60)).await;
        events.last().unwrap().clone()
    };
    let killing = async {
        tokio::time::sleep(Duration::from_millis(500)).await;
        drop(real);
    };
    let (broken, ()) = tokio::join!(running, killing);
    assert!(
        broken.starts_with("error vendor `acme` broke off"),
        "{broken}"
    );
    let away = one("acme__get-sum", sum.clone()).await;
    assert!(
        away[0].starts_with("error vendor `acme` cannot be reached"),
        "{away:?}"
    );
    let real = Everything::start(&script, port);
    let back = one("acme__get-sum", sum.clone()).await;
    assert!(back[0].contains("42"), "{back:?}");
    // Restarted between two calls: the session is lost, and nobody notices.
    drop(real);
    let _real = Everything::start(&script, port);
    let again = one("acme__get-sum", sum).await;
    assert!(again[0].contains("42"), "{again:?}");
}

#[test]
fn the_real_server_everything_works_beside_the_local_tools_and_after_a_restart() {
    let Some(script) = everything() else { return };
    let port = free_port();
    let real = Everything::start(&script, port);
    let mut conductor = hybrid(&format!("http://127.0.0.1:{port}/mcp"));
    conductor.initialize("2025-11-25");
    let names = names_after_change(&mut conductor);
    assert!(names.contains(&"acme__get-sum".to_owned()), "{names:?}");
    let sum = json!({"a": 2, "b": 40});
    let result = conductor.call("acme__get-sum", sum.clone());
    assert!(text(&result).contains("42"), "{result}");
    drop(real);
    let result = conductor.call("acme__get-sum", sum.clone());
    assert_eq!(result["isError"], json!(true), "{result}");
    let _real = Everything::start(&script, port);
    let result = conductor.call("acme__get-sum", sum);
    assert!(text(&result).contains("42"), "{result}");
}
