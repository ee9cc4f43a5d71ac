//! The sources a person added: reading them in, again when they changed, and letting them go.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::mpsc;

use super::document::{Document, Kind};
use super::error::LookupError;
use super::format::{self, Pages, Unread};
use super::index::Index;
use super::section::{self, Cut};
use super::source::{self, Found};
use crate::store::Store;
use crate::store::documents::{FileStamp, NewPage, SourceRow, SourceSize};

/// Pages stored in one transaction: a killed reading loses at most these.
pub(super) const PAGES_PER_TRANSACTION: usize = 128;
/// Threads that read and cut files.
const READERS: usize = 2;
/// Pages that wait between readers and the store, so that memory stays bounded.
const PAGES_WAITING: usize = 32;

/// A place to read, under the name it will have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Name of the source.
    pub name: String,
    /// Absolute path of its directory or file.
    pub location: PathBuf,
    /// Most files to read, from now on; `None` leaves it as it was.
    pub max_documents: Option<usize>,
}

/// How far a reading is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// Files read, and all there are.
    Reading(u64, u64),
    /// Changed pages made searchable, and all that changed.
    Indexing(u64, u64),
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
    /// Addresses of a site that hold no page of it: reason and how many.
    pub left_out: BTreeMap<String, u64>,
    /// What a person should know.
    pub notes: Vec<String>,
}

/// Returns the name that `location` suggests: its last component, in the letters a reference can carry.
pub fn suggested_name(location: &Path) -> String {
    let last = location
        .file_stem()
        .map(|stem| stem.to_string_lossy())
        .unwrap_or_default();
    name_of(&last)
}

/// Returns `words` in the letters of a name.
pub(super) fn name_of(words: &str) -> String {
    let name: String = words
        .to_lowercase()
        .chars()
        .map(|letter| if is_name_letter(letter) { letter } else { '-' })
        .take(NAME_LETTERS_MAX)
        .collect();
    let name = name.trim_matches('-');
    if name.is_empty() {
        "docs".to_owned()
    } else {
        name.to_owned()
    }
}

/// Letters of the longest name of a source: it stands in every reference.
const NAME_LETTERS_MAX: usize = 60;

fn is_name_letter(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.' | '@')
}

/// Reads `place` into `store` and brings `index` up to date; only what changed is read again.
pub fn add(
    store: &Store,
    index: &Index,
    place: &Place,
    now: i64,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<Reading, LookupError> {
    let location = place.location.display().to_string();
    check_name(store, &place.name, &location)?;
    std::fs::metadata(&place.location)
        .map_err(|error| LookupError::file(&place.location, error))?;
    let mut walk = source::walk(&place.location);
    if walk.files.is_empty() && walk.failures.is_empty() {
        return Err(LookupError::Nothing {
            path: place.location.clone(),
        });
    }
    let source = store.keep_source(&place.name, &location)?;
    if let Some(most) = place.max_documents {
        store.limit_source(source, most)?;
    }
    if let Some(most) = store.source_limit(source)? {
        walk.keep_first(most);
    }
    let mut reading = Reading {
        failures: walk.failures,
        ..Reading::default()
    };
    read(store, source, walk.files, &mut reading, progress)?;
    reading.failures.sort();
    store.source_was_read(source, now, &reading.failures)?;
    index.update(store, &mut |done, all| {
        progress(Progress::Indexing(done, all));
    })?;
    Ok(reading)
}

/// Checks that a source read from `location` may be called `name`.
pub(super) fn check_name(store: &Store, name: &str, location: &str) -> Result<(), LookupError> {
    let letters = name.chars().count();
    if letters == 0 || letters > NAME_LETTERS_MAX || !name.chars().all(is_name_letter) {
        return Err(LookupError::BadName {
            name: name.to_owned(),
        });
    }
    let mut known = store.sources()?.into_iter();
    match known.find(|source| source.name == name && source.location != location) {
        Some(known) => Err(LookupError::NameTaken {
            name: known.name,
            location: known.location,
        }),
        None => Ok(()),
    }
}

/// What became of one file.
enum Outcome {
    /// Its pages, the one at its own path last.
    Pages(Vec<NewPage>),
    Same(String, i64),
    /// It is no documentation.
    Foreign,
    Failed(String, String),
}

fn read(
    store: &Store,
    source: i64,
    files: Vec<Found>,
    reading: &mut Reading,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<(), LookupError> {
    let mut known: HashMap<String, FileStamp> = store.page_stamps(source)?.into_iter().collect();
    let mut parts = parts_of(&files, &mut known);
    let all = files.len() as u64;
    let mut work: Vec<(Found, Option<FileStamp>)> = Vec::new();
    for file in files {
        let stamp = known.remove(&file.path);
        match stamp {
            Some(stamp) if stamp.bytes == file.bytes && stamp.modified == file.modified => {
                reading.unchanged += 1;
            }
            stamp => work.push((file, stamp)),
        }
    }
    let queue = std::sync::Mutex::new(work.into_iter());
    let (sender, outcomes) = mpsc::sync_channel(PAGES_WAITING);
    std::thread::scope(|scope| {
        for _ in 0..READERS {
            let sender = sender.clone();
            let queue = &queue;
            scope.spawn(move || {
                loop {
                    let next = queue
                        .lock()
                        .unwrap_or_else(std::sync::PoisonError::into_inner)
                        .next();
                    let Some((file, stamp)) = next else { return };
                    if sender
                        .send((stamp.is_some(), read_file(&file, stamp.as_ref())))
                        .is_err()
                    {
                        return;
                    }
                }
            });
        }
        drop(sender);
        store_outcomes(store, source, &outcomes, &mut parts, all, reading, progress)
    })?;
    // A file that cannot be read now is not gone: its page stays as it was.
    let gone: Vec<String> = known
        .into_keys()
        .filter(|path| {
            !reading
                .failures
                .iter()
                .any(|(failed, _)| is_below(path, failed))
        })
        .collect();
    if !gone.is_empty() {
        reading.removed = gone.len() as u64;
        store.remove_pages(source, &gone)?;
    }
    Ok(())
}

/// Takes the pages below a file's own page out of `known`, by the file: they stay, go and change with it.
fn parts_of(
    files: &[Found],
    known: &mut HashMap<String, FileStamp>,
) -> HashMap<String, Vec<String>> {
    let files: HashSet<&str> = files.iter().map(|file| file.path.as_str()).collect();
    let mut parts: HashMap<String, Vec<String>> = HashMap::new();
    known.retain(|path, _| {
        if files.contains(path.as_str()) {
            return true;
        }
        let mut above = path.match_indices('/').filter_map(|(at, _)| path.get(..at));
        match above.find(|folder| files.contains(folder)) {
            Some(file) => {
                parts.entry(file.to_owned()).or_default().push(path.clone());
                false
            }
            None => true,
        }
    });
    parts
}

/// Tells whether `path` is `folder` or lies in it; everything lies in `""`.
fn is_below(path: &str, folder: &str) -> bool {
    folder.is_empty()
        || path == folder
        || path
            .strip_prefix(folder)
            .is_some_and(|rest| rest.starts_with('/'))
}

fn store_outcomes(
    store: &Store,
    source: i64,
    outcomes: &mpsc::Receiver<(bool, Outcome)>,
    parts: &mut HashMap<String, Vec<String>>,
    all: u64,
    reading: &mut Reading,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<(), LookupError> {
    let mut pages: Vec<NewPage> = Vec::new();
    let mut touched: Vec<(String, i64)> = Vec::new();
    let mut done = reading.unchanged;
    for (was_known, outcome) in outcomes {
        done += 1;
        progress(Progress::Reading(done, all));
        match outcome {
            Outcome::Pages(new) => {
                let Some(own) = new.last() else { continue };
                reading.bytes += own.stamp.bytes;
                if was_known {
                    reading.changed += 1;
                } else {
                    reading.added += 1;
                }
                let mut old = parts.remove(&own.path).unwrap_or_default();
                if !old.is_empty() {
                    let paths: HashSet<&str> = new.iter().map(|page| page.path.as_str()).collect();
                    old.retain(|path| !paths.contains(path.as_str()));
                    // Before the file counts as read: whoever is killed in between reads it again.
                    store.remove_pages(source, &old)?;
                }
                pages.extend(new);
            }
            Outcome::Foreign => {}
            Outcome::Same(path, modified) => {
                reading.unchanged += 1;
                touched.push((path, modified));
            }
            Outcome::Failed(path, why) => reading.failures.push((path, why)),
        }
        if pages.len() >= PAGES_PER_TRANSACTION {
            store.keep_pages(source, &pages)?;
            pages.clear();
        }
    }
    if !pages.is_empty() {
        store.keep_pages(source, &pages)?;
    }
    if !touched.is_empty() {
        store.touch_pages(source, &touched)?;
    }
    Ok(())
}

fn read_file(file: &Found, known: Option<&FileStamp>) -> Outcome {
    let failed = |why: String| Outcome::Failed(file.path.clone(), why);
    let bytes = match std::fs::read(&file.file) {
        Ok(bytes) if bytes.len() as u64 > source::FILE_BYTES_MAX => {
            return failed("grew too large while it was read".to_owned());
        }
        Ok(bytes) => bytes,
        Err(error) => return failed(error.to_string()),
    };
    let stamp = FileStamp {
        bytes: file.bytes,
        modified: file.modified,
        hash: *blake3::hash(&bytes).as_bytes(),
    };
    if known.is_some_and(|known| known.hash == stamp.hash) {
        return Outcome::Same(file.path.clone(), file.modified);
    }
    match pages_of(&file.path, &bytes, file.alone) {
        Ok(read) => Outcome::Pages(new_pages(&file.path, &stamp, read)),
        Err(Unread::Broken(why)) => failed(why),
        Err(Unread::Foreign) => Outcome::Foreign,
    }
}

/// Reads a file as its format does. One that a person named alone is at least text.
fn pages_of(path: &str, bytes: &[u8], alone: bool) -> Result<Pages, Unread> {
    let format = format::of_file(path, || format::head_of(bytes)).unwrap_or(format::FALLBACK);
    match format.read(bytes) {
        Err(Unread::Foreign) if alone => format::FALLBACK.read(bytes),
        read => read,
    }
}

/// Makes the pages of the file at `path`: those below it first, for a file counts as read when its own page is stored.
pub(super) fn new_pages(path: &str, stamp: &FileStamp, read: Pages) -> Vec<NewPage> {
    let mut pages: Vec<NewPage> = read
        .below
        .into_iter()
        .map(|(below, document)| page(&format!("{path}/{below}"), stamp.clone(), document))
        .collect();
    pages.push(NewPage {
        skipped: read.skipped,
        ..page(path, stamp.clone(), read.first)
    });
    pages
}

/// Makes the page at `path` of `document`.
pub(crate) fn page(path: &str, stamp: FileStamp, document: Document) -> NewPage {
    let file = path.rsplit('/').next().unwrap_or(path);
    let Cut {
        title,
        outline,
        sections,
    } = section::cut(&document, file.split('.').next().unwrap_or(file));
    NewPage {
        path: path.to_owned(),
        title,
        kind: document
            .kind
            .unwrap_or_else(|| Kind::of_path(path))
            .name()
            .to_owned(),
        stamp,
        outline: serde_json::to_string(&outline).unwrap_or_default(),
        text: document.text,
        sections,
        url: document.url,
        file_lines: document.file_lines,
        skipped: Vec::new(),
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
pub fn in_memory<'a>(
    name: &str,
    pages: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> Result<(Store, Index), LookupError> {
    let read = pages.into_iter().flat_map(|(path, text)| {
        let read = format::read_text(path, text).unwrap_or_default();
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
    index.update(&store, &mut |_, _| {})?;
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

/// Removes the source called `name` and returns what it was.
pub fn remove(
    store: &Store,
    index: &Index,
    name: &str,
) -> Result<(SourceRow, SourceSize), LookupError> {
    let source = named(store, name)?;
    let size = store.source_size(source.id)?;
    store.remove_source(source.id)?;
    index.update(store, &mut |_, _| {})?;
    Ok((source, size))
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
    Err(LookupError::UnknownSource {
        name: name.to_owned(),
        known: sources.into_iter().map(|source| source.name).collect(),
    })
}
