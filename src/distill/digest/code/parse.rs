//! Text → syntax tree, with limits on what that may cost.

use std::borrow::Cow;
use std::ops::ControlFlow;

use tree_sitter::{ParseOptions, ParseState, Parser, Tree};

use super::grammar::Grammar;

/// Reports of progress, one for each hundred steps of the parser, that a parse has wherever it is, and …
const REPORTS_MIN: usize = 50;

/// … one for so many bytes behind it: real sources need one for a hundred or more. Where a parser takes more, it looks for a
/// place to go on after errors, and some grammars take a minute for ten thousand brackets. Counted in steps and not in time,
/// so that the same text always has the same outline.
const BYTES_PER_REPORT: usize = 64;

/// Returns the tree of `text`, or `None` if that would cost too much.
pub(super) fn parse(grammar: &Grammar, text: &str) -> Option<Tree> {
    if text.len() > grammar.bytes_max {
        return None;
    }
    let mut parser = Parser::new();
    parser.set_language(&(grammar.language)()).ok()?;
    let mut reports = 0;
    let mut progress = |state: &ParseState| {
        reports += 1;
        if reports <= REPORTS_MIN + state.current_byte_offset() / BYTES_PER_REPORT {
            ControlFlow::Continue(())
        } else {
            ControlFlow::Break(())
        }
    };
    let image = in_ascii(text);
    let bytes = image.as_bytes();
    parser.parse_with_options(
        &mut |at, _| bytes.get(at..).unwrap_or_default(),
        None,
        Some(ParseOptions::new().progress_callback(&mut progress)),
    )
}

/// Returns `text` with letters for all characters beyond ASCII and as many bytes in all, so that places in the tree are
/// places in the text.
///
/// Scanners that come with grammars give code points to `isdigit` and its like, which read outside of their tables for
/// large ones; `tree-sitter-bash` 0.25 crashes so. Nothing that an outline looks for depends on which letter it is.
fn in_ascii(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let mut image = String::with_capacity(text.len());
    for letter in text.chars() {
        if letter.is_ascii() {
            image.push(letter);
            continue;
        }
        let is_blank = letter.is_whitespace() || letter == '\u{feff}';
        let ascii = if is_blank { ' ' } else { 'x' };
        image.extend(std::iter::repeat_n(ascii, letter.len_utf8()));
    }
    Cow::Owned(image)
}

#[cfg(test)]
mod tests {
    use super::super::grammar::GRAMMARS;
    use super::*;

    #[test]
    fn characters_beyond_ascii_keep_their_bytes() {
        assert_eq!(in_ascii("a→é\u{a0}b"), "axxxxx  b");
        assert_eq!(in_ascii("plain"), "plain");
    }

    #[test]
    fn large_code_points_are_no_danger_to_any_scanner() {
        // `{1` is where the scanner of Bash looks for digits.
        for before in [
            "{1", "{1..", "$", "${", "<<", "'", "\"", "1", "@", "\\", "/", "R\"", "%", "=begin\n",
            "`",
        ] {
            for letter in ["\u{10ffff}", "\u{1f642}", "\u{fffd}", "\u{3042}"] {
                let text = format!("x {before}{letter}{before}{letter}\n");
                for grammar in GRAMMARS {
                    assert!(parse(grammar, &text).is_some(), "{}: {text}", grammar.name);
                }
            }
        }
    }
}
