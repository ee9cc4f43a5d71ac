//! What stands round every page: its title, where else to go, and what is wrong with the store.

use crate::cli::Failure;
use crate::cli::html::Html;

/// The pages that a person goes to: address and name.
const PLACES: [(&str, &str); 3] = [("/", "Sources"), ("/search", "Search"), ("/jobs", "Jobs")];

/// A page without its frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Page {
    /// What it is about.
    pub(super) title: String,
    /// Which of [`PLACES`] it belongs to.
    pub(super) place: &'static str,
    /// Whether the browser is to load it again and again.
    pub(super) is_followed: bool,
    pub(super) body: Html,
}

impl Page {
    pub(super) fn new(title: impl Into<String>, place: &'static str, body: Html) -> Self {
        Self {
            title: title.into(),
            place,
            is_followed: false,
            body,
        }
    }
}

/// Returns the page of what failed.
pub(super) fn failed(failure: &Failure) -> Page {
    let mut body = Html::default();
    body.tag("<p class=\"failed\" role=\"alert\">")
        .text(&failure.to_string())
        .tag("</p>\n<p>")
        .text(failure.hint())
        .tag("</p>\n");
    Page::new("This did not work", "", body)
}

/// Returns `page` as a whole document.
pub(super) fn framed(page: &Page, notice: Option<&str>) -> String {
    let mut html = Html::default();
    html.tag(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n",
    );
    if page.is_followed {
        html.tag("<meta http-equiv=\"refresh\" content=\"2\">\n");
    }
    html.tag("<title>")
        .text(&page.title)
        .tag(
            " · mrconductor</title>\n<link rel=\"stylesheet\" href=\"/style.css\">\n<link rel=\"icon\" href=\"/icon.svg\">\n\
             <a class=\"skip\" href=\"#main\">To the content</a>\n<header><p class=\"brand\">mrconductor <span class=\"dim\">documentation</span></p>\n\
             <nav aria-label=\"Pages\"><ul>\n",
        );
    for (address, name) in PLACES {
        html.tag("<li>");
        if address == page.place {
            html.tag("<a aria-current=\"page\" href=\"")
                .text(address)
                .tag("\">")
                .text(name)
                .tag("</a>");
        } else {
            html.link(address, &[], name);
        }
        html.tag("</li>\n");
    }
    html.tag("</ul></nav></header>\n<main id=\"main\">\n<h1>")
        .text(&page.title)
        .tag("</h1>\n");
    if let Some(notice) = notice {
        html.tag("<p class=\"notice\" role=\"status\">")
            .text(notice)
            .tag("</p>\n");
    }
    html.part(&page.body).tag("</main>\n</html>\n");
    html.into_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_fetches_nothing_from_elsewhere_and_runs_nothing() {
        let mut page = Page::new("<b>&", "/jobs", Html::default());
        let still = framed(&page, Some("store: <in memory>"));
        assert!(
            still.contains("<title>&lt;b&gt;&amp; · mrconductor</title>"),
            "{still}"
        );
        assert!(still.contains("<h1>&lt;b&gt;&amp;</h1>"), "{still}");
        assert!(still.contains("store: &lt;in memory&gt;"), "{still}");
        assert!(
            still.contains("<a aria-current=\"page\" href=\"/jobs\">Jobs</a>"),
            "{still}"
        );
        for foreign in [
            "http:",
            "https:",
            "<script",
            "style=",
            "@import",
            "url(",
            "http-equiv",
        ] {
            assert!(!still.contains(foreign), "{foreign}");
        }
        page.is_followed = true;
        assert!(framed(&page, None).contains("http-equiv=\"refresh\""));
    }
}
