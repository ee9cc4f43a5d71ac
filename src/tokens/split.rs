//! Cuts text into pieces, as the encodings' patterns do: one function per alternative, tried in the pattern's order.
//!
//! Every function takes the place where a match may start and returns the place where it ends, or `None`. All places lie between
//! characters of a UTF-8 string.

use super::class::{self, END, HEAD, LETTER, LINE, NUMBER, SPACE, TAIL};

/// Returns the end of the piece of `o200k_base` that starts at `at`, a place before the end of `text`.
pub(super) fn o200k_end(text: &[u8], at: usize) -> usize {
    cased_word(text, at)
        .map(|end| contraction(text, end).unwrap_or(end))
        .or_else(|| number(text, at))
        .or_else(|| symbols(text, at, b"\r\n/"))
        .unwrap_or_else(|| space(text, at))
}

/// Returns the end of the piece of `cl100k_base` that starts at `at`, a place before the end of `text`.
pub(super) fn cl100k_end(text: &[u8], at: usize) -> usize {
    contraction(text, at)
        .or_else(|| word(text, at))
        .or_else(|| number(text, at))
        .or_else(|| symbols(text, at, b"\r\n"))
        .unwrap_or_else(|| space(text, at))
}

/// `[^\r\n\p{L}\p{N}]?[HEAD]*[TAIL]+`, else `[^\r\n\p{L}\p{N}]?[HEAD]+[TAIL]*`.
fn cased_word(text: &[u8], at: usize) -> Option<usize> {
    let (first, length) = class::of(text, at);
    if opens_word(first) {
        return cased_run(text, at + length, first & TAIL != 0);
    }
    if first & LETTER != 0 {
        return cased_run(text, at, false);
    }
    None
}

/// Matches a word's letters from `at`, after its opening character if it has one.
///
/// `mark_opens` says that the opening character is a mark. A mark is a word by itself when only heads follow it: the first
/// alternative then succeeds without the optional opening, and it stands before the second.
fn cased_run(text: &[u8], at: usize, mark_opens: bool) -> Option<usize> {
    let mut end = at;
    // The end of the last head that is a tail as well: where the first alternative ends if no other tail follows the heads.
    let mut last_both = None;
    loop {
        let (class, length) = class::of(text, end);
        if class & HEAD == 0 {
            if class & TAIL != 0 {
                return Some(run(text, end + length, TAIL));
            }
            break;
        }
        end += length;
        if class & TAIL != 0 {
            last_both = Some(end);
        }
    }
    if last_both.is_some() {
        return last_both;
    }
    if mark_opens {
        return Some(at);
    }
    (end > at).then_some(end)
}

/// `[^\r\n\p{L}\p{N}]?\p{L}+`
fn word(text: &[u8], at: usize) -> Option<usize> {
    let (first, length) = class::of(text, at);
    if first & LETTER != 0 {
        return Some(run(text, at + length, LETTER));
    }
    if !opens_word(first) {
        return None;
    }
    let (second, length_second) = class::of(text, at + length);
    (second & LETTER != 0).then(|| run(text, at + length + length_second, LETTER))
}

/// `[^\r\n\p{L}\p{N}]`
fn opens_word(class: u8) -> bool {
    class & (LINE | LETTER | NUMBER | END) == 0
}

/// `(?i:'s|'t|'re|'ve|'m|'ll|'d)`, where `ſ` is an `s` to a case-insensitive pattern.
fn contraction(text: &[u8], at: usize) -> Option<usize> {
    if text.get(at) != Some(&b'\'') {
        return None;
    }
    let lower = |offset: usize| text.get(at + offset).map(u8::to_ascii_lowercase);
    match (lower(1)?, lower(2)) {
        (b's' | b't' | b'm' | b'd', _) => Some(at + 2),
        (b'r' | b'v', Some(b'e')) | (b'l', Some(b'l')) | (0xC5, Some(0xBF)) => Some(at + 3),
        _ => None,
    }
}

/// `\p{N}{1,3}`
fn number(text: &[u8], at: usize) -> Option<usize> {
    let mut end = at;
    for _ in 0..3 {
        let (class, length) = class::of(text, end);
        if class & NUMBER == 0 {
            break;
        }
        end += length;
    }
    (end > at).then_some(end)
}

/// ` ?[^\s\p{L}\p{N}]+`, then any of the `closing` characters.
fn symbols(text: &[u8], at: usize, closing: &[u8]) -> Option<usize> {
    let start = at + usize::from(text.get(at) == Some(&b' '));
    let mut end = start;
    loop {
        let (class, length) = class::of(text, end);
        if class & (SPACE | LETTER | NUMBER | END) != 0 {
            break;
        }
        end += length;
    }
    if end == start {
        return None;
    }
    while text.get(end).is_some_and(|byte| closing.contains(byte)) {
        end += 1;
    }
    Some(end)
}

/// `\s*[\r\n]+|\s+(?!\S)|\s+`: up to the last line end of a run of spaces, else all of the run but the space before a word.
fn space(text: &[u8], at: usize) -> usize {
    let (mut end, mut last, mut line) = (at, at, None);
    loop {
        let (class, length) = class::of(text, end);
        if class & SPACE == 0 {
            let before_word = if class == END || last == at {
                end
            } else {
                last
            };
            return line.unwrap_or(before_word);
        }
        last = end;
        end += length;
        if class & LINE != 0 {
            line = Some(end);
        }
    }
}

/// Returns the end of the run of characters with any bit of `class` that starts at `at`.
fn run(text: &[u8], at: usize, class: u8) -> usize {
    let mut end = at;
    loop {
        let (found, length) = class::of(text, end);
        if found & class == 0 {
            return end;
        }
        end += length;
    }
}
