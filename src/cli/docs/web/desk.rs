//! What the server has, and what of it a page sees.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::time::Instant;

use super::guard::Guard;
use super::refresh::Refresh;
use crate::cli::Failure;
use crate::config::clock::unix_seconds;
use crate::store::{Condition, Store};
use crate::tools::Engines;

/// What the server has.
pub(super) struct Web {
    pub(super) engines: Engines,
    pub(super) guard: Guard,
    pub(super) refresh: Refresh,
    asked_at: Mutex<Instant>,
}

impl Web {
    pub(super) fn new(engines: Engines, port: u16) -> anyhow::Result<Self> {
        Ok(Self {
            engines,
            guard: Guard::new(port).map_err(Failure::from)?,
            refresh: Refresh::default(),
            asked_at: Mutex::new(Instant::now()),
        })
    }

    /// Notes that the session asked for something.
    pub(super) fn was_asked(&self) {
        *self.asked_at.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }

    /// Returns when the session asked for something last.
    pub(super) fn asked_at(&self) -> Instant {
        *self.asked_at.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Opens the desk of one request.
    pub(super) fn desk(self: &Arc<Self>) -> Result<Desk<'_>, Failure> {
        Ok(Desk {
            store: self.engines.library()?,
            web: self,
            now: unix_seconds(),
        })
    }
}

/// What a page is made from.
pub(super) struct Desk<'a> {
    pub(super) store: &'a Store,
    pub(super) web: &'a Web,
    /// Seconds since 1970.
    pub(super) now: i64,
}

impl Desk<'_> {
    pub(super) fn engines(&self) -> &Engines {
        &self.web.engines
    }

    /// Tells whether sources can be read again here.
    pub(super) fn can_refresh(&self) -> bool {
        self.store.condition() == Condition::Durable
    }
}
