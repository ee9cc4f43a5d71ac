//! Pictures that stand for a word: `.. |pypi| image:: …` is a badge wherever `|pypi|` is written, and no part of a title.

use std::collections::HashSet;

/// The words that stand for pictures in a text.
#[derive(Debug, Default)]
pub(super) struct Pictures<'a>(HashSet<&'a str>);

impl<'a> Pictures<'a> {
    pub(super) fn of(lines: &[&'a str]) -> Self {
        let word = |line: &&'a str| {
            let (word, directive) = line.trim_start().strip_prefix(".. |")?.split_once('|')?;
            directive
                .trim_start()
                .starts_with("image::")
                .then_some(word)
        };
        Self(lines.iter().filter_map(word).collect())
    }

    /// Returns `title` without pictures, unless it is nothing else.
    pub(super) fn left_out(&self, title: &str) -> String {
        let mut words = String::new();
        let mut rest = title;
        while let Some((before, after)) = rest.split_once('|') {
            words.push_str(before);
            match after.split_once('|') {
                Some((word, behind)) if self.0.contains(word) => {
                    // It may be a link as well.
                    rest = behind.trim_start_matches('_');
                }
                _ => {
                    words.push('|');
                    rest = after;
                }
            }
        }
        words.push_str(rest);
        let words: Vec<&str> = words.split_whitespace().collect();
        if words.is_empty() || self.0.is_empty() {
            title.to_owned()
        } else {
            words.join(" ")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_without_the_pictures_that_stand_in_it() {
        let pictures = Pictures::of(&[
            ".. |build status| image:: https://example.com/a.svg",
            ".. |pypi|  image:: b.svg",
            ".. |name| replace:: Rope",
        ]);
        for (title, expected) in [
            ("Rope |build status| |pypi|_", "Rope"),
            ("|pypi|__ Rope", "Rope"),
            ("|name| |pypi| a | b", "|name| a | b"),
            ("|pypi|", "|pypi|"),
            ("a || b |", "a || b |"),
        ] {
            assert_eq!(pictures.left_out(title), expected);
        }
    }
}
