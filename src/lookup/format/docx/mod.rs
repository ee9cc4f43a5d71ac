//! Word documents (Office Open XML): headings by their style, lists, tables and code, without what is hidden or deleted.

mod fields;
mod lists;
mod notes;
mod runs;
mod styles;
mod symbols;
mod table;

use std::collections::HashMap;

use html5ever::tokenizer::{Tag, TagKind, Token};

use self::fields::Open;
use self::lists::Lists;
use self::styles::{Listed, Style, named};
use super::sheet::{Sheet, one_line};
use super::{Format, Pages, Unread, of_zip};
use crate::lookup::document::{Document, Kind};
use crate::markup;

/// `.docx`.
pub(super) struct Docx;

impl Format for Docx {
    fn name(&self) -> &'static str {
        "Word"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["docx"]
    }

    fn is_text(&self) -> bool {
        false
    }

    fn read(&self, bytes: &[u8]) -> Result<Pages, Unread> {
        let mut archive = of_zip(bytes)?;
        let text = archive
            .text("word/document.xml")
            .map_err(|why| Unread::Broken(format!("is no Word document: {why}")))?;
        let styles = archive.text("word/styles.xml").unwrap_or_default();
        let styles = styles::read(&styles);
        let mut part = |name: &str| archive.text(name).unwrap_or_default();
        let mut notes = notes::read(&part("word/footnotes.xml"), FOOTNOTE);
        notes.extend(notes::read(&part("word/endnotes.xml"), ENDNOTE));
        notes.extend(notes::read(&part("word/comments.xml"), COMMENT));
        let links = fields::links(&part("word/_rels/document.xml.rels"));
        let lists = lists::read(&part("word/numbering.xml"));
        let mut writer = Writer {
            styles: styles.known,
            listed: styles.listed,
            lists,
            notes,
            links,
            ..Writer::default()
        };
        markup::each(&text, |token, _| match token {
            Token::TagToken(tag) if tag.kind == TagKind::StartTag => writer.start(&tag),
            Token::TagToken(tag) => writer.end(&tag.name),
            Token::CharacterTokens(text) if writer.in_instruction => writer.open.instruct(&text),
            Token::CharacterTokens(text) if writer.in_text => writer.put(&text),
            _ => {}
        });
        let title = archive.text("docProps/core.xml").unwrap_or_default();
        let title = between(&title, "<dc:title>", "</dc:title>");
        Ok(writer.finish(&title).into())
    }
}

/// What stands before the number of a note.
const FOOTNOTE: &str = "";
const ENDNOTE: &str = "e";
const COMMENT: &str = "c";

/// Returns the plain text between two marks.
fn between(text: &str, open: &str, close: &str) -> String {
    let inside = text
        .split_once(open)
        .and_then(|(_, rest)| rest.split_once(close));
    let inside = inside.map(|(inside, _)| inside).unwrap_or_default();
    let mut words = String::new();
    markup::each(inside, |token, _| {
        if let Token::CharacterTokens(text) = token {
            words.push_str(&text);
        }
    });
    one_line(&words)
}

/// Returns the value of an attribute, `""` if there is none.
fn attribute(tag: &Tag, name: &str) -> String {
    markup::attribute(tag, name).unwrap_or_default().to_owned()
}

/// Writes the paragraphs of a document as they end.
#[derive(Default)]
struct Writer {
    styles: HashMap<String, Style>,
    listed: HashMap<String, Listed>,
    lists: Lists,
    /// Footnotes and endnotes by the mark that refers to them.
    notes: HashMap<String, String>,
    sheet: Sheet,
    paragraph: Paragraph,
    /// The paragraphs around it: a text box stands in one.
    around: Vec<Paragraph>,
    /// The run that is open.
    run: Run,
    in_text: bool,
    in_instruction: bool,
    open: Open,
    /// Elements that are open and hold what was deleted, or moved elsewhere.
    deleted: usize,
    /// The words of a paragraph whose end was deleted, which the next goes on with.
    carried: String,
    /// Where links lead, by their number.
    links: HashMap<String, String>,
    /// Elements that are open and tell again what was told.
    fallbacks: usize,
    /// Notes that the text refers to and that are not told yet.
    wanted: Vec<String>,
    /// Lines of code that follow one another.
    code: Vec<String>,
    /// Tables that are open; rows of the outermost.
    tables: usize,
    rows: Vec<Vec<String>>,
    /// Columns that the cell that is open takes beside its own.
    spanned: usize,
    row: Row,
}

/// A run that is open.
#[derive(Default)]
struct Run {
    is_hidden: bool,
    is_code: bool,
    /// Its mark if it stands above or below the line.
    raised: Option<&'static str>,
}

/// A row that is open.
#[derive(Default)]
struct Row {
    /// Whether what is said is said of it.
    in_marks: bool,
    is_deleted: bool,
}

/// A paragraph that is open.
#[derive(Default)]
struct Paragraph {
    words: String,
    style: Style,
    /// Level of the list that it is an item of.
    item: Option<usize>,
    list: String,
    /// Whether its end was deleted.
    goes_on: bool,
    /// Links that are open: where they begin and lead to.
    links: Vec<(usize, String)>,
    /// Where the last run of code ends.
    code_end: Option<usize>,
    /// Parts that get a mark before them when they end, by where they begin.
    parts: Vec<(usize, &'static str)>,
    /// What closes the brackets of equations that are open.
    brackets: Vec<String>,
}

/// Levels of lists that are indented.
const LIST_LEVELS_MAX: usize = 8;

impl Paragraph {
    /// Ends the part of an equation or the run that began last: `^` and what is raised.
    fn end_part(&mut self) {
        let Some((at, mark)) = self.parts.pop() else {
            return;
        };
        let part = self.words.get(at..).unwrap_or_default().to_owned();
        if !part.contains(char::is_alphanumeric) {
            return;
        }
        self.words.truncate(at);
        self.words.push_str(mark);
        let is_one = part
            .trim_start_matches(['-', '−', '+'])
            .chars()
            .all(char::is_alphanumeric);
        if is_one {
            self.words.push_str(&part);
        } else {
            self.words.extend(["(", part.trim(), ")"]);
        }
    }
}

/// Returns the mark before a part of an equation: powers, indices, denominators.
fn mark_of(name: &str) -> Option<&'static str> {
    match name {
        "m:sup" => Some("^"),
        "m:sub" => Some("_"),
        "m:num" => Some(""),
        "m:den" => Some("/"),
        "m:rad" => Some("√"),
        _ => None,
    }
}

impl Writer {
    fn start(&mut self, tag: &Tag) {
        if &*tag.name == "mc:fallback" && !tag.self_closing {
            self.fallbacks += 1;
        }
        if self.fallbacks > 0 {
            return;
        }
        if self.start_unseen(tag) {
            return;
        }
        if let Some(mark) = mark_of(&tag.name)
            && !tag.self_closing
        {
            let at = self.paragraph.words.len();
            self.paragraph.parts.push((at, mark));
        }
        let is_taken =
            self.start_paragraph(tag) || self.start_in_run(tag) || self.start_in_table(tag);
        if !is_taken {
            self.bracket(tag);
        }
    }

    /// Begins a paragraph, or takes what it is by its style and its list; tells whether the tag is of these.
    fn start_paragraph(&mut self, tag: &Tag) -> bool {
        match &*tag.name {
            "w:p" if tag.self_closing => {}
            "w:p" => self.around.push(std::mem::take(&mut self.paragraph)),
            "w:pstyle" => self.take_style(&attribute(tag, "w:val")),
            "w:numpr" => self.paragraph.item = Some(self.paragraph.item.unwrap_or(0)),
            "w:numid" => {
                self.paragraph.list = attribute(tag, "w:val");
                // A paragraph leaves the list of its style so.
                if self.paragraph.list == "0" {
                    self.paragraph.item = None;
                }
            }
            "w:ilvl" => {
                let level = attribute(tag, "w:val").parse().unwrap_or(0);
                self.paragraph.item = Some(std::cmp::min(level, LIST_LEVELS_MAX));
            }
            _ => return false,
        }
        true
    }

    /// Makes of the paragraph what the style of this `id` says, which may be an item of a list.
    fn take_style(&mut self, id: &str) {
        let listed = self.listed.get(id);
        if let Some(listed) = listed.filter(|listed| !listed.list.is_empty()) {
            let own = || self.lists.level_of(&listed.list, id);
            let level = listed.level.or_else(own).unwrap_or(0);
            self.paragraph.list.clone_from(&listed.list);
            self.paragraph.item = Some(level.min(LIST_LEVELS_MAX));
        }
        self.paragraph.style = self.style_of(id);
    }

    /// Returns what the style of this `id` is; one that is not declared is what its name says.
    fn style_of(&self, id: &str) -> Style {
        let style = self.styles.get(id).copied();
        style.unwrap_or_else(|| named(id))
    }

    /// Opens the brackets of an equation, or says which they are.
    fn bracket(&mut self, tag: &Tag) {
        let paragraph = &mut self.paragraph;
        match &*tag.name {
            "m:d" if !tag.self_closing => {
                paragraph.words.push('(');
                paragraph.brackets.push(")".to_owned());
            }
            "m:begchr" if paragraph.words.ends_with('(') => {
                paragraph.words.pop();
                paragraph.words.push_str(&attribute(tag, "m:val"));
            }
            "m:endchr" => {
                if let Some(bracket) = paragraph.brackets.last_mut() {
                    *bracket = attribute(tag, "m:val");
                }
            }
            // The sign of a sum or an integral.
            "m:chr" => paragraph.words.push_str(&attribute(tag, "m:val")),
            _ => {}
        }
    }

    fn end(&mut self, name: &str) {
        if name == "mc:fallback" {
            self.fallbacks = self.fallbacks.saturating_sub(1);
            return;
        }
        if self.fallbacks > 0 {
            return;
        }
        if mark_of(name).is_some() {
            self.paragraph.end_part();
        }
        match name {
            "w:t" => self.end_text(),
            "m:t" => self.in_text = false,
            "m:d" => {
                let bracket = self.paragraph.brackets.pop().unwrap_or_default();
                self.paragraph.words.push_str(&bracket);
            }
            "w:p" => {
                self.end_paragraph();
                self.paragraph = self.around.pop().unwrap_or_default();
            }
            name if self.end_in_table(name) => {}
            name => self.end_unseen(name),
        }
    }

    fn end_paragraph(&mut self) {
        let Paragraph {
            words,
            style,
            item,
            list,
            goes_on,
            ..
        } = std::mem::take(&mut self.paragraph);
        let words = std::mem::take(&mut self.carried) + &words;
        if goes_on {
            self.carried = words;
            return;
        }
        if style == Style::Contents {
            return;
        }
        if self.tables > 0 {
            self.add_to_cell(&one_line(&words));
            return;
        }
        if style == Style::Code {
            self.code.extend(words.split('\n').map(str::to_owned));
            return;
        }
        self.end_code();
        if words.trim().is_empty() {
            return;
        }
        match (style, item) {
            (Style::Heading(level), item) => {
                let number = item.and_then(|level| self.lists.number(&list, level));
                let gap = if number.is_some() { " " } else { "" };
                let words = format!("{}{gap}{words}", number.unwrap_or_default());
                self.sheet.heading(level, &words, "", Vec::new());
            }
            (_, Some(level)) => {
                let number = self.lists.next(&list, level);
                let mark = format!("{}{number} ", "  ".repeat(level));
                self.sheet.prose_indented(&mark, &words);
            }
            _ => self.sheet.label(&words),
        }
        self.tell_notes();
    }

    /// Tells the notes that were referred to, below what refers to them.
    fn tell_notes(&mut self) {
        for mark in std::mem::take(&mut self.wanted) {
            if let Some(note) = self.notes.remove(&mark) {
                self.sheet.label(&format!("[^{mark}]: {note}"));
            }
        }
    }

    fn end_code(&mut self) {
        let code = std::mem::take(&mut self.code);
        if code.iter().any(|line| !line.trim().is_empty()) {
            self.sheet.code("", &code.join("\n"));
        }
    }

    fn finish(mut self, title: &str) -> Document {
        self.end_code();
        self.sheet.table(&self.rows);
        self.tell_notes();
        Document {
            kind: None,
            // The lines of a packed file are those of its text.
            file_lines: None,
            ..self.sheet.finish(title, Kind::Guide, None)
        }
    }
}

#[cfg(test)]
mod tests;
