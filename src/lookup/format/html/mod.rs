//! HTML, rewritten as Markdown: what a reader would see, without navigation, scripts and hidden text.
//!
//! The tokens of the file are read in one pass, without a tree: real pages are as often broken as not, and a pass keeps
//! the line of every word. What is known of a page at its end only, that a word does not mean navigation on it or that a table
//! lays out blocks, is told to another pass.
//!
//! - [`reader`] decides what each tag means, [`aside`] what is read otherwise; [`element`] says what it is, [`open`] whether it is still open.
//! - What the reader remembers of what is open: [`nesting`] of divisions, [`list`] of lists, [`layout`] of tables that lay out
//!   blocks, [`tabs`] of tabs, [`proto`] of the head of a member. [`mod@drop`] tells what is left out, [`math`] and [`image`] what
//!   a formula and an image say, [`origin`] which program made the page.
//! - [`page`] does the writing, block by block: [`code`] and [`script`] within a line, [`lines`] and [`language`] of code, [`table`] and [`described`] of tables and
//!   descriptions. [`heads`], [`named`] and [`item`] find the heads of definitions, [`manual`] a page of the manual, [`title`] what the page
//!   is called. [`ways`], [`surround`] and [`contents`] leave out what only leads to other pages, [`listing`] tells a listing of source.

mod aside;
mod code;
mod contents;
mod described;
mod drop;
mod element;
mod heads;
mod image;
mod item;
mod language;
mod layout;
mod lines;
mod list;
mod listing;
mod manual;
mod math;
mod named;
mod nesting;
mod onward;
mod open;
mod origin;
mod page;
mod proto;
mod reader;
mod script;
mod spans;
mod surround;
mod table;
mod tabs;
mod title;
mod ways;

use self::drop::Doubts;
pub(super) use self::element::VOID;
use self::layout::Found;
use self::reader::Reader;
use super::{Beside, Format, Name, Pages, Unread, of_text, template, xhtml};
use crate::lookup::clean;
use crate::lookup::document::{Document, Kind};

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
        self.read_beside(bytes, &Beside::default())
    }

    fn read_beside(&self, bytes: &[u8], beside: &Beside) -> Result<Pages, Unread> {
        let pages = of_text(bytes, |text| {
            let page = parse_named(text, &beside.names);
            let kind = template::is_template(text).then_some(Kind::Meta);
            Document {
                kind: kind.or(page.kind),
                ..page
            }
        })?;
        if onward::only_sends_on(bytes, &pages.first.text) {
            return Err(Unread::Foreign);
        }
        Ok(pages)
    }
}

/// Reads a page; also serves formats that hold such pages.
pub(super) fn parse(text: &str) -> Document {
    parse_named(text, &[])
}

/// Reads a page that defines these names.
fn parse_named(text: &str, names: &[Name]) -> Document {
    let text = clean::visible(&xhtml::as_read(text));
    let mut disbelieved = Doubts::default();
    let mut layout = Found::default();
    for _ in 1..READINGS_MAX {
        let mut reader = Reader::of(&text, names, &disbelieved, &layout);
        let doubtful = reader.doubtful();
        let has_layout = layout.extend(reader.found_layout());
        if doubtful.is_empty() && !has_layout {
            return reader.finish();
        }
        disbelieved.extend(doubtful);
    }
    Reader::of(&text, names, &disbelieved, &layout).finish()
}

/// Times that a page is read: a word that is found not to mean navigation may stand around another one, or round a table.
const READINGS_MAX: usize = 3;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lookup::document::{headings, symbols};

    fn text(page: &str) -> String {
        parse(page).text
    }

    #[test]
    fn a_page_that_only_sends_on_is_none() {
        let read = |delay: &str, body: &str| {
            let page = format!(
                "<title>Redirecting...</title><meta http-equiv=refresh content='{delay}; url=../b/'>{body}"
            );
            Html.read(page.as_bytes()).map(drop)
        };
        let here = "<p>You're being redirected to a <a href=../b/>new destination</a>.</p>";
        assert_eq!(read("0", here), Err(Unread::Foreign));
        assert_eq!(read("10", here), Ok(()));
        assert_eq!(
            read("0", &format!("{here}<p>{}</p>", "Words. ".repeat(20))),
            Ok(())
        );
    }

    #[test]
    fn a_template_is_no_guide() {
        let kind = |page: &[u8]| Html.read(page).unwrap().first.kind;
        let template =
            b"{% extends 'base.html' %}{% block body %}<p>By {{ author }}</p>{% endblock %}";
        assert_eq!(kind(template), Some(Kind::Meta));
        assert_eq!(kind(b"<p>All by one author.</p>"), None);
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
        let blocks = parse_named(page, &names).blocks;
        let headings = headings(&blocks);
        headings
            .map(|heading| (heading.title.clone(), symbols(heading)))
            .collect()
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
        let page = "<h1>Deck</h1><p>Words.</p><table><tr id=x><td>a</td><td>b</td></tr></table>";
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
