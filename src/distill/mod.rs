//! Text → shorter text: nothing lost at level `exact`, everything recoverable at every level.
//!
//! ```text
//! detect → every strategy encodes → exact token cost → the shortest → decode and compare
//! ```
//!
//! All of it is a pure function: the same [`Request`] always gives the same [`Distilled`]. Keeping the original, so that
//! its handle means something, is the caller's part.

mod change;
mod digest;
mod frame;
mod ids;
mod kind;
mod legend;
mod map;
mod pack;
pub mod part;
mod severity;
pub mod strategy;

use self::digest::code::Grammar;
pub use self::digest::template_lines;
pub use self::ids::{identifier, spelled_out};
pub use self::kind::Kind;
pub use self::legend::Legend;
pub use self::pack::unpack;
use crate::tokens::{self, Encoding};

/// Bytes: larger texts are not offered to the exact codecs, whose working memory is about ten times the text.
pub const CODEC_BYTES_MAX: usize = 16 << 20;

/// Tokens reserved for the line of facts that the caller puts under shortened text.
pub const TRAILER_TOKENS: usize = 40;

/// Tokens that shortening must save at least, over and above the trailer: below, the untouched text is better to read.
const GAIN_TOKENS_MIN: usize = 16;

/// The least part of the text, as one in so many, that shortening must save.
const GAIN_PART: usize = 25;

/// How much may be left out.
#[derive(
    Debug,
    Clone,
    Copy,
    Default,
    PartialEq,
    Eq,
    serde::Serialize,
    serde::Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// The mildest that fits the budget; exact without one.
    #[default]
    Auto,
    /// The text can be computed from the result alone.
    Exact,
    /// Long identifiers stand in the store, shorter names in the result.
    Aliased,
    /// Parts are left out; each gap names its lines and the handle.
    Digest,
}

impl Level {
    /// The word for it on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Exact => "exact",
            Self::Aliased => "aliased",
            Self::Digest => "digest",
        }
    }
}

/// What the reader wants to do with the text.
#[derive(
    Debug,
    Clone,
    Copy,
    Default,
    PartialEq,
    Eq,
    serde::Serialize,
    serde::Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Intent {
    /// Understand it.
    #[default]
    Read,
    /// Change it: what is shown is spelled as in the original, and whole lines only are left out.
    Edit,
}

/// One text and what is wanted of it.
#[derive(Debug, Clone, Copy)]
pub struct Request<'r> {
    /// The text.
    pub text: &'r str,
    /// Where it is from, if it is a file: its extension tells the language of source code.
    pub path: Option<&'r str>,
    /// How much may be left out.
    pub level: Level,
    /// What it is for.
    pub intent: Intent,
    /// What the reader looks for; a digest keeps lines that mention it.
    pub query: Option<&'r str>,
    /// Whether a digest of a page says where its links lead.
    pub links: bool,
    /// Tokens that the result may have, its trailer included.
    pub budget: Option<usize>,
    /// The vocabulary that tokens are counted in.
    pub encoding: Encoding,
    /// Handle of the original, for example `h7`, which gaps refer to.
    pub handle: &'r str,
    /// What the reader was told in earlier texts of its session; without one, the result explains itself.
    pub legend: Option<&'r Legend>,
}

impl<'r> Request<'r> {
    /// Asks for `text`, kept as `handle`, at level `level` and for nothing else, counted in `o200k_base`.
    pub fn new(text: &'r str, handle: &'r str, level: Level) -> Self {
        Self {
            text,
            path: None,
            level,
            intent: Intent::Read,
            query: None,
            links: false,
            budget: None,
            encoding: Encoding::O200k,
            handle,
            legend: None,
        }
    }
}

/// The result: text and the facts about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Distilled {
    /// The shorter text, or the original if nothing shorter was found.
    pub text: String,
    /// The level it has; never [`Level::Auto`].
    pub level: Level,
    /// What the original is.
    pub kind: Kind,
    /// The strategies that made it, outermost last; empty if it is the original.
    pub codecs: Vec<&'static str>,
    /// Tokens of the original.
    pub tokens_in: usize,
    /// Tokens of [`Self::text`].
    pub tokens_out: usize,
    /// Identifiers that were named for the session and are new to its legend, in the order of their numbers.
    pub named: Vec<String>,
    /// Strategies whose work did not decode to the original, and was thrown away.
    pub faults: usize,
}

impl Distilled {
    /// Returns what the text tells a reader who knows `legend`, for its later texts.
    pub fn told(&self, legend: &Legend) -> Option<Legend> {
        // The text with its phrases in place may be longer than the original is.
        let bytes_max = CODEC_BYTES_MAX.saturating_mul(2);
        let mut told = legend.told_by(&self.text, bytes_max);
        if !self.named.is_empty() {
            let told = told.get_or_insert_with(|| Legend::new(legend.epoch));
            told.identifiers.clone_from(&self.named);
        }
        told
    }

    /// Returns what turns `old`, which the reader was shown as `handle`, into `new`, if that is shorter than this text.
    pub fn changed(
        &self,
        encoding: Encoding,
        (old, handle): (&str, &str),
        new: &str,
    ) -> Option<Self> {
        let text = change::change(old, new, handle)?;
        let tokens_out = tokens::count(encoding, &text);
        let is_shorter = tokens_out + TRAILER_TOKENS < self.tokens_out;
        (is_shorter && change::apply(old, &text).as_deref() == Some(new)).then(|| Self {
            text,
            level: Level::Exact,
            codecs: vec!["change"],
            tokens_out,
            named: Vec::new(),
            ..self.clone()
        })
    }

    /// Whether the text is the original, byte for byte.
    pub fn is_untouched(&self) -> bool {
        self.codecs.is_empty()
    }
}

/// Why nothing could be given back.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DistillError {
    /// The level that was asked for needs more than the budget.
    #[error("level `{level}` needs {needed} tokens, over the budget of {budget}", level = level.name())]
    OverBudget {
        /// The level.
        level: Level,
        /// Tokens it needs.
        needed: usize,
        /// Tokens allowed.
        budget: usize,
    },
    /// No level fits so small a budget.
    #[error("a budget of {budget} tokens is too small: the least is {least}")]
    BudgetTooSmall {
        /// Tokens allowed.
        budget: usize,
        /// Tokens needed at least.
        least: usize,
    },
}

/// Shortens the text of `request`; the result never has more tokens than the text.
///
/// # Errors
/// [`DistillError`] if the budget cannot be met at the level that was asked for.
pub fn distill(request: &Request<'_>) -> Result<Distilled, DistillError> {
    let kind = Kind::of(request.text);
    let grammar = Grammar::of(request.path, request.text, kind);
    let work = Work {
        request,
        kind: grammar.map_or(kind, |_| Kind::Code),
        grammar,
        tokens_in: tokens::count(request.encoding, request.text),
    };
    match request.level {
        Level::Exact => work.fitting(work.exact()),
        Level::Aliased => work.fitting(work.aliased()),
        Level::Digest => work.digest(),
        Level::Auto => work
            .fitting(work.exact())
            .or_else(|_| work.fitting(work.aliased()))
            .or_else(|_| work.digest()),
    }
}

struct Work<'w, 'r> {
    request: &'w Request<'r>,
    kind: Kind,
    grammar: Option<&'static Grammar>,
    tokens_in: usize,
}

impl Work<'_, '_> {
    fn exact(&self) -> Distilled {
        let mut result = self.untouched();
        if self.request.intent == Intent::Edit || self.request.text.len() > CODEC_BYTES_MAX {
            return result;
        }
        let (packed, faults) = pack::pack(
            self.request.text,
            self.request.encoding,
            self.request.legend,
            self.tokens_in,
        );
        result.faults = faults;
        if let Some(packed) = packed.filter(|packed| self.pays(packed.tokens)) {
            result.text = packed.text;
            result.codecs = packed.codecs;
            result.tokens_out = packed.tokens;
        }
        result
    }

    /// The exact spelling of the text with its long identifiers named, if that is shorter than without names.
    fn aliased(&self) -> Distilled {
        let mut result = self.exact();
        let Request {
            text,
            intent,
            encoding,
            legend,
            ..
        } = *self.request;
        if intent == Intent::Edit || text.len() > CODEC_BYTES_MAX {
            return result;
        }
        let Some((named, new, whole)) = self.named() else {
            return result;
        };
        if whole.as_deref() != Some(text) {
            result.faults += 1;
            return result;
        }
        let (packed, faults) =
            pack::pack(&named, encoding, legend, tokens::count(encoding, &named));
        result.faults += faults;
        let (text, codecs, tokens) = match packed {
            Some(packed) => (packed.text, packed.codecs, packed.tokens),
            None => (named.clone(), Vec::new(), tokens::count(encoding, &named)),
        };
        if self.pays(tokens) && tokens < result.tokens_out {
            result.text = text;
            result.codecs = [&["ids"], codecs.as_slice()].concat();
            result.tokens_out = tokens;
            result.level = Level::Aliased;
            result.named = new;
        }
        result
    }

    /// Names the long identifiers of the text; returns the text with the names, the identifiers that the session did not
    /// know, and what the names say when they are spelled out.
    fn named(&self) -> Option<(String, Vec<String>, Option<String>)> {
        let Request {
            text,
            handle,
            legend,
            ..
        } = *self.request;
        let known = legend.map(|legend| legend.identifiers.as_slice());
        if let Some(known) = known
            && let Some((named, new)) = ids::alias_told(text, handle, known)
        {
            let whole = ids::resolve_told(&named, known, &new);
            return Some((named, new, whole));
        }
        let named = ids::alias(text, handle)?;
        let whole = ids::resolve(&named, text);
        Some((named, Vec::new(), whole))
    }

    fn digest(&self) -> Result<Distilled, DistillError> {
        let Some(text) = digest::digest(self.request, self.kind, self.grammar, self.tokens_in)?
        else {
            return Ok(self.untouched());
        };
        let tokens_out = tokens::count(self.request.encoding, &text);
        // Where most lines are trouble, a digest that keeps them all may be longer than all lines packed. Of a page the
        // article is shown, and packing all its markup to find that it is longer takes most of the time.
        let is_article = self.kind == Kind::Html && tokens_out * 8 <= self.tokens_in;
        if !is_article
            && let Ok(exact) = self.fitting(self.exact())
            && exact.tokens_out <= tokens_out
        {
            return Ok(exact);
        }
        Ok(Distilled {
            tokens_out,
            text,
            level: Level::Digest,
            codecs: vec!["digest"],
            ..self.untouched()
        })
    }

    fn untouched(&self) -> Distilled {
        Distilled {
            text: self.request.text.to_owned(),
            level: Level::Exact,
            kind: self.kind,
            codecs: Vec::new(),
            tokens_in: self.tokens_in,
            tokens_out: self.tokens_in,
            named: Vec::new(),
            faults: 0,
        }
    }

    /// Whether a text of `tokens` is worth showing instead of the original.
    fn pays(&self, tokens: usize) -> bool {
        tokens + TRAILER_TOKENS + GAIN_TOKENS_MIN.max(self.tokens_in / GAIN_PART) <= self.tokens_in
    }

    fn fitting(&self, result: Distilled) -> Result<Distilled, DistillError> {
        let trailer = if result.is_untouched() {
            0
        } else {
            TRAILER_TOKENS
        };
        let needed = result.tokens_out + trailer;
        match self.request.budget {
            Some(budget) if needed > budget => Err(DistillError::OverBudget {
                level: result.level,
                needed,
                budget,
            }),
            _ => Ok(result),
        }
    }
}
