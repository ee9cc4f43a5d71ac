//! What an element is, by its name and by what its tag says.

use html5ever::tokenizer::Tag;

use crate::markup;

/// Elements that have no end.
pub(in crate::lookup::format) const VOID: &[&str] = &[
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source",
    "track", "wbr",
];
/// Elements that begin and end a paragraph.
const BLOCKS: &[&str] = &[
    "p",
    "div",
    "section",
    "article",
    "main",
    "blockquote",
    "figure",
    "figcaption",
    "details",
    "summary",
    "dd",
    "dl",
    "address",
    "fieldset",
    "hgroup",
    "header",
    "aside",
    "form",
    "body",
    "caption",
    "hr",
];
/// Elements that divide a page.
const DIVISIONS: &[&str] = &["div", "section", "article", "main"];
/// Elements that hold the whole page, whatever they are called.
const WHOLE: &[&str] = &["html", "body", "main", "article"];
/// Elements whose names are those of what a form sends, and places of no text.
const CONTROLS: &[&str] = &["form", "input", "option", "optgroup", "select", "textarea"];
/// Classes and roles of what stands beside the text of a page, under a title such as “Note”.
const ADMONITIONS: &[&str] = &[
    "admonition",
    "attention",
    "callout",
    "caution",
    "danger",
    "error",
    "hint",
    "important",
    "note",
    "tip",
    "warning",
];
/// What stands before the language in a class of code.
const LANGUAGES: &[&str] = &[
    "language-",
    "lang-",
    "highlight-source-",
    "highlight-",
    "brush:",
];
/// Attributes that name it.
const LANGUAGE_ATTRIBUTES: &[&str] = &["data-language", "data-lang", "language"];
/// What generators write for code of which nobody named the language.
const NO_LANGUAGES: &[&str] = &["default", "guess", "none", "plaintext"];

/// An element as its tag begins it.
#[derive(Clone, Copy)]
pub(super) struct Element<'a> {
    tag: &'a Tag,
    pub(super) name: &'a str,
    /// As they are written.
    classes: &'a str,
    /// `""` if it has none.
    pub(super) role: &'a str,
}

impl<'a> Element<'a> {
    pub(super) fn of(tag: &'a Tag) -> Self {
        Self {
            tag,
            name: &tag.name,
            classes: markup::attribute(tag, "class").unwrap_or_default(),
            role: markup::attribute(tag, "role").unwrap_or_default(),
        }
    }

    /// Returns the value of the attribute called `name`.
    pub(super) fn attribute(self, name: &str) -> Option<&'a str> {
        markup::attribute(self.tag, name)
    }

    /// Returns its id.
    pub(super) fn id(self) -> Option<&'a str> {
        self.attribute("id")
    }

    /// Returns the anchors that lead to it: its id, and the name that it has beside that or instead.
    pub(super) fn anchors(self) -> impl Iterator<Item = &'a str> {
        self.id().into_iter().chain(self.attribute("name"))
    }

    /// Returns its classes.
    pub(super) fn classes(self) -> impl Iterator<Item = &'a str> {
        self.classes.split_ascii_whitespace()
    }

    /// Tells whether one of its classes is `known`.
    pub(super) fn has_class(self, known: &[&str]) -> bool {
        self.classes().any(|class| known.contains(&class))
    }

    /// Tells whether its tag closes it, as it is written.
    pub(super) fn is_self_closing(self) -> bool {
        self.tag.self_closing
    }

    /// Tells whether it has no content, and so no end.
    pub(super) fn is_void(self) -> bool {
        VOID.contains(&self.name) || self.is_self_closing() && !is_block(self.name)
    }

    /// Tells whether it holds the whole page.
    pub(super) fn is_whole(self) -> bool {
        WHOLE.contains(&self.name)
    }

    /// Tells whether it is of a form, which names what it sends.
    pub(super) fn is_control(self) -> bool {
        CONTROLS.contains(&self.name)
    }

    /// Tells whether it stands beside the text of the page; those that hold all of it do not, whatever they are called.
    pub(super) fn is_admonition(self) -> bool {
        let is_one = |word: &str| {
            let mut known = ADMONITIONS.iter();
            known.any(|known| known.eq_ignore_ascii_case(word))
        };
        let mut words = self.classes().chain([self.role]);
        is_block(self.name) && !self.is_whole() && words.any(is_one)
    }

    /// Returns the level of a heading.
    pub(super) fn level(self) -> u8 {
        let digit = self.name.bytes().last();
        digit.map_or(1, |digit| digit.saturating_sub(b'0'))
    }

    /// Returns the language of code as an attribute or a class names it, `""` if none does.
    pub(super) fn language(self) -> String {
        let named = self
            .classes()
            .find_map(|class| LANGUAGES.iter().find_map(|mark| class.strip_prefix(mark)));
        let mut attributes = LANGUAGE_ATTRIBUTES.iter();
        let language = attributes.find_map(|name| self.attribute(name)).or(named);
        let language = language.filter(|language| !NO_LANGUAGES.contains(language));
        let letters = language.unwrap_or_default().chars();
        letters
            .filter(|letter| letter.is_alphanumeric() || "+-#_".contains(*letter))
            .collect()
    }
}

/// Tells whether the element `name` begins and ends a paragraph.
pub(super) fn is_block(name: &str) -> bool {
    BLOCKS.contains(&name)
}

/// Tells whether the element `name` divides a page.
pub(super) fn is_division(name: &str) -> bool {
    DIVISIONS.contains(&name)
}

/// Tells whether the element `name` is a heading.
pub(super) fn is_heading(name: &str) -> bool {
    matches!(name, "h1" | "h2" | "h3" | "h4" | "h5" | "h6")
}
