//! A cut as bytes: what the text and the headings say already is not said again.
//!
//! Writing and reading walk through headings and sections in the same way and expect the same of each; only what is otherwise
//! is written. So whatever is expected, all comes back.
//!
//! ```text
//! how many headings; columns: level and what is said of it, number behind the anchor, byte, line, tokens
//! how many sections; columns: what is said of it, headings inside, first and end byte, first and last line, part, tokens, symbols
//! columns of the symbols: first byte and length in the names of the headings inside; length 0 for a text
//! how many texts, a column of their lengths, the texts
//! ```

use super::Cut;
use super::columns::{Damaged, Unread, Written, apart, from_apart, put, put_texts};
use super::expected::{Place, Walk, expected_anchor, expected_title, names, number_behind, spend};
use crate::store::documents::SectionRow;
use crate::store::outline::HeadingRow;

/// Bytes that are read of the text and made of it for one cut: what a damaged one says may be without end.
const READ_BYTES_MAX: usize = 256 << 20;

/// What is said of a heading: the level begins at [`LEVEL`].
const TITLE: u64 = 1;
const ANCHOR: u64 = 2;
const LEVEL: u64 = 4;

/// What is said of a section beside its numbers.
const OWN_TITLE: u64 = 1;
const BREADCRUMB: u64 = 1 << 1;
const OWN_ANCHOR: u64 = 1 << 2;
const HEADINGS: u64 = 1 << 3;
const BEFORE: u64 = 1 << 4;
const AFTER: u64 = 1 << 5;

/// Returns the bytes of a cut of the page that is called `title` and has this `text`.
pub(super) fn encoded(
    (title, text): (&str, &str),
    outline: &[HeadingRow],
    sections: &[SectionRow],
) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut texts: Vec<&str> = Vec::new();
    put(&mut bytes, outline.len() as u64);
    let mut rows = Written::<5>::new();
    let mut place = Place::default();
    for heading in outline {
        let mut kind = u64::from(heading.level) * LEVEL;
        if expected_title(text, heading.byte) != heading.title {
            kind |= TITLE;
            texts.push(&heading.title);
        }
        let number = number_behind(&heading.anchor, &expected_anchor(&heading.title));
        if number.is_none() {
            kind |= ANCHOR;
            texts.push(&heading.anchor);
        }
        let line = place.line_at(text, heading.byte);
        rows.row([
            kind,
            number.unwrap_or_default(),
            apart(heading.byte as u64, place.byte as u64),
            apart(u64::from(heading.line), line),
            u64::from(heading.tokens),
        ]);
        place = Place::of(heading);
    }
    rows.end(&mut bytes);

    put(&mut bytes, sections.len() as u64);
    let (mut rows, mut spans) = (Written::<9>::new(), Written::<2>::new());
    let mut walk = Walk::new(title, text, outline, usize::MAX);
    for section in sections {
        let inside = walk.before(section.bytes.1);
        let start = walk.end;
        // Nothing is too long here, and there are as many headings as were counted.
        let (expected, within) = walk
            .enter(inside, section.bytes.0)
            .unwrap_or_else(|_| (section.clone(), &[]));
        let mut said = 0;
        for (flag, text, expected) in [
            (OWN_TITLE, &section.title, &expected.title),
            (BREADCRUMB, &section.breadcrumb, &expected.breadcrumb),
            (OWN_ANCHOR, &section.anchor, &expected.anchor),
            (HEADINGS, &section.headings, &expected.headings),
            (BEFORE, &section.before, &expected.before),
            (AFTER, &section.after, &expected.after),
        ] {
            if text != expected {
                said |= flag;
                texts.push(text);
            }
        }
        let mut symbols = 0;
        let has_symbols = !section.symbols.is_empty();
        let known = names(within);
        for symbol in section.symbols.split('\n').filter(|_| has_symbols) {
            let at = known.find(symbol).filter(|_| !symbol.is_empty());
            spans.row(at.map_or([0, 0], |at| [at as u64, symbol.len() as u64]));
            if at.is_none() {
                texts.push(symbol);
            }
            symbols += 1;
        }
        let lines = (u64::from(section.lines.0), u64::from(section.lines.1));
        rows.row([
            said,
            inside as u64,
            apart(section.bytes.0 as u64, start as u64),
            apart(section.bytes.1 as u64, expected.bytes.1 as u64),
            apart(lines.0, u64::from(expected.lines.0)),
            apart(lines.1, u64::from(expected.lines.1)),
            apart(u64::from(section.part), walk.part_under(&section.anchor)),
            apart(u64::from(section.tokens), u64::from(expected.tokens)),
            symbols,
        ]);
        walk.leave(section);
    }
    rows.end(&mut bytes);
    spans.end(&mut bytes);
    put_texts(&mut bytes, &texts);
    bytes
}

/// Returns the cut that `bytes` say, of the page that is called `title` and has this `text`.
///
/// # Errors
/// [`Damaged`] where they are not what [`encoded`] wrote for such a page.
pub(super) fn decoded((title, text): (&str, &str), bytes: &[u8]) -> Result<Cut, Damaged> {
    let mut unread = Unread(bytes);
    let count = unread.count()?;
    let headings = unread.rows::<5>(count)?;
    let count = unread.count()?;
    let rows = unread.rows::<9>(count)?;
    let symbols = rows.iter().map(|[.., symbols]| *symbols);
    let symbols = symbols.fold(0_u64, u64::saturating_add);
    let spans = unread.rows::<2>(usize::try_from(symbols).unwrap_or(usize::MAX))?;
    let (mut spans, mut texts) = (spans.into_iter(), unread.texts()?);

    let mut outline: Vec<HeadingRow> = Vec::with_capacity(headings.len());
    let mut left = READ_BYTES_MAX;
    let mut place = Place::default();
    for [kind, number, byte, line, tokens] in headings {
        let byte = size(from_apart(byte, place.byte as u64))?;
        spend(&mut left, byte.saturating_sub(place.byte))?;
        let line = small(from_apart(line, place.line_at(text, byte)))?;
        let title = match kind & TITLE {
            0 => expected_title(text, byte),
            _ => texts.take()?.to_owned(),
        };
        let anchor = match (kind & ANCHOR, number) {
            (0, 0) => expected_anchor(&title),
            (0, number) => format!("{}-{number}", expected_anchor(&title)),
            _ => texts.take()?.to_owned(),
        };
        let heading = HeadingRow {
            level: u8::try_from(kind / LEVEL).map_err(|_| Damaged::wrong("a level"))?,
            title,
            anchor,
            byte,
            line,
            tokens: small(tokens)?,
        };
        spend(&mut left, heading.title.len() + heading.anchor.len())?;
        place = Place::of(&heading);
        outline.push(heading);
    }

    let mut sections = Vec::with_capacity(rows.len());
    let mut walk = Walk::new(title, text, &outline, left);
    for [said, inside, first, end, line, last, part, tokens, symbols] in rows {
        let first = size(from_apart(first, walk.end as u64))?;
        let (mut section, within) = walk.enter(size(inside)?, first)?;
        for (flag, text) in [
            (OWN_TITLE, &mut section.title),
            (BREADCRUMB, &mut section.breadcrumb),
            (OWN_ANCHOR, &mut section.anchor),
            (HEADINGS, &mut section.headings),
            (BEFORE, &mut section.before),
            (AFTER, &mut section.after),
        ] {
            if said & flag != 0 {
                texts.take()?.clone_into(text);
            }
        }
        let mut defined: Vec<&str> = Vec::new();
        let known = Some(within).filter(|_| symbols > 0).map(names);
        let known = known.unwrap_or_default();
        for [at, length] in spans.by_ref().take(size(symbols)?) {
            let (at, length) = (size(at)?, size(length)?);
            defined.push(match length {
                0 => texts.take()?,
                _ => known
                    .get(at..at.saturating_add(length))
                    .ok_or_else(|| Damaged::wrong("a symbol"))?,
            });
        }
        spend(
            &mut walk.left,
            defined.iter().map(|symbol| symbol.len() + 1).sum(),
        )?;
        section.symbols = defined.join("\n");
        section.bytes.1 = size(from_apart(end, section.bytes.1 as u64))?;
        section.lines = (
            small(from_apart(line, u64::from(section.lines.0)))?,
            small(from_apart(last, u64::from(section.lines.1)))?,
        );
        section.part = small(from_apart(part, walk.part_under(&section.anchor)))?;
        section.tokens = small(from_apart(tokens, u64::from(section.tokens)))?;
        walk.leave(&section);
        sections.push(section);
    }
    Ok(Cut { outline, sections })
}

fn size(number: u64) -> Result<usize, Damaged> {
    usize::try_from(number).map_err(|_| Damaged::wrong("a place"))
}

fn small(number: u64) -> Result<u32, Damaged> {
    u32::try_from(number).map_err(|_| Damaged::wrong("a line, a part or a count of tokens"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TEXT: &str = "Lead.\n\n# The `useEffect` hook {#hook}\n\nIt runs.\n\n## Usage\n\nA. \u{e9}\n\n## Usage\n\nB.\n";

    fn heading(level: u8, title: &str, anchor: &str, byte: usize, line: u32) -> HeadingRow {
        HeadingRow {
            level,
            title: title.to_owned(),
            anchor: anchor.to_owned(),
            byte,
            line,
            tokens: 9,
        }
    }

    /// How [`TEXT`] is cut, more or less.
    fn outline() -> Vec<HeadingRow> {
        let at = |what: &str| TEXT.find(what).unwrap();
        vec![
            heading(
                1,
                "The useEffect hook",
                "the-useeffect-hook",
                at("# The"),
                3,
            ),
            heading(2, "Usage", "usage", at("## Usage"), 7),
            heading(2, "Usage", "usage-1", TEXT.rfind("## Usage").unwrap(), 11),
        ]
    }

    fn section(of: &HeadingRow, breadcrumb: &str, end: usize, last: u32) -> SectionRow {
        SectionRow {
            title: of.title.clone(),
            breadcrumb: breadcrumb.to_owned(),
            anchor: of.anchor.clone(),
            part: 1,
            headings: of.title.clone(),
            symbols: String::new(),
            lines: (of.line, last),
            bytes: (of.byte, end),
            before: String::new(),
            after: String::new(),
            tokens: of.tokens,
        }
    }

    fn sections() -> Vec<SectionRow> {
        let outline = outline();
        let lead = SectionRow {
            title: "P".to_owned(),
            anchor: String::new(),
            headings: String::new(),
            lines: (1, 2),
            bytes: (0, outline[0].byte),
            tokens: 0,
            ..section(&outline[0], "P", 0, 0)
        };
        let mut first = section(&outline[0], "P › The useEffect hook", outline[1].byte, 6);
        first.symbols = "useEffect".to_owned();
        let crumbs = "P › The useEffect hook › Usage";
        let second = section(&outline[1], crumbs, outline[2].byte, 10);
        let mut third = section(&outline[2], crumbs, TEXT.len(), 11);
        third.bytes.1 -= 3;
        let rest = SectionRow {
            part: 2,
            headings: String::new(),
            lines: (12, 12),
            bytes: (third.bytes.1, TEXT.len()),
            tokens: 0,
            ..third.clone()
        };
        vec![lead, first, second, third, rest]
    }

    #[test]
    fn what_is_cut_as_usual_takes_next_to_nothing() {
        let bytes = encoded(("P", TEXT), &outline(), &sections());
        let numbers = 1 + 3 * 5 + 1 + 5 * 9 + 2 + 1;
        // Two of them are places beyond 63 bytes.
        assert!(bytes.len() <= numbers + 4, "{bytes:?}");
        let cut = decoded(("P", TEXT), &bytes).unwrap();
        assert_eq!((cut.outline, cut.sections), (outline(), sections()));
    }

    #[test]
    fn nothing_is_cut_as_nothing() {
        let cut = decoded(("", ""), &encoded(("", ""), &[], &[])).unwrap();
        assert_eq!(cut, Cut::default());
    }

    #[test]
    fn what_would_be_without_end_is_damage() {
        let long = "x".repeat(1 << 20);
        let mut bytes = vec![1];
        let mut rows = Written::new();
        rows.row([LEVEL | TITLE, 0, 0, 0, 0]);
        rows.end(&mut bytes);
        put(&mut bytes, 1_000);
        let mut rows = Written::new();
        rows.row([0, 1, 0, 0, 0, 0, 0, 0, 0]);
        for _ in 1..1_000 {
            rows.row([0; 9]);
        }
        rows.end(&mut bytes);
        put_texts(&mut bytes, &[&long]);
        let error = decoded(("P", TEXT), &bytes).unwrap_err();
        assert_eq!(error, Damaged::wrong("the end"));
    }

    fn word() -> impl Strategy<Value = String> {
        prop_oneof![
            Just(String::new()),
            Just("Usage".to_owned()),
            Just("usage".to_owned()),
            Just("usage-1".to_owned()),
            Just("P › Usage".to_owned()),
            "[a-z\n`é-]{0,6}",
        ]
    }

    fn any_heading() -> impl Strategy<Value = HeadingRow> {
        let place = (0..TEXT.len() + 9, any::<u8>(), any::<u32>(), any::<u32>());
        (word(), word(), place).prop_map(|(title, anchor, (byte, level, line, tokens))| {
            HeadingRow {
                level,
                title,
                anchor,
                byte,
                line,
                tokens,
            }
        })
    }

    fn any_section() -> impl Strategy<Value = SectionRow> {
        let names = prop::array::uniform7(word());
        let bytes = (0..TEXT.len() + 9, 0..TEXT.len() + 9);
        let numbers = (any::<(u32, u32)>(), bytes, any::<u32>(), any::<u32>());
        (names, numbers).prop_map(|(names, (lines, bytes, part, tokens))| {
            let [title, breadcrumb, anchor, headings, symbols, before, after] = names;
            SectionRow {
                title,
                breadcrumb,
                anchor,
                part,
                headings,
                symbols,
                lines,
                bytes,
                before,
                after,
                tokens,
            }
        })
    }

    proptest! {
        #[test]
        fn whatever_a_cut_says_comes_back(
            outline in prop::collection::vec(any_heading(), 0..6),
            sections in prop::collection::vec(any_section(), 0..6),
        ) {
            let bytes = encoded(("P", TEXT), &outline, &sections);
            let cut = decoded(("P", TEXT), &bytes).unwrap();
            prop_assert_eq!((cut.outline, cut.sections), (outline, sections));
        }

        #[test]
        fn damaged_bytes_are_an_error_or_another_cut(at in 0..90_usize, byte: u8, length in 0..90_usize) {
            let mut bytes = encoded(("P", TEXT), &outline(), &sections());
            let count = bytes.len();
            bytes[at % count] = byte;
            bytes.truncate(length);
            drop(decoded(("P", TEXT), &bytes));
        }

        #[test]
        fn any_bytes_are_an_error_or_a_cut(bytes in prop::collection::vec(any::<u8>(), 0..60), small in prop::collection::vec(0..4_u8, 0..60)) {
            drop(decoded(("P", TEXT), &bytes));
            drop(decoded(("P", TEXT), &small));
        }
    }
}
