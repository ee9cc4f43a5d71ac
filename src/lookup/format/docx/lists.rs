//! The numbers of the lists of a Word document: what counts, from where on, and how it is written.

use std::collections::HashMap;

use html5ever::tokenizer::{Tag, TagKind, Token};

use super::super::sheet::one_line;
use super::attribute;
use crate::markup;

/// Lists by their number, and how far each is counted.
#[derive(Default)]
pub(super) struct Lists {
    /// What a list is an instance of.
    kinds: HashMap<String, String>,
    levels: HashMap<(String, usize), Level>,
    /// The numbers that were given last.
    counted: HashMap<(String, usize), usize>,
    /// Where a list begins anew that is an instance of one that was counted already.
    anew: HashMap<(String, usize), usize>,
    /// The level that paragraphs of a style are at, by the kind of list and the style.
    styled: HashMap<(String, String), usize>,
}

/// A level of a list.
#[derive(Debug, Clone, Default)]
struct Level {
    start: Option<usize>,
    format: String,
    /// How the number is shown, with `%1` for that of the first level.
    shown: Option<String>,
}

/// Levels that a list can have.
const LEVELS_MAX: usize = 9;

/// Returns the lists that `xml` declares.
pub(super) fn read(xml: &str) -> Lists {
    let mut reader = Reader::default();
    markup::each(xml, |token, _| {
        if let Token::TagToken(tag) = token
            && tag.kind == TagKind::StartTag
        {
            reader.start(&tag);
        }
    });
    reader.lists
}

impl Lists {
    /// Returns the level at which `list` has the paragraphs of `style`.
    pub(super) fn level_of(&self, list: &str, style: &str) -> Option<usize> {
        let kind = self.kinds.get(list)?;
        self.styled.get(&(kind.clone(), style.to_owned())).copied()
    }

    /// Returns the mark of the next item of `list` at `level`, `-` if it has no number.
    pub(super) fn next(&mut self, list: &str, level: usize) -> String {
        let number = self.number(list, level);
        number.unwrap_or_else(|| "-".to_owned())
    }

    /// Returns the number of the next item of `list` at `level` as it is shown.
    pub(super) fn number(&mut self, list: &str, level: usize) -> Option<String> {
        let kind = self.kinds.get(list).cloned().unwrap_or_default();
        let told = self.levels.get(&(kind.clone(), level));
        let told = told.filter(|level| !matches!(level.format.as_str(), "" | "bullet" | "none"));
        let told = told.cloned()?;
        for deeper in level + 1..=LEVELS_MAX {
            self.counted.remove(&(kind.clone(), deeper));
        }
        let first = told.start.unwrap_or(1);
        let anew = self.anew.remove(&(list.to_owned(), level));
        let place = (kind.clone(), level);
        let number = match (anew, self.counted.get(&place)) {
            (Some(number), _) => number,
            (None, Some(last)) => last.saturating_add(1),
            (None, None) => first,
        };
        self.counted.insert(place, number);
        let Some(shown) = told.shown.filter(|shown| shown.contains('%')) else {
            return Some(format!("{}.", written(number, &told.format)));
        };
        let mut all = shown;
        for at in 0..=level {
            let place = (kind.clone(), at);
            let above = self.levels.get(&place).cloned().unwrap_or_default();
            let number = self.counted.get(&place).copied();
            let number = number.or(above.start).unwrap_or(1);
            all = all.replace(&format!("%{}", at + 1), &written(number, &above.format));
        }
        Some(one_line(&all)).filter(|all| !all.is_empty())
    }
}

fn written(number: usize, format: &str) -> String {
    let plain = match format {
        "lowerLetter" | "upperLetter" => lettered(number),
        "lowerRoman" | "upperRoman" => roman(number),
        _ => number.to_string(),
    };
    if format.starts_with("upper") {
        plain.to_uppercase()
    } else {
        plain
    }
}

/// Numbers beyond that are written in digits whatever the list says.
const WORDED_MAX: usize = 100;

/// Returns `a` to `z`, then `aa`, as Word counts.
fn lettered(number: usize) -> String {
    let letter = number
        .checked_sub(1)
        .and_then(|at| ('a'..='z').nth(at % 26));
    match letter {
        Some(letter) if number <= WORDED_MAX => {
            std::iter::repeat_n(letter, number.div_ceil(26)).collect()
        }
        _ => number.to_string(),
    }
}

fn roman(number: usize) -> String {
    const SIGNS: [(usize, &str); 9] = [
        (100, "c"),
        (90, "xc"),
        (50, "l"),
        (40, "xl"),
        (10, "x"),
        (9, "ix"),
        (5, "v"),
        (4, "iv"),
        (1, "i"),
    ];
    if number > WORDED_MAX {
        return number.to_string();
    }
    let mut rest = number;
    let mut written = String::new();
    for (worth, sign) in SIGNS {
        while rest >= worth {
            rest -= worth;
            written.push_str(sign);
        }
    }
    written
}

/// The lists of a document while they are read.
#[derive(Default)]
struct Reader {
    lists: Lists,
    kind: String,
    list: String,
    level: usize,
}

impl Reader {
    fn level(&mut self) -> &mut Level {
        let place = (self.kind.clone(), self.level);
        self.lists.levels.entry(place).or_default()
    }

    fn start(&mut self, tag: &Tag) {
        let value = || attribute(tag, "w:val");
        match &*tag.name {
            "w:abstractnum" => self.kind = attribute(tag, "w:abstractnumid"),
            "w:lvl" | "w:lvloverride" => {
                self.level = attribute(tag, "w:ilvl").parse().unwrap_or(0);
            }
            "w:start" => self.level().start = value().parse().ok(),
            "w:numfmt" => self.level().format = value(),
            "w:lvltext" => self.level().shown = Some(value()),
            "w:pstyle" => {
                let place = (self.kind.clone(), value());
                self.lists.styled.insert(place, self.level);
            }
            // From here on it is instances, of which only where they begin is read.
            "w:num" => {
                self.list = attribute(tag, "w:numid");
                self.kind = String::new();
            }
            "w:startoverride" => {
                if let Ok(start) = value().parse() {
                    let place = (self.list.clone(), self.level);
                    self.lists.anew.insert(place, start);
                }
            }
            "w:abstractnumid" => {
                self.lists.kinds.insert(self.list.clone(), value());
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_the_list_says() {
        assert_eq!(written(4, "lowerRoman"), "iv");
        assert_eq!(written(99, "upperRoman"), "XCIX");
        assert_eq!(written(28, "lowerLetter"), "bb");
        assert_eq!(written(0, "lowerLetter"), "0");
        assert_eq!(written(101, "upperRoman"), "101");
        assert_eq!(written(7, "decimal"), "7");
    }
}
