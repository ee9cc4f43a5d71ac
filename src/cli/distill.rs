//! `mrconductor distill`.

use std::process::ExitCode;

use super::{Failure, Global};

/// Shortens text without losing it.
#[derive(Debug, Default, clap::Args)]
pub(crate) struct Args {}

/// TEMPORARY: not built yet.
pub(crate) fn run(_args: &Args, _global: &Global) -> anyhow::Result<ExitCode> {
    Err(Failure::new("`distill` is not built yet", "use a later version").into())
}
