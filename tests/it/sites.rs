//! Documentation from a site, through the real program and a server on loopback.

use std::collections::BTreeMap;
use std::net::TcpStream;
use std::path::Path;
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

use crate::harness::{json_of, program, run};
use crate::vendor::{FakeVendor, Seen, respond};

/// Longest wait for something to happen: far above any real one, so that only a hang fails.
const WAIT: Duration = Duration::from_secs(60);

/// What a site says at each path: type and body; a status where the type has none.
type Pages = Arc<Mutex<BTreeMap<String, (String, String)>>>;

/// Starts a site. An answer has an `ETag`, and one that did not change is `304`.
fn site(pages: &[(&str, &str, &str)]) -> (FakeVendor, Pages) {
    let pages = pages
        .iter()
        .map(|(path, kind, body)| ((*path).to_owned(), ((*kind).to_owned(), (*body).to_owned())))
        .collect();
    let pages: Pages = Arc::new(Mutex::new(pages));
    let shown = pages.clone();
    let server = FakeVendor::start(move |seen: &Seen, stream: &mut TcpStream| {
        let found = shown.lock().unwrap().get(&seen.path).cloned();
        let Some((kind, body)) = found else {
            return respond(stream, "404 Not Found", "", "");
        };
        if !kind.contains('/') {
            return respond(stream, &kind, "", &body);
        }
        let etag = format!(
            "\"{:x}\"",
            body.len() * 31 + usize::from(body.as_bytes()[body.len() / 2])
        );
        if seen.header("if-none-match") == Some(&etag) {
            return respond(stream, "304 Not Modified", &format!("ETag: {etag}\r\n"), "");
        }
        respond(
            stream,
            "200 OK",
            &format!("Content-Type: {kind}\r\nETag: {etag}\r\n"),
            &body,
        );
    });
    (server, pages)
}

const MANUAL: &[(&str, &str, &str)] = &[
    (
        "/robots.txt",
        "text/plain",
        "User-agent: *\nDisallow: /docs/drafts/\n",
    ),
    (
        "/docs/",
        "text/html",
        "<html><head><title>Ship</title></head><body><h1>The ship</h1><p>All about the ship and her crew.</p>\
         <nav><a href='anchor.html'>Anchor</a> <a href='drafts/x.html'>Draft</a> <a href='/shop'>Shop</a></nav></body></html>",
    ),
    (
        "/docs/anchor.html",
        "text/html",
        "<html><body><h1>The anchor</h1><h2 id=caveats>Caveats</h2><p>Never drop it while the propeller turns.</p></body></html>",
    ),
    (
        "/docs/llms.txt",
        "text/plain",
        "# Ship\n\n- [Tides](tides.md)\n",
    ),
    (
        "/docs/tides.md",
        "text/markdown",
        "# Tides\n\nHigh water comes twice a day.\n",
    ),
    ("/docs/drafts/x.html", "text/html", "<h1>Draft</h1>"),
];

fn address(server: &FakeVendor) -> String {
    format!("http://127.0.0.1:{}/docs/", server.port)
}

fn add(home: &Path, server: &FakeVendor) -> Value {
    let address = address(server);
    json_of(home, &adding(&address))
}

/// What adds the site at `address` as `ship`, without a pause between two requests.
fn adding(address: &str) -> [&str; 8] {
    [
        "docs",
        "add",
        address,
        "--name",
        "ship",
        "--allow-private",
        "--delay",
        "0",
    ]
}

pub fn counts(report: &Value) -> [u64; 4] {
    ["added", "changed", "unchanged", "removed"].map(|name| report[name].as_u64().unwrap())
}

/// Reads a site into a home, lets `change` have it, and returns what a refresh says.
pub fn read_by_others(change: impl FnOnce(&Path)) -> (TempDir, Value) {
    let (server, _) = site(MANUAL);
    let home = TempDir::new().unwrap();
    add(home.path(), &server);
    let again = add(home.path(), &server);
    assert_eq!(counts(&again), [0, 0, 3, 0], "{again}");
    change(home.path());
    let refreshed = json_of(home.path(), &["docs", "refresh", "ship"]);
    (home, refreshed["sources"][0].clone())
}

#[test]
fn a_site_is_read_searched_and_cited_with_its_address() {
    let (server, _) = site(MANUAL);
    let home = TempDir::new().unwrap();
    let home = home.path();
    let added = add(home, &server);
    assert_eq!(counts(&added), [3, 0, 0, 0], "{added}");
    let found = json_of(home, &["docs", "search", "propeller turns"]);
    let first = &found["results"][0];
    assert_eq!(first["path"], "docs/anchor.html");
    assert_eq!(first["url"], format!("{}anchor.html", address(&server)));
    let day = first["read_on"].as_str().unwrap();
    assert!(
        regex::Regex::new(r"^20\d\d-\d\d-\d\d$")
            .unwrap()
            .is_match(day),
        "{found}"
    );
    assert_eq!(
        json_of(home, &["docs", "search", "high water"])["results"][0]["path"],
        "docs/tides.md"
    );
    let (page, err, code) = run(home, &["docs", "read", "ship:docs/anchor.html#caveats"]);
    assert_eq!(code, Some(0), "{err}");
    assert!(page.contains("propeller"), "{page}");
    // A person can look it up where it was read.
    let cited = format!(" · {}anchor.html#caveats · read {day}\n", address(&server));
    assert!(page.contains(&cited), "{page}");
    let (answer, _, _) = run(home, &["docs", "search", "propeller turns"]);
    let cited = format!(" · {}anchor.html#caveats · read {day}\n", address(&server));
    assert!(answer.contains(&cited), "{answer}");

    for seen in server.seen() {
        assert_eq!(seen.http_method, "GET");
        assert!(
            !seen.path.contains("drafts") && seen.path != "/shop",
            "{}",
            seen.path
        );
        assert!(
            seen.header("user-agent")
                .unwrap()
                .starts_with("mrconductor/")
        );
        assert!(seen.header("cookie").is_none() && seen.header("referer").is_none());
    }
}

#[test]
fn a_refresh_takes_what_changed_and_lets_go_what_is_gone() {
    let (server, pages) = site(MANUAL);
    let home = TempDir::new().unwrap();
    let home = home.path();
    add(home, &server);
    {
        let mut pages = pages.lock().unwrap();
        pages.remove("/docs/anchor.html");
        pages.insert(
            "/docs/tides.md".to_owned(),
            (
                "text/markdown".to_owned(),
                "# Tides\n\nSprings come twice a month, neaps between them.\n".to_owned(),
            ),
        );
    }
    let before = server.seen().len();
    let refreshed = json_of(home, &["docs", "refresh", "ship"]);
    assert_eq!(
        counts(&refreshed["sources"][0]),
        [0, 1, 1, 1],
        "{refreshed}"
    );
    assert_eq!(
        json_of(home, &["docs", "search", "neaps"])["results"][0]["path"],
        "docs/tides.md"
    );
    assert_eq!(
        json_of(home, &["docs", "search", "propeller"])["results"],
        Value::Array(Vec::new())
    );
    let seen = server.seen();
    let start = seen[before..]
        .iter()
        .find(|seen| seen.path == "/docs/")
        .unwrap();
    assert!(start.header("if-none-match").is_some());
}

#[test]
fn a_server_that_fails_takes_nothing_away_and_is_told() {
    let (server, pages) = site(MANUAL);
    let home = TempDir::new().unwrap();
    let home = home.path();
    add(home, &server);
    for (_, answer) in pages.lock().unwrap().iter_mut() {
        *answer = ("500 Internal Server Error".to_owned(), String::new());
    }
    let (_, err, code) = run(home, &["docs", "refresh", "ship"]);
    assert_eq!(code, Some(5), "{err}");
    assert!(
        err.contains("the server answers 500") && err.contains("hint: "),
        "{err}"
    );
    drop(server);
    let (_, err, code) = run(home, &["docs", "refresh", "ship"]);
    assert_eq!(code, Some(5), "{err}");
    assert!(err.contains("cannot be reached"), "{err}");
    let (_, told, _) = run(home, &["docs", "list"]);
    assert!(
        told.contains("ship: not read: ") && told.contains("what was searchable stays"),
        "{told}"
    );
    assert!(!told.contains("cut short"), "{told}");
    assert_eq!(
        json_of(home, &["docs", "search", "propeller"])["results"][0]["path"],
        "docs/anchor.html"
    );
}

#[test]
fn a_private_address_is_refused_unless_a_person_allows_it() {
    let (server, _) = site(MANUAL);
    let home = TempDir::new().unwrap();
    let home = home.path();
    let (_, err, code) = run(home, &["docs", "add", &address(&server)]);
    assert_eq!(code, Some(5), "{err}");
    assert!(
        err.contains("private address (loopback)") && err.contains("--allow-private"),
        "{err}"
    );
    assert!(server.seen().is_empty());
    let list = json_of(home, &["docs", "list"]);
    assert_eq!(list["sources"], Value::Array(Vec::new()));
}

#[test]
fn a_place_without_a_page_keeps_no_source() {
    let (server, _) = site(&[("/docs/", "application/zip", "PK")]);
    let home = TempDir::new().unwrap();
    let home = home.path();
    let address = address(&server);
    let (_, err, code) = run(home, &adding(&address));
    assert_eq!(code, Some(5), "{err}");
    assert!(
        err.contains("there is no page: application/zip") && err.contains("hint: download"),
        "{err}"
    );
    let list = json_of(home, &["docs", "list"]);
    assert_eq!(list["sources"], Value::Array(Vec::new()));
}

#[test]
fn nothing_is_asked_offline() {
    let (server, _) = site(MANUAL);
    let home = TempDir::new().unwrap();
    let home = home.path();
    add(home, &server);
    let asked = server.seen().len();
    let address = address(&server);
    for args in [
        &["--offline", "docs", "refresh"][..],
        &["--offline", "docs", "add", &address, "--allow-private"],
    ] {
        let (_, err, code) = run(home, args);
        assert_eq!(code, Some(5), "{err}");
        assert!(
            err.contains("`offline` is set") && err.contains("hint: "),
            "{err}"
        );
    }
    assert_eq!(server.seen().len(), asked);
}

#[test]
fn a_listing_of_another_server_may_name_a_site() {
    let (server, _) = site(MANUAL);
    let home = TempDir::new().unwrap();
    let home = home.path();
    add(home, &server);
    let address = address(&server);
    let listing = format!(
        r#"{{"documentation_sources": [{{"type": "url", "url": "{address}", "name": "ship"}}]}}"#
    );
    std::fs::write(home.join("sources.json"), listing).unwrap();
    let synced = json_of(home, &["docs", "sync", "--from", "sources.json"]);
    assert_eq!(counts(&synced["sources"][0]), [0, 0, 3, 0], "{synced}");
}

#[test]
fn what_is_said_of_sites_is_for_sites() {
    let home = TempDir::new().unwrap();
    let home = home.path();
    std::fs::write(home.join("a.md"), "# A\n").unwrap();
    let (_, err, code) = run(home, &["docs", "add", "a.md", "--depth", "2"]);
    assert_ne!(code, Some(0));
    assert!(
        err.contains("`a.md` is no site") && err.contains("hint: "),
        "{err}"
    );
    let (_, err, code) = run(home, &["docs", "add", "https://me:secret@h.example/"]);
    assert_eq!(code, Some(5));
    assert!(
        err.contains("no name or password") && !err.contains("secret"),
        "{err}"
    );
}

fn is_page(path: &str) -> bool {
    Path::new(path)
        .extension()
        .is_some_and(|ending| ending == "html")
}

#[test]
fn a_killed_reading_goes_on_where_it_was() {
    const PAGES: usize = 60;
    let links = (0..PAGES)
        .map(|n| format!("<a href='p{n}.html'>{n}</a> "))
        .collect::<Vec<_>>()
        .concat();
    let server = FakeVendor::start(move |seen: &Seen, stream: &mut TcpStream| {
        let body = match seen.path.as_str() {
            "/docs/" => format!("<h1>Start</h1><p>{links}</p>"),
            path if path.starts_with("/docs/p") && is_page(path) => {
                std::thread::sleep(Duration::from_millis(20));
                format!(
                    "<h1>{path}</h1><p>bight{}</p>",
                    &path["/docs/p".len()..path.len() - ".html".len()]
                )
            }
            _ => return respond(stream, "404 Not Found", "", ""),
        };
        respond(stream, "200 OK", "Content-Type: text/html\r\n", &body);
    });
    let home = TempDir::new().unwrap();
    let home = home.path();
    let address = address(&server);
    let mut reading = program(home)
        .args(adding(&address))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let pages_seen = |from: usize| -> Vec<String> {
        let seen = server.seen();
        let pages = seen[from..].iter().map(|seen| seen.path.clone());
        pages.filter(|path| is_page(path)).collect()
    };
    let start = Instant::now();
    while pages_seen(0).len() < 30 {
        assert!(start.elapsed() < WAIT);
        std::thread::sleep(Duration::from_millis(5));
    }
    reading.kill().unwrap();
    reading.wait().unwrap();
    let at_kill = server.seen().len();
    let asked = pages_seen(0).len();
    let (_, told, _) = run(home, &["docs", "list"]);
    assert!(told.contains("ship: was cut short"), "{told}");

    let whole = json_of(home, &["docs", "refresh", "ship"]);
    assert_eq!(whole["sources"][0]["pages"], PAGES + 1, "{whole}");
    let again = pages_seen(at_kill).len();
    // At most one transaction of visits is asked for again.
    assert!(asked + again <= PAGES + 9, "{asked} before, {again} after");
    let (_, told, _) = run(home, &["docs", "list"]);
    assert!(!told.contains("cut short"), "{told}");
    let found = json_of(home, &["docs", "search", "bight7"]);
    assert_eq!(found["results"][0]["path"], "docs/p7.html");
}

#[test]
fn a_site_that_the_settings_name_is_read_in_by_sync() {
    let (server, _) = site(MANUAL);
    let home = TempDir::new().unwrap();
    let settings = home.path().join(".config/mrconductor");
    std::fs::create_dir_all(&settings).unwrap();
    let text = format!(
        "[docs.sources.ship]\nurl = '{}'\nallow_private = true\ndelay_ms = 0\nexclude = ['**/tides*']\n",
        address(&server)
    );
    std::fs::write(settings.join("config.toml"), text).unwrap();
    let (_, err, code) = run(home.path(), &["docs", "sync"]);
    assert_eq!(code, Some(0), "{err}");
    let found = json_of(home.path(), &["docs", "search", "propeller"]);
    assert_eq!(found["results"][0]["source"], "ship", "{found}");
    let found = json_of(home.path(), &["docs", "search", "high water"]);
    assert_eq!(found["results"], serde_json::json!([]), "{found}");
}
