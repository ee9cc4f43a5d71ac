//! `docs web` through the real program: asked over loopback as a browser would, as a stranger would, and by a real browser.

use std::fs;
use std::net::TcpStream;
use std::process::Stdio;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::browser::{WAIT, Web, answers, in_chromium, until};
use crate::docs::home_with_manual;
use crate::harness::{json_of, program, run};
use crate::vendor::{FakeVendor, Seen, respond};

#[test]
fn the_address_opens_once_and_nothing_is_shown_without_its_cookie() {
    let home = home_with_manual();
    json_of(home.path(), &["docs", "add", "manual"]);
    let mut web = Web::start(home.path(), &[]);
    for path in [
        "/",
        "/search?query=anchor",
        "/jobs",
        "/style.css",
        "/nowhere",
        "/open",
        "/open?token=0",
    ] {
        let refused = web.send(&web.get(path, &[]));
        assert_eq!(refused.status, 403, "{path}: {refused:?}");
        assert!(refused.body.contains("hint: "), "{refused:?}");
        assert!(!refused.body.contains("manual"), "{refused:?}");
    }
    let opened = web.send(&web.get(&web.path_of_address(), &[]));
    assert_eq!(
        (opened.status, opened.header("location")),
        (303, Some("/")),
        "{opened:?}"
    );
    let cookie = opened.header("set-cookie").unwrap().to_owned();
    assert!(
        cookie.ends_with("; Path=/; HttpOnly; SameSite=Strict"),
        "{cookie}"
    );
    web.cookie = cookie.split(';').take(1).collect();
    let again = web.send(&web.get(&web.path_of_address(), &[]));
    assert_eq!(again.status, 403, "{again:?}");
    assert!(again.body.contains("the address was used"), "{again:?}");
    let page = web.page("/");
    assert_eq!(page.status, 200, "{page:?}");
    assert!(
        page.body.contains(">manual</a>") && page.body.contains("directory"),
        "{page:?}"
    );
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("cache-control", "no-store"),
    ] {
        assert_eq!(page.header(name), Some(value), "{page:?}");
        assert_eq!(again.header(name), Some(value), "{again:?}");
    }
    let policy = page.header("content-security-policy").unwrap();
    assert!(
        policy.starts_with("default-src 'none';") && !policy.contains("unsafe"),
        "{policy}"
    );
}

#[test]
fn a_name_that_a_stranger_pointed_here_is_refused() {
    let home = TempDir::new().unwrap();
    let web = Web::open(home.path());
    let cookie = format!("Cookie: {}", web.cookie);
    for host in ["Host: evil.example", "Host: 127.0.0.1", "Host: localhost:1"] {
        let refused = web.send(&web.get("/", &[host, &cookie]));
        assert_eq!(refused.status, 403, "{refused:?}");
        assert!(refused.body.contains("under another name"), "{refused:?}");
    }
    let localhost = format!("Host: localhost:{}", web.port);
    assert_eq!(web.send(&web.get("/", &[&localhost, &cookie])).status, 200);
}

#[test]
fn a_source_is_read_again_by_its_button_and_by_no_other_site() {
    let home = home_with_manual();
    json_of(home.path(), &["docs", "add", "manual"]);
    let web = Web::open(home.path());
    fs::write(
        home.path().join("manual/tides.md"),
        "# Tides\n\nNeap tides are low.\n",
    )
    .unwrap();
    let form = web.form();
    let (ours, evil) = (web.origin(), "Origin: http://evil.example");
    for headers in [
        &[][..],
        &[evil],
        &[&ours, "Sec-Fetch-Site: cross-site"],
        &["Origin: null", "Sec-Fetch-Site: same-site"],
    ] {
        let refused = web.refresh(headers, &form, "manual");
        assert_eq!(refused.status, 403, "{headers:?}: {refused:?}");
    }
    let refused = web.refresh(&[&ours], "00", "manual");
    assert_eq!(refused.status, 403, "{refused:?}");
    assert!(
        refused.body.contains("the form is not of this session"),
        "{refused:?}"
    );
    assert_eq!(web.page("/refresh").status, 405);
    assert!(!web.page("/search?query=neap").body.contains("Neap tides"));

    let begun = web.refresh(
        &["Origin: null", "Sec-Fetch-Site: same-origin"],
        &form,
        "manual",
    );
    assert_eq!(
        (begun.status, begun.header("location")),
        (303, Some("/jobs?follow=1")),
        "{begun:?}"
    );
    let page = until(&web, "/jobs", |page| page.contains("Done from this page"));
    assert!(page.contains("1 new, 2 unchanged"), "{page}");
    assert!(web.page("/search?query=neap").body.contains("Neap tides"));
    let unknown = web.refresh(&[&ours], &form, "nowhere");
    assert_eq!(unknown.status, 400, "{unknown:?}");
    assert!(
        unknown.body.contains("no documentation source is called"),
        "{unknown:?}"
    );
}

#[test]
fn a_search_and_a_page_have_the_bytes_that_an_agent_reads_and_say_why() {
    let home = home_with_manual();
    json_of(home.path(), &["docs", "add", "manual"]);
    let web = Web::open(home.path());
    for question in [
        "anchor_drop",
        "how do I install without a network",
        "zzz qqq",
    ] {
        let (expected, _, _) = run(home.path(), &["docs", "search", question]);
        let page = web
            .page(&format!("/search?query={}", question.replace(' ', "+")))
            .body;
        assert_eq!(answers(&page), expected, "{page}");
    }
    let page = web
        .page("/search?query=anchor_drop&limit=1&max_tokens=400")
        .body;
    let found = json_of(
        home.path(),
        &[
            "docs",
            "search",
            "anchor_drop",
            "--limit",
            "1",
            "--max-tokens",
            "400",
        ],
    );
    let first = &found["results"][0];
    let told = format!(" in {} tokens", found["used_tokens"]);
    assert!(page.contains(&told), "{told}: {page}");
    assert!(
        page.contains(&format!("{:.3}", first["score"].as_f64().unwrap())),
        "{page}"
    );
    let why: Vec<&str> = first["why"]
        .as_array()
        .unwrap()
        .iter()
        .map(|why| why.as_str().unwrap())
        .collect();
    assert!(why.contains(&"defines") && why.contains(&"body"), "{why:?}");
    for reason in why {
        assert!(
            page.contains(&format!("<dt>{reason}</dt>")),
            "{reason}: {page}"
        );
    }
    let asked = "/search?query=archive+chain&limit=1";
    let page = web.page(asked).body;
    let cursor = page.split("cursor=").nth(1).unwrap();
    let cursor = cursor.split('"').next().unwrap();
    let further = web.page(&format!("{asked}&cursor={cursor}")).body;
    assert!(answers(&further).contains("## manual:"), "{further}");
    assert_ne!(answers(&further), answers(&page));

    let reference = "manual:reference/anchor_drop.md#caveats";
    let (expected, _, _) = run(home.path(), &["docs", "read", reference]);
    let page = web
        .page("/read?ref=manual%3Areference%2Fanchor_drop.md%23caveats")
        .body;
    assert_eq!(answers(&page), expected, "{page}");
}

#[test]
fn a_source_shows_its_pages_and_what_could_not_be_read() {
    let home = home_with_manual();
    fs::write(
        home.path().join("manual/broken.docx"),
        "PK\u{3}\u{4} no archive",
    )
    .unwrap();
    json_of(home.path(), &["docs", "add", "manual"]);
    let web = Web::open(home.path());
    let page = web.page("/source?name=manual").body;
    assert!(
        page.contains("<h2>Not read") && page.contains("broken.docx"),
        "{page}"
    );
    assert!(
        page.contains("ref=manual%3Areference%2Fanchor_drop.md"),
        "{page}"
    );
    let after = web.page("/source?name=manual&after=install.md").body;
    assert!(
        !after.contains("manual%3Ainstall.md") && after.contains("anchor_drop.md"),
        "{after}"
    );
}

/// A home whose documentation would like to be more than text.
fn home_with_hostile_titles() -> TempDir {
    let home = TempDir::new().unwrap();
    let folder = home.path().join("evil");
    fs::create_dir_all(&folder).unwrap();
    fs::write(
        folder.join("a\"><script>alert(1)<.md"),
        "# \"><script>alert(document.title='taken')</script> & '\u{202e}gnp.exe\n\nText </pre><img src=x onerror=alert(2)> here.\n\n\
         ## <b onclick=\"x\">Two</b>\n\nMore.\n\n## `</code><script>`\n\nThree.\n",
    )
    .unwrap();
    fs::write(folder.join("<script>.docx"), "no archive").unwrap();
    home
}

const HOSTILE_PATHS: &[&str] = &[
    "/",
    "/source?name=evil",
    "/search?query=text+here",
    "/search?query=%22%3E%3Cscript%3Ealert(3)%3C%2Fscript%3E&source=%3Cscript%3E",
    "/search?query=%3Cscript%3E&kind=%22%3E%3Cscript%3E&limit=%3Cscript%3E",
    "/search?query=%E2%80%AEevil&cursor=%3Cscript%3E",
    "/read?ref=evil%3A%3Cscript%3E",
    "/read?ref=evil%3Aa%22%3E%3Cscript%3Ealert(1)%3C.md",
    "/jobs?follow=%3Cscript%3E",
    "/source?name=%3Cscript%3E",
    "/%3Cscript%3E",
];

#[test]
fn what_documents_and_addresses_say_is_text_and_nothing_else() {
    let home = home_with_hostile_titles();
    let home = home.path();
    json_of(home, &["docs", "add", "evil"]);
    let web = Web::open(home);
    for path in HOSTILE_PATHS {
        let page = web.page(path).body;
        assert!(page.starts_with("<!doctype html>"), "{path}: {page}");
        for markup in ["<script", "<img", "<b ", "</code><", "\u{202e}"] {
            assert!(!page.contains(markup), "{path}: {markup}: {page}");
        }
        let quotes = page
            .split('<')
            .skip(1)
            .map(|tag| tag.split('>').next().unwrap().matches('"').count());
        assert!(
            quotes.into_iter().all(|count| count.is_multiple_of(2)),
            "{path}: {page}"
        );
    }
    let read = web.page(HOSTILE_PATHS[7]).body;
    let (expected, _, _) = run(home, &["docs", "read", "evil:a\"><script>alert(1)<.md"]);
    assert!(expected.contains("onerror=alert(2)"), "{expected}");
    assert_eq!(answers(&read), expected);
}

#[test]
fn a_page_that_is_not_there_and_a_question_that_is_too_long_are_told() {
    let home = home_with_manual();
    json_of(home.path(), &["docs", "add", "manual"]);
    let web = Web::open(home.path());
    let missing = web.page("/nowhere");
    assert_eq!(missing.status, 404, "{missing:?}");
    assert!(
        missing.body.contains("there is no such page"),
        "{missing:?}"
    );
    let unknown = web.page("/read?ref=manual%3Anowhere.md");
    assert_eq!(unknown.status, 400, "{unknown:?}");
    assert!(unknown.body.contains("role=\"alert\""), "{unknown:?}");
    // The longest question that is read, every letter of which takes three in an address; a head that none fills is not read to its end.
    let cyrillic = "%D1%8F".repeat(7_900);
    let long = web.page(&format!("/search?query=propeller+{cyrillic}"));
    assert_eq!(long.status, 200, "{}", long.head);
    assert!(answers(&long.body).contains("propeller"), "{}", long.body);
    let huge = web.page(&format!("/search?query={}", "x".repeat(200_000)));
    assert_eq!(huge.status, 431, "{huge:?}");
    let form = format!("form=0&source={}", "x".repeat(5_000));
    let cookie = format!("Cookie: {}", web.cookie);
    let large = web.send(&web.request("POST", "/refresh", &[&web.origin(), &cookie], &form));
    assert_eq!(large.status, 413, "{large:?}");
    for broken in [
        "GET\r\n\r\n",
        "\u{16}\u{3}\u{1}\r\n\r\n",
        "GET / HTTP/1.1\r\n\r\n",
    ] {
        let answer = web.send(broken);
        assert!([400, 403].contains(&answer.status), "{answer:?}");
    }
    assert_eq!(web.page("/").status, 200);
}

#[test]
fn a_store_that_does_not_last_and_one_that_may_only_be_read_say_so() {
    let home = home_with_manual();
    let home = home.path();
    let memory = Web::start_with(program(home).env_remove("HOME").args(["docs", "web"]));
    let opened = memory.send(&memory.get(&memory.path_of_address(), &[]));
    let cookie = opened
        .header("set-cookie")
        .unwrap()
        .split(';')
        .next()
        .unwrap();
    let page = memory
        .send(&memory.get("/", &[&format!("Cookie: {cookie}")]))
        .body;
    assert!(
        page.contains("store: in memory") && page.contains("no documentation yet"),
        "{page}"
    );

    json_of(home, &["--data-dir", "data", "docs", "add", "manual"]);
    // The schema's number, at byte 60 (https://sqlite.org/fileformat2.html#user_version_number): a newer program wrote it.
    let database = home.join("data/store.db");
    let mut bytes = fs::read(&database).unwrap();
    bytes[60..64].copy_from_slice(&99u32.to_be_bytes());
    fs::write(&database, bytes).unwrap();
    let mut read_only = Web::start(home, &["--data-dir", "data"]);
    let opened = read_only.send(&read_only.get(&read_only.path_of_address(), &[]));
    read_only.cookie = opened
        .header("set-cookie")
        .unwrap()
        .split(';')
        .next()
        .unwrap()
        .to_owned();
    let page = read_only.page("/").body;
    assert!(
        page.contains("store: read-only") && !page.contains("<button"),
        "{page}"
    );
    let (expected, _, _) = run(home, &["--data-dir", "data", "docs", "search", "propeller"]);
    assert!(expected.contains("store: read-only"), "{expected}");
    assert_eq!(
        answers(&read_only.page("/search?query=propeller").body),
        expected
    );
}

#[test]
fn two_servers_and_many_requests_at_once_do_not_disturb_each_other() {
    let home = home_with_manual();
    json_of(home.path(), &["docs", "add", "manual"]);
    let (one, other) = (Web::open(home.path()), Web::open(home.path()));
    assert_ne!(one.port, other.port);
    assert_ne!(one.cookie.split('=').next(), other.cookie.split('=').next());
    let swapped = other.send(&other.get("/", &[&format!("Cookie: {}", one.cookie)]));
    assert_eq!(swapped.status, 403);
    // Somebody who connects and says nothing takes a place, but not all of them.
    let silent: Vec<TcpStream> = (0..20)
        .map(|_| TcpStream::connect(("127.0.0.1", one.port)).unwrap())
        .collect();
    std::thread::scope(|scope| {
        for web in [&one, &other] {
            for _ in 0..10 {
                scope.spawn(|| {
                    let page = web.page("/search?query=propeller");
                    assert_eq!(page.status, 200);
                    assert!(page.body.contains("propeller shaft"));
                });
            }
        }
    });
    drop(silent);
    let taken = one.port.to_string();
    let (_, err, code) = run(home.path(), &["docs", "web", "--port", &taken]);
    assert_eq!(code, Some(1), "{err}");
    assert!(
        err.contains(&format!("cannot listen on 127.0.0.1:{taken}")) && err.contains("hint: "),
        "{err}"
    );
}

/// A site of `pages` pages, each of which takes a moment.
fn slow_site(pages: usize) -> FakeVendor {
    FakeVendor::start(move |seen: &Seen, stream: &mut TcpStream| {
        if seen.path == "/robots.txt" {
            return respond(stream, "404 Not Found", "", "");
        }
        std::thread::sleep(Duration::from_millis(100));
        let links: Vec<String> = (0..pages)
            .map(|page| format!("<a href='/p{page}.html'>{page}</a>"))
            .collect();
        let links = links.join(" ");
        respond(
            stream,
            "200 OK",
            "Content-Type: text/html\r\n",
            &format!("<html><body><h1>Page</h1><p>Some text of it.</p>{links}</body></html>"),
        );
    })
}

#[test]
fn what_another_process_reads_in_is_seen_and_so_is_what_was_cut_short() {
    let site = slow_site(400);
    let home = TempDir::new().unwrap();
    let web = Web::open(home.path());
    assert!(web.page("/jobs").body.contains("Nothing."));
    let address = format!("http://127.0.0.1:{}/", site.port);
    let mut adding = program(home.path())
        .args([
            "docs",
            "add",
            &address,
            "--name",
            "ship",
            "--allow-private",
            "--delay",
            "0",
        ])
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let page = until(&web, "/jobs?follow=1", |page| {
        page.contains("reading: ") && page.contains("of 4")
    });
    assert!(
        page.contains("<h3>ship</h3>") && page.contains("max=\"4"),
        "{page}"
    );
    assert!(page.contains("http-equiv=\"refresh\""), "{page}");
    assert!(!web.page("/jobs").body.contains("http-equiv"));
    adding.kill().unwrap();
    adding.wait().unwrap();
    // The row of a process that went away is believed for a while; that it went away is known at once from the site's own.
    let page = until(&web, "/jobs", |page| page.contains("Cut short"));
    assert!(page.contains("the next reading goes on there"), "{page}");
    assert!(page.contains("name=\"source\" value=\"ship\""), "{page}");
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_it_well() {
    let home = TempDir::new().unwrap();
    let mut web = Web::open(home.path());
    let pid = rustix::process::Pid::from_child(&web.child);
    rustix::process::kill_process(pid, rustix::process::Signal::INT).unwrap();
    let start = Instant::now();
    let status = loop {
        if let Some(status) = web.child.try_wait().unwrap() {
            break status;
        }
        assert!(start.elapsed() < WAIT);
        std::thread::sleep(Duration::from_millis(20));
    };
    assert_eq!(status.code(), Some(0));
}

#[test]
fn a_browser_opens_the_address_keeps_the_session_and_runs_nothing() {
    let home = home_with_hostile_titles();
    let home = home.path();
    json_of(home, &["docs", "add", "evil"]);
    let web = Web::start(home, &[]);
    let Some((page, said)) = in_chromium(home, &web.address) else {
        return;
    };
    assert!(
        page.contains("<h1>Sources</h1>") && page.contains(">evil</a>"),
        "{page}\n{said}"
    );
    // A refused style sheet, icon or script, and a script that ran, would be told on the console.
    for trouble in ["CONSOLE", "Refused to", "Content Security Policy"] {
        assert!(!said.contains(trouble), "{said}");
    }
}
