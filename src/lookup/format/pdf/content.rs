//! The drawing of a page → its letters with their places: what the operators of text do, and nothing of the rest.

use std::collections::HashMap;
use std::rc::Rc;

use super::file::{File, position};
use super::filter::Packed;
use super::font::Font;
use super::letters::plain;
use super::marks::{self, Path, Rules};
use super::object::{Dict, Lexer, Object, is_space};

/// Letters of one page: a sheet of the smallest print has some 20,000.
const GLYPHS_MAX: usize = 300_000;
/// Drawings inside one another: a page has a form, and that a picture of text.
const FORMS_MAX: usize = 8;
/// States that are kept to return to.
const STATES_MAX: usize = 128;
/// Operands of an operator: six is the most that any reads.
const OPERANDS_MAX: usize = 64;
/// Entries of the tables of fonts that are held for later pages.
const FONT_WEIGHT_MAX: usize = 1_000_000;
/// Points of the smallest print that is read: what is smaller is not meant to be.
const SIZE_MIN: f64 = 2.0;

/// A letter at its place; x goes right and y up, in points.
#[derive(Debug, Clone, Copy, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub(super) struct Glyph {
    pub(super) letter: char,
    pub(super) x: f64,
    /// Where it ends.
    pub(super) end: f64,
    pub(super) y: f64,
    pub(super) size: f64,
    /// Quarter turns to the left that its line makes; its place is that of the page turned back.
    pub(super) turn: u8,
    pub(super) is_bold: bool,
    pub(super) is_mono: bool,
    /// Whether a space stands before it.
    pub(super) is_spaced: bool,
    /// Whether it is not drawn: what was recognized in a picture lies unseen upon it.
    pub(super) is_hidden: bool,
}

/// What a page shows.
#[derive(Debug, Default)]
pub(super) struct Shown {
    pub(super) glyphs: Vec<Glyph>,
    /// Letters of fonts that do not say which they are.
    pub(super) unknown: usize,
    pub(super) has_picture: bool,
    /// Its left, bottom, right and top, as it is looked at.
    pub(super) bounds: [f64; 4],
    /// Why not all of it was read.
    pub(super) cut: Option<Packed>,
}

/// Fonts that were read, by the number of their object.
#[derive(Debug, Default)]
pub(super) struct Fonts {
    known: HashMap<u32, Rc<Font>>,
    weight: usize,
}

impl Fonts {
    fn get(&mut self, file: &File<'_>, object: &Object) -> Rc<Font> {
        if let Object::Reference(number) = object
            && let Some(font) = self.known.get(number)
        {
            return Rc::clone(font);
        }
        let resolved = file.resolved(object);
        let font = Rc::new(
            resolved
                .dict()
                .map(|dict| Font::read(file, dict))
                .unwrap_or_default(),
        );
        if let Object::Reference(number) = object {
            self.weight += font.weight();
            if self.weight > FONT_WEIGHT_MAX {
                self.known.clear();
                self.weight = font.weight();
            }
            self.known.insert(*number, Rc::clone(&font));
        }
        font
    }
}

/// Returns what the page `page` shows, within `bounds` (left, bottom, right, top).
pub(super) fn shown(
    file: &File<'_>,
    fonts: &mut Fonts,
    page: &Dict,
    bounds: [f64; 4],
    rotated: f64,
) -> Shown {
    let mut painter = Painter {
        file,
        fonts,
        bounds,
        shown: Shown::default(),
        rules: Rules::default(),
    };
    let contents = file.get(page, "Contents");
    let streams = match contents {
        Some(Object::Array(streams)) => streams,
        Some(stream) => vec![stream],
        None => Vec::new(),
    };
    let mut bytes = Vec::new();
    for stream in &streams {
        match file.unpacked(stream) {
            Ok(more) => bytes.extend(more),
            Err(why) => painter.shown.cut = Some(why),
        }
        bytes.push(b'\n');
        if bytes.len() > super::file::STREAM_BYTES_MAX {
            painter.shown.cut = Some(Packed::Bomb);
            break;
        }
    }
    let resources = file.dict(page, "Resources").unwrap_or_default();
    let state = State {
        place: match rotated.rem_euclid(360.0) {
            90.0 => Matrix([0.0, -1.0, 1.0, 0.0, 0.0, 0.0]),
            180.0 => Matrix([-1.0, 0.0, 0.0, -1.0, 0.0, 0.0]),
            270.0 => Matrix([0.0, 1.0, -1.0, 0.0, 0.0, 0.0]),
            _ => Matrix::ONE,
        },
        ..State::default()
    };
    painter.bounds = state.place.of_box(bounds);
    painter.draw(&bytes, &resources, state, 0);
    painter.rules.end(&mut painter.shown.glyphs);
    let mut shown = painter.shown;
    shown.bounds = painter.bounds;
    // Hidden text of a page that shows text is not for readers; that of a scanned page is all it has.
    if shown.glyphs.iter().any(|glyph| !glyph.is_hidden) {
        shown.glyphs.retain(|glyph| !glyph.is_hidden);
    }
    shown
}

/// ISO 32000-1, 8.3.3.
#[derive(Debug, Clone, Copy)]
struct Matrix([f64; 6]);

#[expect(
    clippy::many_single_char_names,
    reason = "they are those of the standard"
)]
impl Matrix {
    const ONE: Self = Self([1.0, 0.0, 0.0, 1.0, 0.0, 0.0]);

    /// Returns the matrix that does this one and then `next`.
    fn then(self, next: Self) -> Self {
        let [a, b, c, d, e, f] = self.0;
        let [na, nb, nc, nd, ne, nf] = next.0;
        Self([
            a * na + b * nc,
            a * nb + b * nd,
            c * na + d * nc,
            c * nb + d * nd,
            e * na + f * nc + ne,
            e * nb + f * nd + nf,
        ])
    }

    fn shift(x: f64, y: f64) -> Self {
        Self([1.0, 0.0, 0.0, 1.0, x, y])
    }

    fn of(self, x: f64, y: f64) -> (f64, f64) {
        let [a, b, c, d, e, f] = self.0;
        (a * x + c * y + e, b * x + d * y + f)
    }

    fn of_box(self, [left, bottom, right, top]: [f64; 4]) -> [f64; 4] {
        let (one, other) = (self.of(left, bottom), self.of(right, top));
        [
            one.0.min(other.0),
            one.1.min(other.1),
            one.0.max(other.0),
            one.1.max(other.1),
        ]
    }
}

/// What operators change and `Q` brings back.
#[derive(Debug, Clone)]
struct State {
    place: Matrix,
    font: Rc<Font>,
    size: f64,
    letter_space: f64,
    word_space: f64,
    stretch: f64,
    leading: f64,
    rise: f64,
    line_width: f64,
    is_hidden: bool,
}

impl Default for State {
    fn default() -> Self {
        Self {
            place: Matrix::ONE,
            font: Rc::default(),
            size: 0.0,
            letter_space: 0.0,
            word_space: 0.0,
            stretch: 1.0,
            leading: 0.0,
            rise: 0.0,
            line_width: 1.0,
            is_hidden: false,
        }
    }
}

struct Painter<'a, 'b> {
    file: &'a File<'a>,
    fonts: &'b mut Fonts,
    bounds: [f64; 4],
    shown: Shown,
    rules: Rules,
}

/// One drawing, as it is gone through.
struct Drawing<'a> {
    resources: &'a Dict,
    listed_fonts: Dict,
    listed_forms: Dict,
    state: State,
    kept: Vec<State>,
    text: Matrix,
    line: Matrix,
    fonts: HashMap<String, Rc<Font>>,
    /// Whether each stretch that is marked is a running head or foot.
    marks: Vec<bool>,
    is_spaced: bool,
    path: Path,
}

impl Painter<'_, '_> {
    fn draw(&mut self, bytes: &[u8], resources: &Dict, state: State, depth: usize) {
        let mut drawing = Drawing {
            resources,
            listed_fonts: self.file.dict(resources, "Font").unwrap_or_default(),
            listed_forms: self.file.dict(resources, "XObject").unwrap_or_default(),
            state,
            kept: Vec::new(),
            text: Matrix::ONE,
            line: Matrix::ONE,
            fonts: HashMap::new(),
            marks: Vec::new(),
            is_spaced: false,
            path: Path::default(),
        };
        let mut lexer = Lexer::new(bytes, 0);
        let mut operands: Vec<Object> = Vec::new();
        while let Some(object) = lexer.next() {
            let Object::Word(operator) = object else {
                if operands.len() < OPERANDS_MAX {
                    operands.push(object);
                }
                continue;
            };
            if operator == "ID" {
                self.shown.has_picture = true;
                lexer.at += end_of_picture(bytes.get(lexer.at..).unwrap_or_default());
            } else if operator == "Do" {
                self.form(&drawing, operands.first(), depth);
            } else {
                self.operate(&mut drawing, &operator, &operands);
            }
            operands.clear();
            if self.shown.glyphs.len() > GLYPHS_MAX || self.file.is_spent() {
                self.shown.cut = Some(Packed::Bomb);
                return;
            }
        }
    }

    fn form(&mut self, drawing: &Drawing<'_>, name: Option<&Object>, depth: usize) {
        let Some(name) = name.and_then(Object::name) else {
            return;
        };
        self.file.spend(drawing.listed_forms.0.len());
        let Some(form) = self.file.get(&drawing.listed_forms, name) else {
            return;
        };
        let Some(dict) = form.dict() else { return };
        if dict.is("Subtype", "Image") {
            self.shown.has_picture = true;
        }
        if !dict.is("Subtype", "Form") {
            return;
        }
        if depth >= FORMS_MAX || drawing.marks.contains(&true) {
            return;
        }
        let bytes = match self.file.unpacked(&form) {
            Ok(bytes) => bytes,
            Err(why) => {
                self.shown.cut = Some(why);
                return;
            }
        };
        let mut state = drawing.state.clone();
        if let [a, b, c, d, e, f] = *self.file.numbers(dict, "Matrix") {
            state.place = Matrix([a, b, c, d, e, f]).then(state.place);
        }
        let own = self.file.dict(dict, "Resources");
        self.draw(
            &bytes,
            own.as_ref().unwrap_or(drawing.resources),
            state,
            depth + 1,
        );
    }

    fn operate(&mut self, drawing: &mut Drawing<'_>, operator: &str, operands: &[Object]) {
        let number = |at: usize| operands.get(at).and_then(Object::number).unwrap_or(0.0);
        let matrix = || {
            Matrix([
                number(0),
                number(1),
                number(2),
                number(3),
                number(4),
                number(5),
            ])
        };
        let state = &mut drawing.state;
        match operator {
            "q" if drawing.kept.len() < STATES_MAX => drawing.kept.push(state.clone()),
            "Q" => *state = drawing.kept.pop().unwrap_or_else(|| state.clone()),
            "cm" => state.place = matrix().then(state.place),
            "BT" => (drawing.text, drawing.line) = (Matrix::ONE, Matrix::ONE),
            "Tm" => (drawing.text, drawing.line) = (matrix(), matrix()),
            "Td" => drawing.next_line(number(0), number(1)),
            "TD" => {
                state.leading = -number(1);
                drawing.next_line(number(0), number(1));
            }
            "T*" => drawing.next_line(0.0, -drawing.state.leading),
            "TL" => state.leading = number(0),
            "Tc" => state.letter_space = number(0),
            "Tw" => state.word_space = number(0),
            "Tz" => state.stretch = number(0) / 100.0,
            "Ts" => state.rise = number(0),
            "Tr" => {
                let mode = number(0);
                state.is_hidden = [3.0, 7.0].iter().any(|hidden| (mode - hidden).abs() < 0.5);
            }
            "Tf" => {
                state.size = number(1);
                if let Some(name) = operands.first().and_then(Object::name) {
                    drawing.state.font = self.font(drawing, name);
                }
            }
            "Tj" => self.show(drawing, operands.first()),
            "'" => {
                drawing.next_line(0.0, -drawing.state.leading);
                self.show(drawing, operands.first());
            }
            "\"" => {
                (state.word_space, state.letter_space) = (number(0), number(1));
                drawing.next_line(0.0, -drawing.state.leading);
                self.show(drawing, operands.get(2));
            }
            "TJ" => {
                for member in operands.first().map(Object::array).unwrap_or_default() {
                    if let Object::Number(back) = member {
                        let state = &drawing.state;
                        drawing.text =
                            Matrix::shift(-back / 1000.0 * state.size * state.stretch, 0.0)
                                .then(drawing.text);
                    } else {
                        self.show(drawing, Some(member));
                    }
                }
            }
            "BMC" => drawing.marks.push(false),
            "BDC" => {
                let is_artifact = operands.first().and_then(Object::name) == Some("Artifact");
                let running = operands
                    .get(1)
                    .and_then(Object::dict)
                    .is_some_and(|dict| dict.is("Type", "Pagination"));
                drawing.marks.push(is_artifact && running);
            }
            "EMC" => drop(drawing.marks.pop()),
            "w" => state.line_width = number(0),
            _ => self.path(drawing, operator, number),
        }
    }

    /// Takes an operator that may draw a line.
    fn path(&mut self, drawing: &mut Drawing<'_>, operator: &str, number: impl Fn(usize) -> f64) {
        let state = &drawing.state;
        let drawn = drawing.path.operate(operator, number, state.line_width);
        if let Some(bounds) = drawn.filter(|_| !drawing.marks.contains(&true)) {
            let bounds = state.place.of_box(bounds);
            self.rules.draw(&mut self.shown.glyphs, bounds);
        }
    }

    fn font(&mut self, drawing: &mut Drawing<'_>, name: &str) -> Rc<Font> {
        if let Some(font) = drawing.fonts.get(name) {
            return Rc::clone(font);
        }
        self.file.spend(drawing.listed_fonts.0.len());
        let font = drawing
            .listed_fonts
            .get(name)
            .map(|font| self.fonts.get(self.file, font))
            .unwrap_or_default();
        drawing.fonts.insert(name.to_owned(), Rc::clone(&font));
        font
    }

    #[expect(
        clippy::many_single_char_names,
        reason = "they are those of the standard"
    )]
    fn show(&mut self, drawing: &mut Drawing<'_>, text: Option<&Object>) {
        let Some(Object::Text(bytes)) = text else {
            return;
        };
        let state = drawing.state.clone();
        let skipped = drawing.marks.contains(&true);
        state.font.each(bytes, |is_space, letters, width| {
            let wide = width * state.size;
            let space = if is_space { state.word_space } else { 0.0 };
            let step = (wide + state.letter_space + space) * state.stretch;
            let whole = drawing.text.then(state.place);
            drawing.text = Matrix::shift(step, 0.0).then(drawing.text);
            if skipped || self.shown.glyphs.len() > GLYPHS_MAX {
                return;
            }
            let Some(letters) = letters else {
                self.shown.unknown += 1;
                return;
            };
            let start = whole.of(0.0, state.rise);
            let end = whole.of(wide * state.stretch, state.rise);
            let [left, bottom, right, top] = self.bounds;
            if start.0 < left - 1.0 || start.0 > right || start.1 < bottom || start.1 > top {
                return;
            }
            let [a, b, c, d, ..] = whole.0;
            let size = (c * state.size).hypot(d * state.size) * state.font.scale;
            let Some(turn) = turn_of(a * state.size, b * state.size) else {
                return;
            };
            if size < SIZE_MIN || !size.is_finite() {
                return;
            }
            let (x, y) = turned_back(start, turn);
            let (end, _) = turned_back(end, turn);
            let glyph = Glyph {
                letter: ' ',
                x,
                end,
                y,
                size,
                turn,
                is_bold: state.font.is_bold,
                is_mono: state.font.is_mono,
                is_spaced: false,
                is_hidden: state.is_hidden,
            };
            drawing.is_spaced = self.write(glyph, &letters, drawing.is_spaced);
        });
    }

    /// Writes the letters of one code, which share its width, and tells whether a space is the last.
    fn write(&mut self, glyph: Glyph, letters: &str, is_spaced: bool) -> bool {
        let mut is_spaced = is_spaced;
        #[expect(clippy::cast_precision_loss, reason = "a code is a few letters")]
        let share = (glyph.end - glyph.x) / letters.chars().count().max(1) as f64;
        let mut x = glyph.x;
        for letter in letters.chars() {
            let mut buffer = [0; 4];
            let same: &str = letter.encode_utf8(&mut buffer);
            let text = match plain(letter) {
                "" => same,
                plain => plain,
            };
            for letter in text.chars() {
                let private = matches!(
                    letter,
                    '\u{e000}'..='\u{f8ff}' | char::REPLACEMENT_CHARACTER
                );
                if private {
                    self.shown.unknown += 1;
                } else if letter == ' ' {
                    is_spaced = true;
                } else if !letter.is_control() {
                    let glyph = Glyph {
                        letter,
                        x,
                        end: x + share,
                        is_spaced,
                        ..glyph
                    };
                    self.rules.before(&mut self.shown.glyphs, &glyph);
                    marks::add(&mut self.shown.glyphs, glyph);
                    is_spaced = false;
                }
            }
            x += share;
        }
        is_spaced
    }
}

impl Drawing<'_> {
    fn next_line(&mut self, x: f64, y: f64) {
        self.line = Matrix::shift(x, y).then(self.line);
        self.text = self.line;
    }
}

/// Returns the quarter turns of a line that goes in this direction; `None` if it goes askew, as stamps across a page do.
fn turn_of(x: f64, y: f64) -> Option<u8> {
    let straight = |long: f64, across: f64| across.abs() < long * 0.15;
    match (x, y) {
        _ if straight(x, y) => Some(0),
        _ if straight(y, x) => Some(1),
        _ if straight(-x, y) => Some(2),
        _ if straight(-y, x) => Some(3),
        _ => None,
    }
}

fn turned_back((x, y): (f64, f64), turn: u8) -> (f64, f64) {
    match turn {
        1 => (y, -x),
        2 => (-x, -y),
        3 => (-y, x),
        _ => (x, y),
    }
}

/// Returns where the bytes of a picture end that stands in a drawing.
fn end_of_picture(bytes: &[u8]) -> usize {
    let mut at = 0;
    while let Some(found) = position(bytes.get(at..).unwrap_or_default(), b"EI") {
        at += found + 2;
        let before = at.checked_sub(3).and_then(|before| bytes.get(before));
        let alone = |byte: Option<&u8>| byte.is_none_or(|byte| is_space(*byte));
        if alone(before) && alone(bytes.get(at)) {
            return at;
        }
    }
    bytes.len()
}
