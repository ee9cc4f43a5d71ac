//! `mrconductor keys`.

use std::process::ExitCode;

use super::{Failure, Global};

/// Makes, lists, shows and removes signing identities.
#[derive(Debug, Default, clap::Args)]
pub(crate) struct Args {}

/// TEMPORARY: not built yet.
pub(crate) fn run(_args: &Args, _global: &Global) -> anyhow::Result<ExitCode> {
    Err(Failure::new("`keys` is not built yet", "use a later version").into())
}
