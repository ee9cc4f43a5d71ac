//! What an entry has to say so that the server it starts sees what the person sees: which program, which data, which settings.

use std::path::{Path, PathBuf};

use super::{Client, ENTRY, Places, Scope, Variant};
use crate::cli::{Failure, Global};
use crate::config::{Config, Environment, Flags};

/// The parts of a command line that depend on the machine.
#[derive(Debug, Clone)]
pub(crate) struct Order {
    program: String,
    flags: Vec<String>,
}

impl Order {
    /// Returns the order for files of `scope`.
    ///
    /// The person's own files name the program by its absolute path, since a desktop's PATH is short, and carry the
    /// directories that only a shell's variables lead to. A project's files are read on other machines too: they name
    /// the program only, and a directory only if the command line does.
    pub(crate) fn new(
        scope: Scope,
        global: &Global,
        config: &Config,
        environment: &Environment,
        places: &Places,
    ) -> Result<Self, Failure> {
        let mut flags = Vec::new();
        let bare = bare_config(places);
        let mut name = |flag: &str, path: Option<&PathBuf>| {
            if let Some(path) = path {
                flags.extend([flag.to_owned(), path.display().to_string()]);
            }
        };
        let own = scope == Scope::User;
        if (own && config.data_dir != bare.data_dir) || global.data_dir.is_some() {
            name("--data-dir", config.data_dir.as_ref());
        }
        let has_file = config.user_file.as_ref().is_some_and(|file| file.exists());
        if own && has_file && config.user_file != bare.user_file {
            name("--config", config.user_file.as_ref());
        }
        let program = match scope {
            Scope::Project => ENTRY.to_owned(),
            Scope::User => program(environment)?.display().to_string(),
        };
        Ok(Self { program, flags })
    }

    /// Returns the entry of `client`.
    pub(crate) fn entry(&self, client: &dyn Client, scope: Scope) -> serde_json::Value {
        let command = super::command(client, scope, &self.program, &self.flags);
        client.entry(&command, Variant::Plain)
    }
}

/// Returns the settings of a server that a desktop starts: of this person, without the variables of a shell.
pub(crate) fn bare_config(places: &Places) -> Config {
    let home = places.home.display().to_string();
    let variable = if cfg!(windows) { "USERPROFILE" } else { "HOME" };
    let environment: Environment = [(variable, home.as_str())].into_iter().collect();
    Config::load(&Flags::default(), &environment, None)
}

/// Returns the absolute path of this program, by the name on PATH that leads to it where there is one.
///
/// A package manager keeps that name over upgrades, while the file it points to has a version in its path.
pub(crate) fn program(environment: &Environment) -> Result<PathBuf, Failure> {
    let failed = |error: std::io::Error| {
        Failure::new(
            format!("cannot find the path of this program: {error}"),
            "start it by its absolute path",
        )
    };
    let itself = std::env::current_exe().map_err(failed)?;
    let itself = itself.canonicalize().map_err(failed)?;
    let file_name = itself.file_name().unwrap_or_default();
    let path = environment.text("PATH").unwrap_or("");
    let named = std::env::split_paths(path)
        .filter(|folder| folder.is_absolute())
        .map(|folder| folder.join(file_name))
        .find(|name| name.canonicalize().is_ok_and(|target| target == itself));
    Ok(named.unwrap_or(itself))
}

/// Returns where `name` is on the PATH of a program that a desktop starts.
pub(crate) fn on_bare_path(name: &str) -> Option<PathBuf> {
    std::env::split_paths(crate::cli::trial::BARE_PATH)
        .map(|folder| folder.join(name))
        .find(|path: &PathBuf| Path::is_file(path))
}
