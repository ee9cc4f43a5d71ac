//! A manual page that stands in a page as one preformatted block.

use super::page::Page;
use crate::lookup::document::headings;
use crate::lookup::format::manual::{Manual, Part};

impl Page {
    /// Writes a preformatted block as the manual page that it is, and tells whether it is one. Line `first` of the file is the
    /// one that it begins in.
    pub(super) fn manual_page(&mut self, words: &str, first: u32) -> bool {
        if headings(&self.blocks).next().is_some() {
            return false;
        }
        let Some(manual) = Manual::of(words) else {
            return false;
        };
        let given = Some(self.title.trim().to_owned()).filter(|title| !title.is_empty());
        if let Some(title) = given.or_else(|| manual.title()) {
            self.heading(1, &title, Vec::new(), first);
        }
        // `first` is the line after the line end that may follow `<pre>`.
        let skipped = usize::from(words.starts_with('\n'));
        for (down, part) in manual.parts() {
            let down = u32::try_from(down.saturating_sub(skipped)).unwrap_or(u32::MAX);
            let line = first.saturating_add(down);
            match part {
                Part::Heading(level, title) => self.heading(level, &title, Vec::new(), line),
                Part::Text(text) => self.paragraph("", &text, &[line], false),
                Part::Code(code) => self.code_block("", &code, line),
            }
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::super::parse;

    #[test]
    fn a_manual_page_that_is_one_block_has_its_sections() {
        let page = "<title>haul(1)</title><pre>\nHAUL(1)      HAUL(1)\n\n<b>NAME</b>\n       haul - pull\n\n\
            <b>SYNOPSIS</b>\n       <b>haul</b> [<i>rope</i>]\n\n<b>OPTIONS</b>\n       <b>-n</b>     Only &lt;say&gt; it.\n\n       HAUL(1)</pre>";
        let document = parse(page);
        assert_eq!(
            document.text,
            "# haul(1)\n\n## NAME\n\nhaul - pull\n\n## SYNOPSIS\n\n```\nhaul [rope]\n```\n\n## OPTIONS\n\n-n Only <say> it.\n"
        );
        let lines = document.file_lines.unwrap();
        assert_eq!(lines.first().zip(lines.last()), Some((&2, &11)));
    }
}
