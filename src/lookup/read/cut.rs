//! What does not fit an answer: its outline, as much of its text as fits, and how to go on.

use super::stretch::Stretch;
use super::{Body, Book, Given, READ_TOKENS_MAX};
use crate::lookup::format;
use crate::lookup::passage::{Budget, count, fenced, head_that_fits};

/// Share of the budget that an outline may take, in percent: the rest is text.
const OUTLINE_PERCENT: usize = 40;

/// Where to go on in a line that is longer than an answer.
#[derive(Debug, PartialEq, Eq)]
enum Part {
    /// At a section, or a part of one, which begins inside it.
    Next(String),
    /// At one that begins behind what is shown.
    Later,
    /// Nowhere: it is one part.
    None,
}

impl Book {
    /// Gives of `body`, which is all of `stretch` below `head`, what fits `budget`.
    pub(super) fn cut(&self, stretch: &Stretch, head: &str, body: &Body, budget: Budget) -> Given {
        let share = Budget {
            tokens: budget.tokens * OUTLINE_PERCENT / 100,
            bytes: budget.bytes.saturating_mul(OUTLINE_PERCENT) / 100,
            lines: budget.lines.saturating_mul(OUTLINE_PERCENT) / 100,
        };
        let (outline, headings) = self.outline_of(stretch, share);
        let note = Note {
            book: self,
            stretch,
            body,
            headings,
            bytes_max: budget.bytes,
        };
        let frame = format!("{head}{outline}{}\n{}", fenced("\n```"), note.longest());
        let all = body.text();
        let (kept, _) = head_that_fits(&all, budget.less(&frame));
        let (first, last) = stretch.lines;
        // A line of which a part is shown is not shown.
        let shown = kept.matches('\n').count();
        let next = body.lines.get(shown).map(|(_, line)| *line);
        let from = next.map_or(last, |line| self.file_line(line).min(last));
        let end = next.map_or(stretch.bytes.1, |line| self.byte_of(line));
        // Lines lead no further where the first or the last is shown in part.
        let is_shown = |(_, line): &(String, usize)| self.file_line(*line) == from;
        let is_begun = body.lines.iter().take(shown).any(is_shown);
        let part = if from <= first || is_begun && from == last {
            let of_line = kept.rsplit('\n').next().map_or(0, str::len);
            let mut behind = body.lines.iter().map(|(_, line)| *line);
            let behind = behind.find(|line| self.file_line(*line) > from);
            let line_end = behind.map_or(stretch.bytes.1, |line| self.byte_of(line));
            self.part_at(end + of_line, (stretch.bytes.0, line_end))
        } else {
            Part::None
        };
        let note = note.text(from, &part);
        let text = format!("{head}{outline}{}\n{note}", fenced(kept));
        Given {
            used_tokens: count(&text),
            text,
            reference: stretch.reference.clone(),
            lines: (first, from.saturating_sub(1).max(first)),
            whole: false,
            told: self.keys_within((stretch.bytes.0, end)),
        }
    }

    /// Returns how to go on at `byte` of the text, where all from `start` to `end` is of one line.
    fn part_at(&self, byte: usize, (start, end): (usize, usize)) -> Part {
        let mut sections = self.sections.iter();
        let Some(section) = sections.find(|section| byte < section.bytes.1) else {
            return Part::None;
        };
        let same = self.sections.iter();
        let same = same.filter(|other| other.anchor == section.anchor);
        let parts = same.map(|other| other.part).max().unwrap_or_default();
        if section.bytes.0 > start && section.bytes.0 < end {
            Part::Next(self.part_of(&section.anchor, section.part, parts))
        } else if section.bytes.1 < end {
            Part::Later
        } else {
            Part::None
        }
    }

    /// The longest of what names a part of this page.
    fn longest_part(&self) -> String {
        let anchors = self.sections.iter().map(|section| section.anchor.as_str());
        let longest = anchors
            .max_by_key(|anchor| anchor.len())
            .unwrap_or_default();
        self.part_of(longest, 9_999, 9_999)
    }

    fn part_of(&self, anchor: &str, part: u32, parts: u32) -> String {
        let reference = self.to_section(anchor, part);
        if parts > 1 {
            format!("`{reference}`, part {part} of {parts}")
        } else {
            format!("`{reference}`")
        }
    }
}

/// The line below a text that was cut: how to go on.
struct Note<'a> {
    book: &'a Book,
    stretch: &'a Stretch,
    body: &'a Body,
    /// Headings that the outline names.
    headings: usize,
    /// Bytes of the longest answer.
    bytes_max: usize,
}

impl Note<'_> {
    /// Returns the note where the text breaks off in the line or page `from`, at `part` of it.
    fn text(&self, from: u32, part: &Part) -> String {
        let (first, last) = self.stretch.lines;
        let counted = format::counted_in(&self.stretch.reference.path);
        let pages = if counted == "pages" { " (pages)" } else { "" };
        let mut said = String::new();
        let mut choices: Vec<String> = Vec::new();
        if from <= first {
            match self.too_long(from, counted.trim_end_matches('s')) {
                Some(too_long) => {
                    said = format!("{too_long}; ");
                    if *part == Part::Later {
                        choices.push("ask for more tokens to get to its next part".to_owned());
                    }
                }
                None => choices.push("ask for more tokens".to_owned()),
            }
        }
        // What does not get beyond its first line would only be given again.
        let next = from.max(first + 1);
        let behind = if from <= first { " behind it" } else { "" };
        match part {
            Part::Next(part) => choices.push(format!("go on with {part}")),
            _ if next <= last => {
                choices.push(format!("go on{behind} with lines \"{next}-{last}\"{pages}"));
            }
            _ => {}
        }
        if self.headings > 1 {
            choices.push("name a section above".to_owned());
        }
        let said = said + &choices.join(", or ");
        format!("[cut to fit; {}]\n", said.trim_end_matches("; "))
    }

    /// Returns the longest that the note can be, for the room that it takes.
    fn longest(&self) -> String {
        let (first, last) = self.stretch.lines;
        let longest = Part::Next(self.book.longest_part());
        let notes = [
            self.text(last, &Part::None),
            self.text(last, &longest),
            self.text(first, &longest),
            self.text(first, &Part::Later),
        ];
        let longest = notes.into_iter().max_by_key(String::len);
        longest.unwrap_or_default()
    }

    /// Says of the line or page `from`, of which a part is shown, that no answer can show the rest; nothing if one with more
    /// tokens would.
    fn too_long(&self, from: u32, unit: &str) -> Option<String> {
        let lines = self.body.lines.iter();
        let own = lines.filter(|(_, line)| self.book.file_line(*line) == from);
        let (tokens, bytes) = own.fold((0, 0), |(tokens, bytes), (line, _)| {
            (tokens + count(line), bytes + line.len())
        });
        if tokens >= READ_TOKENS_MAX {
            Some(format!(
                "{unit} {from} has {tokens} tokens, more than an answer can"
            ))
        } else if bytes >= self.bytes_max {
            Some(format!(
                "{unit} {from} has {bytes} bytes, more than an answer (`page.bytes` of the settings)"
            ))
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lookup::library;
    use crate::lookup::read::tests::given;
    use crate::lookup::read::{Read, read};

    #[test]
    fn nobody_is_told_to_ask_for_more_tokens_where_no_answer_has_so_many() {
        let long = "word ".repeat(READ_TOKENS_MAX + 1_000);
        let text = format!("{long}\nlast\n");
        let all = given("a.txt", &text, None, None, 500);
        let said = all.lines().last().unwrap();
        assert!(
            said.contains("more than an answer can; go on behind it with lines \"2-2\"]"),
            "{said}"
        );
        let many_bytes = "word ".repeat(3_000);
        assert!(given("a.txt", &many_bytes, None, None, 500).contains(
            "line 1 has 14999 bytes, more than an answer (`page.bytes` of the settings)]"
        ));
        let short = "word ".repeat(1_000);
        assert!(given("a.txt", &short, None, None, 500).contains("ask for more tokens"));
    }

    #[test]
    fn a_line_longer_than_an_answer_is_read_on_by_its_parts() {
        let words = (0..3_000).map(|at| format!("<p>Word {at} of many words.</p>"));
        let page = format!("<h1 id=\"b\">Book</h1>{}", words.collect::<String>());
        let (store, _) = library::in_memory("s", [("a.html", &*page)]).unwrap();
        let within = |tokens: usize, reference: &str| {
            let wanted = Read {
                reference: reference.to_owned(),
                ..Read::default()
            };
            read(&store, &wanted, Budget::page(tokens)).unwrap().text
        };
        let text = |reference: &str| within(4_000, reference);
        let little = within(200, "s:a.html");
        assert!(
            little.ends_with("; ask for more tokens to get to its next part]\n"),
            "{little}"
        );
        let says = |text: &str, at: usize| text.contains(&format!("Word {at} of"));
        let all = text("s:a.html");
        let shown = (0..3_000).take_while(|at| says(&all, *at)).count();
        let (_, next) = all.rsplit_once("go on with `").unwrap();
        let (next, rest) = next.split_once('`').unwrap();
        assert!(rest.starts_with(", part ") && shown > 100, "{shown} {rest}");
        assert!(next.contains("#b~"), "{next}");
        let part = text(next);
        assert!(says(&part, shown) && !says(&part, 0), "{part}");
    }
}
