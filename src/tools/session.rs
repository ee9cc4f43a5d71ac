//! The memory of a session: which files its reader was shown, and the names it has learned.
//!
//! Only who passes `session` has one, and only where `relational` was agreed. A client that forgets what it was told
//! forgets its session as well, and gets texts that explain themselves.

use serde::{Deserialize, Serialize};

use super::distill::Options;
use super::{Engines, ToolError};
use crate::distill::{Intent, Legend, Level};
use crate::store::Store;
use crate::store::told::Told;
use crate::tokens::Encoding;

/// Tokens after which a reader may no longer have in mind what it was told first: a third of the context of most models.
const EPOCH_TOKENS_MAX: usize = 60_000;

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
    /// Looks up the session called `handle`.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub(super) fn find(engines: &Engines, handle: &str) -> Result<Option<Self>, ToolError> {
        let Some(session) = engines.store()?.session(handle)? else {
            return Ok(None);
        };
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

    /// Whether both show the same file in the same way.
    fn is_of_same(&self, other: &Self) -> bool {
        let handle = self.handle.clone();
        *self
            == Self {
                handle,
                ..other.clone()
            }
    }
}

/// What is remembered of an answer.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Body {
    #[serde(skip_serializing_if = "Option::is_none")]
    read: Option<Read>,
    #[serde(skip_serializing_if = "Option::is_none")]
    legend: Option<Legend>,
}

impl<'e> Memory<'e> {
    /// Remembers what `session` was told, or nothing if texts may not refer to it.
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
        };
        if !is_over {
            for told in told {
                // What cannot be read was written by another version: the reader is told anew.
                let body: Body = serde_json::from_str(&told.body).unwrap_or_default();
                memory.legend.extend(body.legend.unwrap_or_default());
                memory.reads.extend(body.read);
            }
        }
        Ok(Some(memory))
    }

    /// Returns what was shown last of the file of `read`, in the same way.
    pub(super) fn last(&self, read: &Read) -> Option<&Read> {
        self.reads.iter().rev().find(|last| last.is_of_same(read))
    }

    /// Notes an answer of `tokens`: the file that it showed and the names that it told. Returns false if another answer of
    /// this session was faster, and this one has to be made again with what that one told.
    pub(super) fn note(
        &self,
        read: Option<Read>,
        legend: Option<Legend>,
        tokens: usize,
    ) -> Result<bool, ToolError> {
        let body = Body { read, legend };
        let told = Told {
            seq: self.seq,
            epoch: self.legend.epoch,
            tokens,
            body: serde_json::to_string(&body).unwrap_or_default(),
        };
        Ok(self.store.tell(&self.session, &told)?)
    }
}
