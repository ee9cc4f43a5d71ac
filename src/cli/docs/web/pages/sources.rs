//! The first page: every source with its size, its age, and what is wrong with it.

use super::super::desk::Desk;
use super::super::frame::Page;
use super::super::router::Asked;
use super::{cell, refresh_button};
use crate::cli::Failure;
use crate::cli::docs::list::last_read;
use crate::cli::html::Html;
use crate::cli::number::{counted, grouped};
use crate::lookup::kept::kept_as;
use crate::lookup::{bundle, library};

pub(in super::super) fn page(desk: &Desk<'_>, _: &Asked) -> Result<Page, Failure> {
    let sources = library::list(desk.store)?;
    let mut html = Html::default();
    if sources.is_empty() {
        html.tag("<p>There is no documentation yet. Add some in a terminal: a directory, an archive, or the address of a site.</p>\n\
                  <pre>mrconductor docs add ./docs --name handbook\nmrconductor docs add https://docs.example.com/guide/</pre>\n");
        return Ok(Page::new("Sources", "/", html));
    }
    let sections: u64 = sources.iter().map(|(_, size)| size.sections).sum();
    html.tag("<p class=\"dim\">")
        .text(&format!(
            "{} with {} sections that an agent can find.",
            counted(sources.len() as u64, "source"),
            grouped(sections)
        ))
        .tag(
            "</p>\n<table class=\"list\"><thead><tr><th scope=\"col\">Source</th><th scope=\"col\">Version</th>\
             <th scope=\"col\">Pages</th><th scope=\"col\">Sections</th><th scope=\"col\">Tokens</th><th scope=\"col\">Last read</th>\
             <th scope=\"col\">Not read</th><th scope=\"col\">In part</th><th scope=\"col\"><span class=\"hidden\">Actions</span></th></tr></thead>\n<tbody>\n",
        );
    for (row, size) in &sources {
        let kept = kept_as(desk.store, row)?;
        html.tag("<tr><td>")
            .link("/source", &[("name", &row.name)], &row.name)
            .tag("<br><span class=\"dim\">")
            .text(&kept.name())
            .tag(" · <bdi>")
            .text(&row.location)
            .tag("</bdi></span></td>");
        let version = library::version(desk.store, row.id)?;
        cell(&mut html, "Version", version.as_deref().unwrap_or("–"));
        cell(&mut html, "Pages", &grouped(size.pages));
        cell(&mut html, "Sections", &grouped(size.sections));
        cell(&mut html, "Tokens", &grouped(size.tokens));
        cell(&mut html, "Last read", &last_read(row, desk.now));
        cell(&mut html, "Not read", &grouped(row.failures.len() as u64));
        let skipped = library::skipped(desk.store, row.id)?;
        cell(&mut html, "In part", &grouped(skipped.len() as u64));
        html.tag("<td>");
        if !bundle::is_imported(&row.location) {
            refresh_button(&mut html, desk, &row.name);
        }
        html.tag("</td></tr>\n");
    }
    html.tag("</tbody></table>\n");
    Ok(Page::new("Sources", "/", html))
}
