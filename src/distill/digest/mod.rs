//! Level `digest`: what happened how often, everything that went wrong word for word, and where the rest can be had.
//!
//! ```text
//! #digest of 2000 lines: …
//! L52 INFO reload                              line 52 alone, without its time
//! # INFO [main] org.shop.Cart:                 who says what is below
//! 1:314 added {} to cart {}                    template 1: 314 lines, text with holes
//! 4,6:20 L42 cart 7 is empty                   templates 4 and 6: twenty lines like line 42, which reads so
//! ---
//! L42 07:46:01 WARN disk is full               a line of the original; what follows without a number follows there
//! ```
//!
//! So do builds and [`trace`]s, whose lines that are shown stand side by side more often: a number is said where there is a
//! gap. Of other texts, and of any text that is to be edited, gaps are named:
//!
//! ```text
//! 1:314 test {} ... ok                         template 1: 314 lines, text with holes
//! ---
//! ~h7:1-41                                     lines 1 to 41 are left out: restore h7, lines 1-41
//! error: mismatched types                      a line of the original
//! ~h7:43-60 = the line above                   lines 43 to 60 are that line again
//! ```
//!
//! JSON, separated values, HTML, Markdown, prose, differences and accessibility trees have digests of their own: [`json`],
//! [`table`], [`html`], [`markdown`], [`prose`], [`diff`], [`tree`].

pub(super) mod code;
mod detail;
mod diff;
mod head;
mod html;
mod json;
mod markdown;
mod names;
mod numbered;
mod outline;
mod prose;
mod rank;
mod relevance;
mod sentences;
mod speaker;
mod statistics;
mod summary;
mod table;
mod trace;
mod tree;
mod words;

use std::fmt::Write as _;

use self::code::Grammar;
use self::rank::{Item, ranked};
use super::strategy::lines::cluster::{self, Cluster, HOLE};
use super::strategy::lines::split::{self, Parsed};
use super::strategy::lines::stamp;
use super::{DistillError, Intent, Kind, Level, Request, TRAILER_TOKENS};
use crate::tokens;

/// How much of a line is shown.
#[derive(Debug, Clone, Copy)]
struct Room {
    line_bytes: usize,
    /// The same of a line in a log that is a warning or worse, or was asked for.
    trouble_bytes: usize,
    /// Whether the line that stands for a shape in a log is shown from its message on.
    is_short: bool,
}

/// What to try, mildest first: the next is taken where there is no room.
const ROOMS: [Room; 5] = [
    Room {
        line_bytes: 8192,
        trouble_bytes: 8192,
        is_short: false,
    },
    Room {
        line_bytes: 8192,
        trouble_bytes: 8192,
        is_short: true,
    },
    Room {
        line_bytes: 400,
        trouble_bytes: 8192,
        is_short: true,
    },
    Room {
        line_bytes: 240,
        trouble_bytes: 8192,
        is_short: true,
    },
    Room {
        line_bytes: 120,
        trouble_bytes: 120,
        is_short: true,
    },
];

/// Without a budget, a text that is no list of similar lines is cut to one part in so many.
const PART: usize = 7;

/// The same for a log, after one line of each kind.
const LOG_PART: usize = 60;

/// The same for stack traces, after what was thrown and the first frames of each.
const TRACE_PART: usize = 10;

/// The same for the output of a long build, after every diagnostic.
const LONG_BUILD_PART: usize = 25;

/// Tokens of a long build.
const LONG_BUILD_TOKENS: usize = 10_000;

/// Words in one place of otherwise equal lines that are shown as a value; fewer say different things.
const WORDS_MIN: usize = 9;

/// Tokens: without a budget, no digest is made smaller than this.
const TOKENS_MIN: usize = 200;

/// Bytes of a repeated line, all repetitions together, from which saying that it is repeated is shorter.
const REPEATED_BYTES_MIN: usize = 32;

/// Empty lines between two lines that are shown cost less than the note that they are left out.
const BLANK_LINES_MAX: usize = 2;

/// Tokens: header, trailer and one gap fit in this many; below nothing useful would.
const BUDGET_MIN: usize = TRAILER_TOKENS + 50;

/// Returns a digest of the text of `request` that meets its budget, or `None` if the text itself is shorter.
pub(super) fn digest(
    request: &Request<'_>,
    kind: Kind,
    grammar: Option<&Grammar>,
    tokens_in: usize,
) -> Result<Option<String>, DistillError> {
    let budget = request.budget.unwrap_or(usize::MAX);
    if tokens_in <= budget.min(BUDGET_MIN) {
        return Ok(None);
    }
    if budget < BUDGET_MIN {
        return Err(DistillError::BudgetTooSmall {
            budget,
            least: BUDGET_MIN,
        });
    }
    // An outline joins lines of a signature: nothing to edit by, unless it was asked for.
    let is_outlined = request.intent != Intent::Edit || request.level == Level::Digest;
    if is_outlined
        && let Some(grammar) = grammar
        && let Some(text) = code::outline(request, grammar, tokens_in)
    {
        return Ok(Some(text));
    }
    let room = budget.min(tokens_in) - TRAILER_TOKENS;
    let of_its_own = match kind {
        // Whoever edits needs lines as they are.
        _ if request.intent == Intent::Edit => None,
        // Tools put trees into Markdown.
        Kind::Text | Kind::Markdown | Kind::Code if tree::is_tree(request.text) => {
            tree::digest(request)
        }
        Kind::Json | Kind::JsonLines => json::digest(request, kind, tokens_in),
        Kind::Table => table::digest(request, tokens_in),
        Kind::Diff => diff::digest(request, tokens_in),
        Kind::Markdown => markdown::digest(request, tokens_in),
        Kind::Text if !trace::are_traces(request.text) => prose::digest(request, tokens_in),
        Kind::Html => html::digest(request, tokens_in),
        _ => None,
    };
    if let Some(text) = of_its_own.filter(|text| tokens::count(request.encoding, text) <= room) {
        return Ok(Some(text));
    }
    let shape = Shape::of(request.text);
    // Whoever edits wants no number before a line.
    let is_read = request.intent != Intent::Edit;
    let stacks = is_read
        .then(|| trace::ranked(request, kind, &shape))
        .flatten();
    let of_stacks = stacks.is_some();
    let ranked = stacks.unwrap_or_else(|| ranked(request, kind, &shape));
    let is_numbered = kind == Kind::Log || is_read && (of_stacks || kind == Kind::Build);
    let lists = is_numbered || shape.is_list(kind);
    let part = match kind {
        Kind::Log => LOG_PART,
        _ if of_stacks => TRACE_PART,
        Kind::Build if tokens_in >= LONG_BUILD_TOKENS => LONG_BUILD_PART,
        _ => PART,
    };
    for (tried, room_of_line) in ROOMS.into_iter().enumerate() {
        let render = |count: usize| {
            let text = if is_numbered {
                numbered::render(&shape, &ranked, count, request.handle, room_of_line)
            } else {
                let line_bytes = room_of_line.line_bytes;
                shape.render(&ranked.items, count, request.handle, line_bytes)
            };
            let tokens = tokens::count(request.encoding, &text);
            (text, tokens)
        };
        // Everything that must be kept, or a part of a text that is no list.
        let (mut text, tokens) = render(ranked.kept);
        let target = if request.budget.is_some() {
            room
        } else {
            room.min((tokens_in / part).max(TOKENS_MIN))
        };
        let most = (tokens_in / PART).max(TOKENS_MIN);
        // Of a log every shape is shown before any is shown whole.
        let is_last = tried + 1 == ROOMS.len();
        let is_next_better = tried == 0 && tokens > target || tokens > most;
        if kind == Kind::Log && is_next_better && !is_last {
            continue;
        }
        if tokens <= target {
            let shown_max = if lists && request.budget.is_none() {
                ranked.wanted
            } else {
                ranked.items.len()
            };
            text = fill(ranked.kept, shown_max, target, render).unwrap_or(text);
        } else if request.budget.is_none() && kind == Kind::Log && tokens > most {
            // A log whose lines are hardly alike: the worst, and the templates of most lines.
            text = fill(0, ranked.kept, most, render).unwrap_or(text);
        } else if tokens > room {
            match fill(0, ranked.kept, room, render) {
                Some(fitting) => text = fitting,
                None => continue,
            }
        }
        return Ok(Some(text));
    }
    Ok(None)
}

/// Returns the rendering of the most items, between `low` and `high`, that has at most `room` tokens.
fn fill(
    mut low: usize,
    mut high: usize,
    room: usize,
    render: impl Fn(usize) -> (String, usize),
) -> Option<String> {
    let (text, tokens) = render(low);
    let mut best = (tokens <= room).then_some(text)?;
    while low < high {
        let middle = low + (high - low).div_ceil(2);
        let (text, tokens) = render(middle);
        if tokens <= room {
            best = text;
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    Some(best)
}

/// Returns the numbers, from 1, of the lines that template `number` of a digest of `text` stands for.
pub fn template_lines(text: &str, number: usize) -> Option<Vec<usize>> {
    let shape = Shape::of(text);
    let cluster = shape.clusters.get(number.checked_sub(1)?)?;
    Some(cluster.lines.iter().map(|line| line + 1).collect())
}

/// A text as lines and their clusters.
struct Shape<'t> {
    parsed: Parsed<'t>,
    clusters: Vec<Cluster>,
    /// Of each cluster the token that its message starts with.
    starts: Vec<usize>,
    /// Whether most lines have a time stamp.
    is_stamped: bool,
}

impl<'t> Shape<'t> {
    fn of(text: &'t str) -> Self {
        let parsed = Parsed::new(text.lines());
        // Words: close enough to tokens for deciding which shapes are one, and the same for every vocabulary.
        let words = |text: &str| text.split(|letter: char| !letter.is_alphanumeric()).count();
        // A date within a message is a value, its month and its day included.
        let is_value = |id| {
            parsed.kind(id) == split::Kind::Varying || stamp::is_name(parsed.word(id).as_bytes())
        };
        let clusters = cluster::cluster_by(&parsed, is_value);
        let clusters = cluster::merge(&parsed, clusters, WORDS_MIN, &words);
        let clusters = names::parted(&parsed, clusters);
        let starts = head::starts(&parsed, &clusters);
        let lines = parsed.lines();
        let stamped = lines.iter().filter(|line| line.stamp.is_some()).count();
        let is_stamped = stamped * 2 > lines.len();
        Self {
            parsed,
            clusters,
            starts,
            is_stamped,
        }
    }

    /// Whether line `number` is a record of a log: it has a time stamp, or most have none.
    fn is_record(&self, number: usize) -> bool {
        let line = self.parsed.lines().get(number);
        !self.is_stamped || line.is_some_and(|line| line.stamp.is_some())
    }

    /// Whether the text is a list of similar lines, which templates describe.
    fn is_list(&self, kind: Kind) -> bool {
        kind == Kind::Log || self.clusters.len() * 3 <= self.parsed.lines().len()
    }

    /// Writes the first `count` of `items`.
    fn render(&self, items: &[Item], count: usize, handle: &str, line_bytes: usize) -> String {
        let lines = self.parsed.lines();
        let (templates, shown) = rank::parted(items, count);
        let mut out = format!(
            "#digest of {} lines: n:k template n, k lines; ~{handle}:a-b lines a-b are left out, restore {handle} gives them (lines, grep or template)\n",
            lines.len()
        );
        for number in &templates {
            if let Some(cluster) = self.clusters.get(*number) {
                let text = outline::template(&self.parsed, cluster, 0);
                let first = cluster.lines.first().map_or(0, |line| line + 1);
                let text = clip(&text, line_bytes);
                let _ = match cluster.lines.len() {
                    1 => writeln!(out, "L{first} {text}"),
                    count => writeln!(out, "{}:{count} {text}", number + 1),
                };
            }
        }
        if !templates.is_empty() {
            out.push_str("---\n");
        }
        let text_of = |number: usize| lines.get(number).map_or("", |line| line.text);
        let mut next = 0;
        let mut shown = shown.into_iter().peekable();
        while let Some(number) = shown.next() {
            let is_blank = (next..number).all(|number| text_of(number).is_empty());
            if is_blank && number - next <= BLANK_LINES_MAX {
                out.extend((next..number).map(|_| '\n'));
            } else {
                gap(next, number, handle, "", &mut out);
            }
            let text = text_of(number);
            let clipped = clip(text, line_bytes);
            out.push_str(clipped);
            if clipped.len() < text.len() {
                let _ = write!(out, "… ~{handle}:{}", number + 1);
            }
            out.push('\n');
            next = number + 1;
            let mut end = next;
            while shown.peek() == Some(&end) && text_of(end) == text {
                shown.next();
                end += 1;
            }
            if (end - next) * text.len() > REPEATED_BYTES_MIN {
                gap(next, end, handle, " = the line above", &mut out);
            } else {
                for _ in next..end {
                    out.push_str(text);
                    out.push('\n');
                }
            }
            next = end;
        }
        gap(next, lines.len(), handle, "", &mut out);
        out
    }
}

/// Names the lines from `from` up to `to`, counted from 0, if there are any, and says `what` they are.
fn gap(from: usize, to: usize, handle: &str, what: &str, out: &mut String) {
    let first = from + 1;
    let _ = match to.saturating_sub(from) {
        0 => Ok(()),
        1 => writeln!(out, "~{handle}:{first}{what}"),
        _ => writeln!(out, "~{handle}:{first}-{to}{what}"),
    };
}

fn clip(text: &str, bytes_max: usize) -> &str {
    if text.len() <= bytes_max {
        return text;
    }
    let end = (0..=bytes_max)
        .rev()
        .find(|end| text.is_char_boundary(*end));
    text.get(..end.unwrap_or(0)).unwrap_or(text)
}

/// Whether `id` may differ from line to line.
fn is_hole(id: u32) -> bool {
    id == HOLE
}

#[cfg(test)]
mod tests {
    use super::super::{Distilled, distill};
    use super::*;

    fn digested(text: &str) -> Distilled {
        let request = Request::new(text, "h7", Level::Digest);
        distill(&request).unwrap()
    }

    /// Lines of a log that differ in every place that a program can fill.
    fn log(count: usize, line: impl Fn(usize) -> String) -> String {
        let mut text = String::new();
        for number in 0..count {
            let (minute, second) = (number / 60 % 60, number % 60);
            let _ = writeln!(
                text,
                "2026-11-20 07:{minute:02}:{second:02} {}",
                line(number)
            );
        }
        text
    }

    #[test]
    fn lines_that_only_speak_of_failure_become_a_template() {
        let text = log(300, |number| match number {
            77 => "level=error msg=\"cannot send\"".to_owned(),
            _ => format!("level=debug msg=\"scrape failed\" err=timeout job={number}"),
        });
        let shown = digested(&text).text;
        assert!(
            shown.contains("1:299 level=debug msg=\"scrape failed\" err=timeout job={}\n"),
            "{shown}"
        );
        assert!(
            shown.contains("\nL78 2026-11-20 07:01:17 level=error msg=\"cannot send\"\n"),
            "{shown}"
        );
    }

    #[test]
    fn a_log_whose_lines_are_hardly_alike_is_cut_to_the_usual_part() {
        let text = log(200, |number| {
            let words = (0..3 + number % 9).map(|at| match (number * 7 + at * 5) % 4 {
                0 => "alpha beta",
                1 => "gamma",
                2 => "delta (epsilon)",
                _ => "zeta, eta",
            });
            let word = char::from(b'a' + u8::try_from(number % 26).unwrap());
            format!("{word}{word} {}", words.collect::<Vec<_>>().join(" "))
        });
        let shown = digested(&text);
        assert_eq!(shown.level, Level::Digest);
        assert!(shown.tokens_out <= shown.tokens_in / PART, "{}", shown.text);
    }

    #[test]
    fn failures_of_one_shape_that_differ_in_a_word_are_each_shown() {
        let text = log(400, |number| match number % 20 {
            3 => format!("FATAL store interrupt caused by dcbf.....{number}"),
            9 => format!("FATAL store interrupt caused by icbi.....{number}"),
            _ => format!("INFO block {number} read"),
        });
        let shown = digested(&text).text;
        assert!(
            shown.contains("FATAL store interrupt caused by dcbf.....3\n"),
            "{shown}"
        );
        assert!(
            shown.contains("FATAL store interrupt caused by icbi.....9\n"),
            "{shown}"
        );
    }

    #[test]
    fn failures_that_differ_in_a_name_are_shown_once() {
        let text = log(60, |number| {
            let name = ["alpha", "bravo", "charlie"][number % 3];
            format!("ERROR cannot reach {name}.shop.example:80 or {name}{number}")
        });
        assert_eq!(short(&text).matches("ERROR").count(), 1);
    }

    #[test]
    fn who_speaks_ends_at_the_colon_and_what_is_said_stays() {
        let text = log(400, |number| {
            let host = number % 7;
            format!("host-{host} imagent[{number}]: <Center: 0x{number:x}>: updating {number}")
        });
        let shown = digested(&text).text;
        assert!(
            shown.contains("imagent[{}]: <Center: {}>: updating {}"),
            "{shown}"
        );
    }

    /// The digest of the log `text` where there is no room for the heads of its lines.
    fn short(text: &str) -> String {
        let request = Request::new(text, "h7", Level::Digest);
        let shape = Shape::of(text);
        let ranked = ranked(&request, Kind::Log, &shape);
        numbered::render(&shape, &ranked, ranked.kept, "h7", ROOMS[1])
    }

    #[test]
    fn what_one_program_says_stands_under_its_name() {
        let text = log(60, |number| {
            let host = match number % 10 {
                4 => "mini".to_owned(),
                _ => format!("host-{number}"),
            };
            match number % 3 {
                0 => format!("{host} cupsd[{number}]: job {number} done"),
                1 => format!("{host} cupsd[{number}]: WARN tray {number} is low"),
                _ => format!("{host} login[17]: tty {number}"),
            }
        });
        let shown = short(&text);
        let (header, shown) = shown.split_once('\n').unwrap();
        assert!(
            header.contains("# who says what is below; n:k"),
            "{header}\n{shown}"
        );
        assert_eq!(
            shown,
            "3:20 login[17]: tty {}\n# cupsd[{}]:\n1:20 job {} done\n2:20 L2 WARN tray 1 is low\n"
        );
    }

    #[test]
    fn a_line_that_is_shown_whole_is_not_parted_from_who_says_it() {
        let text = log(600, |number| match number % 100 {
            7 => format!("cupsd[7]: WARN tray {number} is low"),
            8 => format!("cupsd[7]: ERROR tray {number} is empty"),
            _ => format!("cupsd[7]: job {number} done"),
        });
        let shown = digested(&text).text;
        assert!(!shown.contains("\n# "), "{shown}");
        assert!(
            shown.contains(" L8 2026-11-20 07:00:07 cupsd[7]: WARN tray 7 is low\n"),
            "{shown}"
        );
    }

    #[test]
    fn the_words_of_a_date_are_values() {
        let text = log(60, |number| {
            let day = ["Mon", "Tue", "Wed"][number % 3];
            format!("connection at {day} Jun {number} {number}:00 2026")
        });
        let shown = short(&text);
        assert!(
            shown.contains("1:60 connection at {Mon|Tue|Wed} Jun {} 2026\n"),
            "{shown}"
        );
    }

    #[test]
    fn a_line_that_is_repeated_is_shown_once_with_its_lines() {
        let mut text = log(100, |number| format!("INFO job {number} done"));
        for _ in 0..20 {
            text.push_str("2026-11-20 08:00:00 WARN the queue is full\n");
        }
        let shown = digested(&text).text;
        assert!(
            shown.contains("\n2:20 L101 2026-11-20 08:00:00 WARN the queue is full\n"),
            "{shown}"
        );
        assert_eq!(shown.matches("WARN").count(), 1, "{shown}");
    }

    #[test]
    fn lines_that_are_shown_and_lines_that_say_nothing_have_no_template() {
        let mut text =
            "warning: unused variable: `x`\n --> a.rs:1:2\n  |\n1 | let x = 1;\n  |     ^\n\n"
                .to_owned();
        for number in 0..60 {
            let _ = writeln!(text, "test case_{number} ... ok\n}}");
        }
        let shown = digested(&text).text;
        let (templates, lines) = shown.split_once("---\n").unwrap();
        assert_eq!(templates.lines().count(), 2, "{shown}");
        assert!(templates.contains("7:60 test case_{} ... ok\n"), "{shown}");
        assert!(
            lines.starts_with("warning: unused variable: `x`\n --> a.rs:1:2\n  |\n1 | let x = 1;\n  |     ^\n~h7:6-126\n"),
            "{shown}"
        );
    }
}
