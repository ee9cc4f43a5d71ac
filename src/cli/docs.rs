//! `mrconductor docs`.

use std::process::ExitCode;

use super::{Failure, Global};

/// Adds, lists, searches, reads, refreshes and removes documentation.
#[derive(Debug, Default, clap::Args)]
pub(crate) struct Args {}

/// TEMPORARY: not built yet.
pub(crate) fn run(_args: &Args, _global: &Global) -> anyhow::Result<ExitCode> {
    Err(Failure::new("`docs` is not built yet", "use a later version").into())
}
