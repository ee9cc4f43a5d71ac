//! Headers that repeat arguments of a call for the servers on its way: `x-mcp-header` of a modern vendor's schemas.
//! <https://modelcontextprotocol.io/specification/2026-07-28/basic/transports/streamable-http>

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use reqwest::header::{HeaderName, HeaderValue};
use serde_json::Value;
use serde_json::value::RawValue;

use super::wire::Members;

/// The keyword of a schema that asks for a header.
const KEYWORD: &str = "x-mcp-header";

/// Levels of nesting that are looked through.
const DEPTH_MAX: usize = 64;

/// An argument that is repeated in a header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Parameter {
    path: Vec<String>,
    header: HeaderName,
}

/// Returns the arguments that `schema` wants repeated; `None` if it asks in a way that clients must refuse.
pub(super) fn parameters(schema: &RawValue) -> Option<Vec<Parameter>> {
    if !schema.get().contains(KEYWORD) {
        return Some(Vec::new());
    }
    let schema: Value = serde_json::from_str(schema.get()).ok()?;
    let mut found = Vec::new();
    collect(&schema, &mut Vec::new(), &mut found)?;
    // One that is not on a way of `properties` from the root names no argument.
    let mut names: Vec<_> = found.iter().map(|parameter| &parameter.header).collect();
    names.sort_by_key(|name| name.as_str());
    names.dedup();
    (names.len() == found.len() && found.len() == count(&schema, 0)?).then_some(found)
}

fn collect(schema: &Value, path: &mut Vec<String>, found: &mut Vec<Parameter>) -> Option<()> {
    let Some(Value::Object(properties)) = schema.get("properties") else {
        return Some(());
    };
    for (name, property) in properties {
        path.push(name.clone());
        if let Some(header) = property.get(KEYWORD) {
            let is_primitive = matches!(
                property.get("type").and_then(Value::as_str),
                Some("string" | "integer" | "boolean")
            );
            let header = header
                .as_str()
                .filter(|name| !name.is_empty() && is_primitive)?;
            found.push(Parameter {
                path: path.clone(),
                header: HeaderName::from_bytes(format!("mcp-param-{header}").as_bytes()).ok()?,
            });
        }
        collect(property, path, found)?;
        path.pop();
    }
    Some(())
}

/// Counts the keyword wherever a schema can stand; `None` if that is too deep.
fn count(value: &Value, depth: usize) -> Option<usize> {
    if depth > DEPTH_MAX {
        return None;
    }
    match value {
        Value::Object(members) => members
            .iter()
            .map(|(name, member)| match name.as_str() {
                KEYWORD => Some(1),
                "default" | "const" | "enum" | "examples" => Some(0),
                _ => count(member, depth + 1),
            })
            .sum(),
        Value::Array(items) => items.iter().map(|item| count(item, depth + 1)).sum(),
        _ => Some(0),
    }
}

/// Returns the headers that repeat `arguments`.
pub(super) fn headers(
    parameters: &[Parameter],
    arguments: &RawValue,
) -> Vec<(HeaderName, HeaderValue)> {
    parameters
        .iter()
        .filter_map(|parameter| {
            let value = at(arguments, &parameter.path)?;
            let text = match serde_json::from_str(value.get()).ok()? {
                Value::String(text) => text,
                Value::Bool(_) | Value::Number(_) => value.get().to_owned(),
                Value::Null | Value::Array(_) | Value::Object(_) => return None,
            };
            let value = HeaderValue::from_str(&header_text(&text)).ok()?;
            Some((parameter.header.clone(), value))
        })
        .collect()
}

fn at(value: &RawValue, path: &[String]) -> Option<Box<RawValue>> {
    path.iter().try_fold(value.to_owned(), |value, step| {
        Some(Members::of(&value)?.get(step)?.to_owned())
    })
}

/// Returns `text` as the value of a header: as it is where it can travel so, and in the marked Base64 form where not.
pub(super) fn header_text(text: &str) -> String {
    let plain = text.bytes().all(|byte| (b' '..=b'~').contains(&byte))
        && text.trim() == text
        && !(text.starts_with("=?base64?") && text.ends_with("?="));
    if plain {
        text.to_owned()
    } else {
        format!("=?base64?{}?=", BASE64_STANDARD.encode(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::upstream::wire::raw;

    fn parsed(schema: &str) -> Option<Vec<Parameter>> {
        parameters(&raw(schema.to_owned()))
    }

    #[test]
    fn arguments_are_repeated_as_their_schema_asks() {
        let schema = r#"{"properties":{"region":{"type":"string","x-mcp-header":"Region"},
            "deep":{"type":"object","properties":{"n":{"type":"integer","x-mcp-header":"N"}}},"other":{"type":"string"}}}"#;
        let found = parsed(schema).unwrap();
        let arguments =
            raw(r#"{"region":"Zürich","deep":{"n":12345678901234567890},"other":"x"}"#.to_owned());
        let headers: Vec<_> = headers(&found, &arguments)
            .into_iter()
            .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
            .collect();
        assert_eq!(
            headers,
            [
                (
                    "mcp-param-region".to_owned(),
                    "=?base64?WsO8cmljaA==?=".to_owned()
                ),
                ("mcp-param-n".to_owned(), "12345678901234567890".to_owned()),
            ]
        );
    }

    #[test]
    fn a_schema_that_asks_wrongly_is_refused() {
        for schema in [
            r#"{"x-mcp-header":"A"}"#,
            r#"{"properties":{"a":{"type":"object","x-mcp-header":"A"}}}"#,
            r#"{"properties":{"a":{"type":"string","x-mcp-header":""}}}"#,
            r#"{"properties":{"a":{"type":"string","x-mcp-header":"a b"}}}"#,
            r#"{"properties":{"a":{"type":"string","x-mcp-header":"A"},"b":{"type":"string","x-mcp-header":"a"}}}"#,
            r#"{"anyOf":[{"properties":{"a":{"type":"string","x-mcp-header":"A"}}}]}"#,
        ] {
            assert_eq!(parsed(schema), None, "{schema}");
        }
        assert_eq!(parsed(r#"{"properties":{}}"#), Some(Vec::new()));
    }

    #[test]
    fn text_travels_plainly_where_it_can() {
        let cases = [
            ("get-sum", "get-sum"),
            (" a", "=?base64?IGE=?="),
            ("a\nb", "=?base64?YQpi?="),
            ("=?base64?x?=", "=?base64?PT9iYXNlNjQ/eD89?="),
        ];
        for (text, expected) in cases {
            assert_eq!(header_text(text), expected);
        }
    }
}
