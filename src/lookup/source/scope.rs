//! Which addresses a crawl may visit, and which of them are one page.

use std::borrow::Cow;
use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use url::{Origin, Url};

use super::Globs;
use crate::lookup::LookupError;

/// Bytes of the longest address visited: as many as a citation holds.
const ADDRESS_BYTES_MAX: usize = 500;
/// Folders of the deepest address: deeper ones are made by machines.
const SEGMENTS_MAX: usize = 16;
/// Times that one folder may stand in a path: a relative link that goes wrong repeats it without end.
const REPEATS_MAX: usize = 3;
/// Parameters of a path that number a session.
const SESSION_PARAMETERS: &[&str] = &["jsessionid", "sid", "sessionid", "phpsessid"];

/// How far around its first page a crawl goes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Reach {
    /// That page alone.
    Page,
    /// What lies below its path.
    #[default]
    Path,
    /// Its whole host.
    Host,
}

impl Reach {
    /// Every reach, the smallest first.
    pub const ALL: [Self; 3] = [Self::Page, Self::Path, Self::Host];

    /// Returns the word of the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::Path => "path",
            Self::Host => "host",
        }
    }
}

/// How a site is read: what a person chose, kept for the next time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Site {
    /// How far to go.
    pub reach: Reach,
    /// Links between the first page and the last.
    pub depth: u32,
    /// Pages kept at most.
    pub pages: u32,
    /// Milliseconds between two requests at least.
    pub delay_ms: u64,
    /// Globs of paths to visit; all if there are none.
    pub include: Vec<String>,
    /// Globs of paths to leave out.
    pub exclude: Vec<String>,
    /// Whether private addresses are visited.
    pub allow_private: bool,
}

impl Default for Site {
    fn default() -> Self {
        Self {
            reach: Reach::default(),
            depth: 16,
            pages: 2_000,
            delay_ms: 250,
            include: Vec::new(),
            exclude: Vec::new(),
            allow_private: false,
        }
    }
}

/// The addresses that a crawl may visit.
#[derive(Debug, Clone)]
pub(super) struct Scope {
    reach: Reach,
    origin: Origin,
    start: String,
    /// Path of the folder, with `/` at its end.
    folder: String,
    globs: Globs,
}

impl Scope {
    /// Draws the scope of `site` around its first page.
    pub(super) fn around(start: &Url, site: &Site) -> Result<Self, LookupError> {
        Ok(Self {
            reach: site.reach,
            origin: start.origin(),
            start: key(start),
            folder: folder(start),
            globs: Globs::new(&site.include, &site.exclude)?,
        })
    }

    /// Tells whether `url` may be visited.
    pub(super) fn admits(&self, url: &Url) -> bool {
        let path = url.path().trim_start_matches('/');
        self.holds(url) && !is_trap(url) && self.globs.admit(path)
    }

    /// Tells whether `url` is of the site, whatever the globs say.
    fn holds(&self, url: &Url) -> bool {
        url.origin() == self.origin
            && match self.reach {
                Reach::Page => key(url) == self.start,
                Reach::Path => {
                    url.path().starts_with(&self.folder)
                        || url.path() == self.folder.trim_end_matches('/')
                }
                Reach::Host => true,
            }
    }

    /// Tells whether `url` has the scheme, host and port of the site.
    pub(super) fn is_of_origin(&self, url: &Url) -> bool {
        url.origin() == self.origin
    }

    /// Returns the address of `name` in the folder of the first page, and at the top of the host.
    pub(super) fn beside(&self, start: &Url, name: &str) -> Vec<Url> {
        let mut found: Vec<Url> = Vec::new();
        for folder in [self.folder.as_str(), "/"] {
            let mut url = start.clone();
            url.set_query(None);
            url.set_path(&format!("{folder}{name}"));
            if !found.contains(&url) {
                found.push(url);
            }
        }
        found
    }
}

/// Returns the folder that the page at `url` opens: of a page with the ending of a file, the one it lies in.
fn folder(url: &Url) -> String {
    const FILES: &[&str] = &[
        "html", "htm", "xhtml", "md", "mdx", "txt", "rst", "adoc", "php", "asp", "aspx", "jsp",
    ];
    let path = url.path();
    let (above, file) = path.rsplit_once('/').unwrap_or(("", path));
    let ending = file
        .rsplit_once('.')
        .map(|(_, ending)| ending.to_lowercase());
    if file.is_empty() || ending.is_some_and(|ending| FILES.contains(&ending.as_str())) {
        format!("{above}/")
    } else {
        format!("{path}/")
    }
}

/// Tells whether `url` looks as if a machine went on writing it.
fn is_trap(url: &Url) -> bool {
    let mut times = HashMap::<&str, usize>::new();
    let mut segments = 0;
    for segment in url.path().split('/').filter(|segment| !segment.is_empty()) {
        segments += 1;
        let count = times.entry(segment).or_default();
        *count += 1;
        if *count > REPEATS_MAX {
            return true;
        }
    }
    segments > SEGMENTS_MAX
}

/// Returns `url` as it is asked for, without its fragment; `None` if it is no address of a page.
pub(crate) fn tidy(mut url: Url) -> Option<Url> {
    let is_web = matches!(url.scheme(), "http" | "https") && url.has_host();
    // A password in a link is not ours to use, and a citation would show it.
    let is_plain = url.username().is_empty() && url.password().is_none();
    url.set_fragment(None);
    if url.query() == Some("") {
        url.set_query(None);
    }
    (is_web && is_plain && url.as_str().len() <= ADDRESS_BYTES_MAX).then_some(url)
}

/// Returns `url` without the number of a session that a server wrote into its path as a parameter.
pub(super) fn without_session(mut url: Url) -> Url {
    if let Cow::Owned(path) = without_parameters(url.path()) {
        url.set_path(&path);
    }
    url
}

/// Returns `path` without the parameters that number a session (`/a;jsessionid=1F`).
fn without_parameters(path: &str) -> Cow<'_, str> {
    if !path.contains(';') {
        return Cow::Borrowed(path);
    }
    let is_session = |parameter: &str| {
        let name = parameter.split('=').next().unwrap_or_default();
        let mut names = SESSION_PARAMETERS.iter();
        parameter.contains('=') && names.any(|known| name.eq_ignore_ascii_case(known))
    };
    let of_segment = |segment: &str| {
        let mut parts = segment.split(';');
        let first = parts.next().unwrap_or_default().to_owned();
        let rest = parts.filter(|parameter| !is_session(parameter));
        rest.fold(first, |segment, parameter| segment + ";" + parameter)
    };
    Cow::Owned(
        path.split('/')
            .map(of_segment)
            .collect::<Vec<_>>()
            .join("/"),
    )
}

/// Tells whether a segment of a path is the number of a session, as ASP.NET writes it: `(S(1f))`, `(X(1)S(1f))`.
fn is_session_segment(segment: &str) -> bool {
    segment.starts_with('(') && segment.ends_with("))") && segment.contains("S(")
}

/// Returns what the addresses of one page have in common: `/a`, `/a/` and `/a/index.html` are one, whatever the session.
pub(super) fn key(url: &Url) -> String {
    let mut path = without_parameters(url.path());
    if path.contains("S(") {
        let segments = path.split('/').filter(|part| !is_session_segment(part));
        path = Cow::Owned(segments.collect::<Vec<_>>().join("/"));
    }
    let path = path.as_ref();
    let path = ["/index.html", "/index.htm"]
        .iter()
        .find_map(|index| path.strip_suffix(index))
        .unwrap_or(path)
        .trim_end_matches('/');
    match url.query() {
        Some(query) => format!("{path}?{query}"),
        None => path.to_owned(),
    }
}

/// Returns the path under which the page at `url` is stored; of a query it has the hash, which a reference can carry.
pub(super) fn page_path(url: &Url) -> String {
    let key = key(url);
    let (path, query) = key
        .split_once('?')
        .map_or((key.as_str(), None), |(path, query)| (path, Some(query)));
    let path = path.trim_start_matches('/').replace(':', "%3A");
    let path = if path.is_empty() {
        "index".to_owned()
    } else {
        path
    };
    match query {
        Some(query) => {
            let hash = blake3::hash(query.as_bytes()).to_hex();
            format!("{path}@{}", hash.chars().take(8).collect::<String>())
        }
        None => path,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    fn scope(start: &str, change: impl FnOnce(&mut Site)) -> Scope {
        let mut site = Site::default();
        change(&mut site);
        Scope::around(&url(start), &site).unwrap()
    }

    #[test]
    fn a_site_is_what_lies_below_its_first_page() {
        for (start, inside, outside) in [
            (
                "https://h.example/docs/",
                "https://h.example/docs/a",
                "https://h.example/blog",
            ),
            (
                "https://h.example/docs",
                "https://h.example/docs/a",
                "https://h.example/docs-old",
            ),
            (
                "https://h.example/docs/intro.html",
                "https://h.example/docs/b.html",
                "https://h.example/",
            ),
            (
                "https://h.example/en/3.12",
                "https://h.example/en/3.12/x",
                "https://h.example/en/3.11/x",
            ),
            (
                "https://h.example/",
                "https://h.example/any",
                "http://h.example/any",
            ),
            (
                "https://h.example/",
                "https://h.example:443/any",
                "https://h.example:8443/any",
            ),
            (
                "https://h.example/",
                "https://H.EXAMPLE/any",
                "https://h.example.evil.example/any",
            ),
        ] {
            let scope = scope(start, |_| {});
            assert!(scope.admits(&url(start)), "{start}");
            assert!(scope.admits(&url(inside)), "{start} {inside}");
            assert!(!scope.admits(&url(outside)), "{start} {outside}");
        }
    }

    #[test]
    fn a_reach_of_a_page_is_that_page_and_one_of_a_host_is_all_of_it() {
        let page = scope("https://h.example/docs/", |site| site.reach = Reach::Page);
        assert!(page.admits(&url("https://h.example/docs/index.html")));
        assert!(!page.admits(&url("https://h.example/docs/a")));
        let host = scope("https://h.example/docs/", |site| site.reach = Reach::Host);
        assert!(host.admits(&url("https://h.example/blog")));
        assert!(!host.admits(&url("https://www.h.example/docs/")));
    }

    #[test]
    fn globs_choose_among_paths() {
        let scope = scope("https://h.example/", |site| {
            site.include = vec!["/guide/**".to_owned()];
            site.exclude = vec!["**/old/*".to_owned()];
        });
        assert!(scope.admits(&url("https://h.example/guide/a/b")));
        assert!(!scope.admits(&url("https://h.example/guide/old/b")));
        assert!(!scope.admits(&url("https://h.example/blog")));
        let wrong = Site {
            include: vec!["a{".to_owned()],
            ..Site::default()
        };
        assert!(Scope::around(&url("https://h.example/"), &wrong).is_err());
    }

    #[test]
    fn addresses_that_go_on_for_ever_are_left() {
        let scope = scope("https://h.example/", |_| {});
        assert!(!scope.admits(&url("https://h.example/a/b/a/b/a/b/a/b")));
        assert!(!scope.admits(&url(&format!(
            "https://h.example{}",
            (0..17).map(|n| format!("/{n}")).collect::<Vec<_>>().concat()
        ))));
        assert_eq!(
            tidy(url(&format!("https://h.example/{}", "a".repeat(600)))),
            None
        );
        assert_eq!(tidy(url("https://me:secret@h.example/")), None);
        assert_eq!(tidy(url("ftp://h.example/")), None);
        assert_eq!(
            tidy(url("https://h.example/a?#b")),
            Some(url("https://h.example/a"))
        );
    }

    #[test]
    fn one_page_has_one_key_and_a_path_that_a_reference_can_carry() {
        for same in [
            "https://h.example/a",
            "https://h.example/a/",
            "https://h.example/a/index.html",
        ] {
            assert_eq!(key(&url(same)), "/a");
            assert_eq!(page_path(&url(same)), "a");
        }
        assert_eq!(page_path(&url("https://h.example/")), "index");
        assert_eq!(page_path(&url("https://h.example/a.html")), "a.html");
        let (one, other) = (
            url("https://h.example/a?x=1"),
            url("https://h.example/a?x=2"),
        );
        assert_ne!(page_path(&one), page_path(&other));
        assert_eq!(page_path(&one).len(), "a@12345678".len());
    }

    #[test]
    fn the_number_of_a_session_makes_no_other_page() {
        for session in [
            "https://h.example/a/b;jsessionid=1F",
            "https://h.example/a;SID=2/b",
            "https://h.example/(S(4abc))/a/b",
            "https://h.example/(X(1)S(4abc))/a/b/",
        ] {
            assert_eq!(key(&url(session)), "/a/b", "{session}");
        }
        let plain = without_session(url("https://h.example/a;jsessionid=1F?x"));
        assert_eq!(plain, url("https://h.example/a?x"));
        for other in ["/a;v=2", "/a;sid", "/S(x)", "/f(S(a))"] {
            let other = url(&format!("https://h.example{other}"));
            assert_eq!(key(&other), other.path());
        }
    }

    proptest! {
        #[test]
        fn no_link_leads_out_of_the_scope(start in "/[a-z]{0,3}(/[a-z.]{0,5}){0,3}", link in "[a-z0-9./:?#@%\\\\ -]{0,40}") {
            let start = url(&format!("https://h.example{start}"));
            let scope = Scope::around(&start, &Site::default()).unwrap();
            if let Some(target) = start.join(&link).ok().and_then(tidy)
                && scope.admits(&target)
            {
                prop_assert_eq!(target.host_str(), Some("h.example"));
                prop_assert_eq!(target.scheme(), "https");
                let below = format!("{}/", target.path()).starts_with(&folder(&start)) ;
                prop_assert!(below, "{target}");
                prop_assert!(target.fragment().is_none());
                let path = page_path(&target);
                prop_assert!(!path.contains(['#', '?', ':']) && !path.is_empty());
            }
        }
    }
}
