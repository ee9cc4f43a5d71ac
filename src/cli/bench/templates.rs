//! How many of the templates of a log are still shown, of all and of those that lines of trouble follow.
//!
//! `NAME.templates.csv` beside a log says what its templates are: a column `EventTemplate`, with `<*>` for each value.
//! `scripts/bench-peers` counts by the same rule.

use std::path::{Path, PathBuf};

use super::column::{Column, Sample, Share, Shares};

/// What the name of a table of templates ends in.
const TABLE: &str = "templates.csv";

/// Its column.
const TEMPLATE: &str = "EventTemplate";

/// What stands for a value.
const VALUE: &str = "<*>";

/// Levels of trouble, as loggers spell them.
const TROUBLE: &[&str] = &["WARN", "WARNING", "ERROR", "FATAL", "SEVERE", "CRITICAL"];

/// Templates of logs.
pub(super) struct Templates;

impl Column for Templates {
    fn name(&self) -> &'static str {
        "templates"
    }

    fn title(&self) -> &'static str {
        "logs: templates whose longest fixed piece is shown, and those of lines at WARN or worse"
    }

    fn of(&self, sample: &Sample<'_>) -> Option<Shares> {
        let table = std::fs::read_to_string(sample.file.with_extension(TABLE)).ok()?;
        shares(&table, sample.text, sample.shown)
    }
}

/// Whether `file` is the table of a log beside it: a key to measure by, and nothing to be measured.
pub(super) fn is_table(file: &Path) -> bool {
    let name = file.file_name().and_then(|name| name.to_str());
    let stem = name.and_then(|name| name.strip_suffix(TABLE)?.strip_suffix('.'));
    let log = |extension: &str| {
        let mut log: PathBuf = file.to_owned();
        log.set_file_name(format!("{}{extension}", stem.unwrap_or_default()));
        log.is_file()
    };
    stem.is_some() && ["", ".log", ".txt", ".gz"].into_iter().any(log)
}

fn shares(table: &str, text: &str, shown: &str) -> Option<Shares> {
    let mut rows = rows(table).into_iter();
    let column = rows.next()?.iter().position(|name| name == TEMPLATE)?;
    let shown = spaced(shown);
    let trouble: Vec<&str> = text.lines().filter(|line| is_trouble(line)).collect();
    let (mut all, mut graver): (Share, Share) = ((0, 0), (0, 0));
    for template in rows.filter_map(|row| row.into_iter().nth(column)) {
        let pieces: Vec<&str> = template.split(VALUE).collect();
        let longest = pieces.iter().map(|piece| spaced(piece));
        // The first of those that are as long.
        let longest = longest.rev().max_by_key(|piece| piece.chars().count());
        let found = usize::from(shown.contains(&longest.unwrap_or_default()));
        all = (all.0 + found, all.1 + 1);
        if trouble.iter().any(|line| follows(line, &pieces)) {
            graver = (graver.0 + found, graver.1 + 1);
        }
    }
    (all.1 > 0).then(|| Shares(vec![("templates", all), ("warnings", graver)]))
}

fn spaced(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn is_trouble(line: &str) -> bool {
    line.split(|letter: char| !letter.is_alphanumeric() && letter != '_')
        .any(|word| TROUBLE.contains(&word))
}

/// Whether `line` ends in `pieces` with anything between them.
fn follows(line: &str, pieces: &[&str]) -> bool {
    let Some((last, before)) = pieces.split_last() else {
        return false;
    };
    let mut rest = line;
    for piece in before {
        let Some((_, after)) = rest.split_once(piece) else {
            return false;
        };
        rest = after;
    }
    rest.ends_with(last)
}

/// The cells of separated values.
fn rows(table: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut cell) = (Vec::new(), Vec::new(), String::new());
    let mut is_quoted = false;
    let mut letters = table.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            // A quote within quotes is doubled.
            '"' if is_quoted && letters.next_if_eq(&'"').is_some() => cell.push('"'),
            '"' => is_quoted = !is_quoted,
            ',' if !is_quoted => row.push(std::mem::take(&mut cell)),
            '\r' if !is_quoted => {}
            '\n' if !is_quoted => {
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            letter => cell.push(letter),
        }
    }
    if !cell.is_empty() || !row.is_empty() {
        row.push(cell);
        rows.push(row);
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_is_shown_if_its_longest_piece_is() {
        let table = "EventId,EventTemplate\r\nE1,took <*> ms\nE2,\"lost \"\"<*>\"\", again\"\nE3,disk  <*> is full\nE4,gone";
        let text = "INFO took 7 ms\nERROR lost \"a\", again\nWARN disk  9 is full\nWARNINGS gone\n";
        let shares = shares(table, text, "took _ ms\ndisk 9 is\n  full").unwrap();
        assert_eq!(
            shares,
            Shares(vec![("templates", (2, 4)), ("warnings", (1, 2))])
        );
    }

    #[test]
    fn a_line_follows_a_template_to_its_end() {
        let follows =
            |line, template: &str| follows(line, &template.split(VALUE).collect::<Vec<_>>());
        assert!(follows("x a 1 b 2", "a <*> b <*>"));
        assert!(follows("x a b", "a b") && !follows("a b x", "a b"));
        assert!(!follows("b 1 a", "a <*> b") && !follows("xyx", "xy<*>yx"));
    }

    #[test]
    fn cells_may_hold_quotes_commas_and_line_ends() {
        let rows = rows("a,b\n\"1,\n\"\"2\"\"\",\n");
        assert_eq!(rows, [["a", "b"], ["1,\n\"2\"", ""]]);
    }
}
