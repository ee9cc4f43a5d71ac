//! reStructuredText, as Sphinx and docutils projects write it, read line by line. The text stays as written, save that
//! comments are blanked.

use super::plain::underline;
use super::{Format, Pages, Unread, of_text};
use crate::lookup::clean;
use crate::lookup::document::{Block, BlockKind, DEFINITION, Document, Heading};

/// `.rst`.
pub(super) struct Rst;

/// Directives whose argument is a signature, without the domain before (`py:function`).
const DEFINING: &[&str] = &[
    "attribute",
    "class",
    "classmethod",
    "cmdoption",
    "confval",
    "data",
    "decorator",
    "decoratormethod",
    "describe",
    "directive",
    "enum",
    "envvar",
    "exception",
    "function",
    "macro",
    "member",
    "method",
    "module",
    "option",
    "program",
    "property",
    "role",
    "setting",
    "staticmethod",
    "struct",
    "type",
    "var",
    "object",
    "currentmodule",
];

/// Directives whose body is code.
const CODE: &[&str] = &[
    "code",
    "code-block",
    "sourcecode",
    "highlight",
    "literalinclude",
    "parsed-literal",
    "doctest",
    "testcode",
];

impl Format for Rst {
    fn name(&self) -> &'static str {
        "reStructuredText"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["rst", "rest"]
    }

    fn read(&self, bytes: &[u8]) -> Result<Pages, Unread> {
        of_text(bytes, parse)
    }
}

fn parse(text: &str) -> Document {
    let text = clean::visible(text);
    let mut reader = Reader::of(&text);
    reader.read();
    let Reader { blocks, hidden, .. } = reader;
    let text = blanked(&text, &hidden);
    Document {
        title: None,
        text,
        blocks,
        file_lines: None,
        url: None,
        kind: None,
    }
}

/// Returns `text` with the lines in `hidden` empty.
fn blanked(text: &str, hidden: &[usize]) -> String {
    if hidden.is_empty() {
        return text.to_owned();
    }
    let mut kept = String::with_capacity(text.len());
    for (number, line) in text.split_inclusive('\n').enumerate() {
        kept.push_str(if hidden.binary_search(&number).is_ok() {
            "\n"
        } else {
            line
        });
    }
    kept
}

struct Reader<'a> {
    lines: Vec<&'a str>,
    at: usize,
    blocks: Vec<Block>,
    hidden: Vec<usize>,
    /// Adornments in the order they appeared: the rank is the level.
    adornments: Vec<(char, bool)>,
    /// The label that the next heading is reached by.
    label: Option<String>,
}

impl<'a> Reader<'a> {
    fn of(text: &'a str) -> Self {
        Self {
            lines: text.lines().collect(),
            at: 0,
            blocks: vec![Block {
                line: 0,
                kind: BlockKind::Prose,
            }],
            hidden: Vec::new(),
            adornments: Vec::new(),
            label: None,
        }
    }

    fn line(&self, at: usize) -> &'a str {
        self.lines.get(at).copied().unwrap_or_default()
    }

    fn push(&mut self, line: usize, kind: BlockKind) {
        if self.blocks.last().is_some_and(|last| last.line == line) {
            self.blocks.pop();
        }
        self.blocks.push(Block { line, kind });
    }

    fn read(&mut self) {
        while self.at < self.lines.len() {
            let line = self.line(self.at);
            let first = self.at == 0 || self.line(self.at - 1).trim().is_empty();
            if line.trim().is_empty() {
                self.at += 1;
            } else if let Some((heading, lines)) = self.heading() {
                self.push(self.at, BlockKind::Heading(heading));
                self.at += lines;
            } else if let Some(markup) = line.trim_start().strip_prefix(".. ") {
                self.explicit(markup);
            } else if line.trim() == ".." {
                self.comment();
            } else if is_table_border(line) {
                self.table(line);
            } else {
                if first && !line.starts_with(' ') {
                    self.push(self.at, BlockKind::Prose);
                }
                self.at += 1;
                if line.trim_end().ends_with("::") {
                    self.literal();
                }
            }
        }
    }

    /// The heading that begins here, and its lines.
    fn heading(&mut self) -> Option<(Heading, usize)> {
        let line = self.line(self.at);
        let (title, mark, over) = match underline(line) {
            // Overline, title, underline.
            Some(mark) if underline(self.line(self.at + 2)) == Some(mark) => {
                (self.line(self.at + 1), mark, true)
            }
            Some(_) => return None,
            None => {
                let below = self.line(self.at + 1);
                let mark = underline(below)?;
                let long = below.trim_end().chars().count() + 1 >= line.trim_end().chars().count();
                if line.starts_with(' ') || !long {
                    return None;
                }
                (line, mark, false)
            }
        };
        let title = title.trim();
        if title.is_empty() || underline(title).is_some() {
            return None;
        }
        let style = (mark, over);
        let rank = self
            .adornments
            .iter()
            .position(|known| *known == style)
            .unwrap_or_else(|| {
                self.adornments.push(style);
                self.adornments.len() - 1
            });
        let heading = Heading {
            level: u8::try_from(rank + 1).unwrap_or(6).min(6),
            title: title.replace('`', ""),
            anchor: Some(self.label.take().unwrap_or_else(|| identifier(title))),
            code: Vec::new(),
        };
        Some((heading, if over { 3 } else { 2 }))
    }

    /// What `.. ` begins: a label, a directive, or a comment.
    fn explicit(&mut self, markup: &'a str) {
        if let Some(label) = markup.strip_prefix('_') {
            if let Some(label) = label.trim_end().strip_suffix(':') {
                self.label = Some(identifier(label));
            }
            self.push(self.at, BlockKind::Prose);
            self.at += 1;
            return;
        }
        let directive = markup.split_once("::").filter(|(name, _)| {
            !name.is_empty()
                && name
                    .chars()
                    .all(|letter| letter.is_alphanumeric() || "-_:.+".contains(letter))
        });
        let Some((name, argument)) = directive else {
            if markup.starts_with(['[', '|']) {
                self.push(self.at, BlockKind::Prose);
                self.at += 1;
            } else {
                self.comment();
            }
            return;
        };
        let plain = name.rsplit(':').next().unwrap_or(name);
        let argument = argument.trim();
        if DEFINING.contains(&plain) && !argument.is_empty() {
            let heading = Heading {
                level: DEFINITION,
                title: argument.to_owned(),
                anchor: Some(
                    argument
                        .split(['(', ' '])
                        .next()
                        .unwrap_or(argument)
                        .to_owned(),
                ),
                code: vec![argument.to_owned()],
            };
            self.push(self.at, BlockKind::Heading(heading));
            self.at += 1;
        } else if CODE.contains(&plain) {
            self.push(self.at, BlockKind::Code { fence: None });
            self.at += 1;
            self.skip_body(self.indent(self.at - 1));
        } else {
            self.push(self.at, BlockKind::Prose);
            self.at += 1;
        }
    }

    /// The indented code after a paragraph that ends in `::`.
    fn literal(&mut self) {
        let outer = self.indent(self.at - 1);
        let start = (self.at..self.lines.len()).find(|at| !self.line(*at).trim().is_empty());
        let Some(start) = start.filter(|start| self.indent(*start) > outer && *start > self.at)
        else {
            return;
        };
        self.push(start, BlockKind::Code { fence: None });
        self.at = start;
        self.skip_body(outer);
    }

    /// A comment with its body, blanked.
    fn comment(&mut self) {
        let outer = self.indent(self.at);
        let start = self.at;
        self.at += 1;
        if !self.line(self.at).trim().is_empty() || self.line(start).trim() != ".." {
            self.skip_body(outer);
        }
        self.hidden.extend(start..self.at);
    }

    /// Goes past the lines that are indented more than `outer`, and the blank lines between them.
    fn skip_body(&mut self, outer: usize) {
        let mut end = self.at;
        for at in self.at..self.lines.len() {
            if self.line(at).trim().is_empty() {
                continue;
            }
            if self.indent(at) <= outer {
                break;
            }
            end = at + 1;
        }
        self.at = end;
    }

    fn indent(&self, at: usize) -> usize {
        let line = self.line(at);
        line.len() - line.trim_start().len()
    }

    /// A grid table (`+---+`) or a simple one (`==== ====`), up to the next blank line or its closing border.
    fn table(&mut self, border: &str) {
        let start = self.at;
        let grid = border.trim_start().starts_with('+');
        let mut borders = 1;
        let mut head = 0;
        let mut at = start + 1;
        while at < self.lines.len() {
            let line = self.line(at);
            if is_table_border(line) {
                borders += 1;
                let ends_head = if grid {
                    line.contains('=')
                } else {
                    borders == 2
                };
                if ends_head {
                    head = at + 1 - start;
                }
                if !grid && borders == 3 {
                    at += 1;
                    break;
                }
            } else if line.trim().is_empty() && (grid || borders >= 2) {
                break;
            }
            at += 1;
        }
        self.push(start, BlockKind::Table { head });
        self.at = at;
    }
}

/// Tells whether `line` is a border: `+----+---+` or `====  ===`.
fn is_table_border(line: &str) -> bool {
    let line = line.trim();
    let grid = line.starts_with('+')
        && line.len() > 3
        && line.chars().all(|letter| "+-=".contains(letter));
    let simple = line.starts_with("==")
        && line.contains(' ')
        && line.chars().all(|letter| "= ".contains(letter));
    grid || simple
}

/// Returns `text` as docutils makes identifiers: lower case, everything else to single `-`.
fn identifier(text: &str) -> String {
    let words: Vec<String> = text
        .to_lowercase()
        .split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect();
    words.join("-")
}
