//! Runs of text: what of them is told, where they lead, and which of them are code.

use html5ever::tokenizer::Tag;

use super::fields::Mark;
use super::styles::Style;
use super::{COMMENT, ENDNOTE, FOOTNOTE, Run, Writer, attribute, symbols};
use crate::lookup::format::sheet::one_line;

impl Writer {
    /// Tells whether what is open is not to be told.
    pub(super) fn is_silent(&self) -> bool {
        self.fallbacks > 0 || self.deleted > 0 || self.open.is_silent()
    }

    pub(super) fn put(&mut self, words: &str) {
        if !self.is_silent() {
            self.paragraph.words.push_str(words);
        }
    }

    /// Puts what the run that is open holds, unless it is hidden.
    fn put_seen(&mut self, words: &str) {
        if !self.run.is_hidden {
            self.put(words);
        }
    }

    pub(super) fn begin_link(&mut self, address: String) {
        let at = self.paragraph.words.len();
        self.paragraph.links.push((at, address));
    }

    /// Ends the link that began last: its address stands behind its words, where they do not say it.
    pub(super) fn end_link(&mut self) {
        let Some((at, address)) = self.paragraph.links.pop() else {
            return;
        };
        let words = self.paragraph.words.get(at..).unwrap_or_default();
        let is_heading = matches!(self.paragraph.style, Style::Heading(_) | Style::Code);
        let plain = address.strip_prefix("mailto:").unwrap_or(&address);
        if address.is_empty() || is_heading || words.trim().is_empty() || words.contains(plain) {
            return;
        }
        let linked = format!("[{}]({address})", words.trim().replace(['[', ']'], ""));
        self.paragraph.words.truncate(at);
        self.paragraph.words.push_str(&linked);
    }

    /// Begins a run, or takes how it is seen or what it holds; tells whether the tag is of these.
    pub(super) fn start_in_run(&mut self, tag: &Tag) -> bool {
        let value = || attribute(tag, "w:val");
        match &*tag.name {
            "w:r" => self.run = Run::default(),
            "w:rstyle" => self.run.is_code = self.style_of(&value()) == Style::Code,
            "w:vanish" => self.run.is_hidden = !matches!(value().as_str(), "0" | "false"),
            "w:vertalign" => {
                self.run.raised = match value().as_str() {
                    "superscript" => Some("^"),
                    "subscript" => Some("_"),
                    _ => None,
                }
            }
            "w:t" => self.begin_text(tag),
            "m:t" => self.in_text = !tag.self_closing,
            "w:footnotereference" => self.refer(FOOTNOTE, tag),
            "w:endnotereference" => self.refer(ENDNOTE, tag),
            "w:commentreference" => self.refer(COMMENT, tag),
            "w:tab" => self.put_seen("\t"),
            "w:br" | "w:cr" => self.put_seen("\n"),
            "w:nobreakhyphen" => self.put_seen("-"),
            "w:sym" => {
                let letter = symbols::letter(&attribute(tag, "w:font"), &attribute(tag, "w:char"));
                self.put_seen(&letter.map(String::from).unwrap_or_default());
            }
            // What is said of an image to those who do not see it.
            "wp:docpr" => {
                let text = one_line(&attribute(tag, "descr"));
                if !text.is_empty() {
                    self.put_seen(&format!(" ![{text}] "));
                }
            }
            _ => return false,
        }
        true
    }

    /// Writes the mark of a note.
    fn refer(&mut self, kind: &str, tag: &Tag) {
        let mark = format!("{kind}{}", attribute(tag, "w:id"));
        if self.notes.contains_key(&mark) && !self.run.is_hidden && !self.is_silent() {
            self.paragraph.words.extend(["[^", &mark, "]"]);
            self.wanted.push(mark);
        }
    }

    /// Opens a run of text, which may be raised or code.
    fn begin_text(&mut self, tag: &Tag) {
        self.in_text = !self.run.is_hidden && !tag.self_closing;
        if !self.in_text {
            return;
        }
        if let Some(mark) = self.run.raised {
            let at = self.paragraph.words.len();
            self.paragraph.parts.push((at, mark));
        }
        if self.marks_code() {
            let words = &mut self.paragraph.words;
            if self.paragraph.code_end == Some(words.len()) {
                words.pop();
            } else {
                words.push('`');
            }
        }
    }

    pub(super) fn end_text(&mut self) {
        if self.in_text && self.marks_code() {
            let words = &mut self.paragraph.words;
            if words.ends_with('`') {
                words.pop();
            } else {
                words.push('`');
                self.paragraph.code_end = Some(words.len());
            }
        }
        if self.in_text && self.run.raised.is_some() {
            self.paragraph.end_part();
        }
        self.in_text = false;
    }

    fn marks_code(&self) -> bool {
        self.run.is_code
            && self.run.raised.is_none()
            && self.paragraph.style == Style::Body
            && !self.is_silent()
    }

    /// Takes what decides whether or how other things are seen; returns whether that is all.
    pub(super) fn start_unseen(&mut self, tag: &Tag) -> bool {
        match &*tag.name {
            // In the marks of a paragraph or a row it says that these were deleted.
            "w:del" | "w:movefrom" if tag.self_closing => {
                if self.row.in_marks {
                    self.row.is_deleted = true;
                } else {
                    self.paragraph.goes_on = true;
                }
            }
            "w:trpr" => self.row.in_marks = !tag.self_closing,
            "w:del" | "w:movefrom" => self.deleted += 1,
            "w:instrtext" => self.in_instruction = !tag.self_closing,
            "w:fldchar" => match self.open.mark(tag) {
                Mark::Shows(address) => self.begin_link(address),
                Mark::Ends => self.end_link(),
                Mark::None => {}
            },
            "w:fldsimple" if !tag.self_closing => {
                let address = self.open.begin(tag);
                self.begin_link(address);
            }
            "w:hyperlink" if !tag.self_closing => {
                let address = self.links.get(&attribute(tag, "r:id")).cloned();
                let mut address = address.unwrap_or_default();
                let place = attribute(tag, "w:anchor");
                // Without an address it is a place in the document itself.
                if !address.is_empty() && !place.is_empty() && !place.contains(char::is_whitespace)
                {
                    address.extend(["#", &place]);
                }
                self.begin_link(address);
            }
            "w:sdt" if !tag.self_closing => self.open.begin_control(),
            "w:docpartgallery" if attribute(tag, "w:val") == "Table of Contents" => {
                self.open.silence_control();
            }
            "w:showingplchdr" => self.open.silence_control(),
            _ => return false,
        }
        true
    }

    pub(super) fn end_unseen(&mut self, name: &str) {
        match name {
            "w:del" | "w:movefrom" => self.deleted = self.deleted.saturating_sub(1),
            "w:trpr" => self.row.in_marks = false,
            "w:instrtext" => self.in_instruction = false,
            "w:fldsimple" => {
                self.open.end();
                self.end_link();
            }
            "w:hyperlink" => self.end_link(),
            "w:sdt" => self.open.end_control(),
            _ => {}
        }
    }
}
