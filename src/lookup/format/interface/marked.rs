//! Texts of descriptions that are written as HTML, where Markdown is the rule.

use std::cell::Cell;

use html5ever::tokenizer::{TagKind, Token};

use crate::lookup::format::html;
use crate::lookup::format::tree::{Node, Value};
use crate::markup;

/// Members whose words are a text.
const TEXTS: &[&str] = &["description", "summary"];
/// Members whose values are quoted as they are, whatever is in them.
const VALUES: &[&str] = &["const", "default", "enum", "example", "value", "x-example"];
/// Members whose own members have the names of something described.
const NAMED: &[&str] = &["definitions", "patternProperties", "properties", "schemas"];
/// Elements that begin a block.
const BLOCKS: &[&str] = &[
    "blockquote",
    "center",
    "div",
    "dl",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "ol",
    "p",
    "pre",
    "table",
    "ul",
];
/// Elements within a block that people write texts with.
const INLINE: &[&str] = &[
    "a", "abbr", "b", "big", "br", "cite", "code", "dd", "dt", "em", "font", "i", "kbd", "li",
    "small", "span", "strong", "sub", "sup", "td", "th", "tr", "tt", "u", "var",
];
/// Elements that are written without an end.
const ENDLESS: &[&str] = &["br", "hr", "li", "p"];

/// Rewrites the texts below `node` that are HTML. Trees have a limit of depth, so this recursion has it too.
pub(in crate::lookup::format) fn rewrite(node: &mut Node<'_>) {
    rewrite_below(node, false);
}

/// `is_named` tells whether the members of `node` have names of their own.
fn rewrite_below(node: &mut Node<'_>, is_named: bool) {
    match &mut node.value {
        Value::List(items) => {
            for item in items {
                rewrite_below(item, false);
            }
        }
        Value::Map(members) => {
            for (key, member) in members {
                let key = key.as_ref();
                match &mut member.value {
                    _ if !is_named && VALUES.contains(&key) => {}
                    Value::Text(text) if !is_named && TEXTS.contains(&key) => {
                        if let Some(markdown) = as_markdown(text) {
                            *text = markdown.into();
                        }
                    }
                    _ => rewrite_below(member, !is_named && NAMED.contains(&key)),
                }
            }
        }
        _ => {}
    }
}

/// Returns `text` as Markdown if it is HTML.
pub(in crate::lookup::format) fn as_markdown(text: &str) -> Option<String> {
    let is_html = text.contains('<') && has_tags(text) && is_nothing_else(text);
    let markdown = is_html.then(|| html::parse(text).text)?;
    let markdown = markdown.trim();
    (!markdown.is_empty()).then(|| markdown.to_owned())
}

/// Tells whether `text` has the end of an element as people write texts with, or one that has none.
fn has_tags(text: &str) -> bool {
    let found = Cell::new(false);
    markup::each(text, |token, _| {
        if let Token::TagToken(tag) = token {
            let name = &*tag.name;
            let is_known = BLOCKS.contains(&name) || INLINE.contains(&name);
            let ends = tag.kind == TagKind::EndTag || ENDLESS.contains(&name);
            found.set(found.get() || is_known && ends);
        }
    });
    found.get()
}

/// Tells whether `text`, which has tags, is not Markdown with some HTML in it: each of its paragraphs is an element, or it has no
/// mark of Markdown and no paragraph after the first that is none.
fn is_nothing_else(text: &str) -> bool {
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let paragraphs = || lines.split(|line| line.is_empty());
    let mut firsts = paragraphs().filter_map(|paragraph| paragraph.first());
    let is_first_element = firsts.next().is_none_or(|line| begins_element(line));
    if !firsts.all(|line| begins_element(line)) {
        return false;
    }
    is_first_element
        || !text.contains('`')
            && !text.contains("](")
            && !text.contains("**")
            && !lines.iter().any(|line| is_marked(line))
}

/// Tells whether `line` begins with the tag of a block.
fn begins_element(line: &str) -> bool {
    let Some(tag) = line.strip_prefix('<') else {
        return false;
    };
    let tag = tag.trim_start_matches('/');
    let end = tag.find(|letter: char| !letter.is_ascii_alphanumeric());
    let name = tag.get(..end.unwrap_or(tag.len())).unwrap_or_default();
    let mut blocks = BLOCKS.iter();
    blocks.any(|known| known.eq_ignore_ascii_case(name))
}

/// Tells whether `line` begins as headings, items, quotes and rows of Markdown do.
fn is_marked(line: &str) -> bool {
    let behind = line.trim_start_matches(|letter: char| letter.is_ascii_digit());
    let is_numbered =
        behind.len() < line.len() && (behind.starts_with(". ") || behind.starts_with(") "));
    let mut marks = ["#", "- ", "* ", "+ ", ">", "|"].iter();
    is_numbered || marks.any(|mark| line.starts_with(mark))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lookup::format::tree;

    #[test]
    fn a_text_of_elements_is_markdown_afterwards() {
        for (text, expected) in [
            ("<p>Create a refund.</p>", "Create a refund."),
            (
                "<p>Use <code>charge</code> <a href=\"#list\">or</a> an intent.</p>\n\n<p>Once.</p>",
                "Use `charge` or an intent.\n\nOnce.",
            ),
            ("The <code>id</code> of it.", "The `id` of it."),
            (
                "One of:<ul><li>a</li><li>b &amp; c</li></ul>",
                "One of:\n\n- a\n- b & c",
            ),
            ("One.<br>Two.", "One.\nTwo."),
        ] {
            assert_eq!(as_markdown(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_is_markdown_or_has_no_tag_stays() {
        for text in [
            "A `List<b>` of it.",
            "In the format <type>://<id>.",
            "Less < more.",
            "Pin it.\n\n<p>\n  Hosted <b>only</b>.\n</p>\n\nMore of *it*.",
            "# Head\nWith <b>bold</b> words.",
            "- one<br>\n- two<br>",
            "See [it](x), <b>now</b>.",
            "**One**<br>",
        ] {
            assert_eq!(as_markdown(text), None, "{text}");
        }
    }

    #[test]
    fn values_and_names_are_no_texts() {
        let text = "{\"description\": \"<b>x</b>\", \"example\": {\"description\": \"<b>x</b>\"}, \
                    \"properties\": {\"example\": {\"description\": \"<b>x</b>\"}}, \"title\": \"<b>x</b>\"}";
        let mut root = tree::read(text).unwrap().root;
        rewrite(&mut root);
        let of = |node: &Node<'_>| node.text_of("description").map(str::to_owned);
        assert_eq!(of(&root).as_deref(), Some("x"));
        assert_eq!(
            of(root.get("example").unwrap()).as_deref(),
            Some("<b>x</b>")
        );
        let property = root.get("properties").unwrap().get("example").unwrap();
        assert_eq!(of(property).as_deref(), Some("x"));
        assert_eq!(root.text_of("title"), Some("<b>x</b>"));
    }
}
