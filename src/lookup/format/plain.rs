//! Plain text. Much of it is Markdown in all but name; else underlined titles and numbered headings give it shape.

use super::{Format, Pages, Unread, markdown, of_text};
use crate::lookup::clean;
use crate::lookup::document::{Block, BlockKind, Document, Heading};

/// `.txt`, and files known by their name alone.
pub(super) struct Plain;

impl Format for Plain {
    fn name(&self) -> &'static str {
        "plain text"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["txt", "text"]
    }

    fn read(&self, bytes: &[u8]) -> Result<Pages, Unread> {
        of_text(bytes, parse)
    }
}

fn parse(text: &str) -> Document {
    if looks_like_markdown(text) {
        return markdown::parse(text);
    }
    let text = clean::visible(text);
    let blocks = blocks(&text);
    Document {
        title: None,
        text,
        blocks,
        file_lines: None,
        url: None,
        kind: None,
    }
}

/// Tells whether the first line with words is an ATX heading.
fn looks_like_markdown(text: &str) -> bool {
    text.lines()
        .find(|line| !line.trim().is_empty())
        .is_some_and(|line| line.starts_with("# ") || line.starts_with("## "))
}

fn blocks(text: &str) -> Vec<Block> {
    let lines: Vec<&str> = text.lines().collect();
    let line_at = |at: usize| lines.get(at).copied().unwrap_or_default();
    let mut blocks = vec![Block {
        line: 0,
        kind: BlockKind::Prose,
    }];
    let mut at = 0;
    while at < lines.len() {
        let line = line_at(at);
        let first = at == 0 || line_at(at - 1).trim().is_empty();
        let heading = if first {
            heading_at(line, line_at(at + 1))
        } else {
            None
        };
        if let Some(heading) = heading {
            if blocks.last().is_some_and(|last| last.line == at) {
                blocks.pop();
            }
            blocks.push(Block {
                line: at,
                kind: BlockKind::Heading(heading),
            });
        } else if first && !line.trim().is_empty() && at > 0 {
            blocks.push(Block {
                line: at,
                kind: BlockKind::Prose,
            });
        }
        at += 1;
    }
    blocks
}

/// Bytes of the longest line taken as a heading.
const HEADING_BYTES_MAX: usize = 100;

/// Returns the heading that `line` is: underlined by the `next` one, or numbered like `3.1. Title`.
fn heading_at(line: &str, next: &str) -> Option<Heading> {
    let title = line.trim();
    if title.is_empty() || line.len() > HEADING_BYTES_MAX {
        return None;
    }
    let heading = |level: u8| {
        Some(Heading {
            level,
            title: title.to_owned(),
            anchor: None,
            code: Vec::new(),
        })
    };
    if let Some(mark) = underline(next)
        && !line.starts_with(char::is_whitespace)
        && next.trim_end().chars().count() + 2 >= title.chars().count()
    {
        return heading(match mark {
            '=' | '#' | '*' => 1,
            '-' => 2,
            _ => 3,
        });
    }
    let (number, words) = title.split_once(char::is_whitespace)?;
    let digits = number.strip_suffix('.').unwrap_or(number);
    let numbered = !line.starts_with(char::is_whitespace)
        && digits.split('.').all(|part| {
            !part.is_empty() && part.len() <= 3 && part.bytes().all(|byte| byte.is_ascii_digit())
        })
        && (digits.contains('.') || number.ends_with('.'))
        && words.trim_start().starts_with(char::is_uppercase)
        && !title.ends_with(['.', ',', ';'])
        && next.trim().is_empty();
    let depth = u8::try_from(digits.split('.').count()).unwrap_or(6).min(6);
    if numbered { heading(depth) } else { None }
}

/// Returns the character that `line` repeats, if it underlines a title.
pub(super) fn underline(line: &str) -> Option<char> {
    let line = line.trim_end();
    let mark = line.chars().next()?;
    let marks = mark.is_ascii_punctuation() && line.len() >= 3;
    (marks && line.chars().all(|letter| letter == mark)).then_some(mark)
}
