//! How letters above and below the line of an HTML page are written on it.

use super::page::Page;

/// Letters of a word that is no unit and no variable: a number above it refers to a note.
const WORD_LETTERS: usize = 4;
/// Letters of an exponent or index; what is longer is small print.
const SCRIPT_LETTERS_MAX: usize = 24;
/// What stands above the line by custom, and means the same on it.
const CUSTOM: &[&str] = &[
    "st", "nd", "rd", "th", "TM", "SM", "®", "©", "™", "*", "**", "†", "‡",
];

/// Where letters stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Script {
    Above,
    Below,
}

/// Returns `letters` as they follow `base`, which is empty where they follow no letter.
pub(super) fn written(script: Script, base: &str, letters: &str, links: bool) -> String {
    if letters.starts_with(['[', '(']) || CUSTOM.contains(&letters) {
        return letters.to_owned();
    }
    let is_number = letters.chars().all(|letter| letter.is_ascii_digit());
    let word = base
        .chars()
        .rev()
        .take_while(|letter| letter.is_alphabetic())
        .count();
    let is_apart = base.is_empty() || base.ends_with(['.', ',', ';', ':', '!', '?']);
    let is_small_print = letters.chars().count() > SCRIPT_LETTERS_MAX
        || word >= WORD_LETTERS && letters.chars().filter(|c| c.is_alphabetic()).count() > 1;
    match script {
        Script::Above if links || is_number && (is_apart || word >= WORD_LETTERS) => {
            format!("[{letters}]")
        }
        _ if base.is_empty() => letters.to_owned(),
        _ if is_apart || is_small_print => format!(" {letters}"),
        Script::Below if is_number && is_element(base) => letters.to_owned(),
        Script::Above => format!("^{}", grouped(letters)),
        Script::Below => format!("_{}", grouped(letters)),
    }
}

/// Tells whether `base` may end with a chemical element: its number is read without a mark.
fn is_element(base: &str) -> bool {
    let mut before = base.chars().rev();
    let last = before.next();
    last.is_some_and(char::is_uppercase)
        || last.is_some_and(char::is_lowercase) && before.next().is_some_and(char::is_uppercase)
}

fn grouped(letters: &str) -> String {
    let plain = letters.strip_prefix(['-', '+', '−']).unwrap_or(letters);
    if plain.chars().all(char::is_alphanumeric) {
        letters.to_owned()
    } else {
        format!("({letters})")
    }
}

impl Page {
    /// Begins letters above or below the line.
    pub(super) fn begin_script(&mut self) {
        let is_apart = self.space || self.words.is_empty() || self.words.ends_with(['\n', ' ']);
        self.script = Some((self.words.len(), is_apart));
    }

    pub(super) fn end_script(&mut self, script: Script, links: bool) {
        let Some((start, is_apart)) = self.script.take() else {
            return;
        };
        let Some((base, letters)) = self.words.split_at_checked(start) else {
            return;
        };
        let has_space = letters.starts_with(' ');
        let letters = letters.trim();
        if letters.is_empty() || letters.contains(['\n', '`']) {
            return;
        }
        let written = written(script, if is_apart { "" } else { base }, letters, links);
        self.words.truncate(start);
        if has_space {
            self.words.push(' ');
        }
        self.words.push_str(&written);
    }
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use super::Script::{Above, Below};
    use super::*;

    #[test]
    fn exponents_indices_and_notes_are_told_apart() {
        for (script, base, letters, links, wanted) in [
            (Above, "2", "31", false, "^31"),
            (Above, "10", "-9", false, "^-9"),
            (Above, "e", "x + 1", false, "^(x + 1)"),
            (Above, "km", "2", false, "^2"),
            (Above, "see note", "1", false, "[1]"),
            (Above, "the end.", "1", false, "[1]"),
            (Above, "x", "1", true, "[1]"),
            (Above, "word", "[2]", true, "[2]"),
            (Above, "", "3", false, "[3]"),
            (Above, "1", "st", false, "st"),
            (Above, "Orbit", "beta", false, " beta"),
            (Below, "H", "2", false, "2"),
            (Below, "x", "i", false, "_i"),
            (Below, "log", "2", false, "_2"),
            (Below, "", "small", false, "small"),
        ] {
            assert_eq!(
                written(script, base, letters, links),
                wanted,
                "{base} {letters}"
            );
        }
    }

    #[test]
    fn letters_above_the_line_are_written_on_it() {
        let page = "<p>At most 2<sup>31</sup>-1, see<sup><a href=#f>1</a></sup> \
            <code>2<sup>8</sup></code> and <sup><sup>odd</p><p></sup>ends</sup>";
        assert_eq!(
            parse(page).text,
            "At most 2^31-1, see[1] `2^8` and odd\n\nends\n"
        );
    }
}
