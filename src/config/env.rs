//! The environment: a snapshot taken once at the rim, and every variable this program reads.

use std::collections::BTreeMap;
use std::ffi::OsString;

/// What the name of every variable of ours begins with; `__` stands for the dot of a key.
pub const PREFIX: &str = "MRCONDUCTOR_";

/// A variable that is read but is not a key of a settings file.
#[derive(Debug, Clone, Copy)]
pub struct Variable {
    /// Its name.
    pub name: &'static str,
    /// What it is for.
    pub doc: &'static str,
}

/// Variables beside the keys, which have theirs by [`super::Key::variable`].
pub const VARIABLES: &[Variable] = &[
    Variable {
        name: "MRCONDUCTOR_CONFIG",
        doc: "The user's settings file, in place of `config.toml` in the configuration directory",
    },
    Variable {
        name: "MRCONDUCTOR_PROJECT",
        doc: "The project, as `--project`",
    },
    Variable {
        name: "CLAUDE_PROJECT_DIR",
        doc: "The project where neither of ours says it; Claude Code sets it",
    },
    Variable {
        name: "HOME",
        doc: "Where the directories below are; without it nothing is written and the store lives in memory",
    },
    Variable {
        name: "XDG_CONFIG_HOME",
        doc: "Parent of the configuration directory; `~/.config` by default, on macOS too",
    },
    Variable {
        name: "XDG_DATA_HOME",
        doc: "Parent of the data directory; `~/.local/share` by default, on macOS too",
    },
    Variable {
        name: "XDG_STATE_HOME",
        doc: "Parent of the directory of the logs; `~/.local/state` by default, on macOS too",
    },
    Variable {
        name: "LC_ALL",
        doc: "Whether a terminal shows UTF-8; only `doctor` looks, then at `LC_CTYPE` and `LANG`",
    },
    Variable {
        name: "PATH",
        doc: "Where `setup` looks for the name under which this program was installed",
    },
    Variable {
        name: "HTTPS_PROXY",
        doc: "Proxy for sites of documentation at `https://`; so `HTTP_PROXY` for `http://`, both also in small letters",
    },
    Variable {
        name: "NO_PROXY",
        doc: "Hosts that are asked without a proxy, divided by commas; also in small letters",
    },
    Variable {
        name: "SSL_CERT_FILE",
        doc: "File of the certificates to trust, in place of the system's; not on Windows and macOS",
    },
    Variable {
        name: "USERPROFILE",
        doc: "Windows: in place of `HOME`",
    },
    Variable {
        name: "APPDATA",
        doc: "Windows: parent of the configuration directory",
    },
    Variable {
        name: "LOCALAPPDATA",
        doc: "Windows: parent of the data directory and of the logs",
    },
];

/// The environment of a process, as values.
#[derive(Clone, Default)]
pub struct Environment {
    variables: BTreeMap<String, OsString>,
}

impl Environment {
    /// Takes the snapshot of this process. Variables whose name is not Unicode are left out.
    pub fn of_process() -> Self {
        std::env::vars_os().collect()
    }

    /// Returns a variable; an empty one counts as unset, since clients pass what they could not expand as empty.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.variables
            .get(name)?
            .to_str()
            .filter(|text| !text.is_empty())
    }

    /// Returns every variable of ours that is set, by name, with `None` for a value that is not Unicode.
    pub(super) fn ours(&self) -> impl Iterator<Item = (&str, Option<&str>)> {
        self.variables
            .iter()
            .filter(|(name, value)| name.starts_with(PREFIX) && !value.is_empty())
            .map(|(name, value)| (name.as_str(), value.to_str()))
    }
}

impl FromIterator<(OsString, OsString)> for Environment {
    fn from_iter<I: IntoIterator<Item = (OsString, OsString)>>(pairs: I) -> Self {
        Self {
            variables: pairs
                .into_iter()
                .filter_map(|(name, value)| Some((name.into_string().ok()?, value)))
                .collect(),
        }
    }
}

impl<'a> FromIterator<(&'a str, &'a str)> for Environment {
    fn from_iter<I: IntoIterator<Item = (&'a str, &'a str)>>(pairs: I) -> Self {
        pairs
            .into_iter()
            .map(|(name, value)| (OsString::from(name), OsString::from(value)))
            .collect()
    }
}

/// Names only: values may be secrets.
impl std::fmt::Debug for Environment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.variables.keys()).finish()
    }
}
