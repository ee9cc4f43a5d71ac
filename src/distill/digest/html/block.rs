//! The blocks of a page: what stands between two ends of lines, as Markdown, each with the element that holds it.

use std::fmt::Write as _;

use super::tree::{Tree, is_inline};

/// What a block is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    Heading(u8),
    Paragraph,
    /// A part of a list.
    Item,
    Quote,
    Code,
    Table,
}

/// A block.
#[derive(Debug, Clone)]
pub(super) struct Block {
    pub(super) kind: Kind,
    /// Markdown, without the end of its last line.
    pub(super) text: String,
    /// Letters and digits.
    pub(super) letters: usize,
    /// Those of them that lead elsewhere.
    pub(super) linked: usize,
    /// The element that holds it.
    pub(super) holder: usize,
    /// Lines of the file that it is from.
    pub(super) lines: (usize, usize),
}

/// Elements that show nothing, or nothing to read.
fn is_skipped(name: &str) -> bool {
    matches!(
        name,
        "noscript"
            | "template"
            | "svg"
            | "math"
            | "object"
            | "canvas"
            | "audio"
            | "video"
            | "button"
            | "select"
            | "dialog"
            | "menu"
            | "datalist"
            | "map"
            | "progress"
            | "meter"
            | "input"
    )
}

/// Returns the blocks of a page in order.
pub(super) fn blocks(tree: &Tree, has_links: bool) -> Vec<Block> {
    let mut writer = Writer {
        tree,
        has_links,
        open: Vec::new(),
        kept_spaces: 0,
        blocks: Vec::new(),
        text: String::new(),
        has_space: false,
        letters: 0,
        linked: 0,
        link: None,
        marks: Vec::new(),
        mark: None,
        lines: None,
        holder: 0,
        table: None,
    };
    let mut at = 0;
    while at < tree.nodes.len() {
        writer.leave(at);
        at = writer.enter(at);
    }
    writer.leave(usize::MAX);
    writer.flush();
    writer.blocks
}

struct Writer<'t> {
    tree: &'t Tree,
    has_links: bool,
    /// Elements that hold the node that is being read.
    open: Vec<usize>,
    /// How many of them keep their white space.
    kept_spaces: usize,
    blocks: Vec<Block>,
    text: String,
    has_space: bool,
    letters: usize,
    linked: usize,
    /// Where the text of an open link begins, and where it leads.
    link: Option<(usize, &'t str)>,
    /// Lists that are open: the number of the next item, or none for bullets.
    marks: Vec<Option<usize>>,
    /// What the next block of an item begins with.
    mark: Option<String>,
    lines: Option<(usize, usize)>,
    holder: usize,
    /// Rows of the table that is being read.
    table: Option<Vec<Vec<String>>>,
}

impl Writer<'_> {
    /// Takes in a node and returns the next to look at.
    fn enter(&mut self, at: usize) -> usize {
        let tree = self.tree;
        if let Some(text) = tree.text(at) {
            self.write(text, at);
            return at + 1;
        }
        let name = tree.name(at);
        let Some(attributes) = tree.attributes(at) else {
            return at + 1;
        };
        if is_skipped(name) || attributes.is_hidden {
            return tree.end(at);
        }
        match name {
            "br" => self.break_line(),
            "hr" => self.flush(),
            "a" => {
                if let Some(href) = attributes.href.as_deref() {
                    self.pad();
                    self.link = Some((self.text.len(), href));
                }
            }
            "code" | "kbd" | "samp" | "tt" => self.tick(),
            "ul" | "ol" | "menu" => {
                self.flush();
                self.marks.push((name == "ol").then_some(1));
            }
            "li" => {
                self.flush();
                let depth = self.marks.len().saturating_sub(1);
                let mark = match self.marks.last_mut() {
                    Some(Some(number)) => {
                        *number += 1;
                        format!("{}. ", *number - 1)
                    }
                    _ => "- ".to_owned(),
                };
                self.mark = Some("  ".repeat(depth) + &mark);
            }
            "table" => {
                self.flush();
                if self.table.is_none() && is_data(tree, at) {
                    self.table = Some(Vec::new());
                    self.holder = at;
                }
            }
            "tr" => {
                if let Some(rows) = &mut self.table {
                    rows.push(Vec::new());
                } else {
                    self.flush();
                }
            }
            "td" | "th" if self.table.is_some() => self.has_space = false,
            name if is_inline(name) => {}
            _ => self.flush(),
        }
        if tree.end(at) > at + 1 {
            self.open.push(at);
            self.kept_spaces += usize::from(name == "pre");
        } else {
            self.close(at);
        }
        at + 1
    }

    /// Ends the elements that do not hold `at`.
    fn leave(&mut self, at: usize) {
        while let Some(last) = self
            .open
            .last()
            .copied()
            .filter(|last| self.tree.end(*last) <= at)
        {
            self.close(last);
            self.open.pop();
            self.kept_spaces -= usize::from(self.tree.name(last) == "pre");
        }
    }

    fn close(&mut self, element: usize) {
        match self.tree.name(element) {
            "a" => self.close_link(),
            "code" | "kbd" | "samp" | "tt" => self.tick(),
            "ul" | "ol" | "menu" => {
                self.flush();
                self.marks.pop();
                self.mark = None;
            }
            "td" | "th" if self.table.is_some() => {
                self.close_link();
                let cell = std::mem::take(&mut self.text);
                let row = self.table.as_mut().and_then(|rows| rows.last_mut());
                if let Some(row) = row {
                    row.push(
                        cell.split_whitespace()
                            .collect::<Vec<_>>()
                            .join(" ")
                            .replace('|', "\\|"),
                    );
                }
            }
            "table" if self.holder == element && self.table.is_some() => self.finish_table(element),
            "br" => {}
            name if is_inline(name) => {}
            _ => self.flush(),
        }
    }

    fn keeps_spaces(&self) -> bool {
        self.kept_spaces > 0
    }

    fn write(&mut self, text: &str, at: usize) {
        let line = self.tree.nodes.get(at).map_or(1, |node| node.line);
        let lines = |text: &str| text.bytes().filter(|byte| *byte == b'\n').count();
        let words = text.trim_start();
        let line = line + lines(text) - lines(words);
        if self.keeps_spaces() {
            if self.lines.is_none() {
                self.begin(line);
            }
            self.text.push_str(text);
        } else {
            for word in text.split_inclusive(char::is_whitespace) {
                let letters = word.trim_end();
                if !letters.is_empty() {
                    self.pad();
                    if self.lines.is_none() {
                        self.begin(line);
                    }
                    self.text.push_str(letters);
                }
                self.has_space |= letters.len() < word.len();
            }
        }
        let letters = text
            .chars()
            .filter(|letter| letter.is_alphanumeric())
            .count();
        self.letters += letters;
        if self.link.is_some() {
            self.linked += letters;
        }
        if let Some((_, last)) = &mut self.lines {
            *last = line + lines(words.trim_end());
        }
    }

    fn begin(&mut self, line: usize) {
        self.lines = Some((line, line));
        if self.table.is_none() {
            let holder = self
                .open
                .iter()
                .rev()
                .find(|at| !is_inline(self.tree.name(**at)));
            self.holder = holder.copied().unwrap_or(0);
        }
    }

    /// Writes the space that is due before the next word.
    fn pad(&mut self) {
        if self.has_space && !self.text.is_empty() && !self.text.ends_with(['\n', ' ']) {
            self.text.push(' ');
        }
        self.has_space = false;
    }

    fn break_line(&mut self) {
        if self.table.is_some() {
            self.has_space = true;
        } else if self.keeps_spaces() || !self.text.is_empty() {
            self.text.push('\n');
            self.has_space = false;
        }
    }

    fn tick(&mut self) {
        if !self.keeps_spaces() {
            self.pad();
            self.text.push('`');
        }
    }

    fn close_link(&mut self) {
        let Some((start, href)) = self.link.take() else {
            return;
        };
        if !self.has_links || self.keeps_spaces() || !leads(href) {
            return;
        }
        let Some(words) = self
            .text
            .get(start..)
            .filter(|words| !words.trim().is_empty())
        else {
            return;
        };
        let link = format!("[{words}]({href})");
        self.text.truncate(start);
        self.text.push_str(&link);
    }

    fn finish_table(&mut self, element: usize) {
        let mut rows = self.table.take().unwrap_or_default();
        self.text.clear();
        rows.retain(|row| row.iter().any(|cell| !cell.is_empty()));
        let width = rows.iter().map(Vec::len).max().unwrap_or(0);
        for (number, row) in rows.iter().enumerate() {
            if width == 1 {
                self.text.push_str(&row.join(" "));
            } else {
                // Writing to a string cannot fail.
                _ = write!(self.text, "| {} |", row.join(" | "));
            }
            self.text.push('\n');
            if number == 0 && width > 1 {
                _ = writeln!(self.text, "|{}", "-|".repeat(row.len()));
            }
        }
        self.holder = element;
        self.finish(Kind::Table);
    }

    fn flush(&mut self) {
        if self.table.is_some() {
            self.has_space = true;
            return;
        }
        let link = self.link.map(|(_, href)| href);
        self.close_link();
        let kind = self.kind();
        self.finish(kind);
        // A link round several blocks is a link in each.
        self.link = link.map(|href| (0, href));
        let is_open = self.open.iter().any(|at| self.tree.name(*at) == "a");
        if !is_open {
            self.link = None;
        }
    }

    fn kind(&self) -> Kind {
        for at in self.open.iter().rev() {
            match self.tree.name(*at) {
                "pre" => return Kind::Code,
                "h1" => return Kind::Heading(1),
                "h2" => return Kind::Heading(2),
                "h3" => return Kind::Heading(3),
                "h4" => return Kind::Heading(4),
                "h5" | "h6" => return Kind::Heading(5),
                "li" => return Kind::Item,
                "blockquote" => return Kind::Quote,
                "td" | "th" => return Kind::Paragraph,
                _ => {}
            }
        }
        Kind::Paragraph
    }

    /// Makes a block of what was read.
    fn finish(&mut self, kind: Kind) {
        let text = std::mem::take(&mut self.text);
        let (letters, linked) = (
            std::mem::take(&mut self.letters),
            std::mem::take(&mut self.linked),
        );
        self.has_space = false;
        let Some(lines) = self.lines.take() else {
            return;
        };
        if letters == 0 && kind != Kind::Code {
            return;
        }
        let text = match &kind {
            Kind::Code => format!("```\n{}\n```", text.trim_matches('\n').trim_end()),
            Kind::Table => text.trim_end().to_owned(),
            Kind::Heading(level) => {
                let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
                format!("{} {words}", "#".repeat(usize::from(*level)))
            }
            Kind::Item => {
                let mark = self.mark.take();
                let indent = "  ".repeat(self.marks.len());
                let mark = mark.unwrap_or_else(|| indent.clone());
                mark + &text.trim().replace('\n', &format!("\n{indent}"))
            }
            Kind::Quote => format!("> {}", text.trim().replace('\n', "\n> ")),
            Kind::Paragraph => text.trim().to_owned(),
        };
        self.blocks.push(Block {
            kind,
            text,
            letters,
            linked,
            holder: self.holder,
            lines,
        });
    }
}

/// Whether a reader could follow the link.
fn leads(href: &str) -> bool {
    let href = href.trim();
    !href.is_empty()
        && !href.starts_with('#')
        && !href
            .get(..11)
            .is_some_and(|start| start.eq_ignore_ascii_case("javascript:"))
}

/// Whether a table is one: what holds paragraphs or tables of its own only sets them beside each other.
fn is_data(tree: &Tree, table: usize) -> bool {
    let inside = table + 1..tree.end(table);
    let names = || inside.clone().map(|at| tree.name(at));
    let rows = names().filter(|name| *name == "tr").count();
    let cells = names().filter(|name| matches!(*name, "td" | "th")).count();
    rows > 1
        && cells > rows
        && !names().any(|name| {
            matches!(
                name,
                "table"
                    | "h1"
                    | "h2"
                    | "h3"
                    | "h4"
                    | "article"
                    | "section"
                    | "form"
                    | "pre"
                    | "blockquote"
            )
        })
}
