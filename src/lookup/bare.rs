//! Lines that hold a place and say nothing: anchors, the targets of links, other files, bare tags and the fences of containers.

use super::passage::fence_of;

/// Spaces from which a line is code, where no item or directive holds it.
const CODE_INDENT: usize = 4;
/// Marks that a container begins and ends with.
const CONTAINER_MARKS_MIN: usize = 3;
/// Elements that show something without words.
const SHOWN: &[&str] = &[
    "img", "picture", "input", "button", "video", "audio", "source", "iframe", "embed", "object",
    "svg", "meta", "link", "script", "style",
];

/// Tells whether no line of `words` says anything.
pub(super) fn says_nothing(words: &str) -> bool {
    let indent = words.len() - words.trim_start_matches(' ').len();
    let mut is_target = false;
    let mut lines = words.lines().peekable();
    std::iter::from_fn(|| Some((lines.next()?, lines.peek().copied()))).all(|(line, below)| {
        let line = line.trim();
        // The address of a target may go on below it.
        let goes_on = is_target && !line.contains(' ');
        is_target = goes_on || holds_place(line) || holds_place_of(line, below);
        is_target
            || line.is_empty()
            || indent < CODE_INDENT
                && (container(line).is_some_and(|called| !has_title(called))
                    || is_bare_markup(line)
                    || is_include(line))
    })
}

/// Tells whether `section` has nothing but the addresses of links, under a heading perhaps.
pub(super) fn is_apparatus(section: &str) -> bool {
    let mut lines = section.lines().peekable();
    let (mut has_one, mut goes_on) = (false, false);
    while let Some(line) = lines.next() {
        let indented = line.starts_with([' ', '\t']);
        let words = line.trim();
        if words.is_empty() || goes_on && indented {
            continue;
        }
        goes_on = holds_place(words) || holds_place_of(words, lines.peek().copied());
        has_one |= goes_on;
        // A line of marks is above or below a heading; a fence may hold anything.
        let is_mark =
            |line: &str| !line.contains(char::is_alphanumeric) && fence_of(line).is_none();
        let is_heading = words.starts_with('#')
            || lines
                .peek()
                .is_some_and(|below| !below.trim().is_empty() && is_mark(below));
        if !(goes_on || !indented && (is_heading || is_mark(words))) {
            return false;
        }
    }
    has_one
}

/// Tells whether `line` is a label or a target: `.. _name:`, `.. _name: address`, `__ address`, `[name]: address`, in an item or by itself.
fn holds_place(line: &str) -> bool {
    let mut marks = ["- ", "* ", "+ ", "#. "].iter();
    let item = marks.find_map(|mark| line.strip_prefix(mark));
    let line = item.unwrap_or(line).trim_start();
    let address = if let Some(target) = line.strip_prefix(".. _") {
        // A name in backquotes may hold colons.
        let end = match target.strip_prefix('`') {
            Some(quoted) => quoted.find('`').map(|at| at + 2),
            None => Some(0),
        };
        let rest = end.and_then(|end| target.get(end..));
        rest.and_then(|rest| rest.split_once(':'))
            .map(|(_, address)| address)
    } else if let Some(address) = line.strip_prefix("__ ") {
        Some(address)
    } else {
        let named = line.strip_prefix('[').filter(|name| !name.starts_with('^'));
        named
            .and_then(|named| named.split_once("]: "))
            .map(|(_, address)| address)
            .filter(|address| !address.trim().is_empty())
    };
    address.is_some_and(|address| is_address(address.trim()))
}

/// Tells whether `line` is the name of a target whose address is all that stands `below`, further in: `[name]:`.
fn holds_place_of(line: &str, below: Option<&str>) -> bool {
    let name = line
        .strip_prefix('[')
        .and_then(|name| name.strip_suffix("]:"));
    let is_name = name.is_some_and(|name| !name.is_empty() && !name.starts_with('^'));
    let address = below.filter(|below| below.starts_with([' ', '\t']));
    let address = address.map(str::trim).filter(|it| !it.is_empty());
    is_name && address.is_some_and(is_address)
}

/// Tells whether `address` is one word, with a title at most.
fn is_address(address: &str) -> bool {
    let rest = address
        .split_once(' ')
        .map_or("", |(_, rest)| rest.trim_start());
    rest.is_empty() || rest.starts_with(['"', '\'', '('])
}

/// Returns what is behind the marks of a line that opens or closes a container, nothing where it closes one: `:::`, `::: tip Ropes`,
/// `:::{note}`, `//// collapse-code`, `/// note | Ropes`.
pub(super) fn container(line: &str) -> Option<&str> {
    let line = line.trim();
    let mark = line
        .chars()
        .next()
        .filter(|mark| [':', '/'].contains(mark))?;
    let called = line.trim_start_matches(mark);
    if line.len() - called.len() < CONTAINER_MARKS_MIN {
        return None;
    }
    let called = called.trim_start();
    // Three slashes begin a comment as well.
    let name = called
        .split_once('|')
        .map_or(called, |(name, _)| name.trim_end());
    let is_one = match mark {
        ':' => called.starts_with(|first: char| first.is_alphabetic() || first == '{'),
        _ => !name.contains(char::is_whitespace),
    };
    (called.is_empty() || is_one).then_some(called)
}

/// Tells whether a container is said to be more than of some kind: `tip Ropes`, `note[Ropes]`, `note{title="Ropes"}`.
pub(super) fn has_title(called: &str) -> bool {
    called.contains([' ', '[', '='])
}

/// Tells whether `line` stands for another file, as AsciiDoc has it: `include::options.adoc[]`.
fn is_include(line: &str) -> bool {
    let file = line.strip_prefix("include::");
    file.is_some_and(|file| file.ends_with(']') && !file.contains(' '))
}

/// Tells whether there are only tags and comments in `line`, none of which shows anything.
fn is_bare_markup(line: &str) -> bool {
    let mut rest = line;
    while let Some(tag) = rest.strip_prefix('<') {
        let after = match tag.strip_prefix("!--") {
            Some(comment) => comment.split_once("-->").map(|(_, after)| after),
            None => tag
                .split_once('>')
                .filter(|(tag, _)| is_bare_tag(tag))
                .map(|(_, after)| after),
        };
        let Some(after) = after else {
            return false;
        };
        rest = after.trim_start();
    }
    rest.is_empty()
}

/// Tells whether `tag` is of an element of HTML that shows nothing by itself; those of other makers may say something by their attributes.
fn is_bare_tag(tag: &str) -> bool {
    let name = tag.trim_start_matches('/');
    let end = name.find([' ', '/']).unwrap_or(name.len());
    let name = name.get(..end).unwrap_or_default();
    let mut letters = name.bytes();
    let is_plain = letters.all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit());
    is_plain && !name.is_empty() && !SHOWN.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_alone_are_no_text() {
        for section in [
            "[1]: https://h.example\n[ropes]: /ropes \"Ropes\"\n",
            "## Links\n\n[1]: https://h.example\n",
            "Notes\n-----\n\n.. _Ropes: https://h.example\n",
            "[`haul`]:\n    https://h.example/a#haul\n[2]: https://h.example\n",
        ] {
            assert!(is_apparatus(section), "{section}");
        }
        for section in [
            "",
            "## Links\n",
            "Ropes are long.\n\n[1]: https://h.example\n",
            "[1]: https://h.example\n\nRopes are long.\n",
            "## Links\n\n- [ropes](/ropes)\n",
            "```\n[1]: https://h.example\n```\n",
            "[x]: Ropes are long.\n",
            "[x]:\n    Ropes are long.\n",
            "[^1]: Ropes are long.\n",
        ] {
            assert!(!is_apparatus(section), "{section}");
        }
    }

    #[test]
    fn lines_that_hold_a_place_say_nothing() {
        for words in [
            ".. _feed-options:\n",
            "    .. _rope-colour:\n",
            ".. _`a: b`: https://h.example/a\n",
            ".. _Ropes:\n   https://h.example/a/long/one\n__ https://h.example\n",
            "-   .. _broad-crawls-bfo:\n",
            "[1]: https://h.example \"Ropes\"\n[ropes]: /ropes\n",
            "[`haul`]:\n    https://h.example/a#haul\n",
            "<a id=\"first-server\"></a>\n",
            "<div align=\"center\">\n <br/>\n",
            "<!-- a note --></p>\n",
            "//// collapse-code\n",
            "::: tip\n",
            ":::{note}\n",
            "include::options.adoc[]\ninclude::rope/{kind}.adoc[leveloffset=1]\n",
        ] {
            assert!(says_nothing(words), "{words}");
        }
        for words in [
            "::: tip Ropes\n",
            ".. _ropes: see below\n",
            ".. note:: Ropes\n",
            "[^1]: Ropes are long.\n",
            "[x]: Ropes are long.\n",
            "[x]:\n    Ropes are long.\n",
            "[x]:\nropes\n",
            "[^1]: Ropes are long.\n",
            "<img src=a.png alt=\"Ropes\">\n",
            "<Rope length=\"30\"/>\n",
            "<p>Ropes</p>\n",
            "    <div>\n",
            "/// admonition | Ropes\n",
            "::: warning The rope may break\n",
            ":::note[Ropes]\n",
            "/// The rope may break\n",
            "- [ropes](/ropes)\n",
            "// Ropes.\n",
            "include::options.adoc[] and more\n",
        ] {
            assert!(!says_nothing(words), "{words}");
        }
    }
}
