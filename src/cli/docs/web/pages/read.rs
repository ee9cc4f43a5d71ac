//! A page or section of the documentation, as `docs_read` gives it.

use serde_json::json;

use super::super::desk::Desk;
use super::super::frame::Page;
use super::super::router::Asked;
use super::search::number;
use crate::cli::Failure;
use crate::cli::docs::tool;
use crate::cli::html::Html;
use crate::cli::number::grouped;

pub(in super::super) fn page(desk: &Desk<'_>, asked: &Asked) -> Result<Page, Failure> {
    let reference = asked.get("ref").unwrap_or_default();
    let mut html = Html::default();
    html.tag("<form class=\"asked\" method=\"get\" action=\"/read\"><label>Reference <input name=\"ref\" size=\"50\" value=\"")
        .text(reference)
        .tag("\"></label> <label>Lines <input name=\"lines\" size=\"9\" placeholder=\"120-180\" value=\"")
        .text(asked.get("lines").unwrap_or_default())
        .tag("\"></label> <label>Tokens <input name=\"max_tokens\" size=\"6\" inputmode=\"numeric\" value=\"")
        .text(asked.get("max_tokens").unwrap_or_default())
        .tag("\"></label> <button>Read</button></form>\n");
    if reference.is_empty() {
        html.tag(
            "<p class=\"dim\">A reference as a search prints it, or the path of a page.</p>\n",
        );
        return Ok(Page::new("Read", "", html));
    }
    let arguments = json!({
        "ref": reference,
        "lines": asked.get("lines"),
        "max_tokens": asked.get("max_tokens").map(number),
    });
    let answer = tool(desk.engines(), "docs_read", arguments)?;
    let used = answer
        .facts
        .get("used_tokens")
        .and_then(serde_json::Value::as_u64);
    html.tag("<p class=\"dim\">What <code>docs_read</code> gives an agent: ")
        .text(&grouped(used.unwrap_or_default()))
        .tag(" tokens.</p>\n<pre class=\"answer\">\n")
        .text(&answer.text)
        .tag("</pre>\n");
    Ok(Page::new("Read", "", html))
}
