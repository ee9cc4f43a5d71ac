//! The words of a PDF: numbers, names, texts, arrays and dictionaries, read from bytes that may be anything.

use crate::lookup::escape::decoded;

/// Arrays and dictionaries inside one another: real files have a dozen, and the reader calls itself for each.
const NESTING_MAX: usize = 48;
/// Members of one array or dictionary with all that is in it: a list of 100,000 pages fits, and memory stays bounded.
pub(super) const MEMBERS_MAX: usize = 200_000;

/// An object of a PDF, or a word between objects.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Object {
    Number(f64),
    /// A text in the encoding of whatever it is for.
    Text(Vec<u8>),
    Name(String),
    Array(Vec<Object>),
    Dict(Dict),
    /// The object of this number.
    Reference(u32),
    /// A dictionary whose bytes begin at this place of the file, and which object it is.
    Stream(Dict, usize, Id),
    /// An operator, or `true`, `null`, `endobj` and the like.
    Word(String),
}

/// Which object something is: what is encrypted is so under both numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Id {
    pub(super) number: u32,
    pub(super) generation: u16,
}

impl Object {
    pub(super) fn number(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number),
            _ => None,
        }
    }

    pub(super) fn name(&self) -> Option<&str> {
        match self {
            Self::Name(name) => Some(name),
            _ => None,
        }
    }

    pub(super) fn is_word(&self, word: &str) -> bool {
        matches!(self, Self::Word(found) if found == word)
    }

    pub(super) fn array(&self) -> &[Object] {
        match self {
            Self::Array(members) => members,
            _ => &[],
        }
    }

    /// Returns what it costs to copy it, in bytes or about.
    pub(super) fn weight(&self) -> usize {
        let members: usize = match self {
            Self::Text(bytes) => bytes.len(),
            Self::Array(members) => members.iter().map(Self::weight).sum(),
            Self::Dict(dict) | Self::Stream(dict, ..) => {
                dict.0.iter().map(|(_, value)| value.weight() + 8).sum()
            }
            _ => 0,
        };
        members + 8
    }

    /// Returns the dictionary that it is or begins with.
    pub(super) fn dict(&self) -> Option<&Dict> {
        match self {
            Self::Dict(dict) | Self::Stream(dict, ..) => Some(dict),
            _ => None,
        }
    }
}

/// Keys and values in the order of the file.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Dict(pub(super) Vec<(String, Object)>);

impl Dict {
    pub(super) fn get(&self, key: &str) -> Option<&Object> {
        let found = self.0.iter().find(|(known, _)| known == key);
        found.map(|(_, value)| value)
    }

    /// Tells whether the value of `key` is the name `name`.
    pub(super) fn is(&self, key: &str, name: &str) -> bool {
        self.get(key).and_then(Object::name) == Some(name)
    }
}

/// Reads objects from bytes, each byte once.
#[derive(Debug, Clone)]
pub(super) struct Lexer<'a> {
    bytes: &'a [u8],
    pub(super) at: usize,
    members: usize,
}

impl<'a> Lexer<'a> {
    pub(super) fn new(bytes: &'a [u8], at: usize) -> Self {
        Self {
            bytes,
            at,
            members: 0,
        }
    }

    /// Returns the next object or word; `None` at the end, and where something is nested or long beyond reason.
    pub(super) fn next(&mut self) -> Option<Object> {
        self.members = 0;
        self.object(0)
    }

    fn object(&mut self, depth: usize) -> Option<Object> {
        self.members += 1;
        if depth > NESTING_MAX || self.members > MEMBERS_MAX {
            return None;
        }
        self.skip_space();
        let first = self.peek()?;
        match first {
            b'/' => {
                self.at += 1;
                Some(Object::Name(self.name()))
            }
            b'(' => Some(Object::Text(self.text())),
            b'<' if self.bytes.get(self.at + 1) == Some(&b'<') => {
                self.at += 2;
                self.dict(depth).map(Object::Dict)
            }
            b'<' => Some(Object::Text(self.hexadecimal())),
            b'[' => {
                self.at += 1;
                self.array(depth).map(Object::Array)
            }
            b'0'..=b'9' | b'+' | b'-' | b'.' => Some(self.number_or_reference()),
            b']' | b'{' | b'}' | b')' => {
                self.at += 1;
                Some(Object::Word(char::from(first).to_string()))
            }
            b'>' => {
                let both = self.bytes.get(self.at + 1) == Some(&b'>');
                self.at += 1 + usize::from(both);
                Some(Object::Word(if both { ">>" } else { ">" }.to_owned()))
            }
            _ => {
                let word = self.regular();
                Some(Object::Word(String::from_utf8_lossy(word).into_owned()))
            }
        }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn skip_space(&mut self) {
        while let Some(byte) = self.peek() {
            if byte == b'%' {
                while self
                    .peek()
                    .is_some_and(|byte| byte != b'\n' && byte != b'\r')
                {
                    self.at += 1;
                }
            } else if is_space(byte) {
                self.at += 1;
            } else {
                return;
            }
        }
    }

    /// Takes what reaches to the next white space or mark.
    fn regular(&mut self) -> &'a [u8] {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let ends = |byte: &u8| is_space(*byte) || b"()<>[]{}/%".contains(byte);
        let length = rest.iter().position(ends).unwrap_or(rest.len());
        self.at += length;
        rest.get(..length).unwrap_or_default()
    }

    fn name(&mut self) -> String {
        let name = decoded(self.regular(), b'#');
        String::from_utf8_lossy(&name).into_owned()
    }

    fn number_or_reference(&mut self) -> Object {
        let number = number(self.regular());
        let whole = number >= 0.0 && number.fract() == 0.0 && number <= f64::from(u32::MAX);
        if whole {
            // `12 0 R`: the generation says nothing that the last definition of the object does not.
            let mut ahead = self.clone();
            ahead.skip_space();
            let generation = ahead.regular();
            if !generation.is_empty()
                && generation.len() <= 5
                && generation.iter().all(u8::is_ascii_digit)
            {
                ahead.skip_space();
                if ahead.regular() == b"R" {
                    self.at = ahead.at;
                    #[expect(
                        clippy::cast_possible_truncation,
                        clippy::cast_sign_loss,
                        reason = "it was just compared"
                    )]
                    return Object::Reference(number as u32);
                }
            }
        }
        Object::Number(number)
    }

    /// Takes a text in parentheses, with its escapes undone.
    fn text(&mut self) -> Vec<u8> {
        self.at += 1;
        let mut text = Vec::new();
        let mut open = 1_usize;
        while let Some(byte) = self.peek() {
            self.at += 1;
            match byte {
                b'(' => open += 1,
                b')' => {
                    open -= 1;
                    if open == 0 {
                        break;
                    }
                }
                b'\\' => {
                    self.escape(&mut text);
                    continue;
                }
                _ => {}
            }
            text.push(byte);
        }
        text
    }

    fn escape(&mut self, text: &mut Vec<u8>) {
        let Some(byte) = self.peek() else { return };
        self.at += 1;
        match byte {
            b'n' => text.push(b'\n'),
            b'r' => text.push(b'\r'),
            b't' => text.push(b'\t'),
            b'b' => text.push(8),
            b'f' => text.push(12),
            b'\r' => self.at += usize::from(self.peek() == Some(b'\n')),
            b'\n' => {}
            b'0'..=b'7' => {
                let mut value = u32::from(byte - b'0');
                for _ in 0..2 {
                    let Some(digit @ b'0'..=b'7') = self.peek() else {
                        break;
                    };
                    value = value * 8 + u32::from(digit - b'0');
                    self.at += 1;
                }
                text.push(value.to_le_bytes()[0]);
            }
            other => text.push(other),
        }
    }

    fn hexadecimal(&mut self) -> Vec<u8> {
        self.at += 1;
        let mut digits = Vec::new();
        while let Some(byte) = self.peek() {
            self.at += 1;
            if byte == b'>' {
                break;
            }
            digits.extend(char::from(byte).to_digit(16));
        }
        let byte = |pair: &[u32]| match *pair {
            [high, low] => (high << 4 | low).to_le_bytes()[0],
            [high] => (high << 4).to_le_bytes()[0],
            _ => 0,
        };
        digits.chunks(2).map(byte).collect()
    }

    fn array(&mut self, depth: usize) -> Option<Vec<Object>> {
        let mut members = Vec::new();
        loop {
            match self.object(depth + 1)? {
                Object::Word(word) if word == "]" => return Some(members),
                // It was never closed: what stands here belongs to someone else.
                Object::Word(word) if matches!(word.as_str(), "endobj" | ">>") => {
                    return Some(members);
                }
                member => members.push(member),
            }
        }
    }

    fn dict(&mut self, depth: usize) -> Option<Dict> {
        let mut entries = Vec::new();
        loop {
            match self.object(depth + 1)? {
                Object::Name(key) => match self.object(depth + 1)? {
                    Object::Word(word) if matches!(word.as_str(), ">>" | "endobj") => break,
                    value => entries.push((key, value)),
                },
                Object::Word(word) if matches!(word.as_str(), ">>" | "endobj" | "stream") => break,
                _ => {}
            }
        }
        Some(Dict(entries))
    }
}

/// Returns the number that `digits` write; whatever is none is 0, as in every reader of PDF.
fn number(digits: &[u8]) -> f64 {
    let text = std::str::from_utf8(digits).unwrap_or_default();
    let parsed: Option<f64> = text.parse().ok().or_else(|| {
        // `--5` and `1.2-3` are written by faulty programs.
        let start = text.trim_start_matches(['+', '-']);
        let end = start.find(|letter: char| !letter.is_ascii_digit() && letter != '.');
        let value: f64 = start.get(..end.unwrap_or(start.len()))?.parse().ok()?;
        Some(if text.starts_with('-') { -value } else { value })
    });
    parsed.filter(|number| number.is_finite()).unwrap_or(0.0)
}

pub(super) fn is_space(byte: u8) -> bool {
    matches!(byte, 0 | 9 | 10 | 12 | 13 | 32)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Option<Object> {
        Lexer::new(bytes, 0).next()
    }

    #[test]
    fn every_kind_of_object_is_read() {
        let dict =
            read(b"<< /A#20B#+1 [1 -.5 (a\\(b\\)\\101(c)) <4 1 4>] % note\n /R 12 0 R /T true >>");
        let Some(Object::Dict(dict)) = dict else {
            panic!()
        };
        let members = [
            Object::Number(1.0),
            Object::Number(-0.5),
            Object::Text(b"a(b)A(c)".to_vec()),
            Object::Text(b"A@".to_vec()),
        ];
        assert_eq!(dict.get("A B#+1").unwrap().array(), members);
        assert_eq!(dict.get("R"), Some(&Object::Reference(12)));
        assert!(dict.get("T").unwrap().is_word("true"));
    }

    #[test]
    fn what_is_nested_or_long_beyond_reason_is_no_object() {
        assert_eq!(read(&b"[".repeat(1_000_000)), None);
        assert_eq!(
            read(&[&b"["[..], &b"0 ".repeat(MEMBERS_MAX + 1), b"]"].concat()),
            None
        );
        assert_eq!(read(b"--12"), Some(Object::Number(-12.0)));
    }
}
