//! Writes a page: which items are shown is decided elsewhere.

use std::collections::HashSet;
use std::fmt::Write as _;

use super::super::sentences::first_sentence;
use super::super::{BLANK_LINES_MAX, clip};
use super::blocks::{Form, Page};
use super::rank::Item;

/// Bytes of the first sentence of a section: a longer one is a list.
const SENTENCE_BYTES_MAX: usize = 240;

/// Writes `items` of `page`; gaps name `handle`.
pub(super) fn render(page: &Page<'_>, items: &[Item], handle: &str) -> String {
    let shown: HashSet<Item> = items.iter().copied().collect();
    let mut out = format!(
        "#digest of {} lines of Markdown: ~a-b = lines a-b are left out, restore {handle} gives them\n",
        page.lines.len()
    );
    let mut next = 0;
    // What is said about lines that are left out under a heading.
    let mut about: Option<String> = None;
    for (number, section) in page.sections.iter().enumerate() {
        if shown.contains(&Item::Heading(number)) {
            gap(page, next, section.heading.start, about.take(), &mut out);
            out.push_str(&section.title);
            out.push('\n');
            next = section.heading.end;
            about = Some(String::new());
        }
        if shown.contains(&Item::Intro(number)) {
            about = Some(intro(page, number));
        }
        for at in section.blocks.clone() {
            let Some(block) = page.blocks.get(at) else {
                continue;
            };
            if !shown.contains(&Item::Block(at)) {
                continue;
            }
            // The sentence is said by the block itself, or the block is what was asked for.
            let about = about.take().map(|_| String::new());
            gap(page, next, block.lines.start, about, &mut out);
            for line in page.lines.get(block.lines.clone()).unwrap_or_default() {
                out.push_str(line);
                out.push('\n');
            }
            next = block.lines.end;
        }
    }
    gap(page, next, page.lines.len(), about, &mut out);
    out
}

/// Returns what an intro says, for its cost.
pub(super) fn spelled(page: &Page<'_>, item: Item) -> String {
    match item {
        Item::Heading(number) => page
            .sections
            .get(number)
            .map_or_else(String::new, |section| {
                format!("{} ~100-110\n", section.title)
            }),
        Item::Intro(number) => intro(page, number),
        Item::Block(number) => page.blocks.get(number).map_or_else(String::new, |block| {
            page.text(&block.lines) + "\n~100-110\n"
        }),
    }
}

/// The first sentence of a section; of one that begins with something else, what that is.
fn intro(page: &Page<'_>, section: usize) -> String {
    let Some(section) = page.sections.get(section) else {
        return String::new();
    };
    let mut blocks = page
        .blocks
        .get(section.blocks.clone())
        .unwrap_or_default()
        .iter()
        .filter(|block| block.form != Form::Aside);
    let Some(first) = blocks.next() else {
        return String::new();
    };
    let count = |form: Form| {
        1 + blocks
            .clone()
            .take_while(|block| block.form == form)
            .count()
    };
    let mut out = match first.form {
        Form::Text | Form::Item => {
            let text = page.text(&first.lines);
            let sentence = first_sentence(&text);
            let clipped = clip(sentence, SENTENCE_BYTES_MAX);
            let dots = if clipped.len() < sentence.len() {
                "…"
            } else {
                ""
            };
            format!("{clipped}{dots}")
        }
        Form::Code => {
            let fence = page
                .lines
                .get(first.lines.start)
                .map_or("", |line| line.trim());
            let language = fence.trim_start_matches(['`', '~']);
            let language = if language.len() < fence.len() {
                language
            } else {
                ""
            };
            let lines = first.lines.len();
            format!(
                "[{lines} lines of {}]",
                if language.is_empty() {
                    "code"
                } else {
                    language
                }
            )
        }
        Form::Head => {
            let head = page
                .lines
                .get(first.lines.start)
                .copied()
                .unwrap_or_default();
            format!("{head} {} rows", count(Form::Row) - 1)
        }
        Form::Row | Form::Aside => String::new(),
    };
    if !out.is_empty() {
        out.push('\n');
    }
    out
}

/// Names the lines from `from` up to `to`, if they say anything; directly under a heading, in its line.
fn gap(page: &Page<'_>, from: usize, to: usize, about: Option<String>, out: &mut String) {
    let is_blank = |line: &usize| {
        page.lines
            .get(*line)
            .is_none_or(|line| line.trim().is_empty())
    };
    // The line before is the heading, and not that of the digest.
    let is_below_heading = from > 0;
    let mut lines = from..to;
    while lines.end > lines.start && is_blank(&(lines.end - 1)) {
        lines.end -= 1;
    }
    if lines.is_empty() {
        // Headings do without.
        if about.is_none() && to < page.lines.len() {
            out.extend((from..to.min(from + BLANK_LINES_MAX)).map(|_| '\n'));
        }
        return;
    }
    while is_blank(&lines.start) && lines.start + 1 < lines.end {
        lines.start += 1;
    }
    if about.is_some() && is_below_heading && out.ends_with('\n') {
        out.pop();
        out.push(' ');
    }
    let _ = match lines.len() {
        1 => writeln!(out, "~{}", lines.start + 1),
        _ => writeln!(out, "~{}-{}", lines.start + 1, lines.end),
    };
    out.push_str(&about.unwrap_or_default());
}
