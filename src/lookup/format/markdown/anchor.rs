//! The anchors that authors give headings: attributes behind their words, a comment, an empty element on the line above.

use std::ops::Range;

use pulldown_cmark::CowStr;

use crate::lookup::document::Heading;

/// Empty lines that may stand between an anchor and the heading below it, and the line of the anchor.
const LINES_ABOVE_MAX: usize = 3;
/// Bytes of the longest first words of a row: links have addresses.
const NAME_BYTES_MAX: usize = 300;
/// What gives an element its anchor.
const KEYS: [&str; 2] = ["name=", "id="];

/// Returns the anchor in what stands in braces behind the words of a heading: `{#id}`, `{:#id}` of kramdown, `{id="id"}`.
pub(super) fn given(
    id: Option<&CowStr<'_>>,
    attributes: &[(CowStr<'_>, Option<CowStr<'_>>)],
) -> Option<String> {
    let in_attributes = || {
        attributes.iter().find_map(|(key, value)| match value {
            Some(value) if &**key == "id" => Some(value.trim_matches(['"', '\''])),
            Some(_) => None,
            None => key.strip_prefix(":#"),
        })
    };
    let anchor = id.map(|id| &**id).or_else(in_attributes)?;
    (!anchor.is_empty()).then(|| anchor.to_owned())
}

/// Takes the anchor out of a title that ends in `{/*anchor*/}`, as MDX sites write it.
pub(super) fn in_comment(heading: &mut Heading) {
    if let Some((title, rest)) = heading.title.split_once("{/*")
        && let Some((anchor, _)) = rest.split_once("*/}")
    {
        heading.anchor = Some(anchor.trim().to_owned()).filter(|anchor| !anchor.is_empty());
        heading.title = title.trim_end().to_owned();
    }
}

/// Returns the anchor that is all that the line above the one at `start` says, and where that is; there may be an empty line between.
pub(super) fn above(text: &str, start: usize) -> Option<(&str, Range<usize>)> {
    let mut end = start;
    for _ in 0..LINES_ABOVE_MAX {
        let before = text.get(..end)?.strip_suffix('\n')?;
        let from = before.rfind('\n').map_or(0, |at| at + 1);
        let line = before.get(from..)?;
        if !line.trim().is_empty() {
            return alone(line).map(|anchor| (anchor, from..before.len()));
        }
        end = from;
    }
    None
}

/// Returns the anchor that `line` is and nothing else: `<a name="x"></a>`, `<span id="x"></span>`, `<a id="x"/>`.
pub(super) fn alone(line: &str) -> Option<&str> {
    let (tag, rest) = line.trim().strip_prefix('<')?.split_once('>')?;
    let element = ["a", "span", "div"].into_iter().find(|element| {
        tag.strip_prefix(element)
            .is_some_and(|rest| rest.starts_with(' '))
    })?;
    let ends = rest
        .trim()
        .strip_prefix("</")
        .and_then(|rest| rest.strip_suffix('>'));
    let is_ended = ends == Some(element) || rest.is_empty() && tag.ends_with('/');
    is_ended.then(|| KEYS.iter().find_map(|key| value(tag, key)))?
}

/// Returns what `tag` gives the attribute that `key` begins.
pub(super) fn value<'t>(tag: &'t str, key: &str) -> Option<&'t str> {
    let mut places = tag.match_indices(key);
    let (at, _) =
        places.find(|(at, _)| tag.get(..*at).is_some_and(|before| before.ends_with(' ')))?;
    let rest = tag.get(at + key.len()..)?;
    let quote = rest.chars().next().filter(|letter| "\"'".contains(*letter));
    let anchor = match quote {
        Some(quote) => rest.get(1..)?.split(quote).next()?,
        None => rest.split([' ', '/']).next()?,
    };
    (!anchor.is_empty()).then_some(anchor)
}

/// Returns where in `text` the line begins that has an element with the anchor `name`, or what stands below if it has nothing else.
pub(super) fn place_of(text: &str, name: &str) -> Option<usize> {
    let mut start = 0;
    let mut lines = text.split_inclusive('\n').map(|line| {
        start += line.len();
        (start - line.len(), line)
    });
    let has_it = |line: &str| {
        let mut tags = line
            .split('<')
            .skip(1)
            .filter_map(|tag| tag.split('>').next());
        line.contains(name) && tags.any(|tag| KEYS.iter().any(|key| value(tag, key) == Some(name)))
    };
    let Some((place, line)) = lines.find(|(_, line)| has_it(line)) else {
        return named(text, name);
    };
    if alone(line).is_none() {
        return Some(place);
    }
    let below = lines.find(|(_, line)| !line.trim().is_empty() && alone(line).is_none());
    Some(below.map_or(place, |(below, _)| below))
}

/// Returns where in `text` the row or item begins whose first words are the name `name` of an anchor, as `opt-a-b` is that of `a.b`:
/// the tags of such are not shown.
fn named(text: &str, name: &str) -> Option<usize> {
    let letters = |words: &str| -> String {
        let letters = words.chars().filter(|letter| letter.is_alphanumeric());
        letters.flat_map(char::to_lowercase).collect()
    };
    let own = name.split_once(['-', '_']).map_or("", |(_, own)| own);
    let wanted = [letters(name), letters(own)];
    let mut start = 0;
    text.split_inclusive('\n').find_map(|line| {
        let at = start;
        start += line.len();
        let line = line.trim_start();
        let first = if let Some(row) = line.strip_prefix('|') {
            row.split('|').next()
        } else {
            let item = line.strip_prefix(['-', '*', '+'])?;
            let item = item.trim_start_matches([' ', '[']);
            item.strip_prefix('`')?.split('`').next()
        }?;
        let first = first.split("](").next().unwrap_or(first);
        let is_it = first.len() <= NAME_BYTES_MAX && {
            let first = letters(first);
            !first.is_empty() && wanted.contains(&first)
        };
        is_it.then_some(at)
    })
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use super::*;
    use crate::lookup::document::headings;

    fn anchors(text: &str) -> Vec<String> {
        let page = parse(text);
        let anchors = headings(&page.blocks).map(|head| head.anchor.clone().unwrap_or_default());
        anchors.collect()
    }

    #[test]
    fn an_anchor_in_braces_is_that_of_the_heading_however_it_is_written() {
        let text = "# A {#a1}\n\n## B {: #b1 .wide}\n\n## C {:#c1}\n\n## D {id=\"d1\" collapsible=\"true\"}\n\n## E {title=\"x\"}\n";
        assert_eq!(anchors(text), ["a1", "b1", "c1", "d1", ""]);
    }

    #[test]
    fn an_anchor_alone_above_a_heading_is_its_anchor_and_not_shown() {
        let text = "# T\n\nText.\n\n<a name=\"rule-bail\"></a>\n#### bail\n\n<span id='two'></span>\n\n## Two\n\nMore <a id=\"no\"></a>\n## Three\n\n<a name=\"own\"></a>\n## Four {#four}\n\n```\n<a id=\"code\"></a>\n```\n## Five\n";
        assert_eq!(anchors(text), ["", "rule-bail", "two", "", "four", ""]);
        let read = parse(text).text;
        assert!(!read.contains("rule-bail") && !read.contains("span"));
        assert_eq!(read.lines().count(), text.lines().count());
        assert!(read.contains("More \n") && read.contains("<a id=\"code\">"));
    }

    #[test]
    fn an_anchor_of_no_heading_leads_to_its_line_or_what_is_below() {
        let text = "# T\n\n| <a name=\"input_x\"></a> [x](#y) |\n\n<a id=\"alone\"></a>\n\nBelow it.\n\n<a name=\"last\"></a>\n";
        let line = |name: &str| text.get(place_of(text, name)?..)?.lines().next();
        assert_eq!(
            line("input_x"),
            Some("| <a name=\"input_x\"></a> [x](#y) |")
        );
        assert_eq!(line("alone"), Some("Below it."));
        assert_eq!(line("last"), Some("<a name=\"last\"></a>"));
        assert_eq!(line("y"), None);
        let text = "Words.\n\n| `transport.` `address` | Port |\n- [`conf.x`](#b): It.\n";
        let line = |name: &str| text.get(place_of(text, name)?..)?.lines().next();
        assert_eq!(
            line("opt-transport-address"),
            Some("| `transport.` `address` | Port |")
        );
        assert_eq!(line("opt-conf.x"), Some("- [`conf.x`](#b): It."));
        assert_eq!(line("opt-conf"), None);
    }
}
