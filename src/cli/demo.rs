//! `mrconductor demo`.

use std::process::ExitCode;

use super::{Failure, Global};

/// Shows the main job on embedded real samples: no network, no configuration, nothing left behind.
#[derive(Debug, Default, clap::Args)]
pub(crate) struct Args {}

/// TEMPORARY: not built yet.
pub(crate) fn run(_args: &Args, _global: &Global) -> anyhow::Result<ExitCode> {
    Err(Failure::new("`demo` is not built yet", "use a later version").into())
}
