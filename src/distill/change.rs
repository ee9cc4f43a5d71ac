//! A file that was shown before and has changed since: the lines that did, as a unified diff.
//!
//! ```text
//! changed since h7:
//! @@ -12,3 +12,4 @@     as `diff -u` writes it, with three lines around each change
//! ```

use std::fmt::Write as _;

use similar::{Algorithm, ChangeTag, DiffOp, capture_diff_slices, group_diff_ops};

/// Lines shown on both sides of a change: as many as `diff -u` shows.
const CONTEXT_LINES: usize = 3;

/// Lines of both texts between their common start and end: comparing takes their number times that of the changes, and
/// a text with more changes than a few hundred is better read anew.
const LINES_MAX: usize = 8_000;

/// Begins the line after the last line of a text that does not end in one.
const NO_LINE_END: &str = "\\ no line end\n";

/// Returns what turns `old`, known as `handle`, into `new`, or `None` if the two have too little in common.
pub(super) fn change(old: &str, new: &str, handle: &str) -> Option<String> {
    let (old, new) = (lines(old), lines(new));
    let same = |pairs: &mut dyn Iterator<Item = (&&str, &&str)>| {
        pairs.take_while(|(old, new)| old == new).count()
    };
    let start = same(&mut old.iter().zip(&new));
    let end = same(&mut old.iter().rev().zip(new.iter().rev()));
    if (old.len() + new.len()).saturating_sub(2 * start + end) > LINES_MAX {
        return None;
    }
    let ops = capture_diff_slices(Algorithm::Myers, &old, &new);
    let mut out = format!("changed since {handle}:\n");
    for hunk in group_diff_ops(ops, CONTEXT_LINES) {
        write_hunk(&hunk, &old, &new, &mut out)?;
    }
    Some(out)
}

fn write_hunk(hunk: &[DiffOp], old: &[&str], new: &[&str], out: &mut String) -> Option<()> {
    let (first, last) = (hunk.first()?, hunk.last()?);
    let (from, to) = (
        first.old_range().start..last.old_range().end,
        first.new_range().start..last.new_range().end,
    );
    let _ = writeln!(
        out,
        "@@ -{},{} +{},{} @@",
        from.start + 1,
        from.len(),
        to.start + 1,
        to.len()
    );
    for change in hunk.iter().flat_map(|op| op.iter_changes(old, new)) {
        out.push(match change.tag() {
            ChangeTag::Equal => ' ',
            ChangeTag::Delete => '-',
            ChangeTag::Insert => '+',
        });
        out.push_str(change.value());
        if !change.value().ends_with('\n') {
            out.push('\n');
            out.push_str(NO_LINE_END);
        }
    }
    Some(())
}

/// Returns what `change` makes of `old`, or `None` if it is no change of that text; for checking.
pub(super) fn apply(old: &str, change: &str) -> Option<String> {
    let mut old = lines(old).into_iter().enumerate();
    let mut new = String::new();
    let (_, hunks) = change.split_once('\n')?;
    let mut changes = hunks.split_inclusive('\n').peekable();
    while let Some(line) = changes.next() {
        let is_unended = changes.next_if(|next| *next == NO_LINE_END).is_some();
        let text = line.get(1..)?;
        let text = if is_unended {
            text.strip_suffix('\n')?
        } else {
            text
        };
        match line.as_bytes().first()? {
            b'@' => {
                let (start, _) = text.strip_prefix("@ -")?.split_once(',')?;
                let start: usize = start.parse().ok()?;
                while old.len() > 0 && old.clone().next()?.0 + 1 < start {
                    new.push_str(old.next()?.1);
                }
            }
            b' ' if old.next()?.1 == text => new.push_str(text),
            b'-' if old.next()?.1 == text => {}
            b'+' => new.push_str(text),
            _ => return None,
        }
    }
    new.extend(old.map(|(_, line)| line));
    Some(new)
}

fn lines(text: &str) -> Vec<&str> {
    text.split_inclusive('\n').collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn numbered(word: &str, lines: usize) -> String {
        (1..=lines).fold(String::new(), |mut text, number| {
            let _ = writeln!(text, "{word}{number}");
            text
        })
    }

    #[test]
    fn a_change_shows_the_lines_that_changed() {
        let old = numbered("line ", 40);
        let new = old.replace("line 20\n", "line twenty\nand more\n");
        assert_eq!(
            change(&old, &new, "h7").unwrap(),
            "changed since h7:\n@@ -17,7 +17,8 @@\n line 17\n line 18\n line 19\n-line 20\n+line twenty\n+and more\n line 21\n line 22\n line 23\n"
        );
    }

    #[test]
    fn texts_with_nothing_in_common_are_not_compared_line_by_line() {
        let old = numbered("a", LINES_MAX);
        assert_eq!(change(&old, &old.replace('a', "b"), "h7"), None);
        let new = old.replace("a17\n", "");
        let change = change(&old, &new, "h7").unwrap();
        assert_eq!(apply(&old, &change), Some(new));
    }

    #[test]
    fn a_change_from_anywhere_is_refused_where_it_does_not_fit() {
        for change in ["", "x", "x\n@@ -9,1", "x\n-b\n", "x\n?\n", "x\né\n"] {
            assert_eq!(apply("a\n", change).filter(|text| text != "a\n"), None);
        }
    }

    proptest! {
        #[test]
        fn a_change_makes_the_new_text_of_the_old(
            old in prop::collection::vec("[ab\\\\@+-]{0,2}\r?", 0..30),
            new in prop::collection::vec("[ab\\\\@+-]{0,2}\r?", 0..30),
            ends in (any::<bool>(), any::<bool>()),
        ) {
            let text = |lines: Vec<String>, ends: bool| lines.join("\n") + if ends { "\n" } else { "" };
            let (old, new) = (text(old, ends.0), text(new, ends.1));
            let change = change(&old, &new, "h7").unwrap();
            prop_assert_eq!(apply(&old, &change), Some(new));
        }
    }
}
