//! The spelling of cells and names in tables: quoted only where they would be taken for something else.

use std::borrow::Cow;

use super::lexer::is_bare;

/// A key that the row lacks.
pub(super) const MISSING: &str = "~";
/// What a template calls the key of a row.
pub(super) const ROW_KEY: &str = "#";
/// The same value as in the row above.
pub(super) const DITTO: &str = "^";

/// The value that the header says the column usually has.
pub(super) const USUAL: &str = "=";
/// What stands in a header between a column and what its values usually are.
pub(super) const USUALLY: &str = "~=";

/// What separates the cells of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Separator {
    /// `,`: texts may hold spaces.
    Comma,
    /// A space, which most tokens of words already begin with.
    Space,
}

impl Separator {
    /// Returns the separator's character.
    pub(super) fn char(self) -> char {
        match self {
            Self::Comma => ',',
            Self::Space => ' ',
        }
    }
}

/// How a bare word is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reading {
    /// As a number, `true`, `false` or `null` if it is one, else as text.
    Guess,
    /// As `true`, `false` or `null` if it is one, else as what a template leaves open.
    Rest,
    /// As text.
    Text,
}

/// Spells the content of a string as a cell.
pub(super) fn cell(
    text: &str,
    separator: Separator,
    nested: bool,
    reading: Reading,
) -> Cow<'_, str> {
    let quoted = text.is_empty()
        || text == USUAL
        || text.starts_with(['"', '{', '[', '(', '!', '~', '^', ' '])
        || text.ends_with(' ')
        || text.contains(separator.char())
        || (nested && text.contains([';', ']', ')', '}']))
        || match reading {
            Reading::Guess => is_bare(text),
            Reading::Rest => is_word(text),
            Reading::Text => false,
        };
    if quoted {
        Cow::Owned(format!("\"{text}\""))
    } else {
        Cow::Borrowed(text)
    }
}

/// Spells the content of a string between brackets: without quotes where nothing in it ends a word.
pub(super) fn word(text: &str) -> Cow<'_, str> {
    let plain = !text.is_empty()
        && !is_bare(text)
        && !text.contains(|character| {
            ends_word(character) || matches!(character, '"' | '`' | '{' | '[')
        });
    if plain {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(format!("\"{text}\""))
    }
}

/// Tells whether a word without quotes ends before `character`.
pub(super) fn ends_word(character: char) -> bool {
    matches!(character, ' ' | ',' | ';' | ']' | '}' | ')' | '\n')
}

/// Tells whether `text` is one of the words that JSON does not quote.
pub(super) fn is_word(text: &str) -> bool {
    matches!(text, "true" | "false" | "null")
}

/// Tells whether a bare cell ends before `character`.
pub(super) fn ends_cell(character: char, separator: Separator, nested: bool) -> bool {
    character == '\n'
        || character == separator.char()
        || (nested && matches!(character, ';' | ']' | ')' | '}'))
}

/// Tells whether a key stands in a header without quotes.
pub(in crate::distill) fn is_name(key: &str) -> bool {
    !key.is_empty()
        && key
            .chars()
            .all(|character| is_key(character) || character == ':')
}

/// Tells whether `character` stands in the key of an object without quotes.
pub(super) fn is_key(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '_' | '-' | '$' | '@' | '/' | '.' | '+')
}

/// Tells whether other columns may refer to a key by its name.
pub(super) fn is_referable(key: &str) -> bool {
    is_name(key) && !key.contains('.') && !key.bytes().all(|byte| byte.is_ascii_digit())
}
