//! One message as it came: the members the shell needs, the rest left as the client wrote it.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::id::Id;

/// JSON-RPC error codes of this shell.
pub(super) mod code {
    /// The line is not JSON.
    pub(in crate::server) const PARSE: i64 = -32700;
    /// The JSON is no message.
    pub(in crate::server) const INVALID_REQUEST: i64 = -32600;
    /// The parameters are not those of the method.
    pub(in crate::server) const INVALID_PARAMS: i64 = -32602;
    /// Something in here is broken.
    pub(in crate::server) const INTERNAL: i64 = -32603;
}

/// What a line turned out to be.
#[derive(Debug)]
pub(super) enum Message<'a> {
    /// Something to be answered.
    Request(Request<'a>),
    /// Something to be taken note of.
    Notification {
        /// What happened.
        method: Cow<'a, str>,
        /// As the client wrote them.
        params: Option<&'a RawValue>,
    },
    /// A reply: this server asks nothing, so it answers nothing.
    Reply,
    /// Several messages on one line, as 2025-03-26 allowed.
    Batch(Vec<&'a RawValue>),
    /// JSON that is no message.
    Invalid {
        /// The id to answer under, if it can be read.
        id: Option<Id>,
        /// What is wrong with it.
        reason: &'static str,
    },
}

/// A request, read as far as the shell must.
#[derive(Debug)]
pub(super) struct Request<'a> {
    /// The client's id.
    pub(super) id: Id,
    /// What is asked for.
    pub(super) method: Cow<'a, str>,
    /// As the client wrote them; always an object.
    pub(super) params: Option<&'a RawValue>,
    /// The members of `params` that the shell looks at.
    pub(super) head: Head<'a>,
}

/// What the shell looks at inside `params`.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Head<'a> {
    /// The tool of a call.
    #[serde(borrow, default)]
    pub(super) name: Option<&'a RawValue>,
    #[serde(borrow, default, rename = "_meta")]
    meta: Option<&'a RawValue>,
    /// The request that a cancellation is about.
    #[serde(borrow, default, rename = "requestId")]
    request_id: Option<&'a RawValue>,
}

#[derive(Debug, Default, Deserialize)]
struct Meta<'a> {
    #[serde(borrow, default, rename = "io.modelcontextprotocol/protocolVersion")]
    version: Option<&'a RawValue>,
    #[serde(borrow, default, rename = "progressToken")]
    progress_token: Option<&'a RawValue>,
}

#[derive(Debug, Deserialize)]
struct Envelope<'a> {
    #[serde(borrow, default)]
    jsonrpc: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "present")]
    id: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "present")]
    method: Option<&'a RawValue>,
    #[serde(borrow, default)]
    params: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "present")]
    result: Option<&'a RawValue>,
    #[serde(borrow, default)]
    error: Option<&'a RawValue>,
}

/// Tells `null` from a member that is not there.
fn present<'de, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<&'de RawValue>, D::Error> {
    Deserialize::deserialize(deserializer).map(Some)
}

impl<'a> Message<'a> {
    /// Reads a message out of JSON that [`super::strict::check`] has passed.
    pub(super) fn read(text: &'a str) -> Self {
        let invalid = |id, reason| Message::Invalid { id, reason };
        if text.trim_start().starts_with('[') {
            return match serde_json::from_str::<Vec<&RawValue>>(text) {
                Ok(items) if !items.is_empty() => Message::Batch(items),
                _ => invalid(None, "a batch must not be empty"),
            };
        }
        let Ok(envelope) = serde_json::from_str::<Envelope<'a>>(text) else {
            return invalid(None, "a message must be a JSON object");
        };
        let id = envelope.id.and_then(|id| Id::parse(id.get()));
        let Some(method) = envelope.method else {
            return if envelope.result.is_some() || envelope.error.is_some() {
                Message::Reply
            } else {
                invalid(id, "`method` is missing")
            };
        };
        let Some(method) = text_of(method) else {
            return invalid(id, "`method` must be a string");
        };
        if envelope.jsonrpc.and_then(text_of).as_deref() != Some("2.0") {
            return invalid(id, "`jsonrpc` must be \"2.0\"");
        }
        let head = match envelope
            .params
            .map(|params| serde_json::from_str(params.get()))
        {
            None => Head::default(),
            Some(Ok(head)) if envelope.params.is_some_and(is_object) => head,
            Some(_) => return invalid(id, "`params` must be an object"),
        };
        match (envelope.id, id) {
            (None, _) => Message::Notification {
                method,
                params: envelope.params,
            },
            (Some(_), None) => invalid(None, "`id` must be a string or an integer"),
            (Some(_), Some(id)) => Message::Request(Request {
                id,
                method,
                params: envelope.params,
                head,
            }),
        }
    }
}

impl<'a> Request<'a> {
    /// Tells whether the request describes itself, as every request does since 2026-07-28.
    pub(super) fn is_modern(&self) -> bool {
        self.method == "server/discover" || self.meta().version.is_some()
    }

    /// Returns the token under which the client wants to hear of progress.
    pub(super) fn progress_token(&self) -> Option<&'a RawValue> {
        self.meta().progress_token
    }

    /// Returns the name of the tool that is called.
    pub(super) fn tool(&self) -> Option<Cow<'a, str>> {
        self.head.name.and_then(text_of)
    }

    fn meta(&self) -> Meta<'a> {
        // A `_meta` that is no object is for the typed layer to refuse.
        self.head
            .meta
            .and_then(|meta| serde_json::from_str(meta.get()).ok())
            .unwrap_or_default()
    }
}

/// Returns the id that the `params` of `notifications/cancelled` name.
pub(super) fn cancelled_id(params: Option<&RawValue>) -> Option<Id> {
    let head: Head<'_> = serde_json::from_str(params?.get()).ok()?;
    Id::parse(head.request_id?.get())
}

fn text_of<'a>(json: &'a RawValue) -> Option<Cow<'a, str>> {
    // Borrowing fails where the text has escapes; then it is copied.
    serde_json::from_str::<&'a str>(json.get())
        .map(Cow::Borrowed)
        .or_else(|_| serde_json::from_str(json.get()).map(Cow::Owned))
        .ok()
}

fn is_object(json: &RawValue) -> bool {
    json.get().starts_with('{')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(text: &str) -> (Option<String>, &'static str) {
        match Message::read(text) {
            Message::Invalid { id, reason } => (id.map(|id| id.to_json()), reason),
            other => panic!("{text} was read as {other:?}"),
        }
    }

    #[test]
    fn requests_notifications_replies_and_batches_are_told_apart() {
        let read = Message::read;
        assert!(matches!(
            read(r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#),
            Message::Request(_)
        ));
        assert!(matches!(
            read(r#"{"jsonrpc":"2.0","method":"n"}"#),
            Message::Notification { .. }
        ));
        assert!(matches!(
            read(r#"{"jsonrpc":"2.0","id":1,"result":{}}"#),
            Message::Reply
        ));
        assert!(matches!(
            read(r#"{"jsonrpc":"2.0","id":1,"result":null}"#),
            Message::Reply
        ));
        assert!(matches!(
            read(r#"{"jsonrpc":"2.0","error":{}}"#),
            Message::Reply
        ));
        assert!(matches!(read("[1,2]"), Message::Batch(items) if items.len() == 2));
    }

    #[test]
    fn what_is_no_message_is_refused_under_its_id_where_it_has_one() {
        assert_eq!(reason("[]"), (None, "a batch must not be empty"));
        assert_eq!(reason("3"), (None, "a message must be a JSON object"));
        assert_eq!(
            reason(r#"{"id":3}"#),
            (Some("3".to_owned()), "`method` is missing")
        );
        assert_eq!(
            reason(r#"{"jsonrpc":"1.0","id":3,"method":"m"}"#),
            (Some("3".to_owned()), "`jsonrpc` must be \"2.0\"")
        );
        assert_eq!(
            reason(r#"{"jsonrpc":"2.0","id":3,"method":7}"#),
            (Some("3".to_owned()), "`method` must be a string")
        );
        assert_eq!(
            reason(r#"{"jsonrpc":"2.0","id":3,"method":"m","params":[1]}"#),
            (Some("3".to_owned()), "`params` must be an object")
        );
        for id in ["null", "1.5", "{}", "true"] {
            assert_eq!(
                reason(&format!(r#"{{"jsonrpc":"2.0","id":{id},"method":"m"}}"#)),
                (None, "`id` must be a string or an integer")
            );
        }
    }

    #[test]
    fn a_request_says_its_era_its_tool_and_its_progress_token() {
        let Message::Request(request) = Message::read(
            r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"a\u005f_b",
                "_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","progressToken":"t"}}}"#,
        ) else {
            panic!("no request");
        };
        assert!(request.is_modern());
        assert_eq!(request.tool().as_deref(), Some("a__b"));
        assert_eq!(request.progress_token().map(RawValue::get), Some("\"t\""));
    }

    #[test]
    fn null_params_are_no_params() {
        let text = r#"{"jsonrpc":"2.0","id":1,"method":"ping","params":null}"#;
        assert!(
            matches!(Message::read(text), Message::Request(request) if request.params.is_none())
        );
    }

    #[test]
    fn a_key_that_only_looks_like_one_of_ours_is_another_key() {
        let text = r#"{"jsonrpc":"2.0","id":1,"Method":"ping","method ":"ping"}"#;
        assert_eq!(reason(text), (Some("1".to_owned()), "`method` is missing"));
    }
}
