//! Negotiation as a pure function, and its signed receipt.
