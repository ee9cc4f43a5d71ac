//! Strategies for exact shortening: one file or folder per kind of content, and [`STRATEGIES`], the registry.

pub(super) mod diff;
pub(super) mod json;
pub mod lines;
pub mod phrases;
#[cfg(test)]
mod proof;
pub(super) mod table;
pub(super) mod trace;

use super::legend::Legend;

/// An exact codec for one kind of content.
pub trait Strategy: Sync {
    /// Kind of content, for example `json`; the first word of packed text names it.
    fn name(&self) -> &'static str;

    /// Returns a shorter, readable spelling of `text`, or `None` if `text` is not of this kind or would not get shorter.
    ///
    /// `cost` returns the exact number of tokens of a string. The result carries its own header and decodes alone.
    fn encode(&self, text: &str, cost: &dyn Fn(&str) -> usize) -> Option<String>;

    /// Returns the same with the names in `legend` known to the reader; a strategy without such names has nothing to gain.
    fn encode_told(
        &self,
        text: &str,
        _legend: &Legend,
        cost: &dyn Fn(&str) -> usize,
    ) -> Option<String> {
        self.encode(text, cost)
    }

    /// Returns exactly the text that [`Self::encode`] was given, or `None` if `packed` is not its work.
    ///
    /// `packed` may come from anywhere: no input panics, and output is at most `bytes_max` bytes.
    fn decode(&self, packed: &str, bytes_max: usize) -> Option<String>;

    /// The same for the work of [`Self::encode_told`] with this `legend`.
    fn decode_told(&self, packed: &str, _legend: &Legend, bytes_max: usize) -> Option<String> {
        self.decode(packed, bytes_max)
    }
}

/// Every strategy; each is tried on each input, so the order decides ties only. [`phrases`] is tried on top of each and
/// alone.
pub const STRATEGIES: &[&dyn Strategy] = &[&json::Json, &table::Table, &lines::Lines];
