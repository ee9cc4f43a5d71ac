//! Heads of definitions as Texinfo prints them: the name at the left, what it is at the right, what is said of it indented below.

use super::flow::Line;

/// Letters of the longest label that says what is defined.
const LABEL_LETTERS_MAX: usize = 40;

/// Returns what is defined at line `at`, with its parameters, and the label beside it: `AC_INIT (name)` and `[Macro]`.
pub(super) fn head<'a>(lines: &'a [Line<'_>], at: usize) -> Option<(&'a str, &'a str)> {
    let line = lines.get(at)?;
    let (head, label) = named(line)?;
    let below = lines.get(at + 1).filter(|below| below.page == line.page)?;
    let is_indented = below.row.x() > line.row.x() + line.row.size();
    (is_indented || named(below).is_some()).then_some((head, label))
}

/// Returns the name that a line has at its left and the label that it has at its right, if those are all of it.
fn named<'a>(line: &'a Line<'_>) -> Option<(&'a str, &'a str)> {
    let row = line.row;
    let [head, label] = row.cells.as_slice() else {
        return None;
    };
    let inner = label.text.strip_prefix('[')?.strip_suffix(']')?;
    let is_label = inner.len() <= LABEL_LETTERS_MAX
        && inner.starts_with(char::is_uppercase)
        && inner
            .chars()
            .all(|letter| letter.is_alphabetic() || letter == ' ');
    let (left, right) = row.column;
    let is_flush = label.end > right - row.size() * 2.0 && head.x < left + row.size() * 2.0;
    (is_label && is_flush).then_some((head.text.as_str(), label.text.as_str()))
}
