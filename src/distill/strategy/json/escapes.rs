//! Escapes that a serializer writes everywhere: named once in the header, so that text is read as it is meant.

use std::fmt::Write as _;

/// Which characters a serializer escapes wherever they occur.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Escapes {
    unicode: Unicode,
    /// `/` is written `\/`.
    slash: bool,
    /// `<`, `>` and `&` are written `\u003c`, `\u003e` and `\u0026`.
    html: bool,
}

/// How characters beyond ASCII are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Unicode {
    #[default]
    Plain,
    /// As `\u00e9`.
    Lower,
    /// As `\u00E9`.
    Upper,
}

/// Header words, with what they say.
const WORDS: [(&str, Escapes); 4] = [
    ("ascii", with(Unicode::Lower, false, false)),
    ("ASCII", with(Unicode::Upper, false, false)),
    ("slash", with(Unicode::Plain, true, false)),
    ("html", with(Unicode::Plain, false, true)),
];

const fn with(unicode: Unicode, slash: bool, html: bool) -> Escapes {
    Escapes {
        unicode,
        slash,
        html,
    }
}

impl Escapes {
    /// Finds the escapes that `text` uses throughout; returns the text without them.
    pub(super) fn remove(text: &str) -> (Self, String) {
        let lower = text.contains(['<', '>', '&']);
        let mut escapes = Self {
            unicode: match text.is_ascii() && text.contains("\\u") {
                false => Unicode::Plain,
                true if has_upper_hex(text) => Unicode::Upper,
                true => Unicode::Lower,
            },
            slash: text.contains("\\/"),
            html: !lower
                && ["\\u003c", "\\u003e", "\\u0026"]
                    .iter()
                    .any(|code| text.contains(code)),
        };
        let plain = escapes.unescape(text);
        if escapes.escape(&plain) == text {
            return (escapes.needed(&plain), plain);
        }
        // One stray slash must not cost the rest.
        escapes.slash = false;
        let plain = escapes.unescape(text);
        if escapes.escape(&plain) == text {
            return (escapes.needed(&plain), plain);
        }
        (Self::default(), text.to_owned())
    }

    /// Drops what the text has no use for.
    fn needed(self, plain: &str) -> Self {
        let unicode = if plain.is_ascii() {
            Unicode::Plain
        } else {
            self.unicode
        };
        Self { unicode, ..self }
    }

    /// Names the escapes in words, each after a space.
    pub(super) fn header(self) -> String {
        let mut words = String::new();
        for (word, escapes) in WORDS {
            let same = (escapes.unicode != Unicode::Plain && escapes.unicode == self.unicode)
                || (escapes.slash && self.slash)
                || (escapes.html && self.html);
            if same {
                words.push(' ');
                words.push_str(word);
            }
        }
        words
    }

    /// Reads what [`Self::header`] wrote; returns the words after it too.
    pub(super) fn from_header(words: &str) -> (Self, &str) {
        let mut found = Self::default();
        let mut rest = words;
        for (word, escapes) in WORDS {
            let after = rest
                .strip_prefix(' ')
                .and_then(|rest| rest.strip_prefix(word));
            if let Some(after) = after.filter(|after| after.is_empty() || after.starts_with(' ')) {
                if escapes.unicode != Unicode::Plain {
                    found.unicode = escapes.unicode;
                }
                found.slash |= escapes.slash;
                found.html |= escapes.html;
                rest = after;
            }
        }
        (found, rest)
    }

    /// Writes the escapes back.
    pub(super) fn escape(self, plain: &str) -> String {
        if self == Self::default() {
            return plain.to_owned();
        }
        let mut out = String::with_capacity(plain.len());
        for character in plain.chars() {
            match character {
                '/' if self.slash => out.push_str("\\/"),
                '<' if self.html => out.push_str("\\u003c"),
                '>' if self.html => out.push_str("\\u003e"),
                '&' if self.html => out.push_str("\\u0026"),
                _ if !character.is_ascii() && self.unicode != Unicode::Plain => {
                    for unit in character.encode_utf16(&mut [0; 2]) {
                        // Writing to a string cannot fail.
                        if self.unicode == Unicode::Upper {
                            _ = write!(out, "\\u{unit:04X}");
                        } else {
                            _ = write!(out, "\\u{unit:04x}");
                        }
                    }
                }
                _ => out.push(character),
            }
        }
        out
    }

    fn unescape(self, text: &str) -> String {
        if self == Self::default() {
            return text.to_owned();
        }
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('\\') {
            out.push_str(before);
            let escaped = rest.get(before.len()..).unwrap_or("");
            if let Some((character, length)) = self.meant(escaped) {
                out.push(character);
                rest = escaped.get(length..).unwrap_or("");
                continue;
            }
            // The character after a backslash begins no escape of its own.
            out.push('\\');
            let mut characters = after.chars();
            out.extend(characters.next());
            rest = characters.as_str();
        }
        out.push_str(rest);
        out
    }

    /// Returns the character that an escape of this kind stands for, and the escape's length.
    fn meant(self, escaped: &str) -> Option<(char, usize)> {
        if self.slash && escaped.starts_with("\\/") {
            return Some(('/', 2));
        }
        let unit = unit(escaped)?;
        let one = char::decode_utf16([unit]).next()?;
        match one {
            Ok(character @ ('<' | '>' | '&')) if self.html => Some((character, 6)),
            Ok(character) if !character.is_ascii() && self.unicode != Unicode::Plain => {
                Some((character, 6))
            }
            Ok(_) => None,
            Err(_) if self.unicode == Unicode::Plain => None,
            Err(_) => {
                let low = self::unit(escaped.get(6..)?)?;
                let character = char::decode_utf16([unit, low]).next()?.ok()?;
                Some((character, 12))
            }
        }
    }
}

fn unit(escaped: &str) -> Option<u16> {
    let digits = escaped.strip_prefix("\\u")?.get(..4)?;
    digits
        .bytes()
        .all(|byte| byte.is_ascii_hexdigit())
        .then_some(())?;
    u16::from_str_radix(digits, 16).ok()
}

fn has_upper_hex(text: &str) -> bool {
    text.split("\\u").skip(1).any(|after| {
        let digits = after.bytes().take(4);
        digits.clone().all(|byte| byte.is_ascii_hexdigit())
            && digits.clone().any(|byte| byte.is_ascii_uppercase())
    })
}
