//! Where sentences end.

use std::ops::Range;

/// What a full stop belongs to without ending a sentence, in lower case.
const ABBREVIATIONS: &[&str] = &[
    "al", "approx", "art", "bzw", "ca", "cf", "ch", "co", "corp", "dr", "e.g", "ed", "eq", "etc",
    "ex", "fig", "figs", "i.e", "inc", "jr", "ltd", "max", "min", "mr", "mrs", "ms", "no", "nos",
    "nr", "p", "par", "pp", "prof", "resp", "sec", "sr", "st", "u.s", "usw", "viz", "vol", "vs",
    "z.b",
];

/// Returns the sentences of a paragraph in order, without the spaces between them.
pub(super) fn sentences(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = 0;
    let mut letters = text.char_indices().peekable();
    while let Some((at, letter)) = letters.next() {
        let Some(stop) = Stop::of(letter) else {
            continue;
        };
        let mut end = at + letter.len_utf8();
        while let Some((at, letter)) = letters.peek().copied() {
            if Stop::of(letter).is_none() && !closes(letter) {
                break;
            }
            end = at + letter.len_utf8();
            letters.next();
        }
        if stop == Stop::Wide || ends(text, start, at, end, letter) {
            push(text, start..end, &mut found);
            start = end;
        }
    }
    push(text, start..text.len(), &mut found);
    found
}

/// Returns the first sentence of a paragraph.
pub(super) fn first_sentence(text: &str) -> &str {
    let first = sentences(text).into_iter().next();
    first.and_then(|range| text.get(range)).unwrap_or_default()
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stop {
    /// Ends a sentence where a space follows.
    Narrow,
    /// Ends a sentence in a script without spaces.
    Wide,
}

impl Stop {
    fn of(letter: char) -> Option<Self> {
        match letter {
            '.' | '!' | '?' | '…' | '।' | '؟' | '۔' => Some(Self::Narrow),
            '。' | '！' | '？' | '｡' => Some(Self::Wide),
            _ => None,
        }
    }
}

/// Whether `letter` may stand between a full stop and the space behind it.
fn closes(letter: char) -> bool {
    matches!(
        letter,
        '"' | '\'' | ')' | ']' | '*' | '_' | '`' | '”' | '’' | '»' | '」' | '』' | '）'
    )
}

/// Whether the stop at `at`, which with what belongs to it goes up to `end`, ends the sentence from `start` on.
fn ends(text: &str, start: usize, at: usize, end: usize, stop: char) -> bool {
    let after = text.get(end..).unwrap_or_default();
    if after.is_empty() {
        return true;
    }
    if !after.starts_with(char::is_whitespace) {
        return false;
    }
    if stop != '.' {
        return true;
    }
    let goes_on = after.trim_start().starts_with(char::is_lowercase);
    let before = text.get(start..at).unwrap_or_default();
    let word = before
        .rsplit(|letter: char| letter.is_whitespace() || "([{\"'“".contains(letter))
        .next()
        .unwrap_or_default();
    // `1. First`: a number in a list; `J. Smith`: an initial.
    let is_number = word.len() == before.trim_start().len()
        && word
            .chars()
            .all(|letter| letter.is_ascii_digit() || letter == '.');
    let mut initial = word.chars();
    let is_initial =
        initial.next().is_some_and(char::is_uppercase) && initial.next().is_none() && word != "I";
    let is_short = ABBREVIATIONS
        .binary_search(&word.to_lowercase().as_str())
        .is_ok();
    !(goes_on || is_number || is_initial || is_short)
}

fn push(text: &str, range: Range<usize>, found: &mut Vec<Range<usize>>) {
    let sentence = text.get(range.clone()).unwrap_or_default();
    let start = range.start + sentence.len() - sentence.trim_start().len();
    let end = range.end - (sentence.len() - sentence.trim_end().len());
    if start < end {
        found.push(start..end);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn split(text: &str) -> Vec<&str> {
        sentences(text)
            .into_iter()
            .map(|range| &text[range])
            .collect()
    }

    #[test]
    fn sentences_end_at_full_stops_and_nowhere_else() {
        for expected in [
            &[
                "It is 3.14.",
                "See https://a.example/b.html?c=d for v1.2.3!",
            ][..],
            &[
                "Dr. J. Smith et al. wrote it, e.g. here.",
                "(It was good.)",
                "Really?!",
            ],
            &["1. First comes\nthis.", "Then that."],
            &["The file a.rs is read. and so on.", "End"],
            &["He said “Go.”", "She went."],
            &["今日は雨です。", "明日は？", "「はい。」", "終わり"],
            &["यह एक वाक्य है।", "दूसरा।"],
            &["So do I.", "Good."],
        ] {
            let text = expected.join(" ");
            assert_eq!(split(&text), expected);
        }
        assert_eq!(split("一。二！"), ["一。", "二！"]);
        assert_eq!(first_sentence(" One. Two."), "One.");
        assert_eq!(first_sentence(" \n"), "");
        assert!(ABBREVIATIONS.is_sorted());
    }

    proptest! {
        #[test]
        fn nothing_but_space_is_between_sentences(text in "([a-zA-Z0-9.!?。 \n)]|é|e\\.g\\.){0,60}") {
            let mut rest = text.clone();
            for range in sentences(&text).into_iter().rev() {
                rest.replace_range(range, "");
            }
            prop_assert_eq!(rest.trim(), "");
        }
    }
}
