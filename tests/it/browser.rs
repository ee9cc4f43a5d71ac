//! A browser for `docs web`: one that says exactly what it is told to over loopback, and a real one.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::harness::program;

/// Longest wait for something to happen: far above any real one, so that only a hang fails.
pub const WAIT: Duration = Duration::from_secs(60);

/// A running `docs web`, and the session that its address was exchanged for.
pub struct Web {
    pub child: Child,
    pub port: u16,
    pub address: String,
    pub cookie: String,
}

/// What came back: status, head and body.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (key, value) = line.split_once(": ")?;
            key.eq_ignore_ascii_case(name).then_some(value)
        })
    }
}

impl Web {
    /// Starts it in `home`; its address is not opened yet.
    pub fn start(home: &Path, args: &[&str]) -> Self {
        Self::start_with(program(home).args(["docs", "web"]).args(args))
    }

    pub fn start_with(command: &mut Command) -> Self {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut address = String::new();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        stdout.read_line(&mut address).unwrap();
        let address = address.trim().to_owned();
        let rest = address.strip_prefix("http://127.0.0.1:").unwrap();
        let port = rest.split('/').next().unwrap().parse().unwrap();
        Self {
            child,
            port,
            address,
            cookie: String::new(),
        }
    }

    /// Starts it in `home` and opens its address.
    pub fn open(home: &Path) -> Self {
        let mut web = Self::start(home, &[]);
        let opened = web.send(&web.get(&web.path_of_address(), &[]));
        assert_eq!(opened.status, 303, "{opened:?}");
        let cookie = opened.header("set-cookie").unwrap();
        web.cookie = cookie.split(';').take(1).collect();
        web
    }

    pub fn path_of_address(&self) -> String {
        let start = format!("http://127.0.0.1:{}", self.port);
        self.address.strip_prefix(&start).unwrap().to_owned()
    }

    /// A request for `path`, with more headers, and the right host unless they name one.
    pub fn get(&self, path: &str, headers: &[&str]) -> String {
        self.request("GET", path, headers, "")
    }

    pub fn request(&self, method: &str, path: &str, headers: &[&str], body: &str) -> String {
        let mut lines = vec![format!("{method} {path} HTTP/1.1")];
        if !headers.iter().any(|header| header.starts_with("Host:")) {
            lines.push(format!("Host: 127.0.0.1:{}", self.port));
        }
        lines.extend(headers.iter().map(ToString::to_string));
        if !body.is_empty() {
            lines.push("Content-Type: application/x-www-form-urlencoded".to_owned());
            lines.push(format!("Content-Length: {}", body.len()));
        }
        lines.join("\r\n") + "\r\n\r\n" + body
    }

    pub fn send(&self, request: &str) -> Answer {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.set_read_timeout(Some(WAIT)).unwrap();
        // Who is refused may be hung up on before all was sent.
        let _ = stream.write_all(request.as_bytes());
        let mut bytes = Vec::new();
        let _ = stream.read_to_end(&mut bytes);
        let text = String::from_utf8(bytes).unwrap();
        let (head, body) = text
            .split_once("\r\n\r\n")
            .unwrap_or_else(|| panic!("no answer: {text:?}"));
        Answer {
            status: head.split(' ').nth(1).unwrap().parse().unwrap(),
            head: head.to_owned(),
            body: body.to_owned(),
        }
    }

    /// The page at `path`, in the session.
    pub fn page(&self, path: &str) -> Answer {
        self.send(&self.get(path, &[&format!("Cookie: {}", self.cookie)]))
    }

    /// The secret that the forms of the page bear.
    pub fn form(&self) -> String {
        let page = self.page("/").body;
        let start = page.split("name=\"form\" value=\"").nth(1).unwrap();
        start.split('"').next().unwrap().to_owned()
    }

    /// Presses the button that reads `source` again.
    pub fn refresh(&self, headers: &[&str], form: &str, source: &str) -> Answer {
        let cookie = format!("Cookie: {}", self.cookie);
        let headers: Vec<&str> = headers.iter().copied().chain([cookie.as_str()]).collect();
        self.send(&self.request(
            "POST",
            "/refresh",
            &headers,
            &format!("form={form}&source={source}"),
        ))
    }

    pub fn origin(&self) -> String {
        format!("Origin: http://127.0.0.1:{}", self.port)
    }
}

impl Drop for Web {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Loads `path` until `is_there` says so of it.
pub fn until(web: &Web, path: &str, is_there: impl Fn(&str) -> bool) -> String {
    let start = Instant::now();
    loop {
        let page = web.page(path).body;
        if is_there(&page) {
            return page;
        }
        assert!(start.elapsed() < WAIT, "{page}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// What a browser makes of the text between tags.
pub fn unescaped(text: &str) -> String {
    [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&amp;", "&"),
    ]
    .iter()
    .fold(text.to_owned(), |text, (name, letter)| {
        text.replace(name, letter)
    })
}

/// The text of all `<pre class="answer">`, one after the other.
pub fn answers(page: &str) -> String {
    let parts = page.split("<pre class=\"answer\">\n").skip(1);
    parts
        .map(|part| unescaped(part.split("</pre>").next().unwrap()))
        .collect()
}

/// Loads `address` in headless Chromium and returns the document it made of it, and what it had to say; `None`, said on stderr,
/// where it is not installed.
pub fn in_chromium(home: &Path, address: &str) -> Option<(String, String)> {
    let started = Command::new("chromium")
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--enable-logging=stderr",
            "--dump-dom",
        ])
        .arg(format!(
            "--user-data-dir={}",
            home.join("chromium").display()
        ))
        .arg(address)
        .env("HOME", home)
        .stdin(Stdio::null())
        .output();
    match started {
        Ok(output) => Some((
            String::from_utf8_lossy(&output.stdout).into_owned(),
            String::from_utf8_lossy(&output.stderr).into_owned(),
        )),
        Err(error) => {
            eprintln!("skipped: no Chromium ({error}); the Debian package is `chromium`");
            None
        }
    }
}
