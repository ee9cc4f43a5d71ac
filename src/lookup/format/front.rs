//! Front matter: what stands before a page of Markdown, between two lines of `---` or `+++`, and says what the page is.

use crate::lookup::document::web_url;

/// Lines of the longest front matter looked for: beyond that `---` is a rule.
const FRONT_MATTER_LINES_MAX: usize = 200;

/// What front matter says about the page.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Front {
    pub(super) title: Option<String>,
    pub(super) url: Option<String>,
}

/// Returns what front matter says, and the text with the front matter blanked, its lines kept.
pub(super) fn split(text: &str) -> (Front, String) {
    let fence = match text.lines().next() {
        Some("---") => "---",
        Some("+++") => "+++",
        _ => return (Front::default(), text.to_owned()),
    };
    let Some(length) = text
        .lines()
        .skip(1)
        .take(FRONT_MATTER_LINES_MAX)
        .position(|line| line.trim_end() == fence)
    else {
        return (Front::default(), text.to_owned());
    };
    let value_of = |keys: &[&str]| {
        text.lines().skip(1).take(length).find_map(|line| {
            let (key, value) = line.split_once([':', '='])?;
            let value = value.trim().trim_matches(['"', '\'']);
            (keys.contains(&key.trim()) && !value.is_empty()).then(|| value.to_owned())
        })
    };
    let front = Front {
        title: value_of(&["title"]),
        url: value_of(&["canonical_url", "url", "permalink"]).and_then(|url| web_url(&url)),
    };
    let mut blanked = "\n".repeat(length + 2);
    for line in text.split_inclusive('\n').skip(length + 2) {
        blanked.push_str(line);
    }
    (front, blanked)
}
