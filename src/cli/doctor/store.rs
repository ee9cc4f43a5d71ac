//! Checks of the store.

use super::check::Finding;
use super::subject::Subject;
use crate::store::{Condition, Store};

/// Whether the store opens, and whether it lasts.
pub(super) fn opens(subject: &Subject) -> Vec<Finding> {
    let Some(folder) = &subject.config.data_dir else {
        return vec![Finding::warn(
            "the store lives in memory: handles end with each process",
            "set `HOME` or `MRCONDUCTOR_DATA_DIR`",
        )];
    };
    if !Store::is_in(folder) {
        return vec![Finding::pass("no store yet: it is made at first use")];
    }
    let store = match Store::open(folder) {
        Ok(store) => store,
        Err(error) => return vec![Finding::fail(error.to_string(), error.hint())],
    };
    let mut findings = Vec::new();
    // Whichever process did it, nobody may have read what that one said.
    for kept in Store::damaged_in(folder) {
        findings.push(Finding::warn(
            format!(
                "a store was damaged and is kept as `{}`",
                kept.display()
            ),
            "a new one was begun: add what it lacks again, then delete the file; `sqlite3 FILE .recover` may get more out of it",
        ));
    }
    findings.push(match store.condition() {
        Condition::Durable => Finding::pass(format!("the store in `{}` opens", folder.display())),
        Condition::ReadOnly { why } => Finding::warn(
            format!("the store is read-only, nothing new is kept: {why}"),
            "make its file and its directory writable, and update this program if a newer one made it",
        ),
        Condition::Memory { why } => Finding::fail(
            match Store::open_to_read(folder, why.clone()) {
                Ok(_) => format!("nothing new can be kept; what is in the store is read: {why}"),
                Err(_) => format!("the store can be neither written nor read: {why}"),
            },
            "make the data directory writable and see that the disk has room, or set `MRCONDUCTOR_DATA_DIR`",
        ),
    });
    findings
}

/// Whether what is in the store is whole.
pub(super) fn integrity(subject: &Subject) -> Vec<Finding> {
    let folder = subject
        .config
        .data_dir
        .as_deref()
        .filter(|folder| Store::is_in(folder));
    let Some(folder) = folder else {
        return vec![Finding::pass("there is nothing to examine yet")];
    };
    let checked = Store::open(folder).and_then(|store| match store.condition() {
        // That one is empty: what is on the disk is examined.
        Condition::Memory { why } => Store::open_to_read(folder, why)?.check(),
        _ => store.check(),
    });
    vec![match checked {
        Ok(()) => Finding::pass("the store is whole (SQLite quick_check)"),
        Err(error) => Finding::fail(error.to_string(), error.hint()),
    }]
}
