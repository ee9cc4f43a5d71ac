//! `mrconductor bench SUBJECT DIR`: one file per subject, each printing a table that anyone can reproduce.

mod article;
mod chunks;
mod column;
mod diagnostics;
mod distill;
mod lookup;
mod mutate;
mod queries;
mod recall;
mod session;
mod signatures;
mod templates;

use std::process::ExitCode;

use clap::Subcommand;

use super::Global;

/// Measures on a folder of real material.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    subject: Subject,
}

#[derive(Debug, Subcommand)]
enum Subject {
    /// Tokens before and after, and whether every byte comes back
    Distill(distill::Args),
    /// Damaged pieces of real files: whether each comes back from its packed text
    Mutate(mutate::Args),
    /// What recorded sessions of an agent would have cost through this program
    Session(session::Args),
    /// How well and how fast questions are answered
    Lookup(lookup::Args),
}

/// Measures what the word after `bench` says.
pub(crate) fn run(args: &Args, global: &Global) -> anyhow::Result<ExitCode> {
    match &args.subject {
        Subject::Distill(args) => distill::run(args, global),
        Subject::Mutate(args) => mutate::run(args, global),
        Subject::Session(args) => session::run(args, global),
        Subject::Lookup(args) => lookup::run(args, global),
    }
}
