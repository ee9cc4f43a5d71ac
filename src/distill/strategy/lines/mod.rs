//! Lines that resemble each other: logs, listings, build output, accessibility trees.
//!
//! ```text
//! #lines {} …                       the marks of holes, and how to read the rest; `s1` after them: templates told in
//!                                   earlier texts of that epoch are used as well
//! a  INFO [main] done in {} ms      a template: its name, a space, its text
//! b  WARN [{3}] retry {+1} of {=0}  {3}: hole that shares its last value with every other {3}; {=0}: value of hole 0;
//!                                   {+1}: expected to be one more than before
//! c {} {-1} {*}                     {*}: the rest of the line, after a space behind the values, none of them left out
//!                                   an empty line ends the templates
//! @2026-11-20 07:45:                the slow part of the time stamp; a second {} in it is followed by its tail
//! @'46:                             the same with another end
//! 43,123a17                         seconds, template, values: 2026-11-20 07:45:43,123 INFO [main] done in 17 ms
//! a20                               the same seconds as before
//! *2                                the line before this one, twice more
//! .\text                            `.`: no time stamp; `\`: text as it is (left out where no template could begin)
//! ```
//!
//! Values are separated by one space; `"` is the value that is expected (the one before it, or one step further), `'x`
//! the one before it with another end (as many words, groups of three digits or single characters as `x` has), and values
//! left out at the end of a line are all `"`.

mod body;
pub(in crate::distill) mod cluster;
mod decode;
mod encode;
mod known;
mod memory;
pub(in crate::distill) mod split;
pub(in crate::distill) mod stamp;
mod template;

use super::Strategy;
use crate::distill::legend::Legend;

/// First word of packed text.
const SIGN: &str = "#lines ";

/// Marks packed text whose every line ended in CR LF.
const CRLF: &str = " crlf";

/// See the module.
#[derive(Debug)]
pub struct Lines;

impl Strategy for Lines {
    fn name(&self) -> &'static str {
        "lines"
    }

    fn encode(&self, text: &str, cost: &dyn Fn(&str) -> usize) -> Option<String> {
        encode::encode(text, None, cost)
    }

    fn encode_told(
        &self,
        text: &str,
        legend: &Legend,
        cost: &dyn Fn(&str) -> usize,
    ) -> Option<String> {
        encode::encode(text, Some(legend), cost)
    }

    fn decode(&self, packed: &str, bytes_max: usize) -> Option<String> {
        decode::decode(packed, &Legend::default(), bytes_max)
    }

    fn decode_told(&self, packed: &str, legend: &Legend, bytes_max: usize) -> Option<String> {
        decode::decode(packed, legend, bytes_max)
    }
}

/// Returns the templates that `packed`, which carries `tag`, lists.
pub(in crate::distill) fn listed(packed: &str, tag: &str) -> Option<Vec<String>> {
    let (header, rest) = packed.strip_prefix(SIGN)?.split_once('\n')?;
    let mut letters = header.chars();
    letters.by_ref().take(2).for_each(drop);
    after_tag(letters.as_str(), tag)?;
    let lines = rest.split('\n').take_while(|line| !line.is_empty());
    lines
        .map(|line| Some(split_name(line)?.1.strip_prefix(' ')?.to_owned()))
        .collect()
}

/// Returns what follows `tag` at the start of `words`.
fn after_tag<'w>(words: &'w str, tag: &str) -> Option<&'w str> {
    let after = words.strip_prefix(' ')?.strip_prefix(tag)?;
    (after.is_empty() || after.starts_with(' ')).then_some(after)
}

/// Returns the name of template number `index`: one letter for the most used, then two, then three; no name starts
/// another, and all start with a letter.
pub(in crate::distill) fn name(index: usize) -> Option<String> {
    let small = |n: usize| char::from(b'a' + u8::try_from(n % 26).unwrap_or(0));
    let large = |from: u8, n: usize| char::from(from + u8::try_from(n).unwrap_or(0));
    if index < 26 {
        return Some(small(index).to_string());
    }
    let index = index - 26;
    if index < 13 {
        return Some(large(b'A', index).to_string());
    }
    let index = index - 13;
    if index < 12 * 26 {
        return Some([large(b'N', index / 26), small(index)].iter().collect());
    }
    let index = index - 12 * 26;
    (index < 26 * 26).then(|| ['Z', small(index / 26), small(index)].iter().collect())
}

/// Cuts the name that `text` starts with; the inverse of [`name`].
fn split_name(text: &str) -> Option<(&str, &str)> {
    let length = match text.as_bytes().first()? {
        b'a'..=b'z' | b'A'..=b'M' => 1,
        b'N'..=b'Y' => 2,
        b'Z' => 3,
        _ => return None,
    };
    text.split_at_checked(length)
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use proptest::prelude::*;

    use super::*;
    use crate::distill::strategy::Strategy as _;

    fn pieces(text: &str) -> usize {
        text.split(|letter: char| !letter.is_alphanumeric()).count()
    }

    fn packed(text: &str) -> String {
        Lines.encode(text, &pieces).unwrap()
    }

    fn round_trip(text: &str) {
        if let Some(packed) = Lines.encode(text, &pieces) {
            assert_eq!(
                Lines.decode(&packed, text.len()).as_deref(),
                Some(text),
                "{packed}"
            );
        }
    }

    #[test]
    fn names_are_read_back_as_they_were_given() {
        for index in 0..1100 {
            if let Some(name) = name(index) {
                let text = format!("{name}9 z");
                assert_eq!(split_name(&text), Some((name.as_str(), "9 z")));
            }
        }
    }

    #[test]
    fn a_log_becomes_templates_and_values() {
        let text = "2026-11-20 07:45:43 INFO job 17 took 20 ms\n\
                    2026-11-20 07:45:43 INFO job 18 took 20 ms\n\
                    2026-11-20 07:45:44 INFO job 18 took 21 ms\n\
                    2026-11-20 07:45:44 INFO job 18 took 21 ms\n\
                    2026-11-20 07:46:01 WARN disk is full\n";
        let packed = packed(text);
        let body: Vec<_> = packed.lines().skip(1).collect();
        assert_eq!(
            body,
            [
                "a  INFO job {} took {} ms",
                "",
                "@2026-11-20 07:45:",
                "43a17 20",
                "a18",
                "44a\" 21",
                "a",
                "@'46:",
                "01 WARN disk is full",
            ]
        );
        round_trip(text);
    }

    #[test]
    fn lines_that_only_start_alike_share_their_start() {
        let text = "9f8a3b1c 2026-11-20 Ada one fix of many\n\
                    1d7e2a0b 2026-11-20 Ada another\n\
                    4c6d1f9a 2026-11-19 Bob third thing, quite other\n\
                    7b5c0e8f 2026-11-18 Bob \n";
        let packed = packed(text);
        let body: Vec<_> = packed.lines().skip(1).collect();
        assert_eq!(
            body,
            [
                "a {} 2026-11-{} {*}",
                "",
                "a9f8a3b1c 20 Ada one fix of many",
                "a1d7e2a0b \" Ada another",
                "a4c6d1f9a 19 Bob third thing, quite other",
                "a7b5c0e8f 18 Bob ",
            ]
        );
        round_trip(text);
    }

    #[test]
    fn a_counter_that_runs_through_several_shapes_is_left_out() {
        let mut text = String::new();
        for number in 0..20 {
            let _ = write!(
                text,
                "open file {}\nclose it after step {}\n",
                100 + 2 * number,
                101 + 2 * number
            );
        }
        let packed = packed(&text);
        let body: Vec<_> = packed.lines().skip(1).take(6).collect();
        assert_eq!(
            body,
            [
                "a open file {1+1}",
                "b close it after step {1+1}",
                "",
                "a100",
                "b",
                "a"
            ]
        );
        round_trip(&text);
    }

    #[test]
    fn the_end_of_a_range_of_addresses_is_told_by_its_start() {
        let text = "map 0x7f10aa24c000 to 0x7f10aa2f1fff r-x\n\
                    map 0x7f10aa2f2000 to 0x7f10aa2f4fff r-x\n\
                    map 0x7f33b1080000 to 0x7f33b1099fff r-x\n\
                    map 0x7f33c5f20000 to 0x7f33c5f2bfff r-x\n";
        let packed = packed(text);
        let body: Vec<_> = packed.lines().skip(1).collect();
        assert_eq!(
            body,
            [
                "a map {1} to {1} r-x",
                "",
                "a0x7f10aa24c000 'f1fff",
                "a'2000 '4fff",
                "a'33b1080000 '99fff",
                "a'c5f20000 'bfff",
            ]
        );
        round_trip(text);
    }

    #[test]
    fn hostile_packed_text_is_refused_and_never_panics() {
        for packed in [
            "#lines",
            "#lines {",
            "#lines {}\n",
            "#lines {}\na {=7}\n\na1",
            "#lines {}\na {\n\na",
            "#lines {}\n\n*9999999999999999999999",
            "#lines {}\n\n*3",
            "#lines {}\n\nz1",
            "#lines {}\na {}\n\na\"",
            "#lines {}\na {}\n\na'",
            "#lines {} crlf\n\n\\\\",
            "#lines é\n\nN",
            "#lines {}\na {*}{*}\n\na",
            "#lines {}\na {} {*}\n\na",
            "#lines {}\na {} {*}\n\na 1",
            "#lines {}\na {+9223372036854775807}\n\na9\na",
            "#lines {}\na {-9}\n\na9\na\na",
            "#lines {}\na {99999999999999999999+1}\n\na9",
        ] {
            drop(Lines.decode(packed, 100));
        }
        assert_eq!(
            Lines.decode("#lines {} \na x\n\na\n*4000000000", 1000),
            None
        );
    }

    proptest! {
        #[test]
        fn every_text_comes_back_exactly(lines in prop::collection::vec("([ab@.*\\\\\"'{}\r «]|[0-9]{1,3}|07:45:4[0-9]){0,9}", 0..40), last in "\n?") {
            let text = lines.join("\n") + &last;
            round_trip(&text);
            round_trip(&text.repeat(4));
            round_trip(&text.replace('\n', "\r\n"));
        }

        #[test]
        fn packed_text_from_anywhere_is_safe(packed in "(#lines \\{\\} \n)?([a-cNZ{}=+0-9@.*\\\\\"' \n]){0,60}") {
            drop(Lines.decode(&packed, 4096));
        }
    }
}
