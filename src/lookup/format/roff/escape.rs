//! The letters of a line: what stands behind each backslash, and in which font it is.

use std::collections::HashMap;

use super::character;
use super::input::name_at;

/// How letters look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Font {
    #[default]
    Plain,
    /// Bold or slanted.
    Marked,
    /// All letters are of one width.
    Code,
}

impl Font {
    /// Returns the font called `name`.
    fn named(name: &str) -> Self {
        match name {
            "B" | "I" | "BI" | "2" | "3" | "4" => Self::Marked,
            _ if name.starts_with('C') || name == "TT" => Self::Code,
            _ => Self::Plain,
        }
    }
}

/// The font that is on, and the one before it.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Fonts {
    pub(super) now: Font,
    before: Font,
}

impl Fonts {
    pub(super) fn change(&mut self, name: &str) {
        let font = match name {
            "" | "P" => self.before,
            _ => Font::named(name),
        };
        self.before = self.now;
        self.now = font;
    }

    pub(super) fn set(&mut self, font: Font) {
        self.before = self.now;
        self.now = font;
    }
}

/// Words that are being written.
#[derive(Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub(super) struct Words {
    text: String,
    /// Whether what was written last is code, between marks.
    is_code: bool,
    /// Whether letters stand in another font than the plain one.
    pub(super) is_marked: bool,
    /// Whether what comes next stands right behind it.
    pub(super) is_joined: bool,
    /// Whether the letters stay as they are: spaces and fonts too.
    pub(super) is_verbatim: bool,
}

impl Words {
    /// Returns words whose letters stay as they are.
    pub(super) fn verbatim() -> Self {
        Self {
            is_verbatim: true,
            ..Self::default()
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.text.trim().is_empty()
    }

    pub(super) fn len(&self) -> usize {
        self.text.len()
    }

    /// Returns what was written, and begins anew.
    pub(super) fn take(&mut self) -> String {
        self.end_code();
        (self.is_marked, self.is_joined) = (false, false);
        std::mem::take(&mut self.text)
    }

    /// Parts what comes next from what was written.
    pub(super) fn space(&mut self) {
        if self.is_joined {
            self.is_joined = false;
        } else if !self.text.is_empty() && !self.text.ends_with(' ') {
            self.text.push(' ');
        }
    }

    fn push(&mut self, letter: char, font: Font) {
        let is_space = letter.is_whitespace();
        self.is_marked |= font != Font::Plain && !is_space;
        if !self.is_verbatim && (font == Font::Code) != self.is_code && !is_space {
            if self.is_code {
                self.end_code();
            } else if letter != '`' {
                self.text.push('`');
                self.is_code = true;
            }
        }
        self.text.push(letter);
    }

    fn end_code(&mut self) {
        if self.is_code {
            let end = self.text.trim_end().len();
            self.text.insert(end, '`');
            self.is_code = false;
        }
    }

    /// Writes `text`, in which a backslash says more, with the font that is on.
    pub(super) fn write(
        &mut self,
        text: &str,
        fonts: &mut Fonts,
        translated: &HashMap<char, char>,
    ) {
        self.is_joined = false;
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let after = rest.get(first.len_utf8()..).unwrap_or_default();
            let (shown, after) = match first {
                '\\' => shown(after),
                _ => (Shown::Letter(first), after),
            };
            rest = after;
            match shown {
                Shown::Letter(letter) => {
                    let letter = translated.get(&letter).copied().unwrap_or(letter);
                    self.push(letter, fonts.now);
                }
                Shown::Word(word) => word.chars().for_each(|letter| self.push(letter, fonts.now)),
                Shown::Font(name) => fonts.change(name),
                Shown::Joined => self.is_joined = true,
                Shown::Nothing => {}
            }
        }
    }
}

/// What an escape shows.
#[derive(Debug, PartialEq, Eq)]
enum Shown<'t> {
    Letter(char),
    Word(String),
    /// From here on letters are in this font.
    Font(&'t str),
    /// The next line goes on right here.
    Joined,
    Nothing,
}

/// Returns what the escape shows whose backslash `text` stands behind, and what follows it.
fn shown(text: &str) -> (Shown<'_>, &str) {
    let mut letters = text.chars();
    let Some(kind) = letters.next() else {
        return (Shown::Nothing, "");
    };
    let rest = letters.as_str();
    let named = |how: fn(&str) -> Shown<'_>| {
        let (name, rest) = name_at(rest);
        (how(name), rest)
    };
    match kind {
        'e' | 'E' | '\\' => (Shown::Letter('\\'), rest),
        ' ' | '~' | '0' => (Shown::Letter(' '), rest),
        't' => (Shown::Letter('\t'), rest),
        'c' => (Shown::Joined, rest),
        '(' | '[' => {
            let (name, rest) = name_at(text);
            (special(name), rest)
        }
        'f' => {
            let (name, rest) = name_at(rest);
            (Shown::Font(name), rest)
        }
        'F' | 'm' | 'M' | 'g' | 'k' | 'V' | 'Y' | 'O' | '*' | 'n' | '$' => {
            named(|_| Shown::Nothing)
        }
        's' => (Shown::Nothing, behind_size(rest)),
        'C' => {
            let (name, rest) = quoted(rest);
            (special(name), rest)
        }
        'N' => {
            let (number, rest) = quoted(rest);
            let letter = number.parse().ok().and_then(char::from_u32);
            (letter.map_or(Shown::Nothing, Shown::Letter), rest)
        }
        'o' => {
            let (over, rest) = quoted(rest);
            let letter = over.chars().next();
            (letter.map_or(Shown::Nothing, Shown::Letter), rest)
        }
        'h' => {
            let (width, rest) = quoted(rest);
            let is_ahead = width.starts_with(|letter: char| "+123456789.".contains(letter));
            let shown = if is_ahead {
                Shown::Letter(' ')
            } else {
                Shown::Nothing
            };
            (shown, rest)
        }
        'v' | 'w' | 'x' | 'b' | 'l' | 'L' | 'D' | 'S' | 'H' | 'R' | 'X' | 'Z' | 'B' | 'A' => {
            (Shown::Nothing, quoted(rest).1)
        }
        '"' => (Shown::Nothing, ""),
        '|' | '^' | '&' | ')' | '%' | '/' | ',' | ':' | '!' | '?' | '{' | '}' | 'a' | 'd' | 'r'
        | 'u' | 'p' | 'z' => (Shown::Nothing, rest),
        _ => (Shown::Letter(kind), rest),
    }
}

/// Returns what stands between two of the letter that `text` begins with, and what follows it.
fn quoted(text: &str) -> (&str, &str) {
    let mut letters = text.chars();
    let Some(mark) = letters.next() else {
        return ("", "");
    };
    let inner = letters.as_str();
    inner.split_once(mark).unwrap_or((inner, ""))
}

/// Returns what stands behind the size that `text` begins with: `+1`, `12`, `(12`, `[12]`, `'12'`.
fn behind_size(text: &str) -> &str {
    let is_sign = |letter: char| matches!(letter, '+' | '-');
    let bare = text.strip_prefix(is_sign).unwrap_or(text);
    match bare.chars().next() {
        Some('(' | '[') => name_at(bare).1,
        Some('\'') => quoted(bare).1,
        Some('1'..='3') if bare.len() == text.len() => {
            let rest = bare.get(1..).unwrap_or_default();
            rest.strip_prefix(|letter: char| letter.is_ascii_digit())
                .unwrap_or(rest)
        }
        Some('0'..='9') => bare.get(1..).unwrap_or_default(),
        _ => bare,
    }
}

/// Returns what the letter called `name` shows.
fn special(name: &str) -> Shown<'static> {
    let code = |digits: &str| {
        u32::from_str_radix(digits, 16)
            .ok()
            .and_then(char::from_u32)
    };
    if let Some(codes) = name.strip_prefix('u')
        && let Some(word) = codes.split('_').map(code).collect::<Option<String>>()
        && !codes.is_empty()
    {
        return Shown::Word(word);
    }
    match character::named(name) {
        Some(letter) => Shown::Letter(letter),
        // `e aa` is a letter with what stands over it.
        None => match name.split_once(' ').map(|(letter, _)| letter) {
            Some(letter) if letter.chars().count() == 1 => Shown::Word(letter.to_owned()),
            _ => Shown::Nothing,
        },
    }
}

/// Returns the letters that `text` shows, without fonts.
pub(super) fn letters(text: &str) -> Vec<char> {
    let mut words = Words::verbatim();
    words.write(text, &mut Fonts::default(), &HashMap::new());
    words.take().chars().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str) -> String {
        let mut words = Words::default();
        words.write(text, &mut Fonts::default(), &HashMap::new());
        words.take()
    }

    #[test]
    fn what_stands_behind_a_backslash_is_shown_as_a_terminal_does() {
        for (text, shown) in [
            (
                "\\-\\-all \\fBbold\\fP \\f[I]x\\f[]y \\f(CWcode \\fRz",
                "--all bold xy `code` z",
            ),
            ("a\\(emb \\[lq]q\\[rq] \\(aq\\*(xx", "a—b “q” '"),
            ("\\s+2big\\s0 \\s-1x \\s(10y \\s12z", "big x y z"),
            ("\\m[red]r\\m[] \\h'-04'\\(bu\\h'+03'\\c", "r • "),
            (
                "C:\\eDOS \\[u20AC] \\[u0065_0301] \\(:u \\N'65'",
                "C:\\DOS € e\u{301} ü A",
            ),
            (
                "\\&.x \\%y\\:z\\|1\\ 2 \\o'ab' \\l'3i' \\[nosuch]",
                ".x yz1 2 a  ",
            ),
            ("end\\", "end"),
            ("\\f[", ""),
            ("\\(", ""),
            ("\\h'", ""),
        ] {
            assert_eq!(written(text), shown, "{text}");
        }
    }
}
