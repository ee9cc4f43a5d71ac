//! Readings of a site that was read before and is being mended, asks for a login, or has moved.

use std::cell::Cell;

use super::{Memory, Told, again, first, read, redirect, status, text};
use crate::lookup::source::scope::Site;
use crate::lookup::source::web::Answer;

/// Pages below the first one.
const PAGES: usize = 30;

/// What happens to a site after it was read.
type Fault = fn(&str) -> Option<Answer>;

/// A site with a first page and [`PAGES`] below it, which answers as a fault says once that is set.
fn site(fault: &Cell<Option<Fault>>) -> Memory<'_> {
    Memory::new(move |path, _| {
        let found = fault.get().and_then(|fault| fault(path));
        Ok(found.unwrap_or_else(|| answer(path)))
    })
}

fn answer(path: &str) -> Answer {
    let links = (0..PAGES)
        .map(|n| format!("<a href=p{n}>{n}</a> "))
        .collect::<Vec<_>>()
        .concat();
    match path {
        "/docs/" => text("text/html", &format!("<h1>Start</h1>{links}")),
        "/docs/login" | "/login" | "/down" => text("text/html", "<h1>Log in</h1>"),
        _ if path.starts_with("/docs/p") && !path.ends_with("md") => {
            text("text/html", &format!("<h1>{path}</h1>"))
        }
        _ => status(404),
    }
}

/// Reads the site, then again with `fault`; what came of the second reading, or why it failed.
fn after(fault: Fault) -> Result<Told, String> {
    let now = Cell::new(None);
    let web = site(&now);
    let told = first(&web, "/docs/");
    assert_eq!(told.pages.len(), PAGES + 1);
    now.set(Some(fault));
    read(
        &web,
        "/docs/",
        &Site::default(),
        told.known,
        (2, usize::MAX),
    )
    .map_err(|error| error.to_string())
}

fn pages_left(told: &Told) -> usize {
    let rows = told.known.rows.iter();
    rows.filter(|row| row.path.is_some()).count()
}

#[test]
fn a_first_page_that_leads_elsewhere_for_a_while_is_a_failure() {
    let login = after(|path| path.starts_with("/docs/").then(|| redirect(302, "/login")));
    let why = login.map(drop).unwrap_err();
    assert!(why.contains("redirects for a while to `https://h.example/login`"));
    let within = after(|path| {
        (path.starts_with("/docs/") && path != "/docs/login").then(|| redirect(307, "/docs/login"))
    });
    let within = within.unwrap();
    assert_eq!((pages_left(&within), within.gone.len()), (PAGES + 2, 0));
    assert!(
        within.failed[0].1.contains("redirected for a while"),
        "{:?}",
        within.failed
    );
}

#[test]
fn a_site_that_moves_within_its_host_takes_its_pages_along() {
    let told = after(|path| {
        if let Some(rest) = path.strip_prefix("/docs/") {
            return Some(redirect(301, &format!("/manual/{rest}")));
        }
        path.strip_prefix("/manual/")
            .map(|rest| answer(&format!("/docs/{rest}")))
    });
    let told = told.unwrap();
    assert_eq!((told.pages.len(), told.gone.len()), (PAGES + 1, PAGES + 1));
    assert_eq!(pages_left(&told), PAGES + 1);
    assert!(told.paths()[0].starts_with("manual"));
    // A first page alone that moves takes nothing with it.
    let told = after(|path| (path == "/docs/").then(|| redirect(301, "/login"))).unwrap();
    assert_eq!(told.gone.len(), 1, "{:?}", told.gone);
    assert_eq!(pages_left(&told), PAGES + 1);
    let everything = after(|path| path.starts_with("/docs/").then(|| redirect(308, "/login")));
    let everything = everything.unwrap();
    assert_eq!(everything.gone, []);
    assert_eq!(pages_left(&everything), PAGES + 2);
}

#[test]
fn a_page_that_is_empty_for_once_stays_as_it_was() {
    for fault in [
        (|path| (path == "/docs/").then(|| text("text/html", ""))) as Fault,
        |path| path.starts_with("/docs/").then(|| text("text/html", "")),
        |path| path.starts_with("/docs/").then(|| text("image/png", "x")),
    ] {
        let told = after(fault).unwrap();
        assert_eq!((told.gone.len(), pages_left(&told)), (0, PAGES + 1));
        assert!(told.failed[0].0.ends_with("/docs/"));
    }
}

#[test]
fn a_site_that_says_one_thing_everywhere_is_being_mended() {
    let down = after(|path| {
        path.starts_with("/docs/")
            .then(|| text("text/html", &format!("<!-- {path} --><h1>Down</h1>")))
    });
    let why = down.map(drop).unwrap_err();
    assert!(why.contains("10 of 10 pages"), "{why}");
}

#[test]
fn pages_that_come_to_say_the_same_stay_if_they_are_many() {
    let told = after(|path| {
        let number: usize = path.strip_prefix("/docs/p")?.parse().ok()?;
        (number >= 15).then(|| text("text/html", "<h1>Down</h1>"))
    });
    let told = told.unwrap();
    assert_eq!(told.gone, []);
    assert_eq!(pages_left(&told), PAGES + 1);
    assert!(
        told.failed[0]
            .1
            .contains("the same as another page, like 14 pages"),
        "{:?}",
        told.failed
    );
    let two = after(|path| (path == "/docs/p20").then(|| text("text/html", "<h1>/docs/p19</h1>")));
    let two = two.unwrap();
    let gone = ("docs/p20".to_owned(), "the same as another page".to_owned());
    assert_eq!(two.gone, [gone]);
}

#[test]
fn a_site_that_always_led_elsewhere_is_read_again() {
    let web = Memory::new(|path, _| {
        Ok(match path {
            "/" => redirect(302, "/docs/"),
            _ => answer(path),
        })
    });
    let told = first(&web, "/");
    let told = again(&web, "/", told);
    assert_eq!((told.same.len(), told.failed.len()), (PAGES + 1, 0));
}
