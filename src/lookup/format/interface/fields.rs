//! Schemas in words: a type on one line, and the members of an object flattened as `a.b[].c`.

use std::collections::HashSet;

use super::spec::{Spec, referred_name};
use crate::lookup::format::sheet::{Sheet, one_line, short};
use crate::lookup::format::tree::{Node, Value};

/// How much of a schema is told.
#[derive(Debug, Clone, Copy)]
pub(in crate::lookup::format) struct Limits {
    /// Levels of members below members.
    pub(in crate::lookup::format) depth: usize,
    /// Members in all.
    pub(in crate::lookup::format) fields: usize,
    /// Letters of the description of one member.
    pub(in crate::lookup::format) letters: usize,
}

/// Values of an enumeration that are listed.
const VALUES_SHOWN: usize = 16;
/// Alternatives of a type that are named.
const ALTERNATIVES_SHOWN: usize = 4;
/// Levels of lists in lists that a type names.
const TYPE_DEPTH: usize = 4;
/// Letters of a value that is quoted.
const VALUE_LETTERS_MAX: usize = 60;
/// Schemas that are looked into for one list of members: lists and maps of each other multiply without any member.
const STEPS_MAX: usize = 2_000;
/// Parts of one schema that are looked into, over all levels of `allOf` and its sisters.
const PARTS_MAX: usize = 64;

/// The members of a schema, each a line that begins with its path.
#[derive(Debug, Default)]
pub(in crate::lookup::format) struct Fields {
    pub(in crate::lookup::format) lines: Vec<String>,
    /// Members beyond the limit.
    pub(in crate::lookup::format) left_out: usize,
}

/// Returns the members of `schema` in the order of the file, down to the deepest level at which all of them fit.
pub(in crate::lookup::format) fn fields<'a>(
    spec: &Spec<'a>,
    schema: &'a Node<'a>,
    limits: Limits,
) -> Fields {
    let at = |depth| told(spec, schema, Limits { depth, ..limits });
    let fitting = (2..=limits.depth)
        .rev()
        .map(at)
        .find(|fields| fields.left_out == 0);
    fitting.unwrap_or_else(|| at(1))
}

fn told<'a>(spec: &Spec<'a>, schema: &'a Node<'a>, limits: Limits) -> Fields {
    let mut walk = Walk {
        spec,
        limits,
        fields: Fields::default(),
        above: Vec::new(),
        told: HashSet::new(),
        steps: 0,
    };
    walk.members(schema, "", 0);
    walk.fields
}

/// Writes members as a list.
pub(in crate::lookup::format) fn list(sheet: &mut Sheet, mark: &str, fields: Fields) {
    for line in fields.lines {
        sheet.prose_indented(mark, &line);
    }
    if fields.left_out > 0 {
        sheet.prose_indented(mark, &format!("… and {} more", fields.left_out));
    }
}

struct Walk<'s, 'a> {
    spec: &'s Spec<'a>,
    limits: Limits,
    fields: Fields,
    /// The schemas that the present one is in: one of them again is a circle.
    above: Vec<*const Node<'a>>,
    /// Paths that were told: alternatives share members.
    told: HashSet<String>,
    steps: usize,
}

impl<'a> Walk<'_, 'a> {
    fn members(&mut self, schema: &'a Node<'a>, path: &str, depth: usize) {
        let schema = self.spec.resolved(schema);
        self.steps += 1;
        if depth >= self.limits.depth
            || self.steps > STEPS_MAX
            || self.above.contains(&std::ptr::from_ref(schema))
        {
            return;
        }
        self.above.push(std::ptr::from_ref(schema));
        let mut parts = Vec::new();
        parts_of(self.spec, schema, &mut parts);
        for part in parts {
            let required: Vec<&str> = part
                .list_of("required")
                .iter()
                .filter_map(Node::text)
                .collect();
            for (name, member) in part.map_of("properties") {
                let dot = if path.is_empty() { "" } else { "." };
                let path = format!("{path}{dot}{name}");
                self.member(&path, member, required.contains(&name.as_ref()), depth);
            }
            if let Some(items) = part.get("items") {
                self.members(items, &format!("{path}[]"), depth);
            }
            if let Some(values) = part
                .get("additionalProperties")
                .filter(|values| !values.entries().is_empty())
            {
                self.members(values, &format!("{path}{{}}"), depth);
            }
        }
        self.above.pop();
    }

    fn member(&mut self, path: &str, schema: &'a Node<'a>, required: bool, depth: usize) {
        if !self.told.insert(path.to_owned()) {
            return;
        }
        if self.fields.lines.len() >= self.limits.fields {
            self.fields.left_out += 1;
            return;
        }
        let line = described(self.spec, schema, required, self.limits.letters);
        self.fields.lines.push(format!("`{path}`: {line}"));
        self.members(schema, path, depth + 1);
    }
}

/// Collects `schema` and what it is composed of.
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
    for key in ["allOf", "oneOf", "anyOf"] {
        for part in schema.list_of(key) {
            parts_of(spec, part, parts);
        }
    }
}

/// Returns type, traits and description of `schema` on one line.
pub(in crate::lookup::format) fn described<'a>(
    spec: &Spec<'a>,
    schema: &'a Node<'a>,
    required: bool,
    letters: usize,
) -> String {
    let target = spec.resolved(schema);
    let mut words = vec![type_of(spec, schema)];
    if required {
        words.push("required".to_owned());
    }
    words.extend(traits(target));
    let text = schema
        .text_of("description")
        .or_else(|| target.text_of("description"))
        .or_else(|| target.text_of("title"));
    let text = text.map_or_else(String::new, |text| format!(" – {}", short(text, letters)));
    format!("{}{text}", words.join(", "))
}

/// Returns what else is to be known of a value: default, limits, whether it may be written.
fn traits(schema: &Node<'_>) -> Vec<String> {
    let mut traits = Vec::new();
    if let Some(default) = schema.get("default").and_then(value) {
        traits.push(format!("default `{default}`"));
    }
    match (schema.text_of("minimum"), schema.text_of("maximum")) {
        (Some(least), Some(most)) => traits.push(format!("{least} to {most}")),
        (Some(least), None) => traits.push(format!("at least {least}")),
        (None, Some(most)) => traits.push(format!("at most {most}")),
        (None, None) => {}
    }
    if let Some(most) = schema.text_of("maxLength") {
        traits.push(format!("at most {most} letters"));
    }
    for (key, word) in [
        ("readOnly", "read only"),
        ("writeOnly", "write only"),
        ("deprecated", "deprecated"),
    ] {
        if schema.is(key) {
            traits.push(word.to_owned());
        }
    }
    traits
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
    let values = values_of(target);
    if !values.is_empty() {
        return values;
    }
    let named = referred_name(schema).filter(|_| is_composite(target));
    let mut kinds: Vec<&str> = match target.get("type") {
        Some(Node {
            value: Value::List(kinds),
            ..
        }) => kinds.iter().filter_map(Node::text).collect(),
        Some(kind) => kind.text().into_iter().collect(),
        None => Vec::new(),
    };
    let or_null = kinds.contains(&"null") || target.is("nullable") || target.is("x-nullable");
    kinds.retain(|kind| *kind != "null");
    let mut words = if let Some(name) = named {
        one_line(&name)
    } else if let Some(items) = target.get("items") {
        format!("array of {}", type_words(spec, items, depth + 1))
    } else if let Some(choices) = choices(spec, target, depth) {
        choices
    } else if kinds.is_empty() {
        let object = target.get("properties").is_some() || target.get("allOf").is_some();
        if object { "object" } else { "any" }.to_owned()
    } else {
        kinds.join(" or ")
    };
    if let Some(format) = target.text_of("format") {
        words = format!("{words} ({})", short(format, VALUE_LETTERS_MAX));
    }
    if or_null {
        words.push_str(" or null");
    }
    words
}

/// Tells whether `schema` has members, so that its name says more than its type.
fn is_composite(schema: &Node<'_>) -> bool {
    [
        "properties",
        "allOf",
        "oneOf",
        "anyOf",
        "additionalProperties",
    ]
    .iter()
    .any(|key| schema.get(key).is_some())
}

fn choices<'a>(spec: &Spec<'a>, schema: &'a Node<'a>, depth: usize) -> Option<String> {
    let all: &[Node<'a>] = ["oneOf", "anyOf"]
        .iter()
        .map(|key| schema.list_of(key))
        .find(|list| !list.is_empty())?;
    let mut words: Vec<String> = Vec::new();
    for choice in all.iter().take(ALTERNATIVES_SHOWN) {
        let choice = type_words(spec, choice, depth + 1);
        if !words.contains(&choice) {
            words.push(choice);
        }
    }
    if all.len() > ALTERNATIVES_SHOWN {
        words.push(format!("{} more", all.len() - ALTERNATIVES_SHOWN));
    }
    Some(words.join(" or "))
}

/// Returns the values that an enumeration allows, quoted.
fn values_of(schema: &Node<'_>) -> String {
    let constant = schema.get("const").into_iter();
    let all: Vec<&Node<'_>> = constant.chain(schema.list_of("enum")).collect();
    let mut words: Vec<String> = all
        .iter()
        .take(VALUES_SHOWN)
        .filter_map(|node| value(node))
        .map(|value| format!("`{value}`"))
        .collect();
    if all.len() > VALUES_SHOWN {
        words.push(format!("{} more", all.len() - VALUES_SHOWN));
    }
    words.join(" | ")
}

/// Returns a scalar as it is quoted in a line; lists and objects are not.
fn value(node: &Node<'_>) -> Option<String> {
    let text = match &node.value {
        Value::Null => "null",
        _ => node.text()?,
    };
    Some(short(text, VALUE_LETTERS_MAX).replace('`', "'"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lookup::format::tree;

    const LIMITS: Limits = Limits {
        depth: 3,
        fields: 20,
        letters: 80,
    };

    fn lines(text: &str) -> Vec<String> {
        let tree = tree::read(text).unwrap();
        let spec = Spec::new(&tree.root);
        fields(&spec, tree.root.get("schema").unwrap(), LIMITS).lines
    }

    #[test]
    fn members_are_flattened_with_type_and_text() {
        let text = "
schema:
  required: [id]
  properties:
    id: {type: integer, format: int64, description: 'Number of the pet.'}
    state: {enum: [sold, here], default: here}
    tags: {type: array, items: {$ref: '#/Tag'}}
    owner: {allOf: [{$ref: '#/Owner'}, {properties: {since: {type: [string, 'null'], format: date}}}]}
    more: {additionalProperties: {properties: {x: {type: boolean}}}}
Tag: {type: object, properties: {name: {type: string, maxLength: 9}}}
Owner: {properties: {pets: {type: array, items: {$ref: '#/Tag'}}}}
";
        assert_eq!(
            lines(text),
            [
                "`id`: integer (int64), required – Number of the pet.",
                "`state`: `sold` | `here`, default `here`",
                "`tags`: array of Tag",
                "`tags[].name`: string, at most 9 letters",
                "`owner`: object",
                "`owner.pets`: array of Tag",
                "`owner.pets[].name`: string, at most 9 letters",
                "`owner.since`: string (date) or null",
                "`more`: any",
                "`more{}.x`: boolean",
            ]
        );
    }

    #[test]
    fn circles_and_depth_end() {
        let text = "schema: {properties: {next: {$ref: '#/schema'}, a: {properties: {b: {properties: {c: {properties: {d: {type: string}}}}}}}}}";
        assert_eq!(
            lines(text),
            [
                "`next`: schema",
                "`a`: object",
                "`a.b`: object",
                "`a.b.c`: object"
            ]
        );
    }
}
