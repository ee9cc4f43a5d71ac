//! A vendor's server for tests: a few lines of HTTP/1.1 on loopback, that answer as a test says and remember what they saw.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU16, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// Longest wait for something to be seen: far above any real one, so that only a hang fails.
const SEEN_WAIT: Duration = Duration::from_secs(30);

/// One request as it arrived.
#[derive(Debug, Clone)]
pub struct Seen {
    pub http_method: String,
    pub path: String,
    pub headers: BTreeMap<String, String>,
    pub text: String,
    pub body: Value,
}

impl Seen {
    /// The JSON-RPC method; empty for a response.
    pub fn method(&self) -> &str {
        self.body["method"].as_str().unwrap_or_default()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }
}

/// A running server. Dropping it closes the port and every connection.
pub struct FakeVendor {
    pub port: u16,
    seen: Arc<Mutex<Vec<Seen>>>,
    stop: Arc<AtomicBool>,
    connections: Arc<Mutex<Vec<TcpStream>>>,
    accepting: Option<std::thread::JoinHandle<()>>,
}

/// Returns a port on which nothing listens, below the ephemeral range, in which another test's client could take it.
pub fn free_port() -> u16 {
    let (listener, port) = bind_some();
    drop(listener);
    wait_until_closed(port);
    port
}

fn bind_some() -> (TcpListener, u16) {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let base = 20_000 + u16::try_from(std::process::id() % 100).unwrap() * 100;
    loop {
        let port = base + NEXT.fetch_add(1, Ordering::Relaxed) % 2_000;
        if let Ok(listener) = TcpListener::bind(("127.0.0.1", port)) {
            return (listener, port);
        }
    }
}

/// Waits until connections are refused. A program that another test starts holds every open socket from its fork to its
/// exec, so a port outlives its listener for a moment.
fn wait_until_closed(port: u16) {
    let start = Instant::now();
    while TcpStream::connect(("127.0.0.1", port)).is_ok() {
        assert!(start.elapsed() < SEEN_WAIT, "port {port} stays open");
        std::thread::sleep(Duration::from_millis(1));
    }
}

impl FakeVendor {
    /// Starts a server that answers each request with `answer`.
    pub fn start(answer: impl Fn(&Seen, &mut TcpStream) + Send + Sync + 'static) -> Self {
        let (listener, port) = bind_some();
        Self::start_with(listener, port, answer)
    }

    /// Starts it where one was before, or will be expected.
    pub fn start_on(
        port: u16,
        answer: impl Fn(&Seen, &mut TcpStream) + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", port)).unwrap();
        Self::start_with(listener, port, answer)
    }

    fn start_with(
        listener: TcpListener,
        port: u16,
        answer: impl Fn(&Seen, &mut TcpStream) + Send + Sync + 'static,
    ) -> Self {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let stop = Arc::new(AtomicBool::new(false));
        let connections = Arc::new(Mutex::new(Vec::new()));
        let answer = Arc::new(answer);
        let accepting = std::thread::spawn({
            let (seen, stop, connections) = (seen.clone(), stop.clone(), connections.clone());
            move || {
                for stream in listener.incoming().map_while(Result::ok) {
                    if stop.load(Ordering::SeqCst) {
                        return;
                    }
                    connections
                        .lock()
                        .unwrap()
                        .push(stream.try_clone().unwrap());
                    let (seen, answer) = (seen.clone(), answer.clone());
                    std::thread::spawn(move || converse(stream, &seen, &*answer));
                }
            }
        });
        Self {
            port,
            seen,
            stop,
            connections,
            accepting: Some(accepting),
        }
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}/mcp", self.port)
    }

    /// Everything seen so far.
    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    /// What was seen of one JSON-RPC method.
    pub fn seen_of(&self, method: &str) -> Vec<Seen> {
        let mut seen = self.seen();
        seen.retain(|seen| seen.method() == method);
        seen
    }

    /// Waits until `count` requests of `method` were seen.
    pub fn wait_for(&self, method: &str, count: usize) -> Vec<Seen> {
        let start = Instant::now();
        loop {
            let seen = self.seen_of(method);
            if seen.len() >= count {
                return seen;
            }
            assert!(start.elapsed() < SEEN_WAIT, "{method}: {seen:?}");
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for FakeVendor {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        drop(TcpStream::connect(("127.0.0.1", self.port)));
        for connection in self.connections.lock().unwrap().drain(..) {
            drop(connection.shutdown(Shutdown::Both));
        }
        self.accepting.take().unwrap().join().unwrap();
        wait_until_closed(self.port);
    }
}

fn converse(stream: TcpStream, seen: &Mutex<Vec<Seen>>, answer: &dyn Fn(&Seen, &mut TcpStream)) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut stream = stream;
    loop {
        let mut first = String::new();
        if !matches!(reader.read_line(&mut first), Ok(length) if length > 0) {
            return;
        }
        let mut headers = BTreeMap::new();
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line).is_err() || line.trim().is_empty() {
                break;
            }
            let (name, value) = line.split_once(':').unwrap();
            headers.insert(name.to_lowercase(), value.trim().to_owned());
        }
        let length = headers
            .get("content-length")
            .map_or(0, |length| length.parse().unwrap());
        let mut body = vec![0; length];
        if reader.read_exact(&mut body).is_err() {
            return;
        }
        let text = String::from_utf8(body).unwrap();
        let request = Seen {
            http_method: first.split(' ').next().unwrap().to_owned(),
            path: first.split(' ').nth(1).unwrap_or_default().to_owned(),
            headers,
            body: serde_json::from_str(&text).unwrap_or_else(|_| envelope(&text)),
            text,
        };
        seen.lock().unwrap().push(request.clone());
        answer(&request, &mut stream);
    }
}

/// Reads what can be read of a message whose numbers no type holds.
fn envelope(text: &str) -> Value {
    #[derive(Default, serde::Deserialize)]
    struct Envelope {
        id: Value,
        method: Value,
    }
    let Envelope { id, method } = serde_json::from_str(text).unwrap_or_default();
    json!({"id": id, "method": method})
}

/// Writes a whole response. A client that went away meanwhile is no fault of the test.
pub fn respond(stream: &mut TcpStream, status: &str, headers: &str, body: &str) {
    let length = body.len();
    let head = format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\n{headers}\r\n");
    drop(stream.write_all(&[head.as_bytes(), body.as_bytes()].concat()));
}

/// Writes a JSON response; `body` is the whole message.
pub fn respond_json(stream: &mut TcpStream, headers: &str, body: &str) {
    let headers = format!("Content-Type: application/json\r\n{headers}");
    respond(stream, "200 OK", &headers, body);
}

/// Starts a stream of events that ends when the connection does.
pub fn start_events(stream: &mut TcpStream) {
    let head =
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";
    drop(stream.write_all(head.as_bytes()));
}

/// Writes a part of a stream.
pub fn send_part(stream: &mut TcpStream, part: &str) {
    drop(stream.write_all(format!("{:x}\r\n{part}\r\n", part.len()).as_bytes()));
}

/// Writes one event.
pub fn send_event(stream: &mut TcpStream, message: &str) {
    send_part(stream, &format!("event: message\ndata: {message}\n\n"));
}

/// Ends a stream as HTTP wants it.
pub fn end_events(stream: &mut TcpStream) {
    send_part(stream, "");
}

/// Breaks the connection off.
pub fn break_off(stream: &TcpStream) {
    drop(stream.shutdown(Shutdown::Both));
}

/// Answers everything but calls as a legacy server does that has the tools `tools`, session `session`; returns whether it did.
pub fn answer_as_legacy(seen: &Seen, stream: &mut TcpStream, tools: &str, session: &str) -> bool {
    let id = &seen.body["id"];
    match seen.method() {
        "server/discover" => respond(
            stream,
            "400 Bad Request",
            "Content-Type: application/json\r\n",
            &json!({"jsonrpc": "2.0", "id": id, "error": {"code": -32601, "message": "Method not found"}})
                .to_string(),
        ),
        "initialize" => respond_json(
            stream,
            &format!("Mcp-Session-Id: {session}\r\n"),
            &json!({"jsonrpc": "2.0", "id": id, "result": {"protocolVersion": "2025-06-18", "capabilities": {"tools": {}}, "serverInfo": {"name": "fake", "version": "0"}}})
                .to_string(),
        ),
        "tools/list" => respond_json(
            stream,
            "",
            &format!(r#"{{"jsonrpc":"2.0","id":{id},"result":{{"tools":{tools}}}}}"#),
        ),
        "tools/call" => return false,
        _ => respond(stream, "202 Accepted", "", ""),
    }
    true
}

/// Answers everything but calls as a modern server does.
pub fn answer_as_modern(seen: &Seen, stream: &mut TcpStream, tools: &str) -> bool {
    let id = &seen.body["id"];
    match seen.method() {
        "server/discover" => respond_json(
            stream,
            "",
            &json!({"jsonrpc": "2.0", "id": id, "result": {"resultType": "complete", "supportedVersions": ["2026-07-28"], "capabilities": {}, "ttlMs": 0, "cacheScope": "private"}})
                .to_string(),
        ),
        "tools/list" => respond_json(
            stream,
            "",
            &format!(r#"{{"jsonrpc":"2.0","id":{id},"result":{{"resultType":"complete","tools":{tools}}}}}"#),
        ),
        "tools/call" => return false,
        _ => respond(stream, "404 Not Found", "", ""),
    }
    true
}
