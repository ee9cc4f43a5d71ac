//! Avro records, in which messages of Kafka are often written: their fields as lines.

use crate::lookup::format::interface::spec::Spec;
use crate::lookup::format::sheet::{Sheet, one_line};
use crate::lookup::format::tree::Node;

/// Levels of records in records.
const AVRO_DEPTH_MAX: usize = 6;
/// Fields of one Avro schema that are told.
const AVRO_FIELDS_MAX: usize = 300;

/// Tells whether `schema` is a record of Avro.
pub(super) fn is_record(schema: &Node<'_>) -> bool {
    schema.get("fields").is_some() || schema.text_of("type") == Some("record")
}

/// Writes what the record `schema` has, after `words` that say what it is for.
pub(super) fn tell<'a>(spec: &Spec<'a>, schema: &'a Node<'a>, words: &str, sheet: &mut Sheet) {
    let name = schema.text_of("name").map(one_line).unwrap_or_default();
    let doc = spec.dashed(schema.text_of("doc"));
    sheet.prose(&format!("{words}: Avro record {name}{doc}"));
    let mut lines = Vec::new();
    let mut left_out = 0;
    collect(spec, schema, "", 0, &mut lines, &mut left_out);
    for line in lines {
        sheet.prose_indented("- ", &line);
    }
    spec.tell_more(sheet, "- ", "field", left_out);
}

/// Collects the fields of an Avro schema, each with its path.
fn collect<'a>(
    spec: &Spec<'a>,
    schema: &'a Node<'a>,
    path: &str,
    depth: usize,
    lines: &mut Vec<String>,
    left_out: &mut usize,
) {
    for field in schema.list_of("fields") {
        let Some(kind) = field.get("type") else {
            continue;
        };
        if depth > AVRO_DEPTH_MAX || lines.len() >= AVRO_FIELDS_MAX {
            *left_out += 1;
            continue;
        }
        let dot = if path.is_empty() { "" } else { "." };
        let name = one_line(field.text_of("name").unwrap_or_default());
        let path = format!("{path}{dot}{name}");
        let doc = spec.dashed(field.text_of("doc"));
        lines.push(format!("`{path}`: {}{doc}", avro_type(kind, 0)));
        // A record may stand in a list of alternatives, or be what an array or a map consists of.
        let alternatives = kind.items().iter().chain(std::iter::once(kind));
        for kind in alternatives {
            let inner = ["items", "values"].iter().find_map(|key| kind.get(key));
            collect(
                spec,
                inner.unwrap_or(kind),
                &path,
                depth + 1,
                lines,
                left_out,
            );
        }
    }
}

fn avro_type(kind: &Node<'_>, depth: usize) -> String {
    if depth > AVRO_DEPTH_MAX {
        return "value".to_owned();
    }
    let of = |key: &str| kind.get(key).map(|node| avro_type(node, depth + 1));
    let symbols: Vec<String> = kind
        .list_of("symbols")
        .iter()
        .filter_map(Node::text)
        .map(|symbol| format!("`{}`", one_line(symbol)))
        .collect();
    match kind.text_of("type") {
        _ if !kind.items().is_empty() => {
            let all = kind.items().iter().map(|kind| avro_type(kind, depth + 1));
            all.collect::<Vec<_>>().join(" or ")
        }
        Some("enum") => symbols.join(" | "),
        Some("array") => format!("array of {}", of("items").unwrap_or_default()),
        Some("map") => format!("map of {}", of("values").unwrap_or_default()),
        Some("record") => one_line(kind.text_of("name").unwrap_or("record")),
        Some(other) => match kind.text_of("logicalType") {
            Some(logical) => format!("{} ({})", one_line(other), one_line(logical)),
            None => one_line(other),
        },
        None => {
            of("type").unwrap_or_else(|| kind.text().map_or_else(|| "null".to_owned(), one_line))
        }
    }
}
