//! The site as it was read before: where it lay, and which answers may not take it away.
//!
//! A server that is being mended, or that asks for a login for a while, answers every address with one page, or leads
//! them all to one. Nobody loses pages over that: what looks so is a failure, and the pages of before stay.

use std::collections::HashMap;

use url::Url;

use super::Visit;
use crate::lookup::LookupError;
use crate::lookup::source::scope::{Scope, Site, key};
use crate::store::crawls::FetchRow;

/// Pages of before that are heard until what the site says is believed: ten requests, some seconds.
const HEARD_MIN: usize = 10;
/// Visits that are held back until then: a few megabytes.
const HELD_MAX: usize = 50;
/// Pages of before that may come to say one and the same: an old address and its new one, say.
const ALIKE_MAX: usize = 2;

/// Where the site lay.
pub(super) struct Before {
    /// First pages, each with what lies around it; none if the site was not read before.
    starts: Vec<(Url, Scope)>,
}

impl Before {
    /// Takes from `rows` where the site lay that is read from `first`.
    pub(super) fn of(
        first: &Url,
        site: &Site,
        rows: &HashMap<String, FetchRow>,
    ) -> Result<Self, LookupError> {
        let mut starts = Vec::new();
        if rows.values().any(|row| row.path.is_some()) {
            starts.extend(
                rows.values()
                    .filter(|row| row.depth == 0 && matches!(row.status, 200 | 304))
                    .filter_map(|row| Url::parse(&row.url).ok()),
            );
            if starts.is_empty() {
                starts.push(first.clone());
            }
            starts.sort();
        }
        let around = |start: Url| Scope::around(&start, site).map(|scope| (start, scope));
        let starts = starts.into_iter().map(around).collect::<Result<_, _>>()?;
        Ok(Self { starts })
    }

    /// Tells whether `url` lay in the site.
    pub(super) fn admits(&self, url: &Url) -> bool {
        self.starts.iter().any(|(_, scope)| scope.admits(url))
    }

    /// Returns the page around which the site lies now that `first` leads to `start`, by a redirect that is
    /// `for_a_while` or by others.
    pub(super) fn centre(
        &self,
        first: &Url,
        start: &Url,
        for_a_while: bool,
    ) -> Result<Url, LookupError> {
        let is_known =
            |(known, _): &(Url, Scope)| known.host() == start.host() && key(known) == key(start);
        if self.starts.is_empty() || start == first || self.starts.iter().any(is_known) {
            return Ok(start.clone());
        }
        let around = self.starts.iter().find(|(_, scope)| scope.admits(start));
        let how = match around {
            Some((known, _)) if for_a_while => return Ok(known.clone()),
            _ if for_a_while => "for a while",
            _ if start.host() == first.host() => return Ok(start.clone()),
            _ => "for good",
        };
        Err(LookupError::Site {
            url: first.as_str().to_owned(),
            why: format!("it redirects {how} to `{start}`, where it did not lie before"),
            hint: "open the address in a browser; if the documentation lies elsewhere now, remove the source and add that address".to_owned(),
        })
    }
}

/// What the pages of before say now, and what is made of it.
pub(super) struct Doubt {
    /// Pages of before.
    known: usize,
    heard: usize,
    /// Texts that pages of before say in place of their own, each with how many.
    changed: HashMap<[u8; 32], usize>,
    held: Vec<Visit>,
    is_over: bool,
    /// Pages of before that are to go because they say, or lead to, what others do.
    put_off: Vec<PutOff>,
}

/// What several pages of before may have in common now.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Alike {
    /// The text with this hash.
    Text([u8; 32]),
    /// The address that they lead to.
    Target(String),
}

struct PutOff {
    what: Alike,
    /// The row without a page.
    row: FetchRow,
    why: String,
}

impl Doubt {
    pub(super) fn of(rows: &HashMap<String, FetchRow>) -> Self {
        let known = rows.values().filter(|row| row.path.is_some()).count();
        Self {
            known,
            heard: 0,
            changed: HashMap::new(),
            held: Vec::new(),
            // One page that says something else is a page that was changed.
            is_over: known < 2,
            put_off: Vec::new(),
        }
    }

    /// Hears what a page of before says, if it is not what it said.
    pub(super) fn hear(&mut self, changed: Option<[u8; 32]>) {
        self.heard += 1;
        if let Some(text) = changed {
            *self.changed.entry(text).or_default() += 1;
        }
    }

    /// Puts off what becomes of the page of `row`, which has `what` in common with others.
    pub(super) fn put_off(&mut self, row: FetchRow, what: Alike, why: &str) {
        let why = why.to_owned();
        self.put_off.push(PutOff { what, row, why });
    }

    /// Gives `visit` to `each` as soon as the site is believed.
    ///
    /// # Errors
    /// [`LookupError::Site`] if most pages of before say one and the same, and whatever `each` returns.
    pub(super) fn pass(
        &mut self,
        visit: Visit,
        first: &Url,
        each: &mut dyn FnMut(Visit) -> Result<(), LookupError>,
    ) -> Result<(), LookupError> {
        if self.is_over {
            return each(visit);
        }
        self.held.push(visit);
        if self.heard >= HEARD_MIN.min(self.known) || self.held.len() >= HELD_MAX {
            self.end(first, each)?;
        }
        Ok(())
    }

    /// Ends the doubt, if it has not ended.
    pub(super) fn end(
        &mut self,
        first: &Url,
        each: &mut dyn FnMut(Visit) -> Result<(), LookupError>,
    ) -> Result<(), LookupError> {
        let most = self.changed.values().copied().max().unwrap_or_default();
        if !self.is_over && most > 1 && most * 2 > self.heard {
            return Err(LookupError::site(
                first,
                format!(
                    "{most} of {} pages that were known say one and the same now, as a site does that is being mended or asks for a login",
                    self.heard
                ),
            ));
        }
        self.is_over = true;
        self.held.drain(..).try_for_each(each)
    }

    /// Returns the pages that were put off, each with why it is to go and whether it stays for all that.
    pub(super) fn settled(&mut self) -> Vec<(FetchRow, String, bool)> {
        let mut counts: HashMap<Alike, usize> = HashMap::new();
        for put_off in &self.put_off {
            *counts.entry(put_off.what.clone()).or_default() += 1;
        }
        let known = self.known;
        let put_off = self.put_off.drain(..);
        put_off
            .map(|PutOff { what, row, why }| {
                let count = counts.get(&what).copied().unwrap_or_default();
                let is_redirect = matches!(what, Alike::Target(_));
                // Many old pages of a site may lead to its first page for good; most of them do not.
                let stays = count > ALIKE_MAX && (!is_redirect || count * 2 > known);
                let why = if stays {
                    format!("{why}, like {count} pages that were known")
                } else {
                    why
                };
                (row, why, stays)
            })
            .collect()
    }
}
