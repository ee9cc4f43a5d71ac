//! Markdown as `CommonMark` and GitHub read it. The text stays as written: a reader of Markdown needs no rendering, but for the
//! lists of terms that are HTML.

use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

use super::markdown_html::HtmlHeadings;
use super::markdown_lists::HtmlLists;
use super::{Format, Pages, Unread, front, of_text};
use crate::lookup::clean;
use crate::lookup::document::{
    Block, BlockKind, DEFINITION, Document, Heading, covering, looks_like_code,
};

/// `.md` and its sisters.
pub(super) struct Markdown;

impl Format for Markdown {
    fn name(&self) -> &'static str {
        "Markdown"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["md", "markdown", "mdown", "mkd", "mdc"]
    }

    fn read(&self, bytes: &[u8]) -> Result<Pages, Unread> {
        of_text(bytes, parse)
    }
}

/// Reads Markdown; also serves formats that are Markdown with additions.
pub(super) fn parse(text: &str) -> Document {
    let (document, lists) = read(text);
    lists.written(document)
}

/// Reads Markdown whose text stays as written, all of it.
pub(super) fn as_written(text: &str) -> Document {
    read(text).0
}

/// Reads Markdown; also returns what lists there are in it that are HTML.
fn read(text: &str) -> (Document, HtmlLists) {
    let text = clean::visible(text);
    let (front, text) = front::split(&text);
    let Reader {
        blocks,
        code_lines,
        lists,
        ..
    } = Reader::of(&text);
    let is_code = |line: usize| {
        let ahead = code_lines.partition_point(|lines| lines.end <= line);
        code_lines
            .get(ahead)
            .is_some_and(|lines| lines.contains(&line))
    };
    let text = clean::without_comments(&text, "<!--", "-->", is_code);
    let text = clean::without_comments(&text, "{/*", "*/}", is_code);
    let document = Document {
        text: front.described(text),
        title: front.title,
        blocks,
        file_lines: None,
        url: front.url,
        kind: None,
    };
    (document, lists)
}

/// What is read beside what `CommonMark` has.
const OPTIONS: Options = Options::ENABLE_TABLES
    .union(Options::ENABLE_FOOTNOTES)
    .union(Options::ENABLE_HEADING_ATTRIBUTES)
    .union(Options::ENABLE_GFM)
    .union(Options::ENABLE_TASKLISTS);

/// The blocks of a text, as its parser finds them.
struct Reader<'t> {
    text: &'t str,
    /// Where the lines of the text begin.
    starts: Vec<usize>,
    blocks: Vec<Block>,
    /// Lines that are code.
    code_lines: Vec<Range<usize>>,
    /// The heading that is open, with its line.
    heading: Option<(usize, Heading)>,
    /// Where the paragraph that is open begins, and the code in it.
    paragraph: Option<(usize, Vec<Range<usize>>)>,
    html: HtmlHeadings,
    lists: HtmlLists,
}

impl<'t> Reader<'t> {
    fn of(text: &'t str) -> Self {
        let ends = text.match_indices('\n').map(|(at, _)| at + 1);
        let mut reader = Self {
            text,
            starts: std::iter::once(0).chain(ends).collect(),
            blocks: Vec::new(),
            code_lines: Vec::new(),
            heading: None,
            paragraph: None,
            html: HtmlHeadings::default(),
            lists: HtmlLists::default(),
        };
        for (event, range) in Parser::new_ext(text, OPTIONS).into_offset_iter() {
            match event {
                Event::Start(tag) => reader.start(tag, range),
                Event::End(tag) => reader.end(tag, &range),
                Event::Rule => {
                    reader.lists.give_up();
                    reader.push(range.start, BlockKind::Prose);
                }
                Event::Code(code) => reader.code(&code, range),
                Event::Text(words) => reader.words(&words),
                Event::SoftBreak | Event::HardBreak => reader.words(" "),
                _ => {}
            }
        }
        reader.take_html();
        reader.blocks = covering(reader.blocks);
        reader
    }

    fn line_of(&self, byte: usize) -> usize {
        let after = self.starts.partition_point(|&start| start <= byte);
        after.saturating_sub(1)
    }

    /// Adds the block that begins at this byte.
    fn push(&mut self, byte: usize, kind: BlockKind) {
        let line = self.line_of(byte);
        // Nested blocks that begin on one line (`- # title`) are one block: the first, unless a heading follows.
        match self.blocks.last_mut() {
            Some(last) if last.line >= line => {
                if matches!(last.kind, BlockKind::Prose) && last.line == line {
                    last.kind = kind;
                }
            }
            _ => self.blocks.push(Block { line, kind }),
        }
    }

    fn start(&mut self, tag: Tag<'_>, range: Range<usize>) {
        if tag != Tag::HtmlBlock {
            self.lists.give_up();
        }
        match tag {
            Tag::Heading { level, id, .. } => {
                self.html.give_up();
                let new = Heading {
                    anchor: id.map(|id| id.to_string()),
                    ..Heading::new(level as u8, String::new())
                };
                self.heading = Some((range.start, new));
            }
            Tag::CodeBlock(kind) => {
                let last = self.line_of(range.end.saturating_sub(1).max(range.start));
                self.code_lines.push(self.line_of(range.start)..last + 1);
                let fence = match kind {
                    CodeBlockKind::Fenced(_) => Some(fence_of(self.text, &range)),
                    CodeBlockKind::Indented => None,
                };
                self.push(range.start, BlockKind::Code { fence });
            }
            Tag::Table(_) => self.push(range.start, BlockKind::Table { head: 2 }),
            Tag::Paragraph => {
                self.push(range.start, BlockKind::Prose);
                self.paragraph = Some((range.start, Vec::new()));
            }
            Tag::HtmlBlock => {
                self.push(range.start, BlockKind::Prose);
                let line = self.line_of(range.start);
                // The line of an item or a quotation begins with its mark.
                let is_apart = self.starts.get(line) == Some(&range.start);
                let html = self.text.get(range).unwrap_or_default();
                self.html.add(html, line);
                self.lists.add(html, line, is_apart);
            }
            Tag::Item | Tag::FootnoteDefinition(_) | Tag::BlockQuote(_) => {
                self.push(range.start, BlockKind::Prose);
            }
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd, range: &Range<usize>) {
        match tag {
            TagEnd::Heading(_) => {
                if let Some((byte, mut found)) = self.heading.take() {
                    anchor_in_comment(&mut found);
                    self.push(byte, BlockKind::Heading(found));
                }
            }
            TagEnd::Paragraph => {
                if let Some((start, spans)) = self.paragraph.take()
                    && let Some(found) = definition(self.text, &(start..range.end), &spans)
                {
                    self.push(start, BlockKind::Heading(found));
                }
            }
            _ => {}
        }
    }

    fn code(&mut self, code: &str, range: Range<usize>) {
        self.words(code);
        if let Some((_, heading)) = &mut self.heading {
            heading.code.push(code.to_owned());
        }
        if let Some((_, spans)) = &mut self.paragraph {
            spans.push(range);
        }
    }

    /// Adds words to the heading that is open, of Markdown or of HTML.
    fn words(&mut self, words: &str) {
        self.html.words(words);
        if let Some((_, heading)) = &mut self.heading {
            heading.title.push_str(words);
        }
    }

    /// Puts the headings that are HTML where they stand.
    fn take_html(&mut self) {
        for (line, heading) in std::mem::take(&mut self.html.found) {
            let kind = BlockKind::Heading(heading);
            match self.blocks.binary_search_by_key(&line, |block| block.line) {
                Ok(at) => {
                    let block = self.blocks.get_mut(at);
                    if let Some(block) = block.filter(|block| block.kind == BlockKind::Prose) {
                        block.kind = kind;
                    }
                }
                Err(at) => self.blocks.insert(at, Block { line, kind }),
            }
        }
    }
}

/// Takes the anchor out of a title that ends in `{/*anchor*/}`, as MDX sites write it.
fn anchor_in_comment(heading: &mut Heading) {
    if let Some((title, rest)) = heading.title.split_once("{/*")
        && let Some((anchor, _)) = rest.split_once("*/}")
    {
        heading.anchor = Some(anchor.trim().to_owned()).filter(|anchor| !anchor.is_empty());
        heading.title = title.trim_end().to_owned();
    }
}

/// Returns the line that closes a fenced block opened at the start of `range`.
fn fence_of(text: &str, range: &Range<usize>) -> String {
    let opening = text.get(range.clone()).unwrap_or_default().trim_start();
    let mark = opening.chars().next().unwrap_or('`');
    opening
        .chars()
        .take_while(|&letter| letter == mark)
        .collect()
}

/// Returns the definition that a paragraph heads whose first line is one code span that reads like a signature.
fn definition(text: &str, paragraph: &Range<usize>, spans: &[Range<usize>]) -> Option<Heading> {
    let first = spans.first()?;
    let line = text.get(paragraph.clone())?.lines().next()?.trim_end();
    let alone = first.start == paragraph.start && first.end == paragraph.start + line.len();
    let code = text.get(first.clone())?.trim_matches('`');
    let signature = code.contains('(') || looks_like_code(code);
    let short = code.len() <= SIGNATURE_BYTES_MAX;
    (alone && signature && short).then(|| Heading {
        level: DEFINITION,
        title: code.to_owned(),
        anchor: None,
        code: vec![code.to_owned()],
    })
}

/// Bytes of the longest code span taken as a signature.
const SIGNATURE_BYTES_MAX: usize = 300;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Line, level, title and anchor of every heading.
    fn headings(text: &str) -> Vec<(usize, u8, String, Option<String>)> {
        let heading = |block: Block| match block.kind {
            BlockKind::Heading(found) => Some((block.line, found.level, found.title, found.anchor)),
            _ => None,
        };
        parse(text).blocks.into_iter().filter_map(heading).collect()
    }

    #[test]
    fn headings_of_html_are_headings() {
        let text = "<h1 align=\"center\">My &amp; <b>Tool</b></h1>\n\n<p>It does things.</p>\n\n## Install\n\nnpm\n\n\
                    <div>\n<h2 id=\"usage\">Usage</h2>\nUse words.\n<H3><a name=\"o\"></a>Options\n  of it</H3>\n</div>\n";
        let expected = [
            (0, 1, "My & Tool", None),
            (4, 2, "Install", None),
            (9, 2, "Usage", Some("usage")),
            (11, 3, "Options of it", Some("o")),
        ];
        let expected = expected.map(|(line, level, title, anchor)| {
            (line, level, title.to_owned(), anchor.map(str::to_owned))
        });
        assert_eq!(headings(text), expected);
        assert_eq!(parse(text).text, text);
    }

    #[test]
    fn a_heading_of_html_may_hold_paragraphs_of_markdown_or_a_picture() {
        let text = "<h1 align=\"center\">\n\n  My `Tool`\n\n</h1>\n\nWords.\n\n<h2><img src=\"a.png\" alt=\"The logo\"></h2>\n";
        let expected = [
            (0, 1, "My Tool".to_owned(), None),
            (8, 2, "The logo".to_owned(), None),
        ];
        assert_eq!(headings(text), expected);
    }

    #[test]
    fn what_is_code_a_comment_or_never_ends_is_no_heading_of_html() {
        let text = "```html\n<h1>Code</h1>\n```\n\n<!-- <h1>No</h1> -->\n\n<h2>\n\nopen\n\n# Real\n\n</h2>\n\n<h2></h2>\n";
        assert_eq!(headings(text), [(10, 1, "Real".to_owned(), None)]);
    }

    proptest! {
        #[test]
        fn blocks_are_in_order_whatever_the_html(text in "(<h[12]>|</h[12]>|<h2 id=\"a\">|<p>|# |- |> |a|\n|\n\n|```){0,40}") {
            let lines: Vec<usize> = parse(&text).blocks.iter().map(|block| block.line).collect();
            prop_assert!(lines.is_sorted_by(|one, next| one < next));
        }
    }
}
