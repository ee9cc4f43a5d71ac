//! A digest of data: an outline of what there is, then rows of it, as many as the budget allows.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::super::{Request, TRAILER_TOKENS};
use super::statistics::Detail;
use super::{TOKENS_MIN, fill};
use crate::tokens;

/// Bytes of a row that are shown, mildest first.
const ROW_BYTES: [usize; 2] = [320, 120];

/// Of the room, as one part in so many, what rows should have left at least.
const ROWS_PART: usize = 4;

/// The depth of a line that can be done without.
pub(super) const LAST: usize = usize::MAX;

/// What a digest of data is made of.
pub(super) struct Summary<'s> {
    /// The first line, which explains the others.
    pub(super) header: String,
    /// Writes the lines of the outline, each with its depth: a line comes after the one that it belongs to. What is
    /// as deep as [`LAST`] is shown only where room is left.
    pub(super) outline: Box<dyn Fn(Detail) -> Vec<(usize, String)> + 's>,
    /// Rows that may be shown.
    pub(super) lists: Vec<List<'s>>,
}

/// Rows in order.
pub(super) struct List<'s> {
    /// How many there are.
    pub(super) height: usize,
    /// Which to show, the most telling first.
    pub(super) picks: Vec<usize>,
    /// Writes a row, which is cut to so many bytes.
    pub(super) row: Box<dyn Fn(usize, usize) -> String + 's>,
    /// Names the rows from one to another, the last included.
    pub(super) gap: Box<dyn Fn(usize, usize) -> String + 's>,
}

impl Summary<'_> {
    /// Writes the digest that tells most and has at most `room` tokens; without a budget one that is about `target`.
    pub(super) fn write(&self, request: &Request<'_>, target: usize) -> Option<String> {
        let tokens = |text: &str| tokens::count(request.encoding, text);
        let room = request
            .budget
            .unwrap_or(usize::MAX)
            .saturating_sub(TRAILER_TOKENS);
        let target = if request.budget.is_some() {
            room
        } else {
            target.max(TOKENS_MIN)
        };
        let mut outline = Vec::new();
        for detail in Detail::ALL {
            outline = (self.outline)(detail);
            let needed = outline.iter().filter(|(depth, _)| *depth < LAST);
            let text: String = needed.map(|(_, line)| line.as_str()).collect();
            if tokens(&text) <= target - target / ROWS_PART {
                break;
            }
        }
        let mut order: Vec<usize> = (0..outline.len()).collect();
        let depth = |line: &usize| outline.get(*line).map_or(LAST, |(depth, _)| *depth);
        order.sort_by_key(depth);
        let needed = order.partition_point(|line| depth(line) < LAST);
        let (order, spare) = order.split_at_checked(needed)?;
        let picks = self.picks();
        for row_bytes in ROW_BYTES {
            let render = |count: usize| {
                let rows = count.saturating_sub(order.len()).min(picks.len());
                let more = count.saturating_sub(order.len() + picks.len());
                let lines = order.iter().take(count).chain(spare.iter().take(more));
                let lines: BTreeSet<usize> = lines.copied().collect();
                let shown = picks.get(..rows).unwrap_or_default();
                let text = self.render(&outline, &lines, needed, shown, row_bytes);
                let tokens = tokens(&text);
                (text, tokens)
            };
            let all = order.len() + picks.len() + spare.len();
            // Without a budget every key is kept; the rows are what gives way.
            let found = fill(order.len(), all, target, render)
                .or_else(|| fill(0, order.len(), room, render));
            if found.is_some() {
                return found;
            }
        }
        None
    }

    /// Returns the rows of all lists, the most telling of each first.
    fn picks(&self) -> Vec<(usize, usize)> {
        let most = self.lists.iter().map(|list| list.picks.len()).max();
        let turns = 0..most.unwrap_or(0);
        turns
            .flat_map(|turn| {
                let lists = self.lists.iter().enumerate();
                lists.filter_map(move |(index, list)| Some((index, *list.picks.get(turn)?)))
            })
            .collect()
    }

    fn render(
        &self,
        outline: &[(usize, String)],
        lines: &BTreeSet<usize>,
        needed: usize,
        picks: &[(usize, usize)],
        row_bytes: usize,
    ) -> String {
        let mut out = self.header.clone();
        for line in lines {
            if let Some((_, text)) = outline.get(*line) {
                out.push_str(text);
            }
        }
        if lines.len() < needed {
            // Writing to a string cannot fail.
            _ = writeln!(out, "… {} more", needed - lines.len());
        }
        for (index, list) in self.lists.iter().enumerate() {
            let rows: BTreeSet<usize> = picks
                .iter()
                .filter(|(other, _)| *other == index)
                .map(|(_, row)| *row)
                .collect();
            let mut next = 0;
            for row in rows {
                if row > next {
                    out.push_str(&(list.gap)(next, row - 1));
                }
                out.push_str(&(list.row)(row, row_bytes));
                next = row + 1;
            }
            if next < list.height {
                out.push_str(&(list.gap)(next, list.height - 1));
            }
        }
        out
    }
}

/// Cuts a row to so many bytes and names where the rest is.
pub(super) fn cut(text: &str, bytes_max: usize, place: &str) -> String {
    let clipped = super::clip(text, bytes_max);
    if clipped.len() < text.len() {
        format!("{clipped}… {place}\n")
    } else {
        format!("{text}\n")
    }
}
