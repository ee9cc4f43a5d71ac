//! Ed25519 identities and session keys: made, loaded, used to sign and verify; never shown.
