//! Reads packed text back into a document. Whatever the text is, the work stays in proportion to it and to the limit.

use super::cells::{Cells, Row};
use super::lexer::{is_bare, is_text, text_length};
use super::notation::{Separator, ends_word, is_key};
use super::series::Series;
use super::tree::{DEPTH_MAX, Document, Edge, Kind, NodeId, Span};

/// Reads one packed body.
pub(super) struct Reader<'a> {
    pub(super) body: &'a str,
    pub(super) at: usize,
    pub(super) document: Document,
    /// Bytes that each value takes when it is written out, at least.
    weights: Vec<usize>,
    /// Bytes that may still be written from shared and derived values.
    bytes_left: usize,
}

/// Reads a packed body.
pub(super) fn read(body: &str, bytes_max: usize) -> Option<Document> {
    let mut reader = Reader {
        body,
        at: 0,
        document: Document::over(body.to_owned()),
        weights: Vec::new(),
        // Rows pay for missing cells too, of which there may be some for each byte written.
        bytes_left: bytes_max.saturating_mul(2).saturating_add(1 << 10),
    };
    // A table adds a level of brackets and a level of columns to each level of the document.
    let root = reader.value(DEPTH_MAX * 2)?;
    reader.document.root = root;
    reader.rest().is_empty().then_some(reader.document)
}

impl<'a> Reader<'a> {
    /// Returns what is still to be read.
    pub(super) fn rest(&self) -> &'a str {
        self.body.get(self.at..).unwrap_or("")
    }

    /// Reads `text` if it comes next.
    pub(super) fn eat(&mut self, text: &str) -> bool {
        let found = self.rest().starts_with(text);
        if found {
            self.at += text.len();
        }
        found
    }

    /// Reads a character that must come next.
    pub(super) fn eat_char(&mut self, character: char) -> Option<()> {
        self.rest().starts_with(character).then_some(())?;
        self.at += character.len_utf8();
        Some(())
    }

    pub(super) fn take_while(&mut self, wanted: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        let end = rest
            .find(|character| !wanted(character))
            .unwrap_or(rest.len());
        self.at += end;
        rest.get(..end).unwrap_or("")
    }

    pub(super) fn number(&mut self) -> Option<usize> {
        let digits = self.take_while(|character| character.is_ascii_digit());
        digits.parse().ok()
    }

    /// Reads a string; returns what is between its quotes.
    pub(super) fn quoted(&mut self) -> Option<Span> {
        self.eat_char('"')?;
        let start = self.at;
        self.at += text_length(self.rest())?;
        let end = self.at;
        self.eat_char('"')?;
        Some(Span { start, end })
    }

    pub(super) fn add_scalar(&mut self, kind: Kind, span: Span) -> NodeId {
        self.weights.push(span.end - span.start + 1);
        self.document.add_scalar(kind, span)
    }

    pub(super) fn add_container(&mut self, kind: Kind, edges: Vec<Edge>) -> NodeId {
        let weights = edges.iter().map(|edge| {
            let weight = self.weights.get(edge.node).copied().unwrap_or_default();
            weight.saturating_add(edge.key.end - edge.key.start + 1)
        });
        let weight = weights.fold(2, usize::saturating_add);
        self.weights.push(weight);
        self.document.add_container(kind, false, edges)
    }

    pub(super) fn spend(&mut self, bytes: usize) -> Option<()> {
        self.bytes_left = self.bytes_left.checked_sub(bytes)?;
        Some(())
    }

    /// Uses a value a second time.
    pub(super) fn share(&mut self, node: NodeId) -> Option<NodeId> {
        let weight = self.weights.get(node).copied().unwrap_or_default();
        self.spend(weight)?;
        Some(node)
    }

    /// Adds a scalar whose text is not in the body.
    pub(super) fn made(&mut self, text: &str, bare: bool) -> Option<NodeId> {
        self.spend(text.len() + 1)?;
        let start = self.document.text.len();
        self.document.text.push_str(text);
        let end = self.document.text.len();
        let kind = if bare { Kind::Bare } else { Kind::Text };
        Some(self.add_scalar(kind, Span { start, end }))
    }

    /// Reads an array of values that count if one comes next: `[24]=0..`; the inner one is missing where it is broken.
    #[expect(
        clippy::option_option,
        reason = "the inner one is the failure, as everywhere in this codec"
    )]
    pub(super) fn series(&mut self) -> Option<Option<NodeId>> {
        let inner = self.rest().strip_prefix('[')?;
        let after = inner.trim_start_matches(|digit: char| digit.is_ascii_digit());
        let digits = inner.get(..inner.len() - after.len())?;
        let spelled = after.strip_prefix("]=")?;
        let count: usize = digits.parse().ok()?;
        let (series, length) = Series::read(spelled)?;
        self.at += self.rest().len() - spelled.len() + length;
        let place = series.start();
        let edges = (0..count).map(|_| {
            let text = series.next(&place)?;
            let node = self.made(&text, series.bare)?;
            let key = Span::default();
            Some(Edge { key, node })
        });
        let edges: Option<Vec<Edge>> = edges.collect();
        Some(edges.map(|edges| self.add_container(Kind::Array, edges)))
    }

    /// Reads a value as JSON has it, or a table.
    pub(super) fn value(&mut self, depth: usize) -> Option<NodeId> {
        if let Some(node) = self.series() {
            return node;
        }
        if let Some((keyed, count, separator, length)) = table_start(self.rest()) {
            self.at += length;
            return self.table(keyed, count, separator, depth);
        }
        self.literal(depth)
    }

    /// Reads a value as JSON has it, quotes and commas as far as they are there; tables may stand inside.
    pub(super) fn literal(&mut self, depth: usize) -> Option<NodeId> {
        let depth = depth.checked_sub(1)?;
        let (kind, open, close) = match self.rest().bytes().next()? {
            b'"' => {
                let span = self.quoted()?;
                return Some(self.add_scalar(Kind::Text, span));
            }
            b'[' => (Kind::Array, '[', ']'),
            b'{' => (Kind::Object, '{', '}'),
            _ => return self.word(),
        };
        self.eat_char(open)?;
        let mut edges = Vec::new();
        while !self.rest().starts_with(close) {
            if !edges.is_empty() && !self.eat(",") {
                self.eat_char(' ')?;
            }
            let mut key = Span::default();
            if kind == Kind::Object {
                key = self.key()?;
                self.eat_char(':')?;
            }
            let node = self.value(depth)?;
            edges.push(Edge { key, node });
        }
        self.eat_char(close)?;
        Some(self.add_container(kind, edges))
    }

    fn key(&mut self) -> Option<Span> {
        if self.rest().starts_with('"') {
            return self.quoted();
        }
        let start = self.at;
        (!self.take_while(is_key).is_empty()).then_some(Span {
            start,
            end: self.at,
        })
    }

    /// Reads a number, `true`, `false`, `null` or a text without quotes.
    fn word(&mut self) -> Option<NodeId> {
        let start = self.at;
        let word = self.take_while(|character| !ends_word(character));
        let kind = if is_bare(word) {
            Kind::Bare
        } else {
            (!word.is_empty() && is_text(word)).then_some(Kind::Text)?
        };
        let span = Span {
            start,
            end: self.at,
        };
        Some(self.add_scalar(kind, span))
    }

    fn table(
        &mut self,
        keyed: bool,
        count: usize,
        separator: Separator,
        depth: usize,
    ) -> Option<NodeId> {
        let depth = depth.checked_sub(1)?;
        let mut column = self.items(separator, depth)?;
        let mut cells = Cells {
            reader: self,
            separator,
            nested: false,
            depth,
        };
        cells.reader.eat_char('\n')?;
        cells.key_tables(&mut column)?;
        let mut edges = Vec::new();
        for _ in 0..count {
            let mut key = Span::default();
            let mut row = Row::default();
            if keyed {
                key = cells.text()?;
                row = Row::keyed(key);
            }
            let node = cells.item(&column, &mut row)?;
            cells.reader.eat_char('\n')?;
            edges.push(Edge { key, node });
        }
        let kind = if keyed { Kind::Object } else { Kind::Array };
        Some(self.add_container(kind, edges))
    }
}

/// Returns whether the table is an object, its rows, its separator and the length of all that.
fn table_start(rest: &str) -> Option<(bool, usize, Separator, usize)> {
    let keyed = rest.starts_with('{');
    let inner = rest.strip_prefix(['[', '{'])?;
    let after = inner.trim_start_matches(|character: char| character.is_ascii_digit());
    let digits = inner.get(..inner.len() - after.len())?;
    let (separator, after) = match after.strip_prefix(' ') {
        Some(after) => (Separator::Space, after),
        None => (Separator::Comma, after),
    };
    let after = after.strip_prefix(if keyed { '}' } else { ']' })?;
    let continues = keyed || after.starts_with(['{', '[']);
    let count = digits.parse().ok().filter(|_| continues)?;
    Some((keyed, count, separator, rest.len() - after.len()))
}
