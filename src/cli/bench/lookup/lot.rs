//! Numbers that look random and are the same each time.

/// A lot, by its seed (`SplitMix64`).
pub(super) struct Lot(pub(super) u64);

impl Lot {
    /// Returns a number below `end`, or 0.
    pub(super) fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        usize::try_from(mixed >> 16).unwrap_or(0) % end.max(1)
    }

    /// Returns one of `many`.
    pub(super) fn one_of<'a, T>(&mut self, many: &'a [T]) -> Option<&'a T> {
        many.get(self.below(many.len()))
    }

    /// Puts `many` in an order of its own.
    pub(super) fn shuffle<T>(&mut self, many: &mut [T]) {
        for end in (1..many.len()).rev() {
            many.swap(end, self.below(end + 1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_the_same_order_each_time_and_another_one_another() {
        let shuffled = |seed| {
            let mut many: Vec<u32> = (0..50).collect();
            Lot(seed).shuffle(&mut many);
            many
        };
        assert_eq!(shuffled(1), shuffled(1));
        assert_ne!(shuffled(1), shuffled(2));
        let mut sorted = shuffled(1);
        sorted.sort_unstable();
        assert_eq!(sorted, (0..50).collect::<Vec<u32>>());
    }
}
