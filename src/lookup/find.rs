//! A reference → the page that it means.

use super::editions::{Editions, Pinned};
use super::error::{LookupError, NEAR_MAX};
use super::reference::Reference;
use crate::store::Store;
use crate::store::documents::PageRow;

/// Paths compared to find what an unknown reference was meant to be.
const PATHS_COMPARED_MAX: usize = 20_000;

/// Finds what `text` refers to, for a project that has `pinned`: a reference, the citation that it stands in, or the address where
/// a page is published. Of the pages that a reference names exactly, it means the one with the longest path, for `#` may be in the
/// name of a file.
pub(super) fn find(
    store: &Store,
    text: &str,
    pinned: &Pinned,
) -> Result<(Reference, PageRow), LookupError> {
    let text = cited(text);
    let editions = Editions::of(store)?;
    if editions.is_empty() {
        return Err(LookupError::NoSources);
    }
    if let Some(found) = published(store, &editions, text, pinned)? {
        return Ok(found);
    }
    if text.contains('#') {
        for reference in Reference::readings(text) {
            let Ok(sources) = sources_of(&editions, &reference, pinned) else {
                break;
            };
            for source in sources {
                if store.pages_at(source, &reference.path)?.len() == 1 {
                    return page_of(store, &editions, source, reference);
                }
            }
        }
    }
    let reference = Reference::parse(text);
    let sources = match sources_of(&editions, &reference, pinned) {
        Ok(sources) => sources,
        Err(_) if text.contains("://") => {
            return Err(LookupError::UnknownReference {
                reference: text.to_owned(),
                near: Vec::new(),
            });
        }
        Err(error) => return Err(error),
    };
    let mut failure = None;
    for source in sources {
        match page_of(store, &editions, source, reference.clone()) {
            Ok(found) => return Ok(found),
            Err(error) => failure = failure.or(Some(error)),
        }
    }
    Err(failure.unwrap_or_else(|| LookupError::unknown_reference(&reference, Vec::new())))
}

/// Returns the reference in the first line of a citation, or `text` as it is.
fn cited(text: &str) -> &str {
    let text = text.trim();
    let head = text.trim_start_matches('#').strip_prefix(' ');
    match head {
        Some(head) if text.starts_with('#') => head.lines().next().unwrap_or(head),
        _ => text,
    }
}

/// Returns the numbers of the sources that `reference` may be of, the likeliest first; `None` is all.
fn sources_of(
    editions: &Editions,
    reference: &Reference,
    pinned: &Pinned,
) -> Result<Vec<Option<i64>>, LookupError> {
    let Some(name) = &reference.source else {
        return Ok(vec![None]);
    };
    let meant = editions.meant(name, pinned)?;
    Ok(meant.into_iter().map(Some).collect())
}

/// Finds the page that is published at the address `text`, with the section that it names; of several editions, in the one that a
/// question is put to.
fn published(
    store: &Store,
    editions: &Editions,
    text: &str,
    pinned: &Pinned,
) -> Result<Option<(Reference, PageRow)>, LookupError> {
    let text = text.trim_matches('`');
    if !text.contains("://") {
        return Ok(None);
    }
    let chosen = editions.choose(None, None, pinned)?.sources;
    for (address, anchor) in [Some((text, "")), text.split_once('#')]
        .into_iter()
        .flatten()
    {
        let pages = store.pages_published_at(address)?;
        let is_chosen =
            |page: &&PageRow| chosen.as_ref().is_none_or(|all| all.contains(&page.source));
        let page = pages.iter().find(is_chosen).or(pages.first());
        if let Some(page) = page
            && let Some(source) = editions.name(page.source)
        {
            let reference = Reference::to_section(source, &page.path, anchor, 0);
            return Ok(Some((reference, page.clone())));
        }
    }
    Ok(None)
}

/// Returns the page of one source or of all that `reference` means, and the reference with its source and path in full.
fn page_of(
    store: &Store,
    editions: &Editions,
    source: Option<i64>,
    reference: Reference,
) -> Result<(Reference, PageRow), LookupError> {
    let page = find_page(store, editions, source, &reference)?;
    let reference = Reference {
        source: Some(editions.name(page.source).unwrap_or_default().to_owned()),
        path: page.path.clone(),
        ..reference
    };
    Ok((reference, page))
}

/// Finds the page a reference means: exactly, else by the end of its path where only one page ends so.
fn find_page(
    store: &Store,
    editions: &Editions,
    source: Option<i64>,
    reference: &Reference,
) -> Result<PageRow, LookupError> {
    let named = |source: i64, path: &str| {
        let source = editions.name(source).unwrap_or_default();
        format!("{source}:{path}")
    };
    let exact = store.pages_at(source, &reference.path)?;
    match exact.as_slice() {
        [page] => return Ok(page.clone()),
        [] => {}
        several => {
            let candidates = several.iter();
            return Err(LookupError::Ambiguous {
                reference: reference.to_string(),
                candidates: candidates
                    .map(|page| named(page.source, &page.path))
                    .collect(),
            });
        }
    }
    let paths = store.page_paths(source, PATHS_COMPARED_MAX)?;
    let wanted = reference.path.to_lowercase();
    let mut like: Vec<&(i64, String)> = paths
        .iter()
        .filter(|(_, path)| !wanted.is_empty() && ends_with_path(&path.to_lowercase(), &wanted))
        .collect();
    if let [(source, path)] = like.as_slice()
        && let [page] = store.pages_at(Some(*source), path)?.as_slice()
    {
        return Ok(page.clone());
    }
    if like.is_empty() {
        like = by_likeness(&paths, &wanted);
    }
    let near = like.into_iter().take(NEAR_MAX);
    let near = near.map(|(source, path)| named(*source, path)).collect();
    Err(LookupError::unknown_reference(reference, near))
}

/// Returns pages by how much their path is like `wanted`, the likest first.
fn by_likeness<'p>(pages: &'p [(i64, String)], wanted: &str) -> Vec<&'p (i64, String)> {
    let mut like: Vec<(f64, &(i64, String))> = pages
        .iter()
        .map(|page| (strsim::sorensen_dice(wanted, &page.1.to_lowercase()), page))
        .collect();
    like.sort_by(|one, other| other.0.total_cmp(&one.0));
    like.into_iter().map(|(_, page)| page).collect()
}

/// Tells whether `path` ends with the components `wanted`, whose extension may be left out.
fn ends_with_path(path: &str, wanted: &str) -> bool {
    let ends = |path: &str| {
        path.strip_suffix(wanted)
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('/'))
    };
    ends(path) || path.rsplit_once('.').is_some_and(|(stem, _)| ends(stem))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lookup::library::page_of_text;

    /// A store with pages that are called by source and path, and are published where that is said.
    fn store_of(pages: &[(&str, &str, Option<&str>)]) -> Store {
        let store = Store::in_memory().unwrap();
        for (source, path, url) in pages {
            let source = store.keep_source(source, &format!("/{source}")).unwrap();
            let mut page = page_of_text(path, "# Help\n\n## Bells\n\nRing.\n");
            page.url = url.map(str::to_owned);
            store.keep_pages(source, &[page]).unwrap();
        }
        store
    }

    fn found(store: &Store, text: &str, used: &[(&str, &str)]) -> String {
        let used = used
            .iter()
            .map(|(name, version)| ((*name).to_owned(), (*version).to_owned()));
        match find(store, text, &Pinned::new(used.collect())) {
            Ok((reference, _)) => reference.to_string(),
            Err(error) => format!("{error}\nhint: {}", error.hint()),
        }
    }

    #[test]
    fn a_reference_may_name_documentation_as_a_search_does() {
        let store = store_of(&[
            ("pino@7.11", "help.md", None),
            ("pino@9.3", "help.md", None),
            ("pino@9.3", "new.md", None),
        ]);
        assert_eq!(
            found(&store, "pino:help.md#bells", &[]),
            "pino@9.3:help.md#bells"
        );
        assert_eq!(
            found(&store, "pino:help", &[("pino", "7.11.0")]),
            "pino@7.11:help.md"
        );
        assert_eq!(found(&store, "pino@7:help.md", &[]), "pino@7.11:help.md");
        assert_eq!(
            found(&store, "pino@9.3:new.md", &[("pino", "7.11.0")]),
            "pino@9.3:new.md"
        );
        for unknown in ["pino@8:help.md", "pno:help.md"] {
            let said = found(&store, unknown, &[]);
            assert!(
                said.starts_with("no documentation source is called `p"),
                "{said}"
            );
        }
    }

    #[test]
    fn a_citation_and_the_address_in_it_are_references() {
        let store = store_of(&[
            ("site", "a.md", Some("https://h.example/a")),
            ("site", "b.md", Some("https://h.example/b#post")),
            ("old", "c.md", None),
        ]);
        for (asked, meant) in [
            ("https://h.example/a#bells", "site:a.md#bells"),
            ("`https://h.example/a`", "site:a.md"),
            ("https://h.example/b#post", "site:b.md"),
            (
                "## site:a.md#bells~2\nHelp › Bells · lines 3-5 · guide",
                "site:a.md#bells~2",
            ),
            ("## old:c.md", "old:c.md"),
        ] {
            assert_eq!(found(&store, asked, &[]), meant);
        }
        assert_eq!(
            found(&store, "https://h.example/z#a", &[]),
            "no page or section has the reference `https://h.example/z#a`\nhint: use a `ref` from `docs_search`"
        );
    }
}
