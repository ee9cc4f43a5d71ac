//! Runs of lines that stood before: the stack of many threads, the frames below an exception that is thrown again.
//!
//! ```text
//! #again <n marks the line below it; =n k: the k lines from mark n on, again
//! <1
//!     at org.shop.Pool.take(Pool.java:9)        the first time they stand as they are
//!     at org.shop.Pool.run(Pool.java:4)
//! "worker-2" waiting
//! =1 2                                          the same two frames
//! ```
//!
//! A run is of lines that stand here themselves, never of a repetition, so that looking it up is one step.

use std::fmt::Write as _;
use std::hash::Hash;

use super::{Layer, line_end};
use crate::distill::map::Map;

/// First line of packed text.
const HEADER: &str = "#again <n marks the line below it; =n k: the k lines from mark n on, again";

/// Lines of a run: what stands alone costs the other codecs no more than the reference would.
const RUN_LINES_MIN: usize = 2;

/// Bytes of a run: below, reference and mark cost as much as the lines.
const RUN_BYTES_MIN: usize = 90;

/// Earlier places of a line that are tried, so that a line of every second place does not cost quadratic time.
const PLACES_MAX: usize = 16;

/// Repeated bytes from which the header is paid for.
const REPEATED_BYTES_MIN: usize = 400;

/// The part of a text, as one in so many, that has to be repeated: below, packing it once more takes longer than it gains.
const REPEATED_PART: usize = 16;

/// See the module.
#[derive(Debug)]
pub(super) struct Again;

impl Layer for Again {
    fn encode(&self, text: &str) -> Option<String> {
        let lines: Vec<&str> = text.split('\n').collect();
        if lines.iter().any(|line| Mark::of(line).is_some()) {
            return None;
        }
        let runs = runs(&lines);
        let repeated: usize = runs
            .iter()
            .filter_map(|run| lines.get(run.at..run.at + run.lines))
            .map(bytes)
            .sum();
        if repeated < REPEATED_BYTES_MIN.max(text.len() / REPEATED_PART) {
            return None;
        }
        Some(write(&lines, &runs, line_end(text)))
    }

    fn decode(&self, packed: &str, bytes_max: usize) -> Option<String> {
        let (header, rest) = packed.split_once('\n')?;
        if header.strip_suffix('\r').unwrap_or(header) != HEADER {
            return None;
        }
        let mut out = String::new();
        let mut push = |line: &str| {
            out.push_str(line);
            out.push('\n');
            // The end of the last line is cut off again.
            (out.len() <= bytes_max.saturating_add(1)).then_some(())
        };
        let mut own: Vec<&str> = Vec::new();
        let mut marks: Map<usize, usize> = Map::default();
        for line in rest.split('\n') {
            match Mark::of(line) {
                Some(Mark::Here(name)) => {
                    marks.insert(name, own.len());
                }
                Some(Mark::Again { name, lines }) => {
                    let from = *marks.get(&name)?;
                    for line in own.get(from..from.checked_add(lines)?)? {
                        push(line)?;
                    }
                }
                None => {
                    push(line)?;
                    own.push(line);
                }
            }
        }
        out.pop();
        Some(out)
    }
}

/// A line of the notation.
enum Mark {
    /// `<n`
    Here(usize),
    /// `=n k`
    Again { name: usize, lines: usize },
}

impl Mark {
    fn of(line: &str) -> Option<Self> {
        let line = line.strip_suffix('\r').unwrap_or(line);
        if let Some(name) = line.strip_prefix('<') {
            return Some(Self::Here(number(name)?));
        }
        let (name, lines) = line.strip_prefix('=')?.split_once(' ')?;
        Some(Self::Again {
            name: number(name)?,
            lines: number(lines)?,
        })
    }
}

/// Reads what [`write()`] spells: digits, and no more of them than a number of lines has.
fn number(text: &str) -> Option<usize> {
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit()) && text.len() < 12;
    text.parse().ok().filter(|_| is_number)
}

/// Lines from `at` on that are those from `source` on.
#[derive(Debug, Clone, Copy)]
struct Run {
    at: usize,
    source: usize,
    lines: usize,
}

/// Finds the runs, in order; the source of each stands as it is.
fn runs<L: AsRef<str> + Copy + Eq + Hash>(lines: &[L]) -> Vec<Run> {
    let stretches = stretches(lines);
    let stretch = |at: usize| stretches.get(at).copied().unwrap_or_default();
    let mut places: Map<L, Vec<usize>> = Map::default();
    let mut is_own = vec![false; lines.len()];
    let mut runs = Vec::new();
    let mut at = 0;
    while let Some(line) = lines.get(at) {
        let longest = places
            .get(line)
            .into_iter()
            .flatten()
            // One line over and over is a matter of the line codec. Where two such stretches differ in length, the shorter
            // one is all that is the same, and comparing them at each of their lines would cost quadratic time.
            .filter(|source| stretch(**source) == stretch(at))
            .map(|source| {
                let pairs = lines.iter().skip(*source).zip(lines.iter().skip(at));
                let same = pairs
                    .zip(is_own.iter().skip(*source))
                    .take(at - *source)
                    .take_while(|((before, here), is_own)| **is_own && before == here)
                    .count();
                (same, std::cmp::Reverse(*source))
            })
            .max();
        if let Some((length, std::cmp::Reverse(source))) = longest
            && let Some(run) = lines.get(at..at + length)
            && length >= RUN_LINES_MIN
            && length > stretch(at)
            && bytes(run) >= RUN_BYTES_MIN
        {
            runs.push(Run {
                at,
                source,
                lines: length,
            });
            at += length;
            continue;
        }
        let known = places.entry(*line).or_default();
        if known.len() < PLACES_MAX {
            known.push(at);
        }
        if let Some(own) = is_own.get_mut(at) {
            *own = true;
        }
        at += 1;
    }
    runs
}

/// Returns for each line how many lines from it on are the same as it is.
fn stretches<L: Eq>(lines: &[L]) -> Vec<usize> {
    let mut lengths = vec![1; lines.len()];
    let pairs = lines.iter().zip(lines.iter().skip(1));
    let mut next = 1;
    for (length, (line, below)) in lengths.iter_mut().zip(pairs).rev() {
        next = if line == below { next + 1 } else { 1 };
        *length = next;
    }
    lengths
}

fn bytes<L: AsRef<str>>(lines: &[L]) -> usize {
    lines.iter().map(|line| line.as_ref().len() + 1).sum()
}

fn write(lines: &[&str], runs: &[Run], end: &str) -> String {
    let mut sources: Vec<usize> = runs.iter().map(|run| run.source).collect();
    sources.sort_unstable();
    sources.dedup();
    let mut out = format!("{HEADER}{end}");
    let end = end.strip_suffix('\n').unwrap_or(end);
    let mut runs = runs.iter().peekable();
    let mut at = 0;
    while let Some(line) = lines.get(at) {
        if at > 0 {
            out.push('\n');
        }
        if let Some(run) = runs.next_if(|run| run.at == at) {
            let name = sources.partition_point(|source| *source < run.source) + 1;
            let _ = write!(out, "={name} {}{end}", run.lines);
            at += run.lines;
            continue;
        }
        if let Ok(name) = sources.binary_search(&at) {
            let _ = writeln!(out, "<{}{end}", name + 1);
        }
        out.push_str(line);
        at += 1;
    }
    out
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::hash::Hasher;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_stack_that_stood_before_is_named() {
        let stack = "    at org.shop.warehouse.Pool.take(Pool.java:9)\n    at org.shop.warehouse.Pool.run(Pool.java:4)\n";
        let text = format!(
            "one\n{stack}{}\nthree\n{stack}",
            "two\n".to_owned() + &stack.repeat(9)
        );
        let packed = Again.encode(&text).unwrap();
        let expected = format!(
            "{HEADER}\none\n<1\n{stack}two\n{}\nthree\n=1 2\n",
            "=1 2\n".repeat(9)
        );
        assert_eq!(packed, expected);
        assert_eq!(Again.decode(&packed, text.len()), Some(text));
    }

    #[test]
    fn a_line_over_and_over_is_compared_a_few_times_alone() {
        /// A line that counts how often it is compared.
        #[derive(Clone, Copy)]
        struct Counted<'a>(&'a str, &'a Cell<usize>);
        impl PartialEq for Counted<'_> {
            fn eq(&self, other: &Self) -> bool {
                self.1.set(self.1.get() + 1);
                self.0 == other.0
            }
        }
        impl Eq for Counted<'_> {}
        impl Hash for Counted<'_> {
            fn hash<H: Hasher>(&self, state: &mut H) {
                self.0.hash(state);
            }
        }
        impl AsRef<str> for Counted<'_> {
            fn as_ref(&self) -> &str {
                self.0
            }
        }
        let line = "x".repeat(100);
        let halves =
            format!("{line}\n").repeat(2_000) + "middle\n" + &format!("{line}\n").repeat(2_000);
        let many = (0..60).map(|count| format!("{line}\n").repeat(count) + "end\n");
        for text in [
            "\n".repeat(4_000),
            "ab\n".repeat(4_000),
            halves,
            many.collect(),
        ] {
            let compared = Cell::new(0);
            let lines: Vec<Counted<'_>> = text
                .split('\n')
                .map(|line| Counted(line, &compared))
                .collect();
            runs(&lines);
            let each = compared.get() / lines.len();
            assert!(each <= 2 * PLACES_MAX, "{each} for each line");
        }
    }

    #[test]
    fn lines_that_look_like_marks_are_left_alone() {
        let line = "a line that is long enough to be worth a reference\n";
        let text = format!("{line}x\n{line}x\n").repeat(20);
        assert!(Again.encode(&text).is_some());
        assert_eq!(Again.encode(&format!("{text}<7\n")), None);
        assert_eq!(Again.encode(&format!("{text}=7 2\r\n")), None);
    }

    #[test]
    fn hostile_packed_text_is_refused() {
        for body in [
            "=1 2",
            "<1\na\n=1 2",
            "<1\na\n=1 99999999999",
            "<1\na\n=1 18446744073709551615",
        ] {
            drop(Again.decode(&format!("{HEADER}\n{body}"), 100));
        }
        assert_eq!(Again.decode(&format!("{HEADER}\n=1 2"), 100), None);
        assert_eq!(Again.decode(&format!("{HEADER}\n<1\na\n=1 2"), 100), None);
        let bomb = format!("{HEADER}\n<1\n{}\n{}", "a".repeat(90), "=1 1\n".repeat(50));
        assert_eq!(Again.decode(&bomb, 1000), None);
    }

    proptest! {
        #[test]
        fn every_text_comes_back_exactly(
            picks in prop::collection::vec((0..5_usize, 1..6_usize), 0..60),
            end in "(\n|\r\n)",
            last in "(\n|\r\n|x)?",
        ) {
            let stock: Vec<String> = (0..10).map(|number| format!("{} frame of a stack {}", "<= ".repeat(number), "x".repeat(30))).collect();
            let lines: Vec<&str> = picks.iter().flat_map(|(from, count)| &stock[*from..from + count]).map(String::as_str).collect();
            let text = lines.join(&end) + &last;
            if let Some(packed) = Again.encode(&text) {
                assert_eq!(Again.decode(&packed, text.len()), Some(text), "{packed}");
            }
        }

        #[test]
        fn packed_text_from_anywhere_is_safe(body in "([<=][0-9]{1,3}( [0-9]{1,3})?\n|a\n){0,30}") {
            drop(Again.decode(&format!("{HEADER}\n{body}"), 4096));
        }
    }
}
