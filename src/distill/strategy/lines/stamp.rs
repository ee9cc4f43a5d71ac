//! Finds the time stamp at the start of a line and its fast part: the seconds, which differ from line to line while
//! everything before them stays. The shapes are those of ISO 8601, syslog, `ctime`, slash dates and plain counters of
//! seconds since 1970, in any mix of the usual separators; a shape that is not known costs tokens, never correctness.

/// Bytes: no stamp in use is longer (`[Wed Sep 30 23:59:59.999999999 2026 +0000] ` has 43).
const STAMP_BYTES_MAX: usize = 48;

/// Abbreviations of months and days, as C's `strftime` writes `%b` and `%a`.
const NAMES: &[&str] = &[
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec", "Mon",
    "Tue", "Wed", "Thu", "Fri", "Sat", "Sun",
];

/// A time stamp, cut into what changes seldom, the fast part, and what follows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::distill) struct Stamp<'t> {
    /// Up to the seconds, for example `[Sun Dec 04 04:47:`.
    pub(super) slow: &'t str,
    /// Seconds and their fraction: digits and `.,:`, a digit first.
    pub(super) fast: &'t str,
    /// What ends the stamp, for example ` 2005]`.
    pub(super) tail: &'t str,
    /// The line after the stamp.
    pub(super) rest: &'t str,
}

/// Finds the stamp that `line` starts with.
pub(super) fn find(line: &str) -> Option<Stamp<'_>> {
    let bytes = line.as_bytes();
    let head = bytes.get(..STAMP_BYTES_MAX).unwrap_or(bytes);
    let (fast, fast_end) = clock(head)
        .or_else(|| compact(head))
        .or_else(|| epoch(head))?;
    let end = tail_end(head, fast_end);
    Some(Stamp {
        slow: line.get(..fast)?,
        fast: line.get(fast..fast_end)?,
        tail: line.get(fast_end..end)?,
        rest: line.get(end..)?,
    })
}

/// `hh:mm:ss` after nothing but a date: where its seconds start and end.
fn clock(head: &[u8]) -> Option<(usize, usize)> {
    if is_address(head) {
        return None;
    }
    let mut at = 0;
    loop {
        if let Some(seconds) = hours_and_minutes(head, at) {
            return Some((seconds, fraction_end(head, seconds)));
        }
        at += date_atom(head.get(at..)?)?;
    }
}

/// Whether `head` starts with four numbers and a point between each two: no date, but an address (RFC 791).
fn is_address(head: &[u8]) -> bool {
    let mut at = 0;
    for part in 0..4 {
        let length = digits(head, at);
        if !(1..=3).contains(&length) || part < 3 && head.get(at + length) != Some(&b'.') {
            return false;
        }
        at += length + usize::from(part < 3);
    }
    true
}

/// The start of the seconds if `h:m:s` stands at `at`.
fn hours_and_minutes(head: &[u8], at: usize) -> Option<usize> {
    let hours = digits(head, at);
    let minutes = digits(head, at + hours + 1);
    let seconds = at + hours + minutes + 2;
    let colons = head.get(at + hours) == Some(&b':') && head.get(seconds - 1) == Some(&b':');
    let sizes = (1..=2).contains(&hours) && (1..=2).contains(&minutes) && digits(head, seconds) > 0;
    (colons && sizes).then_some(seconds)
}

/// Length of a piece of a date: digits, a separator, or the name of a month or day.
fn date_atom(rest: &[u8]) -> Option<usize> {
    match rest.first()? {
        b'0'..=b'9' => Some(digits(rest, 0)),
        b'-' | b'/' | b'.' | b' ' | b',' | b'T' | b'_' | b'[' | b'(' | b':' => {
            let name = rest.get(..3)?;
            Some(if is_name(name) { 3 } else { 1 })
        }
        _ => is_name(rest.get(..3)?).then_some(3),
    }
}

/// Whether `text` is the abbreviation of a month or a day.
pub(in crate::distill) fn is_name(text: &[u8]) -> bool {
    NAMES.iter().any(|name| name.as_bytes() == text)
}

/// `yymmdd hhmmss` or `yyyymmddThhmmss`: where its seconds start and end.
fn compact(head: &[u8]) -> Option<(usize, usize)> {
    let date = digits(head, 0);
    let joined = matches!(head.get(date)?, b' ' | b'T' | b'_' | b'-');
    let time = date + 1;
    let sizes = matches!(date, 6 | 8) && digits(head, time) == 6;
    (joined && sizes).then(|| (time + 4, fraction_end(head, time + 4)))
}

/// Seconds or milliseconds since 1970: the last digits, counted so that the slow part ends where a token does.
fn epoch(head: &[u8]) -> Option<(usize, usize)> {
    let length = digits(head, 0);
    let plausible = matches!(length, 10 | 13) && matches!(head.first(), Some(b'1' | b'2'));
    plausible.then(|| (7, fraction_end(head, 7)))
}

/// Seconds go on through `.`, `,` or `:` as long as digits follow.
fn fraction_end(head: &[u8], seconds: usize) -> usize {
    let mut end = seconds + digits(head, seconds);
    while matches!(head.get(end), Some(b'.' | b',' | b':')) && digits(head, end + 1) > 0 {
        end += 1 + digits(head, end + 1);
    }
    end
}

/// A zone, a year and a closing bracket may end the stamp.
fn tail_end(head: &[u8], from: usize) -> usize {
    let mut end = from;
    if head.get(end) == Some(&b'Z') {
        end += 1;
    }
    for _ in 0..2 {
        let space = usize::from(head.get(end) == Some(&b' '));
        let sign = usize::from(matches!(head.get(end + space), Some(b'+' | b'-')));
        let zone = end + space + sign;
        let hours = digits(head, zone);
        if sign == 1
            && hours == 2
            && head.get(zone + 2) == Some(&b':')
            && digits(head, zone + 3) == 2
        {
            end = zone + 5;
        } else if hours == 4
            && (sign == 1 || space == 1 && is_year(head, zone))
            && matches!(head.get(zone + 4), None | Some(b' ' | b']' | b')'))
        {
            end = zone + 4;
        }
    }
    end + usize::from(matches!(head.get(end), Some(b']' | b')')))
}

/// Four digits after a time may as well be the number of a process: a year is of this century or the last.
fn is_year(head: &[u8], at: usize) -> bool {
    matches!(head.get(at..at + 2), Some(b"19" | b"20"))
}

/// Number of digits at `at`.
fn digits(head: &[u8], at: usize) -> usize {
    head.iter()
        .skip(at)
        .take_while(|byte| byte.is_ascii_digit())
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(line: &str) -> Option<[&str; 4]> {
        find(line).map(|stamp| [stamp.slow, stamp.fast, stamp.tail, stamp.rest])
    }

    #[test]
    fn usual_stamps_are_cut_before_their_seconds() {
        for (line, expected) in [
            (
                "2026-11-20T07:45:43.123Z x",
                ["2026-11-20T07:45:", "43.123", "Z", " x"],
            ),
            (
                "2026-11-20 07:45:43,123 INFO",
                ["2026-11-20 07:45:", "43,123", "", " INFO"],
            ),
            (
                "2026-11-20T07:45:43+02:00 x",
                ["2026-11-20T07:45:", "43", "+02:00", " x"],
            ),
            (
                "Nov  2 07:45:43 host x",
                ["Nov  2 07:45:", "43", "", " host x"],
            ),
            (
                "[Fri Nov 20 07:45:43 2026] x",
                ["[Fri Nov 20 07:45:", "43", " 2026]", " x"],
            ),
            (
                "[20/Nov/2026:07:45:43 +0000] x",
                ["[20/Nov/2026:07:45:", "43", " +0000]", " x"],
            ),
            ("261120 074543 x", ["261120 0745", "43", "", " x"]),
            ("20261120T074543 x", ["20261120T0745", "43", "", " x"]),
            ("1763624743 x", ["1763624", "743", "", " x"]),
            ("07:45:43 2048 bytes", ["07:45:", "43", " 2048", " bytes"]),
            ("261120 074543 6133 x", ["261120 0745", "43", "", " 6133 x"]),
        ] {
            assert_eq!(cut(line), Some(expected), "{line}");
        }
    }

    #[test]
    fn a_line_without_a_stamp_has_none() {
        for line in [
            "",
            "x 07:45:43",
            "3 files",
            "::",
            "12:30",
            "  at a.b(c:1)",
            "[",
            "é07:45:43",
            "10.0.1.56 - - [20/Nov/2026:07:45:43 +0000]",
        ] {
            assert_eq!(cut(line), None, "{line}");
        }
    }
}
