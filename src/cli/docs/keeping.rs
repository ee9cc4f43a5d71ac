//! What a person is told of the store before documentation is read from it or kept in it.

use crate::cli::Failure;
use crate::store::Condition;
use crate::tools::Engines;

/// Says on stderr what is to be known of the store, as every result of the server says it.
pub(super) fn tell(engines: &Engines) -> Result<(), Failure> {
    if let Some(notice) = engines.library()?.notice() {
        eprintln!("note: {notice}");
    }
    Ok(())
}

/// The same for verbs that keep something: they fail where nothing would last.
pub(super) fn must_last(engines: &Engines) -> Result<(), Failure> {
    let why = match engines.store()?.condition() {
        Condition::Durable => return tell(engines),
        Condition::ReadOnly { why } => format!("the store is read-only: {why}"),
        Condition::Memory { why } => why,
    };
    Err(Failure::new(
        format!("nothing would be kept: {why}"),
        "if the disk is full, free a few MiB: the folder `index` beside the store may be deleted, for it is made anew; otherwise make the directory writable, or give another with `--data-dir DIR`; `mrconductor doctor` says more",
    ))
}
