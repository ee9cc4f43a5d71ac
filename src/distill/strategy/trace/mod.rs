//! What stack traces say twice, left out before other codecs look at the lines: one file for each thing that can be left
//! out, and [`LAYERS`], the registry.
//!
//! Each layer turns text into text with one more line at its start, which says how to read it. They are applied in order
//! and taken off in the opposite one.

mod again;
mod counter;
mod jvm;

/// Something that can be left out of traces.
trait Layer: Sync {
    /// Returns `text` without what can be computed, or `None` if there is too little of it.
    fn encode(&self, text: &str) -> Option<String>;

    /// Returns the text that `packed` was made from, or `None` if it is not of this layer or has more than `bytes_max` bytes.
    ///
    /// `packed` may come from anywhere: no input panics.
    fn decode(&self, packed: &str, bytes_max: usize) -> Option<String>;
}

/// Every layer, in the order in which they are applied: runs of lines are found once nothing tells their lines apart.
const LAYERS: &[&dyn Layer] = &[&jvm::Jvm, &counter::Counter, &again::Again];

/// Bytes that the first lines of all layers have at most.
const HEADERS_BYTES: usize = 512;

/// Leaves out of `text` what it says twice, or returns `None` if no layer finds enough.
pub(in crate::distill) fn encode(text: &str) -> Option<String> {
    LAYERS.iter().fold(None, |packed: Option<String>, layer| {
        let layered = layer.encode(packed.as_deref().unwrap_or(text));
        layered.or(packed)
    })
}

/// Returns the text that `packed` was made from, or `None` if it is not packed or has more than `bytes_max` bytes.
pub(in crate::distill) fn decode(packed: &str, bytes_max: usize) -> Option<String> {
    let inner_max = bytes_max.saturating_add(HEADERS_BYTES);
    let text = LAYERS
        .iter()
        .rev()
        .fold(None, |text: Option<String>, layer| {
            let decoded = layer.decode(text.as_deref().unwrap_or(packed), inner_max);
            decoded.or(text)
        })?;
    (text.len() <= bytes_max).then_some(text)
}

/// What ends the first line of a packed `text`, so that all its lines end alike.
fn line_end(text: &str) -> &'static str {
    let first = text.split('\n').next().unwrap_or_default();
    if first.ends_with('\r') { "\r\n" } else { "\n" }
}
