//! Writes tables.

use std::fmt::Write as _;

use super::columns::leaves;
use super::notation::{DITTO, MISSING, Reading, Separator, USUAL, USUALLY, cell, is_name, is_word};
use super::pack::{Packer, plain};
use super::series::Series;
use super::shape::{Column, Item, Record, Role, Sequence, Shape};
use super::tree::{Kind, NodeId, Span, quote};

/// Writes one table.
pub(super) struct Writer<'a> {
    packer: &'a Packer<'a>,
    separator: Separator,
    /// The keys of an object of rows.
    keys: Option<&'a [&'a str]>,
}

/// Bytes: shorter values are easier read than the sign for "as above".
const DITTO_OVER: usize = 3;

/// Where a cell stands.
#[derive(Debug, Clone, Copy)]
struct Place {
    /// Inside brackets or parentheses.
    nested: bool,
    /// Whether the cell above is the one of the row before.
    above: bool,
}

const ROW: Place = Place {
    nested: false,
    above: true,
};

const KEY_ROW: Place = Place {
    nested: false,
    above: false,
};

impl<'a> Writer<'a> {
    /// Starts a table.
    pub(super) fn new(
        packer: &'a Packer<'a>,
        separator: Separator,
        keys: Option<&'a [&'a str]>,
    ) -> Self {
        Self {
            packer,
            separator,
            keys,
        }
    }

    /// Writes the header, the tables of keys and the rows.
    pub(super) fn table(&self, sequence: &Sequence) -> String {
        let (open, close) = if self.keys.is_some() {
            ('{', '}')
        } else {
            ('[', ']')
        };
        let mut out = format!("{open}{}", sequence.items.len());
        if self.separator == Separator::Space {
            out.push(' ');
        }
        out.push(close);
        self.shape(&sequence.column, &mut out);
        out.push('\n');
        self.key_tables(&sequence.column, &mut out);
        for row in 0..sequence.items.len() {
            self.line(sequence, row, &mut out);
        }
        out
    }

    /// Writes one row and its newline.
    pub(super) fn line(&self, sequence: &Sequence, row: usize, out: &mut String) {
        let start = out.len();
        if let Some(key) = self.keys.and_then(|keys| keys.get(row)) {
            out.push_str(&cell(key, self.separator, false, Reading::Text));
        }
        if let Some(item) = sequence.items.get(row) {
            self.item(sequence, *item, ROW, start, out);
        }
        out.push('\n');
    }

    /// Writes the item of a sequence; what it writes begins at `start`, as far as separators matter.
    fn item(&self, sequence: &Sequence, item: Item, place: Place, start: usize, out: &mut String) {
        match item {
            Item::Row(row) => self.cells(&sequence.column, row, place, start, out),
            Item::Stray(id) => {
                self.separate(start, out);
                out.push('!');
                self.packer.value(id, out);
            }
        }
    }

    fn separate(&self, start: usize, out: &mut String) {
        if out.len() > start {
            out.push(self.separator.char());
        }
    }

    /// Writes the cells of a column's row.
    fn cells(&self, column: &Column, row: usize, place: Place, start: usize, out: &mut String) {
        match &column.role {
            Role::Cell | Role::Key(_) => self.shown(column, row, place, start, out),
            Role::Usual(_, rows) if rows.get(row) == Some(&true) => {
                self.separate(start, out);
                out.push_str(USUAL);
            }
            Role::Usual(..) => {
                // The sign for "as above" would ask what the row above it says.
                let place = Place {
                    above: false,
                    ..place
                };
                self.shown(column, row, place, start, out);
            }
            Role::Const | Role::Derived(_) | Role::Count(_) | Role::Dependent(_) => {}
        }
    }

    fn shown(&self, column: &Column, row: usize, place: Place, start: usize, out: &mut String) {
        match &column.shape {
            Shape::Group(record) => self.record(record, row, place, start, out),
            Shape::Tuple(columns) => {
                for column in columns {
                    self.cells(column, row, place, start, out);
                }
            }
            Shape::Any | Shape::Boxed(..) | Shape::List(..) | Shape::Map(..) => {
                if column.values.get(row).copied().flatten().is_none() {
                    self.missing(start, out);
                    return;
                }
                self.separate(start, out);
                let before = out.len();
                self.single(column, row, place, out);
                if place.above && self.is_as_above(column, row) {
                    let separator = self.separator.char();
                    let text = out.get(before..).unwrap_or("");
                    if text.len() < DITTO_OVER {
                        return;
                    }
                    let prices = self.packer.context.prices;
                    let ditto = prices.of(&format!("{separator}{DITTO}"));
                    if prices.of(&format!("{separator}{text}")) > ditto {
                        out.truncate(before);
                        out.push_str(DITTO);
                    }
                }
            }
        }
    }

    /// Notes a missing cell; from the third one in a row they are counted.
    fn missing(&self, start: usize, out: &mut String) {
        let separator = self.separator.char();
        let written = out.get(start..).unwrap_or("");
        let last = written.rsplit(separator).next().unwrap_or("");
        let digits = last.strip_prefix(MISSING).unwrap_or("x");
        if let Ok(count) = digits.parse::<usize>() {
            let length = out.len() - digits.len();
            out.truncate(length);
            _ = write!(out, "{}", count + 1);
        } else if written.rsplit(separator).take(2).eq([MISSING; 2]) {
            // Writing to a string cannot fail.
            out.truncate(out.len() - 2);
            out.push('3');
        } else {
            self.separate(start, out);
            out.push_str(MISSING);
        }
    }

    fn record(&self, record: &Record, row: usize, place: Place, start: usize, out: &mut String) {
        for field in &record.fields {
            self.cells(&field.column, row, place, start, out);
        }
    }

    fn is_as_above(&self, column: &Column, row: usize) -> bool {
        let number = |row: usize| {
            let value = column.values.get(row).copied().flatten()?;
            Some(self.packer.context.interned.number(value))
        };
        row > 0 && number(row).is_some() && number(row) == number(row - 1)
    }

    /// Writes a value in one cell.
    fn single(&self, column: &Column, row: usize, place: Place, out: &mut String) {
        let Some(id) = column.values.get(row).copied().flatten() else {
            return;
        };
        let inside = Place {
            nested: true,
            ..place
        };
        match &column.shape {
            Shape::Boxed(record, rows) => {
                if let Some(Some(row)) = rows.get(row) {
                    out.push('(');
                    self.record(record, *row, inside, out.len(), out);
                    out.push(')');
                    return;
                }
            }
            Shape::List(sequence, ranges) => {
                if let Some(Some((from, to))) = ranges.get(row) {
                    if let Some(series) = self.packer.series(id) {
                        out.push_str(&series);
                        return;
                    }
                    out.push('[');
                    self.items(sequence, *from, *to, inside, out);
                    out.push(']');
                    return;
                }
            }
            Shape::Map(sequence, keys, ranges) => {
                if let Some(Some(range)) = ranges.get(row) {
                    self.map(sequence, keys, *range, inside, out);
                    return;
                }
            }
            Shape::Any | Shape::Group(_) | Shape::Tuple(_) => {}
        }
        self.any(column, id, place, out);
    }

    fn items(&self, sequence: &Sequence, from: usize, to: usize, place: Place, out: &mut String) {
        for index in from..to {
            if index > from {
                out.push(match sequence.column.shape {
                    Shape::Group(_) | Shape::Tuple(_) => ';',
                    _ => self.separator.char(),
                });
            }
            if let Some(item) = sequence.items.get(index) {
                self.item(sequence, *item, place, out.len(), out);
            }
        }
    }

    fn map(
        &self,
        sequence: &Sequence,
        keys: &[Span],
        (from, to): (usize, usize),
        place: Place,
        out: &mut String,
    ) {
        out.push('{');
        for index in from..to {
            if index > from {
                out.push(';');
            }
            let start = out.len();
            let key = keys.get(index).copied().unwrap_or_default();
            let key = self.packer.context.document.str(key);
            out.push_str(&cell(key, self.separator, place.nested, Reading::Text));
            if let Some(item) = sequence.items.get(index) {
                self.item(sequence, *item, place, start, out);
            }
        }
        out.push('}');
    }

    fn any(&self, column: &Column, id: NodeId, place: Place, out: &mut String) {
        let document = self.packer.context.document;
        let lexeme = document.lexeme(id);
        match (document.node(id).kind, &column.own) {
            (Kind::Array | Kind::Object, _) => self.packer.value(id, out),
            (Kind::Bare, _) if is_word(lexeme) => out.push_str(lexeme),
            (Kind::Bare | Kind::Text, Some(own)) => {
                let rest = own.cell(lexeme).unwrap_or_default();
                out.push_str(&cell(&rest, self.separator, place.nested, Reading::Rest));
            }
            (Kind::Bare, None) => out.push_str(lexeme),
            (Kind::Text, None) => {
                out.push_str(&cell(lexeme, self.separator, place.nested, Reading::Guess));
            }
        }
    }

    /// Writes what a header says about a column's values.
    fn shape(&self, column: &Column, out: &mut String) {
        if let Some(own) = &column.own {
            out.push('=');
            out.push_str(&own.spelling());
            return;
        }
        match &column.shape {
            Shape::Any => {}
            Shape::Group(record) => self.fields(record, out),
            Shape::Boxed(record, _) => {
                out.push('?');
                self.fields(record, out);
            }
            Shape::List(sequence, _) => {
                out.push_str("[]");
                self.shape(&sequence.column, out);
            }
            Shape::Map(sequence, ..) => {
                out.push_str("{}");
                self.shape(&sequence.column, out);
            }
            Shape::Tuple(columns) => {
                // Writing to a string cannot fail.
                _ = write!(out, "[{}]", columns.len());
                let plain =
                    |column: &Column| column.own.is_none() && matches!(column.role, Role::Cell);
                if !columns.iter().all(plain) {
                    let mut open = '(';
                    for column in columns {
                        out.push(open);
                        self.field(column, out);
                        open = self.separator.char();
                    }
                    out.push(')');
                }
            }
        }
    }

    /// Writes the keys of a record.
    fn fields(&self, record: &Record, out: &mut String) {
        out.push('{');
        for (index, field) in record.fields.iter().enumerate() {
            if index > 0 {
                out.push(self.separator.char());
            }
            if is_name(&field.key) {
                out.push_str(&field.key);
            } else {
                quote(&field.key, out);
            }
            self.field(&field.column, out);
        }
        out.push('}');
    }

    fn field(&self, column: &Column, out: &mut String) {
        match &column.role {
            Role::Cell => self.shape(column, out),
            Role::Const => {
                let document = self.packer.context.document;
                out.push('=');
                if let Some(Some(id)) = column.values.first() {
                    if Series::read(document.lexeme(*id)).is_some() {
                        document.minify(*id, out);
                    } else {
                        plain(document, *id, out);
                    }
                }
            }
            Role::Derived(template) => {
                out.push('=');
                out.push_str(&template.spelling());
            }
            Role::Usual(template, _) => {
                out.push_str(USUALLY);
                out.push_str(&template.spelling());
            }
            Role::Count(series) => {
                out.push('=');
                out.extend(series.spelling());
            }
            Role::Key(rows) => {
                _ = write!(out, ">{}", rows.len());
                self.shape(column, out);
            }
            Role::Dependent(name) => {
                out.push('<');
                out.push_str(name);
                self.shape(column, out);
            }
        }
    }

    /// Writes the tables of keys inside a column, inner ones first.
    fn key_tables(&self, column: &Column, out: &mut String) {
        if matches!(column.role, Role::Const) {
            return;
        }
        match &column.shape {
            Shape::Any | Shape::Tuple(_) => {}
            Shape::Group(record) | Shape::Boxed(record, _) => self.record_key_tables(record, out),
            Shape::List(sequence, _) | Shape::Map(sequence, ..) => {
                self.key_tables(&sequence.column, out);
            }
        }
    }

    fn record_key_tables(&self, record: &Record, out: &mut String) {
        let leaves = leaves(record);
        for leaf in &leaves {
            self.key_tables(leaf.column, out);
        }
        for leaf in &leaves {
            let (Role::Key(rows), Some(name)) = (&leaf.column.role, leaf.name.as_deref()) else {
                continue;
            };
            out.push_str(name);
            out.push_str(":\n");
            for row in rows {
                let start = out.len();
                self.shown(leaf.column, *row, KEY_ROW, start, out);
                for dependent in &leaves {
                    if matches!(&dependent.column.role, Role::Dependent(key) if key == name) {
                        self.shown(dependent.column, *row, KEY_ROW, start, out);
                    }
                }
                out.push('\n');
            }
        }
    }
}
