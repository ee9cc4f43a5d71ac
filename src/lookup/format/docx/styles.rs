//! What paragraphs are by their style: headings, code, items of lists.

use std::cell::RefCell;
use std::collections::HashMap;

use html5ever::tokenizer::{TagKind, Token, TokenSink, TokenSinkResult};

use super::attribute;
use crate::markup;

/// Returns what the styles that `xml` declares are.
pub(super) fn read(xml: &str) -> StyleReader {
    let (Ok(styles) | Err(styles)) = markup::read(xml, Styles::default());
    styles.0.into_inner()
}

/// What a paragraph is by its style.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Style {
    #[default]
    Body,
    Heading(u8),
    Code,
}

/// Reads what the styles of a document are called.
#[derive(Default)]
struct Styles(RefCell<StyleReader>);

#[derive(Default)]
pub(super) struct StyleReader {
    id: String,
    pub(super) known: HashMap<String, Style>,
    /// The lists that paragraphs of a style are items of.
    pub(super) listed: HashMap<String, String>,
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
pub(super) fn named(name: &str) -> Style {
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
