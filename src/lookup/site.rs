//! A site as a source: read in page by page, so that a reading that is killed goes on where it was.

use std::collections::{HashMap, HashSet};

use url::Url;

use super::error::LookupError;
use super::index::Index;
use super::library::{self, Progress, Reading};
use super::naming;
use super::source::crawl::{self, Known, Order, Outcome, Visit};
use super::source::web::Web;
use super::source::{Site, site_address};
use crate::store::Store;
use crate::store::crawls::FetchRow;
use crate::store::documents::NewPage;

/// Visits kept in one transaction: a killed reading asks for these again. At the usual pace they take two seconds.
const VISITS_PER_TRANSACTION: usize = 8;
/// Failures that are kept for `docs list`: a site that fails everywhere is told once.
const FAILURES_MAX: usize = 1_000;

/// Returns the address that `text` is, if it is one of a site.
///
/// # Errors
/// [`LookupError::Argument`] if it is an address that cannot be read.
pub fn address(text: &str) -> Result<Option<Url>, LookupError> {
    let is_address = ["http://", "https://"].iter().any(|scheme| {
        text.get(..scheme.len())
            .is_some_and(|head| head.eq_ignore_ascii_case(scheme))
    });
    if !is_address {
        return Ok(None);
    }
    let url = Url::parse(text).map_err(|error| LookupError::Argument {
        what: format!("cannot read the address `{text}`: {error}"),
        hint: "give it as `https://host/path`".to_owned(),
    })?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(LookupError::Argument {
            what: "an address of documentation holds no name or password".to_owned(),
            hint: "leave out what stands before the `@`; pages behind a login cannot be read"
                .to_owned(),
        });
    }
    let length = text.len();
    site_address(url)
        .map(Some)
        .ok_or_else(|| LookupError::Argument {
            what: format!("the address has {length} bytes, more than a citation holds"),
            hint: "give the address of a page above it".to_owned(),
        })
}

/// Reads the site that begins at `start` into `store` as `name` and brings `index` up to date. What did not change is
/// not sent again, and what fails stays searchable as it was.
///
/// # Errors
/// [`LookupError::Site`] if the first page cannot be read.
pub fn add(
    store: &Store,
    index: &Index,
    web: &dyn Web,
    (name, start): (&str, &Url),
    site: &Site,
    now: i64,
    progress: &dyn Fn(Progress),
) -> Result<Reading, LookupError> {
    naming::check(store, name, start.as_str())?;
    let is_known = store.sources()?.iter().any(|source| source.name == name);
    let source = naming::taken(store, name, start.as_str())?;
    let anew = library::read_anew(store, source)?;
    let settings = serde_json::to_string(site).unwrap_or_default();
    let known = Known {
        rows: store.fetches(source)?,
        stamps: store.page_stamps(source)?.into_iter().collect(),
    };
    let mut keeper = Keeper::new(store, source, &known, now);
    let was_done = store.crawl(source)?.is_some_and(|row| row.is_done);
    let order = Order {
        start,
        site,
        job: store.begin_crawl(source, &settings)?,
        now,
    };
    let end = crawl::crawl(web, order, known, &mut |visit| {
        progress(Progress::Reading(visit.done, visit.done + visit.waiting));
        keeper.take(visit)
    });
    keeper.flush()?;
    let mut reading = keeper.reading;
    match end {
        Ok(end) => {
            reading.notes = anew.into_iter().chain(end.notes).collect();
            if let Some(why) = end.stopped {
                reading.failures.push((start.as_str().to_owned(), why));
            } else {
                store.end_crawl(source)?;
            }
            reading.failures.truncate(FAILURES_MAX);
            store.source_was_read(source, now, &reading.failures)?;
        }
        Err(error) => {
            if is_known {
                // One that did not begin is no reading that goes on.
                if was_done {
                    store.end_crawl(source)?;
                }
                let why = format!("{error}; what was searchable stays");
                store.source_failed(source, &[(start.as_str().to_owned(), why)])?;
            } else {
                store.remove_source(source)?;
            }
            return Err(error);
        }
    }
    reading.notes.extend(index.follow(store, progress)?);
    Ok(reading)
}

/// Returns the stored pages that no address has of its own, by the page that holds them.
fn parts_of(known: &Known) -> HashMap<String, Vec<String>> {
    let own: HashSet<&str> = known
        .rows
        .iter()
        .filter_map(|row| row.path.as_deref())
        .collect();
    let mut parts: HashMap<String, Vec<String>> = HashMap::new();
    for path in known
        .stamps
        .keys()
        .filter(|path| !own.contains(path.as_str()))
    {
        if let Some(holder) = library::holder_of(path, |above| own.contains(above)) {
            parts
                .entry(holder.to_owned())
                .or_default()
                .push(path.clone());
        }
    }
    parts
}

/// Returns how the source numbered `source` was read, if it is a site.
pub fn settings(store: &Store, source: i64) -> Result<Option<Site>, LookupError> {
    let row = store.crawl(source)?;
    Ok(row.map(|row| serde_json::from_str(&row.settings).unwrap_or_default()))
}

/// Puts visits into the store, some at a time.
struct Keeper<'a> {
    store: &'a Store,
    source: i64,
    /// Paths of the pages that the store has.
    stored: HashSet<String>,
    /// Pages that lie within others, as operations do in the description of an interface, by the page.
    parts: HashMap<String, Vec<String>>,
    /// When this reading began, in nanoseconds since 1970.
    touched_at: i64,
    pages: Vec<NewPage>,
    touched: Vec<(String, i64)>,
    removed: Vec<String>,
    rows: Vec<FetchRow>,
    reading: Reading,
}

impl<'a> Keeper<'a> {
    fn new(store: &'a Store, source: i64, known: &Known, now: i64) -> Self {
        Self {
            store,
            source,
            stored: known.stamps.keys().cloned().collect(),
            parts: parts_of(known),
            touched_at: now.saturating_mul(1_000_000_000),
            pages: Vec::new(),
            touched: Vec::new(),
            removed: Vec::new(),
            rows: Vec::new(),
            reading: Reading::default(),
        }
    }

    fn take(&mut self, visit: Visit) -> Result<(), LookupError> {
        let Visit { row, outcome, .. } = visit;
        match outcome {
            Outcome::Page(pages, stamp) => {
                if let Some(path) = &row.path {
                    self.reading.bytes += stamp.bytes;
                    if self.stored.insert(path.clone()) {
                        self.reading.added += 1;
                    } else {
                        self.reading.changed += 1;
                    }
                    let new: Vec<NewPage> = library::new_pages(path, stamp, *pages).collect();
                    let kept: HashSet<&str> = new.iter().map(|page| page.path.as_str()).collect();
                    let old = self.parts.remove(path).unwrap_or_default();
                    // One that has an address of its own now goes with no other.
                    for parts in self.parts.values_mut() {
                        parts.retain(|part| part != path);
                    }
                    let gone = old.into_iter().filter(|part| !kept.contains(part.as_str()));
                    self.removed.extend(gone);
                    self.pages.extend(new);
                }
            }
            Outcome::Same => {
                self.reading.unchanged += 1;
                self.touched
                    .extend(row.path.clone().map(|path| (path, self.touched_at)));
            }
            Outcome::Nothing(why, before) => match before.filter(|path| self.stored.remove(path)) {
                Some(path) => {
                    self.reading.removed += 1;
                    self.removed.push(path);
                }
                None => *self.reading.left_out.entry(why).or_default() += 1,
            },
            // Of a reading that was cut short, what it had left out before.
            Outcome::Left(why) if why.is_empty() => {}
            Outcome::Left(why) => *self.reading.left_out.entry(why).or_default() += 1,
            Outcome::Failed(why) => self.reading.failures.push((row.url.clone(), why)),
        }
        self.rows.push(row);
        if self.rows.len() >= VISITS_PER_TRANSACTION {
            self.flush()?;
        }
        Ok(())
    }

    /// The pages first: a row says of its page that it is there.
    fn flush(&mut self) -> Result<(), LookupError> {
        if !self.removed.is_empty() {
            self.store
                .remove_pages(self.source, &std::mem::take(&mut self.removed))?;
        }
        if !self.pages.is_empty() {
            self.store
                .keep_pages(self.source, &std::mem::take(&mut self.pages))?;
        }
        if !self.touched.is_empty() {
            self.store
                .touch_pages(self.source, &std::mem::take(&mut self.touched))?;
        }
        if !self.rows.is_empty() {
            self.store
                .keep_fetches(self.source, &std::mem::take(&mut self.rows))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_a_site_if_it_has_an_address_of_the_web() {
        let is_site = |text: &str| address(text).map(|found| found.is_some());
        for (text, expected) in [
            ("https://h.example/docs", true),
            ("HTTP://h.example", true),
            ("docs", false),
            ("/https://h.example", false),
            ("file:///etc/passwd", false),
        ] {
            assert_eq!(is_site(text).ok(), Some(expected), "{text}");
        }
        for wrong in [
            "https://",
            "https://me@h.example/",
            "https://h.example:99999/",
        ] {
            assert!(is_site(wrong).is_err(), "{wrong}");
        }
    }
}
