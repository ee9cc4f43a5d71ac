//! Offers: what each side has, in the order in which it prefers it.
//!
//! ```json
//! {
//!   "protocol": [1],
//!   "tokenizers": ["o200k_base", {"name": "cl100k_base", "fingerprint": "sha256:…"}],
//!   "features": {"ascii": [1], "checksums": [1], "mcp": ["2025-06-18", "2025-11-25"]},
//!   "packs": [{"name": "rust", "version": 3, "sha256": "…"}],
//!   "floors": {"checksums": 1},
//!   "receipt": true,
//!   "x-anything": "kept in the receipt, not looked at"
//! }
//! ```
//!
//! Every part may be left out, and then is as the server offers it; but where `features` is given, what it does not list is
//! off. A tokenizer given by name alone is the one that the server knows under that name.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{FEATURES, Feature, HandshakeError, PROTOCOL, strict};

/// Bytes of an offer as text: a hundred times an ordinary one.
pub const OFFER_BYTES_MAX: usize = 64 * 1024;
/// Entries of any list of an offer: above what anyone has.
const LIST_MAX: usize = 64;
/// Bytes of a name.
const NAME_BYTES_MAX: usize = 128;

/// A tokenizer: the fingerprint says what it is, the name what people call it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tokenizer {
    /// Published name, for example `o200k_base`.
    pub name: String,
    /// `sha256:` and 64 hexadecimal digits over everything that decides its counts.
    pub fingerprint: String,
}

/// A dictionary pack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pack {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: u32,
    /// SHA-256 of its content, 64 hexadecimal digits.
    pub sha256: String,
}

/// Everything that one side has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// Versions of the handshake.
    pub protocol: Vec<u32>,
    /// Tokenizers, the preferred one first.
    pub tokenizers: Vec<Tokenizer>,
    /// Versions of each feature; a feature without an entry is off.
    pub features: BTreeMap<Feature, Vec<u32>>,
    /// Dictionary packs.
    pub packs: Vec<Pack>,
    /// The least version of a feature without which there is no agreement.
    pub floors: BTreeMap<Feature, u32>,
}

/// What a client sent: parts of an [`Offer`], and the text itself.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ClientOffer {
    /// The text as it was received, for the receipt; `None` if there was no offer.
    pub text: Option<String>,
    /// Whether the client wants to read the receipt in the answer.
    pub wants_receipt: bool,
    protocol: Option<Vec<u32>>,
    tokenizers: Option<Vec<TokenizerClaim>>,
    features: Option<BTreeMap<Feature, Vec<u32>>>,
    packs: Option<Vec<Pack>>,
    floors: BTreeMap<Feature, u32>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum TokenizerClaim {
    Named(String),
    Fingerprinted(Tokenizer),
}

impl Offer {
    /// Returns what this build has, with `tokenizers`.
    pub fn of_this_build(tokenizers: Vec<Tokenizer>) -> Self {
        let features = FEATURES
            .into_iter()
            .map(|feature| (feature, feature.built().to_vec()))
            .collect();
        Self {
            protocol: vec![PROTOCOL],
            tokenizers,
            features,
            packs: Vec::new(),
            floors: BTreeMap::new(),
        }
    }

    /// Spells the offer in full.
    pub fn to_json(&self) -> Value {
        let features: Map<String, Value> = FEATURES
            .into_iter()
            .map(|feature| {
                let versions = self.features.get(&feature).map_or(&[][..], Vec::as_slice);
                let spelled = versions
                    .iter()
                    .map(|version| feature.spell(*version))
                    .collect();
                (feature.name().to_owned(), Value::Array(spelled))
            })
            .collect();
        let floors: Map<String, Value> = self
            .floors
            .iter()
            .map(|(feature, version)| (feature.name().to_owned(), feature.spell(*version)))
            .collect();
        json!({
            "protocol": self.protocol,
            "tokenizers": self.tokenizers.iter().map(Tokenizer::to_json).collect::<Vec<_>>(),
            "features": features,
            "packs": self.packs.iter().map(Pack::to_json).collect::<Vec<_>>(),
            "floors": floors,
        })
    }
}

impl Tokenizer {
    /// Spells the tokenizer.
    pub fn to_json(&self) -> Value {
        json!({"name": self.name, "fingerprint": self.fingerprint})
    }
}

impl Pack {
    /// Spells the pack.
    pub fn to_json(&self) -> Value {
        json!({"name": self.name, "version": self.version, "sha256": self.sha256})
    }
}

impl ClientOffer {
    /// Reads an offer.
    ///
    /// # Errors
    /// [`HandshakeError`] for anything that is too large, repeated, unknown or of the wrong form; nothing is guessed.
    pub fn parse(text: &str) -> Result<Self, HandshakeError> {
        if text.len() > OFFER_BYTES_MAX {
            return Err(HandshakeError::TooLarge(text.len()));
        }
        let value = strict::parse(text).map_err(|error| HandshakeError::Json(error.to_string()))?;
        let Value::Object(parts) = value else {
            return Err(HandshakeError::Json("it is not an object".to_owned()));
        };
        let mut offer = Self {
            text: Some(text.trim().to_owned()),
            ..Self::default()
        };
        for (key, value) in &parts {
            match key.as_str() {
                "protocol" => offer.protocol = Some(list(key, value, protocol_version)?),
                "tokenizers" => offer.tokenizers = Some(list(key, value, tokenizer)?),
                "features" => offer.features = Some(features(value)?),
                "packs" => offer.packs = Some(list(key, value, pack)?),
                "floors" => offer.floors = floors(value)?,
                "receipt" => {
                    offer.wants_receipt =
                        value.as_bool().ok_or_else(|| form(key, "true or false"))?;
                }
                _ if key.starts_with("x-") => {}
                _ => return Err(HandshakeError::UnknownKey(shown(key))),
            }
        }
        Ok(offer)
    }

    /// Fills what the client left out with what the server offers.
    pub fn complete(&self, server: &Offer) -> Offer {
        let tokenizers = self.tokenizers.as_ref().map(|claims| {
            claims
                .iter()
                .map(|claim| match claim {
                    TokenizerClaim::Fingerprinted(tokenizer) => tokenizer.clone(),
                    TokenizerClaim::Named(name) => server
                        .tokenizers
                        .iter()
                        .find(|known| known.name == *name)
                        .cloned()
                        .unwrap_or_else(|| Tokenizer {
                            name: name.clone(),
                            fingerprint: String::new(),
                        }),
                })
                .collect()
        });
        Offer {
            protocol: self
                .protocol
                .clone()
                .unwrap_or_else(|| server.protocol.clone()),
            tokenizers: tokenizers.unwrap_or_else(|| server.tokenizers.clone()),
            features: self
                .features
                .clone()
                .unwrap_or_else(|| server.features.clone()),
            packs: self.packs.clone().unwrap_or_else(|| server.packs.clone()),
            floors: self.floors.clone(),
        }
    }
}

fn form(at: &str, wanted: &'static str) -> HandshakeError {
    HandshakeError::Form {
        at: at.to_owned(),
        wanted,
    }
}

fn list<T>(
    at: &str,
    value: &Value,
    item: impl Fn(&str, &Value) -> Result<T, HandshakeError>,
) -> Result<Vec<T>, HandshakeError> {
    let items = value
        .as_array()
        .filter(|items| items.len() <= LIST_MAX)
        .ok_or_else(|| form(at, "a list of at most 64 entries"))?;
    items.iter().map(|value| item(at, value)).collect()
}

fn protocol_version(at: &str, value: &Value) -> Result<u32, HandshakeError> {
    value
        .as_u64()
        .and_then(|version| u32::try_from(version).ok())
        .ok_or_else(|| form(at, "a list of whole numbers"))
}

fn tokenizer(at: &str, value: &Value) -> Result<TokenizerClaim, HandshakeError> {
    let wanted = "a list of names, or of objects with `name` and `fingerprint` (`sha256:` and 64 hexadecimal digits)";
    if let Some(name) = short_text(value) {
        return Ok(TokenizerClaim::Named(name));
    }
    let parts = exactly(value, ["name", "fingerprint"]).ok_or_else(|| form(at, wanted))?;
    let [name, fingerprint] = parts;
    match (short_text(name), short_text(fingerprint)) {
        (Some(name), Some(fingerprint))
            if fingerprint.strip_prefix("sha256:").is_some_and(is_sha256) =>
        {
            Ok(TokenizerClaim::Fingerprinted(Tokenizer {
                name,
                fingerprint,
            }))
        }
        _ => Err(form(at, wanted)),
    }
}

fn pack(at: &str, value: &Value) -> Result<Pack, HandshakeError> {
    let wanted = "a list of objects with `name`, `version` and `sha256`";
    let parts = exactly(value, ["name", "version", "sha256"]).ok_or_else(|| form(at, wanted))?;
    let [name, version, sha256] = parts;
    match (
        short_text(name),
        protocol_version(at, version),
        short_text(sha256),
    ) {
        (Some(name), Ok(version), Some(sha256)) if is_sha256(&sha256) => Ok(Pack {
            name,
            version,
            sha256,
        }),
        _ => Err(form(at, wanted)),
    }
}

fn features(value: &Value) -> Result<BTreeMap<Feature, Vec<u32>>, HandshakeError> {
    by_feature("features", value, |feature, at, versions| {
        list(at, versions, |at, version| {
            feature
                .read(version)
                .ok_or_else(|| form(at, versions_of(feature)))
        })
    })
}

fn floors(value: &Value) -> Result<BTreeMap<Feature, u32>, HandshakeError> {
    by_feature("floors", value, |feature, at, version| {
        feature
            .read(version)
            .ok_or_else(|| form(at, floor_of(feature)))
    })
}

fn by_feature<T>(
    at: &str,
    value: &Value,
    read: impl Fn(Feature, &str, &Value) -> Result<T, HandshakeError>,
) -> Result<BTreeMap<Feature, T>, HandshakeError> {
    let entries = value
        .as_object()
        .ok_or_else(|| form(at, "an object with a key for each feature"))?;
    entries
        .iter()
        .filter(|(name, _)| !name.starts_with("x-"))
        .map(|(name, value)| {
            let at = format!("{at}.{}", shown(name));
            let feature =
                Feature::named(name).ok_or_else(|| HandshakeError::UnknownKey(at.clone()))?;
            Ok((feature, read(feature, &at, value)?))
        })
        .collect()
}

fn versions_of(feature: Feature) -> &'static str {
    match feature {
        Feature::Mcp => "a list of revisions such as \"2025-11-25\"",
        _ => "a list of whole numbers from 1",
    }
}

fn floor_of(feature: Feature) -> &'static str {
    match feature {
        Feature::Mcp => "a revision such as \"2025-11-25\"",
        _ => "a whole number from 1",
    }
}

/// Returns the values of an object with these keys and no others, in this order.
fn exactly<'a, const N: usize>(value: &'a Value, keys: [&str; N]) -> Option<[&'a Value; N]> {
    let entries = value.as_object().filter(|entries| entries.len() == N)?;
    let values: Option<Vec<&Value>> = keys.iter().map(|key| entries.get(*key)).collect();
    values?.try_into().ok()
}

fn short_text(value: &Value) -> Option<String> {
    value
        .as_str()
        .filter(|text| !text.is_empty() && text.len() <= NAME_BYTES_MAX)
        .filter(|text| text.bytes().all(|byte| byte.is_ascii_graphic()))
        .map(str::to_owned)
}

fn is_sha256(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

/// Returns the printable beginning of a key that came from outside.
fn shown(key: &str) -> String {
    key.chars().filter(|c| !c.is_control()).take(40).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> String {
        ClientOffer::parse(text).unwrap_err().to_string()
    }

    #[test]
    fn an_offer_is_read_whole() {
        let text = r#"{"protocol":[1],"tokenizers":["o200k_base"],"features":{"ascii":[1,2],"mcp":["2025-11-25"]},
            "packs":[],"floors":{"ascii":1},"receipt":true,"x-mine":{"a":1}}"#;
        let offer = ClientOffer::parse(text).unwrap();
        assert!(offer.wants_receipt);
        assert_eq!(offer.text.as_deref(), Some(text));
        let server = Offer::of_this_build(vec![Tokenizer {
            name: "o200k_base".to_owned(),
            fingerprint: format!("sha256:{}", "0".repeat(64)),
        }]);
        let complete = offer.complete(&server);
        assert_eq!(complete.tokenizers, server.tokenizers);
        assert_eq!(complete.features.get(&Feature::Ascii), Some(&vec![1, 2]));
        assert_eq!(complete.features.get(&Feature::Checksums), None);
        assert_eq!(ClientOffer::parse("{}").unwrap().complete(&server), server);
    }

    #[test]
    fn what_is_unknown_repeated_or_misshapen_is_named() {
        assert_eq!(
            error(r#"{"tokenizer":"o200k_base"}"#),
            "the offer has an unknown key `tokenizer`"
        );
        assert_eq!(
            error(r#"{"features":{"utf8":[1]}}"#),
            "the offer has an unknown key `features.utf8`"
        );
        assert_eq!(
            error(r#"{"features":{"ascii":["1"]}}"#),
            "`features.ascii` of the offer must be a list of whole numbers from 1"
        );
        assert_eq!(
            error(r#"{"floors":{"mcp":20251125}}"#),
            "`floors.mcp` of the offer must be a revision such as \"2025-11-25\""
        );
        assert!(error(r#"{"receipt":1,"receipt":2}"#).contains("the key `receipt` is repeated"));
        for text in [
            r#"{"protocol":1}"#,
            r#"{"tokenizers":[{"name":"x"}]}"#,
            r#"{"tokenizers":[{"name":"x","fingerprint":"sha256:0"}]}"#,
            r#"{"tokenizers":[""]}"#,
            r#"{"packs":[{"name":"x","version":1,"sha256":"0"}]}"#,
            r#"{"receipt":"yes"}"#,
            "[]",
            "null",
            "{",
        ] {
            assert!(ClientOffer::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn size_and_length_are_bounded() {
        let long = format!(r#"{{"x-":"{}"}}"#, "x".repeat(OFFER_BYTES_MAX));
        assert!(error(&long).contains("at most 65536"));
        let many = vec!["1"; LIST_MAX + 1].join(",");
        assert!(error(&format!(r#"{{"protocol":[{many}]}}"#)).contains("at most 64 entries"));
    }
}
