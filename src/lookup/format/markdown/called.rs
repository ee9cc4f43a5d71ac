//! What a page of the manual in Markdown is called: `# Name`, and below it `tool --verb - what it does`.

use crate::lookup::document::{Block, BlockKind, headings};

/// What a page of the manual goes on with.
const OTHERS: [&str; 2] = ["synopsis", "description"];
/// Between what a page of the manual is of and what that does.
const BETWEEN: [&str; 3] = [" - ", " – ", " — "];
/// Bytes of the longest name.
const NAME_BYTES_MAX: usize = 100;

/// Returns what the page is of whose text and `blocks` are these, if its first heading says only that its name stands below.
pub(super) fn name(text: &str, blocks: &[Block]) -> Option<String> {
    let at = blocks
        .iter()
        .position(|block| matches!(block.kind, BlockKind::Heading(_)))?;
    let BlockKind::Heading(heading) = &blocks.get(at)?.kind else {
        return None;
    };
    let below = blocks.get(at + 1)?;
    let is_name = heading.title.eq_ignore_ascii_case("name") && below.kind == BlockKind::Prose;
    let is_other = |title: &str| OTHERS.iter().any(|other| title.eq_ignore_ascii_case(other));
    if !is_name || !headings(blocks).any(|heading| is_other(&heading.title)) {
        return None;
    }
    let line = text.lines().nth(below.line)?;
    let places = BETWEEN.iter().filter_map(|between| line.find(between));
    let name = line.get(..places.min()?)?.replace('`', "");
    let name = name.trim();
    let is_one = !name.is_empty() && name.len() <= NAME_BYTES_MAX;
    is_one.then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::super::parse;

    #[test]
    fn a_page_of_the_manual_is_called_after_what_it_is_of() {
        let page = "# Name\n\n`tool --gc` - collects - all\n\n# Synopsis\n\n`tool`\n";
        assert_eq!(parse(page).title.as_deref(), Some("tool --gc"));
        for page in [
            "# Name\n\nA name - so it is.\n",
            "# Names\n\n`a` - b\n\n# Synopsis\n",
            "# Name\n\nWords.\n\n# Synopsis\n",
        ] {
            assert_eq!(parse(page).title, None, "{page}");
        }
        let titled = format!("---\ntitle: Own\n---\n{page}");
        assert_eq!(parse(&titled).title.as_deref(), Some("Own"));
    }
}
