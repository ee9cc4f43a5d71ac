//! Headings that Markdown has as HTML: READMEs centre their title so, and give sections an id.

use html5ever::tokenizer::{Tag, TagKind, Token};

use super::super::sheet::one_line;
use crate::lookup::document::Heading;
use crate::markup::{self, attribute};

/// The headings found, and the one that is open: a blank line in it ends its block of HTML, but not the heading.
#[derive(Default)]
pub(super) struct HtmlHeadings {
    /// The headings by the line of the text that they begin at.
    pub(super) found: Vec<(usize, Heading)>,
    open: Option<(usize, Heading)>,
    /// What a picture in the open heading is instead of words.
    picture: String,
}

/// Bytes of the longest title: beyond that the end of a heading is missing.
const TITLE_BYTES_MAX: usize = 300;

impl HtmlHeadings {
    /// Adds the headings of a block of HTML that begins at line `first`.
    pub(super) fn add(&mut self, html: &str, first: usize) {
        markup::each(html, |token, line| match token {
            Token::TagToken(tag) => {
                let line = usize::try_from(line).unwrap_or(1).saturating_sub(1);
                self.tag(&tag, first + line);
            }
            Token::CharacterTokens(words) => self.words(&words),
            _ => {}
        });
    }

    /// Adds words to the heading that is open.
    pub(super) fn words(&mut self, words: &str) {
        if let Some((_, heading)) = &mut self.open {
            heading.title.push_str(words);
            if heading.title.len() > TITLE_BYTES_MAX {
                self.give_up();
            }
        }
    }

    /// Forgets the heading that is open: its end is missing.
    pub(super) fn give_up(&mut self) {
        self.open = None;
    }

    fn tag(&mut self, tag: &Tag, line: usize) {
        let starts = tag.kind == TagKind::StartTag;
        if let Some(level) = level_of(&tag.name) {
            if starts {
                let heading = Heading {
                    anchor: anchor_of(tag),
                    ..Heading::new(level, String::new())
                };
                self.open = Some((line, heading));
                self.picture.clear();
            } else {
                self.close();
            }
        } else if starts && let Some((_, heading)) = &mut self.open {
            match &*tag.name {
                "a" if heading.anchor.is_none() => heading.anchor = anchor_of(tag),
                "img" => {
                    let words = attribute(tag, "alt").unwrap_or_default();
                    words.clone_into(&mut self.picture);
                }
                "br" => heading.title.push(' '),
                _ => {}
            }
        }
    }

    fn close(&mut self) {
        let Some((line, mut heading)) = self.open.take() else {
            return;
        };
        heading.title = one_line(&heading.title);
        if heading.title.is_empty() {
            heading.title = one_line(&self.picture);
        }
        let is_first = self.found.last().is_none_or(|(last, _)| *last < line);
        if is_first && !heading.title.is_empty() {
            self.found.push((line, heading));
        }
    }
}

fn level_of(name: &str) -> Option<u8> {
    let level = name.strip_prefix('h')?.parse().ok()?;
    (1..=6).contains(&level).then_some(level)
}

fn anchor_of(tag: &Tag) -> Option<String> {
    let anchor = attribute(tag, "id").or_else(|| attribute(tag, "name"));
    anchor.map(one_line).filter(|anchor| !anchor.is_empty())
}
