//! Crawls of a web that lies in memory, with a clock that passes only when somebody waits.

mod again;
mod doubt;
mod limits;

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use proptest::prelude::*;
use url::Url;

use super::{Known, Order, Outcome, Visit, crawl};
use crate::lookup::LookupError;
use crate::lookup::source::scope::Site;
use crate::lookup::source::web::{Answer, FetchError, Request, Web};

/// What the web says at a path, when it is asked the nth time.
type Server<'a> = dyn Fn(&str, &Request<'_>) -> Result<Answer, FetchError> + 'a;

struct Memory<'a> {
    server: Box<Server<'a>>,
    asked: RefCell<Vec<String>>,
    now: Cell<Duration>,
}

impl<'a> Memory<'a> {
    fn new(server: impl Fn(&str, &Request<'_>) -> Result<Answer, FetchError> + 'a) -> Self {
        Self {
            server: Box::new(server),
            asked: RefCell::default(),
            now: Cell::default(),
        }
    }

    /// A site of HTML pages, given as path and body.
    fn of_pages(pages: &'a [(&'a str, &'a str)]) -> Self {
        Self::new(|path, _| {
            let found = pages.iter().find(|(at, _)| *at == path);
            Ok(found.map_or_else(|| status(404), |(at, body)| of_path(at, body)))
        })
    }

    fn asked(&self) -> Vec<String> {
        self.asked.take()
    }
}

impl Web for Memory<'_> {
    fn get(&self, request: &Request<'_>) -> Result<Answer, FetchError> {
        if request.url.host_str() == Some("169.254.1.1") {
            return Err(FetchError::Private {
                host: "169.254.1.1".to_owned(),
                why: "a link".to_owned(),
                is_optional: false,
            });
        }
        assert_eq!(
            request.url.host_str(),
            Some("h.example"),
            "asked {}",
            request.url
        );
        let path = &request.url[url::Position::BeforePath..];
        self.asked.borrow_mut().push(path.to_owned());
        (self.server)(path, request)
    }

    fn wait(&self, time: Duration) {
        self.now.set(self.now.get() + time);
    }

    fn elapsed(&self) -> Duration {
        self.now.get()
    }
}

fn status(status: u16) -> Answer {
    Answer {
        status,
        ..Answer::default()
    }
}

fn text(content_type: &str, body: &str) -> Answer {
    Answer {
        status: 200,
        content_type: content_type.to_owned(),
        body: body.as_bytes().to_vec(),
        ..Answer::default()
    }
}

fn of_path(path: &str, body: &str) -> Answer {
    let kind = match path.rsplit_once('.') {
        Some((_, "md")) => "text/markdown",
        Some((_, "txt")) => "text/plain",
        Some((_, "xml")) => "application/xml",
        Some((_, "png")) => "image/png",
        _ => "text/html",
    };
    text(kind, body)
}

fn redirect(status_code: u16, to: &str) -> Answer {
    Answer {
        location: Some(to.to_owned()),
        ..status(status_code)
    }
}

/// What a crawl told.
#[derive(Default)]
struct Told {
    pages: BTreeMap<String, String>,
    same: Vec<String>,
    gone: Vec<(String, String)>,
    left: Vec<(String, String)>,
    failed: Vec<(String, String)>,
    known: Known,
    notes: Vec<String>,
    stopped: Option<String>,
}

impl Told {
    fn paths(&self) -> Vec<&str> {
        self.pages.keys().map(String::as_str).collect()
    }

    fn take(&mut self, visit: Visit) {
        let row = visit.row;
        let path = row.path.clone().unwrap_or_default();
        match visit.outcome {
            Outcome::Page(pages, stamp) => {
                let document = pages.first;
                assert_eq!(document.url.as_ref(), Some(&row.url));
                self.known.stamps.insert(path.clone(), stamp);
                self.pages.insert(path, document.text);
            }
            Outcome::Same => self.same.push(path),
            Outcome::Nothing(why, before) => {
                self.gone.push((before.unwrap_or(row.url.clone()), why));
            }
            Outcome::Left(why) => self.left.push((row.url.clone(), why)),
            Outcome::Failed(why) => self.failed.push((row.url.clone(), why)),
        }
        self.known.rows.retain(|known| known.url != row.url);
        self.known.rows.push(row);
    }
}

/// Crawls from `start` with what is `known`; stops short before visit `limit`.
fn read(
    web: &Memory<'_>,
    start: &str,
    site: &Site,
    known: Known,
    (job, limit): (i64, usize),
) -> Result<Told, LookupError> {
    let start = Url::parse(&format!("https://h.example{start}")).unwrap();
    let order = Order {
        start: &start,
        site,
        job,
        now: 1_000,
    };
    let mut told = Told {
        known: Known {
            rows: known.rows.clone(),
            stamps: known.stamps.clone(),
        },
        ..Told::default()
    };
    let mut visits = 0;
    let end = crawl(web, order, known, &mut |visit| {
        visits += 1;
        if visits > limit {
            return Err(LookupError::NoSources);
        }
        told.take(visit);
        Ok(())
    });
    match end {
        Ok(end) => {
            told.notes = end.notes;
            told.stopped = end.stopped;
        }
        Err(LookupError::NoSources) => {}
        Err(error) => return Err(error),
    }
    Ok(told)
}

fn first(web: &Memory<'_>, start: &str) -> Told {
    first_with(web, start, |_| {})
}

fn first_with(web: &Memory<'_>, start: &str, change: impl FnOnce(&mut Site)) -> Told {
    let mut site = Site::default();
    change(&mut site);
    read(web, start, &site, Known::default(), (1, usize::MAX)).unwrap()
}

fn again(web: &Memory<'_>, start: &str, told: Told) -> Told {
    read(web, start, &Site::default(), told.known, (2, usize::MAX)).unwrap()
}

fn error(web: &Memory<'_>, start: &str) -> String {
    match read(
        web,
        start,
        &Site::default(),
        Known::default(),
        (1, usize::MAX),
    ) {
        Ok(_) => panic!("the site was read"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn links_below_the_first_page_are_followed_and_each_address_is_asked_once() {
    let web = Memory::of_pages(&[
        (
            "/docs/",
            "<h1>Start</h1><a href='a#x'>A</a> <a href='/docs/b/'>B</a> <a href='/blog'>blog</a> <a href='https://other.example/docs/'>other</a> <a href='pic.png'>picture</a>",
        ),
        (
            "/docs/a",
            "<h1>A</h1><a href='./'>back</a><a href='b/index.html'>B</a><a href=c>C</a><a href=lost>lost</a>",
        ),
        ("/docs/b/", "<h1>B</h1>"),
        ("/docs/c", "<h1>C</h1>"),
    ]);
    let told = first(&web, "/docs/");
    assert_eq!(told.paths(), ["docs", "docs/a", "docs/b", "docs/c"]);
    assert_eq!(
        told.gone,
        [(
            "https://h.example/docs/lost".to_owned(),
            "not found".to_owned()
        )]
    );
    let mut asked = web.asked();
    let all = asked.len();
    asked.sort();
    asked.dedup();
    assert_eq!(asked.len(), all);
    assert!(
        !asked
            .iter()
            .any(|path| path.starts_with("/blog") || path.ends_with("png")),
        "{asked:?}"
    );
}

#[test]
fn pages_that_no_link_leads_to_are_found_in_the_lists_of_the_site() {
    let web = Memory::of_pages(&[
        ("/robots.txt", "Sitemap: https://h.example/maps/index.xml"),
        ("/docs/", "<h1>Start</h1><p>No links.</p>"),
        (
            "/docs/llms.txt",
            "# Site\n\n- [A](a.md): first\n- [Other](https://other.example/)\n",
        ),
        ("/docs/a.md", "# A\n\nLinks to [b](b).\n"),
        ("/docs/b", "<h1>B</h1>"),
        (
            "/maps/index.xml",
            "<sitemapindex><sitemap><loc>http://h.example/maps/docs.xml</loc></sitemap></sitemapindex>",
        ),
        (
            "/maps/docs.xml",
            "<urlset><url><loc>http://h.example/docs/c</loc></url><url><loc>https://h.example/blog</loc></url></urlset>",
        ),
        ("/docs/c", "<h1>C</h1>"),
    ]);
    let told = first(&web, "/docs/");
    assert_eq!(told.paths(), ["docs", "docs/a.md", "docs/b", "docs/c"]);
}

#[test]
fn what_robots_txt_asks_is_done() {
    let pages = [
        (
            "/robots.txt",
            "User-agent: *\nDisallow: /docs/private\nCrawl-delay: 3\n",
        ),
        (
            "/docs/",
            "<h1>Start</h1><a href=private/a>A</a><a href=b>B</a>",
        ),
        ("/docs/private/a", "<h1>A</h1>"),
        ("/docs/b", "<h1>B</h1>"),
    ];
    let web = Memory::of_pages(&pages);
    let told = first(&web, "/docs/");
    assert_eq!(told.paths(), ["docs", "docs/b"]);
    let asked = web.asked();
    assert!(
        !asked.iter().any(|path| path.starts_with("/docs/private")),
        "{asked:?}"
    );
    let pauses = u32::try_from(asked.len()).unwrap() - 2;
    assert!(
        web.elapsed() >= Duration::from_secs(3) * pauses,
        "{:?} for {asked:?}",
        web.elapsed()
    );
    assert!(
        told.notes.iter().any(|note| note.contains("3 s between")),
        "{:?}",
        told.notes
    );

    let closed = Memory::of_pages(&[
        ("/robots.txt", "User-agent: mrconductor\nDisallow: /\n"),
        ("/docs/", "<h1>A</h1>"),
    ]);
    assert_eq!(
        error(&closed, "/docs/"),
        "cannot read `https://h.example/docs/`: its `robots.txt` asks programs not to read it"
    );
    let broken = Memory::new(|path, _| {
        Ok(if path == "/robots.txt" {
            status(500)
        } else {
            text("text/html", "<h1>A</h1>")
        })
    });
    assert!(error(&broken, "/docs/").contains("robots.txt"));
    assert_eq!(broken.asked(), ["/robots.txt"]);
}

#[test]
fn a_server_that_asks_for_time_is_given_it() {
    let refusals = Cell::new(2);
    let web = Memory::new(|path, _| {
        if path == "/docs/" && refusals.get() > 0 {
            refusals.set(refusals.get() - 1);
            return Ok(Answer {
                retry_after: Some(Duration::from_secs(20)),
                ..status(429)
            });
        }
        Ok(if path == "/docs/" {
            text("text/html", "<h1>A</h1>")
        } else {
            status(404)
        })
    });
    assert_eq!(first(&web, "/docs/").paths(), ["docs"]);
    assert!(web.elapsed() >= Duration::from_secs(40));
    let patient = Memory::new(|path, _| {
        Ok(if path == "/robots.txt" {
            status(404)
        } else {
            Answer {
                retry_after: Some(Duration::from_secs(3_600)),
                ..status(503)
            }
        })
    });
    assert!(error(&patient, "/docs/").contains("503"));
    assert!(patient.elapsed() < Duration::from_secs(60));
}

#[test]
fn a_trap_comes_to_an_end() {
    let web = Memory::new(|path, _| {
        let links = format!(
            "<h1>{path}</h1><a href='{path}/next'>n</a><a href='{path}/deep'>d</a><a href='?day={}'>q</a>",
            path.len()
        );
        Ok(match path {
            "/robots.txt" => status(404),
            _ => text("text/html", &links),
        })
    });
    let told = first_with(&web, "/docs/", |site| site.pages = 200);
    assert!(told.pages.len() <= 200);
    assert!(web.asked().len() < 1_200);
    assert!(told.stopped.is_none());
    let narrow = first_with(&web, "/docs/", |site| site.depth = 2);
    assert!(narrow.pages.len() < 20, "{:?}", narrow.paths());
}

#[test]
fn redirects_are_followed_within_the_site_and_loops_end() {
    let web = Memory::new(|path, _| {
        Ok(match path {
            "/docs" => redirect(301, "/docs/"),
            "/docs/" => text(
                "text/html",
                "<h1>Start</h1><a href=old>old</a><a href=round>r</a><a href=slash>s</a><a href=away>w</a><a href=self>x</a>",
            ),
            "/docs/old" => redirect(308, "https://h.example/docs/new"),
            "/docs/new" => text("text/html", "<h1>New</h1>"),
            "/docs/round" => redirect(302, "/docs/trip"),
            "/docs/trip" => redirect(302, "/docs/round"),
            "/docs/slash" => redirect(301, "/docs/slash/"),
            "/docs/slash/" => text("text/html", "<h1>Slash</h1>"),
            "/docs/away" => redirect(302, "https://other.example/login"),
            "/docs/self" => redirect(301, "/docs/self"),
            _ => status(404),
        })
    });
    let told = first(&web, "/docs");
    assert_eq!(told.paths(), ["docs", "docs/new", "docs/slash"]);
    assert!(
        told.notes
            .contains(&"`https://h.example/docs` leads to `https://h.example/docs/`".to_owned())
    );
    assert!(
        told.failed.iter().any(|(url, _)| url.ends_with("/self")),
        "{:?}",
        told.failed
    );
    let same = again(&web, "/docs", told);
    assert_eq!(
        (same.pages.len(), same.same.len()),
        (0, 3),
        "{:?} {:?}",
        same.paths(),
        same.gone
    );

    let endless = Memory::new(|path, _| {
        Ok(if path == "/robots.txt" {
            status(404)
        } else {
            redirect(302, path)
        })
    });
    assert!(error(&endless, "/docs").contains("redirects more than 10 times"));
    assert!(endless.asked().len() < 20);
    let open = Memory::new(|path, _| {
        Ok(if path == "/robots.txt" {
            status(404)
        } else {
            redirect(302, "http://h.example/docs")
        })
    });
    assert!(error(&open, "/docs").contains("not encrypted"));
}

#[test]
fn what_is_no_page_is_told_by_its_kind() {
    let shell = "<div id=root></div><script src=app.js></script>";
    let web = Memory::new(|path, _| {
        Ok(match path {
            "/docs/" | "/docs/twice" => text(
                "text/html",
                "<h1>Start</h1><a href=app>A</a><a href=pic>B</a><a href=twice>C</a><a href=login>D</a>",
            ),
            "/docs/app" => text("text/html", shell),
            "/docs/pic" => text("image/png", "x"),
            "/docs/login" => status(401),
            _ => status(404),
        })
    });
    let told = first(&web, "/docs/");
    assert_eq!(told.paths(), ["docs"]);
    let gone: HashMap<_, _> = told
        .gone
        .iter()
        .map(|(url, why)| (url.as_str(), why.as_str()))
        .collect();
    assert_eq!(gone["https://h.example/docs/pic"], "image/png");
    assert_eq!(
        gone["https://h.example/docs/twice"],
        "the same as another page"
    );
    let failed: Vec<_> = told.failed.iter().map(|(_, why)| why.as_str()).collect();
    assert_eq!(
        failed,
        [
            "is drawn by JavaScript, which is not run",
            "asks for a permission (401)"
        ]
    );
}

#[test]
fn a_limit_of_pages_is_told() {
    let web = Memory::of_pages(&[
        ("/docs/", "<h1>Start</h1><a href=a>a</a><a href=b>b</a>"),
        ("/docs/a", "<h1>A</h1>"),
        ("/docs/b", "<h1>B</h1>"),
    ]);
    let told = first_with(&web, "/docs/", |site| site.pages = 2);
    assert_eq!(told.pages.len(), 2);
    assert_eq!(
        told.notes,
        ["stopped at the limit of 2 pages with 1 addresses left; `--max-documents` raises it"]
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Every page of a random site that can be reached is read, whatever order its links have, and none is asked twice.
    #[test]
    fn all_that_can_be_reached_is_read(links in prop::collection::vec(prop::collection::vec(0_usize..12, 0..5), 12)) {
        let web = Memory::new(|path, _| {
            let number = path.strip_prefix("/docs/p").and_then(|number| number.parse::<usize>().ok());
            let Some(number) = (if path == "/docs/" { Some(0) } else { number }) else {
                return Ok(status(404));
            };
            let body = links[number].iter().map(|n| format!("<a href='/docs/p{n}'>{n}</a>")).collect::<Vec<_>>().concat();
            Ok(text("text/html", &format!("<h1>Page {number} at {path}</h1>{body}")))
        });
        let told = first(&web, "/docs/");
        let mut reached = vec![false; links.len()];
        let mut waiting: Vec<usize> = links[0].clone();
        while let Some(page) = waiting.pop() {
            if !std::mem::replace(&mut reached[page], true) {
                waiting.extend(&links[page]);
            }
        }
        let expected = reached.iter().filter(|reached| **reached).count() + 1;
        prop_assert_eq!(told.pages.len(), expected);
        let mut asked = web.asked();
        asked.sort();
        let all = asked.len();
        asked.dedup();
        prop_assert_eq!(asked.len(), all);
    }
}
