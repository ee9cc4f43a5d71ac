//! Pages of HTML, written piece by piece. Markup comes from this program alone, as its type says; all else is text, and escaped.

use url::form_urlencoded;

/// What all pages look like: colours for light and dark, type and tables. Nothing is fetched for it.
pub(super) const STYLE: &str = "
:root { color-scheme: light dark; --ink: #1c2430; --dim: #5b6675; --line: #d9dee5; --paper: #fff; --before: #c3ccd8; --after: #2563c9; --good: #1a7f4b }
@media (prefers-color-scheme: dark) { :root { --ink: #e6eaf0; --dim: #9aa5b4; --line: #333c48; --paper: #14181e; --before: #4a5564; --after: #6ea3ff; --good: #58c48d } }
body { margin: 2rem auto; padding: 0 1rem; max-width: 60rem; font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper) }
h1 { font-size: 1.4rem } h2 { font-size: 1.1rem; margin-top: 2.5rem }
.dim, figcaption { color: var(--dim); font-size: .9rem } figure { margin: 0 }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums }
th, td { text-align: right; padding: .3rem .6rem; border-bottom: 1px solid var(--line) } th:first-child, td:first-child { text-align: left; overflow-wrap: anywhere }
th { font-weight: 500; color: var(--dim) }
";

/// A page, or a part of one.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Html(String);

impl Html {
    /// Appends markup.
    pub(super) fn tag(&mut self, markup: &'static str) -> &mut Self {
        self.0.push_str(markup);
        self
    }

    /// Appends text.
    pub(super) fn text(&mut self, text: &str) -> &mut Self {
        self.0.push_str(&escaped(text));
        self
    }

    /// Appends another part.
    pub(super) fn part(&mut self, part: &Self) -> &mut Self {
        self.0.push_str(&part.0);
        self
    }

    /// Appends a link to a page of ours at `path`, asked with `query`.
    pub(super) fn link(
        &mut self,
        path: &'static str,
        query: &[(&str, &str)],
        text: &str,
    ) -> &mut Self {
        self.tag("<a href=\"").text(path);
        if !query.is_empty() {
            let query = form_urlencoded::Serializer::new(String::new())
                .extend_pairs(query)
                .finish();
            self.text("?").text(&query);
        }
        self.tag("\">").text(text).tag("</a>")
    }

    /// Returns the markup.
    pub(super) fn into_string(self) -> String {
        self.0
    }
}

/// Returns `text` as it stands in a page or in a quoted attribute. Characters that turn the text around them, or that no page may
/// have, are shown as `�`.
pub(super) fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len() + text.len() / 16);
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            '\n' | '\t' => safe.push(letter),
            '\u{061c}'
            | '\u{200e}'
            | '\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2066}'..='\u{2069}' => safe.push('\u{fffd}'),
            _ if letter.is_control() => safe.push('\u{fffd}'),
            _ => safe.push(letter),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_cannot_become_markup_nor_leave_its_attribute_nor_turn_around() {
        assert_eq!(
            escaped("<script>\"a\" & 'b'\u{202e}\u{0}\n\té"),
            "&lt;script&gt;&quot;a&quot; &amp; &#39;b&#39;\u{fffd}\u{fffd}\n\té"
        );
    }

    #[test]
    fn what_a_link_asks_for_is_one_value_each() {
        let mut page = Html::default();
        page.link("/read", &[("ref", "a:b.md#c&d=\"><x>"), ("n", "1")], "<b>");
        assert_eq!(
            page.into_string(),
            "<a href=\"/read?ref=a%3Ab.md%23c%26d%3D%22%3E%3Cx%3E&amp;n=1\">&lt;b&gt;</a>"
        );
    }
}
