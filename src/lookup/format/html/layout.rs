//! Which tables of an HTML page lay out blocks: those are read as blocks, and only the others become tables.
//!
//! Old pages put their menu and their text into the cells of one table, some programs a note or a listing. What such cells
//! hold, headings, code and anchors, has no place in a row. Whether a table is one of these is known at its end: the page is
//! then read again with what was found.

use std::collections::HashSet;

use super::drop;
use super::element::{is_block, is_heading};

/// Rows of the longest table that is only there to put a sign beside an admonition.
const ADMONITION_ROWS_MAX: usize = 2;
/// Rows and cells from which a table within another one says something by its columns.
const DATA_MIN: usize = 2;
/// Links from which a cell of nothing else leads to other pages.
const MENU_LINKS_MIN: usize = 2;
/// Rows of several cells of a table that puts menus beside text: what stands above it, and both.
const MENU_ROWS_MAX: usize = 2;

/// Tables and cells, numbered as they come in the file.
#[derive(Debug, Default, Clone)]
pub(super) struct Found {
    /// Tables that lay out blocks.
    tables: HashSet<usize>,
    /// Cells of those that lead to other pages.
    menus: HashSet<usize>,
}

impl Found {
    /// Takes in what another reading found, and tells whether there was anything new.
    pub(super) fn extend(&mut self, found: Self) -> bool {
        let before = self.tables.len();
        self.tables.extend(found.tables);
        self.menus.extend(found.menus);
        self.tables.len() > before
    }
}

/// The tables that are open, and what is known of those of the page.
#[derive(Debug, Default)]
pub(super) struct Layout {
    known: Found,
    found: Found,
    open: Vec<Table>,
    /// Tables and cells that have begun, of those that are left out as well.
    tables: usize,
    cells: usize,
}

/// What is counted of a table.
#[derive(Debug, Default)]
struct Table {
    number: usize,
    in_admonition: bool,
    way: Way,
    /// Whether a column holds the numbers of lines.
    is_listing: bool,
    /// Rows that say something, and those of which several cells do.
    rows: usize,
    wide_rows: usize,
    /// Rows of several cells that are no heads.
    data_rows: usize,
    /// Rows of which a cell holds several blocks.
    block_rows: usize,
    row: Row,
    /// Letters of all cells but those that lead to other pages, and of those that hold several blocks.
    letters: usize,
    in_blocks: usize,
    menus: Vec<usize>,
    /// Letters, and those of links, of what stands in the cells.
    said: Said,
    /// Cells that hold what a row cannot, and those of which that is a heading above text.
    heavy: usize,
    headed: usize,
    cell: Option<Cell>,
}

/// How a table is read, by what is known of it.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Way {
    #[default]
    Rows,
    Blocks,
    /// Not at all: it stands in a cell that leads to other pages.
    Not,
}

/// The cells of a row that say something.
#[derive(Debug, Default)]
struct Row {
    cells: usize,
    has_data: bool,
    has_blocks: bool,
}

#[derive(Debug, Default)]
struct Cell {
    number: usize,
    is_head: bool,
    said: Said,
    links: usize,
    /// Blocks, and how many stretches of their text are more than a number.
    blocks: usize,
    worded: usize,
    headings: usize,
    /// Lines of code behind the first, and tables: what a row cannot hold.
    heavy: usize,
    in_link: bool,
    in_block: bool,
    pre: Pre,
}

/// Letters, and those of them that lead to somewhere.
#[derive(Debug, Default, Clone, Copy)]
struct Said {
    letters: usize,
    linked: usize,
}

/// Code in a cell, by how much of it was read.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Pre {
    #[default]
    Outside,
    Before,
    FirstLine,
    /// Past an end of line, behind which there may be nothing.
    LineEnded,
}

impl Layout {
    pub(super) fn new(known: Found) -> Self {
        Self {
            known,
            ..Self::default()
        }
    }

    /// Counts an element that begins, which may be one that is left out.
    pub(super) fn count(&mut self, name: &str) {
        match name {
            "table" => self.tables += 1,
            "td" | "th" => self.cells += 1,
            _ => {}
        }
    }

    /// Tells whether the innermost table lays out blocks.
    pub(super) fn is_laid_out(&self) -> bool {
        self.open
            .last()
            .is_some_and(|table| table.way == Way::Blocks)
    }

    /// Tells whether what is read now leads to other pages.
    pub(super) fn is_menu(&self) -> bool {
        self.open.last().is_some_and(|table| {
            let cell = table.cell.as_ref();
            table.way == Way::Not
                || cell.is_some_and(|cell| self.known.menus.contains(&cell.number))
        })
    }

    pub(super) fn start(&mut self, name: &str, in_admonition: bool) {
        if name == "table" {
            let way = if self.is_menu() {
                Way::Not
            } else if self.known.tables.contains(&self.tables) {
                Way::Blocks
            } else {
                Way::Rows
            };
            self.open.push(Table {
                number: self.tables,
                in_admonition,
                way,
                ..Table::default()
            });
            return;
        }
        let Some(table) = self.open.last_mut() else {
            return;
        };
        match name {
            "tr" => table.end_row(),
            "td" | "th" => {
                table.end_cell();
                table.cell = Some(Cell {
                    number: self.cells,
                    is_head: name == "th",
                    ..Cell::default()
                });
            }
            _ => {
                if let Some(cell) = &mut table.cell {
                    cell.start(name);
                }
            }
        }
    }

    pub(super) fn text(&mut self, text: &str) {
        if let Some(cell) = self.open.last_mut().and_then(|table| table.cell.as_mut()) {
            cell.text(text);
        }
    }

    /// Ends an element; `is_listing` says of a table that it was found to be code.
    pub(super) fn end(&mut self, name: &str, is_listing: bool) {
        let Some(table) = self.open.last_mut() else {
            return;
        };
        match name {
            "table" => self.end_table(is_listing),
            "tr" => table.end_row(),
            "td" | "th" => table.end_cell(),
            _ => {
                if let Some(cell) = &mut table.cell {
                    cell.end(name);
                }
            }
        }
    }

    fn end_table(&mut self, is_listing: bool) {
        let Some(mut table) = self.open.pop() else {
            return;
        };
        table.end_row();
        table.is_listing |= is_listing;
        let is_layout = table.is_layout();
        let is_heavy = is_layout && table.block_rows > 0 || table.wide_rows >= DATA_MIN;
        if is_layout {
            self.found.tables.insert(table.number);
            if table.headed > 0 && table.wide_rows <= MENU_ROWS_MAX {
                self.found.menus.extend(table.menus);
            }
        }
        let around = self.open.last_mut().and_then(|table| table.cell.as_mut());
        if let Some(cell) = around.filter(|_| table.rows > 0) {
            cell.add(table.said, is_heavy);
        }
    }

    /// Ends what is open and returns what was found.
    pub(super) fn finish(mut self) -> Found {
        while !self.open.is_empty() {
            self.end_table(false);
        }
        self.found
    }
}

impl Table {
    fn end_row(&mut self) {
        self.end_cell();
        let row = std::mem::take(&mut self.row);
        let is_wide = row.cells >= DATA_MIN;
        self.rows += usize::from(row.cells > 0);
        self.wide_rows += usize::from(is_wide);
        self.data_rows += usize::from(is_wide && row.has_data);
        self.block_rows += usize::from(row.has_blocks);
    }

    fn end_cell(&mut self) {
        let Some(cell) = self.cell.take() else {
            return;
        };
        if cell.blocks == 0 {
            return;
        }
        self.said.letters += cell.said.letters;
        self.said.linked += cell.said.linked;
        let is_heavy = cell.is_heavy();
        self.row.cells += 1;
        self.row.has_data |= !cell.is_head;
        self.is_listing |= cell.is_gutter();
        self.heavy += usize::from(is_heavy);
        self.headed += usize::from(cell.is_headed());
        if cell.leads_away() {
            self.menus.push(cell.number);
            return;
        }
        self.letters += cell.said.letters;
        if is_heavy || cell.blocks > 1 {
            self.row.has_blocks = true;
            self.in_blocks += cell.said.letters;
        }
    }

    /// Tells whether the table is there for its blocks: one row of them, a note, or several of which most are blocks.
    fn is_layout(&self) -> bool {
        !self.is_listing
            && match self.rows {
                0 => false,
                rows if self.in_admonition
                    && rows <= ADMONITION_ROWS_MAX
                    && self.wide_rows < DATA_MIN =>
                {
                    true
                }
                1 => self.block_rows > 0 || self.wide_rows == 0,
                _ => {
                    // Heads say what the cells below them are.
                    let is_data = self.wide_rows > self.data_rows && self.data_rows >= DATA_MIN;
                    !is_data
                        && self.heavy > 0
                        && self.in_blocks * 2 >= self.letters
                        && (self.headed > 0 || self.block_rows * 2 > self.data_rows)
                }
            }
    }
}

impl Cell {
    fn start(&mut self, name: &str) {
        match name {
            "a" => {
                self.in_link = true;
                self.links += 1;
            }
            "br" => self.end_line(),
            "pre" => self.pre = Pre::Before,
            name if is_heading(name) => self.headings += 1,
            _ => {}
        }
        self.in_block &= !ends_block(name);
    }

    fn end(&mut self, name: &str) {
        match name {
            "a" => self.in_link = false,
            "pre" => self.pre = Pre::Outside,
            _ => {}
        }
        self.in_block &= !ends_block(name);
    }

    fn text(&mut self, text: &str) {
        let words = text.trim();
        if self.pre != Pre::Outside {
            self.code(text);
        }
        if words.is_empty() {
            return;
        }
        let is_number = |letter: char| letter.is_ascii_digit() || letter.is_whitespace();
        self.worded += usize::from(!words.chars().all(is_number));
        self.blocks += usize::from(!std::mem::replace(&mut self.in_block, true));
        let letters = drop::letters(words);
        self.said.letters += letters;
        self.said.linked += if self.in_link { letters } else { 0 };
    }

    fn code(&mut self, text: &str) {
        for (number, line) in text.split('\n').enumerate() {
            if number > 0 {
                self.end_line();
            }
            match self.pre {
                _ if line.trim().is_empty() => {}
                Pre::LineEnded => self.heavy += 1,
                _ => self.pre = Pre::FirstLine,
            }
        }
    }

    fn end_line(&mut self) {
        if self.pre == Pre::FirstLine {
            self.pre = Pre::LineEnded;
        }
    }

    /// Takes in a table that stands in the cell.
    fn add(&mut self, said: Said, is_heavy: bool) {
        self.said.letters += said.letters;
        self.said.linked += said.linked;
        self.heavy += usize::from(is_heavy);
        self.blocks += 1;
        self.worded += 1;
        self.in_block = false;
    }

    /// Tells whether the cell holds what a row cannot.
    fn is_heavy(&self) -> bool {
        self.heavy > 0 || self.is_headed()
    }

    fn is_headed(&self) -> bool {
        self.headings > 0 && self.blocks > self.headings
    }

    fn is_gutter(&self) -> bool {
        self.blocks > 0 && self.worded == 0
    }

    /// Tells whether the cell is there for its links.
    fn leads_away(&self) -> bool {
        let words = self.said.letters - self.said.linked;
        self.links >= MENU_LINKS_MIN
            && self.headings == 0
            && !self.is_heavy()
            && words < self.said.linked
    }
}

fn ends_block(name: &str) -> bool {
    is_block(name) || is_heading(name) || matches!(name, "li" | "dt" | "pre")
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use crate::lookup::document::headings;

    #[test]
    fn a_layout_table_of_an_old_page_is_its_blocks_without_the_menu() {
        let page = "<body><table border=0><tr><td>Chapters:<br><a href=a.html>1: Introduction</a><br><a href=b.html>2: Example</a>\
            <td><a name=Plots></a><h1>6: Contour plots</h1><p>Gridded data.</p><a name=Pre></a><h2>6.1: Data</h2>\
            <p>The code:</p><pre>\nopen data.dat\n  read grid\n</pre></td></tr></table>";
        let read = parse(page);
        assert_eq!(
            read.text,
            "# 6: Contour plots\n\nGridded data.\n\n## 6.1: Data\n\nThe code:\n\n```\nopen data.dat\n  read grid\n```\n"
        );
        let anchors = headings(&read.blocks).filter_map(|heading| heading.anchor.as_deref());
        assert_eq!(anchors.collect::<Vec<_>>(), ["Plots", "Pre"]);
    }

    #[test]
    fn an_admonition_that_a_table_draws_is_its_blocks() {
        let page = "<p>Before.</p><div class='admonitionblock tip'><table><tr><td class=icon><div class=title>Tip</div></td>\
            <td class=content><div class=paragraph><p>Run this:</p></div><pre><code class=language-sh>cd /tmp\nmake   all</code></pre>\
            <div class=ulist><ul><li><p>one</p></li><li><p>two</p></li></ul></div></td></tr></table></div><p>After.</p>";
        assert_eq!(
            parse(page).text,
            "Before.\n\nTip\n\nRun this:\n\n```sh\ncd /tmp\nmake   all\n```\n\n- one\n- two\n\nAfter.\n"
        );
        let docbook = "<div class=note><table summary=Note><tr><td rowspan=2><img src=note.png></td><th>Note</th></tr>\
            <tr><td><p>A rope.</p></td></tr></table></div>";
        assert_eq!(parse(docbook).text, "Note\n\nA rope.\n");
    }

    #[test]
    fn a_box_of_one_cell_is_what_it_holds() {
        let page = "<table class=cartouche border=1><tr><td><div class=example><pre>Price    Floor\n52.00    111.0</pre></div></td></tr></table>";
        assert_eq!(
            parse(page).text,
            "```\nPrice    Floor\n52.00    111.0\n```\n"
        );
        assert_eq!(
            parse("<table><tr><td>Words.</td></tr></table>").text,
            "Words.\n"
        );
    }

    #[test]
    fn rows_that_are_mostly_code_and_tables_are_blocks() {
        let page = "<table><tr><th>SYNOPSIS</th><td><pre>\n#include &lt;api.h&gt;\nint haul(void);\n</pre>Hauls.</td></tr>\
            <tr><th>ARGUMENTS</th><td><table><tr><th>Argument</th><th>Meaning</th></tr><tr><td>none</td><td>Nothing.</td></tr></table>\
            </td></tr></table><p>End.</p>";
        assert_eq!(
            parse(page).text,
            "SYNOPSIS\n\n```\n#include <api.h>\nint haul(void);\n```\n\nHauls.\n\nARGUMENTS\n\n\
             | Argument | Meaning |\n| --- | --- |\n| none | Nothing. |\n\nEnd.\n"
        );
    }

    #[test]
    fn one_row_of_code_below_its_head_is_blocks() {
        let page = "<table><tr><th>Argument</th><th>Meaning</th></tr><tr><td>rope</td><td>Has these members:\
            <pre>struct rope {\n  int length;\n};</pre></td></tr></table>";
        assert_eq!(
            parse(page).text,
            "Argument\n\nMeaning\n\nrope\n\nHas these members:\n\n```\nstruct rope {\n  int length;\n};\n```\n"
        );
    }

    #[test]
    fn tables_of_data_stay_tables_whatever_a_cell_holds() {
        let head = "<tr><th>Name</th><th>Meaning</th></tr>";
        for (cells, row) in [
            (
                "<td>rope</td><td><p>Made of hemp.</p><p>Or of wire.</p></td>",
                "| rope | Made of hemp. Or of wire. |",
            ),
            (
                "<td>rope</td><td>Made of:<ul><li>hemp</li><li>wire</li></ul></td>",
                "| rope | Made of: hemp wire |",
            ),
            (
                "<td><pre>haul()</pre></td><td><h4>Hauls</h4></td>",
                "| haul() | Hauls |",
            ),
            (
                "<td>rope</td><td><a href=a>one</a> <a href=b>two</a></td>",
                "| rope | one two |",
            ),
            (
                "<td>rope</td><td>Like this: <pre>a\nb</pre></td></tr><tr><td>wire</td><td>Words of a long description.</td>",
                "| rope | Like this:<br>a<br>b |",
            ),
            (
                "<td><pre>let haul rope =\n  rope + 1</pre></td><td><pre>let haul rope =\n  rope + 2</pre></td></tr>\
                 <tr><td>new</td><td>now</td>",
                "| let haul rope =<br>rope + 1 | let haul rope =<br>rope + 2 |",
            ),
            (
                "<td>rope</td><td><pre>a = 1\nb = 2</pre></td></tr><tr><td>wire</td><td><pre>c = 3\nd = 4</pre></td>",
                "| rope | a = 1<br>b = 2 |",
            ),
        ] {
            let text = parse(&format!("<table>{head}<tr>{cells}</tr></table>")).text;
            assert!(
                text.contains(row) && text.contains("| --- | --- |"),
                "{text}"
            );
        }
        let in_note = parse(
            "<div class=note><table><tr><td>rope</td><td>hemp</td></tr><tr><td>mast</td><td>oak</td></tr></table></div>",
        );
        assert_eq!(
            in_note.text,
            "| rope | hemp |\n| --- | --- |\n| mast | oak |\n"
        );
        let one = "<table><tr><td>rope</td><td>Made of hemp.</td></tr></table>";
        assert_eq!(parse(one).text, "| rope | Made of hemp. |\n| --- | --- |\n");
    }
}
