//! Elements whose own words are the name that is defined there: `<a id="v:haul" class="def">haul</a> :: Int -> Rope`.
//!
//! The block round such an element is the head of a definition, and so is one that says a part of the anchor of its division:
//! `<div id="Rope.coil"><div>def <span class="name">coil</span>()</div>`. What is an anchor before the words of a block is looked at in
//! [`super::named`].

use super::element::Element;
use super::open::Open;
use super::page::{Page, Region};
use crate::lookup::arity;
use crate::lookup::clean::one_line;
use crate::lookup::document::headings;

/// Classes of what is defined, where it has an anchor of its own or stands in the head of a definition.
const NAMES: &[&str] = &["def", "method-name", "method-callseq"];
/// Classes of what is defined, where it is a part of the anchor of the division that begins with it: `coil` at `Rope.coil`.
const PARTS: &[&str] = &["name"];
/// How anchors of methods begin that stand below the name of their owner, and what people write between the two.
const OWNED: &[(&str, &str)] = &[("method-c-", "."), ("method-i-", "#")];
/// Elements within a line that have anchors.
const ELEMENTS: &[&str] = &["a", "span"];
/// Letters of the longest block that is the head of a definition: a type can be long.
const HEAD_LETTERS_MAX: usize = 1_000;
/// The same for code, which is shown as it stands if it is longer.
const CODE_LETTERS_MAX: usize = 400;

/// Names with a number that one heading has at most: nothing is called with so many.
const NUMBERED_MAX: usize = 16;

/// A name that is defined, and its anchor if it has one of its own.
#[derive(Debug)]
pub(super) struct Named {
    name: String,
    /// What else it is called.
    other: Option<String>,
    anchor: Option<String>,
}

/// An element whose words may be a name.
#[derive(Debug)]
struct Candidate {
    element: Open,
    anchor: Option<String>,
    has_class: bool,
    /// Whether a class says that it is a part of the anchor round it.
    is_part: bool,
    /// Where its words begin in those of the block.
    start: usize,
}

/// The names that the block that is open says it defines.
#[derive(Debug, Default)]
pub(super) struct Heads {
    open: Option<Candidate>,
    found: Vec<Named>,
    /// Anchors since the last heading that are names with a number.
    numbered: Vec<String>,
    /// Whether the last heading was found to be a name with a number.
    is_counted: bool,
    /// Whether the heading that is open has an anchor of its own.
    pub(super) has_anchor: bool,
    /// Whether a block was written as the head of a definition: the page describes an interface.
    pub(super) is_reference: bool,
}

impl Heads {
    /// Begins an element behind `words`.
    pub(super) fn begin(&mut self, element: Element<'_>, words: &str) {
        let anchor = element.anchors().next();
        let has_class = element.has_class(NAMES);
        let is_one = ELEMENTS.contains(&element.name);
        let is_named = is_one && (anchor.is_some() || has_class);
        let is_part = is_one && anchor.is_none() && element.has_class(PARTS);
        // A name with an anchor of its own says more than what is round it.
        if let Some(open) = &mut self.open
            && !(open.is_part && is_named)
        {
            open.element.begin(element.name);
        } else if is_named || is_part {
            self.open = Some(Candidate {
                element: Open::new(element.name),
                anchor: anchor.map(str::to_owned),
                has_class,
                is_part,
                start: words.len(),
            });
        }
    }

    /// Ends an element in a block of `words` at the anchor `around`; returns the name that it is, and whether a class says so.
    fn end(
        &mut self,
        element: &str,
        words: &str,
        region: &Region,
        around: Option<&str>,
    ) -> Option<(Named, bool)> {
        let open = self.open.take_if(|open| open.element.end(element))?;
        let has_class = open.has_class || open.is_part;
        Some((open.named(words, region, around)?, has_class))
    }

    /// Notes an anchor, which may be that of the next heading.
    pub(super) fn note(&mut self, anchor: &str) {
        if arity::name_of(anchor).is_some() && self.numbered.len() < NUMBERED_MAX {
            self.numbered.push(anchor.to_owned());
        }
    }

    /// Tells whether a heading was written since that is a name with a number.
    pub(super) fn take_counted(&mut self) -> bool {
        std::mem::take(&mut self.is_counted)
    }

    /// Notes that a heading is written.
    pub(super) fn note_heading(&mut self, title: &str, anchor: Option<&str>) {
        self.is_counted = anchor.is_some_and(|anchor| arity::of_heading(title, anchor).is_some());
    }

    /// Returns what was found since the block began.
    pub(super) fn take(&mut self) -> Vec<Named> {
        self.open = None;
        std::mem::take(&mut self.found)
    }
}

impl Candidate {
    fn named(self, words: &str, region: &Region, around: Option<&str>) -> Option<Named> {
        let (before, own) = words.split_at_checked(self.start)?;
        if own.len() > HEAD_LETTERS_MAX {
            return None;
        }
        let own = one_line(&own.replace('`', ""));
        let name = called(&own);
        if self.is_part {
            let anchor =
                around.filter(|anchor| *region == Region::Paragraph && is_part(name, anchor))?;
            return Some(Named {
                name: anchor.to_owned(),
                other: Some(name.to_owned()).filter(|name| name != anchor),
                anchor: Some(anchor.to_owned()),
            });
        }
        let anchor = self.anchor.as_deref();
        let is_name = if self.has_class {
            anchor.is_some() || *region == Region::Definition
        } else {
            let anchor = anchor?;
            let is_counted = arity::name_of(anchor) == Some(name);
            let last = name.rsplit(' ').next().unwrap_or_default();
            // Code that begins with `val haul` at the anchor `VALhaul`; an anchor that is a number is that of a line.
            let begins = matches!(region, Region::Code(_)) && before.trim().is_empty();
            let has_letters = anchor.contains(char::is_alphabetic);
            is_counted || begins && has_letters && !last.is_empty() && anchor.ends_with(last)
        };
        if !is_name || name.is_empty() {
            return None;
        }
        // The count tells predicates of one name apart.
        let counted = anchor.filter(|anchor| arity::name_of(anchor) == Some(name));
        let other = counted.map(|_| name.to_owned());
        Some(Named {
            name: counted.unwrap_or(name).to_owned(),
            other,
            anchor: self.anchor,
        })
    }
}

/// Tells whether `name` is what `anchor` ends with, or the owner of that: a class is made by what is called like it.
fn is_part(name: &str, anchor: &str) -> bool {
    let mut parts = anchor.rsplit('.').take(2);
    !name.is_empty() && parts.any(|part| part == name)
}

/// Returns the head of a definition with what is said of it in brackets behind it: `[ISO]findall(+Goal)` is called so by nobody.
fn tag_behind(written: &str) -> String {
    let tag = written
        .strip_prefix('[')
        .and_then(|rest| rest.split_once(']'));
    match tag {
        Some((tag, head)) if tag.chars().all(char::is_alphanumeric) && !head.trim().is_empty() => {
            format!("{} [{tag}]", head.trim())
        }
        _ => written.to_owned(),
    }
}

/// Returns what stands before the parameters, unless the name is in parentheses as that of an operator.
fn called(own: &str) -> &str {
    let ends = ["(", " →", " ->"].iter().filter_map(|mark| own.find(mark));
    let name = ends.min().and_then(|end| own.get(..end)).unwrap_or(own);
    let is_operator = name.is_empty() || name.ends_with(' ') && own.ends_with(')');
    if is_operator { own } else { name.trim_end() }
}

impl Page {
    /// Ends an element whose words may be a name; tells whether a class says that they are.
    pub(super) fn end_name(&mut self, element: &str) -> bool {
        let around = self.anchor.as_deref();
        let ended = self.heads.end(element, &self.words, &self.region, around);
        let Some((named, has_class)) = ended else {
            return false;
        };
        if self.in_table() {
            // A table has no sections, so the name is found at the heading above it.
            self.names.push(named.name);
            self.names.extend(named.other);
            return false;
        }
        self.heads.found.push(named);
        has_class && matches!(self.region, Region::Paragraph | Region::Term)
    }

    /// Takes the names with a number from the anchors before a heading: a function that may be called with fewer parameters has one
    /// for each. It is reached by the first.
    pub(super) fn numbered(&mut self, title: &str) {
        let title = one_line(&title.replace('`', ""));
        let anchors = std::mem::take(&mut self.heads.numbered);
        let found = anchors.into_iter().filter_map(|anchor| {
            let name = arity::of_anchor(&anchor, &title)?;
            Some((anchor, name))
        });
        for (number, (anchor, name)) in found.enumerate() {
            if number == 0 {
                self.anchor = Some(anchor);
            }
            self.names.push(name);
        }
    }

    /// Returns the method `name` with its owner, if its anchor tells methods of a class from those of its objects.
    fn owned(&self, name: &str) -> Option<String> {
        let anchor = self.anchor.as_deref()?;
        let marks = OWNED.iter().find(|(prefix, _)| anchor.starts_with(prefix));
        let (_, mark) = marks?;
        let top = headings(&self.blocks).find(|heading| heading.level == 1);
        let owner = top?.title.rsplit(' ').next().unwrap_or_default();
        Some(format!("{owner}{mark}{name}"))
    }

    /// Writes a block of these `words` as the head of a definition if it says what it defines; tells whether all of it was written.
    pub(super) fn head(
        &mut self,
        found: Vec<Named>,
        region: &Region,
        words: &str,
        line: u32,
    ) -> bool {
        let (is_code, letters_max) = match region {
            Region::Code(_) => (true, CODE_LETTERS_MAX),
            Region::Paragraph | Region::Term | Region::Definition => (false, HEAD_LETTERS_MAX),
            Region::Heading(_) | Region::Item(_) => return false,
        };
        let mut found = found.into_iter();
        let Some(first) = found.next() else {
            return false;
        };
        let written = if is_code {
            one_line(words)
        } else {
            tag_behind(&one_line(words).replace('`', ""))
        };
        let is_short = written.chars().take(letters_max + 1).count() <= letters_max;
        if !is_short && !is_code {
            return false;
        }
        self.heads.is_reference = true;
        self.anchor = first.anchor.or_else(|| self.anchor.take());
        let owned = self.owned(&first.name);
        self.names.extend(first.other.into_iter().chain(owned));
        self.names.extend(found.map(|named| named.name));
        let written = if is_short { &written } else { &first.name };
        self.definition(&first.name, written, line);
        is_short
    }
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use crate::lookup::document::{self, symbols};

    /// The headings of a page: title, anchor and what each defines.
    fn headings(page: &str) -> Vec<(String, String, Vec<String>)> {
        let page = parse(page);
        let headings = document::headings(&page.blocks).cloned().map(|heading| {
            let symbols = symbols(&heading);
            (heading.title, heading.anchor.unwrap_or_default(), symbols)
        });
        headings.collect()
    }

    fn owned(heading: (&str, &str, &[&str])) -> (String, String, Vec<String>) {
        let (title, anchor, symbols) = heading;
        let symbols = symbols.iter().map(|&symbol| symbol.to_owned()).collect();
        (title.to_owned(), anchor.to_owned(), symbols)
    }

    #[test]
    fn a_heading_is_called_by_the_numbers_of_its_anchors_and_reached_by_the_first() {
        let page = "<h1>Enum</h1><section id='split/3'><span id='split/2'></span><div><a href='#split/3'></a>\
            <h1>split(list, count, opts \\\\ [])</h1></div><p>Splits.</p></section>\
            <h3><a name=map-2>map(F, L) -> list()</a></h3><p>Maps.</p><h3 id=notes-2>Notes</h3><p>Words.</p>";
        let found = headings(page);
        assert_eq!(
            found[1..],
            [
                owned((
                    "split(list, count, opts \\\\ [])",
                    "split/3",
                    &["split/3", "split", "split/2"]
                )),
                owned(("map(F, L) -> list()", "map-2", &["map/2", "map"])),
                owned(("Notes", "notes-2", &[])),
            ]
        );
    }

    #[test]
    fn what_is_above_a_name_with_a_number_by_its_level_and_within_what_that_heads_is_a_label() {
        let page = "<h1>lists</h1><h3>Exports</h3><article><h4 id=all-2><div><span id=link-2><a href='#all-2'></a></span></div><span>all(Pred, List)</span></h4>\
            <div><h3 id=types>Types</h3><div>Pred = fun()</div></div><div><p>Returns true.</p><h5>More</h5></div></article>\
            <article><h4 id=any-2><div>any(Pred, List)</div></h4><div><p>Returns false.</p></div></article><h3>Notes</h3>";
        assert_eq!(
            parse(page).text,
            "# lists\n\n### Exports\n\n#### all(Pred, List)\n\nTypes\n\nPred = fun()\n\nReturns true.\n\n##### More\n\n\
             #### any(Pred, List)\n\nReturns false.\n\n### Notes\n"
        );
        assert_eq!(headings(page)[2].1, "all-2");
    }

    #[test]
    fn a_paragraph_that_says_which_of_its_words_it_defines_is_a_definition_and_headings_below_it_are_text()
     {
        let page = "<h1>Rope</h1><div class=top><p class=src><a id='v:haul' class=def>haul</a>, <a id='v:tow' class=def>tow</a> :: Int \
            <a href='src/Deck.Rope.html#haul' class=link>Source</a> <a href='#v:haul' class=selflink>#</a></p>\
            <div class=doc><p>Hauls.</p><h4>Errors</h4><p>None.</p></div></div>\
            <div class=top><p class=src><span>data</span> <a id='t:Knot' class=def>Knot</a></p>\
            <table><tr><td class=src><a id='v:Bowline' class=def>Bowline</a> Int</td><td class=doc>A loop.</td></tr></table></div><h1>More</h1>";
        let found = headings(page);
        assert_eq!(
            found[1..3],
            [
                owned(("haul", "v:haul", &["haul", "tow", "v:haul"])),
                owned(("Knot", "t:Knot", &["Knot", "Bowline", "t:Knot"]))
            ]
        );
        assert_eq!((found.len(), found[3].0.as_str()), (4, "More"));
        assert_eq!(
            parse(page).text,
            "# Rope\n\n`haul, tow :: Int`\n\nHauls.\n\nErrors\n\nNone.\n\n`data Knot`\n\n| Bowline Int | A loop. |\n| --- | --- |\n\n# More\n"
        );
    }
    #[test]
    fn the_head_of_a_method_is_a_definition_at_the_anchor_of_its_division() {
        let page = "<h1>class Deck::Rope</h1><section><header><h3>Methods</h3></header>\
            <div id=method-c-haul class=method-detail><div class=method-heading>\n<span class=method-name>haul</span><span \
            class=method-args>(input, by: 1)</span>\n<span class=method-click-advice>click to toggle source</span></div>\n\
            <div><p>Hauls.</p><h2>Errors</h2><p>None.</p></div></div><div id=method-i-tow class=method-detail>\
            <div class=method-heading><span class=method-callseq>\n tow(n) &rarr; rope\n</span></div><p>Tows.</div><h3>More</h3></section>";
        let found = headings(page);
        assert_eq!(
            found[2..4],
            [
                owned((
                    "haul",
                    "method-c-haul",
                    &["haul", "Deck::Rope.haul", "method-c-haul"]
                )),
                owned((
                    "tow",
                    "method-i-tow",
                    &["tow", "Deck::Rope#tow", "method-i-tow"]
                ))
            ]
        );
        assert_eq!((found.len(), found[4].0.as_str()), (5, "More"));
        let text = parse(page).text;
        assert!(
            text.contains("\n`haul(input, by: 1)`\n\nHauls.\n\nErrors\n\nNone.\n"),
            "{text}"
        );
    }

    #[test]
    fn a_name_that_is_a_part_of_the_anchor_of_its_division_is_defined_there() {
        let page = "<main><section><h1>rope</h1><p>Ropes.</p></section>\
            <section id=Rope><input id=Rope-view type=checkbox><div class='attr class'>\n <span class=def>class</span>\n <span \
            class=name>Rope</span>:</div><div class=doc><h6 id=notes>Notes</h6><p>Of hemp.</p></div>\
            <div id=Rope.__init__><div><span class=name>Rope</span>(<span>n</span>)</div></div>\
            <div id=Rope.coil><div><span class=def>def</span> <span class=name>coil</span>(<span>self</span>)</div><p>Coils.</p></div>\
            </section><section id=other><p><span class=name>Rope</span> is no part.</p><h2>More</h2></section></main>";
        let found = headings(page);
        assert_eq!(
            found[1..4],
            [
                owned(("Rope", "Rope", &["Rope"])),
                owned((
                    "Rope.__init__",
                    "Rope.__init__",
                    &["Rope.__init__", "__init__", "Rope"]
                )),
                owned(("Rope.coil", "Rope.coil", &["Rope.coil", "coil"])),
            ]
        );
        assert_eq!((found.len(), found[4].0.as_str()), (5, "More"));
        assert_eq!(
            parse(page).text,
            "# rope\n\nRopes.\n\n`class Rope:`\n\nNotes\n\nOf hemp.\n\n`Rope(n)`\n\n`def coil(self)`\n\nCoils.\n\nRope is no part.\n\n## More\n"
        );
    }

    #[test]
    fn a_name_with_an_anchor_within_another_one_is_the_name() {
        let page = "<p><span class=name><a id='v:haul' class=def>haul</a></span> :: Int</p>";
        assert_eq!(
            headings(page),
            [owned(("haul", "v:haul", &["haul", "v:haul"]))]
        );
    }

    #[test]
    fn an_anchor_that_counts_the_parameters_of_the_name_behind_it_is_that_of_a_definition() {
        let page = "<h2>Solutions</h2><dl><dt class=pubdef><span class=pred-tag>[ISO]</span><a id='findall/3'>\
            <strong>findall</strong>(<var>+Template,\n:Goal, -Bag</var>)</a></dt><dd>Finds all.</dd>\
            <dt><a id='phrase//1'><strong>phrase</strong></a></dt><dd>As <a id='idx:findall3:1'></a>findall/3 does.</dd></dl>";
        let found = headings(page);
        assert_eq!(
            found[1..],
            [
                owned(("findall/3", "findall/3", &["findall/3", "findall"])),
                owned(("phrase//1", "phrase//1", &["phrase//1", "phrase"]))
            ]
        );
        let text = parse(page).text;
        assert!(
            text.contains("\n`findall(+Template, :Goal, -Bag) [ISO]`\n\nFinds all.\n"),
            "{text}"
        );
    }

    #[test]
    fn code_that_begins_with_the_name_of_its_anchor_is_a_definition() {
        let page = "<h1>Rope</h1><pre><span id=VALhaul><span class=keyword>val</span> haul</span> : <code>int -&gt;<br>\n  rope</code></pre>\
            <div>Hauls.</div><pre><code><span id=TYPEknot><span>type</span> <code>'a</code> knot</span> = private {</code></pre>";
        let found = headings(page);
        assert_eq!(
            found[1..],
            [
                owned(("val haul", "VALhaul", &["haul", "VALhaul"])),
                owned(("type 'a knot", "TYPEknot", &["knot", "TYPEknot"]))
            ]
        );
        assert_eq!(
            parse(page).text,
            "# Rope\n\n`val haul : int -> rope`\n\nHauls.\n\n`type 'a knot = private {`\n"
        );
        assert_eq!(
            parse("<pre><span id=TYPEc>type c</span> = [ `Blue | `Red ]</pre>").text,
            "`` type c = [ `Blue | `Red ] ``\n"
        );
        let long = format!(
            "<pre><span id=VALhaul>val haul</span> : {}</pre>",
            "int -> ".repeat(99)
        );
        assert!(
            parse(&long)
                .text
                .starts_with("`val haul`\n\n```\nval haul : int")
        );
    }

    #[test]
    fn words_at_an_anchor_that_does_not_call_them_a_definition_are_text() {
        for block in [
            "<p><a id=haul>haul</a> means to pull.</p>",
            "<p><span class=method-name>haul</span> means to pull.</p>",
            "<ul><li><a id='v:haul' class=def>haul</a></li></ul>",
            "<p><a id='ropes/3'>Three ropes</a></p>",
            "<pre><span id=line-1>1 val</span> haul</pre>",
            "<pre>  val <span id=VALhaul>haul</span></pre>",
            "<div id=ropes><p><span class=name>haul</span> means to pull.</p></div>",
        ] {
            assert_eq!(headings(block), [], "{block}");
        }
    }
}
