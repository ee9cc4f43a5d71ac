//! One entry in someone else's configuration file: read it, put it, take it out again.
//!
//! Pure functions from text to text. Bytes outside the entry stay as they are (beside a comma that the syntax needs),
//! and every result is parsed again and compared before it is returned.

mod json;
#[cfg(test)]
mod tests;
mod toml;

use serde_json::Value;

/// How a client's file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Syntax {
    /// JSON whose reader accepts comments and trailing commas.
    Commented,
    /// JSON whose reader rejects both.
    Strict,
    /// TOML.
    Toml,
}

/// Where an entry stands: `{"SECTION": {"NAME": entry}}`, or `[SECTION.NAME]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Spot<'a> {
    /// The key of the root that holds all servers.
    pub(crate) section: &'a str,
    /// The key of the entry in it.
    pub(crate) name: &'a str,
}

/// Why a file is left alone.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{line}:{column}: {what}")]
pub(crate) struct EditError {
    /// 1-based line of the trouble.
    pub(crate) line: usize,
    /// 1-based column, in characters.
    pub(crate) column: usize,
    /// What is wrong there.
    pub(crate) what: String,
}

impl EditError {
    fn at(text: &str, offset: usize, what: impl Into<String>) -> Self {
        let before = text.get(..offset).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Self {
            line: before.matches('\n').count() + 1,
            column: before.get(line_start..).unwrap_or("").chars().count() + 1,
            what: what.into(),
        }
    }
}

/// Returns the entry at `spot`, if the file has one.
pub(crate) fn get(syntax: Syntax, text: &str, spot: Spot<'_>) -> Result<Option<Value>, EditError> {
    match syntax {
        Syntax::Toml => toml::get(text, spot),
        Syntax::Commented | Syntax::Strict => json::get(syntax, text, spot),
    }
}

/// Returns `text` with `entry` at `spot`, at the end of its section where it is new.
pub(crate) fn put(
    syntax: Syntax,
    text: &str,
    spot: Spot<'_>,
    entry: &Value,
) -> Result<String, EditError> {
    match syntax {
        Syntax::Toml => toml::put(text, spot, entry),
        Syntax::Commented | Syntax::Strict => json::put(syntax, text, spot, entry),
    }
}

/// Returns `text` without the entry at `spot`, or `None` if it has none. A section that becomes empty stays.
pub(crate) fn take(
    syntax: Syntax,
    text: &str,
    spot: Spot<'_>,
) -> Result<Option<String>, EditError> {
    match syntax {
        Syntax::Toml => toml::take(text, spot),
        Syntax::Commented | Syntax::Strict => json::take(syntax, text, spot),
    }
}

/// Returns whether two texts differ in the entry at `spot` and in nothing else.
pub(crate) fn differ_only_in_entry(
    syntax: Syntax,
    left: &str,
    right: &str,
    spot: Spot<'_>,
) -> bool {
    let probe = serde_json::json!({"command": "probe"});
    match (
        put(syntax, left, spot, &probe),
        put(syntax, right, spot, &probe),
    ) {
        (Ok(left), Ok(right)) => left == right,
        _ => false,
    }
}

/// Renders a whole new file that holds `document`.
pub(crate) fn render(syntax: Syntax, document: &Value) -> String {
    match syntax {
        Syntax::Toml => toml::render(document),
        Syntax::Commented | Syntax::Strict => json::render(document),
    }
}

/// A replacement of one range of a text.
struct Splice {
    start: usize,
    end: usize,
    text: String,
}

impl Splice {
    fn insert(at: usize, text: impl Into<String>) -> Self {
        Self::replace(at, at, text)
    }

    fn remove(start: usize, end: usize) -> Self {
        Self::replace(start, end, "")
    }

    fn replace(start: usize, end: usize, text: impl Into<String>) -> Self {
        Self {
            start,
            end,
            text: text.into(),
        }
    }
}

/// Applies splices that are in order and do not overlap.
fn spliced(text: &str, splices: &[Splice]) -> String {
    let mut result = String::with_capacity(text.len() + 512);
    let mut done = 0;
    for splice in splices {
        result.push_str(text.get(done..splice.start).unwrap_or(""));
        result.push_str(&splice.text);
        done = splice.end;
    }
    result.push_str(text.get(done..).unwrap_or(""));
    result
}

/// Returns the line ending that `text` uses first, `\n` where it has none.
fn newline_of(text: &str) -> &'static str {
    match text.find('\n') {
        Some(at) if text.get(..at).is_some_and(|line| line.ends_with('\r')) => "\r\n",
        _ => "\n",
    }
}
