//! What values have in common: the plan of a table, before anything is counted or written.

use std::collections::BTreeSet;

use super::series::Series;
use super::template::Template;
use super::tree::{Document, Kind, NodeId, Span};
use crate::distill::map::{Map, Set};

/// Columns of one record: merging rows takes time in proportion to it, and no reader follows more.
const COLUMNS_MAX: usize = 500;
/// Cells of a fixed-length array that is written without brackets.
pub(super) const TUPLE_MAX: usize = 8;
/// Rows that may fall out of a record, as a share: with more, the values are no record.
const STRAYS_SHARE: usize = 4;
/// Cells that may be missing for each one that is there: with more, the keys are data and not columns.
const HOLES_SHARE: usize = 4;

/// One value a row, and how to write them.
#[derive(Debug)]
pub(super) struct Column {
    pub(super) values: Vec<Option<NodeId>>,
    pub(super) shape: Shape,
    pub(super) role: Role,
    /// What the texts of this column have in common; their cells hold the rest.
    pub(super) own: Option<Template>,
}

/// Where the values of a column are written.
#[derive(Debug, Default)]
pub(super) enum Role {
    /// In a cell of each row.
    #[default]
    Cell,
    /// In the header: every row has the same.
    Const,
    /// Nowhere: they follow from other columns.
    Derived(Template),
    /// In a cell of each row; the header says how they follow from other columns where they do, in these rows.
    Usual(Template, Vec<bool>),
    /// Nowhere: they follow from the row before.
    Count(Series),
    /// In a cell of each row; other columns follow from it. The rows are the first ones with each value.
    Key(Vec<usize>),
    /// Once for each value of the key column of this name.
    Dependent(String),
}

/// How the values of a column are written.
#[derive(Debug)]
pub(super) enum Shape {
    /// Each by itself.
    Any,
    /// Objects with the same keys, in the cells of their own columns.
    Group(Record),
    /// As a group, between parentheses, where the value is such an object; `Some` tells which row of the record.
    Boxed(Record, Vec<Option<usize>>),
    /// Arrays; the pairs tell which items of the sequence are theirs.
    List(Box<Sequence>, Vec<Option<(usize, usize)>>),
    /// Objects whose keys are data; the pairs tell which items of the sequence, and which keys, are theirs.
    Map(Box<Sequence>, Vec<Span>, Vec<Option<(usize, usize)>>),
    /// Arrays of one length, in so many cells.
    Tuple(Vec<Column>),
}

/// Objects that share their keys.
#[derive(Debug)]
pub(super) struct Record {
    pub(super) fields: Vec<Field>,
}

/// A key and its values.
#[derive(Debug)]
pub(super) struct Field {
    /// As spelled, without quotes.
    pub(super) key: String,
    pub(super) column: Column,
}

/// Values in order: the items of arrays.
#[derive(Debug)]
pub(super) struct Sequence {
    pub(super) items: Vec<Item>,
    /// The values of the items that are rows.
    pub(super) column: Column,
}

/// An item of an array.
#[derive(Debug, Clone, Copy)]
pub(super) enum Item {
    /// The row of the sequence's column.
    Row(usize),
    /// A value of another shape.
    Stray(NodeId),
}

/// Finds what `items` have in common.
pub(super) fn sequence(document: &Document, items: &[NodeId]) -> Sequence {
    if items.iter().any(|id| is(document, *id, Kind::Object))
        && let Some((record, items)) = record(document, items)
    {
        let rows = items.iter().filter_map(|item| match item {
            Item::Row(_) => Some(None),
            Item::Stray(_) => None,
        });
        return Sequence {
            column: Column::new(rows.collect(), Shape::Group(record)),
            items,
        };
    }
    let values: Vec<_> = items.iter().copied().map(Some).collect();
    let shape = if !items.is_empty() && items.iter().all(|id| is(document, *id, Kind::Array)) {
        arrays(document, &values)
    } else {
        Shape::Any
    };
    Sequence {
        items: (0..items.len()).map(Item::Row).collect(),
        column: Column::new(values, shape),
    }
}

impl Column {
    fn new(values: Vec<Option<NodeId>>, shape: Shape) -> Self {
        Self {
            values,
            shape,
            role: Role::Cell,
            own: None,
        }
    }

    fn inferred(document: &Document, values: Vec<Option<NodeId>>) -> Self {
        let shape = infer(document, &values);
        Self::new(values, shape)
    }
}

fn is(document: &Document, id: NodeId, kind: Kind) -> bool {
    document.node(id).kind == kind
}

fn infer(document: &Document, values: &[Option<NodeId>]) -> Shape {
    let present: Vec<NodeId> = values.iter().copied().flatten().collect();
    let count = |kind| {
        present
            .iter()
            .filter(|id| is(document, **id, kind) && !document.edges(**id).is_empty())
            .count()
    };
    let objects = count(Kind::Object);
    if objects > 0 {
        return if objects > 1 || objects == present.len() {
            self::objects(document, values, objects)
        } else {
            Shape::Any
        };
    }
    if count(Kind::Array) > 0 {
        return arrays(document, values);
    }
    Shape::Any
}

/// Values of which most are objects that are not empty.
fn objects(document: &Document, values: &[Option<NodeId>], count: usize) -> Shape {
    let boxed: Vec<Option<NodeId>> = values
        .iter()
        .map(|value| {
            value.filter(|id| is(document, *id, Kind::Object) && !document.edges(*id).is_empty())
        })
        .collect();
    let dense: Vec<NodeId> = boxed.iter().copied().flatten().collect();
    let Some((record, items)) = record(document, &dense) else {
        return map(document, values);
    };
    if count == values.len() && items.iter().all(|item| matches!(item, Item::Row(_))) {
        return Shape::Group(record);
    }
    let mut items = items.into_iter();
    let rows = boxed
        .into_iter()
        .map(|value| match value.and_then(|_| items.next()) {
            Some(Item::Row(row)) => Some(row),
            Some(Item::Stray(_)) | None => None,
        })
        .collect();
    Shape::Boxed(record, rows)
}

/// Values of which some are objects that share no keys to speak of.
fn map(document: &Document, values: &[Option<NodeId>]) -> Shape {
    let objects = |value: &Option<NodeId>| value.filter(|id| is(document, *id, Kind::Object));
    let (mut keys, mut members) = (Vec::new(), Vec::new());
    for id in values.iter().filter_map(objects) {
        keys.extend(document.edges(id).iter().map(|edge| edge.key));
        members.extend(document.edges(id).iter().map(|edge| edge.node));
    }
    let ranges = ranges(document, values, objects);
    Shape::Map(Box::new(sequence(document, &members)), keys, ranges)
}

/// Returns, for each value that is a container of a kind, which of all their members are its own.
fn ranges(
    document: &Document,
    values: &[Option<NodeId>],
    of_kind: impl Fn(&Option<NodeId>) -> Option<NodeId>,
) -> Vec<Option<(usize, usize)>> {
    let mut start = 0;
    let range = |value| {
        let range = (start, start + document.edges(of_kind(value)?).len());
        start = range.1;
        Some(range)
    };
    values.iter().map(range).collect()
}

/// Values of which some are arrays and none is an object with members.
fn arrays(document: &Document, values: &[Option<NodeId>]) -> Shape {
    let lengths: Set<Option<usize>> = values
        .iter()
        .map(|value| {
            value
                .filter(|id| is(document, *id, Kind::Array))
                .map(|id| document.edges(id).len())
        })
        .collect();
    let flat = |id: &NodeId| matches!(document.node(*id).kind, Kind::Bare | Kind::Text);
    let members: Vec<NodeId> = values
        .iter()
        .flatten()
        .flat_map(|id| document.edges(*id).iter().map(|edge| edge.node))
        .collect();
    if let [Some(length)] = lengths.into_iter().collect::<Vec<_>>().as_slice()
        && (2..=TUPLE_MAX).contains(length)
        && members.iter().all(flat)
    {
        let columns = (0..*length).map(|position| {
            let values = members.iter().skip(position).step_by(*length);
            Column::new(values.copied().map(Some).collect(), Shape::Any)
        });
        return Shape::Tuple(columns.collect());
    }
    let ranges = ranges(document, values, |value| {
        value.filter(|id| is(document, *id, Kind::Array))
    });
    Shape::List(Box::new(sequence(document, &members)), ranges)
}

/// Merges objects into one record; objects whose keys stand in another order, and other values, stay outside.
fn record(document: &Document, values: &[NodeId]) -> Option<(Record, Vec<Item>)> {
    let order = Order::of(document, values)?;
    let mut fitting: Map<Vec<usize>, bool> = Map::default();
    let mut items = Vec::with_capacity(values.len());
    let mut columns = vec![Vec::new(); order.keys.len()];
    let (mut rows, mut cells) = (0, 0);
    for id in values {
        let edges = document.edges(*id);
        let places: Option<Vec<usize>> = edges
            .iter()
            .map(|edge| order.places.get(document.str(edge.key)).copied())
            .collect();
        let places = places.filter(|places| {
            is(document, *id, Kind::Object) && {
                let rising = |places: &Vec<usize>| places.is_sorted_by(|one, other| one < other);
                *fitting
                    .entry(places.clone())
                    .or_insert_with(|| rising(places))
            }
        });
        let Some(places) = places else {
            items.push(Item::Stray(*id));
            continue;
        };
        for column in &mut columns {
            column.push(None);
        }
        for (place, edge) in places.iter().zip(edges) {
            *columns.get_mut(*place)?.last_mut()? = Some(edge.node);
        }
        items.push(Item::Row(rows));
        rows += 1;
        cells += edges.len();
    }
    let strays = items.len() - rows;
    let sparse = rows * columns.len() > cells.saturating_mul(1 + HOLES_SHARE);
    if rows == 0 || sparse || strays * STRAYS_SHARE > items.len() {
        return None;
    }
    let fields: Vec<Field> = order
        .keys
        .iter()
        .zip(columns)
        .filter(|(_, values)| values.iter().any(Option::is_some))
        .map(|(key, values)| Field {
            key: document.str(*key).to_owned(),
            column: Column::inferred(document, values),
        })
        .collect();
    // Objects without members have no columns to stand in.
    (!fields.is_empty()).then_some((Record { fields }, items))
}

/// An order of keys that as many objects as possible follow.
struct Order<'a> {
    keys: Vec<Span>,
    places: Map<&'a str, usize>,
}

impl<'a> Order<'a> {
    /// Sorts the keys so that each comes after those it follows in any object, as far as they agree.
    fn of(document: &'a Document, values: &[NodeId]) -> Option<Self> {
        let mut keys: Vec<Span> = Vec::new();
        let mut numbers: Map<&str, usize> = Map::default();
        let mut known: Set<Vec<usize>> = Set::default();
        // For each key, the keys right after it in some object.
        let mut after: Vec<Set<usize>> = Vec::new();
        for id in values {
            if !is(document, *id, Kind::Object) {
                continue;
            }
            let mut signature = Vec::new();
            for edge in document.edges(*id) {
                let number = *numbers.entry(document.str(edge.key)).or_insert_with(|| {
                    keys.push(edge.key);
                    after.push(Set::default());
                    keys.len() - 1
                });
                signature.push(number);
            }
            if keys.len() > COLUMNS_MAX {
                return None;
            }
            for pair in signature.windows(2) {
                if let [one, other] = pair {
                    after.get_mut(*one)?.insert(*other);
                }
            }
            known.insert(signature);
        }
        let sorted = if known.len() > 1 {
            sort(&after)?
        } else {
            (0..keys.len()).collect()
        };
        let keys: Vec<Span> = sorted
            .into_iter()
            .filter_map(|number| keys.get(number).copied())
            .collect();
        let places = keys.iter().enumerate();
        Some(Self {
            places: places
                .map(|(place, key)| (document.str(*key), place))
                .collect(),
            keys,
        })
    }
}

/// Returns numbers in an order in which each comes before those in its set; where they go in a circle, the one seen
/// first comes first.
fn sort(after: &[Set<usize>]) -> Option<Vec<usize>> {
    let mut before = vec![0_usize; after.len()];
    for number in after.iter().flatten() {
        *before.get_mut(*number)? += 1;
    }
    let mut waiting: BTreeSet<(usize, usize)> = before.iter().copied().zip(0..).collect();
    let mut sorted = Vec::with_capacity(after.len());
    // The smallest pair is the number with the fewest left before it: none, unless there is a circle.
    while let Some((_, number)) = waiting.pop_first() {
        sorted.push(number);
        for next in after.get(number)? {
            let left = before.get_mut(*next)?;
            if waiting.remove(&(*left, *next)) {
                *left -= 1;
                waiting.insert((*left, *next));
            }
        }
    }
    Some(sorted)
}
