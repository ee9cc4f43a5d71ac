//! What a distilled text still shows of its original, counted by rules that need no model and know nothing of how a digest
//! is made: one file a column, and [`COLUMNS`], the registry.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use serde_json::{Value, json};

use super::{diagnostics, recall, signatures, templates};

/// Every column, in the order of their tables.
pub(super) const COLUMNS: &[&dyn Column] = &[
    &recall::Recall,
    &templates::Templates,
    &diagnostics::Diagnostics,
    &signatures::Signatures,
];

/// A thing to look for in what is shown.
pub(super) trait Column: Sync {
    /// Its key in JSON.
    fn name(&self) -> &'static str;
    /// What stands above its table.
    fn title(&self) -> &'static str;
    /// Returns what is shown of it, by kinds; nothing if the original has none.
    fn of(&self, sample: &Sample<'_>) -> Option<Shares>;
}

/// A text and what was made of it.
pub(super) struct Sample<'s> {
    pub(super) file: &'s Path,
    /// What `distill` takes the text for.
    pub(super) kind: &'s str,
    pub(super) text: &'s str,
    pub(super) shown: &'s str,
}

/// Found ones and all.
pub(super) type Share = (usize, usize);

/// Shares by what they are of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Shares(pub(super) Vec<(&'static str, Share)>);

/// What the columns found in one file, or in several.
#[derive(Debug, Clone, Default)]
pub(super) struct Found(BTreeMap<&'static str, Shares>);

impl Found {
    /// Returns what every column finds; all of it if `is_whole`: what decodes to the original lacks nothing, however it
    /// is spelled.
    pub(super) fn of(sample: &Sample<'_>, is_whole: bool) -> Self {
        let found = |column: &&dyn Column| {
            let shares = column.of(sample)?;
            Some((
                column.name(),
                if is_whole { shares.whole() } else { shares },
            ))
        };
        Self(COLUMNS.iter().filter_map(found).collect())
    }

    /// Adds what was found in another file.
    pub(super) fn add(&mut self, other: &Self) {
        for (name, shares) in &other.0 {
            let total = self.0.entry(name).or_default();
            *total = total.plus(shares);
        }
    }

    /// What one column found.
    pub(super) fn get(&self, column: &dyn Column) -> Option<&Shares> {
        self.0.get(column.name())
    }
}

impl Shares {
    fn plus(&self, other: &Self) -> Self {
        if self.0.is_empty() {
            return other.clone();
        }
        let pairs = self.0.iter().zip(&other.0);
        let sum = |((name, one), (_, other)): (&(&'static str, Share), &(&str, Share))| {
            (*name, (one.0 + other.0, one.1 + other.1))
        };
        Self(pairs.map(sum).collect())
    }

    fn whole(&self) -> Self {
        let all = self.0.iter().map(|(name, (_, all))| (*name, (*all, *all)));
        Self(all.collect())
    }

    /// `{"keys": {"found": 3, "of": 4}}`.
    pub(super) fn json(&self) -> Value {
        let share = |(name, (found, all)): &(&str, Share)| {
            ((*name).to_owned(), json!({"found": found, "of": all}))
        };
        Value::Object(self.0.iter().map(share).collect())
    }
}

impl fmt::Display for Shares {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // What the text has nothing of is not missing.
        let there = self.0.iter().filter(|(_, (_, all))| *all > 0);
        for (number, (name, (found, all))) in there.enumerate() {
            // Percent, one place after the point, rounded down: all is all.
            let thousandths = (found * 1000).checked_div(*all).unwrap_or(1000);
            let (whole, tenth) = (thousandths / 10, thousandths % 10);
            let gap = if number == 0 { "" } else { "  " };
            write!(formatter, "{gap}{name} {whole:>3}.{tenth} % of {all:<5}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_summed_kind_by_kind_and_rounded_down() {
        let one = Shares(vec![
            ("keys", (2, 3)),
            ("tests", (0, 0)),
            ("values", (0, 2)),
        ]);
        let both = one.plus(&one.whole());
        assert_eq!(
            both,
            Shares(vec![
                ("keys", (5, 6)),
                ("tests", (0, 0)),
                ("values", (2, 4))
            ])
        );
        assert_eq!(Shares::default().plus(&one), one);
        assert_eq!(
            both.to_string(),
            "keys  83.3 % of 6      values  50.0 % of 4    "
        );
    }

    #[test]
    fn every_column_has_a_name_of_its_own() {
        let names: BTreeMap<_, _> = COLUMNS
            .iter()
            .map(|column| (column.name(), column.title()))
            .collect();
        assert_eq!(names.len(), COLUMNS.len());
    }
}
