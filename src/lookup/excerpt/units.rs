//! A passage taken apart into what is shown or left out.

use std::cell::OnceCell;
use std::ops::Range;

use super::around::Around;
use super::long;
use super::sentences::{part_first, sentences};
use super::terms::{Said, is_ended, is_entry, terms};
use crate::lookup::bare;
use crate::lookup::passage::fence_of;
use crate::lookup::rank::Words;

/// Bytes of a line that is a mark: no more tokens than a gap.
pub(super) const MARK_BYTES_MAX: usize = 8;
/// What a tab counts as white space.
const TAB: usize = 4;
/// Lines of the terms that one description is of.
pub(super) const TERMS_MAX: usize = 4;
/// Bytes of such terms: more is text.
const TERMS_BYTES_MAX: usize = 400;

/// Directives that hold something else than text.
const WHOLE: &[&str] = &[
    "code",
    "code-block",
    "sourcecode",
    "literalinclude",
    "parsed-literal",
    "prompt",
    "doctest",
    "testcode",
    "testsetup",
    "testoutput",
    "ipython",
    "jupyter-execute",
    "plot",
    "math",
    "raw",
    "productionlist",
    "graphviz",
    "digraph",
    "mermaid",
    "uml",
    "toctree",
    "autosummary",
    "table",
    "csv-table",
    "list-table",
    "image",
    "figure",
];

/// What a passage is cut into.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unit {
    pub(super) bytes: Range<usize>,
    /// Counted when it is asked for: most units are never looked at.
    pub(super) tokens: OnceCell<usize>,
    pub(super) form: Form,
    /// The unit without which this would seem to be said of what is above: the head of its table, the item that it stands inside of,
    /// the term that it describes, a heading that the citation does not name.
    pub(super) under: Option<usize>,
    /// Whether it is the head of the definition that the citation is of: it need not be said again.
    pub(super) is_cited: bool,
    /// Whether it is the first that is said of the terms it is under.
    pub(super) begins: bool,
    /// Whether it goes on with what it is under, and how.
    pub(super) goes_on: Option<GoesOn>,
    pub(super) found: Words,
}

impl Unit {
    fn new(bytes: Range<usize>, form: Form, under: Option<usize>) -> Self {
        Self {
            bytes,
            tokens: OnceCell::new(),
            form,
            under,
            is_cited: false,
            begins: false,
            goes_on: None,
            found: 0,
        }
    }
}

/// What a unit is the rest of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum GoesOn {
    /// The sentence that the unit above begins.
    Sentence,
    /// An item or a row.
    Block,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// A heading.
    Heading,
    /// A line without a letter, as `---` and what ends an admonition: shown between its neighbours only.
    Mark,
    /// What says nothing, as an anchor: left out, without a mark before and behind what is shown.
    Bare,
    /// A sentence, or a paragraph.
    Prose,
    /// An item, a row, a fence, an indented block.
    Block,
    /// The first lines of a table: shown with the rows, never for itself.
    TableHead,
    /// What is described below, or the head of a definition: shown with what is said of it, never for itself.
    Term,
}

impl Form {
    /// Whether it says something without what stands below it.
    pub(super) fn stands_alone(self) -> bool {
        !matches!(
            self,
            Self::Heading | Self::Mark | Self::Bare | Self::TableHead | Self::Term
        )
    }
}

/// A line with its place.
#[derive(Clone, Copy)]
pub(super) struct Line<'t> {
    pub(super) text: &'t str,
    start: usize,
    end: usize,
}

impl Line<'_> {
    pub(super) fn is_blank(self) -> bool {
        self.text.trim().is_empty()
    }

    /// White space before its first letter, in bytes; a tab counts as four.
    pub(super) fn indent(self) -> usize {
        let space = self.text.len() - self.text.trim_start().len();
        let tabs = self.text.bytes().take(space).filter(|byte| *byte == b'\t');
        space + (TAB - 1) * tabs.count()
    }

    /// Whether it begins what is said of the term above.
    pub(super) fn describes(self) -> bool {
        let text = self.text.trim_start();
        text == ":" || text.starts_with(": ")
    }

    /// Whether it begins a directive of reStructuredText that holds text: `.. note::`, `.. py:function:: f(x)`.
    fn begins_directive(self) -> bool {
        let rest = self.text.trim_start().strip_prefix(".. ");
        let name = rest.and_then(|rest| rest.split_once("::"));
        name.is_some_and(|(name, _)| {
            let mut letters = name.chars();
            letters.all(|letter| letter.is_alphanumeric() || "-_:.+".contains(letter))
                && !name.is_empty()
                && !WHOLE.contains(&name)
        })
    }

    pub(super) fn is_row(self) -> bool {
        self.text.trim_start().starts_with('|')
    }

    /// Whether it is `|---|---|`, which ends the head of a table.
    fn is_rule(self) -> bool {
        self.is_row()
            && self.text.contains('-')
            && self
                .text
                .trim()
                .chars()
                .all(|letter| "|-: \t+=".contains(letter))
    }

    /// Whether it underlines a heading, as reStructuredText and setext do.
    fn is_underline(self) -> bool {
        let text = self.text.trim_end();
        let mut letters = text.chars();
        let first = letters.next();
        text.len() >= 3
            && first.is_some_and(|first| {
                "=-~^\"'*+#".contains(first) && letters.all(|letter| letter == first)
            })
    }

    pub(super) fn is_heading(self) -> bool {
        let level = self.text.bytes().take_while(|byte| *byte == b'#').count();
        (1..=6).contains(&level)
            && self
                .text
                .get(level..)
                .is_some_and(|rest| rest.starts_with(' '))
    }

    pub(super) fn begins_item(self) -> bool {
        let text = self.text.trim_start();
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let after = text.get(digits..).unwrap_or_default();
        match digits {
            0 => ["- ", "* ", "+ "].iter().any(|mark| text.starts_with(mark)),
            1..=3 => after.starts_with(". ") || after.starts_with(") "),
            _ => false,
        }
    }
}

pub(super) fn lines(text: &str) -> Vec<Line<'_>> {
    let mut start = 0;
    let lines = text.split_inclusive('\n').map(|line| {
        let from = start;
        start += line.len();
        Line {
            text: line.trim_end_matches(['\n', '\r']),
            start: from,
            end: start,
        }
    });
    lines.collect()
}

/// Cuts `text` into units, in order; blank lines belong to none. `definitions` are the bytes at which heads of definitions begin.
pub(super) fn units(text: &str, definitions: &[usize]) -> Vec<Unit> {
    let lines = lines(text);
    let mut units: Vec<Unit> = Vec::new();
    let mut around = Around::default();
    // A container that does not end here is none: what follows may not belong to it.
    let closes = |line: &Line<'_>| bare::container(line.text).is_some_and(str::is_empty);
    let last_end = lines.iter().rposition(closes).unwrap_or_default();
    let mut at = 0;
    while let Some(line) = lines.get(at).copied() {
        if line.is_blank() {
            around.end_paragraph();
            at += 1;
            continue;
        }
        around.leave(line.indent(), line.describes());
        if let Some(called) = container(line, &around) {
            let has_title = bare::has_title(called) && at < last_end;
            let form = match (called.is_empty(), has_title) {
                (true, _) => Form::Mark,
                (_, true) => Form::Term,
                _ => Form::Prose,
            };
            if called.is_empty() {
                around.end_container();
            }
            let bytes = line.start..line.end;
            let unit = Unit::new(bytes, form, around.innermost());
            if !called.is_empty() {
                around.begin_container(has_title.then_some(units.len()));
            }
            units.push(unit);
            at += 1;
            continue;
        }
        let held = line.begins_directive().then(|| held(&lines, at, line));
        if let Some((end, indent)) = held.flatten() {
            let is_cited = units.is_empty() && definitions.binary_search(&line.start).is_ok();
            let bytes = line.start..last_byte(text, &lines, end);
            let head = Unit::new(bytes, Form::Term, around.innermost());
            units.push(Unit { is_cited, ..head });
            around.begin_directive(units.len() - 1, indent);
            at = end;
            continue;
        }
        if let Some((end, said)) = described(&lines, at, &around, definitions) {
            around.end_paragraph();
            let bytes = line.start..last_byte(text, &lines, end);
            units.push(Unit::new(bytes, Form::Term, around.innermost()));
            match said {
                Said::Indented(indent) => around.begin_directive(units.len() - 1, indent),
                Said::Below => around.begin_paragraph(units.len() - 1, line.indent()),
            }
            at = end;
            continue;
        }
        let (form, end) = extent(&lines, at, line, &around);
        let (form, end) = if form == Form::Prose {
            let is_definition = definitions.binary_search(&line.start).is_ok();
            prose(text, &lines, (at, end), is_definition)
        } else {
            (form, end)
        };
        let bytes = line.start..last_byte(text, &lines, end);
        let number = units.len();
        let is_definition = form == Form::Term && definitions.binary_search(&line.start).is_ok();
        if is_definition {
            around.end_definition(line.indent());
        }
        let under = match form {
            Form::Heading => {
                around.begin_heading(number);
                None
            }
            _ if line.is_row() => table(&units, line.start, text).or(around.innermost()),
            _ => around.innermost(),
        };
        if is_definition {
            around.begin_definition(number, line.indent());
        } else if form == Form::Term {
            around.begin_term(number, line.indent());
        } else if line.begins_item() || is_entry(line) && !around.is_block(line.indent()) {
            around.begin_item(number, line.indent());
        }
        let (mut cut, mut is_parted) = match form {
            Form::Prose => (sentences(text, bytes), false),
            Form::Block => long::parts(text, bytes, line),
            _ => (vec![bytes], false),
        };
        let term = units
            .last()
            .filter(|unit| unit.form == Form::Term && !unit.is_cited);
        is_parted |= form == Form::Prose && term.is_some() && part_first(text, &mut cut);
        let cut = cut.into_iter().enumerate().map(|(place, bytes)| {
            // The rest of the first sentence says nothing without its beginning.
            let goes_on = if is_parted && place == 1 {
                Some(GoesOn::Sentence)
            } else if form == Form::Block && place > 0 {
                Some(GoesOn::Block)
            } else {
                None
            };
            let (form, under) = match goes_on {
                Some(_) => (Form::Prose, Some(number)),
                None => (form, under),
            };
            Unit {
                is_cited: is_definition && number == 0,
                goes_on,
                ..Unit::new(bytes, form, under)
            }
        });
        units.extend(cut);
        at = end;
    }
    mark_bare(text, &mut units);
    lead_in(text, &mut units);
    units
}

/// What a container that `line` opens is called, nothing where it closes one.
fn container<'t>(line: Line<'t>, around: &Around) -> Option<&'t str> {
    bare::container(line.text).filter(|_| !around.is_block(line.indent()))
}

/// Marks the units of `text` that say nothing, if others do.
fn mark_bare(text: &str, units: &mut [Unit]) {
    let mut above = "";
    let mut found = Vec::new();
    let mut others = false;
    for (at, unit) in units.iter().enumerate() {
        let words = text.get(unit.bytes.clone()).unwrap_or_default();
        let may_be = matches!(unit.form, Form::Prose | Form::Block);
        // What is announced is an example.
        if may_be && !above.trim_end().ends_with(':') && bare::says_nothing(words) {
            found.push(at);
        } else {
            above = words;
            others |= unit.form.stands_alone();
        }
    }
    for at in found.into_iter().filter(|_| others) {
        if let Some(unit) = units.get_mut(at) {
            unit.form = Form::Bare;
        }
    }
}

/// Binds the words that announce a block (`like so:`) to it, for they say nothing without it.
fn lead_in(text: &str, units: &mut [Unit]) {
    for at in 1..units.len() {
        let Some([lead, block]) = units.get_mut(at - 1..=at) else {
            continue;
        };
        let words = text.get(lead.bytes.clone()).unwrap_or_default();
        let announces = lead.form == Form::Prose && words.trim_end().ends_with(':');
        if announces && block.form == Form::Block && block.under == lead.under {
            lead.form = Form::Term;
            block.under = Some(at - 1);
        }
    }
}

/// Returns the number of the line behind the terms that begin at the line numbered `at`, if it begins some, and where what is said of
/// them stands.
fn described(
    lines: &[Line<'_>],
    at: usize,
    around: &Around,
    definitions: &[usize],
) -> Option<(usize, Said)> {
    let line = lines
        .get(at)
        .filter(|line| !around.is_block(line.indent()))?;
    let (end, said) = terms(lines, at)?;
    let is_definition = definitions.binary_search(&line.start).is_ok();
    (!is_definition).then_some((end, said))
}

/// Returns the number of the line behind the head of a directive, `line`, with its options, and how far what it holds is indented;
/// nothing if it holds nothing.
fn held(lines: &[Line<'_>], at: usize, line: Line<'_>) -> Option<(usize, usize)> {
    let rest = lines.get(at + 1..).unwrap_or_default();
    let is_inside = |inner: &Line<'_>| inner.indent() > line.indent();
    let options = rest.iter().take_while(|inner| {
        !inner.is_blank() && is_inside(inner) && inner.text.trim_start().starts_with(':')
    });
    let options = options.count();
    let mut held = rest.iter().skip(options);
    let first = held.find(|inner| !inner.is_blank())?;
    is_inside(first).then(|| (at + 1 + options, first.indent()))
}

/// Returns what the unit is that begins with `line`, numbered `at`, and the number of the line behind it.
fn extent(lines: &[Line<'_>], at: usize, line: Line<'_>, around: &Around) -> (Form, usize) {
    let ahead = lines.get(at + 1).copied();
    let rest = lines.get(at + 1..).unwrap_or_default();
    let while_lines = |goes_on: &dyn Fn(Line<'_>) -> bool| {
        at + 1 + rest.iter().take_while(|line| goes_on(**line)).count()
    };
    let is_block = |line: Line<'_>| around.is_block(line.indent());
    if let Some(fence) = fence_of(line.text) {
        let closes = |line: &Line<'_>| {
            fence_of(line.text)
                .is_some_and(|end| end.starts_with(fence) && line.text.trim().len() == end.len())
        };
        let close = rest.iter().position(closes);
        (
            Form::Block,
            close.map_or(lines.len(), |close| at + close + 2),
        )
    } else if line.is_heading() {
        (Form::Heading, at + 1)
    } else if ahead.is_some_and(Line::is_underline) && !is_block(line) && !line.is_row() {
        (Form::Heading, at + 2)
    } else if line.is_row() && ahead.is_some_and(Line::is_rule) {
        (Form::TableHead, at + 2)
    } else if line.is_row() {
        (Form::Block, at + 1)
    } else if line.begins_item() || is_entry(line) && !is_block(line) {
        (
            Form::Block,
            while_lines(&|line| {
                !line.is_blank()
                    && !line.begins_item()
                    && !is_entry(line)
                    && fence_of(line.text).is_none()
                    && container(line, around).is_none()
            }),
        )
    } else if is_block(line) || line.text.trim_start().starts_with(".. ") {
        // Code, or what a directive holds: to the last line that is indented.
        let inside = while_lines(&|line| line.is_blank() || is_block(line));
        let blank = lines.get(at..inside).unwrap_or_default().iter().rev();
        (
            Form::Block,
            inside - blank.take_while(|line| line.is_blank()).count(),
        )
    } else {
        let terms_below = rest.iter().zip(at + 1..).find_map(|(other, at)| {
            let is_less = other.indent() < line.indent();
            let may_be = is_less || is_ended(*other);
            (other.is_blank() || may_be && terms(lines, at).is_some()).then_some(at)
        });
        let end = terms_below.unwrap_or(lines.len());
        let (form, ended) = (
            Form::Prose,
            while_lines(&|line| {
                !line.is_blank()
                    && !line.is_heading()
                    && !line.is_row()
                    && !line.begins_item()
                    && !line.describes()
                    && !is_entry(line)
                    && fence_of(line.text).is_none()
                    && container(line, around).is_none()
            }),
        );
        (form, ended.min(end))
    }
}

/// Returns what the words of the lines from `at` to `end` are, and where they end: a term may be the last line of them.
fn prose(
    text: &str,
    lines: &[Line<'_>],
    (at, end): (usize, usize),
    is_definition: bool,
) -> (Form, usize) {
    let Some(line) = lines.get(at) else {
        return (Form::Prose, end);
    };
    let says = text.get(line.start..last_byte(text, lines, end));
    let says = says.unwrap_or_default().trim();
    // Markdown may have a blank line between the two.
    let below = lines.get(end).filter(|line| !line.is_blank());
    let below = below.or_else(|| lines.get(end + 1));
    let is_described =
        below.is_some_and(|below| below.describes() && below.indent() >= line.indent());
    // Signs are described too: `%~`, `$?`.
    if says.len() <= MARK_BYTES_MAX && !says.contains(char::is_alphanumeric) && !is_described {
        return (Form::Mark, end);
    }
    if is_definition && end == at + 1 {
        (Form::Term, end)
    } else if !is_described || line.describes() {
        (Form::Prose, end)
    } else if end - at > TERMS_MAX {
        (Form::Prose, end - 1)
    } else if says.len() > TERMS_BYTES_MAX {
        (Form::Prose, end)
    } else {
        (Form::Term, end)
    }
}

/// Returns the byte behind the lines before `end`.
fn last_byte(text: &str, lines: &[Line<'_>], end: usize) -> usize {
    let last = end.checked_sub(1).and_then(|last| lines.get(last));
    last.map_or(text.len(), |line| line.end)
}

/// Finds the first that is said of each term; one of which nothing is said is text.
pub(super) fn find_first_said(units: &mut [Unit]) {
    let mut first = None;
    for at in (0..units.len()).rev() {
        let Some(form) = units.get(at).map(|unit| unit.form) else {
            continue;
        };
        if form.stands_alone() {
            first = Some(at);
        } else if form == Form::Term {
            let said = first.filter(|first| {
                let above = |at: &usize| units.get(*at)?.under;
                let mut heads = std::iter::successors(above(first), above);
                heads.any(|head| head == at)
            });
            if let Some(said) = said.and_then(|said| units.get_mut(said)) {
                said.begins = true;
            } else if let Some(unit) = units.get_mut(at) {
                unit.form = Form::Prose;
                first = Some(at);
            }
        }
    }
}

/// The head of the table whose row begins at byte `start`, if it has one.
fn table(units: &[Unit], start: usize, text: &str) -> Option<usize> {
    let is_right_above = text.get(units.last()?.bytes.end..start) == Some("");
    let last = units.len() - 1;
    let above = units.get(long::begun(units, last).unwrap_or(last))?;
    let row = text.get(above.bytes.clone())?.trim_start();
    match above.form {
        Form::TableHead if is_right_above => Some(units.len() - 1),
        Form::Block if is_right_above && row.starts_with('|') => above.under,
        _ => None,
    }
}
