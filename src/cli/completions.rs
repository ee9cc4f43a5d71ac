//! `mrconductor completions SHELL`: what a shell needs to complete verbs and flags.

use std::process::ExitCode;

use clap::CommandFactory as _;

use super::{CommandLine, Global, out};

/// Prints shell completions.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  mrconductor completions bash > ~/.local/share/bash-completion/completions/mrconductor
  mrconductor completions zsh > ~/.zfunc/_mrconductor
  mrconductor completions fish > ~/.config/fish/completions/mrconductor.fish
  mrconductor completions powershell >> $PROFILE")]
pub(crate) struct Args {
    /// The shell to complete for
    #[arg(value_name = "SHELL")]
    shell: clap_complete::Shell,
}

/// Prints the completion script, made from the same definitions that parse the command line.
pub(crate) fn run(args: &Args, _global: &Global) -> anyhow::Result<ExitCode> {
    let mut script = Vec::new();
    let mut command = CommandLine::command();
    clap_complete::generate(args.shell, &mut command, "mrconductor", &mut script);
    out::write(&script)?;
    Ok(ExitCode::SUCCESS)
}
