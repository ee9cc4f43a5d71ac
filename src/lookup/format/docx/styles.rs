//! What paragraphs are by their style: headings, code, items of lists.

use std::collections::HashMap;

use html5ever::tokenizer::{Tag, TagKind, Token};

use super::attribute;
use crate::markup;

/// Returns what the styles that `xml` declares are.
pub(super) fn read(xml: &str) -> Styles {
    let mut styles = Styles::default();
    markup::each(xml, |token, _| {
        if let Token::TagToken(tag) = token
            && tag.kind == TagKind::StartTag
        {
            styles.start(&tag);
        }
    });
    for _ in 0..INHERITED_MAX {
        styles.inherit();
    }
    styles
}

/// Styles that are based on one another: a longer chain is a circle.
const INHERITED_MAX: usize = 8;

/// Fonts whose letters are all as wide as each other.
const CODE_FONTS: [&str; 6] = [
    "consolas",
    "courier",
    "courier new",
    "lucida console",
    "menlo",
    "monaco",
];

/// What a paragraph is by its style.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Style {
    #[default]
    Body,
    Heading(u8),
    Code,
    /// Where the headings are listed again.
    Contents,
}

/// The styles of a document, by their id.
#[derive(Default)]
pub(super) struct Styles {
    /// Id of the one that is read.
    id: String,
    pub(super) known: HashMap<String, Style>,
    /// The lists that paragraphs of a style are items of.
    pub(super) listed: HashMap<String, Listed>,
    bases: HashMap<String, String>,
}

/// The list that paragraphs of a style are items of, and the level if the style says it.
#[derive(Debug, Clone, Default)]
pub(super) struct Listed {
    pub(super) list: String,
    pub(super) level: Option<usize>,
}

impl Styles {
    fn start(&mut self, tag: &Tag) {
        let value = || attribute(tag, "w:val");
        let id = self.id.clone();
        match &*tag.name {
            "w:style" => self.id = attribute(tag, "w:styleid"),
            "w:name" => {
                self.known.insert(id, named(&value()));
            }
            "w:numid" => self.listed.entry(id).or_default().list = value(),
            "w:ilvl" => self.listed.entry(id).or_default().level = value().parse().ok(),
            "w:basedon" => {
                self.bases.insert(id, value());
            }
            "w:rfonts" => {
                let font = attribute(tag, "w:ascii").to_lowercase();
                if let Some(style) = self.known.get_mut(&id)
                    && *style == Style::Body
                    && CODE_FONTS.contains(&font.as_str())
                {
                    *style = Style::Code;
                }
            }
            // A style of another name that is a heading by its level in the outline.
            "w:outlinelvl" => {
                if let Ok(level) = value().parse::<u8>()
                    && level < 6
                {
                    self.known.insert(id, Style::Heading(level + 1));
                }
            }
            _ => {}
        }
    }

    /// Takes from the styles that others are based on what these do not say.
    fn inherit(&mut self) {
        for (id, base) in &self.bases {
            let own = self.known.get(id).copied().unwrap_or_default();
            if let Some(style) = self.known.get(base).copied()
                && own == Style::Body
            {
                self.known.insert(id.clone(), style);
            }
            let Some(listed) = self.listed.get(base).cloned() else {
                continue;
            };
            let own = self.listed.entry(id.clone()).or_default();
            if own.list.is_empty() {
                own.list = listed.list;
                own.level = own.level.or(listed.level);
            }
        }
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
    let is_contents = name.strip_prefix("toc").is_some_and(|rest| {
        let rest = rest.trim();
        rest == "heading" || rest.parse::<u8>().is_ok()
    });
    if is_contents || name == "table of figures" {
        return Style::Contents;
    }
    if name == "source text"
        || name.contains("code")
        || name.contains("preformatted")
        || name.contains("verbatim")
    {
        return Style::Code;
    }
    Style::Body
}
