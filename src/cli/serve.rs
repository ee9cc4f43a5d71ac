//! `mrconductor serve`.

use std::process::ExitCode;

use super::{Failure, Global};

/// Serves MCP on stdin and stdout until the client goes away.
#[derive(Debug, Default, clap::Args)]
pub(crate) struct Args {}

/// TEMPORARY: not built yet.
pub(crate) fn run(_args: &Args, _global: &Global) -> anyhow::Result<ExitCode> {
    Err(Failure::new("`serve` is not built yet", "use a later version").into())
}
