//! A page written by a reader: text in lines, the blocks that begin at them, and the line of the file behind each.

use super::{comment, markdown};
use crate::lookup::clean;
use crate::lookup::document::{
    Block, BlockKind, DEFINITION, Document, Heading, Kind, covering, web_url,
};
use crate::lookup::passage::{fence_around, letter_start, open_fence};

/// Bytes of the longest line kept of a file that is rewritten: beyond that it is data.
const LINE_BYTES_MAX: usize = 20_000;

/// What becomes of the headings in a text that is quoted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Headings {
    /// They are lines like any other: what is quoted is one thing.
    Plain,
    /// They are headings, so many levels deeper.
    Under(u8),
}

/// A page being written, from the top down.
#[derive(Debug, Default)]
pub(super) struct Sheet {
    text: String,
    blocks: Vec<Block>,
    file_lines: Vec<u32>,
    /// Line of the file that is being told; it never goes back, so that lines of the file can be looked up.
    at: u32,
}

impl Sheet {
    /// Goes on from line `line` of the file.
    pub(super) fn at(&mut self, line: u32) {
        self.at = self.at.max(line).max(1);
    }

    /// Writes a heading; `code` are the names that it defines.
    pub(super) fn heading(&mut self, level: u8, title: &str, anchor: &str, code: Vec<String>) {
        self.gap();
        let title = one_line(title);
        self.block(BlockKind::Heading(Heading {
            level,
            title: title.clone(),
            anchor: Some(anchor.to_owned()).filter(|anchor| !anchor.is_empty()),
            code,
        }));
        self.line(&format!("{} {title}", "#".repeat(usize::from(level))));
        self.gap();
    }

    /// Writes the head of a definition, and what else its line says.
    pub(super) fn definition(&mut self, title: &str, label: &str) {
        self.definition_of(title, vec![one_line(title)], label);
    }

    /// Writes the head of a definition of these names, and what else its line says.
    pub(super) fn definition_of(&mut self, title: &str, names: Vec<String>, label: &str) {
        self.gap();
        let title = one_line(title);
        self.block(BlockKind::Heading(Heading {
            level: DEFINITION,
            title: title.clone(),
            anchor: None,
            code: names,
        }));
        self.line(&one_line(&format!("`{title}` {label}")));
        self.gap();
    }

    /// Writes one line that begins a block.
    pub(super) fn prose(&mut self, line: &str) {
        self.block(BlockKind::Prose);
        self.line(&one_line(line));
    }

    /// Writes one item of a list; its mark keeps its indentation.
    pub(super) fn prose_indented(&mut self, mark: &str, line: &str) {
        self.block(BlockKind::Prose);
        self.line(&format!("{mark}{}", one_line(line)));
    }

    /// Writes one item of a list, and below it those that its words have in lines of their own.
    pub(super) fn item(&mut self, mark: &str, words: &str) {
        let mut lines = words.lines();
        self.prose_indented(mark, lines.next().unwrap_or_default());
        let indent = " ".repeat(mark.len());
        for line in lines {
            self.prose_indented(&indent, line);
        }
    }

    /// Writes a line as it stands; it begins a block if `kind` says of which kind.
    pub(super) fn row(&mut self, kind: Option<BlockKind>, line: &str) {
        if let Some(kind) = kind {
            self.block(kind);
        }
        self.line(line);
    }

    /// Writes the label of what follows, which is no heading: a section is not cut there without need.
    pub(super) fn label(&mut self, words: &str) {
        self.gap();
        self.prose(words);
    }

    /// Writes Markdown as it stands.
    pub(super) fn markdown(&mut self, text: &str, headings: Headings) {
        self.markdown_from(text.trim(), headings, &[]);
    }

    /// Writes what a comment says.
    pub(super) fn comment(&mut self, said: &str) {
        self.markdown(&comment::fenced(said), Headings::Plain);
    }

    /// Writes Markdown whose lines are these of the file.
    pub(super) fn markdown_from(&mut self, text: &str, headings: Headings, lines: &[u32]) {
        self.gap();
        let document = markdown::as_written(text);
        let first = self.file_lines.len();
        for block in document.blocks {
            let kind = match (block.kind, headings) {
                (BlockKind::Heading(_), Headings::Plain) => BlockKind::Prose,
                (BlockKind::Heading(heading), Headings::Under(levels)) if heading.level <= 6 => {
                    BlockKind::Heading(Heading {
                        level: (heading.level + levels).min(6),
                        ..heading
                    })
                }
                (kind, _) => kind,
            };
            self.blocks.push(Block {
                line: first + block.line,
                kind,
            });
        }
        self.lines(&document.text, lines);
        // What is quoted ends here, whatever it left open.
        if let Some(fence) = open_fence(&document.text) {
            self.line(&fence);
        }
        self.gap();
    }

    /// Writes a fenced block.
    pub(super) fn code(&mut self, language: &str, code: &str) {
        self.code_from(language, code, &[]);
    }

    /// Writes a fenced block whose lines are these of the file.
    pub(super) fn code_from(&mut self, language: &str, code: &str, lines: &[u32]) {
        self.gap();
        let fence = fence_around(code);
        self.block(BlockKind::Code {
            fence: Some(fence.clone()),
        });
        self.at(lines.first().copied().unwrap_or_default());
        self.line(&format!("{fence}{language}"));
        self.lines(code, lines);
        self.line(&fence);
        self.gap();
    }

    /// Writes a table whose first row names the columns.
    pub(super) fn table(&mut self, rows: &[Vec<String>]) {
        let Some(head) = rows.first() else { return };
        self.gap();
        self.block(BlockKind::Table { head: 2 });
        for (number, row) in rows.iter().enumerate() {
            let cells: Vec<String> = row
                .iter()
                .map(|cell| one_line(cell).replace('|', "\\|"))
                .collect();
            self.line(&format!("| {} |", cells.join(" | ")));
            if number == 0 {
                self.line(&format!("|{}", " --- |".repeat(head.len())));
            }
        }
        self.gap();
    }

    fn lines(&mut self, text: &str, lines: &[u32]) {
        for (number, line) in text.lines().enumerate() {
            self.at(lines.get(number).copied().unwrap_or_default());
            self.line(line);
        }
    }

    fn block(&mut self, kind: BlockKind) {
        self.blocks.push(Block {
            line: self.file_lines.len(),
            kind,
        });
    }

    fn line(&mut self, line: &str) {
        let end = letter_start(line, LINE_BYTES_MAX);
        let shown = clean::visible(line.get(..end).unwrap_or_default());
        self.text
            .push_str(shown.trim_end().replace('\n', " ").as_str());
        self.text.push('\n');
        self.file_lines.push(self.at.max(1));
    }

    /// Ends what was written last at line `line` of the file, so that a citation shows the extent of what is told.
    pub(super) fn end_at(&mut self, line: u32) {
        self.at(line);
        let blank = self.text.lines().rev().take_while(|line| line.is_empty());
        let blank = blank.count();
        for place in self.file_lines.iter_mut().rev().take(blank + 1) {
            *place = self.at;
        }
    }

    /// Writes an empty line, unless there is one or nothing yet.
    pub(super) fn gap(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with("\n\n") {
            self.line("");
        }
    }

    /// Returns the page.
    pub(super) fn finish(mut self, title: &str, kind: Kind, url: Option<&str>) -> Document {
        self.blocks = covering(self.blocks);
        // A file can have a hundred thousand such pages, and they wait together.
        self.text.shrink_to_fit();
        self.blocks.shrink_to_fit();
        self.file_lines.shrink_to_fit();
        Document {
            title: Some(one_line(title)).filter(|title| !title.is_empty()),
            text: self.text,
            blocks: self.blocks,
            file_lines: Some(self.file_lines),
            url: url.and_then(web_url),
            kind: Some(kind),
        }
    }
}

/// Returns `text` as one line without hidden letters.
pub(super) fn one_line(text: &str) -> String {
    clean::one_line(&clean::visible(text))
}

/// Letters of a description in a list.
const LISTED_LETTERS_MAX: usize = 160;

/// Returns the beginning of `text` as it stands in a list.
pub(super) fn listed(text: &str) -> String {
    short(text, LISTED_LETTERS_MAX)
}

/// Returns the beginning of `text` as one line: whole if it is short, else up to the last sentence or word that fits.
pub(super) fn short(text: &str, letters_max: usize) -> String {
    let line = clean::beginning(text, letters_max.saturating_add(1));
    let Some((end, _)) = line.char_indices().nth(letters_max) else {
        return line;
    };
    let head = line.get(..end).unwrap_or_default();
    let sentence = head.rfind(". ").filter(|&at| at * 2 > head.len());
    let kept = match sentence.or_else(|| head.rfind(' ')) {
        Some(at) => head.get(..at).unwrap_or_default(),
        None => head,
    };
    format!("{} …", kept.trim_end_matches(['.', ',', ' ']))
}

/// Returns the beginning of `text` as [`short`] does, save that the items of a list have lines of their own.
pub(super) fn short_in_items(text: &str, letters_max: usize) -> String {
    let words_of = |line: &str| {
        let line = line.trim();
        let words = line.strip_prefix("- ").or_else(|| line.strip_prefix("* "));
        words.map(|words| format!("- {}", words.trim()))
    };
    let is_long = text.len() > letters_max.saturating_mul(4);
    // What is hidden may begin in one item and end in another; code is no list.
    if is_long || text.contains("<!--") || text.contains("```") {
        return short(text, letters_max);
    }
    if text.lines().filter_map(words_of).nth(1).is_none() {
        return short(text, letters_max);
    }
    let mut parts: Vec<String> = Vec::new();
    let [mut is_apart, mut is_below] = [false; 2];
    for line in text.lines() {
        if line.trim().is_empty() {
            is_apart = true;
            continue;
        }
        let item = words_of(line);
        let begins = item.is_some() || is_apart && is_below && !line.starts_with([' ', '\t']);
        is_below |= item.is_some();
        is_apart = false;
        let words = item.unwrap_or_else(|| line.trim().to_owned());
        match parts.last_mut().filter(|_| !begins) {
            Some(part) => part.extend([" ", &words]),
            None => parts.push(words),
        }
    }
    let mut told: Vec<String> = Vec::new();
    let mut left = letters_max;
    for part in parts {
        if left == 0 {
            told.push("…".to_owned());
            break;
        }
        let part = short(&part, left);
        left = left.saturating_sub(part.chars().count());
        told.push(part);
    }
    told.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_short_is_kept_and_what_is_long_ends_at_a_sentence() {
        assert_eq!(short("One\n two.", 20), "One two.");
        assert_eq!(
            short("One sentence here. And another one.", 25),
            "One sentence here …"
        );
        assert_eq!(short("wordswithoutend", 5), "words …");
        assert_eq!(short("a <!-- hidden --> b", 50), "a b");
    }

    #[test]
    fn items_of_a_list_have_lines_of_their_own_unless_something_is_hidden() {
        let text = "One\nof:\n\n* a\n  b\n* c\n\nEnd\nof it.";
        assert_eq!(short_in_items(text, 100), "One of:\n- a b\n- c\nEnd of it.");
        assert_eq!(short_in_items(text, 12), "One of:\n- a b\n…");
        assert_eq!(
            short_in_items("One - two\n- three", 100),
            "One - two - three"
        );
        assert_eq!(
            short_in_items("a\n- b <!--\n- c\n-->\n- d", 100),
            "a - b - d"
        );
    }

    #[test]
    fn a_fence_that_a_quoted_text_leaves_open_ends_with_it() {
        let mut sheet = Sheet::default();
        sheet.markdown("Run:\n```sh\nls", Headings::Plain);
        sheet.code("", "next");
        assert_eq!(sheet.text, "Run:\n```sh\nls\n```\n\n```\nnext\n```\n\n");
    }

    #[test]
    fn lines_of_the_file_never_go_back() {
        let mut sheet = Sheet::default();
        sheet.at(7);
        sheet.heading(1, "Title", "get", Vec::new());
        sheet.at(3);
        sheet.prose("words");
        let page = sheet.finish("API", Kind::Api, None);
        assert_eq!(page.text, "# Title\n\nwords\n");
        assert_eq!(page.file_lines, Some(vec![7, 7, 7]));
    }

    #[test]
    fn the_end_of_what_is_told_is_that_of_its_last_words() {
        let mut sheet = Sheet::default();
        sheet.at(3);
        sheet.prose("one");
        sheet.prose("two");
        sheet.gap();
        sheet.end_at(9);
        assert_eq!(sheet.file_lines, [3, 9, 9]);
    }
}
