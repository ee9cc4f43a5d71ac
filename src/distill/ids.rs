//! Level `aliased`: long identifiers become short names; equal identifiers stay equal, different ones stay different.
//!
//! ```text
//! #ids ~n: the nth long identifier; restore h7 grep ~n shows its lines
//! block blk_~1 was sent to ~2
//! ```
//!
//! The identifiers themselves are in the original, behind the handle: the nth name stands for the nth distinct identifier.
//! Names such as `~~3` hold over all texts of a session, which keeps what they stand for.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt::Write as _;

/// Signs of the names of one text, in order of preference: the first that stands before no digit in the text is used.
const SIGNS: &[&str] = &["~", "^", "`"];

/// Sign of the names of a session. It is one token, and hardly any text has it before a digit.
const SESSION_SIGN: &str = "~~";

/// Names of one session: at 60 bytes each they take 600 KB of the store. A text that has more has names of its own.
const SESSION_NAMES_MAX: usize = 10_000;

/// Characters of the shortest identifier that is worth a name: five tokens or more.
const LENGTH_MIN: usize = 13;

/// Digits of a hexadecimal number that takes five tokens.
const HEX_LENGTH_MIN: usize = 8;

/// Pieces of an identifier made of pieces, letters of one, and digits in all of them: fewer may be a word, a date or a time.
const PIECES_MIN: usize = 4;
const PIECE_LENGTH_MAX: usize = 4;
const COMPOSITE_DIGITS_MIN: usize = 3;

/// Numbers of the address of a host, and digits in all of them: fewer may be those of a version.
const OCTETS: usize = 4;
const OCTET_DIGITS_MIN: usize = 6;

/// Letters and digits that look random need to be longer, or words would be taken for identifiers.
const MIXED_LENGTH_MIN: usize = 20;

/// Replaces the long identifiers of `text`, or returns `None` if there are none or no sign is free.
pub(super) fn alias(text: &str, handle: &str) -> Option<String> {
    named(text, handle, sign(text)?, &mut HashMap::new())
}

/// Replaces the long identifiers of `text` by the names that they have in a session which knows `known`, and returns those
/// that it did not know as well, in the order of their numbers. `None` as in [`alias`], or if it would know too many.
pub(super) fn alias_told(
    text: &str,
    handle: &str,
    known: &[String],
) -> Option<(String, Vec<String>)> {
    if !is_free(SESSION_SIGN, text) {
        return None;
    }
    let mut numbers = (1..)
        .zip(known)
        .map(|(number, id)| (id.as_str(), number))
        .collect();
    let aliased = named(text, handle, SESSION_SIGN, &mut numbers)?;
    let mut new: Vec<(usize, &str)> = numbers
        .into_iter()
        .map(|(id, number)| (number, id))
        .filter(|(number, _)| *number > known.len())
        .collect();
    new.sort_unstable();
    let new = new
        .into_iter()
        .map(|(_, id)| id.to_owned())
        .collect::<Vec<_>>();
    (known.len() + new.len() <= SESSION_NAMES_MAX).then_some((aliased, new))
}

/// Replaces the identifiers of `text` by `sign` and their numbers; those that `numbers` lacks are added.
fn named<'t>(
    text: &'t str,
    handle: &str,
    sign: &str,
    numbers: &mut HashMap<&'t str, usize>,
) -> Option<String> {
    let what = if sign == SESSION_SIGN {
        "a long identifier, the same in all texts"
    } else {
        "the nth long identifier"
    };
    let mut out = format!("#ids {sign}n: {what}; restore {handle} grep {sign}n shows its lines\n");
    let mut end = 0;
    for (start, id) in identifiers(text) {
        let next = numbers.len() + 1;
        let number = *numbers.entry(id).or_insert(next);
        out.push_str(text.get(end..start)?);
        let _ = write!(out, "{sign}{number}");
        end = start + id.len();
    }
    out.push_str(text.get(end..)?);
    (end > 0).then_some(out)
}

/// Returns the text that `aliased` was made from, given the identifiers of `original`; for checking.
pub(super) fn resolve(aliased: &str, original: &str) -> Option<String> {
    let known = distinct(original);
    let (_, body) = aliased.split_once('\n')?;
    let whole = replaced(body, sign(original)?, |number| known.get(number).copied());
    Some(whole)
}

/// Returns the text that `aliased` was made from in a session that knows `known` and `new`; for checking.
pub(super) fn resolve_told(aliased: &str, known: &[String], new: &[String]) -> Option<String> {
    let (_, body) = aliased.split_once('\n')?;
    let whole = replaced(body, SESSION_SIGN, |number| {
        let id = known
            .get(number)
            .or_else(|| new.get(number.checked_sub(known.len())?));
        id.map(String::as_str)
    });
    Some(whole)
}

/// Replaces names by what `find` knows of their numbers, counted from 0; a name that it does not know stays.
fn replaced<'i>(text: &str, sign: &str, find: impl Fn(usize) -> Option<&'i str>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(sign) {
        let digits = after.bytes().take_while(u8::is_ascii_digit).count();
        let (number, behind) = after.split_at(digits);
        out.push_str(before);
        let number: Option<usize> = number.parse().ok();
        if let Some(id) = number.and_then(|number| find(number.checked_sub(1)?)) {
            out.push_str(id);
            rest = behind;
        } else {
            // The second half of a sign may be the first of another: `~~~1` is a tilde and a name.
            out.push_str(sign.get(..1).unwrap_or_default());
            rest = rest.get(before.len() + 1..).unwrap_or_default();
        }
    }
    out.push_str(rest);
    out
}

/// Returns the identifier of `text` that `name`, for example `~3`, stands for.
pub fn identifier<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let number: usize = name.strip_prefix(sign(text)?)?.parse().ok()?;
    distinct(text).get(number.checked_sub(1)?).copied()
}

/// Replaces the names of a session in `words`, which a reader wrote, by what `find` knows of their numbers, counted from 1.
/// A name stands by itself: `~~3`, not `~~3~~` or `~~3rd`.
pub fn spelled_out(words: &str, find: impl Fn(usize) -> Option<String>) -> Cow<'_, str> {
    let mut out = String::new();
    let mut end = 0;
    for (start, sign) in words.match_indices(SESSION_SIGN) {
        let after = words.get(start + sign.len()..).unwrap_or_default();
        let digits = after.bytes().take_while(u8::is_ascii_digit).count();
        let (number, behind) = after.split_at(digits);
        let is_apart = start >= end
            && !words
                .get(..start)
                .is_some_and(|before| before.ends_with('~'))
            && !behind.starts_with(|next: char| next == '~' || next.is_alphanumeric());
        let found = number.parse().ok().filter(|_| is_apart).and_then(&find);
        if let Some(id) = found {
            out.push_str(words.get(end..start).unwrap_or_default());
            out.push_str(&id);
            end = start + sign.len() + digits;
        }
    }
    if end == 0 {
        return Cow::Borrowed(words);
    }
    out.push_str(words.get(end..).unwrap_or_default());
    Cow::Owned(out)
}

/// Writes the names of a session and what they stand for, one a line.
pub(super) fn listing(known: &[String]) -> String {
    let mut lines = String::new();
    for (number, id) in (1_usize..).zip(known) {
        let _ = writeln!(lines, "{SESSION_SIGN}{number}={id}");
    }
    lines
}

fn distinct(text: &str) -> Vec<&str> {
    let mut known = std::collections::HashSet::new();
    identifiers(text)
        .map(|(_, id)| id)
        .filter(|id| known.insert(*id))
        .collect()
}

fn sign(text: &str) -> Option<&'static str> {
    SIGNS.iter().copied().find(|sign| is_free(sign, text))
}

/// Whether `sign` stands before no digit in `text`.
fn is_free(sign: &str, text: &str) -> bool {
    let mut digits = text.match_indices(|letter: char| letter.is_ascii_digit());
    !digits.any(|(at, _)| text.get(..at).is_some_and(|before| before.ends_with(sign)))
}

/// Finds the long identifiers of `text` and where they start.
fn identifiers(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | ':');
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let start = at + text.get(at..)?.find(is_part)?;
            let rest = text.get(start..)?;
            let length = rest.find(|letter| !is_part(letter)).unwrap_or(rest.len());
            let run = rest.get(..length)?;
            if is_composite(run) && !follows_digit(text, start) {
                at = start + length;
                return Some((start, run));
            }
            // Else a colon only stands between two runs.
            let run = run.split(':').next().unwrap_or_default();
            at = start + run.len().max(1);
            if is_uuid(run) || is_host(run) && !follows_digit(text, start) {
                return Some((start, run));
            }
            let inner = run.trim_start_matches('-');
            let signs = run.len() - inner.len();
            if inner.contains('-') || !is_identifier(inner) || follows_digit(text, start) {
                continue;
            }
            // Behind a letter or a digit, a minus is a hyphen; else it is part of a number: `blk_-17`.
            let is_signed = signs == 1
                && inner.bytes().all(|byte| byte.is_ascii_digit())
                && !text
                    .get(..start)?
                    .ends_with(|letter: char| letter.is_alphanumeric());
            let cut = if is_signed { 0 } else { signs };
            return Some((start + cut, run.get(cut..)?));
        }
    })
}

/// An alias right behind a digit could not be told from a longer number.
fn follows_digit(text: &str, start: usize) -> bool {
    text.get(..start)
        .and_then(|before| before.chars().next_back())
        .is_some_and(|letter| letter.is_ascii_digit())
}

/// 8-4-4-4-12 hexadecimal digits (RFC 9562).
fn is_uuid(run: &str) -> bool {
    run.split('-').map(str::len).eq([8, 4, 4, 4, 12])
        && run
            .bytes()
            .all(|byte| byte == b'-' || byte.is_ascii_hexdigit())
}

/// Four or more short pieces in capitals and digits, or hexadecimal, a letter and three digits among them: the place of a
/// node (`R02-M1-N0-C:J12-U11`), the address of a network card (`00:1b:44:11:3a:b7`) or a host (`2607:f140:6000:8:f1dc:a608:863:19ad`), a
/// serial number.
fn is_composite(run: &str) -> bool {
    let pieces = run.split(['-', ':']);
    let is_piece = |piece: &str| {
        let is_upper = |byte: u8| byte.is_ascii_digit() || byte.is_ascii_uppercase();
        let is_hexadecimal = |byte: u8| byte.is_ascii_hexdigit();
        (1..=PIECE_LENGTH_MAX).contains(&piece.len())
            && (piece.bytes().all(is_upper) || piece.bytes().all(is_hexadecimal))
    };
    run.len() >= LENGTH_MIN
        && pieces.clone().all(is_piece)
        && pieces.count() >= PIECES_MIN
        && run.bytes().any(|byte| byte.is_ascii_alphabetic())
        && run.bytes().filter(u8::is_ascii_digit).count() >= COMPOSITE_DIGITS_MIN
}

/// A name with the address of a host in it (RFC 791): `ip-10-105-162-124`.
fn is_host(run: &str) -> bool {
    let is_octet = |piece: &&str| piece.parse::<u8>().is_ok();
    let mut pieces = run.rsplit('-');
    let octets: Vec<&str> = pieces.by_ref().take(OCTETS).filter(is_octet).collect();
    let is_name = |piece: &str| piece.starts_with(|first: char| first.is_ascii_alphabetic());
    run.len() >= LENGTH_MIN
        && octets.len() == OCTETS
        && octets.concat().len() >= OCTET_DIGITS_MIN
        && pieces.next().is_some_and(is_name)
}

fn is_identifier(run: &str) -> bool {
    let count = |is: fn(&u8) -> bool| run.bytes().filter(is).count();
    let digits = count(u8::is_ascii_digit);
    let is_hexadecimal = |run: &str| run.bytes().all(|byte| byte.is_ascii_hexdigit());
    if let Some(address) = run.strip_prefix("0x") {
        return address.len() >= HEX_LENGTH_MIN && is_hexadecimal(address);
    }
    if run.len() >= HEX_LENGTH_MIN && is_hexadecimal(run) && digits < run.len() {
        // A date and a letter, a word and a digit are none.
        return digits >= 2 && (run.len() - digits >= 2 || run.len() >= LENGTH_MIN);
    }
    if run.len() < LENGTH_MIN || digits == 0 {
        return false;
    }
    if digits == run.len() {
        return true;
    }
    let is_mixed = count(u8::is_ascii_uppercase) > 1 && count(u8::is_ascii_lowercase) > 1;
    run.len() >= MIXED_LENGTH_MIN && is_mixed && digits * 10 >= run.len()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn long_identifiers_are_named_and_words_are_not() {
        let text = "blk_-1608999687919862906 f47ac10b-58cc-4372-a567-0e02b2c3d479 blk_1608999687919862906 \
                    4d5e6f7a8b9c0d1e2f3a internationalisation eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9 2026-11-20 1234567 a-b-c \
                    R02-M1-N0-C:J12-U11 0x00007fff9905167a 1f3a9c0b 12:30:59 7:41am \
                    00:1b:44:11:3a:b7 ip-10-105-162-124 release-1-20-3-4 10-250-300-4001\n";
        let aliased = alias(text, "h7").unwrap();
        let (_, body) = aliased.split_once('\n').unwrap();
        assert_eq!(
            body,
            "blk_~1 ~2 blk_~3 ~4 internationalisation ~5 2026-11-20 1234567 a-b-c ~6 ~7 ~8 12:30:59 7:41am ~9 ~10 release-1-20-3-4 10-250-300-4001\n"
        );
        assert_eq!(resolve(&aliased, text).as_deref(), Some(text));
        assert_eq!(
            identifier(text, "~2"),
            Some("f47ac10b-58cc-4372-a567-0e02b2c3d479")
        );
        assert_eq!(identifier(text, "~11"), None);
    }

    #[test]
    fn a_sign_that_means_something_in_the_text_is_not_used() {
        let aliased = alias("~5 and 16089996879198629", "h1").unwrap();
        assert!(aliased.ends_with("~5 and ^1"), "{aliased}");
    }

    #[test]
    fn names_of_a_session_go_on_where_they_ended() {
        let known = ["f47ac10b-58cc-4372-a567-0e02b2c3d479".to_owned()];
        let text = "16089996879198629 and f47ac10b-58cc-4372-a567-0e02b2c3d479, ~~f47ac10b-58cc-4372-a567-0e02b2c3d479\n";
        let (aliased, new) = alias_told(text, "h7", &known).unwrap();
        let (_, body) = aliased.split_once('\n').unwrap();
        assert_eq!(body, "~~2 and ~~1, ~~~~1\n");
        assert_eq!(new, ["16089996879198629"]);
        assert_eq!(resolve_told(&aliased, &known, &new).as_deref(), Some(text));
        assert_eq!(
            listing(&known),
            "~~1=f47ac10b-58cc-4372-a567-0e02b2c3d479\n"
        );
    }

    #[test]
    fn a_session_names_so_many_and_nothing_that_could_be_taken_for_a_name() {
        let known: Vec<String> = (0..SESSION_NAMES_MAX)
            .map(|number| number.to_string())
            .collect();
        assert_eq!(alias_told("16089996879198629", "h7", &known), None);
        assert!(alias_told("16089996879198629", "h7", &known[1..]).is_some());
        assert_eq!(alias_told("~~~5 16089996879198629", "h7", &[]), None);
    }

    #[test]
    fn a_name_that_stands_by_itself_is_spelled_out() {
        let find = |number: usize| (number <= 12).then(|| format!("id{number}"));
        for (words, spelled) in [
            ("~~12", "id12"),
            (
                "what became of blk_~~3 and \"~~4\"?",
                "what became of blk_id3 and \"id4\"?",
            ),
            (
                "~~13 ~~ ~~x ~~1~~ ~~~2 ~~3rd ~4",
                "~~13 ~~ ~~x ~~1~~ ~~~2 ~~3rd ~4",
            ),
            ("~~99999999999999999999999", "~~99999999999999999999999"),
        ] {
            assert_eq!(spelled_out(words, find), spelled);
        }
    }

    proptest! {
        #[test]
        fn identifiers_of_a_session_come_back(words in prop::collection::vec("[0-9a-f]{7,16}|[0-9]{13,15}|[~^ x:-]|~~[0-9]?", 0..30), known in prop::collection::vec("[0-9]{13,15}", 0..5)) {
            let text = words.concat();
            let mut distinct = known.clone();
            distinct.sort_unstable();
            distinct.dedup();
            if let Some((aliased, new)) = alias_told(&text, "h1", &distinct) {
                prop_assert_eq!(resolve_told(&aliased, &distinct, &new), Some(text));
            }
        }

        #[test]
        fn identifiers_come_back(words in prop::collection::vec("[0-9a-f]{7,16}|[0-9]{13,15}|[~^` x:-]|[a-zA-Z0-9]{18,24}|([A-F0-9]{1,3}[:-]){3,5}", 0..30)) {
            let text = words.concat();
            if let Some(aliased) = alias(&text, "h1") {
                prop_assert_eq!(resolve(&aliased, &text), Some(text));
            }
        }
    }
}
