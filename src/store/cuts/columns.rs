//! Numbers and texts as bytes: columns of numbers, nearly all small, and behind them all texts.

use std::fmt::Display;

/// Why bytes are not what was written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(in crate::store) struct Damaged(String);

impl Damaged {
    pub(super) fn wrong(what: impl Display) -> Self {
        Self(format!("{what} is missing or wrong"))
    }
}

/// Columns and texts while they are written: of each row its numbers, every one to its column.
pub(super) struct Written<const COLUMNS: usize> {
    columns: [Vec<u8>; COLUMNS],
}

impl<const COLUMNS: usize> Written<COLUMNS> {
    pub(super) fn new() -> Self {
        Self {
            columns: std::array::from_fn(|_| Vec::new()),
        }
    }

    pub(super) fn row(&mut self, numbers: [u64; COLUMNS]) {
        for (column, number) in self.columns.iter_mut().zip(numbers) {
            put(column, number);
        }
    }

    /// Appends all columns to `bytes`, one behind the other.
    pub(super) fn end(self, bytes: &mut Vec<u8>) {
        for column in self.columns {
            bytes.extend(column);
        }
    }
}

/// Appends `number`, seven bits a byte, the lowest first.
pub(super) fn put(bytes: &mut Vec<u8>, mut number: u64) {
    while number > 0x7f {
        bytes.push(number.to_le_bytes()[0] | 0x80);
        number >>= 7;
    }
    bytes.push(number.to_le_bytes()[0]);
}

/// Returns how far `number` is from `expected`, as a number that is small where they are close.
pub(super) fn apart(number: u64, expected: u64) -> u64 {
    let apart = number.wrapping_sub(expected).cast_signed();
    ((apart << 1) ^ (apart >> 63)).cast_unsigned()
}

/// Returns the number that is so far from `expected`.
pub(super) fn from_apart(apart: u64, expected: u64) -> u64 {
    expected.wrapping_add((apart >> 1) ^ (apart & 1).wrapping_neg())
}

/// What is left to read.
pub(super) struct Unread<'a>(pub(super) &'a [u8]);

impl<'a> Unread<'a> {
    pub(super) fn number(&mut self) -> Result<u64, Damaged> {
        let mut number = 0;
        for shift in (0..u64::BITS).step_by(7) {
            let Some((byte, rest)) = self.0.split_first() else {
                break;
            };
            self.0 = rest;
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
        Err(Damaged::wrong("a number"))
    }

    /// Returns how many rows there are: no more than bytes are left, for each has one at least.
    pub(super) fn count(&mut self) -> Result<usize, Damaged> {
        let count = usize::try_from(self.number()?).ok();
        count
            .filter(|count| *count <= self.0.len())
            .ok_or_else(|| Damaged::wrong("a count"))
    }

    /// Returns `rows` rows of numbers that lie in columns.
    pub(super) fn rows<const COLUMNS: usize>(
        &mut self,
        rows: usize,
    ) -> Result<Vec<[u64; COLUMNS]>, Damaged> {
        if rows > self.0.len() / COLUMNS.max(1) {
            return Err(Damaged::wrong("a row"));
        }
        let mut read = vec![[0; COLUMNS]; rows];
        for column in 0..COLUMNS {
            for row in &mut read {
                if let Some(number) = row.get_mut(column) {
                    *number = self.number()?;
                }
            }
        }
        Ok(read)
    }

    /// Returns the texts that everything else is.
    pub(super) fn texts(mut self) -> Result<Texts<'a>, Damaged> {
        let count = self.count()?;
        let lengths = self.rows(count)?;
        let letters = std::str::from_utf8(self.0).map_err(|_| Damaged::wrong("a letter"))?;
        Ok(Texts {
            lengths: lengths.into_iter(),
            letters,
        })
    }
}

/// Texts that are still to be taken, in order.
pub(super) struct Texts<'a> {
    lengths: std::vec::IntoIter<[u64; 1]>,
    letters: &'a str,
}

impl<'a> Texts<'a> {
    pub(super) fn take(&mut self) -> Result<&'a str, Damaged> {
        let length = self.lengths.next();
        let length = length.and_then(|[length]| usize::try_from(length).ok());
        let (text, rest) = length
            .and_then(|length| self.letters.split_at_checked(length))
            .ok_or_else(|| Damaged::wrong("a text"))?;
        self.letters = rest;
        Ok(text)
    }
}

/// Appends `texts` so that [`Unread::texts`] returns them.
pub(super) fn put_texts(bytes: &mut Vec<u8>, texts: &[&str]) {
    put(bytes, texts.len() as u64);
    for text in texts {
        put(bytes, text.len() as u64);
    }
    for text in texts {
        bytes.extend_from_slice(text.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn rows_and_texts_come_back(rows in prop::collection::vec(any::<[u64; 2]>(), 0..9), texts in prop::collection::vec(".{0,9}", 0..9)) {
            let mut bytes = Vec::new();
            put(&mut bytes, rows.len() as u64);
            let mut written = Written::new();
            for row in &rows {
                written.row(*row);
            }
            written.end(&mut bytes);
            let borrowed: Vec<&str> = texts.iter().map(String::as_str).collect();
            put_texts(&mut bytes, &borrowed);
            let mut unread = Unread(&bytes);
            let count = unread.count().unwrap();
            prop_assert_eq!(unread.rows::<2>(count).unwrap(), rows);
            let mut read = unread.texts().unwrap();
            for text in &texts {
                prop_assert_eq!(read.take().unwrap(), text);
            }
            prop_assert!(read.take().is_err());
        }

        #[test]
        fn a_number_is_as_far_from_what_was_expected_as_was_written(number: u64, expected: u64) {
            prop_assert_eq!(from_apart(apart(number, expected), expected), number);
        }
    }

    #[test]
    fn what_is_close_takes_one_byte() {
        for number in 937..1_001 {
            assert!(apart(number, 969) < 0x80, "{number}");
        }
    }

    #[test]
    fn counts_of_more_than_there_is_are_damage() {
        let mut bytes = Vec::new();
        put(&mut bytes, u64::MAX);
        assert!(Unread(&bytes).count().is_err());
        assert!(Unread(&bytes).rows::<1>(usize::MAX).is_err());
        assert!(Unread(&[0xff; 20]).number().is_err());
        assert!(Unread(&[]).number().is_err());
    }
}
