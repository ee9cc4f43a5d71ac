//! Jupyter notebooks: their Markdown and code, and of what the code printed the text, as far as it is short.

use super::sheet::{Headings, Sheet, one_line};
use super::tree::{self, Node};
use super::{Format, Pages, Unread};
use crate::lookup::document::Kind;
use crate::lookup::passage::letter_start;

/// `.ipynb`.
pub(super) struct Jupyter;

/// Lines of what a cell printed: it shows the form of an answer, not the data.
const OUTPUT_LINES_MAX: usize = 20;
/// Lines of the end of a traceback: the line that failed, and the error.
const TRACEBACK_LINES_MAX: usize = 8;
/// Bytes of a line that was printed.
const OUTPUT_LINE_BYTES_MAX: usize = 300;

impl Format for Jupyter {
    fn name(&self) -> &'static str {
        "Jupyter"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["ipynb"]
    }

    fn read(&self, bytes: &[u8]) -> Result<Pages, Unread> {
        let text = String::from_utf8_lossy(bytes);
        let tree = tree::read(&text).map_err(Unread::Broken)?;
        let cells = cells(&tree.root);
        if cells.is_empty() {
            return Err(Unread::Broken("holds no cells of a notebook".to_owned()));
        }
        let language = language(&tree.root);
        let mut sheet = Sheet::default();
        for cell in cells {
            tell(cell, &language, &mut sheet);
        }
        let document = sheet.finish("", Kind::Guide, None);
        Ok(Pages {
            // Its path tells what it is for, as with any page.
            first: crate::lookup::document::Document {
                kind: None,
                ..document
            },
            below: Vec::new(),
            skipped: tree.cut.into_iter().collect(),
        })
    }
}

/// Returns the cells; before version 4 they were in worksheets.
fn cells<'n, 'a>(root: &'n Node<'a>) -> Vec<&'n Node<'a>> {
    let older = root.list_of("worksheets").iter();
    root.list_of("cells")
        .iter()
        .chain(older.flat_map(|sheet| sheet.list_of("cells")))
        .collect()
}

fn language(root: &Node<'_>) -> String {
    let metadata = root.get("metadata");
    let of = |key: &str, name: &str| {
        let language = metadata?.get(key)?.text_of(name)?;
        Some(one_line(language)).filter(|language| !language.contains(' '))
    };
    of("language_info", "name")
        .or_else(|| of("kernelspec", "language"))
        .unwrap_or_default()
}

fn tell(cell: &Node<'_>, language: &str, sheet: &mut Sheet) {
    let source = cell.get("source").or_else(|| cell.get("input"));
    let Some((text, lines)) = source.map(joined) else {
        return;
    };
    match cell.text_of("cell_type") {
        _ if text.trim().is_empty() => {}
        Some("markdown") => sheet.markdown_from(&text, Headings::Under(0), &lines),
        Some("heading") => {
            let level = cell.text_of("level").and_then(|level| level.parse().ok());
            sheet.at(cell.line);
            sheet.heading(level.unwrap_or(1).clamp(1, 6), &text, "", Vec::new());
        }
        Some("code") => {
            sheet.code_from(language, &text, &lines);
            for output in cell.list_of("outputs") {
                tell_output(output, sheet);
            }
        }
        // Raw cells are for other programs, but people write words in them as well.
        Some("raw") => sheet.code_from("text", &text, &lines),
        _ => {}
    }
}

/// Tells what a cell printed or gave back, if it is text.
fn tell_output(output: &Node<'_>, sheet: &mut Sheet) {
    if output.text_of("ename").is_some() {
        tell_error(output, sheet);
        return;
    }
    let data = |kind: &str| output.get("data").and_then(|data| data.get(kind));
    if let Some(text) = data("text/markdown") {
        let (text, lines) = joined(text);
        sheet.at(output.line);
        sheet.label("Output:");
        sheet.markdown_from(&text, Headings::Plain, &lines);
        return;
    }
    let Some(text) = output.get("text").or_else(|| data("text/plain")) else {
        return;
    };
    let text = without_colours(&joined(text).0);
    let mut lines: Vec<&str> = text.lines().map(shown).collect();
    if lines.iter().all(|line| line.trim().is_empty()) {
        return;
    }
    if lines.len() > OUTPUT_LINES_MAX {
        lines.truncate(OUTPUT_LINES_MAX);
        lines.push("…");
    }
    sheet.at(output.line);
    sheet.label("Output:");
    sheet.code("text", &lines.join("\n"));
}

/// Tells the error that a cell ended in: what it says, and the end of the way there.
fn tell_error(output: &Node<'_>, sheet: &mut Sheet) {
    let of = |key: &str| one_line(&without_colours(output.text_of(key).unwrap_or_default()));
    let said = format!("{}: {}", of("ename"), of("evalue"));
    let said = said.trim_end_matches([':', ' ']);
    let traceback = output.list_of("traceback").iter();
    let traceback: Vec<String> = traceback
        .map(|part| without_colours(&joined(part).0))
        .collect();
    let traceback = traceback.join("\n");
    let lines: Vec<&str> = traceback.lines().map(shown).collect();
    let hidden = lines.len().saturating_sub(TRACEBACK_LINES_MAX);
    let mut told: Vec<&str> = lines.into_iter().skip(hidden).collect();
    let is_there = told.iter().any(|line| one_line(line) == said);
    if hidden > 0 {
        told.insert(0, "…");
    }
    if !is_there {
        told.push(said);
    }
    sheet.at(output.line);
    sheet.label("Error:");
    sheet.code("text", &told.join("\n"));
}

/// Returns the beginning of a line that was printed.
fn shown(line: &str) -> &str {
    let end = letter_start(line, OUTPUT_LINE_BYTES_MAX);
    line.get(..end).unwrap_or_default()
}

/// Returns `text` without the codes that colour it in a terminal.
fn without_colours(text: &str) -> String {
    let mut parts = text.split('\u{1b}');
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let inside = part.strip_prefix('[').unwrap_or(part);
        let is_end = |letter: char| ('@'..='~').contains(&letter);
        let rest = match inside.split_once(is_end) {
            Some((_, rest)) if inside.len() < part.len() => rest,
            _ => inside,
        };
        plain.push_str(rest);
    }
    plain
}

/// Returns a text that may be a list of its lines, with the line of the file for each of its lines.
fn joined(node: &Node<'_>) -> (String, Vec<u32>) {
    if let Some(text) = node.text() {
        return (text.to_owned(), vec![node.line; text.lines().count()]);
    }
    let mut text = String::new();
    let mut lines = Vec::new();
    for item in node.items() {
        let part = item.text().unwrap_or_default();
        let begins = text.is_empty() || text.ends_with('\n');
        let new = part.lines().count().saturating_sub(usize::from(!begins));
        lines.extend(std::iter::repeat_n(item.line, new));
        text.push_str(part);
    }
    (text, lines)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TEXT: &str = r###"{
 "cells": [
  {"cell_type": "markdown", "source": [
    "# Tides\n",
    "\n",
    "High water comes **twice** a day. <script>alert(1)</script>"
  ]},
  {"cell_type": "code", "source": "import tides\ntides.next()", "outputs": [
    {"output_type": "stream", "text": ["at noon\n"]},
    {"output_type": "display_data", "data": {"image/png": "iVBOR", "text/plain": ["<Figure>"]}}
  ]},
  {"cell_type": "raw", "source": "latex"},
  {"cell_type": "markdown", "source": "## Ebb\nIt goes."}
 ],
 "metadata": {"language_info": {"name": "python"}}, "nbformat": 4
}"###;

    #[test]
    fn a_notebook_is_its_text_and_code_with_the_lines_of_the_file() {
        let pages = Jupyter.read(TEXT.as_bytes()).unwrap();
        assert_eq!(
            pages.first.text,
            "# Tides\n\nHigh water comes **twice** a day. <script>alert(1)</script>\n\n```python\nimport tides\ntides.next()\n```\n\n\
             Output:\n\n```text\nat noon\n```\n\nOutput:\n\n```text\n<Figure>\n```\n\n```text\nlatex\n```\n\n## Ebb\nIt goes.\n\n"
        );
        let lines = pages.first.file_lines.unwrap();
        assert_eq!(lines[..3], [4, 5, 6]);
        assert!(lines.is_sorted());
    }

    #[test]
    fn an_error_is_told_with_the_end_of_its_traceback_without_colours() {
        let text = r#"{"cells": [{"cell_type": "code", "source": "f()", "outputs": [
            {"output_type": "error", "ename": "ValueError", "evalue": "bad \u001b[31mred\u001b[0m",
             "traceback": ["\u001b[0;31m---\u001b[0m\nin f()\n", "1\n2\n3\n4\n5\n6\n7", "\u001b[0;31mValueError\u001b[0m: bad red"]},
            {"output_type": "display_data", "data": {"text/plain": ["<Markdown>"], "text/markdown": ["**Bold** words"]}}
        ]}]}"#;
        let pages = Jupyter.read(text.as_bytes()).unwrap();
        assert_eq!(
            pages.first.text,
            "```\nf()\n```\n\nError:\n\n```text\n…\n1\n2\n3\n4\n5\n6\n7\nValueError: bad red\n```\n\nOutput:\n\n**Bold** words\n\n"
        );
    }

    #[test]
    fn a_fence_that_a_cell_leaves_open_ends_with_it() {
        let text = r###"{"cells": [{"cell_type": "markdown", "source": ["## A\n", "```\n", "open"]}, {"cell_type": "code", "source": "y=2"}]}"###;
        let pages = Jupyter.read(text.as_bytes()).unwrap();
        assert_eq!(
            pages.first.text,
            "## A\n```\nopen\n```\n\n```\ny=2\n```\n\n"
        );
    }

    #[test]
    fn what_is_no_notebook_is_named() {
        for text in ["{}", "{\"cells\": 3}", "[1]", "{", "words"] {
            assert!(
                matches!(Jupyter.read(text.as_bytes()), Err(Unread::Broken(_))),
                "{text}"
            );
        }
    }

    proptest! {
        #[test]
        fn any_notebook_is_read_or_refused(at in 0usize..700, new in "[a-z{}\\[\\]:,\"\\\\n0-9]{0,8}") {
            let mut text = TEXT.to_owned();
            let at = at.min(text.len());
            let end = (at + new.len()).min(text.len());
            text.replace_range(at..end, &new);
            drop(Jupyter.read(text.as_bytes()));
        }
    }
}
