//! The full-text index: derived from the store, brought up to date by generation, rebuilt when lost.
//!
//! The index lives in a numbered directory. Its last commit carries the generation of the store that it mirrors; what
//! is newer in the store is added, what vanished is taken out, in one commit. An index that does not open is left alone
//! and a new one is built under the next number; only when that one is whole are lower numbers removed. The vectors of
//! the sections lie in the same directory and follow the same generations ([`vectors`]); what a sentence model makes of
//! them lies beside it ([`meanings`], [`tier`]).

mod british;
mod columns;
mod defined;
mod lock;
pub(crate) mod meanings;
mod mirror;
mod output;
mod reading;
pub(crate) mod spelled;
mod tier;
mod tokenizer;
pub(crate) mod vectors;
mod view;
pub(crate) mod words;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tantivy::directory::MmapDirectory;
use tantivy::schema::{
    FAST, Field, INDEXED, IndexRecordOption, Schema, TextFieldIndexing, TextOptions,
};
use tantivy::store::Compressor;
use tantivy::{IndexReader, IndexSettings, ReloadPolicy};

pub(crate) use self::columns::{Columns, Entry};
use self::lock::{Promise, WriteLock};
use self::mirror::{bring_up_to_date, brought_up_to_date};
use self::reading::{Access, Reading};
pub(crate) use self::tier::Modelled;
use self::tier::Tier;
pub(crate) use self::tokenizer::Prose;
use self::tokenizer::{FORMS, PROSE, SPELLINGS};
use self::vectors::Vectors;
pub(crate) use self::view::{View, postings, reaches};
use super::error::LookupError;
use super::library::Progress;
use crate::store::documents::Generation;
use crate::store::{Condition, Store};

/// Raised whenever schema or words change: an index of another format is rebuilt.
const FORMAT: u32 = 11;

/// Sections that an index may lack and is brought up to date with by who searches, though another process will do it: that takes a
/// tenth of a second. More are left to that process, for an answer from what is there is better than one that is waited for.
const LACKED_MAX: u64 = 2_000;

/// Where an index lives; opened when first searched.
pub struct Index {
    /// Directory of the numbered directories; `None` for an index in memory.
    directory: Option<PathBuf>,
    opened: Mutex<Option<Opened>>,
    tier: Arc<Tier>,
}

/// The fields of the schema.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fields {
    pub(crate) page: Field,
    pub(crate) ordinal: Field,
    pub(crate) part: Field,
    pub(crate) tokens: Field,
    pub(crate) source: Field,
    pub(crate) kind: Field,
    pub(crate) action: Field,
    pub(crate) names: Field,
    pub(crate) title: Field,
    pub(crate) title_forms: Field,
    pub(crate) headings: Field,
    pub(crate) path: Field,
    pub(crate) body: Field,
    pub(crate) symbol: Field,
    pub(crate) symbol_spellings: Field,
}

struct Opened {
    /// As it is searched.
    index: tantivy::Index,
    reader: IndexReader,
    fields: Fields,
    prose: Prose,
    /// Open columns, and the generation of the searcher that they are of.
    columns: Option<(u64, Arc<[Columns]>)>,
    /// What the last commit mirrors; `None` for an index just made.
    generation: Option<Generation>,
    /// The vectors of the same sections, or of an earlier state; `None` if there are none that can be used.
    vectors: Option<Vectors>,
    directory: Option<PathBuf>,
}

/// Says that the index is an older one, because of `error`.
fn unsearchable(error: &LookupError) -> String {
    format!(
        "what was read in last is not searchable yet: {error}\nhint: {}",
        error.hint()
    )
}

impl Index {
    /// Names the index under `data_dir`; touches no disk.
    pub fn at(data_dir: &Path) -> Self {
        Self {
            directory: Some(data_dir.join("index")),
            opened: Mutex::new(None),
            tier: Arc::default(),
        }
    }

    /// Makes an index that lives and dies with the process.
    pub fn in_memory() -> Self {
        Self {
            directory: None,
            opened: Mutex::new(None),
            tier: Arc::default(),
        }
    }

    /// Returns the directory to use with `store`: a store that will not last gets an index that will not either.
    fn directory(&self, store: &Store) -> Option<&Path> {
        let lasts = store.condition() == Condition::Durable;
        self.directory.as_deref().filter(|_| lasts)
    }

    fn opened(&self) -> MutexGuard<'_, Option<Opened>> {
        self.opened.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Promises that this process brings the index up to date with what it reads into `store`: until the promise is dropped, others
    /// search what is there.
    pub(crate) fn promise(&self, store: &Store) -> Promise {
        Promise::given(self.directory(store))
    }

    /// Returns a view that mirrors `store`. While another process brings the index up to date, the view is the older one.
    pub(crate) fn view(&self, store: &Store) -> Result<View, LookupError> {
        let wanted = store.document_generation()?;
        let directory = self.directory(store);
        let mut opened = self.opened();
        if !mirrors(opened.as_ref(), &wanted) {
            *opened = match (&self.directory, store.condition()) {
                // It is of no use where it lacks anything, for nobody adds to it.
                (Some(directory), Condition::ReadOnly { .. }) => {
                    still(directory, &wanted).or_else(|| reopened(None, opened.take()))
                }
                _ => reopened(directory, opened.take()),
            };
        }
        let mut behind = None;
        if !mirrors(opened.as_ref(), &wanted)
            && !is_left_to_another(directory, opened.as_ref(), store, &wanted)?
        {
            let brought = brought_up_to_date(directory, &mut opened, store);
            if !matches!(brought, Ok(true)) {
                // Older is good enough for now, but not what another store held.
                *opened = opened.take().filter(|opened| {
                    let held = opened.generation.as_ref();
                    held.is_some_and(|held| held.lineage == wanted.lineage)
                });
            }
            match brought {
                Err(error) if opened.is_none() => return Err(error),
                Err(error) => behind = Some(unsearchable(&error)),
                Ok(_) => {}
            }
        }
        let (modelled, notice) = self.modelled(store, &wanted);
        let notice = behind.or(notice);
        let opened = opened.as_mut().ok_or(LookupError::Busy)?;
        Ok(View {
            modelled,
            notice,
            ..opened.view()?
        })
    }

    /// Brings the index up to date with `store`, waiting for another process that does so; `progress` hears of both. Meanwhile
    /// this process searches what it has open, for the files are opened once more to be written.
    pub(crate) fn update(
        &self,
        store: &Store,
        progress: &dyn Fn(Progress),
    ) -> Result<(), LookupError> {
        let directory = self.directory(store);
        let _lock = WriteLock::take(directory, &|| progress(Progress::Waiting))?;
        let mut progress = |done, all| progress(Progress::Indexing(done, all));
        if directory.is_none() {
            // There is one in memory, and it is as it was left.
            let mut opened = self.opened();
            *opened = reopened(None, opened.take());
            return bring_up_to_date(None, &mut opened, store, &mut progress);
        }
        let mut beside = reopened(directory, None);
        let brought = bring_up_to_date(directory, &mut beside, store, &mut progress);
        *self.opened() = beside;
        brought
    }

    /// Builds a new index in place of one that opens but fails when it is searched.
    pub(crate) fn rebuild(&self, store: &Store) -> Result<(), LookupError> {
        let directory = self.directory(store);
        let mut opened = self.opened();
        let _lock = WriteLock::take(directory, &|| {})?;
        *opened = None;
        bring_up_to_date(directory, &mut opened, store, &mut |_, _| {})
    }
}

impl Opened {
    /// Opens the index to be written: one on disk with all its files mapped.
    fn to_write(&self) -> Result<tantivy::Index, LookupError> {
        let Some(path) = &self.directory else {
            return Ok(self.index.clone());
        };
        let place = MmapDirectory::open(path).map_err(tantivy::TantivyError::from)?;
        let index = tantivy::Index::open(place)?;
        with_words(&index);
        Ok(index)
    }

    fn view(&mut self) -> Result<View, LookupError> {
        let searcher = self.reader.searcher();
        let generation = searcher.generation().generation_id();
        let columns = match self.columns.take() {
            Some((of, columns)) if of == generation => columns,
            _ => Columns::of_all(&searcher)?,
        };
        self.columns = Some((generation, Arc::clone(&columns)));
        Ok(View {
            searcher,
            fields: self.fields,
            prose: self.prose.clone(),
            columns,
            vectors: self.vectors.clone(),
            modelled: None,
            notice: None,
        })
    }
}

/// Tells whether an index is there and mirrors `wanted`, and so do its vectors.
fn mirrors(opened: Option<&Opened>, wanted: &Generation) -> bool {
    opened.is_some_and(|opened| {
        let vectors = opened.vectors.as_ref().map(Vectors::generation);
        opened.generation.as_ref() == Some(wanted) && vectors.as_ref() == Some(wanted)
    })
}

/// Tells whether another process promised to bring the index up to date, one lacks much, and something of the same store is there.
fn is_left_to_another(
    directory: Option<&Path>,
    opened: Option<&Opened>,
    store: &Store,
    wanted: &Generation,
) -> Result<bool, LookupError> {
    let held = opened.and_then(|opened| opened.generation.as_ref());
    let Some(held) = held.filter(|held| held.lineage == wanted.lineage) else {
        return Ok(false);
    };
    let lacks_much = || store.has_sections_between(held.number, wanted.number, LACKED_MAX);
    Ok(Promise::is_given(directory) && lacks_much()?)
}

/// Looks again at what is on disk; an index in memory is as it was left.
fn reopened(directory: Option<&Path>, opened: Option<Opened>) -> Option<Opened> {
    let Some(directory) = directory else {
        return opened.filter(|opened| opened.directory.is_none());
    };
    let all = numbered(directory);
    if let Some(mut opened) = opened
        && opened.directory.as_ref() == all.last()
        // Asked first: a commit in between may make the reader newer than it says, never older.
        && let Some(generation) = generation_of(&opened.index)
        && opened.reader.reload().is_ok()
    {
        opened.generation = Some(generation);
        opened.vectors = opened.directory.as_deref().and_then(Vectors::open);
        return Some(opened);
    }
    all.iter().rev().find_map(|path| open(path, Access::Shared))
}

/// Opens the index under `directory` that mirrors `wanted`, where nothing can be written.
fn still(directory: &Path, wanted: &Generation) -> Option<Opened> {
    let all = numbered(directory);
    let mut opened = all.iter().rev().find_map(|path| open(path, Access::Still));
    opened.take_if(|opened| mirrors(Some(opened), wanted))
}

/// Returns the directories of this format under `directory`, lowest number first.
fn numbered(directory: &Path) -> Vec<PathBuf> {
    let all = formats_and_paths(directory);
    let of_this = all.into_iter().filter(|(format, _)| *format == FORMAT);
    of_this.map(|(_, path)| path).collect()
}

/// Returns the directories with an index under `directory`, each with its format, in order.
fn formats_and_paths(directory: &Path) -> Vec<(u32, PathBuf)> {
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    let mut found: Vec<(u32, PathBuf)> = entries
        .filter_map(|entry| {
            let name = entry.file_name();
            let (format, number) = name.to_str()?.split_once('-')?;
            let is_number = number.len() == 6 && number.bytes().all(|byte| byte.is_ascii_digit());
            Some((format.parse().ok().filter(|_| is_number)?, entry.path()))
        })
        .collect();
    found.sort();
    found
}

fn schema() -> (Schema, Fields) {
    let text = |analyzer: &str, record| {
        TextOptions::default().set_indexing_options(
            TextFieldIndexing::default()
                .set_tokenizer(analyzer)
                .set_index_option(record),
        )
    };
    let mut schema = Schema::builder();
    let fields = Fields {
        page: schema.add_u64_field("page", INDEXED | FAST), // it goes away by this
        ordinal: schema.add_u64_field("ordinal", FAST),
        part: schema.add_u64_field("part", FAST),
        tokens: schema.add_u64_field("tokens", FAST),
        source: schema.add_u64_field("source", FAST),
        kind: schema.add_u64_field("kind", FAST),
        action: schema.add_u64_field("action", FAST),
        names: schema.add_u64_field("names", FAST),
        title: schema.add_text_field(
            "title",
            text(PROSE, IndexRecordOption::WithFreqsAndPositions),
        ),
        title_forms: schema.add_text_field("title_forms", text(FORMS, IndexRecordOption::Basic)),
        headings: schema.add_text_field("headings", text(PROSE, IndexRecordOption::WithFreqs)),
        path: schema.add_text_field("path", text(PROSE, IndexRecordOption::WithFreqs)),
        body: schema.add_text_field(
            "body",
            text(PROSE, IndexRecordOption::WithFreqsAndPositions),
        ),
        symbol: schema.add_text_field("symbol", text(PROSE, IndexRecordOption::WithFreqs)),
        symbol_spellings: schema.add_text_field(
            "symbol_spellings",
            text(SPELLINGS, IndexRecordOption::Basic),
        ),
    };
    (schema.build(), fields)
}

/// Returns the state of the store that the last commit mirrors.
fn generation_of(index: &tantivy::Index) -> Option<Generation> {
    let payload = index.load_metas().ok()?.payload?;
    let (lineage, number) = payload.split_once(':')?;
    Some(Generation {
        lineage: lineage.to_owned(),
        number: number.parse().ok()?,
    })
}

fn with_words(index: &tantivy::Index) {
    for name in [PROSE, FORMS, SPELLINGS] {
        index.tokenizers().register(name, tokenizer::analyzer(name));
    }
}

/// Opens the index in the directory `path`, or `None` if there is no whole one.
fn open(path: &Path, access: Access) -> Option<Opened> {
    let index = tantivy::Index::open(Reading::at(path, access).ok()?).ok()?;
    let generation = generation_of(&index)?;
    let (schema, fields) = schema();
    if index.schema() != schema {
        return None;
    }
    opened(index, fields, Some(generation), Some(path.to_owned())).ok()
}

fn opened(
    index: tantivy::Index,
    fields: Fields,
    generation: Option<Generation>,
    directory: Option<PathBuf>,
) -> Result<Opened, LookupError> {
    with_words(&index);
    let reader = index
        .reader_builder()
        .reload_policy(ReloadPolicy::Manual)
        .try_into()?;
    Ok(Opened {
        index,
        reader,
        fields,
        prose: Prose::new(),
        columns: None,
        generation,
        vectors: directory.as_deref().and_then(Vectors::open),
        directory,
    })
}

/// Makes an empty index under the next number, or in memory.
fn created(directory: Option<&Path>) -> Result<Opened, LookupError> {
    let (schema, fields) = schema();
    let Some(directory) = directory else {
        return opened(tantivy::Index::create_in_ram(schema), fields, None, None);
    };
    // No text is kept here: the store has it.
    let settings = IndexSettings {
        docstore_compression: Compressor::Lz4,
        docstore_compress_dedicated_thread: false,
        ..IndexSettings::default()
    };
    let number = numbered(directory)
        .last()
        .and_then(|path| {
            path.file_name()?
                .to_str()?
                .rsplit('-')
                .next()?
                .parse::<u32>()
                .ok()
        })
        .map_or(1, |number| number + 1);
    let path = directory.join(format!("{FORMAT}-{number:06}"));
    fs::create_dir_all(&path).map_err(|source| LookupError::file(&path, source))?;
    let created = || {
        let place = MmapDirectory::open(&path).map_err(tantivy::TantivyError::from)?;
        drop(tantivy::Index::create(place, schema, settings)?);
        let place = Reading::at(&path, Access::Shared).map_err(tantivy::TantivyError::from)?;
        opened(
            tantivy::Index::open(place)?,
            fields,
            None,
            Some(path.clone()),
        )
    };
    created().inspect_err(|_| drop(fs::remove_dir_all(&path)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lookup::library;

    #[test]
    fn an_older_index_serves_where_a_newer_one_cannot_be_written() {
        let home = tempfile::tempdir().unwrap();
        let store = Store::open(home.path()).unwrap();
        let source = store.keep_source("s", "/s").unwrap();
        let keep = |path: &str| {
            let page = library::page_of_text(path, "# Anchor\n\nDrop it.\n");
            store.keep_pages(source, &[page]).unwrap();
        };
        keep("first.md");
        Index::at(home.path()).update(&store, &|_| {}).unwrap();
        keep("second.md");
        let lock = home.path().join("index/lock");
        fs::remove_file(&lock).unwrap();
        fs::create_dir(&lock).unwrap();
        let index = Index::at(home.path());
        let view = index.view(&store).unwrap();
        assert_eq!(view.searcher.num_docs(), 1);
        let notice = view.notice.unwrap();
        assert!(notice.starts_with("what was read in last is not searchable yet"));
        fs::remove_dir(&lock).unwrap();
        let view = index.view(&store).unwrap();
        assert_eq!((view.searcher.num_docs(), view.notice), (2, None));
    }

    #[test]
    fn while_the_index_waits_or_is_written_the_same_process_searches_what_it_has() {
        let home = tempfile::tempdir().unwrap();
        let store = Store::open(home.path()).unwrap();
        let source = store.keep_source("s", "/s").unwrap();
        let keep = |path: &str| {
            let page = library::page_of_text(path, "# Anchor\n\nDrop it.\n");
            store.keep_pages(source, &[page]).unwrap();
        };
        keep("first.md");
        let index = Index::at(home.path());
        index.update(&store, &|_| {}).unwrap();
        keep("second.md");
        let lock = fs::File::create(home.path().join("index/lock")).unwrap();
        lock.lock().unwrap();
        let (waits_out, waits) = std::sync::mpsc::sync_channel(1);
        let (found_out, found) = std::sync::mpsc::sync_channel(1);
        let count = || index.view(&store).unwrap().searcher.num_docs();
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let told = |at| {
                    if at == Progress::Waiting {
                        waits_out.send(()).unwrap();
                    }
                };
                index.update(&store, &told).unwrap();
            });
            waits.recv().unwrap();
            scope.spawn(|| found_out.send(count()));
            let answer = found.recv_timeout(std::time::Duration::from_secs(30));
            drop(lock);
            assert_eq!(answer, Ok(1));
        });
        assert_eq!(count(), 2);
    }

    #[test]
    fn much_that_another_process_reads_in_is_left_to_it_and_little_is_not() {
        let home = tempfile::tempdir().unwrap();
        let store = Store::open(home.path()).unwrap();
        let source = store.keep_source("s", "/s").unwrap();
        let index = Index::at(home.path());
        let found = || index.view(&store).unwrap().searcher.num_docs();
        let keep = |folder: &str, count: u64| {
            let page =
                |number| library::page_of_text(&format!("{folder}/{number}.md"), "# Anchor\n");
            let pages: Vec<_> = (0..count).map(page).collect();
            store.keep_pages(source, &pages).unwrap();
        };
        let promise = index.promise(&store);
        keep("first", LACKED_MAX + 1);
        // Nothing is there yet that could be searched instead.
        assert_eq!(found(), LACKED_MAX + 1);
        keep("little", 9);
        assert_eq!(found(), LACKED_MAX + 10);
        keep("much", LACKED_MAX + 1);
        assert_eq!(found(), LACKED_MAX + 10);
        drop(promise);
        assert_eq!(found(), 2 * LACKED_MAX + 11);
    }

    #[test]
    fn an_index_is_read_where_no_lock_can_be_made() {
        let home = tempfile::tempdir().unwrap();
        let store = Store::open(home.path()).unwrap();
        let index = Index::at(home.path());
        index.update(&store, &|_| {}).unwrap();
        let wanted = store.document_generation().unwrap();
        let folder = home.path().join("index");
        assert!(still(&folder, &wanted).is_some());
        // One that lacks something is of no use, for nobody adds to it.
        let source = store.keep_source("s", "/s").unwrap();
        let page = library::page_of_text("p.md", "# P\n");
        store.keep_pages(source, &[page]).unwrap();
        let wanted = store.document_generation().unwrap();
        assert!(still(&folder, &wanted).is_none());
    }

    #[test]
    fn indexes_of_older_formats_go_when_a_new_one_is_whole_and_nothing_else_does() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("index");
        let newer = format!("{}-000001", FORMAT + 1);
        for name in ["1-000001", "3-000007", &newer, "notes", "3-7"] {
            fs::create_dir_all(folder.join(name)).unwrap();
        }
        let store = Store::open(home.path()).unwrap();
        Index::at(home.path()).update(&store, &|_| {}).unwrap();
        let mut left: Vec<String> = fs::read_dir(&folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        left.sort();
        let own = format!("{FORMAT}-000001");
        let mut expected = vec!["3-7", own.as_str(), newer.as_str(), "lock", "notes"];
        expected.sort_unstable();
        assert_eq!(left, expected);
    }
}
