//! Long pieces that return anywhere in a packed document, such as the address of a server, get a name of one token.
//!
//! Names stand for text and not for values: they are put back before anything else is read. The legend says what they
//! stand for, one a line; the line of a whole object or array may hold names that lines after it explain, whose own lines
//! then hold none.

use std::collections::{BTreeMap, BinaryHeap};
use std::fmt::Write as _;

use super::price::Prices;
use crate::distill::map::Map;

/// Characters that names begin with; one that the document does not hold is taken.
const SIGILS: [char; 6] = ['$', '%', '*', '&', '@', '#'];
/// Names of one document: the legend is read before the text.
const NAMES_MAX: usize = 40;
/// Bytes: shorter pieces cost hardly more than a name.
const PHRASE_BYTES_MIN: usize = 12;
/// Bytes that are searched for phrases; what a longer document repeats, its beginning repeats too.
const SEARCHED_BYTES_MAX: usize = 256 << 10;
/// Phrases that are counted in the whole text.
const COUNTED_MAX: usize = 120;
/// Tokens that a phrase must save: its reader has to look it up.
const GAIN_MIN: usize = 16;

/// Returns the header words, the legend and the body, with a name for each piece that is worth one.
///
/// `repeated` are pieces that are known to return, and how often at most.
pub(super) fn name(
    body: &str,
    repeated: Vec<(String, usize)>,
    prices: &Prices<'_>,
) -> Option<(String, String)> {
    let sigil = *SIGILS.iter().find(|sigil| !body.contains(**sigil))?;
    let mut names: Vec<String> = ('a'..='z')
        .chain('A'..='Z')
        .map(|letter| format!("{sigil}{letter}"))
        .collect();
    // The cheapest come first; most phrases are still worth a name of two tokens.
    names.sort_by_key(|name| prices.of(name));
    names.truncate(NAMES_MAX);
    let mut names = names.into_iter().peekable();
    let mut found = candidates(body);
    for (phrase, count) in repeated {
        let known = found.entry(phrase).or_default();
        *known = count.max(*known);
    }
    let mut heap: BinaryHeap<(usize, String)> = found
        .into_iter()
        .map(|(phrase, count)| (gain(&phrase, count, 1, prices), phrase))
        .filter(|(gain, _)| *gain >= GAIN_MIN)
        .collect();
    heap = heap
        .into_sorted_vec()
        .into_iter()
        .rev()
        .take(COUNTED_MAX)
        .collect();
    let mut text = body.to_owned();
    let mut legend: Vec<Line> = Vec::new();
    while let Some((estimate, phrase)) = heap.pop() {
        let count = |text: &str| places(text, &phrase, sigil).count();
        let told: usize = legend.iter().map(|line| line.open(count)).sum();
        let Some(price) = names.peek().map(|name| prices.of(name)) else {
            break;
        };
        let gain = gain(&phrase, count(&text) + told, price, prices);
        if gain < GAIN_MIN {
            continue;
        }
        if gain < estimate && heap.peek().is_some_and(|(next, _)| *next > gain) {
            heap.push((gain, phrase));
            continue;
        }
        let Some(name) = names.next() else {
            break;
        };
        text = replaced(&text, &phrase, sigil, &name);
        for line in &mut legend {
            if line.open(count) > 0 {
                line.text = replaced(&line.text, &phrase, sigil, &name);
            }
        }
        legend.push(Line {
            is_inner: told > 0,
            name,
            text: phrase,
        });
    }
    let words = format!(" with {sigil}{}", legend.len());
    let mut out = String::new();
    for line in &legend {
        // Writing to a string cannot fail.
        _ = writeln!(out, "{}={}", line.name, line.text);
    }
    (!legend.is_empty()).then(|| (words, out + &text))
}

/// A line of the legend.
struct Line {
    name: String,
    /// What the name stands for.
    text: String,
    /// Whether another line holds its name: then it holds none, so that nobody has to follow names from line to line.
    is_inner: bool,
}

impl Line {
    /// Returns what `count` says of the text, nothing where no name may stand in it.
    fn open(&self, count: impl Fn(&str) -> usize) -> usize {
        if !self.is_inner && self.text.starts_with(['{', '[']) {
            count(&self.text)
        } else {
            0
        }
    }
}

/// Puts the phrases back that the last words of a header announce; returns the words before and the body.
pub(super) fn unname<'a>(
    words: &'a str,
    text: &str,
    bytes_max: usize,
) -> Option<(&'a str, String)> {
    let Some((words, announced)) = words.rsplit_once(" with ") else {
        return Some((words, text.to_owned()));
    };
    let sigil = announced.chars().next()?;
    let count: usize = announced.get(sigil.len_utf8()..)?.parse().ok()?;
    let mut lines = Vec::new();
    let mut rest = text;
    for _ in 0..count.min(NAMES_MAX + 1) {
        let (line, after) = rest.split_once('\n')?;
        let (name, phrase) = line.strip_prefix(sigil)?.split_once('=')?;
        let mut letters = name.chars();
        lines.push((letters.next()?, phrase));
        letters.as_str().is_empty().then_some(())?;
        rest = after;
    }
    // A line holds only names of lines after it.
    let mut phrases = Map::default();
    let mut bytes_left = bytes_max;
    for (name, phrase) in lines.into_iter().rev() {
        let phrase = with_phrases(phrase, sigil, &phrases, bytes_left)?;
        bytes_left -= phrase.len();
        phrases.insert(name, phrase);
    }
    Some((words, with_phrases(rest, sigil, &phrases, bytes_max)?))
}

/// Puts phrases where their names stand, if that takes no more than `bytes_max` bytes.
fn with_phrases(
    text: &str,
    sigil: char,
    phrases: &Map<char, String>,
    bytes_max: usize,
) -> Option<String> {
    let mut out = String::new();
    let mut pieces = text.split(sigil);
    out.push_str(pieces.next()?);
    for piece in pieces {
        let mut letters = piece.chars();
        out.push_str(phrases.get(&letters.next()?)?);
        out.push_str(letters.as_str());
        (out.len() <= bytes_max).then_some(())?;
    }
    (out.len() <= bytes_max).then_some(out)
}

/// Returns the tokens that a name of so many tokens for a phrase saves.
fn gain(phrase: &str, count: usize, name: usize, prices: &Prices<'_>) -> usize {
    // A name often costs one more token where it touches what is around it; its line in the legend costs two more.
    let price = prices.of(phrase);
    (count * price).saturating_sub(count * name + count / 2 + price + name + 2)
}

/// Returns pieces that occur more than once, and how often they were met.
fn candidates(body: &str) -> BTreeMap<String, usize> {
    let mut end = body.len().min(SEARCHED_BYTES_MAX);
    while !body.is_char_boundary(end) {
        end -= 1;
    }
    let body = body.get(..end).unwrap_or("");
    let bytes = body.as_bytes();
    let mut found: BTreeMap<String, usize> = BTreeMap::new();
    let mut last: Map<&[u8], usize> = Map::default();
    let mut at = 0;
    while let Some(window) = bytes.get(at..at + PHRASE_BYTES_MIN) {
        if !is_edge(bytes, at) || window.contains(&b'\n') {
            at += 1;
            continue;
        }
        let Some(earlier) = last.insert(window, at) else {
            at += 1;
            continue;
        };
        let pairs = bytes.iter().skip(at).zip(bytes.iter().skip(earlier));
        let same = pairs.take_while(|(one, other)| one == other && **one != b'\n');
        let mut length = same.count().min(at - earlier);
        while length > 0 && !is_edge(bytes, at + length) {
            length -= 1;
        }
        match body.get(at..at + length) {
            Some(same) if length >= PHRASE_BYTES_MIN => {
                for phrase in whole_pieces(same) {
                    *found.entry(phrase.to_owned()).or_insert(1) += 1;
                }
                at += length;
            }
            _ => at += 1,
        }
    }
    add_beginnings(&mut found);
    found
}

/// Cuts a text at brackets and quotes that have no partner in it; returns the pieces that are long enough.
///
/// A name that stood for half a list would hide where the list ends.
fn whole_pieces(text: &str) -> Vec<&str> {
    let mut cuts = Vec::new();
    let mut open: Vec<(usize, char)> = Vec::new();
    let mut quote = None;
    let mut escaped = false;
    for (at, character) in text.char_indices() {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => quote = if quote.is_none() { Some(at) } else { None },
            '[' | '{' | '(' => open.push((at, character)),
            ']' | '}' | ')' => {
                let partner = open.pop_if(|(_, open)| {
                    matches!((*open, character), ('[', ']') | ('{', '}') | ('(', ')'))
                });
                if partner.is_none() {
                    cuts.extend(open.drain(..).map(|(at, _)| at));
                    cuts.push(at);
                }
            }
            _ => {}
        }
    }
    cuts.extend(open.into_iter().map(|(at, _)| at));
    cuts.extend(quote);
    cuts.sort_unstable();
    let mut start = 0;
    let mut pieces = Vec::new();
    for cut in cuts.into_iter().chain([text.len()]) {
        // What joins a piece to the next stays outside, so that a name never runs into a word.
        let piece = text.get(start..cut).unwrap_or("");
        let piece = piece.trim_start_matches([',', ';', ' ', ':']);
        let piece = piece.trim_end_matches(|end| !(is_word(end) || is_closing(end)));
        if piece.len() >= PHRASE_BYTES_MIN {
            pieces.push(piece);
        }
        start = cut + 1;
    }
    pieces
}

/// Adds what neighbours in the alphabet begin with alike: phrases that only end differently are one phrase.
fn add_beginnings(found: &mut BTreeMap<String, usize>) {
    let mut shared: BTreeMap<String, usize> = BTreeMap::new();
    for ((one, count), (other, more)) in found.iter().zip(found.iter().skip(1)) {
        let pairs = one.bytes().zip(other.bytes());
        let mut length = pairs.take_while(|(one, other)| one == other).count();
        while length > 0 && !is_edge(one.as_bytes(), length) {
            length -= 1;
        }
        if length >= PHRASE_BYTES_MIN
            && let Some(start) = one.get(..length)
        {
            *shared.entry(start.to_owned()).or_default() += count + more;
        }
    }
    for (phrase, count) in shared {
        let known = found.entry(phrase).or_default();
        *known = count.max(*known);
    }
}

/// Returns where a phrase stands that no word runs out of or into, and that does not begin with the letter of a name.
fn places<'t>(text: &'t str, phrase: &'t str, sigil: char) -> impl Iterator<Item = usize> + 't {
    let bytes = text.as_bytes();
    let is_named = move |at: usize| text.get(..at).is_some_and(|before| before.ends_with(sigil));
    text.match_indices(phrase)
        .map(|(at, _)| at)
        .filter(move |at| is_edge(bytes, *at) && is_edge(bytes, at + phrase.len()))
        .filter(move |at| !is_named(*at))
}

fn replaced(text: &str, phrase: &str, sigil: char, name: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut start = 0;
    for at in places(text, phrase, sigil) {
        out.push_str(text.get(start..at).unwrap_or(""));
        out.push_str(name);
        start = at + phrase.len();
    }
    out.push_str(text.get(start..).unwrap_or(""));
    out
}

/// Tells whether no word goes on across a position.
fn is_edge(bytes: &[u8], at: usize) -> bool {
    let goes_on =
        |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte >= 0x80);
    at == 0 || !(goes_on(bytes.get(at - 1)) && goes_on(bytes.get(at)))
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || !character.is_ascii()
}

fn is_closing(character: char) -> bool {
    matches!(character, ')' | ']' | '}' | '"')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phrase_that_begins_with_one_letter_is_not_found_in_a_name() {
        let text = "c4:$a c2:https://x.test/1 c1:a c2:https://x.test/2";
        let found: Vec<usize> = places(text, "a c2:https://x.test", '$').collect();
        assert_eq!(found, [29]);
        let named = replaced(text, "a c2:https://x.test", '$', "$i");
        assert_eq!(named, "c4:$a c2:https://x.test/1 c1:$i/2");
    }
}
