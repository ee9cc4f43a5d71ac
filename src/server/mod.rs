//! MCP over stdio: the bounded shell around rmcp, identity, and both protocol eras.
//!
//! ```text
//!            thread "stdin"                         tokio, one thread                     thread "stdout"
//! bytes → line → strict → message → front ─┬→ link → rmcp → handler → tool (blocking) ─┐
//!                                          └→ relay → a vendor ────────────────────────┴→ output → bytes
//! ```
//!
//! - [`mod@line`], [`recover`], [`strict`], [`message`], [`id`]: from bytes to one message, whatever the bytes are.
//! - [`front`]: who answers it. `initialize` opens a session; a request that names its protocol version needs none; a
//!   call of a vendor's tool goes past rmcp, for a typed relay would lose what its types do not know.
//! - [`pending`]: ids, duplicates, cancels. [`reply`], [`output`]: the way back, in one piece, in order.
//! - [`lifecycle`]: the process ends with its client.
//!
//! What a tool does is no business of this module: it passes arguments to [`crate::tools`] and text back.

mod fault;
mod front;
mod handler;
mod id;
mod identity;
mod lifecycle;
mod line;
mod link;
mod message;
mod output;
mod pending;
mod recover;
mod relay;
mod reply;
mod strict;
#[cfg(test)]
mod trial;

use std::io;
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;

pub use self::fault::Fault;
use self::front::Front;
use self::handler::Handler;
use self::lifecycle::{Bell, End};
use self::line::Lines;
use self::link::{Exchange, Worker};
use self::output::Output;
use self::pending::Pending;
use crate::tools::Engines;
use crate::upstream::Vendors;

/// Tool calls that run at once; more wait. Each may use a core for a moment, and a laptop has few.
const CALLS_MAX: usize = 8;

/// For answers that are nearly there when stdin ends, as in `echo … | mrconductor serve`.
const LAST_ANSWERS: Duration = Duration::from_millis(80);

/// For the writer to write them, where the client still reads.
const LAST_WRITES: Duration = Duration::from_millis(300);

/// The process cannot serve.
#[derive(Debug, thiserror::Error)]
#[error("cannot {what}: {source}")]
pub struct ServeError {
    what: &'static str,
    source: io::Error,
}

/// Names what a failed system call was for.
fn failed(what: &'static str) -> impl FnOnce(io::Error) -> ServeError {
    move |source| ServeError { what, source }
}

/// The real stdout, taken away from everybody else in the process.
#[derive(Debug)]
pub struct Protocol(OwnedFd);

impl Protocol {
    /// Takes fd 1 for the protocol and points it at stderr. The first act of `serve`.
    pub fn take() -> Result<Self, ServeError> {
        output::take_stdout()
            .map(Self)
            .map_err(failed("take stdout for the protocol"))
    }
}

/// What a server is made of.
pub struct Parts {
    /// What the tools work with.
    pub engines: Arc<Engines>,
    /// Makes the vendors, inside the runtime on which they may start tasks.
    pub vendors: Box<dyn FnOnce() -> Option<Arc<dyn Vendors>>>,
    /// A fault for every tool call to meet; only debug builds look at it.
    pub fault: Option<Fault>,
}

/// Serves until the client goes away.
pub fn serve(protocol: Protocol, parts: Parts) -> Result<(), ServeError> {
    lifecycle::forbid_core_files();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .max_blocking_threads(CALLS_MAX)
        .build()
        .map_err(failed("start the runtime"))?;
    let entered = runtime.enter();
    let (bell, mut ends) = Bell::new();
    let Protocol(stdout) = protocol;
    let far_end = stdout.try_clone().map_err(failed("watch stdout"))?;
    let output = {
        let bell = bell.clone();
        Output::start(stdout, move || bell.ring(End::Output)).map_err(failed("start the writer"))?
    };
    let vendors = (parts.vendors)();
    let exchange = Exchange {
        output,
        pending: Pending::<Worker>::new(),
        vendors: vendors.clone(),
    };
    let handler = Handler {
        engines: parts.engines,
        vendors,
        fault: parts.fault,
        turns: Arc::new(Semaphore::new(CALLS_MAX)),
    };
    let front = Front::new(runtime.handle().clone(), handler, exchange.clone());
    // The parent is looked up before the first answer: a client that got one may be gone at once.
    lifecycle::watch(far_end, bell.clone()).map_err(failed("start the watch"))?;
    read(front, bell).map_err(failed("start the reader"))?;
    drop(entered);

    runtime.block_on(async {
        let end = tokio::select! {
            end = ends.recv() => end.unwrap_or(End::Input),
            Ok(()) = lifecycle::signal() => End::Signal,
        };
        tracing::debug!(?end, "the server ends");
        if end == End::Input {
            // What comes later is for nobody; that is what the limits are for.
            drop(tokio::time::timeout(LAST_ANSWERS, exchange.pending.all_answered()).await);
            drop(tokio::time::timeout(LAST_WRITES, exchange.output.flushed()).await);
        }
    });
    runtime.shutdown_background();
    Ok(())
}

/// Starts the thread that reads stdin.
fn read(mut front: Front, bell: Bell) -> io::Result<()> {
    std::thread::Builder::new()
        .name("stdin".to_owned())
        .spawn(move || {
            let mut lines = Lines::new(io::stdin().lock());
            // A stdin that cannot be read has ended for us.
            while let Ok(Some(line)) = lines.next() {
                front.take(line);
            }
            bell.ring(End::Input);
        })?;
    Ok(())
}
