//! Reads packed text back into a document. Whatever the text is, the work stays in proportion to it and to the limit.

use super::header::{Column, Field, Record, Role, Shape};
use super::lexer::{bare_length, is_bare, is_text, text_length};
use super::notation::{DITTO, MISSING, Separator, ends_cell, is_word};
use super::tree::{DEPTH_MAX, Document, Edge, Kind, NodeId, Span};

/// Reads one packed body.
pub(super) struct Reader<'a> {
    body: &'a str,
    pub(super) at: usize,
    document: Document,
    /// Bytes that each value takes when it is written out, at least.
    weights: Vec<usize>,
    /// Bytes that may still be written from shared and derived values.
    bytes_left: usize,
}

/// What a row has for a column.
#[derive(Debug)]
enum Slot {
    Missing,
    Value(NodeId),
    /// To be found once the cells of the row are read.
    Pending,
    Group(Vec<Slot>),
}

/// Reads a packed body.
pub(super) fn read(body: &str, bytes_max: usize) -> Option<Document> {
    let mut reader = Reader {
        body,
        at: 0,
        document: Document::over(body.to_owned()),
        weights: Vec::new(),
        // Rows pay for missing cells too, of which there may be some for each byte written.
        bytes_left: bytes_max.saturating_mul(2).saturating_add(1 << 10),
    };
    // A table adds a level of brackets and a level of columns to each level of the document.
    let root = reader.value(DEPTH_MAX * 2)?;
    reader.document.root = root;
    reader.rest().is_empty().then_some(reader.document)
}

impl<'a> Reader<'a> {
    pub(super) fn body(&self) -> &'a str {
        self.body
    }

    /// Returns what is still to be read.
    pub(super) fn rest(&self) -> &'a str {
        self.body.get(self.at..).unwrap_or("")
    }

    /// Reads `text` if it comes next.
    pub(super) fn eat(&mut self, text: &str) -> bool {
        let found = self.rest().starts_with(text);
        if found {
            self.at += text.len();
        }
        found
    }

    /// Reads a character that must come next.
    pub(super) fn eat_char(&mut self, character: char) -> Option<()> {
        self.rest().starts_with(character).then_some(())?;
        self.at += character.len_utf8();
        Some(())
    }

    pub(super) fn take_while(&mut self, wanted: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        let end = rest
            .find(|character| !wanted(character))
            .unwrap_or(rest.len());
        self.at += end;
        rest.get(..end).unwrap_or("")
    }

    pub(super) fn number(&mut self) -> Option<usize> {
        let digits = self.take_while(|character| character.is_ascii_digit());
        digits.parse().ok()
    }

    /// Reads a string; returns what is between its quotes.
    pub(super) fn quoted(&mut self) -> Option<Span> {
        self.eat_char('"')?;
        let start = self.at;
        self.at += text_length(self.rest())?;
        let end = self.at;
        self.eat_char('"')?;
        Some(Span { start, end })
    }

    fn add_scalar(&mut self, kind: Kind, span: Span) -> NodeId {
        self.weights.push(span.end - span.start + 1);
        self.document.add_scalar(kind, span)
    }

    fn add_container(&mut self, kind: Kind, edges: Vec<Edge>) -> NodeId {
        let weights = edges.iter().map(|edge| {
            let weight = self.weights.get(edge.node).copied().unwrap_or_default();
            weight.saturating_add(edge.key.end - edge.key.start + 1)
        });
        let weight = weights.fold(2, usize::saturating_add);
        self.weights.push(weight);
        self.document.add_container(kind, false, edges)
    }

    fn spend(&mut self, bytes: usize) -> Option<()> {
        self.bytes_left = self.bytes_left.checked_sub(bytes)?;
        Some(())
    }

    /// Uses a value a second time.
    fn share(&mut self, node: NodeId) -> Option<NodeId> {
        let weight = self.weights.get(node).copied().unwrap_or_default();
        self.spend(weight)?;
        Some(node)
    }

    /// Reads a value as JSON has it, or a table.
    fn value(&mut self, depth: usize) -> Option<NodeId> {
        if let Some((keyed, count, separator, length)) = table_start(self.rest()) {
            self.at += length;
            return self.table(keyed, count, separator, depth);
        }
        self.literal(depth)
    }

    /// Reads a value as JSON has it; tables may stand inside.
    pub(super) fn literal(&mut self, depth: usize) -> Option<NodeId> {
        let depth = depth.checked_sub(1)?;
        let (kind, open, close) = match self.rest().bytes().next()? {
            b'"' => {
                let span = self.quoted()?;
                return Some(self.add_scalar(Kind::Text, span));
            }
            b'[' => (Kind::Array, '[', ']'),
            b'{' => (Kind::Object, '{', '}'),
            _ => {
                let start = self.at;
                self.at += bare_length(self.rest())?;
                let span = Span {
                    start,
                    end: self.at,
                };
                return Some(self.add_scalar(Kind::Bare, span));
            }
        };
        self.eat_char(open)?;
        let mut edges = Vec::new();
        while !self.rest().starts_with(close) {
            if !edges.is_empty() {
                self.eat_char(',')?;
            }
            let mut key = Span::default();
            if kind == Kind::Object {
                key = self.quoted()?;
                self.eat_char(':')?;
            }
            let node = self.value(depth)?;
            edges.push(Edge { key, node });
        }
        self.eat_char(close)?;
        Some(self.add_container(kind, edges))
    }

    fn table(
        &mut self,
        keyed: bool,
        count: usize,
        separator: Separator,
        depth: usize,
    ) -> Option<NodeId> {
        let depth = depth.checked_sub(1)?;
        let mut column = self.items(separator, depth)?;
        let mut cells = Cells {
            reader: self,
            separator,
            nested: false,
            depth,
        };
        cells.reader.eat_char('\n')?;
        cells.key_tables(&mut column)?;
        let mut edges = Vec::new();
        for _ in 0..count {
            let mut key = Span::default();
            let mut row = Row::default();
            if keyed {
                key = cells.text()?;
                row.key = Some(key);
                row.begun = true;
            }
            let node = cells.item(&column, &mut row)?;
            cells.reader.eat_char('\n')?;
            edges.push(Edge { key, node });
        }
        let kind = if keyed { Kind::Object } else { Kind::Array };
        Some(self.add_container(kind, edges))
    }
}

/// Returns whether the table is an object, its rows, its separator and the length of all that.
fn table_start(rest: &str) -> Option<(bool, usize, Separator, usize)> {
    let keyed = rest.starts_with('{');
    let inner = rest.strip_prefix(['[', '{'])?;
    let after = inner.trim_start_matches(|character: char| character.is_ascii_digit());
    let digits = inner.get(..inner.len() - after.len())?;
    let (separator, after) = match after.strip_prefix(' ') {
        Some(after) => (Separator::Space, after),
        None => (Separator::Comma, after),
    };
    let after = after.strip_prefix(if keyed { '}' } else { ']' })?;
    let continues = keyed || after.starts_with(['{', '[']);
    let count = digits.parse().ok().filter(|_| continues)?;
    Some((keyed, count, separator, rest.len() - after.len()))
}

/// How far a row is read.
#[derive(Debug, Default)]
struct Row {
    /// Whether something stands before the next cell.
    begun: bool,
    /// Cells that a count says are missing.
    missing: usize,
    /// The key of an object's row.
    key: Option<Span>,
}

/// Reads the cells of one table.
struct Cells<'r, 'a> {
    reader: &'r mut Reader<'a>,
    separator: Separator,
    nested: bool,
    depth: usize,
}

impl<'a> Cells<'_, 'a> {
    /// Reads one row or one item of a list; `row` tells what comes before it.
    fn item(&mut self, column: &Column, row: &mut Row) -> Option<NodeId> {
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
            Role::Cell | Role::Key(..) => {}
            Role::Const(node) => return Some(Slot::Value(self.reader.share(*node)?)),
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
            Shape::Any | Shape::Boxed(_) | Shape::List(_) => {
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
                Role::Derived(template, sources) => {
                    let document = &self.reader.document;
                    let text = template.fill("", |name| {
                        let (_, path) = sources.iter().find(|(source, _)| source == name)?;
                        if path.is_empty() {
                            return row.key.map(|key| document.str(key));
                        }
                        let node = value_at(&slots, path)?;
                        matches!(document.node(node).kind, Kind::Bare | Kind::Text)
                            .then(|| document.lexeme(node))
                    })?;
                    Slot::Value(self.made(&text, template.bare)?)
                }
                Role::Cell | Role::Const(_) | Role::Key(..) => return None,
            };
            *slot_at(&mut slots, path)? = slot;
        }
        self.assemble(record, slots)
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
                        self.made(&made, own.bare)
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
        self.reader.eat_char('[')?;
        let separator = match column.shape {
            Shape::Group(_) | Shape::Tuple(_) => ';',
            _ => self.separator.char(),
        };
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
    fn text(&mut self) -> Option<Span> {
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

    /// Adds a scalar whose text is not in the body.
    fn made(&mut self, text: &str, bare: bool) -> Option<NodeId> {
        self.reader.spend(text.len() + 1)?;
        let document = &mut self.reader.document;
        let start = document.text.len();
        document.text.push_str(text);
        let end = document.text.len();
        let kind = if bare { Kind::Bare } else { Kind::Text };
        Some(self.reader.add_scalar(kind, Span { start, end }))
    }

    /// Reads the tables of keys inside a column, inner ones first.
    fn key_tables(&mut self, column: &mut Column) -> Option<()> {
        match &mut column.shape {
            Shape::Any | Shape::Tuple(_) => Some(()),
            Shape::Group(record) | Shape::Boxed(record) => self.record_key_tables(record),
            Shape::List(column) => self.key_tables(column),
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
