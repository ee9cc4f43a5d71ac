//! What front matter says of a page beside its title and its description: the syntax of a command, what it costs, since when there is
//! one. Keys are as many as makers of sites, so the values tell: what lays out, files or dates a page is one word, a number, a path
//! or a list of such.

use std::borrow::Cow;

use super::super::tree::{Node, Value};
use crate::lookup::clean;
use crate::lookup::passage::letter_start;

/// Facts of one page: more is data.
const FACTS_MAX: usize = 10;
/// Letters of the longest fact, without its key.
const LETTERS_MAX: usize = 160;
/// Bytes of the longest key.
const KEY_BYTES_MAX: usize = 60;
/// Bytes of a value that are looked at.
const BYTES_MAX: usize = 4 << 10;
/// Words that make a sentence: names of people and of subjects have fewer.
const SENTENCE_WORDS_MIN: usize = 4;
/// Signs of a syntax or a formula.
const SIGNS: [char; 6] = ['(', ')', '[', ']', '|', '='];

/// Returns what `matter` says that `is_new`, each by the line of the text (from 0) where it is said; nothing of the keys `told`.
pub(super) fn facts(
    matter: &Node<'_>,
    told: &[&str],
    is_new: impl Fn(&str) -> bool,
) -> Vec<(usize, String)> {
    let fact = |(key, node): &(Cow<'_, str>, Node<'_>)| {
        let is_long = key.len() > KEY_BYTES_MAX;
        if is_long || told.iter().any(|told| told.eq_ignore_ascii_case(key)) {
            return None;
        }
        let line = usize::try_from(node.line).ok()?;
        let words = clean::beginning(&said(node)?, LETTERS_MAX);
        is_new(&words).then(|| (line, format!("{key}: {words}")))
    };
    let facts = matter.entries().iter().filter_map(fact);
    facts.take(FACTS_MAX).collect()
}

/// Returns the words of a value that says something to a reader.
fn said(node: &Node<'_>) -> Option<String> {
    match &node.value {
        Value::Text(text) => {
            let text = text.trim();
            let text = text.get(..letter_start(text, BYTES_MAX))?;
            says_something(text).then(|| text.to_owned())
        }
        Value::List(items) => {
            let items = items.get(..items.len().min(FACTS_MAX))?;
            let items: Option<Vec<String>> = items.iter().map(item).collect();
            let items = items?;
            // A path may have as many words.
            let is_sentence =
                |item: &String| words(item) >= SENTENCE_WORDS_MIN && !item.contains('/');
            let has_sentence = items.iter().any(is_sentence);
            has_sentence.then(|| items.join("; "))
        }
        _ => None,
    }
}

/// Returns an item of a list as one text, if it is one or a row of some.
fn item(node: &Node<'_>) -> Option<String> {
    let cells = node.items();
    if cells.is_empty() {
        return node.text().map(str::to_owned);
    }
    let cells = cells.get(..cells.len().min(FACTS_MAX))?;
    let cells: Option<Vec<&str>> = cells.iter().map(Node::text).collect();
    Some(cells?.join(" "))
}

/// Tells whether a text is a sentence, a syntax, a formula or a version.
fn says_something(text: &str) -> bool {
    // A statement for the builder of the site, an address.
    if text.starts_with("{%") || text.starts_with("{{") || text.contains("://") {
        return false;
    }
    let is_listed = text.contains(',') && !text.contains(SIGNS) && !text.ends_with('.');
    if is_listed {
        let mut parts = text.split(',');
        return parts.any(|part| words(part) >= SENTENCE_WORDS_MIN);
    }
    let has_signs = text.contains(SIGNS) && text.contains(char::is_alphabetic);
    has_signs || is_version(text) || words(text) >= SENTENCE_WORDS_MIN
}

/// Tells whether `text` is a number of several parts.
fn is_version(text: &str) -> bool {
    let number = text.strip_prefix('v').unwrap_or(text);
    let mut parts = number.split('.');
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|it| it.is_ascii_digit());
    number.contains('.') && parts.all(is_number)
}

/// Counts the words that begin with a letter.
fn words(text: &str) -> usize {
    let begins = |word: &&str| {
        let word = word.trim_start_matches(|letter: char| !letter.is_alphanumeric());
        word.starts_with(char::is_alphabetic)
    };
    text.split_whitespace().filter(begins).count()
}

#[cfg(test)]
mod tests {
    use super::super::super::markdown::parse;

    /// The lines of a page with this front matter that say something.
    fn shown(matter: &str) -> Vec<String> {
        let page = parse(&format!(
            "---\ntitle: Ropes in use\n{matter}---\nText of it.\n"
        ));
        let lines = page.text.lines().filter(|line| !line.is_empty());
        lines.map(str::to_owned).collect()
    }

    #[test]
    fn what_front_matter_says_of_a_page_is_text() {
        let matter = "summary: Hauls.\nsyntax: \"haul KEY\\n  [NX | XX]\"\ncost: O(1)\nsince: 1.0.0\n\
                      history:\n- - 7.0.0\n  - 'Added options: `NX` and `XX`.'\nneeds: Rights to haul the ropes\n";
        assert_eq!(
            shown(matter),
            [
                "Hauls.",
                "syntax: haul KEY [NX | XX]",
                "cost: O(1)",
                "since: 1.0.0",
                "history: 7.0.0 Added options: `NX` and `XX`.",
                "needs: Rights to haul the ropes",
                "Text of it."
            ]
        );
        let page = parse(&format!("---\n{matter}---\nText.\n"));
        assert_eq!(
            page.text.lines().nth(6),
            Some("history: 7.0.0 Added options: `NX` and `XX`.")
        );
    }

    #[test]
    fn what_lays_out_or_files_a_page_is_no_text() {
        let matter = "draft: false\nweight: 30\npriority: 0.8\ndate: 2019-10-01 03:49:29 +0000\nlayout: single\n\
                      author: Ann Bell, Ben Cole\nurl: https://h.example/a b (c)\naliases:\n- /a/b\n- How to/Haul the long ropes\n\
                      keywords: ropes, long ropes, knots\nmenu:\n  main: Words of a menu here\nhead:\n- - meta\n  - name: x\n\
                      link_title: ropes in Use\nintro: Text of it.\nproduct: '{% data of the product here %}'\n";
        assert_eq!(shown(matter), ["Text of it."]);
    }

    #[test]
    fn facts_are_few_and_short() {
        let long = "(so) ".repeat(500);
        let many: Vec<String> = (0..40).map(|key| format!("k{key}: {long}\n")).collect();
        let many = many.concat();
        let lines = shown(&many);
        assert_eq!(lines.len(), 11);
        assert!(lines.iter().all(|line| line.chars().count() <= 165));
    }
}
