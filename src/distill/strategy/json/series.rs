//! Values of which each is as much more than the one before: `101..`, `0..+15`, `2026-01-01T00:00:00Z..+1h`.
//!
//! `1..*12` begins again after twelve values. `101..@7+2` counts on from a step of 2 to its seventh value.

use std::cell::Cell;
use std::fmt::Write as _;

use super::lexer::{is_bare, is_text, text_length};
use super::notation::ends_word;
use super::scale::Scale;

/// Steps of another size: a reader has to add them up.
const JUMPS_MAX: usize = 16;
/// Values for each such step: with fewer, they count nothing.
const JUMPS_SHARE: usize = 8;

/// A first value, and how the others follow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Series {
    scale: Scale,
    /// Whether the values are numbers and not strings.
    pub(super) bare: bool,
    first: i128,
    step: i128,
    turns: Turns,
}

/// Where a series does not take its step.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Turns {
    /// After so many values it begins again.
    Again(usize),
    /// At these values, counted from 1, it takes another step.
    Jumps(Vec<(usize, i128)>),
}

/// How far a series is read: the values before, and the next one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    before: usize,
    next: i128,
}

impl Series {
    /// Finds what values count; at least three must.
    pub(super) fn of<'n>(
        values: &(impl Iterator<Item = &'n str> + Clone),
        bare: bool,
    ) -> Option<Self> {
        let first = values.clone().next()?;
        // Most columns begin with a letter, and most others do not count.
        first
            .starts_with(|digit: char| digit.is_ascii_digit() || digit == '-')
            .then_some(())?;
        Scale::of(first)
            .into_iter()
            .find_map(|scale| Self::on(&scale, values, bare))
    }

    /// Tells whether these are whole numbers, one after the other.
    pub(super) fn is_plain(&self) -> bool {
        self.scale == Scale::Number(0) && self.turns == Turns::Jumps(Vec::new())
    }

    fn on<'n>(
        scale: &Scale,
        values: &(impl Iterator<Item = &'n str> + Clone),
        bare: bool,
    ) -> Option<Self> {
        let mut start = values.clone().map(|text| scale.value(text));
        let (first, second, third) = (start.next()??, start.next()??, start.next()??);
        let mut steps = vec![second - first, third - second];
        steps.dedup();
        steps.retain(|step| *step != 0);
        let turns = |step| {
            let again = || Self::again(scale, first, step, values);
            again().or_else(|| Self::jumps(scale, first, step, values))
        };
        let (step, turns) = steps
            .into_iter()
            .find_map(|step| Some((step, turns(step)?)))?;
        let series = Self {
            scale: scale.clone(),
            bare,
            first,
            step,
            turns,
        };
        // What is spelled must be read as the same.
        let spelled = series.spelling()?;
        (Self::read(&spelled)? == (series.clone(), spelled.len())).then_some(series)
    }

    /// Finds after how many values they begin again, at least once and for all of them.
    fn again<'n>(
        scale: &Scale,
        first: i128,
        step: i128,
        values: &(impl Iterator<Item = &'n str> + Clone),
    ) -> Option<Turns> {
        let counts = |(index, text): (i128, &str)| scale.value(text) == Some(first + step * index);
        let period = (0..)
            .zip(values.clone())
            .take_while(|pair| counts(*pair))
            .count();
        let rest = values.clone().skip(period);
        let count = rest.clone().count();
        (count >= period && rest.eq(values.clone().take(count))).then_some(Turns::Again(period))
    }

    fn jumps<'n>(
        scale: &Scale,
        first: i128,
        step: i128,
        values: &(impl Iterator<Item = &'n str> + Clone),
    ) -> Option<Turns> {
        let mut jumps = Vec::new();
        let (mut last, mut count) = (first, 1);
        for text in values.clone().skip(1) {
            count += 1;
            let value = scale.value(text)?;
            let taken = value - last;
            if taken != step {
                (jumps.len() < JUMPS_MAX).then_some(())?;
                jumps.push((count, taken));
            }
            last = value;
        }
        (jumps.len() * JUMPS_SHARE <= count).then_some(Turns::Jumps(jumps))
    }

    /// Writes the series as it stands in a header.
    pub(super) fn spelling(&self) -> Option<String> {
        let first = self.scale.text(self.first)?;
        let plain = is_bare(&first) == self.bare
            && !first.contains(|c: char| ends_word(c) || matches!(c, '"' | '`'));
        let mut out = if plain { first } else { format!("\"{first}\"") };
        out.push_str("..");
        out.push_str(&self.scale.step(self.step)?);
        match &self.turns {
            // Writing to a string cannot fail.
            Turns::Again(period) => _ = write!(out, "*{period}"),
            Turns::Jumps(jumps) => {
                for (count, step) in jumps {
                    // A step of one is written as nothing where a series begins, but not here.
                    let step = match self.scale.step(*step)?.as_str() {
                        "" => "+1".to_owned(),
                        step => step.to_owned(),
                    };
                    _ = write!(out, "@{count}{step}");
                }
            }
        }
        Some(out)
    }

    /// Reads what [`Self::spelling`] wrote and `text` begins with; returns the length as well.
    pub(super) fn read(text: &str) -> Option<(Self, usize)> {
        let (first, quotes) = match text.strip_prefix('"') {
            Some(inner) => (inner.get(..text_length(inner)?)?, 2),
            None => (text.split(ends_word).next()?.split_once("..")?.0, 0),
        };
        let tail = text.get(first.len() + quotes..)?;
        let tail = tail.split(ends_word).next()?;
        let length = first.len() + quotes + tail.len();
        let how = tail.strip_prefix("..")?;
        let bare = quotes == 0 && is_bare(first);
        is_text(first).then_some(())?;
        let found = Scale::of(first).into_iter().find_map(|scale| {
            let (step, turns) = if let Some((step, period)) = how.split_once('*') {
                let period = period.parse().ok().filter(|period| *period > 1)?;
                (step, Turns::Again(period))
            } else {
                let mut pieces = how.split('@');
                let step = pieces.next()?;
                let jump = |piece: &str| {
                    let (count, step) = piece.split_at_checked(piece.find(['+', '-'])?)?;
                    Some((count.parse().ok()?, scale.read_step(step)?))
                };
                (step, Turns::Jumps(pieces.map(jump).collect::<Option<_>>()?))
            };
            Some(Self {
                first: scale.value(first)?,
                step: scale.read_step(step)?,
                scale,
                bare,
                turns,
            })
        })?;
        (found.spelling().as_deref() == text.get(..length)).then_some((found, length))
    }

    /// Returns where reading starts.
    pub(super) fn start(&self) -> Cell<Place> {
        Cell::new(Place {
            before: 0,
            next: self.first,
        })
    }

    /// Returns the next value.
    pub(super) fn next(&self, place: &Cell<Place>) -> Option<String> {
        let Place { before, next } = place.get();
        let text = self.scale.text(next)?;
        let before = before + 1;
        let step = |step| next.saturating_add(step);
        let next = match &self.turns {
            Turns::Again(period) if before.is_multiple_of(*period) => self.first,
            Turns::Again(_) => step(self.step),
            Turns::Jumps(jumps) => {
                let jump = jumps.iter().find(|(count, _)| *count == before + 1);
                step(jump.map_or(self.step, |(_, step)| *step))
            }
        };
        place.set(Place { before, next });
        Some(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spelled(values: &[&str]) -> Option<String> {
        let series = Series::of(&values.iter().copied(), false)?;
        let place = series.start();
        let read: Vec<_> = values
            .iter()
            .map(|_| series.next(&place).unwrap())
            .collect();
        assert_eq!(read, values);
        series.spelling()
    }

    #[test]
    fn steps_are_said_in_the_largest_unit() {
        for (values, expected) in [
            (
                ["2024-02-28", "2024-02-29", "2024-03-01"],
                Some("2024-02-28..+1d"),
            ),
            (["2023-02-28", "2023-02-29", "2023-03-01"], None),
            (
                ["2100-02-28", "2100-03-01", "2100-03-02"],
                Some("2100-02-28..+1d"),
            ),
            (
                ["2024/01/31", "2024/01/17", "2024/01/03"],
                Some("2024/01/31..-14d"),
            ),
            (
                ["2023-11-05", "2023-12-05", "2024-01-05"],
                Some("2023-11-05..+1month"),
            ),
            (["1999-07", "2001-07", "2003-07"], Some("1999-07..+2year")),
            (
                [
                    "2024-12-31T23:30Z",
                    "2025-01-01T00:00Z",
                    "2025-01-01T00:30Z",
                ],
                Some("2024-12-31T23:30Z..+30min"),
            ),
            (
                [
                    "2024-12-31 23:59:59",
                    "2025-01-01 00:00:00",
                    "2025-01-01 00:00:01",
                ],
                Some("\"2024-12-31 23:59:59\"..+1s"),
            ),
            (
                [
                    "2024-12-31T23:59:59.750+01:00",
                    "2025-01-01T00:00:00.000+01:00",
                    "2025-01-01T00:00:00.250+01:00",
                ],
                Some("2024-12-31T23:59:59.750+01:00..+250ms"),
            ),
            (
                [
                    "2024-03-31T01:00:00+01:00",
                    "2024-03-31T03:00:00+02:00",
                    "2024-03-31T04:00:00+02:00",
                ],
                None,
            ),
            (
                [
                    "2016-12-31T23:59:59Z",
                    "2016-12-31T23:59:60Z",
                    "2017-01-01T00:00:00Z",
                ],
                None,
            ),
            (["7", "8", "9"], Some("\"7\"..")),
            (["0.50", "0.75", "1.00"], Some("\"0.50\"..+0.25")),
            (["1", "1", "1"], None),
            (["a1", "a2", "a3"], None),
        ] {
            assert_eq!(spelled(&values).as_deref(), expected, "{values:?}");
        }
    }

    #[test]
    fn a_series_may_begin_again_or_jump() {
        let months: Vec<String> = (0..36).map(|month| (month % 12 + 1).to_string()).collect();
        let months: Vec<&str> = months.iter().map(String::as_str).collect();
        assert_eq!(spelled(&months).as_deref(), Some("\"1\"..*12"));
        let mut days: Vec<String> = (1..=28).map(|day| format!("2026-02-{day:02}")).collect();
        days.retain(|day| !day.ends_with("11") && !day.ends_with("12"));
        let days: Vec<&str> = days.iter().map(String::as_str).collect();
        assert_eq!(spelled(&days).as_deref(), Some("2026-02-01..+1d@11+3d"));
        let ids: Vec<String> = (0..20)
            .map(|id| (id * 2 + i32::from(id > 3)).to_string())
            .collect();
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        assert_eq!(spelled(&ids).as_deref(), Some("\"0\"..+2@5+3"));
    }

    #[test]
    fn only_what_a_series_writes_is_read_as_one() {
        for word in [
            "",
            "..",
            "1",
            "1..+1",
            "01..",
            "1..+0.5",
            "x..",
            "2026-01-01..",
            "2026-01-01..+24h",
            "2026-01-01..+1",
            "1..*",
            "1..@2",
            "1..*1x",
            "\"1..",
            "1..+99999999999999999999",
        ] {
            assert_eq!(Series::read(word), None, "{word}");
        }
        let (series, length) = Series::read("2026-01..+1month,next").unwrap();
        assert_eq!((series.bare, length), (false, 16));
        let (series, length) = Series::read("-5..-1@9-3}").unwrap();
        assert_eq!((series.bare, length), (true, 10));
    }
}
