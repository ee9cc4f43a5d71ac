//! Tags within words that show nothing by themselves, and the padding of tables: both cost whoever reads them much and say nothing.

use std::ops::Range;

use super::anchor;
use super::edits::Edits;

/// Elements of which only the words show.
const SHOWN_AS_WORDS: [&str; 4] = ["span", "nobr", "font", "wbr"];
/// Bytes of a line that may be an anchor alone.
const ANCHOR_BYTES_MAX: usize = 300;
/// Signs of a rule in a table.
const RULE_SIGNS: [char; 5] = ['|', '-', ':', ' ', '\t'];
/// Dashes that a rule of a table needs.
const DASHES: usize = 3;

/// The elements `a` that are open in a paragraph or a cell: whether they are hidden.
#[derive(Default)]
pub(super) struct Tags(Vec<bool>);

impl Tags {
    /// Forgets what is open.
    pub(super) fn begin(&mut self) {
        self.0.clear();
    }

    /// Hides the tag at `range` of `text` if it shows nothing. `line` is where its line lies.
    pub(super) fn add(
        &mut self,
        text: &str,
        range: &Range<usize>,
        line: &Range<usize>,
        edits: &mut Edits,
    ) {
        let tag = text.get(range.clone()).unwrap_or_default();
        let inside = tag.trim_start_matches('<').trim_end_matches('>');
        let end = inside
            .get(1..)
            .and_then(|rest| rest.find([' ', '\t', '\n', '/']));
        let name = end.map_or(inside, |end| inside.get(..=end).unwrap_or_default());
        // An anchor alone in its line leads to what is below.
        let is_alone = || {
            let line = Some(line.clone()).filter(|line| line.len() <= ANCHOR_BYTES_MAX);
            line.and_then(|line| anchor::alone(text.get(line)?))
                .is_some()
        };
        let is_hidden = match name {
            "a" => {
                let address = anchor::value(inside, "href=");
                let leads_on = address.is_some_and(|address| !address.starts_with('#'));
                let is_hidden = !leads_on && !is_alone();
                if !inside.ends_with('/') {
                    self.0.push(is_hidden);
                }
                is_hidden
            }
            "/a" => self.0.pop().unwrap_or_default(),
            _ => SHOWN_AS_WORDS.contains(&name.trim_start_matches('/')) && !is_alone(),
        };
        if is_hidden {
            edits.blank(range.clone());
        }
    }
}

/// Shows `tag`, which stands in a cell of a table at `range`, as a space if it ends a line there.
pub(super) fn line_end(tag: &str, range: Range<usize>, edits: &mut Edits) {
    let is_end = ["<br>", "<br/>", "<br />"]
        .iter()
        .any(|end| tag.eq_ignore_ascii_case(end));
    if is_end {
        edits.show(range, " ".to_owned());
    }
}

/// Hides what only makes the columns of the table at `range` of `text` equally wide.
pub(super) fn narrow(text: &str, range: &Range<usize>, edits: &mut Edits) {
    let mut start = range.start;
    let table = text.get(range.clone()).unwrap_or_default();
    for line in table.split_inclusive('\n') {
        for (at, _) in line.match_indices('|') {
            let (before, rest) = line.split_at_checked(at).unwrap_or((line, ""));
            let words = before.trim_end_matches(' ');
            if before.ends_with('\\') {
                continue;
            }
            // What is before the first cell is no padding, and what is behind a bar was seen there.
            let is_padded = words.len() + 1 < at && !words.is_empty() && !words.ends_with('|');
            if is_padded {
                edits.blank(start + words.len()..start + at - 1);
            }
            let behind = rest.get(1..).unwrap_or_default();
            let blank = behind.len() - behind.trim_start_matches(' ').len();
            if blank > 1 {
                edits.blank(start + at + 2..start + at + 1 + blank);
            }
        }
        if line.trim_end().contains("----")
            && line.trim_end().chars().all(|it| RULE_SIGNS.contains(&it))
        {
            rule(line, start, edits);
        }
        start += line.len();
    }
}

/// Shortens the dashes of a rule that begins at `start`.
fn rule(line: &str, start: usize, edits: &mut Edits) {
    let mut dashes = 0;
    for (at, sign) in line.bytes().chain([b'\n']).enumerate() {
        if sign == b'-' {
            dashes += 1;
            continue;
        }
        if dashes > DASHES {
            edits.blank(start + at - dashes + DASHES..start + at);
        }
        dashes = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::super::parse;

    #[test]
    fn tags_that_show_nothing_are_not_shown() {
        for (written, shown) in [
            (
                "| F | D |\n|---|---|\n| <a id=\"o-x\" href=\"#o-x\" title=\"#o-x\">`t.`<br />`x`</a> | It <b>is</b>. |",
                "| F | D |\n|---|---|\n| `t.` `x` | It <b>is</b>. |",
            ),
            (
                "- <span id=\"opt-a\">[`a`](#opt-a)</span> <nobr>so long</nobr>",
                "- [`a`](#opt-a) so long",
            ),
            (
                "Go <a href=\"/b\">there</a> or <a name=\"c\"></a>here.",
                "Go <a href=\"/b\">there</a> or here.",
            ),
            ("## <a id=\"x\"></a>Head", "## <a id=\"x\"></a>Head"),
            (
                "<a id=\"alone\"></a>\n\nBelow.",
                "<a id=\"alone\"></a>\n\nBelow.",
            ),
            ("A line<br>of two `<span>`.", "A line<br>of two `<span>`."),
        ] {
            assert_eq!(parse(&format!("{written}\n")).text, format!("{shown}\n"));
        }
    }

    #[test]
    fn tables_are_no_wider_than_their_words() {
        let text = "| Name   |  What        |\n|:-------|:------------:|\n| `a  b` |      x  \\|  y |\n|        |              |\n";
        assert_eq!(
            parse(text).text,
            "| Name | What |\n|:---|:---:|\n| `a  b` | x  \\|  y |\n| | |\n"
        );
        let code = format!("```\n{text}```\n");
        assert_eq!(parse(&code).text, code);
    }
}
