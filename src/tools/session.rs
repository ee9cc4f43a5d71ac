//! The memory of a session: which files and sections of documentation its reader was shown, and the names it has learned.
//!
//! Only who passes `session` has one, and only where `relational` was agreed. A client that forgets what it was told
//! forgets its session as well, and gets texts that explain themselves.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::distill::Options;
use super::{Engines, ToolError};
use crate::distill::{Intent, Legend, Level};
use crate::store::Store;
use crate::store::told::Told;
use crate::tokens::Encoding;

/// Tokens after which a reader may no longer have in mind what it was told first: a third of the context of most models.
const EPOCH_TOKENS_MAX: usize = 60_000;

/// Tokens that may follow a file into the next epoch: what was shown so lately is in mind still, names told or not.
const FRESH_TOKENS_MAX: usize = EPOCH_TOKENS_MAX / 2;

/// Times that an answer is made again because another of the same session was told first: calls side by side are few.
pub(super) const TELLING_TRIES: usize = 3;

/// A session as a call names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Its handle.
    pub handle: String,
    /// Tokens are counted in this vocabulary.
    pub encoding: Encoding,
    /// Whether texts may refer to earlier ones.
    pub is_relational: bool,
}

impl Session {
    /// Looks up the session called `handle`, whose reader is then the one of this process.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub(super) fn find(engines: &Engines, handle: &str) -> Result<Option<Self>, ToolError> {
        let Some(session) = engines.store()?.session(handle)? else {
            return Ok(None);
        };
        engines.reader.is_of(&session.handle);
        let features: serde_json::Value =
            serde_json::from_str(&session.features).unwrap_or_default();
        Ok(Some(Self {
            handle: session.handle,
            encoding: Encoding::ALL
                .into_iter()
                .find(|encoding| encoding.name() == session.encoding)
                .unwrap_or(Encoding::O200k),
            is_relational: features
                .get("relational")
                .is_some_and(serde_json::Value::is_u64),
        }))
    }

    /// Looks up the session called `handle`, which must be there.
    ///
    /// # Errors
    /// If there is none, or the store cannot be read.
    pub fn known(engines: &Engines, handle: &str) -> Result<Self, ToolError> {
        Self::find(engines, handle)?.ok_or_else(|| {
            ToolError::new(
                format!("there is no session `{handle}`"),
                "call `handshake` for a new one, or leave `session` out",
            )
        })
    }
}

/// What the reader of a session knows.
pub(super) struct Memory<'e> {
    store: &'e Store,
    session: String,
    /// The number of the answer that is being made.
    seq: i64,
    /// The names it knows.
    pub(super) legend: Legend,
    reads: Vec<Read>,
    /// Those of `reads` that come from the epoch before, which is forgotten with the next answer.
    fresh: Vec<Read>,
    /// Keys of the sections of documentation that were shown.
    pub(super) sections: BTreeSet<String>,
    /// Those of `sections` that come from the epoch before.
    fresh_sections: Vec<String>,
}

/// A file that was shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Read {
    path: String,
    level: Level,
    intent: Intent,
    query: Option<String>,
    links: bool,
    budget: Option<usize>,
    /// The bytes it had.
    pub(super) handle: String,
}

impl Read {
    pub(super) fn new(path: &str, options: &Options, handle: &str) -> Self {
        Self {
            path: path.to_owned(),
            level: options.level,
            intent: options.intent,
            query: options.query.clone(),
            links: options.links,
            budget: options.budget,
            handle: handle.to_owned(),
        }
    }

    /// Whether who was shown this has what `wanted` asks for, as long as the file does not change.
    fn serves(&self, wanted: &Self) -> bool {
        let handle = wanted.handle.clone();
        let is_same = Self {
            handle,
            ..self.clone()
        } == *wanted;
        is_same || self.path == wanted.path && self.is_whole() && wanted.wants_no_more_than(self)
    }

    /// Whether all of the file was shown.
    fn is_whole(&self) -> bool {
        matches!(self.level, Level::Auto | Level::Exact) && self.budget.is_none()
    }

    /// Whether the whole file as `shown` leaves nothing to wish for: who edits needs it as it is spelled, and who asks a
    /// question or for links wants these found.
    fn wants_no_more_than(&self, shown: &Self) -> bool {
        let is_spelled = self.intent == Intent::Read || shown.intent == Intent::Edit;
        is_spelled && self.query.is_none() && !self.links
    }
}

/// What is remembered of an answer.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Body {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    reads: Vec<Read>,
    #[serde(skip_serializing_if = "Option::is_none")]
    legend: Option<Legend>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    sections: Vec<String>,
}

impl<'e> Memory<'e> {
    /// Remembers what `session` was told, save its long identifiers, or nothing if texts may not refer to it.
    pub(super) fn of(engines: &'e Engines, session: &Session) -> Result<Option<Self>, ToolError> {
        if !session.is_relational {
            return Ok(None);
        }
        let store = engines.store()?;
        let told = store.told(&session.handle)?;
        let (seq, epoch) = told.last().map_or((0, 1), |told| (told.seq, told.epoch));
        let tokens: usize = told.iter().map(|told| told.tokens).sum();
        let is_over = tokens > EPOCH_TOKENS_MAX;
        let mut memory = Self {
            store,
            session: session.handle.clone(),
            seq: seq + 1,
            legend: Legend::new(epoch + i64::from(is_over)),
            reads: Vec::new(),
            fresh: Vec::new(),
            sections: BTreeSet::new(),
            fresh_sections: Vec::new(),
        };
        let mut left = tokens;
        for told in told {
            left -= told.tokens;
            // What cannot be read was written by another version: the reader is told anew.
            let body: Body = serde_json::from_str(&told.body).unwrap_or_default();
            if !is_over {
                memory.legend.extend(body.legend.unwrap_or_default());
                memory.reads.extend(body.reads);
                memory.sections.extend(body.sections);
            } else if left <= FRESH_TOKENS_MAX {
                memory.fresh.extend(body.reads.clone());
                memory.reads.extend(body.reads);
                memory.fresh_sections.extend(body.sections.clone());
                memory.sections.extend(body.sections);
            }
        }
        Ok(Some(memory))
    }

    /// Remembers the long identifiers of the session as well: thousands, and only level aliased names any.
    pub(super) fn with_identifiers(mut self) -> Result<Self, ToolError> {
        self.legend.identifiers = self.store.identifiers(&self.session)?;
        Ok(self)
    }

    /// Returns what was shown last of the file of `wanted`, if the reader needs to know no more than how it changed.
    pub(super) fn last(&self, wanted: &Read) -> Option<&Read> {
        self.reads.iter().rev().find(|last| last.serves(wanted))
    }

    /// Notes an answer of `tokens`: the file that it showed and the names that it told. Returns false if another answer of
    /// this session was faster, and this one has to be made again with what that one told.
    pub(super) fn note(
        &self,
        read: Option<Read>,
        mut legend: Option<Legend>,
        tokens: usize,
    ) -> Result<bool, ToolError> {
        let identifiers = legend
            .as_mut()
            .map(|legend| std::mem::take(&mut legend.identifiers))
            .unwrap_or_default();
        // A legend of nothing but identifiers is written down by those alone.
        let legend = legend.filter(|legend| *legend != Legend::new(legend.epoch));
        let body = Body {
            legend,
            ..self.body(read, Vec::new())
        };
        self.tell(&body, &identifiers, tokens)
    }

    /// Notes an answer of `tokens` that showed the sections of documentation with these keys. Returns false as
    /// [`Self::note`] does.
    pub(super) fn note_sections(
        &self,
        keys: Vec<String>,
        tokens: usize,
    ) -> Result<bool, ToolError> {
        self.tell(&self.body(None, keys), &[], tokens)
    }

    /// What is remembered of an answer that showed these, with what follows it into a new epoch.
    fn body(&self, read: Option<Read>, sections: Vec<String>) -> Body {
        Body {
            reads: self.fresh.iter().cloned().chain(read).collect(),
            legend: None,
            sections: self
                .fresh_sections
                .iter()
                .cloned()
                .chain(sections)
                .collect(),
        }
    }

    fn tell(&self, body: &Body, identifiers: &[String], tokens: usize) -> Result<bool, ToolError> {
        let told = Told {
            seq: self.seq,
            epoch: self.legend.epoch,
            tokens,
            body: serde_json::to_string(body).unwrap_or_default(),
        };
        Ok(self.store.tell(&self.session, &told, identifiers)?)
    }
}
