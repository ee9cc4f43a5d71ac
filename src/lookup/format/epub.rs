//! Books (EPUB): a page for each chapter, in the order of the book, and one that lists them.

use std::collections::HashMap;

use html5ever::tokenizer::{Tag, TagKind, Token};

use super::html;
use super::interface::names::PagePaths;
use super::sheet::{Sheet, one_line};
use super::{Format, Pages, Unread, of_zip, xhtml};
use crate::lookup::document::{Document, Kind, headings};
use crate::markup;

/// `.epub`.
pub(super) struct Epub;

/// Chapters of the longest book.
const CHAPTERS_MAX: usize = 5_000;

impl Format for Epub {
    fn name(&self) -> &'static str {
        "EPUB"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["epub"]
    }

    fn is_text(&self) -> bool {
        false
    }

    fn read(&self, bytes: &[u8]) -> Result<Pages, Unread> {
        let mut archive = of_zip(bytes)?;
        let no_book = |why: String| Unread::Broken(format!("is no book: {why}"));
        let container = archive.text("META-INF/container.xml").map_err(no_book)?;
        let root = package(&container).root;
        let description = archive.text(&root).map_err(no_book)?;
        let book = package(&description);
        if book.spine.is_empty() {
            return Err(no_book("it has no chapters".to_owned()));
        }
        let folder = root.rsplit_once('/').map_or("", |(folder, _)| folder);
        let mut pages = Pages::default();
        let mut paths = PagePaths::default();
        let title = one_line(&book.title);
        let mut list = Sheet::default();
        list.heading(
            1,
            if title.is_empty() { "Book" } else { &title },
            "",
            Vec::new(),
        );
        for id in book.spine.iter().take(CHAPTERS_MAX) {
            let Some(href) = book.manifest.get(id) else {
                continue;
            };
            let name = joined(folder, href);
            let text = match archive.text(&name) {
                Ok(text) => text,
                Err(why) => {
                    pages.skipped.push(why);
                    continue;
                }
            };
            let chapter = html::parse(&xhtml::as_html(&text));
            if chapter.text.trim().is_empty() {
                continue;
            }
            let stem = href
                .rsplit_once('.')
                .map_or(href.as_str(), |(stem, _)| stem);
            let path = paths.give(stem);
            list.prose(&format!("- {} (page `{path}`)", heading(&chapter)));
            pages.below.push((path, in_book(chapter, &title)));
        }
        pages.first = Document {
            file_lines: None,
            ..list.finish("", Kind::Meta, None)
        };
        Ok(pages)
    }
}

/// Returns what a chapter is called.
fn heading(chapter: &Document) -> String {
    let first = headings(&chapter.blocks).next();
    first
        .map(|heading| heading.title.clone())
        .or_else(|| chapter.title.clone())
        .unwrap_or_else(|| "untitled".to_owned())
}

/// Returns `chapter` as a page of the book: its title stands above the headings of the chapter.
fn in_book(chapter: Document, book: &str) -> Document {
    let headed = headings(&chapter.blocks).next().is_some();
    let title = match chapter.title {
        _ if headed && !book.is_empty() => Some(book.to_owned()),
        Some(title) if !book.is_empty() && title != book => Some(format!("{book} › {title}")),
        title => title,
    };
    Document {
        title,
        // The lines of a packed file are those of its text.
        file_lines: None,
        ..chapter
    }
}

/// Returns the path of `href` from `folder`, with its escapes undone.
fn joined(folder: &str, href: &str) -> String {
    let href = super::interface::spec::unescaped(href.split('#').next().unwrap_or_default());
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in href.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// What the package of a book says, or its container.
#[derive(Debug, Default)]
struct Package {
    /// Path of the package, as its container says.
    root: String,
    title: String,
    /// Files by their id, chapters only.
    manifest: HashMap<String, String>,
    /// Ids of the chapters in order.
    spine: Vec<String>,
    in_title: bool,
}

fn package(text: &str) -> Package {
    let mut package = Package::default();
    markup::each(&xhtml::as_html(text), |token, _| match token {
        Token::TagToken(tag) => package.take(&tag),
        Token::CharacterTokens(text) if package.in_title => package.title.push_str(&text),
        _ => {}
    });
    package
}

impl Package {
    fn take(&mut self, tag: &Tag) {
        let attribute = |name: &str| markup::attribute(tag, name).map(str::to_owned);
        if &*tag.name == "dc:title" {
            self.in_title = tag.kind == TagKind::StartTag && self.title.is_empty();
        }
        if tag.kind == TagKind::EndTag {
            return;
        }
        match &*tag.name {
            "rootfile" if self.root.is_empty() => {
                self.root = attribute("full-path").unwrap_or_default();
            }
            "item" => {
                let is_chapter =
                    attribute("media-type").is_some_and(|media| media.contains("html"));
                let is_list = attribute("properties")
                    .is_some_and(|all| all.split(' ').any(|one| one == "nav"));
                if let (Some(id), Some(href), true) =
                    (attribute("id"), attribute("href"), is_chapter && !is_list)
                {
                    self.manifest.insert(id, href);
                }
            }
            "itemref" => self.spine.extend(attribute("idref")),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lookup::zip::tests::packed;

    const CONTAINER: &str = r#"<container><rootfiles><rootfile full-path="OPS/book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>"#;

    #[test]
    fn chapters_are_pages_in_the_order_of_the_book() {
        let package = r#"<package><metadata><dc:title>The Harbour</dc:title></metadata><manifest>
            <item id="n" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>
            <item id="b" href="text/b%20c.xhtml" media-type="application/xhtml+xml"/>
            <item id="a" href="text/a.xhtml" media-type="application/xhtml+xml"/>
            <item id="g" href="gone.xhtml" media-type="application/xhtml+xml"/>
            <item id="p" href="p.png" media-type="image/png"/></manifest>
            <spine><itemref idref="n"/><itemref idref="a"/><itemref idref="b"/><itemref idref="g"/></spine></package>"#;
        let bytes = packed(&[
            ("META-INF/container.xml", CONTAINER),
            ("OPS/book.opf", package),
            (
                "OPS/text/a.xhtml",
                "<?xml version=\"1.0\"?><html><head><title>x</title></head><body><h1>Tides</h1><p>Twice a day.</p></body></html>",
            ),
            (
                "OPS/text/b c.xhtml",
                "<html><head><title>Notes</title></head><body><p>Words.</p></body></html>",
            ),
        ]);
        let pages = Epub.read(&bytes).unwrap();
        assert_eq!(
            pages.first.text,
            "# The Harbour\n\n- Tides (page `text/a`)\n- Notes (page `text/b-20c`)\n"
        );
        let titles: Vec<Option<&str>> = pages
            .below
            .iter()
            .map(|(_, page)| page.title.as_deref())
            .collect();
        assert_eq!(titles, [Some("The Harbour"), Some("The Harbour › Notes")]);
        assert_eq!(pages.below[0].1.text, "# Tides\n\nTwice a day.\n");
        assert_eq!(pages.skipped.len(), 1, "{:?}", pages.skipped);
    }

    #[test]
    fn chapters_are_xml() {
        let package = r#"<package><metadata><dc:title/></metadata><manifest>
            <item id="a" href="a.xhtml" media-type="application/xhtml+xml"/></manifest>
            <spine><itemref idref="a"/></spine></package>"#;
        let bytes = packed(&[
            ("META-INF/container.xml", CONTAINER),
            ("OPS/book.opf", package),
            (
                "OPS/a.xhtml",
                "<html><head><title/><script src=\"x\"/><style/></head><body><h1>Tides</h1><textarea/><pre><![CDATA[if a < b]]></pre></body></html>",
            ),
        ]);
        let pages = Epub.read(&bytes).unwrap();
        assert_eq!(pages.below[0].1.text, "# Tides\n\n```\nif a < b\n```\n");
    }

    #[test]
    fn what_is_no_book_is_named() {
        let empty = packed(&[
            ("META-INF/container.xml", CONTAINER),
            ("OPS/book.opf", "<package/>"),
        ]);
        for bytes in [packed(&[("x", "y")]), empty, b"%PDF".to_vec()] {
            assert!(matches!(Epub.read(&bytes), Err(Unread::Broken(_))));
        }
    }
}
