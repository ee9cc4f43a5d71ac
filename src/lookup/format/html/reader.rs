//! What each tag of a page means: the reader between the tokens of the file and the page that is written.

use std::cell::RefCell;
use std::collections::HashMap;

use html5ever::tokenizer::{Tag, TagKind, Token, TokenSink, TokenSinkResult};

use super::super::Name;
use super::drop::{self, Losses, Weight, Why};
use super::elements::{AUTHORS, BLOCKS, BODIES, CONTROLS, GUTTERS, HEADS, SWITCH};
use super::layout::{Found, Layout};
use super::list::Lists;
use super::math::Math;
use super::nesting::{DIVISIONS, Nesting};
use super::origin::Origin;
use super::page::{Page, Region};
use super::proto::{self, Proto};
use super::script::Script;
use super::tabs::{Tab, Tabs};
use super::tag::{attribute, is_admonition, is_heading, language, level, raw};
use super::{VOID, image};
use crate::lookup::clean;
use crate::lookup::document::{Document, Kind, web_url};
use crate::markup;

/// A page while its tags are read.
#[derive(Default)]
pub(super) struct Reader {
    page: Page,
    /// What is defined, by its anchor.
    names: HashMap<String, Vec<String>>,
    /// The element whose content is not written as it comes.
    aside: Option<Aside>,
    /// Classes and roles that do not mean on this page what they say.
    disbelieved: Vec<&'static str>,
    losses: Losses,
    /// Letters that are shown.
    letters: usize,
    tabs: Tabs,
    nesting: Nesting,
    layout: Layout,
    origin: Origin,
    proto: Option<Proto>,
    /// Whether an anchor was given in the list of definitions and nothing was said since: it is that of the next one.
    is_named: bool,
    in_title: bool,
    lists: Lists,
    /// Main parts that are open.
    mains: usize,
    /// The element that has the role of a main part, and how many of its name are open.
    main: Option<(String, usize)>,
    /// The admonition of which nothing is read yet, and how many of its name are open: a heading that comes first is its title.
    admonition: Option<(String, usize)>,
    /// Divisions that are open within code of which each line is a division, as Doxygen writes it.
    code_divisions: usize,
    /// Whether letters above or below the line lead to somewhere: to a note, then.
    script_links: bool,
}

struct Sink(RefCell<Reader>);

impl TokenSink for Sink {
    type Handle = ();

    fn process_token(&self, token: Token, line: u64) -> TokenSinkResult<()> {
        let mut reader = self.0.borrow_mut();
        reader.page.line = u32::try_from(line).unwrap_or(u32::MAX);
        match token {
            Token::TagToken(tag) => return reader.tag(&tag),
            Token::CharacterTokens(text) => reader.text(&text),
            Token::CommentToken(text) => reader.origin.text(&text),
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

/// An element whose content is not written as it comes.
struct Aside {
    name: String,
    /// Elements of that name that are open.
    depth: usize,
    content: Content,
}

enum Content {
    Dropped(Why, Weight),
    Tab(Tab),
    Math(Math),
}

impl Reader {
    /// Reads a page that defines these names, without believing these words, and with these tables as blocks.
    pub(super) fn of(
        text: &str,
        names: &[Name],
        disbelieved: &[&'static str],
        layout: &Found,
    ) -> Self {
        let mut reader = Self {
            disbelieved: disbelieved.to_vec(),
            layout: Layout::new(layout.clone()),
            ..Self::default()
        };
        for Name { fragment, name } in names {
            let name = clean::visible(name);
            if fragment.is_empty() {
                reader.page.own_names.push(name);
            } else {
                reader.names.entry(fragment.clone()).or_default().push(name);
            }
        }
        let sink = Sink(RefCell::new(reader));
        // Of a page that would take too long, what comes before the tag that makes it so.
        let (Ok(sink) | Err(sink)) = markup::read(text, sink);
        let mut reader = sink.0.into_inner();
        reader.finish_aside();
        reader
    }

    /// The words that turn out not to be believed.
    pub(super) fn doubtful(&self) -> Vec<&'static str> {
        self.losses.doubtful(self.letters)
    }

    /// The tables that turn out to lay out blocks.
    pub(super) fn found_layout(&mut self) -> Found {
        std::mem::take(&mut self.layout).finish()
    }

    /// Returns the page as it was written.
    pub(super) fn finish(self) -> Document {
        let kind = self.origin.is_reference().then_some(Kind::Api);
        let page = self.page.finish();
        Document {
            kind: page.kind.or(kind),
            ..page
        }
    }

    fn text(&mut self, text: &str) {
        if self.in_title {
            self.page.title.push_str(text);
            return;
        }
        self.origin.text(text);
        match self.aside.as_mut().map(|aside| &mut aside.content) {
            Some(Content::Dropped(Why::Certain, _)) => {}
            Some(Content::Dropped(_, weight)) => weight.text(text),
            Some(Content::Tab(tab)) => tab.text(text),
            Some(Content::Math(math)) => math.text(text),
            None if self.layout.is_menu() => {}
            None => {
                self.layout.text(text);
                self.letters += drop::letters(text);
                self.is_named &= text.trim().is_empty();
                if !text.trim().is_empty() {
                    self.admonition = None;
                }
                self.page.text(text);
            }
        }
    }

    fn tag(&mut self, tag: &Tag) -> TokenSinkResult<()> {
        let name: &str = &tag.name;
        if tag.kind == TagKind::StartTag {
            self.layout.count(name);
        }
        if self.aside.is_some() {
            self.tag_aside(tag, name);
            return raw(tag, name);
        }
        match tag.kind {
            TagKind::StartTag => self.start(tag, name),
            TagKind::EndTag => self.end(name),
        }
        raw(tag, name)
    }

    fn tag_aside(&mut self, tag: &Tag, name: &str) {
        let Some(aside) = &mut self.aside else {
            return;
        };
        let begins = tag.kind == TagKind::StartTag;
        if begins && matches!(aside.content, Content::Tab(_)) && is_heading(name) {
            // The parts of an accordion are called tabs, too, and their headings are those of the page.
            self.aside = None;
            self.start(tag, name);
            return;
        }
        if name == aside.name {
            match tag.kind {
                TagKind::StartTag if !tag.self_closing => aside.depth += 1,
                TagKind::StartTag => {}
                TagKind::EndTag => aside.depth -= 1,
            }
            if aside.depth == 0 {
                self.finish_aside();
                return;
            }
        }
        match &mut aside.content {
            Content::Dropped(_, weight) => weight.tag(name, begins),
            Content::Math(math) if begins => {
                math.begin(name, attribute(tag, "encoding"));
                if tag.self_closing {
                    math.end(name);
                }
            }
            Content::Math(math) => math.end(name),
            Content::Tab(_) => {}
        }
    }

    fn finish_aside(&mut self) {
        match self.aside.take().map(|aside| aside.content) {
            Some(Content::Dropped(why, weight)) => self.losses.add(why, &weight),
            Some(Content::Tab(tab)) => self.tabs.add(tab),
            Some(Content::Math(math)) => self.page.text(&math.finish()),
            None => {}
        }
    }

    /// Returns how the content of the element is to be read, if not as that of others.
    fn content<'a>(
        &self,
        name: &str,
        is_shown: bool,
        attribute: &impl Fn(&str) -> Option<&'a str>,
    ) -> Option<Content> {
        if !is_shown {
            return Some(Content::Dropped(Why::Certain, Weight::default()));
        }
        if name == "math" {
            return Some(Content::Math(Math::new(attribute("alttext"))));
        }
        if attribute("role") == Some("tab") {
            let tab = Tab::new(attribute("id"), attribute("aria-controls"));
            return Some(Content::Tab(tab));
        }
        if name == "label"
            && let Some(tab) = self.tabs.of_button(attribute("for"))
        {
            return Some(Content::Tab(tab));
        }
        // The table finds out whether it is a gutter.
        if self.page.in_table() && matches!(name, "td" | "th" | "pre") {
            return None;
        }
        let place = drop::Place {
            in_main: self.mains > 0,
            in_section: self.nesting.in_section(),
            is_headed: self.nesting.has_heading,
        };
        let why = drop::why(name, place, attribute, &self.disbelieved)?;
        Some(Content::Dropped(why, Weight::default()))
    }

    fn start(&mut self, tag: &Tag, name: &str) {
        let attribute = |wanted: &str| attribute(tag, wanted);
        self.origin.element(name, &attribute);
        self.nesting.element();
        let classes = attribute("class").unwrap_or_default();
        let has_class = |wanted: &[&str]| {
            classes
                .split_ascii_whitespace()
                .any(|class| wanted.contains(&class))
        };
        let is_void = VOID.contains(&name) || tag.self_closing && !BLOCKS.contains(&name);
        let role = attribute("role").unwrap_or_default();
        let label = if role == "tabpanel" {
            let named = (attribute("id"), attribute("aria-labelledby"));
            self.tabs.label(named.0, named.1)
        } else {
            self.tabs.label_of_radio(classes)
        };
        // What a tab opens is hidden until then, and not behind a person's back.
        let is_hidden = drop::is_hidden(&attribute) || self.nesting.is_source(name, classes);
        let is_shown = label.is_some() || !is_hidden;
        if !is_void && let Some(content) = self.content(name, is_shown, &attribute) {
            self.aside = Some(Aside {
                name: name.to_owned(),
                depth: 1,
                content,
            });
            return;
        }
        if let Some((main, depth)) = &mut self.main
            && main == name
            && !tag.self_closing
        {
            *depth += 1;
        }
        if let Some((admonition, depth)) = &mut self.admonition
            && admonition == name
            && !is_void
        {
            *depth += 1;
        } else if BLOCKS.contains(&name) && is_admonition(name, classes, role) {
            self.admonition = Some((name.to_owned(), 1));
        }
        if let Some(label) = label {
            self.page.begin(Region::Paragraph);
            self.page.text(&format!("**{label}**"));
            self.page.begin(Region::Paragraph);
        } else if role == "tablist" {
            self.tabs.begin_list();
        } else if name == "input" && attribute("type") == Some("radio") {
            self.tabs.radio(attribute("id"));
        } else if name == "input" && classes.contains(SWITCH) {
            self.nesting.shows_source();
        } else {
            self.tabs.begin_set(classes);
        }
        if name == "main" || role == "main" {
            // What is round the page names no heading of it.
            self.page.anchor = None;
        }
        if let Some(id) = attribute("id").or_else(|| attribute("name").filter(|_| name == "a")) {
            // Dash marks what it lists by anchors that no site has.
            if !id.starts_with("//apple_ref/") && !CONTROLS.contains(&name) {
                self.page.anchor = Some(id.to_owned());
            }
            self.is_named = true;
            self.page.note_line(id);
        }
        if self.proto.is_none() {
            self.layout.start(name, self.admonition.is_some());
        }
        let anchors = [attribute("id"), attribute("name")].into_iter().flatten();
        let is_link = attribute("href").is_some_and(|target| !target.starts_with('#'));
        if name == "a" && !is_link {
            for anchor in anchors.clone() {
                self.page.anchors.add(anchor, &self.page.words);
            }
        }
        if has_class(&["viewcode-block", "viewcode-back"]) {
            self.page.listing.leads_back();
        }
        if !is_void {
            let anchor = anchors.clone().next();
            let words = &self.page.words;
            self.page.heads.begin(name, anchor, classes, words);
        }
        let names: Vec<String> = anchors
            .filter_map(|anchor| self.names.remove(anchor))
            .flatten()
            .collect();
        if DIVISIONS.contains(&name) && !tag.self_closing {
            if has_class(HEADS) {
                self.nesting.defines();
            }
            self.nesting.begin(name, &attribute, &mut self.page);
            let is_body = attribute("id").is_some_and(|id| BODIES.contains(&id));
            if is_body {
                self.page.body_begins();
            }
        }
        if let Some(proto) = &mut self.proto {
            proto.start(
                name,
                has_class(&["mlabel"]),
                has_class(&["memname"]),
                &mut self.page,
            );
            self.page.names.extend(names);
            return;
        }
        match name {
            "meta"
                if attribute("name").is_some_and(|name| name.eq_ignore_ascii_case("generator")) =>
            {
                self.origin
                    .generator(attribute("content").unwrap_or_default());
            }
            "link" if attribute("rel") == Some("canonical") && self.page.url.is_none() => {
                self.page.url = attribute("href").and_then(web_url);
            }
            "title" => self.in_title = self.page.title.is_empty(),
            _ if is_heading(name)
                && (self.admonition.take().is_some() || self.nesting.in_definition()) =>
            {
                self.page.begin(Region::Paragraph);
            }
            _ if is_heading(name) && has_class(AUTHORS) => self.page.begin(Region::Paragraph),
            _ if is_heading(name) => {
                let level = self.nesting.level(level(name));
                self.page.begin(Region::Heading(level));
            }
            "pre" => self.page.begin(Region::Code(language(classes, &attribute))),
            "code" | "kbd" | "samp" | "tt" => {
                self.page.code_language(language(classes, &attribute));
                self.page.code(true);
            }
            "br" => self.page.line_break(),
            "sup" | "sub" => {
                self.script_links = false;
                self.page.begin_script();
            }
            "a" if attribute("href").is_some() => {
                self.script_links = true;
                let target = attribute("href").unwrap_or_default();
                self.page.begin_link(target, attribute("id"));
            }
            "img" if is_shown && !self.layout.is_menu() => {
                if let Some(words) = image::words(&attribute) {
                    self.page.text(&words);
                }
            }
            "dt" => {
                let signature = has_class(&["sig"]) || self.is_named;
                self.page.begin_term(if signature {
                    Region::Definition
                } else {
                    Region::Term
                });
            }
            "dd" => self.page.begin_description(),
            "dl" => {
                self.is_named = false;
                self.page.begin_descriptions();
            }
            "ul" => self.lists.begin_bullets(),
            "ol" => self.lists.begin_numbers(attribute("start")),
            "li" => {
                let mark = self.lists.mark(attribute("value"));
                self.page.begin(Region::Item(mark));
            }
            "table" | "tr" | "td" | "th" if self.layout.is_laid_out() => {
                self.page.begin(Region::Paragraph);
            }
            "table" => self.page.begin_table(),
            "tr" => self.page.row(),
            "td" | "th" => self.page.cell(has_class(GUTTERS), has_class(&["code"])),
            "main" | "article" => self.begin_main(),
            _ if role == "main" && self.main.is_none() && !is_void => {
                self.main = Some((name.to_owned(), 1));
                self.begin_main();
            }
            "div" if self.code_divisions > 0 || has_class(&["fragment"]) => {
                self.code_divisions += 1;
                if has_class(&["line"]) {
                    self.page.code_line();
                } else if !self.page.is_in_code() {
                    self.page.begin(Region::Paragraph);
                }
            }
            "div" if has_class(HEADS) => self.page.begin(Region::Definition),
            "div" if has_class(&[proto::CLASS]) && !self.page.has_table() => {
                self.proto = Some(Proto::begin(self.is_named, &mut self.page));
            }
            _ if BLOCKS.contains(&name) => self.page.begin(Region::Paragraph),
            _ => {}
        }
        // What was open before this element is written by now, and does not get its names.
        self.page.names.extend(names);
    }

    fn begin_main(&mut self) {
        self.page.begin(Region::Paragraph);
        if self.mains == 0 {
            self.page.main_begins();
        }
        self.mains += 1;
    }

    fn end_main(&mut self) {
        self.page.finish_region();
        self.mains = self.mains.saturating_sub(1);
        if self.mains == 0 {
            self.page.main_ends();
        }
    }

    fn end(&mut self, name: &str) {
        if self.page.end_name(name) {
            self.nesting.defines();
            self.nesting.defines_at(self.page.anchor.as_deref());
        }
        if let Some((main, depth)) = &mut self.main
            && main == name
        {
            *depth -= 1;
            if *depth == 0 {
                self.main = None;
                self.end_main();
            }
        }
        if DIVISIONS.contains(&name) {
            self.nesting.end(name, &mut self.page);
        }
        if let Some((admonition, depth)) = &mut self.admonition
            && admonition == name
        {
            *depth -= 1;
            if *depth == 0 {
                self.admonition = None;
            }
        }
        if let Some(proto) = &mut self.proto {
            if proto.end(name, &mut self.page) {
                self.proto = None;
            }
            return;
        }
        let is_laid_out = self.layout.is_laid_out();
        self.layout.end(name, self.page.is_code_table());
        match name {
            "title" => self.in_title = false,
            "pre" | "dt" => self.page.finish_region(),
            "dd" => self.page.end_description(),
            "dl" => self.page.end_descriptions(),
            _ if is_heading(name) => self.page.finish_region(),
            "li" => self.page.end_item(),
            "sup" => self.page.end_script(Script::Above, self.script_links),
            "sub" => self.page.end_script(Script::Below, self.script_links),
            "table" | "td" | "th" if is_laid_out => self.page.finish_region(),
            "td" | "th" => self.page.end_cell(),
            "a" => self.page.links.end(&self.page.words),
            "code" | "kbd" | "samp" | "tt" => self.page.code(false),
            "ul" | "ol" => {
                self.lists.end();
                self.page.finish_region();
            }
            "table" => self.page.end_table(),
            "main" | "article" => self.end_main(),
            "div" if self.code_divisions > 0 => {
                self.code_divisions -= 1;
                if self.code_divisions == 0 || !self.page.is_in_code() {
                    self.page.finish_region();
                }
            }
            _ if BLOCKS.contains(&name) => self.page.finish_region(),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use crate::lookup::document::{BlockKind, Document};

    fn headings(document: &Document) -> Vec<&str> {
        let blocks = document.blocks.iter();
        let headings = blocks.filter_map(|block| match &block.kind {
            BlockKind::Heading(heading) => Some(heading.title.as_str()),
            _ => None,
        });
        headings.collect()
    }

    #[test]
    fn the_title_of_an_admonition_is_text() {
        for note in [
            "<div class=note><h3 class=title>Note</h3><p>As before.</p></div>",
            "<div class='NOTE'><div><img src=i><h5>Note</h5></div><p>As before.</p></div>",
            "<aside role=note><h4>Note</h4><p>As before.</p></aside>",
            "<div class='admonition warning'><h2>Note</h2><p>As before.</p></div>",
        ] {
            let page = parse(&format!(
                "<main><h1>Limits</h1><p>Rows.</p>{note}<p>After.</p><h2>More</h2></main>"
            ));
            assert_eq!(headings(&page), ["Limits", "More"], "{note}");
            assert!(page.text.contains("\nNote\n\nAs before.\n\nAfter.\n"));
        }
    }

    #[test]
    fn headings_that_are_no_title_of_an_admonition_stay() {
        let page = parse(
            "<article class=note><h1>A note on limits</h1><div class=note></div><h2>Rows</h2>\
             <div class=note><p>Words.</p><h3>Within</h3><p>Words.</p></div></article>",
        );
        assert_eq!(headings(&page), ["A note on limits", "Rows", "Within"]);
    }
}
