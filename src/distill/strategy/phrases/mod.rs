//! Phrases that recur get a name of one token.
//!
//! ```text
//! #phrases raw: …           `raw` or `packed`: what the text is once the names are replaced; `s1`: names told in earlier
//!                           texts of that epoch are used as well
//! $a INFO [main] done       a name of two characters and its phrase; `\n` is a line end, `\\` a backslash
//! $b=took                   `=` stands between where the phrase starts with a letter, a digit or `=`
//!                           an empty line ends the phrases
//! 07:45:43$a in 17 ms       the text
//! ```
//!
//! A name is a sign and a letter that no line of the text holds side by side, so reading is plain replacement. Phrases never
//! start or end inside a word or a number, never hold another name, and cross at most one line end.

mod mine;
mod names;
mod parse;
mod pieces;

use super::super::legend::Legend;
use crate::distill::map::Map;

/// First word of packed text.
const SIGN: &str = "#phrases ";

/// Phrases that are named: more than a reader keeps in mind gain little.
const PHRASES_MAX: usize = 200;

/// How to read the notation, for a reader who was told nothing.
const LEGEND: &str = ": names of recurring phrases, then the text";

/// Names the phrases of `text`, for a reader who knows `legend` if there is one; `cost` returns the exact number of tokens
/// of a string.
pub(in crate::distill) fn encode_raw(
    text: &str,
    legend: Option<&Legend>,
    cost: &dyn Fn(&str) -> usize,
) -> Option<String> {
    encode(text, "raw", legend, cost)
}

/// Names the phrases of `packed`, the work of a strategy.
pub(in crate::distill) fn encode_packed(
    packed: &str,
    legend: Option<&Legend>,
    cost: &dyn Fn(&str) -> usize,
) -> Option<String> {
    encode(packed, "packed", legend, cost)
}

fn encode(
    text: &str,
    inner: &str,
    legend: Option<&Legend>,
    cost: &dyn Fn(&str) -> usize,
) -> Option<String> {
    let mut names = names::free(text, cost);
    let known = legend.map_or(&[][..], |legend| &legend.phrases);
    // A name that was told and stands in the text for itself would be read as the phrase.
    let is_free = known.iter().all(|(name, _)| names.contains(name));
    let (legend, known) = if is_free {
        (legend, known)
    } else {
        (None, &[][..])
    };
    names.retain(|name| !known.iter().any(|(known, _)| known == name));
    names.truncate(PHRASES_MAX);
    let (phrases, body) = mine::mine(text, &names, known, cost)?;
    let mut out = match legend {
        None => format!("{SIGN}{inner}{LEGEND}\n"),
        Some(legend) if known.is_empty() => format!("{SIGN}{inner} {}{LEGEND}\n", legend.tag()),
        Some(legend) => format!("{SIGN}{inner} {}: earlier names too\n", legend.tag()),
    };
    for (name, phrase) in phrases {
        out.push_str(&listing(&name, &phrase));
    }
    out.push('\n');
    out.push_str(&body);
    Some(out)
}

/// Returns the line that says what `name` stands for.
pub(in crate::distill) fn listing(name: &str, phrase: &str) -> String {
    let sign = if phrase.starts_with(needs_separator) {
        "="
    } else {
        ""
    };
    let phrase = phrase.replace('\\', "\\\\").replace('\n', "\\n");
    format!("{name}{sign}{phrase}\n")
}

/// Returns the names that `packed`, which carries `tag`, lists, and their phrases.
pub(in crate::distill) fn listed(packed: &str, tag: &str) -> Option<Vec<(String, String)>> {
    let (header, rest) = packed.strip_prefix(SIGN)?.split_once('\n')?;
    has_tag(header, tag).then_some(())?;
    let lines = rest.split('\n').take_while(|line| !line.is_empty());
    lines.map(read_listing).collect()
}

/// Whether `header` says that phrases told in the epoch `tag` are used.
fn has_tag(header: &str, tag: &str) -> bool {
    let words = header.split_once(' ').map_or("", |(_, words)| words);
    words.split([' ', ':']).next() == Some(tag)
}

/// Reads what [`listing`] writes.
fn read_listing(line: &str) -> Option<(String, String)> {
    let (name, phrase) = line.split_at_checked(2)?;
    let phrase = unescape(phrase.strip_prefix('=').unwrap_or(phrase))?;
    (name.is_ascii() && !phrase.is_empty()).then(|| (name.to_owned(), phrase))
}

/// Whether a phrase that starts with `letter` would run into its name.
fn needs_separator(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '='
}

/// Returns the text with its phrases in place, those in `legend` among them, and whether it is packed by another strategy.
pub(in crate::distill) fn decode(
    packed: &str,
    legend: &Legend,
    bytes_max: usize,
) -> Option<(String, bool)> {
    let (header, mut rest) = packed.strip_prefix(SIGN)?.split_once('\n')?;
    let is_packed = header.starts_with("packed");
    let mut phrases: Map<[u8; 2], String> = Map::default();
    let mut add = |(name, phrase): (String, String)| {
        phrases.insert(<[u8; 2]>::try_from(name.as_bytes()).ok()?, phrase);
        Some(())
    };
    if has_tag(header, &legend.tag()) {
        legend.phrases.iter().cloned().try_for_each(&mut add)?;
    }
    loop {
        let (line, after) = rest.split_once('\n')?;
        rest = after;
        if line.is_empty() {
            break;
        }
        add(read_listing(line)?)?;
    }
    let mut out = String::new();
    while let Some((at, phrase)) = next_name(rest, &phrases) {
        out.push_str(rest.get(..at)?);
        out.push_str(phrase);
        rest = rest.get(at + 2..)?;
        if out.len() > bytes_max {
            return None;
        }
    }
    out.push_str(rest);
    (out.len() <= bytes_max).then_some((out, is_packed))
}

/// Finds the first name in `text`: where it stands, and its phrase.
fn next_name<'p>(text: &str, phrases: &'p Map<[u8; 2], String>) -> Option<(usize, &'p str)> {
    text.as_bytes()
        .windows(2)
        .enumerate()
        .find_map(|(at, pair)| {
            let pair = <[u8; 2]>::try_from(pair).ok()?;
            if !pair.first().is_some_and(u8::is_ascii_punctuation) {
                return None;
            }
            phrases.get(&pair).map(|phrase| (at, phrase.as_str()))
        })
}

fn unescape(text: &str) -> Option<String> {
    let mut out = String::new();
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        out.push(match letter {
            '\\' => match letters.next()? {
                'n' => '\n',
                '\\' => '\\',
                _ => return None,
            },
            letter => letter,
        });
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::tokens::{Encoding, count};

    fn cost(text: &str) -> usize {
        count(Encoding::O200k, text)
    }

    fn encode_raw(text: &str, cost: &dyn Fn(&str) -> usize) -> Option<String> {
        super::encode_raw(text, None, cost)
    }

    fn decode(packed: &str, bytes_max: usize) -> Option<(String, bool)> {
        super::decode(packed, &Legend::default(), bytes_max)
    }

    fn round_trip(text: &str) {
        if let Some(packed) = encode_raw(text, &cost) {
            assert_eq!(
                decode(&packed, text.len()),
                Some((text.to_owned(), false)),
                "{packed}"
            );
        }
    }

    #[test]
    fn recurring_phrases_are_named_once() {
        let text = "the quick brown fox jumps, and the quick brown fox sleeps; the quick brown fox dreams.\n".repeat(4)
            + "once more the quick brown fox jumps\n";
        let packed = encode_raw(&text, &cost).unwrap();
        assert!(cost(&packed) < cost(&text), "{packed}");
        assert_eq!(decode(&packed, text.len()), Some((text, false)));
    }

    #[test]
    fn text_that_holds_every_name_stays_as_it_is() {
        let mut text = String::new();
        for sign in (33..127_u8)
            .filter(u8::is_ascii_punctuation)
            .map(char::from)
        {
            for letter in ('a'..='z').chain('A'..='Z') {
                text.push(sign);
                text.push(letter);
            }
        }
        text += &"the quick brown fox ".repeat(50);
        assert_eq!(encode_raw(&text, &cost), None);
    }

    #[test]
    fn hostile_packed_text_is_refused() {
        for packed in [
            "#phrases ",
            "#phrases raw\n",
            "#phrases raw\n$a\n\n",
            "#phrases raw\né=x\n\n",
            "#phrases raw\n$a=\\x\n\n",
        ] {
            assert_eq!(decode(packed, 100), None, "{packed}");
        }
        assert_eq!(decode("#phrases raw\n$a=aaaaaaaaaa\n\n$a$a$a", 29), None);
    }

    proptest! {
        #[test]
        fn every_text_comes_back_exactly(words in prop::collection::vec("[ab]{1,3}|\\$a|[ \n\\\\$&=.é]|17", 0..120)) {
            let text = words.concat();
            round_trip(&text);
            round_trip(&format!("{text} some longer phrase here {text} some longer phrase here\n").repeat(5));
        }
    }
}
