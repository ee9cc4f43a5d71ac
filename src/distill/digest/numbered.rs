//! The digest of a log, of a build, of stack traces: what happened how often, and lines with their numbers instead of the
//! gaps between them, for of two thousand lines few stand side by side.

use std::collections::HashMap;
use std::fmt::Write as _;

use super::rank::{self, Ranked};
use super::{BLANK_LINES_MAX, REPEATED_BYTES_MIN, Room, Shape, clip, outline};

/// One or more templates with one text.
struct Shown {
    numbers: Vec<usize>,
    lines: usize,
    /// The line that the text is of.
    line: Option<usize>,
    /// Bytes of it that are shown.
    bytes_max: usize,
    text: String,
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
    let (of_templates, by_template) = match templates.as_slice() {
        [] => ("", ""),
        _ if room.is_short => (
            "n:k template n, k lines, shown without their heads; ",
            " or template",
        ),
        _ => ("n:k template n, k lines; ", " or template"),
    };
    let mut out = format!(
        "#digest of {} lines: {of_templates}L7 line 7; restore {handle} gives all (lines, grep{by_template})\n",
        lines.len(),
    );
    let text_of = |number: usize| lines.get(number).map_or("", |line| line.text);
    let write = |text: &str, bytes_max: usize, out: &mut String| {
        let clipped = clip(text, bytes_max);
        out.push_str(clipped);
        out.push_str(if clipped.len() < text.len() {
            "…\n"
        } else {
            "\n"
        });
    };
    let mut written: Vec<Shown> = Vec::new();
    let mut known: HashMap<String, usize> = HashMap::new();
    for number in templates {
        let Some(cluster) = shape.clusters.get(number) else {
            continue;
        };
        let start = if room.is_short {
            outline::head_end(&shape.parsed, cluster)
        } else {
            0
        };
        let example = ranked.examples.get(number).copied().flatten();
        let text = match example.and_then(|line| lines.get(line)) {
            Some(line) if room.is_short => outline::message(&shape.parsed, line, start).to_owned(),
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
        });
    }
    for entry in &written {
        if entry.lines > 1 {
            for (at, number) in entry.numbers.iter().enumerate() {
                let _ = write!(out, "{}{}", if at > 0 { "," } else { "" }, number + 1);
            }
            let _ = write!(out, ":{} ", entry.lines);
        }
        if let Some(line) = entry.line {
            let _ = write!(out, "L{} ", line + 1);
        }
        write(&entry.text, entry.bytes_max, &mut out);
    }
    if !shown.is_empty() && !written.is_empty() {
        out.push_str("---\n");
    }
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
        write(text, room.trouble_bytes, &mut out);
        next = number + 1;
        while shown.peek() == Some(&next) && text_of(next) == text {
            shown.next();
            next += 1;
        }
        let repeated = next - number - 1;
        if repeated * text.len() > REPEATED_BYTES_MIN {
            let _ = writeln!(out, "= {repeated} times more");
        } else {
            (0..repeated).for_each(|_| write(text, room.trouble_bytes, &mut out));
        }
    }
    out
}
