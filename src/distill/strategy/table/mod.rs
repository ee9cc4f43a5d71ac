//! Separated values (CSV, TSV and their kin), byte for byte: the table of the JSON codec in other clothes.
//!
//! A row is an object whose keys are the names in the first line; an empty field is a key that the row lacks. So all that
//! a table of the JSON codec can say once is said once here too: constants, texts that follow from other columns, columns
//! that decide others. The header line names the dialect: separator, quotes, ends of lines ([`dialect`]).
//!
//! The header says `short-rows` where rows leave out their last fields, which are then keys that the row lacks, and
//! `open-end` where the last field holds separators without quotes. Else, a row with more or fewer fields than the first is a list: `![a b]`. Where the first line cannot name the columns they
//! are called `a`, `b` and so on, and the header says `headless`.

mod dialect;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::fmt::Write as _;

use self::dialect::{Dialect, Field};
use super::Strategy;
use super::json::{self, Document, Edge, Kind, NodeId, Span};
use super::lines::split;
use crate::distill::map::Set;

/// Bytes: a larger table would need more memory than a tool call should take (about 20 times its size).
const BYTES_MAX: usize = 64 << 20;

/// Fields of a row: a table that is wider is no table that anybody reads.
const COLUMNS_MAX: usize = 400;

/// Rows below which a table saves nothing.
const ROWS_MIN: usize = 2;

/// Columns of a table whose first field begins with a time.
const STAMPED_COLUMNS_MIN: usize = 3;

/// Bytes of a name of a column.
const NAME_BYTES_MAX: usize = 60;

/// Header word of a table whose first line is a row like the others.
const HEADLESS: &str = " headless";

/// The codec for separated values.
pub(super) struct Table;

impl Strategy for Table {
    fn name(&self) -> &'static str {
        "csv"
    }

    fn encode(&self, text: &str, cost: &dyn Fn(&str) -> usize) -> Option<String> {
        if text.len() > BYTES_MAX {
            return None;
        }
        let dialect = Dialect::detect(text)?;
        let rows = dialect.rows(text)?;
        // The comma within the time of a log makes two columns of it, which pack slowly and badly.
        if rows.first()?.len() < STAMPED_COLUMNS_MIN && split::has_stamp(text.lines().next()?) {
            return None;
        }
        let dialect = dialect.with_quotes(&rows)?;
        let has_names = names(rows.first()?);
        let header = if has_names { "" } else { HEADLESS };
        let document = document(&rows, has_names, dialect.is_short())?;
        let header = format!("csv{}{header}", dialect.header());
        let (packed, tokens) = json::pack(&document, &header, cost)?;
        json::is_shorter(&packed, tokens, text, cost).then_some(packed)
    }

    fn decode(&self, packed: &str, bytes_max: usize) -> Option<String> {
        // Fields without a quote are two bytes shorter than in the document, escapes may be six times longer.
        let (words, document) = json::unpack(packed.strip_prefix("csv")?, bytes_max)?;
        let (words, has_names) = match words.strip_suffix(HEADLESS) {
            Some(words) => (words, false),
            None => (words, true),
        };
        let dialect = Dialect::from_header(words)?;
        let mut out = String::new();
        dialect.start(&mut out);
        let rows = document.edges(document.root);
        let is_record = |row: &&Edge| document.node(row.node).kind == Kind::Object;
        let columns = |row: &&Edge| document.edges(row.node).len();
        let widest = rows.iter().filter(is_record).max_by_key(columns)?;
        let first = document.edges(widest.node);
        let names: Vec<&str> = first.iter().map(|edge| document.str(edge.key)).collect();
        (names.len() <= COLUMNS_MAX).then_some(())?;
        let dialect = dialect.with_columns(names.len());
        if has_names {
            dialect.write(names.iter().map(|name| unescape(name)), &mut out);
        }
        for row in rows {
            let edges_of = document.edges(row.node);
            match document.node(row.node).kind {
                Kind::Object => {
                    let mut edges = edges_of.iter().peekable();
                    let field = |name: &&str| {
                        let edge = edges.next_if(|edge| document.str(edge.key) == *name);
                        edge.map_or(Cow::Borrowed(""), |edge| {
                            unescape(document.lexeme(edge.node))
                        })
                    };
                    let written = match edges_of.last() {
                        Some(last) if dialect.is_short() => {
                            let last = document.str(last.key);
                            names.iter().position(|name| *name == last)? + 1
                        }
                        _ => names.len(),
                    };
                    dialect.write(names.iter().take(written).map(field), &mut out);
                }
                Kind::Array => {
                    let field = |edge: &Edge| unescape(document.lexeme(edge.node));
                    dialect.write(edges_of.iter().map(field), &mut out);
                }
                Kind::Bare | Kind::Text => return None,
            }
            (out.len() <= bytes_max.saturating_add(2)).then_some(())?;
        }
        dialect.finish(&mut out);
        (out.len() <= bytes_max).then_some(out)
    }
}

/// A table as its fields, for who wants to know what is in it.
pub(in crate::distill) struct Sheet<'t> {
    /// The names of the columns.
    pub(in crate::distill) names: Vec<String>,
    /// The rows, without the line of names.
    pub(in crate::distill) rows: Vec<Row<'t>>,
    /// The number of the last line.
    pub(in crate::distill) last_line: usize,
}

/// A row of a [`Sheet`].
pub(in crate::distill) struct Row<'t> {
    /// The line that it begins in, counted from 1.
    pub(in crate::distill) line: usize,
    /// What its fields say.
    pub(in crate::distill) fields: Vec<Cow<'t, str>>,
}

/// Reads a text as a table, if it is one with more than a row.
pub(in crate::distill) fn sheet(text: &str) -> Option<Sheet<'_>> {
    let dialect = Dialect::detect(text)?;
    let fields = dialect.rows(text)?;
    let head = fields.first()?;
    let has_names = names(head);
    let names = if has_names {
        head.iter()
            .map(|field| field.content().into_owned())
            .collect()
    } else {
        (0..head.len()).map(letters).collect()
    };
    let mut line = 1;
    let mut rows = Vec::with_capacity(fields.len());
    for row in &fields {
        rows.push(Row {
            line,
            fields: row.iter().map(|field| field.content()).collect(),
        });
        line += 1 + row.iter().map(|field| field.lines()).sum::<usize>();
    }
    rows.drain(..usize::from(has_names));
    (rows.len() >= ROWS_MIN).then_some(Sheet {
        names,
        rows,
        last_line: line - 1,
    })
}

/// Tells whether the first fields of a text name its columns, as far as their look tells.
pub(in crate::distill) fn has_header(text: &str) -> bool {
    let head = || {
        let dialect = Dialect::detect(text)?;
        let rows = dialect.rows(text.get(..text.find('\n')? + 1)?)?;
        Some(names(rows.first()?))
    };
    head() == Some(true)
}

/// Tells whether fields are names of columns: words, each once, and no data.
fn names(fields: &[Field<'_>]) -> bool {
    let mut seen = Set::default();
    fields.iter().all(|field| {
        let name = field.content();
        let starts =
            name.starts_with(|first: char| first.is_alphabetic() || "_#$@%".contains(first));
        starts
            && name.len() <= NAME_BYTES_MAX
            && !matches!(name.as_ref(), "true" | "false" | "null")
            && !name.contains("://")
            && seen.insert(name)
    })
}

/// Makes a document of rows: an array of objects.
fn document(rows: &[Vec<Field<'_>>], has_names: bool, is_short: bool) -> Option<Document> {
    let mut document = Document::over(String::new());
    let (head, body) = match rows.split_first()? {
        (head, body) if has_names => (head, body),
        (head, _) => (head, rows),
    };
    let width = head.len();
    if body.len() < ROWS_MIN || !(2..=COLUMNS_MAX).contains(&width) {
        return None;
    }
    let add = |document: &mut Document, text: &str| {
        let start = document.text.len();
        document.text.push_str(&escape(text));
        Span {
            start,
            end: document.text.len(),
        }
    };
    let keys: Vec<Span> = (0..width)
        .zip(head)
        .map(|(index, field)| {
            if has_names {
                add(&mut document, &field.content())
            } else {
                add(&mut document, &letters(index))
            }
        })
        .collect();
    // A column that is empty throughout has a value, the empty text: else it would be no column.
    let mut is_void = vec![!is_short; width];
    for row in body.iter().filter(|row| row.len() == width) {
        for (empty, field) in is_void.iter_mut().zip(row) {
            *empty &= field.is_empty();
        }
    }
    let mut members = Vec::with_capacity(body.len());
    // One record has every column: it tells the decoder their order.
    let mut is_first = !is_short;
    if is_short && !body.iter().any(|row| row.len() == width) {
        return None;
    }
    for row in body {
        let value = |document: &mut Document, field: &Field<'_>| -> NodeId {
            let content = field.content();
            let span = add(document, &content);
            let bare = json::is_bare(&content);
            document.add_scalar(if bare { Kind::Bare } else { Kind::Text }, span)
        };
        let node = if row.len() == width || (is_short && row.len() < width) {
            let mut edges = Vec::with_capacity(width);
            for ((key, field), is_void) in keys.iter().zip(row).zip(&is_void) {
                if is_first || is_short || *is_void || !field.is_empty() {
                    let node = value(&mut document, field);
                    edges.push(Edge { key: *key, node });
                }
            }
            is_first = false;
            document.add_container(Kind::Object, false, edges)
        } else {
            let edges: Vec<Edge> = row
                .iter()
                .map(|field| Edge {
                    key: Span::default(),
                    node: value(&mut document, field),
                })
                .collect();
            document.add_container(Kind::Array, false, edges)
        };
        members.push(Edge {
            key: Span::default(),
            node,
        });
    }
    document.root = document.add_container(Kind::Array, false, members);
    (!is_first || is_short).then_some(document)
}

/// Returns the name of a column without a name: `a` to `z`, then `aa`.
fn letters(index: usize) -> String {
    let letter = char::from(b'a' + u8::try_from(index % 26).unwrap_or(0));
    match index / 26 {
        0 => letter.to_string(),
        more => letters(more - 1) + &letter.to_string(),
    }
}

/// Spells a text as the content of a JSON string.
fn escape(text: &str) -> Cow<'_, str> {
    if !text.contains(|character: char| matches!(character, '"' | '\\' | '\0'..='\x1f')) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        match character {
            '"' | '\\' => out.extend(['\\', character]),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            // Writing to a string cannot fail.
            '\0'..='\x1f' => _ = write!(out, "\\u{:04x}", u32::from(character)),
            _ => out.push(character),
        }
    }
    Cow::Owned(out)
}

/// Returns what [`escape`] was given; an escape that it does not write stays as it is.
fn unescape(text: &str) -> Cow<'_, str> {
    let mut rest = text;
    let mut out = String::new();
    while let Some((before, after)) = rest.split_once('\\') {
        out.push_str(before);
        let mut characters = after.chars();
        match characters.next() {
            Some('n') => out.push('\n'),
            Some('r') => out.push('\r'),
            Some('t') => out.push('\t'),
            Some('u') => {
                let code = after
                    .get(1..5)
                    .and_then(|code| u32::from_str_radix(code, 16).ok());
                out.extend(code.and_then(char::from_u32));
                characters = after.get(5..).unwrap_or("").chars();
            }
            other => out.extend(other),
        }
        rest = characters.as_str();
    }
    if out.is_empty() && rest.len() == text.len() {
        return Cow::Borrowed(text);
    }
    out.push_str(rest);
    Cow::Owned(out)
}
