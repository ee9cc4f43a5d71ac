//! Chooses among the exact strategies: each encodes, with and without phrases on top; the fewest tokens win, decoded again and compared.

use super::legend::Legend;
use super::strategy::lines::Lines;
use super::strategy::{STRATEGIES, Strategy, diff, phrases, trace};
use crate::tokens::{self, Encoding};

/// Name of the layer that names recurring phrases.
const PHRASES: &str = "phrases";

/// Name of the layer that leaves out what frames of a stack trace say twice.
const TRACE: &str = "trace";

/// Name of the layer that leaves out what a difference says twice.
const DIFF: &str = "diff";

/// Text that decodes to the original.
pub(super) struct Packed {
    pub(super) text: String,
    pub(super) codecs: Vec<&'static str>,
    pub(super) tokens: usize,
}

/// Returns the shortest exact spelling of `text`, which has `tokens_in` tokens, for a reader who knows `legend` if there is
/// one, and how many strategies failed to give `text` back.
pub(super) fn pack(
    text: &str,
    encoding: Encoding,
    legend: Option<&Legend>,
    tokens_in: usize,
) -> (Option<Packed>, usize) {
    let nothing = Legend::default();
    let is_proven = |packed: &str| {
        let unpacked = unpack(packed, legend.unwrap_or(&nothing), text.len());
        unpacked.is_some_and(|unpacked| unpacked == text)
    };
    // Nearly every spelling decodes to the text, so that it is enough to prove the one that is chosen. If it does not, each
    // is proven as it is offered.
    let (best, _) = choose(text, encoding, legend, tokens_in, &|_| true);
    match best {
        Some(best) if !is_proven(&best.text) => {
            choose(text, encoding, legend, tokens_in, &is_proven)
        }
        best => (best, 0),
    }
}

/// Returns the shortest spelling that `is_proven` accepts, and how many it did not.
fn choose(
    text: &str,
    encoding: Encoding,
    legend: Option<&Legend>,
    tokens_in: usize,
    is_proven: &dyn Fn(&str) -> bool,
) -> (Option<Packed>, usize) {
    let cost = |text: &str| tokens::count(encoding, text);
    let encode = |strategy: &dyn Strategy, text: &str| match legend {
        Some(legend) => strategy.encode_told(text, legend, &cost),
        None => strategy.encode(text, &cost),
    };
    let mut choice = Choice {
        is_proven,
        tokens_in,
        best: None,
        faults: 0,
    };
    for strategy in STRATEGIES {
        // Where one has understood the text, the others would only take time.
        let is_quartered = choice
            .best
            .as_ref()
            .is_some_and(|best| best.tokens * 4 <= tokens_in);
        if is_quartered {
            break;
        }
        if let Some(packed) = encode(*strategy, text) {
            choice.offer(cost(&packed), packed, &[strategy.name()]);
        }
    }
    // Frames without the names of their files, and hunks without their counts, are lines like others.
    let layered = if choice.is_of_lines() {
        trace::encode(text)
            .map(|traced| (traced, TRACE))
            .or_else(|| diff::encode(text).map(|short| (short, DIFF)))
    } else {
        None
    };
    if let Some((layered, layer)) = &layered
        && let Some(packed) = encode(&Lines, layered)
    {
        choice.offer(cost(&packed), packed, &[layer, Lines.name()]);
    }
    if let Some(inner) = choice.best.take() {
        let outer = phrases::encode_packed(&inner.text, legend, &cost);
        let codecs = [inner.codecs.as_slice(), &[PHRASES]].concat();
        choice.best = Some(inner);
        if let Some(packed) = outer {
            choice.offer(cost(&packed), packed, &codecs);
        }
    }
    // Where lines or values hardly repeat, phrases alone may do more; where they do, mining the whole text is time lost.
    let is_halved = choice
        .best
        .as_ref()
        .is_some_and(|best| best.tokens * 2 <= tokens_in);
    if !is_halved {
        let (packed, codecs) = match &layered {
            Some((layered, layer)) => (
                phrases::encode_packed(layered, legend, &cost),
                vec![*layer, PHRASES],
            ),
            None => (phrases::encode_raw(text, legend, &cost), vec![PHRASES]),
        };
        if let Some(packed) = packed {
            choice.offer(cost(&packed), packed, &codecs);
        }
        // A short difference repeats no phrase and still says its places twice.
        if let Some((short, DIFF)) = layered {
            choice.offer(cost(&short), short, &[DIFF]);
        }
    }
    (choice.best, choice.faults)
}

/// The shortest spelling so far.
struct Choice<'p> {
    is_proven: &'p dyn Fn(&str) -> bool,
    tokens_in: usize,
    best: Option<Packed>,
    faults: usize,
}

impl Choice<'_> {
    /// Whether nothing but the lines of the text have been understood so far.
    fn is_of_lines(&self) -> bool {
        self.best
            .as_ref()
            .is_none_or(|best| best.codecs == [Lines.name()])
    }

    /// Takes `packed` if it is shorter than the best so far and proven.
    fn offer(&mut self, tokens: usize, packed: String, codecs: &[&'static str]) {
        let limit = self
            .best
            .as_ref()
            .map_or(self.tokens_in, |best| best.tokens);
        if tokens >= limit {
            return;
        }
        if (self.is_proven)(&packed) {
            self.best = Some(Packed {
                text: packed,
                codecs: codecs.to_vec(),
                tokens,
            });
        } else {
            self.faults += 1;
        }
    }
}

/// Returns the text that `packed` was made from for a reader who knew `legend`, or `None` if it is not packed text or is
/// longer than `bytes_max`.
pub fn unpack(packed: &str, legend: &Legend, bytes_max: usize) -> Option<String> {
    // Packed text has fewer tokens than its original, though it may have a few more bytes.
    match phrases::decode(packed, legend, bytes_max.saturating_mul(2)) {
        Some((inner, true)) => unpack_one(&inner, legend, bytes_max),
        Some((text, false)) => Some(text).filter(|text| text.len() <= bytes_max),
        None => unpack_one(packed, legend, bytes_max),
    }
}

fn unpack_one(packed: &str, legend: &Legend, bytes_max: usize) -> Option<String> {
    if let Some(text) = unlayered(packed, bytes_max) {
        return Some(text);
    }
    let text = STRATEGIES
        .iter()
        .find_map(|strategy| strategy.decode_told(packed, legend, bytes_max.saturating_mul(2)))?;
    match unlayered(&text, bytes_max) {
        Some(whole) => Some(whole),
        None => Some(text).filter(|text| text.len() <= bytes_max),
    }
}

fn unlayered(packed: &str, bytes_max: usize) -> Option<String> {
    trace::decode(packed, bytes_max).or_else(|| diff::decode(packed, bytes_max))
}
