//! Why two sides could not agree.

use super::offer::OFFER_BYTES_MAX;

/// A refused offer, or two offers without a common ground.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HandshakeError {
    /// The offer is larger than any honest one.
    #[error("the offer has {0} bytes; at most {OFFER_BYTES_MAX} are read")]
    TooLarge(usize),
    /// The offer is not the JSON it should be.
    #[error("the offer is not read: {0}")]
    Json(String),
    /// A key that this version does not know.
    #[error("the offer has an unknown key `{0}`")]
    UnknownKey(String),
    /// A value of the wrong form.
    #[error("`{at}` of the offer must be {wanted}")]
    Form {
        /// The key, with the keys it lies under.
        at: String,
        /// What it must be.
        wanted: &'static str,
    },
    /// No version of the handshake is common.
    #[error("no common version of the handshake: the client speaks {client}, the server {server}")]
    Protocol {
        /// Versions of the client.
        client: String,
        /// Versions of the server.
        server: String,
    },
    /// No tokenizer is common.
    #[error("no common tokenizer: the client has {client}, the server {server}")]
    Tokenizer {
        /// Tokenizers of the client.
        client: String,
        /// Tokenizers of the server.
        server: String,
    },
    /// A feature fell below what one side insists on.
    #[error("`{feature}` came out as {chosen}, below the floor {floor}")]
    Floor {
        /// The feature.
        feature: &'static str,
        /// What would have been agreed.
        chosen: String,
        /// The least that was insisted on.
        floor: String,
    },
}

impl HandshakeError {
    /// Says what to do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::TooLarge(_) => "offer less; an offer takes a few hundred bytes",
            Self::Json(_) => {
                "send one JSON object without repeated keys, nested at most 16 deep, or no offer for the defaults"
            }
            Self::UnknownKey(_) => {
                "use protocol, tokenizers, features, packs, floors, receipt; own keys begin with `x-`"
            }
            Self::Form { .. } => {
                r#"an offer looks like {"tokenizers":["o200k_base"],"features":{"ascii":[1],"mcp":["2025-11-25"]},"floors":{"ascii":1}}"#
            }
            Self::Protocol { .. } => "update the older side, or call without an offer",
            Self::Tokenizer { .. } => {
                "offer one of the server's tokenizers, or leave `tokenizers` out to take its default"
            }
            Self::Floor { .. } => {
                "lower the floor, or do without: the other tools need no handshake"
            }
        }
    }
}
