//! The digest of separated values: each column with the statistics of its values, the rows that tell most, and the lines
//! of the rest.
//!
//! ```text
//! #digest of csv, 501 lines: …
//! id number, all distinct, 1..500
//! status text: success×462, error×38
//! ---
//! 2: 1,success
//! ~h7:3-500                                    left out: restore h7, lines 3-500
//! 501: 500,error
//! ```

use std::collections::HashSet;

use super::super::Request;
use super::super::strategy::json::is_bare;
use super::super::strategy::table::{Sheet, sheet};
use super::statistics::{Scalar, Statistics};
use super::summary::{List, Summary, cut};

/// Rows that stand out and are shown.
const OUTLIERS_MAX: usize = 3;

/// Rows that mention what is looked for.
const MATCHES_MAX: usize = 8;

/// Rows that are shown if a budget leaves room.
const ROWS_MAX: usize = 200;

/// Rows from which one that differs stands out.
const MANY: usize = 12;

/// A digest without a budget has one token for so many of its text.
const PART: usize = 24;

/// Returns the digest, or `None` if the text is no table.
pub(super) fn digest(request: &Request<'_>, tokens_in: usize) -> Option<String> {
    let sheet = sheet(request.text)?;
    let columns = columns(&sheet);
    let lines: Vec<&str> = request.text.split('\n').collect();
    let handle = request.handle;
    let header = format!(
        "#digest of csv, {} rows: each column and its values (×times, least..greatest), then lines; ~{handle}:a-b = lines a-b are left out, restore {handle} gives them\n",
        sheet.rows.len()
    );
    let outline = Box::new(|detail| {
        let line = |(name, column): (&String, &Statistics<'_>)| {
            (
                0,
                format!("{name} {}\n", column.describe(detail).replace('\n', "\\n")),
            )
        };
        sheet.names.iter().zip(&columns).map(line).collect()
    });
    // A row begins in one line and ends before the next row begins.
    let span = {
        let sheet = &sheet;
        move |from: usize, to: usize| {
            let first = sheet.rows.get(from).map_or(1, |row| row.line);
            let next = sheet.rows.get(to + 1);
            (first, next.map_or(sheet.last_line, |row| row.line - 1))
        }
    };
    let list = List {
        height: sheet.rows.len(),
        picks: picks(&sheet, &columns, request),
        row: Box::new(move |row, bytes| {
            let (first, last) = span(row, row);
            let text = lines.get(first - 1..last).unwrap_or_default().join("\n");
            let place = format!("~{handle}:{first}");
            format!("{first}: {}", cut(text.trim_end(), bytes, &place))
        }),
        gap: Box::new(move |from, to| match span(from, to) {
            (first, last) if first == last => format!("~{handle}:{first}\n"),
            (first, last) => format!("~{handle}:{first}-{last}\n"),
        }),
    };
    Summary {
        header,
        outline,
        lists: vec![list],
    }
    .write(request, tokens_in / PART)
}

fn columns<'t>(sheet: &'t Sheet<'_>) -> Vec<Statistics<'t>> {
    let mut columns: Vec<Statistics<'t>> =
        sheet.names.iter().map(|_| Statistics::default()).collect();
    for row in &sheet.rows {
        for (column, field) in columns.iter_mut().zip(&row.fields) {
            column.add(scalar(field), field);
        }
    }
    columns
}

fn scalar(field: &str) -> Scalar {
    match field {
        "" => Scalar::Null,
        "true" | "false" => Scalar::Bool,
        "null" => Scalar::Text,
        _ if is_bare(field) => Scalar::Number,
        _ => Scalar::Text,
    }
}

/// Returns the rows that tell most: the first, those that mention what is looked for, the last, those that stand out.
fn picks(sheet: &Sheet<'_>, columns: &[Statistics<'_>], request: &Request<'_>) -> Vec<usize> {
    let height = sheet.rows.len();
    let extremes: Vec<Option<&str>> = columns.iter().map(Statistics::outlier).collect();
    let mut picks = vec![0];
    let rows = || sheet.rows.iter().enumerate();
    if let Some(query) = request.query {
        let words: Vec<String> = query.split_whitespace().map(str::to_lowercase).collect();
        let found = rows().filter(|(_, row)| {
            let mentions = |field: &str| words.iter().any(|word| field.contains(word));
            row.fields
                .iter()
                .any(|field| mentions(&field.to_lowercase()))
        });
        picks.extend(found.map(|(index, _)| index).take(MATCHES_MAX));
    }
    picks.push(height - 1);
    let outliers = rows().filter(|(_, row)| {
        let mut cells = columns.iter().zip(&extremes).zip(&row.fields);
        cells.any(|((column, extreme), field)| {
            let is_rare =
                column.total() >= MANY && column.count_of_few(scalar(field), field) == Some(1);
            is_rare || *extreme == Some(field.as_ref())
        })
    });
    picks.extend(outliers.map(|(index, _)| index).take(OUTLIERS_MAX));
    let more = if request.budget.is_some() {
        ROWS_MAX
    } else {
        2
    };
    picks.extend((1..height).take(more));
    let mut seen = HashSet::new();
    picks.retain(|row| seen.insert(*row));
    picks
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::super::super::{Level, distill};
    use super::*;

    fn digested(text: &str, budget: Option<usize>) -> String {
        let request = Request {
            budget,
            ..Request::new(text, "h7", Level::Digest)
        };
        distill(&request).unwrap().text
    }

    fn orders() -> String {
        let mut text = "id,customer,state,ms,note\n".to_owned();
        for row in 0..400 {
            let state = if row == 250 {
                "lost"
            } else {
                ["open", "paid"][row % 2]
            };
            let ms = if row == 99 { 80_000 } else { 20 + row * 7 % 90 };
            let note = if row == 4 { "\"two\nlines\"" } else { "" };
            // Writing to a string cannot fail.
            let _ = writeln!(
                text,
                "{},Customer {},{state},{ms},{note}",
                row + 7000,
                row * row % 211
            );
        }
        text
    }

    #[test]
    fn columns_are_told_exactly_and_rows_by_their_lines() {
        let shown = digested(&orders(), None);
        assert_eq!(
            shown.lines().skip(1).collect::<Vec<_>>(),
            [
                "id number, all distinct, 7000..7399",
                "customer text, 106 distinct, Customer 0..Customer 99",
                "state text: paid×200, open×199, lost×1",
                "ms number, 91 distinct, 20..80000",
                "note text | null×399: two\\nlines",
                "2: 7000,Customer 0,open,20,",
                "~h7:3-5",
                "6: 7004,Customer 16,open,48,\"two",
                "lines\"",
                "~h7:8-101",
                "102: 7099,Customer 95,paid,80000,",
                "~h7:103-401",
                "402: 7399,Customer 107,paid,23,",
            ],
            "{shown}"
        );
    }

    #[test]
    fn a_budget_is_kept_however_small() {
        let text = orders();
        for budget in [90, 110, 150, 300, 1000] {
            let shown = digested(&text, Some(budget));
            let tokens = crate::tokens::count(crate::tokens::Encoding::O200k, &shown);
            assert!(
                tokens + super::super::TRAILER_TOKENS <= budget,
                "{budget}: {shown}"
            );
        }
    }
}
