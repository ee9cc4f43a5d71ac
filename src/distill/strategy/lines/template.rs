//! Templates: the shape of a cluster as text with holes, and how a value is spelled after its predecessor.

use super::cluster::{Cluster, HOLE, TAIL};
use super::memory::Memory;
use super::split::{Line, Parsed, WordId};

/// Digits of a value that is read as one hexadecimal number: an address or a hash, no count.
const HEXADECIMAL_DIGITS_MIN: usize = 6;

/// Bytes that such a value must share with the one before it: the sign for that costs about as many.
const HEXADECIMAL_SAME_MIN: usize = 4;

/// The pair of characters around the name of a hole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Marks {
    pub(super) open: char,
    pub(super) close: char,
}

impl Marks {
    /// Pairs to choose from: the first whose opening character stands in no template is used.
    pub(super) const ALL: [Self; 3] = [
        Self {
            open: '{',
            close: '}',
        },
        Self {
            open: '«',
            close: '»',
        },
        Self {
            open: '⟦',
            close: '⟧',
        },
    ];
}

/// A piece of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Part {
    Text(String),
    /// A value, and what it is expected to be.
    Hole(Memory),
    /// The same value as that of hole `n` of this line, counted from 0.
    Same(usize),
    /// The rest of the line.
    Tail,
}

/// One cluster, ready to be written.
pub(super) struct Template {
    pub(super) parts: Vec<Part>,
    /// For each hole: its place among the tokens, and the bytes cut from both ends of its values.
    pub(super) holes: Vec<Cut>,
    /// The token that the rest of the line starts with, if lines differ in it altogether.
    pub(super) tail: Option<usize>,
}

impl Template {
    /// What each hole remembers.
    pub(super) fn memories(&self) -> impl Iterator<Item = Memory> {
        self.parts.iter().filter_map(|part| match part {
            Part::Hole(memory) => Some(*memory),
            Part::Text(_) | Part::Same(_) | Part::Tail => None,
        })
    }

    /// The rest of the line with `tokens`, if it is no part of the template.
    pub(super) fn tail<'t>(&self, parsed: &Parsed<'t>, line: &Line<'t>) -> Option<&'t str> {
        let head = parsed.tokens(line).iter().take(self.tail?);
        let length: usize = head.map(|id| parsed.word(*id).len()).sum();
        line.rest().get(length..)
    }
}

/// Where a hole's value lies in its line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cut {
    place: usize,
    prefix: usize,
    suffix: usize,
}

impl Cut {
    /// The value of this hole in the line with `tokens`.
    pub(super) fn value<'t>(&self, parsed: &Parsed<'t>, tokens: &[WordId]) -> &'t str {
        let word = tokens.get(self.place).map_or("", |id| parsed.word(*id));
        let end = word.len().saturating_sub(self.suffix);
        word.get(self.prefix..end).unwrap_or_default()
    }
}

/// Reads the text of a template.
pub(super) fn parse(text: &str, marks: Marks) -> Option<Vec<Part>> {
    let mut parts = Vec::new();
    let mut holes = 0;
    let mut rest = text;
    while let Some((fixed, after)) = rest.split_once(marks.open) {
        if !fixed.is_empty() {
            parts.push(Part::Text(fixed.to_owned()));
        }
        let (label, after) = after.split_once(marks.close)?;
        parts.push(if label == "*" {
            Part::Tail
        } else if let Some(same) = label.strip_prefix('=') {
            Part::Same(same.parse().ok().filter(|same| *same < holes)?)
        } else {
            holes += 1;
            Part::Hole(Memory::parse(label)?)
        });
        rest = after;
    }
    if !rest.is_empty() {
        parts.push(Part::Text(rest.to_owned()));
    }
    Some(parts)
}

/// Makes a template from `cluster`: what all its lines have in common becomes text.
pub(super) fn make(parsed: &Parsed<'_>, cluster: &Cluster, memories: &[Memory]) -> Template {
    let mut parts: Vec<Part> = Vec::new();
    let mut holes: Vec<Cut> = Vec::new();
    let mut tail = None;
    for (place, id) in cluster.shape.iter().enumerate() {
        if *id == TAIL {
            tail = Some(place);
            parts.push(Part::Tail);
            continue;
        }
        if *id != HOLE {
            push_text(&mut parts, parsed.word(*id));
            continue;
        }
        let mut column = cluster.lines.iter().map(|line| token(parsed, *line, place));
        let first = column.next().unwrap_or(HOLE);
        if column.all(|id| id == first) {
            push_text(&mut parts, parsed.word(first));
            continue;
        }
        let memory = memories.get(place).copied().unwrap_or_default();
        let cut = if memory.group.is_some() {
            Cut {
                place,
                prefix: 0,
                suffix: 0,
            }
        } else {
            cut(parsed, cluster, place)
        };
        let word = parsed.word(first);
        push_text(&mut parts, word.get(..cut.prefix).unwrap_or_default());
        if let Some(same) = same(parsed, cluster, &holes, cut) {
            parts.push(Part::Same(same));
        } else {
            parts.push(Part::Hole(memory));
            holes.push(cut);
        }
        let tail = word.len().saturating_sub(cut.suffix);
        push_text(&mut parts, word.get(tail..).unwrap_or_default());
    }
    Template { parts, holes, tail }
}

fn push_text(parts: &mut Vec<Part>, text: &str) {
    if text.is_empty() {
        return;
    }
    if let Some(Part::Text(last)) = parts.last_mut() {
        last.push_str(text);
    } else {
        parts.push(Part::Text(text.to_owned()));
    }
}

fn token(parsed: &Parsed<'_>, line: usize, place: usize) -> WordId {
    parsed
        .lines()
        .get(line)
        .and_then(|line| parsed.tokens(line).get(place))
        .copied()
        .unwrap_or(HOLE)
}

/// Finds what all values at `place` start and end with; a run of digits is never cut, and no value becomes empty.
fn cut(parsed: &Parsed<'_>, cluster: &Cluster, place: usize) -> Cut {
    let words = || {
        cluster
            .lines
            .iter()
            .map(|line| parsed.word(token(parsed, *line, place)))
    };
    let first = words().next().unwrap_or_default();
    let mut prefix = first.len();
    let mut suffix = first.len();
    let mut shortest = first.len();
    for word in words() {
        prefix = prefix.min(common(first.bytes(), word.bytes()));
        suffix = suffix.min(common(first.bytes().rev(), word.bytes().rev()));
        shortest = shortest.min(word.len());
        if prefix == 0 && suffix == 0 {
            break;
        }
    }
    let bytes = first.as_bytes();
    let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let letter = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_alphabetic);
    // A cut inside a word or a number would leave halves that cost more and say less.
    while prefix > 0 && (digit(prefix - 1) || letter(prefix - 1) || !first.is_char_boundary(prefix))
    {
        prefix -= 1;
    }
    let start = |suffix: usize| bytes.len() - suffix;
    while suffix > 0
        && (digit(start(suffix)) || letter(start(suffix)) || !first.is_char_boundary(start(suffix)))
    {
        suffix -= 1;
    }
    if prefix + suffix >= shortest {
        suffix = 0;
    }
    if prefix >= shortest {
        prefix = 0;
    }
    Cut {
        place,
        prefix,
        suffix,
    }
}

/// What all values at `place` start and end with.
pub(super) fn ends<'t>(parsed: &Parsed<'t>, cluster: &Cluster, place: usize) -> (&'t str, &'t str) {
    let Cut { prefix, suffix, .. } = cut(parsed, cluster, place);
    let first = cluster.lines.first().copied().unwrap_or_default();
    let word = parsed.word(token(parsed, first, place));
    let end = word.len().saturating_sub(suffix);
    (
        word.get(..prefix).unwrap_or_default(),
        word.get(end..).unwrap_or_default(),
    )
}

/// About how many tokens `value` has.
pub(super) fn length(value: &str) -> usize {
    segments(value).count()
}

fn common(a: impl Iterator<Item = u8>, b: impl Iterator<Item = u8>) -> usize {
    a.zip(b).take_while(|(a, b)| a == b).count()
}

/// The earlier hole that has the value of `cut` in every line.
fn same(parsed: &Parsed<'_>, cluster: &Cluster, holes: &[Cut], cut: Cut) -> Option<usize> {
    holes.iter().position(|hole| {
        cluster.lines.iter().all(|line| {
            parsed.lines().get(*line).is_some_and(|line| {
                let tokens = parsed.tokens(line);
                hole.value(parsed, tokens) == cut.value(parsed, tokens)
            })
        })
    })
}

/// Spells `value` after `last`: `"` is what `memory` expects, `'x` ends in `x` and starts as the last one did.
pub(super) fn spell<'v>(
    value: &'v str,
    last: Option<&str>,
    memory: Memory,
) -> (&'static str, &'v str) {
    let Some(last) = last else {
        return ("", value);
    };
    let is_expected = if memory.step == 0 {
        last == value
    } else {
        memory.expected(last).as_deref() == Some(value)
    };
    if is_expected {
        return ("\"", "");
    }
    let same = if is_hexadecimal(last) {
        same_digits(last, value)
    } else {
        segments(last)
            .zip(segments(value))
            .take_while(|(a, b)| a == b)
            .map(|(a, _)| a.len())
            .sum()
    };
    match value.split_at_checked(same) {
        Some((head, tail))
            if !head.is_empty() && !tail.is_empty() && kept(last, tail) == Some(head) =>
        {
            ("'", tail)
        }
        _ => ("", value),
    }
}

/// How many bytes `value` starts with as the hexadecimal number `last` does: none if so few that both are better written.
pub(super) fn same_digits(last: &str, value: &str) -> usize {
    let same = common(last.bytes(), value.bytes());
    if same >= HEXADECIMAL_SAME_MIN {
        same
    } else {
        0
    }
}

/// Reads `spelled` after `last`; the inverse of [`spell`].
pub(super) fn unspell(spelled: &str, last: Option<&str>, memory: Memory) -> Option<String> {
    if spelled == "\"" {
        return memory.expected(last?);
    }
    match spelled.strip_prefix('\'') {
        Some(tail) => elided(last?, tail),
        None => Some(spelled.to_owned()),
    }
}

/// Puts `tail` in the place of as many last segments of `last` as it has, or last digits if it is hexadecimal.
fn elided(last: &str, tail: &str) -> Option<String> {
    Some([kept(last, tail)?, tail].concat())
}

/// What is left of `last` when `tail` takes the place of its end.
fn kept<'l>(last: &'l str, tail: &str) -> Option<&'l str> {
    if is_hexadecimal(last) {
        let keep = last.len().checked_sub(tail.len())?;
        return last.get(..keep);
    }
    let keep = segments(last).count().checked_sub(segments(tail).count())?;
    let bytes = segments(last).take(keep).map(str::len).sum();
    last.get(..bytes)
}

/// Whether `value` is an address or a hash: its letters and digits are all of one number.
pub(super) fn is_hexadecimal(value: &str) -> bool {
    let digits = value.strip_prefix("0x").unwrap_or(value);
    let has = |is: fn(&u8) -> bool| digits.as_bytes().iter().any(is);
    digits.len() >= HEXADECIMAL_DIGITS_MIN
        && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
        && has(u8::is_ascii_digit)
        && has(u8::is_ascii_alphabetic)
}

/// Cuts `value` into words, groups of three digits from the left, and single characters.
fn segments(value: &str) -> impl Iterator<Item = &str> {
    let mut rest = value;
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        let length = if first.is_ascii_digit() {
            rest.bytes().take(3).take_while(u8::is_ascii_digit).count()
        } else if first.is_ascii_alphabetic() {
            rest.bytes().take_while(u8::is_ascii_alphabetic).count()
        } else {
            first.len_utf8()
        };
        let (segment, after) = rest.split_at_checked(length)?;
        rest = after;
        Some(segment)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_spelled_by_what_changed() {
        for (last, value, expected) in [
            (None, "17", ("", "17")),
            (Some("17"), "17", ("\"", "")),
            (
                Some("10.250.7.1:50010"),
                "10.250.9.22:50010",
                ("'", "9.22:50010"),
            ),
            (Some("1117838570"), "1117838573", ("'", "3")),
            (Some("a/b"), "c/b", ("", "c/b")),
            (Some("a1"), "a1b", ("", "a1b")),
        ] {
            assert_eq!(spell(value, last, Memory::default()), expected, "{value}");
            let (sign, tail) = expected;
            assert_eq!(
                unspell(&format!("{sign}{tail}"), last, Memory::default()).as_deref(),
                Some(value)
            );
        }
    }

    #[test]
    fn a_tail_longer_than_the_last_value_is_refused() {
        assert_eq!(unspell("'1.2.3", Some("1"), Memory::default()), None);
        assert_eq!(unspell("\"", None, Memory::default()), None);
    }
}
