//! What a font says its codes are in Unicode (`ToUnicode`), and how long its codes are.

use super::object::{Lexer, Object};

/// Ranges of codes of one font: every letter of the largest, one by one.
const RANGES_MAX: usize = 70_000;

/// Codes and the text of each.
#[derive(Debug, Clone, Default)]
pub(super) struct CodeMap {
    /// First and last code, and the text of the first, in this order: a range may name billions.
    ranges: Vec<(u32, u32, String)>,
    /// Bytes of its codes, where it says so.
    pub(super) code_bytes: Option<usize>,
}

impl CodeMap {
    pub(super) fn read(bytes: &[u8]) -> Self {
        let mut map = Self::default();
        let mut lexer = Lexer::new(bytes, 0);
        let mut operands: Vec<Object> = Vec::new();
        while let Some(object) = lexer.next() {
            match object {
                Object::Word(word) => {
                    match word.as_str() {
                        "endcodespacerange" => map.code_spaces(&operands),
                        "endbfchar" => map.characters(&operands),
                        "endbfrange" => map.ranges(&operands),
                        _ => {}
                    }
                    operands.clear();
                }
                operand if operands.len() < RANGES_MAX => operands.push(operand),
                _ => {}
            }
        }
        map.ranges.sort_by_key(|(first, ..)| *first);
        map
    }

    pub(super) fn text(&self, code: u32) -> Option<String> {
        let after = self.ranges.partition_point(|(first, ..)| *first <= code);
        let (first, last, text) = self.ranges.get(after.checked_sub(1)?)?;
        if code > *last {
            return None;
        }
        let mut text = text.clone();
        if code > *first {
            let letter = u32::from(text.pop()?).checked_add(code - first)?;
            text.push(char::from_u32(letter)?);
        }
        Some(text)
    }

    /// How much it holds.
    pub(super) fn len(&self) -> usize {
        self.ranges.len()
    }

    fn code_spaces(&mut self, operands: &[Object]) {
        let lengths = operands.iter().filter_map(|operand| match operand {
            Object::Text(code) => Some(code.len()),
            _ => None,
        });
        self.code_bytes = lengths.max().filter(|length| (1..=4).contains(length));
    }

    fn characters(&mut self, operands: &[Object]) {
        for pair in operands.chunks(2) {
            if let [Object::Text(code), text] = pair {
                self.put(value(code), value(code), text);
            }
        }
    }

    fn ranges(&mut self, operands: &[Object]) {
        for range in operands.chunks(3) {
            let [Object::Text(first), Object::Text(last), texts] = range else {
                continue;
            };
            let (first, last) = (value(first), value(last));
            match texts {
                Object::Array(texts) => {
                    for (code, text) in (first..=last).zip(texts) {
                        self.put(code, code, text);
                    }
                }
                text => self.put(first, last, text),
            }
        }
    }

    fn put(&mut self, first: u32, last: u32, text: &Object) {
        let Object::Text(utf16) = text else { return };
        let text = utf16_text(utf16);
        if self.ranges.len() < RANGES_MAX && !text.is_empty() {
            self.ranges.push((first, last, text));
        }
    }
}

/// Returns the number that the bytes of a code are.
pub(super) fn value(code: &[u8]) -> u32 {
    code.iter()
        .take(4)
        .fold(0, |value, byte| value << 8 | u32::from(*byte))
}

/// Reads big-endian UTF-16; a single byte is the letter itself.
pub(super) fn utf16_text(bytes: &[u8]) -> String {
    if let [byte] = bytes {
        return char::from(*byte).to_string();
    }
    let units = bytes.chunks_exact(2).map(|pair| match pair {
        [high, low] => u16::from_be_bytes([*high, *low]),
        _ => 0,
    });
    let letters =
        char::decode_utf16(units).map(|letter| letter.unwrap_or(char::REPLACEMENT_CHARACTER));
    letters.filter(|letter| *letter != '\0').collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_read_one_by_one_and_in_ranges() {
        let map = CodeMap::read(
            b"1 begincodespacerange <0000> <FFFF> endcodespacerange\n\
              1 beginbfchar <0003> <00660069> endbfchar\n\
              2 beginbfrange <0010> <0012> <0041> <0020> <0021> [<0061> <D83DDE00>] endbfrange",
        );
        assert_eq!(map.code_bytes, Some(2));
        let texts =
            [3, 0x10, 0x12, 0x13, 0x20, 0x21].map(|code| map.text(code).unwrap_or_default());
        assert_eq!(texts, ["fi", "A", "C", "", "a", "\u{1f600}"]);
    }

    #[test]
    fn a_range_of_billions_takes_no_room() {
        let map = CodeMap::read(b"1 beginbfrange <00000000> <FFFFFFFF> <0041> endbfrange");
        assert_eq!(
            (map.len(), map.text(1), map.text(u32::MAX)),
            (1, Some("B".to_owned()), None)
        );
    }
}
