//! The lines of a page as a formatter of text reads them: comments gone, lines that go on joined, conditions decided as for a
//! terminal, strings and numbers put in, macros that the page defines carried out.

use std::collections::HashMap;
use std::rc::Rc;

use super::expression::{self, Condition};

/// Macros that call one another, and strings within strings: more is a loop.
const DEPTH_MAX: usize = 16;
/// Conditions in one line before what they are about: generated pages have three.
const CONDITIONS_MAX: usize = 64;
/// Bytes that strings and macros of a page may be put in as: the largest pages have a tenth of it, those that multiply themselves more.
const EXPANDED_BYTES_MAX: usize = 4 << 20;
/// Strings, macros and numbers of a page: more is data.
const NAMES_MAX: usize = 4096;
/// Alternatives that wait for their other half.
const OTHERWISE_MAX: usize = 64;

/// A line that is to be shown or obeyed.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// The name of a request or macro, and what stands behind it.
    Request(String, String),
    Text(String),
}

/// A macro being carried out.
struct Frame {
    body: Rc<Vec<String>>,
    at: usize,
    arguments: Vec<String>,
}

/// The lines of a page, and what it defined so far.
pub(super) struct Input<'a> {
    lines: Vec<&'a str>,
    at: usize,
    /// Line of the file, from 1, of what came last.
    number: u32,
    frames: Vec<Frame>,
    macros: HashMap<String, Rc<Vec<String>>>,
    strings: HashMap<String, String>,
    numbers: HashMap<String, i64>,
    /// Letters that are shown as others.
    pub(super) translated: HashMap<char, char>,
    /// Whether the other half of each alternative holds.
    otherwise: Vec<bool>,
    expanded_bytes: usize,
}

impl<'a> Input<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        Self {
            lines: text.lines().collect(),
            at: 0,
            number: 1,
            frames: Vec::new(),
            macros: HashMap::new(),
            strings: HashMap::new(),
            numbers: HashMap::new(),
            translated: HashMap::new(),
            otherwise: Vec::new(),
            expanded_bytes: 0,
        }
    }

    /// Returns the line of the file, from 1, that the last step came from.
    pub(super) fn number(&self) -> u32 {
        self.number
    }

    /// Tells whether not all was put in that the page asked for.
    pub(super) fn is_beyond(&self) -> bool {
        self.expanded_bytes > EXPANDED_BYTES_MAX
    }

    /// Returns the next line that is not about lines themselves.
    pub(super) fn next(&mut self) -> Option<Step> {
        loop {
            let raw = self.raw()?;
            let step = self.step(&raw);
            if step.is_some() {
                return step;
            }
        }
    }

    /// Returns the next line as it stands, save that it has no comment and lines that go on are joined.
    pub(super) fn raw(&mut self) -> Option<String> {
        let mut whole = String::new();
        loop {
            let Some(line) = self.line() else {
                return Some(whole).filter(|whole| !whole.is_empty());
            };
            let (line, goes_on) = without_comment(&line);
            match line.strip_suffix('\\').filter(|_| is_open(line)) {
                Some(begun) => whole.push_str(begun),
                None => whole.push_str(line),
            }
            if !goes_on && !is_open(line) {
                return Some(whole);
            }
        }
    }

    /// Returns the next line of the macro that is carried out, or of the file.
    fn line(&mut self) -> Option<String> {
        while let Some(frame) = self.frames.last_mut() {
            if let Some(line) = frame.body.get(frame.at) {
                frame.at += 1;
                // An empty line costs as well: else a macro could repeat itself without end.
                self.expanded_bytes += line.len() + 1;
                if self.expanded_bytes <= EXPANDED_BYTES_MAX {
                    return Some(line.clone());
                }
            }
            self.frames.pop();
        }
        let line = self.lines.get(self.at)?;
        self.at += 1;
        self.number = u32::try_from(self.at).unwrap_or(u32::MAX);
        Some((*line).to_owned())
    }

    /// Returns what the line `raw` is to a reader, nothing if it was only for this.
    fn step(&mut self, raw: &str) -> Option<Step> {
        let mut text = String::new();
        self.expand(raw, 0, &mut text);
        for _ in 0..CONDITIONS_MAX {
            let Some((name, rest)) = request(&text) else {
                return Some(Step::Text(text));
            };
            let rest = rest.trim_end_matches("\\}").trim_start();
            let (holds, rest) = match name {
                "" => return None,
                "if" => self.condition(rest),
                "ie" => {
                    let (holds, rest) = self.condition(rest);
                    if self.otherwise.len() >= OTHERWISE_MAX {
                        self.otherwise.clear();
                    }
                    self.otherwise.push(!holds);
                    (holds, rest)
                }
                "el" => (self.otherwise.pop().unwrap_or_default(), rest),
                "while" => (false, rest),
                "nop" | "do" => (true, rest),
                _ => {
                    let (name, rest) = (name.to_owned(), rest.to_owned());
                    return self.obey(name, rest);
                }
            };
            if !holds {
                let rest = rest.to_owned();
                self.skip(&rest);
                return None;
            }
            let mut rest = rest.trim_start();
            while let Some(inner) = rest.strip_prefix("\\{") {
                rest = inner.trim_start();
            }
            if rest.is_empty() {
                return None;
            }
            let rest = rest.to_owned();
            text = rest;
        }
        None
    }

    /// Passes over what depends on a condition that does not hold, `rest` being what stands in its line.
    fn skip(&mut self, rest: &str) {
        let mut depth = depth_behind(0, rest);
        while depth > 0 {
            let Some(line) = self.raw() else { return };
            depth = depth_behind(depth, &line);
        }
    }

    /// Does what a request is about that defines or tests something; returns it if it is another.
    fn obey(&mut self, name: String, rest: String) -> Option<Step> {
        let mut words = rest.split_whitespace();
        let first = words.next().unwrap_or_default();
        match name.as_str() {
            "de" | "de1" | "am" | "am1" => {
                let body = self.body(words.next().unwrap_or("."));
                if self.macros.len() < NAMES_MAX {
                    self.macros.insert(first.to_owned(), Rc::new(body));
                }
            }
            "ig" => drop(self.body(if first.is_empty() { "." } else { first })),
            "ds" | "as" => self.define(&name, first, &rest),
            "nr" => {
                let value = rest.get(first.len()..).unwrap_or_default().trim_start();
                let old = self.number_of(first);
                let new = expression::value(value);
                let is_added = value.starts_with(['+', '-']);
                if self.numbers.len() < NAMES_MAX {
                    let new = if is_added {
                        old.saturating_add(new)
                    } else {
                        new
                    };
                    self.numbers.insert(first.to_owned(), new);
                }
            }
            "als" => {
                let body = vec![format!(".{} \\$@", words.next().unwrap_or_default())];
                if self.macros.len() < NAMES_MAX {
                    self.macros.insert(first.to_owned(), Rc::new(body));
                }
            }
            "rm" => {
                for name in rest.split_whitespace() {
                    self.macros.remove(name);
                    self.strings.remove(name);
                }
            }
            "shift" => {
                if let Some(frame) = self.frames.last_mut()
                    && !frame.arguments.is_empty()
                {
                    frame.arguments.remove(0);
                }
            }
            "return" => drop(self.frames.pop()),
            "tr" => self.translate(&rest),
            _ => return Some(Step::Request(name, rest)),
        }
        None
    }

    /// Carries out the macro `name` of the page, if it has one; tells whether it does.
    pub(super) fn call(&mut self, name: &str, rest: &str) -> bool {
        let Some(body) = self.macros.get(name) else {
            return false;
        };
        if self.frames.len() >= DEPTH_MAX || self.is_beyond() {
            return false;
        }
        self.frames.push(Frame {
            body: Rc::clone(body),
            at: 0,
            arguments: arguments(rest),
        });
        true
    }

    /// Returns the lines of a definition, up to the one that ends it.
    fn body(&mut self, end: &str) -> Vec<String> {
        let mut body = Vec::new();
        while let Some(line) = self.line() {
            let ends = request(&line).is_some_and(|(name, _)| name == end)
                || line.trim_end() == format!(".{end}");
            if ends {
                break;
            }
            body.push(line.replace("\\\\", "\\"));
        }
        body
    }

    fn define(&mut self, how: &str, name: &str, rest: &str) {
        let value = rest.get(name.len()..).unwrap_or_default().trim_start();
        let value = value.strip_prefix('"').unwrap_or(value);
        let value = value.replace("\\\\", "\\");
        if self.strings.len() >= NAMES_MAX {
            return;
        }
        let kept = self.strings.entry(name.to_owned()).or_default();
        if how == "ds" {
            kept.clear();
        }
        // A string can be added to itself.
        self.expanded_bytes += value.len();
        if self.expanded_bytes <= EXPANDED_BYTES_MAX {
            kept.push_str(&value);
        }
    }

    fn translate(&mut self, pairs: &str) {
        let letters = super::escape::letters(pairs);
        for pair in letters.chunks(2) {
            if self.translated.len() >= NAMES_MAX {
                return;
            }
            if let [from, to] = pair {
                self.translated.insert(*from, *to);
            } else if let [from] = pair {
                self.translated.insert(*from, ' ');
            }
        }
    }

    /// Decides a condition; returns what stands behind it.
    fn condition<'t>(&self, rest: &'t str) -> (bool, &'t str) {
        let (condition, rest) = Condition::of(rest);
        let holds = match condition {
            Condition::Known(holds) => holds,
            Condition::Defined(name, is_not) => {
                let is_defined = self.macros.contains_key(name) || self.strings.contains_key(name);
                is_defined != is_not
            }
            Condition::Number(name, is_not) => self.numbers.contains_key(name) != is_not,
        };
        (holds, rest)
    }

    fn number_of(&self, name: &str) -> i64 {
        let arguments = || {
            let frame = self.frames.last();
            let count = frame.map_or(0, |frame| frame.arguments.len());
            i64::try_from(count).unwrap_or(i64::MAX)
        };
        match name {
            // So groff is told from others, and pages have nicer letters for it.
            ".g" => 1,
            ".$" => arguments(),
            _ => self.numbers.get(name).copied().unwrap_or_default(),
        }
    }

    /// Writes `text` with the strings, numbers and arguments that it names.
    fn expand(&mut self, text: &str, depth: usize, out: &mut String) {
        let mut rest = text;
        while let Some(at) = rest.find('\\') {
            let (before, from) = rest.split_at(at);
            out.push_str(before);
            let mut letters = from.chars();
            letters.next();
            let kind = letters.next();
            let behind = letters.as_str();
            rest = behind;
            match kind {
                Some('*') => {
                    let (name, after) = name_at(behind);
                    let value = self.strings.get(name).cloned();
                    let value = value.or_else(|| predefined(name).map(str::to_owned));
                    let value = value.unwrap_or_default();
                    self.expanded_bytes += value.len();
                    if depth < DEPTH_MAX && !self.is_beyond() {
                        self.expand(&value, depth + 1, out);
                    }
                    rest = after;
                }
                Some('n') => {
                    let (name, after) = name_at(behind.trim_start_matches(['+', '-']));
                    out.push_str(&self.number_of(name).to_string());
                    rest = after;
                }
                Some('$') => {
                    let (name, after) = name_at(behind);
                    let value = self.argument(name);
                    self.expanded_bytes += value.len();
                    if !self.is_beyond() {
                        out.push_str(&value);
                    }
                    rest = after;
                }
                Some(other) => out.extend(['\\', other]),
                None => out.push('\\'),
            }
        }
        out.push_str(rest);
    }

    fn argument(&self, name: &str) -> String {
        let Some(frame) = self.frames.last() else {
            return String::new();
        };
        match name {
            "*" => frame.arguments.join(" "),
            "@" => {
                let quoted = frame.arguments.iter();
                let quoted = quoted.map(|word| format!("\"{}\"", word.replace('"', "\"\"")));
                quoted.collect::<Vec<_>>().join(" ")
            }
            _ => {
                let place = name.parse::<usize>().ok();
                let place = place.and_then(|place| place.checked_sub(1));
                let word = place.and_then(|place| frame.arguments.get(place));
                word.cloned().unwrap_or_default()
            }
        }
    }
}

/// Returns the name that an escape is followed by (`x`, `(xx`, `[xxx]`), and what stands behind it.
pub(super) fn name_at(text: &str) -> (&str, &str) {
    let split = |from: usize, end: usize, to: usize| {
        let name = text.get(from..end).unwrap_or_default();
        (name, text.get(to..).unwrap_or_default())
    };
    let nth = |count: usize| {
        text.char_indices()
            .nth(count)
            .map_or(text.len(), |(at, _)| at)
    };
    match text.chars().next() {
        Some('(') => split(1, nth(3), nth(3)),
        Some('[') => match text.find(']') {
            Some(end) => split(1, end, end + 1),
            None => split(1, text.len(), text.len()),
        },
        _ => split(0, nth(1), nth(1)),
    }
}

/// Returns the name of the request that `line` is, and what stands behind it.
pub(super) fn request(line: &str) -> Option<(&str, &str)> {
    let rest = line.strip_prefix(['.', '\''])?;
    let rest = rest.trim_start_matches([' ', '\t']);
    let end = rest.find([' ', '\t', '\\', '\'', '"']);
    let (name, rest) = rest.split_at_checked(end.unwrap_or(rest.len()))?;
    // `...` begins a text as often as it is a slip.
    Some(if name.starts_with('.') {
        ("", rest)
    } else {
        (name, rest)
    })
}

/// Returns the words behind a request: between spaces, or between quotation marks, of which two are one.
pub(super) fn arguments(rest: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut letters = rest.chars().peekable();
    loop {
        while letters
            .next_if(|letter| matches!(letter, ' ' | '\t'))
            .is_some()
        {}
        let Some(first) = letters.peek().copied() else {
            return found;
        };
        let mut word = String::new();
        let is_quoted = first == '"';
        if is_quoted {
            letters.next();
        }
        while let Some(letter) = letters.next() {
            match letter {
                '\\' => {
                    word.push(letter);
                    word.extend(letters.next());
                }
                '"' if is_quoted => {
                    if letters.next_if_eq(&'"').is_none() {
                        break;
                    }
                    word.push('"');
                }
                ' ' | '\t' if !is_quoted => break,
                _ => word.push(letter),
            }
        }
        found.push(word);
    }
}

/// Returns `line` up to its comment, and whether the next one goes on with it.
fn without_comment(line: &str) -> (&str, bool) {
    let mut letters = line.char_indices();
    while let Some((at, letter)) = letters.next() {
        if letter == '\\'
            && let Some((_, mark)) = letters.next()
            && (mark == '"' || mark == '#')
        {
            return (line.get(..at).unwrap_or_default(), mark == '#');
        }
    }
    (line, false)
}

/// Tells whether `line` ends with a mark that takes its end away.
fn is_open(line: &str) -> bool {
    let marks = line.bytes().rev().take_while(|byte| *byte == b'\\');
    marks.count() % 2 == 1
}

/// Returns how many braces are open behind `line`, of which `depth` were before it.
fn depth_behind(mut depth: usize, line: &str) -> usize {
    let mut letters = line.chars();
    while let Some(letter) = letters.next() {
        if letter == '\\' {
            match letters.next() {
                Some('{') => depth += 1,
                Some('}') => depth = depth.saturating_sub(1),
                _ => {}
            }
        }
    }
    depth
}

/// Returns a string that every page has.
fn predefined(name: &str) -> Option<&'static str> {
    Some(match name {
        "R" => "®",
        "Tm" => "™",
        "lq" | "Lq" => "“",
        "rq" | "Rq" => "”",
        "L\"" | "R\"" | "q" | "Q" => "\"",
        "--" => "--",
        "PI" | "Pi" => "π",
        "Aq" | "aq" => "'",
        "Am" => "&",
        "Ba" => "|",
        "Ge" => "≥",
        "Gt" => ">",
        "Le" => "≤",
        "Lt" => "<",
        "Ne" => "≠",
        "Pm" => "±",
        "If" => "∞",
        "Na" => "NaN",
        "lp" => "(",
        "rp" => ")",
        "left-bracket" => "[",
        "right-bracket" => "]",
        _ => return None,
    })
}
