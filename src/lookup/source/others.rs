//! Which files no format knows, counted by kind: a person who adds a folder should hear that most of it was passed over.

use std::collections::BTreeMap;

use crate::lookup::packing;

/// Kinds of files that are named; those of which there are fewer are counted together.
const KINDS_NAMED: usize = 5;
/// Kinds that are counted one by one: names can end with anything.
const KINDS_MAX: usize = 1000;
/// Letters of the longest ending taken as a kind.
const KIND_LETTERS_MAX: usize = 12;
/// What pages are shown with: nobody expects it to be read.
const PARTS: &str =
    "css js mjs map png jpg jpeg gif svg ico webp bmp woff woff2 ttf eot otf mp4 webm";

/// Files that no format knows.
#[derive(Debug, Default)]
pub(crate) struct Others {
    kinds: BTreeMap<String, u64>,
    /// Those of further kinds.
    beyond: u64,
}

impl Others {
    /// Counts the file at `path`.
    pub(super) fn add(&mut self, path: &str) {
        let file = path.rsplit('/').next().unwrap_or(path);
        let name = packing::inner_name(file).unwrap_or(file);
        let ending = name
            .rsplit_once('.')
            .map(|(_, ending)| ending.to_lowercase());
        let is_kind = |ending: &String| {
            let is_short = (1..=KIND_LETTERS_MAX).contains(&ending.len());
            is_short && ending.chars().all(|letter| letter.is_ascii_alphanumeric())
        };
        let kind = match ending.filter(is_kind) {
            Some(ending) if PARTS.split(' ').any(|part| part == ending) => return,
            Some(ending) => format!("of kind `.{ending}`"),
            None => "of no kind".to_owned(),
        };
        if self.kinds.len() < KINDS_MAX || self.kinds.contains_key(&kind) {
            *self.kinds.entry(kind).or_default() += 1;
        } else {
            self.beyond += 1;
        }
    }

    /// Returns how many there are of which kind, the most frequent by name.
    pub(crate) fn told(&self) -> BTreeMap<String, u64> {
        let mut kinds: Vec<(&String, &u64)> = self.kinds.iter().collect();
        kinds.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
        let named = kinds.iter().take(KINDS_NAMED);
        let mut told: BTreeMap<String, u64> = named
            .map(|(kind, count)| ((*kind).clone(), **count))
            .collect();
        let rest = kinds.iter().skip(KINDS_NAMED).map(|(_, count)| **count);
        let rest = rest.sum::<u64>() + self.beyond;
        if rest > 0 {
            told.insert("of other kinds".to_owned(), rest);
        }
        told
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_frequent_kinds_are_named_and_the_others_counted() {
        let mut others = Others::default();
        for (name, count) in [
            ("a.c", 9),
            ("b/B.H", 8),
            ("c.so.1", 7),
            ("Makefile", 6),
            ("d.toml", 5),
        ] {
            for _ in 0..count {
                others.add(name);
            }
        }
        for name in ["x.lock", "y.sum", "logo.png", "theme.CSS"] {
            others.add(name);
        }
        let told = others.told();
        let told: Vec<(&str, u64)> = told
            .iter()
            .map(|(kind, count)| (kind.as_str(), *count))
            .collect();
        assert_eq!(
            told,
            [
                ("of kind `.1`", 7),
                ("of kind `.c`", 9),
                ("of kind `.h`", 8),
                ("of kind `.toml`", 5),
                ("of no kind", 6),
                ("of other kinds", 2)
            ]
        );
    }
}
