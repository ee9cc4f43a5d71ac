//! The edit of JSON, with or without comments: the parser says where things stand, splices change them.

use jsonc_parser::ast::{Object, ObjectProp, Value as Node};
use jsonc_parser::common::Ranged as _;
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};
use serde_json::Value;

use super::{EditError, Splice, Spot, Syntax, newline_of, spliced};

const BOM: &str = "\u{feff}";

/// Indentation of a new file.
const UNIT: &str = "  ";

pub(super) fn get(syntax: Syntax, text: &str, spot: Spot<'_>) -> Result<Option<Value>, EditError> {
    let text = text.strip_prefix(BOM).unwrap_or(text);
    let root = parsed(syntax, text)?;
    let place = Place::find(text, root.as_ref(), spot)?;
    Ok(place.entry.map(|entry| entry.value.clone().into()))
}

pub(super) fn put(
    syntax: Syntax,
    text: &str,
    spot: Spot<'_>,
    entry: &Value,
) -> Result<String, EditError> {
    edited(syntax, text, |text| {
        let root = parsed(syntax, text)?;
        let place = Place::find(text, root.as_ref(), spot)?;
        let wanted = with_entry(value_of(root.as_ref()), spot, Some(entry));
        let splices = place.put(text, spot, entry);
        Ok((splices, wanted))
    })
}

pub(super) fn take(
    syntax: Syntax,
    text: &str,
    spot: Spot<'_>,
) -> Result<Option<String>, EditError> {
    if get(syntax, text, spot)?.is_none() {
        return Ok(None);
    }
    edited(syntax, text, |text| {
        let root = parsed(syntax, text)?;
        let place = Place::find(text, root.as_ref(), spot)?;
        let wanted = with_entry(value_of(root.as_ref()), spot, None);
        Ok((place.take(text), wanted))
    })
    .map(Some)
}

pub(super) fn render(document: &Value) -> String {
    let layout = Layout::Lines {
        newline: "\n",
        unit: UNIT,
    };
    format!("{}\n", rendered(document, "", layout))
}

/// Makes an edit behind a byte order mark and checks that the result means what was wanted.
fn edited(
    syntax: Syntax,
    text: &str,
    edit: impl FnOnce(&str) -> Result<(Vec<Splice>, Value), EditError>,
) -> Result<String, EditError> {
    let (mark, body) = match text.strip_prefix(BOM) {
        Some(body) => (BOM, body),
        None => ("", text),
    };
    let (splices, wanted) = edit(body)?;
    let result = spliced(body, &splices);
    if value_of(parsed(syntax, &result)?.as_ref()) != wanted {
        let what = "the edit would change more than one entry; edit the file by hand";
        return Err(EditError::at(body, 0, what));
    }
    Ok(format!("{mark}{result}"))
}

fn parsed(syntax: Syntax, text: &str) -> Result<Option<Node<'_>>, EditError> {
    let commented = syntax == Syntax::Commented;
    let options = ParseOptions {
        allow_comments: commented,
        allow_trailing_commas: commented,
        allow_loose_object_property_names: false,
        allow_missing_commas: false,
        allow_single_quoted_strings: false,
        allow_hexadecimal_numbers: false,
        allow_unary_plus_numbers: false,
        allow_bare_decimal_point_numbers: false,
        allow_non_finite_numbers: false,
        allow_extended_string_escapes: false,
    };
    match parse_to_ast(text, &CollectOptions::default(), &options) {
        Ok(result) => Ok(result.value),
        Err(error) => Err(EditError {
            line: error.line_display(),
            column: error.column_display(),
            what: lower_first(&error.kind().to_string()),
        }),
    }
}

fn lower_first(text: &str) -> String {
    let mut rest = text.chars();
    rest.next().map_or_else(String::new, |first| {
        first.to_lowercase().chain(rest).collect()
    })
}

fn value_of(root: Option<&Node<'_>>) -> Value {
    root.map_or_else(
        || Value::Object(serde_json::Map::new()),
        |root| root.clone().into(),
    )
}

/// Returns `document` with `entry` at `spot`, or without one.
fn with_entry(mut document: Value, spot: Spot<'_>, entry: Option<&Value>) -> Value {
    if let Value::Object(root) = &mut document {
        let section = root
            .entry(spot.section)
            .or_insert_with(|| Value::Object(serde_json::Map::new()));
        if let Value::Object(section) = section {
            match entry {
                Some(entry) => drop(section.insert(spot.name.to_owned(), entry.clone())),
                None => drop(section.shift_remove(spot.name)),
            }
        }
    }
    document
}

/// What a document has of the way to an entry.
struct Place<'a, 'text> {
    root: Option<&'a Object<'text>>,
    section: Option<&'a Object<'text>>,
    entry: Option<&'a ObjectProp<'text>>,
}

impl<'a, 'text> Place<'a, 'text> {
    fn find(text: &str, root: Option<&'a Node<'text>>, spot: Spot<'_>) -> Result<Self, EditError> {
        let Some(node) = root else {
            return Ok(Self {
                root: None,
                section: None,
                entry: None,
            });
        };
        let root = object(text, node, "the file")?;
        let section = match only(text, root, spot.section)? {
            Some(property) => Some(object(
                text,
                &property.value,
                &format!("`{}`", spot.section),
            )?),
            None => None,
        };
        let entry = match section {
            Some(section) => only(text, section, spot.name)?,
            None => None,
        };
        Ok(Self {
            root: Some(root),
            section,
            entry,
        })
    }

    fn put(&self, text: &str, spot: Spot<'_>, entry: &Value) -> Vec<Splice> {
        if let Some(old) = self.entry {
            if Value::from(old.value.clone()) == *entry {
                return Vec::new();
            }
            let layout = Layout::of(text, self.root, old.value.text(text).contains('\n'));
            let indent = indent_at(text, old.start());
            let new = rendered(entry, indent, layout);
            return vec![Splice::replace(old.value.start(), old.value.end(), new)];
        }
        if let Some(section) = self.section {
            return append(text, self.root, section, spot.name, entry);
        }
        let section = serde_json::json!({ spot.name: entry });
        if let Some(root) = self.root {
            return append(text, self.root, root, spot.section, &section);
        }
        // Nothing but white space or comments: the comments stay, above the new object.
        let document = render(&serde_json::json!({ spot.section: section }));
        let document = document.replace('\n', newline_of(text));
        if text.trim().is_empty() {
            return vec![Splice::replace(0, text.len(), document)];
        }
        let gap = if text.ends_with('\n') {
            ""
        } else {
            newline_of(text)
        };
        vec![Splice::insert(text.len(), format!("{gap}{document}"))]
    }

    fn take(&self, text: &str) -> Vec<Splice> {
        let (Some(section), Some(entry)) = (self.section, self.entry) else {
            return Vec::new();
        };
        let start = run_start(text, entry.start());
        let after = skip_trivia(text, entry.end());
        if byte(text, after) == Some(b',') {
            // Its own comma goes with it; a comment between the two is its own as well.
            return vec![Splice::remove(start, after + 1)];
        }
        let before = section
            .properties
            .iter()
            .take_while(|property| property.start() < entry.start())
            .last();
        if let Some(before) = before {
            let comma = skip_trivia(text, before.end());
            return vec![
                Splice::remove(comma, comma + 1),
                Splice::remove(start.max(comma + 1), entry.end()),
            ];
        }
        let (open, close) = (section.start() + 1, section.end() - 1);
        let rest = [text.get(open..start), text.get(entry.end()..close)];
        if rest.iter().flatten().all(|part| part.trim().is_empty()) {
            return vec![Splice::remove(open, close)];
        }
        vec![Splice::remove(start, entry.end())]
    }
}

fn object<'a, 'text>(
    text: &str,
    node: &'a Node<'text>,
    what: &str,
) -> Result<&'a Object<'text>, EditError> {
    node.as_object()
        .ok_or_else(|| EditError::at(text, node.start(), format!("{what} is not an object")))
}

/// Returns the property called `name`. Readers disagree on which of two wins, so two are an error.
fn only<'a, 'text>(
    text: &str,
    object: &'a Object<'text>,
    name: &str,
) -> Result<Option<&'a ObjectProp<'text>>, EditError> {
    let mut named = object
        .properties
        .iter()
        .filter(|property| property.name.as_str() == name);
    let first = named.next();
    match named.next() {
        Some(second) => {
            let what = format!("`{name}` is there twice");
            Err(EditError::at(text, second.start(), what))
        }
        None => Ok(first),
    }
}

/// How new text is laid out.
#[derive(Clone, Copy)]
enum Layout<'a> {
    /// A property a line.
    Lines { newline: &'a str, unit: &'a str },
    /// On one line, with a blank after `:` and `,`.
    Spaced,
    /// On one line without blanks.
    Compact,
}

impl<'a> Layout<'a> {
    /// Returns the layout of `text`, on lines or on one line.
    fn of(text: &'a str, root: Option<&Object<'_>>, on_lines: bool) -> Self {
        if on_lines {
            return Self::Lines {
                newline: newline_of(text),
                unit: unit_of(text, root),
            };
        }
        let blank = root
            .and_then(|root| root.properties.first())
            .and_then(|first| text.get(first.name.end()..first.value.start()))
            .is_none_or(|colon| colon.ends_with([' ', '\t']));
        if blank { Self::Spaced } else { Self::Compact }
    }
}

/// Returns the indentation of the first property of the root that starts a line.
fn unit_of<'a>(text: &'a str, root: Option<&Object<'_>>) -> &'a str {
    root.and_then(|root| {
        let outer = indent_at(text, root.start());
        let first = root
            .properties
            .iter()
            .find(|property| starts_line(text, property.start()))?;
        indent_at(text, first.start()).strip_prefix(outer)
    })
    .filter(|unit| !unit.is_empty())
    .unwrap_or(UNIT)
}

/// Adds a last property to `object`.
fn append(
    text: &str,
    root: Option<&Object<'_>>,
    object: &Object<'_>,
    name: &str,
    value: &Value,
) -> Vec<Splice> {
    let key = Value::from(name);
    if let Some(last) = object.properties.last() {
        let on_lines = starts_line(text, last.start());
        let layout = Layout::of(text, root, on_lines);
        let comma = skip_trivia(text, last.end());
        let trailing = byte(text, comma) == Some(b',');
        let (lead, indent) = match layout {
            Layout::Lines { newline, .. } => {
                let indent = indent_at(text, last.start());
                (format!("{newline}{indent}"), indent)
            }
            Layout::Spaced => (" ".to_owned(), ""),
            Layout::Compact => (String::new(), ""),
        };
        let new = format!("{lead}{}", property(&key, value, indent, layout));
        // On a line of its own, the entry comes after the comments of its neighbour's line.
        let place = |end| {
            if on_lines {
                same_line_end(text, end)
            } else {
                end
            }
        };
        if trailing {
            return vec![Splice::insert(place(comma + 1), format!("{new},"))];
        }
        let at = place(last.end());
        return vec![Splice::insert(last.end(), ","), Splice::insert(at, new)];
    }
    let (open, close) = (object.start() + 1, object.end() - 1);
    let inside = text.get(open..close).unwrap_or("");
    let whole_is_empty = root.is_some_and(|root| root.properties.is_empty());
    let layout = Layout::of(text, root, whole_is_empty || text.trim().contains('\n'));
    let (newline, unit) = match layout {
        Layout::Lines { newline, unit } => (newline, unit),
        Layout::Spaced | Layout::Compact => {
            return vec![Splice::insert(close, property(&key, value, "", layout))];
        }
    };
    let outer = indent_at(text, object.start());
    let indent = format!("{outer}{unit}");
    let new = format!(
        "{newline}{indent}{}",
        property(&key, value, &indent, layout)
    );
    match inside
        .trim_end_matches([' ', '\t', '\r'])
        .strip_suffix('\n')
    {
        // Comments on lines of their own: the entry goes below them.
        Some(above) if !above.trim().is_empty() => {
            let above = above.strip_suffix('\r').unwrap_or(above);
            vec![Splice::insert(open + above.len(), new)]
        }
        _ => {
            let kept = inside.trim_end();
            let at = open + kept.len();
            vec![Splice::replace(at, close, format!("{new}{newline}{outer}"))]
        }
    }
}

fn property(key: &Value, value: &Value, indent: &str, layout: Layout<'_>) -> String {
    let blank = if matches!(layout, Layout::Compact) {
        ""
    } else {
        " "
    };
    format!("{key}:{blank}{}", rendered(value, indent, layout))
}

/// Renders `value` for a line that is indented by `indent`; an array of scalars stays on one line.
fn rendered(value: &Value, indent: &str, layout: Layout<'_>) -> String {
    match (value, layout) {
        (_, Layout::Compact) => value.to_string(),
        (Value::Object(object), Layout::Lines { newline, unit }) if !object.is_empty() => {
            let inner = format!("{indent}{unit}");
            let lines: Vec<_> = object
                .iter()
                .map(|(key, value)| {
                    let line = property(&Value::from(key.as_str()), value, &inner, layout);
                    format!("{newline}{inner}{line}")
                })
                .collect();
            format!("{{{}{newline}{indent}}}", lines.join(","))
        }
        (Value::Object(object), Layout::Spaced) if !object.is_empty() => {
            let parts: Vec<_> = object
                .iter()
                .map(|(key, value)| property(&Value::from(key.as_str()), value, "", layout))
                .collect();
            format!("{{ {} }}", parts.join(", "))
        }
        (Value::Array(items), Layout::Lines { newline, unit })
            if items.iter().any(Value::is_object) =>
        {
            let inner = format!("{indent}{unit}");
            let lines: Vec<_> = items
                .iter()
                .map(|item| format!("{newline}{inner}{}", rendered(item, &inner, layout)))
                .collect();
            format!("[{}{newline}{indent}]", lines.join(","))
        }
        (Value::Array(items), _) => {
            let items: Vec<_> = items
                .iter()
                .map(|item| rendered(item, indent, layout))
                .collect();
            format!("[{}]", items.join(", "))
        }
        _ => value.to_string(),
    }
}

fn byte(text: &str, at: usize) -> Option<u8> {
    text.as_bytes().get(at).copied()
}

/// Returns the white space that starts the line of `at`.
fn indent_at(text: &str, at: usize) -> &str {
    let before = text.get(..at).unwrap_or("");
    let line = before.rfind('\n').map_or(0, |newline| newline + 1);
    let line = text.get(line..).unwrap_or("");
    let end = line.len() - line.trim_start_matches([' ', '\t']).len();
    line.get(..end).unwrap_or("")
}

/// Returns whether only white space stands before `at` on its line, and a line before it.
fn starts_line(text: &str, at: usize) -> bool {
    let before = text.get(..at).unwrap_or("");
    before.trim_end_matches([' ', '\t']).ends_with('\n')
}

/// Returns where the white space before `at` starts: the blanks of its line, and the one line ending before them.
fn run_start(text: &str, at: usize) -> usize {
    let before = text.get(..at).unwrap_or("");
    let before = before.trim_end_matches([' ', '\t']);
    let before = before
        .strip_suffix('\n')
        .map_or(before, |line| line.strip_suffix('\r').unwrap_or(line));
    before.len()
}

/// Returns the offset of the first byte from `from` on that is neither white space nor comment.
fn skip_trivia(text: &str, from: usize) -> usize {
    let mut at = from;
    while let Some(rest) = text.get(at..) {
        let blank = rest.len() - rest.trim_start().len();
        let comment = comment_len(rest.trim_start()).unwrap_or(0);
        if blank + comment == 0 {
            break;
        }
        at += blank + comment;
    }
    at
}

/// Returns the end of the comments that follow `from` on its line, or `from` if there are none.
///
/// Where the line ends after blanks, they stay in front: what is inserted there starts with a line ending.
fn same_line_end(text: &str, from: usize) -> usize {
    let mut end = from;
    loop {
        let rest = text.get(end..).unwrap_or("");
        let comment = rest.trim_start_matches([' ', '\t']);
        let blanks = rest.len() - comment.len();
        match comment_len(comment) {
            Some(length) if !comment.get(..length).unwrap_or("").contains('\n') => {
                end += blanks + length;
            }
            _ => return end,
        }
    }
}

/// Returns the length of the comment that `text` starts with, without the line ending of a `//` comment.
fn comment_len(text: &str) -> Option<usize> {
    if text.starts_with("//") {
        return Some(text.split(['\n', '\r']).next().unwrap_or(text).len());
    }
    let body = text.strip_prefix("/*")?;
    Some(body.find("*/")? + 4)
}
