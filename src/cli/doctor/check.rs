//! A check and what it finds.

use super::subject::Subject;

/// One question about the set-up. Its id stands in `docs/troubleshooting.md` and never changes.
pub(super) struct Check {
    /// Name for scripts and for the papers: `[a-z-]+`.
    pub(super) id: &'static str,
    /// Answers the question, with at least one finding.
    pub(super) examine: fn(&Subject) -> Vec<Finding>,
}

/// How bad a finding is, the least first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Status {
    /// As it should be.
    Pass,
    /// Something works less well than it could.
    Warn,
    /// Something does not work.
    Fail,
}

impl Status {
    /// Returns the word for scripts.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Warn => "warn",
            Self::Fail => "fail",
        }
    }

    /// Returns the mark for people.
    pub(super) fn mark(self) -> &'static str {
        match self {
            Self::Pass => "✔",
            Self::Warn => "!",
            Self::Fail => "✘",
        }
    }

    /// Returns the exit code of the whole.
    pub(super) fn exit_code(self) -> u8 {
        match self {
            Self::Pass => 0,
            Self::Warn => 1,
            Self::Fail => 2,
        }
    }
}

/// What a check found.
#[derive(Debug)]
pub(super) struct Finding {
    /// How bad it is.
    pub(super) status: Status,
    /// What is so, in one sentence.
    pub(super) what: String,
    /// What to do about it.
    pub(super) fix: Option<String>,
}

impl Finding {
    /// All is well.
    pub(super) fn pass(what: impl Into<String>) -> Self {
        Self {
            status: Status::Pass,
            what: what.into(),
            fix: None,
        }
    }

    /// It works, but.
    pub(super) fn warn(what: impl Into<String>, fix: impl Into<String>) -> Self {
        Self {
            status: Status::Warn,
            what: what.into(),
            fix: Some(fix.into()),
        }
    }

    /// It does not work.
    pub(super) fn fail(what: impl Into<String>, fix: impl Into<String>) -> Self {
        Self {
            status: Status::Fail,
            what: what.into(),
            fix: Some(fix.into()),
        }
    }
}
