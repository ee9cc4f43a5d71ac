//! Shows changes, asks once, makes them.

use std::io::{BufRead as _, IsTerminal as _, Write as _};
use std::path::PathBuf;

use serde_json::{Value, json};

use super::tryout::Tried;
use crate::cli::clients::Client;
use crate::cli::clients::change::Change;
use crate::cli::{Failure, Global, out};

/// Whether files may be written.
#[derive(Debug, clap::Args)]
pub(crate) struct Consent {
    /// Show the difference, write nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Write without asking
    #[arg(long, short, conflicts_with = "dry_run")]
    pub(crate) yes: bool,
}

/// What became of all changes.
pub(crate) struct Done {
    /// One part for each file that could be read.
    pub(crate) parts: Vec<Part>,
    /// Files that were left alone, and why.
    refusals: Vec<Failure>,
    /// Whether anything went wrong.
    pub(crate) failed: bool,
}

/// What became of one change.
pub(crate) struct Part {
    /// Whose file it is.
    pub(crate) client: &'static dyn Client,
    /// Whether the file was written.
    pub(crate) made: bool,
    /// How the entry did when it was started.
    pub(crate) trial: Option<Tried>,
    change: Change,
    backup: Option<PathBuf>,
}

impl Part {
    /// Returns whether the file now is as it was to become.
    pub(crate) fn stands(&self) -> bool {
        self.made || !self.change.is_needed()
    }
}

impl Done {
    /// Returns whether any file was written.
    pub(crate) fn made_any(&self) -> bool {
        self.parts.iter().any(|part| part.made)
    }

    /// Returns every part as data.
    pub(crate) fn json(&self) -> Value {
        let parts = self.parts.iter().map(|part| {
            json!({
                "client": part.client.name(),
                "scope": part.change.scope.name(),
                "path": part.change.path(),
                "change": part.change.verb(),
                "diff": part.change.diff(),
                "written": part.made,
                "backup": part.backup,
                "trial": part.trial.as_ref().map(Tried::json),
            })
        });
        let refusals = self.refusals.iter().map(|failure| {
            json!({"change": "refused", "error": failure.to_string(), "hint": failure.hint()})
        });
        parts.chain(refusals).collect()
    }
}

/// Shows `changes`, asks where that is needed, and makes them. A file that cannot be changed stops none of the others.
pub(crate) fn make(
    changes: Vec<Result<Change, Failure>>,
    consent: &Consent,
    global: &Global,
    unix_ms: i64,
) -> anyhow::Result<Done> {
    let mut done = Done {
        parts: Vec::new(),
        refusals: Vec::new(),
        failed: false,
    };
    let say = |text: &str| {
        if global.json {
            Ok(())
        } else {
            out::write(text.as_bytes())
        }
    };
    let mut needed = 0;
    for change in changes {
        match change {
            Ok(change) => {
                let (title, path) = (change.client.title(), change.path().display());
                if change.is_needed() {
                    needed += 1;
                    say(&format!("{title}: {path}\n{}\n", change.diff()))?;
                } else {
                    say(&format!("{title}: {path}: nothing to do\n"))?;
                }
                done.parts.push(Part {
                    client: change.client,
                    made: false,
                    trial: None,
                    change,
                    backup: None,
                });
            }
            Err(failure) => {
                say(&format!("✘ {failure}\n  hint: {}\n\n", failure.hint()))?;
                done.failed = true;
                done.refusals.push(failure);
            }
        }
    }
    if needed == 0 || consent.dry_run || !agreed(consent, needed)? {
        return Ok(done);
    }
    for part in done.parts.iter_mut().filter(|part| part.change.is_needed()) {
        match part.change.apply(unix_ms) {
            Ok(backup) => {
                part.made = true;
                part.backup = backup;
                let path = part.change.path().display();
                say(&format!("{} {path}\n", part.change.verb()))?;
                let holds_text = |path: &&PathBuf| !crate::cli::clients::file::is_absence(path);
                if let Some(backup) = part.backup.as_ref().filter(holds_text) {
                    say(&format!("  before: {}\n", backup.display()))?;
                }
            }
            Err(failure) => {
                say(&format!("✘ {failure}\n  hint: {}\n", failure.hint()))?;
                done.failed = true;
                done.refusals.push(failure);
            }
        }
    }
    Ok(done)
}

/// Asks once, on the terminal. Nobody to ask is a no.
#[expect(clippy::print_stderr, reason = "the question is for the person")]
fn agreed(consent: &Consent, files: usize) -> anyhow::Result<bool> {
    if consent.yes {
        return Ok(true);
    }
    if !(std::io::stdin().is_terminal() && std::io::stderr().is_terminal()) {
        return Err(Failure::new(
            "nothing was written: there is no terminal to ask on",
            "add `--yes` to write, or `--dry-run` to look only",
        )
        .into());
    }
    let what = if files == 1 {
        "this file"
    } else {
        "these files"
    };
    eprint!("Write {what}? [y/N] ");
    std::io::stderr().flush()?;
    let mut answer = String::new();
    std::io::stdin().lock().read_line(&mut answer)?;
    let yes = matches!(answer.trim(), "y" | "Y" | "yes");
    if !yes {
        eprintln!("nothing was written");
    }
    Ok(yes)
}
