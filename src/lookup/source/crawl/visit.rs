//! One visit: what is asked for at an address, and what the answer means for its page.

use url::Url;

use super::before::Alike;
use super::open::REDIRECTS_MAX;
use super::{Crawl, Outcome, Waiting};
use crate::lookup::format::Pages;
use crate::lookup::source::asking::Validators;
use crate::lookup::source::page::{self, Unread};
use crate::lookup::source::robots;
use crate::lookup::source::scope::{key, page_path, tidy};
use crate::lookup::source::twice;
use crate::lookup::source::twin::{self, Custom};
use crate::lookup::source::web::{Answer, FetchError};
use crate::store::crawls::FetchRow;
use crate::store::documents::FileStamp;

/// What is welcome of a page: Markdown says the same in fewer words and without a menu.
const ACCEPT: &str =
    "text/markdown, text/html;q=0.9, application/xhtml+xml;q=0.9, text/plain;q=0.8, */*;q=0.1";
/// Age of what a reading that was cut short found out, from which it is asked for again: a day.
const READING_SECONDS_MAX: i64 = 24 * 60 * 60;

/// Whether the Markdown of a page was looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Twin {
    NotTried,
    Tried,
}

impl Crawl<'_> {
    /// Asks for the address that is `next`, and says what is now known of it.
    pub(super) fn visit(&mut self, next: &Waiting) -> (FetchRow, Outcome) {
        let Waiting {
            url,
            depth,
            redirects,
        } = next;
        let row = self.rows.get(url.as_str()).cloned();
        if let Some(row) = row.clone().filter(|row| self.was_just_read(row)) {
            return self.replay(row, next);
        }
        let blank = self.row(url, *depth);
        if !self.scope.admits(url) && !self.before.admits(url) {
            return self.gone(blank, "out of the scope");
        }
        if *depth > self.order.site.depth {
            return self.gone(blank, "deeper than `--depth` says");
        }
        if !self.robots.allow(asked_path(url)) {
            return (
                self.as_before(blank),
                Outcome::Left("left alone as `robots.txt` asks".to_owned()),
            );
        }
        let mut twins = Custom::ALL.into_iter().filter_map(|custom| custom.of(url));
        if twins.any(|twin| self.markdown.contains(twin.as_str())) {
            return self.gone(blank, "read as Markdown already");
        }
        if self.has_page_of(url) {
            return self.gone(blank, "the source of another page");
        }
        let first = match &row {
            Some(row) if row.answered != row.url => Url::parse(&row.answered).ok(),
            _ => self
                .custom
                .filter(|_| self.misses.allow(url))
                .and_then(|custom| custom.of(url)),
        };
        if let Some(twin) = &first {
            if let Some(answer) = self.ask_for_twin(twin, row.as_ref()) {
                self.misses.hit(url);
                return self.take_text(url, *depth, twin, &answer, Twin::Tried);
            }
            self.misses.miss(url);
        }
        let copy = validators(row.as_ref(), url);
        match self.asking.ask(url, ACCEPT, copy) {
            Ok(answer) => {
                let twin = first.map_or(Twin::NotTried, |_| Twin::Tried);
                self.take(url, *depth, *redirects, &answer, twin)
            }
            Err(error) => self.failed(blank, &error),
        }
    }

    /// Tells whether the page is kept that was made of what lies at `url`.
    fn has_page_of(&self, url: &Url) -> bool {
        let pages = twice::made(url.path()).unwrap_or_default();
        pages.iter().any(|page| {
            let mut address = url.clone();
            address.set_path(page);
            self.paths.contains(&page_path(&address))
        })
    }

    /// Tells whether `row` is of this reading, from before it was cut short.
    fn was_just_read(&self, row: &FetchRow) -> bool {
        row.job == self.order.job
            && self.order.now.saturating_sub(row.fetched_at) < READING_SECONDS_MAX
    }

    /// Repeats what a visit of this reading, before it was cut short, found out.
    fn replay(&mut self, row: FetchRow, next: &Waiting) -> (FetchRow, Outcome) {
        let links: Vec<Url> = row
            .links
            .iter()
            .filter_map(|link| Url::parse(link).ok())
            .collect();
        if (300..400).contains(&row.status) && row.status != 304 {
            self.follow(&links, next.depth, next.redirects);
        } else {
            self.enqueue(links, next.depth + 1);
        }
        if row.answered != row.url || Url::parse(&row.url).is_ok_and(|url| twin::is_text(&url)) {
            self.markdown.insert(row.answered.clone());
        }
        self.paths.extend(row.path.clone());
        let stamp = row.path.as_ref().and_then(|path| self.stamps.get(path));
        match stamp {
            Some(stamp) => {
                self.hashes.insert(stamp.hash);
                self.doubt.hear(None);
                (row, Outcome::Same)
            }
            None => (row, Outcome::Left(String::new())),
        }
    }

    /// Reads what `url` answered.
    pub(super) fn take(
        &mut self,
        url: &Url,
        depth: u32,
        redirects: u32,
        answer: &Answer,
        twin: Twin,
    ) -> (FetchRow, Outcome) {
        let mut blank = self.row(url, depth);
        blank.status = answer.status;
        self.failures = if answer.status >= 500 || answer.status == 429 {
            self.failures + 1
        } else {
            0
        };
        match answer.status {
            200 | 304 => self.take_text(url, depth, url, answer, twin),
            301 | 302 | 303 | 307 | 308 => self.redirected(blank, url, redirects, answer),
            404 | 410 => self.gone(blank, "not found"),
            401 | 403 | 407 => {
                self.refused(blank, format!("asks for a permission ({})", answer.status))
            }
            status => self.refused(blank, format!("the server answers {status}")),
        }
    }

    /// Reads the text of the page at `url`, which `address` sent.
    fn take_text(
        &mut self,
        url: &Url,
        depth: u32,
        address: &Url,
        answer: &Answer,
        twin: Twin,
    ) -> (FetchRow, Outcome) {
        let mut blank = self.row(url, depth);
        blank.status = answer.status;
        if answer.status == 304 {
            return self.same(blank);
        }
        let page = page::read(address, &answer.content_type, &answer.body);
        blank.links = self.enqueue(page.links.found, depth + 1);
        // Of Markdown a header keeps search engines away, because the page says the same; it is made for programs.
        let is_markdown = page::is_markdown(&answer.content_type, &answer.body);
        if page.links.is_unlisted || !is_markdown && robots::is_unlisted(&answer.robots_tag) {
            let why = "left out as the page asks (`noindex`)";
            return (self.as_before(blank), Outcome::Left(why.to_owned()));
        }
        if page.is_html
            && twin == Twin::NotTried
            && let Some((twin, answer)) = self.find_twin(url, page.links.markdown)
        {
            let (mut row, outcome) = self.take_text(url, depth, &twin, &answer, Twin::Tried);
            row.links.splice(0..0, blank.links);
            return (row, outcome);
        }
        if address != url || !page.is_html && twin::is_text(url) {
            self.markdown.insert(address.as_str().to_owned());
        }
        let is_elsewhere = |to: &Url| to.origin() != url.origin() || key(to) != key(url);
        let is_moved = page.links.is_moved;
        let moved_to = page.links.onward.filter(|to| is_moved && is_elsewhere(to));
        match page.pages {
            Ok(pages) => self.take_pages(url, address, blank, answer, pages),
            Err(Unread::Other(what)) if self.is_known(url) => match moved_to {
                // What is left in place of a page where the server cannot redirect.
                Some(to) => self.put_off(blank, Alike::Target(to.into()), &what),
                // A server that is being mended may send nothing, with the best of statuses.
                None => self.refused(blank, what),
            },
            Err(Unread::Other(what)) => self.gone(blank, &what),
            Err(Unread::Unreadable(why)) => self.refused(blank, why),
        }
    }

    /// Keeps what the page at `url` says, which `address` sent, unless others say it too.
    fn take_pages(
        &mut self,
        url: &Url,
        address: &Url,
        blank: FetchRow,
        answer: &Answer,
        mut pages: Pages,
    ) -> (FetchRow, Outcome) {
        let below = pages.below.iter_mut().map(|(_, document)| document);
        for document in below.chain([&mut pages.first]) {
            document.url = Some(url.as_str().to_owned());
        }
        let stamp = FileStamp {
            bytes: answer.body.len() as u64,
            modified: blank.fetched_at.saturating_mul(1_000_000_000),
            hash: *blake3::hash(&answer.body).as_bytes(),
        };
        let path = page_path(url);
        // Only a page that has a row was stored whole.
        let known = self.stamps.get(&path).filter(|_| self.is_known(url));
        let is_same = known.is_some_and(|known| known.hash == stamp.hash);
        let is_changed = known.is_some() && !is_same;
        let said = hash_of(&pages);
        if known.is_some() {
            self.doubt.hear(is_changed.then_some(said));
        }
        let is_sent_first = self.hashes.insert(stamp.hash);
        let is_said_first = self.texts.insert(said);
        if !is_sent_first || !is_said_first && !is_same {
            let why = "the same as another page";
            self.repeats += 1;
            return if is_changed {
                self.put_off(blank, Alike::Text(said), why)
            } else {
                self.gone(blank, why)
            };
        }
        self.repeats = 0;
        self.paths.insert(path.clone());
        let row = FetchRow {
            answered: address.as_str().to_owned(),
            path: Some(path),
            etag: answer.etag.clone(),
            last_modified: answer.last_modified.clone(),
            ..blank
        };
        let outcome = if is_same {
            Outcome::Same
        } else {
            Outcome::Page(Box::new(pages), stamp)
        };
        (row, outcome)
    }

    /// Keeps a page that the server says is as it was.
    fn same(&mut self, blank: FetchRow) -> (FetchRow, Outcome) {
        let Some(known) = self.rows.get(&blank.url).cloned() else {
            return self.refused(
                blank,
                "the server says that nothing changed, of a page that we do not have".to_owned(),
            );
        };
        let links: Vec<Url> = known
            .links
            .iter()
            .filter_map(|link| Url::parse(link).ok())
            .collect();
        self.enqueue(links, blank.depth + 1);
        if known.answered != known.url {
            self.markdown.insert(known.answered.clone());
        }
        self.paths.extend(known.path.clone());
        if let Some(stamp) = known.path.as_ref().and_then(|path| self.stamps.get(path)) {
            self.hashes.insert(stamp.hash);
            self.doubt.hear(None);
        }
        let row = FetchRow {
            job: blank.job,
            fetched_at: blank.fetched_at,
            depth: blank.depth,
            status: blank.status,
            ..known
        };
        (row, Outcome::Same)
    }

    fn redirected(
        &mut self,
        mut blank: FetchRow,
        url: &Url,
        redirects: u32,
        answer: &Answer,
    ) -> (FetchRow, Outcome) {
        let is_for_good = matches!(answer.status, 301 | 308);
        let Some(target) = target(url, answer).map(|target| self.of_site(target)) else {
            return self.refused(blank, "redirects to no address".to_owned());
        };
        if redirects >= REDIRECTS_MAX || target == *url {
            return self.refused(blank, format!("redirects more than {REDIRECTS_MAX} times"));
        }
        let is_inside = self.scope.admits(&target);
        if is_inside {
            blank.links = vec![target.as_str().to_owned()];
            let is_new = self.seen.insert(key(&target));
            if is_new || key(&target) == key(url) {
                self.follow(std::slice::from_ref(&target), blank.depth, redirects);
            }
        }
        let what = if is_inside {
            "redirected"
        } else {
            "redirected out of the scope"
        };
        // A server that asks for a login, or is being mended, sends elsewhere for a while.
        if self.is_known(url) {
            if is_for_good {
                self.put_off(blank, Alike::Target(target.as_str().to_owned()), what)
            } else {
                self.refused(blank, format!("{what} for a while"))
            }
        } else if is_for_good {
            self.gone(blank, what)
        } else {
            (self.as_before(blank), Outcome::Left(what.to_owned()))
        }
    }

    fn follow(&mut self, targets: &[Url], depth: u32, redirects: u32) {
        for target in targets {
            self.seen.insert(key(target));
            self.queue.push_front(Waiting {
                url: target.clone(),
                depth,
                redirects: redirects + 1,
            });
        }
    }

    fn failed(&mut self, blank: FetchRow, error: &FetchError) -> (FetchRow, Outcome) {
        if matches!(error, FetchError::Unreachable(_) | FetchError::TooSlow(_)) {
            self.failures += 1;
        }
        self.refused(blank, error.to_string())
    }

    /// Keeps what was known of a page that could not be had; it is asked for again.
    pub(super) fn refused(&self, blank: FetchRow, why: String) -> (FetchRow, Outcome) {
        let row = FetchRow {
            job: 0,
            ..self.as_before(blank)
        };
        (row, Outcome::Failed(why))
    }

    /// Lets the page go that was known.
    pub(super) fn gone(&mut self, blank: FetchRow, why: &str) -> (FetchRow, Outcome) {
        let before = self
            .rows
            .get(&blank.url)
            .and_then(|known| known.path.clone())
            // Another address may have brought the page at this path.
            .filter(|path| !self.paths.contains(path));
        if let Some(path) = &before {
            self.stamps.remove(path);
        }
        (blank, Outcome::Nothing(why.to_owned(), before))
    }

    /// Leaves the page as it was until the end, when more is known of the others.
    fn put_off(&mut self, blank: FetchRow, what: Alike, why: &str) -> (FetchRow, Outcome) {
        let row = FetchRow {
            job: 0,
            ..self.as_before(blank.clone())
        };
        self.doubt.put_off(blank, what, why);
        (row, Outcome::Left(String::new()))
    }

    /// Tells whether a page of before has the address `url`.
    pub(super) fn is_known(&self, url: &Url) -> bool {
        let row = self.rows.get(url.as_str());
        row.is_some_and(|row| row.path.is_some())
    }

    /// Returns `blank` with the page that is known.
    fn as_before(&self, blank: FetchRow) -> FetchRow {
        match self.rows.get(&blank.url) {
            Some(known) => FetchRow {
                job: blank.job,
                depth: blank.depth,
                ..known.clone()
            },
            None => blank,
        }
    }

    pub(super) fn row(&self, url: &Url, depth: u32) -> FetchRow {
        let elapsed = i64::try_from(self.asking.elapsed().as_secs()).unwrap_or_default();
        FetchRow {
            url: url.as_str().to_owned(),
            answered: url.as_str().to_owned(),
            depth,
            fetched_at: self.order.now.saturating_add(elapsed),
            job: self.order.job,
            ..FetchRow::default()
        }
    }

    /// Looks for the Markdown of the HTML page at `url`.
    fn find_twin(&mut self, url: &Url, named: Option<Url>) -> Option<(Url, Answer)> {
        let row = self.rows.get(url.as_str()).cloned();
        let named = named
            .and_then(tidy)
            .map(|twin| self.of_site(twin))
            .filter(|twin| twin != url);
        if let Some(twin) = named {
            return Some((twin.clone(), self.ask_for_twin(&twin, row.as_ref())?));
        }
        if !self.misses.allow(url) || twin::is_text(url) {
            return None;
        }
        for custom in Custom::ALL {
            if let Some(twin) = custom.of(url)
                && let Some(answer) = self.ask_for_twin(&twin, row.as_ref())
            {
                self.custom = Some(custom);
                self.misses.hit(url);
                return Some((twin, answer));
            }
        }
        self.misses.miss(url);
        None
    }

    /// Returns the answer of `twin` if it is Markdown, or as it was.
    fn ask_for_twin(&mut self, twin: &Url, row: Option<&FetchRow>) -> Option<Answer> {
        if !self.scope.is_of_origin(twin) || !self.robots.allow(asked_path(twin)) {
            return None;
        }
        let answer = self.asking.ask(twin, ACCEPT, validators(row, twin)).ok()?;
        let is_markdown =
            answer.status == 200 && page::is_markdown(&answer.content_type, &answer.body);
        (is_markdown || answer.status == 304).then_some(answer)
    }
}

/// Returns the hash of all that `pages` say.
fn hash_of(pages: &Pages) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new();
    let below = pages.below.iter().map(|(_, document)| document);
    for document in below.chain([&pages.first]) {
        hasher.update(document.title.as_deref().unwrap_or_default().as_bytes());
        hasher.update(document.text.trim().as_bytes());
    }
    *hasher.finalize().as_bytes()
}

/// Returns what to tell the server of the copy that `address` sent.
pub(super) fn validators<'a>(row: Option<&'a FetchRow>, address: &Url) -> Validators<'a> {
    match row {
        Some(row) if row.path.is_some() && row.answered == address.as_str() => Validators {
            etag: row.etag.as_deref(),
            last_modified: row.last_modified.as_deref(),
        },
        _ => Validators::default(),
    }
}

pub(super) fn target(url: &Url, answer: &Answer) -> Option<Url> {
    tidy(url.join(answer.location.as_ref()?).ok()?)
}

/// Returns the path and query of `url`, which is what `robots.txt` is about.
pub(super) fn asked_path(url: &Url) -> &str {
    url.as_str()
        .get(url[..url::Position::BeforePath].len()..)
        .unwrap_or("/")
}
