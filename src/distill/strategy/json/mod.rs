//! JSON, byte for byte: compact, with the layout said once.
//!
//! Packed text is one header line that names the white space, then the document. Nothing is converted on the way:
//! numbers, escapes, the order of keys and duplicate keys keep their spelling, because the codec moves ranges of bytes
//! and never values.

mod flow;
mod layout;
mod lexer;
#[cfg(test)]
mod tests;
mod tree;

use super::Strategy;
use layout::Layout;
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
        document.minify(document.root, &mut packed);
        (cost(&packed) < cost(text)).then_some(packed)
    }

    fn decode(&self, packed: &str, bytes_max: usize) -> Option<String> {
        let (header, body) = packed.split_once('\n')?;
        let layout = Layout::from_header(header.strip_prefix("json")?)?;
        let mut document = Document::parse(body, false)?;
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
