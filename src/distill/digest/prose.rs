//! The digest of prose: sentences of it, word for word and in order, each behind the number of its line.
//!
//! ```text
//! #digest of 674 lines of text: …
//! 1: GNU GENERAL PUBLIC LICENSE            a heading above a sentence that is shown
//! 15: The licenses for most software …     a sentence
//! 21: To protect your rights, we … … If you distribute copies, …      two of one line; what is between is left out
//! ```

use std::fmt::Write as _;
use std::ops::Range;

use super::super::{Request, TRAILER_TOKENS};
use super::fill;
use super::relevance::{self, Fields};
use super::sentences::sentences;
use crate::tokens;

/// Without a budget, prose is cut to one part in so many.
const PART: usize = 4;

/// The same where a question says what is wanted, and the most tokens that it then has.
const PART_ASKED: usize = 6;
const TOKENS_ASKED: usize = 2_000;

/// Tokens: without a budget, no digest is made smaller than this.
const TOKENS_MIN: usize = 200;

/// Words of a line or sentence that make it prose, and the part of the letters, in percent, that such sentences must have.
const WORDS_MIN: usize = 6;
const PROSE_PERCENT: usize = 60;

/// Sentences below which there is nothing to choose from.
const SENTENCES_MIN: usize = 8;

/// Bytes of a line that may be a heading.
const HEADING_BYTES_MAX: usize = 72;

/// How much the heading above a sentence counts for it.
const HEADING_WEIGHT: f64 = 0.5;

/// How much a sentence gains from the sentence beside it that answers as well as the best.
const NEIGHBOUR_PART: f64 = 0.3;

/// Sentences that answer less well than this part of the best are not shown where nobody gave a budget.
const ANSWER_PART: f64 = 0.3;

/// How much more the first sentence of a paragraph tells, and the first of the text.
const PARAGRAPH_START: f64 = 1.3;
const TEXT_START: f64 = 2.0;

/// Columns by which what follows is deeper than the first line where that is a term.
const HANG_MIN: usize = 3;

/// Tokens that the number of a line takes.
const NUMBER_TOKENS: usize = 3;

/// A sentence, or a line that is none.
struct Unit {
    bytes: Range<usize>,
    /// Its first and last line, from 1.
    lines: (usize, usize),
    /// Whether it is the first of its paragraph.
    is_first: bool,
    is_heading: bool,
    /// The heading above it.
    heading: Option<usize>,
}

/// Returns the digest, or `None` if the text is no prose.
pub(super) fn digest(request: &Request<'_>, tokens_in: usize) -> Option<String> {
    let text = request.text;
    let units = units(text);
    if !is_prose(text, &units) {
        return None;
    }
    let room = request
        .budget
        .unwrap_or(usize::MAX)
        .min(tokens_in)
        .checked_sub(TRAILER_TOKENS)?;
    let count = |text: &str| tokens::count(request.encoding, text);
    let asked = request
        .query
        .map(|query| answers(text, &units, query, request.budget.is_none()))
        .filter(|answers| !answers.is_empty());
    let target = match (request.budget, &asked) {
        (Some(_), _) => room,
        (None, None) => room.min((tokens_in / PART).max(TOKENS_MIN)),
        (None, Some(_)) => room.min((tokens_in / PART_ASKED).clamp(TOKENS_MIN, TOKENS_ASKED)),
    };
    let order = asked.unwrap_or_else(|| central(text, &units));
    let mut left = target.saturating_sub(count(&render(text, &units, &[], "h1000")));
    let mut chosen = Vec::new();
    let mut known = vec![false; units.len()];
    for number in order {
        if left <= NUMBER_TOKENS {
            break;
        }
        let heading = units.get(number).and_then(|unit| unit.heading);
        let with: Vec<usize> = heading
            .into_iter()
            .chain([number])
            .filter(|number| known.get(*number) == Some(&false))
            .collect();
        let cost: usize = with
            .iter()
            .map(|number| NUMBER_TOKENS + count(spelled(text, units.get(*number))))
            .sum();
        if cost <= left {
            left -= cost;
            for number in with {
                if let Some(known) = known.get_mut(number) {
                    *known = true;
                }
                chosen.push(number);
            }
        }
    }
    let render = |number: usize| {
        let shown = chosen.get(..number).unwrap_or(&chosen);
        let text = render(text, &units, shown, request.handle);
        let tokens = count(&text);
        (text, tokens)
    };
    fill(0, chosen.len(), target, render)
}

/// Writes the units with these numbers.
fn render(text: &str, units: &[Unit], chosen: &[usize], handle: &str) -> String {
    let mut out = format!(
        "#digest of {} lines of text: sentences of it, 7: = from line 7 on, … = left out; restore {handle} gives all lines\n",
        text.lines().count()
    );
    let mut numbers = chosen.to_vec();
    numbers.sort_unstable();
    let mut before: Option<(usize, &Unit)> = None;
    for number in numbers {
        let Some(unit) = units.get(number) else {
            continue;
        };
        match before {
            // What stands between two sentences in a row is kept, the ends of lines included.
            Some((last, other)) if last + 1 == number && unit.lines.0 <= other.lines.1 + 1 => {
                out.push_str(text.get(other.bytes.end..unit.bytes.start).unwrap_or(" "));
            }
            Some((_, other)) if other.lines.1 == unit.lines.0 => out.push_str(" … "),
            Some(_) => {
                out.push('\n');
                let _ = write!(out, "{}: ", unit.lines.0);
            }
            None => {
                let _ = write!(out, "{}: ", unit.lines.0);
            }
        }
        out.push_str(spelled(text, Some(unit)));
        before = Some((number, unit));
    }
    if before.is_some() {
        out.push('\n');
    }
    out
}

fn spelled<'t>(text: &'t str, unit: Option<&Unit>) -> &'t str {
    unit.and_then(|unit| text.get(unit.bytes.clone()))
        .unwrap_or_default()
}

/// Splits `text` into sentences. Lines of a list, headings and the like are units of their own.
fn units(text: &str) -> Vec<Unit> {
    let mut units: Vec<Unit> = Vec::new();
    let mut heading = None;
    for run in runs(text) {
        let part = text.get(run.bytes.clone()).unwrap_or_default();
        if !part.contains(char::is_alphanumeric) {
            continue;
        }
        let is_heading = run.is_alone && looks_like_heading(part.trim());
        let mut line = run.line;
        let mut at = run.bytes.start;
        let mut parts = sentences(part);
        if is_heading {
            // `3.2. Grants` is one thing to say.
            parts.truncate(1);
            for all in &mut parts {
                all.end = part.len();
            }
        }
        for (number, range) in parts.into_iter().enumerate() {
            let bytes = run.bytes.start + range.start..run.bytes.start + range.end;
            let lines = |from: usize, to: usize| {
                text.get(from..to).unwrap_or_default().matches('\n').count()
            };
            let first = line + lines(at, bytes.start);
            let last = first + lines(bytes.start, bytes.end);
            (at, line) = (bytes.end, last);
            units.push(Unit {
                bytes,
                lines: (first, last),
                is_first: number == 0,
                is_heading,
                heading: heading.filter(|_| !is_heading),
            });
        }
        if is_heading {
            heading = units.len().checked_sub(1);
        }
    }
    units
}

/// Lines that make one paragraph.
struct Run {
    bytes: Range<usize>,
    line: usize,
    /// Whether it is one line with an empty line, or more indented text, on both sides.
    is_alone: bool,
}

/// Splits at empty lines, at signs of a list, and where the indent changes for good.
fn runs(text: &str) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let mut at = 0;
    // The indents of the two lines before, the nearer first, as far as they are in one run.
    let mut indents: (Option<usize>, Option<usize>) = (None, None);
    let mut in_item = false;
    for (number, line) in text.split_inclusive('\n').enumerate() {
        let start = at;
        at += line.len();
        let body = line.trim();
        if body.is_empty() {
            indents = (None, None);
            continue;
        }
        let indent = line.len() - line.trim_start().len();
        let continues = match indents {
            // The first line of a paragraph may be indented, or hang out.
            (Some(_), None) => true,
            (Some(before), Some(_)) => indent == before,
            (None, _) => false,
        };
        // What a term means hangs below it; what is left of an item hangs below its sign.
        let hangs =
            !in_item && matches!(indents, (Some(before), None) if indent > before + HANG_MIN);
        if continues && !hangs && !is_item(body) {
            if let Some(run) = runs.last_mut() {
                run.bytes.end = start + line.trim_end().len();
                run.is_alone = false;
            }
            indents = (Some(indent), indents.0);
        } else {
            // A line above more indented text is alone too.
            in_item = is_item(body);
            let is_alone = indents.0.is_none_or(|before| before > indent);
            runs.push(Run {
                bytes: start..start + line.trim_end().len(),
                line: number + 1,
                is_alone,
            });
            indents = (Some(indent), None);
        }
    }
    runs
}

/// Whether `line` begins an item of a list.
fn is_item(line: &str) -> bool {
    let bullet = ["- ", "* ", "+ ", "• ", "– ", "o "]
        .iter()
        .any(|sign| line.starts_with(sign));
    let number = line.trim_start_matches('(');
    let rest = number.trim_start_matches(|letter: char| letter.is_ascii_alphanumeric());
    let length = number.len() - rest.len();
    bullet
        || (1..=3).contains(&length)
            && (rest.starts_with(") ")
                || rest.starts_with(". ")
                    && number.starts_with(|first: char| first.is_ascii_digit()))
}

fn looks_like_heading(line: &str) -> bool {
    line.len() <= HEADING_BYTES_MAX
        && !line.ends_with(['.', '!', '?', ',', ';', ':', '。'])
        && line.starts_with(|first: char| first.is_uppercase() || first.is_numeric())
}

/// Whether most letters of `text` are in sentences.
fn is_prose(text: &str, units: &[Unit]) -> bool {
    let letters = |text: &str| {
        text.bytes()
            .filter(|byte| !byte.is_ascii_whitespace())
            .count()
    };
    let told = units.iter().filter(|unit| {
        let sentence = spelled(text, Some(unit));
        let words = sentence.split_whitespace().filter(|word| {
            word.chars().filter(|letter| letter.is_alphabetic()).count() * 2 > word.chars().count()
        });
        let unspaced = sentence
            .chars()
            .filter(|letter| super::words::is_unspaced(*letter))
            .count();
        words.count() + unspaced / 2 >= WORDS_MIN
    });
    let (count, inside) = told.fold((0, 0), |(count, sum), unit| {
        (count + 1, sum + letters(spelled(text, Some(unit))))
    });
    count >= SENTENCES_MIN && inside * 100 >= letters(text) * PROSE_PERCENT
}

/// Returns the units that answer `query`, the best first, then the sentences beside them.
fn answers(text: &str, units: &[Unit], query: &str, is_selective: bool) -> Vec<usize> {
    let fields: Vec<Fields<'_>> = units
        .iter()
        .map(|unit| {
            let heading = unit.heading.and_then(|heading| units.get(heading));
            vec![
                (spelled(text, Some(unit)), 1.0),
                (spelled(text, heading), HEADING_WEIGHT),
            ]
        })
        .collect();
    let own = relevance::scores(query, &fields);
    let best = own.iter().copied().fold(0.0, f64::max);
    let at = |number: Option<usize>| number.and_then(|at| own.get(at)).copied().unwrap_or(0.0);
    let mut order: Vec<(f64, usize)> = (0..units.len())
        .filter(|number| units.get(*number).is_some_and(|unit| !unit.is_heading))
        .map(|number| {
            let beside = at(number.checked_sub(1)).max(at(Some(number + 1)));
            (at(Some(number)) + NEIGHBOUR_PART * beside, number)
        })
        .collect();
    order.sort_by(|one, other| other.0.total_cmp(&one.0).then(one.1.cmp(&other.1)));
    let least = if is_selective {
        best * ANSWER_PART
    } else {
        0.0
    };
    order.retain(|(score, _)| *score > least);
    order.into_iter().map(|(_, number)| number).collect()
}

/// Returns all units, those that tell what the text is about first.
fn central(text: &str, units: &[Unit]) -> Vec<usize> {
    let told: Vec<usize> = (0..units.len())
        .filter(|number| units.get(*number).is_some_and(|unit| !unit.is_heading))
        .collect();
    let passages: Vec<&str> = told
        .iter()
        .map(|number| spelled(text, units.get(*number)))
        .collect();
    let order = relevance::central(&passages, |at| {
        let unit = told.get(at).and_then(|number| units.get(*number));
        if at == 0 {
            TEXT_START
        } else if unit.is_some_and(|unit| unit.is_first) {
            PARAGRAPH_START
        } else {
            1.0
        }
    });
    order
        .into_iter()
        .filter_map(|at| told.get(at).copied())
        .collect()
}
