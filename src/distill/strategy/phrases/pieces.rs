//! Pieces that phrases are made of: words, numbers and signs, none of which is ever cut.

/// Letters of a piece: what is longer is no word, and counting its tokens again and again would take long.
const WORD_LETTERS_MAX: usize = 256;

/// Letters of a unit: `min`, `GiB`.
const UNIT_LETTERS_MAX: usize = 3;

/// Cuts `text` where a vocabulary would, words and numbers whole: a space belongs to what follows it, another sign to the
/// word after it.
pub(super) fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let mut letters = rest.char_indices();
        let (_, first) = letters.next()?;
        let is_word = |letter: char| letter.is_alphanumeric() || letter == '_';
        let length = if let Some(length) = name_length(rest) {
            length
        } else if first == ' ' {
            let spaces = rest.bytes().take_while(|byte| *byte == b' ').count();
            let ends_line = rest
                .as_bytes()
                .get(spaces)
                .is_none_or(|byte| *byte == b'\n');
            if spaces > 1 {
                spaces - usize::from(!ends_line)
            } else {
                match letters.next() {
                    Some((_, second)) if is_word(second) => {
                        1 + word_length(rest.get(1..)?, is_word)
                    }
                    Some((at, second)) if second != '\n' => at + second.len_utf8(),
                    _ => 1,
                }
            }
        } else if is_word(first) {
            word_length(rest, is_word)
        } else {
            let sign = first.len_utf8();
            match letters.next() {
                Some((_, second)) if first != '\n' && second.is_alphabetic() => {
                    sign + word_length(rest.get(sign..)?, is_word)
                }
                _ => sign,
            }
        };
        let length = length - rest.get(..length).map_or(0, unit_length);
        let (piece, after) = rest.split_at_checked(length)?;
        rest = after;
        Some(piece)
    })
}

/// Bytes of the name of an identifier (`~12`, `~~12`) that begins `text`, with the space before it.
fn name_length(text: &str) -> Option<usize> {
    let sign = text.strip_prefix(' ').unwrap_or(text);
    let number = sign.strip_prefix('~')?;
    let number = number.strip_prefix('~').unwrap_or(number);
    let digits = number.bytes().take_while(u8::is_ascii_digit).count();
    (digits > 0).then(|| text.len() - number.len() + digits)
}

/// Bytes of the unit that ends `piece`, as in `12ms`: unlike the parts of an identifier, number and unit say something apart.
fn unit_length(piece: &str) -> usize {
    let number = piece.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
    let digits = number.strip_prefix(' ').unwrap_or(number);
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    let unit = piece.get(number.len()..).unwrap_or_default();
    // What hexadecimal digits spell may be the end of a hash.
    let is_unit =
        unit.len() <= UNIT_LETTERS_MAX && unit.contains(|letter: char| !letter.is_ascii_hexdigit());
    if is_number && is_unit { unit.len() } else { 0 }
}

fn word_length(text: &str, is_word: impl Fn(char) -> bool) -> usize {
    text.char_indices()
        .take(WORD_LETTERS_MAX + 1)
        .enumerate()
        .find(|(count, (_, letter))| *count == WORD_LETTERS_MAX || !is_word(*letter))
        .map_or(text.len(), |(_, (at, _))| at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_numbers_and_names_of_identifiers_are_whole() {
        let cut: Vec<&str> = pieces("blk_~12 of ~~3, took 12ms: ~x\n").collect();
        assert_eq!(
            cut,
            [
                "blk_", "~12", " of", " ~~3", ",", " took", " 12", "ms", ":", " ~", "x", "\n"
            ]
        );
    }
}
