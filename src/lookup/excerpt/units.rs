//! A passage taken apart into what is shown or left out.

use std::cell::OnceCell;
use std::ops::Range;

use crate::lookup::passage::fence_of;
use crate::lookup::rank::Words;

/// Bytes from which a paragraph is taken apart into sentences: about forty tokens.
const SENTENCES_FROM_BYTES: usize = 160;
/// Bytes of a line that is a mark: no more tokens than a gap.
const MARK_BYTES_MAX: usize = 8;

/// What a passage is cut into.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unit {
    pub(super) bytes: Range<usize>,
    /// Counted when it is asked for: most units are never looked at.
    pub(super) tokens: OnceCell<usize>,
    pub(super) form: Form,
    /// The unit without which this would seem to be said of what is above: the head of its table, the item that it stands inside of,
    /// a heading that the citation does not name.
    pub(super) under: Option<usize>,
    pub(super) found: Words,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// A heading.
    Heading,
    /// A line without a letter, as `---` and what ends an admonition: shown between its neighbours only.
    Mark,
    /// A sentence, or a paragraph.
    Prose,
    /// An item, a row, a fence, an indented block.
    Block,
    /// The first lines of a table: shown with the rows, never for itself.
    TableHead,
}

impl Form {
    /// Whether it says something without what stands below it.
    pub(super) fn stands_alone(self) -> bool {
        !matches!(self, Self::Heading | Self::Mark | Self::TableHead)
    }
}

/// A line with its place.
#[derive(Clone, Copy)]
struct Line<'t> {
    text: &'t str,
    start: usize,
    end: usize,
}

impl Line<'_> {
    fn is_blank(self) -> bool {
        self.text.trim().is_empty()
    }

    /// White space before its first letter, in bytes.
    fn indent(self) -> usize {
        self.text.len() - self.text.trim_start().len()
    }

    fn is_indented(self) -> bool {
        self.text.starts_with("   ") || self.text.starts_with('\t')
    }

    fn is_row(self) -> bool {
        self.text.trim_start().starts_with('|')
    }

    /// Whether it is `|---|---|`, which ends the head of a table.
    fn is_rule(self) -> bool {
        self.is_row()
            && self.text.contains('-')
            && self
                .text
                .trim()
                .chars()
                .all(|letter| "|-: \t+=".contains(letter))
    }

    /// Whether it underlines a heading, as reStructuredText and setext do.
    fn is_underline(self) -> bool {
        let text = self.text.trim_end();
        let mut letters = text.chars();
        let first = letters.next();
        text.len() >= 3
            && first.is_some_and(|first| {
                "=-~^\"'*+#".contains(first) && letters.all(|letter| letter == first)
            })
    }

    fn is_heading(self) -> bool {
        let level = self.text.bytes().take_while(|byte| *byte == b'#').count();
        (1..=6).contains(&level)
            && self
                .text
                .get(level..)
                .is_some_and(|rest| rest.starts_with(' '))
    }

    fn begins_item(self) -> bool {
        let text = self.text.trim_start();
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let after = text.get(digits..).unwrap_or_default();
        match digits {
            0 => ["- ", "* ", "+ "].iter().any(|mark| text.starts_with(mark)),
            1..=3 => after.starts_with(". ") || after.starts_with(") "),
            _ => false,
        }
    }
}

fn lines(text: &str) -> Vec<Line<'_>> {
    let mut start = 0;
    let lines = text.split_inclusive('\n').map(|line| {
        let from = start;
        start += line.len();
        Line {
            text: line.trim_end_matches(['\n', '\r']),
            start: from,
            end: start,
        }
    });
    lines.collect()
}

/// Cuts `text` into units, in order; blank lines belong to none.
pub(super) fn units(text: &str) -> Vec<Unit> {
    let lines = lines(text);
    let mut units: Vec<Unit> = Vec::new();
    // Items that the line at hand is inside of: their indents and numbers.
    let mut items: Vec<(usize, usize)> = Vec::new();
    // The heading that the line at hand is below, unless it is the first, which the citation says.
    let mut heading: Option<usize> = None;
    let mut at = 0;
    while let Some(line) = lines.get(at).copied() {
        if line.is_blank() {
            at += 1;
            continue;
        }
        items.retain(|(indent, _)| *indent < line.indent());
        let ahead = lines.get(at + 1).copied();
        let rest = lines.get(at + 1..).unwrap_or_default();
        let while_lines = |goes_on: &dyn Fn(Line<'_>) -> bool| {
            at + 1 + rest.iter().take_while(|line| goes_on(**line)).count()
        };
        let (form, end) = if let Some(fence) = fence_of(line.text) {
            let closes = |line: &Line<'_>| {
                fence_of(line.text).is_some_and(|end| {
                    end.starts_with(fence) && line.text.trim().len() == end.len()
                })
            };
            let close = rest.iter().position(closes);
            (
                Form::Block,
                close.map_or(lines.len(), |close| at + close + 2),
            )
        } else if line.is_heading() {
            (Form::Heading, at + 1)
        } else if ahead.is_some_and(Line::is_underline) && !line.is_indented() && !line.is_row() {
            (Form::Heading, at + 2)
        } else if line.is_row() && ahead.is_some_and(Line::is_rule) {
            (Form::TableHead, at + 2)
        } else if line.is_row() {
            (Form::Block, at + 1)
        } else if line.begins_item() {
            (
                Form::Block,
                while_lines(&|line| {
                    !line.is_blank() && !line.begins_item() && fence_of(line.text).is_none()
                }),
            )
        } else if line.is_indented() || line.text.starts_with(".. ") {
            // Code, or what a directive holds: to the last line that is indented.
            let inside = while_lines(&|line| line.is_blank() || line.is_indented());
            let blank = lines.get(at..inside).unwrap_or_default().iter().rev();
            (
                Form::Block,
                inside - blank.take_while(|line| line.is_blank()).count(),
            )
        } else {
            (
                Form::Prose,
                while_lines(&|line| {
                    !line.is_blank()
                        && !line.is_heading()
                        && !line.is_row()
                        && !line.begins_item()
                        && fence_of(line.text).is_none()
                }),
            )
        };
        let last = lines.get(end - 1).map_or(text.len(), |line| line.end);
        let bytes = line.start..last;
        let says = text.get(bytes.clone()).unwrap_or_default();
        let is_mark = says.trim().len() <= MARK_BYTES_MAX
            && form == Form::Prose
            && !says.contains(char::is_alphanumeric);
        let form = if is_mark { Form::Mark } else { form };
        let under = match form {
            Form::Heading => {
                items.clear();
                heading = (!units.is_empty()).then_some(units.len());
                None
            }
            _ if line.is_row() => table(&units, line.start, text).or(heading),
            _ => items.last().map(|(_, item)| *item).or(heading),
        };
        if line.begins_item() {
            items.push((line.indent(), units.len()));
        }
        let cut = match form {
            Form::Prose => sentences(text, bytes),
            _ => vec![bytes],
        };
        units.extend(cut.into_iter().map(|bytes| unit(bytes, form, under)));
        at = end;
    }
    units
}

fn unit(bytes: Range<usize>, form: Form, under: Option<usize>) -> Unit {
    Unit {
        bytes,
        tokens: OnceCell::new(),
        form,
        under,
        found: 0,
    }
}

/// The head of the table whose row begins at byte `start`, if it has one.
fn table(units: &[Unit], start: usize, text: &str) -> Option<usize> {
    let above = units.last()?;
    let is_right_above = text.get(above.bytes.end..start) == Some("");
    let row = text.get(above.bytes.clone())?.trim_start();
    match above.form {
        Form::TableHead if is_right_above => Some(units.len() - 1),
        Form::Block if is_right_above && row.starts_with('|') => above.under,
        _ => None,
    }
}

/// Cuts the paragraph at `bytes` into its sentences, if it is long.
fn sentences(text: &str, bytes: Range<usize>) -> Vec<Range<usize>> {
    let paragraph = text.get(bytes.clone()).unwrap_or_default();
    if paragraph.len() < SENTENCES_FROM_BYTES {
        return vec![bytes];
    }
    let mut cut = Vec::new();
    let mut start = bytes.start;
    let mut is_code = false;
    let mut letters = paragraph.char_indices().peekable();
    let mut before = ' ';
    while let Some((_, letter)) = letters.next() {
        is_code ^= letter == '`';
        if !letter.is_whitespace() {
            before = letter;
        } else if !is_code && matches!(before, '.' | '!' | '?') {
            let next = letters.peek().copied();
            let begins =
                next.is_some_and(|(_, next)| next.is_uppercase() || "`*\"'([_".contains(next));
            if let Some((at, _)) = next.filter(|_| begins) {
                cut.push(start..bytes.start + at);
                start = bytes.start + at;
            }
        }
    }
    cut.push(start..bytes.end);
    cut
}
