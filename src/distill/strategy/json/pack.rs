//! Chooses for each container between compact JSON and a table, by counted tokens.
//!
//! Compact JSON drops the quotes and commas that nothing needs: `{id:7 name:ada tags:[a "b c"] at:[1,2]}`. A text that
//! looks like a number keeps its quotes, and numbers in a list keep their commas.
//!
//! A table says its keys once. `[3]{id,name}` and the three lines after it are an array of three objects; `{3}{id,name}`
//! is an object of three such objects, each line beginning with its key. `[3 ]{id name}`, with a space after the number,
//! has spaces between its cells instead of commas. In the braces stand, after a key:
//!
//! | written | means |
//! |---|---|
//! | `kind=x` | every row has this value |
//! | `id=101..`, `at=0..+15` | numbers that count the rows: the first, and how much more each is if it is not 1 |
//! | `at=2026-01-01T00:00Z..+30min`, `on=2026-01-31..-1month` | times and dates that do |
//! | `hour=0..*24` | they begin again after so many rows |
//! | `id=101..@7+3@20+2` | the seventh is 3 more than the sixth, the twentieth 2 more than the one before it |
//! | ``url=`https://x.test/{owner.login}` `` | every row's text follows from its other columns |
//! | ``https=`https://x.test/{http*}` `` | the same, but only what the cell of `http` holds returns in it |
//! | ``url~=`https://x.test/{name}` `` | so it is in the rows whose cell is `=`; the others show what it is there |
//! | ``at=`20{2}-{2}-{2}` `` | the cell holds what is missing, here six digits |
//! | `owner{login,id}` | an object in the cells of its keys |
//! | `owner?{login,id}` | the same between parentheses, if it is one at all |
//! | `tags[]`, `parts[]{id,n}`, `span[2]` | a list `[a,b]`; a list of objects `[1,2;3,4]`; so many cells |
//! | `span[2](=0,)` | so many cells, with what the header says of each |
//! | `deps{}` | an object whose keys are data: `{serde,1.0;rand,0.9}` |
//! | `login>3`, `id<login` | `id` follows from `login`: three lines in front of the rows say how |
//!
//! `[168]=2026-01-01T00:00..+1h` is an array of so many values that count.
//!
//! A cell is `~` if the row lacks the key (`~3`: three in a row), `^` if it is as above; `{#}` is the row's own key; a row that begins with `!` is JSON.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use super::columns::{Context, sample};
use super::notation::{Separator, is_key, word};
use super::series::Series;
use super::shape::{self, Sequence, Shape};
use super::table;
use super::tree::{Document, Edge, Kind, NodeId, quote};
use crate::distill::map::Map;

/// Bytes of containers looked at for each byte of the document: nested ones are looked at once a level.
const WORK_MAX: usize = 16;

/// Bytes of rows that the separator is chosen by.
const SEPARATOR_BYTES_MAX: usize = 4 << 10;
/// Values of an array below which it is read faster than a rule for it.
const SERIES_MIN: usize = 4;
/// Tokens that the first line of a table costs.
const FRAME_PRICE: usize = 3;

/// Packs the values of one document.
pub(super) struct Packer<'a> {
    pub(super) context: Context<'a>,
    done: RefCell<Map<usize, Rc<str>>>,
    work_left: Cell<usize>,
}

impl<'a> Packer<'a> {
    /// Starts on a document.
    pub(super) fn new(context: Context<'a>) -> Self {
        let work = context.document.text.len().saturating_mul(WORK_MAX);
        Self {
            context,
            done: RefCell::default(),
            work_left: Cell::new(work),
        }
    }

    /// Writes the shortest spelling of a value.
    pub(super) fn value(&self, id: NodeId, out: &mut String) {
        let document = self.context.document;
        let edges = document.edges(id);
        let number = self.context.interned.number(id);
        let holds_containers = edges
            .iter()
            .any(|edge| matches!(document.node(edge.node).kind, Kind::Array | Kind::Object));
        let keyed = document.node(id).kind == Kind::Object;
        if edges.is_empty() || !(holds_containers || keyed) {
            match self.series(id) {
                Some(series) => out.push_str(&series),
                None => plain(document, id, out),
            }
            return;
        }
        let known = self.done.borrow().get(&number).cloned();
        let text = known.unwrap_or_else(|| {
            let text: Rc<str> = self.container(id).into();
            self.done.borrow_mut().insert(number, Rc::clone(&text));
            text
        });
        out.push_str(&text);
    }

    /// Returns the texts of the values that the document holds more than once, and how often it does.
    pub(super) fn repeated(&self) -> Vec<(String, usize)> {
        let done = self.done.borrow();
        let counts = self.context.interned.counts();
        let texts = done.iter().filter_map(|(number, text)| {
            let count = counts.get(*number).copied()?;
            (count > 1 && !text.contains('\n')).then(|| (text.to_string(), count))
        });
        texts.collect()
    }

    /// Writes an array of values that count, if that is shorter than the values.
    pub(super) fn series(&self, id: NodeId) -> Option<String> {
        let document = self.context.document;
        let edges = document.edges(id);
        let kind = document.node(edges.first()?.node).kind;
        (edges.len() >= SERIES_MIN && document.node(id).kind == Kind::Array).then_some(())?;
        let values = edges.iter().map(|edge| {
            let same = document.node(edge.node).kind == kind;
            if same { document.lexeme(edge.node) } else { "" }
        });
        let series = Series::of(&values, kind == Kind::Bare)?;
        let series = format!("[{}]={}", edges.len(), series.spelling()?);
        let mut listed = String::new();
        plain(document, id, &mut listed);
        let prices = self.context.prices;
        (prices.of(&series) < prices.of(&listed)).then_some(series)
    }

    fn container(&self, id: NodeId) -> String {
        let prices = self.context.prices;
        if self.frame(id) == Some(false) {
            let mut literal = String::new();
            self.literal(id, &mut literal);
            return literal;
        }
        let minified = minified(self.context.document, id);
        let table = self.table(id, minified.len());
        // A table that is clearly shorter is not weighed against JSON with tables inside, which takes long to write.
        if let Some(table) = &table
            && (table.len() * 2 < minified.len()
                || prices.of(table) * 4 <= prices.of(&minified) * 3)
        {
            return table.clone();
        }
        let mut literal = String::new();
        self.literal(id, &mut literal);
        match table {
            Some(table) if prices.of(&table) < prices.of(&literal) => table,
            _ => literal,
        }
    }

    /// Tells of an object whose values have nothing in common whether one line a key is shorter than JSON: what the
    /// values cost is the same in both.
    fn frame(&self, id: NodeId) -> Option<bool> {
        let document = self.context.document;
        let edges = document.edges(id);
        let is_flat =
            |edge: &Edge| matches!(document.node(edge.node).kind, Kind::Bare | Kind::Text);
        if document.node(id).kind == Kind::Array
            || edges.iter().filter(|edge| !is_flat(edge)).count() > 1
        {
            return None;
        }
        let (mut literal, mut lines) = (String::new(), String::new());
        for edge in edges {
            let key = document.str(edge.key);
            push_key(key, &mut literal);
            lines.push_str(key);
            lines.push(' ');
            if is_flat(edge) {
                plain(document, edge.node, &mut literal);
                lines.push_str(document.lexeme(edge.node));
            }
            literal.push(' ');
            lines.push('\n');
        }
        Some(self.context.prices.of(&lines) + FRAME_PRICE < self.context.prices.of(&literal))
    }

    /// Writes a container as JSON, its members as short as they get.
    fn literal(&self, id: NodeId, out: &mut String) {
        bracketed(self.context.document, id, out, &|node, out| {
            self.value(node, out);
        });
    }

    fn table(&self, id: NodeId, bytes: usize) -> Option<String> {
        let document = self.context.document;
        let edges = document.edges(id);
        if edges.len() < 2 || self.work_left.get() < bytes {
            return None;
        }
        self.work_left.set(self.work_left.get() - bytes);
        let items: Vec<NodeId> = edges.iter().map(|edge| edge.node).collect();
        let keys: Option<Vec<&str>> = (document.node(id).kind == Kind::Object)
            .then(|| edges.iter().map(|edge| document.str(edge.key)).collect());
        let mut sequence = shape::sequence(document, &items);
        if keys.is_none() && matches!(sequence.column.shape, Shape::Any) {
            return None;
        }
        self.context.refine(&mut sequence, keys.as_deref());
        Some(self.shorter(&sequence, keys.as_deref()))
    }

    /// Writes a table with the separator that costs less on some of its rows.
    fn shorter(&self, sequence: &Sequence, keys: Option<&[&str]>) -> String {
        let rows = sample(sequence.items.len());
        let [comma, space] = [Separator::Comma, Separator::Space].map(|separator| {
            let writer = table::Writer::new(self, separator, keys);
            let mut out = String::new();
            for row in &rows {
                writer.line(sequence, *row, &mut out);
                if out.len() > SEPARATOR_BYTES_MAX {
                    break;
                }
            }
            (self.context.prices.of(&out), separator)
        });
        let (_, separator) = if space.0 < comma.0 { space } else { comma };
        table::Writer::new(self, separator, keys).table(sequence)
    }
}

/// Writes a value as compact JSON without the quotes and commas that nothing needs.
pub(in crate::distill) fn plain(document: &Document, id: NodeId, out: &mut String) {
    match document.node(id).kind {
        Kind::Bare => out.push_str(document.lexeme(id)),
        Kind::Text => out.push_str(&word(document.lexeme(id))),
        Kind::Array | Kind::Object => bracketed(document, id, out, &|node, out| {
            plain(document, node, out);
        }),
    }
}

/// Writes a container whose members `value` writes.
fn bracketed(
    document: &Document,
    id: NodeId,
    out: &mut String,
    value: &dyn Fn(NodeId, &mut String),
) {
    let edges = document.edges(id);
    let keyed = document.node(id).kind == Kind::Object;
    // No token of a number begins with a space, so nothing is saved there, and a comma is easier to read.
    let is_number = |edge: &Edge| {
        document
            .lexeme(edge.node)
            .ends_with(|last: char| last.is_ascii_digit())
            && document.node(edge.node).kind == Kind::Bare
    };
    let separator = if !keyed && edges.iter().all(is_number) {
        ','
    } else {
        ' '
    };
    out.push(if keyed { '{' } else { '[' });
    for (index, edge) in edges.iter().enumerate() {
        if index > 0 {
            out.push(separator);
        }
        if keyed {
            push_key(document.str(edge.key), out);
        }
        value(edge.node, out);
    }
    out.push(if keyed { '}' } else { ']' });
}

fn push_key(key: &str, out: &mut String) {
    if !key.is_empty() && key.chars().all(is_key) {
        out.push_str(key);
    } else {
        quote(key, out);
    }
    out.push(':');
}

/// Compact JSON of a value.
fn minified(document: &Document, id: NodeId) -> String {
    let mut text = String::new();
    document.minify(id, &mut text);
    text
}
