//! `mrconductor man`.

use std::process::ExitCode;

use super::{Failure, Global};

/// Prints the manual page.
#[derive(Debug, Default, clap::Args)]
pub(crate) struct Args {}

/// TEMPORARY: not built yet.
pub(crate) fn run(_args: &Args, _global: &Global) -> anyhow::Result<ExitCode> {
    Err(Failure::new("`man` is not built yet", "use a later version").into())
}
