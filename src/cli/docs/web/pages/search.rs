//! A search as an agent sees it, byte for byte, and beside each passage why it is there.

use serde_json::{Value, json};

use super::super::desk::Desk;
use super::super::frame::Page;
use super::super::router::Asked;
use crate::cli::Failure;
use crate::cli::html::Html;
use crate::cli::number::grouped;
use crate::lookup::document::Kind;
use crate::lookup::{Found, Passage, QUERY_BYTES_MAX, Reason};
use crate::tools;

/// What can be asked beside the question, as the tool calls it.
const NUMBERS: [(&str, &str); 2] = [("max_tokens", "Tokens"), ("limit", "Passages")];

pub(in super::super) fn page(desk: &Desk<'_>, asked: &Asked) -> Result<Page, Failure> {
    let mut html = Html::default();
    form(&mut html, desk, asked)?;
    let Some(query) = asked.get("query") else {
        html.tag("<p class=\"dim\">What <code>docs_search</code> answers to an agent, with the score of each passage and what it is made of.</p>\n");
        return Ok(Page::new("Search", "/search", html));
    };
    let arguments = json!({
        "query": query,
        "source": asked.get("source"),
        "kind": asked.get("kind"),
        "max_tokens": asked.get("max_tokens").map(number),
        "limit": asked.get("limit").map(number),
        "cursor": asked.get("cursor"),
    });
    let Value::Object(arguments) = arguments else {
        return Err(Failure::new("arguments are an object", ""));
    };
    let found = tools::search_documentation(desk.engines(), arguments)?;
    let notice = desk.store.notice().unwrap_or_default();
    html.tag("<p class=\"dim\" role=\"status\">")
        .text(&format!(
            "{} of {} passages in {} tokens: the text as an agent reads it.",
            found.passages.len(),
            found.total,
            grouped(found.used_tokens as u64)
        ))
        .tag("</p>\n<div class=\"found\">\n");
    quoted(&mut html, &found.head());
    for passage in &found.passages {
        html.tag("<article aria-label=\"")
            .text(&passage.breadcrumb)
            .tag("\">");
        quoted(&mut html, &Found::block(passage));
        why(&mut html, passage);
        html.tag("</article>\n");
    }
    quoted(&mut html, &(found.tail() + &notice));
    html.tag("</div>\n");
    if let Some(cursor) = &found.next_cursor {
        let mut further: Vec<(&str, &str)> = ["query", "source", "kind", "max_tokens", "limit"]
            .iter()
            .filter_map(|name| Some((*name, asked.get(name)?)))
            .collect();
        further.push(("cursor", cursor));
        html.tag("<p>")
            .link("/search", &further, "Further passages")
            .tag("</p>\n");
    }
    Ok(Page::new("Search", "/search", html))
}

fn form(html: &mut Html, desk: &Desk<'_>, asked: &Asked) -> Result<(), Failure> {
    html.tag(
        "<form class=\"asked\" method=\"get\" action=\"/search\" role=\"search\">\
         <label class=\"wide\">Question or identifier <input type=\"search\" name=\"query\" required maxlength=\"",
    )
    .text(&QUERY_BYTES_MAX.to_string())
    .tag("\" value=\"")
    .text(asked.get("query").unwrap_or_default())
    .tag("\"></label>");
    let sources = desk.store.sources()?;
    let names: Vec<&str> = sources.iter().map(|source| source.name.as_str()).collect();
    choice(html, ("source", "Source"), &names, asked);
    choice(html, ("kind", "Kind"), &Kind::ALL.map(Kind::name), asked);
    for (name, label) in NUMBERS {
        html.tag("<label>")
            .text(label)
            .tag(" <input size=\"6\" inputmode=\"numeric\" name=\"")
            .text(name)
            .tag("\" value=\"")
            .text(asked.get(name).unwrap_or_default())
            .tag("\"></label>");
    }
    html.tag("<button>Search</button></form>\n");
    Ok(())
}

fn choice(html: &mut Html, (name, label): (&str, &str), values: &[&str], asked: &Asked) {
    html.tag("<label>")
        .text(label)
        .tag(" <select name=\"")
        .text(name)
        .tag("\"><option value=\"\">all</option>");
    for value in values {
        let is_chosen = asked.get(name) == Some(*value);
        html.tag(if is_chosen {
            "<option selected>"
        } else {
            "<option>"
        })
        .text(value)
        .tag("</option>");
    }
    html.tag("</select></label>");
}

/// Appends a part of the answer. The line end after the tag is no part of it: browsers drop it, and would drop one of the text.
fn quoted(html: &mut Html, text: &str) {
    if !text.is_empty() {
        html.tag("<pre class=\"answer\">\n")
            .text(text)
            .tag("</pre>\n");
    }
}

/// Appends the score of a passage and what it is made of.
fn why(html: &mut Html, passage: &Passage) {
    let reference = passage.reference.to_string();
    html.tag("<aside><p class=\"score\">")
        .text(&format!("{:.3}", passage.score))
        .tag(" <span class=\"dim\">score</span></p>\n<dl>");
    for reason in &passage.reasons {
        html.tag("<div title=\"")
            .text(reason.sentence())
            .tag("\"><dt>")
            .text(reason.name)
            .tag("</dt><dd>")
            .text(&format!("{:+.3}", reason.score))
            .tag("</dd>");
        meter(html, *reason, passage.score);
        html.tag("</div>\n");
    }
    html.tag("</dl>\n<p class=\"dim\">")
        .text(&format!("{} tokens · ", grouped(passage.tokens() as u64)))
        .link("/read", &[("ref", &reference)], "read")
        .tag("</p></aside>");
}

/// A bar as long as the reason's share of the score; for eyes alone, its number stands beside it.
fn meter(html: &mut Html, reason: Reason, score: f32) {
    let share = if score > 0.0 {
        reason.score / score
    } else {
        0.0
    };
    html.tag("<progress aria-hidden=\"true\" max=\"1\" value=\"")
        .text(&format!("{:.3}", share.clamp(0.0, 1.0)))
        .tag("\"></progress>");
}

/// Returns what was written where a number belongs; words stay words, and the tool says what it wants.
pub(super) fn number(text: &str) -> Value {
    let text = text.trim();
    text.parse::<u64>()
        .map_or_else(|_| text.into(), Value::from)
}
