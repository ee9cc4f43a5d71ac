//! Word documents (Office Open XML): headings by their style, lists, tables and code, without what is hidden or deleted.

use std::cell::RefCell;
use std::collections::HashMap;

use html5ever::tokenizer::{Tag, TagKind, Token, TokenSink, TokenSinkResult};

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
        let writer = Writer {
            styles: styles.0.into_inner().known,
            ..Writer::default()
        };
        let (Ok(sink) | Err(sink)) = markup::read(&text, Body(RefCell::new(writer)));
        let title = archive.text("docProps/core.xml").unwrap_or_default();
        let title = between(&title, "<dc:title>", "</dc:title>");
        let document = sink.0.into_inner().finish(&title);
        Ok(document.into())
    }
}

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

fn attribute(tag: &Tag, name: &str) -> String {
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
            Token::CharacterTokens(text) if writer.in_text => writer.words.push_str(&text),
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

/// Writes the paragraphs of a document as they end.
#[derive(Default)]
struct Writer {
    styles: HashMap<String, Style>,
    sheet: Sheet,
    /// The paragraph that is open.
    words: String,
    style: Style,
    /// Level of the list that the paragraph is an item of.
    item: Option<usize>,
    /// Whether the run that is open is hidden.
    hidden: bool,
    in_text: bool,
    /// Lines of code that follow one another.
    code: Vec<String>,
    /// Tables that are open; rows of the outermost.
    tables: usize,
    rows: Vec<Vec<String>>,
}

/// Levels of lists that are indented.
const LIST_LEVELS_MAX: usize = 8;

impl Writer {
    fn start(&mut self, tag: &Tag) {
        match &*tag.name {
            "w:p" => {
                self.words.clear();
                self.style = Style::Body;
                self.item = None;
            }
            "w:pstyle" => {
                let id = attribute(tag, "w:val");
                self.style = self.styles.get(&id).copied().unwrap_or_else(|| named(&id));
            }
            "w:numpr" => self.item = Some(self.item.unwrap_or(0)),
            "w:ilvl" => {
                let level = attribute(tag, "w:val").parse().unwrap_or(0);
                self.item = Some(std::cmp::min(level, LIST_LEVELS_MAX));
            }
            "w:r" => self.hidden = false,
            "w:vanish" => self.hidden = !matches!(attribute(tag, "w:val").as_str(), "0" | "false"),
            "w:t" => self.in_text = !self.hidden && !tag.self_closing,
            "w:tab" if !self.hidden => self.words.push('\t'),
            "w:br" | "w:cr" if !self.hidden => self.words.push('\n'),
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
            _ => {}
        }
    }

    fn end(&mut self, name: &str) {
        match name {
            "w:t" => self.in_text = false,
            "w:p" => self.end_paragraph(),
            "w:tbl" => {
                self.tables = self.tables.saturating_sub(1);
                if self.tables == 0 {
                    let rows = std::mem::take(&mut self.rows);
                    self.sheet.table(&rows);
                }
            }
            _ => {}
        }
    }

    fn end_paragraph(&mut self) {
        let words = std::mem::take(&mut self.words);
        if self.tables > 0 {
            if let Some(cell) = self.rows.last_mut().and_then(|row| row.last_mut()) {
                if !cell.is_empty() {
                    cell.push(' ');
                }
                cell.push_str(&one_line(&words));
            }
            return;
        }
        if self.style == Style::Code {
            self.code.extend(words.split('\n').map(str::to_owned));
            return;
        }
        self.end_code();
        if words.trim().is_empty() {
            return;
        }
        match (self.style, self.item) {
            (Style::Heading(level), _) => self.sheet.heading(level, &words, "", Vec::new()),
            (_, Some(level)) => {
                let mark = format!("{}- ", "  ".repeat(level));
                self.sheet.prose_indented(&mark, &words);
            }
            _ => self.sheet.label(&words),
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
    fn what_is_no_word_document_is_named() {
        for bytes in [packed(&[("x", "y")]), b"PK\x03\x04".to_vec(), Vec::new()] {
            assert!(matches!(Docx.read(&bytes), Err(Unread::Broken(_))));
        }
    }
}
