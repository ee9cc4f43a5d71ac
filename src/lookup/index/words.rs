//! Words as documentation has them: `foo_bar`, `std::fs`, `--flag`, `@scope/pkg`, `E0308` are one word each, and each
//! can also be found by its parts.

use crate::lookup::document::looks_like_code;

/// Bytes of the longest word kept whole; longer ones are hashes and data, found by their parts at most.
pub(super) const WORD_BYTES_MAX: usize = 80;

/// Iterates over the words of a text as byte ranges.
pub(crate) struct Words<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Words<'a> {
    pub(crate) fn of(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }
}

fn in_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

/// Tells whether `letter` is a word by itself: scripts written without spaces.
fn stands_alone(letter: char) -> bool {
    matches!(letter, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

impl<'a> Iterator for Words<'a> {
    /// First byte, and the word.
    type Item = (usize, &'a str);

    fn next(&mut self) -> Option<Self::Item> {
        let rest = self.rest();
        let skipped = rest.find(|letter| in_word(letter) || letter == '-' || letter == '@')?;
        self.at += skipped;
        let rest = self.rest();
        let first = rest.chars().next()?;
        let lead = match first {
            '-' if rest.starts_with("--") && !self.text.get(..self.at)?.ends_with('-') => 2,
            '@' => 1,
            _ => 0,
        };
        let starts_word = rest
            .get(lead..)
            .and_then(|rest| rest.chars().next())
            .is_some_and(in_word);
        if !starts_word {
            self.at += first.len_utf8();
            return self.next_after_marks();
        }
        if stands_alone(first) {
            let start = self.at;
            self.at += first.len_utf8();
            return Some((start, rest.get(..first.len_utf8())?));
        }
        let mut end = lead;
        while let Some(letter) = rest.get(end..).and_then(|rest| rest.chars().next()) {
            let after = |bytes: usize| {
                rest.get(end + bytes..)
                    .and_then(|rest| rest.chars().next())
                    .is_some_and(in_word)
            };
            if in_word(letter) && !stands_alone(letter) {
                end += letter.len_utf8();
            } else if matches!(letter, '.' | '-') && after(1)
                || letter == '/' && first == '@' && after(1)
            {
                end += 1;
            } else if rest.get(end..).is_some_and(|rest| rest.starts_with("::")) && after(2) {
                end += 2;
            } else {
                break;
            }
        }
        let start = self.at;
        self.at += end;
        Some((start, rest.get(..end)?))
    }
}

impl<'a> Words<'a> {
    /// Goes on after marks that begin no word, without recursion over long rules (`-----`).
    fn next_after_marks(&mut self) -> Option<(usize, &'a str)> {
        let rest = self.rest();
        let marks = rest.len() - rest.trim_start_matches(['-', '@']).len();
        // The last two marks may still begin a word: `--flag`.
        self.at += marks.saturating_sub(2);
        self.next()
    }
}

/// Calls `found` with the parts of `word` where they differ from it: between `_`, `.`, `::`, `-`, `/`, inner capitals
/// and digits.
pub(crate) fn parts<'a>(word: &'a str, mut found: impl FnMut(&'a str)) {
    for run in word.split(|letter: char| !letter.is_alphanumeric()) {
        if run.is_empty() {
            continue;
        }
        if run.len() < word.len() {
            found(run);
        }
        let mut start = 0;
        let mut letters = run.char_indices().peekable();
        let mut before: Option<char> = None;
        while let Some((at, letter)) = letters.next() {
            let next_is_lower = letters.peek().is_some_and(|(_, next)| next.is_lowercase());
            let boundary = before.is_some_and(|before| {
                (before.is_lowercase() && letter.is_uppercase())
                    || (before.is_uppercase() && letter.is_uppercase() && next_is_lower)
                    || (before.is_alphabetic() && letter.is_numeric() && at - start >= 2)
                    || (before.is_numeric() && letter.is_alphabetic() && at - start >= 2)
            });
            if boundary {
                found(run.get(start..at).unwrap_or_default());
                start = at;
            }
            before = Some(letter);
        }
        if start > 0 {
            found(run.get(start..).unwrap_or_default());
        }
    }
}

/// Tells whether `word` is a name rather than prose.
pub(crate) fn is_name(word: &str) -> bool {
    looks_like_code(word)
        || word.chars().any(char::is_numeric) && word.chars().any(char::is_alphabetic)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<&str> {
        Words::of(text).map(|(_, word)| word).collect()
    }

    fn parts_of(word: &str) -> Vec<&str> {
        let mut found = Vec::new();
        parts(word, |part| found.push(part));
        found
    }

    #[test]
    fn identifiers_are_whole_words() {
        assert_eq!(
            words(
                "foo_bar a.b.c --no-cache E0308, std::fs::read() @scope/pkg. End-to-end (x) v3.11 ------ -- @"
            ),
            [
                "foo_bar",
                "a.b.c",
                "--no-cache",
                "E0308",
                "std::fs::read",
                "@scope/pkg",
                "End-to-end",
                "x",
                "v3.11"
            ]
        );
        assert_eq!(words("日本 text"), ["日", "本", "text"]);
        assert_eq!(words("-------"), Vec::<&str>::new());
    }

    #[test]
    fn a_word_has_parts_at_case_digits_and_marks() {
        assert_eq!(parts_of("useEffect"), ["use", "Effect"]);
        assert_eq!(parts_of("HTTPServer"), ["HTTP", "Server"]);
        assert_eq!(parts_of("foo_bar"), ["foo", "bar"]);
        assert_eq!(parts_of("utf8"), ["utf", "8"]);
        assert_eq!(parts_of("E0308"), Vec::<&str>::new());
        assert_eq!(parts_of("word"), Vec::<&str>::new());
        assert_eq!(parts_of("--flag"), ["flag"]);
    }
}
