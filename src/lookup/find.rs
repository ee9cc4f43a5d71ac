//! A reference → the page that it means.

use super::error::LookupError;
use super::read::{SUGGESTED, unknown};
use super::reference::Reference;
use crate::store::Store;
use crate::store::documents::PageRow;

/// Paths compared to find what an unknown reference was meant to be.
const PATHS_COMPARED_MAX: usize = 20_000;

/// Finds what `text` refers to: of the pages that it names exactly, the one with the longest path, for `#` may be in the name of a file.
pub(super) fn find(store: &Store, text: &str) -> Result<(Reference, PageRow), LookupError> {
    let named = |name: &String| super::library::named(store, name).map(|source| source.id);
    if text.contains('#') {
        for reference in Reference::readings(text) {
            let Ok(source) = reference.source.as_ref().map(named).transpose() else {
                break;
            };
            if store.pages_at(source, &reference.path)?.len() == 1 {
                return page_of(store, reference);
            }
        }
    }
    page_of(store, Reference::parse(text))
}

/// Returns the page that `reference` means, and the reference with its source and path in full.
fn page_of(store: &Store, reference: Reference) -> Result<(Reference, PageRow), LookupError> {
    let (source, page) = find_page(store, &reference)?;
    let reference = Reference {
        source: Some(source),
        path: page.path.clone(),
        ..reference
    };
    Ok((reference, page))
}

/// Finds the page a reference means: exactly, else by the end of its path where only one page ends so.
fn find_page(store: &Store, reference: &Reference) -> Result<(String, PageRow), LookupError> {
    let sources = store.sources()?;
    if sources.is_empty() {
        return Err(LookupError::NoSources);
    }
    let name_of = |id: i64| {
        sources
            .iter()
            .find(|source| source.id == id)
            .map(|source| source.name.clone())
            .unwrap_or_default()
    };
    let source = match &reference.source {
        Some(name) => Some(super::library::named(store, name)?.id),
        None => None,
    };
    let exact = store.pages_at(source, &reference.path)?;
    match exact.as_slice() {
        [page] => return Ok((name_of(page.source), page.clone())),
        [] => {}
        several => {
            return Err(LookupError::Ambiguous {
                reference: reference.to_string(),
                candidates: several
                    .iter()
                    .map(|page| format!("{}:{}", name_of(page.source), page.path))
                    .collect(),
            });
        }
    }
    let paths = store.page_paths(source, PATHS_COMPARED_MAX)?;
    let wanted = reference.path.to_lowercase();
    let ending: Vec<&(i64, String)> = paths
        .iter()
        .filter(|(_, path)| !wanted.is_empty() && ends_with_path(&path.to_lowercase(), &wanted))
        .collect();
    if let [(source, path)] = ending.as_slice()
        && let [page] = store.pages_at(Some(*source), path)?.as_slice()
    {
        return Ok((name_of(*source), page.clone()));
    }
    let mut near: Vec<String> = ending
        .iter()
        .take(SUGGESTED)
        .map(|(source, path)| format!("{}:{path}", name_of(*source)))
        .collect();
    if near.is_empty() {
        let mut like: Vec<(f64, &(i64, String))> = paths
            .iter()
            .map(|page| (strsim::sorensen_dice(&wanted, &page.1.to_lowercase()), page))
            .collect();
        like.sort_by(|one, other| other.0.total_cmp(&one.0));
        near.extend(
            like.iter()
                .take(SUGGESTED)
                .map(|(_, (source, path))| format!("{}:{path}", name_of(*source))),
        );
    }
    Err(unknown(reference, near))
}

/// Tells whether `path` ends with the components `wanted`, whose extension may be left out.
fn ends_with_path(path: &str, wanted: &str) -> bool {
    let ends = |path: &str| {
        path.strip_suffix(wanted)
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('/'))
    };
    ends(path) || path.rsplit_once('.').is_some_and(|(stem, _)| ends(stem))
}
