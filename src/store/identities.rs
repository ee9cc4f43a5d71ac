//! Identities: sealed signing keys and what may be shown of them.

pub(super) const SCHEMA: &str = "
CREATE TABLE identities (name TEXT PRIMARY KEY) STRICT;
";
