//! Finds the lines that belong to a diagnostic, by their shape: below it its place, the code it points at, what was
//! expected, the trace; above it the heading that names the file or the test.

use std::collections::BTreeSet;

use super::super::Kind;
use super::super::severity::{self, Severity};
use super::super::strategy::lines::split::{self, Line};

/// Lines below a diagnostic that belong to it: the longest blocks of compilers and test runners take about so many.
const DETAIL_LINES_MAX: usize = 32;

/// The same in texts that are no output of a build.
const OTHER_LINES_MAX: usize = 12;

/// Frames of one stack trace: the first tell where, the others how the program got there.
const FRAMES_MAX: usize = 8;

/// Frames of one stack trace that say where.
const ESSENTIAL_FRAMES: usize = 2;

/// Headings above a diagnostic: tests in groups in a file in a package.
const HEADINGS_MAX: usize = 4;

/// Lines between a diagnostic and its heading.
const HEADING_LINES_MAX: usize = 200;

/// Lines between a diagnostic and the ruled line that names its test.
const BANNER_LINES_MAX: usize = 30;

/// Empty lines that a block may have in one place.
const BLANK_LINES_MAX: usize = 1;

/// How a line that tells more about a diagnostic does it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Detail {
    /// A place, a code frame, a difference: it needs no indent, and may follow an empty line.
    Marked,
    /// A frame of a stack trace.
    Frame,
    /// More indented than the diagnostic.
    Indented,
}

/// The lines that belong to a diagnostic.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Details {
    /// Those without which it cannot be found or understood: its place, what was expected, its heading.
    pub(super) essential: BTreeSet<usize>,
    /// The others: the code it points at, notes, further frames.
    pub(super) further: BTreeSet<usize>,
}

impl Details {
    pub(super) fn has(&self, line: usize) -> bool {
        self.essential.contains(&line) || self.further.contains(&line)
    }

    /// All of them, in order.
    pub(super) fn lines(&self) -> Vec<usize> {
        self.essential.union(&self.further).copied().collect()
    }

    /// Takes in those of another diagnostic.
    pub(super) fn extend(&mut self, other: Self) {
        self.essential.extend(other.essential);
        self.further.extend(other.further);
        self.further.retain(|line| !self.essential.contains(line));
    }

    pub(super) fn retain(&mut self, is_kept: impl Fn(&usize) -> bool) {
        self.essential.retain(&is_kept);
        self.further.retain(&is_kept);
    }
}

/// Returns the lines around line `number` that belong to it.
pub(super) fn belonging(
    lines: &[Line<'_>],
    severities: &[Option<Severity>],
    kind: Kind,
    number: usize,
) -> Details {
    let mut found = below(lines, severities, kind, number);
    if kind == Kind::Build {
        found.essential.extend(above(lines, severities, number));
    }
    found
}

fn below(
    lines: &[Line<'_>],
    severities: &[Option<Severity>],
    kind: Kind,
    number: usize,
) -> Details {
    let indent = lines.get(number).map_or(0, |line| indent(line.text));
    let announces = lines
        .get(number)
        .is_some_and(|line| line.text.trim_end().ends_with(':'));
    let reach = if kind == Kind::Build {
        DETAIL_LINES_MAX
    } else {
        OTHER_LINES_MAX
    };
    let mut found = Details::default();
    let mut frames = 0;
    let mut blanks = 0;
    for (at, line) in lines.iter().enumerate().skip(number + 1).take(reach) {
        if line.text.trim().is_empty() {
            blanks += 1;
            if blanks > BLANK_LINES_MAX || kind != Kind::Build {
                break;
            }
            continue;
        }
        // The next diagnostic has details of its own.
        if severities.get(at).is_some_and(Option::is_some) || split::has_stamp(line.text) {
            break;
        }
        let below = lines.get(at + 1).map_or("", |line| line.text);
        // `panicked at a.rs:1:2:` says why on the next line.
        let detail = if announces && at == number + 1 {
            Detail::Marked
        } else if let Some(detail) = detail(line.text, below, indent, kind) {
            detail
        } else {
            break;
        };
        // Behind an empty line, what is only indented may as well be the next step of the build.
        if blanks > 0 && detail == Detail::Indented && indent == 0 {
            break;
        }
        blanks = 0;
        frames += usize::from(detail == Detail::Frame);
        let text = line.text.trim_start();
        let is_essential = match detail {
            Detail::Marked => {
                announces && at == number + 1 || points_to_place(text) || is_compared(text)
            }
            Detail::Frame => frames <= ESSENTIAL_FRAMES,
            Detail::Indented => false,
        };
        if is_essential {
            found.essential.insert(at);
        } else if detail != Detail::Frame || frames <= FRAMES_MAX {
            found.further.insert(at);
        }
    }
    found
}

fn above(lines: &[Line<'_>], severities: &[Option<Severity>], number: usize) -> Vec<usize> {
    let mut found = Vec::new();
    let mut own = lines.get(number).map_or(0, |line| indent(line.text));
    let before = |reach: usize| {
        lines
            .iter()
            .enumerate()
            .take(number)
            .rev()
            .take(reach)
            .map(|(at, line)| (at, line.text))
    };
    // `In function …:`, `> assert x` and their like stand directly above.
    found.extend(
        before(HEADINGS_MAX)
            .take_while(|(_, text)| introduces(text))
            .map(|(at, _)| at),
    );
    let mut headings = 0;
    for (at, text) in before(HEADING_LINES_MAX) {
        if text.trim().is_empty() || own == 0 || headings == HEADINGS_MAX {
            break;
        }
        if indent(text) < own {
            own = indent(text);
            headings += 1;
            found.push(at);
        }
    }
    let banner = before(BANNER_LINES_MAX)
        .take_while(|(at, _)| severities.get(*at).is_none_or(Option::is_none))
        .find(|(_, text)| is_banner(text));
    found.extend(banner.map(|(at, _)| at));
    found
}

/// Tells how `line`, above line `below`, belongs to a diagnostic that is indented by `indent`.
fn detail(line: &str, below: &str, own: usize, kind: Kind) -> Option<Detail> {
    let text = line.trim_start();
    if severity::passes(line) {
        None
    } else if severity::is_frame(line) {
        Some(Detail::Frame)
    } else if is_gutter(text)
        || is_place(text)
        || is_underline(text)
        || is_underline(below)
        || continues(text)
        || kind == Kind::Build && (text.starts_with("- ") || text.starts_with("+ "))
    {
        Some(Detail::Marked)
    } else {
        (indent(line) > own).then_some(Detail::Indented)
    }
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

/// The edge of a code frame: `16 | let x`, `> 12 |`, `  |  ^^^`, `--> a.rs:1:2`, `= note: …`.
fn is_gutter(text: &str) -> bool {
    const EDGES: &[&str] = &[
        "|", "│", "-->", "--->", ":::", "= ", "╭", "╰", "┌", "└", "├", "❯", "→", "> ",
    ];
    EDGES.iter().any(|edge| text.starts_with(edge)) || text == "..." || is_quoted_code(text)
}

/// `16 | let x`: a line of code with its number.
pub(super) fn is_quoted_code(line: &str) -> bool {
    let text = line.trim_start().trim_start_matches(['>', ' ']);
    let after = text.trim_start_matches(|letter: char| letter.is_ascii_digit());
    after.len() < text.len() && after.trim_start().starts_with(['|', '│'])
}

/// `a.go:12`, `a.py:12: AssertionError`, `a.ts(3,5)`: a file and a line come first.
fn is_place(text: &str) -> bool {
    let first = text.split_ascii_whitespace().next().unwrap_or_default();
    let Some(at) = first.find([':', '(']) else {
        return false;
    };
    // A drive letter has a colon too.
    let at = if at == 1 {
        first
            .get(2..)
            .and_then(|rest| rest.find([':', '(']))
            .map_or(at, |more| more + 2)
    } else {
        at
    };
    let (path, rest) = first.split_at_checked(at).unwrap_or_default();
    path.contains('.')
        && rest
            .trim_start_matches([':', '('])
            .starts_with(|first: char| first.is_ascii_digit())
}

/// `^^^`, `~~~~`, `^~~~ help`: a line that points at the one above.
fn is_underline(text: &str) -> bool {
    let text = text.trim_start();
    let pointing = text.trim_start_matches(['^', '~', '-']);
    text.starts_with(['^', '~'])
        && (pointing.is_empty() || pointing.starts_with(' ') || text.starts_with("^~"))
}

/// What compilers and test runners begin the further lines of a diagnostic with.
fn continues(text: &str) -> bool {
    const STARTS: &[&str] = &[
        "note:",
        "help:",
        "hint:",
        "Note:",
        "Hint:",
        "Help:",
        "Caused by",
        "caused by",
    ];
    is_compared(text) || STARTS.iter().any(|start| text.starts_with(start))
}

/// What was expected and what came.
fn is_compared(text: &str) -> bool {
    let text = text.trim_start_matches(['→', '-', '+', 'E', '>', ' ']);
    let first = text.split([' ', ':']).next().unwrap_or_default();
    [
        "expected", "received", "actual", "got", "want", "left", "right", "assert",
    ]
    .iter()
    .any(|word| first.eq_ignore_ascii_case(word))
}

/// `--> a.rs:1:2`, `❯ a.ts:3:4`, `a.py:5: Stop`: a place, perhaps behind an arrow.
fn points_to_place(text: &str) -> bool {
    const ARROWS: &[&str] = &["-->", "--->", ":::", "❯", "→", "at ", "╭─[", "┌─"];
    let after = ARROWS.iter().find_map(|arrow| text.strip_prefix(arrow));
    is_place(after.unwrap_or(text).trim_start()) || text.starts_with('→')
}

/// Whether `line` leads over to the diagnostic directly below it.
fn introduces(line: &str) -> bool {
    let text = line.trim();
    let is_included = text
        .strip_suffix(',')
        .is_some_and(|text| text.ends_with(|last: char| last.is_ascii_digit()));
    is_included || text.len() > 1 && text.ends_with(':') || is_gutter(text)
}

/// `---- tests::adds stdout ----`, `____ test_adds ____`: a name between rules.
fn is_banner(line: &str) -> bool {
    let text = line.trim();
    ["---", "===", "___", "***"]
        .iter()
        .any(|rule| text.starts_with(rule) && text.ends_with(rule))
        && text.contains(|letter: char| letter.is_alphanumeric())
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::super::super::strategy::lines::split::Parsed;
    use super::*;

    /// The lines that belong to the first diagnostic of `text` that holds `mark`.
    fn found<'t>(text: &'t str, mark: &str) -> Vec<&'t str> {
        let parsed = Parsed::new(text.lines());
        let severities: Vec<_> = text.lines().map(severity::of).collect();
        let number = text.lines().position(|line| line.contains(mark)).unwrap();
        assert!(severities[number].is_some(), "{mark} is no diagnostic");
        let numbers = belonging(parsed.lines(), &severities, Kind::Build, number).lines();
        numbers
            .iter()
            .map(|number| text.lines().nth(*number).unwrap().trim())
            .collect()
    }

    #[test]
    fn a_compiler_s_place_and_code_belong_to_its_message() {
        let rustc = "warning: unused variable: `x`\n  --> src/lib.rs:16:13\n   |\n16 |     let x = 1;\n   |         ^ help: prefix it: `_x`\n   |\n   = note: on by default\n\n   Compiling further v1.2.3\n";
        assert_eq!(
            found(rustc, "unused"),
            [
                "--> src/lib.rs:16:13",
                "|",
                "16 |     let x = 1;",
                "|         ^ help: prefix it: `_x`",
                "|",
                "= note: on by default",
            ]
        );
        let gcc = "In file included from b.c:1:\nfoo.h: In function 'f':\nfoo.h:3:5: warning: unused variable 'x'\n    3 | int x;\n      |     ^\nmake: entering\n";
        assert_eq!(
            found(gcc, "unused"),
            [
                "In file included from b.c:1:",
                "foo.h: In function 'f':",
                "3 | int x;",
                "|     ^"
            ]
        );
        let tsc = "src/a.ts:3:5 - error TS2345: no\n\n3     foo(bar);\n      ~~~~~\n\nFound it\n";
        assert_eq!(found(tsc, "TS2345"), ["3     foo(bar);", "~~~~~"]);
        let javac = "Foo.java:3: error: ';' expected\nint x = 1\n         ^\n1 thing\n";
        assert_eq!(found(javac, "expected"), ["int x = 1", "^"]);
        let maven = "[ERROR] /a/Foo.java:[3,5] cannot find symbol\n  symbol:   class X\n  location: class Foo\n[INFO] done\n";
        assert_eq!(
            found(maven, "cannot"),
            ["symbol:   class X", "location: class Foo"]
        );
    }

    #[test]
    fn a_file_s_name_above_its_findings_belongs_to_them() {
        let eslint = "\n/p/other.js\n  1:1  info  fine\n\n/p/file.js\n  3:5  info  fine\n  4:5  error  'x' is unused  no-unused-vars\n";
        assert_eq!(found(eslint, "unused"), ["/p/file.js"]);
        let vitest = " ❯ a.test.ts (2 tests)\n   ✓ adds\n   × divides 12ms\n     → expected 1 to be 2\n   ✓ more\n";
        assert_eq!(
            found(vitest, "divides"),
            ["❯ a.test.ts (2 tests)", "→ expected 1 to be 2"]
        );
    }

    #[test]
    fn what_a_failed_test_says_belongs_to_it() {
        let go = "=== RUN   TestAdd\n--- FAIL: TestAdd (0.00s)\n    add_test.go:12: got 3, want 4\n--- PASS: TestB (0.00s)\n";
        assert_eq!(found(go, "FAIL"), ["add_test.go:12: got 3, want 4"]);
        let pytest = "____ test_add ____\n\n    def test_add():\n>       assert add(1, 2) == 4\nE       assert 3 == 4\nE        +  where 3 = add(1, 2)\n\ntest_a.py:5: Stop\n";
        assert_eq!(
            found(pytest, "E       assert"),
            [
                "____ test_add ____",
                "def test_add():",
                ">       assert add(1, 2) == 4"
            ]
        );
        assert_eq!(found(pytest, "where"), ["test_a.py:5: Stop"]);
        let jest = "  ● adds failed\n\n    expect(received).toBe(expected)\n\n    Expected: 4\n    Received: 3\n\n      10 |   it('adds', () => {\n    > 11 |     expect(add(1, 2)).toBe(4);\n         |                       ^\n\n      at Object.<anonymous> (a.test.js:11:23)\n\nTests: done\n";
        assert_eq!(
            found(jest, "●"),
            [
                "expect(received).toBe(expected)",
                "Expected: 4",
                "Received: 3",
                "10 |   it('adds', () => {",
                "> 11 |     expect(add(1, 2)).toBe(4);",
                "|                       ^",
                "at Object.<anonymous> (a.test.js:11:23)",
            ]
        );
        let rust = "---- tests::adds stdout ----\n\nthread 'tests::adds' panicked at src/lib.rs:5:9:\nassertion went wrong\n";
        assert_eq!(
            found(rust, "panicked"),
            ["---- tests::adds stdout ----", "assertion went wrong"]
        );
    }

    #[test]
    fn a_long_trace_is_cut_and_its_cause_is_not() {
        let mut text = "java.lang.IllegalStateException: x\n".to_owned();
        for number in 0..20 {
            let _ = writeln!(text, "\tat a.B.c(B.java:{number})");
        }
        text.push_str("\t... 12 more\n");
        let found = found(&text, "Illegal");
        assert_eq!(found.len(), FRAMES_MAX + 1);
        assert_eq!(found.last(), Some(&"... 12 more"));
    }
}
