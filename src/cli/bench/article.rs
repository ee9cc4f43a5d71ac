//! How much of an article a distilled page still shows, and how much beside it: sequences of four words, as the
//! article-extraction benchmark of Scrapinghub counts them. A measure of fidelity that needs no model.
//!
//! A folder with a `ground-truth.json` (`{"NAME": {"articleBody": "…"}}`) says what the article of `NAME.html` or
//! `NAME.html.gz` is.

use std::collections::HashMap;
use std::path::Path;

use serde::Deserialize;

/// The file with the articles of a folder.
pub(super) const GOLD: &str = "ground-truth.json";

/// Words of a sequence.
const WORDS: usize = 4;

/// The articles of a folder by the names of their pages.
#[derive(Debug, Default, Deserialize)]
#[serde(transparent)]
pub(super) struct Gold(HashMap<String, Page>);

#[derive(Debug, Deserialize)]
struct Page {
    #[serde(rename = "articleBody")]
    article: String,
}

/// How well pages agree with their articles, summed up.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Overlap {
    pub(super) pages: u32,
    /// Of what is shown, the part that is of the article.
    precision: f64,
    /// Of the article, the part that is shown.
    recall: f64,
}

impl Gold {
    /// Returns the articles of `folder`, none if it names none.
    pub(super) fn of(folder: &Path) -> Self {
        std::fs::read(folder.join(GOLD))
            .ok()
            .and_then(|bytes| serde_json::from_slice(&bytes).ok())
            .unwrap_or_default()
    }

    /// Returns how well `shown`, the digest of `file`, agrees with its article.
    pub(super) fn overlap(&self, file: &Path, shown: &str) -> Option<Overlap> {
        let name = file.file_name()?.to_str()?;
        let name = name.strip_suffix(".gz").unwrap_or(name);
        let page = self.0.get(name.strip_suffix(".html").unwrap_or(name))?;
        Some(overlap(&page.article, &plain(shown)))
    }
}

impl Overlap {
    /// Returns the sum of both.
    pub(super) fn plus(self, other: Self) -> Self {
        Self {
            pages: self.pages + other.pages,
            precision: self.precision + other.precision,
            recall: self.recall + other.recall,
        }
    }

    /// Mean precision, mean recall and their harmonic mean.
    pub(super) fn means(self) -> (f64, f64, f64) {
        let pages = f64::from(self.pages.max(1));
        let (precision, recall) = (self.precision / pages, self.recall / pages);
        let sum = precision + recall;
        let f1 = if sum > 0.0 {
            2.0 * precision * recall / sum
        } else {
            0.0
        };
        (precision, recall, f1)
    }
}

/// Compares two texts.
fn overlap(article: &str, shown: &str) -> Overlap {
    let (wanted, got) = (sequences(article), sequences(shown));
    let common = |(sequence, count): (&Vec<&str>, &u32)| {
        wanted.get(sequence).copied().unwrap_or(0).min(*count)
    };
    let both: u32 = got.iter().map(common).sum();
    let part = |all: &HashMap<Vec<&str>, u32>| match all.values().sum::<u32>() {
        0 => f64::from(u8::from(wanted.is_empty() && got.is_empty())),
        all => f64::from(both) / f64::from(all),
    };
    Overlap {
        pages: 1,
        precision: part(&got),
        recall: part(&wanted),
    }
}

/// The sequences of words of a text, counted; a shorter text is one sequence.
fn sequences(text: &str) -> HashMap<Vec<&str>, u32> {
    let is_between = |letter: char| !letter.is_alphanumeric() && letter != '_';
    let words: Vec<&str> = text
        .split(is_between)
        .filter(|word| !word.is_empty())
        .collect();
    let mut counts = HashMap::new();
    if words.is_empty() {
        return counts;
    }
    for sequence in words.windows(WORDS.min(words.len())) {
        *counts.entry(sequence.to_vec()).or_default() += 1;
    }
    counts
}

/// What a digest says of the page: without its header, its gaps, the line of facts, and the marks of Markdown.
fn plain(shown: &str) -> String {
    let body = shown.strip_suffix('\n').unwrap_or(shown);
    let body = body.rsplit_once('\n').map_or("", |(body, _)| body);
    let mut out = String::new();
    for line in body.lines() {
        if line.starts_with("#digest ") || line.starts_with("~h") || line.starts_with("```") {
            continue;
        }
        let words = line.trim_start();
        let number = words.split_once(". ").filter(|(number, _)| {
            !number.is_empty() && number.bytes().all(|digit| digit.is_ascii_digit())
        });
        let mut rest = number.map_or(words, |(_, words)| words);
        while let Some((before, link)) = rest.split_once("](") {
            out.push_str(before);
            out.push(' ');
            rest = link.split_once(')').map_or("", |(_, after)| after);
        }
        out.push_str(rest);
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn means(article: &str, shown: &str) -> (f64, f64, f64) {
        overlap(article, shown).means()
    }

    #[test]
    fn what_is_missing_lowers_recall_and_what_is_added_precision() {
        let article = "one two three four five six seven";
        assert_eq!(means(article, article), (1.0, 1.0, 1.0));
        assert_eq!(means(article, "one two three four"), (1.0, 0.25, 0.4));
        assert_eq!(means("one two three four", article), (0.25, 1.0, 0.4));
        assert_eq!(means(article, "eight"), (0.0, 0.0, 0.0));
        assert_eq!(means("", ""), (1.0, 1.0, 1.0));
    }

    #[test]
    fn a_sequence_counts_as_often_as_it_stands_there() {
        let twice = "a b c d a b c d";
        let (precision, recall, f1) = means("a b c d", twice);
        let is_near = |value: f64, expected: f64| (value - expected).abs() < 1e-9;
        assert!(is_near(precision, 0.2) && is_near(recall, 1.0) && is_near(f1, 1.0 / 3.0));
    }

    #[test]
    fn the_notation_of_a_digest_is_no_part_of_the_page() {
        let shown = "#digest of html, 9 lines: the article\n## Head\n\n1. [word](http://x.y/z?q=1) end\n~h7:3-4\n\n```\ncode\n```\n[digest html: 9 -> 3 o200k tokens; original: restore h7]\n";
        let text = plain(shown);
        let words: Vec<&str> = text.split_whitespace().collect();
        assert_eq!(words, ["##", "Head", "[word", "end", "code"]);
    }
}
