//! Puts everything a digest could show in the order of its worth.

use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap, HashSet};

use super::super::severity::{self, Severity};
use super::super::strategy::lines::cluster::Cluster;
use super::super::{Kind, Request};
use super::{Shape, detail, is_hole};

/// Lines of one shape in a log that are shown with what belongs to them, a stack trace for example.
const DETAILED_LINES_MAX: usize = 3;

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
    let severities: Vec<_> = lines
        .iter()
        .map(|line| {
            let placed = kind == Kind::Build && severity::is_placed(line.text);
            severity::of(line.text).or(placed.then_some(Severity::Error))
        })
        .collect();
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
    let details = details(kind, shape, &severities);
    let lists = shape.is_list(kind);
    let mut singles = Vec::new();
    if lists {
        let is_kept = |line: usize| {
            details.contains(&line) || severities.get(line).is_some_and(Option::is_some)
        };
        // A shape whose lines are all shown word for word needs no template, and neither does a rule or a brace.
        let mut described: Vec<_> = shape
            .clusters
            .iter()
            .enumerate()
            .filter(|(_, cluster)| {
                !cluster.lines.iter().all(|line| is_kept(*line)) && !says_nothing(shape, cluster)
            })
            .collect();
        described.sort_by_key(|(_, cluster)| Reverse(cluster.lines.len()));
        let alone: BTreeSet<usize> = described
            .iter()
            .filter_map(|(_, cluster)| match cluster.lines.as_slice() {
                [line] => Some(*line),
                _ => None,
            })
            .collect();
        for (number, cluster) in described {
            // A line that occurs once is shown in its place, if that is beside another: else the gaps around it cost
            // more than its number.
            let beside = cluster.lines.first().copied().filter(|line| {
                let shows = |line: usize| alone.contains(&line) || is_kept(line);
                alone.contains(line) && (shows(line + 1) || line.checked_sub(1).is_some_and(shows))
            });
            match beside {
                Some(line) => singles.push(line),
                None => order.push(Item::Template(number)),
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
    for line in details.into_iter().chain(singles) {
        order.push(Item::Line(line));
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

/// The lines that belong to warnings and errors, in order. Of a log, which repeats itself, those of the first lines of
/// each shape.
fn details(kind: Kind, shape: &Shape<'_>, severities: &[Option<Severity>]) -> BTreeSet<usize> {
    let lines = shape.parsed.lines();
    let mut found = BTreeSet::new();
    for cluster in &shape.clusters {
        let lines_max = if kind == Kind::Log {
            DETAILED_LINES_MAX
        } else {
            usize::MAX
        };
        let troubles = cluster
            .lines
            .iter()
            .filter(|line| severities.get(**line).is_some_and(Option::is_some));
        for number in troubles.take(lines_max) {
            found.extend(detail::belonging(lines, severities, kind, *number));
        }
    }
    found.retain(|line| severities.get(*line).is_some_and(Option::is_none));
    found
}

/// Whether the lines of `cluster` hold no word and no value.
fn says_nothing(shape: &Shape<'_>, cluster: &Cluster) -> bool {
    cluster.shape.iter().all(|id| {
        !is_hole(*id)
            && !shape
                .parsed
                .word(*id)
                .contains(|letter: char| letter.is_alphanumeric())
    })
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
