//! From the files of a source to pages in the store: what did not change is left as it is, the rest is read by several
//! threads, and what is gone goes away.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError, mpsc};

use super::beside;
use super::error::LookupError;
use super::format::{self, Beside, Pages, Unread};
use super::library::{self, PAGES_PER_TRANSACTION, Progress, Reading};
use super::source::{Content, Found, Holding};
use crate::store::Store;
use crate::store::documents::{FileStamp, NewPage};

/// Threads that read and cut files.
const READERS: usize = 2;
/// Files that wait between their source and those threads, so that memory stays bounded.
const FILES_WAITING: usize = 8;
/// Pages that wait between those threads and the store.
const PAGES_WAITING: usize = 32;

/// What became of one file.
enum Outcome {
    /// Its pages, the one at its own path last.
    Pages(Vec<NewPage>),
    Same(String, i64),
    /// It is no documentation.
    Foreign,
    Failed(String, String),
}

/// Reads `files` of `holding` into the source numbered `source`, and takes away what is no longer there.
pub(super) fn read(
    store: &Store,
    source: i64,
    (mut holding, files): (Box<dyn Holding>, Vec<Found>),
    reading: &mut Reading,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<(), LookupError> {
    let mut known: HashMap<String, FileStamp> = store.page_stamps(source)?.into_iter().collect();
    let mut parts = parts_of(&files, &mut known);
    let all = files.len() as u64;
    let mut wanted: Vec<Found> = Vec::new();
    let mut hashes: HashMap<String, FileStamp> = HashMap::new();
    for file in files {
        let stamp = known.remove(&file.path);
        let is_same =
            |stamp: &FileStamp| stamp.bytes == file.bytes && Some(stamp.modified) == file.modified;
        match stamp {
            Some(stamp) if is_same(&stamp) => reading.unchanged += 1,
            Some(stamp) => {
                hashes.insert(file.path.clone(), stamp);
                wanted.push(file);
            }
            None => wanted.push(file),
        }
    }
    let (files_out, files_in) = mpsc::sync_channel(FILES_WAITING);
    let (outcomes_out, outcomes) = mpsc::sync_channel(PAGES_WAITING);
    // The threads alone hold its end: when they are gone, whoever reads files sees that nobody takes them.
    let files_in = Arc::new(Mutex::new(files_in));
    let ended = std::thread::scope(|scope| {
        let reader = scope.spawn(move || give(holding.as_mut(), wanted, &files_out));
        for _ in 0..READERS {
            let outcomes_out = outcomes_out.clone();
            let (files_in, hashes) = (Arc::clone(&files_in), &hashes);
            scope.spawn(move || {
                loop {
                    let next = files_in
                        .lock()
                        .unwrap_or_else(PoisonError::into_inner)
                        .recv();
                    let Ok((file, content)) = next else { return };
                    let stamp = hashes.get(&file.path);
                    let outcome = outcome_of(file, content, stamp);
                    if outcomes_out.send((stamp.is_some(), outcome)).is_err() {
                        return;
                    }
                }
            });
        }
        drop((outcomes_out, files_in));
        let stored = store_outcomes(store, source, outcomes, &mut parts, all, reading, progress);
        stored.map(|()| reader.join().unwrap_or_else(|_| Err("failed".to_owned())))
    })?;
    if let Err(why) = ended {
        reading.failures.push((String::new(), why));
    }
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

/// Gives the files that are `wanted` of `holding` to whoever reads them; those that others belong to come last, with these.
fn give(
    holding: &mut dyn Holding,
    wanted: Vec<Found>,
    out: &mpsc::SyncSender<(Found, Result<Content, String>)>,
) -> Result<(), String> {
    let mut refer: Vec<Found> = Vec::new();
    let ended = holding.read(wanted, &mut |file, content| {
        let refers = |content: &Content| beside::references(&file.path, &content.bytes).is_some();
        if content.as_ref().is_ok_and(refers) {
            refer.push(file);
            return true;
        }
        out.send((file, content)).is_ok()
    });
    for file in refer {
        let content = beside::gathered(holding, &file);
        if out.send((file, content)).is_err() {
            break;
        }
    }
    ended
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
    outcomes: mpsc::Receiver<(bool, Outcome)>,
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

fn outcome_of(file: Found, content: Result<Content, String>, known: Option<&FileStamp>) -> Outcome {
    let Content { bytes, beside } = match content {
        Ok(content) => content,
        Err(why) => return Outcome::Failed(file.path, why),
    };
    let stamp = FileStamp {
        bytes: file.bytes,
        modified: match file.modified {
            // Its own time does not tell whether another file changed.
            Some(_) if !beside.files.is_empty() => NEVER,
            modified => modified.unwrap_or_default(),
        },
        hash: hash_of(&bytes, &beside),
    };
    if known.is_some_and(|known| known.hash == stamp.hash) {
        return Outcome::Same(file.path, stamp.modified);
    }
    match pages_of(&file.path, &bytes, &beside, file.alone) {
        Ok(read) => Outcome::Pages(library::new_pages(&file.path, &stamp, read)),
        Err(Unread::Broken(why)) => Outcome::Failed(file.path, why),
        Err(Unread::Foreign) => Outcome::Foreign,
    }
}

/// A time that no file has: one that is kept with it is always looked at again.
const NEVER: i64 = -1;

/// Returns the hash of a file, and of what lies beside it.
fn hash_of(bytes: &[u8], beside: &Beside) -> [u8; 32] {
    let names = beside.names.iter();
    let names = names.map(|name| (name.fragment.as_str(), name.name.as_bytes()));
    let files = beside.files.iter();
    let files = files.map(|(path, bytes)| (path.as_str(), bytes.as_slice()));
    let mut hash = blake3::Hasher::new();
    hash.update(bytes);
    for (name, part) in names.chain(files) {
        hash.update(&[0]).update(name.as_bytes());
        hash.update(&[0]).update(part);
    }
    *hash.finalize().as_bytes()
}

/// Reads a file as its format does. One that a person named alone is at least text.
fn pages_of(path: &str, bytes: &[u8], beside: &Beside, alone: bool) -> Result<Pages, Unread> {
    let format = format::of_file(path, || format::head_of(bytes));
    let read = format.map_or(Err(Unread::Foreign), |format| {
        format.read_beside(bytes, beside)
    });
    match read {
        Err(Unread::Foreign) if alone => format::FALLBACK.read(bytes),
        read => read,
    }
}
