//! Asking politely: one request at a time, with a pause between two, and again later where the server asks for time.

use std::time::Duration;

use url::Url;

use super::web::{Answer, FetchError, Request, Web};

/// Times that a request is repeated when a server asks for time.
const REPEATS_MAX: u32 = 3;
/// Time given to a server that asks for some and does not say how much; doubled each time.
const REPEAT_WAIT: Duration = Duration::from_secs(2);
/// Longest time that a server can ask for; where it wants more, the page is left for the next reading.
const WAIT_MAX: Duration = Duration::from_secs(60);

/// What of a copy the server is told, so that it need not send it again.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Validators<'a> {
    pub(super) etag: Option<&'a str>,
    pub(super) last_modified: Option<&'a str>,
}

/// Asks a site, never faster than it wants.
pub(super) struct Asking<'a> {
    web: &'a dyn Web,
    /// Time from one request to the next at least.
    pub(super) delay: Duration,
    last: Option<Duration>,
    began: Duration,
    /// Requests so far.
    pub(super) requests: u64,
}

impl<'a> Asking<'a> {
    pub(super) fn new(web: &'a dyn Web, delay: Duration) -> Self {
        Self {
            web,
            delay,
            last: None,
            began: web.elapsed(),
            requests: 0,
        }
    }

    /// Returns the time since the first question.
    pub(super) fn elapsed(&self) -> Duration {
        self.web.elapsed().saturating_sub(self.began)
    }

    /// Asks for `url`, when its turn comes.
    pub(super) fn ask(
        &mut self,
        url: &Url,
        accept: &str,
        copy: Validators<'_>,
    ) -> Result<Answer, FetchError> {
        self.send(&Request {
            url,
            accept,
            etag: copy.etag,
            last_modified: copy.last_modified,
            enough: None,
        })
    }

    /// Asks for the first `bytes` of `url`, when its turn comes.
    pub(super) fn ask_for_head(
        &mut self,
        url: &Url,
        accept: &str,
        bytes: usize,
    ) -> Result<Answer, FetchError> {
        self.send(&Request {
            url,
            accept,
            etag: None,
            last_modified: None,
            enough: Some(bytes),
        })
    }

    fn send(&mut self, request: &Request<'_>) -> Result<Answer, FetchError> {
        let mut repeats = 0;
        loop {
            self.wait_for_turn();
            self.requests += 1;
            let answer = self.web.get(request);
            // A server may close a connection in the moment in which it is used again.
            if matches!(answer, Err(FetchError::Unreachable(_))) && repeats == 0 {
                repeats += 1;
                continue;
            }
            let answer = answer?;
            let wait = answer
                .retry_after
                .unwrap_or(REPEAT_WAIT * 2_u32.pow(repeats));
            if !matches!(answer.status, 429 | 503) || repeats == REPEATS_MAX || wait > WAIT_MAX {
                return Ok(answer);
            }
            self.web.wait(wait);
            repeats += 1;
        }
    }

    fn wait_for_turn(&mut self) {
        let now = self.web.elapsed();
        let turn = self.last.map_or(now, |last| last + self.delay);
        let wait = turn.saturating_sub(now);
        if !wait.is_zero() {
            self.web.wait(wait);
        }
        self.last = Some(now + wait);
    }
}
