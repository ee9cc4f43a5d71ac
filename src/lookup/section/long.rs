//! Where a block is cut that is too long for a section: text and code before what begins anew, a table at any row.
//!
//! Manuals that were typed as they are to look, and the listings of programs, are one block of thousands of lines. What was
//! written together has blank lines around it there.

use super::{INSIDE, Joined, Lines, MAX_TOKENS, Piece, TARGET_TOKENS};
use crate::lookup::document::{Block, BlockKind};
use crate::lookup::passage::count;

/// Tokens that a section has at least where it is cut before it is full.
const CUT_TOKENS_MIN: usize = TARGET_TOKENS * 2 / 5;
/// Blanks before a line that stands at the right, as the name of what is below it does.
const RIGHT_BLANKS_MIN: usize = 24;
/// Blanks that a tab stands for.
const TAB_BLANKS: usize = 8;

/// Cuts one block that is too long at line ends, repeating the head of a table and reopening a fence.
pub(super) fn split_block(
    block: &Block,
    end: usize,
    lines: &Lines<'_>,
    open: &mut Piece,
    pieces: &mut Joined,
) {
    let is_table = matches!(block.kind, BlockKind::Table { .. });
    let (before, after, head) = match &block.kind {
        BlockKind::Code { fence: Some(fence) } => (
            lines.text(block.line, block.line + 1).to_owned(),
            format!("{fence}\n"),
            1,
        ),
        BlockKind::Table { head } => (
            lines.text(block.line, block.line + head).to_owned(),
            String::new(),
            *head,
        ),
        _ => (String::new(), String::new(), 0),
    };
    let repeated = count(&before) + count(&after);
    let mut places = Places::default();
    let mut line = block.line;
    while line < end {
        let tokens = lines.tokens(line, line + 1);
        let in_head = line < block.line + head;
        // The closing fence stays with the last line of the code, and a row with its head.
        let closing = line + 1 >= end && !after.is_empty();
        let may_end = if is_table {
            open.tokens > 0
        } else {
            // A line that is longer than a section is one; blank lines begin none, unless there are very many.
            let is_blank = lines.is_blank(lines.byte(line), lines.byte(line + 1));
            places.indent.is_some() && !is_blank || open.tokens > MAX_TOKENS
        };
        let may_end = may_end && !in_head && !closing;
        if !(in_head || closing || is_table) {
            places.add(line, open.tokens, lines);
        }
        if may_end && open.tokens + tokens > TARGET_TOKENS {
            // Each piece has a good part of the tokens up to here: no line is looked at more than a few times.
            if let Some(place) = std::mem::take(&mut places).best {
                line = place.line;
                open.end = line;
                open.tokens = place.tokens;
            }
            let next = Piece {
                first: line,
                end: line,
                tokens: repeated,
                before: before.clone(),
                after: String::new(),
                level: INSIDE,
            };
            let mut done = std::mem::replace(open, next);
            done.after.clone_from(&after);
            pieces.push(done);
            places.add(line, repeated, lines);
            open.end = line + 1;
            open.tokens += lines.tokens(line, line + 1);
        } else {
            open.end = line + 1;
            open.tokens += tokens;
        }
        line += 1;
    }
}

/// The lines of the open piece before which it may end.
#[derive(Default)]
struct Places {
    best: Option<Place>,
    /// Blanks before the last line that says something.
    indent: Option<usize>,
    /// Blank lines since.
    blank: usize,
}

struct Place {
    line: usize,
    /// Tokens of the piece that ends there.
    tokens: usize,
    worth: Worth,
}

/// How well a piece ends before a line.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Worth {
    /// A blank line stands before it.
    Apart,
    /// It is less indented than what stands before that.
    Outdented,
    /// Two blank lines stand before it, or it stands at the right.
    Alone,
}

impl Places {
    /// Takes `line`, before which the piece has this many `tokens`.
    fn add(&mut self, line: usize, tokens: usize, lines: &Lines<'_>) {
        let Some(indent) = indent(lines.text(line, line + 1)) else {
            self.blank += 1;
            return;
        };
        let blank = std::mem::take(&mut self.blank);
        let before = self.indent.replace(indent);
        let Some(before) = before.filter(|_| blank > 0 && tokens >= CUT_TOKENS_MIN) else {
            return;
        };
        let is_at_right = indent >= RIGHT_BLANKS_MIN && indent > before;
        let worth = if blank > 1 || is_at_right {
            Worth::Alone
        } else if indent < before {
            Worth::Outdented
        } else {
            Worth::Apart
        };
        if self.best.as_ref().is_none_or(|best| worth >= best.worth) {
            self.best = Some(Place {
                line,
                tokens,
                worth,
            });
        }
    }
}

/// Returns the blanks before the first letter of `line`, if it has one.
fn indent(line: &str) -> Option<usize> {
    let said = line.trim_start();
    let blanks = line.strip_suffix(said)?.chars();
    let wide = |blank| if blank == '\t' { TAB_BLANKS } else { 1 };
    (!said.is_empty()).then(|| blanks.map(wide).sum())
}

#[cfg(test)]
mod tests {
    use super::super::cut;
    use crate::lookup::format;

    /// The first line of each section of a file that says something.
    fn firsts(path: &str, text: &str) -> Vec<String> {
        let document = format::read_text(path, text).unwrap().first;
        let (_, cut) = cut(&document, "page");
        let texts = cut.sections.iter().map(|section| {
            let (start, end) = section.bytes;
            document.text.get(start..end).unwrap()
        });
        let first = |text: &str| {
            let mut lines = text.lines().filter(|line| !line.trim().is_empty());
            lines.next().unwrap_or_default().trim().to_owned()
        };
        texts.map(first).collect()
    }

    fn repeated(entry: &str) -> String {
        let entries = (0..60).map(|number| entry.replace('N', &number.to_string()));
        entries.collect()
    }

    #[test]
    fn a_long_preformatted_block_is_cut_before_an_entry() {
        let words = "This is told when something has gone wrong with a buffer or a window.\n";
        for (entry, name) in [
            (
                format!("\t\t\t\t\t*EN*\n  Message N\n\n{words}{words}\n{words}\n\n"),
                "*E",
            ),
            (
                format!("\t\t\t\t\t*EN*\n  Message N\n\n{words}{words}\n{words}\n"),
                "*E",
            ),
            (
                format!("Command N\n    {words}    {words}\n    {words}\n"),
                "Command",
            ),
        ] {
            let page = format!("<h1>Messages</h1><pre>\n{}</pre>", repeated(&entry));
            let firsts = firsts("p.html", &page);
            assert!(firsts.len() > 4, "{firsts:?}");
            let mut later = firsts.iter().skip(1);
            assert!(later.all(|first| first.starts_with(name)), "{firsts:?}");
        }
    }

    #[test]
    fn a_long_block_without_blank_lines_is_cut_where_it_is_full() {
        let page = format!(
            "```\n{}```\n",
            repeated("call(N, \"of several words that count\");\n").repeat(3)
        );
        let firsts = firsts("p.md", &page);
        assert!(firsts.len() > 3, "{firsts:?}");
    }

    #[test]
    fn a_paragraph_of_one_long_line_ends_before_what_stands_apart_below_it() {
        let addresses = repeated("[rope-N]: https://h.example/ropes/N\n");
        let page = format!(
            "# Ropes\n\n{}\n\n{addresses}",
            "Ropes are long. ".repeat(120)
        );
        let firsts = firsts("p.md", &page);
        let second = firsts.get(1).map(String::as_str);
        assert_eq!(second, Some("[rope-0]: https://h.example/ropes/0"));
    }

    #[test]
    fn a_line_that_is_longer_than_a_section_is_one() {
        let line = "word ".repeat(1_000);
        let page = format!("```\n{line}\n\n{line}\n\n{line}\n```\n");
        assert_eq!(firsts("p.md", &page).len(), 3);
    }
}
