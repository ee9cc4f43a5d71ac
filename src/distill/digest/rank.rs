//! Puts everything a digest could show in the order of its worth.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::ops::Range;

use super::super::severity::{self, Severity};
use super::super::strategy::lines::cluster::Cluster;
use super::super::{Kind, Request};
use super::detail::{self, Details};
use super::{Shape, is_hole};

/// Lines at both ends of a text that say what it is and how it ended.
const EDGE_LINES: usize = 3;

/// Lines that a query brings in, with their neighbours.
const QUERY_LINES_MAX: usize = 60;

/// Further wordings of one shape of trouble that are always shown: beyond, the word is a name like others.
const WORDINGS_MAX: usize = 8;

/// Letters of a word that is told from a unit, a field or the letter before a number.
const WORD_LETTERS_MIN: usize = 4;

/// Something a digest can show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Item {
    /// A template, by number from 0.
    Template(usize),
    /// A line, by number from 0.
    Line(usize),
}

/// Returns the templates and the lines among the first `count` items, by number, each once.
pub(super) fn parted(items: &[Item], count: usize) -> (Vec<usize>, Vec<usize>) {
    let (mut templates, mut lines) = (Vec::new(), Vec::new());
    for item in items.iter().take(count) {
        match item {
            Item::Template(number) => templates.push(*number),
            Item::Line(number) => lines.push(*number),
        }
    }
    templates.sort_unstable();
    lines.sort_unstable();
    lines.dedup();
    (templates, lines)
}

/// Items in order of worth.
pub(super) struct Ranked {
    pub(super) items: Vec<Item>,
    /// The first so many are kept whenever the budget allows; the others fill what room is left.
    pub(super) kept: usize,
    /// The first so many are shown where nobody asked for less, as far as the usual room goes.
    pub(super) wanted: usize,
    /// Whether the lines are those of a log.
    pub(super) is_log: bool,
    /// Of each shape in a log the first of its worst lines, if any is a warning or worse.
    pub(super) examples: Vec<Option<usize>>,
    /// What is said before a line that is shown, by its number.
    pub(super) notes: BTreeMap<usize, String>,
}

pub(super) fn ranked(request: &Request<'_>, kind: Kind, shape: &Shape<'_>) -> Ranked {
    let lines = shape.parsed.lines();
    let severities: Vec<_> = lines
        .iter()
        .map(|line| {
            // Code that a compiler quotes may be about errors.
            if kind == Kind::Build && detail::is_quoted_code(line.text) {
                return None;
            }
            let placed = kind == Kind::Build && severity::is_placed(line.text);
            severity::of(line.text).or(placed.then_some(Severity::Error))
        })
        .collect();
    if kind == Kind::Log {
        return of_log(request, shape, &severities);
    }
    let mut order = Order::default();
    for line in asked(request, shape) {
        order.push(Item::Line(line));
    }
    // One line of each kind of trouble before the second of any.
    for line in examples(shape, &severities).into_iter().flatten() {
        order.push(Item::Line(line));
    }
    let details = details(kind, shape, &severities);
    let lists = shape.is_list(kind);
    let mut singles = Vec::new();
    if lists {
        let is_kept =
            |line: usize| details.has(line) || severities.get(line).is_some_and(Option::is_some);
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
    for line in details.essential.into_iter().chain(singles) {
        order.push(Item::Line(line));
    }
    let kept = order.items.len();
    for line in details.further {
        order.push(Item::Line(line));
    }
    let wanted = order.items.len();
    order.push_rest(shape);
    Ranked {
        items: order.items,
        kept,
        wanted,
        is_log: false,
        examples: vec![None; shape.clusters.len()],
        notes: BTreeMap::new(),
    }
}

/// A log repeats itself: each shape once, with a line of those that are warnings or worse, then more of such lines.
fn of_log(request: &Request<'_>, shape: &Shape<'_>, severities: &[Option<Severity>]) -> Ranked {
    let mut order = Order::default();
    for line in asked(request, shape) {
        order.push(Item::Line(line));
    }
    let examples = examples(shape, severities);
    let worst = |line: &Option<usize>| line.and_then(|line| severities.get(line).copied()?);
    let mut numbers: Vec<usize> = (0..shape.clusters.len())
        .filter(|number| {
            let cluster = shape.clusters.get(*number);
            cluster.is_some_and(|cluster| !says_nothing(shape, cluster))
        })
        .collect();
    numbers.sort_by_key(|number| {
        let place = match examples.get(*number).and_then(worst) {
            Some(Severity::Error) => 0,
            Some(Severity::Warning) => 1,
            None => 2,
        };
        let lines = shape
            .clusters
            .get(*number)
            .map_or(0, |cluster| cluster.lines.len());
        (place, Reverse(lines))
    });
    for number in numbers {
        order.push(Item::Template(number));
    }
    for line in wordings(shape, severities, &examples) {
        order.push(Item::Line(line));
    }
    let kept = order.items.len();
    // What belongs to the examples, then the other lines that say something new.
    for line in examples.iter().flatten() {
        for line in detail::belonging(shape.parsed.lines(), severities, Kind::Log, *line).lines() {
            order.push(Item::Line(line));
        }
    }
    let text = |line: usize| {
        shape
            .parsed
            .lines()
            .get(line)
            .map_or("", |line| line.rest())
    };
    let mut said: HashSet<&str> = examples.iter().flatten().map(|line| text(*line)).collect();
    for wanted in [Severity::Error, Severity::Warning] {
        for (number, severity) in severities.iter().enumerate() {
            if *severity == Some(wanted) && said.insert(text(number)) {
                order.push(Item::Line(number));
            }
        }
    }
    let wanted = order.items.len();
    order.push_rest(shape);
    Ranked {
        items: order.items,
        kept,
        wanted,
        is_log: true,
        examples,
        notes: BTreeMap::new(),
    }
}

/// Of each shape the first of its worst lines.
fn examples(shape: &Shape<'_>, severities: &[Option<Severity>]) -> Vec<Option<usize>> {
    let first = |cluster: &Cluster, wanted: Severity| {
        let is_wanted = |line: &&usize| severities.get(**line) == Some(&Some(wanted));
        cluster.lines.iter().find(is_wanted).copied()
    };
    shape
        .clusters
        .iter()
        .map(|cluster| {
            first(cluster, Severity::Error).or_else(|| first(cluster, Severity::Warning))
        })
        .collect()
}

/// Of each shape with an example, the first line of each other wording: shapes are merged where they differ in a word, and
/// of two failures that word may be the one that counts.
fn wordings(
    shape: &Shape<'_>,
    severities: &[Option<Severity>],
    examples: &[Option<usize>],
) -> Vec<usize> {
    let lines = shape.parsed.lines();
    let mut found = Vec::new();
    for ((cluster, example), start) in shape.clusters.iter().zip(examples).zip(&shape.starts) {
        let Some(example) = *example else { continue };
        // The words, not the values, of a line where lines of its shape may differ.
        let wording = |number: usize| -> Vec<&str> {
            let tokens = lines.get(number).map(|line| shape.parsed.tokens(line));
            let places = tokens.unwrap_or_default().iter().zip(&cluster.shape);
            let holes = places.skip(*start).filter(|(_, place)| is_hole(**place));
            holes
                .map(|(id, _)| leading_word(shape.parsed.word(*id)))
                .collect()
        };
        let mut known = HashSet::from([wording(example)]);
        let troubles = cluster.lines.iter().copied().filter(|line| {
            let severity = severities.get(*line);
            severity == severities.get(example) && severity.is_some_and(Option::is_some)
        });
        let new = troubles.filter(|line| known.insert(wording(*line)));
        found.extend(new.take(WORDINGS_MAX));
    }
    found
}

/// The word that `value` starts with, `depth` of `depth......0`; nothing where it starts with a number or a short name, or
/// is a name: `image7.shop.example:80`.
fn leading_word(value: &str) -> &str {
    let end = value.find(|letter: char| !letter.is_alphabetic());
    let (word, rest) = value
        .split_at_checked(end.unwrap_or(value.len()))
        .unwrap_or_default();
    let is_name = rest.starts_with(|first: char| first.is_ascii_digit())
        || rest.contains(char::is_alphabetic);
    if is_name || word.chars().count() < WORD_LETTERS_MIN {
        ""
    } else {
        word
    }
}

/// Items in order, each once.
#[derive(Default)]
pub(super) struct Order {
    items: Vec<Item>,
    known: HashSet<Item>,
}

impl Order {
    pub(super) fn push(&mut self, item: Item) {
        if self.known.insert(item) {
            self.items.push(item);
        }
    }

    pub(super) fn push_lines(&mut self, lines: &Range<usize>) {
        for line in lines.clone() {
            self.push(Item::Line(line));
        }
    }

    pub(super) fn len(&self) -> usize {
        self.items.len()
    }

    pub(super) fn into_items(self) -> Vec<Item> {
        self.items
    }

    /// Both ends of the text, then all other lines.
    pub(super) fn push_rest(&mut self, shape: &Shape<'_>) {
        let lines = shape.parsed.lines().len();
        for number in 0..EDGE_LINES.min(lines) {
            self.push(Item::Line(number));
            self.push(Item::Line(lines - 1 - number));
        }
        let mut rest: Vec<_> = (0..lines)
            .map(|number| (prominence(shape, number), number))
            .collect();
        rest.sort_unstable();
        for (_, number) in rest {
            self.push(Item::Line(number));
        }
    }
}

/// The lines that speak of the query, those with its rarest words first, each with its neighbours.
pub(super) fn asked(request: &Request<'_>, shape: &Shape<'_>) -> Vec<usize> {
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

/// The lines that belong to warnings and errors, in order.
fn details(kind: Kind, shape: &Shape<'_>, severities: &[Option<Severity>]) -> Details {
    let mut found = Details::default();
    for (number, severity) in severities.iter().enumerate() {
        if severity.is_some() {
            found.extend(detail::belonging(
                shape.parsed.lines(),
                severities,
                kind,
                number,
            ));
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
