//! Manual pages as they are laid out for terminals: headings in capitals at the margin, text below them indented and filled.

use std::collections::HashSet;

use crate::lookup::clean::one_line;

/// Headings of which a manual page has the first and one of the others.
const NAME: &str = "NAME";
const OTHERS: [&str; 2] = ["SYNOPSIS", "DESCRIPTION"];
/// Columns of the least indentation of text.
const INDENT_MIN: usize = 3;
/// Columns from a term to what is said of it, at least, where that is one line: code is indented by less.
const TERM_INDENT_MIN: usize = 5;
/// Of so many lines one may stand at the margin and be no heading: the first and the last line of a page do.
const MARGIN_PART: usize = 4;
/// Bytes of the longest heading.
const HEADING_BYTES_MAX: usize = 80;
/// Of how wide a page is, percent to which the widest line of filled text goes at least.
const FILLED_PERCENT: usize = 85;

/// What a manual page is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Part {
    /// With its level, from 2 on.
    Heading(u8, String),
    /// A paragraph, filled anew.
    Text(String),
    Code(String),
}

/// A manual page.
pub(super) struct Manual<'a> {
    lines: Vec<&'a str>,
    /// Columns by which text is indented.
    indent: usize,
    /// Columns that most lines stay within.
    width: usize,
    /// What the page is called at its head and its foot: `LS(1)`.
    running: Option<&'a str>,
    /// Words that have a hyphen where no line ends.
    hyphened: HashSet<&'a str>,
}

impl<'a> Manual<'a> {
    /// Reads `text`, if it is a manual page.
    pub(super) fn of(text: &'a str) -> Option<Self> {
        let lines: Vec<&str> = text.lines().collect();
        let mut is_named = false;
        let mut is_told = false;
        let mut beside = 0;
        let mut base = usize::MAX;
        for (at, line) in lines.iter().enumerate() {
            let next = lines.get(at + 1).copied().unwrap_or_default();
            if is_section(line, next) {
                let title = line.trim_end();
                is_named |= title == NAME;
                is_told |= OTHERS.contains(&title);
                base = base.min(indent(next));
            } else if !line.trim().is_empty() && indent(line) == 0 {
                beside += 1;
            }
        }
        if !is_named || !is_told || beside * MARGIN_PART > lines.len() {
            return None;
        }
        let mut widths: Vec<usize> = lines.iter().map(|line| columns(line)).collect();
        widths.retain(|width| *width > base);
        widths.sort_unstable();
        let width = widths.get(widths.len() * 9 / 10).copied();
        let words = lines.iter().flat_map(|line| line.split_whitespace());
        let running = words.clone().next().filter(|word| word.ends_with(')'));
        Some(Self {
            indent: base,
            width: width.unwrap_or_default(),
            running,
            hyphened: words.map(bare).filter(|word| word.contains('-')).collect(),
            lines,
        })
    }

    /// Returns what the page says it is about: `ls - list directory contents`.
    pub(super) fn title(&self) -> Option<String> {
        let mut lines = self.lines.iter();
        lines.find(|line| line.trim_end() == NAME)?;
        let about: Vec<&str> = lines.copied().take_while(|line| indent(line) > 0).collect();
        let title = self.joined(&about);
        (!title.is_empty()).then_some(title)
    }

    /// Returns the level and the title of the heading in line `at`, if it is one.
    pub(super) fn heading(&self, at: usize) -> Option<(u8, String)> {
        let line = self.lines.get(at)?;
        let next = self.lines.get(at + 1).copied().unwrap_or_default();
        let is_first = at
            .checked_sub(1)
            .and_then(|above| self.lines.get(above))
            .is_none_or(|above| above.trim().is_empty());
        let is_below =
            is_first && (1..self.indent).contains(&indent(line)) && indent(next) >= self.indent;
        let level = if is_section(line, next) {
            2
        } else if is_below && line.len() <= HEADING_BYTES_MAX {
            3
        } else {
            return None;
        };
        Some((level, one_line(line)))
    }

    /// Returns the parts of the page with their lines, from 0.
    pub(super) fn parts(&self) -> Vec<(usize, Part)> {
        let mut parts: Vec<(usize, Part)> = Vec::new();
        let mut is_synopsis = false;
        // Where the text before stands, if it says that something follows.
        let mut announced: Option<usize> = None;
        // Where in this section stands what is said of terms.
        let mut body: Option<usize> = None;
        let mut at = 0;
        while let Some(line) = self.lines.get(at) {
            if let Some((level, title)) = self.heading(at) {
                is_synopsis = title == OTHERS[0];
                (announced, body) = (None, None);
                parts.push((at, Part::Heading(level, title)));
                at += 1;
                continue;
            }
            let is_running = self.running.is_some_and(|name| line.trim() == name);
            if line.trim().is_empty() || parts.is_empty() || indent(line) == 0 || is_running {
                // What stands at the margin is at the head and the foot of the page, which say its name.
                at += 1;
                continue;
            }
            let block = self.block(at);
            let is_announced = announced.is_some_and(|text| indent(line) > text);
            let is_beside = match parts.last() {
                Some((_, Part::Code(code))) => {
                    indent(line) >= indent(code) && indent(line) > body.unwrap_or(self.indent)
                }
                _ => false,
            };
            let is_code = is_synopsis
                || self.is_attached(at)
                || (is_announced || is_beside) && block.len() == 1;
            let text = if is_code {
                None
            } else {
                self.text(block, &mut body)
            };
            match text {
                Some(text) => {
                    announced = text
                        .last()
                        .filter(|(_, text)| text.ends_with(':'))
                        .map(|_| block.last().map_or(0, |line| indent(line)));
                    parts.extend(
                        text.into_iter()
                            .map(|(down, text)| (at + down, Part::Text(text))),
                    );
                }
                None => add_code(&mut parts, at, block),
            }
            at += block.len();
        }
        for (_, part) in &mut parts {
            if let Part::Code(code) = part {
                *code = without_margin(code);
            }
        }
        parts
    }

    /// Returns the line `at` and those that follow it without a blank one or code.
    fn block(&self, at: usize) -> &[&'a str] {
        let lines = self.lines.get(at..).unwrap_or_default();
        let margin = lines.first().map_or(0, |line| indent(line));
        let is_code = self.is_attached(at);
        let goes_on = |(down, line): &(usize, &&str)| {
            let in_text = !is_code && !self.is_attached(at + down);
            !line.trim().is_empty()
                && indent(line) > 0
                && self.heading(at + down).is_none()
                && (in_text || is_code && indent(line) >= margin)
        };
        let below = lines.iter().enumerate().skip(1);
        let count = 1 + below.take_while(goes_on).count();
        lines.get(..count).unwrap_or_default()
    }

    /// Tells whether the line `at` is the first of code that follows text without a blank line: it is deeper than that, which
    /// is no term.
    fn is_attached(&self, at: usize) -> bool {
        let above = |up: usize| {
            let line = at.checked_sub(up).and_then(|at| self.lines.get(at));
            line.copied()
                .filter(|line| !line.trim().is_empty() && indent(line) > 0)
        };
        let (Some(line), Some(text)) = (self.lines.get(at), above(1)) else {
            return false;
        };
        let is_term = above(2).is_none_or(|before| indent(before) > indent(text));
        let is_told = text.trim_end().ends_with(':') && indent(text) == self.indent;
        !line.trim().is_empty()
            && indent(line) > indent(text)
            && self.heading(at - 1).is_none()
            && (!is_term || is_told)
    }

    /// Returns the paragraphs that the lines of a block are, a term together with what is said of it; `None` if they are no
    /// filled text. `body` is the column of what is said of terms.
    fn text(&self, block: &[&str], body: &mut Option<usize>) -> Option<Vec<(usize, String)>> {
        let mut found = Vec::new();
        let mut at = 0;
        while let Some(line) = block.get(at) {
            let next = block.get(at + 1).map_or(0, |next| indent(next));
            let mut margin = next.max(indent(line));
            if let Some(column) =
                body.filter(|column| block.len() == 1 && hung(line, *column).is_some())
            {
                margin = column;
            }
            let (term, mut lines) = match hung(line, margin) {
                Some((term, begun)) => (Some(one_line(term)), vec![begun]),
                None if margin > indent(line) => (Some(one_line(line)), Vec::new()),
                None => (None, vec![*line]),
            };
            let below = block.get(at + 1..).unwrap_or_default();
            let count = below
                .iter()
                .take_while(|line| indent(line) == margin)
                .count();
            lines.extend(below.get(..count).unwrap_or_default());
            let is_far = margin >= indent(line) + TERM_INDENT_MIN;
            let is_term = term.is_none() || lines.len() > 1 || is_far;
            if !is_term || !self.is_filled(&lines, margin) {
                return None;
            }
            let text = self.joined(&lines);
            if term.is_some() {
                *body = Some(margin);
            }
            found.push((
                at,
                match term {
                    Some(term) if term.contains('`') => format!("{term} {text}"),
                    Some(term) => format!("`{term}` {text}"),
                    None => text,
                },
            ));
            at += 1 + count;
        }
        // Several lines that say nothing together are a list or code.
        let are_lines = found.len() > 1 && found.iter().all(|(_, text)| !text.contains('`'));
        (!are_lines).then_some(found)
    }

    /// Tells whether each of the lines goes on as far as the first word of the next one leaves no room for.
    fn is_filled(&self, lines: &[&str], margin: usize) -> bool {
        // The first one may stand beside its term, without its indentation.
        let ends: Vec<usize> = lines
            .iter()
            .map(|line| margin + columns(line.trim_start()))
            .collect();
        let widest = ends.iter().max().copied().unwrap_or_default();
        let follows = ends.iter().zip(lines.iter().skip(1));
        lines.len() == 1
            || widest * 100 >= self.width * FILLED_PERCENT
                && follows.into_iter().all(|(end, next)| {
                    let word = next.split_whitespace().next().unwrap_or_default();
                    end + 1 + columns(word) > widest
                })
    }

    /// Returns lines as one; a word that was broken at the end of one is whole again.
    fn joined(&self, lines: &[&str]) -> String {
        let mut text = String::new();
        for line in lines {
            let line = one_line(line);
            let begun = text.rsplit(' ').next().unwrap_or_default();
            let word = line.split(' ').next().unwrap_or_default();
            let is_broken = begun
                .strip_suffix('-')
                .is_some_and(|begun| begun.ends_with(char::is_alphabetic))
                && word.starts_with(char::is_lowercase);
            if !is_broken && !text.is_empty() {
                text.push(' ');
            } else if is_broken && !self.hyphened.contains(bare(&format!("{begun}{word}"))) {
                text.pop();
            }
            text.push_str(&line);
        }
        text
    }
}

/// Tells whether `line` is the heading of a section, `next` being its first line.
fn is_section(line: &str, next: &str) -> bool {
    let title = line.trim_end();
    let letters = title.chars().filter(|letter| letter.is_alphabetic());
    let is_loud = letters.clone().count() > 1 && !letters.clone().any(char::is_lowercase);
    let is_one = indent(line) == 0 && !title.contains("  ") && title.len() <= HEADING_BYTES_MAX;
    is_loud && is_one && indent(next) >= INDENT_MIN && !next.trim().is_empty()
}

/// Adds lines of code with their indentation; what is code above is part of it.
fn add_code(parts: &mut Vec<(usize, Part)>, at: usize, block: &[&str]) {
    let lines = block.join("\n");
    if let Some((first, Part::Code(code))) = parts.last_mut() {
        let end = *first + code.matches('\n').count() + 1;
        code.push_str(&"\n".repeat(at.saturating_sub(end) + 1));
        code.push_str(&lines);
    } else {
        parts.push((at, Part::Code(lines)));
    }
}

/// Returns code without the indentation that all its lines have.
fn without_margin(code: &str) -> String {
    let lines = code.lines();
    let filled = lines.clone().filter(|line| !line.trim().is_empty());
    let margin = filled.map(indent).min().unwrap_or_default();
    let cut = |line: &str| line.chars().skip(margin).collect::<String>();
    lines.map(cut).collect::<Vec<String>>().join("\n")
}

/// Divides a line at the column `margin` if a word begins there, in front of which there is another.
fn hung(line: &str, margin: usize) -> Option<(&str, &str)> {
    let (at, _) = line.char_indices().nth(margin)?;
    let (term, rest) = line.split_at_checked(at)?;
    let is_apart = term.ends_with(' ') && !term.trim().is_empty();
    (is_apart && !rest.starts_with(' ')).then_some((term, rest))
}

/// Returns the blanks that `line` begins with.
pub(super) fn indent(line: &str) -> usize {
    line.chars().take_while(|letter| *letter == ' ').count()
}

fn columns(text: &str) -> usize {
    text.trim_end().chars().count()
}

fn bare(word: &str) -> &str {
    word.trim_matches(|letter: char| !letter.is_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "\
HAUL(1)                          Deck Manual                          HAUL(1)

NAME
       haul - pull at a rope

SYNOPSIS
       haul [-n]
            [rope]

DESCRIPTION
       The  crew  hauls  at  the rope until the sail stands; whatever is dis-
       carded is made fast to the well-known cleat.  Ropes that are not well-
       known are left alone.  Try:

           haul main

       -n     Only  say  what would be hauled, and leave all the ropes of the
              ship where they are.

       -q     Say nothing.

       --strong
              Haul with both hands, as if you were to pull down the mast. On
              ships:
                  haul --strong \\
                      main
              It is safe.

   Return codes
       0 is fine.

           while rope:
               haul(rope)

           print(\"done\")

SEE ALSO
       belay(1)

Deck 1.0                          May 2024                            HAUL(1)
";

    #[test]
    fn a_manual_page_is_headings_filled_text_terms_and_code() {
        let manual = Manual::of(PAGE).unwrap();
        assert_eq!(manual.title().unwrap(), "haul - pull at a rope");
        let heading = |level: u8, title: &str| Part::Heading(level, title.to_owned());
        let text = |words: &str| Part::Text(words.to_owned());
        let code = |lines: &str| Part::Code(lines.to_owned());
        let expected = [
            (2, heading(2, "NAME")),
            (3, text("haul - pull at a rope")),
            (5, heading(2, "SYNOPSIS")),
            (6, code("haul [-n]\n     [rope]")),
            (9, heading(2, "DESCRIPTION")),
            (
                10,
                text(
                    "The crew hauls at the rope until the sail stands; whatever is discarded is made fast to the \
                     well-known cleat. Ropes that are not well-known are left alone. Try:",
                ),
            ),
            (14, code("haul main")),
            (
                16,
                text(
                    "`-n` Only say what would be hauled, and leave all the ropes of the ship where they are.",
                ),
            ),
            (19, text("`-q` Say nothing.")),
            (
                21,
                text(
                    "`--strong` Haul with both hands, as if you were to pull down the mast. On ships:",
                ),
            ),
            (24, code("haul --strong \\\n    main")),
            (26, text("It is safe.")),
            (28, heading(3, "Return codes")),
            (29, text("0 is fine.")),
            (31, code("while rope:\n    haul(rope)\n\nprint(\"done\")")),
            (36, heading(2, "SEE ALSO")),
            (37, text("belay(1)")),
        ];
        assert_eq!(manual.parts(), expected);
    }

    #[test]
    fn what_is_not_laid_out_so_is_no_manual_page() {
        let letter = "NAME\n\nAn essay.\n\nDESCRIPTION\n\nIt begins at the margin.\n";
        let log = "NAME\n    a\nDESCRIPTION\n    b\n";
        for text in [
            letter,
            &format!("{log}{}", "at the margin\n".repeat(9)),
            "NAME\n    a\n",
        ] {
            assert!(Manual::of(text).is_none(), "{text}");
        }
        assert!(Manual::of(log).is_some());
    }
}
