//! What surrounds the content of an HTML page: the way to it, lists of other pages, a switch for the night.
//!
//! A main part leaves out what is round it; a division that calls itself the content, what stands before. There, what reads like
//! text is kept all the same.

use super::drop;
use super::page::{Page, Region};
use crate::lookup::document::{Block, BlockKind};

/// Bytes of the main part from which what surrounds it is left out.
const MAIN_BYTES_MIN: usize = 200;

/// Of so many bytes one has to be in the main part: a page of comments calls each of them an article.
const MAIN_PART: usize = 5;

impl Page {
    /// Begins the outermost main part.
    pub(super) fn main_begins(&mut self) {
        self.main_start = Some(self.lines.len());
    }

    /// Ends it, if it is open: it is the main part of the page if none was larger.
    pub(super) fn main_ends(&mut self) {
        let Some(start) = self.main_start.take() else {
            return;
        };
        let lines = (start, self.lines.len());
        let bytes = self.bytes(lines);
        if bytes >= MAIN_BYTES_MIN && self.main.is_none_or(|(_, most)| bytes > most) {
            self.main = Some((lines, bytes));
        }
    }

    /// Returns the lines of the page without what surrounds it.
    pub(super) fn content(&mut self) -> (usize, usize) {
        self.main_part().unwrap_or_else(|| {
            self.leave_out_before();
            (0, self.lines.len())
        })
    }

    /// Returns the lines of the main part, if it is enough of the page.
    fn main_part(&self) -> Option<(usize, usize)> {
        let whole = self.bytes((0, self.lines.len()));
        let main = self.main.filter(|(_, bytes)| bytes * MAIN_PART >= whole);
        main.map(|(lines, _)| lines)
    }

    fn bytes(&self, (start, end): (usize, usize)) -> usize {
        self.lines
            .get(start..end)
            .into_iter()
            .flatten()
            .map(|(text, _)| text.len())
            .sum()
    }

    /// Begins a division that calls itself the content of the page.
    pub(super) fn body_begins(&mut self) {
        self.begin(Region::Paragraph);
        self.body_start = Some(self.lines.len());
    }

    /// Leaves out what stands before the content of the page, but its title, if it reads like what surrounds a page.
    fn leave_out_before(&mut self) {
        let Some(start) = self.body_start.filter(|start| *start < self.lines.len()) else {
            return;
        };
        let before = self.blocks.partition_point(|block| block.line < start);
        let ends = self.blocks.iter().skip(1).map(|next| next.line.min(start));
        let mut above = self.blocks.iter().take(before).zip(ends.chain([start]));
        if above.any(|(block, end)| self.is_text(block, end)) {
            return;
        }
        let is_title = |block: &&Block| matches!(&block.kind, BlockKind::Heading(heading) if heading.level == 1);
        let title = self.blocks.iter().take(before).find(is_title).cloned();
        let head = title.as_ref().and_then(|title| self.lines.get(title.line));
        let head = head.cloned();
        // The blank line that follows what is left out goes with it, unless it follows the title.
        let is_blank = self
            .lines
            .get(start)
            .is_some_and(|(line, _)| line.is_empty());
        let end = start + usize::from(is_blank && head.is_none());
        let kept = usize::from(head.is_some());
        self.lines.splice(..end, head);
        for block in self.blocks.iter_mut().skip(before) {
            block.line = (block.line + kept).saturating_sub(end);
        }
        let title = title.map(|title| Block { line: 0, ..title });
        self.blocks.splice(..before, title);
    }

    /// Tells whether the block that ends before line `end` says something, as lists of pages and labels do not.
    fn is_text(&self, block: &Block, end: usize) -> bool {
        match block.kind {
            BlockKind::Heading(_) => false,
            BlockKind::Code { .. } | BlockKind::Table { .. } => true,
            BlockKind::Prose => {
                let lines = self.lines.get(block.line..end).unwrap_or_default();
                let is_item = lines.first().is_some_and(|(line, _)| {
                    let (mark, _) = line.trim_start().split_once(' ').unwrap_or_default();
                    mark == "-" || mark.ends_with('.')
                });
                let letters: usize = lines.iter().map(|(line, _)| drop::letters(line)).sum();
                !is_item && letters >= drop::PROSE_LETTERS_MIN
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use crate::lookup::document::BlockKind;

    #[test]
    fn the_id_of_what_is_round_the_main_part_is_no_anchor_of_its_heading() {
        for (page, anchor) in [
            (
                "<div id=__skip_fallback><div><main><div><h1>Deck</h1>",
                None,
            ),
            ("<div id=wrap><div role=main><h1>Deck</h1>", None),
            ("<div id=wrap><main><h1 id=deck>Deck</h1>", Some("deck")),
            ("<div id=wrap><main><section id=s><h1>Deck</h1>", Some("s")),
            ("<div id=deck><h1>Deck</h1>", Some("deck")),
        ] {
            let BlockKind::Heading(heading) = &parse(page).blocks[0].kind else {
                panic!("{page}");
            };
            assert_eq!(heading.anchor.as_deref(), anchor, "{page}");
        }
    }

    #[test]
    fn what_stands_before_the_content_of_a_page_is_left_out_but_its_title() {
        let page = |before: &str| {
            let page = format!(
                "<title>ropes</title><div>{before}<div id=content><p>A module.</p><h1>Use</h1><p>Words.</div></div><p>End."
            );
            parse(&page).text
        };
        let rest = "A module.\n\n# Use\n\nWords.\n\nEnd.\n";
        let side = "<em>Dark Mode</em><ul><li><a href=#a>haul, which is a link of many letters to a place of the same page</a></ul>";
        assert_eq!(page(side), rest);
        assert_eq!(
            page(&format!("<h1>std/ropes</h1>{side}")),
            format!("# std/ropes\n\n{rest}")
        );
        let said =
            "Words of the page that stand before what it calls its content, and are no label.";
        assert_eq!(page(said), format!("{said}\n\n{rest}"));
    }
}
