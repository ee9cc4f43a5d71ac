//! Starts an entry as its client would, and says how it did.

use std::path::Path;

use serde_json::{Value, json};

use crate::cli::clients::file::Snapshot;
use crate::cli::clients::{Client, Places, Scope, Session, edit, launch, path, spot};
use crate::cli::trial::{Trial, TrialError};

/// How an entry did.
pub(crate) enum Tried {
    /// It answered.
    Answered {
        /// How many tools it listed.
        tools: usize,
        /// What the list costs a model, in o200k tokens.
        tokens: usize,
        /// Time from the start of the process to its first answer.
        first_answer_ms: u128,
        /// The first line on stdout that was not JSON-RPC.
        noise: Option<String>,
        /// What `initialize` said.
        server: Value,
    },
    /// The program of a project's entry is not on the PATH of a program that a desktop starts.
    NotOnPath(String),
    /// It did not.
    Failed(String),
}

impl Tried {
    /// Returns whether the entry is of no use on this machine.
    pub(crate) fn is_failure(&self) -> bool {
        match self {
            Self::Answered { noise, .. } => noise.is_some(),
            Self::NotOnPath(_) => false, // it may be on the PATH that the client has: doctor says more
            Self::Failed(_) => true,
        }
    }

    /// Returns one line for a person.
    pub(crate) fn line(&self, client: &dyn Client) -> String {
        let title = client.title();
        match self {
            Self::Answered {
                noise: Some(noise), ..
            } => format!("✘ {title}: a line on stdout is not JSON-RPC: {noise}"),
            Self::Answered {
                tools,
                tokens,
                first_answer_ms,
                ..
            } => format!(
                "✔ {title}: {tools} tools, {tokens} tokens, first answer {first_answer_ms} ms"
            ),
            Self::NotOnPath(program) => format!(
                "! {title}: `{program}` is not in a system directory; it starts only if the PATH of {title} leads to it (`mrconductor doctor` says more)"
            ),
            Self::Failed(why) => format!("✘ {title}: {why}"),
        }
    }

    /// Returns it as data.
    pub(crate) fn json(&self) -> Value {
        match self {
            Self::Answered {
                tools,
                tokens,
                first_answer_ms,
                noise,
                server,
            } => json!({
                "tools": tools,
                "tokens": tokens,
                "first_answer_ms": first_answer_ms,
                "noise": noise,
                "version": server.pointer("/serverInfo/version"),
            }),
            Self::NotOnPath(program) => json!({"not_on_path": program}),
            Self::Failed(why) => json!({"error": why}),
        }
    }
}

/// Starts the entry that stands in the file of `client`.
pub(crate) fn tried(client: &dyn Client, scope: Scope, project: &Path, places: &Places) -> Tried {
    let file = match Snapshot::read(&path(client, scope, project, places)) {
        Ok(file) => file,
        Err(failure) => return Tried::Failed(failure.to_string()),
    };
    match edit::get(client.syntax(), file.text(), spot(client)) {
        Ok(Some(entry)) => try_entry(client, &entry, project, places),
        Ok(None) => Tried::Failed("the file has no entry of ours".to_owned()),
        Err(error) => Tried::Failed(error.to_string()),
    }
}

/// Starts `entry`.
pub(crate) fn try_entry(
    client: &dyn Client,
    entry: &Value,
    project: &Path,
    places: &Places,
) -> Tried {
    let session = Session {
        project: project.to_owned(),
        home: places.home.clone(),
    };
    let Some(launch) = launch(client, entry, &session) else {
        return Tried::Failed("the entry names no program".to_owned());
    };
    match Trial::start(&launch) {
        Ok(trial) => Tried::Answered {
            tools: trial.tools().len(),
            tokens: trial.tokens(),
            first_answer_ms: trial.latency().as_millis(),
            noise: trial.noise().map(str::to_owned),
            server: trial.server().clone(),
        },
        Err(TrialError::Spawn { program, source })
            if source.kind() == std::io::ErrorKind::NotFound && !program.contains(['/', '\\']) =>
        {
            Tried::NotOnPath(program)
        }
        Err(error) => Tried::Failed(error.to_string()),
    }
}
