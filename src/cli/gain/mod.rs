//! `mrconductor gain`: what the ledger says was saved, after what the server itself cost.

mod json;
mod page;
mod statusline;
mod table;
#[cfg(test)]
mod trial;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;

use super::{Global, out};
use crate::config::{Config, clock};
use crate::store::savings::{DAY_SECONDS, Ledger, Period};
use crate::tools::Engines;

/// Shows the tokens saved so far, net of what the server itself costs.
///
/// Every figure is counted: tokens of the original and of what the model was given, call by call. Restores and the tool
/// descriptions that each session begins with are subtracted. With `--project DIR` only that project's calls count.
#[derive(Debug, Default, clap::Args)]
pub(crate) struct Args {
    /// Only what was saved in the last DAYS days
    #[arg(long, value_name = "DAYS")]
    since: Option<u32>,
    /// One line for each project instead of each kind of content
    #[arg(long, conflicts_with_all = ["html", "statusline"])]
    by_project: bool,
    /// Write a page with charts to FILE: it needs nothing else and opens offline
    #[arg(long, value_name = "FILE", conflicts_with = "statusline")]
    html: Option<PathBuf>,
    /// Print one short line for the status line of a client; nothing where nothing was counted
    #[arg(long)]
    statusline: bool,
}

pub(crate) fn run(args: &Args, global: &Global) -> anyhow::Result<ExitCode> {
    if args.statusline {
        // A client shows whatever comes: nothing is better than an error at the foot of every screen.
        if let Ok((ledger, _)) = read(args, global) {
            out::write(statusline::line(&ledger).as_bytes())?;
        }
        return Ok(ExitCode::SUCCESS);
    }
    let (ledger, period) = read(args, global)?;
    if let Some(file) = &args.html {
        let page = page::page(&ledger, &period, clock::unix_seconds());
        std::fs::write(file, page).with_context(|| format!("cannot write `{}`", file.display()))?;
        if global.json {
            out::write_json(&json::object(&ledger, &period))?;
        } else {
            out::write(format!("Written: {}\n", file.display()).as_bytes())?;
        }
    } else if global.json {
        out::write_json(&json::object(&ledger, &period))?;
    } else {
        out::write(table::table(&ledger, args.by_project).as_bytes())?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Sums up the ledger over the period that was asked for.
fn read(args: &Args, global: &Global) -> anyhow::Result<(Ledger, Period)> {
    let config = global.config()?;
    let project = match global.project {
        Some(_) => project(&config),
        None => None,
    };
    let engines = Engines::new(config);
    let since = args.since.map_or(0, |days| {
        clock::unix_seconds() - i64::from(days) * DAY_SECONDS
    });
    let period = Period { since, project };
    let ledger = engines.store()?.ledger(&period)?;
    Ok((ledger, period))
}

fn project(config: &Config) -> Option<String> {
    let project = config.project.as_ref()?;
    Some(project.display().to_string())
}
