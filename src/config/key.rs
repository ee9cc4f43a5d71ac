//! The keys as data, read from the schema of [`Settings`]: what each takes, its default, and who may set it.

use std::fmt;
use std::sync::LazyLock;

use schemars::generate::SchemaSettings;
use serde_json::{Map, Value};

use super::settings::Settings;

/// One setting. A `*` in its path stands for a name that the person chooses.
#[derive(Debug, Clone)]
pub struct Key {
    /// Dotted path, for example `upstream.*.url`.
    pub path: String,
    /// What it takes.
    pub kind: Kind,
    /// Its value when nobody sets it.
    pub default: Value,
    /// What it means.
    pub doc: String,
    /// Whether a project's own file may set it.
    pub project: bool,
}

/// What a setting takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// Any text.
    Text,
    /// One of these words.
    Choice(Vec<String>),
    /// A whole number within these bounds.
    Integer {
        /// The least.
        min: i64,
        /// The most.
        max: i64,
    },
    /// `true` or `false`.
    Switch,
    /// A list of texts.
    Texts,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text => write!(f, "a text"),
            Self::Choice(words) => {
                let words: Vec<_> = words.iter().map(|word| format!("`{word}`")).collect();
                write!(f, "one of {}", words.join(", "))
            }
            Self::Integer { min, max } => write!(f, "a whole number from {min} to {max}"),
            Self::Switch => write!(f, "`true` or `false`"),
            Self::Texts => write!(f, "a list of texts"),
        }
    }
}

impl Key {
    /// Returns whether `path` is this key.
    pub fn matches(&self, path: &[String]) -> bool {
        self.path.split('.').count() == path.len() && self.begins_with(path)
    }

    /// Returns whether this key lies at or below `path`.
    pub fn begins_with(&self, path: &[String]) -> bool {
        let mut own = self.path.split('.');
        path.iter()
            .all(|step| own.next().is_some_and(|name| name == "*" || name == step))
    }

    /// Returns the environment variable that sets it, `NAME` standing for a chosen name.
    pub fn variable(&self) -> String {
        let steps: Vec<_> = self
            .path
            .split('.')
            .map(|step| if step == "*" { "NAME" } else { step }.to_uppercase())
            .collect();
        format!("{}{}", super::env::PREFIX, steps.join("__"))
    }
}

/// Returns every key, in the order of [`Settings`].
pub fn keys() -> &'static [Key] {
    static KEYS: LazyLock<Vec<Key>> = LazyLock::new(|| {
        let mut keys = Vec::new();
        collect(&schema(), "", "", &mut keys);
        keys
    });
    &KEYS
}

/// Returns the JSON Schema of a settings file.
pub fn schema() -> Value {
    SchemaSettings::draft07()
        .with(|settings| settings.inline_subschemas = true)
        .into_generator()
        .into_root_schema_for::<Settings>()
        .to_value()
}

/// Walks one object of the schema and appends the keys found in it; `doc` is that of the object around it.
fn collect(schema: &Value, path: &str, doc: &str, keys: &mut Vec<Key>) {
    let below = |step: &str| {
        if path.is_empty() {
            step.to_owned()
        } else {
            format!("{path}.{step}")
        }
    };
    let doc = schema
        .get("description")
        .and_then(Value::as_str)
        .unwrap_or(doc);
    if let Some(properties) = schema.get("properties").and_then(Value::as_object) {
        for (name, property) in properties {
            collect(property, &below(name), doc, keys);
        }
    } else if let Some(any) = schema
        .get("additionalProperties")
        .filter(|any| any.is_object())
    {
        collect(any, &below("*"), doc, keys);
    } else if let Some(schema) = schema.as_object() {
        keys.push(leaf(schema, path, doc));
    }
}

fn leaf(schema: &Map<String, Value>, path: &str, doc: &str) -> Key {
    let bound = |name: &str, otherwise| {
        schema
            .get(name)
            .and_then(Value::as_f64)
            .map_or(otherwise, whole)
    };
    let kind = match type_of(schema) {
        _ if words(schema).is_some() => Kind::Choice(words(schema).unwrap_or_default()),
        Some("integer") => Kind::Integer {
            min: bound("minimum", 0),
            max: bound("maximum", i64::MAX),
        },
        Some("boolean") => Kind::Switch,
        Some("array") => Kind::Texts,
        _ => Kind::Text,
    };
    Key {
        path: path.to_owned(),
        kind,
        default: schema.get("default").cloned().unwrap_or(Value::Null),
        doc: doc.replace('\n', " "),
        project: schema.get("x-project") == Some(&Value::Bool(true)),
    }
}

/// Returns the type of a value. An optional one has the type `null` beside its own; a settings file cannot say `null`.
fn type_of(schema: &Map<String, Value>) -> Option<&str> {
    match schema.get("type")? {
        Value::Array(types) => types
            .iter()
            .filter_map(Value::as_str)
            .find(|name| *name != "null"),
        name => name.as_str(),
    }
}

/// Returns the words of a choice: an `enum`, or a `oneOf` of constants, each with its meaning.
fn words(schema: &Map<String, Value>) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let listed = schema.get("enum").or_else(|| schema.get("oneOf"))?;
    for entry in listed.as_array()? {
        match entry {
            Value::String(word) => words.push(word.clone()),
            other => {
                let nested = other.get("enum").and_then(Value::as_array);
                words.extend(
                    nested
                        .into_iter()
                        .flatten()
                        .chain(other.get("const"))
                        .filter_map(|word| word.as_str().map(str::to_owned)),
                );
            }
        }
    }
    Some(words)
}

/// Bounds are written as numbers of JSON; ours are whole and small enough for `f64` to hold exactly.
#[expect(
    clippy::cast_possible_truncation,
    reason = "the bounds are the literals of settings.rs, all below 2^53"
)]
fn whole(number: f64) -> i64 {
    number as i64
}
