//! Templates that the reader was told in an earlier text: a line that fits one is written through it.

use super::memory::Memory;
use super::name;
use super::template::{Marks, Part, parse};
use crate::distill::map::Map;

/// Bytes of the fixed start of a template by which it is found.
const START_BYTES: usize = 3;

/// The templates of a legend, ready to be matched.
pub(super) struct Known {
    templates: Vec<KnownTemplate>,
    /// Numbers of templates by the start of their text; those with a short one stand under the empty start.
    by_start: Map<Vec<u8>, Vec<usize>>,
}

/// A template that was told.
pub(super) struct KnownTemplate {
    pub(super) name: String,
    parts: Vec<Part>,
    /// What each hole remembers.
    pub(super) memories: Vec<Memory>,
}

/// A line as the values of a template that was told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Match<'t> {
    /// Number of the template.
    pub(super) template: usize,
    pub(super) values: Vec<&'t str>,
    /// The rest of the line, if the template ends in any.
    pub(super) tail: Option<&'t str>,
}

impl Known {
    /// Reads `templates` as they were listed; those that cannot be read match nothing.
    pub(super) fn new(templates: &[String], marks: Marks) -> Self {
        let mut known = Self {
            templates: Vec::new(),
            by_start: Map::default(),
        };
        for (number, text) in templates.iter().enumerate() {
            let parts = parse(text, marks).unwrap_or_default();
            let start = match parts.first() {
                Some(Part::Text(text)) => text.as_bytes().get(..START_BYTES).unwrap_or_default(),
                _ => &[],
            };
            known
                .by_start
                .entry(start.to_vec())
                .or_default()
                .push(number);
            known.templates.push(KnownTemplate {
                name: name(number).unwrap_or_default(),
                memories: parts
                    .iter()
                    .filter_map(|part| match part {
                        Part::Hole(memory) => Some(*memory),
                        Part::Text(_) | Part::Same(_) | Part::Tail => None,
                    })
                    .collect(),
                parts,
            });
        }
        // Where several fit, the one that says most.
        for numbers in known.by_start.values_mut() {
            numbers.sort_by_key(|number| {
                let length = known.templates.get(*number).map(KnownTemplate::length);
                std::cmp::Reverse(length)
            });
        }
        known
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.templates.len()
    }

    /// Every template, in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = &KnownTemplate> {
        self.templates.iter()
    }

    /// Template number `number`.
    pub(super) fn get(&self, number: usize) -> Option<&KnownTemplate> {
        self.templates.get(number)
    }

    /// Finds a template, of those with the rest of a line in them or of the others, that `line` fits.
    pub(super) fn find<'t>(&self, line: &'t str, with_tail: bool) -> Option<Match<'t>> {
        let start = line.as_bytes().get(..START_BYTES).unwrap_or_default();
        [start, &[]]
            .iter()
            .filter_map(|start| self.by_start.get(*start))
            .flatten()
            .find_map(|number| {
                let template = self.templates.get(*number)?;
                if template.parts.contains(&Part::Tail) != with_tail {
                    return None;
                }
                let (values, tail) = template.values(line)?;
                Some(Match {
                    template: *number,
                    values,
                    tail,
                })
            })
    }
}

impl KnownTemplate {
    /// Bytes of its fixed text.
    fn length(&self) -> usize {
        let texts = self.parts.iter().map(|part| match part {
            Part::Text(text) => text.len(),
            Part::Hole(_) | Part::Same(_) | Part::Tail => 0,
        });
        texts.sum()
    }

    /// Returns the values of the holes in `line`, each as short as can be, and the rest of the line.
    fn values<'t>(&self, line: &'t str) -> Option<(Vec<&'t str>, Option<&'t str>)> {
        let mut values: Vec<&'t str> = Vec::new();
        let mut tail = None;
        let mut rest = line;
        let mut parts = self.parts.iter().peekable();
        if self.parts.is_empty() {
            return None;
        }
        while let Some(part) = parts.next() {
            match part {
                Part::Text(text) => rest = rest.strip_prefix(text.as_str())?,
                Part::Same(hole) => rest = rest.strip_prefix(*values.get(*hole)?)?,
                Part::Tail => tail = Some(std::mem::take(&mut rest)),
                Part::Hole(_) => {
                    let length = match parts.peek() {
                        None => rest.len(),
                        Some(Part::Text(text)) => rest.find(text.as_str())?,
                        // Where the value ends and what follows begins, nothing tells.
                        Some(Part::Hole(_) | Part::Same(_) | Part::Tail) => return None,
                    };
                    let (value, after) = rest.split_at_checked(length)?;
                    if !is_value(value) {
                        return None;
                    }
                    values.push(value);
                    rest = after;
                }
            }
        }
        rest.is_empty().then_some((values, tail))
    }
}

/// Whether `value` can stand among the values of a line: they are parted by spaces, and quotes have a meaning.
fn is_value(value: &str) -> bool {
    !value.is_empty()
        && !value.contains(|letter: char| letter.is_whitespace() || matches!(letter, '"' | '\''))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(templates: &[&str]) -> Known {
        let templates: Vec<String> = templates.iter().map(|text| (*text).to_owned()).collect();
        Known::new(&templates, Marks::ALL[0])
    }

    #[test]
    fn a_line_fits_the_template_that_says_most() {
        let known = known(&["job {} {}", "job {} done", "job {} failed: {*}", "{} {=0}"]);
        let found = |line, with_tail| {
            known
                .find(line, with_tail)
                .map(|found| (found.template, found.values.join(","), found.tail))
        };
        assert_eq!(
            found("job 17 done", false),
            Some((1, "17".to_owned(), None))
        );
        assert_eq!(
            found("job 17 open", false),
            Some((0, "17,open".to_owned(), None))
        );
        assert_eq!(
            found("job 17 failed: no disk", true),
            Some((2, "17".to_owned(), Some("no disk")))
        );
        assert_eq!(found("a1 a1", false), Some((3, "a1".to_owned(), None)));
        for line in ["job 17 done ", "job  done", "job 1\"7 done", "", "a1 a2"] {
            assert_eq!(found(line, false), None, "{line}");
        }
    }
}
