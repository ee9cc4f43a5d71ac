//! The method and the path of an operation, by which it is called: whoever is shown a part of its page needs them as well.

use super::document::Kind;

/// Lines of a page among which they stand: below its title.
const LINES_MAX: usize = 6;
/// Bytes of the longest that are said again.
const BYTES_MAX: usize = 160;

/// Returns the method and the path, as `GET /droplets`, of the operation that a page of `kind` with this `text` describes.
pub(super) fn of_page<'t>(kind: &str, text: &'t str) -> Option<&'t str> {
    if kind != Kind::Operation.name() {
        return None;
    }
    let mut lines = text.lines().take(LINES_MAX);
    lines.find_map(|line| {
        let (endpoint, _) = line.strip_prefix('`')?.split_once('`')?;
        let (method, path) = endpoint.split_once(' ')?;
        let is_method = !method.is_empty() && method.bytes().all(|byte| byte.is_ascii_uppercase());
        (is_method && path.starts_with('/') && endpoint.len() <= BYTES_MAX).then_some(endpoint)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_below_the_title_of_an_operation_says_how_it_is_called() {
        let page = |line: &str| format!("# Drop an anchor\n\n{line}\n\nIt falls.\n");
        let called = page("`POST /ships/{ship}/anchor` · `drop` · let fall");
        assert_eq!(
            of_page("operation", &called),
            Some("POST /ships/{ship}/anchor")
        );
        assert_eq!(of_page("guide", &called), None);
        for other in ["`rpc Drop(Anchor)`", "`mutation /a`", "POST /ships"] {
            assert_eq!(of_page("operation", &page(other)), None, "{other}");
        }
        assert_eq!(
            of_page(
                "operation",
                &page(&format!("`GET /{}`", "x".repeat(BYTES_MAX)))
            ),
            None
        );
    }
}
