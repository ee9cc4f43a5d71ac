//! The elements of a page, in one array: whatever an element holds follows it, up to its end.
//!
//! Real pages are as often broken as not. The tree builder of the standard mends them as browsers do, in time that grows
//! with the square of the depth; what a digest needs of it are the ends that are left out (`<p>`, `<li>`, `<td>`, …),
//! and these few rules cost the same for every tag.

use std::cell::RefCell;

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{Tag, TagKind, Token, TokenSink, TokenSinkResult};
use html5ever::{LocalName, local_name};

use crate::markup;

/// Elements within elements: deeper ones stand beside each other. No page that a person reads goes half as deep.
const DEPTH_MAX: usize = 256;

/// Elements and texts: bounds memory; the longest pages that people read have a tenth.
const NODES_MAX: usize = 500_000;

/// An element or a text.
#[derive(Debug)]
pub(super) struct Node {
    /// Name of the element; empty for a text.
    pub(super) name: LocalName,
    /// What a text says, or the attributes of an element that are wanted here.
    pub(super) content: Content,
    /// The first node that is no part of this one.
    pub(super) end: usize,
    /// Line of the file, from 1, where it begins.
    pub(super) line: usize,
}

#[derive(Debug)]
pub(super) enum Content {
    Text(StrTendril),
    Element(Attributes),
}

/// What an element says about itself.
#[derive(Debug, Default)]
pub(super) struct Attributes {
    /// Class, id and role.
    pub(super) names: String,
    /// Where it leads.
    pub(super) href: Option<StrTendril>,
    /// `itemprop`.
    pub(super) property: Option<StrTendril>,
    /// Whether it is not shown.
    pub(super) is_hidden: bool,
}

/// A page.
#[derive(Debug)]
pub(super) struct Tree {
    /// Its nodes, each before those that it holds.
    pub(super) nodes: Vec<Node>,
    /// Content of `<title>`.
    pub(super) title: String,
    /// Names of elements of the page: HTML is told from other markup by them.
    pub(super) known: usize,
}

impl Tree {
    /// Reads `text`, or returns `None` if it has more nodes than the limit, or tags without end.
    pub(super) fn of(text: &str) -> Option<Self> {
        let mut builder = Builder::default();
        let page = builder.push(local_name!("html"), Content::Element(Attributes::default()));
        builder.open.push(page);
        let mut builder = markup::read(text, Sink(RefCell::new(builder)))
            .ok()?
            .0
            .into_inner();
        builder.close_to(0);
        (builder.nodes.len() < NODES_MAX).then_some(Self {
            nodes: builder.nodes,
            title: builder.title,
            known: builder.known,
        })
    }

    /// How many elements there are.
    pub(super) fn elements(&self) -> usize {
        let is_element = |node: &&Node| matches!(node.content, Content::Element(_));
        self.nodes.iter().filter(is_element).count()
    }

    /// The text of a node that is one.
    pub(super) fn text(&self, at: usize) -> Option<&str> {
        match &self.nodes.get(at)?.content {
            Content::Text(text) => Some(text),
            Content::Element(_) => None,
        }
    }

    /// The attributes of a node that is an element.
    pub(super) fn attributes(&self, at: usize) -> Option<&Attributes> {
        match &self.nodes.get(at)?.content {
            Content::Text(_) => None,
            Content::Element(attributes) => Some(attributes),
        }
    }

    /// The name of the element, empty for a text.
    pub(super) fn name(&self, at: usize) -> &str {
        self.nodes.get(at).map_or("", |node| &node.name)
    }

    /// The first node after all that `at` holds.
    pub(super) fn end(&self, at: usize) -> usize {
        self.nodes.get(at).map_or(at + 1, |node| node.end)
    }

    /// Whether `at` is `within` or a part of it.
    pub(super) fn is_in(&self, at: usize, within: usize) -> bool {
        (within..self.end(within)).contains(&at)
    }

    /// The elements and texts directly in `at`.
    pub(super) fn children(&self, at: usize) -> impl Iterator<Item = usize> + '_ {
        let end = self.end(at);
        let mut next = at + 1;
        std::iter::from_fn(move || {
            let child = next;
            next = self.end(child);
            (child < end).then_some(child)
        })
    }
}

/// Whether elements of this name are no more than a part of a line.
pub(super) fn is_inline(name: &str) -> bool {
    matches!(
        name,
        "" | "a"
            | "abbr"
            | "acronym"
            | "b"
            | "bdi"
            | "bdo"
            | "big"
            | "br"
            | "cite"
            | "code"
            | "data"
            | "del"
            | "dfn"
            | "em"
            | "font"
            | "i"
            | "img"
            | "ins"
            | "kbd"
            | "label"
            | "mark"
            | "q"
            | "s"
            | "samp"
            | "small"
            | "span"
            | "strike"
            | "strong"
            | "sub"
            | "sup"
            | "time"
            | "tt"
            | "u"
            | "var"
            | "wbr"
    )
}

fn is_void(name: &str) -> bool {
    matches!(
        name,
        "area"
            | "base"
            | "br"
            | "col"
            | "embed"
            | "hr"
            | "img"
            | "input"
            | "link"
            | "meta"
            | "param"
            | "source"
            | "track"
            | "wbr"
    )
}

struct Sink(RefCell<Builder>);

impl TokenSink for Sink {
    type Handle = ();

    fn process_token(&self, token: Token, line: u64) -> TokenSinkResult<()> {
        let mut builder = self.0.borrow_mut();
        builder.line = usize::try_from(line).unwrap_or(usize::MAX);
        match token {
            Token::TagToken(tag) => {
                builder.follows_text = false;
                return builder.tag(tag);
            }
            Token::CharacterTokens(text) => {
                // The line of a token is the one that it ends in.
                let ends = text.bytes().filter(|byte| *byte == b'\n').count();
                builder.line = builder.line.saturating_sub(ends);
                builder.text(text);
            }
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

#[derive(Default)]
struct Builder {
    nodes: Vec<Node>,
    title: String,
    has_title: bool,
    known: usize,
    /// Elements whose end has not been seen, the innermost last.
    open: Vec<usize>,
    /// Start tags beyond the greatest depth whose end tags are still to come.
    too_deep: usize,
    /// The element without markup that is being read.
    raw: Option<LocalName>,
    line: usize,
    /// Whether the last thing read was a text.
    follows_text: bool,
}

impl Builder {
    fn text(&mut self, text: StrTendril) {
        match &self.raw {
            // A second title is that of a drawing.
            Some(name) if *name == local_name!("title") && !self.has_title => {
                self.title.push_str(&text);
            }
            Some(_) => {}
            None => {
                if self.follows_text
                    && let Some(Content::Text(before)) =
                        self.nodes.last_mut().map(|node| &mut node.content)
                {
                    before.push_tendril(&text);
                    return;
                }
                self.push(local_name!(""), Content::Text(text));
                self.follows_text = true;
            }
        }
    }

    fn push(&mut self, name: LocalName, content: Content) -> usize {
        let at = self.nodes.len();
        if at < NODES_MAX {
            self.nodes.push(Node {
                name,
                content,
                end: at + 1,
                line: self.line,
            });
        }
        at
    }

    fn tag(&mut self, tag: Tag) -> TokenSinkResult<()> {
        let name = tag.name.clone();
        if tag.kind == TagKind::EndTag {
            if self.raw.as_ref() == Some(&name) {
                self.has_title |= name == local_name!("title");
                self.raw = None;
            } else {
                self.end(&name);
            }
            return TokenSinkResult::Continue;
        }
        self.known += usize::from(is_inline(&name) || is_block(&name));
        if let Some(kind) = markup::raw(&name) {
            self.raw = Some(name);
            return TokenSinkResult::RawData(kind);
        }
        self.start(tag);
        TokenSinkResult::Continue
    }

    fn start(&mut self, tag: Tag) {
        // Where these begin and end is often wrong, and tells nothing.
        if matches!(&*tag.name, "html" | "head" | "body") {
            return;
        }
        self.imply_ends(&tag.name);
        let has_no_end = is_void(&tag.name) || tag.self_closing && !is_block(&tag.name);
        let name = tag.name.clone();
        if !has_no_end && self.open.len() >= DEPTH_MAX {
            self.too_deep += 1;
            return;
        }
        let at = self.push(name, Content::Element(attributes(tag)));
        if !has_no_end {
            self.open.push(at);
        }
    }

    /// Ends the elements that a start tag of this name ends without saying so.
    fn imply_ends(&mut self, name: &str) {
        let (ended, within): (&[&str], &[&str]) = match name {
            "li" => (&["li"], &["ul", "ol", "menu"]),
            "dt" | "dd" => (&["dt", "dd"], &["dl"]),
            "tr" => (&["tr"], &["table"]),
            "td" | "th" => (&["td", "th"], &["tr", "table"]),
            "tbody" | "thead" | "tfoot" => (&["tbody", "thead", "tfoot", "tr"], &["table"]),
            "option" => (&["option"], &["select"]),
            "a" => (&["a"], &["td", "th", "table"]),
            name if is_block(name) => (&["p"], &[]),
            _ => return,
        };
        let position = self.open.iter().rposition(|at| {
            let open = self.name(*at);
            ended.contains(&open) || within.contains(&open) || within.is_empty() && is_block(open)
        });
        if let Some(position) = position
            && self
                .open
                .get(position)
                .is_some_and(|at| ended.contains(&self.name(*at)))
        {
            self.close_to(position);
        }
        if !matches!(name, "a" | "option") {
            // Items and cells end a paragraph as well, once nothing else did.
            if let Some(position) = self.open.iter().rposition(|at| is_block(self.name(*at)))
                && self
                    .open
                    .get(position)
                    .is_some_and(|at| self.name(*at) == "p")
            {
                self.close_to(position);
            }
        }
    }

    fn end(&mut self, name: &str) {
        if matches!(name, "html" | "head" | "body") || is_void(name) {
            return;
        }
        if self.too_deep > 0 {
            self.too_deep -= 1;
            return;
        }
        let is_inline = is_inline(name);
        let is_of_table = matches!(
            name,
            "table" | "tr" | "td" | "th" | "tbody" | "thead" | "tfoot"
        );
        for (position, at) in self.open.iter().enumerate().rev() {
            let open = self.name(*at);
            if open == name {
                return self.close_to(position);
            }
            // A stray end tag ends nothing around the line or the cell that it stands in.
            if is_inline && is_block(open) || !is_of_table && matches!(open, "td" | "th") {
                return;
            }
        }
    }

    fn name(&self, at: usize) -> &str {
        self.nodes.get(at).map_or("", |node| &node.name)
    }

    fn close_to(&mut self, position: usize) {
        let end = self.nodes.len();
        for at in self.open.drain(position.min(self.open.len())..) {
            if let Some(node) = self.nodes.get_mut(at) {
                node.end = end;
            }
        }
    }
}

/// Whether elements of this name begin a line, or hold such.
fn is_block(name: &str) -> bool {
    matches!(
        name,
        "address"
            | "article"
            | "aside"
            | "blockquote"
            | "body"
            | "caption"
            | "center"
            | "dd"
            | "details"
            | "dialog"
            | "dir"
            | "div"
            | "dl"
            | "dt"
            | "fieldset"
            | "figcaption"
            | "figure"
            | "footer"
            | "form"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "header"
            | "hgroup"
            | "hr"
            | "html"
            | "li"
            | "main"
            | "menu"
            | "nav"
            | "ol"
            | "p"
            | "pre"
            | "section"
            | "summary"
            | "table"
            | "tbody"
            | "td"
            | "tfoot"
            | "th"
            | "thead"
            | "tr"
            | "ul"
    )
}

fn attributes(tag: Tag) -> Attributes {
    let mut found = Attributes::default();
    for attribute in tag.attrs {
        let value = attribute.value;
        match &*attribute.name.local {
            "class" | "id" | "role" => {
                found.names.push(' ');
                found.names.push_str(&value);
            }
            "href" => found.href = Some(value),
            "itemprop" => found.property = Some(value),
            "hidden" => found.is_hidden = true,
            "aria-hidden" => found.is_hidden |= &*value == "true",
            "style" => found.is_hidden |= markup::hides(&value),
            _ => {}
        }
    }
    found
}
