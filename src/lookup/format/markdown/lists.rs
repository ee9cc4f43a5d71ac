//! Lists of terms that Markdown has as HTML, as it has none of its own: they are read as in a page of HTML, so that a term with an
//! anchor is found by it, and no tags are shown.

use std::ops::Range;

use html5ever::tokenizer::{TagKind, Token};

use crate::markup;

/// The lists in a text, by their lines, and the one that is open: an empty line in it ends its block of HTML, but not the list.
#[derive(Default)]
pub(super) struct HtmlLists {
    pub(super) found: Vec<Range<usize>>,
    /// The first line of it, and the lists within each other there.
    open: Option<(usize, usize)>,
}

impl HtmlLists {
    /// Adds the lists of a block of HTML that begins at line `first`, which `is_apart` from items and quotations.
    pub(super) fn add(&mut self, html: &str, first: usize, is_apart: bool) {
        let begins = html
            .get(..3)
            .is_some_and(|tag| tag.eq_ignore_ascii_case("<dl"));
        if self.open.is_none() && !(is_apart && begins) {
            return;
        }
        let (start, mut depth) = self.open.unwrap_or((first, 0));
        let (mut is_over, mut is_more) = (false, false);
        markup::each(html, |token, _| match token {
            Token::TagToken(tag) if &*tag.name == "dl" && !is_over => {
                if tag.kind == TagKind::StartTag {
                    depth += 1;
                } else {
                    depth = depth.saturating_sub(1);
                }
                is_over = depth == 0;
            }
            Token::TagToken(_) => is_more |= is_over,
            Token::CharacterTokens(words) => is_more |= is_over && !words.trim().is_empty(),
            _ => {}
        });
        self.open = (!is_over).then_some((start, depth));
        if is_over && !is_more {
            let end = first + html.trim_end().lines().count();
            self.found.push(start..end);
        }
    }

    /// Forgets the list that is open: there is Markdown in it, or its end is missing.
    pub(super) fn give_up(&mut self) {
        self.open = None;
    }
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use crate::lookup::document::headings;

    #[test]
    fn a_list_of_terms_is_read_as_that_of_a_page_of_html() {
        let text = "# Haul\n\nWords.\n\n<dl>\n\n<dt id=\"opt-p\"><a href=\"#opt-p\"><code>-p</code> <em>rope</em></a></dt>\n<dd><p>Pulls at <b>one</b>.</p>\n\n</dd>\n\n\
                    <dt>ship</dt>\n<dd>Floats.<ul><li>Mostly.</ul></dd>\n\n</dl>\n\n## End\n\nIt ends.\n";
        let document = parse(text);
        let lines: Vec<(u32, &str)> = document
            .file_lines
            .iter()
            .flatten()
            .copied()
            .zip(document.text.lines())
            .filter(|(_, line)| !line.is_empty())
            .collect();
        assert_eq!(
            lines,
            [
                (1, "# Haul"),
                (3, "Words."),
                (7, "`-p rope`"),
                (8, "Pulls at one."),
                (12, "ship"),
                (13, ": Floats."),
                (13, "  - Mostly."),
                (17, "## End"),
                (19, "It ends."),
            ]
        );
        let file_lines = document.file_lines.unwrap();
        assert_eq!(file_lines.len(), document.text.lines().count());
        assert!(file_lines.is_sorted());
        let heads: Vec<(&str, Option<&str>)> = headings(&document.blocks)
            .map(|head| (head.title.as_str(), head.anchor.as_deref()))
            .collect();
        assert_eq!(
            heads,
            [("Haul", None), ("-p rope", Some("opt-p")), ("End", None)]
        );
    }

    #[test]
    fn a_list_with_markdown_in_it_or_without_an_end_stays_as_it_is() {
        for text in [
            "<dl>\n<dt>a</dt>\n<dd>\n\n- b\n\n</dd>\n</dl>\n",
            "<dl>\n<dt>a</dt>\n\n# B\n\nWords.\n",
            "- <dl><dt>a</dt></dl>\n",
            "```\n<dl><dt>a</dt></dl>\n```\n",
            "<dl><dt>a</dt></dl> and <b>more</b>\n",
        ] {
            let document = parse(text);
            assert_eq!((document.text.as_str(), document.file_lines), (text, None));
        }
    }
}
