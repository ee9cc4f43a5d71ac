//! The part of a passage that speaks of what is asked: whole sentences, items, table rows and code fences, in their order.

use std::cell::OnceCell;
use std::ops::Range;

use super::passage::{count, fence_of};
use super::rank::{Sought, Words};

/// Stands where something is left out.
const GAP: &str = "…";
/// Tokens of such a mark and the line that it may need.
const GAP_TOKENS: usize = 2;
/// Bytes from which a paragraph is taken apart into sentences: about forty tokens.
const SENTENCES_FROM_BYTES: usize = 160;
/// Bytes of a token: a unit of more for each token that is left is too long, and needs no counting.
const TOKEN_BYTES_MAX: usize = 8;
/// Bytes of a line that is a mark: no more tokens than a gap.
const MARK_BYTES_MAX: usize = 8;
/// Share that words have which were found already: one more sentence about them is worth less than one about others.
const AGAIN: f32 = 0.2;
/// Tokens added to the length of each unit when its words are weighed: a heading of two words is no answer.
const OVERHEAD_TOKENS: f32 = 12.0;

/// What a passage is cut into.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Unit {
    bytes: Range<usize>,
    /// Counted when it is asked for: most units are never looked at.
    tokens: OnceCell<usize>,
    form: Form,
    found: Words,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// A heading: the citation says it.
    Heading,
    /// A line without a letter, as `---` and what ends an admonition: shown between its neighbours only.
    Mark,
    /// A sentence, or a paragraph.
    Prose,
    /// An item, a fence, an indented block.
    Block,
    /// The first lines of a table: shown with the rows, never for itself.
    TableHead,
    /// A row of the table whose head is the unit with this number, or what stands inside the item that is it: without that, it would
    /// seem to be said of what is above.
    Under(usize),
}

impl Form {
    /// Whether it says something without what stands below it.
    fn stands_alone(self) -> bool {
        !matches!(self, Self::Heading | Self::Mark | Self::TableHead)
    }
}

/// A passage taken apart, to be shown in part.
pub(super) struct Excerpts {
    text: String,
    units: Vec<Unit>,
}

impl Excerpts {
    /// Takes `text` apart and finds in it what is `sought`.
    pub(super) fn of(text: String, sought: &Sought) -> Self {
        let mut units = units(&text);
        for unit in &mut units {
            let words = text.get(unit.bytes.clone()).unwrap_or_default();
            unit.found = sought.found_in(words);
        }
        Self { text, units }
    }

    /// Returns all of it.
    pub(super) fn whole(&self) -> &str {
        &self.text
    }

    /// Returns what says most of what is `sought` in about `tokens` tokens, never more; nothing where no unit is so short.
    pub(super) fn within(&self, tokens: usize, sought: &Sought) -> Option<String> {
        let mut picked = vec![false; self.units.len()];
        let mut left = tokens;
        let mut found: Words = 0;
        while let Some((at, cost)) = self.best(&picked, left, found, sought) {
            self.pick(at, &mut picked);
            left = left.saturating_sub(cost);
            found |= self.units.get(at).map_or(0, |unit| unit.found);
        }
        self.fill(&mut picked, left);
        picked.contains(&true).then(|| self.shown(&picked))
    }

    /// The unit that brings most for its tokens, with what it costs.
    fn best(
        &self,
        picked: &[bool],
        left: usize,
        found: Words,
        sought: &Sought,
    ) -> Option<(usize, usize)> {
        let mut best: Option<(f32, usize, usize)> = None;
        for (at, (unit, is_picked)) in self.units.iter().zip(picked).enumerate() {
            let new = sought.worth(unit.found & !found) + AGAIN * sought.worth(unit.found & found);
            if *is_picked || new <= 0.0 || !unit.form.stands_alone() {
                continue;
            }
            let Some(cost) = self.cost_within(left, at, picked) else {
                continue;
            };
            let gain = new / (lossy(self.tokens(at)) + OVERHEAD_TOKENS);
            if best.is_none_or(|(most, ..)| gain > most) {
                best = Some((gain, at, cost));
            }
        }
        best.map(|(_, at, cost)| (at, cost))
    }

    /// Tokens of a unit by itself.
    fn tokens(&self, at: usize) -> usize {
        self.units.get(at).map_or(0, |unit| {
            *unit.tokens.get_or_init(|| {
                let words = self.text.get(unit.bytes.clone());
                count(words.unwrap_or_default())
            })
        })
    }

    /// Tokens that showing a unit adds, if those are at most `left`.
    fn cost_within(&self, left: usize, at: usize, picked: &[bool]) -> Option<usize> {
        let bytes = self.units.get(at).map_or(0, |unit| unit.bytes.len());
        if bytes > left.saturating_mul(TOKEN_BYTES_MAX) {
            return None;
        }
        Some(self.cost(at, picked)).filter(|cost| *cost <= left)
    }

    /// Tokens that showing a unit adds: its own, a gap where it stands by itself, and what it stands under.
    fn cost(&self, at: usize, picked: &[bool]) -> usize {
        let is_picked = |at: usize| picked.get(at).copied().unwrap_or_default();
        let heads = self.heads(at).filter(|head| !is_picked(*head));
        let heads: usize = heads.map(|head| self.tokens(head)).sum();
        let is_beside_another = is_picked(at + 1) || at.checked_sub(1).is_some_and(is_picked);
        self.tokens(at) + heads + if is_beside_another { 0 } else { GAP_TOKENS }
    }

    /// What a unit stands under: the head of its table, the items that it is inside of.
    fn heads(&self, at: usize) -> impl Iterator<Item = usize> {
        let above = |at: &usize| match self.units.get(*at)?.form {
            Form::Under(head) => Some(head),
            _ => None,
        };
        std::iter::successors(above(&at), above)
    }

    fn pick(&self, at: usize, picked: &mut [bool]) {
        for at in self.heads(at).chain([at]) {
            if let Some(unit) = picked.get_mut(at) {
                *unit = true;
            }
        }
    }

    /// Spends what is left on what stands behind the first unit that is shown, then on what stands above it, the nearest first.
    fn fill(&self, picked: &mut [bool], mut left: usize) {
        let first = picked.iter().position(|is_picked| *is_picked);
        let first = first.unwrap_or_default();
        for at in (first..self.units.len()).chain((0..first).rev()) {
            let stands_alone = self
                .units
                .get(at)
                .is_some_and(|unit| unit.form.stands_alone());
            if picked.get(at) == Some(&false) && stands_alone {
                let Some(cost) = self.cost_within(left, at, picked) else {
                    return;
                };
                self.pick(at, picked);
                left -= cost;
            }
        }
    }

    /// The units that are picked, as they stand, with a mark for each gap.
    fn shown(&self, picked: &[bool]) -> String {
        let mut shown = String::new();
        let mut end: Option<usize> = None;
        let mut has_gap = false;
        for (unit, is_picked) in self.units.iter().zip(picked) {
            if !is_picked {
                has_gap |= match unit.form {
                    Form::Mark => false,
                    Form::Heading => end.is_some(),
                    _ => true,
                };
                continue;
            }
            let start = end.filter(|_| !has_gap).unwrap_or(unit.bytes.start);
            if has_gap {
                // Within a paragraph the gap is one too.
                let line = self
                    .text
                    .get(..unit.bytes.start)
                    .is_none_or(|above| above.ends_with('\n') || above.is_empty());
                match (shown.is_empty(), line) {
                    (true, true) => {}
                    (true, false) => shown.push_str("… "),
                    (false, true) => {
                        end_line(&mut shown);
                        shown.push_str(GAP);
                        shown.push('\n');
                    }
                    (false, false) => {
                        shown.truncate(shown.trim_end().len());
                        shown.push_str(" … ");
                    }
                }
            }
            shown.push_str(self.text.get(start..unit.bytes.end).unwrap_or_default());
            end = Some(unit.bytes.end);
            has_gap = false;
        }
        shown.truncate(shown.trim_end().len());
        if has_gap {
            shown.push_str(if shown.ends_with(['.', '!', '?', ':']) {
                " …"
            } else {
                "\n…"
            });
        }
        shown
    }
}

fn end_line(text: &mut String) {
    text.truncate(text.trim_end().len());
    text.push('\n');
}

#[expect(clippy::cast_precision_loss, reason = "tokens of one section")]
fn lossy(count: usize) -> f32 {
    count as f32
}

/// A line with its place.
#[derive(Clone, Copy)]
struct Line<'t> {
    text: &'t str,
    start: usize,
    end: usize,
}

impl Line<'_> {
    fn is_blank(self) -> bool {
        self.text.trim().is_empty()
    }

    /// White space before its first letter, in bytes.
    fn indent(self) -> usize {
        self.text.len() - self.text.trim_start().len()
    }

    fn is_indented(self) -> bool {
        self.text.starts_with("   ") || self.text.starts_with('\t')
    }

    fn is_row(self) -> bool {
        self.text.trim_start().starts_with('|')
    }

    /// Whether it is `|---|---|`, which ends the head of a table.
    fn is_rule(self) -> bool {
        self.is_row()
            && self.text.contains('-')
            && self
                .text
                .trim()
                .chars()
                .all(|letter| "|-: \t+=".contains(letter))
    }

    /// Whether it underlines a heading, as reStructuredText and setext do.
    fn is_underline(self) -> bool {
        let text = self.text.trim_end();
        let mut letters = text.chars();
        let first = letters.next();
        text.len() >= 3
            && first.is_some_and(|first| {
                "=-~^\"'*+#".contains(first) && letters.all(|letter| letter == first)
            })
    }

    fn is_heading(self) -> bool {
        let level = self.text.bytes().take_while(|byte| *byte == b'#').count();
        (1..=6).contains(&level)
            && self
                .text
                .get(level..)
                .is_some_and(|rest| rest.starts_with(' '))
    }

    fn begins_item(self) -> bool {
        let text = self.text.trim_start();
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let after = text.get(digits..).unwrap_or_default();
        match digits {
            0 => ["- ", "* ", "+ "].iter().any(|mark| text.starts_with(mark)),
            1..=3 => after.starts_with(". ") || after.starts_with(") "),
            _ => false,
        }
    }
}

fn lines(text: &str) -> Vec<Line<'_>> {
    let mut start = 0;
    let lines = text.split_inclusive('\n').map(|line| {
        let from = start;
        start += line.len();
        Line {
            text: line.trim_end_matches(['\n', '\r']),
            start: from,
            end: start,
        }
    });
    lines.collect()
}

/// Cuts `text` into units, in order; blank lines belong to none.
fn units(text: &str) -> Vec<Unit> {
    let lines = lines(text);
    let mut units: Vec<Unit> = Vec::new();
    // Items that the line at hand is inside of: their indents and numbers.
    let mut items: Vec<(usize, usize)> = Vec::new();
    let mut at = 0;
    while let Some(line) = lines.get(at).copied() {
        if line.is_blank() {
            at += 1;
            continue;
        }
        items.retain(|(indent, _)| *indent < line.indent());
        let ahead = lines.get(at + 1).copied();
        let rest = lines.get(at + 1..).unwrap_or_default();
        let while_lines = |goes_on: &dyn Fn(Line<'_>) -> bool| {
            at + 1 + rest.iter().take_while(|line| goes_on(**line)).count()
        };
        let (form, end) = if let Some(fence) = fence_of(line.text) {
            let closes = |line: &Line<'_>| {
                fence_of(line.text).is_some_and(|end| {
                    end.starts_with(fence) && line.text.trim().len() == end.len()
                })
            };
            let close = rest.iter().position(closes);
            (
                Form::Block,
                close.map_or(lines.len(), |close| at + close + 2),
            )
        } else if line.is_heading() {
            (Form::Heading, at + 1)
        } else if ahead.is_some_and(Line::is_underline) && !line.is_indented() && !line.is_row() {
            (Form::Heading, at + 2)
        } else if line.is_row() && ahead.is_some_and(Line::is_rule) {
            (Form::TableHead, at + 2)
        } else if line.is_row() {
            (row(&units, line.start, text), at + 1)
        } else if line.begins_item() {
            (
                Form::Block,
                while_lines(&|line| {
                    !line.is_blank() && !line.begins_item() && fence_of(line.text).is_none()
                }),
            )
        } else if line.is_indented() || line.text.starts_with(".. ") {
            // Code, or what a directive holds: to the last line that is indented.
            let inside = while_lines(&|line| line.is_blank() || line.is_indented());
            let blank = lines.get(at..inside).unwrap_or_default().iter().rev();
            (
                Form::Block,
                inside - blank.take_while(|line| line.is_blank()).count(),
            )
        } else {
            (
                Form::Prose,
                while_lines(&|line| {
                    !line.is_blank()
                        && !line.is_heading()
                        && !line.is_row()
                        && !line.begins_item()
                        && fence_of(line.text).is_none()
                }),
            )
        };
        let last = lines.get(end - 1).map_or(text.len(), |line| line.end);
        let bytes = line.start..last;
        let says = text.get(bytes.clone()).unwrap_or_default();
        let is_mark = says.trim().len() <= MARK_BYTES_MAX
            && form == Form::Prose
            && !says.contains(char::is_alphanumeric);
        let form = if is_mark { Form::Mark } else { form };
        let within = match (form, items.last()) {
            (Form::Prose | Form::Block, Some((_, item))) => Form::Under(*item),
            _ => form,
        };
        if line.begins_item() {
            items.push((line.indent(), units.len()));
        }
        let cut = match form {
            Form::Prose => sentences(text, bytes),
            _ => vec![bytes],
        };
        units.extend(cut.into_iter().map(|bytes| unit(bytes, within)));
        at = end;
    }
    units
}

fn unit(bytes: Range<usize>, form: Form) -> Unit {
    Unit {
        bytes,
        tokens: OnceCell::new(),
        form,
        found: 0,
    }
}

/// A row of the table that stands right above byte `start`, or one without a head.
fn row(units: &[Unit], start: usize, text: &str) -> Form {
    let above = units
        .last()
        .filter(|above| text.get(above.bytes.end..start) == Some(""));
    match above.map(|above| above.form) {
        Some(Form::TableHead) => Form::Under(units.len() - 1),
        Some(Form::Under(head)) => Form::Under(head),
        _ => Form::Block,
    }
}

/// Cuts the paragraph at `bytes` into its sentences, if it is long.
fn sentences(text: &str, bytes: Range<usize>) -> Vec<Range<usize>> {
    let paragraph = text.get(bytes.clone()).unwrap_or_default();
    if paragraph.len() < SENTENCES_FROM_BYTES {
        return vec![bytes];
    }
    let mut cut = Vec::new();
    let mut start = bytes.start;
    let mut is_code = false;
    let mut letters = paragraph.char_indices().peekable();
    let mut before = ' ';
    while let Some((_, letter)) = letters.next() {
        is_code ^= letter == '`';
        if !letter.is_whitespace() {
            before = letter;
        } else if !is_code && matches!(before, '.' | '!' | '?') {
            let next = letters.peek().copied();
            let begins =
                next.is_some_and(|(_, next)| next.is_uppercase() || "`*\"'([_".contains(next));
            if let Some((at, _)) = next.filter(|_| begins) {
                cut.push(start..bytes.start + at);
                start = bytes.start + at;
            }
        }
    }
    cut.push(start..bytes.end);
    cut
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::lookup::library;
    use crate::lookup::passage::{count, open_fence};

    fn sought(question: &str) -> Sought {
        let page = "# Ports\n\nThe harbour opens at dawn. Ships anchor.\n";
        let (store, index) = library::in_memory("s", [("a.md", page)]).unwrap();
        Sought::of(&index.view(&store).unwrap(), question).unwrap()
    }

    fn excerpt(text: &str, question: &str, tokens: usize) -> Option<String> {
        let sought = sought(question);
        Excerpts::of(text.to_owned(), &sought).within(tokens, &sought)
    }

    #[test]
    fn the_sentence_that_speaks_of_the_question_is_shown_with_marks_for_what_is_not() {
        let text = "# Ports\n\nThe harbour opens at dawn and closes at dusk, every day of the year. Ships anchor in the bay until a \
                    pilot comes aboard. Nobody pays for the first night. Water is brought on demand by the crew of the port.\n";
        assert_eq!(
            excerpt(text, "where do ships anchor?", 18).as_deref(),
            Some("… Ships anchor in the bay until a pilot comes aboard. …")
        );
    }

    #[test]
    fn a_row_comes_with_the_head_of_its_table_and_an_item_whole() {
        let text = "Settings:\n\n| name | means |\n| --- | --- |\n| depth | of the water here |\n| anchor | its weight in tons |\n\n\
                    - one item\n- anchor chains are\n  long\n";
        assert_eq!(
            excerpt(text, "anchor", 36).as_deref(),
            Some(
                "| name | means |\n| --- | --- |\n…\n| anchor | its weight in tons |\n…\n- anchor chains are\n  long"
            )
        );
    }

    #[test]
    fn what_stands_inside_an_item_comes_with_it() {
        let text = "Settings:\n\n- `depth`\n\n    How deep the water is at low tide, in metres.\n\n- `chain`\n\n  - `links`\n\n    \
                    Of an anchor, how many it has.\n\n    ```sh\n    count\n    ```\n\nMore of it.\n";
        let shown = excerpt(text, "anchor", 34).unwrap();
        for part in ["- `chain`", "- `links`", "Of an anchor"] {
            assert!(shown.contains(part), "{shown}");
        }
        assert!(!shown.contains("depth"), "{shown}");
        // The body alone would fit: under the item above it would be said of that.
        assert!(
            !excerpt(text, "anchor", 12)
                .unwrap_or_default()
                .contains("anchor")
        );
    }

    #[test]
    fn a_line_without_a_letter_takes_no_room_and_stands_between_its_neighbours_only() {
        let text = "Before.\n\n///\n\nShips anchor here, all of them.\n\n---\n\nWeather comes from the west.\n\n///\n";
        let shown = |tokens| excerpt(text, "ships anchor", tokens).unwrap();
        assert_eq!(shown(12), "Ships anchor here, all of them. …");
        assert_eq!(
            shown(18),
            "Ships anchor here, all of them.\n\n---\n\nWeather comes from the west."
        );
        assert_eq!(excerpt("---\n\n///\n", "ships", 20), None);
    }

    #[test]
    fn a_head_without_rows_is_not_shown() {
        let rows = "| a | water |\n".repeat(3);
        let text = format!("| anchor | means |\n| --- | --- |\n{rows}\nAn anchor holds.\n");
        assert_eq!(
            excerpt(&text, "anchor", 12).as_deref(),
            Some("An anchor holds.")
        );
    }

    #[test]
    fn code_is_shown_whole_or_not_at_all() {
        let code = "let anchor = drop(anchor);\n".repeat(20);
        let text = format!("How an anchor is dropped.\n\n```rust\n{code}```\n\nAnd then wait.\n");
        assert_eq!(
            excerpt(&text, "anchor", 30).as_deref(),
            Some("How an anchor is dropped. …")
        );
        let whole = excerpt(&text, "anchor", 400).unwrap();
        assert!(
            whole.contains(&code) && open_fence(&whole).is_none(),
            "{whole}"
        );
    }

    #[test]
    fn without_a_word_of_the_question_the_beginning_is_shown() {
        let text = "# Title\n\nFirst sentence here.\n\nSecond paragraph, which is somewhat longer than the first one was.\n";
        assert_eq!(
            excerpt(text, "quokka", 10).as_deref(),
            Some("First sentence here. …")
        );
        assert_eq!(excerpt(&"word ".repeat(100), "quokka", 10), None);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn an_excerpt_is_never_longer_than_asked_and_made_of_the_text(
            parts in prop::collection::vec("([a-z]{1,8}[ .]){1,12}\n{1,2}|```\n[a-z\n]{0,40}\n```\n|\\| a \\| b \\|\n|- anchor [a-z]{0,9}\n|# T\n|é{1,9}\n", 0..20),
            tokens in 0usize..120,
        ) {
            let text = parts.concat();
            if let Some(shown) = excerpt(&text, "anchor ships", tokens) {
                // The marks of gaps are counted roughly, two tokens each.
                prop_assert!(count(&shown) <= tokens + 8, "{shown}");
                let pieces = shown.split('…').map(str::trim).filter(|piece| !piece.is_empty());
                for piece in pieces {
                    prop_assert!(text.contains(piece), "{piece:?} of {text:?}");
                }
            }
        }
    }
}
