//! The spelling of cells and names in tables: quoted only where they would be taken for something else.

use std::borrow::Cow;

use super::lexer::is_bare;

/// A key that the row lacks.
pub(super) const MISSING: &str = "~";
/// What a template calls the key of a row.
pub(super) const ROW_KEY: &str = "#";
/// The same value as in the row above.
pub(super) const DITTO: &str = "^";

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

/// Numbers of which each is as much more than the one before: `101..` or `0..+15` in a header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Count {
    pub(super) first: i64,
    pub(super) step: i64,
}

impl Count {
    /// Finds what numbers count; at least three must.
    pub(super) fn of<'n>(mut numbers: impl Iterator<Item = &'n str>) -> Option<Self> {
        let mut number = || {
            let text = numbers.next()?;
            let number: i64 = text.parse().ok()?;
            // `-0` and `007` would come back without what makes them special.
            (number.to_string() == text).then_some(number)
        };
        let first = number()?;
        let second = number()?;
        let count = Self {
            first,
            step: second.checked_sub(first).filter(|step| *step != 0)?,
        };
        let third = number()?;
        let mut next = second.checked_add(count.step)?;
        (third == next).then_some(())?;
        for text in numbers {
            next = next.checked_add(count.step)?;
            (text == next.to_string()).then_some(())?;
        }
        Some(count)
    }

    /// Writes the count as it stands in a header.
    pub(super) fn spelling(self) -> String {
        match self.step {
            1 => format!("{}..", self.first),
            step => format!("{}..{step:+}", self.first),
        }
    }

    /// Reads what [`Self::spelling`] wrote.
    pub(super) fn read(word: &str) -> Option<Self> {
        let (first, step) = word.split_once("..")?;
        let count = Self {
            first: first.parse().ok()?,
            step: if step.is_empty() {
                1
            } else {
                step.parse().ok()?
            },
        };
        (count.spelling() == word).then_some(count)
    }
}
