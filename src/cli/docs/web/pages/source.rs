//! A source: what could not be read of it, and its pages to leaf through.

use super::super::desk::Desk;
use super::super::frame::Page;
use super::super::router::Asked;
use super::refresh_button;
use crate::cli::Failure;
use crate::cli::docs::faults::named;
use crate::cli::docs::list::last_read;
use crate::cli::html::Html;
use crate::cli::number::{counted, grouped};
use crate::lookup::kept::kept_as;
use crate::lookup::leaf::{Leaf, leaves};
use crate::lookup::{Reference, bundle, library};
use crate::store::documents::SourceRow;

/// Pages of a source on one page here.
const PAGES_MAX: usize = 100;
/// Headings of a page that are shown.
const HEADINGS_MAX: usize = 40;
/// Files with a fault that are named; a source that fails everywhere is told by the first.
const FAULTS_MAX: usize = 200;

pub(in super::super) fn page(desk: &Desk<'_>, asked: &Asked) -> Result<Page, Failure> {
    let source = library::named(desk.store, asked.get("name").unwrap_or_default())?;
    let size = desk.store.source_size(source.id)?;
    let kept = kept_as(desk.store, &source)?.name();
    let mut html = Html::default();
    html.tag("<dl class=\"facts\">");
    let version = library::version(desk.store, source.id)?;
    let read_at = last_read(&source, desk.now);
    for (name, value) in [
        ("From", Some(source.location.as_str())),
        ("Kind", Some(kept.as_str())),
        ("Version", version.as_deref()),
        ("Last read", Some(read_at.as_str())),
        ("Pages", Some(grouped(size.pages).as_str())),
        ("Sections", Some(grouped(size.sections).as_str())),
        ("Tokens", Some(grouped(size.tokens).as_str())),
    ] {
        if let Some(value) = value {
            html.tag("<div><dt>")
                .text(name)
                .tag("</dt><dd><bdi>")
                .text(value)
                .tag("</bdi></dd></div>");
        }
    }
    html.tag("</dl>\n<div class=\"actions\">").link(
        "/search",
        &[("source", &source.name)],
        "Search in it",
    );
    if !bundle::is_imported(&source.location) {
        refresh_button(&mut html, desk, &source.name);
    }
    html.tag("</div>\n");
    faults(&mut html, "Not read", &source.failures);
    faults(
        &mut html,
        "Read in part",
        &library::skipped(desk.store, source.id)?,
    );
    list(
        &mut html,
        desk,
        &source,
        asked.get("after").unwrap_or_default(),
    )?;
    Ok(Page::new(source.name, "/", html))
}

fn faults(html: &mut Html, title: &'static str, files: &[(String, String)]) {
    if files.is_empty() {
        return;
    }
    html.tag("<h2>")
        .text(title)
        .tag(" <span class=\"dim\">")
        .text(&grouped(files.len() as u64))
        .tag("</span></h2>\n<ul class=\"faults\">\n");
    for (path, why) in files.iter().take(FAULTS_MAX) {
        html.tag("<li><code><bdi>")
            .text(named(path))
            .tag("</bdi></code> <span>")
            .text(why)
            .tag("</span></li>\n");
    }
    html.tag("</ul>\n");
    if let Some(more) = files.len().checked_sub(FAULTS_MAX).filter(|more| *more > 0) {
        html.tag("<p class=\"dim\">")
            .text(&format!("{more} more are in "))
            .tag("<code>mrconductor docs list --json</code>.</p>\n");
    }
}

fn list(html: &mut Html, desk: &Desk<'_>, source: &SourceRow, after: &str) -> Result<(), Failure> {
    let mut leaves = leaves(desk.store, source, after, PAGES_MAX + 1)?;
    let has_more = leaves.len() > PAGES_MAX;
    leaves.truncate(PAGES_MAX);
    html.tag("<h2>Pages</h2>\n");
    if leaves.is_empty() {
        html.tag("<p class=\"dim\">None here.</p>\n");
    }
    html.tag("<ul class=\"leaves\">\n");
    for leaf in &leaves {
        html.tag("<li>")
            .link(
                "/read",
                &[("ref", &leaf.reference.to_string())],
                &leaf.title,
            )
            .tag(" <span class=\"dim\"><bdi>")
            .text(&leaf.reference.path)
            .tag("</bdi> · ")
            .text(&leaf.kind)
            .text(&format!(" · {} tokens", grouped(leaf.tokens)))
            .tag("</span>");
        headings(html, leaf);
        html.tag("</li>\n");
    }
    html.tag("</ul>\n");
    if let Some(last) = leaves.last().filter(|_| has_more) {
        html.tag("<p>")
            .link(
                "/source",
                &[("name", &source.name), ("after", &last.reference.path)],
                "Further pages",
            )
            .tag("</p>\n");
    }
    Ok(())
}

/// The headings of a page, where it has more than its title.
fn headings(html: &mut Html, leaf: &Leaf) {
    if leaf.headings.len() < 2 {
        return;
    }
    html.tag("<details><summary>")
        .text(&counted(leaf.headings.len() as u64, "heading"))
        .tag("<span class=\"hidden\"> of ")
        .text(&leaf.title)
        .tag("</span></summary><ul>\n");
    for heading in leaf.headings.iter().take(HEADINGS_MAX) {
        let reference = Reference {
            anchor: heading.anchor.clone(),
            ..leaf.reference.clone()
        };
        html.tag(if heading.is_below {
            "<li class=\"below\">"
        } else {
            "<li>"
        })
        .link("/read", &[("ref", &reference.to_string())], &heading.title)
        .tag("</li>\n");
    }
    html.tag("</ul></details>");
}
