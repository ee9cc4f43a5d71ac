//! `mrconductor config`.

use std::process::ExitCode;

use super::{Failure, Global};

/// Shows the settings, where each came from, and their schema.
#[derive(Debug, Default, clap::Args)]
pub(crate) struct Args {}

/// TEMPORARY: not built yet.
pub(crate) fn run(_args: &Args, _global: &Global) -> anyhow::Result<ExitCode> {
    Err(Failure::new("`config` is not built yet", "use a later version").into())
}
