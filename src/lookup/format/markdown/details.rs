//! What a page folds away (`<details>`, `<summary>`) with Markdown in it: the words that are shown of it are the term, and what is
//! folded says what it means.

use std::ops::Range;

use super::super::html;
use super::edits::Edits;
use crate::lookup::clean::one_line;
use crate::lookup::passage::letter_start;

/// Bytes of the longest words that are shown of what is folded.
const SUMMARY_BYTES_MAX: usize = 500;
/// Those within each other: beyond that a page is made to exhaust its readers.
const OPEN_MAX: usize = 32;

/// What is folded away in a text, and what is open.
#[derive(Default)]
pub(super) struct Details {
    pub(super) found: Vec<Folded>,
    /// One within the other; nothing for what is left as it is.
    open: Vec<Option<Open>>,
    /// How many are open beyond the deepest.
    beyond: usize,
}

/// Something folded away that was read to its end.
pub(super) struct Folded {
    /// Its lines, of which the first begins with `summary`.
    pub(super) lines: Range<usize>,
    pub(super) summary: String,
    /// Whether more is folded away in it.
    pub(super) has_inner: bool,
}

struct Open {
    start: usize,
    /// Where its words begin, and where they end.
    words: Option<usize>,
    summary: Option<String>,
    /// Where the tags end that begin it.
    head: usize,
    has_inner: bool,
}

/// The tags looked for.
const TAGS: [(&str, Tag); 4] = [
    ("details", Tag::Opens),
    ("/details", Tag::Closes),
    ("summary", Tag::WordsOpen),
    ("/summary", Tag::WordsClose),
];

#[derive(Clone, Copy)]
enum Tag {
    Opens,
    Closes,
    WordsOpen,
    WordsClose,
}

impl Details {
    /// Adds the tags in HTML at `range` of `text`, whose lines begin at `starts`; what opens within items and quotations is left.
    pub(super) fn add(
        &mut self,
        text: &str,
        range: &Range<usize>,
        starts: &[usize],
        edits: &mut Edits,
    ) {
        let html = text.get(range.clone()).unwrap_or_default();
        // What a comment hides is not told apart.
        if html.contains("<!--") && html.contains("details") {
            self.open.fill_with(|| None);
            return;
        }
        for (tag, at) in tags(html) {
            let at = range.start + at.start..range.start + at.end;
            match tag {
                Tag::Opens if self.open.len() == OPEN_MAX => self.beyond += 1,
                Tag::Opens => {
                    let is_apart = starts.binary_search(&at.start).is_ok();
                    self.open.push(is_apart.then_some(Open {
                        start: at.start,
                        words: None,
                        summary: None,
                        head: at.end,
                        has_inner: false,
                    }));
                }
                Tag::Closes => match self.beyond.checked_sub(1) {
                    Some(beyond) => self.beyond = beyond,
                    None => self.close(text, at, starts, edits),
                },
                Tag::WordsOpen | Tag::WordsClose if self.beyond > 0 => {}
                Tag::WordsOpen => {
                    if let Some(Some(open)) = self.open.last_mut()
                        && open.words.is_none()
                        && is_blank(text, open.head..at.start)
                    {
                        open.words = Some(at.end);
                    }
                }
                Tag::WordsClose => {
                    if let Some(Some(open)) = self.open.last_mut()
                        && open.summary.is_none()
                        && let Some(from) = open.words
                    {
                        open.summary = text.get(from..at.start).and_then(summary);
                        open.head = at.end;
                    }
                }
            }
        }
    }

    /// Ends what is open, at the tag at `at`.
    fn close(&mut self, text: &str, at: Range<usize>, starts: &[usize], edits: &mut Edits) {
        let open = self.open.pop().flatten();
        if let Some(Some(outer)) = self.open.last_mut() {
            outer.has_inner = true;
        }
        let Some(open) = open else { return };
        let Some(summary) = open.summary else { return };
        let end = text.get(at.end..).and_then(|rest| rest.find('\n'));
        let end = end.map_or(text.len(), |end| at.end + end);
        if !is_blank(text, at.end..end) {
            return;
        }
        let line = |byte: usize| starts.partition_point(|&start| start <= byte) - 1;
        edits.show(open.start..open.head, summary.clone());
        edits.blank(at.clone());
        self.found.push(Folded {
            lines: line(open.start)..line(at.start) + 1,
            summary,
            has_inner: open.has_inner,
        });
    }
}

/// Returns the tags of `html` that fold, and where they are.
fn tags(html: &str) -> impl Iterator<Item = (Tag, Range<usize>)> {
    html.match_indices('<').filter_map(|(at, _)| {
        let rest = html.get(at + 1..)?;
        let (name, tag) = TAGS.iter().find(|(name, _)| {
            let behind = rest.strip_prefix(name);
            behind.is_some_and(|behind| behind.starts_with(['>', ' ', '\n']))
        })?;
        let attributes = rest.get(name.len()..)?;
        let attributes = attributes.get(..letter_start(attributes, SUMMARY_BYTES_MAX))?;
        let end = attributes.find('>')?;
        Some((*tag, at..at + 1 + name.len() + end + 1))
    })
}

/// Returns the words between the tags of a summary, if they are words of one line.
fn summary(html: &str) -> Option<String> {
    if html.len() > SUMMARY_BYTES_MAX {
        return None;
    }
    let words = if html.contains(['<', '&']) {
        let page = html::parse(&format!("<p>{html}</p>"));
        // A heading is one without this.
        let is_words = crate::lookup::document::headings(&page.blocks)
            .next()
            .is_none();
        is_words.then(|| one_line(&page.text))?
    } else {
        one_line(html)
    };
    (!words.is_empty()).then_some(words)
}

fn is_blank(text: &str, range: Range<usize>) -> bool {
    text.get(range)
        .is_some_and(|between| between.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use super::super::parse;

    /// The lines of a page that say something, with their numbers in the file.
    fn lines(text: &str) -> Vec<(u32, String)> {
        let page = parse(text);
        let numbers = page
            .file_lines
            .unwrap_or_else(|| (1..).take(text.lines().count()).collect());
        assert_eq!(numbers.len(), page.text.lines().count());
        assert!(numbers.is_sorted());
        let lines = numbers
            .into_iter()
            .zip(page.text.lines().map(str::to_owned));
        lines.filter(|(_, line)| !line.is_empty()).collect()
    }

    fn owned<const N: usize>(lines: [(u32, &str); N]) -> Vec<(u32, String)> {
        lines
            .map(|(number, line)| (number, line.to_owned()))
            .to_vec()
    }

    #[test]
    fn what_is_folded_away_says_what_its_summary_means() {
        let text = "# T\n\n<details open>\n<summary><strong><a href=\"/z\">ZADD</a></strong> adds &amp; more</summary>\n\n**Syntax:** `ZADD \\_k` <!-- a -->\n\n\
                    ```\ncode\n```\n\n</details>\n<details><summary><code>key</code></summary> The key. </details>\n\nMore.\n";
        assert_eq!(
            lines(text),
            owned([
                (1, "# T"),
                (3, "ZADD adds & more"),
                (6, ": **Syntax:** `ZADD \\_k`"),
                (8, "  ```"),
                (9, "  code"),
                (10, "  ```"),
                (13, "`key`"),
                (13, ": The key."),
                (15, "More."),
            ])
        );
    }

    #[test]
    fn what_holds_headings_or_much_is_told_below_a_label() {
        let long = "Much of it. ".repeat(100);
        let text = format!(
            "<details>\n<summary>All steps</summary>\n\n## One\n\nDo.\n\n</details>\n\n<details>\n<summary>Why?</summary>\n{long}\n\n</details>\n\n\
             <details>\n<summary>Code</summary>\n\n```\na\n```\n\n</details>\n"
        );
        assert_eq!(
            lines(&text),
            owned([
                (1, "All steps:"),
                (4, "## One"),
                (6, "Do."),
                (10, "Why?"),
                (12, &long),
                (16, "Code:"),
                (19, "```"),
                (20, "a"),
                (21, "```"),
            ])
        );
        let page = parse(&text);
        let heads: Vec<&str> = crate::lookup::document::headings(&page.blocks)
            .map(|head| head.title.as_str())
            .collect();
        assert_eq!(heads, ["One"]);
    }

    #[test]
    fn what_is_within_another_has_its_own_summary() {
        let text = "<details>\n<summary>Outer</summary>\n\nWords.\n\n<details>\n<summary>Inner</summary>\n\nDeep.\n\n</details>\n\n</details>\n";
        assert_eq!(
            lines(text),
            owned([(1, "Outer:"), (4, "Words."), (6, "Inner"), (9, ": Deep.")])
        );
    }

    #[test]
    fn what_has_no_end_no_summary_or_stands_in_an_item_or_code_stays() {
        for text in [
            "<details>\n<summary>A</summary>\n\nWords.\n",
            "<details>\n\nWords.\n\n</details>\n",
            "- <details><summary>A</summary>\n\n  Words.\n\n  </details>\n",
            "```\n<details><summary>A</summary>\n\nWords.\n</details>\n```\n",
            "<details>\n<summary><h2>A</h2></summary>\n\nWords.\n\n</details>\n",
        ] {
            assert_eq!(parse(text).text, text);
        }
    }

    #[test]
    fn what_is_folded_without_end_is_read_in_time() {
        for unit in [
            "<details>\n",
            "<details>\n<summary>a</summary>\n\n",
            "</details>\n\n",
            "<details ",
        ] {
            parse(&unit.repeat(50_000));
        }
    }
}
