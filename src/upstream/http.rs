//! One vendor's endpoint over HTTP: a POST goes out, messages come in, each bounded.

use std::collections::VecDeque;
use std::error::Error as _;
use std::time::Duration;

use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};
use reqwest::redirect::{Attempt, Policy};
use reqwest::{Client, RequestBuilder, Response, StatusCode, Url};
use secrecy::ExposeSecret as _;

use super::error::CallError;
use super::sse::{Event, Parser, TooLarge};
use crate::config::Vendor;

/// Bytes of one message. The largest results seen in the wild hold about 17 MiB; a model reads a thousandth of that.
pub(super) const MESSAGE_BYTES_MAX: usize = 64 * 1024 * 1024;

/// Bytes of the body of an HTTP error that are read: enough for a JSON-RPC error.
const ERROR_BYTES_MAX: usize = 64 * 1024;

/// Redirects that are followed, all within one origin.
const REDIRECTS_MAX: usize = 3;

/// Idle connections that are kept, and how long: more than an agent has in flight, shorter than servers keep theirs.
const IDLE_CONNECTIONS_MAX: usize = 16;
const IDLE_TIME: Duration = Duration::from_secs(50);

/// Headers that belong to the protocol or to HTTP; settings cannot set them.
const OWN_HEADERS: &[&str] = &[
    "accept",
    "connection",
    "content-length",
    "content-type",
    "host",
    "last-event-id",
    "te",
    "transfer-encoding",
    "upgrade",
];

/// The address of a vendor, with its headers and connections.
#[derive(Debug, Clone)]
pub(super) struct Endpoint {
    client: Client,
    url: Url,
}

impl Endpoint {
    /// Prepares the endpoint; connects to nothing.
    pub(super) fn new(vendor: &Vendor) -> Result<Self, CallError> {
        let off = |why: String, key: &str| CallError::Off {
            why,
            hint: format!(
                "change `upstream.{}.{key}` in your settings file",
                vendor.name
            ),
        };
        let url = Url::parse(&vendor.url)
            .map_err(|error| off(format!("its address cannot be used: {error}"), "url"))?;
        let mut headers = HeaderMap::new();
        for (name, value) in &vendor.headers {
            let is_own = OWN_HEADERS.contains(&name.as_str()) || name.starts_with("mcp-");
            let parsed = (
                HeaderName::from_bytes(name.as_bytes()),
                HeaderValue::from_str(value.expose_secret()),
            );
            let (Ok(name), Ok(mut value), false) = (parsed.0, parsed.1, is_own) else {
                return Err(off(format!("header `{name}` cannot be sent"), "headers"));
            };
            value.set_sensitive(true);
            headers.append(name, value);
        }
        // The process has one provider; a second attempt to install it changes nothing.
        drop(rustls::crypto::ring::default_provider().install_default());
        let client = Client::builder()
            .default_headers(headers)
            .user_agent(concat!("mrconductor/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(vendor.connect_timeout)
            .tcp_nodelay(true)
            .no_proxy()
            .redirect(Policy::custom(within_origin))
            .pool_max_idle_per_host(IDLE_CONNECTIONS_MAX)
            .pool_idle_timeout(IDLE_TIME)
            .build()
            .map_err(|error| off(format!("HTTP cannot be set up: {}", cause(error)), "url"))?;
        Ok(Self { client, url })
    }

    /// Sends one message.
    pub(super) async fn post(&self, body: String, headers: HeaderMap) -> Result<Answer, CallError> {
        let request = self
            .client
            .post(self.url.clone())
            .header(CONTENT_TYPE, "application/json")
            .header(ACCEPT, "application/json, text/event-stream")
            .body(body);
        send(request, headers).await
    }

    /// Takes up a broken stream after the event `last_id`. Nothing is executed again.
    pub(super) async fn resume(
        &self,
        last_id: &str,
        mut headers: HeaderMap,
    ) -> Result<Answer, CallError> {
        if let Ok(value) = HeaderValue::from_str(last_id) {
            headers.insert("last-event-id", value);
        }
        let request = self
            .client
            .get(self.url.clone())
            .header(ACCEPT, "text/event-stream");
        send(request, headers).await
    }
}

async fn send(request: RequestBuilder, headers: HeaderMap) -> Result<Answer, CallError> {
    let response = request.headers(headers).send().await.map_err(|error| {
        if error.is_connect() {
            CallError::Unreachable(cause(error))
        } else {
            CallError::BrokenOff(cause(error))
        }
    })?;
    Answer::of(response).await
}

/// What came back for a POST.
#[derive(Debug)]
pub(super) struct Answer {
    /// Headers of the response.
    pub(super) headers: HeaderMap,
    /// Its messages, or the error it is.
    pub(super) content: Content,
}

/// The body of an answer.
#[derive(Debug)]
pub(super) enum Content {
    /// Messages, one after the other.
    Messages(Box<Messages>),
    /// Taken, with nothing to say.
    Nothing,
    /// An HTTP error with the beginning of its body.
    Error(StatusCode, Vec<u8>),
}

impl Answer {
    async fn of(response: Response) -> Result<Self, CallError> {
        let status = response.status();
        let headers = response.headers().clone();
        let kind = headers
            .get(CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.split(';').next())
            .unwrap_or_default()
            .trim()
            .to_ascii_lowercase();
        let content = if status == StatusCode::ACCEPTED || status == StatusCode::NO_CONTENT {
            Content::Nothing
        } else if status.is_success() {
            let framing = match kind.as_str() {
                "application/json" => Framing::Whole(Vec::new()),
                "text/event-stream" => Framing::Events(Parser::new(MESSAGE_BYTES_MAX)),
                "" if response.content_length() == Some(0) => {
                    return Ok(Self {
                        headers,
                        content: Content::Nothing,
                    });
                }
                other => {
                    return Err(CallError::not_mcp(&format!(
                        "its answer is of type `{other}`"
                    )));
                }
            };
            Content::Messages(Box::new(Messages {
                response,
                framing,
                ready: VecDeque::new(),
                ended: false,
            }))
        } else {
            Content::Error(status, beginning(response).await)
        };
        Ok(Self { headers, content })
    }

    /// Returns how long the vendor asks to be left alone.
    pub(super) fn retry_after(&self) -> Option<String> {
        let text = self.headers.get(RETRY_AFTER)?.to_str().ok()?;
        let seconds: u32 = text.trim().parse().ok()?;
        Some(format!("{seconds} s"))
    }
}

async fn beginning(mut response: Response) -> Vec<u8> {
    let mut body = Vec::new();
    while let Ok(Some(chunk)) = response.chunk().await {
        let room = ERROR_BYTES_MAX.saturating_sub(body.len()).min(chunk.len());
        body.extend_from_slice(chunk.get(..room).unwrap_or_default());
        if body.len() >= ERROR_BYTES_MAX {
            break;
        }
    }
    body
}

/// The messages of one response, in order. Dropping it closes the stream, by which a vendor knows that nobody listens.
#[derive(Debug)]
pub(super) struct Messages {
    response: Response,
    framing: Framing,
    ready: VecDeque<Vec<u8>>,
    ended: bool,
}

#[derive(Debug)]
enum Framing {
    /// The body is one message.
    Whole(Vec<u8>),
    /// The body is a stream of events.
    Events(Parser),
}

impl Messages {
    /// Returns the next message, or `None` at the end of the response.
    pub(super) async fn next(&mut self) -> Result<Option<String>, CallError> {
        loop {
            if let Some(message) = self.ready.pop_front() {
                return String::from_utf8(message)
                    .map(Some)
                    .map_err(|_| CallError::not_mcp("its answer is not UTF-8"));
            }
            if self.ended {
                return Ok(None);
            }
            let chunk = self.response.chunk().await;
            if let Some(chunk) = chunk.map_err(|error| CallError::BrokenOff(cause(error)))? {
                self.take(&chunk)?;
            } else {
                self.ended = true;
                if let Framing::Whole(body) = &mut self.framing {
                    self.ready.push_back(std::mem::take(body));
                }
            }
        }
    }

    fn take(&mut self, chunk: &[u8]) -> Result<(), CallError> {
        match &mut self.framing {
            Framing::Whole(body) => {
                if body.len() + chunk.len() > MESSAGE_BYTES_MAX {
                    return Err(CallError::TooLarge);
                }
                body.extend_from_slice(chunk);
            }
            Framing::Events(parser) => {
                let mut events = Vec::new();
                let fed = parser.feed(chunk, &mut events);
                let data = events.into_iter().map(|Event { data }| data);
                self.ready.extend(data);
                fed.map_err(|TooLarge| CallError::TooLarge)?;
            }
        }
        Ok(())
    }

    /// Returns the event after which a broken stream can be taken up, and how long to wait before that.
    pub(super) fn place(&self) -> Option<(String, Option<Duration>)> {
        match &self.framing {
            Framing::Events(parser) => Some((parser.last_id.clone()?, parser.retry)),
            Framing::Whole(_) => None,
        }
    }
}

/// Follows a redirect that keeps the method, within one origin: a header for one server is not for another.
fn within_origin(attempt: Attempt<'_>) -> reqwest::redirect::Action {
    let keeps_method = matches!(
        attempt.status(),
        StatusCode::TEMPORARY_REDIRECT | StatusCode::PERMANENT_REDIRECT
    );
    let previous = attempt.previous();
    let same_origin = previous
        .first()
        .is_some_and(|first| first.origin() == attempt.url().origin());
    if keeps_method && same_origin && previous.len() <= REDIRECTS_MAX {
        attempt.follow()
    } else {
        attempt.stop()
    }
}

/// Returns the innermost cause of an error of the HTTP client, which alone says something, without the address.
fn cause(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut cause = error.to_string();
    let mut inner = error.source();
    while let Some(error) = inner {
        cause = error.to_string();
        inner = error.source();
    }
    cause
}
