//! The seam between the server and vendor servers: raw JSON in, raw JSON out, never re-typed.
//!
//! A typed relay loses what its types do not know, and reorders progress and result; so the server cuts a call for a
//! vendor out of its line as it stands, and splices what comes back into the reply.

use futures_util::future::BoxFuture;
use serde_json::value::RawValue;
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

/// The vendors of one process, as the server sees them.
pub trait Vendors: Send + Sync + 'static {
    /// Returns the tool objects of every vendor, already named `NAME__tool`, from memory: never waits.
    fn tools(&self) -> Vec<Box<RawValue>>;

    /// Tells whether a call of `tool` is for a vendor.
    fn owns(&self, tool: &str) -> bool;

    /// Relays one call. Sends its notifications in order, then exactly one outcome, to `events`; stops when `cancelled`.
    fn call(
        &self,
        call: VendorCall,
        events: mpsc::Sender<VendorEvent>,
        cancelled: CancellationToken,
    ) -> BoxFuture<'static, ()>;

    /// Returns the generation of [`Self::tools`]: 0 at first, and one more whenever the list changes.
    fn on_change(&self) -> watch::Receiver<u64>;
}

/// One `tools/call` for a vendor.
#[derive(Debug)]
pub struct VendorCall {
    /// Name on the wire of our side: `NAME__tool`.
    pub tool: String,
    /// The client's `params`, verbatim.
    pub params: Box<RawValue>,
    /// The client's `params._meta.progressToken`, where it asked for progress.
    pub progress_token: Option<Box<RawValue>>,
}

/// What a vendor's call brings back.
#[derive(Debug)]
pub enum VendorEvent {
    /// `params` of one `notifications/progress`, already under the client's progress token.
    Notification(Box<RawValue>),
    /// The vendor's `result`, verbatim. An outcome.
    Result(Box<RawValue>),
    /// The vendor could not be asked: text for the model, with `isError: true`. An outcome.
    ToolError(String),
    /// The vendor answered with a protocol error. An outcome.
    Protocol {
        /// JSON-RPC error code.
        code: i64,
        /// JSON-RPC error message.
        message: String,
        /// What the vendor adds to it.
        data: Option<serde_json::Value>,
    },
}
