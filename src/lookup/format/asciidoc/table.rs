//! Tables of AsciiDoc, as rows of Markdown. A cell may stand on lines of its own there, and go over several.

use super::super::above::Above;
use super::inline::Inline;
use crate::lookup::clean::one_line;

/// Columns of the widest table: what is beyond them begins a row.
const COLUMNS_MAX: usize = 100;
/// Cells of the largest table: beyond that it is text.
const CELLS_MAX: usize = 200_000;

/// A table as it is shown.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Table {
    /// Its rows, by the line of the table that each begins at.
    pub(super) rows: Vec<(usize, String)>,
    /// Whether the first of them names the columns.
    pub(super) has_head: bool,
}

/// Tells whether a table of `lines` is small enough to be read as one.
pub(super) fn is_readable(lines: &[&str]) -> bool {
    let cells = lines.iter().map(|line| line.matches('|').count());
    cells.sum::<usize>() <= CELLS_MAX
}

impl Table {
    /// Reads the `lines` of a table that is said to have so many `columns`, and a head; nothing if there is no row.
    pub(super) fn of(
        lines: &[&str],
        columns: Option<usize>,
        has_head: bool,
        inline: &mut Inline,
    ) -> Option<Self> {
        let mut cells: Vec<Cell> = Vec::new();
        let mut first = 0;
        for (number, line) in lines.iter().enumerate() {
            read(number, line, &mut cells);
            if first == 0 {
                first = cells.len();
            }
        }
        let is_apart = lines.get(1).is_some_and(|line| line.trim().is_empty());
        let is_first = lines.first().is_some_and(|line| !line.trim().is_empty());
        let width = columns.unwrap_or(first).clamp(1, COLUMNS_MAX);
        let has_head = has_head || is_first && is_apart && first == width;
        inline.begin();
        let mut rows: Vec<(usize, String)> = Vec::new();
        let mut above = Above::default();
        let mut cells = cells.into_iter().peekable();
        while let Some(begins) = cells.peek().map(|cell| cell.line) {
            let mut row: Vec<String> = Vec::new();
            for column in 0..width {
                if let Some(words) = above.take(column) {
                    row.push(words);
                    continue;
                }
                let Some(cell) = cells.next() else {
                    break;
                };
                let words = one_line(&cell.words);
                let words = inline.shown(&words, "").replace('|', "\\|");
                above.reach(column, &words, cell.rows);
                row.push(words);
            }
            rows.push((begins, format!("| {} |", row.join(" | "))));
        }
        if has_head && let Some((begins, _)) = rows.first() {
            let rule = (*begins, format!("|{}", " --- |".repeat(width)));
            rows.insert(1, rule);
        }
        (!rows.is_empty()).then_some(Self { rows, has_head })
    }
}

/// A cell as it is written.
struct Cell {
    /// Line of the table that it begins at.
    line: usize,
    words: String,
    /// Rows that it stands in.
    rows: usize,
}

/// Adds the cells of the line numbered `number`; what stands before the first goes on with the last.
fn read(number: usize, line: &str, cells: &mut Vec<Cell>) {
    let mut parts: Vec<String> = vec![String::new()];
    let mut letters = line.chars();
    while let Some(letter) = letters.next() {
        let part = parts.last_mut();
        match (letter, part) {
            ('|', _) => parts.push(String::new()),
            ('\\', Some(part)) => {
                let next = letters.as_str().starts_with('|');
                part.push(if next {
                    letters.next().unwrap_or(letter)
                } else {
                    letter
                });
            }
            (_, Some(part)) => part.push(letter),
            (_, None) => {}
        }
    }
    let last = parts.len() - 1;
    let mut spans = (1, 1);
    for (place, part) in parts.into_iter().enumerate() {
        let mut next = (1, 1);
        let mut words = part.as_str();
        // What stands right before a mark, and is not all of a cell, may say of the cell behind it how it is.
        if place < last
            && let Some((before, given)) = spec(words)
            && (place == 0 || before.ends_with([' ', '\t']))
        {
            (words, next) = (before, given);
        }
        if place == 0 {
            if let Some(cell) = cells.last_mut()
                && !words.trim().is_empty()
            {
                cell.words.push('\n');
                cell.words.push_str(words);
            }
        } else {
            let (columns, rows) = spans;
            let cell = |words: &str| Cell {
                line: number,
                words: words.to_owned(),
                rows,
            };
            cells.push(cell(words));
            if cells.len() < CELLS_MAX {
                cells.extend((1..columns).map(|_| cell("")));
            }
        }
        spans = next;
    }
}

/// Returns what stands before `2+`, `.3+^` or `a` at the end of `words`, and the columns and rows that a cell behind it stands in.
fn spec(words: &str) -> Option<(&str, (usize, usize))> {
    let at = words.rfind([' ', '\t']).map_or(0, |at| at + 1);
    let (before, given) = words.split_at_checked(at)?;
    let style = given
        .trim_start_matches(|letter: char| letter.is_ascii_digit() || ".+*<^>".contains(letter));
    let is_style = style.is_empty() || style.len() == 1 && "adehlmsv".contains(style);
    if given.is_empty() || !is_style {
        return None;
    }
    let spans = given.split_once('+').map_or("", |(spans, _)| spans);
    // A number alone is the end of a cell.
    let marks = given.len() - style.len();
    let has_mark = given.contains(['+', '*', '<', '^', '>']);
    if marks > 0 && !has_mark {
        return None;
    }
    let (columns, rows) = spans.split_once('.').unwrap_or((spans, ""));
    let columns = columns.parse().unwrap_or(1).clamp(1, COLUMNS_MAX);
    Some((before, (columns, rows.parse().unwrap_or(1))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(text: &str, columns: Option<usize>) -> Vec<String> {
        let lines: Vec<&str> = text.lines().collect();
        let table = Table::of(&lines, columns, false, &mut Inline::default()).unwrap();
        table.rows.into_iter().map(|(_, row)| row).collect()
    }

    #[test]
    fn cells_stand_in_rows_however_they_are_written() {
        let head = ["| Mark | Metres |", "| --- | --- |", "| red | 10 m |"];
        assert_eq!(table("|Mark |Metres\n\n|red |10 m\n", None), head);
        assert_eq!(table("|Mark |Metres\n\n|red\n|10\nm\n", None), head);
        assert_eq!(table("|Mark|Metres\n\na|red s|10 m", Some(2)), head);
        assert_eq!(table("|a \\| b\n|c", Some(2)), ["| a \\| b | c |"]);
        assert_eq!(table("|a|d|m\n", None), ["| a | d | m |"]);
        assert_eq!(
            table("2+|both\n|vitamin a|2\n", Some(2)),
            ["| both |  |", "| vitamin | 2 |"]
        );
        assert_eq!(
            table(
                ".2+|POST /pay |400 |bad\n|504 |busy\n|GET /pay |400 |bad path\n",
                Some(3)
            ),
            [
                "| POST /pay | 400 | bad |",
                "| POST /pay | 504 | busy |",
                "| GET /pay | 400 | bad path |"
            ]
        );
    }

    #[test]
    fn a_table_without_a_cell_is_none() {
        assert_eq!(
            Table::of(&["", "words"], Some(0), true, &mut Inline::default()),
            None
        );
        assert_eq!(Table::of(&[], None, false, &mut Inline::default()), None);
    }
}
