//! Templates and values → text. What it reads may come from anywhere: it checks everything and trusts nothing.

use std::ops::Range;

use super::memory::Memory;
use super::template::{self, Marks, Part};
use super::{CRLF, SIGN, after_tag, body, name, split_name};
use crate::distill::legend::Legend;
use crate::distill::map::Map;

/// Returns the text that was packed by a strategy that knew `legend`, or `None` if `packed` is broken or would unpack to
/// more than `bytes_max` bytes.
pub(super) fn decode(packed: &str, legend: &Legend, bytes_max: usize) -> Option<String> {
    let (header, rest) = packed.strip_prefix(SIGN)?.split_once('\n')?;
    let mut letters = header.chars();
    let (open, close) = (letters.next()?, letters.next()?);
    let marks = Marks::ALL
        .into_iter()
        .find(|marks| (marks.open, marks.close) == (open, close))?;
    let mut words = letters.as_str();
    let mut templates = Map::default();
    let mut add = |name: String, text: &str| {
        let template = template::parse(text, marks)?;
        let own = vec![None; template.len()];
        templates.insert(name, (template, own));
        Some(())
    };
    if let Some(after) = after_tag(words, &legend.tag()) {
        words = after;
        for (number, text) in legend.templates.iter().enumerate() {
            add(name(number)?, text)?;
        }
    }
    let crlf = words.starts_with(CRLF);
    let mut lines = rest.split('\n');
    for line in lines.by_ref().take_while(|line| !line.is_empty()) {
        let (name, text) = split_name(line)?;
        add(name.to_owned(), text.strip_prefix(' ')?)?;
    }
    let mut reader = Reader {
        marks,
        templates,
        shared: Map::default(),
        stamp: None,
        end: if crlf { "\r\n" } else { "\n" },
        bytes_max,
        out: String::new(),
    };
    let mut before = None;
    for line in lines {
        if let Some(stamp) = line.strip_prefix('@') {
            reader.stamp(stamp)?;
        } else if let Some(repeats) = line.strip_prefix('*') {
            let repeats: usize = repeats.parse().ok()?;
            if repeats > bytes_max {
                return None;
            }
            for _ in 0..repeats {
                reader.line(before?)?;
            }
        } else {
            reader.line(line)?;
            before = Some(line);
        }
    }
    let length = reader.out.len().checked_sub(reader.end.len())?;
    reader.out.truncate(length);
    Some(reader.out)
}

/// Cuts `values` after the first `holes` of them: what follows, after one space, is the rest of the line.
fn split_tail(values: &str, holes: usize) -> Option<(&str, &str)> {
    let start = values.len() - values.strip_prefix(' ').unwrap_or(values).len();
    let mut at = if holes == 0 { 0 } else { start };
    for hole in 0..holes {
        at += usize::from(hole > 0);
        at += values.get(at..)?.find(' ')?;
    }
    Some((values.get(..at)?, values.get(at..)?.strip_prefix(' ')?))
}

struct Reader<'p> {
    marks: Marks,
    /// Each template and the last values of its holes.
    templates: Map<String, (Vec<Part>, Vec<Option<String>>)>,
    shared: Map<usize, Option<String>>,
    /// Slow part, fast part and tail of the last stamp.
    stamp: Option<(String, &'p str, &'p str)>,
    end: &'static str,
    bytes_max: usize,
    out: String,
}

impl<'p> Reader<'p> {
    /// Reads an `@` line.
    fn stamp(&mut self, text: &'p str) -> Option<()> {
        if let Some((slow, fast, _)) = &mut self.stamp
            && text.starts_with('\'')
        {
            *slow = template::unspell(text, Some(slow), Memory::default())?;
            *fast = "";
            return Some(());
        }
        let mark: String = [self.marks.open, self.marks.close].iter().collect();
        let (slow, tail) = text.split_once(&mark).unwrap_or((text, ""));
        self.stamp = Some((slow.to_owned(), "", tail));
        Some(())
    }

    /// Appends the line that the body line `line` stands for.
    fn line(&mut self, line: &'p str) -> Option<()> {
        if !line.is_empty() {
            let rest = match line.strip_prefix('.') {
                Some(rest) if self.stamp.is_some() => rest,
                _ => self.stamped(line)?,
            };
            if let Some(text) = rest.strip_prefix('\\') {
                self.push(text)?;
            } else if let Some((name, values)) = split_name(rest) {
                self.fill(name, values)?;
            } else {
                self.push(rest)?;
            }
        }
        self.push(self.end)
    }

    /// Appends the stamp of `line` and returns what follows it.
    fn stamped(&mut self, line: &'p str) -> Option<&'p str> {
        let Some((slow, last, tail)) = &mut self.stamp else {
            return Some(line);
        };
        let (fast, rest) = body::split_fast(line);
        if !fast.is_empty() {
            *last = fast;
        }
        let stamp = format!("{slow}{last}{tail}");
        self.push(&stamp)?;
        Some(rest)
    }

    /// Appends template `name` with its holes filled from `values`.
    fn fill(&mut self, name: &'p str, values: &str) -> Option<()> {
        let (name, (parts, mut own)) = self.templates.remove_entry(name)?;
        let (values, tail) = if parts.contains(&Part::Tail) {
            let holes = parts.iter().filter(|part| matches!(part, Part::Hole(_)));
            split_tail(values, holes.count())?
        } else {
            (values, "")
        };
        let mut spelled = values
            .strip_prefix(' ')
            .unwrap_or(values)
            .split(' ')
            .take_while(|value| !value.is_empty());
        // Where the value of each hole stands in what was written.
        let mut filled: Vec<Range<usize>> = Vec::new();
        for part in &parts {
            match part {
                Part::Text(text) => self.push(text)?,
                Part::Tail => self.push(tail)?,
                Part::Same(hole) => {
                    let value = self.out.get(filled.get(*hole)?.clone())?.to_owned();
                    self.push(&value)?;
                }
                Part::Hole(memory) => {
                    let last = match memory.group {
                        Some(number) => self.shared.entry(number).or_default(),
                        None => own.get_mut(filled.len())?,
                    };
                    let spelled = spelled.next().unwrap_or("\"");
                    let value = template::unspell(spelled, last.as_deref(), *memory)?;
                    let value = last.insert(value).clone();
                    let start = self.out.len();
                    self.push(&value)?;
                    filled.push(start..self.out.len());
                }
            }
        }
        if spelled.next().is_some() {
            return None;
        }
        self.templates.insert(name, (parts, own));
        Some(())
    }

    fn push(&mut self, text: &str) -> Option<()> {
        // The end of the last line is cut off again, so it may stand above the limit.
        (self.out.len() + text.len() <= self.bytes_max + self.end.len())
            .then(|| self.out.push_str(text))
    }
}
