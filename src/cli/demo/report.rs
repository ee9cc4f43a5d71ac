//! Lines, bars and numbers of the demonstration.

use std::io::IsTerminal as _;

/// Width of a full bar, in characters.
const BAR_CHARS: usize = 24;
/// Most lines shown of one digest.
const LINES_MAX: usize = 6;
/// Most characters shown of one line.
const LINE_CHARS_MAX: usize = 104;

/// Bold and dim, where a terminal shows them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Paint {
    colours: bool,
}

impl Paint {
    pub(super) fn of_terminal() -> Self {
        Self {
            colours: std::io::stdout().is_terminal(),
        }
    }

    pub(super) fn bold(self, text: &str) -> String {
        self.styled(text, "1")
    }

    pub(super) fn dim(self, text: &str) -> String {
        self.styled(text, "2")
    }

    fn styled(self, text: &str, code: &str) -> String {
        if self.colours {
            format!("\u{1b}[{code}m{text}\u{1b}[0m")
        } else {
            text.to_owned()
        }
    }
}

/// Returns a bar for `part` of `whole`, with the saving beside it.
pub(super) fn bar(part: u64, whole: u64) -> String {
    let full = usize::try_from(part * BAR_CHARS as u64 / whole.max(1))
        .unwrap_or(BAR_CHARS)
        .min(BAR_CHARS);
    let saved = whole.saturating_sub(part) * 1000 / whole.max(1);
    let saving = if part == whole {
        "       ".to_owned()
    } else {
        format!("−{:>2}.{} %", saved / 10, saved % 10)
    };
    format!(
        "{}{} {saving}",
        "█".repeat(full),
        "░".repeat(BAR_CHARS - full)
    )
}

/// Returns the first lines of `digest` that contain one of `marks`, each cut to a terminal's width.
pub(super) fn lines_that_matter<'a>(
    digest: &'a str,
    marks: &'a [&str],
) -> impl Iterator<Item = String> {
    digest
        .lines()
        .filter(|line| marks.iter().any(|mark| line.contains(mark)))
        .take(LINES_MAX)
        .map(|line| fitted(line.trim()))
}

/// Returns `line` if it fits a terminal, else as many of its words as do.
pub(super) fn fitted(line: &str) -> String {
    if line.chars().count() <= LINE_CHARS_MAX {
        return line.to_owned();
    }
    let start: String = line.chars().take(LINE_CHARS_MAX).collect();
    let words = start
        .rsplit_once(' ')
        .map_or(start.as_str(), |(words, _)| words);
    format!("{words} …")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_cut_between_words() {
        assert_eq!(fitted("short enough"), "short enough");
        let long = "word ".repeat(40);
        assert_eq!(
            fitted(long.trim()),
            format!("{} …", "word ".repeat(20).trim())
        );
    }

    #[test]
    fn a_bar_shows_the_part_that_is_left() {
        assert_eq!(bar(25, 100), "██████░░░░░░░░░░░░░░░░░░ −75.0 %");
        assert_eq!(bar(0, 0), "░░░░░░░░░░░░░░░░░░░░░░░░        ");
    }
}
