//! The sources a person added: reading them in, again when they changed, and letting them go.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use super::bundle;
use super::document::{Document, Kind};
use super::editions::Editions;
use super::error::LookupError;
use super::format::{self, Pages, READERS};
use super::index::Index;
use super::intake;
use super::naming;
use super::section;
use super::source::{self, Choice, Globs, Holding, Listing};
use crate::store::Store;
use crate::store::cuts::Cut;
use crate::store::documents::{FileStamp, NewPage, SourceRow, SourceSize};
use crate::store::editions::Edition;

/// Pages stored in one transaction: a killed reading loses at most these.
pub(super) const PAGES_PER_TRANSACTION: usize = 128;

/// A place to read, under the name it will have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Name of the source.
    pub name: String,
    /// Absolute path of its directory or file.
    pub location: PathBuf,
    /// Most files to read, from now on; `None` leaves it as it was.
    pub max_documents: Option<usize>,
    /// Which files to read, from now on; `None` leaves it as it was.
    pub choice: Option<Choice>,
}

/// How far a reading is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// Files read, and all there are.
    Reading(u64, u64),
    /// Changed pages made searchable, and all that changed.
    Indexing(u64, u64),
    /// Changed pages that a sentence model has read, and all that changed.
    Embedding(u64, u64),
    /// Nothing goes on: another process writes the index.
    Waiting,
}

/// What a reading did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reading {
    /// Files that were new.
    pub added: u64,
    /// Files that had changed.
    pub changed: u64,
    /// Files that were as before.
    pub unchanged: u64,
    /// Pages whose file is gone.
    pub removed: u64,
    /// Bytes of the new and changed files.
    pub bytes: u64,
    /// Files that could not be read: path and reason.
    pub failures: Vec<(String, String)>,
    /// Addresses of a site that hold no page of it, or files of a folder that no format knows: why or of which kind, and how many.
    pub left_out: BTreeMap<String, u64>,
    /// What a person should know.
    pub notes: Vec<String>,
}

/// Reads `place` into `store` and brings `index` up to date; only what changed is read again.
pub fn add(
    store: &Store,
    index: &Index,
    place: &Place,
    now: i64,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<Reading, LookupError> {
    let location = location_of(&place.location)?;
    naming::check(store, &place.name, location)?;
    let known = known_source(store, &place.name)?;
    let mut reading = Reading::default();
    let before = match &known {
        Some(known) => {
            reading.notes.extend(read_anew(store, known.id)?);
            store.edition(known.id)?
        }
        None => Edition::default(),
    };
    let prepared = prepare(store, place, known.as_ref(), &before);
    if let (Err(error), Some(known)) = (&prepared, &known)
        && asks_as_before(place, &before)
    {
        let why = format!("{error}; what was searchable stays");
        let mut failures = failures_of_files(known);
        failures.push((location.to_owned(), why));
        store.source_failed(known.id, &failures)?;
    }
    let mut promise = None;
    match prepared? {
        Prepared::Same(source, failures) => {
            let stamps = store.page_stamps(source)?;
            reading.unchanged = stamps.len() as u64;
            reading.failures = failures;
            store.source_was_read(source, now, &reading.failures)?;
        }
        Prepared::New(holding, listing, mut edition) => {
            let source = if let Some(known) = &known {
                still_there(store, known)?
            } else {
                let source = naming::taken(store, &place.name, location)?;
                store.read_with(source, READERS)?;
                source
            };
            if let Some(most) = place.max_documents {
                store.limit_source(source, most)?;
            }
            // Until all is read, nobody can say at one look that it is.
            let stamp = edition.stamp.take();
            store.keep_edition(source, &edition)?;
            reading.failures = listing.failures;
            if is_all_asked(&edition) {
                reading.left_out = listing.others.told();
            }
            let files = (holding, listing.files);
            promise = Some(index.promise(store));
            intake::read((store, index), source, files, &mut reading, progress)?;
            reading.failures.sort();
            store.source_was_read(source, now, &reading.failures)?;
            if reading.failures.iter().all(|(path, _)| !path.is_empty()) {
                edition.stamp = stamp;
                store.keep_edition(source, &edition)?;
            }
        }
    }
    reading.notes.extend(index.follow(store, progress)?);
    drop(promise);
    Ok(reading)
}

/// Returns the path of a place as the store keeps it: it is to be found again by it.
fn location_of(path: &Path) -> Result<&str, LookupError> {
    path.to_str().ok_or_else(|| LookupError::Unreadable {
        path: path.to_owned(),
        why: "has a path that is not UTF-8".to_owned(),
        hint: "rename the folders and the file on that path so that it is".to_owned(),
    })
}

/// Has all of the source numbered `source` read anew if other readers than these read it, and returns what a person is told.
pub(super) fn read_anew(store: &Store, source: i64) -> Result<Option<String>, LookupError> {
    let is_anew = store.read_with(source, READERS)?;
    Ok(is_anew
        .then(|| "another version of mrconductor had read this; all of it is read anew".to_owned()))
}

/// Tells whether other readers than these read `source`, so that its next refresh reads it anew. A bundle is not read here.
pub fn is_read_otherwise(store: &Store, source: &SourceRow) -> Result<bool, LookupError> {
    let is_bundle = bundle::is_imported(&source.location);
    Ok(!is_bundle && source.refreshed_at > 0 && store.readers(source.id)? != Some(READERS))
}

/// What a look at a place says.
enum Prepared {
    /// All is as it was; the source, and what could not be read of it.
    Same(i64, Vec<(String, String)>),
    /// There is something to read.
    New(Box<dyn Holding>, Listing, Edition),
}

fn prepare(
    store: &Store,
    place: &Place,
    known: Option<&SourceRow>,
    before: &Edition,
) -> Result<Prepared, LookupError> {
    std::fs::metadata(&place.location)
        .map_err(|error| LookupError::file(&place.location, error))?;
    let kept = || {
        let kept = before.choice.as_deref();
        kept.and_then(|choice| serde_json::from_str(choice).ok())
    };
    let choice: Choice = place.choice.clone().or_else(kept).unwrap_or_default();
    let globs = Globs::new(&choice.include, &choice.exclude)?;
    let most = match (place.max_documents, known) {
        (Some(most), _) => Some(most),
        (None, Some(known)) => store.source_limit(known.id)?,
        (None, None) => None,
    };
    let holding = source::open(&place.location, &choice)?;
    let mut edition = Edition {
        choice: serde_json::to_string(&choice).ok(),
        version: None,
        stamp: holding
            .stamp()
            .map(|stamp| format!("{stamp}, {} files at most", most.unwrap_or(usize::MAX))),
    };
    if let Some(known) = known
        && edition.stamp.is_some()
        && edition.stamp == before.stamp
        && edition.choice == before.choice
    {
        return Ok(Prepared::Same(known.id, failures_of_files(known)));
    }
    let (holding, mut listing) = source::shaped(holding)?;
    edition.version = holding.version();
    if listing.files.is_empty() && listing.failures.is_empty() {
        if choice.at.is_none() && source::is_bare_repository(&place.location) {
            return Err(LookupError::Unreadable {
                path: place.location.clone(),
                why: "is a git repository without a work tree, so no files lie in it".to_owned(),
                hint: "name a revision of it, such as `--at HEAD` or `--at v2.1`".to_owned(),
            });
        }
        return Err(LookupError::Nothing {
            path: place.location.clone(),
        });
    }
    listing.files.retain(|file| globs.admit(&file.path));
    listing.leave_aside();
    listing.keep_once();
    if let Some(most) = most {
        listing.keep_first(most);
    }
    Ok(Prepared::New(holding, listing, edition))
}

/// Whether a person asks for all files that are there, and did not choose some by their names.
fn is_all_asked(edition: &Edition) -> bool {
    let choice = edition.choice.as_deref();
    let choice = choice.and_then(|choice| serde_json::from_str::<Choice>(choice).ok());
    choice.is_none_or(|choice| choice.include.is_empty() && choice.exclude.is_empty())
}

/// Whether `place` is asked for what was kept of it: who asks for something else and errs is told, and nothing is noted.
fn asks_as_before(place: &Place, before: &Edition) -> bool {
    let asked = place.choice.as_ref().map(serde_json::to_string);
    asked.is_none_or(|asked| asked.ok() == before.choice)
}

/// Returns the files of a source that could not be read, without what was said of the source as a whole.
fn failures_of_files(source: &SourceRow) -> Vec<(String, String)> {
    let failures = source.failures.iter();
    failures
        .filter(|(path, _)| *path != source.location)
        .cloned()
        .collect()
}

fn known_source(store: &Store, name: &str) -> Result<Option<SourceRow>, LookupError> {
    let mut sources = store.sources()?.into_iter();
    Ok(sources.find(|source| source.name == name))
}

/// Returns the number of `source` if it was not removed since: looking at its place takes a while.
fn still_there(store: &Store, source: &SourceRow) -> Result<i64, LookupError> {
    let sources = store.sources()?;
    if sources.iter().any(|row| row.id == source.id) {
        return Ok(source.id);
    }
    let known = sources.into_iter().map(|row| row.name);
    Err(LookupError::unknown_source(&source.name, known))
}

/// Makes the pages of the file at `path`, each when it is asked for: those below it first, for a file counts as read when its own
/// page is stored.
pub(super) fn new_pages(
    path: &str,
    stamp: FileStamp,
    read: Pages,
) -> impl Iterator<Item = NewPage> {
    let mut below = read.below.into_iter();
    let mut skipped = read.skipped;
    let mut first = Some(read.first);
    std::iter::from_fn(move || {
        if let Some((name, document)) = below.next() {
            let mut page = page(&format!("{path}/{name}"), stamp.clone(), document);
            skipped.append(&mut page.skipped);
            return Some(page);
        }
        let mut page = page(path, stamp.clone(), first.take()?);
        page.skipped.splice(..0, skipped.drain(..));
        Some(page)
    })
}

/// Returns the page that the one at `path` was made with: the nearest above it that is one of its own.
pub(super) fn holder_of(path: &str, is_own: impl Fn(&str) -> bool) -> Option<&str> {
    let mut above = path
        .rmatch_indices('/')
        .filter_map(|(at, _)| path.get(..at));
    above.find(|above| is_own(above))
}

/// Makes the page at `path` of `document`.
pub(crate) fn page(path: &str, stamp: FileStamp, mut document: Document) -> NewPage {
    let beyond = document.keep_headings();
    let file = path.rsplit('/').next().unwrap_or(path);
    let (title, Cut { outline, sections }) = section::cut(&document, format::title_of(file));
    NewPage {
        path: path.to_owned(),
        title,
        kind: document
            .kind
            // The program that made a list is known by its page, which says nothing of the interface all the same.
            .filter(|kind| *kind != Kind::Api || !Kind::is_index(path))
            .unwrap_or_else(|| Kind::of_path(path))
            .name()
            .to_owned(),
        stamp,
        outline,
        text: document.text,
        sections,
        url: document.url,
        file_lines: document.file_lines,
        skipped: beyond.into_iter().collect(),
    }
}

/// Makes the page at `path` of `text`, which is no file.
pub(crate) fn page_of_text(path: &str, text: &str) -> NewPage {
    let read = format::read_text(path, text).unwrap_or_default();
    page_of_document(path, read.first)
}

fn page_of_document(path: &str, document: Document) -> NewPage {
    let stamp = FileStamp {
        bytes: document.text.len() as u64,
        modified: 0,
        hash: *blake3::hash(document.text.as_bytes()).as_bytes(),
    };
    page(path, stamp, document)
}

/// Returns a store and an index in memory that hold `pages` (path and Markdown) as the source called `name`.
pub fn in_memory<P: AsRef<str>, T: AsRef<str>>(
    name: &str,
    pages: impl IntoIterator<Item = (P, T)>,
) -> Result<(Store, Index), LookupError> {
    let read = pages.into_iter().flat_map(|(path, text)| {
        let path = path.as_ref();
        let read = format::read_text(path, text.as_ref()).unwrap_or_default();
        let below = read.below.into_iter();
        let below: Vec<_> = below
            .map(|(name, document)| (format!("{path}/{name}"), document))
            .collect();
        std::iter::once((path.to_owned(), read.first)).chain(below)
    });
    from_documents(name, read)
}

/// A ready-cut section: how collections that are no files come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// What it is part of, and is found as; records of one page follow in order.
    pub page: String,
    /// Its heading.
    pub title: String,
    /// Its text.
    pub text: String,
}

/// Returns a store and an index in memory that hold `records` as the source called `name`.
pub fn from_records(
    name: &str,
    records: impl IntoIterator<Item = Record>,
) -> Result<(Store, Index), LookupError> {
    let mut order: Vec<String> = Vec::new();
    let mut pages: HashMap<String, Document> = HashMap::new();
    for record in records {
        let document = pages.entry(record.page.clone()).or_insert_with(|| {
            order.push(record.page);
            Document::default()
        });
        document.append(&record.title, &record.text);
    }
    let documents = order.into_iter().filter_map(|page| {
        let document = pages.remove(&page)?;
        Some((page, document))
    });
    from_documents(name, documents)
}

fn from_documents(
    name: &str,
    documents: impl IntoIterator<Item = (String, Document)>,
) -> Result<(Store, Index), LookupError> {
    let store = Store::in_memory()?;
    let source = store.keep_source(name, "")?;
    let pages: Vec<NewPage> = documents
        .into_iter()
        .map(|(path, document)| page_of_document(&path, document))
        .collect();
    store.keep_pages(source, &pages)?;
    let index = Index::in_memory();
    index.update(&store, &|_| {})?;
    Ok((store, index))
}

/// Returns every source with its size, by name.
pub fn list(store: &Store) -> Result<Vec<(SourceRow, SourceSize)>, LookupError> {
    store
        .sources()?
        .into_iter()
        .map(|source| Ok((source.clone(), store.source_size(source.id)?)))
        .collect()
}

/// Returns what was left out of files of the source numbered `source` that were read otherwise: path and what.
pub fn skipped(store: &Store, source: i64) -> Result<Vec<(String, String)>, LookupError> {
    Ok(store.skipped(source)?)
}

/// Returns the version of what the source numbered `source` documents, where it is known: the one that citations say.
pub fn version(store: &Store, source: i64) -> Result<Option<String>, LookupError> {
    let editions = Editions::of(store)?;
    Ok(editions.version(source).map(str::to_owned))
}

/// Removes the source called `name` and returns what it was, with what a person should know.
pub fn remove(
    store: &Store,
    index: &Index,
    name: &str,
    progress: &dyn Fn(Progress),
) -> Result<(SourceRow, SourceSize, Option<String>), LookupError> {
    let source = named(store, name)?;
    let size = store.source_size(source.id)?;
    store.remove_source(source.id)?;
    // It is removed: an index that lags behind finds nothing of it, and is brought up to date by the next search that can.
    let note = index.follow(store, progress).unwrap_or_else(|error| {
        Some(format!(
            "the search index could not follow: {error}\nhint: {}",
            error.hint()
        ))
    });
    Ok((source, size, note))
}

/// Returns the source called `name`, in any case.
pub(crate) fn named(store: &Store, name: &str) -> Result<SourceRow, LookupError> {
    let sources = store.sources()?;
    let wanted = name.trim().to_lowercase();
    if let Some(source) = sources
        .iter()
        .find(|source| source.name.to_lowercase() == wanted)
    {
        return Ok(source.clone());
    }
    let known = sources.into_iter().map(|source| source.name);
    Err(LookupError::unknown_source(name, known))
}
