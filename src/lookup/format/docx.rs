//! Word documents (Office Open XML): headings by their style, lists, tables and code, without what is hidden or deleted.

use std::cell::RefCell;
use std::collections::HashMap;

use html5ever::tokenizer::{Tag, TagKind, Token, TokenSink, TokenSinkResult};

use super::docx_lists::{self, Lists};
use super::docx_notes;
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
        let (Ok(styles) | Err(styles)) = markup::read(&styles, Styles::default());
        let mut part = |name: &str| archive.text(name).unwrap_or_default();
        let mut notes = docx_notes::read(&part("word/footnotes.xml"), FOOTNOTE);
        notes.extend(docx_notes::read(&part("word/endnotes.xml"), ENDNOTE));
        let lists = docx_lists::read(&part("word/numbering.xml"));
        let styles = styles.0.into_inner();
        let writer = Writer {
            styles: styles.known,
            listed: styles.listed,
            lists,
            notes,
            ..Writer::default()
        };
        let (Ok(sink) | Err(sink)) = markup::read(&text, Body(RefCell::new(writer)));
        let title = archive.text("docProps/core.xml").unwrap_or_default();
        let title = between(&title, "<dc:title>", "</dc:title>");
        let document = sink.0.into_inner().finish(&title);
        Ok(document.into())
    }
}

/// What stands before the number of a note.
const FOOTNOTE: &str = "";
const ENDNOTE: &str = "e";

/// Returns the plain text between two marks.
fn between(text: &str, open: &str, close: &str) -> String {
    let inside = text
        .split_once(open)
        .and_then(|(_, rest)| rest.split_once(close));
    let inside = inside.map(|(inside, _)| inside).unwrap_or_default();
    let (Ok(words) | Err(words)) = markup::read(inside, Words::default());
    one_line(&words.0.into_inner())
}

/// Collects text.
#[derive(Default)]
struct Words(RefCell<String>);

impl TokenSink for Words {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        if let Token::CharacterTokens(text) = token {
            self.0.borrow_mut().push_str(&text);
        }
        TokenSinkResult::Continue
    }
}

/// What a paragraph is by its style.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Style {
    #[default]
    Body,
    Heading(u8),
    Code,
}

/// Reads what the styles of a document are called.
#[derive(Default)]
struct Styles(RefCell<StyleReader>);

#[derive(Default)]
struct StyleReader {
    id: String,
    known: HashMap<String, Style>,
    /// The lists that paragraphs of a style are items of.
    listed: HashMap<String, String>,
}

impl TokenSink for Styles {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        if let Token::TagToken(tag) = token
            && tag.kind == TagKind::StartTag
        {
            let mut reader = self.0.borrow_mut();
            match &*tag.name {
                "w:style" => reader.id = attribute(&tag, "w:styleid"),
                "w:name" => {
                    let style = named(&attribute(&tag, "w:val"));
                    let id = reader.id.clone();
                    reader.known.insert(id, style);
                }
                "w:numid" => {
                    let id = reader.id.clone();
                    reader.listed.insert(id, attribute(&tag, "w:val"));
                }
                // A style of another name that is a heading by its level in the outline.
                "w:outlinelvl" => {
                    if let Ok(level) = attribute(&tag, "w:val").parse::<u8>()
                        && level < 6
                    {
                        let id = reader.id.clone();
                        reader.known.insert(id, Style::Heading(level + 1));
                    }
                }
                _ => {}
            }
        }
        TokenSinkResult::Continue
    }
}

/// Returns what a style is by its name, which is English whatever the language of the program was.
fn named(name: &str) -> Style {
    let name = name.to_lowercase();
    if name == "title" {
        return Style::Heading(1);
    }
    if let Some(level) = name
        .strip_prefix("heading")
        .and_then(|level| level.trim().parse::<u8>().ok())
    {
        return Style::Heading(level.clamp(1, 6));
    }
    if name.contains("code") || name.contains("preformatted") || name.contains("verbatim") {
        return Style::Code;
    }
    Style::Body
}

pub(super) fn attribute(tag: &Tag, name: &str) -> String {
    let found = tag
        .attrs
        .iter()
        .find(|attribute| &*attribute.name.local == name);
    found.map_or_else(String::new, |attribute| attribute.value.to_string())
}

struct Body(RefCell<Writer>);

impl TokenSink for Body {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let mut writer = self.0.borrow_mut();
        match token {
            Token::TagToken(tag) if tag.kind == TagKind::StartTag => writer.start(&tag),
            Token::TagToken(tag) => writer.end(&tag.name),
            Token::CharacterTokens(text) if writer.in_text && writer.fallbacks == 0 => {
                writer.paragraph.words.push_str(&text);
            }
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

/// Writes the paragraphs of a document as they end.
#[derive(Default)]
struct Writer {
    styles: HashMap<String, Style>,
    listed: HashMap<String, String>,
    lists: Lists,
    /// Footnotes and endnotes by the mark that refers to them.
    notes: HashMap<String, String>,
    sheet: Sheet,
    paragraph: Paragraph,
    /// The paragraphs around it: a text box stands in one.
    around: Vec<Paragraph>,
    /// Whether the run that is open is hidden.
    hidden: bool,
    /// The mark of the run that is open if it stands above or below the line.
    raised: Option<&'static str>,
    in_text: bool,
    /// Elements that are open and tell again what was told.
    fallbacks: usize,
    /// Notes that the text refers to and that are not told yet.
    wanted: Vec<String>,
    /// Lines of code that follow one another.
    code: Vec<String>,
    /// Tables that are open; rows of the outermost.
    tables: usize,
    rows: Vec<Vec<String>>,
}

/// A paragraph that is open.
#[derive(Default)]
struct Paragraph {
    words: String,
    style: Style,
    /// Level of the list that it is an item of.
    item: Option<usize>,
    list: String,
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
        if let Some(mark) = mark_of(&tag.name)
            && !tag.self_closing
        {
            let at = self.paragraph.words.len();
            self.paragraph.parts.push((at, mark));
        }
        match &*tag.name {
            "w:p" if tag.self_closing => {}
            "w:p" => self.around.push(std::mem::take(&mut self.paragraph)),
            "w:pstyle" => {
                let id = attribute(tag, "w:val");
                if let Some(list) = self.listed.get(&id) {
                    self.paragraph.list.clone_from(list);
                    self.paragraph.item = Some(0);
                }
                let style = self.styles.get(&id).copied();
                self.paragraph.style = style.unwrap_or_else(|| named(&id));
            }
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
            "w:r" => {
                self.hidden = false;
                self.raised = None;
            }
            "w:vanish" => self.hidden = !matches!(attribute(tag, "w:val").as_str(), "0" | "false"),
            "w:vertalign" => {
                self.raised = match attribute(tag, "w:val").as_str() {
                    "superscript" => Some("^"),
                    "subscript" => Some("_"),
                    _ => None,
                }
            }
            "w:t" => {
                self.in_text = !self.hidden && !tag.self_closing;
                if let Some(mark) = self.raised
                    && self.in_text
                {
                    let at = self.paragraph.words.len();
                    self.paragraph.parts.push((at, mark));
                }
            }
            "m:t" => self.in_text = !tag.self_closing,
            "w:footnotereference" => self.refer(FOOTNOTE, tag),
            "w:endnotereference" => self.refer(ENDNOTE, tag),
            "w:tab" if !self.hidden => self.paragraph.words.push('\t'),
            "w:br" | "w:cr" if !self.hidden => self.paragraph.words.push('\n'),
            "w:tbl" => {
                self.end_code();
                self.tables += 1;
            }
            "w:tr" if self.tables == 1 => self.rows.push(Vec::new()),
            "w:tc" if self.tables == 1 => {
                if let Some(row) = self.rows.last_mut() {
                    row.push(String::new());
                }
            }
            name => self.bracket(name, tag),
        }
    }

    /// Opens the brackets of an equation, or says which they are.
    fn bracket(&mut self, name: &str, tag: &Tag) {
        let paragraph = &mut self.paragraph;
        match name {
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

    /// Writes the mark of a note.
    fn refer(&mut self, kind: &str, tag: &Tag) {
        let mark = format!("{kind}{}", attribute(tag, "w:id"));
        if self.notes.contains_key(&mark) && !self.hidden {
            self.paragraph.words.extend(["[^", &mark, "]"]);
            self.wanted.push(mark);
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
            "w:t" => {
                if self.in_text && self.raised.is_some() {
                    self.paragraph.end_part();
                }
                self.in_text = false;
            }
            "m:t" => self.in_text = false,
            "m:d" => {
                let bracket = self.paragraph.brackets.pop().unwrap_or_default();
                self.paragraph.words.push_str(&bracket);
            }
            "w:p" => {
                self.end_paragraph();
                self.paragraph = self.around.pop().unwrap_or_default();
            }
            "w:tbl" => {
                self.tables = self.tables.saturating_sub(1);
                if self.tables == 0 {
                    let rows = std::mem::take(&mut self.rows);
                    self.sheet.table(&rows);
                    self.tell_notes();
                }
            }
            _ => {}
        }
    }

    fn end_paragraph(&mut self) {
        let Paragraph {
            words,
            style,
            item,
            list,
            ..
        } = std::mem::take(&mut self.paragraph);
        if self.tables > 0 {
            if let Some(cell) = self.rows.last_mut().and_then(|row| row.last_mut()) {
                if !cell.is_empty() {
                    cell.push(' ');
                }
                cell.push_str(&one_line(&words));
            }
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
            (Style::Heading(level), _) => self.sheet.heading(level, &words, "", Vec::new()),
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
mod tests {
    use super::*;
    use crate::lookup::zip::tests::packed;

    fn text(body: &str) -> String {
        let document = format!("<w:document><w:body>{body}</w:body></w:document>");
        let styles = r#"<w:styles><w:style w:styleId="berschrift1"><w:name w:val="heading 1"/></w:style>
            <w:style w:styleId="K"><w:name w:val="Chapter"/><w:pPr><w:outlineLvl w:val="1"/></w:pPr></w:style></w:styles>"#;
        let core = "<cp:coreProperties><dc:title>Tides &amp; Ebb</dc:title></cp:coreProperties>";
        let bytes = packed(&[
            ("word/document.xml", &document),
            ("word/styles.xml", styles),
            ("docProps/core.xml", core),
            (
                "word/footnotes.xml",
                r#"<w:footnotes><w:footnote w:type="separator" w:id="-1"><w:p/></w:footnote>
                <w:footnote w:id="2"><w:p><w:r><w:footnoteRef/></w:r><w:r><w:t>By the moon,</w:t></w:r></w:p><w:p><w:r><w:t>mostly.</w:t></w:r></w:p></w:footnote></w:footnotes>"#,
            ),
            (
                "word/endnotes.xml",
                r#"<w:endnotes><w:endnote w:id="2"><w:p><w:r><w:t>At the end.</w:t></w:r></w:p></w:endnote></w:endnotes>"#,
            ),
            (
                "word/numbering.xml",
                r#"<w:numbering><w:abstractNum w:abstractNumId="7"><w:lvl w:ilvl="0"><w:start w:val="3"/><w:numFmt w:val="decimal"/></w:lvl><w:lvl w:ilvl="1"><w:numFmt w:val="lowerLetter"/></w:lvl><w:lvl w:ilvl="2"><w:numFmt w:val="bullet"/></w:lvl></w:abstractNum>
                <w:num w:numId="1"><w:abstractNumId w:val="7"/></w:num></w:numbering>"#,
            ),
        ]);
        let page = Docx.read(&bytes).unwrap().first;
        assert_eq!(page.title.as_deref(), Some("Tides & Ebb"));
        page.text
    }

    #[test]
    fn headings_lists_tables_and_code_are_what_their_styles_say() {
        let paragraph = |style: &str, words: &str| {
            format!(
                r#"<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr><w:r><w:t>{words}</w:t></w:r></w:p>"#
            )
        };
        let cell = |words: &str| format!("<w:tc><w:p><w:r><w:t>{words}</w:t></w:r></w:p></w:tc>");
        let body = [
            paragraph("berschrift1", "High water"),
            r#"<w:p><w:r><w:t xml:space="preserve">It comes </w:t></w:r><w:r><w:rPr><w:vanish/></w:rPr><w:t>hidden</w:t></w:r><w:del><w:r><w:delText>never</w:delText></w:r></w:del><w:r><w:t>twice &lt; thrice.</w:t></w:r></w:p>"#.to_owned(),
            paragraph("K", "Ebb"),
            r#"<w:p><w:pPr><w:numPr><w:ilvl w:val="1"/></w:numPr></w:pPr><w:r><w:t>an item</w:t></w:r></w:p>"#.to_owned(),
            paragraph("SourceCode", "let x"),
            paragraph("SourceCode", "  = 1"),
            format!("<w:tbl><w:tr>{}{}</w:tr><w:tr>{}{}</w:tr></w:tbl>", cell("a|b"), cell("c"), cell("1"), cell("2")),
        ];
        assert_eq!(
            text(&body.concat()),
            "# High water\n\nIt comes twice < thrice.\n\n## Ebb\n\n  - an item\n\n```\nlet x\n  = 1\n```\n\n\
             | a\\|b | c |\n| --- | --- |\n| 1 | 2 |\n\n"
        );
    }

    #[test]
    fn notes_are_told_below_what_refers_to_them() {
        let body = r#"<w:p><w:r><w:t>High</w:t></w:r><w:r><w:footnoteReference w:id="2"/></w:r><w:r><w:t xml:space="preserve"> water</w:t></w:r><w:r><w:endnoteReference w:id="2"/></w:r></w:p><w:p><w:r><w:t>Next.</w:t></w:r></w:p>"#;
        assert_eq!(
            text(body),
            "High[^2] water[^e2]\n\n[^2]: By the moon, mostly.\n\n[^e2]: At the end.\n\nNext.\n"
        );
    }

    #[test]
    fn equations_and_what_is_raised_keep_their_meaning() {
        let body = r#"<w:p><w:r><w:t>10</w:t></w:r><w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:t>6</w:t></w:r><w:r><w:t> H</w:t></w:r><w:r><w:rPr><w:vertAlign w:val="subscript"/></w:rPr><w:t>2</w:t></w:r><w:r><w:t>O</w:t></w:r></w:p>
            <w:p><m:oMath><m:r><m:t>E=m</m:t></m:r><m:sSup><m:e><m:r><m:t>c</m:t></m:r></m:e><m:sup><m:r><m:t>n-1</m:t></m:r></m:sup></m:sSup><m:f><m:num><m:r><m:t>a+b</m:t></m:r></m:num><m:den><m:r><m:t>c</m:t></m:r></m:den></m:f><m:d><m:dPr><m:begChr m:val="["/><m:endChr m:val="]"/></m:dPr><m:e><m:r><m:t>x</m:t></m:r></m:e></m:d></m:oMath></w:p>"#;
        assert_eq!(text(body), "10^6 H_2O\n\nE=mc^(n-1)(a+b)/c[x]\n");
    }

    #[test]
    fn a_text_box_is_told_once_and_takes_nothing_from_the_paragraph_around_it() {
        let body = "<w:p><w:r><w:t>Before, </w:t></w:r><w:r><mc:AlternateContent><mc:Choice><w:txbxContent><w:p><w:r><w:t>in the box</w:t></w:r></w:p></w:txbxContent></mc:Choice><mc:Fallback><w:txbxContent><w:p><w:r><w:t>in the box</w:t></w:r></w:p></w:txbxContent></mc:Fallback></mc:AlternateContent></w:r><w:r><w:t>after.</w:t></w:r></w:p>";
        assert_eq!(text(body), "in the box\n\nBefore, after.\n");
    }

    #[test]
    fn lists_are_numbered_as_they_say() {
        let item = |level: &str, words: &str| {
            format!(
                r#"<w:p><w:pPr><w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="1"/></w:numPr></w:pPr><w:r><w:t>{words}</w:t></w:r></w:p>"#
            )
        };
        let body = [
            item("0", "one"),
            item("1", "inner"),
            item("1", "second"),
            item("0", "two"),
            item("1", "again"),
            item("2", "bullet"),
        ];
        assert_eq!(
            text(&body.concat()),
            "3. one\n  a. inner\n  b. second\n4. two\n  a. again\n    - bullet\n"
        );
    }

    #[test]
    fn what_is_no_word_document_is_named() {
        for bytes in [packed(&[("x", "y")]), b"PK\x03\x04".to_vec(), Vec::new()] {
            assert!(matches!(Docx.read(&bytes), Err(Unread::Broken(_))));
        }
    }
}
