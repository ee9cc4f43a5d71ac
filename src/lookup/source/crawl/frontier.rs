//! The addresses that wait for their visit: from links, `llms.txt` and `sitemap.xml`, each once.

use std::collections::{HashSet, VecDeque};

use url::Url;

use super::visit::asked_path;
use super::{Crawl, Waiting};
use crate::lookup::source::asking::Validators;
use crate::lookup::source::links::Links;
use crate::lookup::source::page;
use crate::lookup::source::scope::{Reach, key, tidy, without_session};
use crate::lookup::source::sitemap::Sitemap;
use crate::lookup::source::twice;
use crate::lookup::source::web::Answer;

/// Addresses that are remembered.
const ADDRESSES_MAX: usize = 200_000;
/// Queries that are read of one path: calendars and search forms have an answer to everything.
const QUERIES_MAX: u32 = 20;
/// Pages in a row that say the same as others: a site with two names for every page has fewer together.
const REPEATS_MAX: u32 = 200;
/// Sitemaps that are read of one site.
const SITEMAPS_MAX: usize = 50;

impl Crawl<'_> {
    /// Lets the addresses wait that are new and within the scope, and returns them.
    pub(super) fn enqueue(
        &mut self,
        links: impl IntoIterator<Item = Url>,
        depth: u32,
    ) -> Vec<String> {
        let mut added = Vec::new();
        for url in links {
            let Some(url) = tidy(url).map(|url| without_session(self.of_site(url))) else {
                continue;
            };
            if !self.scope.admits(&url) {
                self.outside += 1;
                continue;
            }
            let is_far = depth > self.order.site.depth || self.seen.len() >= ADDRESSES_MAX;
            if is_far || is_media(&url) || self.seen.contains(&key(&url)) {
                continue;
            }
            if self.goes_round && !self.is_known(&url) {
                continue;
            }
            if url.query().is_some() {
                let queries = self.queries.entry(url.path().to_owned()).or_default();
                *queries += 1;
                if *queries > QUERIES_MAX {
                    continue;
                }
            }
            self.seen.insert(key(&url));
            added.push(url.as_str().to_owned());
            let is_source = twice::made(url.path()).is_some();
            let queue = if is_source {
                &mut self.sources
            } else {
                &mut self.queue
            };
            queue.push_back(Waiting {
                url,
                depth,
                redirects: 0,
            });
        }
        added
    }

    /// Leaves the addresses alone that were not known before, once too many say nothing new: a site that writes new
    /// addresses for the same pages has no end. Returns what to tell a person, the first time.
    pub(super) fn leave_the_round(&mut self) -> Option<String> {
        if self.goes_round || self.repeats < REPEATS_MAX {
            return None;
        }
        self.goes_round = true;
        let all = self.waiting();
        for queue in [&mut self.queue, &mut self.sources] {
            let is_known = |waiting: &Waiting| {
                let row = self.rows.get(waiting.url.as_str());
                row.is_some_and(|row| row.path.is_some())
            };
            queue.retain(is_known);
        }
        let left = all - self.waiting();
        Some(format!(
            "{REPEATS_MAX} pages in a row say what others say; {left} addresses that were not known before are left"
        ))
    }

    /// Returns `url` with the encryption of the site; links and sitemaps are often older than it.
    pub(super) fn of_site(&self, mut url: Url) -> Url {
        if url.scheme() == "http" && url.port().is_none() {
            let mut encrypted = url.clone();
            if encrypted.set_scheme("https").is_ok() && self.scope.is_of_origin(&encrypted) {
                url = encrypted;
            }
        }
        url
    }

    /// Lets the pages wait that the site lists of itself.
    pub(super) fn seeds(&mut self, start: &Url) {
        if self.order.site.reach == Reach::Page {
            return;
        }
        for list in self.scope.beside(start, "llms.txt") {
            self.seen.insert(key(&list));
            if let Some(answer) = self.ask_for_list(&list)
                && page::is_markdown(&answer.content_type, &answer.body)
            {
                let links = Links::of_markdown(&String::from_utf8_lossy(&answer.body), &list);
                self.enqueue(links.found, 1);
            }
        }
        // All pages in one: they are read one by one.
        for whole in self.scope.beside(start, "llms-full.txt") {
            self.seen.insert(key(&whole));
        }
        let named: Vec<Url> = self
            .robots
            .sitemaps
            .iter()
            .filter_map(|text| start.join(text).ok())
            .collect();
        let mut lists: VecDeque<Url> = if named.is_empty() {
            self.scope.beside(start, "sitemap.xml").into()
        } else {
            named.into()
        };
        let mut asked = HashSet::new();
        while let Some(list) = lists.pop_front() {
            let Some(list) = tidy(list).map(|list| self.of_site(list)) else {
                continue;
            };
            if asked.len() >= SITEMAPS_MAX || !asked.insert(list.clone()) {
                continue;
            }
            self.seen.insert(key(&list));
            let read = self
                .ask_for_list(&list)
                .and_then(|answer| Sitemap::read(&answer.body));
            let addresses =
                |texts: Vec<String>| texts.into_iter().filter_map(|text| Url::parse(&text).ok());
            match read {
                Some(Sitemap::Pages(pages)) => {
                    self.enqueue(addresses(pages), 1);
                }
                Some(Sitemap::Index(more)) => lists.extend(addresses(more).take(SITEMAPS_MAX)),
                None => {}
            }
        }
    }

    fn ask_for_list(&mut self, url: &Url) -> Option<Answer> {
        if !self.scope.is_of_origin(url) || !self.robots.allow(asked_path(url)) {
            return None;
        }
        let answer = self.asking.ask(url, "*/*", Validators::default()).ok()?;
        (answer.status == 200).then_some(answer)
    }
}

/// Tells whether `url` names a picture, a program or a packed file by its ending: such are not asked for.
pub(super) fn is_media(url: &Url) -> bool {
    const ENDINGS: &[&str] = &[
        "png", "jpg", "jpeg", "gif", "svg", "webp", "ico", "avif", "css", "js", "mjs", "map",
        "woff", "woff2", "ttf", "mp3", "mp4", "webm", "zip", "gz", "tgz", "bz2", "xz", "tar", "7z",
        "rar", "exe", "msi", "dmg", "deb", "rpm", "jar", "whl", "iso", "rss", "atom", "wasm",
    ];
    url.path()
        .rsplit_once('.')
        .is_some_and(|(_, ending)| ENDINGS.contains(&ending.to_ascii_lowercase().as_str()))
}
