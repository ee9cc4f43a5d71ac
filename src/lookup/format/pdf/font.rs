//! Fonts: what the codes of a text are in letters, how wide each is, and whether it is bold or of one width.

use std::borrow::Cow;

use super::built_in;
use super::cmap::{CodeMap, utf16_text, value};
use super::file::File;
use super::letters::{Encoding, HELVETICA, TIMES, spelled};
use super::object::{Dict, Object};

/// Width of a letter that no table names, of the size: that of an average one.
const WIDTH: f64 = 0.5;
/// Codes of equal width from which a font counts as one of one width.
const EQUAL_WIDTHS_MIN: usize = 12;

/// A font as far as reading needs it.
#[derive(Debug, Default)]
pub(super) struct Font {
    code_bytes: usize,
    unicode: CodeMap,
    /// Letters by code, of a font whose codes are bytes.
    simple: Vec<Option<String>>,
    /// Whether its codes are UTF-16 themselves.
    is_utf16: bool,
    /// First and last code, and their width, in this order.
    widths: Vec<(u32, u32, f64)>,
    width: f64,
    /// Height of its letters where its size does not say it.
    pub(super) scale: f64,
    pub(super) is_bold: bool,
    pub(super) is_mono: bool,
}

impl Font {
    pub(super) fn read(file: &File<'_>, dict: &Dict) -> Self {
        let mut font = Self {
            code_bytes: 1,
            width: WIDTH,
            scale: 1.0,
            ..Self::default()
        };
        if let Some(stream) = dict.get("ToUnicode") {
            font.unicode = CodeMap::read(&file.unpacked(stream).unwrap_or_default());
        }
        let name = file.get(dict, "BaseFont");
        let name = name.as_ref().and_then(Object::name).unwrap_or_default();
        let described = if dict.is("Subtype", "Type0") {
            font.composite(file, dict)
        } else {
            font.simple(file, dict, name);
            dict.clone()
        };
        font.widths.sort_by_key(|(first, ..)| *first);
        let descriptor = file.dict(&described, "FontDescriptor").unwrap_or_default();
        font.look(file, &descriptor, name);
        font
    }

    /// How much of memory it takes, in entries of its tables.
    pub(super) fn weight(&self) -> usize {
        self.unicode.len() + self.widths.len() + 300
    }

    /// Gives each code of `bytes` to `take`: whether it is a byte of value 32, its letters and its width of the size.
    pub(super) fn each(&self, bytes: &[u8], mut take: impl FnMut(bool, Option<Cow<'_, str>>, f64)) {
        for code in bytes.chunks(self.code_bytes.max(1)) {
            let number = value(code);
            let is_space = self.code_bytes == 1 && number == 32;
            take(is_space, self.letters(number), self.width_of(number));
        }
    }

    fn letters(&self, code: u32) -> Option<Cow<'_, str>> {
        if let Some(text) = self.unicode.text(code) {
            return Some(text.into());
        }
        if self.is_utf16 {
            let units = code.to_be_bytes();
            return Some(utf16_text(units.get(2..).unwrap_or_default()).into());
        }
        let letters = self.simple.get(usize::try_from(code).ok()?)?;
        letters.as_deref().map(Cow::Borrowed)
    }

    fn width_of(&self, code: u32) -> f64 {
        let after = self.widths.partition_point(|(first, ..)| *first <= code);
        let found = after.checked_sub(1).and_then(|at| self.widths.get(at));
        found
            .filter(|(_, last, _)| *last >= code)
            .map_or(self.width, |(.., width)| *width)
    }

    /// Reads a font whose codes are of several bytes, and returns the font that it is made of.
    fn composite(&mut self, file: &File<'_>, dict: &Dict) -> Dict {
        self.code_bytes = 2;
        match file.get(dict, "Encoding") {
            Some(Object::Name(name)) => {
                self.is_utf16 = name.contains("UCS2") || name.contains("UTF16");
            }
            Some(stream @ Object::Stream(..)) => {
                let map = CodeMap::read(&file.unpacked(&stream).unwrap_or_default());
                self.code_bytes = map.code_bytes.unwrap_or(2);
            }
            _ => {}
        }
        let below = file.get(dict, "DescendantFonts");
        let below = below.as_ref().and_then(|below| below.array().first());
        let below = below.map(|font| file.resolved(font));
        let below = below
            .as_ref()
            .and_then(Object::dict)
            .cloned()
            .unwrap_or_default();
        self.width = file.number(&below, "DW").unwrap_or(1000.0) / 1000.0;
        let listed = file.get(&below, "W");
        let mut listed = listed
            .as_ref()
            .map(Object::array)
            .unwrap_or_default()
            .iter();
        while let (Some(first), Some(next)) = (listed.next(), listed.next()) {
            let (Some(first), next) = (code(first), file.resolved(next)) else {
                break;
            };
            match &next {
                Object::Array(widths) => {
                    for (code, width) in (first..=u32::MAX).zip(widths) {
                        self.widths
                            .extend(width.number().map(|width| (code, code, width / 1000.0)));
                    }
                }
                last => {
                    let (Some(last), Some(width)) =
                        (code(last), listed.next().and_then(Object::number))
                    else {
                        break;
                    };
                    self.widths.push((first, last, width / 1000.0));
                }
            }
        }
        below
    }

    fn simple(&mut self, file: &File<'_>, dict: &Dict, name: &str) {
        let mut base = None;
        let mut named_letters = Vec::new();
        match file.get(dict, "Encoding") {
            Some(Object::Name(name)) => base = Encoding::named(&name),
            Some(Object::Dict(encoding)) => {
                let given = encoding.get("BaseEncoding").and_then(Object::name);
                base = given.and_then(Encoding::named);
                let differences = file.get(&encoding, "Differences");
                let mut at = 0;
                for member in differences.as_ref().map(Object::array).unwrap_or_default() {
                    match member {
                        Object::Name(name) => {
                            named_letters.push((at, spelled(name)));
                            at += 1;
                        }
                        other => at = code(other).unwrap_or(at),
                    }
                }
            }
            _ => {}
        }
        let letters = |base: Encoding| -> Vec<Option<String>> {
            (0..=255)
                .map(|code| base.letter(code).map(String::from))
                .collect()
        };
        self.simple = match base {
            Some(base) => letters(base),
            None if dict.is("Subtype", "TrueType") => letters(Encoding::Windows),
            None => {
                let own = self.letters_of_its_own(file, dict);
                own.unwrap_or_else(|| letters(Encoding::Standard))
            }
        };
        for (code, letter) in named_letters {
            let slot = usize::try_from(code)
                .ok()
                .and_then(|code| self.simple.get_mut(code));
            if let Some(slot) = slot {
                *slot = letter;
            }
        }
        // The widths of a font that is drawn by the file are in its own measure.
        let matrix = file.numbers(dict, "FontMatrix");
        let scale = matrix.first().map_or(0.001, |scale| scale.abs());
        let first = dict.get("FirstChar").and_then(code).unwrap_or(0);
        let widths = file.numbers(dict, "Widths");
        if dict.is("Subtype", "Type3") {
            let bounds = file.numbers(dict, "FontBBox");
            let height = bounds.get(3).unwrap_or(&0.0) - bounds.get(1).unwrap_or(&0.0);
            let drawn = (height * matrix.get(3).unwrap_or(&0.0)).abs();
            self.scale = if drawn > 0.2 { drawn } else { 1.0 };
        }
        self.widths = (first..=255)
            .zip(widths)
            .map(|(code, width)| (code, code, width * scale))
            .collect();
        if self.widths.is_empty() {
            let table = if name.contains("Times") {
                Some(TIMES)
            } else {
                None
            };
            let table = table.or_else(|| (!name.contains("Courier")).then_some(HELVETICA));
            let widths = table.unwrap_or([600; 95]);
            self.widths = (32..=126)
                .zip(widths)
                .map(|(code, width)| (code, code, f64::from(width) / 1000.0))
                .collect();
        }
    }

    /// Returns the letters by the names that the font itself has for them, where those say anything.
    fn letters_of_its_own(&self, file: &File<'_>, dict: &Dict) -> Option<Vec<Option<String>>> {
        if self.unicode.len() > 0 {
            return None;
        }
        let names = built_in::names(file, &file.dict(dict, "FontDescriptor")?)?;
        let mut letters = vec![None; 256];
        for (code, name) in names {
            if let Some(slot) = letters.get_mut(usize::from(code)) {
                *slot = spelled(&name);
            }
        }
        // Some programs only number what they name: then the standard is the better guess.
        letters.iter().any(Option::is_some).then_some(letters)
    }

    /// Tells by its description and its name whether it is bold or of one width.
    fn look(&mut self, file: &File<'_>, descriptor: &Dict, name: &str) {
        const FIXED_PITCH: u32 = 1;
        const FORCE_BOLD: u32 = 1 << 18;
        let flags = file
            .get(descriptor, "Flags")
            .as_ref()
            .and_then(code)
            .unwrap_or(0);
        let weight = file.number(descriptor, "FontWeight").unwrap_or(400.0);
        let name = name
            .split_once('+')
            .map_or(name, |(_, name)| name)
            .to_lowercase();
        let has = |parts: &[&str]| parts.iter().any(|part| name.contains(part));
        self.is_bold = flags & FORCE_BOLD != 0
            || weight >= 600.0
            || has(&[
                "bold", "black", "heavy", "-bd", "cmbx", "sfbx", "demi", "cmssbx",
            ]);
        let used: Vec<f64> = self
            .widths
            .iter()
            .map(|(.., width)| *width)
            .filter(|width| *width > 0.0)
            .collect();
        let is_narrow = used.first().is_some_and(|width| *width < 0.8); // letters of Chinese are all of one width
        let equal = is_narrow
            && used.len() >= EQUAL_WIDTHS_MIN
            && used.iter().all(|width| Some(width) == used.first());
        self.is_mono = flags & FIXED_PITCH != 0
            || equal
            || has(&[
                "mono",
                "courier",
                "consol",
                "typewriter",
                "cmtt",
                "sftt",
                "menlo",
                "lmtt",
                "inconsolata",
            ]);
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a cast of floats saturates"
)]
fn code(object: &Object) -> Option<u32> {
    object.number().map(|number| number as u32)
}
