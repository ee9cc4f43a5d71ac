//! Manuals of GNU as `info` shows them: nodes with a title that is underlined, menus, and definitions ` -- Macro: NAME (ARGUMENTS)`.
//!
//! What only leads elsewhere is left out: the line above each node, its menu, and the tables behind the last one.

use super::sheet::Sheet;
use super::{Format, Pages, Unread};
use crate::lookup::document::{BlockKind, Document, Kind};

/// What stands on the line before a node, or before a table.
const NODE_MARK: char = '\u{1f}';
/// What a page begins with that has no node near its beginning.
const PRODUCED: &str = "This is ";
/// What underlines titles, from those of chapters down.
const UNDERLINES: &[char] = &['*', '=', '-', '.'];
/// What the head of a definition begins with, and a line that it goes on in.
const DEFINED: &str = " -- ";
const DEEPER: &str = "          ";
/// Lines of the longest head.
const HEAD_LINES_MAX: usize = 12;

/// `.info`, and its parts `.info-1`.
pub(super) struct Info;

impl Format for Info {
    fn name(&self) -> &'static str {
        "Info"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["info"]
    }

    fn claims(&self, extension: &str) -> bool {
        let part = extension.strip_prefix("info-");
        let is_number =
            |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        self.extensions().contains(&extension) || part.is_some_and(is_number)
    }

    /// Tells by the mark of a node, or by what says which program made the file: others call their settings so.
    fn recognizes(&self, head: &str) -> bool {
        let first = head.lines().next().unwrap_or_default();
        let is_produced = first.starts_with(PRODUCED) && first.contains(".info");
        is_produced || head.contains(NODE_MARK) && head.lines().any(is_node)
    }

    fn read(&self, bytes: &[u8]) -> Result<Pages, Unread> {
        let page = parse(&String::from_utf8_lossy(bytes));
        if page.text.is_empty() {
            // The first of several files may have nothing but the table of the others.
            return Err(Unread::Foreign);
        }
        Ok(page.into())
    }
}

/// Where in a file a line stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    /// Before the first node, in a menu or a table.
    Aside,
    /// Behind a mark.
    Marked,
    Node,
}

fn parse(text: &str) -> Document {
    let mut sheet = Sheet::default();
    let mut title = None;
    let mut part = Part::Aside;
    // Whether the next line begins a block.
    let mut is_apart = true;
    let mut lines = text.lines().zip(1..).peekable();
    while let Some((line, number)) = lines.next() {
        if line.starts_with(NODE_MARK) {
            part = Part::Marked;
            continue;
        }
        match part {
            Part::Aside => continue,
            Part::Marked => {
                part = if is_node(line) {
                    Part::Node
                } else {
                    Part::Aside
                };
                continue;
            }
            Part::Node => {}
        }
        sheet.at(number);
        let next = lines.peek().map_or("", |(next, _)| *next);
        if line.trim_end() == "* Menu:" {
            part = Part::Aside;
        } else if let Some(level) = level(line, next) {
            lines.next();
            title.get_or_insert(line);
            sheet.heading(level, line, "", Vec::new());
            is_apart = true;
        } else if let Some((kind, head)) = definition(line) {
            let mut head = head.to_owned();
            for _ in 1..HEAD_LINES_MAX {
                let Some((more, _)) = lines.next_if(|(more, _)| more.starts_with(DEEPER)) else {
                    break;
                };
                head.push(' ');
                head.push_str(more);
            }
            sheet.definition(&head.replace('`', ""), &format!("[{kind}]"));
            is_apart = true;
        } else if line.trim().is_empty() {
            sheet.gap();
            is_apart = true;
        } else {
            sheet.row(is_apart.then_some(BlockKind::Prose), line);
            is_apart = false;
        }
    }
    Document {
        // Its folder tells that.
        kind: None,
        ..sheet.finish(title.unwrap_or_default(), Kind::Guide, None)
    }
}

/// Tells whether `line` is the one above a node: `File: rope.info,  Node: Top,  Up: (dir)`.
fn is_node(line: &str) -> bool {
    line.starts_with("File: ") && line.contains("Node: ")
}

/// Returns the level of the title that `line` is, if the `next` one underlines it.
fn level(line: &str, next: &str) -> Option<u8> {
    let mark = next.chars().next()?;
    let at = UNDERLINES.iter().position(|known| *known == mark)?;
    let next = next.trim_end();
    let is_line = next.chars().all(|letter| letter == mark);
    let letters = line.trim_end().chars().count();
    let is_title = letters > 0 && !line.starts_with(char::is_whitespace);
    let is_under = next.chars().count() >= letters.max(2);
    (is_line && is_title && is_under)
        .then(|| u8::try_from(at + 1).ok())
        .flatten()
}

/// Returns what is defined, and the rest of the head that `line` is.
fn definition(line: &str) -> Option<(&str, &str)> {
    let (kind, head) = line.strip_prefix(DEFINED)?.split_once(": ")?;
    (!head.trim().is_empty()).then_some((kind.trim(), head))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lookup::document::{headings, symbols};
    use crate::lookup::format::{claims, of_file};

    const PAGE: &str = "This is rope.info, produced by makeinfo version 6.7 from rope.texi.\n\nSTART-INFO-DIR-ENTRY\n* Rope: (rope).\n\
        END-INFO-DIR-ENTRY\n\n\u{1f}\nFile: rope.info,  Node: Top,  Next: Knots,  Up: (dir)\n\nRopes\n*****\n\nThis is the manual.\n\n\
        * Menu:\n\n* Knots::      How they are tied.\n\n\u{1f}\nFile: rope.info,  Node: Knots,  Prev: Top,  Up: Top\n\n1.1 Knots\n=========\n\n\
        They hold.\nMostly.\n\n -- Macro: ROPE_TIE (NAME,\n          [LENGTH])\n     Ties it.\n -- Macro: ROPE_CUT\n     Cuts it.\n\u{1f}\n\
        Tag Table:\nNode: Top\u{7f}10\n\u{1f}\nEnd Tag Table\n";

    #[test]
    fn the_nodes_of_a_manual_are_read_without_what_leads_elsewhere() {
        let page = Info.read(PAGE.as_bytes()).unwrap().first;
        assert_eq!(
            page.text,
            "# Ropes\n\nThis is the manual.\n\n## 1.1 Knots\n\nThey hold.\nMostly.\n\n\
             `ROPE_TIE (NAME, [LENGTH])` [Macro]\n\n     Ties it.\n\n`ROPE_CUT` [Macro]\n\n     Cuts it.\n"
        );
        assert_eq!(page.title.as_deref(), Some("Ropes"));
        let found: Vec<String> = headings(&page.blocks).flat_map(symbols).collect();
        assert_eq!(found, ["ROPE_TIE", "ROPE_CUT"]);
        assert_eq!(page.file_lines.unwrap().first(), Some(&10));
    }

    #[test]
    fn a_file_of_another_kind_is_none_and_parts_and_packed_ones_are() {
        let format = |path: &str, head: &str| {
            let format = of_file(path, || head.to_owned());
            format.map(Format::name)
        };
        assert_eq!(format("rope.info", PAGE), Some("Info"));
        assert_eq!(format("rope.info-2.gz", PAGE), Some("Info"));
        assert_eq!(format("lcov.info", "TN:\nSF:/src/rope.c\n"), None);
        assert!(claims("doc/rope.info.gz") && !claims("doc/rope.info-x"));
        let table = "This is rope.info, produced by makeinfo.\n\u{1f}\nIndirect:\nrope.info-1: 200\n\u{1f}\n";
        assert_eq!(Info.read(table.as_bytes()).err(), Some(Unread::Foreign));
    }
}
