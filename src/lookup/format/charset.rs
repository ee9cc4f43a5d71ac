//! From the bytes of a text to its letters. A mark at its beginning says how they are written; else they are UTF-8 if they
//! can be; else what the text says of itself, as pages of the web do; else what most old texts are.

use std::borrow::Cow;

use encoding_rs::{Encoding, ISO_2022_JP, UTF_8, WINDOWS_1252};

/// Bytes at the beginning within which a text says how it is written: browsers look at a quarter, pages put much before it.
const HEAD_BYTES_MAX: usize = 4 << 10;
/// Of so many bytes of a text one may be NUL: a page about characters shows it as it is, and what is binary has far more.
const NUL_PART: usize = 100;

/// A text in UTF-8, and what was not clear about it, for people.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::lookup) struct Text<'a> {
    pub(in crate::lookup) bytes: Cow<'a, [u8]>,
    pub(in crate::lookup) note: Option<String>,
}

impl<'a> Text<'a> {
    fn as_is(bytes: &'a [u8]) -> Self {
        Self {
            bytes: Cow::Borrowed(bytes),
            note: None,
        }
    }
}

/// Reads the bytes of a text; those of no text stay as they are.
pub(super) fn read(bytes: &[u8]) -> Text<'_> {
    read_as(bytes, "")
}

/// Reads the bytes of a text of which whoever sent it says that it is in the encoding called `label`.
pub(in crate::lookup) fn read_as<'a>(bytes: &'a [u8], label: &str) -> Text<'a> {
    let bytes = match Encoding::for_bom(bytes) {
        Some((encoding, mark)) => {
            let bytes = bytes.get(mark..).unwrap_or_default();
            if encoding != UTF_8 {
                return decoded(encoding, bytes);
            }
            bytes
        }
        None => bytes,
    };
    if bytes.contains(&0) {
        let nuls = bytes.split(|byte| *byte == 0).count() - 1;
        let text = written(bytes, label);
        // What is not clear about its letters is so because they are none.
        return if text.note.is_none() && nuls <= bytes.len() / NUL_PART {
            without_nul(text)
        } else {
            Text::as_is(bytes)
        };
    }
    written(bytes, label)
}

/// Reads the bytes of a text without a mark.
fn written<'a>(bytes: &'a [u8], label: &str) -> Text<'a> {
    let said = || {
        let head = bytes.get(..HEAD_BYTES_MAX).unwrap_or(bytes);
        encoding(label).or_else(|| declared(head))
    };
    if std::str::from_utf8(bytes).is_ok() {
        // Its bytes are all those of ASCII: only its escapes tell it from UTF-8.
        let is_escaped = bytes.contains(&0x1b) && said() == Some(ISO_2022_JP);
        return if is_escaped {
            decoded(ISO_2022_JP, bytes)
        } else {
            Text::as_is(bytes)
        };
    }
    match said() {
        Some(encoding) if encoding != UTF_8 => decoded(encoding, bytes),
        None if !is_mostly_utf8(bytes) => Text {
            note: Some("read as Windows-1252: not UTF-8".to_owned()),
            ..decoded(WINDOWS_1252, bytes)
        },
        _ => decoded(UTF_8, bytes),
    }
}

/// Returns bytes as text, in the encoding that a mark at their beginning names; they may end within a letter.
pub(super) fn text(bytes: &[u8]) -> Cow<'_, str> {
    UTF_8.decode(bytes).0
}

/// Says what bytes with a NUL are.
pub(in crate::lookup) fn why_binary(bytes: &[u8]) -> &'static str {
    let nul_at = |odd: usize| {
        let places = bytes.iter().skip(odd).step_by(2);
        places.filter(|byte| **byte == 0).count()
    };
    let half = bytes.len() / 2;
    // Every second byte of English in UTF-16 is one.
    if nul_at(0).max(nul_at(1)) * 2 > half && nul_at(0).min(nul_at(1)) * 8 < half {
        "is binary, or UTF-16 without a mark: save it as UTF-8"
    } else {
        "is binary"
    }
}

/// Writes each NUL as HTML does, as a letter that is none: <https://html.spec.whatwg.org/#parse-error-unexpected-null-character>
fn without_nul(text: Text<'_>) -> Text<'_> {
    let replaced = String::from_utf8_lossy(&text.bytes).replace('\0', "\u{fffd}");
    Text {
        bytes: Cow::Owned(replaced.into_bytes()),
        ..text
    }
}

fn decoded<'a>(encoding: &'static Encoding, bytes: &'a [u8]) -> Text<'a> {
    let (text, is_broken) = encoding.decode_without_bom_handling(bytes);
    Text {
        note: is_broken.then(|| format!("some of its letters are not {}", encoding.name())),
        bytes: match text {
            Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
            Cow::Owned(text) => Cow::Owned(text.into_bytes()),
        },
    }
}

/// Tells whether more of the letters beyond ASCII are UTF-8 than are not: then some are damaged.
fn is_mostly_utf8(bytes: &[u8]) -> bool {
    let (mut fit, mut unfit) = (0, 0);
    for chunk in bytes.utf8_chunks() {
        fit += chunk
            .valid()
            .chars()
            .filter(|letter| !letter.is_ascii())
            .count();
        unfit += usize::from(!chunk.invalid().is_empty());
    }
    fit > unfit
}

/// Returns the encoding called `label`.
fn encoding(label: &str) -> Option<&'static Encoding> {
    let encoding = Encoding::for_label_no_replacement(label.as_bytes())?;
    // Whoever could read it so far knows that it is no UTF-16.
    let is_fit = encoding.is_ascii_compatible() || encoding == ISO_2022_JP;
    Some(if is_fit { encoding } else { UTF_8 })
}

/// Returns the encoding that the beginning of a page or of XML names.
fn declared(head: &[u8]) -> Option<&'static Encoding> {
    let head: String = head.iter().map(|&byte| char::from(byte)).collect();
    let head = head.trim_start().to_ascii_lowercase();
    if !head.starts_with('<') {
        return None;
    }
    let mut rest = head.as_str();
    while let Some((_, tag)) = rest.split_once('<') {
        rest = tag;
        if tag.starts_with("!--") {
            rest = tag.split_once("-->").map_or("", |(_, rest)| rest);
            continue;
        }
        let key = match tag {
            _ if tag.starts_with("?xml") => "encoding",
            _ if tag.starts_with("meta") => "charset",
            _ => continue,
        };
        let (tag, after) = tag.split_once('>').unwrap_or((tag, ""));
        rest = after;
        if let Some(encoding) = value(tag, key).and_then(encoding) {
            return Some(encoding);
        }
    }
    None
}

/// Returns what stands after `key=`, in quotes or not.
fn value<'a>(tag: &'a str, key: &str) -> Option<&'a str> {
    let mut rest = tag;
    while let Some((_, after)) = rest.split_once(key) {
        rest = after;
        if let Some(given) = after.trim_start().strip_prefix('=') {
            let given = given.trim_start().trim_start_matches(['"', '\'']);
            let ends = |letter: char| letter.is_whitespace() || "\"';/?>".contains(letter);
            return given.split(ends).next();
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(bytes: &[u8]) -> (String, Option<String>) {
        let text = read(bytes);
        (
            String::from_utf8(text.bytes.into_owned()).unwrap(),
            text.note,
        )
    }

    #[test]
    fn what_is_utf_8_is_so_whatever_it_says_of_itself() {
        for text in [
            "caf\u{e9}",
            "<meta charset=latin1>caf\u{e9}",
            "<meta charset=iso-2022-jp>caf\u{e9}",
            "<meta charset=nonsense>plain",
        ] {
            assert_eq!(told(text.as_bytes()), (text.to_owned(), None));
        }
        assert_eq!(
            told(b"\xef\xbb\xbfcaf\xc3\xa9"),
            ("caf\u{e9}".to_owned(), None)
        );
    }

    #[test]
    fn a_mark_decides() {
        let expected = ("# \u{e9}".to_owned(), None);
        assert_eq!(told(b"\xff\xfe#\0 \0\xe9\0"), expected);
        assert_eq!(told(b"\xfe\xff\0#\0 \0\xe9"), expected);
        let (_, note) = told(b"\xff\xfe#\0 \0\xe9");
        assert_eq!(
            note.as_deref(),
            Some("some of its letters are not UTF-16LE")
        );
    }

    #[test]
    fn a_page_is_written_as_it_says() {
        for (said, letters, expected) in [
            ("<meta charset=\"ISO-8859-1\">", &b"\xdf"[..], "\u{df}"),
            (
                "<html><!-- <meta charset=x> --><META content='text/html; charset = shift_jis' http-equiv=x>",
                b"\x93\xfa",
                "\u{65e5}",
            ),
            (
                "\n<?xml version='1.0' encoding='koi8-r'?>",
                b"\xc1",
                "\u{430}",
            ),
            (
                "<meta charset='iso-2022-jp'>",
                b"\x1b$B4A\x1b(B",
                "\u{6f22}",
            ),
        ] {
            let (text, note) = told(&[said.as_bytes(), letters].concat());
            assert_eq!((text.strip_prefix(said), note), (Some(expected), None));
        }
    }

    #[test]
    fn what_says_nothing_and_is_not_utf_8_is_windows_1252_and_told() {
        let note = Some("read as Windows-1252: not UTF-8".to_owned());
        assert_eq!(
            told(b"\x93caf\xe9\x94"),
            ("\u{201c}caf\u{e9}\u{201d}".to_owned(), note)
        );
    }

    #[test]
    fn one_damaged_letter_makes_no_other_of_the_rest() {
        let note = Some("some of its letters are not UTF-8".to_owned());
        let text = "\u{e9}\u{e8}".to_owned();
        let damaged = [text.as_bytes(), b"\xe9"].concat();
        assert_eq!(told(&damaged), (text.clone() + "\u{fffd}", note.clone()));
        let said = b"<meta charset=utf-8>\xe9";
        assert_eq!(
            told(said),
            ("<meta charset=utf-8>\u{fffd}".to_owned(), note)
        );
    }

    #[test]
    fn a_nul_among_many_letters_is_a_letter_that_is_none() {
        let words = "A page that shows what each character is. ".repeat(3);
        let page = |letter: &[u8]| [words.as_bytes(), letter, b"\0"].concat();
        assert_eq!(
            told(&page("\u{e9}".as_bytes())),
            (format!("{words}\u{e9}\u{fffd}"), None)
        );
        let declared = [b"<meta charset=latin1>", &page(b"\xe9")[..]].concat();
        let expected = format!("<meta charset=latin1>{words}\u{e9}\u{fffd}");
        assert_eq!(told(&declared), (expected, None));
        for binary in [page(b"\xff"), page(b"\0")] {
            assert_eq!(read(&binary).bytes.as_ref(), binary);
        }
    }

    #[test]
    fn binary_stays_and_utf_16_without_a_mark_is_told_from_it() {
        assert_eq!(read(b"a\0\xff").bytes.as_ref(), b"a\0\xff");
        assert_eq!(why_binary(b"a\0\xff\xfe\0\0"), "is binary");
        assert!(why_binary(b"t\0e\0x\0t\0").contains("UTF-16"));
        assert!(why_binary(b"\0t\0e\0x\0t").contains("UTF-16"));
    }
}
