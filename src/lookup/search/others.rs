//! What a question to one edition says of others: `migrate from pino 7 to pino 9` names two, and one is searched.

use super::Search;
use crate::lookup::editions::{Chosen, Editions, pinned_name};
use crate::lookup::version::Version;

/// Editions that are named: a question speaks of two or three versions.
const NAMED_MAX: usize = 3;
/// Words behind which one number is a version.
const BEFORE_VERSION: &[&str] = &["from", "release", "since", "to", "v", "version"];

/// Says which editions hold a version that `query` names and were not searched, if there are any.
pub(super) fn named(
    editions: &Editions,
    chosen: &Chosen,
    search: &Search,
    query: &str,
) -> Option<String> {
    let searched = chosen.sources.as_deref().filter(|_| chosen.is_by_version)?;
    if search.version.is_some() {
        return None;
    }
    let query = query.to_lowercase();
    let words: Vec<&str> = words(&query).collect();
    let all: Vec<(i64, &str, &str, &Version)> = editions.versions().collect();
    let is_searched = |id: &i64| searched.contains(id);
    let named = all.iter().filter(|(id, _, documentation, version)| {
        let versions = versions_of(&words, documentation, search.source.as_deref());
        !is_searched(id)
            && versions.iter().any(|asked| {
                let has = |(id, _, other, version): &&(i64, &str, &str, &Version)| {
                    is_searched(id) && other == documentation && version.agrees(asked)
                };
                version.agrees(asked) && !all.iter().any(|one| has(&one))
            })
    });
    let named: Vec<String> = named
        .take(NAMED_MAX)
        .map(|(_, name, ..)| format!("`{name}`"))
        .collect();
    (!named.is_empty()).then(|| {
        let named = named.join(", ");
        format!("of a version that you name, and not searched: {named}; give it as `source`")
    })
}

/// The words of a question, with the points inside them.
fn words(query: &str) -> impl Iterator<Item = &str> {
    let is_inside = |letter: char| letter.is_alphanumeric() || letter == '.';
    let words = query.split(move |letter: char| !is_inside(letter));
    // `9.3` is one word, and `next.js` are two: what documentation is called has none of its points.
    let is_version = |word: &str| {
        let number = word.strip_prefix('v').unwrap_or(word);
        number.starts_with(|letter: char| letter.is_ascii_digit())
    };
    let parts = words.flat_map(move |word| {
        let word = word.trim_matches('.');
        let (whole, named) = if is_version(word) {
            (Some(word), "")
        } else {
            (None, word)
        };
        whole.into_iter().chain(named.split('.'))
    });
    parts.filter(|word| !word.is_empty())
}

/// Tells whether the source called `name` is `documentation`, or an edition of it: `pino-9.3.2`.
fn is_edition(name: &str, documentation: &str) -> bool {
    let name = pinned_name(name);
    name.strip_prefix(documentation).is_some_and(|rest| {
        let version = rest.trim_start_matches(['-', '@']);
        let number = version.strip_prefix('v').unwrap_or(version);
        rest.is_empty() || number.starts_with(|letter: char| letter.is_ascii_digit())
    })
}

/// Returns the versions of `documentation` that `words` name; none where they do not speak of it.
fn versions_of(words: &[&str], documentation: &str, source: Option<&str>) -> Vec<Version> {
    let name: Vec<&str> = self::words(documentation).collect();
    let is_named = !name.is_empty() && words.windows(name.len()).any(|window| window == name);
    let is_source = source.is_some_and(|source| is_edition(source, documentation));
    if !is_named && !is_source {
        return Vec::new();
    }
    let before = std::iter::once("").chain(words.iter().copied());
    let versions = before.zip(words).filter_map(|(before, word)| {
        let number = word.strip_prefix('v').unwrap_or(word);
        let is_told = number.len() < word.len()
            || BEFORE_VERSION.contains(&before)
            || name.last() == Some(&before);
        let is_number = number.chars().all(|letter| letter.is_ascii_digit());
        Version::of_package(number).or_else(|| {
            (is_told && is_number)
                .then(|| Version::parse(number))
                .flatten()
        })
    });
    versions.collect()
}

#[cfg(test)]
mod tests {
    use super::{is_edition, words};
    use crate::lookup::search::tests::{asked, found};
    use crate::lookup::search::{Detail, Search};
    use crate::lookup::{Pinned, library};
    use crate::store::editions::Edition;

    /// What is said of other editions when `query` is put to those of a project with pino 7.
    fn said(query: &str, source: Option<&str>) -> Option<String> {
        let (store, index) =
            library::in_memory("handbook", [("h.md", "# Bells\n\nRing.\n")]).unwrap();
        for (name, version) in [
            ("pino-7.11.0", "7.11.0"),
            ("pino-9.3.2", "9.3.2"),
            ("pino-8.0", "8.0"),
        ] {
            let source = store.keep_source(name, &format!("/{name}")).unwrap();
            let version = Some(version.to_owned());
            let edition = Edition {
                version,
                ..Edition::default()
            };
            store.keep_edition(source, &edition).unwrap();
            let page = library::page_of_text("a.md", "# Pino\n\nBreaking changes of pino.\n");
            store.keep_pages(source, &[page]).unwrap();
        }
        index.update(&store, &|_| {}).unwrap();
        let asked = Search {
            source: source.map(str::to_owned),
            pinned: Pinned::new([("pino".to_owned(), "7.11.0".to_owned())].into()),
            ..asked(query, Detail::Snippet)
        };
        let found = found(&(store, index), &asked, 2_000).unwrap();
        let text = found.text();
        let line = text.lines().find(|line| line.contains("not searched"));
        line.map(str::to_owned)
    }

    #[test]
    fn an_edition_of_a_version_that_the_question_names_is_named_if_it_was_not_searched() {
        let nine =
            "of a version that you name, and not searched: `pino-9.3.2`; give it as `source`";
        for query in [
            "migrate from pino 7 to pino 9 breaking changes",
            "breaking changes of Pino from 7 to 9",
            "pino 9.3: breaking changes",
            "pino@9 changes",
            "pino v9 changes",
        ] {
            assert_eq!(said(query, None).as_deref(), Some(nine), "{query}");
        }
        assert_eq!(
            said("breaking changes in 9.3", Some("pino")).as_deref(),
            Some(nine)
        );
        for query in [
            "pino 7 breaking changes",
            "breaking changes in 9.3",
            "pino logs 9 breaking changes",
            "breaking changes of pino",
        ] {
            assert_eq!(said(query, None), None, "{query}");
        }
        assert_eq!(said("pino 9 changes", Some("pino-9.3.2")), None);
    }

    #[test]
    fn a_source_is_of_the_documentation_that_it_is_called_by_and_points_are_no_part_of_that() {
        assert!(is_edition("react", "react") && is_edition("React@18.2", "react"));
        assert!(is_edition("pino-9.3.2", "pino") && is_edition("pino-v9", "pino"));
        assert!(!is_edition("react-router", "react") && !is_edition("reactive", "react"));
        let parts: Vec<&str> = words("from next.js 14.1 to v15.x. now").collect();
        let expected = ["from", "next", "js", "14.1", "to", "v15.x", "now"];
        assert_eq!(parts, expected);
    }
}
