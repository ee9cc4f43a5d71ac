//! Cuts a document into sections: along headings, near [`TARGET_TOKENS`], never inside a fence or a table row.

mod long;

use std::collections::HashMap;

use self::long::split_block;
use super::bare::{container, says_nothing};
use super::counted::Counted;
use super::document::{Block, BlockKind, DEFINITION, Document, Heading, slug, symbols};
use super::passage::count;
use crate::store::cuts::Cut;
use crate::store::documents::SectionRow;
use crate::store::outline::HeadingRow;

/// Tokens that a section aims at: one thought, and six of them in a default answer.
const TARGET_TOKENS: usize = 450;
/// Tokens that a block may have before it is cut itself: code and tables are worth keeping whole.
const MAX_TOKENS: usize = 900;
/// Tokens below which a section joins its neighbour: a heading alone answers nothing.
const MIN_TOKENS: usize = 60;

/// Words of a label above what it is the label of.
const LABEL_WORDS_MAX: usize = 2;

/// Returns the title of `document`, in the last resort `name`, and how it is cut: the bytes of its sections cover the text. One that
/// says nothing, as a file of front matter alone, has none: there would be nothing to quote.
pub(super) fn cut(document: &Document, name: &str) -> (String, Cut) {
    let lines = Lines::of(document);
    let outline = outline(document, &lines);
    let title = document
        .title
        .clone()
        .or_else(|| leading(document, &outline).map(|entry| entry.title.clone()))
        .filter(|title| !title.trim().is_empty())
        .unwrap_or_else(|| name.to_owned());
    let pieces = match document.text.trim() {
        "" => Vec::new(),
        _ => pieces(document, &lines),
    };
    let sections = rows(&pieces, &outline, &title, document, &lines);
    (title, Cut { outline, sections })
}

/// Returns the heading that a page is called by: the first, unless it is below that of a page, as one of several or of which something
/// stands above it.
fn leading<'o>(document: &Document, outline: &'o [HeadingRow]) -> Option<&'o HeadingRow> {
    let (first, others) = outline.split_first()?;
    let begins = || {
        let block = document.blocks.first();
        block.is_some_and(|block| matches!(block.kind, BlockKind::Heading(_)))
    };
    let is_alone = || others.iter().all(|other| other.level != first.level);
    (first.level == 1 || is_alone() && begins()).then_some(first)
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

/// Returns the headings of a document, each with an anchor that no other has.
fn outline(document: &Document, lines: &Lines<'_>) -> Vec<HeadingRow> {
    let mut entries: Vec<HeadingRow> = Vec::new();
    let mut taken = HashMap::<String, usize>::new();
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
    // The block before, if it announces this one, with its tokens.
    let mut lead: Option<(usize, usize)> = None;
    // Level of the last heading where the open piece has nothing but headings, each below the one before.
    let mut heads: Option<u8> = None;
    for (block, end) in extents(document, lines) {
        let tokens = lines.tokens(block.line, end);
        let heading_level = match &block.kind {
            BlockKind::Heading(heading) => Some(heading.level),
            _ => None,
        };
        let starts_new = match heading_level {
            // A heading above others is shown with what it is above.
            Some(level) => open.end > open.first && heads.is_none_or(|above| level <= above),
            None => open.tokens >= MIN_TOKENS && open.tokens + tokens > TARGET_TOKENS + MIN_TOKENS,
        };
        if starts_new {
            let lead = lead.filter(|(line, _)| heading_level.is_none() && *line > open.first);
            let (first, of_lead) = lead.unwrap_or((block.line, 0));
            open.end = first;
            open.tokens = open.tokens.saturating_sub(of_lead);
            let next = Piece {
                first,
                end: block.line,
                tokens: of_lead,
                level: heading_level.unwrap_or(INSIDE),
                ..Piece::default()
            };
            pieces.push(std::mem::replace(&mut open, next));
        } else if let Some(level) = heading_level.filter(|_| heads.is_none()) {
            open.level = level;
        }
        let says_nothing = is_only_heading(block, lines.text(block.line, end));
        heads = heading_level.or(heads).filter(|_| says_nothing);
        if tokens > MAX_TOKENS && heading_level.is_none() {
            split_block(block, end, lines, &mut open, &mut pieces);
        } else {
            open.end = end;
            open.tokens += tokens;
        }
        let announces = block.kind == BlockKind::Prose && announces(lines.text(block.line, end));
        lead = announces.then_some((block.line, tokens));
    }
    open.end = lines.count();
    pieces.push(open);
    pieces.0
}

/// Tells whether a paragraph says nothing without what follows it: `Like so:`, a label as `Warning`, `::: tip Of ropes`.
fn announces(paragraph: &str) -> bool {
    let paragraph = paragraph.trim();
    let is_label = || {
        paragraph.split_whitespace().count() <= LABEL_WORDS_MAX
            && paragraph.ends_with(char::is_alphanumeric)
    };
    let last = paragraph.lines().next_back().unwrap_or_default();
    let opens_container = container(last).is_some_and(|called| !called.is_empty());
    paragraph.ends_with(':') || is_label() || opens_container
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

/// Makes the rows of `pieces`, with the titles and anchors that lead to each.
fn rows(
    pieces: &[Piece],
    outline: &[HeadingRow],
    title: &str,
    document: &Document,
    lines: &Lines<'_>,
) -> Vec<SectionRow> {
    let mut parts = HashMap::<String, u32>::new();
    let mut entries = entered(document, outline, lines).peekable();
    let mut above = Above::default();
    let mut rows = Vec::with_capacity(pieces.len());
    // A page that is called by its first heading: that is no parent of the headings beside it.
    let is_called_apart = document.title.is_some() || leading(document, outline).is_none();
    for piece in pieces {
        let bytes = (lines.byte(piece.first), lines.byte(piece.end));
        let mut within = Vec::new();
        while let Some(next) = entries.next_if(|next| next.entry.byte < bytes.1) {
            within.push(next);
        }
        let own = match within.first() {
            None => above.clone(),
            // Text before the first heading of the page leads the section.
            Some(first) if !lines.is_blank(bytes.0, first.entry.byte) => above.leaving(first.entry),
            Some(_) => {
                let over = over_all(&within);
                let mut own = above.clone();
                for over in within.iter().take(over) {
                    own.enter(over.entry);
                }
                own
            }
        };
        let inside: Vec<&str> = within
            .iter()
            .map(|within| within.entry.title.as_str())
            .collect();
        let defined: Vec<String> = within
            .iter()
            .flat_map(|within| symbols(within.heading))
            .collect();
        for within in &within {
            above.enter(within.entry);
        }
        let part = parts.entry(own.anchor.to_owned()).or_default();
        *part += 1;
        let is_above = is_called_apart || own.titles.is_empty();
        let titles = own.titles.iter().map(|(_, title)| *title);
        let (own_title, breadcrumb) = crumbs(is_above.then_some(title).into_iter().chain(titles));
        let tokens = lines.tokens(piece.first, piece.end);
        rows.push(SectionRow {
            title: own_title,
            breadcrumb,
            anchor: own.anchor.to_owned(),
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

/// A heading that a section has in it.
struct Entered<'a> {
    heading: &'a Heading,
    entry: &'a HeadingRow,
    /// Whether nothing is said before the next heading.
    is_empty: bool,
}

/// Returns the headings of a document.
fn entered<'a>(
    document: &'a Document,
    outline: &'a [HeadingRow],
    lines: &Lines<'_>,
) -> impl Iterator<Item = Entered<'a>> {
    let mut found: Vec<(&Heading, bool)> = Vec::new();
    for (block, end) in extents(document, lines) {
        let says_nothing = is_only_heading(block, lines.text(block.line, end));
        match (&block.kind, found.last_mut()) {
            (BlockKind::Heading(heading), _) => found.push((heading, says_nothing)),
            (_, Some((_, is_empty))) => *is_empty &= says_nothing,
            (_, None) => {}
        }
    }
    let found = found.into_iter().zip(outline);
    found.map(|((heading, is_empty), entry)| Entered {
        heading,
        entry,
        is_empty,
    })
}

/// Tells whether nothing is said in a block with this `text`, unless it is a heading by that.
fn is_only_heading(block: &Block, text: &str) -> bool {
    match block.kind {
        BlockKind::Heading(_) => is_one_line(text),
        BlockKind::Prose => says_nothing(text),
        _ => false,
    }
}

/// Tells whether one line of `text`, a heading, says something at most: there may be another above or below it, without a letter.
pub(super) fn is_one_line(text: &str) -> bool {
    let said = text
        .lines()
        .filter(|line| line.contains(char::is_alphanumeric) && !says_nothing(line));
    said.count() <= 1
}

/// Returns how many of the headings that a section begins with all of it stands under: below one under which nothing is said but
/// what is below the next, that one is nearer to the text.
fn over_all(within: &[Entered<'_>]) -> usize {
    let is_over_rest = |pair: &[Entered<'_>], rest: &[Entered<'_>]| match pair {
        [one, next] => {
            let mut levels = rest.iter().map(|below| below.entry.level);
            one.is_empty
                && one.entry.level < next.entry.level
                && levels.all(|level| level > next.entry.level)
        }
        _ => false,
    };
    let pairs = within.windows(2).enumerate();
    let down =
        pairs.take_while(|(at, pair)| is_over_rest(pair, within.get(at + 2..).unwrap_or_default()));
    1 + down.count()
}

/// The headings that something stands under, and the anchor by which it is reached.
#[derive(Debug, Clone, Default)]
struct Above<'a> {
    /// From the highest down, each with its level.
    titles: Vec<(u8, &'a str)>,
    anchor: &'a str,
}

impl<'a> Above<'a> {
    /// Goes on below `entry`.
    fn enter(&mut self, entry: &'a HeadingRow) {
        *self = Self {
            anchor: &entry.anchor,
            ..self.leaving(entry)
        };
        self.titles.push((entry.level, &entry.title));
    }

    /// What stands before `entry`, without a heading of its own: under those that are above it.
    fn leaving(&self, entry: &HeadingRow) -> Self {
        let titles = self.titles.iter().copied();
        Self {
            titles: titles.filter(|(level, _)| *level < entry.level).collect(),
            anchor: "",
        }
    }
}

/// Returns the last of the titles by which something is reached, from the page's down, and all of them.
pub(super) fn crumbs<'t>(titles: impl Iterator<Item = &'t str>) -> (String, String) {
    let mut crumbs: Vec<&str> = titles.collect();
    crumbs.dedup();
    let last = crumbs.last().copied().unwrap_or_default();
    (last.to_owned(), crumbs.join(" › "))
}

/// Returns the titles of the headings above the one numbered `at` of `outline`, from the top down, and its own.
pub(super) fn path_to(outline: &[HeadingRow], at: usize) -> Vec<&str> {
    let mut level = u8::MAX;
    let mut path: Vec<&str> = Vec::new();
    for entry in outline.iter().take(at + 1).rev() {
        if entry.level < level {
            level = entry.level;
            path.push(&entry.title);
        }
    }
    path.reverse();
    path
}

#[cfg(test)]
mod tests;
