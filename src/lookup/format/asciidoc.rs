//! AsciiDoc, read line by line. The text stays as written, save that comments are blanked.

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
    for (number, full) in text.split_inclusive('\n').enumerate() {
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
        after_blank = line.is_empty();
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
    let title = words.trim();
    let (title, inner) = match title.rsplit_once("[[") {
        Some((title, id)) => (title.trim(), id.strip_suffix("]]")),
        None => (title, None),
    };
    let given = anchor.take().or_else(|| inner.map(str::to_owned));
    Some(Heading {
        level: u8::try_from(marks).unwrap_or(6),
        title: title.replace('`', ""),
        anchor: Some(given.unwrap_or_else(|| identifier(title))),
        code: Vec::new(),
    })
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
