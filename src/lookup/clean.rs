//! Takes out of a document what a reader of the rendered page would not see: it is data from strangers, and hidden
//! text is how they would speak to a model behind a person's back.

/// Letters of a name in a message about it.
const NAME_LETTERS_MAX: usize = 200;

/// Returns `text` with line ends as `\n` and without invisible characters; the number of lines stays.
pub(super) fn visible(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut rest = text.strip_prefix('\u{feff}').unwrap_or(text);
    loop {
        // Most of a text is plain, and copied stretch by stretch.
        let plain = rest.bytes().position(|byte| !is_plain(byte));
        let (shown, from) = rest.split_at(plain.unwrap_or(rest.len()));
        clean.push_str(shown);
        let mut letters = from.chars();
        let Some(letter) = letters.next() else {
            return clean;
        };
        rest = letters.as_str();
        match letter {
            '\r' if rest.starts_with('\n') => {}
            '\r' => clean.push('\n'),
            // Old text files mark pages with form feeds.
            '\u{0c}' | '\u{0b}' => clean.push(' '),
            _ if is_invisible(letter) => {}
            _ => clean.push(letter),
        }
    }
}

/// Tells whether `byte` is a letter that stays as it is.
fn is_plain(byte: u8) -> bool {
    matches!(byte, b' '..=b'~' | b'\n' | b'\t')
}

/// Returns the words of `text` with one space between them.
pub(super) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Returns the first `letters_max` letters of `text` as one line, without hidden letters and without comments of HTML. It
/// reads no further: descriptions of a megabyte are told in a line on thousands of pages.
pub(super) fn beginning(text: &str, letters_max: usize) -> String {
    let mut line = String::new();
    let mut count = 0;
    let mut is_apart = false;
    let mut rest = text;
    // Nothing closes a comment behind the first that is open, so this looks for an end in vain once.
    let mut may_end = true;
    while let Some(letter) = rest.chars().next().filter(|_| count < letters_max) {
        if may_end && let Some(inside) = rest.strip_prefix("<!--") {
            if let Some((hidden, after)) = inside.split_once("-->") {
                is_apart |= hidden.contains('\n');
                rest = after;
                continue;
            }
            may_end = false;
        }
        rest = rest.get(letter.len_utf8()..).unwrap_or_default();
        let is_end = matches!(letter, '\r' | '\u{0c}' | '\u{0b}');
        if is_end || letter.is_whitespace() && !is_invisible(letter) {
            is_apart = true;
        } else if !is_invisible(letter) {
            if is_apart && !line.is_empty() {
                line.push(' ');
                count += 1;
            }
            line.push(letter);
            count += 1;
            is_apart = false;
        }
    }
    line
}

/// Returns a question as a person reads it: what was copied from a terminal has its colours in it, which are no words.
pub(super) fn asked(question: &str) -> String {
    visible(&anstream::adapter::strip_str(question).to_string())
}

/// Tells whether a name has letters that are not shown, or line ends: among text of ours it would look like ours, or hide.
pub(super) fn is_hidden_name(name: &str) -> bool {
    name.chars()
        .any(|letter| matches!(letter, '\n' | '\t') || is_invisible(letter))
}

/// Returns a name for a message about it: `?` for every such letter.
pub(super) fn shown_name(name: &str) -> String {
    let is_shown = |letter: char| !matches!(letter, '\n' | '\t') && !is_invisible(letter);
    name.chars()
        .take(NAME_LETTERS_MAX)
        .map(|letter| if is_shown(letter) { letter } else { '?' })
        .collect()
}

/// Tells whether `letter` shows nothing by itself: controls, zero-width, direction overrides, tags, fillers.
fn is_invisible(letter: char) -> bool {
    match letter {
        '\n' | '\t' => false,
        '\u{00ad}'
        | '\u{034f}'
        | '\u{061c}'
        | '\u{115f}'
        | '\u{1160}'
        | '\u{17b4}'
        | '\u{17b5}'
        | '\u{180b}'..='\u{180f}'
        | '\u{200b}'
        | '\u{200e}'
        | '\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{3164}'
        | '\u{feff}'
        | '\u{ffa0}'
        | '\u{fff0}'..='\u{fffb}'
        | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}' => true,
        _ => letter.is_control(),
    }
}

/// Returns `text` with every stretch between `open` and `close` blanked, line ends kept, save where `is_code` says
/// that the line (from 0) is code. A stretch that is never closed stays as it is.
pub(super) fn without_comments(
    text: &str,
    open: &str,
    close: &str,
    is_code: impl Fn(usize) -> bool,
) -> String {
    if !text.contains(open) {
        return text.to_owned();
    }
    let mut clean = String::with_capacity(text.len());
    let mut rest = text;
    let mut line = 0;
    while let Some((before, after)) = rest.split_once(open) {
        clean.push_str(before);
        line += before.matches('\n').count();
        if is_code(line) {
            clean.push_str(open);
            rest = after;
        } else if let Some((hidden, next)) = after.split_once(close) {
            let ends = hidden.matches('\n').count();
            clean.extend(std::iter::repeat_n('\n', ends));
            line += ends;
            rest = next;
        } else {
            // Nothing closes this one, nor any behind it.
            clean.push_str(open);
            clean.push_str(after);
            return clean;
        }
    }
    clean.push_str(rest);
    clean
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn invisible_characters_go_and_lines_stay() {
        assert_eq!(
            visible("\u{feff}a\u{200b}b\r\nc\u{202e}d\re\u{e0041}\u{1}\n"),
            "ab\ncd\ne\n"
        );
        assert_eq!(
            visible("family 👨\u{200d}👩, नमस्ते"),
            "family 👨\u{200d}👩, नमस्ते"
        );
    }

    #[test]
    fn a_question_has_no_colours_and_no_invisible_letters() {
        let coloured = "\u{1b}[1m\u{1b}[31mDetached\u{200b}InstanceError\u{1b}[0m: a\u{1b}]8;;https://h.example\u{7}b";
        assert_eq!(asked(coloured), "DetachedInstanceError: ab");
        assert_eq!(asked("plain [31m text"), "plain [31m text");
    }

    #[test]
    fn names_with_letters_that_are_not_shown_are_told_and_shown_without() {
        for (name, shown) in [
            ("a\n\nIGNORE.md", "a??IGNORE.md"),
            ("\u{1b}[31m.md", "?[31m.md"),
            ("rtl\u{202e}dm.exe", "rtl?dm.exe"),
        ] {
            assert!(is_hidden_name(name));
            assert_eq!(shown_name(name), shown);
        }
        for name in ["a b.md", "docs/日本 👩\u{200d}💻.md", "é.md"] {
            assert!(!is_hidden_name(name), "{name}");
        }
    }

    #[test]
    fn comments_outside_code_are_blanked() {
        let text = "a <!-- x\ny --> b\n<!-- code -->\n<!-- open";
        assert_eq!(
            without_comments(text, "<!--", "-->", |line| line == 2),
            "a \n b\n<!-- code -->\n<!-- open"
        );
        let open = "<!-- ".repeat(1 << 17);
        assert_eq!(without_comments(&open, "<!--", "-->", |_| false), open);
    }

    #[test]
    fn a_beginning_is_one_line_without_what_is_hidden() {
        assert_eq!(
            beginning(" One\n\ttwo <!-- x --> o\u{200b}thers", 13),
            "One two other"
        );
        assert_eq!(beginning("a<!--\n-->b<!-- -->c <!-- d", 99), "a bc <!-- d");
    }

    proptest! {
        #[test]
        fn a_beginning_is_that_of_the_line_without_comments(text in "([a-c \r\n\u{b}\u{c}\u{200b}\u{2028}\u{feff}\u{85}]|<!--|-->|-|<){0,60}", letters in 0usize..70) {
            let line = visible(&without_comments(&text, "<!--", "-->", |_| false));
            let line = one_line(&line);
            prop_assert_eq!(&beginning(&text, usize::MAX), &line);
            let first: String = line.chars().take(letters).collect();
            prop_assert!(beginning(&text, letters).starts_with(&first));
        }
    }
}
