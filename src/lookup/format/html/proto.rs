//! The heads of members on pages of Doxygen: a table of which each parameter is a row, read as the line that it draws.
//!
//! Since 1.8.14 a heading stands above; before, there was nothing but an anchor, and the line heads the definition.

use super::element::Element;
use super::page::{Page, Region};

/// Classes of the division that holds such a head, of the cell with the name, and of what is said in brackets behind.
const PROTOS: &[&str] = &["memproto"];
const NAMES: &[&str] = &["memname"];
const LABELS: &[&str] = &["mlabel"];

/// Tells whether a division is such a head.
pub(super) fn is_one(element: Element<'_>) -> bool {
    element.has_class(PROTOS)
}

/// The head of a member that is being read.
#[derive(Debug)]
pub(super) struct Proto {
    /// Divisions that are open.
    divisions: usize,
    /// Whether nothing but an anchor stands above.
    is_heading: bool,
    /// Where in the words the cell with the name begins and ends.
    name: (usize, Option<usize>),
    has_labels: bool,
}

impl Proto {
    pub(super) fn begin(is_heading: bool, page: &mut Page) -> Self {
        page.finish_region();
        page.region = Region::Definition;
        Self {
            divisions: 1,
            is_heading,
            name: (0, None),
            has_labels: false,
        }
    }

    /// Reads an element within the head.
    pub(super) fn start(&mut self, element: Element<'_>, page: &mut Page) {
        match element.name {
            "div" => self.divisions += 1,
            "td" if element.has_class(NAMES) => self.name = (page.words.len(), None),
            "td" if self.name.1.is_none() => self.name.1 = Some(page.words.len()),
            "span" if element.has_class(LABELS) => {
                page.text(if self.has_labels { ", " } else { " [" });
                self.has_labels = true;
            }
            _ => {}
        }
        page.space |= matches!(element.name, "div" | "td" | "br");
    }

    /// Ends an element, and tells whether it was the head.
    pub(super) fn end(&mut self, name: &str, page: &mut Page) -> bool {
        page.space |= matches!(name, "div" | "td");
        self.divisions -= usize::from(name == "div");
        if self.divisions > 0 {
            return false;
        }
        self.finish(page);
        true
    }

    fn finish(&self, page: &mut Page) {
        let (start, end) = self.name;
        let named = page.words.get(start..end.unwrap_or(page.words.len()));
        let name = named.and_then(name_of);
        page.words = page.words.replace(" ( ", "(").replace(" )", ")");
        if self.has_labels {
            page.words.push(']');
        }
        if self.is_heading {
            page.names.extend(name);
        } else {
            page.words = format!("`{}`", page.words.trim());
            page.region = Region::Paragraph;
        }
        page.finish_region();
    }
}

/// Returns the name that a declaration ends with, without what stands for types: `Deck::Rope::haul` of
/// `void Deck::Rope< T >::haul`.
fn name_of(declared: &str) -> Option<String> {
    let mut name = String::new();
    let mut depth = 0_usize;
    let mut words = declared.split_whitespace().peekable();
    while let Some(word) = words.next() {
        // `Rope< T >::haul`: what follows the parameters goes on with the name.
        let closed = word.strip_prefix('>').filter(|_| depth > 0);
        if let Some(rest) = closed {
            depth -= 1;
            if depth == 0 {
                name.push_str(rest.trim_end_matches('<'));
            }
        } else if depth == 0 && !name.ends_with("operator") {
            word.clone_into(&mut name);
        } else if depth == 0 {
            name = format!("{name} {word}");
        }
        let opens = word.ends_with('<') && words.peek().is_some() && !word.ends_with("operator<");
        if opens {
            if depth == 0 {
                name = name.trim_end_matches('<').to_owned();
            }
            depth += 1;
        }
    }
    let name = name.trim_start_matches(['*', '&']);
    (!name.is_empty()).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use super::name_of;
    use crate::lookup::document::{headings, symbols};

    const PARAMETERS: &str = "<table class=memname><tr><td class=memname>void <a href=r.html>Deck::Rope</a>&lt; T &gt;::haul </td>\
        <td>(</td><td class=paramtype>const Hand &amp;&#160;</td><td class=paramname><em>by</em>, </td></tr>\
        <tr><td class=paramkey></td><td></td><td class=paramtype>int&#160;</td><td class=paramname><em>times</em> = <code>1</code>&#160;</td></tr>\
        <tr><td></td><td>)</td><td></td><td></td></tr></table>";
    const LINE: &str =
        "template<typename T > void Deck::Rope< T >::haul(const Hand & by, int times = 1)";

    #[test]
    fn a_member_that_has_only_an_anchor_is_a_definition() {
        let page = format!(
            "<h2 class=groupheader>Member Function Documentation</h2>\n<a class=anchor id=a0a5></a>\n<div class=memitem>\
             <div class=memproto><div class=memtemplate>template&lt;typename T &gt; </div><table class=mlabels><tr>\
             <td class=mlabels-left>{PARAMETERS}</td><td class=mlabels-right><span class=mlabels><span class=mlabel>inline</span>\
             <span class=mlabel>static</span></span></td></tr></table></div><div class=memdoc><p>Hauls.</p></div></div>\n\
             <a class=anchor id=a1c3></a>\n<div class=memitem><div class=memproto><table class=memname><tr>\
             <td class=memname>int Deck::Rope::length </td><td>(</td><td class=paramname></td><td>)</td><td> const</td></tr></table>\
             </div><div class=memdoc><p>Its length.</p></div></div>"
        );
        let read = parse(&page);
        assert_eq!(
            read.text,
            format!(
                "## Member Function Documentation\n\n`{LINE} [inline, static]`\n\nHauls.\n\n\
                 `int Deck::Rope::length() const`\n\nIts length.\n"
            )
        );
        let headings: Vec<_> = headings(&read.blocks).collect();
        let anchors = headings.iter().map(|heading| heading.anchor.as_deref());
        assert_eq!(
            anchors.collect::<Vec<_>>(),
            [None, Some("a0a5"), Some("a1c3")]
        );
        let names = symbols(headings[1]);
        assert!(
            ["Deck::Rope::haul", "haul"]
                .iter()
                .all(|name| names.iter().any(|known| known == name)),
            "{names:?}"
        );
    }

    #[test]
    fn a_member_that_has_a_heading_keeps_it_and_its_line_is_code() {
        let page = format!(
            "<a id=a0a5></a><h2 class=memtitle><span class=permalink><a href=#a0a5>&#9670;&nbsp;</a></span>haul()</h2>\n\
             <div class=memitem><div class=memproto><div class=memtemplate>template&lt;typename T &gt; </div>{PARAMETERS}</div>\
             <div class=memdoc><p>Hauls.</p></div></div>"
        );
        let text = parse(&page).text;
        assert!(
            text.ends_with(&format!("haul()\n\n`{LINE}`\n\nHauls.\n")),
            "{text}"
        );
    }

    #[test]
    fn names_are_what_declarations_end_with() {
        for (declared, name) in [
            ("typedef T Deck::length_type", "Deck::length_type"),
            (
                "std::vector< std::pair< A, B > > Deck::Rope< A, B >::all ",
                "Deck::Rope::all",
            ),
            ("std::ostream & operator<< ", "operator<<"),
            ("bool Deck::operator< ", "Deck::operator<"),
            ("void * Deck::operator new ", "Deck::operator new"),
            ("char *name", "name"),
        ] {
            assert_eq!(name_of(declared).as_deref(), Some(name), "{declared}");
        }
    }
}
