//! Texts that stand for whole numbers, so that a column can be seen to count: numbers, months and moments.
//!
//! The calendar is that of ISO 8601 without leap seconds. What would not come back as it was written has no number.

use std::fmt::Write as _;

/// Digits of a number: more would not fit the arithmetic of [`Scale::value`].
const DIGITS_MAX: usize = 18;
/// Digits after the point of a second.
const FRACTION_MAX: usize = 9;
/// Days before each month of a year that is no leap year, and the days of all.
const DAYS_BEFORE: [i128; 13] = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365];
const SECOND: i128 = 1_000_000_000;
const DAY: i128 = 86_400 * SECOND;
/// Units of steps between moments, the largest first.
const UNITS: [(&str, i128); 7] = [
    ("d", DAY),
    ("h", 3600 * SECOND),
    ("min", 60 * SECOND),
    ("s", SECOND),
    ("ms", SECOND / 1000),
    ("us", SECOND / 1_000_000),
    ("ns", 1),
];
/// Units of steps between months.
const MONTH_UNITS: [(&str, i128); 2] = [("year", 12), ("month", 1)];

/// How the texts of a column stand for whole numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Scale {
    /// Decimal numbers with so many digits after the point.
    Number(usize),
    /// Months since the year 0: `2026-01`, then what all texts end with.
    Month(Style, String),
    /// Nanoseconds since the first day of the year 1: `2026-01-31T23:59:59.999`, then what all texts end with.
    Moment(Style, Grain, String),
}

/// What stands between the pieces of a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Style {
    dash: char,
    /// Between the date and the time.
    join: char,
}

/// How exact a moment is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Grain {
    Day,
    Minute,
    Second,
    /// So many digits after the point of the second.
    Fraction(usize),
}

impl Scale {
    /// Returns the scales that `text` may stand on.
    pub(super) fn of(text: &str) -> Vec<Self> {
        if let Some(digits) = number_digits(text) {
            return vec![Self::Number(digits)];
        }
        let mut scales = Vec::new();
        if let Some((style, grain, _, end)) = moment(text)
            && let Some(rest) = text.get(end..)
        {
            scales.push(Self::Moment(style, grain, rest.to_owned()));
        }
        if let Some((dash, _)) = month(text)
            && let Some(rest) = text.get(7..)
        {
            let style = Style { dash, join: 'T' };
            scales.push(Self::Month(style, rest.to_owned()));
        }
        scales
    }

    /// Returns the number that `text` stands for, if it is exactly what [`Self::text`] makes of that.
    pub(super) fn value(&self, text: &str) -> Option<i128> {
        let value = match self {
            Self::Number(digits) => {
                (number_digits(text)? == *digits).then_some(())?;
                let plain: String = text.chars().filter(|digit| *digit != '.').collect();
                plain.parse().ok()?
            }
            Self::Month(..) => month(text)?.1,
            Self::Moment(..) => moment(text)?.2,
        };
        (self.text(value)? == text).then_some(value)
    }

    /// Returns the text that stands for a number.
    pub(super) fn text(&self, value: i128) -> Option<String> {
        let mut out = String::new();
        match self {
            Self::Number(digits) => {
                let sign = if value < 0 { "-" } else { "" };
                let text = format!("{:0>width$}", value.unsigned_abs(), width = digits + 1);
                (text.len() <= DIGITS_MAX + 1).then_some(())?;
                let (whole, fraction) = text.split_at_checked(text.len() - digits)?;
                let point = if fraction.is_empty() { "" } else { "." };
                out = format!("{sign}{whole}{point}{fraction}");
            }
            Self::Month(style, rest) => {
                let (year, month) = (value.div_euclid(12), value.rem_euclid(12) + 1);
                (1..=9999).contains(&year).then_some(())?;
                // Writing to a string cannot fail.
                _ = write!(out, "{year:04}{}{month:02}{rest}", style.dash);
            }
            Self::Moment(style, grain, rest) => {
                let (days, time) = (value.div_euclid(DAY), value.rem_euclid(DAY));
                let (year, month, day) = date(days)?;
                let dash = style.dash;
                _ = write!(out, "{year:04}{dash}{month:02}{dash}{day:02}");
                let left = grain.write(style.join, time, &mut out);
                (left == 0).then_some(())?;
                out.push_str(rest);
            }
        }
        Some(out)
    }

    /// Writes a step with its sign and its unit; the step of plain counting is written as nothing.
    pub(super) fn step(&self, step: i128) -> Option<String> {
        let units: &[_] = match self {
            Self::Number(0) if step == 1 => return Some(String::new()),
            Self::Number(_) => {
                let sign = if step < 0 { "" } else { "+" };
                return Some(format!("{sign}{}", self.text(step)?));
            }
            Self::Month(..) => &MONTH_UNITS,
            Self::Moment(..) => &UNITS,
        };
        let (unit, size) = units.iter().find(|(_, size)| step % size == 0)?;
        Some(format!("{:+}{unit}", step / size))
    }

    /// Reads what [`Self::step`] wrote.
    pub(super) fn read_step(&self, text: &str) -> Option<i128> {
        let units: &[_] = match self {
            Self::Number(0) if text.is_empty() => return Some(1),
            Self::Number(_) => return self.value(text.strip_prefix('+').unwrap_or(text)),
            Self::Month(..) => &MONTH_UNITS,
            Self::Moment(..) => &UNITS,
        };
        let unit = text.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-'));
        let (_, size) = units.iter().find(|(name, _)| *name == unit)?;
        let count: i128 = text.strip_suffix(unit)?.parse().ok()?;
        count.checked_mul(*size)
    }
}

impl Grain {
    /// Writes the nanoseconds of a day and returns those that it is too coarse for.
    fn write(self, join: char, time: i128, out: &mut String) -> i128 {
        let (minutes, rest) = (time / (60 * SECOND), time % (60 * SECOND));
        if self == Self::Day {
            return time;
        }
        // Writing to a string cannot fail.
        _ = write!(out, "{join}{:02}:{:02}", minutes / 60, minutes % 60);
        if self == Self::Minute {
            return rest;
        }
        let (seconds, rest) = (rest / SECOND, rest % SECOND);
        _ = write!(out, ":{seconds:02}");
        let Self::Fraction(digits) = self else {
            return rest;
        };
        let nanoseconds = format!("{rest:09}");
        let (written, left) = nanoseconds.split_at_checked(digits).unwrap_or(("", "1"));
        _ = write!(out, ".{written}");
        i128::from(!left.bytes().all(|digit| digit == b'0'))
    }
}

/// Returns the digits after the point of a decimal number.
fn number_digits(text: &str) -> Option<usize> {
    let plain = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = plain.split_once('.').unwrap_or((plain, ""));
    let are_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let fits = whole.len() + fraction.len() <= DIGITS_MAX;
    (fits && !whole.is_empty() && are_digits(whole) && are_digits(fraction))
        .then_some(fraction.len())
}

/// Reads so many digits.
fn digits(text: &str, from: usize, count: usize) -> Option<i128> {
    let digits = text.get(from..from + count)?;
    let all = digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|_| all)
}

/// Reads a year and a month: what stands between them, and the months since the year 0.
fn month(text: &str) -> Option<(char, i128)> {
    let year = digits(text, 0, 4)?;
    let dash = text.get(4..)?.chars().next()?;
    let month = digits(text, 5, 2)?;
    (matches!(dash, '-' | '/') && (1..=12).contains(&month))
        .then_some((dash, year * 12 + month - 1))
}

/// Reads a date and the time that may follow it; returns where that ends as well.
fn moment(text: &str) -> Option<(Style, Grain, i128, usize)> {
    let (dash, months) = month(text)?;
    (text.get(7..)?.starts_with(dash)).then_some(())?;
    let day = digits(text, 8, 2)?;
    let mut style = Style { dash, join: 'T' };
    let (mut grain, mut end) = (Grain::Day, 10);
    let mut value = days(months.div_euclid(12), months.rem_euclid(12), day)? * DAY;
    let join = text.get(10..).and_then(|after| after.chars().next());
    if let (Some(join @ ('T' | ' ')), Some(hour), Some(":"), Some(minute)) = (
        join,
        digits(text, 11, 2),
        text.get(13..14),
        digits(text, 14, 2),
    ) {
        value += (hour * 60 + minute) * 60 * SECOND;
        (style.join, grain, end) = (join, Grain::Minute, 16);
        if let (Some(":"), Some(second)) = (text.get(16..17), digits(text, 17, 2)) {
            value += second * SECOND;
            (grain, end) = (Grain::Second, 19);
            let fraction = text.get(19..)?.strip_prefix('.').unwrap_or("");
            let count = fraction.bytes().take_while(u8::is_ascii_digit).count();
            if (1..=FRACTION_MAX).contains(&count) {
                let padded = format!("{:0<9}", fraction.get(..count)?);
                value += padded.parse::<i128>().ok()?;
                (grain, end) = (Grain::Fraction(count), 20 + count);
            }
        }
    }
    Some((style, grain, value, end))
}

/// Returns how many days before the first day of a year came after the year 0.
fn days_before(year: i128) -> i128 {
    let past = year - 1;
    past * 365 + past / 4 - past / 100 + past / 400
}

fn is_leap(year: i128) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

/// Returns the days before a month (the first is 0) of a year.
fn days_before_month(year: i128, month: usize) -> Option<i128> {
    let leap = month > 1 && is_leap(year);
    Some(days_before(year) + DAYS_BEFORE.get(month)? + i128::from(leap))
}

/// Returns the number of a day; the first month is 0, the first day 1.
fn days(year: i128, month: i128, day: i128) -> Option<i128> {
    let before = days_before_month(year, usize::try_from(month).ok()?)?;
    (year >= 1).then_some(before + day - 1)
}

/// Returns the year, the month and the day, the first of each 1.
fn date(days: i128) -> Option<(i128, usize, i128)> {
    (0..days_before(10_000)).contains(&days).then_some(())?;
    // The mean year has 146,097 days in 400: off by one at the ends of years at most.
    let mut year = days * 400 / 146_097 + 1;
    if days < days_before(year) {
        year -= 1;
    } else if days >= days_before(year + 1) {
        year += 1;
    }
    let starts = (0..12)
        .rev()
        .map(|month| (month, days_before_month(year, month)));
    let (month, start) = starts
        .filter_map(|(month, start)| Some((month, start?)))
        .find(|(_, start)| *start <= days)?;
    Some((year, month + 1, days - start + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_of_the_calendar_comes_back() {
        let mut expected = (1, 1, 0);
        for day in 0..days_before(10_000) {
            let (year, month, number) = date(day).unwrap();
            let next = (year, month, number);
            let (last_year, last_month, last_day) = expected;
            assert!(
                next == (last_year, last_month, last_day + 1)
                    || next == (last_year, last_month + 1, 1) && last_day >= 28
                    || next == (last_year + 1, 1, 1) && (last_month, last_day) == (12, 31),
                "{next:?} after {expected:?}"
            );
            let month = i128::try_from(month - 1).unwrap();
            assert_eq!(days(year, month, number), Some(day));
            expected = next;
        }
        assert_eq!(expected, (9999, 12, 31));
        assert_eq!(date(-1), None);
        assert_eq!(date(days_before(10_000)), None);
    }

    #[test]
    fn only_what_comes_back_has_a_number() {
        for text in [
            "0",
            "-7",
            "10.50",
            "-0.25",
            "2026-02-28",
            "2024-02-29",
            "1900/12/31",
            "2026-01-31T23:59",
            "2026-01-31 23:59:59",
            "2026-01-31T23:59:59.001Z",
            "0001-01-01T00:00:00+02:00",
            "9999-12-31T23:59:59.999999999",
            "2026-12 x",
        ] {
            let scales = Scale::of(text);
            assert!(!scales.is_empty(), "{text}");
            for scale in scales {
                let value = scale.value(text).unwrap();
                assert_eq!(scale.text(value).as_deref(), Some(text));
            }
        }
        for text in [
            "",
            "-",
            "-0",
            "007",
            "1.",
            ".5",
            "1e5",
            "2026-13",
            "0000-01-01",
            "x",
            "1234567890123456789",
            "é026-01-01",
            "2026-é-01",
        ] {
            let found = Scale::of(text)
                .iter()
                .any(|scale| scale.value(text).is_some());
            assert!(!found, "{text}");
        }
        // These are months with something after them, and no moments.
        for text in [
            "2026-02-29",
            "2026-01-00",
            "2026-06-30T23:59:60Z",
            "2026-06-30T24:00:00Z",
        ] {
            let scales = Scale::of(text);
            let mut known = scales.iter().filter(|scale| scale.value(text).is_some());
            assert!(
                known.all(|scale| matches!(scale, Scale::Month(..))),
                "{text}"
            );
        }
    }
}
