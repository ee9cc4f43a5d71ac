//! Cells that stand in several rows of a table: each of these rows is of what they say.

use std::mem;

use super::super::above::Above;

/// The cells of a table that stand in more than one row, in their order.
#[derive(Debug, Default)]
pub(super) struct Spans(Vec<Span>);

#[derive(Debug)]
struct Span {
    row: usize,
    /// Which of the cells written in its row it is.
    place: usize,
    rows: usize,
}

impl Spans {
    /// Notes that the cell written at `place` of `row` stands in so many `rows`.
    pub(super) fn add(&mut self, row: usize, place: usize, rows: usize) {
        if rows > 1 {
            self.0.push(Span { row, place, rows });
        }
    }

    /// Writes these cells into the `rows` below them too.
    pub(super) fn spread(self, rows: &mut [(Vec<String>, u32)]) {
        if self.0.is_empty() {
            return;
        }
        let mut spans = self.0.into_iter().peekable();
        let mut above = Above::default();
        for (number, (cells, _)) in rows.iter_mut().enumerate() {
            let mut own = mem::take(cells).into_iter().enumerate();
            loop {
                let column = cells.len();
                if let Some(words) = above.take(column) {
                    cells.push(words);
                    continue;
                }
                let Some((place, cell)) = own.next() else {
                    break;
                };
                let is_it = |span: &Span| (span.row, span.place) == (number, place);
                if let Some(span) = spans.next_if(is_it) {
                    above.reach(column, &cell, span.rows);
                }
                cells.push(cell);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::parse;

    #[test]
    fn what_stands_in_several_rows_is_said_in_each() {
        let page = "<table><tr><th>Call<th>Status<th>Means<tr><td rowspan=2>POST /pay<td>400<td>bad<tr><td>504<td rowspan=\"2\">busy\
                    <tr><td>GET /pay<td>503<tr><td rowspan=9>PUT<td>1<td>2</table>";
        let rows: Vec<String> = parse(page)
            .text
            .lines()
            .skip(2)
            .map(str::to_owned)
            .collect();
        let expected = [
            "| POST /pay | 400 | bad |",
            "| POST /pay | 504 | busy |",
            "| GET /pay | 503 | busy |",
            "| PUT | 1 | 2 |",
        ];
        assert_eq!(rows, expected);
    }

    #[test]
    fn a_page_whose_cells_all_claim_to_reach_to_its_end_stays_small() {
        let cells = "<td rowspan=65534>a".repeat(100);
        let page = format!("<table>{}</table>", format!("<tr>{cells}").repeat(300));
        let text = parse(&page).text;
        assert!(text.matches('a').count() <= 300 * 100 + 10_000);
    }
}
