//! Texts as vectors: two texts that speak of the same thing in other words are near each other.
//!
//! ```text
//! text → word pieces → rows of a static table → their sum → 256 small numbers of length 1
//! ```
//!
//! The table is part of the program, so nothing is loaded or asked for. It is read when a text is first embedded, never
//! at the start. What comes of vectors is for [`super::rank`] to weigh: alone they are worse than words.

mod table;
mod wordpiece;

use std::sync::LazyLock;

use self::table::Table;
pub(super) use self::wordpiece::{Speller, Vocabulary};
use super::passage::letter_start;

/// Numbers of a vector: the width of the table.
pub(crate) const DIMENSIONS: usize = 256;
/// Bytes of a text that are embedded: a section has far fewer, and what follows would change little.
const TEXT_BYTES_MAX: usize = 64 << 10;

/// Width of the steps of [`Embedding::coarse`], of the deviation of its cells.
const STEP: f32 = 0.586;
/// The cosine of a direction with what three bits a cell leave of it: numbers of a normal distribution lose .0374 of their square.
const LEFT_OF_COSINE: f32 = 0.981;
/// Deviations of its cells that a direction is long: the square root of how many there are.
const DEVIATIONS: f32 = 16.0;

/// What every embedding needs, read once.
static PARTS: LazyLock<(Option<Table>, Vocabulary)> =
    LazyLock::new(|| (Table::read(), Vocabulary::read()));
static FINGERPRINT: LazyLock<String> =
    LazyLock::new(|| PARTS.0.map_or_else(String::new, Table::fingerprint));

/// Makes vectors of texts.
pub(crate) struct Embedder {
    /// Nothing if the one in this program cannot be read: then no text has a direction.
    table: Option<Table>,
    speller: Speller<'static>,
    arch: pulp::Arch,
    pieces: Vec<u16>,
}

/// A text as a direction: the cosine between two says how near they are.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Embedding {
    /// The direction in whole numbers, the largest at ±127 or, where it is kept in three bits a cell, at ±7.
    pub(crate) cells: [i8; DIMENSIONS],
    /// One over the length of `cells`; 0 for a text without a word. Of three bits a cell somewhat more, see [`Embedding::coarse`].
    pub(crate) unit: f32,
}

/// Returns a name for the table and for how texts become vectors: stored vectors of another name are made again.
pub(crate) fn fingerprint() -> &'static str {
    &FINGERPRINT
}

impl Embedder {
    pub(crate) fn new() -> Self {
        let (table, vocabulary) = &*PARTS;
        Self {
            table: *table,
            speller: Speller::new(vocabulary),
            arch: pulp::Arch::new(),
            pieces: Vec::new(),
        }
    }

    /// Tells whether `word` is a word of the vocabulary, not put together from pieces.
    pub(crate) fn knows(&mut self, word: &str) -> bool {
        let mut pieces = 0;
        self.speller.pieces(word, |_| pieces += 1);
        pieces == 1
    }

    /// Returns the vector of the words in `texts` taken together; their order does not matter.
    pub(crate) fn embed(&mut self, texts: &[&str]) -> Embedding {
        self.pieces.clear();
        let mut left = TEXT_BYTES_MAX;
        for text in texts {
            let text = text.get(..letter_start(text, left)).unwrap_or(text);
            left -= text.len();
            let pieces = &mut self.pieces;
            self.speller.pieces(text, |piece| pieces.push(piece));
        }
        self.arch.dispatch(Sum {
            table: self.table,
            pieces: &self.pieces,
        })
    }
}

/// The rows of some word pieces, to be taken together. No closure, for the compiler may leave one out of what is built anew.
struct Sum<'a> {
    table: Option<Table>,
    pieces: &'a [u16],
}

impl pulp::NullaryFnOnce for Sum<'_> {
    type Output = Embedding;

    #[expect(
        clippy::inline_always,
        reason = "built anew for the processor it runs on, inside `Arch::dispatch`"
    )]
    #[inline(always)]
    fn call(self) -> Embedding {
        let mut sum = [0.0; DIMENSIONS];
        if let Some(table) = self.table {
            for piece in self.pieces {
                table.add(*piece, &mut sum);
            }
        }
        Embedding::of(&sum)
    }
}

impl Embedding {
    /// Returns the direction of `sum`.
    #[expect(
        clippy::inline_always,
        reason = "built anew for the processor it runs on, inside `Arch::dispatch`"
    )]
    #[inline(always)]
    pub(crate) fn of(sum: &[f32; DIMENSIONS]) -> Self {
        let mut most = 0f32;
        for number in sum {
            most = most.max(number.abs());
        }
        if !most.is_normal() {
            return Self {
                cells: [0; DIMENSIONS],
                unit: 0.0,
            };
        }
        let scale = 127.0 / most;
        let mut cells = [0; DIMENSIONS];
        for (cell, number) in cells.iter_mut().zip(sum) {
            #[expect(
                clippy::cast_possible_truncation,
                reason = "no number is larger than the largest, which becomes 127"
            )]
            let rounded = (number * scale).round() as i8;
            *cell = rounded;
        }
        Self {
            cells,
            unit: unit(&cells),
        }
    }

    /// Returns the direction in the eight steps that three bits tell apart, as odd numbers from −7 to 7: what is kept of the many. No
    /// cell is 0, so its sign is one bit of the three.
    ///
    /// Numbers of a normal distribution lose least in steps of .586 of their deviation (J. Max, Quantizing for minimum distortion,
    /// 1960, table II). What is lost has no direction of its own, so that cosines with other directions become smaller by the same
    /// factor, which the unit makes good.
    pub(crate) fn coarse(&self) -> Self {
        if self.unit <= 0.0 {
            return *self;
        }
        let steps = self.unit * DEVIATIONS / STEP;
        #[expect(
            clippy::cast_possible_truncation,
            reason = "between −4 and 3 before it is cast"
        )]
        let cells = self.cells.map(|cell| {
            let step = (f32::from(cell) * steps).floor().clamp(-4.0, 3.0);
            2 * (step as i8) + 1
        });
        let mut squares = 0;
        for cell in &cells {
            squares += u32::from(cell.unsigned_abs()).pow(2);
        }
        Self::of_coarse(cells, squares)
    }

    /// Puts a direction together from its `cells` as [`Embedding::coarse`] leaves them and the sum of their squares: 0, of a text
    /// without a word, makes it none.
    #[expect(
        clippy::inline_always,
        reason = "built anew for the processor it runs on, inside `Arch::dispatch`"
    )]
    #[inline(always)]
    pub(crate) fn of_coarse(cells: [i8; DIMENSIONS], squares: u32) -> Self {
        if squares == 0 {
            return Self {
                cells: [0; DIMENSIONS],
                unit: 0.0,
            };
        }
        #[expect(clippy::cast_precision_loss, reason = "256 · 7² is below 2^24")]
        let length = (squares as f32).sqrt();
        Self {
            cells,
            unit: (LEFT_OF_COSINE * length).recip(),
        }
    }

    /// Returns the cosine between this direction and `other`.
    #[expect(
        clippy::inline_always,
        reason = "built anew for the processor it runs on, inside `Arch::dispatch`"
    )]
    #[inline(always)]
    pub(crate) fn cosine(&self, other: &Self) -> f32 {
        self.unit * other.unit * dot(&self.cells, other.cells.iter().copied())
    }

    /// Returns the cosine between this direction and each of `others`; 0 to none.
    pub(crate) fn cosines(&self, others: &[Option<Self>]) -> Vec<f32> {
        pulp::Arch::new().dispatch(Cosines { of: self, others })
    }

    /// Returns the middle between this direction (weight 1) and `others`, each with its weight.
    pub(crate) fn towards(&self, others: &[(f32, Self)]) -> Self {
        let mut sum = self.cells.map(|cell| f32::from(cell) * self.unit);
        for (weight, other) in others {
            for (sum, cell) in sum.iter_mut().zip(other.cells) {
                *sum += weight * other.unit * f32::from(cell);
            }
        }
        Self::of(&sum)
    }
}

/// The cosines between a direction and others.
struct Cosines<'a> {
    of: &'a Embedding,
    others: &'a [Option<Embedding>],
}

impl pulp::NullaryFnOnce for Cosines<'_> {
    type Output = Vec<f32>;

    #[expect(
        clippy::inline_always,
        reason = "built anew for the processor it runs on, inside `Arch::dispatch`"
    )]
    #[inline(always)]
    fn call(self) -> Vec<f32> {
        let mut cosines = Vec::with_capacity(self.others.len());
        for other in self.others {
            cosines.push(match other {
                Some(other) => self.of.cosine(other),
                None => 0.0,
            });
        }
        cosines
    }
}

/// Returns the sum of the products of two rows of cells, of at most 1,024 each.
#[expect(
    clippy::inline_always,
    reason = "built anew for the processor it runs on, inside `Arch::dispatch`"
)]
#[inline(always)]
pub(crate) fn dot(one: &[i8], other: impl Iterator<Item = i8>) -> f32 {
    // A loop: what `sum` calls would not be built anew.
    let mut sum = 0i32;
    for (one, other) in one.iter().zip(other) {
        sum += i32::from(*one) * i32::from(other);
    }
    #[expect(clippy::cast_precision_loss, reason = "1,024 · 127² is below 2^24")]
    let sum = sum as f32;
    sum
}

fn unit(cells: &[i8; DIMENSIONS]) -> f32 {
    let length = dot(cells, cells.iter().copied()).sqrt();
    if length > 0.0 { length.recip() } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cosine(one: &str, other: &str) -> f32 {
        let mut embedder = Embedder::new();
        let (one, other) = (embedder.embed(&[one]), embedder.embed(&[other]));
        one.cosine(&other)
    }

    #[test]
    fn texts_that_mean_the_same_are_nearer_than_texts_that_do_not() {
        let same = cosine("remove a directory", "delete the folder");
        let other = cosine("remove a directory", "colour of the morning sky");
        assert!(same > other + 0.2, "{same} {other}");
        assert!(cosine("retry policy", "policy, RETRY!") > 0.9);
    }

    #[test]
    fn wide_instructions_and_plain_ones_find_the_same_cosines() {
        let mut embedder = Embedder::new();
        let of = embedder.embed(&["remove a directory"]);
        let others = [Some(embedder.embed(&["delete the folder"])), None, Some(of)];
        let cosines = of.cosines(&others);
        let plain = Cosines {
            of: &of,
            others: &others,
        };
        assert_eq!(cosines, pulp::NullaryFnOnce::call(plain));
        assert!(cosines[0] > 0.0 && cosines[1] == 0.0 && cosines[2] > 0.999);
    }

    #[test]
    fn a_text_without_words_has_no_direction() {
        let mut embedder = Embedder::new();
        for text in ["", " \n\t", "\u{0}\u{1}"] {
            assert_eq!(embedder.embed(&[text]).unit.to_bits(), 0f32.to_bits());
        }
    }

    #[test]
    fn a_direction_in_few_steps_is_nearly_the_same_one() {
        let mut embedder = Embedder::new();
        let text = "How a pool of connections is closed, and when it has to be drained first.";
        let fine = embedder.embed(&[text]);
        let coarse = fine.coarse();
        assert!(
            (0.97..1.03).contains(&fine.cosine(&coarse)),
            "{}",
            fine.cosine(&coarse)
        );
        for (fine, coarse) in fine.cells.iter().zip(coarse.cells) {
            assert!(coarse % 2 != 0 && (-7..=7).contains(&coarse));
            assert_eq!(*fine < 0, coarse < 0);
        }
        let other =
            embedder.embed(&["Connections of a pool that nobody uses any more are closed."]);
        let (exact, kept) = (other.cosine(&fine), other.cosine(&coarse));
        assert!((exact - kept).abs() < 0.04, "{exact} {kept}");
        let nothing = embedder.embed(&[""]);
        assert_eq!(nothing.coarse(), nothing);
    }

    #[test]
    fn only_the_beginning_of_an_endless_text_counts() {
        let mut embedder = Embedder::new();
        let long = "stone é".repeat(TEXT_BYTES_MAX);
        assert!(embedder.embed(&[&long, "river"]).unit > 0.0);
    }
}
