//! Markdown as `CommonMark` and GitHub read it. The text stays as written: a reader of Markdown needs no rendering, but for the
//! lists of terms that are HTML, and what a rendered page does not show.

mod anchor;
mod called;
mod details;
mod edits;
mod escapes;
mod hidden;
mod html;
mod includes;
mod learn;
mod lists;
mod rewritten;
mod shortcodes;
mod tags;

use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

use self::details::Details;
use self::edits::Edits;
use self::escapes::Escapes;
use self::html::HtmlHeadings;
use self::lists::HtmlLists;
use self::rewritten::Rewritten;
use self::tags::Tags;
use super::{Beside, Format, Pages, References, Unread, front, of_text, taken, template};
use crate::lookup::clean;
use crate::lookup::document::{
    Block, BlockKind, DEFINITION, Document, Heading, Kind, covering, looks_like_code,
};

/// `.md` and its sisters.
pub(super) struct Markdown;

impl Format for Markdown {
    fn name(&self) -> &'static str {
        "Markdown"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["md", "markdown", "mdown", "mkd", "mdc", "cheatmd"]
    }

    fn read(&self, bytes: &[u8]) -> Result<Pages, Unread> {
        self.read_beside(bytes, &Beside::default())
    }

    fn references(&self, bytes: &[u8]) -> Option<References> {
        let has_any = includes::has_any(&String::from_utf8_lossy(bytes));
        has_any.then_some(References::Of(includes::references))
    }

    fn read_beside(&self, bytes: &[u8], beside: &Beside) -> Result<Pages, Unread> {
        of_text(bytes, |text| {
            if !includes::has_any(text) {
                return parse(text);
            }
            let (text, lines) = includes::written(text, beside);
            taken::of_page(parse(&text), lines)
        })
    }

    fn place_of(&self, text: &str, name: &str) -> Option<usize> {
        anchor::place_of(text, name)
    }
}

/// Reads Markdown; also serves formats that are Markdown with additions.
pub(super) fn parse(text: &str) -> Document {
    let (document, rewritten) = read(text);
    rewritten.written(document)
}

/// Reads Markdown whose text stays as written, all of it.
pub(super) fn as_written(text: &str) -> Document {
    read(text).0
}

/// Reads Markdown; also returns what is in it that is HTML and written otherwise.
fn read(text: &str) -> (Document, Rewritten) {
    let text = clean::visible(text);
    let text = shortcodes::without_shortcodes(&text);
    let (front, text) = front::split(&text);
    let text = hidden::without_statements(&text);
    let mut reader = Reader::of(&text);
    let title = reader.hide_lines();
    let Reader {
        blocks,
        code_lines,
        lists,
        details,
        edits,
        ..
    } = reader;
    let name = called::name(&text, &blocks);
    let is_code = |line: usize| has(&code_lines, line);
    // As of HTML, a template is read, but is rarely an answer.
    let kind = template::is_template_of_markdown(&text, is_code).then_some(Kind::Meta);
    let text = edits.written(text.into_owned());
    let text = clean::without_comments(&text, "<!--", "-->", is_code);
    let text = clean::without_comments(&text, "{/*", "*/}", is_code);
    let document = Document {
        text: front.described(text),
        title: front.title.or(title).or(name),
        blocks,
        file_lines: None,
        url: front.url,
        kind,
    };
    let rewritten = Rewritten {
        pages: lists.found,
        folded: details.found,
    };
    (document, rewritten)
}

/// Tells whether `line` is in one of `ranges`, which are in order.
fn has(ranges: &[Range<usize>], line: usize) -> bool {
    let ahead = ranges.partition_point(|lines| lines.end <= line);
    ranges.get(ahead).is_some_and(|lines| lines.contains(&line))
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
    /// Whether a block of code is open.
    is_in_code: bool,
    /// Whether the heading that is open is that of a tab.
    is_tab: bool,
    html: HtmlHeadings,
    lists: HtmlLists,
    details: Details,
    tags: Tags,
    /// Whether a table is open.
    is_in_table: bool,
    escapes: Escapes,
    edits: Edits,
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
            is_in_code: false,
            is_tab: false,
            html: HtmlHeadings::default(),
            lists: HtmlLists::default(),
            details: Details::default(),
            tags: Tags::default(),
            is_in_table: false,
            escapes: Escapes::default(),
            edits: Edits::default(),
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
                Event::Text(words) => reader.text(&words, &range),
                Event::InlineHtml(tag) => reader.tag(&tag, &range),
                Event::SoftBreak | Event::HardBreak => reader.words(" "),
                _ => {}
            }
        }
        reader.take_html();
        reader.blocks = covering(reader.blocks);
        reader
    }

    /// Reads a tag that stands in words.
    fn tag(&mut self, tag: &str, range: &Range<usize>) {
        self.details
            .add(self.text, range, &self.starts, &mut self.edits);
        if self.heading.is_some() {
            return;
        }
        let line = self.line_of(range.start);
        let start = self.starts.get(line).copied().unwrap_or_default();
        let end = self.starts.get(line + 1).copied();
        let line = start..end.unwrap_or(self.text.len());
        self.tags.add(self.text, range, &line, &mut self.edits);
        if self.is_in_table {
            tags::line_end(tag, range.clone(), &mut self.edits);
        }
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
            Tag::Heading {
                level, id, attrs, ..
            } => {
                self.html.give_up();
                let new = Heading {
                    anchor: anchor::given(id.as_ref(), &attrs)
                        .or_else(|| self.anchor_above(range.start)),
                    ..Heading::new(level as u8, String::new())
                };
                self.heading = Some((range.start, new));
            }
            Tag::CodeBlock(kind) => {
                self.is_in_code = true;
                let last = self.line_of(range.end.saturating_sub(1).max(range.start));
                self.code_lines.push(self.line_of(range.start)..last + 1);
                let code = self.text.get(range.clone()).unwrap_or_default();
                if let Some(twin) = hidden::twin(code) {
                    let start = range.start;
                    self.edits.blank(start + twin.start..start + twin.end);
                }
                let fence = match kind {
                    CodeBlockKind::Fenced(_) => Some(fence_of(self.text, &range)),
                    CodeBlockKind::Indented => None,
                };
                self.push(range.start, BlockKind::Code { fence });
            }
            Tag::Table(_) => {
                self.is_in_table = true;
                tags::narrow(self.text, &range, &mut self.edits);
                self.push(range.start, BlockKind::Table { head: 2 });
            }
            Tag::TableCell => self.tags.begin(),
            Tag::Paragraph => {
                self.tags.begin();
                self.push(range.start, BlockKind::Prose);
                self.paragraph = Some((range.start, Vec::new()));
            }
            Tag::HtmlBlock => {
                self.push(range.start, BlockKind::Prose);
                let line = self.line_of(range.start);
                // The line of an item or a quotation begins with its mark.
                let is_apart = self.starts.get(line) == Some(&range.start);
                let start = range.start;
                let html = self.text.get(range.clone()).unwrap_or_default();
                if let Some(length) = hidden::program(html) {
                    self.edits.blank(start..start + length);
                }
                self.html.add(html, line);
                self.lists.add(html, line, is_apart);
                self.details
                    .add(self.text, &range, &self.starts, &mut self.edits);
            }
            Tag::Link { dest_url, .. } => {
                if self.heading.is_some() {
                    self.is_tab = learn::is_tab(&dest_url);
                }
                if let Some(uid) = dest_url.strip_prefix("xref:")
                    && self
                        .text
                        .get(range.clone())
                        .is_some_and(|link| link.starts_with('<'))
                {
                    self.edits.show(range, learn::reference(uid));
                }
            }
            Tag::Item | Tag::FootnoteDefinition(_) | Tag::BlockQuote(_) => {
                self.push(range.start, BlockKind::Prose);
            }
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd, range: &Range<usize>) {
        match tag {
            TagEnd::CodeBlock => self.is_in_code = false,
            TagEnd::Table => self.is_in_table = false,
            TagEnd::Link | TagEnd::Image => self.end_link(range),
            TagEnd::Heading(_) => {
                let is_tab = std::mem::take(&mut self.is_tab);
                if let Some((byte, mut found)) = self.heading.take() {
                    if is_tab {
                        let line = self.text.get(range.clone()).unwrap_or_default();
                        let end = byte + line.trim_end().len();
                        self.edits
                            .show(byte..end, format!("{}:", found.title.trim()));
                        self.push(byte, BlockKind::Prose);
                        return;
                    }
                    anchor::in_comment(&mut found);
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

    /// Shows a link that ends at `range` as it is written, unless it leads to what only a builder of the site finds.
    fn end_link(&mut self, range: &Range<usize>) {
        self.escapes.skip(range.start);
        let address = self.escapes.rest(self.text, range.end);
        match address.find("](xref:") {
            Some(at) => {
                let end = range.end - address.len() + at;
                self.edits.blank(range.start..range.start + 1);
                self.edits.blank(end..range.end);
                self.escapes.skip(range.end);
            }
            None => self.escapes.address(self.text, range.end, &mut self.edits),
        }
    }

    /// Reads words as they are written, in code or outside.
    fn text(&mut self, words: &str, range: &Range<usize>) {
        if self.is_in_code {
            self.escapes.skip(range.end);
        } else {
            self.escapes.words(self.text, range, &mut self.edits);
        }
        self.words(words);
    }

    /// Returns the anchor alone on the line above the heading at `start`, which is no longer shown.
    fn anchor_above(&mut self, start: usize) -> Option<String> {
        let (anchor, range) = anchor::above(self.text, start)?;
        if has(&self.code_lines, self.line_of(range.start)) {
            return None;
        }
        self.edits.blank(range);
        Some(anchor.to_owned())
    }

    /// Hides the lines that are comments or lay out the page, and returns the title that a comment says.
    fn hide_lines(&mut self) -> Option<String> {
        let mut title = None;
        let may_be_of_learn = learn::is_in(self.text);
        for (at, &start) in self.starts.iter().enumerate() {
            let rest = self.text.get(start..).unwrap_or_default();
            if !(may_be_of_learn || rest.starts_with('[')) {
                continue;
            }
            let line = rest.lines().next().unwrap_or_default();
            if has(&self.code_lines, at) {
                continue;
            }
            if let Some(comment) = hidden::comment(line) {
                self.edits.blank(start..start + line.len());
                title = title.or_else(|| comment.strip_prefix("title: "));
            } else if may_be_of_learn {
                learn::show(line, start, &mut self.edits);
            }
        }
        title.map(|title| title.trim().to_owned())
    }

    fn code(&mut self, code: &str, range: Range<usize>) {
        self.escapes.skip(range.end);
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
