//! What Microsoft's documentation has beside Markdown: names are shown as names, pictures by their words, and nothing of what only
//! lays out a page.

use super::edits::Edits;

/// Marks of what such documentation has beside Markdown.
const MARKS: [&str; 2] = [":::", "[!div"];
/// What only lays out a page, or says for whom a part of it is.
const LAYOUT: &[&str] = &[
    "zone",
    "zone-end",
    "moniker",
    "moniker-end",
    "row",
    "row-end",
    "column",
    "column-end",
    "image-end",
];
/// Pictures in one line: a row of a table has a few.
const PICTURES_MAX: usize = 100;

/// Tells whether there may be lines in `text` to be shown otherwise.
pub(super) fn is_in(text: &str) -> bool {
    MARKS.iter().any(|mark| text.contains(mark))
}

/// Shows `line`, which begins at `start`, as it is meant.
pub(super) fn show(line: &str, start: usize, edits: &mut Edits) {
    let words = line.trim_start_matches([' ', '\t', '>']);
    let called = words.strip_prefix(":::").map(str::trim_start);
    let called = called.and_then(|called| called.split([' ', ':']).next());
    let is_layout = called.is_some_and(|called| LAYOUT.contains(&called.trim_end()));
    if is_layout || words.starts_with("[!div") && words.len() < line.len() {
        edits.blank(start..start + line.len());
        return;
    }
    let mut at = 0;
    for _ in 0..PICTURES_MAX {
        let Some((before, picture)) = line.get(at..).and_then(|rest| rest.split_once(":::image "))
        else {
            return;
        };
        let from = at + before.len();
        let Some((said, _)) = picture.split_once(":::") else {
            return;
        };
        let behind = from + ":::image ".len() + said.len() + ":::".len();
        let words = attribute(said, "alt-text").unwrap_or_default();
        edits.show(start + from..start + behind, words.to_owned());
        at = behind;
    }
}

/// Returns what `said` gives the attribute `key`: `key="value"`.
pub(super) fn attribute<'t>(said: &'t str, key: &str) -> Option<&'t str> {
    let mut places = said.match_indices(key);
    places.find_map(|(at, _)| {
        let before = said.get(..at)?;
        let value = said.get(at + key.len()..)?.strip_prefix("=\"")?;
        let is_apart = before.is_empty() || before.ends_with(' ');
        is_apart.then(|| value.split('"').next())?
    })
}

/// Returns how the reference `uid` to something of an interface is shown: the last two of its names as code.
pub(super) fn reference(uid: &str) -> String {
    let uid = uid.split(['?', '(']).next().unwrap_or(uid);
    let uid = uid
        .replace("%2A", "*")
        .replace("%2a", "*")
        .replace("%60", "`");
    let name = uid.trim_end_matches('*');
    if name.contains('/') {
        return name.to_owned();
    }
    let dots = name.rmatch_indices('.').nth(1);
    let last = dots.and_then(|(at, _)| name.get(at + 1..)).unwrap_or(name);
    // A backquote stands before the number of parameters of a type.
    let mut shown = String::with_capacity(last.len() + 2);
    let mut is_number = false;
    for letter in last.chars() {
        is_number = letter == '`' || is_number && letter.is_ascii_digit();
        if !is_number {
            shown.push(letter);
        }
    }
    format!("`{shown}`")
}

/// Tells whether a link leads to one of several tabs: a heading of it is no heading, for what is below all tabs is not below the last.
pub(super) fn is_tab(address: &str) -> bool {
    address.starts_with("#tab/")
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use crate::lookup::document::headings;

    #[test]
    fn references_to_an_interface_are_names_and_links_to_pages_words() {
        let text = "Call <xref:Microsoft.EF.DbContext.SaveChanges*> or <xref:A.B.DbSet`1.Find%2A?displayProperty=nameWithType>, see\n[**keys** and `b`](xref:core/keys#a) and <xref:core/index>.\n";
        assert_eq!(
            parse(text).text,
            "Call `DbContext.SaveChanges` or `DbSet.Find`, see\n**keys** and `b` and core/index.\n"
        );
    }

    #[test]
    fn what_lays_out_is_not_shown_and_a_picture_by_its_words() {
        let text = ":::zone pivot=\"a\"\n\nText.\n\n- One\n\n  :::image type=\"content\" source=\"a.png\" alt-text=\"The bell.\" lightbox=\"b.png\":::\n\n:::zone-end\n\n> [!div class=\"step\"]\n> [Next](b.md)\n\n```\n:::zone\n```\n";
        assert_eq!(
            parse(text).text,
            "\n\nText.\n\n- One\n\n  The bell.\n\n\n\n\n> [Next](b.md)\n\n```\n:::zone\n```\n"
        );
    }

    #[test]
    fn tabs_are_text_of_the_heading_that_they_are_below() {
        let text = "## Install\n\n# [CLI](#tab/cli)\n\nType.\n\n# [Visual \\_Studio](#tab/vs)\n\nClick.\n\n***\n\nThen go on.\n";
        let page = parse(text);
        assert_eq!(
            page.text,
            "## Install\n\nCLI:\n\nType.\n\nVisual _Studio:\n\nClick.\n\n***\n\nThen go on.\n"
        );
        let titles: Vec<&str> = headings(&page.blocks)
            .map(|head| head.title.as_str())
            .collect();
        assert_eq!(titles, ["Install"]);
    }
}
