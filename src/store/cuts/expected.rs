//! What is expected of the headings and sections of a page, from its title, its text and the headings before.
//!
//! Cuts are kept as differences from this, so it stays as it is: with other expectations, what is kept would be read as something
//! else. Nothing here may depend on code elsewhere that may change, nor on a table of Unicode.

use super::columns::Damaged;
use crate::store::documents::SectionRow;
use crate::store::outline::HeadingRow;

/// Bytes of a line in which a title is expected.
const LINE_BYTES_MAX: usize = 512;
/// What stands between the headings of a breadcrumb.
const BETWEEN_CRUMBS: &str = " › ";

/// Takes `bytes` off what is `left`.
pub(super) fn spend(left: &mut usize, bytes: usize) -> Result<(), Damaged> {
    *left = left
        .checked_sub(bytes)
        .ok_or_else(|| Damaged::wrong("the end"))?;
    Ok(())
}

/// Where in text and file the heading before is.
pub(super) struct Place {
    pub(super) byte: usize,
    line: u32,
}

impl Default for Place {
    fn default() -> Self {
        Self { byte: 0, line: 1 }
    }
}

impl Place {
    pub(super) fn of(heading: &HeadingRow) -> Self {
        Self {
            byte: heading.byte,
            line: heading.line,
        }
    }

    /// Returns the line of the file in which the heading at `byte` is expected.
    pub(super) fn line_at(&self, text: &str, byte: usize) -> u64 {
        let between = text.as_bytes().get(self.byte..byte).unwrap_or_default();
        // By pieces whose sums fit in a byte, many bytes are compared at once.
        let ends = between.chunks(usize::from(u8::MAX)).map(|piece| {
            let ends = piece.iter().map(|byte| u8::from(*byte == b'\n'));
            u64::from(ends.sum::<u8>())
        });
        u64::from(self.line) + ends.sum::<u64>()
    }
}

/// Returns the title that the line at `byte` has, as most formats write headings: without marks of headings and of code, and
/// without the anchor behind it.
pub(super) fn expected_title(text: &str, byte: usize) -> String {
    let rest = text.get(byte..).unwrap_or_default();
    let mut bytes = rest.bytes().take(LINE_BYTES_MAX);
    let end = bytes.position(|byte| byte == b'\n').unwrap_or_default();
    let line = rest.get(..end).unwrap_or_default().trim_ascii();
    let cut = line
        .strip_suffix('}')
        .and_then(|line| line.rsplit_once('{'))
        .filter(|(_, anchor)| anchor.trim_ascii_start().starts_with(['#', '/']));
    let line = cut.map_or(line, |(line, _)| line);
    let title = line.trim_matches('#').trim_ascii();
    let letters = title.bytes();
    let letters = letters.filter(|letter| !matches!(letter, b'`' | b'*' | b'\\'));
    text_of(title, letters)
}

/// Returns the anchor that a heading called `title` has on most sites. Beyond ASCII it may be another one, which is then said.
pub(super) fn expected_anchor(title: &str) -> String {
    let letters = title.trim_ascii().bytes();
    let letters = letters.filter_map(|letter| match letter {
        b' ' => Some(b'-'),
        b'-' | b'_' => Some(letter),
        _ if letter.is_ascii_alphanumeric() || !letter.is_ascii() => {
            Some(letter.to_ascii_lowercase())
        }
        _ => None,
    });
    let anchor = text_of(title, letters);
    if anchor.is_empty() {
        "section".to_owned()
    } else {
        anchor
    }
}

/// Returns what `letters` are that were taken from `title`: a text, for only ASCII was left out or changed.
fn text_of(title: &str, letters: impl Iterator<Item = u8>) -> String {
    let mut text = Vec::with_capacity(title.len());
    text.extend(letters);
    String::from_utf8(text).unwrap_or_default()
}

/// Returns the names of `headings`, in which symbols are expected: their titles, then their anchors.
pub(super) fn names(headings: &[HeadingRow]) -> String {
    let titles = headings.iter().map(|heading| heading.title.as_str());
    let anchors = headings.iter().map(|heading| heading.anchor.as_str());
    let names: Vec<&str> = titles.chain(anchors).collect();
    names.join("\n")
}

/// Returns the number that `anchor` has behind the expected one, 0 for none; nothing where it is another one.
pub(super) fn number_behind(anchor: &str, expected: &str) -> Option<u64> {
    let behind = anchor.strip_prefix(expected)?;
    if behind.is_empty() {
        return Some(0);
    }
    let digits = behind.strip_prefix('-')?;
    let number: u64 = digits.parse().ok()?;
    (number > 0 && number.to_string() == digits).then_some(number)
}

/// A walk through the sections of a page, which knows where it is among the headings.
pub(super) struct Walk<'a> {
    title: &'a str,
    text: &'a str,
    /// Headings that are still to come.
    ahead: &'a [HeadingRow],
    /// Headings that the walk is below.
    above: Vec<&'a HeadingRow>,
    /// Anchor of the last heading.
    anchor: &'a str,
    /// End and last line of the section before, its anchor and part.
    pub(super) end: usize,
    line: u32,
    under: String,
    part: u32,
    /// Bytes that may still be read.
    pub(super) left: usize,
}

impl<'a> Walk<'a> {
    pub(super) fn new(
        title: &'a str,
        text: &'a str,
        outline: &'a [HeadingRow],
        left: usize,
    ) -> Self {
        Self {
            title,
            text,
            ahead: outline,
            above: Vec::new(),
            anchor: "",
            end: 0,
            line: 0,
            under: String::new(),
            part: 0,
            left,
        }
    }

    /// Returns how many of the headings ahead begin before `end`.
    pub(super) fn before(&self, end: usize) -> usize {
        self.ahead
            .iter()
            .take_while(|heading| heading.byte < end)
            .count()
    }

    /// Goes on to the section that begins at `first` and has the next `inside` headings in it. Returns it as it is expected,
    /// and those headings.
    pub(super) fn enter(
        &mut self,
        inside: usize,
        first: usize,
    ) -> Result<(SectionRow, &'a [HeadingRow]), Damaged> {
        let (inside, ahead) = self
            .ahead
            .split_at_checked(inside)
            .ok_or_else(|| Damaged::wrong("a heading"))?;
        self.ahead = ahead;
        // Text before its first heading leads a section, which then is not called after that.
        let top = inside.first();
        let lead = top.and_then(|top| self.text.get(first..top.byte));
        let lead = lead.unwrap_or_default();
        let own = top.filter(|_| lead.trim_ascii().is_empty());
        if let Some(top) = top {
            self.above.retain(|above| above.level < top.level);
        }
        let anchor = match (top, own) {
            (None, _) => self.anchor,
            (_, own) => own.map_or("", |own| &own.anchor),
        };
        let mut crumbs = vec![self.title];
        let path = self.above.iter().copied().chain(own);
        crumbs.extend(path.map(|heading| heading.title.as_str()));
        crumbs.dedup();
        let title = crumbs.last().copied().unwrap_or_default();
        let named = inside.iter();
        let named: usize = named
            .map(|heading| heading.title.len() + heading.anchor.len() + 2)
            .sum();
        let crumbs_bytes: usize = crumbs
            .iter()
            .map(|crumb| crumb.len() + BETWEEN_CRUMBS.len())
            .sum();
        let bytes = lead.len() + title.len() + anchor.len() + crumbs_bytes + 2 * named;
        spend(&mut self.left, bytes)?;
        for heading in inside {
            self.above.retain(|above| above.level < heading.level);
            self.above.push(heading);
            self.anchor = &heading.anchor;
        }

        let headings: Vec<&str> = inside
            .iter()
            .map(|heading| heading.title.as_str())
            .collect();
        let next = ahead.first();
        let line = own.map_or(self.line.saturating_add(1), |own| own.line);
        let tokens = inside.iter().map(|heading| heading.tokens);
        let section = SectionRow {
            title: title.to_owned(),
            breadcrumb: crumbs.join(BETWEEN_CRUMBS),
            anchor: anchor.to_owned(),
            part: 0,
            headings: headings.join("\n"),
            symbols: String::new(),
            lines: (line, next.map_or(line, |next| next.line.saturating_sub(1))),
            bytes: (first, next.map_or(self.text.len(), |next| next.byte)),
            before: String::new(),
            after: String::new(),
            tokens: tokens.fold(0, u32::saturating_add),
        };
        Ok((section, inside))
    }

    /// Returns the part that is expected of the next section, which is under `anchor`.
    pub(super) fn part_under(&self, anchor: &str) -> u64 {
        if self.under == anchor {
            u64::from(self.part) + 1
        } else {
            1
        }
    }

    pub(super) fn leave(&mut self, section: &SectionRow) {
        self.end = section.bytes.1;
        self.line = section.lines.1;
        section.anchor.clone_into(&mut self.under);
        self.part = section.part;
    }
}
