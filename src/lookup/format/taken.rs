//! What a page takes of the files beside it: within limits, and with the line of the page that each line stands in place of.

use super::Beside;
use crate::lookup::clean;
use crate::lookup::document::Document;

/// Bytes of files that are looked through for one page.
const READ_BYTES_MAX: usize = 32 << 20;
/// Bytes that a page has of other files.
const TAKEN_BYTES_MAX: usize = 4 << 20;
/// Stretches of lines that are one part of a file.
const RANGES_MAX: usize = 100;
/// Files within one another.
pub(super) const LEVELS_MAX: usize = 4;

/// A page while it is written with what it takes of other files.
pub(super) struct Taken<'a> {
    text: String,
    lines: Vec<u32>,
    beside: &'a Beside,
    /// Bytes that may still be read, and written.
    read: usize,
    room: usize,
}

impl<'a> Taken<'a> {
    /// Returns a page of so many bytes of its own that nothing was written of yet.
    pub(super) fn of(beside: &'a Beside, bytes: usize) -> Self {
        Self {
            text: String::with_capacity(bytes),
            lines: Vec::new(),
            beside,
            read: READ_BYTES_MAX,
            room: TAKEN_BYTES_MAX,
        }
    }

    /// Returns what the file at `path` says, as long as there is room to read more.
    pub(super) fn look(&mut self, path: &str) -> Option<String> {
        let file = self.beside.files.get(path)?;
        self.read = self.read.checked_sub(file.len())?;
        Some(clean::visible(&String::from_utf8_lossy(file)))
    }

    /// Tells whether there is room for `bytes` more of other files, which are then taken.
    pub(super) fn take(&mut self, bytes: usize) -> bool {
        let left = self.room.checked_sub(bytes);
        self.room = left.unwrap_or(self.room);
        left.is_some()
    }

    /// Writes `words` in the place of `line` of the page.
    pub(super) fn line(&mut self, words: &str, line: u32) {
        self.text.push_str(words);
        self.text.push('\n');
        self.lines.push(line);
    }

    /// Returns the text, and the line of the page (from 1) that each of its lines is of.
    pub(super) fn done(self) -> (String, Vec<u32>) {
        (self.text, self.lines)
    }
}

/// Makes the lines that `document` is of those of the page, where it was read of a text whose lines are of `lines`.
pub(super) fn of_page(mut document: Document, lines: Vec<u32>) -> Document {
    let numbers = document.file_lines.take().map(|numbers| {
        let of_file = |line: u32| {
            let at = usize::try_from(line).unwrap_or(usize::MAX);
            let known = lines.get(at.saturating_sub(1)).or(lines.last());
            known.copied().unwrap_or(line)
        };
        numbers.into_iter().map(of_file).collect()
    });
    document.file_lines = Some(numbers.unwrap_or(lines));
    document
}

/// Returns which lines `ranges` means, the first and the last of each, as `parted` takes one apart.
pub(super) fn ranges<'t>(
    ranges: impl Iterator<Item = &'t str>,
    parted: impl Fn(&'t str) -> Option<(usize, usize)>,
) -> impl Fn(usize) -> bool {
    let ranges: Vec<(usize, usize)> = ranges.take(RANGES_MAX).filter_map(parted).collect();
    move |at| {
        ranges
            .iter()
            .any(|(first, last)| (*first..=*last).contains(&at))
    }
}
