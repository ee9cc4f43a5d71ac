//! The digest of stack traces: what was thrown and why, the frames in the program's own code, each stack once.
//!
//! ```text
//! L1 java.lang.IllegalStateException: empty        a line of the original
//! L4     at org.shop.Cart.add(Cart.java:17)           lines 2 and 3 are frames of libraries
//! L9 "worker-1" waiting
//! = this stack 12 times: L9 L17 L25 …              where the others start
//! ```

use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::Range;

use super::Shape;
use super::rank::{Item, Order, Ranked, asked};
use crate::distill::{Kind, Request, frame, severity};

/// Lines directly above a stack that say what it is of: an exception and its message, a thread and its state.
const HEAD_LINES_MAX: usize = 6;

/// Frames of a stack that say where it went wrong.
const FIRST_FRAMES: usize = 2;

/// Lines of a frame: its place, its code, and marks below the code.
const FRAME_LINES_MAX: usize = 3;

/// Lines of a frame that are shown: marks say no more than the code.
const FRAME_LINES_SHOWN: usize = 2;

/// Places of equal stacks that are told; the others are counted.
const PLACES_MAX: usize = 4;

/// One line in so many is part of a frame in a text of stack traces.
const FRAMES_PART: usize = 10;

/// The same in the output of a build or of tests, which has other things to tell.
const BUILD_FRAMES_PART: usize = 2;

/// Frames below which a text is read as lines.
const FRAMES_MIN: usize = 3;

/// Some frames in a row and the lines that introduce them.
struct Stack {
    head: Range<usize>,
    frames: Vec<Frame>,
    /// What of its frames tells it from others.
    key: Vec<String>,
    number: usize,
    /// Number of the first stack that is equal.
    first: usize,
}

/// One frame, of one line or more.
struct Frame {
    lines: Range<usize>,
    is_library: bool,
}

/// Puts the lines of a text of stack traces in the order of their worth, or returns `None` if it is no such text.
pub(super) fn ranked(request: &Request<'_>, kind: Kind, shape: &Shape<'_>) -> Option<Ranked> {
    let lines = shape.parsed.lines().iter().map(|line| line.text).collect();
    let traces = Traces::of(lines);
    if !traces.are_most(kind) {
        return None;
    }
    let mut order = Order::default();
    for line in asked(request, shape) {
        order.push(Item::Line(line));
    }
    let (news, others) = traces.messages();
    for line in news {
        order.push(Item::Line(line));
    }
    let firsts = || traces.stacks.iter().filter(|stack| stack.is_first());
    for stack in firsts() {
        for line in stack.head.clone() {
            order.push(Item::Line(line));
        }
    }
    for stack in firsts() {
        for frame in stack.own().take(FIRST_FRAMES) {
            order.push_lines(&frame.shown());
        }
        // What has no frame of the program's own shows where it stopped.
        if stack.own().next().is_none()
            && let Some(top) = stack.frames.first()
        {
            order.push_lines(&top.shown());
        }
    }
    let kept = order.len();
    for stack in firsts() {
        for frame in stack.own() {
            order.push_lines(&frame.shown());
        }
    }
    for stack in firsts() {
        for frame in stack.frames.iter().take(FIRST_FRAMES) {
            order.push_lines(&frame.shown());
        }
    }
    for line in others {
        order.push(Item::Line(line));
    }
    let wanted = order.len();
    order.push_rest(shape);
    Some(Ranked {
        kept,
        wanted,
        is_log: false,
        examples: vec![None; shape.clusters.len()],
        notes: firsts().filter_map(|stack| traces.note(stack)).collect(),
        items: order.into_items(),
    })
}

/// Whether `text`, of which nothing else is known, is one of stack traces.
pub(super) fn are_traces(text: &str) -> bool {
    Traces::of(text.lines().collect()).are_most(Kind::Text)
}

/// The lines of a text and the stacks among them.
struct Traces<'t> {
    lines: Vec<&'t str>,
    stacks: Vec<Stack>,
}

impl<'t> Traces<'t> {
    fn of(lines: Vec<&'t str>) -> Self {
        let mut stacks = stacks(&lines);
        let mut alike: HashMap<Vec<String>, usize> = HashMap::new();
        for (number, stack) in stacks.iter_mut().enumerate() {
            stack.number = number;
            stack.first = *alike
                .entry(std::mem::take(&mut stack.key))
                .or_insert(number);
        }
        Self { lines, stacks }
    }

    fn line(&self, at: usize) -> &'t str {
        self.lines.get(at).copied().unwrap_or_default()
    }

    /// Whether so many lines are frames that a text of `kind` is best told by them.
    fn are_most(&self, kind: Kind) -> bool {
        let part = match kind {
            Kind::Trace | Kind::Text => FRAMES_PART,
            Kind::Build => BUILD_FRAMES_PART,
            _ => return false,
        };
        let frames = self.stacks.iter().flat_map(|stack| &stack.frames);
        let frames: usize = frames.map(|frame| frame.lines.len()).sum();
        let filled = self.lines.iter().filter(|line| !line.trim().is_empty());
        frames >= FRAMES_MIN && frames * part >= filled.count()
    }

    /// The lines that say what was thrown: those that say something new, and the others, whose stacks stood before and
    /// whose words did too, with other numbers.
    fn messages(&self) -> (Vec<usize>, Vec<usize>) {
        let mut found: BTreeMap<usize, Option<&Stack>> = BTreeMap::new();
        for (at, line) in self.lines.iter().enumerate() {
            let is_message =
                severity::of(line).is_some() || line.trim_start().starts_with("Caused by");
            if is_message && !frame::is_frame(line) {
                let next = self.stacks.partition_point(|stack| stack.end() <= at);
                found.insert(at, self.stacks.get(next));
            }
        }
        for stack in &self.stacks {
            let end = stack.end();
            if frame::ends_with_message(self.line(stack.top())) && !self.line(end).trim().is_empty()
            {
                found.insert(end, Some(stack));
            }
        }
        let mut said: HashSet<String> = HashSet::new();
        let mut known: HashSet<&str> = HashSet::new();
        found
            .into_iter()
            .filter(|(at, stack)| known.insert(self.line(*at)) || stack.is_none_or(Stack::is_first))
            .map(|(at, stack)| {
                let words = self
                    .line(at)
                    .replace(|letter: char| letter.is_ascii_digit(), "");
                let is_new = said.insert(words) || stack.is_none_or(Stack::is_first);
                (at, is_new)
            })
            .fold(
                (Vec::new(), Vec::new()),
                |(mut news, mut others), (at, is_new)| {
                    if is_new { &mut news } else { &mut others }.push(at);
                    (news, others)
                },
            )
    }

    /// What is said above the first frame of `stack` if others are equal to it.
    fn note(&self, stack: &Stack) -> Option<(usize, String)> {
        let alike = self
            .stacks
            .iter()
            .filter(|other| other.first == stack.number);
        let mut places: Vec<String> = alike
            .skip(1)
            .map(|other| format!(" L{}", other.start() + 1))
            .collect();
        let times = places.len() + 1;
        if places.len() > PLACES_MAX {
            places.truncate(PLACES_MAX);
            places.push(" …".to_owned());
        }
        let note = format!("= this stack {times} times:{}\n", places.concat());
        (times > 1).then(|| (stack.top(), note))
    }
}

impl Frame {
    fn shown(&self) -> Range<usize> {
        self.lines.start..self.lines.end.min(self.lines.start + FRAME_LINES_SHOWN)
    }
}

impl Stack {
    fn is_first(&self) -> bool {
        self.first == self.number
    }

    /// The first line of what belongs to it.
    fn start(&self) -> usize {
        self.head.start.min(self.top())
    }

    /// The first line of its frames.
    fn top(&self) -> usize {
        self.frames.first().map_or(0, |frame| frame.lines.start)
    }

    /// The line after its frames.
    fn end(&self) -> usize {
        self.frames.last().map_or(0, |frame| frame.lines.end)
    }

    /// The frames in the program's own code.
    fn own(&self) -> impl Iterator<Item = &Frame> {
        self.frames.iter().filter(|frame| !frame.is_library)
    }
}

/// Finds the stacks of a text, in order.
fn stacks(lines: &[&str]) -> Vec<Stack> {
    let text = |at: usize| lines.get(at).copied().unwrap_or_default();
    let mut stacks: Vec<Stack> = Vec::new();
    let mut open: Option<Stack> = None;
    let mut free = 0;
    let mut at = 0;
    while at < lines.len() {
        let length = if frame::is_frame(text(at)) {
            let further = lines.iter().skip(at + 1).take(FRAME_LINES_MAX - 1);
            1 + further
                .take_while(|line| frame::continues(line, text(at)))
                .count()
        } else if at + 1 < lines.len() && frame::opens(text(at), text(at + 1)) {
            2
        } else {
            0
        };
        if length == 0 {
            // What was left out of a stack, and the locks that a thread holds, do not end it.
            if open.is_none() || !frame::is_filler(text(at)) {
                stacks.extend(open.take());
            } else {
                free = at + 1;
            }
            at += 1;
            continue;
        }
        let whole = lines.get(at..at + length).unwrap_or_default().join("\n");
        let stack = open.get_or_insert_with(|| Stack {
            head: head(lines, free, at),
            frames: Vec::new(),
            key: Vec::new(),
            number: 0,
            first: 0,
        });
        stack.key.push(frame::key(&whole));
        stack.frames.push(Frame {
            lines: at..at + length,
            is_library: frame::is_library(&whole),
        });
        at += length;
        free = at;
    }
    stacks.extend(open);
    stacks
}

/// The lines from `free` on and directly above line `at` that introduce it: the paragraph there, or the one before an
/// empty line.
fn head(lines: &[&str], free: usize, at: usize) -> Range<usize> {
    let is_empty = |line: usize| lines.get(line).is_none_or(|line| line.trim().is_empty());
    let end = (free..at)
        .rev()
        .find(|line| !is_empty(*line))
        .map_or(at, |line| line + 1);
    let start = (free..end)
        .rev()
        .take(HEAD_LINES_MAX)
        .take_while(|line| !is_empty(*line))
        .last()
        .unwrap_or(end);
    start..end
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;
    use crate::distill::{Distilled, Level, distill};

    fn digested(text: &str) -> Distilled {
        let request = Request::new(text, "h7", Level::Digest);
        distill(&request).unwrap()
    }

    #[test]
    fn causes_and_own_frames_are_shown_word_for_word() {
        let library = |package: &str, count: usize| -> String {
            (0..count)
                .map(|line| {
                    format!("\tat {package}.Filter{line}.doFilter(Filter{line}.java:{line})\n")
                })
                .collect::<Vec<_>>()
                .concat()
        };
        let text = format!(
            "org.shop.CartException: cannot add\n{}\tat org.shop.Web.post(Web.java:9)\n{}Caused by: java.io.IOException: gone\n{}\tat org.shop.Disk.read(Disk.java:3)\n\t... 12 more\n",
            library("org.apache.http", 8),
            library("org.springframework.web", 30),
            library("java.io", 3),
        );
        assert_eq!(
            digested(&text).text,
            "#digest of 46 lines: L7 line 7; restore h7 gives all (lines, grep)\n\
             L1 org.shop.CartException: cannot add\n\
             \tat org.apache.http.Filter0.doFilter(Filter0.java:0)\n\
             \tat org.apache.http.Filter1.doFilter(Filter1.java:1)\n\
             L10 \tat org.shop.Web.post(Web.java:9)\n\
             L41 Caused by: java.io.IOException: gone\n\
             \tat java.io.Filter0.doFilter(Filter0.java:0)\n\
             \tat java.io.Filter1.doFilter(Filter1.java:1)\n\
             L45 \tat org.shop.Disk.read(Disk.java:3)\n"
        );
    }

    #[test]
    fn threads_with_one_stack_are_counted() {
        let mut text = String::new();
        for thread in 0..40 {
            let _ = write!(
                text,
                "goroutine {thread} [chan receive]:\nmain.worker(0xc0000{thread:02}000, 0x{thread:x})\n\t/app/pool/worker.go:{} +0x1d\ncreated by main.start in goroutine 1\n\t/app/pool/start.go:9 +0x2f\n\n",
                if thread == 7 { 99 } else { 17 }
            );
        }
        let shown = digested(&text).text;
        assert!(shown.contains("\n= this stack 39 times: L7 L13 L19 L25 …\nmain.worker(0xc000000000, 0x0)\n\t/app/pool/worker.go:17 +0x1d\n"), "{shown}");
        assert!(shown.contains("\nL43 goroutine 7 [chan receive]:\nmain.worker(0xc000007000, 0x7)\n\t/app/pool/worker.go:99 +0x1d\n"), "{shown}");
        assert!(shown.lines().count() < 15, "{shown}");
    }

    #[test]
    fn a_message_that_differs_in_numbers_alone_is_shown_unless_its_stack_stood_before() {
        let mut text = String::new();
        for test in 0..30 {
            let place = if test < 15 { test } else { 99 };
            let library: String = (0..9)
                .map(|frame| {
                    let step = (frame * 7 + place * 31) % 97;
                    format!(
                        "    at step{step} (node:internal/test_{step}:{}:{frame})\n",
                        step * 3
                    )
                })
                .collect::<Vec<_>>()
                .concat();
            let _ = write!(
                text,
                "Error: case {test} failed\n    at run (/app/a.test.js:{place}:1)\n{library}"
            );
        }
        let shown = digested(&text).text;
        for test in 0..16 {
            assert!(
                shown.contains(&format!("Error: case {test} failed\n")),
                "{shown}"
            );
        }
        assert!(shown.contains("= this stack 15 times: L177"), "{shown}");
        assert!(!shown.contains("case 29"), "{shown}");
    }

    #[test]
    fn code_below_a_frame_of_python_stays_with_it() {
        let mut text = "Traceback (most recent call last):\n".to_owned();
        for _ in 0..12 {
            text += "  File \"/usr/lib/python3.12/asyncio/base_events.py\", line 650, in run_until_complete\n    return future.result()\n";
        }
        text += "  File \"/app/cart.py\", line 17, in add\n    raise Empty(cart)\nshop.Empty: cart 7 is empty\n";
        let shown = digested(&text).text;
        assert!(
            shown.ends_with("L26   File \"/app/cart.py\", line 17, in add\n    raise Empty(cart)\nshop.Empty: cart 7 is empty\n"),
            "{shown}"
        );
    }
}
