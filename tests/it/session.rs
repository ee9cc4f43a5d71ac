//! What a session remembers: names told once, files read again, and what happens when a reader forgets.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use mrconductor::distill::{Legend, unpack};
use mrconductor::tokens::{Encoding, count};
use serde_json::{Value, json};

use crate::harness::{Conductor, mrconductor, text};

/// Bytes of a text with its phrases in place.
const TEXT_BYTES_MAX: usize = 1 << 20;

/// A server that knows a project folder, and a session of it.
struct Reader {
    conductor: Conductor,
    session: String,
    project: PathBuf,
}

impl Reader {
    fn start() -> Self {
        let mut conductor = Conductor::start_with(|command, home| {
            let project = home.join("project");
            fs::create_dir_all(&project).unwrap();
            command.arg("--project").arg(project);
        });
        conductor.initialize("2025-11-25");
        let opened = conductor.call("handshake", json!({}));
        let session = opened["_meta"]["mrconductor/facts"]["session"]
            .as_str()
            .unwrap()
            .to_owned();
        let project = conductor.home.path().join("project");
        Self {
            conductor,
            session,
            project,
        }
    }

    fn distill(&mut self, mut arguments: Value) -> String {
        arguments["session"] = Value::from(self.session.clone());
        let result = self.conductor.call("distill", arguments);
        assert_ne!(result["isError"], true, "{result}");
        text(&result).to_owned()
    }
}

fn log(from: usize) -> String {
    let mut text = String::new();
    for number in from..from + 60 {
        let _ = match number % 3 {
            0 => writeln!(
                text,
                "2026-11-20 07:{:02}:09 INFO [main] org.example.Scheduler: assigned container {number} to host-{}",
                number % 60,
                number % 7
            ),
            1 => writeln!(
                text,
                "2026-11-20 07:{:02}:10 INFO [main] org.example.Scheduler: container {} is finished after {number} ms",
                number % 60,
                number * 7
            ),
            _ => writeln!(
                text,
                "2026-11-20 07:{:02}:11 WARN [pool-{}] org.example.Allocator: no room for request {number}, waiting",
                number % 60,
                number % 4
            ),
        };
    }
    text
}

/// The packed text above the line of facts.
fn packed(shown: &str) -> &str {
    shown
        .strip_suffix('\n')
        .unwrap()
        .rsplit_once('\n')
        .unwrap()
        .0
}

#[test]
fn names_are_told_once_and_can_be_asked_for() {
    let mut reader = Reader::start();
    let mut legend = Legend::new(1);
    for chunk in 0..3 {
        let original = log(chunk * 60);
        let shown = reader.distill(json!({"text": original, "level": "exact"}));
        assert_eq!(
            unpack(packed(&shown), &legend, original.len()).as_ref(),
            Some(&original),
            "{shown}"
        );
        assert_eq!(shown.contains("Scheduler"), chunk == 0, "{shown}");
        legend.extend(legend.told_by(packed(&shown), TEXT_BYTES_MAX).unwrap());
    }
    let session = reader.session.clone();
    let listing = reader.conductor.call("restore", json!({"handle": session}));
    assert_eq!(text(&listing), legend.listing());
}

#[test]
fn without_a_session_every_text_explains_itself() {
    let mut reader = Reader::start();
    for _ in 0..2 {
        let original = log(0);
        let result = reader
            .conductor
            .call("distill", json!({"text": original, "level": "exact"}));
        let shown = text(&result);
        assert_eq!(
            unpack(packed(shown), &Legend::default(), original.len()),
            Some(original)
        );
    }
}

#[test]
fn a_file_read_again_costs_a_dozen_tokens_and_a_changed_one_its_change() {
    let mut reader = Reader::start();
    let path = reader.project.join("main.rs");
    let mut source = String::new();
    for number in 0..50 {
        let _ = writeln!(
            source,
            "fn step_{number}(input: &str) -> usize {{\n    input.len() * {number}\n}}\n"
        );
    }
    fs::write(&path, &source).unwrap();
    let read = json!({"path": "main.rs", "intent": "edit"});
    let first = reader.distill(read.clone());
    assert!(first.contains("fn step_49"));

    let again = reader.distill(read.clone());
    assert_eq!(again, "h1 is unchanged; again: restore h1\n");
    assert!(count(Encoding::O200k, &again) <= 12);
    assert!(count(Encoding::Cl100k, &again) <= 12);

    // Who has it as it is spelled needs no other reading of it, unless that answers a question.
    let other = reader.distill(json!({"path": "main.rs", "level": "digest"}));
    assert_eq!(other, again);
    let other = reader.distill(json!({"path": "main.rs", "level": "digest", "query": "step_7"}));
    assert!(count(Encoding::O200k, &other) > 100, "{other}");

    let edited = source.replace("input.len() * 40\n", "input.len() + 40\n");
    fs::write(&path, edited).unwrap();
    let changed = reader.distill(read.clone());
    assert!(
        changed.starts_with(
            "changed since h1:\n@@ -159,7 +159,7 @@\n }\n \n fn step_40(input: &str) -> usize {\n-    input.len() * 40\n+    input.len() + 40\n }\n"
        ),
        "{changed}"
    );
    assert!(changed.contains("original: restore h2]"), "{changed}");
    assert_eq!(reader.distill(read), "h2 is unchanged; again: restore h2\n");
}

#[test]
fn a_reader_who_forgets_is_told_again() {
    let mut reader = Reader::start();
    fs::write(reader.project.join("a.log"), log(0)).unwrap();
    let first = reader.distill(json!({"path": "a.log", "level": "exact"}));
    let home = reader.conductor.home.path().to_owned();
    let event = json!({"hook_event_name": "PreCompact", "trigger": "auto"});
    let answer = mrconductor(&home, &["hook"], event.to_string().as_bytes());
    assert_eq!(answer.stdout, b"{}\n");
    let again = reader.distill(json!({"path": "a.log", "level": "exact"}));
    assert!(again.contains("Scheduler"), "{again}");
    assert_eq!(again.replace(" s2", " s1"), first);
}

#[test]
fn a_text_of_several_pages_explains_itself_on_the_first() {
    let mut reader = Reader::start();
    reader.distill(json!({"text": log(0), "level": "exact"}));
    let mut text = log(60);
    for number in 0..900_u64 {
        let _ = writeln!(text, "{:x}", number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    }
    let shown = reader.distill(json!({"text": text, "level": "exact"}));
    assert!(shown.contains("cursor="), "{shown}");
    assert!(shown.contains("Scheduler"), "{shown}");
}

#[test]
fn a_session_that_was_told_nothing_has_no_names() {
    let mut reader = Reader::start();
    let session = reader.session.clone();
    for handle in [session.as_str(), "snone"] {
        let result = reader.conductor.call("restore", json!({"handle": handle}));
        assert_eq!(result["isError"], true, "{result}");
        assert!(text(&result).contains("hint: "), "{result}");
    }
}

fn spans(from: u64) -> String {
    let id = |number: u64| format!("{:016x}", number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let lines: Vec<String> = (from..from + 30)
        .map(|number| format!("span {} of {}\n", id(number), id(number % 3)))
        .collect();
    lines.concat()
}

/// The identifier that comes `number`th in [`spans`] from 0.
fn span(number: u64) -> String {
    spans(0)
        .lines()
        .nth(usize::try_from(number).unwrap())
        .unwrap()[5..21]
        .to_owned()
}

#[test]
fn an_identifier_keeps_its_name_and_any_argument_may_use_it() {
    let mut reader = Reader::start();
    for from in [0, 10] {
        let shown = reader.distill(json!({"text": spans(from), "level": "aliased"}));
        assert!(shown.contains("#ids ~~n: "), "{shown}");
        assert!(!shown.contains(&span(12)), "{shown}");
    }
    // Of the second text alone, it would be the third.
    let found = reader
        .conductor
        .call("restore", json!({"handle": "h2", "grep": "span ~~13"}));
    assert!(text(&found).contains(&span(12)), "{found}");
    let session = reader.session.clone();
    let names = reader.conductor.call("restore", json!({"handle": session}));
    assert!(
        text(&names).contains(&format!("~~13={}\n", span(12))),
        "{names}"
    );
    // A reader who forgets what it was told finds the same names again.
    let event = json!({"hook_event_name": "PreCompact", "trigger": "auto"});
    let home = reader.conductor.home.path().to_owned();
    let hooked = mrconductor(&home, &["hook"], event.to_string().as_bytes());
    assert!(hooked.status.success());
    let digest =
        reader.distill(json!({"handle": "h1", "level": "digest", "query": "~~13", "budget": 150}));
    assert!(digest.contains(&span(12)), "{digest}");
    let shown = reader.distill(json!({"text": spans(0), "level": "aliased"}));
    assert!(shown.contains("~~13"), "{shown}");
    // What is to be shortened is taken as it stands.
    let verbatim = reader.distill(json!({"text": "what is ~~13?"}));
    assert_eq!(verbatim, "what is ~~13?");
}

#[test]
fn on_the_command_line_the_session_says_whose_names_are_meant() {
    let mut reader = Reader::start();
    reader.distill(json!({"text": spans(0), "level": "aliased"}));
    let home = reader.conductor.home.path().to_owned();
    let restore = |session: &str, pattern: &str| {
        let arguments = ["restore", "h1", "--session", session, "--grep", pattern];
        mrconductor(&home, &arguments, b"")
    };
    let restored = restore(&reader.session, "span ~~13");
    assert!(String::from_utf8_lossy(&restored.stdout).contains(&span(12)));
    let unknown = restore("s0", "x");
    assert!(String::from_utf8_lossy(&unknown.stderr).contains("there is no session `s0`"));
}

#[test]
fn what_was_shown_lately_outlasts_the_names_that_were_told() {
    let mut reader = Reader::start();
    let path = reader.project.join("main.rs");
    fs::write(&path, "fn main() {\n    run().unwrap();\n}\n".repeat(9)).unwrap();
    let mut made = 0;
    // Shows texts of so many tokens, none like another.
    let mut show = |reader: &mut Reader, tokens: usize| {
        let mut shown = 0;
        while shown < tokens {
            made += 1;
            let line = |number: u64| {
                format!(
                    "{:x}\n",
                    (made * 1000 + number).wrapping_mul(0x9e37_79b9_7f4a_7c15)
                )
            };
            let text: Vec<String> = (0..200).map(line).collect();
            let answer = reader.distill(json!({"text": text.concat(), "intent": "edit"}));
            shown += count(Encoding::O200k, &answer);
        }
    };
    let read = json!({"path": "main.rs", "intent": "edit"});
    show(&mut reader, 40_000);
    assert!(reader.distill(read.clone()).contains("fn main"));
    show(&mut reader, 25_000);
    let again = reader.distill(read.clone());
    assert!(again.contains("is unchanged"), "{again}");
    show(&mut reader, 62_000);
    assert!(reader.distill(read).contains("fn main"));
}
