//! Cuts a document into sections: along headings, near [`TARGET_TOKENS`], never inside a fence or a table row.

use super::counted::Counted;
use super::document::{Block, BlockKind, DEFINITION, Document, Heading, slug, symbols};
use crate::store::documents::SectionRow;
use crate::store::outline::HeadingRow;
use crate::tokens::{self, Encoding};

/// Tokens that a section aims at: one thought, and six of them in a default answer.
const TARGET_TOKENS: usize = 450;
/// Tokens that a block may have before it is cut itself: code and tables are worth keeping whole.
const MAX_TOKENS: usize = 900;
/// Tokens below which a section joins its neighbour: a heading alone answers nothing.
const MIN_TOKENS: usize = 60;

/// A page cut into sections.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Cut {
    /// Title of the page.
    pub title: String,
    /// Its headings, in order.
    pub outline: Vec<HeadingRow>,
    /// Its sections, in order; their bytes cover the text.
    pub sections: Vec<SectionRow>,
}

/// Cuts `document`; `name` is the title of last resort.
pub(super) fn cut(document: &Document, name: &str) -> Cut {
    let lines = Lines::of(document);
    let outline = outline(document, &lines);
    let title = document
        .title
        .clone()
        .or_else(|| outline.first().map(|entry| entry.title.clone()))
        .filter(|title| !title.trim().is_empty())
        .unwrap_or_else(|| name.to_owned());
    let pieces = pieces(document, &lines);
    let sections = rows(&pieces, &outline, &title, document, &lines);
    Cut {
        title,
        outline,
        sections,
    }
}

/// The lines of a document's text: where each begins, its tokens, and its line in the file.
struct Lines<'a> {
    text: &'a str,
    starts: Vec<u32>,
    counted: Counted<'a>,
    in_file: Option<&'a [u32]>,
}

impl<'a> Lines<'a> {
    fn of(document: &'a Document) -> Self {
        let text = document.text.as_str();
        let mut starts = vec![0];
        starts.extend(
            text.bytes()
                .enumerate()
                .filter(|&(at, byte)| byte == b'\n' && at + 1 < text.len())
                .map(|(at, _)| saturating_u32(at + 1)),
        );
        Self {
            text,
            starts,
            counted: Counted::of(text),
            in_file: document.file_lines.as_deref(),
        }
    }

    fn count(&self) -> usize {
        self.starts.len()
    }

    /// First byte of `line`, or the end of the text.
    fn byte(&self, line: usize) -> usize {
        let start = self.starts.get(line).copied();
        let start = start.and_then(|start| usize::try_from(start).ok());
        start.unwrap_or(self.text.len())
    }

    fn text(&self, first: usize, end: usize) -> &'a str {
        self.text
            .get(self.byte(first)..self.byte(end))
            .unwrap_or_default()
    }

    fn tokens(&self, first: usize, end: usize) -> usize {
        self.counted.between(self.byte(first), self.byte(end))
    }

    /// Tells whether nothing is to be read between two bytes: blanked front matter, comments, empty lines.
    fn is_blank(&self, start: usize, end: usize) -> bool {
        let between = self.text.get(start..end).unwrap_or_default();
        between.trim().is_empty()
    }

    /// First line of `piece` that shows something, for its citation.
    fn shown(&self, piece: &Piece) -> usize {
        (piece.first..piece.end)
            .find(|&line| !self.is_blank(self.byte(line), self.byte(line + 1)))
            .unwrap_or(piece.first)
    }

    /// Line of the file, from 1, that `line` came from.
    fn in_file(&self, line: usize) -> u32 {
        match self.in_file {
            Some(lines) => lines.get(line).or(lines.last()).copied().unwrap_or(1),
            None => u32::try_from(line + 1).unwrap_or(u32::MAX),
        }
    }
}

fn count(text: &str) -> usize {
    tokens::count(Encoding::O200k, text)
}

fn saturating_u32(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// Returns each block with the line where it ends.
fn extents<'a>(
    document: &'a Document,
    lines: &Lines<'_>,
) -> impl Iterator<Item = (&'a Block, usize)> {
    let ends = document.blocks.iter().skip(1).map(|block| block.line);
    let ends = ends.chain([lines.count()]);
    document.blocks.iter().zip(ends)
}

fn outline(document: &Document, lines: &Lines<'_>) -> Vec<HeadingRow> {
    let mut entries: Vec<HeadingRow> = Vec::new();
    let mut taken = std::collections::HashMap::<String, usize>::new();
    for block in &document.blocks {
        let BlockKind::Heading(heading) = &block.kind else {
            continue;
        };
        let wanted = heading
            .anchor
            .clone()
            .unwrap_or_else(|| slug(&heading.title));
        let wanted = if wanted.is_empty() {
            "section".to_owned()
        } else {
            wanted
        };
        let times = taken.entry(wanted.clone()).or_default();
        let anchor = if *times == 0 {
            wanted
        } else {
            format!("{wanted}-{times}")
        };
        *times += 1;
        entries.push(HeadingRow {
            level: heading.level,
            title: heading.title.clone(),
            anchor,
            byte: lines.byte(block.line),
            line: lines.in_file(block.line),
            tokens: 0,
        });
    }
    let mut end = document.text.len();
    for entry in entries.iter_mut().rev() {
        entry.tokens = saturating_u32(lines.counted.between(entry.byte, end));
        end = entry.byte;
    }
    entries
}

/// A run of lines that will be a section.
#[derive(Debug, Clone, Default)]
struct Piece {
    first: usize,
    end: usize,
    tokens: usize,
    before: String,
    after: String,
    /// Level of the heading it begins with; 0 before the first heading, [`INSIDE`] for a later part of a section.
    level: u8,
}

/// Level of a piece that continues the one before: deeper than every heading.
const INSIDE: u8 = DEFINITION + 1;

/// Cuts the document at every heading, and what is too long at block ends; joins what is too short.
fn pieces(document: &Document, lines: &Lines<'_>) -> Vec<Piece> {
    let mut pieces = Joined::default();
    let mut open = Piece::default();
    for (block, end) in extents(document, lines) {
        let tokens = lines.tokens(block.line, end);
        let heading_level = match &block.kind {
            BlockKind::Heading(heading) => Some(heading.level),
            _ => None,
        };
        let starts_new = match heading_level {
            Some(_) => open.end > open.first,
            None => open.tokens >= MIN_TOKENS && open.tokens + tokens > TARGET_TOKENS + MIN_TOKENS,
        };
        if starts_new {
            let next = Piece {
                first: block.line,
                end: block.line,
                level: heading_level.unwrap_or(INSIDE),
                ..Piece::default()
            };
            pieces.push(std::mem::replace(&mut open, next));
        } else if let Some(level) = heading_level {
            open.level = level;
        }
        if tokens > MAX_TOKENS && heading_level.is_none() {
            split_block(block, end, lines, &mut open, &mut pieces);
        } else {
            open.end = end;
            open.tokens += tokens;
        }
    }
    open.end = lines.count();
    pieces.push(open);
    pieces.0
}

/// Cuts one block that is too long at line ends, repeating the head of a table and reopening a fence.
fn split_block(
    block: &Block,
    end: usize,
    lines: &Lines<'_>,
    open: &mut Piece,
    pieces: &mut Joined,
) {
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
        _ => (String::new(), String::new(), 1),
    };
    let repeated = count(&before) + count(&after);
    for line in block.line..end {
        let tokens = lines.tokens(line, line + 1);
        let in_head = line < block.line + head;
        // The closing fence stays with the last line of the code, and a row with its head.
        let closing = line + 1 >= end && !after.is_empty();
        if !in_head && !closing && open.tokens > 0 && open.tokens + tokens > TARGET_TOKENS {
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
        }
        open.end = line + 1;
        open.tokens += tokens;
    }
}

/// Pieces of which none is too short that can be joined to another. Each is joined when it comes: a page can have a hundred times
/// as many headings as sections.
#[derive(Default)]
struct Joined(Vec<Piece>);

impl Joined {
    /// Adds `piece`, or joins it: to the piece before it if either is too short, unless that would be the child.
    fn push(&mut self, piece: Piece) {
        let fits = |before: &Piece| {
            let plain = before.after.is_empty() && piece.before.is_empty();
            let child = piece.level >= before.level;
            let short = before.tokens < MIN_TOKENS || piece.tokens < MIN_TOKENS;
            plain && child && short && before.tokens + piece.tokens <= TARGET_TOKENS + MIN_TOKENS
        };
        match self.0.last_mut() {
            Some(before) if fits(before) => {
                before.end = piece.end;
                before.tokens += piece.tokens;
                before.after = piece.after;
            }
            _ => self.0.push(piece),
        }
    }
}

fn rows(
    pieces: &[Piece],
    outline: &[HeadingRow],
    title: &str,
    document: &Document,
    lines: &Lines<'_>,
) -> Vec<SectionRow> {
    let mut parts = std::collections::HashMap::<String, u32>::new();
    let headings: Vec<(&Heading, &HeadingRow)> = document
        .blocks
        .iter()
        .filter_map(|block| match &block.kind {
            BlockKind::Heading(heading) => Some(heading),
            _ => None,
        })
        .zip(outline)
        .collect();
    let mut rows = Vec::with_capacity(pieces.len());
    let mut path: Vec<(u8, String)> = Vec::new();
    let mut entries = headings.iter().peekable();
    let mut anchor = String::new();
    for piece in pieces {
        let bytes = (lines.byte(piece.first), lines.byte(piece.end));
        let mut inside: Vec<&str> = Vec::new();
        let mut defined: Vec<String> = Vec::new();
        let mut own_path: Option<Vec<(u8, String)>> = None;
        let mut own_anchor = None;
        while let Some((heading, entry)) = entries.next_if(|(_, entry)| entry.byte < bytes.1) {
            path.retain(|(level, _)| *level < entry.level);
            path.push((entry.level, entry.title.clone()));
            inside.push(&entry.title);
            defined.extend(symbols(heading));
            anchor.clone_from(&entry.anchor);
            if own_path.is_none() && lines.is_blank(bytes.0, entry.byte) {
                own_path = Some(path.clone());
                own_anchor = Some(entry.anchor.clone());
            } else if own_path.is_none() {
                // Text before the first heading of the page leads the section.
                own_path = Some(
                    path.iter()
                        .filter(|(level, _)| *level < entry.level)
                        .cloned()
                        .collect(),
                );
                own_anchor = Some(String::new());
            }
        }
        let own_path = own_path.unwrap_or_else(|| path.clone());
        let own_anchor = own_anchor.unwrap_or_else(|| anchor.clone());
        let part = parts.entry(own_anchor.clone()).or_default();
        *part += 1;
        // A page that is called by its first heading: that is no parent of the headings beside it.
        let is_above = document.title.is_some() || own_path.is_empty();
        let mut crumbs: Vec<&str> = is_above.then_some(title).into_iter().collect();
        crumbs.extend(own_path.iter().map(|(_, title)| title.as_str()));
        crumbs.dedup();
        let tokens = lines.tokens(piece.first, piece.end);
        rows.push(SectionRow {
            title: crumbs.last().copied().unwrap_or(title).to_owned(),
            breadcrumb: crumbs.join(" › "),
            anchor: own_anchor,
            part: *part,
            headings: inside.join("\n"),
            symbols: defined.join("\n"),
            lines: (
                lines.in_file(lines.shown(piece)),
                lines.in_file(piece.end.saturating_sub(1).max(piece.first)),
            ),
            bytes,
            before: piece.before.clone(),
            after: piece.after.clone(),
            tokens: saturating_u32(tokens + count(&piece.before) + count(&piece.after)),
        });
    }
    rows
}

#[cfg(test)]
mod tests {
    #![expect(
        clippy::format_push_string,
        clippy::format_collect,
        reason = "a test builds its small texts the plain way"
    )]

    use std::path::Path;

    use proptest::prelude::*;

    use super::*;
    use crate::lookup::passage::open_fence;
    use crate::lookup::{format, library};
    use crate::store::Store;

    fn cut_file(path: &str, text: &str) -> (Document, Cut) {
        let document = format::read_text(path, text).unwrap().first;
        let cut = cut(&document, "page");
        (document, cut)
    }

    #[test]
    fn a_section_begins_where_something_is_to_be_read() {
        let (_, cut) = cut_file(
            "p.md",
            "---\ntitle: X\n---\n\n# Bells\n\nRing them at noon.\n",
        );
        let first = cut.sections.first().unwrap();
        assert_eq!(
            (
                first.anchor.as_str(),
                first.lines,
                first.breadcrumb.as_str()
            ),
            ("bells", (5, 7), "X › Bells")
        );
        let (document, cut) = cut_file("p.html", "<pre>\n\n\nring()\n</pre>\n");
        assert_eq!(document.text, "```\nring()\n```\n");
        assert_eq!(cut.sections.first().unwrap().lines.0, 4);
    }

    #[test]
    fn the_first_of_several_headings_is_no_parent_of_the_others() {
        let words = "Words about the harbour and its ropes. ".repeat(20);
        let crumbs = |path: &str, text: &str| -> Vec<String> {
            let (_, cut) = cut_file(path, text);
            let sections = cut.sections.into_iter();
            std::iter::once(cut.title)
                .chain(sections.map(|section| section.breadcrumb))
                .collect()
        };
        let markdown = format!("# One\n\n{words}\n\n## Within\n\n{words}\n\n# Two\n\n{words}\n");
        assert_eq!(
            crumbs("p.md", &markdown),
            ["One", "One", "One › Within", "Two"]
        );
        assert_eq!(
            crumbs("p.md", &format!("---\ntitle: Quokka\n---\n{markdown}")),
            [
                "Quokka",
                "Quokka › One",
                "Quokka › One › Within",
                "Quokka › Two"
            ]
        );
        let rst = format!("One\n===\n\n{words}\n\nTwo\n===\n\n{words}\n");
        assert_eq!(crumbs("p.rst", &rst), ["One", "One", "Two"]);
        let html = format!("<h1>One</h1><p>{words}<h1>Two</h1><p>{words}");
        assert_eq!(crumbs("p.html", &html), ["One", "One", "Two"]);
        assert_eq!(
            crumbs("p.html", &format!("<title>The Quokka | Docs</title>{html}")),
            ["The Quokka", "The Quokka › One", "The Quokka › Two"]
        );
        let one = format!("<title>The Quokka | Docs</title><h1>One</h1><p>{words}<h2>Two</h2>");
        assert_eq!(crumbs("p.html", &one), ["One", "One"]);
    }

    /// The sections of a page as a snapshot shows them.
    fn shown(document: &Document, cut: &Cut) -> String {
        let mut shown = format!("title: {}\n", cut.title);
        for entry in &cut.outline {
            shown += &format!("{} {} #{}\n", entry.level, entry.title, entry.anchor);
        }
        for section in &cut.sections {
            let text = document.text.get(section.bytes.0..section.bytes.1).unwrap();
            shown += &format!(
                "=== #{}~{} lines {}-{} | {} | defines {:?}\n{}{text}{}",
                section.anchor,
                section.part,
                section.lines.0,
                section.lines.1,
                section.breadcrumb,
                section.symbols.lines().collect::<Vec<_>>(),
                section.before,
                section.after
            );
        }
        shown
    }

    /// A page of each format that people read as it is.
    const PAGES: [&str; 6] = [
        "guide.md",
        "components.mdx",
        "site.html",
        "reference.rst",
        "manual.adoc",
        "notes.txt",
    ];

    #[test]
    fn a_page_is_cut_in_the_store_as_it_was_when_it_was_read() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/lookup");
        let store = Store::in_memory().unwrap();
        let source = store.keep_source("s", "").unwrap();
        for name in PAGES {
            let text = std::fs::read_to_string(folder.join(name)).unwrap();
            let page = library::page_of_text(name, &text);
            store
                .keep_pages(source, std::slice::from_ref(&page))
                .unwrap();
            let row = store.pages_at(None, name).unwrap().remove(0);
            let cut = store.cut(row.id).unwrap();
            assert_eq!((cut.outline, cut.sections), (page.outline, page.sections));
        }
    }

    #[test]
    fn every_format_is_cut_as_its_snapshot_says() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/lookup");
        for name in PAGES {
            let text = std::fs::read_to_string(folder.join(name)).unwrap();
            let (document, cut) = cut_file(name, &text);
            insta::with_settings!({snapshot_path => &folder, prepend_module_to_snapshot => false, omit_expression => true}, {
                insta::assert_snapshot!(name, shown(&document, &cut));
            });
        }
    }

    #[test]
    fn a_table_too_long_is_split_by_rows_under_its_head() {
        let rows: String = (0..400)
            .map(|row| format!("| {row} | some words that fill the row |\n"))
            .collect();
        let (document, cut) = cut_file(
            "t.md",
            &format!("# T\n\n| No | Words |\n| --- | --- |\n{rows}"),
        );
        assert!(cut.sections.len() > 3);
        for section in &cut.sections {
            let text = document.text.get(section.bytes.0..section.bytes.1).unwrap();
            assert!(
                format!("{}{text}", section.before).contains("| No | Words |\n| --- | --- |\n"),
                "{text}"
            );
        }
    }

    #[test]
    fn code_too_long_is_cut_at_line_ends_between_fences() {
        let code = "let answer = forty_two(of, everything);\n".repeat(400);
        let (document, cut) = cut_file("c.md", &format!("# C\n\n```rust\n{code}```\n\nAfter.\n"));
        assert!(cut.sections.len() > 3);
        for section in &cut.sections {
            let text = document.text.get(section.bytes.0..section.bytes.1).unwrap();
            let quoted = format!("{}{text}{}", section.before, section.after);
            assert!(
                section.tokens < 1_000 && open_fence(&quoted).is_none(),
                "{quoted}"
            );
        }
    }

    fn fragment() -> impl Strategy<Value = String> {
        let words = "[a-zA-Z_.,()é ]{0,200}";
        prop_oneof![
            words.prop_map(|words| format!("{words}\n\n")),
            (1usize..6, "[a-z `(]{1,20}")
                .prop_map(|(level, title)| format!("{} {title}\n\n", "#".repeat(level))),
            ("[a-z#|\\- ]{0,60}", 0usize..120).prop_map(|(line, times)| format!(
                "```sh\n{}```\n\n",
                format!("{line}\n").repeat(times)
            )),
            (1usize..60)
                .prop_map(|rows| format!("| a | b |\n| - | - |\n{}\n", "| x | y |\n".repeat(rows))),
            (words, 1usize..30)
                .prop_map(|(words, items)| format!("{}\n", format!("- {words}\n").repeat(items))),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn sections_cover_the_page_and_leave_no_fence_open(fragments in prop::collection::vec(fragment(), 0..12)) {
            let (document, cut) = cut_file("p.md", &fragments.concat());
            let mut end = 0;
            for section in &cut.sections {
                prop_assert_eq!(section.bytes.0, end);
                end = section.bytes.1;
                let text = document.text.get(section.bytes.0..section.bytes.1).unwrap();
                let quoted = format!("{}{text}{}", section.before, section.after);
                prop_assert!(open_fence(&quoted).is_none(), "{}", quoted);
            }
            prop_assert_eq!(end, document.text.len());
        }

        #[test]
        fn no_input_panics_in_any_format(text in "[ -~\n=#`<>/|.:*\u{e9}\u{200b}\\-]{0,400}") {
            for path in ["a.md", "a.mdx", "a.html", "a.rst", "a.adoc", "a.txt"] {
                let (document, cut) = cut_file(path, &text);
                prop_assert_eq!(cut.sections.last().map_or(0, |section| section.bytes.1), document.text.len());
            }
        }
    }
}
