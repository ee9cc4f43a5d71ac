//! Documentation sources, their pages and sections. The search index is derived from these rows.

pub(super) const SCHEMA: &str = "
CREATE TABLE sources (id INTEGER PRIMARY KEY AUTOINCREMENT) STRICT;
";
