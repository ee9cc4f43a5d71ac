//! Sentences: what paragraphs, long items and long rows are taken apart into.

use std::ops::Range;

use super::units::MARK_BYTES_MAX;

/// Bytes from which a paragraph, an item or a row is taken apart into sentences: about forty tokens.
pub(super) const SENTENCES_FROM_BYTES: usize = 160;
/// Bytes of the beginning that is shown of an item, a row, or what is said of a term, where the first sentence is longer: so much has
/// room at the least size.
const BEGINNING_BYTES: usize = 90;

/// Cuts the paragraph at `bytes` into its sentences, if it is long.
pub(super) fn sentences(text: &str, bytes: Range<usize>) -> Vec<Range<usize>> {
    let paragraph = text.get(bytes.clone()).unwrap_or_default();
    if paragraph.len() < SENTENCES_FROM_BYTES {
        return vec![bytes];
    }
    let mut cut = Vec::new();
    let mut start = bytes.start;
    let mut is_code = false;
    let mut letters = paragraph.char_indices().peekable();
    // Some write all marks with a space before them, and few capitals.
    let is_spaced = paragraph.trim_end().ends_with(" .");
    // The last letter that is no space, and whether it stands by itself.
    let (mut last, mut is_alone, mut is_after_space) = (' ', false, true);
    while let Some((_, letter)) = letters.next() {
        is_code ^= letter == '`';
        let is_space = letter.is_whitespace();
        if !is_space {
            (last, is_alone) = (letter, is_after_space);
        }
        is_after_space = is_space;
        let Some((at, next)) = letters.peek().copied().filter(|_| !is_code) else {
            continue;
        };
        let begins = next.is_uppercase() || "`*\"'([_".contains(next);
        let ends = match last {
            '.' | '!' | '?' => is_space && (begins || is_spaced && is_alone),
            '。' | '！' | '？' => !next.is_whitespace() && !"」』）”".contains(next),
            _ => false,
        };
        if ends {
            cut.push(start..bytes.start + at);
            start = bytes.start + at;
        }
    }
    cut.push(start..bytes.end);
    cut
}

/// Parts the first of some `sentences` between two words, if it is long.
pub(super) fn part_first(text: &str, sentences: &mut Vec<Range<usize>>) -> bool {
    let Some(first) = sentences.first().cloned() else {
        return false;
    };
    let words = text.get(first.clone()).unwrap_or_default();
    let place = beginning(words);
    let Some(place) =
        place.filter(|place| *place > MARK_BYTES_MAX && words.len() > BEGINNING_BYTES * 4 / 3)
    else {
        return false;
    };
    let middle = first.start + place;
    sentences.splice(..1, [first.start..middle, middle..first.end]);
    true
}

/// Returns the byte behind the words that `text` begins with, up to [`BEGINNING_BYTES`] of what is read: an address and a tag count
/// as nothing, and neither is cut, nor is code.
fn beginning(text: &str) -> Option<usize> {
    let mut place = None;
    let (mut read, mut is_code) = (0, false);
    // What ends the tag or the address that is open.
    let mut until = None;
    let mut letters = text.char_indices().peekable();
    let mut last = ' ';
    while let Some((at, letter)) = letters.next() {
        let next = letters.peek().map_or(' ', |(_, next)| *next);
        let before = std::mem::replace(&mut last, letter);
        if let Some(end) = until {
            if letter == end {
                until = None;
            }
            continue;
        }
        is_code ^= letter == '`';
        if is_code {
            read += letter.len_utf8();
            continue;
        }
        match letter {
            '<' if next == '/' || next.is_ascii_alphabetic() => until = Some('>'),
            '(' if before == ']' => until = Some(')'),
            _ => read += letter.len_utf8(),
        }
        if read > BEGINNING_BYTES {
            break;
        }
        if letter == ' ' || letter == '\n' {
            place = Some(at + 1);
        }
    }
    place
}
