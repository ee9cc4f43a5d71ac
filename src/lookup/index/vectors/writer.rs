//! Bringing the vectors up to date with the store.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Seek as _, SeekFrom};
use std::path::Path;

use tantivy::directory::OwnedBytes;

use super::{Page, Row, STATE, State, Vectors};
use crate::lookup::action::Action;
use crate::lookup::bare::is_apparatus;
use crate::lookup::document::Kind;
use crate::lookup::embedding::Embedder;
use crate::lookup::error::LookupError;
use crate::lookup::index::output::{self, GONE_SHARE, Output, Place, replace};
use crate::store::Store;
use crate::store::documents::{PageRow, SectionRow};

impl Vectors {
    /// Returns the vectors of `store` as it is now: those of `old`, where it is an earlier state, and what came since.
    pub(crate) fn mirrored(
        place: Place<'_>,
        old: Option<Self>,
        store: &Store,
    ) -> Result<Self, LookupError> {
        let until = store.document_generation()?;
        let old = old.filter(|old| {
            let held = old.generation();
            held.lineage == until.lineage && held.number <= until.number
        });
        if let Some(old) = &old
            && old.generation() == until
        {
            return Ok(old.clone());
        }
        let since = old.as_ref().map_or(0, |old| old.state.generation);
        let vanished = store.vanished_between(since, until.number)?;
        let mut files = Files::begin(place, old, &until.lineage, vanished)?;
        let mut embedder = Embedder::new();
        for page in store.pages_between(since, until.number)? {
            if let Some((row, text, cut)) = store.sound_page(page)? {
                let rows = rows(&mut embedder, &row, &text, &cut.sections);
                let page = Page::of_row(&row, Action::of_page(&row, &cut.outline));
                files.add(page, &rows)?;
            }
        }
        files.state.generation = until.number;
        files.end()
    }
}

/// What the headings of a section count beside the section, which has them too.
const HEADINGS: f32 = 0.15;
/// What the summary of an operation counts beside its page: most of that lists what every operation takes and gives.
const SUMMARY: f32 = 1.0;

/// Makes the rows of the sections of one page.
fn rows(embedder: &mut Embedder, page: &PageRow, text: &str, sections: &[SectionRow]) -> Vec<Row> {
    let is_operation = Kind::named(&page.kind) == Some(Kind::Operation);
    let sections = sections.iter();
    sections
        .map(|section| {
            let body = section.text(text);
            let (weight, said) = if is_operation {
                (SUMMARY, &section.title)
            } else {
                (HEADINGS, &section.breadcrumb)
            };
            let (said, all) = ([said.as_str()], [section.breadcrumb.as_str(), body]);
            // What has no words is near to no question.
            let (said, all) = if is_apparatus(body) {
                (&[][..], &[][..])
            } else {
                (&said[..], &all[..])
            };
            let (said, all) = (embedder.embed(said), embedder.embed(all));
            Row {
                part: u16::try_from(section.part).unwrap_or(u16::MAX),
                tokens: u16::try_from(section.tokens).unwrap_or(u16::MAX),
                embedding: all.towards(&[(weight, said)]).coarse(),
            }
        })
        .collect()
}

/// The three files while they are written.
struct Files<'a> {
    place: Place<'a>,
    state: State,
    outputs: [Output; 3],
}

impl<'a> Files<'a> {
    /// Goes on behind what `old` holds; without it, or where too much of it is gone, begins new files.
    fn begin(
        place: Place<'a>,
        old: Option<Vectors>,
        lineage: &str,
        vanished: Vec<i64>,
    ) -> Result<Self, LookupError> {
        let Some(mut old) = old else {
            let mut state = State::new(lineage);
            // Names that nobody has mapped.
            while let Some(directory) = place
                && state
                    .names()
                    .iter()
                    .any(|name| directory.join(name).exists())
            {
                state.files += 1;
            }
            return Self::open(place, state, None);
        };
        let known: BTreeSet<i64> = old.live().map(|page| page.id).collect();
        old.state
            .gone
            .extend(vanished.into_iter().filter(|page| known.contains(page)));
        let left: usize = old.live().map(|page| page.rows as usize).sum();
        if (old.state.rows - left.min(old.state.rows)) * GONE_SHARE <= old.state.rows {
            let state = old.state.clone();
            return Self::open(place, state, Some(&old));
        }
        let mut state = State::new(lineage);
        state.files = old.state.files + 1;
        let mut files = Self::open(place, state, None)?;
        for page in old.live() {
            let rows: Vec<Row> = (page.first..page.first.saturating_add(page.rows))
                .filter_map(|row| old.row(row))
                .collect();
            files.add(page, &rows)?;
        }
        Ok(files)
    }

    fn open(place: Place<'a>, state: State, held: Option<&Vectors>) -> Result<Self, LookupError> {
        let lengths = state.lengths().unwrap_or_default();
        let mut outputs = Vec::with_capacity(3);
        for (at, (name, length)) in state.names().iter().zip(lengths).enumerate() {
            outputs.push(match place {
                Some(directory) => {
                    let path = directory.join(name);
                    let file = behind(&path, length);
                    Output::to(file.map_err(|source| LookupError::file(&path, source))?)
                }
                None => Output::Memory(
                    held.and_then(|held| {
                        let bytes = [&held.pages, &held.codes, &held.rows].get(at).copied()?;
                        Some(bytes.as_slice().to_vec())
                    })
                    .unwrap_or_default(),
                ),
            });
        }
        let outputs = outputs
            .try_into()
            .map_err(|_| failed(place, io::ErrorKind::Other.into()))?;
        Ok(Self {
            place,
            state,
            outputs,
        })
    }

    /// Adds a page with the rows of its sections.
    fn add(&mut self, page: Page, rows: &[Row]) -> Result<(), LookupError> {
        let too_many = || failed(self.place, io::ErrorKind::FileTooLarge.into());
        let page = Page {
            first: u32::try_from(self.state.rows).map_err(|_| too_many())?,
            rows: u32::try_from(rows.len()).map_err(|_| too_many())?,
            ..page
        };
        let [pages, codes, cells] = &mut self.outputs;
        let written = pages.write(&page.to_bytes()).and_then(|()| {
            rows.iter().try_for_each(|row| {
                codes.write(&row.code())?;
                cells.write(&row.to_bytes())
            })
        });
        written.map_err(|source| failed(self.place, source))?;
        self.state.pages += 1;
        self.state.rows += rows.len();
        Ok(())
    }

    /// Makes what was written count.
    fn end(self) -> Result<Vectors, LookupError> {
        let place = self.place;
        let mut held = Vec::new();
        for output in self.outputs {
            let bytes = output.end().map_err(|source| failed(place, source))?;
            held.extend(bytes.map(OwnedBytes::new));
        }
        let Some(directory) = place else {
            let [pages, codes, rows] = held
                .try_into()
                .map_err(|_| failed(place, io::ErrorKind::Other.into()))?;
            return Ok(Vectors {
                state: self.state,
                pages,
                codes,
                rows,
            });
        };
        let state = serde_json::to_vec(&self.state).map_err(|error| failed(place, error.into()))?;
        replace(directory, STATE, &state).map_err(|source| failed(place, source))?;
        remove_others(directory, &self.state);
        Vectors::open(directory).ok_or_else(|| failed(place, io::ErrorKind::InvalidData.into()))
    }
}

fn failed(place: Place<'_>, source: io::Error) -> LookupError {
    let state = place.map(|directory| directory.join(STATE));
    output::failed(state.as_deref(), source)
}

/// Opens the file for writing behind its first `length` bytes, and drops the rest.
fn behind(path: &Path, length: usize) -> io::Result<File> {
    let mut file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(path)?;
    if file.metadata()?.len() < length as u64 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    file.set_len(length as u64)?;
    file.seek(SeekFrom::End(0))?;
    Ok(file)
}

/// Removes files of other numbers: this program made them, and no state names them any more.
fn remove_others(directory: &Path, state: &State) {
    let kept = state.names();
    for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let Some(name) = name.to_str() else { continue };
        if name.starts_with("vectors-") && !kept.iter().any(|kept| kept == name) {
            // Where another process still maps it, the system may refuse; it goes next time.
            drop(fs::remove_file(entry.path()));
        }
    }
}
