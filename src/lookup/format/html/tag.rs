//! What a tag says by itself: its attributes, the level of a heading, the language of code.

use super::drop;
use super::elements::ADMONITIONS;

pub(super) fn is_heading(name: &str) -> bool {
    matches!(name, "h1" | "h2" | "h3" | "h4" | "h5" | "h6")
}

/// Tells whether an element stands beside the text of the page; those that hold all of it do not, whatever they are called.
pub(super) fn is_admonition(name: &str, classes: &str, role: &str) -> bool {
    let mut words = classes.split_ascii_whitespace().chain([role]);
    let is_one = |word: &str| {
        let mut known = ADMONITIONS.iter();
        known.any(|known| known.eq_ignore_ascii_case(word))
    };
    !drop::WHOLE.contains(&name) && words.any(is_one)
}

pub(super) fn level(name: &str) -> u8 {
    name.bytes()
        .last()
        .map_or(1, |digit| digit.saturating_sub(b'0'))
        .clamp(1, 6)
}

/// Returns the language of a code block as its class or data attribute names it.
pub(super) fn language<'a>(classes: &str, attribute: &impl Fn(&str) -> Option<&'a str>) -> String {
    let named = classes.split_ascii_whitespace().find_map(|class| {
        ["language-", "lang-", "highlight-", "brush:"]
            .iter()
            .find_map(|prefix| class.strip_prefix(prefix))
    });
    attribute("data-language")
        .or(named)
        .unwrap_or_default()
        .chars()
        .filter(|letter| letter.is_alphanumeric() || "+-#_".contains(*letter))
        .collect()
}
