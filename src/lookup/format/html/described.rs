//! The lists of an HTML page that say what terms mean, written as Markdown with such lists writes them:
//!
//! ```text
//! term
//! : What it means,
//!
//!   and more of that.
//! ```
//!
//! So what is said of a term stays with it, within lists too, wherever a part of the page is shown. A term that has an anchor
//! is the head of a definition, as a heading is: what is said of it stands below, not indented.

use super::page::{Page, Region};
use crate::lookup::clean::one_line;
use crate::lookup::document::{BlockKind, DEFINITION};

/// Lists within lists that are indented; what is deeper is written like the deepest of them.
const DEPTH_MAX: usize = 16;
/// Before what goes on with a description.
const INDENT: &str = "  ";
/// Before what a description begins with.
const MARK: &str = ": ";

/// The lists that are open, one within the other.
#[derive(Debug, Default)]
pub(super) struct Descriptions {
    lists: Vec<List>,
    /// Lists that are open beyond the deepest.
    beyond: usize,
}

#[derive(Debug, Default)]
struct List {
    /// The line behind its last term.
    term: Option<usize>,
    /// Whether what is read describes that.
    is_described: bool,
    /// Whether nothing was said of it yet.
    is_due: bool,
}

/// Where a description begins.
struct Due {
    indent: String,
    /// The line behind its term, unless that was described before.
    below: Option<usize>,
}

impl Descriptions {
    fn begin(&mut self) {
        if self.lists.len() < DEPTH_MAX {
            self.lists.push(List::default());
        } else {
            self.beyond += 1;
        }
    }

    fn end(&mut self) {
        match self.beyond.checked_sub(1) {
            Some(beyond) => self.beyond = beyond,
            None => drop(self.lists.pop()),
        }
    }

    fn end_description(&mut self) {
        if let Some(list) = self.lists.last_mut() {
            (list.is_described, list.is_due) = (false, false);
        }
    }

    /// Tells whether what is read describes a term.
    pub(super) fn is_described(&self) -> bool {
        self.lists.iter().any(|list| list.is_described)
    }

    /// What stands before each line.
    fn indent(&self) -> String {
        let described = self.lists.iter().filter(|list| list.is_described);
        INDENT.repeat(described.count())
    }

    fn take_due(&mut self) -> Option<Due> {
        let list = self.lists.iter_mut().rev().find(|list| list.is_due)?;
        list.is_due = false;
        let below = list.term;
        let indent = self.indent();
        let indent = indent.get(INDENT.len()..).unwrap_or_default().to_owned();
        Some(Due { indent, below })
    }
}

impl Page {
    pub(super) fn begin_descriptions(&mut self) {
        self.begin(Region::Paragraph);
        self.descriptions.begin();
    }

    pub(super) fn end_descriptions(&mut self) {
        self.finish_region();
        self.descriptions.end();
    }

    /// Begins a term, which is the head of a definition if that is the `region`.
    pub(super) fn begin_term(&mut self, region: Region) {
        self.finish_region();
        if let Some(list) = self.descriptions.lists.last_mut()
            && list.is_described
        {
            list.term = None;
        }
        self.descriptions.end_description();
        self.begin(region);
    }

    /// Begins what is said of the last term.
    pub(super) fn begin_description(&mut self) {
        self.finish_region();
        if !self.has_table()
            && let Some(list) = self.descriptions.lists.last_mut()
        {
            list.is_described = list.term.is_some();
            list.is_due = list.is_described;
        }
        self.begin(Region::Paragraph);
    }

    pub(super) fn end_description(&mut self) {
        self.finish_region();
        self.descriptions.end_description();
    }

    /// Writes a term that has no anchor: below the one before it, if both are described together.
    pub(super) fn term(&mut self, words: &str, line: u32) {
        let last = self.descriptions.lists.last().and_then(|list| list.term);
        if last != Some(self.lines.len()) {
            self.begin_block(BlockKind::Prose, line, false);
        }
        self.push_line(one_line(words), line);
        if let Some(list) = self.descriptions.lists.last_mut() {
            list.term = Some(self.lines.len());
        }
    }

    /// Writes a line as far to the right as what it belongs to.
    pub(super) fn push_line(&mut self, text: String, line: u32) {
        let indent = self.descriptions.indent();
        let is_plain = text.is_empty() || indent.is_empty();
        self.push_plain(if is_plain { text } else { indent + &text }, line);
    }

    /// Begins the description that is due with words: right below its term, in the same block, so that no cut parts them.
    /// Returns what stands before the words.
    pub(super) fn describe(&mut self, line: u32) -> Option<String> {
        let due = self.descriptions.take_due()?;
        if due.below != Some(self.lines.len()) || !self.names.is_empty() {
            self.begin_block(BlockKind::Prose, line, false);
        }
        Some(due.indent + MARK)
    }

    /// Says that what begins is no paragraph, but a heading, code, a table or a term.
    pub(super) fn begin_other(&mut self, kind: &BlockKind) {
        let level = match kind {
            BlockKind::Heading(heading) => Some(heading.level),
            _ => None,
        };
        if level.is_some_and(|level| level < DEFINITION) {
            // A list that holds headings only arranges the page.
            self.descriptions.lists.fill_with(List::default);
        }
        drop(self.descriptions.take_due());
        if let (Some(_), Some(list)) = (level, self.descriptions.lists.last_mut()) {
            list.term = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use crate::lookup::document::headings;

    #[test]
    fn what_is_said_of_a_term_stands_with_it() {
        let page = "<dl><dt>-a</dt><dt><code>--all</code></dt><dd><p>Shows all.</p><p>More.</p><pre>ls\n  -a</pre>\
            <dl><dt>deep</dt><dd>Within.<p>Again.</dd></dl><p>Back.</p></dd><dd>Another.<dt>-b<dd><ul><li>one<li>two</ul>\
            <dt>-c<dd><pre>sea</pre></dl><p>End.</p>";
        assert_eq!(
            parse(page).text,
            "-a\n`--all`\n: Shows all.\n\n  More.\n\n  ```\n  ls\n    -a\n  ```\n\n  deep\n  : Within.\n\n    Again.\n\n  Back.\n\n\
             : Another.\n\n-b\n: - one\n  - two\n\n-c\n\n  ```\n  sea\n  ```\n\nEnd.\n"
        );
    }

    #[test]
    fn lines_of_a_description_are_indented_below_its_first() {
        let page = "<dl><dt>-a</dt><dd><p>One<br>two</p><p>Three<br>four</p><ul><li>five<br>six</ul></dd></dl>";
        assert_eq!(
            parse(page).text,
            "-a\n: One\n  two\n\n  Three\n  four\n\n  - five six\n"
        );
    }

    #[test]
    fn a_term_and_the_first_that_is_said_of_it_are_one_block() {
        let blocks = parse("<dl><dt>one<dd>First.<p>More.<dt>two<dd>Second.</dl>").blocks;
        let lines: Vec<usize> = blocks.iter().map(|block| block.line).collect();
        assert_eq!(lines, [0, 3, 5]);
    }

    #[test]
    fn what_describes_no_term_or_holds_headings_is_not_indented() {
        let page = "<dl><dd>Indented by a style.<dd>Again.</dl><dl><dt>Part</dt><dd><p>Words.</p><h2>Chapter</h2><p>Text.</p></dd>\
            <dt id=x>named</dt><dd>Of it.<p>More.</dl><ul><li><dl><dt>item</dt><dd>words</dl></ul>\
            <table><tr><td><dl><dt>a<dd>b</dl></td><td>c</td></tr><tr><td>d</td><td>e</td></tr></table>";
        let page = parse(page);
        assert_eq!(
            page.text,
            "Indented by a style.\n\nAgain.\n\nPart\n: Words.\n\n## Chapter\n\nText.\n\n`named`\n\nOf it.\n\nMore.\n\n\
             - item\n\nwords\n\n| a b | c |\n| --- | --- |\n| d | e |\n"
        );
        assert_eq!(headings(&page.blocks).count(), 2);
    }

    #[test]
    fn lists_within_very_many_lists_are_read() {
        let page = "<dl><dt>a<dd>b".repeat(200) + &"</dl>".repeat(200) + "<p>End.";
        let text = parse(&page).text;
        assert!(text.ends_with("\nEnd.\n"), "{text}");
    }
}
