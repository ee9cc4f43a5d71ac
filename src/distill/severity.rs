//! Finds the lines that a digest must never drop: warnings and worse, diagnostics with their place, failed tests.

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

/// Returns how bad `line` says things are, or `None` if it says nothing of the kind.
pub(super) fn of(line: &str) -> Option<Severity> {
    let line = line.get(..LINE_BYTES_MAX).unwrap_or(line);
    let mut worst = None;
    let mut before = None;
    for word in words(line) {
        let found = severity_of_word(word);
        // `0 errors` and `no warnings` say that all is well.
        let denied = matches!(before, Some("0" | "no" | "No" | "without"));
        if !denied {
            worst = worst.max(found);
        }
        if worst == Some(Severity::Error) {
            break;
        }
        before = Some(word);
    }
    worst.max(letter_level(line)).max(sign(line))
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

fn words(line: &str) -> impl Iterator<Item = &str> {
    line.split(|letter: char| !(letter.is_alphanumeric() || letter == '_'))
        .filter(|word| !word.is_empty())
}

/// A level that is one letter after numbers, as `logcat` and `glog` write it: `1702 2395 E Tag:`, `E1120 07:45:43`.
fn letter_level(line: &str) -> Option<Severity> {
    let mut fields = line.split_ascii_whitespace().take(6);
    let first = fields.next()?;
    if let Some(date) = first.strip_prefix(['E', 'W', 'F'])
        && date.len() == 4
        && date.bytes().all(|byte| byte.is_ascii_digit())
    {
        return letter(first.get(..1)?);
    }
    first
        .starts_with(|first: char| first.is_ascii_digit())
        .then_some(())?;
    fields
        .find(|field| {
            !field
                .bytes()
                .all(|byte| byte.is_ascii_digit() || matches!(byte, b':' | b'.' | b'-' | b'/'))
        })
        .and_then(letter)
}

fn letter(field: &str) -> Option<Severity> {
    match field {
        "E" | "F" => Some(Severity::Error),
        "W" => Some(Severity::Warning),
        _ => None,
    }
}

/// Signs that test runners and linters put before a failure or a warning.
fn sign(line: &str) -> Option<Severity> {
    match line.trim_start().chars().next()? {
        '✗' | '✖' | '✘' | '❌' | '×' | '⨯' => Some(Severity::Error),
        '⚠' => Some(Severity::Warning),
        _ => None,
    }
}

/// Whether `line` is a frame of a stack trace.
pub(super) fn is_frame(line: &str) -> bool {
    let text = line.trim_start();
    let numbered = text
        .strip_prefix('#')
        .is_some_and(|rest| rest.starts_with(|first: char| first.is_ascii_digit()));
    let indented = text.len() < line.len();
    (indented
        && (text.starts_with("at ") || text.starts_with("from ") || text.starts_with("File \"")))
        || numbered
        || text.starts_with("goroutine ")
        || (text.contains(".rb:") && text.contains(":in "))
}

#[cfg(test)]
mod tests {
    use super::*;

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
            ("2026-11-20 07:45:43 INFO terrorist errorless", None),
            ("", None),
        ] {
            assert_eq!(of(line), expected, "{line}");
        }
    }
}
