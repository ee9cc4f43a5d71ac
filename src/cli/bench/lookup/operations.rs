//! Which operation does it: questions made from the summaries of descriptions of interfaces, by other words.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use super::lot::Lot;
use super::other_words::{Otherwise, plain, said};
use super::set::{Query, Set};
use crate::cli::Failure;
use crate::lookup::document::Kind;
use crate::lookup::library::{self, Place};
use crate::lookup::{Index, LookupError, naming};
use crate::store::Store;

/// Reads each file of `dir` (or that file) as a source and makes `count` questions by the lot of `seed`, equally many to each
/// as far as it has them. A question is put to its source; right is every operation of it with the summary it is made from.
pub(super) fn set(
    dir: &Path,
    otherwise: Otherwise,
    count: usize,
    seed: u64,
) -> anyhow::Result<Set> {
    let (store, index) = (Store::in_memory()?, Index::in_memory());
    for location in files(dir)? {
        let place = Place {
            name: naming::suggested(&location),
            location,
            max_documents: None,
            choice: None,
        };
        match library::add(&store, &index, &place, 0, &|_| {}) {
            // What is no documentation at all has no operations either.
            Ok(_) | Err(LookupError::Nothing { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    let mut lot = Lot(seed);
    let mut sources: Vec<Vec<Query>> = Vec::new();
    for (source, summaries) in summaries(&store)? {
        let mut asked: BTreeMap<String, HashMap<String, u32>> = BTreeMap::new();
        for (summary, documents) in summaries {
            if let Some(question) = said(otherwise, &summary, &mut lot) {
                let documents = documents.into_iter().map(|document| (document, 1));
                asked.entry(question).or_default().extend(documents);
            }
        }
        let queries = asked.into_iter().map(|(text, relevant)| Query {
            id: format!("{source}: {text}"),
            text,
            source: Some(source.clone()),
            relevant,
        });
        let mut queries: Vec<Query> = queries.collect();
        lot.shuffle(&mut queries);
        sources.push(queries);
    }
    let queries = dealt(sources, count);
    if queries.is_empty() {
        let what = format!("found no operation to ask for in `{}`", dir.display());
        return Err(Failure::new(
            what,
            "give descriptions of interfaces (OpenAPI, JSON or YAML)",
        )
        .into());
    }
    let name = match otherwise {
        Otherwise::Verb => "operations",
        Otherwise::VerbAndThing => "operations+things",
    };
    Set::of_pages(name.to_owned(), queries, store, index)
}

fn files(dir: &Path) -> anyhow::Result<Vec<PathBuf>> {
    if dir.is_file() {
        return Ok(vec![dir.to_owned()]);
    }
    let entries = std::fs::read_dir(dir).map_err(|error| {
        let what = format!("cannot read `{}`: {error}", dir.display());
        Failure::new(
            what,
            "give a folder of descriptions of interfaces, or one of them",
        )
    })?;
    let mut files: Vec<PathBuf> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.is_file())
        .collect();
    files.sort();
    Ok(files)
}

/// The operations of each source, by name: summary → documents.
type Summaries = BTreeMap<String, BTreeMap<String, Vec<String>>>;

fn summaries(store: &Store) -> anyhow::Result<Summaries> {
    let names: HashMap<i64, String> = store
        .sources()?
        .into_iter()
        .map(|source| (source.id, source.name))
        .collect();
    let mut summaries = Summaries::new();
    for page in store.pages_between(0, i64::MAX)? {
        let Some((row, _)) = store.page(page)? else {
            continue;
        };
        let Some(source) = names
            .get(&row.source)
            .filter(|_| row.kind == Kind::Operation.name())
        else {
            continue;
        };
        // The page is called after the group it is in; its first heading is the summary.
        let sections = store.cut(page)?.sections;
        let summary = sections.first().map_or("", |section| &section.title);
        let documents = summaries
            .entry(source.clone())
            .or_default()
            .entry(plain(summary))
            .or_default();
        documents.push(format!("{source}/{}", row.path));
    }
    Ok(summaries)
}

/// Takes `count` questions, one of each source in turn.
fn dealt(sources: Vec<Vec<Query>>, count: usize) -> Vec<Query> {
    let mut sources: Vec<_> = sources.into_iter().map(Vec::into_iter).collect();
    let mut dealt = Vec::new();
    loop {
        let before = dealt.len();
        for source in &mut sources {
            dealt.extend(source.next().filter(|_| dealt.len() < count));
        }
        if dealt.len() == before {
            return dealt;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_description_is_asked_for_as_many_operations() {
        let folder = tempfile::tempdir().unwrap();
        for (name, things) in [
            ("a", &["team", "site", "hook", "role"][..]),
            ("b", &["user"][..]),
        ] {
            let paths: Vec<String> = things
                .iter()
                .map(|thing| format!("\"/{thing}\": {{\"get\": {{\"summary\": \"List {thing}s\", \"operationId\": \"{thing}s/list\"}}}}"))
                .collect();
            let text = format!(
                "{{\"openapi\": \"3.0.0\", \"info\": {{\"title\": \"{name}\"}}, \"paths\": {{{}}}}}",
                paths.join(", ")
            );
            std::fs::write(folder.path().join(format!("{name}.json")), text).unwrap();
        }
        let set = set(folder.path(), Otherwise::VerbAndThing, 3, 1).unwrap();
        let sources: Vec<&str> = set
            .queries
            .iter()
            .filter_map(|query| query.source.as_deref())
            .collect();
        assert_eq!(sources, ["a", "b", "a"]);
        for query in &set.queries {
            assert_eq!(query.relevant.len(), 1, "{query:?}");
            assert!(
                query
                    .relevant
                    .keys()
                    .all(|document| document.ends_with("s/list")),
                "{query:?}"
            );
        }
        assert!(super::set(&folder.path().join("absent"), Otherwise::Verb, 3, 1).is_err());
    }
}
