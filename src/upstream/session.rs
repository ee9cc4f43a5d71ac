//! What is agreed with a vendor, and one request to it.
//!
//! A modern vendor (2026-07-28) keeps no session: each request says its version. A legacy one is initialised first and names
//! the session in a header. Which it is, is asked once: `server/discover`, and `initialize` if that is not understood.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use reqwest::StatusCode;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde_json::value::RawValue;
use tokio::time::timeout;

use super::error::CallError;
use super::http::{Answer, Content, Endpoint, Messages};
use super::wire::{self, Envelope, MODERN, Members, RpcError};

const SESSION_HEADER: &str = "mcp-session-id";
const VERSION_HEADER: &str = "mcp-protocol-version";

/// Versions a legacy vendor may choose, the one we ask for first.
const LEGACY: &[&str] = &["2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"];

/// Longest wait for the answer to `server/discover`: some old servers never answer what they do not know.
const PROBE_TIME_MAX: Duration = Duration::from_secs(2);

/// Times one broken stream is taken up again, and the wait before that when the vendor names none or a long one.
const RESUMES_MAX: usize = 5;
const RESUME_WAIT: Duration = Duration::from_millis(500);
const RESUME_WAIT_MAX: Duration = Duration::from_secs(10);

/// Which of the two protocols a vendor speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Era {
    /// `initialize` and sessions, up to 2025-11-25.
    Legacy,
    /// Stateless, from 2026-07-28.
    Modern,
}

/// An agreement with a vendor.
#[derive(Debug)]
pub(super) struct Session {
    endpoint: Endpoint,
    /// Which protocol it speaks.
    pub(super) era: Era,
    /// The version agreed.
    pub(super) version: String,
    id: Option<HeaderValue>,
    next_id: AtomicU64,
}

/// One request, before it is stamped for the vendor's era.
pub(super) struct Request<'a> {
    pub(super) id: u64,
    pub(super) method: &'a str,
    /// The tool that a call is for.
    pub(super) name: Option<&'a str>,
    /// Headers that repeat arguments, for modern vendors.
    pub(super) headers: Vec<(HeaderName, HeaderValue)>,
    pub(super) params: Members<'a>,
}

/// How a vendor answered a request.
#[derive(Debug)]
pub(super) enum Outcome {
    /// `result`, as written.
    Result(Box<RawValue>),
    /// `error`.
    Error(RpcError),
}

/// Takes a vendor's notifications while a request runs.
pub(super) trait Notices {
    /// Takes one: its method and its `params` as written.
    async fn notice(&mut self, method: &str, params: &RawValue);
}

/// Lets notifications pass unseen.
pub(super) struct Unheard;

impl Notices for Unheard {
    async fn notice(&mut self, _method: &str, _params: &RawValue) {}
}

impl Session {
    /// Agrees with the vendor at `endpoint` within `time`; `known` is the era it spoke last.
    pub(super) async fn open(
        endpoint: Endpoint,
        known: Option<Era>,
        time: Duration,
    ) -> Result<Self, CallError> {
        let agreed = async {
            if known == Some(Era::Legacy) {
                match initialize(endpoint.clone(), time).await {
                    // It may have become modern since.
                    Err(CallError::Protocol { .. } | CallError::NotMcp(_)) => {}
                    opened => return opened,
                }
            }
            if discover(&endpoint, time).await? {
                return Ok(Self::new(endpoint, Era::Modern, MODERN, None));
            }
            initialize(endpoint, time).await
        };
        timeout(time, agreed)
            .await
            .unwrap_or(Err(CallError::TimedOut(time)))
    }

    fn new(endpoint: Endpoint, era: Era, version: &str, id: Option<HeaderValue>) -> Self {
        Self {
            endpoint,
            era,
            version: version.to_owned(),
            id,
            next_id: AtomicU64::new(1),
        }
    }

    /// Returns an id that this session has not used.
    pub(super) fn next_id(&self) -> u64 {
        self.next_id.fetch_add(1, Ordering::Relaxed)
    }

    /// Sends a request and reads until its answer; `silence` is the longest wait for the next sign of life.
    pub(super) async fn request(
        &self,
        mut request: Request<'_>,
        silence: Duration,
        notices: &mut impl Notices,
    ) -> Result<Outcome, CallError> {
        wire::stamp(&mut request.params, self.era == Era::Modern);
        let body = wire::request(request.id, request.method, &request.params.to_json());
        let mut headers = self.headers(request.method, request.name);
        headers.extend(request.headers);
        let in_time = |waited: Result<_, tokio::time::error::Elapsed>| {
            waited.unwrap_or(Err(CallError::TimedOut(silence)))
        };
        let answer = in_time(timeout(silence, self.endpoint.post(body, headers)).await)?;
        let mut messages = match self.judge(answer)? {
            Judged::Messages(messages) => messages,
            Judged::Answered(outcome) => return Ok(outcome),
        };
        let mut resumes = 0;
        loop {
            let next = timeout(silence, messages.next()).await;
            let next = next.unwrap_or(Err(CallError::TimedOut(silence)));
            match next {
                Ok(Some(message)) => {
                    if let Some(outcome) = self.hear(&message, request.id, notices).await? {
                        return Ok(outcome);
                    }
                }
                // A legacy vendor may let go of a stream on purpose and go on with it on the next.
                Ok(None) | Err(CallError::BrokenOff(_))
                    if resumes < RESUMES_MAX
                        && self.era == Era::Legacy
                        && messages.place().is_some() =>
                {
                    resumes += 1;
                    let (place, wait) = messages.place().unwrap_or_default();
                    tokio::time::sleep(wait.unwrap_or(RESUME_WAIT).min(RESUME_WAIT_MAX)).await;
                    let resumed = self.endpoint.resume(&place, self.headers("", None));
                    match timeout(silence, resumed).await {
                        Ok(Ok(Answer {
                            content: Content::Messages(again),
                            ..
                        })) => messages = again,
                        _ => return Err(CallError::BrokenOff("the stream ended early".to_owned())),
                    }
                }
                Ok(None) => {
                    return Err(CallError::BrokenOff(
                        "it ended without an answer".to_owned(),
                    ));
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Tells a legacy vendor that nobody waits for request `id` any more; a modern one knows by the closed stream.
    pub(super) async fn cancel(&self, id: u64, time: Duration) {
        if self.era == Era::Legacy {
            let params = format!(r#"{{"requestId":{id},"reason":"cancelled by the client"}}"#);
            let body = wire::notification("notifications/cancelled", &params);
            self.tell(body, time).await;
        }
    }

    /// Sends a message that has no answer. A vendor that is gone by now needs none.
    async fn tell(&self, body: String, time: Duration) {
        drop(timeout(time, self.endpoint.post(body, self.headers("", None))).await);
    }

    fn headers(&self, method: &str, name: Option<&str>) -> HeaderMap {
        headers(self.era, &self.version, self.id.as_ref(), method, name)
    }

    /// Sorts an HTTP answer.
    fn judge(&self, answer: Answer) -> Result<Judged, CallError> {
        let retry_after = answer.retry_after();
        let (status, body) = match answer.content {
            Content::Messages(messages) => return Ok(Judged::Messages(messages)),
            Content::Nothing => {
                return Err(CallError::not_mcp("it gave no answer to a request"));
            }
            Content::Error(status, body) => (status, body),
        };
        let error = error_in(&body);
        // The protocol says 404; servers built on its TypeScript examples say 400 and mention the session.
        let lost = status == StatusCode::NOT_FOUND
            || status == StatusCode::BAD_REQUEST
                && error
                    .as_ref()
                    .is_some_and(|error| error.message.to_lowercase().contains("session"));
        if lost && self.id.is_some() {
            return Err(CallError::SessionLost);
        }
        match (status, error) {
            (StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN, _) => {
                Err(CallError::Refused(status.as_u16()))
            }
            (_, Some(error)) if !status.is_server_error() && retry_after.is_none() => {
                Ok(Judged::Answered(Outcome::Error(error)))
            }
            (StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED, None) => {
                Err(CallError::not_mcp(&format!("HTTP {}", status.as_u16())))
            }
            _ if status.is_redirection() => Err(CallError::not_mcp(
                "it redirects elsewhere, which is not followed",
            )),
            _ => Err(CallError::Status {
                status: status.as_u16(),
                retry_after,
            }),
        }
    }

    /// Hears one message; returns the outcome if it answers request `id`.
    async fn hear(
        &self,
        message: &str,
        id: u64,
        notices: &mut impl Notices,
    ) -> Result<Option<Outcome>, CallError> {
        let envelope: Envelope<'_> = serde_json::from_str(message).map_err(|error| {
            CallError::not_mcp(&format!("its message is not JSON-RPC: {error}"))
        })?;
        match (envelope.id, &envelope.method) {
            (None, Some(method)) => {
                let params = envelope.params.unwrap_or(RawValue::NULL);
                notices.notice(method, params).await;
                Ok(None)
            }
            (Some(theirs), Some(method)) => {
                self.tell(wire::answer_to_vendor(theirs, method), PROBE_TIME_MAX)
                    .await;
                Ok(None)
            }
            // An answer to something else: a vendor that mixes up its clients. Ours may still come.
            (Some(theirs), None) if theirs.get() != id.to_string() => Ok(None),
            (_, None) => Ok(outcome(&envelope)),
        }
    }
}

enum Judged {
    Messages(Box<Messages>),
    Answered(Outcome),
}

fn outcome(envelope: &Envelope<'_>) -> Option<Outcome> {
    if let Some(result) = envelope.result {
        return Some(Outcome::Result(wire::on_one_line(result)));
    }
    let error = serde_json::from_str(envelope.error?.get()).ok()?;
    Some(Outcome::Error(error))
}

fn error_in(body: &[u8]) -> Option<RpcError> {
    let envelope: Envelope<'_> = serde_json::from_slice(body).ok()?;
    serde_json::from_str(envelope.error?.get()).ok()
}

/// Returns the headers of a message; `method` is empty for one that is not a request.
fn headers(
    era: Era,
    version: &str,
    session: Option<&HeaderValue>,
    method: &str,
    name: Option<&str>,
) -> HeaderMap {
    let mut headers = HeaderMap::new();
    let mut set = |header: &'static str, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(header, value);
        }
    };
    set(VERSION_HEADER, version);
    if era == Era::Modern && !method.is_empty() {
        set("mcp-method", method);
        if let Some(name) = name {
            set("mcp-name", &super::parameters::header_text(name));
        }
    }
    if let Some(session) = session {
        headers.insert(SESSION_HEADER, session.clone());
    }
    headers
}

/// What matters of a `server/discover` result.
#[derive(serde::Deserialize)]
struct Discovered {
    #[serde(rename = "supportedVersions", default)]
    versions: Vec<String>,
}

/// What matters of an `initialize` result.
#[derive(serde::Deserialize)]
struct Initialized {
    #[serde(rename = "protocolVersion")]
    version: String,
}

/// Asks whether the vendor is modern. Only what concerns every era is an error: no connection, or no admittance.
async fn discover(endpoint: &Endpoint, time: Duration) -> Result<bool, CallError> {
    let session = Session::new(endpoint.clone(), Era::Modern, MODERN, None);
    let request = Request {
        id: session.next_id(),
        method: "server/discover",
        name: None,
        headers: Vec::new(),
        params: Members::default(),
    };
    let silence = PROBE_TIME_MAX.min(time / 2);
    match session.request(request, silence, &mut Unheard).await {
        Ok(Outcome::Result(result)) => {
            let discovered: Option<Discovered> = serde_json::from_str(result.get()).ok();
            Ok(discovered
                .is_some_and(|found| found.versions.iter().any(|version| version == MODERN)))
        }
        Err(error @ (CallError::Unreachable(_) | CallError::Refused(_))) => Err(error),
        Ok(Outcome::Error(_)) | Err(_) => Ok(false),
    }
}

/// Opens a session with a legacy vendor.
async fn initialize(endpoint: Endpoint, time: Duration) -> Result<Session, CallError> {
    let asked = LEGACY.first().copied().unwrap_or_default();
    let params = format!(
        r#"{{"protocolVersion":{},"capabilities":{{}},"clientInfo":{}}}"#,
        wire::quoted(asked),
        wire::client_info()
    );
    let mut session = Session::new(endpoint, Era::Legacy, asked, None);
    let id = session.next_id();
    let body = wire::request(id, "initialize", &params);
    let answer = session.endpoint.post(body, HeaderMap::new()).await?;
    let session_id = answer.headers.get(SESSION_HEADER).cloned();
    let outcome = match session.judge(answer)? {
        Judged::Answered(outcome) => outcome,
        Judged::Messages(mut messages) => loop {
            let Some(message) = messages.next().await? else {
                return Err(CallError::BrokenOff(
                    "it ended without an answer".to_owned(),
                ));
            };
            if let Some(outcome) = session.hear(&message, id, &mut Unheard).await? {
                break outcome;
            }
        },
    };
    let result = match outcome {
        Outcome::Result(result) => result,
        Outcome::Error(RpcError { code, message, .. }) => {
            return Err(CallError::protocol(code, &message));
        }
    };
    let agreed: Initialized = serde_json::from_str(result.get())
        .map_err(|error| CallError::not_mcp(&format!("its `initialize` result: {error}")))?;
    if !LEGACY.contains(&agreed.version.as_str()) {
        return Err(CallError::not_mcp(&format!(
            "it speaks version `{}` only",
            agreed.version
        )));
    }
    session.version = agreed.version;
    session.id = session_id;
    session
        .tell(wire::notification("notifications/initialized", "{}"), time)
        .await;
    Ok(session)
}
