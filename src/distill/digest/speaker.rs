//! Who speaks in the lines of a log: the program, the class, the level that stand before each message. What one speaker
//! says is put under its name, which is then said once.
//!
//! ```text
//! # INFO [main] org.shop.Cart:      who says what stands below
//! 3:17 added {} to cart {}
//! L9 cart 7 is empty
//! ```

use std::collections::HashMap;

use super::super::severity;

/// Fields that name a speaker: a host, a level, a thread, a class and a number.
const FIELDS_MAX: usize = 5;

/// Bytes of the name of a speaker: threads and paths of classes are long.
const BYTES_MAX: usize = 160;

/// Bars between the fields of a speaker: a component, a process, a thread, a level.
const BARS_MAX: usize = 4;

/// Of the lines of a log, as one part in so many, those that may lack what ends the names of the others.
const ODD_PART: usize = 10;

/// Fields after a level with the dash that ends the name: the class and the dash.
const DASH_FIELDS_MAX: usize = 2;

/// What ends the name of the speaker in the lines of a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark {
    /// The first field that ends in a colon, or in a bracket that it does not open: `host sshd[17]:`, `main.go:17]`.
    Colon,
    /// A dash after the level: `[main] INFO org.shop.Cart -`.
    Dash,
    /// The level: `KERNEL FATAL`.
    Level,
    /// So many bars: `Cart|17|`.
    Bars(usize),
}

/// Texts by who says them.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Speakers {
    /// Those that stand alone with their speaker, or have none.
    pub(super) alone: Vec<usize>,
    /// Speakers of two or more texts.
    pub(super) groups: Vec<Group>,
}

/// A speaker with what it says.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Group {
    /// Its name, `{}` where it differs from text to text.
    pub(super) name: String,
    /// Numbers of its texts, each with the byte that it goes on at after the name.
    pub(super) texts: Vec<(usize, usize)>,
}

impl Speakers {
    /// Puts `texts` in order of first appearance under those who say them; nobody says `None`.
    pub(super) fn of(texts: &[Option<&str>]) -> Self {
        let mark = Mark::of(&texts.iter().copied().flatten().collect::<Vec<_>>());
        let mut speakers = Self::default();
        let mut groups: Vec<Vec<(usize, usize)>> = Vec::new();
        let mut known: HashMap<Vec<&str>, usize> = HashMap::new();
        for (number, text) in texts.iter().enumerate() {
            let end = text.and_then(|text| mark?.end(text));
            let (Some(text), Some(end)) = (text, end) else {
                speakers.alone.push(number);
                continue;
            };
            let name = text.get(..end).unwrap_or_default().trim_end();
            // Numbers of processes and threads tell no speakers apart.
            let key = pieces(name)
                .map(|piece| if is_value(piece) { "{}" } else { piece })
                .collect();
            let at = *known.entry(key).or_insert(groups.len());
            match groups.get_mut(at) {
                Some(group) => group.push((number, end)),
                None => groups.push(vec![(number, end)]),
            }
        }
        for texts_of_one in groups {
            if let [(number, _)] = texts_of_one.as_slice() {
                speakers.alone.push(*number);
                continue;
            }
            let names = texts_of_one
                .iter()
                .filter_map(|(number, end)| texts.get(*number).copied().flatten()?.get(..*end));
            speakers.groups.push(Group {
                name: common(names.map(str::trim_end)),
                texts: texts_of_one,
            });
        }
        speakers.alone.sort_unstable();
        speakers
    }
}

impl Mark {
    /// Finds what ends the names of nearly all speakers in `texts`.
    fn of(texts: &[&str]) -> Option<Self> {
        let is_usual = |mark: &Self| {
            let odd = texts.iter().filter(|text| mark.end(text).is_none()).count();
            odd * ODD_PART <= texts.len()
        };
        let mut bars: Vec<usize> = texts
            .iter()
            .map(|text| text.matches('|').take(BARS_MAX).count())
            .collect();
        bars.sort_unstable();
        let bars = bars.get(texts.len() / ODD_PART).copied().unwrap_or(0);
        [Self::Colon, Self::Dash, Self::Level]
            .into_iter()
            .chain((bars > 0).then_some(Self::Bars(bars)))
            .find(is_usual)
    }

    /// Returns where `text` goes on after the name of its speaker.
    fn end(self, text: &str) -> Option<usize> {
        let end = match self {
            Self::Colon => fields(text).find(|field| is_closed(field.text))?.end,
            Self::Dash => {
                fields(text)
                    .skip_while(|field| !severity::is_level(field.text))
                    .skip(1)
                    .take(DASH_FIELDS_MAX)
                    .find(|field| field.text == "-")?
                    .end
            }
            Self::Level => {
                fields(text)
                    .find(|field| severity::is_level(field.text))?
                    .end
            }
            Self::Bars(count) => text.match_indices('|').nth(count - 1)?.0 + 1,
        };
        let spaces = text.get(end..)?;
        let start = end + spaces.len() - spaces.trim_start().len();
        (end <= BYTES_MAX && start < text.len()).then_some(start)
    }
}

/// A field of a line and where it ends.
struct Field<'t> {
    text: &'t str,
    end: usize,
}

/// Cuts the start of `text` into fields: between spaces, but for those in brackets.
fn fields(text: &str) -> impl Iterator<Item = Field<'_>> {
    let mut from = 0;
    let mut fields = 0;
    std::iter::from_fn(move || {
        let rest = text.get(from..)?;
        let start = from + rest.find(|letter: char| !letter.is_whitespace())?;
        let mut depth = 0_usize;
        let ends = |letter: char| {
            match letter {
                '[' | '(' => depth += 1,
                ']' | ')' => depth = depth.saturating_sub(1),
                _ => {}
            }
            depth == 0 && letter.is_whitespace()
        };
        let end = text
            .get(start..)?
            .find(ends)
            .map_or(text.len(), |length| start + length);
        from = end;
        fields += 1;
        let text = text.get(start..end)?;
        (fields <= FIELDS_MAX).then_some(Field { text, end })
    })
}

fn is_closed(field: &str) -> bool {
    field.len() > 1 && (field.ends_with(':') || field.ends_with(']') && !field.contains('['))
}

/// Cuts `name` into its values, which are numbers, `{}` and `{1|2}`, and what is between them.
fn pieces(name: &str) -> impl Iterator<Item = &str> {
    let mut rest = name;
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        let length = value_length(rest).unwrap_or_else(|| {
            let next = rest.char_indices().skip(1);
            let mut values = next.filter(|(at, _)| is_value(rest.get(*at..).unwrap_or_default()));
            values.next().map_or(rest.len(), |(at, _)| at)
        });
        let (piece, after) = rest.split_at_checked(length.max(first.len_utf8()))?;
        rest = after;
        Some(piece)
    })
}

/// Whether `text` starts with a value.
fn is_value(text: &str) -> bool {
    text.starts_with(|first: char| first == '{' || first.is_ascii_digit())
}

/// Bytes of the value that `text` starts with.
fn value_length(text: &str) -> Option<usize> {
    if text.starts_with('{') {
        return text.find('}').map(|end| end + 1);
    }
    let end = text.find(|letter: char| !letter.is_ascii_digit());
    Some(end.unwrap_or(text.len())).filter(|end| *end > 0)
}

/// What `names` have in common; they differ in values alone.
fn common<'n>(mut names: impl Iterator<Item = &'n str>) -> String {
    let mut common: Vec<&str> = names
        .next()
        .map(|name| pieces(name).collect())
        .unwrap_or_default();
    for name in names {
        for (piece, other) in common.iter_mut().zip(pieces(name)) {
            if *piece != other {
                *piece = "{}";
            }
        }
    }
    common.concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The name of the speaker that `texts` have in common, and what the first says.
    fn spoken(texts: [&str; 2]) -> Option<(String, &str)> {
        let speakers = Speakers::of(&texts.map(Some));
        let [group] = speakers.groups.as_slice() else {
            return None;
        };
        let said = texts[0].get(group.texts[0].1..)?;
        Some((group.name.clone(), said))
    }

    #[test]
    fn the_name_ends_where_it_does_in_most_lines() {
        for (texts, name, said) in [
            (
                [
                    "combo su(pam_unix)[17]: closed: 1",
                    "combo su(pam_unix)[18]: opened",
                ],
                "combo su(pam_unix)[{}]:",
                "closed: 1",
            ),
            (
                [
                    "INFO [IPC Server 3: main] a.b.Cart2: took 1 ms",
                    "INFO [IPC Server 4: main] a.b.Cart2: done",
                ],
                "INFO [IPC Server {}: main] a.b.Cart2:",
                "took 1 ms",
            ),
            (
                ["I {1|2} main.go:17] started", "I {2|3} main.go:17] done"],
                "I {} main.go:17]",
                "started",
            ),
            (
                [
                    "[main] INFO  a.b.Cart - took: 1 ms",
                    "[main] INFO  a.b.Cart - done",
                ],
                "[main] INFO  a.b.Cart -",
                "took: 1 ms",
            ),
            (
                ["- shop.db - INFO - took 1 ms", "- shop.db - INFO - done"],
                "- shop.db - INFO -",
                "took 1 ms",
            ),
            (
                [
                    "RAS KERNEL FATAL data TLB error",
                    "RAS KERNEL FATAL stop: 1",
                ],
                "RAS KERNEL FATAL",
                "data TLB error",
            ),
            (
                ["[error] the cart is empty", "[error] cannot send"],
                "[error]",
                "the cart is empty",
            ),
            (["Cart|17|add 1|2", "Cart|17|clear"], "Cart|17|", "add 1|2"),
        ] {
            assert_eq!(spoken(texts), Some((name.to_owned(), said)), "{texts:?}");
        }
    }

    #[test]
    fn what_nobody_says_and_what_is_said_once_stands_alone() {
        assert_eq!(spoken(["it is full", "it is empty"]), None);
        assert_eq!(spoken(["", "a:"]), None);
        assert_eq!(spoken(["INFO:", "INFO:"]), None);
        let speakers = Speakers::of(&[Some("a[1]: x"), Some("b: x"), None, Some("a[1]: y")]);
        assert_eq!(speakers.alone, [1, 2]);
        assert_eq!(
            speakers.groups,
            [Group {
                name: "a[1]:".to_owned(),
                texts: vec![(0, 6), (3, 6)]
            }]
        );
    }

    #[test]
    fn pieces_of_a_name_are_the_name() {
        for name in [
            "",
            "a",
            "12",
            "{}",
            "a12{}b{1|2}3",
            "é{}1é",
            "{",
            "a{1",
            "}{",
        ] {
            assert_eq!(pieces(name).collect::<String>(), name);
        }
    }
}
