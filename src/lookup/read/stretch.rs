//! The part of a page that is asked for: all of it, a section by its anchor, words or names, or lines of the file.

use super::{Book, Read};
use crate::lookup::document::slug;
use crate::lookup::error::{LookupError, NEAR_MAX};
use crate::lookup::format;
use crate::lookup::reference::Reference;
use crate::lookup::shelf::is_under_one_anchor;
use crate::store::documents::SectionRow;
use crate::store::outline::HeadingRow;

/// The part of a page that was asked for.
pub(super) struct Stretch {
    pub(super) reference: Reference,
    pub(super) title: String,
    pub(super) bytes: (usize, usize),
    pub(super) lines: (u32, u32),
    pub(super) before: String,
    pub(super) after: String,
}

impl Book {
    pub(super) fn stretch(&self, read: &Read) -> Result<Stretch, LookupError> {
        let section = read.section.as_deref();
        let section = section.filter(|section| !section.trim().is_empty());
        let named = section.map(|section| self.heading(section)).transpose()?;
        if let Some(lines) = &read.lines {
            return self.lines(lines);
        }
        if let Some(named) = named {
            return Ok(named);
        }
        if self.reference.part > 0 {
            return self.part();
        }
        if self.reference.anchor.is_empty() {
            return Ok(self.whole());
        }
        self.heading(&self.reference.anchor)
    }

    fn whole(&self) -> Stretch {
        Stretch {
            reference: Reference {
                anchor: String::new(),
                part: 0,
                ..self.reference.clone()
            },
            title: self.page.title.clone(),
            bytes: (0, self.text.len()),
            lines: (
                // A page that is a part of its file begins where that part does.
                self.file_lines.as_ref().map_or(1, |_| self.file_line(0)),
                self.sections.last().map_or(1, |section| section.lines.1),
            ),
            before: String::new(),
            after: String::new(),
        }
    }

    fn part(&self) -> Result<Stretch, LookupError> {
        let wanted = &self.reference;
        let is_any = wanted.anchor.is_empty() && is_under_one_anchor(&self.sections);
        let mut parts = self.sections.iter().filter(|it| it.part == wanted.part);
        let section = parts
            .find(|section| is_any || section.anchor == wanted.anchor)
            .ok_or_else(|| LookupError::unknown_reference(wanted, self.near(&wanted.anchor)))?;
        Ok(self.stretch_of(section))
    }

    fn stretch_of(&self, section: &SectionRow) -> Stretch {
        Stretch {
            reference: Reference {
                anchor: section.anchor.clone(),
                part: section.part,
                ..self.reference.clone()
            },
            title: section.breadcrumb.clone(),
            bytes: section.bytes,
            lines: section.lines,
            before: section.before.clone(),
            after: section.after.clone(),
        }
    }

    /// The heading called `wanted`, with everything below it.
    fn heading(&self, wanted: &str) -> Result<Stretch, LookupError> {
        let wanted = wanted.trim().trim_start_matches('#');
        let lower = wanted.to_lowercase();
        let slug = slug(wanted);
        let at = |is_meant: &dyn Fn(&HeadingRow) -> bool| self.outline.iter().position(is_meant);
        let anchored =
            at(&|entry| entry.anchor == wanted).or_else(|| at(&|entry| entry.anchor == slug));
        if anchored.is_none()
            && let Some(place) = format::place_of(&self.page.path, &self.text, wanted)
            && let Some(labelled) = self.from(place)
        {
            return Ok(labelled);
        }
        let letters = letters(wanted);
        let found = anchored
            .or_else(|| at(&|entry| entry.title.to_lowercase() == lower))
            .or_else(|| at(&|entry| !letters.is_empty() && self::letters(&entry.anchor) == letters))
            // Sphinx keeps the anchor of a title beside the label above it.
            .or_else(|| at(&|entry| !letters.is_empty() && self::letters(&entry.title) == letters))
            .or_else(|| at(&|entry| entry.title.to_lowercase().contains(&lower)));
        if let Some(stretch) = found.and_then(|at| self.below(at)) {
            return Ok(stretch);
        }
        if let Some(section) = self.defining(wanted) {
            return Ok(self.stretch_of(section));
        }
        let missing = Reference {
            anchor: wanted.to_owned(),
            part: 0,
            ..self.reference.clone()
        };
        Err(LookupError::unknown_reference(&missing, self.near(wanted)))
    }

    /// The heading numbered `at` in the outline, with everything below it.
    fn below(&self, at: usize) -> Option<Stretch> {
        let entry = self.outline.get(at)?;
        let mut behind = self.outline.iter().skip(at + 1);
        let next = behind.find(|next| next.level <= entry.level);
        let end = next.map_or(self.text.len(), |next| next.byte);
        let last_line = next.map_or_else(
            || self.whole().lines.1,
            |next| next.line.saturating_sub(1).max(entry.line),
        );
        Some(Stretch {
            reference: self.to(entry),
            title: entry.title.clone(),
            bytes: (entry.byte, end),
            lines: (entry.line, last_line),
            before: String::new(),
            after: String::new(),
        })
    }

    /// What begins at `byte`: a heading with everything below it, or the rest of the section from there.
    fn from(&self, byte: usize) -> Option<Stretch> {
        let heading = self.outline.iter().position(|entry| entry.byte == byte);
        if let Some(at) = heading {
            return self.below(at);
        }
        let mut sections = self.sections.iter();
        let section =
            sections.find(|section| (section.bytes.0..section.bytes.1).contains(&byte))?;
        let before = self.text.get(..byte)?.matches('\n').count();
        Some(Stretch {
            bytes: (byte, section.bytes.1),
            lines: (self.file_line(before), section.lines.1),
            before: String::new(),
            ..self.stretch_of(section)
        })
    }

    /// The section that `name` is a name of.
    fn defining(&self, name: &str) -> Option<&SectionRow> {
        let mut sections = self.sections.iter();
        sections.find(|section| section.symbols.lines().any(|own| own == name))
    }

    /// The lines of the file that `range` names; where the text was rewritten, what came from them.
    fn lines(&self, range: &str) -> Result<Stretch, LookupError> {
        let wrong = || LookupError::Argument {
            what: format!("`{range}` names no lines of `{}`", self.reference),
            hint: format!("give lines as `120-200`, within 1-{}", self.whole().lines.1),
        };
        let (first, last) = range.split_once('-').unwrap_or((range, range));
        let first: u32 = first.trim().parse().map_err(|_| wrong())?;
        let last: u32 = last.trim().parse().map_err(|_| wrong())?;
        let all = self.whole();
        if first == 0 || first > last || first > all.lines.1 {
            return Err(wrong());
        }
        let last = last.min(all.lines.1);
        let start = self.first_text_line(first);
        let end = self.text_line(last) + 1;
        let lines = (self.file_line(start).max(first), last);
        let bytes = (self.byte_of(start), self.byte_of(end));
        Ok(Stretch {
            bytes,
            lines,
            ..all
        })
    }

    /// First line of the text, from 0, that came from line `line` of the file; where none did, the one that shows it.
    fn first_text_line(&self, line: u32) -> usize {
        let first = self.file_lines.as_ref().and_then(|lines| {
            let at = lines.partition_point(|&from| from < line);
            (lines.get(at) == Some(&line)).then_some(at)
        });
        first.unwrap_or_else(|| self.text_line(line))
    }

    /// Line of the text, from 0, that shows line `line` of the file: the last that came from it or from before it.
    fn text_line(&self, line: u32) -> usize {
        let own = usize::try_from(line).unwrap_or(usize::MAX);
        self.file_lines
            .as_ref()
            .map_or(own, |lines| lines.partition_point(|&from| from <= line))
            .saturating_sub(1)
    }

    /// Line of the file, from 1, that line `line` of the text, from 0, came from.
    pub(super) fn file_line(&self, line: usize) -> u32 {
        let own = || u32::try_from(line + 1).unwrap_or(u32::MAX);
        self.file_lines.as_ref().map_or_else(own, |lines| {
            lines.get(line).or(lines.last()).copied().unwrap_or(1)
        })
    }

    /// First byte of line `line` of the text, from 0; the end of the text where it has no such line.
    pub(super) fn byte_of(&self, line: usize) -> usize {
        let ends = self.text.match_indices('\n').map(|(at, _)| at + 1);
        std::iter::once(0)
            .chain(ends)
            .nth(line)
            .unwrap_or(self.text.len())
    }

    /// References of headings that look like `wanted`.
    fn near(&self, wanted: &str) -> Vec<String> {
        let wanted = wanted.to_lowercase();
        let mut like: Vec<(f64, &HeadingRow)> = self
            .outline
            .iter()
            .map(|entry| {
                (
                    strsim::jaro_winkler(&wanted, &entry.anchor.to_lowercase()),
                    entry,
                )
            })
            .collect();
        like.sort_by(|one, other| other.0.total_cmp(&one.0));
        like.iter()
            .take(NEAR_MAX)
            .map(|(_, entry)| self.to(entry).to_string())
            .collect()
    }

    fn to(&self, entry: &HeadingRow) -> Reference {
        Reference {
            anchor: entry.anchor.clone(),
            part: 0,
            ..self.reference.clone()
        }
    }
}

/// Returns the letters and digits of an anchor: `error_bhk3` is what docutils calls `error-bhk3`.
fn letters(anchor: &str) -> String {
    let letters = anchor.chars().filter(|letter| letter.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::super::tests::given;

    #[test]
    fn an_unknown_section_is_said_also_where_lines_are_named() {
        let text = "# Bells\n\nRing them.\n";
        assert!(given("b.md", text, Some("x"), Some("1-3"), 500).contains("no"));
        assert!(given("b.md", text, Some("bells"), Some("3-3"), 500).contains("Ring them."));
    }

    #[test]
    fn a_section_is_found_by_its_names_and_by_its_label_as_it_was_written() {
        let text = "One\n===\n\nText.\n\n.. _error_bhk3:\n\nTwo\n===\n\nNot bound.\n\n.. module:: app.log\n\nThree\n=====\n\nLogs.\n";
        assert!(given("e.rst", text, Some("error_bhk3"), None, 500).contains("Not bound."));
        assert!(given("e.rst", text, Some("app.log"), None, 500).contains("Logs."));
    }

    #[test]
    fn a_heading_with_a_label_is_found_by_the_anchor_of_its_title_too() {
        let text =
            "P\n=\n\nOne.\n\n.. _conf-broker:\n\nBroker Settings\n---------------\n\nText of it.\n";
        for name in ["broker-settings", "conf-broker", "Broker settings"] {
            let said = given("p.rst", text, Some(name), None, 500);
            assert!(
                said.contains("Text of it.") && !said.contains("One."),
                "{name}: {said}"
            );
        }
    }

    #[test]
    fn a_label_of_a_paragraph_or_a_table_leads_to_it_within_its_section() {
        let text = "Lines\n=====\n\nFirst.\n\n.. _knots:\n\nTie them.\n\nKnots of the deck\n-----------------\n\nSecond.\n\n.. _loads:\n\n====  ====\na     b\n====  ====\n";
        let knots = given("l.rst", text, Some("knots"), None, 500);
        assert!(
            knots.contains("lines 8-19") && knots.contains("Tie them."),
            "{knots}"
        );
        assert!(!knots.contains("First."), "{knots}");
        let loads = given("l.rst", text, Some("loads"), None, 500);
        assert!(
            loads.contains("lines 17-19") && !loads.contains("Second."),
            "{loads}"
        );
    }
}
