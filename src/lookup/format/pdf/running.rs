//! Takes running heads, feet and page numbers away: the same text at the same place of many pages.

use std::collections::HashMap;

use super::PageRows;
use super::row::Row;

/// Rows from the top and from the bottom of a page that may be running.
const ROWS_MAX: usize = 3;
/// Share of a page's height, above and below, within which a line may be running.
const MARGIN: f64 = 0.12;
/// The same for the outermost line: pages are printed on larger paper than they were made for.
const FIRST_MARGIN: f64 = 0.14;
/// Pages with the same text at the same place from which it is running: chapters may be short.
const PAGES_MIN: usize = 3;
/// Pages from which a place where most of them have a line apart is one for running heads, whatever they say.
const PLACE_PAGES_MIN: usize = 6;
/// Lines of the longest head: that of a section with a long title.
const HEAD_ROWS_MAX: usize = 2;
/// Points within which two lines are at the same place.
const PLACE: f64 = 3.0;

/// A place at the upper (`true`) or lower edge of pages.
type Place = (bool, i64);

/// Takes the running rows of all pages away; each page's rows go from its top down.
pub(super) fn take_away(pages: &mut [PageRows], body_size: f64) {
    let edges = Edges::of(pages, body_size);
    for page in pages {
        let running = edges.running(page);
        let mut at = 0;
        page.upright.retain(|_| {
            at += 1;
            !running.contains(&(at - 1))
        });
    }
}

/// What stands at the edges of all pages, by how many pages have it.
#[derive(Default)]
struct Edges {
    pages: usize,
    body_size: f64,
    /// By its place and what it says.
    said: HashMap<(Place, String), usize>,
    outermost: HashMap<Place, usize>,
    /// Those of the outermost rows that stand apart.
    apart: HashMap<Place, usize>,
}

impl Edges {
    fn of(pages: &[PageRows], body_size: f64) -> Self {
        let mut edges = Self {
            pages: pages.len(),
            body_size,
            ..Self::default()
        };
        for page in pages {
            for from_top in [true, false] {
                for (nth, at) in edge(page, from_top).enumerate() {
                    edges.count(&page.upright, at, from_top, nth == 0);
                }
            }
        }
        edges
    }

    fn count(&mut self, rows: &[Row], at: usize, from_top: bool, is_outermost: bool) {
        let Some(row) = rows.get(at) else { return };
        let place = (from_top, place(row));
        *self.said.entry((place, words(row))).or_default() += 1;
        if is_outermost {
            *self.outermost.entry(place).or_default() += 1;
            let is_apart = stands_apart(rows, at, from_top, self.body_size);
            *self.apart.entry(place).or_default() += usize::from(is_apart);
        }
    }

    /// Tells whether heads or feet stand at a place. Text begins at one place too, but its first line seldom stands apart.
    fn is_for_heads(&self, place: Place) -> bool {
        let pages = |places: &HashMap<Place, usize>| places.get(&place).copied().unwrap_or(0);
        let (apart, all) = (pages(&self.apart), pages(&self.outermost));
        self.pages >= PLACE_PAGES_MIN
            && (apart * 5 >= self.pages * 2
                || apart >= PLACE_PAGES_MIN && apart * 5 >= self.pages && apart * 2 >= all)
    }

    /// Tells whether a row says at its place what others say there.
    fn is_said(&self, row: &Row, place: Place) -> bool {
        let pages = self.said.get(&(place, words(row)));
        pages.is_some_and(|pages| *pages >= PAGES_MIN)
    }

    /// Returns which rows of a page are running.
    fn running(&self, page: &PageRows) -> Vec<usize> {
        let rows = &page.upright;
        let mut running = Vec::new();
        for from_top in [true, false] {
            // Rows of a head that goes on below its first.
            let mut more = 0_usize;
            for (nth, at) in edge(page, from_top).enumerate() {
                let Some(row) = rows.get(at) else { break };
                let place = (from_top, place(row));
                let mut is_placed = more > 0;
                more = more.saturating_sub(1);
                if self.is_for_heads(place) {
                    let last = edge(page, from_top)
                        .skip(nth)
                        .take(HEAD_ROWS_MAX)
                        .position(|at| stands_apart(rows, at, from_top, self.body_size));
                    is_placed |= last.is_some();
                    more = more.max(last.unwrap_or_default());
                }
                // Nothing beyond a line of the page's own text is running.
                if !is_placed && !self.is_said(row, place) {
                    break;
                }
                running.push(at);
            }
        }
        running
    }
}

/// Returns the rows in the margin at an edge, the outermost first.
fn edge(page: &PageRows, from_top: bool) -> impl Iterator<Item = usize> + use<> {
    let (bottom, top) = page.edges;
    let in_margin = |(nth, row): &(usize, &Row)| {
        let share = if *nth == 0 { FIRST_MARGIN } else { MARGIN };
        let margin = (top - bottom) * share;
        if from_top {
            row.y > top - margin
        } else {
            row.y < bottom + margin
        }
    };
    let rows = &page.upright;
    let last = rows.len();
    let count = if from_top {
        rows.iter().enumerate().take_while(in_margin).count()
    } else {
        rows.iter().rev().enumerate().take_while(in_margin).count()
    };
    (0..count.min(ROWS_MAX)).map(move |at| if from_top { at } else { last - 1 - at })
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "a cast of floats saturates"
)]
fn place(row: &Row) -> i64 {
    (row.y / PLACE).round() as i64
}

/// Returns what a row says, whatever its numbers are.
fn words(row: &Row) -> String {
    let text = row.text().to_lowercase();
    let words = text.split_whitespace().map(|word| {
        let is_roman = word.len() <= 7 && word.bytes().all(|byte| b"ivxlc".contains(&byte));
        if is_roman || word.bytes().all(|byte| byte.is_ascii_digit()) {
            return "#".to_owned();
        }
        word.chars()
            .map(|letter| if letter.is_ascii_digit() { '#' } else { letter })
            .collect()
    });
    words.collect::<Vec<String>>().join(" ")
}

/// Tells whether the row at the edge is a line of small print with a gap to the text.
fn stands_apart(rows: &[Row], at: usize, from_top: bool, body_size: f64) -> bool {
    let next = if from_top {
        at.checked_add(1)
    } else {
        at.checked_sub(1)
    };
    let (Some(row), Some(next)) = (rows.get(at), next.and_then(|next| rows.get(next))) else {
        return false;
    };
    let size = row.size();
    size <= body_size * 1.05 && (row.y - next.y).abs() > size * 1.7
}

#[cfg(test)]
mod tests {
    use super::super::row::Cell;
    use super::*;

    fn row(y: f64, text: &str) -> Row {
        let cell = Cell {
            text: text.to_owned(),
            letters: text.len(),
            size: 10.0,
            ..Cell::default()
        };
        Row {
            y,
            cells: vec![cell],
            ..Row::default()
        }
    }

    fn sheet(upright: Vec<Row>) -> PageRows {
        PageRows {
            upright,
            edges: (0.0, 840.0),
            ..PageRows::default()
        }
    }

    #[test]
    fn heads_feet_and_page_numbers_go_and_what_is_said_once_stays() {
        let page = |number: usize, words: &str| {
            sheet(vec![
                row(800.0, &format!("{number} The Manual")),
                row(700.0, words),
                row(688.0, "Text."),
                row(20.0, &number.to_string()),
            ])
        };
        let mut pages = vec![page(1, "One"), page(2, "Two"), page(3, "Three")];
        take_away(&mut pages, 10.0);
        let left: Vec<String> = pages
            .iter()
            .map(|page| {
                page.upright
                    .iter()
                    .map(Row::text)
                    .collect::<Vec<_>>()
                    .join("|")
            })
            .collect();
        assert_eq!(left, ["One|Text.", "Two|Text.", "Three|Text."]);
    }

    #[test]
    fn heads_of_two_lines_and_those_that_half_of_the_pages_lack_go_too() {
        let text = |first: f64| {
            let lines = (0..4_u8).map(|down| row(first - 12.0 * f64::from(down), "Text."));
            lines.collect::<Vec<Row>>()
        };
        let page = |number: usize| {
            let mut rows = match number % 4 {
                0 => vec![row(800.0, &format!("Of the {}", "rope ".repeat(number)))],
                1 if number < 9 => vec![
                    row(800.0, &format!("Of the {}", "sail ".repeat(number))),
                    row(788.0, &"and more ".repeat(number)),
                ],
                _ => Vec::new(),
            };
            rows.extend(text(700.0));
            sheet(rows)
        };
        let mut pages: Vec<PageRows> = (0..28).map(page).collect();
        take_away(&mut pages, 10.0);
        let left: Vec<usize> = pages.iter().map(|page| page.upright.len()).collect();
        assert_eq!(left, [4; 28]);
    }

    #[test]
    fn text_that_begins_at_the_same_place_on_every_page_stays() {
        let page = |number: usize| {
            let gap = if number.is_multiple_of(3) { 24.0 } else { 12.0 };
            let first = row(770.0, &format!("Line {}", "of text ".repeat(number)));
            sheet(vec![first, row(770.0 - gap, "Text."), row(734.0, "Text.")])
        };
        let mut pages: Vec<PageRows> = (0..30).map(page).collect();
        take_away(&mut pages, 10.0);
        assert!(pages.iter().all(|page| page.upright.len() == 3));
    }

    #[test]
    fn heads_that_name_the_chapter_are_known_by_their_place() {
        let names = ["Bells", "Ropes", "Masts", "Sails", "Knots", "Tides"];
        let page = |name: &&str| {
            sheet(vec![
                row(800.0, name),
                row(770.0, name),
                row(758.0, "Text."),
            ])
        };
        let mut pages: Vec<PageRows> = names.iter().map(page).collect();
        take_away(&mut pages, 10.0);
        assert!(
            pages.iter().all(|page| page.upright.len() == 2),
            "{pages:?}"
        );
    }
}
