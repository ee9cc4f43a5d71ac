//! What the columns of a record say twice: constants, texts that follow from other columns, keys that decide others.

use super::affix;
use super::derive;
use super::intern::Interned;
use super::notation::{Reading, Separator, cell, is_referable, is_word};
use super::price::Prices;
use super::series::Series;
use super::shape::{Column, Field, Item, Record, Role, Sequence, Shape};
use super::template::Template;
use super::tree::{Document, Kind, NodeId};
use crate::distill::map::Map;

/// Rows that are looked at where counting all would cost more than the choice is worth.
const SAMPLE_MAX: usize = 48;
/// Rows that are looked at however long they are.
const SAMPLE_MIN: usize = 4;
/// Bytes of rows that are looked at for one choice.
const SAMPLE_BYTES_MAX: usize = 8 << 10;
/// Thousandths of tokens, in which means are counted.
const MILLI: usize = 1000;
/// Thousandths of tokens that a table of keys must save: its reader has to look things up.
const KEY_GAIN_MIN: usize = 12 * MILLI;
/// Thousandths of tokens for the line that announces a table of keys.
const KEY_PRICE: usize = 4 * MILLI;
/// Key columns of one record: each is a search over all pairs of columns.
const KEYS_MAX: usize = 8;

/// Everything that choosing needs to know.
pub(super) struct Context<'a> {
    pub(super) document: &'a Document,
    pub(super) interned: &'a Interned,
    pub(super) prices: &'a Prices<'a>,
}

/// A column with cells of its own, and where it is found.
pub(super) struct Leaf<'r> {
    /// Indices of fields, from the record inwards.
    path: Vec<usize>,
    /// What other columns call it, if they can.
    pub(super) name: Option<String>,
    pub(super) column: &'r Column,
}

impl Context<'_> {
    /// Decides the roles of all columns of a sequence and of what is inside it.
    ///
    /// `keys` are those of an object's items; an array has none.
    pub(super) fn refine(&self, sequence: &mut Sequence, keys: Option<&[&str]>) {
        if let Shape::Group(record) = &mut sequence.column.shape {
            let pairs = keys.map(|keys| keys.iter().zip(&sequence.items));
            let keys: Option<Vec<&str>> = pairs.map(|pairs| {
                let rows = pairs.filter(|(_, item)| matches!(item, Item::Row(_)));
                rows.map(|(key, _)| *key).collect()
            });
            self.refine_record(record, true, keys.as_deref());
        } else {
            self.refine_column(&mut sequence.column);
        }
    }

    fn refine_column(&self, column: &mut Column) {
        match &mut column.shape {
            Shape::Any => column.own = affix::own(self, &column.values),
            Shape::Tuple(columns) => self.tuple(columns),
            Shape::Map(sequence, keys, _) => {
                let keys: Vec<&str> = keys.iter().map(|key| self.document.str(*key)).collect();
                self.refine(sequence, Some(&keys));
            }
            Shape::Group(record) => self.refine_record(record, true, None),
            Shape::Boxed(record, _) => self.refine_record(record, false, None),
            Shape::List(sequence, _) => self.refine(sequence, None),
        }
    }

    fn refine_record(&self, record: &mut Record, needs_cell: bool, keys: Option<&[&str]>) {
        self.constants(record);
        if needs_cell && keys.is_none() && !has_cells(record) {
            show_first(record);
        }
        self.derived(record, keys);
        self.counts(record, needs_cell && keys.is_none());
        self.own(record);
        self.derived_from_cells(record, keys);
        self.keys(record);
        self.usual(record, keys);
        self.inside(record);
    }

    /// Decides the roles of the positions of arrays of one length.
    fn tuple(&self, columns: &mut [Column]) {
        for column in columns.iter_mut() {
            if self.is_constant(column) {
                column.role = Role::Const;
            } else if let Some(series) = self.series(column) {
                column.role = Role::Count(series);
            } else {
                column.own = affix::own(self, &column.values);
            }
        }
        let hidden = |column: &Column| !matches!(column.role, Role::Cell);
        if columns.iter().all(hidden)
            && let Some(first) = columns.first_mut()
        {
            first.role = Role::Cell;
        }
    }

    fn is_constant(&self, column: &Column) -> bool {
        let number = |value: &Option<NodeId>| value.map(|id| self.interned.number(id));
        let mut numbers = column.values.iter().map(number);
        let first = numbers.next().flatten();
        column.values.len() > 1 && first.is_some() && numbers.all(|other| other == first)
    }

    /// Refines the records that are inside lists and boxes.
    fn inside(&self, record: &mut Record) {
        for field in &mut record.fields {
            let column = &mut field.column;
            match (&column.role, &mut column.shape) {
                (Role::Const, _) | (_, Shape::Any) => {}
                (_, Shape::Group(record)) => self.inside(record),
                _ => self.refine_column(column),
            }
        }
    }

    fn constants(&self, record: &mut Record) {
        for field in &mut record.fields {
            let column = &mut field.column;
            if self.is_constant(column) {
                column.role = Role::Const;
            } else if let Shape::Group(inner) = &mut column.shape {
                self.constants(inner);
            }
        }
    }

    fn derived(&self, record: &mut Record, keys: Option<&[&str]>) {
        let leaves = leaves(record);
        let found = paths(&leaves, derive::derived(self, &leaves, keys));
        for (path, template) in found {
            change(record, &path, |column| {
                column.role = Role::Derived(template);
            });
        }
    }

    /// Finds columns that follow from the cells of others.
    fn derived_from_cells(&self, record: &mut Record, keys: Option<&[&str]>) {
        let leaves = leaves(record);
        let found = paths(&leaves, derive::from_cells(self, &leaves, keys));
        for (path, template) in found {
            change(record, &path, |column| {
                column.own = None;
                column.role = Role::Derived(template);
            });
        }
    }

    /// Finds columns that follow from others in most rows.
    fn usual(&self, record: &mut Record, keys: Option<&[&str]>) {
        let leaves = leaves(record);
        let found: Vec<_> = derive::usual(self, &leaves, keys)
            .into_iter()
            .map(|(index, template, rows)| (index, (template, rows)))
            .collect();
        for (path, (template, rows)) in paths(&leaves, found) {
            change(record, &path, |column| {
                column.own = None;
                column.role = Role::Usual(template, rows);
            });
        }
    }

    /// Finds columns that count rows; where each row needs a cell, one column keeps its own.
    fn counts(&self, record: &mut Record, needs_cell: bool) {
        let found: Vec<_> = leaves(record)
            .into_iter()
            .filter(|leaf| {
                matches!(
                    (&leaf.column.role, &leaf.column.shape),
                    (Role::Cell, Shape::Any)
                )
            })
            .filter_map(|leaf| Some((self.series(leaf.column)?, leaf.path)))
            .collect();
        for (count, path) in found {
            change(record, &path, |column| column.role = Role::Count(count));
            if needs_cell && !has_cells(record) {
                change(record, &path, |column| column.role = Role::Cell);
            }
        }
    }

    /// Returns what the values of a column count, if that is shorter than their cells.
    fn series(&self, column: &Column) -> Option<Series> {
        let kind = self.document.node((*column.values.first()?)?).kind;
        let values = column.values.iter().map(|value| {
            let same = value.filter(|id| self.document.node(*id).kind == kind);
            same.map_or("", |id| self.document.lexeme(id))
        });
        let series = Series::of(&values, kind == Kind::Bare)?;
        if series.is_plain() {
            return Some(series);
        }
        let spelled = self.prices.of(&format!("={}", series.spelling()?));
        let cells = self.mean(column) * column.values.len();
        (spelled * MILLI < cells).then_some(series)
    }

    fn own(&self, record: &mut Record) {
        let found: Vec<_> = leaves(record)
            .into_iter()
            .filter(|leaf| {
                matches!(
                    (&leaf.column.role, &leaf.column.shape),
                    (Role::Cell, Shape::Any)
                )
            })
            .filter_map(|leaf| Some((affix::own(self, &leaf.column.values)?, leaf.path)))
            .collect();
        for (template, path) in found {
            change(record, &path, |column| column.own = Some(template));
        }
    }

    /// Finds columns that decide others, the most useful first.
    fn keys(&self, record: &mut Record) {
        for _ in 0..KEYS_MAX {
            let leaves = leaves(record);
            let Some((key, rows, dependents)) = self.best_key(&leaves) else {
                return;
            };
            let Some(name) = leaves.get(key).and_then(|leaf| leaf.name.clone()) else {
                return;
            };
            let path = |index: &usize| leaves.get(*index).map(|leaf| leaf.path.clone());
            let (Some(key), dependents) = (path(&key), dependents.iter().filter_map(path)) else {
                return;
            };
            let dependents: Vec<_> = dependents.collect();
            change(record, &key, |column| column.role = Role::Key(rows));
            for dependent in dependents {
                let name = name.clone();
                change(record, &dependent, |column| {
                    column.role = Role::Dependent(name);
                });
            }
        }
    }

    fn best_key(&self, leaves: &[Leaf<'_>]) -> Option<(usize, Vec<usize>, Vec<usize>)> {
        let free = |leaf: &&Leaf<'_>| matches!(leaf.column.role, Role::Cell);
        let height = leaves.iter().find(free)?.column.values.len();
        if height < 3 {
            return None;
        }
        let numbers: Vec<Vec<usize>> = leaves
            .iter()
            .map(|leaf| {
                let values = leaf.column.values.iter();
                values
                    .map(|value| value.map_or(usize::MAX, |id| self.interned.number(id)))
                    .collect()
            })
            .collect();
        let prices: Vec<usize> = leaves.iter().map(|leaf| self.mean(leaf.column)).collect();
        let mut best = None;
        let mut most = KEY_GAIN_MIN;
        for (index, leaf) in leaves.iter().enumerate() {
            if !free(&leaf) || leaf.name.is_none() || !self.is_scalar_throughout(leaf.column) {
                continue;
            }
            let Some(keys) = numbers.get(index) else {
                continue;
            };
            let mut rows = Vec::new();
            let mut first = Map::default();
            let firsts: Vec<usize> = keys
                .iter()
                .enumerate()
                .map(|(row, number)| {
                    *first.entry(*number).or_insert_with(|| {
                        rows.push(row);
                        row
                    })
                })
                .collect();
            if rows.len() * 10 > height * 8 {
                continue;
            }
            let price = |index: usize| prices.get(index).copied().unwrap_or(0);
            let spent = rows.len() * price(index) + KEY_PRICE;
            let mut saved = 0;
            let mut dependents = Vec::new();
            for (other, candidate) in leaves.iter().enumerate() {
                let follows = || {
                    let values = numbers.get(other)?;
                    let mut pairs = values.iter().zip(&firsts);
                    Some(pairs.all(|(value, first)| values.get(*first) == Some(value)))
                };
                let gain = ((height - rows.len()) * price(other)).saturating_sub(MILLI);
                if other != index && gain > 0 && free(&candidate) && follows() == Some(true) {
                    saved += gain;
                    dependents.push(other);
                }
            }
            let gain = saved.saturating_sub(spent);
            if gain > most && !dependents.is_empty() {
                most = gain;
                best = Some((index, rows, dependents));
            }
        }
        best
    }

    fn is_scalar_throughout(&self, column: &Column) -> bool {
        matches!(column.shape, Shape::Any)
            && column.values.iter().all(|value| {
                value.is_some_and(|id| {
                    matches!(self.document.node(id).kind, Kind::Bare | Kind::Text)
                })
            })
    }

    /// Returns what a cell of the column costs on average, in thousandths of tokens, a repetition of the row above counted as such.
    pub(super) fn mean(&self, column: &Column) -> usize {
        let rows = short_sample(column.values.len(), |row| {
            let value = column.values.get(row).copied().flatten();
            value.map_or(0, |id| self.document.lexeme(id).len())
        });
        let sum: usize = rows.iter().map(|row| self.row_price(column, *row)).sum();
        sum * MILLI / rows.len().max(1)
    }

    /// Returns what the cell of a row costs, a repetition of the row above counted as such.
    pub(super) fn row_price(&self, column: &Column, row: usize) -> usize {
        let value = column.values.get(row).copied().flatten();
        let above = row
            .checked_sub(1)
            .and_then(|above| column.values.get(above).copied().flatten());
        let is_same = above.zip(value).is_some_and(|(above, value)| {
            self.interned.number(above) == self.interned.number(value)
        });
        let price = value.map_or(2, |id| self.cell_price(id, column.own.as_ref()));
        if is_same { price.min(2) } else { price }
    }

    /// Returns what a cell costs with its separator.
    pub(super) fn cell_price(&self, id: NodeId, own: Option<&Template>) -> usize {
        let document = self.document;
        let text = match (document.node(id).kind, own) {
            (Kind::Bare, _) if is_word(document.lexeme(id)) => document.lexeme(id).to_owned(),
            (Kind::Bare, None) => document.lexeme(id).to_owned(),
            (Kind::Text, None) => {
                cell(document.lexeme(id), Separator::Comma, false, Reading::Guess).into_owned()
            }
            (Kind::Bare | Kind::Text, Some(own)) => {
                let rest = own.cell(document.lexeme(id)).unwrap_or_default();
                cell(&rest, Separator::Comma, false, Reading::Rest).into_owned()
            }
            (Kind::Array | Kind::Object, _) => {
                let mut text = String::new();
                document.minify(id, &mut text);
                text
            }
        };
        self.prices.of(&format!(",{text}"))
    }
}

/// Returns rows spread over a table of `height` rows, all of them if they are few.
pub(super) fn sample(height: usize) -> Vec<usize> {
    let step = height.div_ceil(SAMPLE_MAX).max(1);
    (0..height).step_by(step).collect()
}

/// Returns the first of the sampled rows that together are about as long as is worth counting.
pub(super) fn short_sample(height: usize, bytes: impl Fn(usize) -> usize) -> Vec<usize> {
    let mut total = 0;
    let mut rows = sample(height);
    let enough = rows.iter().position(|row| {
        total += bytes(*row);
        total > SAMPLE_BYTES_MAX
    });
    rows.truncate(enough.map_or(height, |enough| enough.max(SAMPLE_MIN)));
    rows
}

/// Returns the columns of a record whose values stand in cells or could, those of groups included.
pub(super) fn leaves(record: &Record) -> Vec<Leaf<'_>> {
    let mut found = Vec::new();
    descend(record, &[], Some(""), &mut found);
    found
}

fn descend<'r>(record: &'r Record, path: &[usize], name: Option<&str>, found: &mut Vec<Leaf<'r>>) {
    for (index, field) in record.fields.iter().enumerate() {
        let path = [path, &[index]].concat();
        let name = name.filter(|_| is_referable(&field.key)).map(|outer| {
            let dot = if outer.is_empty() { "" } else { "." };
            format!("{outer}{dot}{}", field.key)
        });
        match (&field.column.role, &field.column.shape) {
            (Role::Const, _) => {}
            (_, Shape::Group(inner)) => descend(inner, &path, name.as_deref(), found),
            _ => found.push(Leaf {
                path,
                name,
                column: &field.column,
            }),
        }
    }
}

fn change(record: &mut Record, path: &[usize], how: impl FnOnce(&mut Column)) {
    let Some((first, rest)) = path.split_first() else {
        return;
    };
    let Some(Field { column, .. }) = record.fields.get_mut(*first) else {
        return;
    };
    match (&mut column.shape, rest) {
        (_, []) => how(column),
        (Shape::Group(inner), rest) => change(inner, rest, how),
        _ => {}
    }
}

/// Tells whether a row of the record shows anything.
pub(super) fn has_cells(record: &Record) -> bool {
    record.fields.iter().any(|field| {
        let column = &field.column;
        match (&column.role, &column.shape) {
            (Role::Const | Role::Derived(_) | Role::Count(_) | Role::Dependent(_), _) => false,
            (_, Shape::Group(inner)) => has_cells(inner),
            _ => true,
        }
    })
}

/// Returns where the leaves of these numbers are.
fn paths<T>(leaves: &[Leaf<'_>], found: Vec<(usize, T)>) -> Vec<(Vec<usize>, T)> {
    let found = found.into_iter();
    found
        .filter_map(|(index, what)| Some((leaves.get(index)?.path.clone(), what)))
        .collect()
}

/// Gives a record of constants one cell, so that its rows can be seen.
fn show_first(record: &mut Record) {
    if let Some(field) = record.fields.first_mut() {
        field.column.role = Role::Cell;
        if let Shape::Group(inner) = &mut field.column.shape {
            show_first(inner);
        }
    }
}
