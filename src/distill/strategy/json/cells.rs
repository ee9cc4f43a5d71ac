//! Reads the cells of tables and puts rows together.

use std::borrow::Cow;

use super::header::{Column, Derivation, Field, Record, Role, Shape};
use super::lexer::{is_bare, is_text};
use super::notation::{DITTO, MISSING, Separator, USUAL, ends_cell, is_word};
use super::read::Reader;
use super::template::REST;
use super::tree::{Edge, Kind, NodeId, Span};

/// What a row has for a column.
#[derive(Debug)]
enum Slot {
    Missing,
    Value(NodeId),
    /// To be found once the cells of the row are read.
    Pending,
    Group(Vec<Slot>),
}

/// How far a row is read.
#[derive(Debug, Default)]
pub(super) struct Row {
    /// Whether something stands before the next cell.
    begun: bool,
    /// Cells that a count says are missing.
    missing: usize,
    /// The key of an object's row.
    key: Option<Span>,
}

impl Row {
    /// Starts a row of an object, whose key is read.
    pub(super) fn keyed(key: Span) -> Self {
        Self {
            begun: true,
            missing: 0,
            key: Some(key),
        }
    }
}

/// Reads the cells of one table.
pub(super) struct Cells<'r, 'a> {
    pub(super) reader: &'r mut Reader<'a>,
    pub(super) separator: Separator,
    pub(super) nested: bool,
    pub(super) depth: usize,
}

impl<'a> Cells<'_, 'a> {
    /// Reads one row or one item of a list; `row` tells what comes before it.
    pub(super) fn item(&mut self, column: &Column, row: &mut Row) -> Option<NodeId> {
        let mark = match (row.begun, self.separator) {
            (false, _) => "!",
            (true, Separator::Comma) => ",!",
            (true, Separator::Space) => " !",
        };
        if self.reader.eat(mark) {
            return self.reader.value(self.depth);
        }
        match self.slot(column, row)? {
            Slot::Value(node) => (row.missing == 0).then_some(node),
            Slot::Group(_) | Slot::Missing | Slot::Pending => None,
        }
    }

    fn whole_record(&mut self, record: &Record, row: &mut Row) -> Option<NodeId> {
        let node = self.record(record, row)?;
        (row.missing == 0).then_some(node)
    }

    /// Reads the cells of a column; a group of a record is left as slots.
    fn slot(&mut self, column: &Column, row: &mut Row) -> Option<Slot> {
        match &column.role {
            Role::Cell | Role::Key(..) | Role::Usual(_) => {}
            Role::Const(node) => return Some(Slot::Value(self.reader.share(*node)?)),
            Role::Count(series, place) => {
                let text = series.next(place)?;
                return Some(Slot::Value(self.reader.made(&text, series.bare)?));
            }
            Role::Derived(..) | Role::Dependent(..) => return Some(Slot::Pending),
        }
        self.shown(column, row)
    }

    /// Reads the cells of a column that has some.
    fn shown(&mut self, column: &Column, row: &mut Row) -> Option<Slot> {
        match &column.shape {
            Shape::Group(record) => Some(Slot::Value(self.record(record, row)?)),
            Shape::Tuple(columns) => {
                let mut edges = Vec::new();
                for column in columns {
                    let Slot::Value(node) = self.slot(column, row)? else {
                        return None;
                    };
                    edges.push(Edge {
                        key: Span::default(),
                        node,
                    });
                }
                Some(Slot::Value(self.reader.add_container(Kind::Array, edges)))
            }
            Shape::Any | Shape::Boxed(_) | Shape::List(_) | Shape::Map(_) => {
                if row.missing > 0 {
                    row.missing -= 1;
                    return Some(Slot::Missing);
                }
                if std::mem::replace(&mut row.begun, true) {
                    self.reader.eat_char(self.separator.char())?;
                }
                self.cell(column, row)
            }
        }
    }

    /// Reads a record and puts it together.
    fn record(&mut self, record: &Record, row: &mut Row) -> Option<NodeId> {
        let mut slots = self.slots(record, row)?;
        for path in &record.pending {
            let slot = match &record.column(path)?.role {
                Role::Dependent(_, key, number) => {
                    let node = value_at(&slots, key)?;
                    let Role::Key(_, values) = &record.column(key)?.role else {
                        return None;
                    };
                    let document = &self.reader.document;
                    let name = (document.node(node).kind, document.lexeme(node).to_owned());
                    match *values.get(&name)?.get(*number)? {
                        Some(node) => Slot::Value(self.reader.share(node)?),
                        None => Slot::Missing,
                    }
                }
                Role::Derived(derivation) | Role::Usual(derivation) => {
                    if !matches!(slot_at(&mut slots, path)?, Slot::Pending) {
                        continue;
                    }
                    let text = self.derive(derivation, record, &slots, row)?;
                    Slot::Value(self.reader.made(&text, derivation.template.bare)?)
                }
                Role::Cell | Role::Const(_) | Role::Count(..) | Role::Key(..) => return None,
            };
            *slot_at(&mut slots, path)? = slot;
        }
        self.assemble(record, slots)
    }

    /// Returns what a value is by the other columns of its row.
    fn derive(
        &self,
        Derivation { template, sources }: &Derivation,
        record: &Record,
        slots: &[Slot],
        row: &Row,
    ) -> Option<String> {
        let document = &self.reader.document;
        template.fill("", |name| {
            let (_, path) = sources.iter().find(|(source, _)| source == name)?;
            if path.is_empty() {
                return row.key.map(|key| Cow::Borrowed(document.str(key)));
            }
            let node = value_at(slots, path)?;
            let is_scalar = matches!(document.node(node).kind, Kind::Bare | Kind::Text);
            let text = is_scalar.then(|| document.lexeme(node))?;
            if name.ends_with(REST) {
                let own = record.column(path)?.own.as_ref()?;
                return own.cell(text).map(Cow::Owned);
            }
            Some(Cow::Borrowed(text))
        })
    }

    fn slots(&mut self, record: &Record, row: &mut Row) -> Option<Vec<Slot>> {
        let mut slots = Vec::with_capacity(record.fields.len());
        for Field { column, .. } in &record.fields {
            let slot = match (&column.role, &column.shape) {
                (Role::Cell, Shape::Group(inner)) => Slot::Group(self.slots(inner, row)?),
                _ => self.slot(column, row)?,
            };
            // A row costs something even if all of it is missing.
            self.reader.spend(1)?;
            slots.push(slot);
        }
        Some(slots)
    }

    fn assemble(&mut self, record: &Record, slots: Vec<Slot>) -> Option<NodeId> {
        let mut edges = Vec::with_capacity(slots.len());
        for (field, slot) in record.fields.iter().zip(slots) {
            let node = match (slot, &field.column.shape) {
                (Slot::Missing, _) => continue,
                (Slot::Value(node), _) => node,
                (Slot::Group(slots), Shape::Group(inner)) => self.assemble(inner, slots)?,
                (Slot::Group(_) | Slot::Pending, _) => return None,
            };
            edges.push(Edge {
                key: field.key,
                node,
            });
        }
        Some(self.reader.add_container(Kind::Object, edges))
    }

    fn cell(&mut self, column: &Column, row: &mut Row) -> Option<Slot> {
        if self.reader.eat(MISSING) {
            if self
                .reader
                .rest()
                .starts_with(|next: char| next.is_ascii_digit())
            {
                row.missing = self.reader.number()?.checked_sub(1)?;
            }
            return Some(Slot::Missing);
        }
        if matches!(column.role, Role::Usual(_)) && self.word(USUAL) {
            return Some(Slot::Pending);
        }
        if self.word(DITTO) {
            return Some(Slot::Value(self.reader.share(column.last.get()?)?));
        }
        let node = self.present(column)?;
        column.last.set(Some(node));
        Some(Slot::Value(node))
    }

    fn present(&mut self, column: &Column) -> Option<NodeId> {
        match (&column.shape, self.reader.rest().bytes().next()?) {
            (Shape::Boxed(record), b'(') => {
                self.reader.eat_char('(')?;
                let mut inside = self.inside()?;
                let node = inside.whole_record(record, &mut Row::default())?;
                self.reader.eat_char(')')?;
                Some(node)
            }
            (Shape::List(column), b'[') => self.list(column),
            (Shape::Map(column), b'{') => self.map(column),
            (_, b'[' | b'{') => self.reader.value(self.depth),
            (_, first) => {
                let quoted = first == b'"';
                let span = self.text()?;
                let text = self.reader.document.str(span);
                match &column.own {
                    Some(_) if !quoted && is_word(text) => {
                        Some(self.reader.add_scalar(Kind::Bare, span))
                    }
                    Some(own) => {
                        let made = own.fill(text, |_| None)?;
                        self.reader.made(&made, own.bare)
                    }
                    None if !quoted && is_bare(text) => {
                        Some(self.reader.add_scalar(Kind::Bare, span))
                    }
                    None => Some(self.reader.add_scalar(Kind::Text, span)),
                }
            }
        }
    }

    fn list(&mut self, column: &Column) -> Option<NodeId> {
        let separator = match column.shape {
            Shape::Group(_) | Shape::Tuple(_) => ';',
            _ => self.separator.char(),
        };
        if let Some(node) = self.reader.series() {
            return node;
        }
        self.reader.eat_char('[')?;
        let mut inside = self.inside()?;
        let mut edges = Vec::new();
        while !inside.reader.eat("]") {
            if !edges.is_empty() {
                inside.reader.eat_char(separator)?;
            }
            let node = inside.item(column, &mut Row::default())?;
            edges.push(Edge {
                key: Span::default(),
                node,
            });
        }
        Some(self.reader.add_container(Kind::Array, edges))
    }

    fn map(&mut self, column: &Column) -> Option<NodeId> {
        self.reader.eat_char('{')?;
        let mut inside = self.inside()?;
        let mut edges = Vec::new();
        while !inside.reader.eat("}") {
            if !edges.is_empty() {
                inside.reader.eat_char(';')?;
            }
            let key = inside.text()?;
            let mut row = Row::keyed(key);
            let node = inside.item(column, &mut row)?;
            edges.push(Edge { key, node });
        }
        Some(self.reader.add_container(Kind::Object, edges))
    }

    fn inside(&mut self) -> Option<Cells<'_, 'a>> {
        Some(Cells {
            separator: self.separator,
            nested: true,
            depth: self.depth.checked_sub(1)?,
            reader: self.reader,
        })
    }

    /// Reads `word` if it is a whole cell.
    fn word(&mut self, word: &str) -> bool {
        let after = self.reader.rest().strip_prefix(word);
        let whole = after.is_some_and(|after| {
            let next = after.chars().next();
            next.is_none_or(|next| ends_cell(next, self.separator, self.nested))
        });
        whole && self.reader.eat(word)
    }

    /// Reads a text, quoted or not.
    pub(super) fn text(&mut self) -> Option<Span> {
        if self.reader.rest().starts_with('"') {
            return self.reader.quoted();
        }
        let start = self.reader.at;
        let (separator, nested) = (self.separator, self.nested);
        let text = self
            .reader
            .take_while(|character| !ends_cell(character, separator, nested));
        (!text.is_empty() && is_text(text)).then_some(Span {
            start,
            end: self.reader.at,
        })
    }

    /// Reads the tables of keys inside a column, inner ones first.
    pub(super) fn key_tables(&mut self, column: &mut Column) -> Option<()> {
        match &mut column.shape {
            Shape::Any | Shape::Tuple(_) => Some(()),
            Shape::Group(record) | Shape::Boxed(record) => self.record_key_tables(record),
            Shape::List(column) | Shape::Map(column) => self.key_tables(column),
        }
    }

    fn record_key_tables(&mut self, record: &mut Record) -> Option<()> {
        let leaves = record.leaves(self.reader.body);
        for (_, path) in &leaves {
            self.key_tables(record.column_mut(path)?)?;
        }
        for (name, path) in &leaves {
            let Role::Key(count, _) = &record.column(path)?.role else {
                continue;
            };
            let count = *count;
            (self.reader.eat(name) && self.reader.eat(":\n")).then_some(())?;
            let dependents: Vec<_> = leaves
                .iter()
                .filter_map(|(_, place)| match &record.column(place)?.role {
                    Role::Dependent(_, key, _) if key == path => Some(place),
                    _ => None,
                })
                .collect();
            for _ in 0..count {
                let mut row = Row::default();
                let Slot::Value(key) = self.slot(record.column(path)?, &mut row)? else {
                    return None;
                };
                let mut values = Vec::with_capacity(dependents.len());
                for place in &dependents {
                    values.push(match self.shown(record.column(place)?, &mut row)? {
                        Slot::Value(node) => Some(node),
                        Slot::Missing => None,
                        Slot::Pending | Slot::Group(_) => return None,
                    });
                }
                (row.missing == 0).then_some(())?;
                self.reader.eat_char('\n')?;
                let document = &self.reader.document;
                let key = (document.node(key).kind, document.lexeme(key).to_owned());
                let Role::Key(_, table) = &mut record.column_mut(path)?.role else {
                    return None;
                };
                table.insert(key, values);
            }
        }
        Some(())
    }
}

fn slot_at<'s>(slots: &'s mut [Slot], path: &[usize]) -> Option<&'s mut Slot> {
    let (first, rest) = path.split_first()?;
    match (slots.get_mut(*first)?, rest) {
        (slot, []) => Some(slot),
        (Slot::Group(inner), rest) => slot_at(inner, rest),
        _ => None,
    }
}

fn value_at(slots: &[Slot], path: &[usize]) -> Option<NodeId> {
    let (first, rest) = path.split_first()?;
    match (slots.get(*first)?, rest) {
        (Slot::Value(node), []) => Some(*node),
        (Slot::Group(inner), rest) => value_at(inner, rest),
        _ => None,
    }
}
