//! Zip archives: their list of files stands at the end, and each file is unpacked by itself.

use std::fs::File;
use std::io::BufReader;

use super::{ENTRIES_MAX, Packed};
use crate::lookup::source::members::{Member, Members};
use crate::lookup::source::{Found, Holding, Listing, LookupError, Take};
use crate::lookup::zip::Archive;

/// A zip archive.
pub(super) struct Zip {
    packed: Packed,
    archive: Option<Archive<BufReader<File>>>,
    /// Names of its files as they stand there.
    names: Vec<Vec<u8>>,
}

impl Zip {
    pub(super) fn new(packed: Packed) -> Self {
        Self {
            packed,
            archive: None,
            names: Vec::new(),
        }
    }
}

impl Holding for Zip {
    fn stamp(&self) -> Option<String> {
        self.packed.stamp.clone()
    }

    fn list(&mut self) -> Result<Listing, LookupError> {
        let file = File::open(&self.packed.location)
            .map_err(|error| LookupError::file(&self.packed.location, error))?;
        let archive = Archive::open(BufReader::new(file), self.packed.limit)
            .map_err(|why| self.packed.unreadable(why))?;
        let mut members = Members::default();
        let mut unpacked: u64 = 0;
        self.names.clear();
        for (name, entry) in archive.entries() {
            if name.ends_with(b"/") || entry.is_link {
                continue;
            }
            unpacked = unpacked.saturating_add(entry.bytes);
            let member = Member {
                place: self.names.len(),
                bytes: entry.bytes,
            };
            self.names.push(name.to_vec());
            members.add(name, member);
        }
        if unpacked > self.packed.limit {
            return Err(self.packed.unreadable(self.packed.bomb()));
        }
        if members.len() > ENTRIES_MAX {
            let why = format!("holds more than {ENTRIES_MAX} files");
            return Err(self.packed.unreadable(why));
        }
        members.strip_top();
        self.archive = Some(archive);
        Ok(members.listing())
    }

    fn read(&mut self, wanted: Vec<Found>, take: &mut Take<'_>) -> Result<(), String> {
        for found in wanted {
            let (Some(archive), Some(name)) = (&mut self.archive, self.names.get(found.place))
            else {
                continue;
            };
            let content = archive.bytes(name);
            if !take(found, content) {
                break;
            }
        }
        Ok(())
    }
}
