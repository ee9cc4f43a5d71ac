//! The encoding in a font of Type 1, which stands in its part that everybody may read: Adobe Type 1 Font Format, 2.2.

use super::{Names, name};
use crate::lookup::format::pdf::file::position;
use crate::lookup::format::pdf::object::is_space;

/// Bytes of that part: 256 names of letters and what else it says take some 10 KB.
const CLEAR_BYTES_MAX: usize = 64 << 10;

/// Returns the names of the letters; `None` if they are those of the standard.
pub(super) fn names(program: &[u8]) -> Option<Names> {
    const ENCODING: &[u8] = b"/Encoding";
    let clear = program.get(..CLEAR_BYTES_MAX).unwrap_or(program);
    let clear = clear.get(..position(clear, b"eexec").unwrap_or(clear.len()))?;
    let start = position(clear, ENCODING)? + ENCODING.len();
    let mut words = Words {
        rest: clear.get(start..)?,
    };
    let mut names = Names::new();
    match words.next()? {
        // [/.notdef /A ...]
        b"[" => {
            for (code, word) in (0..=u8::MAX).zip(words) {
                let Some(letter) = word.strip_prefix(b"/") else {
                    break;
                };
                names.extend(name(letter).map(|name| (code, name)));
            }
        }
        // 256 array 0 1 255 {1 index exch /.notdef put} for dup 65 /A put ... readonly def
        size if number(size).is_some() => {
            while let Some(word) = words.next() {
                match word {
                    b"def" | b"readonly" => break,
                    b"dup" => {
                        let (code, letter) = (words.next()?, words.next()?);
                        let letter = letter.strip_prefix(b"/").and_then(name);
                        names.extend(number(code).zip(letter));
                    }
                    _ => {}
                }
            }
        }
        // StandardEncoding def
        _ => return None,
    }
    Some(names)
}

/// Reads `65`, `8#101` and `16#41`; the size of the table, 256, is 0.
fn number(word: &[u8]) -> Option<u8> {
    let text = std::str::from_utf8(word).ok()?;
    let (base, digits) = text.split_once('#').unwrap_or(("10", text));
    let base = base.parse().ok().filter(|base| (2..=36).contains(base))?;
    let number = u32::from_str_radix(digits, base).ok()?;
    u8::try_from(number % 256).ok()
}

/// The words of `PostScript`, as far as such tables have any.
struct Words<'a> {
    rest: &'a [u8],
}

impl<'a> Iterator for Words<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        loop {
            let start = self.rest.iter().position(|byte| !is_space(*byte))?;
            self.rest = self.rest.get(start..)?;
            if self.rest.first() != Some(&b'%') {
                break;
            }
            let ends = |byte: &u8| matches!(byte, b'\n' | b'\r');
            self.rest = self.rest.get(self.rest.iter().position(ends)?..)?;
        }
        let ends = |byte: &u8| is_space(*byte) || b"/[]{}()<>%".contains(byte);
        let after = self.rest.get(1..)?;
        let length = match self.rest.first()? {
            b'[' | b']' | b'{' | b'}' | b'(' | b')' | b'<' | b'>' => 1,
            _ => 1 + after.iter().position(ends).unwrap_or(after.len()),
        };
        let (word, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(encoding: &str) -> Option<Vec<(u8, String)>> {
        names(format!("%!PS-AdobeFont-1.0: X\n/FontName /X def\n{encoding}\ncurrentfile eexec\ndup 1 /no put").as_bytes())
    }

    #[test]
    fn tables_are_read_as_programs_write_them() {
        let two = Some(vec![(11, "ff".to_owned()), (65, "A".to_owned())]);
        let usual = "/Encoding 256 array\n0 1 255 {1 index exch /.notdef put} for\n\
            dup 11 /ff put % a ligature\ndup 65 /A put\nreadonly def\ndup 66 /B put";
        assert_eq!(read(usual), two);
        assert_eq!(
            read("/Encoding 256 array dup 8#13/ff put dup 16#41/A put def"),
            two
        );
        let listed = read("/Encoding [/.notdef/A] def").unwrap();
        assert_eq!(listed.get(1), Some(&(1, "A".to_owned())));
        assert_eq!(listed.len(), 2);
    }

    #[test]
    fn the_standard_is_no_table_and_neither_is_damage() {
        assert_eq!(read("/Encoding StandardEncoding def"), None);
        assert_eq!(read("/Encoding"), None);
        assert_eq!(names(b""), None);
        assert_eq!(read("/Encoding 256 array dup"), None);
        let mad = format!("/Encoding 256 array dup 65 /{} put def", "A".repeat(1000));
        assert_eq!(read(&mad), Some(Vec::new()));
    }
}
