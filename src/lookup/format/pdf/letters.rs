//! Letters by the codes and the names that fonts give them: ISO 32000-1, annex D, and the names of Adobe's list.

use std::collections::HashMap;
use std::sync::LazyLock;

/// A table of codes that a font can refer to by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    Standard,
    Windows,
    Macintosh,
}

/// Codes 161 to 251 of `StandardEncoding`; a space is none.
const STANDARD: &str =
    "¡¢£⁄¥ƒ§¤'“«‹›ﬁﬂ –†‡· ¶•‚„”»…‰ ¿ `´ˆ˜¯˘˙¨ ˚¸ ˝˛ˇ—                Æ ª    ŁØŒº     æ   ı  łøœß";
/// Codes 128 to 159 of `WinAnsiEncoding`; what follows are those of Unicode.
const WINDOWS: &str = "€•‚ƒ„…†‡ˆ‰Š‹Œ•Ž••‘’“”•–—˜™š›œ•žŸ";
/// Codes 128 to 255 of `MacRomanEncoding`.
const MACINTOSH: &str = "ÄÅÇÉÑÖÜáàâäãåçéèêëíìîïñóòôöõúùûü†°¢£§•¶ß®©™´¨≠ÆØ∞±≤≥¥µ∂∑∏π∫ªºΩæø¿¡¬√ƒ≈∆«»… ÀÃÕŒœ–—“”‘’÷◊ÿŸ⁄€‹›ﬁﬂ‡·‚„‰ÂÊÁËÈÍÎÏÌÓÔ ÒÚÛÙıˆ˜¯˘˙˚¸˝˛ˇ";

impl Encoding {
    pub(super) fn named(name: &str) -> Option<Self> {
        match name {
            "StandardEncoding" => Some(Self::Standard),
            "WinAnsiEncoding" => Some(Self::Windows),
            "MacRomanEncoding" => Some(Self::Macintosh),
            _ => None,
        }
    }

    /// Returns the letter of `code`.
    pub(super) fn letter(self, code: u8) -> Option<char> {
        let from =
            |first: u8, table: &str| table.chars().nth(usize::from(code.checked_sub(first)?));
        let letter = match (self, code) {
            (_, ..32) => None,
            (Self::Standard, b'\'') => Some('’'),
            (Self::Standard, b'`') => Some('‘'),
            (_, ..127) => Some(char::from(code)),
            (Self::Standard, _) => from(161, STANDARD).filter(|letter| *letter != ' '),
            (Self::Windows, 128..160) => from(128, WINDOWS),
            (Self::Windows, 127) => Some('•'),
            (Self::Windows, _) => Some(char::from(code)),
            (Self::Macintosh, _) => from(128, MACINTOSH),
        };
        letter.or((code == 32).then_some(' '))
    }
}

/// A name and its letter in each line.
static NAMES: LazyLock<HashMap<&str, char>> = LazyLock::new(|| {
    let lines = include_str!("glyph_names.txt").lines();
    lines
        .filter_map(|line| {
            let (name, letter) = line.split_once(' ')?;
            Some((name, letter.chars().next()?))
        })
        .collect()
});

/// Letters that one name can be made of.
const PARTS_MAX: usize = 8;
/// What large and small forms of a sign have after its name in the mathematical fonts of TeX.
const SIZES: [&str; 6] = ["display", "text", "Bigg", "bigg", "Big", "big"];

/// Returns the letters called `name`: those of [`named`], and `f_f_i`, `uni00660069`, `summationtext`, `Asmall`.
pub(super) fn spelled(name: &str) -> Option<String> {
    let stem = name.split('.').next().filter(|stem| !stem.is_empty())?;
    if let Some(letter) = named(stem) {
        let rest = stem.strip_prefix("uni").and_then(|digits| digits.get(4..));
        let rest = rest.filter(|rest| rest.len() % 4 == 0 && rest.len() / 4 < PARTS_MAX);
        let more = rest.and_then(|rest| {
            let digits = rest.as_bytes().chunks(4).map(std::str::from_utf8);
            digits
                .map(|digits| char::from_u32(u32::from_str_radix(digits.ok()?, 16).ok()?))
                .collect::<Option<String>>()
        });
        return Some(format!("{letter}{}", more.unwrap_or_default()));
    }
    if stem.contains('_') {
        let parts = stem.split('_').take(PARTS_MAX);
        return parts.map(named).collect();
    }
    if let Some(letter) = SIZES.iter().find_map(|size| stem.strip_suffix(size)) {
        return named(letter).map(String::from);
    }
    // Fonts for experts have small capitals, and figures of several looks.
    if let Some(letter) = stem.strip_suffix("small").and_then(named) {
        return Some(letter.to_lowercase().collect());
    }
    let looks = ["oldstyle", "superior", "inferior"];
    let figure = looks.iter().find_map(|look| stem.strip_suffix(look))?;
    named(figure).map(String::from)
}

/// Returns the letter called `name`: `eacute`, `uni00E9`, `u1F600`, `e.alt`.
pub(super) fn named(name: &str) -> Option<char> {
    if matches!(
        name,
        "space" | "nbspace" | "nonbreakingspace" | "visiblespace"
    ) {
        return Some(' ');
    }
    if let Some(letter) = NAMES.get(name) {
        return Some(*letter);
    }
    if let Some((stem, _)) = name.split_once('.').filter(|(stem, _)| !stem.is_empty()) {
        return named(stem);
    }
    let digits = name
        .strip_prefix("uni")
        .and_then(|digits| digits.get(..4))
        .or_else(|| name.strip_prefix('u'))?;
    char::from_u32(
        u32::from_str_radix(digits, 16)
            .ok()
            .filter(|_| digits.len() >= 4)?,
    )
}

/// Returns how a letter is written in running text: ligatures as their letters, and marks of symbol fonts as a bullet.
pub(super) fn plain(letter: char) -> &'static str {
    match letter {
        '\u{fb00}' => "ff",
        '\u{fb01}' => "fi",
        '\u{fb02}' => "fl",
        '\u{fb03}' => "ffi",
        '\u{fb04}' => "ffl",
        '\u{fb05}' | '\u{fb06}' => "st",
        '\u{a0}' | '\u{2002}'..='\u{200a}' | '\u{202f}' | '\t' | '\n' | '\r' => " ",
        '\u{ad}' | '\u{2010}' | '\u{2011}' => "-",
        '\u{f0b7}' | '\u{f0a7}' | '\u{f0d8}' | '\u{f076}' | '\u{f06e}' | '\u{f0fc}' => "•",
        _ => "",
    }
}

/// Widths of the letters from space to `~` in the fonts that a file need not bring, in thousandths of their size.
pub(super) const HELVETICA: [u16; 95] = [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556,
    556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667,
    611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667,
    667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500,
    222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
];
pub(super) const TIMES: [u16; 95] = [
    250, 333, 408, 500, 500, 833, 778, 180, 333, 333, 500, 564, 250, 333, 250, 278, 500, 500, 500,
    500, 500, 500, 500, 500, 500, 500, 278, 278, 564, 564, 564, 444, 921, 722, 667, 667, 722, 611,
    556, 722, 722, 333, 389, 722, 611, 889, 722, 722, 556, 722, 667, 556, 611, 722, 722, 944, 722,
    722, 611, 333, 278, 333, 469, 500, 333, 444, 500, 444, 500, 444, 333, 500, 500, 278, 278, 500,
    278, 778, 500, 500, 500, 500, 333, 389, 278, 500, 500, 722, 500, 500, 444, 480, 200, 480, 541,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_found_by_code_and_by_name() {
        assert_eq!(Encoding::Standard.letter(0xae), Some('ﬁ'));
        assert_eq!(Encoding::Standard.letter(0xfb), Some('ß'));
        assert_eq!(Encoding::Windows.letter(0x93), Some('“'));
        assert_eq!(Encoding::Macintosh.letter(0x8e), Some('é'));
        assert_eq!(Encoding::Macintosh.letter(0xff), Some('ˇ'));
        let found = ["eacute", "uni00E9", "e.alt", "u1F600", "ffi", "g17"].map(named);
        assert_eq!(
            found,
            [Some('é'), Some('é'), Some('e'), Some('😀'), Some('ﬃ'), None]
        );
        assert_eq!(named("lessmuch"), Some('≪'));
    }

    #[test]
    fn a_name_can_be_of_several_letters_or_of_another_look() {
        let one = |name: &str| spelled(name).unwrap_or_default();
        let told = [
            "f_f_i",
            "T_h.liga",
            "uni00660069.alt",
            "uni00E9",
            "ffi",
            "f_.notdef",
        ]
        .map(one);
        assert_eq!(told, ["ffi", "Th", "fi", "é", "ﬃ", ""]);
        let told = ["summationdisplay", "parenleftBigg", "radicalbig"].map(one);
        assert_eq!(told, ["∑", "(", "√"]);
        let told = [
            "Asmall",
            "Eacutesmall",
            "sevenoldstyle",
            "twosuperior",
            "fourinferior",
        ];
        assert_eq!(told.map(one), ["a", "é", "7", "²", "4"]);
        let told = [".notdef", "small", "_", "big", "g17", "a_b_c_d_e_f_g_h_i"].map(one);
        assert_eq!(told, ["", "", "", "", "", "abcdefgh"]);
    }
}
