//! XML as HTML: what the reader of HTML, made for pages that are not well formed, would take for something else.

use std::borrow::Cow;

use super::{Beside, Format, Pages, Unread, html};

/// `.xhtml`.
pub(super) struct Xhtml;

impl Format for Xhtml {
    fn name(&self) -> &'static str {
        "XHTML"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["xhtml"]
    }

    fn read(&self, bytes: &[u8]) -> Result<Pages, Unread> {
        self.read_beside(bytes, &Beside::default())
    }

    fn read_beside(&self, bytes: &[u8], beside: &Beside) -> Result<Pages, Unread> {
        let text = String::from_utf8_lossy(bytes);
        // Of what says that it is XML, that is seen there.
        if is_declared(&text) {
            return html::Html.read_beside(bytes, beside);
        }
        html::Html.read_beside(as_html(&text).as_bytes(), beside)
    }
}

/// Returns `text` for the reader of HTML: rewritten where it declares itself to be XML.
pub(super) fn as_read(text: &str) -> Cow<'_, str> {
    if is_declared(text) {
        Cow::Owned(as_html(text))
    } else {
        Cow::Borrowed(text)
    }
}

/// Tells whether a page says that it is XML.
fn is_declared(text: &str) -> bool {
    text.trim_start_matches('\u{feff}')
        .trim_start()
        .starts_with("<?xml")
}

/// Returns XML as HTML, with every line where it was: `<x/>` as `<x></x>`, and what stands in CDATA as text. Each byte is
/// looked at once.
pub(super) fn as_html(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    let mut rest = text;
    let mut has_type = false;
    while let Some(at) = rest.find('<') {
        let (before, markup) = rest.split_at(at);
        html.push_str(before);
        rest = if let Some(inside) = markup.strip_prefix("<![CDATA[") {
            let (inside, after) = inside.split_once("]]>").unwrap_or((inside, ""));
            push_text(&mut html, inside);
            after
        } else if markup.starts_with("<!--") {
            let (comment, after) = cut_after(markup, "-->");
            html.push_str(comment);
            after
        } else if markup.starts_with("<!DOCTYPE") && !has_type {
            has_type = true;
            push_type(&mut html, markup)
        } else if is_tag(markup) {
            let (tag, after) = markup.split_at(tag_bytes(markup));
            push_tag(&mut html, tag);
            match RAW.iter().find(|name| opens(tag, name)) {
                Some(name) => push_raw(&mut html, after, name),
                None => after,
            }
        } else {
            let (mark, after) = markup.split_at(1);
            html.push_str(mark);
            after
        };
    }
    html.push_str(rest);
    html
}

/// Elements whose content HTML takes as it stands.
const RAW: [&str; 2] = ["script", "style"];

/// Tells whether `tag` opens an element called `name`.
fn opens(tag: &str, name: &str) -> bool {
    let after = tag.strip_prefix('<').and_then(|tag| tag.strip_prefix(name));
    !tag.ends_with("/>")
        && after.is_some_and(|after| {
            after.starts_with(|letter: char| letter == '>' || letter.is_whitespace())
        })
}

/// Tells whether `markup`, which begins with `<`, is a tag.
fn is_tag(markup: &str) -> bool {
    let next = markup.chars().nth(1);
    next.is_some_and(|letter| letter.is_alphabetic() || "/_".contains(letter))
}

/// Returns `text` up to and with the first `mark`, and what follows.
fn cut_after<'a>(text: &'a str, mark: &str) -> (&'a str, &'a str) {
    let end = text.find(mark).map_or(text.len(), |at| at + mark.len());
    text.split_at(end)
}

/// Returns how long the tag is that `text` begins with; a `>` in quotes does not end it.
fn tag_bytes(text: &str) -> usize {
    let mut quote = None;
    for (at, byte) in text.bytes().enumerate() {
        match (quote, byte) {
            (None, b'>') => return at + 1,
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), _) if open == byte => quote = None,
            _ => {}
        }
    }
    text.len()
}

/// Writes a tag; one of an element without content as one that opens it, and one that ends it.
fn push_tag(html: &mut String, tag: &str) {
    let Some(open) = tag.strip_suffix("/>").filter(|tag| !tag.starts_with("</")) else {
        html.push_str(tag);
        return;
    };
    let name = open.strip_prefix('<').unwrap_or(open);
    let name = name.split(char::is_whitespace).next().unwrap_or_default();
    if html::VOID.contains(&name) {
        html.push_str(tag);
        return;
    }
    html.push_str(open);
    html.push_str("></");
    html.push_str(name);
    html.push('>');
}

/// Writes the type of a document, without the entities that it declares in brackets, and returns what follows.
fn push_type<'a>(html: &mut String, markup: &'a str) -> &'a str {
    let (plain, after) = cut_after(markup, ">");
    if !plain.contains('[') {
        html.push_str(plain);
        return after;
    }
    let (declared, after) = cut_after(markup, "]");
    let (end, after) = cut_after(after, ">");
    push_line_ends(html, declared);
    push_line_ends(html, end);
    after
}

/// Writes the content of `name` up to its end, and returns what follows. What CDATA has in it is shown to nobody.
fn push_raw<'a>(html: &mut String, text: &'a str, name: &str) -> &'a str {
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        let (before, markup) = rest.split_at(at);
        html.push_str(before);
        if markup.starts_with("<![CDATA[") {
            let (inside, after) = cut_after(markup, "]]>");
            push_line_ends(html, inside);
            rest = after;
            continue;
        }
        let close = markup.strip_prefix("</");
        if close.is_some_and(|close| close.starts_with(name)) {
            return markup;
        }
        let (mark, after) = markup.split_at(1);
        html.push_str(mark);
        rest = after;
    }
    html.push_str(rest);
    ""
}

fn push_text(html: &mut String, text: &str) {
    for letter in text.chars() {
        match letter {
            '<' => html.push_str("&lt;"),
            '&' => html.push_str("&amp;"),
            letter => html.push(letter),
        }
    }
}

/// Writes the ends of the lines of what is left out: those after it stay where they were.
fn push_line_ends(html: &mut String, text: &str) {
    html.extend(text.matches('\n'));
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn elements_without_content_end_where_they_begin() {
        for (xml, expected) in [
            ("<title/>x", "<title></title>x"),
            ("<a\nid='>/>'\n/>x", "<a\nid='>/>'\n></a>x"),
            (
                "<br/><img src=\"a/\" /><i>/></i>",
                "<br/><img src=\"a/\" /><i>/></i>",
            ),
            ("<!-- <p/> --><p/>", "<!-- <p/> --><p></p>"),
            ("<script src='x'/><p/>", "<script src='x'></script><p></p>"),
            (
                "<script>'<p/>'</script><p/>",
                "<script>'<p/>'</script><p></p>",
            ),
            (
                "<script>//<![CDATA[\n'</script>'\n//]]></script>x",
                "<script>//\n\n</script>x",
            ),
        ] {
            assert_eq!(as_html(xml), expected);
        }
    }

    #[test]
    fn what_is_not_of_the_page_is_left_out_and_cdata_is_text() {
        let xml = "<?xml version='1.0'?>\n<!DOCTYPE html [\n<!ENTITY a '<p/>'>\n]>\n<pre><![CDATA[if a < b && c\n]]></pre>";
        assert_eq!(
            as_html(xml),
            "<?xml version='1.0'?>\n\n\n\n<pre>if a &lt; b &amp;&amp; c\n</pre>"
        );
        assert_eq!(
            as_html("<!DOCTYPE html>\n<p>x</p>"),
            "<!DOCTYPE html>\n<p>x</p>"
        );
        let read = Xhtml.read(
            b"<html><title/><textarea/><body><p>Words.</p><pre><![CDATA[<a>]]></pre></body></html>",
        );
        assert_eq!(read.unwrap().first.text, "Words.\n\n```\n<a>\n```\n");
    }

    #[test]
    fn pages_that_say_they_are_xml_are_read_so_whatever_their_name() {
        let page =
            b"\n<?xml version='1.0'?><html><head><style/></head><body><p>Words.</p></body></html>";
        assert_eq!(html::Html.read(page).unwrap().first.text, "Words.\n");
    }

    proptest! {
        #[test]
        fn no_markup_panics_and_every_line_stays(
            parts in prop::collection::vec(
                prop::sample::select(vec!["<", "<!", "<?", "<!--", "-->", "<![CDATA[", "]]>", "]", "[", "/>", ">", "<script>", "</script>", "'", "\"", "a", "\n", " ", "\u{e9}"]),
                0..40,
            )
        ) {
            let xml = parts.concat();
            let html = as_html(&xml);
            prop_assert_eq!(html.matches('\n').count(), xml.matches('\n').count());
            prop_assert!(html.len() <= xml.len() * 12);
        }
    }
}
