//! Parts of a source on one line: signatures, members, imports, the first sentence of a documentation.

use std::ops::Range;

/// Bytes of a value that is shown whole.
const VALUE_BYTES_MAX: usize = 80;

/// Bytes of the text of a type that is shown whole: it is what the name means.
const ALIAS_BYTES_MAX: usize = 300;

/// Bytes of the first sentence of a documentation.
const SENTENCE_BYTES_MAX: usize = 120;

/// Whether the text of a value or type should be cut.
pub(super) fn is_long(text: &str, is_alias: bool) -> bool {
    if is_alias {
        text.len() > ALIAS_BYTES_MAX
    } else {
        text.len() > VALUE_BYTES_MAX || text.trim_end().contains('\n')
    }
}

/// Whether a field is declared as a constant.
pub(super) fn is_constant(text: &str) -> bool {
    let (head, value) = text.split_once('=').unwrap_or((text, ""));
    let has = |wanted: &str| words(head).any(|word| word == wanted);
    let is_fixed = has("static")
        && (has("final")
            || has("readonly")
            || is_named_constant(head.trim_start().trim_start_matches("static")));
    !value.is_empty() && (has("const") || has("constexpr") || is_fixed)
}

/// Whether the first name in `text` is spelled as that of a constant.
pub(super) fn is_named_constant(text: &str) -> bool {
    let name = words(text).next().unwrap_or_default();
    name.len() > 1 && name.starts_with(char::is_uppercase) && !name.chars().any(char::is_lowercase)
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|letter: char| !letter.is_alphanumeric() && letter != '_')
        .filter(|word| !word.is_empty())
}

/// Writes `range` of `text` to `out` on one line, without the `comments` in it.
pub(super) fn on_one_line(
    text: &str,
    range: Range<usize>,
    comments: &[Range<usize>],
    out: &mut String,
) {
    let from = comments.partition_point(|comment| comment.end <= range.start);
    let mut at = range.start;
    let start = out.len();
    for comment in comments
        .iter()
        .skip(from)
        .take_while(|comment| comment.start < range.end)
    {
        join(text.get(at..comment.start).unwrap_or_default(), start, out);
        // A comment between two words keeps them apart.
        join("\n", start, out);
        at = comment.end.max(at);
    }
    join(text.get(at..range.end).unwrap_or_default(), start, out);
    out.truncate(start + out.get(start..).unwrap_or_default().trim_end().len());
}

/// Appends `text` to `out`, in which the line begins at `start`; white space with a line end becomes one space, or none
/// beside a bracket.
fn join(text: &str, start: usize, out: &mut String) {
    for (number, line) in text.split('\n').enumerate() {
        if number == 0 {
            out.push_str(line);
            continue;
        }
        out.truncate(out.trim_end().len().max(start));
        let line = line.trim_start();
        let opens = out
            .get(start..)
            .is_none_or(|done| done.is_empty() || done.ends_with(['(', '[', '<', ' ']));
        if !(opens || line.is_empty() || line.starts_with([')', ']', '>', ',', ';', '.'])) {
            out.push(' ');
        }
        out.push_str(line);
        if line.is_empty() && !opens {
            out.push(' ');
        }
    }
}

/// Removes from the end what only says that a body follows.
pub(super) fn trim_end(out: &mut String, start: usize) {
    loop {
        let done = out.get(start..).unwrap_or_default().trim_end();
        let cut = ["{", "=>", ";", ":", "\\"]
            .iter()
            .find_map(|end| done.strip_suffix(end))
            .unwrap_or(done);
        let cut = cut
            .strip_suffix("end")
            .filter(|rest| rest.ends_with([' ', ';']))
            .unwrap_or(cut);
        let length = cut.len();
        if start + length == out.len() {
            return;
        }
        out.truncate(start + length);
    }
}

/// Returns the first sentence of a documentation, without the marks of a comment.
pub(super) fn first_sentence(doc: &str) -> String {
    let mut sentence = String::new();
    let text = doc
        .trim_start_matches(['r', 'u', 'f', 'b'])
        .trim_matches(['"', '\'']);
    let text = if text.len() < doc.len() { text } else { doc };
    for line in text.lines() {
        let line = line
            .trim()
            .trim_start_matches(['/', '*', '!', '#', '-', '<', ':']);
        let line = line.trim_end_matches("*/").trim();
        let tag = line
            .split_once('>')
            .filter(|(tag, _)| is_tag(tag.trim_start_matches('<')))
            .map(|(_, rest)| rest);
        let line = tag.unwrap_or(line);
        let line = line.split("</").next().unwrap_or_default().trim();
        if line.is_empty() || line.starts_with('@') {
            if sentence.is_empty() {
                continue;
            }
            break;
        }
        if !sentence.is_empty() {
            sentence.push(' ');
        }
        sentence.push_str(line);
        // `e.g. this` is no end.
        let end = sentence.match_indices(". ").find(|(at, _)| {
            sentence
                .get(at + 2..)
                .is_some_and(|rest| rest.starts_with(char::is_uppercase))
        });
        if let Some((end, _)) = end {
            sentence.truncate(end + 1);
            break;
        }
        if sentence.ends_with('.') || sentence.len() > SENTENCE_BYTES_MAX {
            break;
        }
    }
    if sentence.len() > SENTENCE_BYTES_MAX {
        sentence.truncate(super::super::clip(&sentence, SENTENCE_BYTES_MAX).len());
        let word = sentence.rfind(' ').unwrap_or(sentence.len());
        sentence.truncate(word);
        sentence.push('…');
    }
    sentence
}

/// `summary` of `<summary>`, whose `<` is gone.
fn is_tag(text: &str) -> bool {
    matches!(
        text,
        "summary" | "para" | "p" | "/summary" | "remarks" | "inheritdoc/" | "inheritdoc /"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_sentence_has_no_marks_of_a_comment() {
        for (doc, sentence) in [
            ("/// Opens it. And more.", "Opens it."),
            ("/**\n * Opens\n * it.\n *\n * @param x\n */", "Opens it."),
            ("/** Opens it. */", "Opens it."),
            ("\"\"\"Opens it.\n\n    More.\n    \"\"\"", "Opens it."),
            ("# Opens it\n#\n# More.", "Opens it"),
            ("--- Opens it.\n-- @param x", "Opens it."),
            ("/// <summary>\n/// Opens it.\n/// </summary>", "Opens it."),
            ("/// <summary>A book.</summary>", "A book."),
            ("/// A `Vec<T>` of e.g. pages.", "A `Vec<T>` of e.g. pages."),
            ("/** @param x */", ""),
            ("//", ""),
        ] {
            assert_eq!(first_sentence(doc), sentence, "{doc}");
        }
    }

    #[test]
    fn lines_are_joined_without_their_comments() {
        let text = "fn f(\n    a: u8, // one\n    b: &str,\n) -> [u8;\n    2]";
        let start = text.find("// one").unwrap();
        let mut out = String::from("x ");
        let comment = start..start + "// one".len();
        on_one_line(
            text,
            0..text.len(),
            std::slice::from_ref(&comment),
            &mut out,
        );
        assert_eq!(out, "x fn f(a: u8, b: &str,) -> [u8; 2]");
    }

    #[test]
    fn constants_are_told_from_fields() {
        for (text, expected) in [
            ("public static final int A = 1", true),
            ("static LIMIT = 10", true),
            ("const char *name", false),
            ("private int count = 0", false),
            ("public const int Limit = 10", true),
            ("", false),
        ] {
            assert_eq!(is_constant(text), expected, "{text}");
        }
    }
}
