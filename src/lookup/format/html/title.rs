//! What a page is called.

use super::page::{Page, Region};
use crate::lookup::clean::one_line;
use crate::lookup::document::{Block, BlockKind, DEFINITION, Heading, headings};

/// What generators write between the title of a page and the name of its site; people write ` - ` within titles, too.
const BEFORE_SITE: &[&str] = &[" | ", " — ", " – ", " · "];

/// What programs write behind a heading, as a link to it.
const MARKS: &[char] = &['¶', '#', '§', '🔗'];
/// What they write before it for the same: no title begins so.
const MARKS_BEFORE: &[char] = &['◆', '◇'];
/// What they write behind it as a link to its source.
const SOURCES: &[&str] = &["[source]", "[src]"];

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

/// Returns the words of a heading without the links to it and to its source.
pub(super) fn without_marks(words: &str) -> &str {
    let words = words.trim().trim_start_matches(MARKS_BEFORE);
    let words = words.trim().trim_end_matches(MARKS).trim_end();
    let words = SOURCES.iter().fold(words, |words, source| {
        words.strip_suffix(source).unwrap_or(words)
    });
    words.trim_end()
}

impl Page {
    /// Tells whether a heading is open of which no word was read: what begins or ends in it does not end it. A link to it that
    /// stands there is forgotten.
    pub(super) fn is_before_title(&mut self) -> bool {
        let is_before = !self.has_table()
            && !self.in_code
            && matches!(self.region, Region::Heading(_))
            && without_marks(&self.words).is_empty();
        if is_before {
            self.words.clear();
            self.word_lines.clear();
        }
        is_before
    }

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

/// Tells whether a heading is that of a list of the parts of a page.
pub(super) fn is_list(title: &str) -> bool {
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
    fn a_heading_may_be_written_as_divisions() {
        let page = "<h1>Rope</h1><div><h2 id=haul><div><span><a href='#haul'>#</a></span></div>\n<div>Haul it</div><div><a></a></div></h2>\
            <p>Hauls.</p></div><div id=tow><h3><p>Tow it</p></h3></div><h4></h4><div>Words.</div><h4>Knots<p>Tied.</p>";
        let document = parse(page);
        assert_eq!(
            document.text,
            "# Rope\n\n## Haul it\n\nHauls.\n\n### Tow it\n\nWords.\n\n#### Knots\n\nTied.\n"
        );
        let anchors = headings(&document.blocks).map(|heading| heading.anchor.as_deref());
        assert_eq!(
            anchors.collect::<Vec<_>>(),
            [None, Some("haul"), Some("tow"), None]
        );
    }

    #[test]
    fn links_to_a_heading_are_no_part_of_it() {
        let page = "<h1>Rope</h1><h2><span class=permalink><a href='#a1'>&#9670;&nbsp;</a></span>haul() <span>[1/2]</span></h2><p>Hauls.</p>\
            <h2>#tow <a href='#tow'>¶</a></h2>";
        assert_eq!(
            parse(page).text,
            "# Rope\n\n## haul() [1/2]\n\nHauls.\n\n## #tow\n"
        );
    }

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
