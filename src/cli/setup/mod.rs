//! `mrconductor setup`: writes our entry into the files of clients, shows what it will do first, and tries it after.

mod make;
mod target;
mod tryout;

use std::path::PathBuf;
use std::process::ExitCode;

use serde_json::json;

pub(super) use self::make::{Consent, make};
pub(super) use self::target::Target;
use self::target::{chosen, named_or_all};
use self::tryout::tried;
pub(super) use self::tryout::{Tried, try_entry};
use super::clients::Places;
use super::clients::change::Change;
use super::clients::order::Order;
use super::{Global, out};
use crate::config::{Environment, clock};

/// Puts the server into the configuration of an IDE, shows the difference first, then tries it.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  mrconductor setup                      every client that is installed, for all your projects
  mrconductor setup cursor --dry-run     show the difference, write nothing
  mrconductor setup vscode --project .   the file of this project, to be shared
  mrconductor setup --undo               put back what the files held before")]
pub(crate) struct Args {
    #[command(flatten)]
    pub(super) which: Which,
    #[command(flatten)]
    pub(super) consent: Consent,
    /// Put back what the files held before the last change
    #[arg(long)]
    undo: bool,
    /// Do not start the entries that were written
    #[arg(long)]
    no_try: bool,
}

/// Which files.
#[derive(Debug, clap::Args)]
pub(super) struct Which {
    /// Clients; without one, all that are installed
    #[arg(value_name = "CLIENT", value_parser = super::clients::names())]
    pub(super) clients: Vec<String>,
    /// Your own files, for all projects; `--project DIR` means the files of that project instead
    #[arg(long)]
    pub(super) user: bool,
}

/// Writes, or takes the last change back.
pub(crate) fn run(args: &Args, global: &Global) -> anyhow::Result<ExitCode> {
    let environment = Environment::of_process();
    let places = Places::of(&environment)?;
    let target = Target::of(&args.which, global)?;
    if args.undo {
        return undo(args, global, &target, &places);
    }
    let config = global.config()?;
    let clients = chosen(&args.which.clients, &target, &places)?;
    let order = Order::new(target.scope, global, &config, &environment, &places)?;
    let changes = clients.into_iter().map(|client| {
        let entry = order.entry(client, target.scope);
        Change::put(client, target.scope, &target.project, &places, &entry)
    });
    let mut done = make(changes.collect(), &args.consent, global, clock::unix_ms())?;
    if !args.no_try && !args.consent.dry_run {
        for part in done.parts.iter_mut().filter(|part| part.stands()) {
            let trial = tried(part.client, target.scope, &target.project, &places);
            done.failed |= trial.is_failure();
            if !global.json {
                out::write(format!("{}\n", trial.line(part.client)).as_bytes())?;
            }
            part.trial = Some(trial);
        }
    }
    if global.json {
        out::write_json(&json!({"files": done.json(), "dry_run": args.consent.dry_run}))?;
    } else if done.made_any() {
        let mut lines = vec!["\nNow by hand:"];
        for part in done.parts.iter().filter(|part| part.made) {
            lines.push(part.client.next_step(target.scope));
        }
        let text = lines.join("\n  ") + "\nTo take it back: mrconductor setup --undo\n";
        out::write(text.as_bytes())?;
    }
    Ok(ExitCode::from(u8::from(done.failed)))
}

fn undo(
    args: &Args,
    global: &Global,
    target: &Target,
    places: &Places,
) -> anyhow::Result<ExitCode> {
    let changes = named_or_all(&args.which.clients)?
        .into_iter()
        .map(|client| Change::undo(client, target.scope, &target.project, places));
    let done = make(changes.collect(), &args.consent, global, clock::unix_ms())?;
    if global.json {
        out::write_json(&json!({"files": done.json(), "dry_run": args.consent.dry_run}))?;
    }
    Ok(ExitCode::from(u8::from(done.failed)))
}

/// The folder of a project file, or where a trial of a person's own file takes place.
fn here() -> PathBuf {
    std::env::current_dir().unwrap_or_else(|_| PathBuf::from("/"))
}
