//! Items of lists that are what a definition is: `<li><p><a id="opt_mech"></a> <strong>mech</strong></p><ul><li>values: …`.
//!
//! Such an item stands at an anchor, what it begins with is a name set in its own letters and nothing beside it, and more is said of
//! that within the item. It becomes the head of a definition when that begins.

use super::element::Element;
use super::page::{Page, Region};
use crate::lookup::document::BlockKind;

/// Elements that set a name apart from what is said of it.
const NAMES: &[&str] = &["strong", "b", "code", "tt", "em", "samp", "kbd"];
/// Elements that may stand round a name.
const AROUND: &[&str] = &["p", "div", "span"];
/// Elements in which more is said of it.
const LISTS: &[&str] = &["ul", "ol", "dl"];
/// Letters of the longest name: a longer one is text.
const NAME_LETTERS_MAX: usize = 120;
/// How a label ends, or a sentence.
const TEXT_ENDS: &[char] = &[':', '.', '!', '?', ','];

/// An item whose beginning may be a name.
#[derive(Debug)]
pub(super) struct ItemHead {
    anchor: Option<String>,
    /// Blocks of the page before it.
    blocks: usize,
    /// Elements of [`NAMES`] that are open.
    names: usize,
    /// Whether words of a name were read.
    is_named: bool,
}

impl ItemHead {
    /// Begins an item behind so many blocks.
    pub(super) fn new(item: Element<'_>, blocks: usize) -> Self {
        Self {
            anchor: item.id().map(str::to_owned),
            blocks,
            names: 0,
            is_named: false,
        }
    }

    /// Takes an element that begins within the item; tells whether more may be a name.
    fn start(&mut self, element: Element<'_>) -> bool {
        let name = element.name;
        self.names += usize::from(NAMES.contains(&name));
        let is_anchor = name == "a"
            && element
                .attribute("href")
                .is_none_or(|target| target.starts_with('#'));
        if is_anchor && !self.is_named && self.anchor.is_none() {
            self.anchor = element.anchors().next().map(str::to_owned);
        }
        is_anchor || NAMES.contains(&name) || AROUND.contains(&name)
    }

    /// Tells whether words that are read now are a part of the name.
    fn text(&mut self) -> bool {
        self.is_named |= self.names > 0;
        self.names > 0
    }

    fn end(&mut self, element: &str) {
        self.names = self
            .names
            .saturating_sub(usize::from(NAMES.contains(&element)));
    }
}

impl Page {
    /// Takes an element that begins, which may be within an item: where a list begins, what is said of its name does.
    pub(super) fn item_element(&mut self, element: Element<'_>) {
        let Some(item) = &mut self.item else {
            return;
        };
        if LISTS.contains(&element.name) {
            self.head_item();
        } else if !item.start(element) {
            self.item = None;
        }
    }

    /// Takes words before they are read, which may be those of the name, or be said of it where that has its block.
    pub(super) fn item_text(&mut self) {
        let Some(item) = &mut self.item else {
            return;
        };
        let is_beside = !self.words.trim().is_empty() || !item.is_named;
        if item.names == 0 && !is_beside {
            self.head_item();
        } else if !item.text() {
            self.item = None;
        }
    }

    /// Takes an element that ends.
    pub(super) fn item_end(&mut self, element: &str) {
        if element == "li" {
            self.item = None;
        } else if let Some(item) = &mut self.item {
            item.end(element);
        }
    }

    /// Makes the head of a definition of the block of the item, if nothing but a name at an anchor is in it.
    fn head_item(&mut self) {
        let Some(ItemHead {
            anchor: Some(anchor),
            blocks,
            is_named: true,
            ..
        }) = self.item.take()
        else {
            return;
        };
        let is_text = matches!(self.region, Region::Item(_) | Region::Paragraph);
        if !is_text || self.descriptions.is_described() {
            return;
        }
        self.finish_region();
        let Some((name, line)) = self.name_of_item(blocks) else {
            return;
        };
        self.blocks.pop();
        self.lines.pop();
        self.lines.pop_if(|(text, _)| text.is_empty());
        self.anchor = Some(anchor);
        self.definition(&name, &name, line);
    }

    /// Returns the words of the item that is the only block behind so many, if they may be a name, and the line of the file.
    fn name_of_item(&self, blocks: usize) -> Option<(String, u32)> {
        let [item] = self.blocks.get(blocks..)? else {
            return None;
        };
        let [(text, line)] = self.lines.get(item.line..)? else {
            return None;
        };
        let name = text.trim_start().strip_prefix("- ")?.replace('`', "");
        let is_name = name.chars().count() <= NAME_LETTERS_MAX
            && name.contains(char::is_alphabetic)
            && !name.ends_with(TEXT_ENDS);
        (is_name && item.kind == BlockKind::Prose).then_some((name, *line))
    }
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use crate::lookup::document::headings;

    #[test]
    fn an_item_that_is_a_name_at_an_anchor_with_more_below_it_is_a_definition() {
        let page = "<h1>Options</h1><p>All.</p><ul><li>\n<p><a id=opt_mech></a> <strong>server.mech</strong></p>\n<div><ul><li><p>type: text</p></li>\
            <li><p>values: plain</p></li></ul></div></li><li id=opt_x><code>-x</code>, <code>--all</code><ul><li>Two names.</ul></li>\
            <li id=opt_y><code>-y <em>file</em></code><p>Yields.</p></li><li>Other</ul><p>End.</p>";
        let document = parse(page);
        assert_eq!(
            document.text,
            "# Options\n\nAll.\n\n`server.mech`\n\n  - type: text\n  - values: plain\n- `-x`, `--all`\n  - Two names.\n\n`-y file`\n\nYields.\n\n\
             - Other\n\nEnd.\n"
        );
        let found = headings(&document.blocks).skip(1);
        let found = found.map(|heading| (heading.title.as_str(), heading.anchor.as_deref()));
        assert_eq!(
            found.collect::<Vec<_>>(),
            [
                ("server.mech", Some("opt_mech")),
                ("-y file", Some("opt_y"))
            ]
        );
    }

    #[test]
    fn an_item_without_a_name_an_anchor_or_more_stays_one() {
        for item in [
            "<li><a id=a></a><strong>Alpha</strong></li>",
            "<li><strong>Alpha</strong><ul><li>more</ul></li>",
            "<li><a id=a></a>Alpha<ul><li>more</ul></li>",
            "<li><a id=a></a><strong>Alpha</strong> is first.<ul><li>more</ul></li>",
            "<li><a id=a></a><strong>Alpha:</strong><ul><li>more</ul></li>",
            "<li id=a><a href=alpha.html><b>Alpha</b></a><ul><li>more</ul></li>",
            "<li id=a><b>Alpha</b><table><tr><td>b</td><td>c</td></tr></table></li>",
            "<li id=a><b>1.2</b><ul><li>more</ul></li>",
        ] {
            let document = parse(&format!("<ul>{item}</ul>"));
            assert_eq!(headings(&document.blocks).count(), 0, "{item}");
            assert!(document.text.starts_with("- "), "{}", document.text);
        }
        let numbered = parse(
            "<ol><li id=a><b>Alpha</b><ul><li>more</ul></ol><dl><dt>t<dd><ul><li id=b><b>Beta</b><p>Words.</ul></dl>",
        );
        assert_eq!(headings(&numbered.blocks).count(), 0);
    }
}
