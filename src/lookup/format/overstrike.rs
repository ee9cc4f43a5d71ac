//! Text as typewriters and `nroff` write it, one letter over another: `X`, back, `X` is a bold X, and `_`, back, `X` one that
//! is underlined.

use std::borrow::Cow;

/// What goes back by a column.
const BACK: char = '\u{8}';

/// What such a text shows.
#[derive(Debug, Default)]
pub(super) struct Printed<'a> {
    /// The text, line by line, each column with the letter that is seen there.
    pub(super) text: Cow<'a, str>,
    /// The lines (from 0) of which every letter is bold.
    pub(super) bold: Vec<usize>,
}

/// Returns what `text` shows.
pub(super) fn printed(text: &str) -> Printed<'_> {
    if !text.contains(BACK) {
        return Printed {
            text: Cow::Borrowed(text),
            bold: Vec::new(),
        };
    }
    let mut shown = String::with_capacity(text.len());
    let mut bold = Vec::new();
    let ends = text.replace("\r\n", "\n").replace('\r', "\n");
    for (number, line) in ends.split('\n').enumerate() {
        if number > 0 {
            shown.push('\n');
        }
        if !line.contains(BACK) {
            shown.push_str(line);
            continue;
        }
        let columns = struck(line);
        let mut letters = columns.iter().filter(|column| column.letter != ' ');
        if letters.all(|column| column.is_bold) {
            bold.push(number);
        }
        shown.extend(columns.iter().map(|column| column.letter));
    }
    Printed {
        text: Cow::Owned(shown),
        bold,
    }
}

/// What stands in a column.
struct Column {
    letter: char,
    is_bold: bool,
}

/// Returns the columns of a line.
fn struck(line: &str) -> Vec<Column> {
    let mut columns: Vec<Column> = Vec::new();
    let mut at = 0_usize;
    for letter in line.chars() {
        if letter == BACK {
            at = at.saturating_sub(1);
            continue;
        }
        if let Some(column) = columns.get_mut(at) {
            column.is_bold |= column.letter == letter;
            // An underline or an accent adds to a letter, and a bullet is an `o` and a `+`.
            if letter.is_alphanumeric() || " _".contains(column.letter) {
                column.letter = letter;
            }
        } else {
            columns.push(Column {
                letter,
                is_bold: false,
            });
        }
        at += 1;
    }
    columns
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `#` for the way back.
    fn shown(text: &str) -> (String, Vec<usize>) {
        let text = text.replace('#', "\u{8}");
        let printed = printed(&text);
        (printed.text.into_owned(), printed.bold)
    }

    #[test]
    fn a_letter_over_itself_is_bold_and_a_line_under_a_letter_goes() {
        assert_eq!(
            shown("P#Po#or#r#rt#t H#Ho#ow\r\nA _#l_#o_#n_#g w#_o#_rd\r_#__#x\nN#NA#A"),
            ("Port How\nA long word\n_x\nNA".to_owned(), vec![3])
        );
    }

    #[test]
    fn what_is_struck_over_something_else_is_what_is_read() {
        assert_eq!(
            shown("+#o item\no#+ item\nnaive###xyz\n##a b#"),
            ("o item\no item\nnaxyz\na b".to_owned(), vec![])
        );
    }
}
