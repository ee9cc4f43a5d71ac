//! Reads a site: from its first page along links, its `sitemap.xml` and its `llms.txt`, each address once.
//!
//! What is known of the site from before makes a second reading cheap: copies are only validated, and a reading that was
//! cut short goes on without asking again, because each row names the addresses that were seen there first.

mod before;
mod frontier;
mod open;
mod visit;

#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet, VecDeque};
use std::time::Duration;

use url::Url;

use self::before::{Before, Doubt};
use self::open::{open, without_pages};
use self::visit::Twin;
use super::asking::Asking;
use super::robots::Robots;
use super::scope::{Reach, Scope, Site, key};
use super::twin::{Custom, Misses};
use super::web::Web;
use crate::lookup::LookupError;
use crate::lookup::format::Pages;
use crate::store::crawls::FetchRow;
use crate::store::documents::FileStamp;

/// Failures in a row after which the server is left alone.
const FAILURES_MAX: u32 = 5;
/// Time after which a reading stops; the next goes on with it.
const TIME_MAX: Duration = Duration::from_secs(60 * 60);
/// Requests for each page that a person allowed: a site of dead links comes to an end.
const REQUESTS_PER_PAGE: u64 = 5;
/// Requests that every reading may make.
const REQUESTS_MIN: u64 = 1_000;

/// What is to be read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Order<'a> {
    /// The first page.
    pub(crate) start: &'a Url,
    /// How the site is read.
    pub(crate) site: &'a Site,
    /// Number of the reading.
    pub(crate) job: i64,
    /// Seconds since 1970 at its beginning.
    pub(crate) now: i64,
}

/// What is known from before.
#[derive(Debug, Default)]
pub(crate) struct Known {
    pub(crate) rows: Vec<FetchRow>,
    pub(crate) stamps: HashMap<String, FileStamp>,
}

/// One address was visited.
#[derive(Debug)]
pub(crate) struct Visit {
    /// What is now known of it.
    pub(crate) row: FetchRow,
    /// What came of it.
    pub(crate) outcome: Outcome,
    /// Addresses visited so far, and those that wait.
    pub(crate) done: u64,
    pub(crate) waiting: u64,
}

/// What came of a visit.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// A page that is new or has changed, with those that it holds.
    Page(Box<Pages>, FileStamp),
    /// The page is as it was.
    Same,
    /// Nothing was learned, and the page that was there stays.
    Left(String),
    /// There is no page here, and the one that was at this path goes.
    Nothing(String, Option<String>),
    /// What should be there could not be had, and the page that was there stays.
    Failed(String),
}

/// How a reading ended.
#[derive(Debug, Default)]
pub(crate) struct End {
    /// Why it stopped before everything was visited; the next reading goes on.
    pub(crate) stopped: Option<String>,
    /// What a person should know.
    pub(crate) notes: Vec<String>,
}

/// Reads the site of `order`, and gives every visit to `each`.
///
/// # Errors
/// [`LookupError::Site`] if its first page cannot be read, and whatever `each` returns.
pub(crate) fn crawl(
    web: &dyn Web,
    order: Order<'_>,
    known: Known,
    each: &mut dyn FnMut(Visit) -> Result<(), LookupError>,
) -> Result<End, LookupError> {
    let rows: HashMap<String, FetchRow> = known
        .rows
        .into_iter()
        .map(|row| (row.url.clone(), row))
        .collect();
    let mut asking = Asking::new(web, Duration::from_millis(order.site.delay_ms));
    let before = Before::of(order.start, order.site, &rows)?;
    let opened = open(&mut asking, order.start, &rows)?;
    let centre = before.centre(order.start, &opened.start, opened.for_a_while)?;
    let mut crawl = Crawl {
        scope: Scope::around(&centre, order.site)?,
        before,
        doubt: Doubt::of(&rows),
        custom: custom_of(&rows),
        forgotten: forgotten(&rows),
        order,
        asking,
        robots: opened.robots,
        rows,
        stamps: known.stamps,
        queue: VecDeque::new(),
        sources: VecDeque::new(),
        seen: HashSet::from([key(&opened.start)]),
        queries: HashMap::new(),
        repeats: 0,
        goes_round: false,
        hashes: HashSet::new(),
        texts: HashSet::new(),
        paths: HashSet::new(),
        markdown: HashSet::new(),
        misses: Misses::default(),
        failures: 0,
        pages: 0,
        known_left: 0,
        first_fault: None,
        done: 0,
        outside: 0,
    };
    crawl.known_left = crawl.rows.values().filter(|row| row.path.is_some()).count() as u64;
    let is_first = crawl.known_left == 0;
    let mut end = End {
        notes: opening_notes(order.start, &opened.start, &crawl),
        ..End::default()
    };
    let visited = crawl.take(&opened.start, 0, 0, &opened.answer, Twin::NotTried);
    crawl.first_fault = match &visited.1 {
        Outcome::Nothing(why, _) | Outcome::Left(why) | Outcome::Failed(why) => Some(why.clone()),
        Outcome::Page(..) | Outcome::Same => None,
    };
    crawl.pass(visited, each)?;
    crawl.seeds(&opened.start);
    crawl.run(&mut end, each)?;
    crawl.settle(each)?;
    match crawl.first_fault.take() {
        Some(why) if is_first && crawl.pages == 0 && end.stopped.is_none() => {
            Err(without_pages(&opened.start, &opened.answer, &why))
        }
        _ => Ok(end),
    }
}

fn opening_notes(asked: &Url, start: &Url, crawl: &Crawl<'_>) -> Vec<String> {
    let mut notes = Vec::new();
    if asked != start {
        notes.push(format!("`{asked}` leads to `{start}`"));
    }
    if start.scheme() == "http" {
        notes.push(format!(
            "`{start}` is not encrypted: what is read can be changed on its way"
        ));
    }
    if crawl.robots.delay > Duration::from_millis(crawl.order.site.delay_ms) {
        let seconds = crawl.robots.delay.as_secs_f64();
        notes.push(format!(
            "the site asks for {seconds} s between two requests"
        ));
    }
    notes
}

/// Returns the custom by which the Markdown of a page was found before.
fn custom_of(rows: &HashMap<String, FetchRow>) -> Option<Custom> {
    rows.values()
        .filter(|row| row.answered != row.url)
        .find_map(|row| {
            let url = Url::parse(&row.url).ok()?;
            Custom::ALL.into_iter().find(|custom| {
                custom
                    .of(&url)
                    .is_some_and(|twin| twin.as_str() == row.answered)
            })
        })
}

/// Returns the pages of before: those that no link leads to any more are asked for in the end.
fn forgotten(rows: &HashMap<String, FetchRow>) -> VecDeque<Url> {
    let mut pages: Vec<&FetchRow> = rows.values().filter(|row| row.path.is_some()).collect();
    pages.sort_by(|one, other| (one.depth, &one.url).cmp(&(other.depth, &other.url)));
    pages
        .iter()
        .filter_map(|row| Url::parse(&row.url).ok())
        .collect()
}

/// An address that waits for its visit.
struct Waiting {
    url: Url,
    depth: u32,
    redirects: u32,
}

struct Crawl<'a> {
    order: Order<'a>,
    asking: Asking<'a>,
    scope: Scope,
    before: Before,
    doubt: Doubt,
    robots: Robots,
    rows: HashMap<String, FetchRow>,
    stamps: HashMap<String, FileStamp>,
    queue: VecDeque<Waiting>,
    /// What pages were made of, if the site has these: it is asked for when all is known that is a page.
    sources: VecDeque<Waiting>,
    forgotten: VecDeque<Url>,
    /// Keys of all addresses that were visited or wait.
    seen: HashSet<String>,
    queries: HashMap<String, u32>,
    /// Pages in a row that say what others say.
    repeats: u32,
    /// Whether there were so many that only known pages are asked for.
    goes_round: bool,
    /// Of the pages of this reading: what two addresses say alike is one page.
    hashes: HashSet<[u8; 32]>,
    /// Of what these pages say: the same text may lie in another frame.
    texts: HashSet<[u8; 32]>,
    /// Paths of the pages of this reading.
    paths: HashSet<String>,
    /// Addresses that were read as Markdown.
    markdown: HashSet<String>,
    custom: Option<Custom>,
    misses: Misses,
    /// Failures of the server in a row.
    failures: u32,
    pages: u64,
    /// Pages of before that were not visited yet.
    known_left: u64,
    /// Why there is no page at the first address.
    first_fault: Option<String>,
    done: u64,
    /// Links that led out of the scope.
    outside: u64,
}

impl Crawl<'_> {
    fn run(
        &mut self,
        end: &mut End,
        each: &mut dyn FnMut(Visit) -> Result<(), LookupError>,
    ) -> Result<(), LookupError> {
        let site = self.order.site;
        // Addresses that are left because enough pages are kept.
        let mut over = HashSet::new();
        while let Some(next) = self.next() {
            end.notes.extend(self.leave_the_round());
            let is_known = self.is_known(&next.url);
            // Pages that are kept already are not pushed out by new ones.
            let kept = if is_known || next.redirects > 0 {
                self.pages
            } else {
                self.pages + self.known_left
            };
            if kept >= u64::from(site.pages) {
                over.insert(key(&next.url));
                if is_known {
                    let blank = self.row(&next.url, next.depth);
                    let visited = self.gone(blank, "over the limit of pages");
                    self.pass(visited, each)?;
                } else {
                    // A kept page may yet turn out to have moved there.
                    self.seen.remove(&key(&next.url));
                }
                continue;
            }
            if let Some(why) = self.why_to_stop() {
                let left = self.waiting() + 1;
                end.stopped = Some(format!(
                    "{why}; {left} addresses are left for the next `docs refresh`, and what was searchable stays"
                ));
                return Ok(());
            }
            let visited = self.visit(&next);
            self.pass(visited, each)?;
        }
        if !over.is_empty() {
            end.notes.push(format!(
                "stopped at the limit of {} pages with {} addresses left; `--max-documents` raises it",
                site.pages,
                over.len()
            ));
        }
        if self.pages == 1 && self.outside > 0 && site.reach == Reach::Path {
            end.notes.push(
                "only the first page lies below its own path; `--scope host` also reads what lies beside it".to_owned(),
            );
        }
        Ok(())
    }

    /// Says why no more is asked for, if that is so.
    fn why_to_stop(&self) -> Option<String> {
        let requests_max = REQUESTS_MIN + REQUESTS_PER_PAGE * u64::from(self.order.site.pages);
        if self.failures >= FAILURES_MAX {
            Some(format!("the server failed {FAILURES_MAX} times in a row"))
        } else if self.asking.elapsed() >= TIME_MAX {
            Some(format!("stopped after {} minutes", TIME_MAX.as_secs() / 60))
        } else if self.asking.requests >= requests_max {
            Some(format!("stopped after {requests_max} requests"))
        } else {
            None
        }
    }

    fn next(&mut self) -> Option<Waiting> {
        if let Some(next) = self.queue.pop_front() {
            return Some(next);
        }
        while let Some(url) = self.forgotten.pop_front() {
            if self.seen.insert(key(&url)) {
                let depth = self.rows.get(url.as_str()).map_or(0, |row| row.depth);
                return Some(Waiting {
                    url,
                    depth,
                    redirects: 0,
                });
            }
        }
        self.sources.pop_front()
    }

    /// Addresses that wait.
    fn waiting(&self) -> u64 {
        (self.queue.len() + self.sources.len()) as u64
    }

    /// Gives a visit to `each`, as soon as the site is believed.
    fn pass(
        &mut self,
        visited: (FetchRow, Outcome),
        each: &mut dyn FnMut(Visit) -> Result<(), LookupError>,
    ) -> Result<(), LookupError> {
        let visit = self.visited(visited);
        self.doubt.pass(visit, self.order.start, each)
    }

    /// Ends the doubts that are left, now that everything was heard.
    fn settle(
        &mut self,
        each: &mut dyn FnMut(Visit) -> Result<(), LookupError>,
    ) -> Result<(), LookupError> {
        self.doubt.end(self.order.start, each)?;
        for (blank, why, stays) in self.doubt.settled() {
            let (row, outcome) = if stays {
                self.refused(blank, why)
            } else {
                self.gone(blank, &why)
            };
            each(Visit {
                row,
                outcome,
                done: self.done,
                waiting: self.waiting(),
            })?;
        }
        Ok(())
    }

    /// Counts a visit.
    fn visited(&mut self, (row, outcome): (FetchRow, Outcome)) -> Visit {
        self.done += 1;
        let was_known = self
            .rows
            .get(&row.url)
            .is_some_and(|row| row.path.is_some());
        self.known_left = self.known_left.saturating_sub(u64::from(was_known));
        // Of a page that was put off nothing is known yet, and it may have moved to one that is to be kept.
        let is_put_off = matches!(&outcome, Outcome::Left(why) if why.is_empty());
        let is_left = matches!(outcome, Outcome::Left(_) | Outcome::Failed(_));
        let stays = is_left && !is_put_off && row.path.is_some();
        if stays || matches!(outcome, Outcome::Page(..) | Outcome::Same) {
            self.pages += 1;
        }
        Visit {
            row,
            outcome,
            done: self.done,
            waiting: self.waiting(),
        }
    }
}
