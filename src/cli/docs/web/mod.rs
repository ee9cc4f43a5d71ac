//! `mrconductor docs web`: the library as pages for people, on loopback.
//!
//! ```text
//! connections → guard → router → a page: store and search on a blocking thread → HTML
//! ```
//!
//! [`guard`] says who is let in, [`connections`] how much anybody can ask for, [`router`] has the registry of [`pages`]. A page is a
//! plain function, and shows what the store and the tools say: a search has the bytes that an agent reads.

mod connections;
mod desk;
mod frame;
mod guard;
mod pages;
mod refresh;
mod router;
mod sealed;

use std::net::Ipv4Addr;
use std::process::{Command, ExitCode, Stdio};
use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use tokio::net::TcpListener;
use tokio::time::Instant;

use self::desk::Web;
use crate::cli::Failure;
use crate::cli::number::counted;
use crate::cli::out::{self, say};
use crate::tools::Engines;

/// Minutes without a request after which the server ends: a page that was forgotten should not keep a door open overnight.
const IDLE_MINUTES: u64 = 30;
/// Threads for reading the store and searching: people look at few pages at once, and a refresh takes one.
const BLOCKING_THREADS: usize = 4;

/// What a person says about the page.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Port of 127.0.0.1; a free one if left out
    #[arg(long)]
    port: Option<u16>,
    /// Opens the page in the browser of the desktop
    #[arg(long)]
    open: bool,
}

/// Serves the page until Ctrl-C, or until nobody asked for anything for a while.
pub(super) fn web(engines: Engines, args: &Args, json: bool) -> anyhow::Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .max_blocking_threads(BLOCKING_THREADS)
        .build()
        .map_err(|error| {
            Failure::new(
                format!("cannot start the page: {error}"),
                "close other programs that hold files or threads, then try again",
            )
        })?;
    let served = runtime.block_on(serve(engines, args, json));
    // A refresh that still goes on is cut short as by `kill`: the next reading goes on where it was.
    runtime.shutdown_background();
    served.map(|()| ExitCode::SUCCESS)
}

async fn serve(engines: Engines, args: &Args, json: bool) -> anyhow::Result<()> {
    let port = args.port.unwrap_or(0);
    let cannot_listen = |error: std::io::Error| {
        Failure::new(
            format!("cannot listen on 127.0.0.1:{port}: {error}"),
            "leave out `--port`, or choose one above 1023 that nothing uses",
        )
    };
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))
        .await
        .map_err(cannot_listen)?;
    let port = listener.local_addr().map_err(cannot_listen)?.port();
    let web = Arc::new(Web::new(engines, port)?);
    let address = web.guard.address();
    if json {
        out::write_json(&json!({"url": address}))?;
    } else {
        say!("{address}")?;
    }
    eprintln!(
        "open it in a browser, once; it ends with Ctrl-C, or after {} without a request",
        counted(IDLE_MINUTES, "minute")
    );
    if args.open {
        open_browser(&address);
    }
    let connections = connections::serve(listener, router::router(Arc::clone(&web)));
    tokio::select! {
        () = connections => {}
        _ = tokio::signal::ctrl_c() => {}
        () = idle(&web, Duration::from_secs(IDLE_MINUTES * 60)) => {
            eprintln!("ended: no request for {}", counted(IDLE_MINUTES, "minute"));
        }
    }
    Ok(())
}

/// Waits until nobody in the session asked for anything, and nothing was read in, for `most`.
async fn idle(web: &Web, most: Duration) {
    loop {
        let left = left(web, most, Instant::now());
        if left.is_zero() {
            return;
        }
        tokio::time::sleep(left).await;
    }
}

/// Returns how long the server stays at least if nobody asks for anything after `now`.
fn left(web: &Web, most: Duration, now: Instant) -> Duration {
    if web.refresh.is_busy() {
        most
    } else {
        (web.asked_at() + most).saturating_duration_since(now)
    }
}

/// Starts what the desktop opens addresses with. It is given the address as it is, and no shell reads it.
fn open_browser(address: &str) {
    let opener = if cfg!(target_os = "macos") {
        "open"
    } else {
        "xdg-open"
    };
    let started = Command::new(opener)
        .arg(address)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    match started {
        // Nobody waits for it otherwise, and it would stay as a zombie.
        Ok(mut opener) => drop(std::thread::spawn(move || opener.wait())),
        Err(error) => {
            eprintln!("warning: cannot start `{opener}`: {error}\nhint: open the address yourself");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    #[test]
    fn a_server_that_nobody_asks_ends_and_one_that_is_asked_stays() {
        let web = Web::new(Engines::new(Config::default()), 1).unwrap();
        let (most, begun) = (Duration::from_secs(60), web.asked_at());
        assert_eq!(left(&web, most, begun), most);
        assert_eq!(left(&web, most, begun + most / 3), most * 2 / 3);
        assert_eq!(left(&web, most, begun + most * 2), Duration::ZERO);
        std::thread::sleep(Duration::from_millis(2));
        web.was_asked();
        assert!(left(&web, most, begun + most) > Duration::ZERO);
    }
}
