//! The backslashes that keep the marks in a name from meaning something: `cluster\_tags` says `cluster_tags`. They are not shown
//! where the mark means nothing without them either, for whoever looks for a name does not look for them.

use std::ops::Range;

use super::edits::Edits;

/// Escaped underscores from which a word may be away: `\_\_init`.
const UNDERSCORES_MAX: usize = 3;

/// The backslashes met so far.
#[derive(Default)]
pub(super) struct Escapes {
    /// Where the words end that were read last: a backslash within them is shown.
    said: usize,
    /// Where the mark ends that was behind the last backslash that is not shown.
    undone: usize,
    /// Where the last backslash stands.
    last: usize,
    /// The brackets without a backslash in this line that are open.
    open: Vec<u8>,
    /// Whether a star in this line keeps its backslash: then all do.
    is_starred: bool,
}

/// Brackets that are open at once: types are not nested deeper.
const OPEN_MAX: usize = 32;

impl Escapes {
    /// Reads words that stand at `range` of `text`.
    pub(super) fn words(&mut self, text: &str, range: &Range<usize>, edits: &mut Edits) {
        // What is escaped begins words of its own.
        if let Some(at) = range.start.checked_sub(1)
            && at >= self.said
        {
            self.escape(text, at, edits);
        }
        self.skip(range.end);
    }

    /// Returns what of `text` up to `end` was not read yet.
    pub(super) fn rest<'t>(&self, text: &'t str, end: usize) -> &'t str {
        text.get(self.said..end).unwrap_or_default()
    }

    /// Reads the rest of a link that ends at `end` of `text`: its address.
    pub(super) fn address(&mut self, text: &str, end: usize, edits: &mut Edits) {
        let start = self.said;
        let rest = self.rest(text, end);
        for (at, _) in rest.match_indices("\\_") {
            self.escape(text, start + at, edits);
        }
        self.skip(end);
    }

    /// Goes on at `end`, behind what has no backslashes of this kind.
    pub(super) fn skip(&mut self, end: usize) {
        self.said = self.said.max(end);
    }

    /// Does not show what stands at `at`, if it is a backslash before a mark that means nothing there.
    fn escape(&mut self, text: &str, at: usize, edits: &mut Edits) {
        let Some([b'\\', mark]) = text.as_bytes().get(at..at + 2) else {
            return;
        };
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        let behind = text.get(at + 2..).unwrap_or_default();
        let follows = self.undone == at && at > 0;
        let is_in_word =
            follows && before == Some('_') || before.is_some_and(char::is_alphanumeric);
        let since = text.get(self.last..at);
        if since.is_none_or(|since| since.contains('\n')) {
            self.open.clear();
            self.is_starred = false;
        }
        self.last = at;
        let is_shown = match mark {
            b'_' => !is_in_word && !begins_name(behind),
            // Behind a word it could end an emphasis at most, and none is open.
            b'*' => !is_in_word || self.is_starred || behind.starts_with(is_of_name),
            b'[' | b'<' => {
                let is_of_type = is_in_word || before == Some('`') || follows;
                !is_of_type || behind.starts_with(['!', '/']) || self.open.len() == OPEN_MAX
            }
            b']' | b'>' => self.open.last() != Some(mark),
            _ => true,
        };
        if is_shown {
            self.is_starred |= *mark == b'*';
            return;
        }
        match mark {
            b'[' => self.open.push(b']'),
            b'<' => self.open.push(b'>'),
            b']' | b'>' => {
                self.open.pop();
            }
            _ => {}
        }
        edits.blank(at..at + 1);
        self.undone = at + 2;
    }
}

/// Tells whether a name goes on with `text`, after further underscores perhaps.
fn begins_name(mut text: &str) -> bool {
    for _ in 0..UNDERSCORES_MAX {
        match text.strip_prefix("\\_") {
            Some(rest) => text = rest,
            None => break,
        }
    }
    text.starts_with(char::is_alphanumeric)
}

fn is_of_name(letter: char) -> bool {
    letter.is_alphanumeric() || matches!(letter, '_' | '*' | '\\')
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use crate::lookup::document::headings;

    #[test]
    fn names_are_shown_without_the_backslashes_in_them() {
        for (written, shown) in [
            (
                "The `a` cluster\\_tags and a\\_b\\_c.",
                "The `a` cluster_tags and a_b_c.",
            ),
            ("\\_\\_init\\_\\_(self)", "__init__(self)"),
            (
                "| N | T |\n|---|---|\n| <a name=\"input\\_a\"></a> [in\\_a](#input\\_in\\_a) | `x\\_y` |",
                "| N | T |\n|---|---|\n|  [in_a](#input_in_a) | `x\\_y` |",
            ),
            (
                "`Promise`\\<`Record`\\<string, string\\[\\]\\>\\> of",
                "`Promise`<`Record`<string, string[]>> of",
            ),
            ("policy\\_\\* or count\\*", "policy_* or count*"),
        ] {
            assert_eq!(parse(&format!("{written}\n")).text, format!("{shown}\n"));
        }
    }

    #[test]
    fn a_backslash_stays_where_the_mark_would_mean_something_or_it_is_one() {
        for text in [
            "A \\*star\\* and \\_ alone, 2\\*3\\*4.\n",
            "C:\\\\_dir and \\\\\\\\_\n",
            "\\[key: string\\]: any\n",
            "a\\<!-- b --\\> c\n",
            "```\na\\_b\n```\n\n    a\\_b\n\n<p>a\\_b</p>\n",
            "<https://h.example/a\\_b>\n",
        ] {
            assert_eq!(parse(text).text, text);
        }
    }

    #[test]
    fn a_heading_has_no_backslashes() {
        let page = parse("## cluster\\_tags\n\n### [in\\_a](#x)\n\nText.\n");
        let titles: Vec<&str> = headings(&page.blocks)
            .map(|head| head.title.as_str())
            .collect();
        assert_eq!(titles, ["cluster_tags", "in_a"]);
        assert!(page.text.starts_with("## cluster_tags\n"));
    }
}
