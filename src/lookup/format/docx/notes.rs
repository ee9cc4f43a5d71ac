//! The footnotes, endnotes and comments of a Word document, which lie in files of their own.

use std::collections::HashMap;

use html5ever::tokenizer::{Tag, TagKind, Token};

use super::super::sheet::one_line;
use super::attribute;
use crate::markup;

/// Returns the notes in `xml` by their numbers, `kind` before each.
pub(super) fn read(xml: &str, kind: &str) -> HashMap<String, String> {
    let mut notes = Notes::default();
    markup::each(xml, |token, _| match token {
        Token::TagToken(tag) => notes.tag(&tag),
        Token::CharacterTokens(words) if notes.in_text => notes.add(&words),
        _ => {}
    });
    let told = notes.told.into_iter();
    told.map(|(id, words)| (format!("{kind}{id}"), one_line(&words)))
        .filter(|(_, words)| !words.is_empty())
        .collect()
}

#[derive(Default)]
struct Notes {
    id: String,
    in_text: bool,
    told: HashMap<String, String>,
}

impl Notes {
    fn tag(&mut self, tag: &Tag) {
        let starts = tag.kind == TagKind::StartTag;
        match &*tag.name {
            "w:footnote" | "w:endnote" if starts => self.id = attribute(tag, "w:id"),
            "w:comment" if starts => {
                self.id = attribute(tag, "w:id");
                let author = attribute(tag, "w:author");
                if !author.is_empty() {
                    self.add(&format!("{author}: "));
                }
            }
            "w:t" | "m:t" => self.in_text = starts && !tag.self_closing,
            "w:p" | "w:tab" | "w:br" => self.add(" "),
            _ => {}
        }
    }

    fn add(&mut self, words: &str) {
        let id = self.id.clone();
        self.told.entry(id).or_default().push_str(words);
    }
}
