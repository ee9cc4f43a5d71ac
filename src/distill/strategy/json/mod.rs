//! JSON, byte for byte: compact, with repeated structure said once.
//!
//! Packed text is one header line that names the white space ([`layout`]), then the document. What is not JSON there is a
//! table ([`pack`] shows how to read one). Nothing is converted on the way: numbers, escapes, the order of keys and
//! duplicate keys keep their spelling, because the codec moves ranges of bytes and never values.
//!
//! `lexer` → `tree` → `shape` (what values have in common) → `columns` (what columns say twice) → `table` (text);
//! back again: `read` with `header` → `tree` → `layout`.

mod affix;
mod columns;
mod derive;
mod flow;
mod header;
mod intern;
mod layout;
mod lexer;
mod notation;
mod pack;
mod price;
mod read;
mod shape;
mod table;
mod template;
#[cfg(test)]
mod tests;
mod tree;

use super::Strategy;
use columns::Context;
use intern::Interned;
use layout::Layout;
use pack::Packer;
use price::Prices;
use tree::Document;

/// Bytes: a larger document would need more memory for its tree than a tool call should take (about 20 times its size).
const BYTES_MAX: usize = 64 << 20;

/// The codec for JSON and for JSON lines.
pub(super) struct Json;

impl Strategy for Json {
    fn name(&self) -> &'static str {
        "json"
    }

    fn encode(&self, text: &str, cost: &dyn Fn(&str) -> usize) -> Option<String> {
        let (document, layout) = parse(text)?;
        let mut packed = format!("json{}\n", layout.header());
        let interned = Interned::of(&document);
        let prices = Prices::new(cost);
        let packer = Packer::new(Context {
            document: &document,
            interned: &interned,
            prices: &prices,
        });
        packer.value(document.root, &mut packed);
        (cost(&packed) < cost(text)).then_some(packed)
    }

    fn decode(&self, packed: &str, bytes_max: usize) -> Option<String> {
        let (header, body) = packed.split_once('\n')?;
        let layout = Layout::from_header(header.strip_prefix("json")?)?;
        let mut document = read::read(body, bytes_max)?;
        layout.restore(&mut document);
        layout.write(&document, bytes_max)
    }
}

/// Parses `text` as one document or as one document a line, whichever its white space can be named for.
fn parse(text: &str) -> Option<(Document, Layout)> {
    if text.len() > BYTES_MAX || !text.trim_start().starts_with(['{', '[']) {
        return None;
    }
    [false, true].into_iter().find_map(|lines| {
        let document = Document::parse(text, lines)?;
        let layout = Layout::detect(&document, lines)?;
        Some((document, layout))
    })
}
