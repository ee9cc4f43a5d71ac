//! Where files are, by the XDG layout on every Unix and by the known folders on Windows.
//!
//! macOS follows XDG too: people look for command-line tools there, and one path in the papers is right everywhere.

use std::path::{Path, PathBuf};

use super::env::Environment;

/// Our directories; none is made here, and none exists when no home is known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Places {
    /// Home of the person.
    pub home: Option<PathBuf>,
    /// Holds `config.toml`.
    pub config: Option<PathBuf>,
    /// Holds the store.
    pub data: Option<PathBuf>,
    /// Holds the logs.
    pub state: Option<PathBuf>,
}

impl Places {
    /// Returns the places of the person whose environment this is.
    pub fn of(environment: &Environment) -> Self {
        // A relative path would name another place in every working directory; XDG says to ignore it.
        let directory = |name: &str| {
            environment
                .text(name)
                .map(PathBuf::from)
                .filter(|path| path.is_absolute())
        };
        let home = directory(if cfg!(windows) { "USERPROFILE" } else { "HOME" });
        let own = |variable: &str, below_home: &str| {
            directory(variable)
                .or_else(|| home.as_ref().map(|home| home.join(below_home)))
                .map(|parent| parent.join("mrconductor"))
        };
        if cfg!(windows) {
            Self {
                config: own("APPDATA", "AppData/Roaming"),
                data: own("LOCALAPPDATA", "AppData/Local"),
                state: own("LOCALAPPDATA", "AppData/Local"),
                home,
            }
        } else {
            Self {
                config: own("XDG_CONFIG_HOME", ".config"),
                data: own("XDG_DATA_HOME", ".local/share"),
                state: own("XDG_STATE_HOME", ".local/state"),
                home,
            }
        }
    }

    /// Returns `text` as a path, with a leading `~/` read as the home; `None` if that is not known.
    pub fn expand(&self, text: &str) -> Option<PathBuf> {
        match text.strip_prefix("~/") {
            Some(rest) => Some(self.home.as_ref()?.join(rest)),
            None => Some(PathBuf::from(text)),
        }
    }

    /// Returns whether `path` is the root of a file system or the person's home, also by its resolved name: never a project.
    pub fn is_too_wide(&self, path: &Path) -> bool {
        let is_home = |home: &PathBuf| {
            home == path || home.canonicalize().is_ok_and(|resolved| resolved == path)
        };
        path.parent().is_none() || self.home.as_ref().is_some_and(is_home)
    }
}
