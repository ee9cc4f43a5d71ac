//! Puts everything an outline could show in the order of its worth.

use std::cmp::Reverse;
use std::collections::HashSet;

use super::Source;
use super::walk::Class;

/// Entries that a query shows whole.
const BODIES_MAX: usize = 8;

/// How much more it says when a name speaks of the query than when a body does.
const NAME_WEIGHT: u32 = 3;

/// Something an outline can show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Item {
    /// The line of an entry, by number from 0.
    Entry(usize),
    /// All lines of an entry.
    Body(usize),
    /// What the text says about itself.
    About,
    /// What is imported.
    Imports,
    /// Fields, variants, properties of an entry.
    Members(usize),
    /// The first sentence of the documentation of an entry.
    Doc(usize),
}

/// Returns the items in order of worth, and how many of the first are kept whenever the budget allows.
pub(super) fn ranked(source: &Source<'_>, query: Option<&str>) -> (Vec<Item>, usize) {
    let mut items = Vec::new();
    let mut order: Vec<usize> = (0..source.entries().len()).collect();
    order.sort_by_key(|number| {
        source.entry(*number).map(|entry| {
            let is_statements = entry.class == Class::Statements;
            let is_private = (source.grammar.is_private)(source.signature(*number));
            (
                entry.depth,
                entry.is_local,
                is_statements,
                is_private,
                *number,
            )
        })
    });
    let asked = asked(source, query.unwrap_or_default());
    for number in &asked {
        // A body is of no use without the names around it.
        let mut outer = source.entry(*number).and_then(|entry| entry.parent);
        let at = items.len();
        while let Some(parent) = outer {
            items.insert(at, Item::Entry(parent));
            outer = source.entry(parent).and_then(|entry| entry.parent);
        }
        items.push(Item::Entry(*number));
        items.push(Item::Body(*number));
    }
    items.extend(order.iter().map(|number| Item::Entry(*number)));
    let mut known = HashSet::new();
    items.retain(|item| known.insert(*item));
    let kept = items.len();
    items.push(Item::About);
    items.push(Item::Imports);
    for number in order {
        let Some(entry) = source.entry(number) else {
            continue;
        };
        if !entry.members.is_empty() {
            items.push(Item::Members(number));
        }
        if entry.doc.is_some() {
            items.push(Item::Doc(number));
        }
    }
    (items, kept)
}

/// The entries that speak of the query, best first.
fn asked(source: &Source<'_>, query: &str) -> Vec<usize> {
    let query = query.to_lowercase();
    let words: HashSet<&str> = query
        .split(|letter: char| !letter.is_alphanumeric() && letter != '_')
        .filter(|word| word.chars().count() > 1)
        .collect();
    let candidates: Vec<(usize, String, String)> = source
        .entries()
        .iter()
        .enumerate()
        .filter(|(number, entry)| entry.class == Class::Function || !source.has_children(*number))
        .map(|(number, entry)| {
            let body = source.text.get(entry.bytes.clone()).unwrap_or_default();
            (
                number,
                source.signature(number).to_lowercase(),
                body.to_lowercase(),
            )
        })
        .collect();
    let mut scores: Vec<(u32, usize)> = candidates
        .iter()
        .map(|(number, _, _)| (0, *number))
        .collect();
    for word in words {
        let with = candidates
            .iter()
            .filter(|(_, _, body)| body.contains(word))
            .count();
        // Rarity in whole bits, as for the lines of other texts.
        let weight = 1 + (candidates.len() / with.max(1)).max(1).ilog2();
        for ((score, _), (_, name, body)) in scores.iter_mut().zip(&candidates) {
            if name.contains(word) {
                *score += NAME_WEIGHT * weight;
            } else if body.contains(word) {
                *score += weight;
            }
        }
    }
    scores.sort_by_key(|(score, number)| (Reverse(*score), *number));
    let best = scores.first().map_or(0, |(score, _)| *score);
    scores.retain(|(score, _)| *score > 0 && *score * 2 >= best);
    scores.truncate(BODIES_MAX);
    scores.into_iter().map(|(_, number)| number).collect()
}
