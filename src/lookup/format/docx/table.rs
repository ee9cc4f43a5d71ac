//! The tables of a Word document: its rows and cells, and which columns a cell takes. A table within a cell is text of it.

use html5ever::tokenizer::Tag;

use super::{Writer, attribute};

/// Columns that one cell can take: Word has no more.
const COLUMNS_MAX: usize = 63;

impl Writer {
    /// Begins a table, a row or a cell, or takes which columns that one has; tells whether the tag is of these.
    pub(super) fn start_in_table(&mut self, tag: &Tag) -> bool {
        let columns = || {
            let columns = attribute(tag, "w:val").parse::<usize>().unwrap_or(0);
            columns.min(COLUMNS_MAX)
        };
        match &*tag.name {
            "w:tbl" => {
                self.end_code();
                self.tables += 1;
            }
            "w:tr" if self.tables == 1 => self.rows.push(Vec::new()),
            "w:tc" if self.tables == 1 => self.pad(1),
            "w:gridbefore" if self.tables == 1 => self.pad(columns()),
            "w:gridspan" if self.tables == 1 => self.spanned = columns().saturating_sub(1),
            "w:vmerge" if self.tables == 1 && attribute(tag, "w:val") != "restart" => {
                self.repeat_above();
            }
            _ => return false,
        }
        true
    }

    /// Ends a table, a row or a cell; tells whether the element `name` is one.
    pub(super) fn end_in_table(&mut self, name: &str) -> bool {
        match name {
            "w:tr" if self.tables == 1 && std::mem::take(&mut self.row.is_deleted) => {
                self.rows.pop();
            }
            "w:tc" if self.tables == 1 => {
                let spanned = std::mem::take(&mut self.spanned);
                self.pad(spanned);
            }
            "w:tbl" => {
                self.tables = self.tables.saturating_sub(1);
                if self.tables == 0 {
                    let rows = std::mem::take(&mut self.rows);
                    self.sheet.table(&rows);
                    self.tell_notes();
                }
            }
            _ => return false,
        }
        true
    }

    /// Adds a paragraph to the cell that is open.
    pub(super) fn add_to_cell(&mut self, words: &str) {
        if let Some(cell) = self.rows.last_mut().and_then(|row| row.last_mut()) {
            if !cell.is_empty() {
                cell.push(' ');
            }
            cell.push_str(words);
        }
    }

    /// Begins so many cells.
    fn pad(&mut self, cells: usize) {
        if let Some(row) = self.rows.last_mut() {
            row.extend(std::iter::repeat_n(String::new(), cells));
        }
    }

    /// Says in a cell that goes on from above again what it is of.
    fn repeat_above(&mut self) {
        let Some((row, above)) = self.rows.split_last_mut() else {
            return;
        };
        let at = row.len().saturating_sub(1);
        let above = above.last().and_then(|above| above.get(at));
        if let (Some(above), Some(cell)) = (above, row.last_mut()) {
            cell.clone_from(above);
        }
    }
}
