//! The nearest sections to a direction, by looking at every one.
//!
//! Few sections are compared cell by cell. Of many, only the sign of each cell is compared first, 32 bytes a section
//! instead of 100, and what remains cell by cell. The loops are plain ones: built once for the processor at hand by
//! [`pulp::Arch::dispatch`], which does not reach into what iterators call, and once as they are, which the tests compare.

use std::ops::Range;

use super::record::{CODE_BYTES, ROW_BYTES, direction};
use crate::lookup::best::Best;
use crate::lookup::embedding::Embedding;

/// Sections from which on signs are compared first: of fewer, a good part would be left.
const SIGNS_FIRST_ROWS: usize = 5_000;
/// Sections that the comparison of signs leaves, of all and at least: fewer would lose some of the nearest hundred.
const LEFT_SHARE: usize = 512;
const LEFT_MIN: usize = 1_500;

/// A section near the direction asked for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Near {
    pub(super) row: u32,
    pub(super) cosine: f32,
}

/// What is scanned: as many codes as rows.
#[derive(Clone, Copy)]
pub(super) struct Field<'a> {
    pub(super) codes: &'a [[u8; CODE_BYTES]],
    pub(super) rows: &'a [[u8; ROW_BYTES]],
}

/// Returns the `most` rows in `ranges` that are nearest to `wanted`, nearest first.
pub(super) fn nearest(
    field: Field<'_>,
    ranges: &[Range<usize>],
    wanted: &Embedding,
    most: usize,
) -> Vec<Near> {
    pulp::Arch::new().dispatch(Look {
        field,
        ranges,
        wanted,
        most,
    })
}

/// A look at every row. No closure, for the compiler may leave one out of what is built anew.
struct Look<'a> {
    field: Field<'a>,
    ranges: &'a [Range<usize>],
    wanted: &'a Embedding,
    most: usize,
}

impl pulp::NullaryFnOnce for Look<'_> {
    type Output = Vec<Near>;

    #[expect(
        clippy::inline_always,
        reason = "built anew for the processor it runs on, inside `Arch::dispatch`"
    )]
    #[inline(always)]
    fn call(self) -> Vec<Near> {
        let Self {
            field,
            ranges,
            wanted,
            most,
        } = self;
        let all: usize = ranges.iter().map(ExactSizeIterator::len).sum();
        let mut best = Best::new(most);
        if all < SIGNS_FIRST_ROWS {
            for range in ranges {
                let records = slice(field.rows, range)
                    .iter()
                    .zip(slice(field.codes, range));
                for (number, (row, code)) in range.clone().zip(records) {
                    best.offer(cosine(wanted, row, code), number);
                }
            }
        } else {
            let left = (all / LEFT_SHARE).max(LEFT_MIN).max(most);
            for number in by_signs(field.codes, ranges, wanted, left) {
                if let (Some(row), Some(code)) = (field.rows.get(number), field.codes.get(number)) {
                    best.offer(cosine(wanted, row, code), number);
                }
            }
        }
        best.sorted()
            .filter_map(|(cosine, row)| {
                let row = u32::try_from(row).ok()?;
                Some(Near { row, cosine })
            })
            .collect()
    }
}

fn slice<'a, T>(all: &'a [T], range: &Range<usize>) -> &'a [T] {
    all.get(range.clone()).unwrap_or_default()
}

/// Returns about `left` rows whose signs differ least from those of `wanted`.
#[expect(
    clippy::inline_always,
    reason = "built anew for the processor it runs on, inside `Arch::dispatch`"
)]
#[inline(always)]
fn by_signs(
    codes: &[[u8; CODE_BYTES]],
    ranges: &[Range<usize>],
    wanted: &Embedding,
    left: usize,
) -> Vec<usize> {
    let signs = words(
        &super::Row {
            part: 0,
            tokens: 0,
            embedding: *wanted,
        }
        .code(),
    );
    let mut differences = vec![0u8; ranges.iter().map(ExactSizeIterator::len).sum()];
    let mut left_over = differences.as_mut_slice();
    for range in ranges {
        let codes = slice(codes, range);
        let (these, rest) = left_over.split_at_mut(codes.len().min(left_over.len()));
        for (difference, code) in these.iter_mut().zip(codes) {
            let mut differing = 0;
            for (code, sign) in words(code).iter().zip(signs) {
                differing += (code ^ sign).count_ones();
            }
            *difference = u8::try_from(differing).unwrap_or(u8::MAX);
        }
        left_over = rest;
    }
    let mut counts = [0usize; 256];
    for difference in &differences {
        if let Some(count) = counts.get_mut(usize::from(*difference)) {
            *count += 1;
        }
    }
    let mut taken = 0;
    let cut = (0u8..=u8::MAX).zip(counts).find_map(|(difference, count)| {
        taken += count;
        (taken >= left).then_some(difference)
    });
    let cut = cut.unwrap_or(u8::MAX);
    let numbers = ranges.iter().flat_map(Clone::clone);
    numbers
        .zip(differences)
        .filter(|(_, difference)| *difference <= cut)
        .map(|(number, _)| number)
        .collect()
}

/// A code as four words, which processors compare at once.
#[expect(
    clippy::inline_always,
    reason = "built anew for the processor it runs on, inside `Arch::dispatch`"
)]
#[inline(always)]
fn words(code: &[u8; CODE_BYTES]) -> [u64; CODE_BYTES / 8] {
    let mut words = [0; CODE_BYTES / 8];
    let (eights, _) = code.as_chunks::<8>();
    for (word, eight) in words.iter_mut().zip(eights) {
        *word = u64::from_le_bytes(*eight);
    }
    words
}

/// Returns the cosine between `wanted` and the direction of `row`, whose signs are in `code`.
#[expect(
    clippy::inline_always,
    reason = "built anew for the processor it runs on, inside `Arch::dispatch`"
)]
#[inline(always)]
pub(super) fn cosine(wanted: &Embedding, row: &[u8; ROW_BYTES], code: &[u8; CODE_BYTES]) -> f32 {
    // No closure: it would not be built anew.
    let Some((_, sizes)) = row.split_last_chunk() else {
        return 0.0;
    };
    wanted.cosine(&direction(sizes, code))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::Row;
    use super::*;

    /// Directions that look random and are the same each time.
    fn rows(count: usize, seed: u64) -> Vec<Row> {
        let mut state = seed | 1;
        let mut next = move || {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            f32::from(u16::try_from(state >> 48).unwrap()) / 32_768.0 - 1.0
        };
        let mut row = move || {
            let sum = std::array::from_fn(|_| next());
            Row {
                part: 1,
                tokens: 9,
                embedding: Embedding::of(&sum).coarse(),
            }
        };
        (0..count).map(|_| row()).collect()
    }

    type Files = (Vec<[u8; CODE_BYTES]>, Vec<[u8; ROW_BYTES]>);

    fn files(rows: &[Row]) -> Files {
        rows.iter().map(|row| (row.code(), row.to_bytes())).unzip()
    }

    #[test]
    fn wide_instructions_and_plain_ones_find_the_same_rows() {
        for count in [0, 1, 700, SIGNS_FIRST_ROWS + 3] {
            let (codes, bytes) = files(&rows(count, 5));
            let field = Field {
                codes: &codes,
                rows: &bytes,
            };
            let wanted = rows(1, 77)[0].embedding;
            let all = [0..count / 3, count / 3..count];
            let found = nearest(field, &all, &wanted, 100);
            let look = Look {
                field,
                ranges: &all,
                wanted: &wanted,
                most: 100,
            };
            assert_eq!(found, pulp::NullaryFnOnce::call(look));
            assert_eq!(found.len(), count.min(100));
        }
    }

    #[test]
    fn comparing_signs_first_loses_hardly_any_of_the_nearest() {
        let all = rows(SIGNS_FIRST_ROWS, 11);
        let (codes, bytes) = files(&all);
        let field = Field {
            codes: &codes,
            rows: &bytes,
        };
        let mut found = 0;
        for query in rows(10, 13) {
            let mut exact: Vec<(f32, usize)> = bytes
                .iter()
                .zip(&codes)
                .enumerate()
                .map(|(number, (row, code))| (cosine(&query.embedding, row, code), number))
                .collect();
            exact.sort_by(|one, other| other.0.total_cmp(&one.0));
            let near = nearest(
                field,
                std::slice::from_ref(&(0..all.len())),
                &query.embedding,
                10,
            );
            let best: Vec<usize> = near.iter().map(|near| near.row as usize).collect();
            found += exact[..10]
                .iter()
                .filter(|(_, number)| best.contains(number))
                .count();
        }
        assert!(found >= 80, "{found} of 100");
    }

    proptest! {
        #[test]
        fn only_rows_of_the_ranges_are_found_and_the_best_come_first(
            count in 1usize..60, from in 0usize..60, length in 0usize..70, most in 1usize..8
        ) {
            let (codes, bytes) = files(&rows(count, 3));
            let field = Field { codes: &codes, rows: &bytes };
            let wanted = rows(1, 21)[0].embedding;
            let range = from.min(count)..(from + length).min(count).max(from.min(count));
            let found = nearest(field, std::slice::from_ref(&range), &wanted, most);
            prop_assert_eq!(found.len(), most.min(range.len()));
            prop_assert!(found.iter().all(|near| range.contains(&(near.row as usize))));
            prop_assert!(found.is_sorted_by(|one, other| one.cosine >= other.cosine));
        }
    }
}
