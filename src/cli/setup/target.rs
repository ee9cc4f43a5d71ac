//! Which files are meant: whose, of which project, of which clients.

use std::path::{Path, PathBuf};

use super::{Which, here};
use crate::cli::clients::{self, CLIENTS, Client, Places, Scope, names, path};
use crate::cli::{Failure, Global};

/// Whose files, and the project they belong to.
pub(crate) struct Target {
    /// The person's or a project's.
    pub(crate) scope: Scope,
    /// The folder of the project; for the person's own files, where they are tried.
    pub(crate) project: PathBuf,
}

impl Target {
    /// Reads it from the flags: `--project DIR` means that project's files, anything else the person's own.
    pub(crate) fn of(which: &Which, global: &Global) -> Result<Self, Failure> {
        match &global.project {
            None => Ok(Self {
                scope: Scope::User,
                project: here(),
            }),
            Some(_) if which.user => Err(Failure::new(
                "`--user` and `--project` mean different files",
                "use one of them",
            )),
            Some(folder) => Ok(Self {
                scope: Scope::Project,
                project: folder.canonicalize().map_err(|error| {
                    Failure::new(
                        format!("cannot find the project `{}`: {error}", folder.display()),
                        "name a folder that exists",
                    )
                })?,
            }),
        }
    }
}

/// Returns the clients that `words` name; without words, all.
pub(crate) fn named_or_all(words: &[String]) -> Result<Vec<&'static dyn Client>, Failure> {
    if words.is_empty() {
        return Ok(CLIENTS.to_vec());
    }
    words.iter().map(|word| clients::find(word)).collect()
}

/// Returns the clients that `words` name; without words, those that are there.
pub(crate) fn chosen(
    words: &[String],
    target: &Target,
    places: &Places,
) -> Result<Vec<&'static dyn Client>, Failure> {
    if !words.is_empty() {
        return named_or_all(words);
    }
    let found: Vec<_> = CLIENTS
        .iter()
        .copied()
        .filter(|client| is_there(*client, target, places))
        .collect();
    if found.is_empty() {
        return Err(Failure::new(
            "no client was found",
            format!("name one: `mrconductor setup {}`", names().join("|")),
        ));
    }
    Ok(found)
}

/// Returns whether the person has the client, or the project a place for its file.
fn is_there(client: &dyn Client, target: &Target, places: &Places) -> bool {
    let in_project = || {
        let file = path(client, Scope::Project, &target.project, places);
        let folder = file.parent().filter(|folder| *folder != target.project);
        file.exists() || folder.is_some_and(Path::exists)
    };
    client.trace(places).exists() || (target.scope == Scope::Project && in_project())
}
