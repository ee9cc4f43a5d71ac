//! HTML, rewritten as Markdown: what a reader would see, without navigation, scripts and hidden text.
//!
//! The tokens of the file are read in one pass, without a tree: real pages are as often broken as not, and a pass keeps
//! the line of every word. [`page`](super::html_page) does the writing; this file decides what each tag means.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::HashMap;

use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{Tag, TagKind, Token, TokenSink, TokenSinkResult};

use super::html_page::{Page, Region};
use super::{Beside, Format, Name, Pages, Unread, of_text, xhtml};
use crate::lookup::clean;
use crate::lookup::document::{Document, web_url};
use crate::markup;

/// `.html` and its sisters.
pub(super) struct Html;

impl Format for Html {
    fn name(&self) -> &'static str {
        "HTML"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["html", "htm"]
    }

    fn read(&self, bytes: &[u8]) -> Result<Pages, Unread> {
        of_text(bytes, parse)
    }

    fn read_beside(&self, bytes: &[u8], beside: &Beside) -> Result<Pages, Unread> {
        of_text(bytes, |text| parse_named(text, &beside.names))
    }
}

/// Reads a page; also serves formats that hold such pages.
pub(super) fn parse(text: &str) -> Document {
    parse_named(text, &[])
}

/// Reads a page that defines these names.
fn parse_named(text: &str, names: &[Name]) -> Document {
    let mut reader = Reader::default();
    for Name { fragment, name } in names {
        let name = clean::visible(name);
        if fragment.is_empty() {
            reader.page.own_names.push(name);
        } else {
            reader.names.entry(fragment.clone()).or_default().push(name);
        }
    }
    let sink = Sink(RefCell::new(reader));
    let text = if xhtml::is_declared(text) {
        Cow::Owned(xhtml::as_html(text))
    } else {
        Cow::Borrowed(text)
    };
    // Of a page that would take too long, what comes before the tag that makes it so.
    let (Ok(sink) | Err(sink)) = markup::read(&clean::visible(&text), sink);
    sink.0.into_inner().page.finish()
}

/// Elements that show nothing, or nothing of the page's own.
const SKIPPED: &[&str] = &[
    "script", "style", "noscript", "template", "svg", "math", "nav", "footer", "iframe", "object",
    "canvas", "button", "select", "dialog", "menu", "label",
];
/// Elements that belong to the site where they stand outside the main part. No `form`: some servers put a whole page into one.
const SITE: &[&str] = &["header", "aside"];
/// Elements that have no end.
pub(super) const VOID: &[&str] = &[
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source",
    "track", "wbr",
];
/// Elements that begin and end a paragraph.
const BLOCKS: &[&str] = &[
    "p",
    "div",
    "section",
    "article",
    "main",
    "blockquote",
    "figure",
    "figcaption",
    "details",
    "summary",
    "dd",
    "dl",
    "address",
    "fieldset",
    "hgroup",
    "header",
    "aside",
    "form",
    "body",
    "caption",
    "hr",
];
/// Lists within lists that are indented: each item repeats the indentation.
const LIST_DEPTH_MAX: usize = 32;
/// Classes of what is drawn beside the text: links to itself, line numbers, words for screen readers only.
const DECORATION: &[&str] = &[
    "headerlink",
    "viewcode-link",
    "linenos",
    "lineno",
    "gp-hidden",
    "sr-only",
    "visually-hidden",
    "anchorjs-link",
    "header-anchor",
    "copybtn",
    "skip-link",
    "hash-link",
    "edit-page-link",
    "breadcrumbs",
    "toctree-wrapper",
    "contents",
];

struct Sink(RefCell<Reader>);

impl TokenSink for Sink {
    type Handle = ();

    fn process_token(&self, token: Token, line: u64) -> TokenSinkResult<()> {
        let mut reader = self.0.borrow_mut();
        reader.page.line = u32::try_from(line).unwrap_or(u32::MAX);
        match token {
            Token::TagToken(tag) => return reader.tag(&tag),
            Token::CharacterTokens(text) => reader.text(&text),
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

#[derive(Default)]
struct Reader {
    page: Page,
    /// What is defined, by its anchor.
    names: HashMap<String, Vec<String>>,
    /// The element whose content is left out, and how many of its name are open.
    skipped: Option<(String, usize)>,
    in_title: bool,
    /// Lists that are open: the number of the next item, or `None` for bullets.
    lists: Vec<Option<u32>>,
    /// Main parts that are open.
    mains: usize,
}

impl Reader {
    fn text(&mut self, text: &str) {
        if self.in_title {
            self.page.title.push_str(text);
        } else if self.skipped.is_none() {
            self.page.text(text);
        }
    }

    fn tag(&mut self, tag: &Tag) -> TokenSinkResult<()> {
        let name: &str = &tag.name;
        if let Some((skipped, depth)) = &mut self.skipped {
            if name == skipped {
                match tag.kind {
                    TagKind::StartTag if !tag.self_closing => *depth += 1,
                    TagKind::StartTag => {}
                    TagKind::EndTag => *depth -= 1,
                }
                if *depth == 0 {
                    self.skipped = None;
                }
            }
            return raw(tag, name);
        }
        match tag.kind {
            TagKind::StartTag => self.start(tag, name),
            TagKind::EndTag => self.end(name),
        }
        raw(tag, name)
    }

    fn start(&mut self, tag: &Tag, name: &str) {
        let attribute = |wanted: &str| {
            tag.attrs
                .iter()
                .find(|attribute| &*attribute.name.local == wanted)
                .map(|attribute| &*attribute.value)
        };
        let classes = attribute("class").unwrap_or_default();
        let has_class = |wanted: &[&str]| {
            classes
                .split_ascii_whitespace()
                .any(|class| wanted.contains(&class))
        };
        let is_void = VOID.contains(&name) || tag.self_closing && !BLOCKS.contains(&name);
        let site = SITE.contains(&name) && self.mains == 0;
        let decoration =
            has_class(DECORATION) && !matches!(name, "html" | "body" | "main" | "article");
        let hidden = is_hidden(&attribute);
        if !is_void && (SKIPPED.contains(&name) || site || decoration || hidden) {
            self.skipped = Some((name.to_owned(), 1));
            return;
        }
        if let Some(id) = attribute("id").or_else(|| attribute("name").filter(|_| name == "a")) {
            // Dash marks what it lists by anchors that no site has.
            if !id.starts_with("//apple_ref/") {
                self.page.anchor = Some(id.to_owned());
            }
        }
        let anchors = [attribute("id"), attribute("name")].into_iter().flatten();
        let names: Vec<String> = anchors
            .filter_map(|anchor| self.names.remove(anchor))
            .flatten()
            .collect();
        match name {
            "link" if attribute("rel") == Some("canonical") && self.page.url.is_none() => {
                self.page.url = attribute("href").and_then(web_url);
            }
            "title" => self.in_title = self.page.title.is_empty(),
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                self.page.begin(Region::Heading(level(name)));
            }
            "pre" => self.page.begin(Region::Code(language(classes, &attribute))),
            "code" | "kbd" | "samp" | "tt" => self.page.code(true),
            "br" => self.page.line_break(),
            "dt" => {
                let signature = has_class(&["sig"]) || attribute("id").is_some();
                self.page.begin(if signature {
                    Region::Definition
                } else {
                    Region::Paragraph
                });
            }
            "ul" => self.lists.push(None),
            "ol" => self.lists.push(Some(1)),
            "li" => self.item(),
            "table" => self.page.begin_table(),
            "tr" => self.page.row(),
            "td" | "th" => self.page.cell(),
            "main" | "article" => self.begin_main(),
            _ if attribute("role") == Some("main") => self.begin_main(),
            _ if BLOCKS.contains(&name) => self.page.begin(Region::Paragraph),
            _ => {}
        }
        // What was open before this element is written by now, and does not get its names.
        self.page.names.extend(names);
    }

    fn item(&mut self) {
        let depth = self.lists.len().saturating_sub(1).min(LIST_DEPTH_MAX);
        let mark = match self.lists.last_mut() {
            Some(Some(number)) => {
                *number += 1;
                format!("{}. ", *number - 1)
            }
            _ => "- ".to_owned(),
        };
        self.page
            .begin(Region::Item(format!("{}{mark}", "  ".repeat(depth))));
    }

    fn begin_main(&mut self) {
        self.page.begin(Region::Paragraph);
        if self.mains == 0 {
            self.page.main_begins();
        }
        self.mains += 1;
    }

    fn end(&mut self, name: &str) {
        match name {
            "title" => self.in_title = false,
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "pre" | "dt" | "li" => {
                self.page.finish_region();
            }
            "code" | "kbd" | "samp" | "tt" => self.page.code(false),
            "ul" | "ol" => {
                self.lists.pop();
                self.page.finish_region();
            }
            "table" => self.page.end_table(),
            "main" | "article" => {
                self.page.finish_region();
                self.mains = self.mains.saturating_sub(1);
                if self.mains == 0 {
                    self.page.main_ends();
                }
            }
            _ if BLOCKS.contains(&name) => self.page.finish_region(),
            _ => {}
        }
    }
}

/// Tells the tokenizer that the content of some elements is no markup.
fn raw(tag: &Tag, name: &str) -> TokenSinkResult<()> {
    if tag.kind == TagKind::EndTag {
        return TokenSinkResult::Continue;
    }
    match name {
        "script" => TokenSinkResult::RawData(RawKind::ScriptData),
        "style" | "xmp" | "iframe" | "noembed" | "noframes" => {
            TokenSinkResult::RawData(RawKind::Rawtext)
        }
        "title" | "textarea" => TokenSinkResult::RawData(RawKind::Rcdata),
        _ => TokenSinkResult::Continue,
    }
}

fn level(name: &str) -> u8 {
    name.bytes()
        .last()
        .map_or(1, |digit| digit.saturating_sub(b'0'))
        .clamp(1, 6)
}

/// Tells whether an element with these attributes is not shown: text in it would reach the model behind a person's back.
fn is_hidden<'a>(attribute: &impl Fn(&str) -> Option<&'a str>) -> bool {
    let style: String = attribute("style")
        .unwrap_or_default()
        .chars()
        .filter(|letter| !letter.is_whitespace())
        .flat_map(char::to_lowercase)
        .collect();
    attribute("hidden").is_some()
        || attribute("aria-hidden") == Some("true")
        || [
            "display:none",
            "visibility:hidden",
            "font-size:0",
            "opacity:0;",
        ]
        .iter()
        .any(|rule| style.contains(rule))
}

/// Returns the language of a code block as its class or data attribute names it.
fn language<'a>(classes: &str, attribute: &impl Fn(&str) -> Option<&'a str>) -> String {
    let named = classes.split_ascii_whitespace().find_map(|class| {
        ["language-", "lang-", "highlight-", "brush:"]
            .iter()
            .find_map(|prefix| class.strip_prefix(prefix))
    });
    attribute("data-language")
        .or(named)
        .unwrap_or_default()
        .chars()
        .filter(|letter| letter.is_alphanumeric() || "+-#_".contains(*letter))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lookup::document::{BlockKind, symbols};

    fn text(page: &str) -> String {
        parse(page).text
    }

    #[test]
    fn a_page_that_a_server_put_into_a_form_is_read() {
        let page = "<body><form method=post><label>Search</label><input name=q><h1>Orbits</h1><p>A burn raises the far side.</p></form>";
        let text = text(page);
        assert!(text.contains("# Orbits"), "{text}");
        assert!(text.contains("A burn raises the far side."));
        assert!(!text.contains("Search"), "{text}");
    }

    #[test]
    fn comments_that_call_themselves_articles_are_not_the_page() {
        let body = "<p>A paragraph of the page itself, which nobody marked as such.</p>".repeat(60);
        let comment = format!("<article><p>{}</p></article>", "First! ".repeat(50));
        let text = text(&format!("<body><h1>Title</h1>{body}{comment}{comment}"));
        assert!(text.contains("nobody marked as such"), "{text}");
    }

    /// The names that the sections of a page define, by their heading.
    fn defined(page: &str, names: &[(&str, &str)]) -> Vec<(String, Vec<String>)> {
        let names: Vec<Name> = names
            .iter()
            .map(|(fragment, name)| Name {
                fragment: (*fragment).to_owned(),
                name: (*name).to_owned(),
            })
            .collect();
        let blocks = parse_named(page, &names).blocks.into_iter();
        let headings = blocks.filter_map(|block| match block.kind {
            BlockKind::Heading(heading) => Some((heading.title.clone(), symbols(&heading))),
            _ => None,
        });
        headings.collect()
    }

    #[test]
    fn names_of_an_index_belong_to_the_heading_at_their_anchor_or_get_one() {
        let page =
            "<h1>Deck</h1><p>Words.</p><a name=x1></a><h2>Ropes</h2><p>Words.<p id=x2>More.<p>End.";
        assert_eq!(
            defined(
                page,
                &[
                    ("", "Ship"),
                    ("x1", "Ship::rope"),
                    ("x2", "haul"),
                    ("x3", "none")
                ]
            ),
            [
                ("Deck".to_owned(), vec!["Ship".to_owned()]),
                (
                    "Ropes".to_owned(),
                    vec!["Ship::rope".to_owned(), "rope".to_owned()]
                ),
                ("haul".to_owned(), vec!["haul".to_owned(), "x2".to_owned()]),
            ]
        );
    }

    #[test]
    fn names_in_a_table_belong_to_the_heading_above_it() {
        let page = "<h1>Deck</h1><p>Words.</p><table><tr id=x><td>a</td></tr></table>";
        assert_eq!(
            defined(page, &[("x", "belay")]),
            [("Deck".to_owned(), vec!["belay".to_owned()])]
        );
    }

    #[test]
    fn what_surrounds_a_marked_main_part_is_left_out() {
        let main = format!("<main><p>{}</p></main>", "The manual itself. ".repeat(30));
        let text = text(&format!(
            "<body><div>Products Prices</div>{main}<div>Imprint</div>"
        ));
        assert!(text.contains("The manual itself."));
        assert!(
            !text.contains("Prices") && !text.contains("Imprint"),
            "{text}"
        );
    }

    /// Each of these would take minutes if the time grew with the square of the length.
    #[test]
    fn pages_made_to_cost_time_are_read_all_the_same() {
        let attribute = |number: usize| format!(" a{number}");
        let attributes = (0..300_000).map(attribute).collect::<Vec<_>>().concat();
        let short = format!("<main><p>{}</main>", "w".repeat(200));
        let long = "<p>a".repeat(100_000);
        for (what, page) in [
            ("attributes", format!("<p{attributes}>")),
            ("lists", "<ul><li>a".repeat(100_000)),
            ("words", "a ".repeat(1_000_000)),
            ("backticks", format!("<pre>{}</pre>", "`".repeat(500_000))),
            (
                "main parts",
                format!("<main>{long}</main>{}", short.repeat(10_000)),
            ),
        ] {
            let text = text(&format!("<body><main><h1>Orbits</h1>{page}"));
            assert!(text.contains("# Orbits"), "{what}");
        }
    }
}
