//! The index as a mirror of the store: what changed is taken over in one commit, or all of it into a new index.
//!
//! What fails for want of room leaves the last commit as it was, and nothing that takes room: searches go on with it.

use std::fs;
use std::path::Path;

use tantivy::{IndexWriter, TantivyDocument, Term};

use super::defined::defined;
use super::vectors::Vectors;
use super::words::names;
use super::{FORMAT, Fields, Opened, WriteLock, created, formats_and_paths, reopened};
use crate::lookup::action::Action;
use crate::lookup::bare::is_apparatus;
use crate::lookup::document::Kind;
use crate::lookup::error::LookupError;
use crate::store::Store;
use crate::store::documents::{PageRow, SectionRow};

/// Threads that index words; vectors are made beside them, and the machines this runs on have two cores to spare at most.
const WRITER_THREADS: usize = 1;
/// Bytes of memory that words may take before they are written out: with half of it twice as many pieces would be merged again.
const WRITER_MEMORY_BYTES: usize = 96 << 20;

/// Mirrors `store` in the opened index unless another process does so, which gives `false`.
pub(super) fn brought_up_to_date(
    directory: Option<&Path>,
    opened: &mut Option<Opened>,
    store: &Store,
) -> Result<bool, LookupError> {
    let Some(_lock) = WriteLock::take_if_free(directory)? else {
        return Ok(false);
    };
    *opened = reopened(directory, opened.take());
    bring_up_to_date(directory, opened, store, &mut |_, _| {})?;
    Ok(true)
}

/// Mirrors `store` in the opened index, or in a new one if there is none or it fails. The caller holds the lock.
pub(super) fn bring_up_to_date(
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
    {
        match mirror(current, store, progress) {
            Ok(()) => return Ok(()),
            // A new one would need more room still.
            Err(error) if error.lacks_room() => {
                tidy(current);
                *opened = reopened(directory, opened.take());
                return Err(error);
            }
            Err(_) => {}
        }
    }
    let mut new = created(directory)?;
    if let Err(error) = mirror(&mut new, store, progress) {
        remove_half(new);
        *opened = reopened(directory, opened.take());
        return Err(error);
    }
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

/// Removes files of an index that belong to no commit: what was written of one that failed takes room.
fn tidy(opened: &Opened) {
    if let Ok(writer) = writer(opened) {
        drop(writer.garbage_collect_files().wait()); // the next commit does it too
    }
}

fn writer(opened: &Opened) -> Result<IndexWriter<TantivyDocument>, LookupError> {
    let index = opened.to_write()?;
    Ok(index.writer_with_num_threads(WRITER_THREADS, WRITER_MEMORY_BYTES)?)
}

/// Removes an index that could not be made whole.
fn remove_half(new: Opened) {
    let half = new.directory.clone();
    drop(new);
    if let Some(half) = half {
        drop(fs::remove_dir_all(half)); // one that stays is never opened, and goes with the next whole one
    }
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
    let mut writer = writer(opened)?;
    for page in store.vanished_between(since, until.number)? {
        writer.delete_term(Term::from_field_u64(opened.fields.page, number(page)));
    }
    let pages = store.pages_between(since, until.number)?;
    let all = pages.len() as u64;
    for (done, page) in (1u64..).zip(pages) {
        if let Some((row, text, cut)) = store.sound_page(page)? {
            let action = Action::of_page(&row, &cut.outline);
            for (ordinal, section) in cut.sections.iter().enumerate() {
                // It is read where what it is of is said.
                if is_apparatus(section.text(&text)) {
                    continue;
                }
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
    let body = section.text(text);
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
    let more = defined(&page.title, &section.headings, &section.symbols, body);
    for names in [&section.symbols, &more.own] {
        document.add_text(fields.symbol, names);
        document.add_text(fields.symbol_spellings, names);
    }
    document.add_text(fields.symbol_spellings, &more.joined);
    document
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use crate::lookup::library;
    use crate::lookup::passage::Budget;
    use crate::lookup::search::{Search, search};

    #[test]
    fn a_section_of_nothing_but_addresses_is_no_hit() {
        let mut page = format!("# Ropes\n\n{}\n\n", "Ropes of hemp are long. ".repeat(90));
        for number in 0..60 {
            writeln!(page, "[quokka-{number}]: https://h.example/quokka/{number}").unwrap();
        }
        let (store, index) = library::in_memory("s", [("a.md", page)]).unwrap();
        let found = |query: &str| {
            let asked = Search {
                query: query.to_owned(),
                limit: 9,
                ..Search::default()
            };
            let found = search(&store, &index, &asked, Budget::page(2_000)).unwrap();
            let passages = found.passages.into_iter();
            passages.map(|passage| passage.text).collect::<String>()
        };
        assert!(found("ropes of hemp").contains("hemp"));
        for query in ["quokka", "https://h.example/quokka/50"] {
            let found = found(query);
            assert!(!found.contains("quokka"), "{found}");
        }
    }
}
