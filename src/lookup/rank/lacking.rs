//! Words of a question that the documentation lacks, and what is looked for in place of them.

use std::borrow::Cow;

use super::frames::apart;
use super::question::Question;
use crate::lookup::index::words::Words;

/// A word that the documentation lacks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Lacking {
    /// As the question writes it; of a path it may be the last part.
    pub(crate) asked: String,
    /// As the documentation writes what was most likely meant, which is looked for.
    pub(crate) meant: Option<String>,
    /// Whether sources have it that are not asked.
    pub(crate) is_elsewhere: bool,
}

impl Lacking {
    /// Returns what was most likely meant, if this is the word `written` or its last part.
    fn meant_by(&self, written: &str) -> Option<&str> {
        let is_asked = self.asked == written || self.asked == last_part(written);
        self.meant.as_deref().filter(|_| is_asked)
    }
}

impl Question<'_> {
    /// Returns what was most likely meant by the word `written`, if that is a slip.
    pub(super) fn meant_by(&self, written: &str) -> Option<&str> {
        self.lacking.iter().find_map(|word| word.meant_by(written))
    }

    /// Returns the text as what it means is read: without slips, and without the frames of a stack trace.
    pub(super) fn meaning(&self) -> Cow<'_, str> {
        let (told, _) = apart(self.text);
        if self.lacking.iter().all(|word| word.meant.is_none()) {
            return told;
        }
        let (mut text, mut at) = (String::with_capacity(told.len()), 0);
        for (start, written) in Words::of(&told) {
            if let Some(meant) = self.meant_by(written) {
                text.push_str(told.get(at..start).unwrap_or_default());
                text.push_str(meant);
                at = start + written.len();
            }
        }
        text.push_str(told.get(at..).unwrap_or_default());
        Cow::Owned(text)
    }
}

/// Returns the last part of a path: `c` of `a.b.c` and `a::b::c`.
pub(crate) fn last_part(word: &str) -> &str {
    word.rsplit(['.', ':']).next().unwrap_or(word)
}
