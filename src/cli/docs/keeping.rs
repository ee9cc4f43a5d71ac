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
        "give `--data-dir DIR` with a directory that can be written, or make this one writable and see that the disk has room; `mrconductor doctor` says more",
    ))
}
