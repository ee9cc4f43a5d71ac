//! Negotiation as a pure function of two offers, and the receipt that says what came of it.
//!
//! ```text
//! client's offer ─┐
//!                 ├─ negotiate ── Agreement ── Receipt (the bytes that are signed)
//! server's offer ─┘
//! ```
//!
//! Both sides can compute the same agreement from the same two offers, and the receipt carries both in full: who edits an
//! offer on the way changes the bytes that were signed. What is off is said to be off. This room knows no keys: the caller
//! signs the receipt's bytes for the use [`RECEIPT_NAMESPACE`].

mod error;
mod feature;
mod negotiation;
mod offer;
mod receipt;
mod strict;

pub use self::error::HandshakeError;
pub use self::feature::{FEATURES, Feature};
pub use self::negotiation::{Agreement, negotiate};
pub use self::offer::{ClientOffer, OFFER_BYTES_MAX, Offer, Pack, Tokenizer};
pub use self::receipt::{RECEIPT_NAMESPACE, Receipt};

/// The version of the handshake itself that this build speaks.
pub const PROTOCOL: u32 = 1;
