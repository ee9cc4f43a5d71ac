//! What is shown otherwise than it is written, gathered while a text is read and written at once: lines stay where they are.

use std::ops::Range;

/// Stretches of a text, and what is shown instead of each.
#[derive(Default)]
pub(super) struct Edits(Vec<(Range<usize>, String)>);

impl Edits {
    /// Shows nothing of `range`.
    pub(super) fn blank(&mut self, range: Range<usize>) {
        self.show(range, String::new());
    }

    /// Shows `instead`, of one line, where `range` is.
    pub(super) fn show(&mut self, range: Range<usize>, instead: String) {
        self.0.push((range, instead));
    }

    /// Returns `text` as it is shown. Of two stretches that overlap, the first counts.
    pub(super) fn written(mut self, text: String) -> String {
        if self.0.is_empty() {
            return text;
        }
        self.0.sort_by_key(|(range, _)| range.start);
        let mut shown = String::with_capacity(text.len());
        let mut at = 0;
        for (range, instead) in self.0 {
            let (Some(before), Some(hidden)) = (text.get(at..range.start), text.get(range.clone()))
            else {
                continue;
            };
            shown.push_str(before);
            shown.push_str(&instead);
            let ends = hidden.matches('\n').count();
            shown.extend(std::iter::repeat_n('\n', ends));
            at = range.end;
        }
        shown.push_str(text.get(at..).unwrap_or_default());
        shown
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_stay_and_of_what_overlaps_the_first_counts() {
        let mut edits = Edits::default();
        edits.blank(6..9);
        edits.show(0..4, "x".to_owned());
        edits.blank(3..7);
        edits.blank(90..95);
        assert_eq!(edits.written("a\nb\nc d e f".to_owned()), "x\n\nc  f");
    }
}
