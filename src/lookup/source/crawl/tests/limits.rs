//! Readings that have an end, and options that hold for what was read before.

use std::cell::Cell;

use super::{Memory, Told, error, first, first_with, read, redirect, status, text};
use crate::lookup::source::scope::Site;
use crate::lookup::source::web::Answer;

fn again_with(web: &Memory<'_>, told: Told, change: impl FnOnce(&mut Site)) -> Told {
    let mut site = Site::default();
    change(&mut site);
    read(web, "/docs/", &site, told.known, (2, usize::MAX)).unwrap()
}

#[test]
fn a_number_of_a_session_in_each_link_makes_no_new_pages() {
    let number = Cell::new(0);
    let web = Memory::new(|path, _| {
        let plain = path.split(';').next().unwrap();
        let links = (0..3)
            .map(|n| {
                number.set(number.get() + 1);
                format!("<a href='/docs/p{n};jsessionid={}'>{n}</a>", number.get())
            })
            .collect::<Vec<_>>()
            .concat();
        Ok(match plain {
            "/docs/" | "/docs/p0" | "/docs/p1" | "/docs/p2" => {
                text("text/html", &format!("<h1>{plain}</h1>{links}"))
            }
            _ => status(404),
        })
    });
    let told = first(&web, "/docs/");
    assert_eq!(told.paths(), ["docs", "docs/p0", "docs/p1", "docs/p2"]);
    assert!(web.asked().len() < 30);
}

#[test]
fn a_site_that_says_the_same_at_ever_new_addresses_is_left() {
    let number = Cell::new(0);
    let web = Memory::new(|path, _| {
        number.set(number.get() + 3);
        let at = number.get();
        let links = format!("<a href='/docs/a{at}'>A</a><a href='/docs/b{at}'>B</a>");
        let name = path
            .trim_start_matches("/docs/")
            .get(..1)
            .unwrap_or("start");
        Ok(match path {
            _ if path.ends_with("md") || !path.starts_with("/docs/") => status(404),
            _ if path.contains('.') => status(404),
            _ => text("text/html", &format!("<h1>{name}</h1>{links}")),
        })
    });
    let told = first(&web, "/docs/");
    assert_eq!(told.pages.len(), 3);
    let asked = web.asked().len();
    assert!(asked < 300, "{asked}");
    let notes = told.notes.join("\n");
    assert!(
        notes.contains("200 pages in a row say what others say"),
        "{notes}"
    );
}

#[test]
fn smaller_limits_hold_for_pages_that_are_kept() {
    let web = Memory::of_pages(&[
        ("/docs/", "<h1>Start</h1><a href=a>a</a><a href=b>b</a>"),
        ("/docs/a", "<h1>A</h1><a href=deep>deep</a>"),
        ("/docs/b", "<h1>B</h1>"),
        ("/docs/deep", "<h1>Deep</h1>"),
    ]);
    let told = again_with(&web, first(&web, "/docs/"), |site| site.depth = 1);
    let why = "deeper than `--depth` says".to_owned();
    assert_eq!(told.gone, [("docs/deep".to_owned(), why)]);
    let told = again_with(&web, first(&web, "/docs/"), |site| site.pages = 2);
    let gone: Vec<_> = told.gone.iter().map(|(path, _)| path.as_str()).collect();
    assert_eq!((told.same.len(), gone), (2, vec!["docs/b", "docs/deep"]));
}

#[test]
fn new_pages_push_none_out_that_is_kept() {
    let has_more = Cell::new(false);
    let web = Memory::new(|path, _| {
        Ok(match path {
            "/docs/" if has_more.get() => text(
                "text/html",
                "<h1>Start</h1><a href=new>n</a><a href=a>a</a>",
            ),
            "/docs/" => text("text/html", "<h1>Start</h1><a href=a>a</a>"),
            "/docs/a" | "/docs/new" => text("text/html", &format!("<h1>{path}</h1>")),
            _ => status(404),
        })
    });
    let told = first_with(&web, "/docs/", |site| site.pages = 2);
    has_more.set(true);
    let told = again_with(&web, told, |site| site.pages = 2);
    assert_eq!(told.paths(), ["docs"]);
    assert_eq!((told.gone, told.same), (vec![], vec!["docs/a".to_owned()]));
}

#[test]
fn a_site_that_moves_takes_its_pages_along_at_the_limit_too() {
    let has_moved = Cell::new(false);
    let web = Memory::new(|path, _| {
        let (folder, page) = path.rsplit_once('/').unwrap();
        Ok(match (folder, page) {
            ("/docs", _) if has_moved.get() => redirect(301, &format!("/manual/{page}")),
            ("/manual" | "/docs", "") => {
                text("text/html", "<h1>Start</h1><a href=a>a</a><a href=b>b</a>")
            }
            ("/manual" | "/docs", "a" | "b") => text("text/html", &format!("<h1>{page}</h1>")),
            _ => status(404),
        })
    });
    let told = first_with(&web, "/docs/", |site| site.pages = 3);
    has_moved.set(true);
    let told = again_with(&web, told, |site| site.pages = 3);
    assert_eq!(told.paths(), ["manual", "manual/a", "manual/b"]);
    assert_eq!(told.gone.len(), 3);
}

#[test]
fn a_site_without_a_page_is_an_error_that_says_what_is_there() {
    for (kind, body, why) in [
        ("application/zip", "PK", "there is no page: application/zip"),
        ("image/png", "x", "there is no page: image/png"),
        ("text/html", "", "there is no page: empty"),
        (
            "application/json",
            "{\"a\":1}",
            "there is no page: application/json",
        ),
    ] {
        let web = Memory::new(|path, _| {
            Ok(match path {
                "/docs/" => text(kind, body),
                _ => status(404),
            })
        });
        let told = error(&web, "/docs/");
        assert!(told.contains(why), "{told}");
    }
}

#[test]
fn a_page_that_asks_to_be_left_out_is_and_its_links_are_followed() {
    let web = Memory::new(|path, _| {
        Ok(match path {
            "/docs/" => text(
                "text/html",
                "<h1>Start</h1><a href=a>a</a><a href=b>b</a><a href=c.md>c</a>",
            ),
            "/docs/a" => text(
                "text/html",
                "<meta name=robots content=noindex><h1>A</h1><a href=deep>deep</a>",
            ),
            "/docs/b" => Answer {
                robots_tag: "noindex".to_owned(),
                ..text("text/html", "<h1>B</h1>")
            },
            "/docs/c.md" => Answer {
                robots_tag: "noindex".to_owned(),
                ..text("text/markdown", "# C\n")
            },
            "/docs/deep" => text("text/html", "<h1>Deep</h1>"),
            _ => status(404),
        })
    });
    let told = first(&web, "/docs/");
    assert_eq!(told.paths(), ["docs", "docs/c.md", "docs/deep"]);
    let left: Vec<_> = told
        .left
        .iter()
        .map(|(url, why)| (&url[17..], why.as_str()))
        .collect();
    let why = "left out as the page asks (`noindex`)";
    assert_eq!(left, [("/docs/a", why), ("/docs/b", why)]);
}

#[test]
fn rules_for_programs_that_may_not_be_asked_for_are_none_and_a_failing_server_forbids_all() {
    let web = Memory::new(|path, request| {
        Ok(match path {
            "/robots.txt" => {
                assert_eq!(request.enough, Some(500 << 10));
                redirect(302, "https://h.example/private")
            }
            "/private" => redirect(302, "http://169.254.1.1/"),
            "/docs/" => text("text/html", "<h1>A</h1>"),
            _ => status(404),
        })
    });
    assert_eq!(first(&web, "/docs/").paths(), ["docs"]);
    let broken = Memory::new(|_, _| Ok(status(503)));
    assert!(
        error(&broken, "/docs/")
            .contains("answers 503, so nothing of the site may be read for now")
    );
}
