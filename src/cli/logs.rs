//! `mrconductor logs`.

use std::process::ExitCode;

use super::{Failure, Global};

/// Shows the log of the server.
#[derive(Debug, Default, clap::Args)]
pub(crate) struct Args {}

/// TEMPORARY: not built yet.
pub(crate) fn run(_args: &Args, _global: &Global) -> anyhow::Result<ExitCode> {
    Err(Failure::new("`logs` is not built yet", "use a later version").into())
}
