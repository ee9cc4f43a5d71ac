//! Checks of the clients' files and of our entries in them.

use super::check::Finding;
use super::subject::{ClientFile, Subject};
use crate::cli::clients::{ENTRY, Scope, order, secrets};
use crate::cli::setup::Tried;
use crate::cli::trial::BARE_PATH;

/// Whether every client's file can be read.
pub(super) fn files(subject: &Subject) -> Vec<Finding> {
    let mut findings: Vec<_> = subject
        .files
        .iter()
        .filter_map(|file| {
            let error = file.entry.as_ref().err()?;
            Some(Finding::fail(
                format!("{}: {error}", file.title()),
                format!(
                    "put it right there: {} ignores the whole file",
                    file.client.title()
                ),
            ))
        })
        .collect();
    if findings.is_empty() {
        findings.push(match subject.files.len() {
            0 => Finding::pass("no client has a file yet"),
            1 => Finding::pass("the file of 1 client can be read"),
            count => Finding::pass(format!("{count} files of clients can be read")),
        });
    }
    findings
}

/// Whether any client can start this program.
pub(super) fn entries(subject: &Subject) -> Vec<Finding> {
    let found: Vec<_> = subject.entries().map(|(file, _)| file.title()).collect();
    if found.is_empty() {
        return vec![Finding::warn(
            "no client has an entry for mrconductor",
            "run `mrconductor setup`",
        )];
    }
    vec![Finding::pass(format!("entries in {}", found.join(", ")))]
}

/// Whether every entry starts from `/` with the barest environment and answers in time.
pub(super) fn starts(subject: &Subject) -> Vec<Finding> {
    each(subject, "no entry to start", |file, tried| match tried {
        Tried::Answered {
            tools,
            tokens,
            first_answer_ms,
            server,
            ..
        } => {
            let version = server
                .pointer("/serverInfo/version")
                .and_then(|version| version.as_str());
            let what = format!(
                "{}: {tools} tools, {tokens} tokens, first answer {first_answer_ms} ms",
                file.title()
            );
            match version {
                Some(version) if version != env!("CARGO_PKG_VERSION") => Finding::warn(
                    format!(
                        "{what}; it is version {version}, this is {}",
                        env!("CARGO_PKG_VERSION")
                    ),
                    format!(
                        "run `mrconductor setup {}` with the version you want",
                        file.client.name()
                    ),
                ),
                _ => Finding::pass(what),
            }
        }
        Tried::NotOnPath(program) => Finding::warn(
            format!(
                "{}: `{program}` is not in a directory that every desktop program searches",
                file.title()
            ),
            "see the check `path`",
        ),
        Tried::Failed(why) => Finding::fail(
            format!("{}: {why}", file.title()),
            match file.scope {
                Scope::User => format!("run `mrconductor setup {}`", file.client.name()),
                Scope::Project => {
                    format!(
                        "run `mrconductor setup {} --project DIR`",
                        file.client.name()
                    )
                }
            },
        ),
    })
}

/// Whether a started entry writes nothing but JSON-RPC to stdout.
pub(super) fn stdout(subject: &Subject) -> Vec<Finding> {
    each(
        subject,
        "no entry to listen to",
        |file, tried| match tried {
            Tried::Answered {
                noise: Some(noise), ..
            } => Finding::fail(
                format!(
                    "{}: a line on stdout is not JSON-RPC: {noise}",
                    file.title()
                ),
                "start the program itself in the entry, not a script that prints",
            ),
            Tried::Answered { .. } => {
                Finding::pass(format!("{}: every line is JSON-RPC", file.title()))
            }
            Tried::NotOnPath(_) | Tried::Failed(_) => Finding::pass(format!(
                "{}: not started, nothing to listen to",
                file.title()
            )),
        },
    )
}

/// Whether the servers that clients start use the store that commands here use.
pub(super) fn same_data(subject: &Subject) -> Vec<Finding> {
    let here = &subject.config.data_dir;
    let mut findings: Vec<_> = subject
        .entries()
        .filter_map(|(file, entry)| {
            let there = entry.config()?.data_dir;
            if there == *here {
                return None;
            }
            let shown = |path: &Option<std::path::PathBuf>| {
                path.as_ref().map_or_else(|| "memory".to_owned(), |path| format!("`{}`", path.display()))
            };
            Some(Finding::warn(
                format!(
                    "{} keeps its data in {}, commands here in {}: handles and documentation are not shared",
                    file.title(),
                    shown(&there),
                    shown(here)
                ),
                match file.scope {
                    Scope::User => format!(
                        "run `mrconductor setup {}` here: it writes the directory into the entry",
                        file.client.name()
                    ),
                    Scope::Project => {
                        "move the data with `data_dir` in your settings file instead of a variable".to_owned()
                    }
                },
            ))
        })
        .collect();
    if findings.is_empty() {
        findings.push(Finding::pass("clients and commands use the same data"));
    }
    findings
}

/// Whether the bare name in a project's file is found by programs that a desktop starts.
pub(super) fn path(subject: &Subject) -> Vec<Finding> {
    let named = subject.entries().any(|(_, entry)| {
        entry
            .launch
            .as_ref()
            .is_some_and(|launch| launch.program.as_os_str() == ENTRY)
    });
    vec![match (order::on_bare_path(ENTRY), named) {
        (Some(path), _) => Finding::pass(format!("`{}` is found by every program", path.display())),
        (None, false) => Finding::pass("no entry relies on PATH"),
        (None, true) => {
            let here = order::program(&subject.environment);
            let here = here.map_or_else(|_| ENTRY.to_owned(), |path| path.display().to_string());
            Finding::warn(
                format!("a project's entry says `{ENTRY}`, which is not in {BARE_PATH}"),
                format!(
                    "link it there, for example `ln -s {here} /usr/local/bin/{ENTRY}`, or start the client from a terminal"
                ),
            )
        }
    }]
}

/// Whether a file that a team shares holds a secret.
pub(super) fn secrets(subject: &Subject) -> Vec<Finding> {
    let shared = subject
        .files
        .iter()
        .filter(|file| file.scope == Scope::Project);
    let mut findings = Vec::new();
    for file in shared {
        for line in secrets::lines(&file.text) {
            findings.push(Finding::warn(
                format!("{}:{line} holds what looks like a secret", file.path.display()),
                "name a variable there instead (`mrconductor print-config CLIENT --variant hybrid` shows how), and change the secret",
            ));
        }
    }
    if findings.is_empty() {
        findings.push(Finding::pass("no file of this project holds a secret"));
    }
    findings
}

fn each(
    subject: &Subject,
    none: &str,
    finding: impl Fn(&ClientFile, &Tried) -> Finding,
) -> Vec<Finding> {
    let findings: Vec<_> = subject
        .entries()
        .map(|(file, entry)| finding(file, &entry.tried))
        .collect();
    if findings.is_empty() {
        return vec![Finding::pass(none)];
    }
    findings
}
