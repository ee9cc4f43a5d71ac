//! White space: found once for a whole document, named in the header, put back on decoding.

use std::fmt::Write as _;

use super::flow::Flow;
use super::gaps::Gaps;
use super::lexer::{Token, Tokens};
use super::tree::{Document, Kind, NodeId, quote};

/// Spaces of one level; more is not an indentation that anybody prints.
const INDENT_MAX: usize = 16;

/// How a document is laid out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Layout {
    /// One document a line; the root stands for the file.
    pub(super) lines: bool,
    /// The white space of one level, or `None` if everything stands on one line.
    unit: Option<String>,
    newline: &'static str,
    /// What separates members on one line.
    comma: &'static str,
    colon: &'static str,
    /// Whether objects, and whether arrays, on one line have a space inside their brackets.
    padded: [bool; 2],
    /// White space after the last value.
    end: &'static str,
    /// What stands between the brackets of an empty container.
    empty: &'static str,
    /// Whether arrays never break and their objects do, as in `[ {`, a line for each key, `}, {`.
    hugs: bool,
    /// Which containers of an indented document stand on one line.
    flow: Flow,
    /// What the rules do not explain.
    gaps: Gaps,
}

impl Layout {
    /// Finds the layout that writes `document` as exactly the text it was parsed from.
    ///
    /// The document's containers are then marked as reading the layout marks them: what stands on several lines inside
    /// one that stands on one line is a gap.
    pub(super) fn detect(document: &mut Document, lines: bool) -> Option<Self> {
        let mut layout = Self::guess(&document.text, lines)?;
        if layout.unit.is_some() && !layout.hugs {
            layout.flow = Flow::detect(document);
        }
        layout.restore(document);
        let written = layout.write(document, document.text.len().saturating_mul(2))?;
        if written != document.text {
            layout.gaps = Gaps::between(&written, &document.text)?;
        }
        Some(layout)
    }

    /// Reads each gap's style off its first occurrence.
    fn guess(text: &str, lines: bool) -> Option<Self> {
        let mut tokens = Tokens::new(text);
        let (mut unit, mut newline) = (None, "\n");
        let (mut comma, mut padded) = (None, [None, None]);
        let mut before_colon = "";
        let mut colon = None;
        let mut depth = 0_usize;
        let (mut empty, mut hugs) = (None, false);
        let mut arrays = 0_usize;
        let (mut before_last, mut last) = (None, None);
        while let Some(token) = tokens.next_token()? {
            let gap = tokens.gap();
            match last {
                Some(Token::Open(kind)) if !matches!(token, Token::Close(_)) => {
                    if let Some(line) = gap.find('\n') {
                        hugs |= kind == Kind::Object && before_last == Some(true);
                        if unit.is_none() {
                            let blank = gap.get(line + 1..).unwrap_or("");
                            let levels = depth - if hugs { arrays } else { 0 };
                            unit = Some(blank.get(..blank.len() / levels.max(1))?.to_owned());
                            newline = if gap.starts_with('\r') { "\r\n" } else { "\n" };
                        }
                    } else {
                        let side = padded.get_mut(usize::from(kind == Kind::Array))?;
                        side.get_or_insert(!gap.is_empty());
                    }
                }
                Some(Token::Open(_)) if !gap.contains('\n') => {
                    empty.get_or_insert(if gap.is_empty() { "" } else { " " });
                }
                Some(Token::Comma) if !gap.contains('\n') => {
                    comma.get_or_insert(if gap.is_empty() { "," } else { ", " });
                }
                Some(Token::Colon) => {
                    colon.get_or_insert(match (before_colon, gap) {
                        ("", "") => ":",
                        ("", _) => ": ",
                        (_, "") => " :",
                        _ => " : ",
                    });
                }
                _ => {}
            }
            match token {
                Token::Open(kind) => {
                    depth += 1;
                    arrays += usize::from(kind == Kind::Array);
                }
                Token::Close(kind) => {
                    depth = depth.saturating_sub(1);
                    arrays = arrays.saturating_sub(usize::from(kind == Kind::Array));
                }
                Token::Colon => before_colon = gap,
                _ => {}
            }
            // Whether the token before opens an array whose first member stands on the same line.
            before_last = Some(
                matches!(last, Some(Token::Open(Kind::Array)))
                    && matches!(token, Token::Open(Kind::Object))
                    && !gap.contains('\n'),
            );
            last = Some(token);
        }
        let indented = unit.is_some();
        Some(Self {
            lines,
            unit,
            newline,
            comma: comma.unwrap_or(if indented { ", " } else { "," }),
            colon: colon.unwrap_or(if indented { ": " } else { ":" }),
            padded: padded.map(|side| side.unwrap_or(false)),
            end: match tokens.gap() {
                "\n" => "\n",
                "\r\n" => "\r\n",
                _ => "",
            },
            empty: empty.unwrap_or(""),
            hugs,
            flow: Flow::default(),
            gaps: Gaps::default(),
        })
    }

    /// Names the layout in words; an empty text means: compact, on one line, no newline at the end.
    pub(super) fn header(&self) -> String {
        let mut words = String::new();
        if self.lines {
            words.push_str(" lines");
        }
        match self.unit.as_deref() {
            None => {}
            Some("\t") => words.push_str(" indent tab"),
            // Writing to a string cannot fail.
            Some(unit) => _ = write!(words, " indent {}", unit.len()),
        }
        if self.newline == "\r\n" {
            words.push_str(" crlf");
        }
        match (self.unit.is_some(), self.comma, self.colon) {
            (false, ",", ":") | (true, ", ", ": ") => {}
            (false, ", ", ": ") => words.push_str(" spaced"),
            _ => _ = write!(words, " comma \"{}\" colon \"{}\"", self.comma, self.colon),
        }
        for (padded, word) in self.padded.iter().zip([" padded", " padded-arrays"]) {
            if *padded {
                words.push_str(word);
            }
        }
        match self.end {
            "" => {}
            end if end == self.newline => words.push_str(" newline"),
            "\n" => words.push_str(" newline-lf"),
            _ => words.push_str(" newline-crlf"),
        }
        if self.empty == " " {
            words.push_str(" padded-empty");
        }
        if self.hugs {
            words.push_str(" hugging");
        }
        words.push_str(&self.gaps.header());
        words.push_str(&self.flow.header());
        words
    }

    /// Reads what [`Self::header`] wrote.
    pub(super) fn from_header(words: &str) -> Option<Self> {
        let mut layout = Self {
            lines: false,
            unit: None,
            newline: "\n",
            comma: ",",
            colon: ":",
            padded: [false, false],
            end: "",
            empty: "",
            hugs: false,
            flow: Flow::default(),
            gaps: Gaps::default(),
        };
        let mut rest = words.strip_prefix(' ').unwrap_or(words);
        while !rest.is_empty() {
            let (word, after) = rest.split_once(' ').unwrap_or((rest, ""));
            rest = after;
            match word {
                "lines" => layout.lines = true,
                "indent" => {
                    let (size, after) = rest.split_once(' ').unwrap_or((rest, ""));
                    rest = after;
                    layout.unit = Some(if size == "tab" {
                        "\t".to_owned()
                    } else {
                        let size: usize = size.parse().ok()?;
                        (size <= INDENT_MAX).then(|| " ".repeat(size))?
                    });
                    (layout.comma, layout.colon) = (", ", ": ");
                }
                "crlf" => layout.newline = "\r\n",
                "spaced" => (layout.comma, layout.colon) = (", ", ": "),
                "comma" => {
                    let quoted = rest.strip_prefix('"')?;
                    let (comma, after) = quoted.split_once("\" colon \"")?;
                    let (colon, after) = after.split_once('"')?;
                    layout.comma = [",", ", "].into_iter().find(|known| *known == comma)?;
                    layout.colon = [":", ": ", " :", " : "]
                        .into_iter()
                        .find(|known| *known == colon)?;
                    rest = after.strip_prefix(' ').unwrap_or(after);
                }
                "padded" => layout.padded = [true, layout.padded[1]],
                "padded-arrays" => layout.padded = [layout.padded[0], true],
                "padded-empty" => layout.empty = " ",
                "hugging" => layout.hugs = true,
                "gaps" => {
                    let (list, after) = rest.split_once(' ').unwrap_or((rest, ""));
                    layout.gaps = Gaps::from_header(list)?;
                    rest = after;
                }
                "newline" => layout.end = layout.newline,
                "newline-lf" => layout.end = "\n",
                "newline-crlf" => layout.end = "\r\n",
                "inline" => {
                    layout.flow = Flow::from_header(rest)?;
                    rest = "";
                }
                _ => return None,
            }
        }
        Some(layout)
    }

    /// Marks the containers that stand on one line, as the header says.
    pub(super) fn restore(&self, document: &mut Document) {
        if self.unit.is_some() && !self.hugs {
            self.flow.restore(document);
        }
    }

    /// Writes the document, or returns `None` if that needs more than `bytes_max` bytes.
    pub(super) fn write(&self, document: &Document, bytes_max: usize) -> Option<String> {
        // A gap may be shorter than what the rules write there.
        let written = self.by_rules(document, bytes_max.saturating_mul(2))?;
        let out = self.gaps.apply(written, bytes_max)?;
        (out.len() <= bytes_max).then_some(out)
    }

    fn by_rules(&self, document: &Document, bytes_max: usize) -> Option<String> {
        let mut out = String::new();
        let root = document.root;
        if self.lines {
            for (index, edge) in document.edges(root).iter().enumerate() {
                if index > 0 {
                    out.push_str(self.newline);
                }
                self.value(document, edge.node, 0, bytes_max, &mut out)?;
            }
        } else {
            self.value(document, root, 0, bytes_max, &mut out)?;
        }
        out.push_str(self.end);
        (out.len() <= bytes_max).then_some(out)
    }

    fn value(
        &self,
        document: &Document,
        id: NodeId,
        depth: usize,
        bytes_max: usize,
        out: &mut String,
    ) -> Option<()> {
        (out.len() <= bytes_max).then_some(())?;
        let node = document.node(id);
        let (open, close) = match node.kind {
            Kind::Bare => {
                out.push_str(document.str(node.span));
                return Some(());
            }
            Kind::Text => {
                quote(document.str(node.span), out);
                return Some(());
            }
            Kind::Array => ('[', ']'),
            Kind::Object => ('{', '}'),
        };
        let edges = document.edges(id);
        if edges.is_empty() {
            out.push(open);
            out.push_str(self.empty);
            out.push(close);
            return Some(());
        }
        let hugged = self.hugs && node.kind == Kind::Array;
        let inline = if self.hugs { hugged } else { node.inline };
        let expanded = if inline { None } else { self.unit.as_deref() };
        let padded = inline || self.unit.is_none();
        let [objects, arrays] = self.padded;
        let padded = padded
            && if node.kind == Kind::Array {
                arrays
            } else {
                objects
            };
        out.push(open);
        for (index, edge) in edges.iter().enumerate() {
            match expanded {
                Some(unit) => {
                    if index > 0 {
                        out.push(',');
                    }
                    self.break_line(unit, depth + 1, out);
                }
                None if index > 0 => out.push_str(self.comma),
                None if padded => out.push(' '),
                None => {}
            }
            if node.kind == Kind::Object {
                quote(document.str(edge.key), out);
                out.push_str(self.colon);
            }
            self.value(
                document,
                edge.node,
                depth + usize::from(!hugged),
                bytes_max,
                out,
            )?;
        }
        match expanded {
            Some(unit) => self.break_line(unit, depth, out),
            None if padded => out.push(' '),
            None => {}
        }
        out.push(close);
        Some(())
    }

    fn break_line(&self, unit: &str, depth: usize, out: &mut String) {
        out.push_str(self.newline);
        for _ in 0..depth {
            out.push_str(unit);
        }
    }
}
