//! What a page is called.

use super::page::Page;
use crate::lookup::clean::one_line;
use crate::lookup::document::{Block, BlockKind, DEFINITION, Heading, headings};

/// What generators write between the title of a page and the name of its site; people write ` - ` within titles, too.
const BEFORE_SITE: &[&str] = &[" | ", " — ", " – ", " · "];

/// Returns what the page of `blocks` is called whose `<title>` is `said`; nothing if its first heading says it.
pub(super) fn of(said: &str, blocks: &[Block]) -> Option<String> {
    // The list of parts that a page begins with was one of the highest, too.
    let is_first_list =
        |at, heading: &Heading| at == 0 && heading.level == 2 && is_list(&heading.title);
    let mut tops = headings(blocks)
        .enumerate()
        .filter(|(at, heading)| heading.level == 1 || is_first_list(*at, heading));
    let said = one_line(said);
    // One heading above all others is what the page is called; of several none is.
    let title = match (tops.next(), tops.next()) {
        (None, _) => said,
        (Some((0, top)), None) if is_list(&top.title) => said,
        (Some((0, _)), None) => return None,
        (Some((_, top)), None) => top.title.clone(),
        (Some(_), Some(_)) => without_site(&said).to_owned(),
    };
    Some(title).filter(|title| !title.is_empty())
}

/// Returns the level of the heading `title`, of which the page says that it is at `given`: below the list of its parts stand those
/// parts, which are none of the list.
pub(super) fn level(given: u8, title: &str) -> u8 {
    if is_list(title) { given.max(2) } else { given }
}

impl Page {
    /// Makes the list of the parts of the page, if it was the last heading, as low as the part at `level` that follows.
    pub(super) fn lower_list(&mut self, level: u8) {
        let mut headings = self.blocks.iter_mut().rev();
        let list = headings.find_map(|block| match &mut block.kind {
            BlockKind::Heading(heading) => Some((block.line, heading)),
            _ => None,
        });
        let Some((line, list)) = list else {
            return;
        };
        if list.level < level && level < DEFINITION && is_list(&list.title) {
            let lower = "#".repeat(usize::from(level - list.level) + 1);
            list.level = level;
            if let Some((written, _)) = self.lines.get_mut(line) {
                *written = written.replacen('#', &lower, 1);
            }
        }
    }
}

fn is_list(title: &str) -> bool {
    let title = title.trim_end_matches(':');
    let mut known = ["contents", "table of contents"].iter();
    known.any(|known| known.eq_ignore_ascii_case(title))
}

/// Returns a title without the name of the site behind it.
fn without_site(title: &str) -> &str {
    let ends = BEFORE_SITE.iter().filter_map(|mark| title.rfind(mark));
    ends.max().and_then(|end| title.get(..end)).unwrap_or(title)
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use crate::lookup::document::headings;

    #[test]
    fn the_parts_of_a_page_are_none_of_the_list_of_them_and_its_authors_head_nothing() {
        let page = "<title>Units</title><h1>Units</h1><h3 class=corpauthor>The team</h3><h1>Table of Contents</h1><p>1 Boxes</p>\
            <h2>1 Boxes</h2><p>Words.</p>";
        let document = parse(page);
        assert!(
            document
                .text
                .starts_with("# Units\n\nThe team\n\n## Table of Contents\n")
        );
        let levels = headings(&document.blocks).map(|heading| heading.level);
        assert_eq!(levels.collect::<Vec<_>>(), [1, 2, 2]);
        let page = "<title>Units</title><h1>Table of Contents</h1><p>1 Boxes</p><h2>1 Boxes</h2><h1>Index</h1>";
        assert_eq!(parse(page).title.as_deref(), Some("Units"));
    }

    #[test]
    fn parts_are_beside_the_list_of_them_however_low() {
        let page = "<h1>ls</h1><h2>Table of contents</h2><ul><li>Synopsis</ul><h3>Synopsis</h3><h4>More</h4>";
        assert_eq!(
            parse(page).text,
            "# ls\n\n### Table of contents\n\n- Synopsis\n\n### Synopsis\n\n#### More\n"
        );
        let page = "<h1>ls</h1><h2>Contents</h2><p>1<h2>Units</h2><h3>Boxes</h3>";
        assert_eq!(
            parse(page).text,
            "# ls\n\n## Contents\n\n1\n\n## Units\n\n### Boxes\n"
        );
    }
}
