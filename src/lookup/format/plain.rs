//! Plain text. Much of it is Markdown in all but name; else underlined titles and numbered headings give it shape.

use super::manual::{Manual, indent};
use super::overstrike::{self, Printed};
use super::{Beside, Format, Pages, References, Unread};
use super::{asciidoc, markdown, of_text, requirements};
use crate::lookup::clean::{self, one_line};
use crate::lookup::document::{Block, BlockKind, Document, Heading, Kind};

/// `.txt`, and files known by their name alone.
pub(super) struct Plain;

impl Format for Plain {
    fn name(&self) -> &'static str {
        "plain text"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["txt", "text"]
    }

    fn read(&self, bytes: &[u8]) -> Result<Pages, Unread> {
        self.read_beside(bytes, &Beside::default())
    }

    fn references(&self, bytes: &[u8]) -> Option<References> {
        let text = String::from_utf8_lossy(bytes);
        let references = asciidoc::references(&text)?;
        let is_asciidoc = !looks_like_markdown(&text) && asciidoc::is_asciidoc(&text);
        is_asciidoc.then_some(references)
    }

    fn read_beside(&self, bytes: &[u8], beside: &Beside) -> Result<Pages, Unread> {
        of_text(bytes, |text| parse(text, beside))
    }
}

fn parse(text: &str, beside: &Beside) -> Document {
    let Printed { text, bold } = overstrike::printed(text);
    let is_list = requirements::is_list(&text);
    if looks_like_markdown(&text) && !is_list {
        return markdown::parse(&text);
    }
    if asciidoc::is_asciidoc(&text) {
        return asciidoc::parse(&text, beside);
    }
    let text = clean::visible(&text);
    let manual = Manual::of(&text);
    let title = manual.as_ref().and_then(Manual::title);
    let blocks = blocks(&text, &bold, manual.as_ref());
    Document {
        title,
        text,
        blocks,
        file_lines: None,
        url: None,
        kind: is_list.then_some(Kind::Meta),
    }
}

/// Tells whether the first line with words is an ATX heading.
fn looks_like_markdown(text: &str) -> bool {
    text.lines()
        .find(|line| !line.trim().is_empty())
        .is_some_and(|line| line.starts_with("# ") || line.starts_with("## "))
}

/// Returns the blocks of `text`, of which the lines `bold`, in order, are in bold letters.
fn blocks(text: &str, bold: &[usize], manual: Option<&Manual<'_>>) -> Vec<Block> {
    let lines: Vec<&str> = text.lines().collect();
    let line_at = |at: usize| lines.get(at).copied().unwrap_or_default();
    let mut blocks = vec![Block {
        line: 0,
        kind: BlockKind::Prose,
    }];
    let mut at = 0;
    let mut is_begun = false;
    while at < lines.len() {
        let line = line_at(at);
        let first = at == 0 || line_at(at - 1).trim().is_empty();
        let heading = if let Some(manual) = manual {
            let heading = manual.heading(at);
            heading.map(|(level, title)| Heading::new(level, title))
        } else if first {
            let next = line_at(at + 1);
            let is_bold = bold.binary_search(&at).is_ok() && bold.binary_search(&(at + 1)).is_err();
            heading_at(line, next)
                .or_else(|| centred(line, next, !is_begun))
                .or_else(|| is_bold.then(|| bold_title(line, next)).flatten())
        } else {
            None
        };
        is_begun |= !line.trim().is_empty();
        if let Some(heading) = heading {
            if blocks.last().is_some_and(|last| last.line == at) {
                blocks.pop();
            }
            blocks.push(Block {
                line: at,
                kind: BlockKind::Heading(heading),
            });
        } else if first && !line.trim().is_empty() && at > 0 {
            blocks.push(Block {
                line: at,
                kind: BlockKind::Prose,
            });
        }
        at += 1;
    }
    blocks
}

/// Bytes of the longest line taken as a heading.
const HEADING_BYTES_MAX: usize = 100;

/// Returns the heading that `line` is: underlined by the `next` one, or numbered like `3.1. Title`.
fn heading_at(line: &str, next: &str) -> Option<Heading> {
    let title = line.trim();
    if title.is_empty() || line.len() > HEADING_BYTES_MAX {
        return None;
    }
    let heading = |level: u8| Some(Heading::new(level, title.to_owned()));
    if let Some(mark) = underline(next)
        && !line.starts_with(char::is_whitespace)
        && next.trim_end().chars().count() + 2 >= title.chars().count()
    {
        return heading(match mark {
            '=' | '#' | '*' => 1,
            '-' => 2,
            _ => 3,
        });
    }
    let (number, words) = title.split_once(char::is_whitespace)?;
    let digits = number.strip_suffix('.').unwrap_or(number);
    let numbered = !line.starts_with(char::is_whitespace)
        && digits.split('.').all(|part| {
            !part.is_empty() && part.len() <= 3 && part.bytes().all(|byte| byte.is_ascii_digit())
        })
        && (digits.contains('.') || number.ends_with('.'))
        && words.trim_start().starts_with(char::is_uppercase)
        && !title.ends_with(['.', ',', ';'])
        && next.trim().is_empty();
    let depth = u8::try_from(digits.split('.').count()).unwrap_or(6).min(6);
    if numbered { heading(depth) } else { None }
}

/// Columns of a page of text.
const PAGE_COLUMNS: usize = 80;
/// Columns by which a centred line may stand beside the middle: pages are not all of one width.
const CENTRE_SLACK: usize = 8;
/// Columns of the least indentation of a centred line: less has every quotation.
const CENTRED_INDENT_MIN: usize = 12;

/// Returns the heading that `line` is where it stands alone: the title on top of a page, one in capitals, or `Chapter 2`.
fn centred(line: &str, next: &str, is_first: bool) -> Option<Heading> {
    let title = line.trim();
    if !next.trim().is_empty() || line.len() > HEADING_BYTES_MAX || title.is_empty() {
        return None;
    }
    let indent = indent(line);
    let columns = title.chars().count();
    let is_centred = indent >= CENTRED_INDENT_MIN
        && (2 * indent + columns).abs_diff(PAGE_COLUMNS) <= CENTRE_SLACK;
    let letters = title.chars().filter(|letter| letter.is_alphabetic());
    let is_loud =
        letters.clone().count() >= LOUD_LETTERS_MIN && !letters.clone().any(char::is_lowercase);
    // Two gaps are columns of a table or the head of a page, not a title.
    let is_one = !title.contains("  ") && !title.ends_with(['.', ',', ';', ':']);
    let is_heading = is_one && (is_centred && (is_first || is_loud) || is_chapter(title));
    // Programs that lay out text put spaces there that do not break.
    is_heading.then(|| Heading::new(1, one_line(title)))
}

/// Columns of the deepest indentation of a title in bold: that of the lower ones in manual pages.
const BOLD_INDENT_MAX: usize = 3;

/// Returns the heading that `line`, all of it in bold, is where text below it does not go on with it: it is further to the right, or
/// both begin as titles and sentences do.
fn bold_title(line: &str, next: &str) -> Option<Heading> {
    let title = one_line(line);
    let begins = |text: &str| {
        text.trim_start()
            .starts_with(|letter: char| letter.is_uppercase() || letter.is_numeric())
    };
    let are_titles = begins(line) && begins(next) && !title.ends_with(['.', ',', ';', ':', '!']);
    let is_apart = next.trim().is_empty()
        || indent(next) > indent(line)
        || are_titles && indent(next) == indent(line);
    let is_title = is_apart
        && indent(line) <= BOLD_INDENT_MAX
        && line.len() <= HEADING_BYTES_MAX
        && title.contains(char::is_alphanumeric);
    let level = if indent(line) == 0 { 2 } else { 3 };
    is_title.then(|| Heading::new(level, title))
}

/// Letters of the shortest title in capitals.
const LOUD_LETTERS_MIN: usize = 4;

/// Tells whether `title` is like `Chapter 2. Tides` or `APPENDIX B`, and no sentence that begins so.
fn is_chapter(title: &str) -> bool {
    let mut words = title.splitn(3, char::is_whitespace);
    let first = words.next().unwrap_or_default();
    let is_known = ["Chapter", "CHAPTER", "Appendix", "APPENDIX"].contains(&first);
    let number = words.next().unwrap_or_default();
    let bare = number.trim_end_matches(['.', ':']);
    let is_number = !bare.is_empty()
        && bare.len() <= 5
        && bare
            .chars()
            .all(|letter| letter.is_ascii_digit() || letter.is_ascii_uppercase());
    let rest = words.next();
    let is_title = rest.is_none_or(|rest| rest.starts_with(char::is_uppercase));
    is_known && is_number && is_title
}

/// Returns the character that `line` repeats, if it underlines a title.
pub(super) fn underline(line: &str) -> Option<char> {
    let line = line.trim_end();
    let mark = line.chars().next()?;
    let marks = mark.is_ascii_punctuation() && line.len() >= 3;
    (marks && line.chars().all(|letter| letter == mark)).then_some(mark)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_requirements_is_no_guide_and_prose_about_them_is() {
        let kind = |text: &str| parse(text, &Beside::default()).kind;
        assert_eq!(kind("# For the docs\nsphinx>=4\nfuro\n"), Some(Kind::Meta));
        assert_eq!(kind("Ropes need sphinx>=4 and furo.\n"), None);
    }

    fn titles(text: &str) -> Vec<(usize, String)> {
        let heading = |block: Block| match block.kind {
            BlockKind::Heading(heading) => Some((block.line, heading.title)),
            _ => None,
        };
        let page = parse(text, &Beside::default());
        page.blocks.into_iter().filter_map(heading).collect()
    }

    #[test]
    fn what_is_centred_on_top_or_in_capitals_and_chapters_are_headings() {
        let middle = |words: &str| format!("{words:^80}");
        let text = [
            &middle("Debian Perl Policy"),
            "",
            "  A Name",
            "",
            &middle("Chapter\u{a0}1.\u{a0}About this"),
            "",
            "Words.",
            "",
            "APPENDIX B",
            "",
            &middle("TIDES & EBB"),
            "",
        ];
        let expected = [
            (0, "Debian Perl Policy"),
            (4, "Chapter 1. About this"),
            (8, "APPENDIX B"),
            (10, "TIDES & EBB"),
        ];
        let expected = expected.map(|(line, title)| (line, title.to_owned()));
        assert_eq!(titles(&text.join("\n")), expected);
    }

    #[test]
    fn a_line_in_bold_is_a_heading_unless_it_is_one_of_a_paragraph() {
        let bold = |words: &str| -> String {
            let strike = |letter: char| format!("{letter}\u{8}{letter}");
            let letters = words.chars();
            letters
                .map(|letter| {
                    if letter == ' ' {
                        " ".to_owned()
                    } else {
                        strike(letter)
                    }
                })
                .collect()
        };
        let text = [
            &bold("Ports Howto"),
            "",
            &bold("Where they lie"),
            "    On the sea.",
            "",
            &bold("   Lower"),
            "       Text.",
            "",
            &bold("Two lines"),
            &bold("in bold"),
            "",
            &bold("How to moor"),
            "In the harbour, there",
            "",
            &bold("cc -o ship"),
            "It makes one.",
            "",
            &bold("Note:"),
            "It rains.",
            "",
            &bold("       --an-option"),
            "",
            &format!("{} and others", bold("one")),
        ];
        let expected = [
            (0, "Ports Howto"),
            (2, "Where they lie"),
            (5, "Lower"),
            (11, "How to moor"),
        ];
        let expected = expected.map(|(line, title)| (line, title.to_owned()));
        assert_eq!(titles(&text.join("\n")), expected);
    }

    #[test]
    fn a_manual_page_has_its_sections_and_is_called_what_it_says() {
        let page = "LS(1)    LS(1)\n\nNAME\n       ls - list\n\nDESCRIPTION\n       1.2. Lists\n\n       -a     All.\n";
        let expected = [(2, "NAME"), (5, "DESCRIPTION")];
        let expected = expected.map(|(line, title)| (line, title.to_owned()));
        assert_eq!(titles(page), expected);
        assert_eq!(
            parse(page, &Beside::default()).title.as_deref(),
            Some("ls - list")
        );
    }

    #[test]
    fn ordinary_lines_are_no_headings() {
        let middle = |words: &str| format!("{words:^80}");
        let text = [
            "Words on top.",
            "",
            &middle("A quoted line in the middle"),
            "",
            "Chapter 2 describes the tides",
            "",
            "Chapter 3 Tides",
            "are told on two lines.",
            "",
            "    MAX_SIZE",
            "",
            "NOTE",
            "",
            &middle("A   B"),
            "",
        ];
        assert_eq!(titles(&text.join("\n")), []);
    }
}
