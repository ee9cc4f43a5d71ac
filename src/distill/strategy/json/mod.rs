//! JSON, byte for byte: compact, with repeated structure said once.
//!
//! Packed text is one header line that names the escapes and the white space ([`escapes`], [`layout`]), then the
//! document. What is not JSON there is a table ([`mod@pack`] shows how to read one). Last, long pieces that return get a name
//! of one token ([`phrases`]). Nothing is converted on the way: numbers, escapes, the order of keys and duplicate keys
//! keep their spelling, because the codec moves ranges of bytes and never values.
//!
//! There: `lexer` → `tree` → `shape` (what values have in common) → `columns` (what they say twice) → `table` (text) →
//! `phrases`. Back: `phrases` → `read` with `header` and `cells` → `tree` → `layout`.

mod affix;
mod cells;
mod columns;
mod derive;
mod escapes;
mod flow;
mod gaps;
mod header;
mod intern;
mod layout;
mod lexer;
mod notation;
mod pack;
mod phrases;
mod price;
mod read;
mod scale;
mod series;
mod shape;
mod table;
mod template;
#[cfg(test)]
mod tests;
mod tree;

use super::Strategy;
use columns::Context;
use escapes::Escapes;
use intern::Interned;
use layout::Layout;
use pack::Packer;
use price::Prices;

pub(in crate::distill) use self::lexer::is_bare;
pub(in crate::distill) use self::notation::is_name;
pub(in crate::distill) use self::pack::plain;
pub(in crate::distill) use self::tree::{Document, Edge, Kind, NodeId, Span};

/// Bytes: a larger document would need more memory for its tree than a tool call should take (about 20 times its size).
const BYTES_MAX: usize = 64 << 20;

/// The codec for JSON and for JSON lines.
pub(super) struct Json;

impl Strategy for Json {
    fn name(&self) -> &'static str {
        "json"
    }

    fn encode(&self, text: &str, cost: &dyn Fn(&str) -> usize) -> Option<String> {
        if text.len() > BYTES_MAX || !text.trim_start().starts_with(['{', '[']) {
            return None;
        }
        let (escapes, plain) = Escapes::remove(text);
        let (document, layout) = parse(&plain)?;
        let header = format!("json{}{}", escapes.header(), layout.header());
        let (packed, tokens) = pack(&document, &header, cost)?;
        is_shorter(&packed, tokens, text, cost).then_some(packed)
    }

    fn decode(&self, packed: &str, bytes_max: usize) -> Option<String> {
        let (words, mut document) = unpack(packed.strip_prefix("json")?, bytes_max)?;
        let (escapes, words) = Escapes::from_header(words);
        let layout = Layout::from_header(words)?;
        layout.restore(&mut document);
        let text = escapes.escape(&layout.write(&document, bytes_max)?);
        (text.len() <= bytes_max).then_some(text)
    }
}

/// Writes a document as short as it gets, under a header line that begins with `header`, and returns its tokens as well.
pub(super) fn pack(
    document: &Document,
    header: &str,
    cost: &dyn Fn(&str) -> usize,
) -> Option<(String, usize)> {
    let interned = Interned::of(document);
    let prices = Prices::new(cost);
    let packer = Packer::new(Context {
        document,
        interned: &interned,
        prices: &prices,
    });
    let mut body = String::new();
    packer.value(document.root, &mut body);
    let named = phrases::name(&body, packer.repeated(), &prices)
        .map(|(words, body)| format!("{header}{words}\n{body}"));
    [Some(format!("{header}\n{body}")), named]
        .into_iter()
        .flatten()
        .map(|packed| {
            let tokens = cost(&packed);
            (packed, tokens)
        })
        .min_by_key(|(_, tokens)| *tokens)
}

/// Tells whether `packed`, which has so many tokens, costs less than `text`, of which only as much is counted as that takes.
pub(super) fn is_shorter(
    packed: &str,
    tokens: usize,
    text: &str,
    cost: &dyn Fn(&str) -> usize,
) -> bool {
    let bytes = packed.len().saturating_mul(2);
    let cut = (bytes..bytes.saturating_add(4)).find_map(|end| text.get(..end));
    // The last token of a beginning may be a part of a longer one.
    cut.is_some_and(|head| cost(head) > tokens + 1) || tokens < cost(text)
}

/// Reads what [`pack()`] wrote; returns the header, without the words that `pack` added, and the document.
pub(super) fn unpack(packed: &str, bytes_max: usize) -> Option<(&str, Document)> {
    let (header, body) = packed.split_once('\n')?;
    // Packed text that shortens its document in tokens may still be somewhat longer in bytes.
    let body_bytes_max = bytes_max.saturating_mul(2).saturating_add(1 << 12);
    let (words, body) = phrases::unname(header, body, body_bytes_max)?;
    Some((words, read::read(&body, bytes_max)?))
}

/// Parses `text` as one document or as one document a line, whichever its white space can be named for.
fn parse(text: &str) -> Option<(Document, Layout)> {
    [false, true].into_iter().find_map(|lines| {
        let mut document = Document::parse(text, lines)?;
        let layout = Layout::detect(&mut document, lines)?;
        Some((document, layout))
    })
}
