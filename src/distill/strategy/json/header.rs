//! Reads the header of a table: what its cells mean.

use std::cell::Cell;

use super::notation::{ROW_KEY, Separator, USUALLY, is_name};
use super::read::Reader;
use super::series::{Place, Series};
use super::shape::TUPLE_MAX;
use super::template::{Part, REST, Template};
use super::tree::{Kind, NodeId, Span};
use crate::distill::map::Map;

/// What the cells of a column mean.
#[derive(Debug)]
pub(super) struct Column {
    pub(super) role: Role,
    pub(super) shape: Shape,
    pub(super) own: Option<Template>,
    /// The value above the next cell.
    pub(super) last: Cell<Option<NodeId>>,
}

/// Where the values of a column come from.
#[derive(Debug)]
pub(super) enum Role {
    /// From its cells.
    Cell,
    /// From the header.
    Const(NodeId),
    /// From the row before; the place is that of the next row.
    Count(Series, Cell<Place>),
    /// From other columns.
    Derived(Derivation),
    /// From its cell, or from other columns where that says so.
    Usual(Derivation),
    /// From its cells, and it decides others: their values by its own, in so many lines.
    Key(usize, Map<(Kind, String), Vec<Option<NodeId>>>),
    /// From the key column at the path, as its value of this number.
    Dependent(String, Vec<usize>, usize),
}

/// How values follow from other columns.
#[derive(Debug)]
pub(super) struct Derivation {
    pub(super) template: Template,
    /// The names in the template and the columns at these paths; the empty path is the row's key.
    pub(super) sources: Vec<(String, Vec<usize>)>,
}

impl Derivation {
    fn new(template: Template) -> Self {
        Self {
            template,
            sources: Vec::new(),
        }
    }
}

/// How a value is written.
#[derive(Debug)]
pub(super) enum Shape {
    Any,
    Group(Record),
    Boxed(Record),
    List(Box<Column>),
    Map(Box<Column>),
    Tuple(Vec<Column>),
}

/// The columns of a record.
#[derive(Debug, Default)]
pub(super) struct Record {
    pub(super) fields: Vec<Field>,
    /// Paths of the columns without cells, each after those it follows from.
    pub(super) pending: Vec<Vec<usize>>,
}

/// A key and its column.
#[derive(Debug)]
pub(super) struct Field {
    pub(super) key: Span,
    pub(super) column: Column,
}

impl Column {
    fn new(role: Role, shape: Shape, own: Option<Template>) -> Self {
        Self {
            role,
            shape,
            own,
            last: Cell::new(None),
        }
    }
}

impl Record {
    /// Returns the column at a path through groups.
    pub(super) fn column(&self, path: &[usize]) -> Option<&Column> {
        let (first, rest) = path.split_first()?;
        let column = &self.fields.get(*first)?.column;
        match (&column.shape, rest) {
            (_, []) => Some(column),
            (Shape::Group(inner), rest) => inner.column(rest),
            _ => None,
        }
    }

    /// Returns the column at a path through groups.
    pub(super) fn column_mut(&mut self, path: &[usize]) -> Option<&mut Column> {
        let (first, rest) = path.split_first()?;
        let column = &mut self.fields.get_mut(*first)?.column;
        if rest.is_empty() {
            return Some(column);
        }
        match &mut column.shape {
            Shape::Group(inner) => inner.column_mut(rest),
            _ => None,
        }
    }

    /// Returns the paths of all columns that are no groups, in order, with their names as other columns spell them.
    pub(super) fn leaves(&self, text: &str) -> Vec<(String, Vec<usize>)> {
        let mut found = Vec::new();
        self.descend(text, "", &[], &mut found);
        found
    }

    fn descend(
        &self,
        text: &str,
        outer: &str,
        path: &[usize],
        found: &mut Vec<(String, Vec<usize>)>,
    ) {
        for (index, field) in self.fields.iter().enumerate() {
            let key = text.get(field.key.start..field.key.end).unwrap_or("");
            let dot = if outer.is_empty() { "" } else { "." };
            let name = format!("{outer}{dot}{key}");
            let path = [path, &[index]].concat();
            match (&field.column.role, &field.column.shape) {
                (Role::Cell, Shape::Group(inner)) => inner.descend(text, &name, &path, found),
                _ => found.push((name, path)),
            }
        }
    }

    /// Finds what the names in the header mean.
    fn link(&mut self, text: &str) -> Option<()> {
        let leaves = self.leaves(text);
        let places: Map<&str, &Vec<usize>> = leaves
            .iter()
            .map(|(name, path)| (name.as_str(), path))
            .collect();
        let mut counts: Map<Vec<usize>, usize> = Map::default();
        let mut derived = Vec::new();
        // The key of the row is in no column.
        let key = Vec::new();
        for (_, path) in &leaves {
            match &mut self.column_mut(path)?.role {
                Role::Dependent(name, key, number) => {
                    key.clone_from(places.get(name.as_str())?);
                    let count = counts.entry(key.clone()).or_default();
                    *number = *count;
                    *count += 1;
                    self.pending.push(path.clone());
                }
                Role::Derived(Derivation { template, sources })
                | Role::Usual(Derivation { template, sources }) => {
                    for part in &template.parts {
                        if let Part::Column(name) = part {
                            let place = places.get(name.trim_end_matches(REST)).copied();
                            let place = if name == ROW_KEY { &key } else { place? };
                            sources.push((name.clone(), place.clone()));
                        }
                    }
                    let sources: Vec<_> = sources.iter().map(|(_, path)| path.clone()).collect();
                    derived.push((path.clone(), sources));
                }
                Role::Cell | Role::Const(_) | Role::Count(..) | Role::Key(..) => {}
            }
        }
        for key in counts.keys() {
            matches!(self.column(key)?.role, Role::Key(..)).then_some(())?;
        }
        // Each round settles the columns whose sources are settled; a round that settles none has found a circle.
        while !derived.is_empty() {
            let waiting: Vec<_> = derived.iter().map(|(path, _)| path.clone()).collect();
            let (ready, rest): (Vec<_>, Vec<_>) = derived
                .into_iter()
                .partition(|(_, sources)| sources.iter().all(|path| !waiting.contains(path)));
            (!ready.is_empty()).then_some(())?;
            self.pending.extend(ready.into_iter().map(|(path, _)| path));
            derived = rest;
        }
        Some(())
    }
}

impl Reader<'_> {
    /// Reads what a header says of the items of an array: after the number of rows, or after `[]`.
    pub(super) fn items(&mut self, separator: Separator, depth: usize) -> Option<Column> {
        let mut column = self.column(separator, depth)?;
        if let Shape::Group(record) = &mut column.shape {
            record.link(self.body)?;
        }
        matches!(column.role, Role::Cell).then_some(column)
    }

    /// Reads what a header says after a key.
    fn column(&mut self, separator: Separator, depth: usize) -> Option<Column> {
        let depth = depth.checked_sub(1)?;
        let role = if self.eat(">") {
            Role::Key(self.number()?, Map::default())
        } else if self.eat("<") {
            let name = self.take_while(|character| is_name(character.encode_utf8(&mut [0; 4])));
            Role::Dependent(name.to_owned(), Vec::new(), 0)
        } else {
            Role::Cell
        };
        if self.eat(USUALLY) {
            let (template, length) = Template::read(self.rest())?;
            self.at += length;
            let is_whole = matches!(role, Role::Cell) && !template.has_cell();
            let usual = Role::Usual(Derivation::new(template));
            return is_whole.then(|| Column::new(usual, Shape::Any, None));
        }
        if self.eat("=") {
            if !(self.rest().starts_with('`') || self.rest().starts_with("#`")) {
                if let Some((series, length)) = Series::read(self.rest()) {
                    self.at += length;
                    matches!(role, Role::Cell).then_some(())?;
                    let place = series.start();
                    return Some(Column::new(Role::Count(series, place), Shape::Any, None));
                }
                let node = self.literal(depth)?;
                return matches!(role, Role::Cell)
                    .then(|| Column::new(Role::Const(node), Shape::Any, None));
            }
            let (template, length) = Template::read(self.rest())?;
            self.at += length;
            return match (role, template.has_cell()) {
                (Role::Cell, false) => Some(Column::new(
                    Role::Derived(Derivation::new(template)),
                    Shape::Any,
                    None,
                )),
                (_, false) => None,
                (role, true) => Some(Column::new(role, Shape::Any, Some(template))),
            };
        }
        let shape = if self.eat("[]") {
            Shape::List(Box::new(self.items(separator, depth)?))
        } else if self.eat("{}") {
            Shape::Map(Box::new(self.items(separator, depth)?))
        } else if self.eat("[") {
            Shape::Tuple(self.tuple(separator, depth)?)
        } else if self.eat("?") {
            let mut record = self.fields(separator, depth)?;
            record.link(self.body)?;
            Shape::Boxed(record)
        } else if self.rest().starts_with('{') {
            Shape::Group(self.fields(separator, depth)?)
        } else {
            Shape::Any
        };
        Some(Column::new(role, shape, None))
    }

    fn tuple(&mut self, separator: Separator, depth: usize) -> Option<Vec<Column>> {
        let count = self.number()?;
        (self.eat("]") && count <= TUPLE_MAX).then_some(())?;
        if !self.eat("(") {
            let columns = (0..count).map(|_| Column::new(Role::Cell, Shape::Any, None));
            return Some(columns.collect());
        }
        let mut columns = Vec::new();
        for index in 0..count {
            if index > 0 {
                self.eat_char(separator.char())?;
            }
            columns.push(self.column(separator, depth)?);
        }
        self.eat_char(')')?;
        Some(columns)
    }

    fn fields(&mut self, separator: Separator, depth: usize) -> Option<Record> {
        self.eat("{").then_some(())?;
        let mut record = Record::default();
        loop {
            let key = if self.rest().starts_with('"') {
                self.quoted()?
            } else {
                let start = self.at;
                let name = self.take_while(|character| is_name(character.encode_utf8(&mut [0; 4])));
                (!name.is_empty()).then_some(())?;
                Span {
                    start,
                    end: self.at,
                }
            };
            let column = self.column(separator, depth)?;
            record.fields.push(Field { key, column });
            if self.eat("}") {
                break;
            }
            self.eat_char(separator.char())?;
        }
        Some(record)
    }
}
