//! Which project the process works for.
//!
//! The working directory of a server is not the workspace: some clients start it in `/` or in the home. So it counts only
//! if it, or a parent, looks like a project.

use std::path::{Path, PathBuf};

use super::env::Environment;
use super::origin::Origin;
use super::places::Places;

/// The file by which a project sets what it may set.
pub const PROJECT_FILE: &str = ".mrconductor.toml";

/// A directory that holds one of these is a project.
const MARKERS: &[&str] = &[
    ".git",
    ".hg",
    ".jj",
    PROJECT_FILE,
    "Cargo.toml",
    "package.json",
    "pyproject.toml",
    "setup.py",
    "go.mod",
    "pom.xml",
    "build.gradle",
    "build.gradle.kts",
    "CMakeLists.txt",
    "Makefile",
    "composer.json",
    "Gemfile",
    "mix.exs",
    "deno.json",
];

/// Lock files: a directory that holds one is a project if none around it is, for some lie below one, as `docs/requirements.txt`.
pub const LOCKFILES: &[&str] = &[
    "Cargo.lock",
    "package-lock.json",
    "pnpm-lock.yaml",
    "yarn.lock",
    "uv.lock",
    "poetry.lock",
    "requirements.txt",
    "go.mod",
    "composer.lock",
    "Gemfile.lock",
];

/// Directories looked at from the working directory upwards: deeper trees than any project's, and a bound for odd mounts.
const PARENTS_MAX: usize = 40;

/// Finds the project: `flag`, then two variables, then the working directory if it is in one. A directory that is named but
/// cannot be a project is left out, with a sentence in `notes`.
pub(super) fn find(
    flag: Option<&Path>,
    environment: &Environment,
    working_directory: Option<&Path>,
    places: &Places,
    notes: &mut Vec<String>,
) -> Option<(PathBuf, Origin)> {
    let named = [
        flag.map(|path| (path.to_owned(), Origin::Flag("--project"))),
        variable(environment, "MRCONDUCTOR_PROJECT"),
        variable(environment, "CLAUDE_PROJECT_DIR"),
    ];
    for (path, origin) in named.into_iter().flatten() {
        match accept(&path, working_directory, places) {
            Ok(project) => return Some((project, origin)),
            Err(why) => notes.push(format!("{origin}: `{}` {why}; ignored", path.display())),
        }
    }
    let working_directory = working_directory?;
    let with = |files: &[&str]| {
        working_directory
            .ancestors()
            .take(PARENTS_MAX)
            .take_while(|directory| !places.is_too_wide(directory))
            .find(|directory| {
                files
                    .iter()
                    .any(|file| directory.join(file).symlink_metadata().is_ok())
            })
    };
    with(MARKERS)
        .or_else(|| with(LOCKFILES))
        .map(|directory| (directory.to_owned(), Origin::WorkingDirectory))
}

fn variable(environment: &Environment, name: &'static str) -> Option<(PathBuf, Origin)> {
    let path = PathBuf::from(environment.text(name)?);
    Some((path, Origin::Variable(name.to_owned())))
}

/// Returns the absolute, resolved directory, or why it cannot be a project.
fn accept(
    path: &Path,
    working_directory: Option<&Path>,
    places: &Places,
) -> Result<PathBuf, &'static str> {
    if path.to_string_lossy().contains("${") {
        return Err("was not expanded by the client");
    }
    let absolute = match working_directory {
        Some(base) => base.join(path),
        None => path.to_owned(),
    };
    let resolved = absolute
        .canonicalize()
        .map_err(|_| "does not exist or cannot be opened")?;
    if !resolved.is_dir() {
        return Err("is not a directory");
    }
    if places.is_too_wide(&resolved) {
        return Err("is the root or the home directory, not a project");
    }
    Ok(resolved)
}
