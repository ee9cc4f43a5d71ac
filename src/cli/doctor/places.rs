//! Checks of the settings and of the directories.

use std::path::Path;

use super::check::Finding;
use super::subject::Subject;

/// Space that the store should have before it is told to a person: a day of large originals.
const SPACE_BYTES_LOW: u64 = 200 << 20;
/// Space below which a write may fail at any moment.
const SPACE_BYTES_MIN: u64 = 10 << 20;

/// Whether a home is known.
pub(super) fn home(subject: &Subject) -> Vec<Finding> {
    vec![match &subject.places {
        Some(places) => Finding::pass(format!("home is `{}`", places.home.display())),
        None => Finding::fail(
            "no home directory is known: nothing is kept, and no client can be found",
            "set `HOME`, or name a data directory with `MRCONDUCTOR_DATA_DIR`",
        ),
    }]
}

/// Whether the settings are right.
pub(super) fn settings(subject: &Subject) -> Vec<Finding> {
    let config = &subject.config;
    let problems = config
        .problems
        .iter()
        .map(|problem| Finding::fail(problem.to_string(), problem.hint()));
    let notes = config
        .notes
        .iter()
        .map(|note| Finding::warn(note.clone(), "see `mrconductor config show --origin`"));
    let mut findings: Vec<_> = problems.chain(notes).collect();
    if findings.is_empty() {
        let files: Vec<_> = [&config.user_file, &config.project_file]
            .into_iter()
            .flatten()
            .filter(|file| file.exists())
            .map(|file| format!("`{}`", file.display()))
            .collect();
        findings.push(Finding::pass(match files.as_slice() {
            [] => "no settings file: all defaults".to_owned(),
            files => format!("{} can be read", files.join(" and ")),
        }));
    }
    findings
}

/// Which project commands run here work for.
pub(super) fn project(subject: &Subject) -> Vec<Finding> {
    vec![match &subject.config.project {
        Some(project) => Finding::pass(format!("project is `{}`", project.display())),
        None => Finding::pass("this directory is in no project; name one with `--project DIR`"),
    }]
}

/// Whether the store's directory can be written.
pub(super) fn data_dir(subject: &Subject) -> Vec<Finding> {
    writable("data", subject.config.data_dir.as_deref())
}

/// Whether the directory of the logs can be written.
pub(super) fn log_dir(subject: &Subject) -> Vec<Finding> {
    writable("log", subject.config.log_dir.as_deref())
}

/// Whether the disk of the store has space.
pub(super) fn free_space(subject: &Subject) -> Vec<Finding> {
    let Some(folder) = subject.config.data_dir.as_deref().and_then(existing) else {
        return vec![Finding::pass(
            "no data directory: the store lives in memory",
        )];
    };
    let Some(bytes) = free_bytes(folder) else {
        return vec![Finding::pass(
            "the system does not say how much space is free",
        )];
    };
    let what = format!("{} MiB are free for `{}`", bytes >> 20, folder.display());
    let fix = "free some space, or move the store with `MRCONDUCTOR_DATA_DIR`";
    vec![match bytes {
        0..SPACE_BYTES_MIN => Finding::fail(what, fix),
        SPACE_BYTES_MIN..SPACE_BYTES_LOW => Finding::warn(what, fix),
        _ => Finding::pass(what),
    }]
}

fn writable(kind: &str, folder: Option<&Path>) -> Vec<Finding> {
    let Some(folder) = folder else {
        return vec![Finding::fail(
            format!("no {kind} directory is known"),
            "set `HOME` or `MRCONDUCTOR_DATA_DIR`",
        )];
    };
    let shown = folder.display();
    let fix = format!("make `{shown}` writable for you, or move it with `MRCONDUCTOR_DATA_DIR`");
    if folder.is_dir() {
        return vec![match tempfile::tempfile_in(folder) {
            Ok(_) => Finding::pass(format!("{kind} directory `{shown}` can be written")),
            Err(error) => Finding::fail(
                format!("cannot write into the {kind} directory `{shown}`: {error}"),
                fix,
            ),
        }];
    }
    vec![match existing(folder) {
        Some(parent) if parent.is_dir() && may_write(parent) => {
            Finding::pass(format!("{kind} directory `{shown}` is made at first use"))
        }
        _ => Finding::fail(
            format!("the {kind} directory `{shown}` cannot be made"),
            fix,
        ),
    }]
}

/// Returns the nearest part of `path` that exists.
fn existing(path: &Path) -> Option<&Path> {
    path.ancestors().find(|part| part.exists())
}

#[cfg(unix)]
fn may_write(folder: &Path) -> bool {
    rustix::fs::access(
        folder,
        rustix::fs::Access::WRITE_OK | rustix::fs::Access::EXEC_OK,
    )
    .is_ok()
}

#[cfg(not(unix))]
fn may_write(folder: &Path) -> bool {
    std::fs::metadata(folder).is_ok_and(|meta| !meta.permissions().readonly())
}

#[cfg(unix)]
fn free_bytes(folder: &Path) -> Option<u64> {
    let disk = rustix::fs::statvfs(folder).ok()?;
    Some(disk.f_bavail.saturating_mul(disk.f_frsize))
}

#[cfg(not(unix))]
fn free_bytes(_folder: &Path) -> Option<u64> {
    None
}
