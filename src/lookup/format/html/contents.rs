//! Lists of contents and indexes: what they hold are ways to what is said elsewhere.
//!
//! Beside text they are left out, if they are what their class says: each entry ends with links. A page that is nothing but such a
//! list is kept and told from the others, whether a class says so or all its words are links; the terms of an index define nothing.

use super::drop::{self, PROSE_LETTERS_MIN};
use super::element::{Element, is_block, is_heading};
use super::title;
use crate::lookup::document::{Block, BlockKind, DEFINITION};

/// Classes and ids of lists of contents.
const CONTENTS: &[&str] = &[
    "toc",
    "toc2",
    "TOC",
    "list-of-figures",
    "list-of-tables",
    "list-of-examples",
];
/// Classes of indexes; those of Texinfo name what is in them.
const INDEXES: &[&str] = &[
    "index",
    "printindex",
    "genindextable",
    "index-cp",
    "index-fn",
    "index-ky",
    "index-pg",
    "index-tp",
    "index-vr",
];
/// Elements that hold lists.
const HOLDERS: &[&str] = &["div", "section", "ul", "ol", "dl", "table"];
/// Elements that begin an entry, beside those of blocks.
const ENTRIES: &[&str] = &["li", "dt", "tr"];
/// So many times as many letters as are left of a page make it nothing but a list.
const LEFT_PART: usize = 4;
/// So many times as many letters within links as outside make a page of links.
const LINKED_PART: usize = 3;
/// Links of the shortest such page.
const LINKS_MIN: usize = 5;

/// Returns the word by which an element is a list of contents or an index.
pub(super) fn word(element: Element<'_>) -> Option<&'static str> {
    let is_id = |word: &str| element.id() == Some(word);
    let has_class = |word: &str| element.classes().any(|class| class == word);
    let mut contents = CONTENTS
        .iter()
        .filter(|word| has_class(word) || is_id(word));
    let mut indexes = INDEXES.iter().filter(|word| has_class(word));
    let word = contents.next().or_else(|| indexes.next()).copied();
    word.filter(|_| HOLDERS.contains(&element.name))
}

/// Tells whether a list of so many letters is all of a page of which `left` are outside it.
pub(super) fn is_all(letters: usize, left: usize) -> bool {
    letters > left * LEFT_PART
}

/// The letters of what may be a list of ways, within and outside links.
#[derive(Debug, Default)]
pub(super) struct Ways {
    letters: usize,
    linked: usize,
    links: usize,
    /// Those that stand behind the first link of an entry.
    behind: usize,
    /// Those since the entry or the last link, and the most there were.
    stretch: usize,
    longest: usize,
    in_link: bool,
    is_behind: bool,
}

impl Ways {
    pub(super) fn text(&mut self, text: &str) {
        let letters = drop::letters(text);
        self.letters += letters;
        if self.in_link {
            self.linked += letters;
            return;
        }
        self.stretch += letters;
        self.longest = self.longest.max(self.stretch);
        if self.is_behind {
            self.behind += letters;
        }
    }

    /// Begins or ends a link.
    pub(super) fn link(&mut self, begins: bool) {
        self.is_behind |= self.in_link && !begins;
        self.links += usize::from(begins);
        self.in_link = begins;
        self.stretch = 0;
    }

    /// Takes an element that begins: an entry, maybe.
    pub(super) fn begin(&mut self, name: &str) {
        if ENTRIES.contains(&name) || is_block(name) || is_heading(name) {
            self.in_link = false;
            self.is_behind = false;
            self.stretch = 0;
        }
    }

    /// Tells whether it is a list of ways: what stands before links are terms, and little is said behind them.
    pub(super) fn is_list(&self) -> bool {
        self.linked > 0 && self.behind * 2 <= self.linked && self.longest < PROSE_LETTERS_MIN
    }

    /// Tells whether next to all its words are links.
    pub(super) fn is_page_of_links(&self) -> bool {
        let outside = self.letters - self.linked;
        self.is_list() && self.links >= LINKS_MIN && self.linked >= outside * LINKED_PART
    }
}

/// Leaves out the headings of lists of contents below which nothing is left.
pub(super) fn leave_out_empty(blocks: &mut Vec<Block>, lines: &mut Vec<(String, u32)>) {
    let is_heading = |block: &Block| matches!(&block.kind, BlockKind::Heading(heading) if heading.level < DEFINITION);
    let is_contents = |block: &Block| matches!(&block.kind, BlockKind::Heading(heading) if title::is_list(&heading.title));
    // The first heading says what the page is.
    let first = blocks.iter().position(is_heading).unwrap_or(blocks.len());
    let mut shown = vec![true; lines.len()];
    let mut gone = 0;
    let mut kept = Vec::with_capacity(blocks.len());
    let mut rest = std::mem::take(blocks).into_iter().enumerate().peekable();
    while let Some((at, mut block)) = rest.next() {
        let next = rest.peek().map(|(_, next)| next);
        let is_empty =
            at > first && is_heading(&block) && is_contents(&block) && next.is_none_or(is_heading);
        if is_empty {
            let end = next.map_or(lines.len(), |next| next.line);
            let left_out = shown.get_mut(block.line..end).unwrap_or_default();
            left_out.fill(false);
            gone += left_out.len();
        } else {
            block.line -= gone;
            kept.push(block);
        }
    }
    *blocks = kept;
    let mut shown = shown.into_iter();
    lines.retain(|_| shown.next().unwrap_or(true));
    if gone > 0 {
        lines.pop_if(|(text, _)| text.is_empty());
    }
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use crate::lookup::document::{Kind, headings};

    const WORDS: &str =
        "The ring buffer stores the samples that go out, and this is the text of the page itself.";

    #[test]
    fn lists_of_contents_and_indexes_beside_text_are_left_out() {
        let links =
            "<li><a href=a.html>8.1. The first of the parts</a><li><a href=#b>8.2. The second</a>";
        let entries = "<dt id=i1>haul, <a href=a.html>Ropes that are hauled</a>, <a href=b.html>Knots</a></dt><dt id=i2>tow, <a \
            href=#a>Ropes that are towed</a></dt>";
        for list in [
            format!("<div class=toc><p><b>Table of Contents</b></p><ul>{links}</ul></div>"),
            format!(
                "<div id=toc><div id=toctitle>Contents</div><ul class=sectlevel1>{links}</ul></div>"
            ),
            format!("<h2>Table of Contents</h2><div class=contents><ul>{links}</ul></div>"),
            format!("<div class=index><h3>H</h3><dl>{entries}</dl></div>"),
        ] {
            let page = format!("<h1>PCM</h1>{list}<h2>More</h2><p>{WORDS} {WORDS}</p>");
            let document = parse(&page);
            assert_eq!(
                document.text,
                format!("# PCM\n\n## More\n\n{WORDS} {WORDS}\n"),
                "{list}"
            );
            assert_eq!(document.kind, None);
        }
    }

    #[test]
    fn a_page_that_is_nothing_but_an_index_or_contents_lists_and_defines_nothing() {
        let entry = |number: usize| {
            format!(
                "<dt id=ientry-{number}>string_agg_ordered_{number}, <a class=indexterm href=agg.html>Aggregate</a></dt>"
            )
        };
        let entries = (0..9).map(entry).collect::<String>();
        let page = format!(
            "<div class=index><h1>Index</h1><div class=index><h3>S</h3><dl>{entries}</dl></div></div>"
        );
        let document = parse(&page);
        assert_eq!(document.kind, Some(Kind::Meta));
        assert!(
            document
                .text
                .contains("\nstring_agg_ordered_0, Aggregate\nstring_agg_ordered_1, Aggregate\n"),
            "{}",
            document.text
        );
        assert_eq!(headings(&document.blocks).count(), 2);
        let links = "<li><a href=a.html>The first of the parts</a>".repeat(9);
        for list in [
            format!("<div class=toc><p>Table of Contents</p><ul>{links}</ul></div>"),
            format!("<ul>{links}</ul>"),
        ] {
            let document = parse(&format!("<h1>Chapter 8</h1>{list}"));
            assert_eq!(document.kind, Some(Kind::Meta), "{list}");
            assert!(document.text.contains("- The first of the parts\n"));
        }
    }

    #[test]
    fn what_a_class_calls_so_and_says_something_stays() {
        let entry = "<dt id=a><a href=a.html>ABORT</a> — abort the current transaction</dt>";
        for (list, words) in [
            (
                format!("<div class=toc><dl>{}</dl></div>", entry.repeat(3)),
                "abort the current",
            ),
            (
                format!("<div class=index><p>{WORDS}</p><ul><li><a href=x>More</a></ul></div>"),
                "ring buffer",
            ),
            (
                "<table class=toc><tr><td>Words</td></tr></table>".to_owned(),
                "Words",
            ),
            ("<p class=toc><a href=x>Words</a></p>".to_owned(), "Words"),
        ] {
            let document = parse(&format!("<h1>PCM</h1>{list}<p>{WORDS} {WORDS}</p>"));
            assert!(document.text.contains(words), "{}", document.text);
            assert_eq!(document.kind, None, "{list}");
        }
    }

    #[test]
    fn a_page_with_few_links_or_much_beside_them_is_none_of_links() {
        let entry = "<li><a href=a.html>haul</a> is what pulls";
        for list in [
            "<li><a href=a.html>The first of the parts</a>",
            &entry.repeat(9),
        ] {
            assert_eq!(parse(&format!("<h1>Rope</h1><ul>{list}</ul>")).kind, None);
        }
    }

    #[test]
    fn only_headings_of_contents_that_are_empty_are_left_out() {
        let page = "<h1>Contents</h1><h2>Ropes</h2><h2>Contents</h2><p>Of a box.</p><h2>Knots</h2><p>Words.</p><h2>Table of Contents</h2>";
        assert_eq!(
            parse(page).text,
            "## Contents\n\n## Ropes\n\n## Contents\n\nOf a box.\n\n## Knots\n\nWords.\n"
        );
    }
}
