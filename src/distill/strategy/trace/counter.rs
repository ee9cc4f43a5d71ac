//! Frames that are numbered: after the first of a stack, counting says their numbers.
//!
//! ```text
//! #count # without a number: one more than the # above
//! #0 take pool.c:9
//! # run pool.c:4                  #1 run pool.c:4
//! ```
//!
//! Without their numbers, stacks that end alike are alike. Debuggers fill numbers up to one width, before or behind them:
//! the spaces are then as many as a number of one digit would have, and the first line says so.

use super::{Layer, line_end};
use crate::distill::map::Set;

/// What the first line starts with; what follows tells the style.
const HEADER: &str = "#count # without a number: one more than the # above";

/// The same where frames have a number and no sign.
const PLAIN: &str = "; numbers have no #";

/// Numbers that are left out: with fewer the first line costs more than it saves.
const FRAMES_MIN: usize = 12;

/// Digits of a number: deeper stacks have an end by other means.
const DIGITS_MAX: usize = 5;

/// On which side of their number lines are filled up with spaces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fill {
    None,
    Behind,
    Before,
}

/// A frame: its indent, its number and the rest.
type Frame<'t> = (&'t str, &'t str, &'t str);

/// How the frames of a text are numbered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Style {
    /// Whether `#` stands before each number.
    has_sign: bool,
    fill: Fill,
}

impl Style {
    const ALL: [Self; 5] = [
        Self::new(true, Fill::None),
        Self::new(true, Fill::Behind),
        Self::new(false, Fill::Before),
        Self::new(false, Fill::Behind),
        Self::new(false, Fill::None),
    ];

    const fn new(has_sign: bool, fill: Fill) -> Self {
        Self { has_sign, fill }
    }

    fn header(self) -> String {
        let plain = if self.has_sign { "" } else { PLAIN };
        let fill = match self.fill {
            Fill::None => "",
            Fill::Behind => "; filled up behind",
            Fill::Before => "; filled up before",
        };
        format!("{HEADER}{plain}{fill}")
    }

    /// Cuts `line` into indent, number and the rest, if it is a frame.
    fn cut(self, line: &str) -> Option<Frame<'_>> {
        let text = line.trim_start_matches([' ', '\t']);
        let indent = line.get(..line.len() - text.len())?;
        let text = if self.has_sign {
            text.strip_prefix('#')?
        } else {
            text
        };
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let (number, rest) = text.split_at_checked(digits)?;
        let is_plain = digits <= DIGITS_MAX && (digits == 1 || !number.starts_with('0'));
        (is_plain && rest.starts_with([' ', '\t', ':'])).then_some((indent, number, rest))
    }

    /// Spells a frame without its number.
    fn elide(self, indent: &str, number: &str, rest: &str) -> String {
        let fill = " ".repeat(number.len().saturating_sub(1));
        match self.fill {
            Fill::None => format!("{indent}#{rest}"),
            Fill::Behind => format!("{indent}#{fill}{rest}"),
            Fill::Before => format!("{indent}{fill}#{rest}"),
        }
    }

    /// Puts `number` back into a frame without; the inverse of [`Self::elide`].
    fn restore(self, line: &str, number: u32) -> Option<String> {
        let (indent, rest) = cut_elided(line)?;
        let number = number.to_string();
        let fill = " ".repeat(number.len().saturating_sub(1));
        let (indent, rest) = match self.fill {
            Fill::None => (indent, rest),
            Fill::Behind => (indent, rest.strip_prefix(&fill)?),
            Fill::Before => (indent.strip_suffix(&fill)?, rest),
        };
        let sign = if self.has_sign { "#" } else { "" };
        Some(format!("{indent}{sign}{number}{rest}"))
    }
}

/// Cuts a frame without its number into what stands before and behind.
fn cut_elided(line: &str) -> Option<(&str, &str)> {
    let text = line.trim_start_matches([' ', '\t']);
    let rest = text.strip_prefix('#')?;
    rest.starts_with([' ', '\t', ':'])
        .then_some((line.get(..line.len() - text.len())?, rest))
}

/// See the module.
#[derive(Debug)]
pub(super) struct Counter;

impl Layer for Counter {
    fn encode(&self, text: &str) -> Option<String> {
        if text.split('\n').any(|line| cut_elided(line).is_some()) {
            return None;
        }
        let counts = Style::ALL.map(|style| {
            let frames = counted(text, style).filter(|(_, frame)| frame.is_some());
            frames.count()
        });
        let most = counts.into_iter().max()?;
        if most < FRAMES_MIN {
            return None;
        }
        // Of styles that leave out as many numbers and leave lines as like, the first: it has the shortest header.
        let styles = Style::ALL.into_iter().zip(counts);
        let (lines, style) = styles
            .filter(|(_, count)| *count == most)
            .map(|(style, _)| (elided(text, style), style))
            .min_by_key(|(lines, _)| distinct(lines))?;
        Some(format!(
            "{}{}{}",
            style.header(),
            line_end(text),
            lines.join("\n")
        ))
    }

    fn decode(&self, packed: &str, bytes_max: usize) -> Option<String> {
        let (header, rest) = packed.split_once('\n')?;
        let header = header.strip_suffix('\r').unwrap_or(header);
        let style = Style::ALL
            .into_iter()
            .find(|style| style.header() == header)?;
        let mut out = String::new();
        let mut last: Option<u32> = None;
        for (at, line) in rest.split('\n').enumerate() {
            if at > 0 {
                out.push('\n');
            }
            if cut_elided(line).is_some() {
                let next = last?.checked_add(1)?;
                out.push_str(&style.restore(line, next)?);
                last = Some(next);
            } else {
                if let Some((_, number, _)) = style.cut(line) {
                    last = number.parse().ok();
                }
                out.push_str(line);
            }
            if out.len() > bytes_max {
                return None;
            }
        }
        Some(out)
    }
}

/// The lines of `text`, and the parts of those whose number `style` finds to count on.
fn counted(text: &str, style: Style) -> impl Iterator<Item = (&str, Option<Frame<'_>>)> {
    let mut last: Option<u32> = None;
    text.split('\n').map(move |line| {
        let frame = style.cut(line);
        let Some((_, number, _)) = frame else {
            return (line, None);
        };
        let value: Option<u32> = number.parse().ok();
        let is_next = value.is_some() && last.and_then(|last| last.checked_add(1)) == value;
        last = value;
        (line, frame.filter(|_| is_next))
    })
}

/// Leaves out the numbers that `style` finds to count on.
fn elided(text: &str, style: Style) -> Vec<String> {
    counted(text, style)
        .map(|(line, frame)| match frame {
            Some((indent, number, rest)) => style.elide(indent, number, rest),
            None => line.to_owned(),
        })
        .collect()
}

fn distinct(lines: &[String]) -> usize {
    lines.iter().collect::<Set<_>>().len()
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use proptest::prelude::*;

    use super::*;

    fn stack(frame: impl Fn(usize) -> String) -> String {
        let mut text = String::new();
        for number in 0..20 {
            let _ = writeln!(text, "{}", frame(number));
        }
        text
    }

    #[test]
    fn numbers_that_count_up_are_left_out() {
        for (frame, expected) in [
            ("    #{n} f a.c:1:2", "    # f a.c:1:2"),
            ("#{n:<2} 0x00 in f", "#  0x00 in f"),
            ("  {n:>2}: core::f", "   #: core::f"),
            ("{n:<3} lib\t0x00 f", "#   lib\t0x00 f"),
        ] {
            let text = stack(|number| {
                frame
                    .replace("{n}", &number.to_string())
                    .replace("{n:<2}", &format!("{number:<2}"))
                    .replace("{n:>2}", &format!("{number:>2}"))
                    .replace("{n:<3}", &format!("{number:<3}"))
            });
            let packed = Counter.encode(&text).unwrap();
            assert_eq!(packed.lines().nth(2), Some(expected), "{packed}");
            assert_eq!(packed.lines().nth(15), Some(expected), "{packed}");
            assert_eq!(Counter.decode(&packed, text.len()), Some(text));
        }
    }

    #[test]
    fn a_text_with_signs_that_have_no_number_is_left_alone() {
        let text = stack(|number| format!("#{number} f"));
        assert!(Counter.encode(&text).is_some());
        assert_eq!(Counter.encode(&format!("{text}# heading\n")), None);
    }

    proptest! {
        #[test]
        fn every_text_comes_back_exactly(
            frames in prop::collection::vec(("[ \t]{0,2}", "#?", 0..3_u32, "[ :]{0,3}", "(at|x)?"), 0..80),
            end in "(\n|\r\n)",
        ) {
            let mut number = 0;
            let lines: Vec<String> = frames.iter().map(|(indent, sign, step, gap, rest)| {
                number = if *step == 0 { 0 } else { number + step };
                format!("{indent}{sign}{number}{gap}{rest}")
            }).collect();
            let text = lines.join(end.as_str());
            if let Some(packed) = Counter.encode(&text) {
                assert_eq!(Counter.decode(&packed, text.len()), Some(text), "{packed}");
            }
        }

        #[test]
        fn packed_text_from_anywhere_is_safe(body in "([ ]{0,2}#?(4294967295|[0-9]{0,2})[ :]x?\n){0,30}") {
            for style in Style::ALL {
                drop(Counter.decode(&format!("{}\n{body}", style.header()), 4096));
            }
        }
    }
}
