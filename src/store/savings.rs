//! The ledger of what each call saved, in counted tokens.

pub(super) const SCHEMA: &str = "
CREATE TABLE savings (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    at         INTEGER NOT NULL, -- Unix time, seconds
    tool       TEXT NOT NULL,    -- distill, restore
    kind       TEXT NOT NULL,    -- kind of content, for example json or log
    level      TEXT NOT NULL,
    project    TEXT NOT NULL,    -- path of the project, or empty
    tokens_in  INTEGER NOT NULL, -- o200k_base tokens of the original; 0 for a restore
    tokens_out INTEGER NOT NULL  -- o200k_base tokens that the model was given
) STRICT;
";
