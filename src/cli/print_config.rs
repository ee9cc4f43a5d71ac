//! `mrconductor print-config`.

use std::process::ExitCode;

use super::{Failure, Global};

/// Prints the configuration entry for a client.
#[derive(Debug, Default, clap::Args)]
pub(crate) struct Args {}

/// TEMPORARY: not built yet.
pub(crate) fn run(_args: &Args, _global: &Global) -> anyhow::Result<ExitCode> {
    Err(Failure::new("`print_config` is not built yet", "use a later version").into())
}
