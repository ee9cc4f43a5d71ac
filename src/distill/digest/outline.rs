//! The text of a template for a reader: what all its lines share, `{}` where they differ, few values spelled out.

use std::fmt::Write as _;

use super::super::strategy::lines::cluster::Cluster;
use super::super::strategy::lines::split::Parsed;
use super::is_hole;

/// A hole with at most so many distinct values shows them.
const VALUES_MAX: usize = 3;

/// Lines for each value that a hole shows: three values in three lines say nothing.
const LINES_PER_VALUE: usize = 4;

/// Bytes of a value that is spelled out in a hole.
const VALUE_BYTES_MAX: usize = 12;

/// Returns the template of `cluster` from its token `start` on; values with nothing but space between them are one `{}`.
pub(super) fn template<'t>(parsed: &Parsed<'t>, cluster: &Cluster, start: usize) -> String {
    let mut text = String::new();
    let mut hole_end = None;
    for (place, id) in cluster.shape.iter().enumerate().skip(start) {
        if !is_hole(*id) {
            text.push_str(parsed.word(*id));
            continue;
        }
        let mut values: Vec<&'t str> = Vec::new();
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
            let differing =
                |value: &&'t str| value.get(start.len()..value.len().checked_sub(end.len())?);
            let cut: Option<Vec<&str>> = values.iter().map(differing).collect();
            let _ = match cut {
                Some(cut) => write!(text, "{start}{{{}}}{end}", cut.join("|")),
                None => write!(text, "{{{}}}", values.join("|")),
            };
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

#[cfg(test)]
mod tests {
    use super::super::super::strategy::lines::cluster::cluster;
    use super::*;

    fn templates(text: &str) -> Vec<String> {
        let parsed = Parsed::new(text.lines());
        let clusters = cluster(&parsed);
        clusters
            .iter()
            .map(|cluster| template(&parsed, cluster, 0))
            .collect()
    }

    #[test]
    fn few_values_are_shown_without_what_they_have_in_common() {
        for (lines, expected) in [
            ("slot:1 is free\nslot:2 is free\n", "slot:{1|2} is free"),
            ("slot 1 is free\nslot 2 is free\n", "slot {1|2} is free"),
            ("a-1-a\na-a1\n", "a-{1-a|a1}"),
            ("x-1-x\nx-x-1\n", "x-{1-x|x-1}"),
        ] {
            assert_eq!(templates(&lines.repeat(4)), [expected]);
        }
    }
}
