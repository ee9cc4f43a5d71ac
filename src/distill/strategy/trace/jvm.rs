//! Stack traces of the JVM: a frame says its class twice, once as a part of the method and once as the file.
//!
//! ```text
//! #trace (:9) is (Class.java:9), the file named after the class
//!     at org.shop.Cart.add(:17)                     at org.shop.Cart.add(Cart.java:17)
//!     at org.shop.Cart$Line.total(:12)              at org.shop.Cart$Line.total(Cart.java:12)
//!     at org.shop.CartKt.main(Cart.kt:3)            as it is: no class of this name, or another ending
//! ```
//!
//! The ending is that of most frames. A text that holds such a short frame already is left alone.

use super::Layer;

/// First word of packed text.
const SIGN: &str = "#trace (:9) is (Class";

/// How the first line ends, behind the ending of the files.
const LEGEND: &str = ":9), the file named after the class";

/// What a short frame has instead of the name of its file.
const SHORT: &str = "(:";

/// Endings of the files that compilers for the JVM name in a class.
const ENDINGS: &[&str] = &[".java", ".kt", ".scala", ".groovy"];

/// Frames below which the first line costs more than it saves.
const FRAMES_MIN: usize = 5;

/// Bytes before the ending of a file in which its frame must start: no class of a real program has a longer name.
const FRAME_BYTES_MAX: usize = 1024;

/// See the module.
#[derive(Debug)]
pub(super) struct Jvm;

impl Layer for Jvm {
    fn encode(&self, text: &str) -> Option<String> {
        encode(text)
    }

    fn decode(&self, packed: &str, bytes_max: usize) -> Option<String> {
        decode(packed, bytes_max)
    }
}

/// Leaves the files of `text` out that are named after their class, or returns `None` if there are too few.
fn encode(text: &str) -> Option<String> {
    if text.contains(SHORT) {
        return None;
    }
    let count = |ending: &&&str| {
        text.match_indices(**ending)
            .filter(|(at, _)| frame(text, *at, ending).is_some())
            .count()
    };
    let ending = ENDINGS.iter().max_by_key(count)?;
    if count(&ending) < FRAMES_MIN {
        return None;
    }
    let mut out = format!("{SIGN}{ending}{LEGEND}\n");
    let mut end = 0;
    for (at, _) in text.match_indices(ending) {
        if let Some(class) = frame(text, at, ending) {
            out.push_str(text.get(end..at - class.len())?);
            end = at + ending.len();
        }
    }
    out.push_str(text.get(end..)?);
    Some(out)
}

/// Returns the text that `packed` was made from, or `None` if it is not packed or has more than `bytes_max` bytes.
fn decode(packed: &str, bytes_max: usize) -> Option<String> {
    let (header, mut rest) = packed.strip_prefix(SIGN)?.split_once('\n')?;
    let ending = header.strip_suffix(LEGEND)?;
    if !ENDINGS.contains(&ending) {
        return None;
    }
    let mut out = String::new();
    while let Some((before, after)) = rest.split_once(SHORT) {
        out.push_str(before);
        let class = class(&out)?.to_owned();
        out.push('(');
        out.push_str(&class);
        out.push_str(ending);
        out.push(':');
        if out.len() > bytes_max {
            return None;
        }
        rest = after;
    }
    out.push_str(rest);
    (out.len() <= bytes_max).then_some(out)
}

/// The name of the file whose `ending` is at `at`, if it stands in a frame and follows from the class there.
fn frame<'t>(text: &'t str, at: usize, ending: &str) -> Option<&'t str> {
    let is_followed = text.get(at + ending.len()..)?.starts_with(':');
    let (before, file) = last(text.get(..at)?).rsplit_once('(')?;
    let before = text
        .get(..at - file.len() - 1)
        .filter(|_| !before.is_empty())?;
    (is_followed && class(before) == Some(file)).then_some(file)
}

/// The outermost class of the method that `before` ends in: `Cart` of `at org.shop.Cart$Line.total`.
fn class(before: &str) -> Option<&str> {
    let path = last(before)
        .rsplit(|letter: char| letter.is_whitespace() || matches!(letter, '(' | ')'))
        .next()?;
    let (classes, _method) = path.rsplit_once('.')?;
    let class = classes.rsplit(['.', '/']).next()?;
    class.split('$').next().filter(|class| !class.is_empty())
}

/// The last bytes of `text`, as many as a frame may have.
fn last(text: &str) -> &str {
    let from = text.len().saturating_sub(FRAME_BYTES_MAX);
    let from = (from..=text.len()).find(|from| text.is_char_boundary(*from));
    from.and_then(|from| text.get(from..)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn files_named_after_their_class_are_left_out() {
        let text = "java.lang.IllegalStateException: empty\n\
                    \tat org.shop.Cart.add(Cart.java:17)\n\
                    \tat org.shop.Cart$Line.total(Cart.java:12)\n\
                    \tat org.shop.CartKt.main(Cart.kt:3)\n\
                    \tat java.base/java.lang.Thread.run(Thread.java:833)\n\
                    Caused by: java.io.IOException: gone\n\
                    \tat sun.nio.Net.write(Native Method)\n\
                    \tat org.shop.Cart.<init>(Cart.java:9)\n\
                    \tat org.shop.Cart$$Lambda$14/0x08.apply(Unknown Source)\n\
                    \tat org.shop.Other.run(Cart.java:8)\n\
                    \tat Main.main(Main.java:1)\n\
                    \t... 12 more\n";
        let packed = encode(text).unwrap();
        assert_eq!(
            packed,
            "#trace (:9) is (Class.java:9), the file named after the class\n\
             java.lang.IllegalStateException: empty\n\
             \tat org.shop.Cart.add(:17)\n\
             \tat org.shop.Cart$Line.total(:12)\n\
             \tat org.shop.CartKt.main(Cart.kt:3)\n\
             \tat java.base/java.lang.Thread.run(:833)\n\
             Caused by: java.io.IOException: gone\n\
             \tat sun.nio.Net.write(Native Method)\n\
             \tat org.shop.Cart.<init>(:9)\n\
             \tat org.shop.Cart$$Lambda$14/0x08.apply(Unknown Source)\n\
             \tat org.shop.Other.run(Cart.java:8)\n\
             \tat Main.main(:1)\n\
             \t... 12 more\n"
        );
        assert_eq!(decode(&packed, text.len()).as_deref(), Some(text));
        assert_eq!(decode(&packed, text.len() - 1), None);
    }

    #[test]
    fn packed_text_that_names_no_class_is_refused() {
        for body in ["(:1", "a (:1", ".b(:1", "$.b(:1"] {
            let packed = format!("{SIGN}.java{LEGEND}\n{body}");
            assert_eq!(decode(&packed, 100), None, "{body}");
        }
        assert_eq!(
            decode(
                "#trace (:9) is (Class.exe:9), the file named after the class\n",
                9
            ),
            None
        );
    }

    proptest! {
        #[test]
        fn every_text_comes_back_exactly(words in prop::collection::vec("[ab.$( ]|Cart|\\(Cart\\.java:|\\.add\\(Cart\\.java:[0-9]\\)\n|é", 0..80)) {
            let text = words.concat();
            if let Some(packed) = encode(&text) {
                prop_assert_eq!(decode(&packed, text.len()), Some(text));
            }
        }
    }
}
