//! One example of a request: the given one, or one built from the schema.

use serde_json::{Map, Number, Value as Json};

use super::spec::Spec;
use super::words::{alternatives, kinds, parts_of};
use crate::lookup::format::sheet::{Sheet, listed, one_line};
use crate::lookup::format::tree::{Node, Value};

/// Levels of a built example.
const DEPTH_MAX: usize = 4;
/// Members that an example shows of an object none of whose members is required.
const OPTIONAL_SHOWN: usize = 4;
/// Values of a built example.
const VALUES_MAX: usize = 200;
/// Levels of an example that is written: in deeper ones hardly a line is left of the page.
const VALUE_DEPTH_MAX: usize = 24;
/// Lines of an example: it shows the form, not the data.
const LINES_MAX: usize = 40;

/// Returns the example of a media type, a parameter or a schema that stands there.
pub(in crate::lookup::format) fn given<'a>(spec: &Spec<'a>, holder: &'a Node<'a>) -> Option<Json> {
    let first = |key: &str| {
        let examples = holder.get(key)?;
        let node = examples
            .entries()
            .first()
            .map(|(_, node)| node)
            .or_else(|| examples.items().first())?;
        let node = spec.resolved(node);
        Some(node.get("value").unwrap_or(node))
    };
    let node = holder
        .get("example")
        .or_else(|| holder.get("x-example"))
        .or_else(|| first("examples"))?;
    Some(json(spec.resolved(node), 0))
}

/// Returns the examples that stand in a media type or a message, each with its name and what is said of it.
pub(in crate::lookup::format) fn written<'a>(
    spec: &Spec<'a>,
    holder: &'a Node<'a>,
) -> Vec<Written<'a>> {
    let one = holder.get("example").map(|node| (String::new(), node));
    let named = holder.map_of("examples").iter().map(|(name, node)| {
        let node = spec.resolved(node);
        let name = format!(" `{}`{}", one_line(name), spec.behind(node));
        (name, node.get("value").unwrap_or(node))
    });
    let listed = holder.list_of("examples").iter();
    one.into_iter()
        .chain(named)
        .chain(listed.map(|node| (String::new(), node)))
        .collect()
}

/// An example as it is written: what it is called and what is said of it, and its value.
pub(in crate::lookup::format) type Written<'a> = (String, &'a Node<'a>);

/// Examples of one kind that a page shows: they show the form, not the data.
const SHOWN_MAX: usize = 6;

/// Shows `examples`, each below `words` and its name; of those beyond the first few the names alone.
pub(in crate::lookup::format) fn tell<'a>(
    spec: &Spec<'a>,
    words: &str,
    ending: &str,
    examples: impl Iterator<Item = Written<'a>>,
    shown: &mut usize,
    sheet: &mut Sheet,
) {
    let mut left_out = 0;
    for (name, value) in examples {
        if let Some(url) = value.text_of("externalValue") {
            sheet.label(&format!("{words}{name}: at `{}`", one_line(url)));
            continue;
        }
        let Some(text) = self::shown(&self::value(value)) else {
            continue;
        };
        if *shown >= SHOWN_MAX {
            if name.is_empty() {
                left_out += 1;
            } else {
                sheet.prose(&format!("- {words} {}", listed(&name)));
            }
            continue;
        }
        *shown += 1;
        sheet.label(&format!("{words}{name}{ending}:"));
        sheet.code("", &text);
    }
    spec.tell_more(sheet, "- ", "example", left_out);
}

/// Returns `node` as the value that it writes.
pub(in crate::lookup::format) fn value(node: &Node<'_>) -> Json {
    json(node, 0)
}

/// Returns the parts of a form, `name=value`; nothing if `example` is no form.
pub(in crate::lookup::format) fn parts(example: &Json) -> Vec<String> {
    let members = example.as_object().into_iter().flatten();
    members
        .map(|(name, value)| match value {
            Json::String(text) => format!("{name}={}", one_line(text)),
            value => format!("{name}={value}"),
        })
        .collect()
}

/// Returns a value that fits `schema`, with the members that are required.
pub(in crate::lookup::format) fn built<'a>(spec: &Spec<'a>, schema: &'a Node<'a>) -> Json {
    let mut left = VALUES_MAX;
    sample(spec, schema, 0, &mut left)
}

/// Returns `example` as it is shown; nothing if it is empty.
pub(in crate::lookup::format) fn shown(example: &Json) -> Option<String> {
    let is_empty = match example {
        Json::Null => true,
        Json::Object(members) => members.is_empty(),
        Json::Array(items) => items.is_empty(),
        Json::String(text) => text.trim().is_empty(),
        _ => false,
    };
    if is_empty {
        return None;
    }
    if let Json::String(text) = example {
        return Some(bounded(text));
    }
    Some(bounded(&serde_json::to_string_pretty(example).ok()?))
}

fn bounded(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let kept = lines.get(..LINES_MAX).unwrap_or(&lines).join("\n");
    if lines.len() > LINES_MAX {
        return format!("{kept}\n…");
    }
    kept
}

fn sample<'a>(spec: &Spec<'a>, schema: &'a Node<'a>, depth: usize, left: &mut usize) -> Json {
    *left = left.saturating_sub(1);
    let target = spec.resolved(schema);
    let told = given(spec, target)
        .or_else(|| target.get("default").map(|node| json(node, 0)))
        .or_else(|| target.get("const").map(|node| json(node, 0)))
        .or_else(|| target.list_of("enum").first().map(|node| json(node, 0)));
    if let Some(told) = told {
        return told;
    }
    let kind = kinds(target).into_iter().find(|kind| *kind != "null");
    match kind {
        _ if depth >= DEPTH_MAX || *left == 0 => Json::Null,
        Some("string") => word(target.text_of("format")).into(),
        Some("integer" | "number") => Json::from(1),
        Some("boolean") => Json::from(true),
        Some("array") => {
            let item = target
                .get("items")
                .map(|items| sample(spec, items, depth + 1, left));
            Json::Array(item.into_iter().filter(|item| !item.is_null()).collect())
        }
        _ => object(spec, target, depth, left),
    }
}

fn object<'a>(spec: &Spec<'a>, schema: &'a Node<'a>, depth: usize, left: &mut usize) -> Json {
    let mut parts = Vec::new();
    parts_of(spec, schema, &mut parts);
    let choices: Vec<&Node<'a>> = parts
        .iter()
        .filter_map(|part| alternatives(part).first().copied())
        .collect();
    for choice in choices {
        parts_of(spec, choice, &mut parts);
    }
    let required: Vec<&str> = parts
        .iter()
        .flat_map(|part| part.list_of("required"))
        .filter_map(Node::text)
        .collect();
    let mut members = Map::new();
    for (name, member) in parts.iter().flat_map(|part| part.map_of("properties")) {
        let optional = required.is_empty()
            && members.len() < OPTIONAL_SHOWN
            && !spec.resolved(member).is("readOnly");
        if optional || required.contains(&name.as_ref()) {
            members.insert(name.to_string(), sample(spec, member, depth + 1, left));
        }
    }
    if !members.is_empty() {
        return Json::Object(members);
    }
    // No object: what it consists of may be the value itself.
    let inner = parts.iter().skip(1).find(|part| {
        ["type", "enum", "const"]
            .iter()
            .any(|key| part.get(key).is_some())
    });
    inner.map_or(Json::Null, |inner| sample(spec, inner, depth + 1, left))
}

fn word(format: Option<&str>) -> &'static str {
    match format {
        Some("date-time") => "2026-01-31T12:00:00Z",
        Some("date") => "2026-01-31",
        Some("uuid") => "123e4567-e89b-12d3-a456-426614174000",
        Some("email") => "person@example.com",
        // As curl names what it reads.
        Some("binary") => "@file",
        Some("uri" | "url") => "https://example.com",
        _ => "text",
    }
}

/// Returns `node` as JSON; what lies too deep is said to be more.
fn json(node: &Node<'_>, depth: usize) -> Json {
    if depth > VALUE_DEPTH_MAX {
        return Json::from("…");
    }
    match &node.value {
        Value::Null => Json::Null,
        Value::Bool(word) => Json::Bool(*word),
        Value::Text(text) => Json::String(text.to_string()),
        Value::Number(number) => number
            .parse::<i64>()
            .map(Json::from)
            .ok()
            .or_else(|| {
                number
                    .parse()
                    .ok()
                    .and_then(Number::from_f64)
                    .map(Json::Number)
            })
            .unwrap_or_else(|| Json::String(number.to_string())),
        Value::List(items) => Json::Array(
            items
                .iter()
                .take(LINES_MAX)
                .map(|item| json(item, depth + 1))
                .collect(),
        ),
        Value::Map(entries) => Json::Object(
            entries
                .iter()
                .take(LINES_MAX)
                .map(|(name, node)| (name.to_string(), json(node, depth + 1)))
                .collect(),
        ),
    }
}
