//! Rows in the order in which they are read: the left column before the right one, a table row by row.

use super::row::Row;

/// Columns inside columns: a page of three has two gutters.
const DEPTH_MAX: usize = 3;
/// Parts of a page's width that are looked at for a gutter.
const PARTS: usize = 256;
/// Share of all letters that each side of a gutter has at least.
const SIDE_MIN: f64 = 0.15;
/// Share of all letters that may lie across a gutter: titles, figures, an abstract.
const ACROSS_MAX: f64 = 0.6;
/// Rows of a column at least.
const ROWS_MIN: usize = 4;
/// Letters of a row of running text on average at least; cells of a table have fewer.
const ROW_LETTERS_MIN: usize = 14;
/// Share of its column that a row of running text fills on average.
const FILLED_MIN: f64 = 0.55;

/// Puts the rows of a page into the order of reading.
pub(super) fn in_order(rows: &[Row]) -> Vec<Row> {
    let mut ordered = Vec::with_capacity(rows.len());
    order(rows, 0, &mut ordered);
    ordered
}

fn order(rows: &[Row], depth: usize, ordered: &mut Vec<Row>) {
    let column = bounds(rows);
    let put = |flow: &mut Vec<Row>, ordered: &mut Vec<Row>| {
        let placed = flow.drain(..).enumerate().map(|(number, row)| Row {
            column,
            is_first: number == 0,
            ..row
        });
        ordered.extend(placed);
    };
    let gutter = if depth < DEPTH_MAX {
        gutter(rows)
    } else {
        None
    };
    let crosses = |row: &Row| {
        gutter.is_none_or(|gutter| {
            row.cells
                .iter()
                .any(|cell| cell.x < gutter && cell.end > gutter)
        })
    };
    // What is read straight down: whole lines, and rows beside a free gutter that are no columns.
    let mut flow: Vec<Row> = Vec::new();
    let zones = rows.chunk_by(|one, next| crosses(one) == crosses(next));
    for zone in zones {
        let free = gutter.filter(|_| !zone.iter().any(crosses));
        match free.and_then(|gutter| sides(zone, gutter)) {
            Some((left, right)) => {
                put(&mut flow, ordered);
                order(&left, depth + 1, ordered);
                order(&right, depth + 1, ordered);
            }
            None => flow.extend_from_slice(zone),
        }
    }
    put(&mut flow, ordered);
}

/// Returns where rows begin and end.
fn bounds(rows: &[Row]) -> (f64, f64) {
    let left = rows.iter().map(Row::x).fold(f64::MAX, f64::min);
    let right = rows.iter().map(Row::end).fold(f64::MIN, f64::max);
    (left, right)
}

/// Returns the rows of both sides of a gutter if both are running text.
fn sides(rows: &[Row], gutter: f64) -> Option<(Vec<Row>, Vec<Row>)> {
    let side = |is_left: bool| -> Vec<Row> {
        let cells_of = |row: &Row| {
            row.cells
                .iter()
                .filter(|cell| (cell.x < gutter) == is_left)
                .cloned()
                .collect()
        };
        let sided = rows.iter().map(|row| Row {
            cells: cells_of(row),
            ..row.clone()
        });
        sided.filter(|row| !row.cells.is_empty()).collect()
    };
    let (left, right) = (side(true), side(false));
    (is_running(&left) && is_running(&right)).then_some((left, right))
}

/// Tells whether rows are lines of text rather than cells of a table.
fn is_running(rows: &[Row]) -> bool {
    let (left, right) = bounds(rows);
    let filled: f64 = rows.iter().map(|row| row.end() - row.x()).sum();
    let letters: usize = rows.iter().map(Row::letters).sum();
    #[expect(clippy::cast_precision_loss, reason = "rows of a page are few")]
    let share = filled / ((right - left).max(1.0) * rows.len() as f64);
    rows.len() >= ROWS_MIN && letters >= rows.len() * ROW_LETTERS_MIN && share >= FILLED_MIN
}

/// Finds the strip from top to bottom that the fewest letters lie across, if both sides have enough of them.
fn gutter(rows: &[Row]) -> Option<f64> {
    if rows.len() < ROWS_MIN {
        return None;
    }
    let (left, right) = bounds(rows);
    #[expect(clippy::cast_precision_loss, reason = "parts of a page are few")]
    let wide = (right - left) / PARTS as f64;
    if wide <= 0.0 || !wide.is_finite() {
        return None;
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a cast of floats saturates"
    )]
    let part = |x: f64| (((x - left) / wide) as usize).min(PARTS - 1);
    // Letters that begin and that end in each part: their sums say how many lie left of it, right of it and across.
    let mut begun = [0_usize; PARTS];
    let mut ended = [0_usize; PARTS];
    let mut all = 0;
    for cell in rows.iter().flat_map(|row| &row.cells) {
        all += cell.letters;
        if let Some(count) = begun.get_mut(part(cell.x)) {
            *count += cell.letters;
        }
        if let Some(count) = ended.get_mut(part(cell.end)) {
            *count += cell.letters;
        }
    }
    let share = |letters: usize| {
        #[expect(clippy::cast_precision_loss, reason = "letters of a page are few")]
        let share = letters as f64 / all.max(1) as f64;
        share
    };
    let (mut so_far, mut done) = (0, 0);
    let mut best: Option<(usize, usize, usize)> = None; // letters across, and its first and last part
    for (at, (begun, ended)) in begun.iter().zip(ended).enumerate() {
        so_far += begun;
        // What ends in this part still lies across it.
        let across = so_far - done;
        let fits = share(done) >= SIDE_MIN
            && share(all - so_far) >= SIDE_MIN
            && share(across) <= ACROSS_MAX;
        done += ended;
        if !fits {
            continue;
        }
        best = match best {
            Some((fewest, first, last)) if across == fewest && at == last + 1 => {
                Some((fewest, first, at))
            }
            Some((fewest, first, last)) if across >= fewest => Some((fewest, first, last)),
            _ => Some((across, at, at)),
        };
    }
    let (_, first, last) = best?;
    #[expect(clippy::cast_precision_loss, reason = "parts of a page are few")]
    let middle = (first + last + 1) as f64 / 2.0;
    Some(left + middle * wide)
}

#[cfg(test)]
mod tests {
    use super::super::row::Cell;
    use super::*;

    fn row(y: f64, cells: &[(f64, f64, &str)]) -> Row {
        let cell = |&(x, end, text): &(f64, f64, &str)| Cell {
            x,
            end,
            size: 10.0,
            text: text.to_owned(),
            letters: text.replace(' ', "").len(),
            ..Cell::default()
        };
        Row {
            y,
            cells: cells.iter().map(cell).collect(),
            ..Row::default()
        }
    }

    fn texts(rows: &[Row]) -> Vec<String> {
        in_order(rows).iter().map(Row::text).collect()
    }

    #[test]
    fn the_left_column_is_read_before_the_right_one_and_a_title_before_both() {
        let mut rows = vec![row(100.0, &[(0.0, 210.0, "The title of both columns")])];
        for y in 0..5 {
            let (left, right) = (
                format!("left line of text {y}"),
                format!("right line of text {y}"),
            );
            rows.push(row(
                90.0 - f64::from(y),
                &[(0.0, 98.0, &left), (112.0, 210.0, &right)],
            ));
        }
        let found = texts(&rows);
        assert_eq!(found[0], "The title of both columns");
        assert_eq!(
            (found[1].as_str(), found[5].as_str()),
            ("left line of text 0", "left line of text 4")
        );
        assert_eq!(found[6], "right line of text 0");
    }

    #[test]
    fn a_table_is_read_row_by_row() {
        let rows: Vec<Row> = (0..6)
            .map(|y| {
                row(
                    -f64::from(y),
                    &[
                        (0.0, 30.0, "name"),
                        (100.0, 150.0, "a value"),
                        (170.0, 200.0, "unit"),
                    ],
                )
            })
            .collect();
        assert_eq!(texts(&rows), vec!["name a value unit"; 6]);
    }
}
