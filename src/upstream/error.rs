//! Why a vendor could not be asked, in words for an agent and for a person.

use std::time::Duration;

use super::clean::visible;

/// Why a call did not come to an answer of the vendor. It can be cloned: everyone who waited for one session hears the same.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// The settings keep the vendor from being used.
    #[error("is off: {why}")]
    Off {
        /// Why.
        why: String,
        /// What to do.
        hint: String,
    },
    /// No connection came about.
    #[error("cannot be reached: {0}")]
    Unreachable(String),
    /// The vendor did not open a session or did not speak within the time.
    #[error("did not answer within {} ms", .0.as_millis())]
    TimedOut(Duration),
    /// It wants another key.
    #[error("refused the request with HTTP {0}")]
    Refused(u16),
    /// It sent an HTTP error.
    #[error("answered HTTP {status}{}", .retry_after.as_ref().map(|wait| format!(", try again after {wait}")).unwrap_or_default())]
    Status {
        /// The status.
        status: u16,
        /// Its `Retry-After`.
        retry_after: Option<String>,
    },
    /// It no longer knows our session; nothing was done.
    #[error("forgot the session")]
    SessionLost,
    /// The answer broke off: whether the call was done is not known.
    #[error("broke off its answer: {0}")]
    BrokenOff(String),
    /// One message is larger than [`super::http::MESSAGE_BYTES_MAX`].
    #[error("sent a message larger than {} MiB", super::http::MESSAGE_BYTES_MAX >> 20)]
    TooLarge,
    /// It answered something that is not MCP.
    #[error("does not speak MCP at this address: {0}")]
    NotMcp(String),
    /// It answered a request of ours with a protocol error.
    #[error("answered with error {code}: {message}")]
    Protocol {
        /// JSON-RPC code.
        code: i64,
        /// JSON-RPC message.
        message: String,
    },
}

/// Characters of a vendor's own words that are passed on in an error.
const WORDS_MAX: usize = 500;

impl CallError {
    /// Makes the error of an answer that is not MCP; `what` may quote the vendor.
    pub(super) fn not_mcp(what: &str) -> Self {
        Self::NotMcp(quotable(what))
    }

    /// Makes the error of an answer that is a protocol error.
    pub(super) fn protocol(code: i64, message: &str) -> Self {
        Self::Protocol {
            code,
            message: quotable(message),
        }
    }

    /// Returns what to do next.
    pub fn hint(&self, vendor: &str) -> String {
        match self {
            Self::Off { hint, .. } => hint.clone(),
            Self::Unreachable(_) | Self::TimedOut(_) => format!(
                "the local tools work on; the next call tries `{vendor}` anew; `mrconductor upstream test {vendor}` shows more"
            ),
            Self::Refused(_) => format!(
                "ask the person to check `upstream.{vendor}.headers` and the variables it names"
            ),
            Self::Status { .. } | Self::SessionLost => {
                "try again later; the local tools work on".to_owned()
            }
            Self::BrokenOff(_) => {
                "the call may have been carried out: look before you repeat it".to_owned()
            }
            Self::TooLarge => "ask for less at once".to_owned(),
            Self::NotMcp(_) => format!("ask the person to check `upstream.{vendor}.url`"),
            Self::Protocol { .. } => {
                format!("`mrconductor upstream test {vendor}` shows what the vendor offers")
            }
        }
    }

    /// Returns the text an agent reads in place of an answer.
    pub fn told(&self, vendor: &str) -> String {
        format!("vendor `{vendor}` {self}\nhint: {}", self.hint(vendor))
    }
}

/// Returns a vendor's words as they can stand in an error: seen, on a line, and not too many.
fn quotable(words: &str) -> String {
    visible(words)
        .replace('\n', " ")
        .chars()
        .take(WORDS_MAX)
        .collect()
}
