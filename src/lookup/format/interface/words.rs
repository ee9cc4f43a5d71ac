//! One schema on one line: its type, what else is to be known of its values, and its description.

use super::rules;
use super::spec::{Spec, referred_name};
use crate::lookup::format::sheet::{one_line, short};
use crate::lookup::format::tree::{Node, Value};

/// Values of an enumeration that are listed where it is used by its name: its page has all.
const VALUES_SHOWN: usize = 16;
/// Values of the largest enumeration: beyond that it is a table of data.
const VALUES_MAX: usize = 2_000;
/// Alternatives of a type that are named: more make no sentence.
const ALTERNATIVES_SHOWN: usize = 40;
/// Levels of lists in lists that a type names.
const TYPE_DEPTH: usize = 4;
/// Letters of a value that is quoted.
const VALUE_LETTERS_MAX: usize = 200;
/// Schemas that stand for one another: a longer chain is a circle.
const LAYERS_MAX: usize = 8;
/// Parts of one schema that are looked into, over all levels of `allOf`.
const PARTS_MAX: usize = 64;

/// Returns type, traits and description of `schema`.
pub(in crate::lookup::format) fn described<'a>(
    spec: &Spec<'a>,
    schema: &'a Node<'a>,
    required: bool,
) -> String {
    let text = spec.dashed(text_of(spec, schema));
    format!("{}{text}", typed(spec, schema, required))
}

/// Returns the type of `schema` and what else is to be known of a value: default, limits, whether it may be written.
pub(in crate::lookup::format) fn typed<'a>(
    spec: &Spec<'a>,
    schema: &'a Node<'a>,
    required: bool,
) -> String {
    let mut words = vec![type_of(spec, schema)];
    if required {
        words.push("required".to_owned());
    }
    words.extend(traits(spec, schema));
    words.join(", ")
}

/// Returns what `schema` says of itself: the words nearest to its use.
pub(in crate::lookup::format) fn text_of<'a>(
    spec: &Spec<'a>,
    schema: &'a Node<'a>,
) -> Option<&'a str> {
    let layers = layers(spec, schema);
    let of = |key: &str| layers.iter().find_map(|layer| layer.text_of(key));
    let text = of("description").or_else(|| of("title"));
    let own = schema.text_of("description");
    if let Some(named) = spec.named(schema)
        && own.is_some()
        && named.target.text_of("description").is_some()
    {
        // It has words of its own, which those of its use stand before.
        spec.owe(named);
    }
    text
}

/// Returns what else `schema` says of a value than its type.
pub(in crate::lookup::format) fn traits<'a>(spec: &Spec<'a>, schema: &'a Node<'a>) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for layer in layers(spec, schema) {
        for word in own_traits(spec, layer) {
            if !all.contains(&word) {
                all.push(word);
            }
        }
    }
    all
}

/// Returns `schema` and what it stands for: what it refers to, and the one alternative or part that it has.
fn layers<'a>(spec: &Spec<'a>, schema: &'a Node<'a>) -> Vec<&'a Node<'a>> {
    let mut layers = vec![schema];
    let mut next = Some(spec.resolved(schema));
    while let Some(layer) = next.filter(|_| layers.len() < LAYERS_MAX) {
        if !layers.iter().any(|known| std::ptr::eq(*known, layer)) {
            layers.push(layer);
        }
        next = sole(layer).map(|inner| spec.resolved(inner));
    }
    layers
}

/// Returns the one alternative of `schema` beside null, or its only part: pydantic writes optional members so.
fn sole<'a>(schema: &'a Node<'a>) -> Option<&'a Node<'a>> {
    if schema.get("properties").is_some() {
        return None;
    }
    let alternatives = ["oneOf", "anyOf"].iter().find_map(|key| {
        let mut rest = schema.list_of(key).iter().filter(|node| !is_null(node));
        rest.next().filter(|_| rest.next().is_none())
    });
    alternatives.or_else(|| match schema.list_of("allOf") {
        [part] => Some(part),
        _ => None,
    })
}

/// Tells whether `schema` allows null and nothing else.
pub(in crate::lookup::format) fn is_null(schema: &Node<'_>) -> bool {
    let is = |node: &Node<'_>| matches!(node.value, Value::Null) || node.text() == Some("null");
    schema.get("type").is_some_and(is)
        || schema
            .get("const")
            .is_some_and(|node| matches!(node.value, Value::Null))
        || matches!(schema.list_of("enum"), [only] if matches!(only.value, Value::Null))
}

/// Returns the alternatives of `schema` beside null, where there is a choice.
pub(in crate::lookup::format) fn alternatives<'a>(schema: &'a Node<'a>) -> Vec<&'a Node<'a>> {
    let lists = ["oneOf", "anyOf"].iter().map(|key| {
        let rest = schema.list_of(key).iter().filter(|node| !is_null(node));
        rest.collect::<Vec<_>>()
    });
    let mut choices = lists.filter(|rest| rest.len() > 1);
    choices.next().unwrap_or_default()
}

/// Collects `schema` and what it is composed of; alternatives are left out, unless there is only one.
pub(in crate::lookup::format) fn parts_of<'a>(
    spec: &Spec<'a>,
    schema: &'a Node<'a>,
    parts: &mut Vec<&'a Node<'a>>,
) {
    let schema = spec.resolved(schema);
    if parts.len() >= PARTS_MAX || parts.iter().any(|part| std::ptr::eq(*part, schema)) {
        return;
    }
    parts.push(schema);
    for part in schema.list_of("allOf") {
        parts_of(spec, part, parts);
    }
    for key in ["oneOf", "anyOf"] {
        let mut rest = schema.list_of(key).iter().filter(|node| !is_null(node));
        if let (Some(only), None) = (rest.next(), rest.next()) {
            parts_of(spec, only, parts);
        }
    }
}

fn own_traits<'a>(spec: &Spec<'a>, schema: &'a Node<'a>) -> Vec<String> {
    let mut traits = Vec::new();
    if let Some(default) = schema.get("default").and_then(quoted) {
        traits.push(format!("default `{default}`"));
    }
    traits.extend(range(schema));
    for (least, most, begins, unit) in [
        ("minLength", "maxLength", "length ", "characters"),
        ("minItems", "maxItems", "", "items"),
        ("minProperties", "maxProperties", "", "properties"),
    ] {
        // Who asks has read the keyword, or says it in words.
        let told = match (schema.text_of(least), schema.text_of(most)) {
            (Some(from), Some(to)) => format!("{from} to {to} {unit} (`{least}`, `{most}`)"),
            (Some(from), None) if from != "0" => format!("at least {from} {unit} (`{least}`)"),
            (None, Some(to)) => format!("at most {to} {unit} (`{most}`)"),
            _ => continue,
        };
        traits.push(format!("{begins}{told}"));
    }
    for (key, words) in [("multipleOf", "a multiple of"), ("pattern", "pattern")] {
        if let Some(text) = schema.text_of(key) {
            let text = short(text, VALUE_LETTERS_MAX).replace('`', "'");
            traits.push(format!("{words} `{text}`"));
        }
    }
    for (key, word) in [
        ("uniqueItems", "unique items"),
        ("readOnly", "read only"),
        ("writeOnly", "write only"),
        ("deprecated", "deprecated"),
    ] {
        if schema.is(key) {
            traits.push(word.to_owned());
        }
    }
    traits.extend(rules::traits(spec, schema));
    traits.extend(examples(spec, schema));
    traits
}

/// Returns the least and the most that a number may be; older descriptions say with a word that it may not be these.
fn range(schema: &Node<'_>) -> Vec<String> {
    let end = |key: &str, beyond: &str, exclusive: &str| {
        let bound = schema.text_of(key);
        let other = schema
            .text_of(beyond)
            .filter(|text| !["true", "false"].contains(text));
        let excluded = if schema.is(beyond) { bound } else { None };
        match (excluded, bound, other) {
            (Some(bound), ..) | (None, None, Some(bound)) => {
                Some(format!("{exclusive} {bound} (`{beyond}`)"))
            }
            (None, Some(bound), _) => Some(format!("{key} {bound}")),
            (None, None, None) => None,
        }
    };
    let least = end("minimum", "exclusiveMinimum", "more than");
    let most = end("maximum", "exclusiveMaximum", "less than");
    least.into_iter().chain(most).collect()
}

/// Returns the values that the author of `holder` gives as examples.
pub(in crate::lookup::format) fn examples<'a>(
    spec: &Spec<'a>,
    holder: &'a Node<'a>,
) -> Option<String> {
    let one = ["example", "x-example"]
        .iter()
        .find_map(|key| holder.get(key));
    let list = holder.list_of("examples").iter();
    let map = holder.map_of("examples").iter().map(|(_, node)| {
        let node = spec.resolved(node);
        node.get("value").unwrap_or(node)
    });
    let mut words: Vec<String> = one
        .into_iter()
        .chain(list)
        .chain(map)
        .filter_map(quoted)
        .take(VALUES_SHOWN)
        .map(|value| format!("`{value}`"))
        .collect();
    words.dedup();
    (!words.is_empty()).then(|| format!("e.g. {}", words.join(" or ")))
}

/// Returns the type of `schema` in words: `array of Pet`, `string (date-time)`, `` `open` | `closed` ``.
pub(in crate::lookup::format) fn type_of<'a>(spec: &Spec<'a>, schema: &'a Node<'a>) -> String {
    type_words(spec, schema, 0)
}

fn type_words<'a>(spec: &Spec<'a>, schema: &'a Node<'a>, depth: usize) -> String {
    let target = spec.resolved(schema);
    if depth > TYPE_DEPTH {
        return "value".to_owned();
    }
    let values = values_of(spec, schema, target);
    if !values.is_empty() {
        return values;
    }
    let named = referred_name(schema).filter(|_| is_composite(target));
    let mut kinds = kinds(target);
    let is_or_null = |key: &&str| target.list_of(key).iter().any(is_null);
    let or_null = kinds.contains(&"null")
        || target.is("nullable")
        || target.is("x-nullable")
        || ["oneOf", "anyOf"].iter().any(is_or_null);
    kinds.retain(|kind| *kind != "null");
    let choices = alternatives(target);
    let values = values_of_map(target);
    let mut words = if let Some(name) = named {
        one_line(&name)
    } else if let Some(places) = rules::places(target) {
        of_places(spec, target, places, depth)
    } else if let Some(items) = target.get("items") {
        format!("array of {}", type_words(spec, items, depth + 1))
    } else if let Some(inner) = sole(target) {
        type_words(spec, inner, depth + 1)
    } else if !choices.is_empty() {
        of_choices(spec, &choices, depth)
    } else if !values.is_empty() {
        let words = each_once(spec, &values, depth);
        format!("map of {}", words.join(" or "))
    } else if kinds.is_empty() {
        let object = target.get("properties").is_some() || target.get("allOf").is_some();
        if object { "object" } else { "any" }.to_owned()
    } else {
        kinds.join(" or ")
    };
    if let Some(format) = target.text_of("format") {
        words = format!("{words} ({})", short(format, VALUE_LETTERS_MAX));
    }
    if or_null && !words.ends_with(" or null") {
        words.push_str(" or null");
    }
    words
}

/// Returns what the values of a map may be; none if it has members with names.
fn values_of_map<'a>(schema: &'a Node<'a>) -> Vec<&'a Node<'a>> {
    if schema.get("properties").is_some() {
        return Vec::new();
    }
    let patterns = schema.map_of("patternProperties").iter();
    let others = ["additionalProperties", "unevaluatedProperties"].iter();
    patterns
        .map(|(_, values)| values)
        .chain(others.filter_map(|key| schema.get(key)))
        .filter(|values| !values.entries().is_empty())
        .collect()
}

/// Tells whether `schema` has members, so that its name says more than its type.
pub(in crate::lookup::format) fn is_composite(schema: &Node<'_>) -> bool {
    [
        "properties",
        "allOf",
        "oneOf",
        "anyOf",
        "additionalProperties",
        "patternProperties",
        "dependentSchemas",
        "if",
    ]
    .iter()
    .any(|key| schema.get(key).is_some())
}

/// Returns the types that `schema` says its values have.
pub(super) fn kinds<'n>(schema: &'n Node<'_>) -> Vec<&'n str> {
    match schema.get("type") {
        Some(Node {
            value: Value::List(kinds),
            ..
        }) => kinds.iter().filter_map(Node::text).collect(),
        Some(kind) => kind.text().into_iter().collect(),
        None => Vec::new(),
    }
}

/// Returns the type of a list that has another type for each of its first `places`.
fn of_places<'a>(
    spec: &Spec<'a>,
    schema: &'a Node<'a>,
    places: &'a [Node<'a>],
    depth: usize,
) -> String {
    let first = places.iter().take(ALTERNATIVES_SHOWN);
    let mut kinds: Vec<String> = first
        .map(|place| type_words(spec, place, depth + 1))
        .collect();
    if places.len() > kinds.len() {
        kinds.push(format!("{} more", places.len() - kinds.len()));
    }
    let rest = rules::behind_places(schema);
    let rest = rest.map(|rest| format!("any number of {}", type_words(spec, rest, depth + 1)));
    kinds.extend(rest);
    format!("array of {}", kinds.join(", then "))
}

fn of_choices<'a>(spec: &Spec<'a>, choices: &[&'a Node<'a>], depth: usize) -> String {
    let mut words = each_once(spec, choices, depth);
    if choices.len() > ALTERNATIVES_SHOWN {
        words.push(format!("{} more", choices.len() - ALTERNATIVES_SHOWN));
    }
    words.join(" or ")
}

/// Returns the types of the first of `schemas`, each once.
fn each_once<'a>(spec: &Spec<'a>, schemas: &[&'a Node<'a>], depth: usize) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for schema in schemas.iter().take(ALTERNATIVES_SHOWN) {
        let words = type_words(spec, schema, depth + 1);
        if !all.contains(&words) {
            all.push(words);
        }
    }
    all
}

/// Returns the values that an enumeration allows, quoted; of a long one that is used by its name the first.
fn values_of<'a>(spec: &Spec<'a>, schema: &'a Node<'a>, target: &'a Node<'a>) -> String {
    let constant = target.get("const").into_iter();
    let all: Vec<&Node<'_>> = constant.chain(target.list_of("enum")).collect();
    let named = spec.named(schema).filter(|_| all.len() > VALUES_SHOWN);
    let shown = if named.is_some() {
        VALUES_SHOWN
    } else {
        VALUES_MAX
    };
    let mut words: Vec<String> = all
        .iter()
        .take(shown)
        .filter_map(|node| quoted(node))
        .map(|value| format!("`{value}`"))
        .collect();
    let more = all.len().saturating_sub(shown);
    if let Some(named) = named {
        words.push(format!("{more} more of schema `{}`", one_line(&named.name)));
        spec.owe(named);
    } else if more > 0 {
        words.push(format!("{more} more"));
        spec.leave_out(more);
    }
    words.join(" | ")
}

/// Returns a value as it is quoted in a line; objects and what is in lists of lists are not.
fn quoted(node: &Node<'_>) -> Option<String> {
    let text = match &node.value {
        Value::Null => "null".to_owned(),
        Value::List(items) => {
            let items: Option<Vec<&str>> = items.iter().map(Node::text).collect();
            format!("[{}]", items?.join(", "))
        }
        Value::Map(members) if members.is_empty() => "{}".to_owned(),
        _ => node.text()?.to_owned(),
    };
    Some(short(&text, VALUE_LETTERS_MAX).replace('`', "'"))
}
