//! A JSON document as written: every string and number keeps its own spelling, every object its order and its duplicates.

use super::lexer::{Token, Tokens};

/// Levels of nesting: deeper documents are left alone, so that walks over the tree may recurse.
pub(super) const DEPTH_MAX: usize = 64;

/// Index of a value in [`Document`].
pub(in crate::distill) type NodeId = usize;

/// A range of bytes in [`Document::text`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(in crate::distill) struct Span {
    pub(in crate::distill) start: usize,
    pub(in crate::distill) end: usize,
}

/// What a value is, as far as its spelling needs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(in crate::distill) enum Kind {
    /// A number, `true`, `false` or `null`; the span is its spelling.
    Bare,
    /// A string; the span is what stands between the quotes, escapes as written.
    Text,
    /// An array; the span counts [`Edge`]s.
    Array,
    /// An object; the span counts [`Edge`]s.
    Object,
}

/// A value.
#[derive(Debug, Clone, Copy)]
pub(in crate::distill) struct Node {
    pub(in crate::distill) kind: Kind,
    pub(in crate::distill) span: Span,
    /// Whether a container stands on one line although the layout is indented.
    pub(super) inline: bool,
}

/// A member of a container; the key of an array's member is empty.
#[derive(Debug, Clone, Copy)]
pub(in crate::distill) struct Edge {
    pub(in crate::distill) key: Span,
    pub(in crate::distill) node: NodeId,
}

/// The values of one text; decoding shares a value that occurs often, so it may be a graph without cycles.
#[derive(Debug)]
pub(in crate::distill) struct Document {
    pub(in crate::distill) text: String,
    nodes: Vec<Node>,
    edges: Vec<Edge>,
    pub(in crate::distill) root: NodeId,
}

impl Document {
    /// Returns an empty document over `text`.
    pub(in crate::distill) fn over(text: String) -> Self {
        Self {
            text,
            nodes: Vec::new(),
            edges: Vec::new(),
            root: 0,
        }
    }

    /// Reads one document, or with `lines` one document a line (their array is then the root).
    pub(in crate::distill) fn parse(text: &str, lines: bool) -> Option<Self> {
        let mut document = Self::over(text.to_owned());
        let mut tokens = Tokens::new(text);
        let mut builder = Builder::default();
        if lines {
            builder.open(Kind::Array, Span::default(), true)?;
        }
        while let Some(token) = tokens.next_token()? {
            builder.push(token, &tokens, &mut document)?;
            if builder.is_done() {
                break;
            }
        }
        if lines {
            builder.close(Kind::Array, &mut document)?;
        }
        document.root = builder.root?;
        tokens.next_token()?.is_none().then_some(document)
    }

    /// Returns the value, `null` at the start of the text if there is none.
    pub(in crate::distill) fn node(&self, id: NodeId) -> Node {
        self.nodes.get(id).copied().unwrap_or(Node {
            kind: Kind::Bare,
            span: Span::default(),
            inline: false,
        })
    }

    /// Returns the members of a container, nothing for a scalar.
    pub(in crate::distill) fn edges(&self, id: NodeId) -> &[Edge] {
        let node = self.node(id);
        match node.kind {
            Kind::Array | Kind::Object => self
                .edges
                .get(node.span.start..node.span.end)
                .unwrap_or_default(),
            Kind::Bare | Kind::Text => &[],
        }
    }

    /// Returns the text of a span.
    pub(in crate::distill) fn str(&self, span: Span) -> &str {
        self.text.get(span.start..span.end).unwrap_or_default()
    }

    /// Returns the spelling of a scalar without quotes, nothing for a container.
    pub(in crate::distill) fn lexeme(&self, id: NodeId) -> &str {
        let node = self.node(id);
        match node.kind {
            Kind::Bare | Kind::Text => self.str(node.span),
            Kind::Array | Kind::Object => "",
        }
    }

    /// Returns how many values there are.
    pub(super) fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Adds a scalar.
    pub(in crate::distill) fn add_scalar(&mut self, kind: Kind, span: Span) -> NodeId {
        self.add(kind, span, false)
    }

    /// Adds a container of `members`.
    pub(in crate::distill) fn add_container(
        &mut self,
        kind: Kind,
        inline: bool,
        members: impl IntoIterator<Item = Edge>,
    ) -> NodeId {
        let start = self.edges.len();
        self.edges.extend(members);
        let end = self.edges.len();
        self.add(kind, Span { start, end }, inline)
    }

    fn add(&mut self, kind: Kind, span: Span, inline: bool) -> NodeId {
        self.nodes.push(Node { kind, span, inline });
        self.nodes.len() - 1
    }

    /// Marks a container as standing on one line, or not.
    pub(super) fn set_inline(&mut self, id: NodeId, inline: bool) {
        if let Some(node) = self.nodes.get_mut(id) {
            node.inline = inline;
        }
    }

    /// Writes the value as compact as JSON allows.
    pub(super) fn minify(&self, id: NodeId, out: &mut String) {
        let node = self.node(id);
        match node.kind {
            Kind::Bare => out.push_str(self.str(node.span)),
            Kind::Text => quote(self.str(node.span), out),
            Kind::Array => {
                out.push('[');
                for (index, edge) in self.edges(id).iter().enumerate() {
                    if index > 0 {
                        out.push(',');
                    }
                    self.minify(edge.node, out);
                }
                out.push(']');
            }
            Kind::Object => {
                out.push('{');
                for (index, edge) in self.edges(id).iter().enumerate() {
                    if index > 0 {
                        out.push(',');
                    }
                    quote(self.str(edge.key), out);
                    out.push(':');
                    self.minify(edge.node, out);
                }
                out.push('}');
            }
        }
    }
}

/// Writes a string whose escapes are already written.
pub(super) fn quote(lexeme: &str, out: &mut String) {
    out.push('"');
    out.push_str(lexeme);
    out.push('"');
}

/// What the parser expects next inside the innermost container.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Expect {
    /// A value or, right after `[`, the end.
    FirstValue,
    /// A value: after a comma of an array.
    Value,
    /// A key or, right after `{`, the end.
    FirstKey,
    /// A key: after a comma of an object.
    Key,
    /// A colon: after a key.
    Colon,
    /// A value: after a colon.
    MemberValue,
    /// A comma or the end.
    Comma,
}

#[derive(Debug)]
struct Frame {
    kind: Kind,
    key: Span,
    inline: bool,
    expect: Expect,
    first: usize,
}

#[derive(Debug, Default)]
struct Builder {
    frames: Vec<Frame>,
    pending: Vec<Edge>,
    key: Span,
    root: Option<NodeId>,
    lines: bool,
}

impl Builder {
    fn is_done(&self) -> bool {
        self.frames.is_empty()
    }

    fn open(&mut self, kind: Kind, key: Span, lines: bool) -> Option<()> {
        self.lines |= lines;
        (self.frames.len() <= DEPTH_MAX).then_some(())?;
        self.frames.push(Frame {
            kind,
            key,
            inline: !lines,
            expect: match kind {
                Kind::Object => Expect::FirstKey,
                _ => Expect::FirstValue,
            },
            first: self.pending.len(),
        });
        Some(())
    }

    fn close(&mut self, kind: Kind, document: &mut Document) -> Option<()> {
        let frame = self.frames.pop()?;
        let ends = matches!(
            frame.expect,
            Expect::FirstKey | Expect::FirstValue | Expect::Comma
        ) || (self.lines && self.frames.is_empty());
        (frame.kind == kind && ends).then_some(())?;
        let node = document.add_container(kind, frame.inline, self.pending.drain(frame.first..));
        self.key = frame.key;
        self.value(node);
        Some(())
    }

    fn push(&mut self, token: Token, tokens: &Tokens<'_>, document: &mut Document) -> Option<()> {
        let expect = self
            .frames
            .last()
            .map_or(Expect::Value, |frame| frame.expect);
        if let Some(frame) = self.frames.last_mut()
            && matches!(frame.expect, Expect::FirstKey | Expect::FirstValue)
            && tokens.gap().contains('\n')
        {
            frame.inline = false;
        }
        match (token, expect) {
            (Token::Open(kind), Expect::FirstValue | Expect::Value | Expect::MemberValue) => {
                let key = self.key;
                self.open(kind, key, false)
            }
            (Token::Close(kind), Expect::FirstKey | Expect::FirstValue | Expect::Comma) => {
                // The outer array of line-wise documents has no closing bracket of its own.
                (!self.lines || self.frames.len() > 1).then_some(())?;
                self.close(kind, document)
            }
            (Token::Comma, Expect::Comma) => {
                let frame = self.frames.last_mut()?;
                frame.expect = match frame.kind {
                    Kind::Object => Expect::Key,
                    _ => Expect::Value,
                };
                Some(())
            }
            (Token::Colon, Expect::Colon) => {
                self.frames.last_mut()?.expect = Expect::MemberValue;
                Some(())
            }
            (Token::Text(span), Expect::FirstKey | Expect::Key) => {
                self.key = span;
                self.frames.last_mut()?.expect = Expect::Colon;
                Some(())
            }
            (Token::Text(span), Expect::FirstValue | Expect::Value | Expect::MemberValue) => {
                let node = document.add_scalar(Kind::Text, span);
                self.value(node);
                Some(())
            }
            (Token::Bare(span), Expect::FirstValue | Expect::Value | Expect::MemberValue) => {
                let node = document.add_scalar(Kind::Bare, span);
                self.value(node);
                Some(())
            }
            _ => None,
        }
    }

    /// Puts a finished value where it belongs.
    fn value(&mut self, node: NodeId) {
        let outermost = self.frames.len() == 1;
        match self.frames.last_mut() {
            None => self.root = Some(node),
            Some(frame) => {
                let key = match frame.kind {
                    Kind::Object => self.key,
                    _ => Span::default(),
                };
                self.pending.push(Edge { key, node });
                frame.expect = if self.lines && outermost {
                    Expect::Value
                } else {
                    Expect::Comma
                };
            }
        }
    }
}
