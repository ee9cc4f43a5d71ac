//! What a page is called.

use crate::lookup::document::{Block, BlockKind};

/// What generators write between the title of a page and the name of its site; people write ` - ` within titles, too.
const BEFORE_SITE: &[&str] = &[" | ", " — ", " – ", " · "];

/// Returns what the page of `blocks` is called whose `<title>` is `said`; nothing if its first heading says it.
pub(super) fn of(said: &str, blocks: &[Block]) -> Option<String> {
    let headings = blocks.iter().filter_map(|block| match &block.kind {
        BlockKind::Heading(heading) => Some(heading),
        _ => None,
    });
    let mut tops = headings
        .enumerate()
        .filter(|(_, heading)| heading.level == 1);
    let said = one_line(said);
    // One heading above all others is what the page is called; of several none is.
    let title = match (tops.next(), tops.next()) {
        (None, _) => said,
        (Some((0, _)), None) => return None,
        (Some((_, top)), None) => top.title.clone(),
        (Some(_), Some(_)) => without_site(&said).to_owned(),
    };
    Some(title).filter(|title| !title.is_empty())
}

/// Returns a title without the name of the site behind it.
fn without_site(title: &str) -> &str {
    let ends = BEFORE_SITE.iter().filter_map(|mark| title.rfind(mark));
    ends.max().and_then(|end| title.get(..end)).unwrap_or(title)
}

/// Returns words with one space between them.
pub(super) fn one_line(words: &str) -> String {
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}
