//! YAML: the first document of a file, its aliases and merged maps written out.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use saphyr_parser::{Event, Parser, ScalarStyle};

use super::{DEPTH_MAX, Node, Tree, Value};

/// Values of the largest file: the descriptions of whole platforms have a quarter of them.
const NODES_MAX: usize = 2_000_000;
/// Nodes that aliases may add to a file: enough for every hand, too few for a file made to multiply.
const ALIASED_NODES_MAX: usize = 200_000;
/// Bytes of text that they may add: one long text under many names is as large as many texts.
const ALIASED_BYTES_MAX: usize = 16 << 20;

pub(super) fn read(text: &str) -> Result<Tree<'_>, String> {
    let mut builder = Builder::default();
    let mut parser = Parser::new_from_str(text);
    let mut cut = None;
    while let Some(next) = parser.next_event() {
        let (event, span) = match next {
            Ok(next) => next,
            Err(error) => {
                let line = error.marker().line();
                cut = Some(format!("is broken from line {line} on: {}", error.info()));
                break;
            }
        };
        let line = u32::try_from(span.start.line()).unwrap_or(u32::MAX);
        if event == Event::DocumentEnd {
            break;
        }
        if let Err(why) = builder.take(event, line) {
            cut = Some(format!("is left out from line {line} on: {why}"));
            break;
        }
    }
    while !builder.open.is_empty() {
        builder.close();
    }
    match (builder.root, cut) {
        (Some(root), cut) => Ok(Tree { root, cut }),
        (None, Some(why)) => Err(why),
        (None, None) => Err("is empty".to_owned()),
    }
}

/// Returns `text` with a space before every `}` and `]` that begins a line and stands right below the key of what it
/// closes: YAML wants it deeper, most readers and so most files do not care.
pub(super) fn mended(text: &str) -> Cow<'_, str> {
    let indent = |line: &str| line.len() - line.trim_start_matches(' ').len();
    let mut openers: Vec<(usize, bool)> = Vec::new();
    let mut wrong: Vec<usize> = Vec::new();
    // The indentation of the key whose value is a text in lines, which stays as it is.
    let mut quoting: Option<usize> = None;
    for (number, line) in text.lines().enumerate() {
        let words = line.trim();
        if quoting.is_some_and(|outer| words.is_empty() || indent(line) > outer) {
            continue;
        }
        quoting = quotes_lines(words).then(|| indent(line));
        if words.starts_with(['}', ']'])
            && let Some((column, is_key)) = openers.pop()
            && is_key
            && column == indent(line)
        {
            wrong.push(number);
        }
        if words.ends_with(['{', '[']) {
            let is_key = words.contains(": ");
            openers.push((indent(line), is_key));
        }
    }
    if wrong.is_empty() {
        return text.into();
    }
    let mut wrong = wrong.into_iter().peekable();
    let mut mended = String::with_capacity(text.len() + wrong.len());
    for (number, line) in text.split_inclusive('\n').enumerate() {
        if wrong.next_if_eq(&number).is_some() {
            mended.push(' ');
        }
        mended.push_str(line);
    }
    mended.into()
}

/// Tells whether `words` are a key whose value is a text in the lines below: `key: |`, `- >-2`.
fn quotes_lines(words: &str) -> bool {
    let Some((before, mark)) = words.rsplit_once([' ', '\t']) else {
        return false;
    };
    let before = before.trim_end();
    let marks = mark.strip_prefix(['|', '>']);
    let is_mark = marks.is_some_and(|marks| {
        marks.len() <= 2
            && marks
                .chars()
                .all(|mark| "+-".contains(mark) || mark.is_ascii_digit())
    });
    is_mark && (before.ends_with([':', '-']))
}

/// A list or map that has not ended.
struct Open<'a> {
    node: Node<'a>,
    anchor: usize,
    /// The key whose value comes next.
    key: Option<Cow<'a, str>>,
}

#[derive(Default)]
struct Builder<'a> {
    open: Vec<Open<'a>>,
    anchors: HashMap<usize, Node<'a>>,
    aliased: Size,
    /// Values read so far.
    read: usize,
    root: Option<Node<'a>>,
}

impl<'a> Builder<'a> {
    fn take(&mut self, event: Event<'a>, line: u32) -> Result<(), String> {
        self.read += 1;
        if self.read > NODES_MAX {
            return Err(format!("it has more than {NODES_MAX} values"));
        }
        match event {
            Event::Scalar(words, style, anchor, _) => {
                let node = Node {
                    line,
                    value: scalar(words, style),
                };
                self.add(node, anchor)?;
            }
            Event::SequenceStart(anchor, _) => self.begin(Value::List(Vec::new()), anchor, line)?,
            Event::MappingStart(anchor, _) => self.begin(Value::Map(Vec::new()), anchor, line)?,
            Event::SequenceEnd | Event::MappingEnd => self.close(),
            Event::Alias(anchor) => {
                let node = self.anchors.get(&anchor).cloned().unwrap_or(Node {
                    line,
                    value: Value::Null,
                });
                self.count(&node)?;
                self.add(Node { line, ..node }, 0)?;
            }
            _ => {}
        }
        Ok(())
    }

    fn begin(&mut self, value: Value<'a>, anchor: usize, line: u32) -> Result<(), String> {
        if self.open.len() >= DEPTH_MAX {
            return Err(format!("it is nested deeper than {DEPTH_MAX} levels"));
        }
        self.open.push(Open {
            node: Node { line, value },
            anchor,
            key: None,
        });
        Ok(())
    }

    fn close(&mut self) {
        let Some(mut done) = self.open.pop() else {
            return;
        };
        if let Value::Map(entries) = &mut done.node.value {
            merge(entries);
        }
        // What closes has been counted when it was read; a copy of it for its anchor is counted when it is used.
        drop(self.add(done.node, done.anchor));
    }

    fn add(&mut self, node: Node<'a>, anchor: usize) -> Result<(), String> {
        if anchor > 0 {
            self.count(&node)?;
            self.anchors.insert(anchor, node.clone());
        }
        let Some(open) = self.open.last_mut() else {
            self.root.get_or_insert(node);
            return Ok(());
        };
        match &mut open.node.value {
            Value::Map(entries) => match open.key.take() {
                Some(key) => entries.push((key, node)),
                None => open.key = Some(key_of(node)),
            },
            Value::List(items) => items.push(node),
            _ => {}
        }
        Ok(())
    }

    fn count(&mut self, node: &Node<'_>) -> Result<(), String> {
        self.aliased.add(node);
        if self.aliased.nodes > ALIASED_NODES_MAX {
            return Err(format!(
                "its aliases stand for more than {ALIASED_NODES_MAX} values"
            ));
        }
        if self.aliased.bytes > ALIASED_BYTES_MAX {
            return Err(format!(
                "its aliases stand for more than {} MiB",
                ALIASED_BYTES_MAX >> 20
            ));
        }
        Ok(())
    }
}

/// How many nodes there are, and how long their texts.
#[derive(Default)]
struct Size {
    nodes: usize,
    bytes: usize,
}

impl Size {
    /// Adds `node` with all below it; what aliases made it hold was counted before, so this ends soon.
    fn add(&mut self, node: &Node<'_>) {
        self.nodes += 1;
        match &node.value {
            Value::List(items) => {
                for item in items {
                    self.add(item);
                }
            }
            Value::Map(entries) => {
                for (key, node) in entries {
                    self.bytes += key.len();
                    self.add(node);
                }
            }
            Value::Text(text) | Value::Number(text) => self.bytes += text.len(),
            Value::Null | Value::Bool(_) => {}
        }
    }
}

fn key_of(node: Node<'_>) -> Cow<'_, str> {
    match node.value {
        Value::Text(text) | Value::Number(text) => text,
        Value::Bool(word) => word.to_string().into(),
        _ => "".into(),
    }
}

/// Takes over what `<<` names, behind what the map says itself.
fn merge<'a>(entries: &mut Vec<(Cow<'a, str>, Node<'a>)>) {
    let Some(at) = entries.iter().position(|(key, _)| key == "<<") else {
        return;
    };
    let (_, from) = entries.remove(at);
    let maps = match from.value {
        Value::List(maps) => maps,
        value => vec![Node {
            line: from.line,
            value,
        }],
    };
    let mut known: HashSet<Cow<'a, str>> = entries.iter().map(|(key, _)| key.clone()).collect();
    for map in maps {
        if let Value::Map(more) = map.value {
            for (key, node) in more {
                if known.insert(key.clone()) {
                    entries.push((key, node));
                }
            }
        }
    }
}

/// Returns a scalar as the core schema of YAML reads it: only plain words can be more than text.
fn scalar(words: Cow<'_, str>, style: ScalarStyle) -> Value<'_> {
    if style != ScalarStyle::Plain {
        return Value::Text(words);
    }
    match words.as_ref() {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        number if is_number(number) => Value::Number(words),
        _ => Value::Text(words),
    }
}

fn is_number(words: &str) -> bool {
    let digits = words.trim_start_matches(['-', '+']);
    digits.starts_with(|letter: char| letter.is_ascii_digit()) && digits.parse::<f64>().is_ok()
}
