//! Puts everything a digest could show in the order of its worth.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};

use super::super::severity::{self, Severity};
use super::super::{Kind, Request};
use super::Shape;

/// Lines after an error that belong to it: indented ones and stack frames, up to so many.
const DETAIL_LINES_MAX: usize = 12;

/// Lines at both ends of a text that say what it is and how it ended.
const EDGE_LINES: usize = 3;

/// Lines that a query brings in, with their neighbours.
const QUERY_LINES_MAX: usize = 60;

/// Something a digest can show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Item {
    /// A template, by number from 0.
    Template(usize),
    /// A line, by number from 0.
    Line(usize),
}

/// Items in order of worth.
pub(super) struct Ranked {
    pub(super) items: Vec<Item>,
    /// The first so many are kept whenever the budget allows; the others fill what room is left.
    pub(super) kept: usize,
}

pub(super) fn ranked(request: &Request<'_>, kind: Kind, shape: &Shape<'_>) -> Ranked {
    let lines = shape.parsed.lines();
    let severities: Vec<_> = lines.iter().map(|line| severity::of(line.text)).collect();
    let mut order = Order::default();
    for line in asked(request, shape) {
        order.push(Item::Line(line));
    }
    // One line of each kind of trouble before the second of any.
    for wanted in [Severity::Error, Severity::Warning] {
        for cluster in &shape.clusters {
            let worst = cluster
                .lines
                .iter()
                .find(|line| severities.get(**line) == Some(&Some(wanted)));
            if let Some(line) = worst {
                order.push(Item::Line(*line));
            }
        }
    }
    if shape.is_list(kind) {
        let mut numbers: Vec<_> = (0..shape.clusters.len()).collect();
        numbers.sort_by_key(|number| {
            Reverse(
                shape
                    .clusters
                    .get(*number)
                    .map_or(0, |cluster| cluster.lines.len()),
            )
        });
        for number in numbers {
            // A shape whose only lines are shown word for word needs no template.
            let is_shown = shape.clusters.get(number).is_some_and(|cluster| {
                cluster.shape.is_empty()
                    || cluster
                        .lines
                        .iter()
                        .all(|line| severities.get(*line).is_some_and(Option::is_some))
            });
            if !is_shown {
                order.push(Item::Template(number));
            }
        }
    }
    for wanted in [Severity::Error, Severity::Warning] {
        for (number, severity) in severities.iter().enumerate() {
            if *severity == Some(wanted) {
                order.push(Item::Line(number));
            }
        }
    }
    for (number, severity) in severities.iter().enumerate() {
        if *severity == Some(Severity::Error) {
            for detail in details(shape, number) {
                order.push(Item::Line(detail));
            }
        }
    }
    let kept = order.items.len();
    for number in 0..EDGE_LINES.min(lines.len()) {
        order.push(Item::Line(number));
        order.push(Item::Line(lines.len() - 1 - number));
    }
    let mut rest: Vec<_> = (0..lines.len())
        .map(|number| (prominence(shape, number), number))
        .collect();
    rest.sort_unstable();
    for (_, number) in rest {
        order.push(Item::Line(number));
    }
    Ranked {
        items: order.items,
        kept,
    }
}

#[derive(Default)]
struct Order {
    items: Vec<Item>,
    known: HashSet<Item>,
}

impl Order {
    fn push(&mut self, item: Item) {
        if self.known.insert(item) {
            self.items.push(item);
        }
    }
}

/// The lines that speak of the query, those with its rarest words first, each with its neighbours.
fn asked(request: &Request<'_>, shape: &Shape<'_>) -> Vec<usize> {
    let query = request.query.unwrap_or_default().to_lowercase();
    let words: HashSet<&str> = query
        .split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| word.chars().count() > 1)
        .collect();
    if words.is_empty() {
        return Vec::new();
    }
    let mut mentions: Vec<(usize, Vec<&str>)> = Vec::new();
    let mut lines_with: HashMap<&str, usize> = HashMap::new();
    for (number, line) in shape.parsed.lines().iter().enumerate() {
        let text = line.text.to_lowercase();
        let found: Vec<&str> = words
            .iter()
            .copied()
            .filter(|word| text.contains(word))
            .collect();
        for word in &found {
            *lines_with.entry(word).or_default() += 1;
        }
        if !found.is_empty() {
            mentions.push((number, found));
        }
    }
    let all = shape.parsed.lines().len();
    // Rarity in whole bits: a word in one line of 1024 weighs ten times one in every second line.
    let weight = |word: &str| {
        1 + (all / lines_with.get(word).copied().unwrap_or(1).max(1))
            .max(1)
            .ilog2()
    };
    let mut scored: Vec<(u32, usize)> = mentions
        .iter()
        .map(|(number, found)| (found.iter().map(|word| weight(word)).sum(), *number))
        .collect();
    scored.sort_by_key(|(score, number)| (Reverse(*score), *number));
    let best = scored.first().map_or(0, |(score, _)| *score);
    let near: Vec<usize> = scored
        .iter()
        .take_while(|(score, _)| score * 2 >= best)
        .take(QUERY_LINES_MAX)
        .map(|(_, number)| *number)
        .collect();
    let neighbours = near
        .iter()
        .flat_map(|number| [number.saturating_sub(1), number + 1])
        .filter(|number| *number < all);
    near.iter().copied().chain(neighbours).collect()
}

/// The lines after line `number` that tell more about it.
fn details(shape: &Shape<'_>, number: usize) -> impl Iterator<Item = usize> {
    shape
        .parsed
        .lines()
        .iter()
        .enumerate()
        .skip(number + 1)
        .take(DETAIL_LINES_MAX)
        .take_while(|(_, line)| {
            line.text.starts_with([' ', '\t', '|', '^']) && !line.text.trim().is_empty()
                || severity::is_frame(line.text)
        })
        .map(|(number, _)| number)
}

/// How early a line is shown that nothing speaks for: headings and outermost lines, then starts of paragraphs, then the rest.
fn prominence(shape: &Shape<'_>, number: usize) -> usize {
    let lines = shape.parsed.lines();
    let text = lines.get(number).map_or("", |line| line.text);
    let before = number
        .checked_sub(1)
        .and_then(|before| lines.get(before))
        .map_or("", |line| line.text);
    let trimmed = text.trim();
    let indent = text.len() - text.trim_start().len();
    let closes = trimmed.chars().all(|letter| !letter.is_alphanumeric());
    if trimmed.is_empty() || closes {
        5
    } else if trimmed.starts_with("# ") || trimmed.starts_with("## ") {
        0
    } else if indent == 0 && (text.ends_with(['{', ':']) || trimmed.starts_with('#')) {
        1
    } else if before.trim().is_empty() {
        2
    } else if indent <= 4 && text.ends_with(['{', ':']) {
        3
    } else {
        4
    }
}
