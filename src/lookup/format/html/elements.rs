//! What elements are, by their names, classes and ids.

/// Elements that begin and end a paragraph.
pub(super) const BLOCKS: &[&str] = &[
    "p",
    "div",
    "section",
    "article",
    "main",
    "blockquote",
    "figure",
    "figcaption",
    "details",
    "summary",
    "dd",
    "dl",
    "address",
    "fieldset",
    "hgroup",
    "header",
    "aside",
    "form",
    "body",
    "caption",
    "hr",
];
/// Elements whose names are those of what a form sends, and places of no text.
pub(super) const CONTROLS: &[&str] = &["form", "input", "option", "optgroup", "select", "textarea"];
/// Ids of the division that holds the page without what surrounds it.
pub(super) const BODIES: &[&str] = &["content", "main", "main-content"];
/// Classes and roles of what stands beside the text of a page, under a title such as “Note”.
pub(super) const ADMONITIONS: &[&str] = &[
    "admonition",
    "attention",
    "callout",
    "caution",
    "danger",
    "error",
    "hint",
    "important",
    "note",
    "tip",
    "warning",
];
/// Classes of the division that is the head of the definition round it.
pub(super) const HEADS: &[&str] = &["method-heading"];
/// What the class of a switch has in it that shows the source of what is defined beside it.
pub(super) const SWITCH: &str = "view-source";
/// Classes of headings that say who wrote the page, above what it says.
pub(super) const AUTHORS: &[&str] = &["author", "corpauthor", "editor", "editedby", "othercredit"];
/// Classes of cells that hold numbers of lines.
pub(super) const GUTTERS: &[&str] = &["linenos", "lineno", "gutter"];
