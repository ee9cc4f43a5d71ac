//! The edit of TOML: an entry is the block of lines from its header to the last of its keys.

use std::ops::Range;

use serde_json::Value;
use toml::{Table, Value as Node};

use super::{EditError, Splice, Spot, newline_of, spliced};

pub(super) fn get(text: &str, spot: Spot<'_>) -> Result<Option<Value>, EditError> {
    let document = parsed(text)?;
    let entry = document
        .get(spot.section)
        .and_then(|section| section.get(spot.name));
    Ok(entry.and_then(|entry| serde_json::to_value(entry).ok()))
}

pub(super) fn put(text: &str, spot: Spot<'_>, entry: &Value) -> Result<String, EditError> {
    let old = get(text, spot)?;
    if old.as_ref() == Some(entry) {
        return Ok(text.to_owned());
    }
    let newline = newline_of(text);
    let block = block(spot, entry).replace('\n', newline);
    let lines = old.and_then(|_| lines_of(text, spot));
    let splice = match lines {
        Some(lines) => Splice::replace(lines.start, lines.end, block),
        None if text.trim().is_empty() => Splice::replace(0, text.len(), block),
        None => {
            let gap = if text.ends_with('\n') { "" } else { newline };
            Splice::insert(text.len(), format!("{gap}{newline}{block}"))
        }
    };
    checked(text, spliced(text, &[splice]), spot, Some(entry))
}

pub(super) fn take(text: &str, spot: Spot<'_>) -> Result<Option<String>, EditError> {
    if get(text, spot)?.is_none() {
        return Ok(None);
    }
    let Some(lines) = lines_of(text, spot) else {
        let what = format!(
            "`{}` is not a table of its own; take it out by hand",
            spot.name
        );
        return Err(EditError::at(text, 0, what));
    };
    // At the end of the file, the blank line above goes too: `put` wrote it.
    let mut start = lines.start;
    let above = text.get(..start).unwrap_or("");
    if lines.end == text.len() && above.ends_with("\n\n") {
        start -= 1;
    } else if lines.end == text.len() && above.ends_with("\r\n\r\n") {
        start -= 2;
    }
    let result = spliced(text, &[Splice::remove(start, lines.end)]);
    checked(text, result, spot, None).map(Some)
}

pub(super) fn render(document: &Value) -> String {
    let mut blocks = Vec::new();
    for (section, entries) in document.as_object().into_iter().flatten() {
        for (name, entry) in entries.as_object().into_iter().flatten() {
            blocks.push(block(Spot { section, name }, entry));
        }
    }
    blocks.join("\n")
}

fn block(spot: Spot<'_>, entry: &Value) -> String {
    let mut lines = vec![format!("[{}.{}]\n", spot.section, spot.name)];
    for (key, value) in entry.as_object().into_iter().flatten() {
        if let Ok(value) = Node::try_from(value) {
            lines.push(format!("{key} = {value}\n"));
        }
    }
    lines.concat()
}

fn parsed(text: &str) -> Result<Table, EditError> {
    text.parse().map_err(|error: toml::de::Error| {
        let offset = error.span().map_or(0, |span| span.start);
        EditError::at(text, offset, error.message())
    })
}

/// Returns the lines of the entry: its header, the tables below it, and all up to their last key.
///
/// Found by the look of the lines; [`checked`] parses the result, so a table header inside a string does no harm.
fn lines_of(text: &str, spot: Spot<'_>) -> Option<Range<usize>> {
    let mut found: Option<Range<usize>> = None;
    let mut inside = false;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let end = at + line.len();
        let content = line.trim();
        if content.starts_with('[') {
            inside = belongs(content, spot);
        }
        if inside && !content.is_empty() && !content.starts_with('#') {
            let start = found.map_or(at, |lines| lines.start);
            found = Some(start..end);
        }
        at = end;
    }
    found
}

/// Returns whether `header` opens the table of the entry or one below it.
fn belongs(header: &str, spot: Spot<'_>) -> bool {
    let path = header.trim_start_matches('[').split(']').next();
    let mut keys = path
        .unwrap_or("")
        .split('.')
        .map(|key| key.trim().trim_matches(['"', '\'']));
    keys.next() == Some(spot.section) && keys.next() == Some(spot.name)
}

/// Returns `result` if it means `text` with `entry` at `spot` and nothing else changed.
fn checked(
    text: &str,
    result: String,
    spot: Spot<'_>,
    entry: Option<&Value>,
) -> Result<String, EditError> {
    let mut wanted = parsed(text)?;
    let section = wanted
        .entry(spot.section)
        .or_insert_with(|| Node::Table(Table::new()));
    if let Node::Table(section) = section {
        section.remove(spot.name);
        if let Some(entry) = entry.and_then(|entry| Node::try_from(entry).ok()) {
            section.insert(spot.name.to_owned(), entry);
        } else if section.is_empty() {
            wanted.remove(spot.section);
        }
    }
    let empty = Node::Table(Table::new());
    let means_it = parsed(&result).is_ok_and(|mut outcome| {
        if entry.is_none() && outcome.get(spot.section) == Some(&empty) {
            outcome.remove(spot.section);
        }
        outcome == wanted
    });
    if means_it {
        return Ok(result);
    }
    let what = "the edit would change more than one entry; edit the file by hand";
    Err(EditError::at(text, 0, what))
}
