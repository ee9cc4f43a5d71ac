//! Markdown as sections of blocks: what is shown of a page is headings and whole blocks.

use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag};

/// Lines of an item or a quotation that is one block; a longer one falls into what it holds.
const BLOCK_LINES_MAX: usize = 12;

/// Blocks in which `</h2>` is looked for: one in HTML may have empty lines inside.
const HEADING_BLOCKS_MAX: usize = 4;

/// Lines that settings above a page may have.
const FRONT_LINES_MAX: usize = 200;

/// What a block is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// A paragraph, a quotation, HTML.
    Text,
    /// An item of a list, or the rest of one that is long.
    Item,
    /// Code, with its fences.
    Code,
    /// The head of a table, with the line below.
    Head,
    /// A row of a table.
    Row,
    /// Settings above the page, badges, tags without text: nothing to read.
    Aside,
}

/// Lines that are shown together or not at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Block {
    pub(super) form: Form,
    /// Lines, from 0.
    pub(super) lines: Range<usize>,
    /// The section it is in.
    pub(super) section: usize,
    /// The block that it is of no use without: the head of a table, the sentence that leads to a list.
    pub(super) lead: Option<usize>,
}

/// A heading and what follows until the next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Section {
    /// From 1; 0 for what comes before the first heading.
    pub(super) level: usize,
    /// Lines of the heading; none before the first.
    pub(super) heading: Range<usize>,
    /// Its heading without the anchor that some generators put behind it.
    pub(super) title: String,
    /// The section around it.
    pub(super) parent: Option<usize>,
    /// Its blocks.
    pub(super) blocks: Range<usize>,
}

/// A page.
#[derive(Debug)]
pub(super) struct Page<'t> {
    pub(super) lines: Vec<&'t str>,
    pub(super) sections: Vec<Section>,
    pub(super) blocks: Vec<Block>,
}

impl<'t> Page<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        let mut page = Self {
            lines: text.lines().collect(),
            sections: vec![Section {
                level: 0,
                heading: 0..0,
                title: String::new(),
                parent: None,
                blocks: 0..0,
            }],
            blocks: Vec::new(),
        };
        let front = page.front_lines();
        page.push(Form::Aside, 0..front);
        let body = text.split_inclusive('\n').take(front).map(str::len).sum();
        let nodes = nodes(text.get(body..).unwrap_or_default(), front);
        let mut at = 0;
        while let Some(node) = nodes.get(at) {
            let taken = page.html_heading(&nodes, at);
            if taken == 0 {
                page.add(&nodes, at, Form::Text);
            }
            at = taken.max(node.next);
        }
        page.lead();
        page
    }

    /// The lines of `range` as one text.
    pub(super) fn text(&self, range: &Range<usize>) -> String {
        self.lines.get(range.clone()).unwrap_or_default().join("\n")
    }

    /// Settings between two rules at the very top: the parser would take any two rules for that.
    fn front_lines(&self) -> usize {
        let rule = match self.lines.first() {
            Some(rule @ (&"---" | &"+++")) => *rule,
            _ => return 0,
        };
        let rest = self.lines.iter().skip(1).take(FRONT_LINES_MAX);
        let end = rest.into_iter().position(|line| line.trim_end() == rule);
        end.map_or(0, |end| end + 2)
    }

    fn add(&mut self, nodes: &[Node], at: usize, outer: Form) {
        let Some(node) = nodes.get(at) else { return };
        match node.what {
            What::Heading(level) if outer == Form::Text => {
                self.open(level, node.lines.clone(), None);
            }
            What::Heading(_) | What::Text => self.push(outer, node.lines.clone()),
            What::Code => self.push(Form::Code, node.lines.clone()),
            What::Row => self.push(Form::Row, node.lines.clone()),
            What::Head => {
                // The line of dashes below is no event of its own.
                let lines = node.lines.start..node.lines.end + 1;
                self.push(Form::Head, lines);
            }
            What::List => self.add_parts(nodes, at, Form::Item),
            What::Table => self.add_parts(nodes, at, outer),
            What::Item | What::Quote if node.lines.len() <= BLOCK_LINES_MAX => {
                let form = if node.what == What::Item {
                    Form::Item
                } else {
                    outer
                };
                self.push(form, node.lines.clone());
            }
            What::Item | What::Quote => {
                let first = nodes.get(at + 1).filter(|_| at + 1 < node.next);
                let start = first.map_or(node.lines.end, |first| first.lines.start);
                // The text of a tight item is no paragraph.
                self.push(Form::Item, node.lines.start..start);
                self.add_parts(nodes, at, Form::Item);
            }
        }
    }

    fn add_parts(&mut self, nodes: &[Node], at: usize, form: Form) {
        let end = nodes.get(at).map_or(at, |node| node.next);
        let mut part = at + 1;
        while part < end {
            self.add(nodes, part, form);
            part = nodes.get(part).map_or(end, |node| node.next);
        }
    }

    /// Opens a section if a heading in HTML begins at node `at`, and returns the node behind it; else 0.
    fn html_heading(&mut self, nodes: &[Node], at: usize) -> usize {
        let Some(node) = nodes.get(at).filter(|node| node.what == What::Text) else {
            return 0;
        };
        let first = self
            .lines
            .get(node.lines.start)
            .map_or("", |line| line.trim());
        let level = match first.as_bytes() {
            [b'<', b'h' | b'H', digit @ b'1'..=b'6', b' ' | b'>', ..] => usize::from(digit - b'0'),
            _ => return 0,
        };
        let close = format!("</h{level}>");
        let mut next = at;
        for _ in 0..HEADING_BLOCKS_MAX {
            let Some(node) = nodes.get(next) else {
                return 0;
            };
            let text = self.text(&node.lines);
            next = node.next;
            if text.to_ascii_lowercase().contains(&close) {
                let first = nodes.get(at).map_or(0, |node| node.lines.start);
                let lines = first..node.lines.end;
                let title = without_tags(&self.text(&lines));
                self.open(level, lines, Some(title));
                return next;
            }
        }
        0
    }

    fn open(&mut self, level: usize, heading: Range<usize>, title: Option<String>) {
        // Out of the sections around the last one, to the first that can hold this one.
        let mut parent = self.sections.len().checked_sub(1);
        while let Some(section) = parent.and_then(|at| self.sections.get(at))
            && section.level >= level
        {
            parent = section.parent;
        }
        let parent = parent.filter(|at| *at > 0);
        let title = title.map_or_else(
            || without_anchor(&self.text(&heading)).to_owned(),
            |title| format!("{} {title}", "#".repeat(level)),
        );
        self.sections.push(Section {
            level,
            title,
            parent,
            blocks: self.blocks.len()..self.blocks.len(),
            heading,
        });
    }

    fn push(&mut self, form: Form, mut lines: Range<usize>) {
        // Items end where the next begins: the empty lines between are nobody's.
        let is_blank = |line: usize| {
            self.lines
                .get(line)
                .is_none_or(|line| line.trim().is_empty())
        };
        while lines.end > lines.start && is_blank(lines.end - 1) {
            lines.end -= 1;
        }
        lines.start = lines
            .start
            .max(self.blocks.last().map_or(0, |block| block.lines.end));
        if lines.is_empty() {
            return;
        }
        let form = if form == Form::Text && self.is_decoration(&lines) {
            Form::Aside
        } else {
            form
        };
        let section = self.sections.len() - 1;
        self.blocks.push(Block {
            form,
            lines,
            section,
            lead: None,
        });
        if let Some(section) = self.sections.last_mut() {
            section.blocks.end = self.blocks.len();
        }
    }

    /// Whether `lines` are pictures and tags without a word.
    fn is_decoration(&self, lines: &Range<usize>) -> bool {
        let is_picture = |line: &&str| {
            let line = line.trim();
            line.starts_with("[![")
                || line.starts_with("![")
                || line.starts_with('<') && !without_tags(line).contains(char::is_alphanumeric)
        };
        let lines = self.lines.get(lines.clone()).unwrap_or_default();
        lines.iter().all(is_picture)
    }

    /// Finds what leads to each block.
    fn lead(&mut self) {
        let mut head = None;
        let mut intro = None;
        let mut section = usize::MAX;
        for number in 0..self.blocks.len() {
            let Some(block) = self.blocks.get(number) else {
                continue;
            };
            if block.section != section {
                (head, intro, section) = (None, None, block.section);
            }
            let last = block.lines.end.checked_sub(1);
            let ends = last.and_then(|line| self.lines.get(line));
            let announces = ends.is_some_and(|line| line.trim_end().ends_with(':'));
            let lead = match block.form {
                Form::Row => head,
                _ => intro,
            };
            match block.form {
                Form::Head => head = Some(number),
                // A list stays what its first sentence announced, to its end.
                Form::Item | Form::Row if !announces => {}
                _ => intro = announces.then_some(number),
            }
            if let Some(block) = self.blocks.get_mut(number) {
                block.lead = lead;
            }
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    Heading(usize),
    Text,
    Code,
    List,
    Item,
    Quote,
    Table,
    Head,
    Row,
}

/// A block as the parser sees it, before those that it holds.
struct Node {
    what: What,
    lines: Range<usize>,
    /// The first node that is not inside.
    next: usize,
}

/// Reads `text`, whose first line is line `first` of the page.
fn nodes(text: &str, first: usize) -> Vec<Node> {
    let options = Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES | Options::ENABLE_GFM;
    let starts: Vec<usize> = std::iter::once(0)
        .chain(text.match_indices('\n').map(|(at, _)| at + 1))
        .collect();
    let line = |at: usize| {
        let line = starts.partition_point(|start| *start <= at);
        first + line.saturating_sub(1)
    };
    let mut nodes: Vec<Node> = Vec::new();
    // For each open tag the node it made, if any.
    let mut open: Vec<Option<usize>> = Vec::new();
    for (event, bytes) in Parser::new_ext(text, options).into_offset_iter() {
        match event {
            Event::Start(tag) => {
                let what = what(&tag);
                if let Some(what) = what {
                    let end = bytes.end.max(bytes.start + 1) - 1;
                    nodes.push(Node {
                        what,
                        lines: line(bytes.start)..line(end) + 1,
                        next: 0,
                    });
                }
                open.push(what.map(|_| nodes.len() - 1));
            }
            Event::End(_) => {
                let next = nodes.len();
                if let Some(node) = open.pop().flatten().and_then(|at| nodes.get_mut(at)) {
                    node.next = next;
                }
            }
            _ => {}
        }
    }
    nodes
}

fn what(tag: &Tag<'_>) -> Option<What> {
    Some(match tag {
        Tag::Heading { level, .. } => What::Heading(*level as usize),
        Tag::Paragraph | Tag::HtmlBlock | Tag::FootnoteDefinition(_) => What::Text,
        Tag::CodeBlock(CodeBlockKind::Fenced(_) | CodeBlockKind::Indented) => What::Code,
        Tag::List(_) => What::List,
        Tag::Item => What::Item,
        Tag::BlockQuote(_) => What::Quote,
        Tag::Table(_) => What::Table,
        Tag::TableHead => What::Head,
        Tag::TableRow => What::Row,
        _ => return None,
    })
}

/// Takes `{#anchor}` and `{/*anchor*/}` off a heading.
fn without_anchor(heading: &str) -> &str {
    let trimmed = heading.trim_end();
    let bare = trimmed
        .strip_suffix('}')
        .and_then(|text| text.rsplit_once('{'))
        .filter(|(_, anchor)| anchor.trim_start().starts_with(['#', '/']))
        .map(|(text, _)| text.trim_end());
    bare.unwrap_or(trimmed)
}

/// The text of HTML on one line.
fn without_tags(html: &str) -> String {
    let mut text = String::new();
    let mut rest = html;
    while let Some((before, after)) = rest.split_once('<') {
        text.push_str(before);
        text.push(' ');
        rest = after.split_once('>').map_or("", |(_, after)| after);
    }
    text.push_str(rest);
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_sections_of_blocks() {
        let text = "---\ntitle: x\n---\nIntro.\n\n# One { #one }\n\nSay:\n\n```sh\n# no heading\n\nrun\n```\n\n## Two\n\n- a\n  more\n- b\n\n| h | i |\n|---|---|\n| 1 | 2 |\n\n<h3 id=\"x\">\n\n`name`\n\n</h3>\n\nEnd.\n";
        let page = Page::new(text);
        let titles: Vec<_> = page
            .sections
            .iter()
            .map(|section| {
                (
                    section.title.as_str(),
                    section.parent,
                    section.blocks.clone(),
                )
            })
            .collect();
        assert_eq!(
            titles,
            [
                ("", None, 0..2),
                ("# One", None, 2..4),
                ("## Two", Some(1), 4..8),
                ("### `name`", Some(2), 8..9),
            ]
        );
        let blocks: Vec<_> = page
            .blocks
            .iter()
            .map(|block| (block.form, page.text(&block.lines), block.lead))
            .collect();
        let of = |form, text: &str, lead| (form, text.to_owned(), lead);
        assert_eq!(
            blocks,
            [
                of(Form::Aside, "---\ntitle: x\n---", None),
                of(Form::Text, "Intro.", None),
                of(Form::Text, "Say:", None),
                of(Form::Code, "```sh\n# no heading\n\nrun\n```", Some(2)),
                of(Form::Item, "- a\n  more", None),
                of(Form::Item, "- b", None),
                of(Form::Head, "| h | i |\n|---|---|", None),
                of(Form::Row, "| 1 | 2 |", Some(6)),
                of(Form::Text, "End.", None),
            ]
        );
    }

    #[test]
    fn a_long_item_falls_into_its_parts() {
        let inner = "  - part\n".repeat(20);
        let text = format!("- first\n{inner}- last\n");
        let page = Page::new(&text);
        assert_eq!(page.blocks.len(), 22);
        assert!(page.blocks.iter().all(|block| block.lines.len() == 1));
    }
}
