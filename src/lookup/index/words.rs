//! Words as documentation has them: `foo_bar`, `std::fs`, `--flag`, `@scope/pkg`, `E0308` are one word each, and each
//! can also be found by its parts.

use crate::lookup::document::looks_like_code;

/// Bytes of the longest word kept whole; longer ones are hashes and data, found by their parts at most.
pub(super) const WORD_BYTES_MAX: usize = 80;

/// Words, in the form that the index holds, whose places it does not keep: every sentence has some, so they took a fifth of the
/// room of all places, and no two words are one thing because one of these is beside the other. In order.
pub(super) const PLACELESS: &[&str] = &[
    "a", "about", "am", "an", "and", "are", "as", "at", "be", "been", "but", "by", "can", "could",
    "did", "do", "doe", "for", "from", "had", "has", "have", "how", "i", "if", "in", "into", "is",
    "it", "me", "my", "of", "on", "or", "our", "should", "so", "some", "than", "that", "the",
    "their", "them", "then", "there", "these", "they", "this", "to", "was", "we", "were", "what",
    "when", "where", "whi", "which", "while", "who", "will", "with", "would", "you", "your",
];

/// Tells whether the index keeps where `form`, which it holds, stands in a text.
pub(crate) fn has_places(form: &str) -> bool {
    PLACELESS.binary_search(&form).is_err()
}

/// Iterates over the words of a text as byte ranges.
pub(crate) struct Words<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Words<'a> {
    pub(crate) fn of(text: &'a str) -> Self {
        Self { text, at: 0 }
    }
}

fn in_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

/// What a byte is to words. Every byte that is read in is asked, and looking up costs less than comparing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    /// A letter in words, by itself.
    Plain,
    /// May begin a word, or the letter of several bytes that does.
    Lead,
    /// No part of a word, or a joint of its parts.
    Mark,
}

const ROLES: [Role; 256] = roles();

const fn roles() -> [Role; 256] {
    let mut roles = [Role::Mark; 256];
    let mut left: &mut [Role] = &mut roles;
    let mut byte = 0_u8;
    while let [first, rest @ ..] = left {
        *first = match byte {
            b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b'_' => Role::Plain,
            b'-' | b'@' | 0x80.. => Role::Lead,
            _ => Role::Mark,
        };
        byte = byte.wrapping_add(1);
        left = rest;
    }
    roles
}

#[inline]
fn role(byte: u8) -> Role {
    ROLES.get(usize::from(byte)).copied().unwrap_or(Role::Mark)
}

#[inline]
fn is_plain(byte: u8) -> bool {
    role(byte) == Role::Plain
}

/// Tells whether `letter` is a word by itself: scripts written without spaces.
fn stands_alone(letter: char) -> bool {
    matches!(letter, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

impl<'a> Iterator for Words<'a> {
    /// First byte, and the word.
    type Item = (usize, &'a str);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let start = self.start()?;
            let byte = self.byte(start)?;
            let mut inner = start;
            if !is_plain(byte) {
                inner += self.lead(start);
                let Some(first) = self.letter(inner).filter(|letter| in_word(*letter)) else {
                    // A mark that begins no word.
                    self.at = start + 1;
                    continue;
                };
                if inner == start && stands_alone(first) {
                    self.at = start + first.len_utf8();
                    return Some((start, self.text.get(start..self.at)?));
                }
            }
            self.at = self.end(inner, byte == b'@');
            return Some((start, self.text.get(start..self.at)?));
        }
    }
}

impl Words<'_> {
    fn byte(&self, at: usize) -> Option<u8> {
        self.text.as_bytes().get(at).copied()
    }

    fn letter(&self, at: usize) -> Option<char> {
        match self.byte(at)? {
            byte if byte.is_ascii() => Some(char::from(byte)),
            _ => self.text.get(at..)?.chars().next(),
        }
    }

    /// Returns where the next letter is that may begin a word.
    fn start(&self) -> Option<usize> {
        let mut at = self.at;
        loop {
            let rest = self.text.as_bytes().get(at..)?;
            at += rest.iter().position(|byte| role(*byte) != Role::Mark)?;
            let letter = self.letter(at)?;
            if letter.is_ascii() || in_word(letter) {
                return Some(at);
            }
            at += letter.len_utf8();
        }
    }

    /// Bytes of the marks at `start` that are part of the word behind them: `--flag`, `@scope`.
    fn lead(&self, start: usize) -> usize {
        let is_dash = |at: Option<usize>| at.and_then(|at| self.byte(at)) == Some(b'-');
        match self.byte(start) {
            Some(b'-') if is_dash(Some(start + 1)) && !is_dash(start.checked_sub(1)) => 2,
            Some(b'@') => 1,
            _ => 0,
        }
    }

    /// Returns where the word ends that `at` is in.
    fn end(&self, at: usize, is_scoped: bool) -> usize {
        let mut end = at;
        loop {
            end = behind(self.text.as_bytes(), end, is_plain);
            let joint = match self.byte(end) {
                Some(b'.' | b'-') => 1,
                Some(b'/') if is_scoped => 1,
                Some(b':') if self.byte(end + 1) == Some(b':') => 2,
                Some(byte) if !byte.is_ascii() => match self.letter(end) {
                    Some(letter) if in_word(letter) && !stands_alone(letter) => {
                        end += letter.len_utf8();
                        continue;
                    }
                    _ => return end,
                },
                _ => return end,
            };
            if !self.letter(end + joint).is_some_and(in_word) {
                return end;
            }
            end += joint;
        }
    }
}

/// Calls `found` with the parts of `word` where they differ from it: between `.`, `::` and `/`, and between `_`, `-`, inner
/// capitals and digits. `add_late_job` of `sched.add_late_job` is one, and so is `late`.
pub(crate) fn parts<'a>(word: &'a str, mut found: impl FnMut(&'a str)) {
    if word.contains(['.', ':', '/']) && word.contains(['_', '-']) {
        let segments = word.split(['.', ':', '/']);
        // What is nothing but letters and digits comes below.
        segments
            .filter(|segment| segment.trim_matches(['_', '-']).contains(['_', '-']))
            .for_each(&mut found);
    }
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

/// Returns how many of the words of `text` are names.
pub(super) fn names(text: &str) -> usize {
    let mut words = Words::of(text);
    let mut names = 0;
    loop {
        // Most words are no names, and are passed over without asking where the next one begins and ends.
        words.at = behind_prose(text.as_bytes(), words.at);
        let Some((_, word)) = words.next() else {
            return names;
        };
        names += usize::from(!is_plain_prose(word) && is_name(word));
    }
}

/// Returns where the prose ends that begins at byte `at`: plain words, each with a mark behind it that goes on with no word.
fn behind_prose(text: &[u8], mut at: usize) -> usize {
    loop {
        at = behind(text, at, ends_word);
        if !text.get(at).is_some_and(u8::is_ascii_alphabetic) {
            return at;
        }
        let end = behind(text, at + 1, |byte| byte.is_ascii_lowercase());
        if !text.get(end).copied().is_some_and(ends_word) {
            return at;
        }
        at = end;
    }
}

/// Returns where the bytes end that are `such`, from byte `at` on.
#[inline]
fn behind(text: &[u8], at: usize, such: impl Fn(u8) -> bool) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    at + rest
        .iter()
        .position(|byte| !such(*byte))
        .unwrap_or(rest.len())
}

/// Tells whether a word ends before `byte` whatever is behind it, and none begins with it.
fn ends_word(byte: u8) -> bool {
    matches!(
        byte,
        b' ' | b'\n' | b',' | b';' | b'(' | b')' | b'"' | b'\'' | b'`'
    )
}

/// Tells whether `word` is nothing but letters, no capitals behind the first: no name.
pub(crate) fn is_plain_prose(word: &str) -> bool {
    let mut bytes = word.bytes();
    bytes
        .next()
        .is_some_and(|first| first.is_ascii_alphabetic())
        && bytes.all(|byte| byte.is_ascii_lowercase())
}

/// Tells whether `word` is a name rather than prose.
pub(crate) fn is_name(word: &str) -> bool {
    looks_like_code(word)
        || word.chars().any(char::is_numeric) && word.chars().any(char::is_alphabetic)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

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
        assert_eq!(words("a.日 --@x -- é-è"), ["a.", "日", "@x", "é-è"]);
        assert_eq!(words(&"- ".repeat(1 << 20)), Vec::<&str>::new());
    }

    #[test]
    fn what_is_plain_prose_is_no_name() {
        for word in ["a", "Word", "word", "I"] {
            assert!(is_plain_prose(word) && !is_name(word), "{word}");
        }
        for word in [
            "",
            "useEffect",
            "a_b",
            "HTTP",
            "E0308",
            "--flag",
            "@x",
            "é",
            "a.b",
        ] {
            assert!(!is_plain_prose(word), "{word}");
        }
    }

    #[test]
    fn names_of_a_text_are_counted_each_time() {
        assert_eq!(names("Call useEffect, then useEffect again with `a_b`."), 3);
        assert_eq!(names("Nothing but prose. And more of it."), 0);
    }

    proptest! {
        #[test]
        fn passing_over_prose_loses_no_name(
            text in "([a-z]{1,4}|[A-Z][a-z]{0,3}|[a-zA-Z_0-9]{1,4}|\\.|-|--|::|/|@|é|日|[ \n,;()\"'`]){0,40}",
        ) {
            let words = Words::of(&text).filter(|(_, word)| is_name(word));
            prop_assert_eq!(names(&text), words.count(), "{}", text);
        }
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

    #[test]
    fn what_stands_between_the_points_of_a_name_is_a_part_whole() {
        assert_eq!(
            parts_of("sched.add_late_job"),
            ["add_late_job", "sched", "add", "late", "job"]
        );
        assert_eq!(
            parts_of("a::no-cache::b"),
            ["no-cache", "a", "no", "cache", "b"]
        );
        assert_eq!(parts_of("x.__init__"), ["x", "init"]);
    }
}
