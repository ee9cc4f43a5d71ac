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
    let failure = error.downcast_ref::<Failure>();
    let hint = match (failure, error.downcast_ref::<StoreError>()) {
        (Some(failure), _) => failure.hint.as_str(),
        (None, Some(store)) => store.hint(),
        (None, None) => "see `mrconductor doctor`",
    };
    let code = failure.map_or(1, |failure| failure.code);
    if json {
        let body = serde_json::json!({"error": {"code": code, "message": format!("{error:#}"), "hint": hint}});
        eprintln!("{body}");
    } else {
        eprintln!("error: {error:#}\nhint: {hint}");
    }
    ExitCode::from(code)
}
