//! `mrconductor upstream`.

use std::process::ExitCode;

use super::{Failure, Global};

/// Lists and tests the vendor servers of the configuration.
#[derive(Debug, Default, clap::Args)]
pub(crate) struct Args {}

/// TEMPORARY: not built yet.
pub(crate) fn run(_args: &Args, global: &Global) -> anyhow::Result<ExitCode> {
    global.config()?;
    Err(Failure::new("`upstream` is not built yet", "use a later version").into())
}
