//! The lines of a stack trace that say where a program was: they have the names and paths of whoever asks, and what went wrong stands
//! beside them.

use std::borrow::Cow;
use std::ops::Range;

/// Frames from which on they are of a trace; one by itself may be what is asked about.
const FRAMES_MIN: usize = 2;
/// Letters of the longest ending of a source file: `swift`.
const ENDING_LETTERS_MAX: usize = 5;

/// Takes the frames of a stack trace out of `text`, if something is left: returns what is told beside them, and the frames.
pub(crate) fn apart(text: &str) -> (Cow<'_, str>, String) {
    let frames = frames(text);
    let mut framed = String::new();
    if frames.is_empty() {
        return (Cow::Borrowed(text), framed);
    }
    let (mut told, mut at) = (String::with_capacity(text.len()), 0);
    for frame in frames {
        told.push_str(text.get(at..frame.start).unwrap_or_default());
        at = frame.end;
        framed.push_str(text.get(frame).unwrap_or_default());
    }
    told.push_str(text.get(at..).unwrap_or_default());
    if told.trim().is_empty() {
        return (Cow::Borrowed(text), String::new());
    }
    (Cow::Owned(told), framed)
}

/// Returns where the frames of a stack trace stand in `text`, in order.
fn frames(text: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    let (mut at, mut deep) = (0, None);
    // A call by itself, as Go writes it above the place.
    let mut call: Option<Range<usize>> = None;
    for line in text.split_inclusive('\n') {
        let bytes = at..at + line.len();
        at = bytes.end;
        let indent = line.len() - line.trim_start().len();
        let line = line.trim();
        if is_frame(line, indent > 0) {
            found.extend(call.take());
            found.push(bytes);
            deep = Some(indent);
        } else if deep.is_some_and(|frame| indent > frame && !line.is_empty()) {
            // Python shows the line of code below.
            found.push(bytes);
        } else {
            deep = None;
            call = is_call(line).then_some(bytes);
        }
    }
    if found.len() < FRAMES_MIN {
        found.clear();
    }
    found
}

/// Tells whether `line` is a frame, as languages print it.
fn is_frame(line: &str, is_indented: bool) -> bool {
    let begins = |mark: &str| line.starts_with(mark);
    let number = line.trim_start_matches('#');
    let rest = number.trim_start_matches(|letter: char| letter.is_ascii_digit());
    let is_numbered = rest.len() < number.len();
    if begins("File \"") {
        // Python
        return line.contains(", line ");
    }
    if is_indented && begins("at ") {
        // Java, JavaScript, C#, Rust
        let is_place = line.contains('/') && line.ends_with(|last: char| last.is_ascii_digit());
        return line.contains('(') || is_place;
    }
    if is_numbered && begins("#") {
        // C, PHP
        return rest.starts_with(' ') && line.contains('(');
    }
    if is_numbered && is_indented && rest.starts_with(": ") {
        // Rust
        return rest.contains("::");
    }
    // Go, Ruby, Elixir
    is_indented && line.contains('/') && has_place(line)
}

/// Tells whether `line` is a call and nothing else: `main.run(0x1, {0x2, 0x3})`.
fn is_call(line: &str) -> bool {
    let name = line.split('(').next().unwrap_or_default();
    name.len() < line.len() && !name.contains(char::is_whitespace) && line.ends_with(')')
}

/// Tells whether `line` says which line of a file is meant: `server.go:48`, `client.rs:12:5`.
fn has_place(line: &str) -> bool {
    let mut ends = line.match_indices(':');
    ends.any(|(at, _)| {
        let (before, behind) = line.split_at(at);
        let behind = behind.trim_start_matches(':');
        let rest = behind.trim_start_matches(|letter: char| letter.is_ascii_digit());
        let is_number = rest.len() < behind.len();
        let is_last = rest.is_empty() || rest.starts_with([':', ')', ' ']);
        let ending = before.rsplit_once('.').map_or("", |(_, ending)| ending);
        let is_ending = (1..=ENDING_LETTERS_MAX).contains(&ending.len())
            && ending.bytes().all(|letter| letter.is_ascii_alphabetic());
        is_number && is_last && is_ending
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_went_wrong_is_left_of_a_trace_in_many_languages() {
        for (text, kept) in [
            (
                "Traceback (most recent call last):\n  File \"/srv/a.py\", line 4, in <module>\n    run(1)\n    ^^^^^^\n  File \"b.py\", line 9, in run\nValueError: bad\n",
                "Traceback (most recent call last):\nValueError: bad\n",
            ),
            (
                "a.BadException: gone\n\tat a.b.C.run(C.java:12)\n\tat a.b.D.<init>(Native Method)\nCaused by: a.Lost: no key\n\tat a.E.f(E.java:3)\n",
                "a.BadException: gone\nCaused by: a.Lost: no key\n",
            ),
            (
                "TypeError: fetch failed\n    at node:internal/deps/x:12618:11\n    at run (node:internal/task_queues:95:5) {\n  cause: Timeout: late\n      at f (/app/x.js:1:2)\n",
                "TypeError: fetch failed\n  cause: Timeout: late\n",
            ),
            (
                "Unhandled exception. X: deadlock\n   at A.B(Int32 c) in C:\\a.cs:line 6\n   at A.Main()\n",
                "Unhandled exception. X: deadlock\n",
            ),
            (
                "panic: divide by zero\n\ngoroutine 1 [running]:\na.org/b.(*C).d(0xc0, {0x1, 0x2})\n\t/home/b.go:48 +0x1d2\nmain.main()\n\t/home/main.go:2 +0x5\n",
                "panic: divide by zero\n\ngoroutine 1 [running]:\n",
            ),
            (
                "thread 'main' panicked at src/x.rs:3:1:\nno key\nstack backtrace:\n   0: rust_begin_unwind\n             at /rustc/x.rs:5:3\n   1: a::b\n             at ./src/x.rs:3:1\n",
                "thread 'main' panicked at src/x.rs:3:1:\nno key\nstack backtrace:\n   0: rust_begin_unwind\n",
            ),
            (
                "a.rb:57:in `run': locked (BusyException)\n\tfrom /usr/lib/s.rb:108:in `step'\n\tfrom bin/c.rb:9:in `<main>'\n",
                "a.rb:57:in `run': locked (BusyException)\n",
            ),
            (
                "PHP Fatal error: Uncaught E: failed in /v/x.php:88\nStack trace:\n#0 /v/x.php(88): P->run(Array)\n#1 /v/y.php(1): Q->run()\n#2 {main}\n",
                "PHP Fatal error: Uncaught E: failed in /v/x.php:88\nStack trace:\n#2 {main}\n",
            ),
        ] {
            assert_eq!(apart(text).0, kept);
        }
    }

    #[test]
    fn code_settings_messages_of_compilers_and_a_trace_alone_stay_as_they_are() {
        for text in [
            "backend be\n    server a a.example.com:8080 check\n    server b b.example.com:8080 check\n",
            "func main() {\n\tfor i := range s {\n\t\tfmt.Println(i)\n\t}\n}\n",
            "src/main.c:5:3: error: expected ';'\nsrc/main.c:7:1: error: unknown type\n",
            "  - at night\n  - at noon\n",
            "\tat a.b.C(C.java:1)\n\tat a.b.D(D.java:2)\n",
            "What does this frame mean?\n  File \"a.py\", line 3, in f\n",
        ] {
            assert_eq!(apart(text), (Cow::Borrowed(text), String::new()));
        }
    }
}
