//! `mrconductor handshake`.

use std::process::ExitCode;

use super::{Failure, Global};

/// Agrees protocol, tokenizer and features, and prints the signed receipt.
#[derive(Debug, Default, clap::Args)]
pub(crate) struct Args {}

/// TEMPORARY: not built yet.
pub(crate) fn run(_args: &Args, _global: &Global) -> anyhow::Result<ExitCode> {
    Err(Failure::new("`handshake` is not built yet", "use a later version").into())
}
