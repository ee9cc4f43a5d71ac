//! Who reads the answers of this process: the session that it named last, so that it may use that session's names for
//! identifiers (`~~3`) in whatever it asks next.

use std::borrow::Cow;
use std::sync::{Mutex, PoisonError};

use serde_json::Value;

use super::{Engines, JsonObject};
use crate::distill::spelled_out;

/// Arguments that are taken as they stand: text to be shortened must come back as it was.
const VERBATIM: &[&str] = &["text"];

/// The handle of the session, once one was named.
#[derive(Debug, Default)]
pub(super) struct Reader(Mutex<Option<String>>);

impl Reader {
    /// Notes that the reader is that of the session called `handle`.
    pub(super) fn is_of(&self, handle: &str) {
        let mut session = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *session = Some(handle.to_owned());
    }

    fn session(&self) -> Option<String> {
        let session = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        session.clone()
    }
}

impl Engines {
    /// Replaces the names for identifiers in `words`, which the reader of this process wrote, by what they stand for.
    ///
    /// An identifier has letters, digits, `-` and `:` only, so `words` may be JSON. What is no name of the session, and all
    /// where the store cannot be read, stays as it is.
    pub fn spelled_out<'w>(&self, words: &'w str) -> Cow<'w, str> {
        if !words.contains('~') {
            return Cow::Borrowed(words);
        }
        match (self.reader.session(), self.store()) {
            (Some(session), Ok(store)) => spelled_out(words, |number| {
                store.identifier(&session, number).ok().flatten()
            }),
            _ => Cow::Borrowed(words),
        }
    }

    /// Spells out the names in the arguments of a call, and notes the session that they name.
    pub(super) fn arguments_spelled_out(&self, arguments: JsonObject) -> JsonObject {
        if let Some(Value::String(handle)) = arguments.get("session") {
            self.reader.is_of(handle);
        }
        let spelled = |(key, value): (String, Value)| match value {
            Value::String(words) if !VERBATIM.contains(&key.as_str()) => {
                let words = self.spelled_out(&words).into_owned();
                (key, Value::String(words))
            }
            value => (key, value),
        };
        arguments.into_iter().map(spelled).collect()
    }
}
