//! Letters at their places → rows of cells: what stands on one line, apart where a wide gap is.

use super::content::Glyph;

/// Gap between two letters, of their size, from which a space stands between them: kerning stays below.
const WORD_GAP: f64 = 0.13;
/// Gap from which two cells stand beside each other: spaces of justified lines stay below, gutters are seldom narrower.
const CELL_GAP: f64 = 0.9;
/// Difference of height, of the larger size, within which letters are on one line: an exponent is.
const LINE_HEIGHT: f64 = 0.42;
/// Blanks of the widest gap in code that is kept as it is.
const BLANKS_MAX: usize = 60;

/// Letters that stand together on one line.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Cell {
    pub(super) x: f64,
    pub(super) end: f64,
    pub(super) size: f64,
    pub(super) text: String,
    /// Letters of it, without spaces, and how many of them are bold and of one width.
    pub(super) letters: usize,
    pub(super) bold: usize,
    pub(super) mono: usize,
}

/// A line of a page, or of a column of it.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Row {
    pub(super) y: f64,
    /// From left to right.
    pub(super) cells: Vec<Cell>,
    /// Where the column that it stands in begins and ends.
    pub(super) column: (f64, f64),
    /// Whether it is the first of its column.
    pub(super) is_first: bool,
}

impl Row {
    pub(super) fn x(&self) -> f64 {
        self.cells.first().map_or(0.0, |cell| cell.x)
    }

    pub(super) fn end(&self) -> f64 {
        self.cells.last().map_or(0.0, |cell| cell.end)
    }

    pub(super) fn letters(&self) -> usize {
        self.cells.iter().map(|cell| cell.letters).sum()
    }

    /// Returns its size: that of most of its letters.
    pub(super) fn size(&self) -> f64 {
        let longest = self.cells.iter().max_by_key(|cell| cell.letters);
        longest.map_or(0.0, |cell| cell.size)
    }

    pub(super) fn is_bold(&self) -> bool {
        let bold: usize = self.cells.iter().map(|cell| cell.bold).sum();
        bold * 10 >= self.letters() * 9 && bold > 0
    }

    pub(super) fn is_mono(&self) -> bool {
        let mono: usize = self.cells.iter().map(|cell| cell.mono).sum();
        mono * 10 >= self.letters() * 9 && mono > 0
    }

    pub(super) fn text(&self) -> String {
        let texts: Vec<&str> = self.cells.iter().map(|cell| cell.text.as_str()).collect();
        texts.join(" ")
    }

    /// Returns the row as code: with a blank for each letter's width that is empty, `margin` being the left of the code.
    pub(super) fn code(&self, margin: f64) -> String {
        let mut line = String::new();
        let mut at = margin;
        for cell in &self.cells {
            let wide = cell.width();
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a cast of floats saturates"
            )]
            let blanks = ((cell.x - at) / wide).round() as usize;
            line.extend(std::iter::repeat_n(' ', blanks.min(BLANKS_MAX)));
            line.push_str(&cell.text);
            at = cell.end;
        }
        line
    }
}

impl Cell {
    /// Width of one of its letters.
    fn width(&self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "letters of a line are few")]
        let count = self.text.chars().count().max(1) as f64;
        ((self.end - self.x) / count).max(0.5)
    }
}

/// Sorts letters of one direction into rows, from the top down.
pub(super) fn rows(glyphs: &[Glyph]) -> Vec<Row> {
    let mut runs = runs(glyphs);
    runs.sort_by(|one, other| other.y.total_cmp(&one.y).then(one.x.total_cmp(&other.x)));
    let mut lines: Vec<Vec<Run<'_>>> = Vec::new();
    let (mut y, mut size) = (f64::MAX, 0.0);
    for run in runs {
        let fits = (y - run.y).abs() <= LINE_HEIGHT * f64::max(size, run.size);
        // The line is that of the largest letters: an exponent stands on none of its own.
        if !fits || run.size > size * 1.05 {
            (y, size) = (run.y, run.size);
        }
        match lines.last_mut() {
            Some(line) if fits => line.push(run),
            _ => lines.push(vec![run]),
        }
    }
    lines
        .into_iter()
        .map(row)
        .filter(|row| row.letters() > 0)
        .collect()
}

/// Letters that follow one another in the drawing and on the page.
struct Run<'a> {
    x: f64,
    y: f64,
    end: f64,
    size: f64,
    glyphs: &'a [Glyph],
}

fn runs(glyphs: &[Glyph]) -> Vec<Run<'_>> {
    let follows = |one: &Glyph, next: &Glyph| {
        let gap = (next.x - one.end) / one.size;
        let alike = (one.size - next.size).abs() < one.size * 0.1;
        alike && (one.y - next.y).abs() < one.size * 0.05 && gap > -0.3 && gap < CELL_GAP
    };
    let run = |glyphs: &'_ [Glyph]| {
        let first = glyphs.first()?;
        let last = glyphs.last()?;
        Some((first.x, first.y, last.end, first.size))
    };
    let pieces = glyphs.chunk_by(follows);
    pieces
        .filter_map(|glyphs| {
            let (x, y, end, size) = run(glyphs)?;
            Some(Run {
                x,
                y,
                end,
                size,
                glyphs,
            })
        })
        .collect()
}

fn row(mut line: Vec<Run<'_>>) -> Row {
    line.sort_by(|one, other| one.x.total_cmp(&other.x));
    let mut row = Row {
        // The line that most letters stand on, not that of an exponent.
        y: line
            .iter()
            .max_by_key(|run| run.glyphs.len())
            .map_or(0.0, |run| run.y),
        ..Row::default()
    };
    // What is drawn twice, a little aside, is bold, not said twice.
    let mut before: Option<&Run<'_>> = None;
    for run in &line {
        let letters = |run: &Run<'_>| {
            run.glyphs
                .iter()
                .map(|glyph| glyph.letter)
                .collect::<String>()
        };
        let is_double = before.is_some_and(|before| {
            (before.x - run.x).abs() < run.size * 0.1
                && before.glyphs.len() == run.glyphs.len()
                && letters(before) == letters(run)
        });
        if !is_double {
            add_run(&mut row, run);
        }
        before = Some(run);
    }
    row
}

fn add_run(row: &mut Row, run: &Run<'_>) {
    let size = run.size;
    let first = run.glyphs.first();
    match row.cells.last_mut() {
        Some(cell) if (run.x - cell.end) < CELL_GAP * f64::max(size, cell.size) => {
            let is_apart =
                run.x - cell.end > WORD_GAP * size || first.is_some_and(|glyph| glyph.is_spaced);
            if is_apart {
                cell.text.push(' ');
            }
        }
        _ => row.cells.push(Cell {
            x: run.x,
            size,
            ..Cell::default()
        }),
    }
    let Some(cell) = row.cells.last_mut() else {
        return;
    };
    let mut end = first.map_or(run.x, |glyph| glyph.x);
    let mut was_mono = false;
    for (number, glyph) in run.glyphs.iter().enumerate() {
        let gap = glyph.x - end;
        let is_apart = glyph.is_spaced || gap > WORD_GAP * glyph.size;
        if glyph.is_mono && was_mono {
            let wide = (glyph.end - glyph.x).max(0.5);
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a cast of floats saturates"
            )]
            let blanks = (gap / wide).round() as usize;
            // A space between two words of code can be that of the text they stand in, which is narrower.
            let blanks = blanks.max(usize::from(is_apart));
            cell.text
                .extend(std::iter::repeat_n(' ', blanks.min(BLANKS_MAX)));
        } else if number > 0 && is_apart {
            cell.text.push(' ');
        }
        was_mono = glyph.is_mono;
        cell.text.push(glyph.letter);
        cell.letters += 1;
        cell.bold += usize::from(glyph.is_bold);
        cell.mono += usize::from(glyph.is_mono);
        end = glyph.end;
    }
    if run.glyphs.len() * 2 > cell.letters {
        cell.size = size;
    }
    cell.end = cell.end.max(run.end).max(cell.x);
}
