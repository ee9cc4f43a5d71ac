//! Errors for people: `error:`, `hint:` and an exit code.

use std::process::ExitCode;

use crate::config::ConfigError;
use crate::store::StoreError;
use crate::tools::ToolError;

/// What failed, what to do next, and the exit code that says so to a script.
#[derive(Debug, thiserror::Error)]
#[error("{what}")]
pub struct Failure {
    what: String,
    hint: String,
    code: u8,
}

impl Failure {
    /// Usage or unexpected: exit code 1.
    pub fn new(what: impl Into<String>, hint: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            hint: hint.into(),
            code: 1,
        }
    }

    /// What to do next.
    pub fn hint(&self) -> &str {
        &self.hint
    }

    /// The same failure with another exit code of the table in [`super`].
    #[must_use]
    pub fn code(self, code: u8) -> Self {
        Self { code, ..self }
    }
}

impl From<ToolError> for Failure {
    fn from(error: ToolError) -> Self {
        Self::new(error.what, error.hint).code(5)
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::new(error.to_string(), error.hint())
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self::new(error.to_string(), error.hint())
    }
}

/// Prints `error` on stderr, as text or as one JSON line, and returns its exit code.
#[expect(clippy::print_stderr, reason = "stderr is where people read errors")]
pub(super) fn report(error: &anyhow::Error, json: bool) -> ExitCode {
    let hint = hint_of(error);
    let code = error
        .downcast_ref::<Failure>()
        .map_or(1, |failure| failure.code);
    let message = said(error);
    if json {
        let body = serde_json::json!({"error": {"code": code, "message": message, "hint": hint}});
        eprintln!("{body}");
    } else {
        eprintln!("error: {message}\nhint: {hint}");
    }
    ExitCode::from(code)
}

/// Returns what to do about `error`.
pub(super) fn hint_of(error: &anyhow::Error) -> &str {
    let failure = error.downcast_ref::<Failure>();
    match (failure, error.downcast_ref::<StoreError>()) {
        (Some(failure), _) => failure.hint.as_str(),
        (None, Some(store)) => store.hint(),
        (None, None) => "see `mrconductor doctor`",
    }
}

/// Returns what `error` and its causes say, each thing once: some errors quote their cause.
fn said(error: &anyhow::Error) -> String {
    let mut message = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if message.is_empty() {
            message = cause;
        } else if !message.contains(&cause) {
            message = format!("{message}: {cause}");
        }
    }
    message
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cause_that_was_quoted_is_not_said_again() {
        let lost = std::io::Error::other("no such table");
        let quoting = anyhow::Error::new(lost).context("the store failed: no such table");
        assert_eq!(said(&quoting), "the store failed: no such table");
        let lost = std::io::Error::other("disk full");
        let other = anyhow::Error::new(lost).context("cannot write");
        assert_eq!(said(&other), "cannot write: disk full");
    }
}
