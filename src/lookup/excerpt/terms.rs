//! Terms with what is said of them, as AsciiDoc and reStructuredText write them:
//!
//! ```text
//! term::                    term                     :name: text, and what goes on
//!     What it means.            What it means.           with it
//! ```

use super::units::{Line, TERMS_MAX};
use crate::lookup::passage::fence_of;

/// Bytes of the longest term.
const TERM_BYTES_MAX: usize = 160;
/// White space in bytes that the text below a term has beyond that, if nothing else says that it is one.
const SAID_INDENT_MIN: usize = 2;
/// What ends a term of AsciiDoc.
const END: &str = "::";

/// How far what is said of a term is indented.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Said {
    Indented(usize),
    /// Not at all: it goes to the next blank line.
    Below,
}

/// Returns the number of the line behind the terms that begin with the line numbered `at`, and where what is said of them stands.
pub(super) fn terms(lines: &[Line<'_>], at: usize) -> Option<(usize, Said)> {
    let line = lines.get(at).copied().filter(|line| is_term(*line))?;
    let rest = lines.get(at..).unwrap_or_default();
    let like_it = rest.iter().take_while(|other| {
        is_term(**other) && is_ended(**other) && other.indent() == line.indent()
    });
    let ended = like_it.take(TERMS_MAX + 1).count();
    if ended > TERMS_MAX {
        return None;
    }
    let end = at + ended.max(1);
    let said = lines.get(end).filter(|said| !said.is_blank())?;
    let indent = said.indent();
    if ended > 0 {
        let is_indented = indent > line.indent();
        return Some((
            end,
            if is_indented {
                Said::Indented(indent)
            } else {
                Said::Below
            },
        ));
    }
    let is_said = indent >= line.indent() + SAID_INDENT_MIN && !is_other(*said);
    let is_sentence = line
        .text
        .trim_end()
        .ends_with(['.', ',', ';', '!', '?', '(', '{']);
    (is_said && !is_sentence).then_some((end, Said::Indented(indent)))
}

/// Tells whether `line` is a term and begins what is said of it: `term:: text`, `:name: text`.
pub(super) fn is_entry(line: Line<'_>) -> bool {
    let text = line.text.trim_start();
    let is_field = || {
        let (name, rest) = text.strip_prefix(':')?.split_once(':')?;
        let is_name = !name.is_empty() && !name.starts_with(' ') && name.len() <= TERM_BYTES_MAX;
        Some(is_name && rest.starts_with(' ') && !rest.trim().is_empty())
    };
    let is_described = || {
        let (term, _) = text.split_once(":: ")?;
        let is_whole = term.matches('`').count() % 2 == 0;
        // A type stands behind a space: `haul :: Rope`.
        let is_term = is_whole && !term.is_empty() && !term.ends_with(' ');
        let is_short = term.len() <= TERM_BYTES_MAX && !term.contains(". ");
        Some(is_term && is_short && !term.starts_with(".."))
    };
    is_field().or_else(is_described).unwrap_or_default()
}

/// Tells whether a mark says that `line` is a term.
pub(super) fn is_ended(line: Line<'_>) -> bool {
    line.text.trim_end().ends_with(END)
}

fn is_term(line: Line<'_>) -> bool {
    let text = line.text.trim();
    let has_words = text.contains(char::is_alphanumeric);
    has_words && text.len() <= TERM_BYTES_MAX && !line.describes() && !is_other(line)
}

/// Tells whether `line` is something else than text.
fn is_other(line: Line<'_>) -> bool {
    line.is_row()
        || line.is_heading()
        || line.begins_item()
        || line.text.trim_start().starts_with("..")
        || fence_of(line.text).is_some()
}

#[cfg(test)]
mod tests {
    use super::super::tests::excerpt;

    const LISTS: [&str; 3] = [
        // AsciiDoc, as `git` has it.
        "OPTIONS are these.\n\n-a::\n--anchor::\n\tLets the anchor fall, at once, to the depth that the chart has for the place. The crew \
         sings. It holds in sand, in clay and wherever the ground is not of stone or of weed.\n\n-d::\n\tDrifts in the night.\n",
        "OPTIONS are these.\n\n-a::\n--anchor::\nLets the anchor fall, at once, to the depth that the chart has for the place. The crew \
         sings. It holds in sand, in clay and wherever the ground is not of stone or of weed.\n-d::\nDrifts in the night.\n\nThe end.\n",
        // reStructuredText.
        "OPTIONS are these.\n\nanchor : bool\n    Lets the anchor fall, at once, to the depth that the chart has for the place. The crew \
         sings. It holds in sand, in clay and wherever the ground is not of stone or of weed.\n\n    By night\n    it is red.\n\
         drift\n    Drifts in the night.\n\nThe end.\n",
    ];

    #[test]
    fn what_is_said_of_a_term_comes_with_it_however_lists_of_terms_are_written() {
        for (list, sings, drifts) in [
            (
                LISTS[0],
                "-a::\n--anchor:: … The crew sings. …",
                "-d::\n\tDrifts in the night.",
            ),
            (
                LISTS[1],
                "-a::\n--anchor:: … The crew sings. …",
                "-d::\nDrifts in the night.",
            ),
            (
                LISTS[2],
                "anchor : bool … The crew sings. …",
                "drift\n    Drifts in the night.",
            ),
        ] {
            let shown = |question, tokens| excerpt(list, question, tokens).unwrap();
            assert!(shown("sings", 20).contains(sings), "{}", shown("sings", 20));
            assert!(
                shown("drifts", 16).contains(drifts),
                "{}",
                shown("drifts", 16)
            );
            assert!(!shown("end of it", 10).contains("drift"));
        }
        let night = excerpt(LISTS[2], "red", 20).unwrap();
        assert!(night.contains("anchor : bool\n…\n    By night"), "{night}");
    }

    #[test]
    fn signs_that_are_described_are_terms() {
        let text = "Escapes are these, and they are few.\n\n`%d`\n: The place where it lies.\n\n`%~`\n: The anchor, by a tilde.\n\n---\n\nAll else is text.\n";
        let shown = excerpt(text, "anchor by tilde", 18).unwrap();
        assert_eq!(shown, "`%~`\n: The anchor, by a tilde. …");
    }

    #[test]
    fn an_entry_of_one_line_is_shown_whole_with_what_stands_below_it() {
        let text = "Lets the anchor fall.\n\n:param depth: How deep it falls, in metres, from the keel.\n    The chart has it.\n\
            :param chain: Of what it hangs.\n\n    Iron, mostly.\n\nwhere:: On the sea.\nwhen:: By night.\n";
        for (question, tokens, shown) in [
            (
                "chart",
                36,
                ":param depth: How deep it falls, in metres, from the keel.\n    The chart has it.",
            ),
            (
                "iron",
                20,
                ":param chain: Of what it hangs.\n\n    Iron, mostly.",
            ),
            ("night", 8, "when:: By night."),
        ] {
            let found = excerpt(text, question, tokens).unwrap();
            assert!(found.contains(shown), "{found}");
        }
    }

    #[test]
    fn text_that_only_looks_like_a_term_is_text() {
        for text in [
            "Ships anchor like so::\n\n    anchor(40)\n\nhaul :: Rope -> Ship\n",
            "A sentence that ends here.\n  And one that is indented, of the crew. It sings.\n",
            ":class:`Ship` is a class. See :ref:`anchors`.\n",
        ] {
            let lines = super::super::units::lines(text);
            assert_eq!(super::terms(&lines, 0), None, "{text}");
            assert!(
                lines.into_iter().all(|line| !super::is_entry(line)),
                "{text}"
            );
        }
    }
}
