//! AsciiDoc, read line by line, and written as Markdown has it: listings with fences, items under each other by their indentation,
//! rows of tables. What says nothing by itself (attributes, conditions, delimiters, comments) is left out.

mod includes;
mod inline;
mod lists;
mod marks;
mod table;
mod tags;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use self::inline::Inline;
use self::lists::{Item, Lists};
pub(super) use self::marks::is_asciidoc;
use self::marks::{Attributes, anchor_of, condition, fence_of, is_frame};
use self::table::Table;
use super::{Beside, Format, Pages, References, Unread, of_text, taken};
use crate::lookup::clean;
use crate::lookup::document::{Block, BlockKind, DEFINITION, Document, Heading, covering};
use crate::lookup::passage::fence_around;

/// Blocks in blocks: beyond that delimiters are lines like any other.
const FRAMES_MAX: usize = 16;
/// White space before code that has no fence.
const CODE_INDENT: usize = 4;

/// `.adoc` and its sisters.
pub(super) struct AsciiDoc;

impl Format for AsciiDoc {
    fn name(&self) -> &'static str {
        "AsciiDoc"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["adoc", "asciidoc", "asc"]
    }

    fn read(&self, bytes: &[u8]) -> Result<Pages, Unread> {
        self.read_beside(bytes, &Beside::default())
    }

    fn references(&self, bytes: &[u8]) -> Option<References> {
        references(&String::from_utf8_lossy(bytes))
    }

    fn read_beside(&self, bytes: &[u8], beside: &Beside) -> Result<Pages, Unread> {
        of_text(bytes, |text| parse(text, beside))
    }
}

/// Reads AsciiDoc, whatever its file is called, with what lies beside it.
pub(super) fn parse(text: &str, beside: &Beside) -> Document {
    let text = clean::visible(text);
    if !includes::has_any(&text) {
        return read(&text);
    }
    let (text, lines) = includes::written(&text, beside);
    taken::of_page(read(&text), lines)
}

/// Returns how the files are found that `text`, AsciiDoc, includes, if it does.
pub(super) fn references(text: &str) -> Option<References> {
    includes::has_any(text).then_some(References::Wanted(includes::wanted))
}

fn read(text: &str) -> Document {
    let mut reader = Reader::of(text);
    while let Some(line) = reader.lines.get(reader.at).copied() {
        reader.line(line);
    }
    Document {
        title: None,
        text: reader.text,
        blocks: covering(reader.blocks),
        file_lines: Some(reader.file_lines),
        url: None,
        kind: None,
    }
}

struct Reader<'a> {
    /// The lines of the file, and which of them is read.
    lines: Vec<&'a str>,
    at: usize,
    /// The last line that is written like each delimiter: a block that never closes is none.
    last: HashMap<&'a str, usize>,
    /// What is open, the innermost last: the delimiter of each block, and the lists round it.
    frames: Vec<(&'a str, Lists<'a>)>,
    lists: Lists<'a>,
    /// What the lines above say of the block that begins next.
    attributes: Attributes,
    anchor: Option<String>,
    inline: Inline,
    /// Empty lines above.
    blanks: usize,
    /// Whether an empty line is to stand before the next block.
    is_apart: bool,
    /// Whether a block begins here, and whether that goes on with the item above.
    is_begun: bool,
    is_attached: bool,
    /// The line behind the head of the page: its title, its authors, attributes.
    head_end: usize,
    /// White space before the paragraph that is open.
    indent: usize,
    /// Levels that headings are moved by.
    shift: i8,
    text: String,
    file_lines: Vec<u32>,
    blocks: Vec<Block>,
}

impl<'a> Reader<'a> {
    fn of(text: &'a str) -> Self {
        let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
        let numbered = lines.iter().enumerate();
        let delimiters = numbered.filter(|(_, line)| marks::delimits(line));
        Self {
            last: delimiters.map(|(number, line)| (*line, number)).collect(),
            lines,
            at: 0,
            frames: Vec::new(),
            lists: Lists::default(),
            attributes: Attributes::default(),
            anchor: None,
            inline: Inline::default(),
            blanks: 0,
            is_apart: false,
            is_begun: true,
            is_attached: false,
            head_end: 0,
            indent: 0,
            shift: 0,
            text: String::with_capacity(text.len()),
            file_lines: Vec::new(),
            blocks: Vec::new(),
        }
    }

    /// Reads what begins with `line`.
    fn line(&mut self, line: &'a str) {
        let below = self.lines.get(self.at + 1).copied().unwrap_or_default();
        if line.is_empty() {
            self.blanks += 1;
            (self.is_apart, self.is_begun) = (true, true);
        } else if marks::is_delimiter(line, '/') {
            self.at = self.close_of(line).unwrap_or(self.at);
        } else if marks::is_comment(line) {
            // Between two empty lines it parts lists.
            if self.blanks > 0 && below.is_empty() {
                self.lists.end();
            }
        } else if let Some(words) = condition(line) {
            if !words.is_empty() && !marks::is_entry(words) {
                self.words(words);
            }
        } else if line == "+" {
            self.lists.leave(self.blanks);
            (self.is_apart, self.is_begun, self.is_attached) = (true, true, true);
        } else if let Some(close) = self.code_end(line) {
            self.code(line, close);
        } else if marks::is_table(line)
            && let Some(close) = self.close_of(line)
            && let Some(lines) = self.lines.get(self.at + 1..close)
            && table::is_readable(lines)
        {
            self.table(close);
        } else if let Some(underlined) = self.underlined(line, below) {
            self.heading(underlined);
            self.at += 1;
        } else if self.frame(line) {
            self.is_begun = true;
        } else if let Some(heading) = marks::heading(line, &mut self.inline) {
            self.heading(heading);
        } else if (self.is_begun || self.at < self.head_end) && marks::is_entry(line) {
            let goes_on = |line: &&str| line.ends_with('\\');
            let lines = self.lines.get(self.at..).unwrap_or_default();
            let below = lines.get(1..).unwrap_or_default();
            self.inline.give(line, below);
            self.shift = marks::shift(line, self.shift).unwrap_or(self.shift);
            self.at += lines.iter().take_while(|line| goes_on(line)).count();
        } else if marks::is_attributes(line) && (self.is_begun || anchor_of(line).is_some()) {
            self.attributes(line);
        } else {
            self.words(line);
        }
        self.at += 1;
    }

    /// Returns the last line of the block that the line at hand begins, which `delimiter` ends.
    fn close_of(&self, delimiter: &str) -> Option<usize> {
        self.last.get(delimiter).filter(|last| **last > self.at)?;
        let below = self.lines.get(self.at + 1..)?;
        let close = below.iter().position(|line| *line == delimiter)?;
        Some(self.at + 1 + close)
    }

    /// Returns the last line of the code that `line` begins.
    fn code_end(&self, line: &str) -> Option<usize> {
        let is_open = line == "--" && self.attributes.is_code;
        self.close_of(if is_open { line } else { fence_of(line)? })
    }

    fn underlined(&mut self, line: &str, below: &str) -> Option<Heading> {
        let may_be = self.is_begun && self.frames.is_empty() && !self.is_attached;
        may_be.then(|| marks::underlined(line, below, &mut self.inline))?
    }

    fn attributes(&mut self, line: &'a str) {
        if self.blanks > 0 && !self.is_attached {
            self.lists.end();
        }
        if let Some(name) = anchor_of(line) {
            self.anchor = Some(name.to_owned());
        }
        if !line.starts_with("[[") {
            self.attributes.add(line);
        }
        self.is_begun = true;
    }

    fn heading(&mut self, mut heading: Heading) {
        self.lists.end();
        if self.blocks.is_empty() {
            self.head_end = self.paragraph_end();
        }
        heading.anchor = self.anchor.take().or(heading.anchor);
        heading.level = heading.level.saturating_add_signed(self.shift).clamp(1, 6);
        let marks = "#".repeat(usize::from(heading.level));
        let words = format!("{marks} {}", heading.title);
        self.is_apart = true;
        self.begin(BlockKind::Heading(heading));
        self.write(self.at, 0, &words);
        self.end();
    }

    /// Opens or closes the block that `line` delimits; tells whether it delimits one.
    fn frame(&mut self, line: &'a str) -> bool {
        if !is_frame(line) {
            return false;
        }
        let open = self.frames.iter().position(|(open, _)| *open == line);
        let is_closed = self.last.get(line).is_some_and(|last| *last > self.at);
        if let Some(open) = open {
            if let Some((_, lists)) = self.frames.drain(open..).next() {
                self.lists = lists;
            }
            self.lists.said();
            (self.blanks, self.is_apart) = (0, true);
            return true;
        } else if !is_closed || self.frames.len() >= FRAMES_MAX {
            return false;
        }
        let margin = self.margin();
        let label = std::mem::take(&mut self.attributes.label);
        if !label.is_empty() {
            self.begin(BlockKind::Prose);
            self.write(self.at, margin, &format!("{label}:"));
        }
        self.is_apart &= !self.lists.is_joined();
        let outer = std::mem::replace(&mut self.lists, Lists::within(margin));
        self.frames.push((line, outer));
        true
    }

    /// White space before a block that begins here: it stands within the item above, or ends the lists.
    fn margin(&mut self) -> usize {
        if !self.is_attached && self.blanks > 0 && !self.lists.is_due() {
            self.lists.end();
        }
        self.lists.indent()
    }

    /// Writes code with fences; it ends in the line `close`.
    fn code(&mut self, line: &str, close: usize) {
        let language = std::mem::take(&mut self.attributes.language);
        let language = match line.strip_prefix("```") {
            Some(given) if language.is_empty() => given.trim().to_owned(),
            _ => language,
        };
        self.fenced((self.at, self.at + 1), (close, close), &language);
        self.at = close;
    }

    /// Writes code whose fence begins and ends, and which itself does, at these lines.
    fn fenced(&mut self, from: (usize, usize), to: (usize, usize), language: &str) {
        let margin = self.margin();
        let within = self.lines.get(from.1..to.0).unwrap_or_default();
        let filled = |line: &&str| !line.is_empty();
        let first = within.iter().position(filled).unwrap_or_default();
        let end = within.iter().rposition(filled).map_or(0, |last| last + 1);
        let code = within.get(first..end).unwrap_or_default().to_vec();
        let fence = fence_around(&code.join("\n"));
        self.begin(BlockKind::Code {
            fence: Some(fence.clone()),
        });
        self.write(from.0, margin, &format!("{fence}{language}"));
        for (number, line) in (from.1 + first..).zip(code) {
            self.write(number, margin, line);
        }
        self.write(to.1, margin, &fence);
        self.end();
    }

    fn table(&mut self, close: usize) {
        let margin = self.margin();
        let first = self.at + 1;
        let lines = self.lines.get(first..close).unwrap_or_default();
        let Attributes {
            columns, has_head, ..
        } = self.attributes;
        if let Some(table) = Table::of(lines, columns, has_head, &mut self.inline) {
            let head = if table.has_head { 2 } else { 0 };
            self.begin(BlockKind::Table { head });
            for (number, row) in table.rows {
                self.write(first + number, margin, &row);
            }
        }
        self.at = close;
        self.end();
    }

    /// Reads a line of text.
    fn words(&mut self, line: &'a str) {
        let title = marks::title_of(line).filter(|_| self.is_begun);
        let may_be_item = self.is_begun || !self.lists.is_empty();
        let is_indented = line.starts_with(char::is_whitespace);
        if let Some(title) = title {
            self.title(title);
        } else if let Some(item) = Item::of(line).filter(|_| may_be_item) {
            self.item(&item);
        } else if self.lists.is_due() && !(self.is_attached && is_indented) {
            if !self.lists.is_joined() {
                self.begin(BlockKind::Prose);
            }
            self.go_on(line, self.lists.indent());
        } else if !self.is_begun {
            self.go_on(line, self.indent);
        } else if self.attributes.is_code {
            let language = std::mem::take(&mut self.attributes.language);
            let end = self.paragraph_end();
            self.fenced((self.at, self.at), (end, end - 1), &language);
            self.at = end - 1;
        } else if is_indented {
            self.literal();
        } else {
            let margin = self.margin();
            let label = std::mem::take(&mut self.attributes.label);
            self.begin(BlockKind::Prose);
            if label.is_empty() {
                self.go_on(line, margin);
            } else {
                self.go_on(&format!("{label}: {line}"), margin);
            }
        }
    }

    /// Writes the title of a block, which announces it.
    fn title(&mut self, title: &str) {
        let margin = self.margin();
        let attributes = std::mem::take(&mut self.attributes);
        self.begin(BlockKind::Prose);
        let title = self.inline.shown(title, "");
        let mark = if title.ends_with(':') { "" } else { ":" };
        self.write(self.at, margin, &format!("{title}{mark}"));
        self.attributes = attributes;
        self.is_begun = true;
    }

    fn item(&mut self, item: &Item<'a>) {
        self.inline.begin();
        let anchor = item.anchor.map(str::to_owned).or(self.anchor.take());
        let is_joined = self.lists.is_joined();
        let (margin, words) = self.lists.begin(item);
        let anchor = anchor.filter(|_| self.lists.define());
        if anchor.is_some() || self.is_apart && !is_joined {
            self.gap();
        }
        if let Some(anchor) = anchor {
            let head = self.inline.shown(item.head, "");
            let title = head.replace('`', "");
            self.push(BlockKind::Heading(Heading {
                level: DEFINITION,
                code: vec![title.clone()],
                title,
                anchor: Some(anchor),
            }));
            self.write(self.at, margin, &head);
            self.is_apart = true;
            if !item.words.is_empty() {
                self.begin(BlockKind::Prose);
                self.inner(margin, item.words);
            }
        } else {
            if !is_joined {
                self.push(BlockKind::Prose);
            }
            self.inner(margin, &words);
        }
        self.indent = self.lists.indent();
    }

    /// Writes a line of a paragraph.
    fn go_on(&mut self, line: &str, indent: usize) {
        let line = line.trim_start();
        // What breaks a line.
        let line = line.strip_suffix(" +").unwrap_or(line);
        self.inner(indent, line);
        self.lists.said();
        self.indent = indent;
        self.follow();
    }

    /// Writes the line at hand as a reader sees it, of which `words` are left.
    fn inner(&mut self, indent: usize, words: &str) {
        let below = self.lines.get(self.at + 1).copied().unwrap_or_default();
        let shown = self.inline.shown(words, below);
        self.write(self.at, indent, &shown);
    }

    /// Writes a paragraph that is indented, which is code.
    fn literal(&mut self) {
        let end = self.paragraph_end();
        let lines = self.lines.get(self.at..end).unwrap_or_default().to_vec();
        let white = |line: &&str| line.len() - line.trim_start().len();
        let margin = lines.iter().map(white).min().unwrap_or_default();
        let indent = self.lists.indent() + CODE_INDENT;
        self.begin(BlockKind::Code { fence: None });
        for (number, line) in (self.at..).zip(lines) {
            self.write(number, indent, line.get(margin..).unwrap_or(line));
        }
        self.at = end - 1;
        self.end();
    }

    /// Returns the line behind the paragraph that begins here.
    fn paragraph_end(&self) -> usize {
        let below = self.lines.get(self.at + 1..).unwrap_or_default();
        let goes_on = |line: &&&str| !line.is_empty() && **line != "+";
        self.at + 1 + below.iter().take_while(goes_on).count()
    }

    /// Begins a block of the text.
    fn begin(&mut self, kind: BlockKind) {
        if self.is_apart && !self.lists.is_joined() {
            self.gap();
        }
        self.lists.said();
        self.push(kind);
    }

    fn push(&mut self, kind: BlockKind) {
        self.attributes = Attributes::default();
        self.inline.begin();
        self.anchor = None;
        self.follow();
        let line = self.file_lines.len();
        self.blocks.push(Block { line, kind });
    }

    /// Goes on with what is open.
    fn follow(&mut self) {
        self.blanks = 0;
        (self.is_apart, self.is_begun, self.is_attached) = (false, false, false);
    }

    /// Writes an empty line, unless there is one or nothing yet.
    fn gap(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with("\n\n") {
            // It belongs to what stands above it.
            self.write(0, 0, "");
        }
    }

    /// Ends a block that no line of a paragraph goes on with.
    fn end(&mut self) {
        self.blanks = 0;
        (self.is_apart, self.is_begun, self.is_attached) = (true, true, false);
    }

    /// Writes a line for the line `number` of the file.
    fn write(&mut self, number: usize, indent: usize, line: &str) {
        if !line.is_empty() {
            self.text.extend(std::iter::repeat_n(' ', indent));
            self.text.push_str(line);
        }
        self.text.push('\n');
        let number = u32::try_from(number + 1).unwrap_or(u32::MAX);
        let last = self.file_lines.last().copied().unwrap_or(1);
        self.file_lines.push(number.max(last));
    }
}
