//! Where a page may lie a second time, as Markdown: `guide` as `guide.md`, `guide/` as `guide/index.html.md` (llmstxt.org).

use std::collections::HashMap;

use url::Url;

/// Pages of one folder that are looked for as Markdown in vain before the folder is taken to have none.
const MISSES_MAX: u32 = 2;
/// Folders in which Markdown is looked for in vain, one after the other, before the site is taken to have none: with two
/// pages each and three places for a page, sixty requests.
const FOLDERS_MAX: u32 = 10;

/// Where Markdown was looked for in vain.
#[derive(Debug, Default)]
pub(super) struct Misses {
    /// Pages by folder.
    folders: HashMap<String, u32>,
    /// Folders since Markdown was found.
    in_vain: u32,
}

impl Misses {
    /// Tells whether the page at `url` is worth looking for.
    pub(super) fn allow(&self, url: &Url) -> bool {
        match self.folders.get(folder(url)) {
            Some(misses) => *misses < MISSES_MAX,
            None => self.in_vain < FOLDERS_MAX,
        }
    }

    /// Notes that there is no Markdown of the page at `url`.
    pub(super) fn miss(&mut self, url: &Url) {
        if let Some(misses) = self.folders.get_mut(folder(url)) {
            *misses += 1;
        } else {
            self.in_vain += 1;
            self.folders.insert(folder(url).to_owned(), 1);
        }
    }

    /// Notes that there is Markdown of the page at `url`.
    pub(super) fn hit(&mut self, url: &Url) {
        self.in_vain = 0;
        self.folders.remove(folder(url));
    }
}

/// Returns the folder that the page at `url` lies in: `/a/b/` lies in `/a`, as `/a/b` does.
fn folder(url: &Url) -> &str {
    let page = url.path().trim_end_matches('/');
    page.rsplit_once('/').map_or("", |(folder, _)| folder)
}

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
    fn a_folder_without_markdown_says_nothing_of_another() {
        let mut misses = Misses::default();
        let at = |path: &str| Url::parse(&format!("https://h.example{path}")).unwrap();
        misses.miss(&at("/a/x"));
        assert!(misses.allow(&at("/a/y")));
        misses.miss(&at("/a/y/"));
        assert!(!misses.allow(&at("/a/z")) && misses.allow(&at("/b/z")));
        for n in 1..FOLDERS_MAX {
            misses.miss(&at(&format!("/{n}/x")));
        }
        assert!(!misses.allow(&at("/b/z")) && misses.allow(&at("/1/y")));
        misses.hit(&at("/1/y"));
        assert!(misses.allow(&at("/b/z")));
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
