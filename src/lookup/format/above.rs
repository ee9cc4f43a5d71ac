//! What stands in a row of a table from a cell above it that reaches down to it: each of these rows is of what that says.

/// Bytes of the longest cell that is said again in the rows below: it names what they are of, and a longer one is text.
const SAID_AGAIN_BYTES_MAX: usize = 300;
/// Cells of one table that are said again: a page may claim that all of its cells reach to its end.
const SAID_AGAIN_MAX: usize = 10_000;

/// The cells that reach down to the row at hand, by column.
#[derive(Debug, Default)]
pub(super) struct Above {
    /// What each says, and in how many more rows.
    cells: Vec<(String, usize)>,
    /// How many were said again.
    said: usize,
}

impl Above {
    /// Returns what stands in `column` of the row at hand from above, if something does.
    pub(super) fn take(&mut self, column: usize) -> Option<String> {
        let cell = self.cells.get_mut(column);
        let (words, rows) = cell.filter(|(_, rows)| *rows > 0 && self.said < SAID_AGAIN_MAX)?;
        *rows -= 1;
        self.said += 1;
        Some(words.clone())
    }

    /// Notes that a cell in `column` of the row at hand, which says `words`, stands in so many `rows`.
    pub(super) fn reach(&mut self, column: usize, words: &str, rows: usize) {
        if rows < 2 {
            return;
        }
        if self.cells.len() <= column {
            self.cells.resize_with(column + 1, Default::default);
        }
        if let Some(cell) = self.cells.get_mut(column) {
            let is_name = words.len() <= SAID_AGAIN_BYTES_MAX;
            let words = Some(words).filter(|_| is_name).unwrap_or_default();
            *cell = (words.to_owned(), rows - 1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_stands_in_as_many_rows_as_it_reaches_and_a_long_one_leaves_its_place_free() {
        let mut above = Above::default();
        above.reach(1, "a", 3);
        above.reach(2, "b", 1);
        above.reach(3, &"c".repeat(SAID_AGAIN_BYTES_MAX + 1), 2);
        let row = |above: &mut Above| (0..4).map(|column| above.take(column)).collect::<Vec<_>>();
        let a = Some("a".to_owned());
        assert_eq!(
            row(&mut above),
            [None, a.clone(), None, Some(String::new())]
        );
        assert_eq!(row(&mut above), [None, a, None, None]);
        assert_eq!(row(&mut above), [None, None, None, None]);
        above.reach(0, "a", usize::MAX);
        let said = (0..2 * SAID_AGAIN_MAX).filter_map(|_| above.take(0));
        assert_eq!(said.count(), SAID_AGAIN_MAX - 3);
    }
}
