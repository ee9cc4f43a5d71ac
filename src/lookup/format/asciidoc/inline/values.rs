//! Attributes of a page of AsciiDoc, which stand for text.

use std::borrow::Cow;
use std::collections::HashMap;

/// Attributes that a page gives values to.
const VALUES_MAX: usize = 1_000;
/// Bytes of the longest value.
const VALUE_BYTES_MAX: usize = 2_000;
/// Bytes that values may add to a page: one made to multiply stays small.
const ADDED_BYTES_MAX: usize = 1 << 20;
/// Bytes of the longest name of a macro or an attribute.
pub(super) const NAME_BYTES_MAX: usize = 60;

/// Attributes that every page has.
const BUILT_IN: [(&str, &str); 24] = [
    ("amp", "&"),
    ("apos", "'"),
    ("asterisk", "*"),
    ("backslash", "\\"),
    ("backtick", "`"),
    ("blank", ""),
    ("brvbar", "¦"),
    ("caret", "^"),
    ("cpp", "C++"),
    ("deg", "°"),
    ("empty", ""),
    ("endsb", "]"),
    ("gt", ">"),
    ("litdd", "--"),
    ("lt", "<"),
    ("nbsp", " "),
    ("plus", "+"),
    ("quot", "\""),
    ("sp", " "),
    ("startsb", "["),
    ("tilde", "~"),
    ("two-colons", "::"),
    ("two-semicolons", ";;"),
    ("vbar", "|"),
];

/// What the attributes of a page stand for.
#[derive(Debug, Default)]
pub(in super::super) struct Values {
    given: HashMap<String, String>,
    /// Bytes that they added to the page.
    added: usize,
}

impl Values {
    /// Takes over what `:name: value` says; what goes on with it stands in the lines `below`.
    pub(in super::super) fn give(&mut self, line: &str, below: &[&str]) {
        let parts = line.strip_prefix(':').and_then(|rest| rest.split_once(':'));
        let Some((name, value)) = parts else {
            return;
        };
        let plain = name.trim_matches('!');
        if plain.len() < name.len() {
            self.given.remove(plain);
            return;
        }
        let mut value = value.trim();
        let mut whole = String::new();
        let mut below = below.iter();
        while let Some(before) = value.strip_suffix('\\') {
            if whole.len() > VALUE_BYTES_MAX {
                return;
            }
            whole.push_str(before.trim_end_matches([' ', '+']));
            whole.push(' ');
            value = below.next().map_or("", |line| line.trim());
        }
        whole.push_str(value);
        let whole = self.valued(&whole).into_owned();
        let has_room = self.given.len() < VALUES_MAX || self.given.contains_key(name);
        if whole.len() <= VALUE_BYTES_MAX && name.len() <= NAME_BYTES_MAX && has_room {
            self.given.insert(name.to_lowercase(), whole);
        }
    }

    /// Returns `text` with values instead of names.
    pub(in super::super) fn valued<'a>(&mut self, text: &'a str) -> Cow<'a, str> {
        if !text.contains('{') {
            return Cow::Borrowed(text);
        }
        let mut valued = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, behind)) = rest.split_once('{') {
            let name = behind.bytes().take(NAME_BYTES_MAX).position(|byte| {
                !byte.is_ascii_alphanumeric() && !matches!(byte, b'-' | b'_' | b':')
            });
            let parts = name
                .and_then(|end| behind.split_at_checked(end))
                .filter(|(name, _)| !name.is_empty())
                .and_then(|(name, end)| Some((name, end.strip_prefix('}')?)));
            let Some((name, behind_name)) = parts else {
                valued.push_str(before);
                valued.push('{');
                rest = behind;
                continue;
            };
            rest = behind_name;
            if let Some(before) = before.strip_suffix('\\') {
                valued.push_str(before);
            } else if let Some(value) = self.value(name) {
                let value = value.to_owned();
                self.added += value.len();
                valued.push_str(before);
                valued.push_str(&value);
                continue;
            } else {
                valued.push_str(before);
            }
            valued.push('{');
            valued.push_str(name);
            valued.push('}');
        }
        valued.push_str(rest);
        Cow::Owned(valued)
    }

    /// Returns the value of the attribute `name`, if it has one.
    pub(in super::super) fn value(&self, name: &str) -> Option<&str> {
        let name = name.to_lowercase();
        let built_in = BUILT_IN.iter().find(|(known, _)| *known == name);
        let given = self.given.get(&name).map(String::as_str);
        given
            .filter(|_| self.added < ADDED_BYTES_MAX)
            .or(built_in.map(|(_, value)| *value))
    }
}
