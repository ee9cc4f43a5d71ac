//! From the files of a source to pages in the store: what did not change is left as it is, the rest is read by several
//! threads, and what is gone goes away. The first pages of a large source are searchable before the last are read.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::time::{Duration, Instant};

use super::beside;
use super::error::LookupError;
use super::format::{self, Beside, Pages, Unread};
use super::index::Index;
use super::library::{self, PAGES_PER_TRANSACTION, Progress, Reading};
use super::packing::Room;
use super::source::{Content, FILE_BYTES_MAX, Found, Holding, too_large};
use crate::store::Store;
use crate::store::documents::{FileStamp, NewPage};

/// Threads that read and cut files.
const READING_THREADS: usize = 2;
/// Files that wait between their source and those threads, so that memory stays bounded.
const FILES_WAITING: usize = 8;
/// Pages that wait between those threads and the store.
const PAGES_WAITING: usize = 32;
/// Bytes from which a file is large: of such files one is on its way at a time, for while it is read it takes some ten times as much.
const LARGE_BYTES: usize = 2 << 20;
/// Bytes of text from which pages that wait are stored, however few they are.
const WAITING_BYTES: usize = 8 << 20;
/// Reading that takes longer makes searchable what it has while the rest is read, from so many sections on. What is read before
/// comes into the index in one piece, which is smaller than two and looked through faster.
const READING_SHORT: Duration = Duration::from_secs(2);
const SECTIONS_FIRST: usize = 1_000;
/// And again when there are so many times as many: each time the index looks at what is new only, but has one more piece.
const SECTIONS_FACTOR: usize = 8;

/// A file that was read.
struct Done {
    was_known: bool,
    is_large: bool,
    outcome: Outcome,
}

/// What became of one file.
enum Outcome {
    /// Some of the pages below the file at this path; more follow.
    Part(String, Vec<NewPage>),
    /// Its pages, or the last of them, the one at its own path behind the others.
    Pages(Vec<NewPage>),
    Same(String, i64),
    /// It is no documentation.
    Foreign(String),
    Failed(String, String),
}

/// A file to be read, and what it holds.
type Taken = (Found, Result<Content, String>);

/// Pages on their way into the store and the index.
struct Batch<'a> {
    store: &'a Store,
    index: &'a Index,
    source: i64,
    /// Read, and not yet stored.
    pages: Vec<NewPage>,
    /// Bytes of their texts.
    bytes: usize,
    /// Sections stored.
    sections: usize,
    /// Sections from which on the index is brought up to date again.
    wanted: usize,
    /// When reading is no longer a short one.
    long_from: Instant,
}

impl<'a> Batch<'a> {
    fn new((store, index): (&'a Store, &'a Index), source: i64) -> Self {
        Self {
            store,
            index,
            source,
            pages: Vec::new(),
            bytes: 0,
            sections: 0,
            wanted: SECTIONS_FIRST,
            long_from: Instant::now() + READING_SHORT,
        }
    }

    fn add(&mut self, pages: Vec<NewPage>) {
        self.bytes += pages.iter().map(|page| page.text.len()).sum::<usize>();
        self.pages.extend(pages);
    }

    fn is_full(&self) -> bool {
        self.pages.len() >= PAGES_PER_TRANSACTION || self.bytes >= WAITING_BYTES
    }

    /// Stores the pages that wait.
    fn keep(&mut self) -> Result<(), LookupError> {
        self.store.keep_pages(self.source, &self.pages)?;
        let sections = self.pages.iter().map(|page| page.sections.len());
        self.sections += sections.sum::<usize>();
        self.pages.clear();
        self.bytes = 0;
        Ok(())
    }

    /// Makes searchable what is stored, if that is many times what was.
    fn show(&mut self, progress: &dyn Fn(Progress)) -> Result<(), LookupError> {
        if self.sections >= self.wanted && Instant::now() >= self.long_from {
            // How far the reading is says more than how far this part of it is in the index.
            self.index.update(self.store, &|at| {
                if at == Progress::Waiting {
                    progress(at);
                }
            })?;
            self.wanted = self.sections.saturating_mul(SECTIONS_FACTOR);
        }
        Ok(())
    }
}

/// Reads `files` of `holding` into the source numbered `source`, and takes away what is no longer there.
pub(super) fn read(
    (store, index): (&Store, &Index),
    source: i64,
    (mut holding, files): (Box<dyn Holding>, Vec<Found>),
    reading: &mut Reading,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<(), LookupError> {
    let mut known: HashMap<String, FileStamp> = store.page_stamps(source)?.into_iter().collect();
    let parts = parts_of(&files, &mut known);
    let all = files.len() as u64;
    let (wanted, stamps) = may_have_changed(files, &mut known, reading);
    let (files_out, files_in) = mpsc::sync_channel(FILES_WAITING);
    let (turn_out, turn) = mpsc::sync_channel(1);
    turn_out.try_send(()).ok();
    let (outcomes_out, outcomes) = mpsc::sync_channel(PAGES_WAITING);
    // The threads alone hold its end: when they are gone, whoever reads files sees that nobody takes them.
    let files_in = Arc::new(Mutex::new(files_in));
    let keeping = Keeping {
        batch: Batch::new((store, index), source),
        parts,
        touched: Vec::new(),
        turn: turn_out,
        reading,
    };
    let ended = std::thread::scope(|scope| {
        let reader = scope.spawn(move || give(holding.as_mut(), wanted, &files_out, &turn));
        for _ in 0..READING_THREADS {
            let outcomes_out = outcomes_out.clone();
            let (files_in, stamps) = (Arc::clone(&files_in), &stamps);
            scope.spawn(move || read_files(&files_in, stamps, &outcomes_out));
        }
        drop((outcomes_out, files_in));
        let kept = keeping.keep_all(outcomes, all, progress);
        kept.map(|()| reader.join().unwrap_or_else(|_| Err("failed".to_owned())))
    })?;
    if let Err(why) = ended {
        reading.failures.push((String::new(), why));
    }
    // A file that cannot be read now is not gone: its page stays as it was.
    let is_unread = |path: &String| {
        let mut failures = reading.failures.iter();
        failures.any(|(failed, _)| is_below(path, failed))
    };
    let gone: Vec<String> = known.into_keys().filter(|path| !is_unread(path)).collect();
    if !gone.is_empty() {
        reading.removed += gone.len() as u64;
        store.remove_pages(source, &gone)?;
    }
    Ok(())
}

/// Returns the files that are not as they were when they were stamped, and the stamps of those that are known; takes all of them
/// out of `known`.
fn may_have_changed(
    files: Vec<Found>,
    known: &mut HashMap<String, FileStamp>,
    reading: &mut Reading,
) -> (Vec<Found>, HashMap<String, FileStamp>) {
    let mut wanted: Vec<Found> = Vec::new();
    let mut stamps: HashMap<String, FileStamp> = HashMap::new();
    for file in files {
        let is_same =
            |stamp: &FileStamp| stamp.bytes == file.bytes && Some(stamp.modified) == file.modified;
        match known.remove(&file.path) {
            Some(stamp) if is_same(&stamp) => reading.unchanged += 1,
            Some(stamp) => {
                stamps.insert(file.path.clone(), stamp);
                wanted.push(file);
            }
            None => wanted.push(file),
        }
    }
    (wanted, stamps)
}

/// Reads files as they come, until there are no more or nobody takes what becomes of them.
fn read_files(
    files: &Mutex<mpsc::Receiver<Taken>>,
    stamps: &HashMap<String, FileStamp>,
    out: &mpsc::SyncSender<Done>,
) {
    loop {
        let next = files.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok((file, content)) = next else { return };
        let stamp = stamps.get(&file.path);
        let (was_known, is_large) = (stamp.is_some(), is_large(&content));
        let all_taken = outcomes_of(file, content, stamp, &mut |outcome| {
            let done = Done {
                was_known,
                is_large,
                outcome,
            };
            out.send(done).is_ok()
        });
        if !all_taken {
            return;
        }
    }
}

fn is_large(content: &Result<Content, String>) -> bool {
    let bytes = content.as_ref().map_or(0, |content| content.bytes.len());
    bytes > LARGE_BYTES
}

/// Gives the files that are `wanted` of `holding` to whoever reads them; those that others belong to come last, with these,
/// and a large one when its `turn` has come.
fn give(
    holding: &mut dyn Holding,
    wanted: Vec<Found>,
    out: &mpsc::SyncSender<Taken>,
    turn: &mpsc::Receiver<()>,
) -> Result<(), String> {
    let mut refer: Vec<Found> = Vec::new();
    let mut room = Room::default();
    let ended = holding.read(wanted, &mut |file, content| {
        let content = content.and_then(|mut content| {
            content.bytes = room.unpacked(content.bytes, FILE_BYTES_MAX)?;
            Ok(content)
        });
        let refers = |content: &Content| beside::references(&file.path, &content.bytes).is_some();
        if content.as_ref().is_ok_and(refers) {
            refer.push(file);
            return true;
        }
        if is_large(&content) && turn.recv().is_err() {
            return false;
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
) -> HashMap<String, HashSet<String>> {
    let files: HashSet<&str> = files.iter().map(|file| file.path.as_str()).collect();
    let mut parts: HashMap<String, HashSet<String>> = HashMap::new();
    known.retain(|path, _| {
        if files.contains(path.as_str()) {
            return true;
        }
        match library::holder_of(path, |above| files.contains(above)) {
            Some(file) => {
                parts
                    .entry(file.to_owned())
                    .or_default()
                    .insert(path.clone());
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

/// What is made of what becomes of the files of a source.
struct Keeping<'a> {
    batch: Batch<'a>,
    /// Pages of before below each file, which go unless they come again.
    parts: HashMap<String, HashSet<String>>,
    /// Files that are as they were, with the time at which they were written again.
    touched: Vec<(String, i64)>,
    /// Lets the next large file come.
    turn: mpsc::SyncSender<()>,
    reading: &'a mut Reading,
}

impl Keeping<'_> {
    /// Keeps what becomes of all files, as it comes.
    fn keep_all(
        mut self,
        outcomes: mpsc::Receiver<Done>,
        all: u64,
        progress: &(dyn Fn(Progress) + Sync),
    ) -> Result<(), LookupError> {
        let mut done = self.reading.unchanged;
        for Done {
            was_known,
            is_large,
            outcome,
        } in outcomes
        {
            let is_part = matches!(outcome, Outcome::Part(..));
            if !is_part {
                done += 1;
                progress(Progress::Reading(done, all));
            }
            self.take(outcome, was_known)?;
            if self.batch.is_full() {
                self.batch.keep()?;
                self.batch.show(progress)?;
            }
            if is_large && !is_part {
                self.turn.try_send(()).ok();
            }
        }
        if !self.batch.pages.is_empty() {
            self.batch.keep()?;
        }
        if !self.touched.is_empty() {
            let Batch { store, source, .. } = self.batch;
            store.touch_pages(source, &self.touched)?;
        }
        Ok(())
    }

    fn take(&mut self, outcome: Outcome, was_known: bool) -> Result<(), LookupError> {
        match outcome {
            Outcome::Part(file, new) => {
                self.stay(&file, &new);
                self.batch.add(new);
            }
            Outcome::Pages(new) => {
                if let Some(own) = new.last() {
                    self.reading.bytes += own.stamp.bytes;
                    if was_known {
                        self.reading.changed += 1;
                    } else {
                        self.reading.added += 1;
                    }
                    self.stay(&own.path, &new);
                    let old = self.parts.remove(&own.path).unwrap_or_default();
                    if !old.is_empty() {
                        // Before the file counts as read: whoever is killed in between reads it again.
                        let Batch { store, source, .. } = self.batch;
                        store.remove_pages(source, &Vec::from_iter(old))?;
                    }
                }
                self.batch.add(new);
            }
            Outcome::Foreign(path) => {
                // What it was when it was documentation is no longer there.
                let mut old = self.parts.remove(&path).unwrap_or_default();
                old.extend(Some(path).filter(|_| was_known));
                if !old.is_empty() {
                    self.reading.removed += old.len() as u64;
                    let Batch { store, source, .. } = self.batch;
                    store.remove_pages(source, &Vec::from_iter(old))?;
                }
            }
            Outcome::Same(path, modified) => {
                self.reading.unchanged += 1;
                self.touched.push((path, modified));
            }
            Outcome::Failed(path, why) => self.reading.failures.push((path, why)),
        }
        Ok(())
    }

    /// Notes that the pages `new` below `file` are there still.
    fn stay(&mut self, file: &str, new: &[NewPage]) {
        if let Some(old) = self.parts.get_mut(file) {
            for page in new {
                old.remove(&page.path);
            }
        }
    }
}

/// Gives what becomes of `file` to `take`, until that returns false: of many pages some at a time, so that never all of them wait.
fn outcomes_of(
    file: Found,
    content: Result<Content, String>,
    known: Option<&FileStamp>,
    take: &mut dyn FnMut(Outcome) -> bool,
) -> bool {
    let Content { bytes, beside } = match content {
        Ok(content) => content,
        Err(why) => return take(Outcome::Failed(file.path, why)),
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
        return take(Outcome::Same(file.path, stamp.modified));
    }
    let read = match pages_of(&file.path, &bytes, &beside, file.alone) {
        Ok(read) => read,
        Err(Unread::Broken(why)) => return take(Outcome::Failed(file.path, why)),
        Err(Unread::Foreign) => return take(Outcome::Foreign(file.path)),
    };
    drop((bytes, beside));
    let mut pages = library::new_pages(&file.path, stamp, read).peekable();
    loop {
        let part: Vec<NewPage> = pages.by_ref().take(PAGES_PER_TRANSACTION).collect();
        if pages.peek().is_none() {
            return take(Outcome::Pages(part));
        }
        if !take(Outcome::Part(file.path.clone(), part)) {
            return false;
        }
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
        format::read_file(format, bytes, beside)
    });
    match read {
        Err(Unread::Foreign) if alone && bytes.len() as u64 > FILE_BYTES_MAX => {
            Err(Unread::Broken(too_large(FILE_BYTES_MAX)))
        }
        Err(Unread::Foreign) if alone => format::read_file(format::FALLBACK, bytes, beside),
        read => read,
    }
}

#[cfg(test)]
mod tests {
    use std::fs::File;

    use super::*;

    #[test]
    fn many_pages_of_a_file_come_and_go_some_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("ship.graphql");
        let kind = |number: usize| format!("\"A rope\" type Rope{number} {{ a: Int b: Int }}\n");
        let (store, index) = (Store::in_memory().unwrap(), Index::in_memory());
        let place = library::Place {
            name: "ship".to_owned(),
            location: file.clone(),
            max_documents: None,
            choice: None,
        };
        let below = 3 * PAGES_PER_TRANSACTION;
        for (kinds, changed) in [(0..below, 0), (9..below - 9, 1)] {
            let pages = kinds.len() as u64 + 1;
            std::fs::write(&file, kinds.map(kind).collect::<String>()).unwrap();
            let reading = library::add(&store, &index, &place, 0, &|_| {}).unwrap();
            let source = store.sources().unwrap().remove(0).id;
            assert_eq!(store.source_size(source).unwrap().pages, pages);
            assert_eq!((reading.added, reading.changed), (1 - changed, changed));
        }
        let found = Found {
            path: "ship.graphql".to_owned(),
            place: 0,
            bytes: 0,
            modified: None,
            alone: true,
        };
        let mut counts = Vec::new();
        let content = Ok(std::fs::read(&file).unwrap().into());
        assert!(outcomes_of(found, content, None, &mut |outcome| {
            let (Outcome::Part(_, pages) | Outcome::Pages(pages)) = outcome else {
                return false;
            };
            counts.push((pages.len(), pages.last().unwrap().path == "ship.graphql"));
            true
        }));
        let part = (PAGES_PER_TRANSACTION, false);
        assert_eq!(counts, [part, part, (PAGES_PER_TRANSACTION - 17, true)]);
    }

    #[test]
    fn what_a_file_said_goes_when_it_is_no_documentation_any_more() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| {
            std::fs::write(folder.path().join(name), text).unwrap();
        };
        let (store, index) = (Store::in_memory().unwrap(), Index::in_memory());
        let place = library::Place {
            name: "ship".to_owned(),
            location: folder.path().to_owned(),
            max_documents: None,
            choice: None,
        };
        let add = || library::add(&store, &index, &place, 0, &|_| {}).unwrap();
        let paths = || -> Vec<String> {
            let stamps = store.page_stamps(1).unwrap().into_iter();
            stamps.map(|(path, _)| path).collect()
        };
        write("guide.md", "# Anchor\n\nDrop it.\n");
        write(
            "api.json",
            r#"{"openapi": "3.0.0", "info": {"title": "Ships"}, "paths": {"/ships": {"get": {"summary": "List"}}}}"#,
        );
        add();
        let before = paths().len() as u64;
        assert!(before > 2, "{:?}", paths());
        write("api.json", r#"{"ships": [1, 2, 3]}"#);
        assert_eq!(add().removed, before - 1);
        assert_eq!(paths(), ["guide.md"]);
        assert_eq!(add().removed, 0);
    }

    #[test]
    fn the_first_sections_are_searchable_before_the_last_are_read() {
        let folder = tempfile::tempdir().unwrap();
        let (store, index) = (
            Store::open(folder.path()).unwrap(),
            Index::at(folder.path()),
        );
        let section = "## Rope\n\n".to_owned() + &"Coil the rope and stow it. ".repeat(20);
        let page = |number: usize| {
            let text = format!(
                "# Page {number}\n\n{}\n",
                format!("{section}\n\n").repeat(50)
            );
            library::page_of_text(&format!("{number}.md"), &text)
        };
        let source = store.keep_source("ship", "/ship").unwrap();
        let mut batch = Batch {
            pages: vec![page(0)],
            long_from: Instant::now(),
            ..Batch::new((&store, &index), source)
        };
        let shown = || {
            // Whoever cannot bring the index up to date sees it as it was left.
            let lock = File::create(folder.path().join("index/lock")).unwrap();
            lock.lock().unwrap();
            let view = Index::at(folder.path()).view(&store);
            view.map_or(0, |view| view.searcher.num_docs())
        };
        std::fs::create_dir_all(folder.path().join("index")).unwrap();
        batch.keep().unwrap();
        batch.show(&|_| {}).unwrap();
        assert_eq!((batch.sections < SECTIONS_FIRST, shown()), (true, 0));
        batch.pages = (1..30).map(page).collect();
        batch.keep().unwrap();
        batch.show(&|_| {}).unwrap();
        let first = batch.sections as u64;
        assert_eq!((first >= SECTIONS_FIRST as u64, shown()), (true, first));
        batch.pages = vec![page(30)];
        batch.keep().unwrap();
        batch.show(&|_| {}).unwrap();
        assert_eq!(shown(), first);
        (batch.wanted, batch.long_from) = (0, Instant::now() + Duration::from_secs(3_600));
        batch.show(&|_| {}).unwrap();
        assert_eq!(shown(), first, "while it may still be a short reading");
    }
}
