//! The rows of arrays and maps: which there are, which tell most, and where the others can be had.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use super::super::super::Request;
use super::super::super::strategy::json::{Document, Kind as Node, NodeId, is_name, plain};
use super::super::statistics::{Scalar, Statistics};
use super::super::summary::{List, cut};
use super::schema::{MAP_MIN, is_map};

/// Items from which an array of containers is shown by rows.
const LIST_MIN: usize = 3;

/// Arrays whose rows are shown.
const LISTS_MAX: usize = 12;

/// Rows that stand out and are shown.
const OUTLIERS_MAX: usize = 3;

/// Rows that mention what is looked for.
const MATCHES_MAX: usize = 8;

/// Rows of one array that are shown if a budget leaves room.
const ROWS_MAX: usize = 60;

/// Returns the arrays and maps of a document whose rows are worth showing; `lines` tells whether the root's are lines.
pub(super) fn lists<'s>(
    document: &'s Document,
    request: &Request<'s>,
    lines: bool,
) -> Vec<List<'s>> {
    let mut found = Vec::new();
    find_lists(document, document.root, String::new(), &mut found);
    let lists = found.into_iter();
    lists
        .map(|(path, id)| list(document, id, path, request, lines))
        .collect()
}

/// Finds arrays and maps of containers whose path is the same in the whole document.
fn find_lists(document: &Document, id: NodeId, path: String, found: &mut Vec<(String, NodeId)>) {
    let edges = document.edges(id);
    let is_object = document.node(id).kind == Node::Object;
    let holds_containers = edges
        .iter()
        .any(|edge| !document.edges(edge.node).is_empty());
    if !is_object || is_map(document, id) {
        if edges.len() >= LIST_MIN && holds_containers && found.len() < LISTS_MAX {
            found.push((path, id));
        } else if !is_object && holds_containers {
            for (index, edge) in edges.iter().enumerate() {
                find_lists(document, edge.node, format!("{path}[{index}]"), found);
            }
        }
        return;
    }
    for edge in edges {
        let inner = member(&path, document.str(edge.key));
        find_lists(document, edge.node, inner, found);
    }
}

/// Returns the path of a member.
fn member(path: &str, key: &str) -> String {
    match (is_name(key) && !key.contains('.'), path.is_empty()) {
        (true, true) => key.to_owned(),
        (true, false) => format!("{path}.{key}"),
        _ => format!("{path}[\"{key}\"]"),
    }
}

/// Returns the rows of an array or a map.
fn list<'s>(
    document: &'s Document,
    id: NodeId,
    path: String,
    request: &Request<'s>,
    lines: bool,
) -> List<'s> {
    let edges = document.edges(id);
    let handle = request.handle;
    let keyed = document.node(id).kind == Node::Object;
    let path: Rc<str> = path.into();
    let place = {
        let path = Rc::clone(&path);
        move |row: usize| match edges.get(row) {
            Some(edge) if keyed => member(&path, document.str(edge.key)),
            _ if lines => (row + 1).to_string(),
            _ => format!("{path}[{row}]"),
        }
    };
    List {
        height: edges.len(),
        picks: picks(document, id, request),
        row: Box::new(move |row, bytes| {
            let mut text = String::new();
            if let Some(edge) = edges.get(row) {
                plain(document, edge.node, &mut text);
            }
            let place = place(row);
            format!(
                "{place} {}",
                cut(&text, bytes, &format!("~{handle}:{place}"))
            )
        }),
        gap: Box::new(move |from, to| match (keyed, lines) {
            (true, _) => format!("~{handle}:{path} {} more\n", to + 1 - from),
            (_, true) if from == to => format!("~{handle}:{}\n", from + 1),
            (_, true) => format!("~{handle}:{}-{}\n", from + 1, to + 1),
            _ if from == to => format!("~{handle}:{path}[{from}]\n"),
            _ => format!("~{handle}:{path}[{from}-{to}]\n"),
        }),
    }
}

/// Returns the rows that tell most: the first, those that mention what is looked for, the last, those that stand out.
fn picks(document: &Document, id: NodeId, request: &Request<'_>) -> Vec<usize> {
    let edges = document.edges(id);
    let height = edges.len();
    let mut picks = vec![0];
    if let Some(query) = request.query {
        let words: Vec<String> = query.split_whitespace().map(str::to_lowercase).collect();
        let found = (0..height).filter(|row| {
            let mut text = String::new();
            if let Some(edge) = edges.get(*row) {
                plain(document, edge.node, &mut text);
            }
            let text = text.to_lowercase();
            words.iter().any(|word| text.contains(word))
        });
        picks.extend(found.take(MATCHES_MAX));
    }
    picks.push(height - 1);
    picks.extend(outliers(document, id));
    if request.budget.is_some() {
        picks.extend((1..height).take(ROWS_MAX));
    } else {
        picks.push(1);
    }
    let mut seen = HashSet::new();
    picks.retain(|row| seen.insert(*row));
    picks
}

/// Returns rows with a value that no other has where most share a few, or with a number far above the others.
fn outliers(document: &Document, id: NodeId) -> Vec<usize> {
    let edges = document.edges(id);
    let mut columns: HashMap<&str, Statistics<'_>> = HashMap::new();
    let scalars = |id: NodeId| {
        document.edges(id).iter().filter_map(|edge| {
            let kind = match document.node(edge.node).kind {
                Node::Text => Scalar::Text,
                Node::Bare if document.lexeme(edge.node).ends_with('l') => Scalar::Null,
                Node::Bare => Scalar::Number,
                Node::Array | Node::Object => return None,
            };
            Some((document.str(edge.key), kind, document.lexeme(edge.node)))
        })
    };
    for edge in edges {
        for (key, kind, value) in scalars(edge.node) {
            columns.entry(key).or_default().add(kind, value);
        }
    }
    let extremes: HashMap<&str, Option<&str>> = columns
        .iter()
        .map(|(key, column)| (*key, column.outlier()))
        .collect();
    let stands_out = |row: &usize| {
        edges.get(*row).is_some_and(|edge| {
            scalars(edge.node).any(|(key, kind, value)| {
                let Some(column) = columns.get(key) else {
                    return false;
                };
                let is_rare =
                    column.total() >= MAP_MIN && column.count_of_few(kind, value) == Some(1);
                is_rare || extremes.get(key).copied().flatten() == Some(value)
            })
        })
    };
    let rows = (0..edges.len()).filter(stands_out);
    rows.take(OUTLIERS_MAX).collect()
}
