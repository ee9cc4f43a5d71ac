//! The directions themselves, each under the content it is of: a text that was embedded once is not embedded again, whatever
//! becomes of its page, and a process that is killed loses at most what it had not written.
//!
//! A file begins with what made it; then follow records of one size: key, one over the length, cells.

use std::collections::{BTreeSet, HashMap};
use std::fs::{self, File};
use std::io::{self, BufReader, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;

use tantivy::directory::{Directory as _, MmapDirectory, OwnedBytes};

use crate::lookup::error::LookupError;
use crate::lookup::index::output::{Output, Place, failed};
use crate::lookup::model::{Direction, FINGERPRINT_BYTES, Model};

/// What every file begins with; the number is raised whenever records or what of a section is embedded changes.
const MAGIC: &[u8; 12] = b"mrc-rows\x01\0\0\0";
/// Bytes before the first record.
pub(super) const HEADER_BYTES: usize = MAGIC.len() + FINGERPRINT_BYTES + 4;
/// Bytes of a record before its cells.
pub(super) const RECORD_HEAD_BYTES: usize = KEY_BYTES + 4;
const KEY_BYTES: usize = 16;

/// A name for a text by its content.
pub(super) type Key = [u8; KEY_BYTES];

/// Returns the key of `text`.
pub(super) fn key_of(text: &str) -> Key {
    let mut key = [0; KEY_BYTES];
    blake3::Hasher::new()
        .update(text.as_bytes())
        .finalize_xof()
        .fill(&mut key);
    key
}

/// The rows while they are added to.
pub(super) struct Rows {
    /// Number in the name of the file.
    pub(super) number: u32,
    output: Output,
    width: usize,
    known: HashMap<Key, u32>,
    count: u32,
}

impl Rows {
    /// Goes on with the file of this number, or with the newest that the model made, or begins one.
    pub(super) fn resume(
        place: Place<'_>,
        number: Option<u32>,
        held: Option<&OwnedBytes>,
        model: &Model,
    ) -> Result<Self, LookupError> {
        let width = model.width();
        let Some(place) = place else {
            let bytes = held.map_or_else(|| header(model), |held| held.as_slice().to_vec());
            let mut reader = bytes.get(HEADER_BYTES..).unwrap_or_default();
            let (known, count) = keys(&mut reader, width).map_err(|source| failed(None, source))?;
            return Ok(Self {
                number: 1,
                output: Output::Memory(bytes),
                width,
                known,
                count,
            });
        };
        let newest = || {
            let mut all = numbers(place);
            all.sort_unstable();
            let mut made = all.into_iter().rev();
            made.find(|number| is_of(&place.join(name(*number)), model))
        };
        let Some(number) = number.or_else(newest) else {
            return Self::begin(place, model);
        };
        let path = place.join(name(number));
        let open = || -> io::Result<_> {
            let mut file = File::options().read(true).write(true).open(&path)?;
            file.seek(SeekFrom::Start(HEADER_BYTES as u64))?;
            let (known, count) = keys(&mut BufReader::new(&file), width)?;
            // What a killed process left unfinished goes.
            let end = HEADER_BYTES as u64 + u64::from(count) * record_bytes(width) as u64;
            file.set_len(end)?;
            file.seek(SeekFrom::End(0))?;
            Ok((file, known, count))
        };
        let (file, known, count) = open().map_err(|source| LookupError::file(&path, source))?;
        Ok(Self {
            number,
            output: Output::to(file),
            width,
            known,
            count,
        })
    }

    /// Begins a file whose name nobody has mapped.
    fn begin(place: &Path, model: &Model) -> Result<Self, LookupError> {
        let number = numbers(place).into_iter().max().map_or(1, |last| last + 1);
        let path = place.join(name(number));
        let failed = |source| LookupError::file(&path, source);
        let mut file = File::create_new(&path).map_err(failed)?;
        file.write_all(&header(model)).map_err(failed)?;
        Ok(Self {
            number,
            output: Output::to(file),
            width: model.width(),
            known: HashMap::new(),
            count: 0,
        })
    }

    /// Returns the row of `key`, and whether it is still to be written: then it is the next one.
    pub(super) fn row_of(&mut self, key: Key) -> (u32, bool) {
        let next = self.count;
        let row = *self.known.entry(key).or_insert(next);
        if row == next {
            self.count += 1;
        }
        (row, row == next)
    }

    /// Writes rows that were asked for, in the order they were asked for.
    pub(super) fn write(&mut self, rows: &[(Key, Direction)]) -> io::Result<()> {
        let mut bytes = Vec::with_capacity(rows.len() * record_bytes(self.width));
        for (key, direction) in rows {
            bytes.extend(key);
            bytes.extend(direction.unit.to_le_bytes());
            bytes.extend(direction.cells.iter().map(|cell| cell.cast_unsigned()));
        }
        self.output.write(&bytes)?;
        // A killed process loses at most what it had not written.
        self.output.flush()
    }

    pub(super) fn count(&self) -> usize {
        self.count as usize
    }

    /// Makes what was written last, and returns it as it lies.
    pub(super) fn end(self, place: Place<'_>) -> io::Result<OwnedBytes> {
        let held = self.output.end()?.map(OwnedBytes::new);
        let on_disk = || mapped(place?, self.number);
        held.or_else(on_disk)
            .ok_or_else(|| io::ErrorKind::InvalidData.into())
    }

    /// Writes the rows of `used` anew, in their order, under the next number.
    pub(super) fn only(
        bytes: &OwnedBytes,
        used: &BTreeSet<u32>,
        place: Place<'_>,
        model: &Model,
    ) -> Result<Self, LookupError> {
        let mut new = match place {
            Some(place) => Self::begin(place, model)?,
            None => Self::resume(None, None, None, model)?,
        };
        let size = record_bytes(new.width);
        for row in used {
            let first = HEADER_BYTES + *row as usize * size;
            let record = bytes.get(first..first + size).unwrap_or_default();
            let written = new.output.write(record);
            written.map_err(|source| failed(place, source))?;
            new.count += 1;
        }
        Ok(new)
    }
}

/// Bytes of a record of a model that makes `width` numbers.
pub(super) fn record_bytes(width: usize) -> usize {
    RECORD_HEAD_BYTES + width
}

/// Maps the file of this number.
pub(super) fn mapped(place: &Path, number: u32) -> Option<OwnedBytes> {
    // A new directory each time: one remembers the lengths that files had when they were first mapped.
    let file = MmapDirectory::open(place)
        .ok()?
        .open_read(Path::new(&name(number)))
        .ok()?;
    file.read_bytes().ok()
}

/// Tells whether `bytes` begin as a file that `fingerprint` made with so many numbers a row.
pub(super) fn begins_as(bytes: &[u8], fingerprint: &[u8], width: usize) -> bool {
    let width = u32::try_from(width).unwrap_or(0).to_le_bytes();
    bytes.get(..HEADER_BYTES) == Some([MAGIC.as_slice(), fingerprint, &width].concat().as_slice())
}

/// Removes the files of other numbers.
pub(super) fn remove_others(place: &Path, number: u32) {
    for other in numbers(place).into_iter().filter(|other| *other != number) {
        // Where another process still maps it, the system may refuse; it goes next time.
        drop(fs::remove_file(place.join(name(other))));
    }
}

fn header(model: &Model) -> Vec<u8> {
    let width = u32::try_from(model.width()).unwrap_or(0).to_le_bytes();
    [MAGIC.as_slice(), &model.fingerprint(), &width].concat()
}

fn is_of(path: &Path, model: &Model) -> bool {
    let mut bytes = [0; HEADER_BYTES];
    let read = File::open(path).and_then(|mut file| file.read_exact(&mut bytes));
    read.is_ok() && begins_as(&bytes, &model.fingerprint(), model.width())
}

fn name(number: u32) -> String {
    format!("rows-{number}")
}

/// Numbers of the files that are there.
fn numbers(place: &Path) -> Vec<u32> {
    let entries = fs::read_dir(place).into_iter().flatten().flatten();
    let names = entries.map(|entry| entry.file_name());
    names
        .filter_map(|name| name.to_str()?.strip_prefix("rows-")?.parse().ok())
        .collect()
}

/// Reads the keys of all whole records.
fn keys(reader: &mut dyn io::Read, width: usize) -> io::Result<(HashMap<Key, u32>, u32)> {
    let mut record = vec![0; record_bytes(width)];
    let (mut known, mut count) = (HashMap::new(), 0);
    loop {
        match reader.read_exact(&mut record) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                return Ok((known, count));
            }
            Err(error) => return Err(error),
        }
        if let Some(key) = record.first_chunk() {
            known.insert(*key, count);
        }
        count += 1;
    }
}
