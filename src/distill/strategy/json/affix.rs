//! What the texts of one column share among themselves: a beginning and an end, or digits at the same places.

use super::columns::{Context, short_sample};
use super::lexer::is_bare;
use super::notation::is_word;
use super::template::{Part, Template};
use super::tree::{Kind, NodeId};
use crate::distill::map::Set;

/// Returns the template that saves the most tokens on a column of scalars of one kind, if any does.
pub(super) fn own(context: &Context<'_>, values: &[Option<NodeId>]) -> Option<Template> {
    let document = context.document;
    let is_word =
        |id: &NodeId| document.node(*id).kind == Kind::Bare && is_word(document.lexeme(*id));
    let values: Vec<NodeId> = values.iter().copied().flatten().collect();
    let first = values.iter().find(|id| !is_word(id))?;
    let kind = document.node(*first).kind;
    if !matches!(kind, Kind::Bare | Kind::Text)
        || values
            .iter()
            .any(|id| document.node(*id).kind != kind && !is_word(id))
    {
        return None;
    }
    let mut seen = Set::default();
    let texts: Vec<&str> = values
        .iter()
        .filter(|id| !is_word(id))
        .filter(|id| seen.insert(context.interned.number(**id)))
        .map(|id| document.lexeme(*id))
        .collect();
    let length = |row: usize| values.get(row).map_or(0, |id| document.lexeme(*id).len());
    let sampled: Vec<NodeId> = short_sample(values.len(), length)
        .into_iter()
        .filter_map(|row| values.get(row).copied())
        .collect();
    let price = |template: Option<&Template>| {
        let cells: usize = sampled
            .iter()
            .map(|id| context.cell_price(*id, template))
            .sum();
        let header = template.map_or(0, |template| {
            context.prices.of(&format!("={}", template.spelling()))
        });
        cells * values.len() / sampled.len().max(1) + header
    };
    let candidates = candidates(&texts, kind == Kind::Bare);
    if candidates.is_empty() {
        return None;
    }
    let plain = price(None);
    candidates
        .into_iter()
        .filter(|template| {
            texts.iter().all(|text| {
                template
                    .cell(text)
                    .is_some_and(|cell| template.fill(&cell, |_| None).as_deref() == Some(*text))
            })
        })
        .map(|template| {
            // A reader puts a word together less easily than two.
            let penalty = if cuts_word(&template) {
                values.len() / 2
            } else {
                0
            };
            (price(Some(&template)) + penalty, template)
        })
        .min_by_key(|(price, _)| *price)
        .filter(|(price, _)| *price < plain)
        .map(|(_, template)| template)
}

/// Tells whether the template leaves a piece of a word to the cells: that must save something for each reader.
fn cuts_word(template: &Template) -> bool {
    match template.parts.as_slice() {
        [Part::Literal(before), Part::Cell, ..] => before.ends_with(char::is_alphanumeric),
        [Part::Cell, Part::Literal(after)] => after.starts_with(char::is_alphanumeric),
        _ => false,
    }
}

fn candidates(texts: &[&str], bare: bool) -> Vec<Template> {
    let mut found = Vec::new();
    let mut add = |parts: Vec<Part>| {
        let plain = parts.iter().all(|part| match part {
            Part::Literal(text) => Template::may_hold(text),
            _ => true,
        });
        if plain {
            found.push(Template { parts, bare });
        }
    };
    let (prefix, suffix) = affixes(texts);
    let word_prefix = prefix.trim_end_matches(char::is_alphanumeric);
    let word_suffix = suffix.trim_start_matches(char::is_alphanumeric);
    let mut prefixes = vec!["", prefix];
    if word_prefix.len() < prefix.len() && !word_prefix.is_empty() {
        prefixes.push(word_prefix);
    }
    let mut suffixes = vec!["", suffix];
    if word_suffix.len() < suffix.len() && !word_suffix.is_empty() {
        suffixes.push(word_suffix);
    }
    suffixes.dedup();
    prefixes.dedup();
    for prefix in &prefixes {
        for suffix in &suffixes {
            // Without either, the template only says that what looks like numbers is text.
            let says_text = !bare && texts.iter().any(|text| is_bare(text));
            if prefix.is_empty() && suffix.is_empty() && !says_text {
                continue;
            }
            let mut parts = vec![Part::Literal((*prefix).to_owned()), Part::Cell];
            parts.push(Part::Literal((*suffix).to_owned()));
            parts.retain(|part| *part != Part::Literal(String::new()));
            add(parts);
        }
    }
    if !bare {
        if let Some(parts) = picture(texts, 0) {
            add(parts);
        }
        let digits = prefix.len()
            - prefix
                .trim_start_matches(|c: char| c.is_ascii_digit())
                .len();
        if digits > 0
            && let Some(parts) = picture(texts, digits)
        {
            add(parts);
        }
    }
    found
}

/// Returns the longest beginning and, of what is left, the longest end that all texts share.
fn affixes<'a>(texts: &[&'a str]) -> (&'a str, &'a str) {
    let Some((first, others)) = texts.split_first() else {
        return ("", "");
    };
    let (mut start, mut end) = (first.len(), first.len());
    for other in others {
        let pairs = first.bytes().zip(other.bytes());
        start = pairs
            .take(start)
            .take_while(|(one, other)| one == other)
            .count();
    }
    while !first.is_char_boundary(start) {
        start -= 1;
    }
    for other in others {
        let limit = end.min(other.len() - start).min(first.len() - start);
        let pairs = first.bytes().rev().zip(other.bytes().rev());
        end = pairs
            .take(limit)
            .take_while(|(one, other)| one == other)
            .count();
    }
    if others.is_empty() {
        end = 0;
    }
    while !first.is_char_boundary(first.len() - end) {
        end -= 1;
    }
    (
        first.get(..start).unwrap_or(""),
        first.get(first.len() - end..).unwrap_or(""),
    )
}

/// Returns the parts of texts of one length that have digits at the same places and are otherwise alike; the first
/// `literal` bytes count as alike.
fn picture(texts: &[&str], literal: usize) -> Option<Vec<Part>> {
    let first = *texts.first()?;
    let mut is_digit: Vec<bool> = first.bytes().map(|byte| byte.is_ascii_digit()).collect();
    for text in texts {
        if text.len() != first.len() {
            return None;
        }
        for ((digit, one), other) in is_digit.iter_mut().zip(first.bytes()).zip(text.bytes()) {
            *digit &= other.is_ascii_digit();
            if one != other && !*digit {
                return None;
            }
        }
    }
    let mut parts: Vec<Part> = Vec::new();
    for (index, character) in first.char_indices() {
        let digit = index >= literal && is_digit.get(index).copied().unwrap_or(false);
        match (parts.last_mut(), digit) {
            (Some(Part::Digits(count)), true) => *count += 1,
            (_, true) => parts.push(Part::Digits(1)),
            (Some(Part::Literal(text)), false) => text.push(character),
            (_, false) => parts.push(Part::Literal(character.to_string())),
        }
    }
    let holes = parts.iter().filter(|part| matches!(part, Part::Digits(_)));
    (holes.count() > 1).then_some(parts)
}
