//! Lists of terms and tables that Markdown has as HTML, as it has none or lesser ones of its own: they are read as in a page of HTML,
//! so that a term with an anchor is found by it, a row is one line, and no tags are shown.

use std::ops::Range;

use html5ever::tokenizer::{TagKind, Token};

use crate::markup;

/// What is read so.
const ELEMENTS: [&str; 2] = ["dl", "table"];
/// What a cell of Markdown cannot hold, or what is no table but a layout.
const NO_CELL: [&str; 14] = [
    "ul",
    "ol",
    "dl",
    "pre",
    "img",
    "picture",
    "details",
    "blockquote",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
];
/// Rows of a table that is no layout.
const ROWS_MIN: usize = 2;

/// The lists and tables in a text, by their lines, and the one that is open: an empty line in it ends its block of HTML, but not it.
#[derive(Default)]
pub(super) struct HtmlLists {
    pub(super) found: Vec<Range<usize>>,
    open: Option<Open>,
}

struct Open {
    /// Its first line.
    start: usize,
    element: &'static str,
    /// How many of it are open within each other.
    depth: usize,
    rows: usize,
    /// Whether it is left as it is.
    is_left: bool,
}

impl Open {
    /// Returns what the HTML begins that begins at line `start`.
    fn of(html: &str, start: usize) -> Option<Self> {
        let tag = html.strip_prefix('<')?;
        let begins = |element: &&&str| {
            let name = tag.get(..element.len());
            let behind = tag.get(element.len()..).unwrap_or_default();
            name.is_some_and(|name| name.eq_ignore_ascii_case(element))
                && !behind.starts_with(|letter: char| letter.is_alphanumeric() || letter == '-')
        };
        let element = ELEMENTS.iter().find(begins)?;
        Some(Self {
            start,
            element,
            depth: 0,
            rows: 0,
            is_left: false,
        })
    }

    /// Adds a tag in it.
    fn add(&mut self, name: &str, kind: TagKind) {
        let opens = kind == TagKind::StartTag;
        if name == self.element {
            self.depth = if opens {
                self.depth + 1
            } else {
                self.depth.saturating_sub(1)
            };
            self.is_left |= self.element == "table" && self.depth > 1;
        } else if self.element == "table" && opens {
            self.rows += usize::from(name == "tr");
            self.is_left |= NO_CELL.contains(&name);
        }
    }

    fn is_left(&self) -> bool {
        self.is_left || self.element == "table" && self.rows < ROWS_MIN
    }
}

impl HtmlLists {
    /// Adds the lists and tables of a block of HTML that begins at line `first`, which `is_apart` from items and quotations.
    pub(super) fn add(&mut self, html: &str, first: usize, is_apart: bool) {
        let begun = || Open::of(html, first).filter(|_| is_apart);
        let Some(mut open) = self.open.take().or_else(begun) else {
            return;
        };
        let (mut is_over, mut is_more) = (false, false);
        markup::each(html, |token, _| match token {
            Token::TagToken(_) if is_over => is_more = true,
            Token::TagToken(tag) => {
                open.add(&tag.name, tag.kind);
                is_over = open.depth == 0;
            }
            Token::CharacterTokens(words) => is_more |= is_over && !words.trim().is_empty(),
            _ => {}
        });
        if !is_over {
            self.open = Some(open);
        } else if !is_more && !open.is_left() {
            let end = first + html.trim_end().lines().count();
            self.found.push(open.start..end);
        }
    }

    /// Forgets what is open: there is Markdown in it, or its end is missing.
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

    #[test]
    fn a_table_has_a_line_for_a_row_unless_its_cells_hold_more_than_words() {
        let text = "# T\n\n<table>\n  <tr>\n    <th>Option</th>\n    <th>Means</th>\n  </tr>\n\n  <tr>\n    <td><code>a|b</code></td>\n    <td>\n      \
                    Is <b>on</b>,\n      mostly.\n    </td>\n  </tr>\n</table>\n\nMore.\n";
        let page = parse(text);
        assert_eq!(
            page.text,
            "# T\n\n| Option | Means |\n| --- | --- |\n| `a\\|b` | Is on, mostly. |\n\nMore.\n"
        );
        assert_eq!(page.file_lines, Some(vec![1, 2, 4, 4, 9, 9, 18]));
        for text in [
            "<table>\n<tr><td>\n<ul><li>a</ul>\n</td></tr><tr><td>b</td></tr>\n</table>\n",
            "<table>\n<tr><td>\n\n**a**\n\n</td></tr><tr><td>b</td></tr>\n</table>\n",
            "<table><tr><td>Beside</td><td>it</td></tr></table>\n",
        ] {
            assert_eq!(parse(text).text, text);
        }
    }
}
