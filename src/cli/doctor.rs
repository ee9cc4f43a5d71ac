//! `mrconductor doctor`.

use std::process::ExitCode;

use super::{Failure, Global};

/// Checks the set-up and names the fix for everything that is wrong.
#[derive(Debug, Default, clap::Args)]
pub(crate) struct Args {}

/// TEMPORARY: not built yet.
pub(crate) fn run(_args: &Args, _global: &Global) -> anyhow::Result<ExitCode> {
    Err(Failure::new("`doctor` is not built yet", "use a later version").into())
}
