//! The full-text index: derived from the store, brought up to date by generation, rebuilt when lost.
//!
//! The index lives in a numbered directory. Its last commit carries the generation of the store that it mirrors; what
//! is newer in the store is added, what vanished is taken out, in one commit. An index that does not open is left alone
//! and a new one is built under the next number; only when that one is whole are lower numbers removed. The vectors of
//! the sections lie in the same directory and follow the same generations ([`vectors`]); what a sentence model makes of
//! them lies beside it ([`meanings`], [`tier`]).

mod columns;
pub(crate) mod meanings;
mod tier;
mod tokenizer;
pub(crate) mod vectors;
pub(crate) mod words;

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tantivy::directory::MmapDirectory;
use tantivy::schema::{
    FAST, Field, INDEXED, IndexRecordOption, Schema, TextFieldIndexing, TextOptions,
};
use tantivy::store::Compressor;
use tantivy::{
    IndexReader, IndexSettings, IndexWriter, ReloadPolicy, Searcher, TantivyDocument, Term,
};

pub(crate) use self::columns::{Columns, Entry};
pub(crate) use self::tier::Modelled;
use self::tier::Tier;
pub(crate) use self::tokenizer::Prose;
use self::tokenizer::{FORMS, PROSE, SPELLINGS};
use self::vectors::Vectors;
use self::words::names;
use super::action::Action;
use super::document::Kind;
use super::error::LookupError;
use crate::store::documents::{Generation, PageRow, SectionRow};
use crate::store::{Condition, Store};

/// Raised whenever schema or words change: an index of another format is rebuilt.
const FORMAT: u32 = 6;
/// Threads that index words; vectors are made beside them, and the machines this runs on have two cores to spare at most.
const WRITER_THREADS: usize = 1;
/// Bytes of memory that words may take before they are written out: with half of it twice as many pieces would be merged again.
const WRITER_MEMORY_BYTES: usize = 96 << 20;

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

/// The right to write the index, until dropped: an index in memory needs no file for it.
struct WriteLock {
    _file: Option<File>,
}

/// A consistent view of the index.
pub(crate) struct View {
    pub(crate) searcher: Searcher,
    pub(crate) fields: Fields,
    /// How the fields of prose take a text apart.
    pub(crate) prose: Prose,
    /// Of each segment, in their order.
    pub(crate) columns: Arc<[Columns]>,
    pub(crate) vectors: Option<Vectors>,
    /// A sentence model with what it makes of the sections, where one is set and has read them all.
    pub(crate) modelled: Option<Modelled>,
    /// Why a sentence model that is set is not used.
    pub(crate) notice: Option<String>,
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

    /// Returns a view that mirrors `store`. While another process brings the index up to date, the view is the older one.
    pub(crate) fn view(&self, store: &Store) -> Result<View, LookupError> {
        let wanted = store.document_generation()?;
        let directory = self.directory(store);
        let mut opened = self.opened();
        if !mirrors(opened.as_ref(), &wanted) {
            *opened = reopened(directory, opened.take());
        }
        if !mirrors(opened.as_ref(), &wanted) {
            if let Some(_lock) = WriteLock::take(directory, Wait::No)? {
                *opened = reopened(directory, opened.take());
                bring_up_to_date(directory, &mut opened, store, &mut |_, _| {})?;
            } else {
                // Older is good enough for now, but not what another store held.
                *opened = opened.take().filter(|opened| {
                    let held = opened.generation.as_ref();
                    held.is_some_and(|held| held.lineage == wanted.lineage)
                });
            }
        }
        let (modelled, notice) = self.modelled(store, &wanted);
        let opened = opened.as_mut().ok_or(LookupError::Busy)?;
        Ok(View {
            modelled,
            notice,
            ..opened.view()?
        })
    }

    /// Brings the index up to date with `store`, waiting for another process that does so; `progress` gets pages done and all.
    pub(crate) fn update(
        &self,
        store: &Store,
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<(), LookupError> {
        let directory = self.directory(store);
        let mut opened = self.opened();
        let _lock = WriteLock::take(directory, Wait::Yes)?;
        *opened = reopened(directory, opened.take());
        bring_up_to_date(directory, &mut opened, store, progress)
    }

    /// Builds a new index in place of one that opens but fails when it is searched.
    pub(crate) fn rebuild(&self, store: &Store) -> Result<(), LookupError> {
        let directory = self.directory(store);
        let mut opened = self.opened();
        let _lock = WriteLock::take(directory, Wait::Yes)?;
        *opened = None;
        bring_up_to_date(directory, &mut opened, store, &mut |_, _| {})
    }
}

impl Opened {
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
    all.iter().rev().find_map(|path| open(path))
}

/// Whether to wait for a lock that another process holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wait {
    Yes,
    No,
}

impl WriteLock {
    /// Takes the lock that one writer holds; without waiting, `None` while another process has it.
    fn take(directory: Option<&Path>, wait: Wait) -> Result<Option<Self>, LookupError> {
        let Some(directory) = directory else {
            return Ok(Some(Self { _file: None }));
        };
        let path = directory.join("lock");
        let failed = |source| LookupError::file(&path, source);
        fs::create_dir_all(directory).map_err(failed)?;
        let file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(failed)?;
        if wait == Wait::Yes {
            file.lock().map_err(failed)?;
            return Ok(Some(Self { _file: Some(file) }));
        }
        match file.try_lock() {
            Ok(()) => Ok(Some(Self { _file: Some(file) })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(source)) => Err(failed(source)),
        }
    }
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

/// Opens the index in `path`, or `None` if there is no whole one.
fn open(path: &Path) -> Option<Opened> {
    let directory = MmapDirectory::open(path).ok()?;
    let index = tantivy::Index::open(directory).ok()?;
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
        docstore_compression: Compressor::None,
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
    let place = MmapDirectory::open(&path).map_err(tantivy::TantivyError::from)?;
    let index = tantivy::Index::create(place, schema, settings)?;
    opened(index, fields, None, Some(path))
}

/// Mirrors `store` in the opened index, or in a new one if there is none or it fails. The caller holds the lock.
fn bring_up_to_date(
    directory: Option<&Path>,
    opened: &mut Option<Opened>,
    store: &Store,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<(), LookupError> {
    let known = store.document_generation()?;
    if let Some(current) = opened.as_mut()
        && current.generation.as_ref().is_some_and(|current| {
            current.lineage == known.lineage && current.number <= known.number
        })
        && mirror(current, store, progress).is_ok()
    {
        return Ok(());
    }
    let mut new = created(directory)?;
    mirror(&mut new, store, progress)?;
    if let Some(directory) = directory {
        // Also those of older formats, but none of a newer program's.
        for (format, old) in formats_and_paths(directory) {
            if format > FORMAT || Some(&old) == new.directory.as_ref() {
                continue;
            }
            // Where another process still maps it, the system may refuse; it goes next time.
            drop(fs::remove_dir_all(old));
        }
    }
    *opened = Some(new);
    Ok(())
}

fn number(value: i64) -> u64 {
    u64::try_from(value).unwrap_or_default()
}

/// Takes over what changed in `store`: its words and, beside them, its vectors.
fn mirror(
    opened: &mut Opened,
    store: &Store,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<(), LookupError> {
    let place = opened.directory.clone();
    let held = opened.vectors.take();
    let (words, vectors) = std::thread::scope(|scope| {
        let vectors = scope.spawn(|| Vectors::mirrored(place.as_deref(), held, store));
        let words = mirror_words(opened, store, progress);
        (words, vectors.join())
    });
    words?;
    opened.vectors = Some(vectors.map_err(|_| LookupError::Busy)??);
    Ok(())
}

/// Takes over the words that changed in `store` since the index's generation, in one commit.
fn mirror_words(
    opened: &mut Opened,
    store: &Store,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<(), LookupError> {
    let until = store.document_generation()?;
    if opened.generation.as_ref() == Some(&until) {
        return Ok(());
    }
    let since = opened.generation.as_ref().map_or(0, |since| since.number);
    let mut writer: IndexWriter<TantivyDocument> = opened
        .index
        .writer_with_num_threads(WRITER_THREADS, WRITER_MEMORY_BYTES)?;
    for page in store.vanished_between(since, until.number)? {
        writer.delete_term(Term::from_field_u64(opened.fields.page, number(page)));
    }
    let pages = store.pages_between(since, until.number)?;
    let all = pages.len() as u64;
    for (done, page) in (1u64..).zip(pages) {
        if let Some((row, text, cut)) = store.sound_page(page)? {
            let action = Action::of_page(&row, &cut.outline);
            for (ordinal, section) in cut.sections.iter().enumerate() {
                let page = (&row, action, text.as_str());
                writer.add_document(document(opened.fields, page, ordinal, section))?;
            }
        }
        progress(done, all);
    }
    let mut commit = writer.prepare_commit()?;
    commit.set_payload(&format!("{}:{}", until.lineage, until.number));
    commit.commit()?;
    writer.wait_merging_threads()?;
    opened.reader.reload()?;
    opened.generation = Some(until);
    Ok(())
}

fn document(
    fields: Fields,
    (page, action, text): (&PageRow, Option<Action>, &str),
    ordinal: usize,
    section: &SectionRow,
) -> TantivyDocument {
    let mut document = TantivyDocument::default();
    let body = text
        .get(section.bytes.0..section.bytes.1)
        .unwrap_or_default();
    let kind = Kind::named(&page.kind);
    document.add_u64(fields.page, number(page.id));
    document.add_u64(fields.ordinal, ordinal as u64);
    document.add_u64(fields.part, u64::from(section.part));
    document.add_u64(fields.tokens, u64::from(section.tokens));
    document.add_u64(fields.source, number(page.source));
    document.add_u64(fields.kind, kind.map_or(0, |kind| kind as u64));
    document.add_u64(fields.action, action.map_or(0, |action| action as u64));
    document.add_u64(fields.names, names(body) as u64);
    document.add_text(fields.title, &section.title);
    document.add_text(fields.title_forms, &section.title);
    if section.title != page.title {
        document.add_text(fields.headings, &page.title);
    }
    document.add_text(fields.headings, &section.headings);
    document.add_text(fields.path, &page.path);
    document.add_text(fields.body, body);
    document.add_text(fields.symbol, &section.symbols);
    document.add_text(fields.symbol_spellings, &section.symbols);
    document
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn indexes_of_older_formats_go_when_a_new_one_is_whole_and_nothing_else_does() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("index");
        let newer = format!("{}-000001", FORMAT + 1);
        for name in ["1-000001", "3-000007", &newer, "notes", "3-7"] {
            fs::create_dir_all(folder.join(name)).unwrap();
        }
        let store = Store::open(home.path()).unwrap();
        Index::at(home.path())
            .update(&store, &mut |_, _| {})
            .unwrap();
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
