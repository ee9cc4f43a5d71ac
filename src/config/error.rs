//! What can be wrong with settings, said with the place and the way out.

use std::path::PathBuf;

use super::key::keys;
use super::origin::{Line, Origin};

/// One thing that is wrong with the settings.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// A settings file is there but cannot be read.
    #[error("cannot read settings file `{}`: {why}", file.display())]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// What the system said.
        why: String,
        /// Whether it is the project's.
        project: bool,
    },
    /// A settings file is not TOML.
    #[error("{line}: {message}")]
    Syntax {
        /// Where.
        line: Line,
        /// What the parser said.
        message: String,
        /// Whether the file is the project's.
        project: bool,
    },
    /// No key has this name.
    #[error("{origin}: unknown key `{key}`")]
    UnknownKey {
        /// Where.
        origin: Origin,
        /// As written.
        key: String,
        /// The key that was probably meant.
        near: Option<String>,
    },
    /// The key does not take this value.
    #[error("{origin}: `{key}` takes {takes}, not {found}")]
    WrongValue {
        /// Where.
        origin: Origin,
        /// The key.
        key: String,
        /// What it takes.
        takes: String,
        /// What stands there; never a header's value.
        found: String,
    },
    /// A project's file sets what only the person may.
    #[error("{origin}: a project's file cannot set `{key}`")]
    NotForProjects {
        /// Where.
        origin: Origin,
        /// The key.
        key: String,
        /// The user's settings file.
        user_file: Option<PathBuf>,
    },
}

impl ConfigError {
    /// Returns what to do next.
    pub fn hint(&self) -> String {
        match self {
            Self::Unreadable { .. } => {
                "make it a readable file of at most 1 MiB, or take it away".to_owned()
            }
            Self::Syntax { .. } => {
                "write TOML: `key = value` lines under `[table]` headings".to_owned()
            }
            Self::UnknownKey { near, .. } => match near {
                Some(near) => {
                    format!("did you mean `{near}`? `mrconductor config schema` lists every key")
                }
                None => "`mrconductor config schema` lists every key".to_owned(),
            },
            Self::WrongValue { .. } => {
                "`mrconductor config schema` says what each key takes".to_owned()
            }
            Self::NotForProjects { user_file, .. } => {
                let allowed: Vec<_> = keys()
                    .iter()
                    .filter(|key| key.project)
                    .map(|key| format!("`{}`", key.path))
                    .collect();
                let place = user_file.as_ref().map_or_else(
                    || "your own settings file".to_owned(),
                    |file| format!("your own settings file `{}`", file.display()),
                );
                format!(
                    "set it in {place}; a project may set {}",
                    allowed.join(", ")
                )
            }
        }
    }

    /// Returns whether the fault lies in the project's file, which may be a stranger's.
    pub fn is_projects(&self) -> bool {
        match self {
            Self::Unreadable { project, .. } | Self::Syntax { project, .. } => *project,
            Self::UnknownKey { origin, .. }
            | Self::WrongValue { origin, .. }
            | Self::NotForProjects { origin, .. } => matches!(origin, Origin::ProjectFile(_)),
        }
    }
}
