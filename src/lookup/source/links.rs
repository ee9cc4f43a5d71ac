//! The links of a page, and what tells that a page shows nothing before its scripts run.

use std::cell::RefCell;

use html5ever::tokenizer::{Tag, TagKind, Token, TokenSink, TokenSinkResult};
use pulldown_cmark::{Event, Options, Parser};
use url::Url;

use super::robots;
use crate::markup::{self, attribute};

/// Links taken from one page: an index of everything has some thousands.
const LINKS_MAX: usize = 10_000;

/// What a page leads to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Links {
    /// Addresses in order, as they are, with doubles.
    pub(super) found: Vec<Url>,
    /// Where the page says that it lies as Markdown.
    pub(super) markdown: Option<Url>,
    /// Where the page sends its reader on.
    pub(super) onward: Option<Url>,
    /// Whether it does so without a delay.
    pub(super) is_moved: bool,
    /// Scripts of the page.
    pub(super) scripts: usize,
    /// Whether the page asks programs to leave it out.
    pub(super) is_unlisted: bool,
}

impl Links {
    /// Returns the links of an HTML page at `url`.
    pub(super) fn of_html(text: &str, url: &Url) -> Self {
        let sink = Sink(RefCell::new(Reader {
            base: url.clone(),
            links: Self::default(),
        }));
        let (Ok(sink) | Err(sink)) = markup::read(text, sink);
        sink.0.into_inner().links
    }

    /// Returns the links of a Markdown page at `url`.
    pub(super) fn of_markdown(text: &str, url: &Url) -> Self {
        let found = Parser::new_ext(text, Options::ENABLE_TABLES)
            .filter_map(|event| match event {
                Event::Start(pulldown_cmark::Tag::Link { dest_url, .. }) => {
                    url.join(&dest_url).ok()
                }
                _ => None,
            })
            .take(LINKS_MAX)
            .collect();
        Self {
            found,
            ..Self::default()
        }
    }
}

struct Reader {
    base: Url,
    links: Links,
}

struct Sink(RefCell<Reader>);

impl TokenSink for Sink {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        if let Token::TagToken(tag) = token
            && tag.kind == TagKind::StartTag
        {
            return self.0.borrow_mut().tag(&tag);
        }
        TokenSinkResult::Continue
    }
}

impl Reader {
    fn tag(&mut self, tag: &Tag) -> TokenSinkResult<()> {
        let address = |name: &str| self.base.join(attribute(tag, name)?.trim()).ok();
        let name: &str = &tag.name;
        match name {
            "a" | "area" if self.links.found.len() < LINKS_MAX => {
                self.links.found.extend(address("href"));
            }
            "base" => {
                if let Some(base) = address("href") {
                    self.base = base;
                }
            }
            "link" => {
                let is = |name: &str, value: &str| {
                    attribute(tag, name).is_some_and(|given| given.eq_ignore_ascii_case(value))
                };
                if is("rel", "alternate") && is("type", "text/markdown") {
                    self.links.markdown = address("href").or(self.links.markdown.take());
                }
            }
            "meta" => {
                let is_for_us = attribute(tag, "name").is_some_and(|name| {
                    ["robots", "mrconductor"]
                        .iter()
                        .any(|known| name.trim().eq_ignore_ascii_case(known))
                });
                let rules = attribute(tag, "content").filter(|_| is_for_us);
                self.links.is_unlisted |= rules.is_some_and(robots::is_unlisted);
                if let Some(onward) = markup::onward(tag) {
                    self.links.onward = self.base.join(onward.target).ok();
                    self.links.is_moved = onward.is_at_once;
                    self.links.found.extend(self.links.onward.clone());
                }
            }
            "script" => self.links.scripts += 1,
            _ => {}
        }
        markup::raw(name).map_or(TokenSinkResult::Continue, TokenSinkResult::RawData)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    fn paths(links: &Links) -> Vec<&str> {
        links.found.iter().map(Url::path).collect()
    }

    #[test]
    fn links_of_a_page_are_resolved_against_its_base() {
        let html = "<head><base href='/docs/'><link rel=alternate type='text/markdown' href=a.md><script>'<a href=no>'</script>\
                    <title><a href=no></title></head><a href='b.html#x'>B</a><A HREF=\" ../c \">C</A><a name=y>none</a>";
        let links = Links::of_html(html, &url("https://h.example/x/"));
        assert_eq!(paths(&links), ["/docs/b.html", "/c"]);
        assert_eq!(links.markdown, Some(url("https://h.example/docs/a.md")));
        assert_eq!(links.scripts, 1);
    }

    #[test]
    fn a_page_may_ask_to_be_left_out() {
        let is_unlisted = |html: &str| Links::of_html(html, &url("https://h.example/")).is_unlisted;
        assert!(is_unlisted(
            "<META NAME=Robots content='nofollow, noindex'>"
        ));
        assert!(!is_unlisted(
            "<meta name=robots content='index, follow'><p>noindex</p>"
        ));
        assert!(!is_unlisted("<meta name=googlebot content=noindex>"));
    }

    #[test]
    fn a_page_that_sends_on_leads_there() {
        let links = Links::of_html(
            "<meta http-equiv=Refresh content=\"0; url='en/'\">",
            &url("https://h.example/"),
        );
        assert_eq!(links.onward, Some(url("https://h.example/en/")));
        assert_eq!((paths(&links), links.is_moved), (vec!["/en/"], true));
        let later = "<meta http-equiv=refresh content='10;url=en/'>";
        assert!(!Links::of_html(later, &url("https://h.example/")).is_moved);
    }

    #[test]
    fn links_of_markdown_are_those_that_a_reader_sees() {
        let text = "# [A](a.md)\n\n- <https://h.example/b>\n- [c][1]\n\n```\n[no](no.md)\n```\n\n[1]: /c 'C'\n";
        let links = Links::of_markdown(text, &url("https://h.example/docs/llms.txt"));
        assert_eq!(paths(&links), ["/docs/a.md", "/b", "/c"]);
    }
}
