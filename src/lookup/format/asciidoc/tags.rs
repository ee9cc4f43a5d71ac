//! Which lines of a file `include::` means: those between the marks of tags (`tag::name[]`, `end::name[]`), and those of numbers.

use std::collections::HashMap;

use super::super::taken;

/// Tags within one another: beyond that marks are not looked at.
const OPEN_MAX: usize = 100;

/// Returns the lines of `text` that are between the marks of the tags that are `asked` for (`a;!b`, `*`, `**`), none of which is
/// a line with a mark; without any asked for, those of the whole text.
pub(super) fn tagged<'t>(text: &'t str, asked: Option<&str>) -> Vec<&'t str> {
    let mut chosen = Chosen::of(asked.unwrap_or("**"));
    text.lines().filter(|line| chosen.has(line)).collect()
}

/// Returns the lines of `text` that `numbers` mean, from 1: `1;3..5;9..`.
pub(super) fn numbered<'t>(text: &'t str, numbers: &'t str) -> Vec<&'t str> {
    let number = |text: &str| text.trim().parse::<usize>().ok();
    let is_meant = taken::ranges(numbers.split([',', ';']), |range| {
        match range.split_once("..") {
            // The last line is told by nothing, or by -1.
            Some((first, last)) => Some((number(first)?, number(last).unwrap_or(usize::MAX))),
            None => number(range).map(|only| (only, only)),
        }
    });
    let lines = text.lines().zip(1..);
    lines
        .filter(|(_, at)| is_meant(*at))
        .map(|(line, _)| line)
        .collect()
}

/// Which lines are meant, as Asciidoctor has it.
struct Chosen<'a> {
    /// Of each tag that is named whether its lines are meant.
    tags: HashMap<&'a str, bool>,
    /// Whether the lines of tags that are not named are, if anything is said of them.
    others: Option<bool>,
    /// Whether lines outside of tags are.
    outside: bool,
    /// The tags that are open, and whether the lines in each are meant.
    open: Vec<(String, bool)>,
}

impl<'a> Chosen<'a> {
    fn of(asked: &'a str) -> Self {
        let parts = asked.split([',', ';']).map(str::trim);
        let parts = parts.filter(|part| !part.is_empty() && *part != "!");
        let said: Vec<(&str, bool)> = parts
            .map(|part| {
                part.strip_prefix('!')
                    .map_or((part, true), |tag| (tag, false))
            })
            .collect();
        let first = said.first().copied().unwrap_or(("", true));
        let mut tags: HashMap<&str, bool> = said.into_iter().collect();
        let all = tags.remove("**");
        let any = tags.remove("*");
        let outside = match (all, any) {
            (Some(all), _) => all,
            (None, Some(any)) => first.0 == "*" && !any,
            (None, None) => !tags.values().any(|is_meant| *is_meant),
        };
        let are_others = all == Some(false) && !first.1 && first.0 != "**";
        Self {
            others: any.or(are_others.then_some(true)),
            tags,
            outside,
            open: Vec::new(),
        }
    }

    /// Tells whether `line`, the next, is meant.
    fn has(&mut self, line: &str) -> bool {
        let is_inside = self.open.last().map_or(self.outside, |(_, inside)| *inside);
        let Some((is_end, tag)) = mark(line) else {
            return is_inside;
        };
        let is_meant = match (self.tags.get(tag), self.others) {
            (Some(named), _) => Some(*named),
            (None, Some(others)) => Some(others && (self.open.is_empty() || is_inside)),
            (None, None) => None,
        };
        if is_end {
            if let Some(at) = self.open.iter().rposition(|(open, _)| open == tag) {
                self.open.remove(at);
            }
        } else if let Some(is_meant) = is_meant
            && self.open.len() < OPEN_MAX
        {
            self.open.push((tag.to_owned(), is_meant));
        }
        false
    }
}

/// Returns the tag that `line` marks the beginning or the end of, and which: `// tag::a[]`, `# end::a[]`.
fn mark(line: &str) -> Option<(bool, &str)> {
    let (before, behind) = line.split_once("::")?;
    let (tag, rest) = behind.split_once("[]")?;
    let word = before
        .rsplit(|letter: char| !letter.is_alphanumeric())
        .next();
    let is_end = match word? {
        "tag" => false,
        "end" => true,
        _ => return None,
    };
    let is_name = !tag.is_empty() && !tag.contains(char::is_whitespace);
    let is_apart = rest.is_empty() || rest.starts_with([' ', '\t', '-', '*', '/']);
    (is_name && is_apart).then_some((is_end, tag))
}

#[cfg(test)]
mod tests {
    use super::*;

    const CODE: &str = "top\n// tag::a[]\none\n# tag::b[]\ntwo\n<!-- end::b[] -->\n/* end::a[] */\nmid\n// tag::c[]\nthree\n// end::c[]\nend\n";

    #[test]
    fn the_lines_of_tags_are_those_that_asciidoctor_has() {
        for (asked, lines) in [
            (None, "top one two mid three end"),
            (Some("a"), "one two"),
            (Some("b;c"), "two three"),
            (Some("b,c"), "two three"),
            (Some("a;!b"), "one"),
            (Some("!b"), "top one mid three end"),
            (Some("*"), "one two three"),
            (Some("**"), "top one two mid three end"),
            (Some("**;!*"), "top mid end"),
            (Some("*;!c"), "one two"),
            (Some("none"), ""),
            (Some("a;a;;"), "one two"),
        ] {
            assert_eq!(tagged(CODE, asked).join(" "), lines, "{asked:?}");
        }
    }

    #[test]
    fn lines_are_meant_by_numbers_and_ranges_without_an_end() {
        let text = "1\n2\n3\n4\n5\n6\n";
        for (numbers, lines) in [
            ("2..3", "23"),
            ("1;5..", "156"),
            ("1,4..-1", "1456"),
            ("x", ""),
        ] {
            assert_eq!(numbered(text, numbers).concat(), lines, "{numbers}");
        }
    }
}
