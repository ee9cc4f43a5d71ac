//! Elements whose content is not written as it comes: what is left out, the names of tabs, formulas.

use html5ever::tokenizer::Tag;

use super::drop::{self, Weight, Why};
use super::element::{Element, is_heading};
use super::math::Math;
use super::open::Open;
use super::reader::Reader;
use super::tabs::Tab;
use crate::markup;

/// An element whose content is not written as it comes.
pub(super) struct Aside {
    pub(super) element: Open,
    pub(super) content: Content,
}

pub(super) enum Content {
    Dropped(Why, Weight),
    Tab(Tab),
    Math(Math),
}

impl Reader {
    /// Takes a tag within what is not written as it comes, or the one that ends it.
    pub(super) fn tag_aside(&mut self, tag: &Tag, begins: bool) {
        let Some(aside) = &mut self.aside else {
            return;
        };
        let name = &*tag.name;
        if begins && matches!(aside.content, Content::Tab(_)) && is_heading(name) {
            // The parts of an accordion are called tabs, too, and their headings are those of the page.
            self.aside = None;
            self.start(Element::of(tag));
            return;
        }
        if begins && !tag.self_closing {
            aside.element.begin(name);
        } else if !begins && aside.element.end(name) {
            self.finish_aside();
            return;
        }
        match &mut aside.content {
            Content::Dropped(_, weight) => weight.tag(name, begins),
            Content::Math(math) if begins => {
                math.begin(name, markup::attribute(tag, "encoding"));
                if tag.self_closing {
                    math.end(name);
                }
            }
            Content::Math(math) => math.end(name),
            Content::Tab(_) => {}
        }
    }

    pub(super) fn finish_aside(&mut self) {
        match self.aside.take().map(|aside| aside.content) {
            Some(Content::Dropped(why, weight)) => self.losses.add(why, &weight),
            Some(Content::Tab(tab)) => self.tabs.add(tab),
            Some(Content::Math(math)) => self.page.text(&math.finish()),
            None => {}
        }
    }

    /// Returns how the content of the element is to be read, if not as that of others.
    pub(super) fn content(&self, element: Element<'_>, is_shown: bool) -> Option<Content> {
        if !is_shown {
            return Some(Content::Dropped(Why::Certain, Weight::default()));
        }
        if element.name == "math" {
            return Some(Content::Math(Math::new(element.attribute("alttext"))));
        }
        if let Some(tab) = self.tabs.tab(element) {
            return Some(Content::Tab(tab));
        }
        // What a task says may be the label of its box.
        if element.name == "label" && self.lists.has_task {
            return None;
        }
        // The table finds out whether it is a gutter.
        if self.page.in_table() && matches!(element.name, "td" | "th" | "pre") {
            return None;
        }
        let place = drop::Place {
            in_main: self.mains > 0,
            in_section: self.nesting.in_section(),
            is_headed: self.nesting.has_heading,
        };
        let why = drop::why(element, place, &self.doubts.words)?;
        Some(Content::Dropped(why, Weight::default()))
    }
}
