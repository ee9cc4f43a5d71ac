//! JSON-RPC at the surface: an envelope is read, its parts stay the bytes they were.
//!
//! What a vendor or a client wrote inside `params` or `result` is cut out and put in elsewhere, never re-typed: unknown fields,
//! large integers and the order of keys survive because nothing here knows them.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// The newest protocol, which knows no session.
pub(super) const MODERN: &str = "2026-07-28";

/// What the keys of the protocol in `_meta` begin with; a proxy stamps its own.
const META_PREFIX: &str = "io.modelcontextprotocol/";
const META_VERSION: &str = "io.modelcontextprotocol/protocolVersion";
const META_CAPABILITIES: &str = "io.modelcontextprotocol/clientCapabilities";
const META_CLIENT: &str = "io.modelcontextprotocol/clientInfo";

/// The members of a JSON object in their order, values as written.
#[derive(Debug, Default)]
pub(super) struct Members<'a>(pub(super) Vec<(Cow<'a, str>, Cow<'a, RawValue>)>);

impl<'a> Members<'a> {
    /// Reads an object; `None` if `raw` is anything else.
    pub(super) fn of(raw: &'a RawValue) -> Option<Self> {
        serde_json::from_str(raw.get()).ok()
    }

    /// Returns the value of `name`.
    pub(super) fn get(&self, name: &str) -> Option<&RawValue> {
        let (_, value) = self.0.iter().find(|(key, _)| key == name)?;
        Some(value)
    }

    /// Sets `name`, in its place if it is there and at the end if not.
    pub(super) fn set(&mut self, name: &'static str, value: Box<RawValue>) {
        let value = Cow::Owned(value);
        match self.0.iter_mut().find(|(key, _)| key == name) {
            Some((_, old)) => *old = value,
            None => self.0.push((Cow::Borrowed(name), value)),
        }
    }

    /// Writes the object again.
    pub(super) fn to_json(&self) -> String {
        let mut json = String::from("{");
        for (at, (name, value)) in self.0.iter().enumerate() {
            if at > 0 {
                json.push(',');
            }
            json.push_str(&quoted(name));
            json.push(':');
            json.push_str(value.get());
        }
        json.push('}');
        json
    }

    /// Writes the object again, as a raw value.
    pub(super) fn to_raw(&self) -> Box<RawValue> {
        raw(self.to_json())
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;
        impl<'de> Visitor<'de> for Object {
            type Value = Members<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members<'de>, A::Error> {
                let mut members = Vec::new();
                while let Some((Name(name), value)) = map.next_entry::<_, &RawValue>()? {
                    members.push((name, Cow::Borrowed(value)));
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Object)
    }
}

/// The name of a member, borrowed where it has no escapes.
struct Name<'a>(Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Name<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl<'de> Visitor<'de> for Text {
            type Value = Name<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a name")
            }
            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Name<'de>, E> {
                Ok(Name(Cow::Borrowed(text)))
            }
            fn visit_str<E>(self, text: &str) -> Result<Name<'de>, E> {
                Ok(Name(Cow::Owned(text.to_owned())))
            }
        }
        deserializer.deserialize_str(Text)
    }
}

/// The envelope of one message of a vendor.
#[derive(Debug, serde::Deserialize)]
pub(super) struct Envelope<'a> {
    #[serde(borrow, default)]
    pub(super) id: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub(super) method: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    pub(super) params: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "present")]
    pub(super) result: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub(super) error: Option<&'a RawValue>,
}

/// Reads a member that is there, even if it is `null`: an odd result is a result.
fn present<'de: 'a, 'a, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<&'a RawValue>, D::Error> {
    Deserialize::deserialize(deserializer).map(Some)
}

/// A JSON-RPC error object, as far as it is passed on.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
pub(super) struct RpcError {
    pub(super) code: i64,
    #[serde(default)]
    pub(super) message: String,
    #[serde(default)]
    pub(super) data: Option<serde_json::Value>,
}

/// Returns a request; `params` is a JSON object as text.
pub(super) fn request(id: u64, method: &str, params: &str) -> String {
    format!(
        r#"{{"jsonrpc":"2.0","id":{id},"method":{},"params":{params}}}"#,
        quoted(method)
    )
}

/// Returns a notification; `params` is a JSON object as text.
pub(super) fn notification(method: &str, params: &str) -> String {
    format!(
        r#"{{"jsonrpc":"2.0","method":{},"params":{params}}}"#,
        quoted(method)
    )
}

/// Returns the answer to a vendor's own request. Nothing was promised that a vendor may ask for, save `ping`.
pub(super) fn answer_to_vendor(id: &RawValue, method: &str) -> String {
    let id = id.get();
    if method == "ping" {
        format!(r#"{{"jsonrpc":"2.0","id":{id},"result":{{}}}}"#)
    } else {
        format!(
            r#"{{"jsonrpc":"2.0","id":{id},"error":{{"code":-32601,"message":"this client has no such method"}}}}"#
        )
    }
}

/// Returns `_meta` with the protocol's own keys taken out and, for a modern vendor, ours put in.
///
/// A modern client's capabilities are kept for a modern vendor: what that vendor then asks of the client travels in results
/// and params, which are passed on as they are. A legacy client promised nothing that could be relayed.
pub(super) fn stamp(params: &mut Members<'_>, modern: bool) {
    let mut capabilities = None;
    let mut client = None;
    let mut kept: Vec<(Cow<'_, str>, Box<RawValue>)> = Vec::new();
    if let Some(meta) = params.get("_meta").and_then(Members::of) {
        for (name, value) in meta.0 {
            match name.as_ref() {
                META_CAPABILITIES => capabilities = Some(value.into_owned()),
                META_CLIENT => client = Some(value.into_owned()),
                other if other.starts_with(META_PREFIX) => {}
                _ => kept.push((Cow::Owned(name.into_owned()), value.into_owned())),
            }
        }
    }
    if modern {
        let own = [
            (META_VERSION, raw(quoted(MODERN))),
            (
                META_CAPABILITIES,
                capabilities.unwrap_or_else(|| raw("{}".to_owned())),
            ),
            (META_CLIENT, client.unwrap_or_else(|| raw(client_info()))),
        ];
        kept.extend(own.map(|(name, value)| (Cow::Borrowed(name), value)));
    }
    if kept.is_empty() {
        params.0.retain(|(name, _)| name != "_meta");
    } else {
        let meta = Members(
            kept.into_iter()
                .map(|(name, value)| (name, Cow::Owned(value)))
                .collect(),
        );
        params.set("_meta", meta.to_raw());
    }
}

/// Returns who we are, as `clientInfo`.
pub(super) fn client_info() -> String {
    format!(
        r#"{{"name":"mrconductor","version":{}}}"#,
        quoted(env!("CARGO_PKG_VERSION"))
    )
}

/// Returns `value` without line ends: they can stand between tokens of JSON, but one line of stdio is one message.
pub(super) fn on_one_line(value: &RawValue) -> Box<RawValue> {
    let text = value.get();
    if text.contains(['\n', '\r']) {
        raw(text.replace(['\n', '\r'], " "))
    } else {
        value.to_owned()
    }
}

/// Returns `text` as a JSON string.
pub(super) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// Takes text that is JSON by construction; should it not be, an empty object keeps the line whole.
pub(super) fn raw(json: String) -> Box<RawValue> {
    RawValue::from_string(json).unwrap_or_else(|_| RawValue::NULL.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stamped(params: &str, modern: bool) -> String {
        let params = RawValue::from_string(params.to_owned()).unwrap();
        let mut members = Members::of(&params).unwrap();
        stamp(&mut members, modern);
        members.to_json()
    }

    #[test]
    fn members_keep_their_order_and_every_byte_of_their_values() {
        let json = r#"{"b": 12345678901234567890123,"a":{ "x" : [1.0, 1e2] },"é\n":null}"#;
        let value = RawValue::from_string(json.to_owned()).unwrap();
        let members = Members::of(&value).unwrap();
        assert_eq!(
            members.to_json(),
            r#"{"b":12345678901234567890123,"a":{ "x" : [1.0, 1e2] },"é\n":null}"#
        );
    }

    #[test]
    fn a_legacy_vendor_sees_nothing_of_the_modern_protocol() {
        let params = r#"{"name":"x","_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","progressToken":7}}"#;
        assert_eq!(
            stamped(params, false),
            r#"{"name":"x","_meta":{"progressToken":7}}"#
        );
        let bare = r#"{"name":"x","_meta":{"io.modelcontextprotocol/clientInfo":{}}}"#;
        assert_eq!(stamped(bare, false), r#"{"name":"x"}"#);
    }

    #[test]
    fn a_modern_vendor_gets_our_version_and_the_capabilities_of_a_modern_client() {
        let params = r#"{"_meta":{"io.modelcontextprotocol/protocolVersion":"2099-01-01","io.modelcontextprotocol/clientCapabilities":{"elicitation":{}},"x":1}}"#;
        let meta: serde_json::Value = serde_json::from_str(&stamped(params, true)).unwrap();
        assert_eq!(
            meta["_meta"],
            serde_json::json!({
                "x": 1,
                "io.modelcontextprotocol/protocolVersion": "2026-07-28",
                "io.modelcontextprotocol/clientCapabilities": {"elicitation": {}},
                "io.modelcontextprotocol/clientInfo": {"name": "mrconductor", "version": env!("CARGO_PKG_VERSION")},
            })
        );
    }

    #[test]
    fn a_result_that_is_null_is_still_a_result() {
        let envelope: Envelope<'_> = serde_json::from_str(r#"{"id":1,"result":null}"#).unwrap();
        assert_eq!(envelope.result.map(RawValue::get), Some("null"));
        let envelope: Envelope<'_> = serde_json::from_str(r#"{"id":null}"#).unwrap();
        assert!(envelope.result.is_none() && envelope.id.is_none());
    }

    #[test]
    fn a_pretty_printed_result_is_put_on_one_line() {
        let value = RawValue::from_string("{\r\n \"a\": \"b\\nc\"\n}".to_owned()).unwrap();
        assert_eq!(on_one_line(&value).get(), r#"{   "a": "b\nc" }"#);
    }
}
