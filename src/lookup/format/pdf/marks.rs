//! What is drawn beside letters and is of them: the accent over a letter, and the rule that TeX draws for an underscore where a font
//! has none.

use super::content::Glyph;
use super::letters::named;

/// Accents as fonts have them apart from letters, and how the names of letters end that have them.
const ACCENTS: &[(char, &str)] = &[
    ('¨', "dieresis"),
    ('´', "acute"),
    ('`', "grave"),
    ('ˆ', "circumflex"),
    ('˜', "tilde"),
    ('¯', "macron"),
    ('˘', "breve"),
    ('˙', "dotaccent"),
    ('˚', "ring"),
    ('¸', "cedilla"),
    ('˝', "hungarumlaut"),
    ('˛', "ogonek"),
    ('ˇ', "caron"),
];
/// Share of the narrower of two letters from which one lies upon the other.
const UPON: f64 = 0.4;
/// Difference of height, of its size, within which an accent belongs to a letter: it stands higher on capitals.
const ACCENT_HEIGHT: f64 = 0.5;
/// Length and height of the largest rule that is an underscore, and its distance from the line, of the size of the letter before.
const RULE_LENGTH: f64 = 0.5;
const RULE_HEIGHT: f64 = 0.1;
/// How far it may lie within a letter beside it, and away from it.
const RULE_WITHIN: f64 = 0.1;
const RULE_AWAY: f64 = 0.2;

/// Adds a letter; an accent and the letter that it lies upon are one.
pub(super) fn add(glyphs: &mut Vec<Glyph>, glyph: Glyph) {
    if let Some(last) = glyphs.last_mut()
        && (is_accent(last.letter) || is_accent(glyph.letter))
        && lies_upon(last, &glyph)
        && let Some(letter) =
            composed(last.letter, glyph.letter).or_else(|| composed(glyph.letter, last.letter))
    {
        let base = if is_accent(last.letter) { glyph } else { *last };
        *last = Glyph {
            letter,
            x: f64::min(last.x, glyph.x),
            is_spaced: last.is_spaced,
            ..base
        };
        return;
    }
    glyphs.push(glyph);
}

fn is_accent(letter: char) -> bool {
    ACCENTS.iter().any(|(accent, _)| *accent == letter)
}

fn lies_upon(one: &Glyph, other: &Glyph) -> bool {
    let common = one.end.min(other.end) - one.x.max(other.x);
    let narrower = f64::min(one.end - one.x, other.end - other.x);
    let is_near = (one.y - other.y).abs() < ACCENT_HEIGHT * f64::max(one.size, other.size);
    one.turn == other.turn && is_near && common > UPON * narrower
}

/// Returns the letter that is `letter` with this `accent`.
fn composed(accent: char, letter: char) -> Option<char> {
    let (_, name) = ACCENTS.iter().find(|(known, _)| *known == accent)?;
    let letter = match letter {
        'ı' => 'i',
        'ȷ' => 'j',
        letter => letter,
    };
    named(&format!("{letter}{name}"))
}

/// The path that is being made, as far as it is one level line or one box: ISO 32000-1, 8.5.
#[derive(Debug, Default)]
pub(super) struct Path {
    from: Option<(f64, f64)>,
    bounds: Option<[f64; 4]>,
    has_more: bool,
}

impl Path {
    /// Takes an operator with its operands; returns the left, bottom, right and top of what it draws, if that is one line or box.
    pub(super) fn operate(
        &mut self,
        operator: &str,
        number: impl Fn(usize) -> f64,
        line_width: f64,
    ) -> Option<[f64; 4]> {
        match operator {
            "m" => {
                self.has_more |= self.from.is_some() || self.bounds.is_some();
                self.from = Some((number(0), number(1)));
            }
            "l" => {
                let (to_x, to_y) = (number(0), number(1));
                self.has_more |= self.bounds.is_some() || self.from.is_none();
                self.bounds = self.from.take().map(|(x, y)| {
                    let half = line_width / 2.0;
                    [
                        x.min(to_x),
                        y.min(to_y) - half,
                        x.max(to_x),
                        y.max(to_y) + half,
                    ]
                });
            }
            "re" => {
                self.has_more |= self.from.is_some() || self.bounds.is_some();
                let (x, y) = (number(0), number(1));
                let (to_x, to_y) = (x + number(2), y + number(3));
                self.bounds = Some([x.min(to_x), y.min(to_y), x.max(to_x), y.max(to_y)]);
            }
            "c" | "v" | "y" => self.has_more = true,
            "S" | "s" | "f" | "F" | "f*" | "B" | "B*" | "b" | "b*" => {
                let done = std::mem::take(self);
                return done.bounds.filter(|_| !done.has_more);
            }
            "n" => *self = Self::default(),
            _ => {}
        }
        None
    }
}

/// Rules that are underscores if a letter follows.
#[derive(Debug, Default)]
pub(super) struct Rules {
    waiting: usize,
}

impl Rules {
    /// Takes a line or a box that was drawn at this place.
    pub(super) fn draw(&mut self, glyphs: &mut Vec<Glyph>, [left, bottom, right, top]: [f64; 4]) {
        let Some(last) = glyphs.last().copied() else {
            return;
        };
        let is_small =
            right - left <= RULE_LENGTH * last.size && top - bottom <= RULE_HEIGHT * last.size;
        let is_on_line = f64::midpoint(bottom, top) - last.y;
        if is_small
            && last.turn == 0
            && is_on_line.abs() <= RULE_HEIGHT * last.size
            && is_beside(&last, left)
        {
            glyphs.push(Glyph {
                letter: '_',
                x: left,
                end: right,
                is_spaced: false,
                ..last
            });
            self.waiting += 1;
        }
    }

    /// Takes back the rules that the letter `next` does not stand beside.
    pub(super) fn before(&mut self, glyphs: &mut Vec<Glyph>, next: &Glyph) {
        if self.waiting == 0 {
            return;
        }
        let is_next = glyphs.last().is_some_and(|last| {
            let is_level = (last.y - next.y).abs() <= RULE_HEIGHT * last.size;
            is_level && next.letter.is_alphanumeric() && !next.is_spaced && is_beside(last, next.x)
        });
        if is_next {
            self.waiting = 0;
        } else {
            self.end(glyphs);
        }
    }

    /// Takes back the rules that no letter followed.
    pub(super) fn end(&mut self, glyphs: &mut Vec<Glyph>) {
        let waiting = std::mem::take(&mut self.waiting);
        glyphs.truncate(glyphs.len().saturating_sub(waiting));
    }
}

/// Tells whether what begins at `x` stands beside a letter, or a rule.
fn is_beside(letter: &Glyph, x: f64) -> bool {
    let gap = (x - letter.end) / letter.size;
    let is_one = letter.letter.is_alphanumeric() || letter.letter == '_';
    is_one && (-RULE_WITHIN..=RULE_AWAY).contains(&gap)
}
