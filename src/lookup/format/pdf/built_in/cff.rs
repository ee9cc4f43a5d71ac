//! The encoding in a font of the Compact Font Format: which letter a code is, and what it is called. Adobe Technical
//! Note 5176.

use super::{Names, name};

/// Names that fonts have without bringing them: annex A, one a line.
const STANDARD_NAMES: &str = include_str!("cff_names.txt");
/// How many those are; numbers from here on are of names in the font.
const STANDARD_NAMES_COUNT: usize = 391;
/// Letters of a font: their number has two bytes.
const LETTERS_MAX: usize = 65_536;

/// Code, number of its name, and how many more follow one another: the predefined encoding `Expert`, annex B.
const EXPERT: &[(u8, usize, u8)] = &[
    (32, 1, 1),
    (33, 229, 2),
    (36, 231, 8),
    (44, 13, 3),
    (47, 99, 1),
    (48, 239, 10),
    (58, 27, 2),
    (60, 249, 4),
    (65, 253, 5),
    (73, 258, 1),
    (76, 259, 4),
    (82, 263, 3),
    (86, 266, 1),
    (87, 109, 2),
    (89, 267, 3),
    (93, 270, 34),
    (161, 304, 3),
    (166, 307, 5),
    (172, 312, 1),
    (175, 313, 1),
    (178, 314, 2),
    (182, 316, 3),
    (188, 158, 1),
    (189, 155, 1),
    (190, 163, 1),
    (191, 319, 7),
    (200, 326, 1),
    (201, 150, 1),
    (202, 164, 1),
    (203, 169, 1),
    (204, 327, 52),
];

/// Numbers of names that follow one another, first and last: the predefined letters `ISOAdobe`, `Expert` and
/// `ExpertSubset` of annex C, without the first, which is none.
const LETTERS: [&[(usize, usize)]; 3] = [
    &[(1, 228)],
    &[
        (1, 1),
        (229, 238),
        (13, 15),
        (99, 99),
        (239, 248),
        (27, 28),
        (249, 266),
        (109, 110),
        (267, 318),
        (158, 158),
        (155, 155),
        (163, 163),
        (319, 326),
        (150, 150),
        (164, 164),
        (169, 169),
        (327, 378),
    ],
    &[
        (1, 1),
        (231, 232),
        (235, 238),
        (13, 15),
        (99, 99),
        (239, 248),
        (27, 28),
        (249, 251),
        (253, 266),
        (109, 110),
        (267, 270),
        (272, 272),
        (300, 302),
        (305, 305),
        (314, 315),
        (158, 158),
        (155, 155),
        (163, 163),
        (320, 326),
        (150, 150),
        (164, 164),
        (169, 169),
        (327, 346),
    ],
];

/// Returns the names of the letters; `None` if they are those of the standard, or the font has no codes.
pub(super) fn names(program: &[u8]) -> Option<Names> {
    let font = Font::open(cff_of(program)?)?;
    let mut names = Names::new();
    let encoding = font.offset(Operator::Encoding).unwrap_or(0);
    if encoding == 0 {
        return None;
    }
    if encoding == 1 {
        for (first, number, count) in EXPERT {
            for (code, number) in (*first..=u8::MAX).zip(*number..).take(usize::from(*count)) {
                names.extend(font.name(number).map(|name| (code, name)));
            }
        }
        return Some(names);
    }
    let letters = font.letters()?;
    let mut bytes = Bytes(font.bytes.get(encoding..)?);
    let form = bytes.byte()?;
    let count = bytes.byte()?;
    // The first letter is the one for what is missing: it has no code.
    let mut letter = 1;
    let mut take = |code: u8, names: &mut Names| {
        let number = letters.get(letter).copied();
        names.extend(number.and_then(|number| Some((code, font.name(number)?))));
        letter += 1;
    };
    for _ in 0..count {
        match form & 0x7f {
            0 => take(bytes.byte()?, &mut names),
            1 => {
                let (first, more) = (bytes.byte()?, bytes.byte()?);
                for code in first..=first.saturating_add(more) {
                    take(code, &mut names);
                }
            }
            _ => return None,
        }
    }
    if form & 0x80 != 0 {
        for _ in 0..bytes.byte()? {
            let (code, number) = (bytes.byte()?, bytes.number(2)?);
            names.extend(font.name(number).map(|name| (code, name)));
        }
    }
    Some(names)
}

/// Returns the compact font in an `OpenType` font, or the bytes as they are.
fn cff_of(program: &[u8]) -> Option<&[u8]> {
    if !program.starts_with(b"OTTO") && !program.starts_with(&[0, 1, 0, 0, 0]) {
        return Some(program);
    }
    let mut head = Bytes(program.get(4..)?);
    let count = head.number(2)?;
    let mut tables = program.get(12..)?.chunks_exact(16).take(count);
    let mut table = Bytes(tables.find(|table| table.starts_with(b"CFF "))?.get(8..)?);
    let (start, length) = (table.number(4)?, table.number(4)?);
    program.get(start..start.checked_add(length)?.min(program.len()))
}

/// What a font says of itself, by the number that it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operator {
    Charset = 15,
    Encoding = 16,
    CharStrings = 17,
}

/// Marks a font whose letters have numbers and no codes.
const REGISTRY: u16 = 0x0c1e; // 12 30

struct Font<'a> {
    bytes: &'a [u8],
    /// Operators of the first font in it, and the last number before each.
    says: Vec<(u16, usize)>,
    names: Vec<&'a [u8]>,
}

impl<'a> Font<'a> {
    fn open(bytes: &'a [u8]) -> Option<Self> {
        let head = usize::from(*bytes.get(2)?);
        let mut rest = Bytes(bytes.get(head..)?);
        rest.index()?; // names of fonts
        let says = operators(rest.index()?.first()?)?;
        let names = rest.index()?;
        let is_numbered = says.iter().any(|(operator, _)| *operator == REGISTRY);
        (!is_numbered).then_some(Self { bytes, says, names })
    }

    fn offset(&self, wanted: Operator) -> Option<usize> {
        let mut says = self.says.iter();
        says.find(|(operator, _)| *operator == wanted as u16)
            .map(|(_, value)| *value)
    }

    /// Returns the name of a number.
    fn name(&self, number: usize) -> Option<String> {
        match number.checked_sub(STANDARD_NAMES_COUNT) {
            None => STANDARD_NAMES.lines().nth(number).map(str::to_owned),
            Some(own) => name(self.names.get(own)?),
        }
    }

    /// Returns the number of the name of each letter.
    fn letters(&self) -> Option<Vec<usize>> {
        let start = self.offset(Operator::CharStrings)?;
        let count = Bytes(self.bytes.get(start..)?).number(2)?;
        let start = self.offset(Operator::Charset).unwrap_or(0);
        let mut letters = vec![0];
        if let Some(known) = LETTERS.get(start) {
            letters.extend(known.iter().flat_map(|(first, last)| *first..=*last));
            return Some(letters);
        }
        let mut bytes = Bytes(self.bytes.get(start..)?);
        let form = bytes.byte()?;
        while letters.len() < count.min(LETTERS_MAX) {
            let first = bytes.number(2)?;
            let more = match form {
                0 => 0,
                1 => bytes.number(1)?,
                2 => bytes.number(2)?,
                _ => return None,
            };
            letters.extend(first..=first + more);
        }
        Some(letters)
    }
}

/// Reads a dictionary: numbers, and after them the operator that they are of.
fn operators(dict: &[u8]) -> Option<Vec<(u16, usize)>> {
    let mut found = Vec::new();
    let mut value = 0;
    let mut bytes = Bytes(dict);
    while let Some(byte) = bytes.byte() {
        match byte {
            12 => found.push((12 << 8 | u16::from(bytes.byte()?), value)),
            0..=21 => found.push((u16::from(byte), value)),
            28 => value = bytes.number(2)?,
            29 => value = bytes.number(4)?,
            // A number with a point, until the half byte that ends it: none of those asked for.
            30 => while bytes.byte().is_some_and(|byte| byte & 0x0f != 0x0f) {},
            32..=246 => value = usize::from(byte).saturating_sub(139),
            247..=250 => value = (usize::from(byte) - 247) * 256 + bytes.number(1)? + 108,
            // Less than zero: no place is.
            251..=254 => {
                bytes.byte()?;
                value = 0;
            }
            _ => {}
        }
    }
    Some(found)
}

/// Bytes that are still to be read.
struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    fn byte(&mut self) -> Option<u8> {
        let (byte, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*byte)
    }

    /// Takes a number of so many bytes, 4 at most.
    fn number(&mut self, bytes: usize) -> Option<usize> {
        let (number, rest) = self.0.split_at_checked(bytes)?;
        self.0 = rest;
        let add = |sum: usize, byte: &u8| sum << 8 | usize::from(*byte);
        Some(number.iter().fold(0, add))
    }

    /// Takes a list of byte strings.
    fn index(&mut self) -> Option<Vec<&'a [u8]>> {
        let count = self.number(2)?;
        if count == 0 {
            return Some(Vec::new());
        }
        let width = usize::from(self.byte()?);
        if !(1..=4).contains(&width) {
            return None;
        }
        let places: Option<Vec<usize>> = (0..=count).map(|_| self.number(width)).collect();
        let places = places?;
        // Places are counted from the byte before the first.
        let of = |pair: &[usize]| match *pair {
            [start, end] => self.0.get(start.checked_sub(1)?..end.checked_sub(1)?),
            _ => None,
        };
        let members = places.windows(2).map(|pair| of(pair).unwrap_or_default());
        let members = members.collect();
        self.0 = self.0.get(places.last()?.checked_sub(1)?..)?;
        Some(members)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn index(members: &[&[u8]]) -> Vec<u8> {
        let mut bytes = u16::try_from(members.len()).unwrap().to_be_bytes().to_vec();
        if members.is_empty() {
            return bytes;
        }
        bytes.push(1);
        let mut at = 1;
        bytes.push(at);
        for member in members {
            at += u8::try_from(member.len()).unwrap();
            bytes.push(at);
        }
        bytes.extend(members.concat());
        bytes
    }

    /// A font of so many letters, with these tables, and names of its own.
    fn font(letters: &[u8], charset: &[u8], encoding: &[u8], names: &[&[u8]]) -> Vec<u8> {
        let wide = |number: usize| {
            let number = u16::try_from(number).unwrap().to_be_bytes();
            [28, number[0], number[1]]
        };
        let font = |start: usize| {
            let place = |table: &[u8], at: usize| match table {
                [predefined] => usize::from(*predefined),
                _ => at,
            };
            let dict = [
                &[30, 0xe1, 0x4f, 12, 7][..], // -1.4, of something else
                &wide(place(charset, start)),
                &[15],
                &wide(place(encoding, start + charset.len())),
                &[16],
                &wide(start + charset.len() + encoding.len()),
                &[17],
            ];
            [
                &[1, 0, 4, 1][..],
                &index(&[b"X"]),
                &index(&[&dict.concat()]),
                &index(names),
                &index(&[]),
            ]
            .concat()
        };
        let start = font(0).len();
        [&font(start), charset, encoding, letters].concat()
    }

    fn said(bytes: &[u8]) -> Vec<(u8, String)> {
        names(bytes).unwrap()
    }

    fn named(pairs: &[(u8, &str)]) -> Vec<(u8, String)> {
        let pairs = pairs.iter();
        pairs
            .map(|(code, name)| (*code, (*name).to_owned()))
            .collect()
    }

    #[test]
    fn codes_lead_to_letters_and_those_to_names() {
        let own: &[&[u8]] = &[b"f_f_i", b"arrowright"];
        // Numbers of names: A is 34, and the two of the font are 391 and 392.
        let charset = [0, 0, 34, 1, 135, 1, 136];
        let encoding = [0x80, 3, 65, 14, 33, 1, 200, 0, 35];
        let expected = named(&[(65, "A"), (14, "f_f_i"), (33, "arrowright"), (200, "B")]);
        assert_eq!(said(&font(&[0, 4], &charset, &encoding, own)), expected);
        let ranges = font(
            &[0, 4],
            &[1, 0, 34, 0, 1, 135, 1],
            &[1, 2, 65, 0, 33, 1],
            own,
        );
        let expected = named(&[(65, "A"), (33, "f_f_i"), (34, "arrowright")]);
        assert_eq!(said(&ranges), expected);
        let wide = font(&[0, 4], &[2, 0, 34, 0, 2], &[0, 3, 1, 2, 3], &[]);
        assert_eq!(said(&wide), named(&[(1, "A"), (2, "B"), (3, "C")]));
    }

    #[test]
    fn what_is_predefined_need_not_be_brought() {
        assert_eq!(names(&font(&[0, 2], &[0], &[0], &[])), None);
        let expert = said(&font(&[0, 2], &[1], &[1], &[]));
        let at = |code: u8| {
            expert
                .iter()
                .find(|(known, _)| *known == code)
                .unwrap()
                .1
                .as_str()
        };
        assert_eq!(expert.len(), 165);
        assert_eq!(
            (at(48), at(97), at(189)),
            ("zerooldstyle", "Asmall", "onehalf")
        );
        assert_eq!((at(126), at(255)), ("Tildesmall", "Ydieresissmall"));
        let subset = said(&font(&[0, 9], &[2], &[0, 2, 1, 2], &[]));
        assert_eq!(subset, named(&[(1, "space"), (2, "dollaroldstyle")]));
        assert_eq!(STANDARD_NAMES.lines().count(), STANDARD_NAMES_COUNT);
        let counts = LETTERS.map(|letters| letters.iter().map(|(a, b)| b - a + 1).sum::<usize>());
        assert_eq!(counts, [228, 165, 86]);
    }

    #[test]
    fn a_compact_font_in_an_open_one_is_found() {
        let inner = font(&[0, 2], &[0, 0, 34], &[0, 1, 7], &[]);
        let table = [
            &b"CFF ____"[..],
            &28_u32.to_be_bytes(),
            &u32::try_from(inner.len()).unwrap().to_be_bytes(),
        ];
        let outer = [&b"OTTO\x00\x01______"[..], &table.concat(), &inner].concat();
        assert_eq!(said(&outer), named(&[(7, "A")]));
    }

    #[test]
    fn damage_anywhere_gives_less_and_never_more() {
        let whole = font(
            &[0, 4],
            &[1, 0, 34, 0, 1, 135, 1],
            &[1, 2, 65, 0, 33, 255],
            &[b"a", b"b"],
        );
        for at in 0..whole.len() {
            names(&whole[..at]);
            for byte in [0, 1, 2, 0x7f, 0xff] {
                let mut damaged = whole.clone();
                damaged[at] = byte;
                assert!(names(&damaged).is_none_or(|names| names.len() <= 600));
            }
        }
    }
}
