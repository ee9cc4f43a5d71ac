//! `mrconductor remove`: takes our entry out of the files of clients again.

use std::process::ExitCode;

use serde_json::json;

use super::clients::change::Change;
use super::clients::{CLIENTS, Places, Scope};
use super::setup::{Consent, Target, Which, make};
use super::{Failure, Global, out};
use crate::config::{Environment, clock};

/// Takes the server out of the configuration of an IDE again.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  mrconductor remove cursor              your own file
  mrconductor remove vscode --project .  the file of this project
  mrconductor remove --all               every client, your own files and those of this project")]
pub(crate) struct Args {
    #[command(flatten)]
    which: Which,
    /// Every client: your own files, and those of the project
    #[arg(long, conflicts_with = "clients")]
    all: bool,
    #[command(flatten)]
    consent: Consent,
}

/// Takes entries out; files without one are left out of the report.
pub(crate) fn run(args: &Args, global: &Global) -> anyhow::Result<ExitCode> {
    let places = Places::of(&Environment::of_process())?;
    let target = Target::of(&args.which, global)?;
    let config = global.config_with_problems();
    let mut changes = Vec::new();
    if args.all {
        for &client in CLIENTS {
            changes.push(Change::take(client, Scope::User, &target.project, &places));
            if let Some(project) = &config.project {
                changes.push(Change::take(client, Scope::Project, project, &places));
            }
        }
        // Of all files, only those that have our entry are worth a word, and those that cannot be read.
        changes.retain(|change| change.as_ref().map_or(true, Change::is_needed));
        if changes.is_empty() && !global.json {
            out::write(b"no client has our entry: nothing to do\n")?;
        }
    } else if args.which.clients.is_empty() {
        return Err(Failure::new(
            "no client is named",
            "name one, as in `mrconductor remove cursor`, or use `--all`",
        )
        .into());
    } else {
        for word in &args.which.clients {
            let client = super::clients::find(word)?;
            changes.push(Change::take(client, target.scope, &target.project, &places));
        }
    }
    let done = make(changes, &args.consent, global, clock::unix_ms())?;
    if global.json {
        out::write_json(&json!({"files": done.json(), "dry_run": args.consent.dry_run}))?;
    } else if let Some(data) = config
        .data_dir
        .filter(|data| done.made_any() && data.exists())
    {
        let text = format!("Your data stays in {}\n", data.display());
        out::write(text.as_bytes())?;
    }
    Ok(ExitCode::from(u8::from(done.failed)))
}
