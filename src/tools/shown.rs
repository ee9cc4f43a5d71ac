//! Documentation for the reader of a session: no section is shown twice as long as it is in mind.

use std::collections::BTreeSet;

use super::session::{Memory, Session, TELLING_TRIES};
use super::{Engines, ToolError};

/// What an answer shows of the documentation.
pub(super) trait Shows {
    /// Keys of the sections that it shows.
    fn told(&self) -> &[String];
    /// Tokens that it has.
    fn tokens(&self) -> usize;
}

/// Makes an answer for the reader of `session`, or for one of none, who knows nothing; `make` is given what it was shown.
///
/// Of several calls at once, each is made again until it knows what those before it showed; where that does not come to an
/// end, or cannot be written down, nothing is relied on.
pub(super) fn to_reader<A: Shows>(
    engines: &Engines,
    session: Option<&str>,
    make: impl Fn(BTreeSet<String>) -> Result<A, ToolError>,
) -> Result<A, ToolError> {
    let session = session
        .map(|handle| Session::known(engines, handle))
        .transpose()?;
    if let Some(session) = session {
        for _ in 0..TELLING_TRIES {
            let Ok(Some(memory)) = Memory::of(engines, &session) else {
                break;
            };
            let answer = make(memory.sections.clone())?;
            match memory.note_sections(answer.told().to_vec(), answer.tokens()) {
                Ok(true) => return Ok(answer),
                Ok(false) => {}
                Err(_) => break,
            }
        }
    }
    make(BTreeSet::new())
}
