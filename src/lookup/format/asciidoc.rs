//! AsciiDoc, read line by line. The text stays as written, save that comments are blanked.

use std::collections::HashMap;

use super::{Format, Pages, Unread, of_text};
use crate::lookup::clean;
use crate::lookup::document::{Block, BlockKind, Document, Heading};

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
        of_text(bytes, parse)
    }
}

fn parse(text: &str) -> Document {
    read(&clean::visible(text))
}

fn read(text: &str) -> Document {
    let mut blocks = vec![Block {
        line: 0,
        kind: BlockKind::Prose,
    }];
    let mut kept = String::with_capacity(text.len());
    let mut push = |line: usize, kind: BlockKind| {
        if blocks.last().is_some_and(|last| last.line == line) {
            blocks.pop();
        }
        blocks.push(Block { line, kind });
    };
    // The delimiter of the block that is open, and whether it is a comment.
    let mut open: Option<(&str, bool)> = None;
    let mut anchor: Option<String> = None;
    let mut after_blank = true;
    let mut frames = Frames::of(text);
    let mut lines = text.split_inclusive('\n').enumerate().peekable();
    while let Some((number, full)) = lines.next() {
        let line = full.trim_end();
        if let Some((delimiter, comment)) = open {
            if line == delimiter {
                open = None;
            }
            kept.push_str(if comment { "\n" } else { full });
            after_blank = line == delimiter;
            continue;
        }
        let comment = line.starts_with("//") && !line.starts_with("///");
        if is_delimiter(line, '/') {
            open = Some((line, true));
            kept.push('\n');
            continue;
        }
        kept.push_str(if comment { "\n" } else { full });
        if comment {
            continue;
        }
        let below = lines.peek().map_or("", |(_, below)| below.trim_end());
        if after_blank
            && frames.is_outside()
            && let Some(heading) = underlined(line, below, &mut anchor)
        {
            push(number, BlockKind::Heading(heading));
            kept.extend(lines.next().map(|(_, below)| below));
            continue;
        }
        frames.pass(number, line);
        if is_delimiter(line, '-') || is_delimiter(line, '.') || line.starts_with("```") {
            let fence = if line.starts_with('`') { "```" } else { line };
            push(
                number,
                BlockKind::Code {
                    fence: Some(fence.to_owned()),
                },
            );
            open = Some((fence, false));
        } else if line == "|===" {
            push(number, BlockKind::Table { head: 2 });
            open = Some((line, false));
        } else if let Some(heading) = heading(line, &mut anchor) {
            push(number, BlockKind::Heading(heading));
        } else if let Some(name) = anchor_of(line) {
            anchor = Some(name.to_owned());
            push(number, BlockKind::Prose);
        } else if after_blank && !line.is_empty() {
            push(number, BlockKind::Prose);
        }
        after_blank = line.is_empty() || after_blank && is_attributes(line);
    }
    Document {
        title: None,
        text: kept,
        blocks,
        file_lines: None,
        url: None,
        kind: None,
    }
}

/// The blocks of a text that hold other blocks and no heading: examples, sidebars, quotations, what is passed through.
/// Their delimiters look like what underlines a title.
struct Frames<'a> {
    /// The last line that is written like each delimiter: a block that never closes is none.
    last: HashMap<&'a str, usize>,
    /// Delimiters of the blocks that are open, the innermost last.
    open: Vec<&'a str>,
}

/// Blocks in blocks: beyond that delimiters are lines like any other.
const FRAMES_MAX: usize = 16;

impl<'a> Frames<'a> {
    fn of(text: &'a str) -> Self {
        let lines = text.lines().map(str::trim_end).enumerate();
        Self {
            last: lines
                .filter(|(_, line)| is_frame(line))
                .map(|(number, line)| (line, number))
                .collect(),
            open: Vec::new(),
        }
    }

    fn is_outside(&self) -> bool {
        self.open.is_empty()
    }

    /// Opens or closes the block that `line` delimits.
    fn pass(&mut self, number: usize, line: &'a str) {
        if let Some(at) = self.open.iter().position(|open| *open == line) {
            self.open.truncate(at);
        } else if self.last.get(line).is_some_and(|last| *last > number)
            && self.open.len() < FRAMES_MAX
        {
            self.open.push(line);
        }
    }
}

fn is_frame(line: &str) -> bool {
    ['=', '*', '_', '+']
        .iter()
        .any(|mark| is_delimiter(line, *mark))
        || line == "--"
}

/// Tells whether `line` says something of the block below it: `[verse]`, `.Title`, `:name: value`.
fn is_attributes(line: &str) -> bool {
    line.starts_with('[') && line.ends_with(']')
        || line.starts_with(':') && line.split(':').count() > 2
        || line.starts_with('.') && !line.starts_with("..") && !line.starts_with(". ")
}

/// Marks that underline titles, by level.
const UNDERLINES: [char; 5] = ['=', '-', '~', '^', '+'];
/// Letters by which an underline may be longer or shorter than its title, as Asciidoctor has it.
const UNDERLINE_SLACK: usize = 1;

/// Returns the heading that `line` is if the one `below` underlines it.
fn underlined(line: &str, below: &str, anchor: &mut Option<String>) -> Option<Heading> {
    let mark = below.chars().next()?;
    let rank = UNDERLINES.iter().position(|known| *known == mark)?;
    let is_macro = line.contains("::") && line.ends_with(']');
    let is_title = line.chars().any(char::is_alphanumeric)
        && !line.starts_with(char::is_whitespace)
        && !is_attributes(line)
        && !is_macro;
    let fits = below.len() >= UNDERLINE_MIN
        && below.chars().all(|letter| letter == mark)
        && below.len().abs_diff(line.chars().count()) <= UNDERLINE_SLACK;
    (is_title && fits).then(|| titled(line, rank + 1, anchor))
}

/// Marks of the shortest underline: two are an open block.
const UNDERLINE_MIN: usize = 3;

/// Tells whether `line` is four or more of `mark`.
fn is_delimiter(line: &str, mark: char) -> bool {
    line.len() >= 4 && line.chars().all(|letter| letter == mark)
}

/// `[[id]]` or `[#id]` on a line of its own.
fn anchor_of(line: &str) -> Option<&str> {
    let name = line
        .strip_prefix("[[")
        .and_then(|rest| rest.strip_suffix("]]"))
        .or_else(|| {
            line.strip_prefix("[#")
                .and_then(|rest| rest.strip_suffix(']'))
        })?;
    name.split([',', '.', '%'])
        .next()
        .filter(|name| !name.is_empty())
}

fn heading(line: &str, anchor: &mut Option<String>) -> Option<Heading> {
    let words = line.trim_start_matches(['=', '#']);
    let marks = line.len() - words.len();
    if !(1..=6).contains(&marks) || !words.starts_with(' ') || words.trim().is_empty() {
        return None;
    }
    Some(titled(words.trim(), marks, anchor))
}

fn titled(title: &str, level: usize, anchor: &mut Option<String>) -> Heading {
    let (title, inner) = match title.rsplit_once("[[") {
        Some((title, id)) => (title.trim(), id.strip_suffix("]]")),
        None => (title, None),
    };
    let given = anchor.take().or_else(|| inner.map(str::to_owned));
    Heading {
        level: u8::try_from(level).unwrap_or(6),
        title: title.replace('`', ""),
        anchor: Some(given.unwrap_or_else(|| identifier(title))),
        code: Vec::new(),
    }
}

/// Returns `title` as Asciidoctor makes identifiers: `_`, then lower case words joined by `_`.
fn identifier(title: &str) -> String {
    let mut words = title.to_lowercase();
    words.retain(|letter| letter.is_alphanumeric() || " -._".contains(letter));
    let words: Vec<&str> = words
        .split([' ', '-', '.', '_'])
        .filter(|word| !word.is_empty())
        .collect();
    format!("_{}", words.join("_"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headings(text: &str) -> Vec<(u8, String, usize)> {
        let heading = |block: Block| match block.kind {
            BlockKind::Heading(heading) => Some((heading.level, heading.title, block.line)),
            _ => None,
        };
        let document = read(text);
        assert_eq!(document.text, text);
        document.blocks.into_iter().filter_map(heading).collect()
    }

    #[test]
    fn a_title_may_be_underlined() {
        let text = "git-stash(1)\n============\n\nNAME\n----\ngit-stash - Stash\n\n[[opts]]\nOPTIONS\n-------\n\
                    \nÉtat\n~~~~\nx\n\nDeep\n^^^^^\n\nDeeper\n++++++\n";
        assert_eq!(
            headings(text),
            [
                (1, "git-stash(1)".to_owned(), 0),
                (2, "NAME".to_owned(), 3),
                (2, "OPTIONS".to_owned(), 8),
                (3, "État".to_owned(), 11),
                (4, "Deep".to_owned(), 15),
                (5, "Deeper".to_owned(), 18)
            ]
        );
    }

    #[test]
    fn what_delimits_a_block_underlines_nothing() {
        let text = "Words of a paragraph\nthat goes on and on\n-------------------\nA title\n=======\n-------------------\n\
                    \n[source]\n--------\nOne\n---\n--------\n\n.Name\n-----\ncode\n-----\n\n====\nNote\n\nWord\n====\n\n\
                    include::a.adoc[]\n-----------------\ncode\n-----------------\n\nReal\n----\nx\n";
        assert_eq!(headings(text), [(2, "Real".to_owned(), 29)]);
        let code = read(text).blocks;
        let code = code
            .iter()
            .filter(|block| matches!(block.kind, BlockKind::Code { .. }));
        assert_eq!(code.count(), 4);
    }
}
