//! What a schema demands beyond the types of its members: places of a list, what it must hold, what excludes what.

use super::spec::Spec;
use super::words::{alternatives, is_null, type_of, typed};
use crate::lookup::format::sheet::{one_line, short};
use crate::lookup::format::tree::{Node, Value};

/// Levels of conditions in conditions that are told.
const DEPTH_MAX: usize = 4;
/// Members that one condition names: more make no sentence.
const NAMED_MAX: usize = 12;
/// Letters of a pattern that stands for a name.
const PATTERN_LETTERS_MAX: usize = 120;

/// Returns the places of a list that has another type for each; older descriptions list them as its items.
pub(super) fn places<'a>(schema: &'a Node<'a>) -> Option<&'a [Node<'a>]> {
    let places = ["prefixItems", "items"].iter();
    let mut places = places.map(|key| schema.list_of(key));
    places.find(|places| !places.is_empty())
}

/// Returns what may stand behind the places of a list, if anything is said of it.
pub(super) fn behind_places<'a>(schema: &'a Node<'a>) -> Option<&'a Node<'a>> {
    let keys = ["items", "additionalItems", "unevaluatedItems"].iter();
    let mut rest = keys.filter_map(|key| schema.get(key));
    rest.find(|rest| !rest.entries().is_empty())
}

/// Returns how the members are called whose names fit `pattern`.
pub(super) fn named_like(pattern: &str) -> String {
    short(pattern, PATTERN_LETTERS_MAX).replace('`', "'")
}

/// Returns each of `words` behind a comma.
pub(in crate::lookup::format) fn listed(words: &[String]) -> String {
    let separated = words.iter().flat_map(|words| [", ", words.as_str()]);
    separated.collect()
}

/// Returns what `schema` demands of a value, each in words.
pub(in crate::lookup::format) fn traits<'a>(spec: &Spec<'a>, schema: &'a Node<'a>) -> Vec<String> {
    let mut told = Vec::new();
    let is_closed = |key: &str| {
        let rest = schema.get(key).map(|rest| &rest.value);
        matches!(rest, Some(Value::Bool(false)))
    };
    if ["additionalProperties", "unevaluatedProperties"]
        .into_iter()
        .any(is_closed)
    {
        told.push("no additional properties".to_owned());
    }
    if places(schema).is_some()
        && ["items", "additionalItems", "unevaluatedItems"]
            .into_iter()
            .any(is_closed)
    {
        told.push("nothing behind them".to_owned());
    }
    if let Some(held) = schema.get("contains") {
        let least = schema.text_of("minContains").unwrap_or("1");
        let most = schema.text_of("maxContains");
        let count = match (least, most) {
            ("0", Some(most)) => format!("at most {most}"),
            (least, Some(most)) => format!("{least} to {most}"),
            (least, None) => format!("at least {least}"),
        };
        told.push(format!("{count} of them: {}", typed(spec, held, false)));
    }
    if let Some(names) = schema.get("propertyNames") {
        told.push(format!("names: {}", typed(spec, names, false)));
    }
    for (key, words) in [
        ("contentEncoding", "encoded as"),
        ("contentMediaType", "holds"),
    ] {
        if let Some(text) = schema.text_of(key) {
            told.push(format!("{words} `{}`", one_line(text).replace('`', "'")));
        }
    }
    let excluded = schema.get("not").map(|not| condition(spec, not));
    told.extend(
        excluded
            .filter(|words| !words.is_empty())
            .map(|words| format!("not if {words}")),
    );
    told
}

/// Returns what a value must be for `schema` to hold, as it stands behind `if`; nothing if it always does.
pub(super) fn condition<'a>(spec: &Spec<'a>, schema: &'a Node<'a>) -> String {
    holds(spec, schema, 0)
}

fn holds<'a>(spec: &Spec<'a>, schema: &'a Node<'a>, depth: usize) -> String {
    let target = spec.resolved(schema);
    if depth >= DEPTH_MAX {
        return "more holds".to_owned();
    }
    let mut parts: Vec<String> = Vec::new();
    let says_itself = [
        "type", "enum", "const", "pattern", "format", "minimum", "maximum",
    ]
    .iter()
    .any(|key| target.get(key).is_some());
    let members = target.map_of("properties");
    let required = target.list_of("required").iter().filter_map(Node::text);
    let required: Vec<&str> = required.collect();
    // That it is an object says nothing where its members are told.
    if says_itself && members.is_empty() && (required.is_empty() || target.get("type").is_none()) {
        parts.push(format!("it is {}", typed(spec, schema, false)));
    }
    for (name, member) in members {
        let resolved = spec.resolved(member);
        let name = one_line(name);
        let inner = resolved.map_of("properties").is_empty() && resolved.get("not").is_none();
        parts.push(match resolved.get("not") {
            _ if resolved.entries().is_empty() => format!("`{name}` is there"),
            Some(not) if resolved.entries().len() == 1 => {
                format!("`{name}` is not {}", typed(spec, not, false))
            }
            _ if inner && is_null(resolved) => format!("`{name}` is null"),
            _ if inner => format!("`{name}` is {}", typed(spec, member, false)),
            _ => format!("of `{name}` {}", holds(spec, member, depth + 1)),
        });
    }
    let is_told = |name: &&str| !members.iter().any(|(known, _)| known == name);
    let demanded = required.iter().copied().filter(is_told);
    parts.extend(demanded.map(|name| format!("`{}` is there", one_line(name))));
    for part in target.list_of("allOf") {
        parts.push(holds(spec, part, depth + 1));
    }
    let choices: Vec<String> = alternatives(target)
        .into_iter()
        .map(|choice| holds(spec, choice, depth + 1))
        .filter(|words| !words.is_empty())
        .collect();
    if !choices.is_empty() {
        parts.push(joined(choices, " or "));
    }
    if let Some(not) = target.get("not") {
        let inner = holds(spec, not, depth + 1);
        parts.push(format!("it is not so that {inner}"));
    }
    parts.retain(|part| !part.is_empty());
    if parts.is_empty() && !target.entries().is_empty() {
        parts.push(format!("it is {}", type_of(spec, schema)));
    }
    joined(parts, " and ")
}

fn joined(mut parts: Vec<String>, word: &str) -> String {
    let more = parts.len().saturating_sub(NAMED_MAX);
    if more > 0 {
        parts.truncate(NAMED_MAX);
        parts.push(format!("{more} more"));
    }
    parts.join(word)
}
