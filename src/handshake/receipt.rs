//! The receipt: what was offered, what was agreed and by whom, as the exact bytes that are signed.
//!
//! A signature is over bytes, never over a re-serialized object: what a verifier reads is what was signed.

use serde::Serialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::{Agreement, ClientOffer, Offer};

/// The use for which receipts are signed (PROTOCOL.sshsig, *namespace*): a signature for anything else is no receipt.
pub const RECEIPT_NAMESPACE: &str = "receipt.v1@mrconductor";

/// Everything that a receipt says.
pub struct Receipt<'a> {
    /// The handle of the session.
    pub session: &'a str,
    /// Unix time in seconds.
    pub issued: i64,
    /// 32 random bytes, in hexadecimal: no two receipts are equal.
    pub nonce: &'a str,
    /// The server's name and version.
    pub server: (&'a str, &'a str),
    /// SHA-256 of the tools that the server listed.
    pub tools: &'a str,
    /// What the client offered.
    pub client_offer: &'a ClientOffer,
    /// What the server offered.
    pub server_offer: &'a Offer,
    /// What came of it.
    pub agreed: &'a Agreement,
    /// Fingerprint of the session key that signs.
    pub session_key: &'a str,
    /// Name and fingerprint of the identity that signs as well.
    pub identity: Option<(&'a str, &'a str)>,
}

#[derive(Serialize)]
struct Payload<'a> {
    r#type: &'static str,
    session: &'a str,
    issued: i64,
    nonce: &'a str,
    level: &'static str,
    server: Server<'a>,
    offers: Offers,
    agreed: Value,
    signers: Signers<'a>,
}

#[derive(Serialize)]
struct Server<'a> {
    name: &'a str,
    version: &'a str,
    tools: &'a str,
}

#[derive(Serialize)]
struct Offers {
    server: Value,
    /// As received, to the byte; `null` if there was none.
    client: Option<Box<RawValue>>,
}

#[derive(Serialize)]
struct Signers<'a> {
    session_key: &'a str,
    identity: Option<Identity<'a>>,
}

#[derive(Serialize)]
struct Identity<'a> {
    name: &'a str,
    fingerprint: &'a str,
}

impl Receipt<'_> {
    /// Spells the receipt: the bytes to sign, to keep and to verify.
    ///
    /// # Errors
    /// Only if the client's offer is no JSON, which [`ClientOffer::parse`] excludes.
    pub fn to_payload(&self) -> Result<String, serde_json::Error> {
        let client = self
            .client_offer
            .text
            .clone()
            .map(RawValue::from_string)
            .transpose()?;
        serde_json::to_string(&Payload {
            r#type: RECEIPT_NAMESPACE,
            session: self.session,
            issued: self.issued,
            nonce: self.nonce,
            level: "L0",
            server: Server {
                name: self.server.0,
                version: self.server.1,
                tools: self.tools,
            },
            offers: Offers {
                server: self.server_offer.to_json(),
                client,
            },
            agreed: self.agreed.to_json(),
            signers: Signers {
                session_key: self.session_key,
                identity: self
                    .identity
                    .map(|(name, fingerprint)| Identity { name, fingerprint }),
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::handshake::{Tokenizer, negotiate};

    fn payload(text: &str, server: &Offer) -> String {
        let client_offer = ClientOffer::parse(text).unwrap();
        let agreed = negotiate(&client_offer.complete(server), server).unwrap();
        Receipt {
            session: "s",
            issued: 1,
            nonce: "n",
            server: ("mrconductor", "0.1.0"),
            tools: "sha256:t",
            client_offer: &client_offer,
            server_offer: server,
            agreed: &agreed,
            session_key: "SHA256:k",
            identity: None,
        }
        .to_payload()
        .unwrap()
    }

    fn server() -> Offer {
        Offer::of_this_build(vec![Tokenizer {
            name: "o200k_base".to_owned(),
            fingerprint: format!("sha256:{}", "0".repeat(64)),
        }])
    }

    #[test]
    fn both_offers_are_carried_in_full_and_the_clients_to_the_byte() {
        let text = r#"{ "floors":{"ascii":1}, "x-n": 1e3 }"#;
        let signed = payload(text, &server());
        assert!(signed.contains(text), "{signed}");
        let read: Value = serde_json::from_str(&signed).unwrap();
        assert_eq!(read["offers"]["server"], server().to_json());
        assert_eq!(read["agreed"]["features"]["unicode"], json!(null));
        assert_eq!(read["type"], json!(RECEIPT_NAMESPACE));
    }

    #[test]
    fn any_edit_of_either_offer_changes_the_signed_bytes() {
        let text = r#"{"protocol":[1],"tokenizers":["o200k_base"],"features":{"ascii":[1],"mcp":["2025-11-25"]},"floors":{"ascii":1},"x-a":"b"}"#;
        let signed = payload(text, &server());
        let mut edits = 0;
        for at in 0..text.len() {
            for edit in [" ", "1", "a"] {
                let mut edited = text.to_owned();
                edited.insert_str(at, edit);
                let accepted = ClientOffer::parse(&edited)
                    .is_ok_and(|offer| negotiate(&offer.complete(&server()), &server()).is_ok());
                if accepted && edited.trim() != text {
                    assert_ne!(payload(&edited, &server()), signed, "{edited}");
                    edits += 1;
                }
            }
        }
        assert!(edits > 20, "only {edits} edits were still offers");
        let mut other = server();
        other
            .features
            .insert(crate::handshake::Feature::Unicode, vec![1]);
        assert_ne!(payload(text, &other), signed);
    }
}
