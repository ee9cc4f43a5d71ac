//! Cuts long text into pages that every client shows whole.

use crate::config::Page as Limits;

/// Bytes of a page that are kept free for its line of facts.
const FACTS_BYTES: usize = 400;

/// How much of a text one answer carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// One page, from this byte on, of at most this size.
    Page(usize, Limits),
    /// All of it: a terminal has no limit.
    Whole,
}

impl Delivery {
    /// Whether the answer starts where the text does.
    pub(super) fn is_from_start(self) -> bool {
        matches!(self, Self::Whole | Self::Page(0, _))
    }
}

/// A part of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Page<'t> {
    pub(super) text: &'t str,
    /// Where the next page starts, if there is one.
    pub(super) next: Option<usize>,
}

/// Returns the page of `text` that `delivery` asks for, cut at the end of a line where one fits; `None` if it starts
/// past the end or inside a character.
pub(super) fn page(text: &str, delivery: Delivery) -> Option<Page<'_>> {
    let Delivery::Page(from, limits) = delivery else {
        return Some(Page { text, next: None });
    };
    let rest = text
        .get(from..)
        .filter(|rest| from == 0 || !rest.is_empty())?;
    let bytes_max = limits.bytes.saturating_sub(FACTS_BYTES).max(FACTS_BYTES);
    // The line of facts, and the empty line before it.
    let lines_max = limits.lines.max(3) - 2;
    let fits_whole = rest.len() <= bytes_max && rest.lines().count() <= lines_max;
    if fits_whole {
        return Some(Page {
            text: rest,
            next: None,
        });
    }
    let mut end = 0;
    for line in rest.split_inclusive('\n').take(lines_max) {
        if end + line.len() > bytes_max {
            break;
        }
        end += line.len();
    }
    if end == 0 {
        end = (1..=bytes_max)
            .rev()
            .find(|end| rest.is_char_boundary(*end))?;
    }
    let next = from + end;
    Some(Page {
        text: rest.get(..end)?,
        next: (next < text.len()).then_some(next),
    })
}

/// Reads a cursor: the byte that a page starts at.
pub(super) fn cursor(text: Option<&str>) -> Result<usize, super::ToolError> {
    text.map_or(Ok(0), |text| {
        text.parse().map_err(|_| {
            super::ToolError::new(
                format!("`{text}` is no cursor"),
                "take the cursor from the last line of the page before",
            )
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_together_are_the_text_and_each_keeps_to_the_limits() {
        for text in [
            "x".repeat(30_000),
            "line of a log\n".repeat(2_000),
            "é".repeat(9_000),
            String::new(),
        ] {
            let mut from = Some(0);
            let mut whole = String::new();
            while let Some(start) = from {
                let page = page(&text, Delivery::Page(start, Limits::default())).unwrap();
                assert!(page.text.len() + FACTS_BYTES <= Limits::default().bytes);
                assert!(page.text.lines().count() < Limits::default().lines);
                whole += page.text;
                from = page.next;
            }
            assert_eq!(whole, text);
        }
    }

    #[test]
    fn a_page_past_the_end_is_none() {
        assert_eq!(page("abc", Delivery::Page(3, Limits::default())), None);
        assert_eq!(page("é", Delivery::Page(1, Limits::default())), None);
    }
}
