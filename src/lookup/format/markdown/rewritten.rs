//! A text written anew where Markdown has something as HTML: lists and tables as a page of HTML is written, what is folded away as a
//! term and what it means. The lines of the file are kept beside it.

use std::ops::Range;

use super::super::html;
use super::details::Folded;
use crate::lookup::document::{Block, BlockKind, Document, covering};

/// Bytes of what is folded away, up to which it is said of its summary: some two hundred tokens.
const SAID_BYTES_MAX: usize = 800;
/// Bytes of the longest term.
const TERM_BYTES_MAX: usize = 160;
/// What begins a line that is more than words.
const MARKS: [&str; 12] = [
    "```", "~~~", "- ", "* ", "+ ", "1.", "|", "#", ">", "<", "{", "!",
];

/// What is to be written anew, in the order of the text.
pub(super) struct Rewritten {
    /// Lines that are a list or a table of HTML.
    pub(super) pages: Vec<Range<usize>>,
    pub(super) folded: Vec<Folded>,
}

impl Rewritten {
    /// Writes `document` anew.
    pub(super) fn written(mut self, document: Document) -> Document {
        if self.pages.is_empty() && self.folded.is_empty() {
            return document;
        }
        let lines: Vec<&str> = document.text.split_inclusive('\n').collect();
        let mut writer = Writer {
            text: String::with_capacity(document.text.len()),
            file_lines: Vec::new(),
            blocks: Vec::new(),
            given: document.blocks.into_iter(),
            lines,
            at: 0,
        };
        self.folded.sort_by_key(|folded| folded.lines.start);
        let mut pages = self.pages.into_iter().peekable();
        for folded in self.folded {
            while let Some(page) = pages.next_if(|page| page.start < folded.lines.start) {
                writer.page(page);
            }
            let has_page = pages
                .peek()
                .is_some_and(|page| page.start < folded.lines.end);
            writer.folded(&folded, has_page);
        }
        for page in pages {
            writer.page(page);
        }
        writer.keep(writer.lines.len());
        Document {
            text: writer.text,
            blocks: covering(writer.blocks),
            file_lines: Some(writer.file_lines),
            ..document
        }
    }
}

/// A text being written anew.
struct Writer<'t> {
    text: String,
    file_lines: Vec<u32>,
    blocks: Vec<Block>,
    /// The blocks as they were, of lines not yet written.
    given: std::vec::IntoIter<Block>,
    lines: Vec<&'t str>,
    /// The line that comes next.
    at: usize,
}

impl Writer<'_> {
    /// Writes lines up to `end` as they stand.
    fn keep(&mut self, end: usize) {
        let first = self.file_lines.len();
        while let Some(block) = self.given.as_slice().first()
            && block.line < end
            && let Some(block) = self.given.next()
        {
            // What lies before was written otherwise.
            if let Some(within) = block.line.checked_sub(self.at) {
                let line = first + within;
                self.blocks.push(Block { line, ..block });
            }
        }
        let kept = self.lines.get(self.at..end).unwrap_or_default();
        self.text.extend(kept.iter().copied());
        self.file_lines
            .extend((self.at..end).take(kept.len()).map(number));
        self.at = self.at.max(end);
    }

    /// Writes what is read of the lines `page` as HTML, with an empty line before and behind it; a table that is none there stays.
    fn page(&mut self, page: Range<usize>) {
        if page.start < self.at {
            return;
        }
        self.keep(page.start);
        let html = self.lines.get(page.clone()).unwrap_or_default().concat();
        let read = html::parse(&html);
        self.gap();
        let first = self.file_lines.len();
        self.blocks.extend(read.blocks.iter().map(|block| Block {
            line: first + block.line,
            kind: block.kind.clone(),
        }));
        self.text.push_str(&read.text);
        let numbers = read.file_lines.iter().flatten();
        let offset = number(page.start);
        self.file_lines
            .extend(numbers.map(|line| line.saturating_add(offset) - 1));
        self.at = page.end;
        self.gap_behind();
    }

    /// Writes what is folded away: a term and what it means, or below a label if that is long or more than words.
    fn folded(&mut self, folded: &Folded, has_page: bool) {
        let lines = folded.lines.clone();
        let head = self.lines.get(lines.start).copied().unwrap_or_default();
        let Some(rest) = head.strip_prefix(&folded.summary) else {
            return;
        };
        if lines.start < self.at {
            return;
        }
        self.keep(lines.start);
        let inside = self.lines.get(lines.start + 1..lines.end);
        let inside = inside.unwrap_or_default();
        let of_head = std::iter::once(rest.trim_start());
        let mut body: Vec<(usize, &str)> = (lines.start..)
            .zip(of_head.chain(inside.iter().copied()))
            .collect();
        let is_blank = |(_, line): &(usize, &str)| line.trim().is_empty();
        let blank = body.iter().take_while(|line| is_blank(line)).count();
        body.drain(..blank);
        while body.pop_if(|line| is_blank(line)).is_some() {}
        let bytes: usize = body.iter().map(|(_, line)| line.len()).sum();
        let is_words = body.first().is_some_and(|(_, first)| {
            !first.starts_with([' ', '\t']) && !MARKS.iter().any(|mark| first.starts_with(mark))
        });
        let within = self.given.as_slice().iter();
        let mut within = within.take_while(|block| block.line < lines.end);
        let has_heading = within.any(|block| matches!(block.kind, BlockKind::Heading(_)));
        let is_more = folded.has_inner || has_page || has_heading;
        self.gap();
        self.blocks.push(Block {
            line: self.file_lines.len(),
            kind: BlockKind::Prose,
        });
        let summary = &folded.summary;
        if is_words && !is_more && bytes <= SAID_BYTES_MAX && summary.len() <= TERM_BYTES_MAX {
            self.line(lines.start, summary);
            for (at, (line, words)) in body.into_iter().enumerate() {
                let indent = match words.trim() {
                    "" => "",
                    _ if at == 0 => ": ",
                    _ => "  ",
                };
                self.line(line, &format!("{indent}{}", words.trim_end()));
            }
            self.at = lines.end;
        } else {
            let is_open =
                summary.ends_with(|last: char| last.is_alphanumeric() || "`)*".contains(last));
            let end = if is_open { ":" } else { "" };
            self.line(lines.start, &format!("{summary}{end}"));
            self.at = lines.start + 1;
            match body.first() {
                Some((line, words)) if *line == lines.start => {
                    self.gap();
                    self.line(*line, words.trim_end());
                }
                Some((line, _)) => self.at = *line,
                None => self.at = lines.end,
            }
        }
        self.gap_behind();
    }

    /// Writes one line, which stands in line `at` of the file.
    fn line(&mut self, at: usize, words: &str) {
        self.text.push_str(words);
        self.text.push('\n');
        self.file_lines.push(number(at));
    }

    /// Writes an empty line instead of those that come next.
    fn gap_behind(&mut self) {
        self.gap();
        let blank = |line: &&&str| line.trim().is_empty();
        let rest = self.lines.get(self.at..).unwrap_or_default();
        self.at += rest.iter().take_while(blank).count();
    }

    /// Writes an empty line, which belongs to what stands above it, unless there is one or nothing yet.
    fn gap(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with("\n\n") {
            self.text.push('\n');
            self.file_lines.extend(self.file_lines.last().copied());
        }
    }
}

/// Returns the number of a line, from 1.
fn number(line: usize) -> u32 {
    u32::try_from(line).map_or(u32::MAX, |line| line.saturating_add(1))
}
