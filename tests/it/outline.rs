//! Outlines of source code: every signature of every language, in budget, from any text.
//!
//! `tests/fixtures/outline/sample.*` are sources with every construct of their language; each ends with the list of its
//! signatures.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use mrconductor::distill::{
    DistillError, Distilled, Intent, Level, Request, TRAILER_TOKENS, distill,
};
use mrconductor::tokens::{Encoding, count};
use proptest::prelude::*;
use serde_json::json;

use crate::harness::{Conductor, text};

const EXTENSIONS: &[&str] = &[
    "c", "cpp", "cs", "go", "java", "js", "lua", "php", "py", "rb", "rs", "sh", "ts", "tsx",
];

/// A source and the signatures that it says it has.
struct Sample {
    path: String,
    text: String,
    signatures: Vec<String>,
}

fn sample(extension: &str) -> Sample {
    let path = format!("sample.{extension}");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/outline");
    let all = fs::read_to_string(folder.join(&path)).unwrap();
    let (text, list) = all.split_once("signatures:\n").unwrap();
    let mark = list.split(' ').next().unwrap().to_owned();
    let signatures = list
        .lines()
        .map(|line| line[mark.len() + 1..].to_owned())
        .collect();
    // As long as real sources, so that the outline is the shortest there is: comments that nothing else can shorten.
    let mut text = format!("{text}\n");
    let mut random = 1_u64;
    for _ in 0..100 {
        text.push_str(&mark);
        for _ in 0..5 {
            random = random
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            let _ = write!(text, " {:x}", random >> 24);
        }
        text.push('\n');
    }
    Sample {
        path,
        text,
        signatures,
    }
}

fn request<'r>(path: Option<&'r str>, text: &'r str) -> Request<'r> {
    Request {
        path,
        ..Request::new(text, "h7", Level::Digest)
    }
}

fn outline(sample: &Sample) -> Distilled {
    distill(&request(Some(&sample.path), &sample.text)).unwrap()
}

/// Whether `outline` lacks lines of the source that no line of it names.
fn leaves_out(sample: &Sample, outline: &str) -> bool {
    let spans: Vec<_> = outline
        .lines()
        .skip(1)
        .filter(|line| line.contains(" ~") || line.trim_start().starts_with('~'))
        .map(span)
        .collect();
    let source: Vec<&str> = sample.text.lines().collect();
    let missing = sample
        .signatures
        .iter()
        .filter(|signature| !outline.contains(signature.as_str()));
    missing.into_iter().any(|signature| {
        let at = source
            .iter()
            .position(|line| line.contains(signature.as_str()));
        at.is_some_and(|at| {
            !spans
                .iter()
                .any(|(first, last)| (*first..=*last).contains(&(at + 1)))
        })
    })
}

/// The lines that the line of an outline names at its end.
fn span(line: &str) -> (usize, usize) {
    let lines = line.rsplit_once('~').unwrap().1.split(' ').next().unwrap();
    let (first, last) = lines.split_once('-').unwrap_or((lines, lines));
    (first.parse().unwrap(), last.parse().unwrap())
}

fn without_space(text: &str) -> String {
    text.split_whitespace().collect()
}

#[test]
fn every_signature_of_every_language_is_shown_with_its_lines() {
    for extension in EXTENSIONS {
        let sample = sample(extension);
        let shown = outline(&sample);
        assert_eq!(shown.level, Level::Digest, "{extension}");
        assert_eq!(shown.kind.name(), "code", "{extension}");
        let source: Vec<&str> = sample.text.lines().collect();
        for signature in &sample.signatures {
            let line = shown
                .text
                .lines()
                .find(|line| line.contains(signature.as_str()));
            let line =
                line.unwrap_or_else(|| panic!("{extension}: no `{signature}` in\n{}", shown.text));
            let line = line.split(" // ").next().unwrap();
            let (first, last) = span(line);
            let lines = without_space(&source[first - 1..last].concat());
            // The word before a group of variables may be on another line.
            let words = ["const ", "var ", "type ", "let "];
            let start = words.iter().find_map(|word| signature.strip_prefix(word));
            let start = start.unwrap_or(signature);
            let start: String = without_space(start).chars().take(9).collect();
            assert!(
                lines.contains(&start),
                "{extension}: `{signature}` is not in lines {first}-{last}"
            );
        }
        insta::assert_snapshot!(format!("outline_{extension}"), shown.text);
    }
}

#[test]
fn windows_line_ends_make_the_same_outline() {
    for extension in EXTENSIONS {
        let unix = sample(extension);
        let windows = Sample {
            text: unix.text.replace('\n', "\r\n"),
            ..sample(extension)
        };
        let windows = outline(&windows).text;
        for signature in &unix.signatures {
            assert!(
                windows.contains(signature.as_str()),
                "{extension}: no `{signature}` in\n{windows}"
            );
        }
    }
}

#[test]
fn a_budget_is_kept_and_what_it_leaves_out_is_named() {
    for extension in EXTENSIONS {
        let sample = sample(extension);
        let mut shown_before = 0;
        for budget in [95, 120, 160, 220, 300, 500] {
            let shown = distill(&Request {
                budget: Some(budget),
                ..request(Some(&sample.path), &sample.text)
            })
            .unwrap();
            assert!(
                count(Encoding::O200k, &shown.text) + TRAILER_TOKENS <= budget,
                "{extension} in {budget}:\n{}",
                shown.text
            );
            assert!(
                shown.text.starts_with("#outline of "),
                "{extension} in {budget}:\n{}",
                shown.text
            );
            let signatures = sample
                .signatures
                .iter()
                .filter(|signature| shown.text.contains(signature.as_str()))
                .count();
            assert!(
                signatures >= shown_before,
                "{extension} in {budget}:\n{}",
                shown.text
            );
            assert!(
                signatures == sample.signatures.len()
                    || shown.text.contains(" more\n")
                    || !leaves_out(&sample, &shown.text),
                "{extension} in {budget}:\n{}",
                shown.text
            );
            shown_before = signatures;
        }
    }
}

#[test]
fn members_go_before_the_types_they_are_in() {
    let sample = sample("java");
    let shown = distill(&Request {
        budget: Some(130),
        ..request(Some(&sample.path), &sample.text)
    })
    .unwrap()
    .text;
    assert!(
        shown.contains("public class Book<T extends Page>"),
        "{shown}"
    );
    assert!(shown.contains("interface Reader<T> ~"), "{shown}");
    assert!(!shown.contains("void inside()"), "{shown}");
}

#[test]
fn what_a_query_asks_for_is_shown_whole() {
    let sample = sample("rs");
    let shown = distill(&Request {
        query: Some("turn a page open"),
        ..request(Some(&sample.path), &sample.text)
    })
    .unwrap()
    .text;
    assert!(
        shown.contains(
            "\n55-68:\n    #[must_use]\n    pub fn open(\n        name: &str, // where it is\n"
        ),
        "{shown}"
    );
    assert!(shown.contains("fn abort() -> ! ~87"), "{shown}");
}

#[test]
fn code_to_edit_is_outlined_only_if_that_is_asked_for() {
    let sample = sample("py");
    let edit = Request {
        intent: Intent::Edit,
        ..request(Some(&sample.path), &sample.text)
    };
    assert!(distill(&edit).unwrap().text.starts_with("#outline of "));
    let auto = distill(&Request {
        level: Level::Auto,
        budget: Some(400),
        ..edit
    })
    .unwrap();
    assert!(auto.text.starts_with("#digest of "), "{}", auto.text);
    let read = distill(&Request {
        level: Level::Auto,
        budget: Some(400),
        ..request(Some(&sample.path), &sample.text)
    })
    .unwrap();
    assert!(read.text.starts_with("#outline of "), "{}", read.text);
}

#[test]
fn broken_code_shows_what_can_be_read() {
    let sample = sample("rs");
    let at = sample.text.find("    async unsafe fn turn").unwrap();
    let mut broken = sample.text.clone();
    broken.insert_str(at, "    fn torn(&self, -> } {{ =\n");
    let shown = distill(&request(Some("a.rs"), &broken)).unwrap().text;
    for signature in ["pub enum Broken", "pub trait Reader", "type Item"] {
        assert!(shown.contains(signature), "{shown}");
    }
}

#[test]
fn the_language_is_told_by_the_name_the_first_line_or_the_content() {
    let of = |path: Option<&str>, text: &str| {
        let shown = distill(&request(path, text)).unwrap().text;
        let first = shown.lines().next().unwrap_or_default().to_owned();
        first
            .split(" of ")
            .nth(2)
            .and_then(|rest| rest.split(':').next())
            .map(str::to_owned)
    };
    let rust = sample("rs").text;
    assert_eq!(of(Some("src/a.RS"), &rust).as_deref(), Some("Rust"));
    assert_eq!(of(None, &rust).as_deref(), Some("Rust"));
    assert_eq!(of(Some("a.txt"), &rust), None);
    let python = sample("py").text;
    assert_eq!(of(Some("bin/tool"), &python).as_deref(), Some("Python"));
    assert_eq!(of(None, &sample("go").text).as_deref(), Some("Go"));
    assert_eq!(of(None, &sample("java").text).as_deref(), Some("Java"));
}

#[test]
fn a_header_that_declares_nothing_but_values_is_never_longer_than_itself() {
    let mut text = String::new();
    for number in 0..300 {
        let _ = writeln!(text, "extern int v{number};");
    }
    let shown = distill(&request(Some("a.h"), &text)).unwrap();
    assert!(shown.tokens_out <= shown.tokens_in);
}

#[test]
fn nesting_of_ten_thousand_levels_ends() {
    for extension in EXTENSIONS {
        for (open, close) in [
            ("(", ")"),
            ("{", "}"),
            ("[", "]"),
            ("fn f() {", "}"),
            ("class A {", "}"),
            ("if x:\n", ""),
            ("<a>", "</a>"),
        ] {
            let text = open.repeat(10_000) + &close.repeat(10_000);
            let path = format!("a.{extension}");
            let shown = distill(&request(Some(&path), &text)).unwrap();
            assert!(shown.tokens_out <= shown.tokens_in, "{extension}: {open}");
        }
    }
}

/// Pieces of sources in any order: syntax errors of every kind.
fn torn_source() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        prop::sample::select(EXTENSIONS).prop_flat_map(|extension| {
            let text = sample(extension).text;
            let lines: Vec<String> = text
                .lines()
                .take(80)
                .map(|line| format!("{line}\n"))
                .collect();
            prop::sample::select(lines)
        }),
        "[(){}\\[\\]<>;:,=\"'`#$@\\\\/*\n\t ]{0,12}",
        "\\PC{0,8}",
    ];
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_in_any_language_is_shortened_or_left(text in torn_source(), budget in prop::option::of(95_usize..400)) {
        for extension in EXTENSIONS {
            let path = format!("a.{extension}");
            match distill(&Request { budget, ..request(Some(&path), &text) }) {
                Ok(shown) => {
                    prop_assert!(shown.tokens_out <= shown.tokens_in);
                    prop_assert!(budget.is_none_or(|budget| shown.tokens_out <= budget));
                }
                Err(DistillError::OverBudget { .. } | DistillError::BudgetTooSmall { .. }) => {}
            }
        }
    }
}

#[test]
fn a_file_of_the_project_is_outlined_page_by_page() {
    let mut source = String::new();
    for number in 0..600_u64 {
        let _ = writeln!(
            source,
            "pub fn function_{number}(value: &Thing{number}) -> Result<Other{number}, Error> {{"
        );
        for line in 0..12 {
            source.push_str("    //");
            for word in 0..5 {
                let hash = (number * 61 + line * 5 + word + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
                let _ = write!(
                    source,
                    " {:x}",
                    (hash ^ (hash >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 24
                );
            }
            source.push('\n');
        }
        source.push_str("}\n");
    }
    let mut conductor = Conductor::start_with(|command, home| {
        fs::create_dir(home.join("project")).unwrap();
        fs::write(home.join("project/lib.rs"), &source).unwrap();
        command.arg("--project").arg(home.join("project"));
    });
    conductor.initialize("2025-11-25");
    let first = conductor.call("distill", json!({"path": "lib.rs", "level": "digest"}));
    let mut shown = text(&first).to_owned();
    let mut next = first["_meta"]["mrconductor/facts"]["next_cursor"].clone();
    for _ in 0..20 {
        if next.is_null() {
            break;
        }
        let page = conductor.call(
            "distill",
            json!({"handle": "h1", "level": "digest", "cursor": next}),
        );
        shown += text(&page);
        next = page["_meta"]["mrconductor/facts"]["next_cursor"].clone();
    }
    for number in 0..600 {
        assert!(
            shown.contains(&format!(
                "pub fn function_{number}(value: &Thing{number}) -> Result<Other{number}, Error> ~"
            )),
            "{number}: {shown}"
        );
    }
    let body = conductor.call("restore", json!({"handle": "h1", "lines": "1-13"}));
    assert!(text(&body).starts_with("pub fn function_0"), "{body}");
}
