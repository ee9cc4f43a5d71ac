//! The digest of a log, of a build, of stack traces: what happened how often, and lines with their numbers instead of the
//! gaps between them, for of two thousand lines few stand side by side.

use std::collections::HashMap;
use std::fmt::Write as _;

use super::rank::{self, Ranked};
use super::speaker::Speakers;
use super::{BLANK_LINES_MAX, REPEATED_BYTES_MIN, Room, Shape, clip, head, outline};

/// One or more templates with one text.
struct Shown {
    numbers: Vec<usize>,
    lines: usize,
    /// The line that the text is of.
    line: Option<usize>,
    /// Bytes of it that are shown.
    bytes_max: usize,
    text: String,
    /// Whether the text is that of a log's record and may begin with who says it.
    is_spoken: bool,
}

/// Writes the first `count` items of `ranked`.
pub(super) fn render(
    shape: &Shape<'_>,
    ranked: &Ranked,
    count: usize,
    handle: &str,
    room: Room,
) -> String {
    let lines = shape.parsed.lines();
    let (templates, shown) = rank::parted(&ranked.items, count);
    let written = described(shape, ranked, &templates, room);
    let texts: Vec<Option<&str>> = written
        .iter()
        .map(|entry| entry.is_spoken.then_some(entry.text.as_str()))
        .collect();
    let speakers = Speakers::of(&texts);
    let of_speakers = if speakers.groups.is_empty() {
        ""
    } else {
        "# who says what is below; "
    };
    let (of_templates, by_template) = match templates.as_slice() {
        [] => ("", ""),
        _ if room.is_short => (
            "n:k template n, k lines, without their heads; ",
            " or template",
        ),
        _ => ("n:k template n, k lines; ", " or template"),
    };
    let mut out = format!(
        "#digest of {} lines: {of_speakers}{of_templates}L7 line 7; restore {handle} gives all (lines, grep{by_template})\n",
        lines.len(),
    );
    for entry in speakers.alone.iter().filter_map(|at| written.get(*at)) {
        entry.write(0, &mut out);
    }
    for group in &speakers.groups {
        let _ = writeln!(out, "# {}", group.name);
        for (at, start) in &group.texts {
            if let Some(entry) = written.get(*at) {
                entry.write(*start, &mut out);
            }
        }
    }
    if !shown.is_empty() && !written.is_empty() {
        out.push_str("---\n");
    }
    write_lines(shape, ranked, shown, room, &mut out);
    out
}

/// What `templates` say, each text once.
fn described(shape: &Shape<'_>, ranked: &Ranked, templates: &[usize], room: Room) -> Vec<Shown> {
    let lines = shape.parsed.lines();
    let mut written: Vec<Shown> = Vec::new();
    let mut known: HashMap<String, usize> = HashMap::new();
    for number in templates.iter().copied() {
        let Some(cluster) = shape.clusters.get(number) else {
            continue;
        };
        let start = if room.is_short {
            shape.starts.get(number).copied().unwrap_or(0)
        } else {
            0
        };
        let example = ranked.examples.get(number).copied().flatten();
        let text = match example.and_then(|line| lines.get(line)) {
            Some(line) if room.is_short => head::message(&shape.parsed, line, start).to_owned(),
            Some(line) => line.text.to_owned(),
            None => outline::template(&shape.parsed, cluster, start),
        };
        // Shapes that differ in their heads alone, or in spaces, say one thing.
        if let Some(same) = known.get(&text).and_then(|at| written.get_mut(*at)) {
            same.numbers.push(number);
            same.lines += cluster.lines.len();
            continue;
        }
        known.insert(text.clone(), written.len());
        let first = cluster.lines.first().copied().unwrap_or_default();
        // A line that is shown whole stays in one piece.
        let is_whole = example.is_some() && !room.is_short;
        written.push(Shown {
            numbers: vec![number],
            lines: cluster.lines.len(),
            line: example.or((cluster.lines.len() == 1).then_some(first)),
            bytes_max: if example.is_some() {
                room.trouble_bytes
            } else {
                room.line_bytes
            },
            text,
            is_spoken: ranked.is_log && !is_whole && shape.is_record(first),
        });
    }
    written
}

impl Shown {
    /// Writes the text from byte `start` on.
    fn write(&self, start: usize, out: &mut String) {
        if self.lines > 1 {
            for (at, number) in self.numbers.iter().enumerate() {
                let _ = write!(out, "{}{}", if at > 0 { "," } else { "" }, number + 1);
            }
            let _ = write!(out, ":{} ", self.lines);
        }
        if let Some(line) = self.line {
            let _ = write!(out, "L{} ", line + 1);
        }
        let text = self.text.get(start..).unwrap_or_default();
        write_clipped(text, self.bytes_max, out);
    }
}

/// Writes the lines with the numbers `shown`.
fn write_lines(
    shape: &Shape<'_>,
    ranked: &Ranked,
    shown: Vec<usize>,
    room: Room,
    out: &mut String,
) {
    let lines = shape.parsed.lines();
    let text_of = |number: usize| lines.get(number).map_or("", |line| line.text);
    let mut next = 0;
    let mut shown = shown.into_iter().peekable();
    while let Some(number) = shown.next() {
        let text = text_of(number);
        let is_blank = (next..number).all(|number| text_of(number).is_empty());
        if next > 0 && is_blank && number - next <= BLANK_LINES_MAX {
            out.extend((next..number).map(|_| '\n'));
        } else if next == 0 || next != number {
            let _ = write!(out, "L{} ", number + 1);
        }
        if let Some(note) = ranked.notes.get(&number) {
            out.push_str(note);
        }
        write_clipped(text, room.trouble_bytes, out);
        next = number + 1;
        while shown.peek() == Some(&next) && text_of(next) == text {
            shown.next();
            next += 1;
        }
        let repeated = next - number - 1;
        if repeated * text.len() > REPEATED_BYTES_MIN {
            let _ = writeln!(out, "= {repeated} times more");
        } else {
            (0..repeated).for_each(|_| write_clipped(text, room.trouble_bytes, out));
        }
    }
}

fn write_clipped(text: &str, bytes_max: usize, out: &mut String) {
    let clipped = clip(text, bytes_max);
    out.push_str(clipped);
    out.push_str(if clipped.len() < text.len() {
        "…\n"
    } else {
        "\n"
    });
}
