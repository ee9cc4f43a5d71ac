//! Checks of the program and of what is installed beside it.

use std::path::{Path, PathBuf};

use super::check::Finding;
use super::subject::Subject;
use crate::cli::clients::order;
use crate::store::Store;

/// Oldest SQLite that the store's tests under several processes were passed with.
const SQLITE_MIN: (u32, u32) = (3, 53);

/// Which program this is.
pub(super) fn program(subject: &Subject) -> Vec<Finding> {
    let version = env!("CARGO_PKG_VERSION");
    vec![match order::program(&subject.environment) {
        Err(failure) => Finding::fail(failure.to_string(), failure.hint()),
        Ok(path) if is_build_output(&path) => Finding::warn(
            format!(
                "mrconductor {version} at `{}`, a build folder: a clean build takes it away",
                path.display()
            ),
            "install it: `cargo install --path . --locked`, then `mrconductor setup`",
        ),
        Ok(path) => Finding::pass(format!("mrconductor {version} at `{}`", path.display())),
    }]
}

/// Whether the SQLite inside is recent enough.
pub(super) fn sqlite(_subject: &Subject) -> Vec<Finding> {
    let version = Store::sqlite_version();
    let mut numbers = version
        .split('.')
        .map_while(|part| part.parse::<u32>().ok());
    let is_recent = match (numbers.next(), numbers.next()) {
        (Some(major), Some(minor)) => (major, minor) >= SQLITE_MIN,
        _ => false,
    };
    vec![if is_recent {
        Finding::pass(format!("SQLite {version}, inside the program"))
    } else {
        Finding::fail(
            format!(
                "SQLite {version} is older than {}.{}",
                SQLITE_MIN.0, SQLITE_MIN.1
            ),
            "build with the bundled SQLite: `cargo install --path . --locked`",
        )
    }]
}

/// Whether a receipt can be checked with a program that is not ours.
pub(super) fn ssh_keygen(subject: &Subject) -> Vec<Finding> {
    vec![match on_path(subject, "ssh-keygen") {
        Some(path) => Finding::pass(format!("`{}` can check receipts", path.display())),
        None => Finding::warn(
            "`ssh-keygen` is not on PATH: receipts cannot be checked with a second program",
            "install the OpenSSH client (`openssh-client`, `openssh`)",
        ),
    }]
}

/// Whether a terminal can show what is printed.
pub(super) fn locale(subject: &Subject) -> Vec<Finding> {
    let set = ["LC_ALL", "LC_CTYPE", "LANG"]
        .into_iter()
        .find_map(|name| Some((name, subject.environment.text(name)?)));
    vec![match set {
        _ if cfg!(windows) => Finding::pass("Windows shows UTF-8"),
        Some((name, locale)) if locale.to_lowercase().replace('-', "").contains("utf8") => {
            Finding::pass(format!("UTF-8 ({name}={locale})"))
        }
        // No locale at all is what a desktop program gets; nothing is printed to a terminal there.
        None => Finding::pass("no locale is set; all output is UTF-8"),
        Some((name, locale)) => Finding::warn(
            format!("{name}={locale} is not UTF-8: marks such as ✔ may look wrong"),
            format!("set `{name}` to a UTF-8 locale, for example `C.UTF-8`"),
        ),
    }]
}

/// Returns whether `path` is where Cargo builds, not where it installs.
fn is_build_output(path: &Path) -> bool {
    let mut parts = path.components().map(std::path::Component::as_os_str);
    parts.any(|part| part == "target") && parts.any(|part| part == "debug" || part == "release")
}

fn on_path(subject: &Subject, name: &str) -> Option<PathBuf> {
    let path = subject.environment.text("PATH")?;
    std::env::split_paths(path)
        .flat_map(|folder| [folder.join(name), folder.join(format!("{name}.exe"))])
        .find(|file| file.is_file())
}
