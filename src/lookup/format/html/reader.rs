//! What each tag of a page means: the reader between the tokens of the file and the page that is written.

use std::cell::RefCell;
use std::collections::HashMap;

use html5ever::tokenizer::{Tag, TagKind, Token, TokenSink, TokenSinkResult};

use super::super::Name;
use super::aside::{Aside, Content};
use super::contents::Ways;
use super::drop::{self, Doubts, Losses, Why};
use super::element::{Element, is_block, is_division, is_heading};
use super::image;
use super::item::ItemHead;
use super::layout::{Found, Layout};
use super::lines::LINES;
use super::list::Lists;
use super::nesting::Nesting;
use super::open::Open;
use super::origin::Origin;
use super::page::{Page, Region};
use super::proto::{self, Proto};
use super::script::Script;
use super::tabs::Tabs;
use crate::lookup::clean;
use crate::lookup::document::{Document, Kind, web_url};
use crate::markup;

/// Ids of the division that holds the page without what surrounds it.
const BODIES: &[&str] = &["content", "main", "main-content"];
/// Classes of the division that is the head of the definition round it.
const HEADS: &[&str] = &["method-heading"];
/// Classes of headings that say who wrote the page, above what it says.
const AUTHORS: &[&str] = &["author", "corpauthor", "editor", "editedby", "othercredit"];
/// Classes of terms that head a definition.
const SIGNATURES: &[&str] = &["sig"];
/// Classes of cells that hold numbers of lines, and of those beside them.
const GUTTERS: &[&str] = &["linenos", "lineno", "gutter"];
const CODE_CELLS: &[&str] = &["code"];
/// Classes of divisions that hold code of which each line is a division, as Doxygen writes it, and of these lines.
const CODE_DIVISIONS: &[&str] = &["fragment"];
const CODE_LINES: &[&str] = &["line"];
/// How classes of rows begin that Doxygen writes below the row that they describe.
const DESCRIPTIONS: &str = "memdesc";
/// Classes of what Sphinx writes into the files it read: ways to where it documents them.
const WAYS_BACK: &[&str] = &["viewcode-block", "viewcode-back"];
/// How anchors begin by which Dash marks what it lists: no site has them.
const DASH_ANCHOR: &str = "//apple_ref/";

/// A page while its tags are read.
#[derive(Default)]
pub(super) struct Reader {
    pub(super) page: Page,
    /// What is defined, by its anchor.
    names: HashMap<String, Vec<String>>,
    /// The element whose content is not written as it comes.
    pub(super) aside: Option<Aside>,
    /// What turned out when the page was read before.
    pub(super) doubts: Doubts,
    /// What is shown, as it leads elsewhere.
    ways: Ways,
    pub(super) losses: Losses,
    /// Letters that are shown.
    letters: usize,
    pub(super) tabs: Tabs,
    pub(super) nesting: Nesting,
    layout: Layout,
    origin: Origin,
    proto: Option<Proto>,
    /// Whether an anchor was given in the list of definitions and nothing was said since: it is that of the next one.
    is_named: bool,
    in_title: bool,
    pub(super) lists: Lists,
    /// Main parts that are open.
    pub(super) mains: usize,
    /// The element that has the role of a main part.
    main: Option<Open>,
    /// The admonition of which nothing is read yet: a heading that comes first is its title.
    admonition: Option<Open>,
    /// Divisions that are open within code of which each line is a division.
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

impl Reader {
    /// Reads a page that defines these names, of which this turned out, and with these tables as blocks.
    pub(super) fn of(text: &str, names: &[Name], doubts: &Doubts, layout: &Found) -> Self {
        let mut reader = Self {
            doubts: doubts.clone(),
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
    pub(super) fn doubtful(&self) -> Doubts {
        self.losses.doubtful(self.letters)
    }

    /// The tables that turn out to lay out blocks.
    pub(super) fn found_layout(&mut self) -> Found {
        std::mem::take(&mut self.layout).finish()
    }

    /// Returns the page as it was written.
    pub(super) fn finish(self) -> Document {
        let kind = self.origin.is_reference().then_some(Kind::Api);
        let (is_list, is_of_links) = (self.doubts.is_list, self.ways.is_page_of_links());
        let page = self.page.finish();
        let kind = page.kind.or(kind);
        let is_list = is_list || is_of_links && kind.is_none();
        Document {
            kind: if is_list { Some(Kind::Meta) } else { kind },
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
                self.ways.text(text);
                if !text.trim().is_empty() {
                    self.page.item_text();
                    self.is_named = false;
                    self.admonition = None;
                }
                self.page.text(text);
            }
        }
    }

    fn tag(&mut self, tag: &Tag) -> TokenSinkResult<()> {
        let begins = tag.kind == TagKind::StartTag;
        if begins {
            self.layout.count(&tag.name);
        }
        if self.aside.is_some() {
            self.tag_aside(tag, begins);
        } else if begins {
            let element = Element::of(tag);
            self.start(element);
            if self.aside.is_none() && !tag.self_closing {
                self.page.begin_around(element);
            }
        } else {
            self.end(&tag.name);
            self.page.languages.end(&tag.name);
        }
        let raw = markup::raw(&tag.name).filter(|_| begins);
        raw.map_or(TokenSinkResult::Continue, TokenSinkResult::RawData)
    }

    pub(super) fn start(&mut self, element: Element<'_>) {
        self.origin.element(element);
        self.nesting.element();
        self.ways.begin(element.name);
        let label = self.tabs.label_of(element);
        // What a tab opens is hidden until then, and not behind a person's back.
        let is_hidden = drop::is_hidden(element) || self.nesting.is_source(element);
        let is_shown = label.is_some() || !is_hidden;
        if !element.is_void()
            && let Some(content) = self.content(element, is_shown)
        {
            self.aside = Some(Aside {
                element: Open::new(element.name),
                content,
            });
            return;
        }
        self.start_within(element);
        self.page.item_element(element);
        match label {
            Some(label) => self.page.label(&label),
            None => self.tabs.start(element),
        }
        self.nesting.start_switch(element);
        let names = self.start_named(element);
        if self.proto.is_none() {
            self.layout.start(element.name, self.admonition.is_some());
        }
        if is_division(element.name) && !element.is_self_closing() {
            self.start_division(element);
        }
        if let Some(proto) = &mut self.proto {
            proto.start(element, &mut self.page);
        } else if !self.start_in_line(element, is_shown) {
            self.start_block(element);
        }
        // What was open before this element is written by now, and does not get its names.
        self.page.names.extend(names);
    }

    /// Takes an element that may be within the main part or an admonition, or begin one.
    fn start_within(&mut self, element: Element<'_>) {
        if let Some(main) = &mut self.main
            && !element.is_self_closing()
        {
            main.begin(element.name);
        }
        let admonition = self.admonition.as_mut().filter(|_| !element.is_void());
        let is_within = admonition.is_some_and(|open| open.begin(element.name));
        if !is_within && element.is_admonition() {
            self.admonition = Some(Open::new(element.name));
        }
    }

    /// Notes the anchors of an element; returns what an index says is defined there.
    fn start_named(&mut self, element: Element<'_>) -> Vec<String> {
        if element.name == "main" || element.role == "main" {
            // What is round the page names no heading of it.
            self.page.anchor = None;
        }
        let is_anchor = element.name == "a";
        let name = element.attribute("name").filter(|_| is_anchor);
        if let Some(id) = element.id().or(name) {
            // What stands within a heading is reached by the anchor of that, unless it is an anchor by its name.
            let is_within = self.page.is_heading() && self.page.heads.has_anchor;
            let is_own = is_anchor || is_heading(element.name) || !is_within;
            if is_own && !id.starts_with(DASH_ANCHOR) && !element.is_control() {
                self.page.anchor = Some(id.to_owned());
                self.page.heads.note(id);
            }
            self.is_named = true;
            self.page.note_line(id);
        }
        let target = element.attribute("href");
        let is_place = target.is_none_or(|target| target.starts_with('#'));
        if is_anchor && is_place && !self.doubts.is_list {
            for anchor in element.anchors() {
                self.page.anchors.add(anchor, &self.page.words);
            }
        }
        if element.has_class(WAYS_BACK) {
            self.page.listing.leads_back();
        }
        if !element.is_void() {
            self.page.heads.begin(element, &self.page.words);
        }
        let names = element
            .anchors()
            .filter_map(|anchor| self.names.remove(anchor));
        names.flatten().collect()
    }

    fn start_division(&mut self, element: Element<'_>) {
        if element.has_class(HEADS) {
            self.nesting.defines();
        }
        self.nesting.begin(element, &mut self.page);
        if element.id().is_some_and(|id| BODIES.contains(&id)) {
            self.page.body_begins();
        }
    }

    /// Takes an element that stands within a line, or says something of the page; tells whether it is one.
    fn start_in_line(&mut self, element: Element<'_>, is_shown: bool) -> bool {
        let attribute = |name: &str| element.attribute(name);
        match element.name {
            "meta"
                if attribute("name").is_some_and(|name| name.eq_ignore_ascii_case("generator")) =>
            {
                let program = attribute("content").unwrap_or_default();
                self.origin.program(program);
            }
            "link" if attribute("rel") == Some("canonical") && self.page.url.is_none() => {
                self.page.url = attribute("href").and_then(web_url);
            }
            "title" => self.in_title = self.page.title.is_empty(),
            "code" | "kbd" | "samp" | "tt" => {
                self.page.code_language(element.language());
                self.page.code(true);
            }
            "br" => self.page.line_break(),
            "sup" | "sub" => {
                self.script_links = false;
                self.page.begin_script();
            }
            "a" if attribute("href").is_some() => {
                self.script_links = true;
                self.ways.link(true);
                let target = element.attribute("href").unwrap_or_default();
                self.page.begin_link(target, element.id());
            }
            "img" if is_shown && !self.layout.is_menu() => {
                if let Some(words) = image::words(element) {
                    self.page.text(&words);
                }
            }
            "input" if is_shown && self.page.is_item_head() => {
                let check = self.lists.check(element);
                self.page.text(check.unwrap_or_default());
            }
            _ => return false,
        }
        true
    }

    fn start_block(&mut self, element: Element<'_>) {
        match element.name {
            name if is_heading(name) => self.start_heading(element),
            "pre" => self.page.begin(Region::Code(element.language())),
            "dt" => {
                let is_entry = self.doubts.is_list;
                let is_head = element.has_class(SIGNATURES) || self.is_named && !is_entry;
                let region = if is_head {
                    Region::Definition
                } else {
                    Region::Term
                };
                self.page.begin_term(region);
            }
            "dd" => self.page.begin_description(),
            "dl" => {
                self.is_named = false;
                self.page.begin_descriptions();
            }
            name if LINES.contains(&name)
                && self.code_divisions == 0
                && self.page.begin_line(name) => {}
            "ul" => self.lists.begin_bullets(),
            "ol" => self.lists.begin_numbers(element.attribute("start")),
            "li" => {
                let mark = self.lists.mark(element);
                self.page.begin(Region::Item(mark));
                self.page.item = Some(ItemHead::new(element, self.page.blocks.len()));
            }
            "table" | "tr" | "td" | "th" if self.layout.is_laid_out() => {
                self.page.begin(Region::Paragraph);
            }
            "table" => self.page.begin_table(),
            "tr" if element.classes().any(is_description) => self.page.row_goes_on(),
            "tr" => self.page.row(),
            "td" | "th" => {
                let is_gutter = element.has_class(GUTTERS);
                self.page.cell(is_gutter, element.has_class(CODE_CELLS));
                let rows = element.attribute("rowspan");
                let rows = rows.and_then(|rows| rows.trim().parse().ok());
                self.page.cell_in_rows(rows.unwrap_or(1));
            }
            "main" | "article" => self.begin_main(),
            name if element.role == "main" && self.main.is_none() && !element.is_void() => {
                self.main = Some(Open::new(name));
                self.begin_main();
            }
            "div" if self.code_divisions > 0 || element.has_class(CODE_DIVISIONS) => {
                self.code_divisions += 1;
                if element.has_class(CODE_LINES) {
                    self.page.code_line();
                } else if !self.page.is_in_code() {
                    self.page.begin(Region::Paragraph);
                }
            }
            "div" if element.has_class(HEADS) => self.page.begin(Region::Definition),
            "div" if proto::is_one(element) && !self.page.has_table() => {
                self.proto = Some(Proto::begin(self.is_named, &mut self.page));
            }
            name if is_block(name) => self.page.begin(Region::Paragraph),
            _ => {}
        }
    }

    fn start_heading(&mut self, element: Element<'_>) {
        self.page.heads.has_anchor = element.id().is_some();
        let is_title_of_note = self.admonition.take().is_some();
        let is_text = is_title_of_note
            || self.nesting.in_definition()
            || self.nesting.is_label(element.level())
            || element.has_class(AUTHORS);
        let region = if is_text {
            Region::Paragraph
        } else {
            Region::Heading(self.nesting.level(element.level()))
        };
        self.page.begin(region);
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
        if self.main.take_if(|main| main.end(name)).is_some() {
            self.end_main();
        }
        if is_division(name) {
            if self.page.is_heading() && !self.page.is_before_title() {
                self.page.finish_region();
            }
            self.nesting.end(name, &mut self.page);
        }
        drop(self.admonition.take_if(|admonition| admonition.end(name)));
        if let Some(proto) = &mut self.proto {
            if proto.end(name, &mut self.page) {
                self.proto = None;
            }
            return;
        }
        let is_laid_out = self.layout.is_laid_out();
        self.layout.end(name, self.page.is_code_table());
        self.end_shown(name, is_laid_out);
        self.page.item_end(name);
        if self.page.heads.take_counted() {
            self.nesting.heads_counted();
        }
    }

    /// Ends what is written of an element, which may be part of a table that lays out blocks.
    fn end_shown(&mut self, name: &str, is_laid_out: bool) {
        match name {
            "title" => self.in_title = false,
            name if self.page.end_element(name) => {}
            "dd" => self.page.end_description(),
            "dl" => self.page.end_descriptions(),
            "li" => self.page.end_item(),
            "sup" => self.page.end_script(Script::Above, self.script_links),
            "sub" => self.page.end_script(Script::Below, self.script_links),
            "table" | "td" | "th" if is_laid_out => self.page.finish_region(),
            "table" => self.page.end_table(),
            "td" | "th" => self.page.end_cell(),
            "a" => {
                self.ways.link(false);
                self.page.end_link();
            }
            "code" | "kbd" | "samp" | "tt" => self.page.code(false),
            "ul" | "ol" => {
                self.lists.end();
                self.page.finish_region();
            }
            "main" | "article" => self.end_main(),
            "div" if self.code_divisions > 0 => {
                self.code_divisions -= 1;
                if self.code_divisions == 0 {
                    self.page.end_code_of_cell();
                }
                if self.code_divisions == 0 || !self.page.is_in_code() {
                    self.page.finish_region();
                }
            }
            "pre" | "dt" => {
                self.page.end_code_of_cell();
                self.page.finish_region();
            }
            name if is_block(name) && self.page.is_before_title() => {}
            name if is_heading(name) || is_block(name) => self.page.finish_region(),
            _ => {}
        }
    }
}

/// Tells whether a row of this `class` describes the one above it.
fn is_description(class: &str) -> bool {
    class.starts_with(DESCRIPTIONS)
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use crate::lookup::document::{self, Document};

    fn headings(document: &Document) -> Vec<&str> {
        let headings = document::headings(&document.blocks);
        headings.map(|heading| heading.title.as_str()).collect()
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
