//! `handshake`: agrees protocol, tokenizer and features, and hands out a session with a signed receipt.
//!
//! The other tools work without it. What it adds is a handle that carries the agreed tokenizer to them, and a receipt that
//! can be checked years later with `ssh-keygen` alone.

use std::fmt::Write as _;
use std::sync::OnceLock;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::{Answer, Engines, JsonObject, TOOLS, Tool, ToolError, parse, schema_of};
use crate::config::{Page, clock};
use crate::handshake::{
    Agreement, ClientOffer, HandshakeError, OFFER_BYTES_MAX, Offer, RECEIPT_NAMESPACE, Receipt,
    Tokenizer, negotiate,
};
use crate::keys::{IdentityName, KeyError, SigningKey, allowed_signers, random, sshsig};
use crate::store::sessions::Session;
use crate::tokens::{self, Encoding};

/// The principal of the session key in `allowed_signers`.
pub const PRINCIPAL: &str = "mrconductor";

/// Bytes of a receipt shown in the answer; a longer one, with a long offer in it, is in `_meta` and with `--save` only.
const SHOWN_RECEIPT_BYTES_MAX: usize = 6_000;

/// Characters of the tokenizer's fingerprint in the answer: `sha256:` and 64 bits, enough to tell two apart by eye.
const FINGERPRINT_CHARS_SHOWN: usize = 23;

/// How sure the server is of its peer: the operating system started it for that peer, and no key was shown.
const LEVEL: &str = "L0";

/// The tool.
pub struct Handshake;

#[derive(Deserialize, JsonSchema)]
struct Arguments {
    #[schemars(
        description = "What you support, e.g. {\"tokenizers\":[\"cl100k_base\"],\"floors\":{\"ascii\":1},\"receipt\":true}; the rest is the server's"
    )]
    offer: Option<JsonObject>,
}

impl Tool for Handshake {
    fn name(&self) -> &'static str {
        "handshake"
    }

    fn description(&self) -> &'static str {
        "Agrees tokenizer, features and protocol; returns a session handle and a signed receipt. Optional; with the handle as \
         `session`, no name, file or section is told twice."
    }

    fn input_schema(&self) -> JsonObject {
        schema_of::<Arguments>()
    }

    fn call(&self, engines: &Engines, arguments: JsonObject) -> Result<Answer, ToolError> {
        let Arguments { offer } = parse(arguments)?;
        let offer = match offer {
            Some(offer) => ClientOffer::parse(&Value::Object(offer).to_string())?,
            None => ClientOffer::default(),
        };
        Ok(open(engines, &offer, None)?.answer())
    }
}

/// An identity that signs the receipt beside the session key.
pub struct Cosigner {
    /// Its name.
    pub name: IdentityName,
    /// Its key, unlocked.
    pub key: SigningKey,
}

/// A session just agreed.
pub struct Opened {
    session: Session,
    agreed: Agreement,
    /// Why the store did not keep the session, if so.
    not_kept: Option<String>,
    wants_receipt: bool,
    page: Page,
    /// The receipt with its signatures.
    pub receipt: SignedReceipt,
}

/// A receipt, and all that checks it.
pub struct SignedReceipt {
    /// The exact bytes that were signed.
    pub payload: String,
    /// The signature of the session key.
    pub signature: String,
    /// Who signed: lines of an `allowed_signers` file.
    pub allowed_signers: String,
    /// Fingerprint of the session key.
    pub fingerprint: String,
    /// Name and signature of the identity that signed as well.
    pub cosigned: Option<(IdentityName, String)>,
    public_key: String,
}

/// Agrees a session on `offer` and signs its receipt; with `cosigner`, twice.
pub fn open(
    engines: &Engines,
    offer: &ClientOffer,
    cosigner: Option<&Cosigner>,
) -> Result<Opened, ToolError> {
    let server = Offer::of_this_build(Encoding::ALL.map(tokenizer_of).to_vec());
    let agreed = negotiate(&offer.complete(&server), &server)?;
    let handle = format!("s{}", spelled(&random::<16>()?, BASE32, 5));
    let nonce = spelled(&random::<32>()?, BASE16, 4);
    let issued = clock::unix_seconds();

    let key = engines.session_key()?;
    let fingerprint = key.verifying_key().fingerprint();
    let identity = cosigner.map(|by| (by.name.as_str(), by.key.verifying_key().fingerprint()));
    let payload = Receipt {
        session: &handle,
        issued,
        nonce: &nonce,
        server: (PRINCIPAL, env!("CARGO_PKG_VERSION")),
        tools: tools_digest(),
        client_offer: offer,
        server_offer: &server,
        agreed: &agreed,
        session_key: &fingerprint,
        identity: identity.as_ref().map(|(name, key)| (*name, key.as_str())),
    }
    .to_payload()
    .map_err(|error| HandshakeError::Json(error.to_string()))?;

    let receipt = sign(payload, fingerprint, key, cosigner)?;
    let session = Session {
        handle,
        encoding: agreed.tokenizer.name.clone(),
        features: agreed.features_json().to_string(),
        created: issued,
    };
    let kept = engines
        .store()
        .and_then(|store| store.keep_session(&session));
    Ok(Opened {
        session,
        agreed,
        not_kept: kept.err().map(|error| error.to_string()),
        wants_receipt: offer.wants_receipt,
        page: engines.config.settings.page,
        receipt,
    })
}

impl Opened {
    /// The handle of the session.
    pub fn handle(&self) -> &str {
        &self.session.handle
    }

    /// Renders the session for a model: what was agreed in words, everything else as facts.
    pub fn answer(&self) -> Answer {
        Answer {
            text: self.text(),
            facts: self.facts(),
        }
    }

    fn text(&self) -> String {
        let Tokenizer { name, fingerprint } = &self.agreed.tokenizer;
        let short: String = fingerprint.chars().take(FINGERPRINT_CHARS_SHOWN).collect();
        let features = &self.agreed.features;
        let on = features.iter().filter_map(|(feature, version)| {
            Some(format!("{} {}", feature.name(), feature.label((*version)?)))
        });
        let off = features
            .iter()
            .filter(|(_, version)| version.is_none())
            .map(|(feature, _)| feature.name().to_owned());
        let mut text = format!(
            "session {}: pass it as `session`; it names this agreement and authenticates nobody (level {LEVEL}: the \
             operating system vouches for who started this process)\n\
             tokenizer: {name} {short}… (protocol {})\n\
             on: {}\n\
             off: {}\n\
             legend: empty; with `session`, a name is told once (restoring the session lists them), and a file read again by what changed\n\
             limits: {} bytes and {} lines a page\n",
            self.session.handle,
            self.agreed.protocol,
            listed(on),
            listed(off),
            self.page.bytes,
            self.page.lines,
        );
        if let Some(why) = &self.not_kept {
            let _ = writeln!(
                text,
                "not kept ({why}): other calls will not know this session"
            );
        }
        self.receipt.describe(self.wants_receipt, &mut text);
        text
    }

    fn facts(&self) -> JsonObject {
        let facts = json!({
            "session": self.session.handle,
            "kept": self.not_kept.is_none(),
            "level": LEVEL,
            "protocol": self.agreed.protocol,
            "tokenizer": self.agreed.tokenizer.to_json(),
            "features": self.agreed.features_json(),
            "packs": [],
            "legend": "",
            "limits": {
                "offer_bytes": OFFER_BYTES_MAX,
                "page_bytes": self.page.bytes,
                "page_lines": self.page.lines,
            },
            "receipt": self.receipt.to_json(),
        });
        match facts {
            Value::Object(facts) => facts,
            _ => JsonObject::new(),
        }
    }
}

impl SignedReceipt {
    /// Returns the command that checks the saved receipt, run in its folder.
    pub fn verify_command() -> String {
        verify_command(PRINCIPAL, "receipt.sig")
    }

    /// Returns the command that checks the signature of the identity, if one signed.
    pub fn verify_identity_command(&self) -> Option<String> {
        let (name, _) = self.cosigned.as_ref()?;
        Some(verify_command(name.as_str(), "identity.sig"))
    }

    fn describe(&self, in_full: bool, text: &mut String) {
        let _ = write!(text, "receipt: signed by {}", self.fingerprint);
        if let Some((name, _)) = &self.cosigned {
            let _ = write!(text, " and by identity {name}");
        }
        if in_full && self.payload.len() <= SHOWN_RECEIPT_BYTES_MAX {
            let _ = write!(
                text,
                "\nreceipt.json (no newline at the end):\n{}\nreceipt.sig:\n{}\nallowed_signers:\n{}\nverify: {}",
                self.payload,
                self.signature.trim_end(),
                self.allowed_signers.trim_end(),
                Self::verify_command(),
            );
        } else {
            text.push_str(if in_full {
                "; too long to show here, it is in `_meta`"
            } else {
                "; offer `receipt: true` to read it"
            });
        }
    }

    fn to_json(&self) -> Value {
        json!({
            "payload": self.payload,
            "signature": self.signature,
            "namespace": RECEIPT_NAMESPACE,
            "public_key": self.public_key,
            "fingerprint": self.fingerprint,
            "allowed_signers": self.allowed_signers,
            "verify": Self::verify_command(),
            "identity": self.cosigned.as_ref().map(|(name, signature)| json!({
                "name": name.as_str(),
                "signature": signature,
                "verify": self.verify_identity_command(),
            })),
        })
    }
}

fn listed(names: impl Iterator<Item = String>) -> String {
    let names: Vec<String> = names.collect();
    if names.is_empty() {
        "nothing".to_owned()
    } else {
        names.join(", ")
    }
}

fn verify_command(principal: &str, signature: &str) -> String {
    format!(
        "ssh-keygen -Y verify -f allowed_signers -I {principal} -n {RECEIPT_NAMESPACE} -s {signature} < receipt.json"
    )
}

fn sign(
    payload: String,
    fingerprint: String,
    key: &SigningKey,
    cosigner: Option<&Cosigner>,
) -> Result<SignedReceipt, KeyError> {
    let public = key.verifying_key();
    let mut signers = allowed_signers(PRINCIPAL, RECEIPT_NAMESPACE, &public)?;
    signers.push('\n');
    let cosigned = match cosigner {
        Some(by) => {
            let line =
                allowed_signers(by.name.as_str(), RECEIPT_NAMESPACE, &by.key.verifying_key())?;
            let _ = writeln!(signers, "{line}");
            Some((
                by.name.clone(),
                sshsig::sign(&by.key, RECEIPT_NAMESPACE, payload.as_bytes())?,
            ))
        }
        None => None,
    };
    Ok(SignedReceipt {
        signature: sshsig::sign(key, RECEIPT_NAMESPACE, payload.as_bytes())?,
        public_key: public.to_openssh(PRINCIPAL)?,
        allowed_signers: signers,
        payload,
        fingerprint,
        cosigned,
    })
}

fn tokenizer_of(encoding: Encoding) -> Tokenizer {
    Tokenizer {
        name: encoding.name().to_owned(),
        fingerprint: tokens::fingerprint(encoding).to_owned(),
    }
}

/// Returns the SHA-256 of the local tools as compact JSON: name, description and schema of each, in the order of the list.
fn tools_digest() -> &'static str {
    static DIGEST: OnceLock<String> = OnceLock::new();
    DIGEST.get_or_init(|| {
        let list: Vec<Value> = TOOLS
            .iter()
            .map(|tool| {
                json!({
                    "name": tool.name(),
                    "description": tool.description(),
                    "inputSchema": tool.input_schema(),
                })
            })
            .collect();
        let digest = Sha256::digest(Value::Array(list).to_string());
        format!("sha256:{}", spelled(&digest, BASE16, 4))
    })
}

/// Digits of handles: lower case, without those that look alike (Crockford's alphabet).
const BASE32: &[u8] = b"0123456789abcdefghjkmnpqrstvwxyz";
const BASE16: &[u8] = b"0123456789abcdef";

/// Spells `bytes` in digits of `bits` bits, the highest first, filled up with zero bits at the end.
fn spelled(bytes: &[u8], digits: &[u8], bits: u32) -> String {
    let mut text = String::new();
    let (mut held, mut count) = (0_u32, 0);
    let mut push = |digit: u32| {
        let digit = usize::try_from(digit)
            .ok()
            .and_then(|digit| digits.get(digit));
        text.push(digit.map_or('0', |digit| char::from(*digit)));
    };
    for byte in bytes {
        held = held << 8 | u32::from(*byte);
        count += 8;
        while count >= bits {
            count -= bits;
            push(held >> count);
            held &= (1 << count) - 1;
        }
    }
    if count > 0 {
        push(held << (bits - count));
    }
    text
}

impl From<HandshakeError> for ToolError {
    fn from(error: HandshakeError) -> Self {
        Self::new(error.to_string(), error.hint())
    }
}

impl From<KeyError> for ToolError {
    fn from(error: KeyError) -> Self {
        Self::new(error.to_string(), error.hint())
    }
}
