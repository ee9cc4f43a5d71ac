//! How much of what a build or a test run complains about a distilled text still shows: a measure of fidelity that needs
//! no model, and that knows nothing of how a digest finds diagnostics.
//!
//! A diagnostic is what a person would act on: a place (`file:line`) that a compiler, a linter or an assertion names, and the
//! name of a test that failed. Of an accessibility tree it is the reference of each element that can be used.

use std::collections::BTreeSet;

use super::column::{Column, Sample, Share, Shares};

/// Diagnostics of builds and tests, and elements of accessibility trees.
pub(super) struct Diagnostics;

impl Column for Diagnostics {
    fn name(&self) -> &'static str {
        "diagnostics"
    }

    fn title(&self) -> &'static str {
        "builds and trees: places of diagnostics, failed tests, usable elements that are shown"
    }

    fn of(&self, sample: &Sample<'_>) -> Option<Shares> {
        let found = diagnostics(sample.text, sample.shown);
        let is_wanted = sample.kind == "build" || found.elements.1 > 0;
        let all = found.places.1 + found.tests.1 + found.elements.1;
        (is_wanted && all > 0).then(|| {
            Shares(vec![
                ("places", found.places),
                ("tests", found.tests),
                ("elements", found.elements),
            ])
        })
    }
}

/// What of a build's output is shown.
#[derive(Debug, PartialEq, Eq)]
struct Found {
    /// Distinct places of diagnostics.
    places: Share,
    /// Distinct names of failed tests.
    tests: Share,
    /// Distinct references of elements that can be used.
    elements: Share,
}

/// Lines below a complaint in which its place may stand.
const PLACE_LINES_MAX: usize = 3;

/// Words for trouble, as compilers, linters and test runners spell them.
const COMPLAINTS: &[&str] = &[
    "error",
    "warning",
    "fail",
    "panicked",
    "assert",
    "undefined",
    "exception",
];

/// What stands before or behind the name of a failed test.
const FAILED_STARTS: &[&str] = &[
    "✗ ",
    "✘ ",
    "✕ ",
    "× ",
    "not ok ",
    "--- FAIL: ",
    "FAILED ",
    "FAIL: ",
    "[  FAILED  ] ",
];

/// The same behind it.
const FAILED_ENDS: &[&str] = &[" ... FAILED", " FAILED"];

/// Roles that can be used whatever else is said of them.
const USABLE: &[&str] = &[
    "link",
    "button",
    "textbox",
    "checkbox",
    "combobox",
    "radio",
    "tab",
    "menuitem",
    "option",
    "switch",
    "searchbox",
];

/// Returns what `shown` has of the diagnostics in `text`.
fn diagnostics(text: &str, shown: &str) -> Found {
    let lines: Vec<&str> = text.lines().collect();
    let mut places = BTreeSet::new();
    let mut tests = BTreeSet::new();
    let mut references = BTreeSet::new();
    for (at, line) in lines.iter().enumerate() {
        if let Some(reference) = usable(line) {
            references.insert(reference.to_owned());
            continue;
        }
        tests.extend(failed(line).map(str::to_owned));
        if !complains(line) {
            continue;
        }
        let below = lines.iter().skip(at).take(1 + PLACE_LINES_MAX);
        let own = below
            .enumerate()
            .take_while(|(below, line)| {
                *below == 0 || !line.trim().is_empty() && !complains(line) && !passes(line)
            })
            .find_map(|(_, line)| place(line));
        places.extend(own.map(str::to_owned));
    }
    let words: BTreeSet<&str> = shown
        .split(|letter: char| letter.is_whitespace() || matches!(letter, '[' | ']' | '='))
        .collect();
    let share = |wanted: &BTreeSet<String>| {
        let found = wanted.iter().filter(|what| shown.contains(what.as_str()));
        (found.count(), wanted.len())
    };
    // A reference is a word: `e1` is no part of `e12`.
    let referred = references
        .iter()
        .filter(|what| words.contains(what.as_str()));
    Found {
        places: share(&places),
        tests: share(&tests),
        elements: (referred.count(), references.len()),
    }
}

fn complains(line: &str) -> bool {
    let lower = line.to_ascii_lowercase();
    !passes(line) && COMPLAINTS.iter().any(|word| lower.contains(word))
}

/// Whether `line` says that a test has passed.
fn passes(line: &str) -> bool {
    line.trim_start().starts_with(['✓', '✔', '√']) || line.ends_with("... ok")
}

/// The first `file.ext:line` or `file.ext(line,column)` of `line`, with all of its numbers.
fn place(line: &str) -> Option<&str> {
    line.split([' ', '\t', '"', '\'', '`']).find_map(|word| {
        let word = word.trim_start_matches(['(', '[', '<']);
        let dot = word.rfind('.')?;
        let extension = word.get(dot + 1..)?;
        let letters = extension
            .bytes()
            .take_while(u8::is_ascii_alphanumeric)
            .count();
        let rest = extension.get(letters..)?;
        let is_file =
            letters > 0 && extension.starts_with(|first: char| first.is_ascii_alphabetic());
        let numbers = rest.strip_prefix([':', '('])?;
        let is_placed = is_file && numbers.starts_with(|first: char| first.is_ascii_digit());
        let end = numbers
            .find(|letter: char| !(letter.is_ascii_digit() || matches!(letter, ':' | ',')))
            .unwrap_or(numbers.len());
        let length = dot + 1 + letters + 1 + end;
        is_placed.then(|| {
            word.get(..length)
                .map(|place| place.trim_end_matches([':', ',']))
        })?
    })
}

/// The name of the test that `line` says has failed.
fn failed(line: &str) -> Option<&str> {
    let text = line.trim();
    let name = FAILED_STARTS
        .iter()
        .find_map(|start| text.strip_prefix(start))
        .or_else(|| {
            let name = FAILED_ENDS.iter().find_map(|end| text.strip_suffix(end))?;
            Some(name.strip_prefix("test ").unwrap_or(name))
        })?;
    // How long it took is no part of the name.
    let took = |last: &str| {
        let has_digit = last.contains(|letter: char| letter.is_ascii_digit());
        has_digit && (last.ends_with('s') || last.ends_with("s)"))
    };
    let name = match name.rsplit_once(' ') {
        Some((name, last)) if took(last) => name,
        _ => name,
    };
    (!name.is_empty()).then_some(name)
}

/// The reference of the element that `line` of an accessibility tree describes, if it can be used.
fn usable(line: &str) -> Option<&str> {
    let text = line.trim_start().strip_prefix("- ")?;
    let (_, rest) = text.split_once("[ref=")?;
    let (reference, _) = rest.split_once(']')?;
    let role = text.split([' ', ':']).next()?;
    (USABLE.contains(&role) || text.contains("[cursor=pointer]")).then_some(reference)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_and_failed_tests_are_looked_up() {
        let text = "   Compiling x\nerror[E0308]: mismatched types\n  --> src/a.rs:1:2\n   |\n1 | x\n\nsrc/b.ts(3,5): error TS2345: no\ntest a::b ... FAILED\n   ✗ handles empty state 156ms\n   ✓ shows error a.ts:3\nsee c.rs:9\n";
        let found = diagnostics(text, "src/a.rs:1:2 handles empty state a::b");
        assert_eq!((found.places, found.tests), ((1, 2), (2, 2)));
        assert_eq!(diagnostics("all is well\n", "").places, (0, 0));
    }

    #[test]
    fn references_of_elements_are_words() {
        let text =
            "- link \"a\" [ref=e1] [cursor=pointer]:\n- link \"b\" [ref=e12]\n- generic [ref=e3]\n";
        let found = diagnostics(text, "link e12 b");
        assert_eq!(found.elements, (1, 2));
    }
}
