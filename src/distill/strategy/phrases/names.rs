//! Names of one token: a sign and a letter.

/// Signs that names start with, in order of preference: those that text uses least, and none that other notations of
/// this program read at the start of a line.
const SIGNS: &[u8] = b"$&%^~#|/_<>:;=+?!";

/// Returns the names that no two neighbours in `text` spell and that are one token each, best first.
pub(super) fn free(text: &str, cost: &dyn Fn(&str) -> usize) -> Vec<String> {
    let number = |pair: [u8; 2]| usize::from(u16::from_le_bytes(pair));
    let mut taken = vec![false; 1 << 16];
    for pair in text.as_bytes().windows(2) {
        let pair = <[u8; 2]>::try_from(pair).map_or(0, number);
        if let Some(slot) = taken.get_mut(pair) {
            *slot = true;
        }
    }
    let letters = || (b'a'..=b'z').chain(b'A'..=b'Z');
    SIGNS
        .iter()
        .flat_map(|sign| letters().map(move |letter| [*sign, letter]))
        .filter(|pair| taken.get(number(*pair)) == Some(&false))
        .map(|pair| {
            pair.iter()
                .map(|byte| char::from(*byte))
                .collect::<String>()
        })
        .filter(|name| cost(name) == 1)
        .collect()
}
