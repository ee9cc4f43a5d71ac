//! `mrconductor setup`.

use std::process::ExitCode;

use super::{Failure, Global};

/// Puts the server into the configuration of an IDE, shows the difference first, then tries it.
#[derive(Debug, Default, clap::Args)]
pub(crate) struct Args {}

/// TEMPORARY: not built yet.
pub(crate) fn run(_args: &Args, _global: &Global) -> anyhow::Result<ExitCode> {
    Err(Failure::new("`setup` is not built yet", "use a later version").into())
}
