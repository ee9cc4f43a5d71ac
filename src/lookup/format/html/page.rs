//! The Markdown that an HTML page is rewritten as, line by line, each with the line of the file it came from.

use super::code::Inline;
use super::contents;
use super::described::Descriptions;
use super::heads::Heads;
use super::item::ItemHead;
use super::language::Languages;
use super::lines::Lines;
use super::listing::Listing;
use super::named::{self, Anchors};
use super::table::{CodeTable, Table};
use super::title;
use super::ways::Links;
use crate::lookup::clean::one_line;
use crate::lookup::document::{Block, BlockKind, DEFINITION, Document, Heading, Kind, covering};
use crate::lookup::passage::{fence_around, trimmed};

/// Letters after which a line of the file that ends also ends the line here.
pub(super) const LINE_LETTERS: usize = 72;

/// What the words that follow are.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) enum Region {
    #[default]
    Paragraph,
    /// With its level.
    Heading(u8),
    Definition,
    /// A term that is no definition.
    Term,
    /// With its mark, indented.
    Item(String),
    /// With its language.
    Code(String),
}

/// A page being written.
#[derive(Default)]
pub(super) struct Page {
    /// Line of the file that is being read.
    pub(super) line: u32,
    /// Content of `<title>`.
    pub(super) title: String,
    /// Where `<link rel="canonical">` says the page is published.
    pub(super) url: Option<String>,
    /// The anchor seen last; the next heading is reached by it.
    pub(super) anchor: Option<String>,
    /// Anchors that may name what the next block defines.
    pub(super) anchors: Anchors,
    /// Names that the block that is open says it defines.
    pub(super) heads: Heads,
    /// The item that is open, while it may be a name.
    pub(super) item: Option<ItemHead>,
    pub(super) links: Links,
    pub(super) listing: Listing,
    pub(super) descriptions: Descriptions,
    /// What an index says is defined by the page itself.
    pub(super) own_names: Vec<String>,
    /// What an index says is defined by what follows.
    pub(super) names: Vec<String>,
    pub(super) lines: Vec<(String, u32)>,
    pub(super) blocks: Vec<Block>,
    pub(super) region: Region,
    pub(super) words: String,
    /// Line of the file where each line of `words` began.
    pub(super) word_lines: Vec<u32>,
    pub(super) space: bool,
    pub(super) in_code: bool,
    pub(super) inline: Inline,
    pub(super) code_lines: Lines,
    pub(super) languages: Languages,
    pub(super) spans: Vec<String>,
    /// Where letters above or below the line began, and whether there is a space before them.
    pub(super) script: Option<(usize, bool)>,
    pub(super) table: Option<Table>,
    pub(super) code_table: Option<CodeTable>,
    /// Whether the last block is an item of a list.
    after_item: bool,
    /// Lines of the page between which the main part lies, and its bytes; the largest if there are several.
    pub(super) main: Option<((usize, usize), usize)>,
    pub(super) main_start: Option<usize>,
    /// Line at which the page begins, as the id of a division says.
    pub(super) body_start: Option<usize>,
}

impl Page {
    /// Ends what is open and begins `region`.
    pub(super) fn begin(&mut self, region: Region) {
        if self.code_table.is_some() {
            return;
        }
        if self.table.is_some() {
            self.begin_in_table(region);
            return;
        }
        if region == Region::Paragraph && self.is_before_title() {
            return;
        }
        // The head of a definition may be written as code, or as a paragraph, and so may a term.
        if matches!(self.region, Region::Definition | Region::Term)
            && matches!(region, Region::Code(_) | Region::Paragraph)
            && self.words.trim().is_empty()
        {
            return;
        }
        self.finish_region();
        // An item's mark goes to the paragraph inside it.
        if let Region::Item(mark) = &self.region {
            match region {
                Region::Paragraph | Region::Term => return,
                Region::Code(_) if !mark.trim_start().starts_with('-') => {
                    let mark = mark.trim_end().to_owned();
                    self.paragraph("", &mark, &[], true);
                }
                _ => {}
            }
        }
        self.region = region;
    }

    /// Ends an item: what follows is none, even if this one was empty.
    pub(super) fn end_item(&mut self) {
        self.finish_region();
        if matches!(self.region, Region::Item(_)) {
            self.region = Region::Paragraph;
        }
    }

    /// Tells whether an item is open of which nothing was read.
    pub(super) fn is_item_head(&self) -> bool {
        matches!(self.region, Region::Item(_)) && self.words.trim().is_empty()
    }

    /// Tells whether the block that is open is code.
    pub(super) fn is_in_code(&self) -> bool {
        matches!(self.region, Region::Code(_))
    }

    /// Tells whether the block that is open is a heading.
    pub(super) fn is_heading(&self) -> bool {
        matches!(self.region, Region::Heading(_))
    }

    /// Writes the label of what follows, as that of a tab.
    pub(super) fn label(&mut self, label: &str) {
        self.begin(Region::Paragraph);
        self.text(&format!("**{label}**"));
        self.begin(Region::Paragraph);
    }

    /// Notes that an element has this anchor: within code it may be that of a line.
    pub(super) fn note_line(&mut self, anchor: &str) {
        if self.is_in_code() {
            self.listing.line(anchor);
        }
    }

    /// Says the language of the code that begins, if it is not known.
    pub(super) fn code_language(&mut self, language: String) {
        if let Region::Code(known) = &mut self.region
            && known.is_empty()
            && self.words.trim().is_empty()
        {
            *known = language;
        }
    }

    /// Adds text to the block that is open: its white space collapses, unless that is code.
    pub(super) fn text(&mut self, text: &str) {
        if self.code_table.as_ref().is_some_and(|code| !code.is_read()) {
            return;
        }
        if self.is_in_code() && self.table.is_none() {
            self.code_text(text);
            return;
        }
        if self.in_code {
            self.inline.text(text);
        }
        for letter in text.chars() {
            if letter.is_whitespace() {
                self.space = true;
                if letter == '\n' {
                    self.end_line_of_cell();
                }
                if letter == '\n'
                    && self.table.is_none()
                    && !matches!(self.region, Region::Heading(_) | Region::Definition | Region::Term)
                    // Looked for last: a line without ends would be read again for each of its words.
                    && self.words.rsplit('\n').next().map_or(0, str::len) >= LINE_LETTERS
                {
                    self.words.push('\n');
                    self.space = false;
                    self.word_lines.push(self.line);
                }
                continue;
            }
            if self.words.is_empty() {
                self.word_lines.push(self.line);
            } else if self.space && !self.words.ends_with(['\n', ' ']) {
                self.words.push(' ');
            }
            self.space = false;
            self.words.push(letter);
        }
    }

    /// Ends a line where the page says so.
    pub(super) fn line_break(&mut self) {
        if self.in_code {
            self.inline.line_break();
        }
        if self.is_in_code()
            || self.region == Region::Paragraph && self.table.is_none() && !self.words.is_empty()
        {
            self.words.push('\n');
            self.word_lines.push(self.line);
        } else {
            self.space = true;
        }
    }

    /// Writes out what is open.
    pub(super) fn finish_region(&mut self) {
        if self.has_table() {
            self.space = true;
            return;
        }
        self.close_code();
        let links = std::mem::take(&mut self.links);
        let heads = self.heads.take();
        let region = std::mem::take(&mut self.region);
        let words = std::mem::take(&mut self.words);
        let word_lines = std::mem::take(&mut self.word_lines);
        let spans = std::mem::take(&mut self.spans);
        self.space = false;
        self.script = None;
        self.code_lines = Lines::default();
        if words.trim().is_empty() || self.is_beside_code(&region, &words) {
            if matches!(region, Region::Item(_)) {
                self.region = region;
            }
            return;
        }
        let first = word_lines.first().copied().unwrap_or(self.line);
        let anchors = self.anchors.before(&words);
        if self.head(heads, &region, &words, first) {
            return;
        }
        if region == Region::Paragraph && self.only_leads_on(&links, &words) {
            for anchor in anchors {
                self.anchors.add(&anchor, "");
            }
            return;
        }
        if matches!(region, Region::Heading(_)) {
            self.numbered(&words);
        }
        match region {
            Region::Heading(level) => self.heading(level, &words, spans, first),
            Region::Definition => self.heading(DEFINITION, &words, spans, first),
            Region::Code(_) if self.manual_page(&words, first) => {}
            Region::Code(own) => {
                let language = self.language_of(own);
                self.code_block(&language, &words, first);
            }
            Region::Item(mark) => self.paragraph(&mark, &words, &word_lines, true),
            Region::Paragraph | Region::Term => match named::definition(&words, &anchors) {
                Some(named) => {
                    self.anchor = Some(named.anchor());
                    let below = named.line.lines().count();
                    self.names.extend(named.full);
                    let head = one_line(&named.line.replace('`', ""));
                    self.definition(named.name, &head, first);
                    if let Some(rest) = word_lines.get(below..).filter(|_| !named.rest.is_empty()) {
                        self.paragraph("", named.rest, rest, false);
                    }
                }
                None if region == Region::Term => self.term(&words, first),
                None => self.paragraph("", &words, &word_lines, false),
            },
        }
    }

    /// Writes the line that begins with the `name` that it defines.
    pub(super) fn definition(&mut self, name: &str, written: &str, line: u32) {
        let name = name.replace('`', "");
        let heading = Heading {
            level: DEFINITION,
            anchor: self.anchor.take(),
            code: std::iter::once(name.clone())
                .chain(std::mem::take(&mut self.names))
                .collect(),
            title: name,
        };
        self.begin_block(BlockKind::Heading(heading), line, false);
        // Some programs write types with these marks.
        let mark = if written.contains('`') { "``" } else { "`" };
        let space = if mark.len() > 1 { " " } else { "" };
        self.push_line(format!("{mark}{space}{written}{space}{mark}"), line);
    }

    /// Writes a line as it stands; lines of the file never go back.
    pub(super) fn push_plain(&mut self, text: String, line: u32) {
        let line = self
            .lines
            .last()
            .map_or(line, |(_, before)| line.max(*before));
        self.lines.push((text, line));
    }

    /// Puts names whose place has no heading of its own where they are found.
    fn place_names(&mut self, kind: &BlockKind, line: u32) {
        if self.names.is_empty() || matches!(kind, BlockKind::Heading(_)) {
            return;
        }
        let lines = self.lines.len();
        let heading = self.blocks.iter_mut().rev().find_map(|block| {
            let is_near = matches!(kind, BlockKind::Table { .. }) || block.line + 1 == lines;
            match &mut block.kind {
                BlockKind::Heading(heading) if is_near => Some(heading),
                _ => None,
            }
        });
        let names = std::mem::take(&mut self.names);
        if let Some(heading) = heading {
            heading.code.extend(names);
        } else if let Some(name) = names
            .iter()
            .find(|name| !name.contains(char::is_whitespace))
        {
            let words = name.clone();
            self.heading(DEFINITION, &words, names, line);
        }
    }

    /// Begins a block with the line that is written next, a blank one before it unless both are items.
    pub(super) fn begin_block(&mut self, kind: BlockKind, line: u32, is_item: bool) {
        self.begin_other(&kind);
        self.place_names(&kind, line);
        if !(self.lines.is_empty() || is_item && self.after_item) {
            self.push_line(String::new(), line);
        }
        self.after_item = is_item;
        self.blocks.push(Block {
            line: self.lines.len(),
            kind,
        });
    }

    /// Writes a heading of these `words`, or the head of a definition; `code` are the names that it defines.
    pub(super) fn heading(&mut self, level: u8, words: &str, mut code: Vec<String>, line: u32) {
        let words = one_line(words);
        let words = title::without_marks(&words);
        if words.is_empty() {
            return;
        }
        let drawn = self.as_drawn(words).filter(|_| level == 1);
        let words = drawn.as_deref().unwrap_or(words);
        let title = words.replace('`', "");
        let level = title::level(level, &title);
        self.lower_list(level);
        let written = if level == DEFINITION {
            format!("`{title}`")
        } else {
            format!("{} {words}", "#".repeat(usize::from(level)))
        };
        if level == DEFINITION {
            code.insert(0, title.clone());
        }
        code.append(&mut self.names);
        self.heads.note_heading(&title, self.anchor.as_deref());
        let heading = Heading {
            level,
            anchor: self.anchor.take(),
            code,
            title,
        };
        self.begin_block(BlockKind::Heading(heading), line, false);
        self.push_line(written, line);
    }

    /// Returns a name as `<title>` writes it, if the heading leaves it to a style to draw what stands between its parts.
    fn as_drawn(&self, words: &str) -> Option<String> {
        let letters = |text: &str| {
            text.chars()
                .filter(|letter| letter.is_alphanumeric())
                .collect::<String>()
        };
        let title = self.title.trim();
        let is_name = !title.contains(char::is_whitespace)
            && title.starts_with(char::is_alphanumeric)
            && title.ends_with(char::is_alphanumeric);
        (is_name && title.len() > words.len() && letters(title) == letters(words))
            .then(|| title.to_owned())
    }

    /// Writes a block of code, of which line `first` of the file is the first.
    pub(super) fn code_block(&mut self, language: &str, words: &str, first: u32) {
        let shown = trimmed(words);
        let skipped = words.find(&shown).and_then(|at| words.get(..at));
        let blank = skipped.map_or(0, |skipped| skipped.matches('\n').count());
        // `first` is the line after the line end that may follow `<pre>`.
        let first = first + u32::try_from(blank.saturating_sub(1)).unwrap_or_default();
        let words = shown.as_str();
        self.listing.code(words);
        let fence = fence_around(words);
        self.begin_block(
            BlockKind::Code {
                fence: Some(fence.clone()),
            },
            first,
            false,
        );
        self.push_line(format!("{fence}{language}"), first);
        // Lines that are elements may be one line of the file: none is of a line that was not read yet.
        let last = self.line.max(first);
        for (text, line) in words.split('\n').zip(first..) {
            self.push_line(text.to_owned(), line.min(last));
        }
        let lines = u32::try_from(words.matches('\n').count()).unwrap_or(u32::MAX);
        self.push_line(fence, first.saturating_add(lines).min(last));
    }

    /// Writes a paragraph, or the item of this `mark`, whose lines come from these of the file.
    pub(super) fn paragraph(&mut self, mark: &str, words: &str, word_lines: &[u32], is_item: bool) {
        let mut word_lines = word_lines.iter().copied();
        let first = word_lines.next().unwrap_or(self.line);
        let due = self.describe(first);
        match due {
            Some(_) => self.after_item = is_item,
            None => self.begin_block(BlockKind::Prose, first, is_item),
        }
        let mut line = first;
        for (number, text) in words.trim_end().split('\n').enumerate() {
            let text = text.trim();
            if number > 0 {
                line = word_lines.next().unwrap_or(line);
                let mark = due.as_ref().map_or(mark, |_| mark.trim_start());
                self.push_line(" ".repeat(mark.len()) + text, line);
            } else if let Some(due) = &due {
                self.push_plain(format!("{due}{}{text}", mark.trim_start()), line);
            } else {
                self.push_line(format!("{mark}{text}"), line);
            }
        }
    }

    /// Returns the page as a document: its main part, if it names one.
    pub(super) fn finish(mut self) -> Document {
        while self.has_table() {
            self.end_table();
        }
        self.finish_region();
        self.main_ends();
        self.place_names(&BlockKind::Table { head: 0 }, self.line);
        let (start, end) = self.content();
        let shown = self
            .blocks
            .into_iter()
            .filter(|block| (start..end).contains(&block.line))
            .map(|block| Block {
                line: block.line - start,
                ..block
            });
        let mut blocks = shown.collect();
        let mut lines: Vec<_> = std::mem::take(&mut self.lines)
            .into_iter()
            .take(end)
            .skip(start)
            .collect();
        contents::leave_out_empty(&mut blocks, &mut lines);
        let mut blocks = covering(blocks);
        let mut text = String::new();
        let mut file_lines = Vec::new();
        for (words, line) in lines {
            text.push_str(&words);
            text.push('\n');
            file_lines.push(line);
        }
        let first = blocks.iter_mut().find_map(|block| match &mut block.kind {
            BlockKind::Heading(heading) => Some(heading),
            _ => None,
        });
        if let Some(first) = first {
            first.code.append(&mut self.own_names);
        }
        Document {
            title: title::of(&self.title, &blocks),
            kind: if self.listing.is_all_of(&text) {
                Some(Kind::Meta)
            } else {
                self.heads.is_reference.then_some(Kind::Api)
            },
            text,
            blocks,
            file_lines: Some(file_lines),
            url: self.url,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use crate::lookup::document;

    #[test]
    fn a_page_is_called_what_its_first_heading_of_the_highest_level_says() {
        let page = |title: &str, name: &str| {
            parse(&format!(
                "<title>{title}</title><section><header><h3>Class</h3><h1><a href=g>Gtk</a><i class=sep></i>{name}</h1></header>\
                 <h4>Description <a href=s>[src]</a></h4><p>Words.</section>"
            ))
        };
        let read = page("Gtk.Switch", "Switch");
        assert_eq!(read.title.as_deref(), Some("Gtk.Switch"));
        assert_eq!(
            read.text,
            "### Class\n\n# Gtk.Switch\n\n#### Description\n\nWords.\n"
        );
        let read = page("Switches of Gtk", "Switch");
        assert_eq!(read.title.as_deref(), Some("GtkSwitch"));
    }

    #[test]
    fn an_anchor_at_the_end_of_a_definition_is_that_of_the_next() {
        let page = "<dl><dt>zstyle</dt><dd><p>Words.</p><span id=index-zparseopts></span></dd><dt><tt>zparseopts</tt> [ -D ]</dt>\
            <dd><p>Parses.</dd><dt>Also</dt><dd>Words.</dd></dl>";
        assert_eq!(
            headings(page),
            [(
                "zparseopts [ -D ]".to_owned(),
                "index-zparseopts".to_owned()
            )]
        );
        let terms = "<div id=terms><dl><dt>Term</dt><dd>Words.</dd></dl></div>";
        assert_eq!(headings(terms), []);
    }

    #[test]
    fn a_definition_within_a_division_that_has_an_id_is_at_that_and_may_be_written_as_code() {
        let page = "<dl class=item><div id='parseInt,string'>\n<dt><pre><b>func</b> parseInt(s: string):\n    int</pre></dt>\n<dd>\n\n\
            <p>Parses.</p></dd></div></dl>";
        assert_eq!(
            parse(page).text,
            "`func parseInt(s: string): int`\n\nParses.\n"
        );
        assert_eq!(headings(page)[0].1, "parseInt,string");
    }

    fn headings(page: &str) -> Vec<(String, String)> {
        let page = parse(page);
        let headings = document::headings(&page.blocks).cloned();
        headings
            .map(|heading| (heading.title, heading.anchor.unwrap_or_default()))
            .collect()
    }

    #[test]
    fn code_of_which_each_line_is_a_division_is_code() {
        let page = "<div class=fragment><div class=line><span class=lineno> 1</span>a {</div>\n<div class=fold>\
            <div class=line>  b</div>\n</div><div class=ttc>tip</div></div><p>End.</p>\
            <div class=fragment><div>Words</div><p>of slides</p></div>";
        assert_eq!(
            parse(page).text,
            "```\na {\n  b\n```\n\nEnd.\n\nWords\n\nof slides\n"
        );
    }
}
