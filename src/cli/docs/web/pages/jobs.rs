//! What is read in now, by any process; what was cut short and goes on with the next reading.

use super::super::desk::Desk;
use super::super::frame::Page;
use super::super::router::Asked;
use super::refresh_button;
use crate::cli::Failure;
use crate::cli::html::Html;
use crate::cli::number::{age, grouped, took};
use crate::store::readings::ReadingRow;

pub(in super::super) fn page(desk: &Desk<'_>, asked: &Asked) -> Result<Page, Failure> {
    let (running, gone): (Vec<ReadingRow>, Vec<ReadingRow>) = desk
        .store
        .readings()?
        .into_iter()
        .partition(|reading| reading.goes_on(desk.now));
    let mut html = Html::default();
    let is_followed = asked.get("follow").is_some() && !running.is_empty();
    html.tag("<p class=\"dim\">");
    if is_followed {
        html.tag("This page loads again every two seconds while something is read in. ")
            .link("/jobs", &[], "Stop that");
    } else {
        html.tag("As things stood when this page was loaded. ")
            .link("/jobs", &[("follow", "1")], "Follow");
    }
    html.tag("</p>\n<h2>Read in now</h2>\n");
    if running.is_empty() {
        html.tag("<p class=\"dim\">Nothing.</p>\n");
    }
    for reading in &running {
        progress(&mut html, reading, desk.now);
    }
    ended_here(&mut html, desk);
    cut_short(&mut html, desk, &running, &gone)?;
    let mut page = Page::new("Jobs", "/jobs", html);
    page.is_followed = is_followed;
    Ok(page)
}

fn progress(html: &mut Html, reading: &ReadingRow, now: i64) {
    let state = &reading.state;
    let what = match state.stage.as_str() {
        "reading" => "reading",
        "indexing" => "making it searchable",
        "waiting" => "waiting for another process that writes the search index",
        "embedding" => "letting the sentence model read it",
        _ => "beginning",
    };
    html.tag("<div class=\"job\"><h3>")
        .text(&reading.source)
        .tag("</h3><p class=\"dim\"><bdi>")
        .text(&reading.location)
        .tag("</bdi></p>\n");
    if state.known > 0 {
        html.tag("<progress aria-label=\"")
            .text(&reading.source)
            .tag("\" max=\"")
            .text(&state.known.to_string())
            .tag("\" value=\"")
            .text(&state.done.to_string())
            .tag("\"></progress>");
    } else {
        html.tag("<progress aria-label=\"")
            .text(&reading.source)
            .tag("\"></progress>");
    }
    let seconds = u64::try_from(now - reading.begun_at).unwrap_or_default();
    let since = took(std::time::Duration::from_secs(seconds));
    html.tag("<p>")
        .text(&format!(
            "{what}: {} of {} known so far, for {since}",
            grouped(state.done),
            grouped(state.known)
        ))
        .tag("</p></div>\n");
}

/// What this server was asked to read, and did.
fn ended_here(html: &mut Html, desk: &Desk<'_>) {
    let ended = desk.web.refresh.ended();
    if ended.is_empty() {
        return;
    }
    html.tag("<h2>Done from this page</h2>\n<ul class=\"faults\">\n");
    for reading in &ended {
        html.tag("<li>")
            .link("/source", &[("name", &reading.source)], &reading.source);
        match &reading.outcome {
            Ok(changes) => html.tag(" <span>").text(changes).tag("</span></li>\n"),
            Err(why) => html
                .tag(" <span class=\"failed\">")
                .text(why)
                .tag("</span></li>\n"),
        };
    }
    html.tag("</ul>\n");
}

/// Readings whose process went away, and sites that were not read to their end.
fn cut_short(
    html: &mut Html,
    desk: &Desk<'_>,
    running: &[ReadingRow],
    gone: &[ReadingRow],
) -> Result<(), Failure> {
    let mut told: Vec<(String, String)> = Vec::new();
    for source in desk.store.sources()? {
        let crawl = desk.store.crawl(source.id)?.filter(|crawl| !crawl.is_done);
        let Some(crawl) = crawl else { continue };
        if running.iter().any(|reading| reading.source == source.name) {
            continue;
        }
        let (asked, waiting) = desk.store.visits(source.id, crawl.job)?;
        let how_far = format!(
            "{} addresses were asked, {} that are known from before wait; the next reading goes on there",
            grouped(asked),
            grouped(waiting)
        );
        told.push((source.name, how_far));
    }
    for reading in gone {
        if !told.iter().any(|(name, _)| *name == reading.source) {
            let how_far = format!(
                "its process went away {} with {} of {} done; what was searchable stays, the next reading takes what changed",
                age(desk.now - reading.beat_at),
                grouped(reading.state.done),
                grouped(reading.state.known)
            );
            told.push((reading.source.clone(), how_far));
        }
    }
    if told.is_empty() {
        return Ok(());
    }
    html.tag("<h2>Cut short</h2>\n<ul class=\"faults\">\n");
    for (name, how_far) in &told {
        html.tag("<li>")
            .link("/source", &[("name", name)], name)
            .tag(" <span>")
            .text(how_far)
            .tag("</span> ");
        refresh_button(html, desk, name);
        html.tag("</li>\n");
    }
    html.tag("</ul>\n");
    Ok(())
}
