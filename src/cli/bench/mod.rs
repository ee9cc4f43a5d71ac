//! `mrconductor bench SUBJECT DIR`: one file per subject, each printing a table that anyone can reproduce.

use std::process::ExitCode;

use super::{Failure, Global};

/// Measures on a folder of real material.
#[derive(Debug, Default, clap::Args)]
pub(crate) struct Args {}

/// TEMPORARY: not built yet.
pub(crate) fn run(_args: &Args, _global: &Global) -> anyhow::Result<ExitCode> {
    Err(Failure::new("`bench` is not built yet", "use a later version").into())
}
