//! Zip archives: their list of files stands at the end, and each file is unpacked by itself.

use std::fs::File;
use std::io::BufReader;

use super::{ENTRIES_MAX, Packed};
use crate::lookup::source::members::{Member, Members};
use crate::lookup::source::{Content, FILE_BYTES_MAX, Found, Holding, Listing, LookupError, Take};
use crate::lookup::zip::{Archive, Lack};

/// A zip archive.
pub(super) struct Zip {
    packed: Packed,
    archive: Option<Archive<BufReader<File>>>,
    /// Names of its files as they stand there.
    names: Vec<Vec<u8>>,
    members: Members,
}

impl Zip {
    pub(super) fn new(packed: Packed) -> Self {
        Self {
            packed,
            archive: None,
            names: Vec::new(),
            members: Members::default(),
        }
    }
}

impl Zip {
    fn reader(&self) -> Result<BufReader<File>, LookupError> {
        File::open(&self.packed.location)
            .map(BufReader::new)
            .map_err(|error| LookupError::file(&self.packed.location, error))
    }

    /// Opens the archive by its list or, where that is missing, by the heads of its files, and says what it then lacks.
    fn opened(&self) -> Result<(Archive<BufReader<File>>, Option<Lack>), LookupError> {
        let limit = self.packed.limit;
        let why = match Archive::open(self.reader()?, limit) {
            Ok(archive) if archive.entries().next().is_some() => return Ok((archive, None)),
            // The end of an archive inside may have been taken for the end of this one.
            Ok(empty) => Ok(empty),
            Err(why) => Err(why),
        };
        let (archive, lack) = Archive::without_list(self.reader()?, limit)
            .map_err(|error| LookupError::file(&self.packed.location, error))?;
        if archive.entries().next().is_some() {
            return Ok((archive, Some(lack)));
        }
        why.map(|empty| (empty, None))
            .map_err(|why| self.packed.unreadable(why))
    }
}

impl Holding for Zip {
    fn stamp(&self) -> Option<String> {
        self.packed.stamp.clone()
    }

    fn list(&mut self) -> Result<Listing, LookupError> {
        let (archive, lack) = self.opened()?;
        let mut members = Members::default();
        if let Some(lack) = lack {
            if let Some(name) = &lack.torn {
                members.fail(
                    String::from_utf8_lossy(name).escape_debug().to_string(),
                    "is cut off",
                );
            }
            let why = if lack.are_all {
                "has no whole list of its files; they were looked for from the first on"
            } else {
                "has no list of its files: it was cut off, and what stood behind the cut is missing"
            };
            members.fail("", why);
        }
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
        let listing = members.listing();
        self.members = members;
        Ok(listing)
    }

    fn found(&mut self, path: &str) -> Option<Found> {
        self.members.found(path)
    }

    fn file(&mut self, path: &str, bytes_max: u64) -> Result<Vec<u8>, String> {
        let member = self.members.at(path);
        let name = member.and_then(|member| self.names.get(member.place));
        match (&mut self.archive, name) {
            (Some(archive), Some(name)) => archive.bytes(name, bytes_max),
            _ => Err("is missing".to_owned()),
        }
    }

    fn read(&mut self, wanted: Vec<Found>, take: &mut Take<'_>) -> Result<(), String> {
        for found in wanted {
            let (Some(archive), Some(name)) = (&mut self.archive, self.names.get(found.place))
            else {
                continue;
            };
            let content = archive.bytes(name, FILE_BYTES_MAX).map(Content::from);
            if !take(found, content) {
                break;
            }
        }
        Ok(())
    }
}
