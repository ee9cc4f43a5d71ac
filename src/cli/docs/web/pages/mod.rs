//! The pages: a file each, a plain function from the desk and what was asked for to HTML.

pub(super) mod jobs;
pub(super) mod read;
pub(super) mod search;
pub(super) mod source;
pub(super) mod sources;

use super::desk::Desk;
use crate::cli::html::Html;

/// Appends the button that reads the source called `name` again, where that can be done.
fn refresh_button(html: &mut Html, desk: &Desk<'_>, name: &str) {
    if !desk.can_refresh() {
        return;
    }
    html.tag(
        "<form method=\"post\" action=\"/refresh\"><input type=\"hidden\" name=\"form\" value=\"",
    )
    .text(desk.web.guard.form())
    .tag("\"><input type=\"hidden\" name=\"source\" value=\"")
    .text(name)
    .tag("\"><button aria-label=\"Refresh ")
    .text(name)
    .tag("\">Refresh</button></form>");
}

/// Appends a table cell; `label` names it where the table is shown as a list.
fn cell(html: &mut Html, label: &'static str, text: &str) {
    html.tag("<td data-label=\"")
        .text(label)
        .tag("\">")
        .text(text)
        .tag("</td>");
}
