//! The digest of JSON: each key with the types and the statistics of its values, the rows that tell most, and the paths
//! of the rest.
//!
//! ```text
//! #digest of json: …
//! total: 100
//! items [100]                                  an array of 100
//!   id number, all distinct, 101..200
//!   state text: open×60, closed×40
//!   labels [0-4], 231 items                    in each, 0 to 4
//!     name text, 14 distinct, api..ui
//!   pull_request in 12 of 100                  a key that some lack
//! items[0] {id:101 state:open labels:[] …}
//! ~h7:items[1-98]                              left out: restore h7, path items[1-98]
//! items[99] {id:200 …}
//! ```

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;

use super::super::strategy::json::{Document, Kind as Node, NodeId, is_name, plain};
use super::super::{Kind, Request};
use super::statistics::{Detail, Scalar, Statistics};
use super::summary::{LAST, List, Summary, cut};

/// Members from which objects of one kind under keys that look like data are a list and not a record.
const MAP_MIN: usize = 12;

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

/// Bytes of text for each token of a digest without a budget, and for each of a digest of a short text.
const PART: usize = 12;

/// Tokens below which a digest may be a larger part of its text.
const SHORT_TOKENS: usize = 5_000;

/// Keys that are worth a reference to where they stand.
const SHAPE_MIN: usize = 4;

/// Returns the digest, or `None` if the text is not JSON that can be outlined.
pub(super) fn digest(request: &Request<'_>, kind: Kind, tokens_in: usize) -> Option<String> {
    let lines = kind == Kind::JsonLines;
    let document = Document::parse(request.text, lines)?;
    let root = document.root;
    let in_lines = lines && document.edges(root).len() == request.text.lines().count();
    (in_lines || !lines).then_some(())?;
    let mut schema = Schema::default();
    schema.add(&document, root);
    let handle = request.handle;
    let rest = if lines {
        format!("~{handle}:2-9 = lines left out, restore {handle} gives them")
    } else {
        format!("~{handle}:k[2-9] = left out, restore {handle} path=k[2-9] gives it")
    };
    let header = format!(
        "#digest of {}: each key, its type and values (×times, least..greatest), then rows; {rest}\n",
        kind.name()
    );
    let mut lists = Vec::new();
    find_lists(&document, root, String::new(), &mut lists);
    let lists = lists
        .into_iter()
        .map(|(path, id)| list(&document, id, path, request, lines))
        .collect();
    let outline = Box::new(|detail| {
        let mut outline = Outline {
            detail,
            lines: Vec::new(),
            shapes: HashMap::new(),
        };
        outline.value(&schema, "", "", 0, 1);
        outline.lines
    });
    let target = if tokens_in < SHORT_TOKENS {
        tokens_in / 3
    } else {
        tokens_in / PART
    };
    Summary {
        header,
        outline,
        lists,
    }
    .write(request, target)
}

/// What the values at one path have in common.
#[derive(Default)]
struct Schema<'t> {
    scalars: Statistics<'t>,
    objects: usize,
    /// Objects whose keys are data.
    maps: usize,
    arrays: usize,
    /// Members of arrays and maps.
    items: usize,
    /// Fewest and most members of one.
    sizes: Option<(usize, usize)>,
    members: Vec<(&'t str, Schema<'t>)>,
    places: HashMap<&'t str, usize>,
    keys: Vec<&'t str>,
    known: HashSet<&'t str>,
    item: Option<Box<Schema<'t>>>,
}

impl<'t> Schema<'t> {
    fn add(&mut self, document: &'t Document, id: NodeId) {
        let edges = document.edges(id);
        let lexeme = document.lexeme(id);
        match document.node(id).kind {
            Node::Bare => {
                let kind = match lexeme {
                    "null" => Scalar::Null,
                    "true" | "false" => Scalar::Bool,
                    _ => Scalar::Number,
                };
                self.scalars.add(kind, lexeme);
            }
            Node::Text => self.scalars.add(Scalar::Text, lexeme),
            Node::Object if !is_map(document, id) => {
                self.objects += 1;
                for edge in edges {
                    let key = document.str(edge.key);
                    let place = *self.places.entry(key).or_insert_with(|| {
                        self.members.push((key, Self::default()));
                        self.members.len() - 1
                    });
                    if let Some((_, member)) = self.members.get_mut(place) {
                        member.add(document, edge.node);
                    }
                }
            }
            kind => {
                if kind == Node::Object {
                    self.maps += 1;
                    for edge in edges {
                        let key = document.str(edge.key);
                        if self.known.insert(key) {
                            self.keys.push(key);
                        }
                    }
                } else {
                    self.arrays += 1;
                }
                let size = edges.len();
                self.items += size;
                let (fewest, most) = self.sizes.unwrap_or((size, size));
                self.sizes = Some((fewest.min(size), most.max(size)));
                let item = self.item.get_or_insert_default();
                for edge in edges {
                    item.add(document, edge.node);
                }
            }
        }
    }

    fn count(&self) -> usize {
        self.scalars.total() + self.objects + self.maps + self.arrays
    }

    /// Tells whether there are scalars only.
    fn is_flat(&self) -> bool {
        self.scalars.total() == self.count()
    }

    fn describe(&self, detail: Detail, out: &mut String) {
        let start = out.len();
        let separate = |out: &mut String| {
            if !out.trim().is_empty() {
                out.push_str(if out.len() > start { " | " } else { " " });
            }
        };
        if self.scalars.total() > 0 {
            let text = self.scalars.describe(detail);
            if !text.starts_with(':') {
                separate(out);
            }
            out.push_str(&text);
        }
        if self.objects > 0 && (self.members.is_empty() || self.objects < self.count()) {
            separate(out);
            out.push_str("{}");
        }
        for (count, open, close) in [(self.arrays, '[', ']'), (self.maps, '{', '}')] {
            let (Some((fewest, most)), true) = (self.sizes, count > 0) else {
                continue;
            };
            separate(out);
            if fewest == most {
                _ = write!(out, "{open}{most}{close}");
            } else {
                _ = write!(out, "{open}{fewest}-{most}{close}");
            }
            if count > 1 && detail.has_values {
                _ = write!(out, ", {} items", self.items);
            }
            if let Some(item) = &self.item
                && item.is_flat()
                && item.count() > 0
            {
                let text = item.scalars.describe(detail);
                out.push_str(if text.starts_with(':') { "" } else { " " });
                out.push_str(&text);
            }
        }
    }
}

/// The lines of an outline as they are written.
struct Outline<'t> {
    detail: Detail,
    /// Each with its depth.
    lines: Vec<(usize, String)>,
    /// Where these keys stand already.
    shapes: HashMap<Vec<&'t str>, String>,
}

impl<'t> Outline<'t> {
    /// Writes a line for a key and the lines of what is inside; `of` tells how many values there could be.
    fn value(&mut self, schema: &Schema<'t>, name: &str, path: &str, depth: usize, of: usize) {
        let mut line = String::new();
        if is_name(name) || name == "[]" {
            line.push_str(name);
        } else if !name.is_empty() {
            // Writing to a string cannot fail.
            _ = write!(line, "\"{name}\"");
        }
        schema.describe(self.detail, &mut line);
        if schema.count() < of && !name.is_empty() {
            _ = write!(line, " in {} of {of}", schema.count());
        }
        let path = match (path.is_empty(), name) {
            (_, "[]" | "") => path.to_owned(),
            (true, _) => name.to_owned(),
            (false, _) => format!("{path}.{name}"),
        };
        let known = self.known(schema, &path);
        if let Some(known) = &known {
            _ = write!(line, " like {known}");
        }
        if !line.is_empty() {
            self.push(depth, line.trim_start());
        }
        let inside = depth + usize::from(!name.is_empty());
        if known.is_some() {
            return;
        }
        self.members(schema, &path, inside);
        if schema.maps > 0 {
            // All keys of a map are much to read: the last thing to be shown.
            let keys = "  ".repeat(inside) + "keys: " + &schema.keys.join(", ") + "\n";
            self.lines.push((LAST, keys));
        }
        if let Some(item) = schema.item.as_deref().filter(|item| !item.is_flat()) {
            if item.objects == item.count() {
                self.members(item, &path, inside);
            } else {
                self.value(item, "[]", &path, inside, schema.items);
            }
        }
    }

    fn members(&mut self, schema: &Schema<'t>, path: &str, depth: usize) {
        for (key, member) in &schema.members {
            self.value(member, key, path, depth, schema.objects);
        }
    }

    fn push(&mut self, depth: usize, line: &str) {
        let line = format!("{}{line}\n", "  ".repeat(depth));
        self.lines.push((depth, line));
    }

    /// Returns where the keys of these objects stand already.
    fn known(&mut self, schema: &Schema<'t>, path: &str) -> Option<String> {
        let objects = match &schema.item {
            Some(item) if schema.objects == 0 => item.as_ref(),
            _ => schema,
        };
        if !self.detail.refers || objects.members.len() < SHAPE_MIN {
            return None;
        }
        let keys = objects.members.iter().map(|(key, _)| *key).collect();
        match self.shapes.entry(keys) {
            Entry::Occupied(place) => Some(place.get().clone()),
            Entry::Vacant(place) => {
                place.insert(path.to_owned());
                None
            }
        }
    }
}

/// Tells whether the keys of an object are data: many, and what stands under them is all alike.
fn is_map(document: &Document, id: NodeId) -> bool {
    let edges = document.edges(id);
    if edges.len() < MAP_MIN {
        return false;
    }
    let first = edges.first().map(|edge| document.node(edge.node).kind);
    let is_alike = edges
        .iter()
        .all(|edge| Some(document.node(edge.node).kind) == first);
    let is_counted = edges.iter().all(|edge| {
        let key = document.str(edge.key);
        key.starts_with(|first: char| first.is_ascii_digit())
    });
    is_alike && (is_counted || matches!(first, Some(Node::Object | Node::Array)))
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
    let path: std::rc::Rc<str> = path.into();
    let place = {
        let path = std::rc::Rc::clone(&path);
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

#[cfg(test)]
mod tests {
    use super::super::super::{Distilled, Intent, Level, distill};
    use super::*;
    use crate::distill::part;
    use crate::tokens::Encoding;

    fn digested(text: &str, budget: Option<usize>, query: Option<&str>) -> Distilled {
        let request = Request {
            text,
            level: Level::Digest,
            intent: Intent::Read,
            query,
            budget,
            encoding: Encoding::O200k,
            handle: "h7",
        };
        distill(&request).unwrap()
    }

    /// A page of an API, with one value that is rare, one number that stands out and one key that most rows lack.
    fn page(end: &str) -> String {
        let item = |number: usize| {
            let state = ["open", "closed", "open"].get(number % 3).unwrap();
            let state = if number == 71 { "stuck" } else { state };
            let took = if number == 40 {
                90_000
            } else {
                10 + number * 7 % 50
            };
            let labels: Vec<_> = (0..number % 3)
                .map(|n| format!("{{\"name\":\"l{n}\",\"rank\":{}}}", n * number))
                .collect();
            let note = if number.is_multiple_of(25) {
                ",\"note\":null"
            } else {
                ""
            };
            let title = format!("Title number {number}, {}", "word ".repeat(number % 7));
            format!(
                "{{\"id\":{},\"title\":\"{title}\",\"state\":\"{state}\",\"ms\":{took},\"owner\":{{\"login\":\"u{}\",\"bot\":false}},\"labels\":[{}]{note}}}",
                number + 500,
                number * number % 97,
                labels.join(",")
            )
        };
        (0..100).map(item).collect::<Vec<_>>().join(end)
    }

    #[test]
    fn every_key_is_told_with_its_types_and_exact_numbers() {
        let text = format!("{{\"total\":100,\"items\":[{}]}}", page(","));
        let shown = digested(&text, None, None).text;
        let outline: Vec<&str> = shown
            .lines()
            .skip(1)
            .take_while(|line| !line.starts_with("items[0]"))
            .collect();
        assert_eq!(
            outline,
            [
                "total: 100",
                "items [100]",
                "  id number, all distinct, 500..599",
                "  title text, all distinct, Title number 0, ..Title number 99, word ",
                "  state text: open×66, closed×33, stuck×1",
                "  ms number, 51 distinct, 10..90000",
                "  owner",
                "    login text, 49 distinct, u0..u96",
                "    bot bool: false×100",
                "  labels [0-2], 99 items",
                "    name text: l0×66, l1×33",
                "    rank number, 34 distinct, 0..98",
                "  note null in 4 of 100",
            ],
            "{shown}"
        );
        for row in [
            "items[0] {id:500 ",
            "items[99] {id:599 ",
            "items[71] {id:571 ",
            "items[40] {id:540 ",
        ] {
            assert!(shown.contains(&format!("\n{row}")), "{row}: {shown}");
        }
        assert!(shown.contains("\n~h7:items[41-70]\n"), "{shown}");
        let part = part::json(&text, "items[41-70]").unwrap();
        assert!(
            part.starts_with("{\"id\":541,") && part.contains("\"id\":570,"),
            "{part}"
        );
        assert!(!part.contains("\"id\":571"), "{part}");
    }

    #[test]
    fn a_budget_is_kept_and_a_query_decides_which_rows_are_shown() {
        let text = format!("{{\"items\":[{}]}}", page(","));
        for budget in [91, 100, 120, 160, 250, 400, 1000, 2500] {
            let result = digested(&text, Some(budget), Some("u61"));
            assert!(
                result.tokens_out + super::super::TRAILER_TOKENS <= budget,
                "{budget}: {}",
                result.text
            );
        }
        let shown = digested(&text, Some(900), Some("word 13,")).text;
        assert!(shown.contains("\nitems[0] "), "{shown}");
        let shown = digested(&text, Some(900), Some("512,")).text;
        assert!(!shown.contains("\nitems[57] {"), "{shown}");
    }

    #[test]
    fn documents_one_a_line_are_left_out_by_lines() {
        let shown = digested(&page("\n"), None, None).text;
        assert!(shown.starts_with("#digest of jsonl: "), "{shown}");
        for lines in [
            "\n[100]\nid number, all distinct, 500..599\n",
            "\n1 {id:500 ",
            "\n~h7:42-71\n72 {id:571 ",
        ] {
            assert!(shown.contains(lines), "{lines}: {shown}");
        }
    }

    #[test]
    fn keys_that_are_data_are_a_list() {
        let events: Vec<_> = (0..60)
            .map(|n| {
                format!(
                    "\"{}\":{{\"id\":{},\"name\":\"Event {n}\"}}",
                    1000 + n * n,
                    1000 + n * n
                )
            })
            .collect();
        let text = format!("{{\"events\":{{{}}},\"by name\":1}}", events.join(","));
        let shown = digested(&text, None, None).text;
        assert!(
            shown.contains("  id number, all distinct, 1000..4481\n  name text, all distinct, Event 0..Event 9\n"),
            "{shown}"
        );
        assert!(shown.contains("\n\"by name\": 1\n"), "{shown}");
        assert!(
            shown.contains("\nevents.1000 {id:1000 name:\"Event 0\"}\n"),
            "{shown}"
        );
    }
}
