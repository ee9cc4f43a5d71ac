//! Arguments of a call, compared with the tool's own schema before the tool sees them.
//!
//! A model that gets a name or a type wrong is told which one and what was meant, and can call again.

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{JsonObject, ToolError};

/// Likeness (Jaro-Winkler, 0 to 1) from which a name is offered as the one that was meant.
const LIKENESS_MIN: f64 = 0.75;

/// Names that models know from other servers, with ours.
const ALIASES: &[(&str, &str)] = &[
    ("libraryName", "source"),
    ("library", "source"),
    ("maxTokens", "max_tokens"),
    ("q", "query"),
    ("question", "query"),
    ("reference", "ref"),
    ("tokens", "max_tokens"),
    ("topic", "query"),
];

/// Returns `arguments` as `schema` wants them: known names, all required ones, each of its type.
///
/// What models get wrong without harm is set right: `null` or `""` for an argument left out, `"5"` for `5` and `5` for `"5"`, `q` for
/// `query`.
pub(super) fn check(schema: &JsonObject, arguments: JsonObject) -> Result<JsonObject, ToolError> {
    let nothing = JsonObject::new();
    let properties = schema
        .get("properties")
        .and_then(Value::as_object)
        .unwrap_or(&nothing);
    let mut checked = JsonObject::with_capacity(arguments.len());
    let given: Vec<String> = arguments.keys().cloned().collect();
    for (name, value) in arguments {
        let name = ours(name, properties, &given);
        let Some(property) = properties.get(&name) else {
            return Err(unknown(&name, properties));
        };
        let is_empty = value.as_str() == Some("") && !is_content(schema, &name);
        if !value.is_null() && !is_empty {
            let value = of_type(&name, value, property)?;
            checked.insert(name, value);
        }
    }
    let missing = schema
        .get("required")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .find(|name| !checked.contains_key(*name));
    match missing {
        Some(name) => Err(ToolError::new(
            format!("argument `{name}` is missing"),
            format!("give `{name}`{}", described(properties.get(name))),
        )),
        None => Ok(checked),
    }
}

/// Whether the argument `name` may be empty and mean it: a required one, or the text to work on.
fn is_content(schema: &JsonObject, name: &str) -> bool {
    let required = schema.get("required").and_then(Value::as_array);
    name == "text" || required.is_some_and(|required| required.iter().any(|one| one == name))
}

/// Returns the name of the argument that was meant by `name`: itself, or the one that others call so, if it is not given too.
fn ours(name: String, properties: &JsonObject, given: &[String]) -> String {
    if properties.contains_key(&name) {
        return name;
    }
    let mut aliases = ALIASES.iter().filter(|(alias, _)| *alias == name);
    let meant = aliases.find(|(_, ours)| {
        properties.contains_key(*ours) && !given.iter().any(|given| given == ours)
    });
    meant.map_or(name, |(_, ours)| (*ours).to_owned())
}

/// Reads checked arguments into the tool's own type.
pub fn parse<T: DeserializeOwned>(arguments: JsonObject) -> Result<T, ToolError> {
    serde_json::from_value(Value::Object(arguments)).map_err(|error| {
        ToolError::new(
            format!("the arguments do not fit: {error}"),
            "compare them with the input schema of the tool",
        )
    })
}

/// Returns the candidate that `word` was most likely meant to be.
pub fn closest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    candidates
        .into_iter()
        .map(|candidate| (strsim::jaro_winkler(word, candidate), candidate))
        .filter(|(likeness, _)| *likeness >= LIKENESS_MIN)
        .max_by(|one, other| one.0.total_cmp(&other.0))
        .map(|(_, candidate)| candidate)
}

fn unknown(name: &str, properties: &JsonObject) -> ToolError {
    let names = properties.keys().map(String::as_str);
    let hint = match closest(name, names.clone()) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None if properties.is_empty() => "the tool takes no arguments".to_owned(),
        None => format!("the tool takes {}", quoted(names)),
    };
    ToolError::new(format!("unknown argument `{}`", shown(name)), hint)
}

fn of_type(name: &str, value: Value, property: &Value) -> Result<Value, ToolError> {
    let Some(wanted) = property.get("type").and_then(Value::as_str) else {
        return Ok(value);
    };
    let given = kind(&value);
    let value = match (wanted, value) {
        ("integer" | "number" | "boolean", Value::String(text)) => {
            serde_json::from_str(&text).unwrap_or(Value::String(text))
        }
        // `9` for the version "9". What `3.10` said is gone: it is the number 3.1.
        ("string", Value::Number(number)) if number.is_u64() || number.is_i64() => {
            Value::String(number.to_string())
        }
        // `5.0` is an integer to JSON Schema.
        ("integer", Value::Number(number)) => {
            whole(&number).map_or(Value::Number(number), Value::from)
        }
        (_, value) => value,
    };
    let fits = match wanted {
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => true,
    };
    if !fits {
        return Err(ToolError::new(
            format!("argument `{name}` must be {}, not {given}", article(wanted)),
            format!(
                "give `{name}` as {}{}",
                plainly(wanted),
                described(Some(property))
            ),
        ));
    }
    match property.get("enum").and_then(Value::as_array) {
        Some(choices) if !choices.contains(&value) => Err(ToolError::new(
            format!(
                "argument `{name}` cannot be `{}`",
                shown(value.as_str().unwrap_or_default())
            ),
            format!(
                "give one of {}",
                quoted(choices.iter().filter_map(Value::as_str))
            ),
        )),
        _ => Ok(value),
    }
}

/// Returns the integer that a number such as `5.0` stands for.
fn whole(number: &serde_json::Number) -> Option<i64> {
    if number.is_i64() || number.is_u64() {
        return None;
    }
    // Exact below 2^53; beyond it a float no longer names one integer.
    let float = number
        .as_f64()
        .filter(|float| float.abs() < 9_007_199_254_740_992.0)?;
    format!("{float}").parse().ok()
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

fn article(kind: &str) -> String {
    let article = if kind.starts_with(['a', 'i', 'o']) {
        "an"
    } else {
        "a"
    };
    format!("{article} {kind}")
}

/// Says what a value of the type `wanted` is, to whoever wrote another.
fn plainly(wanted: &str) -> String {
    match wanted {
        "integer" => "a whole number, such as 8".to_owned(),
        "boolean" => "`true` or `false`".to_owned(),
        "string" => "text in quotes".to_owned(),
        other => article(other),
    }
}

fn described(property: Option<&Value>) -> String {
    let text = property
        .and_then(|property| property.get("description"))
        .and_then(Value::as_str);
    text.map(|text| format!(": {text}")).unwrap_or_default()
}

fn quoted<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names
        .map(|name| format!("`{name}`"))
        .collect::<Vec<_>>()
        .join(", ")
}

/// Returns the first part of a value that came from outside: an error is no place for 4 MiB.
fn shown(text: &str) -> String {
    const SHOWN_CHARS_MAX: usize = 60;
    let mut shown: String = text.chars().take(SHOWN_CHARS_MAX).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn checked(arguments: &Value) -> Result<Value, String> {
        let schema = json!({
            "type": "object",
            "properties": {
                "query": {"type": "string", "description": "What to look for"},
                "limit": {"type": "integer"},
                "level": {"type": "string", "enum": ["exact", "auto"]},
                "all": {"type": "boolean"},
            },
            "required": ["query"],
        });
        check(
            schema.as_object().unwrap(),
            arguments.as_object().unwrap().clone(),
        )
        .map(Value::Object)
        .map_err(|error| error.to_string())
    }

    #[test]
    fn good_arguments_pass_as_they_are() {
        let arguments = json!({"query": "retry", "limit": 3, "level": "auto", "all": true});
        assert_eq!(checked(&arguments), Ok(arguments));
    }

    #[test]
    fn harmless_slips_are_set_right() {
        assert_eq!(
            checked(&json!({"query": "retry", "limit": "3", "level": null, "all": "true"})),
            Ok(json!({"query": "retry", "limit": 3, "all": true}))
        );
        assert_eq!(
            checked(&json!({"query": "retry", "limit": 3.0})),
            Ok(json!({"query": "retry", "limit": 3}))
        );
        assert_eq!(checked(&json!({"query": 404})), Ok(json!({"query": "404"})));
        assert!(checked(&json!({"query": 3.1})).is_err());
    }

    #[test]
    fn an_empty_text_is_an_argument_left_out_where_it_may_be() {
        assert_eq!(
            checked(&json!({"query": "", "limit": "", "level": "", "all": ""})),
            Ok(json!({"query": ""}))
        );
    }

    #[test]
    fn a_name_that_other_servers_use_is_understood_unless_ours_is_given_too() {
        assert_eq!(
            checked(&json!({"q": "retry"})),
            Ok(json!({"query": "retry"}))
        );
        assert!(checked(&json!({"query": "retry", "q": "again"})).is_err());
        assert!(checked(&json!({"query": "retry", "topic": "again"})).is_err());
    }

    #[test]
    fn a_misspelt_argument_is_named_with_the_one_that_was_meant() {
        assert_eq!(
            checked(&json!({"qurey": "retry"})),
            Err("unknown argument `qurey`\nhint: did you mean `query`?".to_owned())
        );
        assert_eq!(
            checked(&json!({"xyz": 1})),
            Err(
                "unknown argument `xyz`\nhint: the tool takes `query`, `limit`, `level`, `all`"
                    .to_owned()
            )
        );
    }

    #[test]
    fn a_missing_argument_is_named_with_what_it_is_for() {
        assert_eq!(
            checked(&json!({"limit": 3})),
            Err("argument `query` is missing\nhint: give `query`: What to look for".to_owned())
        );
    }

    #[test]
    fn a_wrong_type_and_a_wrong_choice_name_what_would_do() {
        assert_eq!(
            checked(&json!({"query": ["retry"]})),
            Err("argument `query` must be a string, not an array\nhint: give `query` as text in quotes: What to look for".to_owned())
        );
        assert_eq!(
            checked(&json!({"query": "retry", "level": "best"})),
            Err("argument `level` cannot be `best`\nhint: give one of `exact`, `auto`".to_owned())
        );
        assert_eq!(
            checked(&json!({"query": "retry", "limit": 2.5})),
            Err("argument `limit` must be an integer, not a number\nhint: give `limit` as a whole number, such as 8".to_owned())
        );
    }
}
