//! The text of a template for a reader: what all its lines share, `{}` where they differ, few values spelled out.

use super::super::strategy::lines::cluster::Cluster;
use super::super::strategy::lines::split::{Line, Parsed};
use super::is_hole;

/// A hole with at most so many distinct values shows them.
const VALUES_MAX: usize = 3;

/// Lines for each value that a hole shows: three values in three lines say nothing.
const LINES_PER_VALUE: usize = 4;

/// Bytes of a value that is spelled out in a hole.
const VALUE_BYTES_MAX: usize = 12;

/// Words without a value between two values in the head of a line: `host daemon 17 …`.
const HEAD_WORDS_MAX: usize = 1;

/// Returns the template of `cluster` from its token `start` on; values with nothing but space between them are one `{}`.
pub(super) fn template(parsed: &Parsed<'_>, cluster: &Cluster, start: usize) -> String {
    let mut text = String::new();
    let mut hole_end = None;
    for (place, id) in cluster.shape.iter().enumerate().skip(start) {
        if !is_hole(*id) {
            text.push_str(parsed.word(*id));
            continue;
        }
        let mut values: Vec<&str> = Vec::new();
        for line in &cluster.lines {
            let value = parsed
                .lines()
                .get(*line)
                .and_then(|line| parsed.tokens(line).get(place))
                .map_or("", |id| parsed.word(*id));
            if !values.contains(&value) {
                values.push(value);
            }
            if values.len() > VALUES_MAX {
                break;
            }
        }
        if let [only] = values.as_slice() {
            text.push_str(only);
            continue;
        }
        let (start, end) = ends(parsed, cluster, place);
        let is_few = values.len() <= VALUES_MAX
            && values.len() * LINES_PER_VALUE <= cluster.lines.len()
            && values.iter().all(|value| value.len() <= VALUE_BYTES_MAX);
        if is_few {
            text.push('{');
            text.push_str(&values.join("|"));
            text.push('}');
            continue;
        }
        let follows_hole =
            |end: usize| text.get(end..).is_some_and(|since| since.trim().is_empty());
        if let Some(end) = hole_end.filter(|end| start.is_empty() && follows_hole(*end)) {
            text.truncate(end);
        } else {
            text.push_str(start);
            text.push_str("{}");
        }
        text.push_str(end);
        hole_end = end.is_empty().then_some(text.len());
    }
    text.trim().to_owned()
}

/// What all values at `place` start and end with, down to their numbers: `node` of `node7` and `node12`.
fn ends<'t>(parsed: &Parsed<'t>, cluster: &Cluster, place: usize) -> (&'t str, &'t str) {
    let mut words = cluster.lines.iter().filter_map(|line| {
        let id = parsed.tokens(parsed.lines().get(*line)?).get(place)?;
        Some(parsed.word(*id))
    });
    let first = words.next().unwrap_or_default();
    let common = |a: &mut dyn Iterator<Item = u8>, b: &mut dyn Iterator<Item = u8>| {
        a.zip(b)
            .take_while(|(a, b)| a == b && !a.is_ascii_digit())
            .count()
    };
    let (mut start, mut end) = (first.len(), first.len());
    for word in words {
        start = start.min(common(&mut first.bytes(), &mut word.bytes()));
        end = end.min(common(&mut first.bytes().rev(), &mut word.bytes().rev()));
    }
    // Cut before anything but a number, a word would stand in two halves.
    let digit_at = |at: usize| first.as_bytes().get(at).is_some_and(u8::is_ascii_digit);
    let letter = |letter: char| letter.is_alphabetic();
    let head = first.get(..start).unwrap_or_default();
    let tail = first.get(first.len() - end..).unwrap_or_default();
    let head = if digit_at(start) {
        head
    } else {
        head.trim_end_matches(letter)
    };
    let before_tail = first.len().checked_sub(end + 1);
    let tail = if before_tail.is_some_and(digit_at) {
        tail
    } else {
        tail.trim_start_matches(letter)
    };
    if head.len() + tail.len() >= first.len() {
        return ("", "");
    }
    (head, tail)
}

/// Returns the token that the message of `cluster` starts with, after its head: the values before the first words.
pub(super) fn head_end(parsed: &Parsed<'_>, cluster: &Cluster) -> usize {
    let first = cluster
        .lines
        .first()
        .and_then(|line| parsed.lines().get(*line));
    let tokens = first.map_or(&[][..], |line| parsed.tokens(line));
    let mut words = 0;
    let mut field = 0;
    let mut end = 0;
    for (place, (shape, id)) in cluster.shape.iter().zip(tokens).enumerate() {
        let word = parsed.word(*id);
        let is_last = tokens
            .get(place + 1)
            .is_none_or(|next| parsed.word(*next).trim().is_empty());
        // What stands before the first colon says who speaks; the values after it are what is said.
        if end > 0 && is_last && word.ends_with(':') {
            return end;
        }
        if is_hole(*shape) && is_value(word) {
            words = 0;
            // `daemon[17]:` is one field, and its start says more than its end.
            let ends_field = is_last && !word.ends_with(':');
            end = if ends_field { place + 1 } else { field };
        } else if word.trim().is_empty() {
            field = place + 1;
        } else if word.contains(|letter: char| letter.is_alphanumeric()) {
            words += 1;
            if words > HEAD_WORDS_MAX {
                return end;
            }
        }
    }
    // Nothing but values: then they are what the line says.
    0
}

/// Whether `word` is a number, an address, a host with a number, rather than a name with a digit in it.
fn is_value(word: &str) -> bool {
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    digits * 3 >= word.len()
}

/// Returns what `line` says from its token `start` on.
pub(super) fn message<'t>(parsed: &Parsed<'t>, line: &Line<'t>, start: usize) -> &'t str {
    let tokens = parsed.tokens(line).iter().take(start);
    let head: usize = tokens.map(|id| parsed.word(*id).len()).sum();
    line.rest().get(head..).unwrap_or_default().trim_start()
}
