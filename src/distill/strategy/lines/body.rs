//! What encoder and decoder must agree on: the start of a body line.

/// Whether `text`, standing where a template's name could, would be read as something else than itself.
pub(super) fn needs_escape(text: &str) -> bool {
    match text.as_bytes().first() {
        None => true,
        Some(byte) => {
            byte.is_ascii_alphanumeric() || matches!(byte, b'@' | b'.' | b'*' | b'\\' | b',' | b':')
        }
    }
}

/// Cuts the fast part of a stamp from the start of a body line.
pub(super) fn split_fast(line: &str) -> (&str, &str) {
    if !line.starts_with(|first: char| first.is_ascii_digit()) {
        return ("", line);
    }
    let end = line
        .find(|letter: char| !(letter.is_ascii_digit() || matches!(letter, '.' | ',' | ':')))
        .unwrap_or(line.len());
    line.split_at(end)
}
