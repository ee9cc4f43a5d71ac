//! Rows in their order → a page of headings, paragraphs, items, tables and code.

use std::collections::{HashMap, HashSet};

use super::defined;
use super::heads::{self, Heads};
use super::pages::Bookmark;
use super::row::{Cell, Row};
use crate::lookup::document::{Document, Kind};
use crate::lookup::format::sheet::Sheet;

/// Distance of two lines, of what is usual, from which something else begins.
const APART: f64 = 1.3;
/// How far to the right of the line before a line begins that begins a paragraph, of its size.
const INDENT: f64 = 0.7;
/// Share of letters of one width from which all of a file is: such text is no code.
const MONO_PERCENT: usize = 70;
/// Distance from which a blank line stands between two lines of code, of their size.
const CODE_GAP: f64 = 1.75;
/// Distance of two rows of one table, of what is usual between lines: cells have some room above and below.
const TABLE_GAP: f64 = 2.2;
/// Share of a column at its right that a full line may leave blank, where words are not broken.
const RAGGED: f64 = 0.2;
/// The same beyond which a line before one that begins like a sentence is the last, or an item of its own.
const SHORT: f64 = 0.45;
/// Rows of a table that are looked at together: a page has a hundred.
const TABLE_ROWS_MAX: usize = 400;
/// Cells of the widest table.
const CELLS_MAX: usize = 24;

/// A row, and the page that it is on, from 0.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line<'a> {
    pub(super) row: &'a Row,
    pub(super) page: usize,
}

impl Line<'_> {
    /// Returns the number of its page, as people count.
    fn place(&self) -> u32 {
        u32::try_from(self.page + 1).unwrap_or(u32::MAX)
    }
}

/// What is usual in a file.
#[derive(Debug, Clone, Default)]
pub(super) struct Measure {
    /// Size of most letters, in points.
    pub(super) body_size: f64,
    /// Whether most letters are of one width.
    pub(super) is_mono: bool,
    /// Distance of lines of text, of their size.
    leading: f64,
}

impl Measure {
    pub(super) fn of<'a>(rows: impl Iterator<Item = &'a Row>) -> Self {
        let mut sizes: HashMap<i64, usize> = HashMap::new();
        let (mut all, mut mono) = (0, 0);
        for row in rows {
            for cell in &row.cells {
                all += cell.letters;
                mono += cell.mono;
                #[expect(
                    clippy::cast_possible_truncation,
                    reason = "a cast of floats saturates"
                )]
                let size = (cell.size * 4.0).round() as i64;
                *sizes.entry(size).or_default() += cell.letters - cell.mono;
            }
        }
        let most = sizes
            .into_iter()
            .max_by_key(|(size, letters)| (*letters, *size));
        #[expect(clippy::cast_precision_loss, reason = "sizes are small")]
        let body_size = most.map_or(10.0, |(size, _)| size as f64 / 4.0);
        Self {
            body_size,
            is_mono: mono * 100 >= all * MONO_PERCENT,
            leading: 1.2,
        }
    }

    /// Takes the distance at which most lines follow one another.
    fn with_leading(mut self, lines: &[Line<'_>]) -> Self {
        let mut distances: HashMap<i64, usize> = HashMap::new();
        for (one, next) in lines.iter().zip(lines.iter().skip(1)) {
            let ratio = (one.row.y - next.row.y) / next.row.size().max(1.0);
            if !next.row.is_first
                && (0.8..3.0).contains(&ratio)
                && (next.row.size() - self.body_size).abs() < 0.6
            {
                #[expect(clippy::cast_possible_truncation, reason = "it is between 16 and 60")]
                let bucket = (ratio * 20.0).round() as i64;
                *distances.entry(bucket).or_default() += next.row.letters();
            }
        }
        if let Some((bucket, _)) = distances
            .into_iter()
            .max_by_key(|(bucket, letters)| (*letters, -bucket))
        {
            #[expect(clippy::cast_precision_loss, reason = "it is between 16 and 60")]
            let leading = bucket as f64 / 20.0;
            self.leading = leading;
        }
        self
    }

    /// Returns the distance of line `at` from the one before, 1 being usual; `None` at the top of a column.
    pub(super) fn gap(&self, lines: &[Line<'_>], at: usize) -> Option<f64> {
        let line = lines.get(at)?;
        let before = lines.get(at.checked_sub(1)?)?;
        if line.row.is_first || line.page != before.page {
            return None;
        }
        let size = f64::max(line.row.size(), before.row.size()).max(1.0);
        Some((before.row.y - line.row.y) / (size * self.leading))
    }
}

/// Writes the rows of all pages.
pub(super) fn write(
    sheets: &[Vec<Row>],
    bookmarks: &[Bookmark],
    measure: &Measure,
    title: &str,
) -> Document {
    let lines: Vec<Line<'_>> = sheets
        .iter()
        .enumerate()
        .flat_map(|(page, rows)| rows.iter().map(move |row| Line { row, page }))
        .collect();
    let measure = measure.clone().with_leading(&lines);
    let whole = whole(&lines);
    let heads = heads::find(&lines, bookmarks, sheets.len(), &measure, &whole);
    let mut writer = Writer {
        whole,
        lines: &lines,
        measure,
        heads,
        sheet: Sheet::default(),
        in_list: false,
    };
    writer.all();
    Document {
        kind: None,
        ..writer.sheet.finish(title, Kind::Guide, None)
    }
}

struct Writer<'a> {
    lines: &'a [Line<'a>],
    measure: Measure,
    heads: Heads,
    /// Words that lines break at a hyphen and that stand whole in some line, with their hyphen or without it.
    whole: HashSet<String>,
    sheet: Sheet,
    /// Whether an item of a list was written last.
    in_list: bool,
}

impl Writer<'_> {
    fn all(&mut self) {
        let mut at = 0;
        while let Some(line) = self.lines.get(at) {
            if at > 0
                && self
                    .lines
                    .get(at - 1)
                    .is_some_and(|before| before.page != line.page)
            {
                // What is blank between two pages is of the first: a section that ends there is cited by it alone.
                self.sheet.gap();
                self.in_list = false;
            }
            self.sheet.at(line.place());
            let mut rows = 0;
            for head in self.heads.get(&at).cloned().unwrap_or_default() {
                self.in_list = false;
                self.sheet.heading(head.level, &head.title, "", Vec::new());
                rows = rows.max(head.rows);
            }
            if rows == 0 {
                rows = self
                    .definition(at)
                    .or_else(|| self.code(at))
                    .or_else(|| self.table(at))
                    .unwrap_or_else(|| self.paragraph(at));
            }
            at += rows.max(1);
        }
    }

    /// Tells whether a heading begins at `at`.
    fn is_head(&self, at: usize) -> bool {
        self.heads.contains_key(&at)
    }

    /// Writes the head of a definition that stands at `at`, and returns its rows.
    fn definition(&mut self, at: usize) -> Option<usize> {
        let (head, label) = defined::head(self.lines, at)?;
        let title = head.replace('`', "");
        self.in_list = false;
        self.sheet.definition(&title, label);
        Some(1)
    }

    /// Writes the code that begins at `at`, and returns its rows.
    fn code(&mut self, at: usize) -> Option<usize> {
        let is_code = |line: &Line<'_>| line.row.is_mono() && !self.measure.is_mono;
        let rows = (at..self.lines.len())
            .take_while(|next| {
                (*next == at || !self.is_head(*next)) && self.lines.get(*next).is_some_and(is_code)
            })
            .count();
        if rows == 0 {
            return None;
        }
        let block = self.lines.get(at..at + rows)?;
        let mut code: Vec<String> = Vec::new();
        let mut pages: Vec<u32> = Vec::new();
        for part in block.chunk_by(|one, next| one.page == next.page && !next.row.is_first) {
            let margin = part
                .iter()
                .map(|line| line.row.x())
                .fold(f64::MAX, f64::min);
            for (number, line) in part.iter().enumerate() {
                let above = number.checked_sub(1).and_then(|above| part.get(above));
                let distance = above.map_or(0.0, |above| {
                    (above.row.y - line.row.y) / line.row.size().max(1.0)
                });
                if distance > CODE_GAP {
                    code.push(String::new());
                    pages.push(line.place());
                }
                code.push(line.row.code(margin));
                pages.push(line.place());
            }
        }
        self.in_list = false;
        self.sheet.code_from("", &code.join("\n"), &pages);
        Some(rows)
    }

    /// Writes the table that begins at `at`, and returns its rows.
    fn table(&mut self, at: usize) -> Option<usize> {
        let block = self.table_block(at)?;
        let columns = columns(block);
        if columns.len() < 2 {
            return None;
        }
        let rows = block.len();
        let table = cells(block, &columns);
        self.in_list = false;
        self.sheet.table(&table);
        Some(rows)
    }

    /// Returns the lines of the table that begins at `at`, if two of them have cells beside each other.
    fn table_block(&self, at: usize) -> Option<&[Line<'_>]> {
        let first = self.lines.get(at).filter(|line| is_row(line))?;
        let mut rows = 1;
        while let Some(line) = self.lines.get(at + rows)
            && !self.is_head(at + rows)
            && line.page == first.page
            && rows < TABLE_ROWS_MAX
        {
            let near = self
                .measure
                .gap(self.lines, at + rows)
                .is_some_and(|gap| gap < TABLE_GAP);
            // A cell of several lines goes on below itself, not at the left, and not below the next one.
            let mut starts = first.row.cells.iter().map(|cell| cell.x);
            let next = starts.find(|x| *x > line.row.x() + line.row.size());
            let goes_on = line.row.cells.len() == 1
                && line.row.x() > first.row.x() + line.row.size()
                && next.is_none_or(|next| line.row.end() <= next);
            if !near || !(is_row(line) || goes_on) {
                break;
            }
            rows += 1;
        }
        let block = self.lines.get(at..at + rows)?;
        let is_table = block.iter().filter(|line| is_row(line)).count() >= 2;
        is_table.then_some(block)
    }

    /// Writes the paragraph or the item that begins at `at`, and returns its rows.
    fn paragraph(&mut self, at: usize) -> usize {
        let Some(first) = self.lines.get(at) else {
            return 1;
        };
        let mut text = without_leaders(&first.row.text());
        let mut rows = 1;
        while self.goes_on(at, rows)
            && let Some(line) = self.lines.get(at + rows)
        {
            join(&self.whole, &mut text, &without_leaders(&line.row.text()));
            rows += 1;
        }
        let item = mark(&text);
        if let Some((mark, rest)) = item {
            let is_named = mark.chars().any(char::is_alphanumeric);
            let mark = if is_named { mark } else { "-" };
            if self.in_list {
                self.sheet.prose_indented(&format!("{mark} "), rest);
            } else {
                self.sheet.label(&format!("{mark} {rest}"));
            }
        } else {
            self.sheet.label(&text);
        }
        self.in_list = item.is_some();
        rows
    }

    /// Tells whether the paragraph that begins at `at` and has `rows` rows goes on with the next.
    fn goes_on(&self, at: usize, rows: usize) -> bool {
        let (Some(first), Some(before), Some(next)) = (
            self.lines.get(at),
            self.lines.get(at + rows - 1),
            self.lines.get(at + rows),
        ) else {
            return false;
        };
        let text = next.row.text();
        let is_code =
            next.row.is_mono() && !self.measure.is_mono && !self.is_last_of_text(at + rows);
        let is_cells = next.row.cells.len() > 1 && before.row.cells.len() > 1;
        if self.is_head(at + rows) || is_code || is_cells || mark(&text).is_some() {
            return false;
        }
        let (one, other) = (before.row, next.row);
        let size = other.size().max(1.0);
        if (one.size() - size).abs() > size * 0.1 {
            return false;
        }
        let ends = ends_sentence(&one.text());
        let Some(gap) = self.measure.gap(self.lines, at + rows) else {
            // At the top of the next column or page.
            return !ends
                && text.starts_with(|letter: char| {
                    letter.is_lowercase() || letter.is_ascii_digit() || letter == '('
                });
        };
        if !(0.0..APART).contains(&gap) {
            return false;
        }
        let (left, right) = other.column;
        let is_short = one.end() < right - (right - left) * RAGGED;
        let is_alone =
            one.end() < right - (right - left) * SHORT && !text.starts_with(char::is_lowercase);
        let is_item = mark(&first.row.text()).is_some();
        let further = (other.x() - one.x()) / size;
        let new_indent = further > INDENT && !(is_item && rows == 1) && !(rows == 1 && is_short);
        let dedent = further < -INDENT && (rows > 1 || is_item);
        let restyled = one.is_bold() != other.is_bold() && is_short;
        !(new_indent || dedent || restyled || is_alone || (is_short && ends))
    }

    /// Tells whether the row at `at`, all of it in typewriter letters, is the end of the sentence above and no code.
    fn is_last_of_text(&self, at: usize) -> bool {
        let near = |at: usize| {
            let gap = self.measure.gap(self.lines, at);
            gap.is_some_and(|gap| (0.0..APART).contains(&gap))
        };
        let (Some(before), Some(line)) = (
            at.checked_sub(1).and_then(|at| self.lines.get(at)),
            self.lines.get(at),
        ) else {
            return false;
        };
        let (left, right) = before.row.column;
        let is_full = before.row.end() >= right - (right - left) * RAGGED;
        let is_below = (line.row.x() - before.row.x()).abs() < line.row.size() * 0.2;
        let next = self.lines.get(at + 1);
        let more = next.is_some_and(|next| next.row.is_mono()) && near(at + 1);
        near(at)
            && is_full
            && is_below
            && !more
            && !before.row.is_mono()
            && !ends_sentence(&before.row.text())
    }
}

/// Tells whether a line has cells beside each other, the first of which is no mark of an item.
fn is_row(line: &Line<'_>) -> bool {
    let cells = &line.row.cells;
    let first = mark(cells.first().map_or("", |cell| &cell.text));
    (2..=CELLS_MAX).contains(&cells.len()) && first.is_none_or(|(_, rest)| !rest.is_empty())
}

/// Returns the rows of a table of these `columns`.
fn cells(block: &[Line<'_>], columns: &[(f64, f64)]) -> Vec<Vec<String>> {
    let mut table: Vec<Vec<String>> = Vec::new();
    for line in block {
        let mut cells = vec![String::new(); columns.len()];
        for cell in &line.row.cells {
            let column = columns.iter().position(|(_, end)| cell.x <= *end);
            if let Some(slot) = cells.get_mut(column.unwrap_or(columns.len() - 1)) {
                add(slot, &without_leaders(&cell.text));
            }
        }
        // What has nothing in its first cell belongs to the row above.
        let goes_on = cells.first().is_some_and(String::is_empty);
        match table.last_mut().filter(|_| goes_on) {
            Some(above) => {
                for (above, more) in above.iter_mut().zip(&cells) {
                    add(above, more);
                }
            }
            None => table.push(cells),
        }
    }
    table
}

/// Adds words to those of a cell.
fn add(cell: &mut String, words: &str) {
    if !cell.is_empty() && !words.is_empty() {
        cell.push(' ');
    }
    cell.push_str(words);
}

/// Returns where each column of a table begins and ends: cells that lie above one another are of one column.
fn columns(block: &[Line<'_>]) -> Vec<(f64, f64)> {
    let full: Vec<&Cell> = block
        .iter()
        .filter(|line| line.row.cells.len() > 1)
        .flat_map(|line| &line.row.cells)
        .collect();
    let mut spans: Vec<(f64, f64)> = full.iter().map(|cell| (cell.x, cell.end)).collect();
    spans.sort_by(|one, other| one.0.total_cmp(&other.0));
    let mut columns: Vec<(f64, f64)> = Vec::new();
    for (x, end) in spans {
        match columns.last_mut() {
            Some((_, last)) if x <= *last => *last = last.max(end),
            _ => columns.push((x, end)),
        }
    }
    columns
}

/// Returns the mark that an item of a list begins with, and what follows.
pub(super) fn mark(text: &str) -> Option<(&str, &str)> {
    let (first, rest) = text.split_once(' ').unwrap_or((text, ""));
    let is_bullet = matches!(
        first,
        "•" | "◦"
            | "▪"
            | "▫"
            | "‣"
            | "●"
            | "○"
            | "■"
            | "□"
            | "–"
            | "—"
            | "*"
            | "·"
            | "∙"
            | "➢"
            | "✓"
            | "-"
    );
    let inner = first
        .strip_prefix('(')
        .unwrap_or(first)
        .strip_suffix(')')
        .or_else(|| first.strip_suffix('.'));
    let is_number = inner.is_some_and(|inner| {
        let digits = inner.len() <= 2 && inner.bytes().all(|byte| byte.is_ascii_digit());
        let letter = inner.len() == 1 && inner.bytes().all(|byte| byte.is_ascii_lowercase());
        !inner.is_empty() && (digits || letter)
    });
    (is_bullet || is_number && !rest.is_empty()).then_some((first, rest.trim_start()))
}

fn ends_sentence(text: &str) -> bool {
    text.trim_end_matches(['"', '\'', '”', '’', ')', ']'])
        .ends_with(['.', '!', '?', ':', ';'])
}

/// Returns `text` with a row of dots, as in tables of contents, as one mark.
fn without_leaders(text: &str) -> String {
    const DOTS_MIN: usize = 4;
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(found) = rest.find(['.', '…', '·']) {
        let (before, dots) = rest.split_at(found);
        let length = dots
            .find(|letter: char| !matches!(letter, '.' | ' ' | '…' | '·'))
            .unwrap_or(dots.len());
        let (run, after) = dots.split_at(length);
        plain.push_str(before);
        if run.chars().filter(|letter| *letter != ' ').count() >= DOTS_MIN {
            plain.truncate(plain.trim_end().len());
            plain.push_str(" … ");
        } else {
            plain.push_str(run);
        }
        rest = after;
    }
    plain.push_str(rest);
    plain
}

/// Adds a line to a paragraph or a title; a word that was broken at its end is whole again. `whole` are the words that lines break
/// and that stand whole in some line.
pub(super) fn join(whole: &HashSet<String>, text: &mut String, line: &str) {
    let Some((begun, ended)) = broken(text, line) else {
        if !text.ends_with(['-', '/']) || text.ends_with(" -") {
            text.push(' ');
        }
        text.push_str(line);
        return;
    };
    // How the file writes it elsewhere decides; else a word that goes on in small letters had no hyphen.
    let has_hyphen = whole.contains(&bare(&format!("{begun}-{ended}")));
    let is_one =
        ended.starts_with(char::is_lowercase) || whole.contains(&bare(&format!("{begun}{ended}")));
    if is_one && !has_hyphen {
        text.pop();
    }
    text.push_str(line);
}

/// Returns the two parts of the word that is broken where `text` ends and `line` begins.
pub(super) fn broken<'a>(text: &'a str, line: &'a str) -> Option<(&'a str, &'a str)> {
    let before = text.strip_suffix('-')?;
    let begun = before.rsplit(' ').next().unwrap_or_default();
    let ended = line.split(' ').next().unwrap_or_default();
    (begun.ends_with(char::is_alphabetic) && ended.starts_with(char::is_alphanumeric))
        .then_some((begun, ended))
}

/// Returns what stands in some line of the words that lines may break at a hyphen, with it or without.
fn whole(lines: &[Line<'_>]) -> HashSet<String> {
    let texts: Vec<String> = lines.iter().map(|line| line.row.text()).collect();
    let pairs = texts.iter().zip(texts.iter().skip(1));
    let sought: HashSet<String> = pairs
        .filter_map(|(text, line)| broken(text, line))
        .flat_map(|(begun, ended)| {
            [
                bare(&format!("{begun}-{ended}")),
                bare(&format!("{begun}{ended}")),
            ]
        })
        .collect();
    let words = texts.iter().flat_map(|text| text.split(' ')).map(bare);
    words.filter(|word| sought.contains(word)).collect()
}

fn bare(word: &str) -> String {
    word.trim_matches(|letter: char| !letter.is_alphanumeric())
        .to_lowercase()
}
