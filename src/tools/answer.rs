//! What a tool gives back: text for the model with facts beside it, or what failed and what to do.

use super::JsonObject;
use crate::store::StoreError;

/// The content of a successful call.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// The text block the model reads; its last line carries the facts in words.
    pub text: String,
    /// The same facts for programs: `_meta` of the result, and `--json` on the command line.
    pub facts: JsonObject,
}

impl Answer {
    /// Whether no further page follows.
    pub(super) fn is_whole(&self) -> bool {
        !self.facts.contains_key("next_cursor")
    }
}

/// A tool could not do what was asked: `isError: true` for the model, an error for a person.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what}\nhint: {hint}")]
pub struct ToolError {
    /// What failed, and on what: lower case, values in backticks, no full stop.
    pub what: String,
    /// What to do next.
    pub hint: String,
}

impl ToolError {
    /// Makes an error from its two sentences.
    pub fn new(what: impl Into<String>, hint: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            hint: hint.into(),
        }
    }
}

impl From<StoreError> for ToolError {
    fn from(error: StoreError) -> Self {
        Self::new(error.to_string(), error.hint())
    }
}
