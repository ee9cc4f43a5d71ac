//! Where a page may lie a second time, as Markdown: `guide` as `guide.md`, `guide/` as `guide/index.html.md` (llmstxt.org).

use url::Url;

/// A custom of sites by which the address of the Markdown follows from the address of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Custom {
    /// `guide` and `guide/` as `guide.md`, `guide.html` as `guide.html.md`.
    Appended,
    /// `guide.html` as `guide.md`.
    Replaced,
    /// `guide/` as `guide/index.md`.
    Index,
    /// `guide/` as `guide/index.html.md`.
    IndexHtml,
}

impl Custom {
    /// Every custom, the most common first.
    pub(super) const ALL: [Self; 4] =
        [Self::Appended, Self::Replaced, Self::Index, Self::IndexHtml];

    /// Returns where the page at `url` would lie; `None` where the custom says nothing.
    pub(super) fn of(self, url: &Url) -> Option<Url> {
        let path = url.path();
        if url.query().is_some() || is_text(url) {
            return None;
        }
        let path = match self {
            Self::Appended => {
                let page = path.trim_end_matches('/');
                (!page.is_empty()).then(|| format!("{page}.md"))?
            }
            Self::Replaced => {
                let page = [".html", ".htm"]
                    .iter()
                    .find_map(|ending| path.strip_suffix(ending));
                format!("{}.md", page?)
            }
            Self::Index => path.ends_with('/').then(|| format!("{path}index.md"))?,
            Self::IndexHtml => path
                .ends_with('/')
                .then(|| format!("{path}index.html.md"))?,
        };
        let mut twin = url.clone();
        twin.set_path(&path);
        Some(twin)
    }
}

/// Tells whether `url` names a text already.
pub(super) fn is_text(url: &Url) -> bool {
    [
        ".md", ".mdx", ".txt", ".rst", ".adoc", ".json", ".yaml", ".yml", ".xml",
    ]
    .iter()
    .any(|ending| url.path().ends_with(ending))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn twins(url: &str) -> Vec<String> {
        let url = Url::parse(url).unwrap();
        Custom::ALL
            .into_iter()
            .filter_map(|custom| Some(custom.of(&url)?.path().to_owned()))
            .collect()
    }

    #[test]
    fn a_page_may_lie_as_markdown_where_customs_say() {
        assert_eq!(twins("https://h.example/a/b"), ["/a/b.md"]);
        assert_eq!(
            twins("https://h.example/a/"),
            ["/a.md", "/a/index.md", "/a/index.html.md"]
        );
        assert_eq!(twins("https://h.example/a.html"), ["/a.html.md", "/a.md"]);
        assert_eq!(twins("https://h.example/"), ["/index.md", "/index.html.md"]);
        assert_eq!(twins("https://h.example/a.md"), Vec::<String>::new());
        assert_eq!(twins("https://h.example/a?b"), Vec::<String>::new());
    }
}
