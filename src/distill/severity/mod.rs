//! Finds the lines that a digest must never drop: warnings and worse, diagnostics with their place, failed tests.

mod level;

use self::level::Level;
use super::frame;

/// How bad a line says things are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Severity {
    /// Worth a look.
    Warning,
    /// Something failed.
    Error,
}

/// Words that levels of loggers, compilers and test runners go by; matched without case where they stand alone.
const ERRORS: &[&str] = &[
    "error",
    "errors",
    "err",
    "fatal",
    "severe",
    "critical",
    "crit",
    "alert",
    "emerg",
    "emergency",
    "panic",
    "panicked",
    "fail",
    "failed",
    "failure",
    "failures",
    "exception",
    "traceback",
    "abort",
    "aborted",
    "segfault",
    "oom",
];

/// The same for warnings.
const WARNINGS: &[&str] = &["warn", "warning", "warnings", "deprecated"];

/// Bytes of a line that are looked at: levels stand near the start.
const LINE_BYTES_MAX: usize = 4096;

/// Words that stand in capitals where a test runner or a build tells how something ended.
const VERDICTS: &[&str] = &["FAIL", "FAILED", "FAILURE", "ERROR", "FATAL", "PANIC"];

/// Returns how bad `line` says things are, or `None` if it says nothing of the kind.
pub(super) fn of(line: &str) -> Option<Severity> {
    let line = head(line);
    if passes(line) {
        return None;
    }
    let Some(stated) = level::stated(line) else {
        return of_words(line).max(sign(line));
    };
    // sbt and Maven print failed tests behind `[info]`.
    if stated.level == Level::Lower && !stated.is_record {
        return words(line)
            .any(|word| VERDICTS.contains(&word.text))
            .then_some(Severity::Error);
    }
    stated.level.severity()
}

/// Whether `line` tells of a test or a step that passed, whatever words its name has.
pub(super) fn passes(line: &str) -> bool {
    let text = line.trim();
    // Of TAP and of `go test`.
    let is_ok = text
        .strip_prefix("ok")
        .map(str::trim_start)
        .is_some_and(|rest| {
            rest.starts_with(|first: char| first.is_ascii_digit()) || text.starts_with("ok  ")
        });
    is_ok
        || text.starts_with(['✓', '✔', '√'])
        || ["PASS ", "PASSED ", "--- PASS", "[       OK ]"]
            .iter()
            .any(|start| text.starts_with(start))
        || text.starts_with("test ") && text.ends_with(" ... ok")
}

/// Whether `line` is a record of a logger that names its level in a field.
pub(super) fn is_record(line: &str) -> bool {
    level::is_keyed(head(line))
}

/// Whether `field` of a line is nothing but a level.
pub(super) fn is_level(field: &str) -> bool {
    level::is_alone(field)
}

fn head(line: &str) -> &str {
    let end = (0..=line.len().min(LINE_BYTES_MAX))
        .rev()
        .find(|end| line.is_char_boundary(*end));
    line.get(..end.unwrap_or(0)).unwrap_or(line)
}

/// How bad the worst word of `line` is.
fn of_words(line: &str) -> Option<Severity> {
    let mut worst = None;
    let mut before = None;
    for word in words(line) {
        // `0 errors` and `no warnings` say that all is well.
        let denied = matches!(before, Some("0" | "no" | "No" | "without"));
        if !denied {
            worst = worst.max(severity_of_word(word.text));
        }
        if worst == Some(Severity::Error) {
            break;
        }
        before = Some(word.text);
    }
    worst
}

fn severity_of_word(word: &str) -> Option<Severity> {
    let is_one_of = |list: &[&str]| list.iter().any(|entry| entry.eq_ignore_ascii_case(word));
    if is_one_of(ERRORS) || word.ends_with("Error") || word.ends_with("Exception") {
        Some(Severity::Error)
    } else if is_one_of(WARNINGS) || word.ends_with("Warning") {
        Some(Severity::Warning)
    } else {
        None
    }
}

/// A word of a line, and where it stands in bytes.
#[derive(Debug, Clone, Copy)]
struct Word<'t> {
    text: &'t str,
    start: usize,
    end: usize,
}

fn words(line: &str) -> impl Iterator<Item = Word<'_>> {
    let belongs = |letter: char| letter.is_alphanumeric() || letter == '_';
    let mut from = 0;
    std::iter::from_fn(move || {
        let rest = line.get(from..)?;
        let start = from + rest.find(belongs)?;
        let rest = line.get(start..)?;
        let end = start + rest.find(|letter| !belongs(letter)).unwrap_or(rest.len());
        from = end;
        let text = line.get(start..end)?;
        Some(Word { text, start, end })
    })
}

/// Signs that test runners, linters and compilers put before a failure or a warning.
fn sign(line: &str) -> Option<Severity> {
    let line = line.trim_start();
    // pytest and kotlinc.
    if line.starts_with("E   ") || line.starts_with("e: ") {
        return Some(Severity::Error);
    }
    if line.starts_with("w: ") {
        return Some(Severity::Warning);
    }
    match line.chars().next()? {
        '✗' | '✖' | '✘' | '❌' | '×' | '⨯' => Some(Severity::Error),
        '⚠' => Some(Severity::Warning),
        _ => None,
    }
}

/// Whether `line` is a message with its place, as compilers and linters write it without a word for how bad it is:
/// `a.go:3:5: undefined: x`, `a.cs(3,5): x`.
pub(super) fn is_placed(line: &str) -> bool {
    let Some((place, message)) = head(line).split_once(": ") else {
        return false;
    };
    let digits = |letter: char| letter.is_ascii_digit();
    let (inner, separator, opening) = match place.strip_suffix(')') {
        Some(inner) => (inner, ',', '('),
        None => (place, ':', ':'),
    };
    let path = inner
        .strip_suffix(digits)
        .and_then(|rest| rest.trim_end_matches(digits).strip_suffix(separator))
        .and_then(|rest| rest.strip_suffix(digits))
        .and_then(|rest| rest.trim_end_matches(digits).strip_suffix(opening));
    !message.is_empty()
        && path.is_some_and(|path| {
            path.contains('.') && !path.contains(|letter: char| letter.is_whitespace())
        })
}

/// Whether `line` is a frame of a stack trace.
pub(super) fn is_frame(line: &str) -> bool {
    let text = line.trim_start();
    let numbered = text
        .strip_prefix('#')
        .is_some_and(|rest| rest.starts_with(|first: char| first.is_ascii_digit()));
    let is_indented = text.len() < line.len();
    frame::is_frame(line)
        || numbered
        || is_indented && text.starts_with("from ")
        || text.starts_with("goroutine ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_in_a_field_of_its_own_is_told_from_a_word() {
        for field in ["INFO", "Info", "[notice]", "<warn>", "ERROR:"] {
            assert!(is_level(field), "{field}");
        }
        for field in ["error", "I", "INFOS", "[main]", "::", ""] {
            assert!(!is_level(field), "{field}");
        }
    }

    #[test]
    fn warnings_and_errors_are_seen_however_a_program_spells_them() {
        for (line, expected) in [
            ("2026-11-20 07:45:43 WARN disk", Some(Severity::Warning)),
            ("[error] child died", Some(Severity::Error)),
            ("a.ts(3,5): error TS2345: x", Some(Severity::Error)),
            ("error[E0308]: mismatched types", Some(Severity::Error)),
            (
                "thread 'main' panicked at src/a.rs:1:2:",
                Some(Severity::Error),
            ),
            ("test a::b ... FAILED", Some(Severity::Error)),
            ("TypeError: x is not a function", Some(Severity::Error)),
            (
                "03-17 16:13:38.811  1702  2395 E Tag: x",
                Some(Severity::Error),
            ),
            ("W1120 07:45:43.1 1 a.cc:3] x", Some(Severity::Warning)),
            ("   ✗ renders", Some(Severity::Error)),
            ("0 errors, 0 warnings", None),
            ("   ✓ shows error messages", None),
            ("test error ... ok", None),
            ("ok 3 - an error is told", None),
            ("ok  \texample/errors\t0.1s", None),
            ("--- PASS: Test/error (0.00s)", None),
            ("PASS src/error.test.ts", None),
            ("2026-11-20 07:45:43 INFO terrorist errorless", None),
            ("", None),
        ] {
            assert_eq!(of(line), expected, "{line}");
        }
    }

    #[test]
    fn a_message_with_a_place_needs_no_word_for_how_bad_it_is() {
        for line in [
            "./main.go:3:5: undefined: x",
            "a.py:1:80: F401 `os` imported but unused",
            "src/A.cs(3,5): x",
        ] {
            assert!(is_placed(line), "{line}");
        }
        for line in [
            "12:30:59: x",
            "a.rs:12: fn main() {",
            "see a.go:3:5: x",
            "a.go:3:5:",
            "f(1,2): x",
            "",
        ] {
            assert!(!is_placed(line), "{line}");
        }
    }
}
