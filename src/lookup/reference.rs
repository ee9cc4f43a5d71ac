//! How a page or section is named: `react:reference/react/useEffect.md#caveats`, with `~2` for a second part.

use std::fmt;

/// A citation that can be read again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// Name of the source; `None` if left out.
    pub source: Option<String>,
    /// Path of the page, relative to the source.
    pub path: String,
    /// Anchor of the section; `""` for the whole page.
    pub anchor: String,
    /// Which of the sections under the anchor; 0 for all of it.
    pub part: u32,
}

impl Reference {
    /// Reads a reference; anything can be one, though it may lead nowhere.
    pub fn parse(text: &str) -> Self {
        let text = trimmed(text);
        Self::of(text.split_once('#').unwrap_or((text, "")))
    }

    /// Returns what `text` can mean where the path of its page may have a `#` of its own, the longest path first.
    pub(super) fn readings(text: &str) -> impl Iterator<Item = Self> {
        let text = trimmed(text);
        let ends = text.rmatch_indices('#').map(|(at, _)| at);
        std::iter::once(text.len())
            .chain(ends)
            .take(READINGS_MAX)
            .filter_map(|end| {
                let (page, section) = text.split_at_checked(end)?;
                Some(Self::of((page, section.trim_start_matches('#'))))
            })
    }

    /// Reads what stands before a `#` and after it.
    fn of((page, section): (&str, &str)) -> Self {
        let (anchor, part) = match section.rsplit_once('~') {
            Some((anchor, part)) if part.parse::<u32>().is_ok() => {
                (anchor, part.parse().unwrap_or(0))
            }
            _ => (section, 0),
        };
        let (source, path) = match page.split_once(':') {
            Some((source, path)) => (Some(source.to_owned()), path),
            None => (None, page),
        };
        Self {
            source,
            path: path
                .trim_start_matches("./")
                .trim_start_matches('/')
                .to_owned(),
            anchor: anchor.to_owned(),
            part,
        }
    }

    /// Names a section of a page: its part is left out where it is the first.
    pub fn to_section(source: &str, path: &str, anchor: &str, part: u32) -> Self {
        Self {
            source: Some(source.to_owned()),
            path: path.to_owned(),
            anchor: anchor.to_owned(),
            part: if part > 1 { part } else { 0 },
        }
    }
}

/// Marks in one reference that are tried as a part of the path: a name has one or two.
const READINGS_MAX: usize = 8;

fn trimmed(text: &str) -> &str {
    text.trim().trim_matches('`')
}

impl fmt::Display for Reference {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(source) = &self.source {
            write!(out, "{source}:")?;
        }
        write!(out, "{}", self.path)?;
        if !self.anchor.is_empty() || self.part > 0 {
            write!(out, "#{}", self.anchor)?;
        }
        if self.part > 0 {
            write!(out, "~{}", self.part)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_reads_back_as_it_was_written() {
        for text in [
            "react:reference/useEffect.md#caveats",
            "react:reference/useEffect.md#caveats~2",
            "react:reference/useEffect.md",
            "reference/useEffect.md",
            "react:page.md#~3",
        ] {
            assert_eq!(Reference::parse(text).to_string(), text);
        }
    }

    #[test]
    fn a_mark_may_belong_to_the_path() {
        let readings: Vec<(String, String)> = Reference::readings("d:c#-guide.md#use~2")
            .map(|reference| (reference.path, reference.anchor))
            .collect();
        let expected = [
            ("c#-guide.md#use~2", ""),
            ("c#-guide.md", "use"),
            ("c", "-guide.md#use"),
        ];
        let owned = |(path, anchor): (&str, &str)| (path.to_owned(), anchor.to_owned());
        assert_eq!(readings, expected.map(owned));
    }

    #[test]
    fn any_text_is_a_reference() {
        for text in [
            "",
            "#",
            ":",
            "~",
            "#~",
            "a:b:c#d#e~x~1",
            "💥:#💥~4294967296",
        ] {
            assert!(Reference::parse(text).to_string().len() <= text.len() + 1);
        }
    }
}
