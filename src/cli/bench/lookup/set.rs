//! A set of graded questions with its documents, read into memory.
#![expect(
    clippy::print_stderr,
    reason = "stderr is where people follow long work"
)]

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::cli::Failure;
use crate::lookup::library::{self, Place, Progress};
use crate::lookup::{Evidence, Index, Question, Record, documentations, naming, spelling};
use crate::store::Store;

/// A question and the documents that answer it.
#[derive(Debug, Deserialize)]
pub(super) struct Query {
    pub(super) id: String,
    pub(super) text: String,
    pub(super) source: Option<String>,
    /// Document → grade.
    pub(super) relevant: HashMap<String, u32>,
}

#[derive(Debug, Deserialize)]
struct Line {
    id: String,
    parent: Option<String>,
    #[serde(default)]
    title: String,
    text: String,
}

/// A set as it is measured.
pub(super) struct Set {
    /// Name of its folder, and what is different about this way of measuring it.
    pub(super) name: String,
    pub(super) queries: Vec<Query>,
    pub(super) store: Store,
    pub(super) index: Index,
    /// Whether the documents are files, each source a folder.
    files: bool,
    /// Names of the documents that are no files, by number.
    names: Vec<String>,
    /// The document that each page is of.
    documents: HashMap<i64, String>,
    /// Documents left out of the ranking of a question, by what stands before their `#`.
    excluded: HashMap<String, HashSet<String>>,
}

/// A sentence model that helps, and where what it makes is kept between runs.
pub(super) struct Modelled {
    pub(super) folder: PathBuf,
    pub(super) vectors: Option<PathBuf>,
}

impl Modelled {
    /// Lets the model read what is in `store`, the documents of the set called `name`.
    fn reads(&self, index: Index, store: &Store, name: &str) -> anyhow::Result<Index> {
        let place = self.vectors.as_ref().map(|vectors| vectors.join(name));
        let index = index.with_model_kept_in(Some(self.folder.clone()), place);
        let note = index.follow(store, &|progress| {
            if let Progress::Embedding(done, all) = progress
                && (done % 500 == 0 || done == all)
            {
                eprintln!("{name}: {done} of {all} pages embedded");
            }
        })?;
        match note {
            None => Ok(index),
            Some(note) => {
                let (what, hint) = note.split_once("\nhint: ").unwrap_or((&note, ""));
                Err(Failure::new(what, hint).into())
            }
        }
    }
}

/// Returns the folders of sets: `dir` itself, or those in it.
pub(super) fn folders(dir: &Path) -> anyhow::Result<Vec<PathBuf>> {
    if dir.join("queries.jsonl").is_file() {
        return Ok(vec![dir.to_owned()]);
    }
    let entries = std::fs::read_dir(dir).map_err(|error| {
        Failure::new(
            format!("cannot read `{}`: {error}", dir.display()),
            "give a folder of sets",
        )
    })?;
    let mut found: Vec<PathBuf> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.join("queries.jsonl").is_file())
        .collect();
    found.sort();
    if found.is_empty() {
        let what = format!(
            "found no `queries.jsonl` in `{}` or one level below",
            dir.display()
        );
        return Err(Failure::new(what, "give a set, or a folder of sets").into());
    }
    Ok(found)
}

/// Reads the set in `folder`. Sets of links are measured twice: without titles, for the title is often the question, and
/// with titles on the questions that say it in other words.
pub(super) fn read(folder: &Path, model: Option<&Modelled>) -> anyhow::Result<Vec<Set>> {
    let name = folder
        .file_name()
        .map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let exclusions = folder.join("exclude_pages.json");
    if !exclusions.is_file() {
        return Ok(vec![Set::read(folder, name, true, model)?]);
    }
    let excluded: HashMap<String, HashSet<String>> = serde_json::from_str(&text(&exclusions)?)?;
    let only: HashSet<String> = serde_json::from_str(&text(&folder.join("paraphrase_ids.json"))?)?;
    let mut plain = Set::read(folder, name.clone(), false, model)?;
    plain.excluded.clone_from(&excluded);
    let mut titled = Set::read(folder, format!("{name}+titles"), true, model)?;
    titled.excluded = excluded;
    titled.queries.retain(|query| only.contains(&query.id));
    Ok(vec![plain, titled])
}

impl Set {
    fn read(
        folder: &Path,
        name: String,
        titles: bool,
        model: Option<&Modelled>,
    ) -> anyhow::Result<Self> {
        let corpus = folder.join("corpus.jsonl");
        let files = !corpus.is_file();
        let mut names: Vec<String> = Vec::new();
        let (store, index) = if files {
            sources(folder)?
        } else {
            library::from_records("set", records(&corpus, titles, &mut names)?)?
        };
        let index = match model {
            Some(model) => model.reads(index, &store, &name)?,
            None => index,
        };
        if files {
            return Self::of_pages(name, lines(&folder.join("queries.jsonl"))?, store, index);
        }
        let mut documents = HashMap::new();
        for page in store.pages_between(0, i64::MAX)? {
            if let Some((row, _)) = store.page(page)? {
                let document = names.get(number_of(&row.path)).cloned();
                documents.insert(page, document.unwrap_or_default());
            }
        }
        Ok(Self {
            name,
            queries: lines(&folder.join("queries.jsonl"))?,
            store,
            index,
            files,
            names,
            documents,
            excluded: HashMap::new(),
        })
    }

    /// Makes a set of `queries` to the pages of `store`, whose documents are their source and path: `source/a/b.md`.
    pub(super) fn of_pages(
        name: String,
        queries: Vec<Query>,
        store: Store,
        index: Index,
    ) -> anyhow::Result<Self> {
        let mut documents = HashMap::new();
        let sources: HashMap<i64, String> = store
            .sources()?
            .into_iter()
            .map(|source| (source.id, source.name))
            .collect();
        for page in store.pages_between(0, i64::MAX)? {
            if let Some((row, _)) = store.page(page)? {
                let source = sources.get(&row.source).map_or("", String::as_str);
                documents.insert(page, format!("{source}/{}", row.path));
            }
        }
        Ok(Self {
            name,
            queries,
            store,
            index,
            files: true,
            names: Vec::new(),
            documents,
            excluded: HashMap::new(),
        })
    }

    /// Returns what the set is about: its name without the way of measuring.
    pub(super) fn subject(&self) -> &str {
        self.name.split('+').next().unwrap_or_default()
    }

    /// Returns the only source that `query` is put to.
    pub(super) fn source<'a>(&self, query: &'a Query) -> Option<&'a str> {
        query.source.as_deref().filter(|_| self.files)
    }

    /// Gathers what speaks for each section.
    pub(super) fn evidence(&self, query: &Query) -> anyhow::Result<Evidence> {
        self.evidence_of(&query.text, self.source(query))
    }

    /// Gathers what speaks for each section as an answer to `text`.
    pub(super) fn evidence_of(&self, text: &str, source: Option<&str>) -> anyhow::Result<Evidence> {
        let sources = match source {
            Some(name) => Some([library::named(&self.store, name)?.id]),
            None => None,
        };
        let view = self.index.view(&self.store)?;
        let question = Question {
            text,
            sources: sources.as_ref().map(|sources| &sources[..]),
            kind: None,
            lacking: &spelling(&view, &self.store, text, None)?,
            documentations: &documentations(&self.store)?,
        };
        Ok(Evidence::of(&view, &question)?)
    }

    /// Returns the document that `page` is of.
    pub(super) fn document(&self, page: i64) -> Option<&str> {
        self.documents.get(&page).map(String::as_str)
    }

    /// Returns the document that the page at `path` of the source called `source` is of.
    pub(super) fn document_at(&self, source: &str, path: &str) -> String {
        if self.files {
            format!("{source}/{path}")
        } else {
            self.names.get(number_of(path)).cloned().unwrap_or_default()
        }
    }

    /// Tells whether the page numbered `page` does not count for `query`.
    pub(super) fn is_excluded(&self, query: &Query, page: i64) -> bool {
        let excluded = self.excluded.get(&query.id).zip(self.document(page));
        excluded.is_some_and(|(excluded, document)| {
            excluded.contains(document.split('#').next().unwrap_or_default())
        })
    }

    /// Returns the documents of `pages`, each once, in order.
    pub(super) fn documents(&self, query: &Query, pages: impl Iterator<Item = i64>) -> Vec<&str> {
        let mut seen = HashSet::new();
        pages
            .filter(|page| seen.insert(*page) && !self.is_excluded(query, *page))
            .filter_map(|page| self.document(page))
            .collect()
    }
}

/// Returns the document that a page is of: its file, or what its number stands for.
fn sources(folder: &Path) -> anyhow::Result<(Store, Index)> {
    let (store, index) = (Store::in_memory()?, Index::in_memory());
    let mut folders: Vec<PathBuf> = std::fs::read_dir(folder)?
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.is_dir())
        .collect();
    folders.sort();
    for location in folders {
        let name = naming::suggested(&location);
        let place = Place {
            name,
            location,
            max_documents: None,
            choice: None,
        };
        library::add(&store, &index, &place, 0, &|_| {})?;
    }
    Ok((store, index))
}

/// Reads a corpus. Documents are stored by number, lest their names give the answer away.
fn records(corpus: &Path, titles: bool, names: &mut Vec<String>) -> anyhow::Result<Vec<Record>> {
    let mut numbers: HashMap<String, usize> = HashMap::new();
    let mut records = Vec::new();
    for line in lines::<Line>(corpus)? {
        let name = line.parent.unwrap_or(line.id);
        let number = *numbers.entry(name.clone()).or_insert_with(|| {
            names.push(name);
            names.len() - 1
        });
        records.push(Record {
            page: path_of(number),
            title: if titles { line.title } else { String::new() },
            text: line.text,
        });
    }
    Ok(records)
}

/// Returns the path of the document with this number: one word that no question has, for paths are searched as well.
fn path_of(number: usize) -> String {
    format!("d{number}")
}

fn number_of(path: &str) -> usize {
    path.strip_prefix('d')
        .and_then(|number| number.parse().ok())
        .unwrap_or(usize::MAX)
}

fn text(path: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(path).map_err(|error| {
        Failure::new(
            format!("cannot read `{}`: {error}", path.display()),
            "compare the folder with `mrconductor bench lookup --help`",
        )
        .into()
    })
}

fn lines<T: for<'de> Deserialize<'de>>(path: &Path) -> anyhow::Result<Vec<T>> {
    text(path)?
        .lines()
        .filter(|line| !line.trim().is_empty())
        .map(|line| Ok(serde_json::from_str(line)?))
        .collect()
}
