//! A text as a direction of as many small numbers as a model makes.

use crate::lookup::embedding::dot;

/// A direction: the cosine between two says how near they are.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Direction {
    /// The direction in whole numbers, the largest at ±127.
    pub(crate) cells: Box<[i8]>,
    /// One over the length of `cells`; 0 for a text without a direction.
    pub(crate) unit: f32,
}

impl Direction {
    /// Returns the direction of `numbers`.
    pub(crate) fn of(numbers: &[f32]) -> Self {
        let most = numbers
            .iter()
            .fold(0f32, |most, number| most.max(number.abs()));
        let scale = if most.is_normal() { 127.0 / most } else { 0.0 };
        #[expect(
            clippy::cast_possible_truncation,
            reason = "no number is larger than the largest, which becomes 127; one that is none becomes 0"
        )]
        let cells: Box<[i8]> = numbers
            .iter()
            .map(|number| (number * scale).round() as i8)
            .collect();
        let length = dot(&cells, cells.iter().copied()).sqrt();
        Self {
            unit: if length > 0.0 { length.recip() } else { 0.0 },
            cells,
        }
    }

    /// Returns the cosine between this direction and one whose cells are bytes of a file.
    #[expect(
        clippy::inline_always,
        reason = "built anew for the processor it runs on, inside `Arch::dispatch`"
    )]
    #[inline(always)]
    pub(crate) fn cosine(&self, cells: &[u8], unit: f32) -> f32 {
        let dot = dot(&self.cells, cells.iter().map(|cell| cell.cast_signed()));
        let cosine = dot * self.unit * unit;
        if cosine.is_finite() { cosine } else { 0.0 }
    }

    /// Returns the cosine between this direction and `other`.
    pub(crate) fn cosine_to(&self, other: &Self) -> f32 {
        dot(&self.cells, other.cells.iter().copied()) * self.unit * other.unit
    }

    /// Returns the middle between this direction (weight 1) and `others`, each with its weight.
    pub(crate) fn towards(&self, others: &[(f32, Self)]) -> Self {
        let mut sum: Vec<f32> = self
            .cells
            .iter()
            .map(|cell| f32::from(*cell) * self.unit)
            .collect();
        for (weight, other) in others {
            for (sum, cell) in sum.iter_mut().zip(&other.cells) {
                *sum += weight * other.unit * f32::from(*cell);
            }
        }
        Self::of(&sum)
    }
}
