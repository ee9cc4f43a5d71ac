//! The arguments of a tool as JSON Schema, in the few words that every client understands.

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::Value;

use super::JsonObject;

/// Words of a generated schema that cost tokens and tell a model nothing.
const NOISE: &[&str] = &["$schema", "title", "format", "additionalProperties"];

/// Returns the flat schema of `T`: no `$ref`, no nullable types, enumerations as plain lists.
///
/// The documentation comment of a field becomes its description; that of `T` is left out, for the tool has its own.
pub fn schema_of<T: JsonSchema>() -> JsonObject {
    let mut settings = SchemaSettings::draft2020_12();
    settings.inline_subschemas = true;
    let generated = settings.into_generator().into_root_schema_for::<T>();
    let Value::Object(mut schema) = generated.to_value() else {
        return JsonObject::new();
    };
    schema.remove("description");
    flatten(&mut schema);
    schema
        .entry("properties")
        .or_insert_with(|| Value::Object(JsonObject::new()));
    schema
}

fn flatten(schema: &mut JsonObject) {
    for word in NOISE {
        schema.shift_remove(*word);
    }
    drop_null(schema);
    list_constants(schema);
    if schema.get("default").is_some_and(Value::is_null) {
        schema.shift_remove("default");
    }
    if schema
        .get("minimum")
        .is_some_and(|least| least.as_f64() == Some(0.0))
    {
        schema.shift_remove("minimum");
    }
    if let Some(Value::String(text)) = schema.get_mut("description") {
        *text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if text.is_empty() {
            schema.shift_remove("description");
        }
    }
    if let Some(Value::Object(properties)) = schema.get_mut("properties") {
        for property in properties.values_mut().filter_map(Value::as_object_mut) {
            flatten(property);
        }
    }
    if let Some(Value::Object(items)) = schema.get_mut("items") {
        flatten(items);
    }
}

/// An optional argument is one that may be left out; that it may be `null` as well is not worth a word.
fn drop_null(schema: &mut JsonObject) {
    if let Some(Value::Array(types)) = schema.get_mut("type") {
        types.retain(|name| name != "null");
        if let [only] = types.as_slice() {
            let only = only.clone();
            schema.insert("type".to_owned(), only);
        }
    }
    if let Some(Value::Array(values)) = schema.get_mut("enum") {
        values.retain(|value| !value.is_null());
    }
    let Some(Value::Array(mut choices)) = schema.shift_remove("anyOf") else {
        return;
    };
    choices.retain(|choice| choice.get("type").is_none_or(|name| name != "null"));
    if let [Value::Object(only)] = choices.as_mut_slice() {
        // What a type says of itself is for readers of the code; an argument says its own.
        only.shift_remove("description");
        for (word, value) in std::mem::take(only) {
            schema.entry(word).or_insert(value);
        }
    } else {
        schema.insert("anyOf".to_owned(), Value::Array(choices));
    }
}

/// `oneOf` constants, each with a description of its own, become one `enum`.
fn list_constants(schema: &mut JsonObject) {
    let Some(choices) = schema.get("oneOf").and_then(Value::as_array) else {
        return;
    };
    let constants: Option<Vec<Value>> = choices
        .iter()
        .map(|choice| choice.get("const").cloned())
        .collect();
    if let Some(constants) = constants {
        schema.shift_remove("oneOf");
        schema.insert("type".to_owned(), Value::from("string"));
        schema.insert("enum".to_owned(), Value::Array(constants));
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde_json::json;

    use super::*;

    /// Not shown.
    #[derive(Deserialize, JsonSchema)]
    #[serde(rename_all = "lowercase")]
    enum Level {
        /// Every byte.
        Exact,
        /// The gist.
        Digest,
    }

    /// Not shown.
    #[derive(Deserialize, JsonSchema)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only its schema is looked at")]
    struct Arguments {
        /// What to read,
        /// in words
        text: String,
        level: Option<Level>,
        budget: Option<u32>,
        names: Option<Vec<String>>,
        #[serde(default)]
        all: bool,
    }

    #[test]
    fn a_schema_has_types_enumerations_and_descriptions_and_nothing_else() {
        assert_eq!(
            Value::Object(schema_of::<Arguments>()),
            json!({
                "type": "object",
                "properties": {
                    "text": {"type": "string", "description": "What to read, in words"},
                    "level": {"type": "string", "enum": ["exact", "digest"]},
                    "budget": {"type": "integer"},
                    "names": {"type": "array", "items": {"type": "string"}},
                    "all": {"type": "boolean", "default": false},
                },
                "required": ["text"],
            })
        );
    }

    #[test]
    fn a_tool_without_arguments_has_an_empty_object() {
        #[derive(Deserialize, JsonSchema)]
        struct Nothing {}

        assert_eq!(
            Value::Object(schema_of::<Nothing>()),
            json!({"type": "object", "properties": {}})
        );
    }
}
