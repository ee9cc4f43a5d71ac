//! Sections that only say what the page is called, as those above its first chapter: what stands below is shown with them.

use super::citation::BELOW;
use crate::store::documents::SectionRow;

/// Tokens of a section that may be one: a heading, and a line like `psql — PostgreSQL interactive terminal`.
const TOKENS_MAX: u32 = 60;
/// What stands between a name and what it is in few words.
const DASHES: &[&str] = &["—", "–", "-- ", "- ", ":"];

/// Tells whether the first of two neighbouring sections of a page with this `text` only says what it is called, and the `next` one
/// stands below its heading.
pub(super) fn goes_on(section: &SectionRow, next: &SectionRow, text: &str) -> bool {
    is_below(section, next) && is_one(section, text)
}

/// Tells whether `below` stands below the heading of `section`.
pub(super) fn is_below(section: &SectionRow, below: &SectionRow) -> bool {
    below
        .breadcrumb
        .strip_prefix(section.breadcrumb.as_str())
        .is_some_and(|below| below.starts_with(BELOW))
}

/// Tells whether `section` of a page with this `text` only says what it is called.
pub(super) fn is_one(section: &SectionRow, text: &str) -> bool {
    let own = text.get(section.bytes.0..section.bytes.1);
    section.tokens <= TOKENS_MAX && own.is_some_and(|own| says_only(&section.title, own))
}

/// Tells whether there are only a heading and at most the name with a few words in `own`.
fn says_only(title: &str, own: &str) -> bool {
    let mut lines = own.lines().map(str::trim).filter(|line| !line.is_empty());
    let heading = lines.next().unwrap_or_default();
    let is_title = |line: &str| line.trim_start_matches('#').trim() == title;
    if !is_title(heading) {
        return false;
    }
    let is_underline = |line: &&str| {
        let mut letters = line.chars();
        letters.all(|letter| "=-~^*\"".contains(letter)) && line.len() > 2
    };
    let mut rest = lines.filter(|line| !is_underline(line));
    let is_name_line = |line: &str| {
        let said = line.strip_prefix(title).map(str::trim_start);
        said.is_some_and(|said| DASHES.iter().any(|dash| said.starts_with(dash)))
            && !line.ends_with('.')
    };
    rest.next().is_none_or(is_name_line) && rest.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_heading_and_a_line_with_the_name_say_only_that() {
        for own in [
            "# psql\n",
            "psql\n====\n",
            "## psql\n\npsql — interactive terminal\n",
            "# psql\n\npsql - interactive terminal\n\n",
        ] {
            assert!(says_only("psql", own), "{own}");
        }
        for own in [
            "# psql\n\nIt is a terminal.\n",
            "# psql\n\npsql: a terminal. Call it so.\n",
            "# psql\n\npsql — a terminal\n\n```\npsql\n```\n",
            "psql — a terminal\n",
            "",
        ] {
            assert!(!says_only("psql", own), "{own}");
        }
    }
}
