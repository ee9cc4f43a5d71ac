//! What stands in a page of Markdown and is not shown there: comments that are links to nowhere or of Liquid, programs and styles,
//! the lines for the builder of a site at its top.

use std::borrow::Cow;
use std::ops::Range;

use super::edits::Edits;
use crate::lookup::clean;
use crate::lookup::passage::{fence_behind, fence_of};

/// What begins a comment that is the definition of a link nobody refers to.
const LINKS_TO_NOWHERE: &[&str] = &["[//]: # ", "[comment]: # ", "[//]: <> ", "[comment]: <> "];
/// The line that stands between code and the same in another language, as `NestJS` writes it.
const SWITCH: &str = "\n@@switch\n";
/// Elements whose text is no words.
const PROGRAMS: [&str; 2] = ["script", "style"];

/// Returns `text` without what is between `{% comment %}` and `{% endcomment %}`, and without the lines that sites of Google's
/// begin a page with (`Project: …`, `Book: …`); the number of lines stays.
pub(super) fn without_statements(text: &str) -> Cow<'_, str> {
    let mut text = Cow::Borrowed(text);
    if text.contains("{% comment %}") {
        let fenced = fenced(&text);
        let is_code = |line: usize| fenced.get(line).copied().unwrap_or_default();
        let clean = clean::without_comments(&text, "{% comment %}", "{% endcomment %}", is_code);
        text = clean.into();
    }
    match for_builder(&text) {
        Some(range) => {
            let mut edits = Edits::default();
            edits.blank(range);
            edits.written(text.into_owned()).into()
        }
        None => text,
    }
}

/// Tells of each line of `text` whether it is of a fenced block of code, before the text is read.
pub(super) fn fenced(text: &str) -> Vec<bool> {
    let mut open = None;
    let is_fenced = |line| {
        let before = open;
        open = fence_behind(open, line);
        before.is_some() || open.is_some()
    };
    text.lines().map(is_fenced).collect()
}

/// Returns where the lines are that tell a builder the place of the page.
fn for_builder(text: &str) -> Option<Range<usize>> {
    let start = text.len() - text.trim_start().len();
    let top = text.get(start..)?;
    let is_of_it = |line: &str| {
        let key = line.split_once(": ").map(|(key, _)| key);
        key.is_some_and(|key| {
            !key.is_empty() && key.chars().all(|it| it.is_alphanumeric() || it == '_')
        })
    };
    let mut end = 0;
    let mut is_for_builder = false;
    for line in top
        .split_inclusive('\n')
        .take_while(|line| !line.trim().is_empty())
    {
        if !is_of_it(line) {
            return None;
        }
        is_for_builder |= ["Project: /", "Book: /"]
            .iter()
            .any(|key| line.starts_with(key));
        end += line.len();
    }
    is_for_builder.then_some(start..start + end)
}

/// Returns what `line` says if it is a comment: `[//]: # (words)`.
pub(super) fn comment(line: &str) -> Option<&str> {
    let mut begins = LINKS_TO_NOWHERE.iter();
    let rest = begins.find_map(|begins| line.strip_prefix(begins))?.trim();
    [('(', ')'), ('"', '"'), ('\'', '\'')]
        .iter()
        .find_map(|(open, close)| rest.strip_prefix(*open)?.strip_suffix(*close))
}

/// Returns how many bytes at the beginning of a block of HTML are a program or a style.
pub(super) fn program(html: &str) -> Option<usize> {
    let tag = html.trim_start().strip_prefix('<')?;
    let is_of = |element: &&&str| {
        let begins = tag.get(..element.len());
        let behind = tag
            .get(element.len()..)
            .and_then(|rest| rest.chars().next());
        begins.is_some_and(|begins| begins.eq_ignore_ascii_case(element))
            && behind.is_some_and(|letter| letter == '>' || letter.is_whitespace())
    };
    let element = PROGRAMS.iter().find(is_of)?;
    let end = html.rfind("</")?;
    let closing = html.get(end + 2..)?;
    let is_its = closing.get(..element.len())?.eq_ignore_ascii_case(element);
    is_its.then(|| closing.find('>').map(|at| end + 2 + at + 1))?
}

/// Returns where in a block of code the same begins once more in another language: behind a line `@@switch`, up to the line that
/// closes its fence.
pub(super) fn twin(code: &str) -> Option<Range<usize>> {
    let (before, _) = code.split_once(SWITCH)?;
    let start = before.len() + 1;
    let end = code.trim_end().rfind('\n')? + 1;
    let closes = code.get(end..).is_some_and(|last| fence_of(last).is_some());
    (closes && start < end).then_some(start..end)
}

#[cfg(test)]
mod tests {
    use super::super::parse;

    #[test]
    fn programs_and_styles_of_a_page_are_not_shown() {
        let text = "<script setup>\nimport Demo\n\nfrom 'x'\n</script>\n\n# Ropes\n\n<style>\np {}\n</style>\n\n```html\n<style>\np {}\n</style>\n```\n\n<styles>a</styles>\n";
        assert_eq!(
            parse(text).text,
            "\n\n\n\n\n\n# Ropes\n\n\n\n\n\n```html\n<style>\np {}\n</style>\n```\n\n<styles>a</styles>\n"
        );
    }

    #[test]
    fn code_is_shown_in_one_of_its_languages() {
        let text =
            "```ts\nlet a: T;\n@@switch\nlet a;\n```\n\nThen:\n\n```ts\n// @@switch\nb\n```\n";
        assert_eq!(
            parse(text).text,
            "```ts\nlet a: T;\n\n\n```\n\nThen:\n\n```ts\n// @@switch\nb\n```\n"
        );
    }

    #[test]
    fn comments_of_liquid_and_lines_for_the_builder_are_not_shown() {
        let text = "Project: /a/_project.yaml\nBook: /a/_book.yaml\npage_type: reference\n\n{% comment %}\n# NO\n{% endcomment %}\n\n# Yes\n\n```liquid\n{% comment %}\nshown\n{% endcomment %}\n```\n";
        let page = parse(text);
        assert_eq!(
            page.text,
            "\n\n\n\n\n\n\n\n# Yes\n\n```liquid\n{% comment %}\nshown\n{% endcomment %}\n```\n"
        );
        assert_eq!(page.blocks.len(), 3);
        for text in ["Note: this.\nMore: that.\n", "Project: /a\nwords\n"] {
            assert_eq!(parse(text).text, text);
        }
    }

    #[test]
    fn links_to_nowhere_are_comments_and_may_say_the_title() {
        let text = "[//]: # (title: Rate limiting)\n\nText.\n[comment]: <> (Hidden.)\n\n    [//]: # (code)\n";
        let page = parse(text);
        assert_eq!(page.text, "\n\nText.\n\n\n    [//]: # (code)\n");
        assert_eq!(page.title.as_deref(), Some("Rate limiting"));
    }
}
