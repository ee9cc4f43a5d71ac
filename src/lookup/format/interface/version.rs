//! The version that a description of an interface gives itself, read off its beginning.

use crate::lookup::format::fit_version;

/// Returns `version` of `info` in `head`, the first bytes of a description in JSON or YAML, if it stands there.
pub(in crate::lookup::format) fn of_info(head: &str) -> Option<String> {
    let version = if head
        .trim_start_matches('\u{feff}')
        .trim_start()
        .starts_with('{')
    {
        of_json(head)
    } else {
        of_yaml(head)
    };
    fit_version(version?)
}

/// In a text of JSON the quotes of a key are those of no text: they have no backslash before them.
fn of_json(head: &str) -> Option<&str> {
    let info = head.split_once("\"info\"")?.1;
    let mut places = info.match_indices("\"version\"");
    let (at, key) = places.find(|(at, _)| {
        let before = info.get(..*at).unwrap_or_default();
        before.trim_end().ends_with(['{', ','])
    })?;
    let value = info.get(at + key.len()..)?.trim_start();
    let value = value.strip_prefix(':')?.trim_start();
    value
        .strip_prefix('"')?
        .split_once('"')
        .map(|(text, _)| text)
}

/// The keys of `info` are those that stand as far in as the first of them.
fn of_yaml(head: &str) -> Option<&str> {
    let mut lines = head.lines().skip_while(|line| line.trim_end() != "info:");
    lines.next()?;
    let mut lines =
        lines.filter(|line| !line.trim().is_empty() && !line.trim_start().starts_with('#'));
    let depth = |line: &str| line.len() - line.trim_start().len();
    let first = lines.next()?;
    let inside = depth(first);
    let found = std::iter::once(first)
        .chain(lines)
        .take_while(|line| depth(line) > 0)
        .filter(|line| depth(line) == inside)
        .find_map(|line| line.trim_start().strip_prefix("version:"))?;
    let value = found.split(" #").next()?.trim();
    let quoted = |quote: char| value.strip_prefix(quote)?.strip_suffix(quote);
    Some(quoted('"').or_else(|| quoted('\'')).unwrap_or(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_of_info_is_read_off_the_first_bytes() {
        for (head, version) in [
            (
                "{\"openapi\": \"3.0.3\",\n \"info\": {\"title\": \"A\", \"version\": \"23.0.2\", \"x\"",
                Some("23.0.2"),
            ),
            (
                "{\"info\":{\"description\":\"say \\\"version\\\": \\\"9\\\"\",\"version\":\"1.0\"}",
                Some("1.0"),
            ),
            ("{\"openapi\": \"3.0.3\", \"paths\": {}", None),
            ("{\"info\": {\"version\": 2}", None),
            ("{\"info\": {\"version\": \"cut of", None),
            (
                "openapi: 3.0.3\ninfo:\n  title: A\n  contact:\n    version: 7\n\n  version: '2.1' # next\npaths:\n",
                Some("2.1"),
            ),
            (
                "openapi: 3.0.3\ninfo:\n  title: A\npaths:\n  version: 3\n",
                None,
            ),
            ("info:\n    version: 0.1.93\n", Some("0.1.93")),
            ("info:\n  version: the newest of all\n", None),
            ("info:", None),
            ("", None),
        ] {
            assert_eq!(of_info(head).as_deref(), version, "{head}");
        }
    }
}
