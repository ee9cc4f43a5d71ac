//! The footnotes, endnotes and comments of a Word document, which lie in files of their own.

use std::cell::RefCell;
use std::collections::HashMap;

use html5ever::tokenizer::{TagKind, Token, TokenSink, TokenSinkResult};

use super::super::sheet::one_line;
use super::attribute;
use crate::markup;

/// Returns the notes in `xml` by their numbers, `kind` before each.
pub(super) fn read(xml: &str, kind: &str) -> HashMap<String, String> {
    let (Ok(notes) | Err(notes)) = markup::read(xml, Notes::default());
    let notes = notes.0.into_inner().told.into_iter();
    notes
        .map(|(id, words)| (format!("{kind}{id}"), one_line(&words)))
        .filter(|(_, words)| !words.is_empty())
        .collect()
}

#[derive(Default)]
struct Notes(RefCell<Reader>);

#[derive(Default)]
struct Reader {
    id: String,
    in_text: bool,
    told: HashMap<String, String>,
}

impl TokenSink for Notes {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let mut reader = self.0.borrow_mut();
        match token {
            Token::TagToken(tag) => {
                let starts = tag.kind == TagKind::StartTag;
                match &*tag.name {
                    "w:footnote" | "w:endnote" if starts => {
                        reader.id = attribute(&tag, "w:id");
                    }
                    "w:comment" if starts => {
                        reader.id = attribute(&tag, "w:id");
                        let author = attribute(&tag, "w:author");
                        if !author.is_empty() {
                            reader.add(&format!("{author}: "));
                        }
                    }
                    "w:t" | "m:t" => reader.in_text = starts && !tag.self_closing,
                    "w:p" | "w:tab" | "w:br" => reader.add(" "),
                    _ => {}
                }
            }
            Token::CharacterTokens(words) if reader.in_text => reader.add(&words),
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

impl Reader {
    fn add(&mut self, words: &str) {
        let id = self.id.clone();
        self.told.entry(id).or_default().push_str(words);
    }
}
