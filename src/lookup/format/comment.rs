//! What comments say that describe what is declared below them: Markdown, as a rule, whose code is indented.

use std::borrow::Cow;

use super::markdown;
use crate::lookup::document::BlockKind;
use crate::lookup::passage::fence_around;

/// Bytes of the longest comment kept: a licence, not a description, is longer.
const BYTES_MAX: usize = 8 << 10;
/// Columns from which on indented text is code.
const CODE_INDENT: usize = 4;

/// Adds what `comment` says, which is written with its marks: `// …`, `# …`, `/* … */`.
pub(super) fn add(said: &mut String, comment: &str) {
    if !comment.starts_with("/*") {
        let line = comment.trim_start_matches(['#', '/', '!']);
        add_line(said, line.strip_prefix(' ').unwrap_or(line));
        return;
    }
    let inside = comment.trim_start_matches(['/', '*']);
    let inside = inside.trim_end_matches(['/', '*']);
    let mut lines = inside.lines();
    add_line(said, lines.next().unwrap_or_default().trim_start());
    let mut rest: Vec<&str> = lines.collect();
    let unstarred = |line: &&'_ str| line.trim_start().strip_prefix('*').is_none();
    let mut bare = rest.iter().filter(|line| !line.trim().is_empty());
    if !bare.any(unstarred) {
        for line in &mut rest {
            *line = line.trim_start().strip_prefix('*').unwrap_or_default();
        }
    }
    for line in unindented(&rest) {
        add_line(said, line);
    }
}

/// Returns what comments say one after another, without the indentation that all lines share.
pub(super) fn whole(said: &str) -> String {
    let lines: Vec<&str> = said.split('\n').collect();
    unindented(&lines).join("\n")
}

/// Returns Markdown with fences round its indented code, so that it is code wherever a part of it is quoted.
pub(super) fn fenced(text: &str) -> Cow<'_, str> {
    if !text.lines().any(|line| columns(line) >= CODE_INDENT) {
        return text.into();
    }
    let document = markdown::parse(text.trim_end());
    let lines: Vec<&str> = document.text.lines().collect();
    let mut written: Vec<String> = Vec::new();
    let mut at = 0;
    for block in &document.blocks {
        let is_code = block.kind == BlockKind::Code { fence: None };
        let Some(before) = lines.get(at..block.line).filter(|_| is_code) else {
            continue;
        };
        let rest = lines.get(block.line..).unwrap_or_default();
        let is_inside = |line: &&&str| line.is_empty() || columns(line) >= CODE_INDENT;
        let mut count = rest.iter().take_while(is_inside).count();
        while rest
            .get(..count)
            .and_then(<[&str]>::last)
            .is_some_and(|line| line.is_empty())
        {
            count -= 1;
        }
        let code = unindented(rest.get(..count).unwrap_or_default()).join("\n");
        let fence = fence_around(&code);
        written.extend(before.iter().map(|line| (*line).to_owned()));
        written.extend([fence.clone(), code, fence]);
        at = block.line + count;
    }
    let rest = lines.get(at..).unwrap_or_default();
    written.extend(rest.iter().map(|line| (*line).to_owned()));
    written.join("\n").into()
}

fn add_line(said: &mut String, line: &str) {
    if said.len() > BYTES_MAX {
        return;
    }
    if !said.is_empty() {
        said.push('\n');
    }
    said.push_str(line.trim_end());
}

/// Returns `lines` without the indentation that those share that say something.
fn unindented<'t>(lines: &[&'t str]) -> Vec<&'t str> {
    let told = lines.iter().filter(|line| !line.trim().is_empty());
    let indent = told.map(|line| line.len() - line.trim_start_matches([' ', '\t']).len());
    let indent = indent.min().unwrap_or_default();
    let lines = lines.iter();
    lines
        .map(|line| line.get(indent..).unwrap_or_default())
        .collect()
}

/// Returns the column at which `line` begins.
fn columns(line: &str) -> usize {
    let spaces = line.chars().take_while(|letter| " \t".contains(*letter));
    spaces.fold(0, |column, letter| match letter {
        '\t' => column / CODE_INDENT * CODE_INDENT + CODE_INDENT,
        _ => column + 1,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(comments: &[&str]) -> String {
        let mut said = String::new();
        for comment in comments {
            add(&mut said, comment);
        }
        whole(&said)
    }

    #[test]
    fn lines_keep_their_indentation_and_lose_their_marks() {
        for (comments, expected) in [
            (
                &[
                    "// One:",
                    "//",
                    "//     two {",
                    "//       three",
                    "//     }",
                ][..],
                "One:\n\n    two {\n      three\n    }",
            ),
            (&["/// * one", "/// * two"], "* one\n* two"),
            (&["//  One", "//  two"], "One\ntwo"),
            (&["#One", "# two"], "One\ntwo"),
            (
                &["/* One:\n *\n *     two\n * three */"],
                "One:\n\n    two\nthree",
            ),
            (&["/*\n     One:\n       * two\n   */"], "One:\n  * two\n"),
        ] {
            assert_eq!(said(comments), expected);
        }
    }

    #[test]
    fn indented_code_has_a_fence_afterwards_and_items_of_a_list_have_none() {
        let text = "One:\n\n    two {\n\n      three\n    }\n\nfour\n\n- five\n\n  six\n\n\tseven";
        let expected =
            "One:\n\n```\ntwo {\n\n  three\n}\n```\n\nfour\n\n- five\n\n  six\n\n\tseven";
        assert_eq!(fenced(text), expected);
        assert_eq!(fenced("One\n    two"), "One\n    two");
        assert_eq!(fenced(""), "");
    }
}
