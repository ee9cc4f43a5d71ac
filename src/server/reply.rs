//! Replies as text: what the typed layer or a vendor made, under the client's own id.

use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::id::Id;

/// Characters of an error message: parts of it come from outside.
const MESSAGE_CHARS_MAX: usize = 400;

/// Returns a reply with a `result` that is JSON already.
pub(super) fn result(id: &Id, result: &str) -> String {
    format!(
        r#"{{"jsonrpc":"2.0","id":{},"result":{result}}}"#,
        id.to_json()
    )
}

/// Returns an error reply. Without an id it says only that a line could not be read.
pub(super) fn error(
    id: Option<&Id>,
    code: i64,
    message: &str,
    data: Option<&serde_json::Value>,
) -> String {
    #[derive(Serialize)]
    struct Error<'a> {
        code: i64,
        message: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        data: Option<&'a serde_json::Value>,
    }
    let message = shortened(message);
    let error = Error {
        code,
        message,
        data,
    };
    let error = serde_json::to_string(&error).unwrap_or_else(|_| "{}".to_owned());
    // 2026-07-28, basic, "Error Responses": the id is left out where it could not be read.
    let id = id
        .map(|id| format!(r#""id":{},"#, id.to_json()))
        .unwrap_or_default();
    format!(r#"{{"jsonrpc":"2.0",{id}"error":{error}}}"#)
}

/// Returns a notification with `params` that are JSON already.
pub(super) fn notification(method: &str, params: &str) -> String {
    format!(r#"{{"jsonrpc":"2.0","method":"{method}","params":{params}}}"#)
}

/// Adds the `resultType` that 2026-07-28 wants of every result to one that an older server made.
pub(super) fn with_result_type(result: &RawValue) -> String {
    #[derive(Deserialize)]
    struct Typed {
        #[serde(rename = "resultType")]
        result_type: Option<IgnoredAny>,
    }
    let text = result.get();
    match (serde_json::from_str::<Typed>(text), text.strip_prefix('{')) {
        (Ok(Typed { result_type: None }), Some(members)) => {
            let comma = if members.trim_start().starts_with('}') {
                ""
            } else {
                ","
            };
            format!(r#"{{"resultType":"complete"{comma}{members}"#)
        }
        _ => text.to_owned(),
    }
}

/// Returns `list`, the JSON of a `tools/list` result, with `more` tool objects behind its own, in order of their names.
pub(super) fn with_tools(list: &str, mut more: Vec<Box<RawValue>>) -> String {
    #[derive(Deserialize)]
    struct Named {
        name: String,
    }
    more.sort_by_cached_key(|tool| {
        serde_json::from_str::<Named>(tool.get())
            .map(|tool| tool.name)
            .ok()
    });
    let Ok(members) = serde_json::from_str::<Members<'_>>(list) else {
        return list.to_owned();
    };
    let members: Vec<String> = members
        .0
        .iter()
        .map(|(key, value)| {
            let mut value = value.get().to_owned();
            if key == "tools" && value.pop() == Some(']') {
                for tool in &more {
                    if !value.ends_with('[') {
                        value.push(',');
                    }
                    value.push_str(tool.get());
                }
                value.push(']');
            }
            format!("{}:{value}", serde_json::Value::from(key.as_str()))
        })
        .collect();
    format!("{{{}}}", members.join(","))
}

/// The members of an object, in order, their values as they were written.
struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = Members<'de>;
            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("an object")
            }
            fn visit_map<A: serde::de::MapAccess<'de>>(
                self,
                mut map: A,
            ) -> Result<Members<'de>, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Visitor)
    }
}

fn shortened(text: &str) -> &str {
    text.char_indices()
        .nth(MESSAGE_CHARS_MAX)
        .and_then(|(end, _)| text.get(..end))
        .unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn raw(text: &str) -> Box<RawValue> {
        RawValue::from_string(text.to_owned()).unwrap()
    }

    #[test]
    fn an_error_has_the_id_it_is_about_or_none() {
        let read = |text: String| serde_json::from_str::<Value>(&text).unwrap();
        assert_eq!(
            read(error(Id::parse("\"a\"").as_ref(), -32600, "no", None)),
            json!({"jsonrpc": "2.0", "id": "a", "error": {"code": -32600, "message": "no"}})
        );
        assert_eq!(
            read(error(None, -32700, &"é".repeat(500), None)),
            json!({"jsonrpc": "2.0", "error": {"code": -32700, "message": "é".repeat(400)}})
        );
    }

    #[test]
    fn a_result_type_is_added_where_none_is_and_nothing_else_is_touched() {
        assert_eq!(
            with_result_type(&raw(
                r#"{"content":[],"big":123456789012345678901234567890,"f":1.0}"#
            )),
            r#"{"resultType":"complete","content":[],"big":123456789012345678901234567890,"f":1.0}"#
        );
        assert_eq!(with_result_type(&raw("{}")), r#"{"resultType":"complete"}"#);
        let typed = r#"{"resultType":"input_required","x":1}"#;
        assert_eq!(with_result_type(&raw(typed)), typed);
    }

    #[test]
    fn vendor_tools_follow_ours_byte_for_byte_in_order_of_their_names() {
        let more = vec![
            raw(r#"{"name":"z__b","x":1.0}"#),
            raw(r#"{"name":"a__c", "n":1e2}"#),
        ];
        assert_eq!(
            with_tools(r#"{"ttlMs":5,"tools":[{"name":"distill"}]}"#, more),
            r#"{"ttlMs":5,"tools":[{"name":"distill"},{"name":"a__c", "n":1e2},{"name":"z__b","x":1.0}]}"#
        );
        assert_eq!(
            with_tools(r#"{"tools":[]}"#, vec![raw(r#"{"name":"a__b"}"#)]),
            r#"{"tools":[{"name":"a__b"}]}"#
        );
    }
}
