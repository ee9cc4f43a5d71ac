//! Every line from the client, once: read, checked, and sent to who answers it. Runs on the thread that reads stdin.

use std::borrow::Cow;
use std::time::{Duration, Instant};

use rmcp::ServiceExt as _;
use rmcp::model::{
    ClientJsonRpcMessage, ClientNotification, ClientRequest, JsonRpcMessage, RequestId,
};
use rmcp::service::serve_directly;
use serde_json::value::RawValue;
use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;

use super::handler::Handler;
use super::id::Id;
use super::line::{LINE_BYTES_MAX, Line};
use super::link::{Exchange, Inbound, Link, Worker};
use super::message::{Message, Request, cancelled_id, code};
use super::pending::{Refused, Ticket};
use super::recover::{Recovered, Scan};
use super::strict::{self, Refusal};
use super::{relay, reply};
use crate::upstream::VendorCall;

/// Error replies without an id in one second: a stream of rubbish must not become a stream of answers.
const BLIND_REPLIES_MAX: u32 = 16;

/// Methods that have parameters of a known form; of any other the client is told that it is not there.
const METHODS: &[&str] = &[
    "initialize",
    "tools/call",
    "tools/list",
    "server/discover",
    "subscriptions/listen",
];

/// Routes lines.
pub(super) struct Front {
    runtime: Handle,
    handler: Handler,
    exchange: Exchange,
    /// The session that `initialize` opened, up to 2025-11-25.
    session: Option<Inbound>,
    /// Requests that describe themselves, since 2026-07-28.
    modern: Option<Inbound>,
    blind: Blind,
}

impl Front {
    pub(super) fn new(runtime: Handle, handler: Handler, exchange: Exchange) -> Self {
        Self {
            runtime,
            handler,
            exchange,
            session: None,
            modern: None,
            blind: Blind::default(),
        }
    }

    /// Takes one line. A broken one costs itself alone.
    pub(super) fn take(&mut self, line: Line) {
        let bytes = match line {
            Line::Whole(bytes) => bytes,
            Line::TooLong(recovered) => {
                let reason = format!("a line may have {LINE_BYTES_MAX} bytes, this one had more");
                let hint = "send large text as a `path`";
                return self.reject(&recovered, code::INVALID_REQUEST, &reason, hint);
            }
        };
        // A byte order mark is no part of JSON, but some shells put one in front.
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
        if bytes.iter().all(u8::is_ascii_whitespace) {
            return;
        }
        let Ok(text) = std::str::from_utf8(bytes) else {
            let hint = "encode messages as UTF-8";
            return self.reject(&recover(bytes), code::PARSE, "not UTF-8", hint);
        };
        match strict::check(text) {
            Ok(()) => self.route(text, true),
            Err(refusal @ Refusal::Syntax(_)) => {
                let hint = "send one JSON-RPC message a line";
                self.reject(&recover(bytes), code::PARSE, &refusal.to_string(), hint);
            }
            Err(refusal @ Refusal::Ambiguous(_)) => {
                let hint = "send each key once, without NUL, at most 64 levels deep";
                self.reject(
                    &recover(bytes),
                    code::INVALID_REQUEST,
                    &refusal.to_string(),
                    hint,
                );
            }
        }
    }

    fn route(&mut self, text: &str, may_be_batch: bool) {
        match Message::read(text) {
            Message::Request(request) => self.request(&request, text.len()),
            Message::Notification { method, params } => self.notification(&method, params),
            Message::Reply => tracing::debug!("a reply to nothing"),
            Message::Batch(messages) if may_be_batch => {
                for message in messages {
                    self.route(message.get(), false);
                }
            }
            Message::Batch(_) => self.invalid(None, "a batch cannot hold a batch"),
            Message::Invalid { id, reason } => self.invalid(id, reason),
        }
    }

    fn request(&mut self, request: &Request<'_>, bytes: usize) {
        if let Some(tool) = self.vendor_tool(request) {
            return self.relay(request, tool, bytes);
        }
        let Some(typed) = typed(request) else {
            let message = format!("the parameters of `{}` do not fit", request.method);
            return self.error(&request.id, code::INVALID_PARAMS, &message);
        };
        let service = match &typed {
            ClientRequest::InitializeRequest(_) => self.open_session(),
            _ if request.is_modern() => self.modern(),
            // Whether the server lives is no question for a queue; it may be asked before `initialize` as well.
            ClientRequest::PingRequest(_) => {
                let text = reply::result(&request.id, "{}");
                return self.exchange.output.send_blocking(text);
            }
            _ => {
                let Some(session) = &self.session else {
                    let message = "no session is open and the request names no protocol version\n\
                        hint: send `initialize` first, or `_meta` as 2026-07-28 has it";
                    return self.error(&request.id, code::INVALID_PARAMS, message);
                };
                session.clone()
            }
        };
        let worker = Worker::Service(service.clone());
        if let Some(ticket) = self.begin(&request.id, bytes, worker) {
            let message = JsonRpcMessage::request(typed, RequestId::Number(ticket));
            if service.blocking_send(message).is_err() {
                self.session_lost(ticket);
            }
        }
    }

    /// Returns the tool where the request is a call of a vendor's.
    fn vendor_tool(&self, request: &Request<'_>) -> Option<String> {
        let vendors = self.exchange.vendors.as_ref()?;
        let tool = (request.method == "tools/call").then(|| request.tool())??;
        (tool.contains("__") && vendors.owns(&tool)).then(|| tool.into_owned())
    }

    fn relay(&mut self, request: &Request<'_>, tool: String, bytes: usize) {
        let (Some(vendors), Some(params)) = (self.exchange.vendors.clone(), request.params) else {
            return;
        };
        let is_modern = request.is_modern();
        if !is_modern && self.session.is_none() {
            let message = "no session is open\nhint: send `initialize` first";
            return self.error(&request.id, code::INVALID_PARAMS, message);
        }
        let cancelled = CancellationToken::new();
        let worker = Worker::Vendor(cancelled.clone());
        if let Some(ticket) = self.begin(&request.id, bytes, worker) {
            let call = VendorCall {
                tool,
                params: self.spelled_out(params),
                progress_token: request.progress_token().map(ToOwned::to_owned),
            };
            let exchange = self.exchange.clone();
            self.runtime.spawn(relay::relay(
                exchange, vendors, call, ticket, is_modern, cancelled,
            ));
        }
    }

    /// A vendor knows nothing of the names that this client was told for identifiers.
    fn spelled_out(&self, params: &RawValue) -> Box<RawValue> {
        let spelled = match self.handler.engines.spelled_out(params.get()) {
            Cow::Borrowed(_) => None,
            Cow::Owned(spelled) => RawValue::from_string(spelled).ok(),
        };
        spelled.unwrap_or_else(|| params.to_owned())
    }

    fn notification(&mut self, method: &str, params: Option<&RawValue>) {
        match method {
            "notifications/cancelled" => {
                let cancelled =
                    cancelled_id(params).and_then(|id| self.exchange.pending.cancel(&id));
                match cancelled {
                    Some((ticket, Worker::Service(service))) => {
                        if let Some(message) = cancellation(ticket) {
                            // A service that is gone has nothing left to cancel.
                            drop(service.blocking_send(message));
                        }
                    }
                    Some((_, Worker::Vendor(cancelled))) => cancelled.cancel(),
                    None => {}
                }
            }
            "notifications/initialized" => {
                if let (Some(session), Ok(message)) = (
                    &self.session,
                    serde_json::from_str(
                        r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#,
                    ),
                ) {
                    drop(session.blocking_send(message));
                }
            }
            _ => tracing::debug!("a notification of no interest"),
        }
    }

    /// Opens a session for `initialize`. One that was open before ends when its last answer is given.
    fn open_session(&mut self) -> Inbound {
        let (inbound, link) = Link::new(self.exchange.clone());
        let handler = self.handler.clone();
        self.runtime.spawn(async move {
            match handler.serve(link).await {
                Ok(session) => drop(session.waiting().await),
                Err(error) => tracing::warn!(%error, "a session could not be opened"),
            }
        });
        self.session.insert(inbound).clone()
    }

    /// Returns the service of requests that describe themselves; it has no state, so one is enough.
    fn modern(&mut self) -> Inbound {
        if let Some(inbound) = self.modern.as_ref().filter(|inbound| !inbound.is_closed()) {
            return inbound.clone();
        }
        let (inbound, link) = Link::new(self.exchange.clone());
        let handler = self.handler.clone();
        self.runtime.spawn(async move {
            drop(serve_directly(handler, link, None).waiting().await);
        });
        self.modern.insert(inbound).clone()
    }

    /// Takes the request in, or answers why not.
    fn begin(&mut self, id: &Id, bytes: usize, worker: Worker) -> Option<Ticket> {
        match self.exchange.pending.begin(id, bytes, worker) {
            Ok(ticket) => Some(ticket),
            Err(Refused::Duplicate) => {
                let message = "a request with this id is in flight\nhint: use each id once";
                self.error(id, code::INVALID_REQUEST, message);
                None
            }
            Err(Refused::Full) => {
                let message =
                    "too many requests are in flight\nhint: wait for an answer, then send the next";
                self.error(id, code::INTERNAL, message);
                None
            }
        }
    }

    fn session_lost(&mut self, ticket: Ticket) {
        if let Some(leaving) = self.exchange.pending.answer(ticket) {
            let message = "the session has ended\nhint: send `initialize` again";
            let text = reply::error(Some(&leaving.id), code::INTERNAL, message, None);
            self.exchange.output.send_blocking(text);
        }
    }

    fn error(&mut self, id: &Id, code: i64, message: &str) {
        let text = reply::error(Some(id), code, message, None);
        self.exchange.output.send_blocking(text);
    }

    fn invalid(&mut self, id: Option<Id>, reason: &str) {
        let recovered = Recovered {
            id,
            is_reply: false,
        };
        self.reject(
            &recovered,
            code::INVALID_REQUEST,
            reason,
            "send JSON-RPC 2.0 as MCP has it",
        );
    }

    /// Answers a line that is no message: under its id where it has one, else only so many times a second.
    fn reject(&mut self, line: &Recovered, code: i64, reason: &str, hint: &str) {
        tracing::debug!(code, "refused a line");
        if line.is_reply || (line.id.is_none() && !self.blind.allows(Instant::now())) {
            return;
        }
        let message = format!("{reason}\nhint: {hint}");
        let text = reply::error(line.id.as_ref(), code, &message, None);
        self.exchange.output.send_blocking(text);
    }
}

/// Counts error replies that have no id.
#[derive(Debug, Default)]
struct Blind {
    second: Option<Instant>,
    used: u32,
}

impl Blind {
    fn allows(&mut self, now: Instant) -> bool {
        let same = self
            .second
            .is_some_and(|start| now.duration_since(start) < Duration::from_secs(1));
        if !same {
            self.second = Some(now);
            self.used = 0;
        }
        self.used = self.used.saturating_add(1);
        self.used <= BLIND_REPLIES_MAX
    }
}

fn recover(bytes: &[u8]) -> Recovered {
    let mut scan = Scan::default();
    scan.feed(bytes);
    scan.finish()
}

/// Reads a request into rmcp's types; `None` where its parameters are not those of its method.
fn typed(request: &Request<'_>) -> Option<ClientRequest> {
    let method = serde_json::Value::from(request.method.as_ref());
    let text = match request.params {
        Some(params) => format!(r#"{{"method":{method},"params":{}}}"#, params.get()),
        None => format!(r#"{{"method":{method}}}"#),
    };
    match serde_json::from_str(&text).ok()? {
        // rmcp takes whatever it cannot read for a method of somebody else's.
        ClientRequest::CustomRequest(_) if METHODS.contains(&request.method.as_ref()) => None,
        typed => Some(typed),
    }
}

fn cancellation(ticket: Ticket) -> Option<ClientJsonRpcMessage> {
    let text =
        format!(r#"{{"method":"notifications/cancelled","params":{{"requestId":{ticket}}}}}"#);
    let notification: ClientNotification = serde_json::from_str(&text).ok()?;
    Some(JsonRpcMessage::notification(notification))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blind_replies_are_so_many_a_second() {
        let start = Instant::now();
        let mut blind = Blind::default();
        let allowed = (0..100).filter(|_| blind.allows(start)).count();
        assert_eq!(allowed, 16);
        assert!(!blind.allows(start + Duration::from_millis(999)));
        assert!(blind.allows(start + Duration::from_secs(1)));
    }
}
