//! Texts as patterns: `` `https://example.test/{owner.login}/{}` `` in a header says what all texts of a column share.

use std::borrow::Cow;
use std::fmt::Write as _;

use super::lexer::{is_bare, is_text};

/// What follows the name of a column that stands for its cell only.
pub(super) const REST: char = '*';

/// A pattern for the texts, or the numbers, of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Template {
    pub(super) parts: Vec<Part>,
    /// Whether the result is a number, `true`, `false` or `null` instead of a string.
    pub(super) bare: bool,
}

/// A piece of a [`Template`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Part {
    /// The same in every row.
    Literal(String),
    /// `{}`: the text of the cell.
    Cell,
    /// `{4}`: the next four digits of the cell.
    Digits(usize),
    /// `{name}`: the text of another column of the row; `{name*}`: what its cell holds of it.
    Column(String),
}

impl Template {
    /// Writes the template as it stands in a header.
    pub(super) fn spelling(&self) -> String {
        let mut out = String::from(if self.bare { "#`" } else { "`" });
        for part in &self.parts {
            match part {
                Part::Literal(text) => out.push_str(text),
                Part::Cell => out.push_str("{}"),
                // Writing to a string cannot fail.
                Part::Digits(count) => _ = write!(out, "{{{count}}}"),
                Part::Column(name) => {
                    out.push('{');
                    out.push_str(name);
                    out.push('}');
                }
            }
        }
        out.push('`');
        out
    }

    /// Reads a template that `text` begins with; returns it and its length.
    pub(super) fn read(text: &str) -> Option<(Self, usize)> {
        let bare = text.starts_with('#');
        let start = 1 + usize::from(bare);
        let body = text.strip_prefix(if bare { "#`" } else { "`" })?;
        let body = body.split_once('`')?.0;
        let mut parts = Vec::new();
        let mut rest = body;
        while !rest.is_empty() {
            let (literal, hole) = rest.split_once('{').unwrap_or((rest, ""));
            if !literal.is_empty() {
                parts.push(Part::Literal(literal.to_owned()));
            }
            if literal.len() == rest.len() {
                break;
            }
            let (name, after) = hole.split_once('}')?;
            parts.push(match name {
                "" => Part::Cell,
                _ if name.bytes().all(|byte| byte.is_ascii_digit()) => {
                    Part::Digits(name.parse().ok()?)
                }
                _ => Part::Column(name.to_owned()),
            });
            rest = after;
        }
        Some((Self { parts, bare }, start + body.len() + 1))
    }

    /// Tells whether the texts come from a cell of their own.
    pub(super) fn has_cell(&self) -> bool {
        self.parts
            .iter()
            .any(|part| matches!(part, Part::Cell | Part::Digits(_)))
    }

    /// Puts the text of a cell, and of other columns, into the holes.
    pub(super) fn fill<'a>(
        &self,
        cell: &str,
        column: impl Fn(&str) -> Option<Cow<'a, str>>,
    ) -> Option<String> {
        let mut out = String::new();
        let mut rest = cell;
        for part in &self.parts {
            match part {
                Part::Literal(text) => out.push_str(text),
                Part::Cell => out.push_str(std::mem::take(&mut rest)),
                Part::Digits(count) => {
                    let (digits, after) = rest.split_at_checked(*count)?;
                    out.push_str(digits);
                    rest = after;
                }
                Part::Column(name) => out.push_str(&column(name)?),
            }
        }
        let spelled = if self.bare {
            is_bare(&out)
        } else {
            is_text(&out)
        };
        (rest.is_empty() && spelled).then_some(out)
    }

    /// Returns the cell from which [`Self::fill`] makes `text`.
    pub(super) fn cell(&self, text: &str) -> Option<String> {
        let mut cell = String::new();
        let mut rest = text;
        let mut parts = self.parts.iter().peekable();
        while let Some(part) = parts.next() {
            match part {
                Part::Literal(literal) => rest = rest.strip_prefix(literal.as_str())?,
                Part::Digits(count) => {
                    let (digits, after) = rest.split_at_checked(*count)?;
                    digits
                        .bytes()
                        .all(|byte| byte.is_ascii_digit())
                        .then_some(())?;
                    cell.push_str(digits);
                    rest = after;
                }
                Part::Cell => {
                    let tail = match parts.peek() {
                        Some(Part::Literal(literal)) => literal.as_str(),
                        _ => "",
                    };
                    let own = rest.strip_suffix(tail)?;
                    cell.push_str(own);
                    rest = rest.get(own.len()..)?;
                }
                Part::Column(_) => return None,
            }
        }
        (rest.is_empty() && is_text(&cell)).then_some(cell)
    }

    /// Tells whether `literal` may stand in a template as it is.
    pub(super) fn may_hold(literal: &str) -> bool {
        !literal.contains(['`', '{', '}'])
    }
}
