//! `mrconductor gain`.

use std::process::ExitCode;

use super::{Failure, Global};

/// Shows the tokens saved so far, net of what the server itself costs.
#[derive(Debug, Default, clap::Args)]
pub(crate) struct Args {}

/// TEMPORARY: not built yet.
pub(crate) fn run(_args: &Args, _global: &Global) -> anyhow::Result<ExitCode> {
    Err(Failure::new("`gain` is not built yet", "use a later version").into())
}
