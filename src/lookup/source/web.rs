//! What a crawl needs of the web: one blocking GET at a time, and a clock to be polite by.
//!
//! The engine names no network. [`crate::fetch`] is the web as it is; tests give one that lies in memory.

use std::time::Duration;

use url::Url;

/// The web as a crawl sees it.
pub trait Web {
    /// Asks for one address. Redirects are answers like others: whether they are followed is the crawl's to decide.
    ///
    /// # Errors
    /// [`FetchError`] where there is no whole answer.
    fn get(&self, request: &Request<'_>) -> Result<Answer, FetchError>;
    /// Lets `time` pass.
    fn wait(&self, time: Duration);
    /// Returns the time that has passed since some moment.
    fn elapsed(&self) -> Duration;
}

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Request<'a> {
    /// The address, without a fragment.
    pub url: &'a Url,
    /// Media types that are welcome.
    pub accept: &'a str,
    /// The validator of the copy we have, as the server gave it in `ETag`.
    pub etag: Option<&'a str>,
    /// The date of the copy we have, as the server gave it in `Last-Modified`.
    pub last_modified: Option<&'a str>,
    /// Bytes of the body that are enough: what follows is not waited for. Without them a body that is too long is a fault.
    pub enough: Option<usize>,
}

/// What came back.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answer {
    /// Status of HTTP.
    pub status: u16,
    /// `Content-Type`, or `""`.
    pub content_type: String,
    /// `Location`, where a redirect leads.
    pub location: Option<String>,
    /// `Retry-After`, where it is given in seconds.
    pub retry_after: Option<Duration>,
    /// `ETag`.
    pub etag: Option<String>,
    /// `Last-Modified`.
    pub last_modified: Option<String>,
    /// `X-Robots-Tag`, all of them with commas between.
    pub robots_tag: String,
    /// The body, unpacked.
    pub body: Vec<u8>,
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// The address is not one of the public internet.
    #[error("`{host}` is at a private address ({why})")]
    Private {
        /// The host asked for.
        host: String,
        /// What makes it private.
        why: String,
        /// Whether a person may allow it.
        is_optional: bool,
    },
    /// No connection, or one that broke.
    #[error("cannot be reached: {0}")]
    Unreachable(String),
    /// The body is longer than the limit.
    #[error("is larger than {} MiB", .0 >> 20)]
    TooLarge(u64),
    /// The answer did not end in time.
    #[error("did not answer within {} s", .0.as_secs())]
    TooSlow(Duration),
    /// The body is packed in a way that was not asked for.
    #[error("cannot be unpacked: {0}")]
    Packed(String),
}
