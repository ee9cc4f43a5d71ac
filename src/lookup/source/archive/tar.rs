//! Tar archives, as they are or packed as a whole: they can only be read from the beginning, so they are read twice, once for
//! what there is and once for what is wanted.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufReader, Read};

use tar::{EntryType, PaxExtensions};

use super::{ENTRIES_MAX, Packed};
use crate::lookup::packing::Packing;
use crate::lookup::source::members::{Member, Members};
use crate::lookup::source::{
    Content, FILE_BYTES_MAX, Found, Holding, Listing, LookupError, Take, within,
};

/// Bytes of a record that only names the next file: sixteen times the longest path of a file system.
const RECORD_BYTES_MAX: u64 = 64 << 10;
/// Zero bytes that end an archive, at least: one block, though the standard asks for two.
const END_ZEROS: u64 = 512;

/// A tar archive.
pub(super) struct Tar {
    packed: Packed,
    packing: Option<Packing>,
    members: Members,
}

/// What is shown every file: its number, name, length and content. False when it wants no more.
type Visit<'a> = dyn FnMut(usize, &[u8], u64, &mut dyn Read) -> bool + 'a;

/// Why reading stopped before the end.
enum Fault {
    /// It unpacks to more than it may.
    Bomb,
    /// It is damaged, or no archive.
    Broken(String),
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::FileTooLarge => Self::Bomb,
            io::ErrorKind::UnexpectedEof => Self::Broken("ends in the middle".to_owned()),
            _ => Self::Broken(error.to_string()),
        }
    }
}

impl Tar {
    pub(super) fn new(packed: Packed, packing: Option<Packing>) -> Self {
        Self {
            packed,
            packing,
            members: Members::default(),
        }
    }

    /// Shows every file to `visit`, until that returns false. Tells whether the archive has the mark of its end.
    fn each(&self, visit: &mut Visit<'_>) -> Result<bool, Fault> {
        let file = BufReader::new(File::open(&self.packed.location)?);
        let stream: Box<dyn Read> = match self.packing {
            Some(packing) => packing.unpack(file)?,
            None => Box::new(file),
        };
        let mut archive = tar::Archive::new(Bounded {
            stream,
            left: self.packed.limit,
            zeros: 0,
        });
        let mut long_name: Option<Vec<u8>> = None;
        // Raw: records that name the next file would be read whole otherwise, whatever they claim to be long.
        for (number, entry) in archive.entries()?.raw(true).enumerate() {
            let mut entry = entry?;
            if number >= ENTRIES_MAX {
                let why = format!("holds more than {ENTRIES_MAX} entries");
                return Err(Fault::Broken(why));
            }
            let kind = entry.header().entry_type();
            match kind {
                EntryType::GNULongName => {
                    let mut name = record(&mut entry)?;
                    name.truncate(
                        name.iter()
                            .position(|&byte| byte == 0)
                            .unwrap_or(name.len()),
                    );
                    long_name = Some(name);
                    continue;
                }
                EntryType::XHeader => {
                    let record = record(&mut entry)?;
                    let mut fields = PaxExtensions::new(&record).flatten();
                    if let Some(path) = fields.find(|field| field.key_bytes() == b"path") {
                        long_name = Some(path.value_bytes().to_vec());
                    }
                    continue;
                }
                EntryType::XGlobalHeader | EntryType::GNULongLink => continue,
                _ => {}
            }
            let name = long_name.take();
            let name = name.unwrap_or_else(|| entry.path_bytes().into_owned());
            let is_file = matches!(kind, EntryType::Regular | EntryType::Continuous);
            let bytes = entry.size();
            if is_file && !name.ends_with(b"/") && !visit(number, &name, bytes, &mut entry) {
                return Ok(true);
            }
        }
        Ok(archive.into_inner().zeros >= END_ZEROS)
    }
}

impl Holding for Tar {
    fn stamp(&self) -> Option<String> {
        self.packed.stamp.clone()
    }

    fn list(&mut self) -> Result<Listing, LookupError> {
        let mut members = Members::default();
        let end = self.each(&mut |place, name, bytes, _| {
            members.add(name, Member { place, bytes });
            true
        });
        match end {
            Ok(true) => {}
            Ok(false) => members.fail("", "has no end: it may have been cut off"),
            Err(Fault::Broken(why)) if members.len() > 0 => members.fail("", why),
            Err(Fault::Broken(why)) => {
                // What follows the first colon quotes what was found in place of it.
                let why = why.split(':').next().unwrap_or_default();
                let why = format!("holds no tar archive: {why}");
                return Err(self.packed.unreadable(why));
            }
            Err(Fault::Bomb) => return Err(self.packed.unreadable(self.packed.bomb())),
        }
        members.strip_top();
        let listing = members.listing();
        self.members = members;
        Ok(listing)
    }

    fn found(&mut self, path: &str) -> Option<Found> {
        self.members.found(path)
    }

    fn file(&mut self, path: &str, bytes_max: u64) -> Result<Vec<u8>, String> {
        let member = self.members.at(path).ok_or("is missing")?;
        let mut file = Err("is cut off".to_owned());
        let end = self.each(&mut |place, _, bytes, content| {
            if place == member.place {
                file = whole(content, bytes, bytes_max);
            }
            place != member.place
        });
        match end {
            Ok(_) => file,
            Err(Fault::Broken(why)) => Err(why),
            Err(Fault::Bomb) => Err(self.packed.bomb()),
        }
    }

    fn read(&mut self, wanted: Vec<Found>, take: &mut Take<'_>) -> Result<(), String> {
        let wanted = wanted.into_iter().map(|found| (found.place, found));
        let mut wanted: HashMap<usize, Found> = wanted.collect();
        let end = self.each(&mut |place, _, bytes, content| {
            let Some(found) = wanted.remove(&place) else {
                return !wanted.is_empty();
            };
            take(
                found,
                whole(content, bytes, FILE_BYTES_MAX).map(Content::from),
            )
        });
        match end {
            Ok(_) => Ok(()),
            Err(Fault::Broken(_)) if wanted.is_empty() => Ok(()),
            Err(Fault::Broken(why)) => Err(why),
            Err(Fault::Bomb) => Err(self.packed.bomb()),
        }
    }
}

/// Returns a file of so many bytes, if it has them.
fn whole(content: &mut dyn Read, bytes: u64, bytes_max: u64) -> Result<Vec<u8>, String> {
    let mut read = Vec::new();
    match content.take(bytes_max + 1).read_to_end(&mut read) {
        Ok(_) if read.len() as u64 > bytes_max => within(read, bytes_max),
        Ok(_) if read.len() as u64 == bytes => Ok(read),
        Ok(_) => Err("is cut off".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

/// Returns a record that is about the next file.
fn record(entry: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut record = Vec::new();
    entry.take(RECORD_BYTES_MAX).read_to_end(&mut record)?;
    Ok(record)
}

/// A stream that ends with an error where it is longer than it may be.
struct Bounded {
    stream: Box<dyn Read>,
    left: u64,
    /// Zero bytes that were read last.
    zeros: u64,
}

impl Read for Bounded {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.stream.read(buffer)?;
        let read = buffer.get(..count).unwrap_or_default();
        let zeros = read.iter().rev().take_while(|&&byte| byte == 0).count() as u64;
        if zeros == count as u64 {
            self.zeros += zeros;
        } else {
            self.zeros = zeros;
        }
        self.left = self
            .left
            .checked_sub(count as u64)
            .ok_or(io::ErrorKind::FileTooLarge)?;
        Ok(count)
    }
}
