//! `mrconductor remove`.

use std::process::ExitCode;

use super::{Failure, Global};

/// Takes the server out of the configuration of an IDE again.
#[derive(Debug, Default, clap::Args)]
pub(crate) struct Args {}

/// TEMPORARY: not built yet.
pub(crate) fn run(_args: &Args, _global: &Global) -> anyhow::Result<ExitCode> {
    Err(Failure::new("`remove` is not built yet", "use a later version").into())
}
