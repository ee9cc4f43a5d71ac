//! `mrconductor serve`, and `mrconductor` alone when stdin is a pipe.
#![expect(
    clippy::print_stderr,
    reason = "a person in a terminal is told what the server waits for"
)]

use std::io::IsTerminal as _;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use super::{Failure, Global};
use crate::config::{self, Environment, LogLevel, Vendor};
use crate::server::{self, Parts, Protocol, ServeError};
use crate::telemetry::{self, LevelFilter};
use crate::tools::Engines;
use crate::upstream::{Upstreams, Vendors};

/// Serves MCP on stdin and stdout until the client goes away.
#[derive(Debug, Default, clap::Args)]
pub(crate) struct Args {}

/// Serves until the client goes away.
pub(crate) fn run(_args: &Args, global: &Global) -> anyhow::Result<ExitCode> {
    let protocol = Protocol::take().map_err(|error| cannot_serve(&error))?;
    if std::io::stdin().is_terminal() {
        eprintln!("waiting for an MCP client on stdin; Ctrl-D to stop");
    }
    let config = global.config_with_problems();
    telemetry::start(config.log_dir.as_deref(), level(config.settings.log));
    let (problems, notes) = (config.problems.clone(), config.notes.clone());
    // A record may have to wait for the disk; the first answer must not.
    std::thread::spawn(move || {
        for problem in problems {
            tracing::error!("{problem}");
        }
        for note in notes {
            tracing::warn!("{note}");
        }
    });
    let vendors = config.vendors.clone();
    let data_dir = config.data_dir.clone();
    let parts = Parts {
        engines: Arc::new(Engines::new(config)),
        vendors: Box::new(move || connect(&vendors, data_dir.as_deref())),
        fault: config::fault(&Environment::of_process()),
    };
    server::serve(protocol, parts).map_err(|error| cannot_serve(&error))?;
    Ok(ExitCode::SUCCESS)
}

/// Joins the vendors and starts to fetch their tools; without any, nothing is made.
fn connect(vendors: &[Vendor], data_dir: Option<&Path>) -> Option<Arc<dyn Vendors>> {
    if vendors.iter().all(|vendor| !vendor.enabled) {
        return None;
    }
    let upstreams = Upstreams::new(vendors, data_dir);
    upstreams.start_fetching();
    Some(Arc::new(upstreams))
}

fn cannot_serve(error: &ServeError) -> anyhow::Error {
    let hint = "close other programs that hold files or threads, then start the server again";
    Failure::new(error.to_string(), hint).into()
}

fn level(level: LogLevel) -> LevelFilter {
    match level {
        LogLevel::Off => LevelFilter::OFF,
        LogLevel::Error => LevelFilter::ERROR,
        LogLevel::Warn => LevelFilter::WARN,
        LogLevel::Info => LevelFilter::INFO,
        LogLevel::Debug => LevelFilter::DEBUG,
        LogLevel::Trace => LevelFilter::TRACE,
    }
}
