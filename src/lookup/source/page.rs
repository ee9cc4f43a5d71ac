//! From the bytes that a site sent to a document.

use std::borrow::Cow;

use url::Url;

use super::links::Links;
use crate::lookup::format::{self, Format, Pages};
use crate::lookup::packing;

/// Bytes of text from which a page says something by itself.
const SAYING_BYTES_MIN: usize = 100;

/// What a page is that says nothing but where another is.
const SENT_ON: &str = "only sent on";

/// An answer as it was read.
#[derive(Debug)]
pub(super) struct Page {
    /// What it says.
    pub(super) pages: Result<Pages, Unread>,
    /// Where it leads, whether or not it says anything.
    pub(super) links: Links,
    pub(super) is_html: bool,
}

/// Why there is no page in an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Unread {
    /// It is something else than documentation.
    Other(String),
    /// It is a page, but what it says cannot be read.
    Unreadable(String),
}

/// Reads the answer of `url`.
pub(super) fn read(url: &Url, content_type: &str, body: &[u8]) -> Page {
    let unread = |why| Page {
        pages: Err(why),
        links: Links::default(),
        is_html: false,
    };
    let kind = media_type(content_type);
    let Some(format) = format_of(&kind, url, body) else {
        let kind = if kind.is_empty() {
            "of no type"
        } else {
            kind.as_str()
        };
        return unread(Unread::Other(kind.to_owned()));
    };
    let is_html = format.extensions().contains(&"html");
    let is_markdown = format.extensions().contains(&"md");
    let is_text = is_html || is_markdown || kind.starts_with("text/");
    let (body, note) = if is_text {
        let text = format::text_as(body, charset(content_type));
        if text.bytes.contains(&0) {
            let why = format::why_binary(&text.bytes);
            return unread(Unread::Unreadable(why.to_owned()));
        }
        (text.bytes, text.note)
    } else {
        (Cow::Borrowed(body), None)
    };
    let links = match std::str::from_utf8(&body) {
        Ok(text) if is_html => Links::of_html(text, url),
        Ok(text) if is_markdown => Links::of_markdown(text, url),
        _ => Links::default(),
    };
    let mut pages = format.read(&body).map_err(|why| match why {
        format::Unread::Foreign if links.onward.is_some() => Unread::Other(SENT_ON.to_owned()),
        format::Unread::Foreign => Unread::Other("no documentation".to_owned()),
        format::Unread::Broken(why) => Unread::Unreadable(why),
    });
    if let Ok(pages) = &mut pages {
        pages.skipped.splice(..0, note);
    }
    Page {
        pages: pages.and_then(|pages| said(pages, &links)),
        links,
        is_html,
    }
}

/// Returns `pages` if they say something.
fn said(pages: Pages, links: &Links) -> Result<Pages, Unread> {
    let below = pages.below.iter().map(|(_, document)| document);
    let bytes: usize = below
        .chain([&pages.first])
        .map(|document| document.text.trim().len())
        .sum();
    if links.onward.is_some() && bytes < SAYING_BYTES_MIN {
        return Err(Unread::Other(SENT_ON.to_owned()));
    }
    if links.scripts > 0 && links.found.is_empty() && bytes < SAYING_BYTES_MIN {
        return Err(Unread::Unreadable(
            "is drawn by JavaScript, which is not run".to_owned(),
        ));
    }
    if bytes == 0 {
        return Err(Unread::Other("empty".to_owned()));
    }
    Ok(pages)
}

/// Tells whether an answer is Markdown, and not a page that apologises.
pub(super) fn is_markdown(content_type: &str, body: &[u8]) -> bool {
    match media_type(content_type).as_str() {
        "text/markdown" | "text/x-markdown" => true,
        "text/plain" | "application/octet-stream" | "" => {
            !body.trim_ascii_start().starts_with(b"<") && !body.contains(&0)
        }
        _ => false,
    }
}

fn media_type(content_type: &str) -> String {
    let kind = content_type.split(';').next().unwrap_or_default();
    kind.trim().to_ascii_lowercase()
}

/// Returns what reads a file of this type; where the type says little, the ending of the address counts.
fn format_of(kind: &str, url: &Url, body: &[u8]) -> Option<&'static dyn Format> {
    let of = |path: &str| {
        // What a site sends packed as a page is a download.
        let is_page = packing::inner_name(path).is_none();
        let format = is_page.then(|| format::of_file(path, || format::head_of(body)));
        format.flatten()
    };
    let file = url.path().rsplit('/').next().unwrap_or_default();
    let by_ending = || file.contains('.').then(|| of(file)).flatten();
    // Interfaces are described at any address; the text says so.
    let described = || of("page.json").or_else(|| of("page.yaml"));
    match kind {
        "text/html" | "application/xhtml+xml" => of("page.html"),
        "text/markdown" | "text/x-markdown" => of("page.md"),
        "text/plain" => by_ending().or_else(described).or(Some(format::FALLBACK)),
        "" if body.trim_ascii_start().starts_with(b"<") => of("page.html"),
        "" | "application/octet-stream" => by_ending().or_else(described),
        kind if kind.ends_with("json") || kind.ends_with("yaml") || kind.ends_with(".openapi") => {
            by_ending().or_else(described)
        }
        kind if kind.starts_with("text/") || kind.starts_with("application/") => by_ending(),
        _ => None,
    }
}

/// Returns the encoding that the type of an answer names; `""` if it names none.
fn charset(content_type: &str) -> &str {
    let parameters = content_type.split(';').skip(1);
    parameters
        .filter_map(|parameter| parameter.split_once('='))
        .find(|(name, _)| name.trim().eq_ignore_ascii_case("charset"))
        .map_or("", |(_, value)| value.trim().trim_matches('"'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_at(path: &str, kind: &str, body: &[u8]) -> Page {
        let url = Url::parse(&format!("https://h.example{path}")).unwrap();
        read(&url, kind, body)
    }

    fn text_at(path: &str, kind: &str, body: &[u8]) -> String {
        read_at(path, kind, body).pages.unwrap().first.text
    }

    #[test]
    fn the_type_of_an_answer_says_how_it_is_read() {
        let html = text_at(
            "/a.md",
            "text/html; charset=UTF-8",
            b"<h1>Title</h1><p>Words.</p>",
        );
        assert!(html.contains("# Title"), "{html}");
        let linked = |path, kind| read_at(path, kind, b"[a](b.md)\n").links.found.len();
        assert_eq!(linked("/a", "text/markdown"), 1);
        assert_eq!(linked("/a.md", "text/plain"), 1);
        assert_eq!(linked("/a", "text/plain"), 0);
        let picture = read_at("/a", "image/png", b"x").pages.unwrap_err();
        assert_eq!(picture, Unread::Other("image/png".to_owned()));
    }

    #[test]
    fn the_description_of_an_interface_is_read_at_any_address() {
        let json = br#"{"openapi":"3.0.0","info":{"title":"T","version":"1"},"paths":{"/a":{"post":{"summary":"Create a","responses":{}}}}}"#;
        let yaml = b"openapi: 3.0.0\ninfo: {title: T, version: '1'}\npaths: {/a: {post: {summary: Create a, responses: {}}}}\n";
        for (kind, body) in [
            ("application/json", &json[..]),
            ("application/vnd.oai.openapi+json;version=3.0", json),
            ("text/plain", json),
            ("", json),
            ("application/yaml", yaml),
            ("text/plain", yaml),
        ] {
            let pages = read_at("/api/", kind, body).pages.unwrap();
            assert!(!pages.below.is_empty(), "{kind}");
        }
        let other = read_at("/api/", "application/json", b"{\"a\": 1}");
        assert!(matches!(other.pages, Err(Unread::Other(_))));
    }

    #[test]
    fn a_page_without_words_before_its_scripts_run_is_told() {
        let shell = b"<head><title>App</title></head><body><div id=root></div><script src=app.js></script></body>";
        let why = read_at("/", "text/html", shell).pages.unwrap_err();
        assert_eq!(
            why,
            Unread::Unreadable("is drawn by JavaScript, which is not run".to_owned())
        );
        let short = b"<body><p>Hello.</p><a href=more>more</a><script></script></body>";
        assert!(read_at("/", "text/html", short).pages.is_ok());
    }

    #[test]
    fn letters_are_read_in_the_encoding_that_the_answer_names() {
        assert!(
            text_at("/a", "text/plain; charset=ISO-8859-1", b"caf\xe9\n").contains("caf\u{e9}")
        );
        let japanese = text_at("/a", "text/plain; charset=Shift_JIS", b"\x93\xfa\n");
        assert!(japanese.contains('\u{65e5}'), "{japanese}");
        let declared = b"<meta charset=koi8-r><p>\xc1</p>";
        assert_eq!(text_at("/a", "text/html", declared), "\u{430}\n");
        // Many servers say so of pages that are UTF-8.
        let wrong = "text/plain; charset=ISO-8859-1";
        assert_eq!(
            text_at("/a", wrong, "caf\u{e9}\n".as_bytes()),
            "caf\u{e9}\n"
        );
    }
}
