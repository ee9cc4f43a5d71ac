//! The checks that make a page of a bundle one of ours again.

use crate::lookup::clean::{is_hidden_name, visible};
use crate::lookup::document::Kind;
use crate::store::documents::{NewPage, SectionRow};
use crate::store::outline::HeadingRow;

/// Bytes of the longest path: that of the systems it was read on.
const PATH_BYTES_MAX: usize = 4096;

/// Returns `page` without hidden text around its text, or says what is wrong with it.
pub(super) fn checked(mut page: NewPage) -> Result<NewPage, String> {
    let is_relative = !page.path.is_empty()
        && page.path.len() <= PATH_BYTES_MAX
        && !page.path.starts_with('/')
        && page.path.split('/').all(|part| part != "..")
        && !page.path.contains(char::is_control)
        && !is_hidden_name(&page.path);
    if !is_relative {
        return Err("a page has no relative path".to_owned());
    }
    let what = if Kind::named(&page.kind).is_none() {
        Some("is of no known kind")
    } else if visible(&page.text) != page.text {
        // Its sections are cut by bytes, so it cannot be mended.
        Some("has hidden text")
    } else if !page.sections.iter().all(|section| is_in(section, &page)) {
        Some("has a section outside of its text")
    } else if !page.outline.iter().all(|heading| is_at(heading, &page)) {
        Some("has a heading outside of its text")
    } else {
        None
    };
    if let Some(what) = what {
        return Err(format!("the page `{}` {what}", page.path));
    }
    page.title = visible(&page.title);
    page.url = page.url.as_deref().map(visible);
    for what in &mut page.skipped {
        *what = visible(what);
    }
    for heading in &mut page.outline {
        heading.title = visible(&heading.title);
        heading.anchor = visible(&heading.anchor);
    }
    for section in &mut page.sections {
        for text in [
            &mut section.title,
            &mut section.breadcrumb,
            &mut section.anchor,
            &mut section.headings,
            &mut section.symbols,
            &mut section.before,
            &mut section.after,
        ] {
            *text = visible(text);
        }
    }
    Ok(page)
}

fn is_at(heading: &HeadingRow, page: &NewPage) -> bool {
    page.text.is_char_boundary(heading.byte) && heading.line > 0
}

fn is_in(section: &SectionRow, page: &NewPage) -> bool {
    let (first, end) = section.bytes;
    page.text.get(first..end).is_some() && section.lines.0 <= section.lines.1
}
