//! What the values of a column are, exactly: how many, of which kinds, which ones, from where to where.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::fmt::Write as _;

use super::super::strategy::json::is_bare;

/// A column with at most so many distinct values has all of them named.
const VALUES_MAX: usize = 8;

/// How much is said of values, most first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Detail {
    /// Bytes of a value that are shown.
    pub(super) value_bytes: usize,
    /// Whether more than the kind of values is said.
    pub(super) has_values: bool,
    /// Whether keys that stand in another place already are named by that place.
    pub(super) refers: bool,
}

impl Detail {
    /// From everything to kinds alone.
    pub(super) const ALL: [Self; 7] = [
        Self::of(120),
        Self::of(48),
        Self::of(24),
        Self::of(48).referring(),
        Self::of(24).referring(),
        Self::of(12).referring(),
        Self {
            value_bytes: 0,
            has_values: false,
            refers: true,
        },
    ];

    const fn of(value_bytes: usize) -> Self {
        Self {
            value_bytes,
            has_values: true,
            refers: false,
        }
    }

    const fn referring(self) -> Self {
        Self {
            refers: true,
            ..self
        }
    }

    /// Returns the beginning of `value` that is shown, with a sign if it is not the whole.
    pub(super) fn clip(self, value: &str) -> String {
        if value.len() <= self.value_bytes {
            return value.to_owned();
        }
        let end = (0..=self.value_bytes)
            .rev()
            .find(|end| value.is_char_boundary(*end));
        format!("{}…", value.get(..end.unwrap_or(0)).unwrap_or(""))
    }
}

/// A kind of value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Scalar {
    /// A number.
    Number,
    /// A text.
    Text,
    /// `true` or `false`.
    Bool,
    /// Nothing: `null`, or an empty field.
    Null,
}

impl Scalar {
    const ALL: [Self; 3] = [Self::Number, Self::Text, Self::Bool];

    fn word(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::Text => "text",
            Self::Bool => "bool",
            Self::Null => "null",
        }
    }
}

/// The values of one column, each spelling counted.
#[derive(Debug, Default)]
pub(super) struct Statistics<'t> {
    total: usize,
    nulls: usize,
    counts: HashMap<(Scalar, &'t str), usize>,
}

impl<'t> Statistics<'t> {
    /// Takes in one value.
    pub(super) fn add(&mut self, kind: Scalar, value: &'t str) {
        self.total += 1;
        if kind == Scalar::Null {
            self.nulls += 1;
        } else {
            *self.counts.entry((kind, value)).or_default() += 1;
        }
    }

    /// Returns how many values there are.
    pub(super) fn total(&self) -> usize {
        self.total
    }

    /// Returns how often a value occurs, if it is one of few.
    pub(super) fn count_of_few(&self, kind: Scalar, value: &str) -> Option<usize> {
        (self.counts.len() <= VALUES_MAX)
            .then(|| self.counts.get(&(kind, value)).copied())
            .flatten()
    }

    /// Returns the greatest number if it stands out: ten times the middle one.
    pub(super) fn outlier(&self) -> Option<&'t str> {
        let mut numbers: Vec<(&str, usize)> = self
            .counts
            .iter()
            .filter(|((kind, _), _)| *kind == Scalar::Number)
            .map(|((_, number), count)| (*number, *count))
            .collect();
        numbers.sort_unstable_by(|(one, _), (other, _)| compare(one, other));
        let half = numbers.iter().map(|(_, count)| count).sum::<usize>() / 2;
        let mut below = 0;
        let (middle, _) = numbers.iter().find(|(_, count)| {
            below += count;
            below > half
        })?;
        let (last, count) = *numbers.last()?;
        let (middle, most): (f64, f64) = (middle.parse().ok()?, last.parse().ok()?);
        (count == 1 && middle > 0.0 && most >= middle * 10.0).then_some(last)
    }

    /// Says what the values are; a value that is alone speaks for itself.
    pub(super) fn describe(&self, detail: Detail) -> String {
        let mut out = String::new();
        if let (1, true) = (self.total, detail.has_values) {
            let only = self.counts.keys().next();
            return match only {
                Some((Scalar::Text, text)) if text.is_empty() || is_bare(text) => {
                    format!(": \"{text}\"")
                }
                Some((_, value)) => format!(": {}", detail.clip(value)),
                None => ": null".to_owned(),
            };
        }
        let kinds = Scalar::ALL.map(|kind| {
            let of_kind = self.counts.iter().filter(|((other, _), _)| *other == kind);
            (kind, of_kind.map(|(_, count)| count).sum::<usize>())
        });
        let present: Vec<_> = kinds.iter().filter(|(_, count)| *count > 0).collect();
        for (index, (kind, count)) in present.iter().enumerate() {
            out.push_str(if index > 0 { " | " } else { "" });
            out.push_str(kind.word());
            if present.len() > 1 && detail.has_values {
                // Writing to a string cannot fail.
                _ = write!(out, "×{count}");
            }
        }
        if self.nulls > 0 {
            out.push_str(if present.is_empty() {
                "null"
            } else {
                " | null"
            });
            if !present.is_empty() {
                _ = write!(out, "×{}", self.nulls);
            }
        }
        if detail.has_values {
            self.values(detail, &mut out);
        }
        out
    }

    fn values(&self, detail: Detail, out: &mut String) {
        let values = self.total - self.nulls;
        if self.counts.len() <= VALUES_MAX {
            let mut counts: Vec<_> = self.counts.iter().collect();
            // The most frequent first; equal ones in the order of their spelling, so that the text is always the same.
            counts.sort_unstable_by(|(one, count), (other, more)| {
                more.cmp(count).then_with(|| one.cmp(other))
            });
            for (index, ((_, value), count)) in counts.into_iter().enumerate() {
                out.push_str(if index > 0 { ", " } else { ": " });
                out.push_str(&detail.clip(value));
                if values > 1 {
                    _ = write!(out, "×{count}");
                }
            }
            return;
        }
        if self.counts.len() == values {
            out.push_str(", all distinct");
        } else {
            _ = write!(out, ", {} distinct", self.counts.len());
        }
        for kind in [Scalar::Number, Scalar::Text] {
            let of_kind = self.counts.keys().filter(|(other, _)| *other == kind);
            let mut ends: Option<(&str, &str)> = None;
            for (_, value) in of_kind {
                let (least, greatest) = ends.unwrap_or((value, value));
                let order = |one: &str, other: &str| match kind {
                    Scalar::Number => compare(one, other),
                    _ => one.cmp(other),
                };
                ends = Some((
                    if order(value, least).is_lt() {
                        value
                    } else {
                        least
                    },
                    if order(value, greatest).is_gt() {
                        value
                    } else {
                        greatest
                    },
                ));
            }
            if let Some((least, greatest)) = ends {
                _ = write!(out, ", {}..{}", detail.clip(least), detail.clip(greatest));
            }
        }
    }
}

/// Compares two spellings of numbers by value, integers exactly.
fn compare(one: &str, other: &str) -> Ordering {
    if let (Ok(one), Ok(other)) = (one.parse::<i128>(), other.parse::<i128>()) {
        return one.cmp(&other);
    }
    let value = |text: &str| text.parse::<f64>().unwrap_or(0.0);
    value(one)
        .total_cmp(&value(other))
        .then_with(|| one.cmp(other))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(values: &[(Scalar, &'static str)]) -> Statistics<'static> {
        let mut statistics = Statistics::default();
        for (kind, value) in values {
            statistics.add(*kind, value);
        }
        statistics
    }

    #[test]
    fn few_values_are_counted_and_many_are_bounded() {
        let [all, ..] = Detail::ALL;
        let state = of(&[
            (Scalar::Text, "open"),
            (Scalar::Text, "closed"),
            (Scalar::Text, "open"),
            (Scalar::Null, ""),
        ]);
        assert_eq!(state.describe(all), "text | null×1: open×2, closed×1");
        assert_eq!(of(&[(Scalar::Bool, "true")]).describe(all), ": true");
        assert_eq!(of(&[(Scalar::Text, "7")]).describe(all), ": \"7\"");
        assert_eq!(of(&[(Scalar::Null, "")]).describe(all), ": null");
        let numbers = ["7", "10", "-3", "9", "1", "2", "3", "4", "5", "5"];
        let numbers = of(&numbers.map(|number| (Scalar::Number, number)));
        assert_eq!(numbers.describe(all), "number, 9 distinct, -3..10");
        let [.., last] = Detail::ALL;
        assert_eq!(numbers.describe(last), "number");
    }

    #[test]
    fn long_values_are_cut_between_characters() {
        let detail = Detail::of(4);
        assert_eq!(detail.clip("größer"), "grö…");
        assert_eq!(detail.clip("kurz"), "kurz");
    }

    #[test]
    fn numbers_are_ordered_by_value_beyond_what_a_float_can_tell() {
        assert_eq!(
            compare("9007199254740993", "9007199254740992"),
            Ordering::Greater
        );
        assert_eq!(compare("1e3", "999.5"), Ordering::Greater);
        let durations = ["10", "11", "12", "13", "900"].map(|number| (Scalar::Number, number));
        assert_eq!(of(&durations).outlier(), Some("900"));
        assert_eq!(of(&durations[..4]).outlier(), None);
    }
}
