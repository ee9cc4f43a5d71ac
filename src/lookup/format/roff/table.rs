//! Tables as tbl(1) takes them: how columns look, then a line for each row.

/// Cells of a row: more is data.
const CELLS_MAX: usize = 64;

/// A table being read.
#[derive(Debug)]
pub(super) struct Table {
    /// What parts the cells of a row.
    tab: char,
    /// Whether lines say how columns look.
    is_layout: bool,
    rows: Vec<Vec<String>>,
    /// The row with a cell of several lines, and what is read of that.
    open: Option<(Vec<String>, String)>,
}

impl Default for Table {
    fn default() -> Self {
        Self {
            tab: '\t',
            is_layout: true,
            rows: Vec::new(),
            open: None,
        }
    }
}

impl Table {
    pub(super) fn is_layout(&self) -> bool {
        self.is_layout
    }

    pub(super) fn begin_layout(&mut self) {
        self.is_layout = true;
    }

    /// Reads a line about how the table looks; the one that ends with a stop is the last.
    pub(super) fn lay_out(&mut self, line: &str) {
        let line = line.trim_end();
        if let Some((_, given)) = line.split_once("tab")
            && line.ends_with(';')
        {
            let given = given.trim_start().strip_prefix('(');
            self.tab = given
                .and_then(|given| given.chars().next())
                .unwrap_or(self.tab);
        }
        self.is_layout = !line.ends_with('.');
    }

    /// Reads a line of a row.
    pub(super) fn line(&mut self, line: &str) {
        let Some((mut row, mut cell)) = self.open.take() else {
            let is_rule = !line.is_empty() && line.chars().all(|letter| "_=".contains(letter));
            if !is_rule {
                self.cells(Vec::new(), line);
            }
            return;
        };
        let Some(rest) = line.strip_prefix("T}") else {
            push_words(&mut cell, line);
            self.open = Some((row, cell));
            return;
        };
        row.push(cell);
        match rest.strip_prefix(self.tab) {
            Some(rest) => self.cells(row, rest),
            None => self.end_row(row),
        }
    }

    /// Adds words that a macro shows.
    pub(super) fn add(&mut self, words: &str) {
        match &mut self.open {
            Some((_, cell)) => push_words(cell, words),
            None => self.rows.push(vec![words.to_owned()]),
        }
    }

    fn cells(&mut self, mut row: Vec<String>, line: &str) {
        for cell in line.split(self.tab) {
            if cell.trim_end() == "T{" {
                self.open = Some((row, String::new()));
                return;
            }
            if row.len() < CELLS_MAX {
                row.push(cell.trim().to_owned());
            } else if let Some(last) = row.last_mut() {
                push_words(last, cell);
            }
        }
        self.end_row(row);
    }

    fn end_row(&mut self, row: Vec<String>) {
        let is_rule =
            |cell: &String| cell.is_empty() || cell.chars().all(|letter| "_=".contains(letter));
        if !row.iter().all(is_rule) {
            self.rows.push(row);
        }
    }

    /// Returns the rows, all of one length.
    pub(super) fn rows(mut self) -> Vec<Vec<String>> {
        if let Some((mut row, cell)) = self.open.take() {
            row.push(cell);
            self.end_row(row);
        }
        let most = self.rows.iter().map(Vec::len).max().unwrap_or_default();
        for row in &mut self.rows {
            row.resize(most, String::new());
        }
        self.rows
    }
}

fn push_words(cell: &mut String, words: &str) {
    if !cell.is_empty() {
        cell.push(' ');
    }
    cell.push_str(words.trim());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_a_line_and_a_cell_may_be_several() {
        let mut table = Table::default();
        for line in ["allbox tab(:);", "lb l", "l l."] {
            table.lay_out(line);
        }
        assert!(!table.is_layout());
        for line in [
            "Rope:Length",
            "_",
            "main:T{",
            "ten",
            "fathoms",
            "T}",
            "=:_",
            "jib:T{",
            "",
            "T}:more",
        ] {
            table.line(line);
        }
        let rows = table.rows();
        let rows: Vec<Vec<&str>> = rows
            .iter()
            .map(|row| row.iter().map(String::as_str).collect())
            .collect();
        assert_eq!(
            rows,
            [
                ["Rope", "Length", ""],
                ["main", "ten fathoms", ""],
                ["jib", "", "more"]
            ]
        );
    }
}
