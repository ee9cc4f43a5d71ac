//! `mrconductor restore`.

use std::process::ExitCode;

use super::{Failure, Global};

/// Gives back an original, or a part of it.
#[derive(Debug, Default, clap::Args)]
pub(crate) struct Args {}

/// TEMPORARY: not built yet.
pub(crate) fn run(_args: &Args, _global: &Global) -> anyhow::Result<ExitCode> {
    Err(Failure::new("`restore` is not built yet", "use a later version").into())
}
