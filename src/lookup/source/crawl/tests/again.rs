//! Readings of a site that was read before, and pages that lie as Markdown too.

use std::cell::Cell;

use super::{Memory, again, first, read, status, text};
use crate::lookup::source::crawl::Known;
use crate::lookup::source::scope::Site;
use crate::lookup::source::web::{Answer, Request};

#[test]
fn a_second_reading_sends_what_it_has_and_takes_only_what_changed() {
    let changed = Cell::new(false);
    let server = |path: &str, request: &Request<'_>| {
        let (body, etag) = match path {
            "/docs/" => (
                "<h1>Start</h1><a href=a>a</a><a href=b>b</a><a href=c>c</a>",
                "\"1\"",
            ),
            "/docs/a" => ("<h1>A</h1><a href=a/deep>deep</a>", "\"a\""),
            "/docs/a/deep" => ("<h1>Deep</h1>", "\"d\""),
            "/docs/b" if !changed.get() => ("<h1>B</h1>", "\"b\""),
            "/docs/c" if changed.get() => ("<h1>C, again</h1>", "\"c2\""),
            "/docs/c" => ("<h1>C</h1>", "\"c\""),
            _ => return Ok(status(404)),
        };
        Ok(if request.etag == Some(etag) {
            status(304)
        } else {
            Answer {
                etag: Some(etag.to_owned()),
                ..text("text/html", body)
            }
        })
    };
    let web = Memory::new(server);
    let told = first(&web, "/docs/");
    assert_eq!(
        told.paths(),
        ["docs", "docs/a", "docs/a/deep", "docs/b", "docs/c"]
    );
    changed.set(true);
    let told = again(&web, "/docs/", told);
    assert_eq!(told.paths(), ["docs/c"]);
    assert_eq!(told.same, ["docs", "docs/a", "docs/a/deep"]);
    assert_eq!(told.gone, [("docs/b".to_owned(), "not found".to_owned())]);
}

#[test]
fn a_page_that_no_link_leads_to_any_more_is_asked_for_and_stays() {
    let linked = Cell::new(true);
    let web = Memory::new(|path, _| {
        Ok(match path {
            "/docs/" if linked.get() => text("text/html", "<h1>Start</h1><a href=a>a</a>"),
            "/docs/" => text("text/html", "<h1>Start</h1>"),
            "/docs/a" => text("text/html", "<h1>A</h1>"),
            _ => status(404),
        })
    });
    let told = first(&web, "/docs/");
    linked.set(false);
    let told = again(&web, "/docs/", told);
    assert_eq!((told.same, told.gone.len()), (vec!["docs/a".to_owned()], 0));
}

#[test]
fn a_reading_that_was_cut_short_asks_for_nothing_twice() {
    let links = (0..30)
        .map(|n| format!("<a href=p{n}>{n}</a>"))
        .collect::<Vec<_>>()
        .concat();
    let start = format!("<h1>Start</h1>{links}");
    let web = Memory::new(|path, _| {
        Ok(match path {
            "/docs/" => text("text/html", &start),
            "/docs/p7" => text("text/html", "<h1>p7</h1><a href=far>far</a>"),
            _ if path.starts_with("/docs/p") && !path.ends_with("md") => {
                text("text/html", &format!("<h1>{path}</h1>"))
            }
            "/docs/far" => text("text/html", "<h1>far</h1>"),
            _ => status(404),
        })
    });
    let cut = read(&web, "/docs/", &Site::default(), Known::default(), (1, 12)).unwrap();
    let before = web.asked();
    let rest = read(&web, "/docs/", &Site::default(), cut.known, (1, usize::MAX)).unwrap();
    let after = web.asked();
    assert_eq!(rest.known.stamps.len(), 32);
    let twice: Vec<_> = after
        .iter()
        .filter(|path| path.starts_with("/docs/p") && before[..before.len() - 1].contains(path))
        .collect();
    assert_eq!(twice, Vec::<&String>::new());
}

#[test]
fn a_failing_server_is_left_alone_and_takes_no_page_away() {
    let failing = Cell::new(false);
    let web = Memory::new(|path, _| {
        let links = (0..20)
            .map(|n| format!("<a href=p{n}>{n}</a>"))
            .collect::<Vec<_>>()
            .concat();
        Ok(match path {
            "/docs/" => text("text/html", &format!("<h1>Start</h1>{links}")),
            _ if failing.get() && path != "/robots.txt" => status(500),
            _ if path.starts_with("/docs/p") && !path.ends_with("md") => {
                text("text/html", &format!("<h1>{path}</h1>"))
            }
            _ => status(404),
        })
    });
    let told = first(&web, "/docs/");
    assert_eq!(told.pages.len(), 21);
    web.asked();
    failing.set(true);
    let told = again(&web, "/docs/", told);
    assert_eq!(told.gone, []);
    assert!(
        told.stopped
            .unwrap()
            .starts_with("the server failed 5 times in a row")
    );
    assert!(web.asked().len() < 15);
    assert_eq!(
        told.known
            .rows
            .iter()
            .filter(|row| row.path.is_some())
            .count(),
        21
    );
}

#[test]
fn markdown_is_taken_where_a_page_has_it_and_the_page_is_cited() {
    let web = Memory::of_pages(&[
        (
            "/docs/",
            "<h1>Start</h1><a href=a>A</a><a href=b>B</a><a href=html-only>C</a>",
        ),
        ("/docs/index.md", "# Start\n\nMarkdown of the start.\n"),
        ("/docs/a", "<h1>A</h1>"),
        ("/docs/a.md", "# A\n\nMarkdown of A.\n"),
        ("/docs/b", "<h1>B</h1>"),
        ("/docs/b.md", "# B\n\nMarkdown of B.\n"),
        ("/docs/html-only", "<h1>C</h1>"),
    ]);
    let told = first(&web, "/docs/");
    assert_eq!(told.paths(), ["docs", "docs/a", "docs/b", "docs/html-only"]);
    for path in ["docs", "docs/a", "docs/b"] {
        assert!(
            told.pages[path].contains("Markdown of"),
            "{path}: {}",
            told.pages[path]
        );
    }
    let row = told
        .known
        .rows
        .iter()
        .find(|row| row.url.ends_with("/b"))
        .unwrap();
    assert_eq!(row.answered, "https://h.example/docs/b.md");
    let same = again(&web, "/docs/", told);
    assert_eq!(
        (same.pages.len(), same.gone.len()),
        (0, 0),
        "{:?} {:?}",
        same.paths(),
        same.gone
    );

    let negotiated = Memory::new(|path, request| {
        Ok(match path {
            "/docs/" => text("text/html", "<h1>Start</h1><a href=a>A</a>"),
            "/docs/a" if request.accept.starts_with("text/markdown") => {
                text("text/markdown", "# A\n\nMarkdown of A.\n")
            }
            "/docs/a" => text("text/html", "<h1>A</h1>"),
            _ => status(404),
        })
    });
    assert!(first(&negotiated, "/docs/").pages["docs/a"].contains("Markdown of"));
}

#[test]
fn what_a_page_was_made_of_is_asked_for_only_where_the_page_is_not_kept() {
    let is_built = Cell::new(false);
    let web = Memory::new(|path, _| {
        Ok(match path {
            "/docs/" => text(
                "text/html",
                "<h1>Start</h1><a href=_sources/index.rst.txt>s</a><a href=_sources/a/b.md.txt>s</a><a href=_sources/lost.rst.txt>s</a><a href=c/>c</a>",
            ),
            "/docs/c/" => text("text/html", "<h1>C</h1><a href=../a/b.html>b</a>"),
            "/docs/a/b.html" if is_built.get() => text("text/html", "<h1>B</h1>"),
            "/docs/_sources/a/b.md.txt" => text("text/plain", "B\n=\n"),
            "/docs/_sources/lost.rst.txt" => text("text/plain", "Lost\n====\n"),
            _ => status(404),
        })
    });
    let told = first(&web, "/docs/");
    let source = "docs/_sources/a/b.md.txt";
    let lost = "docs/_sources/lost.rst.txt";
    assert_eq!(told.paths(), ["docs", source, lost, "docs/c"]);
    is_built.set(true);
    web.asked();
    let told = again(&web, "/docs/", told);
    assert_eq!(told.paths(), ["docs/a/b.html"]);
    let why = "the source of another page".to_owned();
    assert_eq!(told.gone.last(), Some(&(source.to_owned(), why)));
    let asked = web.asked();
    assert!(!asked.iter().any(|path| path.contains("b.md.txt")));
}

#[test]
fn a_page_that_only_sends_on_at_once_has_moved_for_good() {
    let moved = Cell::new("");
    let web = Memory::new(|path, _| {
        Ok(match path {
            "/docs/" => text(
                "text/html",
                "<h1>Start</h1><a href=a/>A</a><a href=b/>B</a>",
            ),
            "/docs/a/" if !moved.get().is_empty() => text("text/html", moved.get()),
            "/docs/a/" | "/docs/new/" => text("text/html", "<h1>A</h1>"),
            "/docs/b/" => text("text/html", "<h1>B</h1>"),
            _ => status(404),
        })
    });
    let before = || first(&web, "/docs/");
    let told = before();
    moved.set("<meta http-equiv=refresh content='0; url=../new/'><p>You are redirected.</p>");
    let told = again(&web, "/docs/", told);
    let gone = ("docs/a".to_owned(), "only sent on".to_owned());
    assert_eq!((told.paths(), &told.gone), (vec!["docs/new"], &vec![gone]));
    // What waits before it sends on, or sends to itself, may be mended.
    for page in [
        "<meta http-equiv=refresh content='9; url=../new/'>",
        "<meta http-equiv=refresh content='0; url=./'>",
    ] {
        moved.set("");
        let told = before();
        moved.set(page);
        assert_eq!(again(&web, "/docs/", told).gone, []);
    }
}
