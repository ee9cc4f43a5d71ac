//! One vendor: its session, its tools, and the calls that run.
//!
//! The session is opened once for everyone who waits for it. Nothing that may have been carried out is sent again: only a call
//! that the vendor refused because it forgot the session, which it does before it looks at the call.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, Shared};
use serde_json::Value;
use serde_json::value::RawValue;
use tokio::sync::{OnceCell, mpsc, watch};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::catalog::{Catalog, Listing};
use super::error::CallError;
use super::http::Endpoint;
use super::parameters;
use super::session::{Notices, Outcome, Request, Session};
use super::vendors::{VendorCall, VendorEvent};
use super::wire::{Members, RpcError, quoted, raw};
use crate::config::{Vendor, clock};

/// Longest a call runs, however much progress it reports.
const CALL_TIME_MAX: Duration = Duration::from_secs(3_600);

/// Longest wait for a vendor to take note of a cancelled call.
const CANCEL_TIME_MAX: Duration = Duration::from_secs(2);

/// Waits between attempts to fetch the tools of a vendor that is away: doubled from the first to the last.
const REFRESH_WAIT: Duration = Duration::from_secs(2);
const REFRESH_WAIT_MAX: Duration = Duration::from_secs(60);

type Opening = Shared<BoxFuture<'static, Result<Arc<Session>, CallError>>>;

/// One vendor of this process.
pub(super) struct Link {
    pub(super) vendor: Vendor,
    /// The file that keeps the list of tools.
    cache: Option<PathBuf>,
    endpoint: OnceCell<Result<Endpoint, CallError>>,
    opening: Mutex<Option<Opening>>,
    catalog: RwLock<Option<Arc<Catalog>>>,
    /// Whether the vendor was away since its tools were fetched.
    was_away: AtomicBool,
    fetching: tokio::sync::Mutex<()>,
    generation: watch::Sender<u64>,
}

impl Link {
    /// Makes the link and reads the kept list of tools; connects to nothing. A change of the list is told to `generation`.
    ///
    /// The kept list is one small file next to the settings, which were read a moment ago: it is there before the first
    /// question, since many clients ask for the tools once.
    pub(super) fn new(
        vendor: Vendor,
        cache: Option<PathBuf>,
        generation: watch::Sender<u64>,
    ) -> Self {
        let kept = cache
            .as_ref()
            .and_then(|file| Listing::load(file, &vendor))
            .map(|listing| Arc::new(Catalog::of(&vendor, &listing)));
        Self {
            vendor,
            cache,
            endpoint: OnceCell::new(),
            opening: Mutex::new(None),
            catalog: RwLock::new(kept),
            was_away: AtomicBool::new(false),
            fetching: tokio::sync::Mutex::new(()),
            generation,
        }
    }

    /// Returns the tools, as far as they are known.
    pub(super) fn catalog(&self) -> Option<Arc<Catalog>> {
        self.catalog
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Fetches the tools until it succeeds once, with growing waits while the vendor is away.
    pub(super) async fn keep_fetching(self: Arc<Self>) {
        let mut wait = REFRESH_WAIT;
        while let Err(error) = self.fetch().await {
            tracing::warn!(vendor = self.vendor.name, %error, "the list of tools could not be fetched");
            let passes = matches!(
                error,
                CallError::Unreachable(_)
                    | CallError::TimedOut(_)
                    | CallError::Status { .. }
                    | CallError::BrokenOff(_)
                    | CallError::SessionLost
            );
            if !passes {
                return;
            }
            tokio::time::sleep(wait).await;
            wait = (wait * 2).min(REFRESH_WAIT_MAX);
        }
    }

    /// Fetches the tools and keeps them.
    pub(super) async fn fetch(self: &Arc<Self>) -> Result<Arc<Catalog>, CallError> {
        let _one_at_a_time = self.fetching.lock().await;
        let mut lost_once = false;
        let listing = loop {
            let session = self.session().await?;
            match Listing::fetch(&session, &self.vendor, clock::unix_ms()).await {
                Err(CallError::SessionLost) if !lost_once => {
                    lost_once = true;
                    self.forget(&session);
                }
                fetched => break fetched?,
            }
        };
        self.was_away.store(false, Ordering::Relaxed);
        let catalog = Arc::new(Catalog::of(&self.vendor, &listing));
        if let Some(file) = self.cache.clone() {
            let saved = tokio::task::spawn_blocking(move || listing.save(&file)).await;
            if let Ok(Err(error)) = saved {
                tracing::warn!(vendor = self.vendor.name, %error, "the list of tools could not be kept");
            }
        }
        let before = self
            .catalog
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .replace(Arc::clone(&catalog));
        if !before.is_some_and(|before| before.looks_like(&catalog)) {
            self.generation.send_modify(|generation| *generation += 1);
        }
        Ok(catalog)
    }

    /// Relays one call; see [`super::Vendors::call`].
    pub(super) async fn call(
        self: Arc<Self>,
        call: VendorCall,
        events: mpsc::Sender<VendorEvent>,
        cancelled: CancellationToken,
    ) {
        let flight = Flight::default();
        let answer = timeout(CALL_TIME_MAX, self.answer(&call, &events, &flight));
        let outcome = tokio::select! {
            biased;
            () = cancelled.cancelled() => None,
            outcome = answer => Some(outcome.unwrap_or(Err(CallError::TimedOut(CALL_TIME_MAX)))),
        };
        // The stream is closed by now; a legacy vendor has to be told as well.
        let abandoned = matches!(outcome, None | Some(Err(CallError::TimedOut(_))));
        let event = match outcome {
            None => None,
            Some(Ok(Outcome::Result(result))) => Some(VendorEvent::Result(result)),
            Some(Ok(Outcome::Error(RpcError {
                code,
                message,
                data,
            }))) => Some(VendorEvent::Protocol {
                code,
                message,
                data,
            }),
            Some(Err(error)) => Some(VendorEvent::ToolError(error.told(&self.vendor.name))),
        };
        if let Some(event) = event {
            drop(events.send(event).await);
        }
        if abandoned && let Some((session, id)) = flight.take() {
            session.cancel(id, CANCEL_TIME_MAX).await;
        }
    }

    async fn answer(
        self: &Arc<Self>,
        call: &VendorCall,
        events: &mpsc::Sender<VendorEvent>,
        flight: &Flight,
    ) -> Result<Outcome, CallError> {
        let catalog = match self.catalog() {
            Some(catalog) => catalog,
            None => self.fetch().await?,
        };
        let Some(tool) = catalog.tool(&call.tool) else {
            return Err(CallError::Off {
                why: format!("it has no selected tool `{}`", call.tool),
                hint: "call a tool of the list".to_owned(),
            });
        };
        let mut notices = Relay {
            token: call
                .progress_token
                .as_ref()
                .and_then(|token| serde_json::from_str(token.get()).ok()),
            events,
            list_changed: false,
        };
        let mut lost_once = false;
        let outcome = loop {
            let session = self.session().await?;
            let mut params = Members::of(&call.params).unwrap_or_default();
            let headers = params.get("arguments").map_or_else(Vec::new, |arguments| {
                parameters::headers(&tool.parameters, arguments)
            });
            params.set("name", raw(quoted(&tool.remote)));
            let request = Request {
                id: session.next_id(),
                method: "tools/call",
                name: Some(&tool.remote),
                headers,
                params,
            };
            flight.set(&session, request.id);
            let answered = session
                .request(request, self.vendor.call_timeout, &mut notices)
                .await;
            match answered {
                Err(CallError::SessionLost) if !lost_once => {
                    lost_once = true;
                    self.forget(&session);
                }
                Err(error) => {
                    if matches!(error, CallError::Unreachable(_) | CallError::BrokenOff(_)) {
                        self.forget(&session);
                    }
                    return Err(error);
                }
                Ok(outcome) => break outcome,
            }
        };
        if notices.list_changed || self.was_away.swap(false, Ordering::Relaxed) {
            tokio::spawn(Arc::clone(self).keep_fetching());
        }
        Ok(outcome)
    }

    /// Returns the session, opened if there is none. Everyone who asks meanwhile gets the same one, or the same error.
    pub(super) async fn session(self: &Arc<Self>) -> Result<Arc<Session>, CallError> {
        if let Some(off) = &self.vendor.off {
            return Err(CallError::Off {
                why: off.why.clone(),
                hint: off.hint.clone(),
            });
        }
        let opening = {
            let mut slot = self.opening.lock().unwrap_or_else(PoisonError::into_inner);
            match &*slot {
                Some(opening) if !matches!(opening.peek(), Some(Err(_))) => opening.clone(),
                _ => slot.insert(self.open()).clone(),
            }
        };
        opening.await
    }

    /// Starts to open a session, on a task of its own: it goes on when the one who asked first no longer waits.
    fn open(self: &Arc<Self>) -> Opening {
        let link = Arc::clone(self);
        let opened = tokio::spawn(async move {
            let endpoint = link.endpoint().await?;
            let known = link.catalog().map(|catalog| catalog.era);
            let session = Session::open(endpoint, known, link.vendor.connect_timeout).await?;
            Ok(Arc::new(session))
        });
        let given_up = || {
            Err(CallError::Unreachable(
                "the attempt was given up".to_owned(),
            ))
        };
        opened
            .map(move |joined| joined.unwrap_or_else(|_| given_up()))
            .boxed()
            .shared()
    }

    /// Returns the endpoint, made off the runtime's thread: reading the system's certificates takes milliseconds.
    async fn endpoint(&self) -> Result<Endpoint, CallError> {
        let vendor = self.vendor.clone();
        let make = || async move {
            let made = tokio::task::spawn_blocking(move || Endpoint::new(&vendor)).await;
            made.unwrap_or_else(|error| Err(CallError::Unreachable(error.to_string())))
        };
        self.endpoint.get_or_init(make).await.clone()
    }

    /// Lets go of a session that no longer serves; the next call opens another.
    fn forget(&self, session: &Arc<Session>) {
        let mut slot = self.opening.lock().unwrap_or_else(PoisonError::into_inner);
        let is_current = slot
            .as_ref()
            .and_then(Shared::peek)
            .is_some_and(|held| held.as_ref().is_ok_and(|held| Arc::ptr_eq(held, session)));
        if is_current {
            *slot = None;
        }
        self.was_away.store(true, Ordering::Relaxed);
    }
}

/// The request of a call that is on its way, for whoever has to cancel it.
#[derive(Default)]
struct Flight(Mutex<Option<(Arc<Session>, u64)>>);

impl Flight {
    fn set(&self, session: &Arc<Session>, id: u64) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((Arc::clone(session), id));
    }

    fn take(&self) -> Option<(Arc<Session>, u64)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// Passes on the progress of one call, in order: it is sent from the task that reads the stream.
struct Relay<'a> {
    token: Option<Value>,
    events: &'a mpsc::Sender<VendorEvent>,
    list_changed: bool,
}

impl Notices for Relay<'_> {
    async fn notice(&mut self, method: &str, params: &RawValue) {
        match method {
            "notifications/progress" => {
                #[derive(serde::Deserialize)]
                struct Progress {
                    #[serde(rename = "progressToken")]
                    token: Value,
                }
                let progress: Option<Progress> = serde_json::from_str(params.get()).ok();
                if progress.is_some_and(|progress| Some(progress.token) == self.token) {
                    let params = super::wire::on_one_line(params);
                    drop(self.events.send(VendorEvent::Notification(params)).await);
                }
            }
            "notifications/tools/list_changed" => self.list_changed = true,
            _ => {} // Records and changes of things that are not relayed.
        }
    }
}
