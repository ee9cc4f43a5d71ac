//! `mrconductor bench session FILE…`: replays what an agent read in a recorded session, in order, and says what it would have
//! read through `distill`: the tool descriptions, the names told and the restores included.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use serde::Deserialize;
use serde_json::json;

use super::super::{Failure, Global};
use super::distill::{saved, word};
use crate::cli::out::{self, say};
use crate::distill::{Intent, Level};
use crate::handshake::ClientOffer;
use crate::tokens::{Encoding, count};
use crate::tools::distill::{Options, Source, distill, options};
use crate::tools::input::read_file;
use crate::tools::page::Delivery;
use crate::tools::restore::{Part, restore};
use crate::tools::{Engines, ToolError, descriptions_tokens, handshake};

/// Of so many results that leave something out, one is restored whole: a reader who needs what is missing asks for it.
const RESTORED_PART: usize = 5;

/// Replays recorded sessions.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Recordings: a JSON object a line, `{"command": …, "output": …}` or `{"path": …, "output": …, "edit": true}`
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// Level: exact, aliased, digest or auto; what is read for editing keeps its spelling at each
    #[arg(long, default_value = "exact", value_parser = super::super::distill::word::<Level>)]
    level: Level,
}

/// One thing that was read.
#[derive(Debug, Deserialize)]
struct Step {
    /// The command whose output it is.
    command: Option<String>,
    /// Else the file that it is the text of.
    path: Option<String>,
    /// What was read.
    output: String,
    /// Whether the file was edited next.
    #[serde(default)]
    edit: bool,
}

/// Tokens of a session.
#[derive(Debug, Default)]
struct Account {
    steps: usize,
    raw: usize,
    shown: usize,
    restored: usize,
    descriptions: usize,
    handshake: usize,
    /// Steps that cost more than they would have raw.
    longer: usize,
}

impl Account {
    fn net(&self) -> usize {
        self.shown + self.restored + self.descriptions + self.handshake
    }
}

/// Prints a line for each recording; fails if a session costs more than it would have without us.
pub(crate) fn run(args: &Args, global: &Global) -> anyhow::Result<ExitCode> {
    let mut accounts = Vec::new();
    for file in &args.files {
        let bytes = read_file(file).map_err(Failure::from)?;
        let text = String::from_utf8(bytes)
            .with_context(|| format!("`{}` is not UTF-8 text", file.display()))?;
        let steps = text
            .lines()
            .enumerate()
            .map(|(number, line)| {
                serde_json::from_str(line).map_err(|error| {
                    let what = format!("line {} of `{}`: {error}", number + 1, file.display());
                    Failure::new(what, "a line is `{\"command\": \"…\", \"output\": \"…\"}`")
                })
            })
            .collect::<Result<Vec<Step>, _>>()?;
        let home = tempfile::tempdir().context("cannot make a folder for a store")?;
        let mut config = global.config()?;
        config.data_dir = Some(home.path().to_owned());
        let engines = Engines::new(config);
        let account = replay(&engines, steps, args.level).map_err(Failure::from)?;
        accounts.push((file.display().to_string(), account));
    }
    let is_good = accounts
        .iter()
        .all(|(_, account)| account.net() <= account.raw);
    if global.json {
        let sessions: Vec<_> = accounts
            .iter()
            .map(|(name, account)| {
                json!({
                    "name": name, "steps": account.steps, "raw": account.raw, "shown": account.shown, "restored": account.restored,
                    "descriptions": account.descriptions, "handshake": account.handshake, "net": account.net(), "longer": account.longer,
                })
            })
            .collect();
        out::write_json(&json!({"level": args.level.name(), "sessions": sessions}))?;
    } else {
        say!(
            "replayed at level {}: o200k tokens; net = shown + restored + tool descriptions + handshake",
            args.level.name()
        )?;
        say!(
            "{:>6}{:>9}{:>9}{:>9}{:>7}{:>9}{:>7}{:>8}  session",
            "steps",
            "raw",
            "shown",
            "restored",
            "tools",
            "net",
            "%",
            "longer"
        )?;
        for (name, account) in &accounts {
            say!(
                "{:>6}{:>9}{:>9}{:>9}{:>7}{:>9}{:>7}{:>8}  {name}",
                account.steps,
                account.raw,
                account.shown,
                account.restored,
                account.descriptions + account.handshake,
                account.net(),
                saved((account.raw, account.net())),
                account.longer
            )?;
        }
    }
    Ok(if is_good {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(5)
    })
}

fn replay(engines: &Engines, steps: Vec<Step>, level: Level) -> Result<Account, ToolError> {
    let tokens = |text: &str| count(Encoding::O200k, text);
    let opened = handshake::open(engines, &ClientOffer::default(), None)?;
    let mut account = Account {
        descriptions: descriptions_tokens(),
        handshake: tokens(&opened.answer().text),
        ..Account::default()
    };
    let mut left_out = 0;
    for step in steps {
        let raw = tokens(&step.output);
        let bytes = step.output.into_bytes();
        let source = match (step.path, step.command) {
            (Some(path), _) => Source::File { path, bytes },
            (None, _) => Source::Bytes(bytes),
        };
        let options = Options {
            level: if step.edit { Level::Exact } else { level },
            intent: if step.edit {
                Intent::Edit
            } else {
                Intent::Read
            },
            ..options(engines, Some(opened.handle()))?
        };
        let answer = distill(engines, source, &options, Delivery::Whole)?;
        let shown = tokens(&answer.text);
        account.steps += 1;
        account.raw += raw;
        account.shown += shown;
        account.longer += usize::from(shown > raw);
        if word(&answer.facts, "level") == Level::Digest.name() {
            left_out += 1;
            if left_out % RESTORED_PART == 0 {
                let whole = restore(engines, &word(&answer.facts, "handle"), &Part::All)?;
                account.restored += tokens(&String::from_utf8_lossy(&whole));
            }
        }
    }
    Ok(account)
}
